"""The repair that a person can end: a machine that refuses commands is asked again once its PIN is gone."""

from typing import override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant


class _AskAgain(ConfirmRepairFlow):
    """Sets the machine up anew when the person says that the PIN is removed."""

    def __init__(self, entry_id: str) -> None:
        """Remember whose repair it is."""
        super().__init__()
        self._entry_id = entry_id

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask, then try again; a machine that still refuses raises the issue again."""
        if user_input is not None:
            self.hass.config_entries.async_schedule_reload(self._entry_id)
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow for one of our issues."""
    if data is None or hass.config_entries.async_get_entry(entry_id := str(data["entry_id"])) is None:
        return ConfirmRepairFlow()
    return _AskAgain(entry_id)
