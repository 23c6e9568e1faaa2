"""The houses in which the matrix is run, and the results of it."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import asdict
import json
import logging
import os
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
import pytest

from custom_components.jura.const import DOMAIN
from custom_components.jura.machine.catalogue import find_article, load_definition
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect
from tests.conftest import ADDRESS, LAN_HOST
from tests.helpers import make_bluetooth_time_virtual, on_loopback

from . import promises
from .cells import Extent, Result
from .faults import Fault
from .flows import Flow
from .house import House
from .record import Cell
from .tap import Operation
from .truth import Truth

MODEL = "15336"
CLIENT = "Home Assistant"
TOKEN = "C0FFEE0123456789" * 4
RESULTS = os.environ.get("JURA_MATRIX_RESULTS")
"""Where scripts/fault-matrix wants the results."""


@pytest.fixture
def extent() -> Extent:
    """Return at which operations faults are tried."""
    return Extent(os.environ.get("JURA_MATRIX", Extent.SELECTION))


type MoveIn = Callable[[Flow], Coroutine[Any, Any, tuple[House, Truth]]]


@pytest.fixture
def on_lan(lan: None, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let Home Assistant ask on the loopback network."""
    with on_loopback(hass_storage, monkeypatch, {LAN_HOST}):
        yield


@pytest.fixture
async def move_in(
    on_lan: None,
    hass: HomeAssistant,
    enable_custom_integrations: None,
    enable_bluetooth: None,
    freezer: FrozenDateTimeFactory,
    virtual_time: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> AsyncGenerator[MoveIn]:
    """Return what sets up the house that a flow takes place in."""
    make_bluetooth_time_virtual(monkeypatch)
    # It would note for each call where it came from, a third of the time that all this takes.
    hass.loop.set_debug(False)
    # What is hidden at first may be wrong, too.
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)
    caplog.set_level(logging.WARNING)
    houses: list[tuple[House, Truth]] = []

    async def move_in(flow: Flow) -> tuple[House, Truth]:
        machine = Machine(definition_for(MODEL), unnamed_bit=False)
        article = find_article(int(MODEL))
        assert article is not None
        house = House(hass, machine, freezer)
        truth = Truth(house, load_definition(article.definition))
        houses.append((house, truth))
        data: dict[str, Any] = {"article": article.number, "definition": article.definition}
        if flow.over == "Bluetooth" and flow.name != "provisioning":
            house.smart_connect = SmartConnect(machine, address=ADDRESS, key=0x2A)
            data |= {"address": ADDRESS}
        else:
            house.wifi = WifiConnect(machine, host=LAN_HOST, pin="1234", min_pause=20.0)
            house.wifi.tokens[CLIENT.encode().hex().upper()] = TOKEN
            data |= {"host": LAN_HOST, "pin": "1234", "connection_id": CLIENT, "token": TOKEN}
        await house.move_in()
        house.entry_data = data
        await hass.config_entries.async_setup(house.make_entry().entry_id)
        await hass.async_block_till_done()
        await truth.attend()
        assert not list(await promises.until_right(house, truth, counted=True, seconds=promises.COUNTED_WITHIN))
        return house, truth

    yield move_in
    await hass.async_block_till_done()
    for entry in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
    for house, truth in houses:
        truth.stop()
        await house.move_out()
    await hass.async_block_till_done(wait_background_tasks=True)


def report(flow: Flow, fault: Fault, operations: Iterable[Operation], results: Sequence[Result]) -> None:
    """Keep the results for who makes the table."""
    if RESULTS is None:
        return
    kinds = sorted({operation.name for operation in operations})
    red = sum(bool(result.problems) for result in results)
    cell = Cell(flow.title, fault.name, tuple(kinds), len(results), red)
    with Path(RESULTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(cell)) + "\n")
