"""SQLite's file: its lock, its pragmas, upgrades with a copy, and what is refused."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from tortoise.exceptions import IntegrityError

from bot.domain.ticket import Ticket
from bot.ports import Item
from store import db, inbox, tickets
from store.dialect import Dialect
from store.errors import DatabaseInUse, UnusableDatabase
from store.sql import rows
from store.upgrade import Migration, known_migrations
from tests.store.holding import holding_the_database


@pytest.fixture
def backend() -> Dialect:
    return Dialect.SQLITE


def _tables(file: Path) -> set[str]:
    connection = sqlite3.connect(file)
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        connection.close()


async def test_memory_databases_are_empty_each_time() -> None:
    for _ in range(2):
        await db.open_database("sqlite://:memory:")
        try:
            assert await inbox.idle()
            await inbox.append([Item(channel="telegram", key="1", lane="1", raw=b"")], 1)
            assert not await inbox.idle()
        finally:
            await db.close_database()


async def test_the_file_is_for_our_eyes_only(database: str, file: Path) -> None:
    assert database
    assert [path.stat().st_mode & 0o077 for path in file.parent.iterdir()] == [0] * 4
    assert file.parent.stat().st_mode & 0o077 == 0


async def test_the_connection_is_durable_and_strict(database: str) -> None:
    assert database
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "timeout": 5000,  # the name under which SQLite answers for busy_timeout
        "journal_size_limit": 64 * 1024 * 1024,
        "wal_autocheckpoint": 4000,
        "cache_size": -8192,
    }
    names = {"timeout": "busy_timeout"}
    answers = [await rows(f"PRAGMA {names.get(name, name)}") for name in wanted]
    assert {name: value for (row,) in answers for name, value in row.items()} == wanted


@pytest.fixture
def letters(file: Path) -> bytes:
    """Something that is no database lies where ours should be."""
    file.parent.mkdir()
    file.write_bytes(b"letters to a friend, not a database at all" * 50)
    return file.read_bytes()


async def test_a_file_that_is_no_database_is_refused_and_kept(file: Path, letters: bytes) -> None:
    with pytest.raises(UnusableDatabase, match="not a database"):
        await db.open_database(f"sqlite://{file}")
    assert await asyncio.to_thread(file.read_bytes) == letters


async def test_somebody_elses_tables_are_left_alone(file: Path) -> None:
    file.parent.mkdir()
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE recipes (id)")
    connection.close()
    with pytest.raises(UnusableDatabase, match="recipes"):
        await db.open_database(f"sqlite://{file}")
    assert _tables(file) == {"recipes"}


async def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(UnusableDatabase, match="cannot be opened"):
        await db.open_database(f"sqlite://{tmp_path}/data/gise.sqlite3")


async def test_a_first_schema_that_fails_half_way_leaves_an_empty_file(file: Path) -> None:
    first = known_migrations()[0]
    broken = Migration(1, first.name, first.script + "\nCREATE TABLE ticket (id INTEGER);")
    with pytest.raises(UnusableDatabase, match="already exists"):
        await db.open_database(f"sqlite://{file}", [broken])
    assert _tables(file) == set()
    await db.open_database(f"sqlite://{file}")
    assert await db.integrity() == []
    await db.close_database()


async def _upgraded(file: Path, steps: Sequence[Migration]) -> None:
    await db.open_database(f"sqlite://{file}", steps)
    await db.close_database()


async def test_an_upgrade_runs_once_and_keeps_a_copy_of_the_file_before_it(database: str, file: Path) -> None:
    assert database
    await inbox.append([Item(channel="telegram", key="1", lane="1", raw=b"")], 1)
    await db.close_database()
    next_version = len(known_migrations()) + 1
    step = Migration(next_version, "extra", "-- why\nCREATE TABLE extra (id INTEGER) STRICT;\n")
    for _ in range(2):
        await _upgraded(file, [*known_migrations(), step])
    assert "extra" in _tables(file)
    copy = file.with_name(f"{file.name}.bak-{next_version - 1}")
    assert _tables(copy) == _tables(file) - {"extra"}
    assert copy.stat().st_mode & 0o077 == 0, "as little to be read by others as the file itself"
    connection = sqlite3.connect(copy)
    assert connection.execute("SELECT count(*) FROM inbox").fetchone() == (1,)
    connection.close()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("CREATE TABLE extra (id INTEGER) STRICT;\nCREATE TABLE broken (;\n", "syntax error"),
        (
            "CREATE TABLE extra (id INTEGER REFERENCES ticket (id)) STRICT;\nINSERT INTO extra VALUES (99);\n",
            "1 rows without their parents",
        ),
        ("CREATE TABLE extra (id INTEGER) STRICT", "middle of a statement"),
    ],
)
async def test_an_upgrade_that_fails_leaves_the_schema_as_it_was(
    database: str, file: Path, script: str, reason: str
) -> None:
    assert database
    await db.close_database()
    before = _tables(file)
    step = Migration(len(known_migrations()) + 1, "extra", script)
    with pytest.raises(UnusableDatabase, match=reason):
        await db.open_database(f"sqlite://{file}", [*known_migrations(), step])
    assert _tables(file) == before
    await _upgraded(file, known_migrations())


async def test_remaking_a_table_keeps_the_rows_that_point_to_it(database: str, file: Path, ticket: object) -> None:
    assert database
    assert ticket
    await db.close_database()
    script = """
    CREATE TABLE counter_new (year INTEGER PRIMARY KEY, value INTEGER NOT NULL, note TEXT) STRICT;
    INSERT INTO counter_new (year, value) SELECT year, value FROM counter;
    DROP TABLE counter;
    ALTER TABLE counter_new RENAME TO counter;
    CREATE TABLE requester_new AS SELECT * FROM requester;
    DROP TABLE requester;
    CREATE TABLE requester (id INTEGER PRIMARY KEY, name TEXT);
    INSERT INTO requester SELECT id, name FROM requester_new;
    DROP TABLE requester_new;
    """
    step = Migration(len(known_migrations()) + 1, "remake", script)
    await db.open_database(f"sqlite://{file}", [*known_migrations(), step])
    try:
        assert len(await rows("SELECT * FROM conversation JOIN requester ON requester.id = requester_id")) == 1
        assert (await rows("PRAGMA foreign_keys"))[0]["foreign_keys"] == 1
    finally:
        await db.close_database()


async def test_rows_without_parents_are_reported(database: str) -> None:
    assert database
    await rows("PRAGMA foreign_keys = OFF")
    await rows("INSERT INTO topic (ticket_id, chat, thread, card_id, name) VALUES (99, '1', '2', '', '')")
    assert await db.integrity() == ["row 99 of topic has no ticket"]


async def test_a_killed_process_frees_the_lock(file: Path) -> None:
    url = f"sqlite://{file}"
    async with holding_the_database(url) as child:
        with pytest.raises(DatabaseInUse, match=f"in use by process {child.pid}"):
            await db.open_database(url)
    await db.open_database(url)
    assert await db.integrity() == []


@pytest.mark.parametrize(
    "change",
    [
        """INSERT OR REPLACE INTO history SELECT id, ticket_id, at, actor_kind, actor_id, actor_name, action, before,
            after, 'nothing happened', details FROM history""",
        "UPDATE OR REPLACE history SET reason = 'nothing happened'",
    ],
)
async def test_replacing_is_no_way_around_append_only(ticket: Ticket, change: str) -> None:
    before = await tickets.history(ticket.id)
    with pytest.raises(IntegrityError, match="append-only"):
        await rows(change)
    assert await tickets.history(ticket.id) == before
