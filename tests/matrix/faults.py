"""What can go wrong at an operation: each fault in a sentence, how long it lasts, and how it strikes.

A fault strikes when its operation begins. Where it is none of the operation's own (power, radio, phone, clock), it
strikes a moment later, in the middle of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from simulator.faults import Failure
from simulator.wifi_faults import LanFailure

from .house import House
from .tap import Operation

OUTAGE: Final = 40.0
"""Seconds for which phone, slot and proxy are taken."""
_CODED: Final = ("1524", "1525", "1527", "1528", "1529", "1530", "1533", "1534")
"""What a Smart Connect codes with its key."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong at one operation."""

    name: str
    what: str
    """In a sentence, for who reads the table."""
    strike: Callable[[House, Operation], None]
    fits: Callable[[Operation], bool]
    needs: str = "any operation"
    """At which operations it can happen; where a flow has none of them, this is the reason why its cell is empty."""
    lasts: float = 0.0
    """Seconds until it is over."""
    counts_unseen: bool = False
    """Whether the machine does something meanwhile that it counts, and that nobody sees."""


def _is(*names: str) -> Callable[[Operation], bool]:
    """Tell operations by medium and kind, such as "bluetooth read"."""
    return lambda operation: f"{operation.medium} {operation.kind}" in names


def _own(failure: Failure, lan: LanFailure) -> Callable[[House, Operation], None]:
    """Return a strike that is the operation's own."""

    def strike(house: House, operation: Operation) -> None:
        if operation.medium == "wifi":
            house.lan.fail_next(lan)
        else:
            house.radio.fail_next(failure, code=0x03)

    return strike


# --- how they strike --------------------------------------------------------------------------------------------------


def _lose(house: House, operation: Operation) -> None:
    match operation.medium, operation.kind:
        case "bluetooth", "connect":
            house.radio.fail_connects += 1
        case "wifi", "connect":
            house.lan.refuse_connections += 1
        case "wifi", "datagram":
            house.lan.drop_datagrams += 1
        case _:
            _own(Failure.LOST, LanFailure.LOST)(house, operation)


def _lose_answer(house: House, operation: Operation) -> None:
    match operation.medium, operation.kind:
        case "bluetooth", "connect":
            house.later(house.radio.connect_seconds + 0.05, house.drop_links)
        case "wifi", "connect":
            house.later(0.0, house.drop_links)
        case _:
            _own(Failure.ANSWER_LOST, LanFailure.ANSWER_LOST)(house, operation)


def _time_out(house: House, operation: Operation) -> None:
    if operation.kind == "datagram":
        house.lan.drop_datagrams += 3
    elif operation.what == "@HP":
        house.lan.ignore_logins += 1
    else:
        _own(Failure.ACTED_NO_ANSWER, LanFailure.ACTED_NO_ANSWER)(house, operation)


def _fall_silent(house: House, operation: Operation) -> None:
    house.fall_silent(25.0)


def _truncate(house: House, operation: Operation) -> None:
    match operation.kind:
        case "datagram":
            house.lan.datagrams.append(house.datagram[:60])
        case "connect":
            house.radio.incomplete_services += 1
        case _:
            _own(Failure.TRUNCATED, LanFailure.TRUNCATED)(house, operation)


def _talk_garbage(house: House, operation: Operation) -> None:
    if operation.kind == "datagram":
        house.lan.datagrams.append(bytes((7 + 91 * position) % 256 for position in range(126)))
    else:
        _own(Failure.GARBAGE, LanFailure.GARBAGE)(house, operation)


def _mistake_key(house: House, operation: Operation) -> None:
    if operation.kind == "write":
        # The dongle itself has another key from now on: what is coded with the old one it doesn't even answer.
        house.change_key()
    else:
        _own(Failure.WRONG_KEY, LanFailure.WRONG_KEY)(house, operation)


def _replay(house: House, operation: Operation) -> None:
    if operation.kind == "datagram":
        house.lan.datagrams.append(house.old_datagram)
    elif operation.what == "@HP":
        house.lan.leftovers += ["@tg:C0000000", "@tp", "@tr:32,00,0000000000000000"]
    else:
        _own(Failure.STALE, LanFailure.STALE_FIRST)(house, operation)


def _restart(house: House, operation: Operation) -> None:
    house.later(0.0, house.restart_dongles)


def _be_busy(house: House, operation: Operation) -> None:
    house.later(0.0, partial(house.phone_takes_over, OUTAGE))


def _fill_slots(house: House, operation: Operation) -> None:
    house.later(0.0, partial(house.fill_slots, OUTAGE))


def _unplug_proxy(house: House, operation: Operation) -> None:
    house.later(0.0, partial(house.unplug_proxy, OUTAGE))


def _switch_off(house: House, operation: Operation) -> None:
    house.later(0.0, partial(house.cut_power, OUTAGE))


def _jump(hours: int) -> Callable[[House, Operation], None]:
    return lambda house, _: house.freezer.tick(timedelta(hours=hours))


# --- which there are --------------------------------------------------------------------------------------------------


def _anything(_: Operation) -> bool:
    return True


def _of_bluetooth(operation: Operation) -> bool:
    return operation.medium == "bluetooth"


def _acts(operation: Operation) -> bool:
    return operation.kind != "datagram" and operation.what != "@HP"


def _answers_command(operation: Operation) -> bool:
    return operation.kind == "command" and operation.what != "@HP"


def _read_or_answer(operation: Operation) -> bool:
    return operation.kind in ("read", "datagram") or _answers_command(operation)


FAULTS: Final = (
    Fault("lost", "The link or the datagram is lost before the machine has seen anything.", _lose, _anything),
    Fault(
        "answer lost",
        "The machine acts, then the link is lost: Home Assistant sees the same as before.",
        _lose_answer,
        _acts,
        needs="a connection, read, write or command",
    ),
    Fault(
        "not permitted",
        "The dongle refuses: ATT error 3 over Bluetooth, `@an:error` over Wi-Fi.",
        _own(Failure.ATT_ERROR, LanFailure.REFUSED),
        lambda operation: operation.kind in ("read", "write", "command"),
        needs="a read, write or command",
    ),
    Fault(
        "time-out",
        "The machine acts, but never answers; over UDP three questions in a row go unanswered.",
        _time_out,
        lambda operation: operation.kind != "connect",
        needs="a read, write, command or datagram",
    ),
    Fault("silence", "The dongle hangs for 25 s: deaf, dumb, and not to be heard.", _fall_silent, _anything, lasts=25),
    Fault(
        "truncated",
        "Half of the answer comes; of a connection, half of the services.",
        _truncate,
        lambda operation: _read_or_answer(operation) or _is("bluetooth connect")(operation),
        needs="a read, an answer or a Bluetooth connection",
    ),
    Fault(
        "cut",
        "Half of a frame comes, and the next one follows immediately.",
        lambda house, _: house.lan.fail_next(LanFailure.CUT),
        _answers_command,
        needs="a command over Wi-Fi",
    ),
    Fault("garbage", "Noise comes instead of the answer.", _talk_garbage, _read_or_answer, needs="a read or an answer"),
    Fault(
        "wrong key",
        "The answer is coded with another key; at a write, the dongle has another key from now on.",
        _mistake_key,
        lambda operation: operation.what in _CODED or _answers_command(operation),
        needs="a coded read or write, or a command",
    ),
    Fault(
        "wrong page",
        "Counters of another page come under the number that was asked for; over Bluetooth an old status frame.",
        _own(Failure.WRONG_PAGE, LanFailure.WRONG_PAGE),
        lambda operation: operation.what == "1534" or operation.what.startswith("@TR"),
        needs="the reading of counters",
    ),
    Fault(
        "stale",
        "An answer of an earlier session comes: instead of the right one, or over TCP before it.",
        _replay,
        lambda operation: _read_or_answer(operation) or operation.what == "@HP",
        needs="a read or an answer",
    ),
    Fault(
        "doubled",
        "The answer comes twice.",
        lambda house, _: house.lan.fail_next(LanFailure.DOUBLED),
        _answers_command,
        needs="a command over Wi-Fi",
    ),
    Fault(
        "closed",
        "The session is closed in order, without an answer.",
        lambda house, _: house.lan.fail_next(LanFailure.CLOSED),
        lambda operation: operation.kind == "command",
        needs="a command over Wi-Fi",
    ),
    Fault("reset", "The dongle crashes and begins anew, while the machine goes on.", _restart, _anything, lasts=6),
    Fault("busy", "The link is lost, and for 40 s the phone has the machine.", _be_busy, _anything, lasts=OUTAGE),
    Fault(
        "no slot",
        "The link is lost, and for 40 s other devices take all connection slots of the Bluetooth adapter.",
        _fill_slots,
        _of_bluetooth,
        needs="Bluetooth",
        lasts=OUTAGE,
    ),
    Fault(
        "proxy gone",
        "The Bluetooth proxy vanishes with its links, and is back after 40 s.",
        _unplug_proxy,
        _of_bluetooth,
        needs="Bluetooth",
        lasts=OUTAGE,
    ),
    Fault(
        "off",
        "The plug is pulled; after 40 s the machine is switched on again, heats up and rinses.",
        _switch_off,
        _anything,
        lasts=OUTAGE + 60,
        counts_unseen=True,
    ),
    Fault("clock forward", "The clock of the computer jumps an hour ahead.", _jump(1), _anything),
    Fault("clock back", "The clock of the computer jumps an hour back.", _jump(-1), _anything),
)
