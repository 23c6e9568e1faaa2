"""What is told of a drink, look by look: every beginning and every end once, and nothing that nobody saw."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.jura.machine import following
from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.following import Following, Happening, Look, follow
from custom_components.jura.machine.model import Drink, End, Ended, Origin, Product, Progress, Status

DEFINITION = load_definition("EF538")
START = datetime(2025, 3, 1, 8, tzinfo=UTC)
ESPRESSO, COFFEE, UNKNOWN, CLEANING = 0x02, 0x03, 0x55, 0x24
GRINDING, WATER, ENJOY, BYPASS = 0x39, 0x3C, 0x3E, 0x41
TANK_EMPTY, NO_MILK = 1, 14

IDLE = Progress(state=0)
RINSING = Progress(state=0x23, code=0)


def making(code: int = ESPRESSO, percent: int = 20, water: int = 10) -> Progress:
    """Return what a machine says in the middle of a drink."""
    return Progress(WATER, code, percent, water=(water, 45))


def enjoy(code: int = ESPRESSO) -> Progress:
    """Return what a machine says after a drink."""
    return Progress(ENJOY, code)


def product(slug: str) -> Product:
    """Return a product of the machine."""
    found = DEFINITION.product(slug)
    assert found is not None
    return found


class Watcher:
    """Looks at a machine, and keeps what it was told."""

    def __init__(self, known: Following | None = None) -> None:
        """Begin, with what is known from before."""
        self.now = START
        self.following = known or Following()
        self.told: list[Happening] = []

    def look(self, progress: Progress, *bits: int, after: float = 1) -> None:
        """Look once, some seconds after the last time."""
        self.now += timedelta(seconds=after)
        look = Look(DEFINITION, Status(frozenset(bits), 148), progress, self.now)
        self.following, told = follow(self.following, look)
        self.told += told

    def order(self, slug: str = "espresso", name: str | None = None) -> None:
        """Order a drink that the machine acknowledges."""
        self.following = following.ordering(self.following, product(slug), name, self.now)
        self.following = following.acknowledged(self.following, self.now)

    @property
    def words(self) -> list[str]:
        """Return what was told, in one word each."""
        return ["started" if isinstance(happening, Drink) else str(happening.how) for happening in self.told]

    @property
    def end(self) -> Ended:
        """Return what was told last."""
        ended = self.told[-1]
        assert isinstance(ended, Ended)
        return ended


@pytest.fixture
def watcher() -> Watcher:
    """Return one who has just seen the machine idle."""
    watcher = Watcher()
    watcher.look(IDLE)
    return watcher


# --- how a drink goes -------------------------------------------------------------------------------------------------


def test_from_start_to_end(watcher: Watcher) -> None:
    """Once started, once finished, although "enjoy" stands for seconds; with all that the machine said."""
    watcher.look(Progress(GRINDING, ESPRESSO, 5, water=(0, 45)))
    for second in range(1, 20):
        watcher.look(making(percent=5 * second, water=2 * second))
    assert following.elapsed(watcher.following, watcher.now) == 19
    for _ in range(10):
        watcher.look(enjoy())
    watcher.look(IDLE)
    watcher.look(IDLE, after=60)
    assert watcher.words == ["started", "finished"]
    assert watcher.end.drink.code == ESPRESSO
    assert watcher.end.drink.origin is Origin.MACHINE
    assert (watcher.end.duration, watcher.end.water) == (20, 45)
    assert following.elapsed(watcher.following, watcher.now) is None


def test_water_is_that_of_the_coffee_and_the_bypass(watcher: Watcher) -> None:
    """What is wanted counts when it is finished, and what came when it is not."""
    watcher.look(Progress(WATER, COFFEE, 50, water=(60, 60)))
    watcher.look(Progress(BYPASS, COFFEE, 80, water=(60, 60), bypass=(15, 40)))
    cancelled = Watcher(watcher.following)
    cancelled.now = watcher.now
    watcher.look(enjoy(COFFEE))
    assert watcher.end.water == 100
    cancelled.look(IDLE)
    assert cancelled.end.water == 75


def test_no_water_where_the_machine_says_nothing(watcher: Watcher) -> None:
    """Not said is not zero."""
    watcher.look(Progress(0x34, 0x08))
    watcher.look(enjoy(0x08))
    assert watcher.words == ["started", "finished"]
    assert watcher.end.water is None


def test_water_does_not_fall_with_the_second_stroke(watcher: Watcher) -> None:
    """Each stroke may count anew."""
    watcher.look(making(water=45))
    watcher.look(making(percent=60, water=5))
    watcher.look(IDLE)
    assert watcher.end.water == 45


def test_cancelled_at_the_machine(watcher: Watcher) -> None:
    """Gone without "enjoy" under our eyes: somebody stopped it."""
    watcher.look(making())
    watcher.look(IDLE)
    assert watcher.words == ["started", "cancelled"]
    assert (watcher.end.duration, watcher.end.water, watcher.end.reason) == (1, 10, None)


@pytest.mark.parametrize("gap", [1, 30])
def test_cancelled_by_us(watcher: Watcher, gap: float) -> None:
    """We know it, also where we did not see it, and whatever else the machine complains about."""
    watcher.look(making())
    watcher.following = following.cancelled(watcher.following)
    watcher.look(IDLE, TANK_EMPTY, after=gap)
    assert watcher.words == ["started", "cancelled"]
    assert watcher.end.reason is None


def test_a_cancel_that_came_too_late(watcher: Watcher) -> None:
    """The machine says that it is finished, and that counts."""
    watcher.look(making())
    watcher.following = following.cancelled(watcher.following)
    watcher.look(enjoy())
    assert watcher.words == ["started", "finished"]


def test_failed(watcher: Watcher) -> None:
    """Gone without "enjoy", and something new blocks it: that is why."""
    watcher.look(making())
    watcher.look(IDLE, TANK_EMPTY)
    assert watcher.words == ["started", "failed"]
    assert watcher.end.reason == "fill_water_tank"
    assert watcher.end.water == 10


def test_an_alert_that_stood_before_is_no_reason(watcher: Watcher) -> None:
    """It did not keep the machine from beginning."""
    watcher.look(making(), TANK_EMPTY)
    watcher.look(IDLE, TANK_EMPTY)
    assert watcher.words == ["started", "cancelled"]


def test_an_alert_about_other_drinks_is_no_reason(watcher: Watcher) -> None:
    """An espresso needs no milk; of an unknown drink nobody knows."""
    watcher.look(making())
    watcher.look(IDLE, NO_MILK)
    watcher.look(making(UNKNOWN))
    watcher.look(IDLE, TANK_EMPTY)
    assert watcher.words == ["started", "cancelled", "started", "failed"]


def test_unknown_product(watcher: Watcher) -> None:
    """A drink that the definition doesn't have is a drink, with its code."""
    watcher.look(making(UNKNOWN))
    watcher.look(enjoy(UNKNOWN))
    assert watcher.words == ["started", "finished"]
    assert watcher.end.drink.code == UNKNOWN


def test_a_program_is_no_drink(watcher: Watcher) -> None:
    """Cleaning is not made for anybody, and ends a drink that was still open."""
    for state in (0x70, 0x74, ENJOY, 0xFF):
        watcher.look(Progress(state, CLEANING))
    assert watcher.told == []
    watcher.look(making())
    watcher.look(Progress(0x74, CLEANING))
    assert watcher.words == ["started", "cancelled"]


@pytest.mark.parametrize("progress", [RINSING, Progress(0x21, 0), Progress(0x25)])
def test_heating_and_rinsing_are_no_drinks(watcher: Watcher, progress: Progress) -> None:
    """Nothing is made while there is no product."""
    watcher.look(progress)
    assert watcher.told == []


# --- what nobody saw --------------------------------------------------------------------------------------------------


def test_found_at_its_end(watcher: Watcher) -> None:
    """Only "enjoy" was seen of it: a drink was made, and how long it took is not known."""
    watcher.look(enjoy(), after=60)
    watcher.look(enjoy())
    watcher.look(IDLE)
    assert watcher.words == ["finished"]
    assert (watcher.end.duration, watcher.end.water) == (None, None)


def test_out_of_sight(watcher: Watcher) -> None:
    """The link was lost for a while: nobody can know, alert or not."""
    watcher.look(making())
    watcher.look(IDLE, TANK_EMPTY, after=5)
    assert watcher.words == ["started", "ended_unseen"]
    assert (watcher.end.duration, watcher.end.water, watcher.end.reason) == (None, None, None)


def test_back_in_sight(watcher: Watcher) -> None:
    """Still the same drink, or its "enjoy": it goes on as if nothing had been."""
    watcher.look(making(percent=20))
    watcher.look(making(percent=60), after=20)
    watcher.look(enjoy(), after=20)
    assert watcher.words == ["started", "finished"]
    assert watcher.end.duration == 40


def test_another_of_the_same_kind(watcher: Watcher) -> None:
    """Further behind than before, or after longer than any drink takes: it is another one."""
    watcher.look(making(percent=60))
    watcher.look(making(percent=10), after=60)
    assert watcher.words == ["started", "ended_unseen", "started"]
    watcher.look(making(percent=20), after=3600)
    assert watcher.words[3:] == ["ended_unseen", "started"]
    assert watcher.following.drink is not None
    assert watcher.following.drink.started == watcher.now


def test_another_product(watcher: Watcher) -> None:
    """What happened to the one before was not seen."""
    watcher.look(making(ESPRESSO))
    watcher.look(making(COFFEE))
    watcher.look(enjoy(ESPRESSO))
    assert watcher.words == ["started", "ended_unseen", "started", "ended_unseen", "finished"]


def test_two_in_a_row(watcher: Watcher) -> None:
    """The next may begin without an idle moment between."""
    for _ in range(2):
        watcher.look(making())
        watcher.look(enjoy())
    assert watcher.words == ["started", "finished"] * 2


@pytest.mark.parametrize(
    ("progress", "told"),
    [(making(), []), (enjoy(), ["finished"]), (IDLE, ["ended_unseen"]), (RINSING, ["ended_unseen"])],
)
def test_restart_during_a_drink(watcher: Watcher, progress: Progress, told: list[str]) -> None:
    """Whoever comes back and remembers only how it began tells neither the start again nor an end that nobody saw."""
    watcher.look(making())
    remembered = Following(drink=watcher.following.drink, enjoyed=watcher.following.enjoyed)
    later = Watcher(remembered)
    later.look(progress, after=40)
    assert later.words == told


def test_restart_during_enjoy(watcher: Watcher) -> None:
    """What was told before the restart is not told again."""
    watcher.look(making())
    watcher.look(enjoy())
    later = Watcher(Following(drink=watcher.following.drink, enjoyed=watcher.following.enjoyed))
    later.look(enjoy(), after=5)
    assert later.told == []


# --- orders -----------------------------------------------------------------------------------------------------------


def test_ordered(watcher: Watcher) -> None:
    """A drink that we ordered is ours, with the name that its owner gave it; the next at the machine is not."""
    watcher.order(name="Nana's")
    watcher.look(IDLE)
    watcher.look(making())
    watcher.look(enjoy())
    watcher.look(making())
    started = [drink for drink in watcher.told if isinstance(drink, Drink)]
    assert [(drink.origin, drink.name) for drink in started] == [
        (Origin.HOME_ASSISTANT, "Nana's"),
        (Origin.MACHINE, None),
    ]
    assert watcher.words == ["started", "finished", "started"]


def test_a_double_may_show_under_its_own_code() -> None:
    """The order is for the single one, with an extra."""
    double = next(product for product in DEFINITION.products if product.double_code is not None)
    assert double.double_code is not None
    watcher = Watcher()
    watcher.look(IDLE)
    watcher.order(double.slug)
    watcher.look(making(double.double_code))
    assert isinstance(started := watcher.told[0], Drink)
    assert started.origin is Origin.HOME_ASSISTANT


def test_not_started(watcher: Watcher) -> None:
    """Watched all the time, and it never came: told once, when it can come no more."""
    watcher.order()
    for _ in range(15):
        watcher.look(IDLE)
    assert watcher.told == []
    assert watcher.following.order
    for _ in range(10):
        watcher.look(IDLE)
    assert watcher.words == ["failed"]
    assert watcher.end.reason == following.NOT_STARTED
    assert watcher.end.drink.origin is Origin.HOME_ASSISTANT
    assert watcher.following.order is None


def test_another_drink_is_not_the_one_ordered(watcher: Watcher) -> None:
    """Somebody was faster at the machine: theirs is made, and ours is not."""
    watcher.order("coffee")
    watcher.look(making(ESPRESSO))
    for _ in range(20):
        watcher.look(making(ESPRESSO))
    assert watcher.words == ["started", "failed"]
    assert isinstance(started := watcher.told[0], Drink)
    assert started.origin is Origin.MACHINE


def test_enjoy_of_the_drink_before_is_not_the_one_ordered(watcher: Watcher) -> None:
    """Ordered while the last one is still shown: its end is not told for the new one's."""
    watcher.look(making())
    watcher.look(enjoy())
    watcher.order()
    for _ in range(20):
        watcher.look(enjoy())
    assert watcher.words == ["started", "finished", "failed"]


def test_rejected(watcher: Watcher) -> None:
    """The machine said no."""
    watcher.following = following.ordering(watcher.following, product("espresso"), "Mine", watcher.now)
    watcher.following, told = following.rejected(watcher.following, watcher.now)
    (ended,) = told
    assert isinstance(ended, Ended)
    assert (ended.how, ended.reason, ended.drink.name) == (End.FAILED, following.REJECTED, "Mine")
    watcher.look(IDLE, after=60)
    assert watcher.told == []


def test_never_sent(watcher: Watcher) -> None:
    """What never left us is not told: who asked for it was told why."""
    watcher.following = following.unsent(following.ordering(watcher.following, product("espresso"), None, watcher.now))
    watcher.look(IDLE, after=60)
    watcher.look(making())
    assert watcher.words == ["started"]


def test_sending_takes_its_time(watcher: Watcher) -> None:
    """An order over WiFi waits for its session; it is not late as long as it was not sent."""
    watcher.following = following.ordering(watcher.following, product("espresso"), None, watcher.now)
    for _ in range(30):
        watcher.look(IDLE)
    assert watcher.told == []
    watcher.following = following.acknowledged(watcher.following, watcher.now)
    watcher.look(making())
    assert watcher.words == ["started"]


@pytest.mark.parametrize(
    ("gap", "progress", "told"),
    [
        (5, making(), ["started"]),
        (40, making(), ["started"]),
        (40, enjoy(), ["finished"]),
        (40, IDLE, ["ended_unseen"]),
        (3600, IDLE, ["ended_unseen"]),
    ],
)
def test_outcome_unknown(watcher: Watcher, gap: float, progress: Progress, told: list[str]) -> None:
    """No answer came: what shows next tells, and a machine that was out of sight for long may have made it or not."""
    watcher.following = following.ordering(watcher.following, product("espresso"), None, watcher.now)
    watcher.following = following.unanswered(watcher.following, watcher.now + timedelta(seconds=gap - 1))
    watcher.look(progress, after=gap)
    assert watcher.words == told
    happening = watcher.told[0]
    drink = happening if isinstance(happening, Drink) else happening.drink
    assert drink.origin is Origin.HOME_ASSISTANT


def test_outcome_unknown_and_nothing_comes(watcher: Watcher) -> None:
    """Watched all the time since: it was not started."""
    watcher.following = following.ordering(watcher.following, product("espresso"), None, watcher.now)
    watcher.following = following.unanswered(watcher.following, watcher.now)
    for _ in range(20):
        watcher.look(IDLE)
    assert watcher.words == ["failed"]


def test_an_old_order_is_not_this_drink(watcher: Watcher) -> None:
    """Out of sight for an hour: what is made now is not what was ordered then."""
    watcher.order()
    watcher.look(making(), after=3600)
    assert watcher.words == ["started", "ended_unseen"]
    assert isinstance(started := watcher.told[0], Drink)
    assert started.origin is Origin.MACHINE


# --- whatever happens -------------------------------------------------------------------------------------------------

PROGRESS = st.builds(
    Progress,
    state=st.sampled_from([0x00, 0x02, 0x21, 0x23, GRINDING, WATER, BYPASS, ENJOY, 0xFE, 0xFF]),
    code=st.sampled_from([None, 0, ESPRESSO, COFFEE, UNKNOWN, CLEANING]),
    percent=st.none() | st.integers(0, 100),
    water=st.none() | st.tuples(st.integers(0, 240), st.integers(0, 240)),
    bypass=st.none() | st.tuples(st.integers(0, 240), st.integers(0, 240)),
)
LOOKS = st.tuples(
    st.sampled_from([0, 1, 3, 5, 16, 61, 4000]), PROGRESS, st.sets(st.sampled_from([0, TANK_EMPTY, 13, NO_MILK, 60]))
)
ORDERS = st.sampled_from(["espresso", "acknowledged", "unanswered", "unsent", "rejected", "cancelled", "restart"])


@given(st.lists(LOOKS | ORDERS, max_size=60))
def test_every_start_has_at_most_one_end(course: list[object]) -> None:
    """Whatever a machine says and we do, nothing ends that did not begin or was not ordered, and nothing ends twice."""
    watcher = Watcher()
    for step in course:
        match step:
            case (float() | int() as after, Progress() as progress, set() as bits):
                watcher.look(progress, *bits, after=after)
            case "espresso":
                watcher.following = following.ordering(watcher.following, product("espresso"), None, watcher.now)
            case "acknowledged":
                watcher.following = following.acknowledged(watcher.following, watcher.now)
            case "unanswered":
                watcher.following = following.unanswered(watcher.following, watcher.now)
            case "unsent":
                watcher.following = following.unsent(watcher.following)
            case "rejected":
                watcher.following, told = following.rejected(watcher.following, watcher.now)
                watcher.told += told
            case "cancelled":
                watcher.following = following.cancelled(watcher.following)
            case "restart":
                watcher.following = Following(drink=watcher.following.drink, enjoyed=watcher.following.enjoyed)
    made: Drink | None = None
    for happening in watcher.told:
        if isinstance(happening, Drink):
            assert made is None, "one began before the other had ended"
            made = happening
        elif made and happening.drink.started == made.started and happening.drink.code == made.code:
            made = None
        else:
            # Seen at its end only, or ordered and never made.
            assert happening.duration is None
            assert happening.water is None
    assert (made is None) == (watcher.following.drink is None)


@given(st.lists(st.tuples(st.sampled_from([1, 3, 61]), st.sampled_from([ENJOY, WATER, 0])), max_size=60))
def test_finished_once(course: list[tuple[int, int]]) -> None:
    """As often as "enjoy" begins, and not as often as it is seen."""
    watcher = Watcher()
    for after, state in course:
        watcher.look(Progress(state, ESPRESSO if state else 0), after=after)
    states = [0, *(state for _, state in course)]
    beginnings = sum(now == ENJOY != before for before, now in pairwise(states))
    assert watcher.words.count("finished") == beginnings
