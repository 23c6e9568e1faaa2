"""Owners of another integration of the domain `jura` replace it by this one: their entry, and what it left behind.

The shapes of the entries are those that AlexxIT/Jura, markus-lassfolk/HASS-Jura-Joe-WIFI and makefu/jura-connect-hass
write, with their forks.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import SOURCE_IGNORE, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import voluptuous as vol

from custom_components.jura.const import DOMAIN, ENTRY_VERSION
from custom_components.jura.foreign_entries import usable
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.scanner import async_add_simulated_adapter
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect

from .conftest import ADDRESS, LAN_HOST
from .helpers import UNIQUE_ID, async_pass, async_wait_for, check_texts, entity_id

TOKEN = "AB" * 32
ALEXXIT = {"mac": ADDRESS}
ALEXXIT_FORK = {"mac": ADDRESS, "adv": "2a05080300003c00"}
LASSFOLK_BLUETOOTH = {"connection_type": "ble", "mac": ADDRESS}
LASSFOLK_WIFI = {
    "connection_type": "wifi",
    "host": LAN_HOST,
    "port": 51515,
    "pin": "1234",
    "auth_hash": TOKEN,
    "device_name": "HomeAssistant",
}
MAKEFU_1 = {"host": LAN_HOST, "port": 51515, "pin": "1234", "conn_id": "homeassistant-1a2b3c4d", "auth_hash": TOKEN}
MAKEFU_2 = {**MAKEFU_1, "machine_type": "EF538"}

OVER_BLUETOOTH = {"address": ADDRESS, "article": 15336, "definition": "EF538"}


def over_wifi(connection_id: str) -> dict[str, Any]:
    """Return what our entry of a machine on the network has."""
    return {
        "host": LAN_HOST,
        "pin": "1234",
        "connection_id": connection_id,
        "token": TOKEN,
        "article": 15336,
        "definition": "EF538",
    }


async def async_replace(hass: HomeAssistant, data: dict[str, Any], **options: Any) -> MockConfigEntry:
    """Start Home Assistant with an entry of another integration, which is there no more."""
    entry = MockConfigEntry(domain=DOMAIN, data=data, **{"title": "", "unique_id": None, **options})
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def async_finish(hass: HomeAssistant) -> None:
    """Let go of everything."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


def flows(hass: HomeAssistant) -> list[Any]:
    """Return what a person is asked about our machines."""
    return list(hass.config_entries.flow.async_progress_by_handler(DOMAIN))


# --- known entries ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (ALEXXIT, {}),
        (ALEXXIT_FORK, {}),
        (LASSFOLK_BLUETOOTH, {"title": ADDRESS, "options": {"error_reporting": True}}),
        ({"mac": ADDRESS.lower()}, {}),
    ],
)
async def test_over_bluetooth(
    hass: HomeAssistant, adapter: None, data: dict[str, Any], options: dict[str, Any]
) -> None:
    """The machine is ours as soon as it is heard, under its own numbers, and nobody is asked anything."""
    entry = await async_replace(hass, data, **options)
    await async_wait_for(hass, lambda: entry.state is ConfigEntryState.LOADED)
    assert dict(entry.data) == OVER_BLUETOOTH
    assert (entry.unique_id, entry.title, entry.version) == (UNIQUE_ID, "JURA E8 (EB)", ENTRY_VERSION)
    assert not entry.options
    assert not flows(hass)
    assert hass.states.get(entity_id(hass, "sensor", "state"))
    await async_finish(hass)


@pytest.mark.parametrize(
    ("data", "options", "connection_id"),
    [
        (LASSFOLK_WIFI, {"title": f"Jura WiFi ({LAN_HOST})", "unique_id": "aabbccddeeff"}, "HomeAssistant"),
        (MAKEFU_1, {"unique_id": f"{LAN_HOST}|homeassistant-1a2b3c4d"}, "homeassistant-1a2b3c4d"),
        (MAKEFU_2, {"unique_id": f"{LAN_HOST}|homeassistant-1a2b3c4d", "version": 2}, "homeassistant-1a2b3c4d"),
    ],
)
async def test_over_wifi(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    enable_bluetooth: None,
    wifi_connect: WifiConnect,
    data: dict[str, Any],
    options: dict[str, Any],
    connection_id: str,
) -> None:
    """The machine keeps on accepting Home Assistant under the name and with the token that it knows."""
    wifi_connect.tokens[connection_id.encode().hex().upper()] = TOKEN
    entry = await async_replace(hass, data, **options)
    assert entry.state is ConfigEntryState.LOADED
    assert dict(entry.data) == over_wifi(connection_id)
    assert (entry.unique_id, entry.title, entry.version) == (UNIQUE_ID, "JURA E8 (EB)", ENTRY_VERSION)
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance, seconds=600)
    assert not flows(hass)
    await async_finish(hass)


async def test_not_paired(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    enable_bluetooth: None,
    machine: Machine,
    wifi_connect: WifiConnect,
) -> None:
    """What is missing is asked for: a machine without a token of use is paired, after a person said so."""
    entry = await async_replace(hass, {**MAKEFU_1, "auth_hash": "what the app showed", "pin": "none"})
    assert (entry.state, entry.error_reason_translation_key) == (ConfigEntryState.SETUP_ERROR, "login_refused")
    assert dict(entry.data) == {"host": LAN_HOST, "pin": "", "article": 15336, "definition": "EF538"}
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = flows(hass)
    assert flow["step_id"] == "reauth_confirm"
    assert not wifi_connect.tokens
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    await hass.async_block_till_done()
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    check_texts(result)
    assert result["step_id"] == "pin"
    await async_finish(hass)


# --- machines that are off, others, and what is left behind -----------------------------------------------------------


async def test_machine_is_off(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, smart_connect: SmartConnect
) -> None:
    """Nothing of the entry is touched until the machine is on; then it isn't offered as a new one, but taken at once."""
    entry = await async_replace(hass, ALEXXIT)
    await async_pass(hass, 3600)
    assert (entry.state, entry.error_reason_translation_key) == (ConfigEntryState.SETUP_RETRY, "unreachable")
    assert dict(entry.data) == ALEXXIT
    _, remove = await async_add_simulated_adapter(hass, [smart_connect], slots=2)
    await async_wait_for(hass, lambda: entry.state is ConfigEntryState.LOADED, seconds=10)
    assert dict(entry.data) == OVER_BLUETOOTH
    assert not flows(hass)
    await async_finish(hass)
    remove()


async def test_dongle_is_off(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, wifi_connect: WifiConnect
) -> None:
    """The same over Wi-Fi, where Home Assistant finds the machine at the entry's address."""
    wifi_connect.tokens[b"homeassistant-1a2b3c4d".hex().upper()] = TOKEN
    await wifi_connect.stop()
    entry = await async_replace(hass, MAKEFU_2, version=2)
    assert (entry.state, entry.error_reason_translation_key) == (ConfigEntryState.SETUP_RETRY, "unreachable")
    assert LAN_HOST in str(entry.reason)
    await wifi_connect.start()
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": "integration_discovery"}, data={"host": LAN_HOST}
    )
    assert (result["type"], result["reason"]) == ("abort", "already_configured")
    await async_wait_for(hass, lambda: entry.state is ConfigEntryState.LOADED)
    assert dict(entry.data) == over_wifi("homeassistant-1a2b3c4d")
    await async_finish(hass)


@pytest.mark.parametrize("model", ["15172"])
async def test_another_place(hass: HomeAssistant, adapter: None) -> None:
    """A machine elsewhere is offered as ever, whatever an entry waits for."""
    entry = await async_replace(hass, {"mac": "C0:FF:EE:00:00:99"})
    await async_wait_for(hass, lambda: flows(hass))
    assert flows(hass)[0]["step_id"] == "confirm"
    assert entry.state is ConfigEntryState.SETUP_RETRY
    await async_finish(hass)


async def test_what_is_left_behind(hass: HomeAssistant, adapter: None) -> None:
    """Its entities are gone, and its device is the machine's, in its room and with the name that its owner gave it."""
    entry = MockConfigEntry(domain=DOMAIN, title="", data=ALEXXIT)
    entry.add_to_hass(hass)
    devices, entities = dr.async_get(hass), er.async_get(hass)
    device = devices.async_get_or_create(
        config_entry_id=entry.entry_id,
        connections={(dr.CONNECTION_NETWORK_MAC, ADDRESS)},
        identifiers={(DOMAIN, ADDRESS)},
        entry_type=dr.DeviceEntryType.SERVICE,
        manufacturer="Jura",
        name="Jura",
    )
    await async_pass(hass, 1)
    second = devices.async_get_or_create(config_entry_id=entry.entry_id, identifiers={(DOMAIN, "second")})
    kitchen = ar.async_get(hass).async_create("Kitchen")
    devices.async_update_device(device.id, area_id=kitchen.id, name_by_user="Barista")
    for domain, key in (("button", "espresso"), ("number", "water"), ("sensor", "total_product")):
        entities.async_get_or_create(
            domain, DOMAIN, f"C0FFEE000001_{key}", config_entry=entry, device_id=device.id, suggested_object_id="old"
        )
    await hass.config_entries.async_setup(entry.entry_id)
    await async_wait_for(hass, lambda: entry.state is ConfigEntryState.LOADED)

    (now,) = dr.async_entries_for_config_entry(devices, entry.entry_id)
    assert (now.id, now.area_id, now.name_by_user) == (device.id, kitchen.id, "Barista")
    assert now.identifiers == {(DOMAIN, UNIQUE_ID)}
    assert now.connections == {(dr.CONNECTION_BLUETOOTH, ADDRESS)}
    assert (now.manufacturer, now.model, now.entry_type) == ("JURA", "E8 (EB)", None)
    assert devices.async_get(second.id) is None
    found = er.async_entries_for_config_entry(entities, entry.entry_id)
    assert found
    assert all(entity.unique_id.startswith(UNIQUE_ID) for entity in found)
    assert not hass.states.async_entity_ids_count() - len(hass.states.async_all(list({one.domain for one in found})))
    await async_finish(hass)


async def test_their_actions(hass: HomeAssistant, adapter: None, machine: Machine) -> None:
    """An automation that calls an action as theirs was is refused, and nothing is made."""
    entry = await async_replace(hass, ALEXXIT)
    await async_wait_for(hass, lambda: entry.state is ConfigEntryState.LOADED)
    with pytest.raises(vol.Invalid):
        await hass.services.async_call(
            DOMAIN, "brew", {"config_entry_id": entry.entry_id, "recipe": "espresso"}, blocking=True
        )
    assert not machine.orders
    await async_finish(hass)


async def test_machine_is_there_already(hass: HomeAssistant, adapter: None) -> None:
    """Two entries of one machine: the one that is ours stays as it is, the other one says what to do."""
    ours = MockConfigEntry(domain=DOMAIN, title="Ours", unique_id=UNIQUE_ID, data=OVER_BLUETOOTH)
    ours.add_to_hass(hass)
    await hass.config_entries.async_setup(ours.entry_id)
    await async_wait_for(hass, lambda: ours.state is ConfigEntryState.LOADED)
    entry = await async_replace(hass, ALEXXIT)
    assert (entry.state, entry.error_reason_translation_key) == (ConfigEntryState.SETUP_ERROR, "foreign_entry_is_there")
    assert "set up already as Ours" in str(entry.reason)
    assert ours.state is ConfigEntryState.LOADED
    await async_finish(hass)


async def test_machine_was_ignored(hass: HomeAssistant, adapter: None) -> None:
    """Who ignored our discovery of the machine, because the other integration had it, gets it all the same."""
    MockConfigEntry(domain=DOMAIN, source=SOURCE_IGNORE, unique_id=UNIQUE_ID).add_to_hass(hass)
    entry = await async_replace(hass, ALEXXIT)
    await async_wait_for(hass, lambda: entry.state is ConfigEntryState.LOADED)
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    await async_finish(hass)


async def test_unknown_machine(hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None) -> None:
    """A machine that isn't in the list is told by its number."""
    machine = Machine(replace(definition_for("15336"), article=65000))
    _, remove = await async_add_simulated_adapter(hass, [SmartConnect(machine, address=ADDRESS)], slots=2)
    entry = await async_replace(hass, ALEXXIT)
    await async_wait_for(hass, lambda: entry.state is ConfigEntryState.SETUP_ERROR)
    assert entry.error_reason_translation_key == "unknown_machine"
    assert "65000" in str(entry.reason)
    assert dict(entry.data) == ALEXXIT
    await async_finish(hass)
    remove()


# --- anything else ----------------------------------------------------------------------------------------------------

GARBAGE: list[dict[str, Any]] = [
    {},
    {"mac": None},
    {"mac": 5, "host": ["192.0.2.1"]},
    {"mac": "kitchen"},
    {"mac": f"{ADDRESS}\n"},
    {"host": "jura.local", "pin": ""},
    {"host": "192.0.2.1/24"},
    {"address": {"nested": ADDRESS}, "article": 15336, "definition": "EF538"},
    {"host": None, "article": "15336", "definition": 538},
]


@pytest.mark.parametrize("data", GARBAGE)
async def test_garbage(
    hass: HomeAssistant, adapter: None, hass_client: ClientSessionGenerator, data: dict[str, Any]
) -> None:
    """Whatever an entry holds, it ends in a sentence that says what to do; what one can click there does no harm."""
    entry = await async_replace(hass, data, title="JURA", unique_id="kitchen")
    assert (entry.state, entry.error_reason_translation_key) == (ConfigEntryState.SETUP_ERROR, "foreign_entry")
    assert entry.reason
    check_texts(await entry.start_reconfigure_flow(hass))
    check_texts(await hass.config_entries.options.async_init(entry.entry_id), "options")
    result = await hass.config_entries.subentries.async_init((entry.entry_id, "drink"), context={"source": "user"})
    assert (result["type"], result["reason"]) == ("abort", "entry_not_loaded")
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert told["foreign_entry"] == {"version": 1, "keys": sorted(data)}
    await async_finish(hass)


async def test_address_by_hand(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    enable_bluetooth: None,
    wifi_connect: WifiConnect,
    machine: Machine,
) -> None:
    """An entry with an address of no use is made ours by giving it the right one under Reconfigure."""
    wifi_connect.pin = ""
    entry = await async_replace(hass, {"host": "jura.local", "pin": ""}, title="Jura jura.local")
    flow = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"transports": ["wifi"], "host": LAN_HOST, "new_network": False}
    )
    assert result["step_id"] == "pair"
    await async_wait_for(hass, wifi_connect.confirm)
    await async_wait_for(hass, lambda: flows(hass)[0]["step_id"] == "paired")
    await hass.config_entries.flow.async_configure(flow["flow_id"])
    await async_wait_for(hass, lambda: entry.state is ConfigEntryState.LOADED)
    assert (entry.unique_id, entry.data["article"]) == (UNIQUE_ID, 15336)
    await async_finish(hass)


def test_nothing_is_believed() -> None:
    """Only what can be sent to a machine as it is is taken over."""
    paired = usable(MappingProxyType(MAKEFU_2))
    assert paired == {
        key: value for key, value in over_wifi("homeassistant-1a2b3c4d").items() if key not in ("article", "definition")
    }
    for wrong in ({"conn_id": "Café"}, {"conn_id": ""}, {"auth_hash": "AB,CD"}, {"auth_hash": ""}, {"auth_hash": 1}):
        assert usable({**MAKEFU_2, **wrong}) == {"host": LAN_HOST, "pin": "1234"}
    for pin in ("12a4", "٣", None, 1234):
        assert usable({**MAKEFU_2, "pin": pin})["pin"] == ""
