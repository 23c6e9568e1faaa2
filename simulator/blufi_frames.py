"""BluFi as an ESP32 speaks it: frames, fragments, checksum, key exchange, encryption.

Written from Espressif's programming guide and the behaviour of ESP-IDF's `blufi_prf.c` and `blufi_security.c`, with own
arithmetic where the standard library or `cryptography` could hide a mistake that the client makes, too.
"""

from enum import IntEnum
import hashlib
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

CONTROL, DATA = 0, 1
_ENCRYPTED, _CHECKED, _FROM_DEVICE, _WANTS_ACK, _MORE = 0x01, 0x02, 0x04, 0x08, 0x10
_DATA_CHECK, _DATA_ENCRYPT, _CONTROL_CHECK = 0x01, 0x02, 0x10
_OVERHEAD = 11
"""Header, length of the rest, checksum, and 3 bytes of the Attribute Protocol."""

NEGOTIATION, ERROR = (0x00, DATA), (0x12, DATA)


class Fault(IntEnum):
    """What a device reports as an error."""

    SEQUENCE = 0
    CHECKSUM = 1
    DECRYPT = 2
    SECURITY_NOT_READY = 4
    PARAMETERS = 6
    READ_PARAMETERS = 7
    FORMAT = 9
    SCAN = 0x0B


class BlufiError(Exception):
    """A frame is wrong."""

    def __init__(self, fault: Fault) -> None:
        """Keep what is wrong with it."""
        super().__init__(fault.name)
        self.fault = fault


def crc16(data: bytes) -> int:
    """Return the checksum, bit by bit: polynomial 1021, register FFFF at the start and inverted at the end."""
    register = 0xFFFF
    for byte in data:
        for bit in range(7, -1, -1):
            top = register >> 15 ^ (byte >> bit & 1)
            register = (register << 1 & 0xFFFF) ^ (0x1021 if top else 0)
    return register ^ 0xFFFF


def cfb(key: bytes, sequence: int, data: bytes, *, decrypt: bool) -> bytes:
    """Encrypt or decrypt in CFB-128: each block of cipher text, encrypted again, is the key stream of the next."""
    block_cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    block = bytes([sequence]) + bytes(15)
    result = b""
    for start in range(0, len(data), 16):
        piece = data[start : start + 16]
        stream = block_cipher.update(block)
        done = bytes(left ^ right for left, right in zip(piece, stream, strict=False))
        result += done
        block = piece if decrypt else done
    return result


def agree(parameters: bytes, *, new_scheme: bool) -> tuple[bytes, bytes]:
    """Take prime, generator and public key of the other side; return our public key and the AES key.

    The device takes prime and generator as they come; since version 1.4 only from 2048 bits on.
    """
    numbers: list[bytes] = []
    rest = parameters
    while rest and len(numbers) < 3:
        size = rest[0] << 8 | rest[1] if len(rest) > 1 else 0
        if not size or len(rest) < 2 + size:
            raise BlufiError(Fault.READ_PARAMETERS)
        numbers.append(rest[2 : 2 + size])
        rest = rest[2 + size :]
    if len(numbers) != 3 or rest or (new_scheme and len(numbers[2]) not in (256, 384)):
        raise BlufiError(Fault.PARAMETERS)
    prime, generator, other = (int.from_bytes(number) for number in numbers)
    size = len(numbers[0])
    private = secrets.randbits(size * 8 - 1) | 1
    shared = pow(other, private, prime).to_bytes(size)
    key = hashlib.sha256(shared).digest() if new_scheme else hashlib.md5(shared).digest()
    return pow(generator, private, prime).to_bytes(size), key


class Codec:
    """The device's end of one connection."""

    def __init__(self, mtu: int) -> None:
        """Begin as after a connection has been made."""
        self._piece = min(mtu, 255) - _OVERHEAD
        self._expected = self._next = 0
        self._parts = b""
        self._total = 0
        self.mode = 0
        """The security mode that was set."""
        self.key: bytes | None = None
        self.encrypted = False
        """Whether the message that was received last came encrypted."""

    def receive(self, frame: bytes) -> tuple[tuple[int, int] | None, bytes, int | None]:
        """Take a frame; return subtype and kind of the message it completes, its data, and what to acknowledge.

        Raises BlufiError.
        """
        if len(frame) < 4:
            raise BlufiError(Fault.FORMAT)
        kind, flags, sequence, size = frame[:4]
        data, check = frame[4 : 4 + size], frame[4 + size :]
        if len(data) != size or len(check) != (2 if flags & _CHECKED else 0) or flags & _FROM_DEVICE:
            raise BlufiError(Fault.FORMAT)
        if sequence != self._expected:
            raise BlufiError(Fault.SEQUENCE)
        self._expected = (self._expected + 1) % 256
        if flags & _ENCRYPTED:
            if self.key is None:
                raise BlufiError(Fault.DECRYPT)
            data = cfb(self.key, sequence, data, decrypt=True)
        if check and check[0] | check[1] << 8 != crc16(frame[2:4] + data):
            self._parts = b""
            raise BlufiError(Fault.CHECKSUM)
        self.encrypted = bool(flags & _ENCRYPTED)
        acknowledge = sequence if flags & _WANTS_ACK else None
        whole = self._assemble(data, more=bool(flags & _MORE))
        return (None if whole is None else (kind >> 2, kind & 3)), whole or b"", acknowledge

    def _assemble(self, data: bytes, *, more: bool) -> bytes | None:
        if more:
            if len(data) < 3:
                raise BlufiError(Fault.FORMAT)
            if not self._parts:
                self._total = data[0] | data[1] << 8
            self._parts += data[2:]
            if len(self._parts) > self._total:
                self._parts = b""
                raise BlufiError(Fault.FORMAT)
            return None
        if not self._parts:
            return data
        whole, self._parts = self._parts + data, b""
        if len(whole) != self._total:
            raise BlufiError(Fault.FORMAT)
        return whole

    def send(self, subtype: int, kind: int, data: bytes) -> list[bytes]:
        """Return the frames of a message."""
        frames = []
        while len(data) > self._piece:
            part = bytes([len(data) & 0xFF, len(data) >> 8]) + data[: self._piece]
            frames.append(self._frame(subtype, kind, part, _MORE))
            data = data[self._piece :]
        return [*frames, self._frame(subtype, kind, data, 0)]

    def _frame(self, subtype: int, kind: int, data: bytes, flags: int) -> bytes:
        sequence, self._next = self._next, (self._next + 1) % 256
        flags |= _FROM_DEVICE
        plain = (subtype, kind) in (NEGOTIATION, ERROR)
        check = b""
        if self.mode & (_CONTROL_CHECK if kind == CONTROL else _DATA_CHECK) and not plain:
            flags |= _CHECKED
            checksum = crc16(bytes([sequence, len(data)]) + data)
            check = bytes([checksum & 0xFF, checksum >> 8])
        if kind == DATA and self.mode & _DATA_ENCRYPT and not plain and self.key is not None:
            flags |= _ENCRYPTED
            data = cfb(self.key, sequence, data, decrypt=False)
        return bytes([subtype << 2 | kind, flags, sequence, len(data)]) + data + check
