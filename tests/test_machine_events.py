"""What is told of the machine itself, in Home Assistant: alerts, waking and sleeping, each once, over restarts too."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.core import Event, EventStateChangedData, HomeAssistant
import pytest

from simulator.machine import Machine

from .helpers import async_pass, entity_id, state_of
from .kitchen import Kitchen

DESCALING_DUE = 33


@pytest.fixture
async def told(kitchen: Kitchen) -> AsyncGenerator[list[str]]:
    """Return what is told from now on, in words."""
    told: list[str] = []
    event = entity_id(kitchen.hass, "event", "machine")
    seen: set[str] = set()

    async def listen(changed: Event[EventStateChangedData]) -> None:
        now = changed.data["new_state"]
        # A restart shows once more what was told before, with its time.
        if now and now.entity_id == event and now.attributes.get("event_type") and now.state not in seen:
            seen.add(now.state)
            told.append(f"{now.attributes['event_type']} {now.attributes['alert'] or ''}".strip())

    remove = kitchen.hass.bus.async_listen("state_changed", listen)
    yield told
    remove()


async def test_alerts(kitchen: Kitchen, told: list[str]) -> None:
    """Each alert is told when it comes and when it goes, two at once one after the other, and what it means with it."""
    kitchen.machine.energy_saving_after = 24 * 3600.0
    kitchen.machine.empty_water_tank()
    kitchen.machine.set_alert(DESCALING_DUE, True)
    await async_pass(kitchen.hass, 90)
    assert told == ["alert_raised fill_water_tank", "alert_raised descaling_due"]
    state = kitchen.hass.states.get(entity_id(kitchen.hass, "event", "machine"))
    assert state is not None
    about: dict[str, Any] = {key: state.attributes[key] for key in ("alert", "severity", "program")}
    assert about == {"alert": "descaling_due", "severity": "maintenance", "program": "descaling"}
    kitchen.machine.fill_water_tank()
    await async_pass(kitchen.hass, 90)
    assert told[2:] == ["alert_cleared fill_water_tank"]
    await async_pass(kitchen.hass, 120)
    assert len(told) == 3


async def test_a_night(kitchen: Kitchen, told: list[str]) -> None:
    """Switched off in the evening and on in the morning: each told once, and what stood before is no news."""
    kitchen.machine.set_alert(DESCALING_DUE, True)
    await async_pass(kitchen.hass, 90)
    assert told == ["alert_raised descaling_due"]
    kitchen.machine.switch_off()
    await async_pass(kitchen.hass, 8 * 3600)
    assert set(told[1:]) <= {"went_to_sleep"}, "whether it was seen going off depends on when it was looked at"
    night = len(told)
    # It needs descaling whether it is on or not.
    assert state_of(kitchen.hass, "binary_sensor", "alert_descaling_due") == "on"
    assert state_of(kitchen.hass, "binary_sensor", "alert_fill_water_tank") == "unavailable"
    kitchen.machine.switch_on()
    await async_pass(kitchen.hass, 300)
    assert told[night:] == ["became_ready"]


async def test_a_nap(kitchen: Kitchen, told: list[str]) -> None:
    """Energy saving is sleep; the drink that wakes the machine is no "became ready", and neither is the next."""
    kitchen.machine.nap()
    await async_pass(kitchen.hass, 90)
    assert told == ["went_to_sleep"]
    kitchen.machine.wake_up()
    await async_pass(kitchen.hass, 180)
    assert told == ["went_to_sleep", "became_ready"]
    assert kitchen.machine.press_product(2)
    await async_pass(kitchen.hass, 300)
    assert told == ["went_to_sleep", "became_ready"]


async def test_over_a_restart(hass: HomeAssistant, kitchen: Kitchen, machine: Machine, told: list[str]) -> None:
    """What changed while Home Assistant was away is told when it is back; what stood before isn't told again."""
    machine.empty_water_tank()
    await async_pass(hass, 90)
    assert told == ["alert_raised fill_water_tank"]
    await hass.config_entries.async_unload(kitchen.entry.entry_id)
    machine.set_alert(DESCALING_DUE, True)
    await asyncio.sleep(60)
    await hass.config_entries.async_setup(kitchen.entry.entry_id)
    await async_pass(hass, 120)
    assert told == ["alert_raised fill_water_tank", "alert_raised descaling_due"]
    await hass.config_entries.async_reload(kitchen.entry.entry_id)
    await async_pass(hass, 120)
    assert len(told) == 2
