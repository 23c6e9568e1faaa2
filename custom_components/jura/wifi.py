"""Finding WiFi Connects on the networks that Home Assistant is on, and pairing with one.

May import floors 1 to 4.
"""

from ipaddress import IPv4Interface
import logging
import secrets
from typing import Final

from homeassistant.components import network
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .machine.decode import WifiConnectReply
from .machine.errors import Busy, LinkLost, LoginRefused, Unreachable
from .machine.wifi_connect import WifiConnect, scan
from .machine.wifi_session import CONFIRM_LIMIT, Credentials, Refusal, connect

_LOGGER = logging.getLogger(__name__)

_ID_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters that are hard to take for one another on a small display."""


def new_connection_id() -> str:
    """Return the name under which the machine's display shows us, one for each installation."""
    return "Home Assistant " + "".join(secrets.choice(_ID_LETTERS) for _ in range(4))


async def async_scan(hass: HomeAssistant) -> dict[str, WifiConnectReply]:
    """Ask once on each network that Home Assistant is on, and return who answered: address to answer. No sweep."""
    broadcasts = {
        str(IPv4Interface(f"{address['address']}/{address['network_prefix']}").network.broadcast_address)
        for adapter in await network.async_get_adapters(hass)
        if adapter["enabled"]
        for address in adapter["ipv4"]
    }
    if not broadcasts:
        return {}
    try:
        return await scan(broadcasts)
    except OSError as error:
        _LOGGER.debug("Nobody can be asked: %s", error)
        return {}


async def async_identify(host: str) -> WifiConnectReply | None:
    """Ask one address who it is; None where nothing answers over UDP, as with some firmware."""
    client = WifiConnect(host, Credentials(""), host)
    try:
        return await client.poll()
    except Unreachable:
        return None
    finally:
        await client.close()


@callback
def known_mac(hass: HomeAssistant, host: str) -> str | None:
    """Return the MAC that Home Assistant's watch on DHCP knows for an address; the dongle itself does not tell it.

    A device that is registered with its MAC is followed to a new address.
    """
    if "dhcp" not in hass.config.components:
        return None
    # Imported here because what it requires is there only where it is set up.
    from homeassistant.components.dhcp.helpers import async_discovered_service_info  # noqa: PLC0415

    return next(
        (dr.format_mac(seen.macaddress) for seen in async_discovered_service_info(hass) if seen.ip == host), None
    )


@callback
def has_mac(hass: HomeAssistant, entry: ConfigEntry, mac: str | None) -> bool:
    """Tell whether a network card is the one that a machine had when it was there for certain."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return mac is not None and any((dr.CONNECTION_NETWORK_MAC, mac) in device.connections for device in devices)


def is_pin(text: str) -> bool:
    """Tell whether a text can be a PIN: digits, and of those only the ones that the machine has."""
    return text.isascii() and text.isdecimal()


class PairingFailed(Exception):
    """Pairing did not work, for the reason in `reason`: a key of the flow's errors."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


async def async_pair(host: str, pin: str, connection_id: str, name: str) -> Credentials:
    """Pair with a machine: its display asks, and somebody confirms there.

    Tells a PIN that is missing or wrong (`pin_needed`, `wrong_pin`) from nobody confirming (`not_confirmed`), from a
    dongle that is busy (`busy`) or not there (`cannot_connect`). Nothing but the login is sent; a PIN is never set.
    """
    credentials = Credentials(connection_id, pin)
    try:
        session = await connect(host, name=name)
    except Busy as error:
        raise PairingFailed("busy") from error
    except Unreachable as error:
        raise PairingFailed("cannot_connect") from error
    try:
        token = await session.log_in(credentials, CONFIRM_LIMIT)
    except LoginRefused as error:
        if error.refusal is Refusal.TOKEN:
            raise PairingFailed("id_taken") from error
        raise PairingFailed("wrong_pin" if pin else "pin_needed") from error
    except TimeoutError as error:
        raise PairingFailed("not_confirmed") from error
    except (OSError, LinkLost) as error:
        raise PairingFailed("busy") from error
    finally:
        await session.close()
    return Credentials(connection_id, pin, token or "")
