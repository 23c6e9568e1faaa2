"""Runs the demo as a newcomer does: in a process of its own, in real time, over real (loopback) connections."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import re
import signal
import socket
import subprocess
import sys
from typing import Any

import aiohttp
import psutil
import pytest

from custom_components.jura.machine.catalogue import load_articles, load_definition
from demo.dashboard import dashboard
from demo.machine import Machine
from demo.wifi import PORT as WIFI_PORT, Wifi

ROOT = Path(__file__).parents[1]
COMMAND = str(ROOT / "scripts" / "demo")
LOOK_EVERY = 0.25
WIFI = Wifi(f"127.{os.getpid() >> 8 & 0x7F}.{os.getpid() & 0xFF}.3" if sys.platform == "linux" else "127.0.0.1")
"""Where the simulated WiFi Connect is; on Linux an address of our own, so that two runs don't meet."""
only_on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere nobody can be found on the loopback")


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
    assert all(
        option in result.stdout for option in ("--machine", "--wifi", "--port", "--fresh", "--no-browser", "--state")
    )


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


def test_busy_wifi(tmp_path: Path, port: int) -> None:
    """The same for the WiFi Connect, which has one number only."""
    with socket.create_server((WIFI.host, WIFI_PORT)):
        result = run("--wifi", WIFI.host, "--port", str(port), "--state", str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert f"can't be at {WIFI.host}, port {WIFI_PORT}" in result.stderr
    assert "--wifi" in result.stderr


@pytest.mark.parametrize("address", ["192.168.1.20", "kitchen"])
def test_foreign_address(address: str) -> None:
    """Nothing of the demo is to be had by other computers."""
    result = run("--wifi", address)
    assert result.returncode == 2
    assert f"{address} is not an address from 127.0.0.1" in result.stderr


def test_every_machine() -> None:
    """There is a start page for each type of machine, with a button for each drink that can be ordered."""
    types = {article.definition: article for article in load_articles().values()}
    for code, article in types.items():
        drinks = [product for product in load_definition(code).active_products if product.arguments]
        entities = list(mentioned(dashboard(Machine(article.number, article.name, code))))
        buttons = [entity for entity in entities if entity.startswith("button.jura_")]
        assert len(buttons) == len(drinks) + 3  # Cancel, Brew, Reset.
        assert len(entities) == len(set(entities))
        with_wifi = list(mentioned(dashboard(Machine(article.number, article.name, code), WIFI)))
        assert len(with_wifi) == len(set(with_wifi))
        assert set(entities) < set(with_wifi)


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

    async def call(self, action: str, entity_id: str) -> None:
        """Call an action of an entity."""
        await self.request("POST", f"/api/services/{action.replace('.', '/')}", {"entity_id": entity_id})

    async def flow(self, flow: Any, **answer: Any) -> Any:
        """Answer a form, wait for as long as only progress is shown, and return what comes then.

        Meanwhile, be the person who confirms what the machine's display asks.
        """
        path = f"/api/config/config_entries/flow/{flow['flow_id']}"
        flow = await self.request("POST", path, answer)
        async with asyncio.timeout(120):
            while flow["type"].startswith("progress"):
                await asyncio.sleep(LOOK_EVERY)
                states = await self.states()
                if states["sensor.simulated_jura_e8_connect_dialog"].startswith("Home Assistant "):
                    await self.call("button.press", "button.simulated_jura_e8_connect_dialog_confirm")
                flow = await self.request("GET", path)
        return flow

    async def discovered(self) -> list[Any]:
        """Return the flows of what was discovered, once there are any."""
        async with asyncio.timeout(30):
            while not (found := await self.command(type="config_entries/flow/progress")):
                await asyncio.sleep(LOOK_EVERY)
        return list(found)

    async def begin(self, way: str) -> Any:
        """Begin to add a JURA by hand."""
        path = "/api/config/config_entries/flow"
        return await self.flow(await self.request("POST", path, {"handler": "jura"}), next_step_id=way)

    async def brew_espresso(self) -> list[tuple[str, str]]:
        """Press Espresso and wait until it was counted; return the drinks and percentages seen meanwhile."""
        made = "sensor.jura_e8_drinks_made"
        async with asyncio.timeout(60):
            while not (states := await self.states()).get(made, "unknown").isdecimal():
                await asyncio.sleep(LOOK_EVERY)
        before = int(states[made])
        await self.call("button.press", "button.jura_e8_espresso")
        seen = []
        async with asyncio.timeout(90):
            while int((states := await self.states())[made]) == before:
                seen.append((states["sensor.jura_e8_current_drink"], states["sensor.jura_e8_progress"]))
                await asyncio.sleep(LOOK_EVERY)
        assert int(states[made]) == before + 1
        assert {drink for drink, _ in seen} <= {"none", "espresso"}
        return seen

    def complaints(self) -> list[str]:
        """Return what Home Assistant warns of in its log."""
        lines = re.findall(r"^.* (?:WARNING|ERROR|CRITICAL) .*$", self.log.read_text("utf-8"), re.MULTILINE)
        return [line for line in lines if "has not been tested by Home Assistant" not in line]

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
async def running(state: Path, port: int, *arguments: str) -> AsyncIterator[Demo]:
    """Start the demo and wait until it says that it is ready; leave nothing of it behind."""
    process = await asyncio.create_subprocess_exec(
        COMMAND, "--port", str(port), "--state", str(state), "--no-browser", *arguments,
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

        found = await demo.discovered()
        assert [(flow["handler"], flow["context"]["title_placeholders"]) for flow in found] == [
            ("jura", {"name": "JURA E8"})
        ]
        path = f"/api/config/config_entries/flow/{found[0]['flow_id']}"
        assert (await demo.request("GET", path))["type"] == "form"
        added = await demo.request("POST", path, {})
        assert (added["type"], added["title"]) == ("create_entry", "JURA E8")

        seen = await demo.brew_espresso()
        percentages = [int(float(percent)) for drink, percent in seen if drink == "espresso" and percent.isdecimal()]
        assert percentages == sorted(percentages)
        assert len(set(percentages)) >= 5
        states = await demo.states()
        assert states["sensor.simulated_jura_e8_drinks_made"] == "1"

        # The start page knows all entities by their names, but for alerts that are disabled at first.
        page = await demo.command(type="lovelace/config", url_path="jura-demo")
        assert "button.jura_e8_espresso" in mentioned(page)
        assert {entity for entity in mentioned(page) if not entity.startswith("binary_sensor.")} <= states.keys()
        assert "binary_sensor.jura_e8_water_tank_empty" in states

        processes = await family(demo.process)
        assert len(processes) == 2
        demo.process.send_signal(signal.SIGINT)
        output, _ = await asyncio.wait_for(demo.process.communicate(), 60)
        assert demo.process.returncode == 0
        assert b"Traceback" not in output
        await gone(processes)
        assert demo.complaints() == []


async def test_wifi(tmp_path: Path, port: int) -> None:
    """A WiFi Connect that is in the network is added by its address: it asks for the PIN, its display asks too."""
    async with running(tmp_path, port, "--wifi", WIFI.host) as demo:
        await demo.log_in()
        await demo.call("switch.turn_on", "switch.simulated_jura_e8_wifi_connect_in_network")
        flow = await demo.begin("host")
        flow = await demo.flow(flow, host=WIFI.host)
        assert (flow["step_id"], flow["errors"]) == ("pin", {})
        flow = await demo.flow(flow, pin=WIFI.pin)
        assert (flow["type"], flow["title"]) == ("create_entry", "JURA E8")
        await demo.brew_espresso()
        states = await demo.states()
        assert states["sensor.jura_e8_connection"] == "wifi"
        assert states["sensor.simulated_jura_e8_drinks_made"] == "1"
        page = await demo.command(type="lovelace/config", url_path="jura-demo")
        assert {entity for entity in mentioned(page) if not entity.startswith("binary_sensor.")} <= states.keys()
        assert demo.complaints() == []


@only_on_linux
async def test_new_wifi_connect(tmp_path: Path, port: int) -> None:
    """A new WiFi Connect is put into the home network over Bluetooth, found there, and joins the machine's entry."""
    async with running(tmp_path, port, "--wifi", WIFI.host) as demo:
        await demo.log_in()
        (found,) = await demo.discovered()
        assert (await demo.flow(found))["type"] == "create_entry"
        before = set(await demo.states())

        flow = await demo.flow(await demo.begin("provision"), next_step_id="provision_bluetooth")
        ((field,),) = (flow["data_schema"],)
        (dongle,) = field["selector"]["select"]["options"]
        flow = await demo.flow(flow, address=dongle["value"])
        assert flow["step_id"] == "provision_network"
        flow = await demo.flow(flow, ssid=WIFI.network, password=WIFI.password)
        if flow["step_id"] == "provision_choose":
            # Somebody else tests right now.
            flow = await demo.flow(flow, host=WIFI.host)
        assert flow["step_id"] == "pin"
        flow = await demo.flow(flow, pin=WIFI.pin)
        assert (flow["type"], flow["reason"]) == ("abort", "wifi_added")

        (entry,) = await demo.command(type="config_entries/get", domain="jura")
        assert entry["title"] == "JURA E8"
        # Only over Wi-Fi can the machine's settings be changed; everything else stays as it was.
        gained = {"number.jura_e8_water_hardness", "select.jura_e8_switch_off_delay"}
        async with asyncio.timeout(60):
            while not gained <= (await demo.states()).keys():
                await asyncio.sleep(LOOK_EVERY)
        await demo.brew_espresso()
        assert (await demo.states()).keys() ^ before == gained
        assert demo.complaints() == []
        assert WIFI.password not in demo.log.read_text("utf-8")


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
