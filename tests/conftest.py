"""What every test stands on: virtual time, a simulated machine in Bluetooth range, and Home Assistant that finds us."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
import os
import sys
from unittest.mock import Mock, patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_BLUETOOTH
from homeassistant.const import CONF_HOST, CONF_PIN, CONF_TOKEN
from homeassistant.core import HomeAssistant
from hypothesis import settings
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import pytest_socket

# Imported here because the test harness has a package of this name too, and the first one imported wins.
import custom_components.jura  # noqa: F401
from custom_components.jura.const import CONF_ARTICLE, CONF_CONNECTION_ID, CONF_DEFINITION, DOMAIN
from custom_components.jura.machine.catalogue import find_article
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.scanner import async_add_simulated_adapter
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect

from .helpers import async_wait_for
from .kitchen import CLIENT, TOKEN, Kitchen, async_add, async_finish, data_of
from .virtual_time import make_time_virtual

# The same examples in each run, however slow the computer: a failure is of the code, and comes again.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")

ADDRESS = "C0:FF:EE:00:00:01"
LAN_HOST = f"127.{os.getpid() >> 8 & 0x7F}.{os.getpid() & 0xFF}.2" if sys.platform == "linux" else "127.0.0.1"
"""Where the simulated WiFi Connect is; on Linux an address of our own, so that two runs don't meet."""


@pytest.fixture(autouse=True)
async def virtual_time(configure_event_loop: None, freezer: FrozenDateTimeFactory) -> None:
    """Let waiting take no time."""
    make_time_virtual(asyncio.get_running_loop(), freezer)


@pytest.fixture(autouse=True, scope="session")
def mock_network() -> Iterator[None]:
    """Let Home Assistant's only network be this machine's own loopback: nothing leaves it. Replaces the harness's."""
    address = Mock(is_IPv6=False, ip="127.0.0.1", network_prefix=8)
    adapter = Mock(nice_name="lo", ips=[address], index=0)
    with patch("homeassistant.components.network.util.ifaddr.get_adapters", return_value=[adapter]):
        yield


@pytest.fixture
def lan(socket_enabled: None) -> None:
    """Let sockets be opened, to our own loopback address only."""
    pytest_socket.socket_allow_hosts([LAN_HOST, "127.0.0.1"])


@pytest.fixture
def model() -> str:
    """Return the model or article number of the machine; tests of other machines override it."""
    return "15336"


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return a machine, switched on and ready."""
    return Machine(definition_for(model))


@pytest.fixture
async def smart_connect(machine: Machine) -> AsyncGenerator[SmartConnect]:
    """Return the machine's dongle; whatever a test did, it must not have harmed it."""
    smart_connect = SmartConnect(machine, address=ADDRESS, key=0x2A)
    yield smart_connect
    assert not smart_connect.bricked
    assert not smart_connect.unknown_commands
    assert not machine.half_broken


@pytest.fixture
async def adapter(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, smart_connect: SmartConnect
) -> AsyncGenerator[None]:
    """Put the machine into the range of Home Assistant's Bluetooth."""
    _, remove = await async_add_simulated_adapter(hass, [smart_connect], slots=2)
    yield
    remove()


@pytest.fixture
async def entry(hass: HomeAssistant, adapter: None) -> AsyncGenerator[MockConfigEntry]:
    """Return the entry of the machine, added as a person would: found, and confirmed."""
    entry = await async_confirm_discovery(hass)
    yield entry
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
def wifi_pause() -> float:
    """Return the seconds that the WiFi Connect wants between two sessions; tests of gentler ones override it."""
    return 20.0


@pytest.fixture
async def wifi_connect(machine: Machine, lan: None, wifi_pause: float) -> AsyncGenerator[WifiConnect]:
    """Return the machine's WiFi Connect; whatever a test did, nothing may have been sent that upsets machines."""
    wifi_connect = WifiConnect(machine, host=LAN_HOST, pin="1234", min_pause=wifi_pause)
    await wifi_connect.start()
    yield wifi_connect
    await wifi_connect.stop()
    assert not wifi_connect.forbidden
    assert not wifi_connect.unlisted
    assert not wifi_connect.malformed
    assert not wifi_connect.upset


@pytest.fixture
async def lan_entry(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    enable_bluetooth: None,
    model: str,
    machine: Machine,
    wifi_connect: WifiConnect,
) -> AsyncGenerator[MockConfigEntry]:
    """Return the entry of a machine that is reached over Wi-Fi only, and was paired before."""
    token = wifi_connect.tokens["686F6D65"] = "AB" * 32
    article = find_article(int(model))
    assert article is not None
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=f"JURA {article.name}",
        unique_id=f"{article.number}-{machine.machine_number}-{machine.serial_number}",
        data={
            CONF_HOST: LAN_HOST,
            CONF_PIN: "1234",
            CONF_TOKEN: token,
            CONF_CONNECTION_ID: "home",
            CONF_ARTICLE: article.number,
            CONF_DEFINITION: article.definition,
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def async_confirm_discovery(hass: HomeAssistant) -> MockConfigEntry:
    """Wait for the discovery of a machine, confirm it, and return its entry."""
    await async_wait_for(hass, lambda: hass.config_entries.flow.async_progress_by_handler(DOMAIN))
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_BLUETOOTH
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    assert result["type"] == "create_entry", result
    await hass.async_block_till_done()
    entry: MockConfigEntry = result["result"]
    return entry


async def async_wait_for_state(hass: HomeAssistant, entity_id: str, *states: str, seconds: float = 120) -> str:
    """Let virtual time pass until an entity has one of these states, or any that was read if none is named."""

    def reached() -> str | None:
        state = hass.states.get(entity_id)
        if state is None or (state.state not in states if states else state.state in ("unknown", "unavailable")):
            return None
        return state.state

    return str(await async_wait_for(hass, reached, seconds))


@pytest.fixture
def experimental() -> bool:
    """Tell whether the option is on."""
    return False


@pytest.fixture
async def over_bluetooth(
    hass: HomeAssistant, adapter: None, machine: Machine, smart_connect: SmartConnect, model: str, experimental: bool
) -> AsyncGenerator[Kitchen]:
    """Return a kitchen with a Smart Connect."""
    data = {**data_of(model), "address": ADDRESS}
    entry = await async_add(hass, machine, data, experimental=experimental)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    yield Kitchen(hass, machine, entry, smart_connect=smart_connect)
    await async_finish(hass)


@pytest.fixture
async def over_wifi(
    hass: HomeAssistant,
    lan: None,
    enable_custom_integrations: None,
    enable_bluetooth: None,
    machine: Machine,
    model: str,
    experimental: bool,
) -> AsyncGenerator[Kitchen]:
    """Return a kitchen with a WiFi Connect that already knows Home Assistant."""
    wifi = WifiConnect(machine, host=LAN_HOST, pin="1234", min_pause=20.0)
    wifi.tokens[CLIENT.encode().hex().upper()] = TOKEN
    await wifi.start()
    data = {**data_of(model), "host": LAN_HOST, "pin": "1234", "connection_id": CLIENT, "token": TOKEN}
    entry = await async_add(hass, machine, data, experimental=experimental)
    await asyncio.sleep(30)
    yield Kitchen(hass, machine, entry, wifi=wifi)
    await async_finish(hass)
    await wifi.stop()
    assert not wifi.forbidden
    assert not wifi.unlisted
    assert not wifi.malformed
    assert not wifi.upset


@pytest.fixture(params=["over_bluetooth", "over_wifi"])
def kitchen(request: pytest.FixtureRequest, model: str, experimental: bool) -> Kitchen:
    """Return a kitchen of either kind."""
    found: Kitchen = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def office(hass: HomeAssistant, over_bluetooth: Kitchen) -> AsyncGenerator[Kitchen]:
    """Return a second machine, an S8 beside that of the kitchen."""
    machine = Machine(definition_for("15172"), serial_number=5, unnamed_bit=False)
    smart_connect = SmartConnect(machine, address="C0:FF:EE:00:00:02", key=0x3B)
    _, remove = await async_add_simulated_adapter(hass, [smart_connect], name="Adapter of the office")
    data = {**data_of("15172"), "address": smart_connect.address}
    entry = await async_add(hass, machine, data, title="Office")
    await async_wait_for(hass, lambda: smart_connect.link is None)
    yield Kitchen(hass, machine, entry, smart_connect=smart_connect)
    await async_finish(hass)
    remove()


type Press = Callable[[str], Awaitable[None]]


@pytest.fixture
def press(hass: HomeAssistant) -> Press:
    """Return what presses a button, as a person on a dashboard does."""

    async def press(entity_id: str) -> None:
        await hass.services.async_call("button", "press", {"entity_id": entity_id}, blocking=True)

    return press
