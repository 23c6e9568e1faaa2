"""What changes slowly, read in the background: counters, maintenance, settings, and the machine's own limits and recipes.

What was read is believed where it can be true, remembered over restarts, and published. Here is also kept when to read
again: rarely, for over Bluetooth nobody else has the link meanwhile, and never during a drink. Nothing that a person
asked for is done here.

May import floors 1 to 5.
"""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime
import logging
from typing import TYPE_CHECKING, Final

from homeassistant.core import callback
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from .issues import COUNTERS_RESTARTED, report
from .machine import daily, decode, forecast, ledger, state
from .machine.daily import Day
from .machine.doubt import doubted
from .machine.errors import CommandRejected, ImplausibleReply, JuraError, LinkLost, LoginRefused, NotSupported
from .machine.model import Bank, Counters, Program, Progress, Snapshot, Transport, frozen
from .machine.tailoring import tailored
from .memory import Remembered

if TYPE_CHECKING:
    from .coordinator import JuraCoordinator

_LOGGER = logging.getLogger(__name__)

_RETRY: Final = 3 * 60.0
"""Seconds until statistics are tried again that were not ready: usual just after switching on."""


class Statistics:
    """Reads what changes slowly from one machine, and knows when to."""

    def __init__(self, coordinator: JuraCoordinator) -> None:
        """Start with what is remembered; all is due."""
        self._coordinator = coordinator
        self._ways = coordinator.ways
        self.counted_at = coordinator.remembered.counters_read_at
        """When the counters were read; after a restart, when they were first read as they are."""
        self.discarded: Counter[str] = Counter()
        """Why statistics were discarded, and how often, for the diagnostics."""
        self._due = 0.0
        self._believed_at: float | None = None
        """When counters were last believed, by the clock that nobody sets; None before the first time since the start."""
        self._halves = 0
        """How often in a row counters came without some that were expected: once may be half an answer."""
        self._task: asyncio.Task[None] | None = None
        self._settings_read = False
        self._has_daily_counters = Bank.DAILY in coordinator.type_definition.banks
        self._asks_for_limits = True
        self._asks_for_recipes = coordinator.experimental
        coordinator.config_entry.async_on_unload(
            async_track_time_change(coordinator.hass, self._on_midnight, hour=0, minute=0, second=0)
        )

    # --- when --------------------------------------------------------------------------------------------------------

    @property
    def are_being_read(self) -> bool:
        """Tell whether they are being read just now, and the link is needed."""
        return self._task is not None

    def are_due(self, progress: Progress) -> bool:
        """Tell whether it is time to read them from a machine that shows this."""
        return (
            self._task is None
            and self._coordinator.hass.loop.time() >= self._due
            and not state.is_making(progress)
            and not self._ways.client.refuses_commands
        )

    def read_in(self, seconds: float) -> None:
        """Let them be due in that many seconds, whatever was planned."""
        self._due = self._coordinator.hass.loop.time() + seconds

    def not_within(self, seconds: float) -> None:
        """Leave the machine alone for that many seconds at least."""
        self._due = max(self._due, self._coordinator.hass.loop.time() + seconds)

    def doubt_settings(self) -> None:
        """Have the settings read again with the next statistics: they may have been changed elsewhere."""
        self._settings_read = False

    def start(self) -> None:
        """Read statistics beside the regular look: they take their time, and nobody should wait for them."""
        self._task = self._coordinator.config_entry.async_create_background_task(
            self._coordinator.hass, self._read(), f"{self._coordinator.name} - statistics"
        )

    def stop(self) -> None:
        """Break off reading statistics: a drink goes first, and over WiFi it may suffer from being asked meanwhile."""
        if self._task:
            self._task.cancel()

    async def _read(self) -> None:
        """Read counters and maintenance, believe what is plausible, and let the machine go."""
        self.read_in(_RETRY)
        try:
            await self._read_counters()
            await self._read_maintenance()
            await self._read_daily_counters()
            await self._read_settings()
            # What follows is nothing that the statistics must be repeated for.
            self.read_in(_RETRY if self._halves == 1 else self._ways.client.rhythm.statistics)
            await self._read_own_values()
        except LoginRefused:
            self.discarded["LoginRefused"] += 1
            self._coordinator.config_entry.async_start_reauth(self._coordinator.hass)
        except JuraError as error:
            self.discarded[type(error).__name__] += 1
            _LOGGER.debug("%s: statistics: %s: %s", self._coordinator.name, type(error).__name__, error)
        finally:
            self._task = None
        if not self._coordinator.is_watching:
            await self._ways.release()

    # --- counters -----------------------------------------------------------------------------------------------------

    async def _read_counters(self) -> None:
        counters = await self._ways.client.read_counters(self._coordinator.definition)
        now = dt_util.utcnow()
        previous = self._coordinator.remembered.counters
        if previous and (read_at := self._coordinator.remembered.counters_read_at):
            try:
                decode.check_counters(counters, previous, self._seconds_since(read_at))
            except ImplausibleReply:
                await self._doubt(counters, now)
                raise
        await self._believe(self._completed(counters), now)

    def _completed(self, counters: Counters) -> Counters:
        """Return counters with what stood before for those that are missing this time."""
        known = self._coordinator.remembered.counters
        before = known.slots if known else {}
        expected = {product.counter_slot for product in self._coordinator.definition.active_products} | before.keys()
        self._halves = 0 if expected <= counters.slots.keys() else self._halves + 1
        return replace(counters, slots=frozen({**before, **counters.slots}))

    def _seconds_since(self, read_at: datetime) -> float:
        """Return how long ago the last counters were read. A computer's clock may be set, also back."""
        if self._believed_at is None:
            return (dt_util.utcnow() - read_at).total_seconds()
        return self._coordinator.hass.loop.time() - self._believed_at

    async def _believe(self, counters: Counters, read_at: datetime) -> None:
        """Take counters for true."""
        day = daily.counted(self._begin_day(), counters.total)
        known, self.counted_at = self._coordinator.remembered, read_at
        self._believed_at = self._coordinator.hass.loop.time()
        entered = ledger.entered(known.ledger, dt_util.now().date(), counters, known.maintenance)
        if counters != known.counters or day != known.day or entered is not known.ledger or known.doubt:
            await self._coordinator.async_remember(
                replace(known, counters=counters, counters_read_at=read_at, day=day, ledger=entered, doubt=None)
            )
            self._report_doubt()
        self._coordinator.publish(
            replace(self._coordinator.data, counters=counters, cups_today=day.cups(counters.total))
        )

    async def _doubt(self, counters: Counters, now: datetime) -> None:
        """Keep counters that don't continue those before, for they may prove to be true; see `machine.doubt`."""
        doubt = doubted(self._coordinator.remembered.doubt, counters, now)
        await self._coordinator.async_remember(replace(self._coordinator.remembered, doubt=doubt))
        self._report_doubt()
        if doubt.since != now:
            # Read like this before: it will be no other in some minutes.
            self.read_in(self._ways.client.rhythm.statistics)

    def _report_doubt(self) -> None:
        """Raise the repair issue for counters that may have begun anew, or take it back."""
        known, doubt = self._coordinator.remembered.counters, self._coordinator.remembered.doubt
        report(
            self._coordinator.hass,
            self._coordinator.config_entry,
            COUNTERS_RESTARTED,
            stands=doubt is not None and doubt.may_be_true,
            before=str(known.total if known else None),
            now=str(doubt.counters.total if doubt else None),
        )

    async def async_believe_counters(self) -> None:
        """Go on with the counters that were refused, as a person knows that the electronics were replaced."""
        if (doubt := self._coordinator.remembered.doubt) is not None:
            await self._believe(doubt.counters, doubt.at)
            self.read_in(0.0)

    # --- maintenance --------------------------------------------------------------------------------------------------

    async def _read_maintenance(self) -> None:
        maintenance = await self._ways.client.read_maintenance(self._coordinator.definition)
        counted = self._coordinator.data.counters
        decode.check_maintenance(maintenance, counted.total if counted else None)
        now, remembered = dt_util.now(), replace(self._coordinator.remembered, maintenance=maintenance)
        if counters := remembered.counters:
            history = forecast.observed(remembered.history, now, counters.total, maintenance)
            entered = ledger.entered(remembered.ledger, now.date(), counters, maintenance)
            remembered = replace(remembered, history=history, ledger=entered)
        if remembered != self._coordinator.remembered:
            await self._coordinator.async_remember(remembered)
        self._coordinator.publish(self.expecting(replace(self._coordinator.data, maintenance=maintenance)))

    def expecting(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot with what is to be expected of maintenance, seen from today."""
        history, now = self._coordinator.remembered.history, dt_util.now()
        filter_change = self._coordinator.definition.maintenance_program(Program.FILTER_CHANGE)
        lifetime = filter_change.lifetime_days if filter_change else None
        return replace(
            snapshot,
            forecasts=frozen(
                {
                    program: forecast.forecast(history, program, now)
                    for program in self._coordinator.definition.percent_fields
                }
            ),
            filter_days_left=forecast.days_left(history, Program.FILTER_CHANGE, lifetime, now) if lifetime else None,
        )

    # --- today --------------------------------------------------------------------------------------------------------

    @callback
    def _on_midnight(self, _: datetime) -> None:
        """Count anew and look ahead, whether the machine is on or not: a day without drinks puts maintenance off."""
        self._begin_day()
        self._coordinator.publish(self.expecting(self._coordinator.data))

    def _begin_day(self) -> Day:
        """Return today; where it is another day than the last time, it begins with the last total known."""
        known = self._coordinator.remembered
        total = known.counters.total if known.counters else None
        day = daily.moved_on(known.day, dt_util.now().date(), total)
        if day != known.day:
            remembering = self._coordinator.async_remember(replace(known, day=day))
            self._coordinator.hass.async_create_task(remembering, f"{self._coordinator.name} - remember the day")
            self._coordinator.publish(replace(self._coordinator.data, cups_today=day.cups(total)))
        return day

    async def _read_daily_counters(self) -> None:
        """Read the machine's own count of today's cups where it has one, and believe it where it can be true.

        A bank that does not answer as it should is not asked again until the next start. Never seen on hardware.
        """
        if not self._has_daily_counters or not (wifi := self._ways.wifi_in_use):
            return
        try:
            today = (await wifi.read_bank(Bank.DAILY, self._coordinator.definition)).get(0)
        except (NotSupported, CommandRejected, ImplausibleReply, LinkLost) as error:
            self._has_daily_counters = False
            _LOGGER.debug("%s: no daily counters: %s", self._coordinator.name, error)
            return
        day, counters = self._coordinator.remembered.day, self._coordinator.remembered.counters
        if day is None or counters is None or today is None:
            return
        if (corrected := daily.corrected(day, counters.total, today)) is None:
            self.discarded["daily counters"] += 1
        elif corrected != day:
            await self._coordinator.async_remember(replace(self._coordinator.remembered, day=corrected))
            self._coordinator.publish(replace(self._coordinator.data, cups_today=corrected.cups(counters.total)))

    # --- what this very machine allows, and its settings --------------------------------------------------------------

    async def _read_own_values(self) -> None:
        """Read what this very machine allows and what is stored in it, where it tells that: over WiFi only.

        The limits once for each start, the recipes each time, for their owner may change them. A machine that refuses
        is not asked again until the next start.
        """
        if self._ways.client.transport is not Transport.WIFI:
            return
        if self._asks_for_limits:
            await self._read_limits()
        if self._asks_for_recipes:
            await self._read_recipes()

    async def _read_limits(self) -> None:
        try:
            read = await self._ways.client.read_limits(self._coordinator.type_definition)
            limits = {**self._coordinator.remembered.limits, **read}
        except NotSupported:
            limits = {}
        self._asks_for_limits = False
        await self._tailor(replace(self._coordinator.remembered, limits=frozen(limits)))

    async def _read_recipes(self) -> None:
        """Read the stored recipes. That a machine tells any was never seen on hardware."""
        try:
            read = await self._ways.client.read_recipes(self._coordinator.type_definition)
            recipes = {**self._coordinator.remembered.recipes, **read}
        except NotSupported:
            self._asks_for_recipes = False
            recipes = {}
        await self._tailor(replace(self._coordinator.remembered, recipes=frozen(recipes)))
        products, own = self._coordinator.definition.products, self._coordinator.own_products
        if implausible := recipes.keys() - {product.code for product in products if product.slug in own}:
            self.discarded["stored recipe"] += len(implausible)

    async def _tailor(self, remembered: Remembered) -> None:
        """Make the machine's own values those of its definition, at once and after every restart."""
        if remembered == self._coordinator.remembered:
            return
        await self._coordinator.async_remember(remembered)
        self._coordinator.redefine(tailored(self._coordinator.type_definition, remembered.limits, remembered.recipes))

    async def _read_settings(self) -> None:
        """Read the settings: once, and again after anything that may have changed them.

        That is after a time without the machine, for it has a menu, and the phone an app; after a change whose outcome
        is not known; and when somebody wants everything read. They are not remembered over restarts. Of a session that
        breaks off another is made; a second time isn't worth reading the counters again so soon.
        """
        wifi = self._ways.wifi_in_use
        if self._settings_read or wifi is None or not self._coordinator.definition.settings:
            return
        for _ in range(2):
            try:
                settings = await wifi.read_settings(self._coordinator.definition)
            except LinkLost as error:
                self.discarded["settings"] += 1
                _LOGGER.debug("%s: settings: %s", self._coordinator.name, error)
            else:
                self._settings_read = True
                self._coordinator.publish(replace(self._coordinator.data, settings=settings))
                return
