"""Setting up a WiFi Connect: over Home Assistant's Bluetooth from a simulated dongle, and over its access point."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import suppress
import logging
import traceback

from homeassistant.components import bluetooth
from homeassistant.core import HomeAssistant
import pytest

from custom_components.jura.machine.blufi import Network
from custom_components.jura.machine.codec import FrameDecoder, encode_frame
from custom_components.jura.machine.errors import (
    CommandRejected,
    InvalidNetwork,
    JoiningFailed,
    JoiningTimedOut,
    JuraError,
    LinkLost,
    NegotiationRefused,
    NetworkNotFound,
    NetworkScanFailed,
    NoAddress,
    OutcomeUnknown,
    SecurityRefused,
    Unreachable,
    WrongPassword,
)
from custom_components.jura.machine.provisioning import (
    SERVICE,
    BluetoothProvisioning,
    Candidate,
    Step,
    candidate,
    check_network,
    provision_over_access_point,
)
from simulator.blufi import AccessPoint, BlufiDongle, BlufiLink, Control, Data
from simulator.blufi_frames import BlufiError, Fault
from simulator.faults import Failure
from simulator.scanner import async_add_simulated_adapter
from tests.conftest import async_wait_for

ADDRESS = "C0:FF:EE:00:00:B1"
PASSWORD = "correct horse battery"
OPERATIONS = 10
"""Writes of a whole encrypted provisioning until "connect": listening, version, negotiation (3 frames), security mode, mode,
name, password, connect."""


@pytest.fixture(autouse=True)
def no_password_in_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does, no log at debug level holds the password."""
    caplog.set_level(logging.DEBUG)
    yield
    for record in caplog.get_records("call"):
        text = caplog.handler.format(record)
        assert not shows_password(text), text


def shows_password(text: str) -> bool:
    """Tell whether a text holds the password or a telling part of it, in any of the usual forms."""
    return any(
        form in text for form in (PASSWORD, "horse", PASSWORD.encode().hex(), b"horse".hex(), "104, 111, 114, 115, 101")
    )


@pytest.fixture
def mtu() -> int:
    """Return the MTU; tests of small ones override it."""
    return 247


@pytest.fixture
def version() -> tuple[int, int]:
    """Return the version of BluFi; tests of others override it."""
    return (1, 3)


@pytest.fixture
async def dongle(mtu: int, version: tuple[int, int]) -> AsyncGenerator[BlufiDongle]:
    """Return a dongle; whatever a test did, nobody may still hold it."""
    dongle = BlufiDongle(
        address=ADDRESS,
        access_points=[AccessPoint("Neighbour", "unknown", rssi=-80), AccessPoint("Home", PASSWORD, rssi=-50)],
        version=version,
        mtu=mtu,
    )
    yield dongle
    assert dongle.link is None
    dongle.close()


@pytest.fixture
async def provisioning(
    hass: HomeAssistant, enable_bluetooth: None, dongle: BlufiDongle
) -> AsyncGenerator[BluetoothProvisioning]:
    """Return the client, with the dongle in range of Home Assistant's Bluetooth."""
    _, remove = await async_add_simulated_adapter(hass, [dongle], slots=1)
    yield BluetoothProvisioning(
        lambda: bluetooth.async_ble_device_from_address(hass, ADDRESS, connectable=True), "WiFi Connect"
    )
    remove()


async def failure_of(attempt: Awaitable[object]) -> JuraError:
    """Return what an attempt fails with, having looked for the password in it and in all that led to it."""
    with pytest.raises(JuraError) as raised:
        await attempt
    error: BaseException | None = raised.value
    assert not shows_password("".join(traceback.format_exception(raised.value)))
    while error is not None:
        assert not shows_password(f"{error!r} {error.args} {vars(error)}")
        error = error.__cause__ or error.__context__
    return raised.value


def subtypes(dongle: BlufiDongle) -> list[tuple[int, int]]:
    """Return kind and subtype of what the dongle was sent."""
    return [(received.kind, received.subtype) for received in dongle.received]


# --- what goes well --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(1, 2), (1, 3), (1, 4)])
@pytest.mark.parametrize("mtu", [23, 100, 247, 517])
async def test_provision(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """Encrypted, step by step, and hung up as soon as it is in; nobody nearby can read name or password."""
    steps: list[Step] = []
    networks: list[str] = []
    dongle.on_configured = networks.append
    await provisioning.provision("Home", PASSWORD, steps.append)
    assert dongle.configured == "Home"
    assert networks == ["Home"]
    assert steps in (
        [Step.CONNECTING, Step.SECURING, Step.SENDING, Step.JOINING],
        [Step.CONNECTING, Step.SECURING, Step.SENDING, Step.JOINING, Step.ADDRESS],
    )
    assert dongle.link is None
    assert dongle.advertisement() is None
    assert not dongle.errors
    assert not provisioning.refuses_negotiation
    assert b"horse" not in dongle.air
    assert b"Home" not in dongle.air
    assert subtypes(dongle)[:8] == [
        (0, Control.GET_VERSION),
        (1, Data.NEGOTIATION),
        (1, Data.NEGOTIATION),
        (0, Control.SET_SECURITY),
        (0, Control.SET_MODE),
        (1, Data.SSID),
        (1, Data.PASSWORD),
        (0, Control.CONNECT),
    ]
    assert set(subtypes(dongle)[8:]) <= {(0, Control.GET_STATE)}
    assert all(
        received.encrypted
        for received in dongle.received
        if (received.kind, received.subtype) in ((1, Data.SSID), (1, Data.PASSWORD))
    )


@pytest.mark.parametrize("mtu", [23, 64, 247])
@pytest.mark.parametrize(
    ("ssid", "password"),
    [("N" * 32, "p" * 63), ("Café ☕", "pässwörter"), ("Open", ""), ("Key", "0123456789abcdef" * 4)],
)
async def test_long_and_strange_names(
    dongle: BlufiDongle, provisioning: BluetoothProvisioning, ssid: str, password: str
) -> None:
    """Several fragments, other scripts, open networks and keys."""
    dongle.access_points.append(AccessPoint(ssid, password))
    await provisioning.provision(ssid, password)
    assert dongle.configured == ssid


@pytest.mark.parametrize("mtu", [23, 247])
async def test_list_networks(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A long list in many fragments: sorted, merged, without hidden ones; and the dongle is free again."""
    dongle.access_points = [
        AccessPoint(""),
        *(AccessPoint(f"Network with a long name {number:04}", rssi=-30 - number) for number in range(60)),
        AccessPoint("Network with a long name 0059", rssi=-20),
    ]
    networks = await provisioning.list_networks()
    assert networks[0] == Network("Network with a long name 0059", -20)
    assert [network.rssi for network in networks[1:]] == list(range(-30, -89, -1))
    assert dongle.link is None
    assert (0, Control.SET_MODE) not in subtypes(dongle)
    assert dongle.advertisement() is not None


async def test_list_networks_as_station(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """Only a dongle that can't scan in its mode is made a station."""
    dongle.scan_only_as_station = True
    assert [network.ssid for network in await provisioning.list_networks()] == ["Home", "Neighbour"]
    assert dongle.mode == 1


async def test_list_and_provision(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """As the flow does it, with a person in between who takes ten minutes."""
    (network, _) = await provisioning.list_networks()
    await asyncio.sleep(600)
    await provisioning.provision(network.ssid, PASSWORD)
    assert dongle.configured == "Home"


async def test_address_takes_its_time(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """The steps tell joining from waiting for an address."""
    dongle.address_seconds = 15
    steps: list[Step] = []
    await provisioning.provision("Home", PASSWORD, steps.append)
    assert steps[-2:] == [Step.JOINING, Step.ADDRESS]


async def test_report_holds_password(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """State reports may hold the password: it goes nowhere."""
    dongle.echoes_password = True
    await provisioning.provision("Home", PASSWORD)
    assert dongle.configured == "Home"


async def test_change_of_network(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A report about the network that it was in before is not taken for success."""
    dongle.access_points.append(AccessPoint("New", PASSWORD))
    dongle.silent_about.add((1, Data.SSID))
    dongle._ssid = "Home"  # noqa: SLF001
    assert isinstance(await failure_of(provisioning.provision("New", PASSWORD)), JoiningTimedOut)


# --- without encryption ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["with an error", "silently"])
async def test_negotiation_refused(dongle: BlufiDongle, provisioning: BluetoothProvisioning, how: str) -> None:
    """Refused: known after listing, nothing sent that is secret; with consent, in plain text."""
    dongle.refuses_negotiation = how  # type: ignore[assignment]
    assert [network.ssid for network in await provisioning.list_networks()] == ["Home", "Neighbour"]
    assert provisioning.refuses_negotiation
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD)), NegotiationRefused)
    assert (1, Data.SSID) not in subtypes(dongle)
    assert (1, Data.PASSWORD) not in subtypes(dongle)
    assert b"horse" not in dongle.air
    await provisioning.provision_unencrypted("Home", PASSWORD)
    assert dongle.configured == "Home"
    assert b"horse" in dongle.air


async def test_security_required(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A dongle that insists on encryption refuses plain text, and takes cipher text."""
    dongle.requires_security = True
    assert isinstance(await failure_of(provisioning.provision_unencrypted("Home", PASSWORD)), SecurityRefused)
    assert dongle.configured is None
    await provisioning.provision("Home", PASSWORD)
    assert dongle.configured == "Home"


async def test_different_keys(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """Two different keys are noticed before the password is sent."""
    dongle.mistakes_key = True
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD)), SecurityRefused)
    assert dongle.errors == [Fault.CHECKSUM]
    assert (1, Data.PASSWORD) not in subtypes(dongle)


async def test_bonding_required(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A dongle whose Bluetooth refuses writes as such."""
    dongle.faults.fail_next(Failure.ATT_ERROR, characteristic="FF01", code=5)
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD)), SecurityRefused)


async def test_question_refused_while_joining(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """Once it is told to join, a refused question how far it is doesn't mean that it will not."""

    def refuse(step: Step) -> None:
        if step is Step.JOINING:
            # After "connect" itself.
            dongle.faults.fail_next(Failure.ATT_ERROR, characteristic="FF01", skip=1, code=3)

    error = await failure_of(provisioning.provision("Home", PASSWORD, refuse))
    assert isinstance(error, OutcomeUnknown)
    await asyncio.sleep(30)
    assert dongle.configured == "Home"


async def test_version_not_told(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A dongle that doesn't tell its version is taken for an old one."""
    dongle.silent_about.add((0, Control.GET_VERSION))
    await provisioning.provision("Home", PASSWORD)
    assert dongle.configured == "Home"


# --- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unasked", [False, True])
@pytest.mark.parametrize("reason", [14, 15, 202, 204])
async def test_wrong_password(
    dongle: BlufiDongle, provisioning: BluetoothProvisioning, unasked: bool, reason: int
) -> None:
    """Told after some seconds, whether asked for or not; the next attempt may be right."""
    dongle.reports_failures, dongle.refused_reason = unasked, reason
    loop = asyncio.get_running_loop()
    start = loop.time()
    assert isinstance(await failure_of(provisioning.provision("Home", f"{PASSWORD}?")), WrongPassword)
    assert loop.time() - start < 15
    await provisioning.provision("Home", PASSWORD)
    assert dongle.configured == "Home"


async def test_other_reason(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """Reasons that don't mean anything to people are kept by number."""
    dongle.refused_reason = 210
    error = await failure_of(provisioning.provision("Home", f"{PASSWORD}?"))
    assert isinstance(error, JoiningFailed)
    assert error.reason == 210


async def test_old_version_fails(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """Without reasons and progress only the time limit tells a failure; success is told all the same."""
    dongle.tells_progress = False
    error = await failure_of(provisioning.provision("Home", f"{PASSWORD}?"))
    assert isinstance(error, JoiningFailed)
    assert error.reason is None
    await provisioning.provision("Home", PASSWORD)
    assert dongle.configured == "Home"


async def test_network_not_found(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A network that the dongle doesn't hear."""
    assert isinstance(await failure_of(provisioning.provision("Hume", PASSWORD)), NetworkNotFound)


async def test_no_address(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A network without DHCP."""
    dongle.access_points[1].gives_addresses = False
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD)), NoAddress)


async def test_never_done(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """Neither in nor given up after a minute."""
    dongle.join_seconds = 1000
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD)), JoiningTimedOut)


async def test_silent_while_joining(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A dongle that says nothing once it joins."""

    def on_step(step: Step) -> None:
        dongle.silent = step is Step.JOINING

    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD, on_step)), JoiningTimedOut)


async def test_silent(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A dongle that takes everything and never says anything."""
    dongle.silent = True
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD)), NegotiationRefused)
    assert isinstance(await failure_of(provisioning.provision_unencrypted("Home", PASSWORD)), LinkLost)
    assert isinstance(await failure_of(provisioning.list_networks()), NetworkScanFailed)
    assert b"horse" not in dongle.air


async def test_scan_fails(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A dongle that hears nothing says nothing."""
    dongle.access_points = []
    assert isinstance(await failure_of(provisioning.list_networks()), NetworkScanFailed)


async def test_never_appears(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A dongle that is gone when it is wanted, and one that nobody ever heard."""
    dongle.powered = False
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD)), Unreachable)
    nobody = BluetoothProvisioning(lambda: None, "WiFi Connect")
    assert isinstance(await failure_of(nobody.list_networks()), Unreachable)


@pytest.mark.parametrize("failure", [Failure.LOST, Failure.ANSWER_LOST, Failure.NO_ANSWER, Failure.ERROR])
@pytest.mark.parametrize("operation", range(OPERATIONS + 1))
async def test_link_lost(
    dongle: BlufiDongle, provisioning: BluetoothProvisioning, operation: int, failure: Failure
) -> None:
    """Lost at any operation: certain that nothing happened before "connect", open from then on; the next one works."""
    dongle.join_seconds = 7
    dongle.faults.fail_next(failure, skip=operation)
    error = await failure_of(provisioning.provision("Home", PASSWORD))
    assert not dongle.faults.pending
    if operation == 0:
        assert isinstance(error, Unreachable)
    elif operation < OPERATIONS - 1:
        assert isinstance(error, LinkLost)
    else:
        assert isinstance(error, OutcomeUnknown)
    if not isinstance(error, OutcomeUnknown):
        await asyncio.sleep(30)
        assert dongle.configured is None
        await provisioning.provision("Home", PASSWORD)
        assert dongle.configured == "Home"


async def test_lost_link_and_joined(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """Why it is "unknown": the dongle joins without the link."""
    dongle.faults.fail_next(Failure.ANSWER_LOST, skip=OPERATIONS - 1)
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD)), OutcomeUnknown)
    await asyncio.sleep(30)
    assert dongle.configured == "Home"


async def test_hung_up_while_waiting(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """Lost while nothing is being written is noticed at once."""
    loop = asyncio.get_running_loop()

    def on_step(step: Step) -> None:
        if step is Step.JOINING and dongle.link is not None:
            loop.call_later(1, dongle.link.lose)

    start = loop.time()
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD, on_step)), OutcomeUnknown)
    assert loop.time() - start < 5


async def test_cancelled(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A person who closes the dialog: the dongle is let go."""
    task = asyncio.create_task(provisioning.provision("Home", PASSWORD))
    await asyncio.sleep(3)
    assert dongle.link is not None
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert dongle.link is None


async def test_rubbish(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """What can't be read is dropped, and success noticed all the same."""

    def on_step(step: Step) -> None:
        if step is Step.JOINING and dongle.link is not None:
            for frame in (b"", bytes.fromhex("3D 07 F0 02 00 00 00 00"), *dongle.link.codec.send(Data.STATE, 1, b"\1")):
                dongle.link.notify(frame)

    await provisioning.provision("Home", PASSWORD, on_step)
    assert dongle.configured == "Home"


@pytest.mark.parametrize(
    ("subtype", "data", "expected"),
    [
        (Data.LIST, b"\x00", NetworkScanFailed),
        (Data.ERROR, bytes([Fault.FORMAT]), LinkLost),
        (Data.ERROR, bytes([Fault.DECRYPT]), SecurityRefused),
        (Data.ERROR, b"", LinkLost),
    ],
)
async def test_scan_answered_wrongly(
    dongle: BlufiDongle, provisioning: BluetoothProvisioning, subtype: Data, data: bytes, expected: type[JuraError]
) -> None:
    """A list that is none, and complaints about something else."""
    error = await failure_of(provisioning.list_networks(says_while(dongle, Step.SCANNING, subtype, data)))
    assert isinstance(error, expected)


@pytest.mark.parametrize("mode", [True, False])
async def test_scan_refused_twice(
    dongle: BlufiDongle, provisioning: BluetoothProvisioning, monkeypatch: pytest.MonkeyPatch, mode: bool
) -> None:
    """A dongle that can't scan in any mode, or doesn't take another."""
    dongle.scan_only_as_station = True
    monkeypatch.setattr("simulator.blufi._STATION", 99)
    if not mode:
        dongle.faults.fail_next(Failure.ATT_ERROR, skip=OPERATIONS - 3, code=8)
    error = await failure_of(provisioning.list_networks())
    assert isinstance(error, NetworkScanFailed if mode else SecurityRefused)


@pytest.mark.parametrize(
    ("step", "fault", "expected"),
    [
        (Step.SENDING, Fault.FORMAT, LinkLost),
        (Step.SENDING, Fault.CHECKSUM, SecurityRefused),
        (Step.JOINING, Fault.FORMAT, JoiningFailed),
        (Step.JOINING, Fault.CHECKSUM, SecurityRefused),
    ],
)
async def test_complaints(
    dongle: BlufiDongle, provisioning: BluetoothProvisioning, step: Step, fault: Fault, expected: type[JuraError]
) -> None:
    """Errors that the dongle reports on the way."""
    on_step = says_while(dongle, step, Data.ERROR, bytes([fault]))
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD, on_step)), expected)


def says_while(dongle: BlufiDongle, step: Step, subtype: Data, data: bytes) -> Callable[[Step], None]:
    """Return what has the dongle say something as soon as a step begins."""

    def on_step(now: Step) -> None:
        if now is step and dongle.link is not None:
            for frame in dongle.link.codec.send(subtype, 1, data):
                dongle.link.notify(frame)

    return on_step


async def test_password_refused(dongle: BlufiDongle, provisioning: BluetoothProvisioning) -> None:
    """A complaint about the password itself, heard before "connect" is sent."""
    dongle.faults.latency = 1
    dongle.silent_about.add((0, Control.CONNECT))
    original = dongle._data  # noqa: SLF001

    def data(link: BlufiLink, subtype: int, content: bytes) -> None:
        if subtype == Data.PASSWORD:
            raise BlufiError(Fault.CHECKSUM)
        original(link, subtype, content)

    dongle._data = data  # type: ignore[method-assign]  # noqa: SLF001
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD)), SecurityRefused)
    assert (0, Control.CONNECT) not in subtypes(dongle)


async def test_incomplete_services(
    dongle: BlufiDongle, provisioning: BluetoothProvisioning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another maker's device that only looks like one."""
    monkeypatch.setattr("simulator.blufi.SERVICES", ())
    assert isinstance(await failure_of(provisioning.provision("Home", PASSWORD)), Unreachable)


@pytest.mark.parametrize(
    ("ssid", "password", "field"),
    [
        ("", "12345678", "ssid"),
        ("x" * 33, "12345678", "ssid"),
        ("é" * 17, "12345678", "ssid"),
        ("a\0b", "12345678", "ssid"),
        ("Home", "1234567", "password"),
        ("Home", "x" * 64, "password"),
        ("Home", "0" * 65, "password"),
        ("Home", "1234\x00567890", "password"),
    ],
)
async def test_invalid_network(
    dongle: BlufiDongle, provisioning: BluetoothProvisioning, ssid: str, password: str, field: str
) -> None:
    """What cannot be a network isn't sent anywhere."""
    for attempt in (provisioning.provision, provisioning.provision_unencrypted):
        error = await failure_of(attempt(ssid, password))
        assert isinstance(error, InvalidNetwork)
        assert error.field == field
    assert not dongle.connections
    check_network("Home", "")


# --- finding it ------------------------------------------------------------------------------------------------------


def test_candidate() -> None:
    """By service, connectable only, likely names first."""
    assert candidate("WiFiFrog_C0FFEE0000B1", [SERVICE], connectable=True) is Candidate.BY_NAME
    assert candidate("BLUFI_DEVICE", [SERVICE.upper()], connectable=True) is Candidate.BY_NAME
    assert candidate("tt237w", [SERVICE], connectable=True) is Candidate.BY_NAME
    assert candidate("CoffeeMachine_1", [SERVICE], connectable=True) is Candidate.BY_NAME
    assert candidate("Lamp", [SERVICE], connectable=True) is Candidate.BY_SERVICE
    assert candidate(None, [SERVICE], connectable=True) is Candidate.BY_SERVICE
    assert candidate("WiFiFrog_C0FFEE0000B1", [SERVICE], connectable=False) is None
    assert candidate("TT214H BlueFrog", ["00001523-0000-1000-8000-00805f9b34fb"], connectable=True) is None
    assert Candidate.BY_NAME < Candidate.BY_SERVICE


async def test_found_in_home_assistant(
    hass: HomeAssistant, provisioning: BluetoothProvisioning, dongle: BlufiDongle
) -> None:
    """What Home Assistant hears of the dongle makes it a candidate, but starts no flow by itself."""
    info = await async_wait_for(hass, lambda: bluetooth.async_last_service_info(hass, ADDRESS, connectable=True))
    assert candidate(info.name, info.service_uuids, connectable=info.connectable) is Candidate.BY_NAME
    assert not hass.config_entries.flow.async_progress()


# --- over its access point -------------------------------------------------------------------------------------------

type Answer = Callable[[str], str | None]


class BareDongle:
    """A bare dongle's port, as far as anybody knows it."""

    def __init__(self, answer: Answer) -> None:
        """Answer as told: None says nothing, an empty text hangs up."""
        self.commands: list[str] = []
        self._answer = answer
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> int:
        """Listen; return the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        """Listen no more."""
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = FrameDecoder()
        with suppress(ConnectionError):
            while data := await reader.read(1024):
                for body in decoder.feed(data):
                    self.commands.append(body.decode())
                    answer = self._answer(self.commands[-1])
                    if answer == "":
                        writer.close()
                        return
                    if answer is not None:
                        writer.write(encode_frame(answer.encode(), 0x42))
        writer.close()


def friendly(command: str) -> str | None:
    """Answer as it is imagined to."""
    return {"@HP": "@hp4", "@HW": f"@hw:{command[4:6]}", "@HT": "@ht"}[command[:3]]


WHOLE = ["@HP:0,0,0", "@HW:80,Home", f"@HW:81,{PASSWORD}", "@HW:82,Kitchen", "@HT:3"]


@pytest.fixture
def network(socket_enabled: None) -> None:
    """Allow sockets."""


async def over_access_point(dongle: BareDongle) -> bool:
    """Do it."""
    async with dongle as port:
        return await provision_over_access_point("127.0.0.1", port, "Home", PASSWORD, "Kitchen")


@pytest.mark.usefixtures("network")
async def test_access_point() -> None:
    """Each step once, in order, and nothing else."""
    dongle = BareDongle(friendly)
    assert await over_access_point(dongle)
    assert dongle.commands == WHOLE


@pytest.mark.usefixtures("network")
async def test_access_point_restarts_at_once() -> None:
    """Hanging up is the answer to a restart."""
    dongle = BareDongle(lambda command: "" if command == "@HT:3" else friendly(command))
    assert await over_access_point(dongle)


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize("silent", ["@HW", "@HT"])
async def test_access_point_says_nothing(silent: str) -> None:
    """Silence is waited for, and isn't a failure: nobody knows whether it answers."""
    dongle = BareDongle(lambda command: None if command.startswith(silent) else friendly(command))
    assert not await over_access_point(dongle)
    assert dongle.commands == WHOLE


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize("step", range(5))
async def test_access_point_refuses(step: int) -> None:
    """An error ends it, and nothing more is sent."""
    dongle = BareDongle(lambda command: "@an:error" if command == WHOLE[step] else friendly(command))
    assert isinstance(await failure_of(over_access_point(dongle)), CommandRejected)
    assert dongle.commands == WHOLE[: step + 1]


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize(
    ("step", "expected"), [(0, LinkLost), (1, OutcomeUnknown), (2, OutcomeUnknown), (3, OutcomeUnknown)]
)
async def test_access_point_hangs_up(step: int, expected: type[JuraError]) -> None:
    """Lost before anything was set, and after."""
    dongle = BareDongle(lambda command: "" if command == WHOLE[step] else friendly(command))
    assert isinstance(await failure_of(over_access_point(dongle)), expected)
    assert dongle.commands == WHOLE[: step + 1]


@pytest.mark.usefixtures("network")
async def test_access_point_not_there() -> None:
    """Nobody listens; nobody answers the login."""
    dongle = BareDongle(friendly)
    async with dongle as port:
        pass
    attempt = provision_over_access_point("127.0.0.1", port, "Home", PASSWORD, "Kitchen")
    assert isinstance(await failure_of(attempt), Unreachable)
    assert isinstance(await failure_of(over_access_point(BareDongle(lambda command: None))), LinkLost)


@pytest.mark.parametrize(
    ("ssid", "password", "name", "field"),
    [
        ("Ho,me", PASSWORD, "Kitchen", "ssid"),
        ("Home", "pass,word", "Kitchen", "password"),
        ("Home", "pässwörter", "Kitchen", "password"),
        ("Home", "pass\r\nword", "Kitchen", "password"),
        ("Home", PASSWORD, "", "name"),
        ("Home", PASSWORD, "Küche", "name"),
        ("", PASSWORD, "Kitchen", "ssid"),
    ],
)
async def test_access_point_texts(ssid: str, password: str, name: str, field: str) -> None:
    """What nobody knows how to send isn't sent."""
    error = await failure_of(provision_over_access_point("127.0.0.1", 9, ssid, password, name))
    assert isinstance(error, InvalidNetwork)
    assert error.field == field
