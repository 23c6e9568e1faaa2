"""What a machine needs, before it asks; and counters that begin anew."""

import asyncio
from collections.abc import Iterator
from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from custom_components.jura.memory import Memory
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect

from .conftest import async_confirm_discovery, async_wait_for, async_wait_for_state
from .helpers import async_pass, entity_id, make_bluetooth_time_virtual, placeholders, state_of, texts

DAY = 24 * 3600.0
NO_MILK, FILTER_DUE = 14, 32
ESPRESSO = 0x02


@pytest.fixture(autouse=True)
def bluetooth_time(virtual_time: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Bluetooth forget what is silent, and the dongle be heard less often: days pass here."""
    make_bluetooth_time_virtual(monkeypatch)
    monkeypatch.setattr("simulator.scanner.ADVERTISING_SECONDS", 30.0)


@pytest.fixture(autouse=True)
def quick(virtual_time: None) -> Iterator[None]:
    """Spare the loop the stack of each of its many timers."""
    loop = asyncio.get_event_loop()
    debug = loop.get_debug()
    loop.set_debug(False)
    yield
    loop.set_debug(debug)


@pytest.fixture
async def read(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Return the entry of a machine of which everything was read."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    return entry


def attributes_of(hass: HomeAssistant, platform: str, key: str) -> dict[str, Any]:
    """Return the attributes of an entity."""
    state = hass.states.get(entity_id(hass, platform, key))
    assert state is not None
    return dict(state.attributes)


# --- alerts and needs -------------------------------------------------------------------------------------------------


async def test_severity(hass: HomeAssistant, read: MockConfigEntry) -> None:
    """Each alert says how serious it is; what is no alert doesn't."""
    severities = {"fill_water_tank": "blocking", "no_milk": "information", "descaling_due": "maintenance"}
    for alert, severity in severities.items():
        assert attributes_of(hass, "binary_sensor", f"alert_{alert}")["severity"] == severity
    assert "severity" not in attributes_of(hass, "binary_sensor", "ready")
    assert "severity" not in attributes_of(hass, "binary_sensor", "soon_descaling")


async def test_needs(hass: HomeAssistant, read: MockConfigEntry, machine: Machine) -> None:
    """The most urgent is the state, and the rest waits its turn; of a machine that is off nothing is claimed."""
    needs = entity_id(hass, "sensor", "needs")
    assert (state_of(hass, "sensor", "needs"), attributes_of(hass, "sensor", "needs")["all"]) == ("nothing", [])
    machine.set_percentage("Decalc", 85)
    machine.set_percentage("FilterChange", 100)
    machine.set_alert(NO_MILK, on=True)
    machine.empty_water_tank()
    await async_wait_for_state(hass, needs, "fill_water_tank")
    await async_pass(hass, 16 * 60)
    assert attributes_of(hass, "sensor", "needs")["all"] == [
        "fill_water_tank",
        "no_milk",
        "filter_change_due",
        "descaling_soon",
    ]
    machine.fill_water_tank()
    await async_wait_for_state(hass, needs, "no_milk")
    machine.set_alert(NO_MILK, on=False)
    await async_wait_for_state(hass, needs, "filter_change_due")
    machine.maintain("FilterChange")
    await async_pass(hass, 16 * 60)
    assert state_of(hass, "sensor", "needs") == "descaling_soon"
    machine.power_cut()
    await async_wait_for_state(hass, needs, "unavailable", seconds=300)
    # What was read of maintenance is as true as ever.
    assert state_of(hass, "binary_sensor", "soon_descaling") == "on"
    assert state_of(hass, "binary_sensor", "soon_cleaning") == "off"
    assert state_of(hass, "sensor", "filter_days_left") == "90"
    await async_pass(hass, 2 * DAY)
    assert state_of(hass, "sensor", "filter_days_left") == "88"


async def test_nothing_is_made_up(hass: HomeAssistant, read: MockConfigEntry) -> None:
    """Of a machine that was just added nothing can be forecast, and nobody knows how old its filter is."""
    for key in ("forecast_cleaning", "forecast_descaling", "forecast_filter_change", "filter_days_left"):
        assert state_of(hass, "sensor", key) == "unknown"


async def test_no_filter(hass: HomeAssistant, read: MockConfigEntry, machine: Machine) -> None:
    """Without a filter there is no early warning of its change."""
    machine.filter_fitted = False
    await async_wait_for_state(hass, entity_id(hass, "binary_sensor", "soon_filter_change"), "unknown", seconds=1200)
    assert state_of(hass, "sensor", "filter_days_left") == "unknown"


async def test_old_memory(hass: HomeAssistant, read: MockConfigEntry, hass_storage: dict[str, Any]) -> None:
    """What an earlier version wrote is read, and what was not kept then begins now."""
    total = state_of(hass, "sensor", "count_total")
    memory = Memory(hass, read.entry_id)
    stored = await memory.async_load()
    assert stored is not None
    assert stored.pop("history")["tracks"]
    stored.pop("doubt")
    await hass.config_entries.async_unload(read.entry_id)
    await memory.async_save(stored)
    assert await hass.config_entries.async_setup(read.entry_id)
    assert state_of(hass, "sensor", "count_total") == total
    await async_wait_for(hass, lambda: read.runtime_data.remembered.history.usage)


# --- counters that begin anew -----------------------------------------------------------------------------------------


def issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return the issues about counters."""
    every = ir.async_get(hass).issues.values()
    return [issue for issue in every if issue.active and issue.translation_key == "counters_restarted"]


def replace_electronics(machine: Machine, total: int) -> None:
    """Let all counters be small, as with electronics that came from a shelf."""
    machine.set_counter(0, total)
    for slot in machine.counters:
        machine.set_counter(slot, 0)


async def async_day_passes(hass: HomeAssistant, machine: Machine, *, drinks: int) -> None:
    """Have the machine switched on for half an hour, and off until the next day."""
    machine.switch_on()
    await async_pass(hass, 300)
    for _ in range(drinks):
        assert machine.press_product(ESPRESSO)
        await async_pass(hass, 120)
    await async_pass(hass, 1500 - 120 * drinks)
    machine.power_cut()
    await async_pass(hass, DAY - 1800)


async def async_replace(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """Replace the electronics, and use the machine for two days."""
    machine.power_cut()
    replace_electronics(machine, 2)
    await async_day_passes(hass, machine, drinks=2)
    assert issues(hass) == []
    # What was refused is remembered over restarts.
    await hass.config_entries.async_reload(entry.entry_id)
    await async_day_passes(hass, machine, drinks=1)


@pytest.fixture
async def replaced(hass: HomeAssistant, read: MockConfigEntry, machine: Machine) -> MockConfigEntry:
    """Return the entry of a machine whose electronics were replaced two days ago."""
    await async_replace(hass, read, machine)
    return read


async def test_believed(hass: HomeAssistant, replaced: MockConfigEntry, machine: Machine) -> None:
    """Nothing is believed until somebody says that the machine was repaired; from then on it counts anew."""
    before = int(state_of(hass, "sensor", "count_total"))
    assert before > 100
    assert machine.total == 5
    (issue,) = issues(hass)
    assert (issue.severity, issue.is_fixable) == (ir.IssueSeverity.WARNING, True)
    given = issue.translation_placeholders or {}
    assert placeholders(str(texts()["issues"]["counters_restarted"])) <= set(given)
    assert (given["before"], given["now"]) == (str(before), "5")
    assert await async_setup_component(hass, REPAIRS, {})
    manager = hass.data[REPAIRS]["flow_manager"]
    result = await manager.async_init(DOMAIN, context={"issue_id": issue.issue_id})
    assert result["step_id"] == "confirm"
    result = await manager.async_configure(result["flow_id"], {})
    assert result["type"] == "create_entry"
    assert issues(hass) == []
    assert state_of(hass, "sensor", "count_total") == "5"
    await async_day_passes(hass, machine, drinks=2)
    assert state_of(hass, "sensor", "count_total") == "7"
    await hass.config_entries.async_reload(replaced.entry_id)
    assert state_of(hass, "sensor", "count_total") == "7"


async def test_right_again(hass: HomeAssistant, replaced: MockConfigEntry, machine: Machine) -> None:
    """If the machine counts on from before after all, there is nothing left to ask."""
    (_,) = issues(hass)
    total = int(state_of(hass, "sensor", "count_total"))
    counters = replaced.runtime_data.remembered.counters
    assert counters is not None
    for slot, count in {0: total, **counters.slots}.items():
        machine.set_counter(slot, count)
    await async_day_passes(hass, machine, drinks=1)
    assert issues(hass) == []
    assert state_of(hass, "sensor", "count_total") == str(total + 1)


async def test_gone_with_the_entry(hass: HomeAssistant, adapter: None, machine: Machine) -> None:
    """Nobody is asked about a machine that was removed."""
    entry = await async_confirm_discovery(hass)
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    await async_replace(hass, entry, machine)
    (_,) = issues(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issues(hass) == []


async def test_old_buffer(
    hass: HomeAssistant, read: MockConfigEntry, machine: Machine, smart_connect: SmartConnect
) -> None:
    """The same old numbers, again and again, for days: refused, and nobody is asked about them."""
    total = state_of(hass, "sensor", "count_total")
    machine.set_counter(0, int(total) - 30)
    machine.power_cut()
    for _ in range(3):
        smart_connect.log.clear()
        await async_day_passes(hass, machine, drinks=0)
    # What was refused twice is no other in three minutes: the link is not taken for it more often than usual.
    commands = [
        operation
        for operation in smart_connect.log
        if (operation.action, operation.characteristic) == ("write", "1533")
    ]
    assert 1 <= len(commands) <= 3
    assert state_of(hass, "sensor", "count_total") == total
    assert read.runtime_data.remembered.doubt is not None
    assert issues(hass) == []
