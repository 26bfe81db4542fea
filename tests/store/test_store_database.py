"""Opening, reopening and refusing a database, whichever it is."""

import pytest

from bot.ports import Item
from store import db, inbox
from store.dialect import Dialect
from store.errors import DatabaseInUse, UnusableDatabase
from store.migrations import known_migrations
from store.sql import dialect, rows
from tests.postgres import server
from tests.store.holding import holding_the_database


@pytest.fixture
async def own_address(backend: Dialect, address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database whose schema may be spoilt."""
    return await server(tmp_path_factory).create() if backend is Dialect.POSTGRES else address


async def test_a_restart_keeps_everything(address: str) -> None:
    await db.open_database(address)
    await inbox.append([Item(channel="telegram", key="1", lane="1", raw=b"\x00\xff")], 1, ("telegram", 7))
    await db.close_database()
    await db.open_database(address)
    assert await inbox.cursor("telegram") == 7
    assert [row.raw for row in await inbox.claim("b", 1, 1000, 10)] == [b"\x00\xff"]


async def test_a_killed_process_loses_only_what_it_had_not_committed(address: str) -> None:
    async with holding_the_database(address):
        pass
    await db.open_database(address)
    assert await inbox.cursor("telegram") == 41
    assert [row.raw for row in await inbox.claim("b", 9, 1000, 10)] == [b"kept"]


async def test_the_open_database_is_the_one_of_the_address(database: str, backend: Dialect) -> None:
    assert database.startswith(backend.value)
    assert dialect() is backend


async def test_a_second_handle_of_the_same_process_is_refused(database: str) -> None:
    with pytest.raises(DatabaseInUse, match="already"):
        await db.open_database(database)
    assert await db.integrity() == []


async def test_closing_twice_does_nothing(database: str) -> None:
    assert database
    await db.close_database()
    await db.close_database()


async def test_a_newer_database_is_not_touched(own_address: str) -> None:
    await db.open_database(own_address)
    await rows("INSERT INTO schema_version (version, name) VALUES (999, 'future')")
    await db.close_database()
    with pytest.raises(UnusableDatabase, match="schema 999"):
        await db.open_database(own_address)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://localhost/gise",
        "gise.sqlite3",
        "sqlite://",
        "postgres://",
        "postgres://gise:secret-word@host",
        "postgres://gise:secret#word@host/gise",
        "postgresql://gise:secret/word@host/gise",
    ],
)
async def test_an_address_we_cannot_use_is_explained_and_not_repeated(url: str) -> None:
    with pytest.raises(UnusableDatabase, match=r"like sqlite:///.* or postgres://") as refused:
        await db.open_database(url)
    assert "secret" not in str(refused.value)
    assert "word@" not in str(refused.value).replace("password@", "")


def test_migrations_are_numbered_without_gaps_and_the_same_for_both() -> None:
    steps = {dialect: known_migrations(dialect) for dialect in Dialect}
    for migrations in steps.values():
        assert [migration.version for migration in migrations] == list(range(1, len(migrations) + 1))
    assert len({tuple(step.name for step in migrations) for migrations in steps.values()}) == 1
    assert steps[Dialect.SQLITE][0].name == "0001_opening_day"
