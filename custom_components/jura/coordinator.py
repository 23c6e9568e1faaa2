"""When to read what from a machine, when to hold its link, and what Home Assistant is told about failures.

The link is the scarce thing: while we hold it the owner's phone has no access. So an idle machine is looked at shortly
and let go; only while a drink is made, and for a moment after somebody pressed something, the link is held and read
every second. Imports nothing of the entities.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ADDRESS, CONF_HOST, CONF_PIN, CONF_SCAN_INTERVAL, CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .bluetooth import Whereabouts, explain_reachability
from .const import CONF_CONNECTION_ID, CONF_EXPERIMENTAL, DEFAULT_SCAN_INTERVAL, DOMAIN
from .issues import COMMANDS_REFUSED, KEYS_LOCKED, report
from .machine import decode, state
from .machine.client import Live, MachineClient, Urgency
from .machine.errors import (
    Busy,
    CommandRejected,
    CommandsRefused,
    ImplausibleReply,
    JuraError,
    LinkLost,
    LoginRefused,
    NotSupported,
    OutcomeUnknown,
    Unreachable,
)
from .machine.model import Article, Definition, Product, Progress, Recipe, Snapshot, Transport
from .machine.recipe import default_recipe
from .machine.smart_connect import SmartConnect
from .machine.wifi_connect import WifiConnect
from .machine.wifi_session import Credentials
from .memory import Memory, Remembered

_LOGGER = logging.getLogger(__name__)

_WATCHING: Final = timedelta(seconds=1)
_HOLD_AFTER_COMMAND: Final = 15.0
"""Seconds for which the link is held after a person pressed something."""
_HOLD_WHILE_MAKING: Final = 3.0
_HOLD_AFTER_DRINK: Final = 20.0
"""Seconds for which "enjoy" is seen through; it lasts for some, and a machine that never left it must be let go."""
_KEYS_LOCKED_LIMIT: Final = 120.0
"""Seconds after which locked keys are nobody's doing any more."""
_START_LIMIT: Final = 15.0
"""Seconds within which an ordered drink must show; a released client waits as long."""
_STATISTICS_RETRY: Final = 3 * 60.0
"""Seconds until statistics are tried again that were not ready: usual just after switching on."""

_NOTHING_SENT: Final = (Unreachable, CommandsRefused, LoginRefused, NotSupported)
"""Errors after which a command may go another way without a risk of going twice."""

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
        self._scan_interval = timedelta(seconds=entry.options.get(CONF_SCAN_INTERVAL, DEFAULT_SCAN_INTERVAL))
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=self._scan_interval,
            always_update=False,
        )
        self.article = article
        self.definition = definition
        self.experimental: bool = entry.options.get(CONF_EXPERIMENTAL, False)
        self._memory = memory
        self.remembered = remembered
        self.data = Snapshot(counters=remembered.counters, maintenance=remembered.maintenance)
        self._watch_until = 0.0
        self._statistics_due = 0.0
        self._statistics_task: asyncio.Task[None] | None = None
        self._ordering = False
        self._versions_read = False
        self._keys_locked_since: float | None = None
        self.discarded: Counter[str] = Counter()
        """Why statistics were discarded, and how often, for the diagnostics."""
        self.whereabouts: Whereabouts | None = None
        self._clients: list[MachineClient] = []
        if host := entry.data.get(CONF_HOST):
            self._clients.append(WifiConnect(host, credentials(entry.data), entry.title))
        if address := entry.data.get(CONF_ADDRESS):
            self.whereabouts = Whereabouts(hass, address, entry.unique_id, self._on_return)
            entry.async_on_unload(self.whereabouts.stop)
            self._clients.append(SmartConnect(self.whereabouts.find, entry.title))
        self.client = self._clients[0]
        """The client in use: WiFi Connect first, for it disturbs nobody; the other takes over when it fails."""

    @callback
    def _on_return(self) -> None:
        """Look at once at a machine that was away and is heard again."""
        if not self.gives_way and not self.last_update_success:
            self.config_entry.async_create_background_task(
                self.hass, self.async_refresh(), f"{self.name} - heard again"
            )

    # --- the regular look --------------------------------------------------------------------------------------------

    @override
    async def _async_update_data(self) -> Snapshot:
        """Look at the machine, and let it go unless something is going on."""
        if self.gives_way:
            return replace(self.data, status=None, progress=None)
        try:
            live = await self._read_live(Urgency.POLL)
            await self._read_versions_once()
        except JuraError as error:
            self.update_interval = self._idle_interval
            raise self._failed(error) from error
        self._report_refusal()
        self._report_locked_keys(live)
        progress = state.steadied(self.data.progress, live.progress)
        # While a drink is made, WiFi Connect sends no status word: the one before it stands.
        snapshot = replace(
            self.data,
            status=live.status or self.data.status,
            progress=progress,
            signal_strength=self.whereabouts.signal_strength if self.whereabouts else None,
            transport=self.client.transport,
        )
        self._settle_into_rhythm(self.data.progress, progress)
        if self._is_watching:
            return snapshot
        if self._statistics_are_due(progress):
            self._start_statistics()
        elif self._statistics_task is None:
            await self.client.release()
        return snapshot

    @property
    def has_bluetooth(self) -> bool:
        """Tell whether the machine has a Smart Connect, which can lock its keys and switch it off."""
        return self.whereabouts is not None

    @property
    def _clients_in_order(self) -> list[MachineClient]:
        """Return the ways to the machine, the one in use first."""
        return sorted(self._clients, key=lambda client: client is not self.client)

    async def _read_live(self, urgency: Urgency) -> Live:
        """Read what changes from second to second, over the transport in use or, if that fails, over the other."""
        failure: JuraError = Unreachable("no way to the machine")
        for client in self._clients_in_order:
            try:
                live = await _read_twice(client, urgency)
            except JuraError as error:
                failure = error
                if self.whereabouts and client.transport is Transport.BLUETOOTH:
                    self.whereabouts.failed()
                await client.release()
            else:
                if self.whereabouts and client.transport is Transport.BLUETOOTH:
                    self.whereabouts.succeeded()
                self.client = client
                return live
        raise failure

    @property
    def _idle_interval(self) -> timedelta:
        idle = self.client.rhythm.idle
        return self._scan_interval if idle is None else timedelta(seconds=idle)

    def _explain_unreachable(self) -> str:
        """Return what is known about why the machine can't be reached."""
        if address := self.config_entry.data.get(CONF_ADDRESS):
            return explain_reachability(self.hass, address)
        return str(self.config_entry.data[CONF_HOST])

    def _failed(self, error: JuraError) -> UpdateFailed:
        """Return Home Assistant's form of a failed look. The data keep counters only: all else is of the past."""
        self.data = replace(self.data, status=None, progress=None)
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key=self._translation_key(error) or "unreachable",
            translation_placeholders={"name": self.name, "reason": self._explain_unreachable()},
        )

    def _settle_into_rhythm(self, before: Progress | None, now: Progress) -> None:
        """Choose how soon to look again, and note the end of a drink."""
        time = self.hass.loop.time()
        if state.is_making(now):
            self._stop_statistics()
            self._watch_until = max(self._watch_until, time + _HOLD_WHILE_MAKING)
        elif before and state.is_making(before):
            self._watch_until = time + _HOLD_AFTER_DRINK
            self._statistics_due = time + self.client.rhythm.settling
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
        """Raise the repair issue for a machine that refuses commands, or take it back."""
        report(self.hass, self.config_entry, COMMANDS_REFUSED, stands=self.client.refuses_commands)

    def _report_locked_keys(self, live: Live) -> None:
        """Raise the repair issue for keys that stay locked although nobody can be locking them any more.

        Only over WiFi, where a session that died leaves them locked (hardware-verified); the lock over Bluetooth is our
        own switch. A phone that is changing settings locks them for a moment.
        """
        if live.status is None or self.client.transport is not Transport.WIFI:
            return
        now = self.hass.loop.time()
        self._keys_locked_since = (self._keys_locked_since or now) if live.status.is_set(state.KEYS_LOCKED) else None
        stands = self._keys_locked_since is not None and now - self._keys_locked_since >= _KEYS_LOCKED_LIMIT
        if stands or self._keys_locked_since is None:
            report(self.hass, self.config_entry, KEYS_LOCKED, stands=stands)

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

    def _stop_statistics(self) -> None:
        """Break off reading statistics: a drink goes first, and over WiFi it may suffer from being asked meanwhile."""
        if self._statistics_task:
            self._statistics_task.cancel()

    async def _read_statistics(self) -> None:
        """Read counters and maintenance, believe what is plausible, and let the machine go."""
        self._statistics_due = self.hass.loop.time() + _STATISTICS_RETRY
        try:
            await self._read_counters()
            await self._read_maintenance()
        except LoginRefused:
            self.discarded["LoginRefused"] += 1
            self.config_entry.async_start_reauth(self.hass)
        except JuraError as error:
            self.discarded[type(error).__name__] += 1
            _LOGGER.debug("%s: statistics: %s: %s", self.name, type(error).__name__, error)
        else:
            self._statistics_due = self.hass.loop.time() + self.client.rhythm.statistics
        finally:
            self._statistics_task = None
        if not self._is_watching:
            await self.client.release()

    async def _read_counters(self) -> None:
        counters = await self.client.read_counters(self.definition)
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
            self._stop_statistics()
            await self.client.release()
        self._try_now()
        await self.async_refresh()

    async def async_look_again(self) -> None:
        """Read everything now."""
        self._refuse_if_giving_way()
        self._try_now()
        self._statistics_due = 0.0
        await self.async_refresh()
        if not self.last_update_success:
            raise self._explained(Unreachable("no answer"))

    async def async_brew(self, slug: str) -> None:
        """Make a drink of this machine with its usual values. See `async_start`."""
        product = self.definition.product(slug)
        assert product is not None, "only asked for what the definition has"
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
                await self._send(lambda client: client.start(recipe))
                await self._await_start(recipe.product)
        finally:
            self._ordering = False

    async def async_cancel(self) -> None:
        """Stop the drink in the making, once."""
        async with self._commanding():
            live = await self._read_live(Urgency.COMMAND)
            if not state.is_making(live.progress):
                raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_to_cancel")
            await self._send(lambda client: client.cancel())

    async def async_lock_keys(self, *, locked: bool) -> None:
        """Lock or unlock the machine's own buttons and display, once."""
        async with self._commanding():
            await self._send(lambda client: client.lock_keys() if locked else client.unlock_keys())

    async def async_switch_off(self) -> None:
        """Switch the machine off, once."""
        async with self._commanding():
            await self._send(lambda client: client.switch_off())

    async def _send(self, command: Callable[[MachineClient], Awaitable[None]]) -> None:
        """Send a command, once: over the other way only if it certainly was not sent over the one in use."""
        failure: JuraError = Unreachable("no way to the machine")
        for client in self._clients_in_order:
            try:
                await command(client)
            except _NOTHING_SENT as error:
                failure = error
            else:
                self.client = client
                return
        raise failure

    @asynccontextmanager
    async def _commanding(self) -> AsyncGenerator[None]:
        """Hold the link for a while around a command, say what went wrong, and look at the machine afterwards."""
        self._refuse_if_giving_way()
        self._stop_statistics()
        self._watch_until = self.hass.loop.time() + _HOLD_AFTER_COMMAND
        try:
            yield
        except JuraError as error:
            if isinstance(error, LoginRefused):
                self.config_entry.async_start_reauth(self.hass)
            raise self._explained(error) from error
        finally:
            self._report_refusal()
            self._try_now()
            # A link without heartbeats, as with a machine that refuses commands, is not worth holding.
            hold = 0.0 if self.client.refuses_commands else _HOLD_AFTER_COMMAND
            self._watch_until = self.hass.loop.time() + hold
            self.update_interval = _WATCHING
            self._schedule_refresh()

    def _try_now(self) -> None:
        """Let the next attempt be made whatever happened before: a person wants it."""
        if self.whereabouts:
            self.whereabouts.try_now()

    def _refuse_if_giving_way(self) -> None:
        if self.gives_way:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="giving_way")

    async def _refuse_if_impossible(self, product: Product) -> None:
        """Raise in words what keeps the machine from making a product now."""
        if all(client.refuses_commands for client in self._clients):
            raise CommandsRefused
        live = await self._read_live(Urgency.COMMAND)
        if state.is_making(live.progress):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="already_making")
        status = live.status or self.data.status
        if status and (blocking := state.blocking_alerts(self.definition, status, product)):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key=f"blocked_{blocking[0].slug}")

    async def _await_start(self, product: Product) -> None:
        """Wait until the machine shows the drink; it gives no other answer to an order. Never orders again."""
        deadline = self.hass.loop.time() + _START_LIMIT
        while self.hass.loop.time() < deadline:
            await self.async_refresh()
            progress = self.data.progress
            # "Enjoy" may still be that of the drink before.
            if progress and state.is_making(progress):
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
            translation_key=self._translation_key(error) or "nothing_sent",
            translation_placeholders={"name": self.name},
        )

    def _translation_key(self, error: JuraError) -> str | None:
        """Return which text tells an error; None for a machine out of reach, which log and person are told differently."""
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
            case LoginRefused():
                return "login_refused"
            case Busy():
                return "busy"
            case _:
                another = self.whereabouts is not None and self.whereabouts.serves_another_machine
                return "another_machine" if another else None

    # --- the end -----------------------------------------------------------------------------------------------------

    @override
    async def async_shutdown(self) -> None:
        """Let the machine go for good."""
        await super().async_shutdown()
        for client in self._clients:
            await client.close()


async def _read_twice(client: MachineClient, urgency: Urgency) -> Live:
    """Read once more if the link had died unnoticed; reads only are ever repeated."""
    try:
        return await client.read_live(urgency)
    except LinkLost:
        return await client.read_live(urgency)


def credentials(data: Mapping[str, Any]) -> Credentials:
    """Return who we are to a WiFi Connect, from an entry's data."""
    return Credentials(data[CONF_CONNECTION_ID], data.get(CONF_PIN, ""), data.get(CONF_TOKEN, ""))
