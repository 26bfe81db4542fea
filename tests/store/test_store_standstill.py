"""PostgreSQL, and a worker that stands still in the middle of a transaction: nobody waits for it for long."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from tortoise.exceptions import DBConnectionError

from bot.ports import Item
from bot.shares import SLOTS, TASKS
from store import db, inbox
from store.codec import to_json
from store.dialect import Dialect
from store.errors import is_unavailable
from store.sql import rows
from tests.store.conftest import NOW
from tests.store.workers import LONG_MS, Worker

pytestmark = pytest.mark.usefixtures("database")

LEASE_MS = 6_000
_INSERT = "INSERT INTO bookmark (name, value) VALUES ('a', 1)"
_TOUCH = "UPDATE bookmark SET value = value + 1"
_LOCK = "SELECT id FROM inbox WHERE lane = '1' FOR UPDATE"


@pytest.fixture
def backend() -> Dialect:
    return Dialect.POSTGRES


async def test_a_transaction_that_stands_still_keeps_nobody_out_for_longer_than_a_lease(
    beside: asyncpg.Connection,
) -> None:
    """To the server a process that stands still and one whose machine is gone look like this one."""
    await rows(_INSERT)

    async def stands_still() -> None:
        async with db.transaction():
            await rows(_TOUCH)
            async with asyncio.timeout(LEASE_MS / 1000):
                await beside.execute(_TOUCH)
            await rows(_TOUCH)

    with pytest.raises(DBConnectionError) as told:
        await stands_still()
    assert is_unavailable(told.value), "which says nothing about what was to be done"
    assert await rows("SELECT value FROM bookmark") == [{"value": 2}]


async def test_a_connection_is_given_up_when_nobody_is_there_any_more() -> None:
    names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
    wanted = "SELECT name, reset_val FROM pg_settings WHERE name IN texts(?)"
    found = {row["name"]: int(row["reset_val"]) for row in await rows(wanted, to_json(names))}
    assert all(found[name] > 0 for name in names)
    idle, interval, count, unanswered = (found[name] for name in names)
    assert idle + interval * count <= unanswered / 1000 + 1 <= 11


async def test_what_the_dead_have_locked_keeps_nothing_else_from_being_taken_up(
    beside: asyncpg.Connection, tmp_path: Path
) -> None:
    heir = Worker("heir", tmp_path)
    await inbox.append([Item(channel="whatsapp", key=lane, lane=lane, raw=b"0") for lane in "12"], NOW)
    assert len(await inbox.claim("dead", NOW, LONG_MS, 2)) == 2

    async def claimed() -> list[str]:
        return [row.lane for row in await inbox.claim("heir", NOW, LONG_MS, 2, heir.lanes, fenced=True)]

    async with asyncio.timeout(10):
        async with beside.transaction():
            await beside.execute(_LOCK)
            await heir.part.join()
            assert (len(heir.lanes), heir.tasks) == (SLOTS, set(TASKS))
            assert await claimed() == ["2"]
        await heir.part.beat()
        assert await claimed() == ["1"], "it is looked after until it is free"
