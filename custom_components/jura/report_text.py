"""A report in a person's words: as text, and as Markdown that also reads well where nobody renders it.

Its texts are the category `common` of the translations: the one that hassfest accepts for texts that belong to nothing
in particular. Names of drinks, programs and needs are those of the entities, the periods' those of the action.

May import floors 1 to 3.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
import re
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .machine.ledger import Line
from .machine.model import Program

# --- what there is to say ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Made:
    """How often something was made. `product` is None for a counter that nothing is known of but its slot."""

    product: str | None
    slot: int
    count: int
    is_double: bool

    @property
    def cups(self) -> int:
        """Return how many cups that is."""
        return self.count * (2 if self.is_double else 1)


@dataclass(frozen=True, slots=True)
class Last:
    """The last drink that was finished. `name` is its owner's, where it is one of their own."""

    product: str | None
    code: int
    name: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Care:
    """What is known of a maintenance program. `times` is how often it ran in the period."""

    program: Program
    fitted: bool
    percent: int | None
    times: int | None
    last_done: datetime | None
    due_since: datetime | None
    expected: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report says. Times are local. None is not known; `days` is None for all that was ever made."""

    name: str
    model: str
    period: str | None
    days: tuple[date, date] | None
    counted: Line | None
    counting_since: date | None
    drinks: tuple[Made, ...]
    total_ever: int | None
    cups_today: int | None
    last: Last | None
    care: tuple[Care, ...]
    needs: tuple[str, ...] | None
    as_of: datetime | None
    available: bool
    gives_way: bool
    seen: datetime | None


# --- the words of a language ------------------------------------------------------------------------------------------


async def async_texts(hass: HomeAssistant, language: str) -> Texts:
    """Return the texts of a language; what is missing there is English."""
    texts: dict[str, str] = {}
    for category in ("common", "entity", "selector"):
        texts |= await async_get_translations(hass, language, category, {DOMAIN})
    return Texts(texts)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language."""

    texts: Mapping[str, str]

    def say(self, key: str, **placeholders: object) -> str:
        """Return one of the texts that are there for reports only."""
        return self._text(f"common.{key}").format(**placeholders)

    def line(self, label: str, value: object) -> str:
        """Return a label with what belongs to it."""
        return self.say("report_line", label=label, value=value)

    def day(self, day: date) -> str:
        """Return a date as it is written."""
        return self.say("report_date", year=f"{day.year:04}", month=f"{day.month:02}", day=f"{day.day:02}")

    def moment(self, when: datetime) -> str:
        """Return a date and a time of the day."""
        return self.say("report_moment", date=self.day(when.date()), time=f"{when:%H:%M}")

    def days(self, first: date, last: date) -> str:
        """Return from when to when."""
        if first == last:
            return self.day(first)
        return self.say("report_days", first=self.day(first), last=self.day(last))

    def drink(self, product: str | None, number: int) -> str:
        """Return the name of a product, or the number of one that is not known."""
        if product is None:
            return f"{self._text('entity.sensor.last_drink.state.unknown_product')} {number}"
        return self._text(f"entity.sensor.last_drink.state.{product}")

    def program(self, program: Program) -> str:
        """Return the name of a maintenance program."""
        return self._text(f"entity.sensor.program.state.{program}")

    def state(self, state: str) -> str:
        """Return what the machine is doing."""
        return self._text(f"entity.sensor.state.state.{state}")

    def phase(self, phase: str) -> str:
        """Return what is happening to a drink."""
        return self._text(f"entity.sensor.phase.state.{phase}")

    def need(self, need: str) -> str:
        """Return what somebody is asked to do."""
        return self._text(f"entity.sensor.needs.state.{need}")

    def period(self, period: str) -> str:
        """Return the name of a period."""
        return self._text(f"selector.period.options.{period}")

    def entity(self, place: str) -> str:
        """Return the name of an entity."""
        return self._text(f"entity.{place}.name")

    def ordered(self, drinks: Iterable[Made]) -> list[Made]:
        """Return drinks with the most frequent first, and those alike by name."""
        return sorted(drinks, key=lambda made: (-made.count, self.drink(made.product, made.slot)))

    def _text(self, key: str) -> str:
        return self.texts[f"component.{DOMAIN}.{key}"]


# --- writing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    items: tuple[str, ...]


def headline(facts: Facts, texts: Texts) -> str:
    """Return the title: whose report of when."""
    if facts.period:
        period = texts.period(facts.period)
    else:
        assert facts.days, "a period without a name has its days"
        period = texts.days(*facts.days)
    return texts.say("report_title", name=_one_line(facts.name), period=period)


def as_text(facts: Facts, texts: Texts) -> str:
    """Return the report for wherever there is nothing but letters."""
    blocks = [_when(facts, texts)]
    blocks += ["\n".join((section.heading, *_listed(section.items))) for section in _sections(facts, texts)]
    return "\n\n".join(filter(None, (*blocks, "\n".join(_notes(facts, texts)))))


def as_markdown(facts: Facts, texts: Texts) -> str:
    """Return the report for wherever Markdown is rendered; bold and lists only, for a phone is narrow."""
    blocks = [escaped(_when(facts, texts))]
    for section in _sections(facts, texts):
        blocks += [f"**{escaped(section.heading)}**", "\n".join(_listed(map(escaped, section.items)))]
    return "\n\n".join(filter(None, (*blocks, *map(escaped, _notes(facts, texts)))))


def _when(facts: Facts, texts: Texts) -> str:
    """Return the days that a period with a name has."""
    return texts.days(*facts.days) if facts.period and facts.days else ""


def _listed(items: Iterable[str]) -> list[str]:
    return [f"- {item}" for item in items]


def _sections(facts: Facts, texts: Texts) -> list[_Section]:
    """Return what is said under which heading; none where there is nothing to be said."""
    sections = []
    if facts.counted:
        drinks = tuple(_drink(made, texts) for made in texts.ordered(facts.drinks))
        sections.append(_Section(texts.line(texts.say("report_drinks"), facts.counted.total), drinks))
    if care := tuple(line for care in facts.care if (line := _care(care, facts, texts))):
        sections.append(_Section(texts.say("report_maintenance"), care))
    if facts.needs is not None:
        wanted = facts.needs or ("nothing",)
        sections.append(_Section(texts.entity("sensor.needs"), tuple(map(texts.need, wanted))))
    return [*sections, _Section(_one_line(facts.name), tuple(_about(facts, texts)))]


def _drink(made: Made, texts: Texts) -> str:
    count: object = texts.say("report_double", count=made.count, cups=made.cups) if made.is_double else made.count
    return texts.line(texts.drink(made.product, made.slot), count)


def _care(care: Care, facts: Facts, texts: Texts) -> str | None:
    """Return what is known of a program in one line; None where that is nothing."""
    known = []
    if not care.fitted:
        known.append(texts.say("report_not_fitted"))
    elif care.percent is not None:
        known.append(texts.say("report_percent", percent=care.percent))
    if care.due_since:
        known.append(texts.say("report_due_since", date=texts.day(care.due_since.date())))
    elif care.expected:
        known.append(texts.say("report_expected", date=texts.day(care.expected.date())))
    if care.last_done:
        known.append(texts.say("report_last_done", date=texts.day(care.last_done.date())))
    if care.times and facts.days:
        known.append(texts.say("report_times", count=care.times))
    elif care.times:
        known.append(texts.say("report_times_ever", count=care.times))
    return texts.line(texts.program(care.program), ", ".join(known)) if known else None


def _about(facts: Facts, texts: Texts) -> list[str]:
    """Return what is said of the machine, whatever the period."""
    about = [texts.line(texts.say("report_model"), facts.model)]
    # Of today the drinks are there already; and of all that was ever made, too.
    if facts.cups_today is not None and facts.period != "today":
        about.append(texts.line(texts.entity("sensor.cups_today"), facts.cups_today))
    if facts.total_ever is not None and facts.days:
        about.append(texts.line(texts.say("report_total_ever"), facts.total_ever))
    if last := facts.last:
        name = _one_line(last.name) if last.name else texts.drink(last.product, last.code)
        value = texts.say("report_last_drink", drink=name, moment=texts.moment(last.at))
        about.append(texts.line(texts.entity("sensor.last_drink"), value))
    if facts.as_of:
        about.append(texts.line(texts.say("report_as_of"), texts.moment(facts.as_of)))
    return about


def _notes(facts: Facts, texts: Texts) -> list[str]:
    """Return what somebody has to know who believes all this."""
    note = note_on_absence(facts, texts)
    return [*_notes_on_counting(facts, texts), *([note] if note else [])]


def note_on_absence(facts: Facts, texts: Texts) -> str | None:
    """Return why nobody knows what the machine does now, if so."""
    if facts.gives_way:
        return texts.say("report_note_giving_way", switch=texts.entity("switch.give_way"))
    if facts.available:
        return None
    return (
        texts.say("report_note_away_since", moment=texts.moment(facts.seen))
        if facts.seen
        else texts.say("report_note_away")
    )


def _notes_on_counting(facts: Facts, texts: Texts) -> list[str]:
    """Return of which days the drinks really are, where they are not of just those that were asked for."""
    since, line = facts.counting_since, facts.counted
    if facts.total_ever is None:
        return [texts.say("report_note_not_read")]
    if facts.days is None or since is None:
        return []
    start, end = facts.days
    if line is None and end < since:
        return [texts.say("report_note_before", date=texts.day(since))]
    if line is None:
        return [texts.say("report_note_not_apart")]
    notes = []
    if line.first > start or since == start:
        notes.append(texts.say("report_note_from", date=texts.day(line.first)))
    if line.first < start:
        notes.append(texts.say("report_note_with", date=texts.day(line.first)))
    if line.last < end:
        notes.append(texts.say("report_note_to", date=texts.day(line.last)))
    return notes


def _one_line(name: str) -> str:
    """Return a name that somebody chose without line breaks."""
    return " ".join(name.split())


_MARKS: Final = re.compile(r"([\\`*_~\[\]<@]|&(?=#?\w+;)|:(?=//)|(?<=www)\.)", re.IGNORECASE)
"""What is a mark wherever it stands, or makes a link of what has none."""
_MARKS_OF_LINES: Final = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+#>=]))(.)")
"""What makes something else of a line that begins with it."""


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is; only what would be taken for a mark gets a backslash."""
    return _MARKS_OF_LINES.sub(r"\1\\\2", _MARKS.sub(r"\\\1", text))
