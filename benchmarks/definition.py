"""Everything that one machine type can do, from cold, beside both libraries."""

from collections.abc import Iterator
from typing import Final

from .cold import TASKS, samples
from .figures import Figure, medians

_GROUP: Final = "Definition of one machine"
_AIM: Final = 10.0
_ROUNDS: Final = {"time": 15, "memory": 3}
_UNITS: Final = {"time": "ms", "memory": "KiB"}
_LIMITS: Final = {
    ("time", True): "three quarters of the time Python makes the dataclasses that the whole integration works with",
    ("memory", True): "more than half is what Python makes for these dataclasses (327 of 580 KiB, by tracemalloc)",
    ("time", False): "half of it Python makes the frozen objects of the definition, and a third it reads two files",
    ("memory", False): "what is kept is the definition, and the names of what alerts block",
}
_PARTS: Final = {
    True: {"classes": "of that time, Python makes dataclasses"},
    False: {"files": "of that time, two files are read", "JSON": "of that time, JSON is taken apart"},
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
                group=_GROUP,
                what=f"{kind}, {'with the code for it' if with_code else 'code loaded before'}",
                value=measured.pop("ours"),
                unit=unit,
                peers=measured,
                times_better=_AIM,
                limit=_LIMITS[kind, with_code],
            )
            if kind == "time":
                yield from _parts(with_code=with_code)


def _parts(*, with_code: bool) -> Iterator[Figure]:
    """Measure what ours consists of."""
    for part, what in _PARTS[with_code].items():
        flags = [part, "code"] if with_code else [part]
        measured = samples(lambda name, flags=flags: ["-m", "benchmarks.cold", name, *flags], ["ours"], _ROUNDS["time"])
        yield Figure(group=_GROUP, what=what, value=medians(measured)["ours"], unit="ms")
