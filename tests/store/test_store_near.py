"""SQLite's connection: statements of a transaction are answered at once, and nobody is kept waiting by many of them."""

import asyncio
import threading

import aiosqlite
import pytest
from tortoise.backends.sqlite.client import SqliteClient

from store import db
from store.dialect import Dialect
from store.sql import client, rows

pytestmark = pytest.mark.usefixtures("database")
_INSERT = "INSERT INTO bookmark (name, value) VALUES (?, ?)"
_PATIENCE = 5.0


@pytest.fixture
def backend() -> Dialect:
    return Dialect.SQLITE


def connection() -> aiosqlite.Connection:
    found = client()
    assert isinstance(found, SqliteClient)
    assert found._connection is not None
    return found._connection


class Turns:
    """Counts how often the event loop comes round."""

    def __init__(self) -> None:
        self.taken = 0

    async def count(self) -> None:
        while True:
            self.taken += 1
            await asyncio.sleep(0)


@pytest.mark.parametrize(("statements", "least", "most"), [(20, 0, 0), (1_000, 10, 20)])
async def test_others_get_a_turn_in_a_long_transaction_and_need_none_in_a_short_one(
    statements: int, least: int, most: int
) -> None:
    turns = Turns()
    counting = db.spawn(turns.count(), "turns")
    gave_way = 0
    try:
        async with db.transaction():
            for number in range(statements):
                taken = turns.taken
                await rows(_INSERT, f"n{number}", number)
                gave_way += turns.taken > taken  # how long a thread takes is the machine's affair
            assert least <= gave_way <= most
    finally:
        counting.cancel()


class Slow:
    """A function of SQL's that takes until it may go on, and tells whether it was let go or gave up."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.ends: list[bool] = []

    def __call__(self, *_: object) -> int:
        self.begun.set()
        self.ends.append(self.go_on.wait(_PATIENCE))
        return 1

    async def tear(self, task: asyncio.Task[None]) -> None:
        """Cancel the task in the middle of its slow statement."""
        await asyncio.to_thread(self.begun.wait, _PATIENCE)
        task.cancel()
        await asyncio.sleep(0)


async def test_what_follows_a_torn_statement_waits_for_its_end() -> None:
    slow = Slow()
    await connection().create_function("slow", -1, slow)
    many = ["x"] * 1_000  # too heavy to be answered at once

    async def torn() -> None:
        async with db.transaction():
            await rows(_INSERT, "half", 1)
            try:
                await rows(f"SELECT slow() WHERE 'x' IN ({', '.join('?' * len(many))})", *many)
            finally:
                await rows("SELECT 1")

    task = db.spawn(torn(), "torn")
    await slow.tear(task)
    slow.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert slow.ends == [True], "the event loop stood still behind a statement in the thread"
    assert await rows("SELECT name FROM bookmark") == []


async def test_a_transaction_begins_behind_the_statement_that_somebody_left_in_the_thread() -> None:
    slow = Slow()
    await connection().create_function("slow", -1, slow)

    async def left() -> None:
        await rows("INSERT INTO bookmark (name, value) SELECT 'left', slow()")

    async def undone() -> None:
        async with db.transaction():
            await rows(_INSERT, "undone", 1)
            raise ZeroDivisionError

    task = db.spawn(left(), "left")
    await slow.tear(task)
    following = db.spawn(undone(), "undone")
    await asyncio.sleep(0)
    slow.go_on.set()
    with pytest.raises(ZeroDivisionError):
        await following
    assert slow.ends == [True], "the event loop stood still behind a statement in the thread"
    assert await rows("SELECT name FROM bookmark") == [{"name": "left"}]
