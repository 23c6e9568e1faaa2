"""What a person asks for, in a person's words, as a recipe; or why it can't be had, in words too.

The one place where wishes from actions, dials and one's own drinks become recipes, so that all are refused alike.

May import floors 1 to 5.
"""

from collections.abc import Collection, Iterable, Mapping
import difflib
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .machine.errors import InvalidRecipe, InvalidValue, NoSuchParameter, NoSuchPreselection, PreselectionsExclude
from .machine.model import Definition, Product, Recipe
from .machine.recipe import offered_preselections, recipe_for, sent_arguments
from .my_drinks import MyDrink, key_of, my_drinks

if TYPE_CHECKING:
    from .coordinator import JuraCoordinator

_MOST_SUGGESTIONS: Final = 3


def product_name(hass: HomeAssistant, product: Product, language: str | None = None) -> str:
    """Return what a product is called, in the language of this Home Assistant unless another is loaded and asked for."""
    texts = async_get_cached_translations(hass, language or hass.config.language, "entity", DOMAIN)
    return texts.get(f"component.{DOMAIN}.entity.button.brew_{product.slug}.name", product.name)


def sentence(hass: HomeAssistant, error: HomeAssistantError, language: str | None = None) -> str:
    """Return the text of an error, in the same languages; its own text is always English."""
    texts = async_get_cached_translations(hass, language or hass.config.language, "exceptions", DOMAIN)
    text = texts.get(f"component.{DOMAIN}.exceptions.{error.translation_key}.message")
    return text.format(**error.translation_placeholders or {}) if text else str(error)


def offered_products(coordinator: JuraCoordinator) -> tuple[Product, ...]:
    """Return the products that a person can have of this machine.

    Orders with nothing but a product code, as two machine types have them, were never tried on hardware.
    """
    return tuple(
        product for product in coordinator.definition.active_products if product.arguments or coordinator.experimental
    )


def find_product(hass: HomeAssistant, coordinator: JuraCoordinator, wanted: str) -> Product:
    """Return the product that a person means by its slug or its name. Raises ServiceValidationError."""
    names = _product_names(hass, coordinator)
    return _found(coordinator, wanted, names, {name: product.slug for name, product in names.items()})


def find_drink(hass: HomeAssistant, coordinator: JuraCoordinator, wanted: str) -> MyDrink | Product:
    """Return the drink that a person means: one of their own by its name, else a product. Raises ServiceValidationError."""
    products = _product_names(hass, coordinator)
    # Of two with the same name, the older counts.
    own = {key_of(drink.name): drink for drink in reversed(my_drinks(coordinator.config_entry))}
    written = {name: product.slug for name, product in products.items()} | {
        name: drink.name for name, drink in own.items()
    }
    drinks: dict[str, MyDrink | Product] = {**products, **own}
    return _found(coordinator, wanted, drinks, written)


def _product_names(hass: HomeAssistant, coordinator: JuraCoordinator) -> dict[str, Product]:
    """Return everything by which a product can be called; a slug never means another product than its own."""
    products = offered_products(coordinator)
    names = {product.slug: product for product in products}
    for product in products:
        for name in (product.name, product_name(hass, product)):
            names.setdefault(key_of(name), product)
    return names


def is_name_of_product(hass: HomeAssistant, coordinator: JuraCoordinator, name: str) -> bool:
    """Tell whether a name already means a drink that the machine has anyway."""
    return key_of(name) in _product_names(hass, coordinator)


def _found[T](coordinator: JuraCoordinator, wanted: str, names: Mapping[str, T], written: Mapping[str, str]) -> T:
    """Return what a person means, or raise ServiceValidationError that suggests names as one would write them."""
    if found := names.get(key_of(wanted)):
        return found
    if near := [written[name] for name in near_names(wanted, names)]:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_product",
            translation_placeholders={
                "name": coordinator.name,
                "wanted": wanted,
                "suggestions": ", ".join(dict.fromkeys(near)),
            },
        )
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="no_such_product_here",
        translation_placeholders={
            "name": coordinator.name,
            "wanted": wanted,
            "drinks": ", ".join(dict.fromkeys(sorted(written.values()))),
        },
    )


def near_names(wanted: str, names: Iterable[str]) -> list[str]:
    """Return the names that a person may have meant, best first. All are as `key_of` makes them."""
    return difflib.get_close_matches(key_of(wanted), list(names), _MOST_SUGGESTIONS)


def drink_from(
    hass: HomeAssistant,
    coordinator: JuraCoordinator,
    wanted: str,
    values: Mapping[str, object],
    preselections: Collection[str] | None = None,
) -> tuple[str | None, Recipe]:
    """Return the recipe of a drink, and its name if it is one's own; `values` go before those that it has.

    None for `preselections` is those of one's own drink. Raises ServiceValidationError.
    """
    found = find_drink(hass, coordinator, wanted)
    if isinstance(found, Product):
        return None, recipe_from(hass, coordinator, found, values, preselections or ())
    chosen = found.preselections if preselections is None else preselections
    product = find_product(hass, coordinator, found.product)
    return found.name, recipe_from(hass, coordinator, product, {**found.values, **values}, chosen)


def recipe_of(hass: HomeAssistant, coordinator: JuraCoordinator, drink: MyDrink) -> Recipe:
    """Return the recipe of one's own drink. Raises ServiceValidationError where the machine can't make it any more."""
    product = find_product(hass, coordinator, drink.product)
    return recipe_from(hass, coordinator, product, drink.values, drink.preselections)


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
        case NoSuchParameter(product=asked) if not sent_arguments(asked):
            return ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="nothing_to_choose",
                translation_placeholders={"product": name},
            )
        case NoSuchParameter(product=asked, parameter=parameter):
            allowed = ", ".join(argument.parameter for argument in sent_arguments(asked))
            return ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_such_parameter",
                translation_placeholders={"product": name, "parameter": parameter, "allowed": allowed},
            )
        case NoSuchPreselection() if not offered_preselections(definition, product):
            return ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_preselections",
                translation_placeholders={"product": name},
            )
        case NoSuchPreselection(preselection=preselection):
            offered = ", ".join(offered_preselections(definition, product))
            return ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_such_preselection",
                translation_placeholders={"product": name, "preselection": preselection, "allowed": offered},
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
