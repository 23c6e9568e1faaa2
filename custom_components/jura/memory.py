"""What Home Assistant remembers of a machine while it is off or Home Assistant restarts.

Counters belong here, so that a total is never unknown, and never 0, just because nobody could ask. One small file for
each entry in Home Assistant's storage, removed with the entry.

May import floors 1 to 4.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
import logging
from typing import Any, NotRequired, TypedDict, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .dials import Dials, Wish
from .machine import forecast, ledger
from .machine.daily import Day
from .machine.doubt import Doubt
from .machine.forecast import History
from .machine.ledger import Ledger
from .machine.model import Counters, Drink, End, Ended, Maintenance, Origin, Program, Status, Versions, frozen
from .machine.noticing import Known
from .machine.tailoring import Limits, StoredRecipes

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
    dials: Dials = field(default_factory=Dials)
    drink: Drink | None = None
    """The drink in the making, as it began."""
    enjoyed: int | None = None
    """Code of the drink whose end was told, as long as the machine may still show it."""
    last_drink: Ended | None = None
    day: Day | None = None
    history: History = field(default_factory=History)
    """What forecasts of maintenance are made from."""
    ledger: Ledger = field(default_factory=Ledger)
    """What was made from day to day."""
    doubt: Doubt | None = None
    """Counters that were refused."""
    known: Known = field(default_factory=Known)
    """Alerts and sleep as they were last seen."""
    limits: Limits = field(default_factory=lambda: frozen({}))
    recipes: StoredRecipes = field(default_factory=lambda: frozen({}))
    """What is stored in the machine itself."""


class _StoredWish(TypedDict):
    values: dict[str, int | str]
    extras: list[str]


class _StoredDials(TypedDict):
    product: str | None
    wishes: dict[str, _StoredWish]


class _StoredDrink(TypedDict):
    code: int
    origin: str
    started: str
    name: str | None
    alerts: list[int]


class _StoredLastDrink(TypedDict):
    drink: _StoredDrink
    at: str
    duration: int | None
    water: int | None


class _StoredDay(TypedDict):
    date: str
    before: int | None
    first: int | None


class _StoredAlerts(TypedDict):
    bits: list[int]
    length: int


class _StoredDoubt(TypedDict):
    total: int
    slots: dict[str, int]
    at: str
    since: str
    first_total: int


class _Stored(TypedDict):
    total: int | None
    slots: dict[str, int]
    counters_read_at: str | None
    maintenance_counts: dict[str, int] | None
    maintenance_percentages: dict[str, int | None] | None
    dongle_version: str | None
    machine_version: str | None
    gives_way: bool
    dials: NotRequired[_StoredDials]
    drink: NotRequired[_StoredDrink | None]
    enjoyed: NotRequired[int | None]
    last_drink: NotRequired[_StoredLastDrink | None]
    day: NotRequired[_StoredDay | None]
    history: NotRequired[dict[str, Any]]
    ledger: NotRequired[dict[str, Any]]
    doubt: NotRequired[_StoredDoubt | None]
    alerts: NotRequired[_StoredAlerts | None]
    awake: NotRequired[bool | None]
    limits: NotRequired[dict[str, dict[str, tuple[int, int]]]]
    recipes: NotRequired[dict[str, str]]


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
        counters=None if stored["total"] is None else _counters_from_stored(stored["total"], stored["slots"]),
        counters_read_at=datetime.fromisoformat(read_at) if read_at else None,
        maintenance=None
        if counts is None or percentages is None
        else Maintenance(
            frozen({Program(name): count for name, count in counts.items()}),
            frozen({Program(name): percentage for name, percentage in percentages.items()}),
        ),
        versions=Versions(stored["dongle_version"], stored["machine_version"]),
        gives_way=stored["gives_way"],
        dials=_dials_from_stored(stored["dials"]) if "dials" in stored else Dials(),
        drink=_drink_from_stored(drink) if (drink := stored.get("drink")) else None,
        enjoyed=stored.get("enjoyed"),
        last_drink=_last_drink_from_stored(last) if (last := stored.get("last_drink")) else None,
        day=Day(date.fromisoformat(day["date"]), day["before"], day["first"]) if (day := stored.get("day")) else None,
        history=forecast.from_plain(stored["history"]) if "history" in stored else History(),
        ledger=ledger.from_plain(stored["ledger"]) if "ledger" in stored else Ledger(),
        doubt=_doubt_from_stored(doubt) if (doubt := stored.get("doubt")) else None,
        known=Known(
            Status(frozenset(alerts["bits"]), alerts["length"]) if (alerts := stored.get("alerts")) else None,
            stored.get("awake"),
        ),
        limits=_limits_from_stored(stored.get("limits", {})),
        recipes=frozen({int(code): bytes.fromhex(recipe) for code, recipe in stored.get("recipes", {}).items()}),
    )


def _counters_from_stored(total: int, slots: dict[str, int]) -> Counters:
    return Counters(total, frozen({int(slot): count for slot, count in slots.items()}))


def _doubt_from_stored(stored: _StoredDoubt) -> Doubt:
    return Doubt(
        _counters_from_stored(stored["total"], stored["slots"]),
        at=datetime.fromisoformat(stored["at"]),
        since=datetime.fromisoformat(stored["since"]),
        first_total=stored["first_total"],
    )


def _limits_from_stored(stored: dict[str, dict[str, tuple[int, int]]]) -> Limits:
    return frozen(
        {
            int(code): frozen({int(number): (least, greatest) for number, (least, greatest) in fields.items()})
            for code, fields in stored.items()
        }
    )


def _drink_from_stored(stored: _StoredDrink) -> Drink:
    return Drink(
        stored["code"],
        Origin(stored["origin"]),
        datetime.fromisoformat(stored["started"]),
        stored["name"],
        alerts=frozenset(stored["alerts"]),
    )


def _last_drink_from_stored(stored: _StoredLastDrink) -> Ended:
    return Ended(
        _drink_from_stored(stored["drink"]),
        End.FINISHED,
        datetime.fromisoformat(stored["at"]),
        stored["duration"],
        stored["water"],
    )


def _dials_from_stored(stored: _StoredDials) -> Dials:
    return Dials(
        stored["product"],
        frozen(
            {product: Wish(frozen(wish["values"]), tuple(wish["extras"])) for product, wish in stored["wishes"].items()}
        ),
    )


def _to_stored(remembered: Remembered) -> _Stored:
    counters, maintenance, versions = remembered.counters, remembered.maintenance, remembered.versions
    return _Stored(
        total=counters.total if counters else None,
        slots=_slots_to_stored(counters) if counters else {},
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
        dials=_StoredDials(
            product=remembered.dials.product,
            wishes={
                product: _StoredWish(values=dict(wish.values), extras=list(wish.extras))
                for product, wish in remembered.dials.wishes.items()
            },
        ),
        drink=_drink_to_stored(remembered.drink) if remembered.drink else None,
        enjoyed=remembered.enjoyed,
        last_drink=_last_drink_to_stored(remembered.last_drink) if remembered.last_drink else None,
        day=_day_to_stored(remembered.day) if remembered.day else None,
        history=forecast.to_plain(remembered.history),
        ledger=ledger.to_plain(remembered.ledger),
        doubt=_doubt_to_stored(remembered.doubt) if remembered.doubt else None,
        alerts=_StoredAlerts(bits=sorted(alerts.bits), length=alerts.length)
        if (alerts := remembered.known.alerts)
        else None,
        awake=remembered.known.awake,
        limits={
            str(code): {str(number): limits for number, limits in fields.items()}
            for code, fields in remembered.limits.items()
        },
        recipes={str(code): recipe.hex() for code, recipe in remembered.recipes.items()},
    )


def _slots_to_stored(counters: Counters) -> dict[str, int]:
    return {str(slot): count for slot, count in counters.slots.items()}


def _doubt_to_stored(doubt: Doubt) -> _StoredDoubt:
    return _StoredDoubt(
        total=doubt.counters.total,
        slots=_slots_to_stored(doubt.counters),
        at=doubt.at.isoformat(),
        since=doubt.since.isoformat(),
        first_total=doubt.first_total,
    )


def _drink_to_stored(drink: Drink) -> _StoredDrink:
    return _StoredDrink(
        code=drink.code,
        origin=drink.origin,
        started=drink.started.isoformat(),
        name=drink.name,
        alerts=sorted(drink.alerts),
    )


def _last_drink_to_stored(ended: Ended) -> _StoredLastDrink:
    return _StoredLastDrink(
        drink=_drink_to_stored(ended.drink),
        at=ended.at.isoformat(),
        duration=ended.duration,
        water=ended.water,
    )


def _day_to_stored(day: Day) -> _StoredDay:
    return _StoredDay(date=day.date.isoformat(), before=day.before, first=day.first)
