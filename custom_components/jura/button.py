"""Buttons: one for each drink of the machine, and the commands.

May import floors 1 to 7.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .button_keys import key_of_drink, key_of_product
from .const import DOMAIN
from .coordinator import JuraConfigEntry, JuraCoordinator
from .dial_entity import shown_dials, shown_recipe
from .dials import usual
from .drink_picture import async_picture_url
from .entity import JuraControlEntity, JuraEntity, async_add_in_turn
from .house_rules import Caller, caller_of
from .issues import PROGRAM_READY, report_program
from .machine.model import Product, Program
from .machine.recipe import default_recipe, in_words
from .my_drinks import MyDrink, my_drinks
from .wishes import offered_products, recipe_of, sentence

# One after the other, a cancel would wait for the order that it is meant for. Two orders at once are for
# `commands` to sort out: it makes one drink of them, and one refusal at once.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class JuraButtonDescription(ButtonEntityDescription):
    """A button and what it does, for whoever pressed it."""

    press_fn: Callable[[JuraCoordinator, Caller], Awaitable[None]]


async def _brew(coordinator: JuraCoordinator, caller: Caller) -> None:
    await coordinator.commands.async_start(shown_recipe(coordinator), None, caller)


async def _reset_recipe(coordinator: JuraCoordinator, _: Caller) -> None:
    await coordinator.async_turn(usual(coordinator.remembered.dials, shown_dials(coordinator).product))


BREW = JuraButtonDescription(key="brew", translation_key="brew", press_fn=_brew)
RESET_RECIPE = JuraButtonDescription(key="reset_recipe", translation_key="reset_recipe", press_fn=_reset_recipe)
CANCEL = JuraButtonDescription(
    key="cancel", translation_key="cancel", press_fn=lambda coordinator, _: coordinator.commands.async_cancel()
)
SWITCH_OFF = JuraButtonDescription(
    key="switch_off",
    translation_key="switch_off",
    entity_registry_enabled_default=False,
    press_fn=lambda coordinator, _: coordinator.commands.async_switch_off(),
)


async def _continue_program(coordinator: JuraCoordinator, _: Caller) -> None:
    await coordinator.commands.async_continue_program(coordinator.stage)


CONTINUE_PROGRAM = JuraButtonDescription(
    key="continue_program",
    translation_key="continue_program",
    entity_registry_enabled_default=False,
    press_fn=_continue_program,
)

REFRESH = JuraButtonDescription(
    key="refresh",
    translation_key="refresh",
    entity_category=EntityCategory.DIAGNOSTIC,
    press_fn=lambda coordinator, _: coordinator.commands.async_look_again(),
)


def _program_buttons(coordinator: JuraCoordinator) -> Iterator[JuraButtonDescription]:
    """Describe the buttons for programs. None of them starts one: they ask for the confirmation of a person."""
    if not coordinator.guides:
        return
    for declared in coordinator.definition.programs:
        if declared.command is not None:
            yield JuraButtonDescription(
                key=f"start_{declared.program}",
                translation_key=f"start_{declared.program}",
                entity_registry_enabled_default=False,
                press_fn=partial(_offer_program, program=declared.program),
            )
    if coordinator.definition.accept_commands:
        yield CONTINUE_PROGRAM


async def _offer_program(coordinator: JuraCoordinator, _: Caller, program: Program) -> None:
    """Raise the issue in which a person is told what the program needs, and confirms its start."""
    entry, definition = coordinator.config_entry, coordinator.definition
    report_program(coordinator.hass, entry, definition, PROGRAM_READY, program, stands=True)


async def async_setup_entry(
    hass: HomeAssistant, entry: JuraConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a button for each drink that this machine offers, and the commands."""
    coordinator = entry.runtime_data
    commands = (BREW, CANCEL, SWITCH_OFF) if coordinator.has_bluetooth else (BREW, CANCEL)
    programs = _program_buttons(coordinator)
    await async_add_in_turn(
        async_add_entities,
        [
            *(JuraDrinkButton(coordinator, product) for product in offered_products(coordinator)),
            *(JuraButton(coordinator, description) for description in (*commands, *programs)),
            *(JuraControlButton(coordinator, description) for description in (REFRESH, RESET_RECIPE)),
        ],
    )
    for drink in my_drinks(entry):
        button = MyDrinkButton(coordinator, drink)
        button.attach_to_machine(hass)
        async_add_entities([button], config_subentry_id=drink.subentry_id)


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
        await self.entity_description.press_fn(self.coordinator, caller_of(self._context))


class JuraDrinkButton(JuraButton):
    """A button that makes a drink of the machine with its usual values, and tells them."""

    def __init__(self, coordinator: JuraCoordinator, product: Product) -> None:
        """Bind to a drink by its name only: what belongs to it may change."""
        self._slug = product.slug
        super().__init__(
            coordinator,
            JuraButtonDescription(
                key=key_of_product(product.slug),
                translation_key=key_of_product(product.slug),
                press_fn=lambda coordinator, caller: coordinator.commands.async_brew(self._slug, caller),
            ),
        )

    @property
    @override
    def extra_state_attributes(self) -> dict[str, int | str]:
        """Tell the usual values, in the words that the actions take, and whether this very machine has them stored."""
        product = self.coordinator.definition.product(self._slug)
        assert product is not None, "a machine loses no drink"
        values_from = "machine" if self._slug in self.coordinator.own_products else "definition"
        return in_words(default_recipe(product)) | {"values_from": values_from}


class JuraControlButton(JuraControlEntity, JuraButton):
    """A button that is of use also when the machine is not there."""


class MyDrinkButton(JuraButton):
    """One's own drink: named as its maker named it, and with their icon and picture, else with that of its product."""

    def __init__(self, coordinator: JuraCoordinator, drink: MyDrink) -> None:
        """Bind to a drink."""
        super().__init__(
            coordinator,
            JuraButtonDescription(
                key=key_of_drink(drink),
                translation_key=key_of_product(drink.product),
                icon=drink.icon,
                press_fn=self._brew,
            ),
        )
        self._attr_name = drink.name
        self._drink = drink

    def attach_to_machine(self, hass: HomeAssistant) -> None:
        """Belong to the machine's device.

        Not by `device_info`: Home Assistant would move the device into the subentry, and remove it with the drink.
        """
        entry_id = self.coordinator.config_entry.entry_id
        assert self._attr_device_info is not None
        self.device_entry = dr.async_get(hass).async_get_or_create(config_entry_id=entry_id, **self._attr_device_info)
        self._attr_device_info = None

    @override
    async def async_added_to_hass(self) -> None:
        """Look for the picture, for which nobody should wait."""
        await super().async_added_to_hass()
        if self._drink.picture:
            self.coordinator.config_entry.async_create_background_task(
                self.hass, self._show_picture(self._drink.picture), f"{self._drink.name} - picture"
            )

    async def _show_picture(self, media_id: str) -> None:
        self._attr_entity_picture = await async_picture_url(self.hass, media_id)
        self.async_write_ha_state()

    async def _brew(self, coordinator: JuraCoordinator, caller: Caller) -> None:
        """Make the drink; what the machine can't make any more it says, with what to do about it."""
        try:
            recipe = recipe_of(self.hass, coordinator, self._drink)
        except ServiceValidationError as error:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="drink_not_possible",
                translation_placeholders={
                    "drink": self._drink.name,
                    "reason": sentence(self.hass, error),
                },
            ) from error
        await coordinator.commands.async_start(recipe, self._drink.name, caller)
