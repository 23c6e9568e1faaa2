"""BluFi's frames: against known values, against the simulator's own arithmetic, and against anything."""

from contextlib import suppress
import hashlib

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from hypothesis import given, strategies as st
import pytest

from custom_components.jura.machine import blufi
from custom_components.jura.machine.blufi import Cipher, KeyExchange, Network, Receiver, Sender, State, Type
from custom_components.jura.machine.errors import ImplausibleReply, NegotiationRefused
from simulator import blufi_frames

KEY = bytes(range(16))


def from_dongle(kind: int, data: bytes, sequence: int = 0, flags: int = 0) -> bytes:
    """Return a plain frame of the dongle's."""
    return bytes((kind, 0x04 | flags, sequence, len(data))) + data


def test_checksum() -> None:
    """The check value of this CRC (CRC-16/GENIBUS in the catalogues, `crc16_be` from 0 in the ESP32's ROM)."""
    assert blufi.checksum(b"123456789") == 0xD64E
    assert blufi.checksum(b"") == 0


@given(st.binary(max_size=300))
def test_checksum_bit_by_bit(data: bytes) -> None:
    """The same as calculated bit by bit."""
    assert blufi.checksum(data) == blufi_frames.crc16(data)


def test_types() -> None:
    """The type bytes, as Espressif's documents and others' recordings have them."""
    assert [Type.SET_SECURITY, Type.SET_MODE, Type.CONNECT, Type.LIST_NETWORKS] == [0x04, 0x08, 0x0C, 0x24]
    assert [Type.NEGOTIATION, Type.SSID, Type.PASSWORD, Type.STATE, Type.ERROR] == [0x01, 0x09, 0x0D, 0x3D, 0x49]


def test_cipher_of_nist() -> None:
    """CFB-128 with NIST's key, by its published blocks (SP 800-38A, F.3.13), and the IV of a frame."""
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    iv = bytes(range(16))
    plain = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
    coded = bytes.fromhex("3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b")
    assert BlockCipher(AES(key), CFB(iv)).encryptor().update(plain) == coded
    zeros = Cipher(key).encrypt(0, plain)
    assert zeros == BlockCipher(AES(key), CFB(bytes(16))).encryptor().update(plain)
    assert Cipher(key).encrypt(7, plain) == BlockCipher(AES(key), CFB(b"\x07" + bytes(15))).encryptor().update(plain)


@given(st.sampled_from((16, 32)), st.integers(0, 255), st.binary(max_size=300))
def test_cipher(size: int, sequence: int, data: bytes) -> None:
    """The same as made of single blocks, and back again."""
    key = bytes(range(size))
    coded = Cipher(key).encrypt(sequence, data)
    assert coded == blufi_frames.cfb(key, sequence, data, decrypt=False)
    assert Cipher(key).decrypt(sequence, coded) == data


@pytest.mark.parametrize(
    ("scheme", "size", "key_size"), [(blufi.FIRST_SCHEME, 128, 16), (blufi.SECOND_SCHEME, 384, 32)]
)
def test_key_exchange(scheme: blufi.Scheme, size: int, key_size: int) -> None:
    """Both sides come to the same key; lengths are big endian."""
    exchange = KeyExchange(scheme)
    announcement, parameters = exchange.messages()
    total = 2 + size + 2 + 1 + 2 + size
    assert announcement == b"\x00" + total.to_bytes(2, "big")
    assert len(parameters) == 1 + total
    assert parameters[:3] == b"\x01" + size.to_bytes(2, "big")
    assert parameters[3 + size : 6 + size] == b"\x00\x01\x02"
    public, key = blufi_frames.agree(parameters[1:], new_scheme=scheme is blufi.SECOND_SCHEME)
    assert len(key) == key_size
    assert exchange.cipher(public).encrypt(3, b"ssid") == blufi_frames.cfb(key, 3, b"ssid", decrypt=False)


def test_groups() -> None:
    """The primes are the published ones: lengths, ends, and a digest of the app's."""
    app, ffdhe = blufi.FIRST_SCHEME.prime, blufi.SECOND_SCHEME.prime
    assert f"{app:x}".startswith("cf5cf5c38419a724957ff5dd323b9c45")
    assert f"{app:x}".endswith("7dc0edddd2f86373")
    assert f"{ffdhe:X}".startswith("FFFFFFFFFFFFFFFFADF85458A2BB4A9AAFDC5620273D3CF1")
    assert f"{ffdhe:X}".endswith("25E41D2B66C62E37FFFFFFFFFFFFFFFF")
    for prime in (app, ffdhe):
        # Fermat's test is enough to find a wrong digit.
        assert pow(3, prime - 1, prime) == 1


def test_secret_keeps_its_leading_zeros() -> None:
    """The key is made of the secret in full length."""
    exchange = KeyExchange(blufi.FIRST_SCHEME)
    public = 3
    secret = pow(public, exchange._private, blufi.FIRST_SCHEME.prime).to_bytes(128, "big")  # noqa: SLF001
    expected = blufi_frames.cfb(hashlib.md5(secret).digest(), 0, b"x", decrypt=False)
    assert exchange.cipher(public.to_bytes(128, "big")).encrypt(0, b"x") == expected


@pytest.mark.parametrize("public", [b"", bytes(128), bytes(127) + b"\x01", b"\xff" * 128, b"\x02" * 129])
def test_unusable_public_key(public: bytes) -> None:
    """Keys that lead to a secret anybody can guess are refused."""
    with pytest.raises(NegotiationRefused):
        KeyExchange(blufi.FIRST_SCHEME).cipher(public)
    minus_one = blufi.FIRST_SCHEME.prime - 1
    with pytest.raises(NegotiationRefused):
        KeyExchange(blufi.FIRST_SCHEME).cipher(minus_one.to_bytes(128))


def test_scheme_for() -> None:
    """Versions choose the scheme."""
    assert blufi.scheme_for(None) is blufi.scheme_for((1, 3)) is blufi.FIRST_SCHEME
    assert blufi.scheme_for((1, 4)) is blufi.scheme_for((2, 0)) is blufi.SECOND_SCHEME


def test_plain_frames() -> None:
    """Frames by hand, sequence numbers counting."""
    sender = Sender()
    assert sender.frames(Type.GET_VERSION) == [bytes.fromhex("1C 00 00 00")]
    assert sender.frames(Type.SET_MODE, b"\x01", acknowledge=True) == [bytes.fromhex("08 08 01 01 01")]
    assert sender.frames(Type.SSID, b"Home") == [bytes.fromhex("09 00 02 04") + b"Home"]


def test_fragments() -> None:
    """A long message at the smallest MTU: 20 bytes a frame, each beginning with what is left."""
    frames = Sender().frames(Type.SSID, bytes(range(30)))
    assert frames == [
        bytes.fromhex("09 10 00 0E 1E 00") + bytes(range(12)),
        bytes.fromhex("09 10 01 0E 12 00") + bytes(range(12, 24)),
        bytes.fromhex("09 00 02 06") + bytes(range(24, 30)),
    ]


def test_secured_frames() -> None:
    """Data are encrypted and checked over the plain text; control frames only checked."""
    sender = Sender()
    sender.cipher = Cipher(KEY)
    (frame,) = sender.frames(Type.SET_SECURITY, b"\x03")
    assert frame == bytes.fromhex("04 02 00 01 03") + blufi.checksum(bytes.fromhex("00 01 03")).to_bytes(2, "little")
    (frame,) = sender.frames(Type.PASSWORD, b"secret!!", size=100)
    assert frame[:4] == bytes.fromhex("0D 03 01 08")
    assert frame[4:12] == blufi_frames.cfb(KEY, 1, b"secret!!", decrypt=False)
    assert frame[12:] == blufi.checksum(b"\x01\x08secret!!").to_bytes(2, "little")


@given(st.binary(max_size=700), st.integers(20, 520), st.booleans())
def test_to_the_simulator(data: bytes, size: int, secured: bool) -> None:
    """The simulator understands every message, and no frame is longer than allowed."""
    sender, codec = Sender(), blufi_frames.Codec(23)
    if secured:
        sender.cipher, codec.key = Cipher(KEY), KEY
    frames = sender.frames(Type.SSID, data, size=size)
    assert all(len(frame) <= size for frame in frames)
    results = [codec.receive(frame) for frame in frames]
    assert [result[0] for result in results[:-1]] == [None] * (len(frames) - 1)
    assert results[-1][:2] == ((2, 1), data)


@given(st.binary(max_size=700), st.integers(23, 520), st.booleans())
def test_from_the_simulator(data: bytes, mtu: int, secured: bool) -> None:
    """Every message of the simulator is understood."""
    receiver, codec = Receiver(), blufi_frames.Codec(mtu)
    if secured:
        receiver.cipher, codec.key, codec.mode = Cipher(KEY), KEY, 0x03
    messages = [receiver.feed(frame) for frame in codec.send(0x11, 1, data)]
    assert messages[:-1] == [None] * (len(messages) - 1)
    assert messages[-1] is not None
    assert (messages[-1].type, messages[-1].data) == (Type.NETWORKS, data)


def test_sequence_wraps() -> None:
    """After 255 comes 0, both ways."""
    sender, receiver = Sender(), Receiver()
    frames = [sender.frames(Type.GET_STATE)[0] for _ in range(300)]
    assert [frame[2] for frame in frames] == [number % 256 for number in range(300)]
    assert all(receiver.feed(from_dongle(Type.STATE, b"", number % 256)) for number in range(300))


@given(st.lists(st.binary(max_size=40), max_size=30), st.booleans())
def test_anything(frames: list[bytes], secured: bool) -> None:
    """Whatever comes is a message, nothing yet, or implausible; and a good frame is understood after it."""
    receiver = Receiver()
    receiver.cipher = Cipher(KEY) if secured else None
    for frame in frames:
        try:
            message = receiver.feed(frame)
        except ImplausibleReply:
            continue
        if message is not None:
            for decode in (blufi.networks, blufi.state):
                with suppress(ImplausibleReply):
                    decode(message.data)
            blufi.version(message.data)
            blufi.error(message.data)


@pytest.mark.parametrize(
    "frames",
    [
        [b""],
        [b"\x3d\x04\x00"],
        [bytes.fromhex("3D 00 00 00")],  # to the dongle
        [bytes.fromhex("3D 04 00 05 00")],  # shorter than it says
        [bytes.fromhex("3D 04 00 00 00")],  # longer
        [bytes.fromhex("3D 06 00 01 00 FF FF")],  # checksum
        [bytes.fromhex("3D 05 00 01 00")],  # encrypted without a key
        [bytes.fromhex("3D 14 00 01 05")],  # a fragment without length
        [bytes.fromhex("3D 14 00 03 01 00 AA")],  # a fragment that would be all
        [bytes.fromhex("3D 14 00 03 FF FF AA")],  # more than we would take
        [bytes.fromhex("3D 14 00 03 05 00 AA"), bytes.fromhex("3D 14 02 03 03 00 AA")],  # one is missing
        [bytes.fromhex("3D 14 00 03 05 00 AA"), bytes.fromhex("3D 04 01 01 AA")],  # the end is too short
        [bytes.fromhex("3D 14 00 03 05 00 AA"), bytes.fromhex("45 04 01 04 AA AA AA AA")],  # another message's end
    ],
)
def test_broken_frames(frames: list[bytes]) -> None:
    """Each way of being broken; the next whole message is good."""
    receiver = Receiver()
    for frame in frames[:-1]:
        assert receiver.feed(frame) is None
    with pytest.raises(ImplausibleReply):
        receiver.feed(frames[-1])
    message = receiver.feed(from_dongle(Type.STATE, b"\x01\x00\x00", 9))
    assert message is not None
    assert message.data == b"\x01\x00\x00"


def test_frame_that_comes_twice() -> None:
    """Some stacks deliver notifications twice."""
    receiver = Receiver()
    frame = from_dongle(Type.VERSION, b"\x01\x02")
    assert receiver.feed(frame) is not None
    assert receiver.feed(frame) is None


def test_networks() -> None:
    """Strongest first, duplicates merged, hidden and unreadable ones dropped."""

    def entry(ssid: bytes, rssi: int) -> bytes:
        return bytes((len(ssid) + 1, rssi & 0xFF)) + ssid

    data = b"".join(
        (
            entry(b"Far", -90),
            entry(b"Home", -70),
            entry(b"", -30),
            entry(bytes(8), -31),
            entry(b"\xff\xfe", -32),
            entry("Café".encode(), -60),
            entry(b"Home", -50),
            entry(b"Home", -80),
        )
    )
    assert blufi.networks(data) == [Network("Home", -50), Network("Café", -60), Network("Far", -90)]
    assert blufi.networks(b"") == []
    for broken in (b"\x00", b"\x01", b"\x05\xb0abc"):
        with pytest.raises(ImplausibleReply):
            blufi.networks(broken)


def test_state() -> None:
    """Reports with and without items; the password that may be in one is not kept."""
    assert blufi.state(b"\x01\x02\x00") == State(station=2)
    report = bytes.fromhex("01 00 00 01 06 000102030405 02 04") + b"Home" + b"\x03\x08password"
    assert blufi.state(report) == State(station=0, ssid="Home")
    assert blufi.state(bytes.fromhex("01 01 00 15 01 0F 16 01 C4")) == State(station=1, reason=15)
    assert blufi.state(bytes.fromhex("01 01 00 15 01 FF 16 01 80")) == State(station=1)
    assert blufi.state(bytes.fromhex("01 09 00")) == State(station=9)
    for broken in (b"", b"\x01\x00", b"\x01\x00\x00\x02", b"\x01\x00\x00\x02\x05Home"):
        with pytest.raises(ImplausibleReply):
            blufi.state(broken)


def test_message_shows_nothing() -> None:
    """A message in a log line or an assertion doesn't show what is in it."""
    assert "password" not in repr(blufi.Message(Type.STATE, b"\x01\x00\x00\x03\x08password"))
