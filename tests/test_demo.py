"""Runs the demo as a newcomer does: in a process of its own, in real time, over real (loopback) connections."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import re
import signal
import socket
import subprocess
from typing import Any

import aiohttp
import psutil
import pytest

from custom_components.jura.machine.catalogue import load_definition, load_index
from demo.dashboard import dashboard
from demo.machine import Machine

ROOT = Path(__file__).parents[1]
COMMAND = str(ROOT / "scripts" / "demo")
LOOK_EVERY = 0.25


@pytest.fixture(autouse=True)
def virtual_time() -> None:
    """Leave the clock alone, which all other tests let jump: the demo's runs by itself."""


@pytest.fixture
def port(socket_enabled: None) -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo where it ends by itself."""
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=120, check=False)


def test_help() -> None:
    """It explains itself."""
    result = run("--help")
    assert result.returncode == 0
    assert all(option in result.stdout for option in ("--machine", "--port", "--fresh", "--no-browser", "--state"))


def test_unknown_machine(tmp_path: Path, port: int) -> None:
    """Who mistypes a name is told which ones there are, in one line."""
    result = run("--machine", "Z1O", "--port", str(port), "--state", str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert re.search(r'"Z1O".*Did you mean.*\bZ10\b', result.stderr)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", ["0", "65536", "coffee"])
def test_impossible_port(number: str) -> None:
    """What can't be a port is refused."""
    result = run("--port", number)
    assert result.returncode == 2
    assert f"{number} is not a number from 1 to 65535" in result.stderr


def test_busy_port(tmp_path: Path, socket_enabled: None) -> None:
    """Where somebody else listens, it says so in one line, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        number = somebody.getsockname()[1]
        result = run("--port", str(number), "--state", str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert f"Port {number} is in use" in result.stderr
    assert "--port" in result.stderr


def test_every_machine() -> None:
    """There is a start page for each type of machine, with a button for each drink that can be ordered."""
    types = {article.definition: article for article in load_index().values()}
    for code, article in types.items():
        drinks = [product for product in load_definition(code).active_products if product.arguments]
        entities = list(mentioned(dashboard(Machine(article.number, article.name, code))))
        assert len([entity for entity in entities if entity.startswith("button.jura_")]) == len(drinks) + 1  # Cancel.
        assert len(entities) == len(set(entities))


@dataclass
class Demo:
    """A demo that runs, and the owner who is logged in."""

    process: asyncio.subprocess.Process
    url: str
    session: aiohttp.ClientSession
    log: Path

    async def request(self, method: str, path: str, data: Any = None) -> Any:
        """Ask the REST API."""
        async with self.session.request(method, f"{self.url}{path}", json=data) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def command(self, **command: Any) -> Any:
        """Ask the websocket API."""
        async with self.session.ws_connect(f"{self.url}/api/websocket") as socket:
            await socket.receive_json()
            token = self.session.headers["Authorization"].removeprefix("Bearer ")
            await socket.send_json({"type": "auth", "access_token": token})
            await socket.receive_json()
            await socket.send_json({"id": 1, **command})
            answer = await socket.receive_json()
        assert answer["success"], answer
        return answer["result"]

    async def states(self) -> dict[str, str]:
        """Return the states of all entities."""
        return {entity["entity_id"]: entity["state"] for entity in await self.request("GET", "/api/states")}

    async def log_in(self) -> None:
        """Log in as a browser does: without a question."""
        client = {"client_id": f"{self.url}/", "redirect_uri": f"{self.url}/"}
        flow = await self.request("POST", "/auth/login_flow", {**client, "handler": ["trusted_networks", None]})
        assert flow["type"] == "create_entry", flow
        form = {"grant_type": "authorization_code", "code": flow["result"], "client_id": client["client_id"]}
        async with self.session.post(f"{self.url}/auth/token", data=form) as response:
            token = (await response.json())["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"


@asynccontextmanager
async def running(state: Path, port: int) -> AsyncIterator[Demo]:
    """Start the demo and wait until it says that it is ready; leave nothing of it behind."""
    process = await asyncio.create_subprocess_exec(
        COMMAND, "--port", str(port), "--state", str(state), "--no-browser",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert process.stdout
        async with asyncio.timeout(120):
            seen = [""]
            while "ready" not in seen[-1]:
                seen.append((await process.stdout.readline()).decode())
                assert seen[-1], "".join(seen)
        url = f"http://127.0.0.1:{port}"
        assert url in seen[-1]
        (log,) = state.glob("*/home-assistant.log")
        # No name is looked up, which would leave threads behind.
        connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
        async with aiohttp.ClientSession(connector=connector) as session:
            yield Demo(process, url, session, log)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()


async def family(process: asyncio.subprocess.Process) -> list[psutil.Process]:
    """Return a process and all that it started."""
    parent = psutil.Process(process.pid)
    return [parent, *parent.children(recursive=True)]


async def gone(processes: list[psutil.Process]) -> None:
    """Wait until all of some processes have ended."""
    async with asyncio.timeout(30):
        while any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes):
            await asyncio.sleep(LOOK_EVERY)


def mentioned(page: Any) -> Iterator[str]:
    """Return the entities of a start page's cards."""
    for view in page["views"]:
        for section in view["sections"]:
            for card in section["cards"]:
                rows = [card, *card.get("entities", ())]
                yield from (row["entity"] for row in rows if "entity" in row)


async def test_newcomer(tmp_path: Path, port: int) -> None:
    """The E8 is discovered, added in two clicks, and makes an espresso that is seen and counted."""
    async with running(tmp_path, port) as demo:
        await demo.log_in()
        assert (await demo.command(type="frontend/get_system_data", key="core"))["value"][
            "default_panel"
        ] == "jura-demo"

        async with asyncio.timeout(30):
            while not (found := await demo.command(type="config_entries/flow/progress")):
                await asyncio.sleep(LOOK_EVERY)
        assert [(flow["handler"], flow["context"]["title_placeholders"]) for flow in found] == [
            ("jura", {"name": "JURA E8"})
        ]
        path = f"/api/config/config_entries/flow/{found[0]['flow_id']}"
        assert (await demo.request("GET", path))["type"] == "form"
        added = await demo.request("POST", path, {})
        assert (added["type"], added["title"]) == ("create_entry", "JURA E8")

        async with asyncio.timeout(30):
            while not (states := await demo.states()).get("sensor.jura_e8_drinks_made", "unknown").isdecimal():
                await asyncio.sleep(LOOK_EVERY)
        before = int(states["sensor.jura_e8_drinks_made"])

        # The start page knows all entities by their names, but for alerts that are disabled at first.
        page = await demo.command(type="lovelace/config", url_path="jura-demo")
        assert "button.jura_e8_espresso" in mentioned(page)
        assert {entity for entity in mentioned(page) if not entity.startswith("binary_sensor.")} <= states.keys()
        assert "binary_sensor.jura_e8_water_tank_empty" in states

        await demo.request("POST", "/api/services/button/press", {"entity_id": "button.jura_e8_espresso"})
        seen = []
        async with asyncio.timeout(90):
            while int((states := await demo.states())["sensor.jura_e8_drinks_made"]) == before:
                seen.append((states["sensor.jura_e8_current_drink"], states["sensor.jura_e8_progress"]))
                await asyncio.sleep(LOOK_EVERY)
        assert int(states["sensor.jura_e8_drinks_made"]) == before + 1
        assert {drink for drink, _ in seen} <= {"none", "espresso"}
        percentages = [int(float(percent)) for drink, percent in seen if drink == "espresso" and percent.isdecimal()]
        assert percentages == sorted(percentages)
        assert len(set(percentages)) >= 5
        assert states["sensor.simulated_jura_e8_drinks_made"] == "1"

        processes = await family(demo.process)
        assert len(processes) == 2
        demo.process.send_signal(signal.SIGINT)
        output, _ = await asyncio.wait_for(demo.process.communicate(), 60)
        assert demo.process.returncode == 0
        assert b"Traceback" not in output
        await gone(processes)
        complaints = re.findall(r"^.* (?:WARNING|ERROR|CRITICAL) .*$", demo.log.read_text("utf-8"), re.MULTILINE)
        assert [line for line in complaints if "has not been tested by Home Assistant" not in line] == []


async def test_no_orphan(tmp_path: Path, port: int) -> None:
    """Home Assistant ends even if the demo is killed without a chance to end it; then all goes on where it was."""
    async with running(tmp_path, port) as demo:
        processes = await family(demo.process)
        demo.process.kill()
        await demo.process.communicate()
        await gone(processes)
    owner = json.loads((demo.log.parent / "config" / ".storage" / "auth").read_text("utf-8"))["data"]["users"][0]["id"]
    async with running(tmp_path, port) as demo:
        await demo.log_in()
        assert (await demo.command(type="auth/current_user"))["id"] == owner
