"""Webhooks of Meta's at a steady rate, each repeated until it is taken, and what became of every single one."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from adapters.sandbox.bench.posts import PATH, Mail, phone_of, wamid_of
from adapters.sandbox.changes import Changes

FIRST_PAUSE, LONGEST_PAUSE = 0.3, 3.0
"""Seconds between two tries; Meta's are longer, and go on for a week."""

TAKEN = 200
_POLITE = "İyi günler, bir sorum olacaktı, uygun olduğunuz bir anda bakabilir misiniz lütfen:"
"""Longer than a subject, so that the number stands in the message only."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`at` on the monotonic clock; status 0: nobody answered."""

    at: float
    status: int
    key: str


@dataclass(slots=True, kw_only=True)
class Letters:
    """`doors` are the ports of all workers, one drawn after the other. `stored(key)`, where it is given, is asked
    at every 200; keys that got one and were not stored are `lies`. `posted` holds when (unix time) each letter was
    posted first, by its number.
    """

    mail: Mail
    doors: tuple[int, ...]
    people: int = 20
    stored: Callable[[str], bool] | None = None
    answers: list[Answer] = field(default_factory=list)
    lies: list[str] = field(default_factory=list)
    written: int = 0
    posted: dict[int, float] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _tries: int = 0
    _http: ClientSession | None = None

    async def __aenter__(self) -> Self:
        # A door that is shut holds its requests: no limit of ours may be what keeps others from trying.
        self._http = ClientSession(timeout=ClientTimeout(total=30.0), connector=TCPConnector(limit=0))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    async def write(self, rate: float, seconds: float) -> None:
        """So many letters a second, for so long."""
        due = time.monotonic()
        until = due + seconds
        while due < until:
            self._post(self.written)
            self.written += 1
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def write_in_turn(self, letters: int, rate: float) -> None:
        """So many letters, everybody's one after the other: the next is posted once the one before is taken."""
        began, self.written = time.monotonic(), letters

        async def one_person(who: int) -> None:
            for number in range(who, letters, self.people):
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
                await self._until_taken(number)

        async with asyncio.TaskGroup() as group:
            for who in range(self.people):
                group.create_task(one_person(who), name=f"person-{who}")

    def _post(self, number: int) -> None:
        task = asyncio.create_task(self._until_taken(number), name=f"letter-{number}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _until_taken(self, number: int) -> None:
        wamid, pause = wamid_of("letter", number), FIRST_PAUSE
        self.posted[number] = time.time()
        body = self.mail.message(
            wamid, phone_of(number % self.people), int(time.time()), f"{_POLITE} kelime-{number:06d}"
        )
        while await self._tried(body, f"m:{wamid}") != TAKEN:
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, 2 * pause)

    async def _tried(self, body: bytes, key: str) -> int:
        assert self._http is not None
        port = self.doors[self._tries % len(self.doors)]
        self._tries += 1
        headers = {"X-Hub-Signature-256": self.mail.mark(body)}
        status = 0
        try:
            async with self._http.post(f"http://127.0.0.1:{port}{PATH}", data=body, headers=headers) as answer:
                status = answer.status
        except (ClientError, TimeoutError, OSError):
            pass
        if status == TAKEN and self.stored is not None and not self.stored(key):
            self.lies.append(key)
        self.answers.append(Answer(time.monotonic(), status, key))
        self.changes.changed()
        return status

    @property
    def taken(self) -> set[str]:
        """The keys that got a 200."""
        return {answer.key for answer in self.answers if answer.status == TAKEN}

    def statuses(self, since: float = 0.0, until: float = float("inf")) -> Counter[int]:
        """How often each answer was given in that time."""
        return Counter(answer.status for answer in self.answers if since <= answer.at <= until)

    async def all_taken(self, patience: float) -> None:
        """Wait until the last one is. Raises `TimeoutError`."""
        await self.changes.wait_for(lambda: len(self.taken) == self.written, patience, what="every letter to be taken")
