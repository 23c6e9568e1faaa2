"""A definition as this very machine has it: its limits, its stored recipes, and nothing that can't be."""

from collections.abc import Mapping

import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.errors import InvalidValue
from custom_components.jura.machine.model import Amount, Argument, Definition, Parameter, Product
from custom_components.jura.machine.recipe import (
    default_recipe,
    in_words,
    recipe_for,
    sent_arguments,
    validate,
    wifi_connect_order,
)
from custom_components.jura.machine.tailoring import own_products, stored_values, tailored
from simulator.definitions import definition_for
from simulator.orders import stored_recipe

from .test_recipe import CODES

S8 = load_definition("EF1091")
ESPRESSO = bytes.fromhex("02000A0A00000100000000000000000000")


def product(definition: Definition, slug: str) -> Product:
    """Return a drink that must be there."""
    found = definition.product(slug)
    assert found is not None
    return found


def amount(found: Argument | None) -> tuple[int, int, int, int]:
    """Return least, greatest, step and usual."""
    assert isinstance(found, Amount)
    return found.minimum, found.maximum, found.step, found.default


def test_nothing_of_its_own() -> None:
    """Without any the definition is that of the type."""
    assert tailored(S8, {}, {}) == S8
    assert own_products(S8, {}) == frozenset()


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((3, 16), (15, 80, 5, 45)),
        ((4, 8), (20, 40, 5, 40)),
        ((10, 48), (50, 240, 5, 50)),
        ((9, 9), (45, 45, 5, 45)),
        # Neither a drink without water nor a range that is none.
        ((0, 0), (15, 80, 5, 45)),
        ((16, 3), (15, 80, 5, 45)),
    ],
)
def test_limits(limits: tuple[int, int], expected: tuple[int, int, int, int]) -> None:
    """Ranges are the machine's own, and what is usual stays within them."""
    definition = tailored(S8, {2: {4: limits, 5: (1, 2), 99: (1, 2)}}, {})
    espresso = product(definition, "espresso")
    assert amount(espresso.argument(Parameter.WATER)) == expected
    validate(default_recipe(espresso))
    assert [entry for entry in definition.products if entry.slug != "espresso"] == [
        entry for entry in S8.products if entry.slug != "espresso"
    ]
    allowed = f"({expected[0]}, .*)?{expected[1]} ml"
    with pytest.raises(InvalidValue, match=f"water: {expected[1] + 5} is not within {allowed}$"):
        recipe_for(definition, espresso, {"water": expected[1] + 5})


def test_stored_recipe() -> None:
    """What the machine has stored is what is usual, everywhere above."""
    definition = tailored(S8, {}, {2: ESPRESSO})
    espresso = product(definition, "espresso")
    assert in_words(default_recipe(espresso)) == {"strength": "10", "water": 50, "temperature": "normal"}
    assert wifi_connect_order(default_recipe(espresso)) == ESPRESSO[:8] + b"\x01" + ESPRESSO[9:16]
    assert own_products(definition, {2: ESPRESSO}) == {"espresso"}
    assert default_recipe(product(definition, "coffee")) == default_recipe(product(S8, "coffee"))


@pytest.mark.parametrize(
    ("field", "byte"), [(3, 0x00), (3, 0x0B), (4, 0x02), (4, 0x11), (4, 0xFF), (7, 0x03), (7, 0x80)]
)
def test_implausible_recipe(field: int, byte: int) -> None:
    """A recipe with one impossible value is none at all, rather than one that is half of it."""
    recipe = bytearray(ESPRESSO)
    recipe[field - 1] = byte
    definition = tailored(S8, {}, {2: bytes(recipe)})
    assert definition == S8
    assert own_products(definition, {2: bytes(recipe)}) == frozenset()
    assert stored_values(product(S8, "espresso"), bytes(recipe)) == {}


def test_limits_judge_recipes() -> None:
    """A stored amount beyond what JURA's files know is right where the machine itself allows it, and only there."""
    recipe = ESPRESSO[:3] + b"\x14" + ESPRESSO[4:]
    assert own_products(tailored(S8, {}, {2: recipe}), {2: recipe}) == frozenset()
    wide: Mapping[int, Mapping[int, tuple[int, int]]] = {2: {4: (3, 20)}}
    definition = tailored(S8, wide, {2: recipe})
    assert own_products(definition, {2: recipe}) == {"espresso"}
    assert default_recipe(product(definition, "espresso")).values[Parameter.WATER] == 100


def test_tailored_twice() -> None:
    """Always cut from the type's own definition, so that values don't pile up; cutting once more changes nothing."""
    once = tailored(S8, {2: {4: (4, 12)}}, {2: ESPRESSO})
    assert tailored(once, {2: {4: (4, 12)}}, {2: ESPRESSO}) == once


@pytest.mark.parametrize("code", CODES)
def test_every_recipe_that_a_machine_can_store(code: str) -> None:
    """The greatest of everything, written by the simulated machine by its own rules, is read as meant."""
    definition, machine = load_definition(code), definition_for(code)
    codes = [entry.code for entry in definition.active_products]
    for entry in definition.active_products:
        simulated = machine.product(entry.code)
        assert simulated is not None
        if not sent_arguments(entry) or codes.count(entry.code) > 1:
            continue
        stored = stored_recipe(simulated, {argument.element: argument.allowed[-1] for argument in simulated.arguments})
        own = tailored(definition, {}, {entry.code: stored})
        assert own_products(own, {entry.code: stored}) >= {entry.slug}
        values = default_recipe(product(own, entry.slug)).values
        for argument in sent_arguments(entry):
            if isinstance(argument, Amount):
                assert values[argument.parameter] == argument.maximum
            else:
                assert values[argument.parameter] == max(option.value for option in argument.options)
