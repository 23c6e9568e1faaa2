"""The rules of the house: from where a drink may be started, and when. They are the owner's, kept in the entry's options.

Hot liquid runs without anybody being asked again, so each order says where it comes from. At most one drink is made for
one request of an assistant, however often it repeats itself.

May import floors 1 to 3.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import CONF_QUIET_FROM, CONF_QUIET_SOURCES, CONF_QUIET_TO, CONF_SOURCES, DOMAIN
from .outcomes import CommandFailed, CommandRefused, Outcome

_SERVED: Final[HassKey[deque[str]]] = HassKey(f"{DOMAIN}_served")
_MOST_SERVED: Final = 100
"""Requests that are remembered: more than any assistant has open at once."""
_NOTHING_SENT: Final = frozenset({Outcome.BLOCKED, Outcome.REFUSED, Outcome.NOT_SENT})


class Source(StrEnum):
    """Where an order comes from."""

    DASHBOARD = "dashboard"
    """A person who is logged in: a dashboard, the app, a script that they start themselves."""
    AUTOMATION = "automation"
    """An automation, or whatever else no person is behind."""
    VOICE = "voice"
    """A sentence, or an assistant that uses a language model."""


QUIET_BY_DEFAULT: Final = (Source.AUTOMATION, Source.VOICE)
"""From where nothing is started in quiet hours, unless the owner chose: a person at a dashboard knows what time it is."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who wants a drink. `request` is what an assistant was asked, for which there is one drink at most."""

    source: Source
    request: str | None = None


def caller_of(context: Context | None) -> Caller:
    """Return who pressed a button or performed an action.

    Home Assistant notes a person in the context of what they do themselves; what an automation does has a context of its
    own, which names no person.
    """
    by_person = context is not None and context.user_id is not None and context.parent_id is None
    return Caller(Source.DASHBOARD if by_person else Source.AUTOMATION)


def may_start(options: Mapping[str, Any], source: Source) -> bool:
    """Tell whether drinks may be started from there now."""
    return source in options.get(CONF_SOURCES, Source) and not (
        _is_quiet(options) and source in options.get(CONF_QUIET_SOURCES, QUIET_BY_DEFAULT)
    )


def refuse_unless_allowed(options: Mapping[str, Any], source: Source, name: str) -> None:
    """Raise CommandRefused where the owner of the machine of that name does not want drinks to be started."""
    if may_start(options, source):
        return
    if source not in options.get(CONF_SOURCES, Source):
        raise CommandRefused(
            translation_domain=DOMAIN,
            translation_key=f"not_allowed_{source}",
            translation_placeholders={"name": name},
        )
    raise CommandRefused(
        translation_domain=DOMAIN,
        translation_key="quiet_hours",
        translation_placeholders={
            "name": name,
            "start": options[CONF_QUIET_FROM][:5],
            "end": options[CONF_QUIET_TO][:5],
        },
    )


@contextmanager
def one_drink(hass: HomeAssistant, caller: Caller) -> Iterator[None]:
    """Serve a request once, on whichever machine; again only if nothing was sent to the machine.

    Raises CommandRefused if it was served before.
    """
    if caller.request is None:
        yield
        return
    served = hass.data.setdefault(_SERVED, deque(maxlen=_MOST_SERVED))
    if caller.request in served:
        raise CommandRefused(translation_domain=DOMAIN, translation_key="already_served")
    served.append(caller.request)
    try:
        yield
    except (CommandRefused, CommandFailed) as error:
        if error.outcome in _NOTHING_SENT and caller.request in served:
            served.remove(caller.request)
        raise


def _is_quiet(options: Mapping[str, Any]) -> bool:
    """Tell whether it is between the two times of day; the hours may go over midnight."""
    start, end = options.get(CONF_QUIET_FROM), options.get(CONF_QUIET_TO)
    if not start or not end:
        return False
    first, last, now = time.fromisoformat(start), time.fromisoformat(end), dt_util.now().time()
    return first <= now < last if first <= last else now >= first or now < last
