"""The machine itself: drinks over time, water, beans and grounds, counters, alerts. No transport in here.

What it does is a function of time: nothing ticks. Whoever asks is shown the state that the clock of the running event
loop implies; only while somebody has subscribed is there one timer, for the next change. Before an event loop runs,
time stands still.

Certainty of what is modelled: names and rules of alert bits [XML], bits 13, 36, 37, 39, 52 and 0 with 4 as real frames
show them [HW], a double counting as two in the total [HW], percentages from 0 (just done) to 100 (due) [HW]. Everything
marked "assumption" below is our choice where nothing is known.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date
from enum import Enum
from typing import Any

from .course import HEATING_UP, IDLE, RINSING, SHUTTING_DOWN, Course, Progress, course_of
from .definitions import Definition, Product
from .orders import DOUBLE, POWDER, Drink, Order, Outcome, Refusal, RefusedError, decode_order, default_arguments
from .program import Program
from .settings import Settings

TRAY_MISSING, TANK_EMPTY, GROUNDS_FULL, TRAY_FULL, GROUNDS_MISSING = 0, 1, 2, 3, 4
NO_BEANS, HEATING, READY, NO_MILK, COFFEE_RINSING, GOODBYE = 10, 12, 13, 14, 18, 26
FILTER_DUE, DESCALING_DUE, CLEANING_DUE = 32, 33, 34
ENERGY_SAVING, FILTER_FITTED, KEYS_LOCKED, UNNAMED = 36, 37, 39, 52

_DUE = {"FilterChange": FILTER_DUE, "Decalc": DESCALING_DUE, "Cleaning": CLEANING_DUE}
_WATER_PER_DESCALING = 50_000.0
_WATER_PER_FILTER = 50_000.0
"""In ml."""
_DRINKS_PER_CLEANING = 180
_EPSILON = 1e-6
"""Timers of an event loop may run this much early."""


class Phase(Enum):
    """What the machine is doing apart from drinks."""

    OFF = "off"
    HEATING = "heating"
    """After switching on; rinsing follows."""
    WAKING = "waking"
    """Heating up from energy saving, when an order only woke it."""
    RINSING = "rinsing"
    READY = "ready"
    ENERGY_SAVING = "energy saving"
    SHUTTING_DOWN = "shutting down"


class Machine:
    """A machine with a person in front of it who fills, empties and presses."""

    def __init__(
        self,
        definition: Definition,
        *,
        machine_number: int = 4711,
        serial_number: int = 4,
        production_date: date = date(2021, 9, 17),
        uchi_date: date = date(2021, 4, 20),
        on: bool = True,
        counters: Mapping[int, int] | None = None,
        filter_fitted: bool = True,
        unnamed_bit: bool = True,
        first_order_only_wakes: bool = False,
        percent_step: int = 1,
    ) -> None:
        """Make a machine that has been on for long, or is off."""
        self.definition = definition
        self.machine_number = machine_number
        self.serial_number = serial_number
        self.production_date = production_date
        self.uchi_date = uchi_date
        self.filter_fitted = filter_fitted
        """Shows in bit 37; without a filter its percentage is not applicable [HW: S8 EB]."""
        self.unnamed_bit = unnamed_bit
        """Bit 52 is set all the time on some machines, and nobody knows why [HW]."""
        self.first_order_only_wakes = first_order_only_wakes
        """In energy saving the first order may only wake the machine [REL]."""
        self.percent_step = percent_step
        """Maintenance percentages move in steps of 10 on a Z10 [HW]."""

        # Durations in seconds; all are assumptions.
        self.heating_seconds = 45.0
        self.rinse_seconds = 10.0
        self.warm_up_seconds = 8.0
        """From energy saving to the beginning of a drink."""
        self.energy_saving_after = 300.0
        self.off_after: float | None = None
        """In energy saving, until the machine switches itself off; None: never."""
        self.shut_down_seconds = 15.0

        self.tank_capacity = 1900.0
        self.tank_reserve = 100.0
        """The tank counts as empty when less than this is left."""
        self.grounds_capacity = 16
        self.tray_capacity = 600.0
        self._tank = self.tank_capacity
        self._grounds = 0
        self._tray = 0.0
        self._tray_in_place = True

        self.half_broken = False
        """Whether an order without the key in its last byte has confused the machine until it is switched off."""
        self.keys_locked = False
        self.settings = Settings(definition.settings)
        self._bits: set[int] = set()
        """Bits set by hand; the others follow from the state."""

        self._slots = {product.slot: 20 + product.code % 7 for product in definition.products}
        self._slots.update(counters or {})
        doubles = {product.slot for product in definition.products if product.double}
        self._total = sum(count * (2 if slot in doubles else 1) for slot, count in self._slots.items() if slot)
        self._total = self._slots.pop(0, self._total)
        self._daily = dict.fromkeys(self._slots, 0)
        self._daily_total = 0
        self._maintenance = dict.fromkeys(definition.counters, 5)
        self._wear = {"Cleaning": 30.0, "FilterChange": 40.0, "Decalc": 20.0}

        self._orders: list[Order] = []
        self._drinks: list[Drink] = []
        self._phase = Phase.READY if on else Phase.OFF
        self._since: float | None = None
        """When the phase began, or for READY when the machine was last used; None: when time began."""
        self._on_since: float | None = None
        self._course: Course | None = None
        self._course_started = 0.0
        self._passed = 0
        """How many boundaries of the course lie behind."""
        self._stalled_at: float | None = None
        self._program: Program | None = None
        self._step = 0
        self._step_since = 0.0
        self._subscribers: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = None

    # --- what can be seen -----------------------------------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        """What the machine is doing apart from drinks."""
        self._advance()
        return self._phase

    @property
    def on(self) -> bool:
        """Whether the machine, and with it the dongle, has power."""
        return self.phase is not Phase.OFF

    @property
    def on_since(self) -> float | None:
        """When it was switched on; None: long ago or not at all."""
        self._advance()
        return self._on_since

    @property
    def orders(self) -> tuple[Order, ...]:
        """Every start order that reached the machine, accepted or not."""
        return tuple(self._orders)

    @property
    def drinks(self) -> tuple[Drink, ...]:
        """Every drink really made, or being made."""
        self._advance()
        return tuple(self._drinks)

    @property
    def drink(self) -> Drink | None:
        """The drink being made."""
        self._advance()
        return self._drinks[-1] if self._pouring else None

    @property
    def progress(self) -> Progress:
        """What the machine reports of the drink being made."""
        self._advance()
        if self._course is not None:
            now = self._now() if self._stalled_at is None else self._stalled_at
            return self._course.progress(now - self._course_started + _EPSILON)
        if self._program is not None and (shown := self._program.progress(self._step)) is not None:
            return shown
        # That these phases show as progress over Bluetooth is an assumption; the states are in the files [XML].
        return Progress(
            {
                Phase.HEATING: HEATING_UP,
                Phase.WAKING: HEATING_UP,
                Phase.RINSING: RINSING,
                Phase.SHUTTING_DOWN: SHUTTING_DOWN,
            }.get(self._phase, IDLE)
        )

    @property
    def program(self) -> str | None:
        """The maintenance program that runs, for example Cleaning."""
        self._advance()
        return None if self._program is None else self._program.name

    @property
    def waiting(self) -> bool:
        """Whether a maintenance program waits for a person or a client."""
        self._advance()
        return self._program is not None and self._program.steps[self._step].seconds is None

    @property
    def stalled(self) -> bool:
        """Whether a drink stands still until the machine is switched off; see `stall`."""
        return self._stalled_at is not None

    @property
    def status_bits(self) -> frozenset[int]:
        """All bits of the status word that are set, without the noise in 148 to 151 that only Bluetooth shows."""
        self._advance()
        bits = set(self._bits)
        if self._tank < self.tank_reserve:
            bits.add(TANK_EMPTY)
        if not self._tray_in_place:
            # The grounds container is part of the tray [HW: frame with 0 and 4].
            bits |= {TRAY_MISSING, GROUNDS_MISSING}
        if self._grounds >= self.grounds_capacity:
            bits.add(GROUNDS_FULL)
        if self._tray >= self.tray_capacity:
            bits.add(TRAY_FULL)
        for kind, percent in zip(self.definition.percentages, self.maintenance_percentages, strict=True):
            if percent is not None and percent >= 100:
                bits.add(_DUE[kind])
        if self.filter_fitted:
            bits.add(FILTER_FITTED)
        if self.unnamed_bit:
            bits.add(UNNAMED)
        if self.keys_locked:
            bits.add(KEYS_LOCKED)
        # "Ready" goes out when something blocks all drinks, and stays on in energy saving [HW]; that it goes out
        # while a drink is made is an assumption.
        idle = self._phase in (Phase.READY, Phase.ENERGY_SAVING) and self._course is None and self._program is None
        if idle and not any(self._blocks(bit, None) for bit in bits):
            bits.add(READY)
        if self._phase in (Phase.HEATING, Phase.WAKING):
            bits.add(HEATING)
        if self._phase in (Phase.RINSING, Phase.SHUTTING_DOWN):
            bits.add(COFFEE_RINSING)
        if self._phase is Phase.SHUTTING_DOWN:
            bits.add(GOODBYE)
        if self._phase is Phase.ENERGY_SAVING:
            bits.add(ENERGY_SAVING)
        return frozenset(bits)

    @property
    def total(self) -> int:
        """All drinks ever made."""
        self._advance()
        return self._total

    @property
    def counters(self) -> dict[int, int]:
        """Drinks per slot, for the slots the machine has."""
        self._advance()
        return dict(self._slots)

    @property
    def daily_total(self) -> int:
        """Drinks made since the daily counters were reset."""
        self._advance()
        return self._daily_total

    @property
    def daily_counters(self) -> dict[int, int]:
        """The same per slot."""
        self._advance()
        return dict(self._daily)

    @property
    def maintenance_counters(self) -> tuple[int, ...]:
        """Maintenance programs run, in the definition's order."""
        self._advance()
        return tuple(self._maintenance[kind] for kind in self.definition.counters)

    @property
    def maintenance_percentages(self) -> tuple[int | None, ...]:
        """How far each maintenance is due, in the definition's order: 100 is due now; None: not applicable."""
        self._advance()
        return tuple(
            None
            if kind == "FilterChange" and not self.filter_fitted
            else min(100, int(self._wear[kind]) // self.percent_step * self.percent_step)
            for kind in self.definition.percentages
        )

    @property
    def water_ml(self) -> float:
        """What is left in the tank."""
        self._advance()
        return self._tank

    @property
    def drip_tray_in_place(self) -> bool:
        """Whether the drip tray, and with it the grounds container, is where it belongs."""
        return self._tray_in_place

    # --- orders ---------------------------------------------------------------------------------------------------

    def start(
        self,
        data: bytes,
        *,
        lengths: Collection[int] = (16, 17),
        constants: Collection[int] = (0x00, 0x01),
        last_byte_is_key: bool = True,
    ) -> Order:
        """Take a start order (see orders.py), or ignore it; only the simulator's owner learns which.

        `lengths` and `constants` (byte 8) are those the transport allows.

        Locked keys keep out the person, not orders (assumption). An order without the key in its last byte is taken,
        but leaves the machine half-broken [REL, AlexxIT's wording]: it makes the drink without counting it, and nothing
        more until it has been switched off and on (assumption).
        """
        self._advance()
        code, arguments, refusal, detail = (data[0] if data else None), dict[str, int](), None, ""
        preselections, mask = frozenset[str](), 0
        try:
            product, arguments, preselections, mask = decode_order(self.definition, data, lengths, constants)
            self._check(product, powder=POWDER in preselections)
            self._begin(product, arguments, "order", preselections, mask)
            if not last_byte_is_key:
                self.half_broken = True
        except RefusedError as error:
            refusal, detail = error.refusal, error.detail
        order = Order(
            time=self._now(),
            data=data,
            code=code,
            arguments=arguments,
            mask=mask,
            preselections=preselections,
            refusal=refusal,
            detail=detail,
        )
        self._orders.append(order)
        if refusal is Refusal.ONLY_WOKE:
            self._enter(Phase.WAKING, self._now())
        self._changed()
        return order

    def cancel(self) -> None:
        """Stop the drink being made. It counts as made, and there is no "enjoy" (assumptions)."""
        self._advance()
        if self._pouring and not self.half_broken and not self.stalled:
            self._end_drink(self._now(), Outcome.CANCELLED)
            self._course = None
            self._enter(Phase.READY, self._now())
            self._changed()

    def stall(self) -> None:
        """Let the drink that is made stand still, as a client that asks at the wrong moment can do [HW: E6]."""
        self._advance()
        if self._pouring and not self.stalled:
            self._stalled_at = self._now()
            self._changed()

    def start_program(self, code: int) -> bool:
        """Start a maintenance program (0x21 to 0x26) if the definition declares it; tell whether it runs.

        That alerts which block all drinks block programs too, except those that ask for one, is an assumption.
        """
        self._advance()
        name = self.definition.programs.get(code)
        if name is None or self._course is not None or self._program is not None or self.half_broken:
            return False
        if self._phase not in (Phase.READY, Phase.ENERGY_SAVING):
            return False
        if any(self._blocks(bit, None) for bit in self.status_bits):
            return False
        self._enter(Phase.READY, self._now())
        silent = code in self.definition.silent_programs
        self._program, self._step = Program(code, name, silent, self.definition.accepts), 0
        self._step_since = self._now()
        self._changed()
        return True

    def accept(self, command: int) -> bool:
        """Confirm, as a client can do in some states, what the display asks for (0x10 or 0x04); tell if it counts."""
        if not self.waiting or self._program is None:
            return False
        if self._program.accepts.get(self._program.steps[self._step].state) != command:
            return False
        return self.confirm_step()

    def confirm_step(self) -> bool:
        """Do what a maintenance program waits for, as the person in front of the machine; tell whether it waited."""
        if not self.waiting:
            return False
        self._next_step(self._now())
        self._changed()
        return True

    def switch_off(self) -> None:
        """Let it rinse, say goodbye and go off. Ignored while a drink is made (assumption)."""
        self._advance()
        if self._course is None and self._program is None and self._phase not in (Phase.OFF, Phase.SHUTTING_DOWN):
            self._enter(Phase.SHUTTING_DOWN, self._now())
            self._changed()

    def lock_keys(self, locked: bool) -> None:
        """Lock or unlock buttons and display. A lock outlives the connection, but not switching off (assumption)."""
        self._advance()
        self.keys_locked = locked
        self._changed()

    # --- a person in front of it ----------------------------------------------------------------------------------

    def switch_on(self) -> None:
        """Press the power button: it heats up and rinses. That can't be done over Bluetooth [HW: J6]."""
        self._advance()
        if self._phase is Phase.OFF:
            self._on_since = self._now()
            self._enter(Phase.HEATING, self._now())
            self._changed()

    def power_cut(self) -> None:
        """Pull the plug: everything ends at once. A drink cut short is not counted (assumption)."""
        self._advance()
        if self._phase is not Phase.OFF:
            self._go_off(self._now())
            self._changed()

    def nap(self) -> None:
        """Let it go to energy saving now."""
        self._advance()
        if self._phase is Phase.READY and self._course is None and self._program is None:
            self._enter(Phase.ENERGY_SAVING, self._now())
            self._changed()

    def wake_up(self) -> None:
        """Touch a button in energy saving."""
        self._advance()
        if self._phase is Phase.ENERGY_SAVING and not self.keys_locked:
            self._enter(Phase.READY, self._now())
            self._changed()

    def press_product(self, code: int, **arguments: int) -> bool:
        """Press a drink's button, with other arguments than usual (in wire units) if given; tell whether it starts.

        A person can also make what is not offered to an app, such as doubles. A code that the definition doesn't have
        becomes some coffee that only shows its code.
        """
        self._advance()
        product = self.definition.product(code)
        if product is None:
            product = Product(
                code=code, name="", kind="C", active=True, double=False, single=None, slot=code, arguments=()
            )
            usual = {"COFFEE_STRENGTH": 3, "WATER_AMOUNT": 20}
        else:
            usual = default_arguments(self.definition, product)
        if self.keys_locked or self._phase is Phase.OFF:
            return False
        try:
            self._check(product, by_hand=True)
            self._begin(product, usual | arguments, "panel")
        except RefusedError:
            return False
        self._changed()
        return True

    def limit(self, code: int, **ranges: tuple[int, int]) -> None:
        """Let this very machine allow other amounts of a product than its definition says: fewer or more.

        `ranges` are (least, greatest) in wire units, by XML element. Orders must keep to them, and over Wi-Fi the
        machine tells them [HW: S8 EB]; that one which tells less than its definition also refuses the rest is an
        assumption.
        """
        self.definition = replace(
            self.definition,
            products=tuple(
                _limited(product, ranges) if product.code == code else product for product in self.definition.products
            ),
        )

    def empty_water_tank(self) -> None:
        """Leave no water in the tank."""
        self._advance()
        self._tank = 0.0
        self._changed()

    def fill_water_tank(self) -> None:
        """Fill the tank."""
        self._advance()
        self._bits.discard(TANK_EMPTY)
        self._tank = self.tank_capacity
        self._changed()

    def fill_grounds(self) -> None:
        """Fill the grounds container to the brim."""
        self._advance()
        self._grounds = self.grounds_capacity
        self._changed()

    def empty_grounds(self) -> None:
        """Empty the grounds container."""
        self._advance()
        self._bits.discard(GROUNDS_FULL)
        self._grounds = 0
        self._changed()

    def fill_drip_tray(self) -> None:
        """Fill the tray to the brim."""
        self._advance()
        self._tray = self.tray_capacity
        self._changed()

    def remove_drip_tray(self) -> None:
        """Take out the tray and the grounds container in it."""
        self._advance()
        self._tray_in_place = False
        self._changed()

    def insert_drip_tray(self) -> None:
        """Put back tray and grounds container, both emptied."""
        self._advance()
        self._bits -= {TRAY_MISSING, GROUNDS_FULL, TRAY_FULL, GROUNDS_MISSING}
        self._tray_in_place, self._tray, self._grounds = True, 0.0, 0
        self._changed()

    def set_alert(self, bit: int, on: bool) -> None:
        """Set any bit of the status word, or clear it together with what causes it."""
        self._advance()
        if on:
            self._bits.add(bit)
        else:
            self._bits.discard(bit)
            if bit == TANK_EMPTY:
                self._tank = self.tank_capacity
            elif bit in (TRAY_MISSING, GROUNDS_MISSING, TRAY_FULL):
                self._tray_in_place, self._tray = True, 0.0
            elif bit == GROUNDS_FULL:
                self._grounds = 0
            for kind, due in _DUE.items():
                if due == bit:
                    self._wear[kind] = 0.0
        self._changed()

    def set_percentage(self, kind: str, percent: float) -> None:
        """Set how far a maintenance (Cleaning, FilterChange, Decalc) is due; at 100 its alert comes on."""
        self._advance()
        self._wear[kind] = percent
        self._changed()

    def maintain(self, kind: str) -> None:
        """Have a maintenance done in no time: counted, and its percentage back at 0."""
        self._advance()
        self._count_maintenance(kind)
        self._changed()

    def zero_maintenance_counters(self) -> None:
        """Lose all maintenance counters, as an S8 EB did when it was told to skip a step [HW]."""
        self._advance()
        self._maintenance = dict.fromkeys(self._maintenance, 0)
        self._changed()

    def set_counter(self, slot: int, count: int) -> None:
        """Set a counter to anything, such as less than before; slot 0 is the total."""
        self._advance()
        if slot:
            self._slots[slot] = count
        else:
            self._total = count
        self._changed()

    def reset_daily_counters(self) -> None:
        """Begin a new day."""
        self._advance()
        self._daily = dict.fromkeys(self._daily, 0)
        self._daily_total = 0
        self._changed()

    @property
    def memory(self) -> dict[str, Any]:
        """What the machine knows without power, as JSON; see `remember`."""
        self._advance()
        return {
            "total": self._total,
            "slots": {str(slot): count for slot, count in self._slots.items()},
            "maintenance": self._maintenance,
            "wear": self._wear,
            "tank": self._tank,
            "tray": self._tray,
            "grounds": self._grounds,
            "settings": self.settings.values,
        }

    def remember(self, memory: Mapping[str, Any]) -> None:
        """Go on as the machine that had this memory."""
        self._total = memory["total"]
        self._slots.update({int(slot): count for slot, count in memory["slots"].items()})
        self._maintenance.update(memory["maintenance"])
        self._wear.update(memory["wear"])
        self._tank, self._tray, self._grounds = memory["tank"], memory["tray"], memory["grounds"]
        self.settings.remember(memory.get("settings", {}))
        self._changed()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back upon every change of state (not for each second of a drink) until the result is called."""
        self._advance()
        self._subscribers.append(callback)
        self._arm()

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)
                self._arm()

        return unsubscribe

    # --- drinks ---------------------------------------------------------------------------------------------------

    def _check(self, product: Product, *, by_hand: bool = False, powder: bool = False) -> None:
        if self.half_broken:
            raise RefusedError(Refusal.HALF_BROKEN)
        if self._course is not None or self._program is not None:
            # Also during "enjoy" (assumption).
            raise RefusedError(Refusal.BUSY)
        if self._phase not in (Phase.READY, Phase.ENERGY_SAVING):
            raise RefusedError(Refusal.NOT_READY, self._phase.value)
        # Powder needs no beans, unless their lack blocks everything (assumption).
        unneeded = {NO_BEANS} if powder and not self._blocks(NO_BEANS, None) else set[int]()
        if blocking := sorted(bit for bit in self.status_bits - unneeded if self._blocks(bit, product.kind)):
            raise RefusedError(Refusal.BLOCKED, ", ".join(f"bit {bit}" for bit in blocking))
        if self._phase is Phase.ENERGY_SAVING and self.first_order_only_wakes and not by_hand:
            raise RefusedError(Refusal.ONLY_WOKE)

    def _blocks(self, bit: int, kind: str | None) -> bool:
        """Whether a bit keeps a kind of products, or (None) everything, from being made."""
        alert = self.definition.alerts.get(bit)
        if alert is None:
            return False
        return alert.type == "block" if kind is None else alert.blocks(kind)

    def _begin(
        self,
        product: Product,
        arguments: Mapping[str, int],
        started_by: str,
        preselections: frozenset[str] = frozenset(),
        mask: int = 0,
    ) -> None:
        now = self._now()
        # A double without arguments of its own.
        arguments = arguments or default_arguments(self.definition, product)
        warm_up = self.warm_up_seconds if self._phase is Phase.ENERGY_SAVING else 0.0
        course = course_of(product, arguments, warm_up=warm_up, ground=POWDER not in preselections)
        if not any(phase.slot is not None for phase in course.phases):
            raise RefusedError(Refusal.NOTHING_TO_POUR)
        self._course, self._course_started, self._passed = course, now, 0
        self._enter(Phase.READY, now)
        units = {argument.element: argument.step for argument in product.arguments} | {"WATER_AMOUNT": 5, "BYPASS": 5}
        self._drinks.append(
            Drink(
                code=product.code,
                product=self.definition.product(product.code),
                started_by=started_by,
                recipe={element: value * units.get(element, 1) for element, value in arguments.items()},
                started=now,
                mask=mask,
                preselections=preselections,
            )
        )

    @property
    def _pouring(self) -> bool:
        """Whether a drink is made that has not got to "enjoy"."""
        return self._course is not None and self._passed < len(self._course.phases)

    def _end_drink(self, at: float, outcome: Outcome) -> None:
        """Record how the drink ended, count it and use up what it took."""
        course = self._course
        if course is None:
            return
        drink = self._drinks[-1] = replace(self._drinks[-1], ended=at, outcome=outcome)
        if outcome is Outcome.POWER_CUT or self.half_broken:
            return
        cups = 2 if (drink.product and drink.product.double) or DOUBLE in drink.preselections else 1
        self._total += cups
        self._daily_total += cups
        if drink.product:
            slot = drink.product.slot
            self._slots[slot] = self._slots.get(slot, 0) + 1
            self._daily[slot] = self._daily.get(slot, 0) + 1
        made = min(1.0, (at - self._course_started) / course.seconds)
        water = course.water_ml * made
        self._tank = max(0.0, self._tank - water)
        self._wear["Decalc"] += 100 * water / _WATER_PER_DESCALING
        self._wear["FilterChange"] += 100 * water / _WATER_PER_FILTER
        self._wear["Cleaning"] += 100 * cups / _DRINKS_PER_CLEANING
        self._tray += 15
        if "C" in (drink.product.kind if drink.product else "C"):
            self._grounds += cups

    def _count_maintenance(self, kind: str) -> None:
        if kind in self._maintenance:
            self._maintenance[kind] += 1
        if kind in _DUE:
            self._bits.discard(_DUE[kind])
            self._wear[kind] = 0.0

    def _rinse(self) -> None:
        self._tank = max(0.0, self._tank - 50)
        self._tray += 50
        if "CoffeeRinse" in self._maintenance:
            self._maintenance["CoffeeRinse"] += 1

    # --- time -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    def _enter(self, phase: Phase, at: float) -> None:
        self._phase, self._since = phase, at

    def _next(self) -> float | None:
        """When something changes by itself."""
        if self._stalled_at is not None:
            return None
        if self._course is not None:
            return self._course_started + self._course.boundaries[self._passed]
        if self._program is not None:
            step_seconds = self._program.steps[self._step].seconds
            return None if step_seconds is None else self._step_since + step_seconds
        seconds = {
            Phase.OFF: None,
            Phase.HEATING: self.heating_seconds,
            Phase.WAKING: self.warm_up_seconds,
            Phase.RINSING: self.rinse_seconds,
            Phase.READY: self.energy_saving_after,
            Phase.ENERGY_SAVING: self.off_after,
            Phase.SHUTTING_DOWN: self.shut_down_seconds,
        }[self._phase]
        return None if seconds is None or self._since is None else self._since + seconds

    def _advance(self) -> None:
        """Catch up with the clock."""
        try:
            now = self._now()
        except RuntimeError:
            return
        if self._since is None:
            self._since = now
        moved = False
        while (at := self._next()) is not None and at <= now + _EPSILON:
            self._pass(at)
            moved = True
        if moved:
            self._changed()

    def _pass(self, at: float) -> None:
        """Do what happens by itself at a moment."""
        if self._course is not None:
            self._passed += 1
            if self._passed == len(self._course.phases):
                self._end_drink(at, Outcome.FINISHED)
            elif self._passed > len(self._course.phases):
                self._course = None
                self._enter(Phase.READY, at)
        elif self._program is not None:
            self._next_step(at)
        elif self._phase is Phase.HEATING:
            self._enter(Phase.RINSING, at)
        elif self._phase is Phase.READY:
            self._enter(Phase.ENERGY_SAVING, at)
        elif self._phase is Phase.ENERGY_SAVING:
            self._enter(Phase.SHUTTING_DOWN, at)
        elif self._phase is Phase.SHUTTING_DOWN:
            self._rinse()
            self._go_off(at)
        else:
            if self._phase is Phase.RINSING:
                self._rinse()
            self._enter(Phase.READY, at)

    def _next_step(self, at: float) -> None:
        program = self._program
        if program is None:
            return
        self._step += 1
        self._step_since = at
        if self._step == len(program.steps):
            self._program = None
            self._enter(Phase.READY, at)
            self._count_maintenance(program.name)

    def _go_off(self, at: float) -> None:
        if self._pouring:
            self._end_drink(at, Outcome.POWER_CUT)
        self._course = self._program = self._stalled_at = None
        self._enter(Phase.OFF, at)
        self._on_since = None
        self.half_broken = self.keys_locked = False

    def _changed(self) -> None:
        for callback in tuple(self._subscribers):
            callback()
        self._arm()

    def _arm(self) -> None:
        """Have the timer run at the next change if anybody wants to know."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at = self._next()
        if self._subscribers and at is not None:
            self._timer = asyncio.get_running_loop().call_at(at, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._advance()
        self._arm()


def _limited(product: Product, ranges: Mapping[str, tuple[int, int]]) -> Product:
    """Return a product with other ranges; what it makes without being told otherwise stays within them."""
    arguments = []
    for argument in product.arguments:
        if argument.element in ranges:
            least, greatest = ranges[argument.element]
            allowed, default = tuple(range(least, greatest + 1)), min(max(argument.default, least), greatest)
            arguments.append(replace(argument, allowed=allowed, default=default))
        else:
            arguments.append(argument)
    return replace(product, arguments=tuple(arguments))
