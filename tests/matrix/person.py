"""Who adds a machine: goes through the forms as far as they let them, and presses "Submit" again when told to."""

import asyncio
from collections.abc import Mapping
from itertools import cycle
from typing import Any, Final

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import Event, callback

from custom_components.jura.const import DOMAIN
from tests.conftest import ADDRESS, LAN_HOST
from tests.helpers import check_texts

from .house import DONGLE, NETWORK, House

PIN: Final = "1234"
DONE: Final = "done"
_ENTERED: Final[Mapping[str, dict[str, Any]]] = {
    "nearby": {"address": ADDRESS},
    "host": {"host": LAN_HOST},
    "article": {"article": "15336"},
    "pin": {"pin": PIN},
    "pair_again": {},
    "read_only": {},
    "provision_bluetooth": {"address": DONGLE},
    "provision_network": NETWORK,
    "provision_unencrypted": {**NETWORK, "consent": False},
    "provision_choose": {"host": LAN_HOST},
}
"""What is entered in each form."""
_NOT_FOUND: Final = ("provision_lost", "provision_unsure")
"""Menus that say that something went wrong."""
_MOST_STEPS: Final = 30


class Person:
    """One form, from "Add" to the machine."""

    def __init__(self, house: House, choice: str) -> None:
        """`choice` is what is chosen in the first menu."""
        self._house = house
        self._choices = {"user": choice, "provision": "provision_bluetooth"}
        self._ways_on = cycle(("provision_find", "provision_bluetooth"))
        self._flow_id: str | None = None
        self._result: dict[str, Any] = {}
        self._progressed = asyncio.Event()
        self._stop = house.hass.bus.async_listen("data_entry_flow_progressed", self._on_progress)

    async def go_on(self) -> str:
        """Go on until the machine is added, or something is told that went wrong; return what."""
        for _ in range(_MOST_STEPS):
            result = await self._next()
            if result["type"] == "create_entry":
                self._stop()
                self._house.entry = result["result"]
                await self._house.hass.async_block_till_done()
                return DONE
            if result["type"] == "abort":
                self._flow_id = None
                return f"aborted, {result['reason']}"
            if result["step_id"] in _NOT_FOUND and result["type"] == "menu":
                self._choices[result["step_id"]] = next(self._ways_on)
                return str(result["step_id"])
            if errors := result.get("errors"):
                return f"{result['step_id']}, {', '.join(errors.values())}"
        return "never an end"

    async def _next(self) -> dict[str, Any]:
        flow = self._house.hass.config_entries.flow
        self._progressed.clear()
        if self._flow_id is None:
            result = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
            self._flow_id = result["flow_id"]
        else:
            result = await flow.async_configure(self._flow_id, await self._entered())
        check_texts(result)
        self._result = dict(result)
        return self._result

    async def _entered(self) -> dict[str, Any] | None:
        """Return what is entered; at a step that takes a while, once it is over."""
        match self._result["type"]:
            case "menu":
                return {"next_step_id": self._choices[self._result["step_id"]]}
            case "progress":
                async with asyncio.timeout(300):
                    while not self._progressed.is_set():
                        # Somebody stands at the machine, wakes the display that wouldn't ask, and says yes when it asks.
                        self._house.machine.wake_up()
                        if self._house.wifi and self._house.wifi.dialog:
                            self._house.wifi.confirm()
                        await asyncio.sleep(0.5)
                return None
            case "form":
                fields = {str(field) for field in (self._result["data_schema"] or _EMPTY).schema}
                entered = _ENTERED[self._result["step_id"]]
                return {name: value for name, value in entered.items() if name in fields}
            case _:
                return None

    @callback
    def _on_progress(self, event: Event[Mapping[str, Any]]) -> None:
        if event.data["flow_id"] == self._flow_id:
            self._progressed.set()


class _Schema:
    schema: Mapping[Any, Any] = {}


_EMPTY: Final = _Schema()
