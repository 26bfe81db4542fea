"""The page's HTTP: the static files, the state, the acts, the files people sent, and a ping per change."""

import asyncio
import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any, Protocol
from urllib.parse import quote

import orjson
from aiohttp import web

from adapters.sandbox.changes import Changes
from adapters.sandbox.page.guard import add_headers, local_only

STATIC = files(__package__) / "static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ogg": "audio/ogg",
}
# Only what a browser shows without running anything; all else is offered as a download.
_SHOWN_INLINE = re.compile(r"(image/(png|jpeg|gif|webp)|(audio|video)/[a-z0-9.+-]+)(;.*)?")
BIGGEST_BODY_BYTES = 140 * 2**20
HEARTBEAT_SECONDS = 15.0


class Stage(Protocol):
    """What the routes need of the world."""

    @property
    def changes(self) -> Changes: ...

    def snapshot(self) -> dict[str, Any]: ...

    def act(self, action: Mapping[str, Any]) -> dict[str, Any]: ...

    def file_bytes(self, channel: str, file_id: str) -> bytes: ...


STAGE: web.AppKey[Stage] = web.AppKey("stage", Stage)
STOPPING: web.AppKey[asyncio.Event] = web.AppKey("stopping", asyncio.Event)


def build_page(stage: Stage) -> web.Application:
    """The page's application; give it to an AppRunner bound to loopback."""
    app = web.Application(middlewares=[local_only], client_max_size=BIGGEST_BODY_BYTES)
    app[STAGE] = stage
    app[STOPPING] = asyncio.Event()
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(_let_streams_end)
    app.router.add_get("/", _static("index.html"))
    app.router.add_get("/static/{name}", _asset)
    app.router.add_get("/api/state", _state)
    app.router.add_post("/api/act", _act)
    app.router.add_get("/api/events", _events)
    app.router.add_get("/api/file/{channel}/{file_id}", _file)
    return app


async def _let_streams_end(app: web.Application) -> None:
    app[STOPPING].set()


def _static(name: str) -> Callable[[web.Request], Any]:
    async def serve(_request: web.Request) -> web.Response:
        return _static_file(name)

    return serve


async def _asset(request: web.Request) -> web.Response:
    return _static_file(request.match_info["name"])


def _static_file(name: str) -> web.Response:
    known = {entry.name: entry for entry in STATIC.iterdir() if entry.is_file()}
    content_type = TYPES.get(name[name.rfind(".") :], "")
    if name not in known or not content_type:
        raise web.HTTPNotFound
    return web.Response(body=known[name].read_bytes(), headers={"Content-Type": content_type})


async def _state(request: web.Request) -> web.Response:
    return _json(request.app[STAGE].snapshot())


async def _act(request: web.Request) -> web.Response:
    if request.content_type != "application/json":
        return _json({"error": "send a JSON object as application/json"}, status=415)
    try:
        action = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        return _json({"error": "the body is not JSON"}, status=400)
    if not isinstance(action, dict):
        return _json({"error": "the body must be a JSON object"}, status=400)
    try:
        return _json(request.app[STAGE].act(action))
    except (ValueError, LookupError) as refusal:
        return _json({"error": str(refusal)}, status=400)


async def _file(request: web.Request) -> web.Response:
    try:
        body = request.app[STAGE].file_bytes(request.match_info["channel"], request.match_info["file_id"])
    except LookupError:
        raise web.HTTPNotFound from None
    mime = request.query.get("type", "").lower()
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    if _SHOWN_INLINE.fullmatch(mime) and not request.query.get("download"):
        return _part(request, body, headers | {"Content-Type": mime, "Accept-Ranges": "bytes"})
    name = quote(request.query.get("name") or "file", safe="")
    headers |= {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return web.Response(body=body, headers=headers | {"Content-Type": "application/octet-stream"})


def _part(request: web.Request, body: bytes, headers: Mapping[str, str]) -> web.Response:
    """The whole file, or the range a player asks for to learn the length and to seek."""
    try:
        wanted = range(len(body))[request.http_range]
    except ValueError:
        wanted = range(0)
    if "Range" not in request.headers:
        return web.Response(body=body, headers=headers)
    if not wanted:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(body)}"})
    told = {"Content-Range": f"bytes {wanted.start}-{wanted.stop - 1}/{len(body)}"}
    return web.Response(status=206, body=body[wanted.start : wanted.stop], headers=dict(headers) | told)


async def _events(request: web.Request) -> web.StreamResponse:
    """Server-sent events: the state's version at once, at every change, and a comment while all is quiet."""
    changes, stopping = request.app[STAGE].changes, request.app[STOPPING]
    stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await stream.prepare(request)
    stopped = asyncio.create_task(stopping.wait())
    version = -1
    try:
        while not stopping.is_set():
            version = await _send_next(stream, changes, version, stopped)
    except ConnectionResetError:
        pass  # the visitor closed the page
    finally:
        stopped.cancel()
    return stream


async def _send_next(stream: web.StreamResponse, changes: Changes, version: int, stopped: asyncio.Task[bool]) -> int:
    newer = asyncio.create_task(changes.after(version))
    try:
        await asyncio.wait({newer, stopped}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if newer.done():
            await stream.write(f"data: {newer.result()}\n\n".encode())
            return newer.result()
        if not stopped.done():
            await stream.write(b": quiet\n\n")
        return version
    finally:
        newer.cancel()


def _json(value: Any, *, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")
