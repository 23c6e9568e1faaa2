"""What the machine answers to each command after the login, and what nobody may send.

Answers repeat the command in lower case; `@an:error` is a refusal, and much is just not answered. Labels are with the
commands; a choice where nothing is known is called an assumption.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import re
from typing import TYPE_CHECKING

from .definitions import Product
from .machine import Phase
from .orders import Refusal
from .settings import stored
from .wifi_framing import checksum

if TYPE_CHECKING:
    from .wifi_connect import WifiConnect
    from .wifi_session import Session

ERROR = "@an:error"
_FORBIDDEN = re.compile(r"@(HB|HO|HD|HE|HU(?!\?)|HT:?[012]|HW:01|TG:7E|TF:0[25]|TS:F1|TT:0[1238])")
"""Firmware update, resets, language download, setting the PIN [APP]; 7E zeroed maintenance counters [HW: S8 EB]."""
_PROVISIONING = re.compile(r"@(HW:8[012],|HT:3$)")
_SIMPLE = frozenset(("@TG:43", "@TG:C0", "@TG:FF", "@TS:00", "@TS:01"))
_BANK = re.compile(r"@TR:(32|33|42|43|52|53),[0-9A-F]{2}")
_STEPS = frozenset(("@TG:10", "@TG:04", "@TG:01"))
_STORED = re.compile(r"@TM:4[12],[0-9A-F]{2}")
"""Reading a stored recipe, by product or by slot, without a checksum [HW: S8 EB, which refuses]."""
_UNAWARE = 2.5
"""Seconds after which a client must have noticed a drink: about the time between two pushes (assumption)."""
_UNCONFIGURED = 0xFFFF
_PAGES = 16
_SPECIAL_PAGES = 4
_LIMITS = (4, 5, 6, 10, 11)
"""The arguments whose limits @TM:60 tells, in order [HW: S8 EB]."""
_F17 = 17


@dataclass(frozen=True)
class _Bank:
    counts: Mapping[int, int]
    """Missing slots are not configured."""
    pages: int
    overflow: bool


class Commands:
    """Takes commands for a machine through its WiFi Connect."""

    def __init__(self, face: WifiConnect) -> None:
        """Get ready."""
        self._face = face
        self._machine = face.machine

    def judge(self, session: Session, command: str) -> None:
        """Write down what a client must not do."""
        face = self._face
        if self._forbidden(command):
            face.forbidden.append(command)
        elif not self._listed(command):
            face.unlisted.append(command)
        # Unlocking is always right, and of a drink that somebody has just begun at the machine a client can't know yet.
        if not face.running or command in ("@TG:FF", "@TS:00") or self._has_just_begun():
            return
        if self._machine.program is not None and command in _STEPS:
            return
        # While a drink runs nothing but a cancel may be sent; this command is known to stall it [HW: E6].
        face.upset.append(f"session {session.number}: {command} during a drink or program")
        if command == "@TG:C0":
            self._machine.stall()

    def _has_just_begun(self) -> bool:
        drink = self._machine.drink
        return drink is not None and drink.started_by == "panel" and self._face.now() < drink.started + _UNAWARE

    def _forbidden(self, command: str) -> bool:
        if _PROVISIONING.match(command):
            return not self._face.in_access_point_mode
        if _FORBIDDEN.match(command):
            return True
        # Any settings write outside the definition; 60 reads limits, FC is a batch.
        write = re.fullmatch(r"@TM:([0-9A-F]{2}),(.*)", command)
        if write is None or write[1] in self._machine.settings or write[1] == "60" or write[2] == "FC":
            return False
        return not _STORED.fullmatch(command)

    def _listed(self, command: str) -> bool:
        if command in _SIMPLE or command.startswith(("@TP:", "@TM:60,")):
            return True
        if _BANK.fullmatch(command) or _STORED.fullmatch(command):
            return True
        if _PROVISIONING.match(command):
            return True
        if command in _STEPS:
            return self._machine.program is not None
        if command.startswith("@TM:"):
            return command[4:6] in self._machine.settings
        program = re.fullmatch(r"@TG:(2[1-6])", command)
        return program is not None and int(program[1], 16) in self._machine.definition.programs

    def handle(self, session: Session, command: str, complete: bool) -> tuple[str, ...]:
        """Do a command and return the answers; `complete` tells whether its inner line end was there."""
        head, _, rest = command.partition(":")
        handlers: dict[str, Callable[[], str | None]] = {
            "@TG": lambda: self._step(rest),
            "@TR": lambda: self._counters(rest),
            "@TM": lambda: self._setting(session, rest, complete),
            "@TP": lambda: self._start(rest, complete),
            "@HW": lambda: self._provision(rest),
            "@TF": lambda: self._reset(rest),
        }
        if head == "@TS":
            return self._lock(session, rest)
        if handler := handlers.get(head):
            answer = handler()
        else:
            answer = self._about(command)
        return () if answer is None else (answer,)

    def _about(self, command: str) -> str | None:
        """Answer what the dongle knows itself; anything else is an unknown verb, and silence."""
        firmware = self._face.firmware
        match command:
            case "@HY":
                return f"@hy:{firmware}"  # [HW: bare]
            case "@HL":
                return f"@hl:ESP32LDRSIM {firmware}"  # [HW: bare]
            case "@HI":
                return "@hi:F02371101103F03F"  # [HW: bare]
            case "@HU?":
                return "@hu:800"  # No milk cooler. [HW: S8 EB, bare]
            case "@HT:3":
                return "@ht" if self._face.restart() else None
            case _:
                return None

    # --- steps, locks ---------------------------------------------------------------------------------------------

    def _step(self, rest: str) -> str | None:
        machine = self._machine
        match rest:
            case "43":
                # u16 each in the definition's order [HW].
                return "@tg:43" + "".join(f"{count & 0xFFFF:04X}" for count in machine.maintenance_counters)
            case "C0":
                # One byte each, FF is not applicable [HW].
                return "@tg:C0" + "".join(
                    f"{0xFF if percent is None else percent:02X}" for percent in machine.maintenance_percentages
                )
            case "FF":
                machine.cancel()
                return "@tg:FF"  # The same when there is nothing to cancel (assumption).
            case "01":
                # Goes on with a program that waits; for a drink it is refused (assumption).
                return "@tg:01" if machine.confirm_step() else "@tg:00"
            case "04" | "10":
                machine.accept(int(rest, 16))
                return None
            case "21" | "22" | "23" | "24" | "25" | "26":
                return f"@tg:{rest}" if machine.start_program(int(rest, 16)) else "@tg:00"
            case _ if rest.startswith("7E"):
                machine.zero_maintenance_counters()
                return "@tg:7E"
            case _:
                return ERROR

    def _lock(self, session: Session, rest: str) -> tuple[str, ...]:
        """Lock or unlock buttons and display: `@ts` on the S8 EB, `@ts:01` on the E6; a marker may come first."""
        if rest not in ("00", "01"):
            return (ERROR,)
        session.locked = rest == "01"
        self._machine.lock_keys(session.locked)
        answer = f"@ts:{rest}" if self._face.lock_answer_with_value else "@ts"
        return ("@TB", answer) if session.locked and self._face.lock_marker else (answer,)

    def _reset(self, rest: str) -> str | None:
        """Do the forbidden ones, as far as they can do harm here."""
        if rest == "05":
            self._machine.reset_daily_counters()
        return f"@tf:{rest}" if rest in ("02", "05") else None

    def _provision(self, rest: str) -> str | None:
        number, comma, value = rest.partition(",")
        if number == "01" and comma:
            self._face.pin = value
            return "@hw:01"
        return self._face.take_network(number, value) if comma else ERROR

    # --- counters -------------------------------------------------------------------------------------------------

    def _counters(self, rest: str) -> str | None:
        """Answer `<bank>,<page>`: four slots, u16 or (overflow) one byte each. Without a page nothing [HW: S8 EB]."""
        request = re.fullmatch(r"([0-9A-F]{2}),([0-9A-F]{2})", rest)
        if request is None:
            return None
        number, page = int(request[1], 16), int(request[2], 16)
        bank = self._bank(number)
        if bank is None or number not in self._face.banks or page >= bank.pages:
            return "@tr:00"
        content = ""
        for slot in range(4 * page, 4 * page + 4):
            count = bank.counts.get(slot)
            if bank.overflow:
                content += f"{0xFF if count is None else count >> 16 & 0xFF:02X}"
            else:
                content += f"{_UNCONFIGURED if count is None else count & 0xFFFF:04X}"
        return f"@tr:{request[1]},{request[2]},{content}"

    def _bank(self, number: int) -> _Bank | None:
        machine = self._machine
        overflow = bool(number & 1)
        match number & ~1:
            case 0x32:
                return _Bank({**machine.counters, 0: machine.total}, _PAGES, overflow)
            case 0x42:
                return _Bank({**machine.daily_counters, 0: machine.daily_total}, _PAGES, overflow)
            case 0x52:
                return _Bank(self._face.special_counters, _SPECIAL_PAGES, overflow)
            case 0x34 | 0x44:
                # Nobody has seen one (assumption: nothing is configured).
                return _Bank({}, _PAGES, overflow)
            case _:
                return None

    # --- settings -------------------------------------------------------------------------------------------------

    def _setting(self, session: Session, rest: str, complete: bool) -> str | None:
        argument, comma, value = rest.partition(",")
        if not re.fullmatch("[0-9A-F]{2}", argument):
            return ERROR
        if argument == "60" and comma and self._face.tells_limits:
            return self._limits(value)
        if argument == "41" and (recipe := self._recipe(value)):
            return recipe
        if argument == "50" and not comma and self._face.recipe_slots is not None:
            text = f"50,{self._face.recipe_slots.hex().upper()}"
            return f"@tm:{text}{checksum(text)}"
        if argument not in self._machine.settings:
            return f"@tm:{int(argument, 16) | 0x80:02X}"
        if not comma:
            text = f"{argument},{self._machine.settings[argument]}"
            return f"@tm:{text}{checksum(text)}"
        return self._write(session, argument, value, complete)

    def _write(self, session: Session, argument: str, data: str, complete: bool) -> str:
        if not complete:
            return "@tm:00"  # [HW: S8 EB]
        value, sent = data[:-2], data[-2:]
        if sent != checksum(f"{argument},{value}") or not self._machine.settings.allows(argument, value):
            return ERROR
        if session.locked:
            self._machine.settings.set(argument, value)
            self._face.written.append((argument, stored(value)))
        # Outside the wrap it is acknowledged all the same, and lost [HW: S8 EB].
        return f"@tm:{argument}"

    def _limits(self, data: str) -> str:
        """Answer with (lowest, highest) on the wire of each argument that can be limited, FF FF for one that isn't."""
        request = re.fullmatch("([0-9A-F]{2})([0-9A-F]{2})", data)
        product = self._machine.definition.product(int(request[1], 16)) if request else None
        if request is None or request[2] != checksum(f"60,{request[1]}") or product is None:
            return ERROR
        content = ""
        for number in _LIMITS:
            argument = next((item for item in product.arguments if item.byte == number), None)
            content += f"{argument.allowed[0]:02X}{argument.allowed[-1]:02X}" if argument else "FFFF"
        text = f"60,{request[1]}{content}00"
        return f"@tm:{text}{checksum(text)}"

    def _recipe(self, code: str) -> str | None:
        """Answer with the stored recipe of a product [APP]; of a product that has none as if it knew of none at all."""
        blob = self._face.recipes.get(int(code, 16)) if re.fullmatch("[0-9A-F]{2}", code) else None
        if blob is None:
            return None
        text = f"41,{blob.hex().upper()}"
        return f"@tm:{text}{checksum(text)}"

    # --- drinks ---------------------------------------------------------------------------------------------------

    def _start(self, rest: str, complete: bool) -> str:
        """Start a drink: `@tp`, or `@tp:00` and nothing happens [HW: S8 EB].

        Known to be refused are FF padding and a bare product code [HW: S8 EB]; that an alert, a drink that runs or a
        missing inner line end give the same answer is an assumption.
        """
        machine = self._machine
        data = bytes.fromhex(rest) if re.fullmatch("([0-9A-F]{2})+", rest) else b""
        lengths = self._lengths(machine.definition.product(data[0]) if data else None)
        nap = machine.phase is Phase.ENERGY_SAVING
        order = machine.start(data if complete else b"", lengths=lengths, constants=(0x01,))
        if order.refusal is Refusal.ONLY_WOKE and nap:
            return self._face.answer_when_only_woken
        return "@tp" if order.accepted else "@tp:00"

    def _lengths(self, product: Product | None) -> tuple[int, ...]:
        """16 bytes [HW]; 17 only for a product with F17 [APP]; on some machines 20 [APP], perhaps nothing else [?]."""
        lengths = [16]
        if product is not None and any(argument.byte == _F17 for argument in product.arguments):
            lengths.append(17)
        if self._machine.definition.intake_f18:
            lengths = [20] if self._face.insists_on_20_bytes else [*lengths, 20]
        return tuple(lengths)
