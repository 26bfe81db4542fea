"""A blip of the database: what was claimed is not forgotten, what was said is not said twice, and nobody waits long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import pytest
from structlog.typing import EventDict

from adapters.sandbox.players import comes_true
from bot.domain.ledger import ErrandState, Op
from bot.shares import TASKS
from store import db, outbox
from store.dialect import Dialect
from store.sql import rows
from tests.builders import ZEYNEP, House, house, outgoing
from tests.postgres import server

CHAT = "800001"


async def answered(where: House, words: str = "Yanıt") -> None:
    """An agent's answer to Zeynep waits; everything else is out."""
    ticket = await where.opened(who=ZEYNEP)
    await where.settles()
    await where.agent(words, ticket)


async def fate(words: str = "Yanıt") -> tuple[str, int]:
    """State and attempts of the answer."""
    [row] = [row for row in await outgoing(channel="telegram", op=Op.SEND) if words in row["payload"]]
    return row["state"], row["attempts"]


def said_once(where: House) -> bool:
    return where.telegram.said(CHAT).count("Yanıt") == 1 and not any("bilinmiyor" in w for w in where.telegram.said())


async def logged(log: list[EventDict], event: str) -> bool:
    return any(entry["event"] == event for entry in log)


async def sent() -> bool:
    return (await fate())[0] == ErrandState.SENT


@asynccontextmanager
async def serving(where: House) -> AsyncIterator[None]:
    task = asyncio.create_task(where.outbox.serve())
    try:
        yield
    finally:
        where.helpdesk.bells.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(task, 5.0)


async def test_a_claim_whose_answer_was_lost_is_made_again_at_once(desk_house: House, log: list[EventDict]) -> None:
    await answered(desk_house)
    await outbox.claim(desk_house.helpdesk.epoch, desk_house.clock.now(), 300_000, 32)
    await rows("ALTER TABLE outbox RENAME TO outbox_away")
    async with serving(desk_house):
        await comes_true(lambda: logged(log, "the outbox stands still"), "a turn to fail", 5.0)
        await rows("ALTER TABLE outbox_away RENAME TO outbox")
        await comes_true(sent, "the answer to go out", 5.0)
    assert said_once(desk_house)
    assert await fate() == (ErrandState.SENT, 1), "no call was made, so no try was used up"


@pytest.mark.parametrize("backend", [Dialect.SQLITE])
async def test_a_database_that_takes_nothing_is_left_in_peace_whoever_rings(
    desk_house: House, log: list[EventDict]
) -> None:
    await answered(desk_house)
    await rows("CREATE TRIGGER full BEFORE UPDATE ON outbox BEGIN SELECT raise(ABORT, 'full'); END")
    try:
        async with serving(desk_house):
            await comes_true(lambda: logged(log, "the outbox stands still"), "a turn to fail", 5.0)
            for _ in range(5_000):
                desk_house.helpdesk.bells.outbox.set()
                await asyncio.sleep(0)
    finally:
        await rows("DROP TRIGGER full")
    assert [entry["event"] for entry in log].count("the outbox stands still") == 1


@pytest.mark.parametrize("backend", [Dialect.SQLITE])
async def test_what_was_said_while_nothing_could_be_written_down_is_known_afterwards(
    desk_house: House, log: list[EventDict]
) -> None:
    await answered(desk_house)
    gate = desk_house.telegram.gates[CHAT] = asyncio.Event()
    delivering = asyncio.create_task(desk_house.deliver())
    await asyncio.wait_for(desk_house.telegram.hears("Yanıt"), timeout=5)
    await rows("PRAGMA query_only = ON")
    gate.set()
    await comes_true(lambda: logged(log, "the database takes nothing"), "a write to be refused", 5.0)
    await rows("PRAGMA query_only = OFF")
    await delivering
    await desk_house.settles()
    assert said_once(desk_house)
    assert await fate() == (ErrandState.SENT, 1)


async def test_what_is_another_workers_before_the_call_goes_back_untried(desk_house: House) -> None:
    """The database stood still for longer than we may be sure of our lease; then it is ours again."""
    await answered(desk_house)
    shares = desk_house.helpdesk.shares
    await desk_house.outbox.claim()
    shares.tasks = frozenset()
    await desk_house.outbox.stop(5.0)
    assert await fate() == (ErrandState.PENDING, 0)
    shares.tasks = frozenset(TASKS)
    await desk_house.deliver()
    assert said_once(desk_house)


@pytest.mark.parametrize("backend", [Dialect.SQLITE])
async def test_a_call_whose_outcome_could_not_be_told_is_unknown_by_the_next_turn(
    desk_house: House, log: list[EventDict]
) -> None:
    """A bug of ours, while the ledger refuses to take even that."""
    await answered(desk_house)
    desk_house.telegram.refusals.append(RuntimeError("a bug"))
    await rows(
        "CREATE TRIGGER stubborn BEFORE UPDATE ON outbox WHEN NEW.state = 'uncertain'"
        " BEGIN SELECT RAISE(ABORT, 'not this'); END"
    )
    await desk_house.outbox.claim()
    await desk_house.outbox.stop(5.0)
    assert await logged(log, "outbox result not recorded")
    await rows("DROP TRIGGER stubborn")
    await desk_house.settles()
    assert (await fate())[0] == ErrandState.UNCERTAIN
    assert any("bilinmiyor" in post for post in desk_house.telegram.said()), "nothing is lost silently"


@pytest.fixture
async def hasty_house(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[House, str]]:
    """Its PostgreSQL waits for no lock; with the address of the database."""
    url = await server(tmp_path_factory).emptied()
    await db.open_database(f"{url}{'&' if '?' in url else '?'}lock_timeout=50")
    yield house(tmp_path), url
    await db.close_database()


async def test_a_database_that_cannot_be_asked_before_the_call_costs_no_try(hasty_house: tuple[House, str]) -> None:
    hasty, url = hasty_house
    await answered(hasty)
    beside = await asyncpg.connect(url)
    try:
        async with beside.transaction():
            await beside.execute("LOCK TABLE conversation IN ACCESS EXCLUSIVE MODE")
            await hasty.outbox.claim()
            await hasty.outbox.stop(5.0)
        assert await fate() == (ErrandState.PENDING, 0)
    finally:
        await beside.close()
    await hasty.deliver()
    assert said_once(hasty)
    assert await fate() == (ErrandState.SENT, 1)
