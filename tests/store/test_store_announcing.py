"""Announcements between workers: heard at once, by the others only, and again after a connection was lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from bot.helpdesk import HelpDesk
from bot.shares import OUTBOX, SLOTS, Shares
from config.partnership import announcing
from store.announcing import Announcements
from store.dialect import Dialect
from tests.builders import house
from tests.store.slow_line import slow_line

LISTENERS = """
SELECT pid FROM pg_stat_activity
WHERE application_name = 'gise announcements' AND datname = current_database()
    AND query LIKE 'LISTEN%' AND state = 'idle'"""  # while it is active it does not listen yet


@pytest.fixture
def backend() -> Dialect:
    return Dialect.POSTGRES


class Ear:
    """What one worker hears of the others."""

    def __init__(self, dsn: str, speaker: str) -> None:
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.announcements = Announcements(dsn, speaker, self.heard.put_nowait)

    async def next(self) -> str:
        async with asyncio.timeout(10):
            return await self.heard.get()


@asynccontextmanager
async def running(*announcements: Announcements, beside: asyncpg.Connection) -> AsyncIterator[None]:
    """All of them listen."""
    tasks = [asyncio.create_task(one.run()) for one in announcements]
    try:
        await listening(beside, len(announcements))
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def listening(beside: asyncpg.Connection, amount: int, but: frozenset[int] = frozenset()) -> frozenset[int]:
    """Wait until so many sessions listen, those left out not counted; returns them."""
    async with asyncio.timeout(10):
        while True:
            found = frozenset(row["pid"] for row in await beside.fetch(LISTENERS)) - but
            if len(found) == amount:
                return found
            await asyncio.sleep(0.01)


async def test_others_hear_it_and_the_speaker_does_not(address: str, beside: asyncpg.Connection) -> None:
    one, two = Ear(address, "one"), Ear(address, "two")
    async with running(one.announcements, two.announcements, beside=beside):
        one.announcements.announce("inbox")
        assert await two.next() == "inbox"
        two.announcements.announce("outbox")
        assert await one.next() == "outbox", "and not the own word before it"


async def test_who_only_listens_notices_a_lost_connection_and_listens_anew(
    address: str, beside: asyncpg.Connection
) -> None:
    ear = Ear(address, "two")
    async with running(ear.announcements, beside=beside):
        [lost] = await listening(beside, 1)
        await beside.execute("SELECT pg_terminate_backend($1)", lost)
        await listening(beside, 1, frozenset({lost}))
        await beside.execute("SELECT pg_notify('gise', 'one inbox')")
        assert await ear.next() == "inbox"


async def test_what_is_announced_while_the_same_is_being_told_is_told_again(
    address: str, beside: asyncpg.Connection
) -> None:
    async with slow_line(address, b"SELECT 1\0") as line:  # that it was told
        one, two = Ear(line.url, "one"), Ear(address, "two")
        async with running(one.announcements, two.announcements, beside=beside):
            one.announcements.announce("inbox")
            assert await two.next() == "inbox"
            one.announcements.announce("inbox")
            line.answers.set()
            assert await two.next() == "inbox"


async def test_a_bell_is_heard_by_the_worker_whose_work_it_is(
    address: str, beside: asyncpg.Connection, tmp_path: Path
) -> None:
    def worker(name: str, shares: Shares) -> HelpDesk:
        return replace(house(tmp_path).helpdesk, epoch=name, shares=shares)

    taker = worker("taker", Shares(slots=frozenset(range(SLOTS // 2)), tasks=frozenset()))
    sender = worker("sender", Shares(slots=frozenset(range(SLOTS // 2, SLOTS)), tasks=frozenset({OUTBOX})))
    async with running(*(announcing(each, address) for each in (taker, sender)), beside=beside):
        taker.bells.inbox.set()
        taker.bells.outbox.set()
        async with asyncio.timeout(10):
            await sender.bells.inbox.wait()
            await sender.bells.outbox.wait()
