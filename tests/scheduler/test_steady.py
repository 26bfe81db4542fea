"""A schedule knows the event loop's time alone: the two drift apart here, as they do when a machine's clock is set."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.jobs import Job
from scheduler.runner import Scheduler
from scheduler.steady import Every
from tests.fakes import HandClock

HOUR = 3600.0
SOON = 5.0


class RunAhead(asyncio.SelectorEventLoop):
    """A loop on which hours pass at once. The wall shows none of them, as if it had been set back by as many."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


def on(loop: RunAhead, story: Callable[[RunAhead], Coroutine[None, None, None]]) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(story(loop))


@pytest.mark.parametrize("hours", [1, 3, 24 * 30])
def test_a_job_goes_on_at_its_interval_when_the_wall_shows_that_no_time_has_passed(hours: int) -> None:
    async def story(loop: RunAhead) -> None:
        runs: asyncio.Queue[str] = asyncio.Queue()

        async def job() -> None:
            runs.put_nowait("ran")

        schedule = Scheduler([Job("hourly", HOUR, job)], HandClock().monotonic)
        schedule.start()
        for _ in range(3):
            await asyncio.wait_for(runs.get(), SOON)
            await asyncio.sleep(0)
            assert runs.empty(), "one run, however many turns there would have been"
            loop.ahead += hours * HOUR
        await schedule.stop()

    on(RunAhead(), story)


def test_a_job_waits_for_its_interval_whatever_the_wall_shows() -> None:
    async def story(loop: RunAhead) -> None:
        runs: asyncio.Queue[str] = asyncio.Queue()

        async def job() -> None:
            runs.put_nowait("ran")

        loop.ahead = -30 * 24 * HOUR  # the wall is a month ahead of what the loop counted
        schedule = Scheduler([Job("hourly", HOUR, job)], HandClock().monotonic)
        schedule.start()
        await asyncio.wait_for(runs.get(), SOON)
        loop.ahead += HOUR - 1
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(runs.get(), 0.2)
        loop.ahead += 1
        await asyncio.wait_for(runs.get(), SOON)
        await schedule.stop()

    on(RunAhead(), story)


def test_missed_turns_are_not_counted_one_by_one() -> None:
    now = datetime(2026, 3, 29, 1, tzinfo=UTC)
    every = Every(0.25)
    assert every.get_next_fire_time(None, now) == now
    assert every.get_next_fire_time(now - timedelta(days=30), now) == now + timedelta(seconds=0.25)
