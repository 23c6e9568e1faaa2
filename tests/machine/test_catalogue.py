"""The catalogue of machine types: what is in it, that it is what the builder makes, and what the builder refuses."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
import re
import shutil

import pytest

from custom_components.jura.machine.catalogue import (
    definition_code_from_machine_type,
    find_article,
    load_articles,
    load_definition,
)
from custom_components.jura.machine.errors import UnknownMachine
from custom_components.jura.machine.model import (
    Alert,
    Amount,
    Bank,
    Choice,
    Definition,
    Kind,
    Nibble,
    Parameter,
    Product,
    Program,
    Severity,
    Unit,
)
from scripts import build_catalogue

SLUG = re.compile(r"[a-z][a-z0-9_]*")
CODES = sorted(path.stem for path in build_catalogue.TARGET.glob("EF*.json"))

Change = Callable[[str, str, str], Path]


def definitions() -> list[Definition]:
    """Return all definitions."""
    return [load_definition(code) for code in CODES]


def product(code: str, slug: str) -> Product:
    """Return a product that must be there."""
    found = load_definition(code).product(slug)
    assert found is not None
    return found


def choice(code: str, slug: str, parameter: Parameter) -> Choice:
    """Return an argument that must be a choice."""
    argument = product(code, slug).argument(parameter)
    assert isinstance(argument, Choice)
    return argument


def amount(code: str, slug: str, parameter: Parameter) -> Amount:
    """Return an argument that must be an amount."""
    argument = product(code, slug).argument(parameter)
    assert isinstance(argument, Amount)
    return argument


def alert(code: str, slug: str) -> Alert:
    """Return an alert that must be there."""
    return next(alert for alert in load_definition(code).alerts.values() if alert.slug == slug)


@pytest.fixture(name="changed")
def changed_definition(tmp_path: Path) -> Change:
    """Return a function that copies one of JURA's files and changes it."""

    def change(code: str, old: str, new: str) -> Path:
        (source,) = (build_catalogue.package_data() / "xml" / code).glob("*.xml")
        content = source.read_text("utf-8-sig")
        assert old in content
        copy = tmp_path / source.name
        copy.write_text(content.replace(old, new, 1), "utf-8")
        return copy

    return change


# --- The files ------------------------------------------------------------------------------------------------------


def test_catalogue_is_what_the_builder_makes(tmp_path: Path) -> None:
    """The committed files are, byte by byte, those that the builder makes of the installed package."""
    (tmp_path / "EF1.json").write_text("an old definition")
    assert build_catalogue.main([str(tmp_path)]) == 0
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in build_catalogue.TARGET.iterdir()}
    assert built.keys() == committed.keys()
    for name, content in committed.items():
        assert built[name] == content, name
        assert content.endswith(b"\n")


def test_every_article_has_a_definition() -> None:
    """Each of the articles leads to a definition that loads and offers something."""
    articles = load_articles()
    assert len(articles) == 699
    assert list(articles) == sorted(articles)
    for number, article in articles.items():
        assert article.number == number
        assert load_definition(article.definition).active_products
    assert len({article.definition for article in articles.values()}) == 72


@pytest.mark.parametrize(
    ("number", "name", "code", "type_hint"),
    [
        (15221, "D4", "EF529", 5),
        (15336, "E8 (EB)", "EF538", 13),
        (13724, "GIGA X8c Professional", "EF658S_C", 6),
        (15441, "E6 (SC)", "EF1030", 13),
        (15480, "S8 (EB)", "EF1091", 13),
    ],
)
def test_articles(number: int, name: str, code: str, type_hint: int) -> None:
    """Articles have the definition that the list says, also where the list spells its code with small letters."""
    article = find_article(number)
    assert article is not None
    assert (article.name, article.definition, article.type_hint) == (name, code, type_hint)


def test_unknown_article() -> None:
    """A machine newer than the catalogue isn't guessed."""
    assert find_article(99999) is None
    assert find_article(1533) is None
    assert find_article(5336) is None


def test_totals() -> None:
    """The numbers of the survey, less the three files that are no machines."""
    everything = definitions()
    products = [product for definition in everything for product in definition.products]
    assert len(everything) == 86
    assert len(products) == 1603
    assert len({product.code for product in products}) == 48
    assert sum(product.active for product in products) == 1422
    assert sum(definition.products[0].intake_f18 for definition in everything) == 22
    assert sum(bool(definition.settings) for definition in everything) == 54
    assert sum(len(definition.alerts) for definition in everything) == 4343
    assert sum(Bank.DAILY in definition.banks for definition in everything) == 35
    assert all(Bank.PRODUCTS in definition.banks for definition in everything)


def test_maintenance_orders() -> None:
    """Maintenance counters come in four orders, percentages in two."""
    orders = Counter(definition.counter_fields for definition in definitions())
    common = (Program.CLEANING, Program.FILTER_CHANGE, Program.DESCALING)
    rinses = (Program.MILK_RINSE, Program.COFFEE_RINSE)
    assert orders == {
        (*common, *rinses, Program.MILK_CLEAN): 67,
        (*common, Program.COFFEE_RINSE): 13,
        (*common, *reversed(rinses), Program.MILK_CLEAN): 5,
        (Program.CLEANING, Program.DESCALING, *rinses, Program.MILK_CLEAN): 1,
    }
    percentages = Counter(definition.percent_fields for definition in definitions())
    assert percentages == {common: 85, (Program.CLEANING, Program.DESCALING): 1}


# --- What is true of every definition -------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_definition(code: str) -> None:
    """Slugs are unique and well-formed, doubles exist, defaults are allowed, and a byte holds every value."""
    definition = load_definition(code)
    assert definition.code == code
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", definition.dated)
    assert definition.version

    products = definition.products
    slugs = [product.slug for product in products]
    slugs += [setting.slug for setting in definition.settings]
    slugs += [alert.slug for alert in definition.alerts.values()]
    assert all(SLUG.fullmatch(slug) for slug in slugs)
    assert len({product.slug for product in products}) == len(products)
    assert len({alert.slug for alert in definition.alerts.values()}) == len(definition.alerts)
    assert len({setting.slug for setting in definition.settings}) == len(definition.settings)
    assert len({setting.argument for setting in definition.settings}) == len(definition.settings)
    assert len({entry.program for entry in definition.programs}) == len(definition.programs)

    codes = {product.code for product in products}
    for entry in products:
        assert entry.name == entry.name.strip()
        assert entry.double_code is None or entry.double_code in codes - {entry.code}
        parameters = [argument.parameter for argument in entry.arguments]
        assert parameters == sorted(set(parameters), key=list(Parameter).index)
        for argument in entry.arguments:
            if isinstance(argument, Amount):
                assert argument.default in range(argument.minimum, argument.maximum + 1, argument.step)
                assert argument.maximum // argument.step <= 0xFF
            else:
                values = [option.value for option in argument.options]
                assert argument.default in values
                assert values == sorted(set(values))
                assert len({option.label for option in argument.options}) == len(values)
    for setting in definition.settings:
        assert (setting.maximum > 0) is not bool(setting.options)
    declared = {entry.program for entry in definition.programs if entry.command is not None}
    assert {alert.program for alert in definition.alerts.values()} - {None} <= declared
    assert {*definition.counter_fields, *definition.percent_fields} <= {entry.program for entry in definition.programs}


def test_units() -> None:
    """Milk is counted in seconds, water in millilitres, whichever byte they stand in."""
    units = {
        (argument.parameter, argument.unit)
        for definition in definitions()
        for product in definition.products
        for argument in product.arguments
        if isinstance(argument, Amount)
    }
    assert units == {
        (Parameter.WATER, Unit.MILLILITRES),
        (Parameter.BYPASS, Unit.MILLILITRES),
        (Parameter.MILK, Unit.SECONDS),
        (Parameter.MILK_FOAM, Unit.SECONDS),
        (Parameter.MILK_BREAK, Unit.SECONDS),
        (Parameter.STROKES, Unit.COUNT),
    }


def test_one_meaning_for_a_slug() -> None:
    """A slug has one name everywhere, and the names of a definition's active products differ."""
    names: dict[str, set[str]] = {}
    for definition in definitions():
        for entry in definition.products:
            names.setdefault(entry.slug, set()).add(entry.name)
        active = [entry.name for entry in definition.active_products]
        assert len(set(active)) == len(active), definition.code
    assert all(len(variants) == 1 for variants in names.values())


# --- Single facts ---------------------------------------------------------------------------------------------------


def test_products_stand_in_display_order() -> None:
    """Products stand where the app shows them, the inactive ones among them."""
    assert [entry.slug for entry in load_definition("EF1030").active_products] == [
        "espresso",
        "coffee",
        "cafe_barista",
        "barista_lungo",
        "cappuccino",
        "espresso_macchiato",
        "milk_foam",
        "hot_water",
        "two_espressi",
        "two_coffee",
    ]
    assert not product("EF1030", "powder_product").active


def test_product() -> None:
    """A product is what the file says of it."""
    espresso = product("EF1030", "espresso")
    assert espresso.code == espresso.counter_slot == 0x02
    assert espresso.name == "Espresso"
    assert espresso.kind is Kind.COFFEE
    assert espresso.active
    assert not espresso.is_double
    assert espresso.double_code == 0x31
    assert espresso.preselections == ("powder",)
    assert amount("EF1030", "espresso", Parameter.WATER) == Amount(
        Parameter.WATER, 4, Unit.MILLILITRES, minimum=15, maximum=80, step=5, default=45
    )
    assert product("EF1030", "two_espressi").is_double


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("EF533", {value: str(value + 2) for value in range(1, 9)}),
        ("EF1030", {value: str(value) for value in range(1, 11)}),
        ("EF529", {1: "Mild", 2: "Normal", 3: "Strong"}),
        ("EF1089", {1: "Mild", 2: "Balanced", 3: "Intense"}),
        ("EF657", {1: "Extra mild", 2: "Mild", 3: "Normal", 4: "Strong", 5: "Extra strong"}),
    ],
)
def test_strength_is_a_value_with_a_label(code: str, expected: dict[int, str]) -> None:
    """What a machine calls strength 10 may be the value 8."""
    strength = choice(code, "espresso", Parameter.STRENGTH)
    assert {option.value: option.label for option in strength.options} == expected
    assert (strength.field, strength.nibble) == (3, Nibble.WHOLE)


@pytest.mark.parametrize(
    ("code", "slug"), [("EF533V2", "latte_macchiato"), ("EF1069", "espresso_doppio"), ("EF539", "espresso_doppio")]
)
def test_doubled_items_get_the_labels_of_their_values(code: str, slug: str) -> None:
    """Where the file lists a label or a value twice, each value stands there once under its own number."""
    options = choice(code, slug, Parameter.STRENGTH).options
    assert {option.value: option.label for option in options} == {value: str(value) for value in range(1, 9)}


def test_repairs() -> None:
    """What JURA's files get wrong."""
    assert choice("EF562", "two_ristretti", Parameter.TEMPERATURE).default == 1
    assert product("EF1143", "espresso_doppio").double_code is None
    assert product("EF567_C", "coffee_speed_2").double_code is None
    slots = {entry.code: entry.counter_slot for entry in load_definition("EF545").products}
    assert {code: slot for code, slot in slots.items() if code != slot} == {0x31: 0x12, 0x36: 0x13}
    assert load_definition("EF1105").manual_url is None
    assert load_definition("EF1148").manual_url == "www.jura.com/ed4"


def test_same_code_for_two_products() -> None:
    """Pot and large pot have one code on four machine types; both stay."""
    pots = [entry for entry in load_definition("EF658").products if entry.code == 0x0C]
    assert [entry.slug for entry in pots] == ["pot_big", "pot"]


def test_milk_in_the_byte_of_foam() -> None:
    """The D6 has its milk where others have their foam."""
    assert amount("EF526", "milk", Parameter.MILK).field == 6
    assert amount("EF1091", "milk", Parameter.MILK).field == 5


def test_halves_of_a_byte() -> None:
    """Values that share a byte already stand in their half of it."""
    freeness = choice("EF545", "espresso", Parameter.GRINDER_FREENESS)
    assert (freeness.field, freeness.nibble) == (2, Nibble.HIGH)
    assert {option.value: option.label for option in freeness.options} == {
        0x10: "1",
        0x20: "2",
        0x30: "3",
        0x40: "4",
        0x50: "5",
    }
    foam = choice("EF566", "latte_macchiato", Parameter.MILK_FOAM_TEMPERATURE)
    milk = choice("EF566", "latte_macchiato", Parameter.MILK_TEMPERATURE)
    assert (foam.field, foam.nibble, milk.field, milk.nibble) == (14, Nibble.HIGH, 14, Nibble.LOW)
    assert [option.value for option in foam.options] == [level << 4 for level in range(1, 11)]
    assert [option.value for option in milk.options] == list(range(1, 11))
    assert [option.label for option in foam.options] == [option.label for option in milk.options]


def test_alerts() -> None:
    """Severities follow the type that the file gives, which differs between machine types."""
    assert alert("EF538", "insert_drip_tray") == Alert(
        0, "insert_drip_tray", Severity.BLOCKING, frozenset(Kind), program=None
    )
    assert alert("EF1030", "heating_up").severity is Severity.STATE
    assert alert("EF1012", "heating_up").severity is Severity.BLOCKING
    assert alert("EF1012", "descaling_due").program is Program.DESCALING
    # This one announces descaling, but the app can't start it there.
    assert alert("EF560", "descaling_due").severity is Severity.MAINTENANCE
    assert alert("EF560", "descaling_due").program is None
    # The machine has no milk system, though its file says what to start for it.
    assert alert("EF529", "milk_clean_due").program is None


def test_what_alerts_block() -> None:
    """An alert stops the kinds that share a letter with what it names."""
    milky = {Kind.MILK, Kind.COFFEE_AND_MILK}
    coffee = {Kind.COFFEE, Kind.COFFEE_AND_MILK}
    assert alert("EF538", "no_milk").severity is Severity.INFORMATION
    assert alert("EF538", "no_milk").blocks == milky
    assert alert("EF658", "fill_beans").severity is Severity.BLOCKING
    assert alert("EF658", "fill_beans").blocks == coffee
    assert alert("EF538", "fill_beans").severity is Severity.INFORMATION
    assert alert("EF538", "fill_beans").blocks == coffee
    assert alert("EF1030", "fill_beans").blocks == set()
    assert alert("EF545", "powder_product").blocks == {Kind.WATER, *milky}


def test_programs() -> None:
    """Programs are those that can be started, are counted, or are announced."""
    definition = load_definition("EF1030")
    cleaning = definition.maintenance_program(Program.CLEANING)
    assert cleaning is not None
    assert (cleaning.command, cleaning.shows_progress, cleaning.warn_at) == ("@TG:24", True, 80)
    assert cleaning.video_url == "www.jura.com/yt-e6cleaning"
    assert cleaning.shop_url == "www.jura.com/joe-cleaning"
    filter_change = definition.maintenance_program(Program.FILTER_CHANGE)
    assert filter_change is not None
    assert (filter_change.shows_progress, filter_change.lifetime_days) == (False, 90)
    coffee_rinse = definition.maintenance_program(Program.COFFEE_RINSE)
    assert coffee_rinse is not None
    assert coffee_rinse.command is None
    assert load_definition("EF529").maintenance_program(Program.MILK_CLEAN) is None


def test_links_of_the_template_are_left_out() -> None:
    """A new machine doesn't get the videos of a GIGA 6 that JURA left in its file; the GIGA 6 keeps them."""
    for code, expected in (("EF1123", None), ("EF566", "www.jura.com/yt-giga6cleaning")):
        cleaning = load_definition(code).maintenance_program(Program.CLEANING)
        assert cleaning is not None
        assert cleaning.video_url == expected


def test_settings() -> None:
    """Settings keep the values that are sent, under labels that say the same everywhere."""
    settings = {setting.slug: setting for setting in load_definition("EF1030").settings}
    assert list(settings) == ["water_hardness", "auto_off", "units", "language"]
    hardness = settings["water_hardness"]
    assert (hardness.argument, hardness.minimum, hardness.maximum, hardness.step) == (0x02, 1, 30, 1)
    assert [(option.value, option.label) for option in settings["auto_off"].options[:3]] == [
        ("0F", "15 min"),
        ("1E", "30 min"),
        ("213C", "1 h"),
    ]


@pytest.mark.parametrize(
    ("code", "expected"), [("EF555", {"00": "On", "01": "Off"}), ("EF541UL", {"01": "On", "00": "Off"})]
)
def test_energy_saving_is_on_by_another_value(code: str, expected: dict[str, str]) -> None:
    """The same value means on here and off there."""
    (setting,) = (setting for setting in load_definition(code).settings if setting.slug == "energy_saving")
    assert {option.value: option.label for option in setting.options} == expected


def test_combinations() -> None:
    """The newest machine types say which preselections may be chosen together."""
    definition = load_definition("EF1123")
    assert frozenset({"light_brew", "double"}) in definition.combinations
    assert all(len(combination) > 1 for combination in definition.combinations)
    assert load_definition("EF1030").combinations == ()


def test_accept_commands() -> None:
    """Some states are confirmed by a command."""
    assert load_definition("EF1030").accept_commands == {0x26: "@TG:10"}
    assert load_definition("EF529").accept_commands == {0x26: "@TG:10", 0x75: "@TG:10", 0x92: "@TG:04", 0x94: "@TG:04"}


# --- Finding a definition -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EF1030M V01.06", "EF1030"),
        ("EF538M V01.06", "EF538"),
        ("ef658s_cM V01.00", "EF658S_C"),
        ("EF532coffeeonlyM", "EF532COFFEEONLY"),
        ("EF1091", "EF1091"),
        ("  EF1091 V01", "EF1091"),
        ("EF9999M V01.00", None),
        ("EF_MASTER", None),
        ("EFTESTNP", None),
        ("../EF1091", None),
        ("../catalogue/EF1091", None),
        ("M", None),
        ("", None),
    ],
)
def test_machine_type(text: str, code: str | None) -> None:
    """What a machine says about itself leads to a definition, if there is one."""
    assert definition_code_from_machine_type(text) == code


def test_two_files_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of articles, and the file of the machine's own type; nothing about others."""
    read = []
    read_text = Path.read_text

    def note(path: Path, *arguments: str) -> str:
        read.append(path.name)
        return read_text(path, *arguments)

    monkeypatch.setattr(Path, "read_text", note)
    article = find_article(15480)
    assert article is not None
    load_definition.cache_clear()
    load_definition(article.definition)
    assert read == ["articles.csv", "EF1091.json"]


@pytest.mark.parametrize("code", ["EF9999", "EF0000", "ef1030", "articles", "../catalogue/EF1030", ""])
def test_unknown_definition(code: str) -> None:
    """Only codes of definitions name a file, and none leads out of the folder."""
    with pytest.raises(UnknownMachine) as caught:
        load_definition(code)
    assert caught.value.machine_type == code


# --- What the builder refuses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "old", "new", "message"),
    [
        ("EF1030", 'Name="Cappuccino"', 'Name="Royal"', "product 04 'Royal': unknown product name 'royal' for code 04"),
        ("EF1030", 'P_Kind="CM"', 'P_Kind="X"', "unknown P_Kind 'X' in element PRODUCT"),
        ("EF1030", 'Active="true"', 'Active="maybe"', "unknown Active 'maybe'"),
        ("EF1030", 'double="31"', 'double="37"', "double 37 is not another product"),
        ("EF1030", 'double="31"', 'double="02"', "double 02 is not another product"),
        ("EF1030", 'Value="45" Min="15"', 'Value="85" Min="15"', "WATER_AMOUNT: default 85 is not within 15 to 80"),
        ("EF1030", 'Value="45" Min="15"', 'Value="47" Min="15"', "default 47 is not within 15 to 80 in steps of 5"),
        ("EF1030", 'Min="15" Max="80"', 'Min="15" Max="82"', "the range 15 to 82 is off its step 5"),
        ("EF1030", 'Max="240" Step="5"', 'Max="1280" Step="5"', "1280 / 5 is more than its place holds"),
        ("EF1030", 'Value="45" Min="15"', 'Value="4F" Min="15"', "Value '4F' of WATER_AMOUNT is not a decimal number"),
        ("EF1030", 'Default="08"', 'Default="0B"', "COFFEE_STRENGTH: default 0B is not among the items"),
        ("EF1030", 'Default="08"', 'Default="8"', "Default '8' of COFFEE_STRENGTH is not a hexadecimal byte"),
        ("EF1030", 'Name="Low"', 'Name="Lukewarm"', "TEMPERATURE: unknown Name 'Lukewarm'"),
        ("EF1030", 'Name="Low"', 'Name="High"', "items stand there twice, and their labels are not numbers"),
        ("EF1030", 'Argument="F10"', 'Argument="F9"', "BYPASS: unknown argument 'F9'"),
        ("EF1065", 'Argument="F5"', 'Argument="F6"', "shares bits of byte 6 with another argument"),
        ("EF566", 'Min="1" Max="10"', 'Min="1" Max="16"', "the range up to 16 does not fit half a byte"),
        ("EF1030", "<BYPASS ", "<SYRUP ", "unknown element SYRUP in PRODUCT"),
        ("EF1030", "<PRODUCTS>", "<SYRUPS/><PRODUCTS>", "unknown element SYRUPS in JOE"),
        ("EF1030", "<PROCESSES>", "<PROCESSES/><PROCESSES>", "more than one PROCESSES"),
        ("EF1030", "PosRondel=", "PosMoon=", "unknown attribute PosMoon in element PRODUCT"),
        ("EF1030", 'JOE Version="2"', 'JOE Version="3"', "unknown Version '3' in element JOE"),
        ("EF1030", 'dated="08.10.2021"', 'dated="2021"', "unknown date '2021'"),
        ("EF1030", "</JOE>", "", "not readable as XML"),
        ("EF1030", 'Name="heating up"', 'Name="cooling down"', "alert 12: unknown alert name 'cooling down'"),
        ("EF1030", '<ALERT Bit="54"', '<ALERT Bit="57"', "alert 57: unknown alert name"),
        ("EF1030", '<ALERT Bit="1"', '<ALERT Bit="0"', "bit 0 stands there twice"),
        ("EF1030", 'Type="block"', 'Type="stop"', "alert 0: unknown Type 'stop'"),
        ("EF1030", 'Blocked="M"', 'Blocked="Q"', "alert 14: unknown Blocked 'Q'"),
        ("EF1030", ' Process="FilterChange"', ' Process="CoffeeRinse"', "names the process CoffeeRinse, which is not"),
        ("EF1030", ' Process="FilterChange"', ' Process="Polish"', "alert 32: unknown Process 'Polish'"),
        ("EF1030", '"@TG:24"', '"@TG:7E"', "unknown command '@TG:7E' for process Cleaning"),
        ("EF1030", 'AcceptCommand="@TG:10"', 'AcceptCommand="@TG:11"', "unknown accept command '@TG:11' for state 26"),
        ("EF1030", 'Value="EF"', 'Value="ED"', "unknown state ED"),
        ("EF1030", '"@TR:32"', '"@TR:39"', "unknown Command '@TR:39' in element BANK"),
        ("EF1030", '"@TS:01"', '"@TS:02"', "unknown bank command '@TS:02' in STATISTIC"),
        ("EF1030", '"@TG:C0"', '"@TG:C1"', "unknown bank commands in MAINTENANCEPAGE"),
        ("EF1030", 'TEXTITEM Type="Decalc"', 'TEXTITEM Type="Cleaning"', "field 'cleaning' stands there twice"),
        ("EF1030", 'Name="Hardness"', 'Name="Softness"', "setting 02 'Softness': unknown setting"),
        ("EF1030", 'Name="Esti"', 'Name="Klingon"', "setting 09 'Language': unknown Name 'Klingon'"),
        ("EF1030", 'Value="213C"', 'Value="213"', "value '213' is not hexadecimal"),
        ("EF1030", 'Value="213C"', 'Value="1E"', "value '1E' stands there twice"),
        ("EF1030", 'URL="www.jura.com/manual-e6v19"', 'URL="www.example.com/"', "unknown URL 'www.example.com/'"),
        ("EF1060", 'xtrashot="true"', 'xtrashot="twice"', "unknown xtrashot 'twice'"),
    ],
)
def test_builder_refuses(changed: Change, code: str, old: str, new: str, message: str) -> None:
    """Whatever the builder doesn't understand it refuses, and says where and why."""
    with pytest.raises(build_catalogue.Refusal, match=f"^{code}: .*{re.escape(message)}"):
        build_catalogue.definition(code, changed(code, old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "15336;E8 (EB);EF538;13",
            "15336;E8 (EB);EF5380;13",
            "article 15336 refers to the definition EF5380, which is not",
        ),
        ("15336;E8 (EB);EF538;13", "15336;E8 (EB);EF538;64", "unknown type 64"),
        ("15336;E8 (EB);EF538;13", "15336;E8 (EB);EF538", "not a row of four columns"),
        ("15336;E8 (EB);EF538;13", "15441;E8 (EB);EF538;13", "stands there twice"),
    ],
)
def test_builder_refuses_articles(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, message: str
) -> None:
    """An article that leads nowhere is an error, and nothing is written."""
    source, target = tmp_path / "source", tmp_path / "target"
    shutil.copytree(build_catalogue.package_data(), source)
    article_list = source / "JOE_MACHINES.TXT"
    content = article_list.read_text("utf-8")
    assert old in content
    article_list.write_text(content.replace(old, new), "utf-8")
    assert build_catalogue.main([str(target), "--source", str(source)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("refused: article list, ")
    assert message in error
    assert not target.exists()


@pytest.mark.parametrize(
    ("active", "expected"),
    [("true", {0x28: "americano", 0x29: "americano_2"}), ("false", {0x28: "americano_2", 0x29: "americano"})],
)
def test_products_of_one_name(
    monkeypatch: pytest.MonkeyPatch, changed: Change, active: str, expected: dict[int, str]
) -> None:
    """Where two products of a definition are the same drink, the active one keeps the slug, else the first."""
    monkeypatch.setitem(build_catalogue.DRINKS, ("29", "barista lungo"), "americano")
    path = changed("EF1030", 'Name="Cafe Barista"', f'Active="{active}" Name="Americano"')
    products = build_catalogue.definition("EF1030", path)["products"]
    assert isinstance(products, dict)
    found = {slug: entry for slug, entry in products.items() if slug.startswith("americano")}
    assert {int(str(entry["code"]), 16): slug for slug, entry in found.items() if isinstance(entry, dict)} == expected
    numbered = found["americano_2"]
    assert isinstance(numbered, dict)
    assert numbered["name"] == "Americano"
