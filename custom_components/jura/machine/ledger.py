"""What a machine made from day to day, from counters that only know all they ever counted. Pure: no clock, no files.

Each reading adds what was counted since the one before to a line of its day. Days are kept for two months, then whole
months for three years; a day on which nothing was made takes no line. So a report can speak of a period without anybody
else's records, and says so where a period can't be told from the days around it.

What can't be a count since the last reading counts as nothing: electronics that were replaced, a counter that was lost.

May import floor 1.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from .model import Counters, Maintenance, Program, frozen

_DAYS: Final = timedelta(days=62)
"""How long each day is kept; then its month, once the whole of it is older."""
_MONTHS: Final = 36
_CLOCK_SET_BACK: Final = timedelta(days=7)
"""From here on it is not known any more which day was which. Less than that, and the days simply wait."""
_MOST_A_DAY: Final = 1000
"""Drinks a day beyond which a total is not that of the same machine."""
_NOTHING: Final[Mapping[Any, int]] = frozen({})


@dataclass(frozen=True, slots=True)
class Line:
    """What was made in the time from one day to another, both included: a day, a month, or days that nobody saw.

    `total` counts a double twice, as the machine does; `slots` and `programs` have only what was made at all.
    """

    first: date
    last: date
    total: int = 0
    slots: Mapping[int, int] = _NOTHING
    programs: Mapping[Program, int] = _NOTHING


@dataclass(frozen=True, slots=True)
class Ledger:
    """All lines in the order of their days, and the last reading, from which the next is counted. Its size is bounded.

    `began` is the first day that is told of, `read` the day of the last reading; None before the first.
    """

    began: date | None = None
    read: date | None = None
    total: int = 0
    slots: Mapping[int, int] = _NOTHING
    programs: Mapping[Program, int] = _NOTHING
    lines: tuple[Line, ...] = ()


# --- writing ----------------------------------------------------------------------------------------------------------


def entered(ledger: Ledger, today: date, counters: Counters, maintenance: Maintenance | None) -> Ledger:
    """Return the ledger with one more reading; the same object where it told nothing new."""
    counts = maintenance.counts if maintenance else _NOTHING
    if ledger.began is None or ledger.read is None or ledger.read - today > _CLOCK_SET_BACK:
        return Ledger(today, today, counters.total, frozen(counters.slots), frozen(counts))
    today = max(today, ledger.read)
    # The first day on which it may have been made: today, if yesterday was looked after.
    first = min(today, ledger.read + timedelta(days=1))
    if 0 <= counters.total - ledger.total <= _MOST_A_DAY * ((today - first).days + 1):
        made = _made(ledger, first, today, counters, counts)
        # What isn't told this time is counted on from where it stood.
        slots, programs = {**ledger.slots, **counters.slots}, {**ledger.programs, **counts}
    else:
        made, slots, programs = Line(first, today), dict(counters.slots), dict(counts)
    lines = _thinned(_added(ledger.lines, made), today)
    began = max(ledger.began, _oldest_month(today))
    new = Ledger(began, today, counters.total, frozen(slots), frozen(programs), lines)
    return ledger if new == ledger else new


def _made(ledger: Ledger, first: date, today: date, counters: Counters, counts: Mapping[Program, int]) -> Line:
    """Return what was made since the last reading. What fell, and a program told for the first time, tells nothing."""
    total = counters.total - ledger.total
    # A counter that is told for the first time had not been in use, if what it counts can have been made since.
    slots = {
        slot: count - ledger.slots.get(slot, 0 if count <= total else count) for slot, count in counters.slots.items()
    }
    programs = {program: count - ledger.programs.get(program, count) for program, count in counts.items()}
    return Line(first, today, total, _risen(slots), _risen(programs))


def _risen[K](rises: Mapping[K, int]) -> Mapping[K, int]:
    return frozen({key: rise for key, rise in rises.items() if rise > 0})


def _added(lines: tuple[Line, ...], made: Line) -> tuple[Line, ...]:
    """Return the lines with what was made just now, if anything was: in the last one if it is of the same time."""
    if not (made.total or made.slots or made.programs):
        return lines
    if lines and (lines[-1].first, lines[-1].last) == (made.first, made.last):
        return (*lines[:-1], _sum(made.first, made.last, (lines[-1], made)))
    return (*lines, made)


def _sum(first: date, last: date, lines: Iterable[Line]) -> Line:
    total, slots, programs = 0, dict[int, int](), dict[Program, int]()
    for line in lines:
        total += line.total
        _add(slots, line.slots)
        _add(programs, line.programs)
    return Line(first, last, total, frozen(slots), frozen(programs))


def _add[K](sums: dict[K, int], more: Mapping[K, int]) -> None:
    for key, count in more.items():
        sums[key] = sums.get(key, 0) + count


def _thinned(lines: tuple[Line, ...], today: date) -> tuple[Line, ...]:
    """Return lines of days, before them of months, and of nothing before those."""
    thinned: list[Line] = []
    for month, group in groupby(lines, key=lambda line: line.last.replace(day=1)):
        of_month = list(group)
        end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if end >= today - _DAYS:
            thinned.extend(of_month)
        elif month >= _oldest_month(today):
            thinned.append(_sum(min((month, *(line.first for line in of_month))), end, of_month))
    return tuple(thinned)


def _oldest_month(today: date) -> date:
    """Return the first day that is still told of."""
    year, month = divmod(today.year * 12 + today.month - 1 - _MONTHS, 12)
    return date(max(year, date.min.year), month + 1, 1)


# --- reading ----------------------------------------------------------------------------------------------------------


def between(ledger: Ledger, start: date, end: date) -> Line | None:
    """Return what was made from one day to another, both included; None where nothing is known of it.

    The days of the answer are those that it is really about. They begin later where the ledger does; earlier where the
    first days are known only together with others before them; and end earlier where the last ones are known only
    together with others after them.
    """
    if ledger.began is None or end < ledger.began:
        return None
    lines = [line for line in ledger.lines if start <= line.last <= end]
    first = max(ledger.began, min((start, *(line.first for line in lines))))
    cut = (line.first - timedelta(days=1) for line in ledger.lines if line.first <= end < line.last)
    last = min((end, *cut))
    return None if last < first else _sum(first, last, lines)


# --- storing ----------------------------------------------------------------------------------------------------------


def to_plain(ledger: Ledger) -> dict[str, Any]:
    """Return a ledger as data that JSON knows."""
    return {
        "began": ledger.began.isoformat() if ledger.began else None,
        "read": ledger.read.isoformat() if ledger.read else None,
        "total": ledger.total,
        "slots": {str(slot): count for slot, count in ledger.slots.items()},
        "programs": {str(program): count for program, count in ledger.programs.items()},
        "lines": [_line_to_plain(line) for line in ledger.lines],
    }


def from_plain(plain: Mapping[str, Any]) -> Ledger:
    """Return the ledger in such data. Raises AttributeError, KeyError, TypeError or ValueError on any other."""
    began, read = plain["began"], plain["read"]
    return Ledger(
        date.fromisoformat(began) if began else None,
        date.fromisoformat(read) if read else None,
        plain["total"],
        _slots_from_plain(plain["slots"]),
        _programs_from_plain(plain["programs"]),
        tuple(map(_line_from_plain, plain["lines"])),
    )


def _line_to_plain(line: Line) -> dict[str, Any]:
    return {
        "first": line.first.isoformat(),
        "last": line.last.isoformat(),
        "total": line.total,
        "slots": {str(slot): count for slot, count in line.slots.items()},
        "programs": {str(program): count for program, count in line.programs.items()},
    }


def _line_from_plain(plain: Mapping[str, Any]) -> Line:
    return Line(
        date.fromisoformat(plain["first"]),
        date.fromisoformat(plain["last"]),
        plain["total"],
        _slots_from_plain(plain["slots"]),
        _programs_from_plain(plain["programs"]),
    )


def _slots_from_plain(plain: Mapping[str, int]) -> Mapping[int, int]:
    return frozen({int(slot): count for slot, count in plain.items()})


def _programs_from_plain(plain: Mapping[str, int]) -> Mapping[Program, int]:
    return frozen({Program(program): count for program, count in plain.items()})
