"""What a person can hand over when something is wrong: everything but what identifies the machine or its owner."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_ADDRESS, CONF_HOST, CONF_PIN, CONF_TOKEN
from homeassistant.core import HomeAssistant

from .const import CONF_CONNECTION_ID
from .coordinator import JuraConfigEntry
from .machine import state
from .machine.model import Snapshot

_TO_REDACT = {CONF_ADDRESS, CONF_CONNECTION_ID, CONF_HOST, CONF_PIN, CONF_TOKEN, "unique_id", "title"}


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: JuraConfigEntry) -> dict[str, Any]:
    """Return what is known, without asking the machine anything."""
    diagnostics: dict[str, Any] = {
        "entry": async_redact_data(
            {"title": entry.title, "unique_id": entry.unique_id, **entry.data, "options": dict(entry.options)},
            _TO_REDACT,
        )
    }
    if (coordinator := getattr(entry, "runtime_data", None)) is None:
        return diagnostics
    definition, data = coordinator.definition, coordinator.data
    versions = coordinator.remembered.versions
    diagnostics |= {
        "definition": {"code": definition.code, "version": definition.version, "dated": definition.dated},
        "versions": asdict(versions) if versions else None,
        "available": coordinator.last_update_success,
        "transport": coordinator.client.transport,
        "refuses_commands": coordinator.client.refuses_commands,
        "gives_way": coordinator.gives_way,
        "experimental": coordinator.experimental,
        "link_events": dict(coordinator.client.events),
        "discarded_statistics": dict(coordinator.discarded),
        "unknown_alert_bits": state.unknown_bits(definition, data.status) if data.status else None,
        "snapshot": _plain(data),
    }
    return diagnostics


def _plain(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as plain data; its mappings are read-only views that JSON doesn't know."""
    counters, maintenance = snapshot.counters, snapshot.maintenance
    return {
        "status_bits": sorted(snapshot.status.bits) if snapshot.status else None,
        "status_length": snapshot.status.length if snapshot.status else None,
        "progress": asdict(snapshot.progress) if snapshot.progress else None,
        "total": counters.total if counters else None,
        "slots": dict(counters.slots) if counters else None,
        "maintenance_counts": dict(maintenance.counts) if maintenance else None,
        "maintenance_percentages": dict(maintenance.percentages) if maintenance else None,
        "signal_strength": snapshot.signal_strength,
        "settings": None if snapshot.settings is None else dict(snapshot.settings),
    }
