"""What this very machine allows and has stored goes before what JURA's files say of its type, where the machine tells it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
import logging
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from custom_components.jura.coordinator import JuraCoordinator
from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.model import Product
from custom_components.jura.machine.recipe import default_recipe, in_words
from custom_components.jura.wishes import recipe_from
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.wifi_connect import WifiConnect
from simulator.wifi_faults import LanFailure

from .conftest import LAN_HOST, Press, async_wait_for, async_wait_for_state

TOTAL = "sensor.jura_e8_eb_drinks_made"
ESPRESSO = "button.jura_e8_eb_espresso"
REFRESH = "button.jura_e8_eb_refresh"
USUAL = {"strength": "8", "water": 45, "temperature": "high"}
"""An espresso as JURA's files have it."""
STORED = {"strength": "10", "water": 50, "temperature": "normal"}
"""An espresso as its owner stored it."""

type Add = Callable[[], Any]


@pytest.fixture
async def machine() -> Machine:
    """Return a machine whose display doesn't sleep while the tests wait."""
    machine = Machine(definition_for("15336"), unnamed_bit=False)
    machine.energy_saving_after = 24 * 3600
    return machine


@pytest.fixture
async def wifi(machine: Machine, lan: None) -> AsyncGenerator[WifiConnect]:
    """Return its WiFi Connect; whatever a test did, nothing that is not allowed was sent."""
    wifi = WifiConnect(machine, host=LAN_HOST, min_pause=20.0)
    await wifi.start()
    yield wifi
    await wifi.stop()
    assert not wifi.forbidden
    assert not wifi.unlisted
    assert not wifi.malformed
    assert not wifi.upset


@pytest.fixture
async def add(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, wifi: WifiConnect
) -> AsyncGenerator[Add]:
    """Return what adds the machine and waits until everything was read once."""

    async def add() -> MockConfigEntry:
        flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
        await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": "host"})
        await hass.config_entries.flow.async_configure(flow["flow_id"], {"host": LAN_HOST})
        await async_wait_for(hass, lambda: wifi.dialog is not None)
        wifi.confirm()
        await async_wait_for(
            hass, lambda: [flow["step_id"] for flow in hass.config_entries.flow.async_progress()] == ["paired"]
        )
        result = await hass.config_entries.flow.async_configure(flow["flow_id"])
        entry: MockConfigEntry = result["result"]
        await async_wait_for_state(hass, TOTAL)
        await async_read_everything()
        return entry

    yield add
    for entry in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def async_read_everything() -> None:
    """Let the statistics be read to their end: some sessions, with a pause of 20 s before each."""
    await asyncio.sleep(180)


async def async_set_experimental(hass: HomeAssistant, entry: MockConfigEntry, *, experimental: bool) -> None:
    """Change the option as a person does; the entry is loaded anew."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    options = {"experimental": experimental}
    await hass.config_entries.options.async_configure(flow["flow_id"], options)
    await async_wait_for_state(hass, TOTAL)
    await async_read_everything()


async def async_read_again(hass: HomeAssistant, press: Press) -> None:
    """Have everything read again that is read more than once."""
    await press(REFRESH)
    await async_read_everything()


def coordinator_of(entry: MockConfigEntry) -> JuraCoordinator:
    """Return the coordinator of a loaded entry."""
    coordinator: JuraCoordinator = entry.runtime_data
    return coordinator


def espresso_of(entry: MockConfigEntry) -> Product:
    """Return the espresso as it is now."""
    product = coordinator_of(entry).definition.product("espresso")
    assert product is not None
    return product


def shown(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the button of the espresso says about it."""
    state = hass.states.get(ESPRESSO)
    assert state is not None
    words = {*USUAL, "values_from"}
    return {name: value for name, value in state.attributes.items() if name in words}


def asked(wifi: WifiConnect, beginning: str) -> list[str]:
    """Return what the machine was asked."""
    return [entry.body for entry in wifi.log if entry.direction == "in" and entry.body.startswith(beginning)]


async def test_limits(
    hass: HomeAssistant, hass_storage: dict[str, Any], machine: Machine, wifi: WifiConnect, add: Add, press: Press
) -> None:
    """A machine that allows less refuses more, with its own limits in the answer, also after a restart without it."""
    machine.limit(0x02, WATER_AMOUNT=(10, 11))
    entry = await add()
    assert shown(hass) == {**USUAL, "water": 50, "values_from": "definition"}
    for _ in range(2):
        with pytest.raises(ServiceValidationError) as caught:
            recipe_from(hass, coordinator_of(entry), espresso_of(entry), {"water": 60})
        placeholders: Mapping[str, str] = caught.value.translation_placeholders or {}
        assert placeholders["allowed"] == "50, 55 ml"
        assert recipe_from(hass, coordinator_of(entry), espresso_of(entry), {"water": 55})
        machine.power_cut()
        await hass.config_entries.async_reload(entry.entry_id)
        assert hass.states.get(ESPRESSO).state == "unavailable"
    machine.heating_seconds = machine.rinse_seconds = 1
    machine.switch_on()
    await async_wait_for_state(hass, "sensor.jura_e8_eb_state", "ready")
    await press(ESPRESSO)
    (drink,) = machine.drinks
    assert drink.recipe["WATER_AMOUNT"] == 50

    # What an older version wrote down is read as well.
    await hass.config_entries.async_unload(entry.entry_id)
    stored = hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]
    assert stored.pop("limits")["2"] == {"4": [10, 11]}
    assert stored.pop("recipes") == {}
    machine.power_cut()
    await hass.config_entries.async_setup(entry.entry_id)
    assert coordinator_of(entry).remembered.counters is not None
    assert in_words(default_recipe(espresso_of(entry))) == USUAL


async def test_limits_are_asked_for_once(hass: HomeAssistant, wifi: WifiConnect, add: Add, press: Press) -> None:
    """Nobody changes them: once for each start."""
    entry = await add()
    products = len(coordinator_of(entry).definition.active_products)
    await async_read_again(hass, press)
    assert len(asked(wifi, "@TR:32,00")) == 2
    assert len(asked(wifi, "@TM:60")) == products
    await hass.config_entries.async_reload(entry.entry_id)
    await async_wait_for(hass, lambda: len(asked(wifi, "@TM:60")) == 2 * products)
    await async_read_everything()


async def test_stored_recipe(
    hass: HomeAssistant, hass_storage: dict[str, Any], machine: Machine, wifi: WifiConnect, add: Add, press: Press
) -> None:
    """Who wants it gets the espresso that is stored in the machine; without the option, the machine isn't even asked."""
    wifi.store_recipe(0x02, COFFEE_STRENGTH=10, WATER_AMOUNT=10, TEMPERATURE=1)
    entry = await add()
    assert shown(hass) == {**USUAL, "values_from": "definition"}
    await press(ESPRESSO)
    assert not asked(wifi, "@TM:41")
    await async_wait_for_state(hass, "sensor.jura_e8_eb_state", "ready")

    await async_set_experimental(hass, entry, experimental=True)
    assert shown(hass) == {**STORED, "values_from": "machine"}
    coffee = hass.states.get("button.jura_e8_eb_coffee")
    assert coffee is not None
    assert coffee.attributes["values_from"] == "definition"
    await press(ESPRESSO)
    by_definition, own = machine.drinks
    assert by_definition.recipe == {"COFFEE_STRENGTH": 8, "WATER_AMOUNT": 45, "TEMPERATURE": 2}
    assert own.recipe == {"COFFEE_STRENGTH": 10, "WATER_AMOUNT": 50, "TEMPERATURE": 1}
    await async_wait_for_state(hass, "sensor.jura_e8_eb_state", "ready")

    # Stored anew at the machine, known with the next reading, and after a restart without it.
    wifi.store_recipe(0x02, WATER_AMOUNT=16)
    await async_read_again(hass, press)
    machine.power_cut()
    await hass.config_entries.async_reload(entry.entry_id)
    assert in_words(default_recipe(espresso_of(entry))) == {**USUAL, "water": 80}
    assert coordinator_of(entry).own_products == {"espresso"}
    machine.switch_on()
    await async_wait_for_state(hass, "sensor.jura_e8_eb_state", "ready", seconds=300)
    await async_read_everything()

    await async_set_experimental(hass, entry, experimental=False)
    assert shown(hass) == {**USUAL, "values_from": "definition"}
    assert hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]["recipes"] == {}


async def test_implausible_recipe(hass: HomeAssistant, wifi: WifiConnect, add: Add) -> None:
    """A recipe that can't be is counted, and nobody gets it."""
    wifi.store_recipe(0x02, WATER_AMOUNT=99)
    wifi.store_recipe(0x03, WATER_AMOUNT=24)
    entry = await add()
    await async_set_experimental(hass, entry, experimental=True)
    assert shown(hass) == {**USUAL, "values_from": "definition"}
    assert coordinator_of(entry).own_products == {"coffee"}
    assert coordinator_of(entry).statistics.discarded["stored recipe"] == 1


async def test_a_machine_that_tells_neither(
    hass: HomeAssistant, wifi: WifiConnect, add: Add, press: Press, caplog: pytest.LogCaptureFixture
) -> None:
    """It is asked once for each start, and nobody hears of it."""
    wifi.tells_limits = False
    entry = await add()
    await async_set_experimental(hass, entry, experimental=True)
    assert (asked(wifi, "@TM:60"), asked(wifi, "@TM:41")) == (["@TM:60,020B"] * 2, ["@TM:41,02"])
    await async_read_again(hass, press)
    assert len(asked(wifi, "@TR:32,00")) == 3
    assert (len(asked(wifi, "@TM:60")), len(asked(wifi, "@TM:41"))) == (2, 1)
    assert not coordinator_of(entry).statistics.discarded
    assert shown(hass) == {**USUAL, "values_from": "definition"}
    assert not [
        record
        for record in caplog.records
        if record.levelno >= logging.WARNING and record.name.startswith("custom_components.jura")
    ]


async def test_failures_disturb_nothing(hass: HomeAssistant, machine: Machine, wifi: WifiConnect, add: Add) -> None:
    """The link breaks just then: the statistics are in time and not repeated, and the question comes with the next."""
    wifi.faults.fail_next(LanFailure.LOST, command="@TM:60", skip=3)
    machine.limit(0x02, WATER_AMOUNT=(10, 11))
    entry = await add()
    coordinator = coordinator_of(entry)
    assert coordinator.statistics.discarded == {"LinkLost": 1}
    assert coordinator.data.maintenance is not None
    assert espresso_of(entry) == load_definition("EF538").product("espresso")
    await asyncio.sleep(30 * 60)
    assert len(asked(wifi, "@TR:32,00")) == 1
    await async_wait_for(hass, lambda: shown(hass).get("water") == 50, seconds=30 * 60)
    await async_read_everything()


async def test_over_bluetooth(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """There is nothing to ask over Bluetooth: the definition's values, and nothing that counts as a failure."""
    await async_set_experimental(hass, entry, experimental=True)
    assert shown(hass) == {**USUAL, "values_from": "definition"}
    assert not coordinator_of(entry).statistics.discarded
