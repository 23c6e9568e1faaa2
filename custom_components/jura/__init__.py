"""JURA coffee machines: sets up and takes down the entries, one for each machine."""

from homeassistant.const import CONF_ADDRESS, EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import issue_registry as ir

from .const import CONF_ARTICLE, CONF_DEFINITION, DOMAIN
from .coordinator import JuraConfigEntry, JuraCoordinator
from .machine.catalogue import find_article, load_definition
from .machine.errors import UnknownMachine
from .machine.model import Article, Definition
from .memory import Memory

PLATFORMS = [Platform.BINARY_SENSOR, Platform.BUTTON, Platform.SENSOR, Platform.SWITCH]


def _look_up(article: int, definition: str) -> tuple[Article | None, Definition]:
    """Return a machine's row in the list of articles and its definition. Reads files."""
    row = find_article(article)
    return row, load_definition(row.definition if row else definition)


async def async_setup_entry(hass: HomeAssistant, entry: JuraConfigEntry) -> bool:
    """Set up a machine.

    A coffee machine is off most of the day, so that one that was read before is set up from what is remembered: its
    counters are there at once, everything else when it is switched on.
    """
    if not {CONF_ADDRESS, CONF_ARTICLE, CONF_DEFINITION} <= entry.data.keys():
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="foreign_entry")
    article_number, code = entry.data[CONF_ARTICLE], entry.data[CONF_DEFINITION]
    try:
        article, definition = await hass.async_add_executor_job(_look_up, article_number, code)
    except UnknownMachine as error:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="unknown_machine",
            translation_placeholders={"article": str(article_number)},
        ) from error
    memory = Memory(hass, entry.entry_id)
    remembered = await memory.async_recall()
    coordinator = JuraCoordinator(hass, entry, article, definition, memory, remembered)
    if remembered.versions is None:
        await coordinator.async_config_entry_first_refresh()
    else:
        await coordinator.async_refresh()
    entry.runtime_data = coordinator

    async def let_go(_: Event) -> None:
        await coordinator.async_shutdown()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, let_go))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: JuraConfigEntry) -> bool:
    """Let go of a machine."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: JuraConfigEntry) -> None:
    """Forget a machine: nothing of it stays behind."""
    await Memory(hass, entry.entry_id).async_remove()
    ir.async_delete_issue(hass, DOMAIN, f"commands_refused_{entry.entry_id}")
