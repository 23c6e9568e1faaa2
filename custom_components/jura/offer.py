"""What a machine offers right now, for the card: every drink with what can be chosen, and why it can't be had if so.

Sent over the websocket at once and whenever it changes, however often the entry is set up anew meanwhile. Texts go as keys,
because the card speaks its reader's language. All else that the card shows, it takes from entities.

May import floors 1 to 6.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID, Platform
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_utc_time_change
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .button_keys import key_of_drink, key_of_product
from .const import DOMAIN
from .coordinator import JuraConfigEntry, JuraCoordinator
from .house_rules import Source
from .machine.care import NEEDS_HANDS
from .machine.model import Product, Recipe
from .machine.recipe import default_recipe
from .my_drinks import MyDrink, my_drinks
from .plain_data import recipe_in_words, what_can_be_chosen
from .which_machine import device_of, machines
from .wishes import offered_products, recipe_of

COMMAND: Final = f"{DOMAIN}/offer"


@callback
def async_setup_offer(hass: HomeAssistant) -> None:
    """Answer the card."""
    async_register_command(hass, _subscribe)


@websocket_command({vol.Required("type"): COMMAND, vol.Required(ATTR_DEVICE_ID): str})
@callback
def _subscribe(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Send what a machine offers, now and whenever it changes."""
    for entry in machines(hass):
        device = device_of(hass, entry)
        if device and device.id == message[ATTR_DEVICE_ID]:
            offer = _Offer(hass, entry, connection, message["id"])
            connection.subscriptions[message["id"]] = offer.end
            connection.send_result(message["id"])
            offer.send()
            return
    connection.send_error(message["id"], ERR_NOT_FOUND, "No JURA machine is this device")


class _Offer:
    """Somebody who looks at what a machine offers."""

    def __init__(self, hass: HomeAssistant, entry: JuraConfigEntry, connection: ActiveConnection, number: int) -> None:
        """Begin to look."""
        self._hass = hass
        self._entry = entry
        self._connection = connection
        self._number = number
        self._sent: JsonObjectType | None = None
        self._watched: JuraCoordinator | None = None
        self._unwatch: CALLBACK_TYPE | None = None
        self._unsubscribe = (
            entry.async_on_state_change(self.send),
            hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._on_event),
            # Quiet hours begin and end without anything else happening.
            async_track_utc_time_change(hass, self._on_time, second=0),
        )

    @callback
    def _on_event(self, _: Event[er.EventEntityRegistryUpdatedData]) -> None:
        self.send()

    @callback
    def _on_time(self, _: datetime) -> None:
        self.send()

    @callback
    def send(self) -> None:
        """Send the offer if it is another one than before."""
        self._watch(self._entry.runtime_data if self._entry.state is ConfigEntryState.LOADED else None)
        offer = _offer(self._hass, self._watched)
        if offer != self._sent:
            self._sent = offer
            self._connection.send_event(self._number, offer)

    def _watch(self, coordinator: JuraCoordinator | None) -> None:
        """Hear of every change at a machine; each set-up of its entry brings another coordinator."""
        if coordinator is self._watched:
            return
        if self._unwatch:
            self._unwatch()
        self._watched = coordinator
        self._unwatch = coordinator.async_add_listener(self.send) if coordinator else None

    @callback
    def end(self) -> None:
        """Look no longer."""
        self._watch(None)
        for unsubscribe in self._unsubscribe:
            unsubscribe()


def _offer(hass: HomeAssistant, coordinator: JuraCoordinator | None) -> JsonObjectType:
    """Return all that a machine offers; nothing while its entry isn't set up."""
    if coordinator is None:
        return {"drinks": [], "making": None, "links": {}}
    making = coordinator.data.drink
    return {
        "drinks": [*_drinks(hass, coordinator)],
        "making": making.name if making else None,
        "links": {
            str(declared.program): {
                "manual": declared.manual_url,
                "video": declared.video_url,
                # A repair leads through it while it runs.
                "guided": coordinator.guides and declared.program in NEEDS_HANDS,
            }
            for declared in coordinator.definition.programs
        },
    }


def _drinks(hass: HomeAssistant, coordinator: JuraCoordinator) -> Iterator[JsonObjectType]:
    """Return every drink that has a button: the machine's in JURA's order, then one's own."""
    for product in offered_products(coordinator):
        if button := _button(hass, coordinator, key_of_product(product.slug)):
            about = _about(coordinator, product, default_recipe(product), ())
            yield {**_named(button), **about, "drink": product.slug, "own": False}
    for drink in my_drinks(coordinator.config_entry):
        if button := _button(hass, coordinator, key_of_drink(drink)):
            about = _own(hass, coordinator, drink)
            yield {**_named(button), **about, "name": button.name or drink.name, "drink": drink.name, "own": True}


def _own(hass: HomeAssistant, coordinator: JuraCoordinator, drink: MyDrink) -> JsonObjectType:
    """Return what there is to say about one's own drink, also if the machine can't make it any more."""
    try:
        recipe = recipe_of(hass, coordinator, drink)
    except ServiceValidationError as error:
        return {"product": drink.product, "why_not": _reason(error)}
    product = coordinator.definition.product(drink.product)
    assert product is not None, "else there is no recipe"
    return _about(coordinator, product, recipe, drink.preselections)


def _about(
    coordinator: JuraCoordinator, product: Product, recipe: Recipe, preselections: Iterable[str]
) -> JsonObjectType:
    """Return a drink with its values, what can be chosen instead, and why it can't be had now."""
    return {
        "product": product.slug,
        "is_double": product.is_double,
        **what_can_be_chosen(coordinator, product),
        "values": recipe_in_words(recipe),
        "chosen_preselections": [*preselections],
        "why_not": _reason(coordinator.commands.why_not(recipe.product, Source.DASHBOARD)),
    }


def _reason(error: HomeAssistantError | None) -> JsonObjectType | None:
    """Return an error as the key of its text and what is to be filled in."""
    if error is None:
        return None
    return {"key": error.translation_key, "placeholders": dict(error.translation_placeholders or {})}


def _named(button: er.RegistryEntry) -> JsonObjectType:
    """Return the button of a drink, and the name that its owner gave it, if any."""
    return {"entity_id": button.entity_id, "name": button.name}


def _button(hass: HomeAssistant, coordinator: JuraCoordinator, key: str) -> er.RegistryEntry | None:
    """Return a button that is neither disabled nor hidden: who hides one doesn't want the drink shown."""
    registry = er.async_get(hass)
    unique_id = f"{coordinator.config_entry.unique_id}_{key}"
    entity_id = registry.async_get_entity_id(Platform.BUTTON, DOMAIN, unique_id)
    button = registry.async_get(entity_id) if entity_id else None
    return None if button is None or button.disabled or button.hidden else button
