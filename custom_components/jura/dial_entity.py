"""What the entities of the recipe have in common: product, strength, amounts, extras.

None of them has a category. They are turned by people, and for each drink anew, so that they belong beside the drinks,
on dashboards and in automations; a category would hide them there, and "configuration" is what changes the machine.

May import floors 1 to 7.
"""

from typing import override

from homeassistant.helpers.entity import EntityDescription

from .coordinator import JuraCoordinator
from .dials import Dials, Shown, shown, with_value
from .entity import JuraControlEntity
from .machine.model import Argument, Parameter, Recipe
from .machine.recipe import in_words, sent_arguments
from .wishes import offered_products, recipe_from


def shown_dials(coordinator: JuraCoordinator) -> Shown:
    """Return what the dials of a machine show."""
    return shown(
        coordinator.remembered.dials,
        coordinator.definition,
        offered_products(coordinator),
        with_extras=coordinator.experimental,
    )


def shown_recipe(coordinator: JuraCoordinator) -> Recipe:
    """Return what the dials of a machine amount to. Raises ServiceValidationError, as any wish does."""
    now = shown_dials(coordinator)
    return recipe_from(coordinator.hass, coordinator, now.product, now.values, now.extras)


def offered_arguments(coordinator: JuraCoordinator) -> tuple[Argument, ...]:
    """Return each parameter that a person can choose on a machine, as the first product that has it allows it."""
    first: dict[Parameter, Argument] = {}
    for product in offered_products(coordinator):
        for argument in sent_arguments(product):
            first.setdefault(argument.parameter, argument)
    return tuple(first.values())


class JuraDial(JuraControlEntity):
    """A dial. The machine hears nothing of it until "Brew" is pressed, and need not be there."""

    @property
    def shown(self) -> Shown:
        """Return what all dials of the machine show."""
        return shown_dials(self.coordinator)

    @property
    def dials(self) -> Dials:
        """Return what was set."""
        return self.coordinator.remembered.dials


class JuraParameterDial[A: Argument](JuraDial):
    """A dial for one parameter; unavailable while a product is chosen that doesn't have it."""

    def __init__(self, coordinator: JuraCoordinator, description: EntityDescription, first: A) -> None:
        """Bind to a parameter. `first` is what some product allows, for the time while the chosen one lacks it."""
        super().__init__(coordinator, description)
        self._first = first

    @property
    @override
    def available(self) -> bool:
        """Tell whether the chosen product has the parameter."""
        return self.shown.argument(self._first.parameter) is not None

    @property
    def argument(self) -> A:
        """Return what can be chosen."""
        now = self.shown.argument(self._first.parameter)
        return now if isinstance(now, type(self._first)) else self._first

    @property
    def chosen(self) -> int | str | None:
        """Return what is chosen, in people's words."""
        return self.shown.values.get(self._first.parameter)

    async def async_choose(self, value: float | str) -> None:
        """Choose another value. Raises ServiceValidationError, as any wish does."""
        name = str(self._first.parameter)
        now = self.shown
        recipe = recipe_from(self.hass, self.coordinator, now.product, {name: value}, now.extras)
        await self.coordinator.async_turn(with_value(self.dials, now.product, name, in_words(recipe)[name]))
