"""Start orders: from bytes to a product with arguments, or why not; and what the machine remembers of them.

An order is the byte string from the product code on: byte *n - 1* carries argument F*n*. That is a WiFi blob as it is,
and a Bluetooth frame without the key at both ends.

What makes a machine refuse is partly known: FF padding, a bare product code [HW: S8 EB, over WiFi], frames it doesn't
like [REL]. The rest is the strict reading of the definition [INF]: a client that keeps to it is safe, and one that
relies on a machine's mercy fails here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .definitions import Definition, Product

CONSTANT = 8
"""The byte that carries F9: the app sends 01, others 00, and both brew over Bluetooth [HW]."""
MASK = 19
"""The byte that carries the preselections on machines whose definition has IntakeF18, over Wi-Fi [APP]."""
FIXED_BYTES = {"powder": (2, 0x00), "coldbrew": (6, 0x80), "lightbrew": (6, 0x81), "xtrashot": (7, 0x02)}
"""Which byte has which value for a preselection on machines without IntakeF18, instead of an argument [APP]. That a
Bluetooth frame carries them in the same place is an assumption."""
PRESELECTIONS = {
    "powder": 0x01,
    "xtrashot": 0x02,
    "sweetfoam": 0x04,
    "lightbrew": 0x08,
    "coldbrew": 0x10,
    "double": 0x40,
    "strongcoldbrew": 0x80,
}
POWDER, DOUBLE = "powder", "double"
STORED_LENGTH = 17
"""Bytes of a recipe that the machine remembers [APP]."""
OPTION = 15
"""The byte that carries F16: 00, 06 [HW: E8 EB] and 04 [APP] are seen."""


class Refusal(StrEnum):
    """Why the machine ignored an order. It never says so itself."""

    LENGTH = "length"
    UNKNOWN_PRODUCT = "unknown product"
    INACTIVE_PRODUCT = "inactive product"
    VALUE = "value not allowed"
    UNUSED_BYTE = "byte without meaning is set"
    COMBINATION = "preselections that exclude each other"
    NOTHING_TO_POUR = "nothing to pour"
    HALF_BROKEN = "half-broken"
    NOT_READY = "not ready"
    BUSY = "another drink"
    BLOCKED = "blocked by an alert"
    ONLY_WOKE = "only woke the machine"


class Outcome(StrEnum):
    """How a drink ended."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    POWER_CUT = "power cut"


@dataclass(frozen=True, kw_only=True)
class Order:
    """A start order that reached the machine."""

    time: float
    data: bytes
    """From the product code on."""
    code: int | None
    arguments: Mapping[str, int]
    """In wire units, by the name of the XML element; empty if the order can't be decoded."""
    refusal: Refusal | None
    """None: accepted."""
    detail: str = ""
    mask: int = 0
    """The last of 20 bytes, see PRESELECTIONS."""
    preselections: frozenset[str] = frozenset()
    """What was chosen in addition, in whichever form, by the names of JURA's files."""

    @property
    def accepted(self) -> bool:
        """Whether the machine made the drink."""
        return self.refusal is None


@dataclass(frozen=True, kw_only=True)
class Drink:
    """A drink the machine really made or is making."""

    code: int
    product: Product | None
    """None: a code that the definition doesn't have."""
    started_by: str
    """order or panel."""
    recipe: Mapping[str, int]
    """By the name of the XML element, in ml, s, or for the others as on the wire. Without what a preselection replaces."""
    started: float
    ended: float | None = None
    outcome: Outcome = Outcome.RUNNING
    mask: int = 0
    """The last of 20 bytes, see PRESELECTIONS."""
    preselections: frozenset[str] = frozenset()
    """What was chosen in addition. "double" counts as two, "powder" needs no beans and is not ground (assumptions); the
    others change nothing here."""


class RefusedError(Exception):
    """An order the machine ignores."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        """Keep the reason."""
        super().__init__(refusal, detail)
        self.refusal = refusal
        self.detail = detail


type Reading = tuple[Product, dict[str, int], frozenset[str], int]
"""A product, its arguments in wire units, what was chosen in addition, and the mask in which that was said."""


def decode_order(definition: Definition, data: bytes, lengths: Collection[int], constants: Collection[int]) -> Reading:
    """Return what an order asks for. Raises RefusedError."""
    if len(data) not in lengths:
        raise RefusedError(Refusal.LENGTH, f"{len(data)} bytes")
    # Two products of some machines share a code, and the first whose arguments fit is made.
    candidates = [product for product in definition.products if product.code == data[0]]
    if not candidates:
        raise RefusedError(Refusal.UNKNOWN_PRODUCT, f"code {data[0]:02X}")
    candidates = [product for product in candidates if product.active]
    if not candidates:
        raise RefusedError(Refusal.INACTIVE_PRODUCT, f"code {data[0]:02X}")
    for product in candidates[:-1]:
        try:
            return _read_as(product, definition, data, constants)
        except RefusedError:
            continue
    return _read_as(candidates[-1], definition, data, constants)


def _read_as(product: Product, definition: Definition, data: bytes, constants: Collection[int]) -> Reading:
    """Read an order as one of a product."""
    replaced, mask = _replaced(product, data), 0
    chosen = frozenset(replaced.values())
    if definition.intake_f18:
        mask = data[MASK] if len(data) > MASK else 0
        replaced, chosen = {}, _masked(product, mask)
    if len(chosen) > 1 and not any(chosen <= together for together in definition.combinations):
        raise RefusedError(Refusal.COMBINATION, ", ".join(sorted(chosen)))
    return product, _arguments(product, data[:MASK] if mask else data, constants, replaced), chosen, mask


def _masked(product: Product, mask: int) -> frozenset[str]:
    """Return the preselections of a mask."""
    known = {name: bit for name, bit in PRESELECTIONS.items() if name in product.preselections}
    if mask & ~sum(known.values()):
        raise RefusedError(Refusal.VALUE, f"preselections {mask:02X}")
    return frozenset(name for name, bit in known.items() if mask & bit)


def _replaced(product: Product, data: bytes) -> dict[int, str]:
    """Return the preselections that stand in the place of arguments, by byte.

    Only values that can't be an argument's count: a 02 in the byte of a product that can have two strokes is just that.
    """
    allowed = {argument.byte - 1: argument.allowed for argument in product.arguments}
    return {
        index: name
        for name, (index, value) in FIXED_BYTES.items()
        if name in product.preselections and data[index] == value and value not in allowed.get(index, (0,))
    }


def _arguments(product: Product, data: bytes, constants: Collection[int], replaced: Collection[int]) -> dict[str, int]:
    frame = data.ljust(17, b"\0")
    meaning = [0xFF if index in replaced else 0 for index in range(len(frame))]
    arguments = {}
    for argument in product.arguments:
        index = argument.byte - 1
        if index in replaced:
            continue
        if index >= len(data):
            # F17 has no place in a Bluetooth frame.
            arguments[argument.element] = argument.default
            continue
        meaning[index] |= argument.mask
        value = argument.decode(frame[index])
        if value == 0 and argument.zero_means_unchanged:
            value = argument.default
        elif value not in argument.allowed:
            raise RefusedError(Refusal.VALUE, f"{argument.element} {value:02X}")
        arguments[argument.element] = value
    for index, byte in enumerate(frame[1:], start=1):
        tolerated = {CONSTANT: constants, OPTION: (0x00, 0x04, 0x06)}.get(index, (0x00,))
        if byte & ~meaning[index] not in tolerated:
            raise RefusedError(Refusal.UNUSED_BYTE, f"byte {index} is {byte:02X}")
    return arguments


def stored_recipe(product: Product, arguments: Mapping[str, int]) -> bytes:
    """Return what a machine remembers of a product: like a WiFi blob, but of 17 bytes and without the 01 [APP].

    `arguments` in wire units, by XML element; what is missing is as the definition has it.
    """
    blob = bytearray(STORED_LENGTH)
    blob[0] = product.code
    for argument in product.arguments:
        blob[argument.byte - 1] |= argument.encode(arguments.get(argument.element, argument.default))
    return bytes(blob)


def default_arguments(definition: Definition, product: Product) -> dict[str, int]:
    """Return a product's default arguments; a double that has none takes those of the single one, in two strokes."""
    if not product.arguments and product.single is not None:
        single = definition.product(product.single)
        if single is not None:
            return {argument.element: argument.default for argument in single.arguments} | {"STROKE": 2}
    return {argument.element: argument.default for argument in product.arguments}
