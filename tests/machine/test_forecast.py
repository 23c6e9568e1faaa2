"""A simulated year in several households: a forecast must come true, keep still, and say nothing where it can't know."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
import json
import random
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.jura.machine.forecast import (
    History,
    days_left,
    due_since,
    forecast,
    from_plain,
    last_done,
    observed,
    to_plain,
)
from custom_components.jura.machine.model import Maintenance, Program, frozen

CLEANING, DESCALING, FILTER = Program.CLEANING, Program.DESCALING, Program.FILTER_CHANGE
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YEAR = date(2026, 1, 1)
"""A Thursday."""
A_WEEK_ON = NEW_YEAR + timedelta(days=8)
"""When seven whole days are known: the first was not whole."""


# --- a household and its machine --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Household:
    """Who drinks how much on which day, and what machine they have."""

    drinks: Callable[[date, random.Random], int]
    step: int = 1
    """Percent from step to step."""
    cleaning: float = 180
    """Drinks from one cleaning to the next; descaling goes by water, which differs from drink to drink."""
    descaling: float = 300
    doubles: float = 0.0
    """The share of drinks that count as two."""
    variety: float = 0.6
    """By how much drinks differ in water."""
    days_off: frozenset[int] = frozenset()
    """Days of the week on which nobody drinks."""


@dataclass
class Machine:
    """A machine as far as a forecast can see it: exact inside, rounded down outside."""

    household: Household
    total: int = 1000
    due: dict[Program, float] = field(default_factory=lambda: {CLEANING: 37.0, DESCALING: 12.0})
    counts: dict[Program, int] = field(default_factory=lambda: {CLEANING: 26, DESCALING: 9})

    def make(self, chance: random.Random) -> None:
        """Make a drink."""
        cups = 2 if chance.random() < self.household.doubles else 1
        water = 1 + chance.uniform(-1, 1) * self.household.variety
        self.total += cups
        self.due[CLEANING] += 100 * cups / self.household.cleaning
        self.due[DESCALING] += 100 * cups * water / self.household.descaling

    def run(self, program: Program) -> None:
        """Run a maintenance program."""
        self.due[program] = 0.0
        self.counts[program] += 1

    def shown(self, program: Program) -> int:
        """Return the percentage that can be read."""
        return min(100, int(self.due[program] / self.household.step + 1e-9) * self.household.step)

    def read(self) -> Maintenance:
        """Return what is read of its maintenance."""
        return maintenance({program: self.shown(program) for program in self.due}, self.counts)


@dataclass
class Told:
    """What was forecast at a reading, and what became true: None where the time ended before."""

    household: Household
    when: datetime
    program: Program
    percent: int
    forecast: datetime | None
    truth: date | None = None

    def days_to(self, day: date) -> int:
        """Return how many days the truth is from another day. Days off don't count: nothing can become due on them."""
        assert self.truth is not None
        first, last = sorted((self.truth, day))
        days = (first + timedelta(ahead) for ahead in range(1, (last - first).days + 1))
        return sum(between.weekday() not in self.household.days_off for between in days)

    @property
    def error(self) -> int:
        """Return by how many days the forecast was wrong."""
        assert self.forecast is not None
        return self.days_to(self.forecast.date())

    @property
    def days_late(self) -> int:
        """Return the same, less than zero where it was forecast for too early a day."""
        assert self.forecast is not None
        assert self.truth is not None
        return self.error if self.forecast.date() > self.truth else -self.error

    @property
    def days_before(self) -> int:
        """Return how long before the truth it was told."""
        return self.days_to(self.when.date())


def maintenance(percentages: Mapping[Program, int | None], counts: Mapping[Program, int] | None = None) -> Maintenance:
    """Return what is read of a machine's maintenance."""
    return Maintenance(frozen(counts or {}), frozen(percentages))


@cache
def life(household: Household, days: int = 365, seed: int = 1) -> tuple[list[Told], History]:
    """Live with a machine, read it as Home Assistant would; return what was told before programs were due, and the end.

    It is read after each drink and every 50 minutes while it is on; it is on for an hour after each drink. A program is
    run as soon as somebody is there on a later day than it became due.
    """
    chance, machine, history = random.Random(seed), Machine(household), History()
    told: list[Told] = []
    open_: dict[Program, list[Told]] = {program: [] for program in machine.due}
    for day in (NEW_YEAR + timedelta(ahead) for ahead in range(days)):
        drinks = sorted(chance.uniform(7 * 60, 18 * 60) for _ in range(household.drinks(day, chance)))
        for program in machine.due:
            if drinks and machine.shown(program) == 100:
                machine.run(program)
        for minute in sorted({int(drink) + later for drink in drinks for later in (1, 50)}):
            while drinks and drinks[0] < minute:
                machine.make(chance)
                drinks.pop(0)
            when = datetime.combine(day, time(), BERLIN) + timedelta(minutes=minute)
            history = observed(history, when, machine.total, machine.read())
            for program in machine.due:
                if (percent := machine.shown(program)) < 100:
                    open_[program].append(Told(household, when, program, percent, forecast(history, program, when)))
                    continue
                for each in open_[program]:
                    each.truth = day
                told += open_[program]
                open_[program] = []
    return told, history


def known(told: Iterable[Told]) -> list[Told]:
    """Leave out what was not forecast."""
    return [each for each in told if each.forecast]


def two_adults(day: date, chance: random.Random) -> int:
    """Drink six on weekdays, a few more at the weekend, one more or less now and then."""
    return (6 if day.weekday() < 5 else 9) + chance.choice((-1, 0, 0, 1))


def office(day: date, chance: random.Random) -> int:
    """Drink 25 a day, and nothing at the weekend."""
    return chance.randint(22, 28) if day.weekday() < 5 else 0


def one_espresso(day: date, chance: random.Random) -> int:
    """Drink one espresso a day."""
    return 1


def weekdays_only(day: date, chance: random.Random) -> int:
    """Drink six on weekdays, and nothing at the weekend."""
    return 6 if day.weekday() < 5 else 0


HOLIDAY = (date(2026, 7, 18), date(2026, 8, 1))


def with_holiday(day: date, chance: random.Random) -> int:
    """Drink as two adults do, and leave for two weeks in summer."""
    return 0 if HOLIDAY[0] <= day < HOLIDAY[1] else two_adults(day, chance)


WEEKEND = frozenset({5, 6})
HOUSEHOLDS = {
    "two adults": Household(two_adults),
    "two adults, steps of 10": Household(two_adults, step=10),
    "two adults, doubles": Household(two_adults, step=10, doubles=0.2),
    "weekdays only": Household(weekdays_only, days_off=WEEKEND),
    "weekdays only, steps of 10": Household(weekdays_only, step=10, days_off=WEEKEND),
    "office": Household(office, days_off=WEEKEND),
    "office, steps of 10": Household(office, step=10, days_off=WEEKEND),
    "office, fewer cleanings": Household(office, step=10, cleaning=500, descaling=700, days_off=WEEKEND),
    "one espresso": Household(one_espresso, variety=0),
    "one espresso, steps of 10": Household(one_espresso, step=10, variety=0),
}


def days_of(name: str) -> int:
    """Return how long to look: who drinks little takes long to see a program done."""
    return 3 * 365 if name.startswith("one") else 365


# --- does it come true? -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_comes_true(name: str) -> None:
    """Within two days in the last ten before it is due, and within a quarter of the time before that."""
    told = [each for each in known(life(HOUSEHOLDS[name], days_of(name))[0]) if each.percent >= 60]
    assert {each.program for each in told} == {CLEANING, DESCALING}
    wrong = [each for each in told if each.error > max(2, 0.25 * each.days_before)]
    assert wrong == []


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_is_always_known_once_a_program_was_seen_done(name: str) -> None:
    """One cycle teaches enough for all that follow, and no cycle less than a week."""
    told, _ = life(HOUSEHOLDS[name], days_of(name))
    for program in (CLEANING, DESCALING):
        first_done = next(each.truth for each in told if each.program is program)
        later = [each for each in told if each.program is program and each.when.date() > max(first_done, A_WEEK_ON)]
        assert later
        assert all(each.forecast for each in later)


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_keeps_still(name: str) -> None:
    """From one reading to the next it moves by a day or two, or a tenth of what is left."""
    told, _ = life(HOUSEHOLDS[name], days_of(name))
    for program in (CLEANING, DESCALING):
        for one, next_ in pairwise(each for each in known(told) if each.program is program):
            if one.truth == next_.truth:
                moved = abs(next_.days_late - one.days_late)
                assert moved <= max(2, 0.1 * one.days_before), (one, next_)


def test_a_holiday_moves_it_by_as_long_and_is_forgotten() -> None:
    """Nobody can know that a holiday comes. After it, it is no habit."""
    told = known(life(Household(with_holiday))[0])
    after = [each for each in told if each.when.date() >= HOLIDAY[1]]
    assert {each.program for each in after} == {CLEANING, DESCALING}
    assert [each for each in after if each.error > max(2, 0.25 * each.days_before)] == []
    during = [each for each in told if each.when.date() < HOLIDAY[0] and each.truth and each.truth >= HOLIDAY[0]]
    assert during
    assert all(each.error <= 14 + 3 for each in during)


def test_history_is_small_and_survives_being_stored() -> None:
    """Three years take no more room than three months, and JSON loses nothing."""
    _, history = life(HOUSEHOLDS["one espresso"], 3 * 365)
    stored = json.dumps(to_plain(history))
    assert len(stored) < 1500
    assert from_plain(json.loads(stored)) == history


# --- what it can't know -----------------------------------------------------------------------------------------------


MONDAY = datetime(2026, 3, 2, 9, tzinfo=BERLIN)


@dataclass
class Diary:
    """Readings, one after the other."""

    history: History = field(default_factory=History)
    when: datetime = MONDAY
    total: int = 500

    def drinks(self, days: int, a_day: int = 4) -> Diary:
        """Drink for some days; percentages are as they were."""
        for _ in range(days):
            self.when += timedelta(days=1)
            self.total += a_day
            self.read()
        return self

    def read(
        self, percent: int | None = None, program: Program = CLEANING, count: int | None = None, *, hours: int = 0
    ) -> Diary:
        """Read a percentage, or only the total."""
        self.when += timedelta(hours=hours)
        counts = {} if count is None else {program: count}
        read = maintenance({} if percent is None else {program: percent}, counts)
        self.history = observed(self.history, self.when, self.total, read)
        return self

    def cycle(self, upto: int = 100, days: int = 5) -> Diary:
        """Drink four a day, with a step of ten percent every few days."""
        for percent in range(0, upto, 10):
            self.drinks(days - 1).read(percent).drinks(1).read(percent + 10)
        return self

    def due(self, program: Program = CLEANING) -> datetime | None:
        """Return the forecast."""
        return forecast(self.history, program, self.when)


def test_nothing_is_known_at_first() -> None:
    """One reading is no history."""
    assert forecast(History(), CLEANING, MONDAY) is None
    assert last_done(History(), CLEANING) is None
    assert due_since(History(), CLEANING) is None
    assert days_left(History(), FILTER, 90, MONDAY) is None
    assert Diary().read(60).due() is None


def test_says_nothing_before_it_saw_20_percent_in_steps() -> None:
    """Where within its step the first percentage stood is not known: it counts from the first step."""
    assert Diary().read(0).cycle(upto=20).due() is None
    diary = Diary().read(0).cycle(upto=30)
    assert diary.due() == datetime(2026, 5, 20 + 1, 23, 59, 59, tzinfo=BERLIN) - timedelta(days=30)


def test_says_nothing_before_it_saw_a_whole_week() -> None:
    """A percentage may rise fast; a week takes seven days."""
    diary = Diary().read(10)
    percent = 10
    for _ in range(7):
        diary.when += timedelta(days=1)
        diary.total += 10
        percent += 10
        diary.read(percent)
        assert diary.due() is None
    diary.when += timedelta(days=1)
    assert diary.read(percent).due() is not None


def test_says_nothing_of_a_machine_that_nobody_uses() -> None:
    """It will never be due, as far as anybody can tell."""
    diary = Diary().read(0).cycle(upto=50).drinks(days=70, a_day=0)
    assert diary.due() is None


def test_says_nothing_of_what_is_years_away() -> None:
    """Somebody who drank much now drinks one a day."""
    diary = Diary()
    for percent in range(30):
        diary.when += timedelta(days=1)
        diary.total += 100
        diary.read(percent)
    assert diary.due() is not None
    assert diary.drinks(days=70, a_day=1).due() is None


def test_the_last_cycle_counts_most() -> None:
    """Twenty drinks to each ten percent, then forty. Nobody knows which it will be; rather as the last time."""
    diary = Diary().read(0, count=7).cycle().read(0, count=8).cycle(days=10).read(0, count=9)
    left = diary.due()
    assert left is not None
    assert 75 < (left.date() - diary.when.date()).days < 100


def test_the_last_week_counts_most_but_is_not_all() -> None:
    """160 drinks are left, in a household that drank four a day for seven weeks, and eight in the last."""
    diary = Diary().read(0, count=7).cycle().read(0, count=8).drinks(days=7, a_day=8).read(20)
    left = diary.due()
    assert left is not None
    days = (left.date() - diary.when.date()).days
    assert 26 < days < 31, "20 by the last week alone, 32 if all weeks were equal"


def test_a_step_that_is_late_is_still_ahead() -> None:
    """Twenty drinks to each ten percent, and now forty: the next step is ahead, so due is not before it."""
    diary = Diary().read(0).cycle(upto=80).drinks(days=10)
    left = diary.due()
    assert left is not None
    assert left.date() - diary.when.date() == timedelta(days=5)


# --- due and done -----------------------------------------------------------------------------------------------------


def test_what_is_due_is_due_since_it_was_first_seen() -> None:
    """It stays due since then, whatever is read later."""
    diary = Diary().read(0).cycle()
    since = diary.when
    diary.drinks(days=3).read(100)
    assert diary.due() == due_since(diary.history, CLEANING) == since


def test_due_from_the_first_reading_on() -> None:
    """The machine says so itself; nothing needs to be known."""
    diary = Diary().read(100)
    assert diary.due() == MONDAY


def test_due_is_never_in_the_future() -> None:
    """Even where the clock says that it was not yet read."""
    diary = Diary().read(100)
    yesterday = MONDAY - timedelta(days=1)
    assert forecast(diary.history, CLEANING, yesterday) == yesterday


def test_done_when_the_machine_counts_it_and_forecast_at_once() -> None:
    """What was learned goes on to the next time."""
    diary = Diary().read(0, count=7).cycle().read(100, count=7).read(0, count=8, hours=1)
    assert last_done(diary.history, CLEANING) == diary.when
    assert due_since(diary.history, CLEANING) is None
    left = diary.due()
    assert left is not None
    assert left.date() - diary.when.date() == timedelta(days=50)


def test_done_early() -> None:
    """Somebody who cleans at 40 percent has cleaned."""
    diary = Diary().read(0, count=7).cycle(upto=40).read(0, count=8, hours=1)
    assert last_done(diary.history, CLEANING) == diary.when
    left = diary.due()
    assert left is not None
    assert left.date() - diary.when.date() == timedelta(days=50)


def test_done_when_the_percentage_fell_back_and_stays_there() -> None:
    """Without a count, it is believed when it is read again; what counts is when it was first seen."""
    diary = Diary().read(0).cycle().read(0, hours=1)
    first_seen = diary.when
    assert last_done(diary.history, CLEANING) is None
    diary.read(0, hours=1)
    assert last_done(diary.history, CLEANING) == first_seen
    assert due_since(diary.history, CLEANING) is None


@pytest.mark.parametrize("implausible", [0, 30, 90])
def test_one_reading_that_makes_no_sense_changes_nothing(implausible: int) -> None:
    """It waits for another, and the next is as it was."""
    diary = Diary().read(0).cycle(upto=60)
    before = diary.due()
    assert diary.read(implausible, hours=1).due() == before
    assert diary.read(60, hours=1).due() == before
    assert diary.read(implausible, hours=1).read(60, hours=1).due() == before
    assert last_done(diary.history, CLEANING) is None


@pytest.mark.parametrize("impossible", [-1, 101, 255])
def test_what_is_no_percentage_changes_nothing(impossible: int) -> None:
    """However often it is read."""
    diary = Diary().read(0).cycle(upto=60)
    before = diary.history
    assert diary.read(impossible, hours=1).read(impossible, hours=1).history is before


def test_a_percentage_that_falls_but_not_back_is_not_done() -> None:
    """The water's hardness was set anew, perhaps."""
    diary = Diary().read(0).cycle(upto=60).read(40, hours=1).read(40, hours=1)
    assert last_done(diary.history, CLEANING) is None
    left = diary.due()
    assert left is not None
    assert left.date() - diary.when.date() == timedelta(days=30)


def test_a_count_that_leaps_is_believed_when_it_is_read_again() -> None:
    """Home Assistant may have been off for months, or the reading was wrong."""
    diary = Diary().read(50, count=7).read(50, count=70, hours=1)
    first_seen = diary.when
    assert last_done(diary.history, CLEANING) is None
    assert last_done(diary.read(50, count=70, hours=1).history, CLEANING) == first_seen


def test_a_program_without_a_percentage_is_done_when_it_is_counted() -> None:
    """Only cleaning, descaling and filter have percentages."""
    diary = Diary().read(None, Program.MILK_CLEAN, count=95).read(None, Program.MILK_CLEAN, count=96, hours=5)
    assert last_done(diary.history, Program.MILK_CLEAN) == diary.when
    assert diary.due(Program.MILK_CLEAN) is None


def test_the_age_of_a_filter() -> None:
    """It counts from when it was seen to be changed."""
    diary = Diary().read(40, FILTER, count=1)
    assert days_left(diary.history, FILTER, 90, diary.when) is None
    diary.read(0, FILTER, count=2, hours=1)
    changed = diary.when
    assert days_left(diary.history, FILTER, 90, changed) == 90
    assert days_left(diary.history, FILTER, 90, changed + timedelta(days=89)) == 1
    assert days_left(diary.history, FILTER, 90, changed + timedelta(days=100)) == -10
    assert days_left(diary.history, FILTER, 90, changed - timedelta(days=5)) == 90


def test_a_filter_that_was_taken_out_and_one_that_was_put_in() -> None:
    """Without a filter nothing is due; a new one is compared with the old one."""
    out = maintenance({FILTER: None})
    diary = Diary()
    for percent in range(40, 81, 10):
        diary.drinks(days=5).read(percent, FILTER)
    assert diary.due(FILTER) is not None
    diary.history = observed(diary.history, diary.when, diary.total, out)
    assert diary.due(FILTER) is None
    assert due_since(diary.history, FILTER) is None
    diary.drinks(days=3).read(0, FILTER).read(0, FILTER, hours=1)
    assert last_done(diary.history, FILTER) == diary.when - timedelta(hours=1)
    assert diary.due(FILTER) is not None


def test_a_filter_that_was_never_there() -> None:
    """It begins when there is one."""
    diary = Diary(history=observed(History(), MONDAY, 500, maintenance({FILTER: None})))
    assert diary.due(FILTER) is None
    diary.read(0, FILTER).drinks(days=3).read(10, FILTER)
    assert diary.history.tracks[FILTER].fitted


# --- what happens to machines and clocks ------------------------------------------------------------------------------


def test_nothing_new_is_the_same_object() -> None:
    """So that nothing is written."""
    diary = Diary().read(0, count=7).cycle(upto=30).read(30, count=7)
    before = diary.history
    assert diary.read(30, count=7, hours=1).history is before
    assert diary.read(None, hours=1).history is before


@pytest.mark.parametrize("other", [3, 900_000])
def test_other_electronics_keep_what_was_learned(other: int) -> None:
    """Another total is no drinks, and another count no cleaning."""
    diary = Diary().read(0, count=7).cycle(upto=50).read(50, count=7)
    before = diary.due()
    diary.total = other
    diary.read(50, count=0, hours=1)
    assert last_done(diary.history, CLEANING) is None
    assert diary.due() == before
    assert sum(diary.history.usage.drinks if diary.history.usage else ()) == 25 * 4


def test_drinks_that_nobody_saw_are_spread_over_the_days() -> None:
    """The rest belongs to the last days."""
    diary = Diary().read(0)
    diary.when += timedelta(days=4)
    diary.total += 10
    diary.read(0)
    assert diary.history.usage is not None
    assert diary.history.usage.drinks == (0, 2, 2, 3, 3)


def test_a_clock_that_is_set_back_costs_the_days_only() -> None:
    """A hub without a battery that woke up in the wrong year."""
    diary = Diary().read(0).cycle(upto=60)
    diary.when -= timedelta(days=365)
    assert diary.drinks(days=1).due() is None
    left = diary.drinks(days=8).due()
    assert left is not None
    assert diary.when.date() < left.date() < diary.when.date() + timedelta(days=40)


def test_a_clock_that_is_set_back_by_an_hour_costs_nothing() -> None:
    """Summer time ends, or somebody travels: the day before goes on."""
    diary = Diary().read(0).cycle(upto=60)
    before = diary.due()
    diary.when -= timedelta(hours=10)
    assert diary.read(60).due() == before


def test_the_hour_that_comes_twice() -> None:
    """The last Sunday of October has 25 hours, and is one day."""
    diary = Diary(when=datetime(2026, 10, 24, 23, tzinfo=BERLIN)).read(0)
    for fold in (0, 1):
        diary.when = datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=BERLIN)
        diary.total += 1
        diary.read(0)
    assert diary.history.usage is not None
    assert diary.history.usage.drinks == (0, 2)


PERCENTAGES = st.one_of(st.none(), st.integers(-10, 260))
WHENS = st.one_of(
    st.datetimes(timezones=st.sampled_from([BERLIN, UTC])),
    st.datetimes(),
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 3, 1), timezones=st.just(BERLIN)),
)
READINGS = st.tuples(
    WHENS,
    st.one_of(st.integers(0, 300), st.integers(-10, 2**31)),
    st.dictionaries(st.sampled_from(list(Program)), PERCENTAGES),
    st.dictionaries(st.sampled_from(list(Program)), st.integers(-5, 70_000)),
)


@given(st.lists(READINGS, max_size=40), WHENS)
@settings(deadline=None)
def test_never_raises_and_stays_small(
    readings: list[tuple[datetime, int, dict[Program, int | None], dict[Program, int]]], now: datetime
) -> None:
    """Whatever is read, in whatever order, by whatever clock."""
    history = History()
    for when, total, percentages, counts in readings:
        history = observed(history, when, total, maintenance(percentages, counts))
        for program in Program:
            told = forecast(history, program, now)
            if told and due_since(history, program):
                assert told.date() <= now.date()
            elif told:
                assert told.date() >= now.date()
            last_done(history, program)
            days_left(history, program, 90, now)
    assert from_plain(json.loads(json.dumps(to_plain(history)))) == history
    assert len(history.usage.drinks if history.usage else ()) <= 58
    assert len(history.tracks) <= len(Program)
    assert all(len(track.learned) <= 3 for track in history.tracks.values())


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4), st.integers(0, 3)), max_size=200))
@settings(deadline=None)
def test_never_raises_for_readings_that_could_be(steps: list[tuple[int, int, int]]) -> None:
    """Percentages that rise and fall back, in a household of any kind: what is forecast is from today on."""
    diary, percent = Diary(), 0
    for drinks, days, rise in steps:
        diary.when += timedelta(days=days, hours=1)
        diary.total += drinks
        percent = min(100, percent + rise) if percent < 100 else 0
        told = diary.read(percent).due()
        if told and not due_since(diary.history, CLEANING):
            assert told.date() >= diary.when.date()


@pytest.mark.parametrize(
    "tampered", [{}, {"usage": None}, {"usage": None, "tracks": {"coffee": {}}}, {"usage": {"day": 3}, "tracks": {}}]
)
def test_a_store_that_was_tampered_with_is_refused(tampered: Mapping[str, object]) -> None:
    """With the errors that the memory knows."""
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        from_plain(tampered)
