"""Opening, locking, upgrading and reopening the file."""

import asyncio
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.ports import Item
from store import db, inbox
from store.errors import DatabaseInUse, UnusableDatabase
from store.sql import rows
from store.upgrade import Migration, known_migrations

_CHILD = """
import asyncio, sys
from bot.ports import Item
from store import db, inbox

async def main():
    await db.open_database(sys.argv[1])
    await inbox.append([Item(channel="telegram", key="1", lane="1", raw=b"kept")], 1, ("telegram", 41))
    async with db.transaction():
        await inbox.append([Item(channel="telegram", key="2", lane="1", raw=b"half")], 2, ("telegram", 42))
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def _tables(file: Path) -> set[str]:
    connection = sqlite3.connect(file)
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        connection.close()


async def test_a_restart_keeps_everything(file: Path) -> None:
    await db.open_database(f"sqlite://{file}")
    await inbox.append([Item(channel="telegram", key="1", lane="1", raw=b"\x00\xff")], 1, ("telegram", 7))
    await db.close_database()
    await db.open_database(f"sqlite://{file}")
    try:
        assert await inbox.cursor("telegram") == 7
        assert [row.raw for row in await inbox.claim("b", 1, 1000, 10)] == [b"\x00\xff"]
    finally:
        await db.close_database()


async def test_a_killed_process_loses_only_what_it_had_not_committed_and_frees_the_lock(file: Path) -> None:
    url = f"sqlite://{file}"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", _CHILD, url, stdout=asyncio.subprocess.PIPE)
    try:
        assert child.stdout is not None
        async with asyncio.timeout(20):
            assert await child.stdout.readline() == b"ready\n"
        with pytest.raises(DatabaseInUse, match=f"in use by process {child.pid}"):
            await db.open_database(url)
    finally:
        child.send_signal(signal.SIGKILL)
        await child.wait()
    await db.open_database(url)
    try:
        assert await inbox.cursor("telegram") == 41
        assert [row.raw for row in await inbox.claim("b", 9, 1000, 10)] == [b"kept"]
        assert await db.integrity() == []
    finally:
        await db.close_database()


async def test_a_second_handle_of_the_same_process_is_refused(database: str) -> None:
    with pytest.raises(DatabaseInUse, match="already"):
        await db.open_database(database)
    assert await db.integrity() == []


async def test_closing_twice_does_nothing(database: str) -> None:
    assert database
    await db.close_database()
    await db.close_database()


async def test_memory_databases_are_empty_each_time() -> None:
    for _ in range(2):
        await db.open_database("sqlite://:memory:")
        try:
            assert await inbox.append([Item(channel="telegram", key="1", lane="1", raw=b"")], 1) == 1
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


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("postgres://u:p@localhost/gise", "not supported yet"),
        ("mysql://localhost/gise", "must look like sqlite:///"),
        ("gise.sqlite3", "must look like sqlite:///"),
        ("sqlite://", "must look like sqlite:///"),
    ],
)
async def test_an_address_we_cannot_use_is_explained(url: str, advice: str) -> None:
    with pytest.raises(UnusableDatabase, match=advice):
        await db.open_database(url)


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


async def test_a_newer_database_is_not_touched(database: str, file: Path) -> None:
    assert database
    await rows("INSERT INTO schema_version (version, name) VALUES (999, 'future')")
    await db.close_database()
    with pytest.raises(UnusableDatabase, match="schema 999"):
        await db.open_database(f"sqlite://{file}")


async def test_rows_without_parents_are_reported(database: str) -> None:
    assert database
    await rows("PRAGMA foreign_keys = OFF")
    await rows("INSERT INTO topic (ticket_id, chat, thread, card_id, name) VALUES (99, '1', '2', '', '')")
    assert await db.integrity() == ["row 99 of topic has no ticket"]


def test_migrations_are_numbered_without_gaps() -> None:
    assert [migration.version for migration in known_migrations()] == list(range(1, len(known_migrations()) + 1))
    assert known_migrations()[0].name == "0001_opening_day"
