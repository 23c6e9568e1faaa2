"""Brings dongles into a running Home Assistant, the official way: as one more Bluetooth adapter.

Smart Connects above all; whatever else is a `Device` may stand next to them, such as a WiFi Connect to be set up.

Home Assistant's own Bluetooth runs unchanged above it: discovery, the wrappers around bleak, connection slots and
bleak-retry-connector. Several adapters can be added; they are one host to a Smart Connect that is connected, which
therefore is out of reach for all but the one that connected, as with real adapters and proxies.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any, Protocol, override, runtime_checkable

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

from .advertisement import Advertisement
from .gatt import Service
from .link import AttError, ConnectError, LinkLostError, OperationError

ADVERTISING_SECONDS = 1.0
_MTU = 247
_sources = count(1)


class DeviceLink(Protocol):
    """A host's connection to a device."""

    services: tuple[Service, ...]
    on_closed: list[Callable[[], None]]
    is_open: bool

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic. Raises LinkLostError, OperationError and AttError, like write."""

    async def write(self, uuid: str, data: bytes, *, response: bool = True) -> None:
        """Write a characteristic."""

    def close(self) -> None:
        """Hang up, as the host."""


@runtime_checkable
class NotifyingLink(DeviceLink, Protocol):
    """A connection whose device notifies, and which has an MTU of its own."""

    mtu: int

    async def listen(self, uuid: str, receive: Callable[[bytes], None] | None) -> None:
        """Have notifications of a characteristic handed over from now on, or no more. Raises like write."""


class Device(Protocol):
    """What an adapter can hear and connect to."""

    address: str

    def advertisement(self) -> Advertisement | None:
        """Return what is in the air, None while it is silent."""

    async def connect(self, *, timeout: float) -> DeviceLink:
        """Connect as a host. Raises ConnectError."""


class SimulatedClient(BaseBleakClient):
    """A client of the simulated adapter; several of them share its one link to a device, as with BlueZ."""

    def __init__(self, address_or_ble_device: BLEDevice | str, *, scanner: SimulatedScanner, **kwargs: Any) -> None:
        """Get ready to connect."""
        super().__init__(address_or_ble_device, **kwargs)
        self._scanner = scanner
        self._link: DeviceLink | None = None

    @property
    @override
    def name(self) -> str:
        return self.address

    @property
    @override
    def mtu_size(self) -> int:
        return _mtu(self._link)

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
        await self._listen(characteristic, lambda data: callback(bytearray(data)))

    @override
    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        await self._listen(characteristic, None)

    async def _listen(self, characteristic: BleakGATTCharacteristic, receive: Callable[[bytes], None] | None) -> None:
        link = self._open_link
        if not isinstance(link, NotifyingLink):
            raise BleakError(f"{characteristic.uuid} doesn't notify")
        try:
            await link.listen(characteristic.uuid, receive)
        except (LinkLostError, OperationError) as error:
            raise BleakError(str(error)) from error
        except AttError as error:
            raise BleakGATTProtocolError(error.code) from error

    async def clear_cache(self) -> bool:
        """Forget the services found; nothing is kept here."""
        return True

    @property
    def _open_link(self) -> DeviceLink:
        if self._link is None or not self._link.is_open:
            raise BleakError("Not connected")
        return self._link

    def _on_closed(self) -> None:
        self._link = self.services = None
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    @staticmethod
    def _discovered(link: DeviceLink) -> BleakGATTServiceCollection:
        collection = BleakGATTServiceCollection()
        for service in link.services:
            found = BleakGATTService(None, service.handle, service.uuid)
            collection.add_service(found)
            for item in service.characteristics:
                collection.add_characteristic(
                    BleakGATTCharacteristic(
                        None, item.handle, item.uuid, list(item.properties), lambda: _mtu(link) - 3, found
                    )
                )
        return collection


def _mtu(link: DeviceLink | None) -> int:
    return link.mtu if isinstance(link, NotifyingLink) else _MTU


class SimulatedScanner(BaseHaRemoteScanner):
    """An adapter within reach of some devices. A passive one hears only half and can't connect."""

    def __init__(
        self, source: str, name: str, smart_connects: Sequence[Device], *, slots: int, passive: bool, rssi: int
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
        self.occupied_slots = 0
        """So many connection slots are taken by devices of other people."""
        self._passive = passive
        self._slots = slots
        self._links: dict[str, DeviceLink] = {}
        self._connecting_to: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    @override
    def get_allocations(self) -> Allocations | None:
        # A proxy reserves the slot before it tries to connect [REL: bleak-esphome], and so does Home Assistant for BlueZ.
        allocated = [address for address, link in self._links.items() if link.is_open] + sorted(self._connecting_to)
        free = max(0, self._slots - len(allocated) - self.occupied_slots)
        return Allocations(self.source, self._slots, free, allocated)

    async def async_link(self, address: str, timeout: float) -> DeviceLink:
        """Return this host's link to a device, connecting if there is none."""
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
    smart_connects: Sequence[Device],
    *,
    slots: int = 3,
    passive: bool = False,
    rssi: int = -60,
    name: str = "Simulated adapter",
) -> tuple[SimulatedScanner, Callable[[], None]]:
    """Add a Bluetooth adapter within reach of some devices; call what is returned with it to take it away.

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
