"""APScheduler as an alarm clock: it wakes jobs up. What is due is written in the database, never here."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.jobs import Job
from scheduler.steady import Every, SteadyZone

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Success:
    """When a job, due every `seconds`, last ended well, in monotonic seconds; at first: when the schedule began."""

    name: str
    seconds: float
    ended_well_at: float


class Scheduler:
    """Runs `jobs` from `start` to `stop`. A job that raises is logged and runs again at its next turn."""

    def __init__(self, jobs: Iterable[Job], monotonic: Callable[[], float], *, patience: float = 2.0) -> None:
        """`monotonic`: seconds that never jump. `patience`: how many of them `stop` waits for running jobs before it
        cancels them.
        """
        self._jobs = tuple(jobs)
        self._monotonic = monotonic
        self._patience = patience
        self._failing: set[str] = set()
        self._ended_well_at: dict[str, float] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._alarm = AsyncIOScheduler(
            timezone=SteadyZone(), job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    @property
    def successes(self) -> list[Success]:
        """Every job, and when it was last well; none before the start."""
        began = self._ended_well_at
        return [Success(job.name, job.seconds, began[job.name]) for job in self._jobs if job.name in began]

    def start(self) -> None:
        """Start the schedule in the running loop; every job has its first turn at once."""
        self._ended_well_at = {job.name: self._monotonic() for job in self._jobs}
        for job in self._jobs:
            self._alarm.add_job(self._run, Every(job.seconds), args=(job,), id=job.name)
        self._alarm.start()

    async def stop(self) -> None:
        """Start nothing more, let running jobs end, cancel those that take longer than the patience."""
        if not self._alarm.running:
            return
        self._alarm.pause()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=self._patience)
            for task in late:
                log.warning("job was cancelled because it did not end", job=task.get_name())
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._alarm.shutdown(wait=False)
        # APScheduler shuts down in a callback of the loop, so the loop has to turn once.
        await asyncio.sleep(0)

    async def _run(self, job: Job) -> None:
        task = asyncio.create_task(self._guarded(job), name=job.name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.wait([task])

    async def _guarded(self, job: Job) -> None:
        try:
            await job.run()
        except Exception:
            # Once for each row of failures: a job that runs every second would fill the log's disk.
            if job.name not in self._failing:
                log.exception("job failed", job=job.name)
            self._failing.add(job.name)
        else:
            self._failing.discard(job.name)
            self._ended_well_at[job.name] = self._monotonic()
