"""Maintenance programs in Home Assistant: due, confirmed, guided, left and found again, and never done twice."""

import asyncio
from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS, repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import CONF_EXPERIMENTAL, DOMAIN
from custom_components.jura.machine.model import Program
from simulator import program
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect
from simulator.wifi_faults import LanFailure

from .conftest import Press, async_wait_for, async_wait_for_state
from .helpers import entity_id, placeholders, state_of, texts

MODEL = "15473"
"""An EF555, which can be continued from here at the tablet and at each step of the milk system."""
UNIQUE_ID = f"{MODEL}-4711-4"


@pytest.fixture
def model() -> str:
    """Return the article number of the machine."""
    return MODEL


async def async_make_experimental(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Switch on what was never tried on hardware, with all that is disabled by default."""
    hass.config_entries.async_update_entry(entry, options={CONF_EXPERIMENTAL: True})
    await hass.config_entries.async_reload(entry.entry_id)
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entity.domain == "button" and entity.disabled_by:
            registry.async_update_entity(entity.entity_id, disabled_by=None)
    # Home Assistant sets it up anew by itself then, half a minute later.
    await asyncio.sleep(31)
    await hass.async_block_till_done()
    assert await async_setup_component(hass, REPAIRS, {})
    return entry


@pytest.fixture
async def guided(hass: HomeAssistant, lan_entry: MockConfigEntry) -> MockConfigEntry:
    """Return the entry of a machine whose owner wants what is experimental."""
    return await async_make_experimental(hass, lan_entry)


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return our issues that stand, by their texts and the program they are about."""
    return {
        f"{issue.translation_key} {(issue.data or {})['program']}": issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active and "program" in (issue.data or {})
    }


def sent(wifi: WifiConnect) -> list[str]:
    """Return the commands of programs that reached the dongle."""
    commands = ("@TG:04", "@TG:10", "@TG:2", "@TG:01", "@TG:FF")
    return [entry.body for entry in wifi.log if entry.direction == "in" and entry.body.startswith(commands)]


class Dialog:
    """The guide as a person has it before them; whatever it shows has its text."""

    def __init__(self, hass: HomeAssistant, issue: ir.IssueEntry) -> None:
        """Prepare."""
        self._hass = hass
        manager = repairs_flow_manager(hass)
        assert manager is not None
        self._manager = manager
        self._issue = issue
        self.page: dict[str, Any] = {}

    async def open(self) -> tuple[str, str]:
        """Press "Fix"."""
        return self._read(await self._manager.async_init(DOMAIN, context={"issue_id": self._issue.issue_id}))

    async def submit(self) -> tuple[str, str]:
        """Press the button of a form."""
        assert self.page["type"] == "form"
        return self._read(await self._manager.async_configure(self.page["flow_id"], {}))

    async def look(self) -> tuple[str, str]:
        """Return what is on the screen now, as the frontend asks for it."""
        return self._read(await self._manager.async_configure(self.page["flow_id"]))

    async def until(self, *page: str) -> None:
        """Wait until the dialog shows a page, which it comes to by itself."""
        async with asyncio.timeout(600):
            while (now := await self.look()) != page:
                assert now[0] != "create_entry", now
                await asyncio.sleep(0.5)

    def close(self) -> None:
        """Close the dialog."""
        self._manager.async_abort(self.page["flow_id"])

    def _read(self, result: Any) -> tuple[str, str]:
        """Return the kind of page and what it says, after checking that it says whole sentences."""
        self.page = result
        guide = texts()["issues"][str(self._issue.translation_key)]["fix_flow"]
        given = set(result.get("description_placeholders") or {})
        said = result.get("description_placeholders") or {}
        match str(result["type"]):
            case "form":
                shown = [*guide["step"][result["step_id"]].values()]
                shown += [guide["error"][error] for error in (result["errors"] or {}).values()]
                what = result["step_id"] if result["step_id"] != "continue" else f"continue: {said['step']}"
                if result["errors"]:
                    what = f"failed: {said['problem']}"
            case "progress":
                shown, what = [guide["progress"][result["progress_action"]]], said["step"]
            case "abort":
                shown, what = [guide["abort"][result["reason"]]], result["reason"]
            case other:
                assert other == "create_entry"
                shown, what = [guide["create_entry"][result["description"]]], result["description"]
        for text in shown:
            assert placeholders(text) <= given
        return str(result["type"]), what


async def async_dialog(hass: HomeAssistant, issue: str) -> Dialog:
    """Wait for an issue and return its guide."""
    await async_wait_for(hass, lambda: issue in issues(hass))
    return Dialog(hass, issues(hass)[issue])


TRAY = ("progress", "Empty the drip tray")
CLEANING = ("progress", "The machine is cleaning itself")
TABLET = ("form", "continue: Put in a cleaning tablet")


async def async_start_cleaning(hass: HomeAssistant, machine: Machine) -> Dialog:
    """Make cleaning due, open the guide, confirm, and be at the first step."""
    machine.set_percentage("Cleaning", 100)
    dialog = await async_dialog(hass, "program_due cleaning")
    assert await dialog.open() == ("form", "cleaning")
    assert machine.program is None
    assert await dialog.submit() == TRAY
    return dialog


async def test_cleaning(
    hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
) -> None:
    """From "due" to "done": each step in words, continued from here where that is known, one command for each."""
    dialog = await async_start_cleaning(hass, machine)
    about = dialog.page["description_placeholders"]
    assert about["program"] == "Cleaning"
    assert about["manual"].startswith("https://www.jura.com/")
    assert machine.program == "Cleaning"
    assert (issues(hass)["program_due cleaning"].translation_placeholders or {})["program"] == "Cleaning"
    assert state_of(hass, "sensor", "program", UNIQUE_ID) == "cleaning"
    assert state_of(hass, "sensor", "program_step", UNIQUE_ID) == "empty_drip_tray"
    assert state_of(hass, "sensor", "state", UNIQUE_ID) == "maintenance"
    assert set(issues(hass)) == {"program_due cleaning", "program_running cleaning"}
    machine.confirm_step()
    await dialog.until(*CLEANING)
    await dialog.until(*TABLET)
    assert await dialog.submit() == CLEANING
    await dialog.until(*TRAY)
    machine.confirm_step()
    await dialog.until("create_entry", "finished")
    await async_wait_for(hass, lambda: not issues(hass))
    await async_wait_for_state(hass, entity_id(hass, "sensor", "program", UNIQUE_ID), "none")
    assert sent(wifi_connect) == ["@TG:24", "@TG:10"]
    assert issues(hass) == {}


async def test_descaling(
    hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
) -> None:
    """A program that can only be confirmed at the machine: the page follows whoever does so, and sends nothing."""
    machine.set_percentage("Decalc", 100)
    dialog = await async_dialog(hass, "program_due descaling")
    await dialog.open()
    assert await dialog.submit() == TRAY
    shown = [TRAY[1]]
    machine.confirm_step()
    async with asyncio.timeout(1000):
        while (page := await dialog.look())[0] == "progress":
            if page[1] != shown[-1]:
                shown.append(page[1])
                machine.confirm_step()
            await asyncio.sleep(1)
    assert page == ("create_entry", "finished")
    assert shown == [
        "Empty the drip tray",
        "Pour the descaling solution into the water tank",
        "The machine is descaling itself",
        "Empty the drip tray",
        "Rinse the water tank and fill it with fresh water",
        "The machine is descaling itself",
        "Empty the drip tray",
    ]
    assert sent(wifi_connect) == ["@TG:25"]


async def test_milk_clean(
    hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect, press: Press
) -> None:
    """Wanted without being due: the button starts nothing but asks; the other command continues here."""
    await async_wait_for_state(hass, entity_id(hass, "sensor", "program", UNIQUE_ID))
    await press(entity_id(hass, "button", "start_milk_clean", UNIQUE_ID))
    assert machine.program is None
    dialog = await async_dialog(hass, "program_ready milk_clean")
    assert await dialog.open() == ("form", "milk_clean")
    assert await dialog.submit() == ("form", "continue: Provide the milk system cleaner")
    assert "program_ready milk_clean" not in issues(hass)
    assert await dialog.submit() == CLEANING
    await dialog.until("form", "continue: Provide fresh water")
    assert await dialog.submit() == CLEANING
    await dialog.until("create_entry", "finished")
    assert sent(wifi_connect) == ["@TG:21", "@TG:04", "@TG:04"]


async def test_rinse(hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, press: Press) -> None:
    """A rinse needs nobody: it is followed to its end, and no issue stands while it runs."""
    await async_wait_for_state(hass, entity_id(hass, "sensor", "program", UNIQUE_ID))
    await press(entity_id(hass, "button", "start_milk_rinse", UNIQUE_ID))
    dialog = await async_dialog(hass, "program_ready milk_rinse")
    await dialog.open()
    assert await dialog.submit() == ("progress", "The machine is rinsing itself")
    assert issues(hass) == {}
    await dialog.until("create_entry", "finished")


async def test_filter_change(
    hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
) -> None:
    """What shows only at the machine is started, and left to its display; the issue stands until the machine says so."""
    machine.set_percentage("FilterChange", 100)
    dialog = await async_dialog(hass, "program_due filter_change")
    await dialog.open()
    assert await dialog.submit() == ("abort", "at_machine")
    assert machine.program == "FilterChange"
    await asyncio.sleep(120)
    assert "program_due filter_change" in issues(hass)
    while machine.program:
        machine.confirm_step()
        await asyncio.sleep(1)
    await async_wait_for(hass, lambda: not issues(hass))
    assert sent(wifi_connect) == ["@TG:26"]


async def test_left_and_opened_again(
    hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
) -> None:
    """The dialog is closed in the middle: the program goes on, and another dialog is at the present step."""
    dialog = await async_start_cleaning(hass, machine)
    dialog.close()
    machine.confirm_step()
    dialog = await async_dialog(hass, "program_running cleaning")
    await dialog.open()
    await dialog.until(*CLEANING)
    await dialog.until(*TABLET)
    dialog.close()
    dialog = await async_dialog(hass, "program_due cleaning")
    assert await dialog.open() == TABLET
    assert await dialog.submit() == CLEANING
    dialog.close()
    assert sent(wifi_connect) == ["@TG:24", "@TG:10"]


async def test_entry_reloaded(
    hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
) -> None:
    """The entry is set up anew in the middle: the same dialog goes on with it."""
    dialog = await async_start_cleaning(hass, machine)
    await hass.config_entries.async_reload(guided.entry_id)
    assert await dialog.look() == TRAY
    machine.confirm_step()
    await dialog.until(*TABLET)
    assert await dialog.submit() == CLEANING
    # Since when it runs nobody knows who only found it running.
    assert state_of(hass, "sensor", "elapsed", UNIQUE_ID) == "unknown"
    assert sent(wifi_connect) == ["@TG:24", "@TG:10"]
    dialog.close()


async def test_restart(
    hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
) -> None:
    """Home Assistant was down and knows nothing: what the machine shows brings the guide back, at the present step."""
    assert machine.start_program(0x24)
    await async_wait_for(hass, lambda: "program_running cleaning" in issues(hass))
    await hass.config_entries.async_unload(guided.entry_id)
    for issue in list(issues(hass).values()):
        ir.async_delete_issue(hass, DOMAIN, issue.issue_id)
    machine.confirm_step()
    await asyncio.sleep(70)
    await hass.config_entries.async_setup(guided.entry_id)
    dialog = await async_dialog(hass, "program_running cleaning")
    assert await dialog.open() == TABLET
    assert await dialog.submit() == CLEANING
    dialog.close()
    assert sent(wifi_connect) == ["@TG:10"]


async def test_out_of_reach_for_long(
    hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
) -> None:
    """Without the network the page stays, then says where the program goes on; the issue is the way back."""
    dialog = await async_start_cleaning(hass, machine)
    wifi_connect.faults.drop_datagrams = 10_000
    await async_wait_for(hass, lambda: not guided.runtime_data.last_update_success)
    assert await dialog.look() == TRAY
    await dialog.until("abort", "unreachable")
    wifi_connect.faults.clear()
    await async_wait_for(hass, lambda: guided.runtime_data.last_update_success)
    dialog = await async_dialog(hass, "program_running cleaning")
    assert await dialog.open() == TRAY
    dialog.close()
    assert sent(wifi_connect) == ["@TG:24"]


async def test_machine_switched_off(
    hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
) -> None:
    """Somebody pulls the plug and puts it back: the guide says that it saw no end, and claims nothing."""
    dialog = await async_start_cleaning(hass, machine)
    machine.power_cut()
    machine.switch_on()
    await dialog.until("create_entry", "ended")
    # The machine still asks for it.
    await async_dialog(hass, "program_due cleaning")


class TestAtMostOnce:
    """What is sent is sent once."""

    async def test_answer_to_start_lost(
        self, hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
    ) -> None:
        """The machine began, the answer is lost: what it shows is the answer."""
        wifi_connect.faults.fail_next(LanFailure.ANSWER_LOST, command="@TG:24")
        dialog = await async_start_cleaning(hass, machine)
        dialog.close()
        assert sent(wifi_connect) == ["@TG:24"]

    async def test_start_lost(
        self, hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
    ) -> None:
        """The order never arrived, which nobody can know: it is said, nothing is repeated, the person decides."""
        wifi_connect.faults.fail_next(LanFailure.LOST, command="@TG:24")
        machine.set_percentage("Cleaning", 100)
        dialog = await async_dialog(hass, "program_due cleaning")
        await dialog.open()
        kind, problem = await dialog.submit()
        assert kind == "form"
        assert "the answer was lost" in problem
        await asyncio.sleep(60)
        assert machine.program is None
        assert sent(wifi_connect) == ["@TG:24"]
        assert await dialog.submit() == TRAY
        dialog.close()

    async def test_accepted_but_not_shown(
        self, hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
    ) -> None:
        """The machine says yes and shows nothing: said so."""
        machine.set_percentage("Cleaning", 100)
        dialog = await async_dialog(hass, "program_due cleaning")
        await dialog.open()
        machine.start_program = lambda code: True  # type: ignore[method-assign]
        assert "does not show the program" in (await dialog.submit())[1]
        dialog.close()

    async def test_refused_by_the_machine(
        self, hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
    ) -> None:
        """A machine that says no is believed."""
        wifi_connect.faults.fail_next(LanFailure.REFUSED, command="@TG:24")
        machine.set_percentage("Cleaning", 100)
        dialog = await async_dialog(hass, "program_due cleaning")
        await dialog.open()
        assert "rejected" in (await dialog.submit())[1]
        dialog.close()
        assert sent(wifi_connect) == ["@TG:24"]

    async def test_two_starts_at_once(
        self, hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
    ) -> None:
        """Two people confirm in the same moment: one program, and one is told."""
        await async_wait_for(hass, lambda: guided.runtime_data.data.maintenance)
        results = await asyncio.gather(
            *(guided.runtime_data.commands.async_start_program(Program.CLEANING) for _ in range(2)),
            return_exceptions=True,
        )
        assert [getattr(result, "translation_key", None) for result in results] == [None, "already_ordering"]
        assert sent(wifi_connect) == ["@TG:24"]

    async def test_double_press_on_continue(
        self,
        hass: HomeAssistant,
        guided: MockConfigEntry,
        machine: Machine,
        wifi_connect: WifiConnect,
        press: Press,
    ) -> None:
        """Two presses on one step confirm one step, together or one after the other."""
        assert machine.start_program(0x21)
        await async_wait_for_state(hass, entity_id(hass, "sensor", "program_step", UNIQUE_ID), "add_cleaner")
        button = entity_id(hass, "button", "continue_program", UNIQUE_ID)
        results = await asyncio.gather(press(button), press(button), return_exceptions=True)
        refusals = [result for result in results if result]
        assert len(refusals) == 1
        assert isinstance(refusals[0], ServiceValidationError)
        with pytest.raises(ServiceValidationError) as raised:
            await press(button)
        assert raised.value.translation_key == "nothing_to_continue"
        assert sent(wifi_connect) == ["@TG:04"]

    async def test_confirmed_at_the_machine_first(
        self, hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
    ) -> None:
        """The step on the page is over: nothing is sent for the next one, which the page shows then."""
        assert machine.start_program(0x21)
        dialog = await async_dialog(hass, "program_running milk_clean")
        await dialog.open()
        stage = guided.runtime_data.stage
        machine.confirm_step()
        # Pressed before any look saw it.
        with pytest.raises(ServiceValidationError) as raised:
            await guided.runtime_data.commands.async_continue_program(stage)
        assert raised.value.translation_key == "step_is_over"
        assert await dialog.submit() == CLEANING
        dialog.close()
        assert sent(wifi_connect) == []

    async def test_continue_in_vain(
        self, hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
    ) -> None:
        """A machine that doesn't go on: said so, not repeated, and a later press is the person's."""
        assert machine.start_program(0x21)
        wifi_connect.faults.fail_next(LanFailure.NO_ANSWER, command="@TG:04")
        dialog = await async_dialog(hass, "program_running milk_clean")
        await dialog.open()
        assert "still shows the same step" in (await dialog.submit())[1]
        assert sent(wifi_connect) == ["@TG:04"]
        assert await dialog.submit() == CLEANING
        assert sent(wifi_connect) == ["@TG:04"] * 2
        dialog.close()


class TestRefused:
    """What can't be started now is refused in words, and nothing is sent."""

    async def test_while_a_drink_runs(
        self,
        hass: HomeAssistant,
        guided: MockConfigEntry,
        machine: Machine,
        wifi_connect: WifiConnect,
    ) -> None:
        """A drink goes first."""
        machine.set_percentage("Cleaning", 100)
        dialog = await async_dialog(hass, "program_due cleaning")
        await dialog.open()
        machine.press_product(0x02)
        assert "busy with a drink" in (await dialog.submit())[1]
        assert sent(wifi_connect) == []
        dialog.close()

    async def test_blocked(
        self, hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
    ) -> None:
        """An empty tank is told as for a drink; once it is full, the same page starts."""
        machine.set_percentage("Cleaning", 100)
        dialog = await async_dialog(hass, "program_due cleaning")
        await dialog.open()
        machine.empty_water_tank()
        assert "Fill the water tank" in (await dialog.submit())[1]
        assert sent(wifi_connect) == []
        machine.fill_water_tank()
        assert await dialog.submit() == TRAY
        dialog.close()

    async def test_while_a_program_runs(
        self,
        hass: HomeAssistant,
        guided: MockConfigEntry,
        machine: Machine,
        wifi_connect: WifiConnect,
        press: Press,
    ) -> None:
        """Neither another program nor a drink nor a cancel reaches a machine that runs one."""
        assert machine.start_program(0x24)
        await async_wait_for_state(hass, entity_id(hass, "sensor", "program", UNIQUE_ID), "cleaning")
        with pytest.raises(ServiceValidationError) as raised:
            await guided.runtime_data.commands.async_start_program(Program.DESCALING)
        assert raised.value.translation_key == "already_making"
        for button, key in (("brew_espresso", "already_making"), ("cancel", "program_not_cancelled")):
            with pytest.raises(ServiceValidationError) as raised:
                await press(entity_id(hass, "button", button, UNIQUE_ID))
            assert raised.value.translation_key == key
        assert sent(wifi_connect) == []
        assert not machine.orders

    async def test_nothing_to_continue(
        self, hass: HomeAssistant, guided: MockConfigEntry, wifi_connect: WifiConnect, press: Press
    ) -> None:
        """The button says so."""
        await async_wait_for_state(hass, entity_id(hass, "sensor", "program", UNIQUE_ID))
        with pytest.raises(ServiceValidationError) as raised:
            await press(entity_id(hass, "button", "continue_program", UNIQUE_ID))
        assert raised.value.translation_key == "no_program"
        assert sent(wifi_connect) == []


async def test_started_at_the_machine(
    hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
) -> None:
    """Who begins at the machine finds the guide too, with the time that it takes and how far it is."""
    await async_wait_for_state(hass, entity_id(hass, "sensor", "program", UNIQUE_ID), "none")
    assert machine.start_program(0x24)
    dialog = await async_dialog(hass, "program_running cleaning")
    assert await dialog.open() == TRAY
    await asyncio.sleep(30)
    assert 29 <= int(float(state_of(hass, "sensor", "elapsed", UNIQUE_ID))) <= 42
    machine.confirm_step()
    await dialog.until(*CLEANING)
    assert state_of(hass, "sensor", "progress", UNIQUE_ID) == "16"
    dialog.close()
    assert sent(wifi_connect) == []


async def test_unknown_step(
    hass: HomeAssistant, guided: MockConfigEntry, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that we have no words for is shown as one, with its number, and sends people to the display."""
    monkeypatch.setitem(program._STEPS, "Cleaning", (program.Step(0xAB), program.Step(0x76, 5)))  # noqa: SLF001
    assert machine.start_program(0x24)
    dialog = await async_dialog(hass, "program_running cleaning")
    assert await dialog.open() == ("progress", "Unknown step: read the machine's display")
    assert dialog.page["description_placeholders"]["state"] == "AB"
    step = hass.states.get(entity_id(hass, "sensor", "program_step", UNIQUE_ID))
    assert step is not None
    assert (step.state, step.attributes["progress_state"]) == ("unknown_step", 0xAB)
    dialog.close()


async def test_not_experimental(
    hass: HomeAssistant, lan_entry: MockConfigEntry, machine: Machine, wifi_connect: WifiConnect
) -> None:
    """Without the option nothing can be started: the program is shown, and what is due is done at the machine."""
    # Until nothing is read any more: of what begins at the machine just then nobody can know.
    await asyncio.sleep(150)
    registry = er.async_get(hass)
    buttons = {
        entity.unique_id.removeprefix(f"{UNIQUE_ID}_")
        for entity in er.async_entries_for_config_entry(registry, lan_entry.entry_id)
        if entity.domain == "button"
    }
    assert not {key for key in buttons if key.startswith("start_") or key == "continue_program"}
    machine.set_percentage("Decalc", 100)
    await async_wait_for(hass, lambda: issues(hass))
    (issue,) = issues(hass).values()
    assert (issue.translation_key, issue.is_fixable) == ("program_due_at_machine", False)
    assert issue.learn_more_url is not None
    assert issue.learn_more_url.startswith("https://www.jura.com/")
    for call in (
        lan_entry.runtime_data.commands.async_start_program(Program.DESCALING),
        lan_entry.runtime_data.commands.async_continue_program(None),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await call
        assert raised.value.translation_key == "programs_are_experimental"
    assert machine.start_program(0x25)
    await async_wait_for_state(hass, entity_id(hass, "sensor", "program", UNIQUE_ID), "descaling")
    assert set(issues(hass)) == {"program_due_at_machine descaling"}
    assert sent(wifi_connect) == []


async def test_option_changes_the_issue(hass: HomeAssistant, lan_entry: MockConfigEntry, machine: Machine) -> None:
    """With the option the same issue becomes one with a guide."""
    machine.set_percentage("Decalc", 100)
    await async_wait_for(hass, lambda: "program_due_at_machine descaling" in issues(hass))
    await async_make_experimental(hass, lan_entry)
    await async_wait_for(hass, lambda: set(issues(hass)) == {"program_due descaling"})


async def test_gone_with_the_entry(hass: HomeAssistant, guided: MockConfigEntry, machine: Machine) -> None:
    """A machine that is removed takes its issues along."""
    machine.set_percentage("Cleaning", 100)
    await async_wait_for(hass, lambda: issues(hass))
    await hass.config_entries.async_remove(guided.entry_id)
    assert issues(hass) == {}
    # For the fixture to have something to unload.
    guided.add_to_hass(hass)


async def test_opened_while_not_set_up(hass: HomeAssistant, guided: MockConfigEntry, machine: Machine) -> None:
    """An issue of an entry that is not loaded opens a page that says so."""
    machine.set_percentage("Cleaning", 100)
    dialog = await async_dialog(hass, "program_due cleaning")
    await hass.config_entries.async_unload(guided.entry_id)
    assert await dialog.open() == ("abort", "unreachable")


class TestBluetoothOnly:
    """Over Bluetooth no way to start a program is known."""

    @pytest.fixture
    def model(self) -> str:
        """Return the machine that the Bluetooth fixtures have."""
        return "15336"

    async def test_shown_but_not_startable(
        self, hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, smart_connect: SmartConnect
    ) -> None:
        """It is shown, and what is due is done at the machine, with the option too."""
        await async_make_experimental(hass, entry)
        machine.set_percentage("Cleaning", 100)
        await async_wait_for(hass, lambda: set(issues(hass)) == {"program_due_at_machine cleaning"}, seconds=300)
        assert machine.start_program(0x24)
        await async_wait_for_state(hass, entity_id(hass, "sensor", "program"), "cleaning", seconds=300)
        assert set(issues(hass)) == {"program_due_at_machine cleaning"}
        with pytest.raises(HomeAssistantError) as raised:
            await entry.runtime_data.commands.async_start_program(Program.CLEANING)
        assert raised.value.translation_key == "not_supported"
