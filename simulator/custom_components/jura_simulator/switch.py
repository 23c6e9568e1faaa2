"""What a person can switch, take out and fill: on is always the state in which coffee can be made, but for the faults."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from simulator.machine import GROUNDS_FULL, NO_BEANS, NO_MILK, TANK_EMPTY

from . import Simulation, SimulatorConfigEntry
from .dongle import Dongle
from .entity import SimulatorEntity

_TAKEN = "Somebody else is connected, and the machine takes one at a time: most likely Home Assistant. Try again soon"
_OFF = "The machine is off"
_NOT_THERE = "The WiFi Connect is in no network"


@dataclass(frozen=True, kw_only=True)
class SimulatorSwitchDescription(SwitchEntityDescription):
    """How to read and to set something."""

    is_on_fn: Callable[[Simulation], bool]
    set_fn: Callable[[Simulation, bool], object]
    needs_wifi: bool = False


def _set_pin(simulation: Simulation, on: bool) -> None:
    simulation.smart_connect.pin_set = on


def _set_phone(simulation: Simulation, on: bool) -> None:
    if not on:
        simulation.smart_connect.phone_disconnects()
    elif not simulation.smart_connect.phone_connected and not simulation.smart_connect.phone_connects():
        raise ServiceValidationError(_TAKEN if simulation.machine.on else _OFF)


def _set_wifi_pin(simulation: Simulation, on: bool) -> None:
    if simulation.dongle is not None:
        simulation.dongle.pin_set = on


def _set_wifi_phone(simulation: Simulation, on: bool) -> None:
    wifi = simulation.wifi
    if wifi is None:
        return
    if not on:
        wifi.phone_disconnects()
    elif not wifi.phone_connected and not wifi.phone_connects():
        raise ServiceValidationError(_TAKEN if wifi.reachable else _NOT_THERE if simulation.machine.on else _OFF)


SWITCHES = (
    SimulatorSwitchDescription(
        key="power",
        is_on_fn=lambda simulation: simulation.machine.on,
        set_fn=lambda simulation, on: simulation.machine.switch_on() if on else simulation.machine.switch_off(),
    ),
    SimulatorSwitchDescription(
        key="water_tank",
        is_on_fn=lambda simulation: TANK_EMPTY not in simulation.machine.status_bits,
        set_fn=lambda simulation, on: (
            simulation.machine.fill_water_tank() if on else simulation.machine.empty_water_tank()
        ),
    ),
    SimulatorSwitchDescription(
        key="drip_tray",
        is_on_fn=lambda simulation: simulation.machine.drip_tray_in_place,
        set_fn=lambda simulation, on: (
            simulation.machine.insert_drip_tray() if on else simulation.machine.remove_drip_tray()
        ),
    ),
    SimulatorSwitchDescription(
        key="grounds_container",
        is_on_fn=lambda simulation: GROUNDS_FULL not in simulation.machine.status_bits,
        set_fn=lambda simulation, on: simulation.machine.empty_grounds() if on else simulation.machine.fill_grounds(),
    ),
    SimulatorSwitchDescription(
        key="beans",
        is_on_fn=lambda simulation: NO_BEANS not in simulation.machine.status_bits,
        set_fn=lambda simulation, on: simulation.machine.set_alert(NO_BEANS, not on),
    ),
    SimulatorSwitchDescription(
        key="milk",
        is_on_fn=lambda simulation: NO_MILK not in simulation.machine.status_bits,
        set_fn=lambda simulation, on: simulation.machine.set_alert(NO_MILK, not on),
    ),
    SimulatorSwitchDescription(
        key="phone",
        is_on_fn=lambda simulation: simulation.smart_connect.phone_connected,
        set_fn=_set_phone,
    ),
    SimulatorSwitchDescription(
        key="pin", is_on_fn=lambda simulation: simulation.smart_connect.pin_set, set_fn=_set_pin
    ),
    SimulatorSwitchDescription(
        key="phone_wifi",
        is_on_fn=lambda simulation: simulation.wifi is not None and simulation.wifi.phone_connected,
        set_fn=_set_wifi_phone,
        needs_wifi=True,
    ),
    SimulatorSwitchDescription(
        key="wifi_pin",
        is_on_fn=lambda simulation: simulation.dongle is not None and simulation.dongle.pin_set,
        set_fn=_set_wifi_pin,
        needs_wifi=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimulatorConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches."""
    dongle = entry.runtime_data.dongle
    if dongle is not None and dongle.blufi is not None:
        async_add_entities([NetworkSwitch(entry, dongle)])
    async_add_entities(
        SimulatorSwitch(entry, description)
        for description in SWITCHES
        if entry.runtime_data.wifi is not None or not description.needs_wifi
    )


class SimulatorSwitch(SimulatorEntity, SwitchEntity):
    """Something that is one way or the other."""

    entity_description: SimulatorSwitchDescription

    def __init__(self, entry: SimulatorConfigEntry, description: SimulatorSwitchDescription) -> None:
        """Remember what it works on."""
        super().__init__(entry, description)
        self._simulation = entry.runtime_data

    @property
    @override
    def is_on(self) -> bool:
        return self.entity_description.is_on_fn(self._simulation)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.entity_description.set_fn(self._simulation, True)
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.entity_description.set_fn(self._simulation, False)
        self.async_write_ha_state()


class NetworkSwitch(SimulatorEntity, SwitchEntity):
    """Whether the WiFi Connect is in the home network; to switch it by hand spares telling it over Bluetooth."""

    def __init__(self, entry: SimulatorConfigEntry, dongle: Dongle) -> None:
        """Remember what it works on."""
        super().__init__(entry, SwitchEntityDescription(key="wifi_network"))
        self._dongle = dongle

    @property
    @override
    def is_on(self) -> bool:
        return self._dongle.in_network

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._dongle.join()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._dongle.leave()
