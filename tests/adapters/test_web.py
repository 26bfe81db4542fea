"""The HTTP server, asked by a real client over loopback."""

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientConnectionError, ClientSession, web
from structlog.testing import capture_logs

from adapters.web import BODY_LIMIT, Route, Server, create_web, get, post, serve


@dataclass
class Board:
    """A `Health` that says what the test wants."""

    ready: bool = True
    details: dict[str, object] = field(default_factory=dict)
    broken: bool = False

    async def readiness(self) -> tuple[bool, dict[str, object]]:
        if self.broken:
            raise OSError("database is gone")
        return self.ready, self.details


@dataclass
class Site:
    """A running server, its board, and the gate that the route `/slow` waits for."""

    board: Board = field(default_factory=Board)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    server: Server = field(init=False)
    client: ClientSession = field(init=False)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.port}{path}"

    async def length(self, request: web.BaseRequest) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async def broken(self, _: web.BaseRequest) -> web.Response:
        raise ValueError("secret words")

    async def gone(self, _: web.BaseRequest) -> web.Response:
        raise web.HTTPGone(text="moved away")

    async def slow(self, _: web.BaseRequest) -> web.Response:
        self.entered.set()
        await self.gate.wait()
        return web.Response(text="done")

    @property
    def routes(self) -> list[Route]:
        return [
            post("/length", self.length),
            get("/broken", self.broken),
            get("/gone", self.gone),
            get("/slow", self.slow),
        ]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = create_web(site.routes, site.board, lambda: b"gise_waiting 3\n")
    site.server = await serve(app, "127.0.0.1", 0, grace=2)
    async with ClientSession() as site.client:
        yield site
    await site.server.stop()


async def test_watchers_that_ask_for_the_head_alone_are_answered(site: Site) -> None:
    for page in ("/healthz", "/readyz", "/metrics"):
        async with site.client.head(site.url(page)) as answer:
            assert (answer.status, await answer.read()) == (200, b"")


async def test_alive_as_long_as_it_answers_even_when_it_is_not_ready(site: Site) -> None:
    site.board.ready = False
    async with site.client.get(site.url("/healthz")) as answer:
        assert (answer.status, await answer.json()) == (200, {"alive": True})


async def test_ready_with_details(site: Site) -> None:
    site.board.details = {"oldest_waiting_seconds": 0}
    async with site.client.get(site.url("/readyz")) as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "oldest_waiting_seconds": 0})


async def test_not_ready_is_503_with_the_reasons(site: Site) -> None:
    site.board.ready, site.board.details = False, {"reasons": ["outbox: oldest row waits 120 s"]}
    async with site.client.get(site.url("/readyz")) as answer:
        assert answer.status == 503
        assert await answer.json() == {"ready": False, "reasons": ["outbox: oldest row waits 120 s"]}


async def test_readiness_that_cannot_be_found_out_is_503_without_the_cause(site: Site) -> None:
    site.board.broken = True
    with capture_logs() as logs:
        async with site.client.get(site.url("/readyz")) as answer:
            assert answer.status == 503
            assert "database" not in await answer.text()
    assert [entry["log_level"] for entry in logs] == ["error"]


async def test_metrics_are_prometheus_text(site: Site) -> None:
    async with site.client.get(site.url("/metrics")) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert await answer.read() == b"gise_waiting 3\n"


@pytest.mark.parametrize(("size", "status"), [(3 * 2**20, 200), (BODY_LIMIT, 200), (BODY_LIMIT + 1, 413)])
async def test_bodies_up_to_four_mebibytes_are_taken(site: Site, size: int, status: int) -> None:
    async with site.client.post(site.url("/length"), data=io.BytesIO(b"x" * size)) as answer:
        assert answer.status == status
        if status == 200:
            assert int(await answer.text()) == size


async def test_an_error_is_logged_without_the_query_and_answered_without_details(site: Site) -> None:
    with capture_logs() as logs:
        async with site.client.get(site.url("/broken?hub.verify_token=abc")) as answer:
            assert (answer.status, await answer.text()) == (500, "Internal Server Error")
    [entry] = logs
    assert (entry["event"], entry["method"], entry["path"]) == ("request failed", "GET", "/broken")
    assert "abc" not in json.dumps(entry, default=str)


@pytest.mark.parametrize(("path", "status"), [("/gone", 410), ("/nothing-here", 404)])
async def test_answers_meant_as_such_pass_unlogged(site: Site, path: str, status: int) -> None:
    with capture_logs() as logs:
        async with site.client.get(site.url(path)) as answer:
            assert answer.status == status
    assert logs == []


@pytest.mark.parametrize("path", ["/healthz", "/broken", "/gone", "/nothing-here"])
async def test_no_answer_tells_what_this_server_is_made_of(site: Site, path: str) -> None:
    with capture_logs():
        async with site.client.get(site.url(path)) as answer:
            assert answer.headers["Server"] == "gise"


async def test_another_method_is_told_which_ones_there_are(site: Site) -> None:
    for page, allowed in (("/length", "POST"), ("/healthz", "GET,HEAD")):
        async with site.client.put(site.url(page)) as answer:
            assert (answer.status, answer.headers["Allow"]) == (405, allowed)


async def test_whoever_asks_first_whether_a_body_is_welcome_is_told_so(site: Site) -> None:
    async with asyncio.timeout(5), site.client.post(site.url("/length"), data=b"x" * 10, expect100=True) as answer:
        assert (answer.status, await answer.text()) == (200, "10")


async def test_stopping_lets_a_request_end_and_takes_no_new_one(site: Site) -> None:
    request = asyncio.create_task(site.client.get(site.url("/slow")))
    await asyncio.wait_for(site.entered.wait(), 5)
    stopping = asyncio.create_task(site.server.stop())
    async with ClientSession() as late:
        for _ in range(500):
            try:
                async with late.get(site.url("/healthz")):
                    await asyncio.sleep(0.01)
            except ClientConnectionError:
                break
        else:
            pytest.fail("the server still listens")
    site.gate.set()
    async with await asyncio.wait_for(request, 5) as answer:
        assert await answer.text() == "done"
    await asyncio.wait_for(stopping, 5)


async def test_a_port_that_is_taken_is_an_os_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        app = create_web([], Board(), bytes)
        with pytest.raises(OSError, match="address already in use"):
            await serve(app, "127.0.0.1", taken.getsockname()[1])
