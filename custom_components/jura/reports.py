"""What a machine made in a period and what it needs, to read, to send and to reckon with. Nothing is sent by itself.

A report names the machine as its owner does, and its model, but neither its numbers nor an address, in the texts or in
the data: it is meant to be passed on, and those would tell strangers which machine it is, and where.

The machine is not asked for it: it is made of what is known.

May import floors 1 to 6.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from .const import DOMAIN
from .coordinator import JuraConfigEntry, JuraCoordinator
from .machine import forecast, ledger, needs
from .machine.ledger import Line
from .machine.model import Counters, Definition, Ended, Maintenance, Program
from .report_text import Care, Facts, Last, Made, Texts, as_markdown, as_text, async_texts, headline
from .which_machine import own_name

ALL: Final = "all"
DEFAULT_PERIOD: Final = "this_month"

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A time from one day to another, both included. `name` is what it is called where it is no one's own choice."""

    name: str | None
    start: date
    end: date


# --- periods ----------------------------------------------------------------------------------------------------------


def _this_week(today: date) -> tuple[date, date]:
    """Return this week until today. Weeks begin on Monday (ISO 8601): Home Assistant knows that of no household."""
    return today - timedelta(days=today.weekday()), today


def _last_week(today: date) -> tuple[date, date]:
    end = _this_week(today)[0] - _DAY
    return end - 6 * _DAY, end


def _last_month(today: date) -> tuple[date, date]:
    end = today.replace(day=1) - _DAY
    return end.replace(day=1), end


PERIODS: Final[Mapping[str, Callable[[date], tuple[date, date]]]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - _DAY, today - _DAY),
    "this_week": _this_week,
    "last_week": _last_week,
    DEFAULT_PERIOD: lambda today: (today.replace(day=1), today),
    "last_month": _last_month,
    "this_year": lambda today: (today.replace(month=1, day=1), today),
    ALL: lambda today: (date.min, today),
}


def period_of(name: str | None, start: date | None, end: date | None) -> Period:
    """Return the period that a person means. Raises ServiceValidationError."""
    today = dt_util.now().date()
    if start is None:
        if end is not None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="period_or_days")
        name = name or DEFAULT_PERIOD
        return Period(name, *PERIODS[name](today))
    if name is not None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="period_or_days")
    if start > min(today, end or today):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_days",
            translation_placeholders={"start": str(start), "end": str(end or today), "today": str(today)},
        )
    return Period(None, start, min(today, end or today))


# --- the report -------------------------------------------------------------------------------------------------------


async def async_report(hass: HomeAssistant, entry: JuraConfigEntry, period: Period, language: str) -> JsonObjectType:
    """Return the report of a machine in a language, or in English where we don't speak it."""
    texts = await async_texts(hass, language)
    facts = facts_of(hass, entry, period)
    return {
        "title": headline(facts, texts),
        "text": as_text(facts, texts),
        "markdown": as_markdown(facts, texts),
        "data": _data(facts, texts),
    }


def facts_of(hass: HomeAssistant, entry: JuraConfigEntry, period: Period) -> Facts:
    """Return what there is to say of a machine and a period."""
    coordinator = entry.runtime_data
    remembered, data, definition = coordinator.remembered, coordinator.data, coordinator.definition
    of_ever = period.name == ALL
    if of_ever:
        line = _of_ever(period.end, remembered.counters, remembered.maintenance)
    else:
        line = ledger.between(remembered.ledger, period.start, period.end)
    return Facts(
        name=own_name(hass, entry),
        model=coordinator.article.name if coordinator.article else definition.code,
        period=period.name,
        days=None if of_ever else (period.start, period.end),
        counted=line,
        counting_since=remembered.ledger.began,
        drinks=_drinks(definition, line) if line else (),
        total_ever=remembered.counters.total if remembered.counters else None,
        cups_today=data.cups_today,
        last=_last(definition, data.last_drink) if data.last_drink else None,
        care=tuple(_care(coordinator, program, line) for program in _programs(definition)),
        needs=needs.needs(definition, data.status, data.maintenance) if data.status else None,
        as_of=_local(coordinator.statistics.counted_at),
        available=coordinator.last_update_success and data.progress is not None,
        gives_way=coordinator.gives_way,
        seen=_local(coordinator.seen_at),
    )


def _local(when: datetime | None) -> datetime | None:
    return dt_util.as_local(when) if when else None


def _of_ever(today: date, counters: Counters | None, maintenance: Maintenance | None) -> Line | None:
    """Return all that the machine itself has counted."""
    if counters is None:
        return None
    return Line(date.min, today, counters.total, counters.slots, maintenance.counts if maintenance else {})


def _drinks(definition: Definition, line: Line) -> tuple[Made, ...]:
    """Return what was made of each product, and of what has no name."""
    by_slot = {product.counter_slot: product for product in reversed(definition.products)}
    by_slot |= {product.counter_slot: product for product in reversed(definition.active_products)}
    return tuple(
        Made(by_slot[slot].slug if slot in by_slot else None, slot, count, slot in by_slot and by_slot[slot].is_double)
        for slot, count in line.slots.items()
        if count
    )


def _last(definition: Definition, ended: Ended) -> Last:
    product = definition.product_by_code(ended.drink.code)
    return Last(product.slug if product else None, ended.drink.code, ended.drink.name, dt_util.as_local(ended.at))


def _programs(definition: Definition) -> tuple[Program, ...]:
    """Return the programs that the machine tells anything of, first those of which it says how due they are."""
    return tuple(dict.fromkeys((*definition.percent_fields, *definition.counter_fields)))


def _care(coordinator: JuraCoordinator, program: Program, line: Line | None) -> Care:
    """Return what is known of a maintenance program."""
    maintenance, history = coordinator.remembered.maintenance, coordinator.remembered.history
    percentages = maintenance.percentages if maintenance else {}
    return Care(
        program,
        fitted=percentages.get(program, 0) is not None,
        percent=percentages.get(program),
        times=line.programs.get(program, 0) if line else None,
        last_done=_local(forecast.last_done(history, program)),
        due_since=_local(forecast.due_since(history, program)),
        expected=_local(coordinator.data.forecasts.get(program)),
    )


# --- as data ----------------------------------------------------------------------------------------------------------


def _data(facts: Facts, texts: Texts) -> JsonObjectType:
    """Return the report to reckon with: times as ISO 8601, None for what isn't known."""
    line, days = facts.counted, facts.days
    return {
        "machine": {"name": facts.name, "model": facts.model},
        "period": {
            "name": facts.period,
            "start": _iso(days[0] if days else None),
            "end": _iso(days[1] if days else None),
            "counted_from": _iso(line.first if line and days else None),
            "counted_to": _iso(line.last if line and days else None),
        },
        "drinks": [
            {
                "product": made.product,
                "slot": made.slot,
                "name": texts.drink(made.product, made.slot),
                "count": made.count,
                "cups": made.cups,
            }
            for made in texts.ordered(facts.drinks)
        ],
        "total": line.total if line else None,
        "total_ever": facts.total_ever,
        "cups_today": facts.cups_today,
        "last_drink": {
            "product": facts.last.product,
            "name": facts.last.name or texts.drink(facts.last.product, facts.last.code),
            "time": _iso(facts.last.at),
        }
        if facts.last
        else None,
        "maintenance": [
            {
                "program": str(care.program),
                "name": texts.program(care.program),
                "percent": care.percent,
                "count": care.times,
                "last_done": _iso(care.last_done),
                "due_since": _iso(care.due_since),
                "expected": _iso(care.expected),
            }
            for care in facts.care
        ],
        "needs": None if facts.needs is None else [{"need": need, "name": texts.need(need)} for need in facts.needs],
        "available": facts.available,
        "gives_way": facts.gives_way,
        "read_at": _iso(facts.as_of),
    }


def _iso(when: date | None) -> Any:
    return when.isoformat() if when else None
