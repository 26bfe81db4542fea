"""Tortoise's PostgreSQL engine, made safe against cancellation and strangers in a transaction.

Stock Tortoise 1.1.9 loses a connection of the pool for good whenever a task is cancelled between getting it and the
first statement, or while it gives it back; and it asks the server to reset the session after each statement.
"""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, cast

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import ConnectionWrapper, TransactionalDBClient, TransactionContext
from tortoise.connection import ConnectionToken, get_connections
from tortoise.exceptions import BaseORMException, TransactionManagementError

from store.engine.completed import completed
from store.engine.ownership import OwnedTransaction
from store.engine.refusals import translated
from store.errors import Conflict

MOST_CONNECTIONS: Final = 8
_CONNECT_SECONDS: Final = 10.0
_COMMAND_SECONDS: Final = 60.0
_STATEMENTS_KEPT: Final = 512
_SETTINGS: Final = {
    "application_name": "gise",
    # A worker that stands still, or whose machine is gone, must not keep its locks for longer than its leases.
    "idle_in_transaction_session_timeout": "3000",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
_NUL: Final = "\x00"


class Translating(AsyncpgDBClient):
    """Errors in our words, and texts that PostgreSQL can keep."""

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        with translated():
            return await func(self, *(_storable(each) for each in args), **kwargs)


def _storable(values: Any) -> Any:
    """PostgreSQL refuses NUL in a text, and no person can have meant to write one."""
    if not isinstance(values, list):
        return values
    return [
        each.replace(_NUL, "\N{REPLACEMENT CHARACTER}") if isinstance(each, str) and _NUL in each else each
        for each in values
    ]


class SafePostgresClient(Translating):
    """A small pool. Sessions carry no state: what needs some (listening, advisory locks) has its own connection."""

    def __init__(self, dsn: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._dsn = dsn
        self.turn = asyncio.Lock()
        """Of those in this process who must not look past each other; here, for a lock belongs to one event loop."""

    async def create_connection(self, with_db: bool) -> None:
        """Raises `DBConnectionError`. `with_db` is for making databases, which is not ours to do."""
        del with_db
        with translated():
            self._pool = await asyncpg.create_pool(
                self._dsn,
                min_size=1,
                max_size=MOST_CONNECTIONS,
                reset=_nothing_to_reset,
                timeout=_CONNECT_SECONDS,
                command_timeout=_COMMAND_SECONDS,
                statement_cache_size=_STATEMENTS_KEPT,
                server_settings=_SETTINGS,
            )
        await self._post_connect()

    async def execute_many(self, query: str, values: list[Any]) -> None:
        """All rows or none, also when the caller is cancelled."""
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)

    def _in_transaction(self) -> TransactionContext:
        return WholeTransaction(self)

    async def lend(self) -> Any:
        """A connection of the pool. Raises `DBConnectionError`."""
        async with self._pool_init_lock:
            if self._pool is None:
                await self.create_connection(with_db=True)
        with translated():
            return await cast("asyncpg.Pool[Any]", self._pool).acquire()

    async def take_back(self, connection: Any) -> None:
        """The connection is free again, or is replaced where it is broken."""
        if self._pool is not None:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await self._pool.release(connection)


async def _nothing_to_reset(connection: object) -> None:
    """Instead of a round trip after each statement."""
    del connection


class SafeTransaction(OwnedTransaction, Translating, TransactionWrapper):
    """A client that lives as long as one transaction and serves only the task that opened it."""

    def __init__(self, parent: SafePostgresClient, connection: Any) -> None:
        super().__init__(parent)
        self._connection = connection
        self.fetch_inserted = parent.fetch_inserted
        self._lost: Conflict | None = None
        self.belongs_to_this_task()

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        self.refuse_strangers()
        if self._lost is not None:
            raise self._begin_anew() from self._lost
        return super().acquire_connection()

    async def execute_many(self, query: str, values: list[Any]) -> None:
        """To its end, cancelled or not: asyncpg 0.32 stops in mid-stream then, and the server waits for the rest."""
        await self._translate_exceptions(_all_of_them, query, values)

    def _begin_anew(self) -> Conflict:
        return Conflict("This transaction lost a race and must be begun anew.")

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super()._translate_exceptions(func, *args, **kwargs)
        except Conflict as error:
            self._lost = self._lost or error
            raise

    async def begin(self) -> None:
        """One view of the data from here on; whoever writes what was changed meanwhile gets a `Conflict`."""
        await self.plainly("BEGIN ISOLATION LEVEL REPEATABLE READ")

    async def commit(self) -> None:
        """Raises `Conflict` or `TransactionManagementError` where a statement had failed: then nothing is kept."""
        if self._lost is not None:
            await self.rollback()
            raise self._begin_anew() from self._lost
        self._finalized = True
        with translated():
            ended = await self._connection.execute("COMMIT")
        if ended != "COMMIT":  # the server rolls a failed transaction back without calling that an error
            raise TransactionManagementError("A statement had failed, so nothing of the transaction was kept.")

    async def rollback(self) -> None:
        self._finalized = True
        with suppress(BaseORMException):  # a connection that broke has rolled back by itself
            await self.plainly("ROLLBACK")

    async def plainly(self, statement: str) -> None:
        """Run a statement of transaction control."""
        with translated():
            await self._connection.execute(statement)


async def _all_of_them(transaction: SafeTransaction, query: str, values: list[Any]) -> None:
    async with transaction.acquire_connection() as connection:
        await completed(connection.executemany(query, values))


class WholeTransaction(TransactionContext):
    """BEGIN to COMMIT or ROLLBACK on one connection of the pool, which is given back whatever happens."""

    def __init__(self, parent: SafePostgresClient) -> None:
        self._parent = parent
        self._token: ConnectionToken | None = None
        self._transaction: SafeTransaction | None = None

    async def __aenter__(self) -> TransactionalDBClient:
        connection = await self._parent.lend()
        transaction = SafeTransaction(self._parent, connection)
        try:
            await completed(transaction.begin())
        except BaseException:
            await completed(self._end(transaction, commits=False))
            raise
        self._transaction = transaction
        self._token = get_connections().set(transaction.connection_name, transaction)
        return transaction

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        if self._transaction is None:
            return
        try:
            get_connections().reset(self._token)
        finally:
            await completed(self._end(self._transaction, commits=exc_type is None))

    async def _end(self, transaction: SafeTransaction, *, commits: bool) -> None:
        try:
            await (transaction.commit() if commits else transaction.rollback())
        finally:
            await self._parent.take_back(transaction._connection)


client_class = SafePostgresClient
