"""A process that dies, or a call that fails, at one chosen step: every statement and every call out is counted."""

import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from tortoise.backends.sqlite.client import SqliteClient

from bot.domain.errors import SendError
from store import db
from store.sql import client
from tests.fakes import Call
from tests.proofs.simulation_connection import Threadless, refusal
from tests.proofs.simulation_platform import Platforms

T = TypeVar("T")

_WRITES: Final = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b")
_UNKNOWN: Final = SendError(key="send-error-unknown-outcome", certain=False, retryable=True)
_UNREACHABLE: Final = SendError(key="send-error-network", certain=True, retryable=True)


class Killed(BaseException):
    """The process is gone. Whatever of it still moves gets this at its next step, and does nothing more."""


class Blow(StrEnum):
    """What happens at the step."""

    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    FAILS = "fails"
    """The database refuses the statement, or the platform cannot be reached."""
    LOST_BEFORE = "lost before"
    """The call never arrives, and nobody says so."""
    LOST_AFTER = "lost after"
    """The call is taken, and its answer is lost."""


class Where(StrEnum):
    STATEMENT = "statement"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Point:
    """The `number`-th statement or call, from 1."""

    where: Where
    number: int
    blow: Blow


@dataclass(slots=True)
class Fate:
    """Counts steps while it is awake, and strikes at the point, once. `commits` are the statements that ended one."""

    point: Point | None = None
    awake: bool = False
    dead: bool = False
    struck: bool = False
    statements: int = 0
    calls: int = 0
    commits: list[int] = field(default_factory=list)

    @contextmanager
    def wakes(self) -> Iterator[None]:
        """What happens meanwhile is the process's doing and counts; outside of it people only look."""
        self.awake = True
        try:
            yield
        finally:
            self.awake = False

    def counts(self, where: Where) -> Blow | None:
        """One more step; returns what happens at it."""
        if self.dead:
            raise Killed
        if not self.awake:
            return None
        number = self.statements if where is Where.STATEMENT else self.calls
        number += 1
        if where is Where.STATEMENT:
            self.statements = number
        else:
            self.calls = number
        if self.point is None or (self.point.where, self.point.number) != (where, number):
            return None
        self.struck = True
        return self.point.blow

    def dies(self) -> None:
        self.dead = True
        raise Killed


class MortalConnection(Threadless):
    """A connection to a file. Its process may die; then the file stays as it lies there."""

    def __init__(self, connection: sqlite3.Connection, file: Path, fate: Fate) -> None:
        super().__init__(connection)
        self._file = file
        self._fate = fate
        self._changes = connection.total_changes

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if fn == self._conn.close:
            return self._close()
        blow = self._fate.counts(Where.STATEMENT)
        if blow is Blow.KILLED_BEFORE:
            self._fate.dies()
        if blow is Blow.FAILS:
            raise refusal("disk I/O error", sqlite3.SQLITE_IOERR)
        result = fn(*args, **kwargs)
        if not self._conn.in_transaction and self._conn.total_changes > self._changes:
            self._changes = self._conn.total_changes
            self._fate.commits.append(self._fate.statements)
        if blow is Blow.KILLED_AFTER:
            self._fate.dies()
        return result

    def _close(self) -> None:
        """A dead process carries nothing home from the log: its files are put back as they were."""
        files = [self._file, self._file.with_name(f"{self._file.name}-wal")] if self._fate.dead else []
        left = {file: file.read_bytes() for file in files if file.exists()}
        self._conn.close()
        for file, content in left.items():
            file.write_bytes(content)


async def opened(file: Path, fate: Fate) -> None:
    """Open the database as the product does, then go on over a connection that may die."""
    await db.open_database(f"sqlite://{file}")
    current = client()
    if not isinstance(current, SqliteClient):
        raise TypeError("The proofs know SQLite only.")
    await current.close()
    connection = sqlite3.connect(file, isolation_level=None)
    connection.row_factory = sqlite3.Row
    for pragma, value in {**current.pragmas, "synchronous": "OFF"}.items():
        connection.execute(f"PRAGMA {pragma}={value}")
    current._connection = MortalConnection(connection, file, fate)


class MortalPlatforms(Platforms):
    """Platforms without moods: one call may fail, or the caller may die around it."""

    fate: Fate

    async def take(self, channel: str, call: Call) -> None:
        blow = self.fate.counts(Where.CALL)
        if blow is Blow.KILLED_BEFORE:
            self.fate.dies()
        if blow is Blow.FAILS:
            raise _UNREACHABLE
        if blow is Blow.LOST_BEFORE:
            raise _UNKNOWN
        await super().take(channel, call)
        if blow is Blow.KILLED_AFTER:
            self.fate.dies()
        if blow is Blow.LOST_AFTER:
            raise _UNKNOWN


async def survived(work: Callable[[], Awaitable[None]]) -> bool:
    """Whether the process lived through this."""
    alive = True
    try:
        await work()
    except* Killed:
        alive = False
    return alive
