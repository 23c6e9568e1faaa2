"""Who has the link next: commands before polls, and nobody's turn gets lost."""

import asyncio

import pytest

from custom_components.jura.machine.client import Turns, Urgency

KEEP_ALIVE, COMMAND, POLL, RELEASE = Urgency.KEEP_ALIVE, Urgency.COMMAND, Urgency.POLL, Urgency.RELEASE


class Queue:
    """Several who want turns of one second each, and what came of it."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.turns = Turns()
        self.served: list[str] = []
        self.inside = 0

    async def _take(self, name: str, urgency: Urgency) -> None:
        async with self.turns.take(urgency):
            assert not self.inside, "two at the same time"
            self.inside += 1
            self.served.append(name)
            try:
                await asyncio.sleep(1)
            finally:
                self.inside -= 1

    async def join(self, name: str, urgency: Urgency) -> asyncio.Task[None]:
        """Let somebody want a turn."""
        task = asyncio.create_task(self._take(name, urgency))
        await asyncio.sleep(0)
        return task

    async def is_free(self) -> bool:
        """Tell whether a turn can be had at once."""
        async with asyncio.timeout(0.1), self.turns.take(RELEASE):
            return True


async def cancel(task: asyncio.Task[None]) -> None:
    """Cancel a task and see it end."""
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_urgent_first() -> None:
    """A press never waits for a poll that came earlier; keeping the link alive comes before everything."""
    queue = Queue()
    names = ("first", "release", "poll 1", "poll 2", "command 1", "alive", "command 2", "poll 3")
    urgencies = (POLL, RELEASE, POLL, POLL, COMMAND, KEEP_ALIVE, COMMAND, POLL)
    await asyncio.gather(*[await queue.join(name, urgency) for name, urgency in zip(names, urgencies, strict=True)])
    assert queue.served == ["first", "alive", "command 1", "command 2", "poll 1", "poll 2", "poll 3", "release"]
    assert await queue.is_free()


async def test_first_come_first_served() -> None:
    """Equals go in the order in which they came, as many as they are."""
    queue = Queue()
    names = [str(number) for number in range(50)]
    await asyncio.gather(*[await queue.join(name, COMMAND) for name in names])
    assert queue.served == names


async def test_late_command_overtakes_waiting_polls() -> None:
    """Also when it comes while the polls have waited for long; the one inside is not disturbed."""
    queue = Queue()
    polls = [await queue.join(f"poll {number}", POLL) for number in range(3)]
    await asyncio.sleep(0.5)
    command = await queue.join("command", COMMAND)
    await asyncio.gather(*polls, command)
    assert queue.served == ["poll 0", "command", "poll 1", "poll 2"]


async def test_nobody_slips_in() -> None:
    """A turn that is being handed over belongs to the one who waited, not to whoever asks in that moment."""
    queue = Queue()
    async with queue.turns.take(POLL):
        waiting = await queue.join("waiting", POLL)
    # No other task has run since.
    async with queue.turns.take(KEEP_ALIVE):
        assert not queue.inside
        queue.served.append("late")
    await waiting
    assert queue.served == ["waiting", "late"]


async def test_cancelled_while_waiting() -> None:
    """Who gives up is passed over, first, in the middle or last in the queue."""
    queue = Queue()
    tasks = [await queue.join(str(number), COMMAND) for number in range(5)]
    assert queue.turns.somebody_waits
    for number in (1, 3, 4):
        await cancel(tasks[number])
    await asyncio.gather(tasks[0], tasks[2])
    assert queue.served == ["0", "2"]
    assert not queue.turns.somebody_waits
    assert await queue.is_free()


async def test_cancelled_while_having_it() -> None:
    """Who is cancelled in the middle of its turn passes it on."""
    queue = Queue()
    first, second = await queue.join("first", POLL), await queue.join("second", POLL)
    await asyncio.sleep(0.5)
    await cancel(first)
    await second
    assert queue.served == ["first", "second"]
    assert await queue.is_free()


@pytest.mark.parametrize("others", [0, 2])
async def test_cancelled_in_the_moment_of_the_turn(others: int) -> None:
    """The turn has been given, but the receiver is cancelled before it runs: the next one gets it, or nobody has it."""
    queue = Queue()
    async with queue.turns.take(POLL):
        unlucky = await queue.join("unlucky", POLL)
        rest = [await queue.join(f"other {number}", POLL) for number in range(others)]
    await cancel(unlucky)
    await asyncio.gather(*rest)
    assert queue.served == [f"other {number}" for number in range(others)]
    assert await queue.is_free()


async def test_failure_passes_on() -> None:
    """An error in a turn is its owner's business; the next one gets the turn."""
    queue = Queue()

    async def fail() -> None:
        async with queue.turns.take(COMMAND):
            await asyncio.sleep(1)
            raise ValueError

    failing = asyncio.create_task(fail())
    await asyncio.sleep(0)
    waiting = await queue.join("waiting", POLL)
    with pytest.raises(ValueError):
        await failing
    await waiting
    assert queue.served == ["waiting"]
    assert await queue.is_free()


async def test_nobody_waits_when_all_gave_up() -> None:
    """Only who still wants a turn counts as waiting; else the link would be kept for nobody."""
    queue = Queue()
    first = await queue.join("first", POLL)
    assert not queue.turns.somebody_waits
    waiting = await queue.join("waiting", COMMAND)
    assert queue.turns.somebody_waits
    await cancel(waiting)
    assert not queue.turns.somebody_waits
    await first
