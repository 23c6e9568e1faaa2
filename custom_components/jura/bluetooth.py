"""Where Home Assistant's Bluetooth hears a machine, and what it heard."""

from homeassistant.components import bluetooth
from homeassistant.components.bluetooth import BluetoothServiceInfoBleak
from homeassistant.core import HomeAssistant

from .machine import decode
from .machine.decode import Advertisement
from .machine.errors import ImplausibleReply


def read_advertisement(info: BluetoothServiceInfoBleak) -> Advertisement | None:
    """Return what a Smart Connect says about itself; None if this advertisement does not say it.

    A scanner in passive mode hears only half of it, and the other half of this one may be missing.
    """
    try:
        return decode.advertisement(info.manufacturer_data.get(decode.MANUFACTURER_ID, b""))
    except ImplausibleReply:
        return None


def is_smart_connect(info: BluetoothServiceInfoBleak) -> bool:
    """Tell whether an advertisement may be a Smart Connect's, as far as name and manufacturer id tell.

    The service UUIDs tell nothing: other makers use them too.
    """
    return info.name == decode.LOCAL_NAME


def last_heard(hass: HomeAssistant, address: str) -> BluetoothServiceInfoBleak | None:
    """Return the newest advertisement of an address that can be connected to."""
    return bluetooth.async_last_service_info(hass, address, connectable=True)
