"""The dashboard for a machine: first what to do to add it, then the card with its simulated surroundings.

A second page shows the same machine with Home Assistant's own cards only.
"""

from collections.abc import Iterable
from typing import Any

from .machine import Machine, entity_names, ways_to_add
from .wifi import Wifi

type Card = dict[str, Any]

_FULL: Card = {"columns": "full"}
_HALF: Card = {"columns": 6, "rows": 2}
_MISSING = ["unknown", "unavailable"]
"""What templates call an entity that doesn't exist, or has nothing to say."""
_SIMULATOR = "simulator/custom_components/jura_simulator"
_ADD = "/config/integrations/dashboard/add?domain=jura"
_WIFI = ("wifi_network", "wifi_pin", "phone_wifi")
_HANDS = ("power", "water_tank", "beans", "milk", "drip_tray", "grounds_container", "phone", "pin")


def dashboard(machine: Machine, wifi: Wifi | None = None) -> Card:
    """Return the dashboard's configuration."""
    from custom_components.jura.machine.catalogue import load_definition  # noqa: PLC0415  # Slow: Home Assistant.
    from custom_components.jura.machine.model import Amount, Parameter, Severity  # noqa: PLC0415
    from custom_components.jura.machine.recipe import sent_arguments  # noqa: PLC0415

    definition = load_definition(machine.definition)
    products = [product for product in definition.active_products if product.arguments]
    dials = {
        argument.parameter: "number" if isinstance(argument, Amount) else "select"
        for product in products
        for argument in sent_arguments(product)
    }
    alerts = [alert.slug for alert in definition.alerts.values() if alert.severity is not Severity.STATE]
    # What was counted stays known as long as the machine is added, whether it is on or off.
    total = machine.entity("sensor", "count_total")
    added, missing = _when(total, "not in", _MISSING), _when(total, "in", _MISSING)
    state = _state(machine, alerts, list(definition.percent_fields))
    card: Card = {"type": "custom:jura-card", "grid_options": _FULL}
    first: list[Card] = [
        {"type": "grid", "visibility": [missing], "column_span": 2, "cards": [_welcome(machine)]},
        {"type": "grid", "visibility": [added], "column_span": 2, "cards": [card]},
        {"type": "grid", "cards": _person(machine)},
    ]
    own: list[Card] = [
        {"type": "grid", "cards": state},
        {"type": "grid", "cards": _drinks(machine, [product.slug for product in products])},
        {
            "type": "grid",
            "cards": _dials(
                machine, [(dials[parameter], str(parameter)) for parameter in Parameter if parameter in dials]
            ),
        },
    ]
    if wifi is not None:
        first[0]["cards"] = [_welcome_wifi(machine, wifi)]
        state.append(_tile(machine.entity("sensor", "transport"), "Connection"))
        first.insert(-1, {"type": "grid", "cards": _wifi(machine, wifi, added)})
    views = [
        {"title": machine.title, "type": "sections", "max_columns": 3, "sections": first},
        {"title": "With Home Assistant's own cards", "type": "sections", "max_columns": 3, "sections": own},
    ]
    return {"title": machine.title, "views": views}


def _welcome(machine: Machine) -> Card:
    content = (
        f"## A {machine.title} is in Bluetooth range\n\n"
        "Open [Settings > Devices & services](/config/integrations/dashboard), press **Add** on the discovered card "
        f"**{machine.title}**, then **Submit** and **Skip and finish**.\n\n"
        "Come back here (**Coffee** in the sidebar) and press a drink: this page will show the machine making it."
    )
    return {"type": "markdown", "content": content, "grid_options": _FULL}


def _welcome_wifi(machine: Machine, wifi: Wifi) -> Card:
    ways = ways_to_add()
    content = (
        f"## A {machine.title} with a new WiFi Connect\n\n"
        f'Keep this page open, and <a href="{_ADD}" target="_blank">add a JURA in a second tab</a>. '
        "Home Assistant first offers what it has found over Bluetooth: choose **Set up another instance of JURA**, then "
        "one of two ways:\n\n"
        f"1. **{ways['provision']}**: the WiFi Connect is in no network yet. Choose the network **{wifi.network}**; its "
        f"password is **{wifi.password}**.\n"
        f"2. **{ways['wifi']}**: if it is in the network already. The switch **{_name('switch', 'wifi_network')}** on "
        "this page puts it there without further ado.\n\n"
        f"Either way, Home Assistant then asks for the machine's PIN, **{wifi.pin}**, and the machine's display asks "
        "whether Home Assistant may connect: press **Confirm** on this page.\n\n"
        f"Then press a drink here. (Should the display not ask at once: the WiFi Connect wants a pause of 20 seconds between "
        f"two tries. If nothing is found: **{ways['host']}**, {wifi.host}.)"
    )
    return {"type": "markdown", "content": content, "grid_options": _FULL}


def _wifi(machine: Machine, wifi: Wifi, added: Card) -> list[Card]:
    content = (
        "One machine, two ways to it: over Bluetooth it is **discovered** in "
        "[Settings > Devices & services](/config/integrations/dashboard), over Wi-Fi it is "
        f'<a href="{_ADD}" target="_blank">added in a second tab</a> (network **{wifi.network}**, password '
        f"**{wifi.password}**, PIN **{wifi.pin}**). Add the other one as well, and it stays one device."
    )
    return [
        _heading("The machine's display (simulated)", "mdi:tablet-dashboard"),
        _tile(machine.hand("sensor", "connect_dialog"), "Asks whether this may connect") | {"grid_options": _FULL},
        _button(machine.hand("button", "connect_confirm"), "Confirm") | {"grid_options": _HALF},
        _button(machine.hand("button", "connect_refuse"), "Refuse") | {"grid_options": _HALF},
        _heading("WiFi Connect (simulated)", "mdi:wifi"),
        _hands(machine, [("switch", key) for key in _WIFI]),
        {"type": "markdown", "content": content, "visibility": [added]},
    ]


def _state(machine: Machine, alerts: list[str], programs: list[str]) -> list[Card]:
    drink, progress = machine.entity("sensor", "current_drink"), machine.entity("sensor", "progress")
    cancel = machine.entity("button", "cancel")
    making = _when(drink, "not in", ["none", *_MISSING])
    return [
        _heading(machine.title, "mdi:coffee-maker"),
        _tile(machine.entity("sensor", "state"), "State"),
        _tile(machine.entity("sensor", "cups_today"), "Cups today"),
        _tile(machine.entity("sensor", "last_drink"), "Last drink"),
        _tile(machine.entity("sensor", "count_total"), "Drinks made"),
        *(_alert(machine, slug) for slug in alerts),
        _tile(drink, "Current drink") | {"visibility": [making]},
        _tile(machine.entity("sensor", "phase"), "Phase") | {"visibility": [making]},
        _tile(machine.entity("sensor", "elapsed"), "So far") | {"visibility": [making]},
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


def _dials(machine: Machine, dials: Iterable[tuple[str, str]]) -> list[Card]:
    """Return the recipe controls; a drink lacks some of them, and they are unavailable then."""
    names = {domain: entity_names("custom_components/jura", domain) for domain in ("number", "select")}
    rows = [("select", "product"), *dials]
    entities = [{"entity": machine.entity(domain, key), "name": names[domain][key]} for domain, key in rows]
    content = (
        "A drink that you like your way can have a name of its own: on the page of the integration, **Add drink**. "
        "Automations have the action **Make a drink**."
    )
    return [
        _heading("Your way", "mdi:tune-variant"),
        {"type": "entities", "show_header_toggle": False, "entities": entities},
        _button(machine.entity("button", "brew"), "Brew") | {"grid_options": _HALF},
        _button(machine.entity("button", "reset_recipe"), "Reset recipe") | {"grid_options": _HALF},
        {"type": "markdown", "content": content},
    ]


def _person(machine: Machine) -> list[Card]:
    rows = (
        *(("switch", key) for key in _HANDS),
        ("button", "coffee"),
        ("button", "descaling_due"),
        ("button", "confirm_step"),
        ("select", "next_fault"),
        ("sensor", "drinks_made"),
    )
    return [_heading("In front of the machine (simulated)", "mdi:hand-back-right"), _hands(machine, rows)]


def _hands(machine: Machine, rows: Iterable[tuple[str, str]]) -> Card:
    entities = [{"entity": machine.hand(domain, key), "name": _name(domain, key)} for domain, key in rows]
    return {"type": "entities", "show_header_toggle": False, "entities": entities}


def _name(domain: str, key: str) -> str:
    return entity_names(_SIMULATOR, domain)[key]


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
