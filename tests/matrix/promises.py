"""What is promised whatever goes wrong, and how it is checked after a run."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntryState
import pytest

from custom_components import jura
from tests.helpers import async_wait_for

from .faults import Fault
from .flows import PROMISED, Flow
from .house import House
from .truth import Truth

ALLOWANCE: Final = 15.0
"""Seconds for the looks themselves, on top of the pauses between them."""
COUNTED_WITHIN: Final = 420.0
"""Seconds until counters and settings are right again after a drink: they are tried again after three minutes."""
_QUIET: Final = 3.0
"""Seconds without any operation until we say that none is going on: a look begins before it holds the link."""

_HERE: Final = jura.__path__[0]


@dataclass(frozen=True)
class Before:
    """How things were before a flow was set off."""

    drinks: int
    deeds: int
    harm: int

    @classmethod
    def of(cls, house: House, flow: Flow) -> Before:
        """Take note of it."""
        return cls(len(house.machine.drinks), flow.deeds(house) if flow.deeds else 0, len(house.harm))


async def until_right(house: House, truth: Truth, *, counted: bool, seconds: float) -> Iterator[str]:
    """Wait until everything is available and shows what the machine says; return what isn't in time."""

    def is_right() -> bool:
        return is_loaded(house) and not truth.wrong(counted=counted)

    try:
        await async_wait_for(house.hass, is_right, seconds)
    except TimeoutError:
        wrong = truth.wrong(counted=counted) if is_loaded(house) else ["not set up"]
        return iter([f"after {seconds:.0f} s: {problem}" for problem in wrong[:3]])
    return iter(())


async def until_at_rest(house: House, seconds: float = 300.0) -> None:
    """Wait until nothing is going on. Raises TimeoutError."""

    def is_at_rest() -> bool:
        coordinator = house.coordinator
        return (
            house.is_released
            and house.hass.loop.time() - house.tap.seen_at > _QUIET
            and house.machine.drink is None
            and not house.machine.progress.code
            and not coordinator.statistics.are_being_read
            and not coordinator.is_watching
        )

    await async_wait_for(house.hass, is_at_rest, seconds)


def is_loaded(house: House) -> bool:
    """Tell whether the machine is set up."""
    return house.entry is not None and house.entry.state is ConfigEntryState.LOADED


def two_polls(house: House) -> float:
    """Return the seconds within which the machine is looked at twice."""
    rhythm = house.coordinator.ways.client.rhythm.idle if is_loaded(house) else None
    return 2 * (60.0 if rhythm is None else rhythm)


def counted_within(house: House, fault: Fault) -> float:
    """Return the seconds until counters are right: what a machine does unseen is counted at the next regular reading."""
    if not fault.counts_unseen or not is_loaded(house):
        return COUNTED_WITHIN
    return COUNTED_WITHIN + house.coordinator.ways.client.rhythm.statistics


def broken(house: House, flow: Flow, before: Before, told: str) -> Iterator[str]:
    """Yield what was done otherwise than told."""
    made = len(house.machine.drinks) - before.drinks
    if flow.deeds:
        done = flow.deeds(house) - before.deeds
        # Whatever else a form says, it has added nothing.
        if done not in PROMISED.get(told, {0}):
            yield f'told "{told}", done {done} times'
    if made > (flow.name == "brew"):
        yield f"{made} drinks were made"
    yield from house.harm[before.harm :]


def logged(caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """Yield what the log complains about, but for the one line that Home Assistant writes when a machine goes away."""
    for record in caplog.records:
        if record.name == "bleak_retry_connector.bluez":
            # About Bluetooth adapters of this computer, which the tests have none of.
            continue
        away = record.name == "custom_components.jura.coordinator" and not record.exc_info
        if record.levelno >= logging.ERROR and not (away and record.getMessage().startswith("Error fetching")):
            yield f"log: {record.name}: {caplog.handler.format(record)[-300:]}"
    caplog.clear()


async def left_behind(house: House, flow: Flow) -> list[str]:
    """Return what is still held or running although nothing goes on."""
    left = []
    if not house.is_released:
        left.append("the link is held")
    if house.machine.keys_locked and flow.name != "key lock":
        left.append("the keypad is locked")
    with suppress(TimeoutError):
        # A look around the network may just have begun.
        await async_wait_for(house.hass, lambda: not _running(), ALLOWANCE)
    return left + [f"{name} still runs" for name in _running()]


def _running() -> list[str]:
    """Return which of our coroutines run as tasks."""
    codes = [getattr(task.get_coro(), "cr_code", None) for task in asyncio.all_tasks()]
    return [code.co_qualname for code in codes if code is not None and code.co_filename.startswith(_HERE)]
