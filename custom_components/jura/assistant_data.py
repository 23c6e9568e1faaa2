"""What an assistant is told of a machine, as plain data: short, for it pays for each word, and in the words of a language.

The machine is not asked for it: it is made of what is known, and what isn't known is told as unknown. No number and no
address of the machine is among it: assistants may be far away.

May import floors 1 to 6.
"""

from collections.abc import Iterable
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util.json import JsonObjectType, JsonValueType

from .coordinator import JuraConfigEntry, JuraCoordinator
from .machine import care, showing
from .machine.model import Product
from .machine.recipe import allowed_values, default_recipe, in_words, sent_arguments
from .my_drinks import my_drinks
from .plain_data import own_drink
from .report_text import Facts, Texts, note_on_absence
from .reports import facts_of, period_of
from .wishes import offered_products, product_name

UNKNOWN: Final = "unknown"
_NOTHING: Final = "nothing"
_DUE_AT: Final = 100


# --- what can be made -------------------------------------------------------------------------------------------------


def drink_names(entries: Iterable[JuraConfigEntry]) -> list[str]:
    """Return everything that some of these machines can make, by the names that `wishes` understands."""
    names = (
        name
        for entry in entries
        for name in (
            *(product.slug for product in offered_products(entry.runtime_data)),
            *(drink.name for drink in my_drinks(entry)),
        )
    )
    return list(dict.fromkeys(names))


def drinks(hass: HomeAssistant, entry: JuraConfigEntry, language: str) -> JsonObjectType:
    """Return what a machine can make, and what can be chosen about it."""
    products: dict[str, JsonValueType] = {
        product.slug: {"name": product_name(hass, product, language), "choices": _choices(product)}
        for product in offered_products(entry.runtime_data)
    }
    return {"drinks": products, "own_drinks": [own_drink(drink) for drink in my_drinks(entry)]}


def _choices(product: Product) -> JsonObjectType:
    usual = in_words(default_recipe(product))
    return {
        str(argument.parameter): f"{allowed_values(argument)}; usually {usual[argument.parameter]}"
        for argument in sent_arguments(product)
    }


# --- how it is --------------------------------------------------------------------------------------------------------


def state(hass: HomeAssistant, entry: JuraConfigEntry, texts: Texts) -> JsonObjectType:
    """Return what a machine does, needs and did."""
    coordinator = entry.runtime_data
    facts = facts_of(hass, entry, period_of("today", None, None))
    now = showing.machine_state(coordinator.definition, coordinator.data) if facts.available else None
    told: JsonObjectType = {
        "state": texts.state(now) if now else UNKNOWN,
        "ready": _known(showing.is_ready(coordinator.definition, coordinator.data) if now else None),
        "making": _making(coordinator, texts) if facts.available else UNKNOWN,
        "needs": UNKNOWN if facts.needs is None else list(map(texts.need, facts.needs)) or _NOTHING,
        "maintenance": _maintenance(coordinator, facts, texts),
        "cups_today": _known(facts.cups_today),
        "last_drink": _last_drink(facts, texts),
    }
    if note := note_on_absence(facts, texts):
        told["note"] = note
    return told


def _known(value: bool | int | None) -> JsonValueType:
    return UNKNOWN if value is None else value


def _making(coordinator: JuraCoordinator, texts: Texts) -> JsonValueType:
    """Return what is being made, and how far it is."""
    definition, snapshot = coordinator.definition, coordinator.data
    percent = _known(showing.percent(definition, snapshot))
    if stage := coordinator.stage:
        return {"program": texts.program(stage.program), "percent": percent}
    phase = showing.phase(definition, snapshot)
    if phase is None or snapshot.progress is None:
        return _NOTHING
    product = definition.product_by_code(snapshot.progress.code or 0)
    own = snapshot.drink.name if snapshot.drink else None
    return {
        "drink": own or texts.drink(product.slug if product else None, snapshot.progress.code or 0),
        "phase": texts.phase(phase),
        "percent": percent,
        "seconds": _known(snapshot.elapsed),
    }


def _maintenance(coordinator: JuraCoordinator, facts: Facts, texts: Texts) -> JsonObjectType:
    """Return how due each program is. Without a filter, none is to be changed."""
    status = coordinator.data.status
    asks = care.due(coordinator.definition, status) if status else {}
    return {
        texts.program(known.program): {
            "percent": _known(known.percent),
            "due": _known(_is_due(known.percent, asks.get(known.program))),
        }
        for known in facts.care
        if known.fitted and (known.percent is not None or known.program in asks)
    }


def _is_due(percent: int | None, asked: bool | None) -> bool | None:
    return True if percent is not None and percent >= _DUE_AT else asked


def _last_drink(facts: Facts, texts: Texts) -> JsonValueType:
    if facts.last is None:
        return UNKNOWN
    return {
        "drink": facts.last.name or texts.drink(facts.last.product, facts.last.code),
        "time": facts.last.at.isoformat(timespec="seconds"),
    }
