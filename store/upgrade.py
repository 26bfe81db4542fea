"""Brings an SQLite file to the schema this program knows.

Plain SQL files instead of Tortoise's native runner: that one records a step outside the step's own transaction and,
on SQLite, loses indexes and child rows when it remakes a table.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from store.durable import new_private, sync_folder, synced
from store.errors import UnusableDatabase
from store.migrations import Migration, known_migrations
from store.sql import client, rows

__all__ = ["Migration", "known_migrations", "missing", "schema_version", "upgrade"]

_VERSION_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT"
)


async def upgrade(file: Path | None, migrations: Sequence[Migration]) -> None:
    """Apply the missing steps, each whole or not at all; a file that holds data is copied to `.bak-<version>` first.

    Raises `UnusableDatabase` for a newer or a foreign file; whatever a step raises leaves the file as before that step.
    """
    version = await schema_version()
    steps = missing(migrations, version)
    if steps and version and file is not None:
        await _back_up(file, version)
    for migration in steps:
        await _apply(migration)


def missing(migrations: Sequence[Migration], version: int) -> list[Migration]:
    """The steps from `version` to the latest. Raises `UnusableDatabase` for a version beyond it."""
    latest = migrations[-1].version
    if version > latest:
        raise UnusableDatabase(
            f"The database has schema {version}, this program knows {latest}: start the newer program again."
        )
    return [migration for migration in migrations if migration.version > version]


async def schema_version() -> int:
    """The number of the last step applied; 0 for an empty file."""
    tables = {row["name"] for row in await rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "schema_version" in tables:
        return int((await rows("SELECT max(version) AS version FROM schema_version"))[0]["version"])
    if tables:
        raise UnusableDatabase(f"The database holds somebody else's tables ({', '.join(sorted(tables)[:3])} …).")
    return 0


async def _back_up(file: Path, version: int) -> None:
    copy = file.with_name(f"{file.name}.bak-{version}")
    half = copy.with_name(f"{copy.name}.part")
    half.unlink(missing_ok=True)
    new_private(half)  # SQLite itself would make one that everybody may read
    await rows("VACUUM INTO ?", str(half))
    synced(half)
    half.replace(copy)
    sync_folder(copy.parent)


async def _apply(migration: Migration) -> None:
    async with _foreign_keys_off(), client()._in_transaction():
        await rows(_VERSION_TABLE)
        for statement in migration.statements():
            await rows(statement)
        await rows("INSERT INTO schema_version (version, name) VALUES (?, ?)", migration.version, migration.name)
        if orphans := await rows("PRAGMA foreign_key_check"):
            raise UnusableDatabase(f"Migration {migration.name} would leave {len(orphans)} rows without their parents.")


@asynccontextmanager
async def _foreign_keys_off() -> AsyncIterator[None]:
    """Remaking a table drops it, which would cascade to its children; the pragma is deaf inside a transaction."""
    await rows("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        await rows("PRAGMA foreign_keys = ON")
