"""The catalogue of machine types: which articles there are, and what each of them can do.

All facts are [XML]: measured in JURA's own machine definitions, true of those files and not necessarily of a machine's
firmware. `scripts/build_catalogue.py` writes the files in `catalogue/`; this module reads them.

Every function here reads files and blocks while it does so. Call it in an executor, never on the event loop. Of what is
read only definitions are kept: hundreds of articles are of no use once a machine has found its own.

Format
------
All files are JSON objects in UTF-8. Two hexadecimal digits stand for product codes, states, option values, counter
slots and setting numbers; other numbers are decimal. What is usual is left out.

`index.json`
    package, article_list   what the catalogue was built from: the package, and the date line of the list of articles
    definitions             code -> [version, date] of each definition; there is one file `<code>.json` for each
    drinks                  slug -> English name, the same for all definitions
    alerts                  bit -> slug, the same for all definitions
    articles                number -> [model name, code of its definition, type hint]

`<code>.json`
    code, version, dated    the definition: its code, and version and date of JURA's file
    manual_url              link without a scheme, or null
    intake_f18              starts drinks with a mask of preselections
    wifi_onboarding         the app helps this machine onto a network
    banks, counter_fields, percent_fields
                            names of `Bank` and, in the order of the machine's reply, of `Program`
    states                  the progress states that the file lists, two digits each
    accept_commands         state -> command that confirms it
    quality_flags           flag of the quality assistant -> its bit
    combinations            the preselections that may be chosen together
    arguments               name -> argument; the name is that of the `Parameter`, with `#2` and so on where the
                            definition has several. Either {field, unit, range: [minimum, maximum, step]} or
                            {field, nibble ("whole"), options: value -> label}
    products                slug -> product, in display order: {code, kind, active (true), is_double (false), double
                            (none), counter_slot (the code), timer (true), preselections (none), drink (the slug; where
                            two products share one), arguments: name -> default}
    state_bits              bits of the status word that are mere states
    alerts                  bit -> [severity, kinds that it blocks in one string ("*" for all), program]; ends early
                            where the rest is empty
    programs                program -> {command (none), shows_progress (false), warn_at, lifetime_days, manual_url,
                            video_url, shop_url (none)}
    settings                slug -> {argument, range: [minimum, maximum, step]} or
                            {argument, options: value as it is sent -> label}

May import floor 1.
"""

from collections.abc import Iterable, Mapping
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

from .errors import UnknownMachine
from .model import (
    Alert,
    Amount,
    Argument,
    Article,
    Bank,
    Choice,
    Definition,
    Kind,
    MaintenanceProgram,
    Nibble,
    Option,
    Parameter,
    Preselection,
    Product,
    Program,
    Setting,
    SettingOption,
    Severity,
    Unit,
    frozen,
)

_FOLDER = Path(__file__).with_name("catalogue")
_EVERYTHING = "*"
_PARAMETER_ORDER = list(Parameter)


def load_index() -> Mapping[int, Article]:
    """Return all articles by number. Blocks: call it in an executor."""
    return frozen({int(number): _article(number, row) for number, row in _read("index")["articles"].items()})


def find_article(number: int) -> Article | None:
    """Return the article of that number, if JURA lists it. Blocks: call it in an executor."""
    row = _read("index")["articles"].get(str(number))
    return None if row is None else _article(number, row)


def find_articles(query: str) -> tuple[Article, ...]:
    """Return the articles that a person may mean by a number or a model name. Blocks: call it in an executor.

    A name may lack its market (`E8` also finds `E8 (EB)`). Only where nothing has that name, parts of names count.
    """
    wanted = _squeezed(query)
    if not wanted:
        return ()
    articles = sorted(load_index().values(), key=lambda article: article.number)
    exact = tuple(article for article in articles if wanted in _names(article))
    return exact or tuple(article for article in articles if wanted in _squeezed(article.name))


def definition_code_from_machine_type(text: str) -> str | None:
    """Return the code of the definition for what a machine says about itself. Blocks: call it in an executor.

    `EF1030M V01.06` is EF1030. The text can't tell variants apart that share a name, so the article comes first. None
    where the catalogue has no such definition.
    """
    # No code has an M in it, so the first one is where the code ends.
    words = text.upper().partition("M")[0].split()
    return words[0] if words and words[0] in _read("index")["definitions"] else None


@cache
def load_definition(code: str) -> Definition:
    """Return everything a machine type can do. Blocks: call it in an executor. Raises UnknownMachine."""
    index = _read("index")
    if code not in index["definitions"]:
        raise UnknownMachine(None, code)
    return _definition(_read(code), index)


def _names(article: Article) -> set[str]:
    """Return everything that names an article: its number, its model name, and that name without the market."""
    market = re.compile(r"\s*\([^)]*\)$")
    return {str(article.number), _squeezed(article.name), _squeezed(market.sub("", article.name))}


def _squeezed(text: str) -> str:
    """Return a text without spaces and capitals."""
    return "".join(text.casefold().split())


def _read(name: str) -> Any:
    """Return one file of the catalogue."""
    return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))


def _article(number: int | str, row: Any) -> Article:
    """Return an article from its row in the index."""
    name, code, type_hint = row
    return Article(number=int(number), name=name, definition=code, type_hint=type_hint)


def _definition(raw: Any, index: Any) -> Definition:
    """Return a definition from what its file and the index hold."""
    return Definition(
        code=raw["code"],
        version=raw["version"],
        dated=raw["dated"],
        products=tuple(_product(slug, entry, raw, index["drinks"]) for slug, entry in raw["products"].items()),
        combinations=tuple(frozenset(map(Preselection, row)) for row in raw["combinations"]),
        alerts=frozen(_alerts(raw["state_bits"], raw["alerts"], index["alerts"])),
        states=frozenset(bytes.fromhex(raw["states"])),
        accept_commands=frozen({int(state, 16): command for state, command in raw["accept_commands"].items()}),
        counter_fields=tuple(Program(program) for program in raw["counter_fields"]),
        percent_fields=tuple(Program(program) for program in raw["percent_fields"]),
        banks=tuple(Bank(bank) for bank in raw["banks"]),
        programs=tuple(_program(program, entry) for program, entry in raw["programs"].items()),
        settings=tuple(_setting(slug, entry) for slug, entry in raw["settings"].items()),
        quality_flags=frozen({flag: int(value, 16) for flag, value in raw["quality_flags"].items()}),
        wifi_onboarding=raw["wifi_onboarding"],
        manual_url=raw["manual_url"],
    )


def _product(slug: str, raw: Any, definition: Any, drinks: Mapping[str, str]) -> Product:
    """Return a product with its arguments, in the order of `Parameter`."""
    code = int(raw["code"], 16)
    shared = definition["arguments"]
    arguments = (_argument(name, shared[name], default) for name, default in raw.get("arguments", {}).items())
    return Product(
        slug=slug,
        code=code,
        name=drinks[raw.get("drink", slug)],
        kind=Kind(raw["kind"]),
        active=raw.get("active", True),
        is_double=raw.get("is_double", False),
        double_code=int(raw["double"], 16) if "double" in raw else None,
        counter_slot=int(raw["counter_slot"], 16) if "counter_slot" in raw else code,
        preselections=tuple(map(Preselection, raw.get("preselections", ()))),
        intake_f18=definition["intake_f18"],
        timer=raw.get("timer", True),
        arguments=tuple(sorted(arguments, key=lambda argument: _PARAMETER_ORDER.index(argument.parameter))),
    )


def _argument(name: str, raw: Any, default: Any) -> Argument:
    """Return an argument, which a definition shares between products, with the default of one product."""
    parameter = Parameter(name.partition("#")[0])
    if "range" in raw:
        minimum, maximum, step = raw["range"]
        return Amount(parameter, raw["field"], Unit(raw["unit"]), minimum, maximum, step, default)
    return Choice(
        parameter,
        raw["field"],
        Nibble(raw.get("nibble", Nibble.WHOLE)),
        tuple(Option(int(value, 16), label) for value, label in raw["options"].items()),
        int(default, 16),
    )


def _alerts(state_bits: Iterable[int], raw: Any, slugs: Mapping[str, str]) -> dict[int, Alert]:
    """Return the meaning of all bits, in their order."""
    entries = {**dict.fromkeys(state_bits, (Severity.STATE,)), **{int(bit): entry for bit, entry in raw.items()}}
    return {bit: _alert(bit, slugs[str(bit)], *entries[bit]) for bit in sorted(entries)}


def _alert(bit: int, slug: str, severity: str, blocks: str = "", program: str = "") -> Alert:
    """Return the meaning of one bit."""
    return Alert(
        bit=bit,
        slug=slug,
        severity=Severity(severity),
        blocks=frozenset(Kind) if blocks == _EVERYTHING else frozenset(Kind(kind) for kind in blocks.split()),
        program=Program(program) if program else None,
    )


def _program(program: str, raw: Any) -> MaintenanceProgram:
    """Return what the definition says about a maintenance program."""
    return MaintenanceProgram(
        program=Program(program),
        command=raw.get("command"),
        shows_progress=raw.get("shows_progress", False),
        warn_at=raw.get("warn_at"),
        lifetime_days=raw.get("lifetime_days"),
        manual_url=raw.get("manual_url"),
        video_url=raw.get("video_url"),
        shop_url=raw.get("shop_url"),
    )


def _setting(slug: str, raw: Any) -> Setting:
    """Return a setting: a range, or options and a range of nothing."""
    minimum, maximum, step = raw.get("range", (0, 0, 0))
    return Setting(
        argument=int(raw["argument"], 16),
        slug=slug,
        minimum=minimum,
        maximum=maximum,
        step=step,
        options=tuple(SettingOption(value, label) for value, label in raw.get("options", {}).items()),
    )
