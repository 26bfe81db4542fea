"""The Bot API over HTTP, on loopback."""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
    more_tokens: Sequence[str]
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


@dataclass
class Account:
    """A bot: the world in its eyes, its calls, and the faults that await it."""

    cloud: Cloud
    calls: list[Call] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)


class TelegramServer(Membership):
    """A Bot API server with one bot, one group for agents, and the people a test invites.

    Calls, faults, files and updates are the main bot's; `helper` tells of those that `more_tokens` or `add_bot` added.
    Options and their defaults: token "4242:SANDBOX", more_tokens none, group_id -1001000000001, forum True,
    bot_is_admin True, privacy False, limits True.
    """

    def __init__(self, clock: SandboxClock, changes: Changes, **options: Unpack[Options]) -> None:
        self.token = options.get("token", "4242:SANDBOX")
        rules = Rules(self.token, options.get("privacy", False), options.get("limits", True))
        super().__init__(Cloud(clock, changes, rules))
        self.group_id = options.get("group_id", -1001000000001)
        bot_status = "administrator" if options.get("bot_is_admin", True) else "member"
        self.add_group(self.group_id, "Gişe", forum=options.get("forum", True), bot_status=bot_status)
        self._main = Account(self._cloud)
        self._helpers: dict[str, Account] = {}
        for token in options.get("more_tokens", ()):
            self.add_bot(token)
        self.base_url = ""
        self._runner: web.AppRunner | None = None

    @property
    def calls(self) -> list[Call]:
        """The main bot's calls, oldest first."""
        return self._main.calls

    @property
    def faults(self) -> Faults:
        """What shall go wrong with the main bot's calls."""
        return self._main.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._main.faults = faults

    def add_bot(self, token: str) -> int:
        """Another bot, a member of every group there is; returns its id."""
        account = self._helpers[token] = Account(self._cloud.for_bot(token))
        for chat in self._cloud.chats.values():
            if chat.type != "private":
                chat.members[account.cloud.bot_id] = "member"
        return account.cloud.bot_id

    def helper(self, bot_id: int) -> Account:
        """One of the other bots; KeyError for an unknown id."""
        return {account.cloud.bot_id: account for account in self._helpers.values()}[bot_id]

    def revoke(self, bot_id: int) -> None:
        """@BotFather took the token of one of the other bots back: its calls are refused from now on."""
        del self._helpers[self.helper(bot_id).cloud.rules.token]

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
        for account in (self._main, *self._helpers.values()):
            account.cloud.updates.close()
            await account.cloud.webhook.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _call(self, request: web.Request) -> web.StreamResponse:
        account = self._account(request.match_info["token"])
        if account is None:
            return _response(ApiError(401, "Unauthorized"))
        method = _SPELLINGS.get(request.match_info["method"].lower())
        if method is None:
            return await _not_found(request)
        try:
            params = await read_params(request)
        except ApiError as refusal:
            self._log(account, method, Params({}, {}), refusal, "")
            return _response(refusal)
        outcome = account.faults.take(method)
        fault = outcome.kind if outcome else ""
        if outcome and not _carried_out(outcome):
            self._log(account, method, params, ApiError(outcome.status, "never carried out"), fault)
        return await answer_under(outcome, request, partial(self._answer, account, method, params, fault))

    def _account(self, token: str) -> Account | None:
        """Whose token it is; a test may give the main bot another one at any time."""
        return self._main if token == self.token else self._helpers.get(token)

    async def _answer(self, account: Account, method: str, params: Params, fault: str) -> web.Response:
        cloud = account.cloud
        try:
            result = await _poll(cloud, params) if method == POLL else _METHODS[method](cloud, params)
        except ApiError as refusal:
            self._log(account, method, params, refusal, fault)
            return _response(refusal)
        self._log(account, method, params, result, fault)
        return web.Response(body=orjson.dumps({"ok": True, "result": result}), content_type="application/json")

    def _log(self, account: Account, method: str, params: Params, result: object, fault: str) -> None:
        refusal = result if isinstance(result, ApiError) else None
        call = Call(
            index=len(account.calls),
            method=method,
            params=params.for_log(),
            ok=refusal is None,
            result=None if refusal else result,
            error=refusal.description if refusal else "",
            fault=fault,
            at=self._cloud.clock.now(),
        )
        account.calls.append(call)
        self._cloud.changes.changed()

    async def _file(self, request: web.Request) -> web.StreamResponse:
        account = self._account(request.match_info["token"])
        if account is None:
            return _response(ApiError(401, "Unauthorized"))
        stored = account.cloud.files.at(request.match_info["path"])
        if stored is None:
            return await _not_found(request)

        async def content() -> web.StreamResponse:
            return web.Response(body=stored.data, content_type="application/octet-stream")

        return await answer_under(account.faults.take("file"), request, content)

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
        """How often a bot ran into a flood limit."""
        return sum(account.cloud.limits.breaches for account in (self._main, *self._helpers.values()))


async def _poll(cloud: Cloud, params: Params) -> list[Json]:
    if cloud.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    cloud.updates.allow(params.array("allowed_updates"))
    limit = params.number("limit") or 100
    return await cloud.updates.poll(params.number("offset") or 0, limit, params.number("timeout") or 0)


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
