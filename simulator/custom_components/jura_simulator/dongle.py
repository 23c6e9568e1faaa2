"""A WiFi Connect and where it is: in the home network, or new, waiting on Bluetooth to be put there."""

import asyncio
from collections.abc import Callable
import logging
from typing import Any

from simulator.blufi import AccessPoint, BlufiDongle
from simulator.machine import Machine
from simulator.wifi_connect import WifiConnect

_LOGGER = logging.getLogger(__name__)
_NEIGHBOURS = (AccessPoint("Neighbours", "not yours", rssi=-81), AccessPoint("Caf\u00e9 Guest", rssi=-88))
_USUAL_PIN = "1234"
_TRIES, _PAUSE = 10, 0.5
"""Who looks for WiFi Connects uses their port for a moment, on all addresses."""


class Dongle:
    """The WiFi Connect of a machine, which may be a new one if it is told a network."""

    def __init__(
        self, machine: Machine, wifi: WifiConnect, network: AccessPoint | None = None, address: str = ""
    ) -> None:
        """Plug it in; `start` switches it on. `address` is its Bluetooth address."""
        self.wifi = wifi
        self.blufi: BlufiDongle | None = None
        if network is not None:
            self.blufi = BlufiDongle(
                address=address,
                name=f"WiFiFrog_{wifi.mac}",
                access_points=[network, *_NEIGHBOURS],
                on_configured=lambda ssid: self._configured(),
            )
        self._network = network
        self._machine = machine
        self._usual_pin = wifi.pin or _USUAL_PIN
        self._appearing: asyncio.Task[None] | None = None
        self._subscribers: list[Callable[[], None]] = []
        self._stop_watching = (wifi.subscribe(self._changed), machine.subscribe(self._on_machine))

    async def start(self) -> None:
        """Switch it on. Raises OSError if its address is taken."""
        self._on_machine()
        if self.in_network:
            await self._open()

    async def stop(self) -> None:
        """Unplug it."""
        for stop_watching in self._stop_watching:
            stop_watching()
        await self._disappear()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when something changes, until the result is called."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def _changed(self) -> None:
        for callback in tuple(self._subscribers):
            callback()

    def _on_machine(self) -> None:
        """Have power from the machine."""
        if self.blufi is not None:
            self.blufi.powered = self._machine.on
            if not self._machine.on:
                self.blufi.close()

    # --- its network ----------------------------------------------------------------------------------------------

    @property
    def in_network(self) -> bool:
        """Whether it knows the home network."""
        return self.blufi is None or self.blufi.configured is not None

    def join(self) -> None:
        """Be put into the home network, without Bluetooth."""
        if self.blufi is not None and self._network is not None and not self.in_network:
            self.blufi.close()
            self.blufi.configured = self._network.ssid
            self._configured()

    async def leave(self) -> None:
        """Forget the network, and be as good as new. Clients and PIN are the machine's."""
        if self.blufi is not None and self.in_network:
            self.blufi.close()
            self.blufi.configured = None
            await self._disappear()
            self._changed()

    def _configured(self) -> None:
        self._appearing = asyncio.get_running_loop().create_task(self._appear())
        self._changed()

    async def _appear(self) -> None:
        try:
            await self._open()
        except OSError as error:
            _LOGGER.error("The WiFi Connect can't be at %s, port %s (%s)", self.wifi.host, self.wifi.port, error)

    async def _open(self) -> None:
        """Appear in the network. Raises OSError if its address is taken, and stays so."""
        for tries_left in reversed(range(_TRIES)):
            try:
                await self.wifi.start()
            except OSError:
                if not tries_left:
                    raise
                await asyncio.sleep(_PAUSE)
            else:
                _LOGGER.info("The WiFi Connect is in the network: %s, port %s", self.wifi.host, self.wifi.port)
                return

    async def _disappear(self) -> None:
        if self._appearing is not None:
            self._appearing.cancel()
            self._appearing = None
        if self.blufi is not None:
            self.blufi.close()
        await self.wifi.stop()

    # --- its PIN, and what it remembers ---------------------------------------------------------------------------

    @property
    def pin_set(self) -> bool:
        """Whether it asks for a PIN."""
        return bool(self.wifi.pin)

    @pin_set.setter
    def pin_set(self, on: bool) -> None:
        self.wifi.pin = self._usual_pin if on else ""
        self._changed()

    @property
    def memory(self) -> dict[str, Any]:
        """What it knows without power, as JSON; see `remember`."""
        return {
            "tokens": self.wifi.tokens,
            "pin_set": self.pin_set,
            "network": self.blufi.configured if self.blufi is not None else None,
        }

    def remember(self, memory: dict[str, Any]) -> None:
        """Go on with this memory."""
        self.wifi.tokens = dict(memory["tokens"])
        self.pin_set = memory["pin_set"]
        if self.blufi is not None and self._network is not None and memory["network"] == self._network.ssid:
            self.blufi.configured = memory["network"]
