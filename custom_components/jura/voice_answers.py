"""What becomes of a sentence: which machine is meant, what it does, and what is said in answer, in the speaker's language.

Nothing is guessed: where two machines may be meant or a wish can't be had, nothing is made, and the answer says why.

May import floors 1 to 6.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .coordinator import JuraConfigEntry, JuraCoordinator
from .house_rules import Caller, Source
from .machine import care, needs
from .machine.model import Program
from .machine.state import MachineState, machine_state
from .my_drinks import drink_named, key_of
from .sentences import Heard, Intent, Words
from .spoken_wishes import Contradiction, NotOffered, values_for
from .which_machine import area_of, area_of_speaker, distinct_name, machines
from .wishes import drink_from, near_names, offered_products, product_name, sentence

_MOST_NEAR: Final = 2


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: through what, and the request that it is."""

    device_id: str | None
    satellite_id: str | None
    request: str


async def async_answer(hass: HomeAssistant, words: Words, readings: Sequence[Heard], speaker: Speaker) -> str:
    """Do what was said, once at most, and return what to say."""
    if not readings:
        return words.answers["not_understood"]
    # Who says a name means it, even if it could be read as no name at all.
    readings = [heard for heard in readings if heard.machine] or readings
    intent = readings[0].intent
    meant = [entry for entry in machines(hass) if any(_is_meant(hass, entry, heard, speaker) for heard in readings)]
    if not meant:
        return words.answers["no_machine_there"]
    if intent is Intent.CANCEL:
        meant = [entry for entry in meant if _is_loaded(entry) and entry.runtime_data.is_occupied] or meant
    if intent in _ASKED:
        answers = {distinct_name(hass, entry): _read(hass, words, entry, readings[0]) for entry in meant}
        if len(meant) == 1:
            return next(iter(answers.values()))
        return " ".join(words.answers["each"].format(machine=name, answer=text) for name, text in answers.items())
    if len(meant) > 1:
        names = ", ".join(distinct_name(hass, entry) for entry in meant)
        return words.answers["which_machine"].format(machines=names)
    (entry,) = meant
    if not _is_loaded(entry):
        return _not_loaded(hass, words, entry)
    order = _Order(hass, words, entry.runtime_data, distinct_name(hass, entry))
    try:
        return await (order.cancel() if intent is Intent.CANCEL else order.brew(readings, speaker.request))
    except HomeAssistantError as error:
        return sentence(hass, error, words.language)


# --- which machine ----------------------------------------------------------------------------------------------------


def _is_meant(hass: HomeAssistant, entry: JuraConfigEntry, heard: Heard, speaker: Speaker) -> bool:
    """Tell whether somebody means this machine: by its name, by its room, by being there, or because nothing speaks against it."""
    if heard.machine:
        return heard.machine == entry.entry_id
    if heard.area:
        return area_of(hass, entry) == heard.area
    here = area_of_speaker(hass, speaker.device_id, speaker.satellite_id)
    if here and any(area_of(hass, other) == here for other in machines(hass)):
        return area_of(hass, entry) == here
    return True


def _is_loaded(entry: JuraConfigEntry) -> bool:
    return entry.state is ConfigEntryState.LOADED


def _not_loaded(hass: HomeAssistant, words: Words, entry: JuraConfigEntry) -> str:
    return words.answers["not_loaded"].format(machine=distinct_name(hass, entry))


# --- orders -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Order:
    """An order to one machine. Raises HomeAssistantError where it isn't carried out, or nobody knows."""

    hass: HomeAssistant
    words: Words
    coordinator: JuraCoordinator
    machine: str

    async def cancel(self) -> str:
        """Stop what is being made."""
        await self.coordinator.commands.async_cancel()
        return self.words.answers["cancelled"]

    async def brew(self, readings: Sequence[Heard], request: str) -> str:
        """Make the drink of the plainest reading that this machine can make."""
        found = next(((heard, wanted) for heard in readings if (wanted := self._wanted(heard))), None)
        if found is None:
            return self._not_here(readings)
        heard, wanted = found
        name, recipe = drink_from(self.hass, self.coordinator, wanted, {})
        drink = name or product_name(self.hass, recipe.product, self.words.language)
        try:
            values = values_for(recipe, heard.wishes, heard.amount)
        except NotOffered as error:
            return self._say("no_parameter", drink=drink, parameter=self.words.parameters[error.what])
        except Contradiction:
            return self._say("contradiction", drink=drink)
        name, recipe = drink_from(self.hass, self.coordinator, wanted, values)
        await self.coordinator.commands.async_start(recipe, name, Caller(Source.VOICE, request))
        return self._say("brewing", drink=drink)

    def _wanted(self, heard: Heard) -> str | None:
        """Return the drink of this machine that somebody means, as `wishes.drink_from` takes it."""
        if heard.own:
            drink = drink_named(self.coordinator.config_entry, heard.own)
            return drink.name if drink and heard.count == 1 else None
        offered = {product.slug: product for product in offered_products(self.coordinator)}
        product = offered.get(heard.product or "")
        if product is None or heard.count == 1:
            return product.slug if product else None
        doubles = [other.slug for other in offered.values() if other.code == product.double_code]
        return doubles[0] if doubles and heard.count == 2 else None

    def _not_here(self, readings: Sequence[Heard]) -> str:
        """Say that this machine doesn't make it, or not so many at once, and what comes near."""
        one = [replace(heard, count=1) for heard in readings]
        drink = self._called(one[0])
        if any(self._wanted(heard) for heard in one):
            return self._say("one_at_a_time", drink=drink)
        names = {product_name(self.hass, p, self.words.language) for p in offered_products(self.coordinator)}
        keys = {key_of(name): name for name in sorted(names)}
        near = ", ".join(keys[key] for key in near_names(drink, keys)[:_MOST_NEAR])
        return self._say("not_here_but", drink=drink, near=near) if near else self._say("not_here", drink=drink)

    def _called(self, heard: Heard) -> str:
        """Return what a drink is called that this machine may not have."""
        if heard.own:
            drinks = (drink_named(entry, heard.own) for entry in machines(self.hass))
            return next(drink.name for drink in drinks if drink)
        texts = async_get_cached_translations(self.hass, self.words.language, "entity", DOMAIN)
        return texts[f"component.{DOMAIN}.entity.button.brew_{heard.product}.name"]

    def _say(self, answer: str, **names: str) -> str:
        return self.words.answers[answer].format(**{"machine": self.machine, **names})


# --- questions --------------------------------------------------------------------------------------------------------


def _read(hass: HomeAssistant, words: Words, entry: JuraConfigEntry, heard: Heard) -> str:
    """Answer a question about a machine from what is known. The machine is not asked."""
    if not _is_loaded(entry):
        return _not_loaded(hass, words, entry)
    return _ASKED[heard.intent](words, entry.runtime_data, heard)


def _ready(words: Words, coordinator: JuraCoordinator, _: Heard) -> str:
    if unseen := _unseen(words, coordinator):
        return unseen
    snapshot = coordinator.data
    assert snapshot.status is not None, "it was seen"
    state = machine_state(coordinator.definition, snapshot.status, snapshot.progress)
    if state is MachineState.NEEDS_ATTENTION:
        return words.answers["state_needs_attention"].format(needs=_needed(words, coordinator))
    return words.answers[f"state_{state or 'unknown'}"]


def _needs(words: Words, coordinator: JuraCoordinator, _: Heard) -> str:
    if unseen := _unseen(words, coordinator):
        return unseen
    needed = _needed(words, coordinator)
    return words.answers["needs"].format(needs=needed) if needed else words.answers["needs_nothing"]


def _today(words: Words, coordinator: JuraCoordinator, _: Heard) -> str:
    count = coordinator.data.cups_today
    return words.answers["today_unknown"] if count is None else words.answers["today"].format(count=count)


def _program(words: Words, coordinator: JuraCoordinator, heard: Heard) -> str:
    """Tell how due a maintenance program is. Percentages stay true while the machine is off."""
    program = Program(heard.program or "")
    definition, snapshot = coordinator.definition, coordinator.data
    asks = care.due(definition, snapshot.status).get(program) if snapshot.status else None
    percent = snapshot.maintenance.percentages.get(program) if snapshot.maintenance else None
    if asks or (percent is not None and percent >= _DUE_AT):
        answer = "due"
    elif percent is not None and snapshot.maintenance:
        answer = "soon" if needs.is_nearly_due(definition, snapshot.maintenance, program) else "later"
    elif asks is not None:
        answer = "not_due"
    else:
        answer = "unknown" if definition.maintenance_program(program) else "none"
    return words.answers[f"program_{answer}"].format(program=words.program_names[program], percent=percent)


_DUE_AT: Final = 100
_ASKED: Final[dict[Intent, Callable[[Words, JuraCoordinator, Heard], str]]] = {
    Intent.READY: _ready,
    Intent.NEEDS: _needs,
    Intent.TODAY: _today,
    Intent.PROGRAM: _program,
}


def _unseen(words: Words, coordinator: JuraCoordinator) -> str | None:
    """Return why nobody knows how the machine is, if so."""
    if coordinator.gives_way:
        return words.answers["giving_way"]
    seen = coordinator.last_update_success and coordinator.data.status is not None
    return None if seen else words.answers["away"]


def _needed(words: Words, coordinator: JuraCoordinator) -> str:
    """Return what the machine needs, in words, the most urgent first."""
    snapshot = coordinator.data
    assert snapshot.status is not None, "it was seen"
    texts = async_get_cached_translations(coordinator.hass, words.language, "entity", DOMAIN)
    found = needs.needs(coordinator.definition, snapshot.status, snapshot.maintenance)
    return ", ".join(texts[f"component.{DOMAIN}.entity.sensor.needs.state.{need}"] for need in found)
