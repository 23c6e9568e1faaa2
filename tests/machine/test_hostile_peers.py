"""Whoever answers in the machine's place: silent, flooding, or another machine altogether.

Every call ends, in time and in an error that says what was sent; what it costs in memory is bounded; nothing is left
running. And nobody is told PIN and token who says that he is somebody else.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
import tracemalloc

import pytest

from custom_components.jura.machine.errors import Busy, JuraError, LinkLost, OutcomeUnknown, Unreachable
from custom_components.jura.machine.model import Definition
from custom_components.jura.machine.wifi_connect import _MOST_DONGLES, WifiConnect, _Collector
from custom_components.jura.machine.wifi_session import Credentials, connect
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.wifi_connect import WifiConnect as Dongle
from simulator.wifi_framing import frame
from tests.conftest import LAN_HOST

from .test_wifi_connect import (  # noqa: F401
    CREDENTIALS,
    NAME,
    PIN,
    TOKEN,
    answers_udp,
    client_of,
    definition,
    espresso,
    machine,
    min_pause,
    model,
    now,
    wifi,
)

pytestmark = pytest.mark.usefixtures("lan")

MACHINE_ID = "15480-4711-4"
CHUNK = 16 * 1024
MOST_MEMORY = 2 * 1024 * 1024
"""Bytes that a peer may make us use at most, buffers of the streams included."""
LONGEST = 100.0
"""Seconds: the pause before a session, a login, a second pause and login for a person, and closing."""

FLOODS = {
    "silence": b"",
    "noise without an end": b"\x2a" + b"\xa5" * (CHUNK - 1),
    "ends only": b"\r\n" * (CHUNK // 2),
    "stars": b"*\r\n" * (CHUNK // 3),
    "plain lines": b"@TF:00000000\r\n" * (CHUNK // 14),
    "frames": frame("@TF:00000000000000", 0x42) * (CHUNK // 24),
    "huge frames": frame("@TV:" + "41" * 4000, 0x42) * 2,
    "escapes": b"*" + b"\x1b" * (CHUNK - 3) + b"\r\n",
}


class Peer:
    """Who holds the machine's TCP port, takes or ignores a login, and then sends the same over and over."""

    def __init__(self, flood: bytes, *, accepts: bool) -> None:
        """Take what is sent."""
        self.flood = flood
        self.accepts = accepts
        self.connections = 0
        self.open = 0
        self.port = 0

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, LAN_HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more."""
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        reading = asyncio.create_task(reader.read(-1))
        with suppress(OSError):
            if self.accepts:
                writer.write(frame("@hp4", 0x42))
            while not reading.done():
                writer.write(self.flood)
                await asyncio.wait((reading, asyncio.create_task(writer.drain())), return_when="FIRST_COMPLETED")
                await asyncio.sleep(0.25)
        with suppress(OSError):
            await reading
        self.open -= 1
        writer.close()


@pytest.fixture
async def peer(request: pytest.FixtureRequest) -> AsyncGenerator[Callable[..., Peer]]:
    """Return what makes a peer."""
    peers: list[Peer] = []

    def make(flood: bytes, *, accepts: bool) -> Peer:
        peers.append(Peer(flood, accepts=accepts))
        return peers[-1]

    yield make
    for one in peers:
        await one.stop()
    # A peer sees only then that we have hung up.
    await asyncio.sleep(1)


@pytest.mark.parametrize("accepts", [False, True], ids=["no login", "login"])
@pytest.mark.parametrize("flood", list(FLOODS))
async def test_flood(
    peer: Callable[..., Peer],
    machine: Machine,  # noqa: F811
    definition: Definition,  # noqa: F811
    flood: str,
    accepts: bool,
) -> None:
    """Reading and ordering end in time, in little memory, at most two connections each, and nothing stays open."""
    hostile = peer(FLOODS[flood], accepts=accepts)
    await hostile.start()
    client = WifiConnect(LAN_HOST, CREDENTIALS, "JURA", hostile.port)
    tasks = len(asyncio.all_tasks())
    tracemalloc.start()
    try:
        for call, error in (
            (client.read_counters(definition), LinkLost if accepts else Busy),
            (client.start(espresso(machine)), OutcomeUnknown if accepts else Busy),
            (client.write_setting(0x13, "213C"), JuraError),
        ):
            begin = now()
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            with pytest.raises(error):
                await call
            assert tracemalloc.get_traced_memory()[1] - before < MOST_MEMORY
            assert now() - begin < LONGEST
        await client.close()
    finally:
        tracemalloc.stop()
    await asyncio.sleep(5)
    assert hostile.connections <= 6
    assert hostile.open == 0
    assert len(asyncio.all_tasks()) == tasks


@pytest.mark.parametrize("token", [b"caf\xe9", b"zz" * 32, b"AB" * 65, b"AB,CD", b"A" * 4000], ids=len)
async def test_what_is_no_token_is_not_kept(peer: Callable[..., Peer], token: bytes) -> None:
    """Whoever answers while pairing doesn't choose what we keep and send from then on."""
    hostile = peer(frame(b"@hp4:" + token, 0x42), accepts=False)
    await hostile.start()
    session = await connect(LAN_HOST, hostile.port)
    with pytest.raises(LinkLost):
        await session.log_in(Credentials(NAME, PIN))
    await session.close()


class TestAnotherMachine:
    """The router gave the machine's address to another one, as two of them in a house may change places."""

    @pytest.fixture
    async def other(self, machine: Machine, wifi: Dongle) -> Machine:  # noqa: F811
        """Have another machine of the same type in the machine's place, which would even take our login."""
        wifi.machine = Machine(definition_for("15480"), serial_number=99, unnamed_bit=False)
        return wifi.machine

    async def test_is_neither_read_nor_told_who_we_are(
        self,
        wifi: Dongle,  # noqa: F811
        machine: Machine,  # noqa: F811
        other: Machine,
        definition: Definition,  # noqa: F811
    ) -> None:
        """Its state isn't shown as ours, it makes none of our drinks, and never sees a login, also after a long time."""
        client = WifiConnect(wifi.host, CREDENTIALS, "JURA", wifi.port, machine_id=MACHINE_ID)
        for _ in range(3):
            with pytest.raises(Unreachable):
                await client.read_live()
            for call in (client.start(espresso(machine)), client.read_counters(definition), client.cancel()):
                with pytest.raises(Unreachable):
                    await call
            await asyncio.sleep(700)
        assert client.serves_another_machine
        assert not wifi.sessions
        assert not other.orders
        # Ours is back: all is as ever.
        wifi.machine = machine
        assert (await client.read_live()).status is not None
        await client.start(espresso(machine))
        assert len(machine.orders) == 1
        await client.close()

    async def test_unknown_numbers(self, wifi: Dongle, other: Machine) -> None:  # noqa: F811
        """Where nobody knows the machine's numbers, whoever is at the address is it."""
        client = client_of(wifi)
        assert (await client.read_live()).status is not None
        assert not client.serves_another_machine
        await client.close()


def test_scan_is_bounded(wifi: Dongle) -> None:  # noqa: F811
    """However many answer a scan, some dozens are kept, the newest answer of each."""
    collector = _Collector()
    for number in range(5000):
        collector.datagram_received(wifi.datagram(), (f"10.0.{number // 256}.{number % 256}", 51515))
        collector.datagram_received(bytes(number), ("10.1.0.1", 51515))
    assert len(collector.replies) == _MOST_DONGLES
