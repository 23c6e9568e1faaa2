"""What the machine is doing in a maintenance program, and whose turn it is: pure functions over the model.

Which states there are and what they mean is app-derived and in JURA's machine files; no run of a program was ever
published. So nothing here relies on an order of states: each is read for itself, and one that isn't known stays visible.

May import floor 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .model import Alert, Definition, Program, Progress, Status
from .state import program_in_progress

NEEDS_HANDS: Final = frozenset({Program.CLEANING, Program.DESCALING, Program.FILTER_CHANGE, Program.MILK_CLEAN})
"""The programs for which somebody has to come and do something; the rinses run by themselves, some of them daily."""

_TAKEN_WITHIN: Final = timedelta(seconds=10)
"""After which a step that still stands was evidently not continued (assumption: machines show their state every 2 s)."""

_DUE: Final[Mapping[Program, int]] = {
    Program.FILTER_CHANGE: 32,
    Program.DESCALING: 33,
    Program.CLEANING: 34,
    Program.MILK_CLEAN: 41,
}
"""Bits of the status word by which a machine asks for a program; the same on all machine types."""


class Step(StrEnum):
    """What is to be done, or is being done, in a program."""

    ADD_CLEANER = "add_cleaner"
    ADD_DESCALER = "add_descaler"
    ADD_TABLET = "add_tablet"
    ADD_WATER = "add_water"
    CHANGE_FILTER = "change_filter"
    CLEANING = "cleaning"
    CLOSE_BEAN_COVER = "close_bean_cover"
    CLOSE_NOZZLE_COVER = "close_nozzle_cover"
    CLOSE_POWDER_COVER = "close_powder_cover"
    CLOSE_TAP = "close_tap"
    CONNECT_MILK_TUBE = "connect_milk_tube"
    DESCALING = "descaling"
    DOCK_MILK_OUTLET = "dock_milk_outlet"
    EMPTY_DRIP_TRAY = "empty_drip_tray"
    EMPTY_GROUNDS_CONTAINER = "empty_grounds_container"
    EMPTYING = "emptying"
    FILL_WATER_TANK = "fill_water_tank"
    FILLING = "filling"
    FILTER_ERROR = "filter_error"
    FINISHED = "finished"
    GET_READY = "get_ready"
    HEATING = "heating"
    INSERT_DRIP_TRAY = "insert_drip_tray"
    INSERT_FILTER = "insert_filter"
    INSERT_GROUNDS_CONTAINER = "insert_grounds_container"
    OPEN_TAP = "open_tap"
    PLACE_CONTAINER = "place_container"
    PLACE_CUP = "place_cup"
    PRESS_BUTTON = "press_button"
    PRESS_RINSE = "press_rinse"
    READ_DISPLAY = "read_display"
    REMOVE_FILTER = "remove_filter"
    REMOVE_WATER_TANK = "remove_water_tank"
    RINSE_WATER_TANK = "rinse_water_tank"
    RINSING = "rinsing"
    SHUTTING_DOWN = "shutting_down"
    STARTING = "starting"
    TOO_HOT = "too_hot"
    WAITING = "waiting"
    UNKNOWN = "unknown_step"
    """The machine says something that we have no words for."""


class Turn(StrEnum):
    """Who has to do something for the program to go on."""

    MACHINE = "machine"
    PERSON = "person"
    """Only at the machine, as far as is known."""
    CONTINUE = "continue"
    """A person, who can then tell the machine from here to go on."""
    NOBODY = "nobody"
    """It is finished."""


_STEPS: Final[Mapping[int, Step]] = {
    0x01: Step.INSERT_DRIP_TRAY,
    0x02: Step.FILL_WATER_TANK,
    0x03: Step.EMPTY_GROUNDS_CONTAINER,
    0x04: Step.EMPTY_DRIP_TRAY,
    0x08: Step.INSERT_GROUNDS_CONTAINER,
    0x09: Step.CLOSE_NOZZLE_COVER,
    0x0A: Step.CLOSE_BEAN_COVER,
    0x0B: Step.FINISHED,
    0x0C: Step.CLOSE_TAP,
    0x0D: Step.OPEN_TAP,
    0x0E: Step.READ_DISPLAY,
    0x0F: Step.CLOSE_POWDER_COVER,
    0x11: Step.FILLING,
    0x12: Step.EMPTYING,
    0x15: Step.WAITING,
    0x16: Step.REMOVE_WATER_TANK,
    0x1E: Step.PLACE_CUP,
    0x1F: Step.PLACE_CONTAINER,
    0x20: Step.STARTING,
    0x21: Step.HEATING,
    0x22: Step.PRESS_BUTTON,
    0x23: Step.RINSING,
    0x25: Step.SHUTTING_DOWN,
    0x26: Step.PRESS_RINSE,
    0x3E: Step.FINISHED,
    0x50: Step.READ_DISPLAY,
    0x51: Step.GET_READY,
    0x52: Step.EMPTY_DRIP_TRAY,
    0x53: Step.ADD_DESCALER,
    0x54: Step.DESCALING,
    0x55: Step.RINSE_WATER_TANK,
    0x56: Step.FINISHED,
    0x5A: Step.CONNECT_MILK_TUBE,
    0x60: Step.READ_DISPLAY,
    0x61: Step.GET_READY,
    0x62: Step.CHANGE_FILTER,
    0x63: Step.RINSING,
    0x65: Step.FINISHED,
    0x66: Step.REMOVE_FILTER,
    0x67: Step.INSERT_FILTER,
    0x70: Step.READ_DISPLAY,
    0x71: Step.GET_READY,
    0x72: Step.EMPTY_DRIP_TRAY,
    0x73: Step.PRESS_BUTTON,
    0x74: Step.CLEANING,
    0x75: Step.ADD_TABLET,
    0x76: Step.FINISHED,
    0x90: Step.READ_DISPLAY,
    0x91: Step.GET_READY,
    0x92: Step.ADD_CLEANER,
    0x93: Step.CLEANING,
    0x94: Step.ADD_WATER,
    0x95: Step.FINISHED,
    0x9A: Step.RINSING,
    0x9B: Step.DOCK_MILK_OUTLET,
    0xE1: Step.READ_DISPLAY,
    0xE2: Step.READ_DISPLAY,
    0xE3: Step.READ_DISPLAY,
    0xE4: Step.FILTER_ERROR,
    0xE6: Step.TOO_HOT,
}
"""Progress states in a program (app-derived; 3E and 23 seen on hardware, but with drinks). What is drunk, such as powder,
is left out: in a program it would be something else."""

_BY_ITSELF: Final = frozenset(
    {
        Step.CLEANING,
        Step.DESCALING,
        Step.EMPTYING,
        Step.FILLING,
        Step.HEATING,
        Step.RINSING,
        Step.SHUTTING_DOWN,
        Step.STARTING,
        Step.TOO_HOT,
        Step.WAITING,
    }
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a program is. `command` is what tells the machine to go on from here, where the definition has it."""

    program: Program
    state: int
    percent: int | None
    command: str | None

    @property
    def step(self) -> Step:
        """Return what is to be done or is being done."""
        return _STEPS.get(self.state, Step.UNKNOWN)

    @property
    def turn(self) -> Turn:
        """Return who has to do something. Of a step that isn't known, the machine's display knows more."""
        if self.step is Step.FINISHED:
            return Turn.NOBODY
        if self.command:
            return Turn.CONTINUE
        return Turn.MACHINE if self.step in _BY_ITSELF else Turn.PERSON

    def is_same(self, other: Stage) -> bool:
        """Tell whether nothing but the percentage lies between two looks."""
        return (self.program, self.state) == (other.program, other.state)


def stage(definition: Definition, progress: Progress) -> Stage | None:
    """Return where the program is that the machine runs; None if it runs none, or one that shows only at the machine."""
    program = program_in_progress(definition, progress)
    if program is None:
        return None
    return Stage(program, progress.state, progress.percent, definition.accept_commands.get(progress.state))


def due(definition: Definition, status: Status) -> Mapping[Program, bool | None]:
    """Return for which programs with work for somebody the machine asks; None where it didn't say."""
    return {program: status.is_set(bit) for program, bit in _DUE.items() if bit in definition.alerts}


def alert_for(program: Program) -> str:
    """Return the slug of the alert by which a machine asks for a program."""
    return f"{program}_due"


def asked_for(alert: Alert) -> Program | None:
    """Return the program that an alert asks for, also where the machine type doesn't say how that is run."""
    return next((program for program in Program if alert.slug == alert_for(program)), None)


# --- from one look to the next ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """A program that runs, as far as it was followed.

    `began` is None for one that ran already when we first looked. `continued` is when we told the machine to go on from
    the step that it still shows.
    """

    stage: Stage
    began: datetime | None
    continued: datetime | None = None

    def may_continue(self, now: datetime) -> bool:
        """Tell whether this step was not continued yet, or evidently in vain: never twice in a row for one press."""
        return self.continued is None or now - self.continued > _TAKEN_WITHIN

    def elapsed(self, now: datetime) -> int | None:
        """Return the whole seconds since it began."""
        return None if self.began is None else max(0, int((now - self.began).total_seconds()))


def follow(before: Run | None, now_shown: Stage | None, now: datetime, *, looked_before: bool) -> Run | None:
    """Return what a look says about the program that runs. `looked_before`: the look before saw the machine, too."""
    if now_shown is None:
        return None
    if before is None or before.stage.program is not now_shown.program:
        return Run(now_shown, now if looked_before else None)
    if before.stage.is_same(now_shown):
        return replace(before, stage=now_shown)
    return Run(now_shown, before.began)
