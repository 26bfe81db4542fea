"""A copy put in the place of SQLite's file: whole, once, with what waited in it held back."""

import os
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
from store.engine.lock import take_lock
from store.errors import DatabaseInUse, NotCopied
from store.migrations import known_migrations
from tests.store.conftest import YEAR, NewTicket
from tests.store.copies import beside, made_folder, numbers_in, orphaned, permissions, size_of, torn, written

Build = Callable[..., Errand]


@pytest.fixture
def backend() -> Dialect:
    return Dialect.SQLITE


async def changed_since(address: str, new_ticket: NewTicket, copy: Path, now: int) -> None:
    """A copy with one ticket, and a closed database with two."""
    await new_ticket()
    backup.backup(address, copy, now)
    await new_ticket()
    await db.close_database()


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


@pytest.mark.parametrize("readable", [True, False])
async def test_the_old_ones_log_does_not_get_into_the_new_one(
    database: str, file: Path, new_ticket: NewTicket, copy: Path, now: int, tmp_path: Path, readable: bool
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
    if not readable:  # SQLite cannot take the log in where its index cannot be made
        made_folder(Path(f"{file}-shm"))
    await backup.restore(database, copy, now)
    assert len(numbers_in(file)) == 1
    replaced = f"{file.name}.replaced-{now}"
    assert beside(file) == ({replaced} if readable else {replaced, f"{replaced}-wal", f"{replaced}-shm"})


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


async def test_a_database_that_another_process_has_locked_is_not_replaced(
    database: str, file: Path, new_ticket: NewTicket, copy: Path, now: int
) -> None:
    await changed_since(database, new_ticket, copy, now)
    descriptor = take_lock(file)
    try:
        with pytest.raises(DatabaseInUse, match="in use by process"):
            await backup.restore(database, copy, now)
    finally:
        os.close(descriptor)
    assert len(numbers_in(file)) == 2
    assert beside(file) == set()


def foreign(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("CREATE TABLE something (else_ TEXT)")


def newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("INSERT INTO schema_version VALUES (999, 'later')")


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
