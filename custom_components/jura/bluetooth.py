"""Where Home Assistant's Bluetooth hears a machine, what it heard, and when trying to connect makes sense.

May import floors 1 to 4.
"""

from collections.abc import Callable
from typing import Final

from homeassistant.components import bluetooth
from homeassistant.components.bluetooth import BluetoothReachabilityIntent, BluetoothServiceInfoBleak
from homeassistant.core import HomeAssistant, callback

from .machine import decode
from .machine.decode import Advertisement
from .machine.errors import ImplausibleReply
from .machine.smart_connect import Peer

_UNHEARD_RETRY: Final = 5 * 60.0
"""Seconds after which a machine is tried even though nothing was heard of it since the last failure."""
_FIRST_BACKOFF: Final = 10.0
_LONGEST_BACKOFF: Final = 60.0


def read_advertisement(info: BluetoothServiceInfoBleak) -> Advertisement | None:
    """Return what a Smart Connect says about itself; None if this advertisement does not say it.

    A scanner in passive mode hears only half of it, and the other half of this one may be missing.
    """
    try:
        return decode.advertisement(info.manufacturer_data.get(decode.MANUFACTURER_ID, b""))
    except ImplausibleReply:
        return None


def is_smart_connect(info: BluetoothServiceInfoBleak) -> bool:
    """Tell whether an advertisement may be a Smart Connect's, as far as its name tells.

    The service UUIDs tell nothing: other makers use them too.
    """
    return info.name == decode.LOCAL_NAME


def last_heard(hass: HomeAssistant, address: str) -> BluetoothServiceInfoBleak | None:
    """Return the newest advertisement of an address that can be connected to."""
    return bluetooth.async_last_service_info(hass, address, connectable=True)


def explain_reachability(hass: HomeAssistant, address: str) -> str:
    """Return Home Assistant's own sentence about why nothing can connect to an address."""
    return bluetooth.async_address_reachability_diagnostics(hass, address, BluetoothReachabilityIntent.CONNECTION)


@callback
def look_again(hass: HomeAssistant, unique_id: str | None) -> None:
    """Have the dongles that say they serve a machine discovered anew: what was true of them before has changed."""
    for heard in list(bluetooth.async_discovered_service_info(hass)):
        advertisement = read_advertisement(heard)
        if advertisement and advertisement.identity.unique_id == unique_id:
            bluetooth.async_rediscover_address(hass, heard.address)


class Whereabouts:
    """Knows where one machine's dongle is, and spares a machine that is off or busy our attempts.

    A dongle that somebody else uses, or that has no power, does not advertise. So after a failure it is left alone until
    it is heard again, and a little longer each time if it was heard all along.
    """

    def __init__(self, hass: HomeAssistant, address: str, unique_id: str | None, on_return: Callable[[], None]) -> None:
        """Start to listen. `on_return` is called when a machine that failed is heard again."""
        self._hass = hass
        self._address = address
        self._unique_id = unique_id
        self._on_return = on_return
        self._failures = 0
        self._heard_since_failure = True
        self._heard_again = True
        self._retry_at = 0.0
        self._stop_listening = (
            bluetooth.async_register_advertisement_callback(hass, self._on_advertisement, address),
            bluetooth.async_track_unavailable(hass, self._on_silence, address),
        )

    @callback
    def stop(self) -> None:
        """Stop listening."""
        for stop in self._stop_listening:
            stop()

    @callback
    def find(self) -> Peer | None:
        """Return where the dongle is, unless trying makes no sense now or it serves another machine."""
        if not self._heard_since_failure and self._hass.loop.time() < self._retry_at + _UNHEARD_RETRY:
            return None
        device = bluetooth.async_ble_device_from_address(self._hass, self._address, connectable=True)
        if device is None or self.serves_another_machine:
            return None
        heard = last_heard(self._hass, self._address)
        advertisement = read_advertisement(heard) if heard else None
        return Peer(device, advertisement.key if advertisement else None)

    @property
    def serves_another_machine(self) -> bool:
        """Tell whether the dongle says that it is plugged into another machine. Article 0 is "not known yet"."""
        heard = last_heard(self._hass, self._address)
        identity = advertisement.identity if heard and (advertisement := read_advertisement(heard)) else None
        return identity is not None and identity.known and identity.unique_id != self._unique_id

    @property
    def signal_strength(self) -> int | None:
        """Return how the dongle was last heard, in dBm."""
        heard = last_heard(self._hass, self._address)
        return heard.rssi if heard else None

    @callback
    def succeeded(self) -> None:
        """Forget former failures."""
        self._failures = 0
        self._heard_since_failure = True

    @callback
    def failed(self) -> None:
        """Give a machine that could not be had some time, and more of it each time that it was there."""
        was_there = self.find() is not None
        self._failures += 1
        self._heard_since_failure = self._heard_again = False
        pause = min(_FIRST_BACKOFF * self._failures, _LONGEST_BACKOFF) if was_there else 0.0
        self._retry_at = self._hass.loop.time() + pause

    @callback
    def try_now(self) -> None:
        """Let the next attempt be made whatever happened before: a person wants it."""
        self._heard_since_failure = True

    @callback
    def try_if_heard(self) -> None:
        """Let the next attempt be made if the machine was heard since the last: a person doesn't wait for our pauses."""
        if self._heard_again:
            self._heard_since_failure = True

    @callback
    def _on_advertisement(self, info: BluetoothServiceInfoBleak) -> None:
        self._heard_again = True
        if self._failures and self._hass.loop.time() >= self._retry_at:
            self._heard_since_failure = True
            self._retry_at = self._hass.loop.time() + _FIRST_BACKOFF
            self._on_return()

    @callback
    def _on_silence(self, _: BluetoothServiceInfoBleak) -> None:
        """Have another dongle with this machine's numbers looked at again: it was not believed while this one was heard."""
        look_again(self._hass, self._unique_id)
