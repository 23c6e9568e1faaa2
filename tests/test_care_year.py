"""A machine in a household: two adults, their weeks and holidays, what it asks for and what is done about it.

By default two months; the whole year with JURA_YEAR=1 in the environment. Compressed are only the idle times: the machine
is on for some hours a day, it is looked at every ten minutes instead of every minute, its dongle is heard every half
minute instead of every second, and the Wi-Fi household switches its Home Assistant off along with the machine.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import dropwhile
import logging
import os
import random

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from simulator.definitions import definition_for
from simulator.faults import Failure
from simulator.machine import Machine, Phase
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect

from .helpers import entity_id, make_bluetooth_time_virtual, state_of

DAYS = 365 if os.environ.get("JURA_YEAR") else 61
MONDAY = "2027-01-04T05:00:00-08:00"
LOOK = 600
"""Seconds from look to look over Bluetooth; see above."""
STATISTICS = 15 * 60
HEARD = 30.0
"""Seconds from advertisement to advertisement; see above."""
PROGRAMS = {"Cleaning": "cleaning", "FilterChange": "filter_change", "Decalc": "descaling"}
CODES = {"Cleaning": 0x24, "Decalc": 0x25, "FilterChange": 0x26}
HOLIDAYS = (range(33, 40), range(200, 214))
"""Days on which nobody is at home: one week in winter, two in summer."""
NEEDS = {
    0: "insert_drip_tray",
    1: "fill_water_tank",
    2: "empty_grounds_container",
    3: "empty_drip_tray",
    14: "no_milk",
    32: "filter_change_due",
    33: "descaling_due",
    34: "cleaning_due",
}
"""Alerts of an E8 by their bits, as luck will have it the most urgent first."""
NO_MILK, UNKNOWN = 14, 60
_ESPRESSO, _COFFEE, _CAPPUCCINO = 0x02, 0x03, 0x04


@pytest.fixture(autouse=True)
def compressed(virtual_time: None, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin on a Monday morning in winter, in time that is cheap."""
    freezer.move_to(MONDAY)
    make_bluetooth_time_virtual(monkeypatch)
    monkeypatch.setattr("simulator.scanner.ADVERTISING_SECONDS", HEARD)
    monkeypatch.setattr("custom_components.jura.coordinator.SCAN_INTERVAL", timedelta(seconds=LOOK))


@pytest.fixture
async def cheap(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> AsyncGenerator[None]:
    """Do without the records of millions of events, which nobody reads."""
    caplog.set_level(logging.ERROR)
    loop = asyncio.get_running_loop()
    debug = loop.get_debug()
    loop.set_debug(False)
    yield
    loop.set_debug(debug)


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return a machine that tells its percentages in steps of ten, as a Z10 does, and soon has something to ask for."""
    machine = Machine(definition_for(model), percent_step=10)
    machine.set_percentage("Cleaning", 45)
    machine.set_percentage("Decalc", 45)
    machine.set_percentage("FilterChange", 55)
    return machine


class Published:
    """Every state that the lifetime counters ever showed, and every total that the machine ever had."""

    def __init__(self, hass: HomeAssistant, machine: Machine) -> None:
        """Listen."""
        self.shown: dict[str, list[str]] = {}
        self.totals = {machine.total}
        """What the machine really had at any time."""
        machine.subscribe(lambda: self.totals.add(machine.total))
        keys = (
            "count_total",
            "count_espresso",
            "count_coffee",
            "count_cappuccino",
            "count_cleaning",
            "count_descaling",
        )
        self._ids = {entity_id(hass, "sensor", key) for key in keys}
        hass.bus.async_listen("state_changed", self._on_change)

    @callback
    def _on_change(self, event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and state.entity_id in self._ids:
            # A restart takes every entity away for a moment: that is Home Assistant's own.
            if state.state != "unavailable":
                self.shown.setdefault(state.entity_id, []).append(state.state)

    def check(self, total: str) -> None:
        """Fail if a counter ever fell, was ever unknown again, or showed a total that the machine never had."""
        assert self.shown.keys() == self._ids
        for entity, states in self.shown.items():
            # Unknown until it is read for the first time, and never again.
            read = list(dropwhile(lambda state: state == "unknown", states))
            assert "unknown" not in read, entity
            counts = list(map(int, read))
            assert counts == sorted(counts), entity
            assert counts[0] > 0, entity
        assert {int(state) for state in self.shown[total] if state != "unknown"} <= self.totals


class Household:
    """Those who live with a machine, and what they saw of it in Home Assistant."""

    def __init__(self, hass: HomeAssistant, machine: Machine, *, look: float, statistics: float) -> None:
        """Move in."""
        self.hass = hass
        self.machine = machine
        self.look = look
        self.statistics = statistics
        self.dice = random.Random(4)
        self.due: list[tuple[str, datetime]] = []
        """Which program the machine asked for, and when."""
        self.forecasts: list[tuple[datetime, Mapping[str, str]]] = []
        """What was forecast each noon."""
        self.seen_needs: list[str] = []
        self.put_off: dict[str, int] = {}
        self.done: dict[str, date] = {}
        """When which program ran last."""
        self.discarded = 0
        self.in_session: Callable[[int], None] = lambda day: None

    # --- what is looked up in Home Assistant --------------------------------------------------------------------------

    def issues(self) -> set[str]:
        """Return the programs that Home Assistant says are due."""
        return {
            str(issue.data["program"])
            for (domain, _), issue in ir.async_get(self.hass).issues.items()
            if domain == DOMAIN and issue.active and issue.data and str(issue.translation_key).startswith("program_due")
        }

    def asked_for(self) -> set[str]:
        """Return the programs that the machine asks for."""
        due = dict(zip(self.machine.definition.percentages, self.machine.maintenance_percentages, strict=True))
        return {PROGRAMS[kind] for kind, percent in due.items() if percent == 100}

    def needed(self) -> list[str]:
        """Return what the machine needs, the most urgent first, as far as its alerts tell."""
        return [need for bit, need in NEEDS.items() if bit in self.machine.status_bits]

    def check_needs(self, *, early: bool) -> None:
        """Fail unless Home Assistant says what is needed; early warnings take until the next read-out."""
        state = self.hass.states.get(entity_id(self.hass, "sensor", "needs"))
        assert state is not None
        needed, shown = self.needed(), list(state.attributes["all"])
        if early:
            percentages = zip(self.machine.definition.percentages, self.machine.maintenance_percentages, strict=True)
            needed += [f"{PROGRAMS[kind]}_soon" for kind, percent in percentages if percent and 80 <= percent < 100]
        else:
            shown = [need for need in shown if not need.endswith("_soon")]
        assert shown == needed, dt_util.now()
        assert state.state == (state.attributes["all"] or ["nothing"])[0]
        self.seen_needs.append(state.state)

    # --- what they do -------------------------------------------------------------------------------------------------

    async def until(self, day: date, hours: float) -> None:
        """Wait for a time of a day."""
        midnight = datetime.combine(day, time(), dt_util.now().tzinfo)
        await asyncio.sleep(max(0.0, (midnight + timedelta(hours=hours) - dt_util.now()).total_seconds()))

    async def look_passes(self) -> None:
        """Wait until Home Assistant has certainly looked."""
        await asyncio.sleep(self.look + 30)

    async def drink(self, code: int) -> None:
        """Make a drink at the machine; whoever finds it wanting something looks into Home Assistant, and helps it."""
        while not self.machine.press_product(code):
            assert self.needed(), "it refuses, and needs nothing"
            await self.look_passes()
            self.check_needs(early=False)
            assert state_of(self.hass, "sensor", "needs") == self.needed()[0]
            if self.needed()[0] == "fill_water_tank":
                self.machine.fill_water_tank()
            elif self.needed()[0] == "no_milk":
                self.machine.set_alert(NO_MILK, on=False)
            else:
                self.machine.insert_drip_tray()
        before = self.asked_for()
        await asyncio.sleep(180)
        assert self.machine.drink is None
        self.due += [(program, dt_util.now()) for program in self.asked_for() - before]

    async def care(self) -> None:
        """See to what is due, today or in a day or two; Home Assistant says so all the time, and not any longer."""
        await self.look_passes()
        assert self.issues() == self.asked_for(), dt_util.now()
        for kind, program in PROGRAMS.items():
            if program in self.asked_for():
                left = self.put_off.setdefault(program, self.dice.randrange(3))
                if left:
                    self.put_off[program] -= 1
                    continue
                del self.put_off[program]
                await self.maintain(kind)
                await self.look_passes()
                assert self.issues() == self.asked_for(), dt_util.now()

    async def maintain(self, kind: str) -> None:
        """Run a program at the machine, doing what its display says."""
        self.machine.fill_water_tank()
        self.machine.insert_drip_tray()
        assert self.machine.start_program(CODES[kind])
        while self.machine.program is not None:
            await asyncio.sleep(20)
            self.machine.confirm_step()
        self.done[PROGRAMS[kind]] = dt_util.now().date()

    async def session(self, day: int, drinks: int) -> None:
        """Switch it on, have drinks, see to it, and switch it off."""
        self.machine.switch_on()
        await asyncio.sleep(240)
        self.in_session(day)
        for _ in range(drinks):
            await asyncio.sleep(self.dice.randrange(10, 400))
            await self.drink(self.dice.choice((_COFFEE, _COFFEE, _ESPRESSO, _CAPPUCCINO)))
        await self.care()
        await asyncio.sleep(self.statistics + self.look)
        self.check_needs(early=True)
        assert state_of(self.hass, "sensor", "count_total") == str(self.machine.total)
        self.machine.switch_off()
        await asyncio.sleep(60)
        assert self.machine.phase is Phase.OFF

    def drinks_of(self, day: date) -> tuple[int, int]:
        """Return how many drinks are made in the morning and later: fewer on working days, and not always the same."""
        weekend = day.weekday() >= 5
        return (4 if weekend else 3) + self.dice.randrange(2), (4 if weekend else 2) + self.dice.randrange(2)

    def note_forecasts(self) -> None:
        """Note what Home Assistant expects, the machine being off."""
        shown = {program: state_of(self.hass, "sensor", f"forecast_{program}") for program in PROGRAMS.values()}
        self.forecasts.append((dt_util.now(), shown))

    # --- what came of it ----------------------------------------------------------------------------------------------

    def check_forecasts(self, start: date, *, learned_after: int) -> int:
        """Fail if a forecast of the ten days before a program was due is out by more than two; return how many weren't.

        What nobody can know is left out: forecasts with a holiday between them and what they forecast.
        """
        away = [start + timedelta(days=day) for days in HOLIDAYS for day in days]
        checked = 0
        for program, due in self.due:
            for when, shown in self.forecasts:
                if not timedelta() < due - when <= timedelta(days=10) or (when.date() - start).days < learned_after:
                    continue
                if any(when.date() <= day <= due.date() for day in away) or any(
                    program == other and when < earlier < due for other, earlier in self.due
                ):
                    continue
                expected = datetime.fromisoformat(shown[program]).astimezone(due.tzinfo).date()
                assert abs((expected - due.date()).days) <= 2, f"{program} on {due}, forecast on {when}: {expected}"
                checked += 1
        return checked


async def async_enable_counters(hass: HomeAssistant) -> None:
    """Enable the counters that are not for everybody, and wait until Home Assistant has reloaded us for that."""
    for key in ("count_espresso", "count_coffee", "count_cappuccino", "count_cleaning", "count_descaling"):
        er.async_get(hass).async_update_entity(entity_id(hass, "sensor", key), disabled_by=None)
    await asyncio.sleep(60)


@pytest.mark.timeout(600)
async def test_bluetooth(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, smart_connect: SmartConnect, cheap: None
) -> None:
    """With restarts, old buffers, lost links and alerts that nobody knows."""
    home = Household(hass, machine, look=LOOK, statistics=STATISTICS)
    await async_enable_counters(hass)
    await hass.config_entries.async_reload(entry.entry_id)
    published = Published(hass, machine)
    start = dt_util.now().date()
    machine.power_cut()

    def mischief(day: int) -> None:
        smart_connect.log.clear()
        home.discarded += entry.runtime_data.statistics.discarded.total()
        entry.runtime_data.statistics.discarded.clear()
        machine.set_alert(UNKNOWN, on=day % 5 == 0)
        if day % 6 == 0:
            machine.set_alert(NO_MILK, on=True)
        if day % 7 == 0:
            smart_connect.faults.fail_next(Failure.STALE, on="read", characteristic="1534", times=2)
        if day % 8 == 3:
            # An old buffer, for the first read-outs of a session.
            machine.set_counter(0, machine.total - 40)
            asyncio.get_running_loop().call_later(1500, lambda: machine.set_counter(0, machine.total + 40))
        if day % 9 == 0:
            smart_connect.faults.fail_next(Failure.LOST, skip=home.dice.randrange(20))
        if day % 11 == 0:
            smart_connect.faults.fail_next(Failure.GARBAGE, on="read", times=3)

    home.in_session = mischief
    for day in range(DAYS):
        today = start + timedelta(days=day)
        if any(day in days for days in HOLIDAYS):
            await home.until(today, 12)
            home.note_forecasts()
            continue
        morning, later = home.drinks_of(today)
        made = machine.total
        await home.until(today, 6.5)
        await home.session(day, morning)
        await home.until(today, 12)
        home.note_forecasts()
        if day % 13 == 5:
            # Home Assistant starts anew: with the machine off, and some days while it heats up.
            if day % 2:
                machine.switch_on()
                await asyncio.sleep(30)
            await hass.config_entries.async_reload(entry.entry_id)
            await asyncio.sleep(home.dice.randrange(200))
            machine.power_cut()
        await home.until(today, 17)
        await home.session(day, later)
        assert state_of(hass, "sensor", "cups_today") == str(machine.total - made), today
    published.check(entity_id(hass, "sensor", "count_total"))
    few, many = {"cleaning": 2, "descaling": 1}, {"cleaning": 10, "descaling": 3, "filter_change": 3}
    expected = few if DAYS < 365 else many
    for program, least in expected.items():
        assert [due for due, _ in home.due].count(program) >= least
    assert home.check_forecasts(start, learned_after=14) >= 6 * sum(expected.values())
    assert {"nothing", "fill_water_tank", "no_milk", "cleaning_due", "cleaning_soon"} <= set(home.seen_needs)
    age = (dt_util.now().date() - home.done["filter_change"]).days
    assert state_of(hass, "sensor", "filter_days_left") == str(90 - age)
    # The old buffers were noticed.
    assert home.discarded > DAYS // 14


@pytest.mark.timeout(600)
async def test_wifi(
    hass: HomeAssistant, lan_entry: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect, cheap: None
) -> None:
    """Two weeks over Wi-Fi, in a household that switches everything off; see above."""
    home = Household(hass, machine, look=20, statistics=60)
    await async_enable_counters(hass)
    start = dt_util.now().date()
    await hass.config_entries.async_unload(lan_entry.entry_id)
    published = Published(hass, machine)
    machine.power_cut()
    for day in range(16):
        today = start + timedelta(days=day)
        await home.until(today, 6.5)
        machine.switch_on()
        await asyncio.sleep(60)
        await hass.config_entries.async_setup(lan_entry.entry_id)
        wifi_connect.log.clear()
        await home.session(day, sum(home.drinks_of(today)))
        home.note_forecasts()
        await hass.config_entries.async_unload(lan_entry.entry_id)
    published.check(entity_id(hass, "sensor", "count_total"))
    assert [program for program, _ in home.due] == ["cleaning"]
    assert home.check_forecasts(start, learned_after=8) >= 4
    assert {"cleaning_soon", "fill_water_tank"} <= set(home.seen_needs)
    await hass.config_entries.async_setup(lan_entry.entry_id)
