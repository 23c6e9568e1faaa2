"""The documentation keeps its word: links lead somewhere, names are those that people see, nothing is missing, examples work."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.logger import CONFIG_SCHEMA as LOGGER_SCHEMA
from homeassistant.components.script import DOMAIN as SCRIPT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
from homeassistant.util import yaml as yaml_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.jura.condition import CONDITIONS
from custom_components.jura.const import DOMAIN
from custom_components.jura.coordinator import SCAN_INTERVAL
from custom_components.jura.machine.catalogue import load_articles, load_definition
from custom_components.jura.machine.smart_connect import SmartConnect
from custom_components.jura.machine.wifi_connect import WifiConnect
from custom_components.jura.machine.wifi_session import Credentials
from custom_components.jura.sentences import Grammar, Intent, load_words, product_names
from custom_components.jura.trigger import TRIGGERS
from scripts import build_docs
from simulator.machine import Machine

from .conftest import ADDRESS, Press
from .helpers import ROOM, async_entities, async_wait_for, definition_codes, leaves, texts
from .kitchen import async_act, async_add, async_finish, data_of

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
_CARD = ROOT / "card" / "src" / "translations" / "en.json"
PAGES = [ROOT / "README.md", ROOT / "simulator" / "README.md", *sorted(DOCS.glob("*.md"))]
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_OF_HOME_ASSISTANT = frozenset(
    {
        "Add",
        "Add card",
        "Add dashboard",
        "Add integration",
        "Advertisement monitor",
        "By target",
        "Configure",
        "Custom repositories",
        "Dashboards",
        "Delete",
        "Devices & services",
        "Disable debug logging",
        "Download diagnostics",
        "Edit dashboard",
        "Edit in YAML",
        "Enable debug logging",
        "Enable polling for changes",
        "Entities",
        "Expose",
        "Integration",
        "JURA",
        "Reconfigure",
        "Repairs",
        "Settings",
        "Signal strength",
        "Submit",
        "System options",
        "Visible",
        "Voice assistants",
    }
)
"""What is written in italics because it is written so on Home Assistant's own pages, and in HACS."""


@cache
def without_code(page: Path) -> str:
    """Return what is written for people on a page."""
    return _FENCE.sub("", page.read_text("utf-8"))


def test_something_is_found() -> None:
    """What the other tests look for is there."""
    assert len(PAGES) > 15
    assert sum(1 for _ in examples()) > 10
    assert sum(1 for page in PAGES for _ in italics(page)) > 200


# --- links ------------------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """Return the anchors that headings have where the page is shown."""
    headings = re.findall(r"^#+ (.*)$", without_code(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-") for heading in headings}


@EVERY_PAGE
def test_links(page: Path) -> None:
    """Each link within the repository leads to a file that is there, and to a heading of it."""
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(page)):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_found() -> None:
    """Whoever begins at the table of contents finds every page."""
    contents = (DOCS / "README.md").read_text("utf-8")
    assert [page.name for page in DOCS.glob("*.md") if f"({page.name}" not in contents] == ["README.md"]


@EVERY_PAGE
def test_tables(page: Path) -> None:
    """Each row of a table has as many cells as its head, or what is left over would not be shown."""
    for table in re.findall(r"(?:^\|.*\n)+", without_code(page), re.MULTILINE):
        assert len({len(cells(line)) for line in table.splitlines()}) == 1, table.splitlines()[0]


# --- names ------------------------------------------------------------------------------------------------------------


def italics(page: Path) -> Iterator[str]:
    """Yield what is in italics, one name at a time: on these pages that is what is written on a screen."""
    plain = re.sub(r"`[^`\n]*`", "", without_code(page)).replace("\\*", "")
    for found in re.findall(r"(?<![*\w])\*(?![*\s])([^*]+?)(?<!\s)\*(?![*\w])", plain):
        yield from (" ".join(name.split()) for name in found.split(" > "))


@EVERY_PAGE
def test_names(page: Path) -> None:
    """What is quoted from a screen is what the screen says."""
    said = {text for _, text in leaves(texts())} | {*json.loads(_CARD.read_text("utf-8")).values()} | _OF_HOME_ASSISTANT
    # A text with a name filled in is quoted with dots for it.
    said |= {re.sub(r"\{\w+\}", "…", text) for text in said}
    assert not [name for name in italics(page) if name not in said and not _is_prose(name)]


def _is_prose(text: str) -> bool:
    """Tell whether something in italics is a sentence, a remark or a stressed word, and no name of anything."""
    return text.endswith((".", ")")) or text.islower()


@EVERY_PAGE
def test_actions_exist(page: Path) -> None:
    """Every action, trigger and condition that is named is there."""
    services = set(yaml_util.load_yaml_dict(str(ROOM / "services.yaml")))
    known = services | TRIGGERS.keys() | CONDITIONS.keys()
    # "jura.<entry id>" is the name of a file.
    assert set(re.findall(r"(?<![\w./])jura\.([a-z_]+)", page.read_text("utf-8"))) <= known


# --- nothing is missing -----------------------------------------------------------------------------------------------


def cells(line: str) -> list[str]:
    """Return the cells of a row of a table."""
    return [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]


def rows(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the tables below a heading."""
    text = without_code(DOCS / page)
    (section,) = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    return [cells(line) for line in section.splitlines() if line.startswith("| ")]


async def test_every_entity() -> None:
    """Each entity that any machine type has is there, once; whether it is enabled at first and experimental is true."""
    told: dict[str, tuple[str, bool]] = {}
    for line in without_code(DOCS / "entities.md").splitlines():
        if line.startswith("| *") and (name := re.match(r"\*([^*(]+)\*", cells(line)[0])):
            _, _, at_first, _, known_from = cells(line)
            assert name[1] not in told
            told[name[1]] = (at_first, known_from == "experimental")
    always = {name async for name, _ in _entities(experimental=False)}
    assert told == {
        name: ("on" if entity.entity_registry_enabled_default else "off", name not in always)
        async for name, entity in _entities(experimental=True)
    }


async def _entities(*, experimental: bool) -> AsyncIterator[tuple[str, Entity]]:
    """Yield every entity of every machine type with its name, but for those of single drinks."""
    for code in definition_codes():
        for platform, entity in await async_entities(load_definition(code), experimental=experimental):
            description = entity.entity_description
            _, _, drink = description.key.partition("_")
            if drink not in _drinks() or not description.key.startswith(("brew_", "count_")):
                # That without a translation is named by Home Assistant.
                named = texts()["entity"][platform].get(description.translation_key, {"name": "Signal strength"})
                yield named["name"], entity


@cache
def _drinks() -> set[str]:
    return {key.removeprefix("brew_") for key in texts()["entity"]["button"] if key.startswith("brew_")}


def test_every_field_of_the_set_up() -> None:
    """Each field that a person may be asked for when adding a machine is explained, by the name that it has there."""
    steps = texts()["config"]["step"]
    explained = [" ".join(row[:2]) for row in rows("installation.md", "Installation parameters")]
    for step, its in steps.items():
        if step != "reconfigure" and "data" in its:
            assert any(f"*{its['title']}*" in row for row in explained), step
            for name in its["data"].values():
                assert any(f"*{name}*" in row for row in explained), (step, name)


@pytest.mark.parametrize(
    ("heading", "fields"),
    [
        ("Options", texts()["options"]["step"]["init"]["data"]),
        ("Reconfigure", texts()["config"]["step"]["reconfigure"]["data"]),
    ],
)
def test_every_option(heading: str, fields: Mapping[str, str]) -> None:
    """Each option is explained, in the order in which it is shown."""
    assert [row[0] for row in rows("configuration.md", heading)[1:]] == [f"*{name}*" for name in fields.values()]


def test_every_field_of_a_drink() -> None:
    """Each field of a drink of one's own is explained."""
    steps = texts()["config_subentries"]["drink"]["step"]
    explained = " ".join(row[0] for row in rows("drinks.md", "Drinks of your own"))
    for name in (*steps["drink"]["data"].values(), *steps["values"]["data"].values()):
        assert f"*{name}*" in explained


def test_every_action() -> None:
    """Each action has its heading, and each of its fields a row; what is required is told."""
    for action, its in yaml_util.load_yaml_dict(str(ROOM / "services.yaml")).items():
        fields: dict[str, Any] = {}
        for key, field in its["fields"].items():
            fields |= field.get("fields", {key: field})
        table = rows("actions.md", texts()["services"][action]["name"])
        told = {row[0].strip("`"): row[1] for row in table if row[1] in ("yes", "no", "with several machines")}
        assert told.keys() == fields.keys(), action
        assert {key for key, required in told.items() if required == "yes"} == {
            key for key, field in fields.items() if field.get("required")
        }


@pytest.mark.parametrize(("kind", "known"), [("triggers", TRIGGERS), ("conditions", CONDITIONS)])
def test_every_trigger_and_condition(kind: str, known: Mapping[str, Any]) -> None:
    """Each is there with its name and all that can be chosen."""
    table = {row[0]: row[2] for row in rows("automations.md", kind.capitalize())[1:]}
    assert table.keys() == {f"*{texts()[kind][key]['name']}* (`{DOMAIN}.{key}`)" for key in known}
    for key in known:
        (row,) = (options for name, options in table.items() if f".{key}`" in name)
        for option in texts()[kind][key].get("fields", {}):
            assert f"`{option}`" in row, key


# --- what is said -------------------------------------------------------------------------------------------------------


def test_messages_are_ours() -> None:
    """What somebody looks for when something is wrong is what they were told, word for word."""
    told = [text for _, text in leaves(texts())]
    quoted = re.findall(r'"([^"]+)"', " ".join(without_code(DOCS / "troubleshooting.md").split()))
    assert len(quoted) > 15
    for quote in quoted:
        # What is left out, such as the name of the machine, is dots.
        pattern = re.compile(".*".join(map(re.escape, quote.split("…"))))
        assert any(pattern.search(text) for text in told), quote


_INTENTS = {
    "A drink": {Intent.BREW},
    "As you like it": {Intent.BREW},
    "Your own": {Intent.BREW},
    "Stop it": {Intent.CANCEL},
    "Is it ready?": {Intent.READY},
    "How many?": {Intent.TODAY},
    "What does it need?": {Intent.NEEDS, Intent.PROGRAM},
}


@pytest.mark.parametrize(("column", "language"), [(1, "en"), (2, "de"), (3, "fr")])
def test_sentences_are_understood(column: int, language: str) -> None:
    """Each sentence of the table is taken for what it is said to be."""
    (words,) = (words for words in load_words() if words.language == language)
    own = ["Sunday cappuccino", "Sonntagscappuccino", "cappuccino du dimanche"]
    names = {"product": product_names(words), "own": tuple(zip(own, own, strict=True))}
    grammar = Grammar(words, {**names, "machine": (), "area": ()})
    table = {row[0]: row[column] for row in rows("voice.md", "Voice")[1:]}
    assert table.keys() == _INTENTS.keys()
    for about, sentences in table.items():
        said = re.findall(r'["„«]\s*(.+?)\s*["“»]', sentences)
        assert said, about
        for sentence in said:
            heard = grammar.understand(sentence.rstrip("?").strip())
            assert {reading.intent for reading in heard} <= _INTENTS[about], sentence
            assert heard, sentence
            assert about != "Your own" or heard[0].own in own, sentence


# --- what is reckoned -------------------------------------------------------------------------------------------------


def test_machines_are_those_of_the_catalogue() -> None:
    """The tables are as scripts/build-docs writes them, and the numbers in the texts are theirs."""
    page = build_docs.PAGE.read_text("utf-8")
    assert build_docs.filled(page) == page
    numbers = f"{len(definition_codes())} machine types with {len(load_articles())} article numbers"
    assert numbers in page
    assert numbers in (ROOT / "README.md").read_text("utf-8")
    for code in build_docs.SEEN:
        assert code in definition_codes()


async def test_data_updates() -> None:
    """How often the machine is asked is as the code does it."""
    table = {row[0]: row[1:] for row in rows("data-updates.md", "Data updates")}
    over_bluetooth, over_wifi = SmartConnect.rhythm, WifiConnect("127.0.0.1", Credentials(""), "JURA").rhythm
    # None is the coordinator's own.
    assert over_bluetooth.idle is None
    assert table["An idle machine: state, alerts"][:2] == [
        f"every {SCAN_INTERVAL.seconds} s",
        f"every {over_wifi.idle:g} s",
    ]
    assert table["Counters, maintenance"][:2] == [
        f"every {over_bluetooth.statistics / 60:g} min, and after a drink",
        f"every {over_wifi.statistics / 60:g} min, and {over_wifi.settling:g} s after a drink",
    ]


# --- examples ---------------------------------------------------------------------------------------------------------


def examples() -> Iterator[Any]:
    """Yield what is written in YAML, in the order of the pages."""
    for page in PAGES:
        for indentation, language, text in _FENCE.findall(page.read_text("utf-8")):
            if language == "yaml" and page.parent != ROOT / "simulator":
                yield yaml_util.parse_yaml(re.sub(rf"^{indentation}", "", text, flags=re.MULTILINE))


@pytest.fixture
async def e8(hass: HomeAssistant, adapter: None, machine: Machine, model: str) -> AsyncGenerator[MockConfigEntry]:
    """Return the entry of the machine that the examples are about, with all that they use besides."""
    assert await async_setup_component(hass, "notify", {})
    yield await async_add(hass, machine, {**data_of(model), "address": ADDRESS}, title="JURA E8")
    if hass.services.has_service(AUTOMATION, "turn_off"):
        # They wait for times of the day.
        await hass.services.async_call(AUTOMATION, "turn_off", {"entity_id": "all"}, blocking=True)
    await async_finish(hass)


async def test_automations(hass: HomeAssistant, e8: MockConfigEntry) -> None:
    """Home Assistant takes each automation, and each of our entities in it is one that the machine has."""
    automations = [example for example in examples() if "triggers" in example]
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: automations})
    await hass.async_block_till_done()
    states = {state.name: state.state for state in hass.states.async_all(AUTOMATION)}
    assert states == {automation["alias"]: "on" for automation in automations}
    named = set(re.findall(r"[a-z_]+\.jura_e8_\w+", str(automations)))
    assert len(named) > 5
    assert named <= set(er.async_get(hass).entities)


async def test_automations_work(hass: HomeAssistant, e8: MockConfigEntry, machine: Machine, press: Press) -> None:
    """What happens at the machine is told, in the words that the examples have for it."""
    sent = async_mock_service(hass, "notify", "send_message")
    shown = async_mock_service(hass, "persistent_notification", "create")
    automations = [example for example in examples() if "triggers" in example]
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: automations})
    machine.empty_water_tank()
    assert (await async_wait_for(hass, lambda: shown))[0].data["message"] == "Fill the water tank"
    machine.fill_water_tank()
    await press("button.jura_e8_refresh")
    await press("button.jura_e8_espresso")
    assert (await async_wait_for(hass, lambda: sent))[0].data["message"] == "Espresso is ready."
    await async_wait_for(hass, lambda: machine.drink is None and machine.progress.state == 0)
    for automation in ("automation.coffee_report", "automation.first_coffee"):
        await hass.services.async_call(AUTOMATION, "trigger", {"entity_id": automation})
    await async_wait_for(hass, lambda: len(machine.drinks) == 2)
    assert machine.drinks[-1].recipe["WATER_AMOUNT"] == 120
    assert sent[1].data["title"] == "JURA E8: Last month"


async def test_actions(hass: HomeAssistant, e8: MockConfigEntry, machine: Machine) -> None:
    """Each action and each script does what it says, one after the other, on a machine that has all it needs."""
    scripts = {
        f"example_{number}": {"sequence": example.get("sequence", example)}
        for number, example in enumerate(examples())
        if "triggers" not in example and {"action", "sequence"} & example.keys()
    }
    assert len(scripts) == 7
    assert await async_setup_component(hass, SCRIPT, {SCRIPT: scripts})
    for name in scripts:
        await hass.services.async_call(SCRIPT, name, blocking=True)
    cappuccino, espresso = machine.drinks
    assert (cappuccino.recipe["COFFEE_STRENGTH"], cappuccino.recipe["MILK_FOAM_AMOUNT"]) == (8, 20)
    assert (cappuccino.outcome, espresso.code) == ("cancelled", 2)


async def test_exported_drinks(hass: HomeAssistant, e8: MockConfigEntry) -> None:
    """The exported drinks that are shown can be imported as they are."""
    (exported,) = (example for example in examples() if "jura_drinks" in example)
    imported = await async_act(hass, "import_drinks", {"drinks": exported})
    assert imported == {"added": ["Sunday cappuccino"], "changed": [], "adjusted": [], "refused": []}


def test_logger() -> None:
    """The lines for the debug log are what Home Assistant's logger takes."""
    (logging,) = (example for example in examples() if "logger" in example)
    LOGGER_SCHEMA(logging)
