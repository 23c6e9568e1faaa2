"""A machine on the network: found, paired, polled gently, joined with its Bluetooth entry."""

import asyncio
from collections.abc import AsyncGenerator

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.wifi_connect import WifiConnect
from simulator.wifi_faults import LanFailure

from .conftest import LAN_HOST, Press, async_wait_for, async_wait_for_state

pytestmark = pytest.mark.usefixtures("lan")

ESPRESSO = "button.jura_s8_eb_espresso"
STATE = "sensor.jura_s8_eb_state"
DRINK = "sensor.jura_s8_eb_current_drink"
TOTAL = "sensor.jura_s8_eb_drinks_made"


@pytest.fixture
def model() -> str:
    """Return an S8, which was sold with a WiFi Connect."""
    return "15480"


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return the machine."""
    return Machine(definition_for(model), unnamed_bit=False)


@pytest.fixture
def answers_udp() -> bool:
    """Return the habit of the dongle's firmware."""
    return True


@pytest.fixture
async def wifi(machine: Machine, answers_udp: bool) -> AsyncGenerator[WifiConnect]:
    """Return the machine's WiFi Connect; whatever a test did, it must not have upset it."""
    wifi = WifiConnect(machine, host=LAN_HOST, pin="1234", min_pause=20.0, answers_udp=answers_udp)
    await wifi.start()
    yield wifi
    await wifi.stop()
    assert not wifi.forbidden
    assert not wifi.unlisted
    assert not wifi.malformed
    assert not wifi.upset


async def async_pair(hass: HomeAssistant, wifi: WifiConnect, flow_id: str, pin: str = "1234") -> None:
    """Go through pairing as a person does: PIN when asked, then confirm at the machine."""
    await async_wait_for(hass, lambda: _step(hass, flow_id) == "pin")
    await hass.config_entries.flow.async_configure(flow_id, {"pin": pin})
    await async_wait_for(hass, lambda: wifi.dialog is not None)
    assert wifi.dialog.client.startswith("Home Assistant ")
    wifi.confirm()
    await async_wait_for(hass, lambda: _step(hass, flow_id) == "paired")
    # As the frontend does when a progress step is over.
    await hass.config_entries.flow.async_configure(flow_id)


def _step(hass: HomeAssistant, flow_id: str) -> str | None:
    """Return the step that a flow shows, None if it is over."""
    for flow in hass.config_entries.flow.async_progress():
        if flow["flow_id"] == flow_id:
            return flow["step_id"]
    return None


@pytest.fixture
async def paired(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None, wifi: WifiConnect
) -> AsyncGenerator[MockConfigEntry]:
    """Add the machine by its address."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {"next_step_id": "host"})
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {"host": LAN_HOST})
    if result["step_id"] == "article":
        await hass.config_entries.flow.async_configure(result["flow_id"], {"article": "15480"})
    await async_pair(hass, wifi, result["flow_id"])
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_pair_and_brew(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """Added by address with its PIN, it brews, shows the drink and counts it."""
    assert paired.title == "JURA S8 (EB)"
    total = await async_wait_for_state(hass, TOTAL)
    assert hass.states.get("sensor.jura_s8_eb_connection").state == "wifi"
    await press(ESPRESSO)
    assert hass.states.get(DRINK).state == "espresso"
    await async_wait_for_state(hass, STATE, "enjoy")
    await async_wait_for_state(hass, TOTAL, str(int(total) + 1))
    assert [drink.outcome.value for drink in machine.drinks] == ["finished"]


async def test_an_hour_of_polling(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect
) -> None:
    """State comes over UDP; sessions are few, short, and none is held."""
    await async_wait_for_state(hass, TOTAL)
    await asyncio.sleep(30)
    sessions, held = len(wifi.sessions), wifi.held_seconds
    await asyncio.sleep(3600)
    assert len(wifi.sessions) - sessions <= 4
    assert wifi.held_seconds - held < 60
    assert wifi.session is None
    assert not any(session.hurried for session in wifi.sessions)


@pytest.mark.parametrize("answers_udp", [False])
async def test_silent_firmware(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """A dongle that does not speak UDP is listened to in short sessions, and followed while it makes a drink."""
    total = await async_wait_for_state(hass, TOTAL, seconds=300)
    await async_wait_for_state(hass, STATE, "ready", "energy_saving", seconds=300)
    await press(ESPRESSO)
    await async_wait_for_state(hass, DRINK, "espresso")
    await async_wait_for(hass, lambda: machine.drink is None)
    await async_wait_for_state(hass, TOTAL, str(int(total) + 1), seconds=600)
    sessions = len(wifi.sessions)
    await asyncio.sleep(3600)
    assert len(wifi.sessions) - sessions <= 75


async def test_answer_lost(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """The order arrived, its answer did not: said so, shown, and not repeated."""
    total = await async_wait_for_state(hass, TOTAL)
    wifi.faults.fail_next(LanFailure.ANSWER_LOST, command="@TP")
    with pytest.raises(HomeAssistantError) as unknown:
        await press(ESPRESSO)
    assert unknown.value.translation_key == "outcome_unknown"
    await async_wait_for_state(hass, DRINK, "espresso")
    await async_wait_for_state(hass, TOTAL, str(int(total) + 1))
    assert len(machine.orders) == 1


async def test_a_look_longer_than_the_drink(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """The dongle hangs once it has taken the order: whether the drink was made, nobody saw."""
    total = await async_wait_for_state(hass, TOTAL)

    def hang(kind: str, _: str) -> None:
        if kind == "datagram" and machine.orders and not wifi.faults.silent_until:
            wifi.faults.silent_until = hass.loop.time() + 25

    wifi.faults.upcoming = hang
    with pytest.raises(HomeAssistantError) as unknown:
        await press(ESPRESSO)
    assert unknown.value.translation_key == "outcome_unknown"
    await async_wait_for_state(hass, TOTAL, str(int(total) + 1), seconds=600)
    assert len(machine.orders) == 1


async def test_phone_has_the_session(
    hass: HomeAssistant, paired: MockConfigEntry, machine: Machine, wifi: WifiConnect, press: Press
) -> None:
    """The phone talks to the machine: still seen over UDP; an order is refused as busy, and nothing is made."""
    await async_wait_for_state(hass, TOTAL)
    await asyncio.sleep(30)
    wifi.phone_connects()
    await asyncio.sleep(60)
    assert hass.states.get(STATE).state in ("ready", "energy_saving")
    with pytest.raises(HomeAssistantError) as busy:
        await press(ESPRESSO)
    assert busy.value.translation_key == "busy"
    assert not machine.drinks
    wifi.phone_disconnects()
    await asyncio.sleep(30)
    await press(ESPRESSO)
    assert len(machine.drinks) == 1
