"""When to read what from a machine, when to hold its link, and what Home Assistant is told about failures.

The link is the scarce thing: while we hold it the owner's phone has no access. So an idle machine is looked at shortly
and let go; only while a drink is made, and for a moment after somebody pressed something, the link is held and read
every second. Imports nothing of the entities.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ADDRESS, CONF_HOST, CONF_PIN, CONF_SCAN_INTERVAL, CONF_TOKEN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .bluetooth import Whereabouts, explain_reachability
from .const import CONF_CONNECTION_ID, CONF_EXPERIMENTAL, DEFAULT_SCAN_INTERVAL, DOMAIN
from .dials import Dials
from .issues import COMMANDS_REFUSED, COUNTERS_RESTARTED, KEYS_LOCKED, report, report_due, report_running
from .machine import care, daily, decode, following, forecast, ledger, state
from .machine.care import Run, Stage
from .machine.client import Live, MachineClient, Urgency
from .machine.daily import Day
from .machine.doubt import doubted
from .machine.errors import (
    Busy,
    CommandRejected,
    CommandsRefused,
    ImplausibleReply,
    InvalidRecipe,
    JuraError,
    LinkLost,
    LoginRefused,
    NotSupported,
    OutcomeUnknown,
    Unreachable,
)
from .machine.following import Following, Happening, Look
from .machine.model import (
    Alert,
    Article,
    Bank,
    Counters,
    Definition,
    End,
    Ended,
    Product,
    Program,
    Progress,
    Recipe,
    Setting,
    Snapshot,
    Status,
    Transport,
    frozen,
)
from .machine.recipe import default_recipe
from .machine.settings import as_stored
from .machine.smart_connect import SmartConnect
from .machine.tailoring import own_products, tailored
from .machine.wifi_connect import WifiConnect
from .machine.wifi_session import Credentials
from .memory import Memory, Remembered
from .outcomes import CommandFailed, CommandRefused, DrinkBlocked, Outcome, outcome_of

_LOGGER = logging.getLogger(__name__)

_WATCHING: Final = timedelta(seconds=1)
_HOLD_AFTER_COMMAND: Final = 15.0
"""Seconds for which the link is held after a person pressed something: until it is clear whether a drink started."""
_HOLD_WHILE_MAKING: Final = 3.0
_HOLD_AFTER_DRINK: Final = 20.0
"""Seconds for which "enjoy" is seen through; it lasts for some, and a machine that never left it must be let go."""
_DETOUR: Final = 5 * 60.0
"""Seconds until WiFi Connect is tried again after Bluetooth took over."""
_KEYS_LOCKED_LIMIT: Final = 120.0
"""Seconds after which locked keys are nobody's doing any more."""
_START_LIMIT: Final = following.START_LIMIT.total_seconds()
"""Seconds within which an ordered drink must show."""
_CONTINUE_LIMIT: Final = 15.0
"""Seconds within which a program that was told to go on shows another step (assumption)."""
_SILENT_PROGRAM: Final = 15 * 60.0
"""Seconds for which nothing is asked while a program runs that doesn't show (assumption: a filter is changed in less)."""
_STATISTICS_RETRY: Final = 3 * 60.0
"""Seconds until statistics are tried again that were not ready: usual just after switching on."""

_NOTHING_SENT: Final = (Unreachable, CommandsRefused, LoginRefused, NotSupported)
"""Errors after which a command may go another way without a risk of going twice."""
_MOST_SHOWN: Final = 100
"""States of the machine that are kept for the diagnostics: some drinks, or a whole program."""
_MOST_UNTOLD: Final = 4
"""Happenings that are kept for a listener who is still to come, as right after a start."""

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
        self._type_definition = definition
        self.definition = tailored(definition, remembered.limits, remembered.recipes)
        """What this very machine can do: the definition of its type with its own limits and stored recipes."""
        self.experimental: bool = entry.options.get(CONF_EXPERIMENTAL, False)
        self._memory = memory
        total = remembered.counters.total if remembered.counters else None
        day = daily.moved_on(remembered.day, dt_util.now().date(), total)
        self.remembered = replace(remembered, day=day)
        self.data = Snapshot(
            counters=remembered.counters,
            maintenance=remembered.maintenance,
            last_drink=remembered.last_drink,
            cups_today=day.cups(total),
        )
        self.data = self._expecting(self.data)
        self.counted_at = remembered.counters_read_at
        """When the counters were read; after a restart, when they were first read as they are."""
        self.seen_at: datetime | None = None
        """When the machine answered last; None if it didn't since Home Assistant started."""
        self.shown: deque[tuple[datetime, Progress]] = deque(maxlen=_MOST_SHOWN)
        """What the machine showed, and since when: a program or an unknown drink, step by step, for the diagnostics."""
        self._has_daily_counters = Bank.DAILY in definition.banks
        entry.async_on_unload(async_track_time_change(hass, self._on_midnight, hour=0, minute=0, second=0))
        self._following = Following(drink=remembered.drink, enjoyed=remembered.enjoyed)
        self._untold: deque[Happening] = deque(maxlen=_MOST_UNTOLD)
        self._drink_listeners: list[Callable[[Happening], None]] = []
        self._watch_until = 0.0
        self._detour_until = 0.0
        self._run: Run | None = None
        self._statistics_due = 0.0
        self._statistics_task: asyncio.Task[None] | None = None
        self._asks_for_limits = True
        self._asks_for_recipes = self.experimental
        self._ordering = False
        self._settings_read = False
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
        self._report_care(live)
        progress = state.steadied(self.data.progress, live.progress)
        # While a drink is made, WiFi Connect sends no status word: the one before it stands.
        snapshot = replace(
            self.data,
            status=live.status or self.data.status,
            progress=progress,
            signal_strength=self.whereabouts.signal_strength if self.whereabouts else None,
            transport=self.client.transport,
            drink=self._following.drink,
            elapsed=self._elapsed,
            last_drink=self.remembered.last_drink,
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
    def has_wifi(self) -> bool:
        """Tell whether the machine has a WiFi Connect, which can change its settings."""
        return self._wifi is not None

    @property
    def _wifi(self) -> WifiConnect | None:
        return next((client for client in self._clients if isinstance(client, WifiConnect)), None)

    @property
    def is_occupied(self) -> bool:
        """Tell whether a drink is being ordered or made, or a program runs, so that the link is better left alone."""
        return self._ordering or (self.data.progress is not None and state.is_making(self.data.progress))

    @property
    def _clients_in_order(self) -> list[MachineClient]:
        """Return the ways to the machine: WiFi Connect first, but for a while after it failed the one that went on."""
        if self.hass.loop.time() >= self._detour_until:
            return self._clients
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
                if client is self._clients[0]:
                    self._detour_until = self.hass.loop.time() + _DETOUR
                await client.release()
            else:
                if self.whereabouts and client.transport is Transport.BLUETOOTH:
                    self.whereabouts.succeeded()
                self.client = client
                status = live.status or self.data.status
                look = Look(self.definition, status, live.progress, dt_util.utcnow())
                self.seen_at = look.now
                self._note_shown(live.progress, look.now)
                self._take(*following.follow(self._following, look))
                self._run = care.follow(
                    self._run, care.stage(self.definition, live.progress), look.now, looked_before=self._was_seen
                )
                return live
        raise failure

    def _note_shown(self, progress: Progress, now: datetime) -> None:
        """Note a state that the machine had not shown at the look before."""
        if not self.shown or (self.shown[-1][1].state, self.shown[-1][1].code) != (progress.state, progress.code):
            self.shown.append((now, progress))

    @property
    def _was_seen(self) -> bool:
        """Tell whether the look before saw the machine."""
        return self.last_update_success and self.data.progress is not None

    @property
    def _elapsed(self) -> int | None:
        """Return the whole seconds for which the drink has been in the making, or the program has run."""
        now = dt_util.utcnow()
        return self._run.elapsed(now) if self._run else following.elapsed(self._following, now)

    @property
    def stage(self) -> Stage | None:
        """Return where the maintenance program is that the machine runs, as far as it shows."""
        return self._run.stage if self._run else None

    @property
    def guides(self) -> bool:
        """Tell whether programs can be started and continued from here: over WiFi Connect, and never seen on hardware."""
        return self.experimental and self.has_wifi

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
        self._settings_read = False
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

    def _report_care(self, live: Live) -> None:
        """Raise the repair issues for programs that are due or run, or take them back once the machine says so."""
        report_running(
            self.hass,
            self.config_entry,
            self.definition,
            care.stage(self.definition, live.progress),
            guided=self.guides,
        )
        if live.status:
            report_due(self.hass, self.config_entry, self.definition, live.status, guided=self.guides)

    # --- what happens to drinks --------------------------------------------------------------------------------------

    @callback
    def async_listen_to_drinks(self, listener: Callable[[Happening], None]) -> CALLBACK_TYPE:
        """Tell a listener of every drink that starts or ends, once, also of what happened since Home Assistant started."""
        self._drink_listeners.append(listener)
        self.hass.loop.call_soon(self._tell)
        return lambda: self._drink_listeners.remove(listener)

    def _take(self, now: Following, happenings: tuple[Happening, ...]) -> None:
        """Keep what is known of the drink, over restarts too, so that nothing is told twice."""
        changed = happenings or now.enjoyed != self._following.enjoyed
        self._following = now
        self._untold.extend(happenings)
        if changed:
            finished = [ended for ended in happenings if isinstance(ended, Ended) and ended.how is End.FINISHED]
            last_drink = finished[-1] if finished else self.remembered.last_drink
            remembered = replace(self.remembered, drink=now.drink, enjoyed=now.enjoyed, last_drink=last_drink)
            self.hass.async_create_task(self._remember(remembered), f"{self.name} - remember the drink")

    @override
    def _async_refresh_finished(self) -> None:
        """Tell what happened once the entities show it too."""
        self.hass.loop.call_soon(self._tell)

    @callback
    def _tell(self) -> None:
        while self._untold and self._drink_listeners:
            happening = self._untold.popleft()
            for listener in tuple(self._drink_listeners):
                listener(happening)

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
            await self._read_daily_counters()
            await self._read_settings()
            # What follows is nothing that the statistics must be repeated for.
            self._statistics_due = self.hass.loop.time() + self.client.rhythm.statistics
            await self._read_own_values()
        except LoginRefused:
            self.discarded["LoginRefused"] += 1
            self.config_entry.async_start_reauth(self.hass)
        except JuraError as error:
            self.discarded[type(error).__name__] += 1
            _LOGGER.debug("%s: statistics: %s: %s", self.name, type(error).__name__, error)
        finally:
            self._statistics_task = None
        if not self._is_watching:
            await self.client.release()

    async def _read_counters(self) -> None:
        counters = await self.client.read_counters(self.definition)
        now = dt_util.utcnow()
        previous = self.remembered.counters
        if previous and (read_at := self.remembered.counters_read_at):
            try:
                decode.check_counters(counters, previous, (now - read_at).total_seconds())
            except ImplausibleReply:
                await self._doubt(counters, now)
                raise
        await self._believe(counters, now)

    async def _believe(self, counters: Counters, read_at: datetime) -> None:
        """Take counters for true."""
        day = daily.counted(self._begin_day(), counters.total)
        known, self.counted_at = self.remembered, read_at
        entered = ledger.entered(known.ledger, dt_util.now().date(), counters, known.maintenance)
        if counters != known.counters or day != known.day or entered is not known.ledger or known.doubt:
            await self._remember(
                replace(known, counters=counters, counters_read_at=read_at, day=day, ledger=entered, doubt=None)
            )
            self._report_doubt()
        self._publish(replace(self.data, counters=counters, cups_today=day.cups(counters.total)))

    async def _doubt(self, counters: Counters, now: datetime) -> None:
        """Keep counters that don't continue those before, for they may prove to be true; see `machine.doubt`."""
        doubt = doubted(self.remembered.doubt, counters, now)
        await self._remember(replace(self.remembered, doubt=doubt))
        self._report_doubt()
        if doubt.since != now:
            # Read like this before: it will be no other in some minutes.
            self._statistics_due = self.hass.loop.time() + self.client.rhythm.statistics

    def _report_doubt(self) -> None:
        """Raise the repair issue for counters that may have begun anew, or take it back."""
        known, doubt = self.remembered.counters, self.remembered.doubt
        report(
            self.hass,
            self.config_entry,
            COUNTERS_RESTARTED,
            stands=doubt is not None and doubt.may_be_true,
            before=str(known.total if known else None),
            now=str(doubt.counters.total if doubt else None),
        )

    async def async_believe_counters(self) -> None:
        """Go on with the counters that were refused, as a person knows that the electronics were replaced."""
        if (doubt := self.remembered.doubt) is not None:
            await self._believe(doubt.counters, doubt.at)
            self._statistics_due = 0.0

    async def _read_maintenance(self) -> None:
        maintenance = await self.client.read_maintenance(self.definition)
        decode.check_maintenance(maintenance, self.data.counters.total if self.data.counters else None)
        now, remembered = dt_util.now(), replace(self.remembered, maintenance=maintenance)
        if counters := remembered.counters:
            history = forecast.observed(remembered.history, now, counters.total, maintenance)
            entered = ledger.entered(remembered.ledger, now.date(), counters, maintenance)
            remembered = replace(remembered, history=history, ledger=entered)
        if remembered != self.remembered:
            await self._remember(remembered)
        self._publish(self._expecting(replace(self.data, maintenance=maintenance)))

    def _expecting(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot with what is to be expected of maintenance, seen from today."""
        history, now = self.remembered.history, dt_util.now()
        filter_change = self.definition.maintenance_program(Program.FILTER_CHANGE)
        lifetime = filter_change.lifetime_days if filter_change else None
        return replace(
            snapshot,
            forecasts=frozen(
                {program: forecast.forecast(history, program, now) for program in self.definition.percent_fields}
            ),
            filter_days_left=forecast.days_left(history, Program.FILTER_CHANGE, lifetime, now) if lifetime else None,
        )

    @callback
    def _on_midnight(self, _: datetime) -> None:
        """Count anew and look ahead, whether the machine is on or not: a day without drinks puts maintenance off."""
        self._begin_day()
        self._publish(self._expecting(self.data))

    def _begin_day(self) -> Day:
        """Return today; where it is another day than the last time, it begins with the last total known."""
        total = self.remembered.counters.total if self.remembered.counters else None
        day = daily.moved_on(self.remembered.day, dt_util.now().date(), total)
        if day != self.remembered.day:
            remembered = replace(self.remembered, day=day)
            self.hass.async_create_task(self._remember(remembered), f"{self.name} - remember the day")
            self._publish(replace(self.data, cups_today=day.cups(total)))
        return day

    async def _read_daily_counters(self) -> None:
        """Read the machine's own count of today's cups where it has one, and believe it where it can be true.

        A bank that does not answer as it should is not asked again until the next start. Never seen on hardware.
        """
        if not self._has_daily_counters or not isinstance(self.client, WifiConnect):
            return
        try:
            today = (await self.client.read_bank(Bank.DAILY, self.definition)).get(0)
        except (NotSupported, CommandRejected, ImplausibleReply, LinkLost) as error:
            self._has_daily_counters = False
            _LOGGER.debug("%s: no daily counters: %s", self.name, error)
            return
        day, counters = self.remembered.day, self.remembered.counters
        if day is None or counters is None or today is None:
            return
        if (corrected := daily.corrected(day, counters.total, today)) is None:
            self.discarded["daily counters"] += 1
        elif corrected != day:
            await self._remember(replace(self.remembered, day=corrected))
            self._publish(replace(self.data, cups_today=corrected.cups(counters.total)))

    async def _read_own_values(self) -> None:
        """Read what this very machine allows and what is stored in it, where it tells that: over WiFi only.

        The limits once for each start, the recipes each time, for their owner may change them. A machine that refuses
        is not asked again until the next start.
        """
        if self.client.transport is not Transport.WIFI:
            return
        if self._asks_for_limits:
            await self._read_limits()
        if self._asks_for_recipes:
            await self._read_recipes()

    async def _read_limits(self) -> None:
        try:
            limits = {**self.remembered.limits, **await self.client.read_limits(self._type_definition)}
        except NotSupported:
            limits = {}
        self._asks_for_limits = False
        await self._tailor(replace(self.remembered, limits=frozen(limits)))

    async def _read_recipes(self) -> None:
        """Read the stored recipes. That a machine tells any was never seen on hardware."""
        try:
            recipes = {**self.remembered.recipes, **await self.client.read_recipes(self._type_definition)}
        except NotSupported:
            self._asks_for_recipes = False
            recipes = {}
        await self._tailor(replace(self.remembered, recipes=frozen(recipes)))
        if implausible := recipes.keys() - {
            product.code for product in self.definition.products if product.slug in self.own_products
        }:
            self.discarded["stored recipe"] += len(implausible)

    async def _tailor(self, remembered: Remembered) -> None:
        """Make the machine's own values those of its definition, at once and after every restart."""
        if remembered == self.remembered:
            return
        await self._remember(remembered)
        self.definition = tailored(self._type_definition, remembered.limits, remembered.recipes)
        self.async_update_listeners()

    @property
    def own_products(self) -> frozenset[str]:
        """Return the slugs of the products whose usual values are those that are stored in this very machine."""
        return own_products(self.definition, self.remembered.recipes)

    async def _read_settings(self) -> None:
        """Read the settings: once, and again after anything that may have changed them.

        That is after a time without the machine, for it has a menu, and the phone an app; after a change whose outcome
        is not known; and when somebody wants everything read. They are not remembered over restarts. A session that
        breaks off isn't worth reading the counters again so soon.
        """
        if self._settings_read or self.client is not self._wifi or not self.definition.settings:
            return
        try:
            settings = await self._wifi.read_settings(self.definition)
        except LinkLost as error:
            self.discarded["settings"] += 1
            _LOGGER.debug("%s: settings: %s", self.name, error)
            return
        self._settings_read = True
        self._publish(replace(self.data, settings=settings))

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
        self._settings_read = False
        if gives_way:
            self._watch_until = 0.0
            self._stop_statistics()
            await self.client.release()
        self._try_now()
        await self.async_refresh()

    async def async_turn(self, dials: Dials) -> None:
        """Keep what a person set for their next drink, and show it. The machine is not asked and not told."""
        await self._remember(replace(self.remembered, dials=dials))
        self.async_update_listeners()

    async def async_look_again(self) -> None:
        """Read everything now."""
        self._refuse_if_giving_way()
        self._try_now()
        self._statistics_due = 0.0
        self._settings_read = False
        await self.async_refresh()
        if not self.last_update_success:
            raise self._explained(Unreachable("no answer"))

    async def async_brew(self, slug: str) -> None:
        """Make a drink of this machine with its usual values. See `async_start`."""
        product = self.definition.product(slug)
        assert product is not None, "only asked for what the definition has"
        await self.async_start(default_recipe(product))

    async def async_start(self, recipe: Recipe, name: str | None = None) -> None:
        """Order a drink, at most once, and wait until the machine shows it. `name` is what its owner calls it.

        Raises ServiceValidationError where the machine can't make it now, in words that say what to do, and
        HomeAssistantError where the order failed or its outcome is not known.
        """
        if self._ordering:
            raise CommandRefused(translation_domain=DOMAIN, translation_key="already_ordering")
        self._ordering = True
        try:
            async with self._commanding():
                await self._refuse_if_impossible(recipe.product)
                await self._order(recipe, name)
                await self._await_start(recipe.product)
        finally:
            self._ordering = False

    async def _order(self, recipe: Recipe, name: str | None) -> None:
        """Send an order, once, and note what is known of it."""
        self._following = following.ordering(self._following, recipe.product, name, dt_util.utcnow())
        try:
            await self._send(lambda client: client.start(recipe))
        except (*_NOTHING_SENT, InvalidRecipe):
            self._following = following.unsent(self._following)
            raise
        except CommandRejected:
            self._take(*following.rejected(self._following, dt_util.utcnow()))
            raise
        except BaseException:
            self._following = following.unanswered(self._following, dt_util.utcnow())
            raise
        self._following = following.acknowledged(self._following, dt_util.utcnow())

    async def async_cancel(self) -> None:
        """Stop the drink in the making, once."""
        async with self._commanding():
            live = await self._read_live(Urgency.COMMAND)
            if not state.is_making(live.progress):
                raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_to_cancel")
            if care.stage(self.definition, live.progress):
                # What stops a drink was never tried on a program.
                raise CommandRefused(translation_domain=DOMAIN, translation_key="program_not_cancelled")
            await self._send(lambda client: client.cancel())
            self._following = following.cancelled(self._following)

    async def async_start_program(self, program: Program) -> None:
        """Start a maintenance program, at most once, and wait until the machine shows it if it does.

        Raises ServiceValidationError where the machine can't run it now, and HomeAssistantError where that failed or
        nobody knows. Whoever asks has confirmed that somebody stands at the machine.
        """
        self._refuse_unless_experimental()
        if self._ordering:
            raise CommandRefused(translation_domain=DOMAIN, translation_key="already_ordering")
        self._ordering = True
        try:
            async with self._commanding():
                declared = self.definition.maintenance_program(program)
                if self._wifi is None or declared is None or declared.command is None:
                    raise NotSupported(f"start of {program}")
                status = await self._status_when_free()
                if status:
                    self._refuse_if_blocked(state.alerts_that_block_all(self.definition, status))
                await self._start_program(self._wifi, declared.command, shows=declared.shows_progress)
        finally:
            self._ordering = False

    async def _start_program(self, wifi: WifiConnect, command: str, *, shows: bool) -> None:
        """Send the start, once; where its answer is lost, what the machine shows is the answer."""
        if not shows:
            self._statistics_due = max(self._statistics_due, self.hass.loop.time() + _SILENT_PROGRAM)
        lost: OutcomeUnknown | None = None
        try:
            await wifi.start_program(command)
        except OutcomeUnknown as error:
            lost = error
        if shows and await self._shows(lambda run: run is not None, _START_LIMIT):
            return
        if lost:
            raise lost
        if shows:
            raise CommandFailed(Outcome.NOT_STARTED, translation_domain=DOMAIN, translation_key="program_not_shown")

    async def async_continue_program(self, seen: Stage | None) -> None:
        """Tell the machine to go on from the step that a person has seen and done, at most once for each step.

        Raises ServiceValidationError where the program waits for nothing, or not in that step any more.
        """
        self._refuse_unless_experimental()
        async with self._commanding():
            if self._wifi is None:
                raise NotSupported("programs over Bluetooth")
            if seen is None:
                raise CommandRefused(translation_domain=DOMAIN, translation_key="no_program")
            await self._read_live(Urgency.COMMAND)
            run = self._run
            if run is None or not run.stage.is_same(seen):
                raise CommandRefused(translation_domain=DOMAIN, translation_key="step_is_over")
            if run.stage.command is None:
                raise CommandRefused(translation_domain=DOMAIN, translation_key="nothing_to_continue")
            if not run.may_continue(dt_util.utcnow()):
                raise CommandRefused(translation_domain=DOMAIN, translation_key="already_continued")
            self._run = replace(run, continued=dt_util.utcnow())
            lost: OutcomeUnknown | None = None
            try:
                await self._wifi.accept_step(run.stage.command)
            except OutcomeUnknown as error:
                lost = error
            if await self._shows(lambda now: now is None or not now.stage.is_same(seen), _CONTINUE_LIMIT):
                return
            if lost:
                raise lost
            raise CommandFailed(Outcome.NOT_STARTED, translation_domain=DOMAIN, translation_key="not_continued")

    async def _shows(self, expected: Callable[[Run | None], bool], limit: float) -> bool:
        """Wait until the machine shows what is expected of it; tell whether it does within that many seconds."""
        deadline = self.hass.loop.time() + limit
        while self.hass.loop.time() < deadline:
            await self.async_refresh()
            if self.last_update_success and expected(self._run):
                return True
            await asyncio.sleep(1)
        return False

    def _refuse_unless_experimental(self) -> None:
        if not self.experimental:
            raise CommandRefused(translation_domain=DOMAIN, translation_key="programs_are_experimental")

    async def async_lock_keys(self, *, locked: bool) -> None:
        """Lock or unlock the machine's own buttons and display, once."""
        async with self._commanding():
            await self._send(lambda client: client.lock_keys() if locked else client.unlock_keys())

    async def async_change_setting(self, setting: Setting, value: str) -> None:
        """Change a setting of the machine, once, and show what it reads back; `value` is one of its definition.

        Only over WiFi Connect, and never while something is made, for then its session is better left alone.
        """
        async with self._commanding():
            if self._wifi is None:
                raise NotSupported("settings over Bluetooth")
            live = await self._read_live(Urgency.COMMAND)
            if self._ordering or state.is_making(live.progress):
                raise CommandRefused(translation_domain=DOMAIN, translation_key="already_making")
            try:
                await self._wifi.write_setting(setting.argument, value)
            except OutcomeUnknown, asyncio.CancelledError:
                self._show_setting(setting, None)
                self._settings_read = False
                self._statistics_due = 0.0
                raise
            self._show_setting(setting, as_stored(value))

    def _show_setting(self, setting: Setting, value: str | None) -> None:
        """Show another value of a setting, or that it isn't known."""
        settings = {slug: stored for slug, stored in (self.data.settings or {}).items() if slug != setting.slug}
        if value is not None:
            settings[setting.slug] = value
        self._publish(replace(self.data, settings=frozen(settings)))

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
            raise CommandRefused(translation_domain=DOMAIN, translation_key="giving_way")

    async def _refuse_if_impossible(self, product: Product) -> None:
        """Raise in words what keeps the machine from making a product now."""
        if status := await self._status_when_free():
            self._refuse_if_blocked(state.blocking_alerts(self.definition, status, product))

    async def _status_when_free(self) -> Status | None:
        """Return the status of a machine that takes commands and does nothing else; raise in words if it does."""
        if all(client.refuses_commands for client in self._clients):
            raise CommandsRefused
        live = await self._read_live(Urgency.COMMAND)
        if state.is_making(live.progress):
            raise CommandRefused(translation_domain=DOMAIN, translation_key="already_making")
        return live.status or self.data.status

    def _refuse_if_blocked(self, blocking: tuple[Alert, ...]) -> None:
        if blocking:
            raise DrinkBlocked(
                tuple(alert.slug for alert in blocking),
                translation_domain=DOMAIN,
                translation_key=f"blocked_{blocking[0].slug}",
            )

    async def _await_start(self, product: Product) -> None:
        """Wait until the machine shows the drink; it gives no other answer to an order. Never orders again."""
        deadline = self.hass.loop.time() + _START_LIMIT
        while self.hass.loop.time() < deadline:
            await self.async_refresh()
            # Told by what was followed, for the drink may have been cancelled since, and not every drink is ours.
            if self._following.order and self._following.order.shown:
                return
            await asyncio.sleep(1)
        if not self.last_update_success:
            raise self._explained(OutcomeUnknown("no look at the machine since"))
        raise CommandFailed(
            Outcome.NOT_STARTED,
            translation_domain=DOMAIN,
            translation_key="not_started",
            translation_placeholders={"product": product.name},
        )

    def _explained(self, error: JuraError) -> CommandFailed:
        """Return what a person is told about a failure of the machine room."""
        return CommandFailed(
            outcome_of(error),
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
