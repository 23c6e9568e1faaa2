"""Drinks, and what became of them, as plain data: what actions return and assistants are told.

May import floors 1 to 6.
"""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.json import JsonObjectType, JsonValueType

from .coordinator import JuraCoordinator
from .machine.model import Amount, Argument, Preselection, Product, Recipe
from .machine.recipe import default_recipe, in_words, offered_preselections, sent_arguments
from .my_drinks import MyDrink
from .outcomes import CommandFailed, CommandRefused, DrinkBlocked, Outcome
from .wishes import product_name, sentence


def drink_as_sent(
    hass: HomeAssistant, coordinator: JuraCoordinator, recipe: Recipe, name: str | None, language: str | None = None
) -> JsonObjectType:
    """Return a drink as it is sent, in people's words. `name` is what its owner calls it."""
    return {
        "name": name or product_name(hass, recipe.product, language),
        "product": recipe.product.slug,
        "recipe": recipe_in_words(recipe),
        "preselections": _words(recipe.preselections),
        "values_from": _values_from(coordinator, recipe.product),
    }


def _values_from(coordinator: JuraCoordinator, product: Product) -> str:
    """Return where the usual values of a product are from: this very machine's memory, or the definition of its type."""
    return "machine" if product.slug in coordinator.own_products else "definition"


def _words(preselections: Iterable[Preselection]) -> list[JsonValueType]:
    return [*sorted(map(str, preselections))]


def what_went_wrong(hass: HomeAssistant, error: HomeAssistantError, language: str | None = None) -> JsonObjectType:
    """Return why something isn't being done, in one word and in a sentence. Of a wish that can't be had, nothing was sent."""
    outcome = error.outcome if isinstance(error, CommandRefused | CommandFailed) else Outcome.REFUSED
    explained: JsonObjectType = {"outcome": outcome.value, "message": sentence(hass, error, language)}
    if isinstance(error, DrinkBlocked):
        explained["alerts"] = list(error.alerts)
    return explained


def recipe_in_words(recipe: Recipe) -> JsonObjectType:
    """Return the values of a drink in people's words."""
    return dict(in_words(recipe))


def product_as_offered(hass: HomeAssistant, coordinator: JuraCoordinator, product: Product) -> JsonObjectType:
    """Return a product with everything that can be chosen about it."""
    return {
        "product": product.slug,
        "name": product_name(hass, product),
        **what_can_be_chosen(coordinator, product),
        "values_from": _values_from(coordinator, product),
    }


def what_can_be_chosen(coordinator: JuraCoordinator, product: Product) -> JsonObjectType:
    """Return the kind of a product, and everything that can be chosen about it."""
    defaults = in_words(default_recipe(product))
    # What was never tried on a real machine is not offered here either.
    offered = set(offered_preselections(coordinator.definition, product)) if coordinator.experimental else set()
    together = (combination for combination in coordinator.definition.combinations if combination <= offered)
    return {
        "kind": str(product.kind),
        "parameters": {
            str(argument.parameter): {**_range(argument), "default": defaults[argument.parameter]}
            for argument in sent_arguments(product)
        },
        "preselections": _words(offered),
        "combinations": [_words(combination) for combination in together],
    }


def _range(argument: Argument) -> JsonObjectType:
    if isinstance(argument, Amount):
        return {
            "minimum": argument.minimum,
            "maximum": argument.maximum,
            "step": argument.step,
            "unit": str(argument.unit),
        }
    return {"options": [option.slug for option in argument.options]}


def own_drink(drink: MyDrink) -> JsonObjectType:
    """Return a drink of one's own."""
    return {
        "name": drink.name,
        "product": drink.product,
        "values": dict(drink.values),
        "preselections": list(drink.preselections),
    }
