"""One machine, two ways: entries that join, transports that take over, and what changes or breaks in between."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any
from unittest.mock import Mock

from homeassistant.components.dhcp.models import DATA_DHCP
from homeassistant.components.network.network import async_get_network
from homeassistant.config_entries import (
    SOURCE_DHCP,
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import pytest_socket

from custom_components.jura.const import DOMAIN
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect
from simulator.wifi_faults import LanFailure

from .conftest import ADDRESS, LAN_HOST, Press, async_wait_for, async_wait_for_state
from .helpers import check_texts

pytestmark = pytest.mark.usefixtures("lan")

STATE = "sensor.jura_e8_eb_state"
TOTAL = "sensor.jura_e8_eb_drinks_made"
WAY = "sensor.jura_e8_eb_connection"


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return a machine that says the same over both of its dongles."""
    return Machine(definition_for(model), unnamed_bit=False)


@pytest.fixture
def pin() -> str:
    """Return the machine's PIN."""
    return "1234"


@pytest.fixture
async def wifi(machine: Machine, pin: str) -> AsyncGenerator[WifiConnect]:
    """Return the machine's WiFi Connect."""
    wifi = WifiConnect(machine, host=LAN_HOST, pin=pin, min_pause=20.0)
    await wifi.start()
    yield wifi
    await wifi.stop()
    assert not wifi.forbidden
    assert not wifi.unlisted
    assert not wifi.malformed
    assert not wifi.upset


def step_of(hass: HomeAssistant, flow_id: str) -> str | None:
    """Return the step that a flow shows, None if it is over."""
    return next(
        (flow["step_id"] for flow in hass.config_entries.flow.async_progress() if flow["flow_id"] == flow_id), None
    )


async def async_add_by_address(hass: HomeAssistant, host: str = LAN_HOST) -> dict[str, Any]:
    """Begin to add a machine by its address."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {"next_step_id": "host"})
    return dict(await hass.config_entries.flow.async_configure(result["flow_id"], {"host": host}))


async def async_finish_pairing(hass: HomeAssistant, wifi: WifiConnect, flow_id: str, pin: str = "") -> dict[str, Any]:
    """Enter the PIN if asked, confirm at the machine, and return the end of the flow."""
    if pin:
        await async_wait_for(hass, lambda: step_of(hass, flow_id) == "pin")
        await hass.config_entries.flow.async_configure(flow_id, {"pin": pin})
    await async_wait_for(hass, lambda: wifi.dialog is not None)
    wifi.confirm()
    await async_wait_for(hass, lambda: step_of(hass, flow_id) == "paired")
    return dict(await hass.config_entries.flow.async_configure(flow_id))


async def async_finish(hass: HomeAssistant) -> None:
    """Unload everything."""
    await hass.async_block_till_done()
    for entry in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_bluetooth_gains_wifi_and_loses_bluetooth(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    machine: Machine,
    smart_connect: SmartConnect,
    wifi: WifiConnect,
    press: Press,
) -> None:
    """The machine stays one device with all its ids and its counter, whichever way it is reached."""
    total = await async_wait_for_state(hass, TOTAL)
    ids = {
        item.entity_id: item.unique_id for item in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }
    assert hass.states.get(WAY).state == "bluetooth"

    result = await async_add_by_address(hass)
    result = await async_finish_pairing(hass, wifi, result["flow_id"], "1234")
    assert (result["type"], result["reason"]) == ("abort", "wifi_added")
    await async_wait_for_state(hass, WAY, "wifi")
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1

    smart_connect.phone_connects()
    await press("button.jura_e8_eb_espresso")
    await async_wait_for_state(hass, TOTAL, str(int(total) + 1))
    now = {
        item.entity_id: item.unique_id for item in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }
    assert ids.items() <= now.items()
    gained = [now[entity] for entity in now.keys() - ids.keys()]
    assert gained
    assert all("_setting_" in unique_id for unique_id in gained), "only settings need the WiFi Connect"
    assert [drink.outcome.value for drink in machine.drinks] == ["finished"]


async def test_one_takes_over_when_the_other_fails(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """The dongle for Wi-Fi is pulled: Bluetooth goes on, a drink can be made all the same, and Wi-Fi comes back."""
    await async_wait_for_state(hass, TOTAL)
    result = await async_add_by_address(hass)
    await async_finish_pairing(hass, wifi, result["flow_id"], "1234")
    await async_wait_for_state(hass, WAY, "wifi")
    await wifi.stop()
    await async_wait_for_state(hass, WAY, "bluetooth", seconds=180)
    await press("button.jura_e8_eb_espresso")
    assert len(machine.drinks) == 1
    await wifi.start()
    await async_wait_for_state(hass, WAY, "wifi", seconds=600)


async def test_bluetooth_is_let_go_after_a_command(
    hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect, wifi: WifiConnect
) -> None:
    """What only the Smart Connect can do takes its link for a moment, and leaves it to the phone afterwards."""
    result = await async_add_by_address(hass)
    await async_finish_pairing(hass, wifi, result["flow_id"], "1234")
    await async_wait_for_state(hass, WAY, "wifi")
    await async_wait_for(hass, lambda: smart_connect.link is None)
    await hass.async_block_till_done()
    await entry.runtime_data.commands.async_lock_keys(locked=True)
    assert smart_connect.link is not None
    await async_wait_for(hass, lambda: smart_connect.link is None, seconds=60)
    await async_wait_for_state(hass, WAY, "wifi", seconds=60)


async def test_wifi_gains_bluetooth(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    enable_bluetooth: None,
    wifi: WifiConnect,
    request: pytest.FixtureRequest,
) -> None:
    """The other way round: asked first, then one entry with both."""
    result = await async_add_by_address(hass)
    result = await async_finish_pairing(hass, wifi, result["flow_id"], "1234")
    assert result["type"] == "create_entry"
    await async_wait_for_state(hass, TOTAL)
    await hass.async_add_executor_job(lambda: None)
    from simulator.scanner import async_add_simulated_adapter  # noqa: PLC0415

    dongle = SmartConnect(wifi.machine, address="C0:FF:EE:00:00:01")
    _, remove = await async_add_simulated_adapter(hass, [dongle], slots=2)
    await async_wait_for(hass, lambda: hass.config_entries.flow.async_progress_by_handler(DOMAIN))
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["step_id"] == "join_bluetooth"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    assert (result["type"], result["reason"]) == ("abort", "bluetooth_added")
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert {"host", "address"} <= entry.data.keys()
    await hass.async_block_till_done()
    await async_finish(hass)
    remove()


@pytest.mark.usefixtures("enable_custom_integrations", "enable_bluetooth")
class TestPairing:
    """What can happen between an address and an entry."""

    async def test_wrong_pin_then_right(self, hass: HomeAssistant, wifi: WifiConnect) -> None:
        """A PIN typed wrong is told as such, and corrected without starting over."""
        result = await async_add_by_address(hass)
        flow_id = result["flow_id"]
        await async_wait_for(hass, lambda: step_of(hass, flow_id) == "pin")
        await hass.config_entries.flow.async_configure(flow_id, {"pin": "9999"})
        await async_wait_for(hass, lambda: step_of(hass, flow_id) == "pin")
        form = await hass.config_entries.flow.async_configure(flow_id)
        assert form["errors"] == {"pin": "wrong_pin"}
        form = await hass.config_entries.flow.async_configure(flow_id, {"pin": "12a4"})
        assert form["errors"] == {"pin": "invalid_pin"}
        await hass.config_entries.flow.async_configure(flow_id, {"pin": "1234"})
        result = await async_finish_pairing(hass, wifi, flow_id)
        assert result["type"] == "create_entry"
        await async_finish(hass)

    async def test_nobody_confirms_then_somebody(self, hass: HomeAssistant, wifi: WifiConnect) -> None:
        """A minute goes by at the machine: told apart from a wrong PIN, and tried again with one press."""
        wifi.pin = ""
        wifi.dialog_seconds = 300
        result = await async_add_by_address(hass)
        flow_id = result["flow_id"]
        await async_wait_for(hass, lambda: step_of(hass, flow_id) == "pair_again", seconds=200)
        form = await hass.config_entries.flow.async_configure(flow_id)
        assert form["errors"] == {"base": "not_confirmed"}
        await hass.config_entries.flow.async_configure(flow_id, {})
        result = await async_finish_pairing(hass, wifi, flow_id)
        assert result["type"] == "create_entry"
        await async_finish(hass)

    async def test_busy_then_free(self, hass: HomeAssistant, wifi: WifiConnect) -> None:
        """The phone has the session: busy is busy, and no authentication failure."""
        wifi.phone_connects()
        result = await async_add_by_address(hass)
        flow_id = result["flow_id"]
        await async_wait_for(hass, lambda: step_of(hass, flow_id) == "pair_again")
        form = await hass.config_entries.flow.async_configure(flow_id)
        assert form["errors"] == {"base": "busy"}
        wifi.phone_disconnects()
        await asyncio.sleep(25)
        await hass.config_entries.flow.async_configure(flow_id, {})
        result = await async_finish_pairing(hass, wifi, flow_id, "1234")
        assert result["type"] == "create_entry"
        await async_finish(hass)

    async def test_closing_the_form_hangs_up(self, hass: HomeAssistant, wifi: WifiConnect) -> None:
        """A person who changes their mind leaves nothing on the machine's display."""
        wifi.pin = ""
        result = await async_add_by_address(hass)
        await async_wait_for(hass, lambda: wifi.dialog is not None)
        hass.config_entries.flow.async_abort(result["flow_id"])
        await async_wait_for(hass, lambda: wifi.session is None)
        assert not hass.config_entries.async_entries(DOMAIN)

    async def test_no_such_address(self, hass: HomeAssistant) -> None:
        """Neither a name that is no address nor an address without a machine is added."""
        form = await async_add_by_address(hass, "coffee")
        assert form["errors"] == {"host": "invalid_host"}
        form = await hass.config_entries.flow.async_configure(form["flow_id"], {"host": LAN_HOST})
        assert form["step_id"] == "article"
        form = await hass.config_entries.flow.async_configure(form["flow_id"], {"article": "1"})
        assert form["errors"] == {"article": "unknown_article"}
        await hass.config_entries.flow.async_configure(form["flow_id"], {"article": "15336"})
        await async_wait_for(hass, lambda: step_of(hass, form["flow_id"]) == "pair_again")
        form = await hass.config_entries.flow.async_configure(form["flow_id"])
        assert form["errors"]["base"] in ("busy", "cannot_connect")

    async def test_found_by_ourselves(self, hass: HomeAssistant, wifi: WifiConnect) -> None:
        """A machine that answered our own question is offered, paired and not offered twice."""
        discovered = {"context": {"source": SOURCE_INTEGRATION_DISCOVERY}, "data": {"host": LAN_HOST}}
        form = await hass.config_entries.flow.async_init(DOMAIN, **discovered)
        assert form["step_id"] == "wifi_confirm"
        again = await hass.config_entries.flow.async_init(DOMAIN, **discovered)
        assert again["reason"] == "already_in_progress"
        await hass.config_entries.flow.async_configure(form["flow_id"], {})
        result = await async_finish_pairing(hass, wifi, form["flow_id"], "1234")
        assert result["type"] == "create_entry"
        again = await hass.config_entries.flow.async_init(DOMAIN, **discovered)
        assert again["reason"] == "already_configured"
        await async_finish(hass)


@pytest.fixture
async def paired(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, wifi: WifiConnect, pin: str
) -> AsyncGenerator[MockConfigEntry]:
    """Add the machine by its address, and wait until everything was read."""
    result = await async_add_by_address(hass)
    await async_finish_pairing(hass, wifi, result["flow_id"], pin)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await async_wait_for_state(hass, TOTAL)
    await asyncio.sleep(120)
    yield entry
    await async_finish(hass)


async def async_see_by_dhcp(hass: HomeAssistant, paired: MockConfigEntry, host: str = LAN_HOST) -> None:
    """Let Home Assistant's watch on DHCP have seen a network card at an address, and start anew with that."""
    hass.data[DATA_DHCP] = Mock(address_data={"aabbccddeeff": {"ip": host, "hostname": "espressif"}})
    hass.config.components.add("dhcp")
    await hass.config_entries.async_reload(paired.entry_id)
    await hass.async_block_till_done()


async def test_address_changes(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect
) -> None:
    """The router gives the machine another address: its network card is followed, without a second entry."""
    await async_see_by_dhcp(hass, paired)
    await wifi.stop()
    new_host = LAN_HOST[:-1] + "3" if LAN_HOST != "127.0.0.1" else pytest.skip("needs a second loopback address")
    pytest_socket.socket_allow_hosts([LAN_HOST, new_host])
    moved = WifiConnect(machine, host=new_host, pin="1234")
    moved.tokens.update(wifi.tokens)
    await moved.start()
    await async_wait_for_state(hass, STATE, "unavailable", seconds=200)
    found = DhcpServiceInfo(ip=new_host, hostname="espressif", macaddress="aabbccddeeff")
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_DHCP}, data=found)
    assert result["reason"] == "already_configured"
    await async_wait_for_state(hass, STATE, "ready", "energy_saving")
    assert paired.data["host"] == new_host
    await async_finish(hass)
    await moved.stop()
    await wifi.start()


async def test_no_longer_accepted(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """The machine forgot us: seen only after a second refusal, asked to pair again, and all is well."""
    wifi.tokens.clear()
    await press("button.jura_e8_eb_refresh")
    await async_wait_for(
        hass,
        lambda: [f for f in hass.config_entries.flow.async_progress() if f["context"]["source"] == SOURCE_REAUTH],
        seconds=600,
    )
    assert hass.states.get(STATE).state in ("ready", "energy_saving")
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    # By now its display may sleep, and would ask nobody anything.
    machine.wake_up()
    await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    result = await async_finish_pairing(hass, wifi, flow["flow_id"])
    assert result["reason"] == "reauth_successful"
    await asyncio.sleep(60)
    await press("button.jura_e8_eb_espresso")
    assert len(machine.drinks) == 1


async def test_a_reset_is_no_refusal(
    hass: HomeAssistant, paired: MockConfigEntry, wifi: WifiConnect, press: Press
) -> None:
    """Busy, aborted and reset logins never ask anybody to pair again."""
    for fault in (LanFailure.LOST, LanFailure.CLOSED, LanFailure.NO_ANSWER):
        wifi.faults.fail_next(fault, command="@HP", times=3)
        await press("button.jura_e8_eb_refresh")
        await asyncio.sleep(900)
    assert not hass.config_entries.flow.async_progress()


async def test_locked_keys(hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect) -> None:
    """A lock that somebody's broken connection left behind becomes a repair, whose fix unlocks the machine."""
    machine.lock_keys(True)
    issue = f"keys_locked_{paired.entry_id}"
    await asyncio.sleep(60)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue) is None
    await async_wait_for(hass, lambda: ir.async_get(hass).async_get_issue(DOMAIN, issue), seconds=180)
    from custom_components.jura.repairs import async_create_fix_flow  # noqa: PLC0415

    flow = await async_create_fix_flow(hass, issue, {"entry_id": paired.entry_id})
    flow.hass = hass
    await flow.async_step_confirm({})
    assert not machine.keys_locked
    await async_wait_for(hass, lambda: ir.async_get(hass).async_get_issue(DOMAIN, issue) is None)


@pytest.mark.parametrize("pin", [""])
async def test_without_a_pin(hass: HomeAssistant, paired: MockConfigEntry, wifi: WifiConnect) -> None:
    """A machine that everybody on the network can use is worth a word, which goes when a PIN is set."""
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"no_pin_{paired.entry_id}")
    wifi.pin = "4321"
    context = {"source": SOURCE_RECONFIGURE, "entry_id": paired.entry_id}
    result = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    await hass.config_entries.flow.async_configure(
        result["flow_id"], {"transports": ["wifi"], "host": LAN_HOST, "pin": "4321"}
    )
    result = await async_finish_pairing(hass, wifi, result["flow_id"])
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"no_pin_{paired.entry_id}") is None


async def test_pin_stays_here(hass: HomeAssistant, paired: MockConfigEntry, wifi: WifiConnect) -> None:
    """The PIN that is kept isn't shown to anybody who reconfigures, and stays; one that was removed is forgotten."""
    context = {"source": SOURCE_RECONFIGURE, "entry_id": paired.entry_id}
    form = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    assert "1234" not in str([field.description for field in form["data_schema"].schema])
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {"transports": ["wifi"], "host": LAN_HOST})
    assert result["reason"] == "reconfigure_successful"
    assert paired.data["pin"] == "1234"
    await hass.async_block_till_done()

    wifi.pin = ""
    paired.async_start_reauth(hass)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    await async_wait_for(hass, lambda: step_of(hass, flow["flow_id"]) == "pin")
    await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    result = await async_finish_pairing(hass, wifi, flow["flow_id"])
    assert result["reason"] == "reauth_successful"
    assert paired.data["pin"] == ""


async def test_secrets_stay_in_the_entry(
    hass: HomeAssistant, paired: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """PIN and token are in the entry and nowhere else."""
    token = paired.data["token"]
    assert len(token) == 64
    assert token not in caplog.text
    assert "1234," not in caplog.text
    from custom_components.jura.diagnostics import async_get_config_entry_diagnostics  # noqa: PLC0415

    diagnostics = str(await async_get_config_entry_diagnostics(hass, paired))
    assert token not in diagnostics
    assert "1234" not in diagnostics


async def test_registered_with_its_mac(hass: HomeAssistant, paired: MockConfigEntry) -> None:
    """Home Assistant's watch on DHCP can follow the machine once the device bears the MAC that it saw."""
    await async_see_by_dhcp(hass, paired)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), paired.entry_id)
    assert ("mac", "aa:bb:cc:dd:ee:ff") in device.connections


async def test_address_of_somebody_else(hass: HomeAssistant, paired: MockConfigEntry, machine: Machine) -> None:
    """The machine is off and its address is a phone's meanwhile: the phone's network card is not taken for its own."""
    machine.power_cut()
    await async_wait_for_state(hass, STATE, "unavailable", seconds=200)
    await async_see_by_dhcp(hass, paired)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), paired.entry_id)
    assert not device.connections


async def test_looks_for_a_machine_that_moved(
    hass: HomeAssistant, hass_storage: dict[str, Any], paired: MockConfigEntry, machine: Machine, wifi: WifiConnect
) -> None:
    """Without any watch on DHCP we ask around ourselves, only on our own networks, find it, and ask its owner."""
    new_host = LAN_HOST[:-1] + "3" if LAN_HOST != "127.0.0.1" else pytest.skip("needs a second loopback address")
    pytest_socket.socket_allow_hosts([LAN_HOST, new_host, "127.0.0.1", "127.255.255.255"])
    network = await async_get_network(hass)
    network.adapters[0]["enabled"] = True
    await wifi.stop()
    moved = WifiConnect(machine, host=new_host, pin="1234")
    moved.tokens.update(wifi.tokens)
    await moved.start()
    (flow,) = await async_wait_for(
        hass, lambda: hass.config_entries.flow.async_progress_by_handler(DOMAIN), seconds=1000
    )
    check_texts(await hass.config_entries.flow.async_configure(flow["flow_id"]))
    assert flow["step_id"] == "moved"
    assert not moved.sessions
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    check_texts(result)
    assert (result["reason"], paired.data["host"]) == ("moved", new_host)
    await async_wait_for_state(hass, STATE, "ready", "energy_saving")
    await async_finish(hass)
    await moved.stop()
    await wifi.start()


async def test_an_impostor_is_not_believed(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect
) -> None:
    """Another address that says it is our machine changes nothing while ours is there."""
    other = LAN_HOST[:-1] + "3" if LAN_HOST != "127.0.0.1" else pytest.skip("needs a second loopback address")
    pytest_socket.socket_allow_hosts([LAN_HOST, other])
    impostor = WifiConnect(machine, host=other)
    await impostor.start()
    found = {"context": {"source": SOURCE_INTEGRATION_DISCOVERY}, "data": {"host": other}}
    result = await hass.config_entries.flow.async_init(DOMAIN, **found)
    assert result["reason"] == "already_configured"
    assert paired.data["host"] == LAN_HOST
    await impostor.stop()


async def test_bluetooth_helps_out_while_wifi_is_busy(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """The phone holds the WiFi Connect: nothing was sent there, so that Bluetooth may make the drink, one."""
    await async_wait_for_state(hass, TOTAL)
    result = await async_add_by_address(hass)
    await async_finish_pairing(hass, wifi, result["flow_id"], "1234")
    await async_wait_for_state(hass, WAY, "wifi")
    await asyncio.sleep(60)
    wifi.phone_connects()
    await press("button.jura_e8_eb_espresso")
    assert len(machine.orders) == len(machine.drinks) == 1


async def test_bluetooth_is_offered_once_wifi_is_set_up(hass: HomeAssistant, adapter: None, wifi: WifiConnect) -> None:
    """Both dongles are there when the machine is added over Wi-Fi: Bluetooth is offered again, and by hand too."""
    await async_wait_for(hass, lambda: hass.config_entries.flow.async_progress_by_handler(DOMAIN))
    result = await async_add_by_address(hass)
    result = await async_finish_pairing(hass, wifi, result["flow_id"], "1234")
    assert result["type"] == "create_entry"
    await async_wait_for(hass, lambda: hass.config_entries.flow.async_progress_by_handler(DOMAIN))
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["step_id"] == "join_bluetooth"
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    form = await hass.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": "nearby"})
    form = await hass.config_entries.flow.async_configure(form["flow_id"], {"address": ADDRESS})
    assert form["step_id"] == "join_bluetooth"
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    assert result["reason"] == "bluetooth_added"
    await async_finish(hass)


async def test_ignoring_the_question_keeps_the_machine(
    hass: HomeAssistant, adapter: None, wifi: WifiConnect, machine: Machine, press: Press
) -> None:
    """Who presses "Ignore" on "Reach it over Bluetooth too" loses nothing: the question goes, the machine stays."""
    await async_wait_for(hass, lambda: hass.config_entries.flow.async_progress_by_handler(DOMAIN))
    result = await async_add_by_address(hass)
    result = await async_finish_pairing(hass, wifi, result["flow_id"], "1234")
    (flow,) = await async_wait_for(hass, lambda: hass.config_entries.flow.async_progress_by_handler(DOMAIN))
    assert flow["step_id"] == "join_bluetooth"
    # As Home Assistant's API does it.
    unique_id = flow["context"]["unique_id"]
    await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_IGNORE}, data={"unique_id": unique_id, "title": "JURA E8 (EB)"}
    )
    await hass.async_block_till_done()
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry is result["result"]
    assert entry.data["host"] == LAN_HOST
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    await asyncio.sleep(30)
    await press("button.jura_e8_eb_espresso")
    assert len(machine.drinks) == 1
    await async_finish(hass)


async def test_told_why_it_waits(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, wifi: WifiConnect
) -> None:
    """While the dongle has its pause, nobody is sent to a display that asks nothing."""
    flow_id = (await async_add_by_address(hass))["flow_id"]
    await async_wait_for(hass, lambda: step_of(hass, flow_id) == "pin")
    shown = await hass.config_entries.flow.async_configure(flow_id, {"pin": "1234"})
    assert shown["progress_action"] == "dongle_pause"
    await async_wait_for(hass, lambda: wifi.dialog is not None)
    shown = await hass.config_entries.flow.async_configure(flow_id)
    assert shown["progress_action"] == "confirm_on_display"
    hass.config_entries.flow.async_abort(flow_id)
    await async_wait_for(hass, lambda: wifi.session is None)
