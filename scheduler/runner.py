"""APScheduler as an alarm clock: it wakes jobs up. What is due is written in the database, never here."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.jobs import Job

log = structlog.get_logger(__name__)


class Scheduler:
    """Runs `jobs` from `start` to `stop`. A job that raises is logged and runs again at its next turn."""

    def __init__(self, jobs: Iterable[Job], *, patience: float = 2.0) -> None:
        """`patience`: how many seconds `stop` waits for running jobs before it cancels them."""
        self._jobs = tuple(jobs)
        self._patience = patience
        self._running: set[asyncio.Task[None]] = set()
        self._alarm = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Start the schedule in the running loop; every job has its first turn at once."""
        for job in self._jobs:
            self._alarm.add_job(
                self._run,
                "interval",
                args=(job,),
                id=job.name,
                seconds=job.seconds,
                next_run_time=datetime.now(UTC),
            )
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
            log.exception("job failed", job=job.name)
