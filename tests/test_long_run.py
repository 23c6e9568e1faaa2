"""Two machines, day after day: nothing piles up, nothing is written for nothing, and the phone has the link to itself.

One machine over Bluetooth, one over Wi-Fi; each is looked at as often as in a home, makes drinks that are ordered here and
at the machine, sleeps, is switched off, gives way to a phone; entries are reloaded. By default three days of
eight hours; the whole month, with whole days, with JURA_MONTH=1 in the environment. Compressed: the Bluetooth dongle is heard every half minute, and the machines are
switched off for an hour a day only, for looking for a machine that is off costs the test most.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
import gc
import logging
import os
from pathlib import Path
from unittest.mock import NonCallableMock

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from custom_components.jura.machine.catalogue import find_article
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect

from .conftest import LAN_HOST, async_wait_for
from .helpers import make_bluetooth_time_virtual

WHOLE = bool(os.environ.get("JURA_MONTH"))
DAYS = 30 if WHOLE else 3
HOUR = 3600 if WHOLE else 1200
MOST_SHARE = 0.05


MORNING = "2030-01-07T14:00:00+00:00"
"""Six o'clock where Home Assistant is in tests: midnight, when cups of today begin anew, is in no idle hour."""


@pytest.fixture(autouse=True)
def compressed(
    virtual_time: None,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Begin in the morning; let Bluetooth forget what is silent, hear dongles less often, keep no logs that nobody reads."""
    freezer.move_to(MORNING)
    make_bluetooth_time_virtual(monkeypatch)
    monkeypatch.setattr("simulator.scanner.ADVERTISING_SECONDS", 30.0)
    # A record holds the error that it tells, and with it whatever was alive then.
    caplog.set_level(logging.CRITICAL)


@pytest.fixture
async def second(lan: None) -> AsyncGenerator[WifiConnect]:
    """Return the WiFi Connect of another machine."""
    machine = Machine(definition_for("15480"), unnamed_bit=False)
    wifi = WifiConnect(machine, host=LAN_HOST, pin="1234", min_pause=3.0)
    wifi.tokens["686F6D65"] = "AB" * 32
    await wifi.start()
    yield wifi
    machine.power_cut()
    await wifi.stop()
    assert not wifi.forbidden
    assert not wifi.unlisted
    assert not wifi.malformed
    assert not wifi.upset


@pytest.fixture
async def second_entry(
    hass: HomeAssistant, enable_custom_integrations: None, second: WifiConnect
) -> AsyncGenerator[MockConfigEntry]:
    """Return its entry."""
    article = find_article(15480)
    assert article is not None
    data = {"host": LAN_HOST, "pin": "1234", "token": "AB" * 32, "connection_id": "home"}
    data |= {"article": article.number, "definition": article.definition}
    entry = MockConfigEntry(domain=DOMAIN, title="JURA S8", unique_id="15480-4711-4", data=data)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


class Writes:
    """How often states of ours were written, changed or not."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Count from now on."""
        self.changed: Counter[str] = Counter()
        self.same: Counter[str] = Counter()
        registry = er.async_get(hass)
        ours = {entity.entity_id for entity in registry.entities.values() if entity.platform == DOMAIN}

        @callback
        def on_changed(event: Event) -> None:
            self.changed[event.data["entity_id"]] += event.data["entity_id"] in ours

        @callback
        def on_reported(event: Event) -> None:
            self.same[event.data["entity_id"]] += event.data["entity_id"] in ours

        hass.bus.async_listen(EVENT_STATE_CHANGED, on_changed)
        hass.bus.async_listen(EVENT_STATE_REPORTED, on_reported, event_filter=callback(lambda _: True))

    @property
    def total(self) -> int:
        """Return how often, all in all."""
        return self.changed.total() + self.same.total()


def held_by_us(hass: HomeAssistant) -> Counter[str]:
    """Return how much there is of what could pile up: every object of our classes, above all.

    The size of the process tells nothing here: the harness's stand-ins remember each call made to them.
    """
    gc.collect()
    found: Counter[str] = Counter()
    for thing in gc.get_objects():
        kind = type(thing)
        if kind.__module__.startswith("custom_components.jura"):
            found[kind.__qualname__] += 1
    found["tasks"] = len(asyncio.all_tasks())
    found["listeners"] = sum(hass.bus.async_listeners().values())
    if Path("/proc/self/fd").exists():
        found["files and sockets"] = len(list(Path("/proc/self/fd").iterdir()))
    return found


REMEMBERED = {"Line", "Mark", "Track"}
"""What an entry is to remember of each day, up to some months: see tests/machine/test_ledger.py and test_forecast.py."""


class Home:
    """The day of a household with two machines."""

    def __init__(
        self, hass: HomeAssistant, entries: tuple[MockConfigEntry, ...], first: SmartConnect, second: WifiConnect
    ) -> None:
        """Move in."""
        self.hass = hass
        self.entries = entries
        self.bluetooth = first
        self.wifi = second
        self.machines = (first.machine, second.machine)
        self.ordered = 0
        self.held_for_drinks = 0.0
        self.seconds_for_drinks = 0.0

    async def drink(self, number: int, *, here: bool) -> None:
        """Make a drink with a machine, and see to what it needs."""
        machine, entry = self.machines[number], self.entries[number]
        machine.fill_water_tank()
        machine.remove_drip_tray()
        machine.insert_drip_tray()
        begin, held = self.hass.loop.time(), self.bluetooth.held_seconds
        if here:
            coordinator = entry.runtime_data
            await async_wait_for(self.hass, lambda: coordinator.last_update_success, seconds=600)
            product = coordinator.definition.product("espresso")
            await self.hass.services.async_call(
                "button",
                "press",
                {
                    "entity_id": er.async_get(self.hass).async_get_entity_id(
                        "button", DOMAIN, f"{entry.unique_id}_brew_{product.slug}"
                    )
                },
                blocking=True,
            )
        else:
            code = entry.runtime_data.definition.product("espresso").code
            assert machine.press_product(code)
        self.ordered += 1
        await async_wait_for(self.hass, lambda: machine.drink is None, seconds=300)
        await asyncio.sleep(90)
        if number == 0:
            self.held_for_drinks += self.bluetooth.held_seconds - held
            self.seconds_for_drinks += self.hass.loop.time() - begin

    async def day(self, day: int) -> None:
        """Live through a day."""
        for number in (0, 1):
            await self.drink(number, here=True)
            await self.drink(number, here=bool(day % 2))
        await asyncio.sleep(2 * HOUR)
        # A nap, and the phone for ten minutes.
        self.bluetooth.phone_connects()
        self.wifi.phone_connects()
        await asyncio.sleep(600)
        self.bluetooth.phone_disconnects()
        self.wifi.phone_disconnects()
        await asyncio.sleep(HOUR)
        for entry in self.entries[:: 1 if day % 2 else -1]:
            assert await self.hass.config_entries.async_reload(entry.entry_id)
        await asyncio.sleep(HOUR)
        for machine in self.machines:
            machine.power_cut()
        await asyncio.sleep(HOUR)
        for machine in self.machines:
            machine.switch_on()
        await asyncio.sleep(600)
        for number in (1, 0):
            await self.drink(number, here=bool(number))

    def forget_logs(self) -> None:
        """Have the simulation keep nothing either, nor the harness: its stand-ins remember each call."""
        for thing in gc.get_objects():
            if issubclass(type(thing), NonCallableMock):
                thing.reset_mock()
        self.bluetooth.log.clear()
        self.wifi.log.clear()
        self.wifi.sessions.clear()


async def test_states_are_written_when_they_change(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    second_entry: MockConfigEntry,
    smart_connect: SmartConnect,
    second: WifiConnect,
) -> None:
    """A drink brings news each second, of which an entity writes what changed of itself; an idle hour brings none."""
    home = Home(hass, (entry, second_entry), smart_connect, second)
    await asyncio.sleep(HOUR)
    for number in (0, 1):
        writes = Writes(hass)
        await home.drink(number, here=False)
        assert writes.changed.total()
        assert not +writes.same
    await asyncio.sleep(HOUR)
    writes = Writes(hass)
    await asyncio.sleep(3600)
    assert not writes.total


@pytest.mark.timeout(4 * 3600 if WHOLE else 1800)
async def test_month(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    second_entry: MockConfigEntry,
    smart_connect: SmartConnect,
    second: WifiConnect,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    """Memory, tasks, sockets and listeners are flat; idle hours write nothing; the link is held for less than 5 %."""
    hass.loop.set_debug(False)
    home = Home(hass, (entry, second_entry), smart_connect, second)
    await asyncio.sleep(HOUR)
    writes = Writes(hass)
    begin, held = hass.loop.time(), smart_connect.held_seconds
    counts: list[Counter[str]] = []
    idle_writes = 0
    for day in range(DAYS):
        midnight = begin + (day + 1) * 24 * HOUR
        await home.day(day)
        await asyncio.sleep(2 * HOUR)
        # An evening in which nothing happens.
        before = writes.total
        await asyncio.sleep(3 * HOUR)
        idle_writes += writes.total - before
        home.forget_logs()
        counts.append(held_by_us(hass))
        await asyncio.sleep(midnight - hass.loop.time())
    seconds = hass.loop.time() - begin - home.seconds_for_drinks
    share = (smart_connect.held_seconds - held - home.held_for_drinks) / seconds
    first, last = counts[1], counts[-1]
    grown = {name: (first[name], last[name]) for name in last if last[name] > first[name] and name not in REMEMBERED}
    summary = (
        f"{DAYS} days: {home.ordered} drinks, {smart_connect.connections} Bluetooth connections, link held {share:.2%}"
        f" outside of drinks; states written {writes.changed.total()} changed, {writes.same.total()} unchanged,"
        f" {idle_writes} in idle hours; tasks {last['tasks']}, files and sockets {last['files and sockets']},"
        f" listeners {last['listeners']}"
    )
    record_testsuite_property("summary", summary)
    assert grown == {}, summary
    assert not +writes.same
    assert idle_writes == 0
    assert share < MOST_SHARE
    assert sum(len(machine.drinks) for machine in home.machines) == home.ordered
    for one, machine in zip((entry, second_entry), home.machines, strict=True):
        assert one.runtime_data.data.counters.total == machine.total
