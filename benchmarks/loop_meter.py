"""How long each block of work keeps an event loop busy, and whose work it is.

Time is that of the processor, of this thread: other programs of the computer are not counted, and the virtual time of tests
does not touch it.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
import gc
import inspect
from pathlib import Path
from time import thread_time_ns
from typing import Any, Final
from unittest.mock import patch

_SIMULATED: Final = tuple(
    str(path) for path in (Path(__file__).parents[1] / "simulator").glob("*.py") if path.stem != "scanner"
)
"""The machine and its dongles. The scanner is where Home Assistant's own work of hearing devices begins."""


@dataclass(frozen=True, slots=True)
class Block:
    """Something that ran in one piece."""

    name: str
    seconds: float


@dataclass
class Load:
    """All that ran while it was looked at, but for the simulated machine."""

    blocks: list[Block] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Return how long the loop was kept busy, all in all."""
        return sum(block.seconds for block in self.blocks)

    @property
    def longest(self) -> list[Block]:
        """Return the blocks, the longest first."""
        return sorted(self.blocks, key=lambda block: -block.seconds)


@contextmanager
def load_of_loop() -> Iterator[Load]:
    """Watch all that runs on event loops meanwhile."""
    load = Load()
    real_run = asyncio.Handle._run  # noqa: SLF001  # The one place through which everything goes.

    def run(handle: asyncio.Handle) -> None:
        file, name = _whose(handle._callback)  # type: ignore[attr-defined]  # noqa: SLF001
        begun = thread_time_ns()
        real_run(handle)
        seconds = (thread_time_ns() - begun) / 1e9
        if file not in _SIMULATED:
            load.blocks.append(Block(name, seconds))

    # Python looks through all objects for garbage now and then, in one piece of some milliseconds in whatever runs just
    # then: those that were there before are left out, for they are the tests' and Home Assistant's.
    gc.freeze()
    try:
        with patch.object(asyncio.Handle, "_run", run):
            yield load
    finally:
        gc.unfreeze()


def _whose(callback: Any) -> tuple[str, str]:
    """Return the file and the name of what a callback runs: of a task the outermost coroutine."""
    while isinstance(callback, partial):
        callback = callback.func
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        coroutine = owner.get_coro()
        code = getattr(coroutine, "cr_code", None)
        return (code.co_filename if code else ""), f"{owner.get_name()}: {getattr(coroutine, '__qualname__', '')}"
    function = inspect.unwrap(callback)
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return (code.co_filename if code else ""), getattr(callback, "__qualname__", repr(callback))
