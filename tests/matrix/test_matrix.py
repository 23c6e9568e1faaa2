"""The matrix: no flow and no fault breaks a promise, at whichever operation."""

import pytest

from .cells import check_nothing_was_lost, chosen, operations_of, run
from .conftest import MoveIn, report
from .faults import FAULTS, Fault
from .flows import FLOWS, Flow


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.title)
async def test_cell(flow: Flow, fault: Fault, move_in: MoveIn, whole: bool, caplog: pytest.LogCaptureFixture) -> None:
    """Drinks made are as told and never two; what is shown was said; all is well again soon, and let go."""
    house, truth = await move_in(flow)
    operations = [operation for operation in await operations_of(house, truth, flow) if fault.fits(operation)]
    numbers = chosen(range(len(operations)), f"{flow.title}, {fault.name}", whole=whole)
    results = [await run(house, truth, flow, fault, number, caplog) for number in numbers]
    report(flow, fault.name, len(operations), results)
    red = {
        f"{result.number} {result.operation}, told {result.told}": result.problems
        for result in results
        if result.problems
    }
    assert not red
    assert not list(check_nothing_was_lost(caplog))
