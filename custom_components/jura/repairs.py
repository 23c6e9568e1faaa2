"""The repairs that a person can end: a PIN that is gone, locked keys, other counters, and maintenance.

May import floors 1 to 6.
"""

from collections.abc import Awaitable, Callable
from typing import Final, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant

from .coordinator import JuraConfigEntry
from .guide import Guide
from .issues import COMMANDS_REFUSED, COUNTERS_RESTARTED, KEYS_LOCKED, Issue
from .machine.model import Program


async def _set_up_anew(hass: HomeAssistant, entry: JuraConfigEntry) -> None:
    """Ask a machine that refused commands again; if it still refuses, the issue comes back."""
    hass.config_entries.async_schedule_reload(entry.entry_id)


async def _unlock(hass: HomeAssistant, entry: JuraConfigEntry) -> None:
    """Release keys that a session left locked."""
    await entry.runtime_data.commands.async_lock_keys(locked=False)


async def _believe(hass: HomeAssistant, entry: JuraConfigEntry) -> None:
    """Go on with the counters of a machine whose electronics were replaced."""
    await entry.runtime_data.statistics.async_believe_counters()


type Fix = Callable[[HomeAssistant, JuraConfigEntry], Awaitable[None]]

_FIXES: Final[dict[Issue, Fix]] = {
    COMMANDS_REFUSED: _set_up_anew,
    KEYS_LOCKED: _unlock,
    COUNTERS_RESTARTED: _believe,
}


class _Fix(ConfirmRepairFlow):
    """Does what ends an issue once the person confirms."""

    def __init__(self, entry: JuraConfigEntry, fix: Fix) -> None:
        """Remember whose issue it is and what ends it."""
        super().__init__()
        self._entry = entry
        self._fix = fix

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask, then do it."""
        if user_input is not None:
            await self._fix(self.hass, self._entry)
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow for one of our issues, or one that only closes it where its machine is gone."""
    entry = hass.config_entries.async_get_entry(str(data["entry_id"])) if data else None
    if data is None or entry is None:
        return ConfirmRepairFlow()
    if "program" in data:
        return Guide(entry, Program(str(data["program"])))
    return _Fix(entry, next(fix for issue, fix in _FIXES.items() if issue.id_for(entry) == issue_id))
