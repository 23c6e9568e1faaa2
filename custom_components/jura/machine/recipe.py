"""From a drink to the bytes that order it: recipes, their validation, and the start frames of both transports.

One rule serves both: the definition numbers its arguments F2, F3 ... after the byte of the Bluetooth frame that
carries them; the WiFi blob has no key in front, so that everything moves one byte down (hardware-verified).
"""

from collections.abc import Mapping
from typing import Final

from .errors import InvalidRecipe
from .model import Amount, Argument, Choice, Nibble, Parameter, Product, Recipe, Unit, frozen

SMART_CONNECT_LENGTH: Final = 18
WIFI_CONNECT_LENGTH: Final = 16

_SENT_FIELDS: Final = frozenset({2, 3, 4, 5, 6, 7, 8, 10, 11})
"""The arguments that are sent. F14 (milk and foam temperature), F17 (grinder freeness) and values that share a byte as
a nibble (F2_H) were never sent by a published client; a Z10, whose definition has F2_H, brewed without it
(hardware-verified). They stay 00, and the machine uses its own."""


def is_sent(argument: Argument) -> bool:
    """Tell whether an argument travels with the order, or is left to the machine."""
    return argument.field in _SENT_FIELDS and not (isinstance(argument, Choice) and argument.nibble is not Nibble.WHOLE)


def default_recipe(product: Product) -> Recipe:
    """Return a drink with the values that its definition gives."""
    return Recipe(product, frozen({argument.parameter: argument.default for argument in product.arguments}))


def with_values(recipe: Recipe, values: Mapping[Parameter, int]) -> Recipe:
    """Return a drink with some of its values changed.

    Raises InvalidRecipe if the product has no such parameter.
    """
    for parameter, value in values.items():
        if recipe.product.argument(parameter) is None:
            raise InvalidRecipe(parameter, value, "")
    return Recipe(recipe.product, frozen({**recipe.values, **values}))


def allowed_values(argument: Argument) -> str:
    """Return what an argument allows, for people to read: `25 to 240 ml in steps of 5` or `1, 2, 3`."""
    if isinstance(argument, Choice):
        return ", ".join(option.label for option in argument.options)
    unit = "" if argument.unit is Unit.COUNT else f" {argument.unit}"
    return f"{argument.minimum} to {argument.maximum}{unit} in steps of {argument.step}"


def validate(recipe: Recipe) -> None:
    """Raise InvalidRecipe unless every argument of the product has an allowed value.

    A gap is refused too: a cappuccino without a value for its milk foam is not a cappuccino.
    """
    for argument in recipe.product.arguments:
        value = recipe.values.get(argument.parameter)
        if value is None or not _is_allowed(argument, value):
            raise InvalidRecipe(argument.parameter, value, allowed_values(argument))


def _is_allowed(argument: Argument, value: int) -> bool:
    match argument:
        case Choice(options=options):
            return any(option.value == value for option in options)
        case Amount(minimum=minimum, maximum=maximum, step=step):
            return minimum <= value <= maximum and value % step == 0


def _to_wire(argument: Argument, value: int) -> int:
    return value // argument.step if isinstance(argument, Amount) else value


def smart_connect_order(recipe: Recipe, key: int) -> bytes:
    """Return the plain 18-byte frame that starts a drink over Bluetooth.

    Byte 0 is the key, 1 the product code, n the argument Fn, 9 the constant 01 that the app sends (seen on an E6 and
    an E8; 00 works as well), 17 the key again, without which a real machine ends in a half-broken state; all other
    bytes are 00. Raises InvalidRecipe.
    """
    validate(recipe)
    frame = bytearray(SMART_CONNECT_LENGTH)
    frame[0] = frame[-1] = key
    frame[1] = recipe.product.code
    frame[9] = 0x01
    for argument in recipe.product.arguments:
        if is_sent(argument):
            frame[argument.field] = _to_wire(argument, recipe.values[argument.parameter])
    return bytes(frame)


def wifi_connect_order(recipe: Recipe) -> bytes:
    """Return the 16-byte blob of `@TP:` that starts a drink over WiFi.

    Byte 0 is the product code, n - 1 the argument Fn, 8 the constant 01 that the machine requires; everything else
    must be 00 (hardware-verified). Raises InvalidRecipe.
    """
    frame = smart_connect_order(recipe, key=0)
    return frame[1 : 1 + WIFI_CONNECT_LENGTH]
