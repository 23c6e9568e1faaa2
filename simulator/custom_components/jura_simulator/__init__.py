"""Puts simulated JURA machines within Bluetooth reach of this Home Assistant, for the demo.

    jura_simulator:
      machine: E8            # or a list; model name, article number or definition code
      wifi: true             # also a WiFi Connect, on 127.0.0.1 (the second machine on 127.0.0.2 and so on)
      host: 127.0.0.1        # or a list of other addresses for it
      pin: "1234"            # that the WiFi Connect asks for; without it there is none
      network: Home          # the WiFi Connect is new: over Bluetooth (BluFi) it is to be told this network
      password: goodmorning

Its entities are not the coffee machine: they are the hands of the person in front of it, and the owner's phone.
"""

from dataclasses import dataclass
import logging
from pathlib import Path
import sys
from typing import Any

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PIN, CONF_PORT, EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.storage import Store
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

# The demo only links to this folder, and the simulator itself isn't installed anywhere: it lies in the repository.
_REPOSITORY = str(Path(__file__).resolve().parents[3])
if _REPOSITORY not in sys.path:
    sys.path.append(_REPOSITORY)

from simulator.blufi import AccessPoint  # noqa: E402
from simulator.definitions import definition_for  # noqa: E402
from simulator.machine import Machine  # noqa: E402
from simulator.scanner import Device, async_add_simulated_adapter  # noqa: E402
from simulator.smart_connect import SmartConnect  # noqa: E402
from simulator.wifi_connect import PORT, WifiConnect  # noqa: E402

from .const import CONF_ADDRESS, CONF_MACHINE, CONF_NETWORK, CONF_WIFI, DOMAIN  # noqa: E402
from .dongle import Dongle  # noqa: E402

_LOGGER = logging.getLogger(__name__)
CONFIG_SCHEMA = vol.Schema(
    {
        DOMAIN: vol.Schema(
            {
                vol.Required(CONF_MACHINE): vol.All(cv.ensure_list, [cv.string]),
                vol.Optional(CONF_WIFI, default=False): cv.boolean,
                vol.Optional(CONF_HOST, default=list): vol.All(cv.ensure_list, [cv.string]),
                vol.Optional(CONF_PIN, default=""): cv.matches_regex("^[0-9]*$"),
                vol.Optional(CONF_NETWORK, default=""): cv.string,
                vol.Optional(CONF_PASSWORD, default=""): cv.string,
                # For tests: the real number is always the same.
                vol.Optional(CONF_PORT, default=PORT): vol.Coerce(int),
            }
        )
    },
    extra=vol.ALLOW_EXTRA,
)
PLATFORMS = [Platform.BUTTON, Platform.SELECT, Platform.SENSOR, Platform.SWITCH]
_SAVE_AFTER = 1.0


@dataclass(frozen=True)
class Simulation:
    """A machine and its dongles."""

    machine: Machine
    smart_connect: SmartConnect
    dongle: Dongle | None

    @property
    def wifi(self) -> WifiConnect | None:
        """The WiFi Connect, if there is one."""
        return self.dongle.wifi if self.dongle is not None else None


type SimulatorConfigEntry = ConfigEntry[Simulation]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Make an entry for each machine in configuration.yaml."""
    options = config.get(DOMAIN, {})
    for number, machine in enumerate(options.get(CONF_MACHINE, ()), start=1):
        hass.async_create_task(
            hass.config_entries.flow.async_init(
                DOMAIN,
                context={"source": SOURCE_IMPORT},
                data={
                    CONF_MACHINE: machine,
                    CONF_ADDRESS: f"C0:FF:EE:00:00:{number:02X}",
                    CONF_WIFI: options[CONF_WIFI],
                    CONF_PIN: options[CONF_PIN],
                    CONF_HOST: dict(enumerate(options[CONF_HOST], start=1)).get(number, f"127.0.0.{number}"),
                    CONF_PORT: options[CONF_PORT],
                    CONF_NETWORK: options[CONF_NETWORK],
                    CONF_PASSWORD: options[CONF_PASSWORD],
                },
            )
        )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: SimulatorConfigEntry) -> bool:
    """Switch a machine on."""
    definition = await hass.async_add_executor_job(definition_for, entry.data[CONF_MACHINE])
    address = entry.data[CONF_ADDRESS]
    machine = Machine(definition, machine_number=4710 + int(address[-2:], 16))
    smart_connect = SmartConnect(machine, address=address)

    dongle = _dongle(entry, machine)

    # Counters that began anew with each start would look like a broken machine.
    store: Store[dict[str, Any]] = Store(hass, 1, f"{DOMAIN}.{entry.entry_id}")
    if memory := await store.async_load():
        machine.remember(memory)
        if dongle is not None and "wifi" in memory:
            dongle.remember(memory["wifi"])

    def memory_now() -> dict[str, Any]:
        return {**machine.memory, **({"wifi": dongle.memory} if dongle is not None else {})}

    def save() -> None:
        store.async_delay_save(memory_now, _SAVE_AFTER)

    entry.async_on_unload(machine.subscribe(save))

    if dongle is not None:
        try:
            await dongle.start()
        except OSError as error:
            wifi = dongle.wifi
            _LOGGER.error("No WiFi Connect for %s: %s:%s can't be used (%s)", entry.title, wifi.host, wifi.port, error)
            await dongle.stop()
            dongle = None
        else:
            entry.async_on_unload(dongle.subscribe(save))
            entry.async_on_unload(dongle.stop)

    devices: list[Device] = [smart_connect]
    if dongle is not None and dongle.blufi is not None:
        devices.append(dongle.blufi)
    _, remove = await async_add_simulated_adapter(hass, devices, name=f"Simulated adapter {address}")
    entry.async_on_unload(remove)

    async def stop(event: Event) -> None:
        smart_connect.close()
        if dongle is not None:
            await dongle.stop()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    entry.runtime_data = Simulation(machine, smart_connect, dongle)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


def _dongle(entry: SimulatorConfigEntry, machine: Machine) -> Dongle | None:
    """Return the machine's WiFi Connect if it is to have one."""
    data = entry.data
    if not data.get(CONF_WIFI):
        return None
    wifi = WifiConnect(machine, host=data[CONF_HOST], port=data[CONF_PORT], pin=data[CONF_PIN])
    network = AccessPoint(data[CONF_NETWORK], data[CONF_PASSWORD], rssi=-52) if data.get(CONF_NETWORK) else None
    return Dongle(machine, wifi, network, f"C0:FF:EE:00:B1:{data[CONF_ADDRESS][-2:]}")


async def async_unload_entry(hass: HomeAssistant, entry: SimulatorConfigEntry) -> bool:
    """Take the machine away."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
