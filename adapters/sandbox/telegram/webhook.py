"""Webhook delivery: POST until a 2xx, in order per chat (core.telegram.org/bots/api#setwebhook)."""

import asyncio
import contextlib
import re
from collections import deque
from urllib.parse import urlsplit

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.telegram.errors import Json, bad_request
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.updates import Updates

PROOF_HEADER = "X-Telegram-Bot-Api-Secret-Token"
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 2.0
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Webhook:
    """The one webhook a bot can have; while it is set, updates go there and getUpdates is refused."""

    def __init__(self, updates: Updates, clock: SandboxClock, changes: Changes) -> None:
        self.url = ""
        self._running = False
        self._secret = ""
        self._max_connections = 40
        self._updates = updates
        self._clock = clock
        self._changes = changes
        self._failure: Json = {}
        self._lanes: dict[int, deque[Json]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(self._max_connections)
        updates.on_queued = self._queued

    def set(self, params: Params) -> bool:
        """setWebhook; plain http is accepted on loopback only, where the sandbox's bots live."""
        url, secret = params.text("url"), params.text("secret_token")
        self._check(url, secret)
        self._stop_delivering()
        self._updates.allow(params.array("allowed_updates"))
        if params.flag("drop_pending_updates"):
            self._updates.clear()
        self.url, self._secret, self._failure = url, secret, {}
        self._max_connections = min(max(params.number("max_connections") or 40, 1), 100)
        self._slots = asyncio.Semaphore(self._max_connections)
        if url:
            self._updates.interrupt("terminated by setWebhook request")
        self._deliver_pending()
        return True

    def delete(self, params: Params) -> bool:
        """deleteWebhook; what was not delivered waits for getUpdates."""
        self._stop_delivering()
        self.url = ""
        if params.flag("drop_pending_updates"):
            self._updates.clear()
        return True

    def info(self) -> Json:
        """getWebhookInfo."""
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.pending),
        }
        if self.url:
            info |= {"max_connections": self._max_connections, "ip_address": "127.0.0.1"} | self._failure
        return info | ({"allowed_updates": self._updates.allowed} if self._updates.allowed else {})

    def start(self) -> None:
        """Deliver from now on, beginning with what was left."""
        self._running = True
        self._deliver_pending()

    async def stop(self) -> None:
        """End all deliveries and wait until they are gone."""
        self._running = False
        tasks = list(self._tasks)
        self._stop_delivering()
        await asyncio.gather(*tasks, return_exceptions=True)

    @staticmethod
    def _check(url: str, secret: str) -> None:
        parts = urlsplit(url)
        if url and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")

    def _stop_delivering(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._lanes.clear()

    def _deliver_pending(self) -> None:
        for update in list(self._updates.pending.values()):
            self._queued(update)

    def _queued(self, update: Json) -> None:
        if not self.url or not self._running:
            return
        chat_id = chat_of(update)
        if chat_id in self._lanes:
            self._lanes[chat_id].append(update)
            return
        lane = self._lanes[chat_id] = deque([update])
        task = asyncio.get_running_loop().create_task(self._drain(chat_id, lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, chat_id: int, lane: deque[Json]) -> None:
        async with ClientSession(timeout=ClientTimeout(total=10)) as session:
            while lane:
                await self._deliver(session, lane[0])
                delivered = lane.popleft()
                self._updates.pending.pop(delivered["update_id"], None)
                self._changes.changed()
            # Before the session's close gives others a turn: an update queued meanwhile starts a new lane.
            del self._lanes[chat_id]

    async def _deliver(self, session: ClientSession, update: Json) -> None:
        headers = {"Content-Type": "application/json"} | ({PROOF_HEADER: self._secret} if self._secret else {})
        pause = FIRST_PAUSE
        while True:
            async with self._slots:
                problem = await self._post(session, orjson.dumps(update), headers)
            if not problem:
                return
            self._failure = {"last_error_date": int(self._clock.now()), "last_error_message": problem}
            self._changes.changed()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _post(self, session: ClientSession, body: bytes, headers: dict[str, str]) -> str:
        with contextlib.suppress(ClientError, TimeoutError):
            async with session.post(self.url, data=body, headers=headers) as answer:
                good = 200 <= answer.status < 300
                return "" if good else f"Wrong response from the webhook: {answer.status} {answer.reason}"
        return "Connection failed"


def chat_of(update: Json) -> int:
    """The chat an update happened in (or the user who caused it); 0 when it names none."""
    for payload in update.values():
        if isinstance(payload, dict):
            about = payload.get("chat") or payload.get("message", {}).get("chat") or payload.get("from")
            return int(about["id"]) if about else 0
    return 0
