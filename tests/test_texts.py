"""Every word that a person reads: nothing without its text, no text without its use, and no icon that isn't there."""

import ast
from collections.abc import Iterator
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

import hass_frontend
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.helpers.entity import Entity
import pytest

from custom_components.jura import provisioning_flow
from custom_components.jura.issues import ISSUES
from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.model import Severity
from custom_components.jura.machine.provisioning import Step

from .helpers import ROOM, async_all_entities, definition_codes, leaves, placeholders, texts

_ANYTHING = "*"
_NEEDS_ICON = (None, SensorDeviceClass.ENUM)
"""Device classes without an icon of their own."""


# --- reading our own source -------------------------------------------------------------------------------------------


@cache
def sources() -> dict[str, ast.Module]:
    """Return the parsed modules."""
    return {path.name: ast.parse(path.read_text("utf-8")) for path in sorted(ROOM.glob("*.py"))}


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a function or method of these names, or of any."""
    for module, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if not names or called in names:
                    yield module, node


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """Return a keyword argument."""
    return next((argument.value for argument in call.keywords if argument.arg == name), None)


def returned_by(name: str) -> set[str]:
    """Return every text that a function of that name can return."""
    found: set[str] = set()
    for tree in sources().values():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name == name:
                for statement in ast.walk(function):
                    if isinstance(statement, ast.Return) and statement.value is not None:
                        found |= possible(statement.value)
    assert found, f"no function {name}"
    return found


def possible(node: ast.expr) -> set[str]:
    """Return what an expression can be: constants, either of two, what our own function returns, f-strings with *."""
    match node:
        case ast.Constant(value=str() as value):
            return {value}
        case ast.Constant(value=None):
            return set()
        case ast.BoolOp(values=values):
            return set().union(*map(possible, values))
        case ast.Attribute(attr="_pairing_failure"):
            # A missing PIN is asked for, and a wrong one is told where it is asked for again.
            return pairing_failures() - {"pin_needed", "wrong_pin"}
        case ast.IfExp(body=body, orelse=orelse):
            return possible(body) | possible(orelse)
        case ast.JoinedStr(values=values):
            return {"".join(part.value if isinstance(part, ast.Constant) else _ANYTHING for part in values)}
        case ast.Await(value=value):
            return possible(value)
        case ast.Call(func=ast.Attribute(attr=name)):
            return returned_by(name)
        case _:
            raise AssertionError(f"a key that this test can't follow: {ast.unparse(node)}")


def dictionary_keys(node: ast.expr | None) -> set[str]:
    """Return the keys of a dictionary that is written out, also in our own function that returns one."""
    match node:
        case None:
            return set()
        case ast.Dict(keys=keys):
            return {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
        case ast.Call(func=ast.Attribute(attr=name)):
            (function,) = (
                function
                for tree in sources().values()
                for function in ast.walk(tree)
                if isinstance(function, ast.FunctionDef) and function.name == name
            )
            (statement,) = (node for node in ast.walk(function) if isinstance(node, ast.Return))
            return dictionary_keys(statement.value)
        case _:
            raise AssertionError(f"placeholders that this test can't follow: {ast.unparse(node)}")


def pairing_failures() -> set[str]:
    """Return every reason for which pairing can fail."""
    return set().union(*(possible(call.args[0]) for _, call in calls("PairingFailed")))


def blocking_slugs() -> set[str]:
    """Return every alert that keeps any machine type from making a drink."""
    return {
        alert.slug
        for code in definition_codes()
        for alert in load_definition(code).alerts.values()
        if alert.blocks and alert.severity is not Severity.STATE
    }


@cache
def raised() -> dict[str, set[str]]:
    """Return every exception's translation key, with the placeholders that it is given everywhere it is raised."""
    found: dict[str, set[str]] = {}
    for _, call in calls():
        if keyword(call, "translation_domain") is None:
            continue
        key = keyword(call, "translation_key")
        assert key is not None, ast.unparse(call)
        given = dictionary_keys(keyword(call, "translation_placeholders"))
        for name in possible(key):
            if name == f"blocked_{_ANYTHING}":
                found |= {f"blocked_{slug}": given for slug in blocking_slugs()}
            else:
                assert _ANYTHING not in name, name
                found[name] = found.get(name, given) & given
    return found


# --- exceptions and issues --------------------------------------------------------------------------------------------


def test_enough_is_found() -> None:
    """The reading of the source itself, which would otherwise prove anything by finding nothing."""
    assert {"unreachable", "outcome_unknown", "giving_way", "unknown_machine", "blocked_fill_water_tank"} <= set(
        raised()
    )
    assert raised()["not_started"] == {"product"}
    assert {"confirm", "user", "nearby", "read_only", "pair", "init"} <= steps("config") | steps("options")
    assert len(definition_codes()) == 86


def test_exceptions() -> None:
    """No failure ends in a raw key, and no text for a failure is there that nothing raises."""
    assert set(texts()["exceptions"]) == set(raised())


def test_exception_placeholders() -> None:
    """No failure shows braces instead of the machine's name."""
    for key, given in raised().items():
        assert list(texts()["exceptions"][key]) == ["message"]
        assert placeholders(texts()["exceptions"][key]["message"]) <= given, key


def test_issues() -> None:
    """The repair that we raise has its texts, with a fix flow of the steps that it has, and there are no others."""
    for issue in ISSUES:
        entry = texts()["issues"][issue.key]
        assert ("fix_flow" in entry) == issue.is_fixable
        assert ("description" in entry) != issue.is_fixable
        for _, text in leaves(entry):
            assert placeholders(text) <= {"name"}
        if issue.is_fixable:
            # The step of ConfirmRepairFlow, from which ours is derived.
            assert set(entry["fix_flow"]["step"]) == {"confirm"}
            assert set(entry["fix_flow"]["step"]["confirm"]) == {"title", "description"}
    assert set(texts()["issues"]) == {issue.key for issue in ISSUES}


# --- flows ------------------------------------------------------------------------------------------------------------

_FLOWS = ("config_flow.py", "provisioning_flow.py")


def steps(flow: str) -> set[str]:
    """Return the steps that a flow can show."""
    found: set[str] = set()
    for class_ in (node for name in _FLOWS for node in ast.walk(sources()[name])):
        if isinstance(class_, ast.ClassDef) and ("Options" in class_.name) == (flow == "options"):
            for call in ast.walk(class_):
                # What is handed on from an argument was written out where that came from.
                if isinstance(call, ast.Call) and not isinstance(step := keyword(call, "step_id"), ast.Name | None):
                    found |= possible(step)
    return found


def flow_errors() -> set[str]:
    """Return the errors that the flows can show: errors["base"] = ... and errors={"base": ...}."""
    found: set[str] = set()
    for node in ast.walk(sources()["config_flow.py"]):
        match node:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="errors"))], value=value):
                found |= possible(value)
            case ast.keyword(arg="errors", value=ast.Dict(values=values)):
                found |= set().union(*map(possible, values))
            case ast.Assign(targets=[ast.Name(id="errors")], value=value):
                found |= errors_in(value)
            case ast.Call(func=ast.Attribute(attr="_host_form"), args=[errors, *_]):
                found |= errors_in(errors)
    return found | provisioning_errors()


def provisioning_errors() -> set[str]:
    """Return the errors of the steps that put a dongle on a network: in tables, and self._errors = {...}."""
    found: set[str] = set()
    for name in ("_OVER_BLUETOOTH", "_OVER_ACCESS_POINT"):
        found |= {text for _, text in getattr(provisioning_flow, name).values()}
    for name in ("_INVALID", "_UNSENDABLE"):
        found |= set(getattr(provisioning_flow, name).values())
    for node in ast.walk(sources()["provisioning_flow.py"]):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr="_errors")], value=ast.Dict(values=values)):
                found |= set().union(*(possible(value) for value in values if isinstance(value, ast.Constant)))
    return found | returned_by("_why_no_dongle")


def progress_actions() -> set[str]:
    """Return what the flows can say while one waits."""
    found = set().union(
        *(possible(action) for _, call in calls("async_show_progress") if (action := keyword(call, "progress_action")))
    )
    steps = {str(step) for step in Step}
    for _, call in calls("_start"):
        if not isinstance(call.args[1], ast.Attribute):
            steps |= possible(call.args[1])
    found.remove(f"provision_{_ANYTHING}")
    return found | {f"provision_{step}" for step in steps}


def errors_in(node: ast.expr) -> set[str]:
    """Return the errors of a dictionary that is written out."""
    match node:
        case ast.Dict(values=values):
            return set().union(*map(possible, values))
        case ast.IfExp(body=body, orelse=orelse):
            return errors_in(body) | errors_in(orelse)
        case _:
            raise AssertionError(f"errors that this test can't follow: {ast.unparse(node)}")


def abort_reasons() -> set[str]:
    """Return the reasons for which the flows can end without an entry, Home Assistant's own included."""
    found: set[str] = set()
    for module, call in calls("async_abort"):
        assert module == "config_flow.py"
        reason = keyword(call, "reason")
        assert reason is not None
        found |= possible(reason)
    for _, call in calls("async_update_reload_and_abort"):
        if (reason := keyword(call, "reason")) is not None:
            found |= possible(reason)
    if list(calls("_abort_if_unique_id_configured")):
        found.add("already_configured")
    if list(calls("async_set_unique_id")):
        found.add("already_in_progress")
    return found


def test_config_flow() -> None:
    """Each step, error and reason to stop has a text, and there are no others. Fields are checked as forms are shown."""
    config = texts()["config"]
    assert set(config) == {"flow_title", "step", "progress", "error", "abort"}
    assert set(config["progress"]) == progress_actions()
    assert set(config["step"]) == steps("config")
    assert set(config["error"]) == flow_errors()
    assert set(config["abort"]) == abort_reasons()
    assert placeholders(config["flow_title"]) == {"name"}


def test_options_flow() -> None:
    """The same for the options."""
    assert set(texts()["options"]) == {"step"}
    assert set(texts()["options"]["step"]) == steps("options")


@pytest.mark.parametrize("flow", ["config", "options"])
def test_fields(flow: str) -> None:
    """Each field says what it is and what it is for, and no field is described that no form has."""
    source = "".join((ROOM / name).read_text("utf-8") for name in _FLOWS)
    for step in texts()[flow]["step"].values():
        assert set(step) <= {
            "title",
            "description",
            "data",
            "data_description",
            "menu_options",
            "menu_option_descriptions",
        }
        assert set(step.get("data", {})) == set(step.get("data_description", {}))
        assert set(step.get("menu_options", {})) == set(step.get("menu_option_descriptions", {}))
        for field in step.get("data", {}):
            assert re.search(rf"vol\.(Required|Optional)\((Secret\()?CONF_{field.upper()}", source), field
        for option in step.get("menu_options", {}):
            assert f"def async_step_{option}(" in source


# --- form of the texts ------------------------------------------------------------------------------------------------


_NOT_A_SENTENCE = re.compile(r"\.(title|name|flow_title|unit_of_measurement|(data|state|options|menu_options)\.\w+)$")


def faults_of(place: str, text: str) -> Iterator[str]:
    """Yield what is wrong with the form of a text."""
    if not text or text != text.strip() or "  " in text:
        yield "blanks"
    if re.search(r"<[a-zA-Z/]", text):
        yield "HTML"
    if "://" in text or "www." in text:
        yield "an address"
    if re.search(r"'\{|\}'", text):
        yield "quotes that swallow a placeholder"
    if not text.count("{") == text.count("}") == len(re.findall(r"\{\w+\}", text)):
        yield "braces"
    if not _NOT_A_SENTENCE.search(place) and text[-1] not in ".?)":
        yield "no end"


def test_form() -> None:
    """A text is one: no blanks around it, no HTML, no address, no quotes that swallow a placeholder."""
    assert list(faults_of("exceptions.x.message", " <b>see '{x}' at www.jura.com} ")) == [
        "blanks",
        "HTML",
        "an address",
        "quotes that swallow a placeholder",
        "braces",
        "no end",
    ]
    assert {place: faults for place, text in leaves(texts()) if (faults := list(faults_of(place, text)))} == {}


def test_sections() -> None:
    """Only what Home Assistant reads is in the file; it drops everything else without a word."""
    assert set(texts()) == {"config", "options", "selector", "entity", "exceptions", "issues"}


# --- entities ---------------------------------------------------------------------------------------------------------


type Found = list[tuple[str, str, Entity]]


@pytest.fixture(scope="module")
def all_entities() -> Found:
    """Return every entity of every machine type."""
    return _collect()


@cache
def _collect() -> Found:
    # Nothing in there waits, so that no event loop is needed.
    coroutine = async_all_entities()
    try:
        coroutine.send(None)
    except StopIteration as finished:
        found: Found = finished.value
        return found
    raise AssertionError("it waited for something")


def test_every_entity_has_a_name(all_entities: Found) -> None:
    """No entity of any of the 86 machine types is called by a raw key, or like its device."""
    named = {
        (platform, entity.translation_key)
        for _, platform, entity in all_entities
        if not (entity.translation_key is None and entity.device_class == SensorDeviceClass.SIGNAL_STRENGTH)
    }
    there = {(platform, key) for platform, keys in texts()["entity"].items() for key in keys}
    assert named - there == set(), "without text"
    assert sorted(there - named) == [], "without entity"
    for platform, keys in texts()["entity"].items():
        for key, entry in keys.items():
            assert entry["name"], (platform, key)
            assert not placeholders(entry["name"])


def test_names_differ(all_entities: Found) -> None:
    """Two entities of one platform of one machine never bear the same name: nobody could tell them apart."""
    for code in definition_codes():
        for platform in ("binary_sensor", "button", "sensor", "switch"):
            names = [
                texts()["entity"][platform][entity.translation_key]["name"]
                for of, on, entity in all_entities
                if (of, on) == (code, platform) and entity.translation_key
            ]
            assert len(names) == len(set(names)), (code, platform, sorted(names))


def test_states(all_entities: Found) -> None:
    """Each state of an enumeration has a text, and there is none for a state that can't be."""
    options: dict[str, set[str]] = {}
    for _, platform, entity in all_entities:
        if entity.device_class == SensorDeviceClass.ENUM:
            assert platform == "sensor"
            these: list[str] = entity.options  # type: ignore[attr-defined]
            assert len(these) == len(set(these))
            options.setdefault(str(entity.translation_key), set()).update(map(str, these))
    assert options.keys() == {"state", "current_drink", "phase", "transport"}
    for key, entry in texts()["entity"]["sensor"].items():
        assert set(entry.get("state", {})) == options.get(key, set()), key
    for platform in ("binary_sensor", "button", "switch"):
        for key, entry in texts()["entity"][platform].items():
            assert set(entry) == {"name"}, (platform, key)


def test_units(all_entities: Found) -> None:
    """What counts says what it counts; what has a unit of its own gets no second one."""
    for _, platform, entity in all_entities:
        if platform != "sensor" or entity.translation_key is None:
            continue
        entry = texts()["entity"]["sensor"][entity.translation_key]
        counts = str(entity.translation_key).startswith("count_") or entity.translation_key == "unknown_alerts"
        assert ("unit_of_measurement" in entry) == counts, entity.translation_key
        if counts:
            assert entity.entity_description.native_unit_of_measurement is None  # type: ignore[attr-defined]


def test_attributes(all_entities: Found) -> None:
    """Each attribute is named, and no name is there for an attribute that nothing has."""
    found: dict[tuple[str, str], set[str]] = {}
    for _, platform, entity in all_entities:
        if entity.translation_key:
            attributes = set(entity.extra_state_attributes or {})
            found.setdefault((platform, entity.translation_key), set()).update(attributes)
    for (platform, key), attributes in found.items():
        assert set(texts()["entity"][platform][key].get("state_attributes", {})) == attributes, (platform, key)


# --- icons ------------------------------------------------------------------------------------------------------------


@cache
def icons() -> Any:
    """Return icons.json."""
    return json.loads((ROOM / "icons.json").read_text("utf-8"))


@cache
def real_icons() -> set[str]:
    """Return the names of all icons that the frontend has."""
    path = Path(hass_frontend.where()) / "static" / "mdi" / "iconList.json"
    return {f"mdi:{icon['name']}" for icon in json.loads(path.read_text("utf-8"))}


def test_icons_are_used(all_entities: Found) -> None:
    """No icon is for an entity that no machine type has."""
    keys = {(platform, entity.translation_key) for _, platform, entity in all_entities}
    assert set(icons()) == {"entity"}
    there = {(platform, key) for platform, entries in icons()["entity"].items() for key in entries}
    assert sorted(there - keys) == []


def test_icons_are_there(all_entities: Found) -> None:
    """Every entity has an icon: by its device class, or else its own."""
    for _, platform, entity in all_entities:
        if entity.device_class in _NEEDS_ICON:
            assert icons()["entity"][platform][entity.translation_key]["default"]


def test_icons_for_states(all_entities: Found) -> None:
    """No icon is for a state that an entity can't have."""
    options = {
        str(entity.translation_key): set(map(str, entity.options))  # type: ignore[attr-defined]
        for _, _, entity in all_entities
        if entity.device_class == SensorDeviceClass.ENUM
    }
    for platform, entries in icons()["entity"].items():
        for key, entry in entries.items():
            assert set(entry) <= {"default", "state"}
            assert set(entry.get("state", {})) <= (
                options[key] if platform == "sensor" and "state" in entry else {"on", "off"}
            )


def test_icons_are_real() -> None:
    """An icon of a name that doesn't exist is an empty space."""
    assert len(real_icons()) > 5000
    assert {place: icon for place, icon in leaves(icons()) if icon not in real_icons()} == {}


# --- manifest.json and hacs.json --------------------------------------------------------------------------------------


def test_manifest() -> None:
    """What Home Assistant, hassfest and HACS refuse to do without, in the order that hassfest wants."""
    manifest = json.loads((ROOM / "manifest.json").read_text("utf-8"))
    keys = list(manifest)
    assert keys == ["domain", "name", *sorted(keys[2:])]
    required = {"codeowners", "config_flow", "dependencies", "documentation", "domain", "integration_type", "iot_class"}
    required |= {"issue_tracker", "loggers", "name", "requirements", "version", "bluetooth"}
    assert required <= set(keys)
    assert set(keys) - required <= {"after_dependencies", "dhcp", "zeroconf", "import_executor", "quality_scale"}
    assert (manifest["domain"], manifest["integration_type"], manifest["iot_class"]) == (
        "jura",
        "device",
        "local_polling",
    )
    assert "bluetooth_adapters" in manifest["dependencies"]
    assert re.fullmatch(r"\d+\.\d+\.\d+([ab]\d+|rc\d+)?", manifest["version"])
    assert all(owner.startswith("@") for owner in manifest["codeowners"])
    for link in ("documentation", "issue_tracker"):
        assert manifest[link].startswith("https://")
    assert "home-assistant.io/integrations" not in manifest["documentation"]
    known = {
        "connectable",
        "local_name",
        "service_uuid",
        "service_data_uuid",
        "manufacturer_id",
        "manufacturer_data_start",
    }
    for matcher in manifest["bluetooth"]:
        assert set(matcher) <= known
        # The service UUIDs are other makers', too.
        assert {"local_name", "manufacturer_id"} & set(matcher)


def test_hacs() -> None:
    """What HACS reads; any other key fails its check."""
    hacs = json.loads((ROOM.parents[1] / "hacs.json").read_text("utf-8"))
    known = {"name", "homeassistant", "hacs", "filename", "zip_release", "render_readme", "country", "content_in_root"}
    assert {"name", "homeassistant"} <= set(hacs)
    assert set(hacs) <= known | {"hide_default_branch", "persistent_directory"}
    assert re.fullmatch(r"20\d\d\.\d{1,2}\.\d+", hacs["homeassistant"])
    assert "zip_release" not in hacs or "filename" in hacs


def test_alerts_are_problems(all_entities: Found) -> None:
    """Each alert is shown as a problem or not as one, in the reader's language, by its device class."""
    for _, platform, entity in all_entities:
        if platform == "binary_sensor" and entity.translation_key != "ready":
            assert entity.device_class is BinarySensorDeviceClass.PROBLEM
