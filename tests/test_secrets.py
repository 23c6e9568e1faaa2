"""PIN, pairing token and Wi-Fi password: where they have to be, and in nothing that anybody reads or passes on.

One long run in which everything is written that we ever write: a WiFi Connect is put on the home network (with a wrong
password first), paired with (with a wrong PIN first), brews and fails to, forgets us and is paired with again. All logs
are at debug level, those of Home Assistant and its libraries too. Then everything that was written is searched: each log
line with its traceback, each event on the bus with everything in it, all states, forms, answers to actions, exceptions,
repair issues, both registries, the diagnostics, and every file under `.storage`, except the one that is there to keep
PIN and token: core.config_entries. The Wi-Fi password is not even in that.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable, Iterator
import logging
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE, MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.json import json_dumps
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.jura.const import DOMAIN
from custom_components.jura.machine.wifi_session import Credentials
from simulator.blufi import BlufiDongle
from simulator.machine import Machine
from simulator.scanner import SimulatedScanner
from simulator.wifi_connect import WifiConnect
from simulator.wifi_faults import LanFailure

from .conftest import LAN_HOST, Press, async_wait_for, async_wait_for_state
from .test_provisioning_flow import (  # noqa: F401
    DONGLE,
    PASSWORD,
    Person,
    async_to_dongle,
    dongle,
    home,
    machine,
    model,
    person,
    scanner,
    unload,
)

PIN, WRONG_PIN, NEXT_PIN = "8642097531", "1357924680", "9081726354"
WRONG_PASSWORD = "Tr0ub4dor and 3"
TOTAL = "sensor.jura_s8_eb_drinks_made"
ESPRESSO = "button.jura_s8_eb_espresso"


def forms_of(secret: str) -> Iterator[str]:
    """Yield a secret as it may be written: as it is, as bytes in hexadecimal, numbers or base64, all in lower case."""
    data = secret.encode()
    yield secret
    yield data.hex()
    yield data.hex(" ")
    yield str(list(data))[1:-1]
    yield repr(data)[2:-1]
    # Without the last characters, which depend on what follows.
    yield b64encode(data).decode()[: len(data) * 4 // 3 - 2]


class Witness:
    """Who has seen everything that was written where somebody may read it."""

    def __init__(self, hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
        """Watch the bus and the logs."""
        self.seen: dict[str, list[str]] = {"event": [], "exception": [], "answer": []}
        self._caplog = caplog
        hass.bus.async_listen(MATCH_ALL, self._on_event)

    @callback
    def _on_event(self, event: Event) -> None:
        self.see("event", event.as_dict(), event.data)

    def see(self, kind: str, *things: object) -> None:
        """Keep what was written, in the form in which it is passed on and in the one in which it is printed."""
        for thing in things:
            self.seen.setdefault(kind, []).append(repr(thing))
            try:
                self.seen[kind].append(json_dumps(thing))
            except TypeError:
                # Not everything can be passed on.
                continue

    def see_exception(self, error: BaseException | None) -> None:
        """Keep everything that an exception and its causes say."""
        chain: list[BaseException] = []
        while error is not None and error not in chain:
            chain.append(error)
            self.see("exception", error, str(error), vars(error), error.args)
            error = error.__cause__ or error.__context__

    def places_of(self, *secrets: str) -> list[tuple[str, str]]:
        """Return where one of these stands, with the line."""
        lines = [(kind, line) for kind, lines in self.seen.items() for line in lines]
        for when in ("setup", "call"):
            lines += [("log", self._caplog.handler.format(record)) for record in self._caplog.get_records(when)]
        wanted = [form.casefold() for secret in secrets for form in forms_of(secret)]
        return [(kind, line) for kind, line in lines if any(form in line.casefold() for form in wanted)]


@pytest.fixture
def witness(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> Iterator[Witness]:
    """Return the witness; all that log anything log everything."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "custom_components.jura")
    return Witness(hass, caplog)


@pytest.fixture
async def wifi(machine: Machine) -> AsyncGenerator[WifiConnect]:  # noqa: F811
    """Return the machine's WiFi Connect as it will be on the network, with a PIN that is nowhere by chance."""
    wifi = WifiConnect(machine, host=LAN_HOST, pin=PIN, min_pause=20.0)
    yield wifi
    await wifi.stop()


async def async_enter_pin(person: Person, wifi: WifiConnect, pin: str) -> dict[str, Any]:  # noqa: F811
    """Enter a PIN, confirm if the machine asks for it, and return the end of the flow."""
    await person.enter({"pin": pin})
    await async_wait_for(person.hass, lambda: wifi.dialog is not None)
    wifi.confirm()
    return await person.wait()


async def async_try(witness: Witness, act: Callable[[], Any]) -> None:
    """Do what has to fail, and have the witness see what a person is told."""
    with pytest.raises(HomeAssistantError) as failed:
        await act()
    witness.see_exception(failed.value)


async def test_nowhere_but_in_the_entry(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_storage: dict[str, Any],
    witness: Witness,
    person: Person,  # noqa: F811
    scanner: SimulatedScanner,  # noqa: F811
    dongle: BlufiDongle,  # noqa: F811
    wifi: WifiConnect,
    machine: Machine,  # noqa: F811
    press: Press,
    unload: None,  # noqa: F811
) -> None:
    """Set-up, use, failures and a second pairing leave the secrets in the entry alone."""
    await async_to_dongle(person)
    await person.wait({"address": DONGLE})
    result = await person.wait({"ssid": "Home", "password": WRONG_PASSWORD})
    assert result["step_id"] == "provision_network"
    assert result["errors"]
    result = await person.wait({"ssid": "Home", "password": PASSWORD})
    assert result["step_id"] == "pin"
    result = await person.wait({"pin": WRONG_PIN})
    assert result["errors"] == {"pin": "wrong_pin"}
    result = await async_enter_pin(person, wifi, PIN)
    assert result["type"] == "create_entry"
    entry = result["result"]
    tokens = {entry.data["token"]}

    # It is used, and fails in the ways that tell most.
    await async_wait_for_state(hass, TOTAL)
    await asyncio.sleep(120)
    await press(ESPRESSO)
    await async_wait_for(hass, lambda: machine.drink is None and machine.drinks)
    await asyncio.sleep(120)
    wifi.faults.fail_next(LanFailure.ANSWER_LOST, command="@TP")
    await async_try(witness, lambda: press(ESPRESSO))
    await asyncio.sleep(300)
    for fault in (LanFailure.CLOSED, LanFailure.NO_ANSWER, LanFailure.LOST):
        wifi.faults.fail_next(fault, command="@HP", times=9)
        await async_try(witness, lambda: press(ESPRESSO))
        wifi.faults.clear()
        await asyncio.sleep(60)
    for action in ("list_products", "export_drinks", "report"):
        data = {"period": "this_month"} if action == "report" else {}
        answer = await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)
        witness.see("answer", answer)

    # Its PIN is changed, so that it refuses us, and it is paired with anew.
    wifi.pin = NEXT_PIN
    wifi.tokens.clear()
    await async_try(witness, lambda: press(ESPRESSO))
    await asyncio.sleep(60)
    await async_try(witness, lambda: press(ESPRESSO))
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    machine.wake_up()
    person.flow_id = flow["flow_id"]
    result = await person.wait({})
    assert result["step_id"] == "pin"
    result = await async_enter_pin(person, wifi, NEXT_PIN)
    assert result["reason"] == "reauth_successful"
    tokens.add(entry.data["token"])
    await asyncio.sleep(120)
    await press(ESPRESSO)

    # What Home Assistant shows, keeps and hands out.
    machine.lock_keys(True)
    await asyncio.sleep(200)
    witness.see("diagnostics", await get_diagnostics_for_config_entry(hass, hass_client, entry))
    witness.see("state", *(state.as_dict() for state in hass.states.async_all()))
    witness.see("issue", *ir.async_get(hass).issues.values())
    witness.see("entity", *er.async_get(hass).entities.values())
    witness.see("device", *dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id))
    witness.see("title", entry.title, entry.unique_id, dict(entry.options))
    # What makes an entry stays inside of Home Assistant: its API leaves out these two.
    witness.see("form", *({key: one[key] for key in one.keys() - {"data", "result"}} for one in person.shown))
    machine.lock_keys(False)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    kept = {name: content for name, content in hass_storage.items() if name != "core.config_entries"}
    witness.see("file", *kept.items())

    assert len(tokens) == 2
    secrets = (PIN, WRONG_PIN, NEXT_PIN, PASSWORD, WRONG_PASSWORD, *tokens)
    assert witness.places_of(*secrets) == []
    # The witness has seen all of these, and would have noticed: what is public is everywhere.
    seen = {kind for kind, _ in witness.places_of("jura", "espresso", str(entry.data["article"]))}
    assert seen >= {
        "log",
        "event",
        "exception",
        "answer",
        "diagnostics",
        "state",
        "issue",
        "entity",
        "device",
        "title",
        "form",
        "file",
    }
    written = json_dumps(hass_storage["core.config_entries"])
    assert NEXT_PIN in written
    assert entry.data["token"] in written
    assert not [form for secret in (PASSWORD, WRONG_PASSWORD) for form in forms_of(secret) if form in written]


def test_nothing_to_print() -> None:
    """Whoever logs credentials as a whole learns the name only."""
    credentials = Credentials("Home Assistant 7", PIN, "C0FFEE")
    assert "Home Assistant 7" in repr(credentials)
    assert PIN not in repr(credentials)
    assert "C0FFEE" not in repr(credentials)


@pytest.mark.parametrize("form", list(forms_of(PASSWORD)))
def test_the_search_finds(hass: HomeAssistant, caplog: pytest.LogCaptureFixture, form: str) -> None:
    """Each form is found in a log line, in upper case too."""
    witness = Witness(hass, caplog)
    logging.getLogger("custom_components.jura").warning("sent %s", form.upper())
    witness.see("event", {"data": {"value": f"x{form}x"}})
    assert {kind for kind, _ in witness.places_of(PASSWORD)} == {"log", "event"}
