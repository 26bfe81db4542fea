"""From SQLite to PostgreSQL: every row, in one transaction, compared before it is committed."""

import asyncio
import hashlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Final

from tortoise.exceptions import BaseORMException

from store import upgrade_postgres
from store.address import Address, address_of
from store.beside import recorded_version
from store.dialect import Dialect
from store.engine.lock import take_lock
from store.engine.refusals import translated
from store.engine.session import session
from store.errors import NotCopied, UnusableDatabase
from store.migrations import known_migrations

_LATER: Final = {("conversation", "ticket_id")}
"""A ticket points to its conversation and that to its current ticket: this side is filled in when both are there."""
_AT_ONCE: Final = 1_000
_TABLES: Final = """
SELECT name FROM sqlite_master
WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_version' ORDER BY name"""
_COLUMNS: Final = "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid"
_POINTERS: Final = 'SELECT "table", "from" FROM pragma_foreign_key_list(?)'
_ROWS: Final = "SELECT {columns} FROM {table} ORDER BY {key}"
_COUNT: Final = "SELECT count(*) FROM {table}"
_LOCK: Final = "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"
_IS_EMPTY: Final = "SELECT NOT EXISTS (SELECT 1 FROM {table})"
_FILL_IN: Final = "UPDATE {table} SET {column} = $2 WHERE id = $1"
_TYPES: Final = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1"
_HIGHEST: Final = "SELECT seq FROM sqlite_sequence WHERE name = ?"
_GO_ON_BEHIND: Final = "SELECT setval(pg_get_serial_sequence($1, 'id'), $2)"

Row = tuple[Any, ...]
Progress = Callable[[str, int, int], None]
"""Hears the table, how many of its rows are copied, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`truths` are the places of the columns that PostgreSQL keeps as truth values, SQLite as 0 and 1."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    truths: frozenset[int]
    texts: frozenset[str]
    later: tuple[int, ...]


async def copy(source: str, target: str, progress: Progress) -> dict[str, int]:
    """Copy an SQLite file that nobody has open into an empty PostgreSQL database; returns the rows of each table.

    The target is brought to our schema first. Whatever goes wrong, and a difference of a single value, leaves it
    without rows. Raises `NotCopied`, `DatabaseInUse` or `UnusableDatabase`.
    """
    origin, goal = address_of(source), address_of(target)
    file = await _checked(origin, goal, source)
    try:
        return await _copied(file, goal, progress)
    except sqlite3.Error as error:
        raise UnusableDatabase(f"The database {origin.shown} cannot be read: {error}.") from error
    except BaseORMException as error:
        raise UnusableDatabase(f"The database {goal.shown} cannot be used: {error}.") from error


async def _copied(file: Path, goal: Address, progress: Progress) -> dict[str, int]:
    with ExitStack() as stack:
        stack.callback(os.close, take_lock(file))
        connection = stack.enter_context(closing(_opened(file)))
        await upgrade_postgres.upgrade(goal.dsn, known_migrations(Dialect.POSTGRES))
        async with session(goal.dsn) as there:
            with translated():
                async with there.transaction():
                    return await _Copy(connection, there, progress).run()


def _opened(file: Path) -> sqlite3.Connection:
    """Not `mode=ro`: a log that an unclean stop left behind has to be read, too."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)
    connection.execute("PRAGMA query_only = ON")
    return connection


async def _checked(origin: Address, goal: Address, source: str) -> Path:
    if origin.file is None or goal.dialect is not Dialect.POSTGRES:
        raise NotCopied("Data is copied from an SQLite file to a PostgreSQL database, in this direction only.")
    version, latest = await recorded_version(source), known_migrations()[-1].version
    if version is None:
        raise NotCopied(f"There is no data in {origin.shown}.")
    if version != latest:
        raise NotCopied(f"{origin.shown} has schema {version}, this program knows {latest}: run gise db upgrade first.")
    return origin.file


class _Copy:
    def __init__(self, here: sqlite3.Connection, there: Any, progress: Progress) -> None:
        self._here = here
        self._there = there
        self._progress = progress

    async def run(self) -> dict[str, int]:
        tables = [await self._described(name) for name in _in_order(self._here)]
        for table in tables:
            await self._there.execute(_LOCK.format(table=table.name))
            if not await self._there.fetchval(_IS_EMPTY.format(table=table.name)):
                raise NotCopied(f"The target has rows in {table.name} already; it must be empty.")
        counts = {table.name: await self._fill(table) for table in tables}
        for table in tables:
            await self._fill_in_later(table)
        for table in tables:
            await self._go_on_behind(table)
            await self._compare(table)
        return counts

    async def _described(self, name: str) -> Table:
        found = self._here.execute(_COLUMNS, (name,)).fetchall()
        columns = tuple(column for column, _ in found)
        types = {row["column_name"]: row["data_type"] for row in await self._there.fetch(_TYPES, name)}
        return Table(
            name=name,
            columns=columns,
            key=tuple(column for column, place in sorted(found, key=lambda each: int(each[1])) if place),
            truths=frozenset(place for place, column in enumerate(columns) if types[column] == "boolean"),
            texts=frozenset(column for column in columns if types[column] == "text"),
            later=tuple(place for place, column in enumerate(columns) if (name, column) in _LATER),
        )

    async def _fill(self, table: Table) -> int:
        total: int = self._here.execute(_COUNT.format(table=table.name)).fetchone()[0]
        self._progress(table.name, 0, total)

        async def records() -> AsyncIterator[Row]:
            for number, row in enumerate(self._rows_here(table), start=1):
                if number % _AT_ONCE == 0:
                    self._progress(table.name, number, total)
                    await asyncio.sleep(0)
                yield _typed(row, table)

        await self._there.copy_records_to_table(table.name, records=records(), columns=table.columns)
        self._progress(table.name, total, total)
        return total

    async def _fill_in_later(self, table: Table) -> None:
        for place in table.later:
            statement = _FILL_IN.format(table=table.name, column=table.columns[place])
            at = table.columns.index("id")
            filled = [(row[at], row[place]) for row in self._rows_here(table) if row[place] is not None]
            await self._there.executemany(statement, filled)

    async def _go_on_behind(self, table: Table) -> None:
        """Ids that were used once, by rows that are gone too, are not used again."""
        highest = self._here.execute(_HIGHEST, (table.name,)).fetchone()
        if highest and highest[0]:
            await self._there.execute(_GO_ON_BEHIND, table.name, highest[0])

    async def _compare(self, table: Table) -> None:
        here = _digest(_plain(row) for row in self._rows_here(table))
        there = hashlib.sha256()
        async for row in self._there.cursor(_select(table, Dialect.POSTGRES), prefetch=_AT_ONCE):
            there.update(_line(_plain(tuple(row))))
        if here != there.hexdigest():
            raise NotCopied(f"The rows of {table.name} are not the same in both; nothing was kept.")

    def _rows_here(self, table: Table) -> Iterator[Row]:
        return iter(self._here.execute(_select(table, Dialect.SQLITE)))


def _in_order(connection: sqlite3.Connection) -> list[str]:
    """The tables, each behind those it points to."""
    behind: dict[str, set[str]] = {}
    for (name,) in connection.execute(_TABLES).fetchall():
        pointers = connection.execute(_POINTERS, (name,)).fetchall()
        behind[name] = {to for to, column in pointers if to != name and (name, column) not in _LATER}
    return list(TopologicalSorter(behind).static_order())


def _select(table: Table, dialect: Dialect) -> str:
    """All rows in the order of their key, which both databases must see alike."""
    bytewise = ' COLLATE "C"' if dialect is Dialect.POSTGRES else ""
    key = ", ".join(f"{column}{bytewise if column in table.texts else ''}" for column in table.key)
    return _ROWS.format(columns=", ".join(table.columns), table=table.name, key=key)


def _typed(row: Row, table: Table) -> Row:
    """The row as PostgreSQL takes it, without what is filled in later."""
    return tuple(
        None if place in table.later else bool(value) if place in table.truths else value
        for place, value in enumerate(_plain(row))
    )


def _plain(row: Row) -> Row:
    """Truth values as numbers, and texts without the NUL that PostgreSQL cannot keep."""
    return tuple(
        int(value) if isinstance(value, bool) else value.replace("\x00", "\ufffd") if isinstance(value, str) else value
        for value in row
    )


def _digest(found: Iterable[Row]) -> str:
    digest = hashlib.sha256()
    for row in found:
        digest.update(_line(row))
    return digest.hexdigest()


def _line(row: Row) -> bytes:
    return f"{row!r}\n".encode()
