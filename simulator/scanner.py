"""Brings Smart Connects into a running Home Assistant, the official way: as one more Bluetooth adapter.

Home Assistant's own Bluetooth runs unchanged above it: discovery, the wrappers around bleak, connection slots and
bleak-retry-connector. Several adapters can be added; they are one host to a Smart Connect that is connected, which
therefore is out of reach for all but the one that connected, as with real adapters and proxies.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any, override

from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError, BleakGATTProtocolError
from bleak_retry_connector.bluez import Allocations
from habluetooth import BaseHaRemoteScanner, BluetoothScanningMode, HaBluetoothConnector
from homeassistant.components import bluetooth
from homeassistant.core import HomeAssistant, callback

from .link import AttError, ConnectError, Link, LinkLostError, OperationError
from .smart_connect import SmartConnect

ADVERTISING_SECONDS = 1.0
_MTU = 247
_sources = count(1)


class SimulatedClient(BaseBleakClient):
    """A client of the simulated adapter; several of them share its one link to a device, as with BlueZ."""

    def __init__(self, address_or_ble_device: BLEDevice | str, *, scanner: SimulatedScanner, **kwargs: Any) -> None:
        """Get ready to connect."""
        super().__init__(address_or_ble_device, **kwargs)
        self._scanner = scanner
        self._link: Link | None = None

    @property
    @override
    def name(self) -> str:
        return self.address

    @property
    @override
    def mtu_size(self) -> int:
        return _MTU

    @property
    @override
    def is_connected(self) -> bool:
        return self._link is not None and self._link.is_open

    @override
    async def connect(self, pair: bool, **kwargs: Any) -> None:
        link = await self._scanner.async_link(self.address, kwargs.get("timeout", self._timeout))
        self._link = link
        self.services = self._discovered(link)
        link.on_closed.append(self._on_closed)

    @override
    async def disconnect(self) -> None:
        if self._link is not None:
            self._link.close()

    @override
    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **kwargs: Any
    ) -> bytearray:
        try:
            return bytearray(await self._open_link.read(characteristic.uuid))
        except (LinkLostError, OperationError) as error:
            raise BleakError(str(error)) from error
        except AttError as error:
            raise BleakGATTProtocolError(error.code) from error

    @override
    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool) -> None:
        if ("write" if response else "write-without-response") not in characteristic.properties and not response:
            raise BleakError(f"{characteristic.uuid} can't be written without response")
        try:
            await self._open_link.write(characteristic.uuid, bytes(data), response=response)
        except (LinkLostError, OperationError) as error:
            raise BleakError(str(error)) from error
        except AttError as error:
            raise BleakGATTProtocolError(error.code) from error

    @override
    async def pair(self, *args: Any, **kwargs: Any) -> None:
        raise BleakError("A Smart Connect knows no pairing")

    @override
    async def unpair(self) -> None:
        raise BleakError("A Smart Connect knows no pairing")

    @override
    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **kwargs: Any
    ) -> bytearray:
        raise BleakError("There are no descriptors")

    @override
    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        raise BleakError("There are no descriptors")

    @override
    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **kwargs: Any
    ) -> None:
        raise BleakError(f"{characteristic.uuid} doesn't notify")

    @override
    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        raise BleakError(f"{characteristic.uuid} doesn't notify")

    async def clear_cache(self) -> bool:
        """Forget the services found; nothing is kept here."""
        return True

    @property
    def _open_link(self) -> Link:
        if self._link is None or not self._link.is_open:
            raise BleakError("Not connected")
        return self._link

    def _on_closed(self) -> None:
        self._link = self.services = None
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    @staticmethod
    def _discovered(link: Link) -> BleakGATTServiceCollection:
        collection = BleakGATTServiceCollection()
        for service in link.services:
            found = BleakGATTService(None, service.handle, service.uuid)
            collection.add_service(found)
            for item in service.characteristics:
                collection.add_characteristic(
                    BleakGATTCharacteristic(
                        None, item.handle, item.uuid, list(item.properties), lambda: _MTU - 3, found
                    )
                )
        return collection


class SimulatedScanner(BaseHaRemoteScanner):
    """An adapter within reach of some Smart Connects. A passive one hears only half and can't connect."""

    def __init__(
        self, source: str, name: str, smart_connects: Sequence[SmartConnect], *, slots: int, passive: bool, rssi: int
    ) -> None:
        """Make it; async_add_simulated_adapter brings it into Home Assistant."""
        connector = HaBluetoothConnector(
            client=partial(SimulatedClient, scanner=self),  # type: ignore[arg-type]  # Called like the class.
            source=source,
            can_connect=self._can_connect,
        )
        mode = BluetoothScanningMode.PASSIVE if passive else BluetoothScanningMode.ACTIVE
        super().__init__(
            source, name, None if passive else connector, not passive, requested_mode=mode, current_mode=mode
        )
        self.smart_connects = {smart_connect.address: smart_connect for smart_connect in smart_connects}
        self.rssi = rssi
        self._passive = passive
        self._slots = slots
        self._links: dict[str, Link] = {}
        self._connecting_to: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    @override
    def get_allocations(self) -> Allocations | None:
        allocated = [address for address, link in self._links.items() if link.is_open]
        return Allocations(self.source, self._slots, self._slots - len(allocated), allocated)

    async def async_link(self, address: str, timeout: float) -> Link:
        """Return this host's link to a Smart Connect, connecting if there is none."""
        link = self._links.get(address)
        if link is not None and link.is_open:
            return link
        if address not in self.smart_connects:
            raise BleakError(f"{address} is out of range")
        if address in self._connecting_to:
            raise BleakError("In progress")
        if not self._can_connect():
            raise BleakError("No available connection slot")
        self._connecting_to.add(address)
        try:
            link = await self.smart_connects[address].connect(timeout=timeout)
        except ConnectError as error:
            if str(error) == "Timed out":
                raise TimeoutError from error
            raise BleakError(str(error)) from error
        finally:
            self._connecting_to.remove(address)
        self._links[address] = link
        return link

    def start(self) -> None:
        """Begin to report advertisements."""
        # The clock by which Home Assistant's Bluetooth judges their age. In tests with virtual time it stands still.
        now = bluetooth.MONOTONIC_TIME()
        for smart_connect in self.smart_connects.values():
            if (advertisement := smart_connect.advertisement()) is not None:
                self._async_on_advertisement(
                    smart_connect.address,
                    self.rssi,
                    None if self._passive else advertisement.name,
                    [] if self._passive else list(advertisement.service_uuids),
                    {},
                    dict(advertisement.manufacturer_data),
                    None,
                    {},
                    now,
                )
        self._timer = asyncio.get_running_loop().call_later(ADVERTISING_SECONDS, self.start)

    def stop(self) -> None:
        """Report nothing more and hang up."""
        if self._timer is not None:
            self._timer.cancel()
        for link in self._links.values():
            link.close()

    def _can_connect(self) -> bool:
        allocations = self.get_allocations()
        return allocations is not None and allocations.free > 0


async def async_add_simulated_adapter(
    hass: HomeAssistant,
    smart_connects: Sequence[SmartConnect],
    *,
    slots: int = 3,
    passive: bool = False,
    rssi: int = -60,
    name: str = "Simulated adapter",
) -> tuple[SimulatedScanner, Callable[[], None]]:
    """Add a Bluetooth adapter within reach of some Smart Connects; call what is returned with it to take it away.

    The component `bluetooth` has to be set up. One that is switched on is heard at once.
    """
    scanner = SimulatedScanner(
        f"02:00:00:00:00:{next(_sources):02X}", name, smart_connects, slots=slots, passive=passive, rssi=rssi
    )
    unsetup = scanner.async_setup()
    unregister = bluetooth.async_register_scanner(hass, scanner, connection_slots=slots)
    scanner.start()

    @callback
    def remove() -> None:
        scanner.stop()
        unregister()
        unsetup()

    return scanner, remove
