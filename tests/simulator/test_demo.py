"""The simulated machine as the demo has it: an integration of its own in a running Home Assistant."""

import asyncio
import json
from pathlib import Path
from typing import Any

from homeassistant.components import bluetooth
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

import custom_components
from simulator.faults import Failure
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect

from .lan import Client

DOMAIN = "jura_simulator"
FOLDER = Path(__file__).parents[2] / "simulator" / "custom_components"
pytestmark = pytest.mark.usefixtures("enable_bluetooth", "enable_custom_integrations")


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant find it."""
    monkeypatch.setattr(custom_components, "__path__", [*custom_components.__path__, str(FOLDER)])


@pytest.fixture
async def machine(hass: HomeAssistant) -> Machine:
    """Return the machine of the demo."""
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: {"machine": "E8"}})
    await hass.async_block_till_done()
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    machine: Machine = entry.runtime_data.machine
    return machine


def entity(hass: HomeAssistant, key: str) -> str:
    """Return the id of one of its entities."""
    registry = er.async_get(hass)
    return next(
        entry.entity_id
        for entry in registry.entities.values()
        if entry.platform == DOMAIN and entry.translation_key == key
    )


async def call(hass: HomeAssistant, service: str, key: str, **data: Any) -> None:
    """Call an action of an entity."""
    entity_id = entity(hass, key)
    await hass.services.async_call(
        entity_id.partition(".")[0], service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
    )


def state(hass: HomeAssistant, key: str) -> str:
    """Return the state of an entity."""
    found = hass.states.get(entity(hass, key))
    assert found is not None
    return found.state


async def unload(hass: HomeAssistant) -> None:
    """Take all machines away."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_machine(hass: HomeAssistant, machine: Machine) -> None:
    """It is within reach, and in the hands of its entities."""
    assert machine.definition.article == 15341
    info = bluetooth.async_last_service_info(hass, "C0:FF:EE:00:00:01")
    assert info is not None
    assert info.manufacturer_data[171][4:6] == (15341).to_bytes(2, "little")

    for key in ("water_tank", "drip_tray", "grounds_container", "beans", "milk"):
        before = machine.status_bits
        assert state(hass, key) == STATE_ON
        await call(hass, "turn_off", key)
        assert state(hass, key) == STATE_OFF
        assert machine.status_bits - before
        await call(hass, "turn_on", key)
        assert state(hass, key) == STATE_ON
        assert machine.status_bits == before

    await call(hass, "press", "coffee")
    assert state(hass, "drinks_made") == "1"
    await asyncio.sleep(60)
    made = hass.states.get(entity(hass, "drinks_made"))
    assert made is not None
    assert made.attributes["outcome"] == "finished"
    assert made.name == "Simulated JURA E8 Drinks made"
    await call(hass, "press", "descaling_due")
    assert 33 in machine.status_bits

    await call(hass, "turn_off", "power")
    await asyncio.sleep(20)
    assert state(hass, "power") == STATE_OFF
    await unload(hass)


async def test_maintenance_step(hass: HomeAssistant, machine: Machine) -> None:
    """A person does what a maintenance program waits for, and is told if none waits."""
    with pytest.raises(ServiceValidationError):
        await call(hass, "press", "confirm_step")
    (cleaning,) = (code for code, name in machine.definition.programs.items() if name == "Cleaning")
    assert machine.start_program(cleaning)
    assert machine.waiting
    await call(hass, "press", "confirm_step")
    assert machine.program == "Cleaning"
    assert not machine.waiting
    await unload(hass)


async def test_faults(hass: HomeAssistant, machine: Machine) -> None:
    """Phone, PIN and faults."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    smart_connect: SmartConnect = entry.runtime_data.smart_connect
    await call(hass, "turn_on", "phone")
    assert state(hass, "phone") == STATE_ON
    assert smart_connect.advertisement() is None
    await call(hass, "turn_off", "phone")
    await call(hass, "turn_on", "pin")
    assert smart_connect.pin_set
    await call(hass, "select_option", "next_fault", option="lose_answer")
    assert smart_connect.faults.pending == (Failure.ANSWER_LOST,)
    assert state(hass, "next_fault") == "lose_answer"
    smart_connect.faults.clear()
    assert state(hass, "next_fault") == "none"
    await unload(hass)


async def test_memory(hass: HomeAssistant, machine: Machine) -> None:
    """Counters go on after a restart."""
    machine.press_product(0x03)
    await asyncio.sleep(60)
    total = machine.total
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.runtime_data.machine is not machine
    assert entry.runtime_data.machine.total == total
    await unload(hass)


async def test_by_hand(hass: HomeAssistant) -> None:
    """A machine can be added in the user interface."""
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    flow = await hass.config_entries.flow.async_configure(flow["flow_id"], {"machine": "Moka"})
    assert flow["errors"] == {"machine": "unknown_machine"}
    flow = await hass.config_entries.flow.async_configure(flow["flow_id"], {"machine": "Z10"})
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert flow["result"].state is ConfigEntryState.LOADED
    assert flow["title"] == "Simulated JURA Z10 (NAA)"
    await unload(hass)


async def test_two_machines(hass: HomeAssistant) -> None:
    """A list makes several machines; one that doesn't exist is left out."""
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: {"machine": ["E8", "15221", "Moka"]}})
    await hass.async_block_till_done()
    # Home Assistant adds them in whichever order they are ready.
    assert sorted(entry.title for entry in hass.config_entries.async_entries(DOMAIN)) == [
        "Simulated JURA D4",
        "Simulated JURA E8",
    ]
    assert bluetooth.async_last_service_info(hass, "C0:FF:EE:00:00:02") is not None
    await unload(hass)


@pytest.mark.usefixtures("socket_enabled")
async def test_wifi(hass: HomeAssistant) -> None:
    """It can have a WiFi Connect, too, with the dialog in the hands of entities."""
    options = {"machine": "S8 (EB)", "wifi": True, "pin": "4711", "port": 0}
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: options})
    await hass.async_block_till_done()
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    wifi: WifiConnect = entry.runtime_data.wifi
    assert wifi.reachable
    assert wifi.host == "127.0.0.1"
    assert state(hass, "connect_dialog") == "No dialog"
    assert state(hass, "wifi_pin") == STATE_ON

    client = await Client.connect(wifi)
    client.send("@HP:4711,686F6D65,")
    await client.listen(1)
    assert state(hass, "connect_dialog") == "home"
    await call(hass, "press", "connect_confirm")
    assert (await client.answer() or "").startswith("@hp4:")
    assert state(hass, "connect_dialog") == "No dialog"
    with pytest.raises(ServiceValidationError, match="one at a time"):
        await call(hass, "turn_on", "phone_wifi")
    assert state(hass, "phone_wifi") == STATE_OFF
    with pytest.raises(ServiceValidationError, match="asks nothing"):
        await call(hass, "press", "connect_confirm")
    wifi.machine.nap()
    with pytest.raises(ServiceValidationError, match="was asleep"):
        await call(hass, "press", "connect_confirm")
    with pytest.raises(ServiceValidationError, match="asks nothing"):
        await call(hass, "press", "connect_confirm")
    await client.leave()
    await asyncio.sleep(5)
    await call(hass, "turn_on", "phone_wifi")
    assert state(hass, "phone_wifi") == STATE_ON
    await call(hass, "turn_off", "phone_wifi")
    await call(hass, "turn_off", "wifi_pin")
    assert not wifi.pin
    await asyncio.sleep(5)
    client = await Client.connect(wifi)
    client.send("@HP:,616263,")
    await client.listen(1)
    await call(hass, "press", "connect_refuse")
    assert await client.answer() == "@hp5:02"
    await client.gone()
    await call(hass, "turn_on", "wifi_pin")
    assert wifi.pin == "4711"
    await unload(hass)
    assert not wifi.reachable


def test_translations() -> None:
    """Every entity has a name."""
    names = json.loads((FOLDER / DOMAIN / "translations" / "en.json").read_text("utf-8"))["entity"]
    assert {platform: set(keys) for platform, keys in names.items()} == {
        "button": {"coffee", "confirm_step", "connect_confirm", "connect_refuse", "descaling_due"},
        "select": {"next_fault"},
        "sensor": {"connect_dialog", "drinks_made"},
        "switch": {
            "beans",
            "drip_tray",
            "grounds_container",
            "milk",
            "phone",
            "phone_wifi",
            "pin",
            "power",
            "water_tank",
            "wifi_network",
            "wifi_pin",
        },
    }
