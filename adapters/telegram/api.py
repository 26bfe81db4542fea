"""The Bot API through aiogram's typed methods: one call in, plain JSON out, or `SendError`."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from functools import cache
from typing import Any
from urllib.parse import quote

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import ClientResponse, ClientTimeout

from adapters.telegram.errors import send_error, uncertain
from adapters.telegram.fields import Json, flag, is_object, whole

TIMEOUT = 20
UPLOAD_TIMEOUT = 120


class PlainSession(AiohttpSession):
    """aiogram's session, but a success stays JSON.

    Checked against models, an answer with a kind aiogram does not know yet would make a sent message look unsent.
    """

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        try:
            answer: Any = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        if status_code == 200 and is_object(answer) and flag(answer, "ok") and "result" in answer:
            return Response[Any].model_construct(ok=True, result=answer["result"])
        return super().check_response(bot, method, status_code, content)

    @asynccontextmanager
    async def opened_file(self, url: str) -> AsyncIterator[ClientResponse]:
        """A file's answer as it comes. Unlike aiogram's own way it follows no redirect and unpacks nothing."""
        session = await self.create_session()
        async with session.get(
            url,
            headers={"Accept-Encoding": "identity"},
            allow_redirects=False,
            auto_decompress=False,
            timeout=ClientTimeout(total=UPLOAD_TIMEOUT),
        ) as response:
            yield response

    async def close(self) -> None:
        # aiogram waits a quarter of a second here for TLS to end, which aiohttp has long done itself.
        if self._session is not None:
            await self._session.close()


@cache
def _unused_session() -> PlainSession:
    """The original of all sessions: each new one would read all certificates again, and keep them for itself."""
    return PlainSession(timeout=TIMEOUT)


class Api:
    """One bot account. Raises aiogram's TokenValidationError for a token that cannot be one."""

    def __init__(self, token: str, api_base: str) -> None:
        self.session = copy(_unused_session())
        self.session.api = TelegramAPIServer.from_base(api_base)
        self.bot = Bot(token, session=self.session)

    @property
    def bot_id(self) -> int:
        return self.bot.id

    async def call(self, method: TelegramMethod[Any], *, seconds: int = TIMEOUT) -> object:
        """Make one call within so many seconds and return Telegram's `result`. Raises `SendError`."""
        try:
            result: object = await self.bot(method, request_timeout=seconds)
        except (AiogramError, ValueError) as error:
            # Without its cause: aiogram's errors may hold the token and people's words.
            raise send_error(error) from None
        return result

    async def call_for_object(self, method: TelegramMethod[Any], *, seconds: int = TIMEOUT) -> Json:
        """As `call`, where Telegram answers with an object."""
        result = await self.call(method, seconds=seconds)
        if not is_object(result):
            raise uncertain("send-error-vendor", "the answer is not an object")
        return result

    def file_url(self, path: str) -> str:
        """Where a file lies that `getFile` named."""
        return self.session.api.file_url(self.bot.token, quote(path))

    async def close(self) -> None:
        await self.session.close()


def number_of(result: Json, name: str) -> int:
    """An id out of an answer. Without it the call went through but cannot be referred to: the outcome is unknown."""
    found = whole(result, name)
    if found is None:
        raise uncertain("send-error-unknown-outcome", f"the answer has no {name}")
    return found
