"""When a maintenance program will be due, learned from how this household uses its machine.

A machine tells a percentage for each program, from 0 (just done) to 100 (due), some in steps of 10 only
(hardware-verified on a Z10), and its lifetime total of drinks, which is exact. So what is learned is how many drinks a
percent takes, from where the percentage stepped; what is left until 100 is counted in drinks, and these in days by the
household's own week. How the machine reckons its percentages is not known. That drinks drive them is our assumption:
where water or time does, the forecast is as good as the household is regular.

Pure: no clock, no files. Times are in the household's time zone, for only their dates count; so the hour that comes
twice a year makes no difference. No input raises, unless a store was tampered with (`from_plain`).

May import floor 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from math import gcd
from typing import Any, Final

from .model import Maintenance, Program, frozen

_DUE: Final = 100
_NEAR_ZERO: Final = 10
"""Percent up to which a percentage that fell was set back by its program: one coarse step."""
_LEAP: Final = 10
"""Percent that a percentage may rise from one reading to the next: one coarse step ..."""
_LEAP_PER_DRINK: Final = 3
"""... and this for each drink in between. What rises faster is believed when it is read again."""
_RUNS_AT_ONCE: Final = 3
"""Runs of a program between two readings that are believed at once."""
_ENOUGH_PERCENT: Final = 20
"""Percent over which the drinks of a percent must have been counted: two coarse steps, so that where within a step a
drink falls makes less than a tenth."""
_ABSENCE: Final = 7
"""Days in a row without a drink that are an absence and no habit. Shorter gaps count as days."""
_KEPT: Final = 8 * 7 + 2
"""Days kept: eight weeks, and the first and the last, which are known only in part."""
_FADING: Final = 0.8
"""The weight of a week, compared with the week after it."""
_FADING_STRETCH: Final = 0.5
"""The weight of a stretch, compared with the one after it."""
_STRETCHES: Final = 3
_MOST_A_DAY: Final = 1000
"""Drinks a day beyond which a total is not that of the same machine."""
_HORIZON: Final = 2 * 365
"""Days beyond which nothing is forecast."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How many drinks were made on which day. `drinks` ends with `day`, that of the last reading, without a gap."""

    day: date
    total: int
    drinks: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one program: its percentage, None where it has none, and how often it ran."""

    when: datetime = field(compare=False)
    """When it was first read like this."""
    total: int
    percent: int | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A percentage, and the total of drinks at which it was reached."""

    percent: int
    total: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many drinks for so many percent."""

    percent: int
    drinks: int


@dataclass(frozen=True, slots=True)
class Track:
    """What is known of one program. A reading that doesn't follow from the one before waits in `doubt` for another."""

    at: Reading
    """The last that is believed; where it had no percentage or no count, the one before stands."""
    fitted: bool
    """Whether it has a percentage now: a filter that was taken out has none."""
    last: Mark | None
    """Where the percentage stepped last; before it did, where it began."""
    first: Mark | None = None
    """Where it stepped first since the program was done."""
    step: int = 0
    """Percent from step to step: the greatest common divisor of all that were read."""
    learned: tuple[Stretch, ...] = ()
    """From before the program was done, newest last."""
    done: datetime | None = None
    due: datetime | None = None
    doubt: Reading | None = None


@dataclass(frozen=True, slots=True)
class History:
    """All that a forecast needs. Its size is bounded: eight weeks of days, a few numbers for each program."""

    usage: Usage | None = None
    tracks: Mapping[Program, Track] = field(default_factory=lambda: frozen({}))


# --- learning ---------------------------------------------------------------------------------------------------------


def observed(history: History, when: datetime, total: int, maintenance: Maintenance) -> History:
    """Return the history with one more reading; the same object where it told nothing new."""
    today, usage, tracks = when.date(), history.usage, dict(history.tracks)
    renewed = usage is not None and _is_other_count(usage, today, total)
    for program in maintenance.counts.keys() | maintenance.percentages.keys():
        percent = maintenance.percentages.get(program)
        if percent is None or 0 <= percent <= _DUE:
            reading = Reading(when, total, percent, maintenance.counts.get(program))
            tracks[program] = _tracked(tracks.get(program), reading, renewed=renewed)
    new = History(_used(usage, today, total, renewed=renewed) if usage else Usage(today, total), frozen(tracks))
    return history if new == history else new


def _is_other_count(usage: Usage, today: date, total: int) -> bool:
    """Tell whether a total can't continue the one before: the electronics were replaced."""
    days = max(1, (today - usage.day).days)
    return not 0 <= total - usage.total <= _MOST_A_DAY * days


def _used(usage: Usage, today: date, total: int, *, renewed: bool) -> Usage:
    """Count drinks to their day. What was made while nobody looked is spread over these days, the rest on the last."""
    made = 0 if renewed else total - usage.total
    passed = (today - usage.day).days
    if passed < -1:
        # The clock was set back: which day was which is not known any more. What percentages cost in drinks still is.
        return Usage(today, total)
    if passed <= 0:
        return replace(usage, total=total, drinks=(*usage.drinks[:-1], usage.drinks[-1] + made))
    share, rest = divmod(made, passed)
    since = (share + (ago < rest) for ago in reversed(range(min(passed, _KEPT))))
    return Usage(today, total, (*usage.drinks, *since)[-_KEPT:])


def _tracked(track: Track | None, reading: Reading, *, renewed: bool) -> Track:
    """Return what is known of a program after a reading."""
    if track is None:
        return _begun(Track(reading, fitted=False, last=None), reading, done=None)
    if renewed:
        return _begun(track, reading, done=track.done)
    if _follows(track.at, reading):
        return _continued(track, reading)
    if track.doubt and _follows(track.doubt, reading):
        return _continued(_begun(track, track.doubt, done=_done_by(track, track.doubt)), reading)
    return replace(track, doubt=reading)


def _ran(before: Reading, reading: Reading) -> int:
    """Return how often the machine counted the program in between."""
    return 0 if before.count is None or reading.count is None else reading.count - before.count


def _rise(before: Reading, reading: Reading) -> int:
    """Return by how much the percentage rose in between."""
    return 0 if before.percent is None or reading.percent is None else reading.percent - before.percent


def _follows(before: Reading, reading: Reading) -> bool:
    """Tell whether a machine can be expected to go from one reading to the other.

    A percentage rises with drinks, and falls when the program ran.
    """
    ran, rise = _ran(before, reading), _rise(before, reading)
    if not 0 <= ran <= _RUNS_AT_ONCE or (rise < 0 and not ran):
        return False
    return rise <= _LEAP + _LEAP_PER_DRINK * max(0, reading.total - before.total)


def _done_by(track: Track, doubt: Reading) -> datetime | None:
    """Return when the program was last done, now that something unexpected turned out to be true."""
    fell_back = _rise(track.at, doubt) < 0 and doubt.percent is not None and doubt.percent <= _NEAR_ZERO
    return doubt.when if fell_back or _ran(track.at, doubt) > 0 else track.done


def _completed(before: Reading, reading: Reading) -> Reading:
    """Return a reading with what it does not tell taken from the one before."""
    return replace(
        reading,
        percent=before.percent if reading.percent is None else reading.percent,
        count=before.count if reading.count is None else reading.count,
    )


def _begun(track: Track, reading: Reading, *, done: datetime | None) -> Track:
    """Start to count anew from a reading, and keep what was learned."""
    at, stretch = _completed(track.at, reading), _stretch(track)
    return Track(
        at,
        fitted=reading.percent is not None,
        last=None if at.percent is None else Mark(at.percent, at.total),
        step=gcd(track.step, at.percent or 0),
        learned=(*track.learned, stretch)[-_STRETCHES:] if stretch.percent >= _ENOUGH_PERCENT else track.learned,
        done=done,
        due=reading.when if reading.percent == _DUE else None,
    )


def _continued(track: Track, reading: Reading) -> Track:
    """Go on with a reading that follows from the one before."""
    ran, rise = _ran(track.at, reading) > 0, _rise(track.at, reading)
    done = reading.when if ran else track.done
    if rise < 0 or (reading.percent is not None and track.last is None):
        return _begun(track, reading, done=done)
    first, last = track.first, track.last
    if rise > 0 and reading.percent is not None:
        # It stepped with one of the drinks since the last reading, the only one if all is well.
        last = Mark(reading.percent, (track.at.total + 1 + reading.total) // 2)
        first = first or last
    at = _completed(track.at, reading)
    return replace(
        track,
        at=track.at if at == track.at else at,
        fitted=reading.percent is not None,
        first=first,
        last=last,
        step=gcd(track.step, reading.percent or 0),
        done=done,
        due=track.due or (reading.when if reading.percent == _DUE else None),
        doubt=None,
    )


def _stretch(track: Track) -> Stretch:
    """Return what was counted since the program was done, from step to step."""
    if track.first is None or track.last is None:
        return Stretch(0, 0)
    return Stretch(track.last.percent - track.first.percent, track.last.total - track.first.total)


# --- telling ----------------------------------------------------------------------------------------------------------


def forecast(history: History, program: Program, now: datetime) -> datetime | None:
    """Return the end of the day in the course of which a program will be due; if it is due, since when.

    None while too little is known: until the percentage was seen to step over 20 percent, now or before the program was
    last done, and a whole week is known; and where it takes more than two years.
    """
    track, usage = history.tracks.get(program), history.usage
    if track is None or usage is None or not track.fitted:
        return None
    if track.due:
        return track.due if track.due.date() <= now.date() else now
    remaining, today = _remaining_drinks(track, usage.total), max(now.date(), usage.day)
    # Days on which the machine was not read are days without a drink.
    unread = min((today - usage.day).days, _KEPT)
    drinks = (usage.drinks + (0,) * unread)[-_KEPT:]
    if remaining is None or (week := _week(drinks[1:-1], today)) is None:
        return None
    made = drinks[-1]
    for ahead in range(min(_HORIZON, (date.max - today).days)):
        remaining -= max(0.0, week[(today.weekday() + ahead) % 7] - made)
        made = 0
        if remaining < 0.5:
            return datetime.combine(today + timedelta(ahead), time(23, 59, 59), now.tzinfo)
    return None


def due_since(history: History, program: Program) -> datetime | None:
    """Return when a program was first seen due; None if it is not."""
    track = history.tracks.get(program)
    return track.due if track and track.fitted else None


def last_done(history: History, program: Program) -> datetime | None:
    """Return when a program was last seen done: its count rose, or its percentage fell back. None if never seen."""
    track = history.tracks.get(program)
    return track.done if track else None


def days_left(history: History, program: Program, lifetime_days: int, now: datetime) -> int | None:
    """Return how many days a part has left of its lifetime, as a filter of its 90; negative beyond it.

    None if it was not seen to be changed, and while there is none.
    """
    track = history.tracks.get(program)
    if track is None or track.done is None or not track.fitted:
        return None
    return lifetime_days - max(0, (now.date() - track.done.date()).days)


def _drinks_per_percent(track: Track) -> float | None:
    """Return how many drinks a percent takes: of what was counted, newer stretches count more; None if not enough."""
    stretch = _stretch(track)
    if not track.learned and stretch.percent < _ENOUGH_PERCENT:
        return None
    stretches = [(stretch, 1.0)]
    stretches += [(old, _FADING_STRETCH**age) for age, old in enumerate(reversed(track.learned), 1)]
    drinks = sum(weight * each.drinks for each, weight in stretches)
    return drinks / sum(weight * each.percent for each, weight in stretches) if drinks > 0 else None


def _remaining_drinks(track: Track, total: int) -> float | None:
    """Return after how many drinks the percentage will be 100.

    It is counted from where the percentage stepped last. As long as it has not stepped again, the next step is ahead.
    """
    if track.last is None or (rate := _drinks_per_percent(track)) is None:
        return None
    left = _DUE - track.last.percent
    return max(rate * left - (total - track.last.total), rate * (left - track.step), 0.0)


def _week(drinks: Sequence[int], today: date) -> tuple[float, ...] | None:
    """Return how many drinks to expect on each day of the week, Monday first, from those of the days before today.

    None until each day of the week is known, absences left out: no part of a week stands for the rest of it.
    """
    same: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for idle, run in groupby(enumerate(reversed(drinks), 1), key=lambda day: day[1] == 0):
        days = list(run)
        if idle and len(days) >= _ABSENCE:
            continue
        for ago, made in days:
            same[(today.weekday() - ago) % 7].append((ago, made))
    return tuple(map(_mean, same)) if all(same) else None


def _mean(days: Sequence[tuple[int, int]]) -> float:
    """Return the mean of days, given as (how long ago, drinks); recent weeks count more."""
    weights = [_FADING ** ((ago - 1) // 7) for ago, _ in days]
    return sum(weight * made for weight, (_, made) in zip(weights, days, strict=True)) / sum(weights)


# --- storing ----------------------------------------------------------------------------------------------------------


def to_plain(history: History) -> dict[str, Any]:
    """Return a history as data that JSON knows."""
    usage = history.usage
    return {
        "usage": {"day": usage.day.isoformat(), "total": usage.total, "drinks": list(usage.drinks)} if usage else None,
        "tracks": {str(program): _track_to_plain(track) for program, track in history.tracks.items()},
    }


def from_plain(plain: Mapping[str, Any]) -> History:
    """Return the history in such data. Raises AttributeError, KeyError, TypeError or ValueError on any other."""
    usage = plain["usage"]
    return History(
        Usage(date.fromisoformat(usage["day"]), usage["total"], tuple(usage["drinks"])) if usage else None,
        frozen({Program(name): _track_from_plain(track) for name, track in plain["tracks"].items()}),
    )


def _track_to_plain(track: Track) -> dict[str, Any]:
    return {
        "at": _reading_to_plain(track.at),
        "fitted": track.fitted,
        "last": [track.last.percent, track.last.total] if track.last else None,
        "first": [track.first.percent, track.first.total] if track.first else None,
        "step": track.step,
        "learned": [[stretch.percent, stretch.drinks] for stretch in track.learned],
        "done": track.done.isoformat() if track.done else None,
        "due": track.due.isoformat() if track.due else None,
        "doubt": _reading_to_plain(track.doubt) if track.doubt else None,
    }


def _track_from_plain(plain: Mapping[str, Any]) -> Track:
    return Track(
        _reading_from_plain(plain["at"]),
        fitted=plain["fitted"],
        last=Mark(*plain["last"]) if plain["last"] else None,
        first=Mark(*plain["first"]) if plain["first"] else None,
        step=plain["step"],
        learned=tuple(Stretch(*stretch) for stretch in plain["learned"]),
        done=datetime.fromisoformat(plain["done"]) if plain["done"] else None,
        due=datetime.fromisoformat(plain["due"]) if plain["due"] else None,
        doubt=_reading_from_plain(plain["doubt"]) if plain["doubt"] else None,
    )


def _reading_to_plain(reading: Reading) -> dict[str, Any]:
    return {
        "when": reading.when.isoformat(),
        "total": reading.total,
        "percent": reading.percent,
        "count": reading.count,
    }


def _reading_from_plain(plain: Mapping[str, Any]) -> Reading:
    return Reading(datetime.fromisoformat(plain["when"]), plain["total"], plain["percent"], plain["count"])
