"""A running WhatsApp sandbox, the real pywa client pointed at it, and a receiver for its webhooks."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from aiohttp import web
from pywa_async.client import WhatsApp

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.whatsapp import WhatsAppServer

AYSE = "905550000001"


@dataclass
class Receiver:
    """Keeps every POST it takes; `answers` are statuses to give first, then always 200."""

    url: str = ""
    verify_token: str = "sandbox-verify-token"
    answers: list[int] = field(default_factory=list)
    posts: list[tuple[bytes, str]] = field(default_factory=list)

    async def post(self, request: web.Request) -> web.Response:
        body = await request.read()
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.posts.append((body, request.headers["X-Hub-Signature-256"]))
        return web.Response(status=status)

    async def handshake(self, request: web.Request) -> web.Response:
        if request.query["hub.verify_token"] != self.verify_token:
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    def values(self, key: str) -> list[dict[str, Any]]:
        """The webhook values that hold `key` (messages or statuses), in order of arrival."""
        changes = [c for body, _ in self.posts for e in orjson.loads(body)["entry"] for c in e["changes"]]
        return [change["value"] for change in changes if key in change["value"]]

    def items(self, key: str) -> list[dict[str, Any]]:
        """All messages or statuses, in order of arrival."""
        return [item for value in self.values(key) for item in value[key]]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    kept = Receiver()
    app = web.Application(client_max_size=4 * 2**20)
    app.router.add_post("/hook", kept.post)
    app.router.add_get("/hook", kept.handshake)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    kept.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield kept
    await runner.cleanup()


@pytest.fixture
async def server(tmp_path: Path, receiver: Receiver) -> AsyncIterator[WhatsAppServer]:
    clock = SandboxClock(tmp_path / "clock")
    running = WhatsAppServer(clock, Changes(), webhook_url=receiver.url)
    await running.start()
    running.add_contact(AYSE, "Ayşe")
    yield running
    await running.stop()


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """Loading the certificates takes httpx longer than most tests, so it happens once."""
    return ssl.create_default_context()


@pytest.fixture
async def wa(server: WhatsAppServer, tls: ssl.SSLContext) -> AsyncIterator[WhatsApp]:
    session = httpx.AsyncClient(timeout=5, verify=tls)
    client = WhatsApp(
        phone_id=server.phone_number_id,
        waba_id=server.business_account_id,
        token=server.token,
        session=session,
    )
    # pywa has no public parameter for the address and overwrites the session's own.
    client.api._session.base_url = f"{server.base_url}/v26.0"
    yield client
    await session.aclose()


@pytest.fixture
def ayse(server: WhatsAppServer) -> str:
    """The number of a customer who has just written, so that her window is open."""
    server.say(AYSE, "Merhaba")
    return AYSE
