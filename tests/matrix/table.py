"""Makes the table and docs/reliability.md of a run's results."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
import sys
from typing import Final

from .cells import Extent
from .faults import FAULTS, Fault
from .flows import FLOWS, Flow
from .promises import COUNTED_WITHIN

ROOT: Final = Path(__file__).parents[2]
_DOCUMENT: Final = ROOT / "docs" / "reliability.md"
_MANIFEST: Final = ROOT / "custom_components" / "jura" / "manifest.json"
_EMPTY: Final = "–"


@dataclass(frozen=True)
class Counts:
    """How many operations of a flow a fault struck, and at how many a promise was broken."""

    cells: int = 0
    red: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return the sum."""
        return Counts(self.cells + other.cells, self.red + other.red)

    def __str__(self) -> str:
        """Return what stands in the table."""
        if not self.cells:
            return _EMPTY
        return f"{self.cells - self.red}/{self.cells} **red**" if self.red else str(self.cells)


type Results = Mapping[tuple[str, str], Counts]


def read(lines: Iterable[str]) -> Results:
    """Return the results of a run, by flow and fault."""
    results = [json.loads(line) for line in lines]
    return {(one["flow"], one["fault"]): Counts(one["cells"], one["red"]) for one in results}


def total(results: Results) -> Counts:
    """Return the sum of all cells."""
    return sum(results.values(), Counts())


def table(results: Results) -> list[str]:
    """Return the table: a line for each fault, a column for each flow."""
    rows = [["", *(flow.title for flow in FLOWS)], ["---"] * (len(FLOWS) + 1)]
    rows += [[fault.name, *(str(_counts(results, flow, fault)) for flow in FLOWS)] for fault in FAULTS]
    return [f"| {' | '.join(row)} |" for row in rows]


def _counts(results: Results, flow: Flow, fault: Fault) -> Counts:
    return results.get((flow.title, fault.name), Counts())


_EXTENTS: Final = {
    Extent.KINDS: "every kind of operation: the first, the last and one between of those that are alike",
    Extent.WHOLE: "all operations",
}
"""What the document says of the runs that it is written of."""


def document(results: Results, version: str, extent: Extent) -> str:
    """Return docs/reliability.md."""
    counted = total(results)
    verdict = "No promise was broken." if not counted.red else f"**Promises were broken in {counted.red} of them.**"
    return "\n".join(
        [
            "# Reliability",
            "",
            "<!-- Written by scripts/fault-matrix. Whoever changes it by hand loses the change at the next run. -->",
            "",
            f"Version {version}: {counted.cells} runs, over {_EXTENTS[extent]}. {verdict}",
            "",
            "A coffee machine that does something nobody asked for wastes coffee, or scalds a hand. So everything that this",
            "integration does with a machine is run again and again in a test, with a fault at each single operation: each",
            "connection, each value read or written, each question over the network. The machine is simulated, as stubborn",
            "as a real one; Home Assistant is the real one. What only happens on real machines is not in here.",
            "",
            "## What is promised",
            "",
            "After each run is checked:",
            "",
            '- **As told, and never twice.** "Accepted" is one drink. "Rejected", "refused", "blocked", "not sent" and',
            '  "not started" are none. "Unknown", which is told when nobody can know, is one or none: never two. The same',
            "  holds for settings, cancelling, the key lock, and for adding a machine.",
            "- **Nothing invented.** No entity shows a value that the machine did not say at some time.",
            "- **No noise.** Nothing ends in the log as an error, but the one line that a machine can't be reached.",
            "- **Well again by itself.** Two looks after the fault is over, everything is available and right; counters and",
            f"  settings at their next reading, {COUNTED_WITHIN / 60:.0f} minutes later at most. What a machine does while it",
            "  can't be seen, such as rinsing, is counted at the next regular reading (15 minutes over Bluetooth, 45 over",
            '  Wi-Fi). In a form, pressing "Submit" again is enough.',
            "- **Let go.** The connection is free for the phone, the machine's buttons are unlocked, and nothing runs on.",
            "- **Coffee afterwards.** The next drink that is ordered is made, once.",
            "",
            "## The table",
            "",
            "The numbers are how many operations of a flow the fault struck, one in each run. "
            f"Where a fault can't happen, there is {_EMPTY}.",
            "",
            *table(results),
            "",
            "### Flows",
            "",
            *(f"- **{flow.title}**: {flow.what}" for flow in FLOWS),
            "",
            "Over Bluetooth nothing is paired, and settings can't be changed: no way to do that is known.",
            "",
            "### Faults",
            "",
            *(f"- **{fault.name}**: {fault.what}{_needs(fault)}" for fault in FAULTS),
            "",
        ]
    )


def _needs(fault: Fault) -> str:
    return "" if fault.needs == "any operation" else f" It needs {fault.needs}."


def main(arguments: Sequence[str]) -> int:
    """Print the table of a run and write the document; tell whether all was well."""
    extent = Extent(arguments[1])
    results = read(Path(arguments[0]).read_text("utf-8").splitlines())
    print("\n".join(table(results)))
    counted = total(results)
    print(f"\n{counted.cells} runs, {counted.red} of them red")
    if extent in _EXTENTS and len(results) == len(FLOWS) * len(FAULTS):
        version = json.loads(_MANIFEST.read_text("utf-8"))["version"]
        _DOCUMENT.write_text(document(results, version, extent), "utf-8")
        print(f"written: {_DOCUMENT.relative_to(ROOT)}")
    return 1 if counted.red else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
