"""Maintenance programs over time: a conversation with the person in front of the machine.

States and which of them wait for which command are facts [XML]; the order of states, what happens at the machine in
between and all durations are assumptions: nobody has published a run.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .course import Progress

UNUSED = 0xFF
_PERCENT = 12
_FINISHED_SECONDS = 5.0


@dataclass(frozen=True)
class Step:
    """A part of a program."""

    state: int
    seconds: float | None = None
    """None: until a person does what the display says, or a client confirms it where the definition allows that."""


_STEPS = {
    "CappuClean": (Step(0x92), Step(0x93, 40), Step(0x94), Step(0x93, 40), Step(0x95, _FINISHED_SECONDS)),
    "CoffeeRinse": (Step(0x23, 15),),
    "CappuRinse": (Step(0x9A, 20), Step(0x0B, _FINISHED_SECONDS)),
    "Cleaning": (
        Step(0x72),
        Step(0x74, 60),
        Step(0x75),
        Step(0x74, 120),
        Step(0x72),
        Step(0x76, _FINISHED_SECONDS),
    ),
    "Decalc": (
        Step(0x52),
        Step(0x53),
        Step(0x54, 180),
        Step(0x52),
        Step(0x55),
        Step(0x54, 120),
        Step(0x52),
        Step(0x56, _FINISHED_SECONDS),
    ),
    "FilterChange": (Step(0x62), Step(0x63, 60), Step(0x65, _FINISHED_SECONDS)),
}


@dataclass(frozen=True)
class Program:
    """One program of one machine."""

    code: int
    """0x21 to 0x26."""
    name: str
    silent: bool
    """Whether it shows only on the machine's own display."""
    accepts: Mapping[int, int]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The parts in order."""
        return _STEPS[self.name]

    def progress(self, number: int) -> Progress | None:
        """Return what the machine reports during a step; None: nothing.

        That a process frame has a window of which only percent is used is an assumption.
        """
        if self.silent:
            return None
        window = [UNUSED] * 14
        window[_PERCENT] = 100 * number // len(self.steps)
        window[-1] = 0
        return Progress(self.steps[number].state, self.code, bytes(window))
