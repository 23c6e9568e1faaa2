"""Bad input, tried: whatever fails, nothing is brewed twice, nothing unread is shown, and it recovers by itself."""

import asyncio
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.faults import Failure
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect

from .conftest import Press, async_wait_for, async_wait_for_state

ESPRESSO = "button.jura_e8_eb_espresso"
STATE = "sensor.jura_e8_eb_state"
DRINK = "sensor.jura_e8_eb_current_drink"
TOTAL = "sensor.jura_e8_eb_drinks_made"


@pytest.fixture
async def idle(hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect) -> int:
    """Wait until everything is read and the link is free; return the total."""
    total = await async_wait_for_state(hass, TOTAL)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    return int(total)


async def test_answer_lost(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """The machine brews, but we can't know: say so, look, and never order again."""
    smart_connect.faults.fail_next(Failure.ANSWER_LOST, characteristic="1525")
    with pytest.raises(HomeAssistantError) as unknown:
        await press(ESPRESSO)
    assert unknown.value.translation_key == "outcome_unknown"
    await async_wait_for_state(hass, DRINK, "espresso", seconds=10)
    await async_wait_for_state(hass, TOTAL, str(idle + 1))
    assert len(machine.orders) == 1


async def test_order_lost(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """The order never arrived, but we can't know that either: no drink, no repetition, and the next press works."""
    smart_connect.faults.fail_next(Failure.LOST, characteristic="1525")
    with pytest.raises(HomeAssistantError) as unknown:
        await press(ESPRESSO)
    assert unknown.value.translation_key == "outcome_unknown"
    await asyncio.sleep(120)
    assert not machine.orders
    await press(ESPRESSO)
    assert len(machine.drinks) == 1


@pytest.mark.parametrize("failure", [Failure.NO_ANSWER, Failure.ACTED_NO_ANSWER])
async def test_silence_of_25_seconds(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect, press: Press, failure: Failure
) -> None:
    """Nobody waits for ever, and at most one drink comes of it."""
    smart_connect.faults.fail_next(failure, characteristic="1525")
    time = hass.loop.time()
    with pytest.raises(HomeAssistantError) as unknown:
        await press(ESPRESSO)
    assert unknown.value.translation_key == "outcome_unknown"
    assert hass.loop.time() - time < 25
    await asyncio.sleep(120)
    assert len(machine.orders) == (failure is Failure.ACTED_NO_ANSWER)
    await async_wait_for_state(hass, TOTAL, str(idle + len(machine.drinks)))


async def test_order_rejected(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """The dongle says no: nothing was done, and that is what is told."""
    smart_connect.faults.fail_next(Failure.ATT_ERROR, characteristic="1525")
    with pytest.raises(HomeAssistantError) as rejected:
        await press(ESPRESSO)
    assert rejected.value.translation_key == "command_rejected"
    assert not machine.drinks


@pytest.mark.parametrize("operation", range(12))
@pytest.mark.parametrize("failure", [Failure.LOST, Failure.ANSWER_LOST, Failure.NO_ANSWER])
async def test_link_lost_at_every_operation_of_a_press(
    hass: HomeAssistant,
    idle: int,
    machine: Machine,
    smart_connect: SmartConnect,
    press: Press,
    operation: int,
    failure: Failure,
) -> None:
    """Wherever the link fails, drinks made are as told, and never two."""
    smart_connect.faults.fail_next(failure, skip=operation)
    told: str | None = None
    try:
        await press(ESPRESSO)
    except HomeAssistantError as error:
        told = error.translation_key
    await asyncio.sleep(180)
    assert told in (None, "outcome_unknown", "nothing_sent")
    assert len(machine.drinks) <= 1
    if told is None:
        assert len(machine.drinks) == 1
    if told == "nothing_sent":
        assert not machine.drinks
    await async_wait_for_state(hass, TOTAL, str(idle + len(machine.drinks)), seconds=1000)
    assert hass.states.get(STATE).state in ("ready", "energy_saving")


@pytest.mark.parametrize("failure", [Failure.TRUNCATED, Failure.GARBAGE, Failure.WRONG_KEY, Failure.STALE])
async def test_implausible_reads(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect, failure: Failure
) -> None:
    """What can't be true is discarded; the last good counters stand, and the next look is good again."""
    smart_connect.faults.fail_next(failure, on="read", times=30)
    await asyncio.sleep(20 * 60)
    assert hass.states.get(TOTAL).state == str(idle)
    smart_connect.faults.clear()
    await async_wait_for_state(hass, STATE, "energy_saving", "ready")
    assert hass.states.get("sensor.jura_e8_eb_unknown_alerts").state == "0"


async def test_end_of_a_drink_that_nobody_saw(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """The dongle hangs until the drink is over: it is counted as soon as the machine is seen again."""
    await press(ESPRESSO)
    smart_connect.faults.silent_until = hass.loop.time() + 60
    await async_wait_for_state(hass, STATE, "unavailable")
    await async_wait_for(hass, lambda: machine.drink is None)
    await async_wait_for_state(hass, TOTAL, str(idle + 1), seconds=120)


async def test_press_while_we_hold_back(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect
) -> None:
    """After failures we try less often; a person doesn't wait for that, nor for a machine that nobody hears."""

    async def brew() -> None:
        await hass.services.async_call("jura", "brew", {"product": "espresso"}, blocking=True)

    smart_connect.faults.fail_connects = 12
    await async_wait_for(hass, lambda: not smart_connect.faults.fail_connects, seconds=600)
    await asyncio.sleep(3)
    assert hass.states.get(STATE).state == "unavailable"
    await brew()
    assert len(machine.drinks) == 1
    await async_wait_for(hass, lambda: machine.drink is None)

    machine.power_cut()
    await async_wait_for_state(hass, STATE, "unavailable")
    time = hass.loop.time()
    with pytest.raises(HomeAssistantError) as away:
        await brew()
    assert away.value.translation_key == "nothing_sent"
    assert hass.loop.time() - time < 1


async def test_key_changes(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """The dongle has another key one day, and says so in its advertisement; nobody notices."""
    smart_connect.key = 0x5E
    await asyncio.sleep(10)
    await press(ESPRESSO)
    await async_wait_for(hass, lambda: machine.drink is None)
    smart_connect.key = 0x00
    await async_wait_for_state(hass, TOTAL, str(idle + 1))
    await asyncio.sleep(120)
    assert hass.states.get(STATE).state in ("ready", "energy_saving")


async def test_machine_off_in_the_middle(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """Power fails while a drink is made: it is gone, its end is not invented, and all is well when power is back."""
    await press(ESPRESSO)
    await asyncio.sleep(5)
    machine.power_cut()
    await async_wait_for_state(hass, STATE, "unavailable")
    assert hass.states.get(TOTAL).state == str(idle)
    await asyncio.sleep(600)
    machine.switch_on()
    await async_wait_for_state(hass, STATE, "heating", "rinsing", "ready")
    await async_wait_for_state(hass, TOTAL, str(machine.total), seconds=1200)


async def test_counters_that_jump(hass: HomeAssistant, idle: int, machine: Machine, press: Press) -> None:
    """A total that falls, or rises by thousands, is not believed; one that goes on is."""
    for nonsense in (idle - 1, 3, idle + 5000, 0):
        machine.set_counter(0, nonsense)
        await press("button.jura_e8_eb_refresh")
        await asyncio.sleep(60)
        assert hass.states.get(TOTAL).state == str(idle)
    machine.set_counter(0, idle + 1)
    await press("button.jura_e8_eb_refresh")
    await async_wait_for_state(hass, TOTAL, str(idle + 1))


async def test_clock_set_back(
    hass: HomeAssistant, idle: int, machine: Machine, press: Press, freezer: FrozenDateTimeFactory
) -> None:
    """Counters go on by the time that passed, not by what the clock says: it may be set."""
    freezer.tick(timedelta(hours=-1))
    await asyncio.sleep(300)
    machine.set_counter(0, idle + 4)
    await press("button.jura_e8_eb_refresh")
    await async_wait_for_state(hass, TOTAL, str(idle + 4))


async def test_half_of_the_counters(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect, entry: MockConfigEntry, press: Press
) -> None:
    """What is missing this time stands as it was, and is asked for again soon."""
    slots = entry.runtime_data.data.counters.slots
    smart_connect.faults.fail_next(Failure.TRUNCATED, characteristic="1534")
    machine.set_counter(0, idle + 1)
    last = max(slot for slot in machine.counters)
    machine.set_counter(last, machine.counters[last] + 1)
    await press("button.jura_e8_eb_refresh")
    await async_wait_for_state(hass, TOTAL, str(idle + 1))
    assert entry.runtime_data.data.counters.slots == slots
    await async_wait_for(hass, lambda: entry.runtime_data.data.counters.slots[last] == slots[last] + 1, seconds=300)


async def test_drink_that_nobody_saw(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """The order arrived, and nobody knew: what came of it is counted as soon as the machine is seen again."""
    smart_connect.faults.fail_next(Failure.ANSWER_LOST, characteristic="1525")

    def fall_silent() -> None:
        if machine.drinks:
            smart_connect.faults.silent_until = machine.drinks[0].started + 60

    unsubscribe = machine.subscribe(fall_silent)
    with pytest.raises(HomeAssistantError) as unknown:
        await press(ESPRESSO)
    assert unknown.value.translation_key == "outcome_unknown"
    unsubscribe()
    await async_wait_for(hass, lambda: machine.drinks and machine.drink is None)
    await async_wait_for_state(hass, TOTAL, str(idle + 1), seconds=180)


async def test_unknown_alert_and_product(hass: HomeAssistant, idle: int, machine: Machine, press: Press) -> None:
    """What nobody knows is shown with its number."""
    machine.set_alert(60, True)
    machine.press_product(0x55)
    await press("button.jura_e8_eb_refresh")
    await async_wait_for_state(hass, DRINK, "unknown_product")
    assert hass.states.get(DRINK).attributes["product_code"] == 0x55
    unknown = hass.states.get("sensor.jura_e8_eb_unknown_alerts")
    assert (unknown.state, unknown.attributes["bits"]) == ("1", [60])


async def test_dongle_moved_to_another_machine(
    hass: HomeAssistant,
    idle: int,
    machine: Machine,
    smart_connect: SmartConnect,
    press: Press,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The dongle serves another machine now: its values are not ours, and nothing is brewed there."""
    other = Machine(machine.definition, serial_number=99)
    smart_connect.machine = other
    await async_wait_for_state(hass, STATE, "unavailable")
    await press(ESPRESSO)
    await asyncio.sleep(3600)
    assert not other.orders
    assert hass.states.get(TOTAL).state == str(idle)
    assert "plugged into another machine" in caplog.text


async def test_article_blank_for_a_while(
    hass: HomeAssistant, idle: int, machine: Machine, smart_connect: SmartConnect
) -> None:
    """Directly after switching on the dongle does not know its machine: we do."""
    smart_connect.identity_seconds = 90
    machine.power_cut()
    await async_wait_for_state(hass, STATE, "unavailable")
    machine.switch_on()
    await async_wait_for_state(hass, STATE, "heating", "rinsing", "ready", seconds=70)
