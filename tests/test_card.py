"""How the card gets into browsers: by itself, once, never an old one, and gone with the last machine."""

from collections.abc import AsyncGenerator
from hashlib import sha256
from typing import Any

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.jura.card import FILE, PATH
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect

from .kitchen import async_add, async_finish, data_of

ADDRESS = f"{PATH}?v={sha256(FILE.read_bytes()).hexdigest()[:12]}"


@pytest.fixture
def resource_mode() -> str:
    """Return where Home Assistant keeps what dashboards load; tests of the other way override it."""
    return "storage"


@pytest.fixture
async def dashboards(hass: HomeAssistant, resource_mode: str) -> None:
    """Let Home Assistant have its dashboards."""
    assert await async_setup_component(hass, "lovelace", {"lovelace": {"resource_mode": resource_mode}})
    assert await async_setup_component(hass, "frontend", {})


@pytest.fixture
async def added(
    hass: HomeAssistant, dashboards: None, adapter: None, machine: Machine, smart_connect: SmartConnect, model: str
) -> AsyncGenerator[MockConfigEntry]:
    """Return the entry of a machine in a house with dashboards."""
    yield await async_add(hass, machine, {**data_of(model), "address": smart_connect.address})
    await async_finish(hass)


async def resources(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return what dashboards load."""
    collection = hass.data[LOVELACE_DATA].resources
    await collection.async_get_info()
    return list(collection.async_items())


async def test_resource(hass: HomeAssistant, added: MockConfigEntry, hass_client: ClientSessionGenerator) -> None:
    """Dashboards load it at an address that changes with it, browsers may keep it, and nothing else loads it."""
    (item,) = await resources(hass)
    assert (item["type"], item["url"]) == ("module", ADDRESS)
    assert ADDRESS not in hass.data[DATA_EXTRA_MODULE_URL].urls
    response = await (await hass_client()).get(item["url"])
    assert response.status == 200
    assert "javascript" in response.headers["Content-Type"]
    assert "max-age" in response.headers["Cache-Control"]
    assert await response.read() == FILE.read_bytes()


async def test_new_version(
    hass: HomeAssistant, dashboards: None, adapter: None, machine: Machine, smart_connect: SmartConnect, model: str
) -> None:
    """After an update the new one takes the place of the old one; what others load stays."""
    collection: Any = hass.data[LOVELACE_DATA].resources
    await collection.async_create_item({"res_type": "module", "url": "/local/other.js"})
    await collection.async_create_item({"res_type": "module", "url": f"{PATH}?v=old"})
    await async_add(hass, machine, {**data_of(model), "address": smart_connect.address})
    assert [item["url"] for item in await resources(hass)] == ["/local/other.js", ADDRESS]
    await async_finish(hass)


async def test_removed_with_the_last_machine(hass: HomeAssistant, added: MockConfigEntry) -> None:
    """It goes with the last machine, and comes back with another one without a restart."""
    await hass.config_entries.async_remove(added.entry_id)
    assert await resources(hass) == []
    again = MockConfigEntry(domain=added.domain, title=added.title, unique_id=added.unique_id, data=dict(added.data))
    again.add_to_hass(hass)
    assert await hass.config_entries.async_setup(again.entry_id)
    assert [item["url"] for item in await resources(hass)] == [ADDRESS]


async def test_stays_with_another_machine(hass: HomeAssistant, added: MockConfigEntry) -> None:
    """It stays as long as there is a machine."""
    other = MockConfigEntry(domain=added.domain, title="Office", unique_id="1-2-3", data={})
    other.add_to_hass(hass)
    await hass.config_entries.async_remove(added.entry_id)
    assert [item["url"] for item in await resources(hass)] == [ADDRESS]


@pytest.mark.parametrize("resource_mode", ["yaml"])
async def test_resources_in_yaml(hass: HomeAssistant, added: MockConfigEntry) -> None:
    """Where resources are the owner's YAML, every page loads it, until the last machine is removed."""
    assert await resources(hass) == []
    assert ADDRESS in hass.data[DATA_EXTRA_MODULE_URL].urls
    await hass.config_entries.async_remove(added.entry_id)
    assert ADDRESS not in hass.data[DATA_EXTRA_MODULE_URL].urls


async def test_without_dashboards(
    hass: HomeAssistant, adapter: None, machine: Machine, smart_connect: SmartConnect, model: str
) -> None:
    """A Home Assistant without dashboards gets along without it."""
    entry = await async_add(hass, machine, {**data_of(model), "address": smart_connect.address})
    assert "frontend" not in hass.config.components
    await hass.config_entries.async_remove(entry.entry_id)
    assert hass.data.get(LOVELACE_DATA) is None
