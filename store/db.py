"""Opening and closing the database, transactions, and tasks that stay out of them."""

import asyncio
import contextvars
import os
import sqlite3
from collections.abc import Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Any, Final, TypeVar

from tortoise.context import TortoiseContext, get_current_context
from tortoise.exceptions import DBConnectionError, OperationalError
from tortoise.transactions import in_transaction

from store.engine.completed import completed
from store.engine.lock import take_lock
from store.errors import DatabaseInUse, UnusableDatabase
from store.sql import CONNECTION, rows
from store.upgrade import Migration, known_migrations, upgrade

T = TypeVar("T")

_PRAGMAS: Final[dict[str, int | str]] = {
    "busy_timeout": 5000,
    "journal_mode": "WAL",
    "synchronous": "FULL",  # NORMAL may lose what was acknowledged when the power fails
    "foreign_keys": "ON",
    "recursive_triggers": "ON",  # else REPLACE would delete append-only rows past their triggers
    "secure_delete": "ON",
    "journal_size_limit": 64 * 1024 * 1024,
    "wal_autocheckpoint": 4000,
    "cache_size": -8192,  # KiB; the system's cache is behind it, and ours would only grow until it is full
}
_closing = AsyncExitStack()
"""Everything to undo, in reverse order; there is one database per process, so there is one of these."""


async def open_database(url: str, migrations: Sequence[Migration] = ()) -> None:
    """Open `sqlite:///folder/file.sqlite3` (absolute), `sqlite://file` (relative) or `sqlite://:memory:`.

    Creates folders and file, takes the lock, upgrades the schema (`migrations` in place of ours). Raises
    `DatabaseInUse` or `UnusableDatabase` with a sentence for the operator; after a failure nothing stays open.
    """
    file = _file_of(url)
    if get_current_context() is not None:
        raise DatabaseInUse("This process has a database open already; close it first.")
    async with AsyncExitStack() as stack:
        if file is not None:
            stack.callback(os.close, _prepare(file))
        context = TortoiseContext()
        stack.push_async_callback(context.close_connections)
        # The fallback lets requests and jobs find the connection: they run in contexts made before or beside this one.
        with context:
            await context.init(config=_configuration(file), _enable_global_fallback=True)
        try:
            await upgrade(file, migrations or known_migrations())
        except (sqlite3.DatabaseError, OperationalError, DBConnectionError) as error:
            raise UnusableDatabase(f"The database {file} cannot be used: {error}.") from error
        _closing.push_async_exit(stack.pop_all())


async def close_database() -> None:
    """Close the connection and give the lock back; does nothing when no database is open."""
    await completed(_closing.aclose())


def transaction() -> AbstractAsyncContextManager[Any]:
    """All or nothing, at once exclusive (BEGIN IMMEDIATE); inside another one, a savepoint.

    It belongs to the task that entered it. Start no task and await no network inside: everybody else waits.
    """
    return in_transaction(CONNECTION)


def spawn(coro: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
    """Start a task that never inherits the caller's transaction."""
    return asyncio.get_running_loop().create_task(coro, name=name, context=contextvars.Context())


async def integrity() -> list[str]:
    """What SQLite finds wrong with the file, one line each; empty when all is well."""
    damage = [str(row["integrity_check"]) for row in await rows("PRAGMA integrity_check")]
    orphans = await rows("PRAGMA foreign_key_check")
    return [line for line in damage if line != "ok"] + [
        f"row {row['rowid']} of {row['table']} has no {row['parent']}" for row in orphans
    ]


def _file_of(url: str) -> Path | None:
    scheme, separator, path = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        raise UnusableDatabase("PostgreSQL is not supported yet: use sqlite:///folder/gise.sqlite3.")
    if scheme != "sqlite" or not separator or not path:
        raise UnusableDatabase("The database address must look like sqlite:///folder/gise.sqlite3.")
    return None if path == ":memory:" else Path(path)


def _prepare(file: Path) -> int:
    """Make the folder and an empty file that only we may read; returns the lock's descriptor."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        return take_lock(file)
    except OSError as error:
        raise UnusableDatabase(f"The database {file} cannot be opened: {error.strerror}.") from error


def _configuration(file: Path | None) -> dict[str, Any]:
    """One writer; a second, `query_only` connection for looking would be another entry beside it."""
    credentials = {"file_path": ":memory:" if file is None else str(file), **_PRAGMAS}
    return {
        "connections": {CONNECTION: {"engine": "store.engine.sqlite", "credentials": credentials}},
        "apps": {"store": {"models": ["store.models"], "default_connection": CONNECTION}},
    }
