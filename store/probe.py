"""Whether the database still takes writes: one small row, committed like any other."""

from typing import Final

from tortoise.exceptions import BaseORMException

from store import bookmarks

FAILURES: Final = (BaseORMException, TimeoutError)
_HEALTH: Final = "health"


async def write(now: int) -> None:
    """Write and commit. Raises one of `FAILURES` where that is not possible."""
    await bookmarks.write(_HEALTH, now)
