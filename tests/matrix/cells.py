"""Runs the cells of the matrix: a flow and a fault, at one operation after the other."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
import gc
import hashlib
from typing import Final

import pytest

from custom_components.jura.outcomes import Outcome
from tests.helpers import async_wait_for

from . import promises
from .faults import Fault
from .flows import Flow, brew
from .house import House
from .person import DONE
from .promises import Before
from .tap import Operation
from .truth import Truth

_TRIES: Final = 2
"""How often a person presses "Submit" again once the fault is over."""


@dataclass(frozen=True)
class Result:
    """What came of one fault at one operation."""

    number: int
    operation: str
    told: str
    problems: tuple[str, ...]


class Extent(StrEnum):
    """At which operations of a flow a fault is tried."""

    SELECTION = "selection"
    """The one that makes the machine act, and another: what scripts/test does."""
    KINDS = "kinds"
    """Each kind at its first, its last and one between: pages of counters and looks at a drink are many and alike."""
    WHOLE = "whole"
    """All of them, which takes hours."""


def chosen(operations: Sequence[Operation], flow: Flow, fault: Fault, extent: Extent) -> Sequence[int]:
    """Return at which operations a fault is tried; always the same for a flow and a fault."""
    drawn = int(hashlib.sha256(f"{flow.title}, {fault.name}".encode()).hexdigest(), 16)
    if extent is Extent.WHOLE or len(operations) <= 2:
        return range(len(operations))
    kinds: dict[str, list[int]] = {}
    for number, operation in enumerate(operations):
        kinds.setdefault(operation.name, []).append(number)
    if extent is Extent.SELECTION:
        return sorted({drawn % len(operations), *kinds.get(flow.deed, ())[:1]})
    return sorted({alike[which] for alike in kinds.values() for which in (0, drawn % len(alike), -1)})


async def operations_of(house: House, truth: Truth, flow: Flow) -> list[Operation]:
    """Run a flow without a fault, and return its operations; everything must be right even so."""
    problems = await _rest(house, truth)
    await flow.prepare(house)
    truth.begin()
    before, first = Before.of(house, flow), len(house.tap.seen)
    told = await flow.act(house)
    assert told in (DONE, Outcome.ACCEPTED), told
    if flow.adds:
        await truth.attend()
    problems += await _rest(house, truth)
    operations = house.tap.seen[first:]
    assert not [*problems, *promises.broken(house, flow, before, told), *truth.untrue()]
    await _tidy(house)
    return operations


async def run(
    house: House, truth: Truth, flow: Flow, fault: Fault, number: int, caplog: pytest.LogCaptureFixture
) -> Result:
    """Run a flow with a fault at the n-th operation that it can strike, and check every promise."""
    problems = await _rest(house, truth)
    await flow.prepare(house)
    truth.begin()
    caplog.clear()
    before = Before.of(house, flow)
    house.tap.arm(fault.fits, number, lambda operation: fault.strike(house, operation))
    told = await flow.act(house)
    problems += promises.broken(house, flow, before, told) if flow.adds else []
    try:
        await async_wait_for(house.hass, lambda: house.tap.struck, seconds=promises.COUNTED_WITHIN)
    except TimeoutError:
        house.tap.disarm()
        return Result(number, "none", told, (*problems, "the fault never struck"))
    struck = house.tap.struck
    assert struck is not None
    # Not as soon as all looks well: perhaps nobody has noticed yet.
    over = house.tap.struck_at + fault.lasts + promises.two_polls(house)
    await asyncio.sleep(max(0.0, over - house.hass.loop.time()))
    if flow.adds:
        problems += await _tries_again(house)
        if not promises.is_loaded(house):
            return Result(number, struck.name, told, (*problems, "not set up"))
        await truth.attend()
    problems += await promises.until_right(house, truth, counted=False, seconds=promises.ALLOWANCE)
    problems += await promises.until_right(house, truth, counted=True, seconds=promises.counted_within(house, fault))
    problems += await _at_rest(house)
    problems += [] if flow.adds else promises.broken(house, flow, before, told)
    problems += await promises.left_behind(house, flow)
    await _tidy(house)
    problems += await _makes_coffee(house)
    problems += truth.untrue()
    problems += promises.logged(caplog)
    return Result(number, struck.name, told, tuple(problems))


def check_nothing_was_lost(caplog: pytest.LogCaptureFixture) -> Iterable[str]:
    """Return exceptions that nobody ever looked at: Python tells when what holds them is collected."""
    gc.collect()
    return promises.logged(caplog)


async def _tries_again(house: House) -> list[str]:
    """Press "Submit" again where that is still to be done: the machine must be added now, and once."""
    told = []
    while house.entry is None and len(told) < _TRIES:
        assert house.form is not None
        told.append(await house.form.go_on())
    if house.entry is None:
        return [f"afterwards the form says: {'; '.join(told)}"]
    # Home Assistant tries again by itself what couldn't be read at first.
    with suppress(TimeoutError):
        await async_wait_for(house.hass, lambda: promises.is_loaded(house), seconds=promises.two_polls(house))
    return []


async def _makes_coffee(house: House) -> list[str]:
    """Order a drink, which must be made, once."""
    before = len(house.machine.drinks)
    told = await brew(house)
    problems = await _at_rest(house)
    made = len(house.machine.drinks) - before
    if (told, made) != ("accepted", 1):
        problems.append(f'afterwards a drink was told "{told}", and {made} were made')
    await _tidy(house)
    return problems


async def _at_rest(house: House) -> list[str]:
    try:
        await promises.until_at_rest(house)
    except TimeoutError:
        return ["never at rest again"]
    return []


async def _rest(house: House, truth: Truth) -> list[str]:
    """Wait until nothing goes on, and what was made is counted; return what isn't in time."""
    await promises.until_at_rest(house)
    problems = await promises.until_right(house, truth, counted=True, seconds=promises.COUNTED_WITHIN)
    await promises.until_at_rest(house)
    return [*problems]


async def _tidy(house: House) -> None:
    house.tidy()
    if house.machine.keys_locked:
        house.machine.lock_keys(False)
    await house.hass.async_block_till_done()
