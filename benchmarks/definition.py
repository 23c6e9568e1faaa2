"""Everything that one machine type can do, from cold, beside both libraries."""

from collections.abc import Iterator
from typing import Final

from .cold import TASKS, samples
from .figures import Figure, medians

_AIM: Final = 10.0
_ROUNDS: Final = {"time": 15, "memory": 3}
_UNITS: Final = {"time": "ms", "memory": "KiB"}
_LIMITS: Final = {
    ("time", True): "most of it is Python making the frozen dataclasses that the whole integration works with",
    ("memory", True): "most of it are the frozen dataclasses that the whole integration works with",
    ("time", False): "the index is read twice, for the article and for the definition, which is most of it",
    ("memory", False): "what is kept is the definition alone, and is as large as that",
}


def figures() -> Iterator[Figure]:
    """Measure it with the code that is needed for it, and alone."""
    for with_code in (True, False):
        for kind, unit in _UNITS.items():
            flags = [kind, "code"] if with_code else [kind]
            measured = medians(
                samples(lambda name, flags=flags: ["-m", "benchmarks.cold", name, *flags], TASKS, _ROUNDS[kind])
            )
            yield Figure(
                group="Definition of one machine",
                what=f"{kind}, {'with the code for it' if with_code else 'code loaded before'}",
                value=measured.pop("ours"),
                unit=unit,
                peers=measured,
                times_better=_AIM,
                limit=_LIMITS[kind, with_code],
            )
