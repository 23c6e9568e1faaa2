"""The simulated dongle, spoken to in bytes written by hand."""

import asyncio
from collections.abc import AsyncGenerator

from bleak.exc import BleakError
import bleak_retry_connector
from homeassistant.components import bluetooth
from homeassistant.core import HomeAssistant
import pytest

from simulator.blufi import NOTIFY, SERVICE, WRITE, AccessPoint, BlufiDongle, BlufiLink
from simulator.blufi_frames import Fault, crc16
from simulator.definitions import definition_for
from simulator.faults import Failure
from simulator.gatt import UART_TX, characteristic
from simulator.link import AttError, ConnectError, LinkLostError, OperationError
from simulator.machine import Machine
from simulator.scanner import async_add_simulated_adapter
from simulator.smart_connect import SmartConnect

ADDRESS = "C0:FF:EE:00:00:B1"


@pytest.fixture
async def dongle() -> AsyncGenerator[BlufiDongle]:
    """Return a dongle that hears three networks."""
    dongle = BlufiDongle(
        address=ADDRESS,
        access_points=[
            AccessPoint("Home", "password"),
            AccessPoint("Home", "password", rssi=-80),
            AccessPoint("NoDhcp", gives_addresses=False),
        ],
    )
    yield dongle
    dongle.close()


class Host:
    """A host that writes what it is told."""

    def __init__(self, link: BlufiLink) -> None:
        """Take over a link."""
        self.link = link
        self.frames: list[bytes] = []

    async def write(self, text: str) -> list[str]:
        """Write a frame; return what came since, until a little later."""
        self.frames.clear()
        await self.link.write(WRITE.uuid, bytes.fromhex(text))
        await asyncio.sleep(0.1)
        return [frame.hex(" ") for frame in self.frames]

    async def hear(self, seconds: float) -> list[str]:
        """Return what comes in some seconds."""
        self.frames.clear()
        await asyncio.sleep(seconds)
        return [frame.hex(" ") for frame in self.frames]


async def connect(dongle: BlufiDongle) -> Host:
    """Connect and listen."""
    host = Host(await dongle.connect())
    await host.link.listen(NOTIFY.uuid, host.frames.append)
    return host


async def test_plain_session(dongle: BlufiDongle) -> None:
    """A whole session in plain text, byte by byte; sequence numbers count in both directions."""
    networks: list[str] = []
    dongle.on_configured = networks.append
    host = await connect(dongle)
    assert await host.write("1C 00 00 00") == ["41 04 00 02 01 03"]
    assert await host.write("08 08 01 01 01") == ["00 04 01 01 01"]
    assert await host.write("09 00 02 04 48 6F 6D 65") == []
    assert await host.write("0D 00 03 08 70 61 73 73 77 6F 72 64") == []
    assert await host.write("0C 00 04 00") == []
    assert await host.write("14 00 05 00") == ["3d 04 02 06 01 02 00 14 01 05"]
    await asyncio.sleep(dongle.join_seconds)
    assert await host.write("14 00 06 00") == ["3d 04 03 11 01 03 00 01 06 00 01 02 03 04 05 02 04 48 6f 6d 65"]
    assert await host.hear(3) == ["3d 04 04 11 01 00 00 01 06 00 01 02 03 04 05 02 04 48 6f 6d 65"]
    assert dongle.configured == "Home"
    assert networks == ["Home"]
    host.link.close()
    assert dongle.advertisement() is None


async def test_networks(dongle: BlufiDongle) -> None:
    """Scanning takes seconds; each access point is an entry."""
    host = await connect(dongle)
    assert await host.write("24 00 00 00") == []
    (frame,) = await host.hear(4)
    assert frame.startswith("45 04 00 14 05 c4 48 6f 6d 65 05 b0 48 6f 6d 65 07 c4 4e 6f")


@pytest.mark.parametrize(
    ("frame", "fault"),
    [
        ("1C 00 00", Fault.FORMAT),
        ("1C 00 00 01", Fault.FORMAT),
        ("1C 00 00 00 00", Fault.FORMAT),
        ("1C 04 00 00", Fault.FORMAT),
        ("1C 00 01 00", Fault.SEQUENCE),
        ("1C 02 00 00 00 00", Fault.CHECKSUM),
        ("09 01 00 04 48 6F 6D 65", Fault.DECRYPT),
        ("01 00 00 01 01", Fault.PARAMETERS),
    ],
)
async def test_errors(dongle: BlufiDongle, frame: str, fault: Fault) -> None:
    """Each is reported, and nothing is done."""
    host = await connect(dongle)
    assert await host.write(frame) == [f"49 04 00 01 {fault:02x}"]
    assert dongle.errors == [fault]


async def test_checksum(dongle: BlufiDongle) -> None:
    """The check value, and a frame with a good checksum."""
    assert crc16(b"123456789") == 0xD64E
    check = crc16(bytes.fromhex("00 00")).to_bytes(2, "little").hex()
    host = await connect(dongle)
    assert await host.write(f"1C 02 00 00 {check}") == ["41 04 00 02 01 03"]


async def test_wrong_sequence_does_not_count(dongle: BlufiDongle) -> None:
    """After a wrong number the right one is still expected; a new connection begins at 0."""
    host = await connect(dongle)
    await host.write("1C 00 05 00")
    assert await host.write("1C 00 00 00") == ["41 04 01 02 01 03"]
    host.link.close()
    host = await connect(dongle)
    assert await host.write("1C 00 00 00") == ["41 04 00 02 01 03"]


@pytest.mark.parametrize(("mtu", "pieces"), [(23, 2), (64, 1)])
async def test_fragments(dongle: BlufiDongle, mtu: int, pieces: int) -> None:
    """At the smallest MTU a list of 20 bytes takes two notifications of up to 20 bytes."""
    dongle.mtu = mtu
    host = await connect(dongle)
    await host.write("24 00 00 00")
    frames = [bytes.fromhex(frame) for frame in await host.hear(4)]
    assert len(frames) == pieces
    if pieces == 2:
        assert frames[0][:6] == bytes.fromhex("45 14 00 0E 14 00")
        assert [len(frame) for frame in frames] == [18, 12]
    with pytest.raises(OperationError):
        await host.link.write(WRITE.uuid, bytes(mtu - 2))


@pytest.mark.parametrize(
    ("ssid", "password", "seconds", "report"),
    [
        ("Home", "wrong", 9, "01 01 00 15 01 0f 16 01 80"),
        ("Hume", "password", 6, "01 01 00 15 01 c9 16 01 80"),
        ("NoDhcp", "", 60, "01 03 00"),
    ],
)
async def test_failures(dongle: BlufiDongle, ssid: str, password: str, seconds: float, report: str) -> None:
    """Told when asked."""
    host = await connect(dongle)
    await host.write("08 00 00 01 01")
    for number, (kind, text) in enumerate((("09", ssid), ("0D", password), ("0C", "")), 1):
        await host.write(f"{kind} 00 {number:02X} {len(text):02X} {text.encode().hex()}")
    assert await host.hear(seconds) == []
    (frame,) = await host.write("14 00 04 00")
    assert frame[12:].startswith(report)
    assert dongle.configured is None


async def test_negotiation_options(dongle: BlufiDongle) -> None:
    """Refused with an error, or not even that."""
    dongle.refuses_negotiation = "with an error"
    host = await connect(dongle)
    assert await host.write("01 00 00 03 00 00 07") == ["49 04 00 01 04"]
    dongle.refuses_negotiation = "silently"
    assert await host.write("01 00 01 03 00 00 07") == []


async def test_link(dongle: BlufiDongle) -> None:
    """What can't be done, and what becomes of a link."""
    host = await connect(dongle)
    with pytest.raises(AttError):
        await host.link.write(NOTIFY.uuid, b"")
    with pytest.raises(AttError):
        await host.link.write(WRITE.uuid, b"", response=False)
    with pytest.raises(AttError):
        await host.link.read(WRITE.uuid)
    assert await host.link.read(NOTIFY.uuid) == b"\0"
    dongle.faults.fail_next(Failure.LOST)
    with pytest.raises(LinkLostError):
        await host.write("1C 00 00 00")
    assert not dongle.received
    assert dongle.link is None
    with pytest.raises(LinkLostError):
        await host.write("1C 00 00 00")
    dongle.powered = False
    with pytest.raises(ConnectError):
        await dongle.connect()


async def test_next_to_a_smart_connect(hass: HomeAssistant, enable_bluetooth: None, dongle: BlufiDongle) -> None:
    """Both in one adapter; the one notifies through Home Assistant's Bluetooth, the other doesn't."""
    smart_connect = SmartConnect(Machine(definition_for("15336")), address="C0:FF:EE:00:00:01")
    _, remove = await async_add_simulated_adapter(hass, [smart_connect, dongle])
    info = bluetooth.async_last_service_info(hass, ADDRESS, connectable=True)
    assert info is not None
    assert (info.name, info.service_uuids) == (dongle.name, [SERVICE])

    client_class = bleak_retry_connector.BleakClientWithServiceCache
    client = await bleak_retry_connector.establish_connection(client_class, info.device, "BluFi")
    frames: list[bytes] = []
    await client.start_notify(NOTIFY.uuid, lambda _, data: frames.append(bytes(data)))
    await client.write_gatt_char(WRITE.uuid, bytes.fromhex("1C 00 00 00"), response=True)
    await asyncio.sleep(0.1)
    assert frames == [bytes.fromhex("41 04 00 02 01 03")]
    await client.stop_notify(NOTIFY.uuid)
    await client.write_gatt_char(WRITE.uuid, bytes.fromhex("1C 00 01 00"), response=True)
    await asyncio.sleep(0.1)
    assert len(frames) == 1
    assert client.mtu_size == dongle.mtu
    await client.disconnect()

    device = bluetooth.async_ble_device_from_address(hass, smart_connect.address, connectable=True)
    assert device is not None
    client = await bleak_retry_connector.establish_connection(client_class, device, "JURA")
    with pytest.raises(BleakError):
        await client.start_notify(characteristic(UART_TX).uuid, lambda _, data: None)
    await client.disconnect()
    remove()
