"""What every way to a machine promises, and the order in which its callers get their turn.

The at-most-once rule, for both transports: a command is sent once. If it certainly did not reach the machine, it ends
in Unreachable, CommandRejected or CommandsRefused; if it may have, in OutcomeUnknown. Nothing is kept for later, and no
client sends a command again on its own; reads may be repeated by whoever wants them.

May import floors 1 and 2.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import IntEnum
import heapq
from itertools import count
from typing import Protocol

from .model import Counters, Definition, Maintenance, Progress, Recipe, Status, Transport, Versions
from .tailoring import Limits, StoredRecipes


class Urgency(IntEnum):
    """Who goes first when several wait for the link. Lower goes first."""

    KEEP_ALIVE = 0
    COMMAND = 1
    WATCH = 2
    """A look while something goes on: as a command is carried out or a drink is made."""
    POLL = 3
    RELEASE = 4


@dataclass(frozen=True, slots=True)
class Live:
    """What changes from second to second. Over WiFi there is no status word while a drink is made: then it is None."""

    status: Status | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a transport may be asked without being a burden, in seconds."""

    idle: float | None
    """Between two looks at an idle machine; None is for its owner to choose, for each look takes the link."""
    statistics: float
    """Between two readings of the statistics."""
    settling: float
    """Between the end of a drink and reading the statistics."""


class MachineClient(Protocol):
    """One machine, reached over one transport.

    Every call connects if need be and leaves the link up; `release` lets it go. Reads raise Unreachable, LinkLost or
    ImplausibleReply.
    """

    @property
    def transport(self) -> Transport:
        """Return the transport."""

    @property
    def rhythm(self) -> Rhythm:
        """Return how often this transport may be asked."""

    @property
    def events(self) -> Counter[str]:
        """Return how often what happened, for the diagnostics."""

    @property
    def refuses_commands(self) -> bool:
        """Tell whether the machine was found to refuse all commands, very likely because of a PIN."""

    async def read_versions(self) -> Versions:
        """Return what dongle and machine say about themselves."""

    async def read_live(self, urgency: Urgency = Urgency.POLL) -> Live:
        """Return what the machine is doing."""

    async def read_counters(self, definition: Definition) -> Counters:
        """Return the product counters. Also raises StatisticsNotReady and NotSupported."""

    async def read_maintenance(self, definition: Definition) -> Maintenance:
        """Return the maintenance counters and percentages. Also raises StatisticsNotReady and NotSupported."""

    async def read_limits(self, definition: Definition) -> Limits:
        """Return within which limits this very machine makes its drinks. Also raises NotSupported."""

    async def read_recipes(self, definition: Definition) -> StoredRecipes:
        """Return the recipes that were stored at this very machine. Also raises NotSupported."""

    async def start(self, recipe: Recipe) -> None:
        """Order a drink, once. Raises InvalidRecipe and what commands raise."""

    async def cancel(self) -> None:
        """Stop the drink in the making, once."""

    async def lock_keys(self) -> None:
        """Lock the machine's buttons and display, once."""

    async def unlock_keys(self) -> None:
        """Unlock the machine's buttons and display, once."""

    async def switch_off(self) -> None:
        """Switch the machine off, once; it rinses first."""

    async def release(self) -> None:
        """Let the link go, so that the owner's phone can have it, unless a command is waiting for it."""

    async def close(self) -> None:
        """Let the link go for good; returns when another client may have it."""


class Turns:
    """A lock whose waiting commands go before its waiting polls, and otherwise first come, first served."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._waiting: list[tuple[Urgency, int, asyncio.Future[None]]] = []
        self._arrivals = count()
        self._taken = False

    @property
    def somebody_waits(self) -> bool:
        """Tell whether anybody wants the next turn for more than keeping the link alive."""
        return any(urgency is not Urgency.KEEP_ALIVE and not waiter.done() for urgency, _, waiter in self._waiting)

    @asynccontextmanager
    async def take(self, urgency: Urgency) -> AsyncGenerator[None]:
        """Wait for a turn and hold it until the context ends."""
        if self._taken:
            waiter = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (urgency, next(self._arrivals), waiter))
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter.done() and not waiter.cancelled():
                    self._pass_on()
                raise
        self._taken = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        """Give the turn to the next who still wants it; it stays taken meanwhile, so that nobody slips in."""
        while self._waiting:
            _, _, waiter = heapq.heappop(self._waiting)
            if not waiter.done():
                waiter.set_result(None)
                return
        self._taken = False
