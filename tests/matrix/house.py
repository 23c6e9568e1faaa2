"""A kitchen and its surroundings: the machine with its dongles, the radio, the phone, the plug, the clock."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.jura.const import DOMAIN
from custom_components.jura.coordinator import JuraCoordinator
from simulator.blufi import AccessPoint, BlufiDongle
from simulator.faults import Faults
from simulator.machine import Machine
from simulator.scanner import SimulatedScanner, async_add_simulated_adapter
from simulator.smart_connect import SmartConnect
from simulator.wifi_connect import WifiConnect
from simulator.wifi_faults import LanFaults

from .tap import Tap

if TYPE_CHECKING:
    from .person import Person


DONGLE: Final = "C0:FF:EE:00:00:B1"
NETWORK: Final = {"ssid": "Home", "password": "correct horse"}
_APPEARS_AFTER: Final = 8.0
"""Seconds from joining the network until the dongle answers there."""


@dataclass
class House:
    """All that a fault can strike."""

    hass: HomeAssistant
    machine: Machine
    freezer: FrozenDateTimeFactory
    smart_connect: SmartConnect | None = None
    wifi: WifiConnect | None = None
    blufi: BlufiDongle | None = None
    entry: MockConfigEntry | None = None
    tap: Tap = field(default_factory=Tap)
    form: Person | None = None
    """Of a machine that is being added."""
    entry_data: Mapping[str, Any] = field(default_factory=dict)
    """What the entry of the machine keeps, once it is paired."""
    old_datagram: bytes = b""
    """What the WiFi Connect said long ago."""
    _scanner: SimulatedScanner | None = None
    _remove_scanner: Callable[[], None] = lambda: None
    _pending: set[asyncio.Future[None]] = field(default_factory=set)

    async def move_in(self) -> None:
        """Plug everything in and listen to it."""
        if self.smart_connect or self.blufi:
            await self.plug_in_proxy()
        if self.wifi:
            self.old_datagram = self.wifi.datagram()
            self.tap.listen(self.wifi.faults)
            await self.wifi.start()
        for dongle in (self.smart_connect, self.blufi):
            if dongle:
                self.tap.listen(dongle.faults)

    def make_entry(self) -> MockConfigEntry:
        """Make the entry of the machine as it is once it was added, and paired."""
        machine = self.machine
        self.entry = entry = MockConfigEntry(
            domain=DOMAIN,
            title="JURA",
            unique_id=f"{machine.definition.article}-{machine.machine_number}-{machine.serial_number}",
            data=self.entry_data,
        )
        entry.add_to_hass(self.hass)
        return entry

    async def forget(self) -> None:
        """Remove the entry, and everything that Home Assistant offers instead."""
        assert self.entry is not None
        await self.hass.config_entries.async_remove(self.entry.entry_id)
        self.entry = None
        await self.hass.async_block_till_done()
        for flow in self.hass.config_entries.flow.async_progress_by_handler(DOMAIN):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])
        # What the dongle needs before somebody else may have it.
        await asyncio.sleep(25)

    async def unbox_dongle(self) -> None:
        """Have a WiFi Connect that was never in a network: it waits on Bluetooth for somebody who tells it one."""
        assert self.wifi is not None
        wifi = self.wifi
        await wifi.stop()
        if self.blufi:
            self.blufi.close()
        self.blufi = BlufiDongle(address=DONGLE, access_points=[AccessPoint(NETWORK["ssid"], NETWORK["password"])])
        self.blufi.on_configured = lambda _: self._in_background(_APPEARS_AFTER, wifi.start)
        self.tap.listen(self.blufi.faults)
        self._remove_scanner()
        await self.plug_in_proxy()

    async def move_out(self) -> None:
        """Unplug everything."""
        await asyncio.gather(*self._pending)
        self._remove_scanner()
        if self.smart_connect:
            self.smart_connect.close()
        if self.blufi:
            self.blufi.close()
        if self.wifi:
            await self.wifi.stop()

    @property
    def coordinator(self) -> JuraCoordinator:
        """The coordinator of the machine."""
        assert self.entry is not None
        coordinator: JuraCoordinator = self.entry.runtime_data
        return coordinator

    # --- what a fault takes hold of -----------------------------------------------------------------------------------

    @property
    def radio(self) -> Faults:
        """The faults of the Bluetooth dongle."""
        dongle = self.smart_connect or self.blufi
        assert dongle is not None
        return dongle.faults

    @property
    def lan(self) -> LanFaults:
        """The faults of the WiFi Connect."""
        assert self.wifi is not None
        return self.wifi.faults

    @property
    def datagram(self) -> bytes:
        """What the WiFi Connect would say now."""
        assert self.wifi is not None
        return self.wifi.datagram()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something a while later, in any case: the house isn't left before."""
        self._in_background(seconds, act)

    def fall_silent(self, seconds: float) -> None:
        """Let all dongles hang."""
        until = self.hass.loop.time() + seconds
        for dongle in (self.smart_connect, self.blufi, self.wifi):
            if dongle:
                dongle.faults.silent_until = until

    def drop_links(self) -> None:
        """Break what is connected, and nothing else."""
        for dongle in (self.smart_connect, self.blufi):
            if dongle and dongle.link:
                dongle.link.lose()
        if self.wifi and self.wifi.session:
            self.wifi.session.reset()

    def change_key(self) -> None:
        """Let the Smart Connect have another key."""
        assert self.smart_connect is not None
        self.smart_connect.key ^= 0x74

    def restart_dongles(self) -> None:
        """Let the dongles crash and begin anew."""
        if self.smart_connect:
            self.smart_connect.restart()
        if self.blufi:
            self.blufi.restart()
        if self.wifi and self.wifi.reachable:
            self.wifi.reboot()

    def phone_takes_over(self, seconds: float) -> None:
        """Let the owner's phone have the machine, as if it had been quicker."""
        self.drop_links()
        for dongle in (self.smart_connect, self.wifi):
            if dongle and dongle.phone_connects():
                self.later(seconds, dongle.phone_disconnects)

    def fill_slots(self, seconds: float) -> None:
        """Let other devices take all connection slots."""
        assert self._scanner is not None
        scanner = self._scanner
        self.drop_links()
        scanner.occupied_slots = 9
        self.later(seconds, lambda: setattr(scanner, "occupied_slots", 0))

    def unplug_proxy(self, seconds: float) -> None:
        """Let the Bluetooth proxy vanish with its links."""
        self._remove_scanner()
        self._remove_scanner = lambda: None
        self._in_background(seconds, self.plug_in_proxy)

    async def plug_in_proxy(self) -> None:
        """Put the dongles into the range of a Bluetooth proxy."""
        devices = [dongle for dongle in (self.smart_connect, self.blufi) if dongle]
        self._scanner, self._remove_scanner = await async_add_simulated_adapter(self.hass, devices, slots=2)

    def cut_power(self, seconds: float) -> None:
        """Pull the plug, and switch the machine on again later."""
        self.machine.power_cut()
        self.later(seconds, self.machine.switch_on)
        if blufi := self.blufi:
            blufi.powered = False
            blufi.restart()
            self.later(seconds, lambda: setattr(blufi, "powered", True))

    def tidy(self) -> None:
        """Do what the machine asks for, and leave no fault behind."""
        for dongle in (self.smart_connect, self.blufi, self.wifi):
            if dongle:
                dongle.faults.clear()
        self.machine.fill_water_tank()
        self.machine.empty_grounds()
        self.machine.remove_drip_tray()
        self.machine.insert_drip_tray()
        self.machine.wake_up()

    @property
    def is_released(self) -> bool:
        """Tell whether nobody holds a link or session."""
        links = [dongle.link for dongle in (self.smart_connect, self.blufi) if dongle]
        return not any(links) and (self.wifi is None or self.wifi.session is None)

    @property
    def harm(self) -> list[str]:
        """Return what was done that must never be done to a machine."""
        harm: list[str] = []
        if self.smart_connect:
            harm += ["bricked"] * self.smart_connect.bricked
            harm += [f"unknown command {name} {data.hex()}" for name, data in self.smart_connect.unknown_commands]
        if self.wifi:
            harm += [*self.wifi.forbidden, *self.wifi.unlisted, *self.wifi.malformed, *self.wifi.upset]
        return [*harm, *["half-broken"] * self.machine.half_broken]

    def _in_background(self, seconds: float, act: Callable[[], Awaitable[None] | None]) -> None:
        async def wait_and_act() -> None:
            await asyncio.sleep(seconds)
            if (acting := act()) is not None:
                await acting

        task = self.hass.loop.create_task(wait_and_act(), name="the house")
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
