"""The card on the dashboard: one file that ships with us, there without a manual step, and in no browser an old one.

Its address changes with its content, so that browsers may keep it. Dashboards load it as one of their resources; where
resources are kept in YAML, which is not ours to write, every page loads it.

May import floors 1 to 3.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import add_extra_js_url, remove_extra_js_url
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

FILE: Final = Path(__file__).parent / "frontend" / "jura-card.js"
PATH: Final = f"/{DOMAIN}_static/{FILE.name}"

_ADDRESS: Final[HassKey[str]] = HassKey(f"{DOMAIN}_card")


async def async_serve_card(hass: HomeAssistant) -> None:
    """Let browsers have the card, once for each start of Home Assistant."""
    content = await hass.async_add_executor_job(FILE.read_bytes)
    await hass.http.async_register_static_paths([StaticPathConfig(PATH, str(FILE), cache_headers=True)])
    hass.data[_ADDRESS] = f"{PATH}?v={sha256(content).hexdigest()[:12]}"
    await async_add_card(hass)


async def async_add_card(hass: HomeAssistant) -> None:
    """Have the card loaded, if there are browsers to load it. Does nothing where it is loaded anyway."""
    if (address := hass.data.get(_ADDRESS)) is None:
        return
    resources = await _resources(hass)
    if resources is None:
        add_extra_js_url(hass, address)
        return
    item = {"res_type": "module", "url": address}
    ours = _ours(resources)
    if not ours:
        await resources.async_create_item(item)
    elif ours[0]["url"] != address:
        await resources.async_update_item(ours[0]["id"], item)


async def async_remove_card(hass: HomeAssistant) -> None:
    """Have the card loaded no longer."""
    if (address := hass.data.get(_ADDRESS)) is None:
        return
    if (resources := await _resources(hass)) is None:
        remove_extra_js_url(hass, address)
        return
    for item in _ours(resources):
        await resources.async_delete_item(item["id"])


async def _resources(hass: HomeAssistant) -> ResourceStorageCollection | None:
    """Return what dashboards load, unless it is kept in YAML."""
    lovelace = hass.data.get(LOVELACE_DATA)
    if lovelace is None or not isinstance(lovelace.resources, ResourceStorageCollection):
        return None
    await lovelace.resources.async_get_info()
    return lovelace.resources


def _ours(resources: ResourceStorageCollection) -> list[dict[str, str]]:
    """Return the card among the resources, in whichever version."""
    return [item for item in resources.async_items() if item["url"].partition("?")[0] == PATH]
