"""Adding a machine: found by Home Assistant, or by hand when it isn't, with a reason and a way on for each failure."""

from dataclasses import replace
from typing import Any

from homeassistant.components import bluetooth
from homeassistant.config_entries import (
    SOURCE_BLUETOOTH,
    SOURCE_IGNORE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_ADDRESS
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from simulator.advertisement import MANUFACTURER_ID, NAME, Advertisement
from simulator.definitions import definition_for
from simulator.faults import Failure
from simulator.machine import Machine
from simulator.scanner import SimulatedScanner, async_add_simulated_adapter
from simulator.smart_connect import SmartConnect

from .conftest import ADDRESS, async_wait_for
from .helpers import SILENCE, UNIQUE_ID, async_pass, check_texts, make_bluetooth_time_virtual, replace_in_range

OTHER_ADDRESS = "C0:FF:EE:00:00:02"
ENTRY_DATA = {"address": ADDRESS, "article": 15336, "definition": "EF538"}


class Range:
    """The adapters of Home Assistant, which a test adds one by one."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without any."""
        self._hass = hass
        self._removes: list[Any] = []

    async def add(self, *devices: Any, passive: bool = False, rssi: int = -60) -> SimulatedScanner:
        """Add an adapter that hears these Smart Connects or other devices."""
        scanner, remove = await async_add_simulated_adapter(
            self._hass, devices, passive=passive, rssi=rssi, slots=2, name=f"Adapter {len(self._removes) + 1}"
        )
        self._removes.append(remove)
        return scanner

    def unplug_all(self) -> None:
        """Take away all adapters."""
        while self._removes:
            self._removes.pop()()


@pytest.fixture(autouse=True)
def bluetooth_time(virtual_time: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Bluetooth forget what is silent."""
    make_bluetooth_time_virtual(monkeypatch)


@pytest.fixture
async def in_range(hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None) -> Any:
    """Return what puts devices into range; afterwards nothing of an entry is left."""
    in_range = Range(hass)
    yield in_range
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.source != SOURCE_IGNORE:
            await hass.config_entries.async_remove(entry.entry_id)
    in_range.unplug_all()
    await hass.async_block_till_done(wait_background_tasks=True)


class Stranger:
    """A device that is not a Smart Connect, as far as an adapter hears it."""

    def __init__(self, address: str, *, name: str = "", data: bytes | None = None, uuids: tuple[str, ...] = ()) -> None:
        """Give it something to say."""
        self.address = address
        self.said = Advertisement(
            manufacturer_data={} if data is None else {MANUFACTURER_ID: data}, name=name, service_uuids=uuids
        )

    def advertisement(self) -> Advertisement:
        """Say it."""
        return self.said


class Nameless(SmartConnect):
    """A Smart Connect as an adapter in passive mode hears it: the name is in the half that it never asks for."""

    def advertisement(self) -> Advertisement | None:
        """Return only the first half."""
        heard = super().advertisement()
        return heard and Advertisement(manufacturer_data=heard.manufacturer_data, name="", service_uuids=())


def machine_with(**changes: Any) -> Machine:
    """Return an E8 of which something is different."""
    return Machine(replace(definition_for("15336"), **changes))


def flows(hass: HomeAssistant) -> Any:
    """Return what Home Assistant offers to add."""
    return hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def async_found(hass: HomeAssistant) -> Any:
    """Return the one discovery."""
    (flow,) = await async_wait_for(hass, lambda: flows(hass))
    assert flow["context"]["source"] == SOURCE_BLUETOOTH
    return flow


async def async_show(hass: HomeAssistant, flow: Any) -> ConfigFlowResult:
    """Open a discovery, as a person does who presses "Add"."""
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    check_texts(result)
    return result


async def async_submit(hass: HomeAssistant, result: Any, **values: Any) -> ConfigFlowResult:
    """Press "Submit"; what is shown then must be text, and the link must be free a moment later."""
    result = await hass.config_entries.flow.async_configure(result["flow_id"], values)
    check_texts(result)
    await hass.async_block_till_done()
    return result


async def async_start_by_hand(hass: HomeAssistant) -> ConfigFlowResult:
    """Press "Add integration"."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {"next_step_id": "nearby"})
    check_texts(result)
    return result


def offered(result: Any) -> dict[str, str]:
    """Return the addresses and labels of a list of machines."""
    (selector,) = result["data_schema"].schema.values()
    return {option["value"]: option["label"] for option in selector.config["options"]}


def assert_added(hass: HomeAssistant, result: Any, **data: Any) -> MockConfigEntry:
    """Fail unless the flow ended in an entry that works."""
    assert result["type"] == "create_entry", result
    entry: MockConfigEntry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert dict(entry.data) == ENTRY_DATA | data
    assert flows(hass) == []
    return entry


async def assert_free(hass: HomeAssistant, smart_connect: SmartConnect) -> None:
    """Fail if the link is still held a few seconds after a try: the owner's phone could not get in."""
    await async_pass(hass, 4)
    assert smart_connect.link is None


# --- found by Home Assistant ------------------------------------------------------------------------------------------


async def test_discovered_and_confirmed(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """Two clicks, or a newcomer has no coffee."""
    await in_range.add(smart_connect)
    flow = await async_found(hass)
    assert flow["context"]["title_placeholders"] == {"name": "JURA E8 (EB)"}
    assert flow["context"]["unique_id"] == UNIQUE_ID
    assert smart_connect.connections == 0, "the phone was shut out before anybody asked for anything"
    result = await async_show(hass, flow)
    assert (result["type"], result["step_id"]) == ("form", "confirm")
    assert result["description_placeholders"]["article"] == "15336"
    result = await async_submit(hass, result)
    entry = assert_added(hass, result)
    assert entry.title == "JURA E8 (EB)"
    assert entry.unique_id == UNIQUE_ID
    await async_pass(hass, 30)
    assert smart_connect.link is None


async def test_discovered_once(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """The same machine heard again is not offered a second time, neither before nor after it was added."""
    await in_range.add(smart_connect)
    flow = await async_found(hass)
    bluetooth.async_rediscover_address(hass, ADDRESS)
    await async_pass(hass, 5)
    assert [again["flow_id"] for again in flows(hass)] == [flow["flow_id"]]
    assert_added(hass, await async_submit(hass, flow))
    bluetooth.async_rediscover_address(hass, ADDRESS)
    await async_pass(hass, 5)
    assert flows(hass) == []
    result = await async_discover(hass, ADDRESS)
    assert result["reason"] == "already_configured"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def async_discover(hass: HomeAssistant, address: str) -> ConfigFlowResult:
    """Hand a heard device to the flow as Home Assistant does, to see what becomes of it."""
    info = bluetooth.async_last_service_info(hass, address)
    assert info is not None
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_BLUETOOTH}, data=info)
    check_texts(result)
    return result


async def async_accept_new_dongle(hass: HomeAssistant) -> ConfigFlowResult:
    """Say that a Smart Connect was replaced."""
    (flow,) = flows(hass)
    assert flow["step_id"] == "new_dongle"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    check_texts(result)
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    check_texts(result)
    return result


async def test_new_dongle_after_the_old_one_fell_silent(
    hass: HomeAssistant, in_range: Range, machine: Machine, smart_connect: SmartConnect
) -> None:
    """A dongle that broke and was replaced: the entry goes on with the new one, once its owner says so."""
    scanner = await in_range.add(smart_connect)
    entry = assert_added(hass, await async_submit(hass, await async_found(hass)))
    replace_in_range(scanner)
    await async_pass(hass, SILENCE)
    new = SmartConnect(machine, address=OTHER_ADDRESS, key=0x11)
    replace_in_range(scanner, new)
    await async_pass(hass, 60)
    assert dict(entry.data) == ENTRY_DATA
    assert not new.connections
    result = await async_accept_new_dongle(hass)
    assert result["reason"] == "new_dongle"
    await async_pass(hass, 60)
    assert dict(entry.data) == ENTRY_DATA | {"address": OTHER_ADDRESS}
    assert entry.state is ConfigEntryState.LOADED
    assert new.connections


async def test_new_dongle_at_once(
    hass: HomeAssistant, in_range: Range, machine: Machine, smart_connect: SmartConnect
) -> None:
    """Who swaps the dongle within a minute must not be left without the machine for good."""
    scanner = await in_range.add(smart_connect)
    entry = assert_added(hass, await async_submit(hass, await async_found(hass)))
    await async_pass(hass, 40)
    replace_in_range(scanner)
    await async_pass(hass, 20)
    replace_in_range(scanner, SmartConnect(machine, address=OTHER_ADDRESS, key=0x11))
    await async_pass(hass, SILENCE)
    await async_accept_new_dongle(hass)
    assert entry.data[CONF_ADDRESS] == OTHER_ADDRESS


async def test_impostor_while_the_machine_is_off(
    hass: HomeAssistant, in_range: Range, machine: Machine, smart_connect: SmartConnect
) -> None:
    """One that imitates a machine which is off gets a question asked and nothing else; it is over when that one is back."""
    scanner = await in_range.add(smart_connect)
    entry = assert_added(hass, await async_submit(hass, await async_found(hass)))
    replace_in_range(scanner)
    await async_pass(hass, SILENCE)
    impostor = SmartConnect(Machine(machine.definition), address=OTHER_ADDRESS, key=0x11)
    replace_in_range(scanner, impostor)
    await async_pass(hass, 3600)
    assert dict(entry.data) == ENTRY_DATA
    assert not impostor.connections
    # The machine is back, and only then its owner finds the question.
    connections = smart_connect.connections
    replace_in_range(scanner, smart_connect, impostor)
    await async_pass(hass, 120)
    assert (await async_accept_new_dongle(hass))["reason"] == "already_configured"
    assert dict(entry.data) == ENTRY_DATA
    assert smart_connect.connections > connections
    assert not impostor.connections


async def test_impostor_while_the_old_dongle_is_heard(
    hass: HomeAssistant, in_range: Range, machine: Machine, smart_connect: SmartConnect
) -> None:
    """Another device that sends the machine's numbers does not take the machine's place."""
    scanner = await in_range.add(smart_connect)
    entry = assert_added(hass, await async_submit(hass, await async_found(hass)))
    impostor = SmartConnect(machine, address=OTHER_ADDRESS, key=0x11)
    replace_in_range(scanner, smart_connect, impostor)
    await async_pass(hass, SILENCE)
    assert dict(entry.data) == ENTRY_DATA
    assert flows(hass) == []
    assert impostor.connections == 0
    assert (await async_discover(hass, OTHER_ADDRESS))["reason"] == "already_configured"


async def test_removed_before_the_new_dongle_was_accepted(
    hass: HomeAssistant, in_range: Range, machine: Machine, smart_connect: SmartConnect
) -> None:
    """The machine was removed while it was asked whether it has a new dongle: it is added with that one."""
    scanner = await in_range.add(smart_connect)
    entry = assert_added(hass, await async_submit(hass, await async_found(hass)))
    replace_in_range(scanner)
    await async_pass(hass, SILENCE)
    replace_in_range(scanner, SmartConnect(machine, address=OTHER_ADDRESS, key=0x11))
    await async_pass(hass, 60)
    question = await async_show(hass, await async_found(hass))
    assert question["step_id"] == "new_dongle"
    await hass.config_entries.async_remove(entry.entry_id)
    result = await async_submit(hass, question)
    assert result["step_id"] == "confirm"
    assert_added(hass, await async_submit(hass, result), address=OTHER_ADDRESS)


async def test_machine_not_known_yet(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """Just switched on, the dongle knows no numbers: nothing is offered yet, and the machine is not missed later."""
    machine = smart_connect.machine
    machine.power_cut()
    await in_range.add(smart_connect)
    machine.switch_on()
    await async_pass(hass, 3)
    assert smart_connect.advertising
    assert flows(hass) == []
    result = await async_discover(hass, ADDRESS)
    assert (result["type"], result["reason"]) == ("abort", "machine_not_known_yet")
    flow = await async_found(hass)
    assert flow["context"]["unique_id"] == UNIQUE_ID


@pytest.mark.parametrize(
    "stranger",
    [
        Stranger("C0:FF:EE:00:00:09", name="Something", data=bytes(27)),
        Stranger("C0:FF:EE:00:00:09", name="Something", data=b"\x01\x02"),
        Stranger("C0:FF:EE:00:00:09", data=bytes.fromhex("2A050803FFFF") + bytes(21)),
        Stranger("C0:FF:EE:00:00:09", name="Bed", uuids=("00001523-0000-1000-8000-00805f9b34fb",)),
        Stranger("C0:FF:EE:00:00:09", name=NAME, uuids=("00001523-0000-1000-8000-00805f9b34fb",)),
    ],
    ids=["same manufacturer id", "short", "article that nobody knows", "same service UUID", "no manufacturer data"],
)
async def test_strangers(hass: HomeAssistant, in_range: Range, stranger: Stranger) -> None:
    """Another maker's device is not offered as a coffee machine, whatever it shares with one."""
    await in_range.add(stranger)
    await async_pass(hass, 5)
    assert flows(hass) == []
    result = await async_discover(hass, stranger.address)
    assert result["type"] == "abort"
    result = await async_start_by_hand(hass)
    assert result["data_schema"] is None


async def test_stranger_under_our_name(hass: HomeAssistant, in_range: Range) -> None:
    """A Smart Connect's name with manufacturer data that are too short: no flow, no traceback."""
    await in_range.add(Stranger(ADDRESS, name=NAME, data=b"\x2a\x05"))
    await async_pass(hass, 5)
    assert flows(hass) == []
    assert (await async_discover(hass, ADDRESS))["reason"] == "no_manufacturer_data"


async def test_wrong_machine_by_numbers(hass: HomeAssistant, in_range: Range) -> None:
    """Without the name, an article that JURA doesn't list means that this is no JURA."""
    await in_range.add(Stranger(ADDRESS, data=bytes.fromhex("2A050803FFFF") + bytes(21)))
    assert (await async_discover(hass, ADDRESS))["reason"] == "not_supported"


async def test_confirm_fails_and_recovers(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """A phone that holds the machine, then a failing radio, then success: all in the same form."""
    await in_range.add(smart_connect)
    result = await async_show(hass, await async_found(hass))
    assert smart_connect.phone_connects()
    result = await async_submit(hass, result)
    assert (result["step_id"], result["errors"]) == ("confirm", {"base": "cannot_connect"})
    assert result["description_placeholders"]["reason"]
    assert smart_connect.link is None
    smart_connect.phone_disconnects()
    await async_pass(hass, 5)
    smart_connect.faults.fail_connects = 10
    result = await async_submit(hass, result)
    assert result["errors"] == {"base": "cannot_connect"}
    await assert_free(hass, smart_connect)
    smart_connect.faults.clear()
    assert_added(hass, await async_submit(hass, result))


@pytest.mark.parametrize(
    ("characteristic", "failure"),
    [
        (characteristic, failure)
        for characteristic in ("1529", "1531", "1524")
        for failure in (Failure.LOST, Failure.NO_ANSWER, Failure.ERROR, Failure.ATT_ERROR)
    ],
)
async def test_link_lost_while_confirming(
    hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect, characteristic: str, failure: Failure
) -> None:
    """Wherever the link fails, the form says so, lets go and can be submitted again."""
    await in_range.add(smart_connect)
    flow = await async_found(hass)
    smart_connect.faults.fail_next(failure, characteristic=characteristic, times=5)
    result = await async_submit(hass, flow)
    assert result["errors"] == {"base": "cannot_connect"}
    await assert_free(hass, smart_connect)
    smart_connect.faults.clear()
    assert_added(hass, await async_submit(hass, result))


@pytest.mark.parametrize("by_hand", [False, True])
async def test_key_changed_meanwhile(
    hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect, by_hand: bool
) -> None:
    """The offer lay there since yesterday, and the dongle has another key today: the machine is added all the same."""
    await in_range.add(smart_connect)
    result = await async_start_by_hand(hass) if by_hand else await async_found(hass)
    smart_connect.key = 0x77
    await async_pass(hass, 5)
    chosen = {"address": ADDRESS} if by_hand else {}
    assert_added(hass, await async_submit(hass, result, **chosen))


@pytest.mark.parametrize("failure", [Failure.GARBAGE, Failure.TRUNCATED])
async def test_implausible_reply(
    hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect, failure: Failure
) -> None:
    """A machine that answers nonsense is not added, and can be once it makes sense."""
    await in_range.add(smart_connect)
    flow = await async_found(hass)
    smart_connect.faults.fail_next(failure, on="read", characteristic="1524", times=10)
    result = await async_submit(hass, flow)
    assert result["errors"] == {"base": "implausible_reply"}
    await assert_free(hass, smart_connect)
    smart_connect.faults.clear()
    assert_added(hass, await async_submit(hass, result))


async def test_pin(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """A machine with a PIN says before it is added what it will be good for."""
    smart_connect.pin_set = True
    await in_range.add(smart_connect)
    result = await async_submit(hass, await async_found(hass))
    assert (result["type"], result["step_id"]) == ("form", "read_only")
    assert result["description_placeholders"]["name"] == "JURA E8 (EB)"
    await assert_free(hass, smart_connect)
    assert_added(hass, await async_submit(hass, result))


async def test_unknown_article_of_a_known_type(hass: HomeAssistant, in_range: Range) -> None:
    """An E8 that came out after this version works by the type that it names itself."""
    smart_connect = SmartConnect(machine_with(article=65000), address=ADDRESS)
    await in_range.add(smart_connect)
    result = await async_submit(hass, await async_found(hass))
    entry = assert_added(hass, result, article=65000)
    assert entry.title == "JURA 65000"
    assert entry.unique_id == "65000-4711-4"


async def test_unknown_machine(hass: HomeAssistant, in_range: Range) -> None:
    """A machine that nobody knows is refused with the numbers that somebody can make it known by."""
    smart_connect = SmartConnect(machine_with(article=65001, code="EF9999"), address=ADDRESS)
    await in_range.add(smart_connect)
    result = await async_submit(hass, await async_found(hass))
    assert (result["type"], result["reason"]) == ("abort", "unsupported_machine")
    assert result["description_placeholders"]["article"] == "65001"
    assert result["description_placeholders"]["machine_type"] == "EF9999M V01.18"
    await assert_free(hass, smart_connect)


async def test_dismissed_when_gone(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """A machine of a neighbour that was carried past is not offered for ever, and is again when it comes back."""
    scanner = await in_range.add(smart_connect)
    await async_found(hass)
    replace_in_range(scanner)
    await async_pass(hass, SILENCE)
    assert flows(hass) == []
    replace_in_range(scanner, smart_connect)
    await async_found(hass)


# --- looked for by a person -------------------------------------------------------------------------------------------


async def test_by_hand(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """Two machines in the office: told apart by model and strength, the nearer one first; the right one is added."""
    other = SmartConnect(Machine(definition_for("15348"), serial_number=7), address=OTHER_ADDRESS)
    await in_range.add(smart_connect, rssi=-71)
    await in_range.add(other, rssi=-48)
    result = await async_start_by_hand(hass)
    assert result["step_id"] == "nearby"
    assert not result["errors"]
    assert list(offered(result).items()) == [
        (OTHER_ADDRESS, "JURA Z10 (EA) (-48 dBm)"),
        (ADDRESS, "JURA E8 (EB) (-71 dBm)"),
    ]
    result = await async_submit(hass, result, address=ADDRESS)
    assert result["type"] == "create_entry"
    assert result["result"].unique_id == UNIQUE_ID
    assert other.connections == 0
    assert [flow["context"]["unique_id"] for flow in flows(hass)] == ["15348-4711-7"]
    result = await async_start_by_hand(hass)
    assert list(offered(result)) == [OTHER_ADDRESS], "one that was added is offered again"


async def test_by_hand_in_passive_mode(hass: HomeAssistant, in_range: Range) -> None:
    """An adapter in passive mode hears no name; the article number tells all the same."""
    smart_connect = Nameless(Machine(definition_for("15336")), address=ADDRESS)
    await in_range.add(smart_connect)
    result = await async_start_by_hand(hass)
    assert list(offered(result)) == [ADDRESS]
    assert_added(hass, await async_submit(hass, result, address=ADDRESS))


async def test_found_in_passive_mode(hass: HomeAssistant, in_range: Range) -> None:
    """An adapter in passive mode finds the machine without the name, which is in the half that it never hears."""
    await in_range.add(Nameless(Machine(definition_for("15336")), address=ADDRESS))
    await async_found(hass)


async def async_ignore(hass: HomeAssistant, flow: Any) -> None:
    """Press "Ignore" on a discovery."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_IGNORE}, data={"unique_id": flow["context"]["unique_id"], "title": "JURA"}
    )
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()


async def test_ignored_stays_ignored(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """The neighbour's machine, once ignored, is not offered again, and causes no error each time that it is heard."""
    await in_range.add(smart_connect)
    await async_ignore(hass, await async_found(hass))
    result = await async_discover(hass, ADDRESS)
    assert (result["type"], result["reason"]) == ("abort", "already_configured")
    assert flows(hass) == []


async def test_ignored_added_by_hand(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """Who ignored the machine by mistake can still add it."""
    await in_range.add(smart_connect)
    await async_ignore(hass, await async_found(hass))
    result = await async_start_by_hand(hass)
    assert list(offered(result)) == [ADDRESS]
    assert_added(hass, await async_submit(hass, result, address=ADDRESS))
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def assert_nothing(hass: HomeAssistant, result: Any, reason: str) -> None:
    """Fail unless the form says this reason, and again when it is submitted without a change."""
    for again in (result, await async_submit(hass, result)):
        assert (again["step_id"], again["errors"]) == ("nearby", {"base": reason})
        assert again["data_schema"] is None


async def async_add_by_hand(hass: HomeAssistant, result: Any, chosen: str = ADDRESS, **data: Any) -> MockConfigEntry:
    """Look again, choose, and add, in the flow that first had nothing."""
    result = await async_submit(hass, result)
    assert not result["errors"]
    return assert_added(hass, await async_submit(hass, result, address=chosen), **data)


async def test_nothing_heard(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """The machine is off: the form says what to try, and goes on once it is on."""
    smart_connect.machine.power_cut()
    await in_range.add(smart_connect, Stranger("C0:FF:EE:00:00:09", name="Bed"))
    result = await async_start_by_hand(hass)
    await assert_nothing(hass, result, "nothing_heard")
    smart_connect.machine.switch_on()
    await async_pass(hass, 60)
    await async_add_by_hand(hass, result)


async def test_no_manufacturer_data(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """Half an advertisement: the form blames the adapter's mode, and goes on once the rest is heard."""
    smart_connect.sends_manufacturer_data = False
    await in_range.add(smart_connect)
    result = await async_start_by_hand(hass)
    await assert_nothing(hass, result, "no_manufacturer_data")
    smart_connect.sends_manufacturer_data = True
    await async_pass(hass, 5)
    await async_add_by_hand(hass, result)


async def test_machine_not_known_yet_by_hand(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """A dongle without contact to its machine: the form says so, and goes on once it is plugged in firmly."""
    smart_connect.plugged_well = False
    await in_range.add(smart_connect)
    result = await async_start_by_hand(hass)
    await assert_nothing(hass, result, "machine_not_known_yet")
    smart_connect.plugged_well = True
    await async_pass(hass, 5)
    await async_add_by_hand(hass, result)


async def test_not_connectable_named(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """Only a proxy that can't connect hears the machine, and its name is known: the form says so, and goes on."""
    scanner = await in_range.add(smart_connect)
    await async_found(hass)
    await in_range.add(smart_connect, passive=True)
    replace_in_range(scanner)
    await async_pass(hass, SILENCE)
    result = await async_start_by_hand(hass)
    await assert_nothing(hass, result, "not_connectable")
    replace_in_range(scanner, smart_connect)
    await async_pass(hass, 5)
    await async_add_by_hand(hass, result)


async def test_not_connectable_nameless(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """Only a passive proxy ever heard the machine, thus without name: it was heard all the same, and the form says it."""
    await in_range.add(smart_connect, passive=True)
    result = await async_start_by_hand(hass)
    await assert_nothing(hass, result, "not_connectable")
    await in_range.add(smart_connect)
    await async_pass(hass, 5)
    await async_add_by_hand(hass, result)


async def test_all_configured(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """A second machine is wanted, but only the first one is there: the form says so, and goes on once it is on."""
    scanner = await in_range.add(smart_connect)
    assert_added(hass, await async_submit(hass, await async_found(hass)))
    await async_pass(hass, 30)
    result = await async_start_by_hand(hass)
    await assert_nothing(hass, result, "all_configured")
    other = SmartConnect(Machine(definition_for("15336"), serial_number=5), address=OTHER_ADDRESS)
    replace_in_range(scanner, smart_connect, other)
    await async_pass(hass, 5)
    entry = await async_add_by_hand(hass, result, OTHER_ADDRESS, address=OTHER_ADDRESS)
    assert entry.unique_id == "15336-4711-5"


async def test_by_hand_fails_and_recovers(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """By hand, too, a phone that holds the machine, a failing radio and nonsense each have a sentence and a way on."""
    await in_range.add(smart_connect)
    result = await async_start_by_hand(hass)
    assert smart_connect.phone_connects()
    result = await async_submit(hass, result, address=ADDRESS)
    assert (result["step_id"], result["errors"]) == ("nearby", {"base": "cannot_connect"})
    assert list(offered(result)) == [ADDRESS]
    smart_connect.phone_disconnects()
    await async_pass(hass, 5)
    smart_connect.faults.fail_connects = 10
    result = await async_submit(hass, result, address=ADDRESS)
    assert result["errors"] == {"base": "cannot_connect"}
    await assert_free(hass, smart_connect)
    smart_connect.faults.clear()
    smart_connect.faults.fail_next(Failure.GARBAGE, on="read", characteristic="1524", times=10)
    result = await async_submit(hass, result, address=ADDRESS)
    assert result["errors"] == {"base": "implausible_reply"}
    await assert_free(hass, smart_connect)
    smart_connect.faults.clear()
    assert_added(hass, await async_submit(hass, result, address=ADDRESS))


async def test_by_hand_pin(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """By hand, too, a PIN is told before the machine is added."""
    smart_connect.pin_set = True
    await in_range.add(smart_connect)
    result = await async_submit(hass, await async_start_by_hand(hass), address=ADDRESS)
    assert (result["type"], result["step_id"]) == ("form", "read_only")
    await assert_free(hass, smart_connect)
    assert_added(hass, await async_submit(hass, result))


async def test_by_hand_unknown_machine(hass: HomeAssistant, in_range: Range) -> None:
    """By hand, too, a machine that nobody knows is refused with its numbers."""
    smart_connect = SmartConnect(machine_with(article=65001, code="EF9999"), address=ADDRESS)
    await in_range.add(smart_connect)
    result = await async_start_by_hand(hass)
    assert offered(result) == {ADDRESS: "JURA 65001 (-60 dBm)"}
    result = await async_submit(hass, result, address=ADDRESS)
    assert result["reason"] == "unsupported_machine"
    assert result["description_placeholders"]["machine_type"] == "EF9999M V01.18"


async def test_chosen_one_has_gone(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """The list was open for long, and the machine is off meanwhile: the form says so, with what is left to choose."""
    other = SmartConnect(Machine(definition_for("15348"), serial_number=7), address=OTHER_ADDRESS)
    scanner = await in_range.add(smart_connect, other)
    result = await async_start_by_hand(hass)
    replace_in_range(scanner, other)
    await async_pass(hass, SILENCE)
    result = await async_submit(hass, result, address=ADDRESS)
    assert result["errors"] == {"base": "nothing_heard"}
    assert list(offered(result)) == [OTHER_ADDRESS]
    replace_in_range(scanner)
    await async_pass(hass, SILENCE)
    result = await async_submit(hass, result, address=OTHER_ADDRESS)
    assert result["errors"] == {"base": "nothing_heard"}
    assert result["data_schema"] is None
    replace_in_range(scanner, smart_connect)
    await async_pass(hass, 5)
    await async_add_by_hand(hass, result)


async def test_chosen_one_forgot_its_machine(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """Switched off and on while the list was open: a machine without numbers must not become an entry."""
    await in_range.add(smart_connect)
    result = await async_start_by_hand(hass)
    smart_connect.machine.power_cut()
    smart_connect.machine.switch_on()
    await async_pass(hass, 3)
    result = await async_submit(hass, result, address=ADDRESS)
    assert result["type"] == "form", result
    assert result["errors"] == {"base": "machine_not_known_yet"}
    await async_pass(hass, 60)
    await async_add_by_hand(hass, result)


async def test_chosen_one_was_added_meanwhile(
    hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect
) -> None:
    """Two browser windows: the second one doesn't add the machine again."""
    await in_range.add(smart_connect)
    first, second = await async_start_by_hand(hass), await async_start_by_hand(hass)
    first = await async_submit(hass, first, address=ADDRESS)
    assert first["type"] == "create_entry"
    try:
        second = await async_submit(hass, second, address=ADDRESS)
    except Exception as error:  # noqa: BLE001
        # Home Assistant itself ends other flows for the same machine.
        assert type(error).__name__ == "UnknownFlow"  # noqa: PT017
    else:
        assert second["reason"] == "already_configured"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_found_and_added_by_hand(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """Added by hand while it is also offered as found: one entry, and the offer is gone."""
    await in_range.add(smart_connect)
    await async_found(hass)
    result = await async_start_by_hand(hass)
    assert_added(hass, await async_submit(hass, result, address=ADDRESS))


# --- options ----------------------------------------------------------------------------------------------------------


async def test_options(hass: HomeAssistant, in_range: Range, smart_connect: SmartConnect) -> None:
    """What is set is kept, shown again, and in force at once."""
    await in_range.add(smart_connect)
    entry = assert_added(hass, await async_submit(hass, await async_found(hass)))
    await async_pass(hass, 60)
    result = await hass.config_entries.options.async_init(entry.entry_id)
    check_texts(result, "options")
    defaults = {str(field): field.default() for field in result["data_schema"].schema if callable(field.default)}
    assert defaults == {
        "sources": ["dashboard", "automation", "voice"],
        "quiet_sources": ["automation", "voice"],
        "experimental": False,
    }
    before = entry.runtime_data
    wanted = {
        "sources": ["dashboard"],
        "quiet_from": "22:00:00",
        "quiet_to": "06:30:00",
        "quiet_sources": ["dashboard"],
        "experimental": True,
    }
    for wrong, field, error in (
        ({"quiet_to": None}, "quiet_to", "quiet_hours_incomplete"),
        ({"quiet_from": None}, "quiet_from", "quiet_hours_incomplete"),
        ({"quiet_to": "22:00:00"}, "quiet_to", "quiet_hours_empty"),
    ):
        data = {key: value for key, value in {**wanted, **wrong}.items() if value is not None}
        result = await hass.config_entries.options.async_configure(result["flow_id"], data)
        check_texts(result, "options")
        assert result["errors"] == {field: error}
    result = await hass.config_entries.options.async_configure(result["flow_id"], wanted)
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    assert dict(entry.options) == wanted
    assert entry.runtime_data is not before
    result = await hass.config_entries.options.async_init(entry.entry_id)
    suggested = {str(field): field.description["suggested_value"] for field in result["data_schema"].schema}
    assert suggested == wanted
