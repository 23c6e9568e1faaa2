"""From what JURA's files say of a machine type to what this very machine allows and has stored.

A machine tells the limits of its amounts (hardware-verified on an S8 EB) and, perhaps, the recipes that its owner stored
in it (app-derived, never seen). Both are put into its definition, so that everything above sees one definition only and
needs to know nothing of where it comes from.

May import floor 1.
"""

from collections.abc import Mapping
from dataclasses import replace

from .model import Amount, Argument, Definition, Nibble, Parameter, Product
from .recipe import is_allowed, sent_arguments

type Limits = Mapping[int, Mapping[int, tuple[int, int]]]
"""Product code -> field -> (least, greatest), as they stand on the wire."""

type StoredRecipes = Mapping[int, bytes]
"""Product code -> the recipe as the machine stores it: byte n - 1 is the argument Fn, the first the product code."""


def tailored(definition: Definition, limits: Limits, recipes: StoredRecipes) -> Definition:
    """Return a definition with the machine's own ranges, and with its stored recipes as what is usual.

    What makes no sense is ignored: limits that leave nothing to pour, and recipes with a value that isn't allowed.
    """
    return replace(
        definition,
        products=tuple(
            _with_stored_values(_within_limits(product, limits.get(product.code, {})), recipes.get(product.code))
            for product in definition.products
        ),
    )


def own_products(definition: Definition, recipes: StoredRecipes) -> frozenset[str]:
    """Return the slugs of the products whose usual values are the machine's own, in a definition made by `tailored`."""
    return frozenset(
        product.slug
        for product in definition.products
        if product.code in recipes and stored_values(product, recipes[product.code])
    )


def stored_values(product: Product, stored: bytes) -> Mapping[Parameter, int]:
    """Return the values of a stored recipe, in people's units; none unless all that is sent of them is allowed.

    A recipe with powder, cold brew and the like in the place of an argument is none of these either.
    """
    values = {argument.parameter: _from_wire(product, argument, stored) for argument in sent_arguments(product)}
    arguments = {argument.parameter: argument for argument in product.arguments}
    return values if all(is_allowed(arguments[parameter], value) for parameter, value in values.items()) else {}


def _from_wire(product: Product, argument: Argument, stored: bytes) -> int:
    byte = stored[argument.field - 1]
    if isinstance(argument, Amount):
        return byte * argument.step
    # The grinder ratio shares its byte with the grinder freeness of some products, and never needs more than a nibble.
    is_shared = any(
        other.field == argument.field and not isinstance(other, Amount) and other.nibble is Nibble.HIGH
        for other in product.arguments
    )
    return byte & 0x0F if is_shared else byte


def _with_stored_values(product: Product, stored: bytes | None) -> Product:
    values = stored_values(product, stored) if stored else {}
    return replace(
        product,
        arguments=tuple(
            replace(argument, default=values.get(argument.parameter, argument.default))
            for argument in product.arguments
        ),
    )


def _within_limits(product: Product, limits: Mapping[int, tuple[int, int]]) -> Product:
    return replace(product, arguments=tuple(_limited(argument, limits) for argument in product.arguments))


def _limited(argument: Argument, limits: Mapping[int, tuple[int, int]]) -> Argument:
    """Return an argument with the machine's own range, in which what was usual is brought to the nearest value."""
    least, greatest = limits.get(argument.field, (0, 0))
    if not isinstance(argument, Amount) or not 0 <= least <= greatest or greatest == 0:
        return argument
    minimum, maximum = least * argument.step, greatest * argument.step
    return replace(argument, minimum=minimum, maximum=maximum, default=min(max(argument.default, minimum), maximum))
