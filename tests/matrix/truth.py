"""What the machine really says: the same entities over a coordinator that always knows it.

So a state is true if these entities show it, or once showed it, for what the simulated machine was at some time. What is
ours (a person's dials, forecasts, how long a drink took, when a button was pressed) isn't said by the machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import async_get_platforms

from custom_components.jura.const import DOMAIN
from custom_components.jura.coordinator import JuraCoordinator
from custom_components.jura.entity import JuraControlEntity
from custom_components.jura.machine import decode
from custom_components.jura.machine.model import Counters, Definition, Maintenance, Progress, Status
from simulator.course import ENJOY
from tests.helpers import PLATFORMS

from .house import House

_OURS = {"elapsed", "cups_today", "last_drink", "last_drink_at", "filter_days_left", "signal_strength", "drink"}
_RARELY = ("count_", "due_", "soon_", "setting_", "needs", "progress")
"""What is read rarely, or changes faster than it is read."""
_SILENT = (STATE_UNKNOWN, STATE_UNAVAILABLE)


@dataclass(frozen=True)
class Said:
    """What the machine says at a moment."""

    status: Status
    progress: Progress
    counters: Counters
    maintenance: Maintenance
    settings: dict[str, str]


class _Knowing:
    """A coordinator that knows the truth, and is otherwise the real one."""

    def __init__(self, real: JuraCoordinator) -> None:
        self._real = real
        self.data = real.data
        self.last_update_success = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def learn(self, said: Said) -> None:
        """Take as data what would be known without any fault."""
        self.data = replace(
            self._real.data,
            status=said.status,
            progress=said.progress,
            counters=said.counters,
            maintenance=said.maintenance,
            settings=said.settings,
            transport=self._real.ways.client.transport,
        )


class Truth:
    """Notes what the machine says, and compares with it what Home Assistant shows."""

    def __init__(self, house: House, definition: Definition) -> None:
        """Begin to note, at each operation and each change of a state."""
        self._house = house
        self._definition = definition
        self._said: list[Said] = []
        self._shown: list[tuple[str, str]] = []
        self._knowing: _Knowing | None = None
        self._entities: dict[str, Entity] = {}
        self._known: dict[str, set[str]] = {}
        self._evaluated: dict[str, int] = {}
        house.tap.on_operation = self._note
        self.stop = house.machine.subscribe(self._note)
        house.hass.bus.async_listen("state_changed", self._on_change)

    async def attend(self) -> None:
        """Make the entities of the entry that is set up now."""
        assert self._house.entry is not None
        knowing = _Knowing(self._house.entry.runtime_data)
        entry: Any = SimpleNamespace(runtime_data=knowing, subentries={})
        registry = er.async_get(self._house.hass)
        found: dict[str, Entity] = {}
        platforms = {platform.domain: platform for platform in async_get_platforms(self._house.hass, DOMAIN)}
        for platform, module in PLATFORMS.items():

            def add(entities: Any, *_: Any, platform: str = platform, **__: Any) -> None:
                for entity in entities:
                    entity_id = registry.async_get_entity_id(platform, DOMAIN, entity.unique_id)
                    if entity_id and _is_said(platform, entity):
                        entity.hass, entity.entity_id = self._house.hass, entity_id
                        entity.platform, entity.platform_data = platforms[platform], platforms[platform].platform_data
                        found[entity_id] = entity

            await module.async_setup_entry(self._house.hass, entry, add)
        self._knowing, self._entities = knowing, found
        self._known, self._evaluated = {}, {}

    def begin(self) -> None:
        """Forget what was shown before; what was said before stays said."""
        self._shown.clear()
        self._note()

    def untrue(self) -> Iterator[str]:
        """Yield each state that was shown although the machine never said it."""
        for entity_id, shown in dict.fromkeys(self._shown):
            if entity_id in self._entities and shown not in _SILENT and not self._was_said(entity_id, shown):
                yield f"{entity_id} showed {shown}"

    def wrong(self, *, counted: bool) -> list[str]:
        """Return what is shown now and isn't what the machine says now, with or without what is only read rarely."""
        self._note()
        assert self._knowing is not None
        self._knowing.learn(self._said[-1])
        wrong = []
        for entity_id, entity in self._entities.items():
            if not counted and entity.entity_description.key.startswith(_RARELY):
                continue
            state = self._house.hass.states.get(entity_id)
            said = _shown(entity)
            if state is not None and state.state != said:
                wrong.append(f"{entity_id} shows {state.state}, not {said}")
        return wrong

    def _was_said(self, entity_id: str, shown: str) -> bool:
        known = self._known.setdefault(entity_id, set())
        if shown in known:
            return True
        first, self._evaluated[entity_id] = self._evaluated.get(entity_id, 0), len(self._said)
        assert self._knowing is not None
        for said in self._said[first:]:
            self._knowing.learn(said)
            known.add(_shown(self._entities[entity_id]))
        return shown in known

    @callback
    def _on_change(self, event: Any) -> None:
        state = event.data["new_state"]
        if state is not None and not state.attributes.get("restored"):
            self._shown.append((state.entity_id, state.state))
            if not self._said or state.entity_id in self._entities:
                self._note()

    def _note(self) -> None:
        machine = self._house.machine
        progress, wifi = machine.progress, self._house.wifi
        length = 8 * wifi.status_bytes if wifi else 148
        window = b"" if progress.state == ENJOY else progress.window or (b"" if wifi else bytes(14))
        idle = wifi is not None and not progress.code
        said = Said(
            status=Status(frozenset(bit for bit in machine.status_bits if bit < length), length),
            progress=Progress(state=decode.IDLE)
            if idle
            else decode.progress(bytes([progress.state, progress.code]) + window),
            counters=Counters(machine.total, machine.counters),
            maintenance=Maintenance(
                counts=dict(zip(self._definition.counter_fields, machine.maintenance_counters, strict=True)),
                percentages=dict(zip(self._definition.percent_fields, machine.maintenance_percentages, strict=True)),
            ),
            settings={
                setting.slug: machine.settings[f"{setting.argument:02X}"]
                for setting in self._definition.settings
                if f"{setting.argument:02X}" in machine.settings
            }
            if wifi
            else {},
        )
        if not self._said or self._said[-1] != said:
            self._said.append(said)


def _shown(entity: Entity) -> str:
    """Return what an entity would show now."""
    return entity._stringify_state(entity.available)  # noqa: SLF001


def _is_said(platform: str, entity: Entity) -> bool:
    """Tell whether the machine says what an entity shows."""
    key = entity.entity_description.key
    if platform in ("button", "event") or isinstance(entity, JuraControlEntity):
        return False
    return key not in _OURS and not key.startswith("forecast_")
