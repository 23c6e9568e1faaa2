"""The dongle: what it says, what it takes, and how it goes away."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from simulator import gatt
from simulator.advertisement import Identity, manufacturer_data
from simulator.cipher import crypt
from simulator.definitions import definition_codes, definition_for
from simulator.faults import Failure
from simulator.link import AttError, ConnectError, Link, LinkLostError, OperationError
from simulator.machine import Machine
from simulator.orders import Outcome, Refusal
from simulator.smart_connect import SmartConnect

from .encoding import active_products, definition_files, frame

KEY = 0x2A
ADDRESS = "C0:FF:EE:00:00:01"
ESPRESSO = "2A02000809000002000100000000000000 2A"
HEARTBEAT = "2A7F80"
EMPTY = Identity()


@pytest.fixture
def machine() -> Machine:
    """An E8 (EB) with known counters."""
    definition = definition_for("15336")
    counters = {product.slot: 10 for product in definition.products}
    return Machine(definition, machine_number=44305, counters={**counters, 2: 39, 3: 152, 0: 700})


@pytest.fixture
async def dongle(machine: Machine) -> AsyncIterator[SmartConnect]:
    """A Smart Connect in it."""
    dongle = SmartConnect(machine, address=ADDRESS)
    yield dongle
    dongle.close()


async def write(link: Link, name: str, plain: str, key: int = KEY) -> None:
    """Write something coded."""
    await link.write(name, crypt(bytes.fromhex(plain), key))


async def read(link: Link, name: str, key: int = KEY) -> bytes:
    """Read something coded."""
    return crypt(await link.read(name), key)


async def session(dongle: SmartConnect) -> Link:
    """Connect and send the first heartbeat."""
    link = await dongle.connect()
    await write(link, gatt.P_MODE, f"{dongle.key:02X}7F80", dongle.key)
    return link


def bits(status: bytes) -> set[int]:
    """Return the bits set in a status frame."""
    return {bit for bit in range(152) if status[1 + bit // 8] & 0x80 >> bit % 8}


# --- in the air -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identity", "flags", "payload"),
    [
        (
            Identity(
                article=15221,
                machine_number=53313,
                serial_number=2,
                production_date=date(2019, 10, 7),
                uchi_date=date(2019, 7, 30),
            ),
            "810001B228",
            "2A050803753B41D00200473BFE3A810001B2280000000000000000",
        ),
        (
            Identity(
                article=15336,
                machine_number=44305,
                serial_number=4,
                production_date=date(2021, 9, 17),
                uchi_date=date(2021, 4, 20),
            ),
            "01C041B628",
            "2A050803E83B11AD0400313F943E01C041B6280000000000000000",
        ),
        (
            Identity(
                article=13724,
                machine_number=5522,
                serial_number=50,
                production_date=date(2015, 11, 13),
                uchi_date=date(2015, 3, 25),
            ),
            "0100000000",
            "2A0508039C35921532006D33793201000000000000000000000000",
        ),
        (EMPTY, "01C041B628", "2A0508030000000000000000000001C041B6280000000000000000"),
    ],
)
def test_manufacturer_data(identity: Identity, flags: str, payload: str) -> None:
    """The samples of real machines come out of their identities."""
    assert manufacturer_data(KEY, identity, bytes.fromhex(flags)).hex().upper() == payload


async def test_advertisement(dongle: SmartConnect) -> None:
    """A machine that is on is in the air, with the key as it is now."""
    advertisement = dongle.advertisement()
    assert advertisement is not None
    assert advertisement.name == "TT214H BlueFrog"
    assert advertisement.manufacturer_data[171].hex().upper() == (
        "2A050803E83B11AD0400313F943E01C041B6280000000000000000"
    )
    dongle.key = 0x5E
    dongle.manufacturer_id = 172
    advertisement = dongle.advertisement()
    assert advertisement is not None
    assert advertisement.manufacturer_data[172][0] == 0x5E
    dongle.sends_manufacturer_data = False
    advertisement = dongle.advertisement()
    assert advertisement is not None
    assert advertisement.manufacturer_data == {}


async def test_identity_after_switching_on(dongle: SmartConnect, machine: Machine) -> None:
    """Off means silent; just after switching on the dongle doesn't know its machine."""
    machine.power_cut()
    assert dongle.advertisement() is None
    machine.switch_on()
    assert dongle.advertisement() is None
    await asyncio.sleep(1)
    assert dongle.manufacturer_data() == manufacturer_data(KEY, EMPTY)
    assert dongle.advertisement() is not None
    await asyncio.sleep(5)
    assert dongle.manufacturer_data()[4:6] == b"\xe8\x3b"
    dongle.plugged_well = False
    assert dongle.manufacturer_data() == manufacturer_data(KEY, EMPTY)


# --- the connection ---------------------------------------------------------------------------------------------------


async def test_one_central(dongle: SmartConnect) -> None:
    """One at a time: no advertisement, no second connection, no phone; and none too soon after."""
    link = await session(dongle)
    assert dongle.advertisement() is None
    assert not dongle.phone_connects()
    with pytest.raises(ConnectError):
        await dongle.connect(timeout=5)
    await write(link, gatt.P_MODE, "2A7F81")
    link.close()
    with pytest.raises(ConnectError):
        await dongle.connect()
    assert dongle.advertisement() is None
    await asyncio.sleep(2)
    assert dongle.advertisement() is not None
    assert dongle.phone_connects()
    start = asyncio.get_running_loop().time()
    with pytest.raises(ConnectError):
        await dongle.connect(timeout=10)
    assert asyncio.get_running_loop().time() - start == pytest.approx(10, abs=0.1)
    dongle.phone_disconnects()
    await asyncio.sleep(1)
    link = await dongle.connect()
    assert link.number == 2
    assert dongle.connections == 2
    assert [operation.outcome for operation in dongle.log if operation.action == "connect"] == [
        "ok",
        "Timed out",
        "Refused: too soon after the last connection",
        "Timed out",
        "ok",
    ]


async def test_waiting_for_it(dongle: SmartConnect, machine: Machine) -> None:
    """A connection attempt waits for the machine to be switched on."""
    machine.power_cut()
    attempt = asyncio.create_task(dongle.connect())
    await asyncio.sleep(5)
    machine.switch_on()
    link = await attempt
    assert link.is_open
    assert link.opened == pytest.approx(6.2, abs=0.1)


async def test_heartbeat_limit(dongle: SmartConnect) -> None:
    """The link dies after 20 s without a heartbeat; other operations don't keep it."""
    link = await dongle.connect()
    for _ in range(3):
        await asyncio.sleep(6)
        await link.read(gatt.ABOUT)
    await asyncio.sleep(1.5)
    assert link.is_open
    await asyncio.sleep(1)
    assert not link.is_open
    assert dongle.log[-1].action == "link lost"

    await asyncio.sleep(3)
    link = await session(dongle)
    for _ in range(10):
        await asyncio.sleep(9)
        await write(link, gatt.P_MODE, HEARTBEAT)
    # Not a heartbeat, though the dongle acknowledges it.
    await write(link, gatt.P_MODE, "2A7F802A")
    await asyncio.sleep(19)
    await write(link, gatt.P_MODE, "2A7F802A")
    assert link.is_open
    await asyncio.sleep(1)
    assert not link.is_open
    assert dongle.held_seconds == pytest.approx(20 + 110, abs=1)


async def test_before_the_first_heartbeat(dongle: SmartConnect) -> None:
    """Until then there is rubbish or an error, but About, which carries the key, is readable."""
    link = await dongle.connect()
    assert (await link.read(gatt.ABOUT))[0] == KEY
    for name in (gatt.STATUS, gatt.PROGRESS):
        assert (await read(link, name))[0] != KEY
    dongle.before_heartbeat = "error"
    with pytest.raises(AttError):
        await link.read(gatt.STATUS)
    await write(link, gatt.P_MODE, HEARTBEAT)
    assert (await read(link, gatt.STATUS))[0] == KEY


async def test_stale_status(dongle: SmartConnect, machine: Machine) -> None:
    """Without heartbeats the status stands still."""
    link = await session(dongle)
    machine.empty_water_tank()
    assert 1 in bits(await read(link, gatt.STATUS))
    machine.fill_water_tank()
    await write(link, gatt.P_MODE, HEARTBEAT)
    await asyncio.sleep(10)
    machine.empty_water_tank()
    assert 1 not in bits(await read(link, gatt.STATUS))
    await write(link, gatt.P_MODE, HEARTBEAT)
    assert 1 in bits(await read(link, gatt.STATUS))


async def test_polite_goodbye(dongle: SmartConnect) -> None:
    """After it the dongle hangs up itself if need be."""
    link = await session(dongle)
    await write(link, gatt.P_MODE, "2A7F81")
    assert link.is_open
    await asyncio.sleep(1.1)
    assert not link.is_open


async def test_switched_off_meanwhile(dongle: SmartConnect, machine: Machine) -> None:
    """The link dies with the machine's power."""
    link = await session(dongle)
    await write(link, gatt.P_MODE, "2A4602")
    assert bits(await read(link, gatt.STATUS)) >= {18, 26}
    await asyncio.sleep(16)
    assert not link.is_open
    assert not machine.on
    assert dongle.advertisement() is None

    machine.switch_on()
    await asyncio.sleep(60)
    link = await session(dongle)
    await write(link, gatt.START, ESPRESSO)
    pending = asyncio.create_task(link.read(gatt.PROGRESS))
    await asyncio.sleep(0.01)
    machine.power_cut()
    with pytest.raises(LinkLostError):
        await pending
    assert machine.drinks[0].outcome is Outcome.POWER_CUT


# --- reading and writing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coded", "key", "expected"),
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
)
async def test_status_frames(coded: str, key: int, expected: set[int]) -> None:
    """A machine in the state of a real one reads the same, but for the noise at the end."""
    machine = Machine(definition_for("15336"), filter_fitted=37 in expected, unnamed_bit=52 in expected)
    dongle = SmartConnect(machine, address=ADDRESS, key=key)
    link = await session(dongle)
    if 36 in expected:
        machine.nap()
    for bit in expected - {13, 36, 37, 52}:
        machine.set_alert(bit, True)
    if not expected:
        # Nothing at all, not even ready, shows while a drink is made.
        machine.press_product(0x02)
    status = await read(link, gatt.STATUS, key)
    real = crypt(bytes.fromhex(coded), key)
    assert bits(real) - {148, 149, 150, 151} == expected
    assert (status[:19], status[19] & 0xF0) == (real[:19], real[19] & 0xF0)
    link.close()


async def test_noise(dongle: SmartConnect) -> None:
    """Bits 148 to 151 change by themselves."""
    link = await session(dongle)
    assert len({(await read(link, gatt.STATUS))[19] for _ in range(4)}) > 1


async def test_espresso(dongle: SmartConnect, machine: Machine) -> None:
    """An order becomes a drink; progress tells how far it is."""
    link = await session(dongle)
    assert await read(link, gatt.PROGRESS) == bytes([KEY]) + bytes(16)
    await write(link, gatt.START, ESPRESSO)
    assert machine.orders[0].accepted
    progress = await read(link, gatt.PROGRESS)
    assert progress[:5] == bytes.fromhex("2A39020808")
    assert len(progress) == 17
    await asyncio.sleep(8)
    await write(link, gatt.P_MODE, HEARTBEAT)
    progress = await read(link, gatt.PROGRESS)
    assert progress[1:3] == b"\x3c\x02"
    assert progress[6] == 9
    assert 40 <= progress[15] <= 60
    await asyncio.sleep(9)
    await write(link, gatt.P_MODE, HEARTBEAT)
    assert await read(link, gatt.PROGRESS) == bytes.fromhex("2A3E02")
    await asyncio.sleep(6)
    assert (await read(link, gatt.PROGRESS))[1] == 0
    assert [(drink.code, drink.started_by) for drink in machine.drinks] == [(2, "order")]
    assert not dongle.unknown_commands


async def test_cancel_and_locks(dongle: SmartConnect, machine: Machine) -> None:
    """The small commands do what they should; with the key behind them, nothing."""
    link = await session(dongle)
    await write(link, gatt.START, ESPRESSO)
    await write(link, gatt.UPDATE, "2AFF2A")
    assert machine.drink is not None
    await write(link, gatt.UPDATE, "2AFF")
    assert machine.drink is None
    await write(link, gatt.BARISTA, "2A012A")
    assert not machine.keys_locked
    await write(link, gatt.BARISTA, "2A01")
    assert machine.keys_locked
    link.close()
    assert machine.keys_locked
    await asyncio.sleep(3)
    link = await session(dongle)
    assert 39 in bits(await read(link, gatt.STATUS))
    await write(link, gatt.BARISTA, "2A00")
    assert not machine.keys_locked
    assert dongle.unknown_commands == [
        (gatt.UPDATE, bytes.fromhex("2AFF2A")),
        (gatt.BARISTA, bytes.fromhex("2A012A")),
    ]


async def test_byte_zero(dongle: SmartConnect, machine: Machine) -> None:
    """What isn't coded with the key, or doesn't begin with it, is never answered."""
    for plain, key in (("5E02000809000002000100000000000000 5E", 0x5E), ("0001", KEY)):
        link = await session(dongle)
        start = asyncio.get_running_loop().time()
        with pytest.raises(LinkLostError):
            await write(link, gatt.START if key != KEY else gatt.BARISTA, plain, key)
        assert asyncio.get_running_loop().time() - start > 19
        await asyncio.sleep(3)
    assert machine.orders == ()
    assert not machine.keys_locked


async def test_giving_up_early(dongle: SmartConnect) -> None:
    """A client that stops waiting still has the unanswered operation in front of its next one."""
    link = await session(dongle)
    dongle.faults.fail_next(Failure.NO_ANSWER)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2):
            await write(link, gatt.P_MODE, HEARTBEAT)
    with pytest.raises(LinkLostError):
        await read(link, gatt.STATUS)


async def test_order_arrives_though_nobody_waits(dongle: SmartConnect, machine: Machine) -> None:
    """A request goes its way also when the client is cancelled."""
    link = await session(dongle)
    task = asyncio.create_task(write(link, gatt.START, ESPRESSO))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(1)
    assert len(machine.drinks) == 1
    assert (await read(link, gatt.PROGRESS))[1] == 0x39


async def test_half_broken(dongle: SmartConnect, machine: Machine) -> None:
    """A start frame that doesn't end with the key is taken and confuses the machine."""
    link = await session(dongle)
    await write(link, gatt.START, "2A0200080900000200010000000000000000")
    assert machine.half_broken
    assert machine.orders[0].accepted


@pytest.mark.parametrize(
    ("plain", "refusal"),
    [
        ("2A990008090000020001000000000000002A", Refusal.UNKNOWN_PRODUCT),
        ("2A0F000000000000000100000000000000 2A", Refusal.INACTIVE_PRODUCT),
        ("2A0400080C00000100010000000000000 02A", Refusal.VALUE),
        ("2A02000809000002000100000000000000002A", Refusal.LENGTH),
        ("2A022A", Refusal.LENGTH),
    ],
)
async def test_ignored_orders(dongle: SmartConnect, machine: Machine, plain: str, refusal: Refusal) -> None:
    """What it doesn't like the machine ignores, without telling."""
    link = await session(dongle)
    await write(link, gatt.START, plain.replace(" ", ""))
    assert machine.orders[0].refusal is refusal
    assert machine.drinks == ()
    assert dongle.log[-1].outcome == "ignored"


async def test_short_frame(dongle: SmartConnect, machine: Machine) -> None:
    """The 16-byte form works too."""
    link = await session(dongle)
    await write(link, gatt.START, "2A03000414000001000100000000002A")
    assert machine.drinks[0].recipe == {"COFFEE_STRENGTH": 4, "WATER_AMOUNT": 100, "TEMPERATURE": 1}


@pytest.mark.parametrize("code", definition_codes())
async def test_every_product(code: str) -> None:
    """The default frame of every product brews that product, whatever the key."""
    for product in active_products(definition_files()[code]):
        machine = Machine(definition_for(code))
        dongle = SmartConnect(machine, address=ADDRESS, key=0x5E)
        link = await session(dongle)
        await link.write(gatt.START, crypt(frame(product, 0x5E), 0x5E))
        assert [drink.code for drink in machine.drinks] == [int(product.attrib["Code"], 16)]
        assert (await read(link, gatt.PROGRESS, 0x5E))[2] == machine.drinks[0].code
        link.close()


@pytest.mark.parametrize(
    ("model", "coded", "code"),
    [
        ("EF538", "77C23DD05E81D3DBA323F898A4A3FAAB47FD", 0x28),
        ("EF538", "77C23DD05E81D3DBA32BF898A4A3FAAB47FD", 0x28),
        ("EF538", "77C23DD05E81D3DBA32BF898A4A3FAAB45FD", 0x28),
        ("EF538", "77C23DDE8681D3DBA323F898A4A3FAAB47FD", 0x28),
        ("EF533", "77E03DD58781D3D9A323FA98A4A3FAAB47FD", 0x01),
        ("EF557", "77CC3DD48945D3DBA323FA98A4A3FAAB47FD", 0x2E),
        ("EF529", "77E93DD75381D3DBA323FA98A4A3FAAB47FD", 0x03),
        ("EF555", "77ED3DD38C81B2D9A323FA45A4A3FAAB47FD", 0x07),
        ("EF532", "77E93DD55381D3DBA32BFA98A4A3FAF9", 0x03),
    ],
)
async def test_real_orders(model: str, coded: str, code: int) -> None:
    """Frames that clients send to real machines brew."""
    machine = Machine(definition_for(model))
    dongle = SmartConnect(machine, address=ADDRESS)
    link = await session(dongle)
    await link.write(gatt.START, bytes.fromhex(coded))
    assert [drink.code for drink in machine.drinks] == [code], machine.orders
    link.close()


async def test_about(dongle: SmartConnect) -> None:
    """About is in clear and begins like the manufacturer data."""
    link = await dongle.connect()
    about = await link.read(gatt.ABOUT)
    assert len(about) == 56
    assert about[:27] == dongle.manufacturer_data()
    assert about[27:35] == b"V05.08F\0"
    assert about[35:51] == b"EF538M V01.18\0\0\0"
    link.close()
    v2 = SmartConnect(Machine(definition_for("EF533V2")), address=ADDRESS)
    link = await v2.connect()
    assert (await link.read(gatt.ABOUT))[35:42] == b"EF533M "
    link.close()


async def test_forbidden(dongle: SmartConnect) -> None:
    """Writes where nothing may be written are refused or remembered."""
    link = await session(dongle)
    with pytest.raises(AttError):
        await link.write(gatt.STATUS, b"")
    with pytest.raises(AttError):
        await link.read(gatt.START)
    await link.write(gatt.UNKNOWN_1532, b"1234")
    await link.write(gatt.UART_RX, b"1234")
    assert dongle.unknown_commands == [(gatt.UNKNOWN_1532, b"1234"), (gatt.UART_RX, b"1234")]
    assert not dongle.bricked
    await link.write(gatt.DFU_CONTROL, b"\x01")
    assert dongle.bricked


async def test_pin(dongle: SmartConnect, machine: Machine) -> None:
    """With a PIN every write is refused, and reads are good."""
    dongle.pin_set = True
    link = await dongle.connect()
    for name in (gatt.P_MODE, gatt.START, gatt.STATISTICS_COMMAND, gatt.BARISTA):
        with pytest.raises(AttError) as raised:
            await write(link, name, HEARTBEAT)
        assert raised.value.code == 3
    assert 13 in bits(await read(link, gatt.STATUS))
    assert machine.orders == ()
    await asyncio.sleep(20)
    assert not link.is_open


async def test_services() -> None:
    """The control service has what real ones enumerate."""
    control = next(service for service in gatt.SERVICES if service.uuid == "5a401523-ab2e-2548-c435-08c300000710")
    names = {found.name for found in control.characteristics}
    assert {"1524", "1525", "1527", "1528", "1529", "1530", "1531", "1533", "1534", "1538"} <= names
    assert "1536" not in names
    handles = [found.handle for service in gatt.SERVICES for found in service.characteristics]
    assert handles == sorted(set(handles))
    assert gatt.characteristic("5A401525-AB2E-2548-C435-08C300000710").properties == ("write",)


async def test_incomplete_services(dongle: SmartConnect) -> None:
    """An interrupted discovery misses the statistics, the next one doesn't."""
    dongle.faults.incomplete_services = 1
    found = []
    for _ in range(2):
        link = await dongle.connect()
        found.append({item.name for service in link.services for item in service.characteristics})
        link.close()
        await asyncio.sleep(3)
    assert not found[0] & {gatt.STATISTICS_COMMAND, gatt.STATISTICS_DATA}
    assert found[0] >= {gatt.STATUS, gatt.START, gatt.P_MODE}
    assert found[1] >= {gatt.STATISTICS_COMMAND, gatt.STATISTICS_DATA}


# --- statistics -------------------------------------------------------------------------------------------------------


async def statistics(link: Link, command: str) -> bytes:
    """Ask for statistics and read them when they are ready."""
    await write(link, gatt.STATISTICS_COMMAND, command)
    for _ in range(10):
        await asyncio.sleep(0.8)
        if (await read(link, gatt.STATISTICS_COMMAND))[1]:
            return await read(link, gatt.STATISTICS_DATA)
    pytest.fail("Never ready")


async def test_product_counters(dongle: SmartConnect, machine: Machine) -> None:
    """3 bytes for each code, the total first."""
    link = await session(dongle)
    data = await statistics(link, "2A0001FFFF")
    assert len(data) == 200
    assert data[:15].hex().upper() == "0002BC00FFFF00002700009800000A"
    machine.press_product(0x02)
    await write(link, gatt.P_MODE, HEARTBEAT)
    assert (await statistics(link, "2A0001FF2A"))[:3].hex() == "0002bc"
    daily = await statistics(link, "2A0010FFFF")
    assert daily[:9].hex().upper() == "00000000FFFF000000"
    # Only page 10: codes 28 to 2B.
    page = await statistics(link, "2A00010004")
    assert page[3 * 0x28 : 3 * 0x29].hex() == "00000a"
    assert page[:3] == page[6:9] == b"\x00\xff\xff"


async def test_maintenance(dongle: SmartConnect, machine: Machine) -> None:
    """Counters and percentages in the order of the definition."""
    machine.set_percentage("Decalc", 70)
    machine.set_percentage("Cleaning", 0)
    machine.filter_fitted = False
    machine.maintain("CappuRinse")
    link = await session(dongle)
    assert (await statistics(link, "2A00040100")).hex() == "000500050005000600050005"
    assert (await statistics(link, "2A00080100")).hex() == "00ff46"
    machine.set_counter(0, 3)
    assert (await statistics(link, "2A0001FFFF"))[:3].hex() == "000003"


async def test_unprepared(dongle: SmartConnect) -> None:
    """Read too early, the buffer holds the last status."""
    link = await session(dongle)
    status = await read(link, gatt.STATUS)
    await write(link, gatt.STATISTICS_COMMAND, "2A0001FFFF")
    assert (await read(link, gatt.STATISTICS_COMMAND))[:2] == b"\x2a\x00"
    await asyncio.sleep(1)
    assert (await read(link, gatt.STATISTICS_COMMAND)).hex().upper() == "A200A2A2"
    assert await read(link, gatt.STATISTICS_DATA) == status
    await asyncio.sleep(1)
    assert (await read(link, gatt.STATISTICS_COMMAND)).hex().upper() == "0EA2A2A2"


async def test_never_ready(dongle: SmartConnect, machine: Machine) -> None:
    """Just after switching on, without heartbeats, and in a mode that doesn't exist."""
    link = await session(dongle)
    await write(link, gatt.STATISTICS_COMMAND, "2A0002FFFF")
    await asyncio.sleep(5)
    assert (await read(link, gatt.STATISTICS_COMMAND))[1] == 0
    assert dongle.unknown_commands == [(gatt.STATISTICS_COMMAND, bytes.fromhex("2A0002FFFF"))]
    await write(link, gatt.STATISTICS_COMMAND, "2A0001FFFF")
    await asyncio.sleep(10)
    assert (await read(link, gatt.STATISTICS_COMMAND))[1] == 0
    machine.power_cut()
    machine.switch_on()
    await asyncio.sleep(60)
    link = await session(dongle)
    await write(link, gatt.STATISTICS_COMMAND, "2A0001FFFF")
    await asyncio.sleep(8)
    assert (await read(link, gatt.STATISTICS_COMMAND))[1] == 0


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "acts", "error"),
    [
        (Failure.LOST, False, LinkLostError),
        (Failure.ANSWER_LOST, True, LinkLostError),
        (Failure.NO_ANSWER, False, LinkLostError),
        (Failure.ACTED_NO_ANSWER, True, LinkLostError),
        (Failure.ERROR, False, OperationError),
        (Failure.ATT_ERROR, False, AttError),
    ],
)
async def test_failing_order(
    dongle: SmartConnect, machine: Machine, failure: Failure, acts: bool, error: type[Exception]
) -> None:
    """For the client these look alike; the machine knows better."""
    link = await session(dongle)
    dongle.faults.fail_next(failure, characteristic=gatt.START)
    await read(link, gatt.STATUS)
    with pytest.raises(error):
        await write(link, gatt.START, ESPRESSO)
    assert len(machine.drinks) == acts
    assert dongle.faults.pending == ()
    assert [operation.outcome for operation in dongle.log if operation.characteristic == gatt.START] == [failure]
    if failure in (Failure.ERROR, Failure.ATT_ERROR):
        assert link.is_open


async def test_spoilt_reads(dongle: SmartConnect, machine: Machine) -> None:
    """Reads can be short, noise, of another key, or old."""
    link = await session(dongle)
    good = await read(link, gatt.STATUS)
    dongle.faults.fail_next(Failure.TRUNCATED, on="read")
    await write(link, gatt.P_MODE, HEARTBEAT)
    assert len(await read(link, gatt.STATUS)) == 10
    for failure in (Failure.GARBAGE, Failure.WRONG_KEY):
        dongle.faults.fail_next(failure)
        assert (await read(link, gatt.STATUS))[0] != KEY
    machine.empty_water_tank()
    dongle.faults.fail_next(Failure.STALE)
    assert bits(await read(link, gatt.STATUS)) & {1, 13} == bits(good) & {1, 13}
    assert 1 in bits(await read(link, gatt.STATUS))


async def test_planning(dongle: SmartConnect) -> None:
    """Failures can be planned for later, several times, and for connections."""
    changes: list[int] = []
    unsubscribe = dongle.subscribe(lambda: changes.append(len(dongle.faults.pending)))
    dongle.faults.fail_connects = 1
    with pytest.raises(ConnectError):
        await dongle.connect()
    link = await session(dongle)
    dongle.faults.fail_next(Failure.ERROR, skip=2, times=2)
    await read(link, gatt.STATUS)
    await read(link, gatt.STATUS)
    for _ in range(2):
        with pytest.raises(OperationError):
            await read(link, gatt.STATUS)
    await read(link, gatt.STATUS)
    assert changes == [0, 1, 1, 0]
    unsubscribe()


async def test_key_changes(dongle: SmartConnect) -> None:
    """A new key counts at once."""
    link = await session(dongle)
    dongle.key = 0x00
    assert (await read(link, gatt.STATUS, 0x00))[0] == 0x00
    with pytest.raises(LinkLostError):
        await write(link, gatt.P_MODE, HEARTBEAT)


async def test_log(dongle: SmartConnect) -> None:
    """The log tells everything in clear."""
    link = await session(dongle)
    await read(link, gatt.STATUS)
    link.close()
    assert [(entry.action, entry.characteristic) for entry in dongle.log] == [
        ("connect", ""),
        ("write", gatt.P_MODE),
        ("read", gatt.STATUS),
        ("disconnect", ""),
    ]
    assert dongle.log[1].data.hex().upper() == HEARTBEAT
    assert dongle.log[2].data[0] == KEY
    assert all(entry.connection == 1 for entry in dongle.log)
    assert dongle.held_seconds == pytest.approx(0.06, abs=0.01)


# --- the dongle itself fails ------------------------------------------------------------------------------------------


async def test_silence(dongle: SmartConnect, machine: Machine) -> None:
    """Deaf and dumb for 25 s: nothing arrives, nobody is heard, and then all is well."""
    link = await session(dongle)
    dongle.faults.silent_until = asyncio.get_running_loop().time() + 25
    with pytest.raises(LinkLostError):
        await write(link, gatt.START, ESPRESSO)
    assert not machine.orders
    await asyncio.sleep(dongle.advertising_pause)
    dongle.faults.silent_until = asyncio.get_running_loop().time() + 25
    assert not dongle.advertising
    start = asyncio.get_running_loop().time()
    with pytest.raises(ConnectError):
        await dongle.connect(timeout=20)
    await session(dongle)
    assert asyncio.get_running_loop().time() - start == pytest.approx(25, abs=1)


async def test_dongle_restarts(dongle: SmartConnect, machine: Machine) -> None:
    """A crash of the dongle: the link goes, the machine goes on, and for a while the dongle doesn't know whose it is."""
    link = await session(dongle)
    await write(link, gatt.START, ESPRESSO)
    dongle.restart()
    assert not link.is_open
    assert machine.drink is not None
    await asyncio.sleep(dongle.advertising_pause)
    advertisement = dongle.advertisement()
    assert advertisement is not None
    assert dongle.manufacturer_data() == manufacturer_data(KEY, EMPTY, dongle.flags)
    await asyncio.sleep(dongle.identity_seconds)
    assert dongle.manufacturer_data() != manufacturer_data(KEY, EMPTY, dongle.flags)


async def test_old_buffer_for_statistics(dongle: SmartConnect) -> None:
    """Announced, and yet the old buffer comes: the status frame, as a J6 did."""
    link = await session(dongle)
    status = await read(link, gatt.STATUS)
    await write(link, gatt.STATISTICS_COMMAND, "2A0001FFFF")
    await asyncio.sleep(3)
    dongle.faults.fail_next(Failure.WRONG_PAGE)
    assert await read(link, gatt.STATISTICS_DATA) == status
    assert await read(link, gatt.STATISTICS_DATA) != status


async def test_operations_are_told(dongle: SmartConnect) -> None:
    """Whoever wants something to happen at an operation is told when it begins."""
    begun: list[tuple[str, str]] = []
    dongle.faults.upcoming = lambda *operation: begun.append(operation)
    link = await session(dongle)
    await read(link, gatt.STATUS)
    assert begun == [("connect", ""), ("write", gatt.P_MODE), ("read", gatt.STATUS)]
