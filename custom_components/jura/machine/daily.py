"""How many cups a machine made today, from a counter that only knows all it ever made. Pure: no clock, no machine.

A day is a date on the kitchen's calendar: how many hours it has, and whether anybody was there at midnight, is all one.

May import floor 1.
"""

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Day:
    """A day, the total with which it began, and the first total that was read on it. None: not read yet."""

    date: date
    before: int | None = None
    first: int | None = None

    def cups(self, total: int | None) -> int | None:
        """Return how many cups were made on this day; a double counts as two, as in the total."""
        return None if total is None or self.before is None else max(0, total - self.before)


def moved_on(day: Day | None, today: date, total: int | None) -> Day:
    """Return today: the same day, or a new one that begins with the last total known."""
    return day if day and day.date == today else Day(today, before=total)


def counted(day: Day, total: int) -> Day:
    """Return a day on which a total was read. Without any total before, or one that was higher, it counts from here."""
    if day.before is None or total < day.before:
        return Day(day.date, before=total, first=total)
    return day if day.first is not None else replace(day, first=total)


def corrected(day: Day, total: int, today: int) -> Day | None:
    """Return a day as the machine's own count of today's cups puts it right; None if it can't be a count of today.

    Nobody knows since when a machine's "daily" counters count (declared by machine files, never read by the app): maybe
    since a reset that nobody does. So they may say no more than was counted since the last total of the day before, and
    no less than what was counted on this day. Between the two they know what we don't: when that total is old, which of
    the cups since were made before midnight.
    """
    if day.before is None or day.first is None or not total - day.first <= today <= total - day.before:
        return None
    return replace(day, before=total - today)
