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
    """Add the sensors."""
    async_add_entities([DrinksMade(entry, SensorEntityDescription(key="drinks_made"))])
    if entry.runtime_data.wifi is not None:
        async_add_entities([ConnectDialog(entry, SensorEntityDescription(key="connect_dialog"))])


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


class ConnectDialog(SimulatorEntity, SensorEntity):
    """The name of the client that the display asks about."""

    @property
    @override
    def native_value(self) -> str:
        dialog = self.dongle.wifi.dialog if self.dongle is not None else None
        return dialog.client if dialog is not None else "No dialog"
