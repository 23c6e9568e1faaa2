"""Whose turn it is to have a Bluetooth connection, of all machines of the house.

An adapter or a proxy can hold a few connections only, and whoever asks for one too many is told to come again in some
seconds. So looks at machines queue up here: they leave one connection of each adapter free, so that a press finds one
at once. Where there is just one, looks take it one after the other, and a press takes it away from a look; it costs
nothing to begin a look anew. Connections of other integrations count as they are: Home Assistant knows what is left.

May import floors 1 to 4.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from homeassistant.components import bluetooth
from homeassistant.components.bluetooth import BaseHaScanner
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .machine.client import Urgency

type Interrupt = Callable[[], Awaitable[None]]


@dataclass(eq=False, slots=True)
class _Connection:
    """A connection of ours, from before it is made until it is gone."""

    address: str
    adapters: tuple[BaseHaScanner, ...]
    """Those that hear the dongle; which of them connects is Home Assistant's choice."""
    interrupt: Interrupt
    is_look: bool
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_counted(self) -> bool:
        """Tell whether an adapter counts it among its connections already."""
        return any(
            self.address in allocations.allocated
            for adapter in self.adapters
            if (allocations := adapter.get_allocations())
        )

    def shares(self, adapters: Iterable[BaseHaScanner]) -> bool:
        """Tell whether it may be over one of these adapters."""
        return any(adapter in self.adapters for adapter in adapters)


class _Slots:
    """The connection slots of all adapters that hear our machines."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with no connections."""
        self._hass = hass
        self._ours: dict[str, _Connection] = {}
        """By the address of the dongle."""
        self._waiting: dict[str, tuple[asyncio.Future[None], Interrupt]] = {}
        """Looks in the order in which they came."""

    async def take(self, address: str, urgency: Urgency, interrupt: Interrupt) -> None:
        """See `Slot.take`."""
        if connection := self._ours.get(address):
            if connection.is_look and urgency < Urgency.POLL:
                connection.is_look = False
                self._call_in()
        elif urgency < Urgency.POLL:
            await self._take_at_once(address, interrupt)
        else:
            await self._queue_up(address, interrupt)

    @callback
    def give_back(self, address: str) -> None:
        """See `Slot.give_back`."""
        if connection := self._ours.pop(address, None):
            connection.gone.set()
            self._call_in()

    async def _take_at_once(self, address: str, interrupt: Interrupt) -> None:
        """Take a slot, from a look if there is no other."""
        adapters = self._hearing(address)
        self._ours[address] = _Connection(address, adapters, interrupt, is_look=False)
        try:
            while max(map(self._left, adapters), default=0) < 0:
                looks = [other for other in self._ours.values() if other.is_look and other.shares(adapters)]
                if not looks:
                    break
                await looks[0].interrupt()
                await looks[0].gone.wait()
        except BaseException:
            self.give_back(address)
            raise

    async def _queue_up(self, address: str, interrupt: Interrupt) -> None:
        turn = self._hass.loop.create_future()
        self._waiting[address] = turn, interrupt
        self._call_in()
        try:
            await turn
        except BaseException:
            self._waiting.pop(address, None)
            self.give_back(address)
            self._call_in()
            raise

    @callback
    def _call_in(self) -> None:
        """Let those looks begin that may: first come, first served among those that the same adapters hear."""
        spoken_for: set[BaseHaScanner] = set()
        for address, (turn, interrupt) in list(self._waiting.items()):
            if turn.done():
                # Nobody waits for it any more, and is about to say so.
                continue
            adapters = self._hearing(address)
            if spoken_for.isdisjoint(adapters) and self._has_room(adapters):
                del self._waiting[address]
                self._ours[address] = _Connection(address, adapters, interrupt, is_look=True)
                turn.set_result(None)
            else:
                spoken_for.update(adapters)

    def _has_room(self, adapters: tuple[BaseHaScanner, ...]) -> bool:
        """Tell whether a look over one of these adapters leaves a slot free, or takes the last one as the only look.

        Where nothing of ours could be waited for it may begin in any case: a machine behind an adapter that others have
        filled up is shown as out of reach, as Home Assistant will say, and doesn't wait for ever.
        """
        left = max(map(self._left, adapters), default=0)
        others = [other for other in self._ours.values() if other.shares(adapters)]
        return left > 1 or not others or (left == 1 and not any(other.is_look for other in others))

    def _left(self, adapter: BaseHaScanner) -> int:
        """Return how many slots an adapter has left once all of ours that may be on their way over it have come.

        Of one that doesn't tell we know of no more than one.
        """
        allocations = adapter.get_allocations()
        free = allocations.free if allocations and allocations.slots else 1
        return free - sum(adapter in other.adapters and not other.is_counted for other in self._ours.values())

    def _hearing(self, address: str) -> tuple[BaseHaScanner, ...]:
        heard = bluetooth.async_scanner_devices_by_address(self._hass, address, connectable=True)
        return tuple(device.scanner for device in heard)


_SLOTS: Final[HassKey[_Slots]] = HassKey(f"{DOMAIN}_connection_slots")


class SharedSlot:
    """The one slot that a machine may have. See `machine.smart_connect.Slot` for what each call promises."""

    def __init__(self, hass: HomeAssistant, address: str) -> None:
        """Share with all machines of the house."""
        self._slots = hass.data.setdefault(_SLOTS, _Slots(hass))
        self._address = address

    async def take(self, urgency: Urgency, interrupt: Interrupt) -> None:
        """Wait until the machine may connect, if it doesn't already."""
        await self._slots.take(self._address, urgency, interrupt)

    def give_back(self) -> None:
        """Let others have it."""
        self._slots.give_back(self._address)
