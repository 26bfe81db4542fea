"""The Bot API over HTTP, on loopback."""

from dataclasses import dataclass
from functools import partial
from typing import TypedDict, Unpack

import orjson
from aiohttp import web

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.faults import Faults, Outcome, answer_under
from adapters.sandbox.telegram import editing, looking, sending, topics
from adapters.sandbox.telegram.chats import GENERAL_TOPIC
from adapters.sandbox.telegram.cloud import Cloud, Rules
from adapters.sandbox.telegram.errors import ApiError, Json, conflict
from adapters.sandbox.telegram.membership import Membership
from adapters.sandbox.telegram.params import Params, read_params

POLL = "getUpdates"
_METHODS = sending.METHODS | editing.METHODS | topics.METHODS | looking.METHODS
_SPELLINGS = {name.lower(): name for name in (*_METHODS, POLL)}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Options(TypedDict, total=False):
    """How the agents' group and the bot are set up."""

    token: str
    group_id: int
    forum: bool
    bot_is_admin: bool
    privacy: bool
    limits: bool


@dataclass(frozen=True)
class Call:
    """One call of the bot: what it asked, what came of it, and the injected fault, if any."""

    index: int
    method: str
    params: Json
    ok: bool
    result: object
    error: str
    fault: str
    at: float


class TelegramServer(Membership):
    """A Bot API server with one bot, one group for agents, and the people a test invites.

    Options and their defaults: token "4242:SANDBOX", group_id -1001000000001, forum True, bot_is_admin True,
    privacy False, limits True.
    """

    def __init__(self, clock: SandboxClock, changes: Changes, **options: Unpack[Options]) -> None:
        self.token = options.get("token", "4242:SANDBOX")
        rules = Rules(self.token, options.get("privacy", False), options.get("limits", True))
        super().__init__(Cloud(clock, changes, rules))
        self.group_id = options.get("group_id", -1001000000001)
        bot_status = "administrator" if options.get("bot_is_admin", True) else "member"
        self.add_group(self.group_id, "Gişe", forum=options.get("forum", True), bot_status=bot_status)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.base_url = ""
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one. `base_url` is known afterwards."""
        if host not in _LOOPBACK:
            raise ValueError(f"the sandbox listens on loopback only, not on {host}")
        app = web.Application(client_max_size=2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        app.router.add_route("*", "/{anything:.*}", _not_found)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound = self._runner.addresses[0]
        self._cloud.updates.open()
        self._cloud.webhook.start()
        self.base_url = f"http://{'[::1]' if host == '::1' else host}:{bound[1]}"

    async def stop(self) -> None:
        """End the waiting poll and all webhook deliveries, then stop listening."""
        self._cloud.updates.close()
        await self._cloud.webhook.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _call(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _response(ApiError(401, "Unauthorized"))
        method = _SPELLINGS.get(request.match_info["method"].lower())
        if method is None:
            return await _not_found(request)
        try:
            params = await read_params(request)
        except ApiError as refusal:
            self._log(method, Params({}, {}), refusal, "")
            return _response(refusal)
        outcome = self.faults.take(method)
        fault = outcome.kind if outcome else ""
        if outcome and not _carried_out(outcome):
            self._log(method, params, ApiError(outcome.status, "never carried out"), fault)
        return await answer_under(outcome, request, partial(self._answer, method, params, fault))

    async def _answer(self, method: str, params: Params, fault: str) -> web.Response:
        try:
            result = await self._poll(params) if method == POLL else _METHODS[method](self._cloud, params)
        except ApiError as refusal:
            self._log(method, params, refusal, fault)
            return _response(refusal)
        self._log(method, params, result, fault)
        return web.Response(body=orjson.dumps({"ok": True, "result": result}), content_type="application/json")

    async def _poll(self, params: Params) -> list[Json]:
        if self._cloud.webhook.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        updates = self._cloud.updates
        updates.allow(params.array("allowed_updates"))
        limit = params.number("limit") or 100
        return await updates.poll(params.number("offset") or 0, limit, params.number("timeout") or 0)

    def _log(self, method: str, params: Params, result: object, fault: str) -> None:
        refusal = result if isinstance(result, ApiError) else None
        call = Call(
            index=len(self.calls),
            method=method,
            params=params.for_log(),
            ok=refusal is None,
            result=None if refusal else result,
            error=refusal.description if refusal else "",
            fault=fault,
            at=self._cloud.clock.now(),
        )
        self.calls.append(call)
        self._cloud.changes.changed()

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _response(ApiError(401, "Unauthorized"))
        stored = self._cloud.files.at(request.match_info["path"])
        if stored is None:
            return await _not_found(request)

        async def content() -> web.StreamResponse:
            return web.Response(body=stored.data, content_type="application/octet-stream")

        return await answer_under(self.faults.take("file"), request, content)

    def messages(self, chat_id: int, thread_id: int | None = None) -> list[Json]:
        """A chat as it looks now, oldest first; reactions stand under `reactions`. Thread 1 is "General"."""
        shown = self._chat(chat_id).shown()
        if thread_id is None:
            return shown
        return [message for message in shown if _thread_of(message) == thread_id]

    def topics(self, chat_id: int | None = None) -> list[Json]:
        """The forum's topics: thread_id, name, closed, icon_color, icon_custom_emoji_id."""
        return [dict(vars(topic)) for topic in self._chat(chat_id or self.group_id).topics.values()]

    def answers(self) -> dict[str, Json]:
        """What answerCallbackQuery said, per callback query: text, show_alert, url."""
        return dict(self._cloud.answers)

    def file_bytes(self, file_id: str) -> bytes:
        """The content of a file; KeyError for an unknown id."""
        return self._cloud.files.data(file_id)

    def commands_menu(self) -> dict[str, list[Json]]:
        """What setMyCommands stored, under "scope[:chat[:user]]/language"."""
        return dict(self._cloud.commands)

    def queue_update(self, update: Json) -> int:
        """Queue a raw update whatever the bot asked for; the server numbers it and returns the number."""
        return self._cloud.updates.put(update)

    @property
    def unconfirmed(self) -> list[Json]:
        """Updates the bot has not confirmed yet."""
        return list(self._cloud.updates.pending.values())

    @property
    def breaches(self) -> int:
        """How often the bot ran into a flood limit."""
        return self._cloud.limits.breaches


def _carried_out(outcome: Outcome) -> bool:
    return outcome.kind in {"delay", "reset_after"}


def _thread_of(message: Json) -> int:
    return int(message["message_thread_id"]) if message.get("is_topic_message") else GENERAL_TOPIC


async def _not_found(_request: web.Request) -> web.StreamResponse:
    return _response(ApiError(404, "Not Found"))


def _response(refusal: ApiError) -> web.Response:
    headers = {"Retry-After": str(refusal.parameters["retry_after"])} if refusal.code == 429 else {}
    return web.Response(
        status=refusal.code,
        body=orjson.dumps(refusal.body()),
        headers=headers,
        content_type="application/json",
    )
