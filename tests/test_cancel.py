"""Stopping a drink in each of its phases, over either way; and that two who press at once get one drink."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.house_rules import Caller, Source
from custom_components.jura.machine.recipe import default_recipe
from simulator.machine import Machine
from simulator.wifi_connect import WifiConnect

from .conftest import Press, async_wait_for, async_wait_for_state
from .helpers import entity_id

PHASES = pytest.mark.parametrize(
    ("model", "drink", "phase"),
    [
        ("15336", "espresso", "heating"),
        ("15336", "espresso", "grinding"),
        ("15336", "espresso", "coffee"),
        ("15480", "milk", "milk"),
        ("15336", "latte_macchiato", "milk_break"),
        ("15336", "cappuccino", "milk_foam"),
        ("15336", "cappuccino", "grinding"),
        ("15336", "cappuccino", "coffee"),
        ("15336", "barista_lungo", "bypass"),
        ("15336", "hot_water", "hot_water"),
    ],
)


@pytest.fixture
def wifi_pause() -> float:
    """Return the seconds that the WiFi Connect wants between two sessions: those of an S8."""
    return 3.0


async def async_cancel_in(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, drink: str, phase: str
) -> None:
    """Order a drink, stop it as soon as a phase shows, and see that it stops there and then."""

    def found(platform: str, key: str) -> str:
        return entity_id(hass, platform, key, str(entry.unique_id))

    if phase == "heating":
        machine.nap()
    await async_wait_for_state(hass, found("sensor", "state"), "ready", "energy_saving")
    await press(found("button", f"brew_{drink}"))
    await async_wait_for_state(hass, found("sensor", "phase"), phase)
    at = hass.loop.time()
    await press(found("button", "cancel"))
    await async_wait_for_state(hass, found("sensor", "current_drink"), "none", seconds=10)
    (made,) = machine.drinks
    assert made.outcome.value == "cancelled"
    assert made.ended is not None
    assert made.ended - at < 5
    told = hass.states.get(found("event", "drink"))
    assert told is not None
    assert (told.attributes["event_type"], told.attributes["product"]) == ("cancelled", drink)


@PHASES
async def test_over_bluetooth(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, drink: str, phase: str
) -> None:
    """A press on "Cancel" stops what is made, whatever is just going on."""
    await async_cancel_in(hass, entry, machine, press, drink, phase)


@PHASES
async def test_over_wifi(
    hass: HomeAssistant, lan_entry: MockConfigEntry, machine: Machine, press: Press, drink: str, phase: str
) -> None:
    """The same, over Wi-Fi."""
    await async_cancel_in(hass, lan_entry, machine, press, drink, phase)


@pytest.mark.parametrize("wifi_pause", [20.0])
async def test_over_a_wifi_connect_that_wants_long_pauses(
    hass: HomeAssistant, lan_entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """Where the last session has just ended, a Z10 lets nobody in for 20 s, a cancel included: late, but it works."""
    await press(entity_id(hass, "button", "brew_latte_macchiato"))
    at = hass.loop.time()
    await press(entity_id(hass, "button", "cancel"))
    assert hass.loop.time() - at < 30
    assert [drink.outcome.value for drink in machine.drinks] == ["cancelled"]


async def test_cancel_that_gets_in_too_late(
    hass: HomeAssistant, lan_entry: MockConfigEntry, wifi_connect: WifiConnect, machine: Machine, press: Press
) -> None:
    """The dongle hangs until the drink is done, and then takes the cancel all the same: it stopped nothing, and says so."""
    await press(entity_id(hass, "button", "brew_espresso"))
    await async_wait_for_state(hass, entity_id(hass, "sensor", "phase"), "coffee")
    wifi_connect.faults.ignore_logins = 1
    with pytest.raises(ServiceValidationError) as too_late:
        await press(entity_id(hass, "button", "cancel"))
    assert too_late.value.translation_key == "nothing_to_cancel"
    assert [drink.outcome.value for drink in machine.drinks] == ["finished"]


async def async_cancel_while_ordering(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """Press "Cancel" until it is taken, while the order for a drink has not come back yet."""
    await async_wait_for_state(hass, entity_id(hass, "sensor", "state"), "ready", "energy_saving")
    order = hass.async_create_task(press(entity_id(hass, "button", "brew_cappuccino")))
    await async_wait_for(hass, lambda: machine.drink)
    at = hass.loop.time()
    await press(entity_id(hass, "button", "cancel"))
    assert hass.loop.time() - at < 5
    # The order was carried out: it doesn't wait in vain for a drink that was stopped since, and complains of nothing.
    await order
    assert hass.loop.time() - at < 10
    assert [drink.outcome.value for drink in machine.drinks] == ["cancelled"]


async def test_while_the_order_is_awaited(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """A cancel doesn't wait for the order that it is meant for."""
    await async_cancel_while_ordering(hass, entry, machine, press)


async def test_while_the_order_is_awaited_over_wifi(
    hass: HomeAssistant, lan_entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """Nor over Wi-Fi."""
    await async_cancel_while_ordering(hass, lan_entry, machine, press)


async def test_nothing_waits_for_an_order(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """While an order that only woke the machine is awaited, others are refused and a drink can be stopped at once."""
    machine.first_order_only_wakes = True
    machine.nap()
    order = hass.async_create_task(press(entity_id(hass, "button", "brew_espresso")))
    await async_wait_for(hass, lambda: machine.orders)
    at = hass.loop.time()
    with pytest.raises(ServiceValidationError) as refused:
        await press(entity_id(hass, "button", "brew_espresso"))
    assert refused.value.translation_key == "already_ordering"
    assert hass.loop.time() - at < 1
    await async_wait_for(hass, lambda: machine.phase.value == "ready")
    assert machine.press_product(0x04)
    await press(entity_id(hass, "button", "cancel"))
    assert not order.done()
    assert [drink.outcome.value for drink in machine.drinks] == ["cancelled"]
    with pytest.raises(HomeAssistantError) as not_started:
        await order
    assert not_started.value.translation_key == "not_started"


@pytest.mark.parametrize("second", ["espresso", "cappuccino"])
@pytest.mark.parametrize("pause", [0, 0.2, 0.9])
async def test_two_presses(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, second: str, pause: float
) -> None:
    """Two presses within a second are one drink, the first, and one refusal in words that comes at once."""
    first = hass.async_create_task(press(entity_id(hass, "button", "brew_espresso")))
    await asyncio.sleep(pause)
    at = hass.loop.time()
    with pytest.raises(ServiceValidationError) as refused:
        await press(entity_id(hass, "button", f"brew_{second}"))
    assert refused.value.translation_key in ("already_ordering", "already_making")
    assert hass.loop.time() - at < 1
    await first
    await async_wait_for(hass, lambda: machine.drink is None)
    assert [drink.code for drink in machine.drinks] == [0x02]
    assert len(machine.orders) == 1


async def test_a_press_and_an_action(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """The same for a button and whatever else orders drinks."""
    coordinator = entry.runtime_data
    recipe = default_recipe(coordinator.definition.product("cappuccino"))
    results = await asyncio.gather(
        press(entity_id(hass, "button", "brew_espresso")),
        coordinator.commands.async_start(recipe, None, Caller(Source.DASHBOARD)),
        return_exceptions=True,
    )
    refusals = [result for result in results if result is not None]
    assert len(refusals) == 1
    assert isinstance(refusals[0], ServiceValidationError)
    await async_wait_for(hass, lambda: machine.drink is None)
    assert len(machine.drinks) == len(machine.orders) == 1
