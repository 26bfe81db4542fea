"""What the store refuses, each with what the caller shall do about it."""

from typing import Final

from tortoise.exceptions import DBConnectionError, OperationalError

from bot.domain.errors import GiseError

UNAVAILABLE: Final = (OperationalError, DBConnectionError, OSError, TimeoutError)
"""The database cannot be used for now: locked, full, gone. It says nothing about what was to be stored."""

_PASSING: Final = ("locked", "full", "i/o", "unable to open", "readonly")
"""What SQLite says of a file that cannot be used for now; anything else it says is about the statement."""


def is_unavailable(error: Exception) -> bool:
    """Whether the database cannot be used for now, so that trying later is all there is to do."""
    if isinstance(error, OperationalError):
        return any(word in str(error).lower() for word in _PASSING)
    return isinstance(error, UNAVAILABLE)


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
