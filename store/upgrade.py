"""Brings a database file to the schema this program knows.

Plain SQL files instead of Tortoise's native runner: that one records a step outside the step's own transaction and,
on SQLite, loses indexes and child rows when it remakes a table.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from tortoise.transactions import in_transaction

from store.errors import UnusableDatabase
from store.sql import CONNECTION, rows

_VERSION_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT"
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, its name and its SQL script."""

    version: int
    name: str
    script: str

    def statements(self) -> Iterator[str]:
        """The script cut into statements, triggers kept whole."""
        statement = ""
        for line in self.script.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                yield statement.strip()
                statement = ""
        if statement.strip():
            raise UnusableDatabase(f"Migration {self.name} ends in the middle of a statement.")


def known_migrations() -> tuple[Migration, ...]:
    """All steps shipped with the program, `NNNN_name.sql`, in order."""
    scripts = sorted(
        (entry for entry in files("store.migrations").iterdir() if entry.name.endswith(".sql")),
        key=lambda entry: entry.name,
    )
    return tuple(
        Migration(int(entry.name[:4]), entry.name.removesuffix(".sql"), entry.read_text(encoding="utf-8"))
        for entry in scripts
    )


async def upgrade(file: Path | None, migrations: Sequence[Migration]) -> None:
    """Apply the missing steps, each whole or not at all; a file that holds data is copied to `.bak-<version>` first.

    Raises `UnusableDatabase` for a newer or a foreign file; whatever a step raises leaves the file as before that step.
    """
    version = await schema_version()
    latest = migrations[-1].version
    if version > latest:
        raise UnusableDatabase(
            f"The database has schema {version}, this program knows {latest}: start the newer program again."
        )
    missing = [migration for migration in migrations if migration.version > version]
    if missing and version and file is not None:
        await _back_up(file, version)
    for migration in missing:
        await _apply(migration)


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
    await rows("VACUUM INTO ?", str(half))
    half.replace(copy)


async def _apply(migration: Migration) -> None:
    async with _foreign_keys_off(), in_transaction(CONNECTION):
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
