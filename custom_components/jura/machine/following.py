"""From one look at the machine to the next: what happened to the drink. Pure: no clock, no machine, no memory.

Everything about a drink is told once. What the machine says decides; where it could not be seen, that is said.

"Enjoy" (state 3E) is a level that stands for seconds after a drink (hardware-verified over both transports; how long at
least is not known, and that no drink ends well without it is our assumption). So a drink that we watched closely and
that is gone without it was stopped. That "enjoy" after a cancel means that the cancel came too late is an assumption.

May import floor 1.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from . import decode, state
from .model import Alert, Definition, Drink, End, Ended, Origin, Product, Progress, Severity, Status

START_LIMIT: Final = timedelta(seconds=15)
"""Within which an ordered drink must show; a released client waits as long. No drink comes and goes in less unseen."""
_CLOSELY: Final = timedelta(seconds=4)
"""Between two looks that no "enjoy" fits in between."""
_LONGEST: Final = timedelta(minutes=10)
"""No drink takes longer (assumption): one of the same product that is seen after that is another one."""

REJECTED: Final = "rejected"
NOT_STARTED: Final = "not_started"

type Happening = Drink | Ended
"""What is told: a drink that was started, or one that ended."""


@dataclass(frozen=True, slots=True)
class Order:
    """A drink that we ordered. It has `shown` once the machine makes it.

    `sent` is the earliest time at which the machine may have it. `awaited` is the time from which it should show, None
    while it is being sent, which over WiFi may take half a minute.
    """

    product: Product
    sent: datetime
    name: str | None = None
    awaited: datetime | None = None
    shown: bool = False

    def fits(self, code: int, now: datetime) -> bool:
        """Tell whether a drink that shows is this one. Under which code a double shows is not known."""
        return not self.shown and code in (self.product.code, self.product.double_code) and now - self.sent <= _LONGEST


@dataclass(frozen=True, slots=True)
class Following:
    """What has to be known of the looks before."""

    drink: Drink | None = None
    """The one in the making."""
    order: Order | None = None
    """Our last order, until it is clear that it came to nothing."""
    enjoyed: int | None = None
    """Code of the drink whose end was told and whose "enjoy" may still stand."""
    looked: datetime | None = None
    """When the machine was last read."""

    def gap(self, now: datetime) -> timedelta:
        """Return for how long nobody looked."""
        return timedelta.max if self.looked is None else now - self.looked


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of a machine. The status word is the last that was read; over WiFi there is none during a drink."""

    definition: Definition
    status: Status | None
    progress: Progress
    now: datetime


type Step = tuple[Following, tuple[Happening, ...]]
"""What is to be known at the next look, and what happened."""


def follow(before: Following, look: Look) -> Step:
    """Return what a look at the machine says about the drink."""
    progress = look.progress
    if state.program_in_progress(look.definition, progress):
        after, happenings = _nothing_made(before, look)
    elif progress.state == decode.FINISHED:
        after, happenings = _enjoyed(before, look)
    elif state.is_making(progress) and progress.code:
        after, happenings = _made(before, progress.code, look)
    else:
        after, happenings = _nothing_made(before, look)
    order, failures = _settled(before, after.order, look.now)
    return replace(after, order=order, looked=look.now), (*happenings, *failures)


def elapsed(following: Following, now: datetime) -> int | None:
    """Return the whole seconds for which the drink has been in the making."""
    return max(0, int((now - following.drink.started).total_seconds())) if following.drink else None


def _made(before: Following, code: int, look: Look) -> Step:
    """Go on with the drink that is made, or begin to follow it."""
    drink = before.drink
    if drink and drink.code == code and not _is_another(before, drink, look):
        return replace(before, drink=_measured(drink, look.progress)), ()
    started, order = _begun(before.order, code, look)
    started = _measured(started, look.progress)
    return replace(before, drink=started, order=order, enjoyed=None), (*_lost(drink, look.now), started)


def _is_another(before: Following, drink: Drink, look: Look) -> bool:
    """Tell whether, while nobody looked, one drink followed another of the same product."""
    gap = look.now - (before.looked or drink.started)
    fell = drink.percent is not None and look.progress.percent is not None and look.progress.percent < drink.percent
    return gap > _LONGEST or (gap > _CLOSELY and fell)


def _enjoyed(before: Following, look: Look) -> Step:
    """Tell the end of a drink, at the first look that sees it, also of one that nobody saw before."""
    drink = before.drink
    code = look.progress.code or (drink.code if drink else before.enjoyed)
    if code is None or (drink is None and code == before.enjoyed):
        return before, ()
    if drink and drink.code == code:
        ended = Ended(drink, End.FINISHED, look.now, _seconds(drink, look.now), _water(drink.water, drink.bypass, 1))
        return replace(before, drink=None, enjoyed=code), (ended,)
    found, order = _begun(before.order, code, look)
    ended = Ended(found, End.FINISHED, look.now)
    return replace(before, drink=None, order=order, enjoyed=code), (*_lost(drink, look.now), ended)


def _nothing_made(before: Following, look: Look) -> Step:
    """Judge how the drink ended that was made at the last look and is not any more."""
    after = replace(before, drink=None, enjoyed=None)
    if (drink := before.drink) is None:
        return after, ()
    if not drink.cancelled and before.gap(look.now) > _CLOSELY:
        return after, _lost(drink, look.now)
    alert = next((alert for alert in _blocking(drink.code, look) if alert.bit not in drink.alerts), None)
    failed = alert if not drink.cancelled else None
    ended = Ended(
        drink,
        End.FAILED if failed else End.CANCELLED,
        look.now,
        _seconds(drink, look.now),
        _water(drink.water, drink.bypass, 0),
        failed.slug if failed else None,
    )
    return after, (ended,)


def _begun(order: Order | None, code: int, look: Look) -> tuple[Drink, Order | None]:
    """Return a drink that was not there before, and our order if it is the one."""
    alerts = frozenset(alert.bit for alert in _blocking(code, look))
    if order and order.fits(code, look.now):
        return Drink(code, Origin.HOME_ASSISTANT, look.now, order.name, alerts=alerts), replace(order, shown=True)
    return Drink(code, Origin.MACHINE, look.now, alerts=alerts), order


def _lost(drink: Drink | None, now: datetime) -> tuple[Ended, ...]:
    return (Ended(drink, End.ENDED_UNSEEN, now),) if drink else ()


def _measured(drink: Drink, progress: Progress) -> Drink:
    """Return a drink with what the machine says of its amounts; not every frame has all of them."""
    return replace(
        drink,
        percent=drink.percent if progress.percent is None else progress.percent,
        water=_further(drink.water, progress.water),
        bypass=_further(drink.bypass, progress.bypass),
    )


def _further(before: tuple[int, int] | None, now: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return an amount that does not fall. Of a drink in several strokes each may count anew; nothing is added up."""
    return (max(before[0], now[0]), now[1]) if before and now else now or before


def _water(water: tuple[int, int] | None, bypass: tuple[int, int] | None, which: int) -> int | None:
    """Return all water: what came so far (0), or what was wanted (1)."""
    said = [pair[which] for pair in (water, bypass) if pair]
    return sum(said) if said else None


def _seconds(drink: Drink, now: datetime) -> int:
    return max(0, round((now - drink.started).total_seconds()))


def _blocking(code: int, look: Look) -> tuple[Alert, ...]:
    """Return the alerts that stop a product; of an unknown one, those that stop any."""
    if look.status is None:
        return ()
    if product := look.definition.product_by_code(code):
        return state.blocking_alerts(look.definition, look.status, product)
    return tuple(
        alert
        for alert in state.active_alerts(look.definition, look.status)
        if alert.severity is Severity.BLOCKING and alert.blocks
    )


# --- orders -----------------------------------------------------------------------------------------------------------


def ordering(before: Following, product: Product, name: str | None, now: datetime) -> Following:
    """Note a drink that is being ordered. One ordered before whose outcome is still open merges into it."""
    return replace(before, order=Order(product, sent=now, name=name))


def acknowledged(before: Following, now: datetime) -> Following:
    """Note that the order was sent just now."""
    return replace(before, order=before.order and replace(before.order, sent=now, awaited=now))


def unanswered(before: Following, now: datetime) -> Following:
    """Note that the order may have been sent any time since it was begun."""
    return replace(before, order=before.order and replace(before.order, awaited=now))


def unsent(before: Following) -> Following:
    """Forget an order that never left us."""
    return replace(before, order=None)


def rejected(before: Following, now: datetime) -> Step:
    """Tell that the machine said no to the order."""
    return replace(before, order=None), (_failed(before.order, now, REJECTED),) if before.order else ()


def cancelled(before: Following) -> Following:
    """Note that the machine took our order to stop the drink."""
    return replace(before, drink=before.drink and replace(before.drink, cancelled=True))


def _settled(before: Following, order: Order | None, now: datetime) -> tuple[Order | None, tuple[Ended, ...]]:
    """Judge an order that this look does not show: it never started, or nobody looked while it may have been made."""
    if order is None or order.shown or order.awaited is None:
        return order, ()
    if now - max(order.sent, before.looked or order.sent) > START_LIMIT:
        return None, (Ended(_ordered(order), End.ENDED_UNSEEN, now),)
    if now - order.awaited > START_LIMIT:
        return None, (_failed(order, now, NOT_STARTED),)
    return order, ()


def _failed(order: Order, now: datetime, reason: str) -> Ended:
    return Ended(_ordered(order), End.FAILED, now, reason=reason)


def _ordered(order: Order) -> Drink:
    """Return the drink that should have come of an order."""
    return Drink(order.product.code, Origin.HOME_ASSISTANT, order.sent, order.name)
