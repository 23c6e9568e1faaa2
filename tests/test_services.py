"""The actions, over either way to a real machine's stand-in: what is asked for is what is made, or what is told."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_load_integrations
from homeassistant.util import yaml as yaml_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from custom_components.jura.machine.catalogue import load_definition
from simulator.definitions import definition_for
from simulator.faults import Failure
from simulator.machine import Machine
from simulator.wifi_faults import LanFailure

from .helpers import async_pass, async_wait_for, entity_id, texts
from .kitchen import Kitchen, async_act, device_of

E8, GIGA_10, Z10, C3 = "15336", "15478", "15609", "15599"
NO_ORDER = ("blocked", "refused", "rejected", "not_sent")
"""Outcomes that promise that the machine does nothing."""


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return a machine that says the same over both of its dongles."""
    return Machine(definition_for(model), unnamed_bit=False)


# --- from wish to cup -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [GIGA_10])
async def test_every_value_reaches_the_machine(kitchen: Kitchen) -> None:
    """What is said is what is made: each value, in whichever form people and templates write it."""
    told = await kitchen.brew(
        "Latte macchiato",
        strength="7",
        water=55,
        milk=9,
        milk_foam="11",
        temperature="low",
        milk_break=21.0,
        grinder_ratio="25_75",
        device_id=device_of(kitchen.hass, kitchen.entry),
    )
    assert told["outcome"] == "accepted"
    assert "message" not in told
    assert "alerts" not in told
    assert (told["product"], told["name"], told["preselections"]) == ("latte_macchiato", "Latte macchiato", [])
    assert told["values_from"] == "definition"
    wished = {"strength": "7", "water": 55, "milk": 9, "milk_foam": 11, "temperature": "low", "milk_break": 21}
    assert told["recipe"] == {**wished, "grinder_ratio": "25_75"}
    recipe = kitchen.recipe
    options = {option.slug: option.value for option in option_list("latte_macchiato", "grinder_ratio")}
    assert recipe["COFFEE_STRENGTH"] == 7
    assert recipe["WATER_AMOUNT"] == 55
    assert recipe["MILK_AMOUNT"] == 9
    assert recipe["MILK_FOAM_AMOUNT"] == 11
    assert recipe["TEMPERATURE"] == 0
    assert recipe["MILK_BREAK"] == 21
    assert recipe["GRINDER_RATIO"] == options["25_75"]

    await kitchen.finish()
    pot = load_definition("EF1065").product("pot")
    assert pot is not None
    values = {str(argument.parameter): argument for argument in pot.arguments}
    strokes, bypass = values["strokes"], values["bypass"]
    told = await kitchen.brew("pot", strokes=strokes.maximum, bypass=bypass.maximum)  # type: ignore[union-attr]
    assert told["outcome"] == "accepted"
    assert kitchen.recipe["STROKE"] == strokes.maximum  # type: ignore[union-attr]
    assert kitchen.recipe["BYPASS"] == bypass.maximum  # type: ignore[union-attr]


def option_list(product: str, parameter: str) -> Any:
    """Return the options of a choice on the GIGA 10."""
    found = load_definition("EF1065").product(product)
    assert found is not None
    return next(argument for argument in found.arguments if argument.parameter == parameter).options  # type: ignore[union-attr]


async def test_what_is_left_out_is_as_usual(kitchen: Kitchen) -> None:
    """A slug alone is the drink that the button makes; without a response nothing is returned."""
    assert await kitchen.hass.services.async_call(DOMAIN, "brew", {"product": "cappuccino"}, blocking=True) is None
    assert kitchen.recipe == {"COFFEE_STRENGTH": 8, "WATER_AMOUNT": 60, "TEMPERATURE": 1, "MILK_FOAM_AMOUNT": 14}


async def test_own_drink(kitchen: Kitchen) -> None:
    """One's own drink is made by its name, however it is written, and a value that is said goes before its own."""
    await kitchen.own("Papa's morning!", "espresso", {"strength": "3", "water": 40, "temperature": "high"})
    told = await kitchen.brew("PAPA S MORNING", water=55)
    assert (told["outcome"], told["name"], told["product"]) == ("accepted", "Papa's morning!", "espresso")
    assert told["recipe"] == {"strength": "3", "water": 55, "temperature": "high"}
    assert kitchen.recipe == {"COFFEE_STRENGTH": 3, "WATER_AMOUNT": 55, "TEMPERATURE": 2}


async def test_own_drinks_of_difficult_names(over_bluetooth: Kitchen) -> None:
    """A name of nothing but signs means itself only, and one's own name goes before the machine's."""
    kitchen = over_bluetooth
    await kitchen.own("☕", "coffee", {"water": 100})
    await kitchen.own("Espresso", "espresso", {"water": 30})
    await kitchen.own("espresso", "espresso", {"water": 60})
    assert (await kitchen.refusal("🍵")).translation_key == "no_such_product_here"
    assert (await kitchen.brew(" ☕ "))["recipe"]["water"] == 100
    await kitchen.finish()
    assert (await kitchen.brew("espresso"))["recipe"]["water"] == 30


async def test_own_drink_that_the_machine_no_longer_has(over_bluetooth: Kitchen) -> None:
    """A drink of one's own whose product is gone is told, not guessed."""
    await over_bluetooth.own("Nightcap", "hot_chocolate", {})
    told = await over_bluetooth.refusal("nightcap")
    assert told.translation_key == "no_such_product"
    assert told.translation_placeholders["wanted"] == "hot_chocolate"


@pytest.mark.parametrize(("water", "made"), [(45.0, 45), ("45", 45), ("45.0", 45), (" 45 ", 45), (240, 240)])
async def test_numbers(over_bluetooth: Kitchen, water: object, made: int) -> None:
    """A number is one in whatever form."""
    assert (await over_bluetooth.brew("coffee", water=water))["recipe"]["water"] == made
    assert over_bluetooth.recipe["WATER_AMOUNT"] == made


@pytest.mark.parametrize(
    ("data", "key", "said"),
    [
        ({"product": "expresso"}, "no_such_product", {"suggestions": "espresso, espresso_doppio"}),
        ({"product": "capuccino"}, "no_such_product", {"suggestions": "cappuccino"}),
        ({"product": "Mornin cofee"}, "no_such_product", {"suggestions": "Morning coffee"}),
        ({"product": "espresso", "water": 500}, "invalid_value", {"value": "500", "allowed": "15, 20, …, 80 ml"}),
        ({"product": "espresso", "water": 47}, "invalid_value", {"value": "47", "allowed": "15, 20, …, 80 ml"}),
        ({"product": "espresso", "water": 45.5}, "invalid_value", {"value": "45.5", "allowed": "15, 20, …, 80 ml"}),
        ({"product": "espresso", "water": "forty"}, "invalid_value", {"value": "forty", "allowed": "15, 20, …, 80 ml"}),
        ({"product": "espresso", "water": None}, "invalid_value", {"value": "None", "allowed": "15, 20, …, 80 ml"}),
        ({"product": "espresso", "water": True}, "invalid_value", {"value": "True", "allowed": "15, 20, …, 80 ml"}),
        ({"product": "espresso", "water": [45]}, "invalid_value", {"value": "[45]", "allowed": "15, 20, …, 80 ml"}),
        ({"product": "espresso", "water": "nan"}, "invalid_value", {"value": "nan", "allowed": "15, 20, …, 80 ml"}),
        ({"product": "espresso", "water": -45}, "invalid_value", {"value": "-45", "allowed": "15, 20, …, 80 ml"}),
        ({"product": "espresso", "strength": 11}, "invalid_value", {"value": "11", "allowed": "1, 2, 3"}),
        ({"product": "espresso", "strength": "extra_mild"}, "invalid_value", {"allowed": "1, 2, 3"}),
        ({"product": "espresso", "temperature": "hot"}, "invalid_value", {"allowed": "Low, Normal, High"}),
        ({"product": "espresso", "milk": 5}, "no_such_parameter", {"parameter": "milk", "allowed": "strength, water"}),
        ({"product": "espresso", "strokes": 2}, "no_such_parameter", {"parameter": "strokes"}),
        ({"product": "espresso", "preselections": "double"}, "preselections_are_experimental", {}),
        ({"product": "morning coffee", "milk": 5}, "no_such_parameter", {"parameter": "milk"}),
    ],
)
async def test_wishes_that_cannot_be_had(
    over_bluetooth: Kitchen, data: dict[str, Any], key: str, said: Mapping[str, str]
) -> None:
    """Whatever is wrong with a wish is said in words that help, and nothing is sent."""
    await over_bluetooth.own("Morning coffee", "coffee", {})
    told = await over_bluetooth.refusal(**data)
    assert told.translation_key == key
    for placeholder, text in said.items():
        assert text in told.translation_placeholders[placeholder]


async def test_nothing_near(over_bluetooth: Kitchen) -> None:
    """Who asks for something quite different reads everything that there is, each once."""
    await over_bluetooth.own("Morning coffee", "coffee", {})
    told = await over_bluetooth.refusal("orange juice")
    assert told.translation_key == "no_such_product_here"
    drinks = told.translation_placeholders["drinks"].split(", ")
    assert {"espresso", "hot_water", "Morning coffee"} <= set(drinks)
    assert len(drinks) == len(set(drinks))


# --- preselections ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("experimental", [True])
class TestPreselections:
    """What was never tried on a real machine."""

    async def test_fixed_byte(self, kitchen: Kitchen) -> None:
        """On a machine without IntakeF18 an extra shot is the value of one byte."""
        told = await kitchen.brew("cappuccino", preselections=["extra_shot"])
        assert told["preselections"] == ["extra_shot"]
        order = kitchen.machine.orders[-1]
        assert (order.data[7], order.mask) == (0x02, 0)

    async def test_double_is_another_product(self, over_bluetooth: Kitchen) -> None:
        """There, a double has a product code of its own, and that is what is told."""
        told = await over_bluetooth.brew("espresso", preselections="double")
        assert (told["outcome"], told["product"], told["name"]) == ("accepted", "two_espressi", "Two espressi")
        assert told["preselections"] == []
        assert [drink.code for drink in over_bluetooth.machine.drinks] == [over_bluetooth.machine.orders[-1].code]

    @pytest.mark.parametrize("model", [Z10])
    async def test_mask_over_wifi(self, over_wifi: Kitchen) -> None:
        """On a machine with IntakeF18 they travel in a mask, one's own drink's too, unless others are said."""
        await over_wifi.own("Light", "espresso", {}, "light_brew")
        assert (await over_wifi.brew("light"))["preselections"] == ["light_brew"]
        assert over_wifi.machine.orders[-1].mask == 0x08
        await over_wifi.finish()
        assert (await over_wifi.brew("light", preselections=["light_brew", "double"]))["outcome"] == "accepted"
        assert over_wifi.machine.orders[-1].mask == 0x48
        await over_wifi.finish()
        assert (await over_wifi.brew("light", preselections=[]))["preselections"] == []
        assert over_wifi.machine.orders[-1].mask == 0
        await over_wifi.finish()
        told = await over_wifi.refusal("espresso", preselections=["light_brew", "cold_brew"])
        assert told.translation_key == "preselections_exclude"
        assert (await over_wifi.refusal("espresso", preselections=["xl"])).translation_key == "no_such_preselection"
        assert (await over_wifi.refusal("hot_water", preselections=["xl"])).translation_key == "no_preselections"

    @pytest.mark.parametrize("model", [Z10])
    async def test_no_mask_over_bluetooth(self, over_bluetooth: Kitchen) -> None:
        """Where nobody knows how they are sent, nothing is."""
        told = await over_bluetooth.brew("espresso", preselections=["light_brew"])
        assert told["outcome"] == "not_sent"
        assert "doesn't offer this" in told["message"]
        assert not over_bluetooth.machine.orders


@pytest.mark.parametrize("model", [Z10])
async def test_own_drink_with_preselections_after_the_option_is_off(over_wifi: Kitchen) -> None:
    """What was made when the option was on is not sent when it is off, nor made without."""
    await over_wifi.own("Light", "espresso", {}, "light_brew")
    assert (await over_wifi.refusal("light")).translation_key == "preselections_are_experimental"


# --- which machine ----------------------------------------------------------------------------------------------------


async def test_which_machine(over_bluetooth: Kitchen, hass: HomeAssistant) -> None:
    """One machine is meant when there is one; else it is to be said, and never are several."""
    kitchen = over_bluetooth
    device = device_of(hass, kitchen.entry)
    assert (await kitchen.refusal("espresso", device_id=[device, device])).translation_key == "one_machine_only"
    for unknown, key in (
        ("nowhere", "service_device_not_found"),
        (foreign_device(hass), "service_device_wrong_domain"),
    ):
        with pytest.raises(ServiceValidationError) as refused:
            await kitchen.brew("espresso", device_id=unknown)
        assert refused.value.translation_key == key
    other = MockConfigEntry(domain=DOMAIN, title="Office", unique_id="1-2-3")
    other.add_to_hass(hass)
    told = await kitchen.refusal("espresso")
    assert (told.translation_key, told.translation_placeholders) == ("which_machine", {"machines": "JURA, Office"})
    with pytest.raises(ServiceValidationError, match="JURA, Office"):
        await hass.services.async_call(DOMAIN, "cancel", blocking=True)
    assert (await kitchen.brew("espresso", device_id=device))["outcome"] == "accepted"
    await hass.config_entries.async_remove(other.entry_id)


def foreign_device(hass: HomeAssistant) -> str:
    """Return the id of a device that is no coffee machine."""
    lamp = MockConfigEntry(domain="lamp")
    lamp.add_to_hass(hass)
    return dr.async_get(hass).async_get_or_create(config_entry_id=lamp.entry_id, identifiers={("lamp", "1")}).id


async def test_machine_that_is_not_set_up(over_bluetooth: Kitchen, hass: HomeAssistant) -> None:
    """The actions are there while a machine isn't, and say so."""
    device = device_of(hass, over_bluetooth.entry)
    await hass.config_entries.async_unload(over_bluetooth.entry.entry_id)
    for data in ({}, {"device_id": device}):
        with pytest.raises(ServiceValidationError, match="JURA") as refused:
            await over_bluetooth.brew("espresso", **data)
        assert refused.value.translation_key == "service_config_entry_not_loaded"
    await hass.config_entries.async_remove(over_bluetooth.entry.entry_id)
    assert (await over_bluetooth.refusal("espresso")).translation_key == "no_machine"
    assert hass.services.has_service(DOMAIN, "brew")


# --- what becomes of it -----------------------------------------------------------------------------------------------


async def fails(kitchen: Kitchen, kind: type[HomeAssistantError] = HomeAssistantError) -> str | None:
    """Ask for an espresso without a response, and return which text a person reads."""
    with pytest.raises(kind) as failed:
        await kitchen.hass.services.async_call(DOMAIN, "brew", {"product": "espresso"}, blocking=True)
    return failed.value.translation_key


async def test_machine_off(kitchen: Kitchen) -> None:
    """It says what to do, in the response or as an error."""
    kitchen.machine.power_cut()
    told = await kitchen.brew("espresso", water=50)
    assert told["outcome"] == "not_sent"
    assert "Switch it on" in told["message"]
    assert (told["product"], told["recipe"]["water"]) == ("espresso", 50)
    assert await fails(kitchen) == "nothing_sent"
    kitchen.machine.switch_on()
    await async_pass(kitchen.hass, 300)
    assert not kitchen.machine.orders


async def test_while_a_drink_is_made(kitchen: Kitchen) -> None:
    """One after the other."""
    assert (await kitchen.brew("cappuccino"))["outcome"] == "accepted"
    told = await kitchen.brew("espresso")
    assert (told["outcome"], told["message"]) == ("refused", texts()["exceptions"]["already_making"]["message"])
    assert await fails(kitchen, ServiceValidationError) == "already_making"
    await kitchen.finish()
    assert len(kitchen.machine.orders) == 1


async def test_all_alerts_are_named(kitchen: Kitchen) -> None:
    """What keeps the machine from making it is listed, and the first thing to do is said."""
    kitchen.machine.empty_water_tank()
    kitchen.machine.remove_drip_tray()  # with the grounds container in it
    told = await kitchen.brew("espresso")
    assert told["outcome"] == "blocked"
    assert set(told["alerts"]) == {"insert_drip_tray", "fill_water_tank", "insert_grounds_container"}
    assert told["alerts"][0] == "insert_drip_tray"
    assert told["message"] == "Insert the drip tray, then try again."
    assert await fails(kitchen, ServiceValidationError) == "blocked_insert_drip_tray"
    assert not kitchen.machine.orders


async def test_two_at_once(kitchen: Kitchen) -> None:
    """Two automations in the same moment make one drink, and one of them is told."""
    results = await asyncio.gather(kitchen.brew("espresso"), kitchen.brew("espresso"))
    assert sorted(result["outcome"] for result in results) == ["accepted", "refused"]
    await kitchen.finish()
    assert len(kitchen.machine.orders) == len(kitchen.machine.drinks) == 1


async def test_only_woke(over_bluetooth: Kitchen) -> None:
    """An order that only wakes the machine is told as such and not repeated."""
    over_bluetooth.machine.first_order_only_wakes = True
    over_bluetooth.machine.nap()
    told = await over_bluetooth.brew("espresso")
    assert told["outcome"] == "not_started"
    assert "look at its display" in told["message"]
    assert len(over_bluetooth.machine.orders) == 1
    assert not over_bluetooth.machine.drinks


async def test_giving_way(over_bluetooth: Kitchen, hass: HomeAssistant) -> None:
    """While the phone has the link, an action is refused as a press is."""
    unique_id = str(over_bluetooth.entry.unique_id)
    switch = {"entity_id": entity_id(hass, "switch", "give_way", unique_id)}
    await hass.services.async_call("switch", "turn_on", switch, blocking=True)
    told = await over_bluetooth.brew("espresso")
    assert told["outcome"] == "refused"
    assert "Give way" in told["message"]


async def test_pin_set(over_bluetooth: Kitchen) -> None:
    """A machine that refuses all commands says no, then and ever after."""
    assert over_bluetooth.smart_connect is not None
    over_bluetooth.smart_connect.pin_set = True
    for _ in range(2):
        told = await over_bluetooth.brew("espresso")
        assert told["outcome"] == "rejected"
        assert "PIN" in told["message"]
    assert not over_bluetooth.machine.orders


@pytest.mark.parametrize(
    ("language", "name", "message"),
    [
        ("de", "Heißwasser", "Fülle den Wassertank und versuche es noch einmal."),
        # A language without texts of ours gets whole sentences all the same.
        ("cy", "Hot water", "Fill the water tank, then try again."),
    ],
)
async def test_in_another_language(
    over_bluetooth: Kitchen, hass: HomeAssistant, language: str, name: str, message: str
) -> None:
    """What is told is in the language of this Home Assistant."""
    await hass.config.async_update(language=language)
    await async_load_integrations(hass, {DOMAIN})
    over_bluetooth.machine.empty_water_tank()
    told = await over_bluetooth.brew("hot_water")
    assert (told["name"], told["message"]) == (name, message)


async def test_not_started_in_another_language(over_bluetooth: Kitchen, hass: HomeAssistant) -> None:
    """The drink's name in it, too."""
    await hass.config.async_update(language="de")
    await async_load_integrations(hass, {DOMAIN})
    over_bluetooth.machine.first_order_only_wakes = True
    over_bluetooth.machine.nap()
    told = await over_bluetooth.brew("hot_water")
    assert told["outcome"] == "not_started"
    assert told["message"].startswith("„Heißwasser“ wurde bestellt")


async def check_told(kitchen: Kitchen) -> str:
    """Ask for an espresso, and fail unless what is told fits what the machine does; return the outcome."""
    told = await kitchen.brew("espresso")
    await async_pass(kitchen.hass, 180)
    orders = kitchen.machine.orders
    assert len(orders) <= 1
    assert len(kitchen.machine.drinks) == sum(order.accepted for order in orders)
    outcome = told["outcome"]
    if outcome == "accepted":
        assert len(kitchen.machine.drinks) == 1
    elif outcome in NO_ORDER:
        assert not orders
    elif outcome == "not_started":
        assert not kitchen.machine.drinks
    else:
        assert outcome == "outcome_unknown"
    assert ("message" in told) == (outcome != "accepted")
    return str(outcome)


@pytest.mark.parametrize("failure", Failure)
async def test_faults_of_the_order_over_bluetooth(over_bluetooth: Kitchen, failure: Failure) -> None:
    """Whatever befalls the one write, there is at most one drink, and what is told is true."""
    smart_connect, machine = over_bluetooth.smart_connect, over_bluetooth.machine
    assert smart_connect is not None
    smart_connect.faults.fail_next(failure, on="write", characteristic="1525")
    outcome = await check_told(over_bluetooth)
    assert not smart_connect.faults.pending
    match failure:
        case Failure.ATT_ERROR:
            assert outcome == "rejected"
        case Failure.LOST | Failure.NO_ANSWER | Failure.ERROR:
            assert (outcome, len(machine.orders)) == ("outcome_unknown", 0)
        case Failure.ANSWER_LOST | Failure.ACTED_NO_ANSWER:
            assert (outcome, len(machine.orders)) == ("outcome_unknown", 1)
        case _:
            # Those are about reads: a write goes well.
            assert outcome == "accepted"


@pytest.mark.parametrize("failure", LanFailure)
async def test_faults_of_the_order_over_wifi(over_wifi: Kitchen, failure: LanFailure) -> None:
    """The same over the network."""
    wifi, machine = over_wifi.wifi, over_wifi.machine
    assert wifi is not None
    wifi.faults.fail_next(failure, command="@TP")
    outcome = await check_told(over_wifi)
    assert not wifi.faults.pending
    match failure:
        case LanFailure.REFUSED:
            assert outcome == "rejected"
        case LanFailure.LOST | LanFailure.CLOSED | LanFailure.NO_ANSWER:
            assert (outcome, len(machine.orders)) == ("outcome_unknown", 0)
        case LanFailure.ANSWER_LOST | LanFailure.ACTED_NO_ANSWER:
            assert (outcome, len(machine.orders)) == ("outcome_unknown", 1)
        case _:
            assert outcome in ("accepted", "outcome_unknown")
            assert len(machine.drinks) == 1


@pytest.mark.parametrize("failure", [Failure.LOST, Failure.GARBAGE, Failure.NO_ANSWER])
@pytest.mark.parametrize("operation", range(6))
async def test_faults_around_the_order(over_bluetooth: Kitchen, failure: Failure, operation: int) -> None:
    """Nor does it matter when the link fails: at the look before, at the order, or at the look afterwards."""
    assert over_bluetooth.smart_connect is not None
    over_bluetooth.smart_connect.faults.fail_next(failure, skip=operation, times=2)
    await check_told(over_bluetooth)
    over_bluetooth.smart_connect.faults.clear()


async def test_outcome_is_not_settled_by_asking_again(over_bluetooth: Kitchen) -> None:
    """After a lost answer the second call finds the drink in the making: refused, not made twice."""
    assert over_bluetooth.smart_connect is not None
    over_bluetooth.smart_connect.faults.fail_next(Failure.ANSWER_LOST, characteristic="1525")
    told = await over_bluetooth.brew("cappuccino")
    assert told["outcome"] == "outcome_unknown"
    assert "Look at the machine" in told["message"]
    assert (await over_bluetooth.brew("cappuccino"))["outcome"] == "refused"
    assert len(over_bluetooth.machine.orders) == 1


# --- the other actions ------------------------------------------------------------------------------------------------


async def test_cancel(kitchen: Kitchen, hass: HomeAssistant) -> None:
    """A drink can be stopped; where none is made, it is said."""
    with pytest.raises(ServiceValidationError) as nothing:
        await hass.services.async_call(DOMAIN, "cancel", blocking=True)
    assert nothing.value.translation_key == "nothing_to_cancel"
    await kitchen.brew("cappuccino")
    data = {"device_id": device_of(hass, kitchen.entry)}
    await hass.services.async_call(DOMAIN, "cancel", data, blocking=True)
    await async_wait_for(hass, lambda: kitchen.machine.drink is None)
    assert [drink.outcome.value for drink in kitchen.machine.drinks] == ["cancelled"]


@pytest.mark.parametrize("model", [E8, GIGA_10, Z10])
async def test_every_listed_drink_can_be_made_as_listed(over_bluetooth: Kitchen, hass: HomeAssistant) -> None:
    """What the list says goes back into the action as it is, and the machine makes it."""
    listed = await async_act(hass, "list_products")
    assert listed["drinks"] == []
    assert len(listed["products"]) > 8
    for product in listed["products"]:
        values = {}
        for parameter, says in product["parameters"].items():
            values[parameter] = says["default"]
            if "options" in says:
                assert says["default"] in says["options"]
            else:
                assert says["minimum"] <= says["default"] <= says["maximum"]
                assert says["unit"] in ("ml", "s", "count")
        assert product["preselections"] == product["combinations"] == []
        told = await over_bluetooth.brew(product["product"], **values)
        assert (told["outcome"], told["name"], told["recipe"]) == ("accepted", product["name"], values)
        await over_bluetooth.finish()
    assert len(over_bluetooth.machine.drinks) == len(listed["products"])


@pytest.mark.parametrize(("model", "experimental"), [(Z10, True)])
async def test_list_with_what_is_experimental(over_bluetooth: Kitchen, hass: HomeAssistant) -> None:
    """Preselections are listed with what goes together, and one's own drinks as they are kept."""
    await over_bluetooth.own("Light", "espresso", {"water": 40}, "light_brew")
    listed = await async_act(hass, "list_products")
    espresso = next(product for product in listed["products"] if product["product"] == "espresso")
    assert (espresso["name"], espresso["kind"]) == ("Espresso", "coffee")
    assert espresso["preselections"] == ["cold_brew", "double", "light_brew", "powder"]
    assert espresso["combinations"] == [["double", "light_brew"]]
    assert listed["drinks"] == [
        {"name": "Light", "product": "espresso", "values": {"water": 40}, "preselections": ["light_brew"]}
    ]


@pytest.mark.parametrize("model", [C3])
async def test_drinks_of_nothing_but_a_code_are_not_listed(over_bluetooth: Kitchen, hass: HomeAssistant) -> None:
    """What was never tried is neither listed nor made."""
    listed = {product["product"] for product in (await async_act(hass, "list_products"))["products"]}
    assert "two_coffee" not in listed
    assert (await over_bluetooth.refusal("two_coffee")).translation_key == "no_such_product"


async def test_export_and_import(over_bluetooth: Kitchen, hass: HomeAssistant) -> None:
    """What is exported is imported again, as text or as what Home Assistant's editor makes of it."""
    await over_bluetooth.own("Morning", "espresso", {"strength": "3", "water": 40, "temperature": "high"})
    exported = (await async_act(hass, "export_drinks"))["drinks"]
    assert "Morning" in exported
    as_object = yaml_util.parse_yaml(exported)
    (subentry,) = over_bluetooth.entry.subentries.values()
    hass.config_entries.async_remove_subentry(over_bluetooth.entry, subentry.subentry_id)
    await hass.services.async_call(DOMAIN, "import_drinks", {"drinks": exported}, blocking=True)
    assert (await async_act(hass, "import_drinks", {"drinks": as_object}))["changed"] == ["Morning"]
    told = await async_act(hass, "import_drinks", {"drinks": [{"name": "Evening", "product": "coffee"}]})
    assert told["added"] == ["Evening"]
    await hass.async_block_till_done()
    drinks = (await async_act(hass, "list_products"))["drinks"]
    assert {drink["name"]: drink["values"] for drink in drinks}["Morning"] == subentry.data["values"]
    for nonsense in ("no drinks at all", 7, {"drinks": {}}, None):
        with pytest.raises(ServiceValidationError) as refused:
            await async_act(hass, "import_drinks", {"drinks": nonsense})
        assert refused.value.translation_key == "not_drinks"
    assert not over_bluetooth.machine.orders


async def test_without_a_response(over_bluetooth: Kitchen, hass: HomeAssistant) -> None:
    """Who asks for a list must want it, and nobody waits for the answer of a cancel."""
    for action in ("list_products", "export_drinks"):
        with pytest.raises(ServiceValidationError):
            await hass.services.async_call(DOMAIN, action, blocking=True)
    with suppress(ServiceValidationError):
        await hass.services.async_call(DOMAIN, "cancel", blocking=True)
    with pytest.raises(ServiceValidationError, match="does not return"):
        await async_act(hass, "cancel")
