"""What Home Assistant's start has to import for us, beside one of the lightest Bluetooth integrations of its core."""

from collections.abc import Iterator
from typing import Final

from .cold import samples
from .figures import Figure, medians

_ROUNDS: Final = 9
_OURS: Final = "custom_components.jura"
_PEER: Final = "homeassistant.components.acaia"
_CHILD: Final = """
from importlib import import_module, util
from pathlib import Path
from time import process_time_ns
from benchmarks.cold import time_in
# What a Home Assistant with Bluetooth has loaded before it comes to us.
for name in "binary_sensor button event number select sensor switch bluetooth network".split():
    import_module(f"homeassistant.components.{name}")
for name in "bootstrap helpers.discovery_flow helpers.update_coordinator helpers.trigger helpers.condition".split():
    import_module(f"homeassistant.{name}")
for platform in "sensor binary_sensor button event number select switch diagnostics".split():
    import_module(f"homeassistant.components.{platform}")
import voluptuous
package = PACKAGE
folder = Path(util.find_spec(package.rpartition(".")[0]).submodule_search_locations[0]) / package.rpartition(".")[2]
def load():
    import_module(package)
    for platform in "config_flow binary_sensor button event number select sensor switch".split():
        if (folder / f"{platform}.py").exists():
            import_module(f"{package}.{platform}")
begun = process_time_ns()
"""
_WHOLE: Final = """
load()
print((process_time_ns() - begun) / 1e6)
"""
_CLASSES: Final = """
with time_in("classes") as spent:
    load()
print(sum(spent))
"""


def figures() -> Iterator[Figure]:
    """Measure it, platforms and flow included."""
    for what, code in {
        "import of the integration with its platforms and forms, off the event loop": _WHOLE,
        "of that time, Python makes dataclasses": _CLASSES,
    }.items():
        measured = medians(
            samples(
                lambda name, code=code: ["-c", _CHILD.replace("PACKAGE", repr(name)) + code], (_OURS, _PEER), _ROUNDS
            )
        )
        yield Figure(
            group="Start of Home Assistant",
            what=what,
            value=measured[_OURS],
            unit="ms",
            peers={"acaia of the core (a scale)": measured[_PEER]},
        )
