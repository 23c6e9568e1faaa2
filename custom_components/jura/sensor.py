"""Sensors: what the machine does and did, what it counted, and how due its maintenance is.

May import floors 1 to 7.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription, SensorStateClass
from homeassistant.const import PERCENTAGE, SIGNAL_STRENGTH_DECIBELS_MILLIWATT, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .coordinator import JuraConfigEntry
from .entity import JuraEntity, JuraRememberedEntity, async_add_in_turn
from .machine import care, needs, showing, state
from .machine.model import Definition, Product, Program, Snapshot, Transport
from .machine.state import UNKNOWN_PRODUCT

PARALLEL_UPDATES = 0

_NO_NEED = "nothing"


@dataclass(frozen=True, kw_only=True)
class JuraSensorDescription(SensorEntityDescription):
    """A sensor and how it is read; None is unknown."""

    value_fn: Callable[[Definition, Snapshot], str | int | datetime | None]
    attributes_fn: Callable[[Definition, Snapshot], Mapping[str, Any]] | None = None


def _program_step(definition: Definition, snapshot: Snapshot) -> str | None:
    stage = care.stage(definition, snapshot.progress) if snapshot.progress else None
    return stage.step if stage else None


def _codes(definition: Definition, snapshot: Snapshot) -> Mapping[str, Any]:
    """Return what the machine said, in its own numbers, so that the unknown stays visible."""
    progress = snapshot.progress
    return {"product_code": progress.code, "progress_state": progress.state} if progress else {}


def _last_drink(definition: Definition, snapshot: Snapshot) -> str | None:
    if (ended := snapshot.last_drink) is None:
        return None
    product = definition.product_by_code(ended.drink.code)
    return product.slug if product else UNKNOWN_PRODUCT


def _about_last_drink(_: Definition, snapshot: Snapshot) -> Mapping[str, Any]:
    ended = snapshot.last_drink
    return {
        "name": ended.drink.name if ended else None,
        "time": ended.at.isoformat() if ended else None,
        "duration": ended.duration if ended else None,
        "water": ended.water if ended else None,
        "started_by": ended.drink.origin if ended else None,
        "product_code": ended.drink.code if ended else None,
    }


def _needs(definition: Definition, snapshot: Snapshot) -> tuple[str, ...]:
    return needs.needs(definition, snapshot.status, snapshot.maintenance) if snapshot.status else ()


def _most_urgent(definition: Definition, snapshot: Snapshot) -> str | None:
    """Return what is needed most. Of a machine that is off nobody knows: what is remembered has sensors of its own."""
    if snapshot.status is None:
        return None
    return next(iter(_needs(definition, snapshot)), _NO_NEED)


def _unknown_bits(definition: Definition, snapshot: Snapshot) -> tuple[int, ...]:
    return state.unknown_bits(definition, snapshot.status) if snapshot.status else ()


def _live_sensors(definition: Definition) -> Iterator[JuraSensorDescription]:
    """Describe the sensors of what happens now."""
    yield JuraSensorDescription(
        key="state",
        translation_key="state",
        device_class=SensorDeviceClass.ENUM,
        options=list(state.MachineState),
        value_fn=showing.machine_state,
    )
    yield JuraSensorDescription(
        key="needs",
        translation_key="needs",
        device_class=SensorDeviceClass.ENUM,
        options=[*needs.possible_needs(definition), _NO_NEED],
        value_fn=_most_urgent,
        attributes_fn=lambda definition, snapshot: {"all": list(_needs(definition, snapshot))},
    )
    yield JuraSensorDescription(
        key="current_drink",
        translation_key="current_drink",
        device_class=SensorDeviceClass.ENUM,
        options=[*(product.slug for product in definition.products), showing.NO_DRINK, UNKNOWN_PRODUCT],
        value_fn=showing.current_drink,
        attributes_fn=_codes,
    )
    yield JuraSensorDescription(
        key="phase",
        translation_key="phase",
        device_class=SensorDeviceClass.ENUM,
        options=[*state.Phase, showing.UNKNOWN_PHASE],
        value_fn=showing.phase,
    )
    yield JuraSensorDescription(
        key="program",
        translation_key="program",
        device_class=SensorDeviceClass.ENUM,
        options=[showing.NO_PROGRAM, *Program],
        value_fn=showing.program,
    )
    yield JuraSensorDescription(
        key="program_step",
        translation_key="program_step",
        device_class=SensorDeviceClass.ENUM,
        options=list(care.Step),
        value_fn=_program_step,
        attributes_fn=_codes,
    )
    yield JuraSensorDescription(
        key="progress",
        translation_key="progress",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=showing.percent,
    )
    yield JuraSensorDescription(
        key="elapsed",
        translation_key="elapsed",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        value_fn=lambda _, snapshot: snapshot.elapsed,
    )
    yield JuraSensorDescription(
        key="signal_strength",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda _, snapshot: snapshot.signal_strength,
    )
    yield JuraSensorDescription(
        key="transport",
        translation_key="transport",
        device_class=SensorDeviceClass.ENUM,
        options=list(Transport),
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda _, snapshot: snapshot.transport,
    )


UNKNOWN_ALERTS = JuraSensorDescription(
    key="unknown_alerts",
    translation_key="unknown_alerts",
    entity_category=EntityCategory.DIAGNOSTIC,
    value_fn=lambda definition, snapshot: len(_unknown_bits(definition, snapshot)),
)


def _product_counter(product: Product) -> JuraSensorDescription:
    return JuraSensorDescription(
        key=f"count_{product.slug}",
        translation_key=f"count_{product.slug}",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda _, snapshot: snapshot.counters.slots.get(product.counter_slot) if snapshot.counters else None,
    )


def _program_counter(program: Program) -> JuraSensorDescription:
    return JuraSensorDescription(
        key=f"count_{program}",
        translation_key=f"count_{program}",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda _, snapshot: snapshot.maintenance.counts.get(program) if snapshot.maintenance else None,
    )


def _program_percentage(program: Program) -> JuraSensorDescription:
    return JuraSensorDescription(
        key=f"due_{program}",
        translation_key=f"due_{program}",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda _, snapshot: snapshot.maintenance.percentages.get(program) if snapshot.maintenance else None,
    )


def _program_forecast(program: Program) -> JuraSensorDescription:
    return JuraSensorDescription(
        key=f"forecast_{program}",
        translation_key=f"forecast_{program}",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda _, snapshot: snapshot.forecasts.get(program),
    )


def _filter_lifetime(definition: Definition) -> Iterator[JuraSensorDescription]:
    """Describe the sensor of the filter's age, where the definition says at what age it is used up."""
    declared = definition.maintenance_program(Program.FILTER_CHANGE)
    if declared is not None and declared.lifetime_days is not None:
        yield JuraSensorDescription(
            key="filter_days_left",
            translation_key="filter_days_left",
            device_class=SensorDeviceClass.DURATION,
            native_unit_of_measurement=UnitOfTime.DAYS,
            suggested_display_precision=0,
            entity_category=EntityCategory.DIAGNOSTIC,
            value_fn=lambda _, snapshot: snapshot.filter_days_left,
        )


def _remembered_sensors(definition: Definition) -> Iterator[JuraSensorDescription]:
    """Describe the sensors of what is counted, which stay true while the machine is off."""
    yield JuraSensorDescription(
        key="count_total",
        translation_key="count_total",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda _, snapshot: snapshot.counters.total if snapshot.counters else None,
    )
    yield JuraSensorDescription(
        key="cups_today",
        translation_key="cups_today",
        # Falls at midnight, which is what a new count looks like.
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda _, snapshot: snapshot.cups_today,
    )
    yield JuraSensorDescription(
        key="last_drink",
        translation_key="last_drink",
        device_class=SensorDeviceClass.ENUM,
        options=[*(product.slug for product in definition.products), UNKNOWN_PRODUCT],
        value_fn=_last_drink,
        attributes_fn=_about_last_drink,
    )
    yield JuraSensorDescription(
        key="last_drink_at",
        translation_key="last_drink_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda _, snapshot: snapshot.last_drink.at if snapshot.last_drink else None,
    )
    yield from (_product_counter(product) for product in definition.active_products)
    yield from (_program_counter(program) for program in definition.counter_fields)
    yield from (_program_percentage(program) for program in definition.percent_fields)
    yield from (_program_forecast(program) for program in definition.percent_fields)
    yield from _filter_lifetime(definition)


async def async_setup_entry(
    hass: HomeAssistant, entry: JuraConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors that this machine type has something to say for."""
    coordinator = entry.runtime_data
    definition = coordinator.definition
    await async_add_in_turn(
        async_add_entities,
        [
            *(JuraSensor(coordinator, description) for description in _live_sensors(definition)),
            JuraUnknownAlerts(coordinator, UNKNOWN_ALERTS),
            *(JuraRememberedSensor(coordinator, description) for description in _remembered_sensors(definition)),
        ],
    )


class JuraSensor(JuraEntity, SensorEntity):
    """A sensor of what happens now."""

    entity_description: JuraSensorDescription

    @property
    @override
    def native_value(self) -> str | int | datetime | None:
        """Return the state."""
        return self.entity_description.value_fn(self.coordinator.definition, self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what belongs to the state."""
        if (attributes_fn := self.entity_description.attributes_fn) is None:
            return None
        return attributes_fn(self.coordinator.definition, self.coordinator.data)


class JuraUnknownAlerts(JuraSensor):
    """How many alerts there are that nobody has a name for, with their numbers: something to be reported to us."""

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return their numbers, and the same in words."""
        bits = _unknown_bits(self.coordinator.definition, self.coordinator.data)
        return {"bits": list(bits), "alerts": [f"{_unknown_alert(self.hass)} {bit}" for bit in bits]}


def _unknown_alert(hass: HomeAssistant) -> str:
    """Return what an alert without a name is called, before its number."""
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    key = f"component.{DOMAIN}.entity.sensor.unknown_alerts.state_attributes.alerts.state.unknown_alert"
    return texts.get(key, "Unknown alert")


class JuraRememberedSensor(JuraRememberedEntity, JuraSensor):
    """A sensor of what is counted."""
