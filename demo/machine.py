"""Which machine is simulated, and what the integration is going to call its entities."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


class UnknownMachineError(Exception):
    """Nobody makes a machine of that name."""


@dataclass(frozen=True)
class Machine:
    """A machine that both the simulator and the integration know."""

    article: int
    model: str
    definition: str

    @property
    def title(self) -> str:
        """What the integration calls it."""
        return f"JURA {self.model}"

    def entity(self, domain: str, key: str) -> str:
        """Return the id of one of the integration's entities."""
        return _entity_id("custom_components/jura", domain, key, self.title)

    def hand(self, domain: str, key: str) -> str:
        """Return the id of one of the simulator's entities: the hands of the person in front of the machine."""
        return _entity_id("simulator/custom_components/jura_simulator", domain, key, f"Simulated {self.title}")


def entity_names(integration: str, domain: str) -> dict[str, str]:
    """Return the English names of an integration's entities by their keys."""
    entities = _translations(integration)["entity"][domain]
    return {key: entity["name"] for key, entity in entities.items()}


def ways_to_add() -> dict[str, str]:
    """Return what the integration asks first when a machine is added by hand: names of the ways, by their keys."""
    options: dict[str, str] = _translations("custom_components/jura")["config"]["step"]["user"]["menu_options"]
    return options


def find_machine(query: str) -> Machine:
    """Return the machine that a model name or an article number means. Raises UnknownMachineError."""
    from custom_components.jura.machine.catalogue import find_article, load_articles  # noqa: PLC0415  # Slow: Home Assistant.
    from simulator.definitions import definition_for  # noqa: PLC0415

    try:
        article = find_article(definition_for(query.strip()).article)
    except LookupError:
        article = None
    if article is not None:
        return Machine(article.number, article.name, article.definition)
    # Names without their market, such as (EA), are what people type.
    names = {article.name.partition(" (")[0] for article in load_articles().values()}
    known = {name.casefold(): name for name in (*names, *map(str, load_articles()))}
    close = [known[name] for name in get_close_matches(query.strip().casefold(), known, n=5, cutoff=0.4)]
    advice = f"Did you mean {', '.join(close)}?" if close else "Try a name such as E8, S8 or Z10, or an article number."
    raise UnknownMachineError(f'No JURA machine is called "{query}". {advice}')


@cache
def _translations(integration: str) -> Any:
    return json.loads((ROOT / integration / "translations" / "en.json").read_text("utf-8"))


def _entity_id(integration: str, domain: str, key: str, device: str) -> str:
    from homeassistant.util import slugify  # noqa: PLC0415  # Slow.

    return f"{domain}.{slugify(f'{device} {entity_names(integration, domain)[key]}')}"
