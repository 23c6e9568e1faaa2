"""What the entities of the machine's own settings have in common.

Which a machine has, and as what (switch, list or number), comes from its definition. They can be read and changed over
WiFi Connect only. Those that nobody changed on hardware yet are there for who chose the experimental features.

May import floors 1 to 7.
"""

from collections.abc import Mapping
from typing import Any, Final, TypedDict, override

from homeassistant.const import EntityCategory
from homeassistant.helpers.entity import EntityDescription

from .coordinator import JuraCoordinator
from .entity import JuraEntity
from .machine.model import Setting, Transport
from .machine.settings import is_listed, is_proven

_EVERYDAY: Final = {"auto_off", "display_brightness", "energy_saving", "water_hardness"}
"""What one may want to change again and again; the others are set once, and hidden until somebody enables them."""


def offered_settings(coordinator: JuraCoordinator) -> tuple[Setting, ...]:
    """Return the settings that a person can change on a machine."""
    if not coordinator.has_wifi:
        return ()
    return tuple(
        setting for setting in coordinator.definition.settings if is_proven(setting) or coordinator.experimental
    )


class _SettingDescription(TypedDict):
    key: str
    translation_key: str
    entity_category: EntityCategory
    entity_registry_enabled_default: bool


def describe(setting: Setting) -> _SettingDescription:
    """Return what the descriptions of all settings have in common."""
    key = f"setting_{setting.slug}"
    return {
        "key": key,
        "translation_key": key,
        "entity_category": EntityCategory.CONFIG,
        "entity_registry_enabled_default": setting.slug in _EVERYDAY,
    }


class JuraSetting(JuraEntity):
    """A setting, as it was last read; unknown until then."""

    def __init__(self, coordinator: JuraCoordinator, description: EntityDescription, setting: Setting) -> None:
        """Bind to a setting."""
        super().__init__(coordinator, description)
        self.setting = setting

    @property
    @override
    def available(self) -> bool:
        """Tell whether the machine is reached over the way by which settings can be changed."""
        return super().available and self.coordinator.data.transport is Transport.WIFI

    @property
    def stored(self) -> str | None:
        """Return the value as the machine stores it."""
        settings = self.coordinator.data.settings
        return None if settings is None else settings.get(self.setting.slug)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Show a value that nobody knows the meaning of as it is."""
        unknown = self.stored is not None and not is_listed(self.setting, self.stored)
        return {"stored_value": self.stored} if unknown else None

    async def async_change(self, value: str) -> None:
        """Change the setting to a value of its definition."""
        await self.coordinator.commands.async_change_setting(self.setting, value)
