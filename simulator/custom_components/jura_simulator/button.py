"""What a person can press, and what can be let happen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from simulator.machine import Machine

from . import SimulatorConfigEntry
from .entity import SimulatorEntity

_COFFEE = 0x03


@dataclass(frozen=True, kw_only=True)
class SimulatorButtonDescription(ButtonEntityDescription):
    """What to do."""

    press_fn: Callable[[Machine], object]


BUTTONS = (
    SimulatorButtonDescription(key="coffee", press_fn=lambda machine: machine.press_product(_COFFEE)),
    SimulatorButtonDescription(key="descaling_due", press_fn=lambda machine: machine.set_percentage("Decalc", 100)),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimulatorConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons."""
    async_add_entities(SimulatorButton(entry, description) for description in BUTTONS)


class SimulatorButton(SimulatorEntity, ButtonEntity):
    """Something that happens once."""

    entity_description: SimulatorButtonDescription

    @override
    async def async_press(self) -> None:
        self.entity_description.press_fn(self.machine)
