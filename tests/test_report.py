"""The report: what was made, in any period and over either way, in words that can be passed on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
import json
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, translation
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.jura.const import DOMAIN
from custom_components.jura.machine.model import Program, frozen
from custom_components.jura.my_drinks import SUBENTRY_DRINK
from custom_components.jura.report_text import escaped
from custom_components.jura.reports import ALL, PERIODS
from simulator.machine import Machine
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect

from .conftest import ADDRESS, LAN_HOST, Press, async_wait_for
from .helpers import async_pass, entity_id, placeholders, state_of, texts

NAME = "JURA E8 (EB)"


async def async_report(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    """Ask for a report, which must be what JSON can hold."""
    report = await hass.services.async_call(DOMAIN, "report", data, blocking=True, return_response=True)
    assert report is not None
    assert json.loads(json.dumps(report)) == report
    assert set(report) == {"title", "text", "markdown", "data"}
    assert not placeholders("".join(str(report[key]) for key in ("title", "text", "markdown")))
    return report


def made(report: Mapping[str, Any]) -> dict[str, int]:
    """Return what was made how often."""
    return {drink["name"]: drink["count"] for drink in report["data"]["drinks"]}


def care_of(report: Mapping[str, Any], program: str) -> dict[str, Any]:
    """Return what is said of a maintenance program."""
    (found,) = (care for care in report["data"]["maintenance"] if care["program"] == program)
    return dict(found)


async def async_read(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until everything was read once."""
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance, seconds=600)


async def async_make(hass: HomeAssistant, machine: Machine, press: Press, *drinks: str) -> None:
    """Make drinks, and wait until they are counted."""
    for drink in drinks:
        total = int(state_of(hass, "sensor", "count_total"))
        await press(entity_id(hass, "button", f"brew_{drink}"))
        await async_wait_for(hass, lambda total=total: int(state_of(hass, "sensor", "count_total")) > total, 600)
        await async_wait_for(hass, lambda: machine.drink is None and machine.progress.state == 0, 600)


async def async_count(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, slot: int, count: int) -> None:
    """Let single drinks be counted that somebody made while nobody looked, and have them read."""
    # As long as it takes at least, or nobody would believe it.
    await async_pass(hass, 60 * count)
    machine.set_counter(slot, machine.counters.get(slot, 0) + count)
    machine.set_counter(0, machine.total + count)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_wait_for(hass, lambda: entry.runtime_data.data.counters.total == machine.total, seconds=600)
    # With maintenance, everything of this reading is there.
    await async_pass(hass, 60)


async def async_move(hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory, day: date) -> None:
    """Let days go by on which Home Assistant is down, until noon of another."""
    await hass.config_entries.async_unload(entry.entry_id)
    freezer.move_to(dt_util.start_of_local_day(day) + timedelta(hours=12))
    await hass.config_entries.async_setup(entry.entry_id)
    await async_wait_for(hass, lambda: entry.runtime_data.remembered.ledger.read == day, seconds=600)


@pytest.fixture(params=["entry", "lan_entry"])
def either(request: pytest.FixtureRequest) -> MockConfigEntry:
    """Return the entry of a machine that is reached over either way."""
    entry: MockConfigEntry = request.getfixturevalue(request.param)
    return entry


# --- what it says -----------------------------------------------------------------------------------------------------


async def test_after_drinks(
    hass: HomeAssistant,
    either: MockConfigEntry,
    machine: Machine,
    press: Press,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The drinks of this month, the most frequent first; a double is two cups, as in the machine's own total."""
    await async_read(hass, either)
    begun = dt_util.now().date()
    await async_make(hass, machine, press, "coffee", "espresso", "espresso", "two_espressi")
    report = await async_report(hass)
    today = dt_util.now().date()
    assert report["title"] == f"{NAME}: This month"
    data = report["data"]
    assert data["machine"] == {"name": NAME, "model": "E8 (EB)"}
    assert data["period"] == {
        "name": "this_month",
        "start": str(today.replace(day=1)),
        "end": str(today),
        "counted_from": str(begun),
        "counted_to": str(today),
    }
    assert [(drink["product"], drink["count"], drink["cups"]) for drink in data["drinks"]] == [
        ("espresso", 2, 2),
        ("coffee", 1, 1),
        ("two_espressi", 1, 2),
    ]
    assert (data["total"], data["total_ever"], data["cups_today"]) == (5, machine.total, 5)
    assert data["last_drink"]["product"] == "two_espressi"
    assert data["available"] is True
    assert data["gives_way"] is False
    assert data["needs"] == []
    assert "Drinks: 5\n- Espresso: 2\n- Coffee: 1\n- Two espressi: 1 (2 cups)\n\n" in report["text"]
    assert "**Drinks: 5**\n\n- Espresso: 2\n- Coffee: 1\n- Two espressi: 1 (2 cups)\n\n" in report["markdown"]
    assert "Needs\n- Nothing\n\n" in report["text"]
    assert f"{NAME}\n- Model: E8 (EB)\n- Cups today: 5\n- Drinks in all: {machine.total}\n" in report["text"]
    assert f"Counting began on {begun}: what was made before is not known." in report["text"]
    ever = await async_report(hass, period="all")
    assert ever["data"]["total"] == machine.total
    assert {drink["slot"]: drink["count"] for drink in ever["data"]["drinks"]} == {
        slot: count for slot, count in machine.counters.items() if count
    }


async def test_nobody_is_told_whose_it_is(
    hass: HomeAssistant, either: MockConfigEntry, machine: Machine, press: Press
) -> None:
    """A report is made to be passed on: neither the machine's numbers nor an address are in it."""
    await async_read(hass, either)
    await async_make(hass, machine, press, "espresso")
    report = json.dumps(await async_report(hass))
    secrets = [
        either.unique_id,
        either.entry_id,
        ADDRESS,
        LAN_HOST,
        "15336",
        *either.data.get("token", "?" * 9).split(),
    ]
    assert [secret for secret in secrets if str(secret) in report] == []


async def test_machine_is_not_asked(hass: HomeAssistant, entry: MockConfigEntry, smart_connect: SmartConnect) -> None:
    """A report is made of what is known, between two looks at the machine."""
    await async_read(hass, entry)
    await async_wait_for(hass, lambda: smart_connect.link is None)
    log = len(smart_connect.log)
    for period in PERIODS:
        await async_report(hass, period=period)
    assert len(smart_connect.log) == log
    assert smart_connect.link is None


async def test_maintenance(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, freezer: FrozenDateTimeFactory
) -> None:
    """How due each program is, when it was done, and what the machine asks for."""
    await async_read(hass, entry)
    percent = machine.maintenance_percentages[0]
    report = await async_report(hass)
    assert care_of(report, "cleaning") == {
        "program": "cleaning",
        "name": "Cleaning",
        "percent": percent,
        "count": 0,
        "last_done": None,
        "due_since": None,
        "expected": None,
    }
    assert f"Maintenance (due at 100%)\n- Cleaning: {percent}%\n" in report["text"]
    assert "Coffee system rinse" not in report["text"]
    machine.maintain("Cleaning")
    machine.set_percentage("Decalc", 100)
    machine.empty_water_tank()
    for _ in range(2):
        # What is read twice is believed.
        await hass.config_entries.async_reload(entry.entry_id)
        await async_pass(hass, 120)
    await async_wait_for(hass, lambda: entry.runtime_data.data.progress is not None)
    report = await async_report(hass)
    assert care_of(report, "cleaning")["count"] == 1
    today = dt_util.now().date()
    assert f"- Cleaning: 0%, last done on {today}, 1 × in this period\n" in report["text"]
    assert f"- Descaling: 100%, due since {today}\n" in report["text"]
    assert [need["need"] for need in report["data"]["needs"]] == ["fill_water_tank", "descaling_due"]
    assert "Needs\n- Fill the water tank\n- Descale\n" in report["text"]
    ever = await async_report(hass, period="all")
    assert care_of(ever, "cleaning")["count"] == machine.maintenance_counters[0]
    assert f"{machine.maintenance_counters[0]} × in all" in ever["text"]


async def test_own_names(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """Names that people chose are shown as they wrote them, whatever Markdown would make of them."""
    await async_read(hass, entry)
    name = "*Oma_s* [Kaffee](http://x.example) <b>1</b> www.x.example"
    data = {"product": "espresso", "values": {}, "preselections": []}
    drink = ConfigSubentry(data=MappingProxyType(data), subentry_type=SUBENTRY_DRINK, title=name, unique_id=None)
    hass.config_entries.async_add_subentry(entry, drink)
    registry = dr.async_get(hass)
    (device,) = dr.async_entries_for_config_entry(registry, entry.entry_id)
    registry.async_update_device(device.id, name_by_user="Kitchen\n# `1`")
    await hass.async_block_till_done()
    await async_wait_for(hass, lambda: entry.runtime_data.data.maintenance)
    await hass.services.async_call(DOMAIN, "brew", {"product": name}, blocking=True)
    await async_wait_for(hass, lambda: entry.runtime_data.data.last_drink, seconds=600)
    report = await async_report(hass, period="today")
    assert report["title"] == "Kitchen # `1`: Today"
    assert f"- Last drink: {name} (" in report["text"]
    assert (
        "- Last drink: \\*Oma\\_s\\* \\[Kaffee\\](http\\://x.example) \\<b>1\\</b> www\\.x.example ("
        in report["markdown"]
    )
    assert "**Kitchen # \\`1\\`**" in report["markdown"]
    assert report["data"]["last_drink"]["name"] == name


async def test_unknown_product(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine) -> None:
    """A counter that nothing is known of is shown with its number."""
    await async_read(hass, entry)
    await async_count(hass, entry, machine, 60, 2)
    report = await async_report(hass)
    assert made(report) == {"Unknown drink 60": 2}
    assert report["data"]["drinks"][0]["product"] is None
    assert "- Unknown drink 60: 2\n" in report["text"]


async def test_language(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """A language that we don't speak is English; one that there isn't is refused."""
    await async_read(hass, entry)
    assert (await async_report(hass, language="cy"))["title"] == f"{NAME}: This month"
    with pytest.raises(vol.Invalid):
        await async_report(hass, language="../../../secrets")


# --- periods ----------------------------------------------------------------------------------------------------------


async def test_periods(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, freezer: FrozenDateTimeFactory
) -> None:
    """Each period has what was made in it: over weeks, months and a year, each drink of which has a count of its own."""
    await async_read(hass, entry)
    drinks = {
        date(2048, 11, 30): 1,
        date(2048, 12, 2): 2,
        date(2048, 12, 24): 4,
        date(2048, 12, 31): 8,
        date(2049, 1, 4): 16,
        date(2049, 1, 8): 32,
        date(2049, 1, 9): 64,
    }
    for day, count in drinks.items():
        await async_move(hass, entry, freezer, day)
        await async_count(hass, entry, machine, 2, count)
    assert {period: (await async_report(hass, period=period))["data"]["total"] for period in PERIODS} == {
        "today": 64,
        "yesterday": 32,
        "this_week": 112,
        "last_week": 8,
        "this_month": 112,
        "last_month": 14,
        "this_year": 112,
        ALL: machine.total,
    }
    mine = await async_report(hass, start="2048-12-02", end="2048-12-24")
    assert mine["title"] == f"{NAME}: 2048-12-02 to 2048-12-24"
    assert made(mine) == {"Espresso": 6}
    assert "Counting began" not in mine["text"]
    assert (await async_report(hass, start="2048-12-31"))["data"]["total"] == 120
    one = await async_report(hass, start="2048-12-24", end="2048-12-24")
    assert one["title"] == f"{NAME}: 2048-12-24"


async def test_month_changes(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, freezer: FrozenDateTimeFactory
) -> None:
    """At midnight a month is over, by the kitchen's calendar; nothing of it is in the next one."""
    await async_read(hass, entry)
    await async_move(hass, entry, freezer, date(2048, 11, 30))
    await async_make(hass, machine, press, "espresso")
    await async_pass(hass, 12 * 3600)
    assert dt_util.now().date() == date(2048, 12, 1)
    report = await async_report(hass)
    assert (report["data"]["total"], report["data"]["cups_today"]) == (0, 0)
    assert "Drinks: 0\n\n" in report["text"]
    machine.wake_up()
    await async_make(hass, machine, press, "coffee")
    assert made(await async_report(hass)) == {"Coffee": 1}
    assert made(await async_report(hass, period="last_month")) == {"Espresso": 1}
    assert made(await async_report(hass, period="yesterday")) == {"Espresso": 1}


async def test_days_unseen(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, freezer: FrozenDateTimeFactory
) -> None:
    """Home Assistant was down for a while: what was made meanwhile is told, and that nobody knows when."""
    await async_read(hass, entry)
    await async_move(hass, entry, freezer, date(2049, 2, 10))
    await hass.config_entries.async_unload(entry.entry_id)
    machine.set_counter(2, machine.counters[2] + 5)
    machine.set_counter(0, machine.total + 5)
    await async_move(hass, entry, freezer, date(2049, 2, 15))
    report = await async_report(hass, period="today")
    assert report["data"]["total"] == 5
    assert report["data"]["period"]["counted_from"] == "2049-02-11"
    assert "from 2049-02-11 on: these days are known only together." in report["text"]
    report = await async_report(hass, period="yesterday")
    assert report["data"]["total"] is None
    assert "Drinks:" not in report["text"]
    assert "Nothing can be said of these days" in report["text"]
    report = await async_report(hass, start="2049-02-10", end="2049-02-14")
    assert report["data"]["total"] == 0
    assert "This is counted up to 2049-02-10 only" in report["text"]


async def test_first_day(hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press) -> None:
    """Nothing is known at first; then what was made since; and of the time before still nothing, which is not 0."""
    assert entry.runtime_data.remembered.counters is None
    report = await async_report(hass)
    assert report["data"]["total"] is report["data"]["total_ever"] is report["data"]["read_at"] is None
    assert "The counters of this machine were not read yet." in report["text"]
    await async_read(hass, entry)
    begun = dt_util.now().date()
    report = await async_report(hass, period="today")
    assert report["data"]["total"] == 0
    assert f"Counting began on {begun}" in report["text"]
    report = await async_report(hass, period="yesterday")
    assert report["data"]["total"] is None
    assert f"Nothing is known of this period: counting began on {begun}." in report["text"]
    assert "Drinks:" not in report["markdown"]


@pytest.mark.parametrize(
    "data",
    [
        {"period": "today", "start": "2020-01-01"},
        {"end": "2020-01-01"},
        {"start": "2020-01-02", "end": "2020-01-01"},
        {"start": "2999-01-01"},
    ],
)
async def test_no_period(hass: HomeAssistant, entry: MockConfigEntry, data: dict[str, str]) -> None:
    """What isn't a period is refused, in words."""
    with pytest.raises(ServiceValidationError) as refused:
        await async_report(hass, **data)
    text = texts()["exceptions"][refused.value.translation_key]["message"]
    assert placeholders(text) == set(refused.value.translation_placeholders or {})


async def test_unknown_period(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """So is a period that there isn't."""
    with pytest.raises(vol.Invalid):
        await async_report(hass, period="tomorrow")


# --- when the machine isn't there -------------------------------------------------------------------------------------


async def test_machine_off(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, hass_storage: dict[str, Any]
) -> None:
    """It says since when, and everything that is known; after a restart still, but nobody knows since when."""
    await async_read(hass, entry)
    await async_make(hass, machine, press, "espresso")
    await async_pass(hass, 90)
    machine.power_cut()
    await async_wait_for(hass, lambda: not entry.runtime_data.last_update_success, seconds=300)
    seen = entry.runtime_data.seen_at
    assert dt_util.utcnow() - seen < timedelta(minutes=5)
    report = await async_report(hass)
    local = dt_util.as_local(seen)
    assert f"The machine has not answered since {local:%Y-%m-%d, %H:%M}. It may be switched off." in report["text"]
    assert report["data"]["needs"] is None
    assert report["data"]["available"] is False
    assert "Needs" not in report["text"]
    assert made(report) == {"Espresso": 1}
    await hass.config_entries.async_reload(entry.entry_id)
    report = await async_report(hass)
    assert "The machine does not answer at the moment. It may be switched off." in report["text"]
    assert made(report) == {"Espresso": 1}
    assert report["data"]["total_ever"] == machine.total


async def test_giving_way(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """It says when the machine isn't asked on purpose."""
    await async_read(hass, entry)
    switch = entity_id(hass, "switch", "give_way")
    await hass.services.async_call("switch", "turn_on", {"entity_id": switch}, blocking=True)
    report = await async_report(hass)
    assert 'The machine is not asked at the moment, because "Give way to the phone" is on.' in report["text"]
    assert report["data"]["gives_way"] is True
    assert report["data"]["needs"] is None


async def test_old_memory(
    hass: HomeAssistant, hass_storage: dict[str, Any], entry: MockConfigEntry, machine: Machine
) -> None:
    """Where counting from day to day is new, it begins now, and the total is known all the same."""
    await async_read(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    del hass_storage[f"jura.{entry.entry_id}"]["data"]["ledger"]
    await hass.config_entries.async_setup(entry.entry_id)
    report = await async_report(hass)
    assert report["data"]["total"] is None
    assert report["data"]["total_ever"] == machine.total
    await async_wait_for(hass, lambda: entry.runtime_data.remembered.ledger.read, seconds=600)
    assert (await async_report(hass))["data"]["total"] == 0


@pytest.mark.parametrize("model", ["15568"])
async def test_more_products(
    hass: HomeAssistant, lan_entry: MockConfigEntry, wifi_connect: WifiConnect, machine: Machine
) -> None:
    """A machine with a great many products: all of them have a name, and doubles are marked."""
    await async_read(hass, lan_entry)
    wifi_log = len(wifi_connect.log)
    report = await async_report(hass, period="all")
    assert len(wifi_connect.log) == wifi_log
    assert len(report["data"]["drinks"]) > 10
    assert all(drink["name"] for drink in report["data"]["drinks"])
    for drink in report["data"]["drinks"]:
        doubled = drink["cups"] == 2 * drink["count"]
        assert doubled == str(drink["product"]).startswith("two_"), drink


# --- words ------------------------------------------------------------------------------------------------------------


async def test_another_language(
    hass: HomeAssistant, entry: MockConfigEntry, machine: Machine, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words, dates and their order are the translation's, whatever Home Assistant's own language is."""
    await async_read(hass, entry)
    await async_make(hass, machine, press, "espresso")
    load = translation._load_translations_files_by_language  # noqa: SLF001

    def with_german(files: dict[str, Any]) -> dict[str, Any]:
        german = {
            "common": {
                "report_title": "{period}: {name}",
                "report_date": "{day}.{month}.{year}",
                "report_days": "{first} bis {last}",
                "report_drinks": "Getränke",
                "report_line": "{label} : {value}",
            },
            "selector": {"period": {"options": {"this_month": "Dieser Monat"}}},
            "entity": {"sensor": {"last_drink": {"state": {"espresso": "Kleiner Schwarzer"}}}},
        }
        return load(files) | {"de": {DOMAIN: german}}

    monkeypatch.setattr(translation, "_load_translations_files_by_language", with_german)
    report = await async_report(hass, language="de")
    today = dt_util.now()
    assert report["title"] == f"Dieser Monat: {NAME}"
    assert report["text"].startswith(
        f"01.{today:%m.%Y} bis {today:%d.%m.%Y}\n\nGetränke : 1\n- Kleiner Schwarzer : 1\n"
    )
    assert made(report) == {"Kleiner Schwarzer": 1}
    # What isn't translated is English.
    assert "Maintenance (due at 100%)" in report["text"]
    assert (await async_report(hass))["title"] == f"{NAME}: This month"


async def test_what_is_expected(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """When a program will be due is told with its date, and a part that isn't fitted as such."""
    await async_read(hass, entry)
    coordinator = entry.runtime_data
    then = datetime(2049, 5, 6, 23, 59, 59, tzinfo=dt_util.get_default_time_zone())
    percentages = {**coordinator.data.maintenance.percentages, Program.FILTER_CHANGE: None}
    maintenance = replace(coordinator.remembered.maintenance, percentages=frozen(percentages))
    coordinator.remembered = replace(coordinator.remembered, maintenance=maintenance)
    coordinator.data = replace(coordinator.data, forecasts=frozen({Program.DESCALING: then}))
    report = await async_report(hass)
    assert f"- Descaling: {percentages[Program.DESCALING]}%, probably due on 2049-05-06\n" in report["text"]
    assert "- Filter change: none fitted\n" in report["text"]
    assert care_of(report, "descaling")["expected"] == then.isoformat()
    assert care_of(report, "filter_change")["percent"] is None


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("2026-11-01, 08:00: 40% & more (2 cups) ×", None),
        ("1. FC", "1\\. FC"),
        ("23.11.2026", None),
        ("- x", "\\- x"),
        ("# x", "\\# x"),
        ("> x", "\\> x"),
        ("a&amp;b & c", "a\\&amp;b & c"),
        ("a@b.example", "a\\@b.example"),
        ("~~x~~ \\*", "\\~\\~x\\~\\~ \\\\\\*"),
        ("WWW.x.example", "WWW\\.x.example"),
    ],
)
def test_escaped(text: str, markdown: str | None) -> None:
    """What Markdown would take for a mark gets a backslash, and nothing else does: it may be read as it is."""
    assert escaped(text) == (text if markdown is None else markdown)
