"""The main job, as a person sees it: a button is pressed, and a drink is made, or they are told why not."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator.machine import Machine
from simulator.smart_connect import SmartConnect

from .conftest import Press, async_wait_for, async_wait_for_state
from .kitchen import Kitchen, async_hold_link

ESPRESSO = "button.jura_e8_eb_espresso"
CAPPUCCINO = "button.jura_e8_eb_cappuccino"
STATE = "sensor.jura_e8_eb_state"
DRINK = "sensor.jura_e8_eb_current_drink"
TOTAL = "sensor.jura_e8_eb_drinks_made"


async def test_espresso(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """From discovery to a drink in the cup and one more on the counter."""
    total = await async_wait_for_state(hass, TOTAL)
    await press(ESPRESSO)
    assert hass.states.get(DRINK).state == "espresso"
    assert hass.states.get(STATE).state == "brewing"
    await async_wait_for_state(hass, STATE, "enjoy")
    assert hass.states.get("sensor.jura_e8_eb_progress").state == "100"
    await async_wait_for_state(hass, TOTAL, str(int(total) + 1))
    assert hass.states.get(DRINK).state == "none"
    assert [(drink.code, drink.outcome.value) for drink in machine.drinks] == [(0x02, "finished")]


async def test_progress_never_falls_and_is_seen_every_second(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """A person watches the bar fill, phase by phase."""
    percentages: list[int] = []
    phases: list[str] = []

    async def watch() -> None:
        while hass.states.get(DRINK).state != "none":
            await asyncio.sleep(1)
            progress = hass.states.get("sensor.jura_e8_eb_progress").state
            if progress.isdigit():
                percentages.append(int(progress))
            phases.append(hass.states.get("sensor.jura_e8_eb_phase").state)

    await press(CAPPUCCINO)
    await watch()
    assert percentages == sorted(percentages)
    assert len(set(percentages)) > 8
    assert {"milk_foam", "grinding", "coffee", "finished"} <= set(phases)


async def test_milk_foam_is_not_forgotten(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """A cappuccino has everything that its definition says."""
    await press(CAPPUCCINO)
    (drink,) = machine.drinks
    assert drink.recipe == {"COFFEE_STRENGTH": 8, "WATER_AMOUNT": 60, "TEMPERATURE": 1, "MILK_FOAM_AMOUNT": 14}


@pytest.mark.parametrize(
    ("model", "button"),
    [
        ("15336", "button.jura_e8_eb_espresso"),
        ("15480", "button.jura_s8_eb_latte_macchiato"),
        ("15361", "button.jura_z10_naa_cappuccino"),
        ("15274", "button.jura_giga_6_flat_white"),
        ("15222", "button.jura_ena_8_espresso"),
    ],
)
async def test_other_machines(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, button: str
) -> None:
    """What works with an E8 works with an S8, a Z10, a GIGA and an ENA."""
    assert hass.states.get(button), list(hass.states.async_entity_ids("button"))
    total = machine.total
    await press(button)
    await async_wait_for(hass, lambda: machine.drink is None)
    (counter,) = (entity for entity in hass.states.async_entity_ids("sensor") if entity.endswith("_drinks_made"))
    await async_wait_for_state(hass, counter, str(total + 1))
    assert [drink.outcome.value for drink in machine.drinks] == ["finished"]


async def test_blocked(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """A machine without water says so, and is not even asked."""
    machine.empty_water_tank()
    with pytest.raises(ServiceValidationError) as refused:
        await press(ESPRESSO)
    assert str(refused.value).startswith("Fill the water tank")
    assert not machine.orders
    machine.fill_water_tank()
    await press(ESPRESSO)
    assert len(machine.drinks) == 1


async def test_blocked_by_kind(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """Without milk there is no cappuccino, but there is espresso."""
    machine.set_alert(14, True)
    with pytest.raises(ServiceValidationError, match="Add milk"):
        await press(CAPPUCCINO)
    await press(ESPRESSO)
    assert [drink.code for drink in machine.drinks] == [0x02]


async def test_second_press_while_a_drink_runs(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """The machine is busy, and says so."""
    await press(ESPRESSO)
    with pytest.raises(ServiceValidationError, match="busy with a drink"):
        await press(CAPPUCCINO)
    await async_wait_for(hass, lambda: machine.drink is None)
    assert len(machine.orders) == 1


async def test_two_presses_at_once(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """Two presses in the same moment make one drink and one clear refusal."""
    results = await asyncio.gather(press(ESPRESSO), press(ESPRESSO), press(CAPPUCCINO), return_exceptions=True)
    refusals = [result for result in results if isinstance(result, ServiceValidationError)]
    assert len(refusals) == 2
    await async_wait_for(hass, lambda: machine.drink is None)
    assert len(machine.orders) == len(machine.drinks) == 1


async def test_cancel(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """A drink can be stopped, and stopping nothing is refused in words."""
    with pytest.raises(ServiceValidationError, match="Nothing is being made"):
        await press("button.jura_e8_eb_cancel_drink")
    await press(CAPPUCCINO)
    await press("button.jura_e8_eb_cancel_drink")
    await async_wait_for_state(hass, DRINK, "none")
    assert [drink.outcome.value for drink in machine.drinks] == ["cancelled"]


async def test_a_machine_that_only_wakes_up(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """An order that only wakes the machine is told as such, and not repeated behind the person's back."""
    machine.first_order_only_wakes = True
    machine.nap()
    with pytest.raises(HomeAssistantError) as not_started:
        await press(ESPRESSO)
    assert not_started.value.translation_key == "not_started"
    assert len(machine.orders) == 1
    assert not machine.drinks
    await press(ESPRESSO)
    assert len(machine.drinks) == 1


async def test_a_drink_made_at_the_machine_is_followed(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine
) -> None:
    """Somebody presses the machine's own button: it shows within one look, and is counted."""
    total = await async_wait_for_state(hass, TOTAL)
    machine.press_product(0x07)
    await async_wait_for_state(hass, DRINK, "latte_macchiato", seconds=61)
    await async_wait_for_state(hass, TOTAL, str(int(total) + 1))


async def test_press_costs_two_reads_and_one_write(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """From button to order there is nothing but the look that the order depends on."""
    await async_wait_for_state(hass, TOTAL)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    before = len(smart_connect.log)
    await press(ESPRESSO)
    operations = [(operation.action, operation.characteristic) for operation in smart_connect.log[before:]]
    start = operations.index(("write", "1525"))
    assert [operation for operation in operations[:start] if operation[0] in ("read", "write")] == [
        ("write", "1529"),
        ("read", "1527"),
        ("read", "1524"),
    ]


async def test_warm_press_after_one_at_the_machine(over_bluetooth: Kitchen) -> None:
    """A moment after a look, too, a drink that somebody has just begun at the machine is seen before anything is sent."""
    await async_hold_link(over_bluetooth)
    assert over_bluetooth.machine.press_product(0x02)
    assert (await over_bluetooth.brew("cappuccino"))["outcome"] == "refused"
    assert not over_bluetooth.machine.orders


async def test_warm_press_after_something_was_taken_away(over_bluetooth: Kitchen) -> None:
    """A moment after a look, too, a person is told what is missing now, and nothing is sent."""
    machine = over_bluetooth.machine
    await async_hold_link(over_bluetooth)
    machine.remove_drip_tray()
    assert (await over_bluetooth.brew("espresso"))["outcome"] == "blocked"
    machine.insert_drip_tray()
    assert (await over_bluetooth.brew("espresso"))["outcome"] == "accepted"
    assert len(machine.orders) == len(machine.drinks) == 1


async def test_pressed_while_the_last_drink_is_enjoyed(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """The end of one drink is not taken for the beginning of the next: what is told is what is made."""
    await press(ESPRESSO)
    await async_wait_for_state(hass, STATE, "enjoy")
    with pytest.raises(HomeAssistantError) as not_started:
        await press(ESPRESSO)
    assert not_started.value.translation_key == "not_started"
    assert len(machine.drinks) == 1
