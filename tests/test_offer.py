"""What the card is told about a machine's drinks, over a real websocket: at once, and whenever it changes."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.jura.offer import COMMAND

from .helpers import placeholders, texts
from .kitchen import Kitchen, device_of

NO_MILK = 14


class Card:
    """A card that looks at a machine."""

    def __init__(self, socket: MockHAClientWebSocket) -> None:
        """Look over a websocket."""
        self.socket = socket
        self.number = 0

    async def look(self, device_id: str) -> dict[str, Any]:
        """Begin to look, and return the answer."""
        await self.socket.send_json_auto_id({"type": COMMAND, "device_id": device_id})
        answer: dict[str, Any] = await self.socket.receive_json()
        self.number = answer["id"]
        return answer

    async def told(self) -> dict[str, Any]:
        """Return what it is told next."""
        message = await asyncio.wait_for(self.socket.receive_json(), 120)
        assert (message["type"], message["id"]) == ("event", self.number)
        offer: dict[str, Any] = message["event"]
        return offer

    async def until(self, drink: str, key: str | None) -> dict[str, Any]:
        """Return a drink once it is told that it can't be had for this reason; None is that it can be had."""
        while True:
            found = by_name(await self.told())[drink]
            if (found["why_not"] or {}).get("key") == key:
                return found


def by_name(offer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the drinks of an offer by what an order calls them."""
    return {drink["drink"]: drink for drink in offer["drinks"]}


@pytest.fixture
async def card(hass: HomeAssistant, kitchen: Kitchen, hass_ws_client: WebSocketGenerator) -> Card:
    """Return a card that looks at the machine, and was told what it offers."""
    assert await async_setup_component(hass, "websocket_api", {})
    card = Card(await hass_ws_client(hass))
    assert (await card.look(device_of(hass, kitchen.entry)))["success"]
    return card


async def test_offer(kitchen: Kitchen, card: Card) -> None:
    """Every drink with a button is offered, with what can be chosen, and it can be had."""
    offer = await card.told()
    drinks = by_name(offer)
    assert {"espresso", "cappuccino", "hot_water", "two_espressi"} <= set(drinks)
    espresso = drinks["espresso"]
    assert kitchen.hass.states.get(espresso["entity_id"]) is not None
    assert (espresso["name"], espresso["own"], espresso["why_not"]) == (None, False, None)
    assert espresso["parameters"]["water"]["minimum"] <= espresso["values"]["water"]
    assert set(espresso["values"]) == set(espresso["parameters"])
    assert (espresso["is_double"], drinks["two_espressi"]["is_double"]) == (False, True)
    assert offer["making"] is None
    assert offer["links"]["cleaning"]["video"].startswith("www.jura.com/")
    assert not any(link["guided"] for link in offer["links"].values())


@pytest.mark.parametrize("experimental", [True])
async def test_guided(kitchen: Kitchen, card: Card) -> None:
    """Where a repair leads through programs is known: over Wi-Fi, for those in which somebody has to do something."""
    links = (await card.told())["links"]
    guided = {program for program, link in links.items() if link["guided"]}
    assert guided == ({"cleaning", "descaling", "filter_change", "milk_clean"} if kitchen.wifi else set())
    assert set(links) > guided


async def test_blocked(kitchen: Kitchen, card: Card) -> None:
    """Without milk, the drinks with milk can't be had, and the reason is one that has a text; with milk they can."""
    kitchen.machine.set_alert(NO_MILK, on=True)
    blocked = await card.until("cappuccino", "blocked_no_milk")
    message = texts()["exceptions"]["blocked_no_milk"]["message"]
    assert placeholders(message) == set(blocked["why_not"]["placeholders"])
    kitchen.machine.set_alert(NO_MILK, on=False)
    await card.until("cappuccino", None)


async def test_making(kitchen: Kitchen, card: Card) -> None:
    """While a drink of one's own is made, its name is told and nothing else can be had; afterwards everything can."""
    await card.told()
    await kitchen.own("Sunday", "espresso", {"water": 60})
    order = kitchen.hass.async_create_task(kitchen.brew("Sunday"))
    while not (offer := await card.told())["making"]:
        pass
    assert offer["making"] == "Sunday"
    await order
    await card.until("coffee", "already_making")
    await kitchen.finish()
    await card.until("coffee", None)


async def test_own_drinks(kitchen: Kitchen, card: Card) -> None:
    """One's own drink is offered as its owner has it, and one that the machine can't make says so."""
    await kitchen.own("Sunday", "espresso", {"water": 60})
    await kitchen.own("Monster", "espresso", {"water": 10_000})
    while not {"Sunday", "Monster"} <= set(drinks := by_name(await card.told())):
        pass
    sunday, monster = drinks["Sunday"], drinks["Monster"]
    assert (sunday["own"], sunday["product"], sunday["values"]["water"]) == (True, "espresso", 60)
    assert (monster["own"], monster["why_not"]["key"]) == (True, "invalid_value")


async def test_names_and_hidden(hass: HomeAssistant, card: Card) -> None:
    """A name that its owner gave a button is told; a button that is hidden or disabled isn't offered."""
    drinks = by_name(await card.told())
    registry = er.async_get(hass)
    registry.async_update_entity(drinks["espresso"]["entity_id"], name="Wake-up")
    assert by_name(await card.told())["espresso"]["name"] == "Wake-up"
    registry.async_update_entity(drinks["coffee"]["entity_id"], hidden_by=er.RegistryEntryHider.USER)
    assert "coffee" not in by_name(await card.told())


async def test_away(kitchen: Kitchen, card: Card) -> None:
    """A machine that is switched off offers its drinks all the same, and says why none can be had."""
    await card.told()
    kitchen.machine.switch_off()
    found = await card.until("espresso", "nothing_sent")
    assert found["values"]


async def test_give_way(hass: HomeAssistant, kitchen: Kitchen, card: Card) -> None:
    """While Home Assistant gives way to the phone, that is the reason."""
    await card.told()
    await kitchen.entry.runtime_data.async_give_way(gives_way=True)
    await card.until("espresso", "giving_way")


async def test_set_up_anew(hass: HomeAssistant, kitchen: Kitchen, card: Card) -> None:
    """A card that looks on while the entry is set up anew is told the rest, too."""
    await card.told()
    await hass.config_entries.async_unload(kitchen.entry.entry_id)
    assert (await card.told())["drinks"] == []
    await hass.config_entries.async_setup(kitchen.entry.entry_id)
    while not by_name(await card.told()):
        pass
    kitchen.machine.set_alert(NO_MILK, on=True)
    await card.until("cappuccino", "blocked_no_milk")


async def test_nobody_looks(hass: HomeAssistant, kitchen: Kitchen, card: Card) -> None:
    """When the card is gone, nothing is left behind that looks."""
    await card.told()
    listeners = len(kitchen.entry.runtime_data._listeners)  # noqa: SLF001
    await card.socket.send_json_auto_id({"type": "unsubscribe_events", "subscription": card.number})
    assert (await card.socket.receive_json())["success"]
    assert len(kitchen.entry.runtime_data._listeners) == listeners - 1  # noqa: SLF001


async def test_unknown_device(card: Card) -> None:
    """What is no machine is refused."""
    await card.told()
    answer = await card.look("nothing")
    assert answer["error"]["code"] == "not_found"
