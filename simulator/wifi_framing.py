"""Frames of the WiFi Connect's TCP side, and the checksum of its settings commands.

    2A  esc(key)  esc( cipher( body + 0D 0A ) )  0D 0A

* An unescaped `0D 0A` ends a frame; everything before a `*` is skipped; a raw `2A` inside is legal. [HW]
* Sent escaped, as `1B` and the byte XOR 80: 00, 0A, 0D, 1B, 26 [HW]. The firmware's own list has 2A and 2B too [FW];
  on receive any `1B xx` is undone.
* The inner `0D 0A` belongs to every frame. Without it reads work, settings are refused. [HW: S8 EB]
* The low nibble of the key is neither E nor F, for unknown reasons. [APP]
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
import random

from .cipher import WIFI_CONNECT, crypt

CRLF = b"\r\n"
RESERVED = frozenset((0x00, 0x0A, 0x0D, 0x1B, 0x26))
"""Bytes that are never sent as they are."""

_START, _ESCAPE = 0x2A, 0x1B
_MOST = 4096
"""No frame is longer; a client that sends only rubbish shall not fill the memory (assumption)."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A frame as received."""

    body: bytes
    """Decoded, without the inner line end."""
    key: int
    complete: bool
    """Whether the inner line end was there."""
    faults: tuple[str, ...] = ()
    """What is wrong with it but can be understood: a client must not count on that."""


def frame(body: bytes | str, key: int, *, complete: bool = True) -> bytes:
    """Return a frame to be sent."""
    if isinstance(body, str):
        body = body.encode("ascii")
    return bytes([_START]) + _escaped(bytes([key]) + crypt(body + CRLF * complete, key, WIFI_CONNECT)) + CRLF


def recoded(data: bytes, key: int) -> bytes:
    """Return a frame that names another key than the one that it is coded with."""
    plain = _unescaped(data[1 : -len(CRLF)])
    return bytes([_START]) + _escaped(bytes([key]) + plain[1:]) + CRLF


def random_key(source: random.Random) -> int:
    """Return a key as a sender chooses it."""
    return source.randrange(16) << 4 | source.randrange(14)


def checksum(text: str) -> str:
    """Return the checksum of a settings command, over `<argument>,<value>` [HW]."""
    return f"{(-1 - sum(text.encode('ascii'))) % 256:02X}"


def _escaped(data: bytes) -> bytes:
    return b"".join(bytes([_ESCAPE, byte ^ 0x80]) if byte in RESERVED else bytes([byte]) for byte in data)


def _unescaped(data: bytes) -> bytes:
    result, escaped = bytearray(), False
    for byte in data:
        if escaped:
            result.append(byte ^ 0x80)
            escaped = False
        elif byte == _ESCAPE:
            escaped = True
        else:
            result.append(byte)
    return bytes(result)


@dataclass
class Deframer:
    """Cuts what arrives, in whatever pieces, into frames."""

    _pending: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Take what has arrived; yield the frames that are complete by now."""
        self._pending += data
        while True:
            start = self._pending.find(_START)
            if start < 0:
                self._pending.clear()
                return
            del self._pending[:start]
            end = self._pending.find(CRLF)
            if end < 0:
                if len(self._pending) > _MOST:
                    self._pending.clear()
                return
            raw = bytes(self._pending[1:end])
            del self._pending[: end + len(CRLF)]
            if received := _decoded(raw):
                yield received


def _decoded(raw: bytes) -> Frame | None:
    plain = _unescaped(raw)
    if not plain:
        return None
    key, body = plain[0], crypt(plain[1:], plain[0], WIFI_CONNECT)
    faults = []
    if key & 0x0F >= 0x0E:
        faults.append(f"key {key:02X}")
    if any(byte in RESERVED - {_ESCAPE} for byte in raw):
        faults.append("a reserved byte is not escaped")
    complete = body.endswith(CRLF)
    if not complete:
        faults.append("no inner line end")
    return Frame(body=body.removesuffix(CRLF), key=key, complete=complete, faults=tuple(faults))
