"""R2: three workers and their PostgreSQL die or stand still; nothing is lost, doubled or out of order."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

import pytest

from adapters.sandbox.players import comes_true
from adapters.sandbox.world import World
from config.chaos import PROGRAM
from tests.proofs.crew import Crew, environment_of, numbers_told, with_people
from tests.proofs.lane_witness import LaneWitness
from tests.proofs.letters import Letters
from tests.proofs.outage import mail_of
from tests.proofs.own_postgres import OwnPostgres
from tests.proofs.proof import Proof

WORKERS = 3
PATIENCE = 240.0
WORD = re.compile(r"kelime-(\d{6})")
LEFT = """
SELECT (SELECT count(*) FROM inbox WHERE state IN ('waiting', 'claimed'))
    + (SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'uncertain') AND urgency < 4)"""
SAID = "SELECT ticket_id || ' ' || content FROM message WHERE author = 'requester' ORDER BY id"
CURRENT = "SELECT count(*) FROM ticket WHERE status <> 'closed' GROUP BY conversation_id"
NOT_DONE = "SELECT state FROM inbox WHERE state <> 'done'"


@pytest.mark.slow
@pytest.mark.proof("R2")
async def test_workers_and_server_may_die_at_any_time(proof: Proof, tmp_path: Path) -> None:
    """Each person's messages one after the other; workers are killed or frozen, the server is stopped."""
    messages, people = proof.size(300, 10_000), proof.size(20, 200)
    kills, stops, rate = proof.size(4, 60), proof.size(1, 10), proof.size(40, 60)
    freezes, seconds, random = proof.size(1, 10), messages / rate, proof.draw()
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(OwnPostgres())
        world = await with_people(tmp_path, people, stack)
        witness = LaneWitness(postgres.url)
        await witness.begin()
        environment = environment_of(world, postgres.url, tmp_path)
        crew = await stack.enter_async_context(Crew(WORKERS, environment, tmp_path))
        world.whatsapp.webhook_url = f"http://127.0.0.1:{crew.doors[0]}/webhooks/whatsapp"
        mail = mail_of(environment)
        letters = await stack.enter_async_context(Letters(mail=mail, doors=crew.doors, people=people))
        async with asyncio.TaskGroup() as group:
            group.create_task(letters.write_in_turn(messages, rate))
            group.create_task(crew.reap(kills, random, seconds / kills))
            group.create_task(crew.chill(freezes, random, seconds / freezes))
            group.create_task(_stopped(postgres, stops, random, seconds / stops))
        await comes_true(_nothing_left(postgres), "everything to be worked off", PATIENCE)
        said, keys = await postgres.values(SAID), await postgres.values("SELECT key FROM inbox")
        current, undone = await postgres.values(CURRENT), await postgres.values(NOT_DONE)
        own_ends = crew.own_ends
        await witness.end()
    assert (crew.kills, postgres.stops) == (kills, stops + 1)
    assert undone == []
    assert len(letters.taken) == messages
    assert Counter(key for key in keys if key.startswith("m:")) == Counter(letters.taken)
    assert witness.two_at_once() == []
    assert len(witness.workers) >= WORKERS
    _in_order(said, messages, people)
    assert set(current) <= {1}, "a conversation has two open tickets"
    _shown(world, messages)
    _acknowledged(world, people)
    proof.tell(
        messages=messages,
        kills=crew.kills,
        stops=stops,
        freezes=freezes,
        claims=witness.claims,
        statuses=dict(letters.statuses()),
        ended_by_themselves=len(own_ends),
    )


async def _stopped(postgres: OwnPostgres, stops: int, random: Random, pause: float) -> None:
    """The server quits at once, and is started again a little later."""
    for _ in range(stops):
        await asyncio.sleep(random.uniform(0.3, 1.0) * pause)
        await postgres.stop()
        await asyncio.sleep(random.uniform(0.2, 2.0))
        await postgres.start()


def _nothing_left(postgres: OwnPostgres) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return await postgres.values(LEFT) == [0]

    return look


def _in_order(said: list[str], messages: int, people: int) -> None:
    """Every word in exactly one ledger, each person's in one ticket, in the order in which they were said."""
    numbers = [int(found[1]) for line in said if (found := WORD.search(line))]
    assert Counter(numbers) == Counter(range(messages))
    by_person: dict[int, list[int]] = {}
    tickets: dict[int, set[str]] = {}
    for line, number in zip(said, numbers, strict=True):
        by_person.setdefault(number % people, []).append(number)
        tickets.setdefault(number % people, set()).add(line.partition(" ")[0])
    assert all(order == sorted(order) for order in by_person.values())
    assert {len(of_one) for of_one in tickets.values()} == {1}


def _shown(world: World, messages: int) -> None:
    """Every word stands in the agents' group; a second time only where the post says that this may be so."""
    seen: Counter[int] = Counter()
    for call in world.telegram.calls:
        if call.method == "sendMessage" and call.ok:
            words = str(call.params.get("text"))
            if PROGRAM.repeated not in words:
                seen.update({int(number) for number in WORD.findall(words)})
            else:
                seen.update({int(number): 0 for number in WORD.findall(words)})
    assert set(seen) == set(range(messages))
    assert [number for number, times in seen.items() if times > 1] == []


def _acknowledged(world: World, people: int) -> None:
    """Everybody was told their ticket's number, once."""
    for index in range(people):
        assert numbers_told(world, index) == 1, f"person {index}"
