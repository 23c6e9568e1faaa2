"""What a person hands over when something is wrong: useful, and nothing that tells whose machine it is."""

import json
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.jura.const import DOMAIN
from custom_components.jura.my_drinks import SUBENTRY_DRINK
from simulator.definitions import definition_for
from simulator.faults import Failure
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect

from .conftest import ADDRESS, Press, async_wait_for
from .helpers import UNIQUE_ID, async_pass, entity_id, make_bluetooth_time_virtual

MACHINE_NUMBER, SERIAL_NUMBER = 47113, 31853


@pytest.fixture(autouse=True)
def bluetooth_time(virtual_time: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Bluetooth forget what is silent."""
    make_bluetooth_time_virtual(monkeypatch)


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return a machine whose numbers can't be there by chance."""
    return Machine(definition_for(model), machine_number=MACHINE_NUMBER, serial_number=SERIAL_NUMBER)


async def async_diagnostics(hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry) -> Any:
    """Download the diagnostics as a person does, and see that they tell nothing of whose they are."""
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    text = json.dumps(diagnostics).casefold()
    secrets = (ADDRESS, ADDRESS.replace(":", ""), str(MACHINE_NUMBER), str(SERIAL_NUMBER), entry.entry_id, "2021-09-17")
    assert [secret for secret in secrets if secret.casefold() in text] == []
    assert str(entry.unique_id) not in text
    return diagnostics


async def test_of_a_working_machine(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry, machine: Machine
) -> None:
    """All that is needed to make out what a machine said, and what is unknown of it."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    machine.set_alert(60, on=True)
    await async_pass(hass, 65)
    diagnostics = await async_diagnostics(hass, hass_client, entry)
    assert diagnostics["entry"]["article"] == 15336
    assert diagnostics["entry"]["address"] == "**REDACTED**"
    assert diagnostics["definition"]["code"] == "EF538"
    assert diagnostics["versions"] == {"dongle": "V05.08F", "machine": "EF538M V01.18"}
    assert diagnostics["available"] is True
    assert diagnostics["transport"] == "bluetooth"
    assert diagnostics["unknown_alert_bits"] == [60]
    assert diagnostics["refuses_commands"] is diagnostics["gives_way"] is diagnostics["experimental"] is False
    snapshot = diagnostics["snapshot"]
    assert snapshot["status_bits"] == sorted(machine.status_bits)
    assert snapshot["total"] == machine.total
    assert snapshot["slots"] == {str(slot): count for slot, count in machine.counters.items()}
    assert list(snapshot["maintenance_counts"].values()) == list(machine.maintenance_counters)
    assert list(snapshot["maintenance_percentages"].values()) == list(machine.maintenance_percentages)
    assert snapshot["progress"]["state"] == 0
    assert diagnostics["link_events"]["connected"] >= 2


async def test_of_drinks(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """How a drink went, what is counted and what was set; how many drinks are one's own, but not what they are called."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    name, device_name = "Omas Guetnachtkafi", "Maschine von Familie Muster"
    data = {"product": "espresso", "values": {}, "preselections": []}
    drink = ConfigSubentry(data=MappingProxyType(data), subentry_type=SUBENTRY_DRINK, title=name, unique_id=None)
    hass.config_entries.async_add_subentry(entry, drink)
    registry = dr.async_get(hass)
    (device,) = dr.async_entries_for_config_entry(registry, entry.entry_id)
    registry.async_update_device(device.id, name_by_user=device_name)
    hass.config_entries.async_update_entry(entry, title=device_name)
    await hass.async_block_till_done()
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    await hass.services.async_call(DOMAIN, "brew", {"product": name}, blocking=True)
    coordinator = entry.runtime_data
    await async_wait_for(hass, lambda: coordinator.data.drink)
    making = (await async_diagnostics(hass, hass_client, entry))["remembered"]["drink"]
    assert (making["code"], making["origin"], making["is_own"]) == (2, "home_assistant", True)
    await async_wait_for(hass, lambda: coordinator.data.cups_today == 1, seconds=600)
    diagnostics = await async_diagnostics(hass, hass_client, entry)
    assert diagnostics["own_drinks"] == 1
    remembered = diagnostics["remembered"]
    assert remembered["drink"] is None
    last = remembered["last_drink"]
    assert (last["code"], last["how"], last["is_own"]) == (2, "finished", True)
    assert remembered["day"]["before"] == machine.total - 1
    assert remembered["ledger"]["total"] == machine.total
    assert remembered["ledger"]["lines"] == 1
    states = [shown["state"] for shown in diagnostics["shown"]]
    assert states[0] == 0
    assert {shown["code"] for shown in diagnostics["shown"] if shown["state"]} == {2}
    assert len(set(states)) > 3
    everything = (await _everything(hass, hass_client, entry)).casefold()
    personal = (name, device_name, *_secrets(entry))
    assert [word for word in personal if word.casefold() in everything] == []


def _secrets(entry: MockConfigEntry) -> list[str]:
    """Return what an entry keeps that tells whose machine it is."""
    public = {"article", "definition"}
    kept = {key: value for key, value in entry.data.items() if key not in public}
    return [str(entry.unique_id), *map(str, kept.values())]


async def test_over_wifi(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, lan_entry: MockConfigEntry, machine: Machine
) -> None:
    """What this very machine allows and its settings, as they are stored; nothing of what it takes to log in."""
    coordinator = lan_entry.runtime_data
    await async_wait_for(hass, lambda: coordinator.remembered.limits, seconds=600)
    response = await _everything(hass, hass_client, lan_entry)
    # The PIN's four digits may be part of any number; in its place there is none of them.
    secrets = [secret for secret in _secrets(lan_entry) if secret not in (lan_entry.data["pin"], "home")]
    assert [secret for secret in secrets if secret.casefold() in response.casefold()] == []
    diagnostics = json.loads(response)["data"]
    assert diagnostics["entry"]["pin"] == diagnostics["entry"]["connection_id"] == "**REDACTED**"
    assert set(diagnostics["remembered"]["limits"]) == {str(code) for code in coordinator.remembered.limits}
    assert diagnostics["snapshot"]["settings"] == dict(coordinator.data.settings)


async def _everything(hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry) -> str:
    """Return the whole file that a person downloads, with what Home Assistant adds."""
    await async_diagnostics(hass, hass_client, entry)
    response = await (await hass_client()).get(f"/api/diagnostics/config_entry/{entry.entry_id}")
    text: str = await response.text()
    return text


async def test_nothing_is_sent(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry, smart_connect: SmartConnect
) -> None:
    """The download asks the machine nothing: a machine that is in trouble shall not be disturbed by it."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    # Set up what the download needs, and be between two looks.
    await async_diagnostics(hass, hass_client, entry)
    connections = smart_connect.connections
    await async_wait_for(hass, lambda: smart_connect.connections > connections)
    await async_pass(hass, 5)
    assert smart_connect.link is None
    log = len(smart_connect.log)
    await async_diagnostics(hass, hass_client, entry)
    assert len(smart_connect.log) == log


async def test_after_failures(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    entry: MockConfigEntry,
    smart_connect: SmartConnect,
    press: Press,
) -> None:
    """What went wrong is counted."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    smart_connect.faults.fail_next(Failure.GARBAGE, on="read", characteristic="1524", times=10)
    await async_pass(hass, 125)
    smart_connect.faults.clear()
    smart_connect.machine.set_counter(0, 1)
    # Not longer than the login of the test's browser is valid.
    await async_pass(hass, 20 * 60)
    diagnostics = await async_diagnostics(hass, hass_client, entry)
    assert diagnostics["link_events"]["implausible read"] >= 2
    assert diagnostics["discarded_statistics"]["ImplausibleReply"] >= 1


async def test_machine_off(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry, machine: Machine
) -> None:
    """Just when the machine can't be had, its diagnostics are wanted."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    machine.power_cut()
    await async_pass(hass, 180)
    diagnostics = await async_diagnostics(hass, hass_client, entry)
    assert diagnostics["available"] is False
    assert diagnostics["snapshot"]["status_bits"] is diagnostics["snapshot"]["progress"] is None
    assert diagnostics["unknown_alert_bits"] is None
    assert diagnostics["snapshot"]["total"] == machine.total


async def test_giving_way(hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry) -> None:
    """It says when nothing is read on purpose."""
    switch = entity_id(hass, "switch", "give_way", str(entry.unique_id))
    await hass.services.async_call("switch", "turn_on", {"entity_id": switch}, blocking=True)
    assert (await async_diagnostics(hass, hass_client, entry))["gives_way"] is True


async def test_pin(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry, smart_connect: SmartConnect
) -> None:
    """It says when commands are refused."""
    smart_connect.pin_set = True
    await async_pass(hass, 180)
    assert (await async_diagnostics(hass, hass_client, entry))["refuses_commands"] is True


async def test_never_set_up(hass: HomeAssistant, hass_client: ClientSessionGenerator, adapter: None) -> None:
    """An entry whose machine was never reached still has something to hand over."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="JURA E8",
        unique_id=UNIQUE_ID,
        data={"address": "C0:FF:EE:00:00:77", "article": 15336, "definition": "EF538"},
    )
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    diagnostics = await async_diagnostics(hass, hass_client, entry)
    assert diagnostics["entry"]["article"] == 15336
    assert "C0:FF:EE" not in json.dumps(diagnostics)
    await hass.config_entries.async_remove(entry.entry_id)
