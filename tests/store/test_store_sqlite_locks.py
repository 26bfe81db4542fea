"""SQLite's one writer: who takes its lock when, and who waits."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from store import db
from store.dialect import Dialect
from store.sql import look, rows

pytestmark = pytest.mark.usefixtures("database")
_INSERT = "INSERT INTO bookmark (name, value) VALUES (?, ?)"
_SOON = 3.0
"""Seconds; SQLite waits for five."""


@pytest.fixture
def backend() -> Dialect:
    return Dialect.SQLITE


async def _names() -> list[str]:
    return [row["name"] for row in await rows("SELECT name FROM bookmark ORDER BY name")]


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


async def test_a_foreign_writer_is_waited_for_beside_the_event_loop(file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute(_INSERT, ("theirs", 1))

        async def ours() -> None:
            async with db.transaction():
                await _names()
                await rows(_INSERT, "ours", 1)

        waiting = db.spawn(ours(), "ours")
        async with asyncio.timeout(_SOON):  # a loop that stood still for SQLite's own patience would be too late
            await asyncio.sleep(0)
            other.execute("COMMIT")
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


async def test_whoever_waited_beside_one_that_waited_in_vain_need_not_wait_as_long_again(file: Path) -> None:
    await rows("PRAGMA busy_timeout = 300")
    other = sqlite3.connect(file, isolation_level=None)

    async def together(number: int) -> None:
        async with db.transaction():
            await rows(_INSERT, f"t{number}", number)

    async def alone(number: int) -> None:
        await rows(_INSERT, f"a{number}", number)

    try:
        other.execute("BEGIN IMMEDIATE")
        asked = [ask(number) for number in range(10) for ask in (together, alone)]
        async with asyncio.timeout(_SOON):  # one after the other they would wait for six seconds
            answers = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(answer) for answer in answers} == {OperationalError}
        assert (await rows("PRAGMA busy_timeout"))[0]["timeout"] == 300
    finally:
        other.close()
    await asyncio.gather(together(1), alone(1))
    assert await _names() == ["a1", "t1"]


async def test_whoever_asks_after_that_is_patient_again(file: Path) -> None:
    await rows("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            await rows(_INSERT, "early", 1)
        await rows("PRAGMA busy_timeout = 5000")
        waiting = db.spawn(rows(_INSERT, "late", 1), "late")
        async with asyncio.timeout(_SOON):
            await asyncio.sleep(0)
            other.execute("COMMIT")
            await waiting
    finally:
        other.close()
    assert await _names() == ["late"]


async def test_who_only_looks_cannot_write() -> None:
    with pytest.raises(OperationalError, match="readonly"):
        await look(_INSERT, "a", 1)
    assert await _names() == []


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
