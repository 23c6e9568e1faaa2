"""Our conditions, as automations check them: what is not known does not hold."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.helpers import (
    area_registry as ar,
    condition as condition_helper,
    config_validation as cv,
    device_registry as dr,
)
from homeassistant.helpers.condition import async_get_all_descriptions
import pytest
import voluptuous as vol

from custom_components.jura.condition import CONDITIONS
from custom_components.jura.const import DOMAIN

from .helpers import async_pass, async_wait_for, entity_id, texts
from .kitchen import Kitchen, device_of

DESCALING_DUE, MILK_RINSE_DUE, NO_MILK = 33, 35, 14


class Check:
    """Checks conditions on a machine, set up as an automation sets them up."""

    def __init__(self, kitchen: Kitchen) -> None:
        """Bind to a machine."""
        self.hass = kitchen.hass
        self.target: dict[str, Any] = {"device_id": device_of(kitchen.hass, kitchen.entry)}
        self._set_up: list[condition_helper.ConditionChecker] = []

    async def __call__(self, key: str, **options: Any) -> bool:
        """Tell whether a condition holds now."""
        return bool((await self.set_up(key, **options)).async_check())

    async def set_up(self, key: str, **options: Any) -> condition_helper.ConditionChecker:
        """Set a condition up."""
        config = cv.CONDITION_SCHEMA({"condition": f"{DOMAIN}.{key}", "target": self.target, "options": options})
        config = await condition_helper.async_validate_condition_config(self.hass, config)
        checker = await condition_helper.async_from_config(self.hass, config)
        self._set_up.append(checker)
        return checker

    def unload(self) -> None:
        """Let go of everything."""
        for checker in self._set_up:
            checker.async_unload()


@pytest.fixture
async def check(kitchen: Kitchen) -> AsyncGenerator[Check]:
    """Check the machine of the kitchen."""
    check = Check(kitchen)
    yield check
    check.unload()


async def test_is_ready(kitchen: Kitchen, check: Check) -> None:
    """Ready, also in energy saving; not while it makes something, lacks water, or is away."""
    hass, machine = kitchen.hass, kitchen.machine
    assert await check("is_ready")
    assert await check("is_ready", behavior="all")
    machine.nap()
    await async_pass(hass, 90)
    assert await check("is_ready")
    machine.wake_up()
    await async_pass(hass, 90)
    await kitchen.brew("espresso")
    assert not await check("is_ready")
    await kitchen.finish()
    machine.empty_water_tank()
    await async_pass(hass, 90)
    assert not await check("is_ready")
    machine.fill_water_tank()
    machine.power_cut()
    await async_pass(hass, 180)
    assert not await check("is_ready")
    assert not await check("is_ready", behavior="all"), "of a machine that is away nothing is known"


async def test_ready_for_long(over_bluetooth: Kitchen) -> None:
    """For so long as was wished, and not longer than it is."""
    hass = over_bluetooth.hass
    over_bluetooth.machine.empty_water_tank()
    await async_pass(hass, 90)
    check = Check(over_bluetooth)
    over_bluetooth.machine.fill_water_tank()
    await async_wait_for(hass, lambda: hass.states.is_state(entity_id(hass, "binary_sensor", "ready"), "on"))
    checker = await check.set_up("is_ready", **{"for": {"minutes": 3}})
    assert not checker.async_check()
    await async_pass(hass, 200)
    assert checker.async_check()
    check.unload()


async def test_can_make(kitchen: Kitchen, check: Check) -> None:
    """What the machine would make, it can make: by the drink, not by the machine as a whole."""
    hass, machine = kitchen.hass, kitchen.machine
    machine.energy_saving_after = 24 * 3600.0
    assert await check("can_make", product="espresso")
    assert await check("can_make", product="Hot water")
    assert not await check("can_make", product="pot"), "not on this machine"
    assert not await check("can_make", product="a sandwich")
    machine.fill_drip_tray()
    await async_pass(hass, 90)
    assert not await check("can_make", product="espresso")
    machine.remove_drip_tray()
    await async_pass(hass, 40)
    machine.insert_drip_tray()
    await async_pass(hass, 90)
    assert await check("can_make", product="espresso")
    await kitchen.brew("espresso")
    assert not await check("can_make", product="espresso"), "it makes one already"
    await kitchen.finish()
    await async_pass(hass, 90)
    assert await check("can_make", product="espresso")
    give_way = {"entity_id": entity_id(hass, "switch", "give_way")}
    await hass.services.async_call("switch", "turn_on", give_way, blocking=True)
    assert not await check("can_make", product="espresso")
    await hass.services.async_call("switch", "turn_off", give_way, blocking=True)
    await async_pass(hass, 30)
    assert await check("can_make", product="espresso")
    machine.power_cut()
    await async_pass(hass, 180)
    assert not await check("can_make", product="espresso")


@pytest.mark.parametrize("model", ["15478"])
async def test_can_make_without_milk(kitchen: Kitchen, check: Check) -> None:
    """A machine that can't make everything makes what it can, and ours is told what is blocked by the same rule."""
    coordinator = kitchen.entry.runtime_data
    alert = next(
        alert
        for alert in coordinator.definition.alerts.values()
        if alert.blocks and "coffee" in alert.blocks and "water" not in alert.blocks
    )
    kitchen.machine.set_alert(alert.bit, True)
    await async_pass(kitchen.hass, 90)
    assert not await check("can_make", product="espresso")
    assert await check("can_make", product="hot_water")
    assert (await kitchen.brew("espresso"))["outcome"] == "blocked"


async def test_can_make_ones_own(over_bluetooth: Kitchen) -> None:
    """One's own drink by its name, as long as it can be had."""
    await over_bluetooth.own("Sunday cappuccino", "cappuccino", {"strength": 8})
    await over_bluetooth.own("Impossible", "cappuccino", {"strength": 99})
    await async_pass(over_bluetooth.hass, 60)
    check = Check(over_bluetooth)
    assert await check("can_make", product="sunday cappuccino")
    assert not await check("can_make", product="Impossible")


async def test_can_make_what_is_allowed(over_bluetooth: Kitchen, freezer: FrozenDateTimeFactory) -> None:
    """Where automations may not start drinks, or not at this hour, none can be had by them."""
    hass, entry = over_bluetooth.hass, over_bluetooth.entry
    check = Check(over_bluetooth)
    checker = await check.set_up("can_make", product="espresso")
    assert checker.needs_polling
    assert checker.async_check()
    hass.config_entries.async_update_entry(entry, options={"sources": ["dashboard", "voice"]})
    assert not checker.async_check()
    hass.config_entries.async_update_entry(entry, options={"quiet_from": "22:00:00", "quiet_to": "06:00:00"})
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2030-01-01T23:00:00+00:00")
    assert not checker.async_check()
    freezer.move_to("2030-01-02T06:00:00+00:00")
    assert checker.async_check()


async def test_maintenance_due(kitchen: Kitchen, check: Check) -> None:
    """What the machine asks for, and still asks for while it is off; a rinse only for who wants to know of it."""
    hass, machine = kitchen.hass, kitchen.machine
    assert not await check("maintenance_due")
    machine.set_alert(MILK_RINSE_DUE, True)
    await async_pass(hass, 90)
    assert not await check("maintenance_due")
    assert await check("maintenance_due", program="milk_rinse")
    machine.set_alert(DESCALING_DUE, True)
    await async_pass(hass, 90)
    assert await check("maintenance_due")
    assert await check("maintenance_due", program=["descaling"])
    assert not await check("maintenance_due", program=["cleaning"])
    assert not await check("maintenance_due", program=["cleaning", "descaling"], behavior="all")
    machine.power_cut()
    await async_pass(hass, 180)
    assert await check("maintenance_due", program=["descaling"])
    with pytest.raises(vol.Invalid):
        await check("maintenance_due", program=["polishing"])


async def test_several_machines(over_bluetooth: Kitchen, office: Kitchen) -> None:
    """Of several machines one or all; an area that has none is never ready, and entities of others don't count."""
    hass = over_bluetooth.hass
    check = Check(over_bluetooth)
    check.target = {"device_id": [device_of(hass, over_bluetooth.entry), device_of(hass, office.entry)]}
    assert await check("is_ready", behavior="all")
    office.machine.power_cut()
    await async_pass(hass, 180)
    assert await check("is_ready")
    assert not await check("is_ready", behavior="all")
    pantry = ar.async_get(hass).async_create("Pantry")
    hass.states.async_set("binary_sensor.door", "on")
    check.target = {"area_id": pantry.id, "entity_id": "binary_sensor.door"}
    assert not await check("is_ready")
    assert not await check("is_ready", behavior="all")
    dr.async_get(hass).async_update_device(device_of(hass, over_bluetooth.entry), area_id=pantry.id)
    assert await check("is_ready", behavior="all")


async def test_not_set_up(over_bluetooth: Kitchen) -> None:
    """A machine whose entry is not loaded makes nothing."""
    check = Check(over_bluetooth)
    checker = await check.set_up("can_make", product="espresso")
    await over_bluetooth.hass.config_entries.async_unload(over_bluetooth.entry.entry_id)
    assert not checker.async_check()


async def test_descriptions(over_bluetooth: Kitchen) -> None:
    """Each condition is offered for our devices, with texts for all that can be chosen."""
    described = await async_get_all_descriptions(over_bluetooth.hass)
    ours = {key.removeprefix(f"{DOMAIN}."): about for key, about in described.items() if key.startswith(f"{DOMAIN}.")}
    assert set(ours) == set(CONDITIONS) == set(texts()["conditions"])
    for key, about in ours.items():
        assert about is not None
        assert [(one["integration"], one["domain"]) for one in about["target"]["entity"]] == [
            (DOMAIN, ["binary_sensor"])
        ]
        text, fields = texts()["conditions"][key], about["fields"]
        assert set(text["fields"]) == set(fields)
        for field in fields.values():
            if select := _select(field):
                assert set(select["options"]) == set(texts()["selector"][select["translation_key"]]["options"])


def _select(field: Mapping[str, Any]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = field["selector"].get("select")
    return found
