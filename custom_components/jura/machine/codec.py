"""The cipher of both dongles, the framing of the WiFi Connect, and its checksums: bytes to bytes, no I/O.

One algorithm serves both transports with two pairs of tables; it is its own inverse (exhaustively computed and
checked against two independent implementations). It hides, it does not protect: there is no integrity check in it.

May import floor 1.
"""

from functools import cache
from operator import getitem
from typing import Final


class Cipher:
    """The nibble cipher with one pair of tables.

    A message is a row of nibbles, the high one of each byte first, numbered p = 0, 1, 2 ... With h and l the high and
    low nibble of the key and q = p div 16, each nibble x becomes

        a = A[x + p + h]    b = B[a + l + q - p - h]    c = A[b + h + p - l - q]    y = c - p - h    (all mod 16)

    which depends on the key and the position only through s = p + h and t = l + q. That leaves 16 x 16 permutations of
    a byte (its two nibbles share t and have neighbouring s): they are computed once, and coding is one look-up a byte.
    """

    def __init__(self, a: bytes, b: bytes) -> None:
        """Compute the byte permutations from the nibble tables A and B."""
        nibbles = {
            (s, t): _shifted(a, s)
            .translate(_shifted(b, t - s))
            .translate(_shifted(a, s - t))
            .translate(_shifted(_IDENTITY, -s))[:16]
            for s in range(16)
            for t in range(16)
        }
        self._bytes = {
            (s, t): b"".join(nibbles[(s + 1) % 16, t].translate(_BESIDE[high]) for high in nibbles[s, t])
            for s in range(16)
            for t in range(16)
        }
        self._schedule = cache(self._make_schedule)

    def __call__(self, data: bytes, key: int) -> bytes:
        """Encode or decode: applying it twice with the same key gives the original."""
        schedule = self._schedule(key)
        if len(data) > _PERIOD:
            schedule *= len(data) // _PERIOD + 1
        return bytes(map(getitem, schedule, data))  # noqa: B912  # Naming `strict` costs a fifth of the time.

    def _make_schedule(self, key: int) -> tuple[bytes, ...]:
        """Return the permutation of each byte position for a key, until they come round again."""
        high, low = divmod(key, 16)
        return tuple(self._bytes[(2 * i + high) % 16, (low + i // 8) % 16] for i in range(_PERIOD))


_PERIOD: Final = 128
"""Bytes after which the permutations come round again."""
_IDENTITY: Final = bytes(range(16))
_BESIDE: Final = tuple(bytes(high << 4 | low for low in range(16)) * 16 for high in range(16))
"""For each high nibble what makes bytes of low ones."""


def _shifted(table: bytes, by: int) -> bytes:
    """Return the nibble table that has at x what the given one has at x + by, repeated as `bytes.translate` wants it."""
    return (table[by % 16 :] + table[: by % 16]) * 16


SMART_CONNECT: Final = Cipher(
    a=bytes((14, 4, 3, 2, 1, 13, 8, 11, 6, 15, 12, 7, 10, 5, 0, 9)),
    b=bytes((10, 6, 13, 12, 14, 11, 1, 9, 15, 7, 0, 5, 3, 2, 4, 8)),
)
"""The tables of the Bluetooth dongle (hardware-verified)."""

WIFI_CONNECT: Final = Cipher(
    a=bytes((1, 0, 3, 2, 15, 14, 8, 10, 6, 13, 7, 12, 11, 9, 5, 4)),
    b=bytes((9, 12, 6, 11, 10, 15, 2, 14, 13, 0, 4, 3, 1, 8, 7, 5)),
)
"""The tables of the WiFi dongle (hardware-verified)."""

_START = b"*"
_END = b"\r\n"
_ESCAPE = 0x1B
_BYTES = tuple(bytes((byte,)) for byte in range(256))
_HIGH_BIT_FLIPPED = tuple(bytes((byte ^ 0x80,)) for byte in range(256))
_ESCAPES = tuple(
    (_BYTES[byte], _BYTES[_ESCAPE] + _HIGH_BIT_FLIPPED[byte]) for byte in (_ESCAPE, 0x00, 0x0A, 0x0D, 0x26)
)
"""What must not stand in a frame, and what stands for it; that of the escapes first."""
FRAME_LIMIT: Final = 4096
"""Bytes after which an unfinished frame is given up; the longest known frame is below 300."""


def _escape(data: bytes) -> bytes:
    for byte, escaped in _ESCAPES:
        data = data.replace(byte, escaped)
    return data


def _unescape(data: bytes) -> bytes:
    """Undo any escape, not only those that we would send: the firmware's own list is longer than ours."""
    at = data.find(_ESCAPE)
    while 0 <= at < len(data) - 1:
        data = data[:at] + _HIGH_BIT_FLIPPED[data[at + 1]] + data[at + 2 :]
        at = data.find(_ESCAPE, at + 1)
    return data


def encode_frame(body: bytes, key: int) -> bytes:
    """Return a body as it goes to the WiFi Connect: `*`, key, coded body with its inner CR LF, CR LF.

    The inner CR LF belongs to every frame; without it settings are refused (hardware-verified on an S8 EB).
    """
    return _START + _escape(_BYTES[key] + WIFI_CONNECT(body + _END, key)) + _END


class FrameDecoder:
    """Cuts a stream from the WiFi Connect into bodies.

    Takes frames in any portions, skips rubbish in front of `*`, and accepts lines of plain text that begin with `@`
    (firmware reading: the dongle may send them). Bodies come without their inner CR LF.
    """

    def __init__(self) -> None:
        """Start with nothing received."""
        self._begun = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take received bytes and return the bodies that they complete."""
        *lines, begun = (self._begun + data).split(_END)
        self._begun = begun if len(begun) <= FRAME_LIMIT else b""
        return [body for line in lines if (body := _decode_line(line)) is not None]


def _decode_line(line: bytes) -> bytes | None:
    _, start, frame = line.partition(_START)
    if not start:
        return line if line.startswith(b"@") else None
    coded = _unescape(frame)
    if not coded:
        return None
    return WIFI_CONNECT(coded[1:], coded[0]).removesuffix(_END)


def settings_checksum(text: str) -> int:
    """Return the checksum over `<argument>,<value>` of the @TM family: (-1 - sum of characters) mod 256.

    Hardware-verified on an S8 EB and a Z10.
    """
    return (-1 - sum(text.encode("ascii"))) % 256


def display_checksum(text: str) -> int:
    """Return the checksum of a display text: the low byte of the plain sum (app-derived)."""
    return sum(text.encode("ascii")) % 256
