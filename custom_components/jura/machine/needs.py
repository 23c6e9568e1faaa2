"""What a machine needs of somebody, the most urgent first: its alerts, and maintenance that is nearly due. Pure.

May import floor 1.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final

from . import care
from .model import Alert, Definition, Kind, Maintenance, Program, Severity, Status
from .state import active_alerts

PASSES: Final = frozenset({"heating_up", "please_wait", "powder_product", "programming_mode", "switch_off_delay"})
"""Alerts that ask for nothing: they pass by themselves, or somebody is already at it."""
_SOON: Final[Mapping[str, Program]] = {
    "cleaning_info": Program.CLEANING,
    "descaling_info": Program.DESCALING,
    "filter_change_info": Program.FILTER_CHANGE,
    "milk_clean_info": Program.MILK_CLEAN,
}
"""Alerts by which few machine types themselves warn early."""


class _Rank(IntEnum):
    """How urgent a need is. Lower goes first."""

    BLOCKS_ALL = 0
    BLOCKS_SOME = 1
    MAINTENANCE = 2
    INFORMATION = 3
    EARLY = 4


def soon(program: Program) -> str:
    """Return what a program that is nearly due is called among the needs."""
    return f"{program}_soon"


def is_nearly_due(definition: Definition, maintenance: Maintenance, program: Program) -> bool | None:
    """Tell whether a program is at the percentage from which to warn; None where there is neither one nor the other."""
    declared, percent = definition.maintenance_program(program), maintenance.percentages.get(program)
    if declared is None or declared.warn_at is None or percent is None:
        return None
    return percent >= declared.warn_at


def warned_of(definition: Definition) -> tuple[Program, ...]:
    """Return the programs for which the definition says at which percentage to warn."""
    return tuple(
        program
        for program in definition.percent_fields
        if (declared := definition.maintenance_program(program)) and declared.warn_at is not None
    )


def possible_needs(definition: Definition) -> tuple[str, ...]:
    """Return everything that a machine of this type can need, the most urgent first."""
    alerts = [alert for _, alert in sorted(definition.alerts.items()) if alert.severity is not Severity.STATE]
    early = (soon(program) for program in warned_of(definition))
    return tuple(dict.fromkeys((*_named(alerts), *early)))


def needs(definition: Definition, status: Status, maintenance: Maintenance | None) -> tuple[str, ...]:
    """Return what the machine needs now, the most urgent first.

    What keeps it from making anything, what keeps it from making some drinks, maintenance that is due, what else it
    tells, and maintenance that is nearly due. Of a program that is due it isn't said that it soon will be.
    """
    alerts = active_alerts(definition, status)
    due = {program for program, asked in care.due(definition, status).items() if asked}
    early = [p for p in warned_of(definition) if maintenance and is_nearly_due(definition, maintenance, p)]
    found = dict.fromkeys((*_named(alerts), *map(soon, early)))
    return tuple(need for need in found if need not in set(map(soon, due)))


def _named(alerts: Iterable[Alert]) -> list[str]:
    """Return the alerts that ask for something as needs, the most urgent first."""
    asking = [alert for alert in alerts if alert.slug not in PASSES]
    return [soon(_SOON[alert.slug]) if alert.slug in _SOON else alert.slug for alert in sorted(asking, key=_rank)]


def _rank(alert: Alert) -> _Rank:
    if alert.blocks >= frozenset(Kind):
        return _Rank.BLOCKS_ALL
    if alert.blocks:
        return _Rank.BLOCKS_SOME
    if alert.severity is Severity.MAINTENANCE:
        return _Rank.MAINTENANCE
    return _Rank.EARLY if alert.slug in _SOON else _Rank.INFORMATION
