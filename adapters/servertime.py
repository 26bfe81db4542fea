"""What time a platform's server has, by its HTTP `Date` header."""

import asyncio
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime

import aiohttp

from bot.domain.troubles import Trouble

ALLOWED_SECONDS = 60.0


async def server_time(url: str, *, timeout_seconds: float = 10.0) -> float | None:
    """Unix time in whole seconds, `None` when the server cannot be reached or says nothing that is a date."""
    timeout = aiohttp.ClientTimeout(total=timeout_seconds)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.head(url, allow_redirects=False) as answer,
        ):
            return parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError):
        return None


async def clock_findings(urls: Sequence[str], ours: Callable[[], float]) -> dict[Trouble, str]:
    """Whether our clock (unix seconds) is wrong: all servers that answer say so, since one may be wrong itself."""
    theirs = await asyncio.gather(*(server_time(url, timeout_seconds=5.0) for url in urls))
    skews = [ours() - instant for instant in theirs if instant is not None]
    smallest = min(skews, key=abs, default=0.0)
    return {Trouble.CLOCK: f"{smallest:+.0f} s"} if abs(smallest) > ALLOWED_SECONDS else {}
