"""Many machines on one hub: what each of them costs, and whether a press waits for the others."""

import asyncio
import gc
import tracemalloc

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from benchmarks.figures import Figure
from benchmarks.loop_meter import load_of_loop
from custom_components.jura.const import DOMAIN
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.scanner import async_add_simulated_adapter
from simulator.smart_connect import SmartConnect
from tests.helpers import entity_id
from tests.kitchen import async_finish, data_of

from .conftest import Record
from .test_press import async_wait_for_order

_ARTICLE = "15336"
_WHILE = 600


@pytest.mark.parametrize("count", [1, 10, 50, 100])
async def test_growth(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, record: Record, count: int
) -> None:
    """One adapter, two connection slots; after everything is read, ten minutes pass, and a drink is ordered."""
    machines = [Machine(definition_for(_ARTICLE), serial_number=number) for number in range(count)]
    dongles = [
        SmartConnect(machine, address=f"C0:FF:EE:00:01:{number:02X}", key=number)
        for number, machine in enumerate(machines)
    ]
    scanner, remove = await async_add_simulated_adapter(hass, dongles, slots=2)
    await asyncio.sleep(2)
    entries = [
        MockConfigEntry(
            domain=DOMAIN,
            title=f"Machine {number}",
            unique_id=f"{_ARTICLE}-{machine.machine_number}-{machine.serial_number}",
            data={**data_of(_ARTICLE), "address": dongle.address},
        )
        for number, (machine, dongle) in enumerate(zip(machines, dongles, strict=True))
    ]
    for entry in entries:
        entry.add_to_hass(hass)
    gc.collect()
    tracemalloc.start()
    with load_of_loop() as setting_up:
        # With the first one Home Assistant sets up all of an integration, as it does when it starts.
        assert await hass.config_entries.async_setup(entries[0].entry_id)
        await hass.async_block_till_done()
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    await asyncio.sleep(_WHILE)
    connections = [dongle.connections for dongle in dongles]
    with load_of_loop() as load:
        await asyncio.sleep(_WHILE)
    looked = [dongle.connections - before for dongle, before in zip(dongles, connections, strict=True)]
    # In the midst of a look at another machine. No dongle can be had right after it was let go, whoever asks.
    while not dongles[-1].advertising or (count > 1 and not scanner.get_allocations().allocated):
        await asyncio.sleep(0.05)
    begun = hass.loop.time()
    button = entity_id(hass, "button", "brew_espresso", str(entries[-1].unique_id))
    press = hass.async_create_task(hass.services.async_call("button", "press", {"entity_id": button}, blocking=True))
    await async_wait_for_order(machines[-1])
    seconds = hass.loop.time() - begun
    await press
    group = f"{count} machine{'s' if count > 1 else ''} on one hub"
    record(
        Figure(
            group=group,
            what="set-up, event loop, for each, slowed down by watching memory",
            value=1000 * setting_up.seconds / count,
            unit="ms",
        )
    )
    record(Figure(group=group, what="memory, for each, with the simulated one", value=kept / count / 1024, unit="KiB"))
    share = 100 * load.seconds / _WHILE / count
    record(Figure(group=group, what="event loop, for each", value=share, unit="%", at_most=0.05))
    record(Figure(group=group, what="looks in ten minutes, of the one with fewest", value=min(looked), unit=""))
    record(Figure(group=group, what="looks in ten minutes, of the one with most", value=max(looked), unit=""))
    record(
        Figure(
            group=group,
            what="from press to the machine's start",
            value=seconds,
            unit="s",
            at_most=2,
        )
    )
    await async_finish(hass)
    remove()
