"""The real door as a process: `python -m config.bench.door WAY`, told by the environment where its database is.

WAY is `gise`, or `single` for the plain way to do it: one insert, one commit for each request. Ends when stdin does.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Sequence

import uvloop

from bot.ports import Item
from config.clock import SystemClock
from config.door import Door
from config.settings import load_settings
from store import db, inbox


class PlainDoor(Door):
    """One insert per request."""

    async def accept(self, items: Sequence[Item], cursor: int | None = None) -> None:
        del cursor
        await inbox.append(items, self.now())


async def serve(way: str) -> None:
    """Listen on a free port and tell it as a line of JSON."""
    settings = load_settings()
    await db.open_database(settings.database_url)
    door = (PlainDoor if way == "single" else Door)(clock=SystemClock())
    server = await door.open(settings)
    gc.freeze()  # as `gise run` does once it is open
    sys.stdout.write(f"{json.dumps({'port': server.port})}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop()
    await db.close_database()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(serve(sys.argv[1]))
