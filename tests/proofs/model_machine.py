"""The state machine of R15: every act is judged by the model at once, and by the invariants every few acts."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.domain.message import Person
from bot.domain.ticket import Ticket
from store.sql import rows
from tests.proofs import simulation_agents as agents
from tests.proofs import simulation_customers as customers
from tests.proofs.clocks_in_force import LEVELS
from tests.proofs.invariants import broken, damage, unhealed
from tests.proofs.invariants_tickets import closed_over_undelivered
from tests.proofs.model import Expected, Glance, command, differences, glance, words
from tests.proofs.simulation_connection import Database, opened
from tests.proofs.simulation_loop import new_loop
from tests.proofs.simulation_run import own_failures
from tests.proofs.simulation_stage import AGENTS, CUSTOMERS, Stage, chat_of

T = TypeVar("T")

WHO = st.sampled_from(CUSTOMERS)
AGENT = st.sampled_from(AGENTS)
PICK = st.integers(0, 5)
_STEPS = "SELECT clock || ' to ' || recipient AS name FROM escalation WHERE told = TRUE"
RECENT = st.sampled_from((0, 0, 0, 1, 2))
"""Which ticket: mostly the newest."""


@dataclass(slots=True)
class Bench:
    """What all examples of one process share: the event loop, the database, and what was counted."""

    runner: asyncio.Runner
    database: Database
    files: Path
    log: list[EventDict]
    every: int
    steps: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.get_loop().run_until_complete(work)


@contextmanager
def bench(files: Path, every: int) -> Iterator[Bench]:
    """An event loop with an empty database."""
    with capture_logs() as log, asyncio.Runner(loop_factory=new_loop) as runner:
        opening = opened(files)
        database = runner.run(opening.__aenter__())
        try:
            yield Bench(runner=runner, database=database, files=files, log=log, every=every)
        finally:
            runner.run(opening.__aexit__(None, None, None))


class Machine(RuleBasedStateMachine):
    """A help desk, its people and their platforms; the rules are in the classes below this one."""

    bench: ClassVar[Bench]

    def __init__(self) -> None:
        super().__init__()
        self.bench.log.clear()
        self.bench.database.begin_anew()
        self.stage = Stage(self.bench.files, templates=True)
        self.absent: set[Person] = set()
        self.came_due: Counter[str] = Counter()
        self.picture = Glance({}, {})

    @initialize(who=WHO, templates=st.booleans())
    def a_day_begins(self, who: Person, templates: bool) -> None:
        """Everybody is in the group, and one customer has written."""
        self.stage = Stage(self.bench.files, templates=templates)
        self.stage.helpdesk.levels.sla = self.stage.witness.sla = LEVELS
        self.bench.run(self._first_words(who))

    async def _first_words(self, who: Person) -> None:
        for agent in AGENTS:
            await agents.leaves(self.stage, agent, present=True)
        await self.stage.works()
        await self._act(
            "customer_writes", words(self.picture, chat_of(who), "plain", 0), customers.writes(self.stage, who)
        )
        await self.stage.outbox.drain()

    def act(self, name: str, expected: Expected, work: Coroutine[Any, Any, Any]) -> Any:
        """Do it, and see that nothing but what is expected came of it."""
        return self.bench.run(self._act(name, expected, work))

    async def _act(self, name: str, expected: Expected, work: Coroutine[Any, Any, Any]) -> Any:
        before = self.stage.events
        told = await work
        if self.stage.events > before:
            await self.stage.works()
        await self.stage.passes(1)
        after = await glance()
        wrong = differences(self.picture, after, expected)
        self.picture = after
        self.bench.acts[name] += told is not False
        self.bench.steps += 1
        if self.bench.steps % self.bench.every == 0:
            wrong += broken(await self.stage.seen(), self.stage.witness)
        assert wrong == [], f"{name}: {wrong}"
        return told

    def in_topic(self, pick: int) -> Ticket | None:
        """One of the tickets, if it has a topic already."""
        return self.bench.run(self._in_topic(pick))

    async def _in_topic(self, pick: int) -> Ticket | None:
        ticket = await self.stage.ticket(pick)
        return ticket if ticket is not None and await self.stage.place(ticket) else None

    def commanded(self, agent: Person, pick: int, name: str, days: int = 5) -> None:
        """A command in the topic of one of the tickets."""
        if ticket := self.in_topic(pick):
            expected = self.allowed(agent, ticket.id, name)
            self.act(f"agent_{name}", expected, agents.commands(self.stage, agent, ticket, name, days=days))

    def allowed(self, agent: Person, ticket_id: int, name: str) -> Expected:
        """What a command may do when this person gives it: nothing, once they have left the group."""
        if agent in self.absent or (name == "assign" and agents.other_than(agent) in self.absent):
            return Expected()
        return command(self.picture, ticket_id, name, leads=agent is AGENTS[-1])

    def quoted_ticket(self, who: Person, external_id: str) -> int | None:
        """The ticket a message of this chat belongs to, as the message map says."""
        found = self.bench.run(
            rows(
                "SELECT ticket_id FROM post WHERE external_id = ? AND place = ?",
                external_id,
                f"{self.stage.home(who).name}:{self.picture.people.get(chat_of(who), {}).get('id')}",
            )
        )
        return int(found[0]["ticket_id"]) if found else None

    async def swept(self) -> None:
        """Time acts; silence never closes over words that did not arrive."""
        since = (await rows("SELECT coalesce(max(id), 0) AS id FROM history"))[0]["id"]
        await self.stage.sweeps()
        await self._count_steps()
        if await rows("SELECT id FROM history WHERE id > ? AND action = 'expire'", since):
            self.bench.hits["closed by silence"] += 1
            assert list(closed_over_undelivered(await self.stage.seen(), since)) == []

    async def _count_steps(self) -> None:
        """How often each kind of step came due in this example."""
        self.came_due = Counter(row["name"] for row in await rows(_STEPS))

    def teardown(self) -> None:
        """All is well again in the end: nothing is lost, stuck or silent."""
        self.bench.run(self._ends())
        self.bench.hits += self.stage.platforms.hits + self.came_due

    async def _ends(self) -> None:
        await self.stage.heals()
        seen = await self.stage.seen()
        wrong = [*broken(seen, self.stage.witness), *unhealed(seen, self.stage.witness), *await damage()]
        assert (wrong, own_failures(self.bench.log, seen)) == ([], [])
