"""How somebody likes their drink, in words, as values: strong, large, with more milk. Pure.

Choices go half the way from the usual value to the end of the list, and with "very" to the end. Amounts become half as
much again or two thirds, and with "very" twice or half as much, in whole steps and within the limits of the drink.

May import floors 1 to 3.
"""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Final

from .machine.model import Amount, Argument, Choice, Parameter, Recipe
from .machine.recipe import in_words, sent_arguments, with_values

_SIZE: Final = "size"
_WATER: Final = "water"
_MEANT: Final[Mapping[str, tuple[Parameter, ...]]] = {
    "strength": (Parameter.STRENGTH,),
    _SIZE: (Parameter.WATER, Parameter.BYPASS, Parameter.MILK, Parameter.MILK_FOAM),
    "temperature": (Parameter.TEMPERATURE,),
    # Where a drink's milk is all foam, that is what people mean by its milk.
    "milk": (Parameter.MILK, Parameter.MILK_FOAM),
    "milk_foam": (Parameter.MILK_FOAM,),
    _WATER: (Parameter.WATER,),
}
"""What a word may be about. All of it for the size, else the first of it that the drink has."""
_TIMES: Final = {"most": Fraction(2), "more": Fraction(3, 2), "less": Fraction(2, 3), "least": Fraction(1, 2)}


class NotOffered(Exception):
    """The drink has nothing that could be changed like that."""

    def __init__(self, what: str) -> None:
        """Keep what was to be changed."""
        super().__init__(what)
        self.what = what


class Contradiction(Exception):
    """Two wishes are about the same."""


def values_for(recipe: Recipe, wishes: Collection[str], amount: int | None) -> dict[str, int | str]:
    """Return what is to be changed about a drink, in the words that `wishes.drink_from` takes.

    A wish is what it is about and how much of it, such as `milk_foam_more`; `amount` is that of the water. Raises
    NotOffered and Contradiction.
    """
    asked = [wish.rpartition("_")[::2] for wish in wishes]
    about = [what for what, _ in asked]
    if len(set(about)) < len(about) or (amount is not None and {_SIZE, _WATER} & set(about)):
        raise Contradiction
    arguments = {argument.parameter: argument for argument in sent_arguments(recipe.product)}
    values = dict(recipe.values)
    changed: dict[Parameter, int] = {}
    for what, degree in asked:
        offered = [arguments[parameter] for parameter in _MEANT[what] if parameter in arguments]
        if not offered:
            raise NotOffered(what)
        for argument in offered if what == _SIZE else offered[:1]:
            values[argument.parameter] = changed[argument.parameter] = _changed(
                argument, values[argument.parameter], degree
            )
    if amount is not None:
        if Parameter.WATER not in arguments:
            raise NotOffered(_WATER)
        changed[Parameter.WATER] = amount
    words = in_words(with_values(recipe, changed))
    return {str(parameter): words[parameter] for parameter in changed}


def _changed(argument: Argument, value: int, degree: str) -> int:
    if isinstance(argument, Choice):
        options = [option.value for option in argument.options]
        return options[_further(options.index(value), len(options) - 1, degree)]
    return _multiplied(argument, value, degree)


def _further(place: int, last: int, degree: str) -> int:
    """Return the place in a list: half the way to one of its ends, or that end."""
    match degree:
        case "most":
            return last
        case "more":
            return (place + last + 1) // 2
        case "less":
            return place // 2
        case _:
            return 0


def _multiplied(amount: Amount, value: int, degree: str) -> int:
    """Return a multiple of an amount, in whole steps and at least one step away."""
    times = _TIMES[degree]
    steps = round(value * times / amount.step)
    steps = max(steps, value // amount.step + 1) if times > 1 else min(steps, -(-value // amount.step) - 1)
    return min(max(steps * amount.step, amount.minimum), amount.maximum)
