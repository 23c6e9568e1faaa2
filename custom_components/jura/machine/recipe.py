"""From a drink to the bytes that order it: recipes, their validation, and the start frames of both transports.

One rule serves both: the definition numbers its arguments F2, F3 ... after the byte of the Bluetooth frame that
carries them; the WiFi blob has no key in front, so that everything moves one byte down (hardware-verified).

May import floor 1.
"""

from collections.abc import Collection, Mapping
from typing import Final

from .errors import InvalidValue, NoSuchParameter, NoSuchPreselection, NotSupported, PreselectionsExclude
from .model import (
    Amount,
    Argument,
    Choice,
    Definition,
    Nibble,
    Parameter,
    Preselection,
    Product,
    Recipe,
    Unit,
    frozen,
    slug_of,
)

SMART_CONNECT_LENGTH: Final = 18
WIFI_CONNECT_LENGTH: Final = 16
INTAKE_F18_LENGTH: Final = 20

_SENT_FIELDS: Final = frozenset({2, 3, 4, 5, 6, 7, 8, 10, 11})
"""The arguments that are sent. F14 (milk and foam temperature), F17 (grinder freeness) and values that share a byte as
a nibble (F2_H) were never sent by a published client; a Z10, whose definition has F2_H, brewed without it
(hardware-verified). They stay 00, and the machine uses its own."""

_FIXED_BYTES: Final = {
    Preselection.POWDER: (3, 0x00),
    Preselection.COLD_BREW: (7, 0x80),
    Preselection.LIGHT_BREW: (7, 0x81),
    Preselection.EXTRA_SHOT: (8, 0x02),
}
"""Field and value of the preselections on machines without IntakeF18, instead of the argument of that field (app-derived
over WiFi, assumed over Bluetooth, never seen on a wire). For the others the app sends nothing."""

_MASK: Final = {
    Preselection.POWDER: 0x01,
    Preselection.EXTRA_SHOT: 0x02,
    Preselection.SWEET_FOAM: 0x04,
    Preselection.LIGHT_BREW: 0x08,
    Preselection.COLD_BREW: 0x10,
    Preselection.DOUBLE: 0x40,
    Preselection.STRONG_COLD_BREW: 0x80,
}
"""Bits of the last of 20 bytes on machines with IntakeF18 (app-derived, over WiFi only, never seen on a wire)."""


# --- what can be asked for --------------------------------------------------------------------------------------------


def is_sent(argument: Argument) -> bool:
    """Tell whether an argument travels with the order, or is left to the machine."""
    return argument.field in _SENT_FIELDS and not (isinstance(argument, Choice) and argument.nibble is not Nibble.WHOLE)


def sent_arguments(product: Product) -> tuple[Argument, ...]:
    """Return the arguments of a product that a person can choose."""
    return tuple(argument for argument in product.arguments if is_sent(argument))


def offered_preselections(definition: Definition, product: Product) -> tuple[Preselection, ...]:
    """Return the preselections of a product for which it is known, if only from the app, how they are ordered."""
    offered = [Preselection.DOUBLE] if _can_be_doubled(definition, product) else []
    known = _MASK if product.intake_f18 else {chosen for chosen in _FIXED_BYTES if _shows(product, chosen)}
    return (*offered, *(preselection for preselection in product.preselections if preselection in known))


def _shows(product: Product, preselection: Preselection) -> bool:
    """Tell whether an order with a preselection differs from any without.

    Powder is strength 00, which in the order of two espressi that have no strength says nothing.
    """
    field, value = _FIXED_BYTES[preselection]
    replaced = next((argument for argument in sent_arguments(product) if argument.field == field), None)
    return value != 0 if replaced is None else not is_allowed(replaced, value)


def _can_be_doubled(definition: Definition, product: Product) -> bool:
    if product.intake_f18:
        return product.double_code is not None
    double = _double_of(definition, product)
    return double is not None and double.active and bool(double.arguments)


def _double_of(definition: Definition, product: Product) -> Product | None:
    return None if product.double_code is None else definition.product_by_code(product.double_code)


def amounts(argument: Amount) -> range:
    """Return the numbers that an amount can be."""
    return range(-(-argument.minimum // argument.step) * argument.step, argument.maximum + 1, argument.step)


def allowed_values(argument: Argument) -> str:
    """Return what an argument allows, for people of any language to read: `25, 30, …, 240 ml` or `1, 2, 3`."""
    if isinstance(argument, Choice):
        return ", ".join(option.label for option in argument.options)
    numbers = list(map(str, amounts(argument)))
    shown = numbers if len(numbers) <= 4 else [*numbers[:2], "…", numbers[-1]]
    unit = "" if argument.unit is Unit.COUNT else f" {argument.unit}"
    return f"{', '.join(shown)}{unit}"


# --- from wishes to recipes, and back ---------------------------------------------------------------------------------


def default_recipe(product: Product) -> Recipe:
    """Return a drink with the values that its definition gives."""
    return Recipe(product, frozen({argument.parameter: argument.default for argument in product.arguments}))


def with_values(recipe: Recipe, values: Mapping[Parameter, int]) -> Recipe:
    """Return a drink with some of its values changed. Raises NoSuchParameter."""
    for parameter in values:
        if recipe.product.argument(parameter) is None:
            raise NoSuchParameter(recipe.product, parameter)
    return Recipe(recipe.product, frozen({**recipe.values, **values}), recipe.preselections)


def recipe_for(
    definition: Definition,
    product: Product,
    wishes: Mapping[str, object],
    preselections: Collection[str] = (),
) -> Recipe:
    """Return a drink as a person wishes it; what is not wished for is as the definition has it.

    `wishes` are in people's words: amounts as numbers in their unit, choices by their slug or label. Where a double is
    another product, the recipe is one of that product. Raises InvalidRecipe, always before anything is sent.
    """
    chosen = _chosen(definition, product, preselections)
    if Preselection.DOUBLE in chosen and not product.intake_f18:
        product = _double_of(definition, product) or product
        chosen -= {Preselection.DOUBLE}
    offered = {str(argument.parameter): argument for argument in sent_arguments(product)}
    values: dict[Parameter, int] = {}
    for name, wish in wishes.items():
        if name not in offered:
            raise NoSuchParameter(product, name)
        values[offered[name].parameter] = _value(offered[name], wish)
    recipe = Recipe(product, frozen({**default_recipe(product).values, **values}), chosen)
    validate(recipe)
    return recipe


def _chosen(definition: Definition, product: Product, preselections: Collection[str]) -> frozenset[Preselection]:
    offered = offered_preselections(definition, product)
    for preselection in preselections:
        if preselection not in offered:
            raise NoSuchPreselection(product, preselection)
    chosen = frozenset(map(Preselection, preselections))
    if len(chosen) > 1 and not any(chosen <= together for together in definition.combinations):
        raise PreselectionsExclude(chosen)
    return chosen


def _value(argument: Argument, wish: object) -> int:
    """Return the value of a wish: `"7"`, 7 and 7.0 are the same, `forty` and 47.5 are nothing."""
    if isinstance(argument, Choice):
        slug = slug_of(wish) if isinstance(wish, str) else str(_whole_number(wish))
        found = next((option.value for option in argument.options if option.slug == slug), None)
    else:
        found = _whole_number(wish)
    if found is None:
        raise InvalidValue(argument.parameter, wish, allowed_values(argument))
    return found


def _whole_number(wish: object) -> int | None:
    if isinstance(wish, bool) or not isinstance(wish, int | float | str):
        return None
    try:
        number = float(wish)
    except OverflowError, ValueError:
        return None
    return int(number) if number.is_integer() else None


def in_words(recipe: Recipe) -> dict[str, int | str]:
    """Return the chosen values of a drink as a person would wish for them; the inverse of `recipe_for`."""
    return {
        str(argument.parameter): _words(argument, recipe.values[argument.parameter])
        for argument in sent_arguments(recipe.product)
    }


def _words(argument: Argument, value: int) -> int | str:
    if isinstance(argument, Amount):
        return value
    return next(option.slug for option in argument.options if option.value == value)


def validate(recipe: Recipe) -> None:
    """Raise InvalidValue unless every argument of the product has an allowed value.

    A gap is refused too: a cappuccino without a value for its milk foam is not a cappuccino.
    """
    for argument in recipe.product.arguments:
        value = recipe.values.get(argument.parameter)
        if value is None or not is_allowed(argument, value):
            raise InvalidValue(argument.parameter, value, allowed_values(argument))


def is_allowed(argument: Argument, value: int) -> bool:
    """Tell whether an argument can have a value, which is in people's units or a choice as it stands on the wire."""
    match argument:
        case Choice(options=options):
            return any(option.value == value for option in options)
        case Amount():
            return value in amounts(argument)


# --- to bytes ---------------------------------------------------------------------------------------------------------


def smart_connect_order(recipe: Recipe, key: int) -> bytes:
    """Return the plain 18-byte frame that starts a drink over Bluetooth.

    Byte 0 is the key, 1 the product code, n the argument Fn, 9 the constant 01 that the app sends (seen on an E6 and
    an E8; 00 works as well), 17 the key again, without which a real machine ends in a half-broken state; all other
    bytes are 00. Raises InvalidRecipe, and NotSupported for preselections that need a mask: their place in this frame
    is not known.
    """
    if recipe.preselections and recipe.product.intake_f18:
        raise NotSupported("preselections of this machine over Bluetooth")
    frame = bytearray(SMART_CONNECT_LENGTH)
    frame[:-1] = _fields(recipe)
    frame[0] = frame[-1] = key
    return bytes(frame)


def wifi_connect_order(recipe: Recipe) -> bytes:
    """Return the blob of `@TP:` that starts a drink over WiFi: 16 bytes, or 20 with a mask of preselections in the last.

    Byte 0 is the product code, n - 1 the argument Fn, 8 the constant 01 that the machine requires; everything else
    must be 00 (hardware-verified, but for the mask). Raises InvalidRecipe.
    """
    blob = _fields(recipe)[1 : 1 + WIFI_CONNECT_LENGTH]
    if not recipe.preselections or not recipe.product.intake_f18:
        return blob
    extended = bytearray(blob.ljust(INTAKE_F18_LENGTH, b"\0"))
    extended[-1] = sum(_MASK[chosen] for chosen in recipe.preselections)
    for argument in recipe.product.arguments:
        # F17 has a byte of its own here, where 00 is not among its values.
        if argument.field > WIFI_CONNECT_LENGTH:
            extended[argument.field - 1] = _to_wire(argument, recipe.values[argument.parameter])
    return bytes(extended)


def _fields(recipe: Recipe) -> bytes:
    """Return what both orders have in common: byte n is the argument Fn, 1 the product code, 9 the constant 01."""
    validate(recipe)
    fields = bytearray(SMART_CONNECT_LENGTH - 1)
    fields[1] = recipe.product.code
    fields[9] = 0x01
    for argument in sent_arguments(recipe.product):
        fields[argument.field] = _to_wire(argument, recipe.values[argument.parameter])
    if not recipe.product.intake_f18:
        for preselection in recipe.preselections:
            field, value = _FIXED_BYTES[preselection]
            fields[field] = value
    return bytes(fields)


def _to_wire(argument: Argument, value: int) -> int:
    return value // argument.step if isinstance(argument, Amount) else value
