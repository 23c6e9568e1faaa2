"""An event loop whose clock jumps: waiting costs no time, and nothing in a test sleeps for real.

Whenever the loop would wait for its next timer and nothing else is going on (no ready socket, no job in an executor),
the clock is moved to that timer at once. The wall clock, as Home Assistant reads it, moves along. Code under test and
the simulated machine keep their real time limits of 1 s, 20 s or an hour, and a test of them takes milliseconds.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import os
import stat
from typing import Any

from freezegun.api import FrozenDateTimeFactory

_GRACE = 0.001
"""Seconds granted to the kernel for delivering on loopback before the clock jumps."""
_HAIR = 1e-6
"""Seconds added to each jump, so that rounding cannot leave the clock just short of the timer."""


def make_time_virtual(loop: asyncio.AbstractEventLoop, wall_clock: FrozenDateTimeFactory) -> None:
    """Let a loop's clock jump for the rest of its life, and the wall clock with it."""
    selector: Any = loop._selector  # type: ignore[attr-defined]  # noqa: SLF001
    real_select: Callable[[float | None], list[Any]] = selector.select
    real_run_in_executor = loop.run_in_executor
    real_shutdown_default_executor = loop.shutdown_default_executor
    now = 0.0
    jobs: set[asyncio.Future[Any]] = set()

    def watches_sockets() -> bool:
        # One of them is the loop's own wake-up pipe. Home Assistant's watch on USB (inotify) is none.
        return sum(stat.S_ISSOCK(os.fstat(fd).st_mode) for fd in selector.get_map()) > 1

    def select(timeout: float | None) -> list[Any]:
        nonlocal now
        if timeout is None or timeout <= 0 or jobs:
            return real_select(timeout)
        if events := real_select(_GRACE if watches_sockets() else 0):
            return events
        now += timeout + _HAIR
        wall_clock.tick(timedelta(seconds=timeout + _HAIR))
        return []

    def run_in_executor(executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        job = real_run_in_executor(executor, func, *args)
        jobs.add(job)
        job.add_done_callback(jobs.discard)
        return job

    async def shutdown_default_executor(timeout: float | None = None) -> None:
        # Joins threads within a time limit, which must not be over before they had any time at all.
        selector.select = real_select
        await real_shutdown_default_executor(timeout)

    # Beyond a hundred days a float of seconds is coarser than the nanosecond by which the loop lets timers be early: one
    # that is due just now would never run, and time would stand still.
    loop._clock_resolution = _HAIR / 10  # type: ignore[attr-defined]  # noqa: SLF001
    selector.select = select
    loop.shutdown_default_executor = shutdown_default_executor  # type: ignore[method-assign]
    loop.run_in_executor = run_in_executor  # type: ignore[assignment,method-assign]
    loop.time = lambda: now  # type: ignore[method-assign]
