"""JURA's files as the simulator reads them."""

from collections import Counter

import pytest

from simulator.definitions import definition_codes, definition_for


def test_numbers() -> None:
    """The files contain what was counted in them."""
    definitions = [definition_for(code) for code in definition_codes()]
    assert len(definitions) == 89
    assert sum(bool(definition.article) for definition in definitions) == 72
    assert sum(len(definition.products) for definition in definitions) == 1679
    assert sum(len(definition.alerts) for definition in definitions) == 4506


@pytest.mark.parametrize(
    ("machine", "code", "article", "name"),
    [
        ("15221", "EF529", 15221, "D4"),
        (15336, "EF538", 15336, "E8 (EB)"),
        ("13724", "EF658S_C", 13724, "GIGA X8c Professional"),
        ("15441", "EF1030", 15441, "J8 twin (EA)"),
        ("e8", "EF533V2", 15341, "E8"),
        ("ef541v2", "EF541V2", 0, "EF541V2"),
    ],
)
def test_look_up(machine: str | int, code: str, article: int, name: str) -> None:
    """Articles, names and codes are found; names without regard to case."""
    definition = definition_for(machine)
    assert (definition.code, definition.article) == (code, article)
    if article != 15441:
        assert definition.name == name


def test_unknown() -> None:
    """There is no other machine."""
    with pytest.raises(LookupError):
        definition_for("Moccamaster")


def test_peculiarities() -> None:
    """Slots of EF545, milk in F6 on EF526, the repaired default of EF562, high nibbles."""
    z10 = definition_for("EF545")
    assert {product.code: product.slot for product in z10.products if product.slot != product.code} == {
        0x31: 0x12,
        0x36: 0x13,
    }
    freeness = next(argument for argument in z10.products[0].arguments if argument.element == "GRINDER_FREENESS")
    assert (freeness.byte, freeness.mask, freeness.allowed) == (2, 0xF0, (1, 2, 3, 4, 5))
    assert freeness.encode(freeness.default) == 0x40
    milk = [a.byte for p in definition_for("EF526").products for a in p.arguments if a.element == "MILK_AMOUNT"]
    assert 6 in milk
    double = definition_for("EF562").product(0x11)
    assert double is not None
    assert next(a.default for a in double.arguments if a.element == "TEMPERATURE") == 1


def test_alerts() -> None:
    """An alert blocks what its type and its kinds say."""
    alerts = definition_for("EF538").alerts
    assert alerts[1].blocks("T")
    assert [kind for kind in ("C", "CM", "M", "T") if alerts[10].blocks(kind)] == ["C", "CM"]
    assert [kind for kind in ("C", "CM", "M", "T") if alerts[14].blocks(kind)] == ["CM", "M"]
    assert not alerts[33].blocks("C")
    assert not alerts[36].blocks("C")


def test_survey() -> None:
    """Settings, banks and programs are as many as the survey of the files found."""
    definitions = [definition_for(code) for code in definition_codes()]
    settings = Counter(argument for item in definitions for argument in {setting.argument for setting in item.settings})
    assert (settings["02"], settings["08"], settings["09"], settings["13"], settings["65"]) == (49, 41, 54, 49, 11)
    banks = Counter(bank for item in definitions for bank in item.banks)
    assert banks == {0x32: 89, 0x33: 34, 0x34: 4, 0x35: 3, 0x42: 37, 0x43: 4, 0x44: 4, 0x45: 4, 0x52: 14, 0x53: 4}
    programs = Counter(item for definition in definitions for item in definition.programs.items())
    assert programs == {
        (0x21, "CappuClean"): 74,
        (0x22, "CoffeeRinse"): 3,
        (0x23, "CappuRinse"): 75,
        (0x24, "Cleaning"): 89,
        (0x25, "Decalc"): 88,
        (0x26, "FilterChange"): 83,
    }
    assert sum(0x26 in definition.silent_programs for definition in definitions) == 78
    accepts = Counter(item for definition in definitions for item in definition.accepts.items())
    assert (accepts[0x26, 0x10], accepts[0x75, 0x10], accepts[0x92, 0x04], accepts[0x94, 0x04]) == (78, 9, 10, 10)
    assert sum(definition.intake_f18 for definition in definitions) == 23
