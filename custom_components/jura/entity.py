"""What all entities of a machine have in common.

May import floors 1 to 7.
"""

import asyncio
from collections.abc import Iterable
from itertools import batched
from typing import Final, override

from homeassistant.const import CONF_ADDRESS, CONF_HOST
from homeassistant.core import callback
from homeassistant.helpers.device_registry import CONNECTION_BLUETOOTH, CONNECTION_NETWORK_MAC, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN, MANUFACTURER
from .coordinator import JuraCoordinator
from .wifi import known_mac

_AT_ONCE: Final = 5


async def async_add_in_turn(async_add_entities: AddConfigEntryEntitiesCallback, entities: Iterable[Entity]) -> None:
    """Add some entities at a time: Home Assistant adds all that it is given in one piece, and a machine has a hundred."""
    for some in batched(entities, _AT_ONCE, strict=False):
        # Pauses come first, for all platforms of a machine begin in one piece.
        await asyncio.sleep(0)
        async_add_entities(some)


class JuraEntity(CoordinatorEntity[JuraCoordinator]):
    """An entity of one machine. Its state is of now, or it is unavailable."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: JuraCoordinator, description: EntityDescription) -> None:
        """Bind a description to a machine."""
        super().__init__(coordinator)
        entry, article = coordinator.config_entry, coordinator.article
        self.entity_description = description
        self._attr_unique_id = f"{entry.unique_id}_{description.key}"
        versions = coordinator.remembered.versions
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, str(entry.unique_id))},
            connections=_connections(coordinator),
            manufacturer=MANUFACTURER,
            name=entry.title,
            model=article.name if article else coordinator.definition.code,
            model_id=str(article.number) if article else None,
            serial_number=entry.unique_id,
            sw_version=versions.machine if versions else None,
            hw_version=versions.dongle if versions else None,
        )

    @property
    @override
    def available(self) -> bool:
        """Tell whether the machine was read at the last look."""
        return super().available and self.coordinator.data.progress is not None

    @override
    @callback
    def _handle_coordinator_update(self) -> None:
        """Write the state if it changes: while a drink is made, each second brings news, most of it of other entities."""
        written, now = self.hass.states.get(self.entity_id), self._async_calculate_state()
        if written is None or (written.state, written.attributes) != (now.state, now.attributes):
            super()._handle_coordinator_update()


def _connections(coordinator: JuraCoordinator) -> set[tuple[str, str]]:
    """Return the addresses by which other integrations may know the machine.

    That of its network card only while it answers: when it is off, its address may be somebody else's.
    """
    data = coordinator.config_entry.data
    connections = set()
    if address := data.get(CONF_ADDRESS):
        connections.add((CONNECTION_BLUETOOTH, address))
    if coordinator.answers_over_wifi and (mac := known_mac(coordinator.hass, data[CONF_HOST])):
        connections.add((CONNECTION_NETWORK_MAC, mac))
    return connections


class JuraRememberedEntity(JuraEntity):
    """An entity of something that does not change while the machine is off, and is remembered until it is read again."""

    @property
    @override
    def available(self) -> bool:
        """Tell that the last known value is as true as ever."""
        return True


class JuraControlEntity(JuraEntity):
    """An entity that is about our link rather than about the machine, and that works whatever the machine does."""

    @property
    @override
    def available(self) -> bool:
        """Tell that it can always be used."""
        return True
