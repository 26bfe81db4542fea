"""Tortoise's SQLite engine, made safe against cancellation, late locks and strangers in a transaction.

Stock Tortoise 1.1.9 leaks its connection lock when a task is cancelled while it enters a transaction, begins deferred
(so a later write fails at once instead of waiting), and lets a task that was born inside a transaction write into
whatever transaction is open later, to be lost with its rollback.
"""

import sqlite3
from contextlib import suppress
from types import TracebackType
from typing import Any

from tortoise.backends.base.client import ConnectionWrapper, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper, translate_exceptions
from tortoise.connection import ConnectionToken, get_connections
from tortoise.exceptions import IntegrityError, OperationalError

from store.engine.completed import completed
from store.engine.near import BEGIN, NearConnection
from store.engine.ownership import OwnedTransaction


class QuickRows(SqliteClient):
    """`dict(row)` looks for each name among all names of the row; a ticket has 33."""

    @translate_exceptions
    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        async with self.acquire_connection() as connection:
            self.log.debug("%s: %s", query, values)
            found = await connection.execute_fetchall(query, values)
        names = found[0].keys() if found else ()
        return [dict(zip(names, row, strict=True)) for row in found]


class SafeSqliteClient(QuickRows):
    """The one writer connection of the process, and beside it one that only looks: it waits for no transaction."""

    _connection: NearConnection | None
    reader: QuickRows | None = None
    """Of a file; a database in memory has one connection and no more."""

    async def create_connection(self, with_db: bool) -> None:
        if self._connection is None:
            self._connection = await NearConnection.to(self.filename)
            for pragma, value in self.pragmas.items():
                await self._connection.execute_fetchall(f"PRAGMA {pragma}={value}")
            await self._post_connect()
        if self.reader is None and self.filename != ":memory:":
            looking = {**self.pragmas, "cache_size": -2048, "query_only": "ON"}
            self.reader = QuickRows(self.filename, connection_name=self.connection_name, **looking)
            await self.reader.create_connection(with_db)

    async def close(self) -> None:
        """The writer last, because the last one to go tidies up the log."""
        reader, self.reader = self.reader, None
        if reader is not None:
            await reader.close()
        await super().close()

    @property
    def refusals(self) -> int:
        """How often somebody waited for a foreign lock in vain."""
        return self._connection.refusals if self._connection else 0

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        return LoneTurn(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return WholeTransaction(self)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """All rows or none, also when the caller is cancelled."""
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)


class LoneTurn(ConnectionWrapper[Any]):
    """The connection for one statement."""

    client: SafeSqliteClient

    async def __aenter__(self) -> NearConnection:
        refusals = self.client.refusals
        connection: NearConnection = await super().__aenter__()
        connection.refusals_when_asked = refusals
        return connection


class SafeTransaction(OwnedTransaction, QuickRows, SqliteTransactionWrapper):
    """A client that lives as long as one transaction and serves only the task that opened it.

    `refusals` is how many of them there were when it was asked for.
    """

    _connection: NearConnection

    def __init__(self, connection: SafeSqliteClient, refusals: int) -> None:
        super().__init__(connection)
        self._connection.refusals_when_asked = refusals
        self.belongs_to_this_task()

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        self.refuse_strangers()
        return super().acquire_connection()

    def begun_at_once(self) -> bool:
        """Begin, unless that means to wait."""
        return self._connection.begun_at_once()

    async def begin(self) -> None:
        """Begin, waiting for whoever has the lock."""
        await self.plainly(BEGIN)

    async def commit(self) -> None:
        try:
            await self.plainly("COMMIT")
        except BaseException:
            await self._connection.rollback()
            raise
        finally:
            self._finalized = True

    async def rollback(self) -> None:
        try:
            await self._connection.rollback()
        finally:
            self._finalized = True

    async def plainly(self, statement: str) -> None:
        """Run a statement of transaction control; the cursor is born and dies in the connection's own thread."""
        try:
            await self._connection.execute_fetchall(statement)
        except sqlite3.IntegrityError as error:
            raise IntegrityError(error) from error
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error


class WholeTransaction(TransactionContext):
    """BEGIN IMMEDIATE to COMMIT or ROLLBACK, holding the connection's lock from first to last."""

    def __init__(self, parent: SafeSqliteClient) -> None:
        self._parent = parent
        self._token: ConnectionToken | None = None
        self._transaction: SafeTransaction | None = None

    async def __aenter__(self) -> TransactionalDBClient:
        refusals = self._parent.refusals
        await self._parent._lock.acquire()
        try:
            if self._parent._connection is None:
                await completed(self._parent.create_connection(with_db=True))
            transaction = SafeTransaction(self._parent, refusals)
            if not transaction.begun_at_once():
                await completed(transaction.begin())
        except BaseException:
            await self._abandon()
            raise
        self._transaction = transaction
        self._token = get_connections().set(transaction.connection_name, transaction)
        return transaction

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        transaction = self._transaction
        if transaction is None:
            return
        try:
            get_connections().reset(self._token)
        finally:
            try:
                await completed(transaction.rollback() if exc_type else transaction.commit())
            finally:
                self._parent._lock.release()

    async def _abandon(self) -> None:
        """Leave nothing open behind an entry that failed or was cancelled half-way."""
        connection = self._parent._connection
        try:
            if connection is not None:
                with suppress(sqlite3.Error):
                    await completed(connection.rollback())
        finally:
            self._parent._lock.release()


client_class = SafeSqliteClient
