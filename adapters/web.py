"""The HTTP side: the channels' webhooks and three pages for machines, on aiohttp's low-level server.

There are half a dozen fixed paths, so a dictionary finds the handler; aiohttp's application, with its router, signals
and middlewares, costs a webhook up to a fifth more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog
from aiohttp import hdrs, web

BODY_LIMIT = 4 * 2**20
"""Bytes. Meta's webhooks may have 3 MB (Graph API, Webhooks, overview); a refusal would be repeated for 7 days."""

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_READINESS_SECONDS = 5.0

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
NotStored = web.HTTPServiceUnavailable
"""For a webhook whose items could not be committed: platforms repeat what is not answered with 200."""
_NAME: Final = "gise"
"""Instead of aiohttp's header that tells strangers the versions of our parts."""
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Route:
    """What answers requests with that method for exactly that path."""

    method: str
    path: str
    handler: Handler


def get(path: str, handler: Handler) -> Route:
    """Answers HEAD, too."""
    return Route(hdrs.METH_GET, path, handler)


def post(path: str, handler: Handler) -> Route:
    return Route(hdrs.METH_POST, path, handler)


class Health(Protocol):
    """Knows whether work gets done."""

    async def readiness(self) -> tuple[bool, dict[str, object]]:
        """Ready or not, and JSON that explains it; `reasons` lists what is wrong. No personal data.

        Ready with reasons is `degraded`: work gets done, and somebody should look all the same.
        """
        ...


def create_web(routes: Iterable[Route], health: Health, metrics: Callable[[], bytes]) -> Handler:
    """What answers every request. `metrics` returns Prometheus's text format."""

    async def healthz(_: web.BaseRequest) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.BaseRequest) -> web.Response:
        ready, details = await _readiness(health)
        return web.json_response({"ready": ready, **details}, status=200 if ready else 503)

    async def show_metrics(_: web.BaseRequest) -> web.Response:
        return web.Response(body=metrics(), headers={hdrs.CONTENT_TYPE: _PROMETHEUS})

    pages = [get("/healthz", healthz), get("/readyz", readyz), get("/metrics", show_metrics)]
    handlers: dict[str, dict[str, Handler]] = {}
    for one in (*pages, *routes):
        handlers.setdefault(one.path, {})[one.method] = one.handler
    for by_method in handlers.values():
        if hdrs.METH_GET in by_method:
            by_method[hdrs.METH_HEAD] = by_method[hdrs.METH_GET]
    return _discreet(handlers)


@dataclass(frozen=True, slots=True)
class Server:
    """A listening server. `port` is the real one, also where 0 was asked for."""

    port: int
    _runner: web.ServerRunner

    async def stop(self) -> None:
        """Listen no more, let requests end (up to the grace of `serve`), close every connection."""
        await self._runner.cleanup()


async def serve(site: Handler, host: str, port: int, *, grace: float = 2.0) -> Server:
    """Listen on `host` and `port` (0: any free one). Raises `OSError` when the address cannot be had."""
    # Bodies stay as they came: unpacking is a door for bombs, and no platform packs its webhooks.
    # aiohttp's access log would write Meta's verify token, which is part of the query.
    server = web.Server(site, request_factory=_request, access_log=None, auto_decompress=False)
    runner = web.ServerRunner(server, shutdown_timeout=grace)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return Server(runner.addresses[0][1], runner)


async def _readiness(health: Health) -> tuple[bool, dict[str, object]]:
    try:
        async with asyncio.timeout(_READINESS_SECONDS):
            return await health.readiness()
    except Exception:
        log.exception("readiness could not be found out")
        return False, {"degraded": False, "reasons": ["readiness could not be found out"]}


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    """As aiohttp makes one, with our limit."""
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=BODY_LIMIT)


def _discreet(handlers: Mapping[str, Mapping[str, Handler]]) -> Handler:
    """Nothing of an error leaves the house; platforms repeat what got a 500."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        try:
            handler = _found(handlers, request)
            if hdrs.EXPECT in request.headers:
                await request.writer.write(_CONTINUE)
            response = await handler(request)
        except web.HTTPException as meant:
            meant.headers[hdrs.SERVER] = _NAME
            raise
        except Exception:
            log.exception("request failed", method=request.method, path=request.path)
            response = web.Response(status=500, text="Internal Server Error")
        response.headers[hdrs.SERVER] = _NAME
        return response

    return answer


def _found(handlers: Mapping[str, Mapping[str, Handler]], request: web.BaseRequest) -> Handler:
    by_method = handlers.get(request.path)
    if by_method is None:
        raise web.HTTPNotFound
    handler = by_method.get(request.method)
    if handler is None:
        raise web.HTTPMethodNotAllowed(request.method, by_method)
    return handler
