"""What a maintenance program is at, and whose turn it is, from the numbers that the machine shows."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.jura.machine import care
from custom_components.jura.machine.care import Run, Stage, Step, Turn
from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.model import Program, Progress, Status
from simulator.definitions import definition_for
from simulator.program import Program as SimulatedProgram

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WITH_ACCEPTS = load_definition("EF555")
"""Confirms the tablet and the steps of the milk system."""
WITHOUT_ACCEPTS = load_definition("EF538")


def stage_of(state: int, code: int = 0x24, percent: int | None = None) -> Stage | None:
    """Return what a progress says on a machine that confirms much."""
    return care.stage(WITH_ACCEPTS, Progress(state, code, percent))


@pytest.mark.parametrize(
    ("state", "code", "program", "step", "turn", "command"),
    [
        (0x72, 0x24, Program.CLEANING, Step.EMPTY_DRIP_TRAY, Turn.PERSON, None),
        (0x74, 0x24, Program.CLEANING, Step.CLEANING, Turn.MACHINE, None),
        (0x75, 0x24, Program.CLEANING, Step.ADD_TABLET, Turn.CONTINUE, "@TG:10"),
        (0x76, 0x24, Program.CLEANING, Step.FINISHED, Turn.NOBODY, None),
        (0x92, 0x21, Program.MILK_CLEAN, Step.ADD_CLEANER, Turn.CONTINUE, "@TG:04"),
        (0x94, 0x21, Program.MILK_CLEAN, Step.ADD_WATER, Turn.CONTINUE, "@TG:04"),
        (0x26, 0x22, Program.COFFEE_RINSE, Step.PRESS_RINSE, Turn.CONTINUE, "@TG:10"),
        (0x53, 0x25, Program.DESCALING, Step.ADD_DESCALER, Turn.PERSON, None),
        (0x62, 0x26, Program.FILTER_CHANGE, Step.CHANGE_FILTER, Turn.PERSON, None),
        (0x9A, 0x23, Program.MILK_RINSE, Step.RINSING, Turn.MACHINE, None),
    ],
)
def test_stages(state: int, code: int, program: Program, step: Step, turn: Turn, command: str | None) -> None:
    """The program, the step, who has to act, and the command that goes on where the definition has one."""
    stage = stage_of(state, code)
    assert stage is not None
    assert (stage.program, stage.step, stage.turn, stage.command) == (program, step, turn, command)


def test_only_what_the_definition_declares() -> None:
    """The same step on a machine that can't be continued there from here is the person's."""
    stage = care.stage(WITHOUT_ACCEPTS, Progress(0x75, 0x24))
    assert stage is not None
    assert (stage.step, stage.turn, stage.command) == (Step.ADD_TABLET, Turn.PERSON, None)


def test_unknown_stays_visible() -> None:
    """A state without words is a step all the same, with its number, and the display knows what to do."""
    stage = stage_of(0xAB)
    assert stage is not None
    assert (stage.step, stage.state, stage.turn) == (Step.UNKNOWN, 0xAB, Turn.PERSON)


@pytest.mark.parametrize("progress", [Progress(0), Progress(0x3C, 0x02), Progress(0x3E, 0x02), Progress(0x74, None)])
def test_no_program(progress: Progress) -> None:
    """Neither a drink nor an idle machine is a program."""
    assert care.stage(WITH_ACCEPTS, progress) is None


def test_steps_of_every_simulated_program() -> None:
    """No program of the simulated machine comes to a step without words."""
    for code, name in definition_for("EF555").programs.items():
        for step in SimulatedProgram(code, name, silent=False, accepts={}).steps:
            stage = stage_of(step.state, code)
            assert stage is not None
            assert stage.step is not Step.UNKNOWN, f"{step.state:02X}"


def test_due() -> None:
    """Programs are due by their bits, and not known where the word is too short for them; rinses are no errand."""
    asked = care.due(WITH_ACCEPTS, Status(frozenset({33, 35}), 40))
    assert asked == {
        Program.FILTER_CHANGE: False,
        Program.DESCALING: True,
        Program.CLEANING: False,
        Program.MILK_CLEAN: None,
    }


class TestFollow:
    """From one look to the next."""

    def test_begins(self) -> None:
        """The time counts from the first look that shows it, and is not known for one that ran before any look."""
        stage = stage_of(0x72)
        seen = care.follow(None, stage, NOW, looked_before=True)
        assert seen is not None
        assert seen.elapsed(NOW + timedelta(seconds=42)) == 42
        found = care.follow(None, stage, NOW, looked_before=False)
        assert found is not None
        assert found.elapsed(NOW) is None

    def test_goes_on_and_ends(self) -> None:
        """Steps follow one another in one program; another program is another run."""
        run = care.follow(None, stage_of(0x72), NOW, looked_before=True)
        run = care.follow(run, stage_of(0x74), NOW + timedelta(seconds=10), looked_before=True)
        assert run == Run(Stage(Program.CLEANING, 0x74, None, None), NOW)
        assert care.follow(run, None, NOW, looked_before=True) is None
        another = care.follow(run, stage_of(0x54, 0x25), NOW + timedelta(seconds=20), looked_before=True)
        assert another is not None
        assert another.began == NOW + timedelta(seconds=20)

    def test_continued_once(self) -> None:
        """A step is continued once, whatever the percentage does; the next step may be, and one that stands on."""
        run = care.follow(None, stage_of(0x75, percent=40), NOW, looked_before=True)
        assert run is not None
        assert run.may_continue(NOW)
        told = Run(run.stage, run.began, continued=NOW)
        same = care.follow(told, stage_of(0x75, percent=41), NOW + timedelta(seconds=3), looked_before=True)
        assert same is not None
        assert same.stage.percent == 41
        assert not same.may_continue(NOW + timedelta(seconds=3))
        assert same.may_continue(NOW + timedelta(seconds=11))
        later = care.follow(same, stage_of(0x74), NOW + timedelta(seconds=4), looked_before=True)
        assert later is not None
        assert later.may_continue(NOW + timedelta(seconds=4))
