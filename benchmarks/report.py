"""The figures as a table for the terminal, and as docs/performance.md."""

from collections.abc import Iterable, Sequence
from itertools import groupby
import os
import platform

from .figures import Figure, shown

_HEAD = """# What it costs

Written by `scripts/bench`, with the figures of one run; do not edit. {met} of {aimed} aims are met.

Measured with Python {python} on {system} ({processor}, {cores} processors), shared with other programs. Times are those of
the processor, not of the clock, and medians of many short runs, in which those who are compared take turns; memory is what
Python holds afterwards. Where waiting is part of it, the machine and its link are simulated and time is virtual, so that
these figures and all counts are the same on each computer.
"""

_FOOT = """
## How to repeat it

`scripts/bench` sets up all that it needs in this folder, as `scripts/test` does, takes some minutes, prints this table and
writes it here and, as JSON, to `benchmarks/results/latest.json`; `scripts/bench PATH` writes the JSON elsewhere. Each part
is one file of `benchmarks/`. Your times will differ, the ratios hardly: look at these. Close what keeps your computer busy
for the best figures. What doesn't depend on the computer is a test too: `scripts/test tests/test_costs.py`.

The libraries beside which ours is measured are `jura-connect` and `py-jura` from the Python package index, in the versions of
`pyproject.toml`. Both do more and other things than what is compared here.
"""


def table(figures: Iterable[Figure]) -> list[str]:
    """Return a line for each figure, for the terminal."""
    return [
        f"{figure.group}: {figure.what}: {' | '.join(cell for cell in _cells(figure)[1:] if cell)}"
        for figure in figures
    ]


def document(figures: Sequence[Figure]) -> str:
    """Return docs/performance.md."""
    aimed = [figure for figure in figures if figure.is_met is not None]
    head = _HEAD.format(
        met=sum(figure.is_met is True for figure in aimed),
        aimed=len(aimed),
        python=platform.python_version(),
        system=platform.system(),
        processor=platform.machine(),
        cores=os.cpu_count(),
    )
    sections = (_section(group, list(members)) for group, members in groupby(figures, lambda figure: figure.group))
    return head + "".join(sections) + _FOOT


def _section(group: str, figures: Sequence[Figure]) -> str:
    rows = [["", "", "Others", "Aim", ""], ["---", "---:", "---", "---", "---"], *map(_cells, figures)]
    limits = dict.fromkeys(figure.limit for figure in figures if figure.limit and figure.is_met is False)
    lines = [f"\n## {group}\n", *(f"| {' | '.join(row)} |" for row in rows)]
    if limits:
        lines += ["", *(f"Missed because {limit}." for limit in limits)]
    return "\n".join(lines) + "\n"


def _cells(figure: Figure) -> list[str]:
    others = ", ".join(
        f"{name} {shown(peer)} ({shown(peer / figure.value)} times as much)" for name, peer in figure.peers.items()
    )
    verdict = {True: "met", False: "**missed**", None: ""}[figure.is_met]
    return [figure.what, f"{shown(figure.value)} {figure.unit}".strip(), others, figure.aim, verdict]
