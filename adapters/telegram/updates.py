"""Where updates come in: our own `getUpdates` loop, and the webhook. Both store first and acknowledge then."""

import asyncio
import hmac
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from aiohttp import web

from adapters.loose_json import dumps
from adapters.telegram.fields import Json, child, children, flag, loads, number, text, whole
from adapters.telegram.lanes import item, unparsed
from adapters.web import Handler
from bot.domain.errors import Unparsable
from bot.ports import Item

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "chat_member",
)
WEBHOOK_HEADER = "X-Telegram-Bot-Api-Secret-Token"
API_BASE = "https://api.telegram.org"

_BATCH = 100
_UNSTORED = "unstored"
_STATUS_OF = {401: "unauthorized", 404: "unauthorized", 409: "conflict", 429: "limited"}
log = logging.getLogger(__name__)


class Accept(Protocol):
    """The door: returns only after the items (and the cursor) are committed, or raises."""

    async def __call__(self, items: Sequence[Item], cursor: int | None = None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds: how long one poll may wait for updates, and the pauses after trouble, doubling with jitter.

    `idle` keeps a server that answers an empty poll at once from being asked without end.
    """

    long_poll: int = 25
    grace: float = 10.0
    idle: float = 0.2
    first_pause: float = 1.0
    longest_pause: float = 30.0

    def pause(self, failures: int) -> float:
        return min(self.longest_pause, self.first_pause * float(2 ** min(failures, 16))) * random.uniform(0.5, 1.0)


class _Trouble(Exception):
    """This poll got nothing into store; `wait` is after how many seconds to ask again, where that is known."""

    def __init__(self, status: str, detail: str, wait: float = 0.0) -> None:
        super().__init__(detail)
        self.status = status
        self.wait = wait


class Poller:
    """Asks Telegram for updates and moves on only when they are stored; the offset lives in the database.

    `status`, for the health page: `starting`, `ok`, `conflict` (a webhook is set or somebody else polls with this
    token), `unauthorized` (Telegram refuses the token), `limited`, `unreachable`, `unstored` (our own door raised).
    `detail` says more, `conflicts` counts them: two pollers take turns, so between two conflicts all looks well.
    `caught_up`: all that waited at Telegram when we started is stored.
    """

    def __init__(
        self,
        *,
        bot_id: int,
        token: str,
        accept: Accept,
        load_offset: Callable[[], Awaitable[int]],
        api_base: str = API_BASE,
        allowed_updates: Sequence[str] = ALLOWED_UPDATES,
        pace: Pace | None = None,
    ) -> None:
        self.status = "starting"
        self.detail = ""
        self.conflicts = 0
        self.caught_up = False
        self._bot_id = bot_id
        self._url = f"{api_base.rstrip('/')}/bot{token}/getUpdates"
        self._accept = accept
        self._load_offset = load_offset
        self._allowed = dumps(list(allowed_updates)).decode()
        self._pace = pace or Pace()

    async def run(self) -> None:
        """Poll until cancelled. Trouble of any kind is waited out: a proxy, too, may answer 401 or 404 for a while."""
        timeout = aiohttp.ClientTimeout(total=self._pace.long_poll + self._pace.grace)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as http:
                await self._on_and_on(http)
        finally:
            self.status, self.detail = "starting", ""  # whoever polls from now on knows how that goes

    async def _on_and_on(self, http: aiohttp.ClientSession) -> None:
        offset = await self._load_offset()
        failures = 0
        while True:
            try:
                offset = await self._once(http, offset)
                failures = 0
            except _Trouble as trouble:
                self._report(trouble.status, str(trouble))
                self.conflicts += trouble.status == "conflict"
                await asyncio.sleep(trouble.wait or self._pace.pause(failures))
                failures += 1

    async def _once(self, http: aiohttp.ClientSession, offset: int) -> int:
        asked_at = asyncio.get_running_loop().time()
        updates = await self._ask(http, offset)
        ids = [update_id for update in updates if (update_id := whole(update, "update_id")) is not None]
        moved = max(ids) + 1 if ids else offset
        if updates:
            await self._store([item(self._bot_id, update, dumps(update)) for update in updates], moved)
        if updates and moved == offset:
            raise _Trouble("ok", "updates without an update_id")
        self._report("ok", "")
        self.caught_up = self.caught_up or len(updates) < _BATCH
        if not updates:
            await asyncio.sleep(self._pace.idle - (asyncio.get_running_loop().time() - asked_at))
        return moved

    async def _ask(self, http: aiohttp.ClientSession, offset: int) -> list[Json]:
        form = {
            "offset": str(offset),
            "limit": str(_BATCH),
            # At the start and after trouble a quick answer is worth more: it tells that all is well (again).
            "timeout": str(self._pace.long_poll if self.caught_up and self.status == "ok" else 0),
            "allowed_updates": self._allowed,
        }
        try:
            async with http.post(self._url, data=form) as response:
                status, body = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # The error's own words may hold the URL, and with it the token.
            raise _Trouble("unreachable", type(error).__name__) from None
        return _updates(status, body)

    async def _store(self, items: Sequence[Item], cursor: int) -> None:
        try:
            await self._accept(items, cursor=cursor)
        except Exception as error:
            if self.status != _UNSTORED:
                log.exception("Updates were not stored; they will be asked for again")
            # It is none of Telegram's troubles, so that asking again soon is no burden on it.
            raise _Trouble(_UNSTORED, type(error).__name__, self._pace.first_pause) from None

    def _report(self, status: str, detail: str) -> None:
        if (status, detail) != (self.status, self.detail):
            log.log(logging.INFO if status == "ok" else logging.WARNING, "Telegram polling: %s %s", status, detail)
        self.status, self.detail = status, detail


def _updates(status: int, body: bytes) -> list[Json]:
    try:
        answer = loads(body)
    except Unparsable as error:
        raise _Trouble("unreachable", f"HTTP {status}, {error}") from None
    if flag(answer, "ok"):
        return children(answer, "result")
    code = whole(answer, "error_code") or status
    wait = number(child(answer, "parameters"), "retry_after") or 0.0
    raise _Trouble(_STATUS_OF.get(code, "unreachable"), f"{code} {text(answer, 'description')}"[:200], wait)


def webhook_route(secret: str, accept: Accept, bot_id: int) -> Handler:
    """The handler of `POST /webhooks/telegram`.

    Answers 401 without the right secret, 200 once the update is committed (also when it makes no sense: it is kept
    all the same), 500 when it could not be stored, whereupon Telegram repeats it. Raises ValueError without a secret.
    """
    if not secret:
        raise ValueError("a Telegram webhook needs a secret")
    expected = secret.encode()

    async def receive(request: web.BaseRequest) -> web.StreamResponse:
        words = request.headers.getall(WEBHOOK_HEADER, [])
        given = (words[0] if len(words) == 1 else "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return web.Response(status=401, text="missing, doubled or wrong secret")
        try:
            await accept([_item_of(bot_id, await request.read())])
        except web.HTTPException:
            raise
        except Exception:
            log.exception("An update was not stored; Telegram will repeat it")
            return web.Response(status=500, text="not stored")
        return web.json_response({})

    return receive


def _item_of(bot_id: int, body: bytes) -> Item:
    try:
        return item(bot_id, loads(body), body)
    except Unparsable:
        return unparsed(body)
