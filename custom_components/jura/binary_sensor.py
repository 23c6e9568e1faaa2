"""Binary sensors: whether the machine is ready, each alert of its type, and which maintenance is nearly due.

May import floors 1 to 7.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import JuraConfigEntry
from .entity import JuraEntity, JuraRememberedEntity, async_add_in_turn
from .machine import needs, showing
from .machine.model import Alert, Definition, Program, Severity, Snapshot

PARALLEL_UPDATES = 0

_EVERYDAY_ALERTS = frozenset(
    {
        "cleaning_due",
        "descaling_due",
        "empty_drip_tray",
        "empty_grounds_container",
        "error",
        "fill_beans",
        "fill_water_tank",
        "filter_change_due",
        "insert_drip_tray",
        "insert_grounds_container",
        "milk_clean_due",
        "milk_rinse_due",
        "no_milk",
    }
)
"""The alerts that every owner meets. The others are there to be enabled."""


@dataclass(frozen=True, kw_only=True)
class JuraBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor and how it is read; None is unknown. `severity` is that of an alert."""

    value_fn: Callable[[Definition, Snapshot], bool | None]
    severity: Severity | None = None


READY = JuraBinarySensorDescription(key="ready", translation_key="ready", value_fn=showing.is_ready)


def _alert_description(alert: Alert) -> JuraBinarySensorDescription:
    return JuraBinarySensorDescription(
        key=f"alert_{alert.slug}",
        translation_key=alert.slug,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC if alert.severity is Severity.MAINTENANCE else None,
        entity_registry_enabled_default=alert.slug in _EVERYDAY_ALERTS,
        value_fn=lambda _, snapshot: snapshot.status.is_set(alert.bit) if snapshot.status else None,
        severity=alert.severity,
    )


def _due_description(alert: Alert) -> JuraBinarySensorDescription:
    """Describe an alert by which a machine asks for maintenance, which it needs also while it is off."""
    return replace(
        _alert_description(alert),
        value_fn=lambda _, snapshot: snapshot.alerts.is_set(alert.bit) if snapshot.alerts else None,
    )


def _early_warning(program: Program) -> JuraBinarySensorDescription:
    """Describe the early warning of a program, which stays true while the machine is off."""

    def is_on(definition: Definition, snapshot: Snapshot) -> bool | None:
        return needs.is_nearly_due(definition, snapshot.maintenance, program) if snapshot.maintenance else None

    return JuraBinarySensorDescription(
        key=f"soon_{program}",
        translation_key=f"soon_{program}",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=is_on,
    )


async def async_setup_entry(
    hass: HomeAssistant, entry: JuraConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add "ready", one binary sensor for each alert of this machine type, and one for each early warning."""
    coordinator = entry.runtime_data
    definition = coordinator.definition
    alerts = [alert for alert in definition.alerts.values() if alert.severity is not Severity.STATE]
    due = [alert for alert in alerts if alert.severity is Severity.MAINTENANCE]
    of_now = [READY, *(_alert_description(alert) for alert in alerts if alert not in due)]
    remembered = [*map(_due_description, due), *map(_early_warning, needs.warned_of(definition))]
    await async_add_in_turn(
        async_add_entities,
        [
            *(JuraBinarySensor(coordinator, description) for description in of_now),
            *(JuraRememberedBinarySensor(coordinator, description) for description in remembered),
        ],
    )


class JuraBinarySensor(JuraEntity, BinarySensorEntity):
    """A binary sensor of a machine."""

    entity_description: JuraBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return the state."""
        return self.entity_description.value_fn(self.coordinator.definition, self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return how serious an alert is, as the definition says it."""
        return {"severity": severity} if (severity := self.entity_description.severity) else None


class JuraRememberedBinarySensor(JuraRememberedEntity, JuraBinarySensor):
    """A binary sensor of what is known of maintenance."""
