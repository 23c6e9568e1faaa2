"""From a machine's bytes to data: one pure function a layout, each with what is known about its certainty.

Every function survives every input: what cannot be true raises ImplausibleReply, what is merely unknown stays visible
as a number or as None. Bytes arrive decoded; the cipher is `codec`'s business.

May import floor 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from .codec import settings_checksum
from .errors import ImplausibleReply
from .model import Counters, Identity, Maintenance, Program, Progress, Status, Versions, frozen

MANUFACTURER_ID: Final = 0x00AB
"""Bluetooth company id of the Smart Connect's advertisement (hardware-verified)."""
LOCAL_NAME: Final = "TT214H BlueFrog"
"""Local name of the Smart Connect's advertisement (hardware-verified)."""

FINISHED: Final = 0x3E
"""The progress state "enjoy": a level that lasts for seconds, not an event (hardware-verified)."""
IDLE: Final = 0x00
"""The progress state of a machine that makes nothing (hardware-verified)."""

_NOISE_FROM: Final = 148
"""Status bits from here on change on their own from read to read and mean nothing known (hardware-verified)."""
_STATUS_LENGTH: Final = 20
_ADVERTISEMENT_LENGTH: Final = 19
_NOT_CONFIGURED: Final = 0xFFFF
_NOT_FITTED: Final = 0xFF
_DUE: Final = 100
_SLOTS: Final = 64
"""Counter slots of one read-out: 16 pages of 4. The data are padded."""
_TICK: Final = 5
"""Millilitres per tick of water on the wire (hardware-verified)."""
_MAX_TOTAL: Final = 1_000_000
"""Drinks beyond which a total is an old buffer and no count (limit of a released client)."""


# --- identity ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What a Smart Connect says about itself before anybody connects."""

    key: int
    dongle_version: str
    identity: Identity


def packed_date(value: int) -> date | None:
    """Return the date in a 16-bit word: year - 1990 in 7 bits, month in 4, day in 5 (hardware-verified).

    None where the word holds no date, as in 0.
    """
    try:
        return date(1990 + (value >> 9), value >> 5 & 0x0F, value & 0x1F)
    except ValueError:
        return None


def advertisement(data: bytes) -> Advertisement:
    """Decode the manufacturer data of a Smart Connect, without its company id.

    0 key, 1-2 firmware major and minor, 4-5 article number, 6-7 machine number, 8-9 serial number, 10-11 and 12-13
    production dates, all little endian (hardware-verified on D4, E8, GIGA X8c, J6). 27 bytes in every sample; bytes 3
    and from 14 on are not used. Raises ImplausibleReply if it is too short to hold an identity.
    """
    if len(data) < _ADVERTISEMENT_LENGTH:
        raise ImplausibleReply(f"manufacturer data of {len(data)} bytes")
    article, machine, serial, made, uchi = (int.from_bytes(data[i : i + 2], "little") for i in range(4, 14, 2))
    return Advertisement(
        key=data[0],
        dongle_version=f"{data[1]}.{data[2]}",
        identity=Identity(article, machine, serial, packed_date(made), packed_date(uchi)),
    )


def about(data: bytes) -> Versions:
    """Decode the About characteristic, which is not coded.

    27-34 dongle version, 35-50 machine type and firmware, ASCII, padded (hardware-verified on E8 and J6).
    """
    return Versions(dongle=_text(data[27:35]), machine=_text(data[35:51]))


def _text(data: bytes) -> str | None:
    """Return padded ASCII as text, with whatever stands between its parts folded into one space."""
    words = bytes(byte if 0x20 < byte < 0x7F else 0x20 for byte in data).decode("ascii").split()
    return " ".join(words) or None


# --- status and progress ----------------------------------------------------------------------------------------------


def status_word(word: bytes) -> Status:
    """Decode a status word: bit i is byte i div 8, counted from the most significant bit (hardware-verified).

    The length differs between machines; bits beyond it are unknown, not off. Bits 148 to 151 are noise.
    """
    length = min(len(word) * 8, _NOISE_FROM)
    return Status(frozenset(i for i in range(length) if word[i // 8] & (0x80 >> i % 8)), length)


def smart_connect_status(data: bytes, key: int) -> Status:
    """Decode the Machine Status characteristic: the key, then 19 bytes of status word (hardware-verified).

    Raises ImplausibleReply on another length or another first byte: the wrong key, or an old buffer.
    """
    if len(data) != _STATUS_LENGTH or data[0] != key:
        raise ImplausibleReply(f"status {data.hex()}")
    return status_word(data[1:])


def smart_connect_progress(data: bytes, key: int) -> Progress:
    """Decode the Product Progress characteristic: the key, then what WiFi pushes after `@TV:`.

    Bytes 1 and 2 are hardware-verified on an E8; that the rest equals the WiFi layout is our assumption. Raises
    ImplausibleReply on another first byte.
    """
    if len(data) < 2 or data[0] != key:
        raise ImplausibleReply(f"progress {data.hex()}")
    return progress(data[1:])


def progress(data: bytes) -> Progress:
    """Decode a progress frame.

    0 state, 1 product or program code, then the window: 0/1 strength, 2/3 water ticks, 4/5 milk s, 6/7 milk foam s or
    bypass ticks, 9/10 milk break s, each so far / wanted, 12 percent of the whole (percent, water and strength
    hardware-verified over WiFi; milk, foam and break app-derived). A code of 8F shifts the window by one (app-derived,
    never seen). FF is "not used by this drink". Frames may be short: what is missing is unknown. Raises
    ImplausibleReply if there is not even a state.
    """
    if not data:
        raise ImplausibleReply("empty progress")
    state = data[0]
    window = data[3:] if data[2:3] == b"\x8f" else data[2:]

    def pair(slot: int, unit: int = 1) -> tuple[int, int] | None:
        now, target = (window[slot : slot + 2] + bytes(2))[:2]
        if len(window) < slot + 2 or _NOT_FITTED in (now, target):
            return None
        return now * unit, target * unit

    strength = pair(0)
    percent = window[12] if len(window) > 12 and window[12] <= _DUE else None
    return Progress(
        state=state,
        code=data[1] if len(data) > 1 else None,
        percent=percent,
        strength=strength[1] if strength else None,
        water=pair(2, _TICK),
        milk=pair(4),
        milk_foam=pair(6) if state == 0x34 else None,
        bypass=pair(6, _TICK) if state == 0x41 else None,
        milk_break=pair(9),
    )


# --- statistics over Bluetooth ----------------------------------------------------------------------------------------


def check_prepared(data: bytes, last_status: bytes, others: Iterable[bytes]) -> None:
    """Raise ImplausibleReply if statistics are an old buffer: the last status frame (seen on a J6), or other statistics.

    `others` are what other commands brought. The last byte of a status is noise, and nothing but zeros can be both.
    """
    if last_status and data[: len(last_status) - 1] == last_status[:-1]:
        raise ImplausibleReply(f"the status instead of statistics: {data.hex()}")
    if any(data) and data in others:
        raise ImplausibleReply(f"other statistics than those asked for: {data.hex()}")


def product_counters(data: bytes) -> Counters:
    """Decode modes 1 and 16 of the Statistics Data: 3 bytes big endian a slot, slot 0 the total (hardware-verified).

    `00FFFF` marks a product that is not configured. The number of slots varies between machines; slots beyond the
    data are absent, not zero. Raises ImplausibleReply if the total cannot be true, as when the buffer was not
    prepared and still holds the last status.
    """
    counts = [int.from_bytes(data[i : i + 3]) for i in range(0, min(len(data), 3 * _SLOTS) - 2, 3)]
    slots = {slot: count for slot, count in enumerate(counts) if slot and count != _NOT_CONFIGURED}
    return plausible_counters(counts[0] if counts else 0, slots)


def plausible_counters(total: int, slots: Mapping[int, int]) -> Counters:
    """Return counters, or raise ImplausibleReply if no machine can have counted so far."""
    if not 0 < total <= _MAX_TOTAL or any(count > _MAX_TOTAL for count in slots.values()):
        raise ImplausibleReply(f"counters {total}, {dict(slots)}")
    return Counters(total, frozen(slots))


def maintenance_counts(data: bytes, fields: Sequence[Program]) -> Mapping[Program, int]:
    """Decode maintenance counters: 2 bytes big endian each, in the definition's order (released clients, WiFi verified).

    Raises ImplausibleReply if there are fewer than the definition names.
    """
    if len(data) < 2 * len(fields):
        raise ImplausibleReply(f"maintenance counters {data.hex()}")
    return frozen({field: int.from_bytes(data[2 * i : 2 * i + 2]) for i, field in enumerate(fields)})


def maintenance_percentages(data: bytes, fields: Sequence[Program]) -> Mapping[Program, int | None]:
    """Decode maintenance percentages: one byte each, in the definition's order, 100 = due, FF = not fitted.

    Polarity hardware-verified over WiFi. Raises ImplausibleReply if there are too few, or one is above 100.
    """
    if len(data) < len(fields):
        raise ImplausibleReply(f"percentages {data.hex()}")
    percentages = {field: None if data[i] == _NOT_FITTED else data[i] for i, field in enumerate(fields)}
    if any(value is not None and value > _DUE for value in percentages.values()):
        raise ImplausibleReply(f"percentages {data.hex()}")
    return frozen(percentages)


# --- over WiFi --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WifiConnectReply:
    """The answer of a WiFi Connect to a UDP request: who it is, and its status or the drink in the making."""

    dongle_version: str | None
    name: str | None
    machine_type: str | None
    identity: Identity
    flags: int
    status: Status | None
    progress: Progress | None


_HEADER: Final = 110
_LONGEST_PAYLOAD: Final = 32
"""Bytes; seen are 7 or 8 of status, and 16 of progress are expected."""


def wifi_connect_reply(datagram: bytes) -> WifiConnectReply:
    """Decode a UDP reply: a header of 110 bytes, big endian, then a status word or a progress frame.

    0 length, 2 control word A5F3, 4 dongle firmware, 20 the owner's name for the machine, 52 machine type, 68 article
    (hardware-verified on an E6), 70 machine number, 72 serial number, 74 and 76 production dates (app-derived), 109
    flags: bit 0 = 1 is idle (hardware-verified), 0 is a drink in the making (released client). The smaller of length
    field and datagram counts. Raises ImplausibleReply on anything else.
    """
    length = min(len(datagram), int.from_bytes(datagram[:2]))
    control = int.from_bytes(datagram[2:4])
    if not _HEADER < length <= _HEADER + _LONGEST_PAYLOAD or control & 0x0FFF != 0x05F3 or control >> 14 != 0b10:
        raise ImplausibleReply(f"datagram of {len(datagram)} bytes")
    article, machine, serial, made, uchi = (int.from_bytes(datagram[i : i + 2]) for i in range(68, 78, 2))
    flags, payload = datagram[109], datagram[_HEADER:length]
    idle = bool(flags & 1)
    return WifiConnectReply(
        dongle_version=_text(datagram[4:20]),
        name=_text(datagram[20:52]),
        machine_type=_text(datagram[52:68]),
        identity=Identity(article, machine, serial, packed_date(made), packed_date(uchi)),
        flags=flags,
        status=status_word(payload) if idle else None,
        progress=None if idle else progress(payload),
    )


def hexadecimal(text: str) -> bytes:
    """Decode hexadecimal text from a machine; an odd digit is padded on the right, as one J8 needs it.

    Raises ImplausibleReply if it is not hexadecimal.
    """
    try:
        return bytes.fromhex(text + "0" * (len(text) % 2))
    except ValueError as error:
        raise ImplausibleReply(f"not hexadecimal: {text!r}") from error


def counter_page(reply: str, bank: int, page: int) -> Mapping[int, int]:
    """Decode `@tr:<bank>,<page>,<16 hex>`: four big-endian words, slot = 4 * page + index (hardware-verified).

    Slots that read FFFF are not configured and left out. Raises ImplausibleReply on another bank, page or length.
    """
    head = f"@tr:{bank:02X},{page:02X},"
    data = hexadecimal(reply.removeprefix(head))
    if not reply.startswith(head) or len(data) != 8:
        raise ImplausibleReply(f"counter page {reply!r}")
    words = (int.from_bytes(data[i : i + 2]) for i in range(0, 8, 2))
    return frozen({4 * page + i: word for i, word in enumerate(words) if word != _NOT_CONFIGURED})


def overflow_page(reply: str, bank: int, page: int) -> Mapping[int, int]:
    """Decode `@tr:<bank>,<page>,<8 hex>`: the high byte of each slot, 00 and FF meaning none (app-derived).

    Raises ImplausibleReply on another bank, page or length.
    """
    head = f"@tr:{bank:02X},{page:02X},"
    data = hexadecimal(reply.removeprefix(head))
    if not reply.startswith(head) or len(data) != 4:
        raise ImplausibleReply(f"overflow page {reply!r}")
    return frozen({4 * page + i: high for i, high in enumerate(data) if high not in (0x00, 0xFF)})


def setting_value(reply: str, argument: int) -> str:
    """Decode `@tm:<argument>,<value><checksum>` to the value's hexadecimal text (hardware-verified on S8 EB and Z10).

    Raises ImplausibleReply on another argument or a wrong checksum.
    """
    return _checked(reply, argument)


def _checked(reply: str, address: int) -> str:
    """Return what stands between address and checksum of an answer of the @TM family. Raises ImplausibleReply."""
    head = f"@tm:{address:02X},"
    body, checksum = reply[len("@tm:") : -2], reply[-2:]
    if not reply.isascii() or not reply.startswith(head) or hexadecimal(checksum) != bytes((settings_checksum(body),)):
        raise ImplausibleReply(f"not the value at {address:02X}: {reply!r}")
    return reply[len(head) : -2]


_LIMITED_FIELDS: Final = (4, 5, 6, 10, 11)
_STORED_LENGTH: Final = 17


def limits(reply: str, code: int) -> Mapping[int, tuple[int, int]]:
    """Decode `@tm:60,<code><limits>00<checksum>`: (least, greatest) of F4, F5, F6, F10, F11, by field, as on the wire.

    FF FF stands for an argument that the product doesn't have; such are left out (hardware-verified on an S8 EB). Raises
    ImplausibleReply on another code, another length, a wrong checksum, or a pair that is no range.
    """
    text = _checked(reply, 0x60)
    data = hexadecimal(text)
    if len(text) != 2 * (2 * len(_LIMITED_FIELDS) + 2) or data[0] != code:
        raise ImplausibleReply(f"limits {reply!r}")
    pairs = {field: (data[2 * i + 1], data[2 * i + 2]) for i, field in enumerate(_LIMITED_FIELDS)}
    found = {field: pair for field, pair in pairs.items() if pair != (_NOT_FITTED, _NOT_FITTED)}
    if any(least > greatest or greatest == _NOT_FITTED for least, greatest in found.values()):
        raise ImplausibleReply(f"limits {reply!r}")
    return frozen(found)


def stored_recipe(reply: str, code: int) -> bytes:
    """Decode `@tm:41,<17 bytes><checksum>`: product code first, byte n - 1 the argument Fn (app-derived, never seen).

    Raises ImplausibleReply on another code, another length or a wrong checksum.
    """
    text = _checked(reply, 0x41)
    data = hexadecimal(text)
    if len(text) != 2 * _STORED_LENGTH or data[0] != code:
        raise ImplausibleReply(f"stored recipe {reply!r}")
    return data


# --- plausibility -----------------------------------------------------------------------------------------------------

_SECONDS_PER_DRINK: Final = 10
_SLACK: Final = 2
"""A double counts as two."""


def check_counters(new: Counters, previous: Counters, seconds: float) -> None:
    """Raise ImplausibleReply if counts fell, or rose by more than a machine can make in that time."""
    possible = _SLACK + max(0.0, seconds) / _SECONDS_PER_DRINK
    before = {0: previous.total, **previous.slots}
    after = {0: new.total, **new.slots}
    for slot, count in before.items():
        if slot in after and not 0 <= after[slot] - count <= possible:
            raise ImplausibleReply(f"counter {slot} went from {count} to {after[slot]}")


def check_maintenance(new: Maintenance, total: int | None) -> None:
    """Raise ImplausibleReply if programs ran more often than drinks allow (limit of a released client)."""
    if total is not None and sum(new.counts.values()) > 5 * total:
        raise ImplausibleReply(f"maintenance counters {dict(new.counts)} at a total of {total}")
