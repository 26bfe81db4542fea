"""Whether the database still takes writes: one small row, committed like any other."""

from typing import Final

from tortoise.exceptions import BaseORMException

from store.sql import rows

FAILURES: Final = (BaseORMException, TimeoutError)
_WRITE: Final = (
    "INSERT INTO bookmark (name, value) VALUES ('health', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


async def write(now: int) -> None:
    """Write and commit. Raises one of `FAILURES` where that is not possible."""
    await rows(_WRITE, now)
