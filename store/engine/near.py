"""A SQLite connection that answers within a transaction at once, and beside the event loop whatever may take long."""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any, Final, Self

import aiosqlite

from store.errors import primary_code

BEGIN: Final = "BEGIN IMMEDIATE"
"""Takes the write lock now, so that whoever waits does it here, under `busy_timeout`."""
_WEIGHT_OF_STATEMENT: Final = 10
_WEIGHT_IN_A_ROW: Final = 1_000
"""A statement weighs that much and one for each of its values; after so much, a few ms, others get their turn."""
_STATEMENTS_KEPT: Final = 512
_ROWS_AT_ONCE: Final = 64


class NearConnection(aiosqlite.Connection):
    """aiosqlite's thread for what waits: COMMIT for the disk, lone statements for that and for somebody else's lock.

    Within a transaction a statement takes some 20 µs; to hand it to a thread and back takes five times as long.
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
        self._handed_over = 0
        self._returned = 0  # counted in the thread, and what was handed over by its caller: each has one writer
        self.refusals = 0
        """How often somebody waited for a foreign lock in vain."""
        self.refusals_when_asked = 0
        """What `refusals` was when the one whose turn it is asked for it: of another one's wait since it has had its
        share, or all who wait in turn would wait for as long again, each.
        """

    @classmethod
    async def to(cls, file: str) -> Self:
        """Connect. Raises sqlite3's errors."""
        connection = cls(file)
        await connection
        connection.row_factory = sqlite3.Row
        return connection

    def begun_at_once(self) -> bool:
        """Begin a transaction, unless that means to wait; why it could not be is told where it is waited for."""
        if not self._is_idle():
            return False
        try:
            with self._no_patience():
                self._conn.execute(BEGIN)
        except sqlite3.OperationalError:
            return False
        return True

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._may_answer_here(*args):
            return fn(*args, **kwargs)
        hand_over: Callable[..., Awaitable[Any]] = super()._execute
        self._handed_over += 1
        self._weight = 0
        has_waited = self.refusals > self.refusals_when_asked
        return await hand_over(self._in_thread, has_waited, fn, *args, **kwargs)

    def _in_thread(self, has_waited: bool, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            with self._no_patience() if has_waited else nullcontext():
                return fn(*args, **kwargs)
        except sqlite3.OperationalError as refusal:
            self.refusals += primary_code(refusal) == sqlite3.SQLITE_BUSY
            raise
        finally:
            self._returned += 1

    @contextmanager
    def _no_patience(self) -> Iterator[None]:
        """Within it nobody is waited for."""
        patience = self._conn.execute("PRAGMA busy_timeout").fetchone()[0]
        try:
            self._conn.execute("PRAGMA busy_timeout = 0")
            yield
        finally:
            self._conn.execute(f"PRAGMA busy_timeout = {patience}")

    def _is_idle(self) -> bool:
        """Whether nothing is under way in the thread: whoever was cancelled left a statement there."""
        return self._handed_over == self._returned

    def _may_answer_here(self, statement: str = "", values: Any = (), *_: Any) -> bool:
        """Without a statement it is a rollback, a new cursor or the end."""
        if statement in {"", "COMMIT"} or not self._is_idle() or not self._conn.in_transaction:
            return False
        self._weight += _WEIGHT_OF_STATEMENT + len(values or ())
        return self._weight < _WEIGHT_IN_A_ROW
