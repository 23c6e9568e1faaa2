"""How many cups were made today, as the owner sees it: over midnights, restarts and machines that are off."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.machine import Machine
from simulator.wifi_connect import WifiConnect

from .conftest import Press, async_wait_for, async_wait_for_state
from .helpers import async_pass, entity_id, state_of

CUPS = "sensor.jura_e8_eb_cups_today"
TOTAL = "sensor.jura_e8_eb_drinks_made"


def until_midnight() -> float:
    """Return the seconds until the next local midnight."""
    now = dt_util.now()
    midnight = dt_util.start_of_local_day(now + timedelta(days=1))
    if midnight <= now:
        midnight = dt_util.start_of_local_day(now + timedelta(days=2))
    return (midnight - now).total_seconds()


async def async_make(hass: HomeAssistant, machine: Machine, press: Press, drink: str = "espresso") -> None:
    """Make a drink and wait until it is counted."""
    total = int(state_of(hass, "sensor", "count_total"))
    await press(entity_id(hass, "button", f"brew_{drink}"))
    await async_wait_for(hass, lambda: int(state_of(hass, "sensor", "count_total")) > total, seconds=300)


async def test_from_set_up(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """Nothing on the first day but what was made since; a double is two cups, as the machine has it."""
    assert state_of(hass, "sensor", "cups_today") == "unknown"
    await async_wait_for_state(hass, CUPS, "0")
    await async_make(hass, machine, press)
    assert state_of(hass, "sensor", "cups_today") == "1"
    await async_wait_for(hass, lambda: machine.progress.state == 0)
    await async_make(hass, machine, press, "two_espressi")
    assert state_of(hass, "sensor", "cups_today") == "3"


async def test_midnight(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """At midnight it is 0 at once, with the machine off, and stays the true count of that day after a restart."""
    await async_wait_for_state(hass, TOTAL)
    await async_make(hass, machine, press)
    assert state_of(hass, "sensor", "cups_today") == "1"
    machine.power_cut()
    await async_pass(hass, until_midnight() - 1)
    assert state_of(hass, "sensor", "cups_today") == "1"
    await async_pass(hass, 2)
    assert state_of(hass, "sensor", "cups_today") == "0"
    machine.switch_on()
    await async_wait_for_state(hass, "sensor.jura_e8_eb_state", "ready", seconds=600)
    await async_make(hass, machine, press)
    await hass.config_entries.async_reload(entry.entry_id)
    assert state_of(hass, "sensor", "cups_today") == "1"


async def test_midnight_missed(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """With Home Assistant down over midnight the new day begins with the last total that was known."""
    await async_wait_for_state(hass, TOTAL)
    await async_make(hass, machine, press)
    await hass.config_entries.async_unload(entry.entry_id)
    await async_pass(hass, until_midnight() + 60)
    machine.wake_up()
    machine.press_product(0x02)
    await async_pass(hass, 60)
    machine.power_cut()
    await hass.config_entries.async_setup(entry.entry_id)
    assert state_of(hass, "sensor", "cups_today") == "0"
    machine.switch_on()
    await async_wait_for_state(hass, CUPS, "1", seconds=1200)


@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/Santiago", "Asia/Kathmandu"])
async def test_midnight_is_local(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, zone: str) -> None:
    """The day ends when it does in the kitchen."""
    await hass.config.async_set_time_zone(zone)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_wait_for_state(hass, TOTAL)
    seconds = until_midnight()
    before: datetime = dt_util.now()
    await async_pass(hass, seconds - 5)
    day = entry.runtime_data.remembered.day
    assert day.date == before.date()
    await async_pass(hass, 10)
    assert entry.runtime_data.remembered.day.date == before.date() + timedelta(days=1)


async def test_old_memory(
    hass: HomeAssistant, hass_storage: dict[str, Any], entry: MockConfigEntry, machine: Machine
) -> None:
    """What was remembered before days were counted is where counting begins."""
    total = int(await async_wait_for_state(hass, TOTAL))
    await hass.config_entries.async_unload(entry.entry_id)
    stored = hass_storage[f"jura.{entry.entry_id}"]["data"]
    for key in ("day", "drink", "enjoyed", "last_drink"):
        del stored[key]
    machine.set_counter(0, total + 2)
    await hass.config_entries.async_setup(entry.entry_id)
    assert state_of(hass, "sensor", "count_total") == str(total)
    assert state_of(hass, "sensor", "cups_today") == "0"
    await async_wait_for_state(hass, CUPS, "2", seconds=600)


# --- the machine's own count ------------------------------------------------------------------------------------------


class TestDailyCounters:
    """A machine that declares counters of the day, as it may have them over Wi-Fi."""

    @pytest.fixture
    def model(self) -> str:
        """Return a GIGA X8c."""
        return "15568"

    async def test_believed_in_between(self, hass: HomeAssistant, lan_entry: MockConfigEntry, machine: Machine) -> None:
        """Home Assistant was down since noon: of the drinks since, the machine knows which are today's."""
        coordinator = lan_entry.runtime_data
        await async_wait_for(hass, lambda: coordinator.data.maintenance)
        await async_pass(hass, 120)
        await hass.config_entries.async_unload(lan_entry.entry_id)
        for _ in range(3):
            machine.wake_up()
            machine.press_product(0x02)
            await async_pass(hass, 120)
        await async_pass(hass, until_midnight() + 60)
        machine.reset_daily_counters()
        machine.press_product(0x02)
        await async_pass(hass, 120)
        await hass.config_entries.async_setup(lan_entry.entry_id)
        coordinator = lan_entry.runtime_data
        await async_wait_for(hass, lambda: coordinator.data.cups_today == 4, seconds=600)
        await async_wait_for(hass, lambda: coordinator.data.cups_today == 1, seconds=600)
        assert not coordinator.statistics.discarded

    async def test_never_set_back(self, hass: HomeAssistant, lan_entry: MockConfigEntry, machine: Machine) -> None:
        """Counters that count since ever are no count of a day: not believed, and the diagnostics know."""
        for _ in range(2):
            machine.wake_up()
            machine.press_product(0x02)
            await async_pass(hass, 120)
        await async_pass(hass, until_midnight() + 60)
        machine.press_product(0x02)
        coordinator = lan_entry.runtime_data
        await async_wait_for(hass, lambda: coordinator.data.cups_today == 1, seconds=600)
        before = coordinator.statistics.discarded["daily counters"]
        await async_wait_for(hass, lambda: coordinator.statistics.discarded["daily counters"] > before, seconds=3600)
        assert coordinator.data.cups_today == 1


@pytest.mark.parametrize("model", ["15568"])
async def test_declared_and_not_there(
    hass: HomeAssistant, lan_entry: MockConfigEntry, wifi_connect: WifiConnect, machine: Machine
) -> None:
    """A machine file may promise what the machine doesn't have: asked once, and counted from the totals."""
    wifi_connect.banks -= {0x42}
    coordinator = lan_entry.runtime_data
    await async_pass(hass, 3 * 3600)
    asked = [entry for entry in wifi_connect.log if entry.direction == "in" and "@TR:42" in entry.body]
    assert len(asked) == 1
    assert coordinator.data.cups_today == 0
    assert not coordinator.statistics.discarded
