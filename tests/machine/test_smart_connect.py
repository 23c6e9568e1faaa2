"""The Bluetooth client against a simulated dongle, through Home Assistant's own Bluetooth.

What counts is what the dongle saw and what the machine made; what the client says has to agree with that.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise, product as every

from homeassistant.components import bluetooth
from homeassistant.core import HomeAssistant
import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.client import Urgency
from custom_components.jura.machine.errors import (
    CommandRejected,
    CommandsRefused,
    ImplausibleReply,
    InvalidRecipe,
    LinkLost,
    NotSupported,
    OutcomeUnknown,
    StatisticsNotReady,
    Unreachable,
)
from custom_components.jura.machine.model import Definition, Parameter, Program, Progress, Recipe
from custom_components.jura.machine.recipe import default_recipe, with_values
from custom_components.jura.machine.smart_connect import OwnSlot, Peer, SmartConnect
from simulator import gatt
from simulator.faults import Failure
from simulator.machine import Machine
from simulator.orders import Outcome
from simulator.scanner import async_add_simulated_adapter
from simulator.smart_connect import Operation, SmartConnect as Dongle
from tests.conftest import ADDRESS, async_wait_for

OTHER_ADDRESS = "C0:FF:EE:00:00:02"
START, P_MODE, ABOUT, STATUS, PROGRESS = "1525", "1529", "1531", "1524", "1527"
STATISTICS_COMMAND, STATISTICS_DATA = "1533", "1534"
HEARTBEAT, GOODBYE = bytes.fromhex("7F80"), bytes.fromhex("7F81")

Call = Callable[[], Awaitable[object]]

E8 = load_definition("EF538")


@dataclass
class Way:
    """How the client finds the dongle: as the newest advertisement says, unless a test says otherwise."""

    hass: HomeAssistant
    heard: bool = True
    key_heard: bool = True
    address: str = ADDRESS

    def find(self) -> Peer | None:
        """Return where the dongle is."""
        device = bluetooth.async_ble_device_from_address(self.hass, self.address, connectable=True)
        info = bluetooth.async_last_service_info(self.hass, self.address, connectable=True)
        if device is None or info is None or not self.heard:
            return None
        data = info.manufacturer_data.get(171)
        return Peer(device, data[0] if data and self.key_heard else None)


@pytest.fixture
async def way(hass: HomeAssistant, adapter: None) -> Way:
    """Return the way to the dongle, once it has been heard."""
    await async_wait_for(hass, lambda: bluetooth.async_ble_device_from_address(hass, ADDRESS, connectable=True))
    return Way(hass)


@pytest.fixture
async def client(way: Way) -> AsyncGenerator[SmartConnect]:
    """Return a client that has not connected yet."""
    client = SmartConnect(way.find, "JURA", OwnSlot())
    yield client
    await client.close()


@pytest.fixture
def definition(machine: Machine) -> Definition:
    """Return what the machine can do, as the integration has it."""
    return load_definition(machine.definition.code)


def espresso(machine: Machine) -> Recipe:
    """Return an espresso as this machine makes it."""
    product = load_definition(machine.definition.code).product("espresso")
    assert product is not None
    return default_recipe(product)


def operations(dongle: Dongle, since: int = 0) -> list[Operation]:
    """Return what was read and written."""
    return [operation for operation in dongle.log[since:] if operation.action in ("read", "write")]


def written(dongle: Dongle, characteristic: str, since: int = 0) -> list[Operation]:
    """Return the writes to a characteristic that reached the dongle, or were on their way to it."""
    return [
        operation
        for operation in operations(dongle, since)
        if (operation.action, operation.characteristic) == ("write", characteristic)
    ]


def heartbeat_gaps(dongle: Dongle, connection: int) -> list[float]:
    """Return the seconds between connecting, all heartbeats, and now."""
    times = [
        operation.time
        for operation in dongle.log
        if operation.connection == connection
        and (operation.action == "connect" or operation.data[1:] == HEARTBEAT)
        and operation.outcome == "ok"
    ]
    return [later - earlier for earlier, later in zip(times, [*times[1:], now()], strict=True)]


def now() -> float:
    """Return the time."""
    return asyncio.get_running_loop().time()


# --- the session ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before_heartbeat", ["rubbish", "error"])
async def test_heartbeat_comes_first(client: SmartConnect, smart_connect: Dongle, before_heartbeat: str) -> None:
    """Without a heartbeat the dongle answers with rubbish or errors, and hangs up."""
    smart_connect.before_heartbeat = before_heartbeat  # type: ignore[assignment]
    await client.read_status()
    first, second = operations(smart_connect)
    assert (first.action, first.characteristic, first.data) == ("write", P_MODE, b"\x2a" + HEARTBEAT)
    assert (second.action, second.characteristic) == ("read", STATUS)


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
async def test_link_is_held(client: SmartConnect, smart_connect: Dongle, machine: Machine, busy: bool) -> None:
    """A link in use lasts, with a heartbeat at least every 9 s, whether or not something is read meanwhile."""
    await client.read_status()
    for _ in range(200 if busy else 1):
        await asyncio.sleep(1 if busy else 3600)
        if busy:
            await client.read_status()
    assert client.connected
    assert smart_connect.connections == 1
    assert max(heartbeat_gaps(smart_connect, 1)) <= 9
    machine.empty_water_tank()
    assert 1 in (await client.read_status()).bits


async def test_release_is_polite(client: SmartConnect, smart_connect: Dongle) -> None:
    """Letting go says goodbye, hangs up, and leaves the dongle alone: the phone gets in."""
    await client.read_status()
    await client.release()
    *_, goodbye, end = smart_connect.log
    assert (goodbye.characteristic, goodbye.data) == (P_MODE, b"\x2a" + GOODBYE)
    assert end.action == "disconnect"
    assert not client.connected
    held = smart_connect.held_seconds
    await asyncio.sleep(300)
    assert smart_connect.held_seconds == held < 1
    assert smart_connect.phone_connects()
    await client.release()
    assert smart_connect.log[-1] is end


async def test_pause_before_reconnecting(client: SmartConnect, smart_connect: Dongle) -> None:
    """Connecting again sooner than after 1 s is refused: a call right after letting go waits, and then works at once."""
    for _ in range(3):
        await client.read_status()
        await client.release()
    assert smart_connect.connections == 3
    connects = [operation for operation in smart_connect.log if operation.action == "connect"]
    ends = [operation for operation in smart_connect.log if operation.action == "disconnect"]
    assert all(operation.outcome == "ok" for operation in connects)
    assert all(later.time - earlier.time >= 1 for earlier, later in zip(ends, connects[1:], strict=False))


async def test_release_waits_for_what_is_going_on(
    client: SmartConnect, smart_connect: Dongle, machine: Machine
) -> None:
    """Letting go comes last: a press in that moment still gets its drink, over the same link."""
    await client.read_status()
    tasks = [asyncio.create_task(call) for call in (client.read_progress(), client.release())]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(client.start(espresso(machine))))
    await asyncio.gather(*tasks)
    assert len(machine.drinks) == 1
    assert smart_connect.connections == 1
    assert smart_connect.link is None


async def test_release_in_the_moment_of_a_heartbeat(client: SmartConnect, smart_connect: Dongle) -> None:
    """A heartbeat that comes due just then is no reason to keep the link: nobody would let it go again."""
    await client.read_status()
    await asyncio.sleep(20)
    half = smart_connect.faults.latency / 2
    interval = [later.time - earlier.time for earlier, later in pairwise(written(smart_connect, P_MODE))][-1] - 2 * half
    # A read is answered in the very moment in which the next heartbeat is due, and then the link is to be let go.
    for hair in range(-15, 16):
        await client.read_status()
        due = written(smart_connect, P_MODE)[-1].time + half + interval
        await asyncio.sleep(due - 1 - now())
        smart_connect.faults.latency = due - now() + hair * 3e-7
        reading = asyncio.create_task(client.read_status())
        await asyncio.sleep(0)
        await asyncio.gather(reading, client.release())
        smart_connect.faults.latency = 2 * half
        assert smart_connect.link is None, f"still held, {hair}"
        await asyncio.sleep(3)


async def test_close_ends_it_for_good(client: SmartConnect, smart_connect: Dongle) -> None:
    """A call that was connecting while the client was closed must not leave a link behind that nobody lets go."""
    reading = asyncio.create_task(client.read_status())
    await asyncio.sleep(0.1)
    await client.close()
    await asyncio.wait([reading])
    reading.exception()
    await asyncio.sleep(60)
    assert smart_connect.link is None


async def test_link_lost_while_nobody_asks(client: SmartConnect, smart_connect: Dongle) -> None:
    """A link that went away is noticed, nothing runs on, and the next call makes a new one."""
    await client.read_status()
    assert smart_connect.link is not None
    smart_connect.link.lose()
    assert not client.connected
    await asyncio.sleep(60)
    assert smart_connect.connections == 1
    await client.read_status()
    assert smart_connect.connections == 2
    assert client.events["link lost"] == 1


@pytest.mark.parametrize("failure", [Failure.NO_ANSWER, Failure.LOST, Failure.ERROR, Failure.ATT_ERROR])
async def test_heartbeat_fails_later(client: SmartConnect, smart_connect: Dongle, failure: Failure) -> None:
    """A heartbeat that fails on a standing link costs at most that link."""
    await client.read_status()
    smart_connect.faults.fail_next(failure, characteristic=P_MODE)
    await asyncio.sleep(20)
    assert not smart_connect.faults.pending
    await client.read_status()
    assert smart_connect.connections <= 2
    assert not client.refuses_commands


async def test_cancelled_while_connecting(client: SmartConnect, smart_connect: Dongle) -> None:
    """A caller that gives up leaves no half-made link, and the next one is served."""
    for delay in (0.0, 0.1, 0.201, 0.21, 0.23, 0.24):
        reading = asyncio.create_task(client.read_status())
        await asyncio.sleep(delay)
        reading.cancel()
        await asyncio.wait([reading])
        await client.release()
        await asyncio.sleep(3)
        assert smart_connect.link is None
    await client.read_status()


async def test_machine_goes_off_and_on(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """Off is unreachable within the limit of a connection; on again, it is there again."""
    await client.read_status()
    await client.switch_off()
    await asyncio.sleep(20)
    assert not machine.on
    begin = now()
    with pytest.raises(Unreachable):
        await client.read_status()
    assert now() - begin <= 31
    machine.switch_on()
    await asyncio.sleep(10)
    assert 12 in (await client.read_status()).bits


# --- what is read ---------------------------------------------------------------------------------------------------

PROGRAMS = {
    "Cleaning": Program.CLEANING,
    "FilterChange": Program.FILTER_CHANGE,
    "Decalc": Program.DESCALING,
    "CappuRinse": Program.MILK_RINSE,
    "CoffeeRinse": Program.COFFEE_RINSE,
    "CappuClean": Program.MILK_CLEAN,
}
MODELS = pytest.mark.parametrize("model", ["15336", "EF545", "EF567_C", "EF1090", "EF529"])


@MODELS
async def test_counters(client: SmartConnect, machine: Machine, definition: Definition) -> None:
    """Counts are the machine's own, each at the drink that it counts."""
    before = await client.read_counters(E8)
    doubles = [product for product in definition.products if product.counter_slot != product.code]
    for product in (definition.product("espresso"), *doubles):
        assert product is not None
        assert machine.press_product(product.code)
        await asyncio.sleep(200)
    after = await client.read_counters(E8)
    assert (before.total, after.total) == (machine.total - 1 - 2 * len(doubles), machine.total)
    # Beyond the 64 slots stands nothing that means anything.
    assert {slot: count for slot, count in after.slots.items() if slot < 64} == machine.counters
    for product in doubles:
        assert after.slots[product.counter_slot] == before.slots[product.counter_slot] + 1
    assert bool(doubles) is (definition.code == "EF545")


@MODELS
async def test_maintenance_and_status(client: SmartConnect, machine: Machine, definition: Definition) -> None:
    """Each number stands at its own program, in whichever order the machine type has them; each bit is the machine's."""
    for times, kind in enumerate(machine.definition.counters):
        for _ in range(times):
            machine.maintain(kind)
    for kind, percent in (("Cleaning", 11), ("FilterChange", 22), ("Decalc", 100)):
        machine.set_percentage(kind, percent)
    for filter_fitted in (True, False):
        machine.filter_fitted = filter_fitted
        maintenance = await client.read_maintenance(definition)
        assert maintenance.counts == {
            PROGRAMS[kind]: 5 + times for times, kind in enumerate(machine.definition.counters)
        }
        expected = {"Cleaning": 11, "FilterChange": 22 if filter_fitted else None, "Decalc": 100}
        assert maintenance.percentages == {PROGRAMS[kind]: expected[kind] for kind in machine.definition.percentages}
    for change in (machine.empty_water_tank, machine.remove_drip_tray, lambda: machine.set_alert(60, True)):
        change()
        status = await client.read_status()
        assert status.bits == machine.status_bits
        assert status.length == 148
    live = await client.read_live()
    assert (live.status, live.progress.state) == (status, 0)
    versions = await client.read_versions()
    assert (versions.dongle, versions.machine) == ("V05.08F", f"{definition.code}M V01.18")


@pytest.mark.parametrize("slug", ["espresso", "cappuccino", "latte_macchiato", "cafe_barista", "hot_water"])
async def test_progress_of_a_drink(
    client: SmartConnect, smart_connect: Dongle, machine: Machine, definition: Definition, slug: str
) -> None:
    """From the order to "enjoy" the client tells what the machine does, and nothing else."""
    product = definition.product(slug)
    assert product is not None
    # So that what the machine does doesn't change between the read and the look at it.
    smart_connect.faults.latency = 0
    states = []
    await client.start(default_recipe(product))
    shown = await client.read_progress()
    while shown.state:
        truth = machine.progress
        assert (shown.state, shown.code) == (truth.state, truth.code)
        if truth.window is None:
            assert shown == Progress(truth.state, truth.code)
        else:
            strength, water, milk, foam_or_bypass, pause = (
                None if truth.window[slot] == 0xFF else (truth.window[slot], truth.window[slot + 1])
                for slot in (0, 2, 4, 6, 9)
            )
            assert shown.percent == truth.window[12]
            assert shown.strength == (strength and strength[1])
            assert shown.water == (water and (5 * water[0], 5 * water[1]))
            assert (shown.milk, shown.milk_break) == (milk, pause)
            assert shown.milk_foam == (foam_or_bypass if truth.state == 0x34 else None)
            bypass = foam_or_bypass if truth.state == 0x41 else None
            assert shown.bypass == (bypass and (5 * bypass[0], 5 * bypass[1]))
        states.append(shown.state)
        await asyncio.sleep(1.37)
        shown = await client.read_progress()
    (drink,) = machine.drinks
    assert drink.outcome is Outcome.FINISHED
    assert drink.code == product.code
    assert states[-1] == 0x3E
    assert len(set(states)) > 1


# --- the key --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [0x00, 0x2A, 0x5E, 0xAB, 0xFF])
async def test_key_from_about(
    client: SmartConnect, smart_connect: Dongle, machine: Machine, way: Way, key: int
) -> None:
    """Where the advertisement has no key, About has, and nothing is written before it is known."""
    way.key_heard = False
    smart_connect.key = key
    await client.start(espresso(machine))
    about, heartbeat, start = operations(smart_connect)
    assert (about.action, about.characteristic) == ("read", ABOUT)
    assert heartbeat.data == bytes((key,)) + HEARTBEAT
    assert start.data[0] == start.data[-1] == key
    assert len(machine.drinks) == 1


@pytest.mark.parametrize("read", ["read_status", "read_progress"])
async def test_key_changes_on_a_standing_link(
    client: SmartConnect, smart_connect: Dongle, machine: Machine, read: str
) -> None:
    """One read finds the new key and is right; from then on everything is coded with it."""
    await client.read_status()
    smart_connect.key = 0x5E
    machine.empty_water_tank()
    await getattr(client, read)()
    assert 1 in (await client.read_status()).bits
    await asyncio.sleep(100)
    machine.fill_water_tank()
    await client.start(espresso(machine))
    assert smart_connect.connections == 1
    assert len(machine.drinks) == 1


async def test_key_changes_in_between(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """The newest advertisement has the new key."""
    await client.read_status()
    await client.release()
    smart_connect.key = 0xAB
    await asyncio.sleep(5)
    await client.start(espresso(machine))
    assert len(machine.drinks) == 1
    assert smart_connect.connections == 2


async def test_key_changes_before_a_command(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """A dongle that doesn't understand doesn't answer: the outcome is unknown, nothing was made, and reads recover."""
    await client.read_status()
    smart_connect.key = 0x5E
    with pytest.raises(OutcomeUnknown):
        await client.start(espresso(machine))
    assert not machine.orders
    await asyncio.sleep(5)
    assert 13 in (await client.read_status()).bits


# --- what can't be true ---------------------------------------------------------------------------------------------

SPOILED = pytest.mark.parametrize("failure", [Failure.WRONG_KEY, Failure.GARBAGE, Failure.TRUNCATED])


@SPOILED
@pytest.mark.parametrize("read", ["read_status", "read_progress"])
async def test_spoiled_read(client: SmartConnect, smart_connect: Dongle, failure: Failure, read: str) -> None:
    """What isn't under the key is discarded and said so; the link stands, and the next read is good."""
    call: Call = getattr(client, read)
    good = await call()
    smart_connect.faults.fail_next(failure, characteristic=STATUS if read == "read_status" else PROGRESS)
    if failure is Failure.TRUNCATED and read == "read_progress":
        # Half a progress frame says less, and is no lie.
        await call()
    else:
        with pytest.raises(ImplausibleReply):
            await call()
        assert client.events["implausible read"] == 1
    assert await call() == good
    assert smart_connect.connections == 1


@SPOILED
async def test_spoiled_three_times(client: SmartConnect, smart_connect: Dongle, failure: Failure) -> None:
    """Three in a row are no accident: the link is made anew. A good one in between starts the count again."""
    smart_connect.faults.fail_next(failure, characteristic=STATUS, times=2)
    for _ in range(2):
        with pytest.raises(ImplausibleReply):
            await client.read_status()
    await client.read_status()
    smart_connect.faults.fail_next(failure, characteristic=STATUS, times=3)
    for _ in range(3):
        assert smart_connect.connections == 1
        with pytest.raises(ImplausibleReply):
            await client.read_status()
    assert smart_connect.link is None
    await client.read_status()
    assert smart_connect.connections == 2


@SPOILED
async def test_all_reads_spoiled(
    client: SmartConnect, smart_connect: Dongle, machine: Machine, failure: Failure
) -> None:
    """Also About, from which the key would be learned: nothing wrong is believed for long."""
    await client.read_status()
    smart_connect.faults.fail_next(failure, on="read", times=6)
    while smart_connect.faults.pending:
        with pytest.raises((ImplausibleReply, LinkLost, Unreachable)):
            await client.read_status()
    await asyncio.sleep(5)
    for _ in range(2):
        try:
            assert (await client.read_status()).bits == machine.status_bits
            break
        except ImplausibleReply, LinkLost, Unreachable:
            await asyncio.sleep(5)
    assert (await client.read_status()).bits == machine.status_bits
    await client.start(espresso(machine))
    assert len(machine.drinks) == 1


async def test_stale_statistics(client: SmartConnect, smart_connect: Dongle, definition: Definition) -> None:
    """An old buffer instead of the counters: maintenance percentages are no total."""
    await client.read_maintenance(definition)
    smart_connect.faults.fail_next(Failure.STALE, characteristic=STATISTICS_DATA)
    with pytest.raises(ImplausibleReply):
        await client.read_counters(E8)
    await client.read_counters(E8)


@pytest.mark.parametrize("failure", [Failure.WRONG_PAGE, Failure.STALE])
@pytest.mark.parametrize("skip", [0, 1])
async def test_old_buffer_for_maintenance(
    client: SmartConnect, smart_connect: Dongle, definition: Definition, failure: Failure, skip: int
) -> None:
    """The last status, or the read-out before: their bytes would do for small percentages."""
    await client.read_status()
    await client.read_counters(E8)
    before = await client.read_maintenance(definition)
    smart_connect.faults.fail_next(failure, characteristic=STATISTICS_DATA, skip=skip)
    with pytest.raises(ImplausibleReply):
        await client.read_maintenance(definition)
    assert await client.read_maintenance(definition) == before


@pytest.mark.parametrize("failure", [Failure.GARBAGE, Failure.TRUNCATED])
async def test_spoiled_maintenance(
    client: SmartConnect, smart_connect: Dongle, definition: Definition, failure: Failure
) -> None:
    """Percentages of more than 100, or fewer numbers than the definition names."""
    smart_connect.faults.fail_next(failure, characteristic=STATISTICS_DATA, skip=1 if failure is Failure.GARBAGE else 0)
    with pytest.raises(ImplausibleReply):
        await client.read_maintenance(definition)
    assert (await client.read_maintenance(definition)).counts


# --- failures at every single operation -----------------------------------------------------------------------------

FAILURES = (
    Failure.LOST,
    Failure.ANSWER_LOST,
    Failure.NO_ANSWER,
    Failure.ACTED_NO_ANSWER,
    Failure.ERROR,
    Failure.ATT_ERROR,
)


@pytest.mark.parametrize(
    ("flow", "key_heard"),
    [
        ("status", True),
        ("status", False),
        ("progress", True),
        ("versions", True),
        ("counters", True),
        ("maintenance", True),
    ],
    ids=["status", "status-key-from-about", "progress", "versions", "counters", "maintenance"],
)
async def test_read_fails_at_every_operation(
    way: Way, smart_connect: Dongle, machine: Machine, definition: Definition, flow: str, key_heard: bool
) -> None:
    """Whichever operation fails, the caller learns it in one of few words and soon, and the next call works again."""
    way.key_heard = key_heard

    def call(client: SmartConnect) -> Awaitable[object]:
        arguments = (definition,) if flow in ("counters", "maintenance") else ()
        return getattr(client, f"read_{flow}")(*arguments)

    client = SmartConnect(way.find, "JURA", OwnSlot())
    good = await call(client)
    count = len(operations(smart_connect))
    assert count >= 2
    await client.close()
    for failure, skip in every(FAILURES, range(count)):
        client = SmartConnect(way.find, "JURA", OwnSlot())
        await asyncio.sleep(3)
        smart_connect.faults.fail_next(failure, skip=skip)
        begin, connections = now(), smart_connect.connections
        with pytest.raises((Unreachable, LinkLost)):
            await call(client)
        where = f"{failure} at operation {skip}"
        assert not smart_connect.faults.pending, where
        assert now() - begin < 15, where
        if flow in ("counters", "maintenance", "versions"):
            assert await call(client) == good, where
        else:
            await call(client)
        assert smart_connect.connections - connections <= 2, where
        await client.close()
    assert not machine.orders


COMMANDS: dict[str, tuple[str, Callable[[SmartConnect, Machine], Awaitable[object]]]] = {
    "start": (START, lambda client, machine: client.start(espresso(machine))),
    "cancel": ("1528", lambda client, _: client.cancel()),
    "lock": ("1530", lambda client, _: client.lock_keys()),
    "unlock": ("1530", lambda client, _: client.unlock_keys()),
    "switch_off": (P_MODE, lambda client, _: client.switch_off()),
}


def has_acted(command: str, machine: Machine, drinks: int) -> bool:
    """Tell whether a command was carried out, on a machine that had made so many drinks."""
    return {
        "start": len(machine.drinks) == drinks + 1,
        "cancel": bool(machine.drinks) and machine.drinks[-1].outcome is Outcome.CANCELLED,
        "lock": machine.keys_locked,
        "unlock": not machine.keys_locked,
        "switch_off": 26 in machine.status_bits,
    }[command]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("held", "skip"), [(True, 0), (False, 0), (False, 1)], ids=["held-command", "new-heartbeat", "new-command"]
)
async def test_command_fails(
    way: Way, smart_connect: Dongle, machine: Machine, command: str, held: bool, skip: int
) -> None:
    """What may have reached the machine is unknown, what can't have is said so; and nothing is ever sent twice."""
    characteristic, call = COMMANDS[command]
    # The first heartbeat comes before the command on a new link.
    at_command = held or skip == 1
    machine.heating_seconds = machine.rinse_seconds = 1
    for failure in FAILURES:
        machine.power_cut()
        machine.switch_on()
        await asyncio.sleep(10)
        if command == "cancel":
            assert machine.press_product(0x04)
        machine.lock_keys(command == "unlock")
        client = SmartConnect(way.find, "JURA", OwnSlot())
        if held:
            await client.read_status()
        since, orders, drinks = len(smart_connect.log), len(machine.orders), len(machine.drinks)
        smart_connect.faults.fail_next(failure, skip=skip)
        expected = (
            Unreachable if not at_command else CommandRejected if failure is Failure.ATT_ERROR else OutcomeUnknown
        )
        begin = now()
        with pytest.raises(expected):
            await call(client, machine)
        assert now() - begin <= 6, failure
        acts = at_command and failure in (Failure.ANSWER_LOST, Failure.ACTED_NO_ANSWER)
        assert has_acted(command, machine, drinks) is acts, failure
        assert not smart_connect.faults.pending
        # The next call works again, and nothing is kept for later.
        if command != "switch_off" or not acts:
            await client.read_status()
            await client.read_progress()
        await asyncio.sleep(20)
        await client.close()
        sent = [
            operation
            for operation in written(smart_connect, characteristic, since)
            if operation.data[1:] not in (HEARTBEAT, GOODBYE)
        ]
        assert len(sent) == at_command, failure
        assert len(machine.orders) - orders == (acts and command == "start"), failure
        assert len(machine.drinks) - drinks == (acts and command == "start"), failure


async def test_command_that_is_never_answered(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """On a real link an unanswered write hangs for 25 s: nobody in front of a machine waits so long."""
    begin = now()
    smart_connect.faults.fail_next(Failure.ACTED_NO_ANSWER, characteristic=START)
    with pytest.raises(OutcomeUnknown):
        await client.start(espresso(machine))
    assert now() - begin < 6
    shown = await client.read_progress()
    assert shown.code == 0x02
    assert len(machine.drinks) == 1


async def test_command_is_rejected(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """An error code says that nothing was done; the link stands, and the next press works."""
    for code in (0x01, 0x03, 0x05, 0x08, 0x0D, 0x0E, 0x80):
        smart_connect.faults.fail_next(Failure.ATT_ERROR, characteristic=START, code=code)
        with pytest.raises(CommandRejected):
            await client.start(espresso(machine))
    assert not machine.orders
    assert not client.refuses_commands
    await client.start(espresso(machine))
    assert len(machine.drinks) == 1
    assert smart_connect.connections == 1


async def test_impossible_recipe_is_not_sent(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """What the definition doesn't allow doesn't even lead to a connection."""
    with pytest.raises(InvalidRecipe):
        await client.start(with_values(espresso(machine), {Parameter.WATER: 500}))
    assert not smart_connect.log


async def test_small_commands(client: SmartConnect, machine: Machine) -> None:
    """What each does, to the machine."""
    await client.start(espresso(machine))
    await client.cancel()
    (drink,) = machine.drinks
    assert drink.outcome is Outcome.CANCELLED
    await client.lock_keys()
    assert machine.keys_locked
    assert 39 in (await client.read_status()).bits
    await client.unlock_keys()
    assert not machine.keys_locked
    await client.switch_off()
    assert 26 in (await client.read_status()).bits
    await asyncio.sleep(30)
    assert not machine.on


# --- a PIN ----------------------------------------------------------------------------------------------------------


async def test_pin(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """Two connections tell that commands are refused. Reading goes on, nothing is written, and nothing loops."""
    smart_connect.pin_set = True
    assert (await client.read_status()).bits == machine.status_bits
    assert client.refuses_commands
    assert smart_connect.connections == 2
    assert [operation.outcome for operation in written(smart_connect, P_MODE)] == ["refused"] * 2
    since = len(smart_connect.log)
    for call in (
        client.start(espresso(machine)),
        client.cancel(),
        client.lock_keys(),
        client.unlock_keys(),
        client.switch_off(),
        client.read_counters(E8),
    ):
        with pytest.raises(CommandsRefused):
            await call
    assert (await client.read_progress()).state == 0
    assert (await client.read_versions()).dongle
    await client.release()
    assert all(operation.action != "write" for operation in smart_connect.log[since:])
    connections = smart_connect.connections
    await asyncio.sleep(300)
    assert smart_connect.connections == connections
    for _ in range(10):
        await client.read_status()
        await client.release()
        await asyncio.sleep(10)
    assert smart_connect.connections == connections + 10
    assert not machine.orders


@pytest.mark.parametrize("code", [0x03, 0x05, 0x08])
async def test_refused_once_is_no_pin(client: SmartConnect, smart_connect: Dongle, machine: Machine, code: int) -> None:
    """One refusal may be an accident; the second connection tells."""
    smart_connect.faults.fail_next(Failure.ATT_ERROR, characteristic=P_MODE, code=code)
    await client.start(espresso(machine))
    assert not client.refuses_commands
    assert smart_connect.connections == 2
    assert len(machine.drinks) == 1
    await client.release()
    # And it is forgotten: another one, much later, is the first again.
    smart_connect.faults.fail_next(Failure.ATT_ERROR, characteristic=P_MODE, code=code)
    await client.read_status()
    assert not client.refuses_commands


async def test_another_error_is_no_pin(client: SmartConnect, smart_connect: Dongle) -> None:
    """Only certain codes speak of permission."""
    for _ in range(3):
        smart_connect.faults.fail_next(Failure.ATT_ERROR, characteristic=P_MODE, code=0x0E)
        with pytest.raises(Unreachable):
            await client.read_status()
    assert not client.refuses_commands
    await client.read_status()


# --- statistics -----------------------------------------------------------------------------------------------------


async def test_statistics_not_ready(client: SmartConnect, smart_connect: Dongle) -> None:
    """Just after switching on there are none. What stands there instead is never read, and the link doesn't suffer."""
    smart_connect.statistics_seconds = 1000
    await client.read_status()
    begin = now()
    with pytest.raises(StatisticsNotReady):
        await client.read_counters(E8)
    assert now() - begin <= 24
    assert not [operation for operation in smart_connect.log if operation.characteristic == STATISTICS_DATA]
    looks = [operation.time for operation in smart_connect.log if operation.characteristic == STATISTICS_COMMAND]
    assert looks[1] - looks[0] >= 1.2
    assert all(later - earlier >= 0.8 for earlier, later in pairwise(looks))
    assert max(heartbeat_gaps(smart_connect, 1)) <= 9
    smart_connect.statistics_seconds = 2
    await client.read_counters(E8)
    assert smart_connect.connections == 1


async def test_command_during_statistics(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """A press doesn't wait for a read-out: that ends, and nothing is read that wasn't announced."""
    for delay, interrupted in (
        (0, True),
        (0.01, True),
        (0.5, True),
        (1.24, True),
        (1.5, True),
        (2.08, False),
        (3, False),
    ):
        await client.read_status()
        since, drinks = len(smart_connect.log), len(machine.drinks)
        reading = asyncio.create_task(client.read_counters(E8))
        await asyncio.sleep(delay)
        begin = now()
        await client.start(espresso(machine))
        assert now() - begin < 0.2
        assert len(machine.drinks) == drinks + 1
        if interrupted:
            with pytest.raises(StatisticsNotReady):
                await reading
            assert STATISTICS_DATA not in [operation.characteristic for operation in smart_connect.log[since:]], delay
        else:
            assert (await reading).total == machine.total, delay
        await asyncio.sleep(100)
        assert (await client.read_counters(E8)).total == machine.total


async def test_counters_and_maintenance_at_the_same_time(
    client: SmartConnect, machine: Machine, definition: Definition
) -> None:
    """The dongle prepares one answer at a time: neither caller may get the other's."""
    good_counters, good_maintenance = await client.read_counters(E8), await client.read_maintenance(definition)
    results = await asyncio.gather(
        client.read_counters(E8), client.read_maintenance(definition), client.read_counters(E8), return_exceptions=True
    )
    for result, good in zip(results, (good_counters, good_maintenance, good_counters), strict=True):
        assert result == good or isinstance(result, StatisticsNotReady)


async def test_statistics_missing(client: SmartConnect, smart_connect: Dongle, definition: Definition) -> None:
    """A dongle without statistics is a dongle all the same."""
    smart_connect.faults.incomplete_services = 100
    with pytest.raises(NotSupported):
        await client.read_counters(E8)
    with pytest.raises(NotSupported):
        await client.read_maintenance(definition)
    await client.read_status()
    assert smart_connect.connections <= 3


async def test_statistics_not_discovered(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """Missing statistics are first of all an interrupted discovery: connecting once more finds them."""
    smart_connect.faults.incomplete_services = 1
    await client.read_status()
    assert (await client.read_counters(E8)).total == machine.total
    assert smart_connect.connections == 2


# --- reaching it ----------------------------------------------------------------------------------------------------


async def test_not_heard(client: SmartConnect, smart_connect: Dongle, way: Way, machine: Machine) -> None:
    """What isn't heard is not even tried."""
    way.heard = False
    for call in (client.read_status(), client.start(espresso(machine))):
        with pytest.raises(Unreachable):
            await call
    assert not smart_connect.log


async def test_phone_is_connected(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """While the owner's phone has the machine, it can't be reached; that is found out within the limit, and ends."""
    assert smart_connect.phone_connects()
    for call in (client.read_status(), client.start(espresso(machine))):
        begin = now()
        with pytest.raises(Unreachable):
            await call
        assert now() - begin <= 31
    smart_connect.phone_disconnects()
    await asyncio.sleep(3)
    await client.read_status()
    assert not machine.orders


@pytest.mark.parametrize("times", [1, 50])
async def test_connecting_fails(client: SmartConnect, smart_connect: Dongle, times: int) -> None:
    """Once is nothing; again and again is unreachable, until it isn't."""
    smart_connect.faults.fail_connects = times
    if times > 1:
        with pytest.raises(Unreachable):
            await client.read_status()
        smart_connect.faults.clear()
        await asyncio.sleep(3)
    await client.read_status()
    assert smart_connect.connections == 1


async def test_no_free_connection_slot(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, smart_connect: Dongle
) -> None:
    """All connections of the adapter are taken by another machine: unreachable, until that one is let go."""
    other = Dongle(Machine(smart_connect.machine.definition, serial_number=5), address=OTHER_ADDRESS, key=0x11)
    _, remove = await async_add_simulated_adapter(hass, [smart_connect, other], slots=1)
    ways = [Way(hass), Way(hass, address=OTHER_ADDRESS)]
    await async_wait_for(hass, lambda: all(way.find() for way in ways))
    wanted, taker = (SmartConnect(way.find, "JURA", OwnSlot()) for way in ways)
    await taker.read_status()
    begin = now()
    with pytest.raises(Unreachable):
        await wanted.read_status()
    assert now() - begin <= 31
    assert not smart_connect.connections
    await taker.release()
    await wanted.read_status()
    await wanted.close()
    remove()


@pytest.mark.parametrize("missing", ["1524", "1525", "1529"])
async def test_incomplete_services(
    client: SmartConnect, smart_connect: Dongle, machine: Machine, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Without its three characteristics a Smart Connect is none: nothing is sent, and the next connection finds them."""
    monkeypatch.setattr(gatt, "OFTEN_MISSED", frozenset({missing}))
    smart_connect.faults.incomplete_services = 1
    with pytest.raises(Unreachable):
        await client.start(espresso(machine))
    assert not operations(smart_connect)
    assert smart_connect.link is None
    await client.start(espresso(machine))
    assert len(machine.drinks) == 1


@pytest.mark.parametrize("characteristic", ["1527", "1528", "1530"])
async def test_optional_characteristics(
    client: SmartConnect, smart_connect: Dongle, machine: Machine, monkeypatch: pytest.MonkeyPatch, characteristic: str
) -> None:
    """Without the others it does what it can, and says what it can't."""
    monkeypatch.setattr(gatt, "OFTEN_MISSED", frozenset({characteristic}))
    smart_connect.faults.incomplete_services = 100
    await client.start(espresso(machine))
    assert len(machine.drinks) == 1
    if characteristic == "1527":
        assert (await client.read_progress()).state == 0
        return
    with pytest.raises(NotSupported):
        await (client.cancel() if characteristic == "1528" else client.lock_keys())


# --- several at once ------------------------------------------------------------------------------------------------


async def test_command_during_a_hung_read(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """A press waits for a read that hangs no longer than that read may take, and for a new link."""
    await client.read_status()
    smart_connect.faults.fail_next(Failure.NO_ANSWER, characteristic=STATUS)
    reading = asyncio.create_task(client.read_status())
    others = [asyncio.create_task(client.read_progress(Urgency.POLL)) for _ in range(5)]
    await asyncio.sleep(0.5)
    begin = now()
    await client.start(espresso(machine))
    assert now() - begin < 5 + 3
    assert len(machine.drinks) == 1
    with pytest.raises(LinkLost):
        await reading
    for progress in await asyncio.gather(*others):
        assert progress.code == 0x02


async def test_all_at_the_same_time(
    client: SmartConnect, smart_connect: Dongle, machine: Machine, definition: Definition
) -> None:
    """Everybody is served over one link, one after another."""
    status, progress, versions, _, _, maintenance = await asyncio.gather(
        client.read_status(),
        client.read_progress(),
        client.read_versions(),
        client.start(espresso(machine)),
        client.lock_keys(),
        client.read_maintenance(definition),
    )
    assert 13 in status.bits
    assert progress.code == 0x02, "the command should have gone first"
    assert versions.machine == "EF538M V01.18"
    assert maintenance.counts
    assert machine.keys_locked
    assert len(machine.drinks) == 1
    assert smart_connect.connections == 1


async def test_cancelled_command(client: SmartConnect, smart_connect: Dongle, machine: Machine) -> None:
    """A caller that gives up in the middle of a write: the drink is made once or not at all, and the link goes on."""
    await client.read_status()
    starting = asyncio.create_task(client.start(espresso(machine)))
    await asyncio.sleep(0.001)
    starting.cancel()
    await asyncio.wait([starting])
    await client.read_status()
    await asyncio.sleep(60)
    assert len(machine.drinks) <= 1
    assert len(written(smart_connect, START)) <= 1
    await client.read_status()
