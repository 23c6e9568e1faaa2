"""From a machine's bytes to data: real samples, synthetic ones of the protocol document, and whatever else may come."""

from collections.abc import Callable, Mapping
from datetime import date

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.codec import SMART_CONNECT, settings_checksum
from custom_components.jura.machine.decode import (
    about,
    advertisement,
    check_counters,
    check_maintenance,
    counter_page,
    hexadecimal,
    limits,
    maintenance_counts,
    maintenance_percentages,
    overflow_page,
    packed_date,
    product_counters,
    progress,
    setting_value,
    smart_connect_progress,
    smart_connect_status,
    status_word,
    stored_recipe,
    wifi_connect_reply,
)
from custom_components.jura.machine.errors import ImplausibleReply
from custom_components.jura.machine.model import Counters, Identity, Maintenance, Program, Progress, Status, Versions

examples = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


# --- identity -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "identity"),
    [
        (
            "2A050803753B41D00200473BFE3A810001B2280000000000000000",
            Identity(15221, 53313, 2, date(2019, 10, 7), date(2019, 7, 30)),
        ),
        (
            "2A050803E83B11AD0400313F943E01C041B6280000000000000000",
            Identity(15336, 44305, 4, date(2021, 9, 17), date(2021, 4, 20)),
        ),
        (
            "2A0508039C35921532006D33793201000000000000000000000000",
            Identity(13724, 5522, 50, date(2015, 11, 13), date(2015, 3, 25)),
        ),
        ("2A0508030000000000000000000001C041B6280000000000000000", Identity(0, 0, 0)),
    ],
    ids=["D4", "E8", "GIGA-X8c", "blank"],
)
def test_advertisement(data: str, identity: Identity) -> None:
    """Samples of real machines, and one whose dongle has not learned yet what it is plugged into."""
    decoded = advertisement(bytes.fromhex(data))
    assert (decoded.key, decoded.dongle_version, decoded.identity) == (0x2A, "5.8", identity)
    assert decoded.identity.known is (identity.article != 0)
    assert decoded.identity.unique_id == f"{identity.article}-{identity.machine_number}-{identity.serial_number}"


def test_advertisement_of_another_length() -> None:
    """What holds an identity is taken, whatever follows; what is cut short is not."""
    data = bytes.fromhex("00050803753B41D00200473BFE3A810001B228")
    assert advertisement(data).key == 0
    assert advertisement(data + bytes(20)).identity == advertisement(data).identity
    for length in range(len(data)):
        with pytest.raises(ImplausibleReply):
            advertisement(data[:length])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0x3B47, date(2019, 10, 7)),
        (0x0021, date(1990, 1, 1)),
        (0xFF9F, date(2117, 12, 31)),
        (0, None),
        (0x0020, None),  # Day 0.
        (0x3C5E, None),  # 30 February.
        (0xFFFF, None),  # Month 15.
    ],
    ids=["2019", "first", "last", "zero", "day-0", "30-february", "month-15"],
)
def test_packed_date(value: int, expected: date | None) -> None:
    """Year in 7 bits, month in 4, day in 5; what is no day is no date, and no error."""
    assert packed_date(value) == expected


@pytest.mark.parametrize(
    ("dongle", "machine", "expected"),
    [
        ("V05.08F", b"EF538M V01.06\0\0\0", Versions("V05.08F", "EF538M V01.06")),
        ("V05.08F", b"EF557M\0\0\0\0V01.05", Versions("V05.08F", "EF557M V01.05")),
        ("V05.08F", b"EF533M    V01.18", Versions("V05.08F", "EF533M V01.18")),
        ("", b"", Versions(None, None)),
        ("\xff\xfeV5", b"\x1b[0mEF1\xe9", Versions("V5", "[0mEF1")),
    ],
    ids=["E8", "J6", "blanks", "empty", "not-ascii"],
)
def test_about(dongle: str, machine: bytes, expected: Versions) -> None:
    """Padding of any kind is folded, and nothing that can't be shown gets through."""
    data = bytes(27) + dongle.encode("latin-1").ljust(8, b"\0") + machine.ljust(16, b"\0") + bytes(5)
    assert about(data) == expected


def test_short_about() -> None:
    """A truncated About says less, and fails nothing."""
    data = bytes(27) + b"V05.08F\0EF538M V01.06\0\0\0"
    assert about(data[:35]) == Versions("V05.08F", None)
    assert about(b"") == Versions(None, None)


# --- status ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coded", "key", "bits"),
    [
        ("77E13ED68882D3D7A323FA98A4A3FAAB4756A629", 0x2A, {13, 37, 52}),
        ("77D23DD68882D3D7A323FA98A4A3FAAB4756A625", 0x2A, {0, 4, 37, 52}),
        ("77113DD68882D3D7A323FA98A4A3FAAB4756A625", 0x2A, {1, 37, 52}),
        ("77913DD6888BD3D7A323FA98A4A3FAAB4756A625", 0x2A, {1, 3, 36, 37, 52}),
        ("14444CC623152D9ABFE772ED1B3F65136B888DDC", 0x00, set()),
        ("14A44CC623153D94BFE772ED1B3F65136B888DD2", 0x00, {2, 41, 52}),
        ("14044CC623153D94BFE772ED1B3F65136B888DDC", 0x00, {1, 41, 52}),
        ("144448C623753D94BFE772ED1B3F65136B888DDC", 0x00, {13, 34, 41, 52}),
        ("144448C623752D94BFE772ED1B3F65136B888DD2", 0x00, {13, 34, 52}),
    ],
    ids=["ready", "tray-out", "tank-empty", "tray-full", "none", "grounds", "tank", "cleaning-41", "cleaning"],
)
def test_smart_connect_status(coded: str, key: int, bits: set[int]) -> None:
    """Real frames. All have some of the bits 149 to 151 set, which is noise and not an alert."""
    status = smart_connect_status(SMART_CONNECT(bytes.fromhex(coded), key), key)
    assert status == Status(frozenset(bits), 148)
    assert status.is_set(13) is (13 in bits)
    assert status.is_set(149) is None


def test_smart_connect_status_to_reject() -> None:
    """Another key, or another length: an old buffer, another frame, half a frame."""
    frame = SMART_CONNECT(bytes.fromhex("77E13ED68882D3D7A323FA98A4A3FAAB4756A629"), 0x2A)
    for data in (frame[:10], frame[:-1], frame + b"\0", b"", b"\x2b" + frame[1:]):
        with pytest.raises(ImplausibleReply):
            smart_connect_status(data, 0x2A)


def test_status_under_a_wrong_key() -> None:
    """A real frame read with another key is rejected, but for two keys at most."""
    coded = bytes.fromhex("77E13ED68882D3D7A323FA98A4A3FAAB4756A629")
    taken = []
    for key in range(256):
        try:
            smart_connect_status(SMART_CONNECT(coded, key), key)
        except ImplausibleReply:
            continue
        taken.append(key)
    assert 0x2A in taken
    assert len(taken) <= 3


@pytest.mark.parametrize(
    ("word", "bits", "length"),
    [
        ("000400000C0000", {13, 36, 37}, 56),
        ("400000000C0000", {1, 36, 37}, 56),
        ("0004000008000000", {13, 36}, 64),
        ("0004000009000000", {13, 36, 39}, 64),
        ("80", {0}, 8),
        ("", set(), 0),
    ],
    ids=["E6", "E6-tank", "S8", "S8-locked", "one-byte", "empty"],
)
def test_status_word(word: str, bits: set[int], length: int) -> None:
    """Words of real machines over WiFi. What a machine doesn't send is unknown, and not off."""
    status = status_word(bytes.fromhex(word))
    assert status == Status(frozenset(bits), length)
    assert [status.is_set(bit) for bit in (0, 13, 55, 56, 60)] == [
        (bit in bits) if bit < length else None for bit in (0, 13, 55, 56, 60)
    ]


def test_odd_hexadecimal() -> None:
    """A J8 sends 15 digits, which are padded on the right; on the left all bits would be moved."""
    assert status_word(hexadecimal("000400000900000")) == Status(frozenset({13, 36, 39}), 64)
    for text in ("xyz", "0g", "-1", "ä0"):
        with pytest.raises(ImplausibleReply):
            hexadecimal(text)


# --- progress -------------------------------------------------------------------------------------------------------

ESPRESSO = Progress(state=0x3C, code=0x02, percent=45, strength=8, water=(20, 45))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("3C0208080409FFFFFFFF00FFFFFF2D00", ESPRESSO),
        ("3C028F08080409FFFFFFFF00FFFFFF2D00", ESPRESSO),
        ("410DFFFF092CFFFFFFFF01FFFFFF1400", Progress(state=0x41, code=0x0D, percent=20, water=(45, 220))),
        (
            "412807070909FFFF030900FFFFFF5A00",
            Progress(state=0x41, code=0x28, percent=90, strength=7, water=(45, 45), bypass=(15, 45)),
        ),
        (
            "34070808FFFF2121020500141EFF0A00",
            Progress(
                state=0x34, code=7, percent=10, strength=8, milk=(0x21, 0x21), milk_foam=(2, 5), milk_break=(20, 30)
            ),
        ),
        (
            "3207FFFFFFFF0121FFFF00FFFFFF0A00",
            Progress(state=0x32, code=7, percent=10, milk=(1, 0x21)),
        ),
        ("3E02", Progress(state=0x3E, code=0x02)),
        ("00", Progress(state=0x00)),
        ("FF21", Progress(state=0xFF, code=0x21)),
        ("3C0208", Progress(state=0x3C, code=0x02)),
        ("3C0208080409", Progress(state=0x3C, code=0x02, strength=8, water=(20, 45))),
        ("3C0208080409FFFFFFFF00FFFFFF65", Progress(state=0x3C, code=0x02, strength=8, water=(20, 45))),
        ("3C0208080409FFFFFFFF00FFFFFF64", Progress(state=0x3C, code=0x02, percent=100, strength=8, water=(20, 45))),
    ],
    ids=[
        "espresso",
        "shifted",
        "hot-water",
        "bypass",
        "foam",
        "milk",
        "enjoy",
        "idle",
        "cleaning",
        "short",
        "no-percent",
        "percent-101",
        "percent-100",
    ],
)
def test_progress(data: str, expected: Progress) -> None:
    """Frames of a running drink; what isn't there, or FF, is unknown and not 0."""
    assert progress(bytes.fromhex(data)) == expected


def test_smart_connect_progress() -> None:
    """The same behind the key, as the dongle has it."""
    coded = bytes.fromhex("77AE35D38082D83DD2AD029857770CF747")
    assert smart_connect_progress(SMART_CONNECT(coded, 0x2A), 0x2A) == ESPRESSO
    assert smart_connect_progress(b"\x5e\x00", 0x5E) == Progress(state=0)


@pytest.mark.parametrize("data", ["", "2A", "2B3C02", "003C02"], ids=["empty", "key-only", "wrong-key", "zero"])
def test_smart_connect_progress_to_reject(data: str) -> None:
    """Not even a state, or another key."""
    with pytest.raises(ImplausibleReply):
        smart_connect_progress(bytes.fromhex(data), 0x2A)


# --- statistics over Bluetooth --------------------------------------------------------------------------------------


def test_product_counters() -> None:
    """The sample of a real E6: a product that isn't configured is left out, and is not zero."""
    data = bytes.fromhex("00014E0000000000270000980000 0A00FFFF".replace(" ", ""))
    assert product_counters(data) == Counters(334, {1: 0, 2: 39, 3: 152, 4: 10})
    assert product_counters(data.ljust(192, b"\0")).slots.keys() == {*range(1, 64)} - {5}
    assert product_counters(data[:3]) == Counters(334, {})
    assert product_counters(data[:5]) == Counters(334, {})
    # Beyond two bytes, where WiFi has a bank of its own for it.
    assert product_counters(bytes.fromhex("011170 010002")) == Counters(70000, {1: 65538})


@pytest.mark.parametrize("tail", [bytes(8), b"\xff" * 8, b"\x2a\0\x04\0\0\x04\0\x08"], ids=["zero", "ff", "rubbish"])
def test_what_follows_the_counters(tail: bytes) -> None:
    """There are 64 slots, but an E6 delivers 200 bytes: nobody knows what the last 8 mean, so they are no counters."""
    data = (334).to_bytes(3) + (5).to_bytes(3) * 63
    assert product_counters(data + tail) == Counters(334, dict.fromkeys(range(1, 64), 5))


@pytest.mark.parametrize(
    "data",
    [
        "",
        "0001",
        "000000000001",
        "0F4241000001",
        "2A0004000008000C0000000000000000000006",  # The last status: a total of 2.7 million.
        "00014E0F4241",
        "FFFFFF",
        "00014EFFFFFF",
    ],
    ids=["empty", "short", "total-0", "total-high", "status", "slot-high", "ff", "slot-ff"],
)
def test_product_counters_to_reject(data: str) -> None:
    """What can't be a count would ruin the long-term statistics."""
    with pytest.raises(ImplausibleReply):
        product_counters(bytes.fromhex(data))


CLEANING, FILTER, DESCALING = Program.CLEANING, Program.FILTER_CHANGE, Program.DESCALING
COFFEE_RINSE, MILK_RINSE, MILK_CLEAN = Program.COFFEE_RINSE, Program.MILK_RINSE, Program.MILK_CLEAN


@pytest.mark.parametrize(
    ("code", "data", "counts"),
    [
        (
            "EF1091",
            "001A000100090168109F005F",
            {CLEANING: 26, FILTER: 1, DESCALING: 9, MILK_RINSE: 360, COFFEE_RINSE: 4255, MILK_CLEAN: 95},
        ),
        (
            "EF1091",
            "00150001000801580E21005B",
            {CLEANING: 21, FILTER: 1, DESCALING: 8, MILK_RINSE: 344, COFFEE_RINSE: 3617, MILK_CLEAN: 91},
        ),
        (
            "EF1090",
            "00150001000801580E21005B",
            {CLEANING: 21, FILTER: 1, DESCALING: 8, COFFEE_RINSE: 344, MILK_RINSE: 3617, MILK_CLEAN: 91},
        ),
        ("EF529", "00150001000801580E21", {CLEANING: 21, FILTER: 1, DESCALING: 8, COFFEE_RINSE: 344}),
        (
            "EF567_C",
            "0015000801580E21005B",
            {CLEANING: 21, DESCALING: 8, MILK_RINSE: 344, COFFEE_RINSE: 3617, MILK_CLEAN: 91},
        ),
    ],
    ids=["A", "A-older", "C", "B", "D"],
)
def test_maintenance_counts(code: str, data: str, counts: Mapping[Program, int]) -> None:
    """Four orders, by definition; the first two are real replies. With the wrong one two counters are swapped."""
    fields = load_definition(code).counter_fields
    assert maintenance_counts(bytes.fromhex(data), fields) == counts
    with pytest.raises(ImplausibleReply):
        maintenance_counts(bytes.fromhex(data)[: 2 * len(fields) - 1], fields)


@pytest.mark.parametrize(
    ("code", "data", "percentages"),
    [
        ("EF1091", "00FF46", {CLEANING: 0, FILTER: None, DESCALING: 70}),
        ("EF1091", "640064FF", {CLEANING: 100, FILTER: 0, DESCALING: 100}),
        ("EF567_C", "0046", {CLEANING: 0, DESCALING: 70}),
    ],
    ids=["real", "due", "without-filter"],
)
def test_maintenance_percentages(code: str, data: str, percentages: Mapping[Program, int | None]) -> None:
    """0 is just done, 100 is due, and FF is no percentage at all."""
    assert maintenance_percentages(bytes.fromhex(data), load_definition(code).percent_fields) == percentages


@pytest.mark.parametrize("data", ["", "00FF", "65FF46", "00FE46"], ids=["empty", "short", "101", "254"])
def test_maintenance_percentages_to_reject(data: str) -> None:
    """More than 100 % is no percentage."""
    with pytest.raises(ImplausibleReply):
        maintenance_percentages(bytes.fromhex(data), load_definition("EF1091").percent_fields)


# --- over WiFi ------------------------------------------------------------------------------------------------------

HEADER = (
    "A5F3545432333757205630382E32372020204B69746368656E0000000000000000000000000000000000000000000000"
    "00004546313033304D205630312E303620203C5104D200073F313E94" + "00" * 31
)
IDLE_REPLY = bytes.fromhex("0075" + HEADER + "11" + "000400000C0000")
RUNNING_REPLY = bytes.fromhex("007E" + HEADER + "10" + "3C0208080409FFFFFFFF00FFFFFF2D00")


def test_wifi_connect_reply() -> None:
    """Who answers, and what it does: idle with its status, or running with its progress."""
    assert (len(IDLE_REPLY), len(RUNNING_REPLY)) == (117, 126)
    for datagram in (IDLE_REPLY, RUNNING_REPLY):
        reply = wifi_connect_reply(datagram)
        assert (reply.dongle_version, reply.name, reply.machine_type) == ("TT237W V08.27", "Kitchen", "EF1030M V01.06")
        assert reply.identity == Identity(15441, 1234, 7, date(2021, 9, 17), date(2021, 4, 20))
    idle, running = wifi_connect_reply(IDLE_REPLY), wifi_connect_reply(RUNNING_REPLY)
    assert (idle.flags, idle.status, idle.progress) == (0x11, Status(frozenset({13, 36, 37}), 56), None)
    assert (running.flags, running.status, running.progress) == (0x10, None, ESPRESSO)


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\0",
        IDLE_REPLY[:2] + b"\xa5\xf2" + IDLE_REPLY[4:],
        IDLE_REPLY[:2] + b"\x25\xf3" + IDLE_REPLY[4:],
        IDLE_REPLY[:2] + b"\xe5\xf3" + IDLE_REPLY[4:],
        IDLE_REPLY[:109],
        IDLE_REPLY[:110],
        b"\0\x6e" + IDLE_REPLY[2:],
        b"\0\0" + IDLE_REPLY[2:],
        bytes.fromhex("0010A5F3C0A821EC0000000000000000"),
    ],
    ids=["empty", "one", "A5F2", "25F3", "E5F3", "109", "no-payload", "length-110", "length-0", "own-poll"],
)
def test_wifi_connect_reply_to_reject(datagram: bytes) -> None:
    """Another control word, no payload, less than the header: not a machine's reply, or not all of it."""
    with pytest.raises(ImplausibleReply):
        wifi_connect_reply(datagram)


def test_wifi_connect_reply_of_another_length() -> None:
    """Of the length field and the datagram the smaller counts: neither what is missing nor what follows is read."""
    assert wifi_connect_reply(b"\xff\xff" + IDLE_REPLY[2:]) == wifi_connect_reply(IDLE_REPLY)
    assert wifi_connect_reply(IDLE_REPLY + b"\xff" * 9) == wifi_connect_reply(IDLE_REPLY)
    assert wifi_connect_reply(IDLE_REPLY[:111]).status == Status(frozenset(), 8)
    assert wifi_connect_reply(b"\0\x70" + RUNNING_REPLY[2:]).progress == Progress(state=0x3C, code=0x02)


@pytest.mark.parametrize(
    ("reply", "bank", "page", "counts"),
    [
        ("@tr:32,00,0EA9FFFF006702BE", 0x32, 0, {0: 3753, 2: 103, 3: 702}),
        ("@tr:32,0A,04CF0004FFFF0002", 0x32, 0x0A, {0x28: 1231, 0x29: 4, 0x2B: 2}),
        ("@tr:32,0D,FFFFFFFF000AFFFF", 0x32, 0x0D, {0x36: 10}),
    ],
    ids=["00", "0A", "0D"],
)
def test_counter_page(reply: str, bank: int, page: int, counts: Mapping[int, int]) -> None:
    """Real replies of an S8 (EB); a product that isn't configured is left out."""
    assert counter_page(reply, bank, page) == counts
    for other in ((bank, page + 1), (bank + 1, page)):
        with pytest.raises(ImplausibleReply):
            counter_page(reply, *other)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "@tr:00",
        "@tr:32,00",
        "@tr:32,00,",
        "@tr:32,00,0EA9",
        "@tr:32,00,0EA9FFFF006702BE00",
        "@tr:32,00,0EA9FFFF006702Bx",
        "@TR:32,00,0EA9FFFF006702BE",
        "x@tr:32,00,0EA9FFFF006702BE",
    ],
    ids=repr,
)
def test_counter_page_to_reject(reply: str) -> None:
    """A bank that isn't there, half a page, another reply."""
    with pytest.raises(ImplausibleReply):
        counter_page(reply, 0x32, 0)


def test_overflow_page() -> None:
    """One byte a slot; 00 and FF are no overflow. The page of another bank, or half a page, is not this one."""
    assert overflow_page("@tr:33,0A,0100FF02", 0x33, 0x0A) == {0x28: 1, 0x2B: 2}
    for reply in ("@tr:33,0B,0100FF02", "@tr:32,0A,0100FF02", "@tr:33,0A,0100FF", "@tr:33,0A,0100FF0203", "@tr:00", ""):
        with pytest.raises(ImplausibleReply):
            overflow_page(reply, 0x33, 0x0A)


@pytest.mark.parametrize(
    ("reply", "argument", "value"),
    [
        ("@tm:02,0DFD", 0x02, "0D"),
        ("@tm:13,1EF9", 0x13, "1E"),
        ("@tm:08,22010046", 0x08, "220100"),
        ("@tm:0A,06FC", 0x0A, "06"),
    ],
    ids=["hardness-13", "auto-off-30", "ounces", "brightness"],
)
def test_setting_value(reply: str, argument: int, value: str) -> None:
    """Real replies: the last two digits are the checksum. Left on, 13 becomes 3581."""
    assert setting_value(reply, argument) == value


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "@tm:A3",
        "@tm:00",
        "@tm:23",
        "@tm:23,",
        "@tm:23,0D00",
        "@tm:02,0DFD",
        "@tm:23,0Dxx",
        "@tm:23,ä0D",
        "@tm:23,äFD",
    ],
    ids=ascii,
)
def test_setting_value_to_reject(reply: str) -> None:
    """Not supported, another setting, a wrong checksum, and what no machine should ever say."""
    with pytest.raises(ImplausibleReply):
        setting_value(reply, 0x23)


# --- plausibility ---------------------------------------------------------------------------------------------------

BEFORE = Counters(3753, {2: 103, 3: 702})


@pytest.mark.parametrize(
    ("new", "seconds", "plausible"),
    [
        (BEFORE, 0, True),
        (Counters(3754, {2: 104, 3: 702}), 30, True),
        (Counters(3755, {2: 103, 3: 702, 0x31: 1}), 1, True),
        (Counters(3760, {2: 110, 3: 702}), 60, True),
        (Counters(3753 + 362, {2: 103 + 362, 3: 702}), 3600, True),
        (Counters(3753, {2: 103}), 60, True),
        (Counters(3752, {2: 103, 3: 702}), 3600, False),
        (Counters(3753, {2: 102, 3: 702}), 3600, False),
        (Counters(6753, {2: 103, 3: 702}), 60, False),
        (Counters(3754, {2: 104, 3: 900}), 60, False),
        (Counters(3760, {2: 110, 3: 702}), 0, False),
        (Counters(3754, {2: 104, 3: 702}), -5, True),
        (Counters(3757, {2: 107, 3: 702}), -3600, False),
    ],
    ids=[
        "same",
        "one-more",
        "a-double",
        "seven-in-a-minute",
        "an-hour",
        "slot-gone",
        "total-fell",
        "slot-fell",
        "thousands",
        "slot-jumped",
        "seven-in-no-time",
        "clock-set-back",
        "clock-set-back-far",
    ],
)
def test_check_counters(new: Counters, seconds: float, plausible: bool) -> None:
    """A count that falls or jumps is not data: published once, it ruins the statistics for good."""
    if plausible:
        check_counters(new, BEFORE, seconds)
    else:
        with pytest.raises(ImplausibleReply):
            check_counters(new, BEFORE, seconds)


def test_check_maintenance() -> None:
    """Programs can't outnumber the drinks by much; without a total nothing can be said."""
    maintenance = Maintenance({CLEANING: 20, COFFEE_RINSE: 480}, {})
    check_maintenance(maintenance, 100)
    check_maintenance(maintenance, None)
    with pytest.raises(ImplausibleReply):
        check_maintenance(maintenance, 99)


# --- the machine's own values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "code", "expected"),
    [
        ("@tm:60,020310FFFFFFFFFFFFFFFF0087", 0x02, {4: (3, 16)}),
        ("@tm:60,070530FFFF012DFFFF003C0001", 0x07, {4: (5, 48), 6: (1, 45), 11: (0, 60)}),
    ],
)
def test_limits(reply: str, code: int, expected: Mapping[int, tuple[int, int]]) -> None:
    """Answers of an S8 EB: espresso and latte macchiato."""
    assert limits(reply, code) == expected


def answer(body: str) -> str:
    """Return an answer with its right checksum."""
    return f"@tm:{body}{settings_checksum(body):02X}"


@pytest.mark.parametrize(
    "reply",
    [
        "@tm:60,020310FFFFFFFFFFFFFFFF0086",
        "@tm:60,020310FFFFFFFFFFFFFFFF00",
        "@tm:E0",
        "",
        answer("60,030310FFFFFFFFFFFFFFFF00"),
        answer("60,021003FFFFFFFFFFFFFFFF00"),
        answer("60,0203FFFFFFFFFFFFFFFFFF00"),
        answer("60,02FF10FFFFFFFFFFFFFFFF00"),
        answer("60,020310FFFFFFFFFFFFFFFF0"),
        answer("60,020310FFFFFFFFFFFFFFFF"),
        answer("60,020310FFFFFFFFFFFFFFFF0000"),
        answer("60,02031XFFFFFFFFFFFFFFFF00"),
        answer("41,020310FFFFFFFFFFFFFFFF00"),
    ],
)
def test_impossible_limits(reply: str) -> None:
    """Another product, another length, a wrong checksum, and ranges that are none."""
    with pytest.raises(ImplausibleReply):
        limits(reply, 0x02)


STORED_ESPRESSO = "0200080900000200000000000000000000"


def test_stored_recipe() -> None:
    """The answer as the app reads it; nobody has seen one."""
    assert stored_recipe(answer(f"41,{STORED_ESPRESSO}"), 0x02) == bytes.fromhex(STORED_ESPRESSO)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer(f"41,{STORED_ESPRESSO}"), 0x03),
        (answer(f"42,{STORED_ESPRESSO}"), 0x02),
        (answer(f"41,{STORED_ESPRESSO}")[:-2] + "00", 0x02),
        (answer(f"41,{STORED_ESPRESSO[:-2]}"), 0x02),
        (answer(f"41,{STORED_ESPRESSO[:-1]}"), 0x02),
        (answer(f"41,{STORED_ESPRESSO}00"), 0x02),
        ("@tm:C1", 0x02),
    ],
)
def test_impossible_stored_recipe(reply: str, code: int) -> None:
    """Another product, another length, a wrong checksum."""
    with pytest.raises(ImplausibleReply):
        stored_recipe(reply, code)


# --- whatever comes -------------------------------------------------------------------------------------------------

FIELDS = load_definition("EF1091").counter_fields
DECODERS: dict[str, Callable[[bytes], object]] = {
    "advertisement": advertisement,
    "about": about,
    "status_word": status_word,
    "status": lambda data: smart_connect_status(data, 0x2A),
    "smart_connect_progress": lambda data: smart_connect_progress(data, 0x2A),
    "progress": progress,
    "product_counters": product_counters,
    "maintenance_counts": lambda data: maintenance_counts(data, FIELDS),
    "maintenance_percentages": lambda data: maintenance_percentages(data, FIELDS[:3]),
    "wifi_connect_reply": wifi_connect_reply,
}
FRAMES = st.one_of(
    st.binary(max_size=220),
    st.binary(min_size=20, max_size=20),
    st.binary(max_size=20).map(lambda data: b"\x2a" + data),
    st.binary(max_size=40).map(lambda data: IDLE_REPLY[:109] + data),
)


@pytest.mark.parametrize("decoder", DECODERS.values(), ids=DECODERS.keys())
@examples
@given(data=FRAMES)
def test_decoders_survive_everything(decoder: Callable[[bytes], object], data: bytes) -> None:
    """Any bytes are data, or implausible; no other failure, and what is data can be shown and compared."""
    try:
        result = decoder(data)
    except ImplausibleReply:
        return
    assert result == decoder(data)
    assert repr(result)


@examples
@given(data=FRAMES)
def test_what_is_decoded_is_within_bounds(data: bytes) -> None:
    """Percentages and counts stay within what they mean, whatever comes."""
    shown = progress(b"\x3c" + data)
    assert shown.percent is None or 0 <= shown.percent <= 100
    for so_far in (shown.water, shown.milk, shown.milk_foam, shown.bypass, shown.milk_break):
        assert so_far is None or all(0 <= amount < 255 * 5 for amount in so_far)
    status = status_word(data)
    assert all(0 <= bit < status.length <= 148 for bit in status.bits)
    try:
        counters = product_counters(data)
    except ImplausibleReply:
        return
    assert 0 < counters.total <= 1_000_000
    assert all(0 <= count <= 1_000_000 for count in counters.slots.values())


@examples
@given(text=st.one_of(st.text(max_size=40), st.text("0123456789ABCDEF, @tmr:", max_size=40)), head=st.integers(0, 4))
def test_text_decoders_survive_everything(text: str, head: int) -> None:
    """Any text is data, or implausible; no other failure."""
    reply = ("", "@tm:13,", "@tr:32,00,", "@tm:60,02", "@tm:41,02")[head] + text
    for decoder in (
        lambda: setting_value(reply, 0x13),
        lambda: counter_page(reply, 0x32, 0),
        lambda: overflow_page(reply, 0x32, 0),
        lambda: limits(reply, 0x02),
        lambda: stored_recipe(reply, 0x02),
        lambda: hexadecimal(text),
    ):
        try:
            decoder()
        except ImplausibleReply:
            continue


@examples
@given(argument=st.integers(0, 255), value=st.text("0123456789ABCDEF", min_size=1, max_size=20))
def test_any_setting_is_read_back(argument: int, value: str) -> None:
    """A value with its right checksum is that value, and with any other it is none."""
    body = f"{argument:02X},{value}"
    checksum = settings_checksum(body)
    assert setting_value(f"@tm:{body}{checksum:02X}", argument) == value
    with pytest.raises(ImplausibleReply):
        setting_value(f"@tm:{body}{checksum ^ 1:02X}", argument)
