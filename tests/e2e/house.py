"""The demo as a house with a coffee machine, and a browser in it. What tests and pictures share.

Everything is asked and done through the page, over the connection that it has anyway.
"""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
import subprocess
from threading import Thread
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, Request, WebSocket, async_playwright

ROOT = Path(__file__).parents[2]
HOME = "/jura-demo/0"
"""The demo's first page."""
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SETTLED = 600
"""Milliseconds after which a dialog takes orders: before that, a touch is the second half of a double tap."""
_HASS = "document.querySelector('home-assistant')?.hass"
_SIMULATED = "simulated_jura_e8"


class NoBrowserError(Exception):
    """There is no Chromium, and none can be had."""


def find_browser() -> str:
    """Return where a Chromium is; fetches it where it can. Raises NoBrowserError."""
    found = subprocess.run([ROOT / "scripts" / "browser"], capture_output=True, text=True, check=False)
    if found.returncode:
        raise NoBrowserError(found.stderr.strip().splitlines()[-1])
    return found.stdout.strip()


@contextmanager
def running_demo(state: Path, port: int) -> Generator[str]:
    """Start the demo, wait until it is ready, and return its address; leave nothing of it behind."""
    arguments = ["--port", str(port), "--state", str(state), "--no-browser"]
    with subprocess.Popen(
        [ROOT / "scripts" / "demo", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                if "ready: open" in line:
                    break
            else:
                raise AssertionError("".join(said))
            # Somebody has to read on, or it would wait for that.
            Thread(target=process.stdout.read, daemon=True).start()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@asynccontextmanager
async def running_browser(executable: str) -> AsyncGenerator[Browser]:
    """Start a browser with an empty profile."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(_FLAGS))
        yield browser
        await browser.close()


@dataclass
class House:
    """A page of Home Assistant, and what is done in the house around it."""

    url: str
    page: Page
    elsewhere: list[str] = field(default_factory=list)
    """Requests to anywhere but Home Assistant."""
    complaints: list[str] = field(default_factory=list)
    """Errors of scripts."""
    orders: list[dict[str, Any]] = field(default_factory=list)
    """Actions of the integration that the page asked for."""

    # --- the page -----------------------------------------------------------------------------------------------------

    async def go(self, path: str = HOME) -> None:
        """Load a page, and wait for Home Assistant."""
        await self.page.goto(f"{self.url}{path}")
        await self.page.wait_for_function(f"{_HASS}?.connected && {_HASS}?.config?.state === 'RUNNING'")

    @property
    def card(self) -> Locator:
        """Return the card."""
        return self.page.locator("jura-card:not(#posed)")

    def drink(self, name: str) -> Locator:
        """Return the tile of a drink."""
        return self.card.locator(".tile").filter(has=self.page.get_by_text(name, exact=True))

    @property
    def dialog(self) -> Locator:
        """Return the dialog about one drink."""
        return self.page.locator("jura-drink-dialog dialog[open]")

    async def order(self, name: str) -> None:
        """Make a drink as it usually is."""
        await self.drink(name).click()
        await self.dialog.wait_for()
        await self.page.clock.fast_forward(SETTLED)
        await self.dialog.get_by_role("button", name="Make it").click()

    async def stop_clock(self) -> None:
        """Let no time pass in the page until its clock is resumed, however long the test takes."""
        now = await self.page.evaluate("Date.now()")
        await self.page.clock.pause_at((now + 100) / 1000)

    async def barriers(self, part: Locator) -> list[str]:
        """Return what keeps people from using a part of the page, as axe sees it."""
        await self.page.evaluate(Axe().axe_script)
        found = await part.evaluate("part => axe.run(part, {resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {node['html'][:100]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    async def pose(self, **states: tuple[str, dict[str, Any]]) -> Locator:
        """Return a second card, of a machine whose sensors have these states besides: what the demo's can't be in."""
        await self.page.evaluate(
            f"""(posed) => {{
              const hass = {_HASS};
              const states = {{...hass.states}};
              for (const {{entity_id, platform, translation_key}} of Object.values(hass.entities)) {{
                const pose = platform === "jura" && entity_id.startsWith("sensor.") && posed[translation_key];
                if (pose) states[entity_id] = {{...states[entity_id], entity_id, state: pose[0], attributes: pose[1]}};
              }}
              const card = document.createElement("jura-card");
              card.id = "posed";
              card.style.cssText = "position: fixed; inset: 0 0 auto; z-index: 10; block-size: auto";
              card.setConfig({{type: "custom:jura-card"}});
              card.hass = {{...hass, states}};
              document.body.append(card);
            }}""",
            states,
        )
        return self.page.locator("jura-card#posed")

    @property
    def stage(self) -> Locator:
        """Return where the drink in the making is shown."""
        return self.card.locator(".stage")

    # --- Home Assistant -----------------------------------------------------------------------------------------------

    async def run(self, function: str, argument: Any) -> Any:
        """Run a function in the page, given the frontend's `hass` and an argument; what it throws says why."""
        return await self.page.evaluate(
            f"""async (argument) => {{
              try {{
                return await ({function})({_HASS}, argument);
              }} catch (error) {{
                throw new Error(error.message ?? error.body?.message ?? JSON.stringify(error));
              }}
            }}""",
            argument,
        )

    async def ask(self, **command: Any) -> Any:
        """Ask the websocket API."""
        return await self.run("(hass, command) => hass.callWS(command)", command)

    async def request(self, method: str, path: str, data: Any = None) -> Any:
        """Ask the REST API."""
        call = "(hass, [method, path, data]) => hass.callApi(method, path, data ?? undefined)"
        return await self.run(call, [method, path, data])

    async def act(self, action: str, entity_id: str, **data: Any) -> None:
        """Perform an action on an entity."""
        domain, service = action.split(".")
        call = "(hass, [domain, service, data]) => hass.callService(domain, service, data)"
        await self.run(call, [domain, service, {"entity_id": entity_id, **data}])

    async def until(self, entity_id: str, *states: str) -> None:
        """Wait until an entity has one of these states."""
        await self.page.wait_for_function(
            f"([entity, states]) => states.includes({_HASS}.states[entity]?.state)",
            arg=[entity_id, list(states)],
            timeout=90_000,
        )

    async def until_known(self, entity_id: str) -> None:
        """Wait until an entity has something to say."""
        await self.page.wait_for_function(f"entity => !isNaN({_HASS}.states[entity]?.state)", arg=entity_id)

    async def state(self, entity_id: str) -> str:
        """Return the state of an entity."""
        return str(await self.run("(hass, entity) => hass.states[entity]?.state", entity_id))

    # --- the machine --------------------------------------------------------------------------------------------------

    async def entry(self) -> str | None:
        """Return the id of the machine's entry."""
        entries = await self.ask(type="config_entries/get", domain="jura")
        return str(entries[0]["entry_id"]) if entries else None

    async def discovered(self) -> str:
        """Return the id of the flow of the machine, once it is discovered."""
        await self.page.wait_for_function(
            f"async () => (await {_HASS}.callWS({{type: 'config_entries/flow/progress'}})).length > 0", polling=500
        )
        (flow,) = await self.ask(type="config_entries/flow/progress")
        return str(flow["flow_id"])

    async def add(self) -> None:
        """Add the machine, if it isn't."""
        if await self.entry() is None:
            await self.request("POST", f"config/config_entries/flow/{await self.discovered()}", {})
        await self.until("sensor.jura_e8_state", "ready", "energy_saving", "needs_attention")

    async def remove(self) -> None:
        """Remove the machine, if it is there."""
        if entry := await self.entry():
            await self.request("DELETE", f"config/config_entries/entry/{entry}")

    async def experiment(self, *, on: bool) -> None:
        """Offer what is experimental, or no longer, as the machine's options do."""
        path = "config/config_entries/options/flow"
        form = await self.request("POST", path, {"handler": await self.entry()})
        now = {field["name"]: field["default"] for field in form["data_schema"] if "default" in field}
        await self.request("POST", f"{path}/{form['flow_id']}", {**now, "experimental": on})
        await self.until("sensor.jura_e8_state", "ready", "energy_saving")

    async def own_drink(self, name: str, product: str, **values: Any) -> None:
        """Make a drink of one's own, as the settings do."""
        drink = {"name": name, "product": product, "values": values}
        await self.run("(hass, drink) => hass.callService('jura', 'import_drinks', {drinks: [drink]})", drink)

    async def hand(self, switch: str, *, on: bool) -> None:
        """Do something in front of the simulated machine."""
        await self.act(f"switch.turn_{'on' if on else 'off'}", f"switch.{_SIMULATED}_{switch}")

    async def look(self) -> None:
        """Have Home Assistant look at the machine now, rather than within a minute."""
        await self.act("button.press", "button.jura_e8_refresh")

    async def tidy(self) -> None:
        """Leave the machine as everybody wants to find it: with everything filled, and nothing being made."""
        for switch in ("power", "water_tank_filled", "beans_filled", "milk_filled"):
            await self.hand(switch, on=True)
        await self.act("select.select_option", f"select.{_SIMULATED}_next_fault", option="none")
        await self.look()
        await self.until("sensor.jura_e8_current_drink", "none")
        # After five minutes without a drink it saves energy.
        await self.until("sensor.jura_e8_state", "ready", "energy_saving")

    async def made(self) -> int:
        """Return how many drinks the simulated machine has made."""
        return int(await self.state(f"sensor.{_SIMULATED}_drinks_made"))

    async def last_weeks(self, cups: list[int]) -> None:
        """Give Home Assistant a past: cups of the last days, yesterday's last."""
        await self.until_known("sensor.jura_e8_drinks_made")
        await self.run(
            """async (hass, cups) => {
              const statistic_id = "sensor.jura_e8_drinks_made";
              let sum = 0;
              const stats = cups.map((count, place) => {
                const start = new Date();
                start.setHours(8, 0, 0, 0);
                start.setDate(start.getDate() - cups.length + place);
                sum += count;
                return {start: start.toISOString(), state: 1000 + sum, sum};
              });
              const {unit_of_measurement} = hass.states[statistic_id].attributes;
              const metadata = {has_sum: true, mean_type: 0, name: null, source: "recorder", statistic_id,
                                unit_class: null, unit_of_measurement};
              await hass.callWS({type: "recorder/import_statistics", metadata, stats});
            }""",
            cups,
        )


@asynccontextmanager
async def open_house(
    browser: Browser,
    url: str,
    *,
    width: int = 1280,
    height: int = 900,
    language: str = "en",
    dark: bool = False,
    scale: float = 1,
) -> AsyncGenerator[House]:
    """Open a browser window with a page, and watch what it asks and says."""
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        locale=language,
        color_scheme="dark" if dark else "light",
        device_scale_factor=scale,
        timezone_id="Europe/Zurich",
    )
    # Its clock can be moved on: nobody waits for a hold.
    await context.clock.install()
    house = House(url, await context.new_page())

    def on_request(request: Request) -> None:
        if not request.url.startswith((f"{url}/", "data:", "blob:")):
            house.elsewhere.append(request.url)

    def on_frame(payload: str | bytes) -> None:
        # A frame holds one message or several.
        messages = json.loads(payload)
        for message in messages if isinstance(messages, list) else [messages]:
            if message.get("type") == "call_service" and message["domain"] == "jura":
                house.orders.append({"action": message["service"], **message["service_data"]})

    def on_socket(socket: WebSocket) -> None:
        socket.on("framesent", on_frame)

    house.page.on("request", on_request)
    house.page.on("websocket", on_socket)
    house.page.on("pageerror", lambda error: house.complaints.append(str(error)))
    yield house
    await context.close()
