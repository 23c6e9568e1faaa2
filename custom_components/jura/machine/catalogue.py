"""The catalogue of machine types: which articles there are, and what each of them can do.

All facts are [XML]: measured in JURA's own machine definitions, true of those files and not necessarily of a machine's
firmware. `scripts/build_catalogue.py` writes the files in `catalogue/`; this module reads them.

Every function here reads files and blocks while it does so. Call it in an executor, never on the event loop. Of what is
read only definitions are kept: hundreds of articles are of no use once a machine has found its own.

Format
------
`articles.csv`
    After a line that says what the catalogue was built from, a row for each article as in JURA's own list:
    number;model name;code of its definition;type hint. Apart from all else, and no JSON: it is read for one row.

`<code>.json`
    A JSON object in UTF-8 with all that there is about one machine type. Two hexadecimal digits stand for product codes,
    states, option values, counter slots and setting numbers; other numbers are decimal. What is usual is left out.

    code, version, dated    the definition: its code, and version and date of JURA's file
    manual_url              link without a scheme, or null
    intake_f18              starts drinks with a mask of preselections
    banks, counter_fields, percent_fields
                            names of `Bank` and, in the order of the machine's reply, of `Program`
    accept_commands         state -> command that confirms it
    combinations            the preselections that may be chosen together
    arguments               name -> argument; the name is that of the `Parameter`, with `#2` and so on where the
                            definition has several. Either {field, unit, range: [minimum, maximum, step]} or
                            {field, nibble ("whole"), options: value -> label}
    products                slug -> product, in display order: {code, name, kind, active (true), is_double (false),
                            double (none), counter_slot (the code), preselections (none), arguments:
                            name -> default, in the order of `Parameter`}
    alerts                  bit -> [slug, severity, kinds that it blocks in one string ("*" for all), program], in the
                            order of the bits; ends early where the rest is empty
    programs                program -> {command (none), shows_progress (false), warn_at, lifetime_days, manual_url,
                            video_url, shop_url (none)}
    settings                slug -> {argument, range: [minimum, maximum, step]} or
                            {argument, options: value as it is sent -> label}

May import floor 1.
"""

from collections.abc import Callable, Mapping
from functools import cache
import json
from pathlib import Path
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


def load_articles() -> Mapping[int, Article]:
    """Return all articles by number. Blocks: call it in an executor."""
    articles = map(_article, _list_of_articles().splitlines()[1:])
    return frozen({article.number: article for article in articles})


def find_article(number: int) -> Article | None:
    """Return the article of that number, if JURA lists it. Blocks: call it in an executor."""
    start = f"{number};"
    _, found, rest = _list_of_articles().partition(f"\n{start}")
    return _article(start + rest.partition("\n")[0]) if found else None


def definition_code_from_machine_type(text: str) -> str | None:
    """Return the code of the definition for what a machine says about itself. Blocks: call it in an executor.

    `EF1030M V01.06` is EF1030. The text can't tell variants apart that share a name, so the article comes first. None
    where the catalogue has no such definition.
    """
    # No code has an M in it, so the first one is where the code ends.
    words = text.upper().partition("M")[0].split()
    return words[0] if words and _is_there(words[0]) else None


@cache
def load_definition(code: str) -> Definition:
    """Return everything a machine type can do. Blocks: call it in an executor. Raises UnknownMachine."""
    if not _is_there(code):
        raise UnknownMachine(None, code)
    return _definition(json.loads(_file(code).read_text("utf-8")))


def _is_there(code: str) -> bool:
    """Tell whether there is such a definition. Machines tell codes too: none may lead out of the folder."""
    # Some file systems take small letters for capitals.
    return code.isidentifier() and code.isupper() and _file(code).is_file()


def _file(code: str) -> Path:
    return _FOLDER / f"{code}.json"


def _list_of_articles() -> str:
    return (_FOLDER / "articles.csv").read_text("utf-8")


def _article(row: str) -> Article:
    """Return an article from its row."""
    number, name, code, type_hint = row.split(";")
    return Article(number=int(number), name=name, definition=code, type_hint=int(type_hint))


def _definition(raw: Any) -> Definition:
    """Return a definition from what its file holds."""

    @cache
    def argument(name: str, default: Any) -> Argument:
        """Return an argument with the default of a product; most products share theirs."""
        return _argument(name, raw["arguments"][name], default)

    return Definition(
        code=raw["code"],
        version=raw["version"],
        dated=raw["dated"],
        products=tuple(_product(slug, entry, argument, raw["intake_f18"]) for slug, entry in raw["products"].items()),
        combinations=tuple(frozenset(map(Preselection, row)) for row in raw["combinations"]),
        alerts=frozen({int(bit): _alert(int(bit), *entry) for bit, entry in raw["alerts"].items()}),
        accept_commands=frozen({int(state, 16): command for state, command in raw["accept_commands"].items()}),
        counter_fields=tuple(Program(program) for program in raw["counter_fields"]),
        percent_fields=tuple(Program(program) for program in raw["percent_fields"]),
        banks=tuple(Bank(bank) for bank in raw["banks"]),
        programs=tuple(_program(program, entry) for program, entry in raw["programs"].items()),
        settings=tuple(_setting(slug, entry) for slug, entry in raw["settings"].items()),
        manual_url=raw["manual_url"],
    )


def _product(slug: str, raw: Any, argument: Callable[[str, Any], Argument], intake_f18: bool) -> Product:
    """Return a product."""
    code = int(raw["code"], 16)
    return Product(
        slug=slug,
        code=code,
        name=raw["name"],
        kind=Kind(raw["kind"]),
        active=raw.get("active", True),
        is_double=raw.get("is_double", False),
        double_code=int(raw["double"], 16) if "double" in raw else None,
        counter_slot=int(raw["counter_slot"], 16) if "counter_slot" in raw else code,
        preselections=tuple(map(Preselection, raw.get("preselections", ()))),
        intake_f18=intake_f18,
        arguments=tuple(argument(name, default) for name, default in raw.get("arguments", {}).items()),
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


def _alert(bit: int, slug: str, severity: str, blocks: str = "", program: str = "") -> Alert:
    """Return the meaning of one bit."""
    return Alert(bit, slug, Severity(severity), _kinds(blocks), Program(program) if program else None)


@cache
def _kinds(names: str) -> frozenset[Kind]:
    """Return the kinds that an alert blocks, which are the same for most."""
    return frozenset(Kind if names == _EVERYTHING else map(Kind, names.split()))


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
