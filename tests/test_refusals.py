"""What the card says of a drink that can't be had is what an order is told: asked both ways in each state of the house."""

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.jura.house_rules import Caller, Source
from custom_components.jura.machine.model import Product

from .helpers import async_wait_for
from .kitchen import Kitchen

type Bring = Callable[[Kitchen], Awaitable[None]]


async def nothing_special(kitchen: Kitchen) -> None:
    """Leave the machine as it is: ready."""


async def tray_full(kitchen: Kitchen) -> None:
    """Fill the drip tray."""
    kitchen.machine.fill_drip_tray()


async def two_things_missing(kitchen: Kitchen) -> None:
    """Let water and the drip tray be missing: one reason is told, and always the same."""
    kitchen.machine.empty_water_tank()
    kitchen.machine.remove_drip_tray()


async def making(kitchen: Kitchen) -> None:
    """Have somebody make a coffee at the machine."""
    assert kitchen.machine.press_product(0x03)


async def making_without_water(kitchen: Kitchen) -> None:
    """Have somebody make the last coffee that there is water for."""
    assert kitchen.machine.press_product(0x03)
    kitchen.machine.empty_water_tank()


async def cleaning(kitchen: Kitchen) -> None:
    """Have somebody clean the machine."""
    kitchen.machine.start_program(0x24)


async def heating(kitchen: Kitchen) -> None:
    """Switch the machine off and on again: it warms up."""
    kitchen.machine.heating_seconds = 300.0
    kitchen.machine.power_cut()
    kitchen.machine.switch_on()
    await async_wait_for(kitchen.hass, lambda: kitchen.machine.phase.value == "heating")
    await asyncio.sleep(30)


async def rinsing(kitchen: Kitchen) -> None:
    """The same, after it has warmed up."""
    kitchen.machine.rinse_seconds = 300.0
    kitchen.machine.power_cut()
    kitchen.machine.switch_on()
    await async_wait_for(kitchen.hass, lambda: kitchen.machine.phase.value == "rinsing")
    await asyncio.sleep(30)


async def away(kitchen: Kitchen) -> None:
    """Pull the plug."""
    kitchen.machine.power_cut()
    await asyncio.sleep(60)


async def giving_way(kitchen: Kitchen) -> None:
    """Leave the machine to the phone."""
    await kitchen.entry.runtime_data.async_give_way(gives_way=True)


async def not_allowed(kitchen: Kitchen) -> None:
    """Let drinks be started by voice only."""
    kitchen.hass.config_entries.async_update_entry(kitchen.entry, options={"sources": ["voice"]})


async def quiet_hours(kitchen: Kitchen) -> None:
    """Let it be quiet all day long, for everybody."""
    options = {"quiet_from": "00:00:00", "quiet_to": "23:59:59", "quiet_sources": list(Source)}
    kitchen.hass.config_entries.async_update_entry(kitchen.entry, options=options)


async def not_allowed_and_away(kitchen: Kitchen) -> None:
    """Several reasons at once."""
    await away(kitchen)
    await not_allowed(kitchen)


@pytest.mark.parametrize(
    ("bring", "key"),
    [
        (nothing_special, None),
        (tray_full, "blocked_empty_drip_tray"),
        (two_things_missing, "blocked_insert_drip_tray"),
        (making, "already_making"),
        (making_without_water, "already_making"),
        (cleaning, "already_making"),
        (heating, "blocked_heating_up"),
        (rinsing, "blocked_please_wait"),
        (away, "nothing_sent"),
        (giving_way, "giving_way"),
        (not_allowed, "not_allowed_dashboard"),
        (quiet_hours, "quiet_hours"),
        (not_allowed_and_away, "not_allowed_dashboard"),
    ],
)
async def test_both_say_the_same(kitchen: Kitchen, bring: Bring, key: str | None) -> None:
    """Where the card sees no reason the order is sent, and nowhere else."""
    await bring(kitchen)
    await kitchen.entry.runtime_data.async_refresh()
    shown = reason_shown(kitchen)
    assert told(shown) == told(await order(kitchen))
    assert (shown.translation_key if shown else None) == key
    assert len(kitchen.machine.orders) == (1 if key is None else 0)


async def test_while_another_order_is_on_its_way(kitchen: Kitchen) -> None:
    """From the press until the machine shows the drink."""
    first = kitchen.hass.async_create_task(order(kitchen))
    await asyncio.sleep(0)
    assert kitchen.entry.runtime_data.commands.is_ordering
    shown = reason_shown(kitchen)
    assert told(shown) == told(await order(kitchen))
    assert shown is not None
    assert shown.translation_key == "already_ordering"
    assert await first is None
    assert len(kitchen.machine.orders) == 1


async def test_of_a_machine_that_takes_no_commands(over_bluetooth: Kitchen) -> None:
    """Very likely because of a PIN."""
    assert over_bluetooth.smart_connect is not None
    over_bluetooth.smart_connect.pin_set = True
    await async_wait_for(over_bluetooth.hass, lambda: over_bluetooth.entry.runtime_data.ways.refuse_commands, 600)
    await over_bluetooth.entry.runtime_data.async_refresh()
    shown = reason_shown(over_bluetooth)
    assert told(shown) == told(await order(over_bluetooth))
    assert shown is not None
    assert shown.translation_key == "commands_refused"
    assert not over_bluetooth.machine.orders


def reason_shown(kitchen: Kitchen) -> HomeAssistantError | None:
    """Return what the card says of an espresso."""
    return kitchen.entry.runtime_data.commands.why_not(espresso(kitchen), Source.DASHBOARD)


async def order(kitchen: Kitchen) -> HomeAssistantError | None:
    """Order an espresso as a person does, and return what they are told if it isn't made."""
    try:
        await kitchen.entry.runtime_data.commands.async_brew(espresso(kitchen).slug, Caller(Source.DASHBOARD))
    except HomeAssistantError as error:
        return error
    return None


def espresso(kitchen: Kitchen) -> Product:
    """Return the machine's espresso."""
    product = kitchen.entry.runtime_data.definition.product("espresso")
    assert isinstance(product, Product)
    return product


def told(error: HomeAssistantError | None) -> tuple[object, ...] | None:
    """Return all that a person, or an automation, is told."""
    if error is None:
        return None
    outcome, alerts = getattr(error, "outcome", None), getattr(error, "alerts", None)
    return type(error), error.translation_key, error.translation_placeholders, outcome, alerts
