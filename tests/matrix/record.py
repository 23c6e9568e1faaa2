"""What is kept of the runs: how often each cell was run, and with which operations. The document is written of it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
import json
from pathlib import Path
from typing import Final

from .faults import Fault
from .flows import Flow
from .tap import Operation

_FILE: Final = Path(__file__).with_name("record.json")


@dataclass(frozen=True)
class Cell:
    """What came of a flow and a fault in a run."""

    flow: str
    fault: str
    operations: tuple[str, ...]
    """Each kind that the flow has, whether or not the fault can strike there."""
    runs: int
    """At how many operations it struck."""
    red: int
    """At how many of them a promise was broken."""


@dataclass(frozen=True)
class Record:
    """The last run of each cell, of which none was red."""

    day: str
    version: str
    operations: Mapping[str, list[str]]
    """Of each flow."""
    runs: Mapping[str, Mapping[str, int]]
    """Of each flow with each fault."""

    def knows(self, flow: Flow, fault: Fault, operations: Iterable[Operation]) -> bool:
        """Tell whether a flow with these operations is the one that was run with this fault."""
        recorded = self.runs.get(flow.title, {}).get(fault.name)
        kinds = {operation.name for operation in operations}
        return bool(recorded) == any(map(fault.fits, operations)) and kinds <= {*self.operations.get(flow.title, ())}

    def updated(self, day: str, version: str, cells: Iterable[Cell]) -> Record:
        """Return the record with other cells in the place of its own."""
        operations = dict(self.operations)
        runs = {flow: dict(of_flow) for flow, of_flow in self.runs.items()}
        for cell in cells:
            operations[cell.flow] = list(cell.operations)
            runs.setdefault(cell.flow, {})[cell.fault] = cell.runs
        return Record(day, version, operations, runs)


def read_record() -> Record:
    """Return what is kept."""
    return Record(**json.loads(_FILE.read_text("utf-8")))


def write_record(record: Record) -> None:
    """Keep something else."""
    _FILE.write_text(json.dumps(asdict(record), indent=2, sort_keys=True) + "\n", "utf-8")
