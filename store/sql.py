"""Constant SQL on the current connection or transaction, for the paths where building a query costs too much.

A statement is written once for SQLite and PostgreSQL (`store.dialect` puts it into the words of either):

- Parameters are `?` in the order of the values, or `?1`, `?2` …; one statement uses one of the two ways.
- A list is one parameter that holds a JSON array: `x IN texts(?4)`, `x NOT IN numbers(?)`. As a table:
  `FROM positions(?) AS wanted` has the columns `key` (from 0) and `value` (text); `FROM entries(?) AS wanted`, of a
  JSON object whose values are whole numbers, has its `key` and `value`. No escaped NUL may be in them.
- Truth values are TRUE and FALSE in the text and `bool` as values: `told = FALSE`, and
  `count(*) FILTER (WHERE state = 'claimed') = 0` where an aggregate of them is meant. Read them with `bool(…)`.
- A claim ends its innermost SELECT on one table with `skip_locked()`, and has that SELECT in a
  `WITH … AS MATERIALIZED (…)`, so that it runs once: rows somebody else is just claiming are left out.
- PostgreSQL finds the type of a parameter by its neighbours. Where there is none that has a type (`?1 + ?2`, the arms
  of a CASE) say `CAST(? AS TEXT)` or `CAST(? AS BIGINT)`. It also is strict: a number is no text.
- In an upsert the old row's columns are named with the table (`counter.value + 1`), a table in FROM that is a
  sub-select has an alias, and `ON CONFLICT … DO UPDATE` names its columns.
- Within a transaction a refused statement ends everything but the rollback (PostgreSQL): what may be refused and go on
  runs in an inner `db.transaction()`.
- What cannot be said in one text is a `Dialects(sqlite=…, postgres=…)`.

Outside of a transaction a statement is a commit of its own. Lost races (`40001`, `40P01`) are `store.errors.Conflict`.
"""

from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import require_context

from store.dialect import Dialect, Dialects, Statement, spoken
from store.engine.sqlite import SafeSqliteClient

__all__ = ["Dialects", "Statement", "changed", "client", "dialect", "look", "rows"]


def client() -> BaseDBAsyncClient:
    """The open database, or the transaction this task is in."""
    connections = require_context().connections
    return connections.get(next(iter(connections.db_config)))


def dialect() -> Dialect:
    """Which database is open."""
    return Dialect(client().connection_name)


async def rows(statement: Statement, *values: Any) -> list[dict[str, Any]]:
    """Run one statement; returns what it selects or, with RETURNING, what it changed."""
    current = client()
    return await current.execute_query_dict(spoken(statement, Dialect(current.connection_name)), list(values))


async def look(statement: Statement, *values: Any) -> list[dict[str, Any]]:
    """Run a query that shall wait for nobody's transaction; within a transaction of one's own, a part of that."""
    current = client()
    if isinstance(current, SafeSqliteClient) and current.reader is not None:
        found: list[dict[str, Any]] = await current.reader.execute_query_dict(
            spoken(statement, Dialect.SQLITE), list(values)
        )
        return found
    return await rows(statement, *values)


async def changed(statement: Statement, *values: Any) -> int:
    """Run one statement that ends in `RETURNING`; returns how many rows it touched."""
    return len(await rows(statement, *values))
