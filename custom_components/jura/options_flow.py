"""The options of a machine.

May import floors 1 to 6.
"""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TimeSelector,
)
import voluptuous as vol

from .const import CONF_EXPERIMENTAL, CONF_QUIET_FROM, CONF_QUIET_SOURCES, CONF_QUIET_TO, CONF_SOURCES
from .house_rules import QUIET_BY_DEFAULT, Source


class JuraOptionsFlow(OptionsFlowWithReload):
    """From where and when drinks may be started, and whether to offer the unproven."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and save the options."""
        errors: dict[str, str] = {}
        if user_input is not None:
            start, end = user_input.get(CONF_QUIET_FROM), user_input.get(CONF_QUIET_TO)
            if (start is None) is not (end is None):
                errors[CONF_QUIET_TO if end is None else CONF_QUIET_FROM] = "quiet_hours_incomplete"
            elif start is not None and start == end:
                errors[CONF_QUIET_TO] = "quiet_hours_empty"
            else:
                return self.async_create_entry(data=user_input)
        sources = SelectSelector(
            SelectSelectorConfig(
                options=list(Source), translation_key="source", multiple=True, mode=SelectSelectorMode.LIST
            )
        )
        schema = vol.Schema(
            {
                vol.Required(CONF_SOURCES, default=list(Source)): sources,
                vol.Optional(CONF_QUIET_FROM): TimeSelector(),
                vol.Optional(CONF_QUIET_TO): TimeSelector(),
                vol.Required(CONF_QUIET_SOURCES, default=list(QUIET_BY_DEFAULT)): sources,
                vol.Required(CONF_EXPERIMENTAL, default=False): BooleanSelector(),
            }
        )
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or self.config_entry.options),
            errors=errors,
        )
