"""Which of our entities an automation listens to or looks at, whatever it was pointed at: a device, an area, a label.

Home Assistant's helpers know domains and device classes, not integrations, so that a device or area would also stand for
the entities of others. Found by the registry only, never by name, so that renaming changes nothing.

May import floors 1 to 6.
"""

from collections.abc import Collection, Iterable

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .coordinator import JuraConfigEntry, JuraCoordinator


def own(hass: HomeAssistant, entities: Iterable[str], keys: Collection[str]) -> set[str]:
    """Return those entities that are ours and of one of these translation keys."""
    return {entry.entity_id for entry in _ours(hass, entities) if entry.translation_key in keys}


def of_machines(hass: HomeAssistant, entities: Iterable[str], key: str) -> set[str]:
    """Return the entities of that translation key of the machines to which the given ones belong, in the same domain.

    So whoever picks the event of the drinks where the machine's was meant has picked that machine.
    """
    registry = er.async_get(hass)
    return {
        sibling.entity_id
        for entry in _ours(hass, entities)
        for sibling in er.async_entries_for_config_entry(registry, str(entry.config_entry_id))
        if sibling.translation_key == key and sibling.domain == entry.domain
    }


def machine_of(hass: HomeAssistant, entity_id: str) -> JuraCoordinator | None:
    """Return the machine to which one of our entities belongs, if it is set up."""
    if (registered := er.async_get(hass).async_get(entity_id)) is None or registered.config_entry_id is None:
        return None
    entry: JuraConfigEntry | None = hass.config_entries.async_get_entry(registered.config_entry_id)
    return entry.runtime_data if entry in hass.config_entries.async_loaded_entries(DOMAIN) else None


def _ours(hass: HomeAssistant, entities: Iterable[str]) -> list[er.RegistryEntry]:
    registry = er.async_get(hass)
    found = (registry.async_get(entity_id) for entity_id in entities)
    return [entry for entry in found if entry is not None and entry.platform == DOMAIN]
