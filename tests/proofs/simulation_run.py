"""R16: one seed is one story of many days, in which everything happens at once and whatever can go wrong does."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from structlog.typing import EventDict
from tortoise.exceptions import OperationalError

from bot import inbox
from bot.domain.ticket import ActorKind
from bot.inbox import Outcome
from bot.measures import INBOX_ITEMS
from bot.services import upkeep
from store.errors import LeaseLost
from tests.proofs import simulation_agents as agents
from tests.proofs.invariants import broken, damage, unhealed
from tests.proofs.invariants_seen import Seen
from tests.proofs.simulation_acts import ACTS, Act
from tests.proofs.simulation_connection import Database
from tests.proofs.simulation_door import is_said_again
from tests.proofs.simulation_stage import AGENTS, Stage

CHANCE = 0.1
"""How likely a single call goes wrong, on top of outages."""
_LOCKED = 0.01
_PAUSES = (0, 1, 2, 5, 20, 90, 400, 1_800, 7_200, 40_000, 90_000, 200_000, 360_000)
"""Seconds between two bursts of events."""
_JUMPS = (0, 0, 0, 0, 3, 70, 400)
"""Seconds by which the clock goes on in the middle of everything; the longer ones outlive leases."""
DAYS = 30

OWN_FAILURES = frozenset(
    (
        "outbox errand failed",
        "inbox item failed",
        "timer failed",
        "escalation failed",
        "outbox result not recorded",
        "inbox item parked",
    )
)
"""What the log says when something of ours went wrong that no platform did."""


@dataclass(slots=True, kw_only=True)
class Story:
    """What came of a seed: events, days, what was seen to happen, and what did not hold."""

    seed: int
    events: int = 0
    days: int = 0
    sometimes: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


class Simulation:
    """One seed. Chance decides what is done, by whom, and who goes next wherever somebody waits."""

    def __init__(self, seed: int, database: Database, files: Path, log: list[EventDict]) -> None:
        self._random = Random(seed)
        self._log = log
        self._frail = seed % 2 == 1
        self._shaky = False
        database.begin_anew(self._turns, self._locked)
        self.stage = Stage(files, random=Random(seed + 1), chance=CHANCE, templates=seed % 3 > 0)
        self.story = Story(seed=seed)

    def _turns(self) -> int:
        return int(self._random.random() < 0.4)

    def _locked(self) -> bool:
        return self._shaky and self._random.random() < _LOCKED

    async def told(self, events: int) -> Story:
        """Play the whole story, let everything heal, and judge."""
        story, stage, begun = self.story, self.stage, self.stage.clock.now()
        put_off = _put_off()
        for agent in AGENTS:
            await agents.leaves(stage, agent, present=True)
        while stage.events < events or stage.clock.now() - begun < DAYS * 86_400_000:
            await self._burst(events)
        story.events = stage.events
        self._shaky = False
        await stage.heals()
        story.days = (stage.clock.now() - begun) // 86_400_000
        seen = await stage.seen()
        story.violations = [*broken(seen, stage.witness), *unhealed(seen, stage.witness), *await damage()]
        if not self._frail:
            story.violations += [f"log: {entry}" for entry in own_failures(self._log, seen)]
        story.sometimes = stage.platforms.hits + _happened(seen) + Counter({"item put off": _put_off() - put_off})
        return story

    async def _burst(self, events: int) -> None:
        """A few events at the door while the house works on earlier ones; perhaps the process ends in the middle."""
        choose, stage = self._random, self.stage
        self._shaky = self._frail and choose.random() < 0.5
        self._weather()
        size = choose.randrange(5) if stage.events < events else 0
        works: list[Awaitable[None]] = [self._one(act) for act in self._chosen(size)]
        works += [self._inbox(), self._inbox(), self._outbox(), self._time()]
        choose.shuffle(works)
        tasks = [asyncio.ensure_future(work) for work in works]
        if choose.random() < 0.05:
            await self._dies(tasks)
        else:
            await asyncio.gather(*tasks)
        self._shaky = False
        await stage.passes(choose.choice(_PAUSES))

    def _weather(self) -> None:
        """Platforms go away and come back."""
        choose, platforms = self._random, self.stage.platforms
        if platforms.away and choose.random() < 0.4:
            platforms.away.clear()
        elif choose.random() < 0.05:
            side = choose.choice(("whatsapp", "telegram", "desk"))
            platforms.outage(side, choose.randrange(4))
            platforms.hits[f"{side} away"] += 1

    def _chosen(self, size: int) -> Sequence[Act]:
        return self._random.choices([act for act, _ in ACTS], [weight for _, weight in ACTS], k=size)

    async def _one(self, act: Act) -> None:
        await self._unless_locked(lambda: act(self.stage, self._random))

    async def _inbox(self) -> None:
        async def works() -> None:
            while await inbox.drain(self.stage.helpdesk):
                pass

        await self._unless_locked(works)

    async def _outbox(self) -> None:
        await self._unless_locked(self.stage.outbox.drain)

    async def _time(self) -> None:
        """The scheduler's turn, perhaps after the clock went on by more than a lease."""
        await self._unless_locked(self._jumps)
        await self._unless_locked(self.stage.releases)
        await self._unless_locked(self._sweeps)

    async def _jumps(self) -> None:
        """Receipts come sooner than the clock goes on; where they cannot, it stays."""
        jump = self._random.choice(_JUMPS)
        if await self.stage.unsure():
            await self.stage.proofs()
        if jump and not await self.stage.unsure():
            self.stage.clock.move(jump)
            self.stage.platforms.hits["clock outlived a lease"] += jump > 60

    async def _sweeps(self) -> None:
        await upkeep.sweep(self.stage.helpdesk)

    async def _unless_locked(self, work: Callable[[], Awaitable[object]]) -> None:
        """A worker that stumbles over the database, or over a row that was settled meanwhile, goes on another time."""
        try:
            await work()
        except OperationalError:
            self.stage.platforms.hits["database locked"] += 1
        except LeaseLost:
            self.stage.platforms.hits["a worker stood still"] += 1
        except ExceptionGroup as group:
            if group.split(OperationalError)[1] is not None:
                raise
            self.stage.platforms.hits["database locked"] += 1

    async def _dies(self, tasks: Sequence[asyncio.Future[None]]) -> None:
        """The process is killed after some steps; another one starts sooner or later."""
        for _ in range(self._random.randrange(400)):
            await asyncio.sleep(0)
        under_way = any(not task.done() for task in tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.stage.outbox.stop(0.0)
        self.stage.platforms.hits["killed at work" if under_way else "killed at rest"] += 1
        self._shaky = False
        await self.stage.restarts(self._random.choice((0, 2, 100, 5_000)))


def own_failures(log: Iterable[EventDict], seen: Seen) -> list[EventDict]:
    """What went wrong in the house; to put aside what a platform repeats after months is right."""
    repeated = {row["id"] for row in seen["inbox"] if is_said_again(row["key"])}
    return [
        entry
        for entry in log
        if entry["event"] in OWN_FAILURES
        and not (str(entry.get("error", "")).startswith("stale") and entry.get("item") in repeated)
    ]


def _happened(seen: Seen) -> Counter[str]:
    """What the database tells of a story: actions, fates of errands and messages, timers that spoke."""
    found: Counter[str] = Counter()
    found.update(f"ticket: {row['action']}" for row in seen["history"])
    found.update(f"errand: {row['op']} {row['state']}" for row in seen["outbox"])
    found.update(f"answer: {row['delivery']}" for row in seen["message"] if row["author"] == "agent")
    found.update(f"errand tried again: {row['state']}" for row in seen["outbox"] if row["attempts"] > 1)
    found.update("too old" for row in seen["inbox"] if row["state"] == "parked")
    found.update("timer spoke" for row in seen["timer"] if row["state"] == "fired")
    found.update("follow-up ticket" for row in seen["ticket"] if row["follow_up_of"])
    found["words of somebody banned"] = sum(_while_banned(seen))
    return found


def _put_off() -> int:
    """How many items waited so far in this process because the database took nothing, or somebody was faster."""
    samples = (sample for metric in INBOX_ITEMS.collect() for sample in metric.samples)
    return sum(
        int(one.value) for one in samples if one.name.endswith("_total") and one.labels["outcome"] == Outcome.DEFERRED
    )


def _while_banned(seen: Seen) -> Iterator[bool]:
    """For each of the customers' messages, whether its writer was banned then."""
    whose = {ticket_id: row["requester_id"] for ticket_id, row in seen.tickets.items()}
    turns = [row for row in seen["audit"] if row["action"] in {"ban", "unban"}]
    for message in seen["message"]:
        if message["author"] == ActorKind.REQUESTER:
            who, at = whose[message["ticket_id"]], message["at"]
            earlier = [row["action"] for row in turns if whose[row["ticket_id"]] == who and row["at"] <= at]
            yield earlier[-1:] == ["ban"]
