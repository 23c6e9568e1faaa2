"""The dongle's services and characteristics, as its real ones enumerate.

UUIDs and access [HW]; handles as published for a GIGA X8c [HW] where they are known, the others fill its regular
spacing [INF]. 1536 has never been seen and is left out.
"""

from dataclasses import dataclass
from typing import Literal

type Property = Literal["read", "write", "write-without-response", "notify"]

STATUS, START, PROGRESS, UPDATE, P_MODE, BARISTA, ABOUT = "1524", "1525", "1527", "1528", "1529", "1530", "1531"
STATISTICS_COMMAND, STATISTICS_DATA = "1533", "1534"
UNKNOWN_1532, UNKNOWN_1535, UNKNOWN_1537, P_MODE_READ = "1532", "1535", "1537", "1538"
UART_RX, UART_TX = "1624", "1625"
DFU_CONTROL, DFU_PACKET, DFU_VERSION = "DFU 1531", "DFU 1532", "DFU 1534"
DEVICE_NAME = "2A00"


@dataclass(frozen=True)
class Characteristic:
    """A characteristic; `name` is what the log and the faults call it."""

    name: str
    uuid: str
    handle: int
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class Service:
    """A service and what is in it."""

    uuid: str
    handle: int
    characteristics: tuple[Characteristic, ...]


def jura_uuid(short: str) -> str:
    """Return the full form of one of JURA's UUIDs."""
    return f"5a40{short}-ab2e-2548-c435-08c300000710"


def _bluetooth_uuid(short: str) -> str:
    return f"0000{short.lower()}-0000-1000-8000-00805f9b34fb"


def _dfu_uuid(short: str) -> str:
    return f"0000{short}-1212-efde-1523-785feabcd123"


def _jura(name: str, handle: int, *properties: Property) -> Characteristic:
    return Characteristic(name, jura_uuid(name), handle, properties)


SERVICES = (
    Service(_bluetooth_uuid("1800"), 0x01, (Characteristic(DEVICE_NAME, _bluetooth_uuid("2a00"), 0x03, ("read",)),)),
    Service(_bluetooth_uuid("1801"), 0x08, ()),
    Service(
        jura_uuid("1523"),
        0x09,
        (
            _jura(STATUS, 0x0B, "read"),
            _jura(START, 0x0E, "write"),
            # py-jura writes it without response, AlexxIT with; both work [REL].
            _jura(P_MODE, 0x11, "write", "write-without-response"),
            _jura(UPDATE, 0x14, "write"),
            _jura(BARISTA, 0x17, "read", "write"),
            _jura(PROGRESS, 0x1A, "read"),
            _jura(ABOUT, 0x1D, "read"),
            _jura(UNKNOWN_1532, 0x20, "read", "write"),
            _jura(UNKNOWN_1535, 0x23, "read", "write"),
            _jura(STATISTICS_COMMAND, 0x26, "read", "write"),
            _jura(STATISTICS_DATA, 0x29, "read"),
            _jura(UNKNOWN_1537, 0x2C, "read"),
            _jura(P_MODE_READ, 0x32, "read"),
        ),
    ),
    Service(jura_uuid("1623"), 0x34, (_jura(UART_RX, 0x36, "write"), _jura(UART_TX, 0x39, "read", "notify"))),
    Service(
        _dfu_uuid("1530"),
        0x3C,
        (
            Characteristic(DFU_CONTROL, _dfu_uuid("1531"), 0x3E, ("write", "notify")),
            Characteristic(DFU_PACKET, _dfu_uuid("1532"), 0x41, ("write-without-response",)),
            Characteristic(DFU_VERSION, _dfu_uuid("1534"), 0x43, ("read",)),
        ),
    ),
)

OFTEN_MISSED = frozenset({STATISTICS_COMMAND, STATISTICS_DATA, UNKNOWN_1535, UNKNOWN_1537, P_MODE_READ})
"""What an interrupted discovery doesn't find [HW: J6]."""

CODED = frozenset({STATUS, START, PROGRESS, UPDATE, P_MODE, BARISTA, STATISTICS_COMMAND, STATISTICS_DATA})
"""What is enciphered. Whether 1532, 1535, 1537 and 1538 are, nobody knows."""


def services(*, complete: bool = True) -> tuple[Service, ...]:
    """Return what a discovery finds."""
    if complete:
        return SERVICES
    return tuple(
        Service(
            service.uuid,
            service.handle,
            tuple(found for found in service.characteristics if found.name not in OFTEN_MISSED),
        )
        for service in SERVICES
    )


def characteristic(uuid: str) -> Characteristic:
    """Return the characteristic with a UUID. Raises LookupError."""
    for service in SERVICES:
        for found in service.characteristics:
            if uuid.lower() in (found.uuid, found.name.lower()):
                return found
    raise LookupError(f"There is no characteristic {uuid}")
