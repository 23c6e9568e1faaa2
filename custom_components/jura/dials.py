"""What the dials of a machine show: a product, and what a person set for each product.

Pure data and functions. Dials are wishes in people's words, and stay what they are whatever becomes of the machine; what
they show is worked out anew from the definition each time, so that a value that is no longer allowed shows as the usual
one and can never be ordered.

May import floors 1 to 3.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .machine.errors import InvalidRecipe
from .machine.model import Argument, Definition, Parameter, Preselection, Product, Recipe, frozen
from .machine.recipe import in_words, offered_preselections, recipe_for, sent_arguments

type Words = Mapping[str, int | str]
"""Values as `machine.recipe.recipe_for` takes them: amounts in their unit, choices by their slug."""


def _no_words() -> Words:
    return frozen({})


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person set for one product. `extras` are preselections, the one that was switched on last first."""

    values: Words = field(default_factory=_no_words)
    extras: tuple[str, ...] = ()


def _no_wishes() -> Mapping[str, Wish]:
    return frozen({})


@dataclass(frozen=True, slots=True)
class Dials:
    """What a person set on one machine, by the slugs of its products; None is no choice yet."""

    product: str | None = None
    wishes: Mapping[str, Wish] = field(default_factory=_no_wishes)


@dataclass(frozen=True, slots=True)
class Shown:
    """What dials show on a machine as it is now: a drink that it can make."""

    product: Product
    extras: tuple[Preselection, ...]
    offered_extras: tuple[Preselection, ...]
    recipe: Recipe
    """What they amount to. It may be one of another product: two espressi for an espresso with `double`."""

    @property
    def values(self) -> Words:
        """Return the value of each dial that the drink has."""
        return frozen(in_words(self.recipe))

    def argument(self, parameter: Parameter) -> Argument | None:
        """Return what can be chosen for a parameter; None where the drink lacks it or leaves it to the machine."""
        return next(
            (argument for argument in sent_arguments(self.recipe.product) if argument.parameter is parameter), None
        )


def shown(dials: Dials, definition: Definition, products: Sequence[Product], *, with_extras: bool) -> Shown:
    """Return what dials show on a machine that offers these products, of which there is at least one."""
    product = next((product for product in products if product.slug == dials.product), products[0])
    wish = dials.wishes.get(product.slug, Wish())
    offered = offered_preselections(definition, product) if with_extras else ()
    extras = _together(definition, (Preselection(extra) for extra in wish.extras if extra in offered))
    values = {
        name: value for name, value in wish.values.items() if _is_allowed(definition, product, {name: value}, extras)
    }
    return Shown(product, extras, offered, recipe_for(definition, product, values, extras))


def _is_allowed(definition: Definition, product: Product, values: Words, extras: Sequence[Preselection]) -> bool:
    try:
        recipe_for(definition, product, values, extras)
    except InvalidRecipe:
        return False
    return True


def _together(definition: Definition, extras: Iterable[Preselection]) -> tuple[Preselection, ...]:
    """Return as many of these extras as can be had together, the first of them in any case."""
    kept: tuple[Preselection, ...] = ()
    for extra in extras:
        if not kept or any({*kept, extra} <= together for together in definition.combinations):
            kept = (*kept, extra)
    return kept


# --- turning a dial ---------------------------------------------------------------------------------------------------


def with_product(dials: Dials, product: str) -> Dials:
    """Return dials with another product chosen."""
    return replace(dials, product=product)


def with_value(dials: Dials, product: Product, name: str, value: int | str) -> Dials:
    """Return dials with a value of a product changed."""
    wish = dials.wishes.get(product.slug, Wish())
    return _with_wish(dials, product, replace(wish, values=frozen({**wish.values, name: value})))


def with_extra(dials: Dials, definition: Definition, now: Shown, extra: Preselection, *, on: bool) -> Dials:
    """Return dials with an extra of the product that is shown switched on, and those that it excludes off; or off."""
    others = tuple(other for other in now.extras if other is not extra)
    extras = _together(definition, (extra, *others)) if on else others
    wish = dials.wishes.get(now.product.slug, Wish())
    return _with_wish(dials, now.product, replace(wish, extras=extras))


def usual(dials: Dials, product: Product) -> Dials:
    """Return dials with nothing set for a product."""
    return replace(dials, wishes=frozen({slug: wish for slug, wish in dials.wishes.items() if slug != product.slug}))


def _with_wish(dials: Dials, product: Product, wish: Wish) -> Dials:
    return replace(dials, wishes=frozen({**dials.wishes, product.slug: wish}))
