"""A person's own drinks: a product with values of their own, under a name of their own, kept as subentries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

SUBENTRY_DRINK: Final = "drink"


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


def _from_subentry(subentry: ConfigSubentry) -> MyDrink:
    data = subentry.data
    return MyDrink(
        subentry_id=subentry.subentry_id,
        name=subentry.title,
        product=data["product"],
        values=data["values"],
        preselections=tuple(data["preselections"]),
        icon=data.get("icon"),
        picture=data.get("picture"),
    )
