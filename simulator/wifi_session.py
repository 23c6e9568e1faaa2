"""One TCP session of a WiFi Connect: bytes in, frames out, and what the dongle sends unasked.

Sockets are used bare, with the loop's readers, because the real thing does what streams can't: it resets connections,
refuses them while it is busy, and stumbles over urgent data.

Unasked [HW: S8 EB]: `@TF:` with the status every 2.05 s, also before the login; during a drink none but `@TB` before
the first `@TV:`, `@TV:` with the progress about every 2 s with occasional extras, and a bare `@TS` some time after the
last one. All in upper case.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
import select
import socket
import struct
from typing import TYPE_CHECKING

from .wifi_framing import Deframer, frame, random_key

if TYPE_CHECKING:
    from .wifi_connect import WifiConnect

PUSH_SECONDS = 2.05
END_MARKER_SECONDS = 8.0
"""From the end of a drink until the bare `@TS`; status comes again after it. The time is an assumption."""
_LOCKED_PUSHES = 8
"""So many status frames to a session that holds the lock are streaming over it, which wedged a machine [HW: E6]."""


class Session:
    """A connection that the dongle has taken."""

    def __init__(self, face: WifiConnect, connection: socket.socket, number: int, peer: str, *, hurried: bool) -> None:
        """Begin to listen and to push."""
        self.number = number
        self.peer = peer
        self.opened = _now()
        self.closed: float | None = None
        self.ended_by = ""
        """client, dongle, reset, lost or power; empty while it lasts."""
        self.hurried = hurried
        """Whether it came too soon after the one before, and will be reset."""
        self.client: str | None = None
        """The client's name, after its login."""
        self.locked = False
        """Whether this session has locked the keypad."""
        self._face = face
        self._socket = connection
        self._deframer = Deframer()
        self._timers: set[asyncio.TimerHandle] = set()
        self._push_timer: asyncio.TimerHandle | None = None
        self._announced = face.running
        self._ended_at: float | None = None
        self._locked_pushes = 0
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Only inline is urgent data seen at all.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
        asyncio.get_running_loop().add_reader(connection, self._readable)
        self._arm_push()

    @property
    def is_open(self) -> bool:
        """Whether it lasts."""
        return self.closed is None

    @property
    def logged_in(self) -> bool:
        """Whether the client was accepted."""
        return self.client is not None

    # --- bytes ----------------------------------------------------------------------------------------------------

    def _readable(self) -> None:
        if self._face.silence:
            # It hears all that when it is well again.
            asyncio.get_running_loop().remove_reader(self._socket)
            listen = partial(asyncio.get_running_loop().add_reader, self._socket, self._readable)
            self.later(self._face.silence, listen)
            return
        if self._urgent():
            self._face.upset.append(f"session {self.number}: urgent data")
        try:
            data = self._socket.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            self.end("lost")
            return
        if not data:
            self.end("client")
            return
        for received in self._deframer.feed(data):
            self._face.received(self, received)
            if not self.is_open:
                return

    def _urgent(self) -> bool:
        poll = select.poll()
        poll.register(self._socket, select.POLLPRI)
        return any(events & select.POLLPRI for _, events in poll.poll(0))

    def send(self, body: str, *, cut: bool = False, raw: bytes | None = None) -> None:
        """Send a frame now; of a cut one only the first half."""
        if not self.is_open or self._face.silence:
            return
        faults = self._face.faults
        data = raw if raw is not None else frame(body, random_key(self._face.random))
        data = faults.rubbish + (data[: len(data) // 2] if cut else data)
        self._face.record("out", self.number, f"{body} (cut)" if cut else body)
        try:
            for piece in [bytes([byte]) for byte in data] if faults.in_pieces else [data]:
                self._socket.send(piece)
        except BlockingIOError:
            # Who doesn't read misses something (assumption).
            return
        except OSError:
            self.end("lost")

    def answer(self, *bodies: str, then: Callable[[], None] | None = None, cut: bool = False) -> None:
        """Send frames after the time that the machine takes, then do something."""

        def act() -> None:
            for body in bodies:
                self.send(body, cut=cut)
            if then is not None:
                then()

        self.later(self._face.faults.latency, act)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something after a while unless the session has ended."""

        def run() -> None:
            self._timers.discard(timer)
            if self.is_open:
                act()

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)

    # --- the end --------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close it in order."""
        self.end("dongle")

    def reset(self, reason: str = "reset") -> None:
        """Cut it: the client sees a reset."""
        if self.is_open:
            reset(self._socket)
            self.end(reason)

    def end(self, by: str) -> None:
        """Forget it, whoever ended it."""
        if not self.is_open:
            return
        self.closed, self.ended_by = _now(), by
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        for timer in (*self._timers, *([self._push_timer] if self._push_timer else [])):
            timer.cancel()
        self._timers.clear()
        self._push_timer = None
        self._face.ended(self)

    # --- pushes ---------------------------------------------------------------------------------------------------

    def machine_changed(self) -> None:
        """Push what a change of the machine brings."""
        if self._face.running:
            self._push()
            self._arm_push()

    def _arm_push(self) -> None:
        if self._push_timer is not None:
            self._push_timer.cancel()
        self._push_timer = asyncio.get_running_loop().call_later(PUSH_SECONDS, self._on_push_timer)

    def _on_push_timer(self) -> None:
        self._arm_push()
        self._push()

    def _push(self) -> None:
        if self._face.silence:
            # Nothing is streamed, over a locked session neither.
            return
        for body in self._unasked():
            self.send(body)

    def _unasked(self) -> Iterable[str]:
        face = self._face
        if face.running:
            if not self._announced:
                yield "@TB"
            self._announced, self._ended_at = True, None
            yield f"@TV:{face.payload.hex().upper()}"
            return
        if self._announced:
            if self._ended_at is None:
                self._ended_at = _now()
            if _now() < self._ended_at + END_MARKER_SECONDS:
                return
            self._announced, self._ended_at = False, None
            yield "@TS"
            return
        if self.locked:
            self._locked_pushes += 1
            if self._locked_pushes == _LOCKED_PUSHES:
                face.upset.append(f"session {self.number}: status streamed while it holds the lock")
        else:
            self._locked_pushes = 0
        yield f"@TF:{face.payload.hex().upper()}"


def reset(connection: socket.socket) -> None:
    """Close a socket so that the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _now() -> float:
    return asyncio.get_running_loop().time()
