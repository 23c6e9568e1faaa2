"""The LAN client: one machine behind a WiFi Connect dongle.

State comes over UDP, which needs no login and disturbs nobody; everything else in short TCP sessions with pauses between
them, as the protocol document recommends. A dongle that stays silent on UDP is listened to over TCP, rarely. Plain
asyncio streams and datagrams.

May import floors 1 and 2.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
import ipaddress
import logging
from typing import Final, override

from . import decode, recipe as recipes
from .client import Live, Rhythm, Turns, Urgency
from .decode import WifiConnectReply
from .errors import (
    Busy,
    CommandRejected,
    ImplausibleReply,
    JuraError,
    LinkLost,
    LoginRefused,
    NotSupported,
    OutcomeUnknown,
    Unreachable,
)
from .model import Bank, Counters, Definition, Maintenance, Progress, Recipe, Setting, Transport, Versions, frozen
from .settings import as_stored
from .tailoring import Limits, StoredRecipes
from .wifi_session import PAUSE, PORT, Credentials, Session, open_session, with_checksum

_LOGGER = logging.getLogger(__name__)

_POLL_INTERVAL: Final = 1.0
_POLLS_BEFORE_SILENT: Final = 5
"""Unanswered polls after which a dongle that never answered is taken for one that doesn't speak UDP."""
_POLLS_BEFORE_GONE: Final = 30
"""Unanswered polls after which one that did answer is gone, as in JURA's app."""
_POLLS_FOR_COMMAND: Final = 5
"""Unanswered polls after which a person is told."""
_RHYTHM: Final = Rhythm(idle=10.0, statistics=45 * 60.0, settling=10.0)
_RHYTHM_WITHOUT_UDP: Final = Rhythm(idle=60.0, statistics=45 * 60.0, settling=10.0)
_UDP_RETRY: Final = 600.0
"""Seconds after which a dongle without UDP is asked over UDP again."""
_COMMAND_PAUSE: Final = 3.0
"""Seconds before a session for a person; an S8 EB needed them (hardware-verified)."""
_SCAN_SECONDS: Final = 3.0
_UNLOCKING_SESSIONS: Final = 4
_MOST_DONGLES: Final = 32
"""Answers beyond which a scan listens no more: no home has that many, and nobody shall fill our memory."""
_LISTEN_LIMIT: Final = 3.0
_FOLLOW_STEP: Final = 15.0
"""Seconds without a push after which a followed drink is lost sight of: they come every 2 s, but after a drink an S8 EB
was silent for about 10 (hardware-verified)."""
_FOLLOW_LIMIT: Final = 300.0
"""Seconds after which following a drink is given up, as a released client does."""
_PAGES: Final = 16
_SPECIAL_PAGES: Final = 4
_BANKS: Final = {
    Bank.PRODUCTS: (0x32, _PAGES),
    Bank.DAILY: (0x42, _PAGES),
    Bank.SPECIAL: (0x52, _SPECIAL_PAGES),
}
_OVERFLOW: Final = {
    Bank.PRODUCTS: Bank.PRODUCTS_OVERFLOW,
    Bank.DAILY: Bank.DAILY_OVERFLOW,
    Bank.SPECIAL: Bank.SPECIAL_OVERFLOW,
}
_MAINTENANCE_COUNTERS: Final = "@TG:43"
_MAINTENANCE_PERCENTAGES: Final = "@TG:C0"
_LIMITS: Final = 0x60
_STORED_RECIPE: Final = 0x41
_CANCEL: Final = "@TG:FF"  # app-derived; used by a released client on an E6
_PROGRAMS: Final = frozenset(f"@TG:{code:02X}" for code in range(0x21, 0x27))
"""They start maintenance programs (app-derived, and in JURA's machine files; never seen on hardware)."""
_ACCEPTS: Final = frozenset({"@TG:10", "@TG:04"})
"""They confirm the step that a program waits in (as certain as that)."""
_LOCK: Final = "@TS:01"
_UNLOCK: Final = "@TS:00"


def poll_request(host: str) -> bytes:
    """Return the 16 bytes that ask a WiFi Connect for its state; its own address in them (hardware-verified on an E6)."""
    return bytes.fromhex("0010a5f3") + ipaddress.IPv4Address(host).packed + bytes(8)


def scan_request() -> bytes:
    """Return the 16 bytes that ask every WiFi Connect on a network who it is (hardware-verified on an E6)."""
    return bytes.fromhex("0010a5f3") + bytes(12)


async def scan(broadcasts: Iterable[str], port: int = PORT) -> dict[str, WifiConnectReply]:
    """Ask once on each of these broadcast addresses, and return who answered within a moment: address to answer.

    Sent from the dongles' own port where that is free, for older firmware answers to it (seen by released clients).
    """
    loop = asyncio.get_running_loop()
    collector = _Collector()
    try:
        transport, _ = await loop.create_datagram_endpoint(
            lambda: collector, local_addr=("0.0.0.0", port), allow_broadcast=True
        )
    except OSError:
        transport, _ = await loop.create_datagram_endpoint(
            lambda: collector, local_addr=("0.0.0.0", 0), allow_broadcast=True
        )
    try:
        for broadcast in broadcasts:
            transport.sendto(scan_request(), (broadcast, port))
        await asyncio.sleep(_SCAN_SECONDS)
    finally:
        transport.close()
    return collector.replies


class _Collector(asyncio.DatagramProtocol):
    """Keeps the newest plausible answer of each address, of a bounded number of addresses."""

    def __init__(self) -> None:
        self.replies: dict[str, WifiConnectReply] = {}

    @override
    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        if len(self.replies) >= _MOST_DONGLES:
            return
        with suppress(ImplausibleReply):
            self.replies[str(addr[0])] = decode.wifi_connect_reply(data)


class _Poller(asyncio.DatagramProtocol):
    """A socket that is connected to the dongle, so that nobody else's datagrams come through."""

    def __init__(self) -> None:
        self.replies: asyncio.Queue[bytes] = asyncio.Queue(maxsize=4)

    @override
    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        if self.replies.full():
            self.replies.get_nowait()
        self.replies.put_nowait(data)

    @override
    def error_received(self, exc: Exception) -> None:
        """Take "nobody listens there" for silence: it may be switched on any time."""


class WifiConnect:
    """One machine over the LAN. See `MachineClient` for what each call promises."""

    transport: Final = Transport.WIFI
    refuses_commands: Final = False

    def __init__(
        self, host: str, credentials: Credentials, name: str, port: int = PORT, machine_id: str | None = None
    ) -> None:
        """Prepare without connecting. `machine_id` is the id of the machine that has to be there, where that is known."""
        self._host = host
        self._port = port
        self._machine_id = machine_id
        self._credentials = credentials
        self._name = name
        self._turns = Turns()
        self._closed = asyncio.Event()
        self._poller: tuple[asyncio.DatagramTransport, _Poller] | None = None
        self._answers_udp: bool | None = None
        self._ask_udp_again_at = 0.0
        # Somebody, most likely our own pairing, may just have left; and nothing here is that urgent.
        self._ended_at = asyncio.get_running_loop().time()
        self._following: Session | None = None
        self._follow_until = 0.0
        self._refused_at: float | None = None
        self._versions = Versions(None, None)
        self.serves_another_machine = False
        """Whether the last answer over UDP was another machine's: a router may give its address to any."""
        self.events: Counter[str] = Counter()
        """How often what happened, for the diagnostics."""

    @property
    def rhythm(self) -> Rhythm:
        """Return how often it may be asked: without UDP every look takes the session, and the phone's chance with it."""
        return _RHYTHM_WITHOUT_UDP if self._answers_udp is False else _RHYTHM

    # --- reading what happens ----------------------------------------------------------------------------------------

    async def read_live(self, urgency: Urgency = Urgency.POLL) -> Live:
        """Return what the machine is doing; its status word only while it makes nothing, for then it sends none."""
        if self._following:
            async with self._turns.take(urgency):
                # Whoever had the turn before may have seen the end of the drink.
                if self._following:
                    return await self._follow(self._following)
        now = asyncio.get_running_loop().time()
        if self._answers_udp is False and now < self._ask_udp_again_at:
            return await self._listen(urgency)
        try:
            reply = await self.poll(_POLLS_FOR_COMMAND if urgency is Urgency.COMMAND else _POLLS_BEFORE_GONE)
        except Unreachable:
            if self._answers_udp or self.serves_another_machine:
                raise
            # Only one that is there and yet silent is one without UDP; this one may simply be off.
            live = await self._listen(urgency)
            self._answers_udp = False
            self._ask_udp_again_at = asyncio.get_running_loop().time() + _UDP_RETRY
            return live
        return Live(reply.status, reply.progress or Progress(state=decode.IDLE))

    async def poll(self, polls: int = _POLLS_BEFORE_SILENT) -> WifiConnectReply:
        """Ask over UDP. Raises Unreachable after that many unanswered polls, fewer if it never answered.

        Also if another machine answers. One that doesn't know yet which it is, just switched on, is taken for ours.
        """
        transport, poller = await self._poll_socket()
        for _ in range(polls if self._answers_udp else _POLLS_BEFORE_SILENT):
            while not poller.replies.empty():
                poller.replies.get_nowait()
            if transport.is_closing():
                break
            transport.sendto(poll_request(self._host))
            try:
                async with asyncio.timeout(_POLL_INTERVAL):
                    reply = await self._plausible_reply(poller)
            except TimeoutError:
                continue
            if self._machine_id and reply.identity.known and reply.identity.unique_id != self._machine_id:
                self.serves_another_machine = True
                self.events["another machine"] += 1
                raise Unreachable("another machine")
            self.serves_another_machine = False
            self._answers_udp = True
            self._versions = Versions(reply.dongle_version, reply.machine_type)
            return reply
        self.serves_another_machine = False
        raise Unreachable("no answer over UDP")

    async def _plausible_reply(self, poller: _Poller) -> WifiConnectReply:
        while True:
            data = await poller.replies.get()
            try:
                return decode.wifi_connect_reply(data)
            except ImplausibleReply:
                self.events["implausible datagram"] += 1

    async def _poll_socket(self) -> tuple[asyncio.DatagramTransport, _Poller]:
        if self._poller is None or self._poller[0].is_closing():
            try:
                poller = await asyncio.get_running_loop().create_datagram_endpoint(
                    _Poller, remote_addr=(self._host, self._port)
                )
            except OSError as error:
                raise Unreachable(str(error)) from error
            if self._closed.is_set() or (self._poller and not self._poller[0].is_closing()):
                # Closed, or overtaken by another call, meanwhile.
                poller[0].close()
            else:
                self._poller = poller
        if self._poller is None:
            raise Unreachable("closed")
        return self._poller

    async def _listen(self, urgency: Urgency) -> Live:
        """Wait for a pushed status in a session of its own: the way for dongles without UDP."""
        async with self._session(urgency) as session:
            return _pushed(await session.push("@TF:", "@TV:", limit=_LISTEN_LIMIT))

    async def _follow(self, session: Session) -> Live:
        """Take what is pushed in the session in which a drink was ordered: gentler than a new session every time."""
        try:
            live = _pushed(await session.push("@TF:", "@TV:", limit=_FOLLOW_STEP))
        except JuraError:
            await self._stop_following()
            raise
        over = live.progress.state in (decode.IDLE, decode.FINISHED)
        if over or asyncio.get_running_loop().time() > self._follow_until:
            await self._stop_following()
        return live

    async def _stop_following(self) -> None:
        session, self._following = self._following, None
        if session:
            await self._close(session)

    # --- counters, maintenance, settings -----------------------------------------------------------------------------

    async def read_versions(self) -> Versions:
        """Return what the last UDP reply said; a dongle without UDP does not tell."""
        return self._versions

    async def read_counters(self, definition: Definition) -> Counters:
        """Return the product counters, with their overflow bank where the definition has one."""
        async with self._session(Urgency.POLL) as session:
            slots = dict(await self._read_bank(session, Bank.PRODUCTS, definition))
        total = slots.pop(0, 0)
        return decode.plausible_counters(total, slots)

    async def read_bank(self, bank: Bank, definition: Definition) -> Mapping[int, int]:
        """Return the daily or special counters. Raises NotSupported if the machine has none, whatever is declared."""
        async with self._session(Urgency.POLL) as session:
            return await self._read_bank(session, bank, definition)

    async def _read_bank(self, session: Session, bank: Bank, definition: Definition) -> Mapping[int, int]:
        number, pages = _BANKS[bank]
        slots: dict[int, int] = {}
        for page in range(pages):
            reply = await session.ask(f"@TR:{number:02X},{page:02X}", f"@tr:{number:02X},{page:02X},", "@tr:00")
            if reply == "@tr:00":
                if page == 0:
                    raise NotSupported(f"bank {number:02X}")
                break
            slots |= decode.counter_page(reply, number, page)
        if _OVERFLOW[bank] in definition.banks:
            for slot, high in (await self._read_overflow(session, number + 1, pages)).items():
                if slot in slots:
                    slots[slot] += high << 16
        return frozen(slots)

    async def _read_overflow(self, session: Session, number: int, pages: int) -> Mapping[int, int]:
        """Return the high parts of counters. Never seen on hardware: a bank that does not answer as we think has none."""
        highs: dict[int, int] = {}
        try:
            for page in range(pages):
                reply = await session.ask(f"@TR:{number:02X},{page:02X}", f"@tr:{number:02X},{page:02X},", "@tr:00")
                if reply == "@tr:00":
                    break
                highs |= decode.overflow_page(reply, number, page)
        except (CommandRejected, ImplausibleReply, LinkLost) as error:
            self.events["overflow bank not read"] += 1
            _LOGGER.debug("%s: overflow bank %02X: %s", self._name, number, error)
        return highs

    async def read_maintenance(self, definition: Definition) -> Maintenance:
        """Return maintenance counters and percentages, in one session."""
        async with self._session(Urgency.POLL) as session:
            counts = await session.ask(_MAINTENANCE_COUNTERS, "@tg:43")
            percentages = await session.ask(_MAINTENANCE_PERCENTAGES, "@tg:C0")
        return Maintenance(
            counts=decode.maintenance_counts(
                decode.hexadecimal(counts.removeprefix("@tg:43")), definition.counter_fields
            ),
            percentages=decode.maintenance_percentages(
                decode.hexadecimal(percentages.removeprefix("@tg:C0")), definition.percent_fields
            ),
        )

    async def read_setting(self, argument: int) -> str:
        """Return the value of a setting. Raises NotSupported if the machine does not know it."""
        async with self._session(Urgency.POLL) as session:
            return await self._read_setting(session, argument)

    async def read_settings(self, definition: Definition) -> Mapping[str, str]:
        """Return the settings of a machine, in one session: values as stored, by slug.

        What the machine doesn't know, or twice doesn't tell as it should, is left out.
        """
        values: dict[str, str] = {}
        left = definition.settings
        async with self._session(Urgency.POLL) as session:
            for _ in range(2):
                refused: list[Setting] = []
                for setting in left:
                    try:
                        values[setting.slug] = await self._read_setting(session, setting.argument)
                    except NotSupported:
                        self.events["setting not known"] += 1
                    except (CommandRejected, ImplausibleReply) as error:
                        self.events["setting not read"] += 1
                        _LOGGER.debug("%s: setting %02X: %s", self._name, setting.argument, error)
                        refused.append(setting)
                left = tuple(refused)
        return frozen(values)

    async def _read_setting(self, session: Session, argument: int) -> str:
        unknown = f"@tm:{argument | 0x80:02X}"
        reply = await session.ask(f"@TM:{argument:02X}", f"@tm:{argument:02X},", unknown)
        if reply == unknown:
            raise NotSupported(f"setting {argument:02X}")
        return decode.setting_value(reply, argument)

    async def read_limits(self, definition: Definition) -> Limits:
        """Return the limits of the drinks that this very machine offers (hardware-verified on an S8 EB).

        Raises NotSupported if it doesn't tell them.
        """
        return await self._read_of_each_product(
            definition, _LIMITS, lambda code: with_checksum(f"{_LIMITS:02X},{code:02X}"), decode.limits
        )

    async def read_recipes(self, definition: Definition) -> StoredRecipes:
        """Return the stored recipes of the drinks that this very machine offers, without those that have none.

        Only refusals were ever seen on hardware; the answer is app-derived. Raises NotSupported where it is refused.
        """
        return await self._read_of_each_product(
            definition, _STORED_RECIPE, lambda code: f"@TM:{_STORED_RECIPE:02X},{code:02X}", decode.stored_recipe
        )

    async def _read_of_each_product[T](
        self, definition: Definition, address: int, request: Callable[[int], str], decoded: Callable[[str, int], T]
    ) -> Mapping[int, T]:
        """Ask the same of each drink, in one session; return what is plausible, by product code.

        A machine that doesn't know the address says so to the first question, and isn't asked the others.
        """
        unknown = f"@tm:{address | 0x80:02X}"
        found: dict[int, T] = {}
        async with self._session(Urgency.POLL) as session:
            for number, code in enumerate(_codes_of_one(definition)):
                try:
                    reply = await session.ask(request(code), f"@tm:{address:02X},", unknown)
                    if reply != unknown:
                        found[code] = decoded(reply, code)
                    elif number == 0:
                        raise NotSupported(f"address {address:02X}")
                except (CommandRejected, ImplausibleReply) as error:
                    self.events[f"address {address:02X} not read"] += 1
                    _LOGGER.debug("%s: address %02X of product %02X: %s", self._name, address, code, error)
        return frozen(found)

    async def write_setting(self, argument: int, value: str) -> None:
        """Change a setting, once, and verify it by reading it back.

        Outside of a key lock a write is acknowledged and lost (hardware-verified), so the keys are locked around it and
        released whatever happens. Raises OutcomeUnknown if it reads back as something else.
        """
        async with self._session(Urgency.COMMAND) as session:
            try:
                await session.ask(_LOCK, "@ts")
                await session.order(
                    with_checksum(f"{argument:02X},{value}"),
                    f"@tm:{argument:02X}",
                    "@tm:00",
                    f"@tm:{argument | 0x80:02X}",
                )
            finally:
                released = await self._release_keys(session)
            try:
                stored = await self._read_setting(session, argument) if released else None
            except JuraError as error:
                raise OutcomeUnknown(f"setting {argument:02X} not read back: {error}") from error
        if stored is None or as_stored(stored) != as_stored(value):
            raise OutcomeUnknown(f"setting {argument:02X} reads {stored}")

    async def _release_keys(self, session: Session) -> bool:
        """Unlock the keys, and tell whether this session could: a locked machine is a dead one to its owner.

        It may be tried as often as it takes: once more in this session, for leaving it with the keys locked is what
        wedges machines, and then in sessions of its own, for somebody else may have the machine for a moment. Never
        raises, for what led here matters more.
        """
        for _ in range(2):
            try:
                await session.ask(_UNLOCK, "@ts")
            except JuraError:
                _LOGGER.debug("%s: keys may still be locked, trying again", self._name)
            else:
                return True
        await self._close(session)
        for _ in range(_UNLOCKING_SESSIONS):
            await self._pause(PAUSE)
            try:
                another = await self._open()
                try:
                    await another.ask(_UNLOCK, "@ts")
                finally:
                    await self._close(another)
            except JuraError as error:
                _LOGGER.debug("%s: keys may still be locked: %s", self._name, error)
                if not isinstance(error, Busy):
                    break
            else:
                return False
        self.events["keys may be locked"] += 1
        return False

    # --- commands ----------------------------------------------------------------------------------------------------

    async def start(self, recipe: Recipe) -> None:
        """Order a drink, once."""
        blob = recipes.wifi_connect_order(recipe).hex().upper()
        await self._order(f"@TP:{blob}", "@tp", "@tp:00", follow=self._answers_udp is False)

    async def cancel(self) -> None:
        """Stop the drink in the making, once."""
        await self._order(_CANCEL, "@tg:FF", "@tg:00")

    async def start_program(self, command: str) -> None:
        """Start a maintenance program, once, by the command that the machine's definition has for it."""
        if command not in _PROGRAMS:
            raise NotSupported(f"{command} as the start of a program")
        await self._order(command, command.lower(), "@tg:00", follow=self._answers_udp is False)

    async def accept_step(self, command: str) -> None:
        """Tell the machine to go on from the step that a program waits in, once.

        `command` is the one that its definition has for this state. No answer is expected: what the machine shows next
        tells what became of it.
        """
        if command not in _ACCEPTS:
            raise NotSupported(f"{command} for going on")
        self.events["command"] += 1
        async with self._session(Urgency.COMMAND) as session:
            await session.tell(command)

    async def unlock_keys(self) -> None:
        """Unlock the machine's buttons and display, once."""
        await self._order(_UNLOCK, "@ts")

    async def lock_keys(self) -> None:
        """Refuse: over WiFi the keys are locked only around the change of a setting."""
        raise NotSupported("key lock over WiFi")

    async def switch_off(self) -> None:
        """Refuse: nothing that switches a machine off over WiFi is known."""
        raise NotSupported("switching off over WiFi")

    async def _order(self, command: str, answer: str, *refusals: str, follow: bool = False) -> None:
        """Send an order once; where there is no UDP, keep its session for following the drink in silence."""
        self.events["command"] += 1
        try:
            async with self._session(Urgency.COMMAND) as session:
                await session.order(command, answer, *refusals)
                if follow and not self._closed.is_set():
                    self._following = session
                    self._follow_until = asyncio.get_running_loop().time() + _FOLLOW_LIMIT
        except CommandRejected:
            self.events["command rejected"] += 1
            raise
        except OutcomeUnknown:
            self.events["outcome unknown"] += 1
            raise

    # --- sessions ----------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _session(self, urgency: Urgency) -> AsyncGenerator[Session]:
        """Open a session once the dongle has had its pause, and close it whatever happens."""
        if urgency is not Urgency.COMMAND:
            # Not in the turn: a person doesn't wait for the pauses of routine.
            await self._pause_until_closed(PAUSE)
        async with self._turns.take(urgency):
            session = self._following or await self._open_after_pause(urgency)
            try:
                yield session
            finally:
                if session is not self._following:
                    await self._close(session)

    async def _open_after_pause(self, urgency: Urgency) -> Session:
        """Log in; for a person once more, as a Z10 needs it: nothing was sent yet."""
        if urgency is not Urgency.COMMAND:
            await self._pause_until_closed(PAUSE)
            return await self._open()
        await self._pause_until_closed(_COMMAND_PAUSE)
        try:
            return await self._open()
        except Busy:
            await self._pause_until_closed(PAUSE)
            return await self._open()

    async def _open(self) -> Session:
        """Log in, and judge a refusal: only one that comes again after a pause is meant.

        Never to another machine: it is none of its business who we are, and it must not make our coffee.
        """
        if self.serves_another_machine:
            raise Unreachable("another machine")
        try:
            session = await open_session(self._host, self._port, self._credentials, self._name)
        except LoginRefused as refused:
            now = self._session_ended()
            self.events["login refused"] += 1
            if self._refused_at is not None and now - self._refused_at >= PAUSE:
                raise
            self._refused_at = self._refused_at or now
            raise Busy(f"login refused: {refused.refusal}") from refused
        except Unreachable:
            self._session_ended()
            self.events["no session"] += 1
            raise
        except BaseException:
            # Broken off by the caller: for the dongle that was a session too.
            self._session_ended()
            raise
        self._refused_at = None
        self.events["session"] += 1
        return session

    async def _close(self, session: Session) -> None:
        try:
            await session.close()
        finally:
            self._session_ended()

    def _session_ended(self) -> float:
        """Note the time from which the dongle wants its pause, and return it."""
        self._ended_at = asyncio.get_running_loop().time()
        return self._ended_at

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, self._ended_at + seconds - asyncio.get_running_loop().time()))

    async def _pause_until_closed(self, seconds: float) -> None:
        """Do the same, but break it off once nobody wants a session any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._ended_at + seconds):
                await self._closed.wait()
        if self._closed.is_set():
            raise Unreachable("closed")

    async def release(self) -> None:
        """End a session that follows a drink; no other is held between two calls. The drink goes on."""
        if self._following:
            async with self._turns.take(Urgency.RELEASE):
                await self._stop_following()

    async def close(self) -> None:
        """Close the socket for polls, and wait for the end of a session; a drink goes on."""
        self._closed.set()
        if self._poller:
            self._poller[0].close()
            self._poller = None
        async with self._turns.take(Urgency.RELEASE):
            await self._stop_following()


def _codes_of_one(definition: Definition) -> list[int]:
    """Return the codes of the drinks that a machine offers, without those that two of them share."""
    codes = Counter(product.code for product in definition.active_products)
    return [code for code, products in codes.items() if products == 1]


def _pushed(body: str) -> Live:
    """Decode a pushed `@TF:` or `@TV:`."""
    kind, _, text = body.partition(":")
    data = decode.hexadecimal(text)
    if kind == "@TF":
        return Live(decode.status_word(data), Progress(state=decode.IDLE))
    return Live(None, decode.progress(data))
