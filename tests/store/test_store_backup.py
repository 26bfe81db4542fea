"""A copy of SQLite's file, made while it is in use."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store import backup, db
from store.dialect import Dialect
from store.errors import NotCopied, UnusableDatabase
from store.sql import rows
from tests.store.conftest import NewTicket
from tests.store.copies import numbers_in, orphaned, permissions, size_of, torn, written


@pytest.fixture
def backend() -> Dialect:
    return Dialect.SQLITE


async def test_a_copy_of_a_database_in_use_holds_what_was_committed(
    database: str, new_ticket: NewTicket, copy: Path, now: int
) -> None:
    ticket = await new_ticket()
    async with db.transaction():
        await rows("UPDATE ticket SET subject = 'half' WHERE id = ?", ticket.id)
        size = backup.backup(database, copy, now)
    assert numbers_in(copy) == [ticket.number]
    assert size == size_of(copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT subject FROM ticket").fetchall() == [("",)]
        assert connection.execute("SELECT value FROM bookmark WHERE name = 'backup:at'").fetchall() == [(now,)]
        assert connection.execute("PRAGMA journal_mode").fetchall() == [("delete",)], "a file by itself"
    await new_ticket()


async def test_a_copy_is_one_file_for_our_eyes_only(database: str, copy: Path, now: int) -> None:
    backup.backup(database, copy, now)
    assert permissions(copy) == 0o600
    assert {path.name for path in copy.parent.iterdir()} == {"data", copy.name}


async def test_nothing_is_written_over(database: str, copy: Path, now: int) -> None:
    written(copy, b"mine")
    with pytest.raises(NotCopied, match="exists already"):
        backup.backup(database, copy, now)
    assert size_of(copy) == len(b"mine")


async def test_what_an_unclean_stop_left_in_the_log_is_copied_too(
    database: str, file: Path, new_ticket: NewTicket, tmp_path: Path, copy: Path, now: int
) -> None:
    assert database
    ticket = await new_ticket()
    left = tmp_path / "left.sqlite3"
    for ending in ("", "-wal"):
        shutil.copy(f"{file}{ending}", f"{left}{ending}")
    assert size_of(Path(f"{left}-wal"))
    backup.backup(f"sqlite://{left}", copy, now)
    assert numbers_in(copy) == [ticket.number]


async def test_of_a_damaged_database_no_copy_is_left(database: str, file: Path, copy: Path, now: int) -> None:
    await db.close_database()
    torn(file)
    with pytest.raises((NotCopied, UnusableDatabase), match=r"damaged|malformed"):
        backup.backup(database, copy, now)
    assert {path.name for path in copy.parent.iterdir()} == {"data"}


async def test_of_a_database_whose_rows_have_no_parents_no_copy_is_left(
    database: str, file: Path, new_ticket: NewTicket, copy: Path, now: int
) -> None:
    await new_ticket()
    await db.close_database()
    orphaned(file)
    with pytest.raises(NotCopied, match="damaged: a row of ticket has no requester"):
        backup.backup(database, copy, now)
    assert {path.name for path in copy.parent.iterdir()} == {"data"}


async def test_a_folder_that_is_not_there_and_a_database_that_is_not_are_named(
    database: str, tmp_path: Path, copy: Path, now: int
) -> None:
    with pytest.raises(NotCopied, match="cannot be written"):
        backup.backup(database, tmp_path / "nowhere" / "copy", now)
    with pytest.raises(NotCopied, match="no data"):
        backup.backup(f"sqlite://{tmp_path}/nothing", copy, now)
    with pytest.raises(NotCopied, match="pg_dump"):
        backup.backup("postgres://gise@127.0.0.1:1/gise", copy, now)
    assert {path.name for path in copy.parent.iterdir()} == {"data"}
