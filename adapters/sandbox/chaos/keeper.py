"""Keeps the program running, and sees to it that its processes die in time."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import TypeVar

from adapters.sandbox.chaos.lives import KILLED, Life, Nursery, Unstartable, listening
from adapters.sandbox.chaos.plan import Fate
from adapters.sandbox.chaos.stage import Stage

AT_A_POINT = "kills at a crash point"
AT_ANY_TIME = "kills at any time"
_EARLY = 0.15
"""Share of the other kills that strike while the process is still starting."""
_SOON_SECONDS = 0.4
_POINT_PATIENCE = 2.0
_NIGHT_PATIENCE = 20.0
_OWN_ENDS_IN_A_ROW = 3
_FOREVER = 3_600.0

Found = TypeVar("Found")


class Keeper:
    """One process at a time. `points` counts the crash points that struck, `returns` the seconds from death to life.

    `own_ends` are exit codes nobody asked for, `stops` the seconds a process took to end in good order.
    """

    def __init__(self, nursery: Nursery, stage: Stage, fates: Sequence[Fate], random: Random) -> None:
        self.deaths = 0
        self.points: Counter[str] = Counter()
        self.returns: list[float] = []
        self.stops: list[float] = []
        self.own_ends: list[int] = []
        self._nursery = nursery
        self._stage = stage
        self._fates = list(fates)
        self._random = random
        self._life: Life | None = None
        self._fate = Fate()
        self._shot = False
        self._stopping = False
        self._closing = False

    async def run(self) -> None:
        """Start the program, and again whenever it died, until `close`. Raises `Unstartable`."""
        died_at = time.monotonic()
        while not self._closing:
            self._fate = self._fates.pop(0) if self._fates else Fate()
            self._shot = self._stopping = False
            self._life = life = await self._nursery.start(self._stage.environment(self._fate.point))
            self._stage.changes.changed()
            if await listening(life, self._stage.port):
                self.returns.append(round(time.monotonic() - died_at, 2))
            code = await life.ended
            died_at = time.monotonic()
            self._count(code)
            self._stage.changes.changed()

    async def reap(self, begun: Callable[[], int], ends: Sequence[int]) -> None:
        """See to it that the nth process is dead once `ends[n]` lines are begun."""
        for nth, end in enumerate(ends):
            await self._until(partial(_at_least, begun, end))
            if self.deaths <= nth:
                await self._end(await self._alive(), self._fate)
                await self._dead(nth + 1)

    async def night(self, fate: Fate, seconds: float) -> None:
        """A stop in good order, then a process that meets its fate because the clock moves on."""
        self._fates.insert(0, fate)
        deaths = self.deaths
        await self.stop()
        life = await self._alive()
        if await listening(life, self._stage.port):
            self._stage.clock.move(seconds)
        await self._end(life, fate, patience=_NIGHT_PATIENCE)
        await self._dead(deaths + 1)

    async def stop(self) -> None:
        """SIGTERM, and wait for the end."""
        life = await self._alive()
        await listening(life, self._stage.port)
        self._stopping = True
        asked_at = time.monotonic()
        life.stop()
        await life.ended
        self.stops.append(round(time.monotonic() - asked_at, 2))
        await self._until(lambda: self._closing or self._life is not life)

    async def close(self) -> None:
        """Stop the program for good."""
        self._closing = True
        await self.stop()

    async def _end(self, life: Life, fate: Fate, *, patience: float = _POINT_PATIENCE) -> None:
        """Let a process die: at its point if it gets there soon, or by our hand, at any time."""
        if fate.point:
            await listening(life, self._stage.port)
            await asyncio.wait([life.ended], timeout=patience)
        else:
            if self._random.random() >= _EARLY:
                await listening(life, self._stage.port)
            await asyncio.wait([life.ended], timeout=self._random.uniform(0, _SOON_SECONDS))
        if not life.ended.done():
            self._shot = True
            life.kill()

    def _count(self, code: int) -> None:
        if code == KILLED:
            self.deaths += 1
            self._stage.fired[AT_ANY_TIME if self._shot else AT_A_POINT] += 1
            if not self._shot:
                self.points[self._fate.point.partition(":")[0]] += 1
        elif code or not self._stopping:
            self.own_ends.append(code)
            if len(self.own_ends) >= _OWN_ENDS_IN_A_ROW:
                raise Unstartable(f"the program ends by itself with code {code}; see {self._nursery.log}")

    async def _dead(self, deaths: int) -> None:
        await self._until(lambda: self.deaths >= deaths)

    async def _alive(self) -> Life:
        """The process that runs now, or the next one."""

        def found() -> Life | None:
            return self._life if self._life is not None and not self._life.ended.done() else None

        life = await self._until(found)
        if life is None:
            raise Unstartable("there is no process")
        return life

    async def _until(self, predicate: Callable[[], Found]) -> Found:
        return await self._stage.changes.wait_for(predicate, _FOREVER)


def _at_least(count: Callable[[], int], wanted: int) -> bool:
    return count() >= wanted
