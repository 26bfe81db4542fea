"""A process of its own that posts webhooks as fast as they are taken, or at a steady rate.

Each line on stdin is an order, `Order` as JSON; the answer is one line, `Outcome` as JSON. Everything is signed and
laid out before the clock starts, so that a Python server, and not this, is what limits the rate.
"""

import asyncio
import gc
import json
import sys
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import uvloop

from adapters.sandbox.bench.posts import ACCOUNT_ID, NUMBER_ID, Mail, phone_of, wamid_of
from adapters.sandbox.bench.stopwatch import epoch_seconds, own_cpu, quantile
from adapters.sandbox.bench.wire import Wire

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to post: `requests` messages of `people` customers over so many connections.

    `rate` is requests a second, 0 for as fast as they are taken. Every `repeat_every`th is the one before once more.
    `first` numbers the first message, so that several orders share no id.
    """

    port: int
    connections: int
    requests: int
    secret: str
    prefix: str
    people: int = 200
    first_person: int = 0
    rate: float = 0.0
    repeat_every: int = 100
    number_id: str = NUMBER_ID
    account_id: str = ACCOUNT_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of them: answers by status (0: the connection broke), latencies in milliseconds.

    `taken` are the ids that got a 200, each once; `busy` is the share of the time this process was working.
    """

    seconds: float
    statuses: dict[int, int]
    p50: float
    p99: float
    longest: float
    busy: float
    taken: list[str]

    @property
    def per_second(self) -> float:
        """Answers with 200 a second."""
        return self.statuses.get(200, 0) / self.seconds

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Outcome":
        """From JSON, where keys are text."""
        return cls(**told | {"statuses": {int(status): count for status, count in told["statuses"].items()}})


class Load:
    """One order being carried out."""

    def __init__(self, order: Order) -> None:
        self._order = order
        mail = Mail(secret=order.secret, number_id=order.number_id, account_id=order.account_id)
        self._ids = [self._id(index) for index in range(order.requests)]
        now = epoch_seconds()
        self._requests = [
            mail.request(mail.message(wamid, phone_of(order.first_person + index % order.people), now))
            for index, wamid in enumerate(self._ids)
        ]
        self._loop = asyncio.get_running_loop()
        self._done = self._loop.create_future()
        self._due: deque[tuple[int, float]] = deque()
        self._idle: list[Wire] = []
        self._given = 0
        self._wires: list[Wire] = []
        self._latencies: list[float] = []
        self._statuses: Counter[int] = Counter()
        self._taken: set[str] = set()

    def _id(self, index: int) -> str:
        every = self._order.repeat_every
        again = every > 1 and index % every == every - 1
        return wamid_of(self._order.prefix, index - again)

    async def play(self) -> Outcome:
        """Connect, post everything, and account for it."""
        self._wires = [await self._connected() for _ in range(self._order.connections)]
        gc.collect()
        gc.disable()
        began, cpu = self._loop.time(), own_cpu()
        if self._order.rate:
            self._idle = list(self._wires)
            pace = self._loop.create_task(self._pace(began))
            await self._done
            await pace
        else:
            for wire in self._wires:
                self._next(wire)
            await self._done
        seconds, busy = self._loop.time() - began, own_cpu() - cpu
        gc.enable()
        for wire in self._wires:
            wire.close()
        return Outcome(
            seconds=seconds,
            statuses=dict(self._statuses),
            p50=1000 * quantile(self._latencies, 0.50),
            p99=1000 * quantile(self._latencies, 0.99),
            longest=1000 * max(self._latencies),
            busy=busy / seconds,
            taken=sorted(self._taken),
        )

    async def _connected(self) -> Wire:
        _, wire = await self._loop.create_connection(lambda: Wire(self._answered), HOST, self._order.port)
        return wire

    async def _pace(self, began: float) -> None:
        """Each request is due at its instant; one that finds no free connection is late from then on."""
        for index in range(self._order.requests):
            due = began + index / self._order.rate
            if (pause := due - self._loop.time()) > 0:
                await asyncio.sleep(pause)
            if self._idle:
                self._give(self._idle.pop(), index, due)
            else:
                self._due.append((index, due))

    def _answered(self, wire: Wire, status: int) -> None:
        self._latencies.append(self._loop.time() - wire.asked_at)
        self._statuses[status] += 1
        if status == 200:
            self._taken.add(self._ids[wire.index])
        if len(self._latencies) == self._order.requests:
            self._done.set_result(None)
        elif status == 0:
            self._loop.create_task(self._replace(wire))
        else:
            self._next(wire)

    async def _replace(self, wire: Wire) -> None:
        self._wires.remove(wire)
        try:
            fresh = await self._connected()
        except OSError as error:
            if not self._done.done():
                self._done.set_exception(error)
            return
        self._wires.append(fresh)
        self._next(fresh)

    def _next(self, wire: Wire) -> None:
        if self._order.rate:
            if self._due:
                self._give(wire, *self._due.popleft())
            else:
                self._idle.append(wire)
        elif self._given < self._order.requests:
            self._give(wire, self._given, self._loop.time())
            self._given += 1

    def _give(self, wire: Wire, index: int, at: float) -> None:
        wire.index, wire.asked_at = index, at
        wire.ask(self._requests[index])


async def _serve(lines: Sequence[str]) -> None:
    for line in lines:
        outcome = await Load(Order(**json.loads(line))).play()
        sys.stdout.write(f"{json.dumps(asdict(outcome))}\n")
        sys.stdout.flush()


def main() -> None:
    """Carry out orders until stdin ends."""
    sys.stdout.write("{}\n")
    sys.stdout.flush()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        while line := sys.stdin.readline():
            runner.run(_serve([line]))


if __name__ == "__main__":
    main()
