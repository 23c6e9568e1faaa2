"""From a drink to the bytes that order it, and back: the machine must make what was meant, of every type.

The simulated machine decodes orders by its own reading of JURA's files. What is sent is judged by what it would make.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.jura.machine.catalogue import find_article, load_articles, load_definition
from custom_components.jura.machine.codec import SMART_CONNECT
from custom_components.jura.machine.errors import InvalidValue, NoSuchParameter
from custom_components.jura.machine.model import Amount, Choice, Definition, Nibble, Parameter, Product, Recipe
from custom_components.jura.machine.recipe import (
    allowed_values,
    amounts,
    default_recipe,
    is_allowed,
    is_sent,
    smart_connect_order,
    validate,
    wifi_connect_order,
    with_values,
)
from scripts import build_catalogue
from simulator import definitions as jura_files
from simulator.cipher import crypt
from simulator.machine import Machine
from simulator.orders import Refusal, decode_order

STRENGTH, WATER, MILK, FOAM = Parameter.STRENGTH, Parameter.WATER, Parameter.MILK, Parameter.MILK_FOAM
TEMPERATURE, BYPASS = Parameter.TEMPERATURE, Parameter.BYPASS

ELEMENTS = {
    Parameter.GRINDER_RATIO: "GRINDER_RATIO",
    STRENGTH: "COFFEE_STRENGTH",
    WATER: "WATER_AMOUNT",
    MILK: "MILK_AMOUNT",
    FOAM: "MILK_FOAM_AMOUNT",
    TEMPERATURE: "TEMPERATURE",
    Parameter.STROKES: "STROKE",
    BYPASS: "BYPASS",
    Parameter.MILK_BREAK: "MILK_BREAK",
}
"""What is sent, under the name that JURA's files and the simulator give it."""

CODES = sorted(path.stem for path in build_catalogue.TARGET.glob("EF*.json"))
KEY = 0x2A


def product(code: str, slug: str) -> Product:
    """Return a product that must be there."""
    found = load_definition(code).product(slug)
    assert found is not None
    return found


def recipe(code: str, slug: str, values: Mapping[Parameter, int] | None = None) -> Recipe:
    """Return a drink with some values of its own."""
    return with_values(default_recipe(product(code, slug)), values or {})


# --- the protocol document's vectors --------------------------------------------------------------------------------

BARISTA = ("EF538", "cafe_barista", {})


@pytest.mark.parametrize(
    ("drink", "plain", "coded"),
    [
        (BARISTA, "2A280006120000010001090000000000002A", "77C23DD05E81D3DBA32BF898A4A3FAAB47FD"),
        # The following are without the 01 in byte 9, as a released client sends them. Ours have it: the phone app does
        # the same, and over WiFi the machine insists. Nothing else may differ.
        (BARISTA, "2A280006120000010000090000000000002A", "77C23DD05E81D3DBA323F898A4A3FAAB47FD"),
        (
            ("EF538", "cafe_barista", {STRENGTH: 10, WATER: 50}),
            "2A28000A0A0000010000090000000000002A",
            "77C23DDE8681D3DBA323F898A4A3FAAB47FD",
        ),
        (("EF533", "ristretto", {}), "2A010004050000020000000000000000002A", "77E03DD58781D3D9A323FA98A4A3FAAB47FD"),
        (("EF557", "flat_white", {}), "2A2E00050C1800010000000000000000002A", "77CC3DD48945D3DBA323FA98A4A3FAAB47FD"),
        (("EF529", "coffee", {}), "2A030002140000010000000000000000002A", "77E93DD75381D3DBA323FA98A4A3FAAB47FD"),
        (
            ("EF555", "latte_macchiato", {}),
            "2A070008090016020000001E00000000002A",
            "77ED3DD38C81B2D9A323FA45A4A3FAAB47FD",
        ),
    ],
    ids=["app", "barista", "barista-10-50", "ristretto", "flat-white", "coffee", "latte"],
)
def test_smart_connect(drink: tuple[str, str, Mapping[Parameter, int]], plain: str, coded: str) -> None:
    """Frames that were recorded or computed, with 01 in byte 9: the tenth coded byte is 2B under this key."""
    order = smart_connect_order(recipe(*drink), KEY)
    expected, expected_coded = bytearray.fromhex(plain), bytearray.fromhex(coded)
    expected[9], expected_coded[9] = 0x01, 0x2B
    assert order == expected
    assert SMART_CONNECT(order, KEY) == expected_coded


def test_smart_connect_and_the_app() -> None:
    """The phone app's own frame has 06 in byte 16, which nothing needs: only that byte differs."""
    app = bytes.fromhex("2A280006120000010001090000000000062A")
    ours = smart_connect_order(recipe(*BARISTA), KEY)
    assert [i for i in range(18) if app[i] != ours[i]] == [16]
    assert SMART_CONNECT(app, KEY).hex().upper() == "77C23DD05E81D3DBA32BF898A4A3FAAB45FD"


def test_smart_connect_short_form() -> None:
    """A frame of 16 bytes brewed on an E6. Ours is the same drink in the usual 18, with the key at its end."""
    short = bytes.fromhex("2A03000414000001000100000000002A")
    ours = smart_connect_order(recipe("EF532", "coffee", {STRENGTH: 4, WATER: 100, TEMPERATURE: 1}), KEY)
    assert ours == short[:-1] + bytes(2) + short[-1:]


@pytest.mark.parametrize(
    ("drink", "blob"),
    [
        (
            ("EF1091", "cafe_barista", {STRENGTH: 7, WATER: 45, TEMPERATURE: 1, BYPASS: 45}),
            "28000709000001000109000000000000",
        ),
        (("EF1030", "espresso", {STRENGTH: 8, WATER: 45, TEMPERATURE: 2}), "02000809000002000100000000000000"),
        (("EF1030", "coffee", {STRENGTH: 2, WATER: 130, TEMPERATURE: 1}), "0300021A000001000100000000000000"),
        (("EF545", "milk_coffee", {STRENGTH: 8, MILK: 3, FOAM: 2, TEMPERATURE: 2}), "05000812030202000100000000000000"),
        (("EF1030", "espresso", {WATER: 60}), "0200080C000002000100000000000000"),
        (("EF566", "coffee", {}), "03020514000001000100000000000000"),
        (("EF566", "coffee", {Parameter.GRINDER_RATIO: 0}), "03000514000001000100000000000000"),
        (("EF566", "coffee", {Parameter.GRINDER_RATIO: 4}), "03040514000001000100000000000000"),
        (("EF533", "ristretto", {}), "01000405000002000100000000000000"),
        (("EF557", "flat_white", {}), "2E00050C180001000100000000000000"),
        (BARISTA, "28000612000001000109000000000000"),
        (("EF1091", "hot_water", {}), "0D00002C000001000100000000000000"),
        (("EF1091", "latte_macchiato", {}), "07000809002102000100140000000000"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value[:2])),
)
def test_wifi_connect(drink: tuple[str, str, Mapping[Parameter, int]], blob: str) -> None:
    """Blobs of which most have brewed on real machines."""
    assert wifi_connect_order(recipe(*drink)).hex().upper() == blob


@pytest.mark.parametrize(
    ("drink", "blob"),
    [
        (("EF1106", "espresso"), "0200080900000200010000000000000004"),
        (("EF1208", "coffee"), "0300051400000100010000000000000004"),
    ],
    ids=["EF1106", "EF1208"],
)
def test_grinder_freeness_is_left_to_the_machine(drink: tuple[str, str], blob: str) -> None:
    """F17 has no place in a Bluetooth frame, and no blob of 17 bytes was ever sent: ours is that blob without it."""
    freeness = product(*drink).argument(Parameter.GRINDER_FREENESS)
    assert freeness is not None
    assert freeness.default == 4
    assert not is_sent(freeness)
    assert wifi_connect_order(recipe(*drink)) == bytes.fromhex(blob)[:-1]
    assert smart_connect_order(recipe(*drink), KEY)[-1] == KEY


def test_nibbles_are_left_to_the_machine() -> None:
    """What shares a byte was never sent by a released client; a Z10 brews with 00 there."""
    left_out = {
        argument.parameter
        for code in CODES
        for entry in load_definition(code).products
        for argument in entry.arguments
        if not is_sent(argument)
    }
    assert left_out == {
        Parameter.GRINDER_FREENESS,
        Parameter.MILK_TEMPERATURE,
        Parameter.MILK_FOAM_TEMPERATURE,
    }
    freeness = product("EF545", "espresso").argument(Parameter.GRINDER_FREENESS)
    assert isinstance(freeness, Choice)
    assert freeness.nibble is Nibble.HIGH
    assert smart_connect_order(recipe("EF545", "espresso"), KEY)[2] == 0


# --- validation -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "parameter", "allowed"),
    [
        ({WATER: 10}, WATER, "15, 20, …, 80 ml"),
        ({WATER: 85}, WATER, "15, 20, …, 80 ml"),
        ({WATER: 47}, WATER, "15, 20, …, 80 ml"),
        ({WATER: 0}, WATER, "15, 20, …, 80 ml"),
        ({WATER: -15}, WATER, "15, 20, …, 80 ml"),
        ({WATER: 1280}, WATER, "15, 20, …, 80 ml"),
        ({STRENGTH: 0}, STRENGTH, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        ({STRENGTH: 11}, STRENGTH, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        ({TEMPERATURE: 3}, TEMPERATURE, "Low, Normal, High"),
    ],
    ids=str,
)
def test_impossible_values(values: Mapping[Parameter, int], parameter: Parameter, allowed: str) -> None:
    """A value that the definition doesn't allow is refused in words, and never becomes bytes for either transport."""
    espresso = recipe("EF1030", "espresso", values)
    for refuse in (validate, wifi_connect_order, lambda recipe: smart_connect_order(recipe, KEY)):
        with pytest.raises(InvalidValue) as caught:
            refuse(espresso)
        assert (caught.value.parameter, caught.value.value) == (parameter, values[parameter])
        assert caught.value.allowed == allowed
        assert str(caught.value) == f"{parameter}: {values[parameter]} is not within {allowed}"


def test_a_gap_is_refused() -> None:
    """A cappuccino without a value for its milk foam was sent by others, and came without milk."""
    cappuccino = default_recipe(product("EF1030", "cappuccino"))
    for parameter in cappuccino.values:
        rest = {other: value for other, value in cappuccino.values.items() if other is not parameter}
        with pytest.raises(InvalidValue) as caught:
            smart_connect_order(Recipe(cappuccino.product, rest), KEY)
        assert (caught.value.parameter, caught.value.value) == (parameter, None)


def test_a_parameter_the_drink_does_not_have() -> None:
    """An espresso has no milk, and asking for some is a mistake, not a wish to be ignored."""
    with pytest.raises(NoSuchParameter) as caught:
        recipe("EF1030", "espresso", {WATER: 45, MILK: 10})
    assert (caught.value.product.slug, caught.value.parameter) == ("espresso", MILK)


def test_changing_a_recipe_leaves_the_original() -> None:
    """Recipes are shared; a changed one is another one."""
    original = default_recipe(product("EF1030", "espresso"))
    changed = with_values(original, {WATER: 60})
    assert (original.values[WATER], changed.values[WATER]) == (45, 60)
    assert changed == with_values(original, {WATER: 60}) != original


def test_allowed_values_of_seconds() -> None:
    """Milk counts in seconds, and says so."""
    foam = product("EF1030", "cappuccino").argument(FOAM)
    assert isinstance(foam, Amount)
    assert allowed_values(foam) == f"{foam.minimum}, {foam.minimum + 1}, …, {foam.maximum} s"


@pytest.mark.parametrize(
    ("minimum", "maximum", "said"),
    [(47, 63, "50, 55, 60 ml"), (50, 55, "50, 55 ml"), (50, 50, "50 ml"), (15, 30, "15, 20, 25, 30 ml")],
)
def test_allowed_values_are_those_that_are_there(minimum: int, maximum: int, said: str) -> None:
    """A short range is told in full, and nothing is told that would be refused."""
    water = product("EF1030", "espresso").argument(WATER)
    assert isinstance(water, Amount)
    narrow = replace(water, minimum=minimum, maximum=maximum)
    assert allowed_values(narrow) == said
    assert [value for value in range(100) if is_allowed(narrow, value)] == [*amounts(narrow)]
    assert amounts(narrow)[0] >= minimum


# --- every drink of every machine -----------------------------------------------------------------------------------


@cache
def simulated(code: str) -> jura_files.Definition:
    """Return the simulator's own reading of a definition."""
    return jura_files.definition_for(code)


def sent(drink: Recipe) -> dict[str, int]:
    """Return what a recipe asks of the machine, under the names of JURA's files."""
    return {
        ELEMENTS[argument.parameter]: drink.values[argument.parameter]
        for argument in drink.product.arguments
        if is_sent(argument)
    }


def all_definitions() -> list[Definition]:
    """Return all definitions."""
    return [load_definition(code) for code in CODES]


def test_catalogue_is_complete() -> None:
    """The tests below speak of every machine type that an article leads to."""
    assert len(CODES) == 86
    assert {article.definition for article in load_articles().values()} <= set(CODES)
    assert find_article(15336) is not None


def test_form_of_every_order() -> None:
    """Key first and last, 01 in byte 9, 00 wherever no argument is: for every drink of every machine."""
    for definition in all_definitions():
        for entry in definition.products:
            drink, where = default_recipe(entry), f"{definition.code} {entry.slug}"
            order = smart_connect_order(drink, 0xA5)
            assert len(order) == 18, where
            assert (order[0], order[1], order[9], order[17]) == (0xA5, entry.code, 0x01, 0xA5), where
            fields = {argument.field for argument in entry.arguments if is_sent(argument)}
            assert len(fields) == sum(map(is_sent, entry.arguments)), where
            assert not any(order[i] for i in range(2, 17) if i != 9 and i not in fields), where
            blob = wifi_connect_order(drink)
            assert len(blob) == 16, where
            assert blob == order[1:17], where


@pytest.mark.parametrize("code", CODES)
async def test_machine_makes_what_was_ordered(code: str) -> None:
    """The machine of every type makes every drink that it offers, as ordered, and refuses those it doesn't offer."""
    definition, machine_definition = load_definition(code), simulated(code)
    assert definition.products
    for entry in definition.products:
        drink = default_recipe(entry)
        for order, lengths in (
            (smart_connect_order(drink, KEY)[1:-1], (14, 15, 16)),
            (wifi_connect_order(drink), (16, 17)),
        ):
            machine = Machine(machine_definition)
            answer = machine.start(order, lengths=lengths)
            where = f"{code} {entry.slug} {order.hex()}: {answer.refusal} {answer.detail}"
            # Two products may share a code; the machine can't tell them apart, and makes it if one of them is offered.
            if not any(other.active for other in definition.products if other.code == entry.code):
                assert answer.refusal is Refusal.INACTIVE_PRODUCT, where
                assert not machine.drinks, where
                continue
            if not entry.active:
                continue
            assert answer.accepted, where
            (made,) = machine.drinks
            assert made.code == entry.code, where
            if expected := sent(drink):
                assert expected.items() <= made.recipe.items(), where
                # What isn't sent is the machine's own choice, and no amount of anything.
                assert made.recipe.keys() - expected.keys() <= {"GRINDER_FREENESS", "MILK_FOAM_TEMP", "MILK_TEMP"}, (
                    where
                )
            else:
                # An order of nothing but a code, of some doubles.
                assert entry.is_double, where


def read_by_machine(code: str, order: bytes) -> tuple[jura_files.Product, dict[str, int]]:
    """Return what a machine takes an order for."""
    made, arguments, *_ = decode_order(simulated(code), order, (16,), (0x01,))
    return made, arguments


@st.composite
def recipes(draw: st.DrawFn) -> tuple[str, Recipe]:
    """Return any drink of any machine, with any values that its definition allows."""
    code = draw(st.sampled_from(CODES))
    entry = draw(st.sampled_from(load_definition(code).products))
    values = {}
    for argument in entry.arguments:
        if isinstance(argument, Amount):
            steps = st.integers(argument.minimum // argument.step, argument.maximum // argument.step)
            values[argument.parameter] = draw(steps) * argument.step
        else:
            values[argument.parameter] = draw(st.sampled_from([option.value for option in argument.options]))
    return code, with_values(default_recipe(entry), values)


@settings(deadline=None, max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drink=recipes(), key=st.integers(0, 255))
def test_any_recipe_arrives(drink: tuple[str, Recipe], key: int) -> None:
    """Any allowed recipe is read by the machine as it was meant, over both transports."""
    code, ordered = drink
    validate(ordered)
    entry = ordered.product
    twins = [other for other in load_definition(code).products if other.code == entry.code and other.active]
    plain = crypt(SMART_CONNECT(smart_connect_order(ordered, key), key), key)
    assert plain[0] == plain[-1] == key
    for order in (plain[1:-1], wifi_connect_order(ordered)):
        if entry.active:
            found, arguments = read_by_machine(code, order)
            steps = {argument.element: argument.step for argument in found.arguments}
            amounts = {element: value * steps[element] for element, value in arguments.items()}
            assert found.code == entry.code
            assert sent(ordered).items() <= amounts.items()
        elif not twins:
            with pytest.raises(Exception, match=Refusal.INACTIVE_PRODUCT):
                read_by_machine(code, order)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drink=recipes(), parameter=st.sampled_from(Parameter), value=st.integers(-300, 1500))
def test_only_allowed_values_are_sent(drink: tuple[str, Recipe], parameter: Parameter, value: int) -> None:
    """Whatever number is asked for: it is refused, or the machine takes it."""
    code, ordered = drink
    argument = ordered.product.argument(parameter)
    if argument is None or not ordered.product.active:
        return
    changed = with_values(ordered, {parameter: value})
    if isinstance(argument, Amount):
        allowed = value in range(argument.minimum, argument.maximum + 1, argument.step)
    else:
        allowed = value in [option.value for option in argument.options]
    if allowed:
        read_by_machine(code, wifi_connect_order(changed))
    else:
        with pytest.raises(InvalidValue, match=f"^{parameter}: {value} "):
            wifi_connect_order(changed)
