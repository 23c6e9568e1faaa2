"""The cipher of both dongles, the framing of the WiFi Connect, and its checksums: bytes to bytes, no I/O.

One algorithm serves both transports with two pairs of tables; it is its own inverse (exhaustively computed and
checked against two independent implementations). It hides, it does not protect: there is no integrity check in it.
"""

from functools import lru_cache
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

        def nibbles(s: int, t: int) -> list[int]:
            return [(a[(b[(a[(x + s) % 16] + t - s) % 16] + s - t) % 16] - s) % 16 for x in range(16)]

        permutations = {(s, t): nibbles(s, t) for s in range(16) for t in range(16)}
        self._bytes: dict[tuple[int, int], bytes] = {
            (s, t): bytes(high << 4 | low for high in permutations[s, t] for low in permutations[(s + 1) % 16, t])
            for s in range(16)
            for t in range(16)
        }
        self._schedule = lru_cache(maxsize=64)(self._make_schedule)

    def __call__(self, data: bytes, key: int) -> bytes:
        """Encode or decode: applying it twice with the same key gives the original."""
        return bytes(map(getitem, self._schedule(key, len(data)), data, strict=False))

    def _make_schedule(self, key: int, length: int) -> tuple[bytes, ...]:
        """Return the permutation of each byte position for a key."""
        high, low = divmod(key, 16)
        return tuple(self._bytes[(2 * i + high) % 16, (low + i // 8) % 16] for i in range(length))


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

_START = 0x2A
_ESCAPE = 0x1B
_ESCAPED = frozenset({0x00, 0x0A, 0x0D, 0x1B, 0x26})
_END = b"\r\n"
FRAME_LIMIT: Final = 4096
"""Bytes after which an unfinished frame is given up; the longest known frame is below 300."""


def _escape(data: bytes) -> bytes:
    return b"".join(bytes((_ESCAPE, byte ^ 0x80)) if byte in _ESCAPED else bytes((byte,)) for byte in data)


def _unescape(data: bytes) -> bytes:
    """Undo any escape, not only those that we would send: the firmware's own list is longer than ours."""
    result = bytearray()
    rest = iter(data)
    for byte in rest:
        if byte == _ESCAPE:
            byte = next(rest, _ESCAPE ^ 0x80) ^ 0x80
        result.append(byte)
    return bytes(result)


def encode_frame(body: bytes, key: int) -> bytes:
    """Return a body as it goes to the WiFi Connect: `*`, key, coded body with its inner CR LF, CR LF.

    The inner CR LF belongs to every frame; without it settings are refused (hardware-verified on an S8 EB).
    """
    return b"*" + _escape(bytes((key,))) + _escape(WIFI_CONNECT(body + _END, key)) + _END


class FrameDecoder:
    """Cuts a stream from the WiFi Connect into bodies.

    Takes frames in any portions, skips rubbish in front of `*`, and accepts lines of plain text that begin with `@`
    (firmware reading: the dongle may send them). Bodies come without their inner CR LF.
    """

    def __init__(self) -> None:
        """Start with nothing received."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take received bytes and return the bodies that they complete."""
        self._buffer += data
        bodies = []
        while (end := self._buffer.find(_END)) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + len(_END)]
            if (body := _decode_line(line)) is not None:
                bodies.append(body)
        if len(self._buffer) > FRAME_LIMIT:
            self._buffer.clear()
        return bodies


def _decode_line(line: bytes) -> bytes | None:
    start = line.find(_START)
    if start < 0:
        return line if line.startswith(b"@") else None
    coded = _unescape(line[start + 1 :])
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
