"""The schedule, with real (short) seconds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from structlog.testing import capture_logs

from scheduler.jobs import Job
from scheduler.runner import Scheduler
from tests.fakes import HandClock

SOON = 5.0  # seconds a test waits at most
TICK = 0.02


@asynccontextmanager
async def running(*runs: Callable[[], Awaitable[object]], patience: float = SOON) -> AsyncIterator[Scheduler]:
    schedule = Scheduler(
        [Job(f"job-{n}", TICK, run) for n, run in enumerate(runs)], HandClock().monotonic, patience=patience
    )
    schedule.start()
    try:
        yield schedule
    finally:
        await schedule.stop()


class Counter:
    """A job that counts its runs; `reached` returns when it ran `times`."""

    def __init__(self) -> None:
        self.runs = 0
        self._turn = asyncio.Condition()

    async def __call__(self) -> None:
        async with self._turn:
            self.runs += 1
            self._turn.notify_all()

    async def reached(self, times: int) -> None:
        async with asyncio.timeout(SOON), self._turn:
            await self._turn.wait_for(lambda: self.runs >= times)


async def test_a_job_runs_at_once_and_then_again_and_again() -> None:
    started = asyncio.Event()

    async def rare() -> None:
        started.set()

    often = Counter()
    schedule = Scheduler([Job("rare", 3600, rare), Job("often", TICK, often)], HandClock().monotonic)
    schedule.start()
    await asyncio.wait_for(started.wait(), SOON)
    await often.reached(3)
    await schedule.stop()


async def test_a_job_that_raises_is_logged_and_stops_nothing() -> None:
    good, bad = Counter(), Counter()

    async def failing() -> None:
        await bad()
        raise ValueError("broken")

    with capture_logs() as logs:
        async with running(failing, good):
            await bad.reached(3)
            await good.reached(3)
    assert {(entry["event"], entry["job"], entry["log_level"]) for entry in logs} == {("job failed", "job-0", "error")}


async def test_two_runs_of_a_slow_job_never_overlap_and_delay_no_other_job() -> None:
    quick = Counter()
    at_once = most = runs = 0
    gate = asyncio.Event()

    async def slow() -> None:
        nonlocal at_once, most, runs
        at_once, runs = at_once + 1, runs + 1
        most = max(most, at_once)
        await gate.wait()
        at_once -= 1

    async with running(slow, quick):
        await quick.reached(8)
        assert (runs, most) == (1, 1)
        gate.set()
        await quick.reached(16)
    assert runs > 1
    assert most == 1


async def test_stopping_waits_for_the_run_that_is_on_and_starts_no_other() -> None:
    begun, ended = asyncio.Event(), 0

    async def slow() -> None:
        nonlocal ended
        begun.set()
        await asyncio.sleep(5 * TICK)
        ended += 1

    async with running(slow) as schedule:
        await asyncio.wait_for(begun.wait(), SOON)
        await schedule.stop()
        assert ended == 1
        await asyncio.sleep(5 * TICK)  # several turns in which nothing may happen
        assert ended == 1


async def test_stopping_cancels_what_does_not_end_in_time() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with capture_logs() as logs:
        async with running(endless, patience=TICK) as schedule:
            await asyncio.wait_for(begun.wait(), SOON)
            await asyncio.wait_for(schedule.stop(), SOON)
            assert cancelled.is_set()
    assert [entry["job"] for entry in logs] == ["job-0"]


async def test_stopping_twice_or_before_the_start_is_harmless() -> None:
    schedule = Scheduler([], HandClock().monotonic)
    await schedule.stop()
    schedule.start()
    await schedule.stop()
    await schedule.stop()


async def test_a_job_is_known_to_be_well_only_as_long_as_its_runs_end_well() -> None:
    clock, broken = HandClock(), False
    often = Counter()

    async def sometimes() -> None:
        await often()
        if broken:
            raise ValueError("broken")

    schedule = Scheduler([Job("sometimes", TICK, sometimes)], clock.monotonic)
    assert schedule.successes == []
    schedule.start()
    clock.move(10)
    await often.reached(2)
    broken = True
    await often.reached(often.runs + 2)
    [before] = schedule.successes
    clock.move(10)
    await often.reached(often.runs + 2)
    assert schedule.successes == [before]
    assert (before.name, before.seconds) == ("sometimes", TICK)
    assert before.ended_well_at >= 10
    await schedule.stop()


async def test_a_job_that_keeps_failing_fills_no_log() -> None:
    bad = Counter()

    async def failing() -> None:
        await bad()
        raise ValueError("broken")

    with capture_logs() as logs:
        async with running(failing):
            await bad.reached(5)
    assert len(logs) == 1
