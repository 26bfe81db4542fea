"""What every caller of the store does after a lost race: the whole again."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from store.errors import Conflict

T = TypeVar("T")
_MOST: Final = 200


async def at_last(attempt: Callable[[], Awaitable[T]]) -> T:
    """The attempt's result once nobody was faster. On SQLite, where writers queue, that is the first."""
    for _ in range(_MOST):
        try:
            return await attempt()
        except Conflict:
            continue
    raise AssertionError(f"{_MOST} attempts were not enough")
