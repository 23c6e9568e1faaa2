"""Telling what happened: to whom it may concern, each thing once, and one after the other.

Home Assistant tells two events of an entity apart by the millisecond, and automations listen only once it has started.
So nothing is told before that, and never two things at once. Knows nothing of what it tells.

May import floors 1 to 3.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .machine.following import Happening
from .machine.noticing import Notice

type News = Happening | Notice

_MOST_UNTOLD: Final = 50
"""What is kept until somebody listens; more than happens while Home Assistant starts."""
_APART: Final = 0.002
"""Seconds between two things that are told."""


class Telling:
    """Tells the listeners of one machine."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nothing to tell."""
        self._hass = hass
        self._untold: deque[News] = deque(maxlen=_MOST_UNTOLD)
        self._listeners: list[Callable[[News], None]] = []
        self._next: asyncio.Handle | None = None
        self._started = False

    @callback
    def add(self, *news: News) -> None:
        """Keep something to be told at the next call of `tell`."""
        self._untold.extend(news)

    @callback
    def listen(self, listener: Callable[[News], None]) -> CALLBACK_TYPE:
        """Call a listener with all that is told from now on; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def start(self, _: HomeAssistant) -> None:
        """Begin to tell: everybody who wants to know listens now."""
        self._started = True
        self.tell()

    @callback
    def stop(self) -> None:
        """Tell nothing any more."""
        self._started = False
        if self._next:
            self._next.cancel()

    @callback
    def tell(self) -> None:
        """Tell what is untold, soon: once the entities show it, too."""
        if self._started and self._untold and self._next is None:
            self._next = self._hass.loop.call_soon(self._tell_one)

    def _tell_one(self) -> None:
        news = self._untold.popleft()
        self._next = self._hass.loop.call_later(_APART, self._tell_one) if self._untold else None
        for listener in tuple(self._listeners):
            listener(news)
