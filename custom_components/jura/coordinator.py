"""When to read what from a machine, when to hold its link, and what Home Assistant is told about failures.

The link is the scarce thing: while we hold it the owner's phone has no access. So an idle machine is looked at shortly
and let go; only while a drink is made, and for a moment after somebody pressed something, the link is held and read
every second. Imports nothing of the entities.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
import logging
from typing import Final, override

from homeassistant.components import bluetooth
from homeassistant.components.bluetooth import BluetoothReachabilityIntent, BluetoothServiceInfoBleak
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ADDRESS, CONF_SCAN_INTERVAL
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .bluetooth import last_heard, read_advertisement
from .const import CONF_EXPERIMENTAL, DEFAULT_SCAN_INTERVAL, DOMAIN
from .machine import decode, state
from .machine.client import Urgency
from .machine.errors import (
    CommandRejected,
    CommandsRefused,
    ImplausibleReply,
    JuraError,
    LinkLost,
    NotSupported,
    OutcomeUnknown,
    Unreachable,
)
from .machine.model import Article, Definition, Product, Progress, Recipe, Snapshot, Status
from .machine.recipe import default_recipe
from .machine.smart_connect import Peer, SmartConnect
from .memory import Memory, Remembered

_LOGGER = logging.getLogger(__name__)

_WATCHING: Final = timedelta(seconds=1)
_HOLD_AFTER_COMMAND: Final = 15.0
"""Seconds for which the link is held after a person pressed something."""
_HOLD_WHILE_MAKING: Final = 3.0
_HOLD_AFTER_DRINK: Final = 20.0
"""Seconds for which "enjoy" is seen through; it lasts for some, and a machine that never left it must be let go."""
_START_LIMIT: Final = 15.0
"""Seconds within which an ordered drink must show; a released client waits as long."""
_STATISTICS_INTERVAL: Final = 15 * 60.0
_STATISTICS_RETRY: Final = 3 * 60.0
"""Seconds until statistics are tried again that were not ready: usual just after switching on."""
_UNHEARD_RETRY: Final = 5 * 60.0
"""Seconds after which a machine is tried even though nothing was heard of it since the last failure."""
_FIRST_BACKOFF: Final = 10.0
_LONGEST_BACKOFF: Final = 60.0

type JuraConfigEntry = ConfigEntry[JuraCoordinator]


class JuraCoordinator(DataUpdateCoordinator[Snapshot]):
    """Watches one machine and passes on what its owner asks of it."""

    config_entry: JuraConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: JuraConfigEntry,
        article: Article | None,
        definition: Definition,
        memory: Memory,
        remembered: Remembered,
    ) -> None:
        """Start with what is remembered; nothing is read yet."""
        self._idle_interval = timedelta(seconds=entry.options.get(CONF_SCAN_INTERVAL, DEFAULT_SCAN_INTERVAL))
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=self._idle_interval,
            always_update=False,
        )
        self.article = article
        self.definition = definition
        self.experimental: bool = entry.options.get(CONF_EXPERIMENTAL, False)
        self.client = SmartConnect(self._find, entry.title)
        self._address: str = entry.data[CONF_ADDRESS]
        self._memory = memory
        self.remembered = remembered
        self.data = Snapshot(counters=remembered.counters, maintenance=remembered.maintenance)
        self._watch_until = 0.0
        self._statistics_due = 0.0
        self._statistics_task: asyncio.Task[None] | None = None
        self._ordering = False
        self._heard_since_failure = True
        self._failures = 0
        self._retry_at = 0.0
        self._versions_read = False
        self.discarded: Counter[str] = Counter()
        """Why statistics were discarded, and how often, for the diagnostics."""
        entry.async_on_unload(
            bluetooth.async_register_advertisement_callback(hass, self._on_advertisement, self._address)
        )
        entry.async_on_unload(bluetooth.async_track_unavailable(hass, self._on_silence, self._address))

    # --- finding the machine -----------------------------------------------------------------------------------------

    @callback
    def _find(self) -> Peer | None:
        """Return where the machine is now, unless its dongle meanwhile serves another machine."""
        device = bluetooth.async_ble_device_from_address(self.hass, self._address, connectable=True)
        heard = last_heard(self.hass, self._address)
        advertisement = read_advertisement(heard) if heard else None
        if device is None or self._serves_another_machine:
            return None
        return Peer(device, advertisement.key if advertisement else None)

    @property
    def _serves_another_machine(self) -> bool:
        """Tell whether the dongle says that it is plugged into another machine. Article 0 is "not known yet"."""
        heard = last_heard(self.hass, self._address)
        identity = advertisement.identity if heard and (advertisement := read_advertisement(heard)) else None
        return identity is not None and identity.known and identity.unique_id != self.config_entry.unique_id

    @callback
    def _on_advertisement(self, info: BluetoothServiceInfoBleak) -> None:
        """Refresh at once when a machine that was gone is heard again."""
        self._heard_since_failure = True
        if not self.last_update_success and not self.gives_way and self.hass.loop.time() >= self._retry_at:
            self._retry_at = self.hass.loop.time() + _FIRST_BACKOFF
            self.config_entry.async_create_background_task(
                self.hass, self.async_refresh(), f"{self.name} - heard again"
            )

    @callback
    def _on_silence(self, _: BluetoothServiceInfoBleak) -> None:
        """Have another dongle with this machine's numbers looked at again: it was not believed while this one was heard."""
        for other in list(bluetooth.async_discovered_service_info(self.hass)):
            advertisement = read_advertisement(other)
            if advertisement and advertisement.identity.unique_id == self.config_entry.unique_id:
                bluetooth.async_rediscover_address(self.hass, other.address)

    def _explain_unreachable(self) -> str:
        """Return Home Assistant's own sentence about why nothing can connect to the machine."""
        return bluetooth.async_address_reachability_diagnostics(
            self.hass, self._address, BluetoothReachabilityIntent.CONNECTION
        )

    # --- the regular look --------------------------------------------------------------------------------------------

    @override
    async def _async_update_data(self) -> Snapshot:
        """Look at the machine, and let it go unless something is going on."""
        if self.gives_way:
            return replace(self.data, status=None, progress=None)
        now = self.hass.loop.time()
        if not self._heard_since_failure and now < self._retry_at + _UNHEARD_RETRY:
            raise self._failed(Unreachable("not heard since"))
        try:
            status, progress = await self._read_live(Urgency.POLL)
            await self._read_versions_once()
        except JuraError as error:
            self._back_off(error)
            self.update_interval = self._idle_interval
            await self.client.release()
            raise self._failed(error) from error
        self._failures = 0
        self._heard_since_failure = True
        self._report_refusal()
        progress = state.steadied(self.data.progress, progress)
        snapshot = replace(self.data, status=status, progress=progress, signal_strength=self._signal_strength())
        self._settle_into_rhythm(self.data.progress, progress)
        if self._is_watching:
            return snapshot
        if self._statistics_are_due(progress):
            self._start_statistics()
        elif self._statistics_task is None:
            await self.client.release()
        return snapshot

    async def _read_live(self, urgency: Urgency) -> tuple[Status, Progress]:
        """Read what changes from second to second; a link that died unnoticed is worth one more try, for reads only."""
        try:
            return await self.client.read_status(urgency), await self.client.read_progress(urgency)
        except LinkLost:
            return await self.client.read_status(urgency), await self.client.read_progress(urgency)

    def _back_off(self, error: JuraError) -> None:
        """Give a machine that could not be had some time, and more of it each time."""
        self._failures += 1
        self._heard_since_failure = False
        pause = 0.0 if isinstance(error, Unreachable) and self._find() is None else _FIRST_BACKOFF * self._failures
        self._retry_at = self.hass.loop.time() + min(pause, _LONGEST_BACKOFF)

    def _failed(self, error: JuraError) -> UpdateFailed:
        """Return Home Assistant's form of a failed look. The data keep counters only: all else is of the past."""
        self.data = replace(self.data, status=None, progress=None)
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key=self._translation_key(error),
            translation_placeholders={"name": self.name, "reason": self._explain_unreachable()},
        )

    def _signal_strength(self) -> int | None:
        heard = last_heard(self.hass, self._address)
        return heard.rssi if heard else None

    def _settle_into_rhythm(self, before: Progress | None, now: Progress) -> None:
        """Choose how soon to look again, and note the end of a drink."""
        time = self.hass.loop.time()
        if state.is_making(now):
            self._watch_until = max(self._watch_until, time + _HOLD_WHILE_MAKING)
        elif before and state.is_making(before):
            self._watch_until = time + _HOLD_AFTER_DRINK
            self._statistics_due = time
        elif before and before.state == decode.FINISHED and now.state == decode.IDLE:
            self._watch_until = time
        self.update_interval = _WATCHING if self._is_watching else self._idle_interval

    @property
    def _is_watching(self) -> bool:
        return self.hass.loop.time() < self._watch_until

    async def _read_versions_once(self) -> None:
        """Read the firmware versions for the device page, once for each start of Home Assistant."""
        if self._versions_read:
            return
        versions = await self.client.read_versions()
        self._versions_read = True
        if versions == self.remembered.versions:
            return
        await self._remember(replace(self.remembered, versions=versions))
        registry = dr.async_get(self.hass)
        identifier = (DOMAIN, str(self.config_entry.unique_id))
        if device := registry.async_get_device_by_identifier(identifier, self.config_entry.entry_id):
            registry.async_update_device(device.id, sw_version=versions.machine, hw_version=versions.dongle)

    def _report_refusal(self) -> None:
        """Raise the one repair issue for a machine that refuses commands, or take it back."""
        issue_id = f"commands_refused_{self.config_entry.entry_id}"
        if self.client.refuses_commands:
            ir.async_create_issue(
                self.hass,
                DOMAIN,
                issue_id,
                data={"entry_id": self.config_entry.entry_id},
                is_fixable=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key="commands_refused",
                translation_placeholders={"name": self.name},
            )
        else:
            ir.async_delete_issue(self.hass, DOMAIN, issue_id)

    # --- statistics --------------------------------------------------------------------------------------------------

    def _statistics_are_due(self, progress: Progress) -> bool:
        return (
            self._statistics_task is None
            and self.hass.loop.time() >= self._statistics_due
            and not state.is_making(progress)
            and not self.client.refuses_commands
        )

    def _start_statistics(self) -> None:
        """Read statistics beside the regular look: they take their time, and nobody should wait for them."""
        self._statistics_task = self.config_entry.async_create_background_task(
            self.hass, self._read_statistics(), f"{self.name} - statistics"
        )

    async def _read_statistics(self) -> None:
        """Read counters and maintenance, believe what is plausible, and let the machine go."""
        self._statistics_due = self.hass.loop.time() + _STATISTICS_RETRY
        try:
            await self._read_counters()
            await self._read_maintenance()
        except JuraError as error:
            self.discarded[type(error).__name__] += 1
            _LOGGER.debug("%s: statistics: %s: %s", self.name, type(error).__name__, error)
        else:
            self._statistics_due = self.hass.loop.time() + _STATISTICS_INTERVAL
        finally:
            self._statistics_task = None
        if not self._is_watching:
            await self.client.release()

    async def _read_counters(self) -> None:
        counters = await self.client.read_counters()
        now = dt_util.utcnow()
        previous = self.remembered.counters
        if previous and (read_at := self.remembered.counters_read_at):
            decode.check_counters(counters, previous, (now - read_at).total_seconds())
        if counters != previous:
            await self._remember(replace(self.remembered, counters=counters, counters_read_at=now))
        self._publish(replace(self.data, counters=counters))

    async def _read_maintenance(self) -> None:
        maintenance = await self.client.read_maintenance(self.definition)
        decode.check_maintenance(maintenance, self.data.counters.total if self.data.counters else None)
        if maintenance != self.remembered.maintenance:
            await self._remember(replace(self.remembered, maintenance=maintenance))
        self._publish(replace(self.data, maintenance=maintenance))

    async def _remember(self, remembered: Remembered) -> None:
        """Keep something over restarts. Written at once: it changes rarely, and a restart may come any time."""
        self.remembered = remembered
        await self._memory.async_remember(remembered)

    def _publish(self, snapshot: Snapshot) -> None:
        """Tell the entities without disturbing the rhythm of the regular look."""
        if snapshot != self.data:
            self.data = snapshot
            self.async_update_listeners()

    # --- what a person asks for --------------------------------------------------------------------------------------

    @property
    def gives_way(self) -> bool:
        """Tell whether we keep off the link, so that the phone can have it."""
        return self.remembered.gives_way

    async def async_give_way(self, *, gives_way: bool) -> None:
        """Keep off the link, or come back to it."""
        await self._remember(replace(self.remembered, gives_way=gives_way))
        if gives_way:
            self._watch_until = 0.0
            if self._statistics_task:
                self._statistics_task.cancel()
            await self.client.release()
        self._heard_since_failure = True
        await self.async_refresh()

    async def async_look_again(self) -> None:
        """Read everything now."""
        self._refuse_if_giving_way()
        self._heard_since_failure = True
        self._statistics_due = 0.0
        await self.async_refresh()
        if not self.last_update_success:
            raise self._explained(Unreachable("no answer"))

    async def async_brew(self, product: Product) -> None:
        """Make a drink with the values of its definition. See `async_start`."""
        await self.async_start(default_recipe(product))

    async def async_start(self, recipe: Recipe) -> None:
        """Order a drink, at most once, and wait until the machine shows it.

        Raises ServiceValidationError where the machine can't make it now, in words that say what to do, and
        HomeAssistantError where the order failed or its outcome is not known.
        """
        if self._ordering:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="already_ordering")
        self._ordering = True
        try:
            async with self._commanding():
                await self._refuse_if_impossible(recipe.product)
                await self.client.start(recipe)
                await self._await_start(recipe.product)
        finally:
            self._ordering = False

    async def async_cancel(self) -> None:
        """Stop the drink in the making, once."""
        async with self._commanding():
            _, progress = await self._read_live(Urgency.COMMAND)
            if not state.is_making(progress):
                raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_to_cancel")
            await self.client.cancel()

    async def async_lock_keys(self, *, locked: bool) -> None:
        """Lock or unlock the machine's own buttons and display, once."""
        async with self._commanding():
            await (self.client.lock_keys() if locked else self.client.unlock_keys())

    async def async_switch_off(self) -> None:
        """Switch the machine off, once."""
        async with self._commanding():
            await self.client.switch_off()

    @asynccontextmanager
    async def _commanding(self) -> AsyncGenerator[None]:
        """Hold the link for a while around a command, say what went wrong, and look at the machine afterwards."""
        self._refuse_if_giving_way()
        self._watch_until = self.hass.loop.time() + _HOLD_AFTER_COMMAND
        try:
            yield
        except JuraError as error:
            raise self._explained(error) from error
        finally:
            self._report_refusal()
            self._heard_since_failure = True
            self._watch_until = self.hass.loop.time() + _HOLD_AFTER_COMMAND
            self.update_interval = _WATCHING
            self._schedule_refresh()

    def _refuse_if_giving_way(self) -> None:
        if self.gives_way:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="giving_way")

    async def _refuse_if_impossible(self, product: Product) -> None:
        """Raise in words what keeps the machine from making a product now."""
        if self.client.refuses_commands:
            raise CommandsRefused
        status, progress = await self._read_live(Urgency.COMMAND)
        if state.is_making(progress):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="already_making")
        if blocking := state.blocking_alerts(self.definition, status, product):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key=f"blocked_{blocking[0].slug}")

    async def _await_start(self, product: Product) -> None:
        """Wait until the machine shows the drink; it gives no other answer to an order. Never orders again."""
        deadline = self.hass.loop.time() + _START_LIMIT
        while self.hass.loop.time() < deadline:
            await self.async_refresh()
            progress = self.data.progress
            if progress and state.product_in_the_making(self.definition, progress):
                return
            await asyncio.sleep(1)
        if not self.last_update_success:
            raise self._explained(OutcomeUnknown("no look at the machine since"))
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="not_started", translation_placeholders={"product": product.name}
        )

    def _explained(self, error: JuraError) -> HomeAssistantError:
        """Return what a person is told about a failure of the machine room."""
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=self._translation_key(error),
            translation_placeholders={"name": self.name, "reason": self._explain_unreachable()},
        )

    def _translation_key(self, error: JuraError) -> str:
        match error:
            case OutcomeUnknown():
                return "outcome_unknown"
            case CommandsRefused():
                return "commands_refused"
            case CommandRejected():
                return "command_rejected"
            case NotSupported():
                return "not_supported"
            case ImplausibleReply():
                return "implausible_reply"
            case _:
                return "another_machine" if self._serves_another_machine else "unreachable"

    # --- the end -----------------------------------------------------------------------------------------------------

    @override
    async def async_shutdown(self) -> None:
        """Let the machine go for good."""
        await super().async_shutdown()
        await self.client.close()
