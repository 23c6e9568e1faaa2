"""Starts Home Assistant with this integration and a simulated machine, watches over it, and ends it."""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from ipaddress import IPv4Address
import os
from pathlib import Path
import re
import signal
import socket
import subprocess
import sys
from threading import Event, Thread
from typing import IO, NoReturn
import webbrowser

from .wifi import PORT as WIFI_PORT, Wifi

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
RESTART = 100
"""How Home Assistant ends when it is told to restart."""
START_TIMEOUT = 180
STOP_TIMEOUT = 60
_LOG_LINE = re.compile(r"^\S+ (?P<time>\S+)\.\d+ (?P<level>[A-Z]+) \(.*?\) \[(?P<logger>[^]]+)\] (?P<text>.*)$")
_STARTED = "Home Assistant initialized"


class Ended(BaseException):
    """Somebody wants the demo to end (Ctrl-C, SIGTERM). Not an error, so nothing that handles errors stops it."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(f"demo: {text}", flush=True)  # noqa: T201


def fail(reason: str, advice: str) -> NoReturn:
    """End with one line that says why, and what to do."""
    print(f"demo: {reason}. {advice}.", file=sys.stderr, flush=True)  # noqa: T201
    sys.exit(1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo until somebody ends it; return the exit code."""
    options = _options(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    # To be ended is how the demo ends, and no failure.
    with suppress(Ended):
        _run(options)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Starts Home Assistant with this integration and a simulated JURA machine, on this computer only.",
    )
    parser.add_argument("--machine", default="E8", help="model name or article number of the machine (default: E8)")
    parser.add_argument(
        "--wifi",
        type=_loopback,
        nargs="?",
        const=HOST,
        metavar="ADDRESS",
        help="also simulate a new WiFi Connect, to be put into a simulated home network; there it appears at this "
        f"address of this computer (default: {HOST}; others, such as 127.0.0.2, work on Linux only)",
    )
    parser.add_argument("--port", type=_port, default=8123, help="where Home Assistant listens (default: 8123)")
    parser.add_argument("--fresh", action="store_true", help="forget what this machine's demo remembers, then start")
    parser.add_argument("--no-browser", action="store_true", help="don't open a browser")
    parser.add_argument(
        "--state", type=Path, default=ROOT / ".demo", metavar="DIR", help="where to remember (default: .demo)"
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to 65535")
    return int(text)


def _loopback(text: str) -> str:
    try:
        address = IPv4Address(text)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise argparse.ArgumentTypeError(f"{text} is not an address from 127.0.0.1 to 127.255.255.254")
    return str(address)


def _end(number: int, frame: object) -> NoReturn:
    raise Ended


def _run(options: argparse.Namespace) -> None:
    _check_port(options.port)
    wifi = Wifi(options.wifi) if options.wifi else None
    if wifi is not None:
        _check_wifi(wifi)
    say("looking up the machine ...")
    # They take a while to import.
    from . import state  # noqa: PLC0415
    from .machine import UnknownMachineError, find_machine  # noqa: PLC0415

    try:
        machine = find_machine(options.machine)
    except UnknownMachineError as error:
        sys.exit(f"demo: {error}")
    # Each machine has a folder of its own, with Wi-Fi and without, so changing between them needs no thought.
    folder = options.state.resolve() / f"{machine.article}{'' if wifi is None else '-wifi'}"
    with ExitStack() as stack:
        try:
            stack.enter_context(state.locked(folder))
            config = folder / "config"
            if options.fresh:
                state.forget(config)
            say(f"{machine.title} (article {machine.article}), {'as you left it' if config.exists() else 'new'}")
            state.prepare(config, machine, wifi, _url(options.port), options.port)
        except state.InUseError:
            fail(f"Another demo of the {machine.title} is running", "Use that one, or end it first")
        except OSError as error:
            fail(f"Can't write to {folder} ({error.strerror})", "Check permissions and free disk space")
        if wifi is not None:
            say(f'its WiFi Connect: home network "{wifi.network}", password {wifi.password}; PIN {wifi.pin}')
        _home_assistant(folder, options.port, browse=not options.no_browser)


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"


def _check_port(port: int) -> None:
    """Fail if Home Assistant could not listen there; it would take another port, and without a word."""
    advice = f"End what uses it, or choose another one: --port {port + 1 if port < 65535 else 8123}"
    if _listens(port):
        fail(f"Port {port} is in use, perhaps by another demo or Home Assistant", advice)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            fail(f"Port {port} can't be used ({error.strerror})", advice)


def _check_wifi(wifi: Wifi) -> None:
    """Fail if the WiFi Connect could not be there."""
    try:
        wifi.check()
    except OSError as error:
        fail(
            f"The WiFi Connect can't be at {wifi.host}, port {WIFI_PORT} ({error.strerror})",
            "End another demo or test that uses it, or, on Linux, choose another address: --wifi 127.0.0.2",
        )


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _home_assistant(folder: Path, port: int, *, browse: bool) -> None:
    """Run Home Assistant, again if it is told to restart, until it ends."""
    log = folder / "home-assistant.log"
    arguments = ["--skip-pip", "--log-no-color", "--log-file", str(log), "--config", str(folder / "config")]
    code = RESTART
    while code == RESTART:
        say("starting Home Assistant (the first start takes longer) ...")
        process = subprocess.Popen(
            [sys.executable, "-P", ROOT / "demo" / "home_assistant.py", *arguments],
            # Integrations are to be found there, and (-P) not in this repository's folder of the same name as well.
            env={**os.environ, "PYTHONPATH": str(folder / "config")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Ctrl-C in the terminal is for the demo, which then ends Home Assistant in order.
            start_new_session=True,
        )
        try:
            code = _watch(process, log, port, browse=browse)
        finally:
            _stop(process)
        browse = False
    if code:
        fail(f"Home Assistant ended by itself (code {code})", f"See the end of {_short(log)}")


def _watch(process: subprocess.Popen[str], log: Path, port: int, *, browse: bool) -> int:
    """Show what is worth seeing until Home Assistant ends; return its exit code."""
    assert process.stdout is not None
    started = Event()
    shower = Thread(target=_show, args=(process.stdout, started), daemon=True)
    shower.start()
    for _ in range(START_TIMEOUT * 10):
        if started.wait(0.1) or process.poll() is not None:
            break
    else:
        fail(f"Home Assistant did not start within {START_TIMEOUT} s", f"See the end of {_short(log)}")
    if process.poll() is None:
        if not _listens(port):
            fail(
                f"Home Assistant does not listen on port {port}",
                f"See {_short(log)}, or choose another one with --port",
            )
        say(f"Home Assistant's log is {_short(log)}")
        say(f"ready: open {_url(port)}    (Ctrl-C ends it)")
        if browse:
            _browse(_url(port))
    code = process.wait()
    # Its last words.
    shower.join(1)
    return code


def _show(output: IO[str], started: Event) -> None:
    """Pass on what Home Assistant warns of, and everything about the machine."""
    shown = True
    for line in output:
        if match := _LOG_LINE.match(line):
            shown = _is_worth_seeing(match)
            if match["text"].startswith(_STARTED):
                started.set()
            line = f"{match['time']} {match['level'].lower()}: {match['text']} [{match['logger']}]\n"
        # Lines without a header belong to the one before. Home Assistant must get rid of them even if nobody reads ours.
        if shown:
            with suppress(OSError):
                print(line, end="", flush=True)  # noqa: T201


def _is_worth_seeing(line: re.Match[str]) -> bool:
    if line["logger"] == "homeassistant.loader" and "has not been tested" in line["text"]:
        return False
    return line["level"] not in ("DEBUG", "INFO") or line["logger"].startswith("custom_components.jura")


def _short(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _browse(url: str) -> None:
    """Open a browser where there is a desktop; if that doesn't work, the line with the address is enough."""
    desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform == "darwin":
        desktop = "" if "SSH_CONNECTION" in os.environ else "macOS"
    if not desktop or not sys.stdout.isatty():
        return
    with suppress(Exception):
        browser = webbrowser.get()
        # That very class is for browsers in the terminal, which shows our lines.
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(url)


def _stop(process: subprocess.Popen[str]) -> None:
    """End Home Assistant and wait for it; a second Ctrl-C doesn't wait."""
    if process.poll() is not None:
        return
    say("ending Home Assistant ...")
    try:
        process.terminate()
        process.wait(STOP_TIMEOUT)
    except Ended, subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
