"""Buttons: one for each drink of the machine, and the commands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import JuraConfigEntry, JuraCoordinator
from .entity import JuraControlEntity, JuraEntity
from .machine.model import Product
from .wishes import offered_products

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class JuraButtonDescription(ButtonEntityDescription):
    """A button and what it does."""

    press_fn: Callable[[JuraCoordinator], Awaitable[None]]


CANCEL = JuraButtonDescription(key="cancel", translation_key="cancel", press_fn=JuraCoordinator.async_cancel)
SWITCH_OFF = JuraButtonDescription(
    key="switch_off",
    translation_key="switch_off",
    entity_registry_enabled_default=False,
    press_fn=JuraCoordinator.async_switch_off,
)

REFRESH = JuraButtonDescription(
    key="refresh",
    translation_key="refresh",
    entity_category=EntityCategory.DIAGNOSTIC,
    press_fn=JuraCoordinator.async_look_again,
)


def _drink_description(product: Product) -> JuraButtonDescription:
    return JuraButtonDescription(
        key=f"brew_{product.slug}",
        translation_key=f"brew_{product.slug}",
        press_fn=lambda coordinator: coordinator.async_brew(product.slug),
    )


async def async_setup_entry(
    hass: HomeAssistant, entry: JuraConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a button for each drink that this machine offers, and the commands."""
    coordinator = entry.runtime_data
    drinks = (_drink_description(product) for product in offered_products(coordinator))
    commands = (CANCEL, SWITCH_OFF) if coordinator.has_bluetooth else (CANCEL,)
    async_add_entities(JuraButton(coordinator, description) for description in (*drinks, *commands))
    async_add_entities([JuraRefreshButton(coordinator, REFRESH)])


class JuraButton(JuraEntity, ButtonEntity):
    """A button that needs the machine."""

    entity_description: JuraButtonDescription

    @property
    @override
    def available(self) -> bool:
        """Tell that it can be pressed; while we give way a press is answered in words, where it would else do nothing."""
        return super().available or self.coordinator.gives_way

    @override
    async def async_press(self) -> None:
        """Do what the button is for."""
        await self.entity_description.press_fn(self.coordinator)


class JuraRefreshButton(JuraControlEntity, JuraButton):
    """A button that is of use just when the machine is not there."""
