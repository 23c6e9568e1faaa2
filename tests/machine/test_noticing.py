"""What is news about a machine, from look to look: each thing once, whatever happened between the looks."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.following import Look
from custom_components.jura.machine.model import Progress, Status
from custom_components.jura.machine.noticing import Change, Known, Notice, notice

E8 = load_definition("EF538")
TRAY_MISSING, TANK, TRAY_FULL, HEATING, READY, NO_MILK, PLEASE_WAIT, RINSING, GOODBYE = 0, 1, 3, 12, 13, 14, 17, 18, 26
DESCALING_DUE, ENERGY_SAVING, UNKNOWN = 33, 36, 60
BREWING, ENJOY, IDLE = Progress(0x3C, code=0x02), Progress(0x3E, code=0x02), Progress(0)
START = datetime(2026, 11, 25, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

type Story = list[frozenset[int] | int | Progress]


def looks(*story: object) -> list[str]:
    """Tell a story and return its news: bits are a look, a number that many minutes without an answer."""
    known, now, news = Known(), START, []
    away_since: datetime | None = None
    status: Status | None = None
    for part in story:
        match part:
            case int(minutes):
                away_since, now = away_since or now, now + minutes * MINUTE
                continue
            case Progress() as progress:
                look = Look(E8, status, progress, now)
            case bits:
                status = Status(frozenset(bits), 148)  # type: ignore[arg-type]
                look = Look(E8, status, IDLE, now)
        known, notices = notice(known, look, now - (away_since or now))
        away_since = None
        news += [f"{told.change} {told.alert.slug}" if told.alert else str(told.change) for told in notices]
        now += MINUTE
    return news


@pytest.mark.parametrize(
    ("story", "news"),
    [
        # What stands at the first look ever is no news.
        ([{READY, DESCALING_DUE}], []),
        ([{READY}, {TANK}, {READY}], ["alert_raised fill_water_tank", "alert_cleared fill_water_tank"]),
        (
            [{READY}, {TRAY_FULL}, {TANK}],
            ["alert_raised empty_drip_tray", "alert_cleared empty_drip_tray", "alert_raised fill_water_tank"],
        ),
        ([{READY}, {READY, PLEASE_WAIT}, {READY, UNKNOWN}], []),
        # Hours without an answer: what stood before is no news, what came meanwhile is.
        ([{READY, DESCALING_DUE}, 600, {HEATING, DESCALING_DUE}], []),
        ([{READY}, 600, {HEATING, DESCALING_DUE}], ["alert_raised descaling_due"]),
        # Mornings and evenings.
        ([{READY}, {ENERGY_SAVING}, {ENERGY_SAVING}, {HEATING}, {READY}], ["went_to_sleep", "became_ready"]),
        ([{READY}, {RINSING, GOODBYE}, 600, {HEATING}, {RINSING}, {READY}, {READY}], ["went_to_sleep", "became_ready"]),
        ([{ENERGY_SAVING}, {GOODBYE}], []),
        # Switched off unseen: known by its long absence only.
        ([{READY}, 15, {READY}], ["became_ready"]),
        ([{READY}, 15, {HEATING}, {RINSING}, {READY}], ["became_ready"]),
        ([{READY}, 600, {ENERGY_SAVING}], []),
        # The phone was connected, or the link was bad.
        ([{READY}, 14, {READY}], []),
        ([{READY}, 5, {READY}, 5, {READY}, 5, {READY}, 5, {READY}], []),
        ([15, {READY}], []),
        # A drink, rinsing and a full tray are no sleep; a machine woken by a drink does not become ready after it.
        ([{READY}, BREWING, ENJOY, {RINSING}, {READY}], []),
        ([{READY}, {HEATING}, {READY}], []),
        ([{ENERGY_SAVING}, BREWING, ENJOY, {READY}], []),
        # Ready for black coffee is ready.
        ([{ENERGY_SAVING}, {READY, NO_MILK}], ["became_ready", "alert_raised no_milk"]),
        (
            [{ENERGY_SAVING}, {TANK}, {READY}],
            ["alert_raised fill_water_tank", "became_ready", "alert_cleared fill_water_tank"],
        ),
    ],
)
def test_stories(story: Story, news: list[str]) -> None:
    """Each thing once."""
    assert looks(*story) == news


def test_nothing_said() -> None:
    """Over Wi-Fi there is no status word while a drink is made: nothing changes, but the machine is there."""
    known = Known(Status(frozenset({TANK}), 148), awake=False)
    assert notice(known, Look(E8, None, BREWING, START), timedelta(hours=1)) == (known, ())


def test_short_status() -> None:
    """An alert whose bit the machine doesn't send stands as it stood, and isn't cleared."""
    known = Known(Status(frozenset({DESCALING_DUE, TANK}), 148), awake=True)
    after, news = notice(known, Look(E8, Status(frozenset({READY}), 24), IDLE, START), timedelta())
    assert after.alerts is not None
    assert after.alerts.bits == {DESCALING_DUE}
    assert news == (Notice(Change.ALERT_CLEARED, E8.alerts[TANK]),)


def test_never_sent() -> None:
    """What a status word is too short to tell is unknown, and not off."""
    known, _ = notice(Known(), Look(E8, Status(frozenset({READY}), 24), IDLE, START), timedelta())
    assert known.alerts is not None
    assert known.alerts.is_set(TANK) is False
    assert known.alerts.is_set(DESCALING_DUE) is None


@given(st.lists(st.frozensets(st.integers(0, 60)) | st.integers(1, 30), max_size=30))
def test_raised_and_cleared_in_turn(story: Story) -> None:
    """Of any story: no alert is raised twice without being cleared, and none falls asleep twice without waking."""
    standing: set[str] = set()
    sleep: list[str] = []
    first = next((bits for bits in story if not isinstance(bits, int)), frozenset())
    before = {E8.alerts[bit].slug for bit in first if bit in E8.alerts}
    for told in looks(*story):
        change, _, alert = told.partition(" ")
        if change == Change.ALERT_RAISED:
            assert alert not in standing
            standing.add(alert)
        elif change == Change.ALERT_CLEARED:
            assert alert in standing | before
            standing.discard(alert)
            before.discard(alert)
        else:
            assert change == Change.BECAME_READY or sleep[-1:] != [change]
            sleep.append(change)
