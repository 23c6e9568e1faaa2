"""Entries that another integration of the domain `jura` left behind, for whoever replaces it by this one.

They know an address and not whose it is, so the machine is asked before anything of them is touched. Known are those of
AlexxIT/Jura and its forks (`mac`), markus-lassfolk/HASS-Jura-Joe-WIFI (`mac`, or `host` with `device_name` and
`auth_hash`) and makefu/jura-connect-hass and its forks (`host` with `conn_id` and `auth_hash`, from version 2 on with
`machine_type`).

May import floors 1 to 4.
"""

from collections.abc import Mapping
from ipaddress import IPv4Address
import re
from typing import Any, Final

from homeassistant.config_entries import SOURCE_IGNORE, ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_ADDRESS, CONF_HOST, CONF_MAC, CONF_PIN, CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .bluetooth import explain_reachability, last_heard, read_advertisement
from .const import CONF_ARTICLE, CONF_CONNECTION_ID, CONF_DEFINITION, DOMAIN, ENTRY_VERSION, MANUFACTURER
from .machine.catalogue import find_article
from .machine.model import Identity
from .machine.wifi_session import is_token
from .wifi import async_identify, is_pin

_MAC: Final = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}")


def is_ours(data: Mapping[str, Any]) -> bool:
    """Tell whether an entry has what we keep of a machine."""
    return (
        isinstance(data.get(CONF_ARTICLE), int)
        and isinstance(data.get(CONF_DEFINITION), str)
        and any(isinstance(data.get(key), str) for key in (CONF_ADDRESS, CONF_HOST))
    )


def usable(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what another integration's entry knows of the way to its machine, under our names. Believes nothing."""
    address = _text(data, CONF_ADDRESS, CONF_MAC).upper()
    if _MAC.fullmatch(address):
        return {CONF_ADDRESS: address}
    host = _text(data, CONF_HOST)
    try:
        IPv4Address(host)
    except ValueError:
        return {}
    pin = _text(data, CONF_PIN)
    name, token = _text(data, CONF_CONNECTION_ID, "conn_id", "device_name"), _text(data, CONF_TOKEN, "auth_hash")
    found = {CONF_HOST: host, CONF_PIN: pin if is_pin(pin) else ""}
    if name and name.isascii() and is_token(token):
        found |= {CONF_CONNECTION_ID: name, CONF_TOKEN: token}
    return found


def _text(data: Mapping[str, Any], *keys: str) -> str:
    return next((value for key in keys if isinstance(value := data.get(key), str)), "")


@callback
def waiting_at(hass: HomeAssistant, key: str, place: str) -> ConfigEntry | None:
    """Return the entry that waits for the machine at a place (`address` or `host`) to say which one it is."""
    for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False):
        waits = entry.state is ConfigEntryState.SETUP_RETRY and not is_ours(entry.data)
        if waits and usable(entry.data).get(key) == place:
            return entry
    return None


async def async_take_over(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Make an entry ours once its machine says which one it is; device and room stay, entities are made anew.

    Raises ConfigEntryNotReady as long as it doesn't say it, ConfigEntryError where nothing can be made of the entry, and
    ConfigEntryAuthFailed once it is ours if it has still to be paired.
    """
    if not (data := usable(entry.data)):
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="foreign_entry")
    if (identity := await _async_ask(hass, data)) is None or not identity.known:
        address = data.get(CONF_ADDRESS)
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="unreachable",
            translation_placeholders={
                "name": entry.title or MANUFACTURER,
                "reason": explain_reachability(hass, address) if address else data[CONF_HOST],
            },
        )
    article = await hass.async_add_executor_job(find_article, identity.article)
    if article is None:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="unknown_machine",
            translation_placeholders={"article": str(identity.article)},
        )
    if other := hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, identity.unique_id):
        if other.source != SOURCE_IGNORE:
            raise ConfigEntryError(
                translation_domain=DOMAIN,
                translation_key="foreign_entry_is_there",
                translation_placeholders={"name": other.title},
            )
        await hass.config_entries.async_remove(other.entry_id)
    _end_flows(hass, identity.unique_id)
    _tidy_registries(hass, entry, identity.unique_id)
    hass.config_entries.async_update_entry(
        entry,
        data={**data, CONF_ARTICLE: article.number, CONF_DEFINITION: article.definition},
        options={},
        title=f"{MANUFACTURER} {article.name}",
        unique_id=identity.unique_id,
        version=ENTRY_VERSION,
    )


async def _async_ask(hass: HomeAssistant, data: Mapping[str, str]) -> Identity | None:
    """Return what the dongle at the other integration's address says of its machine."""
    if address := data.get(CONF_ADDRESS):
        heard = last_heard(hass, address)
        advertisement = read_advertisement(heard) if heard else None
        return advertisement.identity if advertisement else None
    reply = await async_identify(data[CONF_HOST])
    return reply.identity if reply else None


@callback
def _end_flows(hass: HomeAssistant, unique_id: str) -> None:
    """Take back that the machine was offered as a new one: a confirmation would put a new entry in this one's place."""
    for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN, match_context={"unique_id": unique_id}):
        hass.config_entries.flow.async_abort(flow["flow_id"])


@callback
def _tidy_registries(hass: HomeAssistant, entry: ConfigEntry, unique_id: str) -> None:
    """Remove the other integration's entities, and keep its device, with its room and name, for the machine."""
    entities = er.async_get(hass)
    entities.async_clear_config_entry(entry.entry_id)
    devices = dr.async_get(hass)
    theirs = sorted(dr.async_entries_for_config_entry(devices, entry.entry_id), key=lambda device: device.created_at)
    for device in theirs[1:]:
        devices.async_remove_device(device.id)
    for device in theirs[:1]:
        devices.async_update_device(
            device.id, entry_type=None, new_connections=set(), new_identifiers={(DOMAIN, unique_id)}
        )


def refuse_if_unpaired(entry: ConfigEntry) -> None:
    """Have a machine on the network paired that another integration had not paired, or not so that it is of use."""
    if CONF_HOST in entry.data and CONF_CONNECTION_ID not in entry.data:
        raise ConfigEntryAuthFailed(
            translation_domain=DOMAIN, translation_key="login_refused", translation_placeholders={"name": entry.title}
        )
