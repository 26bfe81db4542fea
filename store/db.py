"""Opening and closing the database, transactions, and tasks that stay out of them."""

import asyncio
import contextvars
import os
import random
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar, cast

from tortoise.context import TortoiseContext, get_current_context
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError

from store import upgrade
from store.address import Address, address_of
from store.dialect import Dialect
from store.engine.completed import completed
from store.engine.lock import take_lock
from store.errors import Conflict, DatabaseInUse, UnusableDatabase
from store.migrations import Migration, known_migrations
from store.sql import client, dialect, rows

if TYPE_CHECKING:
    from store.engine.postgres import SafePostgresClient

P = ParamSpec("P")
T = TypeVar("T")

_RACES: Final = 3
_FIRST_REST: Final = 0.01
"""Seconds within which those who met once begin anew, each at another instant; twice as many after each race."""

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
    """Open the database of this address (`store.address`) and bring it to our schema, or to that of `migrations`.

    Of SQLite folder and file are made and the lock is taken; PostgreSQL's database must be there, and any number of
    processes may open it. Raises `DatabaseInUse` or `UnusableDatabase` with a sentence for the operator; after a
    failure nothing stays open.
    """
    address = address_of(url)
    if get_current_context() is not None:
        raise DatabaseInUse("This process has a database open already; close it first.")
    async with AsyncExitStack() as stack:
        if address.file is not None:
            stack.callback(os.close, _prepare(address.file))
        context = TortoiseContext()
        stack.push_async_callback(context.close_connections)
        # The fallback lets requests and jobs find the connection: they run in contexts made before or beside this one.
        with context:
            await context.init(config=configuration(address), _enable_global_fallback=True)
        try:
            await _upgrade(address, migrations or known_migrations(address.dialect))
        except (sqlite3.DatabaseError, OperationalError, IntegrityError, DBConnectionError) as error:
            raise UnusableDatabase(f"The database {address.shown} cannot be used: {error}.") from error
        _closing.push_async_exit(stack.pop_all())


async def _upgrade(address: Address, migrations: Sequence[Migration]) -> None:
    if address.dialect is Dialect.SQLITE:
        await upgrade.upgrade(address.file, migrations)
    else:
        # Loaded here, because asyncpg is a tenth of a second of a start that may be SQLite's.
        upgrading = import_module("store.upgrade_postgres")
        if upgrade.missing(migrations, await upgrading.schema_version(rows)):
            await upgrading.upgrade(address.dsn, migrations)


async def close_database() -> None:
    """Close the connection and give the lock back; does nothing when no database is open."""
    await completed(_closing.aclose())


def shared() -> bool:
    """Whether other processes may have this database open at the same time."""
    return dialect() is Dialect.POSTGRES


def transaction() -> AbstractAsyncContextManager[Any]:
    """All or nothing; inside another one, a savepoint.

    SQLite: at once exclusive (BEGIN IMMEDIATE). PostgreSQL: one view of the data from begin to end (REPEATABLE READ);
    whoever wants to write what somebody else changed since gets a `Conflict`, as does a statement that runs into one.

    It belongs to the task that entered it. Start no task and await no network inside: everybody else waits.
    """
    return client()._in_transaction()


def begun_anew(work: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Do `work`, a transaction, again where somebody else was faster: on the next look their work is seen.

    Raises `Conflict` when that goes on and on.
    """

    @wraps(work)
    async def until_it_wins(*args: P.args, **kwargs: P.kwargs) -> T:
        for lost in range(_RACES):
            try:
                return await work(*args, **kwargs)
            except Conflict:
                if shared():  # else nobody else is there to be met again
                    await asyncio.sleep(random.uniform(0.0, _FIRST_REST * 2**lost))
        return await work(*args, **kwargs)

    return until_it_wins


def whole(work: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Make `work` a transaction that is begun anew after a lost race.

    One at a time in a process, on PostgreSQL as on SQLite, so that no two of ours look past each other; what other
    processes do meanwhile is met by versions, unique keys and `Conflict`.
    """

    @begun_anew
    @wraps(work)
    async def one_transaction(*args: P.args, **kwargs: P.kwargs) -> T:
        async with _turn(), transaction():
            return await work(*args, **kwargs)

    return one_transaction


def _turn() -> AbstractAsyncContextManager[Any]:
    """SQLite's one connection for writing sees to turns by itself."""
    return cast("SafePostgresClient", client()).turn if shared() else nullcontext()


def spawn(coro: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
    """Start a task that never inherits the caller's transaction."""
    return asyncio.get_running_loop().create_task(coro, name=name, context=contextvars.Context())


async def integrity() -> list[str]:
    """What SQLite finds wrong with the file, one line each; empty when all is well. PostgreSQL sees to itself."""
    if dialect() is not Dialect.SQLITE:
        return []
    damage = [str(row["integrity_check"]) for row in await rows("PRAGMA integrity_check")]
    orphans = await rows("PRAGMA foreign_key_check")
    return [line for line in damage if line != "ok"] + [
        f"row {row['rowid']} of {row['table']} has no {row['parent']}" for row in orphans
    ]


def _prepare(file: Path) -> int:
    """Make the folder and an empty file that only we may read; returns the lock's descriptor."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        return take_lock(file)
    except OSError as error:
        raise UnusableDatabase(f"The database {file} cannot be opened: {error.strerror}.") from error


def configuration(address: Address) -> dict[str, Any]:
    """How Tortoise opens this database."""
    credentials: dict[str, Any] = {"dsn": address.dsn}
    if address.dialect is Dialect.SQLITE:
        credentials = {"file_path": ":memory:" if address.file is None else str(address.file), **_PRAGMAS}
    name = address.dialect.value
    return {
        "connections": {name: {"engine": f"store.engine.{name}", "credentials": credentials}},
        "apps": {"store": {"models": ["store.models"], "default_connection": name}},
    }
