"""The cipher of both dongles, the framing of the WiFi Connect, the checksums.

Vectors are those of the protocol document, section 5.1 to 5.4: computed there with code of our own and checked against
independent implementations. Here two of those are asked once more: `jura_connect` for WiFi, the simulator for Bluetooth.
"""

from itertools import product
import random

from hypothesis import HealthCheck, given, settings, strategies as st
from jura_connect import crypto as oracle
import pytest

from custom_components.jura.machine.codec import (
    FRAME_LIMIT,
    SMART_CONNECT,
    WIFI_CONNECT,
    Cipher,
    FrameDecoder,
    display_checksum,
    encode_frame,
    settings_checksum,
)
from simulator.cipher import crypt

KEYS = st.integers(0, 255)
CIPHERS = pytest.mark.parametrize("cipher", [SMART_CONNECT, WIFI_CONNECT], ids=["bluetooth", "wifi"])
RUN = bytes(range(64))

# Time is made virtual by a fixture for each test, and not for each example: of no account to functions without time.
examples = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


# --- Bluetooth ------------------------------------------------------------------------------------------------------

BLUETOOTH = """
2A 2A7F80 77656D
2A 2A7F81 77656A
2A 2A4602 771B35
2A 2A01 77E0
2A 2A00 77E1
2A 2AFF 77B5
2A 2A0001FFFF 77E13A6DCD
2A 2A0001FF2A 77E13A6D46
2A 2A00040100 77E13EDB88
2A 2A0004012A 77E13EDB46
2A 2A00080100 77E137DB88
2A 2A0010FFFF 77E1BD6DCD
5E 5E7F80 E3C6AE
5E 5E7F81 E3C6AA
5E 5E4602 E3EF64
5E 5E01 E315
5E 5E00 E31D
5E 5EFF E3D6
5E 5E0001FFFF E31D6A2149
00 007F80 14F29C
00 007F81 14F29F
00 004602 140543
00 0001 1448
00 0000 1444
00 00FF 1472
AB AB7F80 0EF72A
FF FF7F80 DEDDB2
2A 2A3C0208080409FFFFFFFF00FFFFFF2D00 77AE35D38082D83DD2AD029857770CF747
2A 00014E000000000027000098 3BE024D68881D3DE9523FA00
2A 0EA2A2A2 3D389577
2A A200A2A2 B8E19577
2A 4200A2A2 18E19577
"""


@pytest.mark.parametrize(("key", "plain", "coded"), [row.split() for row in BLUETOOTH.split("\n") if row])
def test_bluetooth(key: str, plain: str, coded: str) -> None:
    """What the dongle takes and says, in both directions."""
    assert SMART_CONNECT(bytes.fromhex(plain), int(key, 16)) == bytes.fromhex(coded)
    assert SMART_CONNECT(bytes.fromhex(coded), int(key, 16)) == bytes.fromhex(plain)


@pytest.mark.parametrize(
    ("key", "coded"),
    [
        (
            0x2A,
            "3BE035D88388D2D8AB22F093A2A6FDACD7EF88E03EB3930697262572B32501F0"
            "68E0453943B832689B0330598636D80C941FF160FE43B359F2F675C003DBAC70",
        ),
        (
            0x5E,
            "1D1564A61CFBE2864AA84098E6C98437FC2C477421C3FC8AE677FC61FF7E9093"
            "ED6DB3F7CF9862E1A78D111C668A99075C57575446D3635BF9C74CD12F57A0D3",
        ),
        (
            0x00,
            "144843CC21102999B5E174EF193A67189B347EF9DE46D424805BD2D350AFEDBD"
            "D7A75F85A073F186C551464F4E434138F214AE01D52F7D95EC4B0D93B2496D1C",
        ),
        (
            0xFF,
            "C2853042A14F94E4A44347C661345CDD7B999CE77AF860FD354D44BA0FA7EFB4"
            "829508A2861713684A5BF8F310AACC5B5BA4D4F7C248D02D0592031A141B1F1E",
        ),
    ],
    ids=lambda value: f"{value:02X}" if isinstance(value, int) else "",
)
def test_bluetooth_run(key: int, coded: str) -> None:
    """All positions up to nibble 127: a term of the position that is dropped shows only beyond the eighth byte."""
    assert SMART_CONNECT(RUN, key).hex().upper() == coded
    assert SMART_CONNECT(bytes.fromhex(coded), key) == RUN


def test_lock_carries_its_key() -> None:
    """A published document says the lock goes without the key; its own example has it. Without it: 3BE0."""
    assert SMART_CONNECT(bytes.fromhex("2A01"), 0x2A).hex().upper() == "77E0"
    assert SMART_CONNECT(bytes.fromhex("0001"), 0x2A).hex().upper() == "3BE0"


def test_only_few_keys_read_a_status() -> None:
    """The rule of the first byte unmasks a wrong key, but for two at most."""
    for right in range(256):
        coded = SMART_CONNECT(bytes((right,)), right)
        others = [key for key in range(256) if key != right and SMART_CONNECT(coded, key) == bytes((key,))]
        assert len(others) <= 2


def test_bluetooth_as_simulated() -> None:
    """The simulator's cipher, written independently, says the same for every key."""
    dice = random.Random(1)
    for key in range(256):
        data = dice.randbytes(300)
        assert SMART_CONNECT(data, key) == crypt(data, key), key


# --- WiFi -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "coded"),
    [
        (
            0x2A,
            "AA9D3148B07E3FDA4084C11E1423F38C8430C9E64A5D89EF73AC84819968D2CA"
            "867DEBB661F0DE54DDD7579457B802A9034C96BBA1171080B5CCD00F9707817A",
        ),
        (
            0x5A,
            "337AF84A1F8292ADAEBE9C544BA46A890AEE7E6BF786A2CFB15FB8D774BEC653"
            "EAB616A58E9255B2CF3284424DE5B535B5A2BE91DBEA590C2FC292E5F2A2D5C2",
        ),
        (
            0x00,
            "B73C6A5ACA9E4ED5E580B4BE3E71319CFB63EB25709D80F2615F91A6B9E974EC"
            "75535B52CB415083650502BE1D0996AAA61F0E0B058DDA06DD6DAC25794CB9C2",
        ),
        (
            0xFD,
            "77D77E2CB7D2314FCBBE689875788953C7447D67DCA258E1F396CDC1408848A2"
            "0E77FF3D88A19A0F7C6EA5B8C0FB87F18A656064D25A6D9A711C10C72217ADB6",
        ),
    ],
    ids=lambda value: f"{value:02X}" if isinstance(value, int) else "",
)
def test_wifi_run(key: int, coded: str) -> None:
    """The raw cipher of the WiFi Connect."""
    assert WIFI_CONNECT(RUN, key).hex().upper() == coded
    assert WIFI_CONNECT(bytes.fromhex(coded), key) == RUN


FRAMES = """
42 - 2A4236FF0D0A
10 - 2A10743D0D0A
5A @TG:C0 2A5AB3809313F0CD9BA50D0A
00 @TG:C0 2A1B80E72D3593ABAF43D90D0A
0A @TG:C0 2A1B8A893B8A0F08747C340D0A
0D @TG:C0 2A1B8DFDDE7DC477B358EF0D0A
1B @TG:C0 2A1B9B141C9DDC789244AC0D0A
0A @TG:43 2A1B8A893B8A0F69717C340D0A
42 @TG:43 2A4273AB635B9AA5DFA20D0A
10 @HP:,, 2A10C3DF75A4668580650D0A
42 @HP:,686F6D65, 2A4273E0845BD3AE6780D34B27F3FABFAABE0D0A
42 @TS:01 2A4273AB875B96ABDFA20D0A
42 @TS:00 2A4273AB875B96ADDFA20D0A
00 @TS:01 2A1B80E72DBB93B9A443D90D0A
1B @TM:50 2A1B9B141C97DCFB9244AC0D0A
26 @TR:32,00 2A1BA678E3AC1B8D8AD780A662E4E60D0A
42 @TR:32,00 2A4273AB8F5B9CA79186CDD3810D0A
42 @TG:FF 2A4273AB635BA09EDFA20D0A
26 @TG:FF 2A1BA678E3F51B8D7B1A35690D0A
42 @TM:13 2A4273AB695B97A5DFA20D0A
42 @TM:13,211E96 2A4273AB695B97A5918ACA4023FDFD61AD0D0A
0D @TV:84,30373A3330 2A1B8DFDDE9EC42FB649A6CB4EDB4A025C51FB9C98940D0A
42 @TP:0200080C000002000100000000000000 2A4273AB845B96A76B86CD42A6B6F79EBED5B8838A6D16DA5584F5DDA6AB82C6D7B31B8A09018724330D0A
7C @HP:1234,686F6D652D617373697374616E742D74657374,0B30557A9FC4E90E33587DA2C7EC11365B80A5CAEF14395E83A8CDF2173C6186 2A7C39CF36ADCEC6F1BD76701B8AE8D39EE7FEAC661110BDEDED6927FF0101D9682CFAA2BC1CDCEE55D3BAC89EEBFFA7D1C1355C08C9CD5A5D1452DE722F986D68629C2816A2B272C106C51AACEE1C87990FE8B959ACF3EBD0B0399D8D6808DDC864D4435796BD8B5EE046E09EE818627BDBC972F40D0A
"""
REAL_REPLIES = """
12 @hp4 2A12EA0FCF564B440D0A
69 @hy:TT237W_V05.26 2A69AD84EC8BBBE64CDC1B8085841908A167ECA81A1F0D0A
EB @hl:ESP32LDRSIM_TT237W_V05.26 2AEBDA1E9AA059DFB5FDFDA39069B48B1E88BD85CFFFC2B3530BFCC283DE4C49A20D0A
"""


def frames(table: str) -> list[tuple[int, bytes, bytes]]:
    """Return the rows of a table: key, body (`-` is none, `_` a blank), frame."""
    rows = [row.split() for row in table.split("\n") if row]
    return [
        (int(key, 16), body.replace("-", "").replace("_", " ").encode(), bytes.fromhex(frame))
        for key, body, frame in rows
    ]


def decode(*portions: bytes) -> list[bytes]:
    """Return the bodies that come out of what is received."""
    decoder = FrameDecoder()
    return [body for portion in portions for body in decoder.feed(portion)]


def one_by_one(data: bytes) -> list[bytes]:
    """Return the bytes of a message, each by itself."""
    return [bytes((byte,)) for byte in data]


@pytest.mark.parametrize(("key", "body", "frame"), frames(FRAMES), ids=lambda value: repr(value)[:24])
def test_frame(key: int, body: bytes, frame: bytes) -> None:
    """A body becomes the frame that the dongle wants, and comes out of it, however it arrives."""
    assert encode_frame(body, key) == frame
    assert decode(frame) == [body]
    assert decode(*one_by_one(frame)) == [body]


@pytest.mark.parametrize(("key", "body", "frame"), frames(REAL_REPLIES), ids=["hp4", "hy", "hl"])
def test_real_reply(key: int, body: bytes, frame: bytes) -> None:
    """What a real dongle without a machine answered."""
    assert decode(frame) == [body]


def test_stream() -> None:
    """All frames in one read, and cut at every place into two: none is lost, merged or invented."""
    table = frames(FRAMES)
    stream, bodies = b"".join(frame for _, _, frame in table), [body for _, body, _ in table]
    assert decode(stream) == bodies
    for cut in range(len(stream) + 1):
        assert decode(stream[:cut], stream[cut:]) == bodies


@pytest.mark.parametrize(
    "rubbish", [b"", b"\0\xff", b"@tf:0004", b"HTTP/1.1 400", b"\r\n\r\n", b"nothing\r\n", b"\n\r"], ids=repr
)
def test_rubbish_before_a_frame(rubbish: bytes) -> None:
    """Whatever stands before `*` is skipped."""
    assert decode(rubbish + encode_frame(b"@hp4", 0x42)) == [b"@hp4"]


@pytest.mark.parametrize("byte", [0x1B, 0x00, 0x2A, 0x2B, 0x0A, 0x0D, 0x26, 0x41], ids="{:02X}".format)
def test_any_escape_is_undone(byte: int) -> None:
    """The firmware escapes more than we do: 2A and 2B too. Whatever comes escaped is taken, as data and as key."""
    escaped = bytes((0x1B, byte ^ 0x80))
    assert decode(b"*\x42" + escaped + b"\r\n") == [WIFI_CONNECT(bytes((byte,)), 0x42)]
    assert decode(b"*" + escaped + b"\x42\r\n") == [WIFI_CONNECT(b"\x42", byte)]


def test_escape_at_the_end() -> None:
    """A frame that breaks off inside an escape is no reason to fail."""
    assert len(decode(b"*\x42\x1b\r\n")) == 1


def test_plain_line() -> None:
    """With a session open, plain lines may come between frames (firmware reading)."""
    assert decode(b"@TF:0004\r\n" + encode_frame(b"@ts", 0x10) + b"@TB\r\n") == [b"@TF:0004", b"@ts", b"@TB"]
    assert decode(b"no at sign\r\n*\r\n\r\n") == []


def test_raw_star_in_a_body() -> None:
    """A coded 2A, which is sent as it is, is not the start of another frame."""
    frames_with_star = [frame for key in range(256) if b"*" in (frame := encode_frame(b"@TV:3E02", key))[1:]]
    assert len(frames_with_star) > 2
    assert [decode(frame) for frame in frames_with_star] == [[b"@TV:3E02"]] * len(frames_with_star)


def test_endless_rubbish_is_not_kept() -> None:
    """A stream without an end of line costs a bounded amount of memory, and what comes after it is heard again."""
    decoder = FrameDecoder()
    for _ in range(1000):
        assert decoder.feed(b"*" + b"\xff" * 999) == []
    assert len(decoder._begun) <= FRAME_LIMIT  # noqa: SLF001  # That it is bounded can't be seen from outside.
    assert decoder.feed(b"\r\n" + encode_frame(b"@ts", 0x42))[-1:] == [b"@ts"]


def test_an_endless_line_at_once() -> None:
    """However long a line a hostile peer sends, it is decoded like any other."""
    body = b"@" + b"x" * 1_000_000
    assert FrameDecoder().feed(encode_frame(body, 0x42)) == [body]


# --- checksums ------------------------------------------------------------------------------------------------------

CHECKSUMS = """
13,211E 96
13,1E F9
13,220168 3C
02,0D FD
02,01 10
08,00 0B
08,220100 46
09,01 09
09,02 08
0A,06 FC
0A,07 FB
04,00 0F
62,00 0B
60,02 0B
60,03 0A
60,07 06
60,0D F9
60,28 03
50,0404040404 7A
60,020310FFFFFFFFFFFFFFFF00 87
60,070530FFFF012DFFFF003C00 01
3C,02000809000002000100000000000000000000001518 F8
"""


def test_settings_checksum() -> None:
    """A setting with another checksum is refused by the machine."""
    table = dict(row.split() for row in CHECKSUMS.split("\n") if row)
    assert {text: f"{settings_checksum(text):02X}" for text in table} == table


def test_display_checksum() -> None:
    """Display texts have another checksum than settings."""
    assert display_checksum("Hello") == 0xF4
    assert display_checksum("") == 0


# --- whatever comes -------------------------------------------------------------------------------------------------


@CIPHERS
@examples
@given(data=st.binary(max_size=400), key=KEYS)
def test_cipher_is_its_own_inverse(cipher: Cipher, data: bytes, key: int) -> None:
    """One routine codes and decodes, for every key and length."""
    coded = cipher(data, key)
    assert len(coded) == len(data)
    assert cipher(coded, key) == data


@CIPHERS
@examples
@given(data=st.binary(min_size=1, max_size=64), key=KEYS, cut=st.integers(0, 63))
def test_cipher_works_byte_by_byte(cipher: Cipher, data: bytes, key: int, cut: int) -> None:
    """A byte depends on nothing but itself and its place, so that a truncated frame decodes as far as it goes."""
    assert cipher(data[:cut], key) == cipher(data, key)[:cut]


def test_wifi_as_jura_connect() -> None:
    """The independent implementation says the same for every key, frames and escapes included."""
    dice = random.Random(2)
    for key, length in product(range(256), (0, 1, 33, 257)):
        body = dice.randbytes(length)
        frame = oracle.wrap_frame(body + b"\r\n", key)
        assert encode_frame(body, key) == frame, key
        assert decode(frame) == [body], key


@examples
@given(bodies=st.lists(st.tuples(st.binary(max_size=80), KEYS), max_size=6), data=st.data())
def test_frames_survive_any_cutting(bodies: list[tuple[bytes, int]], data: st.DataObject) -> None:
    """Encode, cut anywhere, decode: the same bodies, whatever is in them."""
    stream = b"".join(encode_frame(body, key) for body, key in bodies)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    portions = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert decode(*portions) == [body for body, _ in bodies]


@examples
@given(
    portions=st.lists(
        st.one_of(st.binary(max_size=60), st.sampled_from([b"*", b"\r\n", b"\x1b", b"@", b"\r", b"*\x1b\r\n"])),
        max_size=30,
    )
)
def test_decoder_survives_everything(portions: list[bytes]) -> None:
    """No bytes from the network make the decoder fail."""
    assert all(isinstance(body, bytes) for body in decode(*portions))
