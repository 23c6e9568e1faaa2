"""The machine's Bluetooth face: a Smart Connect dongle, as touchy as the real one.

No Bluetooth stack and no Home Assistant in here: a host connects with `SmartConnect.connect` and gets a `Link` to read
from and write to; scanner.py makes that a Bluetooth adapter of Home Assistant.

Facts modelled: the byte-0 rule, layouts of status, progress, statistics and About, heartbeat and its limit of 20 s, one
central at a time and no advertisement meanwhile [HW or REL each]. Each choice where facts end is marked "assumption".
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
import re
from typing import Literal

from . import gatt
from .advertisement import FLAGS, MANUFACTURER_ID, NAME, SERVICE_UUIDS, Advertisement, Identity, manufacturer_data
from .cipher import crypt
from .course import ENJOY
from .faults import Faults
from .link import Action, AttError, ConnectError, Link, Operation, Unanswered
from .machine import Machine

PAUSE_BEFORE_RECONNECT = 1.0
"""Connecting again sooner is refused [REL: clients wait that long]."""

_WRITE_NOT_PERMITTED, _READ_NOT_PERMITTED, _UNLIKELY_ERROR = 0x03, 0x02, 0x0E
_HEARTBEAT, _GOODBYE, _SHUT_DOWN = bytes.fromhex("7F80"), bytes.fromhex("7F81"), bytes.fromhex("4602")
_BUSY, _READY = bytes.fromhex("A200A2A2"), bytes.fromhex("0EA2A2A2")
"""What the statistics command reads, decoded, while the answer is prepared and when it is there.

That byte 1 tells, and which is which, is our reading of contradicting sources [CALC, INF].
"""
_NOT_CONFIGURED = 0x00FFFF
_EPSILON = 1e-6


@dataclass
class _Statistics:
    command: bytes
    asked: float


class SmartConnect:
    """The dongle in a machine's service port."""

    def __init__(
        self,
        machine: Machine,
        *,
        address: str,
        key: int = 0x2A,
        flags: bytes = FLAGS,
        manufacturer_id: int = MANUFACTURER_ID,
        sends_manufacturer_data: bool = True,
        dongle_version: str = "V05.08F",
        machine_version: str = "V01.18",
    ) -> None:
        """Plug it in. The address is the dongle's own, random and static."""
        self.machine = machine
        self.address = address
        self.key = key
        """May be changed at any time."""
        self.flags = flags
        self.manufacturer_id = manufacturer_id
        self.sends_manufacturer_data = sends_manufacturer_data
        """Two users saw none, for reasons unknown [REL]."""
        self.dongle_version = dongle_version
        self.machine_version = machine_version
        self.faults = Faults()
        self.faults.changed = self._changed

        self.pin_set = False
        """Every write is refused with ATT error 3, while reads are good [HW: one E8; that a PIN is the cause: INF]."""
        self.plugged_well = True
        """Without contact the dongle has power, but never learns what it is plugged into [REL]."""
        self.boot_seconds = 1.0
        """After switching on until it advertises (assumption)."""
        self.identity_seconds = 5.0
        """After switching on until it knows its machine; it advertises zeros so long [REL], the time is an assumption."""
        self.advertising_pause = 2.0
        """After a connection until it advertises again: "up to a few seconds" [REL]."""
        self.before_heartbeat: Literal["rubbish", "error"] = "rubbish"
        """What coded characteristics read before the first heartbeat; users report both [REL]."""
        self.statistics_seconds = 2.0
        """Until statistics are prepared; clients wait for 1.2 to 24 s [REL]."""
        self.statistics_after_on = 90.0
        """After switching on there are none for the first minutes [REL]."""

        self.bricked = False
        """Whether anybody has written to the firmware updater: nothing ever may."""
        self.unknown_commands: list[tuple[str, bytes]] = []
        """Writes that no source documents, as characteristic and decoded data: a client must not try out things."""
        self.log: list[Operation] = []
        self.last_read: dict[str, bytes] = {}
        """What each characteristic delivered last, also over an earlier connection."""
        self.connections = 0
        """How many there were, without the phone's."""
        self._held = 0.0
        self._restarted_at: float | None = None
        self._link: Link | None = None
        self._phone_since: float | None = None
        self._closed_at: float | None = None
        self._stop_watching: Callable[[], None] = lambda: None
        self._statistics: _Statistics | None = None
        self._status: bytes = b""
        """The status as it was at the last heartbeat."""
        self._buffer: bytes = b""
        """What a read of unprepared statistics returns."""
        self._noise = cycle((0x4, 0x7, 0x6, 0x5))
        self._subscribers: list[Callable[[], None]] = []

    # --- in the air -----------------------------------------------------------------------------------------------

    @property
    def advertising(self) -> bool:
        """Whether it can be seen, and connected to."""
        if not self.machine.on or self.link is not None or self.phone_connected or self.silent:
            return False
        now, on_since = _now(), self._on_since
        if on_since is not None and now + _EPSILON < on_since + self.boot_seconds:
            return False
        return self._closed_at is None or now + _EPSILON >= self._closed_at + self.advertising_pause

    @property
    def silent(self) -> bool:
        """Whether it is deaf and dumb for a while, with a link or without."""
        return _now() + _EPSILON < self.faults.silent_until

    @property
    def _on_since(self) -> float | None:
        """When the dongle began to run: with its machine, unless it has restarted since; None: long ago."""
        times = [time for time in (self.machine.on_since, self._restarted_at) if time is not None]
        return max(times, default=None)

    def restart(self) -> None:
        """Crash and begin anew, while the machine goes on: the link is lost, and it has to learn what it is part of."""
        self._restarted_at = _now()
        self._phone_since = None
        if self._link is not None:
            self._link.lose()
        self._changed()

    def advertisement(self) -> Advertisement | None:
        """Return what is in the air, or None while it doesn't advertise."""
        if not self.advertising:
            return None
        data = {self.manufacturer_id: self.manufacturer_data()} if self.sends_manufacturer_data else {}
        return Advertisement(manufacturer_data=data, name=NAME, service_uuids=SERVICE_UUIDS)

    def manufacturer_data(self) -> bytes:
        """Return the manufacturer data as it would be sent now."""
        return manufacturer_data(self.key, self._identity(), self.flags)

    def _identity(self) -> Identity:
        machine, on_since = self.machine, self._on_since
        if not self.plugged_well or (on_since is not None and _now() + _EPSILON < on_since + self.identity_seconds):
            return Identity()
        return Identity(
            article=machine.definition.article,
            machine_number=machine.machine_number,
            serial_number=machine.serial_number,
            production_date=machine.production_date,
            uchi_date=machine.uchi_date,
        )

    # --- connections ----------------------------------------------------------------------------------------------

    @property
    def link(self) -> Link | None:
        """The connection of a host, if there is one."""
        return self._link

    @property
    def held_seconds(self) -> float:
        """How long hosts (not the phone) have held a connection, all in all."""
        return self._held + (_now() - self._link.opened if self._link is not None else 0.0)

    @property
    def phone_connected(self) -> bool:
        """Whether a phone holds the one connection."""
        if self._phone_since is not None:
            on_since = self.machine.on_since
            if not self.machine.on or (on_since is not None and on_since > self._phone_since):
                self._phone_since = None
        return self._phone_since is not None

    def phone_connects(self) -> bool:
        """Let a phone connect; tell whether it gets in."""
        if not self.machine.on or self.link is not None:
            return False
        self._phone_since = _now()
        self._changed()
        return True

    def phone_disconnects(self) -> None:
        """Let the phone go."""
        if self.phone_connected:
            self._phone_since, self._closed_at = None, _now()
            self._changed()

    async def connect(self, *, timeout: float = 20.0) -> Link:
        """Connect as a host. Raises ConnectError; while the dongle doesn't advertise only after the time-out."""
        self.faults.upcoming("connect", "")
        start = _now()
        limit = self.faults.give_up_connecting_after
        deadline = start + (timeout if limit is None else min(limit, timeout))
        number = self.connections + 1
        try:
            if self._closed_at is not None and start + _EPSILON < self._closed_at + PAUSE_BEFORE_RECONNECT:
                await asyncio.sleep(self.faults.latency)
                raise ConnectError("Refused: too soon after the last connection")  # noqa: TRY301
            while not self.advertising:
                if _now() + _EPSILON >= deadline:
                    raise ConnectError("Timed out")  # noqa: TRY301
                await self._wait_for_change(deadline)
            await asyncio.sleep(self.faults.connect_seconds)
            if self.faults.fail_connects:
                self.faults.fail_connects -= 1
                raise ConnectError("Failed to establish")  # noqa: TRY301
            if not self.advertising:
                raise ConnectError("Somebody was quicker")  # noqa: TRY301
        except ConnectError as error:
            self.record("connect", "", b"", str(error), number=number)
            raise
        self.connections = number
        self._link = link = Link(self, number)
        link.services = gatt.services(complete=not self.faults.incomplete_services)
        self.faults.incomplete_services = max(0, self.faults.incomplete_services - 1)
        # Subscribed only meanwhile, so that nothing runs while nobody is connected.
        self._stop_watching = self.machine.subscribe(self._on_machine)
        self.record("connect", "", b"", "ok", link)
        self._changed()
        return link

    def close(self) -> None:
        """Unplug it: end the connection and forget all timers, for the end of a test."""
        if self._link is not None:
            self._link.lose()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when a connection begins or ends or a planned failure happens, until the result is called."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback) if callback in self._subscribers else None

    async def _wait_for_change(self, deadline: float) -> None:
        """Wait until the machine or the dongle changes, or it may advertise again."""
        loop = asyncio.get_running_loop()
        times = [deadline]
        if self._closed_at is not None:
            times.append(self._closed_at + self.advertising_pause)
        if self._on_since is not None:
            times.append(self._on_since + self.boot_seconds)
        times.append(self.faults.silent_until)
        changed = asyncio.Event()
        stops = [self.machine.subscribe(changed.set), self.subscribe(changed.set)]
        timer = loop.call_at(min(time for time in times if time > loop.time()), changed.set)
        try:
            await changed.wait()
        finally:
            timer.cancel()
            for stop in stops:
                stop()

    def _on_machine(self) -> None:
        if self._link is not None and not self.machine.on:
            self._link.lose()

    def _changed(self) -> None:
        for callback in tuple(self._subscribers):
            callback()

    # --- what a link asks for -------------------------------------------------------------------------------------

    def closed(self, link: Link, action: Action) -> None:
        """Take note that a link has ended."""
        self._stop_watching()
        self._held += _now() - link.opened
        self._link = self._statistics = None
        self._closed_at = _now()
        self.record(action, "", b"", "ok", link)
        self._changed()

    def record(
        self, action: Action, characteristic: str, data: bytes, outcome: str, link: Link | None = None, number: int = 0
    ) -> None:
        """Write the log."""
        self.log.append(
            Operation(
                time=_now(),
                connection=link.number if link else number,
                action=action,
                characteristic=characteristic,
                data=data,
                outcome=outcome,
            )
        )

    def decoded(self, name: str, data: bytes) -> bytes:
        """Return data without the cipher, if the characteristic is coded."""
        return crypt(data, self.key) if name in gatt.CODED else data

    def rubbish(self, length: int) -> bytes:
        """Return bytes that are none of the right ones: the first decodes to anything but the key."""
        return crypt(bytes((self.key + 0x55 + 7 * position) % 256 for position in range(length)), self.key)

    @property
    def wrong_key(self) -> int:
        """A key under which frames coded with the right one don't even begin right."""
        right = bytes([self.key])
        return next(key for key in range(256) if crypt(crypt(right, key), self.key) != right)

    def write(self, link: Link, name: str, data: bytes) -> str:
        """Take a write; return ok or ignored."""
        if name in (gatt.DFU_CONTROL, gatt.DFU_PACKET):
            self.bricked = True
            return "ok"
        if self.pin_set or "write" not in gatt.characteristic(name).properties:
            raise AttError(_WRITE_NOT_PERMITTED)
        if name not in gatt.CODED:
            self.unknown_commands.append((name, data))
            return "ignored"
        plain = crypt(data, self.key)
        if not plain or plain[0] != self.key:
            raise Unanswered
        if name == gatt.START:
            return "ok" if self._start(plain) else "ignored"
        if name == gatt.STATISTICS_COMMAND:
            return self._ask_statistics(plain)
        if self._command(link, name, plain[1:]):
            return "ok"
        self.unknown_commands.append((name, plain))
        return "ignored"

    def _start(self, plain: bytes) -> bool:
        """Take a start frame: key, product code, arguments, key; 18 bytes, or 16 without the last two [HW: E6].

        A 17th and 18th argument have no room, so there are at most 16 bytes between the keys.
        """
        order = self.machine.start(plain[1:-1], lengths=(14, 15, 16), last_byte_is_key=plain[-1] == self.key)
        return order.accepted

    def _command(self, link: Link, name: str, command: bytes) -> bool:
        """Do one of the small commands; they have nothing behind them, in particular not the key [REL]."""
        match name, command:
            case gatt.P_MODE, _ if command == _HEARTBEAT:
                link.beat()
                self._status = self._status_now()
            case gatt.P_MODE, _ if command == _GOODBYE:
                link.part()
            case gatt.P_MODE, _ if command == _SHUT_DOWN:
                self.machine.switch_off()
            case gatt.UPDATE, b"\xff":
                self.machine.cancel()
            case gatt.BARISTA, b"\x00" | b"\x01":
                self.machine.lock_keys(command == b"\x01")
            case _:
                return False
        return True

    def read(self, link: Link, name: str) -> bytes:
        """Answer a read."""
        if "read" not in gatt.characteristic(name).properties:
            raise AttError(_READ_NOT_PERMITTED)
        if name == gatt.ABOUT:
            return self._about()
        if name not in gatt.CODED:
            # Nobody knows what they contain.
            return NAME.encode() if name == gatt.DEVICE_NAME else bytes(4)
        if link.heartbeat is None and not self.pin_set:
            if self.before_heartbeat == "error":
                raise AttError(_UNLIKELY_ERROR)
            return self.rubbish(20)
        if name == gatt.STATUS:
            # Without heartbeats the status goes stale [REL]. With a PIN none gets through, and reads are good.
            self._buffer = self._status_now() if link.fresh or self.pin_set else self._status
            return crypt(self._buffer, self.key)
        if name == gatt.PROGRESS:
            return crypt(self._progress(), self.key)
        if name == gatt.STATISTICS_COMMAND:
            return crypt(self._statistics_state(link), self.key)
        if name == gatt.STATISTICS_DATA:
            return crypt(self._statistics_data(link), self.key)
        return crypt(bytes([self.key, self.machine.keys_locked]), self.key)

    def _status_now(self) -> bytes:
        """Return the status frame: the key and 152 bits, from the most significant one on [HW].

        Bits 148 to 151 change from read to read, without meaning [HW]; the values are the ones seen.
        """
        bits = bytearray(19)
        for bit in self.machine.status_bits:
            bits[bit // 8] |= 0x80 >> bit % 8
        bits[18] |= next(self._noise)
        return bytes([self.key, *bits])

    def _progress(self) -> bytes:
        """Return the progress frame: key, state [HW: E8], product code [HW: E8], window [INF, as over WiFi]."""
        progress = self.machine.progress
        # On WiFi "enjoy" has no window [HW: S8 EB]; an empty one for the other states is an assumption.
        window = b"" if progress.state == ENJOY else progress.window or bytes(14)
        return bytes([self.key, progress.state, progress.code]) + window

    def _about(self) -> bytes:
        """Return About: manufacturer data [INF, byte 0 REL], dongle (8), machine (16), last tablet (4), padding."""
        # EF533V2 and EF532COFFEEONLY call themselves EF533M and EF532M: it can't tell them apart [INF].
        code = re.sub(r"(V2|COFFEEONLY)$", "", self.machine.definition.code)
        return (
            self.manufacturer_data()
            + self.dongle_version.encode().ljust(8, b"\0")[:8]
            + f"{code}M {self.machine_version}".encode().ljust(16, b"\0")[:16]
            + bytes([0, 0, 0, 1])
        ).ljust(56, b"\0")

    # --- statistics -----------------------------------------------------------------------------------------------

    def _ask_statistics(self, plain: bytes) -> str:
        """Take the statistics command: key, mode (2, big endian), page mask (2) [HW]."""
        if len(plain) != 5 or plain[1:3] not in (b"\0\1", b"\0\4", b"\0\x08", b"\0\x10"):
            self.unknown_commands.append((gatt.STATISTICS_COMMAND, plain))
            self._statistics = None
            return "ignored"
        self._statistics = _Statistics(plain, _now())
        return "ok"

    def _prepared(self, link: Link) -> bool:
        """Whether the answer is there. Just after switching on, or without heartbeats, it never is [REL]."""
        if self._statistics is None or not link.fresh:
            return False
        on_since = self.machine.on_since
        if on_since is not None and _now() < on_since + self.statistics_after_on:
            return False
        return _now() + _EPSILON >= self._statistics.asked + self.statistics_seconds

    @property
    def old_buffer(self) -> bytes:
        """What the statistics hold that aren't prepared: an old status frame [HW: J6]."""
        return self._buffer or self._status

    def _statistics_state(self, link: Link) -> bytes:
        if self._statistics is None:
            return bytes([self.key, 0, 0, 0, 0])
        if self._prepared(link):
            return _READY
        # First the command itself, then "busy" (assumption that fits what the sources wait for).
        return self._statistics.command if _now() < self._statistics.asked + 0.5 else _BUSY

    def _statistics_data(self, link: Link) -> bytes:
        """Return the counters, not preceded by the key; or an old status frame if they aren't prepared [HW: J6].

        Modes 1 and 16: 3 bytes big endian per slot, the first is the total, about 200 bytes [HW]. The page mask chooses
        groups of 4 slots, a byte's lowest bit first [APP]; what isn't asked for reads "not configured" (assumption).
        Mode 4: 2 bytes big endian each [REL]. Mode 8: 1 byte each, FF is not applicable [REL].
        """
        if self._statistics is None or not self._prepared(link):
            return self.old_buffer
        mode = self._statistics.command[2]
        if mode == 4:
            return b"".join(count.to_bytes(2, "big") for count in self.machine.maintenance_counters)
        if mode == 8:
            return bytes(0xFF if percent is None else percent for percent in self.machine.maintenance_percentages)
        if mode == 1:
            counters = {0: self.machine.total, **self.machine.counters}
        else:
            counters = {0: self.machine.daily_total, **self.machine.daily_counters}
        mask = int.from_bytes(self._statistics.command[3:5], "little")
        counts = [
            counters.get(slot, _NOT_CONFIGURED) if mask >> slot // 4 & 1 else _NOT_CONFIGURED for slot in range(64)
        ]
        return b"".join(count.to_bytes(3, "big") for count in counts).ljust(200, b"\0")


def _now() -> float:
    return asyncio.get_running_loop().time()
