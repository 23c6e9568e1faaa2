"""Every parameter arrives: each at its least, its greatest and its usual value, of every drink of every machine type.

Encoded for both transports, over Bluetooth through the cipher, and read by the simulated machine, which knows nothing of
the encoder and has its own reading of JURA's files.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.codec import SMART_CONNECT
from custom_components.jura.machine.errors import NotSupported, PreselectionsExclude
from custom_components.jura.machine.model import Amount, Argument, Definition, Preselection, Product, Recipe
from custom_components.jura.machine.recipe import (
    default_recipe,
    in_words,
    offered_preselections,
    recipe_for,
    sent_arguments,
    smart_connect_order,
    wifi_connect_order,
    with_values,
)
from simulator.cipher import crypt
from simulator.orders import Reading, decode_order

from .test_recipe import CODES, ELEMENTS, KEY, simulated

NAMES = {
    Preselection.POWDER: "powder",
    Preselection.EXTRA_SHOT: "xtrashot",
    Preselection.COLD_BREW: "coldbrew",
    Preselection.LIGHT_BREW: "lightbrew",
    Preselection.STRONG_COLD_BREW: "strongcoldbrew",
    Preselection.SWEET_FOAM: "sweetfoam",
    Preselection.DOUBLE: "double",
}
"""What JURA's files and the simulator call them."""

REPLACED = {"powder": "COFFEE_STRENGTH", "coldbrew": "TEMPERATURE", "lightbrew": "TEMPERATURE", "xtrashot": "STROKE"}
"""In the place of which argument a preselection stands on machines without a mask."""


def telling_values(argument: Argument) -> set[int]:
    """Return the least, the greatest and the usual value."""
    if isinstance(argument, Amount):
        return {argument.minimum, argument.maximum, argument.default}
    values = [option.value for option in argument.options]
    return {min(values), max(values), argument.default}


def over_bluetooth(code: str, recipe: Recipe) -> Reading:
    """Return what the machine reads of an order over Bluetooth."""
    plain = crypt(SMART_CONNECT(smart_connect_order(recipe, KEY), KEY), KEY)
    assert plain[0] == plain[-1] == KEY
    return decode_order(simulated(code), plain[1:-1], (16,), (0x01,))


def over_wifi(code: str, recipe: Recipe) -> Reading:
    """Return what the machine reads of an order over WiFi."""
    lengths = (20,) if recipe.preselections and recipe.product.intake_f18 else (16,)
    return decode_order(simulated(code), wifi_connect_order(recipe), lengths, (0x01,))


def wished(recipe: Recipe) -> Mapping[str, int]:
    """Return what is asked for, under the names of JURA's files."""
    return {
        ELEMENTS[argument.parameter]: recipe.values[argument.parameter] for argument in sent_arguments(recipe.product)
    }


def check(recipe: Recipe, reading: Reading, chosen: frozenset[str] = frozenset()) -> None:
    """Fail unless the machine read what was meant, all of it and no more."""
    product, arguments, preselections, _ = reading
    steps = {argument.element: argument.step for argument in product.arguments}
    amounts = {element: value * steps[element] for element, value in arguments.items()}
    replaced = set() if recipe.product.intake_f18 else {REPLACED[name] for name in chosen}
    where = f"{recipe.product.slug} {recipe.values} {chosen}"
    assert product.code == recipe.product.code, where
    assert {element: amounts.get(element) for element in wished(recipe).keys() - replaced} == {
        element: value for element, value in wished(recipe).items() if element not in replaced
    }, where
    assert not replaced & amounts.keys(), where
    # What isn't sent is the machine's own choice, and no amount of anything.
    assert amounts.keys() - wished(recipe).keys() <= {"GRINDER_FREENESS", "MILK_FOAM_TEMP", "MILK_TEMP"}, where
    assert preselections == chosen, where


@pytest.mark.parametrize("code", CODES)
def test_every_parameter(code: str) -> None:
    """Least, greatest and usual, one parameter after the other and all at once."""
    for product in load_definition(code).active_products:
        usual = default_recipe(product)
        drinks = [usual]
        for argument in sent_arguments(product):
            drinks += [with_values(usual, {argument.parameter: value}) for value in telling_values(argument)]
        for extreme in (min, max):
            drinks.append(
                with_values(
                    usual,
                    {argument.parameter: extreme(telling_values(argument)) for argument in sent_arguments(product)},
                )
            )
        for drink in drinks:
            check(drink, over_bluetooth(code, drink))
            check(drink, over_wifi(code, drink))


def offered() -> Iterator[tuple[str, Definition, Product, Preselection]]:
    """Yield every preselection of every drink."""
    for code in CODES:
        definition = load_definition(code)
        for product in definition.active_products:
            for preselection in offered_preselections(definition, product):
                yield code, definition, product, preselection


def test_every_preselection() -> None:
    """Each arrives over WiFi; over Bluetooth only where no mask is needed, or where a double is another drink."""
    seen = set()
    for code, definition, product, preselection in offered():
        drink = recipe_for(definition, product, {}, [preselection])
        where = f"{code} {product.slug} {preselection}"
        if preselection is Preselection.DOUBLE and not product.intake_f18:
            assert drink.product.code == product.double_code, where
            assert not drink.preselections, where
            check(drink, over_bluetooth(code, drink))
            check(drink, over_wifi(code, drink))
        elif product.intake_f18:
            check(drink, over_wifi(code, drink), frozenset({NAMES[preselection]}))
            with pytest.raises(NotSupported):
                smart_connect_order(drink, KEY)
        else:
            check(drink, over_wifi(code, drink), frozenset({NAMES[preselection]}))
            check(drink, over_bluetooth(code, drink), frozenset({NAMES[preselection]}))
        seen.add((product.intake_f18, preselection))
    assert {preselection for masked, preselection in seen if masked} == set(NAMES)
    assert {preselection for masked, preselection in seen if not masked} == {
        Preselection.DOUBLE,
        Preselection.POWDER,
        Preselection.EXTRA_SHOT,
        Preselection.COLD_BREW,
        Preselection.LIGHT_BREW,
    }


def test_every_pair_of_preselections() -> None:
    """Two at once are refused where the file says so; all others arrive together."""
    together = apart = 0
    for code in CODES:
        definition = load_definition(code)
        for product in definition.active_products:
            for pair in combinations(offered_preselections(definition, product), 2):
                try:
                    drink = recipe_for(definition, product, {}, pair)
                except PreselectionsExclude:
                    assert not any(set(pair) <= row for row in definition.combinations), (code, product.slug, pair)
                    apart += 1
                else:
                    check(drink, over_wifi(code, drink), frozenset(NAMES[chosen] for chosen in drink.preselections))
                    together += 1
    assert together > 50
    assert apart > 50


def test_powder_that_nothing_would_tell() -> None:
    """Two espressi without a strength would be ordered alike with powder and with beans: not offered."""
    definition = load_definition("EF538")
    two_espressi, espresso = definition.product("two_espressi"), definition.product("espresso")
    assert two_espressi is not None
    assert espresso is not None
    assert Preselection.POWDER in two_espressi.preselections
    assert Preselection.POWDER not in offered_preselections(definition, two_espressi)
    assert Preselection.POWDER in offered_preselections(definition, espresso)


@pytest.mark.parametrize("code", CODES)
def test_words_and_back(code: str) -> None:
    """Every recipe can be said in words, and what is said is that recipe."""
    definition = load_definition(code)
    for product in definition.active_products:
        for extreme in (min, max):
            drink = with_values(
                default_recipe(product),
                {argument.parameter: extreme(telling_values(argument)) for argument in sent_arguments(product)},
            )
            words = in_words(drink)
            assert recipe_for(definition, product, words) == drink
            assert all(isinstance(word, int) or word == word.casefold() for word in words.values())
            assert recipe_for(definition, product, {name: str(word) for name, word in words.items()}) == drink
