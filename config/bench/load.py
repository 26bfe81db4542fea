"""Webhooks at a steady rate against `gise run`: how long each waits for its 200."""

from dataclasses import dataclass
from functools import partial

from adapters.sandbox.bench.generator import Outcome
from adapters.sandbox.players import comes_true
from config.bench.report import Figure
from config.bench.running import Site, looked_up, posted, site
from config.bench.scope import Scope

RATE = 200.0
_PATIENCE = 60.0
PEOPLE = 200
_STORED = "SELECT count(*) FROM inbox WHERE key LIKE 'm:%load%'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Borne:
    """What the load was answered with, how many messages are stored, what the program used of a processor."""

    outcome: Outcome
    stored: int
    cpu_share: float

    @property
    def errors(self) -> int:
        """Answers other than 200, and acknowledged messages that are not stored."""
        refused = sum(count for status, count in self.outcome.statuses.items() if status != 200)
        return refused + abs(len(self.outcome.taken) - self.stored)


async def measured(scope: Scope) -> list[Figure]:
    """One long run, and not several: what counts is the worst moment."""
    seconds = scope.size(5, 120)
    scope.say(f"load: {RATE:g} webhooks a second for {seconds} s")
    async with site(scope, "load", PEOPLE) as place:
        borne = await under_load(place, seconds)
    outcome = borne.outcome
    details = {"requests": sum(outcome.statuses.values()), "cpu_share": round(borne.cpu_share, 2)}
    return [
        Figure(name="load.p50", value=outcome.p50, details=details),
        Figure(name="load.p99", value=outcome.p99),
        Figure(name="load.max", value=outcome.longest),
        Figure(name="load.errors", value=borne.errors, details={"statuses": outcome.statuses}),
    ]


async def under_load(place: Site, seconds: float, rate: float = RATE) -> Borne:
    """Start the program, wait until it is up, and post."""
    program = await place.starts()
    try:
        await program.is_up()
        await posted(place, place.order(200, "warm", people=PEOPLE))
        await comes_true(partial(_worked_off, place), "the new tickets to be open", _PATIENCE)
        cpu = program.vitals.cpu
        outcome = await posted(place, place.order(int(rate * seconds), "load", people=PEOPLE, rate=rate))
        cpu = program.vitals.cpu - cpu
        stored = looked_up(place.database, _STORED)[0][0]
    finally:
        await program.kill()
    return Borne(outcome=outcome, stored=stored, cpu_share=cpu / outcome.seconds)


async def _worked_off(place: Site) -> bool:
    return place.left() == 0
