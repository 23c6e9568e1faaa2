"""What a machine does, in one word for each question: pure functions over a snapshot. None is not known.

May import floor 1.
"""

from typing import Final

from . import care, state
from .model import Definition, Snapshot
from .state import UNKNOWN_PRODUCT, MachineState

NO_DRINK: Final = "none"
NO_PROGRAM: Final = "none"
UNKNOWN_PHASE: Final = "unknown_phase"


def machine_state(definition: Definition, snapshot: Snapshot) -> MachineState | None:
    """Return what the machine is doing."""
    return state.machine_state(definition, snapshot.status, snapshot.progress) if snapshot.status else None


def is_ready(definition: Definition, snapshot: Snapshot) -> bool | None:
    """Tell whether a drink can be ordered now; in energy saving too, for an order wakes the machine."""
    if snapshot.status is None:
        return None
    return machine_state(definition, snapshot) in (MachineState.READY, MachineState.ENERGY_SAVING)


def current_drink(definition: Definition, snapshot: Snapshot) -> str | None:
    """Return the slug of the drink that the machine makes or has just finished."""
    if snapshot.progress is None:
        return None
    if product := state.product_in_the_making(definition, snapshot.progress):
        return product.slug
    if state.is_making(snapshot.progress) and not state.program_in_progress(definition, snapshot.progress):
        return UNKNOWN_PRODUCT
    return NO_DRINK


def phase(definition: Definition, snapshot: Snapshot) -> str | None:
    """Return what is happening to the drink; None also where there is none."""
    if current_drink(definition, snapshot) in (None, NO_DRINK) or snapshot.progress is None:
        return None
    return state.phase(snapshot.progress) or UNKNOWN_PHASE


def program(definition: Definition, snapshot: Snapshot) -> str | None:
    """Return the maintenance program that the machine runs."""
    if snapshot.progress is None:
        return None
    return state.program_in_progress(definition, snapshot.progress) or NO_PROGRAM


def percent(definition: Definition, snapshot: Snapshot) -> int | None:
    """Return how much of the drink or of the program is done; None also where there is neither."""
    if snapshot.progress and (stage := care.stage(definition, snapshot.progress)):
        return 100 if stage.turn is care.Turn.NOBODY else stage.percent
    if current_drink(definition, snapshot) in (None, NO_DRINK) or snapshot.progress is None:
        return None
    return 100 if state.phase(snapshot.progress) is state.Phase.FINISHED else snapshot.progress.percent
