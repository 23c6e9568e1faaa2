"""The simulated adapter in a real Home Assistant."""

import asyncio
from collections.abc import Callable

from bleak.exc import BleakError, BleakGATTProtocolError
import bleak_retry_connector
from homeassistant.components import bluetooth
from homeassistant.core import HomeAssistant
import pytest

from simulator import gatt
from simulator.advertisement import NAME
from simulator.cipher import crypt
from simulator.definitions import definition_for
from simulator.faults import Failure
from simulator.machine import Machine
from simulator.scanner import async_add_simulated_adapter
from simulator.smart_connect import SmartConnect

ADDRESS = "C0:FF:EE:00:00:01"
pytestmark = pytest.mark.usefixtures("enable_bluetooth")


@pytest.fixture
def smart_connect() -> SmartConnect:
    """An E8 with a Smart Connect."""
    return SmartConnect(Machine(definition_for("15336")), address=ADDRESS)


async def connect(
    hass: HomeAssistant,
    disconnected: Callable[[bleak_retry_connector.BleakClientWithServiceCache], None] | None = None,
    attempts: int = 1,
) -> bleak_retry_connector.BleakClientWithServiceCache:
    """Connect as an integration does."""
    device = bluetooth.async_ble_device_from_address(hass, ADDRESS, connectable=True)
    assert device is not None
    # Home Assistant puts its own class there when it sets up Bluetooth, after this module was imported.
    client_class = bleak_retry_connector.BleakClientWithServiceCache
    return await bleak_retry_connector.establish_connection(
        client_class, device, "JURA", disconnected, max_attempts=attempts
    )


def coded(hexadecimal: str) -> bytes:
    """Return bytes under the default key."""
    return crypt(bytes.fromhex(hexadecimal), 0x2A)


async def test_discovery_and_session(hass: HomeAssistant, smart_connect: SmartConnect) -> None:
    """What the adapter hears gets to Home Assistant, and a client gets through to the machine."""
    scanner, remove = await async_add_simulated_adapter(hass, [smart_connect])
    info = bluetooth.async_last_service_info(hass, ADDRESS)
    assert info is not None
    assert info.name == NAME
    assert info.manufacturer_data == {171: smart_connect.manufacturer_data()}
    assert info.connectable

    lost: list[object] = []
    client = await connect(hass, lost.append)
    assert scanner.get_allocations().free == 2
    assert client.services.get_characteristic(gatt.jura_uuid("1525")).properties == ["write"]
    await client.write_gatt_char(gatt.jura_uuid("1529"), coded("2A7F80"), response=True)
    status = crypt(bytes(await client.read_gatt_char(gatt.jura_uuid("1524"))), 0x2A)
    assert status[0] == 0x2A
    assert len(status) == 20

    with pytest.raises(BleakError):
        await client.write_gatt_char(gatt.jura_uuid("1525"), coded("2A"), response=False)
    smart_connect.faults.fail_next(Failure.ATT_ERROR, code=5)
    with pytest.raises(BleakGATTProtocolError) as raised:
        await client.read_gatt_char(gatt.jura_uuid("1524"))
    assert raised.value.code == 5

    await client.disconnect()
    assert len(lost) == 1
    assert smart_connect.link is None
    remove()


async def test_link_lost(hass: HomeAssistant, smart_connect: SmartConnect) -> None:
    """A lost link ends the operation and is reported once."""
    _, remove = await async_add_simulated_adapter(hass, [smart_connect])
    lost: list[object] = []
    client = await connect(hass, lost.append)
    smart_connect.faults.fail_next(Failure.LOST)
    with pytest.raises(BleakError):
        await client.write_gatt_char(gatt.jura_uuid("1529"), coded("2A7F80"), response=True)
    assert len(lost) == 1
    assert not client.is_connected
    with pytest.raises(BleakError):
        await client.read_gatt_char(gatt.jura_uuid("1531"))
    remove()


async def test_shared_link(hass: HomeAssistant, smart_connect: SmartConnect) -> None:
    """Two clients of one host share its link; the phone stays out."""
    scanner, remove = await async_add_simulated_adapter(hass, [smart_connect], slots=1)
    first = await connect(hass)
    assert not scanner.connector.can_connect()
    assert await scanner.async_link(ADDRESS, 1) is smart_connect.link
    assert not smart_connect.phone_connects()
    await first.disconnect()
    assert smart_connect.phone_connects()
    await asyncio.sleep(1)
    with pytest.raises(bleak_retry_connector.BleakNotFoundError):
        await connect(hass)
    remove()


async def test_passive(hass: HomeAssistant, smart_connect: SmartConnect) -> None:
    """A passive adapter hears half and can't connect."""
    _, remove = await async_add_simulated_adapter(hass, [smart_connect], passive=True)
    info = bluetooth.async_last_service_info(hass, ADDRESS, connectable=False)
    assert info is not None
    assert info.name == ADDRESS
    assert info.service_uuids == []
    assert bluetooth.async_ble_device_from_address(hass, ADDRESS, connectable=True) is None
    remove()


async def test_silent_while_connected(hass: HomeAssistant, smart_connect: SmartConnect) -> None:
    """It isn't heard while it is connected, and for some time after."""
    _, remove = await async_add_simulated_adapter(hass, [smart_connect])
    client = await connect(hass)
    assert smart_connect.advertisement() is None
    await client.disconnect()
    assert smart_connect.advertisement() is None
    await asyncio.sleep(2)
    assert smart_connect.advertisement() is not None
    remove()
