"""The flows: what a person or the clock sets off, through Home Assistant's own surface, and what is told about it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.exceptions import ServiceValidationError

from custom_components.jura.const import DOMAIN
from custom_components.jura.outcomes import CommandFailed, CommandRefused, Outcome
from simulator import gatt
from simulator.orders import Outcome as Ending
from tests.helpers import async_wait_for, entity_id

from .house import House
from .person import DONE, Person

_ONCE: Final = frozenset({1})
_NOT_AT_ALL: Final = frozenset({0})
_PERHAPS: Final = frozenset({0, 1})
PROMISED: Final[Mapping[str, frozenset[int]]] = {
    DONE: _ONCE,
    Outcome.ACCEPTED: _ONCE,
    Outcome.BLOCKED: _NOT_AT_ALL,
    Outcome.REFUSED: _NOT_AT_ALL,
    Outcome.REJECTED: _NOT_AT_ALL,
    Outcome.NOT_STARTED: _NOT_AT_ALL,
    Outcome.NOT_SENT: _NOT_AT_ALL,
    Outcome.OUTCOME_UNKNOWN: _PERHAPS,
}
"""How often it was really done, by what was told."""


async def _nothing(_: House) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Flow:
    """Something that is set off, in a house that is at rest."""

    name: str
    over: str
    """The way to the machine: "Bluetooth" or "Wi-Fi"."""
    what: str
    """In a sentence, for who reads the table."""
    act: Callable[[House], Awaitable[str]]
    """Set it off, and return what was told."""
    deeds: Callable[[House], int] | None = None
    """How often the machine has done it, all in all. Without it, it asks the machine for nothing but to be read."""
    prepare: Callable[[House], Awaitable[None]] = _nothing
    deed: str = ""
    """The operation that makes the machine act."""
    adds: bool = False
    """Whether it begins without the machine, and adds it."""

    @property
    def title(self) -> str:
        """Return its name in the table."""
        return f"{self.name}, {self.over}"


# --- how things are asked for -----------------------------------------------------------------------------------------


async def _asked(asking: Awaitable[Any]) -> str:
    """Wait for an action and return what was told, in one word."""
    try:
        await asking
    except (CommandRefused, CommandFailed) as error:
        return error.outcome
    except ServiceValidationError:
        # Seen before anything was sent, in words.
        return Outcome.REFUSED
    return DONE


def _act(house: House, domain: str, action: str, key: str, **data: Any) -> Awaitable[Any]:
    target = entity_id(house.hass, domain, key)
    return house.hass.services.async_call(domain, action, {"entity_id": target, **data}, blocking=True)


async def brew(house: House, product: str = "espresso") -> str:
    """Order a drink, with a response."""
    told = await house.hass.services.async_call(
        DOMAIN, "brew", {"product": product}, blocking=True, return_response=True
    )
    assert told is not None
    return str(told["outcome"])


async def _poll(house: House) -> str:
    """Wait for the next regular look."""
    before = len(house.tap.seen)
    await async_wait_for(house.hass, lambda: len(house.tap.seen) > before, seconds=200)
    return DONE


async def _refresh(house: House) -> str:
    return await _asked(_act(house, "button", "press", "refresh"))


async def _begin_cappuccino(house: House) -> None:
    assert await brew(house, "cappuccino") == Outcome.ACCEPTED
    await asyncio.sleep(5)


async def _cancel(house: House) -> str:
    return await _asked(_act(house, "button", "press", "cancel"))


async def _change_setting(house: House) -> str:
    target = entity_id(house.hass, "select", "setting_auto_off")
    state = house.hass.states.get(target)
    assert state is not None
    other = next(option for option in state.attributes["options"] if option != state.state)
    return await _asked(_act(house, "select", "select_option", "setting_auto_off", option=other))


async def _lock_keys(house: House) -> str:
    return await _asked(_act(house, "switch", "turn_on", "key_lock"))


async def _forget(house: House) -> None:
    await house.forget()


async def _forget_pairing(house: House) -> None:
    await house.forget()
    assert house.wifi is not None
    house.wifi.tokens.clear()
    house.machine.wake_up()


async def _unbox_dongle(house: House) -> None:
    await _forget_pairing(house)
    await house.unbox_dongle()
    # Until it is heard.
    await asyncio.sleep(5)


async def _provision(house: House) -> str:
    house.form = Person(house, "provision")
    return await house.form.go_on()


async def _add_nearby(house: House) -> str:
    house.form = Person(house, "nearby")
    return await house.form.go_on()


async def _add_by_address(house: House) -> str:
    house.form = Person(house, "host")
    return await house.form.go_on()


async def _set_up(house: House) -> str:
    entry = house.make_entry()
    await house.hass.config_entries.async_setup(entry.entry_id)
    await house.hass.async_block_till_done()
    return DONE


# --- what the machine did ---------------------------------------------------------------------------------------------


def _made(house: House) -> int:
    return len(house.machine.drinks)


def _cancelled(house: House) -> int:
    return sum(drink.outcome is Ending.CANCELLED for drink in house.machine.drinks)


def _written(house: House) -> int:
    assert house.wifi is not None
    return len(house.wifi.written)


def _locked(house: House) -> int:
    assert house.smart_connect is not None
    acted = ("ok", "answer lost", "acted, no answer")
    return sum(
        operation.characteristic == gatt.BARISTA and operation.outcome in acted for operation in house.smart_connect.log
    )


def _added(house: House) -> int:
    return len(house.hass.config_entries.async_entries(DOMAIN))


# --- which there are --------------------------------------------------------------------------------------------------

_BREW: Final = "A drink is ordered with `jura.brew`, followed to its end, and counted."
_POLL: Final = "The regular look at an idle machine."
_COUNTERS: Final = '"Refresh" is pressed: everything is read, counters and maintenance too.'
_CANCEL: Final = '"Cancel" is pressed while a cappuccino is made.'

FLOWS: Final = (
    Flow(
        "set-up",
        "Bluetooth",
        "A machine nearby is added and read for the first time.",
        _add_nearby,
        _added,
        _forget,
        adds=True,
    ),
    Flow(
        "set-up",
        "Wi-Fi",
        "A machine that was paired is set up and read for the first time.",
        _set_up,
        _added,
        _forget,
        adds=True,
    ),
    Flow(
        "pairing",
        "Wi-Fi",
        "A machine is added by its address: PIN, yes on its display, first reading.",
        _add_by_address,
        _added,
        _forget_pairing,
        deed="command @HP",
        adds=True,
    ),
    Flow(
        "provisioning",
        "Bluetooth",
        "A new WiFi Connect is told the home network, found there and paired.",
        _provision,
        _added,
        _unbox_dongle,
        adds=True,
    ),
    Flow("poll", "Bluetooth", _POLL, _poll),
    Flow("poll", "Wi-Fi", _POLL, _poll),
    Flow("brew", "Bluetooth", _BREW, brew, _made, deed="write 1525"),
    Flow("brew", "Wi-Fi", _BREW, brew, _made, deed="command @TP"),
    Flow("cancel", "Bluetooth", _CANCEL, _cancel, _cancelled, _begin_cappuccino, deed="write 1528"),
    Flow("cancel", "Wi-Fi", _CANCEL, _cancel, _cancelled, _begin_cappuccino, deed="command @TG:FF"),
    Flow("counters", "Bluetooth", _COUNTERS, _refresh),
    Flow("counters", "Wi-Fi", _COUNTERS, _refresh),
    Flow(
        "settings",
        "Wi-Fi",
        "A setting of the machine is changed: buttons locked, written, unlocked, read back.",
        _change_setting,
        _written,
        deed="command @TM:13",
    ),
    Flow("key lock", "Bluetooth", "The machine's buttons are locked.", _lock_keys, _locked, deed="write 1530"),
)
