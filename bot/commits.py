"""Group commit: whatever arrives while a commit is under way goes into the next one together."""

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")
Commit = Callable[[Sequence[T]], Awaitable[object]]

LARGEST = 256
"""Requests in one commit. More make it longer, not cheaper."""
MOST_WAITING = 4_096
"""Requests that may wait; whoever comes then is told to come again, before memory is what says no."""
WHILE_AWAY = 64
"""As `MOST_WAITING` after a commit that was hopeless, until one succeeds: requests on hold are memory, and platforms
repeat what they are told to.
"""

log = structlog.get_logger(__name__)


class Full(Exception):
    """Too many requests wait already; nothing was stored."""


@dataclass(slots=True)
class GroupCommit(Generic[T]):
    """One commit at a time, natural groups: no timer, so a lone request waits for nobody.

    `hopeless` tells of an error whether it says nothing about a single request: such a one is everybody's who waits,
    for each would only wait as long again to hear the same.
    """

    commit: Commit[T]
    hopeless: Callable[[Exception], bool] = lambda _: False
    most_waiting: int = MOST_WAITING
    _waiting: deque[tuple[T, asyncio.Future[None]]] = field(default_factory=deque)
    _away: bool = False
    _flusher: asyncio.Task[None] | None = None

    async def add(self, request: T) -> None:
        """Return once the request is committed. Raises `Full`, or what committing this very request raised."""
        if len(self._waiting) >= (WHILE_AWAY if self._away else self.most_waiting):
            raise Full
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((request, done))
        if self._flusher is None:  # a context of its own: no request's transaction is inherited
            self._flusher = asyncio.create_task(self._flush(), name="group-commit", context=contextvars.Context())
        await done

    async def _flush(self) -> None:
        group: list[tuple[T, asyncio.Future[None]]] = []
        try:
            while self._waiting:
                group = [self._waiting.popleft() for _ in range(min(LARGEST, len(self._waiting)))]
                await self._committed(group)
        except BaseException as end:  # of this very task: whoever waits must not wait for ever
            self._leave(group, end)
            raise
        finally:
            self._flusher = None

    def _leave(self, group: Sequence[tuple[T, asyncio.Future[None]]], end: BaseException) -> None:
        for _, done in (*group, *self._waiting):
            if isinstance(end, asyncio.CancelledError):
                done.cancel()
            elif not done.done():
                done.set_exception(end)
        self._waiting.clear()

    def _turn_away(self, group: Sequence[tuple[T, asyncio.Future[None]]], refused: Exception) -> None:
        if not self._away:  # told once: whoever comes while it lasts would fill the log's disk
            log.error("nothing can be committed", requests=len(group) + len(self._waiting), error=str(refused))
        self._away = True
        self._leave(group, refused)

    async def _committed(self, group: Sequence[tuple[T, asyncio.Future[None]]]) -> None:
        """All together; where that fails, the halves, so that a poison request fails alone."""
        error: Exception | None = None
        try:
            await self.commit([request for request, _ in group])
            self._away = False
        except Exception as refused:
            if self.hopeless(refused):
                self._turn_away(group, refused)
                return
            log.exception("a commit failed", requests=len(group))
            error = refused
        if error is not None and len(group) > 1:
            middle = len(group) // 2
            await self._committed(group[:middle])
            await self._committed(group[middle:])
            return
        for _, done in group:
            if done.done():  # whoever asked is gone
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
