"""A database that answers at once and in the same thread, so that a seed alone decides who goes next.

It is SQLite with our own schema in memory; only the thread between the event loop and SQLite is left out, with its
chance and its cost. `turns` says how often others may go first before a statement runs, `locked` whether it fails.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tortoise.backends.sqlite.client import SqliteClient

from store import db
from store.engine.near import NearConnection
from store.sql import client

_PRAGMAS = ("foreign_keys=ON", "recursive_triggers=ON", "synchronous=OFF")
_MAY_FAIL = ("BEGIN", "COMMIT", "INSERT", "UPDATE", "DELETE", "SELECT", "\n")
"""Whatever is not the undoing of something else: that never needs what a lock or a full disk denies."""


def refusal(words: str, code: int) -> sqlite3.OperationalError:
    """As SQLite refuses."""
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


class Threadless(NearConnection):
    """A connection without a thread of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(":memory:")
        self._connection = connection
        self.turns: Callable[[], int] = lambda: 0
        self.locked: Callable[[], bool] = lambda: False

    def begun_at_once(self) -> bool:
        """Never: whether BEGIN has to wait or fails is for the seed to say."""
        return False

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        for _ in range(self.turns()):
            await asyncio.sleep(0)
        if args and str(args[0]).startswith(_MAY_FAIL) and self.locked():
            raise refusal("database is locked", sqlite3.SQLITE_BUSY)
        return fn(*args, **kwargs)

    def stop(self) -> None:
        """There is no thread to end."""


class Database:
    """The open database of this process, which can be made empty within a millisecond."""

    def __init__(self, connection: Threadless, empty: sqlite3.Connection) -> None:
        self._connection = connection
        self._empty = empty

    def begin_anew(self, turns: Callable[[], int] = lambda: 0, locked: Callable[[], bool] = lambda: False) -> None:
        """Forget everything; ids begin at 1 again."""
        self._connection.turns, self._connection.locked = turns, locked
        if self._connection.in_transaction:
            self._connection._conn.rollback()
        self._empty.backup(self._connection._conn)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Database]:
    """Make a database as the product does, take its schema along, and go on in memory."""
    file = folder / "schema.sqlite3"
    await db.open_database(f"sqlite://{file}")
    current = client()
    if not isinstance(current, SqliteClient):
        raise TypeError("The proofs know SQLite only.")
    await current.close()
    empty = _copy_of(file)
    memory = sqlite3.connect(":memory:", isolation_level=None)
    memory.row_factory = sqlite3.Row
    for pragma in _PRAGMAS:
        memory.execute(f"PRAGMA {pragma}")
    current._connection = connection = Threadless(memory)
    database = Database(connection, empty)
    database.begin_anew()
    try:
        yield database
    finally:
        connection.turns, connection.locked = lambda: 0, lambda: False
        empty.close()
        await db.close_database()


def _copy_of(file: Path) -> sqlite3.Connection:
    """The schema of the file in memory."""
    stored = sqlite3.connect(file)
    copy = sqlite3.connect(":memory:")
    stored.backup(copy)
    stored.close()
    return copy
