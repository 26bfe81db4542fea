"""What the store refuses, each with what the caller shall do about it."""

from bot.domain.errors import GiseError


class Conflict(GiseError):
    """A unique index or a version guard refused: retry the whole use case."""


class LeaseLost(GiseError):
    """The claimed row is no longer the claimer's: roll back and leave it to its new owner."""


class DatabaseInUse(GiseError):
    """Another process (or another handle of this one) has the database open."""


class UnusableDatabase(GiseError):
    """The address names no database we can work with; the message says what to do."""
