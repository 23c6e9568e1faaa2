"""What set-up, an idle machine and a press cost, in counts that are the same on each computer."""

import asyncio
from collections import Counter
from threading import current_thread, main_thread
from typing import Any
from unittest.mock import patch

from hassil.parse_expression import parse_sentence
from homeassistant.components.conversation import trigger as conversation_trigger
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from benchmarks.loop_meter import load_of_loop
from custom_components.jura.const import DOMAIN
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.scanner import async_add_simulated_adapter
from simulator.smart_connect import SmartConnect

from .conftest import ADDRESS
from .costs import Costs, costs
from .helpers import entity_id
from .kitchen import Kitchen, async_add, async_finish, async_hold_link, data_of

HOUR = 3600
TEN_MINUTES = 600


async def async_machines(hass: HomeAssistant, model: str, count: int) -> tuple[list[MockConfigEntry], CALLBACK_TYPE]:
    """Return entries for machines in range, not added yet, and what takes the adapter away."""
    machines = [Machine(definition_for(model), serial_number=number) for number in range(count)]
    dongles = [SmartConnect(machine, address=f"C0:FF:EE:00:02:{n:02X}", key=n) for n, machine in enumerate(machines)]
    _, remove = await async_add_simulated_adapter(hass, dongles, slots=count)
    await asyncio.sleep(2)
    entries = [
        MockConfigEntry(
            domain=DOMAIN,
            title=f"Machine {machine.serial_number}",
            unique_id=f"{model}-{machine.machine_number}-{machine.serial_number}",
            data={**data_of(model), "address": dongle.address},
        )
        for machine, dongle in zip(machines, dongles, strict=True)
    ]
    return entries, remove


async def test_setup_in_small_pieces(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, model: str
) -> None:
    """Home Assistant can do something else after each few entities, also where it sets up two machines at once."""
    entries, remove = await async_machines(hass, model, 2)
    for entry in entries:
        entry.add_to_hass(hass)
    added: Counter[int] = Counter()
    with load_of_loop() as load:

        @callback
        def count(event: Event[Any]) -> None:
            if event.data["action"] == "create":
                added[len(load.blocks)] += 1

        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, count)
        # With the first one Home Assistant sets up all of an integration, as it does when it starts.
        assert await asyncio.create_task(hass.config_entries.async_setup(entries[0].entry_id))
        await hass.async_block_till_done()
    assert added.total() > 2 * 80
    assert max(added.values()) <= 5
    await async_finish(hass)
    remove()


async def test_growth(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, model: str
) -> None:
    """Each of five machines keeps the event loop as busy as one, in pieces of work."""
    entries, remove = await async_machines(hass, model, 5)
    pieces = []
    for some in ([], entries[:1], entries[1:]):
        for entry in some:
            entry.add_to_hass(hass)
            assert await hass.config_entries.async_setup(entry.entry_id)
        await asyncio.sleep(TEN_MINUTES)
        with load_of_loop() as load:
            await asyncio.sleep(TEN_MINUTES)
        pieces.append(len(load.blocks))
    nobody, one, five = pieces
    assert one > nobody
    assert (five - nobody) / 5 <= 1.1 * (one - nobody)
    await async_finish(hass)
    remove()


async def test_sentences_are_read_beside_the_event_loop(
    hass: HomeAssistant, adapter: None, machine: Machine, model: str
) -> None:
    """Each template is parsed once at set-up, and not where Home Assistant would have to wait for it."""
    for needed in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, needed, {})
    parsed: Counter[str] = Counter()
    beside = []

    def parse(sentence: str) -> Any:
        parsed[sentence] += 1
        beside.append(current_thread() is not main_thread())
        return parse_sentence(sentence)

    with patch.object(conversation_trigger, "parse_sentence", parse):
        await async_add(hass, machine, {**data_of(model), "address": ADDRESS})
        await hass.async_block_till_done()
    assert 40 <= len(parsed) <= 60
    assert set(parsed.values()) == {1}
    assert all(beside)
    await async_finish(hass)


async def test_idle_hour_over_bluetooth(
    hass: HomeAssistant, over_bluetooth: Kitchen, smart_connect: SmartConnect
) -> None:
    """A look each minute takes two reads, a heartbeat and a goodbye; states hardly change."""
    with costs(hass, bluetooth=smart_connect) as counted:
        await asyncio.sleep(HOUR)
    done = counted.operations
    looks = done["connect"]
    assert 50 <= looks <= 62
    assert done["read 1524"] == done["read 1527"] == looks
    assert done["write 1529"] <= 2 * looks + 4
    assert done["write 1533"] == done["read 1534"] <= 12
    assert counted.bytes < 4000
    assert counted.held < 0.03 * HOUR
    # The forecasts may move.
    assert counted.states_changed <= 4


async def test_idle_hour_over_wifi(hass: HomeAssistant, over_wifi: Kitchen) -> None:
    """State by datagrams; a session only for what changes slowly, each far from the next."""
    await asyncio.sleep(HOUR)
    with costs(hass, wifi=over_wifi.wifi) as counted:
        await asyncio.sleep(HOUR)
    assert counted.operations["session"] <= 4
    assert counted.operations["frame"] <= 100
    assert counted.operations["datagram"] <= 2 * HOUR / 9
    assert counted.held < 0.001 * HOUR
    assert counted.states_changed <= 4


async def test_cold_press(hass: HomeAssistant, over_bluetooth: Kitchen, smart_connect: SmartConnect) -> None:
    """One connection with its heartbeat, a look whether the machine is free and lacks nothing, and the order."""
    await asyncio.sleep(10)
    assert smart_connect.link is None
    counted = await cost_of_press(hass, over_bluetooth)
    assert counted.operations == {"connect": 1, "write 1529": 1, "read 1527": 1, "read 1524": 1, "write 1525": 1}


async def test_warm_press(hass: HomeAssistant, over_bluetooth: Kitchen, smart_connect: SmartConnect) -> None:
    """With a link that stands, only a look whether the machine is free and lacks nothing, and the order."""
    await async_hold_link(over_bluetooth)
    counted = await cost_of_press(hass, over_bluetooth)
    assert counted.operations == {"read 1527": 1, "read 1524": 1, "write 1525": 1}


async def cost_of_press(hass: HomeAssistant, kitchen: Kitchen) -> Costs:
    """Press the button for an espresso, and count what is done until the machine has the order."""
    machine = kitchen.machine
    with costs(hass, bluetooth=kitchen.smart_connect) as counted:
        button = entity_id(hass, "button", "brew_espresso")
        press = hass.async_create_task(
            hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
        )
        while not machine.orders:
            await asyncio.sleep(0.001)
    await press
    return counted
