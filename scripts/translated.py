"""Notes from which English texts the other languages were made, so that none is forgotten when English changes.

tests/translated.json has the fingerprint of the English text for each place: one for all languages, or one for each of them
while they differ. tests/test_languages.py names what has changed since. Whether a translation was really looked at, no
program can tell: whoever runs this says so.
"""

from collections.abc import Iterator, Mapping
import hashlib
import json
from pathlib import Path
import sys
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
TEXTS: Final = ROOT / "custom_components" / "jura" / "translations"
NOTES: Final = ROOT / "tests" / "translated.json"
LANGUAGES: Final = sorted({path.stem for path in TEXTS.glob("*.json")} - {"en"})


def english() -> dict[str, str]:
    """Return the fingerprints of the English texts by their places."""
    return dict(_fingerprints(json.loads((TEXTS / "en.json").read_text("utf-8")), ""))


def _fingerprints(node: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield place, hashlib.sha256(node.encode()).hexdigest()[:8]
    else:
        for key, child in node.items():
            yield from _fingerprints(child, f"{place}.{key}" if place else key)


def noted() -> dict[str, dict[str, str]]:
    """Return from what each language was made: by place, then by language."""
    notes: Mapping[str, Any] = json.loads(NOTES.read_text("utf-8")) if NOTES.exists() else {}
    return {place: dict.fromkeys(LANGUAGES, note) if isinstance(note, str) else note for place, note in notes.items()}


def outdated(language: str) -> list[str]:
    """Return the places where English has changed since a language was noted."""
    made_from = noted()
    return [place for place, now in english().items() if made_from.get(place, {}).get(language) != now]


def note(languages: list[str]) -> None:
    """Note that languages say what English says now."""
    before = noted()
    notes: dict[str, Any] = {}
    for place, now in english().items():
        made_from = before.get(place, {}) | dict.fromkeys(languages, now)
        notes[place] = now if made_from == dict.fromkeys(LANGUAGES, now) else dict(sorted(made_from.items()))
    NOTES.write_text(json.dumps(notes, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    chosen = sys.argv[1:] or LANGUAGES
    if unknown := sorted(set(chosen) - set(LANGUAGES)):
        sys.exit(f"No such language: {', '.join(unknown)}. There are {', '.join(LANGUAGES)}.")
    note(chosen)
