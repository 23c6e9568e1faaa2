"""What a person can press, and what can be let happen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from simulator.machine import Phase

from . import Simulation, SimulatorConfigEntry
from .entity import SimulatorEntity

_COFFEE = 0x03


@dataclass(frozen=True, kw_only=True)
class SimulatorButtonDescription(ButtonEntityDescription):
    """What to do."""

    press_fn: Callable[[Simulation], object]
    needs_wifi: bool = False


def _answer(simulation: Simulation, *, confirm: bool) -> None:
    wifi = simulation.wifi
    if wifi is None or (wifi.confirm() if confirm else wifi.refuse()):
        return
    machine = simulation.machine
    if machine.phase is Phase.ENERGY_SAVING:
        # As on the real one: a request that comes while the display sleeps is never shown.
        machine.wake_up()
        raise ServiceValidationError("The display was asleep and is awake now: pair again in Home Assistant")
    raise ServiceValidationError("The display asks nothing right now: begin to pair in Home Assistant first")


def _obey(simulation: Simulation) -> None:
    if not simulation.machine.confirm_step():
        raise ServiceValidationError("No maintenance program waits for anybody right now")


BUTTONS = (
    SimulatorButtonDescription(key="coffee", press_fn=lambda simulation: simulation.machine.press_product(_COFFEE)),
    SimulatorButtonDescription(
        key="descaling_due", press_fn=lambda simulation: simulation.machine.set_percentage("Decalc", 100)
    ),
    SimulatorButtonDescription(key="confirm_step", press_fn=_obey),
    SimulatorButtonDescription(
        key="connect_confirm",
        press_fn=lambda simulation: _answer(simulation, confirm=True),
        needs_wifi=True,
    ),
    SimulatorButtonDescription(
        key="connect_refuse",
        press_fn=lambda simulation: _answer(simulation, confirm=False),
        needs_wifi=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimulatorConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons."""
    async_add_entities(
        SimulatorButton(entry, description)
        for description in BUTTONS
        if entry.runtime_data.wifi is not None or not description.needs_wifi
    )


class SimulatorButton(SimulatorEntity, ButtonEntity):
    """Something that happens once."""

    entity_description: SimulatorButtonDescription

    def __init__(self, entry: SimulatorConfigEntry, description: SimulatorButtonDescription) -> None:
        """Remember what it works on."""
        super().__init__(entry, description)
        self._simulation = entry.runtime_data

    @override
    async def async_press(self) -> None:
        self.entity_description.press_fn(self._simulation)
