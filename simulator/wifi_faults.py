"""What can go wrong between a client and a WiFi Connect, to be set by tests and by the demo.

    wifi.faults.fail_next(LanFailure.ANSWER_LOST, command="@TP")       # brews, but the client can't know
    wifi.faults.fail_next(LanFailure.WRONG_PAGE, command="@TR:32,05")
    wifi.faults.fail_next(LanFailure.LOST, skip=3)                     # the session is reset at the fourth command
    wifi.faults.leftovers.append("@tg:C0000000")                       # of an earlier session, for the next one
    wifi.faults.drop_datagrams = 3

Failures that wait for different commands can be set at the same time. If several fit a command, the one that was set
first happens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class LanFailure(StrEnum):
    """A way in which a command goes wrong."""

    LOST = "lost"
    """The session is reset before the machine has seen anything."""
    ANSWER_LOST = "answer lost"
    """The machine acts, then the session is reset: the client sees the same as with LOST."""
    CLOSED = "closed"
    """The session is closed in order, but without an answer; the machine has seen nothing."""
    NO_ANSWER = "no answer"
    """The machine sees nothing and nobody answers; the session stands."""
    ACTED_NO_ANSWER = "acted, no answer"
    """The machine acts, but nobody answers."""
    REFUSED = "refused"
    """@an:error; the machine doesn't act."""
    TRUNCATED = "truncated"
    """Only the first half of the answer comes, in a whole frame."""
    CUT = "cut"
    """Only the first half of the frame comes; what is pushed next follows immediately."""
    GARBAGE = "garbage"
    """A whole frame of noise comes instead of the answer."""
    WRONG_KEY = "wrong key"
    """The answer's frame names another key than the one that it is coded with."""
    WRONG_PAGE = "wrong page"
    """A counter bank answers with page 00 (or 01 when that was asked for), under that number."""
    STALE_FIRST = "stale first"
    """An answer to another command, as of an earlier session, comes before the right one; see also `leftovers`."""
    DOUBLED = "doubled"
    """The answer comes twice."""


@dataclass
class _Planned:
    failure: LanFailure
    command: str
    skip: int
    times: int


class LanFaults:
    """The faults of one dongle's network."""

    def __init__(self) -> None:
        """Start without any fault."""
        self.latency = 0.08
        """Seconds until an answer: the machine is behind a slow serial line [FW]; the time is an assumption."""
        self.reset_logins = 0
        """So many logins are answered with a reset from now on."""
        self.ignore_logins = 0
        """So many logins get no answer at all from now on."""
        self.refuse_connections = 0
        """So many connections are reset as soon as they are made."""
        self.leftovers: list[str] = []
        """Frames of an earlier session that the next one gets after its login [HW: E6]."""
        self.rubbish = b""
        """Sent before every frame."""
        self.in_pieces = False
        """Every frame comes byte by byte."""
        self.drop_datagrams = 0
        """So many UDP requests get no answer from now on."""
        self.datagrams: list[bytes] = []
        """Sent instead of the next UDP answers, one for each: forged, truncated, oversized."""
        self.silent_until = 0.0
        """The time until which the dongle hangs: datagrams are lost, and what comes over TCP waits until then."""
        self.upcoming: Callable[[str, str], None] = lambda kind, what: None
        """Called when an operation ("datagram", "connect", "command") begins, before it is settled what happens to it."""
        self.changed: Callable[[], None] = lambda: None
        """Called when a planned failure was set or has happened."""
        self._planned: list[_Planned] = []

    @property
    def pending(self) -> tuple[LanFailure, ...]:
        """The failures that are still to happen."""
        return tuple(planned.failure for planned in self._planned)

    def fail_next(self, failure: LanFailure, *, command: str = "", skip: int = 0, times: int = 1) -> None:
        """Let the next commands go wrong, only those that begin like this, after some that go well."""
        self._planned.append(_Planned(failure, command, skip, times))
        self.changed()

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._planned.clear()
        self.reset_logins = self.ignore_logins = self.refuse_connections = self.drop_datagrams = 0
        self.leftovers.clear()
        self.datagrams.clear()
        self.rubbish, self.in_pieces = b"", False
        self.silent_until = 0.0
        self.changed()

    def take(self, command: str) -> LanFailure | None:
        """Return what happens to a command, and strike it off."""
        self.upcoming("command", command)
        happening = None
        for planned in list(self._planned):
            if not command.startswith(planned.command):
                continue
            if planned.skip:
                planned.skip -= 1
            elif happening is None:
                happening = planned.failure
                planned.times -= 1
                if not planned.times:
                    self._planned.remove(planned)
        if happening:
            self.changed()
        return happening
