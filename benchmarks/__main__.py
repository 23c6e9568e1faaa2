"""Measures everything, prints the table, and writes the figures and docs/performance.md."""

from collections.abc import Iterator
from itertools import chain
import json
from pathlib import Path
import sys
from typing import Final

from . import codec, definition, hub, start
from .figures import Figure
from .report import document, table

_ROOT: Final = Path(__file__).parents[1]
_RESULTS: Final = _ROOT / "benchmarks" / "results" / "latest.json"
_DOCUMENT: Final = _ROOT / "docs" / "performance.md"
_PARTS: Final = (codec, definition, start, hub)


def _measured() -> Iterator[Figure]:
    """Yield the figures as they come, and print them."""
    for figure in chain.from_iterable(part.figures() for part in _PARTS):
        print("\n".join(table([figure])), flush=True)
        yield figure


def main(path: Path) -> None:
    """Do it all."""
    figures = list(_measured())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([figure.as_data() for figure in figures], indent=1, ensure_ascii=False) + "\n", "utf-8")
    _DOCUMENT.write_text(document(figures), "utf-8")
    print(f"\nWritten: {path} and {_DOCUMENT.relative_to(_ROOT)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else _RESULTS)
