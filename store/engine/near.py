"""A SQLite connection that answers within a transaction at once, and beside the event loop whatever may take long."""

import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, Self

import aiosqlite

_WEIGHT_OF_STATEMENT: Final = 10
_WEIGHT_IN_A_ROW: Final = 1_000
"""A statement weighs that much and one for each of its values; after so much, a few ms, others get their turn."""
_STATEMENTS_KEPT: Final = 512
_ROWS_AT_ONCE: Final = 64


class NearConnection(aiosqlite.Connection):
    """aiosqlite's thread for what waits: BEGIN for a lock, COMMIT for the disk, lone statements for both.

    Between BEGIN and COMMIT a statement takes some 20 µs; to hand it to a thread and back takes five times as long.
    """

    def __init__(self, file: str) -> None:
        connect = partial(
            sqlite3.connect,
            file,
            isolation_level=None,
            check_same_thread=False,  # two threads, but never two at a time
            cached_statements=_STATEMENTS_KEPT,
        )
        super().__init__(connect, _ROWS_AT_ONCE)
        self._weight = 0

    @classmethod
    async def to(cls, file: str) -> Self:
        """Connect. Raises sqlite3's errors."""
        connection = cls(file)
        await connection
        connection.row_factory = sqlite3.Row
        return connection

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._may_answer_here(*args):
            return fn(*args, **kwargs)
        hand_over: Callable[..., Awaitable[Any]] = super()._execute
        answer = await hand_over(fn, *args, **kwargs)
        self._weight = 0  # not where the caller was cancelled: what may still run in the thread is queued behind
        return answer

    def _may_answer_here(self, statement: str = "", values: Any = (), *_: Any) -> bool:
        """Without a statement it is a rollback, a new cursor or the end."""
        if statement in {"", "COMMIT"} or not self._conn.in_transaction:
            return False
        self._weight += _WEIGHT_OF_STATEMENT + len(values or ())
        return self._weight < _WEIGHT_IN_A_ROW
