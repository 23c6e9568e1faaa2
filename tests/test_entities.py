"""What an owner sees of a machine: the entities that its type has, and that they tell the truth."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import CONF_EXPERIMENTAL, DOMAIN
from custom_components.jura.machine.catalogue import find_article, load_definition
from custom_components.jura.machine.model import Definition, Severity
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect

from .conftest import Press, async_wait_for, async_wait_for_state
from .helpers import (
    async_entities,
    async_pass,
    definition_codes,
    entity_id,
    make_bluetooth_time_virtual,
    state_of,
    texts,
)

MODELS = {"15336": "E8 (EB)", "15480": "S8 (EB)", "15348": "Z10 (EA)", "15568": "GIGA X8c (SB)", "15491": "ENA 8 (EC)"}
EVERY_MODEL = pytest.mark.parametrize("model", MODELS)
_DIALS = {
    "COFFEE_STRENGTH": ("select", "strength"),
    "TEMPERATURE": ("select", "temperature"),
    "GRINDER_RATIO": ("select", "grinder_ratio"),
    "WATER_AMOUNT": ("number", "water"),
    "MILK_AMOUNT": ("number", "milk"),
    "MILK_FOAM_AMOUNT": ("number", "milk_foam"),
    "MILK_BREAK": ("number", "milk_break"),
    "BYPASS": ("number", "bypass"),
    "STROKE": ("number", "strokes"),
}
"""The arguments that are sent, and by what a person chooses them."""
_PROGRAMS = {"Cleaning": "cleaning", "Decalc": "descaling", "FilterChange": "filter_change"}


@pytest.fixture(autouse=True)
def bluetooth_time(virtual_time: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Bluetooth forget what is silent."""
    make_bluetooth_time_virtual(monkeypatch)


@pytest.fixture
def unique_id(model: str) -> str:
    """Return the machine's id."""
    return f"{model}-4711-4"


@pytest.fixture
async def definition(hass: HomeAssistant, model: str) -> Definition:
    """Return what the catalogue says about the machine."""
    article = await hass.async_add_executor_job(find_article, int(model))
    assert article is not None
    return await hass.async_add_executor_job(load_definition, article.definition)


def registered(hass: HomeAssistant, entry: MockConfigEntry) -> Mapping[tuple[str, str], er.RegistryEntry]:
    """Return the entities of an entry by platform and key."""
    return {
        (found.domain, found.unique_id.removeprefix(f"{entry.unique_id}_")): found
        for found in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }


async def async_enable(hass: HomeAssistant, entry: MockConfigEntry, *entities: tuple[str, str]) -> None:
    """Enable entities, as a person does on their pages, and wait until they are there."""
    registry = er.async_get(hass)
    for platform, key in entities:
        registry.async_update_entity(entity_id(hass, platform, key, str(entry.unique_id)), disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def async_switch(hass: HomeAssistant, key: str, *, on: bool) -> None:
    """Flip a switch."""
    service = "turn_on" if on else "turn_off"
    await hass.services.async_call("switch", service, {"entity_id": entity_id(hass, "switch", key)}, blocking=True)
    await hass.async_block_till_done()


# --- what there is ----------------------------------------------------------------------------------------------------


@EVERY_MODEL
async def test_entities_by_definition(
    hass: HomeAssistant, entry: MockConfigEntry, definition: Definition, model: str
) -> None:
    """A button for each drink on offer and none for others, a sensor for each alert and counter, nothing else."""
    expected = {("button", "cancel"), ("button", "switch_off"), ("button", "refresh")}
    expected |= {("switch", "key_lock"), ("switch", "give_way"), ("binary_sensor", "ready"), ("sensor", "count_total")}
    expected |= {("sensor", key) for key in ("state", "current_drink", "phase", "progress", "signal_strength")}
    expected |= {("sensor", "unknown_alerts"), ("sensor", "transport")}
    expected |= {("sensor", key) for key in ("elapsed", "last_drink", "last_drink_at", "cups_today")}
    expected |= {("event", "drink"), ("event", "machine")}
    expected |= {("sensor", "program"), ("sensor", "program_step"), ("sensor", "needs")}
    # The definition as the simulator reads it, which is independent of ours.
    theirs = definition_for(model)
    active = {product.code for product in theirs.products if product.active}
    assert {product.code for product in definition.active_products} == active
    assert len([product for product in theirs.products if not product.active]) > 0 or model == "15568"
    expected |= {("button", f"brew_{product.slug}") for product in definition.active_products}
    expected |= {("button", "brew"), ("button", "reset_recipe"), ("select", "product")}
    arguments = {argument.element for product in theirs.products if product.active for argument in product.arguments}
    expected |= {key for element, key in _DIALS.items() if element in arguments}
    expected |= {("sensor", f"count_{product.slug}") for product in definition.active_products}
    bits = {bit for bit, alert in theirs.alerts.items() if alert.type is not None}
    assert {bit for bit, alert in definition.alerts.items() if alert.severity is not Severity.STATE} == bits
    expected |= {("binary_sensor", f"alert_{definition.alerts[bit].slug}") for bit in bits}
    assert len(theirs.percentages) == len(definition.percent_fields) > 0
    expected |= {("sensor", f"due_{program}") for program in definition.percent_fields}
    expected |= {("sensor", f"forecast_{program}") for program in definition.percent_fields}
    warned = {program.program for program in definition.programs if program.warn_at}
    expected |= {("binary_sensor", f"soon_{program}") for program in warned}
    assert warned == {"cleaning"} | ({"descaling", "filter_change"} if model != "15568" else set())
    if any(program.lifetime_days for program in definition.programs):
        expected |= {("sensor", "filter_days_left")}
    assert len(theirs.counters) == len(definition.counter_fields) > 0
    expected |= {("sensor", f"count_{program}") for program in definition.counter_fields}
    assert set(registered(hass, entry)) == expected
    assert entry.title == f"JURA {MODELS[model]}"


async def test_stable_keys(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The keys behind the entity ids of an E8: an automation that hangs on one must never lose it."""
    buttons = [key for platform, key in registered(hass, entry) if platform == "button"]
    assert sorted(buttons) == [
        "brew",
        "brew_barista_lungo",
        "brew_cafe_barista",
        "brew_cappuccino",
        "brew_coffee",
        "brew_cortado",
        "brew_espresso",
        "brew_espresso_doppio",
        "brew_espresso_macchiato",
        "brew_flat_white",
        "brew_hot_water",
        "brew_latte_macchiato",
        "brew_milk_foam",
        "brew_two_coffee",
        "brew_two_espressi",
        "cancel",
        "refresh",
        "reset_recipe",
        "switch_off",
    ]
    assert hass.states.get("button.jura_e8_eb_espresso")
    assert hass.states.get("sensor.jura_e8_eb_drinks_made")
    assert hass.states.get("binary_sensor.jura_e8_eb_water_tank_empty")
    assert hass.states.get("sensor.jura_e8_eb_cleaning_interval_used")


async def test_unique_ids() -> None:
    """No machine type has two entities of one id: the second would be missing, with nothing but a line in the log."""
    for code in definition_codes():
        ids = [(platform, entity.unique_id) for platform, entity in await async_entities(load_definition(code))]
        assert len(ids) == len(set(ids)), code


@EVERY_MODEL
async def test_names(hass: HomeAssistant, entry: MockConfigEntry, unique_id: str) -> None:
    """Each entity has a name of its own, under its device's, and is one of this machine."""
    for (platform, key), found in registered(hass, entry).items():
        assert found.has_entity_name
        assert found.original_name
        assert found.translation_key or found.original_device_class == "signal_strength"
        assert found.unique_id == f"{unique_id}_{key}"
        state = hass.states.get(found.entity_id)
        if found.disabled_by is None:
            assert state is not None
            assert state.attributes["friendly_name"] == f"{entry.title} {found.original_name}", (platform, key)


@EVERY_MODEL
async def test_categories(hass: HomeAssistant, entry: MockConfigEntry, definition: Definition) -> None:
    """What an owner wants every day is in sight and reached by voice and automations; what isn't, is out of the way."""
    entities = registered(hass, entry)

    def shown(platform: str, key: str) -> bool:
        found = entities[platform, key]
        return found.disabled_by is None and found.entity_category is None

    assert all(shown("button", f"brew_{product.slug}") for product in definition.active_products)
    assert shown("button", "cancel")
    assert shown("button", "brew")
    assert shown("event", "drink")
    assert all(shown("sensor", key) for key in ("elapsed", "last_drink", "last_drink_at", "cups_today"))
    assert all(shown(*key) for key in [("select", "product"), *_DIALS.values()] if key in entities)
    assert all(shown("sensor", key) for key in ("state", "needs", "current_drink", "progress", "count_total"))
    assert shown("binary_sensor", "ready")
    assert shown("binary_sensor", "alert_fill_water_tank")
    assert shown("binary_sensor", "alert_empty_drip_tray")
    disabled = {key for key, found in entities.items() if found.disabled_by is er.RegistryEntryDisabler.INTEGRATION}
    assert ("button", "switch_off") in disabled
    assert ("switch", "key_lock") in disabled
    assert {("sensor", f"count_{product.slug}") for product in definition.active_products} <= disabled
    assert ("sensor", "signal_strength") in disabled
    assert not {key for key in disabled if key[1].startswith(("due_", "brew_"))}
    categories = {key: found.entity_category for key, found in entities.items()}
    for key, category in categories.items():
        if key[0] == "switch":
            assert category is EntityCategory.CONFIG
        if key[1].startswith(("due_", "soon_", "forecast_", "filter_")) or key[1] in (
            "refresh",
            "signal_strength",
            "transport",
            "unknown_alerts",
        ):
            assert category is EntityCategory.DIAGNOSTIC


@EVERY_MODEL
async def test_device(
    hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect, definition: Definition, model: str
) -> None:
    """The device page says what stands in the kitchen."""
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert device.manufacturer == "JURA"
    assert device.name == f"JURA {MODELS[model]}"
    assert device.model == MODELS[model]
    assert device.model_id == model
    assert device.serial_number == entry.unique_id
    assert device.identifiers == {(DOMAIN, entry.unique_id)}
    assert device.connections == {(dr.CONNECTION_BLUETOOTH, smart_connect.address)}
    assert device.sw_version == f"{definition.code}M V01.18"
    assert device.hw_version == "V05.08F"
    smart_connect.machine_version = "V02.00"
    await hass.config_entries.async_reload(entry.entry_id)
    await async_pass(hass, 90)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert device.sw_version == f"{definition.code}M V02.00"


@EVERY_MODEL
async def test_states_at_start(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, definition: Definition, unique_id: str
) -> None:
    """A machine that stands there ready says so, in words, a minute after it was added."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    shown = {
        key: hass.states.get(found.entity_id).state  # type: ignore[union-attr]
        for key, found in registered(hass, entry).items()
        # A dial is there for the product that is chosen; see test_dials.
        if found.disabled_by is None and found.domain != "button" and key not in _DIALS.values()
    }
    assert shown["sensor", "state"] == "ready"
    assert shown["sensor", "current_drink"] == "none"
    assert shown["sensor", "phase"] == shown["sensor", "progress"] == "unknown"
    assert shown["sensor", "count_total"] == str(machine.total)
    assert shown["sensor", "cups_today"] == "0"
    assert shown["sensor", "elapsed"] == shown["sensor", "last_drink"] == shown["event", "drink"] == "unknown"
    assert shown["sensor", "unknown_alerts"] == "0"
    assert shown["binary_sensor", "ready"] == "on"
    assert shown["switch", "give_way"] == "off"
    alerts = {key: state for key, state in shown.items() if key[1].startswith("alert_")}
    assert set(alerts.values()) == {"off"}
    percentages = {key[1]: state for key, state in shown.items() if key[1].startswith("due_")}
    kinds = [_PROGRAMS[kind] for kind in machine.definition.percentages]
    assert percentages == {
        f"due_{kind}": str(percent) for kind, percent in zip(kinds, machine.maintenance_percentages, strict=True)
    }
    assert "unavailable" not in shown.values()


# --- what happens -----------------------------------------------------------------------------------------------------


@EVERY_MODEL
async def test_alerts_follow_the_machine(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, unique_id: str
) -> None:
    """What is missing or full shows at the next look, and is gone at the one after it was seen to."""
    for happens, passes, alerts in (
        (machine.empty_water_tank, machine.fill_water_tank, ("fill_water_tank",)),
        (machine.fill_grounds, machine.empty_grounds, ("empty_grounds_container",)),
        (machine.remove_drip_tray, machine.insert_drip_tray, ("insert_drip_tray", "insert_grounds_container")),
        (machine.fill_drip_tray, machine.insert_drip_tray, ("empty_drip_tray",)),
    ):
        happens()
        await async_pass(hass, 65)
        for alert in alerts:
            assert state_of(hass, "binary_sensor", f"alert_{alert}", unique_id) == "on"
        assert state_of(hass, "binary_sensor", "ready", unique_id) == "off"
        assert state_of(hass, "sensor", "state", unique_id) == "needs_attention"
        passes()
        await async_pass(hass, 65)
        for alert in alerts:
            assert state_of(hass, "binary_sensor", f"alert_{alert}", unique_id) == "off"
        machine.wake_up()


async def test_every_alert(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """Each alert bit lights its own sensor and no other."""
    everything = [key for key in registered(hass, entry) if key[1].startswith("alert_")]
    await async_enable(hass, entry, *everything)
    alerts = {
        bit: f"alert_{alert.slug}"
        for bit, alert in entry.runtime_data.definition.alerts.items()
        if alert.severity is not Severity.STATE
    }
    assert len(alerts) == len(everything)
    for bit, key in alerts.items():
        machine.set_alert(bit, on=True)
        await entry.runtime_data.async_refresh()
        lit = {key for _, key in everything if state_of(hass, "binary_sensor", key) == "on"}
        assert lit == {key}
        machine.set_alert(bit, on=False)


async def test_maintenance_due(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """100 % is due, and 0 % is just done; not the other way round."""
    machine.set_percentage("Cleaning", 100)
    await async_pass(hass, 20 * 60)
    assert state_of(hass, "sensor", "due_cleaning") == "100"
    assert state_of(hass, "binary_sensor", "alert_cleaning_due") == "on"
    machine.maintain("Cleaning")
    await async_pass(hass, 20 * 60)
    assert state_of(hass, "sensor", "due_cleaning") == "0"
    assert state_of(hass, "binary_sensor", "alert_cleaning_due") == "off"


class TestWithoutFilter:
    """A machine without a water filter."""

    @pytest.fixture
    async def machine(self, model: str) -> Machine:
        """Return it."""
        return Machine(definition_for(model), filter_fitted=False)

    async def test_not_fitted(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        """What isn't there is not 255 % due."""
        await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
        assert state_of(hass, "sensor", "due_filter_change") == "unknown"
        assert state_of(hass, "sensor", "due_cleaning") == "30"


class Recorder:
    """Everything that an entity showed, in order, without repetition."""

    def __init__(self, hass: HomeAssistant, *entity_ids: str) -> None:
        """Begin to listen."""
        self.shown: dict[str, list[str]] = {entity_id: [] for entity_id in entity_ids}
        hass.bus.async_listen("state_changed", self._on_change)

    async def _on_change(self, event: Any) -> None:
        state = event.data["new_state"]
        if state and state.entity_id in self.shown:
            shown = self.shown[state.entity_id]
            if not shown or shown[-1] != state.state:
                shown.append(state.state)


async def test_states_over_a_drink(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """From the press to the last drop, an owner sees what the machine does."""
    ids = {key: entity_id(hass, "sensor", key) for key in ("state", "current_drink", "phase", "progress")}
    ready = entity_id(hass, "binary_sensor", "ready")
    await async_wait_for(hass, lambda: entry.runtime_data.data.counters)
    recorder = Recorder(hass, *ids.values(), ready)
    await press(entity_id(hass, "button", "brew_cappuccino"))
    await async_pass(hass, 180)
    assert recorder.shown[ids["state"]] == ["brewing", "enjoy", "ready"]
    assert recorder.shown[ids["current_drink"]] == ["cappuccino", "none"]
    phases = recorder.shown[ids["phase"]]
    assert phases[-2:] == ["finished", "unknown"]
    assert {"grinding", "milk_foam", "coffee"} <= set(phases)
    assert "unknown_phase" not in phases
    percent = [int(state) for state in recorder.shown[ids["progress"]] if state != "unknown"]
    assert percent == sorted(percent)
    assert percent[-1] == 100
    assert recorder.shown[ready] == ["off", "on"]
    assert [drink.code for drink in machine.drinks] == [0x04]


async def test_states_over_a_day(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """Napping, waking, going off and coming on again are told apart."""
    state = entity_id(hass, "sensor", "state")
    machine.heating_seconds = machine.rinse_seconds = machine.shut_down_seconds = 90
    machine.nap()
    await async_wait_for_state(hass, state, "energy_saving")
    assert state_of(hass, "binary_sensor", "ready") == "on"
    machine.wake_up()
    await async_wait_for_state(hass, state, "ready")
    machine.switch_off()
    await async_wait_for_state(hass, state, "shutting_down")
    assert state_of(hass, "binary_sensor", "ready") == "off"
    await async_wait_for_state(hass, state, "unavailable", seconds=600)
    machine.switch_on()
    await async_wait_for_state(hass, state, "heating", seconds=15)
    await async_wait_for_state(hass, state, "rinsing", seconds=180)
    assert state_of(hass, "binary_sensor", "ready") == "off"
    await async_wait_for_state(hass, state, "ready", seconds=180)


async def test_drink_at_the_machine(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """A drink that somebody makes at the machine shows, if a look falls into it, and is counted soon."""
    total = int(await async_wait_for_state(hass, entity_id(hass, "sensor", "count_total")))
    await async_pass(hass, 30)
    # Longer than a look's interval.
    assert machine.press_product(0x0D, WATER_AMOUNT=90)
    await async_wait_for_state(hass, entity_id(hass, "sensor", "current_drink"), "hot_water")
    await async_wait_for_state(hass, entity_id(hass, "sensor", "count_total"), str(total + 1), seconds=300)


async def test_unknown_drink(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """A drink that the definition doesn't have shows as unknown, with the number that somebody can report."""
    await async_pass(hass, 58)
    sensor = entity_id(hass, "sensor", "current_drink")
    assert machine.press_product(0x55, WATER_AMOUNT=200)
    await async_wait_for_state(hass, sensor, "unknown_product")
    state = hass.states.get(sensor)
    assert state is not None
    assert state.attributes["product_code"] == 0x55
    assert state.attributes["progress_state"]
    await async_wait_for_state(hass, sensor, "none", seconds=600)


async def test_unknown_drink_state(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """A machine that makes something unknown is brewing, and not ready for another."""
    assert machine.press_product(0x55, WATER_AMOUNT=200)
    await async_wait_for_state(hass, entity_id(hass, "sensor", "current_drink"), "unknown_product")
    assert state_of(hass, "sensor", "state") == "brewing"
    assert state_of(hass, "binary_sensor", "ready") == "off"


async def test_unknown_alert(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """An alert that nobody knows is counted, with its number; bit 52, which is always set somewhere, is none."""
    assert 52 in machine.status_bits
    sensor = entity_id(hass, "sensor", "unknown_alerts")
    assert state_of(hass, "sensor", "unknown_alerts") == "0"
    machine.set_alert(60, on=True)
    await async_wait_for_state(hass, sensor, "1")
    state = hass.states.get(sensor)
    assert state is not None
    assert state.attributes["bits"] == [60]
    assert state.attributes["alerts"] == ["Unknown alert 60"]
    machine.set_alert(60, on=False)
    await async_wait_for_state(hass, sensor, "0")


class TestCounted:
    """A machine each of whose counters shows another number."""

    @pytest.fixture
    async def machine(self, model: str) -> Machine:
        """Return it."""
        definition = definition_for(model)
        slots = sorted({product.slot for product in definition.products})
        return Machine(definition, counters={slot: 100 + number for number, slot in enumerate(slots)})

    @EVERY_MODEL
    async def test_counters(
        self, hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, definition: Definition, unique_id: str
    ) -> None:
        """Each drink's counter shows that drink's number, on a Z10 too, where two of them are counted elsewhere."""
        drinks = {f"count_{product.slug}": product.code for product in definition.active_products}
        programs = [f"count_{program}" for program in definition.counter_fields]
        await async_enable(hass, entry, *(("sensor", key) for key in (*drinks, *programs)))
        await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
        slots = {product.code: product.slot for product in machine.definition.products}
        for key, code in drinks.items():
            state = hass.states.get(entity_id(hass, "sensor", key, unique_id))
            assert state is not None
            assert int(state.state) == machine.counters[slots[code]] >= 100
            assert state.attributes["state_class"] == "total_increasing"
            assert state.attributes["unit_of_measurement"] == "drinks"
        counts = [state_of(hass, "sensor", key, unique_id) for key in programs]
        assert counts == [str(count) for count in machine.maintenance_counters]


async def test_z10_exception() -> None:
    """The two drinks of a Z10 whose counter is another one than their code."""
    z10 = load_definition("EF545")
    moved = {product.code: product.counter_slot for product in z10.products if product.code != product.counter_slot}
    assert moved == {0x31: 0x12, 0x36: 0x13}


async def test_counter_does_not_fall(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """A total that comes back smaller is not believed: the statistics of years would be counted again."""
    sensor = entity_id(hass, "sensor", "count_total")
    total = await async_wait_for_state(hass, sensor)
    recorder = Recorder(hass, sensor)
    machine.set_counter(0, 3)
    await async_pass(hass, 40 * 60)
    assert state_of(hass, "sensor", "count_total") == total
    assert recorder.shown[sensor] == []
    assert entry.runtime_data.statistics.discarded["ImplausibleReply"] >= 2


# --- commands ---------------------------------------------------------------------------------------------------------


async def test_give_way(hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect, press: Press) -> None:
    """While we give way, the phone has the machine to itself, whatever happens in Home Assistant."""
    total = await async_wait_for_state(hass, entity_id(hass, "sensor", "count_total"))
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    await async_switch(hass, "give_way", on=True)
    assert state_of(hass, "switch", "give_way") == "on"
    await async_pass(hass, 3)
    assert smart_connect.link is None
    connections, log = smart_connect.connections, len(smart_connect.log)
    await async_pass(hass, 3600)
    with pytest.raises(ServiceValidationError) as raised:
        await press(entity_id(hass, "button", "refresh"))
    assert raised.value.translation_key == "giving_way"
    await hass.config_entries.async_reload(entry.entry_id)
    await async_pass(hass, 3600)
    assert state_of(hass, "switch", "give_way") == "on"
    assert smart_connect.connections == connections
    assert len(smart_connect.log) == log
    assert state_of(hass, "sensor", "state") == "unavailable"
    assert state_of(hass, "binary_sensor", "ready") == "unavailable"
    assert state_of(hass, "binary_sensor", "alert_fill_water_tank") == "unavailable"
    assert state_of(hass, "sensor", "count_total") == total
    assert state_of(hass, "sensor", "due_cleaning") == "30"
    await async_switch(hass, "give_way", on=False)
    assert state_of(hass, "switch", "give_way") == "off"
    await async_wait_for_state(hass, entity_id(hass, "sensor", "state"), "energy_saving", "ready", seconds=10)


async def test_press_while_giving_way(
    hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect, press: Press
) -> None:
    """A press while we give way is refused in words that name the switch; a button that does nothing is no answer."""
    await async_switch(hass, "give_way", on=True)
    with pytest.raises(ServiceValidationError) as raised:
        await press(entity_id(hass, "button", "brew_espresso"))
    assert raised.value.translation_key == "giving_way"


async def test_give_way_during_statistics(
    hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect
) -> None:
    """Giving way takes effect in the middle of a read-out too."""
    smart_connect.statistics_seconds = 15
    await async_wait_for(hass, lambda: any(operation.characteristic == "1533" for operation in smart_connect.log))
    await async_switch(hass, "give_way", on=True)
    await async_pass(hass, 5)
    connections = smart_connect.connections
    assert smart_connect.link is None
    assert smart_connect.phone_connects()
    await async_pass(hass, 600)
    assert smart_connect.connections == connections


async def test_give_way_to_a_phone(hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect) -> None:
    """Giving way works as long as the phone already has the machine, or the machine is off: it is our own switch."""
    await async_pass(hass, 40)
    assert smart_connect.phone_connects()
    await async_wait_for_state(hass, entity_id(hass, "sensor", "state"), "unavailable", seconds=300)
    await async_switch(hass, "give_way", on=True)
    assert state_of(hass, "switch", "give_way") == "on"


async def test_key_lock(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """Children's hands off; the state is the machine's, also where somebody else changed it."""
    await async_enable(hass, entry, ("switch", "key_lock"))
    switch = entity_id(hass, "switch", "key_lock")
    await async_wait_for_state(hass, switch, "off")
    await async_switch(hass, "key_lock", on=True)
    assert machine.keys_locked
    await async_wait_for_state(hass, switch, "on", seconds=10)
    await async_switch(hass, "key_lock", on=False)
    assert not machine.keys_locked
    await async_wait_for_state(hass, switch, "off", seconds=10)
    machine.lock_keys(True)
    await async_wait_for_state(hass, switch, "on")


async def test_switch_off(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, smart_connect: SmartConnect, press: Press
) -> None:
    """Off once, seen to be going off, and then gone; nothing more is sent."""
    await async_enable(hass, entry, ("button", "switch_off"))
    state = entity_id(hass, "sensor", "state")
    await async_wait_for_state(hass, state, "ready")
    await press(entity_id(hass, "button", "switch_off"))
    await async_wait_for_state(hass, state, "shutting_down", seconds=10)
    await async_wait_for_state(hass, state, "unavailable")
    assert not machine.on
    off = [operation for operation in smart_connect.log if operation.data == bytes.fromhex("2A4602")]
    assert len(off) == 1


async def test_refresh(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """Who doesn't want to wait for the next look, or for the counters, presses "Refresh"."""
    sensor = entity_id(hass, "sensor", "count_total")
    total = int(await async_wait_for_state(hass, sensor))
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    await async_pass(hass, 61)
    machine.empty_water_tank()
    machine.set_counter(0, total + 1)
    await press(entity_id(hass, "button", "refresh"))
    assert state_of(hass, "binary_sensor", "alert_fill_water_tank") == "on"
    await async_wait_for_state(hass, sensor, str(total + 1), seconds=15)


async def test_refresh_without_machine(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """A machine that is off says so to who presses "Refresh"; the button itself is there for just that."""
    machine.power_cut()
    await async_wait_for_state(hass, entity_id(hass, "sensor", "state"), "unavailable", seconds=300)
    with pytest.raises(HomeAssistantError) as raised:
        await press(entity_id(hass, "button", "refresh"))
    assert raised.value.translation_key == "nothing_sent"
    assert (raised.value.translation_placeholders or {})["name"] == entry.title


@pytest.mark.parametrize("model", ["15599"])
async def test_experimental(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """Drinks that nobody ever ordered this way are there only for who asked for them."""
    extra = {("button", "brew_two_espressi"), ("button", "brew_two_coffee")}
    before = set(registered(hass, entry))
    assert not extra & before
    for on in (True, False):
        result = await hass.config_entries.options.async_init(entry.entry_id)
        await hass.config_entries.options.async_configure(result["flow_id"], {CONF_EXPERIMENTAL: on})
        await async_pass(hass, 5)
        states = [hass.states.get(entity_id(hass, *key, str(entry.unique_id))) for key in extra]
        assert [bool(state and not state.attributes.get("restored")) for state in states] == [on, on]


async def test_texts_of_refusals(hass: HomeAssistant, entry: MockConfigEntry, press: Press) -> None:
    """What is shown to who presses "Cancel" with nothing in the making is a sentence, not a key."""
    with pytest.raises(ServiceValidationError) as raised:
        await press(entity_id(hass, "button", "cancel"))
    assert str(raised.value) == texts()["exceptions"]["nothing_to_cancel"]["message"].removesuffix(".")
