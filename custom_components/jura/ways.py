"""The ways to one machine, over Bluetooth, WiFi or both: which of them is in use, and which takes over when it fails.

Reads may go both ways one after the other; a command only if it certainly was not sent the first time. What is
read or sent it doesn't know.

May import floors 1 to 4.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ADDRESS, CONF_HOST, CONF_PIN, CONF_TOKEN
from homeassistant.core import HomeAssistant

from .bluetooth import Whereabouts, explain_reachability
from .connection_slots import SharedSlot
from .const import CONF_CONNECTION_ID
from .machine.client import Live, MachineClient, Urgency
from .machine.errors import CommandsRefused, JuraError, LinkLost, LoginRefused, NotSupported, SlotTaken, Unreachable
from .machine.model import Transport, is_machine_id
from .machine.smart_connect import SmartConnect
from .machine.wifi_connect import WifiConnect
from .machine.wifi_session import Credentials

NOTHING_SENT: Final = (Unreachable, CommandsRefused, LoginRefused, NotSupported)
"""Errors after which a command may go another way without a risk of going twice."""
_DETOUR: Final = 5 * 60.0
"""Seconds until WiFi Connect is tried again after Bluetooth took over."""


class Ways:
    """The clients of one machine, in the order in which they are tried."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, on_return: Callable[[], None]) -> None:
        """Make the clients; nothing is connected yet. `on_return` is called when a machine that was away is heard."""
        self._hass = hass
        self._entry = entry
        self._whereabouts: Whereabouts | None = None
        self._detour_until = 0.0
        self._clients: list[MachineClient] = []
        self.wifi: WifiConnect | None = None
        """The WiFi Connect of the machine, in use or not."""
        if host := entry.data.get(CONF_HOST):
            machine_id = entry.unique_id if is_machine_id(entry.unique_id) else None
            self.wifi = WifiConnect(host, _credentials(entry.data), entry.title, machine_id=machine_id)
            self._clients.append(self.wifi)
        if address := entry.data.get(CONF_ADDRESS):
            self._whereabouts = Whereabouts(hass, address, entry.unique_id, on_return)
            entry.async_on_unload(self._whereabouts.stop)
            self._clients.append(SmartConnect(self._whereabouts.find, entry.title, SharedSlot(hass, address)))
        self.client = self._clients[0]
        """The client in use: WiFi Connect first, for it disturbs nobody; the other takes over when it fails."""

    @property
    def wifi_in_use(self) -> WifiConnect | None:
        """Return the WiFi Connect while it is in use."""
        return self.wifi if self.client is self.wifi else None

    @property
    def has_bluetooth(self) -> bool:
        """Tell whether the machine has a Smart Connect."""
        return self._whereabouts is not None

    @property
    def refuse_commands(self) -> bool:
        """Tell whether the machine refuses commands whichever way they come."""
        return all(client.refuses_commands for client in self._clients)

    @property
    def serve_another_machine(self) -> bool:
        """Tell whether a dongle says that it serves another machine."""
        return (self._whereabouts is not None and self._whereabouts.serves_another_machine) or (
            self.wifi is not None and self.wifi.serves_another_machine
        )

    @property
    def signal_strength(self) -> int | None:
        """Return how the Smart Connect was last heard, in dBm."""
        return self._whereabouts.signal_strength if self._whereabouts else None

    def explain_unreachable(self) -> str:
        """Return what is known about why the machine can't be reached."""
        if address := self._entry.data.get(CONF_ADDRESS):
            return explain_reachability(self._hass, address)
        return str(self._entry.data[CONF_HOST])

    def try_now(self) -> None:
        """Let the next attempt be made whatever happened before: a person wants it."""
        if self._whereabouts:
            self._whereabouts.try_now()

    def try_if_heard(self) -> None:
        """Let the next attempt be made unless nobody has heard the machine since the last."""
        if self._whereabouts:
            self._whereabouts.try_if_heard()

    async def read_live(self, urgency: Urgency) -> Live:
        """Read what changes from second to second, over the way in use or, if that fails, over the other.

        Raises the JuraError of the last way that was tried.
        """
        failure: JuraError = Unreachable("no way to the machine")
        for client in self._in_order:
            try:
                live = await _read_patiently(client, urgency)
            except JuraError as error:
                failure = error
                if self._whereabouts and client.transport is Transport.BLUETOOTH:
                    self._whereabouts.failed()
                if client is self._clients[0]:
                    self._detour_until = self._hass.loop.time() + _DETOUR
                await client.release()
            else:
                if self._whereabouts and client.transport is Transport.BLUETOOTH:
                    self._whereabouts.succeeded()
                self.client = client
                return live
        raise failure

    async def send(self, command: Callable[[MachineClient], Awaitable[None]]) -> None:
        """Send a command, once: over the other way only if it certainly was not sent over the one in use.

        Raises what commands of a client raise.
        """
        failure: JuraError = Unreachable("no way to the machine")
        for client in self._in_order:
            try:
                await command(client)
            except NOTHING_SENT as error:
                failure = error
            else:
                self.client = client
                return
        raise failure

    async def release(self) -> None:
        """Let all links go, also one that was only used for a command, so that the owner's phone can have them."""
        for client in self._clients:
            await client.release()

    async def close(self) -> None:
        """Let the machine go for good."""
        for client in self._clients:
            await client.close()

    @property
    def _in_order(self) -> list[MachineClient]:
        """Return the clients: WiFi Connect first, but for a while after it failed the one that went on."""
        if self._hass.loop.time() >= self._detour_until:
            return self._clients
        return sorted(self._clients, key=lambda client: client is not self.client)


async def _read_patiently(client: MachineClient, urgency: Urgency) -> Live:
    """Read once more if the link had died unnoticed, and as often as others need it more; only reads are ever repeated."""
    link_may_be_dead = True
    while True:
        try:
            return await client.read_live(urgency)
        except SlotTaken:
            continue
        except LinkLost:
            if not link_may_be_dead:
                raise
            link_may_be_dead = False


def _credentials(data: Mapping[str, Any]) -> Credentials:
    """Return who we are to a WiFi Connect, from an entry's data."""
    return Credentials(data[CONF_CONNECTION_ID], data.get(CONF_PIN, ""), data.get(CONF_TOKEN, ""))
