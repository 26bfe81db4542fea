"""Constant SQL on the current connection or transaction, for the paths where building a query costs too much."""

from typing import Any, Final

from tortoise.connection import get_connection

CONNECTION: Final = "sqlite"
"""Tortoise caches SQL by connection name and table, so the name tells the dialect."""


async def rows(statement: str, *values: Any) -> list[dict[str, Any]]:
    """Run one statement; returns what it selects or, with RETURNING, what it changed."""
    return await get_connection(CONNECTION).execute_query_dict(statement, list(values))


async def changed(statement: str, *values: Any) -> int:
    """Run one statement that ends in `RETURNING`; returns how many rows it touched."""
    return len(await rows(statement, *values))
