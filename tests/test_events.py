"""What is told of every drink, in Home Assistant: whoever made it, over either way, and whatever goes wrong."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.house_rules import Caller, Source
from custom_components.jura.machine.noticing import Change, Notice
from custom_components.jura.machine.recipe import default_recipe
from custom_components.jura.telling import Telling
from simulator.faults import Failure
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect
from simulator.wifi_faults import LanFailure

from .conftest import Press, async_wait_for, async_wait_for_state
from .helpers import async_pass, entity_id, state_of

EVENT = "event.jura_e8_eb_drink"
ESPRESSO = "button.jura_e8_eb_espresso"
CAPPUCCINO = "button.jura_e8_eb_cappuccino"
CANCEL = "button.jura_e8_eb_cancel_drink"
STATE = "sensor.jura_e8_eb_state"
DRINK = "sensor.jura_e8_eb_current_drink"
LAST = "sensor.jura_e8_eb_last_drink"
ESPRESSO_CODE, CAPPUCCINO_CODE, HOT_WATER_CODE = 0x02, 0x04, 0x0D


@pytest.fixture
def told(hass: HomeAssistant) -> Iterator[list[dict[str, Any]]]:
    """Return the attributes of every event from now on, with what the current drink was when it was told."""
    told: list[dict[str, Any]] = []
    times: set[str] = set()

    async def listen(event: Event[EventStateChangedData]) -> None:
        now = event.data["new_state"]
        # A restart shows once more what was told before, with its time.
        if now and now.entity_id == EVENT and now.attributes.get("event_type") and now.state not in times:
            times.add(now.state)
            shown = hass.states.get(DRINK)
            told.append({**now.attributes, "shown": shown.state if shown else None})

    remove = hass.bus.async_listen("state_changed", listen)
    yield told
    remove()


def words(told: list[dict[str, Any]]) -> list[str]:
    """Return what was told, in one word each."""
    return [event["event_type"] for event in told]


async def async_settled(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until everything is read."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    await async_pass(hass, 30)


# --- over Bluetooth ---------------------------------------------------------------------------------------------------


async def test_ordered(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, told: list[dict[str, Any]]
) -> None:
    """From the press to the cup, told once each, with all that one wants to know, when the entities show it too."""
    assert state_of(hass, "event", "drink") == "unknown"
    await press(ESPRESSO)
    await async_pass(hass, 90)
    started, finished = told
    assert (started["event_type"], finished["event_type"]) == ("started", "finished")
    assert (started["shown"], started["duration"], started["water"]) == ("espresso", None, None)
    for event in told:
        assert (event["product"], event["product_name"], event["product_code"]) == ("espresso", "Espresso", 0x02)
        assert event["started_by"] == "home_assistant"
        assert event["reason"] is None
    (drink,) = machine.drinks
    assert drink.ended is not None
    assert abs(finished["duration"] - (drink.ended - drink.started)) <= 2
    assert finished["water"] == drink.recipe["WATER_AMOUNT"]


async def test_last_drink(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """Seconds count while it is made; then it is the last drink, also when the machine is off."""
    assert state_of(hass, "sensor", "elapsed") == "unknown"
    assert state_of(hass, "sensor", "last_drink") == state_of(hass, "sensor", "last_drink_at") == "unknown"
    await press(ESPRESSO)
    seconds = []
    while state_of(hass, "sensor", "elapsed") != "unknown":
        seconds.append(int(state_of(hass, "sensor", "elapsed")))
        await asyncio.sleep(1)
    assert seconds == sorted(seconds)
    assert len(set(seconds)) > 10
    machine.power_cut()
    await async_wait_for_state(hass, STATE, "unavailable", seconds=200)
    last = hass.states.get(LAST)
    assert last is not None
    assert last.state == "espresso"
    assert last.attributes["started_by"] == "home_assistant"
    assert last.attributes["duration"] >= seconds[-1]
    assert last.attributes["time"][:19] == state_of(hass, "sensor", "last_drink_at")[:19]
    assert last.attributes["name"] is None
    await hass.config_entries.async_reload(entry.entry_id)
    again = hass.states.get(LAST)
    assert again is not None
    assert (again.state, again.attributes) == (last.state, last.attributes)
    assert state_of(hass, "sensor", "elapsed") == "unavailable"


async def test_own_drink(hass: HomeAssistant, entry: MockConfigEntry, told: list[dict[str, Any]]) -> None:
    """A drink of one's own is told under the name that it was given."""
    coordinator = entry.runtime_data
    product = coordinator.definition.product("cappuccino")
    await coordinator.commands.async_start(default_recipe(product), "Nana's cappuccino", Caller(Source.DASHBOARD))
    await async_pass(hass, 90)
    assert [(event["product"], event["product_name"]) for event in told] == [("cappuccino", "Nana's cappuccino")] * 2
    last = hass.states.get(LAST)
    assert last is not None
    assert (last.state, last.attributes["name"]) == ("cappuccino", "Nana's cappuccino")


async def test_made_at_the_machine(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, told: list[dict[str, Any]]
) -> None:
    """Found at a regular look, and followed from there."""
    await async_settled(hass, entry)
    assert machine.press_product(HOT_WATER_CODE, WATER_AMOUNT=90)
    await async_wait_for_state(hass, LAST, "hot_water", seconds=200)
    assert words(told) == ["started", "finished"]
    assert {event["started_by"] for event in told} == {"machine"}
    assert told[1]["water"] == 450


async def test_unknown_product(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, told: list[dict[str, Any]]
) -> None:
    """A drink that the definition doesn't have is told with its number."""
    assert machine.press_product(0x55, WATER_AMOUNT=200)
    await async_wait_for_state(hass, LAST, "unknown_product", seconds=400)
    assert words(told) == ["started", "finished"]
    assert (told[0]["product"], told[0]["product_name"]) == ("unknown_product", "Unknown drink")
    assert told[0]["product_code"] == 0x55


async def test_enjoy_is_told_once(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    machine: Machine,
    press: Press,
    told: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine that shows "enjoy" for ten minutes made one drink."""
    monkeypatch.setattr("simulator.course.ENJOY_SECONDS", 600.0)
    await press(ESPRESSO)
    await async_wait_for_state(hass, STATE, "enjoy")
    await async_pass(hass, 120)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_pass(hass, 120)
    assert state_of(hass, "sensor", "state") == "enjoy"
    await async_pass(hass, 600)
    assert words(told) == ["started", "finished"]


async def test_cancelled(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, told: list[dict[str, Any]]
) -> None:
    """Stopped from here: it is no last drink, but what came counts."""
    await press(CAPPUCCINO)
    await asyncio.sleep(30)
    await press(CANCEL)
    await async_wait_for_state(hass, DRINK, "none")
    await async_pass(hass, 60)
    assert words(told) == ["started", "cancelled"]
    assert 0 < told[1]["water"] < 60
    assert state_of(hass, "sensor", "last_drink") == "unknown"


async def test_stopped_at_the_machine(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, told: list[dict[str, Any]]
) -> None:
    """Stopped there: seen as well."""
    await press(CAPPUCCINO)
    await asyncio.sleep(10)
    machine.cancel()
    await async_pass(hass, 60)
    assert words(told) == ["started", "cancelled"]


async def test_failed(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, told: list[dict[str, Any]]
) -> None:
    """The tank runs dry: the drink failed, and the event says why."""
    await press(CAPPUCCINO)
    await asyncio.sleep(10)
    machine.empty_water_tank()
    machine.cancel()
    await async_pass(hass, 60)
    assert [(event["event_type"], event["reason"]) for event in told] == [
        ("started", None),
        ("failed", "fill_water_tank"),
    ]


async def test_power_cut(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, told: list[dict[str, Any]]
) -> None:
    """Nothing is known until the machine is back; then, that nobody saw the end."""
    await press(CAPPUCCINO)
    await asyncio.sleep(5)
    machine.power_cut()
    await async_wait_for_state(hass, STATE, "unavailable", seconds=200)
    await async_pass(hass, 600)
    assert words(told) == ["started"]
    machine.switch_on()
    await async_wait_for_state(hass, STATE, "ready", seconds=400)
    assert words(told) == ["started", "ended_unseen"]
    assert told[1]["duration"] is None


async def test_link_lost_for_good(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    smart_connect: SmartConnect,
    machine: Machine,
    press: Press,
    told: list[dict[str, Any]],
) -> None:
    """Out of sight until long after the end: not known, and not guessed."""
    await press(CAPPUCCINO)
    await asyncio.sleep(5)
    smart_connect.faults.fail_connects = 1000
    smart_connect.faults.fail_next(Failure.LOST)
    await async_wait_for(hass, lambda: machine.drink is None)
    await asyncio.sleep(30)
    smart_connect.faults.clear()
    smart_connect.faults.fail_connects = 0
    await async_wait_for_state(hass, STATE, "ready", "energy_saving", seconds=600)
    await async_pass(hass, 5)
    assert words(told) == ["started", "ended_unseen"]


async def test_link_lost_for_a_moment(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    smart_connect: SmartConnect,
    press: Press,
    told: list[dict[str, Any]],
) -> None:
    """Back before the end: as if nothing had been."""
    await press(CAPPUCCINO)
    for _ in range(4):
        await asyncio.sleep(5)
        smart_connect.faults.fail_next(Failure.LOST)
    await async_pass(hass, 90)
    assert words(told) == ["started", "finished"]


@pytest.mark.parametrize(("away", "expected"), [(5, ["started", "finished"]), (120, ["started", "ended_unseen"])])
async def test_restart_during_a_drink(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    press: Press,
    told: list[dict[str, Any]],
    away: float,
    expected: list[str],
) -> None:
    """A restart neither tells the beginning again nor loses the end."""
    await press(CAPPUCCINO)
    await asyncio.sleep(5)
    await hass.config_entries.async_unload(entry.entry_id)
    await asyncio.sleep(away)
    await hass.config_entries.async_setup(entry.entry_id)
    await async_pass(hass, 120)
    assert words(told) == expected
    assert told[1]["started_by"] == "home_assistant"


async def test_restart_until_enjoy(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, told: list[dict[str, Any]]
) -> None:
    """Back in the very seconds in which "enjoy" stands: finished."""
    await press(ESPRESSO)
    await hass.config_entries.async_unload(entry.entry_id)
    await async_wait_for(hass, lambda: machine.drink is None)
    await hass.config_entries.async_setup(entry.entry_id)
    await async_pass(hass, 60)
    assert words(told) == ["started", "finished"]
    assert state_of(hass, "sensor", "last_drink") == "espresso"


async def test_during_a_start(
    hass: HomeAssistant, entry: MockConfigEntry, press: Press, told: list[dict[str, Any]]
) -> None:
    """What happens while Home Assistant starts is told once it has started, for only then automations listen."""
    hass.set_state(CoreState.starting)
    await hass.config_entries.async_reload(entry.entry_id)
    await press(ESPRESSO)
    await async_wait_for_state(hass, LAST, "espresso")
    await async_pass(hass, 30)
    assert told == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await async_pass(hass, 1)
    assert words(told) == ["started", "finished"]


async def test_one_after_the_other(hass: HomeAssistant, virtual_time: None) -> None:
    """Two things at once are told a moment apart, to everybody who listens; what is added meanwhile waits its turn."""
    telling = Telling(hass)
    first, second = (Notice(change) for change in (Change.WENT_TO_SLEEP, Change.BECAME_READY))
    told: list[tuple[Notice, datetime]] = []
    remove = telling.listen(lambda news: told.append((news, dt_util.utcnow())))
    telling.add(first, second)
    telling.tell()
    await asyncio.sleep(1)
    assert told == []
    telling.start(hass)
    telling.tell()
    await asyncio.sleep(1)
    assert [news for news, _ in told] == [first, second]
    assert told[1][1] - told[0][1] >= timedelta(milliseconds=1)
    telling.add(first, second)
    telling.tell()
    telling.stop()
    await asyncio.sleep(1)
    assert len(told) == 2
    remove()


async def test_order_rejected(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    smart_connect: SmartConnect,
    press: Press,
    told: list[dict[str, Any]],
) -> None:
    """The dongle says no."""
    await async_settled(hass, entry)
    smart_connect.faults.fail_next(Failure.ATT_ERROR, characteristic="1525")
    with pytest.raises(HomeAssistantError):
        await press(ESPRESSO)
    await async_pass(hass, 60)
    assert [(event["event_type"], event["reason"]) for event in told] == [("failed", "rejected")]
    assert (told[0]["product"], told[0]["started_by"]) == ("espresso", "home_assistant")


async def test_only_woke_the_machine(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, told: list[dict[str, Any]]
) -> None:
    """The order only woke it: not started, told once; the next one works."""
    machine.first_order_only_wakes = True
    machine.nap()
    with pytest.raises(HomeAssistantError):
        await press(ESPRESSO)
    await async_pass(hass, 60)
    assert [(event["event_type"], event["reason"]) for event in told] == [("failed", "not_started")]
    await press(ESPRESSO)
    await async_pass(hass, 90)
    assert words(told) == ["failed", "started", "finished"]


@pytest.mark.parametrize(
    ("failure", "expected"), [(Failure.ANSWER_LOST, ["started", "finished"]), (Failure.LOST, ["failed"])]
)
async def test_outcome_unknown(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    smart_connect: SmartConnect,
    press: Press,
    told: list[dict[str, Any]],
    failure: Failure,
    expected: list[str],
) -> None:
    """No answer to the order: the next looks tell whether it is made, and by whom."""
    await async_settled(hass, entry)
    smart_connect.faults.fail_next(failure, characteristic="1525")
    with pytest.raises(HomeAssistantError):
        await press(ESPRESSO)
    await async_pass(hass, 90)
    assert words(told) == expected
    assert {event["started_by"] for event in told} == {"home_assistant"}
    assert told[-1]["reason"] == ("not_started" if expected == ["failed"] else None)


async def test_nothing_sent(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, told: list[dict[str, Any]]
) -> None:
    """A machine that is out of reach got no order, and no event tells of one."""
    await async_settled(hass, entry)
    machine.power_cut()
    with pytest.raises(HomeAssistantError):
        await press(ESPRESSO)
    await async_pass(hass, 60)
    machine.switch_on()
    await async_wait_for_state(hass, STATE, "ready", seconds=400)
    assert told == []


async def test_a_program_is_no_drink(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, told: list[dict[str, Any]]
) -> None:
    """Cleaning is not told."""
    assert machine.start_program(0x24)
    await async_wait_for_state(hass, STATE, "maintenance", seconds=70)
    while machine.program:
        machine.confirm_step()
        await asyncio.sleep(5)
    await async_pass(hass, 120)
    assert told == []


# --- over WiFi --------------------------------------------------------------------------------------------------------


async def test_wifi_ordered(
    hass: HomeAssistant, lan_entry: MockConfigEntry, machine: Machine, press: Press, told: list[dict[str, Any]]
) -> None:
    """The same over the other way, one after the other."""
    await press(ESPRESSO)
    await async_wait_for_state(hass, LAST, "espresso")
    await async_wait_for(hass, lambda: machine.progress.state == 0)
    await press(CAPPUCCINO)
    await async_wait_for_state(hass, LAST, "cappuccino")
    assert [(event["event_type"], event["product"]) for event in told] == [
        ("started", "espresso"),
        ("finished", "espresso"),
        ("started", "cappuccino"),
        ("finished", "cappuccino"),
    ]
    assert {event["started_by"] for event in told} == {"home_assistant"}


async def test_wifi_cancelled(
    hass: HomeAssistant, lan_entry: MockConfigEntry, machine: Machine, press: Press, told: list[dict[str, Any]]
) -> None:
    """Stopped over Wi-Fi."""
    await press(CAPPUCCINO)
    await press(CANCEL)
    await async_wait_for_state(hass, DRINK, "none")
    await async_pass(hass, 30)
    assert words(told) == ["started", "cancelled"]


async def test_wifi_at_the_machine(
    hass: HomeAssistant, lan_entry: MockConfigEntry, machine: Machine, told: list[dict[str, Any]]
) -> None:
    """Found at the machine, and failed there."""
    await async_settled(hass, lan_entry)
    machine.press_product(CAPPUCCINO_CODE)
    await async_wait_for_state(hass, DRINK, "cappuccino", seconds=30)
    machine.empty_water_tank()
    machine.cancel()
    await async_pass(hass, 30)
    assert [(event["event_type"], event["reason"]) for event in told] == [
        ("started", None),
        ("failed", "fill_water_tank"),
    ]
    assert {event["started_by"] for event in told} == {"machine"}


async def test_wifi_without_udp(
    hass: HomeAssistant,
    lan_entry: MockConfigEntry,
    wifi_connect: WifiConnect,
    machine: Machine,
    press: Press,
    told: list[dict[str, Any]],
) -> None:
    """A dongle that stays silent on UDP is followed in the session of the order."""
    wifi_connect.answers_udp = False
    await hass.config_entries.async_reload(lan_entry.entry_id)
    await async_wait_for_state(hass, STATE, "ready", "energy_saving", seconds=200)
    await press(CAPPUCCINO)
    await async_wait_for_state(hass, LAST, "cappuccino", seconds=200)
    assert words(told) == ["started", "finished"]


async def test_wifi_rejected(
    hass: HomeAssistant,
    lan_entry: MockConfigEntry,
    wifi_connect: WifiConnect,
    press: Press,
    told: list[dict[str, Any]],
) -> None:
    """The machine refuses the order in so many words."""
    await async_settled(hass, lan_entry)
    wifi_connect.faults.fail_next(LanFailure.REFUSED, command="@TP")
    with pytest.raises(HomeAssistantError):
        await press(ESPRESSO)
    await async_pass(hass, 60)
    assert [(event["event_type"], event["reason"]) for event in told] == [("failed", "rejected")]


async def test_the_event_has_no_category(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """It is for automations and voice, in sight of everybody."""
    assert entity_id(hass, "event", "drink") == EVENT
    state = hass.states.get(EVENT)
    assert state is not None
    assert state.attributes["event_types"] == ["started", "finished", "cancelled", "failed", "ended_unseen"]
