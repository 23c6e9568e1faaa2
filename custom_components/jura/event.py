"""Events: what happens to a machine and to its drinks, each told once.

May import floors 1 to 7.
"""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .coordinator import JuraConfigEntry, JuraCoordinator
from .entity import JuraRememberedEntity
from .machine import care
from .machine.following import Happening
from .machine.model import Alert, Drink, End
from .machine.noticing import Change, Notice
from .machine.state import UNKNOWN_PRODUCT
from .telling import News
from .wishes import product_name

PARALLEL_UPDATES = 0

STARTED = "started"

DRINK = EventEntityDescription(key="drink", translation_key="drink", event_types=[STARTED, *End])
MACHINE = EventEntityDescription(key="machine", translation_key="machine", event_types=list(Change))


async def async_setup_entry(
    hass: HomeAssistant, entry: JuraConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the events of a machine and of its drinks."""
    async_add_entities([JuraDrinkEvent(entry.runtime_data, DRINK), JuraMachineEvent(entry.runtime_data, MACHINE)])


class JuraEvent(JuraRememberedEntity, EventEntity):
    """What last happened; it stays true while the machine is off."""

    entity_description: EventEntityDescription

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to what happens."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.telling.listen(self._on_news))

    @callback
    def _on_news(self, news: News) -> None:
        """Tell what is news of this kind."""
        raise NotImplementedError


class JuraDrinkEvent(JuraEvent):
    """What last happened to a drink."""

    @override
    @callback
    def _on_news(self, news: News) -> None:
        if not isinstance(news, Notice):
            event_type = STARTED if isinstance(news, Drink) else news.how
            self._trigger_event(event_type, attributes_of(self.hass, self.coordinator, news))
            self.async_write_ha_state()


class JuraMachineEvent(JuraEvent):
    """What last happened to the machine itself."""

    @override
    @callback
    def _on_news(self, news: News) -> None:
        if isinstance(news, Notice):
            self._trigger_event(news.change, about_alert(news.alert))
            self.async_write_ha_state()


def about_alert(alert: Alert | None) -> dict[str, Any]:
    """Return what an automation wants to know of an alert: all keys every time, None where there is none."""
    return {
        "alert": alert.slug if alert else None,
        "severity": alert.severity if alert else None,
        "program": care.asked_for(alert) if alert else None,
    }


def attributes_of(hass: HomeAssistant, coordinator: JuraCoordinator, happening: Happening) -> dict[str, Any]:
    """Return what an automation wants to know: all keys every time, None where it is not known or does not apply."""
    drink, ended = (happening, None) if isinstance(happening, Drink) else (happening.drink, happening)
    product = coordinator.definition.product_by_code(drink.code)
    return {
        "product": product.slug if product else UNKNOWN_PRODUCT,
        "product_name": drink.name or (product_name(hass, product) if product else _unknown_name(hass)),
        "product_code": drink.code,
        "started_by": drink.origin,
        "duration": ended.duration if ended else None,
        "water": ended.water if ended else None,
        "reason": ended.reason if ended else None,
    }


def _unknown_name(hass: HomeAssistant) -> str:
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    return texts.get(f"component.{DOMAIN}.entity.sensor.current_drink.state.{UNKNOWN_PRODUCT}", UNKNOWN_PRODUCT)
