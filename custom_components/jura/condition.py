"""Conditions for automations: whether a machine is ready, can make a drink, or needs maintenance.

What isn't known doesn't hold: a machine that can't be reached is not ready, whatever Home Assistant's helpers make of
entities that are unavailable.

May import floors 1 to 7.
"""

from typing import Final, override

from homeassistant.components.binary_sensor.const import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.const import CONF_OPTIONS, CONF_TARGET, STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_ANY,
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionConfig,
    EntityConditionBase,
    EntityStateConditionBase,
)
import voluptuous as vol

from .binary_sensor import READY
from .carriers import machine_of, of_machines, own
from .house_rules import Source
from .machine import care
from .machine.model import Program
from .wishes import drink_from

ATTR_PRODUCT: Final = "product"
ATTR_PROGRAM: Final = "program"

_BEHAVIOR: Final = {vol.Required(ATTR_BEHAVIOR, default=BEHAVIOR_ANY): vol.In([BEHAVIOR_ANY, BEHAVIOR_ALL])}
_CAN_MAKE_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Required(CONF_OPTIONS): {**_BEHAVIOR, vol.Required(ATTR_PRODUCT): cv.string},
    }
)
_MAINTENANCE_DUE_SCHEMA: Final = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(
    {
        vol.Required(CONF_OPTIONS, default={}): {
            vol.Required(ATTR_PROGRAM, default=sorted(care.NEEDS_HANDS)): vol.All(
                cv.ensure_list, vol.Length(min=1), [vol.Coerce(Program)]
            ),
        },
    }
)


class JuraCondition(EntityConditionBase):
    """A condition on binary sensors of ours."""

    _domain_specs = {BINARY_SENSOR_DOMAIN: DomainSpec()}

    @override
    def _should_include(self, _state: State) -> bool:
        """Let what is unavailable count, as something that does not hold."""
        return True

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        """Of no machine at all nothing holds."""
        return bool(states) and super()._check_all_match_state(states)


class IsReady(JuraCondition, EntityStateConditionBase):
    """Whether the machine takes orders."""

    _states = {STATE_ON}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return "Ready" of the machines that were pointed at."""
        return of_machines(self._hass, super().entity_filter(entities), READY.key)


class CanMake(JuraCondition):
    """Whether an automation that ordered a drink now would get it, as far as was seen at the last look."""

    _schema = _CAN_MAKE_SCHEMA

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the drink."""
        super().__init__(hass, config)
        assert config.options is not None
        self._wanted: str = config.options[ATTR_PRODUCT]

    @property
    @override
    def needs_polling(self) -> bool:
        """Tell that it may change without a change of "Ready": quiet hours begin, milk runs out."""
        return True

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return "Ready" of the machines that were pointed at, to stand for them."""
        return of_machines(self._hass, super().entity_filter(entities), READY.key)

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Tell whether the machine of an entity can make it."""
        if (coordinator := machine_of(self._hass, entity_state.entity_id)) is None:
            return False
        try:
            _, recipe = drink_from(self._hass, coordinator, self._wanted, {})
        except ServiceValidationError:
            return False
        return coordinator.commands.could_start(recipe.product, Source.AUTOMATION)


class MaintenanceDue(JuraCondition, EntityStateConditionBase):
    """Whether the machine asks for one of the chosen programs, or did when it was last on."""

    _schema = _MAINTENANCE_DUE_SCHEMA
    _states = {STATE_ON}
    _primary_entities_only = False

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the programs."""
        super().__init__(hass, config)
        assert config.options is not None
        self._keys = {care.alert_for(program) for program in config.options[ATTR_PROGRAM]}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the alerts by which machines ask for these programs."""
        return own(self._hass, super().entity_filter(entities), self._keys)


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "is_ready": IsReady,
    "can_make": CanMake,
    "maintenance_due": MaintenanceDue,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions of coffee machines."""
    return CONDITIONS
