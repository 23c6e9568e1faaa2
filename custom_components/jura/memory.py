"""What Home Assistant remembers of a machine while it is off or Home Assistant restarts.

Counters belong here, so that a total is never unknown, and never 0, just because nobody could ask. One small file for
each entry in Home Assistant's storage, removed with the entry.
"""

from dataclasses import dataclass
from datetime import datetime
import logging
from typing import Any, TypedDict, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .machine.model import Counters, Maintenance, Program, Versions, frozen

_LOGGER = logging.getLogger(__name__)
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last things that were read, and when the counters were."""

    counters: Counters | None = None
    counters_read_at: datetime | None = None
    maintenance: Maintenance | None = None
    versions: Versions | None = None
    gives_way: bool = False


class _Stored(TypedDict):
    total: int | None
    slots: dict[str, int]
    counters_read_at: str | None
    maintenance_counts: dict[str, int] | None
    maintenance_percentages: dict[str, int | None] | None
    dongle_version: str | None
    machine_version: str | None
    gives_way: bool


class Memory(Store[_Stored]):
    """The file of one entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; nothing is read yet."""
        super().__init__(hass, _VERSION, f"{DOMAIN}.{entry_id}")

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: dict[str, Any]
    ) -> _Stored:
        raise NotImplementedError("there is only one version yet")

    async def async_recall(self) -> Remembered:
        """Return what was remembered."""
        if (stored := await self.async_load()) is None:
            return Remembered()
        try:
            return _from_stored(stored)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            _LOGGER.warning("Stored counters can't be read and are discarded: %r", error)
            return Remembered()

    async def async_remember(self, remembered: Remembered) -> None:
        """Write it down."""
        await self.async_save(_to_stored(remembered))


def _from_stored(stored: _Stored) -> Remembered:
    counts, percentages = stored["maintenance_counts"], stored["maintenance_percentages"]
    read_at = stored["counters_read_at"]
    return Remembered(
        counters=None
        if stored["total"] is None
        else Counters(stored["total"], frozen({int(slot): count for slot, count in stored["slots"].items()})),
        counters_read_at=datetime.fromisoformat(read_at) if read_at else None,
        maintenance=None
        if counts is None or percentages is None
        else Maintenance(
            frozen({Program(name): count for name, count in counts.items()}),
            frozen({Program(name): percentage for name, percentage in percentages.items()}),
        ),
        versions=Versions(stored["dongle_version"], stored["machine_version"]),
        gives_way=stored["gives_way"],
    )


def _to_stored(remembered: Remembered) -> _Stored:
    counters, maintenance, versions = remembered.counters, remembered.maintenance, remembered.versions
    return _Stored(
        total=counters.total if counters else None,
        slots={str(slot): count for slot, count in counters.slots.items()} if counters else {},
        counters_read_at=remembered.counters_read_at.isoformat() if remembered.counters_read_at else None,
        maintenance_counts={str(program): count for program, count in maintenance.counts.items()}
        if maintenance
        else None,
        maintenance_percentages={str(program): percentage for program, percentage in maintenance.percentages.items()}
        if maintenance
        else None,
        dongle_version=versions.dongle if versions else None,
        machine_version=versions.machine if versions else None,
        gives_way=remembered.gives_way,
    )
