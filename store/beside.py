"""Looking into a database beside whoever has it open: read-only, without lock, upgrade or ORM."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from tortoise.exceptions import BaseORMException

from store.address import address_of
from store.dialect import Dialect, Statement, spoken
from store.errors import UnusableDatabase


class Read(Protocol):
    """Runs a query that is written as `store.sql` says."""

    def __call__(self, statement: Statement, *values: Any) -> Awaitable[Sequence[Mapping[str, Any]]]: ...


@asynccontextmanager
async def beside(url: str) -> AsyncIterator[Read]:
    """A connection for looking. Raises `UnusableDatabase` where there is nothing to be read."""
    address = address_of(url)
    try:
        async with _file(address.file) if address.dialect is Dialect.SQLITE else _server(address.dsn) as read:
            yield read
    except (sqlite3.Error, BaseORMException) as error:
        raise UnusableDatabase(f"The database {address.shown} cannot be read: {error}.") from error


async def recorded_version(url: str) -> int | None:
    """The schema of a database; `None` where there is nothing yet. Raises `UnusableDatabase`."""
    file = address_of(url).file
    if file is not None and (not file.exists() or not file.stat().st_size):
        return None
    async with beside(url) as read:
        if file is None:
            version: int = await import_module("store.upgrade_postgres").schema_version(read)
            return version or None
        return int((await read("SELECT max(version) AS version FROM schema_version"))[0]["version"] or 0)


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


@asynccontextmanager
async def _file(file: Path | None) -> AsyncIterator[Read]:
    if file is None:
        raise UnusableDatabase("A database in memory is its own process's.")
    with closing(_opened(file)) as connection:
        connection.row_factory = sqlite3.Row

        async def read(statement: Statement, *values: Any) -> Sequence[Mapping[str, Any]]:
            return [dict(row) for row in connection.execute(spoken(statement, Dialect.SQLITE), values)]

        yield read


@asynccontextmanager
async def _server(dsn: str) -> AsyncIterator[Read]:
    async with import_module("store.engine.session").session(dsn, default_transaction_read_only="on") as connection:

        async def read(statement: Statement, *values: Any) -> Sequence[Mapping[str, Any]]:
            with import_module("store.engine.refusals").translated():
                found: Sequence[Mapping[str, Any]] = await connection.fetch(
                    spoken(statement, Dialect.POSTGRES), *values
                )
            return found

        yield read
