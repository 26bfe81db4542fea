"""Delivers webhooks as Meta does: signed over the raw bytes, again and again until the answer is 2xx."""

import asyncio
import hashlib
import hmac
import json
import random
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass, field

import aiohttp

from adapters.sandbox.changes import Changes
from adapters.sandbox.whatsapp.events import envelope, merged
from adapters.sandbox.whatsapp.json_types import Json

POST_TIMEOUT_SECONDS = 10.0
GATHER_SECONDS = 0.02
NO_ANSWER = 0


@dataclass
class Delivery:
    """One POST and what became of it: a status per attempt (0 = no answer), the last one is final."""

    body: bytes
    payload: Json
    attempts: list[int] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The latest answer's HTTP status, 0 before there is one."""
        return self.attempts[-1] if self.attempts else NO_ANSWER

    @property
    def done(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status < 300


class Webhooks:
    """The queue towards `url`; nothing leaves while there is no url or while it is held back."""

    def __init__(self, changes: Changes, *, account_id: str, app_secret: str, verify_token: str, url: str) -> None:
        self.app_secret = app_secret
        self.verify_token = verify_token
        self.deliveries: list[Delivery] = []
        self.duplicate = 0
        self.batch = False
        self.concurrency = 1
        self.retry_delays = (0.05, 0.1, 0.2, 0.5, 1.0)
        self._url = url
        self._changes = changes
        self._account_id = account_id
        self._queue: list[Json] = []
        self._of_account: list[tuple[str, Json, float]] = []
        self._held = False
        self._order: random.Random | None = None
        self._wake = asyncio.Event()
        self._unfinished = 0
        self._posting: set[asyncio.Task[None]] = set()
        self._retrying: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None
        self._dispatcher: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where webhooks go; empty = they wait."""
        return self._url

    @url.setter
    def url(self, url: str) -> None:
        self._url = url
        self._poke()

    @property
    def idle(self) -> bool:
        """Whether everything published so far was taken with 2xx."""
        return not self._queue and not self._of_account and self._unfinished == 0

    def publish(self, value: Json) -> None:
        """Queue one change of the field `messages`; it is POSTed as soon as the loop runs."""
        self._queue.append(value)
        self._poke()

    def publish_news(self, field: str, value: Json, at: float) -> None:
        """Queue one change of another field, about the account itself; each is a POST of its own."""
        self._of_account.append((field, value, at))
        self._poke()

    def hold(self) -> None:
        """Keep everything back until `release`, so that a test can fill a batch or shuffle it."""
        self._held = True
        self._poke()

    def release(self) -> None:
        """Let the queue go."""
        self._held = False
        self._poke()

    def shuffle(self, seed: int | None) -> None:
        """Deliver what is queued together in an order drawn from `seed`; None goes back to first-come."""
        self._order = None if seed is None else random.Random(seed)

    async def start(self) -> None:
        """Open the HTTP client and begin to deliver."""
        timeout = aiohttp.ClientTimeout(total=POST_TIMEOUT_SECONDS)
        self._http = aiohttp.ClientSession(timeout=timeout)
        self._dispatcher = asyncio.create_task(self._dispatch())

    async def stop(self) -> None:
        """Drop what is not delivered and close the client."""
        tasks = [task for task in (self._dispatcher, *self._posting, *self._retrying) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._dispatcher = None
        if self._http is not None:
            await self._http.close()

    async def verify(self, url: str = "", token: str = "") -> bool:
        """Meta's handshake: GET with a challenge that must come back with 200."""
        challenge = str(secrets.randbelow(10**10))
        asked = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": token or self.verify_token,
        }
        try:
            async with self._client().get(url or self._url, params=asked) as answer:
                return answer.status == 200 and await answer.text() == challenge
        except (aiohttp.ClientError, TimeoutError):
            return False

    def signature(self, body: bytes) -> str:
        """The X-Hub-Signature-256 header for these raw bytes."""
        return "sha256=" + hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()

    def _client(self) -> aiohttp.ClientSession:
        if self._http is None:
            raise RuntimeError("the WhatsApp sandbox is not started")
        return self._http

    def _poke(self) -> None:
        if (self._queue or self._of_account) and self._url and not self._held:
            self._wake.set()
        else:
            self._wake.clear()

    async def _dispatch(self) -> None:
        while True:
            await self._wake.wait()
            if self.batch or self._order:
                await asyncio.sleep(GATHER_SECONDS)
            for delivery in self._pack():
                while len(self._posting) >= self.concurrency:
                    await asyncio.wait(self._posting, return_when=asyncio.FIRST_COMPLETED)
                self._spawn(self._posting, self._attempt(delivery))

    def _pack(self) -> list[Delivery]:
        """Turn the queues into POSTs: one per change, or all in one when batching, each with its copies."""
        queued, self._queue = self._queue, []
        news, self._of_account = self._of_account, []
        self._poke()
        if self._order:
            self._order.shuffle(queued)
        bodies = [merged(queued)] if self.batch and queued else [[value] for value in queued]
        payloads = [envelope(self._account_id, values) for values in bodies]
        payloads += [envelope(self._account_id, [value], field, at) for field, value, at in news]
        packed = [Delivery(_serialised(each), each) for each in payloads for _ in range(1 + self.duplicate)]
        self.deliveries += packed
        self._unfinished += len(packed)
        return packed

    async def _attempt(self, delivery: Delivery) -> None:
        status = await self._post(delivery.body)
        delivery.attempts.append(status)
        if delivery.done:
            self._unfinished -= 1
        else:
            self._spawn(self._retrying, self._again(delivery))
        self._changes.changed()

    async def _again(self, delivery: Delivery) -> None:
        nth = min(len(delivery.attempts), len(self.retry_delays)) - 1
        await asyncio.sleep(self.retry_delays[nth])
        await self._attempt(delivery)

    async def _post(self, body: bytes) -> int:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": self.signature(body),
        }
        try:
            async with self._client().post(self._url, data=body, headers=headers) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return NO_ANSWER

    def _spawn(self, group: set[asyncio.Task[None]], work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        group.add(task)
        task.add_done_callback(group.discard)


def _serialised(payload: Json) -> bytes:
    """JSON as Meta writes it, letters beyond ASCII and slashes escaped: who re-serialises fails the HMAC."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()
