"""Any sequence of what a person, a phone, a radio and a machine may do: drinks told are drinks made.

The model is simple. An order that a client says it sent has reached the machine, once. One whose outcome it calls
unknown, or that was broken off, has reached it once or not at all. One that was rejected made no drink. Any other failure
means that it has not reached the machine. So at each
moment there is a least and a greatest number of orders that the machine may have seen, and after all of it, with time to
come to rest, nothing more arrives: nothing is kept for later, and nothing is sent twice.

Hypothesis makes up the sequences, the same in each run, and shortens one that fails.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.client import MachineClient
from custom_components.jura.machine.errors import CommandRejected, JuraError, OutcomeUnknown
from custom_components.jura.machine.recipe import default_recipe
from custom_components.jura.machine.smart_connect import OwnSlot, SmartConnect
from custom_components.jura.machine.wifi_connect import WifiConnect
from simulator.definitions import definition_for
from simulator.faults import Failure
from simulator.machine import Machine
from simulator.scanner import async_add_simulated_adapter
from simulator.smart_connect import SmartConnect as BluetoothDongle
from simulator.wifi_connect import WifiConnect as WifiDongle
from simulator.wifi_faults import LanFailure
from tests.conftest import ADDRESS, LAN_HOST

from .test_smart_connect import Way
from .test_wifi_connect import CLIENT_ID, CREDENTIALS, PIN, TOKEN

type Step = tuple[Any, ...]

PRODUCTS = ("espresso", "coffee", "cappuccino", "hot_water")
STEPS: list[st.SearchStrategy[Step]] = [
    # The person.
    st.tuples(st.just("order"), st.sampled_from(PRODUCTS)),
    st.tuples(st.just("order"), st.sampled_from(PRODUCTS)),
    st.tuples(st.just("failing order"), st.sampled_from(PRODUCTS), st.integers(0, 9)),
    st.tuples(st.just("two orders"), st.sampled_from(PRODUCTS), st.sampled_from(PRODUCTS)),
    st.tuples(st.just("order, broken off"), st.sampled_from(PRODUCTS), st.floats(0, 8)),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("look")),
    st.tuples(st.just("statistics")),
    st.tuples(st.just("order during statistics"), st.sampled_from(PRODUCTS), st.floats(0, 5)),
    st.tuples(st.just("let go")),
    st.tuples(st.just("wait"), st.sampled_from((1, 5, 25, 90, 700))),
    # What happens around.
    st.tuples(st.just("fault"), st.integers(0, 9), st.integers(0, 8), st.booleans()),
    st.tuples(st.just("power"), st.booleans()),
    st.tuples(st.just("phone"), st.booleans()),
    st.tuples(st.just("tank"), st.booleans()),
    st.tuples(st.just("button at the machine")),
]
SEQUENCES = st.lists(st.one_of(STEPS), min_size=1, max_size=14)
examples = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@dataclass
class Story:
    """A machine, a client, and what may have reached the machine."""

    machine: Machine
    dongle: BluetoothDongle | WifiDongle
    client: MachineClient
    least: int = 0
    most: int = 0
    rejected: int = 0
    told: list[str] = field(default_factory=list)

    async def order(self, product: str) -> None:
        """Order a drink, and note what the client says about it."""
        definition = load_definition(self.machine.definition.code)
        entry = definition.product(product)
        assert entry is not None
        self.most += 1
        try:
            await self.client.start(default_recipe(entry))
        except OutcomeUnknown:
            self.told.append("unknown")
        except CommandRejected:
            # It may have reached the machine, which then said no.
            self.rejected += 1
            self.told.append("rejected")
        except JuraError as error:
            self.most -= 1
            self.told.append(type(error).__name__)
        else:
            self.least += 1
            self.told.append("sent")

    async def broken_off(self, product: str, after: float) -> None:
        """Order a drink, and lose patience after a while: whoever waited is gone, and nobody is told anything."""
        most, ordering = self.most, asyncio.create_task(self.order(product))
        await asyncio.wait([ordering], timeout=after)
        if not ordering.done():
            ordering.cancel()
            await asyncio.wait([ordering])
            self.most = most + 1

    def fault(self, kind: int, skip: int, on_order: bool) -> None:
        """Let an operation go wrong, the order's own if told so."""
        if isinstance(self.dongle, BluetoothDongle):
            failures = list(Failure)
            target = {"characteristic": "1525"} if on_order else {"skip": skip}
            self.dongle.faults.fail_next(failures[kind % len(failures)], **target)
        else:
            lan_failures = list(LanFailure)
            lan_target = {"command": "@TP"} if on_order else {"skip": skip}
            self.dongle.faults.fail_next(lan_failures[kind % len(lan_failures)], **lan_target)

    async def quietly(self, call: Awaitable[object]) -> None:
        """Do what may fail and moves no water."""
        with suppress(JuraError):
            await call

    async def take(self, step: Step) -> None:
        """Do a step."""
        definition = load_definition(self.machine.definition.code)
        match step:
            case ("order", product):
                await self.order(product)
            case ("failing order", product, kind):
                self.fault(kind, 0, True)
                await self.order(product)
            case ("two orders", one, another):
                await asyncio.gather(self.order(one), self.order(another))
            case ("order, broken off", product, after):
                await self.broken_off(product, after)
            case ("cancel",):
                await self.quietly(self.client.cancel())
            case ("look",):
                await self.quietly(self.client.read_live())
            case ("statistics",):
                await self.quietly(self.client.read_counters(definition))
            case ("order during statistics", product, after):
                reading = asyncio.create_task(self.quietly(self.client.read_counters(definition)))
                await asyncio.sleep(after)
                await self.order(product)
                await reading
            case ("let go",):
                await self.client.release()
            case ("wait", seconds):
                await asyncio.sleep(seconds)
            case ("fault", kind, skip, on_order):
                self.fault(kind, skip, on_order)
            case ("power", True):
                self.machine.switch_on()
            case ("power", False):
                self.machine.power_cut()
            case ("phone", True):
                self.dongle.phone_connects()
            case ("phone", False):
                self.dongle.phone_disconnects()
            case ("tank", True):
                self.machine.fill_water_tank()
            case ("tank", False):
                self.machine.empty_water_tank()
            case ("button at the machine",):
                self.machine.press_product(0x02)
            case _:
                raise AssertionError(step)

    def check(self) -> None:
        """Fail unless the machine saw as many orders as it may have, and took none of which a person was told otherwise."""
        orders, taken = len(self.machine.orders), sum(order.accepted for order in self.machine.orders)
        assert self.least <= orders <= self.most, (self.told, orders)
        assert taken <= self.most - self.rejected, (self.told, taken)

    async def tell(self, steps: list[Step]) -> None:
        """Live through it, then let everything come to rest with nothing in the way."""
        for step in steps:
            await self.take(step)
            self.check()
        # One that was broken off may still be in the air.
        await asyncio.sleep(1)
        self.check()
        orders = len(self.machine.orders)
        self.dongle.phone_disconnects()
        self.dongle.faults.clear()
        self.machine.switch_on()
        self.machine.fill_water_tank()
        for _ in range(10):
            await asyncio.sleep(61)
            await self.quietly(self.client.read_live())
        assert len(self.machine.orders) == orders, "something was kept and sent later"
        # And it can be used again.
        await async_idle(self.machine)
        drinks = len(self.machine.drinks)
        await self.order("espresso")
        assert self.told[-1] == "sent"
        assert len(self.machine.drinks) == drinks + 1


async def async_idle(machine: Machine) -> None:
    """Wait until a machine is ready for a drink."""
    machine.remove_drip_tray()
    machine.insert_drip_tray()
    async with asyncio.timeout(1000):
        while machine.progress.state or not machine.on:
            await asyncio.sleep(5)


@asynccontextmanager
async def async_story(
    machine: Machine, dongle: BluetoothDongle | WifiDongle, client: MachineClient
) -> AsyncGenerator[Story]:
    """Begin a story, and leave nothing of it."""
    tasks = asyncio.all_tasks()
    try:
        yield Story(machine, dongle, client)
    finally:
        await client.close()
        machine.power_cut()
        await asyncio.sleep(1)
    left = [task for task in asyncio.all_tasks() - tasks if "habluetooth" not in repr(task)]
    assert not left, left


@examples
@given(steps=SEQUENCES)
async def test_over_bluetooth(hass: HomeAssistant, way: Way, hears: Callable[..., None], steps: list[Step]) -> None:
    """Through Home Assistant's Bluetooth."""
    machine = Machine(definition_for("15336"))
    dongle = BluetoothDongle(machine, address=ADDRESS, key=0x2A)
    hears(dongle)
    await asyncio.sleep(2)
    async with async_story(machine, dongle, SmartConnect(way.find, "JURA", OwnSlot())) as story:
        await story.tell(steps)
    assert not dongle.bricked
    assert not dongle.unknown_commands


@pytest.fixture
async def hears(hass: HomeAssistant, enable_bluetooth: None) -> AsyncGenerator[Callable[..., None]]:
    """Return what lets the only adapter hear a dongle and no other."""
    scanner, remove = await async_add_simulated_adapter(hass, [], slots=2)

    def hear(dongle: BluetoothDongle) -> None:
        scanner.smart_connects.clear()
        scanner.smart_connects[dongle.address] = dongle

    yield hear
    remove()


@pytest.fixture
def way(hass: HomeAssistant) -> Way:
    """Return the way to the dongle."""
    return Way(hass)


@pytest.mark.usefixtures("lan")
@pytest.mark.parametrize("udp", [True, False], ids=["UDP", "no UDP"])
@examples
@given(steps=SEQUENCES)
async def test_over_wifi(udp: bool, steps: list[Step]) -> None:
    """With dongles that answer over UDP, and such that don't."""
    machine = Machine(definition_for("15480"), unnamed_bit=False)
    dongle = WifiDongle(machine, host=LAN_HOST, port=0, pin=PIN, min_pause=3.0, answers_udp=udp)
    dongle.tokens[CLIENT_ID] = TOKEN
    await dongle.start()
    async with async_story(machine, dongle, WifiConnect(LAN_HOST, CREDENTIALS, "JURA", dongle.port)) as story:
        await story.tell(steps)
    await dongle.stop()
    assert not dongle.forbidden
    assert not dongle.unlisted
    assert not dongle.malformed
