"""What it costs to begin: processor time and memory of something that a fresh Python does for the first time.

`python -m benchmarks.cold TASK time|memory [code]` does it once and prints the figure; `samples` has that done, in turn for
all. Instead of the time, a name in `PARTS` prints how much of it goes there.
Everything that isn't the task's own, such as the standard library or bleak, is loaded before, as in a running Home Assistant.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
import dataclasses
import gc
from importlib import import_module
import json
from pathlib import Path
import subprocess
import sys
from time import process_time_ns
import tracemalloc
from typing import Any, Final
from unittest.mock import patch

_ROOT: Final = Path(__file__).parents[1]
_CODE: Final = "EF533"
_ARTICLE: Final = 15084


def _our_library() -> None:
    import_module("machine.catalogue")


def _our_definition() -> object:
    catalogue = import_module("machine.catalogue")
    article = catalogue.find_article(_ARTICLE)
    return article, catalogue.load_definition(article.definition)


def _library_of_jura_connect() -> None:
    import_module("jura_connect.profile")


def _definition_of_jura_connect() -> object:
    profile = import_module("jura_connect.profile")
    entry = profile.lookup_by_article_number(_ARTICLE)
    return entry, profile.load_profile(_CODE)


def _library_of_py_jura() -> None:
    """It has its definitions as modules, and imports them all whatever one wants of it."""


def _definition_of_py_jura() -> object:
    return import_module("py_jura.machines").MACHINES[_ARTICLE]


TASKS: Final[Mapping[str, tuple[str, Callable[[], None], Callable[[], object]]]] = {
    "ours": ("machine", _our_library, _our_definition),
    "jura-connect": ("jura_connect", _library_of_jura_connect, _definition_of_jura_connect),
    "py-jura": ("py_jura", _library_of_py_jura, _definition_of_py_jura),
}
"""By name: the package that must be cold, what loads its code alone, and what loads a definition."""


PARTS: Final[Mapping[str, tuple[Any, str]]] = {
    "classes": (dataclasses, "_process_class"),
    "files": (Path, "read_text"),
    "JSON": (json, "loads"),
}
"""By name: the function in which that part of the work is done."""


@contextmanager
def time_in(part: str) -> Iterator[list[float]]:
    """Note the milliseconds of each call of a part's function meanwhile."""
    spent: list[float] = []
    owner, name = PARTS[part]
    real = getattr(owner, name)

    def timed(*arguments: Any, **keywords: Any) -> Any:
        begun = process_time_ns()
        try:
            return real(*arguments, **keywords)
        finally:
            spent.append((process_time_ns() - begun) / 1e6)

    with patch.object(owner, name, timed):
        yield spent


def samples(command: Callable[[str], Iterable[str]], names: Iterable[str], rounds: int) -> dict[str, list[float]]:
    """Return what fresh processes print, one after the other in turn."""
    found: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, row in found.items():
            result = subprocess.run(
                [sys.executable, *command(name)], cwd=_ROOT, check=True, capture_output=True, text=True
            )
            row.append(float(result.stdout.split()[-1]))
    return found


def _measure(name: str, kind: str, *, with_code: bool) -> float:
    # As a package of its own: above it stands Home Assistant's side, which is no part of a definition.
    sys.path.insert(0, str(_ROOT / "custom_components" / "jura"))
    package, load_code, load = TASKS[name]
    import_module("bleak_retry_connector")
    load()
    for module in [module for module in sys.modules if module.partition(".")[0] == package]:
        del sys.modules[module]
    if not with_code:
        load_code()
    gc.collect()
    if kind == "time":
        begun = process_time_ns()
        load()
        return (process_time_ns() - begun) / 1e6
    if kind in PARTS:
        with time_in(kind) as spent:
            load()
        return sum(spent)
    tracemalloc.start()
    kept = load()
    gc.collect()
    size = tracemalloc.get_traced_memory()[0] / 1024
    assert kept is not None
    return size


if __name__ == "__main__":
    print(_measure(sys.argv[1], sys.argv[2], with_code="code" in sys.argv))
