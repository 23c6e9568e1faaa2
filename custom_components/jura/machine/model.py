"""What the machine room knows about machines and drinks, as plain frozen data.

Values are compared by content, so that nothing above has to guess whether something changed.

May import floor 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
import re
from types import MappingProxyType


class Kind(StrEnum):
    """What a product consists of. Alerts block products by kind."""

    COFFEE = "coffee"
    COFFEE_AND_MILK = "coffee_and_milk"
    MILK = "milk"
    WATER = "water"
    POWDER = "powder"


class Parameter(StrEnum):
    """What a person can choose about a drink."""

    GRINDER_RATIO = "grinder_ratio"
    STRENGTH = "strength"
    WATER = "water"
    MILK = "milk"
    MILK_FOAM = "milk_foam"
    TEMPERATURE = "temperature"
    STROKES = "strokes"
    BYPASS = "bypass"
    MILK_BREAK = "milk_break"
    MILK_FOAM_TEMPERATURE = "milk_foam_temperature"
    MILK_TEMPERATURE = "milk_temperature"
    GRINDER_FREENESS = "grinder_freeness"


class Preselection(StrEnum):
    """What a person can choose about a drink beside its parameters, where the product has it.

    How each is ordered is app-derived and was never seen on a wire; see `recipe`.
    """

    DOUBLE = "double"
    POWDER = "powder"
    EXTRA_SHOT = "extra_shot"
    LIGHT_BREW = "light_brew"
    COLD_BREW = "cold_brew"
    STRONG_COLD_BREW = "strong_cold_brew"
    SWEET_FOAM = "sweet_foam"
    FAKE_SWEET_FOAM = "fake_sweet_foam"
    CHOCOLATE = "chocolate"
    XL = "xl"


class Unit(StrEnum):
    """The unit that an amount is counted in."""

    MILLILITRES = "ml"
    SECONDS = "s"
    COUNT = "count"


class Nibble(StrEnum):
    """Which part of its byte an argument occupies."""

    WHOLE = "whole"
    HIGH = "high"
    LOW = "low"


class Program(StrEnum):
    """A maintenance program, also the name of its counter and its percentage."""

    MILK_CLEAN = "milk_clean"
    COFFEE_RINSE = "coffee_rinse"
    MILK_RINSE = "milk_rinse"
    CLEANING = "cleaning"
    DESCALING = "descaling"
    FILTER_CHANGE = "filter_change"


class Transport(StrEnum):
    """The ways to a machine."""

    BLUETOOTH = "bluetooth"
    WIFI = "wifi"


class Severity(StrEnum):
    """What an alert means for its reader."""

    BLOCKING = "blocking"
    """Stops the products in `Alert.blocks` until somebody does something."""
    INFORMATION = "information"
    MAINTENANCE = "maintenance"
    """A maintenance program is due; `Alert.program` says which, where the machine type has it."""
    STATE = "state"
    """No alert at all but a state of the machine, such as heating up."""


class Bank(StrEnum):
    """A counter bank that a machine type declares. Declared is a lower bound."""

    PRODUCTS = "products"
    PRODUCTS_OVERFLOW = "products_overflow"
    BARISTA = "barista"
    BARISTA_OVERFLOW = "barista_overflow"
    DAILY = "daily"
    DAILY_OVERFLOW = "daily_overflow"
    DAILY_BARISTA = "daily_barista"
    DAILY_BARISTA_OVERFLOW = "daily_barista_overflow"
    SPECIAL = "special"
    SPECIAL_OVERFLOW = "special_overflow"


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed value of a choice: the value on the wire and JURA's English label for it."""

    value: int
    label: str

    @property
    def slug(self) -> str:
        """Return the option as people name it to us, in actions and states: `7`, `extra_mild`, `25_75`."""
        return slug_of(self.label)


@dataclass(frozen=True, slots=True)
class Amount:
    """An argument with a range. Values are in `unit`; on the wire stands value / step, in byte `field`."""

    parameter: Parameter
    field: int
    unit: Unit
    minimum: int
    maximum: int
    step: int
    default: int


@dataclass(frozen=True, slots=True)
class Choice:
    """An argument with a list of allowed values, which stand on the wire as they are."""

    parameter: Parameter
    field: int
    nibble: Nibble
    options: tuple[Option, ...]
    default: int


type Argument = Amount | Choice


def slug_of(text: str) -> str:
    """Return a text in small letters and digits, with one underscore for everything between them."""
    return "_".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


@dataclass(frozen=True, slots=True)
class Product:
    """A drink of one machine type.

    `slug` names the drink across machine types (`espresso`, `two_espressi`); entity ids, translations and automations
    hang on it. `code` is its number on the wire and, unless `counter_slot` says otherwise, its counter.
    """

    slug: str
    code: int
    name: str
    kind: Kind
    active: bool
    is_double: bool
    double_code: int | None
    counter_slot: int
    preselections: tuple[Preselection, ...]
    intake_f18: bool
    arguments: tuple[Argument, ...]

    def argument(self, parameter: Parameter) -> Argument | None:
        """Return the argument for a parameter, if this product has it."""
        return next((argument for argument in self.arguments if argument.parameter is parameter), None)


@dataclass(frozen=True, slots=True)
class Alert:
    """The meaning of one bit of the status word on one machine type. `bit` counts from the most significant bit."""

    bit: int
    slug: str
    severity: Severity
    blocks: frozenset[Kind]
    program: Program | None


@dataclass(frozen=True, slots=True)
class MaintenanceProgram:
    """A maintenance program that this machine type has.

    `command` starts it over WiFi Connect. `warn_at` is the percentage from which JURA's app warns, `lifetime_days` the
    age at which the part is used up. The links are JURA's own, as its machine files give them (no scheme).
    """

    program: Program
    command: str | None
    shows_progress: bool
    warn_at: int | None
    lifetime_days: int | None
    manual_url: str | None
    video_url: str | None
    shop_url: str | None


@dataclass(frozen=True, slots=True)
class SettingOption:
    """One choice of a setting: the hexadecimal value as it is sent, and JURA's English label."""

    value: str
    label: str

    @property
    def slug(self) -> str:
        """Return the option as its state is called: `30_min`, `german`, `on`."""
        return slug_of(self.label)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the machine itself: either a range (`maximum` > 0) or a list of `options`."""

    argument: int
    slug: str
    minimum: int
    maximum: int
    step: int
    options: tuple[SettingOption, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """Everything one machine type can do, as JURA's machine file says it."""

    code: str
    version: str
    dated: str
    products: tuple[Product, ...]
    combinations: tuple[frozenset[Preselection], ...]
    alerts: Mapping[int, Alert]
    accept_commands: Mapping[int, str]
    counter_fields: tuple[Program, ...]
    percent_fields: tuple[Program, ...]
    banks: tuple[Bank, ...]
    programs: tuple[MaintenanceProgram, ...]
    settings: tuple[Setting, ...]
    manual_url: str | None

    @property
    def active_products(self) -> tuple[Product, ...]:
        """Return the products that the machine offers, in JURA's display order."""
        return tuple(product for product in self.products if product.active)

    def product(self, slug: str) -> Product | None:
        """Return the product of that slug, if the machine type has it."""
        return next((product for product in self.products if product.slug == slug), None)

    def product_by_code(self, code: int) -> Product | None:
        """Return the product with that code; where two share one, the first in display order."""
        return next((product for product in self.products if product.code == code), None)

    def maintenance_program(self, program: Program) -> MaintenanceProgram | None:
        """Return what the machine type says about a maintenance program, if it has it."""
        return next((entry for entry in self.programs if entry.program is program), None)


@dataclass(frozen=True, slots=True)
class Article:
    """One row of JURA's list of articles: what is printed under the machine and which definition it has."""

    number: int
    name: str
    definition: str
    type_hint: int
    """JURA's type column. It reads like a bit mask (4 = Smart Connect, 8 = WiFi Connect); a hint, never a rule."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The numbers by which a machine knows itself; equal on both transports."""

    article: int
    machine_number: int
    serial_number: int
    made: date | None = None
    uchi_made: date | None = None
    """Production date of the "UCHI", probably the steam unit (unverified)."""

    @property
    def known(self) -> bool:
        """Tell whether the dongle has learned yet which machine it is plugged into."""
        return self.article != 0

    @property
    def unique_id(self) -> str:
        """Return the id of this machine, stable over dongles and transports."""
        return f"{self.article}-{self.machine_number}-{self.serial_number}"


def is_machine_id(text: str | None) -> bool:
    """Tell whether a text is the id of a machine that told its own numbers; of a silent one they aren't known."""
    return text is not None and re.fullmatch(r"\d+-\d+-\d+", text) is not None


@dataclass(frozen=True, slots=True)
class Versions:
    """What the dongle tells about itself and its machine."""

    dongle: str | None
    machine: str | None
    """Machine type and firmware, for example `EF538M V01.06`."""


@dataclass(frozen=True, slots=True)
class Status:
    """The status word: which bits are set, and how many bits the machine sent at all."""

    bits: frozenset[int]
    length: int

    def is_set(self, bit: int) -> bool | None:
        """Tell whether a bit is set; None where the machine did not send it."""
        return bit in self.bits if bit < self.length else None


@dataclass(frozen=True, slots=True)
class Progress:
    """What the machine is making or doing right now.

    `code` is a product's code or, during a maintenance program, that program's code; which of them is for the reader
    with the definition to tell. Amounts are (so far, wanted) in millilitres or seconds, None where the machine does
    not say. `percent` is that of the whole drink.
    """

    state: int
    code: int | None = None
    percent: int | None = None
    strength: int | None = None
    water: tuple[int, int] | None = None
    milk: tuple[int, int] | None = None
    milk_foam: tuple[int, int] | None = None
    bypass: tuple[int, int] | None = None
    milk_break: tuple[int, int] | None = None


class Origin(StrEnum):
    """Who started a drink."""

    HOME_ASSISTANT = "home_assistant"
    MACHINE = "machine"
    """Somebody in front of it, or another client."""


class End(StrEnum):
    """How a drink ended, as far as we could see."""

    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"
    ENDED_UNSEEN = "ended_unseen"
    """Nobody was looking: it may have been finished or not."""


@dataclass(frozen=True, slots=True)
class Drink:
    """A drink in the making. `started` is when it was first seen; for one found at the machine it began before that.

    Water and bypass are (so far, wanted) in millilitres, None as long as the machine does not say.
    """

    code: int
    origin: Origin
    started: datetime
    name: str | None = None
    """What its owner calls it, if it is one of their own drinks."""
    percent: int | None = None
    water: tuple[int, int] | None = None
    bypass: tuple[int, int] | None = None
    cancelled: bool = False
    """The machine took our order to stop it."""
    alerts: frozenset[int] = frozenset()
    """Bits of the blocking alerts that stood when it began."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A drink that is over, or that never came to be (`failed` with the reason `rejected` or `not_started`).

    Duration in seconds and water in millilitres are None where they are not known. The reason for a failure in the
    making is the slug of the alert.
    """

    drink: Drink
    how: End
    at: datetime
    duration: int | None = None
    water: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Counters:
    """Lifetime counts: all drinks, and each counter slot that the machine has in use."""

    total: int
    slots: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Maintenance:
    """How often each program ran, and how due it is.

    A percentage is 0 when just done and 100 when due, on every source but one (hardware-verified over WiFi Connect);
    None means that the machine has no such part fitted.
    """

    counts: Mapping[Program, int]
    percentages: Mapping[Program, int | None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that is known of a machine at one moment. None is "not read", never "off" or 0.

    Status and progress are of now or absent; counters, maintenance and alerts are the last that were read.
    """

    status: Status | None = None
    progress: Progress | None = None
    counters: Counters | None = None
    maintenance: Maintenance | None = None
    alerts: Status | None = None
    """The alerts that stood when the machine was last seen; it need not be reachable now."""
    signal_strength: int | None = None
    """How the Bluetooth dongle was last heard, in dBm."""
    transport: Transport | None = None
    """Over which way status and progress were read."""
    drink: Drink | None = None
    elapsed: int | None = None
    """Seconds for which the drink has been in the making."""
    last_drink: Ended | None = None
    """The last that was finished."""
    cups_today: int | None = None
    forecasts: Mapping[Program, datetime | None] = field(default_factory=lambda: frozen({}))
    """When each program will be due; if it is due, since when."""
    filter_days_left: int | None = None
    """Days that the filter has left of its lifetime; negative beyond it."""
    settings: Mapping[str, str] | None = None
    """Values as the machine stores them, by slug, as they were last read; see `settings`."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A drink as it will be made: a product and a value for each of its arguments.

    Amounts are in people's units, choices as they stand on the wire.
    """

    product: Product
    values: Mapping[Parameter, int]
    preselections: frozenset[Preselection] = frozenset()


def frozen[K, V](mapping: Mapping[K, V]) -> Mapping[K, V]:
    """Return a read-only view, for mappings inside frozen dataclasses."""
    return MappingProxyType(dict(mapping))
