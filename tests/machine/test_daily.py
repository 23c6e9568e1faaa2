"""Cups of a day, from totals that are read now and then."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.jura.machine.daily import Day, corrected, counted, moved_on

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


def test_the_first_day_counts_from_set_up() -> None:
    """How many were made before that on this day, nobody knows."""
    day = moved_on(None, MONDAY, None)
    assert day.cups(None) is None
    day = counted(day, 700)
    assert day.cups(700) == 0
    assert counted(day, 703).cups(703) == 3


def test_an_older_total_is_where_the_first_day_begins() -> None:
    """Who had the total before this was counted has a beginning."""
    assert moved_on(None, MONDAY, 700).cups(702) == 2


def test_midnight() -> None:
    """The new day begins with the last total of the old one, and with none made."""
    day = counted(moved_on(None, MONDAY, 700), 710)
    tuesday = moved_on(day, TUESDAY, 710)
    assert tuesday == Day(TUESDAY, before=710)
    assert tuesday.cups(710) == 0
    assert moved_on(tuesday, TUESDAY, 712) is tuesday


def test_missed_midnights() -> None:
    """A week without Home Assistant: what was made since the last total counts for the day on which it is read."""
    day = counted(moved_on(None, MONDAY, 700), 710)
    later = counted(moved_on(day, MONDAY + timedelta(days=7), 710), 714)
    assert later.cups(714) == 4


def test_never_read() -> None:
    """Unknown is not zero, for days."""
    day = moved_on(None, MONDAY, None)
    for days in range(1, 4):
        day = moved_on(day, MONDAY + timedelta(days=days), None)
        assert day.cups(None) is None
    assert counted(day, 5).cups(5) == 0


@pytest.mark.parametrize("at", ["2025-03-30", "2025-10-26"])
def test_days_of_23_and_25_hours(at: str) -> None:
    """A day is a date: the hour that is missing or there twice changes nothing."""
    zone = ZoneInfo("Europe/Zurich")
    midnight = datetime.fromisoformat(at).replace(tzinfo=zone)
    day = moved_on(None, midnight.date(), 100)
    instant = midnight.astimezone(ZoneInfo("UTC"))
    hours = 0
    while (now := (instant + timedelta(hours=hours)).astimezone(zone)).date() == midnight.date():
        assert moved_on(day, now.date(), 100 + hours) is day
        hours += 1
    assert hours in (23, 25)
    assert moved_on(day, now.date(), 100 + hours) == Day(now.date(), before=100 + hours)


def test_a_clock_that_was_ahead() -> None:
    """A date that was never true doesn't stop the count for years."""
    ahead = moved_on(None, date(2099, 1, 1), 700)
    assert moved_on(ahead, MONDAY, 700).date == MONDAY


def test_a_total_that_fell() -> None:
    """Another machine's board: counted from there, never below nothing."""
    day = moved_on(None, MONDAY, 700)
    assert day.cups(3) == 0
    assert counted(day, 3).cups(5) == 2


def test_the_machine_knows_better() -> None:
    """The last total is of yesterday noon; the machine says how many of those since are today's."""
    day = counted(moved_on(Day(MONDAY, 690, 690), TUESDAY, 700), 706)
    right = corrected(day, 706, 2)
    assert right is not None
    assert right.cups(706) == 2
    assert right.cups(709) == 5


@pytest.mark.parametrize("claimed", [7, 3000])
def test_more_than_were_counted_is_no_count_of_today(claimed: int) -> None:
    """A counter that nobody ever set back says more than the whole day can have had."""
    day = counted(Day(TUESDAY, before=700), 706)
    assert corrected(day, 706, claimed) is None


def test_less_than_were_counted_is_no_count_of_today() -> None:
    """Nor is one that begins anew when the machine is switched on."""
    day = counted(Day(TUESDAY, before=700), 702)
    assert corrected(day, 706, 3) is None
    assert corrected(day, 706, 4) is not None


def test_nothing_to_judge_by() -> None:
    """Before any total, the machine's count can't be checked, and is not believed."""
    assert corrected(Day(MONDAY), 700, 3) is None


@given(
    st.integers(0, 10),
    st.lists(st.integers(0, 9), min_size=1, max_size=10),
    st.lists(st.integers(0, 30), min_size=1, max_size=10),
)
def test_a_correction_never_loses_what_was_counted(before: int, made: list[int], claims: list[int]) -> None:
    """Whatever the machine claims, today's cups stay between what was surely and what was at most made."""
    total = 1000 + before
    day = counted(Day(TUESDAY, before=1000), total)
    surely = 0
    for cups, claimed in zip(made, claims, strict=False):
        total, surely = total + cups, surely + cups
        day = counted(day, total)
        day = corrected(day, total, claimed) or day
        now = day.cups(total)
        assert now is not None
        assert surely <= now <= before + surely
