"""Home Assistant starts anew, or an entry does, in the middle of something: it goes on, or ends cleanly and says so.

A drink and a program that are under way go on in the machine and are found again (tests/test_events.py and
tests/test_programs.py); here it happens while the order itself is under way, while a person pairs, and while a dongle is
put on a network. What was begun with a person is begun again with a person: nothing goes on by itself.
"""

import asyncio
from collections.abc import AsyncGenerator

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from simulator.blufi import BlufiDongle
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.scanner import SimulatedScanner
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect

from .conftest import LAN_HOST, async_wait_for, async_wait_for_state
from .helpers import entity_id
from .test_provisioning_flow import (  # noqa: F401
    DONGLE,
    PASSWORD,
    Person,
    async_to_dongle,
    dongle,
    home,
    no_password_in_logs,
    person,
    scanner,
    wifi,
)

TOTAL = "sensor.jura_e8_eb_drinks_made"
MOMENTS = (0.0, 0.05, 0.1, 0.3, 0.5, 1.0, 2.0, 3.1, 5.0, 12.0)
"""Seconds after a press: connecting, looking, ordering, waiting for the drink to show, the drink itself."""


@pytest.fixture
async def machine(model: str) -> Machine:
    """Return a machine that says the same over both of its dongles."""
    return Machine(definition_for(model), unnamed_bit=False)


async def async_order_and_restart(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, moment: float, away: float
) -> None:
    """Order a drink, start the entry anew at a moment, and see that what is told and counted is what was made."""
    total = int(await async_wait_for_state(hass, TOTAL, seconds=300))
    await asyncio.sleep(300)
    told: list[str] = []
    drinks = entity_id(hass, "event", "drink")

    @callback
    def listen(event: Event) -> None:
        state = event.data["new_state"]
        if event.data["entity_id"] == drinks and state and state.attributes.get("event_type"):
            if not told or told[-1] != state.attributes["event_type"]:
                told.append(state.attributes["event_type"])

    hass.bus.async_listen("state_changed", listen)
    ordering = asyncio.create_task(
        hass.services.async_call(DOMAIN, "brew", {"product": "espresso"}, blocking=True, return_response=True)
    )
    await asyncio.sleep(moment)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await asyncio.sleep(away)
    assert await hass.config_entries.async_setup(entry.entry_id)
    try:
        answer = await ordering
        outcome = str(answer["outcome"]) if answer else ""
    except HomeAssistantError as error:
        outcome = str(error.translation_key)
    await asyncio.sleep(600)
    assert len(machine.orders) <= 1
    made = len(machine.drinks)
    if outcome == "accepted":
        assert made == 1
    if outcome in ("not_sent", "refused", "blocked"):
        assert made == 0
    assert outcome in ("accepted", "not_sent", "outcome_unknown"), outcome
    assert told in ([], ["started", "finished"], ["started", "ended_unseen"], ["failed"]), told
    if told[:1] == ["started"]:
        assert made
    elif made:
        # Over before anybody looked again: said so, and counted.
        assert (outcome, away > 60) == ("outcome_unknown", True)
    await async_wait_for_state(hass, TOTAL, str(total + made), seconds=3600)
    # And it is as good as before.
    await hass.services.async_call(DOMAIN, "brew", {"product": "espresso"}, blocking=True)
    assert len(machine.drinks) == made + 1


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("away", [0, 90])
async def test_during_an_order(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    machine: Machine,
    smart_connect: SmartConnect,
    moment: float,
    away: float,
) -> None:
    """Over Bluetooth."""
    await async_order_and_restart(hass, entry, machine, moment, away)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("away", [0, 90])
async def test_during_an_order_over_wifi(
    hass: HomeAssistant,
    lan_entry: MockConfigEntry,
    machine: Machine,
    wifi_connect: WifiConnect,
    moment: float,
    away: float,
) -> None:
    """Over Wi-Fi."""
    await async_order_and_restart(hass, lan_entry, machine, moment, away)


class TestWithAPerson:
    """What needs a person is over with the restart, with nothing left at the machine, and can be begun again."""

    @pytest.fixture
    def model(self) -> str:
        """Return an S8, which was sold with a WiFi Connect."""
        return "15480"

    @pytest.fixture
    async def on_network(self, wifi: WifiConnect) -> AsyncGenerator[WifiConnect]:  # noqa: F811
        """Return the WiFi Connect, on the network."""
        await wifi.start()
        yield wifi
        await wifi.stop()

    async def test_pairing(self, hass: HomeAssistant, enable_bluetooth: None, on_network: WifiConnect) -> None:
        """The machine's display asks, and Home Assistant stops: at once, and the display asks no more."""
        on_network.pin = ""
        on_network.dialog_seconds = 300
        result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
        result = await hass.config_entries.flow.async_configure(result["flow_id"], {"next_step_id": "host"})
        await hass.config_entries.flow.async_configure(result["flow_id"], {"host": LAN_HOST})
        await async_wait_for(hass, lambda: on_network.dialog is not None)
        begin = hass.loop.time()
        await hass.async_stop()
        assert hass.loop.time() - begin < 10
        await asyncio.sleep(1)
        assert on_network.session is None
        assert on_network.dialog is None
        assert not on_network.tokens

    @pytest.mark.parametrize("until", ["provision_connecting", "provision_securing", "provision_sending"])
    async def test_provisioning(
        self,
        hass: HomeAssistant,
        person: Person,  # noqa: F811
        scanner: SimulatedScanner,  # noqa: F811
        dongle: BlufiDongle,  # noqa: F811
        until: str,
    ) -> None:
        """The dongle is let go at once, whatever it was told; it can be told again."""
        await async_to_dongle(person)
        await person.wait({"address": DONGLE})
        await person.wait({"ssid": "Home", "password": PASSWORD}, until=until)
        begin = hass.loop.time()
        await hass.async_stop()
        assert hass.loop.time() - begin < 10
        await asyncio.sleep(1)
        assert dongle.link is None
