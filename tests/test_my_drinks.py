"""One's own drinks: made, changed, pressed, removed, exported and imported, with their names, pictures and issues."""

from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntryState, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import yaml

from custom_components.jura.const import DOMAIN
from custom_components.jura.drinks_file import export_drinks, import_drinks
from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.model import Choice
from custom_components.jura.machine.recipe import sent_arguments
from custom_components.jura.my_drinks import SUBENTRY_DRINK, drink_data, my_drinks
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.scanner import async_add_simulated_adapter
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect

from .conftest import ADDRESS, LAN_HOST, Press, async_wait_for, async_wait_for_state
from .helpers import UNIQUE_ID, check_texts, definition_codes
from .kitchen import Kitchen

ESPRESSO = {"strength": "3", "water": 60, "temperature": "low"}
MONDAY = "button.jura_e8_eb_monday"
TOTAL = "sensor.jura_e8_eb_drinks_made"
Z10 = "15488-4711-4"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def subentry(name: str, **data: Any) -> ConfigSubentryData:
    """Return a drink as it is stored."""
    return ConfigSubentryData(data=data, subentry_type=SUBENTRY_DRINK, title=name, unique_id=None)


def names(entry: MockConfigEntry) -> list[str]:
    """Return what a person's drinks are called."""
    return [drink.name for drink in my_drinks(entry)]


def button_of(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> str | None:
    """Return the button of a drink."""
    subentry_id = next(drink.subentry_id for drink in my_drinks(entry) if drink.name == name)
    return er.async_get(hass).async_get_entity_id("button", DOMAIN, f"{entry.unique_id}_drink_{subentry_id}")


async def async_ready(hass: HomeAssistant, button: str) -> None:
    """Wait until a button can be pressed; its state is when that was last done."""
    await async_wait_for(hass, lambda: (state := hass.states.get(button)) and state.state != "unavailable")


def issue(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return the repair issue about drinks that can't be made."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"drink_not_possible_{entry.entry_id}")


class Form:
    """A person in front of the forms of a drink, who reads every text."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        """Sit down."""
        self._hass = hass
        self._entry = entry
        self.shows: Mapping[str, Any] = {}

    def _show(self, result: Any) -> Mapping[str, Any]:
        check_texts(result, "config_subentries.drink")
        self.shows = result
        return self.shows

    @property
    def suggested(self) -> dict[str, Any]:
        """Return what the fields are filled with."""
        return {
            str(field): field.description["suggested_value"]
            for field in self.shows["data_schema"].schema
            if field.description and "suggested_value" in field.description
        }

    async def open(self, way: str | None = None) -> Mapping[str, Any]:
        """Press "Add drink", and choose a way."""
        manager = self._hass.config_entries.subentries
        handler = (self._entry.entry_id, SUBENTRY_DRINK)
        shows = self._show(await manager.async_init(handler, context={"source": SOURCE_USER}))
        return shows if way is None else await self.fill(next_step_id=way)

    async def open_drink(self, name: str) -> Mapping[str, Any]:
        """Press "Change drink"."""
        subentry_id = next(drink.subentry_id for drink in my_drinks(self._entry) if drink.name == name)
        manager = self._hass.config_entries.subentries
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id}
        return self._show(await manager.async_init((self._entry.entry_id, SUBENTRY_DRINK), context=context))

    async def fill(self, **fields: Any) -> Mapping[str, Any]:
        """Fill in and submit."""
        manager = self._hass.config_entries.subentries
        return self._show(await manager.async_configure(self.shows["flow_id"], fields))


async def async_make(hass: HomeAssistant, entry: MockConfigEntry, name: str, **values: Any) -> None:
    """Make a drink from an espresso, as a person does, and wait for its button."""
    form = Form(hass, entry)
    await form.open("drink")
    await form.fill(name=name, product="espresso")
    result = await form.fill(**{**ESPRESSO, **values})
    assert result["type"] == "create_entry"
    await async_wait_for(hass, lambda: button_of(hass, entry, name))
    await async_wait_for(hass, lambda: entry.state is ConfigEntryState.LOADED)


# --- making and changing ----------------------------------------------------------------------------------------------


async def test_make_and_press(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """A drink is a button with its own name, and a press makes exactly that drink."""
    form = Form(hass, entry)
    assert (await form.open())["type"] == "menu"
    await form.fill(next_step_id="drink")
    assert form.suggested == {}
    await form.fill(name="  Monday  ", product="espresso")
    assert form.shows["step_id"] == "values"
    assert form.suggested == {"strength": "8", "water": 45, "temperature": "high"}
    assert "preselections" not in form.shows["data_schema"].schema
    await form.fill(**ESPRESSO, icon="mdi:bed")

    await async_ready(hass, MONDAY)
    assert hass.states.get(MONDAY).attributes["friendly_name"] == "JURA E8 (EB) Monday"
    assert hass.states.get(MONDAY).attributes["icon"] == "mdi:bed"
    (drink,) = my_drinks(entry)
    assert (drink.name, drink.product, drink.values) == ("Monday", "espresso", ESPRESSO)

    await press(MONDAY)
    (made,) = machine.drinks
    assert (made.code, made.recipe) == (0x02, {"COFFEE_STRENGTH": 3, "WATER_AMOUNT": 60, "TEMPERATURE": 0})
    await async_wait_for(hass, lambda: machine.drinks[0].outcome.value == "finished")
    # It is remembered as what its owner calls it.
    last = "sensor.jura_e8_eb_last_drink"
    await async_wait_for(hass, lambda: (state := hass.states.get(last)) and state.attributes.get("name") == "Monday")
    assert len(machine.orders) == 1


async def test_icon_of_its_product(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """A drink without an icon of its own shows that of its product, by the same key."""
    await async_make(hass, entry, "Monday")
    await async_ready(hass, MONDAY)
    assert "icon" not in hass.states.get(MONDAY).attributes
    assert er.async_get(hass).async_get(MONDAY).translation_key == "brew_espresso"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("   ", "name_empty"),
        ("x" * 61, "name_too_long"),
        ("Espresso", "name_of_product"),
        ("TWO espressi", "name_of_product"),
        ("flat_white", "name_of_product"),
        ("mONDAY", "name_taken"),
        ("Monday!", "name_taken"),
    ],
)
async def test_names(hass: HomeAssistant, entry: MockConfigEntry, name: str, error: str) -> None:
    """A name that would be mistaken is refused, with the reason, and what was entered stays."""
    await async_make(hass, entry, "Monday")
    form = Form(hass, entry)
    await form.open("drink")
    await form.fill(name=name, product="cappuccino")
    assert form.shows["errors"] == {"name": error}
    assert form.suggested == {"name": name, "product": "cappuccino"}
    await form.fill(name="Tuesday", product="cappuccino")
    assert form.shows["step_id"] == "values"


async def test_two_at_once(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Two people give the same name at the same time: the second is told so, and gives another."""
    first, second = Form(hass, entry), Form(hass, entry)
    for form in (first, second):
        await form.open("drink")
        await form.fill(name="Monday", product="espresso")
    await first.fill(**ESPRESSO)
    await second.fill(**ESPRESSO)
    await async_wait_for(hass, lambda: entry.state is ConfigEntryState.LOADED)
    assert second.shows["step_id"] == "drink"
    assert second.shows["errors"] == {"name": "name_taken"}
    assert names(entry) == ["Monday"]


async def test_values_that_cannot_be(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """What lies between two steps is told at its field, with what would be allowed; nothing is lost."""
    form = Form(hass, entry)
    await form.open("drink")
    await form.fill(name="Monday", product="espresso")
    await form.fill(**{**ESPRESSO, "water": 47}, icon="mdi:bed")
    assert form.shows["errors"] == {"water": "not_allowed"}
    assert form.shows["description_placeholders"]["allowed"] == "15, 20, …, 80 ml"
    assert form.suggested == {**ESPRESSO, "water": 47, "icon": "mdi:bed"}
    assert (await form.fill(**ESPRESSO))["type"] == "create_entry"


async def test_change(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """A drink gets another name, another product, other values; it stays the same entity."""
    await async_make(hass, entry, "Monday", icon="mdi:bed")
    before = er.async_get(hass).async_get(MONDAY)
    form = Form(hass, entry)
    await form.open_drink("Monday")
    assert form.suggested == {"name": "Monday", "product": "espresso"}
    await form.fill(name="Tuesday", product="cappuccino")
    # What the new product has too is as it was, what it has besides is as usual.
    assert form.suggested == {**ESPRESSO, "milk_foam": 14, "icon": "mdi:bed"}
    await form.fill(strength="3", water=80, temperature="low", milk_foam=20)
    assert (form.shows["type"], form.shows["reason"]) == ("abort", "reconfigure_successful")

    def renamed() -> bool:
        state = hass.states.get(MONDAY)
        return state is not None and state.attributes.get("friendly_name") == "JURA E8 (EB) Tuesday"

    await async_wait_for(hass, renamed)
    await async_ready(hass, MONDAY)
    after = er.async_get(hass).async_get(MONDAY)
    assert (after.id, after.original_name, after.original_icon) == (before.id, "Tuesday", None)
    await press(MONDAY)
    assert [
        (drink.code, drink.recipe["WATER_AMOUNT"], drink.recipe["MILK_FOAM_AMOUNT"]) for drink in machine.drinks
    ] == [(0x04, 80, 20)]


async def test_keep_the_name(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """A drink may keep its own name, also in other letters, but not take another's."""
    await async_make(hass, entry, "Monday")
    await async_make(hass, entry, "Tuesday")
    form = Form(hass, entry)
    await form.open_drink("Monday")
    await form.fill(name="tuesday", product="espresso")
    assert form.shows["errors"] == {"name": "name_taken"}
    await form.fill(name="MONDAY", product="espresso")
    await form.fill(**form.suggested)
    await hass.async_block_till_done()
    assert names(entry) == ["MONDAY", "Tuesday"]


async def test_not_loaded(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """What a machine makes can't be asked while it isn't set up, not even half-way through."""
    form = Form(hass, entry)
    await form.open("drink")
    await form.fill(name="Monday", product="espresso")
    await hass.config_entries.async_unload(entry.entry_id)
    await form.fill(**ESPRESSO)
    assert (form.shows["type"], form.shows["reason"]) == ("abort", "entry_not_loaded")
    assert (await Form(hass, entry).open())["reason"] == "entry_not_loaded"


@pytest.mark.parametrize("way", ["drink", "paste"])
async def test_not_loaded_after_the_choice(hass: HomeAssistant, entry: MockConfigEntry, way: str) -> None:
    """Nor once it was chosen whether to make a drink or to import some."""
    form = Form(hass, entry)
    await form.open()
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await form.fill(next_step_id=way))["reason"] == "entry_not_loaded"


@pytest.mark.parametrize("model", ["14002"])
async def test_strokes(hass: HomeAssistant, over_bluetooth: Kitchen) -> None:
    """What is counted has no unit."""
    form = Form(hass, over_bluetooth.entry)
    await form.open("drink")
    shows = await form.fill(name="For all", product="pot")
    (strokes,) = (selector for field, selector in shows["data_schema"].schema.items() if field == "strokes")
    assert "unit_of_measurement" not in strokes.config


# --- extras -----------------------------------------------------------------------------------------------------------


async def test_extras(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """Extras are offered to who wants what is experimental; a double is the machine's own two espressi."""
    hass.config_entries.async_update_entry(entry, options={"experimental": True})
    await hass.config_entries.async_reload(entry.entry_id)
    form = Form(hass, entry)
    await form.open("drink")
    await form.fill(name="Monday", product="espresso")
    await form.fill(**ESPRESSO, preselections=["double", "powder"])
    assert form.shows["errors"] == {"preselections": "not_together"}
    await form.fill(**ESPRESSO, preselections=["double"])
    assert form.shows["errors"] == {"strength": "not_with_these_extras"}
    await form.fill(**ESPRESSO, preselections=["powder"])
    assert form.shows["type"] == "create_entry"
    await async_ready(hass, MONDAY)
    await press(MONDAY)
    (made,) = machine.drinks
    assert made.recipe["WATER_AMOUNT"] == 60
    assert issue(hass, entry) is None

    # What is experimental is switched off: the drink can't be had any more, and says so.
    await async_wait_for(hass, lambda: machine.drinks[0].outcome.value == "finished")
    hass.config_entries.async_update_entry(entry, options={})
    await hass.config_entries.async_reload(entry.entry_id)
    await async_ready(hass, MONDAY)
    assert issue(hass, entry).translation_placeholders == {"name": "JURA E8 (EB)", "drinks": "Monday"}
    with pytest.raises(ServiceValidationError, match="Monday can't be made: Extras such as") as error:
        await press(MONDAY)
    assert error.value.translation_key == "drink_not_possible"
    assert len(machine.orders) == 1


# --- removing, and what stays -----------------------------------------------------------------------------------------


async def test_remove(hass: HomeAssistant, entry: MockConfigEntry, press: Press, machine: Machine) -> None:
    """A removed drink takes its button with it, and nothing else: the machine is not even let go for a moment."""
    await async_make(hass, entry, "Monday")
    await async_make(hass, entry, "Tuesday")
    registry, devices = er.async_get(hass), dr.async_get(hass)
    (device,) = dr.async_entries_for_config_entry(devices, entry.entry_id)
    others = {item.entity_id for item in er.async_entries_for_config_entry(registry, entry.entry_id)} - {MONDAY}
    assert registry.async_get(MONDAY).device_id == device.id
    coordinator = entry.runtime_data

    hass.config_entries.async_remove_subentry(entry, my_drinks(entry)[0].subentry_id)
    await hass.async_block_till_done()
    assert hass.states.get(MONDAY) is None
    assert {item.entity_id for item in er.async_entries_for_config_entry(registry, entry.entry_id)} == others
    assert dr.async_entries_for_config_entry(devices, entry.entry_id) == [device]
    assert entry.runtime_data is coordinator
    await press("button.jura_e8_eb_tuesday")
    assert len(machine.drinks) == 1


async def test_a_drink_in_the_making_goes_first(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """Who makes a new drink while one is brewed gets its button afterwards: the one in the cup is watched to its end."""
    await async_wait_for_state(hass, TOTAL)
    await press("button.jura_e8_eb_espresso")
    connections = smart_connect.connections
    form = Form(hass, entry)
    await form.open("drink")
    await form.fill(name="Monday", product="espresso")
    await form.fill(**ESPRESSO)
    await async_wait_for(hass, lambda: machine.drinks[0].outcome.value == "finished")
    assert smart_connect.connections == connections
    assert hass.states.get(MONDAY) is None
    await async_wait_for(hass, lambda: hass.states.get(MONDAY))
    assert [drink.outcome.value for drink in machine.drinks] == ["finished"]


@pytest.fixture
async def restarted(
    hass: HomeAssistant, adapter: None, drinks: list[ConfigSubentryData]
) -> AsyncGenerator[MockConfigEntry]:
    """Return the entry of an earlier run with its drinks, set up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="JURA E8 (EB)",
        unique_id=UNIQUE_ID,
        data={"address": ADDRESS, "article": 15336, "definition": "EF538"},
        subentries_data=drinks,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize(
    "drinks", [[subentry("Monday", **drink_data("espresso", ESPRESSO)), subentry("Tea", **drink_data("hot_water", {}))]]
)
async def test_restart(hass: HomeAssistant, restarted: MockConfigEntry, press: Press, machine: Machine) -> None:
    """Drinks are there again after a restart; what one doesn't say is as the machine has it."""
    assert names(restarted) == ["Monday", "Tea"]
    await async_ready(hass, MONDAY)
    await press("button.jura_e8_eb_tea")
    assert [(drink.code, drink.recipe["WATER_AMOUNT"]) for drink in machine.drinks] == [(0x0D, 220)]
    assert issue(hass, restarted) is None


@pytest.mark.parametrize(
    "drinks",
    [
        [
            subentry("Nothing"),
            subentry("Gone", **drink_data("pot_big", {})),
            subentry("Too much", **drink_data("espresso", {"water": 500})),
            subentry("Odd", product=["?"], values=7, preselections="x", icon=None, picture=None),
            subentry("Monday", **drink_data("espresso", ESPRESSO)),
        ]
    ],
)
async def test_damaged_and_impossible(
    hass: HomeAssistant, restarted: MockConfigEntry, press: Press, machine: Machine
) -> None:
    """A drink that can't be had keeps its button, says so when pressed, and is in a repair issue until it is changed."""
    assert restarted.state is ConfigEntryState.LOADED
    await async_ready(hass, MONDAY)
    assert issue(hass, restarted).translation_placeholders["drinks"] == "Nothing, Gone, Too much, Odd"
    for name, word in (("Nothing", 'called ""'), ("Gone", "pot_big"), ("Too much", "15, 20, …, 80 ml"), ("Odd", "")):
        with pytest.raises(ServiceValidationError, match=f"{name} can't be made: .*{word}") as error:
            await press(str(button_of(hass, restarted, name)))
        assert error.value.translation_key == "drink_not_possible"
    assert not machine.orders
    await press(MONDAY)
    assert len(machine.drinks) == 1
    await async_wait_for(hass, lambda: machine.drinks[0].outcome.value == "finished")

    # It is mended by changing it, and what the machine hasn't got is not suggested.
    form = Form(hass, restarted)
    await form.open_drink("Gone")
    assert form.suggested == {"name": "Gone"}
    await form.fill(name="Gone", product="hot_water")
    await form.fill(**form.suggested)
    form = Form(hass, restarted)
    await form.open_drink("Too much")
    await form.fill(name="Too much", product="espresso")
    assert form.suggested == {"strength": "8", "water": 45, "temperature": "high"}
    await form.fill(**form.suggested)
    assert issue(hass, restarted).translation_placeholders["drinks"] == "Nothing, Odd"
    for drink in my_drinks(restarted):
        if drink.name in ("Nothing", "Odd"):
            hass.config_entries.async_remove_subentry(restarted, drink.subentry_id)
    assert issue(hass, restarted) is None
    await async_ready(hass, MONDAY)


# --- pictures ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("lan")
async def test_picture(
    hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """A picture of the media folder is shown to who has no more than the state; one that isn't there breaks nothing."""
    hass.config.media_dirs["local"] = str(tmp_path)
    (tmp_path / "cup.png").write_bytes(PIXEL)
    media = {"media_content_id": "media-source://media_source/local/cup.png", "media_content_type": "image/png"}
    await async_make(hass, entry, "Monday", picture=media)
    assert my_drinks(entry)[0].picture == media["media_content_id"]
    picture = await async_wait_for(
        hass, lambda: (state := hass.states.get(MONDAY)) and state.attributes.get("entity_picture")
    )
    assert picture.startswith("/media/local/cup.png?authSig=")
    client = await hass_client_no_auth()
    response = await client.get(picture)
    assert (response.status, await response.read()) == (200, PIXEL)
    assert (await client.get(picture.partition("?")[0])).status == 401

    form = Form(hass, entry)
    await form.open_drink("Monday")
    await form.fill(name="Monday", product="espresso")
    assert form.suggested["picture"]["media_content_id"] == media["media_content_id"]
    await form.fill(**ESPRESSO)
    await async_wait_for(hass, lambda: (s := hass.states.get(MONDAY)) and "entity_picture" not in s.attributes)
    assert my_drinks(entry)[0].picture is None


@pytest.mark.parametrize(
    "drinks",
    [
        [
            subentry(f"Monday {number}", **drink_data("espresso", {}, picture=picture))
            for number, picture in enumerate(
                (
                    "media-source://nowhere/cup.png",
                    "media-source://media_source/elsewhere/cup.png",
                    "media-source://media_source/local/../secrets.yaml",
                    "media-source://media_source/local/cup",
                    "media-source://media_source/local/song.mp3",
                    "/api/states",
                    "?",
                )
            )
        ]
    ],
)
async def test_pictures_that_are_none(
    hass: HomeAssistant, restarted: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """What is no picture here is not shown, and its button works."""
    await hass.async_block_till_done(wait_background_tasks=True)
    for drink in my_drinks(restarted):
        button = str(button_of(hass, restarted, drink.name))
        await async_ready(hass, button)
        assert "entity_picture" not in hass.states.get(button).attributes, drink.picture
    await press("button.jura_e8_eb_monday_0")
    assert len(machine.drinks) == 1


# --- over Wi-Fi -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("lan")
async def test_over_wifi(hass: HomeAssistant, enable_custom_integrations: None, press: Press) -> None:
    """A drink is ordered over the network as over Bluetooth: made, changed and pressed."""
    machine = Machine(definition_for("15336"), unnamed_bit=False)
    wifi = WifiConnect(machine, host=LAN_HOST, min_pause=20.0)
    wifi.tokens["686F6D65"] = "AB" * 32
    await wifi.start()
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="JURA E8 (EB)",
        unique_id=UNIQUE_ID,
        data={
            "host": LAN_HOST,
            "pin": "",
            "connection_id": "home",
            "token": "AB" * 32,
            "article": 15336,
            "definition": "EF538",
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_make(hass, entry, "Monday")
    await async_ready(hass, MONDAY)
    await press(MONDAY)
    assert [(drink.code, drink.recipe["WATER_AMOUNT"]) for drink in machine.drinks] == [(0x02, 60)]
    # While it runs the drink is changed; its button is told when the cup is full.
    form = Form(hass, entry)
    await form.open_drink("Monday")
    await form.fill(name="Monday", product="espresso")
    await form.fill(**{**ESPRESSO, "water": 30})
    await async_wait_for(hass, lambda: machine.drinks[0].outcome.value == "finished")
    coordinator = entry.runtime_data
    await async_wait_for(hass, lambda: getattr(entry, "runtime_data", coordinator) is not coordinator)
    await async_ready(hass, MONDAY)
    await press(MONDAY)
    assert [drink.recipe["WATER_AMOUNT"] for drink in machine.drinks] == [60, 30]
    await async_wait_for(hass, lambda: machine.drinks[1].outcome.value == "finished")
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await wifi.stop()
    assert not wifi.forbidden
    assert not wifi.unlisted
    assert not wifi.upset


# --- export and import ------------------------------------------------------------------------------------------------


@pytest.fixture
async def machines(
    hass: HomeAssistant, enable_custom_integrations: None, enable_bluetooth: None
) -> AsyncGenerator[dict[str, tuple[MockConfigEntry, Machine]]]:
    """Return two machines, an E8 and a Z10, each with its entry."""
    found: dict[str, tuple[MockConfigEntry, Machine]] = {}
    made = {name: Machine(definition_for(article)) for name, article in (("E8", "15336"), ("Z10", "15488"))}
    dongles = [
        SmartConnect(machine, address=f"C0:FF:EE:00:00:0{number}", key=0x2A)
        for number, machine in enumerate(made.values(), 1)
    ]
    _, remove = await async_add_simulated_adapter(hass, dongles, slots=2)
    for (name, machine), dongle, article, code in zip(
        made.items(), dongles, (15336, 15488), ("EF538", "EF545"), strict=True
    ):
        entry = MockConfigEntry(
            domain=DOMAIN,
            title=f"My {name}",
            unique_id=f"{article}-4711-4",
            data={"address": dongle.address, "article": article, "definition": code},
        )
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.LOADED
        found[name] = entry, machine
    yield found
    await hass.async_block_till_done()
    for entry, _ in found.values():
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    remove()


WISHES = [
    {
        "name": "Monday",
        "product": "Espresso",
        "values": {"strength": 9, "water": "60", "temperature": "Low"},
        "icon": "mdi:bed",
        "picture": "media-source://media_source/local/cup.png",
    },
    {"name": "Foam party", "product": "cappuccino", "values": {"milk_foam": 90.0, "water": 100}},
    {"name": "Morning", "product": "two_espressi"},
    {"name": "Bad picture", "product": "hot_water", "icon": "nice", "picture": "//elsewhere/cup.png"},
    {"name": "Odd", "product": "coffee", "values": {"strength": "forty", "milk": 3, "water": 103}},
    {"name": "Endless", "product": "coffee", "values": {"water": "inf", "strength": "30"}},
    {"name": "Extras", "product": "espresso", "preselections": ["double", "sugar"]},
    {"name": "Coffee", "product": "espresso"},
    {"name": "None", "product": "borscht"},
]


async def test_import_tells_what_cannot_be(
    hass: HomeAssistant, machines: dict[str, tuple[MockConfigEntry, Machine]]
) -> None:
    """What the machine can't do is left out or brought to the nearest that it can, and each change is told."""
    entry, _ = machines["E8"]
    told = import_drinks(hass, entry, [dict(wish) for wish in WISHES])
    assert told["added"] == ["Monday", "Foam party", "Morning", "Bad picture", "Odd", "Endless", "Extras"]
    assert told["changed"] == []
    assert {row["name"]: row["why"] for row in told["refused"]} == {
        "Coffee": '"Coffee" is the name of a drink that the machine already has. Give yours another name.',
        "None": told["refused"][1]["why"],
    }
    assert told["refused"][1]["why"].startswith('My E8 has no drink called "borscht".')
    assert [f"{row['name']}: {row['what']}" for row in told["adjusted"]] == [
        "Bad picture: nice can't be shown as the icon, and was left out.",
        "Bad picture: //elsewhere/cup.png can't be shown as the picture, and was left out.",
        "Odd: The strength of Coffee can't be forty. It can be 1, 2, 3, 4, 5, 6, 7, 8, 9, 10.",
        "Odd: For Coffee, milk can't be chosen on this machine. What can be chosen: strength, water, temperature.",
        "Odd: The water of Coffee can't be 103 on this machine. It is 105 now.",
        "Endless: The water of Coffee can't be inf. It can be 25, 30, …, 240 ml.",
        "Endless: The strength of Coffee can't be 30 on this machine. It is 10 now.",
        "Extras: Extras such as double, ground coffee or light brew were never tried on a real machine. "
        'Switch on "Offer what is experimental" in the options of the machine first.',
    ]
    kept = {drink.name: drink for drink in my_drinks(entry)}
    assert kept["Monday"].values == {"strength": "9", "water": 60, "temperature": "low"}
    assert (kept["Monday"].icon, kept["Monday"].picture) == ("mdi:bed", "media-source://media_source/local/cup.png")
    assert kept["Foam party"].values["milk_foam"] == 90
    assert (kept["Bad picture"].icon, kept["Bad picture"].picture) == (None, None)
    assert kept["Odd"].values == {"strength": "5", "water": 105, "temperature": "normal"}
    assert kept["Endless"].values == {"strength": "10", "water": 100, "temperature": "normal"}
    assert kept["Extras"].preselections == ()
    await async_wait_for(hass, lambda: button_of(hass, entry, "Extras"))


async def test_round_trip(
    hass: HomeAssistant, machines: dict[str, tuple[MockConfigEntry, Machine]], press: Press
) -> None:
    """What one machine exports another takes, as far as it can, and the first takes it back unchanged."""
    e8, machine_e8 = machines["E8"]
    z10, machine_z10 = machines["Z10"]
    import_drinks(hass, e8, WISHES[:3])
    await async_wait_for(hass, lambda: button_of(hass, e8, "Morning"))
    await async_wait_for(hass, lambda: e8.state is ConfigEntryState.LOADED)
    text = export_drinks(e8)
    assert yaml.safe_load(text)["machine"] == "E8 (EB)"
    before = [(drink.name, drink.product, drink.values, drink.icon, drink.picture) for drink in my_drinks(e8)]
    assert names(z10) == []

    told = import_drinks(hass, z10, text)
    assert told["added"] == ["Monday", "Foam party"]
    assert told["adjusted"] == [
        {"name": "Foam party", "what": "The milk_foam of Cappuccino can't be 90 on this machine. It is 45 now."}
    ]
    assert [row["name"] for row in told["refused"]] == ["Morning"]
    # Two machines have their own, also of the same name.
    buttons = [await async_wait_for(hass, lambda of=entry: button_of(hass, of, "Monday")) for entry in (e8, z10)]
    await async_ready(hass, str(buttons[1]))
    await press(str(buttons[1]))
    assert not machine_e8.drinks
    assert [drink.recipe["WATER_AMOUNT"] for drink in machine_z10.drinks] == [60]

    told = import_drinks(hass, e8, text)
    assert told == {"added": [], "changed": ["Monday", "Foam party", "Morning"], "adjusted": [], "refused": []}
    assert [(drink.name, drink.product, drink.values, drink.icon, drink.picture) for drink in my_drinks(e8)] == before
    assert import_drinks(hass, e8, export_drinks(z10))["changed"] == ["Monday", "Foam party"]
    assert my_drinks(e8)[1].values["milk_foam"] == 45
    await async_wait_for(hass, lambda: e8.state is ConfigEntryState.LOADED)


async def test_export_tells_nothing_of_the_machine(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """No number, address, PIN, token or id by which the machine or its owner could be known."""
    secrets = {"host": "192.0.2.1", "pin": "98765", "token": "FEDCBA", "connection_id": "kitchen"}
    await async_make(hass, entry, "Monday")
    hass.config_entries.async_update_entry(entry, title="Anna's machine", data={**entry.data, **secrets})
    text = export_drinks(entry)
    assert yaml.safe_load(text) == {
        "jura_drinks": 1,
        "machine": "E8 (EB)",
        "drinks": [
            {"name": "Monday", "product": "espresso", "values": {"strength": 3, "water": 60, "temperature": "low"}}
        ],
    }


def test_what_is_exported_can_be_read() -> None:
    """Every value that any machine type allows survives YAML, which makes odd numbers of some texts."""
    texts = {
        option.slug
        for code in definition_codes()
        for product in load_definition(code).active_products
        for argument in sent_arguments(product)
        if isinstance(argument, Choice)
        for option in argument.options
    }
    assert {"25_75", "10", "extra_mild"} <= texts
    assert {str(yaml.safe_load(yaml.safe_dump(text))) for text in texts} == texts


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (BOMB, "not_drinks"),
        ("drinks: &a [*a]", "not_drinks"),
        ("[" * 10_000, "not_drinks"),
        ("- {name: Monday, product: espresso, values: {water: [[[[1]]]]}}", "not_drinks"),
        ("x" * 50_001, "not_drinks"),
        ("- {name: M, product: espresso}\n" * 101, "not_drinks"),
        ("", "not_drinks"),
        ("Monday", "not_drinks"),
        ("drinks: Monday", "not_drinks"),
        ("machine: E8", "not_drinks"),
        ("jura_drinks: 2\ndrinks: []", "drinks_too_new"),
        ("drinks: [", "drinks_unreadable"),
        ("a: b: c", "drinks_unreadable"),
        ("\x00", "drinks_unreadable"),
        ("- {name: A, product: espresso}\n---\n- {name: B, product: espresso}", "drinks_unreadable"),
        ("- {name: A, product: espresso}\n- Monday", "drink_incomplete"),
        ("- {name: A, product: espresso}\n- {name: B}", "drink_incomplete"),
        ("- {name: '  ', product: espresso}", "drink_incomplete"),
        ("- {name: A, product: [espresso]}", "drink_incomplete"),
        ("- {name: A, product: espresso, values: [1]}", "drink_incomplete"),
        ("- {name: A, product: espresso, values: {water: {ml: 3}}}", "drink_incomplete"),
        ("- {name: A, product: espresso, preselections: {a: b}}", "drink_incomplete"),
        ("- {name: A, product: espresso, pin: 1234}", "drink_incomplete"),
        (f"- {{name: {'A' * 61}, product: espresso}}", "drink_incomplete"),
    ],
)
async def test_hostile_files(hass: HomeAssistant, entry: MockConfigEntry, text: str, key: str) -> None:
    """Whatever somebody pastes ends in words, and nothing of it is kept, not even what came before the fault."""
    with pytest.raises(ServiceValidationError) as error:
        import_drinks(hass, entry, text)
    assert error.value.translation_key == key
    assert "Nothing was imported" in str(error.value)
    assert not my_drinks(entry)
    form = Form(hass, entry)
    await form.open("paste")
    await form.fill(drinks=text)
    assert form.shows["errors"] == {"drinks": "not_imported"}
    assert form.suggested == {"drinks": text}


async def test_tags_are_not_obeyed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """A tag that would run a program or read a file elsewhere makes a name, no more."""
    text = "- {name: !!python/object/apply:os.system ['x'], product: espresso}"
    with pytest.raises(ServiceValidationError):
        import_drinks(hass, entry, text)
    import_drinks(hass, entry, "- {name: !secret wifi, product: !include espresso}")
    assert [(drink.name, drink.product) for drink in my_drinks(entry)] == [("wifi", "espresso")]
    await async_wait_for(hass, lambda: button_of(hass, entry, "wifi"))


@pytest.mark.parametrize("wish", [None, 7, {"name": None, "product": "espresso"}, {"name": True, "product": 10**5000}])
async def test_lists_that_are_none(hass: HomeAssistant, entry: MockConfigEntry, wish: object) -> None:
    """The same for a list out of an automation."""
    with pytest.raises(ServiceValidationError) as error:
        import_drinks(hass, entry, [{"name": "A", "product": "espresso"}, wish])
    assert error.value.translation_key == "drink_incomplete"
    assert error.value.translation_placeholders["number"] == "2"
    assert not my_drinks(entry)


def test_every_machine_offers_something() -> None:
    """The forms need no word for a machine that makes nothing: there is none, even without what is experimental."""
    for code in definition_codes():
        assert any(product.arguments for product in load_definition(code).active_products), code


async def test_paste(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Who pastes drinks reads what became of them, and has the buttons."""
    await async_make(hass, entry, "Monday")
    form = Form(hass, entry)
    await form.open("paste")
    await form.fill(drinks=yaml.safe_dump(WISHES, allow_unicode=True))
    assert (form.shows["type"], form.shows["reason"]) == ("abort", "imported")
    told = form.shows["description_placeholders"]
    assert told["added"] == "Foam party, Morning, Bad picture, Odd, Endless, Extras"
    assert told["changed"] == "Monday"
    assert "\n- Odd: " in told["adjusted"]
    assert "\n- None: " in told["refused"]
    await async_wait_for(hass, lambda: button_of(hass, entry, "Extras"))
    await async_ready(hass, MONDAY)
