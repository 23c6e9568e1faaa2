"""What will go wrong with the next order of a drink."""

from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from simulator.faults import Failure
from simulator.gatt import START

from . import SimulatorConfigEntry
from .entity import SimulatorEntity

_NONE = "none"
_FAILURES = {"lose_link": Failure.LOST, "lose_answer": Failure.ANSWER_LOST, "no_answer": Failure.NO_ANSWER}


async def async_setup_entry(
    hass: HomeAssistant, entry: SimulatorConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the choice."""
    async_add_entities([NextFault(entry, SelectEntityDescription(key="next_fault", options=[_NONE, *_FAILURES]))])


class NextFault(SimulatorEntity, SelectEntity):
    """A fault, until it has happened."""

    @property
    @override
    def current_option(self) -> str:
        pending = self.smart_connect.faults.pending
        return next((option for option, failure in _FAILURES.items() if failure in pending), _NONE)

    @override
    async def async_select_option(self, option: str) -> None:
        self.smart_connect.faults.clear()
        if option != _NONE:
            self.smart_connect.faults.fail_next(_FAILURES[option], characteristic=START)
