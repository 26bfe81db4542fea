"""PostgreSQL's ways: upgrades by one process at a time, lost races, lost connections, and what it cannot keep."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator

import asyncpg
import pytest
from tortoise.exceptions import DBConnectionError, OperationalError, TransactionManagementError

from store import db, tickets
from store.dialect import Dialect
from store.engine.postgres import MOST_CONNECTIONS
from store.engine.refusals import translated
from store.errors import Conflict, UnusableDatabase, is_unavailable
from store.migrations import Migration, known_migrations
from store.sql import rows
from store.upgrade_postgres import ONE_AT_A_TIME
from tests.postgres import server
from tests.store.conftest import NewTicket

_INSERT = "INSERT INTO bookmark (name, value) VALUES (?, ?)"
_SET = "UPDATE bookmark SET value = ? WHERE name = ? RETURNING value"
_UPGRADE = """
import asyncio, json, sys
from store import upgrade_postgres
from store.dialect import Dialect
from store.migrations import known_migrations

print(json.dumps(asyncio.run(upgrade_postgres.upgrade(sys.argv[1], known_migrations(Dialect.POSTGRES)))))
"""
_UNTIL_TWO_WAIT = """
DO $$ BEGIN
    WHILE (
        SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
    ) < 2 LOOP
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$
"""


@pytest.fixture
def backend() -> Dialect:
    return Dialect.POSTGRES


@pytest.fixture
async def empty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with nothing in it."""
    return await server(tmp_path_factory).create(migrated=False)


@pytest.fixture
async def beside(address: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else's connection to the same database."""
    connection = await asyncpg.connect(address)
    yield connection
    await connection.close()


async def _tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        return {
            row["tablename"] for row in await connection.fetch("SELECT * FROM pg_tables WHERE schemaname = 'public'")
        }
    finally:
        await connection.close()


async def _upgraded(*steps: Migration, url: str) -> None:
    await db.open_database(url, [*known_migrations(Dialect.POSTGRES), *steps])
    await db.close_database()


async def test_of_processes_that_start_at_once_one_upgrades_and_the_others_find_it_done(empty: str) -> None:
    gate = await asyncpg.connect(empty)
    await gate.execute("SELECT pg_advisory_lock($1)", ONE_AT_A_TIME)
    children = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _UPGRADE, empty, stdout=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    async with asyncio.timeout(20):
        await gate.execute(_UNTIL_TWO_WAIT)
    await gate.close()
    said = [json.loads((await child.communicate())[0]) for child in children]
    assert sorted(said) == [[], [step.name for step in known_migrations(Dialect.POSTGRES)]]


async def test_an_upgrade_runs_once(empty: str) -> None:
    step = Migration(len(known_migrations()) + 1, "extra", "CREATE TABLE extra (id BIGINT); -- a table\n")
    for _ in range(2):
        await _upgraded(step, url=empty)
    assert {"extra", "ticket", "schema_version"} <= await _tables(empty)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("CREATE TABLE extra (id BIGINT); CREATE TABLE broken (;", "syntax error"),
        ("CREATE TABLE extra (id BIGINT REFERENCES ticket (id)); INSERT INTO extra VALUES (99);", "foreign key"),
    ],
)
async def test_an_upgrade_that_fails_leaves_the_schema_as_it_was(empty: str, script: str, reason: str) -> None:
    await _upgraded(url=empty)
    before = await _tables(empty)
    with pytest.raises(UnusableDatabase, match=reason):
        await _upgraded(Migration(len(known_migrations()) + 1, "extra", script), url=empty)
    assert await _tables(empty) == before
    await _upgraded(url=empty)


async def test_somebody_elses_tables_are_left_alone(empty: str) -> None:
    connection = await asyncpg.connect(empty)
    await connection.execute("CREATE TABLE recipes (id BIGINT)")
    await connection.close()
    with pytest.raises(UnusableDatabase, match="recipes"):
        await db.open_database(empty)
    assert await _tables(empty) == {"recipes"}


async def test_a_server_that_cannot_be_reached_is_named_without_its_password(tmp_path: object) -> None:
    with pytest.raises(UnusableDatabase, match=r"gise on /.* cannot be used: .*cannot be reached") as refused:
        await db.open_database(f"postgres://gise:TEST-password@/gise?host={tmp_path}")
    assert "TEST" not in str(refused.value)


@pytest.mark.usefixtures("database")
async def test_whoever_changes_what_somebody_else_changed_meanwhile_gets_a_conflict(beside: asyncpg.Connection) -> None:
    await rows(_INSERT, "a", 1)

    async def slower() -> None:
        async with db.transaction():
            assert (await rows("SELECT value FROM bookmark"))[0]["value"] == 1
            await beside.execute("UPDATE bookmark SET value = 2")
            assert (await rows("SELECT value FROM bookmark"))[0]["value"] == 1, "one view of the data"
            await rows(_SET, 3, "a")

    with pytest.raises(Conflict):
        await slower()
    assert await rows("SELECT value FROM bookmark") == [{"value": 2}]


@pytest.mark.usefixtures("database")
async def test_a_transaction_that_lost_a_race_keeps_nothing_even_if_somebody_goes_on(
    beside: asyncpg.Connection,
) -> None:
    await rows(_INSERT, "a", 1)

    async def carries_on() -> None:
        async with db.transaction():
            await rows(_INSERT, "b", 1)
            await beside.execute("UPDATE bookmark SET value = 2")
            with pytest.raises(Conflict):
                async with db.transaction():
                    await rows(_SET, 3, "a")
            with pytest.raises(Conflict):
                await rows(_INSERT, "c", 1)

    with pytest.raises(Conflict):
        await carries_on()
    assert await rows("SELECT name, value FROM bookmark") == [{"name": "a", "value": 2}]


@pytest.mark.usefixtures("database")
async def test_a_deadlock_ends_in_a_conflict_for_one_and_a_commit_for_the_other() -> None:
    await rows(_INSERT, "a", 0)
    await rows(_INSERT, "b", 0)
    both = asyncio.Barrier(2)

    async def change(first: str, second: str) -> None:
        async with db.transaction():
            await rows("SET LOCAL deadlock_timeout = '10ms'")
            await rows(_SET, 1, first)
            await both.wait()
            await rows(_SET, 1, second)

    async with asyncio.timeout(10):
        results = await asyncio.gather(change("a", "b"), change("b", "a"), return_exceptions=True)
    assert sorted(map(str, map(type, results))) == sorted(map(str, (type(None), Conflict)))
    assert [row["value"] for row in await rows("SELECT value FROM bookmark")] == [1, 1]


@pytest.mark.usefixtures("database")
async def test_a_transaction_with_a_failed_statement_is_never_taken_for_committed() -> None:
    async def carries_on() -> None:
        async with db.transaction():
            await rows(_INSERT, "a", 1)
            with pytest.raises(OperationalError):
                await rows("SELECT absent FROM bookmark")

    with pytest.raises(TransactionManagementError, match="nothing of the transaction was kept"):
        await carries_on()
    assert await rows("SELECT * FROM bookmark") == []


@pytest.mark.usefixtures("database")
async def test_a_lost_connection_is_an_error_now_and_a_new_connection_next_time(beside: asyncpg.Connection) -> None:
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gise' AND datname = $1"
    name = await beside.fetchval("SELECT current_database()")

    async def interrupted() -> None:
        async with db.transaction():
            await rows(_INSERT, "a", 1)
            await beside.execute(kill, name)
            await rows(_INSERT, "b", 1)

    with pytest.raises(DBConnectionError, match="cannot be reached"):
        await interrupted()
    assert await rows("SELECT * FROM bookmark") == []
    await rows(_INSERT, "c", 1)


@pytest.mark.usefixtures("database")
async def test_more_transactions_than_connections_wait_for_their_turn(beside: asyncpg.Connection) -> None:
    async def write(number: int) -> None:
        async with db.transaction():
            await rows(_INSERT, str(number), number)

    await asyncio.gather(*map(write, range(5 * MOST_CONNECTIONS)))
    assert await beside.fetchval("SELECT count(*) FROM bookmark") == 5 * MOST_CONNECTIONS
    used = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gise' AND datname = current_database()"
    assert 1 <= await beside.fetchval(used) <= MOST_CONNECTIONS


async def test_a_text_with_nul_is_kept_without_it(new_ticket: NewTicket) -> None:
    ticket = await new_ticket()
    await rows("UPDATE ticket SET subject = ? WHERE id = ?", "a\x00b", ticket.id)
    found = await tickets.get(ticket.id)
    assert found is not None
    assert found.subject == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize(
    "refusal",
    [
        asyncpg.DiskFullError,
        asyncpg.TooManyConnectionsError,
        asyncpg.OutOfMemoryError,
        asyncpg.LockNotAvailableError,
        asyncpg.ReadOnlySQLTransactionError,
        asyncpg.CannotConnectNowError,
        ConnectionRefusedError,
        TimeoutError,
    ],
)
def test_what_says_nothing_about_a_statement_is_to_be_tried_later(refusal: type[Exception]) -> None:
    with pytest.raises(DBConnectionError) as caught, translated():
        raise refusal("no")
    assert is_unavailable(caught.value)


@pytest.mark.parametrize("refusal", [asyncpg.UndefinedColumnError, asyncpg.DivisionByZeroError])
def test_what_is_wrong_with_a_statement_stays_wrong(refusal: type[Exception]) -> None:
    with pytest.raises(OperationalError) as caught, translated():
        raise refusal("no")
    assert not is_unavailable(caught.value)
