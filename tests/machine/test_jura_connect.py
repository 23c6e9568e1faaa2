"""Our LAN client against an independent machine: the simulator of jura_connect, whose authors have real ones.

What our own simulator and our client could have misread in the same way would show here. It runs in a thread of its own,
for which time can't jump; our loop's clock runs ten times as fast instead, or the pauses between our sessions (3 s for a
command, 20 s for routine) would take minutes. It answers no UDP, keeps no pause, wants no unlocked keys or inner line ends
and pushes no status during a drink other than what it plays: of those things nothing can be learned here.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import Any

from jura_connect import simulator as oracle
import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.errors import (
    Busy,
    CommandRejected,
    LinkLost,
    LoginRefused,
    NotSupported,
    OutcomeUnknown,
)
from custom_components.jura.machine.model import Bank, Parameter, Program
from custom_components.jura.machine.recipe import default_recipe, wifi_connect_order, with_values
from custom_components.jura.machine.wifi_connect import WifiConnect
from custom_components.jura.machine.wifi_session import Credentials, Refusal, Session, connect, open_session

pytestmark = pytest.mark.usefixtures("socket_enabled")

S8 = load_definition("EF1091")
PIN, NAME, TOKEN = "1234", "Home Assistant 7", "C0FFEE0123456789" * 4
NAME_ON_WIRE = NAME.encode().hex().upper()
CREDENTIALS = Credentials(NAME, PIN, TOKEN)
AUTO_OFF, HARDNESS = 0x13, 0x02
HURRY = 10


@pytest.fixture(autouse=True)
async def virtual_time() -> None:
    """Let time be quick instead, for our side only."""
    loop = asyncio.get_running_loop()
    selector: Any = loop._selector  # type: ignore[attr-defined]  # noqa: SLF001
    real_select, real_time = selector.select, loop.time
    selector.select = lambda timeout: real_select(None if timeout is None else timeout / HURRY)
    loop.time = lambda: HURRY * real_time()  # type: ignore[method-assign]


@pytest.fixture
def config() -> dict[str, Any]:
    """Return how the machine differs from the usual one."""
    return {}


@pytest.fixture
def machine(config: dict[str, Any]) -> Iterator[oracle.Simulator]:
    """Return a machine that knows us already, with a PIN, that pushes its status as often as it can."""
    settings = {
        "pin": PIN,
        "paired_hashes": {NAME_ON_WIRE: TOKEN},
        "status_interval": 0.02,
        "allow_brew": True,
        **config,
    }
    with oracle.run_in_thread(oracle.SimulatorConfig(**settings)) as machine:
        yield machine


@pytest.fixture
async def session(machine: oracle.Simulator) -> AsyncGenerator[Session]:
    """Return a session that is logged in."""
    session = await open_session("127.0.0.1", machine.port, CREDENTIALS, "JURA")
    yield session
    await session.close()


@pytest.fixture
async def client(machine: oracle.Simulator) -> AsyncGenerator[WifiConnect]:
    """Return a client."""
    client = WifiConnect("127.0.0.1", CREDENTIALS, "JURA", machine.port)
    yield client
    await client.close()


def received(machine: oracle.Simulator) -> list[str]:
    """Return what reached the machine, without logins and goodbyes."""
    bodies = [frame.decode().rstrip() for frame in machine.sent_commands]
    return [body for body in bodies if body and not body.startswith("@HP")]


@pytest.mark.parametrize(
    "config",
    [
        {
            "paired_hashes": {},
            "require_user_accept": True,
            "user_accept_delay": 0.5,
            "handshake_pushes": ("@TB", "@TF:00", "@TS"),
        }
    ],
)
async def test_pairing(machine: oracle.Simulator) -> None:
    """The PIN first, then somebody confirms; the token that comes is the one that lets us in. Pushes don't disturb."""
    session = await connect("127.0.0.1", machine.port)
    token = await session.log_in(Credentials(NAME, PIN))
    await session.close()
    assert token == machine.config.paired_hashes[NAME_ON_WIRE]
    assert machine.handshakes == [(PIN, NAME_ON_WIRE, "")]
    session = await open_session("127.0.0.1", machine.port, Credentials(NAME, PIN, token or ""), "JURA")
    await session.close()
    assert machine.handshakes[1] == (PIN, NAME_ON_WIRE, token)


@pytest.mark.parametrize(
    ("credentials", "refusal"),
    [
        (Credentials(NAME, "0", TOKEN), Refusal.PIN),
        (Credentials(NAME, "", TOKEN), Refusal.PIN),
        (Credentials(NAME, PIN, ""), Refusal.TOKEN),
        (Credentials(NAME, PIN, "AB" * 32), Refusal.TOKEN),
        (Credentials("somebody", PIN, TOKEN), Refusal.TOKEN),
    ],
)
async def test_refusals(machine: oracle.Simulator, credentials: Credentials, refusal: Refusal) -> None:
    """Each is understood."""
    with pytest.raises(LoginRefused) as refused:
        await open_session("127.0.0.1", machine.port, credentials, "JURA")
    assert refused.value.refusal is refusal


@pytest.mark.parametrize(
    "config",
    [
        {
            "pushes_before_reply": ("@TS", "@TB", "@TF:0000"),
            "daily_product_counters": [3, 0xFFFF, 2, 1],
        }
    ],
)
async def test_reading(machine: oracle.Simulator, client: WifiConnect) -> None:
    """The numbers of the author's own S8 EB, each at its place; a bank it has, and one that it hasn't.

    Percentages: its default is 80, not fitted, 30.
    """
    counters, maintenance, daily = await asyncio.gather(
        client.read_counters(S8), client.read_maintenance(S8), client.read_bank(Bank.DAILY, S8)
    )
    assert counters.total == 3229
    expected = {slot: count for slot, count in enumerate(machine.config.product_counters) if count != 0xFFFF and slot}
    assert counters.slots == expected
    names = {"espresso": 78, "coffee": 595, "cappuccino": 64, "hot_water": 903, "flat_white": 210}
    for slug, count in names.items():
        product = S8.product(slug)
        assert product is not None
        assert counters.slots[product.counter_slot] == count
    assert maintenance.counts == {
        Program.CLEANING: 21,
        Program.FILTER_CHANGE: 1,
        Program.DESCALING: 8,
        Program.MILK_RINSE: 344,
        Program.COFFEE_RINSE: 3617,
        Program.MILK_CLEAN: 91,
    }
    assert maintenance.percentages == {Program.CLEANING: 80, Program.FILTER_CHANGE: None, Program.DESCALING: 30}
    assert daily == {0: 3, 2: 2, 3: 1}


async def test_settings(machine: oracle.Simulator, client: WifiConnect) -> None:
    """Read with its checksum, written within the lock, read back; it stores the form 21 with its tag."""
    await client.write_setting(AUTO_OFF, "213C")
    assert machine.config.settings["13"] == "213C"
    assert not machine.config.screen_locked
    assert received(machine) == ["@TS:01", "@TM:13,213C96", "@TS:00", "@TM:13"]
    await client.write_setting(AUTO_OFF, "220168")
    await client.write_setting(HARDNESS, "0D")
    assert (machine.config.settings["13"], machine.config.settings["02"]) == ("220168", "0D")
    assert await client.read_setting(AUTO_OFF) == "220168"


async def test_settings_in_one_session(machine: oracle.Simulator, session: Session) -> None:
    """A wrong checksum is refused. Its way of not knowing an address is to repeat it, other than real machines."""
    with pytest.raises(CommandRejected):
        await session.order("@TM:13,213C00", "@tm:13")
    assert machine.config.settings["13"] == "211E"
    assert await session.ask("@TM:08", "@tm:08,") == "@tm:08,000B"
    assert await session.ask("@TM:42", "@tm:42") == "@tm:42"


@pytest.mark.parametrize("config", [{"brew_script": oracle.CAPTURED_S8EB_CAFE_BARISTA_BREW, "status_interval": 0}])
async def test_brew_and_follow(machine: oracle.Simulator, client: WifiConnect) -> None:
    """It takes our order, byte for byte, and we follow the drink that a real S8 EB once made.

    Without UDP, so in the session of the order; that there is none has to be found out first, in a session that its
    silence about its status ends.
    """
    barista = S8.product("cafe_barista")
    assert barista is not None
    with pytest.raises(LinkLost):
        await client.read_live()
    machine.config.status_interval = 0.02
    await client.read_live()
    machine.config.status_interval = 0
    recipe = with_values(default_recipe(barista), {Parameter.STRENGTH: 7, Parameter.WATER: 45, Parameter.BYPASS: 45})
    await client.start(recipe)
    assert received(machine) == ["@TP:" + wifi_connect_order(recipe).hex().upper()]
    assert received(machine)[0].startswith("@TP:28000709")
    shown = [await client.read_live()]
    while shown[-1].progress.state != 0x3E:
        shown.append(await client.read_live())
    states = [live.progress.state for live in shown]
    assert list(dict.fromkeys(states)) == [0x39, 0x3C, 0x41, 0x3E]
    assert {live.progress.code for live in shown} == {0x28}
    grinding, last = shown[0].progress, shown[-2].progress
    assert (grinding.strength, grinding.water, grinding.percent) == (7, (0, 45), 0)
    assert (last.water, last.bypass, last.percent) == ((45, 45), (45, 45), 100)
    percents = [live.progress.percent for live in shown[:-1]]
    assert percents == sorted(percent for percent in percents if percent is not None)
    assert len(shown) == 28


async def test_every_product_is_taken(machine: oracle.Simulator, session: Session) -> None:
    """All drinks of its machine, in one session; what isn't a whole order is refused."""
    for product in S8.active_products:
        blob = wifi_connect_order(default_recipe(product)).hex().upper()
        await session.order(f"@TP:{blob}", "@tp")
    with pytest.raises(CommandRejected):
        await session.order("@TP:02", "@tp", "@tp:00")
    await session.order("@TG:FF", "@tg:FF")


async def test_commands(machine: oracle.Simulator, client: WifiConnect) -> None:
    """Brew, cancel, unlock: each in a session of its own."""
    product = S8.product("espresso")
    assert product is not None
    await client.start(default_recipe(product))
    await client.cancel()
    machine.config.screen_locked = True
    await client.unlock_keys()
    assert not machine.config.screen_locked
    assert [body[:6] for body in received(machine)] == ["@TP:02", "@TG:FF", "@TS:00"]
    assert len(machine.handshakes) == 3


@pytest.mark.parametrize("config", [{"allow_brew": False}])
async def test_refused_order(machine: oracle.Simulator, client: WifiConnect) -> None:
    """Its error is a no; a bank that it doesn't have is not supported."""
    product = S8.product("espresso")
    assert product is not None
    with pytest.raises(CommandRejected):
        await client.start(default_recipe(product))
    with pytest.raises(NotSupported):
        await client.read_bank(Bank.SPECIAL, S8)


async def test_silence(machine: oracle.Simulator, session: Session) -> None:
    """What it doesn't know it doesn't answer: an order's outcome is unknown then."""
    with pytest.raises(OutcomeUnknown):
        await session.order("@HY", "@hy")


async def test_gone(machine: oracle.Simulator, client: WifiConnect) -> None:
    """A machine that isn't there is busy or unreachable, and nothing was sent."""
    machine.stop()
    with pytest.raises(Busy):
        await client.unlock_keys()
