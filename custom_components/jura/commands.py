"""What a person asks of a machine: each command is sent at most once, and told in words when it can't be had.

Here begins the way of a drink to the machine: `Commands.async_start` → `Ways.send` → `start` of the client of a
transport. Nothing is sent that the machine would refuse anyway, and nothing is ever sent again: where nobody knows
whether it arrived, a person is told so.

May import floors 1 to 5.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from . import house_rules
from .const import DOMAIN
from .house_rules import Caller, Source
from .machine import care, following, state
from .machine.care import Run, Stage
from .machine.client import Urgency
from .machine.errors import (
    CommandRejected,
    CommandsRefused,
    InvalidRecipe,
    JuraError,
    LoginRefused,
    NotSupported,
    OutcomeUnknown,
    Unreachable,
)
from .machine.model import Alert, Product, Program, Progress, Recipe, Setting, Status, frozen
from .machine.recipe import default_recipe
from .machine.settings import as_stored
from .machine.wifi_connect import WifiConnect
from .outcomes import CommandFailed, CommandRefused, DrinkBlocked, Outcome, outcome_of, text_of
from .ways import NOTHING_SENT
from .wishes import product_name

if TYPE_CHECKING:
    from .coordinator import JuraCoordinator

_HOLD: Final = 15.0
"""Seconds for which the link is held after a person pressed something: until it is clear whether a drink started."""
_START_LIMIT: Final = following.START_LIMIT.total_seconds()
"""Seconds within which an ordered drink must show."""
_CONTINUE_LIMIT: Final = 15.0
"""Seconds within which a program that was told to go on shows another step (assumption)."""
_SILENT_PROGRAM: Final = 15 * 60.0
"""Seconds for which nothing is asked while a program runs that doesn't show (assumption: a filter is changed in less)."""


class Commands:
    """Passes on to one machine what its owner asks of it."""

    def __init__(self, coordinator: JuraCoordinator) -> None:
        """Start with nothing asked."""
        self._coordinator = coordinator
        self._ways = coordinator.ways
        self._ordering = False

    @property
    def is_ordering(self) -> bool:
        """Tell whether a drink or a program is being ordered, from the question until the machine shows it."""
        return self._ordering

    # --- drinks -------------------------------------------------------------------------------------------------------

    async def async_brew(self, slug: str, caller: Caller) -> None:
        """Make a drink of this machine with its usual values. See `async_start`."""
        product = self._coordinator.definition.product(slug)
        assert product is not None, "only asked for what the definition has"
        await self.async_start(default_recipe(product), None, caller)

    async def async_start(self, recipe: Recipe, name: str | None, caller: Caller) -> None:
        """Order a drink, at most once, and wait until the machine shows it. `name` is what its owner calls it.

        Raises ServiceValidationError where its owner does not want it or the machine can't make it now, in words that
        say what to do, and HomeAssistantError where the order failed or its outcome is not known.
        """
        self._refuse_unless_allowed(caller.source)
        with house_rules.one_drink(self._coordinator.hass, caller), self._one_order():
            async with self._commanding():
                await self._refuse_if_impossible(recipe.product)
                await self._order(recipe, name)
                await self._await_start(recipe.product)

    def could_start(self, product: Product, source: Source) -> bool:
        """Tell whether a product ordered now would be made, as far as the last look tells; the machine isn't asked."""
        return self.why_not(product, source) is None

    def why_not(self, product: Product, source: Source) -> HomeAssistantError | None:
        """Return what a person would be told who ordered a product now, as far as the last look tells; None if it is made.

        The machine isn't asked. Else the same in the same order as in `async_start`.
        """
        seen = self._coordinator.data
        try:
            self._refuse_unless_allowed(source)
            self._refuse_if_ordering()
            self._refuse_if_giving_way()
            self._refuse_if_it_takes_no_commands()
            if not self._coordinator.last_update_success or seen.progress is None:
                raise self._explained(Unreachable("no answer to the last look"))
            self._refuse_as_seen(product, seen.status, seen.progress)
        except HomeAssistantError as reason:
            return reason
        return None

    async def _order(self, recipe: Recipe, name: str | None) -> None:
        """Send an order, once, and note what is known of it."""
        self._coordinator.take(following.ordering(self._coordinator.following, recipe.product, name, dt_util.utcnow()))
        try:
            await self._ways.send(lambda client: client.start(recipe))
        except (*NOTHING_SENT, InvalidRecipe):
            self._coordinator.take(following.unsent(self._coordinator.following))
            raise
        except CommandRejected:
            self._coordinator.take(*following.rejected(self._coordinator.following, dt_util.utcnow()))
            raise
        except BaseException:
            self._coordinator.take(following.unanswered(self._coordinator.following, dt_util.utcnow()))
            raise
        self._coordinator.take(following.acknowledged(self._coordinator.following, dt_util.utcnow()))

    async def _await_start(self, product: Product) -> None:
        """Wait until the machine shows the drink; it gives no other answer to an order. Never orders again."""
        order = self._coordinator.following.order
        deadline = self._coordinator.hass.loop.time() + _START_LIMIT
        while self._coordinator.hass.loop.time() < deadline:
            await self._coordinator.async_refresh()
            # Told by what was followed, for the drink may have been cancelled since, and not every drink is ours.
            if self._coordinator.following.order and self._coordinator.following.order.shown:
                return
            self._give_up_if_closed()
            await asyncio.sleep(1)
        # A look may take longer than a drink, where the dongle hangs meanwhile.
        if not self._coordinator.last_update_success or (order and self._coordinator.may_have_ended(order.sent)):
            raise self._explained(OutcomeUnknown("no look at the machine since"))
        raise CommandFailed(
            Outcome.NOT_STARTED,
            translation_domain=DOMAIN,
            translation_key="not_started",
            translation_placeholders={"product": product_name(self._coordinator.hass, product)},
        )

    async def async_cancel(self) -> None:
        """Stop the drink in the making, once."""
        async with self._commanding():
            live = await self._coordinator.read_live(Urgency.COMMAND)
            meant = self._coordinator.following.drink
            if not state.is_making(live.progress):
                raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_to_cancel")
            if care.stage(self._coordinator.definition, live.progress):
                # What stops a drink was never tried on a program.
                raise CommandRefused(translation_domain=DOMAIN, translation_key="program_not_cancelled")
            await self._ways.send(lambda client: client.cancel())
            self._coordinator.take(following.cancelled(self._coordinator.following))
            with suppress(JuraError):
                await self._coordinator.read_live(Urgency.COMMAND)
            if meant and self._coordinator.may_have_ended(meant.started):
                # Over Wi-Fi it may take half a minute to get in, and a machine takes a cancel also when there is nothing.
                raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_to_cancel")

    # --- maintenance programs -----------------------------------------------------------------------------------------

    async def async_start_program(self, program: Program) -> None:
        """Start a maintenance program, at most once, and wait until the machine shows it if it does.

        Raises ServiceValidationError where the machine can't run it now, and HomeAssistantError where that failed or
        nobody knows. Whoever asks has confirmed that somebody stands at the machine.
        """
        self._refuse_unless_experimental()
        with self._one_order():
            async with self._commanding():
                declared = self._coordinator.definition.maintenance_program(program)
                if self._ways.wifi is None or declared is None or declared.command is None:
                    raise NotSupported(f"start of {program}")
                self._refuse_if_it_takes_no_commands()
                live = await self._coordinator.read_live(Urgency.COMMAND)
                self._refuse_if_making(live.progress)
                if status := live.status or self._coordinator.data.status:
                    self._refuse_if_blocked(state.alerts_that_block_all(self._coordinator.definition, status))
                await self._start_program(self._ways.wifi, declared.command, shows=declared.shows_progress)

    async def _start_program(self, wifi: WifiConnect, command: str, *, shows: bool) -> None:
        """Send the start, once; where its answer is lost, what the machine shows is the answer."""
        if not shows:
            self._coordinator.statistics.not_within(_SILENT_PROGRAM)
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
            if self._ways.wifi is None:
                raise NotSupported("programs over Bluetooth")
            if seen is None:
                raise CommandRefused(translation_domain=DOMAIN, translation_key="no_program")
            await self._coordinator.read_live(Urgency.COMMAND)
            run = self._coordinator.run
            if run is None or not run.stage.is_same(seen):
                raise CommandRefused(translation_domain=DOMAIN, translation_key="step_is_over")
            if run.stage.command is None:
                raise CommandRefused(translation_domain=DOMAIN, translation_key="nothing_to_continue")
            if not run.may_continue(dt_util.utcnow()):
                raise CommandRefused(translation_domain=DOMAIN, translation_key="already_continued")
            self._coordinator.note_continued(run)
            lost: OutcomeUnknown | None = None
            try:
                await self._ways.wifi.accept_step(run.stage.command)
            except OutcomeUnknown as error:
                lost = error
            if await self._shows(lambda now: now is None or not now.stage.is_same(seen), _CONTINUE_LIMIT):
                return
            if lost:
                raise lost
            raise CommandFailed(Outcome.NOT_STARTED, translation_domain=DOMAIN, translation_key="not_continued")

    async def _shows(self, expected: Callable[[Run | None], bool], limit: float) -> bool:
        """Wait until the machine shows what is expected of it; tell whether it does within that many seconds."""
        deadline = self._coordinator.hass.loop.time() + limit
        while self._coordinator.hass.loop.time() < deadline:
            await self._coordinator.async_refresh()
            if self._coordinator.last_update_success and expected(self._coordinator.run):
                return True
            self._give_up_if_closed()
            await asyncio.sleep(1)
        return False

    def _give_up_if_closed(self) -> None:
        """Raise OutcomeUnknown once nobody looks any more, as when the entry is set up anew while somebody waits."""
        if self._coordinator.is_closed:
            raise OutcomeUnknown("closed meanwhile")

    # --- the rest -----------------------------------------------------------------------------------------------------

    async def async_lock_keys(self, *, locked: bool) -> None:
        """Lock or unlock the machine's own buttons and display, once."""
        async with self._commanding():
            await self._ways.send(lambda client: client.lock_keys() if locked else client.unlock_keys())

    async def async_change_setting(self, setting: Setting, value: str) -> None:
        """Change a setting of the machine, once, and show what it reads back; `value` is one of its definition.

        Only over WiFi Connect, and never while something is made, for then its session is better left alone.
        """
        async with self._commanding():
            if self._ways.wifi is None:
                raise NotSupported("settings over Bluetooth")
            live = await self._coordinator.read_live(Urgency.COMMAND)
            self._refuse_if_ordering()
            self._refuse_if_making(live.progress)
            try:
                await self._ways.wifi.write_setting(setting.argument, value)
            except OutcomeUnknown, asyncio.CancelledError:
                self._show_setting(setting, None)
                self._coordinator.statistics.doubt_settings()
                self._coordinator.statistics.read_in(0.0)
                raise
            self._show_setting(setting, as_stored(value))

    def _show_setting(self, setting: Setting, value: str | None) -> None:
        """Show another value of a setting, or that it isn't known."""
        settings = {
            slug: stored for slug, stored in (self._coordinator.data.settings or {}).items() if slug != setting.slug
        }
        if value is not None:
            settings[setting.slug] = value
        self._coordinator.publish(replace(self._coordinator.data, settings=frozen(settings)))

    async def async_switch_off(self) -> None:
        """Switch the machine off, once."""
        async with self._commanding():
            await self._ways.send(lambda client: client.switch_off())

    async def async_look_again(self) -> None:
        """Read everything now."""
        self._refuse_if_giving_way()
        self._ways.try_now()
        self._coordinator.statistics.read_in(0.0)
        self._coordinator.statistics.doubt_settings()
        await self._coordinator.async_refresh()
        if not self._coordinator.last_update_success:
            raise self._explained(Unreachable("no answer"))

    # --- what all have in common --------------------------------------------------------------------------------------

    @contextmanager
    def _one_order(self) -> Iterator[None]:
        """Let nothing else be ordered meanwhile."""
        self._refuse_if_ordering()
        self._ordering = True
        try:
            yield
        finally:
            self._ordering = False

    @asynccontextmanager
    async def _commanding(self) -> AsyncGenerator[None]:
        """Hold the link for a while around a command, say what went wrong, and look at the machine afterwards."""
        self._refuse_if_giving_way()
        self._ways.try_if_heard()
        self._coordinator.statistics.stop()
        self._coordinator.watch(_HOLD)
        try:
            yield
        except JuraError as error:
            if isinstance(error, LoginRefused):
                self._coordinator.config_entry.async_start_reauth(self._coordinator.hass)
            raise self._explained(error) from error
        finally:
            self._coordinator.report_refusal()
            self._ways.try_now()
            # A link without heartbeats, as with a machine that refuses commands, is not worth holding.
            self._coordinator.watch(0.0 if self._ways.client.refuses_commands else _HOLD)
            self._coordinator.look_soon()

    def _explained(self, error: JuraError) -> CommandFailed:
        """Return what a person is told about a failure of the machine room."""
        return CommandFailed(
            outcome_of(error),
            translation_domain=DOMAIN,
            translation_key=text_of(error, another_machine=self._ways.serve_another_machine) or "nothing_sent",
            translation_placeholders={"name": self._coordinator.name},
        )

    # --- refusals: raised in words before anything is sent ------------------------------------------------------------

    async def _refuse_if_impossible(self, product: Product) -> None:
        """Look at the machine, and refuse what it wouldn't make."""
        self._refuse_if_it_takes_no_commands()
        live = await self._coordinator.read_live(Urgency.COMMAND)
        self._refuse_as_seen(product, live.status or self._coordinator.data.status, live.progress)

    def _refuse_as_seen(self, product: Product, status: Status | None, progress: Progress) -> None:
        """Refuse what a machine wouldn't make that shows this."""
        self._refuse_if_making(progress)
        if status is None:
            return
        definition = self._coordinator.definition
        if state.is_busy(definition, status, progress):
            heats = state.machine_state(definition, status, progress) is state.MachineState.HEATING
            raise CommandRefused(
                translation_domain=DOMAIN, translation_key="blocked_heating_up" if heats else "blocked_please_wait"
            )
        self._refuse_if_blocked(state.blocking_alerts(definition, status, product))

    def _refuse_if_making(self, progress: Progress) -> None:
        if state.is_making(progress):
            raise CommandRefused(translation_domain=DOMAIN, translation_key="already_making")

    def _refuse_if_blocked(self, blocking: tuple[Alert, ...]) -> None:
        if blocking:
            raise DrinkBlocked(
                tuple(alert.slug for alert in blocking),
                translation_domain=DOMAIN,
                translation_key=f"blocked_{blocking[0].slug}",
            )

    def _refuse_if_it_takes_no_commands(self) -> None:
        if self._ways.refuse_commands:
            raise self._explained(CommandsRefused())

    def _refuse_unless_allowed(self, source: Source) -> None:
        entry = self._coordinator.config_entry
        house_rules.refuse_unless_allowed(entry.options, source, entry.title)

    def _refuse_if_ordering(self) -> None:
        if self._ordering:
            raise CommandRefused(translation_domain=DOMAIN, translation_key="already_ordering")

    def _refuse_if_giving_way(self) -> None:
        if self._coordinator.gives_way:
            raise CommandRefused(translation_domain=DOMAIN, translation_key="giving_way")

    def _refuse_unless_experimental(self) -> None:
        if not self._coordinator.experimental:
            raise CommandRefused(translation_domain=DOMAIN, translation_key="programs_are_experimental")
