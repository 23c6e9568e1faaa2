"""One demo for all tests in here, and for each of them a browser window of its own."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack
import socket
from typing import Any

from playwright.async_api import expect
import pytest
import pytest_socket

from .house import House, NoBrowserError, find_browser, open_house, running_browser, running_demo

# What is to be seen comes at once, but on a slow machine.
expect.set_options(timeout=30_000)

type OpenHouse = Callable[..., Awaitable[House]]


@pytest.fixture(autouse=True)
def virtual_time() -> None:
    """Leave the clock alone, which all other tests let jump: browser and demo run by themselves."""


@pytest.fixture(scope="session")
def executable() -> str:
    """Return where a Chromium is."""
    try:
        return find_browser()
    except NoBrowserError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def url(executable: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """Return the address of the demo."""
    pytest_socket.enable_socket()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with running_demo(tmp_path_factory.mktemp("demo"), port) as url:
        yield url


@pytest.fixture
async def open_window(url: str, executable: str, socket_enabled: None) -> AsyncGenerator[OpenHouse]:
    """Return what opens a browser window; whatever was done in it asked nobody but Home Assistant, and broke nothing."""
    houses: list[House] = []
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(running_browser(executable))

        async def open_window(**options: Any) -> House:
            houses.append(await stack.enter_async_context(open_house(browser, url, **options)))
            return houses[-1]

        yield open_window
        for house in houses:
            assert house.elsewhere == []
            assert house.complaints == []


@pytest.fixture
async def house(open_window: OpenHouse) -> House:
    """Return a house with a machine that is ready, and a window on its first page."""
    house = await open_window()
    await house.go()
    await house.add()
    await house.tidy()
    await house.card.wait_for()
    return house
