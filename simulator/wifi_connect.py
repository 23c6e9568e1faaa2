"""The machine's face on the network: a WiFi Connect dongle with real sockets, as easily upset as the real one.

UDP tells everybody how the machine is, without a login; TCP takes one client at a time, who logs in with PIN and token
and then reads, sets and orders. Both have the same port number. See wifi_datagrams.py, wifi_framing.py, wifi_session.py
and wifi_commands.py for what goes over them.

Modelled from facts: one session, resets for who comes too soon, the order of checks at the login, the dialog on the
display, the keypad lock that outlives its session, the dongle being gone while the machine is off [HW: S8 EB or E6
each]. Each choice where facts end is marked "assumption".
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
import random
import re
import secrets
import socket
from typing import Literal

from . import wifi_datagrams as datagrams
from .advertisement import Identity
from .course import ENJOY, Progress
from .machine import Machine, Phase
from .orders import stored_recipe
from .wifi_commands import ERROR, Commands
from .wifi_faults import LanFailure, LanFaults
from .wifi_framing import Frame, frame, random_key, recoded
from .wifi_session import Session, reset

PORT = 51515
BROADCAST = "127.255.255.255"
"""Where a scan of the loopback network arrives (Linux)."""

_ACCESS_POINT_LOGIN = "@HP:0,0,0"
_LOGIN = re.compile(r"@HP:([0-9]*),((?:[0-9A-F]{2})*),([0-9A-Fa-f]*)")
_BACKLOG = 8
_LONGEST_LOG = 100_000
_EPSILON = 1e-6


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the log."""

    time: float
    direction: Literal["in", "out", "event"]
    session: int
    """0 for UDP."""
    body: str
    """Of a frame its decoded body, of a datagram its hex digits."""
    peer: str = ""
    """Of a datagram: the other side, as host:port."""

    @property
    def is_datagram(self) -> bool:
        """Whether it went over UDP."""
        return bool(self.peer)


@dataclass(frozen=True)
class Dialog:
    """The machine's question on its display whether a client may connect."""

    client: str
    """The name that is shown."""
    client_id: str
    session: Session
    since: float


@dataclass
class _Network:
    """What a dongle that is put on a network has been told."""

    ssid: str = ""
    password: str = ""
    name: str = ""


@dataclass
class _Sockets:
    tcp: socket.socket | None = None
    udp: list[socket.socket] = field(default_factory=list)


class WifiConnect:
    """The dongle in a machine's service port."""

    def __init__(
        self,
        machine: Machine,
        *,
        host: str = "127.0.0.1",
        port: int = PORT,
        name: str = "Kitchen",
        pin: str = "",
        answers_udp: bool = True,
        answers_broadcast: bool | None = None,
        firmware: str = "TT237W V08.27",
        machine_version: str = "V01.06",
        status_bytes: int = 7,
        min_pause: float = 3.0,
        configured: bool = True,
        known_networks: Mapping[str, str] | None = None,
        home: tuple[str, int] | None = None,
        mac: str = "A0B1C2D3E4F5",
    ) -> None:
        """Plug it in. With port 0 any free one is taken, the same for UDP and TCP."""
        self.machine = machine
        self.name = name
        self.pin = pin
        """May be changed at any time."""
        self.answers_udp = answers_udp
        """Whether it answers polls. V06.11 was silent [HW: S8 EB]."""
        self.answers_broadcast = answers_udp if answers_broadcast is None else answers_broadcast
        """Whether it answers broadcast scans; of V06.11 both is said [HW: S8 EB]."""
        self.answers_unicast_scan = False
        """Whether it answers a scan (address 0.0.0.0) that is sent to it alone; V06.11 did not [HW: S8 EB]."""
        self.firmware = firmware
        self.machine_version = machine_version
        self.status_bytes = status_bytes
        """7 on the E6, 8 on the S8 EB [HW]."""
        self.min_pause = min_pause
        """Seconds from the end of a session to the next: 3 on the S8 EB, 20 on a Z10 [HW]."""
        self.known_networks = dict(known_networks or {})
        """The home's networks with their passwords."""
        self.mac = mac
        self.faults = LanFaults()
        self.faults.changed = self._changed
        self.random = random.Random(0)  # Only for the keys of frames.

        self.boot_seconds = 4.0
        """After switching on until it is in the network (assumption)."""
        self.join_seconds = 6.0
        """The same after it was told a network, or another one (assumption)."""
        self.busy: Literal["reset", "refuse"] = "reset"
        """What a second connection meets: users report both [HW]."""
        self.refused_pin = "@hp5:00"
        """Or `@hp5` [APP]."""
        self.closes_after_refusal = True
        """The E6 closes the connection after a refused login [HW: E6]."""
        self.dialog_seconds = 60.0
        """How long the question stays on the display [REL]."""
        self.refused_dialog = "@hp5:02"
        """Nobody knows what a machine says when its owner refuses; the app calls 02 "aborted" [APP name, ?]."""
        self.unlocks_after_lost_session = False
        """Users report that the lock stays [HW: S8 EB, E6]; the firmware reads as if it didn't [FW]."""
        self.lock_answer_with_value = True
        """`@ts:01` on the E6 [REL], `@ts` on the S8 EB [HW]."""
        self.lock_marker = True
        """Whether `@TB` comes before the answer to a lock [HW: S8 EB]."""
        self.answer_when_only_woken = "@tp"
        """To an order that only wakes the machine; what it says then is not known [?]."""
        self.insists_on_20_bytes = False
        """Whether a machine with IntakeF18 refuses orders of 16 bytes: not known [?]."""
        self.recipe_slots: bytes | None = None
        """Five numbers on the S8 EB [HW]; None: not supported, as on the E6 [HW]."""
        self.recipes: dict[int, bytes] = {}
        """Stored recipes by product code, see `store_recipe`. An S8 EB tells none [HW], and no machine that does was
        ever seen."""
        self.tells_limits = True
        """Whether it tells what the machine allows [HW: S8 EB]; see `Machine.limit`."""
        self.banks = set(machine.definition.banks)
        """Counter banks served; a machine may have more than it declares [HW: S8 EB]."""
        self.special_counters: dict[int, int] = dict.fromkeys((3, 4, 5, 6, 9, 12, 13, 14), 0)
        """Bank 52; the meaning of slots is [APP]."""
        self.opaque = b""
        """Bytes 78 to 108 of UDP answers."""
        self.ready_flag = datagrams.READY

        self.tokens: dict[str, str] = {}
        """Of paired clients, by their id (hex digits). The strict rule: a token belongs to its id [HW: S8 EB]."""

        self.forbidden: list[str] = []
        """Commands that nobody may ever send."""
        self.unlisted: list[str] = []
        """Commands outside of the allow list, and such before the login."""
        self.malformed: list[str] = []
        """What was wrong with frames, though they could be read."""
        self.upset: list[str] = []
        """What was done that is known to wedge machines. All four should be empty at the end of every test."""
        self.written: list[tuple[str, str]] = []
        """Settings really written, as argument and stored value."""
        self.log: list[Entry] = []
        self.sessions: list[Session] = []
        """All sessions of clients that weren't turned away at the door, the phone's not included."""
        self.turned_away = 0
        """Connections that were reset at once because another one held the session, or by a planned fault."""

        self._place = (host, port)
        self._home = home
        self._at_home = configured
        self._network = _Network()
        self._sockets: _Sockets | None = None
        self._session: Session | None = None
        self._turning_away: dict[socket.socket, asyncio.TimerHandle] = {}
        self._phone_since: float | None = None
        self._closed_at: float | None = None
        self._dialog: Dialog | None = None
        self._dialog_timer: asyncio.TimerHandle | None = None
        self._open_timer: asyncio.TimerHandle | None = None
        self._commands = Commands(self)
        self._subscribers: list[Callable[[], None]] = []
        self._stop_watching: Callable[[], None] | None = None

    # --- plugging in ----------------------------------------------------------------------------------------------

    @property
    def host(self) -> str:
        """The address where it is now."""
        return self._place[0]

    @property
    def port(self) -> int:
        """The port number of both UDP and TCP, once it has been started."""
        return self._place[1]

    async def start(self) -> None:
        """Appear in the network if the machine is on, and watch the machine. Raises OSError if the port is taken."""
        if self._stop_watching is None:
            if self.machine.on:
                self._open()
            self._stop_watching = self.machine.subscribe(self._on_machine)

    async def stop(self) -> None:
        """Unplug it: reset the session, close all sockets and forget all timers."""
        if self._stop_watching is not None:
            self._stop_watching()
            self._stop_watching = None
        self._disappear()

    @property
    def reachable(self) -> bool:
        """Whether it is in the network."""
        return self._sockets is not None

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when a session, the dialog, the phone or a planned failure changes, until the result is called."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback) if callback in self._subscribers else None

    def _changed(self) -> None:
        for callback in tuple(self._subscribers):
            callback()

    def _on_machine(self) -> None:
        """Come and go with the machine's power [HW: S8 EB, once], and push what has changed."""
        if not self.machine.on:
            self._disappear()
        elif self._sockets is None:
            if self._open_timer is None:
                self._appear_after(self.boot_seconds)
        elif self._session is not None:
            self._session.machine_changed()

    def reboot(self) -> None:
        """Crash and begin anew, while the machine goes on."""
        self._disappear()
        if self.machine.on:
            self._appear_after(self.boot_seconds)

    @property
    def silence(self) -> float:
        """Seconds for which it will hang; 0 while it is well."""
        return max(0.0, self.faults.silent_until - _now())

    def _appear_after(self, seconds: float) -> None:
        self._open_timer = asyncio.get_running_loop().call_later(seconds, self._open)

    def _disappear(self) -> None:
        if self._open_timer is not None:
            self._open_timer.cancel()
            self._open_timer = None
        self._close_dialog()
        if self._session is not None:
            self._session.reset("power")
        for connection, timer in self._turning_away.items():
            timer.cancel()
            connection.close()
        self._turning_away.clear()
        self._phone_since = self._closed_at = None
        if self._sockets is not None:
            for udp in self._sockets.udp:
                asyncio.get_running_loop().remove_reader(udp)
                udp.close()
            self._stop_listening()
            self._sockets = None
            self._changed()

    def _open(self) -> None:
        self._open_timer = None
        host, port = self._place
        for _ in range(20):
            tcp = _bound(socket.SOCK_STREAM, host, port)
            number = tcp.getsockname()[1]
            try:
                udp = _bound(socket.SOCK_DGRAM, host, number)
            except OSError:
                tcp.close()
                if port:
                    raise
                continue
            break
        else:
            raise OSError("No port number is free for both UDP and TCP")
        self._place = (host, number)
        self._sockets = _Sockets(udp=[udp])
        # Without it (not everywhere such an address can be had) broadcasts don't get here.
        with suppress(OSError):
            self._sockets.udp.append(_bound(socket.SOCK_DGRAM, BROADCAST, number))
        for datagram_socket in self._sockets.udp:
            asyncio.get_running_loop().add_reader(datagram_socket, self._datagram, datagram_socket)
        self._listen(tcp)
        self._changed()

    def _update_listening(self) -> None:
        """Listen, but not while it refuses connections because it has one."""
        if self._sockets is None:
            return
        taken = self.busy == "refuse" and (self._session is not None or self.phone_connected)
        if taken:
            self._stop_listening()
        elif self._sockets.tcp is None:
            self._listen(_bound(socket.SOCK_STREAM, *self._place))

    def _listen(self, tcp: socket.socket) -> None:
        if self._sockets is not None:
            self._sockets.tcp = tcp
            tcp.listen(_BACKLOG)
            asyncio.get_running_loop().add_reader(tcp, self._accept)

    def _listen_later(self, tcp: socket.socket) -> None:
        def listen() -> None:
            if self._sockets is not None and self._sockets.tcp is tcp:
                asyncio.get_running_loop().add_reader(tcp, self._accept)

        asyncio.get_running_loop().remove_reader(tcp)
        asyncio.get_running_loop().call_later(self.silence, listen)

    def _stop_listening(self) -> None:
        if self._sockets is not None and self._sockets.tcp is not None:
            asyncio.get_running_loop().remove_reader(self._sockets.tcp)
            self._sockets.tcp.close()
            self._sockets.tcp = None

    # --- the state of the machine ---------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether a product or process runs, as far as it shows."""
        return bool(self.machine.progress.code)

    @property
    def payload(self) -> bytes:
        """The progress while something runs (16 bytes, or 2 in the state 3E [HW: S8 EB]), otherwise the status word.

        Bit i of the status is byte i div 8, counted from the most significant bit, without a key in front [HW].
        """
        progress: Progress = self.machine.progress
        if progress.code:
            window = b"" if progress.state == ENJOY else progress.window or b""
            return bytes([progress.state, progress.code]) + window
        bits = bytearray(self.status_bytes)
        for bit in self.machine.status_bits:
            if bit < 8 * self.status_bytes:
                bits[bit // 8] |= 0x80 >> bit % 8
        return bytes(bits)

    def datagram(self) -> bytes:
        """Return the UDP answer as it would be sent now."""
        machine = self.machine
        # Like over Bluetooth: EF533V2 and EF532COFFEEONLY call themselves EF533M and EF532M [INF].
        code = re.sub(r"(V2|COFFEEONLY)$", "", machine.definition.code)
        return datagrams.reply(
            firmware=self.firmware,
            name=self.name if self._at_home else "",
            machine_type=f"{code}M {self.machine_version}",
            identity=Identity(
                article=machine.definition.article,
                machine_number=machine.machine_number,
                serial_number=machine.serial_number,
                production_date=machine.production_date,
                uchi_date=machine.uchi_date,
            ),
            flags=self.ready_flag | (0 if self.running else datagrams.IDLE),
            payload=self.payload,
            opaque=self.opaque,
        )

    def store_recipe(self, code: int, **arguments: int) -> None:
        """Have a person store a recipe at the machine: a product with arguments in wire units, otherwise as usual.

        Only for reading; that buttons at the machine then make it too isn't modelled.
        """
        product = self.machine.definition.product(code)
        if product is None:
            raise ValueError(f"no product {code:02X}")
        self.recipes[code] = stored_recipe(product, arguments)

    # --- UDP ------------------------------------------------------------------------------------------------------

    def _datagram(self, receiver: socket.socket) -> None:
        try:
            data, (host, port) = receiver.recvfrom(4096)
        except OSError:
            return
        self.faults.upcoming("datagram", "")
        if self.silence:
            return
        self.record("in", 0, data.hex().upper(), f"{host}:{port}")
        if not datagrams.is_request(data):
            return
        broadcast = self._sockets is not None and receiver is not self._sockets.udp[0]
        if data == datagrams.SCAN:
            answers = self.answers_broadcast if broadcast else self.answers_unicast_scan
        else:
            answers = self.answers_udp
        if not answers:
            return
        if self.faults.drop_datagrams:
            self.faults.drop_datagrams -= 1
            self._changed()
            return
        self.send_datagram(self.faults.datagrams.pop(0) if self.faults.datagrams else self.datagram(), host, port)

    def send_datagram(self, data: bytes, host: str, port: int) -> None:
        """Send anything to anybody, from the dongle's own address and port."""
        if self._sockets is not None:
            self.record("out", 0, data.hex().upper(), f"{host}:{port}")
            with suppress(OSError):
                self._sockets.udp[0].sendto(data, (host, port))

    # --- sessions -------------------------------------------------------------------------------------------------

    @property
    def session(self) -> Session | None:
        """The session of a client, if there is one."""
        return self._session

    @property
    def held_seconds(self) -> float:
        """How long clients (not the phone) have held a session, all in all."""
        return sum((_now() if session.closed is None else session.closed) - session.opened for session in self.sessions)

    @property
    def phone_connected(self) -> bool:
        """Whether a phone holds the one session."""
        return self._phone_since is not None

    def phone_connects(self) -> bool:
        """Let a phone connect; tell whether it gets in."""
        if self._sockets is None or self._session is not None:
            return False
        self._phone_since = _now()
        self._update_listening()
        self._changed()
        return True

    def phone_disconnects(self) -> None:
        """Let the phone go."""
        if self._phone_since is not None:
            self._phone_since, self._closed_at = None, _now()
            self._update_listening()
            self._changed()

    def _accept(self) -> None:
        if self._sockets is None or self._sockets.tcp is None:
            return
        if self.silence:
            # The connection waits: the client's system was told by ours that it stands.
            self._listen_later(self._sockets.tcp)
            return
        self.faults.upcoming("connect", "")
        if self._sockets is None or self._sockets.tcp is None:
            return
        try:
            connection, (host, port) = self._sockets.tcp.accept()
        except OSError:
            return
        if self._session is not None or self.phone_connected or self.faults.refuse_connections:
            if self._session is None and not self.phone_connected:
                self.faults.refuse_connections -= 1
            self.turned_away += 1
            self.record("event", 0, "turned away")
            self._turn_away(connection)
            return
        hurried = self._closed_at is not None and _now() + _EPSILON < self._closed_at + self.min_pause
        session = Session(self, connection, len(self.sessions) + 1, f"{host}:{port}", hurried=hurried)
        self._session = session
        self.sessions.append(session)
        self.record("event", session.number, "opened")
        self._update_listening()
        self._changed()

    def _turn_away(self, connection: socket.socket) -> None:
        """Reset a connection, a moment later: over a network, connecting has succeeded by then."""

        def cut() -> None:
            self._turning_away.pop(connection).cancel()
            reset(connection)
            connection.close()

        self._turning_away[connection] = asyncio.get_running_loop().call_later(self.faults.latency, cut)

    def ended(self, session: Session) -> None:
        """Take note that a session has ended."""
        self.record("event", session.number, f"ended: {session.ended_by}")
        self._session = None
        # That also an attempt that came too soon counts, so that only patience helps, is an assumption.
        self._closed_at = _now()
        if self._dialog is not None and self._dialog.session is session:
            self._close_dialog()
        if session.locked:
            if session.ended_by == "client":
                self.upset.append(f"session {session.number}: left while it held the lock")
            if self.unlocks_after_lost_session:
                self.machine.lock_keys(False)
        self._update_listening()
        self._changed()

    @staticmethod
    def now() -> float:
        """Return the time by which everything goes here."""
        return _now()

    def record(self, direction: Literal["in", "out", "event"], session: int, body: str, peer: str = "") -> None:
        """Write the log, and forget what is very old: a demo may run for weeks."""
        if len(self.log) >= _LONGEST_LOG:
            del self.log[: _LONGEST_LOG // 2]
        self.log.append(Entry(time=_now(), direction=direction, session=session, body=body, peer=peer))

    def received(self, session: Session, received: Frame) -> None:
        """Take a frame."""
        command = received.body.decode("latin-1")
        self.record("in", session.number, command)
        self.malformed += [f"{fault}: {command}" for fault in received.faults]
        if session.hurried:
            session.reset()
            return
        if not command:
            # Means "close the session" [APP, HW: S8 EB]; without its line end it means nothing (assumption).
            if received.complete:
                session.end("client")
            return
        is_login = command.startswith("@HP")
        if is_login:
            if self.faults.reset_logins:
                self.faults.reset_logins -= 1
                session.reset()
                return
            if self.faults.ignore_logins:
                self.faults.ignore_logins -= 1
                return
        elif not session.logged_in:
            # Everything else is refused [FW, HW]; in which words is an assumption.
            self.unlisted.append(f"before the login: {command}")
            session.answer(ERROR)
            return
        else:
            self._commands.judge(session, command)
        self._obey(session, command, received.complete, self.faults.take(command))

    def _obey(self, session: Session, command: str, complete: bool, failure: LanFailure | None) -> None:
        match failure:
            case LanFailure.LOST:
                session.reset()
                return
            case LanFailure.CLOSED:
                session.close()
                return
            case LanFailure.NO_ANSWER:
                return
            case LanFailure.REFUSED:
                session.answer(ERROR)
                return
            case _:
                pass
        if command.startswith("@HP"):
            self._log_in(session, command)
            return
        asked = command
        if failure is LanFailure.WRONG_PAGE and command.startswith("@TR:"):
            asked = f"{command[:-2]}{'01' if command.endswith('00') else '00'}"
        answers = self._commands.handle(session, asked, complete)
        if not session.is_open:
            return
        then: Callable[[], None] | None = session.close if command == "@HT:3" and answers else None
        match failure:
            case LanFailure.ACTED_NO_ANSWER:
                answers = ()
            case LanFailure.ANSWER_LOST:
                answers, then = (), session.reset
            case LanFailure.TRUNCATED:
                answers = tuple(answer[: len(answer) // 2] for answer in answers)
            case LanFailure.STALE_FIRST:
                answers = ("@tg:C0000000" if command != "@TG:C0" else "@tr:32,00,0000000000000000", *answers)
            case LanFailure.DOUBLED:
                answers = (*answers, *answers)
            case LanFailure.WRONG_KEY:
                key = random_key(self.random)
                for answer in answers:
                    raw = recoded(frame(answer, key), key ^ 0x10)
                    session.later(self.faults.latency, partial(session.send, answer, raw=raw))
                return
            case LanFailure.GARBAGE:
                noise = bytes(0x80 | (position * 37) % 128 for position in range(24))
                raw = frame(noise, random_key(self.random))
                session.later(self.faults.latency, lambda: session.send("(noise)", raw=raw))
                return
            case _:
                pass
        session.answer(*answers, then=then, cut=failure is LanFailure.CUT)

    # --- login ----------------------------------------------------------------------------------------------------

    @property
    def dialog(self) -> Dialog | None:
        """The question on the machine's display whether a client may connect."""
        return self._dialog

    def _log_in(self, session: Session, command: str) -> None:
        """Take `@HP:<pin>,<id>,<token>`: first the PIN, then id and token [HW: S8 EB, E6]."""
        if self.in_access_point_mode:
            # Seen on a dongle without a machine [HW: bare]; that nothing else gets in there is an assumption.
            if command == _ACCESS_POINT_LOGIN:
                self._let_in(session, "setup", "@hp4")
            else:
                self._refuse(session, "@hp5:00")
            return
        login = _LOGIN.fullmatch(command)
        # No id, and a PIN for a machine that has none, are refused like a wrong PIN (assumption).
        if login is None or login[1] != self.pin or not login[2]:
            self._refuse(session, self.refused_pin)
            return
        client_id, token = login[2], login[3]
        client = bytes.fromhex(client_id).decode("latin-1")
        known = self.tokens.get(client_id)
        if known is not None and token == known:
            self._let_in(session, client, "@hp4")
        elif known is not None:
            self._refuse(session, "@hp5:02")
        elif token:
            self._refuse(session, "@hp5:01")
        else:
            self._ask(Dialog(client, client_id, session, _now()))

    def _let_in(self, session: Session, client: str, answer: str) -> None:
        def logged_in() -> None:
            session.client = client
            self._changed()

        leftovers = tuple(self.faults.leftovers)
        self.faults.leftovers.clear()
        # Already now: the client can only go on when it has the answer.
        logged_in()
        session.answer(answer, *leftovers)

    def _refuse(self, session: Session, answer: str) -> None:
        session.answer(answer, then=session.close if self.closes_after_refusal else None)

    def _ask(self, dialog: Dialog) -> None:
        """Show the dialog, unless the display sleeps: then nothing happens, and the login stays unanswered [HW: S8 EB].

        The same during a drink or program, and a dialog that nobody answers goes away without a word (assumptions).
        """
        if self.machine.phase in (Phase.ENERGY_SAVING, Phase.SHUTTING_DOWN) or self.running:
            return
        self._close_dialog()
        self._dialog = dialog
        self._dialog_timer = asyncio.get_running_loop().call_later(self.dialog_seconds, self._close_dialog)
        self._changed()

    def _close_dialog(self) -> None:
        if self._dialog_timer is not None:
            self._dialog_timer.cancel()
            self._dialog_timer = None
        if self._dialog is not None:
            self._dialog = None
            self._changed()

    def confirm(self) -> bool:
        """Say yes on the machine's display; tell whether it asked. Only then the token is sent [HW: S8 EB, E6]."""
        dialog = self._dialog
        if dialog is None:
            return False
        self._close_dialog()
        token = self.tokens[dialog.client_id] = secrets.token_hex(32).upper()
        self._let_in(dialog.session, dialog.client, f"@hp4:{token}")
        return True

    def refuse(self) -> bool:
        """Say no on the machine's display; tell whether it asked."""
        dialog = self._dialog
        if dialog is None:
            return False
        self._close_dialog()
        self._refuse(dialog.session, self.refused_dialog)
        return True

    # --- getting onto a network -----------------------------------------------------------------------------------

    @property
    def in_access_point_mode(self) -> bool:
        """Whether it is on no network but opens one of its own, where it is the gateway [HW: bare].

        Here it is simply at its loopback address all the time: who joins which network isn't simulated.
        """
        return not self._at_home

    @property
    def access_point(self) -> str:
        """The name of that network; it is open [HW: bare]."""
        return f"WiFiFrog_{self.mac}"

    def take_network(self, number: str, value: str) -> str | None:
        """Take `@HW:80,<ssid>`, `81,<password>` or `82,<name>` [APP]; the echo as an answer is an assumption."""
        if not self.in_access_point_mode:
            return ERROR
        match number:
            case "80":
                self._network.ssid = value
            case "81":
                self._network.password = value
            case "82":
                self._network.name = value
            case _:
                return ERROR
        return f"@hw:{number}"

    def restart(self) -> bool:
        """Restart with the network it was told, as `@HT:3` does [APP]; tell whether it is in the mode for that."""
        if not self.in_access_point_mode:
            return False
        # After the answer; the session is closed then.
        self._open_timer = asyncio.get_running_loop().call_later(
            2 * self.faults.latency,
            lambda: self.join(self._network.ssid, self._network.password, self._network.name or None),
        )
        return True

    def join(self, ssid: str, password: str, name: str | None = None) -> bool:
        """Leave where it is, and appear at home a while later if network and password are right, as is told.

        Otherwise it comes back with its own access point (assumption). Also for a Bluetooth way of telling it.
        """
        self._disappear()
        self._at_home = self.known_networks.get(ssid) == password and ssid in self.known_networks
        if self._at_home:
            self.name = name or self.name
            self._place = self._home or self._place
        if self.machine.on and self._stop_watching is not None:
            self._appear_after(self.join_seconds)
        return self._at_home


def _bound(kind: socket.SocketKind, host: str, port: int) -> socket.socket:
    result = socket.socket(socket.AF_INET, kind)
    result.setblocking(False)
    result.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        result.bind((host, port))
    except OSError:
        result.close()
        raise
    return result


def _now() -> float:
    return asyncio.get_running_loop().time()
