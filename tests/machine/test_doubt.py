"""Counters that don't continue those before: what may be true after all, and what never is."""

from datetime import UTC, datetime, timedelta
import random

from custom_components.jura.machine.doubt import Doubt, doubted
from custom_components.jura.machine.model import Counters, frozen

START = datetime(2026, 3, 2, 7, tzinfo=UTC)


def counters(total: int, **slots: int) -> Counters:
    """Return counters."""
    return Counters(total, frozen({int(slot[1:]): count for slot, count in slots.items()}))


def after(*reads: tuple[float, Counters]) -> Doubt:
    """Return the doubt after refused read-outs at these hours."""
    doubt = None
    for hours, read in reads:
        doubt = doubted(doubt, read, START + timedelta(hours=hours))
    assert doubt is not None
    return doubt


def test_other_electronics() -> None:
    """What goes on counting for a day may be true, of one slot or of all."""
    doubt = after((0, counters(3, s2=1)), (5, counters(4, s2=2)), (24, counters(7, s2=5)))
    assert doubt.may_be_true
    assert doubt.counters == counters(7, s2=5)


def test_not_before_a_day() -> None:
    """A day is long enough for the machine to have been switched off in between."""
    assert not after((0, counters(3)), (1, counters(4)), (23.9, counters(9))).may_be_true


def test_old_buffer() -> None:
    """An old buffer stands still, however long; that it is the same each time proves nothing."""
    old = counters(4000, s2=100)
    assert not after(*((hours, old) for hours in range(24 * 60))).may_be_true


def test_begun_anew() -> None:
    """What does not go on from the doubt before is a doubt of its own."""
    assert not after((0, counters(3)), (12, counters(6)), (13, counters(2)), (25, counters(8))).may_be_true
    assert not after((0, counters(3)), (12, counters(90_000)), (25, counters(90_001))).may_be_true
    assert not after((0, counters(3, s2=3)), (25, counters(4, s2=2))).may_be_true


def test_noise() -> None:
    """Noise, every quarter of an hour for a month, is never believed."""
    noise = random.Random(4)
    reads = [
        (
            step / 4,
            Counters(noise.randrange(1, 1 << 20), frozen({slot: noise.randrange(1 << 20) for slot in (1, 2, 4)})),
        )
        for step in range(30 * 24 * 4)
    ]
    doubt = None
    for hours, read in reads:
        doubt = doubted(doubt, read, START + timedelta(hours=hours))
        assert not doubt.may_be_true
