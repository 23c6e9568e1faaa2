"""The Bluetooth client: one machine behind a Smart Connect dongle.

The dongle takes one client at a time and drops a link that has no heartbeat; everything about how long it is held is
for the caller to decide. Uses `bleak` and `bleak-retry-connector`, nothing of Home Assistant.

May import floors 1 and 2.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import logging
import re
from typing import Final, Protocol

from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak.exc import BleakDBusError, BleakError, BleakGATTProtocolError
import bleak_retry_connector

from . import codec, decode, recipe as recipes
from .client import Live, Rhythm, Turns, Urgency
from .errors import (
    CommandRejected,
    CommandsRefused,
    ImplausibleReply,
    JuraError,
    LinkLost,
    NotSupported,
    OutcomeUnknown,
    SlotTaken,
    StatisticsNotReady,
    Unreachable,
)
from .model import Counters, Definition, Maintenance, Progress, Recipe, Status, Transport, Versions
from .tailoring import Limits, StoredRecipes

_LOGGER = logging.getLogger(__name__)


def _uuid(number: str) -> str:
    return f"5a40{number}-ab2e-2548-c435-08c300000710"


STATUS: Final = _uuid("1524")
START_PRODUCT: Final = _uuid("1525")
PROGRESS: Final = _uuid("1527")
UPDATE_PRODUCT: Final = _uuid("1528")
P_MODE: Final = _uuid("1529")
BARISTA_MODE: Final = _uuid("1530")
ABOUT: Final = _uuid("1531")
STATISTICS_COMMAND: Final = _uuid("1533")
STATISTICS_DATA: Final = _uuid("1534")

_REQUIRED: Final = (STATUS, START_PRODUCT, P_MODE)
"""The only characteristics without which a Smart Connect is none (hardware-verified on a GIGA X8c and a J6)."""

# Plain commands, to be preceded by the key.
_HEARTBEAT: Final = b"\x7f\x80"  # hardware-verified
_POLITE_DISCONNECT: Final = b"\x7f\x81"  # used by released clients
_SWITCH_OFF: Final = b"\x46\x02"  # used by released clients
_CANCEL: Final = b"\xff"  # used by a released client
_LOCK: Final = b"\x01"  # in daily use on a GIGA X8c
_UNLOCK: Final = b"\x00"  # in daily use on a GIGA X8c
# Where sources differ on the last two bytes, all of theirs work; these are the ones that the protocol document advises.
_PRODUCT_COUNTERS: Final = b"\x00\x01\xff\xff"
_MAINTENANCE_COUNTERS: Final = b"\x00\x04\x01\x00"
_MAINTENANCE_PERCENTAGES: Final = b"\x00\x08\x01\x00"

_CONNECT_LIMIT: Final = 20.0
_OPERATION_LIMIT: Final = 5.0
_GOODBYE_LIMIT: Final = 2.0
_HEARTBEAT_INTERVAL: Final = 7.0
"""Seconds. The dongle hangs up after 20 s without one; released clients found 9 s safe and 10 s too long."""
_RECONNECT_PAUSE: Final = 1.0
"""Seconds that the dongle needs between two connections (released clients)."""
_STATISTICS_FIRST_LOOK: Final = 1.2
_STATISTICS_NEXT_LOOK: Final = 0.8
_STATISTICS_LIMIT: Final = 24.0
_IMPLAUSIBLE_LIMIT: Final = 3
"""Implausible reads in a row after which the link is given up."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Where the dongle is right now, and the key of its newest advertisement if that carried one."""

    device: BLEDevice
    key: int | None


class Slot(Protocol):
    """One of the few Bluetooth connections that all machines of a house share."""

    async def take(self, urgency: Urgency, interrupt: Callable[[], Awaitable[None]]) -> None:
        """Wait until a connection may be made: a look for its turn, all else only until a look has let go.

        Done at once with a connection that stands. What a look has taken is whoever's it is who needs it more; then
        `interrupt` is called, which must have it given back soon.
        """

    def give_back(self) -> None:
        """Let others have the slot. Does no harm where none was taken."""


class OwnSlot:
    """A slot for somebody who waits: there is no queue, and nobody takes it away."""

    async def take(self, urgency: Urgency, interrupt: Callable[[], Awaitable[None]]) -> None:
        """Have it."""

    def give_back(self) -> None:
        """Have it no longer."""


def is_refusal(error: BaseException) -> bool:
    """Tell whether a write failed because the dongle refuses it: ATT error 03, 05 or 08, however the stack words it."""
    match error:
        case BleakGATTProtocolError():
            return error.code in (0x03, 0x05, 0x08)
        case BleakDBusError():
            return error.dbus_error.endswith((".NotPermitted", ".NotAuthorized"))
        case BleakError():
            # Bluetooth proxies word it as text: "... error=3 description=Write not permitted".
            return re.search(r"\berror=(3|5|8)\b", str(error)) is not None
        case _:
            return False


class SmartConnect:
    """One machine over Bluetooth. See `MachineClient` for what each call promises."""

    transport: Final = Transport.BLUETOOTH
    rhythm: Final = Rhythm(idle=None, statistics=15 * 60.0, settling=0.0)

    def __init__(self, find: Callable[[], Peer | None], name: str, slot: Slot) -> None:
        """Prepare without connecting. `find` returns where the dongle is now, `name` is for the log."""
        self._find = find
        self._name = name
        self._slot = slot
        self._turns = Turns()
        self._turn: asyncio.Timeout | None = None
        """What ends the present turn before it is over."""
        self._queues_up = False
        """Whether a look has the present turn that waits for a slot to connect."""
        self._link: BleakClient | None = None
        self._heartbeat: asyncio.Task[None] | None = None
        self._key: int | None = None
        self._free_at = 0.0
        self._refusals = 0
        self._implausible_in_a_row = 0
        self._commands = 0
        self._one_read_out = asyncio.Lock()
        self._searched_for_statistics = False
        self._last_status = b""
        self._read_outs: dict[bytes, bytes] = {}
        """What each statistics command brought last."""
        self._closed = False
        self.events: Counter[str] = Counter()
        """How often what happened, for the diagnostics."""

    @property
    def refuses_commands(self) -> bool:
        """Tell whether two connections in a row had their first heartbeat refused: very likely a PIN is set.

        The detection rule is the protocol document's; how the PIN would be sent is not publicly known.
        """
        return self._refusals >= 2

    @property
    def connected(self) -> bool:
        """Tell whether the link is held."""
        return self._link is not None and self._link.is_connected

    # --- what it promises --------------------------------------------------------------------------------------------

    async def read_versions(self) -> Versions:
        """Return the versions in the About characteristic."""
        async with self._linked(Urgency.POLL) as link:
            return decode.about(await self._read(link, ABOUT))

    async def read_status(self, urgency: Urgency = Urgency.POLL) -> Status:
        """Return the status word."""
        async with self._linked(urgency) as link:
            return await self._read_keyed(link, STATUS, decode.smart_connect_status)

    async def read_progress(self, urgency: Urgency = Urgency.POLL) -> Progress:
        """Return what the machine is doing; idle where the dongle has no progress to read."""
        async with self._linked(urgency) as link:
            if link.services.get_characteristic(PROGRESS) is None:
                return Progress(state=decode.IDLE)
            return await self._read_keyed(link, PROGRESS, decode.smart_connect_progress)

    async def read_live(self, urgency: Urgency = Urgency.POLL) -> Live:
        """Return what the machine is doing.

        The status last, so that it is no older than the progress: it tells why a drink ended that isn't there any more.
        """
        progress = await self.read_progress(urgency)
        return Live(await self.read_status(urgency), progress)

    async def read_counters(self, definition: Definition) -> Counters:
        """Return the product counters."""
        return decode.product_counters(await self._statistics(_PRODUCT_COUNTERS))

    async def read_maintenance(self, definition: Definition) -> Maintenance:
        """Return maintenance counters and percentages; their order is the definition's."""
        counts = await self._statistics(_MAINTENANCE_COUNTERS)
        percentages = await self._statistics(_MAINTENANCE_PERCENTAGES)
        return Maintenance(
            counts=decode.maintenance_counts(counts, definition.counter_fields),
            percentages=decode.maintenance_percentages(percentages, definition.percent_fields),
        )

    async def read_limits(self, definition: Definition) -> Limits:
        """Refuse: nothing that tells them over Bluetooth is known."""
        raise NotSupported("limits over Bluetooth")

    async def read_recipes(self, definition: Definition) -> StoredRecipes:
        """Refuse: nothing that tells them over Bluetooth is known."""
        raise NotSupported("stored recipes over Bluetooth")

    async def start(self, recipe: Recipe) -> None:
        """Order a drink, once."""
        recipes.validate(recipe)
        async with self._linked(Urgency.COMMAND) as link:
            await self._command(link, START_PRODUCT, recipes.smart_connect_order(recipe, self._the_key))

    async def cancel(self) -> None:
        """Stop the drink in the making, once."""
        await self._small_command(UPDATE_PRODUCT, _CANCEL)

    async def lock_keys(self) -> None:
        """Lock buttons and display, once."""
        await self._small_command(BARISTA_MODE, _LOCK)

    async def unlock_keys(self) -> None:
        """Unlock buttons and display, once."""
        await self._small_command(BARISTA_MODE, _UNLOCK)

    async def switch_off(self) -> None:
        """Switch the machine off, once."""
        await self._small_command(P_MODE, _SWITCH_OFF)

    async def release(self) -> None:
        """Say goodbye and hang up, unless somebody already waits for the link."""
        if self._link is None:
            return
        async with self._turns.take(Urgency.RELEASE):
            if self._link is None or self._turns.somebody_waits:
                return
            if not self.refuses_commands:
                with suppress(BleakError, TimeoutError):
                    async with asyncio.timeout(_GOODBYE_LIMIT):
                        await self._write(self._link, P_MODE, self._keyed(_POLITE_DISCONNECT))
            await self._hang_up()

    async def close(self) -> None:
        """Hang up for good; returns when the dongle is ready for the next connection, whoever makes it."""
        self._closed = True
        if self._queues_up:
            self._break_off()
        await self.release()
        await self._hang_up()
        await self._await_pause()

    async def interrupt(self) -> None:
        """Break off a look, and let its link go at once: a command for another machine needs the connection slot."""
        self._break_off()
        async with self._turns.take(Urgency.KEEP_ALIVE):
            await self._hang_up()

    def _break_off(self) -> None:
        """End the present turn before it is over."""
        if self._turn is not None:
            self._turn.reschedule(asyncio.get_running_loop().time())

    # --- the link ----------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _linked(self, urgency: Urgency) -> AsyncGenerator[BleakClient]:
        """Take a turn with the link up. A look that is interrupted raises SlotTaken."""
        if urgency is Urgency.COMMAND and self._queues_up:
            self._break_off()
        async with self._take_turn(urgency):
            yield await self._connect(urgency)

    @asynccontextmanager
    async def _take_turn(self, urgency: Urgency) -> AsyncGenerator[None]:
        """Take a turn that may be broken off. Raises SlotTaken then."""
        async with self._turns.take(urgency):
            try:
                async with asyncio.timeout(None) as turn:
                    self._turn = turn
                    yield
            except TimeoutError as error:
                if not turn.expired():
                    raise
                self.events["slot taken"] += 1
                raise SlotTaken("needed for a command") from error
            finally:
                self._turn = None

    async def _connect(self, urgency: Urgency) -> BleakClient:
        """Return the link, made anew if need be. Raises Unreachable; nothing but a heartbeat has been sent then."""
        if self._link is not None and self._link.is_connected:
            await self._slot.take(urgency, self.interrupt)
            return self._link
        await self._hang_up()
        if self._closed:
            raise Unreachable("closed")
        await self._take_slot(urgency)
        try:
            async with asyncio.timeout(_CONNECT_LIMIT):
                link = await self._establish()
                if not self.refuses_commands and not await self._first_heartbeat(link):
                    # Only a second refusal, on another connection, means that it is meant.
                    await self._hang_up()
                    await self._take_slot(urgency)
                    link = await self._establish()
                    await self._first_heartbeat(link)
        except (BleakError, TimeoutError, LinkLost) as error:
            await self._hang_up()
            self.events["connection failed"] += 1
            raise Unreachable(str(error) or type(error).__name__) from error
        except BaseException:
            await self._hang_up()
            raise
        if self._closed:
            await self._hang_up()
            raise Unreachable("closed")
        if not self.refuses_commands:
            self._heartbeat = asyncio.create_task(self._keep_alive(link))
        return link

    async def _take_slot(self, urgency: Urgency) -> None:
        """Wait until a connection may be made."""
        self._queues_up = urgency >= Urgency.POLL
        try:
            await self._slot.take(urgency, self.interrupt)
        finally:
            self._queues_up = False

    async def _establish(self) -> BleakClient:
        """Connect, make sure that what is there is a Smart Connect, and learn its key."""
        await self._await_pause()
        if (peer := self._find()) is None:
            raise Unreachable("not heard")
        # Looked up when needed: Home Assistant replaces this class by its own when its Bluetooth is set up.
        link = self._link = await bleak_retry_connector.establish_connection(
            bleak_retry_connector.BleakClientWithServiceCache,
            peer.device,
            self._name,
            disconnected_callback=self._on_disconnect,
            max_attempts=2,
        )
        self.events["connected"] += 1
        if any(link.services.get_characteristic(uuid) is None for uuid in _REQUIRED):
            # Far more often an interrupted discovery than another device: forget it, and let the next one start anew.
            await self._forget_services(link)
            raise LinkLost("incomplete services")
        self._key = peer.key
        if self._key is None:
            self._key = await self._key_from_about(link)
        return link

    async def _await_pause(self) -> None:
        """Wait as long as the dongle needs between two connections."""
        await asyncio.sleep(max(0.0, self._free_at - asyncio.get_running_loop().time()))

    @staticmethod
    async def _forget_services(link: BleakClient) -> None:
        if isinstance(link, bleak_retry_connector.BleakClientWithServiceCache):
            await link.clear_cache()

    async def _first_heartbeat(self, link: BleakClient) -> bool:
        """Send the heartbeat that must come before everything else; tell whether the dongle took it."""
        try:
            async with asyncio.timeout(_OPERATION_LIMIT):
                await self._write(link, P_MODE, self._keyed(_HEARTBEAT))
        except BleakError as error:
            if not is_refusal(error):
                raise
            self._refusals += 1
            self.events["heartbeat refused"] += 1
            return False
        self._refusals = 0
        return True

    async def _keep_alive(self, link: BleakClient) -> None:
        """Send heartbeats as long as the link stands."""
        while link is self._link:
            await asyncio.sleep(_HEARTBEAT_INTERVAL)
            async with self._turns.take(Urgency.KEEP_ALIVE):
                if link is not self._link:
                    return
                try:
                    async with asyncio.timeout(_OPERATION_LIMIT):
                        await self._write(link, P_MODE, self._keyed(_HEARTBEAT))
                except (BleakError, TimeoutError) as error:
                    _LOGGER.debug("%s: heartbeat failed: %s", self._name, error)
                    self._heartbeat = None
                    await self._hang_up()
                    return

    async def _hang_up(self) -> None:
        """Drop the link, whatever state it is in."""
        link, self._link = self._link, None
        self._implausible_in_a_row = 0
        if self._heartbeat:
            self._heartbeat.cancel()
            self._heartbeat = None
        try:
            if link is not None:
                with suppress(BleakError, TimeoutError, EOFError):
                    async with asyncio.timeout(_OPERATION_LIMIT):
                        await link.disconnect()
        finally:
            if link is not None:
                self._free_at = asyncio.get_running_loop().time() + _RECONNECT_PAUSE
            self._slot.give_back()

    def _on_disconnect(self, link: BleakClient) -> None:
        """Note that the link is gone; the next operation makes a new one."""
        if link is self._link:
            self.events["link lost"] += 1
            self._link = None
            self._free_at = asyncio.get_running_loop().time() + _RECONNECT_PAUSE
            if self._heartbeat:
                self._heartbeat.cancel()
                self._heartbeat = None
            self._slot.give_back()

    # --- reading -----------------------------------------------------------------------------------------------------

    async def _read(self, link: BleakClient, characteristic: str) -> bytes:
        """Read raw bytes. A link that fails or stays silent is given up."""
        try:
            async with asyncio.timeout(_OPERATION_LIMIT):
                data = bytes(await link.read_gatt_char(characteristic))
        except (BleakError, TimeoutError) as error:
            self.events["read failed"] += 1
            await self._hang_up()
            raise LinkLost(str(error) or "no answer") from error
        _LOGGER.debug("%s: read %s: %s", self._name, characteristic[4:8], data.hex())
        return data

    async def _read_keyed[T](self, link: BleakClient, characteristic: str, decoder: Callable[[bytes, int], T]) -> T:
        """Read what must decode to the key, once more if the key turns out to have changed."""
        for _ in range(2):
            data = codec.SMART_CONNECT(await self._read(link, characteristic), self._the_key)
            try:
                result = decoder(data, self._the_key)
            except ImplausibleReply as implausible:
                reason = implausible
            else:
                self._implausible_in_a_row = 0
                if characteristic == STATUS:
                    self._last_status = data
                return result
            self.events["implausible read"] += 1
            self._implausible_in_a_row += 1
            if (key := await self._key_from_about(link)) == self._key:
                break
            self._key = key
        if self._implausible_in_a_row >= _IMPLAUSIBLE_LIMIT or self.refuses_commands:
            # Without heartbeats reads may be rubbish: ask again whether they are still refused, the PIN may be gone.
            self._refusals = min(self._refusals, 1)
            await self._hang_up()
        raise reason

    async def _key_from_about(self, link: BleakClient) -> int:
        """Return the first byte of About, which is the key (relied on by a released client for 18 months)."""
        if not (data := await self._read(link, ABOUT)):
            raise LinkLost("empty About")
        return data[0]

    async def _statistics(self, command: bytes) -> bytes:
        """Have statistics prepared and read them.

        Readiness is where the sources disagree most; this is the procedure that the protocol document recommends: look
        at the command characteristic after 1.2 s and then every 0.8 s until its second byte is not 0, and never read
        data that were not announced, for then an old buffer comes. A command that slips in between ends the read-out.
        """
        async with self._one_read_out:
            data = await self._read_out(command)
            others = (read_out for other, read_out in self._read_outs.items() if other != command)
            decode.check_prepared(data, self._last_status, others)
            self._read_outs[command] = data
            return data

    async def _read_out(self, command: bytes) -> bytes:
        async with self._linked(Urgency.POLL) as link:
            if link.services.get_characteristic(STATISTICS_DATA) is None and not self._searched_for_statistics:
                # Documented as an interrupted discovery first of all, and only then as an absent feature.
                self._searched_for_statistics = True
                await self._forget_services(link)
                await self._hang_up()
                link = await self._connect(Urgency.POLL)
            if link.services.get_characteristic(STATISTICS_DATA) is None:
                raise NotSupported("no statistics")
            if self.refuses_commands:
                raise CommandsRefused
            commands = self._commands
            try:
                async with asyncio.timeout(_OPERATION_LIMIT):
                    await self._write(link, STATISTICS_COMMAND, self._keyed(command))
            except (BleakError, TimeoutError) as error:
                await self._hang_up()
                raise LinkLost(str(error) or "no answer") from error
        await asyncio.sleep(_STATISTICS_FIRST_LOOK)
        deadline = asyncio.get_running_loop().time() + _STATISTICS_LIMIT - _STATISTICS_FIRST_LOOK
        while True:
            async with self._take_turn(Urgency.POLL):
                if link is not self._link:
                    raise LinkLost("the link did not last")
                if commands != self._commands:
                    raise StatisticsNotReady("interrupted by a command")
                answer = codec.SMART_CONNECT(await self._read(link, STATISTICS_COMMAND), self._the_key)
                if any(answer[1:2]):
                    return codec.SMART_CONNECT(await self._read(link, STATISTICS_DATA), self._the_key)
            if asyncio.get_running_loop().time() + _STATISTICS_NEXT_LOOK > deadline:
                self.events["statistics not ready"] += 1
                raise StatisticsNotReady("not ready in time")
            await asyncio.sleep(_STATISTICS_NEXT_LOOK)

    # --- writing -----------------------------------------------------------------------------------------------------

    @property
    def _the_key(self) -> int:
        assert self._key is not None, "only asked with the link up"
        return self._key

    def _keyed(self, command: bytes) -> bytes:
        return bytes((self._the_key,)) + command

    async def _write(self, link: BleakClient, characteristic: str, plain: bytes) -> None:
        """Encode and write with response; 1525 offers nothing else, and a missing response is the only sign of trouble."""
        _LOGGER.debug("%s: write %s: %s", self._name, characteristic[4:8], plain.hex())
        await link.write_gatt_char(characteristic, codec.SMART_CONNECT(plain, self._the_key), response=True)

    async def _small_command(self, characteristic: str, command: bytes) -> None:
        async with self._linked(Urgency.COMMAND) as link:
            await self._command(link, characteristic, self._keyed(command))

    async def _command(self, link: BleakClient, characteristic: str, plain: bytes) -> None:
        """Send a command once, and say what became of it.

        Raises CommandsRefused, CommandRejected or NotSupported if it was certainly not carried out, OutcomeUnknown if
        that cannot be known: nothing but an ATT error proves that the dongle did not take the bytes.
        """
        if self.refuses_commands:
            raise CommandsRefused
        if link.services.get_characteristic(characteristic) is None:
            raise NotSupported(characteristic)
        self._commands += 1
        try:
            async with asyncio.timeout(_OPERATION_LIMIT):
                await self._write(link, characteristic, plain)
        except (BleakError, TimeoutError) as error:
            raise await self._after_failed_command(error) from error

    async def _after_failed_command(self, error: Exception) -> JuraError:
        if is_refusal(error) or isinstance(error, BleakGATTProtocolError):
            self.events["command rejected"] += 1
            return CommandRejected(str(error))
        self.events["outcome unknown"] += 1
        await self._hang_up()
        return OutcomeUnknown(str(error) or "no answer")
