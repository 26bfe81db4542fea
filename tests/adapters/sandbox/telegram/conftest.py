"""A running Telegram sandbox, the real aiogram client pointed at it, and a raw client for what aiogram hides."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import ClientSession

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.telegram import TelegramServer

AYSE, DENIZ, GROUP = 7001, 9001, -1001000000001


class PromptSession(AiohttpSession):
    """Closes at once: aiogram's own waits a quarter of a second for TLS, which loopback has none of."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


@dataclass
class Sandbox:
    """A server with one customer and one agent, and two ways to talk to it."""

    server: TelegramServer
    bot: Bot
    http: ClientSession
    clock: SandboxClock
    changes: Changes

    async def call(self, method: str, /, **params: Any) -> tuple[int, dict[str, Any]]:
        """Call the Bot API without a library: status and body."""
        url = f"{self.server.base_url}/bot{self.server.token}/{method}"
        async with self.http.post(url, json=params) as answer:
            return answer.status, orjson.loads(await answer.read())

    async def updates(self, offset: int = 0, **params: Any) -> list[dict[str, Any]]:
        """The unconfirmed updates from `offset` on."""
        status, body = await self.call("getUpdates", offset=offset, **params)
        assert status == 200, body
        return list(body["result"])

    async def described(self, method: str, /, **params: Any) -> str:
        """Why the Bot API refuses this call."""
        status, body = await self.call(method, **params)
        assert status == body.get("error_code"), body
        return str(body["description"])


OpenSandbox = Callable[..., Awaitable[Sandbox]]


@pytest.fixture
async def open_sandbox(tmp_path: Path) -> AsyncIterator[OpenSandbox]:
    """Opens sandboxes with any options and closes them after the test."""
    async with AsyncExitStack() as stack:

        async def opened(**options: Any) -> Sandbox:
            clock, changes = SandboxClock(tmp_path / "clock"), Changes()
            server = TelegramServer(clock, changes, **options)
            await server.start()
            stack.push_async_callback(server.stop)
            server.add_user(AYSE, "Ayşe", language_code="tr")
            server.add_user(DENIZ, "Deniz", username="deniz_agent")
            server.join_group(DENIZ)
            bot = Bot(server.token, session=PromptSession(api=TelegramAPIServer.from_base(server.base_url)))
            stack.push_async_callback(bot.session.close)
            http = await stack.enter_async_context(ClientSession())
            return Sandbox(server, bot, http, clock, changes)

        yield opened


@pytest.fixture
async def sandbox(open_sandbox: OpenSandbox) -> Sandbox:
    """A forum with an admin bot; Ayşe has pressed start."""
    opened = await open_sandbox()
    opened.server.say(AYSE, "/start")
    return opened
