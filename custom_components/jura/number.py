"""Numbers: the amounts of the product that "Brew" makes, and settings of the machine.

Without device class, although there are some for volumes and durations: with one, a person could choose another unit,
for which Home Assistant converts value and limits to whole numbers and the step not at all. Sliders, because they show
the limits and stop at steps only.

May import floors 1 to 7.
"""

from typing import Final, override

from homeassistant.components.number import NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.const import UnitOfTime, UnitOfVolume
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import JuraConfigEntry
from .dial_entity import JuraParameterDial, offered_arguments
from .entity import async_add_in_turn
from .machine.model import Amount, Setting, Unit
from .machine.settings import amount_stored, is_amount, value_of_amount
from .setting_entity import JuraSetting, describe, offered_settings

# Dials only live here, and turning one must not wait for a setting on its way to the machine. Settings take turns in the
# machine's client.
PARALLEL_UPDATES = 0

_UNITS: Final = {Unit.MILLILITRES: UnitOfVolume.MILLILITERS, Unit.SECONDS: UnitOfTime.SECONDS, Unit.COUNT: None}
_UNITS_OF_SETTINGS: Final = {"water_hardness": "°dH"}


def _description(amount: Amount) -> NumberEntityDescription:
    return NumberEntityDescription(
        key=str(amount.parameter),
        translation_key=str(amount.parameter),
        native_unit_of_measurement=_UNITS[amount.unit],
        mode=NumberMode.SLIDER,
    )


def _setting_description(setting: Setting) -> NumberEntityDescription:
    return NumberEntityDescription(
        **describe(setting),
        native_unit_of_measurement=_UNITS_OF_SETTINGS[setting.slug],
        native_min_value=setting.minimum,
        native_max_value=setting.maximum,
        native_step=setting.step,
        # No slider: each change is written to the machine, whose buttons are locked for a moment.
        mode=NumberMode.BOX,
    )


async def async_setup_entry(
    hass: HomeAssistant, entry: JuraConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add one for each amount that any product of this machine lets a person choose."""
    coordinator = entry.runtime_data
    dials = (
        JuraNumber(coordinator, _description(argument), argument)
        for argument in offered_arguments(coordinator)
        if isinstance(argument, Amount)
    )
    settings = (
        JuraSettingNumber(coordinator, _setting_description(setting), setting)
        for setting in offered_settings(coordinator)
        if is_amount(setting)
    )
    await async_add_in_turn(async_add_entities, [*dials, *settings])


class JuraNumber(JuraParameterDial[Amount], NumberEntity):
    """An amount within what the chosen product allows."""

    @property
    @override
    def native_min_value(self) -> float:
        """Return the least that the chosen product allows."""
        return self.argument.minimum

    @property
    @override
    def native_max_value(self) -> float:
        """Return the most that the chosen product allows."""
        return self.argument.maximum

    @property
    @override
    def native_step(self) -> float:
        """Return the step."""
        return self.argument.step

    @property
    @override
    def native_value(self) -> float | None:
        """Return what is chosen."""
        return None if self.chosen is None else int(self.chosen)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Choose another amount."""
        await self.async_choose(value)


class JuraSettingNumber(JuraSetting, NumberEntity):
    """A setting within a range."""

    @property
    @override
    def native_value(self) -> int | None:
        """Return the number that is set."""
        return amount_stored(self.setting, self.stored)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set another."""
        try:
            stored = value_of_amount(self.setting, value)
        except ValueError as error:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="setting_between_steps",
                translation_placeholders={
                    "value": f"{value:g}",
                    "minimum": str(self.setting.minimum),
                    "maximum": str(self.setting.maximum),
                    "step": str(self.setting.step),
                },
            ) from error
        await self.async_change(stored)
