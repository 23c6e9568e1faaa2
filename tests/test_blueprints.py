"""The blueprints, each used by Home Assistant's own automations, in what they do and in what they must not do."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import shutil
from typing import Any
from urllib.parse import quote

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.tag import async_scan_tag
from homeassistant.core import Event, HomeAssistant, ServiceCall, State
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util, yaml as yaml_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, async_mock_service, mock_restore_cache

from simulator.faults import Failure
from simulator.machine import Machine

from .helpers import ROOM, async_wait_for, entity_id
from .kitchen import Kitchen, device_of

# Time passes by sleeping here: whoever waits until nothing goes on waits for an automation that waits for an answer, too.
ROOT = Path(__file__).parent.parent
BLUEPRINTS = ROOT / "blueprints" / "automation" / "jura"
NAMES = sorted(path.name for path in BLUEPRINTS.glob("*.yaml"))
DAY = 24 * 3600.0


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Let blueprints be put into a folder of the test's own; the usual one belongs to the installed harness."""
    return hass_tmp_config_dir


@pytest.fixture(autouse=True)
async def taken_down(hass: HomeAssistant) -> AsyncGenerator[None]:
    """Take the automation down after each test: it waits for times of the day."""
    yield
    if hass.services.has_service(AUTOMATION, "turn_off"):
        await hass.services.async_call(AUTOMATION, "turn_off", {"entity_id": "all"}, blocking=True)


def load(name: str) -> dict[str, Any]:
    """Return a blueprint as it is written."""
    loaded = yaml_util.load_yaml_dict(str(BLUEPRINTS / name))
    return dict(loaded)


async def async_use(kitchen: Kitchen, name: str, **inputs: Any) -> list[ServiceCall]:
    """Have an automation from a blueprint, and return the messages that it sends from now on.

    What isn't given is as the blueprint suggests, the way in which it sends messages included.
    """
    hass = kitchen.hass
    kitchen.machine.energy_saving_after = 400 * DAY
    target = Path(hass.config.path("blueprints", AUTOMATION, "jura"))
    await hass.async_add_executor_job(shutil.copytree, BLUEPRINTS, target, False, None, shutil.copy2, False, True)
    blueprint = await hass.async_add_executor_job(load, name)
    domain, action = blueprint["blueprint"]["input"]["notify"]["default"][0]["action"].split(".")
    messages = async_mock_service(hass, domain, action)
    config = {"path": f"jura/{name}", "input": {"machine": device_of(hass, kitchen.entry), **inputs}}
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: {"alias": "it", "use_blueprint": config}})
    await hass.async_block_till_done()
    assert hass.states.is_state("automation.it", "on")
    return messages


async def async_until(hass: HomeAssistant, hour: int, minute: int = 0) -> None:
    """Let time pass until it is so late, today or tomorrow."""
    now = dt_util.now()
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    await asyncio.sleep((then - now).total_seconds() % DAY + 1)


async def async_tap(hass: HomeAssistant, message: ServiceCall, title: str) -> None:
    """Tap a button below a message, as the app on a phone tells it."""
    (button,) = (button for button in message.data["data"]["actions"] if button["title"].startswith(title))
    hass.bus.async_fire("mobile_app_notification_action", {"action": button["action"]})
    await asyncio.sleep(15)


def said(messages: list[ServiceCall]) -> list[str]:
    """Return what was said."""
    return [message.data["message"] for message in messages]


async def async_start_at(kitchen: Kitchen, freezer: FrozenDateTimeFactory, moment: str) -> None:
    """Let it be this moment, before anything waits for a time of the day."""
    await kitchen.hass.config.async_set_time_zone("UTC")
    freezer.move_to(moment)
    await asyncio.sleep(120)


# --- what all have in common ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_presented(name: str) -> None:
    """Each can be imported from the documentation, is explained, and belongs to no particular home."""
    repository = json.loads((ROOM / "manifest.json").read_text("utf-8"))["documentation"]
    url = f"{repository}/blob/main/blueprints/automation/jura/{name}"
    head = load(name)["blueprint"]
    assert head["source_url"] == url
    assert head["homeassistant"]["min_version"] == "2026.10.0"
    assert head["author"]
    assert head["description"]
    link = f"https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url={quote(url, safe='')}"
    assert link in (ROOT / "docs" / "automations.md").read_text("utf-8")
    for key, field in head["input"].items():
        assert field["name"], key
        assert field["description"], key
        assert field["selector"], key
    assert head["input"]["machine"]["selector"]["device"]["filter"] == [{"integration": "jura"}]
    assert not list(_ids(load(name)))


def _ids(node: Any) -> list[str]:
    """Return all ids of entities and devices that are written out."""
    found: list[str] = []
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in ("entity_id", "device_id") and isinstance(value, str) and "{{" not in value:
                found.append(value)
            found += _ids(value)
    elif isinstance(node, list):
        for value in node:
            found += _ids(value)
    return found


# --- maintenance due --------------------------------------------------------------------------------------------------

DESCALING_DUE, MILK_RINSE_DUE = 33, 35
PUT_OFF = "input_datetime.put_off"


async def async_put_off_helper(hass: HomeAssistant) -> None:
    """Have a helper that keeps until when reminders are put off."""
    helper = {"input_datetime": {"put_off": {"has_date": True, "has_time": True}}}
    assert await async_setup_component(hass, "input_datetime", helper)


async def test_maintenance(over_bluetooth: Kitchen, freezer: FrozenDateTimeFactory) -> None:
    """Told at once, then daily, put off as wished, also by a machine that is off; and no more once it is done."""
    hass, machine = over_bluetooth.hass, over_bluetooth.machine
    await async_put_off_helper(hass)
    await async_start_at(over_bluetooth, freezer, "2030-01-07T10:00:00+00:00")
    messages = await async_use(over_bluetooth, "maintenance_due.yaml", put_off_until=PUT_OFF)
    machine.set_alert(MILK_RINSE_DUE, True)
    await async_until(hass, 18, 5)
    assert messages == [], "not to be told"
    await async_until(hass, 10)  # Tuesday
    machine.set_alert(DESCALING_DUE, True)
    await asyncio.sleep(90)
    assert said(messages) == ["Due: Descaling. Next reminder in 1 day, unless it is done by then."]
    await async_until(hass, 18, 5)
    assert len(messages) == 1, "told today"
    await async_until(hass, 18, 5)  # Wednesday
    assert len(messages) == 2
    assert said(messages)[1] == said(messages)[0]
    await async_tap(hass, messages[1], "Remind me in 3 days")
    assert hass.states.get(PUT_OFF).state == "2030-01-12 00:00:00"  # type: ignore[union-attr]
    machine.power_cut()
    for _ in range(2):
        await async_until(hass, 18, 5)
    assert len(messages) == 2, "put off"
    await async_until(hass, 18, 5)  # Saturday
    assert len(messages) == 3
    machine.switch_on()
    await asyncio.sleep(180)
    machine.set_alert(DESCALING_DUE, False)
    await async_until(hass, 18, 5)
    assert len(messages) == 3, "done"


async def test_maintenance_without_helper(over_bluetooth: Kitchen, freezer: FrozenDateTimeFactory) -> None:
    """No button where nothing would keep what it does; every so many days, also over a restart of the automation."""
    hass = over_bluetooth.hass
    await async_start_at(over_bluetooth, freezer, "2030-01-07T10:00:00+00:00")
    last = {"last_triggered": "2030-01-06T18:00:00+00:00"}
    mock_restore_cache(hass, [State("automation.it", "on", last)])
    over_bluetooth.machine.set_alert(DESCALING_DUE, True)
    await asyncio.sleep(90)
    messages = await async_use(over_bluetooth, "maintenance_due.yaml", every=2, programs=["descaling", "cleaning"])
    await async_until(hass, 18, 5)
    assert messages == [], "told yesterday, before Home Assistant was restarted"
    await async_until(hass, 18, 5)
    assert said(messages) == ["Due: Descaling. Next reminder in 2 days, unless it is done by then."]
    assert messages[0].data["data"]["actions"] == []
    await async_until(hass, 18, 5)
    assert len(messages) == 1
    await async_until(hass, 18, 5)
    assert len(messages) == 2


# --- good morning coffee ----------------------------------------------------------------------------------------------

MORNING = "2030-01-07T05:00:00+00:00"  # a Monday
MOTION = "binary_sensor.motion"


async def async_come(hass: HomeAssistant) -> None:
    """Let somebody come into the kitchen, who wasn't there."""
    hass.states.async_set(MOTION, "off")
    await asyncio.sleep(1)
    hass.states.async_set(MOTION, "on")
    await asyncio.sleep(15)


async def test_good_morning(over_bluetooth: Kitchen, freezer: FrozenDateTimeFactory) -> None:
    """Asked once a day, within the window; made only if the cup is there, and never twice."""
    hass, machine = over_bluetooth.hass, over_bluetooth.machine
    await async_start_at(over_bluetooth, freezer, MORNING)
    messages = await async_use(over_bluetooth, "good_morning_coffee.yaml", presence=MOTION, days=["mon", "tue", "thu"])
    await async_come(hass)
    assert messages == [], "too early"
    await async_until(hass, 7)
    await async_come(hass)
    assert "Is a cup in place?" in messages[0].data["message"]
    assert not machine.orders
    await async_come(hass)
    assert len(messages) == 1, "asked already"
    await async_tap(hass, messages[0], "Yes")
    await async_wait_for(hass, lambda: len(messages) == 2)
    assert said(messages)[1] == "Coffee is being made."
    assert messages[1].data["data"]["actions"] == []
    assert len(machine.orders) == 1
    await over_bluetooth.finish()
    await async_tap(hass, messages[0], "Yes")
    await async_come(hass)
    assert len(messages) == 2, "had one already"
    await async_until(hass, 7)  # Tuesday
    await async_come(hass)
    await async_tap(hass, messages[2], "No")
    await async_tap(hass, messages[2], "Yes")
    await async_come(hass)
    assert len(messages) == 3
    await async_until(hass, 7)  # Wednesday
    await async_come(hass)
    assert len(messages) == 3, "not on this day"
    await async_until(hass, 10, 30)
    await async_until(hass, 10, 30)  # Thursday
    await async_come(hass)
    assert len(messages) == 3, "too late"
    assert len(machine.orders) == 1


async def test_good_morning_unanswered(over_bluetooth: Kitchen, freezer: FrozenDateTimeFactory) -> None:
    """Who doesn't answer in time gets none, nor does the answer of another day count."""
    hass = over_bluetooth.hass
    await async_start_at(over_bluetooth, freezer, MORNING)
    messages = await async_use(over_bluetooth, "good_morning_coffee.yaml", presence=MOTION, patience=5)
    await async_until(hass, 7)
    await async_come(hass)
    await asyncio.sleep(5 * 60)
    await async_tap(hass, messages[0], "Yes")
    await async_until(hass, 7)
    await async_come(hass)
    assert len(messages) == 2
    await async_tap(hass, messages[0], "Yes")
    assert not over_bluetooth.machine.orders
    assert len(messages) == 2


async def test_good_morning_cup_always_there(kitchen: Kitchen, freezer: FrozenDateTimeFactory) -> None:
    """Made at once where the owner says so; but not while the machine can't, and as soon as it is ready for who waits."""
    hass, machine = kitchen.hass, kitchen.machine
    await async_start_at(kitchen, freezer, "2030-01-07T06:00:00+00:00")
    messages = await async_use(
        kitchen, "good_morning_coffee.yaml", presence=MOTION, cup_always_there=True, drink="espresso"
    )
    machine.switch_off()
    await asyncio.sleep(20 * 60)
    await async_come(hass)
    assert messages == []
    machine.switch_on()
    await async_wait_for(hass, lambda: len(messages) == 1, 600)
    assert said(messages) == ["Espresso is being made."]
    assert len(machine.orders) == 1
    await kitchen.finish()
    await async_come(hass)
    assert len(machine.orders) == len(messages) == 1


async def test_good_morning_lost_answer(over_bluetooth: Kitchen, freezer: FrozenDateTimeFactory) -> None:
    """Where nobody knows whether the order arrived, it is told, and not ordered again."""
    hass, machine = over_bluetooth.hass, over_bluetooth.machine
    assert over_bluetooth.smart_connect is not None
    await async_start_at(over_bluetooth, freezer, "2030-01-07T06:00:00+00:00")
    messages = await async_use(over_bluetooth, "good_morning_coffee.yaml", presence=MOTION, cup_always_there=True)
    over_bluetooth.smart_connect.faults.fail_next(Failure.ANSWER_LOST, characteristic="1525")
    await async_come(hass)
    await async_wait_for(hass, lambda: len(messages) == 1)
    assert "Look at the machine before you try again" in said(messages)[0]
    await over_bluetooth.finish()
    await async_come(hass)
    assert len(messages) == 1
    assert len(machine.orders) == 1


# --- empty the tray in time -------------------------------------------------------------------------------------------


async def test_empty_tray_early(over_bluetooth: Kitchen) -> None:
    """Reminds at the chosen drink and each one more, and counts anew once tray and container were emptied."""
    hass, machine = over_bluetooth.hass, over_bluetooth.machine
    assert await async_setup_component(hass, "counter", {"counter": {"drinks": {}}})
    messages = await async_use(over_bluetooth, "empty_tray_early.yaml", counter="counter.drinks", drinks=2)

    async def async_drink() -> None:
        await over_bluetooth.brew("espresso")
        await async_wait_for(hass, lambda: machine.drink is None, 600)
        await asyncio.sleep(90)

    await async_drink()
    assert messages == []
    await over_bluetooth.brew("espresso")
    await hass.services.async_call("jura", "cancel", blocking=True)
    await asyncio.sleep(120)
    assert messages == [], "what was cancelled doesn't count"
    await async_drink()
    assert said(messages) == ["2 drinks since it was last emptied: empty drip tray and grounds container."]
    await async_drink()
    assert len(messages) == 2
    machine.remove_drip_tray()
    await asyncio.sleep(90)
    machine.insert_drip_tray()
    await asyncio.sleep(90)
    assert hass.states.is_state("counter.drinks", "0")
    await async_drink()
    assert len(messages) == 2


# --- monthly report ---------------------------------------------------------------------------------------------------


async def test_monthly_report(over_bluetooth: Kitchen, freezer: FrozenDateTimeFactory) -> None:
    """The report of the last month, on the first and on no other day, from a machine that is off."""
    hass = over_bluetooth.hass
    await async_start_at(over_bluetooth, freezer, "2030-01-31T08:00:00+00:00")
    messages = await async_use(over_bluetooth, "monthly_report.yaml")
    over_bluetooth.machine.power_cut()
    await async_until(hass, 9, 5)
    assert messages == []
    await async_until(hass, 9, 5)
    assert "Last month" in messages[0].data["title"]
    assert "2030-01-01" in messages[0].data["message"]
    assert "2030-01-31" in messages[0].data["message"]
    await async_until(hass, 9, 5)
    assert len(messages) == 1


# --- my coffee by tag -------------------------------------------------------------------------------------------------


async def test_coffee_by_tag(kitchen: Kitchen) -> None:
    """One's own drink for one's own tag and for no other; why not, in words."""
    hass, machine = kitchen.hass, kitchen.machine
    assert await async_setup_component(hass, "tag", {})
    await kitchen.own("Sunday cappuccino", "cappuccino", {"strength": 8})
    await asyncio.sleep(60)
    for tag_id in ("mine", "another"):
        await async_scan_tag(hass, tag_id, None)
    await hass.async_block_till_done()
    mine = er.async_get(hass).async_get_entity_id("tag", "tag", "mine")
    messages = await async_use(kitchen, "coffee_by_tag.yaml", tag=mine, drink="Sunday cappuccino")
    await async_scan_tag(hass, "another", None)
    await asyncio.sleep(30)
    assert messages == []
    await async_scan_tag(hass, "mine", None)
    await async_scan_tag(hass, "mine", None)
    await async_wait_for(hass, lambda: messages)
    await asyncio.sleep(5)
    assert said(messages) == ["Sunday cappuccino is being made."]
    assert len(machine.orders) == 1
    await kitchen.finish()
    machine.empty_water_tank()
    await asyncio.sleep(90)
    await async_scan_tag(hass, "mine", None)
    await async_wait_for(hass, lambda: len(messages) == 2)
    assert said(messages)[1].startswith("Sunday cappuccino: ")
    assert "water tank" in said(messages)[1]
    assert len(machine.orders) == 1


async def test_coffee_by_tag_no_such_drink(over_bluetooth: Kitchen) -> None:
    """A drink that the machine doesn't have is told, too."""
    hass = over_bluetooth.hass
    assert await async_setup_component(hass, "tag", {})
    await async_scan_tag(hass, "mine", None)
    await hass.async_block_till_done()
    mine = er.async_get(hass).async_get_entity_id("tag", "tag", "mine")
    messages = await async_use(over_bluetooth, "coffee_by_tag.yaml", tag=mine, drink="a sandwich")
    await async_scan_tag(hass, "mine", None)
    await asyncio.sleep(5)
    assert said(messages)[0].startswith("“a sandwich” could not be ordered")
    assert not over_bluetooth.machine.orders


# --- switch the machine on --------------------------------------------------------------------------------------------

POWER = "sensor.power"


@dataclass
class Pusher:
    """Presses the machine's button, which switches it on or off."""

    machine: Machine
    works: bool = True
    presses: int = 0

    async def async_press(self, _call: ServiceCall) -> None:
        """Press."""
        self.presses += 1
        if self.works:
            (self.machine.switch_off if self.machine.on else self.machine.switch_on)()


@pytest.fixture
def pusher(hass: HomeAssistant, machine: Machine) -> Pusher:
    """Return a pusher, as a button and as a switch."""
    return Pusher(machine)


async def async_use_switch(
    kitchen: Kitchen, pusher: Pusher, which: str = "button.pusher", **inputs: Any
) -> tuple[list[ServiceCall], list[Event]]:
    """Have the automation, and return its messages and what is done once the machine is ready."""
    hass = kitchen.hass
    inputs.setdefault("when", [{"trigger": "event", "event_type": "wish"}])
    action = "turn_on" if which.startswith("switch.") else "press"
    await hass.async_block_till_done()
    hass.services.async_register(which.split(".", maxsplit=1)[0], action, pusher.async_press)
    done = async_capture_events(hass, "done")
    messages = await async_use(kitchen, "switch_on.yaml", switch=which, then_do=[{"event": "done"}], **inputs)
    return messages, done


@pytest.mark.parametrize("which", ["button.pusher", "switch.pusher", "input_button.pusher"])
async def test_switch_on(over_bluetooth: Kitchen, pusher: Pusher, which: str) -> None:
    """Pressed once where the machine is off, never where it is on; then what was chosen, once it is ready."""
    hass, machine = over_bluetooth.hass, over_bluetooth.machine
    messages, done = await async_use_switch(over_bluetooth, pusher, which)
    hass.bus.async_fire("wish")
    await asyncio.sleep(10)
    assert (pusher.presses, len(done)) == (0, 1), "it was on"
    machine.switch_off()
    await asyncio.sleep(20 * 60)
    hass.bus.async_fire("wish")
    await asyncio.sleep(1)
    hass.bus.async_fire("wish")
    await async_wait_for(hass, lambda: len(done) == 2, 300)
    assert pusher.presses == 1
    assert machine.on
    assert messages == []


async def test_switch_on_in_vain(over_bluetooth: Kitchen, pusher: Pusher) -> None:
    """Told where the machine doesn't become ready, and nothing else is done."""
    hass = over_bluetooth.hass
    messages, done = await async_use_switch(over_bluetooth, pusher)
    over_bluetooth.machine.switch_off()
    await asyncio.sleep(20 * 60)
    pusher.works = False
    hass.bus.async_fire("wish")
    await asyncio.sleep(5 * 60 + 10)
    assert said(messages) == ["It was switched on, but is not ready after 5 minutes. Please have a look."]
    assert pusher.presses == 1
    assert done == []


@pytest.mark.parametrize(("power", "presses"), [("1200", 0), ("0.4", 1), ("unavailable", 0)])
async def test_switch_on_by_power(over_bluetooth: Kitchen, pusher: Pusher, power: str, presses: int) -> None:
    """A machine out of reach that takes power, or may, is on: pressed, it would go off."""
    hass = over_bluetooth.hass
    hass.states.async_set(POWER, power)
    messages, done = await async_use_switch(over_bluetooth, pusher, power=POWER)
    over_bluetooth.machine.switch_off()
    await asyncio.sleep(20 * 60)
    pusher.works = False
    hass.bus.async_fire("wish")
    await asyncio.sleep(6 * 60)
    assert pusher.presses == presses
    assert ("Nothing was pressed" in said(messages)[0]) is not presses
    assert done == []


async def test_switch_on_giving_way(over_bluetooth: Kitchen, pusher: Pusher) -> None:
    """While the phone has the machine, nobody knows whether it is on."""
    hass = over_bluetooth.hass
    messages, _ = await async_use_switch(over_bluetooth, pusher)
    give_way = {"entity_id": entity_id(hass, "switch", "give_way")}
    await hass.services.async_call("switch", "turn_on", give_way, blocking=True)
    await asyncio.sleep(20 * 60)
    hass.bus.async_fire("wish")
    await asyncio.sleep(5)
    assert pusher.presses == 0
    assert "gives way to the phone" in said(messages)[0]


WISH_HELPER = "input_button.wish"


async def async_reload_helper(hass: HomeAssistant) -> None:
    """Let a button helper appear, go and come back, as when Home Assistant's helpers are reloaded."""
    pressed_last = "2030-01-06T08:00:00+00:00"
    for state in (pressed_last, "unavailable", pressed_last):
        hass.states.async_set(WISH_HELPER, state)
        await asyncio.sleep(5)
    hass.states.async_remove(WISH_HELPER)
    await asyncio.sleep(5)
    hass.states.async_set(WISH_HELPER, "unknown")
    await asyncio.sleep(5)


async def test_switch_on_by_a_helper(over_bluetooth: Kitchen, pusher: Pusher) -> None:
    """A press of a helper counts, its first one too; that it goes and comes back does not."""
    hass = over_bluetooth.hass
    when = [{"trigger": "state", "entity_id": WISH_HELPER}]
    _, done = await async_use_switch(over_bluetooth, pusher, when=when)
    await async_reload_helper(hass)
    assert done == []
    hass.states.async_set(WISH_HELPER, "2030-01-07T08:00:00+00:00")
    await asyncio.sleep(5)
    assert len(done) == 1


# --- brew from afar ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["", "zone.office"])
async def test_remote_brew(kitchen: Kitchen, zone: str) -> None:
    """Made only while one of the chosen persons is there."""
    hass, machine = kitchen.hass, kitchen.machine

    async def async_order(at_home: list[str], in_office: list[str]) -> None:
        for person in ("person.anna", "person.ben", "person.guest"):
            hass.states.async_set(
                person, "home" if person in at_home else "Office" if person in in_office else "not_home"
            )
        hass.states.async_set("zone.office", str(len(in_office)), {"persons": in_office})
        hass.bus.async_fire("wish")
        await asyncio.sleep(15)

    when = [{"trigger": "event", "event_type": "wish"}]
    messages = await async_use(
        kitchen, "remote_brew_if_home.yaml", when=when, persons=["person.anna", "person.ben"], zone=zone
    )
    anna = ["person.anna"]
    there, elsewhere = ([], anna) if zone else (anna, [])
    await async_order(elsewhere, there)
    assert said(messages) == ["Nobody is there who could see to the cup, so nothing was made."]
    await async_order(["person.guest"], ["person.guest"])
    assert len(messages) == 2
    assert not machine.orders
    await async_order(there, elsewhere)
    await async_wait_for(hass, lambda: len(messages) == 3)
    assert said(messages)[2] == "Coffee is being made."
    assert len(machine.orders) == 1
    await kitchen.finish()


async def test_remote_brew_by_a_helper(over_bluetooth: Kitchen) -> None:
    """A press of a helper orders, its first one too; that it goes and comes back does not."""
    hass, machine = over_bluetooth.hass, over_bluetooth.machine
    hass.states.async_set("person.anna", "home")
    when = [{"trigger": "state", "entity_id": WISH_HELPER}]
    messages = await async_use(over_bluetooth, "remote_brew_if_home.yaml", when=when, persons=["person.anna"])
    await async_reload_helper(hass)
    await asyncio.sleep(30)
    assert messages == []
    assert not machine.orders
    hass.states.async_set(WISH_HELPER, "2030-01-07T08:00:00+00:00")
    await async_wait_for(hass, lambda: len(messages) == 1)
    assert said(messages) == ["Coffee is being made."]
    assert len(machine.orders) == 1
