"""The fixtures of the tests, and one that keeps figures."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
import json
import logging
import os
from pathlib import Path
import sys

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from benchmarks.figures import Figure, shown
from tests.conftest import *  # noqa: F403

from . import RESULTS

type Record = Callable[[Figure], None]


@pytest.fixture
def record() -> Record:
    """Return what keeps a figure."""

    def record(figure: Figure) -> None:
        if path := os.environ.get(RESULTS):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(figure)) + "\n")
        else:
            sys.stdout.write(f"{figure.group}, {figure.what}: {shown(figure.value)} {figure.unit}\n")

    return record


@pytest.fixture(autouse=True)
def usual_log() -> Iterator[None]:
    """Log no more than Home Assistant does by default: the harness lets everything be logged, which takes time."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
async def assistant(hass: HomeAssistant) -> None:
    """Set up Home Assistant's assistant, so that the sentences are part of what is measured.

    The harness has the loop note for each task where it comes from, which costs more than many a task.
    """
    hass.loop.set_debug(False)
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    await hass.async_block_till_done()
