"""What a person asks for, in a person's words, as a recipe; or why it can't be had, in words too.

The one place where wishes from actions, dials and one's own drinks become recipes, so that all are refused alike.
Imports nothing of the entities.
"""

from collections.abc import Collection, Iterable, Mapping
import difflib
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .coordinator import JuraCoordinator
from .machine.errors import InvalidRecipe, InvalidValue, NoSuchParameter, NoSuchPreselection, PreselectionsExclude
from .machine.model import Definition, Product, Recipe, slug_of
from .machine.recipe import offered_preselections, recipe_for, sent_arguments

_MOST_SUGGESTIONS: Final = 3


def product_name(hass: HomeAssistant, product: Product) -> str:
    """Return what a product is called in the language of this Home Assistant."""
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    return texts.get(f"component.{DOMAIN}.entity.button.brew_{product.slug}.name", product.name)


def offered_products(coordinator: JuraCoordinator) -> tuple[Product, ...]:
    """Return the products that a person can have of this machine.

    Orders with nothing but a product code, as two machine types have them, were never tried on hardware.
    """
    return tuple(
        product for product in coordinator.definition.active_products if product.arguments or coordinator.experimental
    )


def find_product(hass: HomeAssistant, coordinator: JuraCoordinator, wanted: str) -> Product:
    """Return the product that a person means by its slug or its name. Raises ServiceValidationError."""
    names: dict[str, Product] = {}
    for product in offered_products(coordinator):
        for name in (product.slug, product.name, product_name(hass, product)):
            names.setdefault(slug_of(name), product)
    if found := names.get(slug_of(wanted)):
        return found
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="no_such_product",
        translation_placeholders={
            "name": coordinator.name,
            "wanted": wanted,
            "suggestions": ", ".join(near_names(wanted, names) or sorted({product.slug for product in names.values()})),
        },
    )


def near_names(wanted: str, names: Iterable[str]) -> list[str]:
    """Return the names that a person may have meant, best first."""
    return difflib.get_close_matches(slug_of(wanted), list(names), _MOST_SUGGESTIONS)


def recipe_from(
    hass: HomeAssistant,
    coordinator: JuraCoordinator,
    product: Product,
    values: Mapping[str, object],
    preselections: Collection[str] = (),
) -> Recipe:
    """Return the recipe of a drink as it is wished for. Raises ServiceValidationError that names what would be allowed."""
    if preselections and not coordinator.experimental:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="preselections_are_experimental")
    try:
        return recipe_for(coordinator.definition, product, values, preselections)
    except InvalidRecipe as error:
        raise _refusal(coordinator.definition, product, product_name(hass, product), error) from error


def _refusal(definition: Definition, product: Product, name: str, error: InvalidRecipe) -> HomeAssistantError:
    """Return what a person is told about a wish that can't be had."""
    match error:
        case NoSuchParameter(product=asked, parameter=parameter):
            allowed = ", ".join(argument.parameter for argument in sent_arguments(asked))
            return ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_such_parameter",
                translation_placeholders={"product": name, "parameter": parameter, "allowed": allowed or "-"},
            )
        case NoSuchPreselection(preselection=preselection):
            offered = ", ".join(offered_preselections(definition, product))
            return ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_such_preselection",
                translation_placeholders={"product": name, "preselection": preselection, "allowed": offered or "-"},
            )
        case PreselectionsExclude(preselections=chosen):
            return ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="preselections_exclude",
                translation_placeholders={"product": name, "preselections": ", ".join(sorted(chosen))},
            )
        case InvalidValue(parameter=parameter, value=value, allowed=allowed):
            return ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="invalid_value",
                translation_placeholders={
                    "product": name,
                    "parameter": parameter,
                    "value": str(value),
                    "allowed": allowed,
                },
            )
        case _:
            raise error
