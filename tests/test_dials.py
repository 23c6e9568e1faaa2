"""Dials: a product, its strength and amounts, extras; and "Brew", which makes just what they show."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import CONF_EXPERIMENTAL, DOMAIN
from custom_components.jura.dials import Dials, Wish, shown, usual, with_extra, with_product, with_value
from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.model import Amount, Definition, Parameter, Preselection, Product
from custom_components.jura.machine.recipe import default_recipe, in_words, recipe_for, sent_arguments
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.wifi_connect import WifiConnect

from .conftest import ADDRESS, LAN_HOST, async_wait_for, async_wait_for_state
from .helpers import definition_codes, entity_id

CLIENT, TOKEN = "home", "AB" * 32
EVERY_DEFINITION = pytest.mark.parametrize("code", definition_codes())


@dataclass(frozen=True)
class Hands:
    """A person at the dials of one machine."""

    hass: HomeAssistant
    unique_id: str

    def id(self, platform: str, key: str) -> str:
        """Return the id of an entity."""
        return entity_id(self.hass, platform, key, self.unique_id)

    def see(self, platform: str, key: str) -> State:
        """Return what an entity shows."""
        state = self.hass.states.get(self.id(platform, key))
        assert state is not None
        return state

    def shows(self) -> dict[str, str]:
        """Return what all dials show, without those that are unavailable."""
        names = {"product", *map(str, Parameter)}
        return {
            key: state.state
            for item in er.async_get(self.hass).entities.values()
            if item.domain in ("number", "select")
            and (key := item.unique_id.removeprefix(f"{self.unique_id}_")) in names
            and (state := self.hass.states.get(item.entity_id))
            and state.state != "unavailable"
        }

    async def choose(self, key: str, option: str) -> None:
        """Choose from a list."""
        await self._call("select", "select_option", key, option=option)

    async def turn(self, key: str, value: float) -> None:
        """Set an amount."""
        await self._call("number", "set_value", key, value=value)

    async def switch(self, extra: str, *, on: bool) -> None:
        """Switch an extra on or off."""
        await self._call("switch", "turn_on" if on else "turn_off", f"extra_{extra}")

    async def press(self, key: str) -> None:
        """Press a button."""
        await self._call("button", "press", key)

    def extras(self) -> dict[str, str]:
        """Return what the switches of extras show."""
        names = {f"extra_{extra}": str(extra) for extra in Preselection}
        return {
            names[key]: state.state
            for item in er.async_get(self.hass).entities.values()
            if item.domain == "switch"
            and (key := item.unique_id.removeprefix(f"{self.unique_id}_")) in names
            and (state := self.hass.states.get(item.entity_id))
        }

    async def _call(self, platform: str, service: str, key: str, **data: Any) -> None:
        data["entity_id"] = self.id(platform, key)
        await self.hass.services.async_call(platform, service, data, blocking=True)


@pytest.fixture
def hands(hass: HomeAssistant, entry: MockConfigEntry) -> Hands:
    """Return the person."""
    return Hands(hass, str(entry.unique_id))


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options of the entry that is there already."""
    return {}


async def async_set_up(hass: HomeAssistant, model: str, data: dict[str, Any], options: dict[str, Any]) -> Hands:
    """Set up an entry as an earlier run of Home Assistant left it, and return the person."""
    article = definition_for(model)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="JURA",
        unique_id=f"{model}-4711-4",
        data={"article": int(model), "definition": article.code, **data},
        options=options,
        entry_id="0123456789",
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return Hands(hass, str(entry.unique_id))


async def async_unload(hass: HomeAssistant) -> None:
    """Let go of the machine."""
    await hass.async_block_till_done()
    await hass.config_entries.async_unload("0123456789")
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
async def daring(hass: HomeAssistant, adapter: None, model: str) -> AsyncGenerator[Hands]:
    """Return a person who switched on what is experimental, over Bluetooth."""
    data = {"address": ADDRESS}
    yield await async_set_up(hass, model, data, {CONF_EXPERIMENTAL: True})
    await async_unload(hass)


@pytest.fixture
async def over_wifi(
    hass: HomeAssistant, enable_custom_integrations: None, lan: None, model: str, options: dict[str, Any]
) -> AsyncGenerator[tuple[Hands, Machine]]:
    """Return a person, and a machine that is reached over Wi-Fi."""
    machine = Machine(definition_for(model), unnamed_bit=False)
    wifi = WifiConnect(machine, host=LAN_HOST, min_pause=20.0)
    wifi.tokens[CLIENT.encode().hex().upper()] = TOKEN
    await wifi.start()
    data = {"host": LAN_HOST, "connection_id": CLIENT, "token": TOKEN, "pin": ""}
    yield await async_set_up(hass, model, data, options), machine
    await async_unload(hass)
    await wifi.stop()
    assert not wifi.forbidden
    assert not wifi.unlisted
    assert not wifi.malformed
    assert not wifi.upset


# --- what is dialled is made ------------------------------------------------------------------------------------------

CAPPUCCINO = {"COFFEE_STRENGTH": 6, "WATER_AMOUNT": 80, "TEMPERATURE": 1, "MILK_FOAM_AMOUNT": 20}


async def async_make_cappuccino(hands: Hands) -> None:
    """Dial a cappuccino of one's own, and press "Brew"."""
    await hands.choose("product", "cappuccino")
    await hands.turn("water", 80)
    await hands.choose("strength", "6")
    await hands.turn("milk_foam", 20)
    await hands.press("brew")


async def test_brew(hass: HomeAssistant, hands: Hands, machine: Machine) -> None:
    """Just what the dials show is made, once; and turning them made nothing."""
    await async_make_cappuccino(hands)
    assert hands.see("sensor", "current_drink").state == "cappuccino"
    await async_wait_for(hass, lambda: machine.drink is None)
    assert [(drink.code, drink.recipe) for drink in machine.drinks] == [(0x04, CAPPUCCINO)]
    assert len(machine.orders) == 1


async def test_brew_over_wifi(hass: HomeAssistant, over_wifi: tuple[Hands, Machine]) -> None:
    """It is the same over Wi-Fi."""
    hands, machine = over_wifi
    await async_wait_for_state(hass, hands.id("sensor", "state"), "ready")
    await async_make_cappuccino(hands)
    await async_wait_for(hass, lambda: machine.drink is None)
    assert [(drink.code, drink.recipe) for drink in machine.drinks] == [(0x04, CAPPUCCINO)]
    assert len(machine.orders) == 1


async def test_turning_tells_the_machine_nothing(
    hass: HomeAssistant, hands: Hands, machine: Machine, smart_connect: Any
) -> None:
    """A dial moves nothing but itself."""
    await async_wait_for(hass, lambda: smart_connect.link is None)
    before = len(smart_connect.log)
    await hands.choose("product", "flat_white")
    await hands.turn("milk_foam", 30)
    await hands.choose("temperature", "high")
    await hands.press("reset_recipe")
    assert len(smart_connect.log) == before
    assert not machine.orders


async def test_two_presses_at_once(hass: HomeAssistant, hands: Hands, machine: Machine) -> None:
    """Two presses in the same moment make one drink and one clear refusal, as with any drink."""
    results = await asyncio.gather(hands.press("brew"), hands.press("brew"), return_exceptions=True)
    (refusal,) = [result for result in results if result is not None]
    assert isinstance(refusal, ServiceValidationError)
    await async_wait_for(hass, lambda: machine.drink is None)
    assert len(machine.orders) == len(machine.drinks) == 1


async def test_blocked(hands: Hands, machine: Machine) -> None:
    """A machine without water says so, and is not asked; the dials stay as they are."""
    machine.empty_water_tank()
    await hands.turn("water", 30)
    with pytest.raises(ServiceValidationError, match="Fill the water tank"):
        await hands.press("brew")
    assert not machine.orders
    assert hands.shows()["water"] == "30"


@pytest.mark.parametrize(
    ("model", "product", "choices", "amounts", "recipe"),
    [
        # A Z10, with a cold brew of its own and pots.
        (
            "15348",
            "pot",
            {"strength": "9"},
            {"strokes": 2, "water": 90},
            {"COFFEE_STRENGTH": 9, "WATER_AMOUNT": 90, "STROKE": 2},
        ),
        # A GIGA 6, which has two grinders.
        (
            "15393",
            "flat_white",
            {"grinder_ratio": "75_25", "temperature": "low"},
            {"milk": 9, "milk_foam": 0},
            {"GRINDER_RATIO": 1, "TEMPERATURE": 0, "MILK_AMOUNT": 9, "MILK_FOAM_AMOUNT": 0},
        ),
        # A GIGA X3 Professional, whose strengths have names.
        ("15002", "espresso", {"strength": "extra_strong"}, {"water": 35}, {"WATER_AMOUNT": 35}),
        # A D6, whose milk is where others have their milk foam.
        ("15181", "cappuccino", {"strength": "mild"}, {"milk": 60}, {"COFFEE_STRENGTH": 1, "MILK_AMOUNT": 60}),
    ],
)
async def test_other_machines(
    hass: HomeAssistant,
    hands: Hands,
    machine: Machine,
    product: str,
    choices: dict[str, str],
    amounts: dict[str, int],
    recipe: dict[str, int],
) -> None:
    """Each machine has the dials that it has something for, and makes what they show."""
    await hands.choose("product", product)
    usual_values = hands.shows()
    for key, option in choices.items():
        await hands.choose(key, option)
    for key, amount in amounts.items():
        await hands.turn(key, amount)
    assert hands.shows() == {**usual_values, **choices, **{key: str(amount) for key, amount in amounts.items()}}
    await hands.press("brew")
    (drink,) = machine.drinks
    assert drink.product is not None
    usual_recipe = {argument.element: argument.default for argument in drink.product.arguments}
    assert set(drink.recipe) == set(usual_recipe)
    assert {key: value for key, value in drink.recipe.items() if key in recipe} == recipe
    await async_wait_for(hass, lambda: machine.drink is None)


# --- what can be dialled ----------------------------------------------------------------------------------------------


async def test_at_first(hands: Hands) -> None:
    """The first drink with its usual values; and no dial for what this machine doesn't have."""
    assert hands.shows() == {"product": "espresso", "strength": "8", "water": "45", "temperature": "high"}
    assert hands.see("select", "product").attributes["options"][:3] == ["espresso", "coffee", "cafe_barista"]


async def test_dials_follow_the_product(hands: Hands) -> None:
    """Limits, steps and options are those of the chosen drink; a dial that it has no use for is unavailable."""
    water = hands.see("number", "water").attributes
    assert (water["min"], water["max"], water["step"]) == (15, 80, 5)
    assert (water["unit_of_measurement"], water["mode"]) == ("mL", "slider")
    assert hands.see("number", "milk_foam").state == "unavailable"
    await hands.choose("product", "hot_water")
    assert hands.shows() == {"product": "hot_water", "water": "220", "temperature": "normal"}
    water = hands.see("number", "water").attributes
    assert (water["min"], water["max"], water["step"]) == (25, 450, 5)
    await hands.choose("product", "milk_foam")
    assert hands.shows() == {"product": "milk_foam", "milk_foam": "22"}
    foam = hands.see("number", "milk_foam").attributes
    assert (foam["min"], foam["max"], foam["step"], foam["unit_of_measurement"]) == (1, 120, 1, "s")


@pytest.mark.parametrize("model", ["15457"])
async def test_options_follow_the_product(hands: Hands) -> None:
    """Options are those of the chosen drink, too: an espresso doppio of a J8 knows fewer strengths and temperatures."""
    assert hands.see("select", "strength").attributes["options"] == [str(strength) for strength in range(1, 11)]
    assert hands.see("select", "temperature").attributes["options"] == ["low", "normal", "high"]
    await hands.choose("product", "espresso_doppio")
    assert hands.see("select", "strength").attributes["options"] == [str(strength) for strength in range(1, 9)]
    assert hands.see("select", "temperature").attributes["options"] == ["normal", "high"]


@pytest.mark.parametrize("model", ["15599"])
async def test_only_what_is_offered(hands: Hands) -> None:
    """A drink without a button can't be chosen either."""
    assert "two_espressi" not in hands.see("select", "product").attributes["options"]
    with pytest.raises(ServiceValidationError):
        await hands.choose("product", "two_espressi")
    assert hands.shows()["product"] == "espresso"


async def test_out_of_range(hands: Hands) -> None:
    """Home Assistant refuses what is beyond the limits, and we what is between two steps; nothing changes."""
    for value in (10, 85):
        with pytest.raises(ServiceValidationError, match="out of range|valid range"):
            await hands.turn("water", value)
    with pytest.raises(ServiceValidationError) as refused:
        await hands.turn("water", 47)
    assert str(refused.value) == "The water of Espresso can't be 47. It can be 15, 20, …, 80 ml"
    with pytest.raises(ServiceValidationError):
        await hands.choose("strength", "11")
    assert hands.shows()["water"] == "45"


async def test_reset(hands: Hands) -> None:
    """Back to the usual values of the chosen drink; what was set for others stays."""
    await hands.turn("water", 30)
    await hands.choose("product", "coffee")
    await hands.turn("water", 200)
    await hands.choose("strength", "1")
    await hands.press("reset_recipe")
    assert hands.shows() == {"product": "coffee", "strength": "5", "water": "100", "temperature": "normal"}
    await hands.choose("product", "espresso")
    assert hands.shows()["water"] == "30"


# --- what is remembered -----------------------------------------------------------------------------------------------


async def test_remembered_per_product(hass: HomeAssistant, hands: Hands, entry: MockConfigEntry) -> None:
    """What was set for a drink comes back with it, also after a restart."""
    await hands.turn("water", 30)
    await hands.choose("product", "cappuccino")
    assert hands.shows()["water"] == "60"
    await hands.turn("water", 90)
    await hands.choose("product", "espresso")
    assert hands.shows()["water"] == "30"
    await hands.choose("product", "cappuccino")
    expected = {"product": "cappuccino", "strength": "8", "water": "90", "milk_foam": "14", "temperature": "normal"}
    assert hands.shows() == expected
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert hands.shows() == expected


async def test_written_at_once(hands: Hands, entry: MockConfigEntry, hass_storage: dict[str, Any]) -> None:
    """A power cut forgets nothing."""
    await hands.choose("product", "coffee")
    await hands.turn("water", 120)
    await hands.choose("strength", "2")
    assert hass_storage[f"jura.{entry.entry_id}"]["data"]["dials"] == {
        "product": "coffee",
        "wishes": {"coffee": {"values": {"water": 120, "strength": "2"}, "extras": []}},
    }


async def test_two_at_once(hands: Hands) -> None:
    """A scene that sets several dials in the same moment sets them all."""
    await asyncio.gather(hands.turn("water", 20), hands.choose("strength", "1"), hands.choose("temperature", "low"))
    assert hands.shows() == {"product": "espresso", "strength": "1", "water": "20", "temperature": "low"}


async def test_machine_off(hass: HomeAssistant, hands: Hands, entry: MockConfigEntry, machine: Machine) -> None:
    """The next drink can be dialled before the machine is switched on; then it is made so."""
    machine.power_cut()
    await async_wait_for_state(hass, hands.id("sensor", "state"), "unavailable", seconds=300)
    await hands.choose("product", "cappuccino")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert hands.see("button", "brew").state == hands.see("button", "brew_espresso").state == "unavailable"
    assert hands.shows()["product"] == "cappuccino"
    await hands.turn("milk_foam", 5)
    await hands.press("reset_recipe")
    await hands.turn("water", 25)
    machine.switch_on()
    await async_wait_for_state(hass, hands.id("sensor", "state"), "ready", seconds=600)
    await hands.press("brew")
    (drink,) = machine.drinks
    assert drink.recipe == {**CAPPUCCINO, "COFFEE_STRENGTH": 8, "WATER_AMOUNT": 25, "MILK_FOAM_AMOUNT": 14}


async def test_store_of_an_older_version(
    hass: HomeAssistant, hands: Hands, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """A store that knows no dials yet is as good as ever."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.counters)
    await hands.turn("water", 30)
    total = hands.see("sensor", "count_total").state
    await hass.config_entries.async_unload(entry.entry_id)
    del hass_storage[f"jura.{entry.entry_id}"]["data"]["dials"]
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hands.shows() == {"product": "espresso", "strength": "8", "water": "45", "temperature": "high"}
    assert hands.see("sensor", "count_total").state == total


async def test_no_longer_allowed(
    hass: HomeAssistant,
    hands: Hands,
    entry: MockConfigEntry,
    machine: Machine,
    hass_storage: dict[str, Any],
) -> None:
    """What another version allowed and this one doesn't is shown, and made, as usual."""
    await hass.config_entries.async_unload(entry.entry_id)
    hass_storage[f"jura.{entry.entry_id}"]["data"]["dials"] = {
        "product": "cappuccino",
        "wishes": {
            "cappuccino": {
                "values": {"water": 999, "strength": "superb", "milk": 5, "milk_foam": 21, "aroma": 3},
                "extras": ["double", "with_cinnamon"],
            },
            "tea": {"values": {}, "extras": []},
        },
    }
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    expected = {"product": "cappuccino", "strength": "8", "water": "60", "milk_foam": "21", "temperature": "normal"}
    assert hands.shows() == expected
    await hands.press("brew")
    (drink,) = machine.drinks
    assert drink.recipe == {**CAPPUCCINO, "COFFEE_STRENGTH": 8, "WATER_AMOUNT": 60, "MILK_FOAM_AMOUNT": 21}


def with_water(definition: Definition, slug: str, **changes: int) -> Definition:
    """Return a definition in which a product's water has other limits."""

    def changed(product: Product) -> Product:
        return replace(
            product,
            arguments=tuple(
                replace(argument, **changes) if argument.parameter is Parameter.WATER else argument  # type: ignore[arg-type]
                for argument in product.arguments
            ),
        )

    return replace(
        definition,
        products=tuple(changed(product) if product.slug == slug else product for product in definition.products),
    )


async def test_limits_of_the_very_machine(hands: Hands, entry: MockConfigEntry, machine: Machine) -> None:
    """The definition may be replaced while we run: the dials follow, and what was set comes back when it is allowed."""
    coordinator = entry.runtime_data
    before = coordinator.definition
    await hands.turn("water", 70)
    coordinator.definition = with_water(before, "espresso", maximum=60, default=50)
    coordinator.async_update_listeners()
    assert hands.shows()["water"] == "50"
    assert hands.see("number", "water").attributes["max"] == 60
    with pytest.raises(ServiceValidationError):
        await hands.turn("water", 65)
    await hands.press("brew")
    assert machine.drinks[-1].recipe["WATER_AMOUNT"] == 50
    coordinator.definition = before
    coordinator.async_update_listeners()
    assert hands.shows()["water"] == "70"


async def test_product_no_longer_offered(
    hass: HomeAssistant, hands: Hands, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """A drink that is on offer no more makes room for the first that is."""
    await hands.choose("product", "cortado")
    coordinator = entry.runtime_data
    definition = coordinator.definition
    products = tuple(product for product in definition.products if product.slug != "cortado")
    coordinator.definition = replace(definition, products=products)
    coordinator.async_update_listeners()
    assert hands.shows()["product"] == "espresso"
    assert "cortado" not in hands.see("select", "product").attributes["options"]


# --- extras -----------------------------------------------------------------------------------------------------------


async def test_no_extras_by_default(hands: Hands) -> None:
    """What was never tried on a real machine is not even there."""
    assert hands.extras() == {}


async def test_extra(hass: HomeAssistant, daring: Hands, machine: Machine) -> None:
    """An extra that is switched on is ordered; what excludes it goes off, and it is one drink's own."""
    assert daring.extras() == {"double": "off", "powder": "off", "extra_shot": "unavailable"}
    await daring.turn("water", 30)
    await daring.switch("powder", on=True)
    assert daring.extras() == {"double": "off", "powder": "on", "extra_shot": "unavailable"}
    await daring.switch("double", on=True)
    assert daring.extras() == {"double": "on", "powder": "off", "extra_shot": "unavailable"}
    # Two espressi come in one strength, and in as much water each as an espresso.
    assert daring.shows() == {"product": "espresso", "water": "30", "temperature": "high"}
    await daring.choose("product", "cappuccino")
    assert daring.extras() == {"double": "unavailable", "powder": "off", "extra_shot": "off"}
    await daring.choose("product", "espresso")
    await daring.press("brew")
    (drink,) = machine.drinks
    assert (drink.code, drink.recipe) == (0x31, {"WATER_AMOUNT": 30, "TEMPERATURE": 2})
    await async_wait_for(hass, lambda: machine.drink is None)
    await daring.switch("double", on=False)
    assert daring.extras() == {"double": "off", "powder": "off", "extra_shot": "unavailable"}
    assert daring.shows()["strength"] == "8"
    await daring.switch("double", on=True)
    await daring.press("reset_recipe")
    assert daring.extras()["double"] == "off"
    assert daring.shows()["water"] == "45"


@pytest.mark.parametrize("model", ["15393"])
async def test_limits_of_a_double(daring: Hands) -> None:
    """Two cups have limits of their own on some machines; a value that only they allow goes with them."""
    await daring.choose("product", "milk_coffee")
    water = daring.see("number", "water").attributes
    assert (water["min"], water["max"]) == (25, 240)
    await daring.switch("double", on=True)
    water = daring.see("number", "water").attributes
    assert (water["min"], water["max"]) == (15, 160)
    await daring.turn("water", 15)
    assert daring.shows()["water"] == "15"
    await daring.switch("double", on=False)
    assert daring.shows()["water"] == "100"


async def test_extras_only_while_wanted(hass: HomeAssistant, daring: Hands, machine: Machine) -> None:
    """Without the option nothing experimental is ordered, whatever was switched on before."""
    await daring.switch("double", on=True)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    hass.config_entries.async_update_entry(entry, options={CONF_EXPERIMENTAL: False})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await daring.press("brew")
    (drink,) = machine.drinks
    assert drink.code == 0x02


@pytest.mark.parametrize(("model", "options"), [("15609", {CONF_EXPERIMENTAL: True})])
async def test_extras_together(hass: HomeAssistant, over_wifi: tuple[Hands, Machine]) -> None:
    """Extras that can be had together stay on together, and are ordered together."""
    hands, machine = over_wifi
    await async_wait_for_state(hass, hands.id("sensor", "state"), "ready")
    await hands.switch("light_brew", on=True)
    await hands.switch("double", on=True)
    await async_wait_for(hass, lambda: hands.extras()["double"] == "on")
    on = {extra for extra, state in hands.extras().items() if state == "on"}
    assert on == {"double", "light_brew"}
    await hands.press("brew")
    (drink,) = machine.drinks
    assert drink.mask == 0x48
    await async_wait_for(hass, lambda: machine.drink is None)


# --- every machine type, without Home Assistant -----------------------------------------------------------------------


@EVERY_DEFINITION
@pytest.mark.parametrize("daring", [False, True])
def test_every_product(code: str, daring: bool) -> None:
    """Every drink of every machine can be chosen, shows its usual values, and is made of just these."""
    definition = load_definition(code)
    products = [product for product in definition.active_products if product.arguments or daring]
    assert products
    for product in products:
        now = shown(with_product(Dials(), product.slug), definition, products, with_extras=daring)
        assert now.product is product
        assert now.extras == ()
        assert now.recipe == default_recipe(product)
        assert now.values == in_words(default_recipe(product))
        assert recipe_for(definition, product, now.values, now.extras) == default_recipe(product)


@EVERY_DEFINITION
def test_every_value(code: str) -> None:
    """Both ends of each range, and each option, can be set, are shown, and can be taken back."""
    definition = load_definition(code)
    products = [product for product in definition.active_products if product.arguments]
    for product in products:
        chosen = with_product(Dials(), product.slug)
        for argument in sent_arguments(product):
            values: list[int | str] = (
                [argument.minimum, argument.maximum]
                if isinstance(argument, Amount)
                else [option.slug for option in argument.options]
            )
            for value in values:
                dials = with_value(chosen, product, str(argument.parameter), value)
                now = shown(dials, definition, products, with_extras=False)
                assert now.values == {**in_words(default_recipe(product)), str(argument.parameter): value}
                assert now.argument(argument.parameter) is argument
                assert usual(dials, product) == chosen


@EVERY_DEFINITION
def test_every_extra(code: str) -> None:
    """Whatever is switched on after whatever: the last is on, and what is shown can be ordered."""
    definition = load_definition(code)
    products = definition.active_products
    for product in products:
        chosen = with_product(Dials(), product.slug)
        offered = shown(chosen, definition, products, with_extras=True).offered_extras
        for first in offered:
            for second in offered:
                dials = chosen
                for extra in (first, second):
                    now = shown(dials, definition, products, with_extras=True)
                    dials = with_extra(dials, definition, now, extra, on=True)
                now = shown(dials, definition, products, with_extras=True)
                together = first is second or any({first, second} <= both for both in definition.combinations)
                assert set(now.extras) == ({first, second} if together else {second})
                assert dials.wishes[product.slug].extras == now.extras
                assert recipe_for(definition, product, now.values, now.extras) == now.recipe
                off = with_extra(dials, definition, now, second, on=False)
                left = shown(off, definition, products, with_extras=True).extras
                assert set(left) == ({first} - {second} if together else set())


def test_extras_that_fell_out() -> None:
    """Of extras that were stored together and can't be had together any more, the one switched on last stays."""
    definition = load_definition("EF538")
    dials = Dials("espresso", {"espresso": Wish(extras=("powder", "double"))})
    now = shown(dials, definition, definition.active_products, with_extras=True)
    assert now.extras == (Preselection.POWDER,)
