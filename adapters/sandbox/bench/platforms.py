"""Both platforms as a process of their own: `python -m adapters.sandbox.bench.platforms FOLDER PEOPLE`.

Its line of JSON is the environment that leads a program there. Everybody has written a moment ago, so that answers
may be sent to them. Ends when stdin does.
"""

import asyncio
import json
import logging
import sys
from pathlib import Path

import uvloop

from adapters.sandbox.bench.posts import phone_of
from adapters.sandbox.world import World


async def serve(folder: Path, people: int) -> None:
    """Open the world, seat people, tell where it is."""
    # A program that is killed in the middle of a call is part of some benchmarks, and no news.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    world = World(folder, limits=False)
    await world.start()
    for index in range(people):
        phone = phone_of(index)
        world.whatsapp.add_contact(phone, f"Person {index}")
        world.whatsapp.phones.contact(phone).last_heard = world.clock.now()
    sys.stdout.write(f"{json.dumps({'environment': world.environment()})}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await world.stop()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
