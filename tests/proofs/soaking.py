"""A steady load, and a record of how a process bears it."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from adapters.sandbox.chaos.plan import Person, Plan
from adapters.sandbox.chaos.stage import Stage
from tests.proofs.processes import Vitals

WORD = re.compile(r"kelime-\d{6}")
_BUCKET = re.compile(r'gise_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)')
_TASKS = re.compile(r"^gise_tasks (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look at the process; `at` in seconds since the load began, sizes in bytes."""

    at: float
    rss: int
    descriptors: int
    threads: int
    tasks: int
    wal: int


@dataclass(slots=True)
class Record:
    """Looks at the process again and again. `metrics` returns its Prometheus page, `wal` is SQLite's log of writes."""

    vitals: Vitals
    metrics: Callable[[], Awaitable[str]]
    wal: Path
    samples: list[Sample] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    async def look(self) -> Sample:
        """One sample, kept."""
        page = await self.metrics()
        tasks = _TASKS.search(page)
        sample = Sample(
            at=time.monotonic() - self._began,
            rss=self.vitals.rss,
            descriptors=self.vitals.descriptors,
            threads=self.vitals.threads,
            tasks=int(float(tasks[1])) if tasks else 0,
            wal=self.wal.stat().st_size if self.wal.exists() else 0,
        )
        self.samples.append(sample)
        return sample

    async def keep_looking(self, seconds: float) -> None:
        """A sample every so many seconds, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(seconds)

    def slope(self, after: float) -> float:
        """How memory grows, in bytes a minute, over the samples taken later than `after` seconds (least squares)."""
        points = [(sample.at / 60, sample.rss) for sample in self.samples if sample.at > after]
        middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
        spread = sum((x - middle[0]) ** 2 for x, _ in points)
        return float(sum((x - middle[0]) * (y - middle[1]) for x, y in points) / spread)


def lag_histogram(page: str) -> dict[float, float]:
    """How many beats of the loop were at most that many seconds late, so far."""
    return {float(bound): float(number) for bound, number in _BUCKET.findall(page)}


def quantile(before: dict[float, float], after: dict[float, float], share: float) -> float:
    """The upper bound of the bucket in which that share of the beats between two pages lies."""
    beats = {bound: after[bound] - before.get(bound, 0.0) for bound in after}
    wanted = share * beats[float("inf")]
    return min(bound for bound, number in beats.items() if number >= wanted)


class Load:
    """Customers on both platforms who write at a steady rate; every word is numbered."""

    def __init__(self, folder: Path, random: Random, contacts: int, *, dropped: float, reposts: float) -> None:
        plan = Plan(seed=0, contacts=contacts, dropped=dropped, reposts=reposts)
        self.people = [_person(index) for index in range(contacts)]
        self.stage = Stage(plan, self.people, folder, random)
        self.said = 0
        self._random = random
        self._read = 0
        self._shown: set[str] = set()

    async def write(self, rate: float, seconds: float) -> None:
        """So many messages a second. Of what comes late no more than a second is made up for: that is burst enough."""
        due = time.monotonic()
        until = due + seconds
        while due < until:
            self._say(self._random.choice(self.people))
            due = max(due, time.monotonic() - 1.0) + 1 / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _say(self, person: Person) -> None:
        words = f"kelime-{self.said:06d} kanarya"
        if person.channel == "whatsapp":
            self.stage.whatsapp.say(person.address, words)
        else:
            self.stage.telegram.say(int(person.address), words)
        self.said += 1

    def all_shown(self) -> bool:
        """Whether every word stands in the agents' group."""
        calls = self.stage.telegram.calls
        for call in calls[self._read :]:
            if call.method == "sendMessage" and call.ok:
                self._shown.update(WORD.findall(str(call.params.get("text"))))
        self._read = len(calls)
        return len(self._shown) == self.said


def _person(index: int) -> Person:
    if index % 2:
        return Person(index, "telegram", str(7_100_000 + index))
    return Person(index, "whatsapp", str(905_551_000_000 + index))
