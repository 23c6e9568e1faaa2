"""Every word that a person reads: nothing without its text, no text without its use, and no icon that isn't there."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
import json
from pathlib import Path
import re
from types import SimpleNamespace
from typing import Any

import hass_frontend
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.selector import validate_selector
from homeassistant.util import yaml as yaml_util
import pytest

from custom_components.jura import issues, provisioning_flow, services
from custom_components.jura.button import JuraDrinkButton
from custom_components.jura.condition import CONDITIONS
from custom_components.jura.event import JuraDrinkEvent, JuraMachineEvent, about_alert, attributes_of
from custom_components.jura.house_rules import Source
from custom_components.jura.issues import ISSUES, PROGRAM_ISSUES, Issue
from custom_components.jura.machine.care import asked_for
from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.following import NOT_STARTED, REJECTED
from custom_components.jura.machine.model import (
    Alert,
    Amount,
    Argument,
    Choice,
    Drink,
    Origin,
    Parameter,
    Program,
    Severity,
)
from custom_components.jura.machine.needs import PASSES, possible_needs
from custom_components.jura.machine.noticing import Change
from custom_components.jura.machine.provisioning import Step
from custom_components.jura.machine.recipe import offered_preselections, sent_arguments
from custom_components.jura.my_drinks import SUBENTRY_DRINK
from custom_components.jura.reports import PERIODS
from custom_components.jura.trigger import TRIGGERS

from .helpers import LANGUAGES, PLATFORMS, ROOM, async_all_entities, definition_codes, leaves, placeholders, texts

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
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
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


def all_alerts() -> list[Alert]:
    """Return every alert of every machine type."""
    alerts = [alert for code in definition_codes() for alert in load_definition(code).alerts.values()]
    return [alert for alert in alerts if alert.severity is not Severity.STATE]


def blocking_slugs() -> set[str]:
    """Return every alert that keeps any machine type from making a drink."""
    return {alert.slug for alert in all_alerts() if alert.blocks}


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
            elif name == f"not_allowed_{_ANYTHING}":
                found |= {f"not_allowed_{source}": given for source in Source}
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


def given_to_issues() -> dict[Issue, set[str]]:
    """Return the placeholders that issues are given wherever they are raised."""
    found: dict[Issue, set[str]] = {}
    for _, call in calls("report"):
        match call.args[2]:
            case ast.Name(id=name) if name.isupper():
                given = {str(argument.arg) for argument in call.keywords} - {"stands"}
                issue: Issue = getattr(issues, name)
                found[issue] = found.get(issue, given) & given
    assert len(found) == len(ISSUES)
    return found


def test_issues() -> None:
    """The repair that we raise has its texts, with a fix flow of the steps that it has, and there are no others."""
    for issue in ISSUES:
        entry = texts()["issues"][issue.key]
        assert ("fix_flow" in entry) == issue.is_fixable
        assert ("description" in entry) != issue.is_fixable
        for _, text in leaves(entry):
            assert placeholders(text) <= {"name"} | given_to_issues().get(issue, set())
        if issue.is_fixable:
            # The step of ConfirmRepairFlow, from which ours is derived.
            assert set(entry["fix_flow"]["step"]) == {"confirm"}
            assert set(entry["fix_flow"]["step"]["confirm"]) == {"title", "description"}
    assert set(texts()["issues"]) == {issue.key for issue in (*ISSUES, *PROGRAM_ISSUES)}


def test_guide() -> None:
    """The guide through a program says the same wherever it is opened, has a text for each page, and no other."""
    about = {"name", "program", "manual", "video", "shop"}
    for issue in PROGRAM_ISSUES:
        entry = texts()["issues"][issue.key]
        assert set(entry) == {"title", "fix_flow" if issue.is_fixable else "description"}
        assert placeholders(entry["title"]) == {"name", "program"}
        assert placeholders(entry.get("description", "")) <= about
        if issue.is_fixable:
            assert entry["fix_flow"] == texts()["issues"]["program_due"]["fix_flow"]
    guide = texts()["issues"]["program_due"]["fix_flow"]
    assert set(guide) == {"step", "progress", "abort", "create_entry", "error"}
    assert set(guide["step"]) == {*Program, "continue", "follow"}
    assert set(guide["progress"]) == said_by_guide("async_show_progress", "progress_action")
    assert set(guide["abort"]) == said_by_guide("async_abort", "reason")
    assert set(guide["create_entry"]) == {
        text for module, call in calls("_end") if module == _GUIDE for text in possible(call.args[0])
    }
    assert set(guide["error"]) == {"failed"}
    for place, text in leaves(guide):
        allowed = about | ({"problem"} if place.startswith("error") else {"step", "state"})
        assert placeholders(text) <= allowed, place
    for name, page in guide["step"].items():
        assert set(page) == ({"title"} if name == "follow" else {"title", "description", "submit"})
    # Out of reach nothing may be known but the name.
    assert placeholders(guide["abort"]["unreachable"]) == {"name"}


def said_by_guide(called: str, name: str) -> set[str]:
    """Return what the guide through a program hands on as a key of its texts."""
    return set().union(
        *(possible(key) for module, call in calls(called) if module == _GUIDE and (key := keyword(call, name)))
    )


# --- flows ------------------------------------------------------------------------------------------------------------

_OPTIONS_FLOW = "options_flow.py"
_FLOWS = ("config_flow.py", _OPTIONS_FLOW, "provisioning_flow.py")
_DRINK_FLOW = "drink_flow.py"
_GUIDE = "guide.py"


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


def flow_errors(module: str) -> set[str]:
    """Return the errors that flows can show: errors["base"] = ... and errors={"base": ...}."""
    found: set[str] = set()
    for node in ast.walk(sources()[module]):
        match node:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="errors"))], value=value):
                found |= possible(value)
            case ast.keyword(arg="errors", value=ast.Dict(values=values)):
                found |= set().union(*map(possible, values))
            case ast.Assign(targets=[ast.Name(id="errors")], value=value):
                found |= errors_in(value)
            case ast.Call(func=ast.Attribute(attr="_host_form"), args=[errors, *_]):
                found |= errors_in(errors)
    return found


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
        *(
            possible(action)
            for module, call in calls("async_show_progress")
            if module != _GUIDE and (action := keyword(call, "progress_action"))
        )
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
        # The manager's ends another flow, for no reason that anybody reads.
        if ast.unparse(call.func).endswith("hass.config_entries.flow.async_abort"):
            continue
        assert module in ("config_flow.py", _DRINK_FLOW, _GUIDE)
        if module != "config_flow.py":
            continue
        reason = keyword(call, "reason")
        assert reason is not None
        found |= possible(reason)
    for _, call in calls("AbortFlow"):
        found |= possible(call.args[0])
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
    assert set(config) == {"flow_title", "step", "progress", "error", "abort", "create_entry"}
    assert set(config["create_entry"]) == {"default"}
    assert set(config["progress"]) == progress_actions()
    assert set(config["step"]) == steps("config")
    assert set(config["error"]) == flow_errors("config_flow.py") | provisioning_errors()
    assert set(config["abort"]) == abort_reasons()
    assert placeholders(config["flow_title"]) == {"name"}


def test_options_flow() -> None:
    """The same for the options."""
    assert set(texts()["options"]) == {"step", "error"}
    assert set(texts()["options"]["error"]) == flow_errors(_OPTIONS_FLOW)
    assert set(texts()["options"]["step"]) == steps("options")


def test_drink_flow() -> None:
    """The same for one's own drinks, of which it is also said what they are called and how one is made or changed."""
    assert set(texts()["config_subentries"]) == {SUBENTRY_DRINK}
    drink = texts()["config_subentries"][SUBENTRY_DRINK]
    assert set(drink) == {"initiate_flow", "entry_type", "step", "error", "abort"}
    assert set(drink["initiate_flow"]) == {"user", "reconfigure"}
    found: dict[str, set[str]] = {"step": set(), "abort": set(), "error": set()}
    for node in ast.walk(sources()[_DRINK_FLOW]):
        match node:
            case ast.keyword(arg="step_id", value=value):
                found["step"] |= possible(value)
            case ast.keyword(arg="reason", value=value):
                found["abort"] |= possible(value)
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="errors"))], value=ast.Constant() as value):
                found["error"] |= possible(value)
    found["error"] |= returned_by("_fault_of_name")
    assert found == {key: set(drink[key]) for key in found}


def test_drink_fields() -> None:
    """Each field and each choice of the menu says what it is and what it is for, and there are no others."""
    source = (ROOM / _DRINK_FLOW).read_text("utf-8")
    parameters = {
        str(argument.parameter)
        for code in definition_codes()
        for product in load_definition(code).active_products
        for argument in sent_arguments(product)
    }
    own = {"preselections", "icon", "picture"}
    fields = {"user": set(), "drink": {"name", "product"}, "values": parameters | own, "paste": {"drinks"}}
    steps = texts()["config_subentries"][SUBENTRY_DRINK]["step"]
    assert {step: set(entry.get("data", {})) for step, entry in steps.items()} == fields
    for entry in steps.values():
        assert set(entry.get("data", {})) == set(entry.get("data_description", {}))
    for field in set().union(*fields.values()) - parameters:
        assert re.search(rf"vol\.(Required|Optional)\(CONF_{field.upper()}\)", source), field
    assert set(steps["user"]["menu_options"]) == set(steps["user"]["menu_option_descriptions"]) == {"drink", "paste"}


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


_NOT_A_SENTENCE = re.compile(
    r"\.(title|name|flow_title|submit|unit_of_measurement|entry_type|(data|state|options|menu_options|initiate_flow)\.\w+)$"
    r"|^common\.report_(?!note_)\w+$"
)


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


def test_faults() -> None:
    """What makes a text one: no blanks around it, no HTML, no address, no quotes that swallow a placeholder."""
    assert list(faults_of("exceptions.x.message", " <b>see '{x}' at www.jura.com} ")) == [
        "blanks",
        "HTML",
        "an address",
        "quotes that swallow a placeholder",
        "braces",
        "no end",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms(language: str) -> None:
    """No text of any language has a fault of form."""
    found = {place: faults for place, text in leaves(texts(language)) if (faults := list(faults_of(place, text)))}
    assert found == {}


def test_sections() -> None:
    """Only what Home Assistant reads is in the file; it drops everything else without a word."""
    read = {"config", "config_subentries", "options", "selector", "entity", "exceptions", "issues", "services"}
    read |= {"triggers", "conditions"}
    # What belongs to nothing in particular: hassfest accepts it, flat, and we read it ourselves.
    assert set(texts()) == read | {"common"}


# --- reports ----------------------------------------------------------------------------------------------------------


def test_report() -> None:
    """Each text of a report is there with just what is filled in, and none that no report says."""
    said: dict[str, set[str]] = {}
    for _, call in calls("say"):
        (key,) = possible(call.args[0])
        given = {str(argument.arg) for argument in call.keywords}
        assert said.setdefault(key, given) == given, key
    assert {key: placeholders(text) for key, text in texts()["common"].items()} == said


def test_names_in_reports() -> None:
    """Whatever a report takes the name of has one: every product, program and need of any machine type, and periods."""
    sensor = texts()["entity"]["sensor"]
    for definition in map(load_definition, definition_codes()):
        assert {product.slug for product in definition.products} < set(sensor["last_drink"]["state"])
        assert {*definition.percent_fields, *definition.counter_fields} < set(sensor["program"]["state"])
        assert set(possible_needs(definition)) < set(sensor["needs"]["state"])
    assert list(texts()["selector"]["period"]["options"]) == list(PERIODS)
    found = {place for _, call in calls("entity") for place in possible(call.args[0])}
    assert len(found) == 4
    for platform, key in (place.split(".") for place in found):
        assert texts()["entity"][platform][key]["name"]


# --- entities ---------------------------------------------------------------------------------------------------------


type Found = list[tuple[str, str, Entity]]


@pytest.fixture(scope="module")
def all_entities() -> Found:
    """Return every entity of every machine type."""
    return _collect()


@cache
def _collect() -> Found:
    # Nothing in there waits for more than its turn, so that no event loop is needed.
    coroutine = async_all_entities()
    try:
        while True:
            assert coroutine.send(None) is None, "it waits for something"
    except StopIteration as finished:
        found: Found = finished.value
        return found


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_differ(all_entities: Found, language: str) -> None:
    """Two entities of one platform of one machine never bear the same name: nobody could tell them apart."""
    for code in definition_codes():
        for platform in PLATFORMS:
            names = [
                texts(language)["entity"][platform][entity.translation_key]["name"]
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
    assert options.keys() == {
        "state",
        "current_drink",
        "last_drink",
        "needs",
        "phase",
        "program",
        "program_step",
        "transport",
    }
    for key, entry in texts()["entity"]["sensor"].items():
        assert set(entry.get("state", {})) == options.get(key, set()), key
    for platform in ("binary_sensor", "button", "number", "switch"):
        for key, entry in texts()["entity"][platform].items():
            assert set(entry) - {"state_attributes"} == {"name"}, (platform, key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_controls_differ(all_entities: Found, language: str) -> None:
    """Nor do two things that one can press, turn or switch: "Milk" must be the drink, and not its amount, too."""
    for code in definition_codes():
        names = [
            texts(language)["entity"][on][entity.translation_key]["name"]
            for of, on, entity in all_entities
            if of == code and on in ("button", "number", "select", "switch")
        ]
        assert len(names) == len(set(names)), (code, sorted(names))


def test_dials(all_entities: Found) -> None:
    """Each option of a dial has a text, and the dials say what the actions say; see test_offered_values."""
    selector = texts()["selector"]
    dials = {key: entry for key, entry in texts()["entity"]["select"].items() if not key.startswith("setting_")}
    keys = {str(entity.translation_key) for _, platform, entity in all_entities if platform == "select"}
    assert {key for key in keys if not key.startswith("setting_")} == set(dials)
    for key, entry in dials.items():
        assert set(entry) == {"name", "state"}
        assert entry["state"] == selector[key]["options"]
    extras = {key: entry["name"] for key, entry in texts()["entity"]["switch"].items() if key.startswith("extra_")}
    said = {f"extra_{key}": text for key, text in selector["preselection"]["options"].items()}
    assert extras == {key: f"Extra: {text[0].lower()}{text[1:]}" for key, text in said.items()}


def test_options_of_settings(all_entities: Found) -> None:
    """Each option of each setting of any machine type has a text, and there is none for an option that can't be."""
    options: dict[str, set[str]] = {}
    for code, platform, entity in all_entities:
        if platform == "select" and (key := str(entity.translation_key)).startswith("setting_"):
            these: list[str] = entity.options  # type: ignore[attr-defined]
            assert len(these) == len(set(these)), (code, key)
            options.setdefault(key, set()).update(these)
    assert len(options) > 5
    shown = {key: entry for key, entry in texts()["entity"]["select"].items() if key.startswith("setting_")}
    assert {key: set(entry["state"]) for key, entry in shown.items()} == options
    for entry in shown.values():
        assert set(entry) == {"name", "state", "state_attributes"}
        assert len(set(entry["state"].values())) == len(entry["state"])


def test_units(all_entities: Found) -> None:
    """What counts says what it counts; what has a unit of its own gets no second one."""
    for _, platform, entity in all_entities:
        if platform != "sensor" or entity.translation_key is None:
            continue
        entry = texts()["entity"]["sensor"][entity.translation_key]
        counts = str(entity.translation_key).startswith("count_") or entity.translation_key in (
            "unknown_alerts",
            "cups_today",
        )
        assert ("unit_of_measurement" in entry) == counts, entity.translation_key
        if counts:
            assert entity.entity_description.native_unit_of_measurement is None  # type: ignore[attr-defined]


_WORDS_OF_RECIPES = {*map(str, Parameter), "values_from"}
"""The attributes of the drinks' buttons. They are the words that the actions take, to be copied from here to there, and
Home Assistant wants texts of attributes for each of the 58 buttons anew: without any it shows the words themselves."""


def attributes_of_a_drink(entity: JuraDrinkEvent) -> set[str]:
    """Return what is told of a drink; one with a name of its own needs nobody to translate it."""
    hass: Any = None
    drink = Drink(0x02, Origin.MACHINE, datetime.now(UTC), "Mine")
    return set(attributes_of(hass, entity.coordinator, drink))


def test_values_of_attributes(all_entities: Found) -> None:
    """What an attribute can say has a text where it is one of a few words, and there is none for what it can't say."""
    event = texts()["entity"]["event"]["drink"]["state_attributes"]
    last_drink = texts()["entity"]["sensor"]["last_drink"]["state_attributes"]
    types = next(entity.event_types for _, _, entity in all_entities if isinstance(entity, JuraDrinkEvent))
    assert list(event["event_type"]["state"]) == types
    assert set(event["reason"]["state"]) == {REJECTED, NOT_STARTED} | blocking_slugs()
    assert list(event["started_by"]["state"]) == list(last_drink["started_by"]["state"]) == list(Origin)
    machine = texts()["entity"]["event"]["machine"]["state_attributes"]
    noticed = [alert for alert in all_alerts() if alert.slug not in PASSES]
    assert list(machine["event_type"]["state"]) == list(Change)
    assert set(machine["alert"]["state"]) == {alert.slug for alert in noticed}
    assert set(machine["severity"]["state"]) == {alert.severity for alert in noticed}
    assert set(machine["program"]["state"]) == {program for alert in noticed if (program := asked_for(alert))}
    # The event's type is Home Assistant's own attribute, and named by it.
    for attributes in (event, machine):
        assert {key for key, entry in attributes.items() if "name" not in entry} == {"event_type"}


def test_severities(all_entities: Found) -> None:
    """How serious an alert is has a text: for each alert those severities that it has on any machine type."""
    found: dict[str, set[str]] = {}
    for _, platform, entity in all_entities:
        attributes: Any = entity.extra_state_attributes or {}
        if platform == "binary_sensor" and "severity" in attributes:
            found.setdefault(str(entity.translation_key), set()).add(attributes["severity"])
    there = texts()["entity"]["binary_sensor"]
    attributes = {key: entry["state_attributes"] for key, entry in there.items() if "state_attributes" in entry}
    assert {key: set(entry["severity"]["state"]) for key, entry in attributes.items()} == found
    assert set().union(*found.values()) == {Severity.BLOCKING, Severity.INFORMATION, Severity.MAINTENANCE}
    words = {(state, text) for entry in attributes.values() for state, text in entry["severity"]["state"].items()}
    assert len(words) == 3


def test_needs() -> None:
    """All that is needed is said in the words of what is needed most."""
    needs = texts()["entity"]["sensor"]["needs"]
    assert {"nothing": "Nothing"} | needs["state_attributes"]["all"]["state"] == needs["state"]


def test_attributes(all_entities: Found) -> None:
    """Each attribute is named, and no name is there for an attribute that nothing has."""
    found: dict[tuple[str, str], set[str]] = {}
    for _, platform, entity in all_entities:
        if entity.translation_key:
            attributes = set(entity.extra_state_attributes or {})
            if isinstance(entity, JuraDrinkEvent):
                attributes |= {"event_type", *attributes_of_a_drink(entity)}
            if isinstance(entity, JuraMachineEvent):
                attributes |= {"event_type", *about_alert(None)}
            if isinstance(entity, JuraDrinkButton):
                assert "values_from" in attributes <= _WORDS_OF_RECIPES
                continue
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
    assert set(icons()) == {"entity", "services", "triggers", "conditions"}
    assert set(icons()["triggers"]) == set(TRIGGERS)
    assert set(icons()["conditions"]) == set(CONDITIONS)
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


# --- actions ----------------------------------------------------------------------------------------------------------


@cache
def actions() -> dict[str, Any]:
    """Return services.yaml."""
    return yaml_util.load_yaml_dict(str(ROOM / "services.yaml"))


def schemas() -> dict[str, set[str]]:
    """Return the fields of each action as it is registered."""
    found: dict[str, set[str]] = {}

    def register(domain: str, name: str, _: Any, schema: Any, *__: Any) -> None:
        found[name] = set(map(str, schema.schema))

    hass: Any = SimpleNamespace(services=SimpleNamespace(async_register=register))
    services.async_setup_services(hass)
    return found


def sections_of(action: str) -> dict[str, Any]:
    """Return the sections into which the fields of an action are grouped."""
    return {name: field for name, field in actions()[action]["fields"].items() if "fields" in field}


def fields_of(action: str) -> dict[str, Any]:
    """Return the fields of an action with those in its sections."""
    fields = {name: field for name, field in actions()[action]["fields"].items() if "fields" not in field}
    for section in sections_of(action).values():
        fields |= section["fields"]
    return fields


def test_actions() -> None:
    """What is registered, described, named and drawn are the same actions, with the same fields."""
    assert set(schemas()) == set(actions()) == set(texts()["services"]) == set(icons()["services"])
    for action, schema in schemas().items():
        said, drawn = texts()["services"][action], icons()["services"][action]
        assert set(said) <= {"name", "description", "fields", "sections"}
        assert said["name"]
        assert said["description"]
        assert set(fields_of(action)) == schema == set(said["fields"])
        for field in said["fields"].values():
            assert set(field) == {"name", "description"}
        for field in fields_of(action).values():
            assert set(field) <= {"required", "example", "selector"}
            assert validate_selector(field["selector"])
        assert set(sections_of(action)) == set(said.get("sections", {})) == set(drawn.get("sections", {}))
        for section in said.get("sections", {}).values():
            assert section["name"]
        assert drawn["service"]


def test_nothing_is_sent_by_default() -> None:
    """What is left out of an action is as the machine has it: no field is filled in or asked for but the drink."""
    for action in actions():
        required = {name for name, field in fields_of(action).items() if field.get("required")}
        assert required == {"brew": {"product"}, "import_drinks": {"drinks"}}.get(action, set())


def choices() -> Iterator[tuple[str, list[str]]]:
    """Yield every list of options in an action, a trigger or a condition with the key of its texts."""
    fields = [field for action in actions() for field in fields_of(action).values()]
    for file in ("triggers.yaml", "conditions.yaml"):
        described: Any = yaml_util.parse_yaml((ROOM / file).read_text("utf-8"))
        fields += [field for about in described.values() for field in about.get("fields", {}).values()]
    for field in fields:
        if select := field.get("selector", {}).get("select"):
            yield select["translation_key"], select["options"]


def test_selectors() -> None:
    """Each option to choose has its text, in actions and in forms, and no text is there for one that nobody can choose."""
    asked: set[str] = set()
    for _, call in calls("SelectSelectorConfig"):
        if (key := keyword(call, "translation_key")) is not None:
            # A form for any argument: those that are choices are checked below.
            asked |= set() if ast.unparse(key) == "str(argument.parameter)" else possible(key)
    assert set(texts()["selector"]) == asked | {key for key, _ in choices()}
    for key, options in choices():
        assert all(isinstance(option, str) for option in options), f"{key}: YAML took a text for a number"
        assert len(options) == len(set(options))
        assert set(options) == set(texts()["selector"][key]["options"]), key


def test_offered_values() -> None:
    """The actions offer just what any machine type has: its drinks, and the widest range of each value."""
    definitions = list(map(load_definition, definition_codes()))
    products = [product for definition in definitions for product in definition.active_products]
    offered = {key: set(options) for key, options in choices()}
    assert offered["product"] == {product.slug for product in products}
    for slug, name in texts()["selector"]["product"]["options"].items():
        assert name == texts()["entity"]["button"][f"brew_{slug}"]["name"]
    assert offered["preselection"] == {
        str(preselection)
        for definition in definitions
        for product in definition.active_products
        for preselection in offered_preselections(definition, product)
    }
    arguments: dict[str, list[Argument]] = {}
    for product in products:
        for argument in sent_arguments(product):
            arguments.setdefault(str(argument.parameter), []).append(argument)
    fields = fields_of("brew")
    assert set(arguments) == set(fields) - {"device_id", "product", "preselections"}
    for name, those in arguments.items():
        if amounts := [argument for argument in those if isinstance(argument, Amount)]:
            number = fields[name]["selector"]["number"]
            assert number["min"] == min(amount.minimum for amount in amounts)
            assert number["max"] == max(amount.maximum for amount in amounts)
            assert {number["step"]} == {amount.step for amount in amounts}
            assert number.get("unit_of_measurement", "count") == amounts[0].unit
        else:
            slugs = {option.slug for choice in those if isinstance(choice, Choice) for option in choice.options}
            assert offered[fields[name]["selector"]["select"]["translation_key"]] == slugs


def test_alerts_are_problems(all_entities: Found) -> None:
    """Each alert is shown as a problem or not as one, in the reader's language, by its device class."""
    for _, platform, entity in all_entities:
        if platform == "binary_sensor" and entity.translation_key != "ready":
            assert entity.device_class is BinarySensorDeviceClass.PROBLEM
