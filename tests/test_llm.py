"""The tools for assistants, through Home Assistant's own Assist API: what a model does with them, and what it can't do."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er, llm
from homeassistant.setup import async_setup_component
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from custom_components.jura.llm import async_get_tools
from simulator.definitions import definition_for
from simulator.faults import Failure
from simulator.machine import Machine
from simulator.wifi_faults import LanFailure

from .helpers import async_pass, async_wait_for, entity_id
from .kitchen import Kitchen, device_of

ASSISTANT = "conversation"
LIST_DRINKS, BREW, CANCEL, GET_STATE = "jura__list_drinks", "jura__brew", "jura__cancel", "jura__get_state"


@dataclass
class Request:
    """What a person says to an assistant, and the tools that it has for it."""

    hass: HomeAssistant
    context: Context | None = field(default_factory=Context)
    language: str | None = "en"
    platform: str = "openai_conversation"
    assistant: str = ASSISTANT
    device_id: str | None = None

    async def api(self) -> llm.APIInstance:
        """Return the API as an agent gets it."""
        return await llm.async_get_api(
            self.hass,
            llm.LLM_API_ASSIST,
            llm.LLMContext(self.platform, self.context, self.language, self.assistant, self.device_id),
        )

    async def tools(self) -> dict[str, llm.Tool]:
        """Return our tools."""
        return {tool.name: tool for tool in (await self.api()).tools if tool.integration == DOMAIN}

    async def call(self, name: str, **args: Any) -> llm.ToolResult:
        """Call a tool; its result must be what JSON can hold."""
        result = await (await self.api()).async_call_tool(llm.ToolInput(name, args))
        assert json.loads(json.dumps(result.data)) == result.data
        return result

    async def told(self, name: str, **args: Any) -> Mapping[str, Any]:
        """Call a tool that must succeed, and return what it tells."""
        result = await self.call(name, **args)
        assert not result.error, result.data
        return result.data

    async def refused(self, name: str, **args: Any) -> Mapping[str, Any]:
        """Call a tool that must fail, and return why."""
        result = await self.call(name, **args)
        assert result.error, result.data
        return result.data

    async def state(self) -> Mapping[str, Any]:
        """Return the state of the only machine."""
        (told,) = (await self.told(GET_STATE))["machines"]
        return told


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return a machine that says the same over both of its dongles."""
    return Machine(definition_for(model), unnamed_bit=False)


@pytest.fixture(autouse=True)
async def assist(hass: HomeAssistant) -> None:
    """Set up what assistants stand on."""
    for component in ("homeassistant", "llm"):
        assert await async_setup_component(hass, component, {})


def expose(kitchen: Kitchen, *, exposed: bool = True, entry: MockConfigEntry | None = None) -> None:
    """Expose the sensor "State" to assistants, as its owner does."""
    carrier = entity_id(kitchen.hass, "sensor", "state", str((entry or kitchen.entry).unique_id))
    async_expose_entity(kitchen.hass, ASSISTANT, carrier, exposed)


@pytest.fixture
def asked(kitchen: Kitchen) -> Request:
    """Return a request in a kitchen of either kind whose machine is exposed."""
    expose(kitchen)
    return Request(kitchen.hass)


@pytest.fixture
def at_bluetooth(over_bluetooth: Kitchen) -> Request:
    """Return a request in a kitchen with a Smart Connect whose machine is exposed."""
    expose(over_bluetooth)
    return Request(over_bluetooth.hass)


# --- who gets tools ---------------------------------------------------------------------------------------------------


async def test_only_what_is_exposed(over_bluetooth: Kitchen) -> None:
    """Without exposure there are no tools and no word of the machine; with it there are four, and taken back, none."""
    request = Request(over_bluetooth.hass)
    without = await request.api()
    assert not await request.tools()
    assert "jura" not in without.api_prompt
    expose(over_bluetooth)
    assert set(await request.tools()) == {LIST_DRINKS, BREW, CANCEL, GET_STATE}
    assert "explicitly asks" in (await request.api()).api_prompt
    assert not await Request(over_bluetooth.hass, assistant="another").tools()
    expose(over_bluetooth, exposed=False)
    assert not await request.tools()


async def test_buttons_are_no_carriers(over_bluetooth: Kitchen) -> None:
    """Any other entity that is exposed, by its owner or by default, offers nothing."""
    hass = over_bluetooth.hass
    for entity in er.async_entries_for_config_entry(er.async_get(hass), over_bluetooth.entry.entry_id):
        if not entity.unique_id.endswith("_state"):
            async_expose_entity(hass, ASSISTANT, entity.entity_id, True)
    assert not await Request(hass).tools()


async def test_tools_that_are_held_on_to(over_bluetooth: Kitchen) -> None:
    """An agent that got its tools before the owner took the machine back, or removed it, can do nothing with them."""
    kitchen, hass = over_bluetooth, over_bluetooth.hass
    expose(kitchen)
    api = await Request(hass).api()
    expose(kitchen, exposed=False)
    for name, args in ((BREW, {"drink": "espresso"}), (CANCEL, {}), (GET_STATE, {}), (LIST_DRINKS, {})):
        result = await api.async_call_tool(llm.ToolInput(name, args))
        assert result.error
        assert "Expose its sensor State" in str(result.data["message"])
    expose(kitchen)
    await hass.config_entries.async_unload(kitchen.entry.entry_id)
    result = await api.async_call_tool(llm.ToolInput(BREW, {"drink": "espresso"}))
    assert result.data == {
        "outcome": "refused",
        "message": "JURA is not set up at the moment. Look at it under Settings > Devices & services.",
    }
    result = await api.async_call_tool(llm.ToolInput(GET_STATE, {}))
    assert result.data == {"machines": [{"machine": "JURA", "note": result.data["machines"][0]["note"]}]}  # type: ignore[index, call-overload]
    assert not await Request(hass).tools()
    await hass.config_entries.async_remove(kitchen.entry.entry_id)
    result = await api.async_call_tool(llm.ToolInput(BREW, {"drink": "espresso"}))
    assert result.error
    assert not kitchen.machine.orders
    with pytest.raises(HomeAssistantError, match="not found"):
        await Request(hass).call(BREW, drink="espresso")


async def test_what_a_model_reads(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """The tools say what they are, honestly and in few words, for they are sent along with everything that is said."""
    await over_bluetooth.own("Papa's morning", "espresso", {"water": 40})
    api, tools = await at_bluetooth.api(), await at_bluetooth.tools()
    for name in (BREW, CANCEL):
        notes = tools[name].annotations
        assert (notes.read_only, notes.destructive, notes.idempotent, notes.open_world) == (False, True, False, False)
    for name in (LIST_DRINKS, GET_STATE):
        notes = tools[name].annotations
        assert (notes.read_only, notes.destructive, notes.open_world) == (True, False, False)
        assert _schema(api, tools[name])["properties"] == {}
    brew = _schema(api, tools[BREW])
    assert brew["required"] == ["drink"]
    assert set(brew["properties"]) == {"drink", "strength", "water", "temperature", "milk_foam", "milk_break", "bypass"}
    assert {"espresso", "hot_water", "Papa's morning"} <= set(brew["properties"]["drink"]["enum"])
    assert brew["properties"]["water"] == {"type": "integer", "description": "ml"}
    assert brew["properties"]["temperature"]["enum"] == ["low", "normal", "high"]
    sent = [f"{tool.name}{tool.title}{tool.description}{json.dumps(_schema(api, tool))}" for tool in tools.values()]
    assert all(tool.title and tool.description for tool in tools.values())
    assert len("".join(sent)) < 2500
    ours = async_get_tools(over_bluetooth.hass, api.llm_context, llm.LLM_API_ASSIST)
    assert ours is not None
    assert ours.prompt in api.api_prompt
    assert len(ours.prompt) < 700


def _schema(api: llm.APIInstance, tool: llm.Tool) -> dict[str, Any]:
    schema: dict[str, Any] = probatio.to_openapi(tool.parameters, custom_serializer=api.custom_serializer)
    return schema


@pytest.mark.parametrize("model", ["15478"])
async def test_the_largest_machine(at_bluetooth: Request) -> None:
    """Also a machine with many drinks and everything to choose is told in little."""
    api, tools = await at_bluetooth.api(), await at_bluetooth.tools()
    brew = _schema(api, tools[BREW])
    assert {"milk", "milk_break", "bypass", "strokes", "grinder_ratio"} <= set(brew["properties"])
    assert len(json.dumps(brew)) < 2500
    assert len(json.dumps(await at_bluetooth.told(LIST_DRINKS))) < 10000


# --- what there is ----------------------------------------------------------------------------------------------------


async def test_list_drinks(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """Every drink is listed with what can be chosen, one's own too; nothing is asked of the machine."""
    assert over_bluetooth.smart_connect is not None
    await over_bluetooth.own("Papa's morning", "espresso", {"water": 40})
    connections = over_bluetooth.smart_connect.connections
    (told,) = (await at_bluetooth.told(LIST_DRINKS))["machines"]
    assert told["machine"] == "JURA"
    assert told["drinks"]["espresso"]["name"] == "Espresso"
    choices = told["drinks"]["espresso"]["choices"]
    assert choices["water"] == "15, 20, …, 80 ml; usually 45"
    assert choices["temperature"] == "Low, Normal, High; usually high"
    (own,) = told["own_drinks"]
    assert (own["name"], own["product"], own["values"]) == ("Papa's morning", "espresso", {"water": 40})
    assert over_bluetooth.smart_connect.connections == connections


# --- making drinks ----------------------------------------------------------------------------------------------------


async def test_brew(asked: Request, kitchen: Kitchen) -> None:
    """A drink is made as it was wished for, and told as it was sent."""
    told = await asked.told(BREW, drink="cappuccino", strength="9", water=60.0, milk_foam="16", temperature="")
    assert (told["outcome"], told["machine"], told["name"]) == ("accepted", "JURA", "Cappuccino")
    assert told["recipe"] == {"strength": "9", "water": 60, "milk_foam": 16, "temperature": "normal"}
    assert kitchen.recipe == {"COFFEE_STRENGTH": 9, "WATER_AMOUNT": 60, "TEMPERATURE": 1, "MILK_FOAM_AMOUNT": 16}


async def test_own_drink(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """One's own drink is made by its name, and a value that is said goes before its own."""
    await over_bluetooth.own("Papa's morning", "espresso", {"water": 40, "strength": "3"})
    told = await at_bluetooth.told(BREW, drink="papas morning".replace("papas", "Papa's"), water=55, machine=None)
    assert (told["name"], told["product"]) == ("Papa's morning", "espresso")
    assert over_bluetooth.recipe == {"COFFEE_STRENGTH": 3, "WATER_AMOUNT": 55, "TEMPERATURE": 2}
    making = (await at_bluetooth.state())["making"]
    assert making["drink"] == "Papa's morning"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"drink": "expresso"}, "espresso, espresso_doppio"),
        ({}, "hot_water"),
        ({"drink": ["espresso", "cappuccino"]}, "espresso"),
        ({"drink": "espresso", "water": 500}, "15, 20, …, 80 ml"),
        ({"drink": "espresso", "water": {"ml": 40}}, "15, 20, …, 80 ml"),
        ({"drink": "espresso", "temperature": "boiling"}, "Low, Normal, High"),
        ({"drink": "espresso", "sugar": 2}, "strength, water, temperature"),
        ({"drink": "espresso", "machine": "GIGA"}, "JURA"),
    ],
)
async def test_wishes_that_cannot_be_had(
    at_bluetooth: Request, over_bluetooth: Kitchen, args: dict[str, Any], said: str
) -> None:
    """What a model makes up is refused together with what would be possible, and the request isn't used up."""
    told = await at_bluetooth.refused(BREW, **args)
    assert told["outcome"] == "refused"
    assert said in told["message"]
    assert not over_bluetooth.machine.orders
    await at_bluetooth.told(BREW, drink="espresso")


async def test_alerts(asked: Request, kitchen: Kitchen) -> None:
    """What blocks the machine is told in a sentence and by name, and nothing is sent; afterwards it may be asked again."""
    kitchen.machine.empty_water_tank()
    told = await asked.refused(BREW, drink="coffee")
    assert told["outcome"] == "blocked"
    assert told["alerts"] == ["fill_water_tank"]
    assert "water tank" in told["message"]
    assert not kitchen.machine.orders
    kitchen.machine.fill_water_tank()
    await asked.told(BREW, drink="coffee")


async def test_house_rules(at_bluetooth: Request, over_bluetooth: Kitchen, freezer: FrozenDateTimeFactory) -> None:
    """An assistant is a voice: what the owner allows to voices, and when, holds for it. Reading is always allowed."""
    kitchen, entry = over_bluetooth, over_bluetooth.entry
    options = dict(entry.options)
    kitchen.hass.config_entries.async_update_entry(entry, options={**options, "sources": ["dashboard", "automation"]})
    told = await at_bluetooth.refused(BREW, drink="coffee")
    assert told == {
        "outcome": "refused",
        "message": "Drinks of JURA can't be started by voice. This can be changed in the options of the machine.",
    }
    await at_bluetooth.state()
    await kitchen.hass.config.async_set_time_zone("Europe/Zurich")
    freezer.move_to("2026-11-26T23:00:00+01:00")
    night = {"quiet_from": "22:00:00", "quiet_to": "06:30:00"}
    kitchen.hass.config_entries.async_update_entry(entry, options={**options, **night})
    told = await at_bluetooth.refused(BREW, drink="coffee")
    assert told["outcome"] == "refused"
    assert "06:30" in told["message"]
    assert not kitchen.machine.orders


async def test_busy(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """While a drink is made, another request is told so."""
    await at_bluetooth.told(BREW, drink="coffee")
    told = await Request(over_bluetooth.hass).refused(BREW, drink="espresso")
    assert told["outcome"] == "refused"
    assert len(over_bluetooth.machine.orders) == 1


async def test_gives_way(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """While Home Assistant gives way to the phone, nothing is made, and nothing is claimed of the machine."""
    await over_bluetooth.entry.runtime_data.async_give_way(gives_way=True)
    assert (await at_bluetooth.refused(BREW, drink="coffee"))["outcome"] == "refused"
    state = await at_bluetooth.state()
    assert (state["state"], state["ready"], state["making"], state["needs"]) == ("unknown",) * 4
    assert "Give way to the phone" in state["note"]


async def test_out_of_reach(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """Of a machine that is off, nobody knows how it is; what was counted is known as ever. No address is told."""
    over_bluetooth.machine.switch_off()
    await async_wait_for(
        over_bluetooth.hass, lambda: not over_bluetooth.entry.runtime_data.last_update_success, seconds=1800
    )
    told = await at_bluetooth.refused(BREW, drink="coffee")
    assert told["outcome"] == "not_sent"
    state = await at_bluetooth.state()
    assert (state["state"], state["ready"], state["making"], state["needs"]) == ("unknown",) * 4
    assert "has not answered since" in state["note"]
    assert state["maintenance"]["Cleaning"]["percent"] != "unknown"
    assert over_bluetooth.smart_connect is not None
    assert over_bluetooth.smart_connect.address not in json.dumps([state, told])


async def test_unknown_outcome(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """Where nobody knows whether the order arrived, that is told, and the same request orders nothing more."""
    assert over_bluetooth.smart_connect is not None
    over_bluetooth.smart_connect.faults.fail_next(Failure.ANSWER_LOST, characteristic="1525")
    told = await at_bluetooth.refused(BREW, drink="coffee")
    assert told["outcome"] == "outcome_unknown"
    await over_bluetooth.finish()
    told = await at_bluetooth.refused(BREW, drink="coffee")
    assert "One drink was already ordered" in told["message"]
    assert len(over_bluetooth.machine.orders) <= 1


async def test_rejected(over_wifi: Kitchen) -> None:
    """Where the machine says no, that is told."""
    expose(over_wifi)
    assert over_wifi.wifi is not None
    over_wifi.wifi.faults.fail_next(LanFailure.REFUSED, command="@TP")
    told = await Request(over_wifi.hass).refused(BREW, drink="coffee")
    assert told["outcome"] == "rejected"
    assert told["message"]


async def test_not_started(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """An order that only woke the machine is told as such, and the same request orders nothing more."""
    over_bluetooth.machine.first_order_only_wakes = True
    over_bluetooth.machine.nap()
    assert (await at_bluetooth.refused(BREW, drink="espresso"))["outcome"] == "not_started"
    assert "One drink was already ordered" in (await at_bluetooth.refused(BREW, drink="espresso"))["message"]
    assert len(over_bluetooth.machine.orders) == 1


async def test_in_the_language_of_the_request(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """Every form in which agents name a language works; one that we don't speak gets English."""
    over_bluetooth.machine.empty_water_tank()
    english = await at_bluetooth.refused(BREW, drink="coffee")
    await async_pass(over_bluetooth.hass, 2)
    for language, said, state in (
        ("de-CH", "Fülle den Wassertank und versuche es noch einmal.", "Braucht Aufmerksamkeit"),
        ("fr", "Remplissez le réservoir d'eau, puis réessayez.", "Intervention requise"),
    ):
        request = Request(over_bluetooth.hass, language=language)
        assert (await request.refused(BREW, drink="coffee"))["message"] == said
        assert (await request.state())["state"] == state
    for language in ("en-US", "*", None, "", "tlh", "pt-BR", "not a language"):
        request = Request(over_bluetooth.hass, language=language)
        assert await request.refused(BREW, drink="coffee") == english
        assert (await request.state())["state"] == "Needs attention"


# --- at most one for each request -------------------------------------------------------------------------------------


async def test_repeated_and_in_parallel(asked: Request, kitchen: Kitchen) -> None:
    """A model that calls a tool three times at once, and again when the drink is done, gets one drink."""
    first, *others = await asyncio.gather(
        asked.call(BREW, drink="espresso"), asked.call(BREW, drink="espresso"), asked.call(BREW, drink="cappuccino")
    )
    assert not first.error
    for other in others:
        assert other.error
        assert "One drink was already ordered" in str(other.data["message"])
    await kitchen.finish()
    await asked.refused(BREW, drink="espresso")
    assert len(kitchen.machine.orders) == 1
    await Request(kitchen.hass).told(BREW, drink="espresso")
    assert len(kitchen.machine.orders) == 2


@pytest.mark.parametrize("platform", ["openai_conversation", "mcp_server"])
async def test_without_a_request(over_bluetooth: Kitchen, platform: str) -> None:
    """Whoever has no context, or as MCP clients one for each call, gets one drink until they pause for two minutes."""
    kitchen = over_bluetooth
    expose(kitchen)

    def request() -> Request:
        return Request(kitchen.hass, context=Context() if platform == "mcp_server" else None, platform=platform)

    first, second = await asyncio.gather(request().call(BREW, drink="espresso"), request().call(BREW, drink="espresso"))
    assert (first.error, second.error) == (False, True)
    for _ in range(4):
        await asyncio.sleep(60)
        await request().refused(BREW, drink="espresso")
    assert len(kitchen.machine.orders) == 1
    await asyncio.sleep(121)
    await kitchen.finish()
    await request().told(BREW, drink="espresso")
    assert len(kitchen.machine.orders) == 2


async def test_one_session_of_an_mcp_client(over_bluetooth: Kitchen) -> None:
    """Where an MCP client has one context for days, it isn't one request for days."""
    expose(over_bluetooth)
    request = Request(over_bluetooth.hass, platform="mcp_server")
    await request.told(BREW, drink="espresso")
    await request.refused(BREW, drink="espresso")
    await over_bluetooth.finish()
    await asyncio.sleep(121)
    await request.told(BREW, drink="espresso")


# --- stopping ---------------------------------------------------------------------------------------------------------


async def test_cancel(asked: Request, kitchen: Kitchen) -> None:
    """A drink is stopped, once; what isn't being made can't be."""
    assert "Nothing is being made" in (await asked.refused(CANCEL))["message"]
    await asked.told(BREW, drink="coffee")
    assert await asked.told(CANCEL) == {"outcome": "cancelled", "machine": "JURA"}
    await async_wait_for(kitchen.hass, lambda: kitchen.machine.drink is None, seconds=60)
    assert kitchen.machine.drinks[-1].outcome is not None


# --- how it is --------------------------------------------------------------------------------------------------------


async def test_ready(asked: Request, kitchen: Kitchen) -> None:
    """A machine that is ready says so; what nobody told yet is unknown, and no need is nothing."""
    state = await asked.state()
    assert (state["machine"], state["state"], state["ready"], state["making"]) == ("JURA", "Ready", True, "nothing")
    assert state["needs"] == "nothing"
    assert state["last_drink"] == "unknown"
    assert state["cups_today"] == 0
    assert state["maintenance"]["Cleaning"] == {
        "percent": kitchen.entry.runtime_data.data.maintenance.percentages["cleaning"],
        "due": False,
    }
    assert "note" not in state


async def test_while_a_drink_is_made_and_after(asked: Request, kitchen: Kitchen) -> None:
    """What is being made is told with how far it is; then it is the last drink."""
    await asked.told(BREW, drink="coffee")
    await asyncio.sleep(15)
    state = await asked.state()
    assert (state["state"], state["ready"], state["making"]["drink"]) == ("Brewing", False, "Coffee")
    assert state["making"]["phase"]
    assert state["making"]["seconds"] >= 10
    await kitchen.finish()
    await async_wait_for(kitchen.hass, lambda: kitchen.entry.runtime_data.data.cups_today == 1, seconds=600)
    state = await asked.state()
    assert state["last_drink"]["drink"] == "Coffee"
    assert (state["cups_today"], state["making"]) == (1, "nothing")


async def test_needs(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """What the machine needs is told in words, the most urgent first."""
    over_bluetooth.machine.empty_water_tank()
    over_bluetooth.machine.fill_grounds()
    await over_bluetooth.entry.runtime_data.async_refresh()
    state = await at_bluetooth.state()
    assert (state["state"], state["ready"]) == ("Needs attention", False)
    assert {"Fill the water tank", "Empty the grounds container"} <= set(state["needs"])


async def test_program(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """A maintenance program is no drink, and isn't cancelled."""
    over_bluetooth.machine.start_program(0x24)
    await over_bluetooth.entry.runtime_data.async_refresh()
    state = await at_bluetooth.state()
    assert state["making"]["program"] == "Cleaning"
    assert (await at_bluetooth.refused(CANCEL))["outcome"] == "refused"


async def test_maintenance_that_is_due(at_bluetooth: Request, over_bluetooth: Kitchen) -> None:
    """What is due is said to be, from the percentage or because the machine asks."""
    hass, machine = over_bluetooth.hass, over_bluetooth.machine
    machine.set_percentage("Cleaning", 100)
    await hass.services.async_call(
        "button", "press", {"entity_id": entity_id(hass, "button", "refresh")}, blocking=True
    )
    await async_pass(hass, 60)
    assert (await at_bluetooth.state())["maintenance"]["Cleaning"] == {"percent": 100, "due": True}
    machine.set_alert(33, True)
    await async_pass(hass, 90)
    told = (await at_bluetooth.state())["maintenance"]["Descaling"]
    assert told["due"] is True
    assert told["percent"] < 100


# --- which machine ----------------------------------------------------------------------------------------------------


@pytest.fixture
def office(over_bluetooth: Kitchen, model: str) -> MockConfigEntry:
    """Return the entry of a second machine, exposed, that could not be set up yet."""
    hass = over_bluetooth.hass
    entry = MockConfigEntry(domain=DOMAIN, title="Office", unique_id="1-2-3")
    entry.add_to_hass(hass)
    registry = dr.async_get(hass)
    device = registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers={(DOMAIN, "1-2-3")})
    er.async_get(hass).async_get_or_create("sensor", DOMAIN, "1-2-3_state", config_entry=entry, device_id=device.id)
    expose(over_bluetooth)
    expose(over_bluetooth, entry=entry)
    return entry


def put(hass: HomeAssistant, entry: MockConfigEntry, room: str) -> str:
    """Put a machine into a room, and return the id of a loudspeaker there."""
    area = ar.async_get(hass).async_get_or_create(room)
    registry = dr.async_get(hass)
    registry.async_update_device(device_of(hass, entry), area_id=area.id)
    speaker = MockConfigEntry(domain="speaker")
    speaker.add_to_hass(hass)
    device = registry.async_get_or_create(config_entry_id=speaker.entry_id, identifiers={("speaker", room)})
    registry.async_update_device(device.id, area_id=area.id)
    return device.id


async def test_several_machines(over_bluetooth: Kitchen, office: MockConfigEntry) -> None:
    """Of several machines, one is asked for; its name, or the room of the speaker, says which."""
    hass = over_bluetooth.hass
    here, there = put(hass, over_bluetooth.entry, "Kitchen"), put(hass, office, "Office")
    told = await Request(hass).refused(BREW, drink="espresso")
    assert told["message"] == "There are several machines: JURA, Office. Say which one is meant."
    assert "not set up" in (await Request(hass, device_id=there).refused(BREW, drink="espresso"))["message"]
    assert (
        "not set up" in (await Request(hass, device_id=here).refused(BREW, drink="coffee", machine="office"))["message"]
    )
    assert "There is: JURA, Office" in (await Request(hass).refused(BREW, drink="coffee", machine="Giga"))["message"]
    assert not over_bluetooth.machine.orders
    both = await Request(hass).told(GET_STATE)
    assert [told["machine"] for told in both["machines"]] == ["JURA", "Office"]
    assert "not set up" in both["machines"][1]["note"]
    (one,) = (await Request(hass, device_id=there).told(GET_STATE, machine="jura"))["machines"]
    assert one["state"] == "Ready"
    assert (await Request(hass, device_id=here).told(BREW, drink="espresso"))["machine"] == "JURA"
    assert (await Request(hass, device_id=there).told(CANCEL))["machine"] == "JURA"
    await over_bluetooth.finish()
    assert (await Request(hass, device_id=there).told(BREW, drink="espresso", machine="JURA"))["machine"] == "JURA"


async def test_machines_that_are_not_exposed(over_bluetooth: Kitchen, office: MockConfigEntry) -> None:
    """A machine that isn't exposed isn't offered, isn't named and can't be named."""
    hass = over_bluetooth.hass
    expose(over_bluetooth, exposed=False, entry=office)
    assert (
        "Office"
        not in (await Request(hass).refused(BREW, drink="coffee", machine="Office"))["message"].partition(". ")[2]
    )
    assert "machine" not in _schema(await Request(hass).api(), (await Request(hass).tools())[BREW])["properties"]
    assert (await Request(hass).told(BREW, drink="coffee"))["machine"] == "JURA"


async def test_machines_of_the_same_name(over_bluetooth: Kitchen, office: MockConfigEntry) -> None:
    """Two of the same name are told apart by their rooms."""
    hass = over_bluetooth.hass
    put(hass, over_bluetooth.entry, "Kitchen")
    put(hass, office, "Attic")
    hass.config_entries.async_update_entry(office, title="JURA")
    told = await Request(hass).refused(BREW, drink="espresso", machine="JURA")
    assert told["message"] == "There are several machines: JURA (Attic), JURA (Kitchen). Say which one is meant."
    assert (await Request(hass).told(BREW, drink="espresso", machine="JURA (Kitchen)"))["outcome"] == "accepted"
