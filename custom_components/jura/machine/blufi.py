"""BluFi, Espressif's way of telling an ESP32 its Wi-Fi over Bluetooth: bytes to data, no I/O.

Everything here is from Espressif's public specification (ESP-IDF programming guide, "BluFi") and, where that leaves
layouts open, from the sources of ESP-IDF and of Espressif's own phone app. That JURA's dongle speaks it is app-derived;
nobody has published a recording of it.

A frame, in either direction:

    0  type           bits 0-1: 0 control, 1 data; bits 2-7: subtype
    1  frame control  1 encrypted, 2 checksum follows, 4 from the dongle, 8 acknowledge, 10 more fragments follow
    2  sequence       from 0 after each connection, one more with each frame, each direction its own
    3  data length    without the checksum
    4  data           all but the last frame of a fragmented message: length of what is left (2), then a piece of it
    .  checksum (2)   over sequence, data length and the data before encryption

All numbers are little endian, except those of the key exchange, which are big endian.

May import floor 1.
"""

import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
import hashlib
import secrets
from typing import Final

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from .errors import ImplausibleReply, NegotiationRefused


def _uuid(number: int) -> str:
    return f"0000{number:04x}-0000-1000-8000-00805f9b34fb"


SERVICE: Final = _uuid(0xFFFF)
TO_DONGLE: Final = _uuid(0xFF01)
FROM_DONGLE: Final = _uuid(0xFF02)

_CONTROL, _DATA = 0, 1

_ENCRYPTED: Final = 0x01
_CHECKED: Final = 0x02
_FROM_DONGLE: Final = 0x04
_ACKNOWLEDGE: Final = 0x08
_FRAGMENT: Final = 0x10

_HEADER: Final = 4
_CHECKSUM: Final = 2
_REST_LENGTH: Final = 2
SMALLEST_FRAME: Final = 20
"""Bytes that a frame may always have: what the smallest MTU leaves."""
_LONGEST_DATA: Final = 255
MESSAGE_LIMIT: Final = 8192
"""Bytes after which a fragmented message is given up. 200 networks with the longest names need less."""

ENCRYPT_AND_CHECK_DATA: Final = b"\x03"
"""The security mode of Espressif's phone app: data encrypted and checked, control frames (which hold no secret) not."""
STATION: Final = b"\x01"
"""The Wi-Fi mode of a device that joins a network."""


class Type(IntEnum):
    """The types of frames that matter to us, kind and subtype in one byte."""

    ACKNOWLEDGEMENT = 0x00 << 2 | _CONTROL
    SET_SECURITY = 0x01 << 2 | _CONTROL
    SET_MODE = 0x02 << 2 | _CONTROL
    CONNECT = 0x03 << 2 | _CONTROL
    GET_STATE = 0x05 << 2 | _CONTROL
    GET_VERSION = 0x07 << 2 | _CONTROL
    LIST_NETWORKS = 0x09 << 2 | _CONTROL
    NEGOTIATION = 0x00 << 2 | _DATA
    SSID = 0x02 << 2 | _DATA
    PASSWORD = 0x03 << 2 | _DATA
    STATE = 0x0F << 2 | _DATA
    VERSION = 0x10 << 2 | _DATA
    NETWORKS = 0x11 << 2 | _DATA
    ERROR = 0x12 << 2 | _DATA


def checksum(data: bytes) -> int:
    """Return the CRC-16 of the ESP32's ROM (`crc16_be`, from 0): polynomial 1021, inverted at both ends."""
    return binascii.crc_hqx(data, 0xFFFF) ^ 0xFFFF


# --- encryption ------------------------------------------------------------------------------------------------------


class Cipher:
    """AES-CFB with a key that both sides agreed on. Each frame begins anew, from its sequence number and 15 zeros."""

    def __init__(self, key: bytes) -> None:
        """Take the key."""
        self._aes = AES(key)

    def encrypt(self, sequence: int, data: bytes) -> bytes:
        """Encrypt the data of a frame."""
        return self._with(sequence).encryptor().update(data)

    def decrypt(self, sequence: int, data: bytes) -> bytes:
        """Decrypt the data of a frame."""
        return self._with(sequence).decryptor().update(data)

    def _with(self, sequence: int) -> BlockCipher[CFB]:
        return BlockCipher(self._aes, CFB(bytes((sequence,)).ljust(16, b"\0")))


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a key is agreed on, which depends on the version of BluFi."""

    prime: int
    private_bits: int
    hash: Callable[[bytes], bytes]
    """Makes the AES key of the shared secret."""

    @property
    def size(self) -> int:
        """Return the bytes of a public key and of the secret."""
        return (self.prime.bit_length() + 7) // 8


_GENERATOR: Final = 2

_APP_PRIME: Final = int(
    "cf5cf5c38419a724957ff5dd323b9c45c3cdd261eb740f69aa94b8bb1a5c96409153bd76b24222d03274e4725a540609"
    "2e9e82e9135c643cae98132b0d95f7d65347c68afc1e677da90e51bbab5f5cf429c291b4ba39c6b2dc5e8c7231e46aa7"
    "728e87664532cdf547be20c9a3fa8342be6e34371a27c06f7dc0edddd2f86373",
    16,
)
"""Chosen by Espressif for its phone app. Half of it less one is no prime: private keys must be of full length."""

_FFDHE3072: Final = int(
    "ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce249b3ef9"
    "7d2fe363630c75d8f681b202aec4617ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935"
    "984f0c70e0e68b77e2a689daf3efe8721df158a136ade73530acca4f483a797abc0ab182b324fb61d108a94bb2c8e3fb"
    "b96adab760d7f4681d4f42a3de394df4ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f61"
    "9172fe9ce98583ff8e4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005c58ef1837d1683b2c6f34a26c1b2effa"
    "886b4238611fcfdcde355b3b6519035bbc34f4def99c023861b46fc9d6e6c9077ad91d2691f7f7ee598cb0fac186d91c"
    "aefe130985139270b4130c93bc437944f4fd4452e2d74dd364f2e21e71f54bff5cae82ab9c9df69ee86d2bc522363a0d"
    "abc521979b0deada1dbf9a42d5c4484e0abcd06bfa53ddef3c1b20ee3fd59d7c25e41d2b66c62e37ffffffffffffffff",
    16,
)
"""The group of that name in RFC 7919, which needs no private key beyond 275 bits."""


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


FIRST_SCHEME: Final = Scheme(_APP_PRIME, 1024, _md5)
"""Until version 1.3: AES-128. What devices of the WiFi Connect's age have."""
SECOND_SCHEME: Final = Scheme(_FFDHE3072, 320, _sha256)
"""From version 1.4 on: AES-256. Such a device refuses the first scheme."""


def scheme_for(version: tuple[int, int] | None) -> Scheme:
    """Return the scheme for the version that a dongle reports; a silent one is taken for an old one."""
    return SECOND_SCHEME if version is not None and version >= (1, 4) else FIRST_SCHEME


class KeyExchange:
    """Our side of a Diffie-Hellman key exchange.

    It keeps listeners out, but proves nothing about who the other side is: BluFi has nothing that would.
    """

    def __init__(self, scheme: Scheme) -> None:
        """Choose a private key."""
        self._scheme = scheme
        self._private = secrets.randbits(scheme.private_bits) % (scheme.prime - 3) + 2

    def messages(self) -> tuple[bytes, bytes]:
        """Return the two negotiation messages: 00 and the length of what follows (2); 01, prime, generator, public key.

        Each of the three numbers comes with its length (2).
        """
        public = pow(_GENERATOR, self._private, self._scheme.prime)
        numbers = (
            self._scheme.prime.to_bytes(self._scheme.size),
            _GENERATOR.to_bytes(),
            public.to_bytes(self._scheme.size),
        )
        parameters = b"".join(len(number).to_bytes(2) + number for number in numbers)
        return b"\x00" + len(parameters).to_bytes(2), b"\x01" + parameters

    def cipher(self, answer: bytes) -> Cipher:
        """Return the cipher that the dongle's public key leads to. Raises NegotiationRefused if it cannot be one."""
        public = int.from_bytes(answer)
        if len(answer) > self._scheme.size or not 1 < public < self._scheme.prime - 1:
            # 0, 1 and -1 would lead to a secret that everybody can guess.
            raise NegotiationRefused("unusable public key")
        secret = pow(public, self._private, self._scheme.prime)
        return Cipher(self._scheme.hash(secret.to_bytes(self._scheme.size)))


# --- frames ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message. What is in it is nobody's business but its reader's: a state report can hold the password."""

    type: int
    data: bytes = field(repr=False)


class Sender:
    """Makes frames of messages: our direction of a connection."""

    def __init__(self) -> None:
        """Start as after connecting."""
        self._sequence = 0
        self.cipher: Cipher | None = None
        """Once there is one, data are encrypted and checked, control frames checked."""

    def frames(
        self, kind: Type, data: bytes = b"", *, size: int = SMALLEST_FRAME, acknowledge: bool = False
    ) -> list[bytes]:
        """Return the frames of a message, none longer than `size`; `acknowledge` asks for an acknowledgement of each."""
        room = min(size - _HEADER - _CHECKSUM, _LONGEST_DATA)
        if len(data) <= room:
            return [self._frame(kind, data, acknowledge=acknowledge)]
        step = room - _REST_LENGTH
        frames = []
        while len(data) > step:
            piece = len(data).to_bytes(_REST_LENGTH, "little") + data[:step]
            frames.append(self._frame(kind, piece, acknowledge=acknowledge, fragment=True))
            data = data[step:]
        return [*frames, self._frame(kind, data, acknowledge=acknowledge)]

    def _frame(self, kind: Type, data: bytes, *, acknowledge: bool, fragment: bool = False) -> bytes:
        sequence = self._sequence
        self._sequence = (sequence + 1) % 256
        flags = _ACKNOWLEDGE * acknowledge | _FRAGMENT * fragment
        trailer = b""
        if self.cipher is not None:
            flags |= _CHECKED
            trailer = checksum(bytes((sequence, len(data))) + data).to_bytes(_CHECKSUM, "little")
            if kind & 3 == _DATA:
                flags |= _ENCRYPTED
                data = self.cipher.encrypt(sequence, data)
        return bytes((kind, flags, sequence, len(data))) + data + trailer


class Receiver:
    """Makes messages of frames: the dongle's direction of a connection."""

    def __init__(self) -> None:
        """Start as after connecting."""
        self.cipher: Cipher | None = None
        self._sequence: int | None = None
        self._pieces = bytearray()
        self._expected: tuple[int, int] | None = None
        """Type of the message that is incomplete, and how much of it is still to come."""

    def feed(self, frame: bytes) -> Message | None:
        """Take a frame; return the message that it completes. Raises ImplausibleReply and forgets what it belonged to.

        A frame that comes twice is ignored. Numbers may be skipped (a frame from before we listened, for example): the
        lengths tell if a piece is missing.
        """
        if len(frame) < _HEADER:
            raise self._broken("too short")
        sequence = frame[2]
        if sequence == self._sequence:
            return None
        self._sequence = sequence
        kind, flags = frame[0], frame[1]
        data = self._data(frame)
        if flags & _FRAGMENT:
            if len(data) < _REST_LENGTH:
                raise self._broken("a fragment without length")
            self._collect(kind, int.from_bytes(data[:_REST_LENGTH], "little"), data[_REST_LENGTH:])
            return None
        if self._expected is None:
            return Message(kind, data)
        if self._expected != (kind, len(data)):
            raise self._broken("fragments do not fit")
        message = Message(kind, bytes(self._pieces) + data)
        self._forget()
        return message

    def _data(self, frame: bytes) -> bytes:
        """Return the data of a frame, decrypted and checked."""
        flags, sequence, length = frame[1:_HEADER]
        data = frame[_HEADER : _HEADER + length]
        trailer = frame[_HEADER + length :]
        if not flags & _FROM_DONGLE:
            raise self._broken("not from the dongle")
        if len(data) != length or len(trailer) != (_CHECKSUM if flags & _CHECKED else 0):
            raise self._broken("wrong length")
        if flags & _ENCRYPTED:
            if self.cipher is None:
                raise self._broken("encrypted without a key")
            data = self.cipher.decrypt(sequence, data)
        if trailer and int.from_bytes(trailer, "little") != checksum(bytes((sequence, length)) + data):
            raise self._broken("wrong checksum")
        return data

    def _collect(self, kind: int, rest: int, piece: bytes) -> None:
        if self._expected is None:
            if rest > MESSAGE_LIMIT:
                raise self._broken("too long")
        elif self._expected != (kind, rest):
            raise self._broken("fragments do not fit")
        if not piece or len(piece) >= rest:
            raise self._broken("a fragment of the wrong length")
        self._pieces += piece
        self._expected = kind, rest - len(piece)

    def _forget(self) -> None:
        self._pieces.clear()
        self._expected = None

    def _broken(self, reason: str) -> ImplausibleReply:
        self._forget()
        return ImplausibleReply(f"BluFi frame: {reason}")


# --- what is in a message --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Network:
    """A network that the dongle hears."""

    ssid: str
    rssi: int


def networks(data: bytes) -> list[Network]:
    """Return the networks of a list, strongest first, each name once; those that hide their name are left out.

    Each: length (1) of the rest, signal strength (1, signed), name. Names that are not UTF-8 are left out as well, as
    nobody could choose them. Raises ImplausibleReply.
    """
    strongest: dict[str, int] = {}
    while data:
        length = data[0]
        if not length or len(data) <= length:
            raise ImplausibleReply("BluFi network list")
        rssi = int.from_bytes(data[1:2], signed=True)
        ssid = _text(data[2 : 1 + length])
        if ssid:
            strongest[ssid] = max(rssi, strongest.get(ssid, rssi))
        data = data[1 + length :]
    return sorted(
        (Network(ssid, rssi) for ssid, rssi in strongest.items()), key=lambda found: (-found.rssi, found.ssid)
    )


def _text(data: bytes) -> str:
    """Return a name; some devices fill it up with zeros."""
    try:
        return data.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        return ""


class Station(IntEnum):
    """How far a dongle got with joining a network."""

    CONNECTED = 0
    """It has an address."""
    NOT_CONNECTED = 1
    """Failed; or, from older versions, still at it."""
    CONNECTING = 2
    NO_ADDRESS = 3


class Reason(IntEnum):
    """Why joining ended: those of ESP-IDF's `wifi_err_reason_t` that have a meaning for people."""

    MIC_FAILURE = 14
    FOUR_WAY_HANDSHAKE_TIMEOUT = 15
    NO_AP_FOUND = 201
    AUTHENTICATION_FAILED = 202
    HANDSHAKE_TIMEOUT = 204
    NO_AP_FOUND_STRONG_ENOUGH = 212


WRONG_PASSWORD: Final = frozenset(
    {
        Reason.MIC_FAILURE,
        Reason.FOUR_WAY_HANDSHAKE_TIMEOUT,
        Reason.AUTHENTICATION_FAILED,
        Reason.HANDSHAKE_TIMEOUT,
    }
)
"""What a wrong password leads to; also, rarely, a weak signal."""
NOT_FOUND: Final = frozenset({Reason.NO_AP_FOUND, Reason.NO_AP_FOUND_STRONG_ENOUGH})

_SSID_ITEM: Final = 0x02
_REASON_ITEM: Final = 0x15
_NO_REASON: Final = 255


@dataclass(frozen=True, slots=True)
class State:
    """What a state report says, without what we don't need: the password can be in there."""

    station: int
    ssid: str | None = None
    """The network that it is about."""
    reason: int | None = None
    """Why joining ended; versions before 2022 don't tell."""


def state(data: bytes) -> State:
    """Return what a state report says. Raises ImplausibleReply.

    Wi-Fi mode (1), station (1), clients of its own access point (1), then items: type (1), length (1), value. Types are
    those of the data frames; 14 retries, 15 reason of the end, 16 signal strength then.
    """
    if len(data) < 3:
        raise ImplausibleReply("BluFi state report")
    items: dict[int, bytes] = {}
    rest = data[3:]
    while rest:
        if len(rest) < 2 or len(rest) < 2 + rest[1]:
            raise ImplausibleReply("BluFi state report")
        items[rest[0]] = rest[2 : 2 + rest[1]]
        rest = rest[2 + rest[1] :]
    ssid, reason = items.get(_SSID_ITEM), items.get(_REASON_ITEM)
    return State(
        station=data[1],
        ssid=_text(ssid) if ssid else None,
        reason=reason[0] if reason and reason[0] != _NO_REASON else None,
    )


def version(data: bytes) -> tuple[int, int] | None:
    """Return the version of BluFi, such as (1, 2); None if this isn't one."""
    return (data[0], data[1]) if len(data) == 2 else None


class Error(IntEnum):
    """Errors that a dongle reports, as far as they mean different things to us."""

    CHECKSUM = 0x01
    DECRYPT = 0x02
    ENCRYPT = 0x03
    SECURITY_NOT_READY = 0x04
    SCAN_FAILED = 0x0B


SECURITY_ERRORS: Final = frozenset({Error.CHECKSUM, Error.DECRYPT, Error.ENCRYPT, Error.SECURITY_NOT_READY})


def error(data: bytes) -> int | None:
    """Return the number of an error, None if the report names none."""
    return data[0] if data else None
