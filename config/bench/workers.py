"""Two processes on one PostgreSQL against one: messages a second, all the way in.

The agents' group takes one write a minute meanwhile, so that nearly all the work is the inbound path's. Workers, server
and poster share the machine: with no more cores than that, two workers cannot be twice as fast.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import asdict

from adapters.sandbox.bench.children import Child
from adapters.sandbox.bench.generator import Outcome
from adapters.sandbox.bench.program import Program, free_port
from adapters.sandbox.bench.stopwatch import Stopwatch
from adapters.sandbox.players import comes_true
from bot.shares import SLOTS
from config.bench import seeding
from config.bench.databases import Databases, asked, databases
from config.bench.houses import house
from config.bench.report import Figure, not_measured, of_rounds
from config.bench.running import Site, site
from config.bench.scope import Scope

PEOPLE = 1_000
_CONNECTIONS = 32
_PATIENCE = 600.0
_LEFT = "SELECT count(*) FROM inbox WHERE state IN ('waiting', 'claimed')"
_IN_LEDGER = "SELECT count(*) FROM message WHERE author = 'requester'"


_LARGEST_PART = """
SELECT coalesce(max(held), 0) FROM (
    SELECT count(*) AS held FROM lease
    WHERE name LIKE 'lanes:%' AND until > extract(epoch FROM clock_timestamp()) * 1000 GROUP BY holder
) AS parts"""


class Lost(Exception):
    """Not every message is in a ledger."""


async def measured(scope: Scope) -> list[Figure]:
    """One worker and two in turn."""
    if not scope.postgres:
        return [not_measured("workers.2", "no PostgreSQL was given (--postgres)")]
    ratios, ones, twos, costs = [], [], [], []
    async with site(scope, "workers", 10) as place, databases(scope, scope.postgres) as made:
        place.environment["GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE"] = "1"
        for nth in range(scope.rounds):
            one, alone = await _worked(scope, place, made, f"one-{nth}", 1)
            two, together = await _worked(scope, place, made, f"two-{nth}", 2)
            ratios.append(two / one)
            ones.append(round(one))
            twos.append(round(two))
            costs.append((round(alone), round(together)))
            scope.say(f"workers: {twos[-1]}/s to {ones[-1]}/s; {together:.0f} to {alone:.0f} us of CPU per message")
    # A cost that stays the same says that the workers do not hinder one another: then the processors are the bound.
    details = {"one_per_second": ones, "two_per_second": twos, "cpu_us_per_message_one_two": costs}
    return [of_rounds("workers.2", ratios, **details)]


async def _worked(scope: Scope, place: Site, made: Databases, name: str, workers: int) -> tuple[float, float]:
    """Messages a second, and what the workers spent on each, in microseconds of a processor. Raises `Lost`."""
    people, requests = scope.size(50, PEOPLE), scope.size(200, 6_000)
    url = await made.fresh(f"workers-{name}")
    async with house(place.folder / "data", url) as helpdesk:
        await seeding.live_tickets(people, helpdesk.now())
    async with AsyncExitStack() as stack:
        programs = [await _started(place, url, nth, stack) for nth in range(workers)]
        posters = [await _poster(nth, stack) for nth in range(workers)]
        # Who comes second is given its part within a few seconds; that is no part of the work.
        await comes_true(lambda: _shared_out(url, workers), "the workers to share the lanes", _PATIENCE)
        watch, cpu = Stopwatch(), sum(program.vitals.cpu for program in programs)
        share = requests // workers
        taken = await _posted(place, programs, posters, share, people)
        await comes_true(lambda: _none_left(url), "the messages to be worked off", _PATIENCE)
        seconds = watch.seconds
        cpu = sum(program.vitals.cpu for program in programs) - cpu
        if (await asked(url, _IN_LEDGER)) != [taken]:
            raise Lost(f"{taken} messages were acknowledged, {await asked(url, _IN_LEDGER)} are in a ledger")
    return taken / seconds, 1e6 * cpu / taken


async def _started(place: Site, url: str, nth: int, stack: AsyncExitStack) -> Program:
    port = str(free_port())
    program = await place.starts(core=nth, GISE_DATABASE__URL=url, GISE_HTTP__PORT=port)
    stack.push_async_callback(program.kill)
    await program.is_up()
    return program


async def _poster(nth: int, stack: AsyncExitStack) -> Child:
    poster = await Child.start("adapters.sandbox.bench.generator", core=nth + 1)
    stack.push_async_callback(poster.close)
    return poster


async def _posted(place: Site, programs: list[Program], posters: list[Child], requests: int, people: int) -> int:
    """The same people write through every door; returns how many messages were taken."""
    orders = [
        place.order(requests, f"w{nth}", people=people, connections=_CONNECTIONS, port=program.port)
        for nth, program in enumerate(programs)
    ]
    told = await asyncio.gather(*(poster.asks(asdict(order)) for poster, order in zip(posters, orders, strict=True)))
    return sum(len(Outcome.of(one).taken) for one in told)


async def _shared_out(url: str, workers: int) -> bool:
    return await asked(url, _LARGEST_PART) == [-(-SLOTS // workers)]


async def _none_left(url: str) -> bool:
    return await asked(url, _LEFT) == [0]
