"""Putting a new WiFi Connect on the home network, from the menu to a machine that brews; and everything in between."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
import gc
import logging
import re
import sys
from typing import Any

from homeassistant.components import bluetooth
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import InvalidData, UnknownFlow
from homeassistant.helpers import config_validation as cv, issue_registry as ir
from homeassistant.helpers.json import json_dumps
from probatio import to_field_list
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import pytest_socket

from custom_components.jura.const import DOMAIN
from custom_components.jura.diagnostics import async_get_config_entry_diagnostics
from simulator.blufi import SERVICE, AccessPoint, BlufiDongle, Control
from simulator.definitions import definition_for
from simulator.faults import Failure
from simulator.machine import Machine
from simulator.scanner import SimulatedScanner, async_add_simulated_adapter
from simulator.wifi_connect import WifiConnect
from simulator.wifi_faults import LanFailure

from .conftest import LAN_HOST, Press, async_wait_for, async_wait_for_state
from .helpers import check_texts, on_loopback
from .test_config_flow import Stranger

PASSWORD = "correct horse battery"
NETWORK = {"ssid": "Home", "password": PASSWORD}
DONGLE = "C0:FF:EE:00:00:B1"
OTHER_HOST = re.sub(r"\d+$", "3", LAN_HOST)
THIRD_HOST = re.sub(r"\d+$", "4", LAN_HOST)
HOSTS = {LAN_HOST, OTHER_HOST, THIRD_HOST}
JOIN_OPERATIONS = 9
"""Writes of an encrypted provisioning before "connect"."""


def shows_password(text: str) -> bool:
    """Tell whether a text holds the password or a telling part of it, in any of the usual forms."""
    return any(
        form in text for form in (PASSWORD, "horse", PASSWORD.encode().hex(), b"horse".hex(), "104, 111, 114, 115, 101")
    )


# --- the house --------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_password_in_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does, no log at debug level holds the password, unless it says that it accepts that."""
    caplog.set_level(logging.DEBUG)
    yield
    for record in caplog.get_records("call"):
        text = caplog.handler.format(record)
        assert not shows_password(text), text


@pytest.fixture(autouse=True)
def home(
    lan: None, hass_storage: dict[str, Any], enable_custom_integrations: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Let Home Assistant ask on the loopback network, where other runs of tests may have machines as well."""
    pytest_socket.socket_allow_hosts([*HOSTS, "127.0.0.1"])
    with on_loopback(hass_storage, monkeypatch, HOSTS):
        yield


@pytest.fixture
def model() -> str:
    """Return an S8, which was sold with a WiFi Connect."""
    return "15480"


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return the machine."""
    return Machine(definition_for(model), unnamed_bit=False)


@pytest.fixture
async def wifi(machine: Machine) -> AsyncGenerator[WifiConnect]:
    """Return the machine's WiFi Connect as it will be on the network; it isn't there yet."""
    wifi = WifiConnect(machine, host=LAN_HOST, pin="1234", min_pause=20.0)
    yield wifi
    assert not wifi.forbidden
    assert not wifi.unlisted
    assert not wifi.malformed
    assert not wifi.upset
    await wifi.stop()


@pytest.fixture
async def dongle(hass: HomeAssistant, wifi: WifiConnect) -> AsyncGenerator[BlufiDongle]:
    """Return the same WiFi Connect as it is over Bluetooth; once it has joined, the machine is on the network."""
    dongle = BlufiDongle(
        address=DONGLE,
        access_points=[
            AccessPoint("Neighbour", "unknown", rssi=-80),
            AccessPoint("Home", PASSWORD, rssi=-50),
            AccessPoint("Guests", PASSWORD, gives_addresses=False),
        ],
    )
    dongle.address_seconds = 5.0
    let_appear(hass, dongle, wifi)
    yield dongle
    assert dongle.link is None, "somebody still holds it"
    dongle.close()


def let_appear(hass: HomeAssistant, dongle: BlufiDongle, wifi: WifiConnect) -> None:
    """Let the machine come onto the network a while after its dongle has joined."""

    async def appear() -> None:
        await asyncio.sleep(8)
        await wifi.start()

    dongle.on_configured = lambda _: hass.async_create_background_task(appear(), "appear") and None


@pytest.fixture
async def scanner(hass: HomeAssistant, enable_bluetooth: None, dongle: BlufiDongle) -> AsyncGenerator[SimulatedScanner]:
    """Put the dongle into the range of Home Assistant's Bluetooth."""
    scanner, remove = await async_add_simulated_adapter(hass, [dongle], slots=1)
    yield scanner
    remove()


# --- the person -------------------------------------------------------------------------------------------------------


@dataclass
class Person:
    """Who goes through the flow, as the frontend does it, and remembers everything that was shown."""

    hass: HomeAssistant
    flow_id: str = ""
    shown: list[dict[str, Any]] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def begin(self, **context: Any) -> dict[str, Any]:
        """Open the flow."""
        self.hass.bus.async_listen("data_entry_flow_progressed", self._on_progress)
        result = await self.hass.config_entries.flow.async_init(DOMAIN, context=context or {"source": SOURCE_USER})
        self.flow_id = result["flow_id"]
        return self._see(result)

    async def enter(self, user_input: dict[str, Any] | None = None) -> dict[str, Any]:
        """Submit a form, or have a step shown again."""
        return self._see(await self.hass.config_entries.flow.async_configure(self.flow_id, user_input))

    async def choose(self, option: str) -> dict[str, Any]:
        """Choose from a menu."""
        return await self.enter({"next_step_id": option})

    async def wait(self, user_input: dict[str, Any] | None = None, *, until: str = "") -> dict[str, Any]:
        """Submit a form, and wait until something else than progress is shown, or one progress step."""
        self.told.clear()
        result = await self.enter(user_input)
        async with asyncio.timeout(300):
            while result["type"] == "progress" and until not in (result["step_id"], result["progress_action"]):
                # The frontend asks again only when it is told to.
                await self.told.wait()
                self.told.clear()
                result = await self.enter()
        return result

    @callback
    def _on_progress(self, event: Event[Mapping[str, Any]]) -> None:
        if event.data["flow_id"] == self.flow_id:
            self.told.set()

    @property
    def actions(self) -> list[str]:
        """Return what was said while waiting, each once, in order."""
        return list(dict.fromkeys(one["progress_action"] for one in self.shown if one["type"] == "progress"))

    def _see(self, result: Mapping[str, Any]) -> dict[str, Any]:
        check_texts(result)
        seen = dict(result)
        assert not shows_password(str(seen))
        if schema := seen.get("data_schema"):
            # As the frontend gets it.
            assert not shows_password(json_dumps(to_field_list(schema, custom_serializer=cv.custom_serializer)))
        for flow in self.hass.config_entries.flow._progress.values():  # noqa: SLF001
            assert not shows_password(str(vars(flow))), "the flow remembers the password"
        self.shown.append(seen)
        return seen


@pytest.fixture
def person(hass: HomeAssistant) -> Person:
    """Return the person in front of Home Assistant."""
    return Person(hass)


@pytest.fixture
async def at_network(person: Person, scanner: SimulatedScanner) -> Person:
    """Return the person in front of the form for network and password."""
    await async_to_dongle(person)
    result = await person.wait({"address": DONGLE})
    assert result["step_id"] == "provision_network"
    return person


async def async_to_dongle(person: Person) -> dict[str, Any]:
    """Go to the choice of the dongle."""
    await person.begin()
    result = await person.choose("provision")
    assert result["menu_options"] == ["provision_bluetooth", "provision_access_point"]
    return await person.choose("provision_bluetooth")


async def async_pair(person: Person, wifi: WifiConnect) -> dict[str, Any]:
    """Go through pairing: the PIN, then confirm at the machine; return the end of the flow."""
    result = await person.wait()
    assert result["step_id"] == "pin", result
    await person.enter({"pin": "1234"})
    await async_wait_for(person.hass, lambda: wifi.dialog is not None)
    wifi.confirm()
    return await person.wait()


def options_of(result: Mapping[str, Any], name: str) -> list[Mapping[str, str]]:
    """Return the choices of a field."""
    options: list[Mapping[str, str]] = result["data_schema"].schema[name].config["options"]
    return options


@pytest.fixture
async def unload(hass: HomeAssistant) -> AsyncGenerator[None]:
    """Take the entries down at the end."""
    yield
    await hass.async_block_till_done()
    for entry in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


# --- from the menu to a coffee ----------------------------------------------------------------------------------------


async def test_to_the_first_coffee(
    hass: HomeAssistant,
    person: Person,
    scanner: SimulatedScanner,
    dongle: BlufiDongle,
    wifi: WifiConnect,
    machine: Machine,
    press: Press,
    unload: None,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
) -> None:
    """One flow: dongle, network, password, found, paired; the machine brews, and nothing knows the password."""
    result = await async_to_dongle(person)
    assert options_of(result, "address") == [{"value": DONGLE, "label": f"WiFiFrog_C0FFEE0000B1, {DONGLE} (-60 dBm)"}]
    result = await person.wait({"address": DONGLE})
    assert result["step_id"] == "provision_network"
    assert [one["value"] for one in options_of(result, "ssid")] == ["Home", "Guests", "Neighbour"]
    assert dongle.link is None, "nobody waits for a person with an open connection"
    field = next(key for key in result["data_schema"].schema if key == "password")
    assert result["data_schema"].schema[field].config["type"] == "password"
    assert result["data_schema"].schema[field].config["autocomplete"] == "off"

    result = await person.wait(dict(NETWORK), until="pair")
    assert dongle.configured == "Home"
    assert [action.removeprefix("provision_") for action in person.actions] == [
        "connecting",
        "securing",
        "scanning",
        "sending",
        "joining",
        "address",
        "looking",
        "confirm_on_display",
    ]
    assert PASSWORD.encode() not in dongle.air
    result = await async_pair(person, wifi)
    assert result["type"] == "create_entry"
    entry = result["result"]
    assert entry.unique_id == f"15480-{machine.machine_number}-{machine.serial_number}"
    assert entry.data["host"] == LAN_HOST

    await async_wait_for_state(hass, "sensor.jura_s8_eb_drinks_made")
    await press("button.jura_s8_eb_espresso")
    await async_wait_for(hass, lambda: [drink.outcome.value for drink in machine.drinks] == ["finished"])
    # Whatever is stored with a delay is stored by then.
    await asyncio.sleep(200)
    assert caplog.records
    for place in (
        hass_storage,
        entry.as_dict(),
        await async_get_config_entry_diagnostics(hass, entry),
        ir.async_get(hass).issues,
        [state.as_dict() for state in hass.states.async_all()],
        vars(entry.runtime_data),
        person.shown,
    ):
        assert not shows_password(str(place))


@pytest.mark.parametrize("ending", ["joined", "refused", "closed"])
async def test_nobody_keeps_the_password(hass: HomeAssistant, at_network: Person, ending: str) -> None:
    """Once the step is over, in whichever way, nothing in memory refers to what was typed."""
    typed = "".join(["wrong " if ending == "refused" else "correct ", "horse battery"])
    references = sys.getrefcount(typed)
    result = await at_network.enter({"ssid": "Home", "password": typed})
    assert sys.getrefcount(typed) > references, "it is being handed over"
    if ending == "closed":
        hass.config_entries.flow.async_abort(at_network.flow_id)
        await asyncio.sleep(1)
    else:
        result = await at_network.wait(until="provision_find")
        assert result["step_id"] == ("provision_find" if ending == "joined" else "provision_network")
    gc.collect()
    assert sys.getrefcount(typed) == references
    if ending != "closed":
        hass.config_entries.flow.async_abort(at_network.flow_id)


async def test_progress_is_told(hass: HomeAssistant, at_network: Person) -> None:
    """The bar moves, and the frontend is told to fetch each new text."""
    shares: list[float] = []
    refreshed: list[bool] = []

    @callback
    def on_share(event: Event[Mapping[str, Any]]) -> None:
        shares.append(event.data["progress"])

    @callback
    def on_change(event: Event[Mapping[str, Any]]) -> None:
        refreshed.append(event.data["refresh"])

    hass.bus.async_listen("data_entry_flow_progress_update", on_share)
    hass.bus.async_listen("data_entry_flow_progressed", on_change)
    await at_network.enter(dict(NETWORK))
    await asyncio.sleep(20)
    assert shares[:5] == [0.1, 0.3, 0.5, 0.6, 0.8]
    assert len(refreshed) >= 5
    hass.config_entries.flow.async_abort(at_network.flow_id)


# --- which dongle -----------------------------------------------------------------------------------------------------


async def test_no_dongle(hass: HomeAssistant, person: Person, enable_bluetooth: None, dongle: BlufiDongle) -> None:
    """None in range, only a smart watch: the form says what to try, and looks again when submitted."""
    watch = Stranger("C0:FF:EE:00:00:A1", name="Watch")
    _, remove_watch = await async_add_simulated_adapter(hass, [watch], name="Adapter beside the watch")
    result = await async_to_dongle(person)
    assert result["errors"] == {"base": "no_dongle"}
    passive, remove_passive = await async_add_simulated_adapter(hass, [], passive=True, name="Passive adapter")
    # The simulated one would hear no services, which would be the other half of what is in the air.
    passive._async_on_advertisement(DONGLE, -60, dongle.name, [SERVICE], {}, {}, None, {}, bluetooth.MONOTONIC_TIME())  # noqa: SLF001
    assert (await person.enter({}))["errors"] == {"base": "dongle_not_connectable"}
    _, remove = await async_add_simulated_adapter(hass, [dongle])
    result = await person.enter({})
    assert not result["errors"]
    assert [one["value"] for one in options_of(result, "address")] == [DONGLE]
    remove()
    remove_passive()
    remove_watch()


async def test_likeliest_first(
    hass: HomeAssistant, person: Person, scanner: SimulatedScanner, dongle: BlufiDongle
) -> None:
    """Other makers' devices with the same chip come after what is named like a WiFi Connect, the nearest first."""
    lamp = BlufiDongle(address="C0:FF:EE:00:00:A1", name="Lamp")
    far = BlufiDongle(address="C0:FF:EE:00:00:A2", name="BLUFI_DEVICE")
    _, remove_near = await async_add_simulated_adapter(hass, [lamp], rssi=-30, name="Near adapter")
    _, remove_far = await async_add_simulated_adapter(hass, [far], rssi=-90, name="Far adapter")
    result = await async_to_dongle(person)
    assert [one["value"] for one in options_of(result, "address")] == [DONGLE, far.address, lamp.address]
    remove_near()
    remove_far()


# --- what goes wrong before the password is known ---------------------------------------------------------------------


async def test_unreachable(person: Person, scanner: SimulatedScanner, dongle: BlufiDongle) -> None:
    """The dongle can't be reached: said so where it was chosen, and tried again from there."""
    await async_to_dongle(person)
    dongle.faults.fail_connects = 9
    result = await person.wait({"address": DONGLE})
    assert (result["step_id"], result["errors"]) == ("provision_bluetooth", {"base": "dongle_unreachable"})
    assert (await person.enter())["errors"], "shown until it is submitted"
    dongle.faults.fail_connects = 0
    assert (await person.wait({"address": DONGLE}))["step_id"] == "provision_network"


async def test_lost_while_listing(person: Person, scanner: SimulatedScanner, dongle: BlufiDongle) -> None:
    """The link does not last."""
    await async_to_dongle(person)
    dongle.faults.fail_next(Failure.LOST, skip=3)
    result = await person.wait({"address": DONGLE})
    assert (result["step_id"], result["errors"]) == ("provision_bluetooth", {"base": "dongle_lost"})
    assert (await person.wait({"address": DONGLE}))["step_id"] == "provision_network"


async def test_security_refused_while_listing(person: Person, scanner: SimulatedScanner, dongle: BlufiDongle) -> None:
    """The dongle's Bluetooth refuses what it is sent."""
    await async_to_dongle(person)
    dongle.faults.fail_next(Failure.ATT_ERROR, on="write", skip=1, code=5)
    result = await person.wait({"address": DONGLE})
    assert (result["step_id"], result["errors"]) == ("provision_bluetooth", {"base": "security_refused"})


async def test_scan_fails(
    person: Person, scanner: SimulatedScanner, dongle: BlufiDongle, wifi: WifiConnect, unload: None
) -> None:
    """The dongle names no networks: the name is typed, and all goes on."""
    dongle.silent_about.add((0, Control.GET_LIST))
    await async_to_dongle(person)
    result = await person.wait({"address": DONGLE})
    assert (result["step_id"], result["errors"]) == ("provision_network", {"base": "network_scan_failed"})
    assert "options" not in result["data_schema"].schema["ssid"].config
    await person.wait(dict(NETWORK), until="pair")
    assert (await async_pair(person, wifi))["type"] == "create_entry"


# --- network and password ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("network", "errors"),
    [
        ({"ssid": "Home", "password": "short"}, {"password": "invalid_password"}),
        ({"ssid": "x" * 33, "password": PASSWORD}, {"ssid": "invalid_ssid"}),
    ],
)
async def test_invalid(
    at_network: Person, dongle: BlufiDongle, network: dict[str, str], errors: dict[str, str]
) -> None:
    """What can't be a network isn't sent; the name stays, the password is asked for again."""
    connections = dongle.connections
    result = await at_network.enter(dict(network))
    assert (result["step_id"], result["errors"]) == ("provision_network", errors)
    assert suggested(result) == {"ssid": network["ssid"]}
    assert dongle.connections == connections


def suggested(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is filled in already."""
    return {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }


async def test_validation_shows_no_password(at_network: Person) -> None:
    """Also what never reaches the form's own check is not repeated in the error."""
    with pytest.raises(InvalidData) as invalid:
        await at_network.enter({"ssid": "Home", "password": [PASSWORD]})
    assert not shows_password(f"{invalid.value!r} {invalid.value.schema_errors} {invalid.value.__cause__!r}")


async def test_wrong_password(at_network: Person, dongle: BlufiDongle, wifi: WifiConnect, unload: None) -> None:
    """The router refuses: the form keeps the network, asks for the password again, and the second one works."""
    result = await at_network.wait({"ssid": "Home", "password": "wrong horse battery"})
    assert (result["step_id"], result["errors"]) == ("provision_network", {"password": "wrong_password"})
    assert suggested(result) == {"ssid": "Home"}
    await at_network.wait(dict(NETWORK), until="pair")
    assert (await async_pair(at_network, wifi))["type"] == "create_entry"


def _lose_before_connecting(dongle: BlufiDongle) -> None:
    dongle.faults.fail_next(Failure.LOST, skip=JOIN_OPERATIONS - 2)


def _be_unreachable(dongle: BlufiDongle) -> None:
    dongle.faults.fail_connects = 9


def _mistake_key(dongle: BlufiDongle) -> None:
    dongle.mistakes_key = True


def _lose_signal(dongle: BlufiDongle) -> None:
    dongle.refused_reason = 200


def _never_end(dongle: BlufiDongle) -> None:
    dongle.join_seconds = 500.0


@pytest.mark.parametrize(
    ("network", "prepare", "errors"),
    [
        ({"ssid": "Nowhere", "password": PASSWORD}, None, {"ssid": "network_not_found"}),
        ({"ssid": "Guests", "password": PASSWORD}, None, {"base": "no_address"}),
        ({"ssid": "Neighbour", "password": "wrong horse"}, _lose_signal, {"base": "joining_failed"}),
        (NETWORK, _never_end, {"base": "joining_timed_out"}),
        (NETWORK, _be_unreachable, {"base": "dongle_unreachable"}),
        (NETWORK, _lose_before_connecting, {"base": "dongle_lost"}),
        (NETWORK, _mistake_key, {"base": "security_refused"}),
    ],
)
async def test_failures(
    at_network: Person,
    dongle: BlufiDongle,
    wifi: WifiConnect,
    unload: None,
    network: dict[str, str],
    prepare: Callable[[BlufiDongle], None] | None,
    errors: dict[str, str],
) -> None:
    """Each failure says its own, with the network kept; then, in the same flow, it works."""
    if prepare:
        prepare(dongle)
    result = await at_network.wait(dict(network))
    assert (result["step_id"], result["errors"]) == ("provision_network", errors)
    assert suggested(result) == {"ssid": network["ssid"]}
    if "joining_failed" in errors.values():
        assert result["description_placeholders"]["reason"] == "reason 200"
    dongle.faults.fail_connects, dongle.mistakes_key, dongle.join_seconds = 0, False, 4.0
    dongle.faults.clear()
    await at_network.wait(dict(NETWORK), until="pair")
    assert (await async_pair(at_network, wifi))["type"] == "create_entry"


# --- no encryption ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["with an error", "silently"])
async def test_consent(
    person: Person, scanner: SimulatedScanner, dongle: BlufiDongle, wifi: WifiConnect, unload: None, how: Any
) -> None:
    """A dongle that agrees on no key: nothing is sent without consent, and with it, it is."""
    # What habluetooth and bleak log then is beyond us, and the form says so. Ours is still looked through.
    dongle.refuses_negotiation = how
    await async_to_dongle(person)
    result = await person.wait({"address": DONGLE})
    assert result["step_id"] == "provision_unencrypted"
    assert not result["errors"]
    result = await person.wait({**NETWORK, "consent": False})
    assert (result["step_id"], result["errors"]) == ("provision_unencrypted", {"base": "negotiation_refused"})
    assert PASSWORD.encode() not in dongle.air
    await person.wait({**NETWORK, "consent": True}, until="pair")
    assert PASSWORD.encode() in dongle.air
    assert (await async_pair(person, wifi))["type"] == "create_entry"


async def test_refuses_only_later(at_network: Person, dongle: BlufiDongle) -> None:
    """A dongle that agreed at first, and then not: no password is sent, and the person is asked. It may agree again."""
    dongle.refuses_negotiation = "with an error"
    result = await at_network.wait(dict(NETWORK))
    assert (result["step_id"], result["errors"]) == ("provision_unencrypted", {"base": "negotiation_refused"})
    assert PASSWORD.encode() not in dongle.air
    dongle.refuses_negotiation = "no"
    result = await at_network.wait({**NETWORK, "consent": False}, until="provision_find")
    assert result["step_id"] == "provision_find"
    assert PASSWORD.encode() not in dongle.air
    at_network.hass.config_entries.flow.async_abort(at_network.flow_id)


async def test_insists_on_encryption(person: Person, scanner: SimulatedScanner, dongle: BlufiDongle) -> None:
    """A dongle that neither agrees on a key nor goes without."""
    dongle.refuses_negotiation, dongle.requires_security = "with an error", True
    await async_to_dongle(person)
    await person.wait({"address": DONGLE})
    result = await person.wait({**NETWORK, "consent": True})
    assert (result["step_id"], result["errors"]) == ("provision_unencrypted", {"base": "security_refused"})


# --- closed by the person ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0.2, 3.2, 3.6, 4.0, 4.5, 5.0, 6.5])
async def test_cancelled_while_listing(
    hass: HomeAssistant, person: Person, scanner: SimulatedScanner, dongle: BlufiDongle, seconds: float
) -> None:
    """Closing the form while the dongle is asked hangs up."""
    dongle.faults.connect_seconds = 0.5
    await async_to_dongle(person)
    await person.enter({"address": DONGLE})
    await asyncio.sleep(seconds)
    await async_close(hass, person, dongle)


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.7, 1.0, 1.5, 3.0, 6.0, 7.0])
async def test_cancelled_while_joining(
    hass: HomeAssistant, at_network: Person, dongle: BlufiDongle, seconds: float
) -> None:
    """Closing the form while the dongle joins hangs up."""
    dongle.faults.connect_seconds = 0.5
    await at_network.enter(dict(NETWORK))
    await asyncio.sleep(seconds)
    await async_close(hass, at_network, dongle)


async def async_close(hass: HomeAssistant, person: Person, dongle: BlufiDongle) -> None:
    """Close the form; nobody holds the dongle then, and nothing goes on."""
    hass.config_entries.flow.async_abort(person.flow_id)
    await asyncio.sleep(1)
    assert dongle.link is None
    connections = dongle.connections
    with pytest.raises(UnknownFlow):
        await person.enter()
    await asyncio.sleep(120)
    assert dongle.connections == connections


async def test_cancelled_while_looking(
    hass: HomeAssistant, at_network: Person, dongle: BlufiDongle, wifi: WifiConnect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing the form while the machine is looked for ends the questions."""
    await at_network.wait(dict(NETWORK), until="provision_find")
    asked: list[object] = []
    monkeypatch.setattr("custom_components.jura.provisioning_flow.async_scan", asked.append)
    hass.config_entries.flow.async_abort(at_network.flow_id)
    await asyncio.sleep(120)
    assert not asked
    assert not wifi.sessions


# --- on the network ---------------------------------------------------------------------------------------------------


async def test_lost(at_network: Person, dongle: BlufiDongle, wifi: WifiConnect, unload: None) -> None:
    """Joined, but never found: the menu says what to try, looking again among it."""
    dongle.on_configured = lambda _: None
    result = await at_network.wait(dict(NETWORK))
    assert (result["type"], result["step_id"]) == ("menu", "provision_lost")
    assert result["menu_options"] == ["provision_find", "host", "provision_bluetooth"]
    assert (await at_network.choose("provision_find"))["progress_action"] == "provision_looking"
    await asyncio.sleep(20)
    await wifi.start()
    await at_network.wait(until="pair")
    assert (await async_pair(at_network, wifi))["type"] == "create_entry"


async def test_lost_and_entered_by_hand(
    at_network: Person, dongle: BlufiDongle, wifi: WifiConnect, unload: None
) -> None:
    """A dongle whose firmware answers no questions: its address is entered, its article as well."""
    wifi.answers_udp = wifi.answers_broadcast = False
    assert (await at_network.wait(dict(NETWORK)))["step_id"] == "provision_lost"
    assert (await at_network.choose("host"))["step_id"] == "host"
    assert (await at_network.enter({"host": LAN_HOST}))["step_id"] == "article"
    await at_network.wait({"article": "15480"}, until="pair")
    assert (await async_pair(at_network, wifi))["type"] == "create_entry"


async def test_outcome_unknown(at_network: Person, dongle: BlufiDongle, wifi: WifiConnect, unload: None) -> None:
    """The link is lost while the dongle joins: it is looked for, and found."""
    dongle.faults.fail_next(Failure.ANSWER_LOST, skip=JOIN_OPERATIONS)
    await at_network.wait(dict(NETWORK), until="pair")
    assert "provision_looking_unsure" in at_network.actions
    assert (await async_pair(at_network, wifi))["type"] == "create_entry"


async def test_outcome_unknown_and_lost(
    at_network: Person, dongle: BlufiDongle, wifi: WifiConnect, unload: None
) -> None:
    """The same, and it had not joined: the menu says that, and leads back to the dongle."""
    dongle.faults.fail_next(Failure.LOST, skip=JOIN_OPERATIONS)
    result = await at_network.wait(dict(NETWORK))
    assert (result["type"], result["step_id"]) == ("menu", "provision_unsure")
    assert (await at_network.choose("provision_bluetooth"))["step_id"] == "provision_bluetooth"
    assert (await at_network.wait({"address": DONGLE}))["step_id"] == "provision_network"
    await at_network.wait(dict(NETWORK), until="pair")
    assert (await async_pair(at_network, wifi))["type"] == "create_entry"


@pytest.fixture
async def other(model: str) -> AsyncGenerator[WifiConnect]:
    """Return another machine's WiFi Connect."""
    other = WifiConnect(
        Machine(definition_for(model), unnamed_bit=False, machine_number=99), host=THIRD_HOST, name="Office"
    )
    yield other
    await other.stop()


async def test_others_were_there_before(
    person: Person, scanner: SimulatedScanner, wifi: WifiConnect, other: WifiConnect, unload: None
) -> None:
    """A machine that answered before isn't taken for the new one."""
    await other.start()
    await async_to_dongle(person)
    await person.wait({"address": DONGLE})
    await person.wait(dict(NETWORK), until="pair")
    result = await async_pair(person, wifi)
    assert result["result"].data["host"] == LAN_HOST
    assert not other.sessions


async def test_several(
    at_network: Person, dongle: BlufiDongle, wifi: WifiConnect, other: WifiConnect, unload: None
) -> None:
    """Two new ones at once: the person knows which one it is."""
    await at_network.wait(dict(NETWORK), until="provision_find")
    await wifi.start()
    await other.start()
    result = await at_network.wait()
    assert result["step_id"] == "provision_choose"
    assert [one["label"] for one in options_of(result, "host")] == [f"Kitchen ({LAN_HOST})", f"Office ({THIRD_HOST})"]
    await at_network.wait({"host": LAN_HOST}, until="pair")
    assert (await async_pair(at_network, wifi))["result"].data["host"] == LAN_HOST


async def test_was_there_all_along(
    person: Person, scanner: SimulatedScanner, dongle: BlufiDongle, wifi: WifiConnect, unload: None
) -> None:
    """Nobody new, but one that isn't set up: it may be the one, so that the person is asked."""
    await wifi.start()
    dongle.on_configured = lambda _: None
    await async_to_dongle(person)
    await person.wait({"address": DONGLE})
    result = await person.wait(dict(NETWORK))
    assert result["step_id"] == "provision_choose"
    await person.wait({"host": LAN_HOST}, until="pair")
    assert (await async_pair(person, wifi))["type"] == "create_entry"


# --- a new router -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def moved(machine: Machine, wifi: WifiConnect) -> AsyncGenerator[WifiConnect]:
    """Return the same WiFi Connect as it will be on another network: it remembers whom it is paired with."""
    moved = WifiConnect(machine, host=OTHER_HOST, pin="1234", min_pause=20.0)
    moved.tokens = wifi.tokens
    yield moved
    assert not moved.forbidden
    assert not moved.upset
    await moved.stop()


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    person: Person,
    scanner: SimulatedScanner,
    dongle: BlufiDongle,
    wifi: WifiConnect,
    moved: WifiConnect,
    unload: None,
) -> MockConfigEntry:
    """Return the entry of the machine, paired over Wi-Fi; then its network is gone, and it waits for another."""
    await wifi.start()
    await person.begin()
    await person.choose("host")
    await person.wait({"host": LAN_HOST}, until="pair")
    entry: MockConfigEntry = (await async_pair(person, wifi))["result"]
    await async_wait_for_state(hass, "sensor.jura_s8_eb_drinks_made")
    await asyncio.sleep(30)
    await wifi.stop()
    let_appear(hass, dongle, moved)
    return entry


RECONFIGURE = {"transports": ["wifi"], "host": LAN_HOST, "pin": "1234", "new_network": True}


async def async_to_network_again(person: Person, entry: MockConfigEntry, **change: Any) -> dict[str, Any]:
    """Go from reconfigure to the form for the network."""
    result = await person.begin(source=SOURCE_RECONFIGURE, entry_id=entry.entry_id)
    assert result["step_id"] == "reconfigure"
    result = await person.enter({**RECONFIGURE, **change})
    assert result["step_id"] == "provision"
    await person.choose("provision_bluetooth")
    return await person.wait({"address": DONGLE})


async def test_new_router(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry, dongle: BlufiDongle, moved: WifiConnect
) -> None:
    """Put on another network from reconfigure: the entry gets the new address and goes on as it was."""
    before = dict(entry.data)
    assert (await async_to_network_again(person, entry))["step_id"] == "provision_network"
    result = await person.wait(dict(NETWORK))
    assert (result["type"], result["reason"]) == ("abort", "reconfigure_successful")
    assert dict(entry.data) == {**before, "host": OTHER_HOST}
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    await async_wait_for(hass, lambda: hass.states.get("sensor.jura_s8_eb_state").state == "ready")


async def test_gains_wifi(
    hass: HomeAssistant, person: Person, scanner: SimulatedScanner, wifi: WifiConnect, machine: Machine, unload: None
) -> None:
    """A machine that was set up over Bluetooth gets a WiFi Connect: provisioned and paired from reconfigure."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="JURA S8 (EB)",
        unique_id=f"15480-{machine.machine_number}-{machine.serial_number}",
        data={"address": "C0:FF:EE:00:00:01", "article": 15480, "definition": "EF1091"},
    )
    entry.add_to_hass(hass)
    await person.begin(source=SOURCE_RECONFIGURE, entry_id=entry.entry_id)
    await person.enter({"transports": ["bluetooth"], "new_network": True})
    await person.choose("provision_bluetooth")
    await person.wait({"address": DONGLE})
    await person.wait(dict(NETWORK), until="pair")
    result = await async_pair(person, wifi)
    assert (result["type"], result["reason"]) == ("abort", "reconfigure_successful")
    assert (entry.data["host"], entry.data["address"]) == (LAN_HOST, "C0:FF:EE:00:00:01")
    assert hass.config_entries.async_entries(DOMAIN) == [entry]


async def test_new_router_and_pin(
    hass: HomeAssistant, person: Person, entry: MockConfigEntry, dongle: BlufiDongle, moved: WifiConnect
) -> None:
    """With another PIN it is paired again in the same flow."""
    moved.pin = "9999"
    moved.tokens.clear()
    await async_to_network_again(person, entry, pin="9999")
    await person.wait(dict(NETWORK), until="pair")
    await async_wait_for(hass, lambda: moved.dialog is not None)
    moved.confirm()
    result = await person.wait()
    assert (result["type"], result["reason"]) == ("abort", "reconfigure_successful")
    assert (entry.data["host"], entry.data["pin"]) == (OTHER_HOST, "9999")


async def test_new_router_other_machine(
    hass: HomeAssistant,
    person: Person,
    entry: MockConfigEntry,
    dongle: BlufiDongle,
    moved: WifiConnect,
    other: WifiConnect,
) -> None:
    """Another machine never becomes this entry's, be it found or entered."""
    dongle.on_configured = lambda _: None
    await async_to_network_again(person, entry)
    await person.wait(dict(NETWORK), until="provision_find")
    await other.start()
    result = await person.wait()
    assert (result["type"], result["step_id"]) == ("menu", "provision_lost")
    await person.choose("host")
    result = await person.enter({"host": THIRD_HOST})
    assert (result["step_id"], result["errors"]) == ("host", {"host": "another_machine"})
    assert entry.data["host"] == LAN_HOST
    await moved.start()
    result = await person.enter({"host": OTHER_HOST})
    assert (result["type"], result["reason"]) == ("abort", "reconfigure_successful")
    assert entry.data["host"] == OTHER_HOST


# --- the second way ---------------------------------------------------------------------------------------------------


@pytest.fixture
async def bare(machine: Machine) -> AsyncGenerator[WifiConnect]:
    """Return a dongle with its own access point, at whose address Home Assistant's computer can reach it."""
    bare = WifiConnect(
        machine,
        host=LAN_HOST,
        pin="1234",
        min_pause=20.0,
        configured=False,
        known_networks={"Home": PASSWORD},
        home=(OTHER_HOST, 51515),
    )
    await bare.start()
    yield bare
    assert not bare.forbidden
    assert not bare.malformed
    await bare.stop()


ACCESS_POINT = {"host": LAN_HOST, **NETWORK, "name": "JURA kitchen"}


async def async_to_access_point(person: Person) -> dict[str, Any]:
    """Go to the second way."""
    await person.begin()
    await person.choose("provision")
    result = await person.choose("provision_access_point")
    assert result["step_id"] == "provision_access_point"
    return result


async def test_access_point(person: Person, enable_bluetooth: None, bare: WifiConnect, unload: None) -> None:
    """Told over its access point, found in the home network, paired."""
    assert suggested(await async_to_access_point(person)) == {"host": "192.168.24.1", "ssid": "", "name": "JURA"}
    result = await person.wait(dict(ACCESS_POINT))
    assert result["step_id"] == "provision_rejoin"
    assert not result["errors"]
    await person.wait({}, until="pair")
    result = await async_pair(person, bare)
    assert (result["type"], result["result"].data["host"]) == ("create_entry", OTHER_HOST)
    assert bare.name == "JURA kitchen"


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"host": "kitchen"}, {"host": "invalid_host"}),
        ({"ssid": "Home, sweet"}, {"ssid": "unsendable_ssid"}),
        ({"password": "short"}, {"password": "unsendable_password"}),
        ({"name": "Küche"}, {"name": "unsendable_name"}),
        ({"host": THIRD_HOST}, {"host": "access_point_unreachable"}),
    ],
)
async def test_access_point_invalid(
    person: Person, enable_bluetooth: None, bare: WifiConnect, change: dict[str, str], errors: dict[str, str]
) -> None:
    """What can't be sent or reached is said, and everything but the password is kept."""
    await async_to_access_point(person)
    entered = {**ACCESS_POINT, **change}
    result = await person.wait(dict(entered))
    assert (result["step_id"], result["errors"]) == ("provision_access_point", errors)
    del entered["password"]
    assert suggested(result) == entered
    assert (await person.wait(dict(ACCESS_POINT)))["step_id"] == "provision_rejoin"


@pytest.mark.parametrize(
    ("failure", "command", "step", "error"),
    [
        (LanFailure.NO_ANSWER, "@HP", "provision_access_point", "access_point_silent"),
        (LanFailure.REFUSED, "@HW:81", "provision_access_point", "access_point_refused"),
        (LanFailure.LOST, "@HW:81", "provision_rejoin", "access_point_lost"),
        (LanFailure.ACTED_NO_ANSWER, "@HW:82", "provision_rejoin", "access_point_unanswered"),
    ],
)
async def test_access_point_failures(
    person: Person,
    enable_bluetooth: None,
    bare: WifiConnect,
    failure: LanFailure,
    command: str,
    step: str,
    error: str,
) -> None:
    """Each failure says its own; where it may have worked all the same, the machine is looked for."""
    await async_to_access_point(person)
    bare.faults.fail_next(failure, command=command)
    result = await person.wait(dict(ACCESS_POINT))
    assert (result["step_id"], result["errors"]) == (step, {"base": error})


async def test_access_point_lost(person: Person, enable_bluetooth: None, bare: WifiConnect) -> None:
    """With a wrong password the dongle never shows up, and nobody knows why: the menu leads back."""
    await async_to_access_point(person)
    await person.wait({**ACCESS_POINT, "password": "wrong horse battery"})
    await bare.stop()
    result = await person.wait({})
    assert (result["type"], result["step_id"]) == ("menu", "provision_unsure")
    assert result["menu_options"] == ["provision_find", "host", "provision_access_point"]
    assert (await person.choose("provision_access_point"))["step_id"] == "provision_access_point"
