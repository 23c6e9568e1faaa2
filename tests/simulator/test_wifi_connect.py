"""The WiFi Connect over real sockets: who gets in, what is said, and what upsets it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
import socket
import sys

import pytest
import pytest_socket

from simulator.cipher import crypt
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.orders import Outcome, Refusal
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import BROADCAST, WifiConnect
from simulator.wifi_datagrams import SCAN
from simulator.wifi_faults import LanFailure
from simulator.wifi_framing import checksum

from .lan import HOME, TOKEN, Client, Datagrams

pytestmark = pytest.mark.usefixtures("socket_enabled")

whole_loopback = pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere only 127.0.0.1 is there by itself")

POLL = bytes.fromhex("0010A5F3C0A821EC0000000000000000")
ESPRESSO = "@TP:02000809000002000100000000000000"
S8 = "15480"
E6 = "15441"


@pytest.fixture
def article() -> str:
    """Which machine it is."""
    return S8


@pytest.fixture
def machine(article: str) -> Machine:
    """A machine with known numbers."""
    return Machine(
        definition_for(article),
        machine_number=1234,
        serial_number=7,
        production_date=date(2021, 9, 17),
        uchi_date=date(2021, 4, 20),
        unnamed_bit=False,
        counters={0: 3753, 2: 103, 3: 702},
    )


@pytest.fixture
async def wifi(machine: Machine) -> AsyncIterator[WifiConnect]:
    """Its dongle."""
    wifi = WifiConnect(machine, port=0)
    await wifi.start()
    yield wifi
    await wifi.stop()


def well_behaved(wifi: WifiConnect) -> bool:
    """Tell whether nothing was done that a client must not do."""
    return not (wifi.forbidden or wifi.unlisted or wifi.malformed or wifi.upset)


# --- UDP --------------------------------------------------------------------------------------------------------------


@whole_loopback
@pytest.mark.parametrize("article", [E6])
async def test_udp(machine: Machine, wifi: WifiConnect) -> None:
    """A poll is answered with the bytes of the notes, idle and running."""
    machine.nap()
    udp = await Datagrams.open()
    expected = (
        "0075A5F3545432333757205630382E32372020204B69746368656E00000000000000000000000000000000000000000000000000"
        "4546313033304D205630312E303620203C5104D200073F313E940000000000000000000000000000000000000000000000000000"
        "0000000000"
    )
    answer = await udp.ask(POLL, wifi)
    assert answer is not None
    assert answer.hex().upper() == expected + "11000400000C0000"

    machine.wake_up()
    assert machine.press_product(0x02, COFFEE_STRENGTH=8, WATER_AMOUNT=9)
    await asyncio.sleep(11)
    answer = await udp.ask(POLL, wifi)
    assert answer is not None
    assert len(answer) == 126
    assert answer[:4].hex() == "007ea5f3"
    assert answer[109] == 0x10
    assert answer[110:].hex().upper().startswith("3C0208080")
    while machine.drink:
        await asyncio.sleep(1)
    answer = await udp.ask(POLL, wifi)
    assert answer is not None
    assert answer[109:].hex().upper() == "103E02"
    await asyncio.sleep(10)
    answer = await udp.ask(POLL, wifi)
    assert answer is not None
    assert answer[109:].hex().upper() == "11000400000400" + "00"

    assert await udp.ask(POLL + b"\0", wifi) is None
    assert await udp.ask(POLL[:-1], wifi) is None
    assert await udp.ask(b"\0\x10\xa5\xf2" + POLL[4:], wifi) is None
    assert await udp.ask(SCAN, wifi) is None
    assert await udp.ask(SCAN, wifi, BROADCAST) == wifi.datagram()
    assert [entry.direction for entry in wifi.log if entry.is_datagram][-6:] == ["in", "in", "in", "in", "in", "out"]
    assert not wifi.sessions
    udp.transport.close()


@whole_loopback
async def test_udp_habits(wifi: WifiConnect) -> None:
    """Firmwares that stay silent, and what can go wrong."""
    udp = await Datagrams.open()
    wifi.status_bytes = 8
    assert (await udp.ask(POLL, wifi) or b"")[110:].hex() == "0004000004000000"
    wifi.answers_udp = False
    assert await udp.ask(POLL, wifi) is None
    assert await udp.ask(SCAN, wifi, BROADCAST) is not None
    wifi.answers_broadcast = False
    assert await udp.ask(SCAN, wifi, BROADCAST) is None
    wifi.answers_udp = wifi.answers_unicast_scan = True
    assert await udp.ask(SCAN, wifi) is not None
    wifi.faults.drop_datagrams = 2
    assert [await udp.ask(POLL, wifi) is None for _ in range(3)] == [True, True, False]
    wifi.faults.datagrams.append(b"forged")
    assert await udp.ask(POLL, wifi) == b"forged"
    udp.received.clear()
    wifi.send_datagram(bytes(3000), *udp.transport.get_extra_info("sockname"))
    await asyncio.sleep(1)
    assert udp.received == [bytes(3000)]
    udp.transport.close()


async def test_off(machine: Machine, wifi: WifiConnect) -> None:
    """Without power there is no dongle; it comes back to the same place."""
    udp = await Datagrams.open()
    port = wifi.port
    client = await Client.log_in(wifi)
    machine.power_cut()
    assert await client.gone() == "reset"
    assert wifi.sessions[-1].ended_by == "power"
    assert not wifi.reachable
    assert await udp.ask(POLL, wifi) is None
    with pytest.raises(ConnectionRefusedError):
        await Client.connect(wifi)
    machine.switch_on()
    assert await udp.ask(POLL, wifi) is None
    await asyncio.sleep(5)
    answer = await udp.ask(POLL, wifi)
    assert answer is not None
    # Heating up.
    assert answer[109:112].hex() == "110008"
    assert wifi.port == port
    await (await Client.log_in(wifi)).leave()
    udp.transport.close()


@whole_loopback
async def test_two_machines(wifi: WifiConnect) -> None:
    """Two are side by side with one port number; a place that is taken is told."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "127.0.0.2"])
    other = WifiConnect(Machine(definition_for("Z10")), host="127.0.0.2", port=wifi.port, name="Office")
    await other.start()
    udp = await Datagrams.open()
    await udp.ask(SCAN, wifi, BROADCAST)
    assert {data[20:27].rstrip(b"\0") for data in udp.received} == {b"Kitchen", b"Office"}
    client = await Client.log_in(other)
    assert await client.ask("@TG:43") is not None
    await client.leave()
    third = WifiConnect(Machine(definition_for("E8")), port=wifi.port)
    with pytest.raises(OSError):
        await third.start()
    await third.stop()
    await other.stop()
    udp.transport.close()


# --- login ------------------------------------------------------------------------------------------------------------


async def test_pairing(wifi: WifiConnect) -> None:
    """The token comes after the confirmation, belongs to its id, and is needed together with the PIN."""
    wifi.pin, wifi.min_pause = "1234", 0
    wrong = await Client.connect(wifi)
    assert await wrong.ask(f"@HP:,{HOME},") == "@hp5:00"
    assert await wrong.gone() == "closed"
    assert wifi.dialog is None

    client = await Client.connect(wifi)
    client.send(f"@HP:1234,{HOME},")
    assert (await client.listen(20))[-1].startswith("@TF:")
    assert wifi.dialog is not None
    assert wifi.dialog.client == "home"
    assert wifi.confirm()
    answer = await client.answer()
    assert answer is not None
    assert answer[:5] == "@hp4:"
    token = answer[5:]
    assert len(bytes.fromhex(token)) == 32
    assert await client.ask("@TG:C0") == "@tg:C01E2814"
    assert wifi.sessions[-1].client == "home"
    await client.leave()

    for login, expected in {
        f"1234,{HOME},{token}": "@hp4",
        f"123,{HOME},{token}": "@hp5:00",
        f",{HOME},{token}": "@hp5:00",
        "1234,,": "@hp5:00",
        f"1234,{HOME},": "@hp5:02",
        f"1234,{HOME},{TOKEN}": "@hp5:02",
        f"1234,616263,{token}": "@hp5:01",
        "nonsense": "@hp5:00",
    }.items():
        client = await Client.connect(wifi)
        assert await client.ask(f"@HP:{login}") == expected
        assert wifi.dialog is None
        if expected == "@hp4":
            await client.leave()
        else:
            assert await client.gone() == "closed"
    assert well_behaved(wifi)


async def test_dialog(machine: Machine, wifi: WifiConnect) -> None:
    """The owner refuses, doesn't see it, or the client doesn't wait."""
    assert not wifi.confirm()
    assert not wifi.refuse()
    changes: list[str | None] = []
    stop = wifi.subscribe(lambda: changes.append(wifi.dialog.client if wifi.dialog else None))
    wifi.min_pause = 0
    client = await Client.connect(wifi)
    client.send(f"@HP:,{HOME},")
    await client.listen(1)
    assert wifi.refuse()
    assert await client.answer() == "@hp5:02"
    await client.gone()
    assert "home" in changes

    client = await Client.connect(wifi)
    assert await client.ask(f"@HP:,{HOME},", timeout=59) is None
    assert wifi.dialog is not None
    await asyncio.sleep(2)
    assert wifi.dialog is None
    assert wifi.session is not None
    await client.leave()

    client = await Client.connect(wifi)
    client.send(f"@HP:,{HOME},")
    await client.listen(1)
    assert wifi.dialog is not None
    await client.leave()
    await asyncio.sleep(0.1)
    assert wifi.dialog is None
    assert not wifi.tokens

    machine.nap()
    client = await Client.connect(wifi)
    client.send(f"@HP:,{HOME},")
    assert {body[:4] for body in await client.listen(30)} == {"@TF:"}
    assert wifi.dialog is None
    await client.leave()
    stop()


async def test_before_login(machine: Machine, wifi: WifiConnect) -> None:
    """Nothing else is taken."""
    client = await Client.connect(wifi)
    for command in ("@TG:43", ESPRESSO, "@TS:01"):
        assert await client.ask(command) == "@an:error"
    assert not machine.orders
    assert not machine.keys_locked
    assert len(wifi.unlisted) == 3
    await client.leave()


# --- sessions ---------------------------------------------------------------------------------------------------------


async def test_pause(wifi: WifiConnect) -> None:
    """Who comes back too soon is reset during the login, and that counts as well."""
    await (await Client.log_in(wifi)).leave()
    for _ in range(2):
        await asyncio.sleep(2.5)
        client = await Client.connect(wifi)
        await asyncio.sleep(0.1)
        client.send(f"@HP:,{HOME},{TOKEN}")
        assert await client.gone() == "reset"
        assert wifi.sessions[-1].hurried
    await asyncio.sleep(3.1)
    await (await Client.log_in(wifi)).leave()
    assert len(wifi.sessions) == 4


@pytest.mark.parametrize("busy", ["reset", "refuse"])
async def test_one_session(wifi: WifiConnect, busy: str) -> None:
    """A second connection doesn't get in, whether a client or the phone was first; the first one isn't troubled."""
    wifi.busy = "refuse" if busy == "refuse" else "reset"
    client = await Client.log_in(wifi)

    async def meets() -> str:
        try:
            second = await Client.connect(wifi)
            second.send(f"@HP:,{HOME},{TOKEN}")
            return await second.gone()
        except ConnectionRefusedError:
            return "refused"

    expected = "refused" if busy == "refuse" else "reset"
    assert await meets() == expected
    assert not wifi.phone_connects()
    assert await client.ask("@TG:C0") == "@tg:C01E2814"
    client.writer.close()
    await asyncio.sleep(5)
    assert wifi.sessions[-1].ended_by == "client"
    assert wifi.phone_connects()
    assert await meets() == expected
    wifi.phone_disconnects()
    await asyncio.sleep(5)
    await (await Client.log_in(wifi)).leave()
    assert wifi.turned_away == (0 if busy == "refuse" else 2)
    assert len(wifi.sessions) == 2


async def test_pushes(wifi: WifiConnect) -> None:
    """A silent socket stays open, and hears the status; what it costs is written down."""
    client = await Client.connect(wifi)
    bodies = await client.listen(3600)
    # It goes to energy saving meanwhile.
    assert set(bodies) == {"@TF:00040000040000", "@TF:000400000C0000"}
    assert 1700 < len(bodies) < 1800
    assert wifi.session is not None
    assert wifi.held_seconds > 3599
    await client.leave()


async def test_brew(machine: Machine, wifi: WifiConnect) -> None:
    """During a drink there is no status but marks and progress; a bare @TS ends it."""
    client = await Client.log_in(wifi)
    assert await client.ask(ESPRESSO) == "@tp"
    assert client.pushed == ["@TB", "@TV:390208080009FFFFFFFF00FFFFFF0000"]
    bodies = await client.listen(60)
    kinds = [body[:6] for body in bodies]
    assert "@TF:00" not in kinds[: kinds.index("@TS")]
    assert kinds[: kinds.index("@TV:3E")].count("@TV:3C") >= 5
    assert "@TV:3E02" in bodies
    assert [kind for kind in kinds[kinds.index("@TS") + 1 :] if kind[:3] != "@TF"] == []
    percents = [int(body[-4:-2], 16) for body in bodies if body.startswith("@TV:3C")]
    assert percents == sorted(percents)
    await client.leave()
    (drink,) = machine.drinks
    assert drink.outcome is Outcome.FINISHED
    assert drink.recipe == {"COFFEE_STRENGTH": 8, "WATER_AMOUNT": 45, "TEMPERATURE": 2}
    assert well_behaved(wifi)


async def test_lock(machine: Machine, wifi: WifiConnect) -> None:
    """A session that ends while it holds the lock leaves the keypad locked."""
    client = await Client.log_in(wifi)
    assert await client.ask("@TS:01") == "@ts:01"
    assert client.pushed[-1] == "@TB"
    assert wifi.payload.hex() == "00040000050000"
    assert wifi.session is not None
    wifi.session.reset()
    await asyncio.sleep(4)
    assert machine.keys_locked
    assert not wifi.upset
    client = await Client.log_in(wifi)
    assert machine.keys_locked
    wifi.lock_answer_with_value = False
    assert await client.ask("@TS:00") == "@ts"
    assert not machine.keys_locked
    assert await client.ask("@TS:01") == "@ts"
    await client.leave()
    await asyncio.sleep(0.1)
    assert wifi.upset == ["session 2: left while it held the lock"]
    machine.power_cut()
    assert not machine.keys_locked


async def test_upsetting(machine: Machine, wifi: WifiConnect) -> None:
    """What has wedged real machines is noticed, and one thing does so here, too."""
    client = await Client.log_in(wifi)
    client.writer.get_extra_info("socket")._sock.send(b"!", socket.MSG_OOB)  # noqa: SLF001
    await client.listen(1)
    assert wifi.upset == ["session 1: urgent data"]
    assert await client.ask("@TS:01") == "@ts:01"
    await client.listen(20)
    assert await client.ask("@TS:00") == "@ts:00"
    assert wifi.upset[1:] == ["session 1: status streamed while it holds the lock"]
    wifi.upset.clear()

    assert await client.ask(ESPRESSO) == "@tp"
    assert await client.ask("@TG:FF") == "@tg:FF"
    assert not wifi.upset
    assert machine.drinks[-1].outcome is Outcome.CANCELLED
    assert await client.ask(ESPRESSO) == "@tp"
    await asyncio.sleep(10)
    assert await client.ask("@TG:43") is not None
    assert not machine.stalled
    assert await client.ask("@TG:C0") is not None
    assert wifi.upset == [
        "session 1: @TG:43 during a drink or program",
        "session 1: @TG:C0 during a drink or program",
    ]
    assert machine.stalled
    await asyncio.sleep(600)
    assert machine.drinks[-1].outcome is Outcome.RUNNING
    machine.power_cut()
    assert not machine.stalled
    assert machine.drinks[-1].outcome is Outcome.POWER_CUT


async def test_unaware(machine: Machine, wifi: WifiConnect) -> None:
    """A client may go on for a moment when a person begins a drink, and unlock at any time."""
    client = await Client.log_in(wifi)
    assert machine.press_product(0x02)
    assert await client.ask("@TG:C0") is not None
    assert not wifi.upset
    await asyncio.sleep(3)
    assert await client.ask("@TS:00") is not None
    assert not wifi.upset
    assert await client.ask("@TG:43") is not None
    assert len(wifi.upset) == 1
    assert not machine.stalled
    await client.leave()
    # Who comes in the middle of a drink gets its progress, without the mark of its beginning.
    await asyncio.sleep(5)
    client = await Client.connect(wifi)
    bodies = await client.listen(40)
    assert "@TB" not in bodies
    assert bodies[0].startswith("@TV:3C02")
    assert "@TS" in bodies
    await client.leave()


async def test_unlocking_firmware(machine: Machine, wifi: WifiConnect) -> None:
    """The firmware reads as if it unlocked after a lost session."""
    wifi.unlocks_after_lost_session = True
    client = await Client.log_in(wifi)
    await client.ask("@TS:01")
    assert machine.keys_locked
    assert wifi.session is not None
    wifi.session.reset()
    assert await client.gone() == "reset"
    assert not machine.keys_locked


async def test_both_faces(machine: Machine, wifi: WifiConnect) -> None:
    """One machine with both dongles: what comes over Bluetooth shows over Wi-Fi."""
    smart_connect = SmartConnect(machine, address="C0:FF:EE:00:00:01", key=0x2A)
    client = await Client.log_in(wifi)
    link = await smart_connect.connect()
    await link.write("1529", crypt(bytes.fromhex("2A7F80"), 0x2A))
    await link.write("1525", crypt(bytes.fromhex("2A020008090000020001000000000000002A"), 0x2A))
    bodies = await client.listen(1)
    assert bodies[0] == "@TB"
    assert bodies[1].startswith("@TV:3902")
    link.close()
    await client.leave()


# --- reading ----------------------------------------------------------------------------------------------------------


async def test_counters(machine: Machine, wifi: WifiConnect) -> None:
    """Pages of counters; banks that aren't there; requests without a page."""
    client = await Client.log_in(wifi)
    assert await client.ask("@TR:32,00") == f"@tr:32,00,0EA9{machine.counters.get(1, 0xFFFF):04X}006702BE"
    assert await client.ask("@TR:32,0F") == "@tr:32,0F,FFFFFFFFFFFFFFFF"
    assert await client.ask("@TR:32,10") == "@tr:00"
    assert await client.ask("@TR:32") is None
    assert await client.ask("@TR:32,0") is None
    for bank in ("33", "34", "42", "43", "52", "53"):
        assert await client.ask(f"@TR:{bank},00") == "@tr:00"
    wifi.banks |= {0x33, 0x42, 0x52}
    machine.set_counter(2, 0x012345)
    assert (await client.ask("@TR:32,00") or "")[-8:-4] == "2345"
    assert await client.ask("@TR:33,00") == "@tr:33,00,00FF0100"
    assert await client.ask("@TR:42,00") == "@tr:42,00,0000FFFF00000000"
    assert await client.ask("@TR:52,00") == "@tr:52,00,FFFFFFFFFFFF0000"
    assert await client.ask("@TR:52,03") == "@tr:52,03,000000000000FFFF"
    assert await client.ask("@TR:52,04") == "@tr:00"
    assert await client.ask("@TG:43") == "@tg:43000500050005000500050005"
    machine.set_percentage("Decalc", 100)
    assert await client.ask("@TG:C0") == "@tg:C01E2864"
    assert "@TR:32" in wifi.unlisted
    assert not wifi.forbidden
    await client.leave()


@pytest.mark.parametrize("article", ["EF567_C", "EF545", "EF1090"])
async def test_orders_of_counters(machine: Machine, wifi: WifiConnect) -> None:
    """The order and number of maintenance counters is the definition's."""
    machine.maintain("CoffeeRinse")
    place = machine.definition.counters.index("CoffeeRinse")
    client = await Client.log_in(wifi)
    answer = await client.ask("@TG:43") or ""
    counts = bytes.fromhex(answer.removeprefix("@tg:43"))
    assert len(counts) == 2 * len(machine.definition.counters)
    assert counts[2 * place + 1] == 6
    assert len(await client.ask("@TG:C0") or "") == 6 + 2 * len(machine.definition.percentages)
    await client.leave()


async def test_other_verbs(wifi: WifiConnect) -> None:
    """The dongle's own; unknown ones are met with silence."""
    client = await Client.log_in(wifi)
    assert await client.ask("@HY") == "@hy:TT237W V08.27"
    assert await client.ask("@HL") == "@hl:ESP32LDRSIM TT237W V08.27"
    assert await client.ask("@HU?") == "@hu:800"
    for silent in ("@XX", "@AN:02", "hello", "@hy", "@tg:43"):
        assert await client.ask(silent) is None
    assert len(wifi.unlisted) == 8
    await client.leave()


# --- settings ---------------------------------------------------------------------------------------------------------


def wrapped(argument: str, value: str) -> str:
    """Return a write with its checksum."""
    return f"@TM:{argument},{value}{checksum(f'{argument},{value}')}"


async def test_settings(machine: Machine, wifi: WifiConnect) -> None:
    """They are read any time, and written only inside the wrap with everything right."""
    client = await Client.log_in(wifi)
    machine.settings.set("02", "0D")
    assert await client.ask("@TM:02") == "@tm:02,0DFD"
    assert await client.ask("@TM:13", complete=False) == "@tm:13,1EF9"
    # Acknowledged and lost.
    assert await client.ask(wrapped("13", "213C")) == "@tm:13"
    assert await client.ask("@TM:13") == "@tm:13,1EF9"
    assert not wifi.written
    assert await client.ask("@TS:01") == "@ts:01"
    assert await client.ask("@TM:13,220168FF") == "@an:error"
    assert await client.ask("@TM:13,220168") == "@an:error"
    assert await client.ask(wrapped("13", "3C")) == "@an:error"
    assert await client.ask(wrapped("02", "1F")) == "@an:error"
    assert await client.ask(wrapped("13", "220168"), complete=False) == "@tm:00"
    assert await client.ask("@TM:13") == "@tm:13,1EF9"
    assert await client.ask("@TM:13,2201683C") == "@tm:13"
    assert await client.ask("@TM:13") == "@tm:13,2201683C"
    assert await client.ask("@TM:13,211E96") == "@tm:13"
    assert await client.ask("@TM:13") == "@tm:13,1EF9"
    assert await client.ask(wrapped("02", "01")) == "@tm:02"
    assert await client.ask("@TS:00") == "@ts:00"
    assert wifi.written == [("13", "220168"), ("13", "1E"), ("02", "01")]
    assert machine.settings.values["02"] == "01"
    assert wifi.malformed == ["no inner line end: @TM:13", "no inner line end: @TM:13,2201683C"]

    other = Machine(definition_for(S8))
    other.remember(machine.memory)
    assert other.settings.values == machine.settings.values

    for address, answer in {"00": "80", "23": "A3", "41": "C1", "42": "C2", "50": "D0"}.items():
        assert await client.ask(f"@TM:{address}") == f"@tm:{answer}"
    assert await client.ask("@TM:42,00") == "@tm:C2"
    assert await client.ask("@TM:00,FC") == "@tm:80"
    wifi.recipe_slots = bytes([4] * 5)
    assert await client.ask("@TM:50") == "@tm:50,04040404047A"
    assert not wifi.forbidden
    await client.leave()


async def test_limits(wifi: WifiConnect) -> None:
    """Live limits, with a checksum in the request."""
    client = await Client.log_in(wifi)
    assert await client.ask("@TM:60,020B") == "@tm:60,020310FFFFFFFFFFFFFFFF0087"
    assert await client.ask("@TM:60,0706") == "@tm:60,070530FFFF012DFFFF003C0001"
    assert await client.ask("@TM:60,02") == "@an:error"
    assert await client.ask("@TM:60,0200") == "@an:error"
    wifi.machine.limit(0x02, WATER_AMOUNT=(4, 20))
    assert await client.ask("@TM:60,020B") == wrapped("60", "020414FFFFFFFFFFFFFFFF00").replace("@TM", "@tm")
    wifi.tells_limits = False
    assert await client.ask("@TM:60,020B") == "@tm:E0"
    assert well_behaved(wifi)
    await client.leave()


async def test_stored_recipes(wifi: WifiConnect) -> None:
    """What the machine remembers of a product can be read; without any it refuses, as an S8 EB does."""
    client = await Client.log_in(wifi)
    assert await client.ask("@TM:41,02") == "@tm:C1"
    wifi.store_recipe(0x02, WATER_AMOUNT=7, COFFEE_STRENGTH=10)
    blob = "02000A07000002000000000000000000" + "00"
    assert await client.ask("@TM:41,02") == wrapped("41", blob).replace("@TM", "@tm")
    assert await client.ask("@TM:41,03") == "@tm:C1"
    assert await client.ask("@TM:41,0") == "@tm:C1"
    assert await client.ask("@TM:42,00") == "@tm:C2"
    assert not wifi.unlisted
    assert wifi.forbidden == ["@TM:41,0"]
    wifi.forbidden.clear()
    with pytest.raises(ValueError, match="no product 99"):
        wifi.store_recipe(0x99)
    await client.leave()


@pytest.mark.parametrize("article", ["Z10"])
async def test_tagged_settings(wifi: WifiConnect) -> None:
    """Two-byte forms stay as they are."""
    client = await Client.log_in(wifi)
    assert await client.ask("@TM:08") == f"@tm:08,220000{checksum('08,220000')}"
    await client.ask("@TS:01")
    assert await client.ask("@TM:08,22010046") == "@tm:08"
    await client.ask("@TS:00")
    assert await client.ask("@TM:08") == "@tm:08,22010046"
    await client.leave()


# --- orders -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("article", "blob"),
    [
        (S8, "28000709000001000109000000000000"),
        (E6, "02000809000002000100000000000000"),
        (E6, "0300021A000001000100000000000000"),
        ("EF545", "05000812030202000100000000000000"),
        (E6, "0200080C000002000100000000000000"),
        ("EF566", "03020514000001000100000000000000"),
        ("EF566", "03000514000001000100000000000000"),
        ("EF566", "03040514000001000100000000000000"),
        ("EF533", "01000405000002000100000000000000"),
        ("EF557", "2E00050C180001000100000000000000"),
        ("EF538", "28000612000001000109000000000000"),
        (S8, "0D00002C000001000100000000000000"),
        (S8, "07000809002102000100140000000000"),
        ("EF1106", "0200080900000200010000000000000004"),
        ("EF1208", "0300051400000100010000000000000004"),
        ("EF1120", "0200080900000200010000000000000000000008"),
        ("EF1120", "0200080900000200010000000000000000000040"),
    ],
)
async def test_orders(machine: Machine, wifi: WifiConnect, blob: str) -> None:
    """The vectors brew."""
    client = await Client.log_in(wifi)
    assert await client.ask(f"@TP:{blob}") == "@tp", machine.orders[-1]
    await client.leave()
    await asyncio.sleep(200)
    assert machine.drinks[-1].outcome is Outcome.FINISHED
    assert machine.total == 3753 + (2 if blob.endswith("40") else 1)
    assert well_behaved(wifi)


@pytest.mark.parametrize(
    ("article", "blob", "refusal"),
    [
        (S8, "02", Refusal.LENGTH),
        (S8, "", Refusal.LENGTH),
        (S8, "0200", Refusal.LENGTH),
        (S8, "02FF0809FFFF02FF01FFFFFFFFFFFFFF", Refusal.UNUSED_BYTE),
        (S8, "02000809000002000000000000000000", Refusal.UNUSED_BYTE),
        (S8, "02000800000002000100000000000000", Refusal.VALUE),
        (S8, "0200080900000200010000000000000000", Refusal.LENGTH),
        (S8, "0200080900000200010000000000000000000000", Refusal.LENGTH),
        (S8, "0200080900000200010000000000000", Refusal.LENGTH),
        (S8, "55000809000002000100000000000000", Refusal.UNKNOWN_PRODUCT),
        ("EF1120", "0200080900000200010000000000000000000020", Refusal.VALUE),
        ("EF1120", "0200080900000200010000000000000000010000", Refusal.UNUSED_BYTE),
    ],
)
async def test_refused_orders(machine: Machine, wifi: WifiConnect, blob: str, refusal: Refusal) -> None:
    """What real machines refuse, or may refuse."""
    client = await Client.log_in(wifi)
    assert await client.ask(f"@TP:{blob}") == "@tp:00"
    assert machine.orders[-1].refusal is refusal
    assert not machine.drinks
    await client.leave()


async def test_blocked(machine: Machine, wifi: WifiConnect) -> None:
    """An empty tank, a drink that runs, a machine that only wakes up."""
    client = await Client.log_in(wifi)
    machine.empty_water_tank()
    assert await client.ask(ESPRESSO) == "@tp:00"
    machine.fill_water_tank()
    machine.nap()
    machine.first_order_only_wakes = True
    assert await client.ask(ESPRESSO) == "@tp"
    assert not machine.drinks
    await asyncio.sleep(20)
    assert await client.ask(ESPRESSO, complete=False) == "@tp:00"
    assert await client.ask(ESPRESSO) == "@tp"
    assert await client.ask(ESPRESSO) == "@tp:00"
    assert len(machine.drinks) == 1
    assert len(wifi.upset) == 1
    await client.leave()


@pytest.mark.parametrize("article", ["EF1012"])
async def test_programs(machine: Machine, wifi: WifiConnect) -> None:
    """A program waits for what the display asks, and for the few confirmations a client can give."""
    client = await Client.log_in(wifi)
    machine.set_percentage("Cleaning", 100)
    assert await client.ask("@TG:24") == "@tg:24"
    assert machine.program == "Cleaning"
    assert wifi.payload[:2].hex() == "7224"
    assert await client.ask("@TG:10", timeout=1) is None
    assert wifi.payload[0] == 0x72
    assert machine.confirm_step()
    await asyncio.sleep(61)
    assert wifi.payload[:2].hex() == "7524"
    assert machine.waiting
    assert await client.ask("@TG:10", timeout=1) is None
    assert wifi.payload[0] == 0x74
    await asyncio.sleep(121)
    assert not machine.press_product(0x02)
    assert await client.ask("@TG:01") == "@tg:01"
    await asyncio.sleep(6)
    assert machine.program is None
    assert machine.maintenance_counters[machine.definition.counters.index("Cleaning")] == 6
    assert machine.maintenance_percentages[0] == 0
    assert not wifi.upset
    assert await client.ask("@TG:01") == "@tg:00"
    assert await client.ask("@TG:22") == "@tg:00"
    assert wifi.unlisted == ["@TG:01", "@TG:22"]

    assert await client.ask("@TG:26") == "@tg:26"
    assert wifi.payload[0] == 0
    assert machine.program == "FilterChange"
    machine.power_cut()
    assert machine.program is None


# --- never ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "@HB",
        "@HO:1",
        "@HD:00",
        "@HE",
        "@HU",
        "@HT:0",
        "@HT:1",
        "@HT:2",
        "@HT:3",
        "@TG:7E",
        "@TG:7E01",
        "@TF:05",
        "@TF:02",
        "@TS:F1",
        "@TT:01",
        "@TT:08",
        "@HW:01,1234",
        "@HW:80,Home",
        wrapped("25", "01"),
        wrapped("3C", "02"),
        "@TM:41,0200080900000200000000000000000000FF",
    ],
)
async def test_never(wifi: WifiConnect, command: str) -> None:
    """What nobody may send is kept."""
    client = await Client.log_in(wifi)
    await client.ask(command)
    assert wifi.forbidden == [command]
    assert not wifi.unlisted
    await client.leave()


# --- faults -----------------------------------------------------------------------------------------------------------


async def test_faults(machine: Machine, wifi: WifiConnect) -> None:
    """Each goes wrong in its way."""
    wifi.min_pause = 0
    fail = wifi.faults.fail_next
    client = await Client.log_in(wifi)
    fail(LanFailure.NO_ANSWER, command="@TG:C0")
    fail(LanFailure.REFUSED, command="@TG:43")
    fail(LanFailure.TRUNCATED, command="@TR:32,00")
    fail(LanFailure.WRONG_PAGE, command="@TR:32,05")
    fail(LanFailure.STALE_FIRST, command="@TR:32,02")
    fail(LanFailure.DOUBLED, command="@TR:32,03")
    fail(LanFailure.GARBAGE, command="@TM:02")
    assert len(wifi.faults.pending) == 7
    assert await client.ask("@TG:C0") is None
    assert await client.ask("@TG:43") == "@an:error"
    assert await client.ask("@TR:32,00") == "@tr:32,00,0EA"
    assert (await client.ask("@TR:32,05") or "").startswith("@tr:32,00,")
    assert await client.ask("@TR:32,02") == "@tg:C0000000"
    assert (await client.answer() or "").startswith("@tr:32,02,")
    assert (await client.ask("@TR:32,03") or "") == await client.answer()
    assert not (await client.ask("@TM:02") or "@").startswith("@")
    fail(LanFailure.CUT, skip=1)
    assert await client.ask("@TG:43") is not None
    spoiled = await client.ask("@TG:43") or ""
    assert spoiled.startswith("@tg:4300050005")
    assert not spoiled.isascii()
    await client.leave()

    client = await Client.log_in(wifi)
    fail(LanFailure.ANSWER_LOST, command="@TP")
    client.send(ESPRESSO)
    assert await client.gone() == "reset"
    assert len(machine.drinks) == 1
    await asyncio.sleep(60)
    client = await Client.log_in(wifi)
    fail(LanFailure.LOST, command="@TP")
    client.send(ESPRESSO)
    assert await client.gone() == "reset"
    assert len(machine.drinks) == 1
    wifi.faults.leftovers.append("@tg:C0000000")
    wifi.faults.reset_logins = 1
    client = await Client.connect(wifi)
    client.send(f"@HP:,{HOME},{TOKEN}")
    assert await client.gone() == "reset"
    client = await Client.log_in(wifi)
    assert await client.ask("@TR:32,00") == "@tg:C0000000"
    fail(LanFailure.CLOSED)
    client.send("@TG:43")
    assert await client.gone() == "closed"
    wifi.faults.rubbish, wifi.faults.in_pieces, wifi.faults.ignore_logins = b"\r\nOK\r\n", True, 1
    client = await Client.connect(wifi)
    assert await client.ask(f"@HP:,{HOME},{TOKEN}") is None
    assert await client.ask(f"@HP:,{HOME},{TOKEN}") == "@hp4"
    fail(LanFailure.ACTED_NO_ANSWER, command="@TS")
    assert await client.ask("@TS:01") is None
    assert machine.keys_locked
    assert await client.ask("@TS:00") == "@ts:00"
    wifi.faults.refuse_connections = 1
    await client.leave()
    await asyncio.sleep(0.1)
    client = await Client.connect(wifi)
    assert await client.gone() == "reset"
    wifi.faults.clear()
    await (await Client.log_in(wifi)).leave()


# --- a new dongle -----------------------------------------------------------------------------------------------------


@whole_loopback
async def test_provisioning(machine: Machine) -> None:
    """A new dongle goes where it is told, if it can."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "127.0.0.2"])
    wifi = WifiConnect(
        machine,
        port=0,
        name="",
        configured=False,
        known_networks={"Home": "secret"},
        home=("127.0.0.2", 0),
        min_pause=0,
    )
    await wifi.start()
    assert wifi.in_access_point_mode
    assert wifi.access_point == "WiFiFrog_A0B1C2D3E4F5"
    udp = await Datagrams.open()
    assert await udp.ask(POLL, wifi) is not None

    async def tell(password: str) -> None:
        client = await Client.connect(wifi)
        assert await client.ask("@HP:0,0,0") == "@hp4"
        assert await client.ask("@HW:80,Home") == "@hw:80"
        assert await client.ask(f"@HW:81,{password}") == "@hw:81"
        assert await client.ask("@HW:82,Bar") == "@hw:82"
        assert await client.ask("@HT:3") == "@ht"
        assert await client.gone() == "closed"
        await asyncio.sleep(1)
        assert not wifi.reachable
        await asyncio.sleep(10)
        assert wifi.reachable

    client = await Client.connect(wifi)
    assert await client.ask(f"@HP:,{HOME},") == "@hp5:00"
    await client.gone()
    await tell("wrong")
    assert wifi.in_access_point_mode
    assert wifi.host == "127.0.0.1"
    await tell("secret")
    assert not wifi.in_access_point_mode
    assert wifi.host == "127.0.0.2"
    assert (await udp.ask(POLL, wifi) or b"")[20:24] == b"Bar\0"
    await (await Client.log_in(wifi)).leave()
    assert well_behaved(wifi)
    udp.transport.close()
    await wifi.stop()


async def test_joining(machine: Machine) -> None:
    """Told in another way, it does the same; without another place it comes back to its own."""
    wifi = WifiConnect(machine, port=0, configured=False, known_networks={"Open": ""})
    assert not wifi.join("Elsewhere", "")
    await wifi.start()
    port = wifi.port
    assert not wifi.join("Elsewhere", "")
    await asyncio.sleep(10)
    assert wifi.in_access_point_mode
    assert wifi.join("Open", "", "Bar")
    assert not wifi.reachable
    await asyncio.sleep(10)
    assert wifi.reachable
    assert (wifi.port, wifi.name) == (port, "Bar")
    await (await Client.log_in(wifi)).leave()
    await wifi.stop()


# --- the dongle itself fails ------------------------------------------------------------------------------------------


async def test_silence(wifi: WifiConnect, machine: Machine) -> None:
    """It hangs for 25 s: datagrams are lost, and what came over TCP it does when it is well again."""
    client = await Client.log_in(wifi)
    udp = await Datagrams.open()
    wifi.faults.silent_until = asyncio.get_running_loop().time() + 25
    assert await udp.ask(POLL, wifi) is None
    assert await client.ask(ESPRESSO, timeout=20) is None
    assert not machine.orders
    assert await client.answer(10) == "@tp"
    assert len(machine.drinks) == 1
    assert await udp.ask(POLL, wifi) is not None
    await client.leave()
    udp.transport.close()


async def test_silence_over_a_lock(wifi: WifiConnect) -> None:
    """Meanwhile it streams nothing, so that no status streams over the lock."""
    client = await Client.log_in(wifi)
    assert await client.ask("@TS:01") == "@ts:01"
    wifi.faults.silent_until = asyncio.get_running_loop().time() + 25
    await asyncio.sleep(25)
    assert await client.ask("@TS:00") == "@ts:00"
    assert not wifi.upset
    await client.leave()


async def test_silence_at_the_door(wifi: WifiConnect) -> None:
    """Who connects meanwhile seems to be connected, and is heard afterwards."""
    wifi.tokens[HOME] = TOKEN
    wifi.faults.silent_until = asyncio.get_running_loop().time() + 25
    client = await Client.connect(wifi)
    assert await client.ask(f"@HP:{wifi.pin},{HOME},{TOKEN}", timeout=20) is None
    assert not wifi.sessions
    assert await client.answer(10) == "@hp4"
    await client.leave()


async def test_reboot(wifi: WifiConnect, machine: Machine) -> None:
    """A crash of the dongle: the session is reset, the machine goes on, and the dongle is back in the network."""
    client = await Client.log_in(wifi)
    assert await client.ask(ESPRESSO) == "@tp"
    wifi.reboot()
    assert await client.gone() == "reset"
    assert not wifi.reachable
    assert machine.drink is not None
    await asyncio.sleep(wifi.boot_seconds + 1)
    assert wifi.reachable


async def test_wrong_key(wifi: WifiConnect) -> None:
    """An answer whose frame names another key than its own is noise, in a whole frame."""
    client = await Client.log_in(wifi)
    wifi.faults.fail_next(LanFailure.WRONG_KEY, command="@TG:C0")
    client.send("@TG:C0")
    answer = await client.receive(1)
    assert answer is not None
    assert not answer.startswith("@tg")
    assert (await client.ask("@TG:C0") or "").startswith("@tg:C0")
    await client.leave()


async def test_operations_are_told(wifi: WifiConnect) -> None:
    """Whoever wants something to happen at an operation is told when it begins."""
    begun: list[tuple[str, str]] = []
    wifi.faults.upcoming = lambda *operation: begun.append(operation)
    udp = await Datagrams.open()
    assert await udp.ask(POLL, wifi) is not None
    client = await Client.log_in(wifi)
    await client.ask("@TG:43")
    assert begun == [("datagram", ""), ("connect", ""), ("command", f"@HP:,{HOME},{TOKEN}"), ("command", "@TG:43")]
    await client.leave()
    udp.transport.close()
