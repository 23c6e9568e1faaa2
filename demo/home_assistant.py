"""Home Assistant as it is, but on its own: it finds no real devices, and asks no server outside of this computer.

Run by demo/__main__.py. It ends when its standard input does, so that it can't outlive who started it.
"""

import logging
import os
import signal
import sys
from threading import Thread
from typing import override

import bluetooth_adapters
from homeassistant import bootstrap
import homeassistant.__main__
from homeassistant.components import brands, usb
from homeassistant.const import BASE_PLATFORMS


class NoAdapters(bluetooth_adapters.BluetoothAdapters):
    """The computer's own Bluetooth stays out of it: macOS would even ask for permission. The simulator brings its own."""

    @property
    @override
    def adapters(self) -> dict[str, bluetooth_adapters.AdapterDetails]:
        return {}

    @property
    @override
    def default_adapter(self) -> str:
        return "hci0"


def end_with_parent() -> None:
    """Wait until the pipe from the parent closes, then end like by any other request to end."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def expected(record: logging.LogRecord) -> bool:
    """Drop what Home Assistant warns of because the demo wants it so."""
    # scripts/setup has installed everything; faster compression isn't needed on one computer.
    return not record.getMessage().startswith(("Skipping pip installation", "zlib_ng and isal are not available"))


if __name__ == "__main__":
    # Not needed, though set up by default: statistics for Home Assistant's makers, backups, and everything that an
    # integration could have, such as cameras, which complain about missing programs. What one has is set up anyway.
    bootstrap.DEFAULT_INTEGRATIONS -= {"analytics", "backup", *BASE_PLATFORMS}
    # Before its machine is added, so that a page which is open by then shows the card without being loaded anew.
    bootstrap.DEFAULT_INTEGRATIONS |= {"jura"}
    bluetooth_adapters.get_adapters = NoAdapters
    # Sticks in USB sockets would be discovered, and fetch packages.
    usb.scan_serial_ports = list
    # The logos of other integrations; nobody listens there, so they are simply missing.
    brands.BRANDS_CDN_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    for name in ("homeassistant.bootstrap", "aiohttp_fast_zlib"):
        logging.getLogger(name).addFilter(expected)
    Thread(target=end_with_parent, daemon=True).start()
    sys.exit(homeassistant.__main__.main())
