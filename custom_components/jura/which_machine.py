"""Which machine is meant by somebody who presses no button of it: the one of that name, the one in the room, the only one.

Nothing is guessed: where several may be meant, they are named, so that somebody can say which.

May import floors 1 to 6.
"""

from collections.abc import Sequence

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from .const import DOMAIN
from .coordinator import JuraConfigEntry
from .my_drinks import key_of


def machines(hass: HomeAssistant) -> list[JuraConfigEntry]:
    """Return every machine that somebody may mean, also those that could not be set up."""
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    return sorted(entries, key=lambda entry: entry.title)


def device_of(hass: HomeAssistant, entry: JuraConfigEntry) -> dr.DeviceEntry | None:
    """Return a machine's device, once there is one."""
    return dr.async_get(hass).async_get_device_by_identifier((DOMAIN, str(entry.unique_id)), entry.entry_id)


def own_name(hass: HomeAssistant, entry: JuraConfigEntry) -> str:
    """Return what a machine is called here."""
    device = device_of(hass, entry)
    return (device and device.name_by_user) or entry.title


def distinct_name(hass: HomeAssistant, entry: JuraConfigEntry) -> str:
    """Return what a machine is called, with its room where another one has the same name."""
    name = own_name(hass, entry)
    if sum(own_name(hass, other) == name for other in machines(hass)) > 1:
        area = ar.async_get(hass).async_get_area(area_of(hass, entry) or "")
        return f"{name} ({area.name})" if area else name
    return name


def area_of(hass: HomeAssistant, entry: JuraConfigEntry) -> str | None:
    """Return the room of a machine."""
    device = device_of(hass, entry)
    return device.area_id if device else None


def area_of_speaker(hass: HomeAssistant, device_id: str | None, satellite_id: str | None = None) -> str | None:
    """Return the room of what somebody speaks to: the satellite's own, else that of its device."""
    satellite = er.async_get(hass).async_get(satellite_id) if satellite_id else None
    if satellite and satellite.area_id:
        return satellite.area_id
    registry = dr.async_get(hass)
    device = registry.async_get(device_id) if device_id else None
    return dr.async_get_effective_area_id(hass, device) if device else None


def nearest(hass: HomeAssistant, entries: Sequence[JuraConfigEntry], area_id: str | None) -> Sequence[JuraConfigEntry]:
    """Return the machines in a room, or all if there is none in it."""
    return [entry for entry in entries if area_id and area_of(hass, entry) == area_id] or entries


def named(hass: HomeAssistant, entries: Sequence[JuraConfigEntry], name: str) -> Sequence[JuraConfigEntry]:
    """Return the machines of a name, without regard to case and signs. Raises ServiceValidationError if there is none."""
    found = [
        entry
        for entry in entries
        if key_of(name) in {key_of(own_name(hass, entry)), key_of(distinct_name(hass, entry))}
    ]
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_machine",
            translation_placeholders={"wanted": name, "machines": _listed(hass, entries)},
        )
    return found


def the_only(hass: HomeAssistant, entries: Sequence[JuraConfigEntry]) -> JuraConfigEntry:
    """Return the machine that is meant. Raises ServiceValidationError where there is none, or there are several."""
    if not entries:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_machine")
    if len(entries) > 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="which_machine",
            translation_placeholders={"machines": _listed(hass, entries)},
        )
    return entries[0]


def _listed(hass: HomeAssistant, entries: Sequence[JuraConfigEntry]) -> str:
    return ", ".join(sorted(distinct_name(hass, entry) for entry in entries))
