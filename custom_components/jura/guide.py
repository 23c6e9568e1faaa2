"""The guide through a maintenance program: says what to do now, and does only what the person confirms.

It is the fix flow of a repair issue. It keeps nothing: each page is what the machine shows at the moment, so that it can
be left and opened again any time, also after a restart, and what somebody does at the machine is as good as what they
press here.

May import floors 1 to 6.
"""

import asyncio
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_cached_translations
import voluptuous as vol

from .const import DOMAIN
from .coordinator import JuraConfigEntry, JuraCoordinator
from .issues import PROGRAM_RUNNING, program_texts
from .machine.care import Stage, Turn
from .machine.model import Program
from .wishes import sentence

_LOOK: Final = 1.0
_PATIENCE: Final = 120.0
"""Seconds for which a machine may be out of reach, or its entry be reloading, while the page stays open."""


class Guide(RepairsFlow):
    """Leads through a program. Leaving it does no harm: the program goes on at the machine."""

    def __init__(self, entry: JuraConfigEntry, program: Program) -> None:
        """Remember what it is about."""
        super().__init__()
        self._entry = entry
        self._program = program
        self._shown: Stage | None = None
        """The last stage of the program that a page showed."""
        self._change: asyncio.Task[None] | None = None
        self._about: dict[str, str] = {"name": entry.title}

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with what the machine does now."""
        return await self.async_step_look()

    async def async_step_look(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show the page for what the machine does now."""
        if (coordinator := self._machine) is None:
            return self.async_abort(reason="unreachable", description_placeholders=self._texts())
        stage = coordinator.stage
        if stage is None:
            return self._page_when_nothing_runs()
        self._program, self._shown = stage.program, stage
        match stage.turn:
            case Turn.NOBODY:
                return self._end("finished")
            case Turn.CONTINUE:
                return self._form("continue")
            case _:
                return await self.async_step_follow()

    # --- before ------------------------------------------------------------------------------------------------------

    async def _async_step_start(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say what the program is and needs; start it, once, when the person confirms."""
        if user_input is None:
            return await self.async_step_look() if self._running else self._form(self._program)
        if (coordinator := self._machine) is None:
            return await self.async_step_look()
        if not self._running:
            try:
                await coordinator.commands.async_start_program(self._program)
            except HomeAssistantError as error:
                return self._form(self._program, error)
            if not self._shows_progress(coordinator):
                return self.async_abort(reason="at_machine", description_placeholders=self._texts())
        return await self.async_step_look()

    async_step_cleaning = async_step_descaling = async_step_filter_change = _async_step_start
    async_step_milk_clean = async_step_milk_rinse = async_step_coffee_rinse = _async_step_start

    # --- while it runs -----------------------------------------------------------------------------------------------

    async def async_step_continue(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say what to do, and tell the machine to go on when the person says it is done.

        Who did that at the machine meanwhile, and then presses here, continues nothing: the step is another one.
        """
        if user_input is not None and (coordinator := self._machine) and self._is_up_to_date(coordinator):
            try:
                await coordinator.commands.async_continue_program(self._shown)
            except HomeAssistantError as error:
                if self._is_up_to_date(coordinator):
                    return self._form("continue", error)
        return await self.async_step_look()

    async def async_step_follow(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say what the machine does, or what to do there, until it shows something else."""
        if self._change is None:
            self._change = self.hass.async_create_background_task(
                self._until_another_page(), f"{self._entry.title} - guide"
            )
        if self._change.done():
            self._change = None
            return self.async_show_progress_done(next_step_id="look")
        waits = self._shown is not None and self._shown.turn is Turn.PERSON
        return self.async_show_progress(
            step_id="follow",
            progress_action="at_machine" if waits else "by_itself",
            description_placeholders=self._texts(),
            progress_task=self._change,
        )

    async def _until_another_page(self) -> None:
        """Wait until the machine shows another step, or is out of reach for long."""
        deadline = self.hass.loop.time() + _PATIENCE
        while self.hass.loop.time() < deadline:
            await asyncio.sleep(_LOOK)
            if (coordinator := self._machine) is None:
                continue
            deadline = self.hass.loop.time() + _PATIENCE
            if not self._is_up_to_date(coordinator):
                return
            if coordinator.stage and coordinator.stage.percent is not None:
                self.async_update_progress(coordinator.stage.percent / 100)

    # --- what there is to show ---------------------------------------------------------------------------------------

    @property
    def _machine(self) -> JuraCoordinator | None:
        """Return the machine, if it was read at the last look."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return None
        coordinator = self._entry.runtime_data
        return coordinator if coordinator.last_update_success and coordinator.data.progress else None

    @property
    def _running(self) -> bool:
        return self._machine is not None and self._machine.stage is not None

    def _is_up_to_date(self, coordinator: JuraCoordinator) -> bool:
        """Tell whether the machine still shows what our page shows."""
        stage = coordinator.stage
        return stage is not None and self._shown is not None and stage.is_same(self._shown)

    def _shows_progress(self, coordinator: JuraCoordinator) -> bool:
        declared = coordinator.definition.maintenance_program(self._program)
        return declared is not None and declared.shows_progress

    def _page_when_nothing_runs(self) -> RepairsFlowResult:
        """Offer the start; where a program was running, say that it is over."""
        if self._shown is not None or self.issue_id == PROGRAM_RUNNING.id_about(self._program, self._entry):
            return self._end("ended")
        return self._form(self._program)

    def _form(self, step_id: str, error: HomeAssistantError | None = None) -> RepairsFlowResult:
        problem = sentence(self.hass, error) if error else ""
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema({}),
            description_placeholders={**self._texts(), "problem": problem},
            errors={"base": "failed"} if error else None,
        )

    def _end(self, how: str) -> RepairsFlowResult:
        """Close the guide. An issue for what the machine still asks for comes back at the next look."""
        return self.async_create_entry(data={}, description=how, description_placeholders=self._texts())

    def _texts(self) -> dict[str, str]:
        """Return what pages may use; `step` is the sensor's word for it, so that both say the same."""
        if self._entry.state is ConfigEntryState.LOADED:
            self._about = program_texts(self.hass, self._entry, self._entry.runtime_data.definition, self._program)
        texts = async_get_cached_translations(self.hass, self.hass.config.language, "entity", DOMAIN)
        step = self._shown.step if self._shown else ""
        state = f"{self._shown.state:02X}" if self._shown else ""
        return {
            **self._about,
            "step": texts.get(f"component.{DOMAIN}.entity.sensor.program_step.state.{step}", step),
            "state": state,
        }
