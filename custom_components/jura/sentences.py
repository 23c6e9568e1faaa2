"""What people say to a coffee machine: which sentences are ours, and what they mean. Knows nothing of Home Assistant.

Each language has a file in `speech`: templates of hassil, which Home Assistant's own sentences are written in too, and
words. The same templates serve twice. Home Assistant is given them with every list written out (`gate`), because a
sentence that matched there can't be given back: what isn't certainly ours must not match. `understand` then reads the
sentence by them with the lists as lists, which tells what stands where.

May import floors 1 to 3.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
import json
from pathlib import Path
import re
from typing import Any, Final
import unicodedata

from hassil.intents import Intents, RangeSlotList, SlotList, TextSlotList
from hassil.recognize import RecognizeResult, recognize_all
from hassil.util import PUNCTUATION_STR, normalize_whitespace

type Names = tuple[tuple[str, str], ...]
"""What can be said, and what it means."""

_FOLDER: Final = Path(__file__).parent / "speech"
_TEXTS: Final = Path(__file__).parent / "translations"
_BREW: Final = "brew_"
_NOBODY_SAYS: Final = "\ue000"
"""Stands in a list that has nothing in it."""
_AMOUNT: Final = "amount"
_DIGIT: Final = f"({'|'.join('0123456789')})"
_DIGITS: Final = f"[{_DIGIT}]{_DIGIT}{_DIGIT}"
_MOST: Final = 999
_NOT_IN_TEMPLATES: Final = frozenset(f"{PUNCTUATION_STR}\\")
"""Signs that a template can't have: punctuation is taken out of what is said before, and a backslash hides others."""
_DRINK: Final = "({product}|{own})"
"""Where a template says <drink>: one of the machine's or one of one's own."""


class Intent(StrEnum):
    """What a sentence is about."""

    BREW = "brew"
    CANCEL = "cancel"
    READY = "ready"
    TODAY = "today"
    NEEDS = "needs"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in one language, to us and by us."""

    language: str
    rules: Mapping[str, str]
    sentences: Mapping[str, tuple[str, ...]]
    wishes: Names
    counts: Names
    programs: Names
    conjunction: str
    plural: str
    drinks: Mapping[str, str]
    """What is written on the buttons of the products, by slug."""
    synonyms: Names
    parameters: Mapping[str, str]
    program_names: Mapping[str, str]
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """One reading of a sentence. What wasn't said is None; `product` is a slug, the names are keys of our own lists."""

    intent: Intent
    product: str | None = None
    own: str | None = None
    count: int = 1
    wishes: tuple[str, ...] = ()
    amount: int | None = None
    machine: str | None = None
    area: str | None = None
    program: str | None = None

    @property
    def said(self) -> int:
        """Return how much it takes the sentence apart: a drink of the name "strong coffee" is less than coffee, strong."""
        parts = (self.product, self.own, self.amount, self.machine, self.area, self.program)
        return sum(part is not None for part in parts) + len(self.wishes) + (self.count > 1)


@dataclass(frozen=True)
class Grammar:
    """One language with the names that there are now. Equal ones understand the same."""

    words: Words
    names: Mapping[str, Names]
    """By list: product, own, machine, area."""

    def gate(self) -> tuple[str, ...]:
        """Return the templates of every sentence that is ours, with the lists written out."""
        written = {name: f"({'|'.join(_compact(said, self.words.plural))})" for name, said in self._lists.items()}
        written[_AMOUNT] = _DIGITS
        return tuple(
            re.sub(r"\{(\w+)\}", lambda match: written[match[1]], template)
            for templates in self._templates.values()
            for template in templates
        )

    def understand(self, text: str) -> tuple[Heard, ...]:
        """Return every reading of a sentence, the plainest first; none if it isn't ours."""
        readings = {_heard(result) for result in recognize_all(text, self._intents, slot_lists=self._slots)}
        return tuple(sorted(readings, key=lambda heard: (heard.said, str(heard))))

    @cached_property
    def _templates(self) -> Mapping[str, tuple[str, ...]]:
        rules = {**self.words.rules, "drink": _DRINK}
        return {
            intent: tuple(_expanded(template, rules) for template in templates)
            for intent, templates in self.words.sentences.items()
        }

    @cached_property
    def _lists(self) -> Mapping[str, Names]:
        lists = {
            **self.names,
            "wish": self.words.wishes,
            "count": self.words.counts,
            "program": self.words.programs,
        }
        return {name: said or ((_NOBODY_SAYS, ""),) for name, said in lists.items()}

    @cached_property
    def _intents(self) -> Intents:
        sentences = {
            intent: {"data": [{"sentences": list(templates)}]} for intent, templates in self._templates.items()
        }
        return Intents.from_dict({"language": self.words.language, "intents": sentences})

    @cached_property
    def _slots(self) -> dict[str, SlotList]:
        slots: dict[str, SlotList] = {
            name: TextSlotList.from_tuples(said, name=name) for name, said in self._lists.items()
        }
        slots[_AMOUNT] = RangeSlotList(_AMOUNT, 0, _MOST, words=False)
        return slots


def _compact(said: Names, plural: str) -> Iterator[str]:
    """Yield what can be said, with plurals put to their singulars: Home Assistant reads it all again at each change."""
    texts = dict.fromkeys(text for text, _ in said)
    for text in texts:
        if text.removesuffix(plural) not in texts or not text.endswith(plural):
            yield f"{text}[{plural}]" if f"{text}{plural}" in texts else text


def _expanded(template: str, rules: Mapping[str, str]) -> str:
    """Return a template with the rules that it refers to written out."""
    return re.sub(r"<(\w+)>", lambda match: f"({_expanded(rules[match[1]], rules)})", template)


def _heard(result: RecognizeResult) -> Heard:
    said: dict[str, Any] = {entity.name: entity.value for entity in result.entities_list}
    return Heard(
        intent=Intent(result.intent.name),
        product=said.get("product"),
        own=said.get("own"),
        count=int(said.get("count", 1)),
        wishes=tuple(sorted(entity.value for entity in result.entities_list if entity.name == "wish")),
        amount=None if (amount := said.get(_AMOUNT)) is None else int(amount),
        machine=said.get("machine"),
        area=said.get("area"),
        program=said.get("program"),
    )


# --- words of a language ----------------------------------------------------------------------------------------------


def load_words() -> tuple[Words, ...]:
    """Return all languages. Reads files."""
    return tuple(_words(path) for path in sorted(_FOLDER.glob("*.json")))


def _words(path: Path) -> Words:
    language, data = path.stem, json.loads(path.read_text("utf-8"))
    # Not by Home Assistant, which would keep all texts of all languages for these few, and read them on the event loop.
    texts = json.loads((_TEXTS / path.name).read_text("utf-8"))
    return Words(
        language=language,
        rules=data["rules"],
        sentences={intent: tuple(templates) for intent, templates in data["sentences"].items()},
        wishes=_inverted(data["wishes"]),
        counts=_inverted(data["counts"]),
        programs=_inverted(data["programs"]),
        conjunction=data["and"],
        plural=data["plural"],
        drinks={
            key.removeprefix(_BREW): button["name"]
            for key, button in texts["entity"]["button"].items()
            if key.startswith(_BREW)
        },
        synonyms=_inverted(data["synonyms"]),
        parameters=data["parameters"],
        program_names=data["program_names"],
        answers=data["answers"],
    )


def _inverted(said: Mapping[str, Iterable[str]]) -> Names:
    return tuple((text, meaning) for meaning, texts in said.items() for text in texts)


def product_names(words: Words) -> Names:
    """Return what products are called: what is written on their buttons, and what people say."""
    written = ((text, slug) for slug, name in words.drinks.items() for text in spoken(name, words.conjunction))
    said = [*written, *words.synonyms]
    return tuple(
        dict.fromkeys(
            (text, slug)
            for name, slug in said
            for form in (name, f"{name}{words.plural}")
            for text in dict.fromkeys((form, _without_accents(form)))
        )
    )


def _without_accents(text: str) -> str:
    """Return a text as it is written by whoever doesn't care for accents: "Caffe latte". Umlauts are none."""
    return re.sub(
        r"[À-ÿ]", lambda match: match[0] if match[0] in "äöüÄÖÜß" else unicodedata.normalize("NFD", match[0])[0], text
    )


# --- names as they are spoken -----------------------------------------------------------------------------------------


def spoken(name: str, conjunction: str) -> tuple[str, ...]:
    """Return the ways to say a name that somebody wrote, as templates: "Kaffee & Kuchen" is "Kaffee und Kuchen" too.

    As it is written, for those who type; with a word for its "&" and "+"; without any signs; with letters and digits
    apart, as speech recognition writes "E 8". None if it consists of signs alone.
    """
    forms = dict.fromkeys(_forms(normalize_whitespace(unicodedata.normalize("NFC", name)).strip(), conjunction))
    return tuple(form for form in forms if any(map(_is_sounded, form)))


def _forms(name: str, conjunction: str) -> Iterator[str]:
    if name.isprintable() and not set(name) & _NOT_IN_TEMPLATES:
        yield re.sub(r"([()\[\]{}<>|])", r"\\\1", name)
    for text in (re.sub("[&+]", f" {conjunction} ", name), name):
        plain = " ".join("".join(char if _is_sounded(char) or char == "'" else " " for char in text).split())
        yield plain
        yield " ".join(re.findall(r"\d+|[^\W\d]+(?:'[^\W\d]+)*", plain))


def _is_sounded(char: str) -> bool:
    """Tell whether a character is a letter, a digit, or belongs to one."""
    return unicodedata.category(char)[0] in "LMN"
