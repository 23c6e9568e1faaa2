"""A machine that refuses commands, very likely because of a PIN: one issue that says so, and no more than that."""

from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect

from .conftest import Press, async_confirm_discovery, async_wait_for, async_wait_for_state
from .helpers import async_pass, entity_id, make_bluetooth_time_virtual, placeholders, state_of, texts


@pytest.fixture(autouse=True)
def bluetooth_time(virtual_time: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Bluetooth forget what is silent."""
    make_bluetooth_time_virtual(monkeypatch)


def issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return our issues that stand."""
    return [issue for (domain, _), issue in ir.async_get(hass).issues.items() if domain == DOMAIN and issue.active]


async def async_refuse(hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect) -> None:
    """Set a PIN on a machine that was added without, and wait until it was noticed."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    smart_connect.pin_set = True
    smart_connect.log.clear()
    await async_wait_for(hass, lambda: issues(hass), seconds=150)


@pytest.fixture
async def refusing(hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect) -> MockConfigEntry:
    """Return the entry of a machine on which a PIN was set after it was added."""
    await async_refuse(hass, entry, smart_connect)
    return entry


def writes(smart_connect: SmartConnect) -> list[tuple[str, str]]:
    """Return the characteristic and the outcome of every write."""
    return [(op.characteristic, op.outcome) for op in smart_connect.log if op.action == "write"]


async def test_one_issue(hass: HomeAssistant, refusing: MockConfigEntry) -> None:
    """One, with its texts, that stays one however often the machine is looked at."""
    for _ in range(3):
        (issue,) = issues(hass)
        assert (issue.severity, issue.is_fixable) == (ir.IssueSeverity.WARNING, True)
        assert issue.translation_key == "commands_refused"
        assert placeholders(str(texts()["issues"]["commands_refused"])) <= set(issue.translation_placeholders or {})
        await async_pass(hass, 600)


async def test_read_only(
    hass: HomeAssistant, refusing: MockConfigEntry, smart_connect: SmartConnect, machine: Machine, press: Press
) -> None:
    """The state is shown, presses are refused in words, and nothing is tried out on the machine."""
    assert state_of(hass, "sensor", "state") in ("ready", "energy_saving")
    machine.empty_water_tank()
    await async_wait_for_state(hass, entity_id(hass, "binary_sensor", "alert_fill_water_tank"), "on")
    machine.fill_water_tank()
    await async_pass(hass, 65)
    for button in ("brew_espresso", "brew_cappuccino"):
        with pytest.raises(HomeAssistantError) as raised:
            await press(entity_id(hass, "button", button))
        assert raised.value.translation_key == "commands_refused"
        assert raised.value.translation_placeholders is not None
        assert raised.value.translation_placeholders["name"] == refusing.title
    await async_pass(hass, 600)
    assert writes(smart_connect) == [("1529", "refused")] * 2
    assert not machine.orders
    assert len(issues(hass)) == 1


async def test_no_storm(hass: HomeAssistant, refusing: MockConfigEntry, smart_connect: SmartConnect) -> None:
    """An hour with a PIN: one short connection for each look, so that the owner's phone gets in."""
    await async_pass(hass, 30)
    connections, held = smart_connect.connections, smart_connect.held_seconds
    await async_pass(hass, 3600)
    assert 55 <= smart_connect.connections - connections <= 62
    assert smart_connect.held_seconds - held < 60 * 5
    assert writes(smart_connect) == [("1529", "refused")] * 2


async def test_press_first(
    hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect, press: Press
) -> None:
    """A press that meets the PIN before any look did is refused, sends nothing, and raises the issue."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    smart_connect.pin_set = True
    smart_connect.log.clear()
    with pytest.raises(HomeAssistantError) as raised:
        await press(entity_id(hass, "button", "brew_espresso"))
    assert raised.value.translation_key == "commands_refused"
    assert len(issues(hass)) == 1
    await async_pass(hass, 120)
    assert set(writes(smart_connect)) == {("1529", "refused")}
    assert len(writes(smart_connect)) <= 2


async def async_fix(hass: HomeAssistant) -> Any:
    """Press "Fix", read, and submit."""
    assert await async_setup_component(hass, REPAIRS, {})
    await hass.async_block_till_done()
    (issue,) = issues(hass)
    manager = hass.data[REPAIRS]["flow_manager"]
    result = await manager.async_init(DOMAIN, context={"issue_id": issue.issue_id})
    assert (result["type"], result["step_id"]) == ("form", "confirm")
    assert placeholders(str(texts()["issues"]["commands_refused"])) <= set(result["description_placeholders"])
    result = await manager.async_configure(result["flow_id"], {})
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    return result


async def test_fixed(
    hass: HomeAssistant, refusing: MockConfigEntry, smart_connect: SmartConnect, machine: Machine, press: Press
) -> None:
    """The PIN is gone: after "Fix" the issue is, too, and coffee flows."""
    smart_connect.pin_set = False
    before = refusing.runtime_data
    await async_fix(hass)
    assert refusing.runtime_data is not before
    await async_wait_for_state(hass, entity_id(hass, "sensor", "state"))
    await async_pass(hass, 180)
    assert issues(hass) == []
    await press(entity_id(hass, "button", "brew_espresso"))
    assert [drink.code for drink in machine.drinks] == [0x02]


async def test_not_fixed(hass: HomeAssistant, refusing: MockConfigEntry, smart_connect: SmartConnect) -> None:
    """Who submits with the PIN still set gets the issue back."""
    await async_fix(hass)
    await async_wait_for(hass, lambda: issues(hass), seconds=180)
    assert len(issues(hass)) == 1
    assert set(writes(smart_connect)) == {("1529", "refused")}


async def test_gone_with_the_entry(hass: HomeAssistant, adapter: None, smart_connect: SmartConnect) -> None:
    """A machine that was removed leaves no issue behind that nobody could ever fix."""
    entry = await async_confirm_discovery(hass)
    await async_refuse(hass, entry, smart_connect)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issues(hass) == []


async def test_entry_gone_meanwhile(hass: HomeAssistant, refusing: MockConfigEntry) -> None:
    """An issue of an entry that is gone can be dismissed without a traceback."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        "commands_refused_of_old",
        data={"entry_id": "of_old"},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="commands_refused",
        translation_placeholders={"name": "JURA"},
    )
    assert await async_setup_component(hass, REPAIRS, {})
    manager = hass.data[REPAIRS]["flow_manager"]
    result = await manager.async_init(DOMAIN, context={"issue_id": "commands_refused_of_old"})
    result = await manager.async_configure(result["flow_id"], {})
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    assert len(issues(hass)) == 1
