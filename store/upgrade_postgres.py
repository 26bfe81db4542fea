"""Brings a PostgreSQL database to the schema this program knows, one process at a time."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import asyncpg

from store.engine.refusals import translated
from store.engine.session import session
from store.errors import UnusableDatabase
from store.migrations import Migration
from store.upgrade import missing

ONE_AT_A_TIME: Final = 0x6769_7365
"""Key of the advisory lock, which is the database's own: other databases of the server are not held up."""
_PATIENCE: Final = "300s"
_VERSION_TABLE: Final = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL)"
_IS_OURS: Final = "SELECT to_regclass('schema_version') IS NOT NULL AS ours"
_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"

Look = Callable[[str], Awaitable[Sequence[Mapping[str, Any]]]]
"""Runs a query on whatever connection there is."""


async def upgrade(dsn: str, migrations: Sequence[Migration]) -> list[str]:
    """Apply the missing steps, each whole or not at all; returns their names.

    Whoever comes second waits on the server and finds all done. Raises `UnusableDatabase` for a newer or a foreign
    database and for a wait without end, and Tortoise's errors; whatever a step raises leaves things as before it.
    """
    async with session(dsn) as connection:
        with translated():
            await _lock(connection)
            steps = missing(migrations, await schema_version(connection.fetch))
            for migration in steps:
                await _apply(connection, migration)
            return [migration.name for migration in steps]


async def schema_version(look: Look) -> int:
    """The number of the last step applied; 0 for an empty database."""
    if (await look(_IS_OURS))[0]["ours"]:
        return int((await look("SELECT coalesce(max(version), 0) AS version FROM schema_version"))[0]["version"])
    if tables := [row["tablename"] for row in await look(_TABLES)]:
        raise UnusableDatabase(f"The database holds somebody else's tables ({', '.join(tables[:3])} …).")
    return 0


async def _lock(connection: Any) -> None:
    await connection.execute(f"SET lock_timeout = '{_PATIENCE}'")
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", ONE_AT_A_TIME)
    except asyncpg.LockNotAvailableError:
        raise UnusableDatabase("Another process has been upgrading the database for minutes; look after it.") from None
    await connection.execute("SET lock_timeout = 0")


async def _apply(connection: Any, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(_VERSION_TABLE)
        await connection.execute(migration.script)
        await connection.execute(
            "INSERT INTO schema_version (version, name) VALUES ($1, $2)", migration.version, migration.name
        )
