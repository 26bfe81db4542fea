"""The HTTP side: one aiohttp application with the channels' webhooks and three pages for machines."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

BODY_LIMIT = 4 * 2**20
"""Bytes. Meta's webhooks may have 3 MB (Graph API, Webhooks, overview); a refusal would be repeated for 7 days."""

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_READINESS_SECONDS = 5.0

Route = web.RouteDef
NotStored = web.HTTPServiceUnavailable
"""For a webhook whose items could not be committed: platforms repeat what is not answered with 200."""
get = web.get
post = web.post

log = structlog.get_logger(__name__)


class Health(Protocol):
    """Knows whether work gets done."""

    async def readiness(self) -> tuple[bool, dict[str, object]]:
        """Ready or not, and JSON that explains it; `reasons` lists what is wrong. No personal data.

        Ready with reasons is `degraded`: work gets done, and somebody should look all the same.
        """
        ...


def create_web(routes: Iterable[Route], health: Health, metrics: Callable[[], bytes]) -> web.Application:
    """The application. `metrics` returns Prometheus's text format."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        ready, details = await _readiness(health)
        return web.json_response({"ready": ready, **details}, status=200 if ready else 503)

    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=metrics(), headers={hdrs.CONTENT_TYPE: _PROMETHEUS})

    app = web.Application(client_max_size=BODY_LIMIT)
    pages = [get("/healthz", healthz), get("/readyz", readyz), get("/metrics", show_metrics)]
    app.add_routes([Route(one.method, one.path, _discreet(one.handler), one.kwargs) for one in (*pages, *routes)])
    app.on_response_prepare.append(_unsigned)
    return app


@dataclass(frozen=True, slots=True)
class Server:
    """A listening server. `port` is the real one, also where 0 was asked for."""

    port: int
    _runner: web.AppRunner

    async def stop(self) -> None:
        """Listen no more, let requests end (up to the grace of `serve`), close every connection."""
        await self._runner.cleanup()


async def serve(app: web.Application, host: str, port: int, *, grace: float = 2.0) -> Server:
    """Listen on `host` and `port` (0: any free one). Raises `OSError` when the address cannot be had."""
    # Bodies stay as they came: unpacking is a door for bombs, and no platform packs its webhooks.
    # aiohttp's access log would write Meta's verify token, which is part of the query.
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=grace, auto_decompress=False)
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


def _discreet(handler: Handler) -> Handler:
    """Nothing of an error leaves the house; platforms repeat what got a 500. (A middleware costs each webhook more.)"""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except Exception:
            log.exception("request failed", method=request.method, path=request.path)
            return web.Response(status=500, text="Internal Server Error")

    return answer


async def _unsigned(_: web.Request, response: web.StreamResponse) -> None:
    """Takes back aiohttp's header that tells strangers our versions."""
    response.headers.pop(hdrs.SERVER, None)
