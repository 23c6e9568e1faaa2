"""The steps of the config flow that put a new WiFi Connect on the home network, and find it there.

The password never becomes part of the flow: it goes from the form straight into the task that hands it over, and is gone
with it. A form that is shown again asks for it again.

May import floors 1 to 4.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from ipaddress import IPv4Address
from typing import Any, Final, override

from homeassistant.components import bluetooth
from homeassistant.components.bluetooth import BluetoothServiceInfoBleak
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_ADDRESS, CONF_HOST, CONF_NAME, CONF_PASSWORD
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from probatio import Secret
import voluptuous as vol

from .const import MANUFACTURER
from .machine.blufi import Network
from .machine.decode import WifiConnectReply
from .machine.errors import (
    CommandRejected,
    InvalidNetwork,
    JoiningFailed,
    JoiningTimedOut,
    JuraError,
    LinkLost,
    NegotiationRefused,
    NetworkNotFound,
    NetworkScanFailed,
    NoAddress,
    OutcomeUnknown,
    SecurityRefused,
    Unreachable,
    WrongPassword,
)
from .machine.provisioning import (
    ACCESS_POINT_HOST,
    ACCESS_POINT_PORT,
    BluetoothProvisioning,
    Step,
    candidate,
    check_network,
    provision_over_access_point,
)
from .wifi import async_scan

CONF_SSID: Final = "ssid"
CONF_CONSENT: Final = "consent"

_LOOK_SECONDS: Final = 90.0
"""How long a dongle may take to show up: it joins, restarts and asks its machine who it is."""
_LOOK_PAUSE: Final = 7.0

_PASSWORD_SELECTOR: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))

_SHARE: Final = {
    Step.CONNECTING: 0.1,
    Step.SECURING: 0.3,
    Step.SCANNING: 0.5,
    Step.SENDING: 0.5,
    Step.JOINING: 0.6,
    Step.ADDRESS: 0.8,
}
"""How far the bar is when a step begins."""

type _Failures = Mapping[type[JuraError], tuple[str, str]]
"""The field to which a failure belongs, and the key of its text."""

_OVER_BLUETOOTH: Final[_Failures] = {
    Unreachable: ("base", "dongle_unreachable"),
    LinkLost: ("base", "dongle_lost"),
    SecurityRefused: ("base", "security_refused"),
    NetworkScanFailed: ("base", "network_scan_failed"),
    NegotiationRefused: ("base", "negotiation_refused"),
    WrongPassword: (CONF_PASSWORD, "wrong_password"),
    NetworkNotFound: (CONF_SSID, "network_not_found"),
    NoAddress: ("base", "no_address"),
    JoiningTimedOut: ("base", "joining_timed_out"),
    JoiningFailed: ("base", "joining_failed"),
}
_OVER_ACCESS_POINT: Final[_Failures] = {
    Unreachable: (CONF_HOST, "access_point_unreachable"),
    LinkLost: ("base", "access_point_silent"),
    CommandRejected: ("base", "access_point_refused"),
    OutcomeUnknown: ("base", "access_point_lost"),
}
_INVALID: Final = {CONF_SSID: "invalid_ssid", CONF_PASSWORD: "invalid_password"}
_UNSENDABLE: Final = {
    CONF_SSID: "unsendable_ssid",
    CONF_PASSWORD: "unsendable_password",
    CONF_NAME: "unsendable_name",
}


class ProvisioningFlow(ConfigFlow):
    """Puts a WiFi Connect on the home network, then leads on to pairing. What it is part of says how that goes."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._dongle: BluetoothProvisioning | None = None
        self._dongle_name = ""
        self._networks: list[Network] = []
        self._ssid = ""
        self._access_point = ACCESS_POINT_HOST
        self._machine_name = ""
        """What the person calls the machine; only the access point takes it."""
        self._way_again = "provision_bluetooth"
        self._unsure = False
        """Whether the link was lost while the dongle was joining."""
        self._before: frozenset[tuple[str, str]] | None = None
        """Who answered before we began: addresses and machines."""
        self._found: dict[str, WifiConnectReply] = {}
        self._work: asyncio.Task[str] | None = None
        """What is being waited for; its result is the step that follows."""
        self._doing = ""
        self._errors: dict[str, str] = {}
        """What the next form says. It may be shown more than once, until it is submitted."""
        self._reason = ""

    # --- what the flow around it knows -------------------------------------------------------------------------------

    async def _async_choose(self, host: str) -> ConfigFlowResult:
        """Go on with the WiFi Connect at an address."""
        raise NotImplementedError

    def _has_wifi(self, unique_id: str) -> bool:
        """Tell whether a machine is set up over Wi-Fi."""
        raise NotImplementedError

    # --- waiting -----------------------------------------------------------------------------------------------------

    def _start(self, work: Coroutine[Any, Any, str], doing: str) -> None:
        """Begin what takes a while."""
        self._errors = {}
        self._doing = doing
        self._work = self.hass.async_create_background_task(work, "jura provisioning")

    def _wait(self, *, step_id: str) -> ConfigFlowResult:
        """Show what is being done, or go on once it is."""
        assert self._work is not None
        if not self._work.done():
            return self.async_show_progress(
                step_id=step_id,
                progress_action=f"provision_{self._doing}",
                progress_task=self._work,
                description_placeholders={"name": self._dongle_name},
            )
        work, self._work = self._work, None
        return self.async_show_progress_done(next_step_id=work.result())

    @callback
    def _report(self, step: Step) -> None:
        """Show the next step: the frontend asks for its text once it is told that the flow has changed."""
        self._doing = step
        self.async_update_progress(_SHARE[step])
        self.async_notify_flow_changed()

    def _note(self, error: JuraError, failures: _Failures) -> None:
        """Let the next form say what went wrong. Of the error itself nothing is kept but its reason."""
        # Whatever else a dongle may do wrong comes down to a link that can't be used.
        field, text = next((failures[kind] for kind in type(error).__mro__ if kind in failures), failures[LinkLost])
        self._errors = {field: text}
        self._reason = str(error) if isinstance(error, JoiningFailed) else ""

    @callback
    @override
    def async_remove(self) -> None:
        """Hang up when the person closes the form."""
        if self._work:
            self._work.cancel()

    async def async_step_provision(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which way the dongle shall be told."""
        return self.async_show_menu(step_id="provision", menu_options=["provision_bluetooth", "provision_access_point"])

    # --- first way: Bluetooth ----------------------------------------------------------------------------------------

    async def async_step_provision_bluetooth(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """List the dongles that may wait for a network, or say what to try."""
        self._way_again = "provision_bluetooth"
        if user_input is not None:
            self._errors = {}
            if address := user_input.get(CONF_ADDRESS):
                self._take_dongle(address)
                self._start(self._async_list(), Step.CONNECTING)
                return await self.async_step_provision_scan()
        if not (heard := self._dongles()):
            await bluetooth.async_request_active_scan(self.hass)
            heard = self._dongles()
        if not heard:
            # Pressing "Submit" looks again.
            return self.async_show_form(
                step_id="provision_bluetooth", errors=self._errors or {"base": self._why_no_dongle()}
            )
        options = [SelectOptionDict(value=info.address, label=f"{_name(info)} ({info.rssi} dBm)") for info in heard]
        selector = SelectSelector(SelectSelectorConfig(options=options))
        return self.async_show_form(
            step_id="provision_bluetooth",
            data_schema=vol.Schema({vol.Required(CONF_ADDRESS): selector}),
            errors=self._errors,
        )

    def _dongles(self) -> list[BluetoothServiceInfoBleak]:
        """Return who may be a dongle that waits for a network, the likeliest and nearest first."""
        found = [
            (kind, -info.rssi, info)
            for info in bluetooth.async_discovered_service_info(self.hass, connectable=True)
            if (kind := candidate(info.name, info.service_uuids, connectable=info.connectable)) is not None
        ]
        return [info for _, _, info in sorted(found, key=lambda one: one[:2])]

    def _why_no_dongle(self) -> str:
        """Return the reason for which no dongle can be chosen."""
        for info in bluetooth.async_discovered_service_info(self.hass, connectable=False):
            if candidate(info.name, info.service_uuids, connectable=True) is not None:
                return "dongle_not_connectable"
        return "no_dongle"

    def _take_dongle(self, address: str) -> None:
        info = bluetooth.async_last_service_info(self.hass, address, connectable=True)
        self._dongle_name = info.name if info else address
        self._dongle = BluetoothProvisioning(
            lambda: bluetooth.async_ble_device_from_address(self.hass, address, connectable=True), self._dongle_name
        )

    async def async_step_provision_scan(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Wait for the networks that the dongle hears."""
        return self._wait(step_id="provision_scan")

    async def _async_list(self) -> str:
        """Ask the dongle for its networks; return the step that follows."""
        assert self._dongle is not None
        await self._async_remember_who_is_there()
        self._networks = []
        try:
            self._networks = await self._dongle.list_networks(self._report)
        except NetworkScanFailed as error:
            # It may still join a network that is named to it.
            self._note(error, _OVER_BLUETOOTH)
        except JuraError as error:
            self._note(error, _OVER_BLUETOOTH)
            return "provision_bluetooth"
        return self._network_step

    @property
    def _network_step(self) -> str:
        """Return the form for the network: a dongle that agrees on no key needs the person's consent."""
        assert self._dongle is not None
        return "provision_unencrypted" if self._dongle.refuses_negotiation else "provision_network"

    async def async_step_provision_network(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the network and its password."""
        if user_input is not None and self._joins(user_input, encrypted=True):
            return await self.async_step_provision_join()
        return self._network_form(step_id="provision_network")

    async def async_step_provision_unencrypted(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the same, and whether the password may travel readable. Without consent a key is tried for again."""
        if user_input is not None and self._joins(user_input, encrypted=not user_input[CONF_CONSENT]):
            return await self.async_step_provision_join()
        return self._network_form(step_id="provision_unencrypted", asks_consent=True)

    def _network_form(self, *, step_id: str, asks_consent: bool = False) -> ConfigFlowResult:
        heard = [SelectOptionDict(value=one.ssid, label=f"{one.ssid} ({one.rssi} dBm)") for one in self._networks]
        # A network that hides its name, or that was not heard this time, can be typed.
        names = SelectSelector(SelectSelectorConfig(options=heard, custom_value=True)) if heard else TextSelector()
        fields: dict[vol.Marker, Selector[Any]] = {
            vol.Required(CONF_SSID): names,
            vol.Optional(Secret(CONF_PASSWORD)): _PASSWORD_SELECTOR,
        }
        if asks_consent:
            fields[vol.Required(CONF_CONSENT, default=False)] = BooleanSelector()
        schema = vol.Schema(fields)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, {CONF_SSID: self._ssid}),
            errors=self._errors,
            description_placeholders={"name": self._dongle_name, "reason": self._reason},
        )

    def _joins(self, user_input: dict[str, Any], *, encrypted: bool) -> bool:
        """Begin to have the dongle join a network; False, and an error for the form, if it can't be one."""
        self._ssid, password = user_input[CONF_SSID], user_input.pop(CONF_PASSWORD, "")
        try:
            check_network(self._ssid, password)
        except InvalidNetwork as invalid:
            self._errors = {invalid.field: _INVALID[invalid.field]}
            return False
        self._start(self._async_join(password, encrypted=encrypted), Step.CONNECTING)
        return True

    async def async_step_provision_join(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Wait until the dongle is in the network."""
        return self._wait(step_id="provision_join")

    async def _async_join(self, password: str, *, encrypted: bool) -> str:
        """Hand over the network; return the step that follows. Nothing else ever holds the password."""
        assert self._dongle is not None
        provision = self._dongle.provision if encrypted else self._dongle.provision_unencrypted
        self._unsure = False
        try:
            await provision(self._ssid, password, self._report)
        except OutcomeUnknown:
            self._unsure = True
        except JuraError as error:
            self._note(error, _OVER_BLUETOOTH)
            return self._network_step
        return "provision_find"

    # --- second way: the dongle's own access point -------------------------------------------------------------------

    async def async_step_provision_access_point(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for everything that the dongle is told over its own access point."""
        self._way_again = "provision_access_point"
        if user_input is not None:
            self._errors = {}
            self._access_point = user_input[CONF_HOST].strip()
            self._ssid, self._machine_name = user_input[CONF_SSID], user_input[CONF_NAME].strip()
            password = user_input.pop(CONF_PASSWORD, "")
            if _is_address(self._access_point):
                self._start(self._async_tell(password), "telling")
                return await self.async_step_provision_tell()
            self._errors = {CONF_HOST: "invalid_host"}
        schema = vol.Schema(
            {
                vol.Required(CONF_HOST): TextSelector(),
                vol.Required(CONF_SSID): TextSelector(),
                vol.Optional(Secret(CONF_PASSWORD)): _PASSWORD_SELECTOR,
                vol.Required(CONF_NAME): TextSelector(),
            }
        )
        suggested = {
            CONF_HOST: self._access_point,
            CONF_SSID: self._ssid,
            CONF_NAME: self._machine_name or MANUFACTURER,
        }
        return self.async_show_form(
            step_id="provision_access_point",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=self._errors,
        )

    async def async_step_provision_tell(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Wait until the dongle was told."""
        return self._wait(step_id="provision_tell")

    async def _async_tell(self, password: str) -> str:
        """Hand over the network; return the step that follows. Nothing else ever holds the password."""
        await self._async_remember_who_is_there()
        self._unsure = True
        try:
            answered = await provision_over_access_point(
                self._access_point, ACCESS_POINT_PORT, self._ssid, password, self._machine_name
            )
        except InvalidNetwork as invalid:
            self._errors = {invalid.field: _UNSENDABLE[invalid.field]}
            return "provision_access_point"
        except JuraError as error:
            self._note(error, _OVER_ACCESS_POINT)
            return "provision_rejoin" if isinstance(error, OutcomeUnknown) else "provision_access_point"
        if not answered:
            self._errors = {"base": "access_point_unanswered"}
        return "provision_rejoin"

    async def async_step_provision_rejoin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Wait until this computer is back in the home network."""
        if user_input is not None:
            return await self.async_step_provision_find()
        return self.async_show_form(step_id="provision_rejoin", errors=self._errors)

    # --- finding it on the network -----------------------------------------------------------------------------------

    async def _async_remember_who_is_there(self) -> None:
        """Note who answers before anything was done. A second try in the same flow changes nothing about that."""
        if self._before is None:
            self._before = frozenset(map(_who, (await async_scan(self.hass)).items()))

    async def async_step_provision_find(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Wait until the machine shows up on the network."""
        if self._work is None:
            self._start(self._async_look(), "looking_unsure" if self._unsure else "looking")
        return self._wait(step_id="provision_find")

    async def _async_look(self) -> str:
        """Ask on the network until a new machine answers; return the step that follows."""
        loop = self.hass.loop
        began = loop.time()
        answers: dict[str, WifiConnectReply] = {}
        while not (found := self._fitting(answers)) and (passed := loop.time() - began) < _LOOK_SECONDS:
            self.async_update_progress(passed / _LOOK_SECONDS)
            # Also gives a dongle that has just joined a moment before the first question.
            await asyncio.sleep(_LOOK_PAUSE)
            answers = await async_scan(self.hass)
        self._found = found or self._others(answers)
        if not self._found:
            return "provision_unsure" if self._unsure else "provision_lost"
        return "provision_found" if found and len(found) == 1 else "provision_choose"

    def _fitting(self, answers: Mapping[str, WifiConnectReply]) -> dict[str, WifiConnectReply]:
        """Return those that can only be what was just put on the network: mostly one, or none yet."""
        known = {host: reply for host, reply in answers.items() if reply.identity.known}
        if self.source == SOURCE_RECONFIGURE:
            wanted = self._get_reconfigure_entry().unique_id
            return {host: reply for host, reply in known.items() if reply.identity.unique_id == wanted}
        new = {host: reply for host, reply in known.items() if _who((host, reply)) not in (self._before or ())}
        named = {host: reply for host, reply in new.items() if reply.name == self._machine_name}
        return named if named and self._machine_name else new

    def _others(self, answers: Mapping[str, WifiConnectReply]) -> dict[str, WifiConnectReply]:
        """Return those that a person may still recognise as the one: it may have been on the network all along."""
        if self.source == SOURCE_RECONFIGURE:
            return {}
        return {
            host: reply
            for host, reply in answers.items()
            if reply.identity.known and not self._has_wifi(reply.identity.unique_id)
        }

    async def async_step_provision_found(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with the one that was found."""
        (host,) = self._found
        return await self._async_choose(host)

    async def async_step_provision_choose(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which one it is."""
        if user_input is not None:
            return await self._async_choose(user_input[CONF_HOST])
        options = [
            SelectOptionDict(value=host, label=f"{reply.name or reply.machine_type or ''} ({host})".strip())
            for host, reply in sorted(self._found.items())
        ]
        selector = SelectSelector(SelectSelectorConfig(options=options))
        return self.async_show_form(
            step_id="provision_choose", data_schema=vol.Schema({vol.Required(CONF_HOST): selector})
        )

    async def async_step_provision_lost(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what to try when the dongle has joined but isn't found."""
        return self.async_show_menu(step_id="provision_lost", menu_options=self._ways_on())

    async def async_step_provision_unsure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what to try when it isn't even known whether the dongle has joined."""
        return self.async_show_menu(step_id="provision_unsure", menu_options=self._ways_on())

    def _ways_on(self) -> list[str]:
        return ["provision_find", "host", self._way_again]


def _name(info: BluetoothServiceInfoBleak) -> str:
    """Return how a person can tell a dongle from others; one without a name has its address as name."""
    return info.name if info.name == info.address else f"{info.name}, {info.address}"


def _who(answer: tuple[str, WifiConnectReply]) -> tuple[str, str]:
    """Return address and machine of an answer."""
    host, reply = answer
    return host, reply.identity.unique_id


def _is_address(text: str) -> bool:
    """Tell whether a text is an address."""
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True
