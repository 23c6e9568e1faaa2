"""Switches: the machine's key lock, giving way to the phone, the extras of the drink that "Brew" makes, and settings.

May import floors 1 to 7.
"""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import STATE_OFF, STATE_ON, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import JuraConfigEntry, JuraCoordinator
from .dial_entity import JuraDial
from .dials import with_extra
from .entity import JuraControlEntity, JuraEntity, async_add_in_turn
from .machine import state
from .machine.model import Preselection
from .machine.recipe import offered_preselections
from .machine.settings import is_switch, option_named, option_stored
from .setting_entity import JuraSetting, describe, offered_settings
from .wishes import offered_products

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
    key_lock = [JuraKeyLock(coordinator, KEY_LOCK)] if coordinator.has_bluetooth else []
    extras = (JuraExtra(coordinator, extra) for extra in _extras(coordinator))
    settings = (
        JuraSettingSwitch(coordinator, SwitchEntityDescription(**describe(setting)), setting)
        for setting in offered_settings(coordinator)
        if is_switch(setting)
    )
    await async_add_in_turn(async_add_entities, [JuraGiveWay(coordinator, GIVE_WAY), *key_lock, *extras, *settings])


def _extras(coordinator: JuraCoordinator) -> tuple[Preselection, ...]:
    """Return the extras that any product of a machine has. None was ever tried on hardware."""
    if not coordinator.experimental:
        return ()
    products = offered_products(coordinator)
    offered = {extra for product in products for extra in offered_preselections(coordinator.definition, product)}
    return tuple(sorted(offered))


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
        await self.coordinator.commands.async_lock_keys(locked=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Unlock the keys."""
        await self.coordinator.commands.async_lock_keys(locked=False)


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


class JuraExtra(JuraDial, SwitchEntity):
    """An extra of the chosen product, such as double; unavailable while that doesn't have it."""

    def __init__(self, coordinator: JuraCoordinator, extra: Preselection) -> None:
        """Bind to an extra."""
        super().__init__(coordinator, SwitchEntityDescription(key=f"extra_{extra}", translation_key=f"extra_{extra}"))
        self._extra = extra

    @property
    @override
    def available(self) -> bool:
        """Tell whether the chosen product has the extra."""
        return self._extra in self.shown.offered_extras

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the next drink is made with it."""
        return self._extra in self.shown.extras

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Add it, and do without those that can't be had with it."""
        await self._async_switch(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Do without it."""
        await self._async_switch(on=False)

    async def _async_switch(self, *, on: bool) -> None:
        definition = self.coordinator.definition
        await self.coordinator.async_turn(with_extra(self.dials, definition, self.shown, self._extra, on=on))


class JuraSettingSwitch(JuraSetting, SwitchEntity):
    """A setting that is on or off. Which value is which differs between machine types: its definition's labels say."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Tell whether it is on."""
        option = option_stored(self.setting, self.stored)
        return option.slug == STATE_ON if option else None

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch it on."""
        await self.async_change(option_named(self.setting, STATE_ON).value)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch it off."""
        await self.async_change(option_named(self.setting, STATE_OFF).value)
