"""An entry's life: set up, reloaded, without its machine for a day, and removed without a trace."""

from collections.abc import AsyncGenerator
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN, ENTRY_VERSION
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.scanner import async_add_simulated_adapter
from simulator.smart_connect import SmartConnect

from .conftest import ADDRESS, Press, async_wait_for, async_wait_for_state
from .helpers import SILENCE, UNIQUE_ID, async_pass, entity_id, make_bluetooth_time_virtual, state_of

TOTAL = 4321
PER_DRINK = {0x02: 77}


def stored(**changes: Any) -> dict[str, Any]:
    """Return what the integration keeps of a machine, as it stands in Home Assistant's storage."""
    return {
        "total": TOTAL,
        "slots": {str(slot): count for slot, count in PER_DRINK.items()},
        "counters_read_at": "2026-11-01T08:00:00+00:00",
        "maintenance_counts": {"cleaning": 3, "filter_change": 2, "descaling": 1},
        "maintenance_percentages": {"cleaning": 12, "filter_change": None, "descaling": 34},
        "dongle_version": "V05.08F",
        "machine_version": "EF538M V01.06",
        "gives_way": False,
        **changes,
    }


@pytest.fixture(autouse=True)
def bluetooth_time(virtual_time: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Bluetooth forget what is silent."""
    make_bluetooth_time_virtual(monkeypatch)


@pytest.fixture
async def entry_of_old(hass: HomeAssistant, adapter: None) -> AsyncGenerator[MockConfigEntry]:
    """Return an entry from an earlier run of Home Assistant, not yet set up; afterwards it is removed."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="JURA E8 (EB)",
        unique_id=UNIQUE_ID,
        data={"address": ADDRESS, "article": 15336, "definition": "EF538"},
        entry_id="0123456789",
    )
    entry.add_to_hass(hass)
    yield entry
    if hass.config_entries.async_get_entry(entry.entry_id):
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


def remember(hass_storage: dict[str, Any], **changes: Any) -> None:
    """Put what was known of the machine into the storage, as an earlier run left it."""
    hass_storage["jura.0123456789"] = {
        "version": 1,
        "minor_version": 1,
        "key": "jura.0123456789",
        "data": stored(**changes),
    }


async def async_set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set an entry up, as at Home Assistant's start."""
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what our log says to who doesn't debug."""
    return [
        f"{record.levelname} {record.getMessage()}"
        for record in caplog.records
        if record.name.startswith("custom_components.jura") and record.levelno >= logging.INFO
    ]


# --- set up, unload, reload, remove -----------------------------------------------------------------------------------


async def test_unload(hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect, press: Press) -> None:
    """Disabled in the middle of a drink: the link is free at once, and stays so. The drink goes on."""
    await async_wait_for_state(hass, entity_id(hass, "sensor", "state"), "ready")
    await press(entity_id(hass, "button", "brew_espresso"))
    assert smart_connect.link is not None
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert smart_connect.link is None
    connections = smart_connect.connections
    await async_pass(hass, 3600)
    assert smart_connect.connections == connections
    (drink,) = smart_connect.machine.drinks
    assert drink.outcome == type(drink.outcome).FINISHED


async def test_unload_during_statistics(
    hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect
) -> None:
    """Disabled while counters are read: the link is free at once, and nothing goes on behind the scenes."""
    smart_connect.statistics_seconds = 15
    await async_wait_for(hass, lambda: any(operation.characteristic == "1533" for operation in smart_connect.log))
    assert await hass.config_entries.async_unload(entry.entry_id)
    await async_pass(hass, 1)
    assert smart_connect.link is None
    connections = smart_connect.connections
    await async_pass(hass, 600)
    assert smart_connect.connections == connections


@pytest.mark.parametrize("latency", [0.5, 2.0])
async def test_unload_during_a_look(
    hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect, latency: float
) -> None:
    """Disabled just while the machine is looked at: the link is not left hanging."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    smart_connect.faults.latency = latency
    smart_connect.faults.connect_seconds = 3
    connections = smart_connect.connections
    await async_wait_for(hass, lambda: smart_connect.connections > connections)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await async_pass(hass, 10)
    assert smart_connect.link is None


async def test_unload_while_connecting(
    hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect
) -> None:
    """Disabled just while the link is made: it is not left hanging."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    smart_connect.faults.connect_seconds = 8
    await async_pass(hass, 58)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await async_pass(hass, 20)
    assert smart_connect.link is None


async def test_reload(hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect) -> None:
    """Reloaded, everything is there again at once, and nothing twice."""
    total = await async_wait_for_state(hass, entity_id(hass, "sensor", "count_total"))
    entities = len(er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id))
    for _ in range(3):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        assert state_of(hass, "sensor", "count_total") == total
        assert state_of(hass, "sensor", "state") == "ready"
    assert len(er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)) == entities
    await async_pass(hass, 60)
    connections = smart_connect.connections
    await async_pass(hass, 600)
    assert 9 <= smart_connect.connections - connections <= 11, "looked at by more than one"


async def test_remove(
    hass: HomeAssistant, entry_of_old: MockConfigEntry, smart_connect: SmartConnect, hass_storage: dict[str, Any]
) -> None:
    """Removed, a machine leaves nothing: no file, no device, no entity; the house keeps its queue for the next."""
    await async_set_up(hass, entry_of_old)
    await async_wait_for(hass, lambda: entry_of_old.runtime_data.data.maintenance)
    await async_pass(hass, 30)
    assert hass_storage["jura.0123456789"]["data"]["total"] == smart_connect.machine.total
    await hass.config_entries.async_remove(entry_of_old.entry_id)
    await async_pass(hass, 60)
    assert not [key for key in hass_storage if key.startswith("jura")]
    assert [str(key) for key in hass.data if str(key).startswith("jura")] == ["jura_connection_slots"]
    assert smart_connect.link is None
    assert not er.async_entries_for_config_entry(er.async_get(hass), entry_of_old.entry_id)
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), entry_of_old.entry_id)


async def test_remove_right_after_reading(
    hass: HomeAssistant, entry_of_old: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """Removed before the last counters were written: the file doesn't come back a moment later."""
    await async_set_up(hass, entry_of_old)
    await async_wait_for(hass, lambda: entry_of_old.runtime_data.data.counters)
    await hass.config_entries.async_remove(entry_of_old.entry_id)
    await async_pass(hass, 60)
    assert not [key for key in hass_storage if key.startswith("jura")]


async def test_stop(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    smart_connect: SmartConnect,
    press: Press,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Home Assistant shuts down while it holds the link: the phone gets in at once, and nothing comes after it."""
    await async_wait_for_state(hass, entity_id(hass, "sensor", "state"), "ready")
    await press(entity_id(hass, "button", "brew_espresso"))
    assert smart_connect.link is not None
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await async_pass(hass, 3)
    assert smart_connect.link is None
    assert [operation.data for operation in smart_connect.log if operation.action == "write"][-1] == b"\x2a\x7f\x81"
    connections = smart_connect.connections
    await async_pass(hass, 3600)
    assert smart_connect.connections == connections
    assert [line for line in told(caplog) if not line.startswith("INFO")] == []


# --- without the machine ----------------------------------------------------------------------------------------------


class TestMachineOff:
    """The machine is off when Home Assistant starts, as on most mornings."""

    @pytest.fixture
    async def machine(self, model: str) -> Machine:
        """Return it."""
        return Machine(
            definition_for(model), on=False, counters={0: TOTAL + 1, **dict.fromkeys(range(1, 64), 0), 0x02: 78}
        )

    async def test_known(
        self,
        hass: HomeAssistant,
        entry_of_old: MockConfigEntry,
        smart_connect: SmartConnect,
        hass_storage: dict[str, Any],
    ) -> None:
        """Counters are there from memory, never 0; what is of now is unavailable; all is back as soon as it can be."""
        remember(hass_storage)
        shown: list[str] = []

        async def note(event: Any) -> None:
            if event.data["entity_id"] == "sensor.jura_e8_eb_drinks_made" and event.data["new_state"]:
                shown.append(event.data["new_state"].state)

        stop = hass.bus.async_listen("state_changed", note)
        await async_set_up(hass, entry_of_old)
        assert entry_of_old.state is ConfigEntryState.LOADED
        assert state_of(hass, "sensor", "count_total") == str(TOTAL)
        assert state_of(hass, "sensor", "due_cleaning") == "12"
        assert state_of(hass, "sensor", "due_filter_change") == "unknown"
        assert state_of(hass, "sensor", "state") == "unavailable"
        assert state_of(hass, "binary_sensor", "ready") == "unavailable"
        assert state_of(hass, "button", "brew_espresso") == "unavailable"
        (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry_of_old.entry_id)
        assert device.sw_version == "EF538M V01.06"
        await async_pass(hass, 2 * 3600 + 17)
        assert smart_connect.connections == 0
        smart_connect.machine.switch_on()
        await async_wait_for_state(hass, entity_id(hass, "sensor", "state"), "heating", seconds=15)
        await async_wait_for_state(hass, entity_id(hass, "sensor", "state"), "ready", seconds=180)
        await async_wait_for_state(hass, entity_id(hass, "sensor", "count_total"), str(TOTAL + 1), seconds=30 * 60)
        assert shown == [str(TOTAL), str(TOTAL + 1)]
        stop()

    async def test_never_read(
        self, hass: HomeAssistant, entry_of_old: MockConfigEntry, smart_connect: SmartConnect
    ) -> None:
        """A machine that was never read has no counters to show: Home Assistant tries again, with the reason."""
        await async_set_up(hass, entry_of_old)
        assert entry_of_old.state is ConfigEntryState.SETUP_RETRY
        assert entry_of_old.reason
        assert entry_of_old.title in entry_of_old.reason
        assert entry_of_old.error_reason_translation_key == "unreachable"
        assert not er.async_entries_for_config_entry(er.async_get(hass), entry_of_old.entry_id)
        smart_connect.machine.switch_on()
        # The discovery of the machine that is waited for makes Home Assistant try at once.
        await async_wait_for(hass, lambda: entry_of_old.state is ConfigEntryState.LOADED, seconds=30)
        assert state_of(hass, "sensor", "count_total") == "unknown"

    async def test_known_only_by_its_switch(
        self, hass: HomeAssistant, entry_of_old: MockConfigEntry, hass_storage: dict[str, Any]
    ) -> None:
        """Memory without counters, as after giving way from the first minute: unknown is not 0."""
        nothing = dict.fromkeys(("total", "counters_read_at", "maintenance_counts", "maintenance_percentages"))
        remember(hass_storage, **nothing, slots={})
        await async_set_up(hass, entry_of_old)
        assert entry_of_old.state is ConfigEntryState.LOADED
        assert state_of(hass, "sensor", "count_total") == "unknown"
        assert state_of(hass, "sensor", "due_cleaning") == "unknown"

    async def test_restart_after_reading(
        self,
        hass: HomeAssistant,
        entry_of_old: MockConfigEntry,
        smart_connect: SmartConnect,
        hass_storage: dict[str, Any],
    ) -> None:
        """What one run wrote, the next one reads, with the machine off in between."""
        machine = smart_connect.machine
        machine.switch_on()
        await async_pass(hass, 120)
        await async_set_up(hass, entry_of_old)
        await async_wait_for(hass, lambda: entry_of_old.runtime_data.data.maintenance)
        await async_pass(hass, 30)
        remembered = entry_of_old.runtime_data.remembered
        await hass.config_entries.async_unload(entry_of_old.entry_id)
        machine.power_cut()
        await async_pass(hass, SILENCE)
        await async_set_up(hass, entry_of_old)
        assert entry_of_old.runtime_data.remembered == remembered
        assert state_of(hass, "sensor", "count_total") == str(machine.total)


@pytest.mark.parametrize(
    "damage", [{"slots": None}, {"maintenance_counts": {"polishing": 1}}, {"counters_read_at": "yesterday"}]
)
async def test_damaged_memory(
    hass: HomeAssistant,
    entry_of_old: MockConfigEntry,
    smart_connect: SmartConnect,
    hass_storage: dict[str, Any],
    damage: dict[str, Any],
) -> None:
    """A file that was damaged, or written by a later version, costs its content and not the machine."""
    remember(hass_storage, **damage)
    await async_set_up(hass, entry_of_old)
    assert entry_of_old.state is ConfigEntryState.LOADED
    await async_wait_for_state(hass, entity_id(hass, "sensor", "count_total"), str(smart_connect.machine.total))


async def test_off_and_on_again(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    """Off in the middle: unavailable at the next look, one line in the log, and one more when it is back, at once."""
    total = await async_wait_for_state(hass, entity_id(hass, "sensor", "count_total"))
    state = entity_id(hass, "sensor", "state")
    await async_pass(hass, 200)
    caplog.clear()
    machine.power_cut()
    await async_wait_for_state(hass, state, "unavailable", seconds=120)
    assert state_of(hass, "sensor", "count_total") == total
    assert state_of(hass, "binary_sensor", "alert_fill_water_tank") == "unavailable"
    for hours in range(2):
        await async_pass(hass, 3600)
        assert len(told(caplog)) == 1, (hours, told(caplog))
    assert told(caplog)[0].startswith("ERROR ")
    assert entry.title in told(caplog)[0]
    # Somewhere between two looks.
    await async_pass(hass, 23)
    machine.switch_on()
    await async_wait_for_state(hass, state, "heating", seconds=15)
    assert len(told(caplog)) == 2, told(caplog)
    assert told(caplog)[1].startswith("INFO ")
    await async_pass(hass, 3600)
    assert len(told(caplog)) == 2, told(caplog)


async def test_off_shortly(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """Off for a few minutes only, so that Bluetooth has not forgotten it: also back at once."""
    state = entity_id(hass, "sensor", "state")
    await async_wait_for_state(hass, state, "ready")
    machine.power_cut()
    await async_wait_for_state(hass, state, "unavailable", seconds=180)
    await async_pass(hass, 70)
    machine.switch_on()
    await async_wait_for_state(hass, state, "heating", seconds=20)


async def test_two_nights(
    hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect, caplog: pytest.LogCaptureFixture
) -> None:
    """Off at night: each morning it is back at once, with two lines a day in the log, and nothing is ordered."""
    machine = smart_connect.machine
    state = entity_id(hass, "sensor", "state")
    await async_pass(hass, 200)
    caplog.clear()
    for day in range(2):
        machine.wake_up()
        machine.switch_off()
        await async_wait_for_state(hass, state, "unavailable", seconds=240)
        caplog.clear()
        await async_pass(hass, 3600 + day * 17)
        machine.switch_on()
        await async_wait_for_state(hass, state, "heating", seconds=15)
        assert len(told(caplog)) == 1
        await async_pass(hass, 400)
    assert not machine.orders


async def test_phone_comes_and_goes(
    hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect, caplog: pytest.LogCaptureFixture
) -> None:
    """The owner's phone takes the machine for an hour: one line, no storm, and back soon after it lets go."""
    state = entity_id(hass, "sensor", "state")
    await async_wait_for_state(hass, state, "ready")
    await async_pass(hass, 200)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    caplog.clear()
    assert smart_connect.phone_connects()
    await async_wait_for_state(hass, state, "unavailable", seconds=180)
    tries = len([operation for operation in smart_connect.log if operation.action == "connect"])
    await async_pass(hass, 3600)
    tries = len([operation for operation in smart_connect.log if operation.action == "connect"]) - tries
    assert tries <= 60
    assert len(told(caplog)) == 1
    smart_connect.phone_disconnects()
    await async_wait_for_state(hass, state, "ready", "energy_saving", seconds=20)


async def test_unplugged_adapter(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, smart_connect: SmartConnect
) -> None:
    """The Bluetooth proxy restarts: gone and back, without a press on anything."""
    _, remove = await async_add_simulated_adapter(hass, [smart_connect], slots=2)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="JURA E8 (EB)",
        unique_id=UNIQUE_ID,
        data={"address": ADDRESS, "article": 15336, "definition": "EF538"},
    )
    entry.add_to_hass(hass)
    await async_set_up(hass, entry)
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    remove()
    await async_wait_for_state(hass, entity_id(hass, "sensor", "state"), "unavailable", seconds=180)
    _, remove = await async_add_simulated_adapter(hass, [smart_connect], slots=2)
    await async_wait_for_state(hass, entity_id(hass, "sensor", "state"), "ready", "energy_saving", seconds=20)
    await hass.config_entries.async_remove(entry.entry_id)
    remove()
    await hass.async_block_till_done(wait_background_tasks=True)


# --- entries that aren't what they should be --------------------------------------------------------------------------


async def test_unknown_machine(hass: HomeAssistant, adapter: None) -> None:
    """A machine that this version doesn't know (any more) says so, in a sentence."""
    entry = MockConfigEntry(
        domain=DOMAIN, unique_id="1-2-3", data={"address": ADDRESS, "article": 65000, "definition": "EF9999"}
    )
    entry.add_to_hass(hass)
    await async_set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "unknown_machine"
    assert "65000" in str(entry.reason)
    await hass.config_entries.async_remove(entry.entry_id)


async def test_entry_of_a_later_version(hass: HomeAssistant, adapter: None, caplog: pytest.LogCaptureFixture) -> None:
    """An entry that a later version wrote is left alone."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="JURA",
        unique_id=UNIQUE_ID,
        version=ENTRY_VERSION + 1,
        data={"address": ADDRESS, "article": 15336, "definition": "EF538"},
    )
    entry.add_to_hass(hass)
    await async_set_up(hass, entry)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    assert "Traceback" not in caplog.text
    await hass.config_entries.async_remove(entry.entry_id)
