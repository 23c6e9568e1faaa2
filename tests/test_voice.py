"""Voice: what is said to Home Assistant's own assistant, from the sentence to the cup, and what it answers."""

import subprocess
import sys
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.faults import Failure

from .helpers import ROOM, async_pass, async_wait_for
from .kitchen import Kitchen, device_of


@pytest.fixture(autouse=True)
async def assistant(hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None) -> None:
    """Set up Home Assistant's own assistant."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})


@pytest.fixture
async def kitchen(over_bluetooth: Kitchen) -> Kitchen:
    """Return a kitchen of which the sentences are known."""
    await over_bluetooth.hass.async_block_till_done()
    return over_bluetooth


@pytest.fixture
async def office(kitchen: Kitchen, office: Kitchen) -> Kitchen:
    """Return another one, in the same house: both have names and rooms."""
    hass = kitchen.hass
    for other, name, room, alias in (
        (kitchen, "JURA E8", "Kitchen", "Küche"),
        (office, "JURA Z10", "Office", "Büro"),
    ):
        hass.config_entries.async_update_entry(other.entry, title=name)
        area = ar.async_get(hass).async_create(room, aliases={alias})
        dr.async_get(hass).async_update_device(device_of(hass, other.entry), area_id=area.id)
    await hass.async_block_till_done()
    return office


async def async_say(hass: HomeAssistant, text: str, language: str = "en", **speaker: Any) -> tuple[bool, str]:
    """Say something; return whether it was understood by anybody, and the answer."""
    result = await conversation.async_converse(hass, text, None, Context(), language, **speaker)
    return result.response.error_code is None, result.response.speech["plain"]["speech"]


def sentences(hass: HomeAssistant) -> list[str]:
    """Return what is registered at Home Assistant."""
    return get_agent_manager(hass).trigger_sentences


# --- from the sentence to the cup -------------------------------------------------------------------------------------

ESPRESSO = {"COFFEE_STRENGTH": 8, "WATER_AMOUNT": 45, "TEMPERATURE": 2}
CAPPUCCINO = {"COFFEE_STRENGTH": 8, "WATER_AMOUNT": 60, "TEMPERATURE": 1, "MILK_FOAM_AMOUNT": 14}
COFFEE = {"COFFEE_STRENGTH": 5, "WATER_AMOUNT": 100, "TEMPERATURE": 1}
STRONG_CAPPUCCINO = CAPPUCCINO | {"COFFEE_STRENGTH": 9}
LARGE_CAPPUCCINO = CAPPUCCINO | {"WATER_AMOUNT": 90, "MILK_FOAM_AMOUNT": 21}


@pytest.mark.parametrize(
    ("language", "sentence", "recipe"),
    [
        ("en", "Brew an espresso!", ESPRESSO),
        ("en", "please make me an espresso", ESPRESSO),
        ("en", "Can you make me an espresso, please?", ESPRESSO),
        ("en", "I'd like an espresso", ESPRESSO),
        ("en", "an espresso please", ESPRESSO),
        ("en", "One more espresso, please", ESPRESSO),
        ("en", "make me a strong cappuccino", STRONG_CAPPUCCINO),
        ("en", "make a cappuccino with more foam", CAPPUCCINO | {"MILK_FOAM_AMOUNT": 21}),
        ("en", "make a large cappuccino", LARGE_CAPPUCCINO),
        (
            "en",
            "make a small mild and very hot coffee",
            COFFEE | {"WATER_AMOUNT": 65, "COFFEE_STRENGTH": 3, "TEMPERATURE": 2},
        ),
        ("en", "make a cup of coffee with 120 ml", COFFEE | {"WATER_AMOUNT": 120}),
        ("en", "make an extra strong coffee with the coffee machine", COFFEE | {"COFFEE_STRENGTH": 10}),
        ("de", "Mach mir bitte einen Espresso.", ESPRESSO),
        ("de", "Kannst du mir einen Espresso machen?", ESPRESSO),
        ("de", "Ich hätte gern einen Espresso", ESPRESSO),
        ("de", "Einen Espresso bitte", ESPRESSO),
        ("de", "Lass mir einen Espresso raus", ESPRESSO),
        ("de", "Bereite mir einen starken Cappuccino zu", STRONG_CAPPUCCINO),
        ("de", "Mach mir einen großen Cappuccino", LARGE_CAPPUCCINO),
        ("de", "Koch einen Kaffee mit 120 ml", COFFEE | {"WATER_AMOUNT": 120}),
        (
            "de",
            "Mach einen kleinen milden und sehr heißen Kaffee",
            COFFEE | {"WATER_AMOUNT": 65, "COFFEE_STRENGTH": 3, "TEMPERATURE": 2},
        ),
        ("fr", "Fais-moi un espresso, s'il te plaît", ESPRESSO),
        ("fr", "Prépare un expresso", ESPRESSO),
        ("fr", "Je voudrais un espresso", ESPRESSO),
        ("fr", "Donne-moi un espresso", ESPRESSO),
        ("fr", "Un espresso s'il vous plaît", ESPRESSO),
        ("fr", "Prépare-moi un cappuccino fort", STRONG_CAPPUCCINO),
        ("fr", "Peux-tu me faire un grand cappuccino ?", LARGE_CAPPUCCINO),
        ("fr", "Fais un café de 120 ml", COFFEE | {"WATER_AMOUNT": 120}),
        (
            "fr",
            "Fais un petit café doux et très chaud",
            COFFEE | {"WATER_AMOUNT": 65, "COFFEE_STRENGTH": 3, "TEMPERATURE": 2},
        ),
    ],
)
async def test_from_sentence_to_cup(kitchen: Kitchen, language: str, sentence: str, recipe: dict[str, int]) -> None:
    """What is said is what is made, once, and the answer says so and asks for a cup."""
    understood, answer = await async_say(kitchen.hass, sentence, language)
    assert understood
    assert [dict(order.recipe) for order in kitchen.machine.drinks] == [recipe], answer
    assert {"en": "a cup is under", "de": "eine Tasse", "fr": "une tasse"}[language] in answer


@pytest.mark.parametrize(
    ("language", "sentence", "product"),
    [
        ("en", "make two espressi", "two_espressi"),
        ("en", "brew two espressos please", "two_espressi"),
        ("en", "make two cups of coffee", "two_coffee"),
        ("de", "Mach zwei Espressi", "two_espressi"),
        ("de", "Ich hätte gern zwei Kaffee", "two_coffee"),
        ("fr", "Prépare deux cafés", "two_coffee"),
        ("fr", "Je voudrais deux espressos", "two_espressi"),
        ("en", "make hot water", "hot_water"),
        ("de", "Mach heißes Wasser", "hot_water"),
        ("fr", "Fais de l'eau chaude", "hot_water"),
        ("en", "make milk foam", "milk_foam"),
        ("en", "make a latte", "latte_macchiato"),
        ("en", "make a double espresso", "espresso_doppio"),
        ("de", "Mach mir einen doppelten Espresso", "espresso_doppio"),
        ("fr", "Fais un double espresso", "espresso_doppio"),
        ("fr", "Fais une noisette", "espresso_macchiato"),
    ],
)
async def test_products_by_any_name(kitchen: Kitchen, language: str, sentence: str, product: str) -> None:
    """What people call a drink is that drink; two of one are the double of the machine."""
    await async_say(kitchen.hass, sentence, language)
    assert kitchen.entry.runtime_data.following.order.product.slug == product
    assert len(kitchen.machine.orders) == 1


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "make two cappuccinos", "one at a time"),
        ("en", "make five coffees", "one at a time"),
        ("de", "Mach drei Espressi", "nur einzeln: Espresso"),
        ("en", "make a mocha", "JURA doesn't make Mocaccino"),
        ("de", "Mach einen Americano", "JURA macht dies nicht: Americano"),
        ("fr", "Fais un café américain", "ne prépare pas cette boisson : Americano"),
        ("en", "make a mild hot water", "For Hot water, the strength can't be chosen on JURA"),
        ("en", "make an espresso with more milk", "the amount of milk can't be chosen"),
        ("en", "make milk foam with 100 ml", "the amount of water can't be chosen"),
        ("de", "Mach einen Espresso mit mehr Milch", "Die Milchmenge lässt sich an JURA nicht wählen"),
        ("fr", "Fais un espresso avec plus de lait", "(quantité de lait)"),
        ("en", "make a strong mild coffee", "don't go together"),
        ("en", "make a large coffee with 100 ml", "don't go together"),
        ("en", "make an espresso with 500 ml", "15, 20, …, 80 ml"),
    ],
)
async def test_what_cannot_be_had(kitchen: Kitchen, language: str, sentence: str, answer: str) -> None:
    """Nothing is made that wasn't asked for: the answer says what isn't possible, in the speaker's language."""
    assert answer in (await async_say(kitchen.hass, sentence, language))[1]
    assert not kitchen.machine.orders


# --- what is none of ours ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "make me a sandwich"),
        ("en", "brew"),
        ("en", "coffee"),
        ("en", "milk please"),
        ("en", "I want milk"),
        ("en", "add coffee to the shopping list"),
        ("en", "add an espresso to my shopping list please"),
        ("en", "set a coffee timer for 5 minutes"),
        ("en", "cancel the coffee timer"),
        ("en", "cancel the timer"),
        ("en", "nevermind"),
        ("en", "is the coffee machine on"),
        ("en", "turn on the coffee machine"),
        ("en", "turn off the coffee machine"),
        ("en", "is the washing machine ready"),
        ("en", "how many lights are on"),
        ("en", "make the kitchen lights brighter"),
        ("en", "make an espresso or whatever you like"),
        ("en", "don't make an espresso"),
        ("de", "Mach mir ein Brot"),
        ("de", "Mach die Kaffeemaschine an"),
        ("de", "Mach das Licht in der Küche aus"),
        ("de", "Ist die Kaffeemaschine an?"),
        ("de", "Kaffee"),
        ("de", "Den Kaffee"),
        ("de", "Lass den Kaffee"),
        ("de", "Ich brauche Milch"),
        ("de", "Setz Kaffee auf die Einkaufsliste"),
        ("de", "Brich den Timer ab"),
        ("de", "Mach keinen Espresso"),
        ("fr", "Fais-moi un sandwich"),
        ("fr", "Ajoute du café à la liste de courses"),
        ("fr", "Allume la machine à café"),
        ("fr", "Est-ce que la machine à café est allumée ?"),
        ("fr", "Annule le minuteur"),
        ("fr", "Café"),
        ("fr", "Donne-moi le café"),
    ],
)
async def test_none_of_ours(kitchen: Kitchen, language: str, sentence: str) -> None:
    """Whatever is not for a coffee machine is left to whom it is for."""
    agent = get_agent_manager(kitchen.hass).default_agent
    assert agent is not None
    said = conversation.ConversationInput(
        text=sentence,
        context=Context(),
        conversation_id=None,
        device_id=None,
        satellite_id=None,
        language=language,
        agent_id=conversation.HOME_ASSISTANT_AGENT,
    )
    assert await agent.async_recognize_sentence_trigger(said) is None


async def test_other_languages(kitchen: Kitchen) -> None:
    """Who speaks another language than their assistant is answered in their own."""
    assert "state" not in (answer := (await async_say(kitchen.hass, "Ist die Kaffeemaschine bereit?", "it"))[1])
    assert answer == "Die Kaffeemaschine ist bereit."
    assert (await async_say(kitchen.hass, "Ist die Kaffeemaschine bereit?", "de-CH"))[1] == answer
    assert (await async_say(kitchen.hass, "is the coffee machine ready", "de"))[1] == "The coffee machine is ready."


# --- refusals ---------------------------------------------------------------------------------------------------------


async def test_blocked(kitchen: Kitchen) -> None:
    """What keeps the machine from making it is said; then nothing is made."""
    kitchen.machine.empty_water_tank()
    assert (await async_say(kitchen.hass, "make an espresso"))[1] == "Fill the water tank, then try again."
    assert not kitchen.machine.orders


async def test_a_lost_answer_is_told(kitchen: Kitchen) -> None:
    """Where nobody knows whether it was made, nothing is claimed."""
    assert kitchen.smart_connect is not None
    kitchen.smart_connect.faults.fail_next(Failure.LOST, on="write", characteristic="1525")
    assert "may or may not have received" in (await async_say(kitchen.hass, "make an espresso"))[1]


async def test_house_rules(kitchen: Kitchen) -> None:
    """The owner may not want voice; the sentence is ours all the same, and is refused in words."""
    kitchen.hass.config_entries.async_update_entry(
        kitchen.entry, options={**kitchen.entry.options, "sources": ["dashboard"]}
    )
    await kitchen.hass.async_block_till_done()
    understood, answer = await async_say(kitchen.hass, "make an espresso")
    assert understood
    assert answer == "Drinks of JURA can't be started by voice. This can be changed in the options of the machine."
    assert not kitchen.machine.orders


async def test_each_request_is_one_drink(kitchen: Kitchen) -> None:
    """What says it twice in one request gets it once; asked again, it is made again."""
    hass, once = kitchen.hass, Context()
    for answer in ("Coming up", "already ordered for this request"):
        told = await conversation.async_converse(hass, "make an espresso", None, once, "en")
        assert answer in told.response.speech["plain"]["speech"]
        await kitchen.finish()
    assert "Coming up" in (await async_say(hass, "make an espresso"))[1]
    assert len(kitchen.machine.orders) == 2


async def test_while_a_drink_is_made(kitchen: Kitchen) -> None:
    """One drink at a time, and it can be stopped by voice."""
    hass = kitchen.hass
    assert "nothing to cancel" in (await async_say(hass, "cancel the coffee"))[1]
    await async_say(hass, "make a cappuccino")
    assert "busy with a drink" in (await async_say(hass, "make an espresso"))[1]
    assert (await async_say(hass, "is the coffee machine ready"))[1].startswith("Not yet")
    assert (await async_say(hass, "cancel the coffee"))[1] == "The drink is being stopped."
    await async_wait_for(hass, lambda: kitchen.machine.drink is None, seconds=60)
    assert len(kitchen.machine.orders) == 1


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("de", "Brich den Kaffee ab", "Das Getränk wird abgebrochen."),
        ("de", "den Cappuccino abbrechen", "Das Getränk wird abgebrochen."),
        ("fr", "Annule le café", "La boisson est interrompue."),
        ("en", "stop making the cappuccino", "The drink is being stopped."),
    ],
)
async def test_cancel(kitchen: Kitchen, language: str, sentence: str, answer: str) -> None:
    """A drink is stopped in any language."""
    await async_say(kitchen.hass, "make a cappuccino")
    assert (await async_say(kitchen.hass, sentence, language))[1] == answer
    await async_wait_for(kitchen.hass, lambda: kitchen.machine.drink is None, seconds=60)


# --- questions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "is the coffee machine ready?", "The coffee machine is ready."),
        ("en", "how many coffees today?", "Drinks made today: 0."),
        ("en", "how many cups of coffee have we had today", "Drinks made today: 0."),
        ("en", "does the machine need descaling", "Descaling: no. It is at {descaling} percent, and due at 100."),
        (
            "en",
            "does the coffee machine need to be cleaned",
            "Cleaning: no. It is at {cleaning} percent, and due at 100.",
        ),
        ("en", "does the coffee machine need a new filter", "Filter change: no. It is at {filter_change} percent"),
        ("en", "does the coffee machine need milk system cleaning", "Milk system cleaning: no"),
        ("en", "when is descaling due?", "Descaling: no. It is at {descaling} percent, and due at 100."),
        ("en", "when do I need to descale the coffee machine", "Descaling: no. It is at {descaling} percent"),
        ("en", "what's the coffee machine doing?", "The coffee machine is ready."),
        ("en", "is there anything wrong with the coffee machine", "The coffee machine doesn't need anything."),
        ("en", "what does the coffee machine need", "The coffee machine doesn't need anything."),
        ("de", "Ist die Kaffeemaschine bereit?", "Die Kaffeemaschine ist bereit."),
        ("de", "Wie viele Kaffees haben wir heute getrunken?", "Heute zubereitete Getränke: 0."),
        ("de", "Muss die Maschine entkalkt werden?", "Entkalkung: Nein. Stand {descaling} Prozent"),
        ("de", "Braucht die Kaffeemaschine einen neuen Filter?", "Filterwechsel: Nein. Stand {filter_change} Prozent"),
        ("de", "Wann ist die nächste Entkalkung fällig?", "Entkalkung: Nein. Stand {descaling} Prozent"),
        ("de", "Wann muss ich die Kaffeemaschine reinigen?", "Reinigung: Nein. Stand {cleaning} Prozent"),
        ("de", "Wie viele Kaffees hatte ich heute?", "Heute zubereitete Getränke: 0."),
        ("de", "Was ist mit der Kaffeemaschine los?", "Die Kaffeemaschine braucht nichts."),
        ("de", "Was braucht die Kaffeemaschine?", "Die Kaffeemaschine braucht nichts."),
        ("fr", "Est-ce que la machine à café est prête ?", "La machine à café est prête."),
        ("fr", "La machine à café est-elle prête ?", "La machine à café est prête."),
        ("fr", "Combien de cafés aujourd'hui ?", "Boissons préparées aujourd'hui : 0."),
        ("fr", "La machine a besoin d'un détartrage ?", "Détartrage : non. Niveau {descaling} pour cent"),
        ("fr", "Faut-il nettoyer la machine à café ?", "Nettoyage : non. Niveau {cleaning} pour cent"),
        (
            "fr",
            "Faut-il remplacer le filtre de la machine à café ?",
            "Remplacement du filtre : non. Niveau {filter_change} pour cent",
        ),
        ("fr", "De quoi a besoin la machine à café ?", "La machine à café n'a besoin de rien."),
    ],
)
async def test_questions(kitchen: Kitchen, language: str, sentence: str, answer: str) -> None:
    """What is known is said, in the speaker's language."""
    percentages = kitchen.entry.runtime_data.data.maintenance.percentages
    said = (await async_say(kitchen.hass, sentence, language))[1]
    assert said.startswith(answer.format(**percentages))
    assert not kitchen.machine.orders


async def test_questions_while_something_is_to_be_done(kitchen: Kitchen) -> None:
    """Needs are said with the most urgent first, and what is due or soon will be."""
    hass, machine = kitchen.hass, kitchen.machine
    machine.empty_water_tank()
    machine.set_percentage("Decalc", 100)
    machine.set_percentage("Cleaning", 85)
    coordinator = kitchen.entry.runtime_data
    await coordinator.commands.async_look_again()
    await async_wait_for(hass, lambda: coordinator.data.maintenance.percentages["cleaning"] == 85, seconds=600)
    assert (await async_say(hass, "is the coffee machine ready"))[1].startswith(
        "No. There is something to do first: Fill the water"
    )
    assert (await async_say(hass, "what does it need"))[0] is False
    needs = (await async_say(hass, "what does the coffee machine need"))[1]
    assert needs.startswith("There is something to do: Fill the water tank, Descale, ")
    assert (await async_say(hass, "does the machine need descaling"))[1] == "Descaling: yes, this is due."
    assert (await async_say(hass, "does the machine need cleaning"))[1].startswith("Cleaning: not yet, but soon")


async def test_questions_about_a_machine_that_is_away(kitchen: Kitchen) -> None:
    """Of a machine that is off nobody knows how it is; what is counted stays true."""
    kitchen.machine.switch_off()
    await async_wait_for(kitchen.hass, lambda: not kitchen.entry.runtime_data.last_update_success, seconds=600)
    hass = kitchen.hass
    assert "can't be reached" in (await async_say(hass, "is the coffee machine ready"))[1]
    assert "can't be reached" in (await async_say(hass, "what does the coffee machine need"))[1]
    assert (await async_say(hass, "how many drinks today"))[1] == "Drinks made today: 0."
    assert "percent" in (await async_say(hass, "does the machine need descaling"))[1]
    assert "can't be reached, and nothing was sent" in (await async_say(hass, "make an espresso"))[1]


async def test_giving_way(kitchen: Kitchen) -> None:
    """While the phone has the machine, nobody knows how it is."""
    await kitchen.entry.runtime_data.async_give_way(gives_way=True)
    assert "is giving way to the phone" in (await async_say(kitchen.hass, "is the coffee machine ready"))[1]
    assert "giving way to the phone" in (await async_say(kitchen.hass, "make an espresso"))[1]


# --- several machines -------------------------------------------------------------------------------------------------


async def made(kitchen: Kitchen, office: Kitchen) -> tuple[int, int]:
    """Return how many drinks were ordered of each, and let them finish."""
    orders = len(kitchen.machine.orders), len(office.machine.orders)
    await kitchen.finish()
    await office.finish()
    return orders


@pytest.mark.parametrize(
    ("language", "sentence", "where"),
    [
        ("en", "make an espresso in the kitchen", 0),
        ("en", "make an espresso with the office machine", 1),
        ("en", "make an espresso with the coffee machine in the office", 1),
        ("en", "make an espresso with the Z10", 1),
        ("en", "make an espresso with the JURA E 8", 0),
        ("de", "Mach mir einen Espresso in der Küche", 0),
        ("de", "Mach mir einen Espresso mit der Küchenmaschine", 0),
        ("de", "Mach mir einen Espresso mit der Bürokaffeemaschine", 1),
        ("de", "Mach mir im Büro einen Espresso", 1),
        ("de", "Mach mir einen Espresso mit der Z10", 1),
        ("fr", "Fais un espresso avec la Z10", 1),
        ("fr", "Fais un espresso avec la machine Kitchen", -1),
        ("fr", "Fais un espresso avec la machine de Kitchen", 0),
    ],
)
async def test_named_machine(kitchen: Kitchen, office: Kitchen, language: str, sentence: str, where: int) -> None:
    """The machine that is named by its name or its room makes it, and no other does."""
    await async_say(kitchen.hass, sentence, language)
    orders = len(kitchen.machine.orders), len(office.machine.orders)
    assert orders == {0: (1, 0), 1: (0, 1), -1: (0, 0)}[where]


async def test_the_machine_where_one_is(kitchen: Kitchen, office: Kitchen, hass: HomeAssistant) -> None:
    """Unnamed, it is the one in the speaker's room; from elsewhere it has to be said, and nothing is made meanwhile."""
    assistant = MockConfigEntry(domain="test")
    assistant.add_to_hass(hass)
    rooms = ar.async_get(hass)
    office_room, attic = rooms.async_get_area_by_name("Office"), rooms.async_create("Attic")
    assert office_room
    device = dr.async_get(hass).async_get_or_create(config_entry_id=assistant.entry_id, identifiers={("test", "1")})
    satellite = er.async_get(hass).async_get_or_create(
        "assist_satellite", "test", "1", config_entry=assistant, device_id=device.id, original_name="Speaker"
    )
    for nowhere in ({}, {"device_id": device.id}, {"device_id": "unknown"}):
        understood, answer = await async_say(hass, "make an espresso", **nowhere)
        assert understood
        assert answer.startswith("There is more than one coffee machine: JURA E8, JURA Z10.")
    assert await made(kitchen, office) == (0, 0)

    dr.async_get(hass).async_update_device(device.id, area_id=office_room.id)
    assert "Coming up" in (await async_say(hass, "make an espresso", device_id=device.id))[1]
    assert await made(kitchen, office) == (0, 1)
    assert "Coming up" in (await async_say(hass, "make an espresso", satellite_id=satellite.entity_id))[1]
    assert await made(kitchen, office) == (0, 2)
    assert "Coming up" in (await async_say(hass, "make an espresso in the kitchen", device_id=device.id))[1]
    assert await made(kitchen, office) == (1, 2)

    er.async_get(hass).async_update_entity(satellite.entity_id, area_id=attic.id)
    assert "more than one" in (await async_say(hass, "make an espresso", satellite_id=satellite.entity_id))[1]
    assert "no JURA machine in that room" in (await async_say(hass, "make an espresso in the attic"))[1]
    assert await made(kitchen, office) == (1, 2)


async def test_questions_to_several(kitchen: Kitchen, office: Kitchen, hass: HomeAssistant) -> None:
    """A question is answered for each machine; cancel is for the one that makes something."""
    office.machine.empty_water_tank()
    await async_pass(hass, 90)
    answer = (await async_say(hass, "is the coffee machine ready"))[1]
    assert (
        answer
        == "JURA E8: The coffee machine is ready. JURA Z10: No. There is something to do first: Fill the water tank."
    )
    assert "more than one" in (await async_say(hass, "cancel the coffee"))[1]
    await async_say(hass, "make a cappuccino with the E8")
    assert (await async_say(hass, "cancel the coffee"))[1] == "The drink is being stopped."


async def test_machines_of_one_name(kitchen: Kitchen, office: Kitchen, hass: HomeAssistant) -> None:
    """Two of the same name are told apart by their rooms."""
    hass.config_entries.async_update_entry(office.entry, title="JURA E8")
    await hass.async_block_till_done()
    assert "JURA E8 (Kitchen), JURA E8 (Office)" in (await async_say(hass, "make an espresso with the E8"))[1]
    assert await made(kitchen, office) == (0, 0)


async def test_machine_that_is_not_set_up(kitchen: Kitchen, office: Kitchen, hass: HomeAssistant) -> None:
    """No other machine steps in for one that isn't set up."""
    await hass.config_entries.async_unload(office.entry.entry_id)
    await hass.async_block_till_done()
    assert "JURA Z10 isn't set up" in (await async_say(hass, "make an espresso in the office"))[1]
    assert "JURA Z10 isn't set up" in (await async_say(hass, "is the coffee machine in the office ready"))[1]
    assert "more than one" in (await async_say(hass, "make an espresso"))[1]
    assert not kitchen.machine.orders


# --- drinks of one's own, and what changes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        (
            "Sunday cappuccino",
            ["make Sunday cappuccino", "make me my sunday cappuccino", "Mach mir einen Sunday Cappuccino"],
        ),
        ("Kaffee & Kuchen", ["make Kaffee & Kuchen", "Mach Kaffee und Kuchen", "Fais un Kaffee et Kuchen"]),
        ("Oma's (best) {one} | 50/50!", ["make Oma's best one 50 50"]),
        ("Strong coffee", ["make strong coffee"]),
        ("Crème brûlée <3", ["Fais une crème brûlée 3"]),
        ("朝のコーヒー", ["make 朝のコーヒー"]),
    ],
)
async def test_own_drinks(kitchen: Kitchen, name: str, sentences: list[str]) -> None:
    """One's own drink is made by its name, whatever signs are in it, from the moment it is there."""
    await kitchen.own(name, "cappuccino", {"strength": "3", "water": 80})
    for sentence in sentences:
        language = {"Ma": "de", "Fa": "fr"}.get(sentence[:2], "en")
        assert name in (await async_say(kitchen.hass, sentence, language))[1]
        assert kitchen.recipe == CAPPUCCINO | {"COFFEE_STRENGTH": 3, "WATER_AMOUNT": 80}
        assert kitchen.entry.runtime_data.following.drink.name == name
        await kitchen.finish()


async def test_own_drink_with_a_wish(kitchen: Kitchen) -> None:
    """A wish goes out from one's own values."""
    await kitchen.own("Weekend", "cappuccino", {"strength": "3", "water": 80})
    await async_say(kitchen.hass, "make a large weekend")
    assert kitchen.recipe == CAPPUCCINO | {"COFFEE_STRENGTH": 3, "WATER_AMOUNT": 120, "MILK_FOAM_AMOUNT": 21}


async def test_own_drink_of_another_machine(kitchen: Kitchen, office: Kitchen) -> None:
    """A drink belongs to its machine; another one says that it doesn't have it."""
    await office.own("Weekend", "cappuccino", {})
    answer = (await async_say(kitchen.hass, "make a weekend in the kitchen"))[1]
    assert answer.startswith("JURA E8 doesn't make Weekend")
    assert await made(kitchen, office) == (0, 0)


async def test_own_drink_is_renamed_and_removed(kitchen: Kitchen, hass: HomeAssistant) -> None:
    """The old name means nothing from then on."""
    await kitchen.own("Weekend", "cappuccino", {})
    (drink,) = kitchen.entry.subentries.values()
    hass.config_entries.async_update_subentry(kitchen.entry, drink, title="Holiday")
    await hass.async_block_till_done()
    assert not (await async_say(hass, "make a weekend"))[0]
    assert "Coming up: Holiday" in (await async_say(hass, "make a holiday"))[1]
    await kitchen.finish()
    hass.config_entries.async_remove_subentry(kitchen.entry, drink.subentry_id)
    await hass.async_block_till_done()
    assert not (await async_say(hass, "make a holiday"))[0]
    assert len(kitchen.machine.orders) == 1


async def test_machine_and_room_are_renamed(kitchen: Kitchen, hass: HomeAssistant) -> None:
    """New names are known at once."""
    devices, device = dr.async_get(hass), device_of(hass, kitchen.entry)
    assert not (await async_say(hass, "is Bertha ready"))[0]
    devices.async_update_device(device, name_by_user="Bertha")
    await hass.async_block_till_done()
    assert (await async_say(hass, "is Bertha ready"))[1] == "The coffee machine is ready."
    pantry = ar.async_get(hass).async_create("Pantry")
    devices.async_update_device(device, area_id=pantry.id)
    await hass.async_block_till_done()
    assert (await async_say(hass, "is the coffee machine in the pantry ready"))[1] == "The coffee machine is ready."
    ar.async_get(hass).async_update(pantry.id, name="Cellar")
    await hass.async_block_till_done()
    assert not (await async_say(hass, "is the coffee machine in the pantry ready"))[0]
    assert (await async_say(hass, "is the coffee machine in the cellar ready"))[1] == "The coffee machine is ready."


async def test_gone_with_the_last_machine(kitchen: Kitchen, office: Kitchen, hass: HomeAssistant) -> None:
    """Two machines share one registration, which goes with the last of them and comes back with the next."""
    agent = get_agent_manager(hass)
    registered = sentences(hass)
    assert len(set(registered)) == len(registered) > 0
    assert len(agent._intents[next(reversed(agent._intents))]["intents"]) == 1  # noqa: SLF001
    await hass.config_entries.async_unload(office.entry.entry_id)
    await hass.async_block_till_done()
    assert sentences(hass)
    await hass.config_entries.async_unload(kitchen.entry.entry_id)
    await hass.async_block_till_done()
    assert not sentences(hass)
    assert not (await async_say(hass, "make an espresso"))[0]
    assert await hass.config_entries.async_setup(kitchen.entry.entry_id)
    await hass.async_block_till_done()
    assert sentences(hass)


async def test_nothing_is_registered_again_for_nothing(kitchen: Kitchen, hass: HomeAssistant) -> None:
    """Home Assistant reads all sentences again at each registration: there is none unless a name changed."""
    manager = get_agent_manager(hass)
    renewals: list[Any] = []
    unsubscribe = manager.subscribe_intents(renewals.append)
    renewals.clear()
    ar.async_get(hass).async_update(ar.async_get(hass).async_create("Pantry").id, icon="mdi:door")
    dr.async_get(hass).async_update_device(device_of(hass, kitchen.entry), labels={"mine"})
    await hass.async_block_till_done()
    assert len(renewals) == 2, "away with the old, and on with the room"
    unsubscribe()


def test_without_an_assistant() -> None:
    """Where Home Assistant has no assistant, it lacks what reads sentences, and we start all the same."""
    program = "import sys; sys.modules['hassil'] = None; import custom_components.jura; from custom_components.jura import llm"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOM.parents[1])
