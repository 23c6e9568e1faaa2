"""Puts simulated JURA machines within Bluetooth reach of this Home Assistant, for the demo.

    jura_simulator:
      machine: E8            # or a list; model name, article number or definition code

Its entities are not the coffee machine: they are the hands of the person in front of it, and the owner's phone.
"""

from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Any

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.storage import Store
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

# The demo only links to this folder, and the simulator itself isn't installed anywhere: it lies in the repository.
_REPOSITORY = str(Path(__file__).resolve().parents[3])
if _REPOSITORY not in sys.path:
    sys.path.append(_REPOSITORY)

from simulator.definitions import definition_for  # noqa: E402
from simulator.machine import Machine  # noqa: E402
from simulator.scanner import async_add_simulated_adapter  # noqa: E402
from simulator.smart_connect import SmartConnect  # noqa: E402

from .const import CONF_ADDRESS, CONF_MACHINE, DOMAIN  # noqa: E402

CONFIG_SCHEMA = vol.Schema(
    {DOMAIN: vol.Schema({vol.Required(CONF_MACHINE): vol.All(cv.ensure_list, [cv.string])})}, extra=vol.ALLOW_EXTRA
)
PLATFORMS = [Platform.BUTTON, Platform.SELECT, Platform.SENSOR, Platform.SWITCH]
_SAVE_AFTER = 1.0


@dataclass(frozen=True)
class Simulation:
    """A machine and its dongle."""

    machine: Machine
    smart_connect: SmartConnect


type SimulatorConfigEntry = ConfigEntry[Simulation]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Make an entry for each machine in configuration.yaml."""
    for number, machine in enumerate(config.get(DOMAIN, {}).get(CONF_MACHINE, ()), start=1):
        hass.async_create_task(
            hass.config_entries.flow.async_init(
                DOMAIN,
                context={"source": SOURCE_IMPORT},
                data={CONF_MACHINE: machine, CONF_ADDRESS: f"C0:FF:EE:00:00:{number:02X}"},
            )
        )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: SimulatorConfigEntry) -> bool:
    """Switch a machine on."""
    definition = await hass.async_add_executor_job(definition_for, entry.data[CONF_MACHINE])
    address = entry.data[CONF_ADDRESS]
    machine = Machine(definition, machine_number=4710 + int(address[-2:], 16))
    smart_connect = SmartConnect(machine, address=address)

    # Counters that began anew with each start would look like a broken machine.
    store: Store[dict[str, Any]] = Store(hass, 1, f"{DOMAIN}.{entry.entry_id}")
    if memory := await store.async_load():
        machine.remember(memory)
    entry.async_on_unload(machine.subscribe(lambda: store.async_delay_save(lambda: machine.memory, _SAVE_AFTER)))

    _, remove = await async_add_simulated_adapter(hass, [smart_connect], name=f"Simulated adapter {address}")
    entry.async_on_unload(remove)

    @callback
    def stop(event: Event) -> None:
        smart_connect.close()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    entry.runtime_data = Simulation(machine, smart_connect)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: SimulatorConfigEntry) -> bool:
    """Take the machine away."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
