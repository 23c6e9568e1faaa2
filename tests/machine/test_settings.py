"""The machine's own settings: what a stored value means, for every setting of every machine type, and over the wire."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

import pytest

from custom_components.jura.machine.catalogue import load_definition
from custom_components.jura.machine.model import Setting, SettingOption
from custom_components.jura.machine.settings import (
    amount_stored,
    amounts,
    as_stored,
    is_amount,
    is_listed,
    is_proven,
    is_switch,
    option_named,
    option_stored,
    value_of_amount,
)
from custom_components.jura.machine.wifi_connect import WifiConnect
from custom_components.jura.machine.wifi_session import Credentials
from simulator.definitions import definition_for
from simulator.machine import Machine
from simulator.wifi_connect import WifiConnect as Dongle
from simulator.wifi_faults import LanFailure
from tests.conftest import LAN_HOST
from tests.helpers import definition_codes

CREDENTIALS = Credentials("Home", "1234", "AB" * 32)
_ON = {"on", "active", "stufe1"}
_OFF = {"off", "inactive", "aus"}
"""What the machine files call on and off."""


def settings_of_all() -> Iterator[tuple[str, Setting]]:
    """Yield every setting of every machine type."""
    for code in definition_codes():
        for setting in load_definition(code).settings:
            yield code, setting


def values_of(setting: Setting) -> list[str]:
    """Return everything that a person can set."""
    if is_amount(setting):
        return [value_of_amount(setting, amount) for amount in amounts(setting)]
    return [option_named(setting, option.slug).value for option in setting.options]


def test_as_stored() -> None:
    """The tag of one byte goes, that of two stays, and a literal that looks like a tag is a literal (hardware)."""
    pairs = {"211E": "1E", "1E": "1E", "220168": "220168", "21": "21", "2100": "00", "310A": "310A", "22021C": "22021C"}
    assert {value: as_stored(value) for value in pairs} == pairs


def test_every_setting_of_every_machine_type() -> None:
    """Just the values of the machine files, each with a meaning of its own, whichever way the machine stores it."""
    found = list(settings_of_all())
    assert len({code for code, _ in found}) == 54
    for code, setting in found:
        (theirs,) = (theirs for theirs in definition_for(code).settings if theirs.argument == f"{setting.argument:02X}")
        assert set(values_of(setting)) == set(theirs.values), (code, setting.slug)
        for value in theirs.values:
            for stored in (value, as_stored(value)):
                assert is_listed(setting, stored)
                if is_amount(setting):
                    assert amount_stored(setting, stored) == int(value, 16)
                    assert option_stored(setting, stored) is None
                else:
                    option = option_stored(setting, stored)
                    assert option is not None
                    assert option.value == value, (code, setting.slug)
                    assert option_named(setting, option.slug) == option
                    assert amount_stored(setting, stored) is None


def test_on_is_on() -> None:
    """Which value is on differs between machine types; a switch goes by the label in the machine file."""
    polarities: dict[str, set[str]] = {}
    for code, setting in settings_of_all():
        (theirs,) = (theirs for theirs in definition_for(code).settings if theirs.argument == f"{setting.argument:02X}")
        labels = {name.casefold() for name in theirs.names.values()}
        assert is_switch(setting) == (len(labels & _ON) == len(labels & _OFF) == 1), (code, setting.slug)
        if is_switch(setting):
            on = option_named(setting, "on").value
            assert theirs.names[on].casefold() in _ON, (code, setting.slug)
            assert theirs.names[option_named(setting, "off").value].casefold() in _OFF
            polarities.setdefault(setting.slug, set()).add(on)
    assert polarities["energy_saving"] == polarities["operating_instructions"] == {"00", "01"}


def test_unknown_values() -> None:
    """What the definition doesn't list has no meaning, however well it looks; nothing at all has none either."""
    hardness = Setting(0x02, "water_hardness", 1, 30, 1, ())
    for stored in ("00", "1F", "FF", "0010", "220010", "10 ", "1", "", "ZZ", "0d"):
        assert amount_stored(hardness, stored) is None
        assert not is_listed(hardness, stored)
    assert amount_stored(hardness, "2110") == 16
    assert amount_stored(hardness, None) is None
    auto_off = Setting(0x13, "auto_off", 0, 0, 0, (SettingOption("0F", "15 min"), SettingOption("2178", "2 h")))
    for stored in ("1E", "220078", "0078", "", "0f"):
        assert option_stored(auto_off, stored) is None
        assert not is_listed(auto_off, stored)
    assert option_stored(auto_off, None) is None
    with pytest.raises(ValueError, match="auto_off has no option 3_h"):
        option_named(auto_off, "3_h")


def test_impossible_amounts() -> None:
    """Out of range, between two steps, of a setting with options, or no number: nothing that could be sent."""
    setting = Setting(0x02, "water_hardness", 2, 30, 2, ())
    assert value_of_amount(setting, 16.0) == "10"
    for amount in (0, 1, 3, 16.5, 32, -2, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="water_hardness can't be"):
            value_of_amount(setting, amount)
    with pytest.raises(ValueError, match="units can't be 0"):
        value_of_amount(Setting(0x08, "units", 0, 0, 0, (SettingOption("00", "ml"),)), 0)


def test_proven() -> None:
    """The settings that somebody changed on a machine, by their numbers; see the protocol notes."""
    slugs = {is_proven(setting): set[str]() for _, setting in settings_of_all()}
    for _, setting in settings_of_all():
        slugs[is_proven(setting)].add(setting.slug)
    assert slugs[True] == {
        "water_hardness",
        "milk_rinsing",
        "units",
        "language",
        "display_brightness",
        "auto_off",
        "frother_instructions",
    }
    assert not slugs[True] & slugs[False]


# --- over the wire ----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def connected(code: str) -> AsyncGenerator[tuple[Machine, Dongle, WifiConnect]]:
    """Provide a machine of a type, its dongle and a client; whatever a test did, it must not have upset it."""
    machine = Machine(definition_for(code))
    wifi = Dongle(machine, host=LAN_HOST, port=0, pin="1234", min_pause=3.0)
    wifi.tokens[CREDENTIALS.connection_id.encode().hex().upper()] = CREDENTIALS.token
    await wifi.start()
    client = WifiConnect(wifi.host, CREDENTIALS, "JURA", wifi.port)
    try:
        yield machine, wifi, client
    finally:
        await client.close()
        await wifi.stop()
    assert not machine.keys_locked
    assert not wifi.forbidden
    assert not wifi.malformed
    assert not wifi.upset


def different_settings() -> dict[str, tuple[str, str]]:
    """Return each form of a setting, once, with a machine type that has it: test id to code and slug."""
    seen: dict[Setting, str] = {}
    for code, setting in settings_of_all():
        seen.setdefault(setting, code)
    return {f"{setting.slug}-{code}": (code, setting.slug) for setting, code in seen.items()}


@pytest.mark.usefixtures("lan")
@pytest.mark.parametrize(("code", "slug"), different_settings().values(), ids=different_settings())
async def test_write_every_value(code: str, slug: str) -> None:
    """Each value of each form of a setting that there is: written, verified, and read back as what it was."""
    (setting,) = (setting for setting in load_definition(code).settings if setting.slug == slug)
    async with connected(code) as (machine, wifi, client):
        for value in values_of(setting):
            await client.write_setting(setting.argument, value)
            assert wifi.written[-1] == (f"{setting.argument:02X}", machine.settings[f"{setting.argument:02X}"])
            stored = await client.read_setting(setting.argument)
            if is_amount(setting):
                assert amount_stored(setting, stored) == int(value, 16)
            else:
                option = option_stored(setting, stored)
                assert option is not None
                assert option.value == value
        assert len(wifi.written) == len(values_of(setting)) > 1


@pytest.mark.usefixtures("lan")
async def test_read_all_in_one_session() -> None:
    """One short session tells them all, also of a machine that doesn't know one of them, or refuses to tell it."""
    definition = load_definition("EF1091")
    async with connected("EF1091") as (machine, wifi, client):
        assert await client.read_settings(definition) == {
            setting.slug: machine.settings[f"{setting.argument:02X}"] for setting in definition.settings
        }
        assert len(wifi.sessions) == 1
        assert not client.events["setting not read"]
    # An S8 EB taken for a machine that has more settings.
    larger = load_definition("EF1060")
    async with connected("EF1091") as (_, wifi, client):
        wifi.faults.fail_next(LanFailure.REFUSED, command="@TM:13", times=2)
        values = await client.read_settings(larger)
        unknown = {"auto_off", "coffee_eye", "grinder_instructions", "sweet_foam_instructions"}
        assert set(values) == {setting.slug for setting in larger.settings} - unknown
        assert client.events["setting not known"] == len(unknown - {"auto_off"})
        assert client.events["setting not read"] == 2
        wifi.faults.fail_next(LanFailure.REFUSED, command="@TM:13")
        assert "auto_off" in await client.read_settings(larger), "once is worth another question"
        wifi.unlisted.clear()
