"""What became of a drink that somebody asked for, and the errors that say why it isn't being made.

Mistakes in the wish itself are plain ServiceValidationErrors: asked again like that, it fails again.

May import floors 1 to 3.
"""

from enum import StrEnum
from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .machine.errors import (
    Busy,
    CommandRejected,
    CommandsRefused,
    ImplausibleReply,
    JuraError,
    LoginRefused,
    NotSupported,
    OutcomeUnknown,
)


class Outcome(StrEnum):
    """What became of it, in one word."""

    ACCEPTED = "accepted"
    """The machine shows the drink."""
    BLOCKED = "blocked"
    """An alert keeps the machine from making it. Nothing was sent."""
    REFUSED = "refused"
    """Something else is being made or ordered, or Home Assistant gives way to the phone. Nothing was sent."""
    REJECTED = "rejected"
    """The machine said no. Nothing was done."""
    NOT_STARTED = "not_started"
    """The machine took the order, and shows no drink."""
    OUTCOME_UNKNOWN = "outcome_unknown"
    """The order may have reached the machine, and nobody knows. It must not be sent again blindly."""
    NOT_SENT = "not_sent"
    """The machine can't be reached. Nothing was sent."""


class CommandRefused(ServiceValidationError):
    """It can't be had now, which was seen before anything was sent."""

    outcome = Outcome.REFUSED


class DrinkBlocked(CommandRefused):
    """Alerts keep the machine from making a drink. `alerts` are the slugs of all of them."""

    outcome = Outcome.BLOCKED

    def __init__(self, alerts: tuple[str, ...], **translation: Any) -> None:
        """Keep the alerts beside the text, which is about the first of them."""
        super().__init__(**translation)
        self.alerts = alerts


class CommandFailed(HomeAssistantError):
    """It was tried, and failed, or may have."""

    def __init__(self, outcome: Outcome, **translation: Any) -> None:
        """Keep the outcome beside the text."""
        super().__init__(**translation)
        self.outcome = outcome


def outcome_of(error: JuraError) -> Outcome:
    """Return what a failure of the machine room means for a command. Whatever fails before sending, sends nothing."""
    match error:
        case OutcomeUnknown():
            return Outcome.OUTCOME_UNKNOWN
        case CommandRejected() | CommandsRefused():
            return Outcome.REJECTED
        case _:
            return Outcome.NOT_SENT


def text_of(error: JuraError, *, another_machine: bool) -> str | None:
    """Return which text tells an error; None for a machine out of reach, which log and person are told differently.

    `another_machine`: the dongle says that it serves another one, which is why this one is out of reach.
    """
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
            return "another_machine" if another_machine else None
