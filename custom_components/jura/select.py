"""Selects: the product that "Brew" makes, its strength, temperature and beans, and settings of the machine.

May import floors 1 to 7.
"""

from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import JuraConfigEntry, JuraCoordinator
from .dial_entity import JuraDial, JuraParameterDial, offered_arguments
from .dials import with_product
from .entity import async_add_in_turn
from .machine.model import Choice, Setting
from .machine.settings import is_amount, is_switch, option_named, option_stored
from .setting_entity import JuraSetting, describe, offered_settings
from .wishes import offered_products

# Dials only live here, and turning one must not wait for a setting on its way to the machine. Settings take turns in the
# machine's client.
PARALLEL_UPDATES = 0

PRODUCT = SelectEntityDescription(key="product", translation_key="product")


def _description(choice: Choice) -> SelectEntityDescription:
    return SelectEntityDescription(key=str(choice.parameter), translation_key=str(choice.parameter))


async def async_setup_entry(
    hass: HomeAssistant, entry: JuraConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the choice of a product, and one for each list that any product of this machine lets a person choose from."""
    coordinator = entry.runtime_data
    dials = (
        JuraSelect(coordinator, _description(argument), argument)
        for argument in offered_arguments(coordinator)
        if isinstance(argument, Choice)
    )
    settings = (
        JuraSettingSelect(coordinator, SelectEntityDescription(**describe(setting)), setting)
        for setting in offered_settings(coordinator)
        if not is_amount(setting) and not is_switch(setting)
    )
    await async_add_in_turn(async_add_entities, [JuraProductSelect(coordinator, PRODUCT), *dials, *settings])


class JuraProductSelect(JuraDial, SelectEntity):
    """Which product the other dials are about."""

    @property
    @override
    def options(self) -> list[str]:
        """Return the products that the machine offers."""
        return [product.slug for product in offered_products(self.coordinator)]

    @property
    @override
    def current_option(self) -> str:
        """Return the chosen product."""
        return self.shown.product.slug

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose another product; what was set for it before comes back."""
        await self.coordinator.async_turn(with_product(self.dials, option))


class JuraSelect(JuraParameterDial[Choice], SelectEntity):
    """One of the values that the chosen product allows."""

    @property
    @override
    def options(self) -> list[str]:
        """Return what the chosen product allows."""
        return [option.slug for option in self.argument.options]

    @property
    @override
    def current_option(self) -> str | None:
        """Return what is chosen."""
        return None if self.chosen is None else str(self.chosen)

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose another."""
        await self.async_choose(option)


class JuraSettingSelect(JuraSetting, SelectEntity):
    """A setting with a list of options."""

    def __init__(self, coordinator: JuraCoordinator, description: SelectEntityDescription, setting: Setting) -> None:
        """Bind to a setting."""
        super().__init__(coordinator, description, setting)
        self._attr_options = [option.slug for option in setting.options]

    @property
    @override
    def current_option(self) -> str | None:
        """Return the option that is set."""
        option = option_stored(self.setting, self.stored)
        return option.slug if option else None

    @override
    async def async_select_option(self, option: str) -> None:
        """Set another."""
        await self.async_change(option_named(self.setting, option).value)
