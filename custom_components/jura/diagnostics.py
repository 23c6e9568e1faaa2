"""What a person can hand over when something is wrong: everything but what identifies the machine or its owner.

May import floors 1 to 6.
"""

from dataclasses import asdict
from datetime import date
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_ADDRESS, CONF_HOST, CONF_PIN, CONF_TOKEN
from homeassistant.core import HomeAssistant

from .const import CONF_CONNECTION_ID
from .coordinator import JuraConfigEntry
from .foreign_entries import is_ours
from .machine import forecast, state
from .machine.doubt import Doubt
from .machine.model import Drink, Snapshot
from .memory import Remembered
from .my_drinks import my_drinks

_TO_REDACT = {CONF_ADDRESS, CONF_CONNECTION_ID, CONF_HOST, CONF_PIN, CONF_TOKEN, "unique_id", "title"}


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: JuraConfigEntry) -> dict[str, Any]:
    """Return what is known, without asking the machine anything."""
    if not is_ours(entry.data):
        # What another integration kept may be anything.
        return {"foreign_entry": {"version": entry.version, "keys": sorted(map(str, entry.data))}}
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
        "transport": coordinator.ways.client.transport,
        "refuses_commands": coordinator.ways.client.refuses_commands,
        "gives_way": coordinator.gives_way,
        "experimental": coordinator.experimental,
        "link_events": dict(coordinator.ways.client.events),
        "discarded_statistics": dict(coordinator.statistics.discarded),
        "doubted_counters": _plain_doubt(coordinator.remembered.doubt),
        "forecast_history": forecast.to_plain(coordinator.remembered.history),
        "unknown_alert_bits": state.unknown_bits(definition, data.status) if data.status else None,
        "snapshot": _plain(data),
        "seen_at": _iso(coordinator.seen_at),
        "counters_read_at": _iso(coordinator.statistics.counted_at),
        "shown": [
            {"at": at.isoformat(), "state": progress.state, "code": progress.code} for at, progress in coordinator.shown
        ],
        "remembered": _plain_memory(coordinator.remembered),
        "own_products": sorted(coordinator.own_products),
        # Their names are personal.
        "own_drinks": len(my_drinks(entry)),
    }
    return diagnostics


def _plain_memory(remembered: Remembered) -> dict[str, Any]:
    """Return what is kept over restarts, as far as it isn't shown elsewhere. Names that people gave are left out."""
    day, dials, book, last = remembered.day, remembered.dials, remembered.ledger, remembered.last_drink
    return {
        "day": {"date": day.date.isoformat(), "before": day.before, "first": day.first} if day else None,
        "dials": {
            "product": dials.product,
            "wishes": {
                product: {"values": dict(wish.values), "extras": list(wish.extras)}
                for product, wish in dials.wishes.items()
            },
        },
        "drink": _plain_drink(remembered.drink) if remembered.drink else None,
        "enjoyed": remembered.enjoyed,
        "alerts": sorted(remembered.known.alerts.bits) if remembered.known.alerts else None,
        "awake": remembered.known.awake,
        "last_drink": {
            **_plain_drink(last.drink),
            "how": last.how,
            "at": last.at.isoformat(),
            "duration": last.duration,
            "water": last.water,
        }
        if last
        else None,
        "ledger": {"began": _iso(book.began), "read": _iso(book.read), "total": book.total, "lines": len(book.lines)},
        "limits": {code: dict(fields) for code, fields in remembered.limits.items()},
        "recipes": {code: recipe.hex() for code, recipe in remembered.recipes.items()},
    }


def _plain_drink(drink: Drink) -> dict[str, Any]:
    """Return a drink without the name that its owner gave it."""
    return {
        "code": drink.code,
        "origin": drink.origin,
        "started": drink.started.isoformat(),
        "alerts": sorted(drink.alerts),
        "is_own": drink.name is not None,
    }


def _iso(when: date | None) -> str | None:
    return when.isoformat() if when else None


def _plain_doubt(doubt: Doubt | None) -> dict[str, Any] | None:
    """Return counters that were refused, and since when they have been read."""
    if doubt is None:
        return None
    return {"total": doubt.counters.total, "since": doubt.since.isoformat(), "read_at": doubt.at.isoformat()}


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
        "forecasts": {program: when.isoformat() if when else None for program, when in snapshot.forecasts.items()},
        "filter_days_left": snapshot.filter_days_left,
        "signal_strength": snapshot.signal_strength,
        "settings": None if snapshot.settings is None else dict(snapshot.settings),
    }
