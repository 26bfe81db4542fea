"""The schema, as numbered SQL files that are applied in order and never edited once released.

Both databases have the same steps, by number and name.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from store.dialect import Dialect
from store.errors import UnusableDatabase


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, its name and its SQL script."""

    version: int
    name: str
    script: str

    def statements(self) -> Iterator[str]:
        """The script cut into SQLite's statements, triggers kept whole."""
        statement = ""
        for line in self.script.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                yield statement.strip()
                statement = ""
        if statement.strip():
            raise UnusableDatabase(f"Migration {self.name} ends in the middle of a statement.")


def known_migrations(dialect: Dialect = Dialect.SQLITE) -> tuple[Migration, ...]:
    """All steps shipped with the program for this database, `NNNN_name.sql`, in order."""
    folder = files("store.migrations") / dialect.value
    scripts = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return tuple(
        Migration(int(entry.name[:4]), entry.name.removesuffix(".sql"), entry.read_text(encoding="utf-8"))
        for entry in scripts
    )
