"""What status bits and progress frames mean together, for one machine type."""

import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.model import Definition, Kind, Product, Program, Progress, Status
from custom_components.jura.machine.state import (
    MachineState,
    Phase,
    active_alerts,
    blocking_alerts,
    is_making,
    machine_state,
    phase,
    product_in_the_making,
    program_in_progress,
    steadied,
    unknown_bits,
)
from scripts import build_catalogue

E8 = "EF538"
UNKNOWN = 0x55
"""A product code that no definition has."""


def status(*bits: int) -> Status:
    """Return a status with these bits set."""
    return Status(frozenset(bits), 148)


def short(value: object) -> str | None:
    """Return a short id for a case."""
    if isinstance(value, Progress):
        return f"{value.state:02X}" + ("" if value.code is None else f"{value.code:02X}")
    if isinstance(value, tuple):
        return "+".join(map(str, value)) or "no bits"
    return str(value)


def product(definition: Definition, slug: str) -> Product:
    """Return a product that must be there."""
    found = definition.product(slug)
    assert found is not None
    return found


# --- the state in one word ------------------------------------------------------------------------------------------

BREWING, FINISHED, CLEANING = Progress(0x3C, 0x02), Progress(0x3E, 0x02), Progress(0x74, 0x24)
IDLE = Progress(0)


@pytest.mark.parametrize(
    ("bits", "progress", "expected"),
    [
        # One at a time.
        ((13, 37, 52), IDLE, MachineState.READY),
        ((13, 37, 52), None, MachineState.READY),
        ((13,), Progress(0, 0x02), MachineState.READY),
        ((12,), IDLE, MachineState.HEATING),
        ((), Progress(0x21), MachineState.HEATING),
        ((), Progress(0x21, 0), MachineState.HEATING),
        ((18,), IDLE, MachineState.RINSING),
        ((), Progress(0x23), MachineState.RINSING),
        ((), Progress(0x9A), MachineState.RINSING),
        ((26,), IDLE, MachineState.SHUTTING_DOWN),
        ((), Progress(0x25), MachineState.SHUTTING_DOWN),
        ((1,), IDLE, MachineState.NEEDS_ATTENTION),
        ((36, 13), IDLE, MachineState.ENERGY_SAVING),
        ((), BREWING, MachineState.BREWING),
        ((), Progress(0x21, 0x02), MachineState.BREWING),
        ((), FINISHED, MachineState.ENJOY),
        ((), CLEANING, MachineState.MAINTENANCE),
        ((), Progress(0xFF, 0x21), MachineState.MAINTENANCE),
        # What happens before what is wrong before what could be done.
        ((0, 1, 2, 3, 36), BREWING, MachineState.BREWING),
        ((1, 13), FINISHED, MachineState.ENJOY),
        ((1, 12, 18), CLEANING, MachineState.MAINTENANCE),
        ((12, 18, 26, 36, 1), IDLE, MachineState.SHUTTING_DOWN),
        ((12, 18, 36, 1), IDLE, MachineState.RINSING),
        ((12, 36, 1), IDLE, MachineState.HEATING),
        ((36, 1, 13), IDLE, MachineState.NEEDS_ATTENTION),
        ((13, 1), None, MachineState.NEEDS_ATTENTION),
        # Information and maintenance keep nobody from anything.
        ((13, 10, 14, 32, 33, 34, 41, 39), IDLE, MachineState.READY),
        # Nothing that is known describes it.
        ((), IDLE, None),
        ((37, 52, 60), None, None),
        ((), Progress(0xEF, 0x02), None),
        ((), Progress(0xC0, 0x02), None),
    ],
    ids=short,
)
def test_machine_state(bits: tuple[int, ...], progress: Progress | None, expected: MachineState | None) -> None:
    """What happens comes before what is wrong, and what is wrong before what could be done."""
    assert machine_state(load_definition(E8), status(*bits), progress) is expected


def test_heating_that_blocks() -> None:
    """Some files call heating up an alert that blocks everything; it is still heating, and nothing to attend to."""
    assert machine_state(load_definition("EF1012"), status(12), IDLE) is MachineState.HEATING


def test_unknown_drink() -> None:
    """A drink that the definition doesn't have is being made: something happens, but nobody guesses what."""
    definition = load_definition(E8)
    assert definition.product_by_code(UNKNOWN) is None
    for state in (0x21, 0x39, 0x3C, 0x41, 0x99):
        progress = Progress(state, UNKNOWN)
        assert is_making(progress)
        assert product_in_the_making(definition, progress) is None
        assert program_in_progress(definition, progress) is None
    assert not is_making(Progress(0x3E, UNKNOWN))


def test_machine_that_makes_an_unknown_drink_is_not_ready() -> None:
    """Whoever waits for "ready" must not be told so while something is poured, whatever it is called."""
    assert machine_state(load_definition(E8), status(13), Progress(0x3C, UNKNOWN)) is not MachineState.READY


@pytest.mark.parametrize(
    ("progress", "making"),
    [
        (BREWING, True),
        (CLEANING, True),
        (Progress(0x39, 0x02), True),
        (FINISHED, False),
        (IDLE, False),
        (Progress(0, 0x02), False),
        (Progress(0x3C), False),
        (Progress(0x23, 0), False),
        (Progress(0xFE, 0x02), False),
        (Progress(0xEF, 0x02), False),
        (Progress(0xC4, 0x02), False),
    ],
    ids=short,
)
def test_is_making(progress: Progress, making: bool) -> None:
    """Dialogs, the coffee timer and programming mode carry codes without making anything."""
    assert is_making(progress) is making


@pytest.mark.parametrize(
    ("code", "program"),
    [
        (0x21, Program.MILK_CLEAN),
        (0x22, Program.COFFEE_RINSE),
        (0x23, Program.MILK_RINSE),
        (0x24, Program.CLEANING),
        (0x25, Program.DESCALING),
        (0x26, Program.FILTER_CHANGE),
    ],
)
def test_program_in_progress(code: int, program: Program) -> None:
    """Where a product code could stand, a program's code may: it is no product of any machine."""
    for path in build_catalogue.TARGET.glob("EF*.json"):
        assert load_definition(path.stem).product_by_code(code) is None
    definition = load_definition(E8)
    assert program_in_progress(definition, Progress(0x74, code)) is program
    assert program_in_progress(definition, Progress(0xFF, code)) is program
    assert program_in_progress(definition, Progress(0, code)) is None
    assert product_in_the_making(definition, Progress(0x74, code)) is None


def test_product_in_the_making() -> None:
    """What is made, and what was just finished as long as the machine says so; the code means another drink elsewhere."""
    e8 = load_definition(E8)
    assert product_in_the_making(e8, BREWING) == e8.product("espresso")
    assert product_in_the_making(e8, FINISHED) == e8.product("espresso")
    assert product_in_the_making(e8, IDLE) is None
    assert product_in_the_making(e8, Progress(0x3E)) is None
    assert product_in_the_making(e8, Progress(0x3C, 0)) is None
    barista, americano = (product_in_the_making(load_definition(code), Progress(0x3C, 0x28)) for code in (E8, "EF1120"))
    assert barista is not None
    assert americano is not None
    assert (barista.slug, americano.slug) == ("cafe_barista", "americano")


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (Progress(0x21, 2), Phase.HEATING),
        (Progress(0x39, 2), Phase.GRINDING),
        (Progress(0x31, 4), Phase.GRINDING),
        (Progress(0x3C, 2), Phase.COFFEE),
        (Progress(0x37, 4), Phase.COFFEE),
        (Progress(0x32, 4), Phase.MILK),
        (Progress(0x33, 4), Phase.MILK_BREAK),
        (Progress(0x34, 4), Phase.MILK_FOAM),
        (Progress(0x41, 0x28, bypass=(0, 45)), Phase.BYPASS),
        (Progress(0x41, 0x0D, water=(5, 220)), Phase.HOT_WATER),
        (Progress(0x3E, 2), Phase.FINISHED),
        (IDLE, None),
        (Progress(0x99, 2), None),
    ],
    ids=short,
)
def test_phase(progress: Progress, expected: Phase | None) -> None:
    """41 is bypass or hot water, as the window tells; what isn't known has no phase."""
    assert phase(progress) is expected


# --- alerts ---------------------------------------------------------------------------------------------------------


def test_active_alerts() -> None:
    """Alerts come lowest bit first; states such as ready, energy saving or the filter are none."""
    definition = load_definition(E8)
    found = active_alerts(definition, status(33, 1, 0, 12, 13, 36, 37, 39, 52, 60))
    assert [alert.slug for alert in found] == ["insert_drip_tray", "fill_water_tank", "descaling_due"]
    assert active_alerts(definition, status(13, 36, 37)) == ()


def test_no_milk_stops_milk_drinks_only() -> None:
    """An espresso needs no milk."""
    definition = load_definition(E8)
    (no_milk,) = blocking_alerts(definition, status(14), product(definition, "cappuccino"))
    assert no_milk.slug == "no_milk"
    for slug in ("espresso", "coffee", "hot_water"):
        assert not blocking_alerts(definition, status(14), product(definition, slug))


def test_empty_tank_stops_everything() -> None:
    """Whatever is made needs water; a due descaling stops nothing."""
    definition = load_definition(E8)
    for entry in definition.products:
        assert [alert.slug for alert in blocking_alerts(definition, status(1, 33), entry)] == ["fill_water_tank"]


@pytest.mark.parametrize(("code", "stops"), [("EF538", True), ("EF658", True), ("EF1030", False)])
def test_no_beans(code: str, stops: bool) -> None:
    """On some machines missing beans formally stop nothing; the definition decides."""
    definition = load_definition(code)
    assert bool(blocking_alerts(definition, status(10), product(definition, "espresso"))) is stops
    water = next(entry for entry in definition.products if entry.kind is Kind.WATER)
    assert not blocking_alerts(definition, status(10), water)


def test_unknown_bits() -> None:
    """A bit without a name is shown by its number; 52 is set all the time on some machines and says nothing."""
    definition = load_definition(E8)
    assert unknown_bits(definition, status(60, 57, 52, 13, 1)) == (57, 60)
    assert unknown_bits(definition, status(52)) == ()
    assert machine_state(definition, status(60, 13), IDLE) is MachineState.READY


def test_bits_are_named_by_the_definition() -> None:
    """The cup sensor exists on few machines: elsewhere its bit is unknown, and not simply off."""
    with_sensor = [
        path.stem for path in build_catalogue.TARGET.glob("EF*.json") if 56 in load_definition(path.stem).alerts
    ]
    assert 0 < len(with_sensor) < 15
    assert unknown_bits(load_definition(E8), status(56)) == (56,)
    assert unknown_bits(load_definition(with_sensor[0]), status(56)) == ()


@pytest.mark.parametrize(
    ("before", "now", "percent"),
    [
        (None, Progress(0x3C, 2, percent=5), 5),
        (Progress(0x3C, 2, percent=40), Progress(0x3C, 2, percent=45), 45),
        (Progress(0x3C, 2, percent=40), Progress(0x3C, 2, percent=35), 40),
        (Progress(0x3C, 2, percent=40), Progress(0x3C, 2), 40),
        (Progress(0x39, 2), Progress(0x3C, 2, percent=5), 5),
        # Another drink, or the same once more, begins anew.
        (Progress(0x3C, 2, percent=95), Progress(0x39, 3, percent=0), 0),
        (Progress(0x3E, 2, percent=100), Progress(0x39, 2, percent=0), 0),
        (Progress(0, percent=100), Progress(0x39, 2, percent=0), 0),
        (Progress(0x3C, 2, percent=40), IDLE, None),
    ],
    ids=["first", "rises", "falls", "missing", "unknown-before", "another", "again", "after-idle", "over"],
)
def test_percentage_never_falls(before: Progress | None, now: Progress, percent: int | None) -> None:
    """Within one drink a percentage that falls is none; the last good one stands, and nothing else is held back."""
    shown = steadied(before, now)
    assert shown.percent == percent
    assert (shown.state, shown.code) == (now.state, now.code)
