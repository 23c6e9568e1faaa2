"""The truth, to compare the integration with."""

from typing import Any, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SimulatorConfigEntry
from .entity import SimulatorEntity


async def async_setup_entry(
    hass: HomeAssistant, entry: SimulatorConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensor."""
    async_add_entities([DrinksMade(entry, SensorEntityDescription(key="drinks_made"))])


class DrinksMade(SimulatorEntity, SensorEntity):
    """The drinks really begun since Home Assistant started, with the last one in the attributes."""

    @property
    @override
    def native_value(self) -> int:
        return len(self.machine.drinks)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        if not self.machine.drinks:
            return {}
        last = self.machine.drinks[-1]
        return {
            "product": last.product.name if last.product else f"{last.code:02X}",
            "started_by": last.started_by,
            "outcome": last.outcome,
            **last.recipe,
        }
