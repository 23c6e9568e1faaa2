"""What of Home Assistant's quality scale can be checked by a machine; quality_scale.yaml says the same in words.

Texts, icons and exceptions are in test_texts.py, the manifest in test_hassfest.py.
"""

import ast
from functools import cache
import inspect
from pathlib import Path
import tomllib
from typing import Any, get_type_hints

import homeassistant.components
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import yaml as yaml_util
import pytest

from custom_components import jura
from custom_components.jura import config_flow, diagnostics
from custom_components.jura.coordinator import JuraConfigEntry
from custom_components.jura.machine.catalogue import load_definition

from .helpers import PLATFORMS, ROOM, async_entities, definition_codes
from .kitchen import Kitchen

ROOT = ROOM.parents[1]


@cache
def rules() -> dict[str, Any]:
    """Return our own assessment."""
    assessment: dict[str, Any] = yaml_util.load_yaml_dict(str(ROOM / "quality_scale.yaml"))["rules"]
    return assessment


# --- the assessment ---------------------------------------------------------------------------------------------------


def test_every_rule() -> None:
    """Each rule by which any integration of Home Assistant itself is assessed is there, and no other."""
    components = Path(homeassistant.components.__file__).parent
    theirs = [yaml_util.load_yaml_dict(str(path))["rules"] for path in components.glob("*/quality_scale.yaml")]
    assert len(theirs) > 100
    assert set(rules()) == {rule for assessment in theirs for rule in assessment}
    assert len(rules()) == 54


def test_every_rule_is_kept() -> None:
    """A rule is kept, if need be with a word on how, or it is said why it can't apply."""
    for rule, status in rules().items():
        if status != "done":
            assert set(status) == {"status", "comment"}, rule
            assert status["status"] in ("done", "exempt"), rule
            assert status["comment"].endswith("."), rule


# --- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", definition_codes())
async def test_entities_of_every_type(code: str) -> None:
    """Whatever machine it is: no two entities of a platform have the same id, and all are named after their device."""
    found = await async_entities(load_definition(code))
    ids = [(platform, entity.unique_id) for platform, entity in found]
    assert len(ids) == len(set(ids))
    assert all(unique_id and unique_id.startswith("1-2-3_") for _, unique_id in ids)
    assert all(entity.has_entity_name for _, entity in found)


@pytest.mark.parametrize("experimental", [True])
async def test_ids_of_two_machines(
    hass: HomeAssistant, over_bluetooth: Kitchen, office: Kitchen, caplog: pytest.LogCaptureFixture
) -> None:
    """Two machines in one Home Assistant share no id, and nothing is shown that has none."""
    check_ids(hass, over_bluetooth, office)
    assert "does not generate unique IDs" not in caplog.text


@pytest.mark.parametrize("experimental", [True])
async def test_ids_over_wifi(hass: HomeAssistant, over_wifi: Kitchen, caplog: pytest.LogCaptureFixture) -> None:
    """The same over Wi-Fi, where there is more to be seen."""
    check_ids(hass, over_wifi)
    assert "does not generate unique IDs" not in caplog.text


def check_ids(hass: HomeAssistant, *kitchens: Kitchen) -> None:
    """Fail unless each entity is known by the numbers of its machine, whatever its title and its address."""
    registry = er.async_get(hass)
    of_machines = {
        entity.entity_id: entity
        for kitchen in kitchens
        for entity in er.async_entries_for_config_entry(registry, kitchen.entry.entry_id)
    }
    assert {state.entity_id for state in hass.states.async_all(list(PLATFORMS))} <= of_machines.keys()
    assert len({(one.domain, one.unique_id) for one in of_machines.values()}) == len(of_machines)
    for kitchen in kitchens:
        entities = er.async_entries_for_config_entry(registry, kitchen.entry.entry_id)
        assert {entity.domain for entity in entities} == set(PLATFORMS)
        assert all(entity.unique_id.startswith(f"{kitchen.entry.unique_id}_") for entity in entities)
        assert all(entity.has_entity_name for entity in entities)


def test_platforms() -> None:
    """Each module that is named like a platform is one that is set up, and is checked everywhere in these tests."""
    named = {platform for platform in map(str, Platform) if (ROOM / f"{platform}.py").exists()}
    assert named == set(map(str, jura.PLATFORMS)) == set(PLATFORMS)


_COMMANDS = {
    "async_press",
    "async_select_option",
    "async_set_native_value",
    "async_turn_off",
    "async_turn_on",
}
_SORTED_OUT_ELSEWHERE = {"button", "number", "select"}
"""Platforms that command the machine side by side, for the reason that each of them gives."""


def test_parallel_updates() -> None:
    """Who commands the machine waits for its turn, or says why it needn't; what only shows waits for nothing."""
    for name, platform in PLATFORMS.items():
        source = (ROOM / f"{name}.py").read_text("utf-8")
        commands = {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AsyncFunctionDef)}
        waits = bool(commands & _COMMANDS) and name not in _SORTED_OUT_ELSEWHERE
        assert int(waits) == platform.PARALLEL_UPDATES, name
        before = source.partition("\nPARALLEL_UPDATES")[0].splitlines()[-1]
        assert before.startswith("# ") == (name in _SORTED_OUT_ELSEWHERE), name


def test_flows() -> None:
    """What Home Assistant looks for by name: every way in that the manifest announces, and the ways to change it."""
    steps = {name.removeprefix("async_step_") for name in vars(config_flow.JuraConfigFlow) if "async_step_" in name}
    assert {"user", "bluetooth", "dhcp", "reauth", "reconfigure"} <= steps
    assert inspect.iscoroutinefunction(diagnostics.async_get_config_entry_diagnostics)
    assert inspect.iscoroutinefunction(jura.async_unload_entry)


def test_runtime_data() -> None:
    """Whoever is given an entry knows what it holds."""
    takers = [*(platform.async_setup_entry for platform in PLATFORMS.values()), jura.async_setup_entry]
    takers += [jura.async_unload_entry, jura.async_remove_entry, diagnostics.async_get_config_entry_diagnostics]
    for taker in takers:
        assert get_type_hints(taker)["entry"] is JuraConfigEntry, taker
    assert not [path for path in ROOM.rglob("*.py") if "hass.data[DOMAIN" in path.read_text("utf-8")]


def test_strict_typing() -> None:
    """All of our code but tests and benchmarks is checked with strict types, no part of it is let off, and it says so to others."""
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert mypy["strict"] is True
    assert "overrides" not in mypy
    assert "exclude" not in mypy
    checked = {ROOT / name for name in mypy["files"]}
    hidden = {path for path in ROOT.iterdir() if path.name.startswith(".")}
    # The benchmarks stand on the tests, and on libraries without types.
    others = hidden | {ROOT / "tests", ROOT / "benchmarks", ROOT / "typings"}
    packages = {path for path in ROOT.iterdir() if path.is_dir() and path not in others and any(path.rglob("*.py"))}
    assert checked == packages
    assert (ROOM / "py.typed").exists()
    assert not [path for path in ROOM.rglob("*.py") if "# mypy:" in path.read_text("utf-8")]
