"""Writes what the documentation says about machine types: the tables between the marks of docs/supported-machines.md.

Everything comes from the catalogue and from the English texts, but for what others saw on real machines, which stands
here. What is between two marks is replaced as a whole; all else on the page is written by hand and left alone.
"""

from collections.abc import Iterable, Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any, Final

from custom_components.jura.machine.catalogue import load_articles, load_definition
from custom_components.jura.machine.model import Article, Definition, Program, Severity
from custom_components.jura.machine.settings import is_proven

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "supported-machines.md"
ROOM: Final = ROOT / "custom_components" / "jura"

SEEN: Final[Mapping[str, str]] = {
    "EF1030": "Wi-Fi: drinks, status, counters",
    "EF1091": "Wi-Fi: drinks, status, counters, settings",
    "EF533": "Bluetooth: status, progress",
    "EF538": "Bluetooth: status; it obeyed no command, very likely because of a PIN",
    "EF545": "Wi-Fi: drinks, counters, settings read",
    "EF557": "Bluetooth: discovery, connecting",
    "EF566": "Wi-Fi: drinks",
}
"""What other projects published of a real machine whose type they named."""
_SMART_CONNECT: Final = 4
_WIFI_CONNECT: Final = 8
_UNNAMED: Final = "not named in JURA's list"
_PROGRAMS: Final[Mapping[Program, str]] = {
    Program.CLEANING: "cleaning",
    Program.DESCALING: "descaling",
    Program.FILTER_CHANGE: "filter",
    Program.MILK_CLEAN: "milk",
}
"""The programs for which somebody has to do something, in short."""


def main() -> None:
    """Write the page."""
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")


def filled(page: str) -> str:
    """Return the page with the tables as they have to be."""
    sold = _sold()
    definitions = [load_definition(code) for code in _codes()]
    definitions.sort(key=lambda one: (_natural(_models(sold.get(one.code, ()))), one.code))
    for name, lines in {
        "machine types": _types(definitions, sold),
        "article numbers": _articles(definitions, sold),
    }.items():
        page = _replaced(page, name, "\n".join(lines))
    return page


def _codes() -> list[str]:
    return sorted(path.stem for path in (ROOM / "machine" / "catalogue").glob("EF*.json"))


def _sold() -> dict[str, list[Article]]:
    """Return the articles of each machine type."""
    sold: dict[str, list[Article]] = {}
    for article in sorted(load_articles().values(), key=lambda article: article.number):
        sold.setdefault(article.definition, []).append(article)
    return sold


def _replaced(page: str, name: str, text: str) -> str:
    """Return the page with this text between the marks of that name."""
    pattern = re.compile(rf"(<!-- begin: {name} [^>]*-->\n).*?(<!-- end: {name} -->)", re.DOTALL)
    page, count = pattern.subn(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", page)
    if count != 1:
        raise ValueError(f"{count} places for the {name}, not one")
    return page


# --- the tables -------------------------------------------------------------------------------------------------------


def _types(definitions: Iterable[Definition], sold: Mapping[str, list[Article]]) -> Iterator[str]:
    yield "| Models | Type | Dongle | Drinks | Settings | Asks for | Alerts | Seen on a real machine |"
    yield "|---|---|---|---|---|---|---|---|"
    for definition in definitions:
        articles = sold.get(definition.code, [])
        alerts = sum(alert.severity is not Severity.STATE for alert in definition.alerts.values())
        cells = (
            _models(articles) or f"({_UNNAMED})",
            definition.code,
            _dongles(articles),
            _drinks(definition),
            _settings(definition),
            ", ".join(short for program, short in _PROGRAMS.items() if definition.maintenance_program(program)),
            str(alerts),
            SEEN.get(definition.code, ""),
        )
        yield f"| {' | '.join(cells)} |"


def _articles(definitions: Iterable[Definition], sold: Mapping[str, list[Article]]) -> Iterator[str]:
    yield "| Type | Article numbers |"
    yield "|---|---|"
    for definition in definitions:
        if articles := sold.get(definition.code):
            yield f"| {definition.code} | {', '.join(str(article.number) for article in articles)} |"


def _models(articles: Iterable[Article]) -> str:
    """Return the names of models, each once, with the markets that JURA names in brackets: `E8 (EB, SB)`."""
    names: dict[str, list[str]] = {}
    for article in articles:
        name, bracket, market = article.name.partition(" (")
        markets = names.setdefault(name + bracket, [])
        if bracket and (short := market.removesuffix(")")) not in markets:
            markets.append(short)
    return ", ".join(f"{name}{', '.join(markets)})" if markets else name for name, markets in sorted(names.items()))


def _natural(text: str) -> tuple[bool, list[tuple[int, str]]]:
    """Return by what names are sorted: numbers by their value, and no name at all last."""
    return not text, [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", text)]


def _dongles(articles: Iterable[Article]) -> str:
    """Return for which dongles JURA's list marks a model, as far as the mark can be read."""
    hints = {article.type_hint for article in articles}
    names = []
    if any(hint & _SMART_CONNECT for hint in hints):
        names.append("Smart Connect")
    if any(hint & _WIFI_CONNECT for hint in hints):
        names.append("WiFi Connect")
    return ", ".join(names) or "?"


def _drinks(definition: Definition) -> str:
    """Return how many drinks there are; those without anything to choose are experimental."""
    drinks = definition.active_products
    offered = sum(bool(drink.arguments) for drink in drinks)
    return str(offered) if offered == len(drinks) else f"{offered} and {len(drinks) - offered}\\*"


def _settings(definition: Definition) -> str:
    """Return the settings, with a star where they are experimental."""
    texts = _texts()
    names = [f"{texts[setting.slug]}{'' if is_proven(setting) else '\\*'}" for setting in definition.settings]
    return ", ".join(names) or "none"


def _texts() -> dict[str, str]:
    """Return what the settings are called."""
    entity: Any = json.loads((ROOM / "translations" / "en.json").read_text("utf-8"))["entity"]
    return {
        key.removeprefix("setting_"): text["name"].casefold()
        for platform in ("number", "select", "switch")
        for key, text in entity[platform].items()
        if key.startswith("setting_")
    }


if __name__ == "__main__":
    main()
