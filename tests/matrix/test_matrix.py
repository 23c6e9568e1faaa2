"""The matrix: no flow and no fault breaks a promise, at whichever operation."""

import pytest

from .cells import Extent, Result, check_nothing_was_lost, chosen, operations_of, run
from .conftest import MoveIn, report
from .faults import FAULTS, Fault
from .flows import FLOWS, Flow
from .record import Record, read_record
from .table import DOCUMENT, document
from .tap import Operation

OUTDATED = "docs/reliability.md is of another matrix: run scripts/fault-matrix, for a flow alone with -k"
_OPERATIONS: dict[str, list[Operation]] = {}
"""Of each flow, once it was run without a fault."""


@pytest.fixture(scope="module")
def record() -> Record:
    """Return what docs/reliability.md is written of."""
    return read_record()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.title)
async def test_cell(
    flow: Flow, fault: Fault, move_in: MoveIn, extent: Extent, record: Record, caplog: pytest.LogCaptureFixture
) -> None:
    """Drinks made are as told and never two; what is shown was said; all is well again soon, and let go."""
    known = _OPERATIONS.get(flow.title)
    if known and not any(map(fault.fits, known)):
        # There is no such operation: the cell is empty, for the reason in `needs`.
        report(flow, fault, known, [])
        assert extent is not Extent.SELECTION or record.knows(flow, fault, known), OUTDATED
        return
    house, truth = await move_in(flow)
    operations = _OPERATIONS[flow.title] = known or await operations_of(house, truth, flow)
    struck = [operation for operation in operations if fault.fits(operation)]
    results: list[Result] = []
    for number in chosen(struck, flow, fault, extent):
        results.append(await run(house, truth, flow, fault, number, caplog))
        if results[-1].problems:
            # What follows would begin in a house that isn't as it should be.
            break
    report(flow, fault, operations, results)
    red = {f"{one.number}, {one.operation}, told {one.told}": one.problems for one in results if one.problems}
    assert not red
    assert not list(check_nothing_was_lost(caplog))
    assert extent is not Extent.SELECTION or record.knows(flow, fault, operations), OUTDATED


def test_document(record: Record) -> None:
    """What is told of the runs is told of these flows and faults, and in these words."""
    assert {(flow, fault) for flow, runs in record.runs.items() for fault in runs} == {
        (flow.title, fault.name) for flow in FLOWS for fault in FAULTS
    }, OUTDATED
    assert DOCUMENT.read_text("utf-8") == document(record), OUTDATED
