"""Set-up of an entry, beside that of an integration of the core whose entities are as simple as ours."""

import asyncio
from statistics import median

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from benchmarks.figures import Figure
from benchmarks.loop_meter import load_of_loop
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from tests.conftest import ADDRESS
from tests.helpers import async_wait_for
from tests.kitchen import async_add, data_of

from .conftest import Record

_ROUNDS = 9
_OURS = "jura"
_PEER = "sun"


@pytest.mark.parametrize("expected_lingering_timers", [True], ids=["that_of_the_sun"])
async def test_setup(
    hass: HomeAssistant, adapter: None, smart_connect: SmartConnect, machine: Machine, model: str, record: Record
) -> None:
    """Each is added and removed in turn; with the first of each Home Assistant loads its code, which doesn't count."""
    spent: dict[str, list[float]] = {_OURS: [], _PEER: []}
    entities: dict[str, int] = {}
    for _ in range(1 + _ROUNDS):
        for domain, row in spent.items():
            with load_of_loop() as load:
                if domain == _OURS:
                    entry = await async_add(hass, machine, {**data_of(model), "address": ADDRESS})
                    await async_wait_for(hass, lambda: smart_connect.link is None)
                else:
                    entry = MockConfigEntry(domain=domain)
                    entry.add_to_hass(hass)
                    # As a task of its own: the meter counts no task that runs already.
                    assert await asyncio.create_task(hass.config_entries.async_setup(entry.entry_id))
                await hass.async_block_till_done()
            row.append(load.seconds * 1000)
            entities[domain] = len(er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id))
            await hass.config_entries.async_remove(entry.entry_id)
            await hass.async_block_till_done()
    each = {domain: median(row[1:]) / entities[domain] for domain, row in spent.items()}
    group = "Set-up of an entry"
    record(Figure(group=group, what="entities of a machine", value=entities[_OURS], unit=""))
    record(
        Figure(
            group=group,
            what="set-up of an entry for each of its entities, event loop, reading the machine included",
            value=each[_OURS],
            unit="ms",
            peers={f"{_PEER} of the core ({entities[_PEER]} entities)": each[_PEER]},
        )
    )
