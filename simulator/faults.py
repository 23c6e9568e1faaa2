"""What can go wrong between a client and the dongle, to be set by tests and by the demo.

    smart_connect.faults.fail_next(Failure.ANSWER_LOST, characteristic="1525")
    smart_connect.faults.fail_next(Failure.LOST, skip=3)        # the fourth operation from now
    smart_connect.faults.fail_next(Failure.GARBAGE, on="read", times=2)

Failures that wait for different operations can be set at the same time. If several fit an operation, the one that was
set first happens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Failure(StrEnum):
    """A way in which an operation goes wrong."""

    LOST = "lost"
    """The link drops before the machine has seen anything."""
    ANSWER_LOST = "answer lost"
    """The machine acts, then the link drops: the client sees the same as with LOST."""
    NO_ANSWER = "no answer"
    """The machine sees nothing and nobody answers: the client hangs until the link is given up."""
    ACTED_NO_ANSWER = "acted, no answer"
    """The machine acts, but nobody answers."""
    ERROR = "error"
    """The client's own Bluetooth fails; the machine sees nothing, the link stands."""
    ATT_ERROR = "ATT error"
    """The dongle refuses with an error code; the machine doesn't act."""
    TRUNCATED = "truncated"
    """A read delivers only the first half."""
    GARBAGE = "garbage"
    """A read delivers noise."""
    WRONG_KEY = "wrong key"
    """A read delivers the right thing coded with another key."""
    STALE = "stale"
    """A read delivers what the same characteristic delivered last time, maybe over an earlier connection."""
    WRONG_PAGE = "wrong page"
    """A read of statistics delivers the old buffer, a status frame, although others were announced [HW: J6]."""


type Kind = Literal["read", "write"]


@dataclass
class _Planned:
    failure: Failure
    on: Kind | None
    characteristic: str | None
    skip: int
    times: int
    code: int


class Faults:
    """The faults of one dongle's radio."""

    def __init__(self) -> None:
        """Start without any fault."""
        self.latency = 0.03
        """Seconds that an operation takes, half of it on the way to the machine."""
        self.connect_seconds = 0.2
        """Seconds that connecting and discovering the services takes."""
        self.give_up_connecting_after: float | None = None
        """Seconds after which connecting to a machine that can't be reached fails; None: the client's own limit."""
        self.fail_connects = 0
        """So many connection attempts fail from now on."""
        self.incomplete_services = 0
        """So many connections find only a part of the characteristics, without those of the statistics."""
        self.silent_until = 0.0
        """The time until which the dongle is deaf and dumb: nobody hears it, and what is sent to it is lost."""
        self.upcoming: Callable[[str, str], None] = lambda kind, characteristic: None
        """Called when an operation ("connect", "read", "write") begins, before it is settled what happens to it."""
        self.changed: Callable[[], None] = lambda: None
        """Called when a planned failure was set or has happened."""
        self._planned: list[_Planned] = []

    @property
    def pending(self) -> tuple[Failure, ...]:
        """The failures that are still to happen."""
        return tuple(planned.failure for planned in self._planned)

    def fail_next(
        self,
        failure: Failure,
        *,
        on: Kind | None = None,
        characteristic: str | None = None,
        skip: int = 0,
        times: int = 1,
        code: int = 0x0E,
    ) -> None:
        """Let the next operations go wrong: only reads or writes, only of a characteristic ("1525"), after some."""
        self._planned.append(_Planned(failure, on, characteristic, skip, times, code))
        self.changed()

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._planned.clear()
        self.fail_connects = self.incomplete_services = 0
        self.silent_until = 0.0
        self.changed()

    def take(self, kind: Kind, characteristic: str) -> tuple[Failure, int] | None:
        """Return what happens to an operation, with the ATT error code, and strike it off."""
        self.upcoming(kind, characteristic)
        happening = None
        for planned in list(self._planned):
            if planned.on not in (None, kind) or planned.characteristic not in (None, characteristic):
                continue
            if planned.skip:
                planned.skip -= 1
            elif happening is None:
                happening = planned.failure, planned.code
                planned.times -= 1
                if not planned.times:
                    self._planned.remove(planned)
        if happening:
            self.changed()
        return happening
