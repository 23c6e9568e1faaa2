"""What the tests of Home Assistant's side share: Bluetooth on virtual time, texts, and finding entities."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, reduce
import json
import operator
from pathlib import Path
import re
import socket
from types import SimpleNamespace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
import pytest

from custom_components import jura
from custom_components.jura import binary_sensor, button, event, number, select, sensor, switch
from custom_components.jura.const import DOMAIN
from custom_components.jura.machine import wifi_connect
from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.model import Definition, Progress, Snapshot, Status
from custom_components.jura.memory import Remembered
from simulator.scanner import SimulatedScanner
from simulator.smart_connect import SmartConnect

UNIQUE_ID = "15336-4711-4"
SILENCE = 25 * 60
"""Seconds after which Home Assistant has certainly forgotten a device that it heard no more."""
PLATFORMS = {
    "binary_sensor": binary_sensor,
    "button": button,
    "event": event,
    "number": number,
    "select": select,
    "sensor": sensor,
    "switch": switch,
}
ROOM = Path(jura.__file__).parent


def make_bluetooth_time_virtual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant's Bluetooth forget silent devices as virtual time passes; its own clock would stand still."""

    def now() -> float:
        return asyncio.get_running_loop().time()

    for module in ("habluetooth.base_scanner", "habluetooth.manager", "habluetooth.auto_scheduler"):
        monkeypatch.setattr(f"{module}.monotonic_time_coarse", now, raising=False)
    monkeypatch.setattr("homeassistant.components.bluetooth.MONOTONIC_TIME", now)


@contextmanager
def on_loopback(storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch, hosts: Collection[str]) -> Iterator[None]:
    """Let Home Assistant ask who is there on the loopback network, where other runs have machines as well."""
    storage["core.network"] = {"version": 1, "data": {"configured_adapters": ["lo"]}}
    real_scan = wifi_connect.scan

    async def scan_ours(*arguments: Any) -> Mapping[str, Any]:
        return {host: reply for host, reply in (await real_scan(*arguments)).items() if host in hosts}

    monkeypatch.setattr("custom_components.jura.wifi.scan", scan_ours)
    # While a scan holds the port, no simulated dongle could appear on it: on a real network they have their own.
    holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):
        holder.bind(("0.0.0.0", wifi_connect.PORT))
    yield
    holder.close()


def replace_in_range(scanner: SimulatedScanner, *smart_connects: SmartConnect) -> None:
    """Let an adapter hear these Smart Connects and no others from now on."""
    scanner.smart_connects.clear()
    scanner.smart_connects.update({smart_connect.address: smart_connect for smart_connect in smart_connects})


async def async_pass(hass: HomeAssistant, seconds: float) -> None:
    """Let virtual time pass."""
    await asyncio.sleep(seconds)
    await hass.async_block_till_done()


async def async_wait_for[T](hass: HomeAssistant, condition: Callable[[], T], seconds: float = 120) -> T:
    """Let virtual time pass until a condition holds; fail if it never does."""
    async with asyncio.timeout(seconds):
        while not (result := condition()):
            # The clock jumps only once everything else has come to rest.
            await asyncio.sleep(0.5)
    return result


def entity_id(hass: HomeAssistant, platform: str, key: str, unique_id: str = UNIQUE_ID) -> str:
    """Return the id of an entity of a machine by the key that it has for good."""
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{unique_id}_{key}")
    assert found is not None, f"no {platform} {key}"
    return found


def state_of(hass: HomeAssistant, platform: str, key: str, unique_id: str = UNIQUE_ID) -> str:
    """Return what an entity of a machine shows."""
    state = hass.states.get(entity_id(hass, platform, key, unique_id))
    assert state is not None, f"{platform} {key} has no state; is it disabled?"
    return state.state


# --- texts ------------------------------------------------------------------------------------------------------------


LANGUAGES = sorted(path.stem for path in (ROOM / "translations").glob("*.json"))


@cache
def texts(language: str = "en") -> Mapping[str, Any]:
    """Return the texts of a language."""
    loaded: Mapping[str, Any] = json.loads((ROOM / "translations" / f"{language}.json").read_text("utf-8"))
    return loaded


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text with its place."""
    if isinstance(node, str):
        yield path, node
    else:
        for key, child in node.items():
            yield from leaves(child, f"{path}.{key}" if path else key)


def placeholders(text: str) -> set[str]:
    """Return what a text wants filled in."""
    return set(re.findall(r"\{(\w+)\}", text))


def check_texts(result: Mapping[str, Any], flow: str = "config") -> None:
    """Fail unless a person who sees this result of a flow reads whole sentences and no raw keys.

    `flow` is where its texts are: "config", "options", "config_subentries.drink".
    """
    here = reduce(operator.getitem, flow.split("."), texts())
    given = set(result.get("description_placeholders") or {})
    shown: list[str] = []
    match str(result["type"]):
        case "form":
            step = here["step"][result["step_id"]]
            shown += [step["title"], step.get("description", "")]
            shown += [here["error"][error] for error in (result["errors"] or {}).values()]
            schema = result["data_schema"]
            for field in schema.schema if schema else ():
                shown += [step["data"][str(field)], step["data_description"][str(field)]]
        case "menu":
            step = here["step"][result["step_id"]]
            shown += [step["title"], step.get("description", "")]
            for option in result["menu_options"]:
                shown += [step["menu_options"][option], step["menu_option_descriptions"][option]]
        case "progress":
            shown += [here["step"][result["step_id"]]["title"], here["progress"][result["progress_action"]]]
        case "abort":
            # These two are Home Assistant's own texts.
            if result["reason"] not in ("reauth_successful", "reconfigure_successful"):
                shown.append(here["abort"][result["reason"]])
        case other:
            assert other == "create_entry"
    wanted = set().union(*map(placeholders, shown))
    assert wanted <= given, f"not filled in: {wanted - given}"


# --- entities of any machine ------------------------------------------------------------------------------------------


def definition_codes() -> list[str]:
    """Return the codes of all machine types of the catalogue."""
    return sorted(file.stem for file in (ROOM / "machine" / "catalogue").glob("*.json"))


async def async_entities(definition: Definition, *, experimental: bool = True) -> list[tuple[str, Entity]]:
    """Return the platform and every entity that a machine of this type would have, without Home Assistant."""
    everything = Snapshot(
        Status(frozenset({13}), 148),
        Progress(state=0x3C, code=definition.products[0].code),
        settings={setting.slug: "of another world" for setting in definition.settings},
    )
    coordinator = SimpleNamespace(
        answers_over_wifi=False,
        article=None,
        data=everything,
        definition=definition,
        experimental=experimental,
        gives_way=False,
        has_bluetooth=True,
        guides=experimental,
        has_wifi=True,
        last_update_success=True,
        own_products=frozenset(),
        remembered=Remembered(),
        config_entry=SimpleNamespace(unique_id="1-2-3", title="JURA", data={"address": "00:00:00:00:00:00"}),
    )
    entry: Any = SimpleNamespace(runtime_data=coordinator, subentries={})
    found: list[tuple[str, Entity]] = []
    for name, platform in PLATFORMS.items():

        def add(entities: Any, *_: Any, platform: str = name, **__: Any) -> None:
            found.extend((platform, entity) for entity in entities)

        await platform.async_setup_entry(None, entry, add)
    return found


async def async_all_entities() -> list[tuple[str, str, Entity]]:
    """Return definition, platform and entity of everything that any machine type can have."""
    return [
        (code, platform, entity)
        for code in definition_codes()
        for platform, entity in await async_entities(load_definition(code))
    ]
