"""Something in the sandbox changed: wakes tests and pages that wait for it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Found = TypeVar("Found")


class Changes:
    """A counter that people can wait on; shared by both servers and the page, on one event loop."""

    def __init__(self) -> None:
        self.version = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def changed(self) -> None:
        """Count one change and wake everyone who waits."""
        self.version += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def after(self, version: int) -> int:
        """Wait until there was a change later than `version`; return the newest version."""
        while self.version <= version:
            await self._next()
        return self.version

    def wait_for(
        self, predicate: Callable[[], Found | None], timeout: float = 5.0, *, what: str = "a change"
    ) -> Coroutine[Any, Any, Found]:
        """Await the predicate's first truthy value, asked at every change.

        Raises TimeoutError naming `what` (and the last value) when `timeout` seconds pass without one.
        """
        return self._found(predicate, timeout, what)

    async def _found(self, predicate: Callable[[], Found | None], seconds: float, what: str) -> Found:
        found = predicate()
        try:
            async with asyncio.timeout(seconds):
                while not found:
                    await self._next()
                    found = predicate()
        except TimeoutError:
            raise TimeoutError(f"waited {seconds:g} s for {what}, last seen: {found!r}") from None
        return found

    async def _next(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)
