"""A connection to PostgreSQL that is no part of the pool, for whatever needs a session of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg

from store.engine.refusals import translated

_CONNECT_SECONDS: Final = 10.0


@asynccontextmanager
async def session(dsn: str, **settings: str) -> AsyncIterator[Any]:
    """Locks and settings end with it. Raises `DBConnectionError` or `OperationalError` where it cannot be had."""
    with translated():
        connection = await asyncpg.connect(
            dsn, timeout=_CONNECT_SECONDS, server_settings={"application_name": "gise session", **settings}
        )
    try:
        yield connection
    finally:
        connection.terminate()
