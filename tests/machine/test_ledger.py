"""What was made in any period: just what was made, of just the days that the answer names, whatever was kept."""

from dataclasses import dataclass, field
from datetime import date, timedelta
import json

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.jura.machine.ledger import Ledger, Line, between, entered, from_plain, to_plain
from custom_components.jura.machine.model import Counters, Maintenance, Program, frozen

CLEANING, DESCALING = Program.CLEANING, Program.DESCALING
ESPRESSO, COFFEE, TWO_ESPRESSI = 2, 3, 0x31
NEW_YEAR = date(2026, 1, 1)
DAY = timedelta(days=1)


@dataclass
class Machine:
    """A machine as a ledger sees it, and what it truly made on which day."""

    today: date = NEW_YEAR
    total: int = 4000
    slots: dict[int, int] = field(default_factory=lambda: {ESPRESSO: 1000, COFFEE: 2000})
    programs: dict[Program, int] = field(default_factory=lambda: {CLEANING: 20, DESCALING: 3})
    ledger: Ledger = field(default_factory=Ledger)
    made: list[tuple[date, int]] = field(default_factory=list)
    ran: list[date] = field(default_factory=list)

    def read(self, *, maintenance: bool = True) -> Ledger:
        """Read it."""
        counters = Counters(self.total, frozen(self.slots))
        percentages = frozen({CLEANING: 40})
        programs = Maintenance(frozen(self.programs), percentages) if maintenance else None
        self.ledger = entered(self.ledger, self.today, counters, programs)
        return self.ledger

    def make(self, *slots: int) -> None:
        """Make drinks, of which a double counts twice in the total."""
        for slot in slots:
            self.total += 2 if slot == TWO_ESPRESSI else 1
            self.slots[slot] = self.slots.get(slot, 0) + 1
            self.made.append((self.today, slot))

    def clean(self) -> None:
        """Have it cleaned."""
        self.programs[CLEANING] += 1
        self.ran.append(self.today)

    def truth(self, line: Line) -> Line:
        """Return what was truly made on the days of a line."""
        made = [slot for day, slot in self.made if line.first <= day <= line.last]
        ran = [day for day in self.ran if line.first <= day <= line.last]
        return Line(
            line.first,
            line.last,
            sum(2 if slot == TWO_ESPRESSI else 1 for slot in made),
            frozen({slot: made.count(slot) for slot in set(made)}),
            frozen({CLEANING: len(ran)} if ran else {}),
        )


@pytest.fixture
def machine() -> Machine:
    """Return a machine that was read for the first time."""
    machine = Machine()
    machine.read()
    return machine


def test_nothing_known() -> None:
    """Before the first reading nothing is known, and that isn't 0."""
    assert between(Ledger(), NEW_YEAR, NEW_YEAR) is None


def test_first_day(machine: Machine) -> None:
    """What was counted before isn't of that day; what is made from then on is, and periods begin there."""
    assert between(machine.ledger, NEW_YEAR, NEW_YEAR) == Line(NEW_YEAR, NEW_YEAR)
    machine.make(ESPRESSO, ESPRESSO, TWO_ESPRESSI)
    machine.read()
    expected = Line(NEW_YEAR, NEW_YEAR, 4, frozen({ESPRESSO: 2, TWO_ESPRESSI: 1}))
    assert between(machine.ledger, NEW_YEAR, NEW_YEAR) == expected
    assert between(machine.ledger, date(2025, 12, 1), NEW_YEAR) == expected
    assert between(machine.ledger, date(2025, 12, 1), date(2025, 12, 31)) is None


def test_nothing_new(machine: Machine) -> None:
    """The same reading again is no reason to write anything down."""
    before = machine.ledger
    assert machine.read() is before
    assert machine.read(maintenance=False) is before
    machine.slots = {ESPRESSO: 1000}
    assert machine.read() is before


def test_days(machine: Machine) -> None:
    """Each day has its own, also one on which nothing was made."""
    for drinks in (1, 0, 3):
        machine.make(*[COFFEE] * drinks)
        machine.read()
        machine.today += DAY
    days = [between(machine.ledger, day, day) for day in (NEW_YEAR, NEW_YEAR + DAY, NEW_YEAR + 2 * DAY)]
    assert [day.total for day in days if day] == [1, 0, 3]
    both = between(machine.ledger, NEW_YEAR, NEW_YEAR + 2 * DAY)
    assert both
    assert (both.total, both.slots[COFFEE]) == (4, 4)


def test_programs(machine: Machine) -> None:
    """A program is counted on its day; maintenance that is read for the first time was not done on that day."""
    late = Machine()
    late.read(maintenance=False)
    late.read()
    assert between(late.ledger, NEW_YEAR, NEW_YEAR) == Line(NEW_YEAR, NEW_YEAR)
    for one in (machine, late):
        one.today += DAY
        one.clean()
        one.read()
        assert between(one.ledger, one.today, one.today) == Line(one.today, one.today, programs=frozen({CLEANING: 1}))


def test_days_off(machine: Machine) -> None:
    """After a weekend off, what is made on Monday is Monday's: nobody found anything at the first look."""
    machine.today += 3 * DAY
    machine.read()
    machine.make(ESPRESSO)
    machine.read()
    assert between(machine.ledger, machine.today, machine.today) == Line(
        machine.today, machine.today, 1, frozen({ESPRESSO: 1})
    )


def test_days_unseen(machine: Machine) -> None:
    """What was made while nobody looked is of all these days together, and what of them can't be told isn't."""
    machine.today += 4 * DAY
    machine.make(ESPRESSO)
    machine.read()
    machine.make(COFFEE)
    machine.read()
    ledger, today = machine.ledger, machine.today
    assert between(ledger, today, today) == Line(NEW_YEAR + DAY, today, 2, frozen({ESPRESSO: 1, COFFEE: 1}))
    assert between(ledger, NEW_YEAR, today - DAY) == Line(NEW_YEAR, NEW_YEAR)
    assert between(ledger, today - DAY, today - DAY) is None


def test_months(machine: Machine) -> None:
    """After two months a day can't be told any more, but its month can."""
    for _ in range(200):
        machine.make(ESPRESSO)
        machine.read()
        machine.today += DAY
    january = between(machine.ledger, NEW_YEAR, date(2026, 1, 31))
    assert january
    assert (january.first, january.last, january.total) == (NEW_YEAR, date(2026, 1, 31), 31)
    assert between(machine.ledger, date(2026, 1, 10), date(2026, 1, 20)) is None
    since = between(machine.ledger, date(2026, 1, 10), date(2026, 3, 9))
    assert since
    assert (since.first, since.last, since.total) == (NEW_YEAR, date(2026, 2, 28), 59)


def test_years(machine: Machine) -> None:
    """After three years it is forgotten, and what is told begins with what is still known."""
    machine.today = NEW_YEAR
    while machine.today < date(2030, 3, 15):
        machine.make(ESPRESSO)
        machine.read()
        machine.today += DAY
    every = between(machine.ledger, NEW_YEAR, machine.today)
    assert every
    assert every.first == machine.ledger.began == date(2027, 3, 1)
    assert every.total == (machine.today - every.first).days
    assert between(machine.ledger, NEW_YEAR, date(2026, 12, 31)) is None
    assert len(machine.ledger.lines) <= 36 + 93
    assert len(json.dumps(to_plain(machine.ledger))) < 20_000


@pytest.mark.parametrize(("total", "slots"), [(12, {ESPRESSO: 5, COFFEE: 7}), (90_000, {ESPRESSO: 80_000})])
def test_replaced_electronics(machine: Machine, total: int, slots: dict[int, int]) -> None:
    """Counters of other electronics are no drinks, and no reason to forget what was made with the ones before."""
    machine.make(ESPRESSO)
    machine.read()
    machine.total, machine.slots, machine.programs = total, slots, {CLEANING: 50}
    machine.read()
    assert between(machine.ledger, NEW_YEAR, NEW_YEAR) == Line(NEW_YEAR, NEW_YEAR, 1, frozen({ESPRESSO: 1}))
    machine.make(ESPRESSO, ESPRESSO)
    machine.clean()
    machine.read()
    assert between(machine.ledger, NEW_YEAR, NEW_YEAR) == Line(
        NEW_YEAR, NEW_YEAR, 3, frozen({ESPRESSO: 3}), frozen({CLEANING: 1})
    )


def test_lost_counters(machine: Machine) -> None:
    """A machine that lost its counts of programs (seen on an S8) goes on from 0; its drinks are not concerned."""
    machine.programs = dict.fromkeys(machine.programs, 0)
    machine.make(ESPRESSO)
    machine.read()
    machine.clean()
    machine.read()
    assert between(machine.ledger, NEW_YEAR, NEW_YEAR) == Line(
        NEW_YEAR, NEW_YEAR, 1, frozen({ESPRESSO: 1}), frozen({CLEANING: 1})
    )


def test_new_counters(machine: Machine) -> None:
    """The first of its kind is counted; a counter that was there all the time, and is told only now, isn't."""
    machine.make(TWO_ESPRESSI)
    machine.slots[77] = 500
    machine.read()
    assert between(machine.ledger, NEW_YEAR, NEW_YEAR) == Line(NEW_YEAR, NEW_YEAR, 2, frozen({TWO_ESPRESSI: 1}))
    machine.make(77)
    machine.read()
    line = between(machine.ledger, NEW_YEAR, NEW_YEAR)
    assert line
    assert line.slots == {TWO_ESPRESSI: 1, 77: 1}


@pytest.mark.parametrize(("days", "total"), [(1, 2), (7, 2), (8, None)])
def test_clock_set_back(machine: Machine, days: int, total: int | None) -> None:
    """West over a time zone, or a clock that was wrong: a little is waited for, much begins anew."""
    machine.make(ESPRESSO)
    machine.read()
    machine.today -= days * DAY
    machine.make(ESPRESSO)
    machine.read()
    line = between(machine.ledger, NEW_YEAR, NEW_YEAR)
    assert (line.total if line else None) == (total or 0)
    assert machine.ledger.began == (NEW_YEAR if total else machine.today)


def test_plain(machine: Machine) -> None:
    """It survives being written down, and what isn't a ledger is refused."""
    assert from_plain(json.loads(json.dumps(to_plain(Ledger())))) == Ledger()
    machine.make(ESPRESSO)
    machine.clean()
    machine.read()
    assert from_plain(json.loads(json.dumps(to_plain(machine.ledger)))) == machine.ledger
    for damage in ({"read": 7}, {"lines": [1]}, {"programs": {"dancing": 1}}, {"slots": None}):
        with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
            from_plain({**to_plain(machine.ledger), **damage})


_READINGS = st.lists(
    st.tuples(
        # Days until the next reading, what is made on each of them, whether it is cleaned on the last.
        st.integers(0, 40) | st.just(1),
        st.lists(st.sampled_from([ESPRESSO, COFFEE, TWO_ESPRESSI]), max_size=3),
        st.booleans(),
    ),
    min_size=1,
    max_size=60,
)


@given(_READINGS, st.data())
@settings(max_examples=300, deadline=None)
def test_it_is_the_truth(readings: list[tuple[int, list[int], bool]], data: st.DataObject) -> None:
    """Whatever is asked for: what is told of some days is what was made on them, no less and no more."""
    machine = Machine()
    machine.read()
    for days, drinks, cleaned in readings:
        if days == 0:
            machine.make(*drinks)
        for _ in range(days):
            machine.today += DAY
            machine.make(*drinks)
        if cleaned:
            machine.clean()
        machine.read()
        assert from_plain(json.loads(json.dumps(to_plain(machine.ledger)))) == machine.ledger
    days = (machine.today - NEW_YEAR).days
    for _ in range(20):
        start = NEW_YEAR + data.draw(st.integers(-5, days)) * DAY
        end = start + data.draw(st.integers(0, 100)) * DAY
        if told := between(machine.ledger, start, end):
            assert told.first <= told.last <= end
            assert told == machine.truth(told)
            if machine.today - start <= timedelta(days=62) and told.first < start:
                assert told.slots or told.programs, "why so many days, if nothing was found after them?"


_DATES = st.dates(date(2020, 1, 1), date(2100, 1, 1))
_COUNTS = st.integers(0, 100_000)


@given(
    st.lists(st.tuples(_DATES, _COUNTS, st.dictionaries(st.integers(1, 5), _COUNTS), _COUNTS), max_size=40),
    _DATES,
    _DATES,
)
@settings(max_examples=200, deadline=None)
def test_anything(readings: list[tuple[date, int, dict[int, int], int]], start: date, end: date) -> None:
    """Whatever a machine and a clock say: nothing raises, nothing is negative, nothing grows without bounds."""
    ledger = Ledger()
    for today, total, slots, cleaned in readings:
        maintenance = Maintenance(frozen({CLEANING: cleaned}), frozen({}))
        ledger = entered(ledger, today, Counters(total, frozen(slots)), maintenance)
        assert entered(ledger, today, Counters(total, frozen(slots)), maintenance) is ledger
        assert [line.last for line in ledger.lines] == sorted(line.last for line in ledger.lines)
        for line in ledger.lines:
            assert line.total >= 0
            assert all(count > 0 for count in (*line.slots.values(), *line.programs.values()))
    if told := between(ledger, start, end):
        assert told.first <= told.last
