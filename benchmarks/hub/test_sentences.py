"""What the sentences cost: at set-up, and at the first that is said after names changed."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from time import thread_time_ns
from typing import Any
from unittest.mock import patch

from homeassistant.components import conversation
from homeassistant.components.conversation.default_agent import DefaultAgent
from homeassistant.core import Context, HomeAssistant

from benchmarks.figures import Figure
from benchmarks.loop_meter import load_of_loop
from custom_components.jura import voice
from simulator.machine import Machine
from tests.conftest import ADDRESS
from tests.kitchen import async_add, async_finish, data_of

from .conftest import Record

_PREPARE, _UNDERSTOOD, _REBUILD = "_prepare", "_understood", "_rebuild_trigger_intents"


async def test_sentences(hass: HomeAssistant, adapter: None, machine: Machine, model: str, record: Record) -> None:
    """Ours is done in threads; Home Assistant's own reading of what it was given is done on the event loop."""
    spent: Counter[str] = Counter()

    def timed(owner: Any, name: str) -> Any:
        real: Callable[..., Any] = getattr(owner, name)

        def run(*arguments: Any) -> Any:
            begun = thread_time_ns()
            try:
                return real(*arguments)
            finally:
                spent[name] += thread_time_ns() - begun

        return patch.object(owner, name, run)

    with ExitStack() as stack:
        for owner, name in ((voice, _PREPARE), (voice, _UNDERSTOOD), (DefaultAgent, _REBUILD)):
            stack.enter_context(timed(owner, name))
        await async_add(hass, machine, {**data_of(model), "address": ADDRESS})
        await hass.async_block_till_done()
        with load_of_loop() as load:
            said = conversation.async_converse(hass, "is the coffee machine ready", None, Context(), "en")
            await asyncio.create_task(said)
    group = "Sentences"
    for what, value in {
        "made and checked at set-up, and when names change, in a thread": spent[_PREPARE],
        "the first that is said after that, understood in a thread": spent[_UNDERSTOOD],
        "the first that is said after that, longest block of the event loop": load.longest[0].seconds * 1e9,
        "of that, Home Assistant reads again all sentences that it was given": spent[_REBUILD],
    }.items():
        record(Figure(group=group, what=what, value=value / 1e6, unit="ms"))
    await async_finish(hass)
