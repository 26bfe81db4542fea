"""The platforms' own failings: answers that get lost after the call was carried out, webhooks that come again."""

import asyncio
import json
from collections import Counter, deque
from collections.abc import Sequence
from random import Random

from adapters.sandbox.changes import Changes
from adapters.sandbox.faults import Faults, Outcome, reset_after
from adapters.sandbox.whatsapp.events import envelope, merged
from adapters.sandbox.whatsapp.json_types import Json
from adapters.sandbox.whatsapp.webhooks import Webhooks

_FIRST_WITHIN = 30
_CONNECTIONS = 4
_PEOPLE_IN_A_POST = (1, 1, 2, 5, 20)
_MOST_OF_ONE = 3
_PAUSE_SECONDS = 0.05
_LATEST_REPOST_SECONDS = 2.0


class DroppedAnswers(Faults):
    """Carries out every call, and drops the answer of a random share of those that change something."""

    def __init__(self, kind: str, share: float, random: Random, fired: Counter[str]) -> None:
        super().__init__()
        self._kind = kind
        self._share = share
        self._random = random
        self._fired = fired
        self._left = random.randint(1, _FIRST_WITHIN)

    def take(self, method: str) -> Outcome | None:
        if not self._share or method.startswith("get"):
            return None
        self._left -= 1
        if self._left > 0:
            return None
        self._left = max(1, round(self._random.expovariate(self._share)))
        self._fired[self._kind] += 1
        return reset_after()

    def heal(self) -> None:
        """From now on every answer arrives."""
        self._share = 0.0


class Postman(Webhooks):
    """Keeps each person's order and nobody else's: mixes people, batches, repeats until 2xx, and repeats itself."""

    def __init__(
        self, changes: Changes, like: Webhooks, *, account_id: str, reposts: float, random: Random, fired: Counter[str]
    ) -> None:
        super().__init__(
            changes, account_id=account_id, app_secret=like.app_secret, verify_token=like.verify_token, url=""
        )
        self.taken = 0
        self._account = account_id
        self._reposts = reposts
        self._random = random
        self._fired = fired
        self._lanes: dict[str, deque[Json]] = {}
        self._busy: set[str] = set()
        self._news = asyncio.Event()

    @property
    def idle(self) -> bool:
        """Whether everything published, and every repetition, was taken with 2xx."""
        return not (self._lanes or self._busy or self._retrying)

    def publish(self, value: Json) -> None:
        self._lanes.setdefault(_lane(value), deque()).append(value)
        self._news.set()

    async def _dispatch(self) -> None:
        while True:
            await self._news.wait()
            while picked := self._pick():
                self._spawn(self._posting, self._carry(*picked))
                while len(self._posting) >= _CONNECTIONS:
                    await asyncio.wait(self._posting, return_when=asyncio.FIRST_COMPLETED)
            self._news.clear()

    def _pick(self) -> tuple[list[str], list[Json]] | None:
        """The next words of some people whose last ones were taken."""
        free = [lane for lane in self._lanes if lane not in self._busy]
        if not free:
            return None
        lanes = self._random.sample(free, min(len(free), self._random.choice(_PEOPLE_IN_A_POST)))
        values: list[Json] = []
        for lane in lanes:
            queue = self._lanes[lane]
            values += [queue.popleft() for _ in range(min(len(queue), _MOST_OF_ONE))]
            if not queue:
                del self._lanes[lane]
        self._busy.update(lanes)
        return lanes, values

    async def _carry(self, lanes: Sequence[str], values: list[Json]) -> None:
        body = json.dumps(envelope(self._account, merged(values)), separators=(",", ":")).encode()
        await self._until_taken(body)
        self.taken += len(values)
        self._fired["batches"] += len(values) > 1
        self._busy.difference_update(lanes)
        self._news.set()
        if self._random.random() < self._reposts:
            self._spawn(self._retrying, self._repeat(body))
        self._changes.changed()

    async def _until_taken(self, body: bytes) -> None:
        while not 200 <= await self._post(body) < 300:
            self._fired["posts that had to be repeated"] += 1
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _repeat(self, body: bytes) -> None:
        await asyncio.sleep(self._random.uniform(0, _LATEST_REPOST_SECONDS))
        await self._until_taken(body)
        self._fired["reposts"] += 1


def _lane(value: Json) -> str:
    """A person's words are one stream; each message's receipts are another."""
    for item in (*value.get("messages", ()), *value.get("statuses", ())):
        return str(item.get("from_user_id") or f"receipts:{item['id']}")
    return ""
