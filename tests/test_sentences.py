"""Sentences and wishes, without Home Assistant: the two uses of each template agree, whatever names there are."""

from collections.abc import Mapping
from functools import cache
import json
import random
import re
from types import MappingProxyType

from hassil.expression import Alternative, Expression, Group, RuleReference, TextChunk
from hassil.intents import Intents
from hassil.parse_expression import parse_sentence
from hassil.recognize import recognize_all
from home_assistant_intents import get_intents
from homeassistant.components.conversation.trigger import TRIGGER_SCHEMA
from hypothesis import example, given, strategies as st
import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.model import Parameter
from custom_components.jura.machine.recipe import default_recipe, in_words, recipe_for, sent_arguments
from custom_components.jura.sentences import Grammar, Heard, Intent, Words, load_words, product_names, spoken
from custom_components.jura.spoken_wishes import Contradiction, NotOffered, values_for

from .helpers import ROOM, definition_codes, leaves, placeholders, texts

LANGUAGES = {words.language: words for words in load_words()}
PRODUCTS = {
    key.removeprefix("brew_"): button["name"]
    for key, button in texts()["entity"]["button"].items()
    if key.startswith("brew_")
}


def grammar(language: str, *own: str) -> Grammar:
    """Return a language with all drinks, some rooms and machines, and drinks of one's own."""
    words = LANGUAGES[language]
    return Grammar(
        words,
        {
            "product": product_names(words),
            "own": tuple(
                (text, f"drink {n}") for n, name in enumerate(own) for text in spoken(name, words.conjunction)
            ),
            "machine": (("JURA E8", "e8"), ("Bertha", "bertha")),
            "area": (("Kitchen", "kitchen"), ("Büro", "office")),
        },
    )


known = cache(grammar)


# --- for translators --------------------------------------------------------------------------------------------------


def test_all_languages_say_the_same() -> None:
    """Each file has the same intents, wishes, programs and answers, with the same gaps to be filled in."""
    files = {path.stem: json.loads(path.read_text("utf-8")) for path in (ROOM / "speech").glob("*.json")}
    assert set(files) == set(LANGUAGES) >= {"en", "de", "fr"}
    for file in files.values():
        assert file.keys() == files["en"].keys()
        for part in ("sentences", "wishes", "counts", "programs", "parameters", "program_names", "answers"):
            assert file[part].keys() == files["en"][part].keys(), part
        for key, answer in file["answers"].items():
            assert placeholders(answer) == placeholders(files["en"]["answers"][key]), key
        assert set(file["synonyms"]) <= set(PRODUCTS)
        assert set(file["sentences"]) == set(Intent)
        assert all(text == text.strip() and text for _, text in leaves(file["answers"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_rule_is_used(language: str) -> None:
    """No rule is left over, and none is missing."""
    words = LANGUAGES[language]
    written = json.dumps([words.sentences, dict(words.rules)], ensure_ascii=False, default=list)
    assert all(f"<{rule}>" in written for rule in words.rules)
    assert "<" not in "".join(known(language).gate())


# --- the gate and what is understood ----------------------------------------------------------------------------------


def said(expression: Expression, dice: random.Random, rules: Mapping[str, Expression] = MappingProxyType({})) -> str:
    """Return one of the texts that a template stands for. A list in it is one of names."""
    match expression:
        case TextChunk():
            return expression.original_text
        case Alternative():
            return said(dice.choice(expression.items), dice, rules)
        case Group():
            return "".join(said(item, dice, rules) for item in expression.items)
        case RuleReference():
            return said(rules[expression.rule_name], dice, rules)
        case _:
            return dice.choice(NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_passes_the_gate_is_understood(language: str) -> None:
    """A sentence that Home Assistant gives us can't be given back, so that each must mean something."""
    dice, here = random.Random(1), known(language, "Sunday cappuccino", "Kaffee & Kuchen", "Oma's (50/50) best!")
    for template in here.gate():
        expression = parse_sentence(template).expression
        for _ in range(60):
            text = said(expression, dice)
            assert here.understand(text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_drink_by_every_name(language: str) -> None:
    """Each product can be had by its name, by each synonym and with an article that is not its own."""
    here, a = known(language), {"en": "make a ", "de": "mach einen ", "fr": "fais un "}[language]
    for text, slug in here.names["product"]:
        assert slug in {heard.product for heard in here.understand(a + text)}, text


def test_readings_are_sorted() -> None:
    """The plainest reading is the first: a drink of the name is meant before one with a wish."""
    first, second = known("en").understand("make a large cappuccino")
    assert first == Heard(Intent.BREW, product="cappuccino_big")
    assert second == Heard(Intent.BREW, product="cappuccino", wishes=("size_more",))
    assert known("en", "strong coffee").understand("make strong coffee")[0].own == "drink 0"
    assert known("en").understand("make two coffees with 100 ml with bertha")[-1] == Heard(
        Intent.BREW, product="coffee", count=2, amount=100, machine="bertha"
    )


@given(name=st.text(max_size=25) | st.text(alphabet="aB1 _-.:;!?'’&+()[]{}<>|\\/é…İßſ", max_size=12))
@example(name="()[]{}<>|;:\\")
@example(name="A.C. (x.5) -3 …!")
@example(name="</drink> {wish}")
def test_any_name_can_be_said(name: str) -> None:
    """No name breaks what is registered for all, and each that has a sound is understood as it is spoken."""
    words = LANGUAGES["en"]
    small = Grammar(
        Words(
            language="en",
            rules={},
            sentences={"brew": ("make <drink>[ please]",)},
            wishes=(),
            counts=(),
            programs=(),
            conjunction="and",
            plural="s",
            drinks={},
            synonyms=(),
            parameters={},
            program_names={},
            answers=words.answers,
        ),
        {
            "product": (("coffee", "coffee"),),
            "own": tuple((t, "own") for t in spoken(name, "and")),
            "machine": (),
            "area": (),
        },
    )
    (template,) = TRIGGER_SCHEMA({"platform": "conversation", "command": list(small.gate())})["command"]
    gate = Intents.from_dict({"language": "en", "intents": {"ours": {"data": [{"sentences": [template]}]}}})
    assert not list(recognize_all("make whatever", gate)) or name.casefold().strip() == "whatever"
    assert list(recognize_all("make coffee", gate))
    for form in spoken(name, "and"):
        text = re.sub(r"\\(.)", r"\1", form)
        assert list(recognize_all(f"make {text} please", gate)), text
        assert any(heard.own for heard in small.understand(f"make {text} please")), text


# --- Home Assistant's own sentences -------------------------------------------------------------------------------------

NAMES = (
    "coffee machine",
    "Kaffeemaschine",
    "machine à café",
    "JURA E8",
    "Bertha",
    "kitchen",
    "Büro",
    "heute",
    "coffee timer",
)


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_no_sentence_of_home_assistant_is_ours(language: str) -> None:
    """Whatever Home Assistant understands by itself it still does, with machines and rooms for names."""
    dice = random.Random(1)
    intents = get_intents(language)
    assert intents is not None
    everywhere = {name: parse_sentence(rule).expression for name, rule in intents["expansion_rules"].items()}
    ours = [template for known_language in LANGUAGES for template in known(known_language).gate()]
    gate = Intents.from_dict({"language": "en", "intents": {"ours": {"data": [{"sentences": ours}]}}})
    taken = set()
    for block in (block for intent in intents["intents"].values() for block in intent["data"]):
        here = {name: parse_sentence(rule).expression for name, rule in block.get("expansion_rules", {}).items()}
        for template in block["sentences"]:
            expression = parse_sentence(template).expression
            for _ in range(2):
                text = said(expression, dice, {**everywhere, **here})
                taken |= {text} if any(recognize_all(text, gate)) else set()
    assert not taken


# --- wishes -----------------------------------------------------------------------------------------------------------


def test_each_wish_is_possible_or_refused() -> None:
    """On every machine type, a wish leads to a drink that the machine makes, and goes the way that it says."""
    wishes = sorted({wish for _, wish in LANGUAGES["en"].wishes})
    for code in definition_codes():
        definition = load_definition(code)
        for product in definition.active_products:
            usual = default_recipe(product)
            for wish in wishes:
                try:
                    values = values_for(usual, [wish], None)
                except NotOffered:
                    continue
                wished = recipe_for(definition, product, values)
                assert values
                for parameter in map(Parameter, values):
                    more = wished.values[parameter] - usual.values[parameter]
                    assert more >= 0 if wish.endswith(("more", "most")) else more <= 0


@pytest.mark.parametrize(
    ("slug", "wishes", "amount", "changed"),
    [
        ("coffee", ["strength_more"], None, {"strength": "8"}),
        ("coffee", ["strength_most"], None, {"strength": "10"}),
        ("coffee", ["strength_less"], None, {"strength": "3"}),
        ("coffee", ["strength_least"], None, {"strength": "1"}),
        ("coffee", ["size_more"], None, {"water": 150}),
        ("coffee", ["size_most"], None, {"water": 200}),
        ("coffee", ["size_less"], None, {"water": 65}),
        ("coffee", ["size_least"], None, {"water": 50}),
        ("coffee", ["temperature_more"], None, {"temperature": "high"}),
        ("coffee", ["temperature_less"], None, {"temperature": "low"}),
        ("coffee", [], 120, {"water": 120}),
        ("espresso", ["temperature_more"], None, {"temperature": "high"}),
        ("espresso", ["size_most"], None, {"water": 80}),
        ("cappuccino", ["milk_more", "size_less"], None, {"milk": 14, "water": 40}),
        ("espresso_macchiato", ["milk_less"], None, {"milk": 2}),
    ],
)
def test_wishes(slug: str, wishes: list[str], amount: int | None, changed: dict[str, int | str]) -> None:
    """Choices go half the way to an end; amounts become half as much again, in steps and within limits."""
    product = load_definition("EF536").product(slug)
    assert product is not None
    assert values_for(default_recipe(product), wishes, amount) == changed


def test_wishes_that_do_not_go_together() -> None:
    """Nobody has to choose between two wishes for the same."""
    product = load_definition("EF536").product("coffee")
    assert product is not None
    recipe = default_recipe(product)
    assert {"strength", "water"} <= in_words(recipe).keys()
    for wishes, amount in (
        (["strength_more", "strength_less"], None),
        (["size_more"], 100),
        (["water_more"], 100),
    ):
        with pytest.raises(Contradiction):
            values_for(recipe, wishes, amount)
    with pytest.raises(NotOffered) as refused:
        values_for(recipe, ["milk_foam_more"], None)
    assert refused.value.what == "milk_foam"
    foam = load_definition("EF536").product("milk_foam")
    assert foam is not None
    assert all(argument.parameter is not Parameter.WATER for argument in sent_arguments(foam))
    with pytest.raises(NotOffered):
        values_for(default_recipe(foam), [], 100)
