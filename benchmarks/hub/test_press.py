"""From the press of a button to the machine's start: 1 s to connect, 50 ms for each operation."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest

from benchmarks.figures import Figure
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from tests.conftest import ADDRESS
from tests.costs import costs
from tests.helpers import async_wait_for, entity_id
from tests.kitchen import Kitchen, async_add, async_finish, async_hold_link, data_of

from .conftest import Record

_BUTTON = "brew_espresso"


@pytest.mark.parametrize("link", ["cold", "warm"])
async def test_press(
    hass: HomeAssistant,
    adapter: None,
    smart_connect: SmartConnect,
    machine: Machine,
    model: str,
    record: Record,
    link: str,
) -> None:
    """With a link that stands, as after another press, and with none."""
    entry = await async_add(hass, machine, {**data_of(model), "address": ADDRESS})
    await async_wait_for(hass, lambda: smart_connect.link is None)
    smart_connect.faults.latency, smart_connect.faults.connect_seconds = 0.05, 1.0
    if link == "warm":
        await async_hold_link(Kitchen(hass, machine, entry, smart_connect))
    else:
        await asyncio.sleep(10)
        assert smart_connect.link is None
    begun = hass.loop.time()
    with costs(hass, bluetooth=smart_connect) as counted:
        press = hass.async_create_task(
            hass.services.async_call(
                "button", "press", {"entity_id": entity_id(hass, "button", _BUTTON)}, blocking=True
            )
        )
        await async_wait_for_order(machine)
    seconds = hass.loop.time() - begun
    await press
    group = f"From press to the machine's start, {link}"
    reads = sum(count for name, count in counted.operations.items() if name.startswith("read"))
    writes = sum(count for name, count in counted.operations.items() if name.startswith("write"))
    record(Figure(group=group, what="time, all waiting for the link", value=seconds, unit="s"))
    record(Figure(group=group, what="connects", value=counted.operations["connect"], unit="", at_most=link == "cold"))
    record(Figure(group=group, what="reads", value=reads, unit="", at_most=1, limit=_LIMIT_READS))
    what = "writes, the heartbeat that opens the link included" if link == "cold" else "writes"
    record(Figure(group=group, what=what, value=writes, unit="", at_most=1 + (link == "cold")))
    await async_wait_for(hass, lambda: machine.drink is None, seconds=600)
    await async_finish(hass)


async def async_wait_for_order(machine: Machine) -> None:
    """Wait until the machine has an order, to the tick."""
    while not machine.orders:
        await asyncio.sleep(0.001)


_LIMIT_READS = (
    "that nothing is being made is told by one characteristic, that nothing is missing by another, and an order is sent only "
    "after both were seen, also a second after the last look: somebody at the machine may have begun a drink since, or taken "
    "the tray out. What a machine does with an order meanwhile no source has seen (that it refuses is nowhere verified on "
    "hardware), and it never says why it does nothing"
)
