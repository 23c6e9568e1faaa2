"""From one look at the machine to the next: which alerts came and went, and whether it woke up or fell asleep. Pure.

Everything is noticed once: what stood when the machine was last seen is no news when it is seen again, hours or a restart
later; what changed in between is. Which bits are alerts says the definition; what ready (13) and energy saving (36) look
like is hardware-verified. How to tell a machine that was off from one that was only out of reach is our assumption.

May import floor 1.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from .following import Look
from .model import Alert, Status
from .needs import PASSES
from .state import READY, MachineState, active_alerts, machine_state

_OFF_AFTER: Final = timedelta(minutes=15)
"""For so long nobody keeps a phone connected (assumption): a machine out of reach for longer was switched off."""

_ASLEEP: Final = frozenset({MachineState.ENERGY_SAVING, MachineState.SHUTTING_DOWN})
_BUSY: Final = frozenset({MachineState.BREWING, MachineState.ENJOY, MachineState.MAINTENANCE})


class Change(StrEnum):
    """What happened to the machine."""

    BECAME_READY = "became_ready"
    """It was off or asleep and can make its first drink; that it is ready again after a drink is no news."""
    WENT_TO_SLEEP = "went_to_sleep"
    """It went into energy saving, or was seen switching off."""
    ALERT_RAISED = "alert_raised"
    ALERT_CLEARED = "alert_cleared"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened to the machine; with its alert, where it is about one."""

    change: Change
    alert: Alert | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What has to be known of the looks before. None is "never seen"."""

    alerts: Status | None = None
    """The alerts that stood when the machine was last seen, without those that pass by themselves."""
    awake: bool | None = None
    """Whether it was ready or busy since it last slept."""


def notice(before: Known, look: Look, away: timedelta) -> tuple[Known, tuple[Notice, ...]]:
    """Return what is known after a look at the machine, and what is news; `away` is for how long it was out of reach."""
    if look.status is None:
        return before, ()
    alerts, changed = _alerts(before.alerts, look, look.status)
    was_awake = False if away >= _OFF_AFTER and before.awake is not None else before.awake
    awake, woke = _awake(was_awake, look, look.status)
    return Known(alerts, awake), (*woke, *changed)


def _alerts(before: Status | None, look: Look, status: Status) -> tuple[Status, tuple[Notice, ...]]:
    """Compare the alerts. One whose bit the machine did not send is not cleared by that."""
    unsent = frozenset(bit for bit in before.bits if status.is_set(bit) is None) if before else frozenset()
    standing = {alert.bit: alert for alert in active_alerts(look.definition, status) if alert.slug not in PASSES}
    now = Status(frozenset(standing) | unsent, status.length)
    if before is None:
        return now, ()
    raised = (Notice(Change.ALERT_RAISED, standing[bit]) for bit in sorted(now.bits - before.bits))
    gone = (look.definition.alerts.get(bit) for bit in sorted(before.bits - now.bits))
    cleared = (Notice(Change.ALERT_CLEARED, alert) for alert in gone if alert)
    return now, (*cleared, *raised)


def _awake(before: bool | None, look: Look, status: Status) -> tuple[bool | None, tuple[Notice, ...]]:
    """Compare whether it is awake. One that shows neither, as while it heats up, stays what it was."""
    state = machine_state(look.definition, status, look.progress)
    if state in _ASLEEP:
        return False, (Notice(Change.WENT_TO_SLEEP),) if before else ()
    if state in _BUSY:
        return True, ()
    if state is MachineState.READY or (state is MachineState.NEEDS_ATTENTION and status.is_set(READY)):
        return True, (Notice(Change.BECAME_READY),) if before is False else ()
    return before, ()
