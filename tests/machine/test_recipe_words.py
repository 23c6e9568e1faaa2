"""From what people say to recipes: everything sensible is understood, and everything else refused by name."""

from collections.abc import Mapping

import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.errors import (
    InvalidRecipe,
    InvalidValue,
    NoSuchParameter,
    NoSuchPreselection,
    PreselectionsExclude,
)
from custom_components.jura.machine.model import Definition, Parameter, Preselection, Product
from custom_components.jura.machine.recipe import default_recipe, in_words, recipe_for, wifi_connect_order

E8, GIGA_6, MASKED, TWO_AT_ONCE = "EF538", "EF566", "EF1106", "EF1148"


def drink(code: str, slug: str) -> tuple[Definition, Product]:
    """Return a definition and one of its drinks."""
    definition = load_definition(code)
    product = definition.product(slug)
    assert product is not None
    return definition, product


@pytest.mark.parametrize("wish", ["7", 7, 7.0, " 7 "])
def test_a_number_is_a_number(wish: object) -> None:
    """However a number is written, a strength of 7 is one."""
    recipe = recipe_for(*drink(E8, "espresso"), {"strength": wish})
    assert recipe.values[Parameter.STRENGTH] == 7


@pytest.mark.parametrize("wish", ["60", 60, 60.0, "60.0", " 60 "])
def test_an_amount_is_an_amount(wish: object) -> None:
    """So is an amount of water."""
    assert recipe_for(*drink(E8, "espresso"), {"water": wish}).values[Parameter.WATER] == 60


@pytest.mark.parametrize("wish", ["25:75", "25_75", "25 75", "25-75"])
def test_a_label_is_read_without_regard_to_signs(wish: str) -> None:
    """JURA's label, our slug, and what lies between."""
    recipe = recipe_for(*drink(GIGA_6, "coffee"), {"grinder_ratio": wish})
    assert recipe.values[Parameter.GRINDER_RATIO] == 3
    assert in_words(recipe)["grinder_ratio"] == "25_75"


@pytest.mark.parametrize("wish", ["high", "High", "HIGH"])
def test_a_label_is_read_without_regard_to_case(wish: str) -> None:
    """Labels are words."""
    assert recipe_for(*drink(E8, "coffee"), {"temperature": wish}).values[Parameter.TEMPERATURE] == 2


def test_what_is_not_wished_for_is_as_usual() -> None:
    """The rest is the usual recipe."""
    definition, espresso = drink(E8, "espresso")
    recipe = recipe_for(definition, espresso, {"water": 60})
    assert recipe.values == {**default_recipe(espresso).values, Parameter.WATER: 60}
    assert in_words(recipe) == {"strength": "8", "water": 60, "temperature": "high"}


@pytest.mark.parametrize(
    ("wishes", "parameter"),
    [
        ({"water": wish}, Parameter.WATER)
        for wish in (47, 47.5, "47.5", 10, 85, -45, "forty", "", None, True, float("nan"), float("inf"), [45], "1e400")
    ]
    + [
        ({"strength": wish}, Parameter.STRENGTH)
        for wish in (0, 11, -7, 7.5, "strong", "", None, True, [7], float("nan"))
    ]
    + [({"temperature": wish}, Parameter.TEMPERATURE) for wish in (1, "warm", "low ish")],
    ids=str,
)
def test_nonsense(wishes: Mapping[str, object], parameter: Parameter) -> None:
    """Fractions, text, and what is no value at all: refused with what would be allowed."""
    with pytest.raises(InvalidValue) as caught:
        recipe_for(*drink(E8, "espresso"), wishes)
    assert caught.value.parameter is parameter
    assert repr(caught.value.value) == repr(wishes[parameter])
    assert caught.value.allowed


@pytest.mark.parametrize("name", ["milk", "sugar", "", "Water", "grinder_freeness", "milk_temperature"])
def test_unknown_parameters(name: str) -> None:
    """What the drink doesn't have, or leaves to the machine, can't be wished for."""
    with pytest.raises(NoSuchParameter) as caught:
        recipe_for(*drink(MASKED, "espresso"), {name: 1})
    assert caught.value.parameter == name


@pytest.mark.parametrize("name", ["extra_shot", "vanilla", "", "Powder", "xl"])
def test_unknown_preselections(name: str) -> None:
    """The same of preselections."""
    with pytest.raises(NoSuchPreselection) as caught:
        recipe_for(*drink(E8, "espresso"), {}, [name])
    assert caught.value.preselection == name


def test_combinations() -> None:
    """Together only where the definition says so."""
    together = recipe_for(*drink(TWO_AT_ONCE, "espresso"), {}, ["powder", "light_brew"])
    assert together.preselections == {Preselection.POWDER, Preselection.LIGHT_BREW}
    assert wifi_connect_order(together).hex().upper() == "02000009000081000100000000000000"
    for code, pair in ((TWO_AT_ONCE, ("cold_brew", "light_brew")), (E8, ("double", "powder"))):
        with pytest.raises(PreselectionsExclude) as caught:
            recipe_for(*drink(code, "espresso"), {}, pair)
        assert caught.value.preselections == set(pair)


def test_the_same_twice_is_once() -> None:
    """A list may name something twice."""
    assert recipe_for(*drink(E8, "espresso"), {}, ["powder", "powder"]).preselections == {Preselection.POWDER}


def test_double_as_another_drink() -> None:
    """Two espressi are a drink of their own, with its own values and limits."""
    definition, espresso = drink(E8, "espresso")
    double = recipe_for(definition, espresso, {"water": 60}, ["double"])
    assert (double.product.slug, double.product.code, double.preselections) == ("two_espressi", 0x31, frozenset())
    assert double.values[Parameter.WATER] == 60
    with pytest.raises(NoSuchParameter) as caught:
        recipe_for(definition, espresso, {"strength": 7}, ["double"])
    assert caught.value.product.slug == "two_espressi"


def test_double_by_mask() -> None:
    """Or a bit, and everything else as it was."""
    double = recipe_for(*drink(MASKED, "espresso"), {"strength": 7}, ["double", "light_brew"])
    assert (double.product.slug, double.values[Parameter.STRENGTH]) == ("espresso", 7)
    # Byte 16 is the grinder freeness, which has no 00.
    assert wifi_connect_order(double).hex().upper() == "0200070900000200010000000000000004000048"


def test_refusals_are_of_one_family() -> None:
    """Who asks on behalf of a person catches one error."""
    for error in (InvalidValue, NoSuchParameter, NoSuchPreselection, PreselectionsExclude):
        assert issubclass(error, InvalidRecipe)
