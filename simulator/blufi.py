"""A WiFi Connect that was never set up, as Bluetooth sees it: an ESP32 that speaks BluFi.

No Home Assistant in here; scanner.py puts it into a simulated adapter, next to Smart Connects. It behaves as ESP-IDF's
own implementation does, as stubborn about sequence numbers, checksums and keys. That JURA's dongle is such a device is
[APP]; its name and every way in which it may differ from ESP-IDF's example are assumptions.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from .advertisement import Advertisement
from .blufi_frames import CONTROL, DATA, BlufiError, Codec, Fault, agree
from .faults import Failure, Faults, Kind
from .gatt import Characteristic, Service
from .link import ATT_TIMEOUT, AttError, ConnectError, LinkLostError, OperationError

_BASE = "0000{}-0000-1000-8000-00805f9b34fb"
SERVICE = _BASE.format("ffff")
WRITE = Characteristic("FF01", _BASE.format("ff01"), 0x2A, ("write",))
NOTIFY = Characteristic("FF02", _BASE.format("ff02"), 0x2C, ("read", "notify"))
SERVICES: tuple[Service, ...] = (Service(SERVICE, 0x28, (WRITE, NOTIFY)),)


class Control(IntEnum):
    """Subtypes of control frames."""

    ACK = 0
    SET_SECURITY = 1
    SET_MODE = 2
    CONNECT = 3
    GET_STATE = 5
    GET_VERSION = 7
    CLOSE = 8
    GET_LIST = 9


class Data(IntEnum):
    """Subtypes of data frames."""

    NEGOTIATION = 0
    BSSID = 1
    SSID = 2
    PASSWORD = 3
    STATE = 0x0F
    VERSION = 0x10
    LIST = 0x11
    ERROR = 0x12


_RETRIES_ITEM, _REASON_ITEM, _RSSI_ITEM = 0x14, 0x15, 0x16
_STATION = 1
_WITH_ADDRESS, _NOT_CONNECTED, _CONNECTING, _NO_ADDRESS = 0, 1, 2, 3
_NO_AP_FOUND, _NO_REASON, _NO_RSSI = 201, 255, 0x80
_WRITE_NOT_PERMITTED, _READ_NOT_PERMITTED = 0x03, 0x02


@dataclass
class AccessPoint:
    """A radio that the dongle hears."""

    ssid: str
    password: str = ""
    rssi: int = -60
    gives_addresses: bool = True
    """Whether its network has DHCP."""


@dataclass(frozen=True)
class Received:
    """A message that a client sent."""

    time: float
    kind: int
    subtype: int
    encrypted: bool


class BlufiDongle:
    """An ESP32 that waits for a network."""

    def __init__(
        self,
        *,
        address: str,
        name: str = "WiFiFrog_C0FFEE0000B1",
        access_points: list[AccessPoint] | None = None,
        version: tuple[int, int] = (1, 3),
        mtu: int = 247,
        on_configured: Callable[[str], None] = lambda ssid: None,
    ) -> None:
        """Switch it on. `on_configured` is called with the network's name when it has an address there."""
        self.address = address
        self.name = name
        self.access_points = access_points if access_points is not None else [AccessPoint("Home", "correct horse")]
        self.version = version
        """From 1.4 on only the newer key exchange is accepted."""
        self.mtu = mtu
        self.on_configured = on_configured
        self.faults = Faults()

        self.powered = True
        self.refuses_negotiation: Literal["no", "with an error", "silently"] = "no"
        self.requires_security = False
        """Name, password and "connect" in plain text are answered with an error (assumption)."""
        self.mistakes_key = False
        """It calculates another key than the client."""
        self.silent = False
        """It takes everything and says nothing."""
        self.silent_about: set[tuple[int, int]] = set()
        """Messages (kind, subtype) that it ignores."""
        self.scan_only_as_station = False
        """As with its access point open: scanning fails until the mode is set."""
        self.scan_seconds = 3.0
        self.join_seconds = 4.0
        self.address_seconds = 2.0
        self.give_up_seconds = 8.0
        """Until it gives up: it retries before."""
        self.search_seconds = 5.0
        """Until it gives up a network that it doesn't hear."""
        self.refused_reason = 15
        """The reason after a wrong password: 4-way handshake timeout."""
        self.tells_progress = True
        """Whether it tells "connecting" and reasons, as versions since 2022 do. Otherwise: "not connected"."""
        self.reports_failures = False
        """Whether it reports failures unasked; ESP-IDF's example reports only success."""
        self.echoes_password = False
        """Whether state reports hold the password, as the specification allows."""

        self.received: list[Received] = []
        self.errors: list[Fault] = []
        """What it complained about."""
        self.air = bytearray()
        """Every byte that a client wrote, as a listener nearby would hear it."""
        self.connections = 0
        self.configured: str | None = None
        """The network that it is in, with an address."""
        self.mode = 0
        self._ssid = self._password = ""
        self._station, self._reason = _NOT_CONNECTED, _NO_REASON
        self._link: BlufiLink | None = None
        self._timers: list[asyncio.TimerHandle] = []

    # --- in the air -----------------------------------------------------------------------------------------------

    @property
    def hangs(self) -> bool:
        """Whether it is deaf and dumb for a while."""
        return asyncio.get_running_loop().time() < self.faults.silent_until

    def restart(self) -> None:
        """Crash, or lose power for a moment: the link is lost, and what it was about to do is forgotten."""
        self.close()
        self._station, self._reason = _NOT_CONNECTED, _NO_REASON

    @property
    def link(self) -> BlufiLink | None:
        """The connection of a client."""
        return self._link

    def advertisement(self) -> Advertisement | None:
        """Return what is in the air. Once it is in a network it advertises no more (assumption)."""
        if not self.powered or self._link is not None or self.configured is not None or self.hangs:
            return None
        return Advertisement(manufacturer_data={}, name=self.name, service_uuids=(SERVICE,))

    async def connect(self, *, timeout: float = 20.0) -> BlufiLink:
        """Connect as a host. Raises ConnectError."""
        self.faults.upcoming("connect", "")
        await asyncio.sleep(self.faults.connect_seconds)
        if self.faults.fail_connects:
            self.faults.fail_connects -= 1
            raise ConnectError("Failed to establish")
        if self.advertisement() is None:
            await asyncio.sleep(max(0.0, timeout - self.faults.connect_seconds))
            raise ConnectError("Timed out")
        self.connections += 1
        self._link = link = BlufiLink(self)
        if self.faults.incomplete_services:
            self.faults.incomplete_services -= 1
            link.services = ()
        return link

    def close(self) -> None:
        """Unplug it: end the connection and forget all timers, for the end of a test."""
        if self._link is not None:
            self._link.lose()
        self._forget_timers()

    def closed(self, link: BlufiLink) -> None:
        """Take note that a link has ended. Joining goes on without it."""
        if link is self._link:
            self._link = None

    # --- what it is told ------------------------------------------------------------------------------------------

    def take(self, link: BlufiLink, frame: bytes) -> None:
        """Take a frame."""
        self.air += frame
        try:
            message, data, acknowledge = link.codec.receive(frame)
        except BlufiError as error:
            self._complain(link, error.fault)
            return
        if acknowledge is not None:
            self._send(link, Control.ACK, CONTROL, bytes([acknowledge]))
        if message is None:
            return
        subtype, kind = message
        self.received.append(
            Received(time=asyncio.get_running_loop().time(), kind=kind, subtype=subtype, encrypted=link.codec.encrypted)
        )
        if (kind, subtype) in self.silent_about:
            return
        try:
            if kind == CONTROL:
                self._control(link, subtype, data)
            else:
                self._data(link, subtype, data)
        except BlufiError as error:
            self._complain(link, error.fault)

    def _control(self, link: BlufiLink, subtype: int, data: bytes) -> None:
        match subtype:
            case Control.SET_SECURITY:
                link.codec.mode = data[0]
            case Control.SET_MODE:
                self.mode = data[0]
            case Control.CONNECT:
                self._insist_on_key(link)
                self._join()
            case Control.GET_STATE:
                self._report()
            case Control.GET_VERSION:
                self._send(link, Data.VERSION, DATA, bytes(self.version))
            case Control.CLOSE:
                link.lose()
            case Control.GET_LIST:
                self._scan()

    def _data(self, link: BlufiLink, subtype: int, data: bytes) -> None:
        match subtype:
            case Data.NEGOTIATION:
                self._negotiate(link, data)
            case Data.SSID:
                self._insist_on_encryption(link)
                self._ssid = data.decode("utf-8", "replace")
            case Data.PASSWORD:
                self._insist_on_encryption(link)
                self._password = data.decode("utf-8", "replace")

    def _insist_on_key(self, link: BlufiLink) -> None:
        if self.requires_security and link.codec.key is None:
            raise BlufiError(Fault.SECURITY_NOT_READY)

    def _insist_on_encryption(self, link: BlufiLink) -> None:
        if self.requires_security and not link.codec.encrypted:
            raise BlufiError(Fault.SECURITY_NOT_READY)

    def _negotiate(self, link: BlufiLink, data: bytes) -> None:
        if self.refuses_negotiation == "silently":
            return
        if self.refuses_negotiation == "with an error":
            raise BlufiError(Fault.SECURITY_NOT_READY)
        if data[:1] == b"\x00":
            link.announced = data[1] << 8 | data[2]
        elif data[:1] == b"\x01":
            if len(data) - 1 != link.announced:
                raise BlufiError(Fault.PARAMETERS)
            public, key = agree(data[1:], new_scheme=self.version >= (1, 4))
            link.codec.key = bytes(len(key)) if self.mistakes_key else key
            self._send(link, Data.NEGOTIATION, DATA, public)

    # --- what it does ---------------------------------------------------------------------------------------------

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, action))

    def _forget_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _scan(self) -> None:
        if self.scan_only_as_station and self.mode != _STATION:
            raise BlufiError(Fault.SCAN)
        self._later(self.scan_seconds, self._scanned)

    def _scanned(self) -> None:
        """Report what was heard; nothing at all if nothing was heard, as ESP-IDF's example does."""
        data = b""
        for access_point in self.access_points:
            name = access_point.ssid.encode()
            data += bytes([len(name) + 1, access_point.rssi & 0xFF]) + name
        if data and self._link is not None:
            self._send(self._link, Data.LIST, DATA, data)

    def _join(self) -> None:
        self._forget_timers()
        self._station, self._reason = _CONNECTING, _NO_REASON
        heard = [found for found in self.access_points if found.ssid == self._ssid]
        if not heard or self.mode != _STATION:
            self._later(self.search_seconds, lambda: self._fail(_NO_AP_FOUND))
        elif all(found.password != self._password for found in heard):
            self._later(self.give_up_seconds, lambda: self._fail(self.refused_reason))
        else:
            self._later(self.join_seconds, lambda: self._joined(heard[0]))

    def _fail(self, reason: int) -> None:
        self._station, self._reason = _NOT_CONNECTED, reason
        if self.reports_failures:
            self._report()

    def _joined(self, access_point: AccessPoint) -> None:
        self._station = _NO_ADDRESS
        if access_point.gives_addresses:
            self._later(self.address_seconds, self._got_address)

    def _got_address(self) -> None:
        self._station = _WITH_ADDRESS
        self.configured = self._ssid
        self._report()
        self.on_configured(self._ssid)

    def _report(self) -> None:
        """Report the state: mode, station, clients of its access point, then items."""
        if self._link is None:
            return
        station = self._station
        if not self.tells_progress and station != _WITH_ADDRESS:
            station = _NOT_CONNECTED
        report = bytes([self.mode, station, 0])
        if station in (_WITH_ADDRESS, _NO_ADDRESS):
            name = self._ssid.encode()
            report += bytes([Data.BSSID, 6]) + bytes(range(6)) + bytes([Data.SSID, len(name)]) + name
        elif self.tells_progress and station == _CONNECTING:
            report += bytes([_RETRIES_ITEM, 1, 5])
        elif self.tells_progress:
            report += bytes([_REASON_ITEM, 1, self._reason, _RSSI_ITEM, 1, _NO_RSSI])
        if self.echoes_password:
            password = self._password.encode()
            report += bytes([Data.PASSWORD, len(password)]) + password
        self._send(self._link, Data.STATE, DATA, report)

    def _complain(self, link: BlufiLink, fault: Fault) -> None:
        self.errors.append(fault)
        self._send(link, Data.ERROR, DATA, bytes([fault]))

    def _send(self, link: BlufiLink, subtype: int, kind: int, data: bytes) -> None:
        if not self.silent:
            for frame in link.codec.send(subtype, kind, data):
                link.notify(frame)


class BlufiLink:
    """A host's connection: one operation at a time. A request goes its way also when the client stops waiting."""

    def __init__(self, dongle: BlufiDongle) -> None:
        """Open it; only BlufiDongle.connect does that."""
        self.services: tuple[Service, ...] = SERVICES
        self.on_closed: list[Callable[[], None]] = []
        self.is_open = True
        self.mtu = dongle.mtu
        self.codec = Codec(dongle.mtu)
        self.announced: int | None = None
        """The length of the negotiation data to come."""
        self._dongle = dongle
        self._receive: Callable[[bytes], None] | None = None
        self._lock = asyncio.Lock()
        self._ended = asyncio.Event()
        self._frames: deque[bytes] = deque()
        self._tasks: set[asyncio.Task[bytes]] = set()

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic; there is nothing to learn from it."""
        if uuid != NOTIFY.uuid:
            raise AttError(_READ_NOT_PERMITTED)
        return await self._operate("read", NOTIFY, lambda: b"\0")

    async def write(self, uuid: str, data: bytes, *, response: bool = True) -> None:
        """Write a characteristic. A frame longer than the MTU allows is refused rather than queued."""
        if uuid != WRITE.uuid or not response:
            raise AttError(_WRITE_NOT_PERMITTED)
        if len(data) > self.mtu - 3:
            raise OperationError("Longer than the MTU allows")
        await self._operate("write", WRITE, lambda: self._take(data))

    async def listen(self, uuid: str, receive: Callable[[bytes], None] | None) -> None:
        """Write the descriptor that switches notifications on or off."""
        if uuid != NOTIFY.uuid:
            raise AttError(_WRITE_NOT_PERMITTED)

        def switch() -> bytes:
            self._receive = receive
            return b""

        await self._operate("write", NOTIFY, switch)

    def notify(self, frame: bytes) -> None:
        """Send a notification; who doesn't listen misses it."""
        if len(frame) > self.mtu - 3:
            raise AssertionError("a notification longer than the MTU allows")
        self._frames.append(frame)
        asyncio.get_running_loop().call_soon(self._deliver)

    def close(self) -> None:
        """Hang up, as the host."""
        self.lose()

    def lose(self) -> None:
        """Break the connection."""
        if not self.is_open:
            return
        self.is_open = False
        self._ended.set()
        self._dongle.closed(self)
        for callback in tuple(self.on_closed):
            callback()

    def _deliver(self) -> None:
        frame = self._frames.popleft()
        if self.is_open and self._receive is not None:
            self._receive(frame)

    def _take(self, data: bytes) -> bytes:
        self._dongle.take(self, data)
        return b""

    async def _operate(self, kind: Kind, characteristic: Characteristic, action: Callable[[], bytes]) -> bytes:
        task = asyncio.create_task(self._carry_out(kind, characteristic, action))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        await asyncio.wait((task,))
        return task.result()

    def _done(self, task: asyncio.Task[bytes]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # The client may have stopped waiting: nobody else would look at it.
            task.exception()

    async def _carry_out(self, kind: Kind, characteristic: Characteristic, action: Callable[[], bytes]) -> bytes:
        async with self._lock:
            failure, code = self._dongle.faults.take(kind, characteristic.name) or (None, 0)
            await self._pause(self._dongle.faults.latency / 2)
            if self._dongle.hangs:
                failure = Failure.NO_ANSWER
            match failure:
                case Failure.LOST:
                    self.lose()
                case Failure.ERROR:
                    raise OperationError("The adapter failed")
                case Failure.ATT_ERROR:
                    raise AttError(code)
                case Failure.NO_ANSWER:
                    await self._hang()
                case _:
                    answer = action()
                    if failure is Failure.ANSWER_LOST:
                        self.lose()
                    elif failure is Failure.ACTED_NO_ANSWER:
                        await self._hang()
                    else:
                        await self._pause(self._dongle.faults.latency / 2)
                        return answer
            raise LinkLostError("The link was lost")

    async def _pause(self, seconds: float) -> None:
        """Let time pass. Raises LinkLostError if the link doesn't last."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        if not self.is_open:
            raise LinkLostError("The link was lost")

    async def _hang(self) -> None:
        await self._pause(ATT_TIMEOUT)
        self.lose()
