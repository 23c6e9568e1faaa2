"""Adding a machine: found over Bluetooth, or looked for by hand.

May import floors 1 to 6.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, Final, override

from homeassistant.components import bluetooth
from homeassistant.components.bluetooth import BluetoothReachabilityIntent, BluetoothServiceInfoBleak
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_ADDRESS, CONF_HOST, CONF_PIN, CONF_TOKEN
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow, UnknownFlow
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.typing import DiscoveryInfoType
import voluptuous as vol

from .bluetooth import is_smart_connect, last_heard, read_advertisement
from .const import (
    CONF_ARTICLE,
    CONF_CONNECTION_ID,
    CONF_DEFINITION,
    CONF_NEW_NETWORK,
    CONF_TRANSPORTS,
    DOMAIN,
    ENTRY_VERSION,
    MANUFACTURER,
)
from .drink_flow import DrinkFlow
from .foreign_entries import is_ours, waiting_at
from .machine.catalogue import definition_code_from_machine_type, find_article
from .machine.decode import Advertisement
from .machine.errors import ImplausibleReply, JuraError, UnknownMachine
from .machine.model import Article, Transport
from .machine.smart_connect import OwnSlot, Peer, SmartConnect
from .machine.wifi_session import PAUSE, Credentials
from .my_drinks import SUBENTRY_DRINK
from .options_flow import JuraOptionsFlow
from .provisioning_flow import ProvisioningFlow
from .wifi import PairingFailed, async_identify, async_pair, async_scan, has_mac, is_pin, known_mac, new_connection_id


@dataclass(frozen=True, slots=True)
class _OnWifi:
    """A WiFi Connect, and which machine it serves as far as it says so itself or its owner did."""

    host: str
    unique_id: str
    article_number: int
    article: Article | None
    definition: str

    @property
    def name(self) -> str:
        """Return the machine's name for people."""
        return f"{MANUFACTURER} {self.article.name if self.article else self.definition}"


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


def _lacks_bluetooth(entry: ConfigEntry) -> bool:
    """Tell whether a machine is set up, but not over Bluetooth."""
    return entry.source != SOURCE_IGNORE and CONF_ADDRESS not in entry.data


def _lacks_wifi(entry: ConfigEntry) -> bool:
    """Tell whether a machine is set up, but not over Wi-Fi."""
    return entry.source != SOURCE_IGNORE and CONF_HOST not in entry.data


def _of_entry(entry: ConfigEntry, host: str) -> _OnWifi:
    """Return the machine of an entry as one that is reached at an address."""
    return _OnWifi(
        host, str(entry.unique_id), entry.data.get(CONF_ARTICLE, 0), None, entry.data.get(CONF_DEFINITION, entry.title)
    )


def _is_another(wifi: _OnWifi | None, entry: ConfigEntry) -> bool:
    """Tell whether what answers is another machine than that of an entry, if the entry says which one that is."""
    return wifi is not None and is_ours(entry.data) and wifi.unique_id != entry.unique_id


_PIN_SELECTOR: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
_BLUETOOTH_KEYS: Final = frozenset({CONF_ADDRESS})
_WIFI_KEYS: Final = frozenset({CONF_HOST, CONF_PIN, CONF_CONNECTION_ID, CONF_TOKEN})


class JuraConfigFlow(ProvisioningFlow, domain=DOMAIN):
    """Adds one machine."""

    VERSION = ENTRY_VERSION

    def __init__(self) -> None:
        """Start knowing nothing."""
        super().__init__()
        self._candidate: _Candidate | None = None
        self._definition: str | None = None
        self._machine_type: str | None = None
        self._wifi: _OnWifi | None = None
        self._connection_id = new_connection_id()
        self._pin = ""
        self._pairing: asyncio.Task[Credentials] | None = None
        self._pairing_failure = ""
        self._pausing = False
        self._free_at = 0.0
        self._host = ""
        self._credentials = Credentials("")
        self._left_out: frozenset[str] = frozenset()
        """What an entry loses with a way to the machine that is left out, once the other way is certain."""

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> JuraOptionsFlow:
        """Return the flow for the options."""
        return JuraOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow for one's own drinks."""
        return {SUBENTRY_DRINK: DrinkFlow}

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
        entry = await self.async_set_unique_id(candidate.unique_id)
        self._candidate = candidate
        self.context["title_placeholders"] = {"name": candidate.name}
        if entry and _lacks_bluetooth(entry):
            return await self.async_step_join_bluetooth()
        if entry and self._has_lost_bluetooth(entry, candidate):
            return await self.async_step_new_dongle()
        if entry is None:
            self._abort_if_waited_for(CONF_ADDRESS, discovery_info.address)
        self._abort_if_unique_id_configured()
        return await self.async_step_confirm()

    @override
    async def async_step_ignore(self, user_input: dict[str, Any]) -> ConfigFlowResult:
        """Ignore a machine that was found.

        Of one that is set up it is a question that is ignored: it goes, and the machine stays. Home Assistant would put
        the ignored discovery in the place of its entry.
        """
        unique_id = user_input["unique_id"]
        if self._entry_of(unique_id) is None:
            return await super().async_step_ignore(user_input)
        for flow in self._async_in_progress():
            if flow["context"].get("unique_id") == unique_id:
                self.hass.config_entries.flow.async_abort(flow["flow_id"])
        return self.async_abort(reason="already_configured")

    async def async_step_join_bluetooth(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer to reach a machine that is set up over Wi-Fi over Bluetooth as well."""
        assert self._candidate is not None
        if (entry := self._entry_of(self._candidate.unique_id)) is None:
            # Removed while the question was open: now it is a machine to be added.
            return await self.async_step_confirm()
        if user_input is None:
            self._set_confirm_only()
            return self.async_show_form(
                step_id="join_bluetooth", description_placeholders=self._placeholders(self._candidate)
            )
        return self.async_update_reload_and_abort(
            entry, data_updates={CONF_ADDRESS: self._candidate.info.address}, reason="bluetooth_added"
        )

    async def async_step_new_dongle(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask the owner whether a machine has a new Smart Connect: anybody around can send a machine's numbers."""
        assert self._candidate is not None
        if (entry := self._entry_of(self._candidate.unique_id)) is None:
            return await self.async_step_confirm()
        if user_input is None:
            self._set_confirm_only()
            return self.async_show_form(
                step_id="new_dongle",
                description_placeholders={"name": entry.title, "address": self._candidate.info.address},
            )
        if not self._has_lost_bluetooth(entry, self._candidate):
            return self.async_abort(reason="already_configured")
        return self.async_update_reload_and_abort(
            entry, data_updates={CONF_ADDRESS: self._candidate.info.address}, reason="new_dongle"
        )

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
        """Ask which dongle the machine has."""
        return self.async_show_menu(step_id="user", menu_options=["nearby", "wifi", "host", "provision"])

    async def async_step_nearby(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
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
                entry = await self.async_set_unique_id(candidate.unique_id, raise_on_progress=False)
                if entry and _lacks_bluetooth(entry):
                    return await self.async_step_join_bluetooth()
                self._abort_if_unique_id_configured()
                if result := await self._async_try(errors):
                    return result
                placeholders = self._placeholders(candidate)
        else:
            await bluetooth.async_request_active_scan(self.hass)
        candidates = await self._async_candidates()
        if not candidates:
            # Pressing "Submit" looks again.
            return self.async_show_form(step_id="nearby", errors={"base": await self._async_why_none()})
        options = [
            SelectOptionDict(value=found.info.address, label=f"{found.name} ({found.info.rssi} dBm)")
            for found in candidates
        ]
        schema = vol.Schema({vol.Required(CONF_ADDRESS): SelectSelector(SelectSelectorConfig(options=options))})
        return self.async_show_form(
            step_id="nearby", data_schema=schema, errors=errors, description_placeholders=placeholders
        )

    async def _async_candidates(self) -> list[_Candidate]:
        """Return the machines that could be added, best signal first."""
        configured = self._with_bluetooth()
        heard = await self._async_heard(connectable=True)
        found = [one for one in heard if one.advertisement.identity.known and one.unique_id not in configured]
        return sorted(found, key=lambda candidate: candidate.info.rssi, reverse=True)

    def _with_bluetooth(self) -> set[str | None]:
        """Return the machines that are reached over Bluetooth already."""
        entries = self._async_current_entries(include_ignore=False)
        return {entry.unique_id for entry in entries if not _lacks_bluetooth(entry)}

    async def _async_heard(self, *, connectable: bool) -> list[_Candidate]:
        """Return the Smart Connects in range, by name or, where a passive scanner hears none, by article."""
        return [
            candidate
            for info in list(bluetooth.async_discovered_service_info(self.hass, connectable))
            if (candidate := await self._async_candidate(info)) and (is_smart_connect(info) or candidate.article)
        ]

    async def _async_why_none(self) -> str:
        """Return the reason for which nothing can be added, nearest to success first."""
        configured = self._with_bluetooth()
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

    # --- over Wi-Fi --------------------------------------------------------------------------------------------------

    async def async_step_integration_discovery(self, discovery_info: DiscoveryInfoType) -> ConfigFlowResult:
        """Take up a WiFi Connect that answered our own question."""
        host = discovery_info[CONF_HOST]
        return await self._async_take_up(host, known_mac(self.hass, host))

    @override
    async def async_step_dhcp(self, discovery_info: DhcpServiceInfo) -> ConfigFlowResult:
        """Follow the network card of a machine of ours to its new address."""
        return await self._async_take_up(discovery_info.ip, format_mac(discovery_info.macaddress))

    async def _async_take_up(self, host: str, mac: str | None) -> ConfigFlowResult:
        """Ask an address who it is: new machines are offered, and known ones followed if it is certain that it's them.

        Anybody on the network can claim a machine's numbers, and whom we log in to learns PIN and token: the cipher hides
        them from nobody. The protocol has no proof for this, so it takes the network card that the machine had before,
        as Home Assistant's watch on DHCP sees it, or its owner's word.
        """
        if (wifi := await self._async_on_wifi(host)) is None:
            return self.async_abort(reason="not_supported")
        entry = await self.async_set_unique_id(wifi.unique_id)
        self._wifi = wifi
        self.context["title_placeholders"] = {"name": wifi.name}
        if entry is None:
            self._abort_if_waited_for(CONF_HOST, host)
        if entry is None or _lacks_wifi(entry):
            return await self.async_step_wifi_confirm()
        if entry.source == SOURCE_IGNORE or await self._async_is_at_home(entry):
            return self.async_abort(reason="already_configured")
        if has_mac(self.hass, entry, mac):
            self._abort_if_unique_id_configured(updates={CONF_HOST: host})
        return await self.async_step_moved()

    async def _async_is_at_home(self, entry: ConfigEntry) -> bool:
        """Tell whether a machine is where we know it: that one is believed before any other that has its numbers."""
        known = await self._async_on_wifi(entry.data[CONF_HOST])
        return known is not None and known.unique_id == entry.unique_id

    async def async_step_moved(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask the owner whether a machine has moved to another address, before we log in there."""
        assert self._wifi is not None
        if (entry := self._entry_of(self._wifi.unique_id)) is None:
            return await self.async_step_wifi_confirm()
        if user_input is None:
            self._set_confirm_only()
            return self.async_show_form(
                step_id="moved",
                description_placeholders={
                    "name": entry.title,
                    "host": self._wifi.host,
                    "old_host": entry.data.get(CONF_HOST, ""),
                },
            )
        if _lacks_wifi(entry) or await self._async_is_at_home(entry):
            return self.async_abort(reason="already_configured")
        return self.async_update_reload_and_abort(entry, data_updates={CONF_HOST: self._wifi.host}, reason="moved")

    async def async_step_wifi_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask before pairing with a machine that was found."""
        assert self._wifi is not None
        if user_input is not None:
            return await self.async_step_pair()
        self._set_confirm_only()
        return self.async_show_form(
            step_id="wifi_confirm", description_placeholders={"name": self._wifi.name, "host": self._wifi.host}
        )

    async def async_step_wifi(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """List the WiFi Connects that answer on the networks that Home Assistant is on."""
        if user_input and (host := user_input.get(CONF_HOST)):
            return await self._async_choose(host)
        answers = await async_scan(self.hass)
        options = [
            SelectOptionDict(value=host, label=f"{reply.name or reply.machine_type or ''} ({host})".strip())
            for host, reply in sorted(answers.items())
            if reply.identity.known and not self._has_wifi(reply.identity.unique_id)
        ]
        if not options:
            # Pressing "Submit" looks again.
            return self.async_show_form(step_id="wifi", errors={"base": "nothing_on_wifi"})
        schema = vol.Schema({vol.Required(CONF_HOST): SelectSelector(SelectSelectorConfig(options=options))})
        return self.async_show_form(step_id="wifi", data_schema=schema)

    async def async_step_host(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take an address by hand."""
        if user_input is not None:
            return await self._async_choose(user_input[CONF_HOST].strip())
        return self._host_form({})

    def _host_form(self, errors: dict[str, str], host: str = "") -> ConfigFlowResult:
        schema = vol.Schema({vol.Required(CONF_HOST, default=host or vol.UNDEFINED): TextSelector()})
        return self.async_show_form(step_id="host", data_schema=schema, errors=errors)

    @override
    async def _async_choose(self, host: str) -> ConfigFlowResult:
        """Go on with an address that a person chose."""
        try:
            IPv4Address(host)
        except ValueError:
            return self._host_form({CONF_HOST: "invalid_host"}, host)
        if self.source == SOURCE_RECONFIGURE:
            return await self._async_rehome(host)
        if (wifi := await self._async_on_wifi(host)) is None:
            self._host = host
            return await self.async_step_article()
        await self.async_set_unique_id(wifi.unique_id, raise_on_progress=False)
        if self._has_wifi(wifi.unique_id):
            self._abort_if_unique_id_configured(updates={CONF_HOST: host})
        self._wifi = wifi
        return await self.async_step_pair()

    async def async_step_article(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the article number: some firmware does not answer the question which machine it serves."""
        errors: dict[str, str] = {}
        if user_input is not None:
            number = user_input[CONF_ARTICLE].strip()
            article = await self.hass.async_add_executor_job(find_article, int(number)) if number.isdecimal() else None
            if article is None:
                errors[CONF_ARTICLE] = "unknown_article"
            else:
                # The machine's own numbers can't be had from such a dongle.
                self._wifi = _OnWifi(
                    self._host, f"{article.number}-{self._host}", article.number, article, article.definition
                )
                await self.async_set_unique_id(self._wifi.unique_id, raise_on_progress=False)
                self._abort_if_unique_id_configured()
                return await self.async_step_pair()
        schema = vol.Schema({vol.Required(CONF_ARTICLE): TextSelector()})
        return self.async_show_form(
            step_id="article", data_schema=schema, errors=errors, description_placeholders={"host": self._host}
        )

    async def _async_on_wifi(self, host: str) -> _OnWifi | None:
        """Return the machine behind an address; None if it does not say, or is not in the catalogue."""
        if (reply := await async_identify(host)) is None or not reply.identity.known:
            return None
        number = reply.identity.article
        article = await self.hass.async_add_executor_job(find_article, number)
        code = article.definition if article else None
        if code is None:
            code = await self.hass.async_add_executor_job(definition_code_from_machine_type, reply.machine_type or "")
        return _OnWifi(host, reply.identity.unique_id, number, article, code) if code else None

    async def async_step_pair(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Wait while somebody confirms at the machine."""
        assert self._wifi is not None
        if self._pairing is None:
            self._pairing = self.hass.async_create_task(self._async_pair(self._wifi))
        if not self._pairing.done():
            return self.async_show_progress(
                step_id="pair",
                progress_action="dongle_pause" if self._pausing else "confirm_on_display",
                progress_task=self._pairing,
                description_placeholders={"name": self._wifi.name, "connection_id": self._connection_id},
            )
        pairing, self._pairing = self._pairing, None
        try:
            self._credentials = pairing.result()
        except PairingFailed as failure:
            self._pairing_failure = failure.reason
            needs_pin = failure.reason in ("pin_needed", "wrong_pin")
            return self.async_show_progress_done(next_step_id="pin" if needs_pin else "pair_again")
        return self.async_show_progress_done(next_step_id="paired")

    async def _async_pair(self, wifi: _OnWifi) -> Credentials:
        """Pair once the dongle has had its pause since the last try, and once more if it wanted a longer one."""
        await self._async_pause()
        try:
            return await self._async_pair_once(wifi)
        except PairingFailed as failure:
            if failure.reason != "busy":
                raise
        await self._async_pause()
        return await self._async_pair_once(wifi)

    async def _async_pause(self) -> None:
        """Wait for the dongle, and tell the person that it is what we wait for."""
        if (seconds := self._free_at - self.hass.loop.time()) <= 0:
            return
        self._pausing = True
        self._show_again()
        await asyncio.sleep(seconds)
        self._pausing = False
        self._show_again()

    def _show_again(self) -> None:
        """Have the progress step shown anew, for its text has changed."""

        async def show() -> None:
            with suppress(UnknownFlow):
                await self.hass.config_entries.flow.async_configure(self.flow_id)

        self.hass.async_create_task(show(), eager_start=False)

    async def _async_pair_once(self, wifi: _OnWifi) -> Credentials:
        try:
            return await async_pair(wifi.host, self._pin, self._connection_id, wifi.name)
        except PairingFailed as failure:
            if failure.reason == "id_taken":
                self._connection_id = new_connection_id()
            raise
        finally:
            self._free_at = self.hass.loop.time() + PAUSE

    async def async_step_pin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the PIN, because the machine did."""
        errors = {CONF_PIN: "wrong_pin"} if self._pairing_failure == "wrong_pin" else {}
        if user_input is not None:
            self._pin = user_input.get(CONF_PIN, "").strip()
            if not self._pin or is_pin(self._pin):
                return await self.async_step_pair()
            errors = {CONF_PIN: "invalid_pin"}
        schema = vol.Schema({vol.Optional(CONF_PIN): _PIN_SELECTOR})
        return self.async_show_form(step_id="pin", data_schema=schema, errors=errors)

    async def async_step_pair_again(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what went wrong while pairing, and try again when told to."""
        if user_input is not None:
            return await self.async_step_pair()
        return self.async_show_form(step_id="pair_again", errors={"base": self._pairing_failure})

    async def async_step_paired(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Keep what pairing gave: in a new entry, or in the one that the machine has."""
        assert self._wifi is not None
        data = {
            CONF_HOST: self._wifi.host,
            CONF_CONNECTION_ID: self._credentials.connection_id,
            CONF_PIN: self._credentials.pin,
            CONF_TOKEN: self._credentials.token,
        }
        if self.source == SOURCE_REAUTH:
            return self.async_update_reload_and_abort(self._get_reauth_entry(), data_updates=data)
        if self.source == SOURCE_RECONFIGURE:
            return self._async_keep(self._get_reconfigure_entry(), data)
        if entry := self._entry_of(self._wifi.unique_id):
            return self.async_update_reload_and_abort(entry, data_updates=data, reason="wifi_added")
        return self.async_create_entry(
            title=self._wifi.name,
            data={**data, CONF_ARTICLE: self._wifi.article_number, CONF_DEFINITION: self._wifi.definition},
        )

    @callback
    @override
    def async_remove(self) -> None:
        """Stop waiting at the machine when the person closes the form."""
        super().async_remove()
        if self._pairing:
            self._pairing.cancel()

    def _entry_of(self, unique_id: str) -> ConfigEntry | None:
        """Return the entry of a machine, unless its discovery was merely ignored."""
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, unique_id)
        return entry if entry and entry.source != SOURCE_IGNORE else None

    @override
    def _has_wifi(self, unique_id: str) -> bool:
        entry = self._entry_of(unique_id)
        return entry is not None and CONF_HOST in entry.data

    # --- changing what is set up -------------------------------------------------------------------------------------

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Pair again with a machine that no longer accepts us."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask before the machine's display does."""
        entry = self._get_reauth_entry()
        if user_input is None:
            return self.async_show_form(step_id="reauth_confirm", description_placeholders={"name": entry.title})
        self._wifi = _of_entry(entry, entry.data[CONF_HOST])
        self._pin = entry.data.get(CONF_PIN, "")
        return await self.async_step_pair()

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change address and PIN, or leave out a way to the machine."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            # The PIN that is kept doesn't go to the browser. One that was removed from the machine is asked for.
            self._pin = user_input.get(CONF_PIN, "").strip() or entry.data.get(CONF_PIN, "")
            if user_input[CONF_NEW_NETWORK]:
                return await self.async_step_provision()
            host = user_input.get(CONF_HOST, "").strip()
            transports = set(user_input[CONF_TRANSPORTS])
            if not transports or (Transport.WIFI in transports and not host):
                errors["base"] = "nothing_left"
            elif self._pin and not is_pin(self._pin):
                errors[CONF_PIN] = "invalid_pin"
            elif Transport.WIFI not in transports:
                self._left_out = _WIFI_KEYS
                return self._async_keep(entry, {})
            elif _is_another(await self._async_on_wifi(host), entry):
                errors[CONF_HOST] = "another_machine"
            else:
                self._left_out = frozenset() if Transport.BLUETOOTH in transports else _BLUETOOTH_KEYS
                return await self._async_move(entry, host)
        ways = [
            *([Transport.BLUETOOTH] if CONF_ADDRESS in entry.data else []),
            Transport.WIFI,
        ]
        in_use = [way for way in ways if way is Transport.BLUETOOTH or CONF_HOST in entry.data]
        schema = vol.Schema(
            {
                vol.Required(CONF_TRANSPORTS, default=in_use): SelectSelector(
                    SelectSelectorConfig(options=list(ways), multiple=True, translation_key="transport")
                ),
                vol.Optional(CONF_HOST): TextSelector(),
                vol.Optional(CONF_PIN): _PIN_SELECTOR,
                vol.Required(CONF_NEW_NETWORK, default=False): BooleanSelector(),
            }
        )
        suggested = user_input or {CONF_HOST: entry.data.get(CONF_HOST)}
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            description_placeholders={"name": entry.title},
        )

    async def _async_rehome(self, host: str) -> ConfigFlowResult:
        """Go on with the address at which a WiFi Connect that was put on another network is now."""
        entry = self._get_reconfigure_entry()
        if _is_another(await self._async_on_wifi(host), entry):
            return self._host_form({CONF_HOST: "another_machine"}, host)
        return await self._async_move(entry, host)

    async def _async_move(self, entry: ConfigEntry, host: str) -> ConfigFlowResult:
        """Give an entry the address of its machine, and pair if that is still to be done or the PIN is another."""
        self._wifi = _of_entry(entry, host)
        if entry.data.get(CONF_TOKEN) and self._pin == entry.data.get(CONF_PIN):
            return self._async_keep(entry, {CONF_HOST: host})
        return await self.async_step_pair()

    def _async_keep(self, entry: ConfigEntry, changes: Mapping[str, str]) -> ConfigFlowResult:
        """Keep what was changed, without a way that is left out; ids and history hang on the machine, not on the way."""
        data = {key: value for key, value in entry.data.items() if key not in self._left_out}
        return self.async_update_reload_and_abort(entry, data={**data, **changes})

    # --- common to both ----------------------------------------------------------------------------------------------

    async def _async_candidate(self, info: BluetoothServiceInfoBleak | None) -> _Candidate | None:
        """Return what an advertisement says about its machine, if it says it."""
        if info is None or (advertisement := read_advertisement(info)) is None:
            return None
        article = await self.hass.async_add_executor_job(find_article, advertisement.identity.article)
        return _Candidate(info, advertisement, article)

    def _abort_if_waited_for(self, key: str, place: str) -> None:
        """Leave a machine to the entry that another integration left behind, and that waits for it."""
        if entry := waiting_at(self.hass, key, place):
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
            raise AbortFlow("already_configured")

    def _has_lost_bluetooth(self, entry: ConfigEntry, candidate: _Candidate) -> bool:
        """Tell whether a dongle with a machine's numbers may be its new one: the old one must have gone silent.

        As long as that is heard, another one is not to be believed.
        """
        # An ignored machine's entry has no address.
        old = entry.data.get(CONF_ADDRESS)
        return old not in (None, candidate.info.address) and not bluetooth.async_address_present(self.hass, old)

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
        client = SmartConnect(self._find, candidate.name, OwnSlot())
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
