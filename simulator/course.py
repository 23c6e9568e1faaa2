"""The course of a drink over time: which phase it is in, what has been poured, how far it is.

Everything is a pure function of the time since the drink began. States, the layout of the value window and the
behaviour of percent are facts [HW: S8 EB, E6 over WiFi; states also E8 over Bluetooth]; the durations are assumptions
that make an espresso take 20 to 25 s.

The window, 14 bytes, actual and target value each: 0/1 strength, 2/3 water in 5 ml, 4/5 milk in s, 6/7 milk foam in s
or bypass water in 5 ml, 8 maximum temperature, 9/10 milk pause in s, 11 unused, 12 percent of the whole drink,
13 padding. What the drink doesn't use reads FF.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from .definitions import Product

IDLE = 0x00
HEATING_UP = 0x21
RINSING = 0x23
SHUTTING_DOWN = 0x25
GRINDING_MILK_DRINK = 0x31
MILK = 0x32
MILK_PAUSE = 0x33
MILK_FOAM = 0x34
WATER_MILK_DRINK = 0x37
GRINDING = 0x39
WATER = 0x3C
ENJOY = 0x3E
HOT_WATER_OR_BYPASS = 0x41

GRIND_SECONDS = 4.0
PRESS_SECONDS = 3.0
"""Seconds from the end of grinding until water flows."""
COFFEE_ML_PER_SECOND = 4.5
WATER_ML_PER_SECOND = 8.0
"""Hot water and bypass don't have to get through coffee."""
ENJOY_SECONDS = 6.0
PERCENT_STEP = 5

_STRENGTH, _WATER, _MILK, _FOAM, _MAXIMUM_TEMPERATURE, _PAUSE, _PERCENT, _PADDING = 0, 2, 4, 6, 8, 9, 12, 13
_UNUSED = 0xFF
_POWDER = 0x0F


@dataclass(frozen=True)
class Progress:
    """What the machine is doing."""

    state: int
    code: int = 0
    """Product code; 0 when no product is being made."""
    window: bytes | None = None
    """None: the machine reports only state and code."""


@dataclass(frozen=True)
class Phase:
    """A part of a drink during which one value grows."""

    state: int
    seconds: float
    slot: int | None = None
    target: int = 0
    lead: float = 0.0
    """Seconds before the value begins to grow."""


@dataclass(frozen=True)
class Course:
    """A drink's phases in order, then "enjoy"."""

    code: int
    phases: tuple[Phase, ...]
    strength: int | None
    water_ml: int
    """All water that goes through."""

    @property
    def boundaries(self) -> tuple[float, ...]:
        """When a phase ends, in seconds from the beginning; the last but one is the end of the drink itself."""
        return tuple(accumulate([*(phase.seconds for phase in self.phases), ENJOY_SECONDS]))

    @property
    def seconds(self) -> float:
        """How long it takes until "enjoy"."""
        return sum(phase.seconds for phase in self.phases)

    def progress(self, elapsed: float) -> Progress:
        """Return what the machine reports `elapsed` seconds after the beginning."""
        window = [_UNUSED] * 14
        window[_MAXIMUM_TEMPERATURE] = window[_PADDING] = 0
        if self.strength is not None:
            # Both read the configured strength while grinding: it is no countdown [HW: S8 EB].
            window[_STRENGTH] = window[_STRENGTH + 1] = self.strength
        start, current = 0.0, None
        for phase in self.phases:
            if current is None and elapsed < start + phase.seconds:
                current, pouring = phase, elapsed - start - phase.lead
                growth = max(0.0, min(1.0, pouring / (phase.seconds - phase.lead)))
                self._show(window, phase, int(growth * phase.target))
            elif current is None:
                self._show(window, phase, phase.target)
            elif phase.slot is not None and window[phase.slot] == _UNUSED:
                self._show(window, phase, 0)
            start += phase.seconds
        if current is None:
            # Just two bytes on WiFi [HW: S8 EB]; the same on Bluetooth [INF].
            return Progress(ENJOY, self.code)
        window[_PERCENT] = int(elapsed / self.seconds * 100) // PERCENT_STEP * PERCENT_STEP
        return Progress(current.state, self.code, bytes(window))

    @staticmethod
    def _show(window: list[int], phase: Phase, actual: int) -> None:
        if phase.slot is not None:
            window[phase.slot : phase.slot + 2] = [actual, phase.target]


def course_of(product: Product, arguments: Mapping[str, int], *, warm_up: float = 0.0, ground: bool = True) -> Course:
    """Return the course of a product with arguments in wire units; `ground` is not with powder instead of beans.

    Coffee: grinding, water, bypass. Milk drinks: milk, pause, foam and coffee in the order in which the pictures of
    the definition fill the cup [INF]. Strokes repeat grinding and water [INF].
    """
    milky = "M" in product.kind
    ticks = arguments.get("WATER_AMOUNT", 0)
    bypass_ticks = arguments.get("BYPASS", 0)
    strokes = arguments.get("STROKE", 1)
    coffee: list[Phase] = []
    if "C" in product.kind and product.code != _POWDER and ground and ticks:
        coffee.append(Phase(GRINDING_MILK_DRINK if milky else GRINDING, GRIND_SECONDS))
    if product.kind == "T":
        coffee += _pour(HOT_WATER_OR_BYPASS, _WATER, ticks, 5 / WATER_ML_PER_SECOND)
    else:
        coffee += _pour(
            WATER_MILK_DRINK if milky else WATER, _WATER, ticks, 5 / COFFEE_ML_PER_SECOND, lead=PRESS_SECONDS
        )
    coffee += _pour(HOT_WATER_OR_BYPASS, _FOAM, bypass_ticks, 5 / WATER_ML_PER_SECOND)

    parts = {
        "MILK_AMOUNT": _pour(MILK, _MILK, arguments.get("MILK_AMOUNT", 0), 1),
        "MILK_FOAM_AMOUNT": _pour(MILK_FOAM, _FOAM, arguments.get("MILK_FOAM_AMOUNT", 0), 1),
        "WATER_AMOUNT": coffee * strokes,
    }
    order = [element for element in _filling_order(product) if parts.get(element)]
    phases = [Phase(HEATING_UP, warm_up)] if warm_up else []
    for number, element in enumerate(order):
        phases += parts[element]
        if number == 0 and len(order) > 1 and element != "WATER_AMOUNT":
            phases += _pour(MILK_PAUSE, _PAUSE, arguments.get("MILK_BREAK", 0), 1)
    return Course(
        code=product.code,
        phases=tuple(phases),
        strength=arguments.get("COFFEE_STRENGTH") if ground else None,
        water_ml=(ticks + bypass_ticks) * 5 * strokes,
    )


def _pour(state: int, slot: int, target: int, seconds: float, *, lead: float = 0.0) -> list[Phase]:
    return [Phase(state, lead + target * seconds, slot, target, lead)] if target else []


def _filling_order(product: Product) -> Iterable[str]:
    default = ("MILK_AMOUNT", "MILK_FOAM_AMOUNT", "WATER_AMOUNT")
    pictures = {argument.element: argument.picture for argument in product.arguments if argument.element in default}
    if not pictures or None in pictures.values():
        return default
    return sorted(pictures, key=lambda element: (pictures[element] or 0, default.index(element)))
