"""The LAN client against a simulated dongle with real sockets, in virtual time.

What counts is what the dongle saw and what the machine made; what the client says has to agree with that.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import suppress
from itertools import pairwise, product as every
import logging
from pathlib import Path
import socket
import sys
from typing import Self

import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.client import Urgency
from custom_components.jura.machine.errors import (
    Busy,
    CommandRejected,
    ImplausibleReply,
    InvalidRecipe,
    JuraError,
    LinkLost,
    LoginRefused,
    NotSupported,
    OutcomeUnknown,
    Unreachable,
)
from custom_components.jura.machine.model import Amount, Bank, Definition, Parameter, Program, Recipe
from custom_components.jura.machine.recipe import default_recipe, with_values
from custom_components.jura.machine.wifi_connect import WifiConnect, scan
from custom_components.jura.machine.wifi_session import Credentials, Refusal
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.orders import Outcome
from simulator.wifi_connect import BROADCAST, WifiConnect as Dongle
from simulator.wifi_faults import LanFailure
from simulator.wifi_framing import Deframer, checksum, frame
from tests.conftest import LAN_HOST

pytestmark = pytest.mark.usefixtures("lan")

PIN = "86420"
TOKEN = "C0FFEE0123456789" * 4
NAME = "Home Assistant 7"
CLIENT_ID = NAME.encode().hex().upper()
CREDENTIALS = Credentials(NAME, PIN, TOKEN)

AUTO_OFF, HARDNESS = 0x13, 0x02

type Call = Callable[[WifiConnect], Awaitable[object]]


@pytest.fixture
def model() -> str:
    """Return an S8, which was sold with a WiFi Connect."""
    return "15480"


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return the machine."""
    return Machine(definition_for(model), unnamed_bit=False)


@pytest.fixture
def min_pause() -> float:
    """Return the seconds that the dongle wants between two sessions."""
    return 3.0


@pytest.fixture
def answers_udp() -> bool:
    """Return the habit of the dongle's firmware."""
    return True


@pytest.fixture
async def wifi(machine: Machine, min_pause: float, answers_udp: bool) -> AsyncGenerator[Dongle]:
    """Return the machine's WiFi Connect, which knows the client; whatever a test did, it must not have upset it."""
    wifi = Dongle(machine, host=LAN_HOST, port=0, pin=PIN, min_pause=min_pause, answers_udp=answers_udp)
    wifi.tokens[CLIENT_ID] = TOKEN
    await wifi.start()
    yield wifi
    await wifi.stop()
    assert not wifi.forbidden
    assert not wifi.unlisted
    assert not wifi.malformed
    assert not wifi.upset


@pytest.fixture
async def client(wifi: Dongle, caplog: pytest.LogCaptureFixture) -> AsyncGenerator[WifiConnect]:
    """Return a client that has not connected yet; what it logs never holds PIN or token."""
    caplog.set_level(logging.DEBUG)
    client = client_of(wifi)
    yield client
    await client.close()
    await asyncio.sleep(1)
    assert wifi.session is None
    said = [record.getMessage() + (record.exc_text or "") for record in caplog.get_records("call")]
    assert not [line for line in said if PIN in line or TOKEN in line]
    assert not [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]


@pytest.fixture
def definition(machine: Machine) -> Definition:
    """Return what the machine can do, as the integration has it."""
    return load_definition(machine.definition.code)


def client_of(wifi: Dongle, credentials: Credentials = CREDENTIALS) -> WifiConnect:
    """Return a client of a dongle."""
    return WifiConnect(wifi.host, credentials, "JURA", wifi.port)


def espresso(machine: Machine) -> Recipe:
    """Return an espresso as this machine makes it."""
    product = load_definition(machine.definition.code).product("espresso")
    assert product is not None
    return default_recipe(product)


def now() -> float:
    """Return the time."""
    return asyncio.get_running_loop().time()


def received(wifi: Dongle, beginning: str = "", since: int = 0) -> list[str]:
    """Return the commands that reached the dongle, without logins and goodbyes."""
    return [
        entry.body
        for entry in wifi.log[since:]
        if entry.direction == "in"
        and not entry.is_datagram
        and entry.body.startswith(beginning or "@")
        and not entry.body.startswith("@HP")
    ]


def polls(wifi: Dongle, since: int = 0) -> list[float]:
    """Return when the dongle was asked over UDP."""
    return [entry.time for entry in wifi.log[since:] if entry.direction == "in" and entry.is_datagram]


def pauses(wifi: Dongle) -> list[float]:
    """Return the seconds from the end of each session to the next."""
    return [later.opened - earlier.closed for earlier, later in pairwise(wifi.sessions) if earlier.closed is not None]


async def opened(wifi: Dongle) -> None:
    """Wait for the next session, a minute at most."""
    event = asyncio.Event()
    unsubscribe = wifi.subscribe(lambda: event.set() if wifi.session else None)
    async with asyncio.timeout(60):
        await event.wait()
    unsubscribe()


async def gone_well_or_not(call: Awaitable[object]) -> object:
    """Return what a call returns or raises."""
    try:
        return await call
    except JuraError as error:
        result = error
    said = f"{result!r} {result}"
    assert PIN not in said
    assert TOKEN not in said
    return result


# --- reading --------------------------------------------------------------------------------------------------------

PROGRAMS = {
    "Cleaning": Program.CLEANING,
    "FilterChange": Program.FILTER_CHANGE,
    "Decalc": Program.DESCALING,
    "CappuRinse": Program.MILK_RINSE,
    "CoffeeRinse": Program.COFFEE_RINSE,
    "CappuClean": Program.MILK_CLEAN,
}
MODELS = pytest.mark.parametrize("model", ["15480", "EF1090", "EF567_C", "EF545"])


@MODELS
async def test_counters(client: WifiConnect, wifi: Dongle, machine: Machine, definition: Definition) -> None:
    """Counts are the machine's own; one login with PIN and token, one session, closed politely."""
    counters = await client.read_counters(definition)
    assert counters.total == machine.total
    assert counters.slots == machine.counters
    (session,) = wifi.sessions
    assert (session.client, session.ended_by) == (NAME, "client")
    login, *_, goodbye = [entry.body for entry in wifi.log if entry.direction == "in"]
    assert login == f"@HP:{PIN},{CLIENT_ID},{TOKEN}"
    assert goodbye == ""
    assert len(received(wifi, "@TR:32,")) == 16
    assert bool(received(wifi, "@TR:33,")) is (Bank.PRODUCTS_OVERFLOW in definition.banks)


@pytest.mark.parametrize("model", ["EF567_C"])
async def test_counters_above_65535(
    client: WifiConnect, wifi: Dongle, machine: Machine, definition: Definition
) -> None:
    """The overflow bank holds what doesn't fit; a machine without the declared one is still read."""
    for slot, count in ((0, 200_001), (2, 70_000), (3, 131_072)):
        machine.set_counter(slot, count)
    counters = await client.read_counters(definition)
    assert (counters.total, counters.slots[2], counters.slots[3]) == (200_001, 70_000, 131_072)
    assert counters.slots == machine.counters
    wifi.banks.remove(0x33)
    assert (await client.read_counters(definition)).slots[2] == 70_000 - 65_536


@pytest.mark.parametrize("model", ["EF1143"])
async def test_other_banks(client: WifiConnect, wifi: Dongle, machine: Machine, definition: Definition) -> None:
    """The day's drinks, and the special counters with their overflow."""
    assert machine.press_product(2)
    await asyncio.sleep(100)
    daily = await client.read_bank(Bank.DAILY, definition)
    assert daily == {**machine.daily_counters, 0: 1}
    assert daily[2] == 1
    wifi.special_counters[3] = 70_000
    since = len(wifi.log)
    assert await client.read_bank(Bank.SPECIAL, definition) == wifi.special_counters
    assert received(wifi, since=since) == [f"@TR:{bank},{page:02}" for bank in (52, 53) for page in range(4)]


async def test_banks_that_are_not_there(client: WifiConnect, wifi: Dongle, definition: Definition) -> None:
    """Whatever is declared, the machine's own answer counts, both ways."""
    for bank in (Bank.DAILY, Bank.SPECIAL):
        with pytest.raises(NotSupported):
            await client.read_bank(bank, definition)
    assert received(wifi) == ["@TR:42,00", "@TR:52,00"]
    wifi.banks.add(0x52)
    assert await client.read_bank(Bank.SPECIAL, definition) == wifi.special_counters


@MODELS
async def test_maintenance(client: WifiConnect, machine: Machine, definition: Definition) -> None:
    """Each number stands at its own program, in whichever order the machine type has them."""
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


# --- the machine's own values ---------------------------------------------------------------------------------------


@MODELS
async def test_limits(client: WifiConnect, wifi: Dongle, machine: Machine, definition: Definition) -> None:
    """Of every drink that is offered, in one session: what this very machine allows, not what its type does."""
    machine.limit(0x02, WATER_AMOUNT=(4, 10))
    limits = await client.read_limits(definition)
    assert limits.keys() == {product.code for product in definition.active_products}
    for product in definition.active_products:
        declared = {
            argument.field: (argument.minimum // argument.step, argument.maximum // argument.step)
            for argument in product.arguments
            if isinstance(argument, Amount) and argument.field in (4, 5, 6, 10, 11)
        }
        assert limits[product.code] == declared | ({4: (4, 10)} if product.code == 2 else {})
    assert len(wifi.sessions) == 1
    assert received(wifi)[:1] == ["@TM:60,020B"]


@MODELS
async def test_stored_recipes(client: WifiConnect, wifi: Dongle, definition: Definition) -> None:
    """Of every drink that has one, in one session."""
    first, second, third, *_ = definition.active_products
    wifi.store_recipe(first.code, WATER_AMOUNT=7)
    wifi.store_recipe(third.code)
    recipes = await client.read_recipes(definition)
    assert recipes == wifi.recipes
    assert second.code not in recipes
    assert len(wifi.sessions) == 1
    assert received(wifi) == [f"@TM:41,{product.code:02X}" for product in definition.active_products]


async def test_own_values_that_are_refused(client: WifiConnect, wifi: Dongle, definition: Definition) -> None:
    """A machine that doesn't know the question is asked about the first drink only."""
    wifi.tells_limits = False
    for read in (client.read_limits, client.read_recipes):
        with pytest.raises(NotSupported):
            await read(definition)
    assert received(wifi) == ["@TM:60,020B", "@TM:41,02"]
    assert not client.events["address 60 not read"]


async def test_two_drinks_with_one_code(wifi: Dongle) -> None:
    """Nobody can tell which of the two the machine would mean: not asked."""
    definition = load_definition("EF658")
    client = client_of(wifi)
    await client.read_limits(definition)
    assert not received(wifi, "@TM:60,0C")
    assert received(wifi, "@TM:60,02")
    await client.close()


@pytest.mark.parametrize(
    "implausible",
    [
        "@an:error",
        "@tm:60,030310FFFFFFFFFFFFFFFF0086",
        "@tm:60,020310FFFFFFFFFFFFFFFF0086",
        "@tm:60,021003FFFFFFFFFFFFFFFF0087",
        "@tm:60,020310FFFFFFFFFFFFFFFF",
        "@tm:60,",
    ],
)
async def test_implausible_limits(implausible: str) -> None:
    """What can't be is counted, and the other drinks are asked about all the same; a later refusal is just none."""
    script = {"@TM:60,02": implausible, "@TM:60,07": "@tm:60,070530FFFF012DFFFF003C0001", "@TM:60": "@tm:E0"}
    async with Scripted(script) as dongle:
        client = WifiConnect(LAN_HOST, CREDENTIALS, "JURA", dongle.port)
        definition = load_definition("EF1091")
        assert await client.read_limits(definition) == {7: {4: (5, 48), 6: (1, 45), 11: (0, 60)}}
        assert client.events["address 60 not read"] == 1
        assert len([asked for asked in dongle.received if asked.startswith("@TM:60,")]) == len(
            definition.active_products
        )
        await client.close()


# What a good answer may be accompanied by.
HARMLESS = (LanFailure.STALE_FIRST, LanFailure.DOUBLED)


@pytest.mark.parametrize(
    ("flow", "model", "places"),
    [
        ("counters", "15480", (0, 1, 2, 16)),
        ("counters", "EF567_C", (17, 18, 32)),
        ("maintenance", "15480", (0, 1, 2)),
        ("setting", "15480", (0, 1)),
        ("limits", "15480", (0, 1, 2, 9)),
        ("recipes", "15480", (0, 1, 2, 9)),
    ],
)
async def test_read_fails(
    wifi: Dongle, machine: Machine, definition: Definition, flow: str, places: tuple[int, ...]
) -> None:
    """Whichever command goes wrong however, the answer is the right one or none, and the next call works again."""

    def read(client: WifiConnect) -> Awaitable[object]:
        match flow:
            case "counters":
                return client.read_counters(definition)
            case "maintenance":
                return client.read_maintenance(definition)
            case "limits":
                return client.read_limits(definition)
            case "recipes":
                return client.read_recipes(definition)
            case _:
                return client.read_setting(AUTO_OFF)

    machine.settings.set("13", "220168")
    for product in definition.active_products:
        wifi.store_recipe(product.code)
    client = client_of(wifi)
    good = await read(client)
    assert {0, len(received(wifi))} & set(places)
    for failure, skip in every(LanFailure, places):
        wifi.faults.fail_next(failure, skip=skip)
        where = f"{failure} at command {skip}"
        begin = now()
        result = await gone_well_or_not(read(client))
        assert not wifi.faults.pending, where
        assert now() - begin <= 20 + 15 + 2, where
        if failure in HARMLESS:
            assert result == good, where
        if isinstance(result, JuraError):
            # Before the login nothing was lost.
            assert isinstance(result, Busy if skip == 0 else LinkLost | ImplausibleReply | CommandRejected), where
        elif flow in ("limits", "recipes"):
            # Of one drink nothing is known then.
            assert isinstance(good, Mapping), where
            assert isinstance(result, Mapping), where
            assert result.items() <= good.items(), where
            assert len(result) >= len(good) - 1, where
        else:
            assert result == good, where
        assert await read(client) == good, where
    assert not any(session.hurried for session in wifi.sessions)
    assert wifi.turned_away == 0
    await client.close()


async def test_pushes_are_no_answers(
    client: WifiConnect, wifi: Dongle, machine: Machine, definition: Definition
) -> None:
    """On a slow machine pushed frames come between question and answer, in pieces and with rubbish around."""
    wifi.faults.latency, wifi.faults.in_pieces, wifi.faults.rubbish = 4.5, True, b"\x00\xff@TF:\x1b"
    maintenance = await client.read_maintenance(definition)
    assert tuple(maintenance.counts.values()) == machine.maintenance_counters
    assert await client.read_setting(AUTO_OFF) == "1E"
    await client.start(espresso(machine))
    await asyncio.sleep(3)
    assert machine.drink is not None
    await client.cancel()
    pushed = [entry.body for entry in wifi.log if entry.direction == "out" and entry.body.startswith(("@TF:", "@TV:"))]
    assert {body[:4] for body in pushed} == {"@TF:", "@TV:"}
    (drink,) = machine.drinks
    assert drink.outcome is Outcome.CANCELLED


# --- what was left by an earlier session ----------------------------------------------------------------------------


async def test_leftovers_are_no_answers(
    client: WifiConnect, wifi: Dongle, machine: Machine, definition: Definition
) -> None:
    """What comes with the login was there before anything was asked."""
    counters, maintenance = await client.read_counters(definition), await client.read_maintenance(definition)
    wifi.faults.leftovers += ["@tr:32,00,0001000100010001", "@tr:00", "@TF:00", "@tr:32,01,0001000100010001"]
    assert await client.read_counters(definition) == counters
    wifi.faults.leftovers += ["@tg:43" + "0001" * 6, "@tg:C0000000"]
    assert await client.read_maintenance(definition) == maintenance
    wifi.faults.leftovers += [f"@tm:13,0F{checksum('13,0F')}", "@tm:93", "@an:error"]
    assert await client.read_setting(AUTO_OFF) == "1E"
    wifi.faults.leftovers += ["@tr:00"]
    wifi.banks.add(0x52)
    assert await client.read_bank(Bank.SPECIAL, definition) == wifi.special_counters


@pytest.mark.parametrize("leftover", ["@tp", "@tp:00", "@an:error"])
async def test_leftovers_are_no_answer_to_an_order(
    client: WifiConnect, wifi: Dongle, machine: Machine, leftover: str
) -> None:
    """Neither a yes nor a no of an earlier session counts."""
    wifi.faults.leftovers.append(leftover)
    await client.start(espresso(machine))
    assert len(machine.drinks) == 1
    await asyncio.sleep(60)
    wifi.faults.leftovers.append(leftover)
    wifi.faults.fail_next(LanFailure.NO_ANSWER, command="@TP")
    with pytest.raises(OutcomeUnknown):
        await client.start(espresso(machine))
    assert len(machine.drinks) == 1


@pytest.mark.parametrize("with_value", [True, False])
async def test_doubled_lock_is_no_unlock(client: WifiConnect, wifi: Dongle, machine: Machine, with_value: bool) -> None:
    """A second answer to the lock doesn't say that the keys are free again."""
    wifi.lock_answer_with_value = with_value
    wifi.faults.fail_next(LanFailure.DOUBLED, command="@TS:01")
    wifi.faults.fail_next(LanFailure.LOST, command="@TS:00")
    await gone_well_or_not(client.write_setting(AUTO_OFF, "213C"))
    assert not machine.keys_locked
    assert wifi.written == [("13", "3C")]


# --- settings -------------------------------------------------------------------------------------------------------


async def test_read_settings(client: WifiConnect, machine: Machine, definition: Definition) -> None:
    """All that the definition names, without their checksums; the form of two bytes too."""
    machine.settings.set("13", "22012C")
    for setting in definition.settings:
        assert await client.read_setting(setting.argument) == machine.settings[f"{setting.argument:02X}"]
    assert await client.read_setting(AUTO_OFF) == "22012C"


async def test_unknown_setting(client: WifiConnect, wifi: Dongle) -> None:
    """A machine that says it doesn't know an address, which takes no more than its answer."""
    begin = now()
    with pytest.raises(NotSupported):
        await client.read_setting(0x50)
    assert now() - begin < 20 + 1
    assert wifi.unlisted == ["@TM:50"]
    wifi.unlisted.clear()


@pytest.mark.parametrize(
    ("argument", "value", "stored"),
    [(AUTO_OFF, "213C", "3C"), (AUTO_OFF, "220168", "220168"), (AUTO_OFF, "0F", "0F"), (HARDNESS, "0D", "0D")],
)
@pytest.mark.parametrize("with_value", [True, False])
async def test_write_setting(
    client: WifiConnect,
    wifi: Dongle,
    machine: Machine,
    argument: int,
    value: str,
    stored: str,
    with_value: bool,
) -> None:
    """Locked, written once, unlocked, read back, in one session."""
    wifi.lock_answer_with_value = wifi.lock_marker = with_value
    await client.write_setting(argument, value)
    assert wifi.written == [(f"{argument:02X}", stored)]
    assert machine.settings[f"{argument:02X}"] == stored
    text = f"{argument:02X},{value}"
    assert received(wifi) == ["@TS:01", f"@TM:{text}{checksum(text)}", "@TS:00", f"@TM:{argument:02X}"]
    assert len(wifi.sessions) == 1
    assert not machine.keys_locked


async def test_refused_setting(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """What the machine doesn't take is said so, and the keys are free."""
    with pytest.raises(CommandRejected):
        await client.write_setting(AUTO_OFF, "2199")
    assert not machine.keys_locked
    assert not wifi.written
    assert received(wifi)[-1] == "@TS:00"


# Of each failure whether the machine acts, and what is said if it was a command that had no answer.
ACTS = {
    LanFailure.ANSWER_LOST,
    LanFailure.ACTED_NO_ANSWER,
    LanFailure.TRUNCATED,
    LanFailure.CUT,
    LanFailure.GARBAGE,
    LanFailure.WRONG_KEY,
    LanFailure.WRONG_PAGE,
    *HARMLESS,
}
ANSWERED = {LanFailure.WRONG_PAGE, *HARMLESS}


@pytest.mark.parametrize("command", ["@HP", "@TS:01", "@TM:13,", "@TS:00", "@TM:13"])
async def test_write_setting_fails_anywhere(wifi: Dongle, machine: Machine, command: str) -> None:
    """Whatever goes wrong where, the keys end unlocked, nothing is written twice, and nothing wrong is said."""
    client = client_of(wifi)
    for failure in LanFailure:
        machine.settings.set("13", "1E")
        since, begin = len(wifi.log), now()
        written = len(wifi.written)
        # The last one, the reading back, begins like the writing.
        wifi.faults.fail_next(failure, command=command, skip=1 if command == "@TM:13" else 0)
        result = await gone_well_or_not(client.write_setting(AUTO_OFF, "213C"))
        assert not wifi.faults.pending, failure
        assert now() - begin < 90, failure
        assert not machine.keys_locked, failure
        writes = received(wifi, "@TM:13,", since)
        was_written = len(wifi.written) > written
        assert len(writes) <= 1, failure
        assert len(wifi.written) - written <= 1, failure
        if result is None:
            assert machine.settings["13"] == "3C", failure
        elif command == "@HP":
            pytest.fail(f"one {failure} is not the end: {result}")
        elif command == "@TS:01":
            assert not writes, failure
            assert isinstance(result, CommandRejected | Unreachable | LinkLost), failure
        elif command == "@TM:13," and failure is LanFailure.REFUSED:
            assert isinstance(result, CommandRejected)
            assert not was_written
        else:
            assert isinstance(result, OutcomeUnknown), f"{failure}: {result!r}"
        if failure in ANSWERED:
            assert result is None, failure
        assert await client.read_setting(AUTO_OFF) == ("3C" if was_written else "1E"), failure
    assert not any(session.hurried for session in wifi.sessions)
    await client.close()


async def test_cancelled_write_unlocks(wifi: Dongle, machine: Machine) -> None:
    """A caller that gives up in the middle doesn't leave the keys locked."""
    client = client_of(wifi)
    locked = 0
    for step in range(12):
        writing = asyncio.create_task(client.write_setting(AUTO_OFF, "213C"))
        await opened(wifi)
        await asyncio.sleep(0.04 * step)
        locked += machine.keys_locked
        writing.cancel()
        await asyncio.wait([writing])
        await asyncio.sleep(1)
        assert not machine.keys_locked, step
    assert locked
    await client.close()


# --- a dongle that says what it is told to --------------------------------------------------------------------------


class Scripted:
    """A dongle that answers each command as its script says, and is silent otherwise."""

    def __init__(self, script: Mapping[str, str]) -> None:
        """Take the script: how a command begins, and the answer."""
        self.script = script
        self.received: list[str] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        """Open it."""
        self._server = await asyncio.start_server(self._serve, LAN_HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        deframer = Deframer()
        with suppress(OSError):
            while data := await reader.read(4096):
                for command in (item.body.decode() for item in deframer.feed(data)):
                    self.received.append(command)
                    answer = {"@HP": "@hp4", **self.script}
                    for body in (text for beginning, text in answer.items() if command.startswith(beginning)):
                        writer.write(frame(body, 0x42))
                        break
        writer.close()


WRITING = {"@TS:01": "@ts:01", "@TS:00": "@ts:00", "@TM:13,": "@tm:13"}


@pytest.mark.parametrize(
    ("script", "call", "error"),
    [
        ({"@TM:13": "@tm:13,1EF8"}, lambda client: client.read_setting(AUTO_OFF), ImplausibleReply),
        ({"@TM:13": "@tm:13,1E"}, lambda client: client.read_setting(AUTO_OFF), ImplausibleReply),
        ({"@TM:13": "@tm:93"}, lambda client: client.read_setting(AUTO_OFF), NotSupported),
        ({"@TM:13": "@an:error"}, lambda client: client.read_setting(AUTO_OFF), CommandRejected),
        (
            {**WRITING, "@TM:13": "@tm:13,1EF9"},
            lambda client: client.write_setting(AUTO_OFF, "213C"),
            OutcomeUnknown,
        ),
        ({**WRITING, "@TM:13,": "@tm:00"}, lambda client: client.write_setting(AUTO_OFF, "213C"), CommandRejected),
        ({**WRITING, "@TM:13,": "@tm:93"}, lambda client: client.write_setting(AUTO_OFF, "213C"), JuraError),
        ({**WRITING, "@TS:01": "@an:error"}, lambda client: client.write_setting(AUTO_OFF, "213C"), CommandRejected),
        ({"@TG:FF": "@tg:00"}, lambda client: client.cancel(), CommandRejected),
        ({"@TG:FF": "@an:error"}, lambda client: client.cancel(), CommandRejected),
        ({"@TS:00": "@an:error"}, lambda client: client.unlock_keys(), CommandRejected),
        ({"@TR:32,00": "@an:error"}, lambda client: client.read_counters(load_definition("EF1091")), CommandRejected),
        ({"@TR:32,00": "@tr:00"}, lambda client: client.read_counters(load_definition("EF1091")), NotSupported),
    ],
)
async def test_what_answers_mean(script: Mapping[str, str], call: Call, error: type[JuraError]) -> None:
    """Each no is understood as one at once; a no to the lock keeps the setting from being written at all."""
    async with Scripted(script) as dongle:
        client = WifiConnect(LAN_HOST, CREDENTIALS, "JURA", dongle.port)
        begin = now()
        with pytest.raises(error):
            await call(client)
        # The pause before the first session is up to 20 s.
        assert now() - begin < 20 + 2
        if script.get("@TS:01") == "@an:error":
            assert not [command for command in dongle.received if command.startswith("@TM:13,")]
        await client.close()


async def test_bank_that_ends_early() -> None:
    """That it isn't there, said of a later page, is the end of the bank."""
    script = {f"@TR:32,{page:02X}": f"@tr:32,{page:02X},0005FFFF00020003" for page in range(3)}
    async with Scripted({**script, "@TR:32,03": "@tr:00"}) as dongle:
        client = WifiConnect(LAN_HOST, CREDENTIALS, "JURA", dongle.port)
        counters = await client.read_counters(load_definition("EF1091"))
        assert counters.total == 5
        assert counters.slots == {2: 2, 3: 3, 4: 5, 6: 2, 7: 3, 8: 5, 10: 2, 11: 3}
        await client.close()


# --- commands -------------------------------------------------------------------------------------------------------

COMMANDS: dict[str, tuple[str, Callable[[WifiConnect, Machine], Awaitable[object]]]] = {
    "start": ("@TP", lambda client, machine: client.start(espresso(machine))),
    "cancel": ("@TG:FF", lambda client, _: client.cancel()),
    "unlock": ("@TS:00", lambda client, _: client.unlock_keys()),
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_command_fails(wifi: Dongle, machine: Machine, command: str) -> None:
    """What may have reached the machine is unknown, what can't have is said so; and nothing is ever sent twice."""
    beginning, call = COMMANDS[command]
    client = client_of(wifi)
    for failure in LanFailure:
        if command == "cancel":
            assert machine.press_product(0x04)
            await asyncio.sleep(3)
        machine.lock_keys(command == "unlock")
        since, drinks, orders = len(wifi.log), len(machine.drinks), len(machine.orders)
        wifi.faults.fail_next(failure, command=beginning)
        begin = now()
        result = await gone_well_or_not(call(client, machine))
        assert now() - begin < 3 + 6 + 1, failure
        assert not wifi.faults.pending
        acted = {
            "start": len(machine.drinks) == drinks + 1,
            "cancel": bool(machine.drinks) and machine.drinks[-1].outcome is Outcome.CANCELLED,
            "unlock": not machine.keys_locked,
        }[command]
        assert acted is (failure in ACTS), failure
        if failure is LanFailure.REFUSED:
            assert isinstance(result, CommandRejected)
        elif failure in ANSWERED:
            assert result is None, failure
        else:
            # Of the answer to an unlock half is enough.
            half = command == "unlock" and failure in (LanFailure.TRUNCATED, LanFailure.CUT) and result is None
            assert half or isinstance(result, OutcomeUnknown), f"{failure}: {result!r}"
        machine.lock_keys(False)
        await asyncio.sleep(200)
        assert received(wifi, beginning, since) == received(wifi, since=since)
        assert len(received(wifi, beginning, since)) == 1, failure
        assert len(machine.orders) - orders == (command == "start" and acted), failure
        assert len(machine.drinks) - drinks <= 1, failure
    await client.close()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("failure", [LanFailure.LOST, LanFailure.CLOSED, LanFailure.NO_ANSWER, LanFailure.REFUSED])
async def test_login_fails_before_a_command(wifi: Dongle, machine: Machine, command: str, failure: LanFailure) -> None:
    """One failed login is tried again after a pause; two are the end, and nothing was sent."""
    beginning, call = COMMANDS[command]
    client = client_of(wifi)
    if command == "cancel":
        # Something that takes long enough.
        machine.heating_seconds = 1
        assert machine.press_product(0x0D, WATER_AMOUNT=60)
        await asyncio.sleep(3)
    wifi.faults.fail_next(failure, command="@HP", times=2)
    begin = now()
    with pytest.raises(Busy):
        await call(client, machine)
    assert now() - begin < 3 + 15 + 20 + 15 + 1
    assert not received(wifi)
    assert len(wifi.sessions) == 2
    assert pauses(wifi)[0] >= 20
    assert not machine.orders
    await asyncio.sleep(100)
    wifi.faults.fail_next(failure, command="@HP")
    await call(client, machine)
    assert len(received(wifi, beginning)) == 1
    assert pauses(wifi)[-1] >= 20
    await client.close()


async def test_commands(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """What each does, to the machine; what can't be done over WiFi isn't tried."""
    recipe = with_values(espresso(machine), {Parameter.WATER: 40, Parameter.STRENGTH: 5})
    await client.start(recipe)
    await client.cancel()
    (drink,) = machine.drinks
    assert drink.outcome is Outcome.CANCELLED
    assert (drink.recipe["WATER_AMOUNT"], drink.recipe["COFFEE_STRENGTH"]) == (40, 5)
    machine.lock_keys(True)
    await client.unlock_keys()
    assert not machine.keys_locked
    since = len(wifi.log)
    for call in (client.lock_keys(), client.switch_off()):
        with pytest.raises(NotSupported):
            await call
    with pytest.raises(InvalidRecipe):
        await client.start(with_values(espresso(machine), {Parameter.WATER: 500}))
    await client.release()
    assert len(wifi.log) == since
    assert client.events["command"] >= 2


async def test_machine_refuses_order(client: WifiConnect, machine: Machine) -> None:
    """No water, no coffee; and it says so."""
    machine.empty_water_tank()
    with pytest.raises(CommandRejected):
        await client.start(espresso(machine))
    assert not machine.drinks
    machine.fill_water_tank()
    await client.start(espresso(machine))
    assert len(machine.drinks) == 1


# --- pauses and turns -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("min_pause", [20.0])
async def test_routine_waits_20_seconds(client: WifiConnect, wifi: Dongle, definition: Definition) -> None:
    """Also before the very first session: somebody may just have left."""
    begin = now()
    for _ in range(3):
        await client.read_setting(AUTO_OFF)
    await client.read_maintenance(definition)
    assert wifi.sessions[0].opened - begin >= 20
    assert all(20 <= pause < 20.1 for pause in pauses(wifi))
    assert len(wifi.sessions) == 4


async def test_command_waits_3_seconds(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """And no more, for a person waits."""
    await client.unlock_keys()
    await client.start(espresso(machine))
    await client.cancel()
    assert all(3 <= pause < 3.1 for pause in pauses(wifi))
    assert len(wifi.sessions) == 3
    await client.read_setting(AUTO_OFF)
    assert pauses(wifi)[-1] >= 20
    assert not any(session.hurried for session in wifi.sessions)


@pytest.mark.parametrize("min_pause", [20.0])
async def test_hurried_command(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """A dongle that needs longer hangs up: waited for, and logged in once more."""
    await client.read_setting(AUTO_OFF)
    await client.start(espresso(machine))
    assert [session.hurried for session in wifi.sessions] == [False, True, False]
    assert [pause >= wanted for pause, wanted in zip(pauses(wifi), (3, 20), strict=True)] == [True, True]
    assert len(machine.drinks) == len(received(wifi, "@TP")) == 1


async def test_one_session_at_a_time(
    client: WifiConnect, wifi: Dongle, machine: Machine, definition: Definition
) -> None:
    """Everybody is served, one after another; a person first."""
    counters, maintenance, setting, _, live, _ = await asyncio.gather(
        client.read_counters(definition),
        client.read_maintenance(definition),
        client.read_setting(AUTO_OFF),
        client.unlock_keys(),
        client.read_live(),
        client.unlock_keys(),
    )
    assert counters.total == machine.total
    assert maintenance.counts
    assert setting == "1E"
    assert live.status is not None
    assert len(wifi.sessions) == 5
    assert wifi.turned_away == 0
    assert not any(session.hurried for session in wifi.sessions)
    assert all(session.ended_by == "client" for session in wifi.sessions)
    assert [command for command in received(wifi) if command[:4] != "@TR:"][:2] == ["@TS:00", "@TS:00"]


async def test_command_does_not_wait_for_a_routine_pause(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """While routine waits for its 20 s, a person's 3 s are enough; routine then waits anew."""
    await client.read_setting(AUTO_OFF)
    reading = asyncio.create_task(client.read_setting(AUTO_OFF))
    await asyncio.sleep(1)
    begin = now()
    await client.start(espresso(machine))
    assert now() - begin < 3 + 1
    await asyncio.sleep(1)
    await client.cancel()
    assert await reading == "1E"
    assert min(pauses(wifi)) >= 3
    assert pauses(wifi)[-1] >= 20


async def test_cancelled_caller_counts_as_a_session(wifi: Dongle, machine: Machine) -> None:
    """A reading that is broken off for a drink, wherever it is, leaves the dongle its pause."""
    client = client_of(wifi)
    for step in range(6):
        reading = asyncio.create_task(client.read_setting(AUTO_OFF))
        await opened(wifi)
        await asyncio.sleep(0.04 * step)
        reading.cancel()
        await asyncio.wait([reading])
        begin = now()
        await client.unlock_keys()
        assert now() - begin < 4, step
        assert not any(session.hurried for session in wifi.sessions), step
    assert wifi.turned_away == 0
    await client.close()


@pytest.mark.parametrize("busy", ["reset", "refuse"])
async def test_phone_has_the_session(client: WifiConnect, wifi: Dongle, machine: Machine, busy: str) -> None:
    """Busy, after a second attempt; state still comes over UDP; and afterwards everything works."""
    wifi.busy = busy  # type: ignore[assignment]
    wifi.phone_connects()
    begin = now()
    with pytest.raises(Busy):
        await client.start(espresso(machine))
    assert 20 <= now() - begin < 25
    with pytest.raises(Busy):
        await client.read_setting(AUTO_OFF)
    assert (await client.read_live()).status is not None
    wifi.phone_disconnects()
    await client.start(espresso(machine))
    assert len(machine.drinks) == 1


# --- a login that is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("refused_pin", ["@hp5", "@hp5:00"])
@pytest.mark.parametrize("closes", [True, False])
async def test_wrong_pin(client: WifiConnect, wifi: Dongle, refused_pin: str, closes: bool) -> None:
    """Only the second refusal in a row, 20 s later, is one; a success in between forgets the first."""
    wifi.refused_pin, wifi.closes_after_refusal = refused_pin, closes
    for _ in range(2):
        wifi.pin = "1111"
        with pytest.raises(Busy):
            await client.read_setting(AUTO_OFF)
        wifi.pin = PIN
        await client.read_setting(AUTO_OFF)
    wifi.pin = "1111"
    with pytest.raises(Busy):
        await client.read_setting(AUTO_OFF)
    first = now()
    for _ in range(2):
        with pytest.raises(LoginRefused) as refused:
            await client.read_setting(AUTO_OFF)
        assert refused.value.refusal == Refusal.PIN
        assert now() - first >= 20
    wifi.pin = PIN
    await client.read_setting(AUTO_OFF)


@pytest.mark.parametrize("forgotten", [True, False], ids=["id-unknown", "another-token"])
async def test_wrong_token(client: WifiConnect, wifi: Dongle, machine: Machine, forgotten: bool) -> None:
    """A person's command finds out by itself, in 20 s, and nothing is sent."""
    wifi.tokens.clear()
    if not forgotten:
        wifi.tokens[CLIENT_ID] = "AB" * 32
    begin = now()
    with pytest.raises(LoginRefused) as refused:
        await client.start(espresso(machine))
    assert refused.value.refusal == Refusal.TOKEN
    assert 20 <= now() - begin < 25
    assert len(wifi.sessions) == 2
    assert not received(wifi)
    assert client.events["login refused"] == 2


def test_secrets_are_not_shown() -> None:
    """Neither in a representation nor in an error's."""
    for text in (repr(CREDENTIALS), str(CREDENTIALS), repr(LoginRefused(Refusal.PIN))):
        assert PIN not in text
        assert TOKEN not in text
    assert NAME in repr(CREDENTIALS)


# --- UDP ------------------------------------------------------------------------------------------------------------


async def test_live(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """State comes over UDP, at once and without any session; while a drink is made there is no status word."""
    begin = now()
    for change in (machine.empty_water_tank, machine.fill_water_tank, machine.remove_drip_tray):
        change()
        live = await client.read_live()
        assert live.status is not None
        assert live.status.bits == machine.status_bits
        assert live.progress.state == 0
    assert now() - begin < 1
    versions = await client.read_versions()
    assert (versions.dongle, versions.machine) == ("TT237W V08.27", "EF1091M V01.06")
    machine.insert_drip_tray()
    assert machine.press_product(0x28)
    states = []
    while machine.progress.code:
        truth = machine.progress
        live = await client.read_live()
        assert (live.progress.state, live.progress.code, live.status) == (truth.state, 0x28, None)
        states.append(live.progress.state)
        await asyncio.sleep(0.7)
    assert states[-1] == 0x3E
    assert len(set(states)) >= 3
    assert (await client.read_live()).progress.code is None
    assert not wifi.sessions


async def test_forged_datagrams(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """What comes from another address or port is not even seen."""
    await client.read_live()
    port = next(int(entry.peer.rpartition(":")[2]) for entry in wifi.log if entry.is_datagram)
    own = next(entry.peer.rpartition(":")[0] for entry in wifi.log if entry.is_datagram)
    machine.empty_water_tank()
    forged = wifi.datagram()
    machine.fill_water_tank()
    wifi.faults.drop_datagrams = 3
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((LAN_HOST, 0))
        reading = asyncio.create_task(client.read_live())
        for _ in range(20):
            await asyncio.sleep(0.1)
            other.sendto(forged, (own, port))
        assert not reading.done()
        live = await reading
    assert live.status is not None
    assert 1 not in live.status.bits


async def test_implausible_datagrams(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """What isn't an answer is ignored, whatever its size, and the next question gets a good one."""
    good = wifi.datagram()
    machine.empty_water_tank()
    implausible = [
        b"",
        good[:109],
        good[:110],
        bytes(len(good)),
        good[:2] + b"\x25\xf3" + good[4:],
        good[:2] + b"\xe5\xf3" + good[4:],
        b"\x00\x10" + good[2:],
        bytes(60_000),
    ]
    for index, datagram in enumerate(implausible):
        wifi.faults.datagrams = [datagram]
        begin = now()
        live = await client.read_live()
        assert 1 <= now() - begin < 2.1, index
        assert live.status is not None
        assert live.status.bits == machine.status_bits, index
    # One that is longer than it says: what it says counts.
    wifi.faults.datagrams = [good + bytes(range(256)) * 8]
    live = await client.read_live()
    assert live.status is not None
    assert (live.status.length, 1 in live.status.bits) == (8 * wifi.status_bytes, False)
    # Empty ones may be swallowed by the loop.
    assert client.events["implausible datagram"] >= len(implausible) - 1


async def test_old_datagrams_are_not_believed(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """An answer that comes long after its question is thrown away; the newest wins."""
    await client.read_live()
    peer = next(entry.peer for entry in wifi.log if entry.is_datagram)
    host, _, port = peer.rpartition(":")
    for _ in range(10):
        wifi.send_datagram(wifi.datagram(), host, int(port))
    machine.empty_water_tank()
    await asyncio.sleep(1)
    live = await client.read_live()
    assert live.status is not None
    assert 1 in live.status.bits


async def test_silence(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """One that did answer is gone after 30 polls, for a person after 5; a few lost ones are nothing; it comes back."""
    await client.read_live()
    wifi.faults.drop_datagrams = 4
    assert (await client.read_live()).status is not None
    wifi.answers_udp = False
    for urgency, expected in ((Urgency.POLL, 30), (Urgency.COMMAND, 5), (Urgency.POLL, 30)):
        since, begin = len(wifi.log), now()
        with pytest.raises(Unreachable):
            await client.read_live(urgency)
        assert len(polls(wifi, since)) == expected
        assert expected <= now() - begin < expected + 0.5
    wifi.answers_udp = True
    assert (await client.read_live()).status is not None
    assert not wifi.sessions


async def test_poll_of_one_that_never_answered(client: WifiConnect, wifi: Dongle) -> None:
    """Five polls, one a second, with the machine's own address in them; then it is unreachable."""
    wifi.answers_udp = False
    with pytest.raises(Unreachable):
        await client.poll(30)
    times = polls(wifi)
    assert len(times) == 5
    assert all(0.99 < later - earlier < 1.1 for earlier, later in pairwise(times))
    (body,) = {entry.body for entry in wifi.log if entry.is_datagram}
    assert body == "0010A5F3" + socket.inet_aton(wifi.host).hex().upper() + "00" * 8
    wifi.answers_udp = True
    assert (await client.poll()).identity.article == 15480


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere loopback has no broadcast address")
async def test_scan(wifi: Dongle) -> None:
    """A scan finds it, also while somebody else has the port number."""
    (found,) = (await scan([BROADCAST, BROADCAST], wifi.port)).values()
    assert (found.identity.unique_id, found.name) == ("15480-4711-4", "Kitchen")
    wifi.faults.datagrams = [bytes(2000), b"@"]
    assert not await scan([BROADCAST, BROADCAST], wifi.port)


# --- a dongle without UDP -------------------------------------------------------------------------------------------

SILENT = pytest.mark.parametrize("answers_udp", [False])


@SILENT
async def test_listening(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """An hour at its own pace: short sessions that only listen, at most one a minute; UDP is tried again now and then."""
    machine.empty_water_tank()
    begin = now()
    while now() - begin < 3600:
        live = await client.read_live()
        assert live.status is not None
        assert live.status.bits == machine.status_bits
        assert client.rhythm.idle is not None
        await asyncio.sleep(client.rhythm.idle)
    assert client.rhythm.idle == 60
    assert not received(wifi)
    assert 40 < len(wifi.sessions) <= 60
    assert min(pauses(wifi)) >= 57
    assert all(session.closed is not None and session.closed - session.opened < 3 for session in wifi.sessions)
    # Five at the start, and five every ten minutes.
    assert 25 <= len(polls(wifi)) <= 35
    wifi.answers_udp = True
    await asyncio.sleep(600)
    await client.read_live()
    assert client.rhythm.idle == 10
    sessions = len(wifi.sessions)
    await client.read_live()
    assert len(wifi.sessions) == sessions


@SILENT
async def test_following(client: WifiConnect, wifi: Dongle, machine: Machine, definition: Definition) -> None:
    """The session of the order stays, in silence, until "enjoy"."""
    await client.read_live()
    await client.start(espresso(machine))
    assert wifi.session is not None
    session = wifi.session
    states = []
    while not states or states[-1] != 0x3E:
        live = await client.read_live()
        assert (live.progress.code, live.status) == (0x02, None)
        states.append(live.progress.state)
    assert states[0] == 0x39
    assert (wifi.session, session.ended_by) == (None, "client")
    assert len(machine.drinks) == 1
    assert received(wifi) == received(wifi, "@TP")
    await asyncio.sleep(20)
    assert (await client.read_live()).progress.state == 0
    assert (await client.read_counters(definition)).total == machine.total


@SILENT
async def test_cancel_while_following(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """Somebody presses "cancel" while the next push is waited for, as always: both get what they want."""
    await client.read_live()
    for delay in (0.0, 0.5, 1.0, 1.5):
        await client.start(espresso(machine))
        session = wifi.session
        await client.read_live()
        reading = asyncio.create_task(client.read_live())
        await asyncio.sleep(delay)
        begin = now()
        await client.cancel()
        assert now() - begin < 3, delay
        assert machine.drinks[-1].outcome is Outcome.CANCELLED
        assert wifi.sessions[-1] is session
        await gone_well_or_not(reading)
        assert (await client.read_live()).progress.state == 0, delay
        await asyncio.sleep(30)
        assert wifi.session is None
    assert len(machine.drinks) == len(received(wifi, "@TG:FF")) == 4


@SILENT
async def test_two_follow(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """Two who look at the same time both see the drink."""
    await client.read_live()
    await client.start(espresso(machine))
    for live in await asyncio.gather(client.read_live(), client.read_live(), client.read_live()):
        assert live.progress.code == 0x02


@SILENT
async def test_session_lost_while_following(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """Lost sight of, once; then it is listened to again, and nothing is ordered again."""
    await client.read_live()
    barista = load_definition("EF1091").product("cafe_barista")
    assert barista is not None
    # Long enough to be still made after a pause.
    await client.start(with_values(default_recipe(barista), {Parameter.WATER: 120}))
    await client.read_live()
    assert wifi.session is not None
    wifi.session.reset()
    with pytest.raises(LinkLost):
        await client.read_live()
    live = await client.read_live()
    assert live.progress.code == 0x28
    assert len(received(wifi, "@TP")) == 1
    assert pauses(wifi)[-1] >= 20


@SILENT
@pytest.mark.parametrize("end", ["release", "close"])
async def test_letting_go_while_following(client: WifiConnect, wifi: Dongle, machine: Machine, end: str) -> None:
    """The phone may have it; the drink goes on."""
    await client.read_live()
    await client.start(espresso(machine))
    assert wifi.session is not None
    await getattr(client, end)()
    await asyncio.sleep(0.1)
    assert wifi.session is None
    assert wifi.phone_connects()
    await asyncio.sleep(60)
    assert [drink.outcome for drink in machine.drinks] == [Outcome.FINISHED]


@SILENT
async def test_order_fails_without_udp(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """An order of which nothing is known is not followed in its session, and not repeated."""
    await client.read_live()
    wifi.faults.fail_next(LanFailure.ACTED_NO_ANSWER, command="@TP")
    with pytest.raises(OutcomeUnknown):
        await client.start(espresso(machine))
    await asyncio.sleep(0.1)
    assert wifi.session is None
    assert (await client.read_live(Urgency.COMMAND)).progress.code == 0x02
    assert len(machine.drinks) == 1


async def test_off_at_first_is_not_without_udp(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """A machine that is off when Home Assistant starts says nothing about its firmware: no session once it is on."""
    machine.power_cut()
    for _ in range(3):
        with pytest.raises(Unreachable):
            await client.read_live()
    machine.switch_on()
    await asyncio.sleep(5)
    assert (await client.read_live()).status is not None
    assert client.rhythm.idle == 10
    assert not wifi.sessions


# --- off in the middle of everything, and the end --------------------------------------------------------------------

EVERYTHING: dict[str, Call] = {
    "live": lambda client: client.read_live(),
    "counters": lambda client: client.read_counters(load_definition("EF1091")),
    "maintenance": lambda client: client.read_maintenance(load_definition("EF1091")),
    "setting": lambda client: client.read_setting(AUTO_OFF),
    "limits": lambda client: client.read_limits(load_definition("EF1091")),
    "write": lambda client: client.write_setting(AUTO_OFF, "213C"),
    "unlock": lambda client: client.unlock_keys(),
}


@pytest.mark.parametrize("what", EVERYTHING)
@pytest.mark.parametrize("answers_udp", [True, False])
async def test_machine_goes_off(client: WifiConnect, wifi: Dongle, machine: Machine, what: str) -> None:
    """Whatever was going on ends in an error soon; on again, everything works, and the keys are free."""
    machine.heating_seconds = machine.rinse_seconds = 1
    call = EVERYTHING[what]
    # Who may have left the keys locked tries on for a while to unlock them: an absent machine looks like a busy one.
    limit = 100 if what == "write" else 60
    for delay in (0.0, 0.05, 0.1, 0.15, 0.3):
        running = asyncio.ensure_future(call(client))
        begin = now()
        if what != "live" or not wifi.answers_udp:
            await opened(wifi)
        await asyncio.sleep(delay)
        machine.power_cut()
        begin = now()
        await gone_well_or_not(running)
        assert now() - begin < limit
        machine.switch_on()
        await asyncio.sleep(30)
        await call(client)
        assert not machine.keys_locked
        await asyncio.sleep(1)
        assert wifi.session is None
    await asyncio.sleep(20)


async def test_machine_goes_off_during_an_order(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """The order is gone with the power: unknown, and never repeated."""
    machine.heating_seconds = machine.rinse_seconds = 1
    for delay in (0.01, 0.05, 0.1, 0.14):
        since = len(wifi.log)
        ordering = asyncio.create_task(client.start(espresso(machine)))
        while not received(wifi, "@TP", since) and not ordering.done():
            await asyncio.sleep(0.005)
        await asyncio.sleep(delay - 0.005)
        done = ordering.done()
        machine.power_cut()
        result = await gone_well_or_not(ordering)
        assert isinstance(result, OutcomeUnknown) or done, delay
        machine.switch_on()
        await asyncio.sleep(100)
        assert len(received(wifi, "@TP", since)) == 1
        assert (await client.read_live()).progress.state == 0


def sockets() -> int:
    """Return how many files and sockets are open."""
    return len(list(Path("/dev/fd").iterdir()))


@pytest.mark.parametrize("answers_udp", [True, False])
async def test_nothing_is_left(wifi: Dongle, machine: Machine, definition: Definition) -> None:
    """After the end there is no socket, no session and no task, also when several called at the same time."""
    before, tasks = sockets(), asyncio.all_tasks()
    client = client_of(wifi)
    await asyncio.gather(*[client.read_live() for _ in range(5)])
    await asyncio.gather(client.read_counters(definition), client.read_live(), client.unlock_keys())
    await client.start(espresso(machine))
    await client.read_live()
    await client.close()
    await asyncio.sleep(0.5)
    assert wifi.session is None
    assert sockets() == before
    assert asyncio.all_tasks() == tasks
    await client.close()


@pytest.mark.parametrize("what", EVERYTHING)
@pytest.mark.parametrize("answers_udp", [True, False])
async def test_close_in_the_middle(wifi: Dongle, machine: Machine, caplog: pytest.LogCaptureFixture, what: str) -> None:
    """When it returns another client may have the dongle: nothing runs on, whatever was going on."""
    for delay in (0.0, 1.0, 5.5, 20.02, 20.1, 20.2, 25.3):
        if what == "live" and wifi.answers_udp:
            wifi.faults.drop_datagrams = 3
        before = sockets()
        client = client_of(wifi)
        running = asyncio.ensure_future(call := EVERYTHING[what](client))
        await asyncio.sleep(delay)
        await client.close()
        await asyncio.sleep(0.1)
        assert wifi.session is None, (delay, call)
        assert not machine.keys_locked
        since, opened = len(polls(wifi)), len(wifi.sessions)
        begin = now()
        with suppress(JuraError):
            await running
        assert now() - begin < 60
        await asyncio.sleep(60)
        assert sockets() == before, delay
        assert len(wifi.sessions) == opened, delay
        assert len(polls(wifi)) == since, delay
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


# --- maintenance programs -------------------------------------------------------------------------------------------


async def test_start_of_a_program_fails(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """What may have begun is unknown, a refusal is one, and no start is ever sent twice."""
    for failure in LanFailure:
        since = len(wifi.log)
        wifi.faults.fail_next(failure, command="@TG:23")
        result = await gone_well_or_not(client.start_program("@TG:23"))
        assert (machine.program is not None) is (failure in ACTS), failure
        if failure is LanFailure.REFUSED:
            assert isinstance(result, CommandRejected)
        elif failure in ANSWERED:
            assert result is None, failure
        else:
            assert isinstance(result, OutcomeUnknown), f"{failure}: {result!r}"
        await asyncio.sleep(200)
        assert received(wifi, since=since) == ["@TG:23"], failure


async def test_program_refused(client: WifiConnect, wifi: Dongle, machine: Machine) -> None:
    """The machine's own no is told from an answer that is lost."""
    machine.empty_water_tank()
    with pytest.raises(CommandRejected):
        await client.start_program("@TG:24")
    assert machine.program is None


@pytest.mark.parametrize("command", ["@TG:7E", "@TG:20", "@TG:27", "@TF:02", "@TG:01", ""])
async def test_other_commands_are_no_program(client: WifiConnect, wifi: Dongle, command: str) -> None:
    """Whatever a definition may say: only what the protocol document lists goes out."""
    with pytest.raises(NotSupported):
        await client.start_program(command)
    with pytest.raises(NotSupported):
        await client.accept_step(command)
    assert not wifi.sessions


@pytest.mark.parametrize("model", ["15473"])
@pytest.mark.parametrize("answers_udp", [True, False])
async def test_program_step_by_step(client: WifiConnect, wifi: Dongle, machine: Machine, answers_udp: bool) -> None:
    """Started, seen, continued and seen again; without UDP all in the one session that began it."""
    await client.read_live()
    await client.start_program("@TG:21")
    sessions = len(wifi.sessions)
    assert (await client.read_live()).progress.state == 0x92
    await client.accept_step("@TG:04")
    await asyncio.sleep(3)
    assert (await client.read_live()).progress.state == 0x93
    assert received(wifi) == ["@TG:21", "@TG:04"]
    if not answers_udp:
        assert len(wifi.sessions) == sessions
    await client.release()
