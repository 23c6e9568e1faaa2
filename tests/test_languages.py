"""Every language says what English says. What English has to say, and how texts are formed, is in test_texts.py."""

from collections import defaultdict
from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

import pytest

from scripts import translated as notes

from .helpers import LANGUAGES, ROOM, leaves, placeholders, texts

pytestmark = pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])

_MOST_WORDS_ALIKE = 3
"""Names such as "Espresso macchiato" are the same in many languages; what has more words is a sentence."""
_TORN_APART = {
    "cs": re.compile(r"[\d}] %"),
    "es": re.compile(r"[\d}] %"),
    "fr": re.compile(r" [:;?!»%]|« "),
}
"""Where a line could break before a sign: these languages write a space there, which must hold together."""
_NAMED_ALIKE = {
    "drinks": "services.import_drinks.fields.drinks.name",
    "extras": "config_subentries.drink.step.values.data.preselections",
    "edit_machine": "services.brew.fields.device_id.name",
    "edit_name": "config_subentries.drink.step.drink.data.name",
}
"""Words of the card, and where the integration says the same."""


def own_words(text: str) -> list[str]:
    """Return the words of a text without what is filled in."""
    return re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", re.sub(r"\{\w+\}", "", text))


def card_texts(language: str) -> dict[str, str]:
    """Return the words of the card."""
    path = ROOM.parents[1] / "card" / "src" / "translations" / f"{language}.json"
    return dict(leaves(json.loads(path.read_text("utf-8"))))


def branches(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield everything that has texts below it, with its place."""
    if isinstance(node, dict):
        yield path, node
        for key, child in node.items():
            yield from branches(child, f"{path}.{key}" if path else key)


def test_written_alike(language: str) -> None:
    """Files that are written alike can be compared line by line."""
    path = ROOM / "translations" / f"{language}.json"
    assert path.read_text("utf-8") == json.dumps(texts(language), indent=2, ensure_ascii=False) + "\n"


def test_nothing_missing(language: str) -> None:
    """What is there in English is there in each language, in the same order, and nothing else."""
    there, english = ([place for place, _ in leaves(texts(of))] for of in (language, "en"))
    assert set(there) == set(english)
    assert there == english


def test_english_has_not_changed_since(language: str) -> None:
    """What English says otherwise than before is looked at in each language; then `scripts/translated <language>` notes it."""
    assert notes.outdated(language) == []


def test_a_change_is_noticed(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One text is changed in English: each language is behind until it is noted, and only there."""
    monkeypatch.setattr(notes, "TEXTS", tmp_path)
    monkeypatch.setattr(notes, "NOTES", tmp_path / "notes.json")
    said = {"config": {"abort": {"moved": "Home Assistant uses the new address now."}, "title": "Where it is"}}
    (tmp_path / "en.json").write_text(json.dumps(said), "utf-8")
    notes.note(notes.LANGUAGES)
    assert notes.outdated(language) == []
    said["config"]["title"] = "Where it was"
    (tmp_path / "en.json").write_text(json.dumps(said), "utf-8")
    assert notes.outdated(language) == ["config.title"]
    notes.note([language])
    behind = {other: notes.outdated(other) for other in notes.LANGUAGES}
    assert behind == {other: [] if other == language else ["config.title"] for other in notes.LANGUAGES}
    notes.note(notes.LANGUAGES)
    assert all(isinstance(one, str) for one in json.loads(notes.NOTES.read_text("utf-8")).values())


def test_placeholders(language: str) -> None:
    """What is filled in in English is filled in in each language."""
    translated = dict(leaves(texts(language)))
    wrong = {
        place: translated[place]
        for place, text in leaves(texts())
        if placeholders(translated[place]) != placeholders(text)
    }
    assert wrong == {}


def test_no_sentence_in_english(language: str) -> None:
    """No sentence was left in English."""
    translated = dict(leaves(texts(language)))
    left = [
        place
        for place, text in leaves(texts())
        if translated[place] == text and len(own_words(text)) > _MOST_WORDS_ALIKE
    ]
    assert left == []


def test_choices_differ(language: str) -> None:
    """What can be told apart in English, side by side, can be told apart in each language: states, options, fields."""
    translated = dict(branches(texts(language)))
    for place, entry in branches(texts()):
        english = [text for text in entry.values() if isinstance(text, str)]
        theirs = [text for text in translated[place].values() if isinstance(text, str)]
        assert len(set(theirs)) >= len(set(english)), place


def test_said_alike(language: str) -> None:
    """What is said in the same words at several places in English is so in each language: options, whole guides."""
    alike: dict[str, list[str]] = defaultdict(list)
    for place, entry in branches(texts()):
        alike[json.dumps(entry, sort_keys=True)].append(place)
    translated = dict(branches(texts(language)))
    repeated = [places for places in alike.values() if len(places) > 1]
    assert any("issues.program_running.fix_flow" in places for places in repeated)
    assert any("selector.product.options" in places for places in repeated)
    for first, *others in repeated:
        assert all(translated[place] == translated[first] for place in others), (first, others)


def test_names_are_quoted(language: str) -> None:
    """Where a text names a switch, an option or an action, it is the name that the reader sees there."""
    translated = dict(leaves(texts(language)))
    names: dict[str, set[str]] = defaultdict(set)
    for place, text in leaves(texts()):
        names[text].add(translated[place])
    quoted = [(place, name) for place, text in leaves(texts()) for name in re.findall(r'"([^"{}]+)"', text)]
    assert {"Give way to the phone", "Offer what is experimental"} <= {name for _, name in quoted}
    for place, name in quoted:
        assert name not in names or any(name in translated[place] for name in names[name]), (place, name)


def test_drinks_have_one_name(language: str) -> None:
    """A drink is called the same on its button, in lists to choose from, and where it is told of."""
    entity, selector = texts(language)["entity"], texts(language)["selector"]
    names = entity["sensor"]["last_drink"]["state"]
    assert {
        slug: (name, entity["sensor"]["current_drink"]["state"].get(slug))
        for slug, name in selector["product"]["options"].items()
    } == {slug: (names[slug], names[slug]) for slug in selector["product"]["options"]}
    for slug, name in selector["product"]["options"].items():
        assert entity["button"][f"brew_{slug}"]["name"] == name


def test_needs_are_said_alike(language: str) -> None:
    """All that is needed is said in the words of what is needed most."""
    needs = texts(language)["entity"]["sensor"]["needs"]
    assert needs["state_attributes"]["all"]["state"].items() <= needs["state"].items()


def test_alerts_have_one_name(language: str) -> None:
    """The alert for which a drink failed is called as where it is shown."""
    entity = texts(language)["entity"]
    reasons = entity["event"]["drink"]["state_attributes"]["reason"]["state"]
    alerts = {key: entity["binary_sensor"][key]["name"] for key in reasons if key in entity["binary_sensor"]}
    assert len(alerts) > 10
    assert alerts.items() <= reasons.items()


def test_signs_stay_with_their_words(language: str) -> None:
    """No line begins with a colon or a percent sign, where the language has a space before them."""
    if torn := _TORN_APART.get(language):
        both = {**dict(leaves(texts(language))), **card_texts(language)}
        assert {place: text for place, text in both.items() if torn.search(text)} == {}


def test_card_says_the_same_words(language: str) -> None:
    """What is an extra in the integration is no supplement on the card."""
    translated, card = dict(leaves(texts(language))), card_texts(language)
    assert {key: card[key] for key in _NAMED_ALIKE} == {key: translated[place] for key, place in _NAMED_ALIKE.items()}
