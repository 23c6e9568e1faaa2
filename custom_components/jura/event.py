"""Events: what happens to the drinks of a machine, each told once."""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .coordinator import JuraConfigEntry, JuraCoordinator
from .entity import JuraRememberedEntity
from .machine.following import Happening
from .machine.model import Drink, End
from .machine.state import UNKNOWN_PRODUCT
from .wishes import product_name

PARALLEL_UPDATES = 0

STARTED = "started"

DRINK = EventEntityDescription(key="drink", translation_key="drink", event_types=[STARTED, *End])


async def async_setup_entry(
    hass: HomeAssistant, entry: JuraConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the event of a machine's drinks."""
    async_add_entities([JuraDrinkEvent(entry.runtime_data, DRINK)])


class JuraDrinkEvent(JuraRememberedEntity, EventEntity):
    """What last happened to a drink; it stays true while the machine is off."""

    entity_description: EventEntityDescription

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to what happens."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_listen_to_drinks(self._on_drink))

    @callback
    def _on_drink(self, happening: Happening) -> None:
        event_type = STARTED if isinstance(happening, Drink) else happening.how
        self._trigger_event(event_type, attributes_of(self.hass, self.coordinator, happening))
        self.async_write_ha_state()


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
