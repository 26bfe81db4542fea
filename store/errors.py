"""What the store refuses, each with what the caller shall do about it."""

import sqlite3
from typing import Final

from tortoise.exceptions import DBConnectionError, OperationalError

from bot.domain.errors import GiseError

_GONE: Final = (DBConnectionError, OSError, TimeoutError)
UNAVAILABLE: Final = (OperationalError, *_GONE)
"""What is raised where the database cannot be used for now; of the first only some say so (`is_unavailable`)."""

_PASSING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)
"""SQLite's codes for a file that cannot be used for now; anything else it says is about the statement."""
_PRIMARY: Final = 0xFF
"""An extended code of SQLite's carries the primary one in its lowest byte."""


def primary_code(refusal: sqlite3.Error) -> int:
    """SQLite's own code; 0 where Python's module refused."""
    return getattr(refusal, "sqlite_errorcode", 0) & _PRIMARY


def is_unavailable(error: Exception) -> bool:
    """Whether the database cannot be used for now, so that trying later is all there is to do.

    Its words are no help: a refusal may quote what a person wrote.
    """
    refusal = next(iter(error.args), error) if isinstance(error, OperationalError) else error
    if isinstance(refusal, sqlite3.Error):
        return primary_code(refusal) in _PASSING
    return isinstance(error, _GONE)


def is_away(error: Exception) -> bool:
    """As `is_unavailable`, and surely said by the database: not by a file, nor by somebody else's connection."""
    return isinstance(error, (OperationalError, DBConnectionError, sqlite3.Error)) and is_unavailable(error)


class Conflict(GiseError):
    """A unique index or a version guard refused: retry the whole use case."""


class LeaseLost(GiseError):
    """The claimed row is no longer the claimer's: roll back and leave it to its new owner."""


class DatabaseInUse(GiseError):
    """Another process (or another handle of this one) has the database open."""


class UnusableDatabase(GiseError):
    """The address names no database we can work with; the message says what to do."""


class NotCopied(GiseError):
    """Nothing was copied from one database to the other; the message says why."""
