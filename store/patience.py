"""Writing down what must not be forgotten: again and again, until the database takes it."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import chain, repeat
from typing import Final, TypeVar

import structlog

from store.errors import Conflict, is_unavailable

T = TypeVar("T")

_PAUSES: Final = (0.0, 0.0, 0.05, 0.1)
_LONGEST_PAUSE: Final = 0.25
"""Seconds between two tries: short, because what is written then lets somebody go on who waits."""
_MOST_RACES: Final = 20

log = structlog.get_logger(__name__)


async def until_taken(write: Callable[[], Awaitable[T]]) -> T:
    """Do `write`, a commit that may be done again, until the database can be used; a race is lost only so often.

    Whatever else is wrong with it is raised.
    """
    tries = enumerate(chain(_PAUSES, repeat(_LONGEST_PAUSE)), start=1)
    while True:
        number, pause = next(tries)
        try:
            return await write()
        except Exception as error:
            if not (is_unavailable(error) or (isinstance(error, Conflict) and number < _MOST_RACES)):
                raise
            if number == 1:
                log.warning("the database takes nothing", error=type(error).__name__)
        await asyncio.sleep(pause)
