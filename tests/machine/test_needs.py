"""What a machine needs, the most urgent first."""

from collections.abc import Iterable

import pytest

from custom_components.jura.machine import care
from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.model import Maintenance, Program, Severity, Status, frozen
from custom_components.jura.machine.needs import is_nearly_due, needs, possible_needs, warned_of
from tests.helpers import definition_codes

E8 = load_definition("EF538")
TRAY_FULL, TANK, TRAY_MISSING, NO_MILK, READY, PLEASE_WAIT, FILTER_DUE, DESCALING_DUE = 3, 1, 0, 14, 13, 17, 32, 33


def status(bits: Iterable[int]) -> Status:
    """Return a status word with these bits."""
    return Status(frozenset(bits), 148)


def maintenance(**percentages: int | None) -> Maintenance:
    """Return percentages."""
    return Maintenance(frozen({}), frozen({Program(program): percent for program, percent in percentages.items()}))


@pytest.mark.parametrize(
    ("bits", "percentages", "needed"),
    [
        ((READY,), {}, ()),
        ((READY,), {"descaling": 79}, ()),
        ((READY,), {"descaling": 80}, ("descaling_soon",)),
        ((READY,), {"filter_change": None, "cleaning": 99}, ("cleaning_soon",)),
        ((READY, DESCALING_DUE), {"descaling": 100}, ("descaling_due",)),
        # Old percentages: what the machine says now goes before.
        ((READY, DESCALING_DUE), {"descaling": 85, "cleaning": 85}, ("descaling_due", "cleaning_soon")),
        ((TANK, TRAY_MISSING), {}, ("insert_drip_tray", "fill_water_tank")),
        (
            (NO_MILK, FILTER_DUE, TRAY_FULL, TANK),
            {"cleaning": 90, "filter_change": 100},
            ("fill_water_tank", "empty_drip_tray", "no_milk", "filter_change_due", "cleaning_soon"),
        ),
        ((PLEASE_WAIT,), {}, ()),
        ((60, 147), {}, ()),
    ],
)
def test_needs(bits: tuple[int, ...], percentages: dict[str, int | None], needed: tuple[str, ...]) -> None:
    """What stops everything goes first, then what stops some drinks, what is due, and what soon will be."""
    assert needs(E8, status(bits), maintenance(**percentages)) == needed


def test_never_read() -> None:
    """As long as no percentage was read, there is no early warning, and no guess."""
    assert needs(E8, status({READY}), None) == ()
    assert is_nearly_due(E8, maintenance(), Program.CLEANING) is None
    assert is_nearly_due(E8, maintenance(cleaning=None), Program.CLEANING) is None
    assert is_nearly_due(E8, maintenance(cleaning=80), Program.CLEANING) is True
    assert is_nearly_due(E8, maintenance(cleaning=0), Program.CLEANING) is False
    assert is_nearly_due(E8, maintenance(milk_clean=100), Program.MILK_CLEAN) is None


def test_early_warning_of_the_machine() -> None:
    """Where the machine warns early itself, that and its percentage are one and the same need."""
    definition = load_definition("EF1121")
    assert needs(definition, status({43}), maintenance(cleaning=85)) == ("cleaning_soon",)
    assert needs(definition, status({42, 43}), None) == ("milk_clean_soon", "cleaning_soon")
    assert needs(definition, status({34, 43}), maintenance(cleaning=100)) == ("cleaning_due",)


def test_every_machine_type() -> None:
    """Whatever a machine can raise is among what it can need or asks for nothing, and nothing is needed twice."""
    for code in definition_codes():
        definition = load_definition(code)
        everything = status(range(148))
        percentages = Maintenance(frozen({}), frozen(dict.fromkeys(definition.percent_fields, 100)))
        needed, possible = needs(definition, everything, percentages), possible_needs(definition)
        assert set(needed) <= set(possible)
        assert len(set(needed)) == len(needed)
        assert len(set(possible)) == len(possible)
        severities = {alert.slug: alert.severity for alert in definition.alerts.values()}
        blocking = [need for need in needed if severities.get(need) is Severity.BLOCKING]
        assert list(needed[: len(blocking)]) == blocking, code
        asks_for_nothing = {
            alert.slug for alert in definition.alerts.values() if alert.severity is not Severity.STATE
        } - set(possible)
        assert {slug for slug in asks_for_nothing if not slug.endswith("_info")} <= {
            "heating_up",
            "please_wait",
            "powder_product",
            "programming_mode",
            "switch_off_delay",
        }
        asked_for = {program for program, due in care.due(definition, everything).items() if due}
        for program in warned_of(definition):
            assert f"{program}_soon" in possible
            assert (f"{program}_soon" in needed) == (program not in asked_for)
