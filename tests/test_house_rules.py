"""From where a drink may be started and when: what the owner doesn't want is refused in words, and nothing is sent."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.jura.house_rules import Caller, Source, caller_of, may_start, one_drink
from custom_components.jura.machine.recipe import default_recipe
from custom_components.jura.outcomes import CommandFailed, CommandRefused
from simulator.faults import Failure

from .helpers import async_wait_for, entity_id
from .kitchen import Kitchen

NIGHT = {"quiet_from": "22:00:00", "quiet_to": "06:30:00"}
PERSON, AUTOMATION = Context(user_id="anna"), Context(parent_id="whatever triggered it")


async def async_allow(kitchen: Kitchen, **options: Any) -> None:
    """Set the options."""
    kitchen.hass.config_entries.async_update_entry(kitchen.entry, options={**kitchen.entry.options, **options})


async def async_press(kitchen: Kitchen, context: Context) -> None:
    """Press the button of the espresso."""
    espresso = entity_id(kitchen.hass, "button", "brew_espresso")
    await kitchen.hass.services.async_call("button", "press", {"entity_id": espresso}, blocking=True, context=context)


def espresso(kitchen: Kitchen, caller: Caller) -> Any:
    """Return the coroutine that orders an espresso."""
    coordinator = kitchen.entry.runtime_data
    product = coordinator.definition.product("espresso")
    return coordinator.commands.async_start(default_recipe(product), None, caller)


# --- from where -------------------------------------------------------------------------------------------------------


def test_callers() -> None:
    """A person is behind what they do themselves, and behind nothing else."""
    assert caller_of(PERSON).source is Source.DASHBOARD
    assert caller_of(AUTOMATION).source is Source.AUTOMATION
    assert caller_of(Context(user_id="anna", parent_id="a run")).source is Source.AUTOMATION
    assert caller_of(Context()).source is Source.AUTOMATION
    assert caller_of(None).source is Source.AUTOMATION


@pytest.mark.parametrize("source", list(Source))
async def test_what_is_not_ticked_is_refused(over_bluetooth: Kitchen, source: Source) -> None:
    """Each source can be shut, and the others stay open. Nothing is sent, and the link isn't even taken."""
    kitchen = over_bluetooth
    assert kitchen.smart_connect is not None
    await async_allow(kitchen, sources=[other for other in Source if other is not source])
    connections = kitchen.smart_connect.connections
    with pytest.raises(CommandRefused) as refused:
        await espresso(kitchen, Caller(source))
    assert refused.value.translation_key == f"not_allowed_{source}"
    assert refused.value.translation_placeholders == {"name": "JURA"}
    assert kitchen.smart_connect.connections == connections
    assert not kitchen.machine.orders
    other = next(other for other in Source if other is not source)
    await espresso(kitchen, Caller(other))
    assert len(kitchen.machine.orders) == 1


async def test_a_dashboard_is_told_from_an_automation(over_bluetooth: Kitchen) -> None:
    """A press and an action count as what they are, by the context that Home Assistant gives them."""
    kitchen = over_bluetooth
    anna = MockUser(id="anna", is_owner=True).add_to_hass(kitchen.hass)
    await async_allow(kitchen, sources=["dashboard"])
    with pytest.raises(CommandRefused) as refused:
        await async_press(kitchen, AUTOMATION)
    assert refused.value.translation_key == "not_allowed_automation"
    brew: dict[str, Any] = {"domain": "jura", "service": "brew", "service_data": {"product": "espresso"}}
    told = await kitchen.hass.services.async_call(
        **brew, blocking=True, return_response=True, context=Context(parent_id="a run")
    )
    assert told is not None
    assert told["outcome"] == "refused"
    assert (
        told["message"]
        == "Drinks of JURA can't be started by automations. This can be changed in the options of the machine."
    )
    assert not kitchen.machine.orders
    await async_press(kitchen, Context(user_id=anna.id))
    assert len(kitchen.machine.orders) == 1


async def test_a_real_automation(over_bluetooth: Kitchen) -> None:
    """What an automation starts is an automation's, though a person caused what triggered it; a script is theirs."""
    kitchen, hass = over_bluetooth, over_bluetooth.hass
    MockUser(id="anna", is_owner=True).add_to_hass(hass)
    brew = {"action": "jura.brew", "data": {"product": "espresso"}}
    assert await async_setup_component(
        hass,
        "automation",
        {"automation": {"triggers": {"trigger": "event", "event_type": "wish"}, "actions": brew}},
    )
    assert await async_setup_component(hass, "script", {"script": {"coffee": {"sequence": [brew]}}})
    await async_allow(kitchen, sources=["dashboard"])
    hass.bus.async_fire("wish", context=PERSON)
    await asyncio.sleep(20)
    await hass.async_block_till_done()
    assert not kitchen.machine.orders
    await hass.services.async_call("script", "coffee", blocking=True, context=PERSON)
    assert len(kitchen.machine.orders) == 1


# --- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [
        ("21:59:59", False),
        ("22:00:00", True),
        ("23:30:00", True),
        ("00:00:00", True),
        ("06:29:59", True),
        ("06:30:00", False),
    ],
)
async def test_hours_over_midnight(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, clock: str, quiet: bool
) -> None:
    """They begin and end on the second, by the clock of the household."""
    await hass.config.async_set_time_zone("Europe/Zurich")
    freezer.move_to(f"2026-11-25T{clock}+01:00")
    assert may_start(NIGHT, Source.VOICE) is not quiet
    assert may_start(NIGHT, Source.AUTOMATION) is not quiet
    assert may_start(NIGHT, Source.DASHBOARD), "the owner didn't say so"
    assert may_start({**NIGHT, "quiet_sources": ["dashboard"]}, Source.DASHBOARD) is not quiet


async def test_hours_within_a_day(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """A nap after lunch is one, too; and without both times there is none."""
    nap = {"quiet_from": "13:00:00", "quiet_to": "14:00:00"}
    await hass.config.async_set_time_zone("Europe/Zurich")
    for clock, quiet in (("12:59", False), ("13:00", True), ("13:59", True), ("14:00", False), ("02:00", False)):
        freezer.move_to(f"2026-11-25T{clock}:00+01:00")
        assert may_start(nap, Source.VOICE) is not quiet
    freezer.move_to("2026-11-25T13:30:00+01:00")
    assert may_start({"quiet_from": "13:00:00"}, Source.VOICE)
    assert may_start({"quiet_to": "14:00:00"}, Source.VOICE)


async def test_quiet_hours(over_bluetooth: Kitchen, freezer: FrozenDateTimeFactory) -> None:
    """At night automations are told why and until when, and a person's press goes."""
    kitchen = over_bluetooth
    await kitchen.hass.config.async_set_time_zone("Europe/Zurich")
    freezer.move_to("2026-11-26T23:00:00+01:00")
    await async_allow(kitchen, **NIGHT)
    with pytest.raises(CommandRefused) as refused:
        await async_press(kitchen, AUTOMATION)
    assert refused.value.translation_key == "quiet_hours"
    assert refused.value.translation_placeholders == {"name": "JURA", "start": "22:00", "end": "06:30"}
    assert not kitchen.machine.orders
    MockUser(id="anna", is_owner=True).add_to_hass(kitchen.hass)
    await async_press(kitchen, PERSON)
    assert len(kitchen.machine.orders) == 1


# --- at most one for each request -------------------------------------------------------------------------------------


async def test_one_drink_for_a_request(kitchen: Kitchen) -> None:
    """However often an assistant repeats itself, at once or when the drink is done, it gets one drink."""
    request = Caller(Source.VOICE, "make me an espresso")
    first, second = await asyncio.gather(espresso(kitchen, request), espresso(kitchen, request), return_exceptions=True)
    assert first is None
    assert isinstance(second, CommandRefused)
    assert second.translation_key == "already_served"
    await kitchen.finish()
    with pytest.raises(CommandRefused, match="One drink was already ordered"):
        await espresso(kitchen, request)
    assert len(kitchen.machine.orders) == 1
    await espresso(kitchen, Caller(Source.VOICE, "and another one, please"))
    assert len(kitchen.machine.orders) == 2


async def test_automations_may_make_several(over_bluetooth: Kitchen) -> None:
    """Two espressi one after the other are what a script was written for."""
    for _ in range(2):
        await espresso(over_bluetooth, Caller(Source.AUTOMATION))
        await over_bluetooth.finish()
    assert len(over_bluetooth.machine.orders) == 2


async def test_nothing_sent_is_not_served(over_bluetooth: Kitchen) -> None:
    """What was refused before anything was sent may be asked for again within the same request."""
    kitchen, request = over_bluetooth, Caller(Source.VOICE, "a coffee")
    kitchen.machine.empty_water_tank()
    with pytest.raises(CommandRefused) as refused:
        await espresso(kitchen, request)
    assert refused.value.translation_key == "blocked_fill_water_tank"
    kitchen.machine.fill_water_tank()
    await espresso(kitchen, request)
    assert len(kitchen.machine.orders) == 1


async def test_an_unknown_outcome_is_served(over_bluetooth: Kitchen) -> None:
    """Where nobody knows whether the order arrived, the request is used up: the drink may be in the cup."""
    kitchen, request = over_bluetooth, Caller(Source.VOICE, "a coffee")
    assert kitchen.smart_connect is not None
    kitchen.smart_connect.faults.fail_next(Failure.ANSWER_LOST, characteristic="1525")
    with pytest.raises(CommandFailed):
        await espresso(kitchen, request)
    await async_wait_for(kitchen.hass, lambda: kitchen.machine.drink is None)
    with pytest.raises(CommandRefused, match="One drink was already ordered"):
        await espresso(kitchen, request)
    assert len(kitchen.machine.orders) <= 1


def test_one_request_in_the_whole_house(hass: HomeAssistant) -> None:
    """A request is served once, whichever machine serves it; and so are very many others."""
    for number in range(1000):
        with one_drink(hass, Caller(Source.VOICE, f"request {number}")):
            pass
    request = Caller(Source.VOICE, "request 999")
    with pytest.raises(CommandRefused) as refused, one_drink(hass, request):
        pytest.fail("served twice")
    assert refused.value.translation_key == "already_served"
