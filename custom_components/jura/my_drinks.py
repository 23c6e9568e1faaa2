"""A person's own drinks: a product with values of their own, under a name of their own, kept as subentries.

May import floors 1 to 3.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from .machine.model import slug_of

SUBENTRY_DRINK: Final = "drink"
LONGEST_NAME: Final = 60
"""Characters that a name on a button may have."""

_PRODUCT: Final = "product"
_VALUES: Final = "values"
_PRESELECTIONS: Final = "preselections"
_ICON: Final = "icon"
_PICTURE: Final = "picture"


@dataclass(frozen=True, slots=True)
class MyDrink:
    """One's own drink. `values` are in people's words, as `machine.recipe.recipe_for` takes them."""

    subentry_id: str
    name: str
    product: str
    values: Mapping[str, int | str]
    preselections: tuple[str, ...]
    icon: str | None
    picture: str | None
    """Where the media folder has it: `media-source://…`."""


def my_drinks(entry: ConfigEntry) -> tuple[MyDrink, ...]:
    """Return the drinks that a person made for a machine, oldest first."""
    return tuple(
        _from_subentry(subentry) for subentry in entry.subentries.values() if subentry.subentry_type == SUBENTRY_DRINK
    )


def drink_named(entry: ConfigEntry, name: str) -> MyDrink | None:
    """Return the drink of a name, without regard to case and signs: whoever says it says neither."""
    return next((drink for drink in my_drinks(entry) if key_of(drink.name) == key_of(name)), None)


def key_of(name: str) -> str:
    """Return a name as it is compared: without regard to case and signs, unless it consists of nothing else."""
    return slug_of(name) or name.strip()


@callback
def async_keep(hass: HomeAssistant, entry: ConfigEntry, name: str, data: Mapping[str, Any]) -> bool:
    """Add a drink, or change the one of that name; tell whether it was added. See `drink_data`."""
    if before := drink_named(entry, name):
        hass.config_entries.async_update_subentry(entry, entry.subentries[before.subentry_id], title=name, data=data)
        return False
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(data=MappingProxyType(dict(data)), subentry_type=SUBENTRY_DRINK, title=name, unique_id=None),
    )
    return True


def drink_data(
    product: str,
    values: Mapping[str, int | str],
    preselections: Iterable[str] = (),
    icon: str | None = None,
    picture: str | None = None,
) -> dict[str, Any]:
    """Return what a subentry keeps of a drink; its name is the subentry's title."""
    data = {_PRODUCT: product, _VALUES: dict(values), _PRESELECTIONS: sorted(preselections)}
    return data | {key: value for key, value in ((_ICON, icon), (_PICTURE, picture)) if value}


def _from_subentry(subentry: ConfigSubentry) -> MyDrink:
    """Return a drink as it is kept. What is damaged counts as missing: the drink can't be made then, and is told."""
    data = subentry.data
    values, preselections = data.get(_VALUES), data.get(_PRESELECTIONS)
    return MyDrink(
        subentry_id=subentry.subentry_id,
        name=subentry.title,
        product=str(data.get(_PRODUCT, "")),
        values=values if isinstance(values, Mapping) else {},
        preselections=tuple(map(str, preselections)) if isinstance(preselections, list | tuple) else (),
        icon=data.get(_ICON),
        picture=data.get(_PICTURE),
    )
