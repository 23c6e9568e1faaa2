"""Listens to what is sent to the dongles, and lets a fault strike at one of these operations."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import re
from typing import Literal

from simulator.faults import Faults
from simulator.wifi_faults import LanFaults

_NAME = re.compile(r"@HP|@T[PF]|@TR:..|@HW:..|@T[GMS]:..|@H.")


@dataclass(frozen=True)
class Operation:
    """Something that is asked of a dongle."""

    medium: Literal["bluetooth", "wifi"]
    kind: str
    """connect, read, write; connect, datagram, command."""
    what: str = ""
    """The characteristic, or the beginning of the command; nothing that is secret."""

    @property
    def name(self) -> str:
        """Return what it is called in a report."""
        return f"{self.kind} {self.what}".strip()


type Strike = Callable[[Operation], None]


class Tap:
    """Notes every operation in order. Armed, it strikes once, at the n-th operation that a fault is for."""

    def __init__(self) -> None:
        """Listen to nobody yet."""
        self.seen: list[Operation] = []
        self.seen_at = 0.0
        """When the last one was."""
        self.struck: Operation | None = None
        """The operation at which the fault struck."""
        self.struck_at = 0.0
        self.on_operation: Callable[[], None] = lambda: None
        self._fits: Callable[[Operation], bool] = lambda _: False
        self._strike: Strike = lambda _: None
        self._left = 0

    def listen(self, faults: Faults | LanFaults) -> None:
        """Listen to a dongle as well."""
        medium: Literal["bluetooth", "wifi"] = "wifi" if isinstance(faults, LanFaults) else "bluetooth"

        def upcoming(kind: str, what: str) -> None:
            name = match[0] if kind == "command" and (match := _NAME.match(what)) else what
            self._take(Operation(medium, kind, name))

        faults.upcoming = upcoming

    def arm(self, fits: Callable[[Operation], bool], number: int, strike: Strike) -> None:
        """Have a fault strike at the n-th operation from now (0 is the first) that it is for."""
        self.struck, self._fits, self._left, self._strike = None, fits, number + 1, strike

    def disarm(self) -> None:
        """Let nothing strike any more."""
        self._left = 0

    def _take(self, operation: Operation) -> None:
        self.on_operation()
        if operation.kind == "command" and not operation.what:
            # The empty frame that ends a session is no operation: it is never answered.
            return
        self.seen.append(operation)
        self.seen_at = asyncio.get_running_loop().time()
        if self._left and self._fits(operation):
            self._left -= 1
            if not self._left:
                self.struck, self.struck_at = operation, self.seen_at
                self._strike(operation)
