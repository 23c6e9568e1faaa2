"""When we hold the link, and when the owner's phone can have it."""

import asyncio
from typing import Literal

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect

from .conftest import Press, async_wait_for, async_wait_for_state
from .helpers import entity_id, state_of
from .kitchen import Kitchen

ESPRESSO = "button.jura_e8_eb_espresso"
PHONE_SECONDS = 600
STATE = "sensor.jura_e8_eb_state"
TOTAL = "sensor.jura_e8_eb_drinks_made"


async def test_idle_hour(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, smart_connect: SmartConnect
) -> None:
    """An idle machine is looked at about once a minute and belongs to the phone for all the rest."""
    await async_wait_for_state(hass, TOTAL)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    connections, held = smart_connect.connections, smart_connect.held_seconds
    await asyncio.sleep(3600)
    assert 50 <= smart_connect.connections - connections <= 62
    assert smart_connect.held_seconds - held < 3600 * 0.03
    assert hass.states.get(STATE).state == "energy_saving"


async def test_without_polling(hass: HomeAssistant, over_bluetooth: Kitchen) -> None:
    """Whoever switches polling off is left alone, but a drink is watched to its end, and the link let go after it."""
    kitchen, dongle = over_bluetooth, over_bluetooth.smart_connect
    assert dongle
    unique_id = str(kitchen.entry.unique_id)
    assert await async_setup_component(hass, "homeassistant", {})
    hass.config_entries.async_update_entry(kitchen.entry, pref_disable_polling=True)
    assert await hass.config_entries.async_reload(kitchen.entry.entry_id)
    await asyncio.sleep(60)
    looks, made = len(dongle.log), int(state_of(hass, "sensor", "count_total", unique_id))
    await asyncio.sleep(3600)
    assert (len(dongle.log), dongle.link) == (looks, None)

    assert (await kitchen.brew("espresso"))["outcome"] == "accepted"
    await kitchen.finish()
    assert state_of(hass, "sensor", "current_drink", unique_id) == "none"
    assert state_of(hass, "sensor", "count_total", unique_id) == str(made + 1)
    looks = len(dongle.log)
    await asyncio.sleep(3600)
    assert (len(dongle.log), dongle.link) == (looks, None)

    state = entity_id(hass, "sensor", "state", unique_id)
    await hass.services.async_call("homeassistant", "update_entity", {"entity_id": state}, blocking=True)
    await asyncio.sleep(60)
    assert len(dongle.log) > looks
    assert dongle.link is None


async def test_counters_are_read_every_quarter_of_an_hour(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, smart_connect: SmartConnect
) -> None:
    """Statistics cost the machine some time, so they are asked for rarely."""
    await async_wait_for_state(hass, TOTAL)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    before = len(smart_connect.log)
    await asyncio.sleep(3600)
    commands = [
        operation
        for operation in smart_connect.log[before:]
        if (operation.action, operation.characteristic) == ("write", "1533")
    ]
    # Product counters, maintenance counters and percentages, each time.
    assert len(commands) in (9, 12)


async def test_link_is_held_while_a_drink_is_made_and_let_go_afterwards(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """One connection for the whole drink; soon after it the phone can have the machine."""
    total = await async_wait_for_state(hass, TOTAL)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    await press("button.jura_e8_eb_latte_macchiato")
    connections = smart_connect.connections
    await async_wait_for(hass, lambda: machine.drink is None)
    assert smart_connect.connections == connections
    await async_wait_for_state(hass, TOTAL, str(int(total) + 1), seconds=30)
    await async_wait_for(hass, lambda: smart_connect.link is None, seconds=10)


async def test_phone_gets_in_and_we_come_back(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, smart_connect: SmartConnect
) -> None:
    """The phone has the machine for ten minutes: we don't hammer, say that it is away, and come back by ourselves."""
    await async_wait_for_state(hass, TOTAL)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    smart_connect.phone_connects()
    await async_wait_for_state(hass, STATE, "unavailable")
    attempts = sum(operation.action == "connect" for operation in smart_connect.log)
    await asyncio.sleep(600)
    assert sum(operation.action == "connect" for operation in smart_connect.log) - attempts <= 10
    assert hass.states.get(TOTAL).state.isdigit()
    smart_connect.phone_disconnects()
    await async_wait_for_state(hass, STATE, "energy_saving", "ready", seconds=30)


async def test_impatient_person_while_the_phone_has_it(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, smart_connect: SmartConnect
) -> None:
    """Somebody orders each minute while the phone has the machine: one attempt more for each, and no drink afterwards."""
    await async_wait_for_state(hass, TOTAL)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    smart_connect.phone_connects()
    await async_wait_for_state(hass, STATE, "unavailable")
    before = len(smart_connect.log)
    for _ in range(PHONE_SECONDS // 60):
        with pytest.raises(HomeAssistantError):
            await hass.services.async_call("jura", "brew", {"product": "espresso"}, blocking=True)
        await asyncio.sleep(60)
    attempts = sum(operation.action == "connect" for operation in smart_connect.log[before:])
    # Each of bleak-retry-connector's two tries counts.
    assert attempts <= 4 * PHONE_SECONDS // 60
    smart_connect.phone_disconnects()
    await async_wait_for_state(hass, STATE, "energy_saving", "ready", seconds=60)
    await asyncio.sleep(300)
    assert not machine.orders


@pytest.mark.parametrize("busy", ["reset", "refuse"])
@pytest.mark.parametrize("udp", [True, False], ids=["UDP", "no UDP"])
async def test_phone_on_wifi(
    hass: HomeAssistant,
    lan_entry: MockConfigEntry,
    machine: Machine,
    wifi_connect: WifiConnect,
    busy: Literal["reset", "refuse"],
    udp: bool,
) -> None:
    """The phone has the one session for ten minutes, and makes a drink: we are back by ourselves, and ask rarely.

    Over UDP the state goes on all the time; a dongle without it is tried each minute, and is away until it is free.
    """
    wifi_connect.busy = busy
    wifi_connect.answers_udp = udp
    await hass.config_entries.async_reload(lan_entry.entry_id)
    total = int(await async_wait_for_state(hass, TOTAL, seconds=300))
    await asyncio.sleep(300)
    await async_wait_for(hass, lambda: wifi_connect.session is None)
    assert wifi_connect.phone_connects()
    events = lan_entry.runtime_data.ways.wifi.events
    before = events["no session"]
    await asyncio.sleep(60)
    assert machine.press_product(0x02)
    seen = set()
    for _ in range(PHONE_SECONDS // 10 - 6):
        await asyncio.sleep(10)
        seen.add(hass.states.get(STATE).state)
    attempts = events["no session"] - before
    assert attempts <= (PHONE_SECONDS // 180 + 1 if udp else PHONE_SECONDS // 60 + 1)
    assert ("unavailable" in seen) is not udp
    if busy == "reset":
        assert wifi_connect.turned_away <= attempts
    assert wifi_connect.phone_connected, "we have thrown it out"
    wifi_connect.phone_disconnects()
    await async_wait_for_state(hass, STATE, "ready", "energy_saving", seconds=90)
    # Who didn't see the drink learns of it with the next regular reading.
    await async_wait_for_state(hass, TOTAL, str(total + 1), seconds=240 if udp else 46 * 60)
    assert events["no session"] - before <= attempts + 1
    assert len(machine.drinks) == 1


async def test_a_press_does_not_wait_for_statistics(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """A machine that takes its time over its counters makes the coffee all the same, and counts later."""
    total = await async_wait_for_state(hass, TOTAL)
    smart_connect.statistics_seconds = 20
    await press("button.jura_e8_eb_refresh")
    await async_wait_for(hass, lambda: smart_connect.log[-1].characteristic == "1533")
    time = hass.loop.time()
    await press("button.jura_e8_eb_espresso")
    assert hass.loop.time() - time < 3
    assert len(machine.drinks) == 1
    smart_connect.statistics_seconds = 2
    await async_wait_for_state(hass, TOTAL, str(int(total) + 1))
