"""Tools for assistants that use a language model, through Home Assistant's Assist API.

A machine is offered to an assistant if its sensor "State" is exposed to it. What a model repeats, makes up or does several
times at once goes the same way as every other order, and is refused by the same rules.

May import floors 1 to 6.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Any, Final, override

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import MATCH_ALL, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers import entity_registry as er, intent
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, Tool, ToolAnnotations, ToolInput, ToolResult
from homeassistant.util import language as language_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.json import JsonObjectType
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from . import assistant_data
from .const import DOMAIN
from .coordinator import JuraConfigEntry, JuraCoordinator
from .house_rules import Caller, Source
from .machine.model import Argument, Choice, Unit
from .machine.recipe import sent_arguments
from .outcomes import Outcome
from .plain_data import drink_as_sent, what_went_wrong
from .report_text import Texts, async_texts
from .which_machine import area_of_speaker, distinct_name, machines, named, nearest, the_only
from .wishes import drink_from, offered_products, sentence

_DRINK: Final = "drink"
_MACHINE: Final = "machine"
_CARRIER: Final = "state"
"""Key of the sensor that stands for its machine where entities are exposed."""
_MCP: Final = "mcp_server"
_PAUSE: Final = 120.0
"""Seconds without an order after which an assistant that names no request of a person means another one."""
_UNNAMED: Final[HassKey[dict[str, tuple[float, str]]]] = HassKey(f"{DOMAIN}_unnamed_requests")

_PROMPT: Final = (
    "A coffee machine pours hot liquid into whatever stands there. Call jura__brew only when the user explicitly asks "
    "for a drink to be made now, once per request: never to try, as a suggestion or for later. Say that an empty cup "
    "must be in place. If a tool returns an error, tell the user its message; never order again after a failure or an "
    "unknown outcome unless the user, told about it, asks again. If several machines could be meant, ask which one. "
    "Tell the user in words what the machine needs, and what is unknown as unknown."
)


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools for the machines that an assistant may know of; None if there is none."""
    if api_id != LLM_API_ASSIST:
        return None
    entries = [entry for entry in _exposed(hass, llm_context) if _is_loaded(entry)]
    if not entries:
        return None
    names = list(dict.fromkeys(distinct_name(hass, entry) for entry in entries))
    return LLMTools(
        tools=[
            ListDrinksTool(names),
            BrewTool(names, assistant_data.drink_names(entries), _values(entries)),
            CancelTool(names),
            GetStateTool(names),
        ],
        prompt=_PROMPT,
    )


# --- the tools --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a tool was asked: by whom, in which language, about which machine, and the rest."""

    hass: HomeAssistant
    context: LLMContext
    texts: Texts
    language: str
    machine: str | None
    args: dict[str, Any]

    def about(self) -> Sequence[JuraConfigEntry]:
        """Return the machines that may be meant: that of the name, or all. Raises ServiceValidationError if none is."""
        exposed = _exposed(self.hass, self.context)
        if not exposed:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_exposed")
        return named(self.hass, exposed, self.machine) if self.machine else exposed

    def nearby(self) -> Sequence[JuraConfigEntry]:
        """Return the machines that may be meant by somebody who wants something of one: first those in the room."""
        about = self.about()
        return about if self.machine else nearest(self.hass, about, area_of_speaker(self.hass, self.context.device_id))

    def coordinator(self, entries: Sequence[JuraConfigEntry]) -> JuraCoordinator:
        """Return the one machine that is meant. Raises ServiceValidationError."""
        entry = the_only(self.hass, entries)
        if not _is_loaded(entry):
            raise self.not_loaded(entry)
        return entry.runtime_data

    def not_loaded(self, entry: JuraConfigEntry) -> ServiceValidationError:
        """Return what is to be said of a machine that could not be set up."""
        return ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="machine_not_loaded",
            translation_placeholders={"name": self.name(entry)},
        )

    def name(self, entry: JuraConfigEntry) -> str:
        """Return what a machine is called."""
        return distinct_name(self.hass, entry)


class _JuraTool(Tool):
    """A tool of ours: what goes wrong is told in words.

    The parameters are for the model to read. What it makes of them is looked at where the machine is known, so that what
    is wrong with a wish is told together with what would be possible.
    """

    integration = DOMAIN

    def __init__(self, names: Sequence[str], parameters: Mapping[vol.Marker, Any] | None = None) -> None:
        """Let the machine be chosen by its name where there are several."""
        several = {vol.Optional(_MACHINE): vol.In(names)} if len(names) > 1 else {}
        self.parameters = vol.Schema({**(parameters or {}), **several})

    @override
    async def async_call(self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext) -> ToolResult:
        """Do it, or tell why not."""
        language = _language(hass, llm_context)
        texts = await async_texts(hass, language)
        # Models like to fill in nothing where they leave something out.
        args = {name: value for name, value in tool_input.tool_args.items() if not intent.is_blank_slot_value(value)}
        machine = args.pop(_MACHINE, None)
        try:
            data = await self._async_do(
                _Asked(hass, llm_context, texts, language, None if machine is None else str(machine), args)
            )
        except HomeAssistantError as error:
            return ToolResult(data=what_went_wrong(hass, error, language), error=True)
        return ToolResult(data=data)

    @abstractmethod
    async def _async_do(self, asked: _Asked) -> JsonObjectType:
        """Return what came of it. Raises HomeAssistantError."""


class BrewTool(_JuraTool):
    """Makes a drink."""

    name = f"{DOMAIN}__brew"
    title = "Brew a drink"
    description = (
        "Make one hot drink now, for a user who explicitly asks for it. Values that are left out are as usual; "
        "jura__list_drinks tells which a drink has. At most one drink per request; never repeat the call."
    )
    annotations = ToolAnnotations(read_only=False, destructive=True, idempotent=False, open_world=False)

    def __init__(self, names: Sequence[str], drinks: Sequence[str], values: Mapping[vol.Marker, Any]) -> None:
        """Offer these drinks, and what can be chosen about some of them."""
        super().__init__(names, {vol.Required(_DRINK): vol.In(drinks), **values})

    @override
    async def _async_do(self, asked: _Asked) -> JsonObjectType:
        coordinator = asked.coordinator(asked.nearby())
        wanted = str(asked.args.pop(_DRINK, ""))
        name, recipe = drink_from(asked.hass, coordinator, wanted, asked.args)
        caller = Caller(Source.VOICE, _request(asked.hass, asked.context))
        await coordinator.commands.async_start(recipe, name, caller)
        return {
            "outcome": Outcome.ACCEPTED.value,
            _MACHINE: asked.name(coordinator.config_entry),
            **drink_as_sent(asked.hass, coordinator, recipe, name, asked.language),
        }


class CancelTool(_JuraTool):
    """Stops the drink in the making."""

    name = f"{DOMAIN}__cancel"
    title = "Cancel the drink"
    description = "Stop the drink that is being made, for a user who asks for it. It can't be continued."
    annotations = ToolAnnotations(read_only=False, destructive=True, idempotent=False, open_world=False)

    @override
    async def _async_do(self, asked: _Asked) -> JsonObjectType:
        about = asked.about()
        # Who wants something stopped means the machine that does something.
        busy = [entry for entry in about if _is_loaded(entry) and entry.runtime_data.is_occupied]
        coordinator = asked.coordinator(busy if len(busy) == 1 else asked.nearby())
        await coordinator.commands.async_cancel()
        return {"outcome": "cancelled", _MACHINE: asked.name(coordinator.config_entry)}


class _ReadingTool(_JuraTool):
    """Tells something of the machine that is named, or of all. Nothing is sent to them."""

    annotations = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)

    @override
    async def _async_do(self, asked: _Asked) -> JsonObjectType:
        return {"machines": [{_MACHINE: asked.name(entry), **self._told(asked, entry)} for entry in asked.about()]}

    def _told(self, asked: _Asked, entry: JuraConfigEntry) -> JsonObjectType:
        if _is_loaded(entry):
            return self._tell(asked, entry)
        return {"note": sentence(asked.hass, asked.not_loaded(entry), asked.language)}

    @abstractmethod
    def _tell(self, asked: _Asked, entry: JuraConfigEntry) -> JsonObjectType:
        """Return what there is to tell of a machine."""


class ListDrinksTool(_ReadingTool):
    """Tells what can be made."""

    name = f"{DOMAIN}__list_drinks"
    title = "List drinks"
    description = "List the drinks that the coffee machine can make, and what can be chosen about each."

    @override
    def _tell(self, asked: _Asked, entry: JuraConfigEntry) -> JsonObjectType:
        return assistant_data.drinks(asked.hass, entry, asked.language)


class GetStateTool(_ReadingTool):
    """Tells how a machine is."""

    name = f"{DOMAIN}__get_state"
    title = "Get the state of the coffee machine"
    description = (
        "Tell whether the coffee machine is ready, what it makes and how far it is, what it needs, how due its "
        "maintenance is (0 percent is just done, 100 is due), cups today and the last drink."
    )

    @override
    def _tell(self, asked: _Asked, entry: JuraConfigEntry) -> JsonObjectType:
        return assistant_data.state(asked.hass, entry, asked.texts)


# --- what they stand on -----------------------------------------------------------------------------------------------


def _exposed(hass: HomeAssistant, llm_context: LLMContext) -> list[JuraConfigEntry]:
    """Return the machines that an assistant may know of."""
    registry = er.async_get(hass)
    return [
        entry
        for entry in machines(hass)
        if (carrier := registry.async_get_entity_id(Platform.SENSOR, DOMAIN, f"{entry.unique_id}_{_CARRIER}"))
        and async_should_expose(hass, llm_context.assistant, carrier)
    ]


def _is_loaded(entry: JuraConfigEntry) -> bool:
    return entry.state is ConfigEntryState.LOADED


def _values(entries: Sequence[JuraConfigEntry]) -> dict[vol.Marker, Any]:
    """Return what can be chosen about some drink of these machines, as a model reads it."""
    arguments: dict[str, list[Argument]] = {}
    for entry in entries:
        for product in offered_products(entry.runtime_data):
            for argument in sent_arguments(product):
                arguments.setdefault(str(argument.parameter), []).append(argument)
    return {vol.Optional(name, description=_unit(of_it)): _type(of_it) for name, of_it in arguments.items()}


def _type(arguments: Sequence[Argument]) -> Any:
    slugs = [option.slug for argument in arguments if isinstance(argument, Choice) for option in argument.options]
    return vol.In(list(dict.fromkeys(slugs))) if slugs else vol.Coerce(int)


def _unit(arguments: Sequence[Argument]) -> str | None:
    """Return the unit of an amount, which is the same for all drinks."""
    argument = arguments[0]
    return None if isinstance(argument, Choice) or argument.unit is Unit.COUNT else str(argument.unit)


def _language(hass: HomeAssistant, llm_context: LLMContext) -> str:
    """Return the language of a request, as Home Assistant names its languages: `de` for `de-CH`."""
    wanted = llm_context.language
    if not wanted or wanted == MATCH_ALL:
        return hass.config.language
    return next(iter(language_util.matches(wanted, LANGUAGES, hass.config.country)), hass.config.language)


def _request(hass: HomeAssistant, llm_context: LLMContext) -> str:
    """Return what stands for the request of a person, for which there is one drink.

    A conversation has a context for each thing that is said. MCP clients have one for each call or for days, which says
    nothing: of them, and of whoever has none, everything is one request until they pause.
    """
    context = llm_context.context
    if context and llm_context.platform != _MCP:
        return context.id
    requests = hass.data.setdefault(_UNNAMED, {})
    asker, now = f"{llm_context.platform} {context.user_id if context else None}", hass.loop.time()
    last, request = requests.get(asker, (-math.inf, ""))
    if now - last > _PAUSE:
        request = ulid_now()
    requests[asker] = (now, request)
    return request
