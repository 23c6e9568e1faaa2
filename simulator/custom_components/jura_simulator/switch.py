"""What a person can switch, take out and fill: on is always the state in which coffee can be made, but for the faults."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from simulator.machine import GROUNDS_FULL, NO_BEANS, NO_MILK, TANK_EMPTY

from . import Simulation, SimulatorConfigEntry
from .entity import SimulatorEntity


@dataclass(frozen=True, kw_only=True)
class SimulatorSwitchDescription(SwitchEntityDescription):
    """How to read and to set something."""

    is_on_fn: Callable[[Simulation], bool]
    set_fn: Callable[[Simulation, bool], object]


def _set_pin(simulation: Simulation, on: bool) -> None:
    simulation.smart_connect.pin_set = on


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
        set_fn=lambda simulation, on: (
            simulation.smart_connect.phone_connects() if on else simulation.smart_connect.phone_disconnects()
        ),
    ),
    SimulatorSwitchDescription(
        key="pin", is_on_fn=lambda simulation: simulation.smart_connect.pin_set, set_fn=_set_pin
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimulatorConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches."""
    async_add_entities(SimulatorSwitch(entry, description) for description in SWITCHES)


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
