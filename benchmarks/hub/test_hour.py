"""Set-up, and an idle hour, over either transport."""

import asyncio

from homeassistant.core import HomeAssistant

from benchmarks.figures import Figure
from benchmarks.loop_meter import Load, load_of_loop
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect
from tests.conftest import ADDRESS, LAN_HOST
from tests.costs import Costs, costs
from tests.helpers import async_wait_for
from tests.kitchen import CLIENT, TOKEN, async_add, async_finish, data_of

from .conftest import Record

_HOUR = 3600
_ENTITIES = "Home Assistant adds five entities in one piece, and each takes it what those of its own integrations take"


async def test_bluetooth(
    hass: HomeAssistant, adapter: None, smart_connect: SmartConnect, machine: Machine, model: str, record: Record
) -> None:
    """A Smart Connect in range."""
    with load_of_loop() as empty:
        await asyncio.sleep(_HOUR)
    with load_of_loop() as setting_up:
        # As a task of its own: the meter counts no task that runs already.
        await asyncio.create_task(async_add(hass, machine, {**data_of(model), "address": ADDRESS}))
        await async_wait_for(hass, lambda: smart_connect.link is None)
        await hass.async_block_till_done()
    with load_of_loop() as load, costs(hass, bluetooth=smart_connect) as counted:
        await asyncio.sleep(_HOUR)
    _record_setup("Bluetooth", setting_up, record)
    _record_hour("Bluetooth", load, empty, counted, record)
    await async_finish(hass)


async def test_wifi(
    hass: HomeAssistant, lan: None, enable_custom_integrations: None, machine: Machine, model: str, record: Record
) -> None:
    """A WiFi Connect that knows us already."""
    wifi = WifiConnect(machine, host=LAN_HOST, pin="1234", min_pause=20.0)
    wifi.tokens[CLIENT.encode().hex().upper()] = TOKEN
    await wifi.start()
    data = {**data_of(model), "host": LAN_HOST, "pin": "1234", "connection_id": CLIENT, "token": TOKEN}
    with load_of_loop() as empty:
        await asyncio.sleep(_HOUR)
    with load_of_loop() as setting_up:
        await asyncio.create_task(async_add(hass, machine, data))
        await asyncio.sleep(30)
    with load_of_loop() as load, costs(hass, wifi=wifi) as counted:
        await asyncio.sleep(_HOUR)
    _record_setup("Wi-Fi", setting_up, record)
    _record_hour("Wi-Fi", load, empty, counted, record)
    await async_finish(hass)
    await wifi.stop()


def _record_setup(transport: str, load: Load, record: Record) -> None:
    group = f"Set-up over {transport}"
    record(Figure(group=group, what="event loop, all in all", value=load.seconds * 1000, unit="ms"))
    record(
        Figure(
            group=group,
            what="longest block",
            value=load.longest[0].seconds * 1000,
            unit="ms",
            at_most=5,
            limit=_ENTITIES,
        )
    )


def _record_hour(transport: str, load: Load, empty: Load, counted: Costs, record: Record) -> None:
    group = f"An idle hour over {transport}"
    record(Figure(group=group, what="link held", value=100 * counted.held / _HOUR, unit="%", at_most=3))
    for name, count in sorted(counted.operations.items()):
        record(Figure(group=group, what=f"operations: {name}", value=count, unit=""))
    record(Figure(group=group, what="bytes sent and received", value=counted.bytes, unit=""))
    record(Figure(group=group, what="states written that changed", value=counted.states_changed, unit=""))
    record(Figure(group=group, what="states written that did not change", value=counted.states_repeated, unit=""))
    share = 100 * (load.seconds - empty.seconds) / _HOUR
    record(Figure(group=group, what="event loop, beyond an hour without machine", value=share, unit="%", at_most=0.05))
    longest = load.longest[0].seconds * 1000
    record(Figure(group=group, what="longest block of the event loop", value=longest, unit="ms", at_most=5))
