"""Adding a machine over Wi-Fi, and changing how one is reached: what each form says, and the way on from each error."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.scanner import async_add_simulated_adapter
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect

from .conftest import ADDRESS, LAN_HOST, async_wait_for, async_wait_for_state
from .test_provisioning_flow import (  # noqa: F401
    OTHER_HOST,
    THIRD_HOST,
    Person,
    async_pair,
    home,
    machine,
    model,
    moved,
    options_of,
    other,
    person,
    unload,
    wifi,
)

pytestmark = pytest.mark.usefixtures("enable_bluetooth", "unload")

DRINKS_MADE = "sensor.jura_s8_eb_drinks_made"
WAY = "sensor.jura_s8_eb_connection"
OVER_BLUETOOTH = {"address": ADDRESS, "article": 15480, "definition": "EF1091"}


@pytest.fixture
async def paired(hass: HomeAssistant, person: Person, wifi: WifiConnect) -> MockConfigEntry:  # noqa: F811
    """Return the entry of the machine, paired over Wi-Fi, once everything was read."""
    await wifi.start()
    result = await async_add(person, wifi, LAN_HOST)
    await async_wait_for_state(hass, DRINKS_MADE)
    # The dongle wants its pause before anybody else asks it something.
    await asyncio.sleep(30)
    entry: MockConfigEntry = result["result"]
    return entry


@pytest.fixture
async def smart_connect(machine: Machine) -> SmartConnect:  # noqa: F811
    """Return the machine's other dongle."""
    return SmartConnect(machine, address=ADDRESS, key=0x2A)


@pytest.fixture
async def near(hass: HomeAssistant, smart_connect: SmartConnect) -> AsyncGenerator[None]:
    """Put the Smart Connect into the range of Home Assistant's Bluetooth."""
    _, remove = await async_add_simulated_adapter(hass, [smart_connect], slots=2)
    yield
    await async_unload(hass)
    remove()


async def async_unload(hass: HomeAssistant) -> None:
    """Take the entries down."""
    await hass.async_block_till_done()
    for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False):
        await hass.config_entries.async_unload(entry.entry_id)


async def async_add(person: Person, wifi: WifiConnect, host: str) -> dict[str, Any]:  # noqa: F811
    """Add a machine by its address, and return the end of the flow."""
    await person.begin()
    await person.choose("host")
    await person.wait({"host": host}, until="pair")
    return await async_pair(person, wifi)


async def async_asked(hass: HomeAssistant, person: Person, step_id: str) -> dict[str, Any]:  # noqa: F811
    """Wait until Home Assistant asks a question, and open it."""
    (flow,) = await async_wait_for(
        hass,
        lambda: [
            one for one in hass.config_entries.flow.async_progress_by_handler(DOMAIN) if one["step_id"] == step_id
        ],
    )
    person.flow_id = flow["flow_id"]
    return await person.enter()


async def async_discover(person: Person, host: str) -> dict[str, Any]:  # noqa: F811
    """Hand an address that answered our question to the flow."""
    result = await person.hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_INTEGRATION_DISCOVERY}, data={"host": host}
    )
    person.flow_id = result["flow_id"]
    return dict(result)


async def async_reconfigure(person: Person, entry: MockConfigEntry, **fields: Any) -> dict[str, Any]:  # noqa: F811
    """Open "Reconfigure" and submit it."""
    result = await person.begin(source=SOURCE_RECONFIGURE, entry_id=entry.entry_id)
    assert result["step_id"] == "reconfigure"
    return await person.enter(fields)


# --- which machine ----------------------------------------------------------------------------------------------------


async def test_listed(person: Person, wifi: WifiConnect, other: WifiConnect) -> None:  # noqa: F811
    """Nobody answers, then two do: the chosen one is paired and no longer offered, the other one is."""
    await person.begin()
    result = await person.choose("wifi")
    assert (result["step_id"], result["errors"]) == ("wifi", {"base": "nothing_on_wifi"})
    await wifi.start()
    await other.start()
    result = await person.enter({})
    assert not result["errors"]
    assert [(one["value"], one["label"]) for one in options_of(result, "host")] == [
        (LAN_HOST, f"Kitchen ({LAN_HOST})"),
        (THIRD_HOST, f"Office ({THIRD_HOST})"),
    ]
    await person.wait({"host": LAN_HOST}, until="pair")
    result = await async_pair(person, wifi)
    assert (result["type"], result["data"]["host"]) == ("create_entry", LAN_HOST)
    await person.begin()
    result = await person.choose("wifi")
    assert [one["value"] for one in options_of(result, "host")] == [THIRD_HOST]


async def test_added_in_another_window(hass: HomeAssistant, person: Person, wifi: WifiConnect) -> None:  # noqa: F811
    """The list was open in two windows: the second one doesn't add the machine again."""
    await wifi.start()
    second = Person(hass)
    await second.begin()
    await second.choose("wifi")
    result = await async_add(person, wifi, LAN_HOST)
    await asyncio.sleep(30)
    refused = await second.enter({"host": LAN_HOST})
    assert (refused["type"], refused["reason"]) == ("abort", "already_configured")
    assert hass.config_entries.async_entries(DOMAIN) == [result["result"]]


async def test_new_address_by_hand(
    hass: HomeAssistant,
    person: Person,  # noqa: F811
    paired: MockConfigEntry,
    wifi: WifiConnect,  # noqa: F811
    moved: WifiConnect,  # noqa: F811
) -> None:
    """Who enters the new address of a machine that is set up has it followed there, by their word."""
    await wifi.stop()
    await moved.start()
    await person.begin()
    await person.choose("host")
    result = await person.enter({"host": OTHER_HOST})
    assert (result["type"], result["reason"]) == ("abort", "already_configured")
    await async_wait_for(hass, lambda: paired.state is ConfigEntryState.LOADED)
    assert paired.data["host"] == OTHER_HOST


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("EF1091", {"article": 65001, "title": "JURA EF1091"}),
        ("EF9999", {"article": 15480, "title": "JURA S8 (EB)"}),
    ],
    ids=["type known", "asked for the article"],
)
async def test_unknown_article(hass: HomeAssistant, person: Person, code: str, kept: dict[str, Any]) -> None:  # noqa: F811
    """A new article is known by its type, or by what its owner reads on its plate."""
    machine = Machine(replace(definition_for("15480"), article=65001, code=code), unnamed_bit=False)  # noqa: F811
    wifi = WifiConnect(machine, host=LAN_HOST, pin="1234", min_pause=20.0)  # noqa: F811
    await wifi.start()
    await person.begin()
    await person.choose("host")
    result = await person.wait({"host": LAN_HOST}, until="pair")
    if result["step_id"] == "article":
        assert (await person.enter({"article": "S8"}))["errors"] == {"article": "unknown_article"}
        await person.wait({"article": "15480"}, until="pair")
    entry = (await async_pair(person, wifi))["result"]
    assert {"article": entry.data["article"], "title": entry.title} == kept
    assert entry.data["definition"] == "EF1091"
    await async_wait_for(hass, lambda: entry.state is ConfigEntryState.LOADED)
    await async_unload(hass)
    await wifi.stop()


async def test_silent_address(person: Person) -> None:  # noqa: F811
    """An address that was a WiFi Connect's a moment ago and doesn't answer is not offered."""
    result = await async_discover(person, LAN_HOST)
    assert (result["type"], result["reason"]) == ("abort", "not_supported")


# --- pairing ----------------------------------------------------------------------------------------------------------


async def test_name_is_taken(person: Person, wifi: WifiConnect) -> None:  # noqa: F811
    """The machine knows our name with another token: told so, and paired under a new name."""
    await wifi.start()
    await person.begin()
    await person.choose("host")
    waiting = await person.wait({"host": LAN_HOST}, until="pair")
    name = waiting["description_placeholders"]["connection_id"]
    wifi.tokens[name.encode().hex().upper()] = "AB" * 32
    assert (await person.wait())["step_id"] == "pin"
    result = await person.wait({"pin": "1234"})
    assert (result["step_id"], result["errors"]) == ("pair_again", {"base": "id_taken"})
    await person.enter({})
    await async_wait_for(person.hass, lambda: wifi.dialog is not None)
    wifi.confirm()
    result = await person.wait()
    assert result["type"] == "create_entry"
    assert result["data"]["connection_id"] != name


# --- a machine that moved ---------------------------------------------------------------------------------------------


@pytest.fixture
async def asked_whether_moved(
    person: Person,  # noqa: F811
    paired: MockConfigEntry,
    wifi: WifiConnect,  # noqa: F811
    moved: WifiConnect,  # noqa: F811
) -> dict[str, Any]:
    """Return the question that is asked when the machine answers at another address."""
    await wifi.stop()
    await moved.start()
    result = await async_discover(person, OTHER_HOST)
    assert (result["type"], result["step_id"]) == ("form", "moved")
    return await person.enter()


async def test_back_at_home(
    person: Person,  # noqa: F811
    asked_whether_moved: dict[str, Any],
    paired: MockConfigEntry,
    wifi: WifiConnect,  # noqa: F811
    moved: WifiConnect,  # noqa: F811
) -> None:
    """The machine is back where it was before its owner answered: nothing is changed."""
    await moved.stop()
    await wifi.start()
    result = await person.enter({})
    assert (result["type"], result["reason"]) == ("abort", "already_configured")
    assert paired.data["host"] == LAN_HOST


async def test_removed_before_the_answer(
    hass: HomeAssistant,
    person: Person,  # noqa: F811
    asked_whether_moved: dict[str, Any],
    paired: MockConfigEntry,
    moved: WifiConnect,  # noqa: F811
) -> None:
    """The machine was removed while the question was open: it is a JURA all the same, and can be added."""
    await hass.config_entries.async_remove(paired.entry_id)
    moved.tokens.clear()
    result = await person.enter({})
    assert (result["type"], result["step_id"]) == ("form", "wifi_confirm")
    await person.wait({}, until="pair")
    result = await async_pair(person, moved)
    assert (result["type"], result["data"]["host"]) == ("create_entry", OTHER_HOST)


# --- Bluetooth as well ------------------------------------------------------------------------------------------------


async def test_removed_before_bluetooth_was_added(
    hass: HomeAssistant,
    person: Person,  # noqa: F811
    paired: MockConfigEntry,
    near: None,
) -> None:
    """The machine was removed while it was asked whether it shall be reached over Bluetooth too: it can be added."""
    await async_asked(hass, person, "join_bluetooth")
    await hass.config_entries.async_remove(paired.entry_id)
    result = await person.enter({})
    assert (result["type"], result["step_id"]) == ("form", "confirm")
    result = await person.enter({})
    assert (result["type"], result["data"]) == ("create_entry", OVER_BLUETOOTH)


async def test_ignoring_one_question(
    hass: HomeAssistant,
    person: Person,  # noqa: F811
    paired: MockConfigEntry,
    near: None,
) -> None:
    """Who ignores the question about one machine is still offered the other."""
    new = SmartConnect(Machine(definition_for("15348"), serial_number=7), address="C0:FF:EE:00:00:02", key=0x3B)
    _, remove = await async_add_simulated_adapter(hass, [new], name="Second adapter")
    await async_asked(hass, person, "confirm")
    await async_asked(hass, person, "join_bluetooth")
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_IGNORE}, data={"unique_id": paired.unique_id, "title": paired.title}
    )
    assert result["reason"] == "already_configured"
    result = await async_asked(hass, person, "confirm")
    assert [one["flow_id"] for one in hass.config_entries.flow.async_progress_by_handler(DOMAIN)] == [person.flow_id]
    result = await person.enter({})
    assert (result["type"], result["title"]) == ("create_entry", "JURA Z10 (EA)")
    await async_unload(hass)
    remove()


# --- reconfigure ------------------------------------------------------------------------------------------------------


async def test_reconfigure_again_until_it_is_right(
    hass: HomeAssistant,
    person: Person,  # noqa: F811
    paired: MockConfigEntry,
    other: WifiConnect,  # noqa: F811
) -> None:
    """No way at all, no address, no PIN, another machine: each has its sentence, and nothing is changed until it's right."""
    before = dict(paired.data)
    await other.start()
    right = {"transports": ["wifi"], "host": LAN_HOST, "pin": "", "new_network": False}
    result = await person.begin(source=SOURCE_RECONFIGURE, entry_id=paired.entry_id)
    for wrong, errors in (
        ({"transports": []}, {"base": "nothing_left"}),
        ({"host": " "}, {"base": "nothing_left"}),
        ({"pin": "12a4"}, {"pin": "invalid_pin"}),
        ({"host": THIRD_HOST}, {"host": "another_machine"}),
    ):
        result = await person.enter({**right, **wrong})
        assert (result["step_id"], result["errors"]) == ("reconfigure", errors)
        assert dict(paired.data) == before
    result = await person.enter(right)
    assert (result["type"], result["reason"]) == ("abort", "reconfigure_successful")
    assert dict(paired.data) == before
    await async_wait_for(hass, lambda: paired.state is ConfigEntryState.LOADED)


@pytest.fixture
async def both(hass: HomeAssistant, person: Person, paired: MockConfigEntry, near: None) -> MockConfigEntry:  # noqa: F811
    """Return the entry of the machine, reached over Wi-Fi and Bluetooth."""
    await async_asked(hass, person, "join_bluetooth")
    result = await person.enter({})
    assert result["reason"] == "bluetooth_added"
    await async_wait_for_state(hass, WAY, "wifi")
    await asyncio.sleep(30)
    return paired


async def test_leaving_out_wifi(hass: HomeAssistant, person: Person, both: MockConfigEntry) -> None:  # noqa: F811
    """Without Wi-Fi, neither its address nor a secret stays, and Bluetooth goes on."""
    result = await async_reconfigure(person, both, transports=["bluetooth"], host=LAN_HOST, new_network=False)
    assert (result["type"], result["reason"]) == ("abort", "reconfigure_successful")
    assert dict(both.data) == OVER_BLUETOOTH
    await async_wait_for_state(hass, WAY, "bluetooth")


async def test_leaving_out_bluetooth(
    hass: HomeAssistant,
    person: Person,  # noqa: F811
    both: MockConfigEntry,
    smart_connect: SmartConnect,
) -> None:
    """Without Bluetooth, Wi-Fi goes on as it was paired, and the Smart Connect is left in peace."""
    before = dict(both.data)
    result = await async_reconfigure(person, both, transports=["wifi"], host=LAN_HOST, new_network=False)
    assert (result["type"], result["reason"]) == ("abort", "reconfigure_successful")
    assert dict(both.data) == {key: value for key, value in before.items() if key != "address"}
    await async_wait_for_state(hass, WAY, "wifi")
    connections = smart_connect.connections
    await asyncio.sleep(3600)
    assert smart_connect.connections == connections


async def test_bluetooth_is_left_only_once_wifi_is_there(
    hass: HomeAssistant,
    person: Person,  # noqa: F811
    near: None,
    wifi: WifiConnect,  # noqa: F811
) -> None:
    """From Bluetooth to Wi-Fi: who closes the form before pairing has lost nothing; who pairs has changed over."""
    await async_asked(hass, person, "confirm")
    entry = (await person.enter({}))["result"]
    assert dict(entry.data) == OVER_BLUETOOTH
    await wifi.start()
    change = {"transports": ["wifi"], "host": LAN_HOST, "new_network": False}
    await async_reconfigure(person, entry, **change)
    hass.config_entries.flow.async_abort(person.flow_id)
    await hass.async_block_till_done()
    assert dict(entry.data) == OVER_BLUETOOTH
    await asyncio.sleep(30)
    await async_reconfigure(person, entry, **change)
    result = await async_pair(person, wifi)
    assert (result["type"], result["reason"]) == ("abort", "reconfigure_successful")
    assert "address" not in entry.data
    assert entry.data["host"] == LAN_HOST
    await async_wait_for_state(hass, WAY, "wifi")
