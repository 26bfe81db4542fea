"""R20: under a steady load with faults, memory, files, tasks, threads and SQLite's log of writes stay put."""

import os
from asyncio import TaskGroup
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.sandbox.players import comes_true
from bot import measures
from config.app import opened
from config.settings import load_settings
from tests.proofs.processes import Vitals, born, client, looked_up
from tests.proofs.proof import Proof
from tests.proofs.soaking import Load, Record, Sample, lag_histogram, quantile

RATE = 50.0
SETTLING_SECONDS = 120.0
MEGABYTE = 2**20
DESCRIPTORS, TASKS = 5, 10
WAL = 64 * MEGABYTE
LEFT = """
SELECT (SELECT count(*) FROM inbox WHERE state IN ('waiting', 'claimed'))
    + (SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending'))"""
LAG_SECONDS = 0.1
CROWDED_LAG_SECONDS = 1.0
"""Where the process itself had to wait for a processor, its loop cannot be on time."""

CROWDED = 0.05
REST_SECONDS = 60.0


def at_rest(before: Sample, after: Sample) -> bool:
    """What a load opened is closed again."""
    return (
        abs(after.descriptors - before.descriptors) <= DESCRIPTORS
        and abs(after.tasks - before.tasks) <= TASKS
        and after.threads == before.threads
    )


async def comes_to_rest(record: Record, before: Sample) -> Sample:
    """Connections that might be used again are kept for a while; then all is as it was, or this raises."""

    async def rests() -> Sample | None:
        now = await record.look()
        return now if at_rest(before, now) else None

    return await comes_true(rests, f"as few open things as before the load: {before}", REST_SECONDS)


async def unused(record: Record) -> Sample:
    """A look at what has had no load yet, once its tasks were counted."""

    async def counted() -> Sample | None:
        now = await record.look()
        return now if now.tasks else None

    return await comes_true(counted, "a count of the tasks")


@pytest.mark.proof("R20")
async def test_after_some_seconds_of_load_nothing_stays_open(proof: Proof, tmp_path: Path) -> None:
    """The application in this process: files, tasks and threads are as many as before."""
    load = Load(tmp_path, proof.draw(), 20, dropped=0.01, reposts=0.3)
    async with AsyncExitStack() as stack:
        await load.stage.start()
        stack.push_async_callback(load.stage.stop)
        await stack.enter_async_context(opened(load_settings(load.stage.environment(""), None)))

        async def metrics() -> str:
            return measures.exposition().decode()

        record = Record(Vitals(os.getpid()), metrics, load.stage.database.with_suffix(".sqlite3-wal"))
        await load.write(RATE, 0.6)
        await quiet(load)
        before = await record.look()
        await load.write(RATE, proof.size(1, 5))
        busy = await record.look()
        await quiet(load)
        await comes_to_rest(record, before)
    assert load.stage.fired["reposts"], "no webhook came again"
    proof.tell(messages=load.said, tasks_busy=busy.tasks, descriptors_busy=busy.descriptors)


async def quiet(load: Load, patience: float = 60.0) -> None:
    """Wait until every word stands in the group and nothing is left to do."""
    await load.stage.changes.wait_for(load.all_shown, patience, what="every word in the group")

    async def idle() -> bool:
        return looked_up(load.stage.database, LEFT) == [(0,)]

    await comes_true(idle, "nothing to be left to do", patience)


@pytest.mark.slow
@pytest.mark.proof("R20")
async def test_eight_minutes_of_load_leave_a_process_as_it_was(proof: Proof, tmp_path: Path) -> None:
    """`gise run` as a process of its own; platforms and people are here."""
    minutes = proof.size(1, 8)
    load = Load(tmp_path, proof.draw(), 200, dropped=0.01, reposts=0.1)
    async with AsyncExitStack() as stack:
        await load.stage.start()
        stack.push_async_callback(load.stage.stop)
        http = await stack.enter_async_context(client())
        environment = {"PATH": os.environ["PATH"], **load.stage.environment("")}
        gise = await born(environment, tmp_path)
        stack.push_async_callback(gise.kill)

        async def metrics() -> str:
            return (await gise.page(http, "/metrics"))[1]

        await gise.first_taken(http, b"{}")
        await gise.is_up(http)
        record = Record(gise.vitals, metrics, load.stage.database.with_suffix(".sqlite3-wal"))
        fresh = await unused(record)
        await load.write(RATE, 5)
        await quiet(load)
        # Connections end some time after the last call, so the load of before is no measure; threads stay.
        before = replace(fresh, threads=(await record.look()).threads)
        lags, cpu, waited = lag_histogram(await metrics()), gise.cpu, gise.vitals.waited
        async with TaskGroup() as group:
            looking = group.create_task(record.keep_looking(2.0))
            await load.write(RATE, 60 * minutes)
            looking.cancel()
        p99 = quantile(lags, lag_histogram(await metrics()), 0.99)
        crowded = (gise.vitals.waited - waited) / (60 * minutes)
        used = (gise.cpu - cpu) / (60 * minutes)
        await quiet(load, 300.0)
        after = await comes_to_rest(record, before)
    slope = record.slope(min(SETTLING_SECONDS, 30 * minutes)) / MEGABYTE
    proof.tell(
        minutes=minutes,
        messages=load.said,
        rss_mb=[round(sample.rss / MEGABYTE, 1) for sample in record.samples[:: max(1, len(record.samples) // 16)]],
        rss_slope_mb_per_minute=round(slope, 2),
        wal_mb_max=round(max(sample.wal for sample in record.samples) / MEGABYTE, 1),
        loop_lag_p99=p99,
        cpu_share=round(used, 2),
        waited_for_cpu_share=round(crowded, 3),
        descriptors=[before.descriptors, after.descriptors],
        tasks=[before.tasks, after.tasks],
        threads=[before.threads, after.threads],
        fired=dict(load.stage.fired),
    )
    assert min(load.stage.fired[name] for name in ("reposts", "dropped answers of telegram")) > 0
    assert max(sample.wal for sample in record.samples) <= WAL
    assert p99 <= (LAG_SECONDS if crowded < CROWDED else CROWDED_LAG_SECONDS)
    assert slope <= 1.0
