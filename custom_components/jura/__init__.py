"""JURA coffee machines: sets up and takes down the entries, one for each machine.

The house has eight floors. Each module says at the end of its docstring up to which it may import; what stands above is
at most named for its type. Floors 1 and 2 are the machine room, `machine/`, which knows nothing of Home Assistant.

    1  what machines are: models, recipes, and what their bytes mean; no I/O
    2  talking to a machine: the clients of both dongles
    3  words and choices that need no machine: own drinks, sentences, house rules, outcomes
    4  where a machine is and how it is reached; what is remembered of it, and what a person must mend
    5  watching and commanding it: the coordinator, with those it owns
    6  what people use: flows, actions, voice, assistants, reports, the card
    7  entities, triggers and conditions; they never see bytes
    8  this module
"""

from dataclasses import replace
from datetime import datetime, timedelta

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY
from homeassistant.const import CONF_HOST, CONF_PIN, EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import config_validation as cv, discovery_flow
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType
from homeassistant.setup import async_when_setup

from .bluetooth import look_again
from .card import async_add_card, async_remove_card, async_serve_card
from .const import CONF_ARTICLE, CONF_DEFINITION, CONF_EXPERIMENTAL, DOMAIN, ENTRY_VERSION
from .coordinator import JuraConfigEntry, JuraCoordinator
from .drink_changes import async_follow_drinks
from .foreign_entries import async_take_over, is_ours, refuse_if_unpaired
from .issues import NO_PIN, forget_issues, report
from .machine.catalogue import find_article, load_definition
from .machine.errors import UnknownMachine
from .machine.model import Article, Definition
from .memory import Memory
from .offer import async_setup_offer
from .services import async_setup_services
from .wifi import async_scan

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

_SCAN_INTERVAL = timedelta(minutes=30)
_SCAN_INTERVAL_WHEN_AWAY = timedelta(minutes=5)
_LOOK_AGAIN_AFTER = timedelta(seconds=10)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]


def _look_up(article: int, definition: str) -> tuple[Article | None, Definition]:
    """Return a machine's row in the list of articles and its definition. Reads files."""
    row = find_article(article)
    return row, load_definition(row.definition if row else definition)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, the sentences and the card, and ask now and then which WiFi Connects are there.

    New ones are offered, known ones may have a new address.
    """
    async_setup_services(hass)
    async_setup_offer(hass)
    async_when_setup(hass, "conversation", _async_start_voice)
    async_when_setup(hass, "frontend", _async_start_card)

    async def look_around(_: datetime) -> None:
        for host, reply in (await async_scan(hass)).items():
            entry = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, reply.identity.unique_id)
            if reply.identity.known and (entry is None or entry.data.get(CONF_HOST) != host):
                discovery_flow.async_create_flow(
                    hass, DOMAIN, context={"source": SOURCE_INTEGRATION_DISCOVERY}, data={CONF_HOST: host}
                )

    async def look_for_the_missing(now: datetime) -> None:
        if any(
            CONF_HOST in entry.data and _is_away(entry) for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        ):
            await look_around(now)

    async_track_time_interval(hass, look_around, _SCAN_INTERVAL, cancel_on_shutdown=True)
    async_track_time_interval(hass, look_for_the_missing, _SCAN_INTERVAL_WHEN_AWAY, cancel_on_shutdown=True)
    return True


async def _async_start_voice(hass: HomeAssistant, _: str) -> None:
    """Listen for sentences: as soon as Home Assistant has its assistant, if ever."""
    voice = await async_import_module(hass, f"{__package__}.voice")
    await voice.async_setup_voice(hass)


async def _async_start_card(hass: HomeAssistant, _: str) -> None:
    """Offer the card: as soon as Home Assistant has its dashboards, if ever."""
    await async_serve_card(hass)


def _is_away(entry: JuraConfigEntry) -> bool:
    """Tell whether a machine can't be reached: switched off, or at another address."""
    return not entry.runtime_data.last_update_success


async def async_migrate_entry(hass: HomeAssistant, entry: JuraConfigEntry) -> bool:
    """Leave another integration's entry to the set-up, which makes it ours once its machine says which one it is."""
    if is_ours(entry.data):
        hass.config_entries.async_update_entry(entry, version=ENTRY_VERSION)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: JuraConfigEntry) -> bool:
    """Set up a machine.

    A coffee machine is off most of the day, so that one that was read before is set up from what is remembered: its
    counters are there at once, everything else when it is switched on.
    """
    if not is_ours(entry.data):
        await async_take_over(hass, entry)
    refuse_if_unpaired(entry)
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
    if remembered.recipes and not entry.options.get(CONF_EXPERIMENTAL):
        remembered = replace(remembered, recipes={})
        await memory.async_remember(remembered)
    coordinator = JuraCoordinator(hass, entry, article, definition, memory, remembered)
    if remembered.versions is None:
        await coordinator.async_config_entry_first_refresh()
    else:
        await coordinator.async_refresh()
    entry.runtime_data = coordinator
    report(hass, entry, NO_PIN, stands=CONF_HOST in entry.data and not entry.data.get(CONF_PIN))

    async def let_go(_: Event) -> None:
        await coordinator.async_shutdown()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, let_go))
    async_follow_drinks(hass, entry)
    # It was removed if this is the first machine after the last one was removed.
    await async_add_card(hass)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(async_at_started(hass, coordinator.telling.start))
    if not coordinator.has_bluetooth:
        # A Smart Connect that was heard before this entry was there may join it. Not at once: Home Assistant ends all
        # flows for a machine with the one that adds it.
        entry.async_on_unload(
            async_call_later(hass, _LOOK_AGAIN_AFTER, callback(lambda _: look_again(hass, entry.unique_id)))
        )
    return True


async def async_unload_entry(hass: HomeAssistant, entry: JuraConfigEntry) -> bool:
    """Let go of a machine."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: JuraConfigEntry) -> None:
    """Forget a machine: nothing of it stays behind."""
    await Memory(hass, entry.entry_id).async_remove()
    forget_issues(hass, entry)
    if not any(other is not entry for other in hass.config_entries.async_entries(DOMAIN)):
        await async_remove_card(hass)
