"""A process that has the database open, has committed one update, and is in the middle of storing another."""

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

_CHILD: Final = """
import asyncio, sys
from bot.ports import Item
from store import db, inbox

async def main():
    await db.open_database(sys.argv[1])
    await inbox.append([Item(channel="telegram", key="1", lane="1", raw=b"kept")], 1, ("telegram", 41))
    async with db.transaction():
        await inbox.append([Item(channel="telegram", key="2", lane="1", raw=b"half")], 2, ("telegram", 42))
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@asynccontextmanager
async def holding_the_database(url: str) -> AsyncIterator[Process]:
    """The process, killed without a warning at the end."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", _CHILD, url, stdout=asyncio.subprocess.PIPE)
    try:
        assert child.stdout is not None
        async with asyncio.timeout(20):
            assert await child.stdout.readline() == b"ready\n"
        yield child
    finally:
        child.send_signal(signal.SIGKILL)
        await child.wait()
