"""The machine's own settings on their way from a person to the machine: shown as they are, changed once, and verified."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import nullcontext
import re

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.wifi_connect import WifiConnect
from simulator.wifi_faults import LanFailure

from .conftest import ADDRESS, LAN_HOST, Press, async_wait_for, async_wait_for_state
from .helpers import entity_id, state_of

S8, Z10, Z8 = "15480", "15348", "EF541UL"
PIN, NAME, TOKEN = "1234", "Home", "C0FFEE0123456789" * 4


@pytest.fixture
def model() -> str:
    """Return an S8 (EB), on which the settings were changed before."""
    return S8


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return a machine that says the same over both of its dongles."""
    return Machine(definition_for(model), unnamed_bit=False)


@pytest.fixture
async def wifi(machine: Machine) -> AsyncGenerator[WifiConnect]:
    """Return the machine's WiFi Connect; whatever a test did, nobody stands before a locked machine."""
    wifi = WifiConnect(machine, host=LAN_HOST, pin=PIN, min_pause=20.0)
    wifi.tokens[NAME.encode().hex().upper()] = TOKEN
    await wifi.start()
    yield wifi
    await wifi.stop()
    assert not machine.keys_locked
    assert not wifi.forbidden
    assert not wifi.unlisted
    assert not wifi.malformed
    assert not wifi.upset


@pytest.fixture
def experimental() -> bool:
    """Return whether the person chose what was never tried on hardware."""
    return False


@pytest.fixture
def address() -> dict[str, str]:
    """Return where the machine's Smart Connect is, if the person has one."""
    return {}


@pytest.fixture
async def paired(
    hass: HomeAssistant,
    lan: None,
    enable_custom_integrations: None,
    enable_bluetooth: None,
    wifi: WifiConnect,
    machine: Machine,
    experimental: bool,
    address: dict[str, str],
) -> AsyncGenerator[MockConfigEntry]:
    """Return the machine's entry over WiFi Connect, with everything read and every setting enabled."""
    article = machine.definition.article
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="JURA",
        unique_id=f"{article}-{machine.machine_number}-{machine.serial_number}",
        data={
            "article": article,
            "definition": machine.definition.code,
            "host": LAN_HOST,
            "pin": PIN,
            "connection_id": NAME,
            "token": TOKEN,
            **address,
        },
        options={"experimental": experimental},
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    registry = er.async_get(hass)
    for found in er.async_entries_for_config_entry(registry, entry.entry_id):
        if "_setting_" in found.unique_id:
            registry.async_update_entity(found.entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_wait_for(hass, lambda: entry.runtime_data.data.settings, seconds=300)
    await async_calm(hass, wifi)
    yield entry
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def async_calm(hass: HomeAssistant, wifi: WifiConnect) -> None:
    """Wait until nothing is read or written any more."""
    seen = -1
    while seen != len(wifi.sessions):
        seen = len(wifi.sessions)
        await asyncio.sleep(60)


def shown(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, str]:
    """Return what all settings show: `platform.slug` to state."""
    return {
        f"{found.domain}.{found.unique_id.partition('_setting_')[2]}": hass.states.get(found.entity_id).state  # type: ignore[union-attr]
        for found in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if "_setting_" in found.unique_id
    }


def state_of_setting(hass: HomeAssistant, entry: MockConfigEntry, setting: str) -> str:
    """Return what a setting shows."""
    platform, _, slug = setting.partition(".")
    return state_of(hass, platform, f"setting_{slug}", str(entry.unique_id))


async def async_set(hass: HomeAssistant, entry: MockConfigEntry, setting: str, value: str | float) -> None:
    """Change a setting, as a person does on the device page."""
    platform, _, slug = setting.partition(".")
    target = {"entity_id": entity_id(hass, platform, f"setting_{slug}", str(entry.unique_id))}
    match platform:
        case "number":
            await hass.services.async_call("number", "set_value", {**target, "value": value}, blocking=True)
        case "select":
            await hass.services.async_call("select", "select_option", {**target, "option": value}, blocking=True)
        case _:
            await hass.services.async_call("switch", f"turn_{value}", target, blocking=True)
    await hass.async_block_till_done()


def writes(wifi: WifiConnect) -> list[str]:
    """Return what was sent that changes settings or locks keys; 41 and 60 are questions about drinks."""
    sent = (entry.body for entry in wifi.log if entry.direction == "in")
    return [body for body in sent if re.match(r"@TS|@TM:(?!41|60)..,", body)]


# --- what there is ----------------------------------------------------------------------------------------------------

_S8 = {
    "number.water_hardness": "16",
    "select.auto_off": "30_min",
    "select.display_brightness": "10",
    "select.language": "english",
    "select.milk_rinsing": "automatic",
    "select.units": "ml",
    "switch.frother_instructions": "on",
}
_Z10 = {key: _S8[key] for key in _S8 if "milk" not in key and "frother" not in key}
_Z8 = {**_Z10, "switch.energy_saving": "on"}
_Z8_UNTRIED = {key: _Z8[key] for key in _Z8 if "energy" not in key}


@pytest.mark.parametrize(
    ("model", "experimental", "expected"),
    [(S8, False, _S8), (S8, True, _S8), (Z10, False, _Z10), (Z8, True, _Z8), (Z8, False, _Z8_UNTRIED)],
    ids=["S8", "S8-experimental", "Z10", "Z8-experimental", "Z8"],
)
async def test_by_definition(hass: HomeAssistant, paired: MockConfigEntry, expected: dict[str, str]) -> None:
    """A machine type's own settings as they are set, and nothing that no machine was seen to take."""
    assert shown(hass, paired) == expected
    for found in er.async_entries_for_config_entry(er.async_get(hass), paired.entry_id):
        if "_setting_" in found.unique_id:
            assert found.entity_category == "config"
            state = hass.states.get(found.entity_id)
            assert state is not None
            assert "stored_value" not in state.attributes


async def test_hidden_until_wanted(hass: HomeAssistant, paired: MockConfigEntry) -> None:
    """What one sets once in a machine's life is out of the way."""
    registry = er.async_get(hass)
    await hass.config_entries.async_unload(paired.entry_id)
    for found in er.async_entries_for_config_entry(registry, paired.entry_id):
        registry.async_remove(found.entity_id)
    # Else it would be restored as it was.
    registry.deleted_entities.clear()
    await hass.config_entries.async_setup(paired.entry_id)
    visible = {
        found.unique_id.partition("_setting_")[2]
        for found in er.async_entries_for_config_entry(registry, paired.entry_id)
        if "_setting_" in found.unique_id and found.disabled_by is None
    }
    assert visible == {"auto_off", "display_brightness", "water_hardness"}


async def test_hardness(hass: HomeAssistant, paired: MockConfigEntry) -> None:
    """Its limits and its unit are those on the strip that one dips into the water."""
    state = hass.states.get(entity_id(hass, "number", "setting_water_hardness", str(paired.unique_id)))
    assert state is not None
    said = {key: state.attributes[key] for key in ("min", "max", "step", "unit_of_measurement")}
    assert said == {"min": 1, "max": 30, "step": 1, "unit_of_measurement": "°dH"}


@pytest.mark.parametrize("model", ["15336"])
async def test_none_over_bluetooth(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Bluetooth can't change settings, and who has nothing else sees none."""
    assert entry.runtime_data.definition.settings
    assert shown(hass, entry) == {}


# --- changing ---------------------------------------------------------------------------------------------------------


async def test_change_everything(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect
) -> None:
    """Each kind, each once: written between lock and unlock, shown, and as stored in the machine."""
    for setting, value, argument, stored in (
        ("number.water_hardness", 8, "02", "08"),
        ("select.auto_off", "2_h", "13", "78"),
        ("select.auto_off", "6_h", "13", "220168"),
        ("select.language", "spanish", "09", "04"),
        ("select.units", "oz", "08", "01"),
        ("switch.frother_instructions", "off", "62", "00"),
        ("switch.frother_instructions", "on", "62", "01"),
    ):
        sent = len(writes(wifi))
        await async_set(hass, paired, setting, value)
        assert machine.settings[argument] == stored
        assert state_of_setting(hass, paired, setting) == str(value)
        lock, write, unlock = writes(wifi)[sent:]
        assert (lock, unlock) == ("@TS:01", "@TS:00")
        assert write.startswith(f"@TM:{argument},")
    assert len(wifi.written) == 7
    # What was read after all that is what is shown.
    await async_calm(hass, wifi)
    assert state_of_setting(hass, paired, "select.auto_off") == "6_h"


@pytest.mark.parametrize(("model", "on"), [(Z8, "01"), ("15340", "00")], ids=["Z8", "EF1012"])
@pytest.mark.parametrize("experimental", [True])
async def test_polarity(hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, on: str) -> None:
    """On is what the machine's own file calls active, whatever its number."""
    for state, stored in (("off", {"00": "01", "01": "00"}[on]), ("on", on)):
        await async_set(hass, paired, "switch.energy_saving", state)
        assert machine.settings["07"] == stored
        assert state_of_setting(hass, paired, "switch.energy_saving") == state


@pytest.mark.parametrize("model", [Z10])
async def test_tagged_units(hass: HomeAssistant, paired: MockConfigEntry, machine: Machine) -> None:
    """A Z10 has its own values for the same thing."""
    await async_set(hass, paired, "select.units", "oz")
    assert machine.settings["08"] == "220100"
    assert state_of_setting(hass, paired, "select.units") == "oz"


async def test_no_such_hardness(hass: HomeAssistant, paired: MockConfigEntry, wifi: WifiConnect) -> None:
    """Nothing between two steps is rounded, and nothing of the kind is sent."""
    with pytest.raises(ServiceValidationError) as raised:
        await async_set(hass, paired, "number.water_hardness", 16.5)
    assert raised.value.translation_key == "setting_between_steps"
    assert str(raised.value).startswith("16.5 can't be set at the machine. It can be 1 to 30, in steps of 1")
    assert not writes(wifi)


async def test_refused(hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect) -> None:
    """A machine that says no is not asked twice, and what was set is still shown."""
    wifi.faults.fail_next(LanFailure.REFUSED, command="@TM:13,")
    with pytest.raises(HomeAssistantError) as raised:
        await async_set(hass, paired, "select.auto_off", "2_h")
    assert raised.value.translation_key == "command_rejected"
    assert state_of_setting(hass, paired, "select.auto_off") == "30_min"
    assert machine.settings["13"] == "1E"
    assert not wifi.written


@pytest.mark.parametrize("failure", [LanFailure.ANSWER_LOST, LanFailure.LOST, LanFailure.ACTED_NO_ANSWER])
@pytest.mark.parametrize(
    ("command", "skip", "key"),
    [
        ("@TS:01", 0, "nothing_sent"),
        ("@TM:13,", 0, "outcome_unknown"),
        ("@TS:00", 0, "outcome_unknown"),
        ("@TM:13", 1, "outcome_unknown"),
    ],
    ids=["lock", "write", "unlock", "verify"],
)
async def test_answer_lost(
    hass: HomeAssistant,
    paired: MockConfigEntry,
    machine: Machine,
    wifi: WifiConnect,
    failure: LanFailure,
    command: str,
    skip: int,
    key: str,
) -> None:
    """Wherever the answer is lost: unlocked in the end, sent once at most, and shown as it is once it is known again."""
    wifi.faults.fail_next(failure, command=command, skip=skip)
    # A lock whose release wasn't answered is released once more in the same session, and the setting read back after all.
    goes_well = command == "@TS:00" and failure is LanFailure.ACTED_NO_ANSWER
    with nullcontext() if goes_well else pytest.raises(HomeAssistantError) as raised:
        await async_set(hass, paired, "select.auto_off", "2_h")
    if raised:
        assert raised.value.translation_key == key
        known = "30_min" if key == "nothing_sent" else "unknown"
        assert state_of_setting(hass, paired, "select.auto_off") == known
    assert not wifi.faults.pending
    assert not machine.keys_locked
    assert len([sent for sent in writes(wifi) if sent.startswith("@TM:")]) <= 1
    assert len(wifi.written) <= 1
    await async_calm(hass, wifi)
    expected = "2_h" if wifi.written else "30_min"
    assert state_of_setting(hass, paired, "select.auto_off") == expected
    assert machine.settings["13"] == {"2_h": "78", "30_min": "1E"}[expected]
    assert len([sent for sent in writes(wifi) if sent.startswith("@TM:")]) <= 1


async def test_reads_back_otherwise(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect
) -> None:
    """A machine that says yes and keeps something else: no success is claimed, and what it keeps is shown."""
    machine.subscribe(lambda: machine.settings.set("13", "22012C") if wifi.written else None)
    with pytest.raises(HomeAssistantError) as raised:
        await async_set(hass, paired, "select.auto_off", "2_h")
    assert raised.value.translation_key == "outcome_unknown"
    assert state_of_setting(hass, paired, "select.auto_off") == "unknown"
    await async_calm(hass, wifi)
    assert state_of_setting(hass, paired, "select.auto_off") == "5_h"
    assert len(wifi.written) == 1


async def test_nobody_waits_any_more(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect
) -> None:
    """An automation that is stopped in the middle leaves no locked machine, and nothing is claimed that isn't known."""
    changing = hass.async_create_task(async_set(hass, paired, "select.auto_off", "2_h"))
    machine.subscribe(lambda: changing.cancel() if machine.keys_locked else False)
    await asyncio.wait([changing])
    assert changing.cancelled()
    assert state_of_setting(hass, paired, "select.auto_off") == "unknown"
    await async_calm(hass, wifi)
    assert not machine.keys_locked
    assert state_of_setting(hass, paired, "select.auto_off") == ("2_h" if wifi.written else "30_min")


# --- when not ---------------------------------------------------------------------------------------------------------


async def test_off(hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect) -> None:
    """A machine that is off has no settings to change; one that was just switched off says so in words."""
    machine.power_cut()
    with pytest.raises(HomeAssistantError) as raised:
        await async_set(hass, paired, "select.auto_off", "2_h")
    assert raised.value.translation_key == "nothing_sent"
    await async_wait_for(hass, lambda: set(shown(hass, paired).values()) == {"unavailable"})
    machine.settings.set("13", "21F0")
    machine.switch_on()
    await async_wait_for(hass, lambda: state_of_setting(hass, paired, "select.auto_off") == "4_h", seconds=3600)
    assert not writes(wifi)


@pytest.mark.parametrize("address", [{"address": ADDRESS}])
async def test_only_bluetooth_is_left(
    hass: HomeAssistant, adapter: None, paired: MockConfigEntry, wifi: WifiConnect
) -> None:
    """The WiFi Connect is pulled: drinks go on over Bluetooth, settings wait for it to come back."""
    assert shown(hass, paired) == _S8
    await wifi.stop()
    with pytest.raises(HomeAssistantError) as raised:
        await async_set(hass, paired, "select.auto_off", "2_h")
    assert raised.value.translation_key in ("busy", "nothing_sent")
    way = entity_id(hass, "sensor", "transport", str(paired.unique_id))
    await async_wait_for_state(hass, way, "bluetooth")
    assert set(shown(hass, paired).values()) == {"unavailable"}
    await wifi.start()


async def test_while_a_drink_is_made(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """A drink is not disturbed, whoever started it."""
    assert machine.press_product(0x02)
    with pytest.raises(ServiceValidationError) as raised:
        await async_set(hass, paired, "select.auto_off", "2_h")
    assert raised.value.translation_key == "already_making"
    assert not writes(wifi)
    await async_calm(hass, wifi)
    opened = asyncio.Event()
    wifi.subscribe(opened.set)
    brewing = hass.async_create_task(press(entity_id(hass, "button", "brew_espresso", str(paired.unique_id))))
    await opened.wait()
    assert len(machine.drinks) == 1
    with pytest.raises(ServiceValidationError):
        await async_set(hass, paired, "select.auto_off", "2_h")
    await brewing
    assert not writes(wifi)
    assert len(machine.drinks) == 2


async def test_reading_gives_way_to_a_drink(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """Settings are read beside everything else: a drink breaks it off, and they are read after it."""
    machine.settings.set("02", "05")
    wifi.faults.fail_next(LanFailure.NO_ANSWER, command="@TM:02")
    await press(entity_id(hass, "button", "refresh", str(paired.unique_id)))
    await async_wait_for(hass, lambda: not wifi.faults.pending, seconds=300)
    await press(entity_id(hass, "button", "brew_espresso", str(paired.unique_id)))
    assert machine.drink
    assert state_of_setting(hass, paired, "number.water_hardness") == "16"
    await async_wait_for(hass, lambda: state_of_setting(hass, paired, "number.water_hardness") == "5", seconds=900)


# --- what is shown ----------------------------------------------------------------------------------------------------


async def test_changed_at_the_machine(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """What somebody set in the machine's own menu shows after "Refresh", after giving way, and after the next start."""
    uid = str(paired.unique_id)
    machine.settings.set("02", "07")
    await press(entity_id(hass, "button", "refresh", uid))
    await async_wait_for(hass, lambda: state_of_setting(hass, paired, "number.water_hardness") == "7", seconds=300)
    await hass.services.async_call("switch", "turn_on", {"entity_id": entity_id(hass, "switch", "give_way", uid)})
    await async_wait_for(hass, lambda: state_of_setting(hass, paired, "number.water_hardness") == "unavailable")
    machine.settings.set("02", "09")
    await hass.services.async_call("switch", "turn_off", {"entity_id": entity_id(hass, "switch", "give_way", uid)})
    await async_wait_for(hass, lambda: state_of_setting(hass, paired, "number.water_hardness") == "9", seconds=3600)
    machine.settings.set("02", "0B")
    await hass.config_entries.async_reload(paired.entry_id)
    # Not remembered: nothing is shown that may no longer be true.
    assert state_of_setting(hass, paired, "number.water_hardness") == "unknown"
    await async_wait_for(hass, lambda: state_of_setting(hass, paired, "number.water_hardness") == "11", seconds=300)
    reads = [entry.body for entry in wifi.log if entry.body == "@TM:02"]
    await asyncio.sleep(3 * 3600)
    assert [entry.body for entry in wifi.log if entry.body == "@TM:02"] == reads, "asked again without a reason"


async def test_unknown_values(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """A value that the machine's file doesn't list is not guessed at: unknown, with the value beside it."""
    uid = str(paired.unique_id)
    for argument, value in (("02", "40"), ("13", "22FFFF"), ("62", "02")):
        machine.settings.set(argument, value)
    await press(entity_id(hass, "button", "refresh", uid))
    await async_wait_for_state(hass, entity_id(hass, "select", "setting_auto_off", uid), "unknown", seconds=300)
    for setting, value in (
        ("number.water_hardness", "40"),
        ("select.auto_off", "22FFFF"),
        ("switch.frother_instructions", "02"),
    ):
        platform, _, slug = setting.partition(".")
        state = hass.states.get(entity_id(hass, platform, f"setting_{slug}", uid))
        assert state is not None
        assert (state.state, state.attributes["stored_value"]) == ("unknown", value)
    # It can be set to something known all the same.
    await async_set(hass, paired, "select.auto_off", "1_h")
    state = hass.states.get(entity_id(hass, "select", "setting_auto_off", uid))
    assert state is not None
    assert state.state == "1_h"
    assert "stored_value" not in state.attributes


async def test_one_that_is_not_told(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """A machine that refuses to tell one setting tells the others; of a session that breaks off another is made.

    One that breaks off again is made up for later.
    """
    uid = str(paired.unique_id)
    wifi.faults.fail_next(LanFailure.REFUSED, command="@TM:13", times=2)
    machine.settings.set("02", "07")
    await press(entity_id(hass, "button", "refresh", uid))
    await async_wait_for_state(hass, entity_id(hass, "number", "setting_water_hardness", uid), "7", seconds=300)
    assert state_of_setting(hass, paired, "select.auto_off") == "unknown"
    await async_calm(hass, wifi)
    wifi.faults.fail_next(LanFailure.LOST, command="@TM:02")
    machine.settings.set("02", "08")
    await press(entity_id(hass, "button", "refresh", uid))
    await async_wait_for_state(hass, entity_id(hass, "number", "setting_water_hardness", uid), "8", seconds=300)
    await async_calm(hass, wifi)
    wifi.faults.fail_next(LanFailure.LOST, command="@TM:02", times=2)
    machine.settings.set("02", "09")
    await press(entity_id(hass, "button", "refresh", uid))
    await async_calm(hass, wifi)
    assert not wifi.faults.pending
    assert state_of_setting(hass, paired, "number.water_hardness") == "8"
    counted = [entry for entry in wifi.log if entry.body == "@TR:32,00"]
    await asyncio.sleep(600)
    assert [entry for entry in wifi.log if entry.body == "@TR:32,00"] == counted, "no reason to count anew so soon"
    await async_wait_for_state(hass, entity_id(hass, "number", "setting_water_hardness", uid), "9", seconds=3600)
    assert state_of_setting(hass, paired, "select.auto_off") == "30_min"
