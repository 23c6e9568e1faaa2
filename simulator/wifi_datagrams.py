"""The WiFi Connect's UDP side: plain, without login. Multi-byte fields big endian.

Request, 16 bytes: 00 10 (length) A5 F3 (control word), an IPv4 address, 8 zeros. With the address 0.0.0.0 it is the
broadcast scan, with any other the poll of one machine; the E6 doesn't look which [HW: E6].

Reply, 110 bytes and the payload [HW: E6 unless marked]:

     0  total length (2)                        70  machine number (2) [APP]
     2  control word A5 F3                      72  serial number (2) [APP]
     4  dongle firmware (16, blanks)            74  production date (2) [APP], packed as over Bluetooth
    20  the owner's name (32, NUL)              76  the same of the "UCHI" (2) [APP]
    52  machine type and firmware (16, blanks)  78  30 bytes and one more that nobody understands
    68  article number (2)                     109  flags: bit 0 idle, bit 4 "ready" and bit 7 "standby" by name [APP]
"""

from .advertisement import Identity, packed_date

CONTROL = bytes.fromhex("A5F3")
REQUEST_LENGTH = 16
HEADER_LENGTH = 110
IDLE = 0x01
READY = 0x10

SCAN = bytes.fromhex("0010A5F3") + bytes(12)


def is_request(data: bytes) -> bool:
    """Tell whether this is a scan or a poll; anything else is ignored."""
    return len(data) == REQUEST_LENGTH and data[:4] == SCAN[:4] and not any(data[8:])


def reply(
    *, firmware: str, name: str, machine_type: str, identity: Identity, flags: int, payload: bytes, opaque: bytes
) -> bytes:
    """Return what a dongle answers."""
    numbers = (
        identity.article,
        identity.machine_number,
        identity.serial_number,
        packed_date(identity.production_date),
        packed_date(identity.uchi_date),
    )
    return (
        (HEADER_LENGTH + len(payload)).to_bytes(2, "big")
        + CONTROL
        + firmware.encode().ljust(16)[:16]
        + name.encode().ljust(32, b"\0")[:32]
        + machine_type.encode().ljust(16)[:16]
        + b"".join(number.to_bytes(2, "big") for number in numbers)
        + opaque.ljust(31, b"\0")[:31]
        + bytes([flags])
        + payload
    )
