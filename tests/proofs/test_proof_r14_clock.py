"""R14: clocks that jump, workers that freeze or die, several at once: each timer goes off once, never early."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.domain.timers import DAY_MS, HOUR_MS, Timer, TimerKind
from bot.helpdesk import HelpDesk
from bot.services import escalation, upkeep
from store import escalations, timers
from store.errors import LeaseLost
from tests.builders import House
from tests.fakes import HandClock
from tests.proofs.proof import Proof
from tests.proofs.waiting import LEVELS, Crowd
from tests.senders import opened_house

WORKERS = 3
SPAN_MS = 45 * DAY_MS
FREEZE_SECONDS = 90
LEASE_SECONDS = upkeep.LEASE_MS / 1000 + 1
JUMPS = {"+1 s": 1.0, "-1 s": -1.0, "+3 h": 3 * 3600.0, "-3 h": -3 * 3600.0, "+30 d": 30 * 86_400.0, "hours": 0.0}
WEIGHTS = (2, 2, 3, 3, 0, 8)
BETWEEN = ("-1 s", "-3 h", "-3 h", "+3 h")
"""What strikes while a worker has claims in its hands, as often as this in a row."""
OVERTAKEN = 6
FAR_JUMP = 25
"""A month is skipped once, when some of the timers went off already."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(tmp_path) as made:
        made.helpdesk.levels.sla = LEVELS
        yield made


class Shift:
    """Some workers on one database, each of whom may freeze or die; `met` counts what happened to them.

    `overtaken` counts the timers that were not due any more when it came to doing what they were for.
    """

    def __init__(self, house: House, crowd: Crowd, chance: Random) -> None:
        self.house, self.crowd, self.chance = house, crowd, chance
        self.met: Counter[str] = Counter()
        self.overtaken: Counter[TimerKind] = Counter()
        self.workers = [self._fresh() for _ in range(WORKERS)]

    def _fresh(self) -> HelpDesk:
        self.met["workers"] += 1
        return replace(self.house.helpdesk, epoch=f"worker-{self.met['workers']}")

    async def works(self) -> None:
        """All at once, until nothing is due."""
        while await timers.next_due() is not None and (await timers.next_due() or 0) <= self.house.clock.now():
            await asyncio.gather(*map(upkeep.sweep, self.workers))
        while await escalations.untold(1):
            await asyncio.gather(*map(upkeep.sweep, self.workers))

    async def one_dies(self) -> None:
        """After so many steps of its work, whatever it was doing; another takes its place."""
        task = asyncio.create_task(upkeep.sweep(self.workers[0]))
        for _ in range(self.chance.randrange(1, 400)):
            await asyncio.sleep(0)
        self.met["killed at work"] += not task.done()
        task.cancel()
        await asyncio.wait([task])
        self.workers[0] = self._fresh()

    async def one_dies_with_claims(self) -> None:
        due = await timers.claim(self.workers[0].epoch, self.house.clock.now(), upkeep.LEASE_MS, upkeep.BATCH)
        self.met["claimed and never done"] += len(due)
        self.workers[0] = self._fresh()

    async def one_is_overtaken(self) -> None:
        """It claims, the clock jumps, and it does what it claimed: by another time than the one it was due by."""
        worker, clock = self.workers[0], self.house.clock
        for _ in range(OVERTAKEN):
            clock.move(max(0, (await timers.next_due() or 0) - clock.now()) / 1000 + 1)
            due = await timers.claim(worker.epoch, clock.now(), upkeep.LEASE_MS, upkeep.BATCH)
            jumped(clock, self.chance, self.chance.choice(BETWEEN))
            self.crowd.went_off(due, clock.now())
            for timer in due:
                self.overtaken[timer.kind] += timer.due_at > clock.now()
                await upkeep.fire(worker, timer)
            while await escalation.tell(worker):
                pass

    async def one_freezes(self) -> None:
        """It claims, stands still for longer than its lease, and goes on as if nothing had been."""
        frozen = self.workers.pop()
        due = await timers.claim(frozen.epoch, self.house.clock.now(), upkeep.LEASE_MS, 50)
        self.house.clock.move(FREEZE_SECONDS)
        await self.works()
        self.workers.append(frozen)
        for timer in due:
            self.met["too late"] += await self._too_late(frozen, timer)
        self.met["frozen"] += bool(due)

    async def _too_late(self, frozen: HelpDesk, timer: Timer) -> bool:
        try:
            await upkeep.fire(frozen, timer)
        except LeaseLost:
            return True
        return False


def jumped(clock: HandClock, chance: Random, name: str = "") -> str:
    """Somebody sets the clock, or hours go by; returns which."""
    name = name or chance.choices(list(JUMPS), WEIGHTS)[0]
    if JUMPS[name]:
        clock.step(JUMPS[name])
    else:
        clock.move(chance.uniform(0, 24 * HOUR_MS / 1000))
    return name


@pytest.mark.proof("R14")
async def test_each_timer_goes_off_exactly_once_whatever_clocks_and_workers_do(house: House, proof: Proof) -> None:
    chance, crowd = proof.draw(), Crowd()
    amount = proof.size(200, 10_000)
    await crowd.gathers(house, chance, amount, SPAN_MS)
    shift = Shift(house, crowd, chance)
    troubles = (shift.one_dies, shift.one_dies_with_claims, shift.one_freezes, shift.one_is_overtaken, shift.works)
    jumps: Counter[str] = Counter()
    end, last = max(crowd.due.values()), False
    while not last:
        last = house.clock.now() > end
        jumps[jumped(house.clock, chance, "+30 d" if jumps.total() == FAR_JUMP else "")] += 1
        if jumps.total() % 8 == 0:
            await crowd.loses_some(house, chance, 0.01)
        await chance.choice(troubles)()
        house.clock.move(LEASE_SECONDS)
        await shift.works()
        effects, reminded = await crowd.effects()
        assert list(crowd.wrong(effects, reminded, house.clock.now())) == []
        assert await crowd.told() == crowd.to_tell(effects)
    gone_off = sum(map(bool, effects.values()))
    proof.tell(timers=amount, gone_off=gone_off, reminded=reminded.total(), closed=len(crowd.closed))
    proof.tell(jumps=jumps, met=shift.met, overtaken=shift.overtaken)
    assert gone_off + len(crowd.closed) >= amount
    assert set(jumps) == set(JUMPS)
    assert min(shift.met[what] for what in ("killed at work", "claimed and never done", "too late", "frozen")) > 0
    assert shift.overtaken[TimerKind.SLA] > 0
    assert crowd.closed
    assert 0 < reminded.total() < amount
