"""What the dongle says about itself in the air.

The manufacturer data is 27 bytes, multi-byte fields little endian [HW: D4, E8, GIGA X8c, J6]:

     0  key of the cipher            8  serial number (2)
     1  dongle firmware: 05 08       10 date of production (2)
     3  03 in every sample           12 the same of the "UCHI" (2)
     4  article number (2)           14 five bytes, of which 15 tells features; see FLAGS
     6  machine number (2)           19 zero

It fills its packet, so name and services must come in the scan response, which a passive scanner never sees [INF].
"""

from dataclasses import dataclass
from datetime import date

NAME = "TT214H BlueFrog"
MANUFACTURER_ID = 0x00AB
SERVICE_UUIDS = ("00001523-0000-1000-8000-00805f9b34fb", "00001623-0000-1000-8000-00805f9b34fb")
"""The 16-bit forms, other than those that a connection finds [HW: J6]."""
FLAGS = bytes.fromhex("01C041B628")
"""Bytes 14 to 18 of an E8 [HW]; only byte 15 is understood: reset 80, master PIN 40, incasso 10."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The numbers of a machine."""

    article: int = 0
    machine_number: int = 0
    serial_number: int = 0
    production_date: date | None = None
    uchi_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class Advertisement:
    """Everything a scanner can receive."""

    manufacturer_data: dict[int, bytes]
    """In the advertisement itself."""
    name: str
    """In the scan response, like the services."""
    service_uuids: tuple[str, ...]


def packed_date(day: date | None) -> int:
    """Return a date as it is stored: 7 bits year from 1990, 4 bits month, 5 bits day [HW]; 0 is none."""
    return 0 if day is None else (day.year - 1990) << 9 | day.month << 5 | day.day


def manufacturer_data(key: int, identity: Identity, flags: bytes = FLAGS) -> bytes:
    """Return the 27 bytes. A dongle that doesn't know its machine yet sends zeros for all numbers [HW: E8]."""
    numbers = (
        identity.article,
        identity.machine_number,
        identity.serial_number,
        packed_date(identity.production_date),
        packed_date(identity.uchi_date),
    )
    return (
        bytes([key, 0x05, 0x08, 0x03]) + b"".join(number.to_bytes(2, "little") for number in numbers) + flags + bytes(8)
    )
