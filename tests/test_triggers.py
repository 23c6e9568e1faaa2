"""Our triggers in real automations: each fires once for what it is about, for whatever it was pointed at."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
from homeassistant.helpers.trigger import async_get_all_descriptions
from homeassistant.setup import async_setup_component
import pytest

from custom_components.jura.const import DOMAIN
from custom_components.jura.trigger import TRIGGERS
from simulator.faults import Failure

from .helpers import async_pass, async_wait_for, entity_id, texts
from .kitchen import Kitchen, device_of

DESCALING_DUE, MILK_RINSE_DUE = 33, 35


async def async_automate(
    hass: HomeAssistant, target: Mapping[str, Any], *, options: Mapping[str, Any] | None = None, only: str | None = None
) -> list[str]:
    """Have an automation for each trigger, or for one, and return what fires from now on: trigger, then what about."""
    fired: list[str] = []

    @callback
    def note(event: Event) -> None:
        fired.append(" ".join(word for word in event.data.values() if word))

    hass.bus.async_listen("fired", note)
    about = "{{ trigger.to_state.attributes.get('alert') or trigger.to_state.attributes.get('product') or '' }}"
    automations = [
        {
            "alias": key,
            "triggers": {
                "trigger": f"{DOMAIN}.{key}",
                "target": dict(target),
                **({"options": options} if options else {}),
            },
            "actions": {"event": "fired", "event_data": {"which": key, "about": about}},
            "mode": "parallel",
        }
        for key in TRIGGERS
        if only in (key, None)
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    assert len(hass.states.async_entity_ids("automation")) == len(automations)
    assert all(hass.states.get(found).state == "on" for found in hass.states.async_entity_ids("automation"))  # type: ignore[union-attr]
    return fired


# --- what fires -------------------------------------------------------------------------------------------------------


async def test_a_day(kitchen: Kitchen) -> None:
    """Of a whole day, over either way: each trigger once for each thing that happened, and no other."""
    hass, machine = kitchen.hass, kitchen.machine
    machine.energy_saving_after = 24 * 3600.0
    fired = await async_automate(hass, {"device_id": device_of(hass, kitchen.entry)})
    machine.nap()
    await async_pass(hass, 90)
    assert fired == ["went_to_sleep"]
    machine.wake_up()
    await async_pass(hass, 180)
    assert fired[1:] == ["became_ready"]
    await kitchen.brew("espresso")
    await async_wait_for(hass, lambda: machine.drink is None)
    await async_pass(hass, 60)
    assert fired[2:] == ["drink_started espresso", "drink_finished espresso"]
    await kitchen.brew("coffee")
    await hass.services.async_call(DOMAIN, "cancel", blocking=True)
    await async_pass(hass, 120)
    assert fired[4:] == ["drink_started coffee", "drink_cancelled coffee"]
    machine.set_alert(DESCALING_DUE, True)
    await async_pass(hass, 90)
    # Two automations at the same event, in whichever order.
    assert sorted(fired[6:]) == ["alert_raised descaling_due", "maintenance_due descaling_due"]
    machine.set_alert(DESCALING_DUE, False)
    await async_pass(hass, 90)
    assert fired[8:] == ["alert_cleared descaling_due"]
    machine.set_alert(MILK_RINSE_DUE, True)
    await async_pass(hass, 90)
    assert fired[9:] == ["alert_raised milk_rinse_due"]
    await kitchen.brew("hot_water")
    machine.empty_water_tank()
    machine.cancel()
    await async_pass(hass, 120)
    assert sorted(fired[10:]) == ["alert_raised fill_water_tank", "drink_failed hot_water", "drink_started hot_water"]


async def test_out_of_reach(over_bluetooth: Kitchen) -> None:
    """Neither a lost link nor a reload nor giving way fires anything, though every state goes and comes back."""
    kitchen, hass = over_bluetooth, over_bluetooth.hass
    assert kitchen.smart_connect is not None
    kitchen.machine.energy_saving_after = 3600.0
    kitchen.machine.set_alert(DESCALING_DUE, True)
    await async_pass(hass, 90)
    fired = await async_automate(hass, {"device_id": device_of(hass, kitchen.entry)})
    kitchen.smart_connect.faults.fail_next(Failure.LOST, times=20)
    await async_pass(hass, 180)
    kitchen.smart_connect.faults.clear()
    await async_pass(hass, 180)
    await hass.config_entries.async_reload(kitchen.entry.entry_id)
    await async_pass(hass, 90)
    give_way = {"entity_id": entity_id(hass, "switch", "give_way")}
    await hass.services.async_call("switch", "turn_on", give_way, blocking=True)
    await async_pass(hass, 90)
    await hass.services.async_call("switch", "turn_off", give_way, blocking=True)
    await async_pass(hass, 90)
    assert fired == []


# --- what was chosen --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "fires"),
    [
        (["espresso"], False),
        ("cappuccino", True),
        (["espresso", "cappuccino"], True),
        (["Sunday cappuccino"], True),
        (["sunday  CAPPUCCINO!"], True),
        (["Monday cappuccino"], False),
    ],
)
async def test_which_drink(over_bluetooth: Kitchen, chosen: object, fires: bool) -> None:
    """By its product, or by the name of one's own drink, however it is written."""
    kitchen, hass = over_bluetooth, over_bluetooth.hass
    await kitchen.own("Sunday cappuccino", "cappuccino", {"strength": 8})
    await async_pass(hass, 60)
    target = {"device_id": device_of(hass, kitchen.entry)}
    fired = await async_automate(hass, target, only="drink_started", options={"product": chosen})
    await kitchen.brew("Sunday cappuccino")
    await async_pass(hass, 5)
    assert fired == (["drink_started cappuccino"] if fires else [])


@pytest.mark.parametrize(
    ("only", "options", "fires"),
    [
        ("alert_raised", {"alert": ["fill_water_tank"]}, ["alert_raised fill_water_tank"]),
        ("alert_raised", {"alert": ["fill_beans"]}, []),
        ("alert_cleared", {"alert": ["fill_water_tank", "fill_beans"]}, ["alert_cleared fill_water_tank"]),
        ("maintenance_due", {"program": "cleaning"}, []),
        ("maintenance_due", {"program": ["descaling"]}, ["maintenance_due descaling_due"]),
        ("maintenance_due", {"program": ["milk_rinse"]}, ["maintenance_due milk_rinse_due"]),
    ],
)
async def test_which_alert(over_bluetooth: Kitchen, only: str, options: dict[str, Any], fires: list[str]) -> None:
    """Only those that were chosen."""
    hass, machine = over_bluetooth.hass, over_bluetooth.machine
    fired = await async_automate(hass, {"device_id": device_of(hass, over_bluetooth.entry)}, only=only, options=options)
    machine.empty_water_tank()
    machine.set_alert(DESCALING_DUE, True)
    machine.set_alert(MILK_RINSE_DUE, True)
    await async_pass(hass, 90)
    machine.fill_water_tank()
    await async_pass(hass, 90)
    assert fired == fires


@pytest.mark.parametrize("model", ["15336", "15091"])
async def test_maintenance_of_every_type(over_bluetooth: Kitchen, model: str) -> None:
    """A machine asks for maintenance also where its file doesn't say how that is run, as a professional WE8's doesn't."""
    hass = over_bluetooth.hass
    target = {"device_id": device_of(hass, over_bluetooth.entry)}
    fired = await async_automate(hass, target, only="maintenance_due", options={"program": ["descaling"]})
    over_bluetooth.machine.set_alert(DESCALING_DUE, True)
    await async_pass(hass, 90)
    assert fired == ["maintenance_due descaling_due"]


# --- what it points at ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pointed_at", ["device", "area", "label", "entity", "the other event"])
async def test_targets(over_bluetooth: Kitchen, office: Kitchen, pointed_at: str) -> None:
    """Of two machines the one that was pointed at, in whichever way, and also once everything is renamed."""
    hass, machine = over_bluetooth.hass, over_bluetooth.machine
    areas, labels, devices = ar.async_get(hass), lr.async_get(hass), dr.async_get(hass)
    kitchen, label = areas.async_create("Kitchen"), labels.async_create("Coffee")
    device = device_of(hass, over_bluetooth.entry)
    devices.async_update_device(device, area_id=kitchen.id, labels={label.label_id})
    target = {
        "device": {"device_id": device},
        "area": {"area_id": kitchen.id},
        "label": {"label_id": label.label_id},
        "entity": {"entity_id": entity_id(hass, "event", "machine")},
        "the other event": {"entity_id": entity_id(hass, "event", "drink")},
    }[pointed_at]
    fired = await async_automate(hass, target, only="alert_raised")
    office.machine.empty_water_tank()
    await async_pass(hass, 90)
    assert fired == []
    machine.empty_water_tank()
    await async_pass(hass, 90)
    assert fired == ["alert_raised fill_water_tank"]
    machine.fill_water_tank()
    if "event" not in pointed_at and pointed_at != "entity":
        # Home Assistant itself can't follow the new name of an entity that an automation names.
        er.async_get(hass).async_update_entity(entity_id(hass, "event", "machine"), new_entity_id="event.renamed")
    devices.async_update_device(device, name_by_user="Our good old machine")
    areas.async_update(kitchen.id, name="Pantry")
    await async_pass(hass, 90)
    machine.empty_water_tank()
    await async_pass(hass, 90)
    assert fired == ["alert_raised fill_water_tank"] * 2


async def test_several_machines(over_bluetooth: Kitchen, office: Kitchen) -> None:
    """One automation for all machines fires for each of them."""
    hass = over_bluetooth.hass
    target = {"device_id": [device_of(hass, over_bluetooth.entry), device_of(hass, office.entry)]}
    fired = await async_automate(hass, target, only="alert_raised")
    office.machine.empty_water_tank()
    over_bluetooth.machine.fill_drip_tray()
    await async_pass(hass, 90)
    assert sorted(fired) == ["alert_raised empty_drip_tray", "alert_raised fill_water_tank"]


async def test_only_our_entities(over_bluetooth: Kitchen) -> None:
    """An event of another integration in the same area, with the same words, fires nothing."""
    hass = over_bluetooth.hass
    kitchen = ar.async_get(hass).async_create("Kitchen")
    foreign = er.async_get(hass).async_get_or_create("event", "other", "1", translation_key="machine")
    er.async_get(hass).async_update_entity(foreign.entity_id, area_id=kitchen.id)
    dr.async_get(hass).async_update_device(device_of(hass, over_bluetooth.entry), area_id=kitchen.id)
    fired = await async_automate(hass, {"area_id": kitchen.id, "entity_id": foreign.entity_id}, only="became_ready")
    for moment in ("2026-11-25T07:00:00", "2026-11-25T08:00:00"):
        hass.states.async_set(foreign.entity_id, moment, {"event_type": "became_ready"})
        await hass.async_block_till_done()
    assert fired == []


# --- what a person sees in the editor ---------------------------------------------------------------------------------


async def test_descriptions(over_bluetooth: Kitchen) -> None:
    """Each trigger is offered for our devices, with texts for all that can be chosen."""
    described = await async_get_all_descriptions(over_bluetooth.hass)
    ours = {key.removeprefix(f"{DOMAIN}."): about for key, about in described.items() if key.startswith(f"{DOMAIN}.")}
    assert set(ours) == set(TRIGGERS) == set(texts()["triggers"])
    for key, about in ours.items():
        assert about is not None
        assert about["target"]["entity"] == [{"integration": DOMAIN, "domain": ["event"]}]
        text, fields = texts()["triggers"][key], about.get("fields", {})
        assert set(text.get("fields", {})) == set(fields)
        for field in fields.values():
            select = field["selector"]["select"]
            assert set(select["options"]) == set(texts()["selector"][select["translation_key"]]["options"])
