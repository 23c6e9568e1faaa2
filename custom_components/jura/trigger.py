"""Triggers for automations: what happens to a machine and to its drinks, each once.

All listen to our two event entities, which tell each thing once whatever the link does; a state of a machine that goes
out of reach and comes back is no event.

May import floors 1 to 7.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar, Final, override

from homeassistant.components.event.const import DOMAIN as EVENT_DOMAIN, EventEntityStateAttribute
from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
)
import voluptuous as vol

from .carriers import of_machines
from .event import DRINK, MACHINE, STARTED
from .machine.care import NEEDS_HANDS
from .machine.model import End
from .machine.noticing import Change
from .my_drinks import key_of

ATTR_ALERT: Final = "alert"
ATTR_PRODUCT: Final = "product"
ATTR_PROGRAM: Final = "program"


class JuraTrigger(StatelessEntityTriggerBase):
    """Fires for one type of event, and of that only for what was chosen."""

    _domain_specs = {EVENT_DOMAIN: DomainSpec()}
    _carrier: ClassVar[str]
    """The translation key of the event entity that tells it."""
    _event_type: ClassVar[str]
    _about: ClassVar[str | None]
    """What can be chosen: an option, and the attribute of the event of the same name."""

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the event entities of the machines that were pointed at."""
        return of_machines(self._hass, super().entity_filter(entities), self._carrier)

    @override
    def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
        """Tell whether it is this type of event, about something that was chosen."""
        if state.attributes.get(EventEntityStateAttribute.EVENT_TYPE) != self._event_type:
            return False
        if self._about is None:
            return True
        happened = state.attributes.get(self._about)
        chosen: list[str] | None = self._options.get(self._about)
        if chosen is None or _is_chosen(chosen, happened, state.attributes):
            return True
        report_not_triggered("not_chosen", chosen=chosen, happened=happened)
        return False


def _is_chosen(chosen: Iterable[str], happened: str | None, attributes: Mapping[str, Any]) -> bool:
    """Tell whether something was chosen; a drink by its product or by its name, as people write it."""
    names = {key_of(name) for name in (happened, attributes.get("product_name")) if name}
    return not names.isdisjoint(map(key_of, chosen))


def _trigger(carrier: str, event_type: str, about: str | None = None, usual: Collection[str] = ()) -> type[Trigger]:
    """Return the trigger for a type of event; `usual` is what it is about if nothing is chosen, empty for everything."""
    chosen = vol.Required(about, default=list(usual)) if usual else vol.Optional(about)

    class MadeTrigger(JuraTrigger):
        _carrier = carrier
        _event_type = event_type
        _about = about
        _schema = ENTITY_STATE_TRIGGER_SCHEMA.extend(
            {
                vol.Required(CONF_OPTIONS, default={}): {
                    chosen: vol.All(cv.ensure_list, vol.Length(min=1), [cv.string])
                }
                if about
                else {}
            }
        )

    return MadeTrigger


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "drink_started": _trigger(DRINK.key, STARTED, ATTR_PRODUCT),
    "drink_finished": _trigger(DRINK.key, End.FINISHED, ATTR_PRODUCT),
    "drink_cancelled": _trigger(DRINK.key, End.CANCELLED, ATTR_PRODUCT),
    "drink_failed": _trigger(DRINK.key, End.FAILED, ATTR_PRODUCT),
    "became_ready": _trigger(MACHINE.key, Change.BECAME_READY),
    "went_to_sleep": _trigger(MACHINE.key, Change.WENT_TO_SLEEP),
    "alert_raised": _trigger(MACHINE.key, Change.ALERT_RAISED, ATTR_ALERT),
    "alert_cleared": _trigger(MACHINE.key, Change.ALERT_CLEARED, ATTR_ALERT),
    # The rinses run by themselves, some of them after every drink: only who wants them is told.
    "maintenance_due": _trigger(MACHINE.key, Change.ALERT_RAISED, ATTR_PROGRAM, sorted(NEEDS_HANDS)),
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers of coffee machines."""
    return TRIGGERS
