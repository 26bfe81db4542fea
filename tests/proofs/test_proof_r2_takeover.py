"""R2: a worker that stands still in the middle of a transaction, or dies, is replaced within ten seconds."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from adapters.sandbox.players import comes_true
from adapters.sandbox.world import World
from bot.shares import SLOTS, TASKS
from tests.proofs.crew import Crew, environment_of, numbers_told, with_people
from tests.proofs.lane_witness import LaneWitness
from tests.proofs.letters import Letters
from tests.proofs.outage import mail_of
from tests.proofs.own_postgres import OwnPostgres
from tests.proofs.proof import Proof

PEOPLE = 8
AT_MOST = 10.0
PATIENCE = 60.0
HELD = """
SELECT holder, count(*) FROM lease
WHERE name NOT LIKE 'worker:%' AND until > extract(epoch FROM clock_timestamp()) * 1000 GROUP BY holder"""
SENDER = "SELECT holder FROM lease WHERE name = 'outbox'"
IN_THE_MIDDLE = "SELECT pid FROM pg_stat_activity WHERE application_name = 'gise' AND wait_event_type = 'Lock'"
STANDING_STILL = "SELECT pid FROM pg_stat_activity WHERE application_name = 'gise' AND state = 'idle in transaction'"


@pytest.mark.slow
@pytest.mark.proof("R2")
async def test_a_worker_that_stands_still_or_dies_is_replaced_in_time(proof: Proof, tmp_path: Path) -> None:
    """One freezes with locks in hand and with all that only one may do; it wakes up, and then the other is killed."""
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(OwnPostgres())
        witness = LaneWitness(postgres.url)
        await witness.begin()
        world = await with_people(tmp_path, PEOPLE, stack)
        environment = environment_of(world, postgres.url, tmp_path)
        first = await stack.enter_async_context(_alone(environment, tmp_path / "first"))
        await comes_true(_shared_by(postgres, 1), "the first to have everything", PATIENCE)
        [freezing] = await postgres.values(SENDER)
        second = await stack.enter_async_context(_alone(environment, tmp_path / "second"))
        await comes_true(_shared_by(postgres, 2), "both to have their share", PATIENCE)
        letters = Letters(mail=mail_of(environment), doors=second.doors, people=PEOPLE)
        await stack.enter_async_context(letters)
        async with _frozen_in_the_middle(first, postgres, letters):
            frozen = await _replaced(postgres, freezing)
            await comes_true(_all_told(world), "everybody to have a number", PATIENCE)
        await comes_true(_shared_by(postgres, 2), "the one that woke up to have a share again", PATIENCE)
        [dying] = await postgres.values(SENDER)
        assert second.workers[0].kill()
        killed = await _replaced(postgres, dying)
        await witness.end()
        assert first.own_ends + second.own_ends == []
    assert witness.two_at_once() == []
    assert [numbers_told(world, index) for index in range(PEOPLE)] == [1] * PEOPLE
    assert max(frozen, killed) <= AT_MOST
    proof.tell(frozen_replaced_seconds=round(frozen, 1), killed_replaced_seconds=round(killed, 1))


def _alone(environment: Mapping[str, str], folder: Path) -> Crew:
    """One worker, so that everybody knows which it is."""
    folder.mkdir()
    return Crew(1, environment, folder)


@asynccontextmanager
async def _frozen_in_the_middle(crew: Crew, postgres: OwnPostgres, letters: Letters) -> AsyncIterator[None]:
    """All workers have written half of their transactions when this one stands still; within, it does."""
    async with _no_message_kept(postgres):
        await letters.write_in_turn(PEOPLE, PEOPLE)
        await comes_true(_as_many(postgres, IN_THE_MIDDLE, 2), "both to be in the middle of their work", PATIENCE)
        freezing = asyncio.create_task(crew.workers[0].freeze(PATIENCE))
        await asyncio.sleep(0)
    try:
        await comes_true(_as_many(postgres, STANDING_STILL, 1), "a transaction that stands still", AT_MOST)
        yield
    finally:
        freezing.cancel()
        await asyncio.gather(freezing, return_exceptions=True)


@asynccontextmanager
async def _no_message_kept(postgres: OwnPostgres) -> AsyncIterator[None]:
    """Whoever wants to add to the ledger waits in the middle of a transaction."""
    connection = await asyncpg.connect(postgres.url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE message IN EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


def _as_many(postgres: OwnPostgres, statement: str, amount: int) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return len(await postgres.values(statement)) >= amount

    return look


async def _holders(postgres: OwnPostgres) -> dict[str, int]:
    """Who holds how many leases now."""
    connection = await asyncpg.connect(postgres.url)
    try:
        return dict(await connection.fetch(HELD))
    finally:
        await connection.close()


def _shared_by(postgres: OwnPostgres, amount: int) -> Callable[[], Awaitable[bool]]:
    """Whether so many hold everything among them, nobody much more than the others."""

    async def look() -> bool:
        held = await _holders(postgres)
        fair = SLOTS // amount
        return len(held) == amount and sum(held.values()) == SLOTS + len(TASKS) and min(held.values()) >= fair

    return look


async def _replaced(postgres: OwnPostgres, gone: str) -> float:
    """Seconds from now until others hold all that this one held."""

    async def look() -> bool:
        held = await _holders(postgres)
        return gone not in held and sum(held.values()) == SLOTS + len(TASKS)

    began = time.monotonic()
    await comes_true(look, "the others to take over", PATIENCE)
    return time.monotonic() - began


def _all_told(world: World) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return all(numbers_told(world, index) for index in range(PEOPLE))

    return look
