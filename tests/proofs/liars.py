"""A platform's server that lies about files, and a canary that counts whoever comes by."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

TOKEN = "EAALIARSKEEPTHIS"
BOT_TOKEN = "4242:LIARSKEEPTHIS"
MEDIA_ID = "1"

Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Liar:
    """Both platforms' file calls under one `base`. `address` is what they are said to lie at, `serve` what is there.

    `visits` are the paths asked for with the token that came along; `about` adds to the description of the file.
    """

    base: str = ""
    address: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    serve: Serve | None = None
    visits: list[tuple[str, str]] = field(default_factory=list)

    async def described(self, _request: web.Request) -> web.Response:
        """Graph's description of a media id."""
        return web.json_response({"id": MEDIA_ID, "url": self.address, **self.about})

    async def named(self, _request: web.Request) -> web.Response:
        """The Bot API's `getFile`."""
        return web.json_response({"ok": True, "result": {"file_id": "1", "file_path": self.address, **self.about}})

    async def visited(self, request: web.Request) -> web.StreamResponse:
        """Everything else."""
        self.visits.append((request.path, request.headers.get("Authorization", "")))
        return await self.serve(request) if self.serve else web.Response(status=404)


@dataclass
class Canary:
    """Listens on both loopback addresses at one port; `visitors` counts connections, `said` what came over them."""

    port: int = 0
    visitors: int = 0
    said: bytes = b""

    async def visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: note it and hang up."""
        self.visitors += 1
        self.said += await reader.read(4096)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
        writer.close()


@asynccontextmanager
async def liar() -> AsyncIterator[Liar]:
    """A liar that listens."""
    told = Liar()
    app = web.Application()
    app.router.add_get(f"/v26.0/{MEDIA_ID}", told.described)
    app.router.add_route("*", f"/bot{BOT_TOKEN}/getFile", told.named)
    app.router.add_get("/{path:.*}", told.visited)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield told
    await runner.cleanup()


@asynccontextmanager
async def canary() -> AsyncIterator[Canary]:
    """A canary that listens, on `::1` too where this machine has it."""
    bird = Canary()
    servers = [await asyncio.start_server(bird.visited, "127.0.0.1", 0)]
    bird.port = servers[0].sockets[0].getsockname()[1]
    with suppress(OSError):
        servers.append(await asyncio.start_server(bird.visited, "::1", bird.port))
    yield bird
    for server in servers:
        server.close()
        await server.wait_closed()


def redirecting(target: str) -> Serve:
    """Sends everybody on to `target`."""

    async def serve(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": target})

    return serve


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(entry.name for entry in folder.iterdir())
