"""Keeps the program running, and sees to it that its processes die in time."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from random import Random

from adapters.sandbox.chaos.crowd import Crowd
from adapters.sandbox.chaos.lives import KILLED, Life, Nursery, Unstartable, listening
from adapters.sandbox.chaos.plan import Fate
from adapters.sandbox.chaos.stage import Stage

AT_A_POINT = "kills at a crash point"
AT_ANY_TIME = "kills at any time"
_EARLY = 0.15
"""Share of the kills that strike while the process is still starting."""
_EARLY_SECONDS = 0.4
_LATE_SECONDS = 0.5
_POINT_PATIENCE = 2.0
_OWN_ENDS_IN_A_ROW = 3
_FOREVER = 3_600.0


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
        self._up: asyncio.Task[bool] | None = None
        self._shot = False
        self._stopping = False
        self._closing = False

    async def run(self) -> None:
        """Start the program, and again whenever it died, until `close`. Raises `Unstartable`."""
        died_at = 0.0
        while not self._closing:
            fate = self._fates.pop(0) if self._fates else Fate()
            self._shot = self._stopping = False
            self._life = life = await self._nursery.start(self._stage.environment(fate.point))
            self._up = asyncio.create_task(self._returned(life, died_at))
            self._stage.changes.changed()
            code = await life.ended
            died_at = time.monotonic()
            await self._up
            self._count(code, fate)
            self._stage.changes.changed()

    async def reap(self, crowd: Crowd, ends: Sequence[int]) -> None:
        """See to it that the nth process is dead once `ends[n]` lines are written."""
        for nth, end in enumerate(ends):
            await self._stage.changes.wait_for(lambda end=end: crowd.begun >= end, _FOREVER)
            if self.deaths <= nth:
                await self._end(crowd)
                await self._stage.changes.wait_for(lambda nth=nth: self.deaths > nth, _FOREVER)

    async def night(self, fate: Fate, seconds: float) -> None:
        """A good-ordered stop, then a process that meets its fate when the clock has moved on."""
        self._fates.insert(0, fate)
        deaths = self.deaths
        await self.stop()
        life = await self._other_life(None)
        if await self._listening():
            self._stage.clock.move(seconds)
            await self._die_at_a_point(life)
        await self._stage.changes.wait_for(lambda: self.deaths > deaths, _FOREVER)

    async def stop(self) -> None:
        """SIGTERM, and wait for the end."""
        life = self._life
        if life is None:
            return
        asked_at = time.monotonic()
        self._stopping = True
        await self._listening()
        life.stop()
        await life.ended
        self.stops.append(round(time.monotonic() - asked_at, 2))
        await self._other_life(life)

    async def close(self) -> None:
        """Stop the program for good."""
        self._closing = True
        await self.stop()

    async def _end(self, crowd: Crowd) -> None:
        """Let the process that lives now die: at its point, or now."""
        life = self._life
        if life is None or life.ended.done():
            return
        if self._random.random() < _EARLY:
            await asyncio.sleep(self._random.uniform(0, _EARLY_SECONDS))
        elif await self._listening():
            if crowd.held or not self._random.getrandbits(1):
                await asyncio.sleep(self._random.uniform(0, _LATE_SECONDS))
        if self._armed(life):
            await self._die_at_a_point(life)
        else:
            self._shoot(life)
