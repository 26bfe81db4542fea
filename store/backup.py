"""A copy of the SQLite file while it is in use, and the way back from one."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from store import bookmarks, holding
from store.address import address_of
from store.db import close_database, open_database
from store.durable import new_private, sync_folder, synced
from store.engine.lock import take_lock
from store.errors import NotCopied, UnusableDatabase
from store.migrations import known_migrations

_VERSION: Final = "SELECT max(version) FROM schema_version"
_BESIDE: Final = ("-wal", "-shm")


def backup(url: str, target: Path, at: int) -> int:
    """Copy the database into a new file that only its owner may read; returns its size in bytes.

    Whoever has the database open goes on writing meanwhile: the copy holds what was committed when it began. It is
    examined before it gets its name. Raises `NotCopied` or `UnusableDatabase`.
    """
    source = _file_of(url, "pg_dump makes copies of PostgreSQL (README, Operations).")
    with _new_file(target) as half:
        try:
            with closing(_opened_beside(source)) as here, closing(sqlite3.connect(half)) as there:
                here.backup(there)  # in one step: one view of the data, however long it takes
                there.executemany(bookmarks.WRITE, holding.mark_of(at).items())
                there.commit()
                there.execute("PRAGMA journal_mode = DELETE")  # a file by itself, without a log beside it
                _examine(there, half)
            size = synced(half)
        except (sqlite3.Error, OSError) as error:
            raise UnusableDatabase(f"The database {source} cannot be copied: {error}.") from error
    return size


async def restore(url: str, copy: Path, at: int) -> int:
    """Put a copy in the database's place, brought to our schema; returns how many messages were held back.

    What was there is kept beside it as `.replaced-<at>`. Killed at any point, the file is the old one or the new one.
    Raises `NotCopied`, `DatabaseInUse` or `UnusableDatabase`; then nothing has changed.
    """
    file = _file_of(url, "restore PostgreSQL with its own tools, then run gise db hold.")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.restoring")
    with ExitStack() as stack:
        stack.callback(os.close, take_lock(file))
        stack.callback(_remove, fresh)
        _remove(fresh)
        _fetch(copy, fresh)
        held = await hold(f"sqlite://{fresh}", at)
        synced(fresh)
        _put_in_place(file, fresh, at)
    return held


async def hold(url: str, at: int) -> int:
    """Bring a database to our schema and hold back what waits in it; returns how many messages. Raises as opening."""
    await open_database(url)
    try:
        return await holding.hold(at)
    finally:
        await close_database()


def _file_of(url: str, otherwise: str) -> Path:
    file = address_of(url).file
    if file is None:
        raise NotCopied(f"This is for an SQLite file; {otherwise}")
    return file


def _opened_beside(file: Path) -> sqlite3.Connection:
    """Read-only beside whoever has it open; a log that an unclean stop left behind is read, too."""
    if not file.exists() or not file.stat().st_size:
        raise NotCopied(f"There is no data in {file}.")
    return _reading(file)


def _reading(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


@contextmanager
def _new_file(target: Path) -> Iterator[Path]:
    """A file to write into that gets the name `target` in the end; that is taken first, so nothing is overwritten."""
    half = target.with_name(f"{target.name}.part")
    try:
        new_private(target)
    except FileExistsError:
        raise NotCopied(f"{target} exists already; nothing is written over it.") from None
    except OSError as error:
        raise NotCopied(f"{target} cannot be written: {error.strerror}.") from None
    try:
        half.unlink(missing_ok=True)
        new_private(half)
        yield half
        half.replace(target)
        sync_folder(target.parent)
    except BaseException:
        half.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        raise


def _fetch(copy: Path, fresh: Path) -> None:
    """The copy's content in a file beside the database, examined."""
    if not copy.is_file() or not copy.stat().st_size:
        raise NotCopied(f"There is no copy in {copy}.")
    new_private(fresh)
    try:
        with (
            closing(_reading(copy)) as there,
            closing(sqlite3.connect(fresh)) as here,
        ):
            there.backup(here)
            _examine(here, copy)
    except sqlite3.Error as error:
        raise NotCopied(f"{copy} is no copy of ours: {error}.") from error


def _examine(connection: sqlite3.Connection, file: Path) -> None:
    """Raises `NotCopied` for damage and for a schema that is not ours; both sides stay as they are."""
    damage = [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
    damage += [f"a row of {row[0]} has no {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")]
    if damage:
        raise NotCopied(f"{file} is damaged: {damage[0]}.")
    [(version,)] = connection.execute(_VERSION).fetchall()
    latest = known_migrations()[-1].version
    if version is None or version > latest:
        raise NotCopied(f"{file} has schema {version}, this program knows {latest}.")


def _put_in_place(file: Path, fresh: Path, at: int) -> None:
    """Exchange the files. The old one's log must be gone first: SQLite would read it into the new one."""
    kept = file.with_name(f"{file.name}.replaced-{at}")
    if file.exists():
        try:
            with closing(sqlite3.connect(file)) as old:
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            pass  # what cannot be read cannot be tidied up either; its log goes with it
        for ending in _BESIDE:
            with suppress(FileNotFoundError):
                Path(f"{file}{ending}").rename(f"{kept}{ending}")
        os.link(file, kept)
    fresh.replace(file)
    sync_folder(file.parent)


def _remove(file: Path) -> None:
    for ending in ("", *_BESIDE, "-journal", ".lock"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
