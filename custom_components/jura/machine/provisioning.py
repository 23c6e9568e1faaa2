"""Putting a WiFi Connect that was never set up on a home network: over Bluetooth, or over its own access point.

First way, the app's: BluFi over Bluetooth (`BluetoothProvisioning`), Espressif's public protocol; that the dongle speaks
it is app-derived. Second way, experimental: over the dongle's own open access point (`provision_over_access_point`).
Neither has been published as done end to end by anybody but JURA's app: afterwards, look for the machine on the network.

The password is never kept, never logged, and in no error. Nothing here uses Home Assistant.

May import floors 1 and 2.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from enum import IntEnum, StrEnum
import logging
import secrets
from typing import Final

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError
import bleak_retry_connector

from . import blufi
from .blufi import Message, Network, State, Station, Type
from .codec import FrameDecoder, encode_frame
from .errors import (
    CommandRejected,
    ImplausibleReply,
    InvalidNetwork,
    JoiningFailed,
    JoiningTimedOut,
    JuraError,
    LinkLost,
    NegotiationRefused,
    NetworkNotFound,
    NetworkScanFailed,
    NoAddress,
    OutcomeUnknown,
    ProvisioningError,
    SecurityRefused,
    Unreachable,
    WrongPassword,
)
from .smart_connect import is_refusal

_LOGGER = logging.getLogger(__name__)

SERVICE: Final = blufi.SERVICE

_CONNECT_LIMIT: Final = 30.0
_OPERATION_LIMIT: Final = 10.0
"""Seconds for a write: Bluetooth and Wi-Fi share the dongle's one radio."""
_VERSION_LIMIT: Final = 3.0
_NEGOTIATION_LIMIT: Final = 20.0
"""Seconds that Espressif's phone app grants; the calculation takes the dongle some of them."""
_COMPLAINTS: Final = 1.0
"""Seconds for further errors after a refused negotiation, which has more than one message."""
_ACKNOWLEDGE_LIMIT: Final = 5.0
_SCAN_LIMIT: Final = 20.0
_JOIN_LIMIT: Final = 60.0
_ADDRESS_LIMIT: Final = 25.0
"""Seconds that the router has for giving an address, from the first report of being in without one."""
_ASK_INTERVAL: Final = 3.0
"""Seconds without a report after which the dongle is asked: ESP-IDF's example reports only success by itself."""
_INBOX: Final = 64


class Candidate(IntEnum):
    """How likely an advertiser is a WiFi Connect that waits for being set up. Lower goes first."""

    BY_NAME = 0
    BY_SERVICE = 1


_NAMES: Final = ("wififrog", "coffeemachine", "tt237", "blufi")
"""Beginnings of likely names, in small letters. The real one is not known: these are the access point's, the firmware's
own, and that of Espressif's example."""


def candidate(name: str | None, service_uuids: Iterable[str], *, connectable: bool) -> Candidate | None:
    """Tell whether an advertisement may be that of a WiFi Connect to be set up; None if not.

    Other makers' ESP32 devices advertise the same service: only offer these when a person asks, never by themselves.
    """
    if not connectable or SERVICE not in {uuid.lower() for uuid in service_uuids}:
        return None
    return Candidate.BY_NAME if (name or "").lower().startswith(_NAMES) else Candidate.BY_SERVICE


class Step(StrEnum):
    """What is being done, for people to see."""

    CONNECTING = "connecting"
    SECURING = "securing"
    SCANNING = "scanning"
    SENDING = "sending"
    JOINING = "joining"
    ADDRESS = "address"
    """It is in the network and waits for an address."""


type Report = Callable[[Step], None]


def _report_nothing(_: Step) -> None:
    """Tell nobody."""


class BluetoothProvisioning:
    """Sets up one dongle over Bluetooth.

    Each call makes a connection and ends it, whatever happens: the person may take any time between two of them. All
    raise Unreachable (nothing was sent) and LinkLost (the dongle did not join; trying again is fine), and call `report`
    with each step.
    """

    def __init__(self, find: Callable[[], BLEDevice | None], name: str) -> None:
        """Prepare without connecting. `find` returns where the dongle is now, `name` is for the log."""
        self._find = find
        self._name = name
        self._refuses = False

    @property
    def refuses_negotiation(self) -> bool:
        """Tell whether the newest attempt to agree on a key was refused: then ask the person before a password is sent.

        Known after `list_networks`, so that the form with the password can ask at once.
        """
        return self._refuses

    async def list_networks(self, report: Report = _report_nothing) -> list[Network]:
        """Return the networks that the dongle itself hears, strongest first, each name once, without hidden ones.

        No secret is sent, so it works with a dongle that refuses encryption as well. Also raises NetworkScanFailed (a
        dongle that hears no network at all says nothing, which looks the same) and SecurityRefused.
        """
        async with self._connected(report) as link:
            with suppress(NegotiationRefused):
                await self._secure(link, report)
            report(Step.SCANNING)
            return await link.networks()

    async def provision(self, ssid: str, password: str, report: Report = _report_nothing) -> None:
        """Have the dongle join a network, encrypted; return as soon as it has an address there.

        Raises NegotiationRefused before the password was sent: ask the person, then `provision_unencrypted`. Also
        raises InvalidNetwork, SecurityRefused, WrongPassword, NetworkNotFound, NoAddress, JoiningTimedOut, JoiningFailed,
        and OutcomeUnknown if the link was lost while it was joining: look for the machine on the network then.
        """
        check_network(ssid, password)
        async with self._connected(report) as link:
            await self._secure(link, report)
            await link.join(ssid, password, report)

    async def provision_unencrypted(self, ssid: str, password: str, report: Report = _report_nothing) -> None:
        """Do the same without encryption: the password can be received a few metres around. Only with consent.

        What the layers below us (bleak, the proxy) write into their own logs at debug level then holds the password,
        too.
        """
        check_network(ssid, password)
        async with self._connected(report) as link:
            await link.join(ssid, password, report)

    async def _secure(self, link: _Link, report: Report) -> None:
        report(Step.SECURING)
        try:
            await link.secure()
        except NegotiationRefused as refused:
            _LOGGER.debug("%s: no encryption: %s", self._name, refused)
            self._refuses = True
            raise
        self._refuses = False

    @asynccontextmanager
    async def _connected(self, report: Report) -> AsyncGenerator[_Link]:
        """Hold a connection. Raises Unreachable if there is none."""
        report(Step.CONNECTING)
        link = _Link(self._name)
        try:
            try:
                async with asyncio.timeout(_CONNECT_LIMIT):
                    await self._establish(link)
            except (BleakError, TimeoutError) as error:
                raise Unreachable(str(error) or type(error).__name__) from error
            yield link
        finally:
            await link.hang_up()

    async def _establish(self, link: _Link) -> None:
        if (device := self._find()) is None:
            raise Unreachable("not heard")
        # Looked up when needed: Home Assistant replaces this class by its own when its Bluetooth is set up.
        client = await bleak_retry_connector.establish_connection(
            bleak_retry_connector.BleakClientWithServiceCache,
            device,
            self._name,
            disconnected_callback=link.on_disconnect,
            max_attempts=2,
        )
        link.client = client
        link.target = client.services.get_characteristic(blufi.TO_DONGLE)
        source = client.services.get_characteristic(blufi.FROM_DONGLE)
        if link.target is None or source is None:
            # An interrupted discovery or another maker's device: forget what was found.
            await client.clear_cache()
            raise Unreachable("incomplete services")
        await client.start_notify(source, link.on_notification)


def check_network(ssid: str, password: str) -> None:
    """Raise InvalidNetwork if these can't be name and password of a network (IEEE 802.11; an open one has none).

    A password has 8 to 63 characters (bytes, if they aren't ASCII), or is a key of 64 hexadecimal digits.
    """
    if not 1 <= len(ssid.encode()) <= 32 or "\0" in ssid:
        raise InvalidNetwork("ssid")
    length = len(password.encode())
    is_key = length == 64 and all(character in "0123456789abcdefABCDEF" for character in password)
    if (length and not 8 <= length <= 63 and not is_key) or "\0" in password:
        raise InvalidNetwork("password")


class _Refused(Exception):
    """The dongle reported an error."""

    def __init__(self, number: int | None) -> None:
        super().__init__(f"error {number}")
        self.number = number

    @property
    def meaning(self) -> JuraError:
        """Return what it means outside of a negotiation or a scan."""
        if self.number in blufi.SECURITY_ERRORS:
            return SecurityRefused(str(self))
        return LinkLost(f"the dongle reports {self}")


class _Link:
    """One connection to a dongle. Its debug log names frames, but never shows what is in them."""

    def __init__(self, name: str) -> None:
        self.client: BleakClient | None = None
        self.target: BleakGATTCharacteristic | None = None
        self._name = name
        self._sender = blufi.Sender()
        self._receiver = blufi.Receiver()
        self._inbox: asyncio.Queue[Message | None] = asyncio.Queue(_INBOX)
        self._lost = False

    def on_disconnect(self, _: BleakClient) -> None:
        """Wake up who waits for a message."""
        self._lost = True
        self._put(None)

    def on_notification(self, _: BleakGATTCharacteristic, frame: bytearray) -> None:
        """Take a frame. One that can't be read is dropped: its absence ends in one of the time limits."""
        try:
            message = self._receiver.feed(bytes(frame))
        except ImplausibleReply as implausible:
            _LOGGER.debug("%s: dropped: %s", self._name, implausible)
            return
        if message is not None:
            _LOGGER.debug("%s: received type %02x, %d bytes", self._name, message.type, len(message.data))
            self._put(message)

    def _put(self, message: Message | None) -> None:
        with suppress(asyncio.QueueFull):
            self._inbox.put_nowait(message)

    async def hang_up(self) -> None:
        """End the connection, whatever state it is in."""
        if self.client is not None:
            with suppress(BleakError, TimeoutError, EOFError):
                async with asyncio.timeout(_OPERATION_LIMIT):
                    await self.client.disconnect()

    async def _send(self, kind: Type, data: bytes = b"", *, acknowledge: bool = False) -> None:
        """Send a message. Raises LinkLost, or SecurityRefused if the dongle's Bluetooth itself refuses it."""
        assert self.client is not None and self.target is not None, "only used after connecting"
        self._raise_if_lost()
        size = max(blufi.SMALLEST_FRAME, self.target.max_write_without_response_size)
        frames = self._sender.frames(kind, data, size=size, acknowledge=acknowledge)
        _LOGGER.debug("%s: send %s in %d frames", self._name, kind.name, len(frames))
        try:
            for frame in frames:
                async with asyncio.timeout(_OPERATION_LIMIT):
                    await self.client.write_gatt_char(self.target, frame, response=True)
        except (BleakError, TimeoutError) as error:
            if is_refusal(error):
                raise SecurityRefused(str(error)) from error
            raise LinkLost(str(error) or "no answer") from error

    async def _receive(self, kind: Type, limit: float) -> bytes:
        """Return what the next message of a kind says, skipping others. Raises LinkLost, TimeoutError and _Refused."""
        async with asyncio.timeout(limit):
            while not self._lost or not self._inbox.empty():
                message = await self._inbox.get()
                if message is None:
                    break
                if message.type == Type.ERROR:
                    raise _Refused(blufi.error(message.data))
                if message.type == kind:
                    return message.data
        raise LinkLost("the link did not last")

    def _raise_if_lost(self) -> None:
        if self._lost:
            raise LinkLost("the link did not last")

    # --- what is done with it ----------------------------------------------------------------------------------------

    async def secure(self) -> None:
        """Agree on a key, and use it from now on. Raises NegotiationRefused; the link is good for plain text then."""
        exchange = blufi.KeyExchange(blufi.scheme_for(await self._version()))
        try:
            for message in exchange.messages():
                await self._send(Type.NEGOTIATION, message)
            cipher = exchange.cipher(await self._receive(Type.NEGOTIATION, _NEGOTIATION_LIMIT))
        except _Refused as refused:
            await self._hear_out()
            raise NegotiationRefused(str(refused)) from None
        except TimeoutError:
            raise NegotiationRefused("no answer") from None
        # From here on there is no way back to plain text: the dongle would send what we can't read.
        self._receiver.cipher = self._sender.cipher = cipher
        await self._send(Type.SET_SECURITY, blufi.ENCRYPT_AND_CHECK_DATA)

    async def _hear_out(self) -> None:
        """Let the dongle complain about everything that it was sent, so that it isn't taken for an answer later."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_COMPLAINTS):
                while await self._inbox.get() is not None:
                    pass

    async def _version(self) -> tuple[int, int] | None:
        """Return the version of BluFi, None if the dongle doesn't tell."""
        await self._send(Type.GET_VERSION)
        with suppress(TimeoutError, _Refused):
            return blufi.version(await self._receive(Type.VERSION, _VERSION_LIMIT))
        return None

    async def networks(self) -> list[Network]:
        """Return the networks that the dongle hears.

        Asked without setting the mode first, so that its access point stays open if nothing comes of it; only if it
        can't scan in its mode, it is made a station.
        """
        try:
            return await self._scan()
        except _Refused as refused:
            if refused.number != blufi.Error.SCAN_FAILED:
                raise refused.meaning from None
        await self._set_mode()
        try:
            return await self._scan()
        except _Refused as refused:
            raise NetworkScanFailed(str(refused)) from None

    async def _scan(self) -> list[Network]:
        await self._send(Type.LIST_NETWORKS)
        try:
            return blufi.networks(await self._receive(Type.NETWORKS, _SCAN_LIMIT))
        except TimeoutError:
            raise NetworkScanFailed("no answer") from None
        except ImplausibleReply as implausible:
            raise NetworkScanFailed(str(implausible)) from None

    async def _set_mode(self) -> None:
        """Make the dongle a station."""
        await self._send_acknowledged(Type.SET_MODE, blufi.STATION)

    async def _send_acknowledged(self, kind: Type, data: bytes) -> None:
        """Send a message and wait until the dongle says that it could read it."""
        await self._send(kind, data, acknowledge=True)
        try:
            await self._receive(Type.ACKNOWLEDGEMENT, _ACKNOWLEDGE_LIMIT)
        except _Refused as refused:
            raise refused.meaning from None
        except TimeoutError:
            raise LinkLost("no answer") from None

    async def join(self, ssid: str, password: str, report: Report) -> None:
        """Have the dongle join a network and wait until it has an address, or has failed."""
        report(Step.SENDING)
        await self._set_mode()
        # Its acknowledgement proves that both have the same key, before the password is sent.
        await self._send_acknowledged(Type.SSID, ssid.encode())
        await self._send(Type.PASSWORD, password.encode())
        self._raise_reported()
        # Up to here certainly nothing has happened.
        self._raise_if_lost()
        report(Step.JOINING)
        try:
            await self._send(Type.CONNECT)
            await self._await_join(ssid, report)
        except LinkLost as lost:
            raise OutcomeUnknown(str(lost)) from lost
        except _Refused as refused:
            raise self._refused_to_join(refused) from None

    async def _ask_state(self) -> None:
        """Ask how far it is. A dongle that refuses this joins all the same; but then the numbers of frames don't match."""
        try:
            await self._send(Type.GET_STATE)
        except SecurityRefused as refused:
            raise OutcomeUnknown(str(refused)) from refused

    @staticmethod
    def _refused_to_join(refused: _Refused) -> ProvisioningError:
        return SecurityRefused(str(refused)) if refused.number in blufi.SECURITY_ERRORS else JoiningFailed(None)

    def _raise_reported(self) -> None:
        """Raise what the dongle has reported so far. What else it said is about an earlier attempt, and forgotten."""
        while not self._inbox.empty() and not self._lost:
            message = self._inbox.get_nowait()
            if message is not None and message.type == Type.ERROR:
                raise _Refused(blufi.error(message.data)).meaning

    async def _await_join(self, ssid: str, report: Report) -> None:
        """Wait for state reports, asking for them, until one is final."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _JOIN_LIMIT
        last: State | None = None
        in_network = False
        while (now := loop.time()) < deadline:
            try:
                state = blufi.state(await self._receive(Type.STATE, min(_ASK_INTERVAL, deadline - now)))
            except TimeoutError:
                await self._ask_state()
                continue
            except ImplausibleReply as implausible:
                _LOGGER.debug("%s: dropped: %s", self._name, implausible)
                continue
            if state.ssid not in (None, ssid):
                # It may still be, for a moment, in the network that it was in before.
                continue
            if _is_final(state, last):
                return
            if state.station == Station.NO_ADDRESS and not in_network:
                in_network = True
                report(Step.ADDRESS)
                deadline = loop.time() + _ADDRESS_LIMIT
            last = state
        raise _out_of_time(last)


def _is_final(state: State, last: State | None) -> bool:
    """Tell whether a dongle has joined; raise why it never will.

    Older versions report "not connected" also while they are still trying, and no reasons: then only the time limit, or
    having seen it at work before, tells that it is meant.
    """
    match state.station:
        case Station.CONNECTED:
            return True
        case Station.NOT_CONNECTED if state.reason is not None:
            raise _failure(state.reason)
        case Station.NOT_CONNECTED if last is not None and last.station in (Station.CONNECTING, Station.NO_ADDRESS):
            raise _failure(None)
        case _:
            return False


def _failure(reason: int | None) -> ProvisioningError:
    if reason in blufi.WRONG_PASSWORD:
        return WrongPassword(f"reason {reason}")
    if reason in blufi.NOT_FOUND:
        return NetworkNotFound(f"reason {reason}")
    return JoiningFailed(reason)


def _out_of_time(last: State | None) -> ProvisioningError:
    if last is not None and last.station == Station.NO_ADDRESS:
        return NoAddress("none in time")
    if last is not None and last.station == Station.NOT_CONNECTED:
        return JoiningFailed(None)
    return JoiningTimedOut("no report" if last is None else "still at it")


# --- the second way --------------------------------------------------------------------------------------------------

ACCESS_POINT_HOST: Final = "192.168.24.1"
"""The dongle in its own access point (seen on a bare dongle)."""
ACCESS_POINT_PORT: Final = 51515
_REPLY_LIMIT: Final = 10.0


async def provision_over_access_point(host: str, port: int, ssid: str, password: str, name: str) -> bool:
    """Experimental: tell a dongle the network while this computer is in its open access point; `name` is the machine's.

    Sends each step once and nothing else: `@HP:0,0,0` (answered by a bare dongle), `@HW:80` to `@HW:82` and `@HT:3`
    (command names app-derived, replies and effects never published). The access point is open: whoever is in it can
    read the password.

    Returns whether the dongle answered every step. If it did not, it may have worked all the same: look for the machine
    on the network in either case. Raises InvalidNetwork, Unreachable (nothing was sent), LinkLost (not logged in),
    CommandRejected (it did not restart), and OutcomeUnknown if the link was lost on the way.
    """
    _check_texts(ssid, password, name)
    try:
        async with asyncio.timeout(_REPLY_LIMIT):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error
    session = _AccessPointSession(reader, writer)
    try:
        await session.log_in()
        answered = [
            await session.set(command, text) for command, text in (("80", ssid), ("81", password), ("82", name))
        ]
        answered.append(await session.restart())
        return all(answered)
    finally:
        await session.close()


def _check_texts(ssid: str, password: str, name: str) -> None:
    """Raise InvalidNetwork for what can't be a network, and for what nobody knows how to send.

    Whether and how the dongle's firmware escapes anything is not known: commas and whatever isn't printable ASCII are
    refused rather than sent as half a password.
    """
    check_network(ssid, password)
    for field, text in (("ssid", ssid), ("password", password), ("name", name)):
        if not all(" " <= character <= "~" and character != "," for character in text):
            raise InvalidNetwork(field)
    if not name:
        raise InvalidNetwork("name")


class _AccessPointSession:
    """A session with a bare dongle. Nothing of what it sends is logged or part of an error."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._decoder = FrameDecoder()
        self._received: list[str] = []

    async def log_in(self) -> None:
        """Log in as a bare dongle allows."""
        self._write("@HP:0,0,0")
        try:
            reply = await self._reply("@hp", "@an:error")
        except TimeoutError:
            raise LinkLost("no answer to the login") from None
        if reply != "@hp4":
            # The reply could be a token, were this no bare dongle.
            raise CommandRejected("login refused: already set up, or no WiFi Connect")

    async def set(self, command: str, text: str) -> bool:
        """Send one setting; tell whether an answer came. Raises CommandRejected and OutcomeUnknown."""
        self._write(f"@HW:{command},{text}")
        try:
            reply = await self._reply("@hw", "@an:error")
        except TimeoutError:
            return False
        except LinkLost as lost:
            raise OutcomeUnknown(str(lost)) from lost
        if reply.startswith("@an:error"):
            raise CommandRejected(f"@HW:{command}")
        return True

    async def restart(self) -> bool:
        """Have the dongle restart; that it hangs up is an answer, too."""
        self._write("@HT:3")
        try:
            reply = await self._reply("@ht", "@an:error")
        except TimeoutError:
            return False
        except LinkLost:
            return True
        if reply.startswith("@an:error"):
            raise CommandRejected("@HT:3")
        return True

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_REPLY_LIMIT):
                await self._writer.wait_closed()

    def _write(self, body: str) -> None:
        # The app never uses a key whose low nibble is E or F (why is not known).
        key = secrets.randbelow(16) << 4 | secrets.randbelow(14)
        self._writer.write(encode_frame(body.encode("ascii"), key))

    async def _reply(self, *beginnings: str) -> str:
        """Return the next reply with one of these beginnings. Raises LinkLost and TimeoutError."""
        async with asyncio.timeout(_REPLY_LIMIT):
            while True:
                while self._received:
                    if (reply := self._received.pop(0)).startswith(beginnings):
                        return reply
                try:
                    await self._writer.drain()
                    data = await self._reader.read(1024)
                except OSError as error:
                    raise LinkLost(str(error) or "connection reset") from error
                if not data:
                    raise LinkLost("the dongle hung up")
                self._received += [body.decode("ascii", "replace") for body in self._decoder.feed(data)]
