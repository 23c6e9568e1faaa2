"""Several machines behind one adapter with few connection slots: whose turn it is, and that a press waits for nobody's look."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.connection_slots import SharedSlot
from custom_components.jura.const import DOMAIN
from custom_components.jura.coordinator import JuraCoordinator
from custom_components.jura.machine.client import Urgency
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.scanner import SimulatedScanner, async_add_simulated_adapter
from simulator.smart_connect import SmartConnect

from .costs import costs
from .helpers import async_wait_for, entity_id
from .kitchen import async_finish, data_of

ARTICLE = "15336"
CONNECTING, OPERATION = 1.0, 0.05
LOOK = CONNECTING + 4 * OPERATION
"""Seconds that a look takes: connecting, a heartbeat, two reads, a goodbye."""
PRESS = CONNECTING + 4 * OPERATION
"""Seconds that a cold press takes if nothing is in its way: connecting, a heartbeat, two reads, the order."""


@dataclass
class Place:
    """One machine of the house."""

    machine: Machine
    dongle: SmartConnect
    entry: MockConfigEntry

    @property
    def coordinator(self) -> JuraCoordinator:
        """Return what looks at it."""
        coordinator: JuraCoordinator = self.entry.runtime_data
        return coordinator

    @property
    def reached(self) -> bool:
        """Tell whether all attempts to connect have succeeded so far."""
        return self.coordinator.last_update_success and not self.coordinator.ways.client.events["connection failed"]


@dataclass
class House:
    """All machines behind one adapter."""

    hass: HomeAssistant
    places: list[Place]
    adapter: SimulatedScanner

    def crowd(self, *absent: Place) -> list[asyncio.Task[None]]:
        """Have all others want to look at their machines in the same moment."""
        return [
            self.hass.async_create_task(place.coordinator.async_refresh())
            for place in self.places
            if place not in absent
        ]

    async def press(self, place: Place) -> float:
        """Press the button for an espresso; return the seconds until the machine has the order."""
        begun, orders = self.hass.loop.time(), len(place.machine.orders)
        button = entity_id(self.hass, "button", "brew_espresso", str(place.entry.unique_id))
        press = self.hass.async_create_task(
            self.hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
        )
        while len(place.machine.orders) == orders and not press.done():
            await asyncio.sleep(0.001)
        seconds = self.hass.loop.time() - begun
        await press
        return seconds


type Build = Callable[[int, int], Awaitable[House]]


@pytest.fixture
async def build(hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None) -> AsyncGenerator[Build]:
    """Return what builds a house of so many machines and connection slots, with everything read."""
    removes: list[Callable[[], None]] = []

    async def build(count: int, slots: int) -> House:
        machines = [Machine(definition_for(ARTICLE), serial_number=number) for number in range(count)]
        dongles = [
            SmartConnect(machine, address=f"C0:FF:EE:00:01:{number:02X}", key=number)
            for number, machine in enumerate(machines)
        ]
        adapter, remove = await async_add_simulated_adapter(hass, dongles, slots=slots)
        removes.append(remove)
        await asyncio.sleep(2)
        places = []
        for machine, dongle in zip(machines, dongles, strict=True):
            entry = MockConfigEntry(
                domain=DOMAIN,
                title=f"Machine {machine.serial_number}",
                unique_id=f"{ARTICLE}-{machine.machine_number}-{machine.serial_number}",
                data={**data_of(ARTICLE), "address": dongle.address},
            )
            entry.add_to_hass(hass)
            places.append(Place(machine, dongle, entry))
        assert await hass.config_entries.async_setup(places[0].entry.entry_id)
        await hass.async_block_till_done()
        await async_wait_for(hass, lambda: all(place.coordinator.data.maintenance for place in places), seconds=3600)
        await async_wait_for(hass, lambda: not any(place.dongle.link for place in places))
        for dongle in dongles:
            dongle.faults.connect_seconds, dongle.faults.latency = CONNECTING, OPERATION
        return House(hass, places, adapter)

    yield build
    await async_finish(hass)
    for remove in removes:
        remove()


@pytest.mark.parametrize("slots", [1, 2])
async def test_press_on_a_machine_whose_look_waits(build: Build, slots: int) -> None:
    """A press doesn't inherit the place of its own machine's look in the queue, and costs no more than any other."""
    house = await build(7, slots)
    pressed = house.places[-1]
    await asyncio.sleep(5)
    looks = house.crowd()
    await asyncio.sleep(0.5)
    with costs(house.hass, bluetooth=pressed.dongle) as counted:
        assert await house.press(pressed) < PRESS + 2 * OPERATION + 0.01
    assert counted.operations["connect"] == 1
    await asyncio.gather(*looks)
    assert all(place.reached for place in house.places)


@pytest.mark.parametrize("moment", [0.5, CONNECTING + 0.08, LOOK + 0.5])
@pytest.mark.parametrize("slots", [1, 2, 3])
async def test_press_in_a_crowd(build: Build, slots: int, moment: float) -> None:
    """A press is on its way at once while all others are looked at: connecting, reading, whatever they are at."""
    house = await build(7, slots)
    pressed = house.places[3]
    # Nobody hears a dongle for some seconds after it was let go.
    await asyncio.sleep(5)
    looks = house.crowd(pressed)
    await asyncio.sleep(moment)
    assert house.adapter.get_allocations().allocated
    assert await house.press(pressed) < PRESS + 0.01
    await asyncio.gather(*looks)
    assert len(pressed.machine.orders) == 1
    for place in house.places:
        assert place.reached


async def test_press_during_statistics(build: Build) -> None:
    """What is read over many seconds is broken off too, and read later; the machine counts as reached all the time."""
    house = await build(2, 1)
    read, pressed = house.places
    await asyncio.sleep(5)
    read.coordinator.statistics.read_in(0)
    await read.coordinator.async_refresh()
    await asyncio.sleep(2)
    assert read.coordinator.statistics.are_being_read
    assert await house.press(pressed) < PRESS + 0.01
    assert read.reached
    await async_wait_for(house.hass, lambda: pressed.machine.drink is None, seconds=600)
    before = len(read.dongle.log)

    def data_read() -> bool:
        return any(operation.characteristic == "1534" for operation in read.dongle.log[before:])

    await async_wait_for(house.hass, data_read, seconds=600)
    assert read.reached


async def test_drink_is_seen_through(hass: HomeAssistant, build: Build) -> None:
    """Neither looks nor a press take the connection over which a drink is followed; looks go on when it is let go."""
    house = await build(3, 1)
    making, pressed, other = house.places
    await asyncio.sleep(5)
    await house.press(making)
    link = making.dongle.link
    assert link is not None
    looks = house.crowd(making, pressed)
    with pytest.raises(HomeAssistantError) as failed:
        await house.press(pressed)
    assert failed.value.translation_key == "nothing_sent"
    assert making.dongle.link is link
    assert not looks[0].done()
    await async_wait_for(hass, lambda: making.dongle.link is None, seconds=600)
    assert len(making.machine.drinks) == 1
    await asyncio.gather(*looks)
    assert other.reached
    assert making.reached


@pytest.mark.parametrize("slots", [1, 2])
async def test_nobody_starves(build: Build, slots: int) -> None:
    """With more machines than there is time for, all are looked at equally often, and none is ever missing."""
    house = await build(12, slots)
    for place in house.places:
        place.dongle.faults.connect_seconds = 10.0
    before = [place.dongle.connections for place in house.places]
    seen = [place.coordinator.seen_at for place in house.places]
    await asyncio.sleep(3600)
    looks = [place.dongle.connections - had for place, had in zip(house.places, before, strict=True)]
    # Each takes ten seconds and something, one at a time; statistics take some more now and then.
    assert sum(looks) > 0.7 * 3600 / (10 + 4 * OPERATION)
    assert max(looks) - min(looks) <= 0.1 * max(looks)
    assert all(place.reached for place in house.places)
    assert all(place.coordinator.seen_at != at for place, at in zip(house.places, seen, strict=True))


async def test_unloading_while_it_waits(hass: HomeAssistant, build: Build) -> None:
    """An entry that goes away while it waits leaves nothing behind: the others have their turns, it has none."""
    house = await build(5, 1)
    leaving = house.places[2]
    await asyncio.sleep(5)
    looks = house.crowd(leaving)
    # As Home Assistant does each minute.
    leaving.coordinator.update_interval = None
    waiting = leaving.entry.async_create_background_task(hass, leaving.coordinator.async_refresh(), "look")
    await asyncio.sleep(0.5)
    before = leaving.dongle.connections
    assert await hass.config_entries.async_unload(leaving.entry.entry_id)
    assert waiting.done()
    await asyncio.gather(*looks)
    await asyncio.sleep(300)
    assert leaving.dongle.connections == before
    assert all(place.reached for place in house.places if place is not leaving)
    assert await hass.config_entries.async_setup(leaving.entry.entry_id)
    assert leaving.reached


async def test_leaving_in_the_moment_of_its_turn(hass: HomeAssistant, build: Build) -> None:
    """Who stops waiting just when the connection becomes free leaves it to the next."""
    house = await build(3, 1)

    async def interrupt() -> None:
        """Nobody does."""

    first, second, third = (SharedSlot(hass, place.dongle.address) for place in house.places)
    await first.take(Urgency.POLL, interrupt)
    waiting = [asyncio.create_task(slot.take(Urgency.POLL, interrupt)) for slot in (second, third)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    first.give_back()
    await waiting[1]
    assert waiting[0].cancelled()
    third.give_back()


async def test_slots_of_others(hass: HomeAssistant, build: Build) -> None:
    """Where other devices have all slots, machines are out of reach, as without a queue; and come back by themselves."""
    house = await build(4, 2)
    house.adapter.occupied_slots = 2
    await asyncio.gather(*house.crowd())
    assert not any(place.coordinator.last_update_success for place in house.places)
    house.adapter.occupied_slots = 1
    await async_wait_for(hass, lambda: all(place.coordinator.last_update_success for place in house.places), 600)


async def test_machine_that_does_not_answer(hass: HomeAssistant, build: Build) -> None:
    """A machine that can't be connected to keeps a slot for as long as Home Assistant tries, and the others their turns."""
    house = await build(5, 2)
    silent = house.places[0]
    silent.dongle.faults.fail_connects = 10**6
    before = [place.dongle.connections for place in house.places]
    await asyncio.sleep(1800)
    looks = [place.dongle.connections - had for place, had in zip(house.places, before, strict=True)]
    assert looks[0] == 0
    assert min(looks[1:]) >= 28
    assert not silent.coordinator.last_update_success
    assert all(place.reached for place in house.places[1:])


async def test_two_adapters(hass: HomeAssistant, build: Build) -> None:
    """Looks use all adapters within reach and leave a slot free; a press finds it wherever it is."""
    house = await build(6, 2)
    dongles = [place.dongle for place in house.places]
    adapter, remove = await async_add_simulated_adapter(hass, dongles, slots=3, rssi=-70, name="Proxy")
    await asyncio.sleep(5)
    pressed = house.places[2]
    looks = house.crowd(pressed)
    await asyncio.sleep(0.5)
    assert house.adapter.get_allocations().allocated
    assert adapter.get_allocations().allocated
    assert house.adapter.get_allocations().free + adapter.get_allocations().free >= 1
    assert await house.press(pressed) < PRESS + 0.01
    await asyncio.gather(*looks)
    assert all(place.reached for place in house.places)
    remove()
