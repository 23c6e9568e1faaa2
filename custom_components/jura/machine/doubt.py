"""Counters that don't continue those before: an old buffer, noise, or other electronics. Pure.

No read-out can tell which. But an old buffer stands still and noise does not continue itself (the Smart Connect hands out
its last buffer where a read-out was not prepared, hardware-verified on a J6), while a machine that was repaired goes on
counting. So counters that went on from what was refused, for a day, may be true: a reason to ask a person, not more.

May import floor 1.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from .decode import check_counters
from .errors import ImplausibleReply
from .model import Counters

_LONG_ENOUGH: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Counters that were refused, as they were read last, and since when they have been continuing each other."""

    counters: Counters
    at: datetime
    since: datetime
    first_total: int

    @property
    def may_be_true(self) -> bool:
        """Tell whether these counters were read for a day, and counted on."""
        return self.at - self.since >= _LONG_ENOUGH and self.counters.total > self.first_total


def doubted(before: Doubt | None, counters: Counters, now: datetime) -> Doubt:
    """Return the doubt about counters that were just refused: the same as before where they go on from it."""
    if before is not None:
        try:
            check_counters(counters, before.counters, (now - before.at).total_seconds())
        except ImplausibleReply:
            pass
        else:
            return replace(before, counters=counters, at=now)
    return Doubt(counters, at=now, since=now, first_total=counters.total)
