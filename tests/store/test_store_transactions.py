"""Transactions: whole or nothing, for the task that opened them only, and never left hanging."""

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError

from store import db
from store.engine.completed import completed
from store.sql import CONNECTION, rows

pytestmark = pytest.mark.usefixtures("database")
_INSERT = "INSERT INTO bookmark (name, value) VALUES (?, ?)"


async def _names() -> list[str]:
    return [row["name"] for row in await rows("SELECT name FROM bookmark ORDER BY name")]


async def _write_and_fail(name: str) -> None:
    async with db.transaction():
        await rows(_INSERT, name, 1)
        raise LookupError


async def test_an_exception_takes_everything_back() -> None:
    with pytest.raises(LookupError):
        await _write_and_fail("a")
    assert await _names() == []


async def test_an_inner_failure_takes_back_only_the_inner_part() -> None:
    async with db.transaction():
        await rows(_INSERT, "outer", 1)
        with pytest.raises(LookupError):
            await _write_and_fail("inner")
        async with db.transaction():
            await rows(_INSERT, "second", 1)
    assert await _names() == ["outer", "second"]


async def test_a_refused_statement_leaves_the_transaction_usable() -> None:
    async with db.transaction():
        await rows(_INSERT, "a", 1)
        with pytest.raises(IntegrityError):
            await rows(_INSERT, "a", 2)
        await rows(_INSERT, "b", 1)
    assert await _names() == ["a", "b"]


async def test_the_write_lock_is_taken_at_the_beginning(file: Path) -> None:
    other = sqlite3.connect(file, timeout=0)
    try:
        async with db.transaction():
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")
        other.rollback()
    finally:
        other.close()


async def test_a_foreign_writer_is_waited_for(file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute(_INSERT, ("theirs", 1))

        async def ours() -> None:
            async with db.transaction():
                await _names()
                await rows(_INSERT, "ours", 1)

        waiting = db.spawn(ours(), "ours")
        await asyncio.to_thread(other.execute, "COMMIT")
        async with asyncio.timeout(5):
            await waiting
    finally:
        other.close()
    assert await _names() == ["ours", "theirs"]


async def test_an_entry_that_cannot_get_the_lock_leaves_the_connection_usable(file: Path) -> None:
    await rows("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(file, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            async with db.transaction():
                pytest.fail("the lock is somebody else's")
        other.execute("ROLLBACK")
    finally:
        other.close()
    async with asyncio.timeout(5), db.transaction():
        await rows(_INSERT, "a", 1)
    assert await _names() == ["a"]


async def _commit_an_orphan() -> None:
    async with db.transaction():
        await rows("PRAGMA defer_foreign_keys = ON")
        await rows("INSERT INTO counter (year, value) VALUES (2026, 1)")
        await rows("INSERT INTO topic (ticket_id, chat, thread, card_id, name) VALUES (99, '1', '2', '', '')")


async def test_a_refused_commit_takes_everything_back_and_leaves_the_connection_usable() -> None:
    with pytest.raises(IntegrityError):
        await _commit_an_orphan()
    async with asyncio.timeout(5), db.transaction():
        assert await rows("SELECT * FROM counter") == []


async def test_work_that_must_be_whole_ends_before_its_cancellation_is_told() -> None:
    may_end, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await may_end.wait()
        ended.set()

    task = asyncio.create_task(completed(work()))
    for _ in range(2):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_work_that_must_be_whole_gives_its_result_or_its_failure() -> None:
    assert await completed(asyncio.sleep(0, "result")) == "result"
    with pytest.raises(OperationalError, match="no such column"):
        await completed(rows("UPDATE bookmark SET absent = 1"))


async def _pair(number: int) -> None:
    async with db.transaction():
        await rows(_INSERT, f"{number}-a", 1)
        async with db.transaction():
            await rows(_INSERT, f"{number}-b", 1)


async def test_300_cancellations_at_random_moments_break_nothing() -> None:
    dice = random.Random(20)
    cancelled = 0
    for wave in range(30):
        tasks = [asyncio.create_task(_pair(wave * 10 + index)) for index in range(10)]
        for task in dice.sample(tasks, 10):
            await asyncio.sleep(dice.choice((0, 0, 0.0002, 0.0005)))
            task.cancel()
        async with asyncio.timeout(5):
            results = await asyncio.gather(*tasks, return_exceptions=True)
        cancelled += sum(isinstance(result, asyncio.CancelledError) for result in results)
        assert all(result is None or isinstance(result, asyncio.CancelledError) for result in results)
    async with asyncio.timeout(5):
        await _pair(1000)
        names = await _names()
    halves = {name.split("-")[0] for name in names}
    assert cancelled > 150
    assert len(names) == 2 * len(halves)
    assert not _connection_in_transaction()


def _connection_in_transaction() -> bool:
    client = get_connection(CONNECTION)
    inside: bool = client._connection.in_transaction
    return inside


async def test_a_cancelled_bulk_insert_leaves_no_open_transaction() -> None:
    many = [[f"bulk-{number}", number] for number in range(20_000)]
    task = asyncio.create_task(get_connection(CONNECTION).execute_many(_INSERT, many))
    await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not _connection_in_transaction()
    assert len(await _names()) in {0, 20_000}


async def test_a_spawned_task_stays_out_of_the_transaction() -> None:
    started: list[asyncio.Task[None]] = []

    async def write() -> None:
        await rows(_INSERT, "spawned", 1)

    async def spawn_and_fail() -> None:
        async with db.transaction():
            started.append(db.spawn(write(), "writer"))
            await rows(_INSERT, "ours", 1)
            raise LookupError

    with pytest.raises(LookupError):
        await spawn_and_fail()
    async with asyncio.timeout(5):
        await started[0]
    assert await _names() == ["spawned"]


async def test_a_task_born_inside_a_transaction_is_refused_rather_than_lost() -> None:
    async with db.transaction():
        task = asyncio.create_task(rows(_INSERT, "joined", 1))
        with pytest.raises(TransactionManagementError, match=r"db\.spawn"):
            await task


async def test_a_task_that_outlives_the_transaction_it_was_born_in_is_refused() -> None:
    ended = asyncio.Event()

    async def late() -> None:
        await ended.wait()
        async with db.transaction():
            await rows(_INSERT, "late", 1)

    async with db.transaction():
        task = asyncio.create_task(late())
        await asyncio.sleep(0)
    ended.set()
    with pytest.raises(TransactionManagementError, match=r"db\.spawn"):
        await task
    assert await _names() == []
