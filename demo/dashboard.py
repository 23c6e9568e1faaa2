"""The dashboard for a machine: first what to do to add it, then the machine. Only Home Assistant's own cards."""

from typing import Any

from .machine import Machine, entity_names

type Card = dict[str, Any]

_MISSING = ["unknown", "unavailable"]
"""What templates call an entity that doesn't exist, or has nothing to say."""
_HANDS = ("power", "water_tank", "beans", "milk", "drip_tray", "grounds_container", "phone", "pin")


def dashboard(machine: Machine) -> Card:
    """Return the dashboard's configuration."""
    from custom_components.jura.machine.catalogue import load_definition  # noqa: PLC0415  # Slow: Home Assistant.
    from custom_components.jura.machine.model import Severity  # noqa: PLC0415

    definition = load_definition(machine.definition)
    drinks = [product.slug for product in definition.active_products if product.arguments]
    alerts = [alert.slug for alert in definition.alerts.values() if alert.severity is not Severity.STATE]
    # What was counted stays known as long as the machine is added, whether it is on or off.
    total = machine.entity("sensor", "count_total")
    added, missing = _when(total, "not in", _MISSING), _when(total, "in", _MISSING)
    view = {
        "title": machine.title,
        "type": "sections",
        "max_columns": 3,
        "sections": [
            {"type": "grid", "visibility": [missing], "cards": [_welcome(machine)]},
            {"type": "grid", "visibility": [added], "cards": _state(machine, alerts, list(definition.percent_fields))},
            {"type": "grid", "visibility": [added], "cards": _drinks(machine, drinks)},
            {"type": "grid", "cards": _person(machine)},
        ],
    }
    return {"title": machine.title, "views": [view]}


def _welcome(machine: Machine) -> Card:
    content = (
        f"## A {machine.title} is in Bluetooth range\n\n"
        "Open [Settings > Devices & services](/config/integrations/dashboard), press **Add** on the discovered card "
        f"**{machine.title}**, then **Submit** and **Skip and finish**.\n\n"
        "Come back here (**Coffee** in the sidebar) and press a drink: this page will show the machine making it."
    )
    return {"type": "markdown", "content": content, "grid_options": {"columns": "full"}}


def _state(machine: Machine, alerts: list[str], programs: list[str]) -> list[Card]:
    drink, progress = machine.entity("sensor", "current_drink"), machine.entity("sensor", "progress")
    cancel = machine.entity("button", "cancel")
    making = _when(drink, "not in", ["none", *_MISSING])
    return [
        _heading(machine.title, "mdi:coffee-maker"),
        _tile(machine.entity("sensor", "state"), "State"),
        _tile(machine.entity("sensor", "count_total"), "Drinks made"),
        *(_alert(machine, slug) for slug in alerts),
        _tile(drink, "Current drink") | {"visibility": [making]},
        _tile(machine.entity("sensor", "phase"), "Phase") | {"visibility": [making]},
        {
            "type": "gauge",
            "entity": progress,
            "name": "Progress",
            "visibility": [making, _when(progress, "not in", _MISSING)],
        },
        _tile(cancel, "Cancel drink")
        | {"hide_state": True, "tap_action": _press(cancel), "icon_tap_action": _press(cancel), "visibility": [making]},
        *(_due(machine, program) for program in programs),
    ]


def _alert(machine: Machine, slug: str) -> Card:
    entity = machine.entity("binary_sensor", slug)
    name = entity_names("custom_components/jura", "binary_sensor")[slug]
    return _tile(entity, name) | {"color": "red", "visibility": [_when(entity, "in", ["on"])]}


def _due(machine: Machine, program: str) -> Card:
    entity = machine.entity("sensor", f"due_{program}")
    name = entity_names("custom_components/jura", "sensor")[f"due_{program}"]
    return _tile(entity, name) | {"visibility": [_when(entity, "not in", _MISSING)]}


def _drinks(machine: Machine, drinks: list[str]) -> list[Card]:
    names = entity_names("custom_components/jura", "button")
    return [
        _heading("Drinks", "mdi:coffee"),
        *(_button(machine.entity("button", f"brew_{slug}"), names[f"brew_{slug}"]) for slug in drinks),
    ]


def _person(machine: Machine) -> list[Card]:
    simulator = "simulator/custom_components/jura_simulator"
    rows = [
        *(("switch", key) for key in _HANDS),
        ("button", "coffee"),
        ("button", "descaling_due"),
        ("select", "next_fault"),
        ("sensor", "drinks_made"),
    ]
    return [
        _heading("In front of the machine (simulated)", "mdi:hand-back-right"),
        {
            "type": "entities",
            "show_header_toggle": False,
            "entities": [
                {"entity": machine.hand(domain, key), "name": entity_names(simulator, domain)[key]}
                for domain, key in rows
            ],
        },
    ]


def _when(entity: str, operator: str, states: list[str]) -> Card:
    """Return a condition. A template, because other conditions end for good where an entity doesn't exist yet."""
    return {"condition": "template", "value_template": f"{{{{ states('{entity}') {operator} {states} }}}}"}


def _heading(text: str, icon: str) -> Card:
    return {"type": "heading", "heading": text, "icon": icon}


def _tile(entity: str, name: str) -> Card:
    return {"type": "tile", "entity": entity, "name": name}


def _press(entity: str) -> Card:
    return {"action": "perform-action", "perform_action": "button.press", "target": {"entity_id": entity}}


def _button(entity: str, name: str) -> Card:
    return {
        "type": "button",
        "entity": entity,
        "name": name,
        "tap_action": _press(entity),
        "grid_options": {"columns": 4, "rows": 2},
    }
