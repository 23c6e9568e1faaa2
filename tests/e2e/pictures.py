"""Takes the README's pictures of the card: what scripts/pictures runs."""

import asyncio
from pathlib import Path
import re
import socket
import sys
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, expect

from .house import ROOT, SETTLED, House, NoBrowserError, find_browser, open_house, running_browser, running_demo

FOLDER = ROOT / "docs" / "images"
_PAST = [2, 3, 1, 4, 3, 5, 6, 2, 1, 3, 4, 2, 6, 5, 3, 2, 3, 1, 4, 4, 7, 5, 2, 3, 3, 2, 4]
_AROUND = "Cups:"
"""Begins what stands over the chart, which is the last to come."""


async def furnish(browser: Browser, url: str) -> None:
    """Give the house a machine with a past, drinks of its own, and something that it needs."""
    async with open_house(browser, url) as house:
        await house.go()
        await house.add()
        await house.last_weeks(_PAST)
        await house.own_drink("Sunday cappuccino", "cappuccino", water=80, milk=20)
        # The first one has to be there: with each, the machine is set up anew.
        await house.drink("Sunday cappuccino").wait_for()
        await house.own_drink("Long one", "coffee", water=200)
        await house.act("button.press", "button.simulated_jura_e8_descaling_due")
        await house.tidy()
        await house.drink("Long one").wait_for()


async def picture(house: House, name: str) -> None:
    """Take a picture of the card as it is."""
    await house.page.evaluate("document.fonts.ready")
    await house.card.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


async def ready(house: House) -> None:
    """Open the page, and wait until the card shows all that it can."""
    await house.go()
    await house.card.get_by_text(_AROUND).wait_for()
    await house.card.get_by_text("Descale", exact=True).wait_for()
    # Read last of all, and only once the machine is left in peace.
    await house.card.get_by_role("heading", name="Care").wait_for(timeout=120_000)


async def take(url: str) -> None:
    """Take all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with running_browser(find_browser()) as browser:
        await furnish(browser, url)
        async with open_house(browser, url, width=1200, height=1400) as house:
            await ready(house)
            await picture(house, "card-light")
        async with open_house(browser, url, width=1200, height=1400, dark=True) as house:
            await ready(house)
            await picture(house, "card-dark")
        async with open_house(browser, url, width=412, height=860, scale=2) as house:
            await ready(house)
            await house.drink("Cappuccino").click()
            await house.dialog.wait_for()
            await house.page.screenshot(path=FOLDER / "card-drink.png", animations="disabled")
            await house.page.clock.fast_forward(SETTLED)
            await house.dialog.get_by_role("button", name="Make it").click()
            # Else the pointer would rest on a drink, as no finger does.
            await house.page.mouse.move(0, 0)
            ring = house.stage.get_by_role("progressbar")
            await expect(ring).to_have_attribute("aria-valuenow", re.compile("[4-9][0-9]"), timeout=120_000)
            await house.page.screenshot(path=FOLDER / "card-phone.png", animations="disabled")


def main() -> int:
    """Start a demo of its own, and take the pictures of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    try:
        find_browser()
    except NoBrowserError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    with TemporaryDirectory() as folder, running_demo(Path(folder), port) as url:
        asyncio.run(take(url))
    return 0


if __name__ == "__main__":
    sys.exit(main())
