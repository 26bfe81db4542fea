"""Rows of a model by constant SQL: what nearly every message looks up is not worth a query that is built each time."""

from typing import Any, TypeVar

from tortoise.models import Model

from store.sql import Statement, rows

M = TypeVar("M", bound=Model)


async def every(model: type[M], statement: Statement, *values: Any) -> list[M]:
    """What the statement, a `SELECT *` from the model's table, finds, in its order."""
    return [model._init_from_db(**row) for row in await rows(statement, *values)]


async def one(model: type[M], statement: Statement, *values: Any) -> M | None:
    """The first of what the statement finds."""
    found = await every(model, statement, *values)
    return found[0] if found else None
