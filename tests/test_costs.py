"""What an idle machine and a press cost, in counts that are the same on each computer."""

import asyncio

from homeassistant.core import HomeAssistant

from simulator.smart_connect import SmartConnect

from .costs import Costs, costs
from .helpers import entity_id
from .kitchen import Kitchen, async_hold_link

HOUR = 3600


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
