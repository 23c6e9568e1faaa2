"""Voice: sentences to Home Assistant's own assistant, once for all machines, in every language that we have words for.

Whatever runs at a sentence runs for all sentences that are registered, whichever machine they were registered for, so
that there is one registration. It is renewed when the names change that can be said: those of machines, rooms and drinks.
Imported only where Home Assistant has its assistant, for hassil comes with that.

May import floors 1 to 6.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import logging
from typing import Any, Final

from homeassistant.components.conversation.trigger import TRIGGER_SCHEMA
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.const import CONF_PLATFORM
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.trigger import async_initialize_triggers
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, MANUFACTURER
from .coordinator import JuraConfigEntry
from .my_drinks import key_of, my_drinks
from .sentences import Grammar, Heard, Names, Words, load_words, product_names, spoken
from .voice_answers import Speaker, async_answer
from .which_machine import device_of, machines

_CONVERSATION: Final = "conversation"
_LOGGER: Final = logging.getLogger(__name__)


async def async_setup_voice(hass: HomeAssistant) -> None:
    """Register our sentences, and renew them for the rest of Home Assistant's life."""
    await _Registration(hass, await hass.async_add_executor_job(load_words)).async_start()


@dataclass(frozen=True)
class _Written:
    """A language, and the names that there are now as they are written, with what they mean."""

    words: Words
    own: Names
    machines: Names
    areas: Names

    def grammar(self) -> Grammar:
        """Return what can be said with them."""
        names = {
            "product": product_names(self.words),
            "own": _spoken(self.own, self.words),
            "machine": _spoken(self.machines, self.words),
            "area": _spoken(self.areas, self.words),
        }
        return Grammar(self.words, names)


class _Registration:
    """Our sentences at Home Assistant, as long as a machine is set up."""

    def __init__(self, hass: HomeAssistant, words: tuple[Words, ...]) -> None:
        """Start with nothing registered."""
        self._hass = hass
        self._words = words
        self._written: tuple[_Written, ...] = ()
        self._grammars: tuple[Grammar, ...] = ()
        self._unregister: CALLBACK_TYPE | None = None
        self._renewing = asyncio.Lock()
        self._renewal_waits = False

    async def async_start(self) -> None:
        """Register, and renew it for the rest of Home Assistant's life."""

        self._hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._renew_soon, self._is_ours)
        self._hass.bus.async_listen(ar.EVENT_AREA_REGISTRY_UPDATED, self._renew_soon)
        async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed)
        await self._async_renew()

    @callback
    def _is_ours(self, data: dr.EventDeviceRegistryUpdatedData) -> bool:
        device = dr.async_get(self._hass).async_get(data["device_id"])
        return device is not None and any(domain == DOMAIN for domain, *_ in device.identifiers)

    @callback
    def _entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Look whether names changed: with an entry its drinks change, and its state."""
        if entry.domain == DOMAIN:
            self._renew_soon()

    @callback
    def _renew_soon(self, _: Event[Any] | None = None) -> None:
        if not self._renewal_waits:
            self._renewal_waits = True
            self._hass.async_create_task(self._async_renew(), f"{DOMAIN} - renew the sentences")

    async def _async_renew(self) -> None:
        """Register what can be said now, unless it is what is registered."""
        async with self._renewing:
            self._renewal_waits = False
            written = self._what_is_written()
            if written == self._written:
                return
            # A tenth of a second of work, more on a small computer.
            grammars, trigger = await self._hass.async_add_executor_job(_prepare, written)
            self._written, self._grammars = written, grammars
            if self._unregister:
                self._unregister()
                self._unregister = None
            if trigger:
                self._unregister = await async_initialize_triggers(
                    self._hass, [trigger], self._async_hear, DOMAIN, MANUFACTURER, _LOGGER.log
                )

    def _what_is_written(self) -> tuple[_Written, ...]:
        """Return the names for each language; nothing without a machine that is set up."""
        if not self._hass.config_entries.async_loaded_entries(DOMAIN):
            return ()
        entries = machines(self._hass)
        areas = ar.async_get(self._hass).async_list_areas()
        own = tuple((drink.name, key_of(drink.name)) for entry in entries for drink in my_drinks(entry))
        devices = tuple((name, entry.entry_id) for entry in entries for name in _machine_names(self._hass, entry))
        rooms = tuple((name, area.id) for area in areas for name in (area.name, *sorted(area.aliases)))
        return tuple(_Written(words, own, devices, rooms) for words in self._words)

    async def _async_hear(self, variables: Mapping[str, Any], context: Context | None = None) -> ScriptRunResult:
        """Do what a sentence asks for, and say what became of it."""
        trigger = variables["trigger"]
        language, asked = trigger["user_input"]["language"], trigger["user_input"]["context"]["id"]
        speaker = Speaker(device_id=trigger["device_id"], satellite_id=trigger["satellite_id"], request=asked)
        words, heard = await self._hass.async_add_executor_job(
            _understood, self._grammars, trigger["sentence"], language.partition("-")[0]
        )
        # The answer needs our texts in the language that was spoken.
        await async_get_translations(self._hass, words.language, "entity", [DOMAIN])
        speech = await async_answer(self._hass, words, heard, speaker)
        return ScriptRunResult(conversation_response=speech, service_response=None, variables={})


def _prepare(written: Iterable[_Written]) -> tuple[tuple[Grammar, ...], ConfigType | None]:
    """Return what can be said, and the trigger for all of it, if any. Takes its time: call it in an executor.

    The trigger is checked: a sentence that can't be parsed would silence Home Assistant's assistant.
    """
    grammars = tuple(names.grammar() for names in written)
    commands = [template for grammar in grammars for template in grammar.gate()]
    return grammars, TRIGGER_SCHEMA({CONF_PLATFORM: _CONVERSATION, "command": commands}) if commands else None


def _understood(grammars: Iterable[Grammar], text: str, language: str) -> tuple[Words, tuple[Heard, ...]]:
    """Return what a sentence may mean, and in which language: first in the given one. Call it in an executor."""
    first, *others = sorted(grammars, key=lambda grammar: grammar.words.language != language)
    readings = ((grammar.words, grammar.understand(text)) for grammar in (first, *others))
    return next((reading for reading in readings if reading[1]), (first.words, ()))


def _machine_names(hass: HomeAssistant, entry: JuraConfigEntry) -> Iterable[str]:
    """Return what people may call a machine: "JURA E8 (EB)" is the E8, too."""
    device = device_of(hass, entry)
    for name in (entry.title, *((device.name_by_user, device.name) if device else ())):
        if name:
            yield from _shortened(name)


def _shortened(name: str) -> Iterable[str]:
    yield name
    yield (without := name.partition("(")[0].strip() or name)
    yield without.removeprefix(MANUFACTURER).strip() or name


def _spoken(names: Iterable[tuple[str, str]], words: Words) -> Names:
    """Return names as they are said."""
    return tuple(dict.fromkeys((text, meant) for name, meant in names for text in spoken(name, words.conjunction)))
