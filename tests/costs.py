"""What something cost, in counts that are the same on each computer."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback

from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect


@dataclass
class Costs:
    """What a machine and Home Assistant were bothered with."""

    operations: Counter[str] = field(default_factory=Counter)
    """Connects, reads, writes by characteristic over Bluetooth; over Wi-Fi datagrams, frames and sessions."""
    bytes: int = 0
    """Sent and received as what the dongle understands, without what carries it."""
    held: float = 0.0
    """Seconds for which the link was held."""
    states_changed: int = 0
    states_repeated: int = 0
    """States that were written although nothing about them had changed."""


@contextmanager
def costs(
    hass: HomeAssistant, *, bluetooth: SmartConnect | None = None, wifi: WifiConnect | None = None
) -> Iterator[Costs]:
    """Count what happens meanwhile."""
    counted = Costs()

    @callback
    def changed(_: Event[Any]) -> None:
        counted.states_changed += 1

    @callback
    def repeated(_: Event[Any]) -> None:
        counted.states_repeated += 1

    stop = (
        hass.bus.async_listen(EVENT_STATE_CHANGED, changed),
        hass.bus.async_listen(EVENT_STATE_REPORTED, repeated, event_filter=callback(lambda _: True)),
    )
    begun = len(bluetooth.log) if bluetooth else len(wifi.log) if wifi else 0
    sessions = len(wifi.sessions) if wifi else 0
    held = _held(bluetooth, wifi)
    yield counted
    for unsubscribe in stop:
        unsubscribe()
    counted.held = _held(bluetooth, wifi) - held
    if bluetooth:
        for operation in bluetooth.log[begun:]:
            counted.operations[f"{operation.action} {operation.characteristic}".strip()] += 1
            counted.bytes += len(operation.data)
    if wifi:
        counted.operations["session"] = len(wifi.sessions) - sessions
        for entry in wifi.log[begun:]:
            if entry.direction != "event":
                counted.operations["datagram" if entry.is_datagram else "frame"] += 1
                counted.bytes += len(entry.body) // 2 if entry.is_datagram else len(entry.body)


def _held(bluetooth: SmartConnect | None, wifi: WifiConnect | None) -> float:
    return bluetooth.held_seconds if bluetooth else wifi.held_seconds if wifi else 0.0
