"""Actions: make a drink as it is wished for, stop it; list, export and import what can be made; report what was.

May import floors 1 to 6.
"""

from typing import Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
import voluptuous as vol

from .const import DOMAIN
from .coordinator import JuraConfigEntry
from .drinks_file import export_drinks, import_drinks
from .house_rules import caller_of
from .machine.model import Parameter
from .my_drinks import my_drinks
from .outcomes import CommandFailed, CommandRefused, Outcome
from .plain_data import drink_as_sent, own_drink, product_as_offered, what_went_wrong
from .reports import PERIODS, async_report, period_of
from .which_machine import machines, the_only
from .wishes import drink_from, offered_products

SERVICE_BREW: Final = "brew"
SERVICE_CANCEL: Final = "cancel"
SERVICE_LIST_PRODUCTS: Final = "list_products"
SERVICE_EXPORT_DRINKS: Final = "export_drinks"
SERVICE_IMPORT_DRINKS: Final = "import_drinks"
SERVICE_REPORT: Final = "report"

ATTR_PRODUCT: Final = "product"
ATTR_PRESELECTIONS: Final = "preselections"
ATTR_DRINKS: Final = "drinks"
ATTR_PERIOD: Final = "period"
ATTR_START: Final = "start"
ATTR_END: Final = "end"
ATTR_LANGUAGE: Final = "language"

VALUES: Final = (
    Parameter.STRENGTH,
    Parameter.WATER,
    Parameter.MILK,
    Parameter.MILK_FOAM,
    Parameter.TEMPERATURE,
    Parameter.MILK_BREAK,
    Parameter.BYPASS,
    Parameter.GRINDER_RATIO,
    Parameter.STROKES,
)
"""What can be chosen about a drink, on any machine type; which drink has what is for the definition to say."""

MACHINE_SCHEMA: Final = vol.Schema({vol.Optional(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string])})
# Values are looked at where the machine is known, so that what is wrong with one is said in a person's words.
BREW_SCHEMA: Final = MACHINE_SCHEMA.extend(
    {
        vol.Required(ATTR_PRODUCT): cv.string,
        **{vol.Optional(str(parameter)): object for parameter in VALUES},
        vol.Optional(ATTR_PRESELECTIONS): vol.All(cv.ensure_list, [cv.string]),
    }
)
IMPORT_SCHEMA: Final = MACHINE_SCHEMA.extend({vol.Required(ATTR_DRINKS): object})
REPORT_SCHEMA: Final = MACHINE_SCHEMA.extend(
    {
        vol.Optional(ATTR_PERIOD): vol.In(list(PERIODS)),
        vol.Optional(ATTR_START): cv.date,
        vol.Optional(ATTR_END): cv.date,
        vol.Optional(ATTR_LANGUAGE): cv.language,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions, once for all machines."""
    register = hass.services.async_register
    register(DOMAIN, SERVICE_BREW, _async_brew, BREW_SCHEMA, SupportsResponse.OPTIONAL)
    register(DOMAIN, SERVICE_CANCEL, _async_cancel, MACHINE_SCHEMA)
    register(DOMAIN, SERVICE_LIST_PRODUCTS, _async_list_products, MACHINE_SCHEMA, SupportsResponse.ONLY)
    register(DOMAIN, SERVICE_EXPORT_DRINKS, _async_export_drinks, MACHINE_SCHEMA, SupportsResponse.ONLY)
    register(DOMAIN, SERVICE_IMPORT_DRINKS, _async_import_drinks, IMPORT_SCHEMA, SupportsResponse.OPTIONAL)
    register(DOMAIN, SERVICE_REPORT, _async_report, REPORT_SCHEMA, SupportsResponse.ONLY)


def _entry(call: ServiceCall) -> JuraConfigEntry:
    """Return the one machine that an action is for. Raises ServiceValidationError; never means several."""
    hass = call.hass
    if devices := call.data.get(ATTR_DEVICE_ID):
        if len(devices) > 1:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="one_machine_only")
        entry: JuraConfigEntry
        _, entry = service.async_get_device_and_config_entry(hass, DOMAIN, devices[0])
        return entry
    return service.async_get_config_entry(hass, DOMAIN, the_only(hass, machines(hass)).entry_id)


# --- making drinks ----------------------------------------------------------------------------------------------------


async def _async_brew(call: ServiceCall) -> ServiceResponse:
    """Make a drink. Mistakes in the wish raise; other failures only if nobody asked for a response."""
    coordinator = _entry(call).runtime_data
    wishes = {str(parameter): call.data[parameter] for parameter in VALUES if parameter in call.data}
    name, recipe = drink_from(
        call.hass, coordinator, call.data[ATTR_PRODUCT], wishes, call.data.get(ATTR_PRESELECTIONS)
    )
    response = drink_as_sent(call.hass, coordinator, recipe, name)
    try:
        await coordinator.commands.async_start(recipe, name, caller_of(call.context))
    except (CommandRefused, CommandFailed) as error:
        if not call.return_response:
            raise
        return {**response, **what_went_wrong(call.hass, error)}
    return {**response, "outcome": Outcome.ACCEPTED.value} if call.return_response else None


async def _async_cancel(call: ServiceCall) -> None:
    """Stop the drink in the making."""
    await _entry(call).runtime_data.commands.async_cancel()


# --- what can be made -------------------------------------------------------------------------------------------------


async def _async_list_products(call: ServiceCall) -> ServiceResponse:
    """Return every product of a machine with what can be chosen about it, and one's own drinks."""
    entry = _entry(call)
    coordinator = entry.runtime_data
    return {
        "products": [product_as_offered(call.hass, coordinator, product) for product in offered_products(coordinator)],
        "drinks": [own_drink(drink) for drink in my_drinks(entry)],
    }


async def _async_export_drinks(call: ServiceCall) -> ServiceResponse:
    """Return one's own drinks as a text to keep or to pass on."""
    return {ATTR_DRINKS: export_drinks(_entry(call))}


async def _async_import_drinks(call: ServiceCall) -> ServiceResponse:
    """Add drinks from such a text to one's own, and tell what became of each."""
    imported = import_drinks(call.hass, _entry(call), call.data[ATTR_DRINKS])
    return imported if call.return_response else None


# --- what was made ----------------------------------------------------------------------------------------------------


async def _async_report(call: ServiceCall) -> ServiceResponse:
    """Return what a machine made in a period and what it needs. The machine is not asked, and nothing is sent."""
    entry, data = _entry(call), call.data
    period = period_of(data.get(ATTR_PERIOD), data.get(ATTR_START), data.get(ATTR_END))
    return await async_report(call.hass, entry, period, data.get(ATTR_LANGUAGE, call.hass.config.language))
