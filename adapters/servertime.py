"""What time a platform's server has, by its HTTP `Date` header."""

from email.utils import parsedate_to_datetime

import aiohttp


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
