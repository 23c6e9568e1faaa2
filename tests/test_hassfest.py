"""What Home Assistant's validator (hassfest) and that of HACS ask of an integration, as far as one is installed here.

Neither comes with Home Assistant's package, so that this says in our words what they check; GitHub runs them themselves
(.github/workflows/validate.yml). How texts are formed, and that each has its use, is in test_texts.py.
"""

import ast
from collections.abc import Callable, Iterator
import json
from pathlib import Path
import re
from typing import Any

import homeassistant.components
from homeassistant.const import Platform
from homeassistant.helpers import condition, config_validation as cv, service
from homeassistant.helpers.trigger import descriptions
from homeassistant.requirements import DISCOVERY_INTEGRATIONS
from homeassistant.util import yaml as yaml_util
import pytest
import voluptuous as vol

from .helpers import LANGUAGES, ROOM, leaves, texts

MANIFEST: dict[str, Any] = json.loads((ROOM / "manifest.json").read_text("utf-8"))
COMPONENTS = Path(homeassistant.components.__file__).parent


def one_of(*keys: str) -> Callable[[Any], Any]:
    """Return a check that an entry has just one of some keys."""

    def check(value: dict[str, Any]) -> dict[str, Any]:
        if len(value.keys() & set(keys)) != 1:
            raise vol.Invalid(f"needs one of {keys}")
        return value

    return check


# --- manifest.json and hacs.json --------------------------------------------------------------------------------------

_LOWER = vol.All(str, vol.Match(r"^[^A-Z]+$"))
_UPPER = vol.All(str, vol.Match(r"^[^a-z:]*\*[^a-z:]*$"))
_LINK = vol.All(vol.Url(), vol.Match(r"^https://(?!www\.home-assistant\.io/integrations)"))
_MANIFEST = vol.Schema(
    {
        vol.Required("domain"): ROOM.name,
        vol.Required("name"): str,
        vol.Optional("after_dependencies"): [str],
        vol.Optional("bluetooth"): [
            {
                "connectable": bool,
                # No wildcard among the first three.
                "local_name": vol.Match(r"^[^*?\[]{3}"),
                "manufacturer_data_start": [vol.All(int, vol.Range(0, 255))],
                "manufacturer_id": int,
                "service_data_uuid": _LOWER,
                "service_uuid": _LOWER,
            }
        ],
        vol.Required("codeowners"): [vol.Match(r"^@[\w-]+$")],
        vol.Required("config_flow"): True,
        vol.Optional("dependencies"): [str],
        vol.Optional("dhcp"): [{"hostname": _LOWER, "macaddress": _UPPER, "registered_devices": bool}],
        vol.Required("documentation"): _LINK,
        vol.Required("integration_type"): vol.In(["device", "hub", "service"]),
        vol.Required("iot_class"): vol.In(["local_polling", "local_push"]),
        vol.Required("issue_tracker"): _LINK,
        vol.Optional("loggers"): [str],
        vol.Optional("requirements"): [vol.Match(r"^[\w.-]+(\[[\w,]+\])?==[\w.]+$")],
        vol.Required("version"): vol.Match(r"^\d+\.\d+\.\d+((a|b|rc)\d+)?$"),
    }
)
_HACS = vol.Schema(
    {
        vol.Required("name"): str,
        vol.Required("homeassistant"): vol.Match(r"^20\d\d\.\d{1,2}\.\d+$"),
    }
)


def test_manifest() -> None:
    """It has all that is asked for, nothing unknown, and its keys in order."""
    assert _MANIFEST(MANIFEST) == MANIFEST
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(keys[2:])]


def test_manifest_finds_the_machine() -> None:
    """A matcher of Bluetooth is about JURA's dongle: the UUIDs of its services are other makers', too."""
    for matcher in MANIFEST["bluetooth"]:
        assert {"local_name", "manufacturer_data_start"} & matcher.keys()
    assert "bluetooth_adapters" in MANIFEST["dependencies"]


def test_hacs() -> None:
    """HACS fails for any key that it doesn't know, and these are all that we need."""
    hacs = json.loads((ROOM.parents[1] / "hacs.json").read_text("utf-8"))
    assert _HACS(hacs) == hacs


# --- dependencies -----------------------------------------------------------------------------------------------------

_FREE = {
    *map(str, Platform),
    "conversation",
    "diagnostics",
    "frontend",
    "websocket_api",
    "homeassistant",
    "llm",
    "media_source",
    "repairs",
}
"""What may be imported without being named; of these, the last ones by the module of the same name only."""
_FREE_BY_NAME = {"diagnostics", "llm", "repairs"}


def imported() -> Iterator[tuple[str, str]]:
    """Yield every integration of Home Assistant that a module of ours imports, with the module."""
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.ImportFrom(module="homeassistant.components", names=names):
                    yield from ((path.stem, name.name) for name in names)
                case ast.ImportFrom(module=str() as module) if module.startswith("homeassistant.components."):
                    # Links that are signed are the one thing that everybody may ask of `http`.
                    if (module, [name.name for name in node.names]) != (
                        "homeassistant.components.http.auth",
                        ["async_sign_path"],
                    ):
                        yield path.stem, module.split(".")[2]
                case ast.Import(names=names):
                    assert not [name for name in names if name.name.startswith("homeassistant.components")]


def test_dependencies() -> None:
    """What is imported of other integrations is there when we are set up, because the manifest names it."""
    named = {*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]}
    assert not set(MANIFEST["dependencies"]) & set(MANIFEST["after_dependencies"])
    assert all((COMPONENTS / domain / "manifest.json").exists() for domain in named)
    allowed = named | _FREE | ({"bluetooth"} if "bluetooth_adapters" in named else set())
    allowed |= {domain for domain, keys in DISCOVERY_INTEGRATIONS.items() if MANIFEST.keys() & set(keys)}
    found = set(imported())
    assert {"bluetooth", "repairs", "media_source"} < {domain for _, domain in found}
    assert {(module, domain) for module, domain in found if domain not in allowed} == set()


def test_platforms_of_others() -> None:
    """The modules that other integrations look for by their names are there, and import them there only."""
    for module, domain in imported():
        if domain in _FREE_BY_NAME:
            # A guide is a repair's flow.
            assert module == domain or (module, domain) == ("guide", "repairs"), module


# --- texts ------------------------------------------------------------------------------------------------------------

_KEY = re.compile(r"(?!.*[_-]{2})[a-z0-9]([a-z0-9_-]*[a-z0-9])?")


def key(value: Any) -> str:
    """Check a key that Home Assistant translates by."""
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise vol.Invalid(f"{value} is no key")
    return value


def plain(value: Any) -> str:
    """Check a text in which nothing is filled in."""
    if not isinstance(value, str) or "{" in value:
        raise vol.Invalid("no place for placeholders")
    return value


_TEXTS = vol.Schema({key: str})
_PLAIN = vol.Schema({key: plain})
_NAMED = vol.Schema({vol.Required("name"): str, vol.Required("description"): str})
_SECTION = vol.Schema({vol.Required("name"): str, vol.Optional("description"): str})
_STEP = {
    vol.Optional("title"): str,
    vol.Optional("description"): str,
    vol.Optional("data"): {str: str},
    vol.Optional("data_description"): {str: str},
    vol.Optional("menu_options"): {str: str},
    vol.Optional("menu_option_descriptions"): {str: str},
    vol.Optional("submit"): str,
}
_FLOW = {
    vol.Required("step"): {str: _STEP},
    **{vol.Optional(part): {str: str} for part in ("error", "abort", "progress", "create_entry")},
}
_AUTOMATION = vol.Schema({cv.underscore_slug: _NAMED.extend({vol.Optional("fields"): {key: _NAMED}})})
_LANGUAGE = vol.Schema(
    {
        vol.Required("config"): {**_FLOW, vol.Optional("flow_title"): str},
        vol.Required("options"): _FLOW,
        vol.Required("config_subentries"): {
            cv.slug: {
                **_FLOW,
                vol.Required("entry_type"): str,
                vol.Required("initiate_flow"): {vol.Required("user"): str, str: str},
            }
        },
        vol.Required("selector"): {cv.slug: {vol.Required("options"): _TEXTS}},
        vol.Required("entity"): {
            cv.slug: {
                key: {
                    vol.Required("name"): str,
                    vol.Optional("state"): _PLAIN,
                    vol.Optional("state_attributes"): {
                        key: {vol.Optional("name"): plain, vol.Optional("state"): _PLAIN},
                    },
                    vol.Optional("unit_of_measurement"): plain,
                }
            }
        },
        vol.Required("exceptions"): {cv.slug: {vol.Required("message"): str}},
        vol.Required("issues"): {
            str: vol.All(
                {vol.Required("title"): str, vol.Optional("description"): str, vol.Optional("fix_flow"): _FLOW},
                one_of("description", "fix_flow"),
            )
        },
        vol.Required("services"): {
            key: _NAMED.extend({vol.Optional("fields"): {key: _NAMED}, vol.Optional("sections"): {key: _SECTION}})
        },
        vol.Required("conditions"): _AUTOMATION,
        vol.Required("triggers"): _AUTOMATION,
        vol.Required("common"): {cv.slug: str},
    }
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts(language: str) -> None:
    """Each text is where Home Assistant looks for it, and what isn't filled in has nothing to be filled in."""
    assert _LANGUAGE(texts(language)) == texts(language)


def test_no_references() -> None:
    """References to other texts are resolved when Home Assistant itself is built, not for us; nor is strings.json read."""
    assert not [place for place, text in leaves(texts()) if "[%" in text]
    assert not (ROOM / "strings.json").exists()


# --- icons ------------------------------------------------------------------------------------------------------------

_ICON = vol.Match(r"^mdi:[a-z0-9-]+$")
_ICONS = vol.Schema(
    {
        "entity": {cv.slug: {key: {vol.Optional("default"): _ICON, vol.Optional("state"): {key: _ICON}}}},
        "services": {key: {vol.Required("service"): _ICON, vol.Optional("sections"): {key: _ICON}}},
        "triggers": {key: {vol.Required("trigger"): _ICON}},
        "conditions": {key: {vol.Required("condition"): _ICON}},
    },
    required=True,
)


def test_icons() -> None:
    """Icons are where Home Assistant looks for them, and none says again what the one before says."""
    icons = json.loads((ROOM / "icons.json").read_text("utf-8"))
    assert _ICONS(icons) == icons
    for entries in icons["entity"].values():
        for entry in entries.values():
            assert entry.get("default") not in entry.get("state", {}).values()


# --- actions, triggers, conditions ------------------------------------------------------------------------------------

_FIELD = {
    vol.Optional("example"): vol.NotIn([None]),
    vol.Optional("default"): vol.NotIn([None]),
    vol.Optional("required"): bool,
    vol.Required("selector"): dict,
}


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("services.yaml", service._SERVICES_SCHEMA),  # noqa: SLF001
        ("triggers.yaml", descriptions._TRIGGERS_DESCRIPTION_SCHEMA),  # noqa: SLF001
        ("conditions.yaml", condition._CONDITIONS_DESCRIPTION_SCHEMA),  # noqa: SLF001
    ],
)
def test_descriptions(file: str, schema: vol.Schema) -> None:
    """What is described can be read by Home Assistant, and each field of it is known to the validator, and named."""
    read = yaml_util.load_yaml_dict(str(ROOM / file))
    # What begins with a dot is there to be referred to; in services.yaml, the validator knows that of Home Assistant's own only.
    assert file != "services.yaml" or not [name for name in read if name.startswith(".")]
    described = {name: about for name, about in read.items() if not name.startswith(".")}
    assert set(schema(read)) == set(described)
    said = texts()[file.removesuffix(".yaml")]
    assert set(said) == set(described)
    for name, about in described.items():
        assert set(about) <= {"fields", "target"}
        fields = dict(about.get("fields", {}))
        for section in [one for one in fields if "fields" in fields[one]]:
            assert said[name]["sections"][section]["name"]
            inner = fields.pop(section)
            assert set(inner) <= {"collapsed", "fields"}
            assert not inner["fields"].keys() & fields.keys()
            fields |= inner["fields"]
        assert set(fields) == set(said[name].get("fields", {})), name
        for field in fields.values():
            vol.Schema(_FIELD)(field)
            if select := field["selector"].get("select"):
                assert set(select["options"]) == set(texts()["selector"][select["translation_key"]]["options"])


# --- flow and set-up --------------------------------------------------------------------------------------------------


def test_flow_and_setup() -> None:
    """A flow that is started by a discovery sets a unique id; actions without YAML say that there is none."""
    flow, setup = ((ROOM / name).read_text("utf-8") for name in ("config_flow.py", "__init__.py"))
    assert "self.async_set_unique_id" in flow
    assert "CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)" in setup


def test_json() -> None:
    """No JSON file says a thing twice, of which Home Assistant would take the latter."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    files = list(ROOM.rglob("*.json"))
    assert len(files) > len(LANGUAGES)
    for path in files:
        json.loads(path.read_text("utf-8"), object_pairs_hook=once)
