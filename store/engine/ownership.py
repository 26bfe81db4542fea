"""A transaction belongs to the task that opened it; inside it others are savepoints. The same on every database."""

import asyncio
from types import TracebackType
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.exceptions import TransactionManagementError

from store.engine.completed import completed


class OwnedTransaction(TransactionalDBClient):
    """A client that lives as long as one transaction and serves only the task that made it."""

    def belongs_to_this_task(self) -> None:
        self._owner: asyncio.Task[Any] | None = asyncio.current_task()
        self._savepoints = 0

    def refuse_strangers(self) -> None:
        """Raises `TransactionManagementError` for a task that only inherited this transaction."""
        if self._finalized:
            raise TransactionManagementError("This transaction has ended; start background work with store.db.spawn.")
        if asyncio.current_task() is not self._owner:
            raise TransactionManagementError("This transaction is another task's; start tasks with store.db.spawn.")

    def new_savepoint(self) -> str:
        self._savepoints += 1
        return f"inner_{self._savepoints}"

    async def plainly(self, statement: str) -> None:
        """Run a statement of transaction control."""
        raise NotImplementedError

    def _in_transaction(self) -> TransactionContext:
        return InnerTransaction(self)


class InnerTransaction(TransactionContext):
    """A savepoint of a transaction that is open already."""

    def __init__(self, transaction: OwnedTransaction) -> None:
        self._transaction = transaction
        self._name = transaction.new_savepoint()

    async def __aenter__(self) -> TransactionalDBClient:
        self._transaction.refuse_strangers()
        await completed(self._transaction.plainly(f"SAVEPOINT {self._name}"))
        return self._transaction

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        if exc_type:
            await completed(self._transaction.plainly(f"ROLLBACK TO {self._name}"))
        await completed(self._transaction.plainly(f"RELEASE {self._name}"))
