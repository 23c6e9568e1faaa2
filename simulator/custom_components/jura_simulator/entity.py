"""What all entities of a simulated machine have in common."""

from typing import override

from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from . import SimulatorConfigEntry
from .const import CONF_ADDRESS, DOMAIN


class SimulatorEntity(Entity):
    """Shows the state as it is, and again upon every change."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: SimulatorConfigEntry, description: EntityDescription) -> None:
        """Attach it to the simulated machine's own device."""
        self.entity_description = description
        self.machine = entry.runtime_data.machine
        self.smart_connect = entry.runtime_data.smart_connect
        self.dongle = entry.runtime_data.dongle
        address = entry.data[CONF_ADDRESS]
        self._attr_translation_key = description.key
        self._attr_unique_id = f"{address}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, address)},
            name=f"Simulated JURA {self.machine.definition.name}",
            manufacturer="JURA simulator",
            model=self.machine.definition.code,
        )

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self.machine.subscribe(self.async_write_ha_state))
        self.async_on_remove(self.smart_connect.subscribe(self.async_write_ha_state))
        if self.dongle is not None:
            self.async_on_remove(self.dongle.subscribe(self.async_write_ha_state))
