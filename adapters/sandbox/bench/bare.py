"""The server to compare with: aiohttp reads the body and answers 200. Ends when stdin does."""

import asyncio
import gc
import json
import sys

import uvloop
from aiohttp import web

from adapters.sandbox.bench.generator import HOST
from adapters.sandbox.bench.posts import PATH


async def answer(request: web.Request) -> web.Response:
    """As little as a handler can do."""
    await request.read()
    return web.Response(text="stored")


async def serve() -> None:
    """Listen on a free port and tell it as a line of JSON."""
    app = web.Application()
    app.add_routes([web.post(PATH, answer)])
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    gc.freeze()  # as the door it is compared with does
    sys.stdout.write(f"{json.dumps({'port': runner.addresses[0][1]})}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(serve())
