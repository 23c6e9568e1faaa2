"""Makes the table of a run; of one that was all well, the record and docs/reliability.md."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
import json
from pathlib import Path
from string import Template
import sys
from typing import Final

from .faults import FAULTS, Fault
from .flows import FLOWS
from .promises import COUNTED_WITHIN
from .record import Cell, Record, read_record, write_record

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = ROOT / "docs" / "reliability.md"
_TEMPLATE: Final = Path(__file__).with_name("reliability.md")
_MANIFEST: Final = ROOT / "custom_components" / "jura" / "manifest.json"
_EMPTY: Final = "–"


def table(cells: Mapping[tuple[str, str], str]) -> str:
    """Return the table: a line for each fault, a column for each flow."""
    rows = [["", *(flow.title for flow in FLOWS)], ["---"] * (len(FLOWS) + 1)]
    rows += [[fault.name, *(cells.get((flow.title, fault.name), _EMPTY) for flow in FLOWS)] for fault in FAULTS]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def document(record: Record) -> str:
    """Return docs/reliability.md."""
    runs = {(flow, fault): runs for flow, of_flow in record.runs.items() for fault, runs in of_flow.items() if runs}
    day = date.fromisoformat(record.day)
    return Template(_TEMPLATE.read_text("utf-8")).substitute(
        runs=f"{sum(runs.values()):,}",
        day=f"{day.day} {day:%B %Y}",
        version=record.version,
        minutes=f"{COUNTED_WITHIN / 60:.0f}",
        table=table({cell: str(number) for cell, number in runs.items()}),
        flows="\n".join(f"- **{flow.title}**: {flow.what}" for flow in FLOWS),
        faults="\n".join(f"- **{fault.name}**: {fault.what}{_needs(fault)}" for fault in FAULTS),
    )


def _needs(fault: Fault) -> str:
    return "" if fault.needs == "any operation" else f" It needs {fault.needs}."


def _in_short(cell: Cell) -> str:
    if not cell.runs:
        return _EMPTY
    return f"{cell.runs - cell.red}/{cell.runs} **red**" if cell.red else str(cell.runs)


def main(arguments: Sequence[str]) -> None:
    """Print the table of a run. With "--write", keep it and write the document."""
    lines = Path(arguments[0]).read_text("utf-8").splitlines()
    cells = [Cell(**json.loads(line)) for line in lines]
    print(table({(cell.flow, cell.fault): _in_short(cell) for cell in cells}))
    print(f"\n{sum(cell.runs for cell in cells)} runs, {sum(cell.red for cell in cells)} of them red")
    if "--write" in arguments:
        version = json.loads(_MANIFEST.read_text("utf-8"))["version"]
        record = read_record().updated(datetime.now(UTC).date().isoformat(), version, cells)
        write_record(record)
        DOCUMENT.write_text(document(record), "utf-8")
        print(f"written: {DOCUMENT.relative_to(ROOT)}")


if __name__ == "__main__":
    main(sys.argv[1:])
