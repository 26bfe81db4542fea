"""How long a download may take: a while in any case, longer only while bytes keep coming."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

SLOWEST = 16 * 1024
"""Bytes a second that buy a download more time; whoever sends less is a drip, not a slow line."""


@asynccontextmanager
async def patience(seconds: float, most: float) -> AsyncIterator[Callable[[int], None]]:
    """`seconds` at first, more for every byte reported to what this yields, `most` in all. Raises `TimeoutError`."""
    latest = asyncio.get_running_loop().time() + most
    async with asyncio.timeout(seconds) as deadline:

        def came(size: int) -> None:
            deadline.reschedule(min((deadline.when() or latest) + size / SLOWEST, latest))

        yield came
