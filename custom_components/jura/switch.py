"""Switches: the machine's key lock, and giving way to the phone."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import JuraConfigEntry
from .entity import JuraControlEntity, JuraEntity
from .machine import state

PARALLEL_UPDATES = 1

KEY_LOCK = SwitchEntityDescription(
    key="key_lock",
    translation_key="key_lock",
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)
GIVE_WAY = SwitchEntityDescription(key="give_way", translation_key="give_way", entity_category=EntityCategory.CONFIG)


async def async_setup_entry(
    hass: HomeAssistant, entry: JuraConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches."""
    coordinator = entry.runtime_data
    async_add_entities([JuraGiveWay(coordinator, GIVE_WAY)])
    if coordinator.has_bluetooth:
        async_add_entities([JuraKeyLock(coordinator, KEY_LOCK)])


class JuraKeyLock(JuraEntity, SwitchEntity):
    """The lock of the machine's own buttons and display; its state is what the machine's status says."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Tell whether the machine says that its keys are locked."""
        return self.coordinator.data.status.is_set(state.KEYS_LOCKED) if self.coordinator.data.status else None

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Lock the keys."""
        await self.coordinator.async_lock_keys(locked=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Unlock the keys."""
        await self.coordinator.async_lock_keys(locked=False)


class JuraGiveWay(JuraControlEntity, SwitchEntity):
    """Keeps us off the link, so that the phone can have it for as long as it likes."""

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether we give way."""
        return self.coordinator.gives_way

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let go and stay away."""
        await self.coordinator.async_give_way(gives_way=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Come back."""
        await self.coordinator.async_give_way(gives_way=False)
