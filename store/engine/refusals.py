"""What asyncpg and PostgreSQL raise, in the words of Tortoise and of the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError, TransactionManagementError

from store.errors import Conflict

_RACES: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
_GONE: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.PostgresSystemError,
    OSError,
)
"""The server went away, is starting, is full, or only reads for now; it says nothing about the statement."""


@contextmanager
def translated() -> Iterator[None]:
    """Raises `Conflict` for a lost race, `DBConnectionError` for a server that cannot be reached, else Tortoise's own.

    The sentences are the server's or the driver's; neither quotes a password, nor the row that was refused.
    """
    try:
        with _without_details():
            yield
    except _RACES as error:
        raise Conflict(f"Somebody else was faster: {error}") from error
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(error) from error
    except asyncpg.ReadOnlySQLTransactionError as error:
        raise DBConnectionError(f"The database takes nothing: {error}") from error
    except asyncpg.IdleInTransactionSessionTimeoutError as error:
        raise DBConnectionError(f"The session stood still for too long: {error}") from error
    except asyncpg.InvalidTransactionStateError as error:
        raise TransactionManagementError(error) from error
    except TimeoutError as error:
        raise DBConnectionError("The database did not answer in time.") from error
    except _GONE as error:
        if isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError):
            raise OperationalError(error) from error  # a value of the wrong type, found by the driver
        raise DBConnectionError(f"The database cannot be reached: {error}") from error
    except asyncpg.PostgresError as error:
        raise OperationalError(error) from error


@contextmanager
def _without_details() -> Iterator[None]:
    """PostgreSQL quotes in them what people wrote, and errors are logged."""
    try:
        yield
    except asyncpg.PostgresError as error:
        error.detail = None
        raise
