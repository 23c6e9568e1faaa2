"""What status bits and progress frames mean together, for one machine type: pure functions over the model.

May import floor 1.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Final

from .decode import FINISHED, IDLE
from .model import Alert, Definition, Kind, Product, Program, Progress, Severity, Status

HEATING: Final = 12
READY: Final = 13
RINSING: Final = 18
GOODBYE: Final = 26
ENERGY_SAVING: Final = 36
KEYS_LOCKED: Final = 39

UNKNOWN_PRODUCT: Final = "unknown_product"
"""Stands for the slug of a drink whose code the definition doesn't have."""

_UNNAMED_BUT_KNOWN: Final = frozenset({52})
"""Set all the time on some machines; no definition names it (hardware-verified, meaning unknown)."""

_PROGRAM_CODES: Final = {
    0x21: Program.MILK_CLEAN,
    0x22: Program.COFFEE_RINSE,
    0x23: Program.MILK_RINSE,
    0x24: Program.CLEANING,
    0x25: Program.DESCALING,
    0x26: Program.FILTER_CHANGE,
}
"""Process codes where a product code could stand (app-derived; 21 and 22 seen on a GIGA X8 over Bluetooth)."""

_NOT_A_DRINK: Final = frozenset({IDLE, 0x7E, 0xC0, 0xC1, 0xC4, 0xC5, 0xEF, 0xFE, 0xFF})
"""Progress states in which a product code does not mean a drink: quality assistant, coffee timer, pairing dialog,
aroma selection, programming mode (app-derived)."""

_HEATING_STATE: Final = 0x21
_RINSING_STATES: Final = frozenset({0x23, 0x9A})
_SHUTTING_DOWN_STATE: Final = 0x25


class MachineState(StrEnum):
    """What the machine is doing, in one word."""

    READY = "ready"
    HEATING = "heating"
    BREWING = "brewing"
    ENJOY = "enjoy"
    RINSING = "rinsing"
    MAINTENANCE = "maintenance"
    NEEDS_ATTENTION = "needs_attention"
    ENERGY_SAVING = "energy_saving"
    SHUTTING_DOWN = "shutting_down"


class Phase(StrEnum):
    """What is happening to the drink in the making."""

    HEATING = "heating"
    GRINDING = "grinding"
    COFFEE = "coffee"
    MILK = "milk"
    MILK_BREAK = "milk_break"
    MILK_FOAM = "milk_foam"
    BYPASS = "bypass"
    HOT_WATER = "hot_water"
    RINSING = "rinsing"
    FINISHED = "finished"


_PHASES: Final = {
    0x21: Phase.HEATING,
    0x31: Phase.GRINDING,
    0x39: Phase.GRINDING,
    0x37: Phase.COFFEE,
    0x3C: Phase.COFFEE,
    0x3D: Phase.COFFEE,
    0x32: Phase.MILK,
    0x33: Phase.MILK_BREAK,
    0x34: Phase.MILK_FOAM,
    0x40: Phase.HOT_WATER,
    0x23: Phase.RINSING,
    0x9A: Phase.RINSING,
    FINISHED: Phase.FINISHED,
}
"""Progress states of a drink. 39, 3C, 41 and 3E are hardware-verified over WiFi, the rest is app-derived."""


def is_making(progress: Progress) -> bool:
    """Tell whether a drink or a program is on its way; unlike `product_in_the_making` also an unknown one."""
    return progress.state not in _NOT_A_DRINK and progress.state != FINISHED and bool(progress.code)


def steadied(before: Progress | None, now: Progress) -> Progress:
    """Return a progress whose percentage does not fall within one drink.

    Over Bluetooth, that it stands where it stands over WiFi is an assumption; one that falls is no percentage, and the
    last good value stands.
    """
    falls = (
        before is not None
        and is_making(before)
        and is_making(now)
        and before.code == now.code
        and before.percent is not None
        and (now.percent is None or now.percent < before.percent)
    )
    return replace(now, percent=before.percent) if before and falls else now


def product_in_the_making(definition: Definition, progress: Progress) -> Product | None:
    """Return the product that the machine makes or has just finished, as long as it says so."""
    if progress.state in _NOT_A_DRINK or progress.code is None:
        return None
    return definition.product_by_code(progress.code)


def program_in_progress(definition: Definition, progress: Progress) -> Program | None:
    """Return the maintenance program that the machine is running."""
    if progress.state == IDLE or progress.code is None or definition.product_by_code(progress.code):
        return None
    return _PROGRAM_CODES.get(progress.code)


def phase(progress: Progress) -> Phase | None:
    """Return what is happening to the drink; None where the state is not one of a drink or not known.

    State 41 is bypass water or hot water, as the window tells (first hardware-verified, second app-derived).
    """
    if progress.state == 0x41:
        return Phase.BYPASS if progress.bypass else Phase.HOT_WATER
    return _PHASES.get(progress.state)


def active_alerts(definition: Definition, status: Status) -> tuple[Alert, ...]:
    """Return the alerts that are raised, without mere states of the machine, lowest bit first."""
    return tuple(
        alert
        for bit in sorted(status.bits)
        if (alert := definition.alerts.get(bit)) and alert.severity is not Severity.STATE
    )


def blocking_alerts(definition: Definition, status: Status, product: Product) -> tuple[Alert, ...]:
    """Return the alerts that keep the machine from making a product."""
    return tuple(alert for alert in active_alerts(definition, status) if product.kind in alert.blocks)


def alerts_that_block_all(definition: Definition, status: Status) -> tuple[Alert, ...]:
    """Return the alerts with which the machine makes nothing. That they keep it from programs too is an assumption."""
    return tuple(alert for alert in active_alerts(definition, status) if alert.blocks >= frozenset(Kind))


def unknown_bits(definition: Definition, status: Status) -> tuple[int, ...]:
    """Return the set bits that this machine type does not name."""
    return tuple(sorted(status.bits - definition.alerts.keys() - _UNNAMED_BUT_KNOWN))


def machine_state(definition: Definition, status: Status, progress: Progress | None) -> MachineState | None:
    """Return the machine's state in one word; None if nothing that is known describes it.

    What happens comes before what is wrong, and what is wrong before what could be done: a machine that is brewing
    with a full tray is brewing, one that is ready with an empty tank needs attention.
    """
    if progress:
        if product_in_the_making(definition, progress):
            return MachineState.ENJOY if progress.state == FINISHED else MachineState.BREWING
        if program_in_progress(definition, progress):
            return MachineState.MAINTENANCE
        if is_making(progress):
            return MachineState.BREWING
    state = progress.state if progress else IDLE
    if GOODBYE in status.bits or state == _SHUTTING_DOWN_STATE:
        return MachineState.SHUTTING_DOWN
    if RINSING in status.bits or state in _RINSING_STATES:
        return MachineState.RINSING
    if HEATING in status.bits or state == _HEATING_STATE:
        return MachineState.HEATING
    if any(alert.severity is Severity.BLOCKING for alert in active_alerts(definition, status)):
        return MachineState.NEEDS_ATTENTION
    if ENERGY_SAVING in status.bits:
        return MachineState.ENERGY_SAVING
    if READY in status.bits:
        return MachineState.READY
    return None


_BUSY: Final = frozenset(
    {
        MachineState.HEATING,
        MachineState.BREWING,
        MachineState.RINSING,
        MachineState.MAINTENANCE,
        MachineState.SHUTTING_DOWN,
    }
)


def is_busy(definition: Definition, status: Status, progress: Progress) -> bool:
    """Tell whether the machine is at something during which it takes no order.

    One that lacks milk is not: it still makes an espresso. Nor is one that shows nothing that is known: that would be a guess.
    """
    return machine_state(definition, status, progress) in _BUSY
