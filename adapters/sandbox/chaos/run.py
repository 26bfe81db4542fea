"""A whole run: open the stage, let people write while processes die, let it heal, and account for every message."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from adapters.sandbox.chaos import books, checks
from adapters.sandbox.chaos.crowd import Crowd
from adapters.sandbox.chaos.keeper import Keeper
from adapters.sandbox.chaos.lives import Nursery, Unstartable
from adapters.sandbox.chaos.plan import Course, Plan, Program, course, nights
from adapters.sandbox.chaos.report import Report, never_fired, seconds
from adapters.sandbox.chaos.stage import Stage
from adapters.sandbox.chaos.watch import Watch

Say = Callable[[str], None]

_LOOK_SECONDS = 0.2
_STILL_SECONDS = 1.0
"""After so long without any change the program is asleep: what is left waits for a time to come."""
_STUCK_SECONDS = 60.0
_NIGHT_SECONDS = 11 * 60.0
_LEAP_SECONDS = 31 * 60.0
_MOST_LEAPS = 12
_PROGRESS_SECONDS = 5.0
_LEAST_ROOM, _MOST_ROOM = 30, 250


async def chaos(plan: Plan, program: Program, folder: Path, say: Say) -> Report:
    """Run in `folder`, where the database and the program's log stay. Raises `Unstartable`."""
    drawn = course(plan)
    random = Random(plan.seed + 1)
    say(f"seed {plan.seed}: {plan.messages} messages, {plan.contacts} contacts, {plan.kills} kills")
    async with AsyncExitStack() as stack:
        stage = Stage(plan, drawn.people, folder, random)
        await stage.start()
        stack.push_async_callback(stage.stop)
        nursery = Nursery(program, folder)
        stack.push_async_callback(nursery.close)
        await nursery.open()
        run = _Run(plan, drawn, stage, Keeper(nursery, stage, drawn.fates, random), say)
        try:
            await run.through()
        except ExceptionGroup as troubles:
            # One is enough to say, and the program's own failure says more than what came of it here.
            raise next((one for one in troubles.exceptions if isinstance(one, Unstartable)), troubles) from None
        return run.report(program.repeated)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is left to do, whether some of it is still on its way to the program, and what moves while it works."""

    left: int
    on_its_way: bool
    traces: tuple[object, ...]


class _Run:
    def __init__(self, plan: Plan, drawn: Course, stage: Stage, keeper: Keeper, say: Say) -> None:
        self._plan = plan
        self._drawn = drawn
        self._stage = stage
        self._keeper = keeper
        self._say = say
        self._watch = Watch(stage)
        self._crowd = Crowd(stage, self._watch, _room(plan))
        self._begun_at = time.monotonic()
        self._figures: dict[str, object] = {}
        self._left = 0

    async def through(self) -> None:
        """The day with its kills, the night with its timers, the morning after."""
        async with asyncio.TaskGroup() as group:
            kept = group.create_task(self._keeper.run())
            progress = group.create_task(self._progress())
            reaped = group.create_task(self._keeper.reap(lambda: self._crowd.begun, self._drawn.ends))
            await self._crowd.write(self._drawn.lines)
            await reaped
            self._note("people are done")
            for fate in nights(self._plan):
                await self._settled(leaps=0)
                await self._keeper.night(fate, self._until_a_timer())
            self._stage.heal()
            await self._settled(leaps=_MOST_LEAPS)
            self._note("everything is quiet")
            await self._keeper.close()
            await kept
            progress.cancel()

    async def _settled(self, *, leaps: int) -> None:
        """Wait until nothing is left to do; while only waiting is left, let the clock leap (no more than `leaps`)."""
        before, changed_at = None, time.monotonic()
        while (now := self._work()) is None or now.left > 0:
            if now is None or now != before:
                before, changed_at = now, time.monotonic()
            still = time.monotonic() - changed_at
            if still > _STILL_SECONDS and now is not None and not now.on_its_way:
                if leaps == 0:
                    return
                leaps -= 1
                changed_at = time.monotonic()
                self._stage.clock.move(_LEAP_SECONDS)
            if still > _STUCK_SECONDS:
                return
            await asyncio.sleep(_LOOK_SECONDS)

    def _work(self) -> _Work | None:
        """None while the database cannot be read."""
        self._crowd.answer()
        standing = books.standing(self._stage.database, self._now_ms())
        if standing is None:
            return None
        stage = self._stage
        outside = self._crowd.held + len(stage.telegram.unconfirmed) + (not stage.postman.idle)
        self._left = standing.left + outside
        # A leap of the clock must not end the wait for a receipt that is already on its way.
        on_its_way = standing.inbox > 0 or outside > 0
        return _Work(self._left, on_its_way, (standing, self._watch.calls, stage.postman.taken))

    def _until_a_timer(self) -> float:
        """How many seconds a night lasts: long enough for the death that waits in it to find its timer."""
        ahead = (books.next_timer(self._stage.database) - self._now_ms()) / 1000
        return _NIGHT_SECONDS + max(ahead, 0.0)

    async def _progress(self) -> None:
        while True:
            await asyncio.sleep(_PROGRESS_SECONDS)
            crowd, keeper = self._crowd, self._keeper
            passed = time.monotonic() - self._begun_at
            self._say(
                f"{passed:4.0f} s: {len(crowd.written)} written, {len(self._watch.seen)} arrived, "
                f"{keeper.deaths} kills, {books.standing(self._stage.database, self._now_ms())}"
            )

    def _now_ms(self) -> int:
        return int(self._stage.clock.now() * 1000)

    def _note(self, name: str) -> None:
        self._figures[f"seconds until {name}"] = round(time.monotonic() - self._begun_at, 1)

    def report(self, repeated: str) -> Report:
        """Hold everything against everything."""
        stage, written = self._stage, self._crowd.written
        kept = books.read(stage.database, round(stage.clock.now() * 1000))
        findings = [
            *checks.inbound(written, kept),
            *checks.house(kept),
            *checks.whatsapp_out(stage, written),
            *checks.telegram_out(stage, written, self._crowd.posts),
            *checks.desk(stage, written, repeated),
            *checks.told_truth(stage, written, kept),
            *((("never answered", str(self._crowd.held)),) if self._crowd.held else ()),
            *((("left in the queues", str(self._left)),) if self._left else ()),
            *(("ended by itself", f"code {code}") for code in self._keeper.own_ends),
            *(("took over 10 s to stop", f"{took} s") for took in self._keeper.stops if took > 10),
        ]
        passed = time.monotonic() - self._begun_at
        figures = self._figures | {
            "seconds": round(passed, 1),
            "messages a second": round(len(written) / passed, 1),
            "answers": sum(line.answer for line in written),
            "calls": self._watch.calls,
            "flood limit hits": stage.telegram.breaches,
            "seconds from death to listening": seconds(self._keeper.returns),
            "seconds to stop": seconds(self._keeper.stops),
        }
        return Report(
            plan=self._plan,
            findings=findings,
            never_fired=never_fired(self._plan, stage.fired, self._keeper.points),
            fired=stage.fired,
            points=self._keeper.points,
            figures=figures,
        )


def _room(plan: Plan) -> int:
    """About what one process gets to do before it dies, so that each has something to do."""
    return min(_MOST_ROOM, max(_LEAST_ROOM, plan.messages // (plan.kills + 1)))
