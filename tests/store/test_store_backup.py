"""A copy of SQLite's file while it is in use, and what a restore does with it."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.ledger import HELD, Errand
from bot.domain.ticket import SYSTEM, Ticket
from store import backup, bookmarks, db, holding, outbox, tickets
from store.dialect import Dialect
from store.errors import DatabaseInUse, NotCopied, UnusableDatabase
from store.migrations import known_migrations
from store.sql import rows
from tests.store.conftest import YEAR, NewTicket

Build = Callable[..., Errand]


@pytest.fixture
def backend() -> Dialect:
    return Dialect.SQLITE


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy.sqlite3"


def numbers_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [number for (number,) in connection.execute("SELECT number FROM ticket ORDER BY id")]


def size_of(file: Path) -> int:
    return file.stat().st_size


def permissions(file: Path) -> int:
    return file.stat().st_mode & 0o777


def written(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def beside(file: Path) -> set[str]:
    return {path.name for path in file.parent.iterdir()} - {file.name, f"{file.name}.lock"}


async def changed_since(address: str, new_ticket: NewTicket, copy: Path, now: int) -> None:
    """A copy with one ticket, and a closed database with two."""
    await new_ticket()
    backup.backup(address, copy, now)
    await new_ticket()
    await db.close_database()


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


def torn(file: Path) -> None:
    """Overwrite the middle of the file."""
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(size // 3)
        opened.write(b"\xaa" * (size // 3))


async def test_of_a_damaged_database_no_copy_is_left(database: str, file: Path, copy: Path, now: int) -> None:
    await db.close_database()
    torn(file)
    with pytest.raises((NotCopied, UnusableDatabase), match=r"damaged|malformed"):
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


async def test_a_restore_brings_the_copy_back_and_keeps_what_was_there(
    database: str, file: Path, new_ticket: NewTicket, copy: Path, now: int
) -> None:
    await changed_since(database, new_ticket, copy, now)
    assert await backup.restore(database, copy, now + 7) == 0
    assert len(numbers_in(file)) == 1
    assert beside(file) == {f"{file.name}.replaced-{now + 7}"}
    assert len(numbers_in(file.with_name(f"{file.name}.replaced-{now + 7}"))) == 2
    assert permissions(file) == 0o600
    assert len(numbers_in(copy)) == 1
    await db.open_database(database)
    assert await holding.restored() == holding.Restored(at=now + 7, copied_at=now)


async def test_the_old_ones_log_does_not_get_into_the_new_one(
    database: str, file: Path, new_ticket: NewTicket, copy: Path, now: int, tmp_path: Path
) -> None:
    """A killed process leaves a log; read into the restored file it would bring back what was restored away."""
    await new_ticket()
    backup.backup(database, copy, now)
    await new_ticket()
    saved = tmp_path / "killed"
    saved.mkdir()
    for ending in ("", "-wal"):
        shutil.copy(f"{file}{ending}", saved / f"{file.name}{ending}")
    await db.close_database()
    for path in saved.iterdir():
        shutil.copy(path, file.parent / path.name)
    assert size_of(Path(f"{file}-wal"))
    await backup.restore(database, copy, now)
    assert len(numbers_in(file)) == 1
    assert len(numbers_in(file.with_name(f"{file.name}.replaced-{now}"))) == 2


LOSSES: dict[str, Callable[[Path], None]] = {
    "gone": Path.unlink,
    "torn": torn,
    "empty": lambda file: written(file, b""),
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_lost_or_damaged_database_is_replaced(
    database: str, file: Path, new_ticket: NewTicket, copy: Path, now: int, loss: str
) -> None:
    await changed_since(database, new_ticket, copy, now)
    LOSSES[loss](file)
    await backup.restore(database, copy, now)
    assert len(numbers_in(file)) == 1


async def test_a_database_in_use_is_not_replaced(
    database: str, file: Path, new_ticket: NewTicket, copy: Path, now: int
) -> None:
    await new_ticket()
    backup.backup(database, copy, now)
    await new_ticket()
    with pytest.raises(DatabaseInUse):
        await backup.restore(database, copy, now)
    assert len(await tickets.listing()) == 2
    assert beside(file) == {f"{file.name}-wal", f"{file.name}-shm"}


def foreign(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("CREATE TABLE something (else_ TEXT)")


def newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("INSERT INTO schema_version VALUES (999, 'later')")


def orphaned(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE ticket SET requester_id = 77")


SPOILT: dict[str, tuple[Callable[[Path], None], str]] = {
    "torn": (torn, "damaged|no copy of ours"),
    "foreign": (foreign, "no copy of ours"),
    "newer": (newer, "schema 999"),
    "orphaned": (orphaned, "damaged: a row of ticket has no requester"),
    "empty": (lambda copy: written(copy, b""), "no copy"),
    "missing": (Path.unlink, "no copy"),
    "text": (lambda copy: written(copy, b"words" * 99), "no copy of ours"),
}


@pytest.mark.parametrize("spoil", SPOILT)
async def test_a_copy_that_is_no_good_changes_nothing(
    database: str, file: Path, new_ticket: NewTicket, copy: Path, now: int, spoil: str
) -> None:
    await changed_since(database, new_ticket, copy, now)
    spoils, words = SPOILT[spoil]
    spoils(copy)
    with pytest.raises(NotCopied, match=words):
        await backup.restore(database, copy, now)
    assert len(numbers_in(file)) == 2
    assert beside(file) == set()


async def test_a_copy_of_an_older_schema_is_brought_to_ours(file: Path, copy: Path, now: int) -> None:
    address = f"sqlite://{file}"
    await db.open_database(address, known_migrations()[:1])
    await bookmarks.write("telegram", 41)
    backup.backup(address, copy, now)
    await db.close_database()
    await backup.restore(address, copy, now)
    await db.open_database(address)
    assert await bookmarks.read("telegram") == 41
    assert await tickets.listing() == []


async def test_what_waits_in_the_copy_is_held_and_no_number_or_id_comes_twice(
    database: str, new_ticket: NewTicket, errand: Build, copy: Path, now: int
) -> None:
    ticket = await new_ticket()
    [waiting] = await outbox.add([errand(ticket_id=ticket.id)])
    backup.backup(database, copy, now)
    lost = await new_ticket()
    [lost_errand] = await outbox.add([errand(lane="other")])
    await db.close_database()
    assert await backup.restore(database, copy, now) == 1
    await db.open_database(database)
    assert await outbox.claim("a", now, 1_000, 10) == []
    assert [one.id for one in await outbox_held()] == [waiting]
    fresh = await _another(ticket)
    assert fresh.number == f"{YEAR}-{1 + holding.NUMBERS_SKIPPED + 1:06d}"
    assert fresh.id > lost.id
    assert (await outbox.add([errand()]))[0] > lost_errand


async def outbox_held() -> list[Errand]:
    restore = await holding.restored()
    assert restore is not None
    found = await holding.held(restore)
    assert {one.error for one in found} <= {HELD}
    return found


async def _another(ticket: Ticket) -> Ticket:
    return await tickets.create(replace(ticket, id=0, number=""), YEAR, SYSTEM)
