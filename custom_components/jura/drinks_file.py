"""One's own drinks as a text that people can read, keep, and bring to another machine.

May import floors 1 to 6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import math
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol
import yaml  # type: ignore[import-untyped]

from .const import DOMAIN
from .coordinator import JuraConfigEntry, JuraCoordinator
from .machine.model import Amount, Argument, Choice
from .machine.recipe import amounts, in_words, sent_arguments
from .my_drinks import LONGEST_NAME, MyDrink, async_keep, drink_data, my_drinks
from .wishes import find_product, is_name_of_product, product_name, recipe_from, sentence

_VERSION: Final = 1
_MOST_CHARACTERS: Final = 50_000
"""What is read before anything else is known of it; enough for three times as many drinks as are taken."""
_MOST_DRINKS: Final = 100
_DEEPEST: Final = 5
"""How far a file is nested: the file, its drinks, a drink, its values or preselections; and one to spare."""
_LONGEST_WORD: Final = 60
"""Characters of any value; none that a machine has is half as long."""
_ICON: Final = re.compile(r"[a-z0-9_-]+:[a-z0-9_-]+")
_MEDIA: Final = "media-source://"


# --- export -----------------------------------------------------------------------------------------------------------


def export_drinks(entry: JuraConfigEntry) -> str:
    """Return one's own drinks as YAML. The type of machine is for the reader; nothing tells which machine it is."""
    coordinator = entry.runtime_data
    content = {
        "jura_drinks": _VERSION,
        "machine": coordinator.article.name if coordinator.article else coordinator.definition.code,
        "drinks": [_for_people(drink) for drink in my_drinks(entry)],
    }
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    return text


def _for_people(drink: MyDrink) -> dict[str, Any]:
    """Return what is written of a drink; what it doesn't have is not mentioned."""
    written = {
        "name": drink.name,
        "product": drink.product,
        "values": {
            name: int(value) if isinstance(value, str) and value.isdecimal() else value
            for name, value in drink.values.items()
        },
        "preselections": list(drink.preselections),
        "icon": drink.icon,
        "picture": drink.picture,
    }
    return {key: value for key, value in written.items() if value}


# --- import -----------------------------------------------------------------------------------------------------------


def _word(value: Any) -> str:
    """Return a value as a person would type it: 7.0 is 7."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise vol.Invalid("neither a text nor a number")
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
    if len(text) > _LONGEST_WORD:
        raise vol.Invalid("too long")
    return text


_NAME: Final = vol.All(cv.string, lambda name: " ".join(name.split()), vol.Length(min=1, max=LONGEST_NAME))
_DRINK: Final = vol.Schema(
    {
        vol.Required("name"): _NAME,
        vol.Required("product"): _NAME,
        vol.Optional("values", default=dict): {_NAME: _word},
        vol.Optional("preselections", default=list): vol.All(cv.ensure_list, [_NAME]),
        vol.Optional("icon"): cv.string,
        vol.Optional("picture"): cv.string,
    }
)


@callback
def import_drinks(hass: HomeAssistant, entry: JuraConfigEntry, drinks: object) -> dict[str, Any]:
    """Add drinks to those of a machine, or change those that bear the same names. Not one is ordered.

    `drinks` is the text of an export, also of another machine's, or what such a text reads as, or the list in it.
    Returns the names that were `added` and `changed`, and in words what was `adjusted` because this machine can't do
    it as it is written, and what was `refused`. Raises ServiceValidationError, before anything is kept, for what is no
    such list at all.
    """
    told: dict[str, Any] = {"added": [], "changed": [], "adjusted": [], "refused": []}
    for wish in _checked(_listed(_parsed(drinks) if isinstance(drinks, str) else drinks)):
        name = wish["name"]
        try:
            fitted = _fitted(hass, entry.runtime_data, wish)
        except ServiceValidationError as error:
            told["refused"].append({"name": name, "why": sentence(hass, error)})
            continue
        added = async_keep(hass, entry, name, fitted.data)
        told["added" if added else "changed"].append(name)
        # Two extras may be left out for the same reason, which is told once.
        changes = dict.fromkeys(sentence(hass, change) for change in fitted.changes)
        told["adjusted"] += [{"name": name, "what": change} for change in changes]
    return told


def _parsed(text: str) -> object:
    """Return what a text reads as, with nothing but texts, lists and mappings in it.

    Whoever wrote it: no tags are obeyed, and aliases, with which a short text unfolds into an endless one, are
    refused, as is what is longer or deeper than any list of drinks.
    """
    try:
        if len(text) > _MOST_CHARACTERS or not _is_harmless(text):
            raise _not_drinks()
        return yaml.load(text, yaml.BaseLoader)  # It makes texts of everything.
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="drinks_unreadable",
            translation_placeholders={"line": str(mark.line + 1) if mark else "?"},
        ) from error


def _listed(content: object) -> list[Any]:
    """Return the drinks of a whole export, or of the list in it. Raises ServiceValidationError."""
    if not isinstance(content, dict):
        return _a_list(content)
    if str(content.get("jura_drinks", _VERSION)) != str(_VERSION):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="drinks_too_new")
    return _a_list(content.get("drinks"))


def _is_harmless(text: str) -> bool:
    """Tell whether a YAML text has no aliases and is not nested deeply. Raises YAMLError."""
    depth = 0
    for event in yaml.parse(text, yaml.BaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
            return False
    return True


def _not_drinks() -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_drinks",
        translation_placeholders={"most": str(_MOST_DRINKS)},
    )


def _a_list(content: object) -> list[Any]:
    if not isinstance(content, list):
        raise _not_drinks()
    return content


def _checked(drinks: list[Any]) -> list[dict[str, Any]]:
    """Return what each drink says. Raises ServiceValidationError that names the first that isn't a drink."""
    if len(drinks) > _MOST_DRINKS:
        raise _not_drinks()
    checked = []
    for number, drink in enumerate(drinks, 1):
        try:
            checked.append(_DRINK(drink))
        except vol.Invalid as error:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="drink_incomplete",
                translation_placeholders={
                    "number": str(number),
                    "field": ".".join(str(step) for step in error.path)[:_LONGEST_WORD] or "-",
                },
            ) from error
    return checked


# --- what this machine can do of it -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A drink as this machine can make it, and what had to be changed for that."""

    data: dict[str, Any]
    changes: tuple[ServiceValidationError, ...]


def _fitted(hass: HomeAssistant, coordinator: JuraCoordinator, wish: Mapping[str, Any]) -> _Fitted:
    """Return a drink with what this machine can do of it. Raises ServiceValidationError if it can't be had at all."""
    if is_name_of_product(hass, coordinator, wish["name"]):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="name_of_product",
            translation_placeholders={"wanted": wish["name"]},
        )
    product = find_product(hass, coordinator, wish["product"])
    changes: list[ServiceValidationError] = []
    extras: tuple[str, ...] = ()
    for extra in wish["preselections"]:
        try:
            recipe_from(hass, coordinator, product, {}, (*extras, extra))
        except ServiceValidationError as error:
            changes.append(error)
        else:
            extras = (*extras, extra)
    # A double may be another product.
    made = recipe_from(hass, coordinator, product, {}, extras).product
    arguments: dict[str, Argument] = {str(argument.parameter): argument for argument in sent_arguments(made)}
    values: dict[str, str] = {}
    for parameter, value in wish["values"].items():
        try:
            recipe_from(hass, coordinator, product, {parameter: value}, extras)
        except ServiceValidationError as error:
            if (near := _nearest(arguments.get(parameter), value)) is None:
                changes.append(error)
            else:
                changes.append(_brought_nearer(product_name(hass, product), parameter, value, near))
                values[parameter] = near
        else:
            values[parameter] = value
    recipe = recipe_from(hass, coordinator, product, values, extras)
    icon, picture = wish.get("icon"), wish.get("picture")
    if icon and not _ICON.fullmatch(icon):
        changes.append(_not_taken("icon", icon))
        icon = None
    if picture and not picture.startswith(_MEDIA):
        changes.append(_not_taken("picture", picture))
        picture = None
    return _Fitted(drink_data(product.slug, in_words(recipe), extras, icon, picture), tuple(changes))


def _nearest(argument: Argument | None, wish: str) -> str | None:
    """Return the allowed value next to a number; None where there is nothing like it."""
    try:
        number = float(wish)
    except ValueError:
        return None
    match argument:
        case Amount() if math.isfinite(number):
            return str(min(amounts(argument), key=lambda value: abs(value - number)))
        case Choice(options=options) if math.isfinite(number):
            numbers = [option.slug for option in options if option.slug.isdecimal()]
            return min(numbers, key=lambda value: abs(int(value) - number), default=None)
        case _:
            return None


def _brought_nearer(product: str, parameter: str, value: str, near: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="value_brought_nearer",
        translation_placeholders={"product": product, "parameter": parameter, "value": value, "near": near},
    )


def _not_taken(field: str, value: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_taken",
        translation_placeholders={"field": field, "value": value},
    )
