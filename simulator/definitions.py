"""What a type of machine can do, read from JURA's own definition files.

The files are those of the development dependency `jura_connect` (its folder `data/`); none of its code is run.

* `JOE_MACHINES.TXT`: a date line, then `article;name;definition code;type`.
* `xml/<DEFINITION CODE>/<version>.xml`: products with their arguments, alerts, counters.

Facts used here [XML unless marked]:

* Absent `Active` means active. Names carry stray blanks.
* `Argument="F<n>"` is byte *n* of a Bluetooth start frame; a suffix `_H` or `_1` means the high nibble, `_2` the low
  one ([INF] for `_1`/`_2`). F2 and F2_H share byte 2.
* Ranges (`Value/Min/Max/Step`) are decimal, on the wire value ÷ Step [HW]. Items (`Default` and `ITEM Value`) are
  hexadecimal and go on the wire as they are; those of F2_H are written already shifted (10 … 50).
* One default is not in its list of items (EF562, code 11): the lowest item stands in.
* The slot of a product's counter is its code, but on EF545, where 31 → 12 and 36 → 13 [APP, HW: Z10].
* Codes in the article list may have lower-case letters, the folders have none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
import re
from xml.etree import ElementTree as ET

_NAMESPACE = "{http://www.top-tronic.com}"

SMART_CONNECT = 4
"""Bit of the article list's type column: sold for the Bluetooth dongle [INF]."""

_SLOT_EXCEPTIONS = {"EF545": {0x31: 0x12, 0x36: 0x13}}

_DOUBLES = {
    0x11: 0x01,
    0x12: 0x02,
    0x13: 0x03,
    0x14: 0x04,
    0x15: 0x05,
    0x16: 0x06,
    0x17: 0x07,
    0x18: 0x08,
    0x1A: 0x0A,
    0x31: 0x02,
    0x36: 0x03,
    0x38: 0x28,
    0x39: 0x29,
    0x3B: 0x2B,
    0x3E: 0x2E,
}
"""Which single product a double code goes with where no product names it as its double."""


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One parameter of a product."""

    element: str
    """The XML element's name, for example WATER_AMOUNT."""
    byte: int
    """Number of the byte in a Bluetooth start frame; a WiFi blob has it one earlier."""
    shift: int
    """4 if the value sits in the high nibble, otherwise 0."""
    mask: int
    """The bits of the byte that belong to this argument."""
    allowed: tuple[int, ...]
    """All values the machine takes, in wire units and not shifted."""
    default: int
    """In wire units, not shifted."""
    step: int
    """What a wire unit stands for: 5 for millilitres, otherwise 1."""
    zero_means_unchanged: bool
    """Whether 0 is taken although it is not allowed; the machine then uses its own value.

    F2_H: real machines brew with byte 2 = 00 [HW: Z10, over WiFi]. F14: no client sends it, so no machine can need
    it [INF].
    """
    picture: int | None
    """Number of the first picture of the drink being filled by this argument; it tells the order of the phases."""

    def encode(self, value: int) -> int:
        """Return the argument's contribution to its byte."""
        return value << self.shift

    def decode(self, byte: int) -> int:
        """Return the argument's value in a byte."""
        return (byte & self.mask) >> self.shift


@dataclass(frozen=True, kw_only=True)
class Product:
    """A drink a machine can make."""

    code: int
    name: str
    kind: str
    """C coffee, CM coffee and milk, M milk, T hot water, P powder."""
    active: bool
    double: bool
    single: int | None
    """Of a double: the code of the product it is twice of."""
    slot: int
    """Where it is counted."""
    arguments: tuple[Argument, ...]
    preselections: frozenset[str] = frozenset()
    """What can be chosen in addition, for example powder. A `double` may mean another product."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A bit of the status word."""

    bit: int
    name: str
    type: str | None
    """block, info, ip, or None for a mere state."""
    blocked: str
    """Kinds of products blocked by info and ip; a kind is blocked if it shares a letter with it."""

    def blocks(self, kind: str) -> bool:
        """Tell whether products of a kind can't be made while the bit is set."""
        return self.type == "block" or (self.type is not None and bool(set(self.blocked) & set(kind)))


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Something that can be set on the machine."""

    argument: str
    """Two hex digits."""
    name: str
    values: tuple[str, ...]
    """All the machine takes, as the definition writes them: of a range each step as two hex digits."""
    names: Mapping[str, str]
    """Of some values, by value."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A type of machine, as one article number of it."""

    code: str
    """For example EF538 (upper case)."""
    article: int
    """0 if no article refers to the definition."""
    name: str
    """The article's official name."""
    type: int
    """The article list's type column, see SMART_CONNECT."""
    products: tuple[Product, ...]
    """In the file's order. A code may come twice (Pot and Pot Big)."""
    alerts: Mapping[int, Alert]
    counters: tuple[str, ...]
    """The maintenance counters in the order in which the machine reports them."""
    percentages: tuple[str, ...]
    """The same of the maintenance percentages."""
    settings: tuple[Setting, ...] = ()
    banks: frozenset[int] = frozenset()
    """Counter banks that are declared, for example 0x32. A machine may have more [HW: S8 EB]."""
    programs: Mapping[int, str] = field(default_factory=dict)
    """Maintenance programs by the code that starts them, for example 0x24: Cleaning."""
    silent_programs: frozenset[int] = frozenset()
    """Those that show no progress: they run on the machine's own display."""
    accepts: Mapping[int, int] = field(default_factory=dict)
    """States in which a program waits to be confirmed, with the code that does it (0x10 or 0x04)."""
    intake_f18: bool = False
    """Whether start orders over Wi-Fi have 20 bytes, the last one a mask of preselections [APP]."""
    combinations: tuple[frozenset[str], ...] = ()
    """Preselections that can be chosen together; where there are none, only one at a time [XML]."""

    def product(self, code: int) -> Product | None:
        """Return the product a code stands for: of two with one code the first."""
        return next((product for product in self.products if product.code == code), None)


@dataclass(frozen=True)
class _Article:
    number: int
    name: str
    code: str
    type: int


def data_folder() -> Path:
    """Return the folder with JURA's files, without running the package they come with."""
    spec = find_spec("jura_connect")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("The development dependency jura-connect is not installed; run scripts/setup")
    return Path(spec.submodule_search_locations[0]) / "data"


def definition_codes() -> list[str]:
    """Return the codes of all definitions there are files of."""
    return sorted(folder.name for folder in (data_folder() / "xml").iterdir() if folder.is_dir())


def definition_for(machine: str | int) -> Definition:
    """Return the definition for an article number, a model name ("E8 (EB)", "Z10") or a definition code ("EF538").

    Upper and lower case are the same; what a name has in brackets may be left out if no machine bears the bare name.
    A name or code stands for many articles: the highest number that takes a Smart Connect is chosen, or simply the
    highest if none does. Raises LookupError if there is no such machine.
    """
    wanted = str(machine).strip().upper()
    found = [
        article for article in _articles() if wanted in (str(article.number), article.name.upper(), article.code)
    ] or [article for article in _articles() if wanted == article.name.partition(" (")[0].upper()]
    if not found and wanted in definition_codes():
        found = [_Article(0, wanted, wanted, 0)]
    if not found:
        raise LookupError(f"No JURA machine is called {machine!r}")
    article = max(found, key=lambda article: (bool(article.type & SMART_CONNECT), article.number))
    return _load(article)


@cache
def _articles() -> tuple[_Article, ...]:
    lines = (data_folder() / "JOE_MACHINES.TXT").read_text(encoding="utf-8").splitlines()
    rows = [line.split(";") for line in lines[1:] if line.strip()]
    return tuple(_Article(int(row[0]), row[1].strip(), row[2].strip().upper(), int(row[3])) for row in rows)


@cache
def _load(article: _Article) -> Definition:
    (file,) = (data_folder() / "xml" / article.code).glob("*.xml")
    # Some XML declarations name versions that don't exist (1.2, 2.0), which newer parsers refuse.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", file.read_text(encoding="utf-8-sig"))
    root = ET.fromstring(text)  # noqa: S314  # Files of an installed package.
    elements = list(root.iter(f"{_NAMESPACE}PRODUCT"))
    singles = {
        int(preselection.get("double", "00"), 16): int(element.attrib["Code"], 16)
        for element in elements
        for preselection in element.iter(f"{_NAMESPACE}PRESELECTION")
    }
    return Definition(
        code=article.code,
        article=article.number,
        name=article.name,
        type=article.type,
        products=tuple(_product(article.code, element, singles) for element in elements),
        alerts={alert.bit: alert for alert in map(_alert, root.iter(f"{_NAMESPACE}ALERT"))},
        counters=_order(root, "@TG:43"),
        percentages=_order(root, "@TG:C0"),
        settings=tuple(_settings(root)),
        banks=frozenset(
            int(bank.attrib["Command"][4:6], 16)
            for bank in root.iter(f"{_NAMESPACE}BANK")
            if bank.get("Command", "").startswith("@TR:")
        ),
        programs={code: process.attrib["Type"] for code, process in _processes(root).items()},
        silent_programs=frozenset(
            code for code, process in _processes(root).items() if process.get("Progress") == "false"
        ),
        accepts={
            int(state.attrib["Value"], 16): int(state.attrib["AcceptCommand"][4:6], 16)
            for state in root.iter(f"{_NAMESPACE}STATE")
            if state.get("AcceptCommand")
        },
        intake_f18=any(item.get("IntakeF18") == "true" for item in root.iter(f"{_NAMESPACE}CAPABILITIES")),
        combinations=tuple(
            frozenset(name for name, value in row.attrib.items() if value == "true")
            for row in root.iter(f"{_NAMESPACE}COMBINATION")
        ),
    )


def _processes(root: ET.Element) -> dict[int, ET.Element]:
    return {
        int(process.attrib["ExecuteCommand"][4:6], 16): process
        for process in root.iter(f"{_NAMESPACE}PROCESS")
        if process.get("ExecuteCommand", "").startswith("@TG:")
    }


def _settings(root: ET.Element) -> Iterator[Setting]:
    for element in (child for parent in root.iter(f"{_NAMESPACE}MACHINESETTINGS") for child in parent):
        if not element.get("P_Argument"):
            continue
        names = {item.attrib["Value"]: item.attrib["Name"].strip() for item in element.iter(f"{_NAMESPACE}ITEM")}
        values = tuple(names)
        if element.get("Step"):
            first, last, step = (int(element.attrib[key]) for key in ("Min", "Max", "Step"))
            values = tuple(f"{value:02X}" for value in range(first, last + 1, step))
        yield Setting(
            argument=element.attrib["P_Argument"], name=element.attrib["Name"].strip(), values=values, names=names
        )


def _product(definition: str, element: ET.Element, singles: Mapping[int, int]) -> Product:
    code = int(element.attrib["Code"], 16)
    double = element.get("DoubleProduct") == "true"
    return Product(
        code=code,
        name=" ".join(element.attrib["Name"].split()),
        kind=element.attrib["P_Kind"],
        active=element.get("Active") != "false",
        double=double,
        single=singles.get(code, _DOUBLES.get(code)) if double else None,
        slot=_SLOT_EXCEPTIONS.get(definition, {}).get(code, code),
        arguments=tuple(_argument(child) for child in element if child.get("Argument")),
        preselections=frozenset(
            name
            for child in element.iter(f"{_NAMESPACE}PRESELECTION")
            for name in child.attrib
            if child.get(name) != "false"
        ),
    )


def _argument(element: ET.Element) -> Argument:
    match = re.fullmatch(r"F(\d+)(?:_(H|1|2))?", element.attrib["Argument"])
    if match is None:
        raise ValueError(f"Unknown argument {element.attrib['Argument']}")
    byte, nibble = int(match[1]), match[2]
    name = element.tag.removeprefix(_NAMESPACE)
    if element.get("Step"):
        step = int(element.attrib["Step"])
        first, last = (int(element.attrib[key]) // step for key in ("Min", "Max"))
        allowed, default = tuple(range(first, last + 1)), int(element.attrib["Value"]) // step
    else:
        step = 1
        items = [int(item.attrib["Value"], 16) for item in element.iter(f"{_NAMESPACE}ITEM")]
        default = int(element.attrib["Default"], 16)
        if nibble == "H":
            items, default = [item >> 4 for item in items], default >> 4
        allowed = tuple(sorted(set(items)))
        if default not in allowed:
            default = allowed[0]
    picture = element.get("PictureProgressFrom")
    return Argument(
        element=name,
        byte=byte,
        shift=4 if nibble in ("H", "1") else 0,
        # F2 shares its byte with F2_H in some products, and never needs more than a nibble.
        mask=0xF0 if nibble in ("H", "1") else 0x0F if nibble == "2" or byte == 2 else 0xFF,
        allowed=allowed,
        default=default,
        step=step,
        zero_means_unchanged=nibble is not None,
        picture=int(picture) if picture else None,
    )


def _alert(element: ET.Element) -> Alert:
    return Alert(
        bit=int(element.attrib["Bit"]),
        name=element.attrib["Name"].strip(),
        type=element.get("Type"),
        blocked=element.get("Blocked", ""),
    )


def _order(root: ET.Element, command: str) -> tuple[str, ...]:
    return tuple(
        item.attrib["Type"]
        for bank in root.iter(f"{_NAMESPACE}BANK")
        if bank.get("Command") == command
        for item in bank.iter(f"{_NAMESPACE}TEXTITEM")
    )
