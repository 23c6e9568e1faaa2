"""Adding a machine: found over Bluetooth, or looked for by hand; and its options."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components import bluetooth
from homeassistant.components.bluetooth import BluetoothReachabilityIntent, BluetoothServiceInfoBleak
from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import CONF_ADDRESS, CONF_SCAN_INTERVAL, UnitOfTime
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from .bluetooth import is_smart_connect, last_heard, read_advertisement
from .const import CONF_ARTICLE, CONF_DEFINITION, CONF_EXPERIMENTAL, DEFAULT_SCAN_INTERVAL, DOMAIN, MANUFACTURER
from .machine.catalogue import definition_code_from_machine_type, find_article
from .machine.decode import Advertisement
from .machine.errors import ImplausibleReply, JuraError, UnknownMachine
from .machine.model import Article
from .machine.smart_connect import Peer, SmartConnect


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A Smart Connect that says which machine it serves."""

    info: BluetoothServiceInfoBleak
    advertisement: Advertisement
    article: Article | None

    @property
    def unique_id(self) -> str:
        """Return the machine's id."""
        return self.advertisement.identity.unique_id

    @property
    def name(self) -> str:
        """Return the machine's name for people."""
        number = self.advertisement.identity.article
        return f"{MANUFACTURER} {self.article.name if self.article else number}"


class JuraConfigFlow(ConfigFlow, domain=DOMAIN):
    """Adds one machine."""

    VERSION = 1

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._candidate: _Candidate | None = None
        self._definition: str | None = None
        self._machine_type: str | None = None

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> JuraOptionsFlow:
        """Return the flow for the options."""
        return JuraOptionsFlow()

    # --- found by Home Assistant -------------------------------------------------------------------------------------

    @override
    async def async_step_bluetooth(self, discovery_info: BluetoothServiceInfoBleak) -> ConfigFlowResult:
        """Take up a Smart Connect that was heard."""
        candidate = await self._async_candidate(discovery_info)
        if candidate is None or not candidate.advertisement.identity.known:
            # Directly after switching on, the dongle does not know its machine yet. The next advertisement, with
            # everything in it, must count as a discovery again.
            if is_smart_connect(discovery_info):
                bluetooth.async_clear_address_from_match_history(self.hass, discovery_info.address)
            return self.async_abort(reason="machine_not_known_yet" if candidate else "no_manufacturer_data")
        if not is_smart_connect(discovery_info) and candidate.article is None:
            return self.async_abort(reason="not_supported")
        await self.async_set_unique_id(candidate.unique_id)
        self._abort_if_known(candidate)
        self._candidate = candidate
        self.context["title_placeholders"] = {"name": candidate.name}
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add the machine once it was confirmed and could be reached."""
        assert self._candidate is not None
        errors: dict[str, str] = {}
        if user_input is not None:
            if result := await self._async_try(errors):
                return result
        else:
            self._set_confirm_only()
        return self.async_show_form(
            step_id="confirm", errors=errors, description_placeholders=self._placeholders(self._candidate)
        )

    # --- looked for by a person --------------------------------------------------------------------------------------

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """List the machines in range, or say why there are none and what to do."""
        errors: dict[str, str] = {}
        placeholders = {"reason": ""}
        if user_input and (address := user_input.get(CONF_ADDRESS)):
            if (candidate := await self._async_candidate(last_heard(self.hass, address))) is None:
                errors["base"] = "nothing_heard"
            elif not candidate.advertisement.identity.known:
                errors["base"] = "machine_not_known_yet"
            else:
                self._candidate = candidate
                await self.async_set_unique_id(candidate.unique_id, raise_on_progress=False)
                self._abort_if_known(candidate)
                if result := await self._async_try(errors):
                    return result
                placeholders = self._placeholders(candidate)
        else:
            await bluetooth.async_request_active_scan(self.hass)
        candidates = await self._async_candidates()
        if not candidates:
            # Pressing "Submit" looks again.
            return self.async_show_form(step_id="user", errors={"base": await self._async_why_none()})
        options = [
            SelectOptionDict(value=found.info.address, label=f"{found.name} ({found.info.rssi} dBm)")
            for found in candidates
        ]
        schema = vol.Schema({vol.Required(CONF_ADDRESS): SelectSelector(SelectSelectorConfig(options=options))})
        return self.async_show_form(
            step_id="user", data_schema=schema, errors=errors, description_placeholders=placeholders
        )

    async def _async_candidates(self) -> list[_Candidate]:
        """Return the machines that could be added, best signal first."""
        configured = self._async_current_ids(include_ignore=False)
        heard = await self._async_heard(connectable=True)
        found = [one for one in heard if one.advertisement.identity.known and one.unique_id not in configured]
        return sorted(found, key=lambda candidate: candidate.info.rssi, reverse=True)

    async def _async_heard(self, *, connectable: bool) -> list[_Candidate]:
        """Return the Smart Connects in range, by name or, where a passive scanner hears none, by article."""
        return [
            candidate
            for info in list(bluetooth.async_discovered_service_info(self.hass, connectable))
            if (candidate := await self._async_candidate(info)) and (is_smart_connect(info) or candidate.article)
        ]

    async def _async_why_none(self) -> str:
        """Return the reason for which nothing can be added, nearest to success first."""
        configured = self._async_current_ids(include_ignore=False)
        heard = await self._async_heard(connectable=False)
        known = [candidate for candidate in heard if candidate.advertisement.identity.known]
        if any(candidate.unique_id not in configured for candidate in known):
            return "not_connectable"
        if len(known) < len(heard):
            return "machine_not_known_yet"
        if any(
            is_smart_connect(info) and read_advertisement(info) is None
            for info in bluetooth.async_discovered_service_info(self.hass, connectable=False)
        ):
            return "no_manufacturer_data"
        return "all_configured" if known else "nothing_heard"

    # --- common to both ----------------------------------------------------------------------------------------------

    async def _async_candidate(self, info: BluetoothServiceInfoBleak | None) -> _Candidate | None:
        """Return what an advertisement says about its machine, if it says it."""
        if info is None or (advertisement := read_advertisement(info)) is None:
            return None
        article = await self.hass.async_add_executor_job(find_article, advertisement.identity.article)
        return _Candidate(info, advertisement, article)

    def _abort_if_known(self, candidate: _Candidate) -> None:
        """Abort if this machine has an entry; a new dongle's address goes into it once the old one has gone silent.

        As long as the old dongle is heard, another one with the same numbers is not to be believed.
        """
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, candidate.unique_id)
        # An ignored machine's entry has no address.
        old = entry.data.get(CONF_ADDRESS) if entry else None
        is_silent = old is not None and not bluetooth.async_address_present(self.hass, old)
        self._abort_if_unique_id_configured({CONF_ADDRESS: candidate.info.address} if is_silent else None)

    def _placeholders(self, candidate: _Candidate) -> dict[str, str]:
        address = candidate.info.address
        return {
            "name": candidate.name,
            "article": str(candidate.advertisement.identity.article),
            "machine_type": self._machine_type or "?",
            "reason": bluetooth.async_address_reachability_diagnostics(
                self.hass, address, BluetoothReachabilityIntent.CONNECTION
            ),
        }

    async def _async_try(self, errors: dict[str, str]) -> ConfigFlowResult | None:
        """Reach the machine and add it; None with an error noted if it could not be reached."""
        assert self._candidate is not None
        candidate = self._candidate
        client = SmartConnect(self._find, candidate.name)
        try:
            versions = await client.read_versions()
            self._machine_type = versions.machine
            self._definition = await self._async_definition(candidate)
            await client.read_status()
        except UnknownMachine:
            return self.async_abort(
                reason="unsupported_machine", description_placeholders=self._placeholders(candidate)
            )
        except ImplausibleReply:
            errors["base"] = "implausible_reply"
            return None
        except JuraError:
            errors["base"] = "cannot_connect"
            return None
        finally:
            await client.close()
        if client.refuses_commands:
            return await self.async_step_read_only()
        return self._create_entry()

    def _find(self) -> Peer | None:
        """Return where the machine is now."""
        assert self._candidate is not None
        address = self._candidate.info.address
        device = bluetooth.async_ble_device_from_address(self.hass, address, connectable=True)
        heard = last_heard(self.hass, address)
        advertisement = read_advertisement(heard) if heard else None
        return Peer(device, advertisement.key if advertisement else None) if device else None

    async def _async_definition(self, candidate: _Candidate) -> str:
        """Return the definition for the article, or for the type that the machine names itself.

        Raises UnknownMachine if the catalogue knows neither.
        """
        if candidate.article:
            return candidate.article.definition
        machine_type = self._machine_type or ""
        code = await self.hass.async_add_executor_job(definition_code_from_machine_type, machine_type)
        if code is None:
            raise UnknownMachine(candidate.advertisement.identity.article, machine_type)
        return code

    async def async_step_read_only(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer what can be had of a machine that refuses commands, very likely because of a PIN."""
        assert self._candidate is not None
        if user_input is not None:
            return self._create_entry()
        return self.async_show_form(step_id="read_only", description_placeholders=self._placeholders(self._candidate))

    def _create_entry(self) -> ConfigFlowResult:
        assert self._candidate is not None
        return self.async_create_entry(
            title=self._candidate.name,
            data={
                CONF_ADDRESS: self._candidate.info.address,
                CONF_ARTICLE: self._candidate.advertisement.identity.article,
                CONF_DEFINITION: self._definition,
            },
        )


class JuraOptionsFlow(OptionsFlowWithReload):
    """How often to look at the machine, and whether to offer what is unproven."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and save the options."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        seconds = NumberSelectorConfig(
            min=30, max=3600, step=10, unit_of_measurement=UnitOfTime.SECONDS, mode=NumberSelectorMode.BOX
        )
        schema = vol.Schema(
            {
                vol.Required(CONF_SCAN_INTERVAL, default=DEFAULT_SCAN_INTERVAL): NumberSelector(seconds),
                vol.Required(CONF_EXPERIMENTAL, default=False): BooleanSelector(),
            }
        )
        return self.async_show_form(
            step_id="init", data_schema=self.add_suggested_values_to_schema(schema, self.config_entry.options)
        )
