"""Somebody on the network, or within Bluetooth range, who says that he is our machine: he gets nothing from us.

An entry goes to another address only with the network card that the machine had before, or with its owner's word, for
whoever we log in to learns PIN and token. Packets go to the machine, and to nobody else.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
import re
import socket
import sys
from typing import Any

from homeassistant.config_entries import SOURCE_DHCP, SOURCE_INTEGRATION_DISCOVERY, SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import pytest_socket

from custom_components.jura.const import DOMAIN
from simulator.advertisement import Advertisement, Identity, manufacturer_data
from simulator.definitions import definition_for
from simulator.link import ConnectError
from simulator.machine import Machine
from simulator.scanner import async_add_simulated_adapter
from simulator.wifi_connect import WifiConnect

from .conftest import ADDRESS, LAN_HOST, Press, async_wait_for, async_wait_for_state
from .helpers import async_pass, check_texts, make_bluetooth_time_virtual, state_of
from .test_wifi_entry import async_see_by_dhcp

OTHER_HOST = re.sub(r"\d+$", "3", LAN_HOST)
MAC, OTHER_MAC = "aabbccddeeff", "665544332211"
STATE = "sensor.jura_e8_eb_state"
ESPRESSO = "button.jura_e8_eb_espresso"

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs a second loopback address")


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return a machine that says the same over both of its dongles."""
    return Machine(definition_for(model), unnamed_bit=False)


@pytest.fixture
async def impostor(machine: Machine, lan: None) -> AsyncGenerator[WifiConnect]:
    """Return somebody at another address who tells the machine's numbers, as everybody can who has heard them."""
    pytest_socket.socket_allow_hosts([LAN_HOST, OTHER_HOST, "127.0.0.1"])
    impostor = WifiConnect(Machine(machine.definition, unnamed_bit=False), host=OTHER_HOST)
    await impostor.start()
    yield impostor
    await impostor.stop()


async def async_discover(hass: HomeAssistant, source: str, mac: str = MAC) -> dict[str, Any]:
    """Have the impostor's address found."""
    data: Any = {"host": OTHER_HOST}
    if source == SOURCE_DHCP:
        data = DhcpServiceInfo(ip=OTHER_HOST, hostname="espressif", macaddress=mac)
    result = dict(await hass.config_entries.flow.async_init(DOMAIN, context={"source": source}, data=data))
    check_texts(result)
    return result


@linux_only
@pytest.mark.parametrize("source", [SOURCE_DHCP, SOURCE_INTEGRATION_DISCOVERY])
@pytest.mark.parametrize("known", [True, False], ids=["card known", "card unknown"])
async def test_impostor_while_the_machine_is_off(
    hass: HomeAssistant,
    lan_entry: MockConfigEntry,
    wifi_connect: WifiConnect,
    impostor: WifiConnect,
    machine: Machine,
    source: str,
    known: bool,
) -> None:
    """The owner is asked and the impostor told nothing; the question is over when the machine is back."""
    if known:
        await async_see_by_dhcp(hass, lan_entry)
    machine.power_cut()
    await async_wait_for_state(hass, STATE, "unavailable", seconds=200)
    result = await async_discover(hass, source, OTHER_MAC)
    assert result["step_id"] == "moved"
    await async_pass(hass, 1800)
    assert lan_entry.data["host"] == LAN_HOST
    machine.switch_on()
    await async_wait_for_state(hass, STATE, "heating", "rinsing", "ready", "energy_saving", seconds=200)
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], {}))
    assert result["reason"] == "already_configured"
    assert lan_entry.data["host"] == LAN_HOST
    assert not impostor.sessions


@linux_only
async def test_owner_says_that_it_moved(
    hass: HomeAssistant,
    lan_entry: MockConfigEntry,
    wifi_connect: WifiConnect,
    impostor: WifiConnect,
    machine: Machine,
    press: Press,
) -> None:
    """With the owner's word the new address is as good as the old one. Here it is no impostor's."""
    impostor.pin, impostor.tokens = wifi_connect.pin, wifi_connect.tokens
    machine.power_cut()
    await async_wait_for_state(hass, STATE, "unavailable", seconds=200)
    result = await async_discover(hass, SOURCE_INTEGRATION_DISCOVERY)
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], {}))
    check_texts(result)
    assert result["reason"] == "moved"
    await async_wait_for_state(hass, STATE, "ready", "energy_saving")
    await press(ESPRESSO)
    assert len(impostor.machine.drinks) == 1


@linux_only
async def test_card_is_followed(
    hass: HomeAssistant, lan_entry: MockConfigEntry, wifi_connect: WifiConnect, impostor: WifiConnect, machine: Machine
) -> None:
    """The network card that the machine had is followed at once: the everyday case, a router with other addresses."""
    await async_see_by_dhcp(hass, lan_entry)
    machine.power_cut()
    await async_wait_for_state(hass, STATE, "unavailable", seconds=200)
    await async_see_by_dhcp(hass, lan_entry, OTHER_HOST)
    assert (await async_discover(hass, SOURCE_INTEGRATION_DISCOVERY))["reason"] == "already_configured"
    assert lan_entry.data["host"] == OTHER_HOST


async def test_two_machines_change_places(
    hass: HomeAssistant, lan_entry: MockConfigEntry, wifi_connect: WifiConnect, machine: Machine
) -> None:
    """At our machine's address another one is now: not shown, not logged in to, no coffee there; and said what it is."""
    await async_pass(hass, 120)
    other = Machine(machine.definition, serial_number=99, unnamed_bit=False)
    wifi_connect.machine = other
    sessions = len(wifi_connect.sessions)
    await async_wait_for_state(hass, STATE, "unavailable", seconds=200)
    # Its buttons are unavailable; the action says why.
    with pytest.raises(HomeAssistantError) as told:
        await hass.services.async_call(DOMAIN, "brew", {"product": "espresso"}, blocking=True)
    assert told.value.translation_key == "another_machine"
    await async_pass(hass, 2 * 3600)
    assert len(wifi_connect.sessions) == sessions
    assert not other.orders
    wifi_connect.machine = machine
    await async_wait_for_state(hass, STATE, "ready", "energy_saving")


@pytest.mark.parametrize("pin", ["12a4", "١٢٣٤", "1,2"])
async def test_pin_that_is_none(
    hass: HomeAssistant, lan_entry: MockConfigEntry, wifi_connect: WifiConnect, pin: str
) -> None:
    """What can't be a PIN is told before it is sent, in other scripts' digits too, and changes nothing."""
    context = {"source": SOURCE_RECONFIGURE, "entry_id": lan_entry.entry_id}
    form = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    sessions = len(wifi_connect.sessions)
    user_input = {"transports": ["wifi"], "host": LAN_HOST, "pin": pin, "new_network": False}
    form = await hass.config_entries.flow.async_configure(form["flow_id"], user_input)
    check_texts(form)
    assert form["errors"] == {"pin": "invalid_pin"}
    assert len(wifi_connect.sessions) == sessions
    assert lan_entry.data["pin"] == "1234"


# --- packets ----------------------------------------------------------------------------------------------------------


class Wire:
    """Whom anybody in this process connected or sent something to."""

    def __init__(self) -> None:
        """Watch, for the rest of the process: an audit hook can't be taken away."""
        self.destinations: set[tuple[str, int]] = set()
        self.watching = True
        sys.addaudithook(self._on_audit)

    def _on_audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.watching and event in ("socket.connect", "socket.sendto"):
            sender, destination = arguments
            if sender.family == socket.AF_INET:
                self.destinations.add(destination[:2])


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Return the wire."""
    wire = Wire()
    yield wire
    wire.watching = False


async def test_packets_go_to_the_machine_only(
    hass: HomeAssistant,
    wire: Wire,
    lan_entry: MockConfigEntry,
    wifi_connect: WifiConnect,
    machine: Machine,
    press: Press,
) -> None:
    """Set-up, hours of looks, statistics, drinks, a night without the machine: one address, one port."""
    await press(ESPRESSO)
    await async_pass(hass, 2 * 3600)
    machine.power_cut()
    await async_pass(hass, 8 * 3600)
    machine.switch_on()
    await async_wait_for_state(hass, STATE, "ready", "energy_saving", seconds=600)
    await press("button.jura_e8_eb_refresh")
    await async_pass(hass, 600)
    # What the simulated dongle answers goes to ports of our own.
    asked = {entry.peer for entry in wifi_connect.log if entry.is_datagram and entry.direction == "in"}
    ours = {(host, int(port)) for host, _, port in (peer.rpartition(":") for peer in asked)}
    assert (LAN_HOST, wifi_connect.port) in wire.destinations
    assert wire.destinations - ours == {(LAN_HOST, wifi_connect.port)}


# --- advertisements ---------------------------------------------------------------------------------------------------


@pytest.fixture
def bluetooth_time(virtual_time: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Bluetooth forget what is silent."""
    make_bluetooth_time_virtual(monkeypatch)


class Imitator:
    """A device that sends whatever it is told to, in the name of a Smart Connect."""

    def __init__(self, address: str) -> None:
        """Begin with nothing to say."""
        self.address = address
        self.data = b""
        self.named = True

    advertising = True

    def advertisement(self) -> Advertisement:
        """Return what it sends now."""
        return Advertisement(
            manufacturer_data={171: self.data}, name="TT214H BlueFrog" if self.named else "Lamp", service_uuids=()
        )

    async def connect(self, *, timeout: float = 20.0) -> Any:
        """Refuse."""
        raise ConnectError("it only talks")

    def subscribe(self, callback: Any) -> Any:
        """Never change."""
        return lambda: None


@pytest.mark.parametrize("address", [ADDRESS, "C0:FF:EE:00:00:66"], ids=["our address", "another address"])
async def test_imitated_advertisements(
    hass: HomeAssistant, bluetooth_time: None, entry: MockConfigEntry, machine: Machine, press: Press, address: str
) -> None:
    """Absurd lengths, other articles and noise: no crash, no takeover, no heap of questions; then all is as before."""
    await async_wait_for_state(hass, STATE)
    data = dict(entry.data)
    imitator = Imitator(address)
    _, remove = await async_add_simulated_adapter(hass, [imitator], name="Louder", rssi=-20)
    numbers = [machine.definition.article, 15480, 65535, 1, 0]
    identities = [Identity(article=number, machine_number=4711, serial_number=5) for number in numbers]
    right = manufacturer_data(0x2A, identities[1], b"\x03\x00")
    payloads = [right[:length] for length in range(len(right))]
    payloads += [
        bytes(250),
        b"\xff" * 250,
        right * 9,
        *(manufacturer_data(0x2A, one, b"\x03\x00") for one in identities),
    ]
    for number, payload in enumerate(payloads):
        imitator.data, imitator.named = payload, bool(number % 3)
        await async_pass(hass, 5)
    assert dict(entry.data) == data
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert len(flows) <= len(identities)
    remove()
    for flow in flows:
        hass.config_entries.flow.async_abort(flow["flow_id"])
    await async_pass(hass, 1500)
    await async_wait_for_state(hass, STATE, "ready", "energy_saving", seconds=600)
    assert state_of(hass, "sensor", "count_total") == str(machine.total)
    await press(ESPRESSO)
    assert len(machine.orders) == 1
    await async_wait_for(hass, lambda: machine.drink is None)
    await asyncio.sleep(60)
