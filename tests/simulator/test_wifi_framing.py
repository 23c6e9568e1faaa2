"""Frames, checksums and datagrams of the WiFi Connect, against the vectors of the protocol notes."""

from datetime import date
import random

from hypothesis import given, strategies as st
import pytest

from simulator.advertisement import Identity
from simulator.cipher import WIFI_CONNECT, crypt
from simulator.wifi_datagrams import SCAN, is_request, reply
from simulator.wifi_framing import Deframer, Frame, checksum, frame, random_key

FRAMES = """
42 | | 2A4236FF0D0A
10 | | 2A10743D0D0A
5A |@TG:C0| 2A5AB3809313F0CD9BA50D0A
00 |@TG:C0| 2A1B80E72D3593ABAF43D90D0A
0A |@TG:C0| 2A1B8A893B8A0F08747C340D0A
0D |@TG:C0| 2A1B8DFDDE7DC477B358EF0D0A
1B |@TG:C0| 2A1B9B141C9DDC789244AC0D0A
0A |@TG:43| 2A1B8A893B8A0F69717C340D0A
42 |@TG:43| 2A4273AB635B9AA5DFA20D0A
10 |@HP:,,| 2A10C3DF75A4668580650D0A
42 |@HP:,686F6D65,| 2A4273E0845BD3AE6780D34B27F3FABFAABE0D0A
42 |@TS:01| 2A4273AB875B96ABDFA20D0A
42 |@TS:00| 2A4273AB875B96ADDFA20D0A
00 |@TS:01| 2A1B80E72DBB93B9A443D90D0A
1B |@TM:50| 2A1B9B141C97DCFB9244AC0D0A
26 |@TR:32,00| 2A1BA678E3AC1B8D8AD780A662E4E60D0A
42 |@TR:32,00| 2A4273AB8F5B9CA79186CDD3810D0A
42 |@TG:FF| 2A4273AB635BA09EDFA20D0A
26 |@TG:FF| 2A1BA678E3F51B8D7B1A35690D0A
42 |@TM:13| 2A4273AB695B97A5DFA20D0A
42 |@TM:13,211E96| 2A4273AB695B97A5918ACA4023FDFD61AD0D0A
0D |@TV:84,30373A3330| 2A1B8DFDDE9EC42FB649A6CB4EDB4A025C51FB9C98940D0A
42 |@TP:0200080C000002000100000000000000| \
2A4273AB845B96A76B86CD42A6B6F79EBED5B8838A6D16DA5584F5DDA6AB82C6D7B31B8A09018724330D0A
7C |@HP:1234,686F6D652D617373697374616E742D74657374,0B30557A9FC4E90E33587DA2C7EC11365B80A5CAEF14395E83A8CDF2173C6186| \
2A7C39CF36ADCEC6F1BD76701B8AE8D39EE7FEAC661110BDEDED6927FF0101D9682CFAA2BC1CDCEE55D3BAC89EEBFFA7D1C1355C08C9CD5A5D145\
2DE722F986D68629C2816A2B272C106C51AACEE1C87990FE8B959ACF3EBD0B0399D8D6808DDC864D4435796BD8B5EE046E09EE818627BDBC972F40\
D0A
12 |@hp4| 2A12EA0FCF564B440D0A
69 |@hy:TT237W V05.26| 2A69AD84EC8BBBE64CDC1B8085841908A167ECA81A1F0D0A
EB |@hl:ESP32LDRSIM TT237W V05.26| 2AEBDA1E9AA059DFB5FDFDA39069B48B1E88BD85CFFFC2B3530BFCC283DE4C49A20D0A
"""

CHECKSUMS = """
13,211E -> 96
13,1E -> F9
13,220168 -> 3C
02,0D -> FD
02,01 -> 10
08,00 -> 0B
08,220100 -> 46
09,01 -> 09
09,02 -> 08
0A,06 -> FC
0A,07 -> FB
04,00 -> 0F
62,00 -> 0B
60,02 -> 0B
60,03 -> 0A
60,07 -> 06
60,0D -> F9
60,28 -> 03
50,0404040404 -> 7A
60,020310FFFFFFFFFFFFFFFF00 -> 87
60,070530FFFF012DFFFF003C00 -> 01
3C,02000809000002000100000000000000000000001518 -> F8
"""

CIPHER = """
2A  AA9D3148B07E3FDA4084C11E1423F38C8430C9E64A5D89EF73AC84819968D2CA867DEBB661F0DE54DDD7579457B802A9034C96BBA1171080B5CCD00F9707817A
5A  337AF84A1F8292ADAEBE9C544BA46A890AEE7E6BF786A2CFB15FB8D774BEC653EAB616A58E9255B2CF3284424DE5B535B5A2BE91DBEA590C2FC292E5F2A2D5C2
00  B73C6A5ACA9E4ED5E580B4BE3E71319CFB63EB25709D80F2615F91A6B9E974EC75535B52CB415083650502BE1D0996AAA61F0E0B058DDA06DD6DAC25794CB9C2
FD  77D77E2CB7D2314FCBBE689875788953C7447D67DCA258E1F396CDC1408848A20E77FF3D88A19A0F7C6EA5B8C0FB87F18A656064D25A6D9A711C10C72217ADB6
"""


@pytest.mark.parametrize("vector", FRAMES.strip().splitlines())
def test_frames(vector: str) -> None:
    """Whole frames, both ways."""
    key, body, wire = (part.strip() for part in vector.split("|"))
    data = bytes.fromhex(wire)
    assert frame(body, int(key, 16)) == data
    assert list(Deframer().feed(data)) == [Frame(body=body.encode(), key=int(key, 16), complete=True)]


@pytest.mark.parametrize("vector", CIPHER.strip().splitlines())
def test_cipher(vector: str) -> None:
    """The bare cipher, over all positions of a long message."""
    key, coded = vector.split()
    assert crypt(bytes(range(64)), int(key, 16), WIFI_CONNECT).hex().upper() == coded
    assert crypt(bytes.fromhex(coded), int(key, 16), WIFI_CONNECT) == bytes(range(64))


@pytest.mark.parametrize("vector", CHECKSUMS.strip().splitlines())
def test_checksums(vector: str) -> None:
    """The checksum of settings commands."""
    text, expected = vector.split(" -> ")
    assert checksum(text) == expected


@given(st.binary(max_size=80), st.integers(0, 255), st.integers(1, 7), st.binary(max_size=9))
def test_any_pieces(body: bytes, key: int, size: int, rubbish: bytes) -> None:
    """Frames come out whole whatever the pieces they arrive in, and whatever lies between them."""
    body = body.removesuffix(b"\r\n")
    data = (rubbish.replace(b"*", b"") + frame(body, key)) * 2
    deframer = Deframer()
    bodies = [
        received.body for start in range(0, len(data), size) for received in deframer.feed(data[start : start + size])
    ]
    assert bodies == [body, body]


def test_odd_frames() -> None:
    """What is wrong but readable is read and told; what can't be a frame is skipped."""
    (received,) = Deframer().feed(frame("@TG:43", 0x4E, complete=False))
    assert received.body == b"@TG:43"
    assert not received.complete
    assert received.faults == ("key 4E", "no inner line end")
    # A byte that should be escaped isn't, others are that need not be.
    sent = frame("@TR:32,00", 0x26).replace(b"\x1b\xa6", b"\x26")
    (received,) = Deframer().feed(sent)
    assert received.body == b"@TR:32,00"
    assert received.faults == ("a reserved byte is not escaped",)
    (received,) = Deframer().feed(b"".join([b"*\x1b", bytes([0x42 ^ 0x80]), frame("", 0x42)[2:]]))
    assert (received.body, received.faults) == (b"", ())
    assert not list(Deframer().feed(b"*\r\n\r\n GET / HTTP/1.1\r\n"))
    deframer = Deframer()
    assert not list(deframer.feed(b"*" + b"x" * 10000))
    assert len(list(deframer.feed(frame("@HY", 0x11)))) == 1


def test_keys() -> None:
    """A sender's keys end in neither E nor F."""
    keys = {random_key(random.Random(number)) for number in range(2000)}
    assert len(keys) == 224
    assert not {key for key in keys if key & 0x0F >= 0x0E}


def test_datagrams() -> None:
    """What a request looks like, and the reply of the notes."""
    assert is_request(bytes.fromhex("0010A5F3C0A821EC0000000000000000"))
    assert is_request(SCAN)
    for bad in (
        "",
        "0010A5F2" + "00" * 12,
        "0010A5F3" + "00" * 11,
        "0010A5F3" + "00" * 13,
        "0010A5F3" + "00" * 11 + "01",
    ):
        assert not is_request(bytes.fromhex(bad))
    identity = Identity(
        article=15441,
        machine_number=1234,
        serial_number=7,
        production_date=date(2021, 9, 17),
        uchi_date=date(2021, 4, 20),
    )
    for flags, payload, expected in (
        (0x11, "000400000C0000", "0075A5F3" + _HEADER + "11000400000C0000"),
        (0x10, "3C0208080409FFFFFFFF00FFFFFF2D00", "007EA5F3" + _HEADER + "103C0208080409FFFFFFFF00FFFFFF2D00"),
    ):
        answer = reply(
            firmware="TT237W V08.27",
            name="Kitchen",
            machine_type="EF1030M V01.06",
            identity=identity,
            flags=flags,
            payload=bytes.fromhex(payload),
            opaque=b"",
        )
        assert answer.hex().upper() == expected


_HEADER = (
    "545432333757205630382E32372020204B69746368656E0000000000000000000000000000000000000000000000000045463130"
    "33304D205630312E303620203C5104D200073F313E9400000000000000000000000000000000000000000000000000000000000000"
)
