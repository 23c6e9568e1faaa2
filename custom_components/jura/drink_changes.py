"""What happens when one's own drinks change: new buttons, and word of those that can't be made.

May import floors 1 to 6.
"""

import asyncio
from typing import Final

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .coordinator import JuraConfigEntry
from .issues import DRINK_NOT_POSSIBLE, report
from .my_drinks import my_drinks
from .wishes import recipe_of

_TRY_AGAIN: Final = 5.0
"""Seconds between two looks whether the machine is free."""


@callback
def async_follow_drinks(hass: HomeAssistant, entry: JuraConfigEntry) -> None:
    """Reload the entry once its drinks differ from those that it was set up with, but for drinks that are gone.

    Those Home Assistant removes with their buttons. A drink in the making goes first: it is watched to its end.
    """
    at_set_up = my_drinks(entry)
    reload: asyncio.Task[None] | None = None

    async def reload_when_free() -> None:
        # Several drinks may be added at once.
        await asyncio.sleep(0)
        while entry.runtime_data.is_occupied:
            await asyncio.sleep(_TRY_AGAIN)
        hass.config_entries.async_schedule_reload(entry.entry_id)

    @callback
    def look(_: ConfigEntryChange, changed: ConfigEntry) -> None:
        nonlocal reload
        if changed.entry_id != entry.entry_id:
            return
        _report_impossible(hass, entry)
        if reload is None and any(drink not in at_set_up for drink in my_drinks(entry)):
            reload = entry.async_create_background_task(hass, reload_when_free(), f"{entry.title} - drinks changed")

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, look))
    _report_impossible(hass, entry)


def _report_impossible(hass: HomeAssistant, entry: JuraConfigEntry) -> None:
    """Raise the repair issue for drinks that the machine can't make any more, or take it back."""
    names = []
    for drink in my_drinks(entry):
        try:
            recipe_of(hass, entry.runtime_data, drink)
        except ServiceValidationError:
            names.append(drink.name)
    report(hass, entry, DRINK_NOT_POSSIBLE, stands=bool(names), drinks=", ".join(names))
