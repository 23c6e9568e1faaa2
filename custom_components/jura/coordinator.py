"""The regular look at one machine: when it is looked at, how long its link is held, and what is published of it.

The link is the scarce thing: while we hold it the owner's phone has no access. So an idle machine is looked at shortly
and let go; only while a drink is made, and for a moment after somebody pressed something, the link is held and read
every second.

The coordinator owns four that have a job each: `ways` (how the machine is reached), `statistics` (what changes slowly),
`commands` (what a person asks for) and `telling` (who is told what happened). Under "what the others build on" is all
that these use of it.

May import floors 1 to 5.
"""

from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .commands import Commands
from .const import CONF_EXPERIMENTAL, DOMAIN
from .dials import Dials
from .issues import COMMANDS_REFUSED, KEYS_LOCKED, report, report_care
from .machine import care, daily, decode, following, noticing, state
from .machine.care import Run, Stage
from .machine.client import Live, Urgency
from .machine.errors import JuraError, SlotTaken
from .machine.following import Following, Happening, Look
from .machine.model import Article, Definition, End, Ended, Progress, Snapshot, Transport
from .machine.tailoring import own_products, tailored
from .memory import Memory, Remembered
from .outcomes import text_of
from .statistics import Statistics
from .telling import Telling
from .ways import Ways

_LOGGER = logging.getLogger(__name__)

SCAN_INTERVAL: Final = timedelta(seconds=60)
"""Between two looks at an idle machine over Bluetooth, each of which takes the link for a second or two."""
_WATCHING: Final = timedelta(seconds=1)
_HOLD_WHILE_MAKING: Final = 3.0
_HOLD_AFTER_DRINK: Final = 20.0
"""Seconds for which "enjoy" is seen through; it lasts for some, and a machine that never left it must be let go."""
_KEYS_LOCKED_LIMIT: Final = 120.0
"""Seconds after which locked keys are nobody's doing any more."""
_MOST_SHOWN: Final = 100
"""States of the machine that are kept for the diagnostics: some drinks, or a whole program."""

type JuraConfigEntry = ConfigEntry[JuraCoordinator]


class JuraCoordinator(DataUpdateCoordinator[Snapshot]):
    """Watches one machine."""

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
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=SCAN_INTERVAL,
            always_update=False,
        )
        self.article = article
        self.type_definition = definition
        """What machines of its type can do."""
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
            alerts=remembered.known.alerts,
            last_drink=remembered.last_drink,
            cups_today=day.cups(total),
        )
        self.seen_at: datetime | None = None
        """When the machine answered last; None if it didn't since Home Assistant started."""
        self.shown: deque[tuple[datetime, Progress]] = deque(maxlen=_MOST_SHOWN)
        """What the machine showed, and since when: a program or an unknown drink, step by step, for the diagnostics."""
        self.following = Following(drink=remembered.drink, enjoyed=remembered.enjoyed)
        """What is known of the drink in the making and of our last order. Changed by `take` only."""
        self.run: Run | None = None
        """The maintenance program that the machine runs, as far as it shows."""
        self.telling = Telling(hass)
        self._away_since: datetime | None = None
        """When the machine was first looked for in vain; None while it is there."""
        self._watch_until = 0.0
        self._last_end: Ended | None = None
        self._progress_before: Progress | None = None
        """What the machine showed when it was last seen, however long ago."""
        self._versions_read = False
        self._keys_locked_since: float | None = None
        self.is_closed = False
        """Whether the machine was let go for good, while somebody may still wait for what it shows."""
        self.ways = Ways(hass, entry, self._on_return)
        self.statistics = Statistics(self)
        self.commands = Commands(self)
        self.data = self.statistics.expecting(self.data)

    @callback
    def _on_return(self) -> None:
        """Look at once at a machine that was away and is heard again."""
        if not self.gives_way and not self.last_update_success:
            self.config_entry.async_create_background_task(
                self.hass, self.async_refresh(), f"{self.name} - heard again"
            )

    # --- the regular look ---------------------------------------------------------------------------------------------

    @override
    async def _async_update_data(self) -> Snapshot:
        """Look at the machine, and let it go unless something is going on."""
        if self.gives_way:
            return replace(self.data, status=None, progress=None)
        try:
            live = await self.read_live(Urgency.WATCH if self.is_watching else Urgency.POLL)
            await self._read_versions_once()
        except JuraError as error:
            self.update_interval = self._idle_interval
            raise self._failed(error) from error
        self.report_refusal()
        self._report_locked_keys(live)
        report_care(self.hass, self.config_entry, self.definition, live, guided=self.guides)
        progress = state.steadied(self.data.progress, live.progress)
        # While a drink is made, WiFi Connect sends no status word: the one before it stands.
        snapshot = replace(
            self.data,
            status=live.status or self.data.status,
            progress=progress,
            signal_strength=self.ways.signal_strength,
            transport=self.ways.client.transport,
            drink=self.following.drink,
            elapsed=self._elapsed,
            alerts=self.remembered.known.alerts,
            last_drink=self.remembered.last_drink,
        )
        self._settle_into_rhythm(self._progress_before, progress)
        if self.is_watching:
            return snapshot
        if self.statistics.are_due(progress):
            self.statistics.start()
        elif not self.statistics.are_being_read:
            await self.ways.release()
        return snapshot

    def _failed(self, error: JuraError) -> UpdateFailed:
        """Return Home Assistant's form of a failed look. The data keep counters only: all else is of the past."""
        self.statistics.doubt_settings()
        self._away_since = self._away_since or dt_util.utcnow()
        self.data = replace(self.data, status=None, progress=None)
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key=text_of(error, another_machine=self.ways.serve_another_machine) or "unreachable",
            translation_placeholders={"name": self.name, "reason": self.ways.explain_unreachable()},
        )

    def _settle_into_rhythm(self, before: Progress | None, now: Progress) -> None:
        """Choose how soon to look again, and note the end of a drink, also of one that ended while nobody saw it."""
        self._progress_before = now
        time = self.hass.loop.time()
        if state.is_making(now):
            self.statistics.stop()
            self._watch_until = max(self._watch_until, time + _HOLD_WHILE_MAKING)
        elif before and state.is_making(before):
            self._watch_until = time + _HOLD_AFTER_DRINK
            self.statistics.read_in(self.ways.client.rhythm.settling)
        elif before and before.state == decode.FINISHED and now.state == decode.IDLE:
            self._watch_until = time
        self.update_interval = _WATCHING if self.is_watching else self._idle_interval

    @property
    def _idle_interval(self) -> timedelta:
        idle = self.ways.client.rhythm.idle
        return SCAN_INTERVAL if idle is None else timedelta(seconds=idle)

    async def _read_versions_once(self) -> None:
        """Read the firmware versions for the device page, once for each start of Home Assistant."""
        if self._versions_read:
            return
        try:
            versions = await self.ways.client.read_versions()
        except SlotTaken:
            # The look itself has succeeded; the next one asks again.
            return
        self._versions_read = True
        if versions == self.remembered.versions:
            return
        await self.async_remember(replace(self.remembered, versions=versions))
        registry = dr.async_get(self.hass)
        identifier = (DOMAIN, str(self.config_entry.unique_id))
        if device := registry.async_get_device_by_identifier(identifier, self.config_entry.entry_id):
            registry.async_update_device(device.id, sw_version=versions.machine, hw_version=versions.dongle)

    def _report_locked_keys(self, live: Live) -> None:
        """Raise the repair issue for keys that stay locked although nobody can be locking them any more.

        Only over WiFi, where a session that died leaves them locked (hardware-verified); the lock over Bluetooth is our
        own switch. A phone that is changing settings locks them for a moment.
        """
        if live.status is None or self.ways.client.transport is not Transport.WIFI:
            return
        now = self.hass.loop.time()
        self._keys_locked_since = (self._keys_locked_since or now) if live.status.is_set(state.KEYS_LOCKED) else None
        stands = self._keys_locked_since is not None and now - self._keys_locked_since >= _KEYS_LOCKED_LIMIT
        if stands or self._keys_locked_since is None:
            report(self.hass, self.config_entry, KEYS_LOCKED, stands=stands)

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
        return self.run.elapsed(now) if self.run else following.elapsed(self.following, now)

    @override
    async def async_shutdown(self) -> None:
        """Let the machine go for good."""
        self.is_closed = True
        await super().async_shutdown()
        self.telling.stop()
        await self.ways.close()

    # --- what entities may know ---------------------------------------------------------------------------------------

    @property
    def has_bluetooth(self) -> bool:
        """Tell whether the machine has a Smart Connect, which can lock its keys and switch it off."""
        return self.ways.has_bluetooth

    @property
    def has_wifi(self) -> bool:
        """Tell whether the machine has a WiFi Connect, which can change its settings."""
        return self.ways.wifi is not None

    @property
    def answers_over_wifi(self) -> bool:
        """Tell whether the machine answered at the last look, over WiFi Connect."""
        return self.last_update_success and self.ways.wifi_in_use is not None

    @property
    def guides(self) -> bool:
        """Tell whether programs can be started and continued from here: over WiFi Connect, and never seen on hardware."""
        return self.experimental and self.has_wifi

    @property
    def is_occupied(self) -> bool:
        """Tell whether a drink is being ordered or made, or a program runs, so that the link is better left alone."""
        return self.commands.is_ordering or (self.data.progress is not None and state.is_making(self.data.progress))

    @property
    def stage(self) -> Stage | None:
        """Return where the maintenance program is that the machine runs, as far as it shows."""
        return self.run.stage if self.run else None

    @property
    def own_products(self) -> frozenset[str]:
        """Return the slugs of the products whose usual values are those that are stored in this very machine."""
        return own_products(self.definition, self.remembered.recipes)

    @property
    def gives_way(self) -> bool:
        """Tell whether we keep off the link, so that the phone can have it."""
        return self.remembered.gives_way

    # --- what asks nothing of the machine -----------------------------------------------------------------------------

    async def async_give_way(self, *, gives_way: bool) -> None:
        """Keep off the link, or come back to it."""
        await self.async_remember(replace(self.remembered, gives_way=gives_way))
        self.statistics.doubt_settings()
        if gives_way:
            self._watch_until = 0.0
            self.statistics.stop()
            await self.ways.release()
        self.ways.try_now()
        await self.async_refresh()

    async def async_turn(self, dials: Dials) -> None:
        """Keep what a person set for their next drink, and show it. The machine is not asked and not told."""
        await self.async_remember(replace(self.remembered, dials=dials))
        self.async_update_listeners()

    # --- what the others build on -------------------------------------------------------------------------------------

    async def read_live(self, urgency: Urgency) -> Live:
        """Read what changes from second to second, and follow what it says of drinks and programs. Raises JuraError."""
        live = await self.ways.read_live(urgency)
        look = Look(self.definition, live.status or self.data.status, live.progress, dt_util.utcnow())
        self.seen_at = look.now
        self._note_shown(live.progress, look.now)
        self.take(*following.follow(self.following, look))
        self._notice(look)
        self.run = care.follow(
            self.run, care.stage(self.definition, live.progress), look.now, looked_before=self._was_seen
        )
        return live

    def take(self, now: Following, happenings: tuple[Happening, ...] = ()) -> None:
        """Keep what is known of the drink, over restarts too, so that nothing is told twice."""
        changed = happenings or now.enjoyed != self.following.enjoyed
        self.following = now
        self.telling.add(*happenings)
        if changed:
            ends = [ended for ended in happenings if isinstance(ended, Ended)]
            self._last_end = ends[-1] if ends else self._last_end
            if any(ended.how is not End.FAILED for ended in ends):
                # Also of a drink that was never seen in the making.
                self.statistics.read_in(self.ways.client.rhythm.settling)
            finished = [ended for ended in ends if ended.how is End.FINISHED]
            last_drink = finished[-1] if finished else self.remembered.last_drink
            remembered = replace(self.remembered, drink=now.drink, enjoyed=now.enjoyed, last_drink=last_drink)
            self.hass.async_create_task(self.async_remember(remembered), f"{self.name} - remember the drink")

    def may_have_ended(self, started: datetime) -> bool:
        """Tell whether the drink that was started or ordered then came to its end, or may have while nobody saw it."""
        end = self._last_end
        return end is not None and end.drink.started == started and end.how in (End.FINISHED, End.ENDED_UNSEEN)

    def _notice(self, look: Look) -> None:
        """Keep what is known of the machine's alerts and sleep, over restarts too, so that nothing is told twice."""
        away = look.now - (self._away_since or look.now)
        self._away_since = None
        known, notices = noticing.notice(self.remembered.known, look, away)
        self.telling.add(*notices)
        if known != self.remembered.known:
            remembered = replace(self.remembered, known=known)
            self.hass.async_create_task(self.async_remember(remembered), f"{self.name} - remember the alerts")

    def note_continued(self, run: Run) -> None:
        """Note that the program is told to go on from the step that it is in, which must not happen twice."""
        self.run = replace(run, continued=dt_util.utcnow())

    @property
    def is_watching(self) -> bool:
        """Tell whether the link is held, and the machine looked at every second."""
        return self.hass.loop.time() < self._watch_until

    def watch(self, seconds: float) -> None:
        """Hold the link for that many seconds from now on."""
        self._watch_until = self.hass.loop.time() + seconds

    def look_soon(self) -> None:
        """Have the next look in a second; after it the machine decides on the rhythm."""
        self.update_interval = _WATCHING
        self._schedule_refresh()

    @override
    @callback
    def _schedule_refresh(self) -> None:
        """Plan the next look.

        Also where polling is switched off, as long as we hold the link: what a person started is watched to its end, and
        nobody else would let the link go.
        """
        super()._schedule_refresh()
        if self.config_entry.pref_disable_polling and self.update_interval == _WATCHING and not self.is_closed:
            self._async_unsub_refresh()
            self._unsub_refresh = async_call_later(self.hass, _WATCHING, self._look_again)

    @callback
    def _look_again(self, _: datetime) -> None:
        self.config_entry.async_create_background_task(
            self.hass, self._handle_refresh_interval(), f"{self.name} - look again"
        )

    async def async_remember(self, remembered: Remembered) -> None:
        """Keep something over restarts. Written at once: it changes rarely, and a restart may come any time."""
        self.remembered = remembered
        await self._memory.async_remember(remembered)

    def publish(self, snapshot: Snapshot) -> None:
        """Tell the entities without disturbing the rhythm of the regular look."""
        if snapshot != self.data:
            self.data = snapshot
            self.async_update_listeners()

    def redefine(self, definition: Definition) -> None:
        """Take this for what the machine can do, and tell the entities."""
        self.definition = definition
        self.async_update_listeners()

    def report_refusal(self) -> None:
        """Raise the repair issue for a machine that refuses commands, or take it back."""
        report(self.hass, self.config_entry, COMMANDS_REFUSED, stands=self.ways.client.refuses_commands)

    @override
    def _async_refresh_finished(self) -> None:
        """Tell what happened once the entities show it too."""
        self.telling.tell()
