"""A host's connection to the dongle, and what can happen to an operation on its way."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from . import gatt
from .cipher import crypt
from .faults import Failure

if TYPE_CHECKING:
    from .smart_connect import SmartConnect

HEARTBEAT_LIMIT = 20.0
"""Seconds from connecting, or from the last heartbeat, until the dongle drops the link [HW]."""
FRESH_SECONDS = 9.5
"""Seconds that a heartbeat keeps the status from going stale.

A heartbeat every 9 s is fine and every 10 s too late [REL], although the link lives for 20 s: this is what would explain
both [INF].
"""
ATT_TIMEOUT = 25.0
"""Seconds after which a host gives up an unanswered operation, and the link with it [HW: J6, an ESP32]."""
FAREWELL_SECONDS = 1.0
"""After the polite goodbye the dongle hangs up by itself if the client doesn't (assumption)."""

_EPSILON = 1e-6
"""Timers of an event loop may run this much early."""


class ConnectError(Exception):
    """No connection came about."""


class LinkLostError(Exception):
    """The link is gone, whatever has become of the operation."""


class OperationError(Exception):
    """The host's Bluetooth failed."""


class AttError(Exception):
    """The dongle refused an operation."""

    def __init__(self, code: int) -> None:
        """Keep the code of the Attribute Protocol."""
        super().__init__(f"ATT error {code:#04x}")
        self.code = code


class Unanswered(Exception):  # Not an error: the dongle just says nothing.
    """The dongle doesn't answer, as to everything coded with a wrong key."""


type Action = Literal["connect", "read", "write", "disconnect", "link lost"]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Something a host did."""

    time: float
    connection: int
    action: Action
    characteristic: str = ""
    """For example 1529."""
    data: bytes = b""
    """Written or read; decoded if it is coded."""
    outcome: str = "ok"
    """ok, ignored, no answer, refused, or a failure's name."""


@dataclass
class _Request:
    kind: Literal["read", "write"]
    characteristic: gatt.Characteristic
    data: bytes
    response: bool
    future: asyncio.Future[bytes]
    failure: tuple[Failure, int] | None = None


class Link:
    """A host's connection: one operation at a time, in order, as the Attribute Protocol has it.

    A request goes its way also when the client stops waiting for it.
    """

    def __init__(self, dongle: SmartConnect, number: int) -> None:
        """Open it; only SmartConnect.connect does that."""
        self._dongle = dongle
        self._loop = asyncio.get_running_loop()
        self.number = number
        self.opened = self._loop.time()
        self.services: tuple[gatt.Service, ...] = ()
        self.on_closed: list[Callable[[], None]] = []
        self.is_open = True
        self.heartbeat: float | None = None
        """When the last one came."""
        self._queue: deque[_Request] = deque()
        self._request: _Request | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._watchdog: asyncio.TimerHandle | None = None
        self._farewell: asyncio.TimerHandle | None = None
        self._guard()

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic."""
        return await self._submit("read", uuid, b"", response=True)

    async def write(self, uuid: str, data: bytes, *, response: bool = True) -> None:
        """Write a characteristic; without response nobody learns what becomes of it."""
        await self._submit("write", uuid, data, response=response)

    def close(self) -> None:
        """Hang up, as the host."""
        self._end("disconnect")

    def lose(self) -> None:
        """Break the connection, as the dongle or the radio."""
        self._end("link lost")

    def beat(self) -> None:
        """Take a heartbeat."""
        self.heartbeat = self._loop.time()
        self._guard()

    def part(self) -> None:
        """Take the polite goodbye."""
        if self._farewell is None:
            self._farewell = self._loop.call_later(FAREWELL_SECONDS, self.close)

    @property
    def fresh(self) -> bool:
        """Whether the last heartbeat is recent enough."""
        return self.heartbeat is not None and self._loop.time() - self.heartbeat <= FRESH_SECONDS

    def _guard(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()
        self._watchdog = self._loop.call_at(self._deadline, self._check_heartbeat)

    @property
    def _deadline(self) -> float:
        return (self.opened if self.heartbeat is None else self.heartbeat) + HEARTBEAT_LIMIT

    def _check_heartbeat(self) -> None:
        if self._loop.time() + _EPSILON >= self._deadline:
            self.lose()
        else:
            # Tests can make timers run ahead of time.
            self._guard()

    def _submit(
        self, kind: Literal["read", "write"], uuid: str, data: bytes, *, response: bool
    ) -> asyncio.Future[bytes]:
        if not self.is_open:
            raise LinkLostError("Not connected")
        future: asyncio.Future[bytes] = self._loop.create_future()
        self._queue.append(_Request(kind, gatt.characteristic(uuid), data, response, future))
        self._next()
        return future

    def _next(self) -> None:
        if self._request is None and self._queue:
            self._request = request = self._queue.popleft()
            request.failure = self._dongle.faults.take(request.kind, request.characteristic.name)
            self._timer = self._loop.call_later(self._dongle.faults.latency / 2, self._arrive, request)

    def _arrive(self, request: _Request) -> None:
        failure, code = request.failure or (None, 0)
        name = request.characteristic.name
        data = self._dongle.decoded(name, request.data)
        if self._dongle.silent:
            failure = Failure.NO_ANSWER
        if failure in (Failure.LOST, Failure.NO_ANSWER, Failure.ERROR, Failure.ATT_ERROR):
            self._dongle.record(request.kind, name, data, failure.value, self)
            if failure is Failure.LOST:
                self.lose()
            elif failure is not Failure.ERROR and not request.response:
                self._answer(request, b"")
            elif failure is Failure.NO_ANSWER:
                self._hang()
            elif failure is Failure.ERROR:
                self._answer(request, OperationError("The adapter failed"))
            else:
                self._answer_later(request, AttError(code))
            return
        answer: bytes | Exception
        try:
            if request.kind == "read":
                answer = self._spoil(name, self._dongle.read(self, name), failure)
                outcome, data = "ok", self._dongle.decoded(name, answer)
            else:
                outcome, answer = self._dongle.write(self, name, request.data), b""
        except AttError as error:
            outcome, answer = "refused", error
        except Unanswered:
            outcome, answer = "no answer", b""
        self._dongle.record(request.kind, name, data, failure.value if failure else outcome, self)
        if not self.is_open:
            # The operation itself has ended the connection.
            return
        if failure is Failure.ANSWER_LOST:
            self.lose()
        elif not request.response:
            self._answer(request, b"")
        elif failure is Failure.ACTED_NO_ANSWER or outcome == "no answer":
            self._hang()
        else:
            self._answer_later(request, answer)

    def _hang(self) -> None:
        self._timer = self._loop.call_later(ATT_TIMEOUT, self.lose)

    def _answer_later(self, request: _Request, answer: bytes | Exception) -> None:
        self._timer = self._loop.call_later(self._dongle.faults.latency / 2, self._answer, request, answer)

    def _answer(self, request: _Request, answer: bytes | Exception) -> None:
        self._request = self._timer = None
        if not request.future.done():
            if isinstance(answer, Exception):
                request.future.set_exception(answer)
            else:
                request.future.set_result(answer)
        self._next()

    def _spoil(self, name: str, answer: bytes, failure: Failure | None) -> bytes:
        last = self._dongle.last_read.get(name, answer)
        self._dongle.last_read[name] = answer
        if failure is Failure.TRUNCATED:
            return answer[: len(answer) // 2]
        if failure is Failure.GARBAGE:
            return self._dongle.rubbish(len(answer))
        if failure is Failure.WRONG_KEY:
            return crypt(crypt(answer, self._dongle.key), self._dongle.wrong_key)
        if failure is Failure.WRONG_PAGE and name == gatt.STATISTICS_DATA:
            return crypt(self._dongle.old_buffer, self._dongle.key)
        return last if failure is Failure.STALE else answer

    def _end(self, action: Action) -> None:
        if not self.is_open:
            return
        self.is_open = False
        for timer in (self._timer, self._watchdog, self._farewell):
            if timer is not None:
                timer.cancel()
        self._dongle.closed(self, action)
        for request in (self._request, *self._queue):
            if request is not None and not request.future.done():
                request.future.set_exception(LinkLostError("The link was lost"))
        self._request = None
        self._queue.clear()
        for callback in tuple(self.on_closed):
            callback()
