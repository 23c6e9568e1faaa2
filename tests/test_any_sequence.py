"""Any sequence again, through a real Home Assistant: what a person is told about a drink is what the machine did.

A smaller one than tests/machine/test_any_sequence.py, with what only this side has: the look before an order, the wait until
the drink shows, buttons pressed twice, giving way, reloads. One Home Assistant lives through all sequences.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from hypothesis import HealthCheck, given, settings, strategies as st
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from simulator.faults import Failure
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect

from .conftest import async_wait_for
from .helpers import entity_id, state_of

NOTHING_MADE = {"blocked", "refused", "rejected", "not_sent"}
STEPS = st.one_of(
    st.tuples(st.just("order"), st.sampled_from(("espresso", "coffee", "cappuccino"))),
    st.tuples(st.just("failing order"), st.sampled_from(list(Failure))),
    st.tuples(st.just("impatient"), st.integers(2, 4)),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("look")),
    st.tuples(st.just("give way"), st.booleans()),
    st.tuples(st.just("reload")),
    st.tuples(st.just("wait"), st.sampled_from((1, 20, 90, 1000))),
    st.tuples(st.just("fault"), st.sampled_from(list(Failure)), st.integers(0, 8)),
    st.tuples(st.just("power"), st.booleans()),
    st.tuples(st.just("phone"), st.booleans()),
    st.tuples(st.just("tank"), st.booleans()),
)


class Household:
    """Those who live with a machine, and what they were told."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect) -> None:
        """Begin with nothing told."""
        self.hass = hass
        self.entry = entry
        self.smart_connect = smart_connect
        self.machine: Machine = smart_connect.machine
        self.told: Counter[str] = Counter()
        self.before = len(self.machine.drinks)

    async def order(self, product: str) -> None:
        """Order a drink, and note what becomes of it by what is told."""
        answer = await self.hass.services.async_call(
            DOMAIN, "brew", {"product": product}, blocking=True, return_response=True
        )
        assert answer is not None
        self.told[str(answer["outcome"])] += 1

    async def switch(self, *, on: bool) -> None:
        """Give way to the phone, or no more."""
        switch = entity_id(self.hass, "switch", "give_way")
        await self.hass.services.async_call(
            "switch", f"turn_{'on' if on else 'off'}", {"entity_id": switch}, blocking=True
        )

    async def press(self, button: str) -> None:
        """Press what may be refused and makes no drink."""
        with suppress(HomeAssistantError):
            await self.hass.services.async_call(
                "button", "press", {"entity_id": entity_id(self.hass, "button", button)}, blocking=True
            )

    async def take(self, step: tuple[Any, ...]) -> None:
        """Do a step."""
        match step:
            case ("order", product):
                await self.order(product)
            case ("failing order", failure):
                self.smart_connect.faults.fail_next(failure, characteristic="1525")
                await self.order("espresso")
            case ("impatient", times):
                await asyncio.gather(*(self.order("coffee") for _ in range(times)))
            case ("cancel",):
                await self.press("cancel")
            case ("look",):
                await self.press("refresh")
            case ("give way", on):
                await self.switch(on=on)
            case ("reload",):
                assert await self.hass.config_entries.async_reload(self.entry.entry_id)
            case ("wait", seconds):
                await asyncio.sleep(seconds)
            case ("fault", failure, skip):
                self.smart_connect.faults.fail_next(failure, skip=skip)
            case ("power", on):
                (self.machine.switch_on if on else self.machine.power_cut)()
            case ("phone", on):
                (self.smart_connect.phone_connects if on else self.smart_connect.phone_disconnects)()
            case ("tank", on):
                (self.machine.fill_water_tank if on else self.machine.empty_water_tank)()
            case _:
                raise AssertionError(step)

    def check(self) -> None:
        """Fail unless as many drinks were made as people were told."""
        made = len(self.machine.drinks) - self.before
        least = self.told["accepted"]
        most = self.told.total() - sum(self.told[outcome] for outcome in NOTHING_MADE)
        assert least <= made <= most, self.told

    async def rest(self) -> None:
        """Let everything come to rest with nothing in the way: back by itself, all counted, and nothing made late."""
        self.smart_connect.phone_disconnects()
        self.smart_connect.faults.clear()
        await self.switch(on=False)
        self.machine.switch_on()
        self.machine.fill_water_tank()
        drinks = len(self.machine.drinks)
        await async_wait_for(self.hass, lambda: self.machine.drink is None, seconds=600)
        self.machine.empty_grounds()
        self.machine.remove_drip_tray()
        self.machine.insert_drip_tray()
        # By then it was looked at, and the counters were read.
        await asyncio.sleep(1500)
        assert len(self.machine.drinks) == drinks
        assert state_of(self.hass, "sensor", "state") in ("ready", "energy_saving")
        assert state_of(self.hass, "sensor", "count_total") == str(self.machine.total)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=1, max_size=10))
async def test_told_is_made(
    hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect, steps: list[tuple[Any, ...]]
) -> None:
    """Accepted is one drink, refused is none, unknown is one or none; and the end is always a machine that works."""
    household = Household(hass, entry, smart_connect)
    for step in steps:
        await household.take(step)
        household.check()
    await household.rest()
    household.check()
