"""Adds a simulated machine, from configuration.yaml or by hand."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
import voluptuous as vol

from simulator.definitions import definition_for

from .const import CONF_ADDRESS, CONF_MACHINE, DOMAIN


class SimulatorConfigFlow(ConfigFlow, domain=DOMAIN):
    """One entry for each machine."""

    async def async_step_import(self, import_data: dict[str, Any]) -> ConfigFlowResult:
        """Take a machine from configuration.yaml."""
        await self.async_set_unique_id(import_data[CONF_ADDRESS])
        self._abort_if_unique_id_configured(updates=import_data)
        try:
            definition = await self.hass.async_add_executor_job(definition_for, import_data[CONF_MACHINE])
        except LookupError:
            return self.async_abort(reason="unknown_machine")
        return self.async_create_entry(title=f"Simulated JURA {definition.name}", data=import_data)

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a machine."""
        errors = {}
        if user_input is not None:
            try:
                await self.hass.async_add_executor_job(definition_for, user_input[CONF_MACHINE])
            except LookupError:
                errors[CONF_MACHINE] = "unknown_machine"
            else:
                taken = self._async_current_ids()
                address = next(a for n in range(1, 256) if (a := f"C0:FF:EE:00:01:{n:02X}") not in taken)
                return await self.async_step_import({**user_input, CONF_ADDRESS: address})
        return self.async_show_form(
            step_id="user",
            data_schema=vol.Schema({vol.Required(CONF_MACHINE, default="E8"): str}),
            errors=errors,
        )
