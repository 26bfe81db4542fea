"""Transactions: whole or nothing, for the task that opened them only, and never left hanging."""

import asyncio
import random

import pytest
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError

from store import db
from store.dialect import spoken
from store.engine.completed import completed
from store.engine.postgres import MOST_CONNECTIONS, SafePostgresClient
from store.engine.sqlite import SafeSqliteClient
from store.sql import client, dialect, look, rows

pytestmark = pytest.mark.usefixtures("database")
_NAMES = "SELECT name FROM bookmark ORDER BY name"
_INSERT = "INSERT INTO bookmark (name, value) VALUES (?, ?)"


async def _names() -> list[str]:
    return [row["name"] for row in await rows(_NAMES)]


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


async def _insert_apart(name: str) -> None:
    async with db.transaction():
        await rows(_INSERT, name, 2)


async def test_a_statement_refused_in_an_inner_transaction_leaves_the_outer_one_usable() -> None:
    async with db.transaction():
        await rows(_INSERT, "a", 1)
        with pytest.raises(IntegrityError):
            await _insert_apart("a")
        await rows(_INSERT, "b", 1)
    assert await _names() == ["a", "b"]


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
    with pytest.raises(OperationalError, match=r"no such column|does not exist"):
        await completed(rows("UPDATE bookmark SET absent = 1"))


async def _pair(number: int) -> None:
    async with db.transaction():
        await rows(_INSERT, f"{number}-a", 1)
        async with db.transaction():
            await rows(_INSERT, f"{number}-b", 1)


async def _cancelled_waves(waves: int) -> int:
    """Ten transactions each, every one cancelled at some moment; returns how many did not come to their end."""
    dice = random.Random(20)
    cancelled = 0
    for wave in range(waves):
        tasks = [asyncio.create_task(_pair(wave * 10 + index)) for index in range(10)]
        for task in dice.sample(tasks, 10):
            await asyncio.sleep(dice.choice((0, 0, 0.0002, 0.0005)))
            task.cancel()
        async with asyncio.timeout(10):
            results = await asyncio.gather(*tasks, return_exceptions=True)
        cancelled += sum(isinstance(result, asyncio.CancelledError) for result in results)
        assert all(result is None or isinstance(result, asyncio.CancelledError) for result in results)
    return cancelled


async def _assert_that_nothing_broke() -> None:
    """No connection hangs or is lost, no transaction is open, and every pair is whole."""
    async with asyncio.timeout(10):
        await asyncio.gather(*(_pair(1_000_000 + number) for number in range(2 * MOST_CONNECTIONS)))
        names = await _names()
    halves = {name.split("-")[0] for name in names}
    assert len(names) == 2 * len(halves)
    assert not _anything_open()


async def test_300_cancellations_at_random_moments_break_nothing() -> None:
    assert await _cancelled_waves(30) > 150
    await _assert_that_nothing_broke()


@pytest.mark.slow
async def test_3000_cancellations_at_random_moments_break_nothing() -> None:
    assert await _cancelled_waves(300) > 1500
    await _assert_that_nothing_broke()


def _anything_open() -> bool:
    """Whether a connection is in a transaction or was not given back."""
    match client():
        case SafePostgresClient(_pool=pool) if pool is not None:
            return bool(pool.get_idle_size() < pool.get_size())
        case SafeSqliteClient(_connection=connection) if connection is not None:
            return bool(connection.in_transaction)
    raise AssertionError("no database is open")


async def test_a_cancelled_bulk_insert_leaves_no_open_transaction() -> None:
    many = [[f"bulk-{number}", number] for number in range(20_000)]
    assert await _names() == []
    task = asyncio.create_task(client().execute_many(spoken(_INSERT, dialect()), many))
    await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not _anything_open()
    assert len(await _names()) in {0, 20_000}


async def test_looking_waits_for_no_transaction() -> None:
    await rows(_INSERT, "before", 1)
    async with db.transaction():
        await rows(_INSERT, "within", 1)
        async with asyncio.timeout(2):
            assert await db.spawn(look(_NAMES), "onlooker") == [{"name": "before"}]
        assert [row["name"] for row in await look(_NAMES)] == ["before", "within"]
    assert [row["name"] for row in await look(_NAMES)] == ["before", "within"]


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
