"""An independent client, the one of jura_connect, at work on our WiFi Connect: it must find what it knows from machines.

In real time, because that client blocks in a thread of its own; what takes long is made shorter.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from jura_connect import HandshakeError, JuraClient, load_profile
from jura_connect.discovery import parse_reply, status_probe_packet
import pytest

from simulator import course, wifi_session
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.orders import Outcome
from simulator.wifi_connect import WifiConnect

from .lan import Datagrams

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(autouse=True)
def virtual_time() -> None:
    """Let time be real, other than in all other tests."""


@pytest.fixture
async def wifi(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WifiConnect]:
    """The dongle of a quick S8 (EB)."""
    monkeypatch.setattr(wifi_session, "PUSH_SECONDS", 0.1)
    monkeypatch.setattr(wifi_session, "END_MARKER_SECONDS", 0.2)
    monkeypatch.setattr(course, "GRIND_SECONDS", 0.2)
    monkeypatch.setattr(course, "PRESS_SECONDS", 0.1)
    monkeypatch.setattr(course, "COFFEE_ML_PER_SECOND", 60.0)
    monkeypatch.setattr(course, "ENJOY_SECONDS", 0.3)
    machine = Machine(definition_for("15480"), counters={0: 3753, 2: 103, 3: 702, 0x31: 1}, unnamed_bit=False)
    wifi = WifiConnect(machine, port=0, pin="1234", min_pause=0, status_bytes=8)
    wifi.faults.latency = 0.005
    await wifi.start()
    yield wifi
    await wifi.stop()


def client_of(wifi: WifiConnect, **arguments: Any) -> JuraClient:
    """Return the other client."""
    return JuraClient(wifi.host, wifi.port, conn_id="oracle", profile=load_profile("EF1091"), **arguments)


async def paired(wifi: WifiConnect) -> JuraClient:
    """Return it after pairing, disconnected."""
    client = client_of(wifi, pin="1234")
    pairing = asyncio.create_task(asyncio.to_thread(client.pair, timeout=5))
    async with asyncio.timeout(5):
        while wifi.dialog is None:
            await asyncio.sleep(0.01)
    assert wifi.dialog.client == "oracle"
    assert wifi.confirm()
    result = await pairing
    assert result.state == "CORRECT"
    assert result.new_hash == client.auth_hash
    await asyncio.to_thread(client.close)
    await asyncio.sleep(0.05)
    return client


async def test_login(wifi: WifiConnect) -> None:
    """It pairs, comes back with the token, and understands each refusal."""
    client = await paired(wifi)
    for pin, name, token, state in (
        ("1234", "oracle", client.auth_hash, "CORRECT"),
        ("0", "oracle", client.auth_hash, "WRONG_PIN"),
        ("1234", "oracle", "", "ABORTED"),
        ("1234", "stranger", client.auth_hash, "WRONG_HASH"),
    ):
        other = JuraClient(wifi.host, wifi.port, pin=pin, conn_id=name, auth_hash=token)
        assert (await asyncio.to_thread(other.connect)).state == state
        await asyncio.to_thread(other.close)
        await asyncio.sleep(0.05)

    refused = JuraClient(wifi.host, wifi.port, pin="1234", conn_id="another")
    pairing = asyncio.create_task(asyncio.to_thread(refused.pair, timeout=5))
    while wifi.dialog is None:
        await asyncio.sleep(0.01)
    wifi.refuse()
    assert (await pairing).state == "ABORTED"
    await asyncio.to_thread(refused.close)

    wifi.min_pause = 3
    with pytest.raises((HandshakeError, OSError)):
        await asyncio.to_thread(client.connect)
    await asyncio.to_thread(client.close)
    assert not wifi.malformed


async def test_reading(wifi: WifiConnect) -> None:
    """Status, counters of all kinds, settings and limits."""
    client = await paired(wifi)
    machine = wifi.machine

    def read() -> dict[str, Any]:
        with client:
            return {
                "status": client.read_status().raw.hex(),
                "counters": client.read_maintenance_counter(),
                "percent": client.read_maintenance_percent(),
                "products": client.read_product_counters(),
                "special": client.read_counter_bank("@TR:52", probe=True),
                "daily": client.read_counter_bank("@TR:42", probe=True),
                "auto_off": client.get_setting("auto_off").item,
                "hardness": client.get_setting("hardness").raw,
                "limits": client.read_limit_load("espresso").limit("water_amount"),
                "slots": client.request("@TM:50"),
            }

    wifi.banks.add(0x52)
    machine.set_percentage("Decalc", 70)
    machine.maintain("Cleaning")
    found = await asyncio.to_thread(read)
    assert found["status"] == "0004000004000000"
    assert found["counters"].cleaning == 6
    assert found["counters"].coffee_rinse == 5
    assert (found["percent"].cleaning, found["percent"].filter_change, found["percent"].descale) == (0, 40, 70)
    assert found["products"].total == 3753
    assert found["products"].by_name["espresso"] == 103
    assert found["special"].raw_slots[:5] == (0xFFFF, 0xFFFF, 0xFFFF, 0, 0)
    assert found["daily"] is None
    assert found["auto_off"] == "30min"
    assert found["hardness"] == "10"
    assert (found["limits"].minimum, found["limits"].maximum) == (15, 80)
    assert found["slots"] == "@tm:D0"
    assert not wifi.malformed
    assert not wifi.forbidden
    assert not wifi.upset


async def test_setting(wifi: WifiConnect) -> None:
    """It writes settings in both forms and finds them again."""
    client = await paired(wifi)

    def write() -> list[str]:
        with client:
            client.set_setting("auto_off", "1h")
            client.set_setting("auto_off", "6h")
            client.set_setting("hardness", "0D")
            return [client.get_setting(name).raw for name in ("auto_off", "hardness")]

    assert await asyncio.to_thread(write) == ["220168", "0D"]
    assert wifi.written == [("13", "3C"), ("13", "220168"), ("02", "0D")]
    assert not wifi.machine.keys_locked
    assert not wifi.upset
    assert not wifi.unlisted


async def test_brew(wifi: WifiConnect) -> None:
    """It orders a drink and follows it to the end."""
    client = await paired(wifi)

    def brew() -> str:
        with client:
            return str(client.brew("espresso", ml=40, strength=5, follow=True, follow_timeout=20))

    assert await asyncio.to_thread(brew) == "@tp"
    states = [progress.state_name for progress in client.last_progress]
    assert states[-1] == "ENJOY"
    assert len(states) > 3
    assert {progress.product for progress in client.last_progress} == {"espresso"}
    assert client.last_progress[-2].percent is not None
    assert client.last_progress[-2].percent > 50
    (drink,) = wifi.machine.drinks
    assert drink.recipe["WATER_AMOUNT"] == 40
    assert drink.recipe["COFFEE_STRENGTH"] == 5
    assert drink.outcome is Outcome.FINISHED
    assert wifi.machine.total == 3754
    assert not wifi.forbidden
    assert not wifi.unlisted


async def test_discovery(wifi: WifiConnect) -> None:
    """Its decoder understands our datagrams."""
    udp = await Datagrams.open()
    answer = await udp.ask(status_probe_packet(wifi.host), wifi)
    assert answer is not None
    found = parse_reply(answer, wifi.host)
    assert (found.name, found.fw, found.hw_id) == ("Kitchen", "TT237W V08.27", "EF1091M V01.06")
    assert (found.article_number, found.machine_number, found.serial_number) == (15480, 4711, 4)
    assert found.production_date == wifi.machine.production_date
    assert found.uchi_production_date == wifi.machine.uchi_date
    assert found.status_flags == 0x11
    assert found.status_hex == "0004000004000000"
    udp.transport.close()
