"""A kitchen: a machine, its entry in Home Assistant, and the dongle between the two."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
import json
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from custom_components.jura.machine.catalogue import find_article
from custom_components.jura.my_drinks import SUBENTRY_DRINK
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect

from .helpers import async_wait_for, placeholders, texts

CLIENT = "Home Assistant"
TOKEN = "C0FFEE0123456789" * 4


@dataclass
class Kitchen:
    """A machine, its entry, and the dongle through which they are in touch."""

    hass: HomeAssistant
    machine: Machine
    entry: MockConfigEntry
    smart_connect: SmartConnect | None = None
    wifi: WifiConnect | None = None

    async def brew(self, product: str, **data: Any) -> dict[str, Any]:
        """Ask for a drink and for what becomes of it."""
        return await async_act(self.hass, "brew", {"product": product, **data})

    async def refusal(self, product: str, **data: Any) -> ServiceValidationError:
        """Ask for a drink that can't be had, and return what a person is told, whether or not they want a response."""
        orders = len(self.machine.orders)
        for response in (True, False):
            with pytest.raises(ServiceValidationError) as refused:
                await self.hass.services.async_call(
                    DOMAIN, "brew", {"product": product, **data}, blocking=True, return_response=response
                )
        assert len(self.machine.orders) == orders
        key = refused.value.translation_key
        wanted = placeholders(texts()["exceptions"][key]["message"])
        assert wanted == set(refused.value.translation_placeholders or {}), key
        return refused.value

    async def own(self, name: str, product: str, values: Mapping[str, int | str], *preselections: str) -> None:
        """Add a drink of one's own."""
        data = {"product": product, "values": dict(values), "preselections": list(preselections)}
        drink = ConfigSubentry(data=MappingProxyType(data), subentry_type=SUBENTRY_DRINK, title=name, unique_id=None)
        self.hass.config_entries.async_add_subentry(self.entry, drink)
        await self.hass.async_block_till_done()

    async def finish(self) -> None:
        """Wait until the cup is taken, and do what the machine asks for."""
        await async_wait_for(self.hass, lambda: self.machine.drink is None, seconds=600)
        await asyncio.sleep(60)
        self.machine.fill_water_tank()
        self.machine.empty_grounds()
        self.machine.remove_drip_tray()
        self.machine.insert_drip_tray()

    @property
    def recipe(self) -> dict[str, int]:
        """Return what the machine makes, by the names of JURA's own files."""
        return dict(self.machine.drinks[-1].recipe)


async def async_act(hass: HomeAssistant, action: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Perform an action and return its response, which must be what JSON can hold."""
    response = await hass.services.async_call(DOMAIN, action, dict(data or {}), blocking=True, return_response=True)
    assert response is not None
    assert json.loads(json.dumps(response)) == response
    return response


def data_of(model: str) -> dict[str, Any]:
    """Return what an entry keeps of a machine type."""
    article = find_article(int(model))
    assert article is not None
    return {"article": article.number, "definition": article.definition}


async def async_add(
    hass: HomeAssistant, machine: Machine, data: Mapping[str, Any], *, title: str = "JURA", experimental: bool = False
) -> MockConfigEntry:
    """Add a machine, and wait until everything was read."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=title,
        unique_id=f"{data['article']}-{machine.machine_number}-{machine.serial_number}",
        data=data,
        options={"experimental": experimental},
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance, seconds=600)
    return entry


async def async_finish(hass: HomeAssistant) -> None:
    """Take all machines down."""
    await hass.async_block_till_done()
    for entry in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def async_hold_link(kitchen: Kitchen) -> None:
    """Have the machine looked at each second over Bluetooth, and return right after a look.

    One that is on its way would be counted with what comes.
    """
    assert kitchen.smart_connect is not None
    log = kitchen.smart_connect.log
    kitchen.entry.runtime_data.watch(60)
    await kitchen.entry.runtime_data.async_refresh()
    looks = len(log)
    await async_wait_for(kitchen.hass, lambda: [one.characteristic for one in log[looks:]][-1:] == ["1524"])
    assert kitchen.smart_connect.link is not None


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return the id of a machine's device."""
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device.id
