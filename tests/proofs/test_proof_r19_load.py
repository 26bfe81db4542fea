"""R19: under a steady load every webhook has its 200 soon, and what is above capacity is told so and comes again."""

import re
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.sandbox.bench.stopwatch import quantile
from adapters.sandbox.players import comes_true
from adapters.sandbox.world import World
from bot.inbox.door import ARRIVALS
from config.bench import load
from config.bench.running import site
from config.bench.scope import Scope
from store.sql import rows
from tests.proofs.letters import TAKEN, Letters
from tests.proofs.outage import keys_in, mail_of
from tests.proofs.proof import Proof
from tests.proofs.trouble_scenes import staged

AT_ONCE = 1e9
MIDDLE_MS, P99_MS, LONGEST_MS = 50.0, 250.0, 1000.0
RATE_TO_GROUP, SHOWN_SECONDS = 10.0, 2.0
IN_LEDGER = "SELECT count(*) AS known FROM message WHERE author = 'requester'"
WORD = re.compile(r"kelime-(\d{6})")


@pytest.mark.proof("R19")
async def test_a_burst_beyond_capacity_is_refused_and_taken_when_it_comes_again(proof: Proof, tmp_path: Path) -> None:
    """A door with room for a few: the others get a 503 at once, none a 200 that is not true."""
    people, room = proof.size(40, 1_000), 4
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(staged(tmp_path))
        stack.callback(setattr, ARRIVALS, "most_waiting", ARRIVALS.most_waiting)
        ARRIVALS.most_waiting = room
        mail = mail_of(stage.world.environment())
        letters = await stack.enter_async_context(Letters(mail=mail, doors=(stage.app.port,), people=people))
        with capture_logs():
            await letters.write_in_turn(people, AT_ONCE)

        async def all_known() -> bool:
            return bool((await rows(IN_LEDGER))[0]["known"] == people)

        await comes_true(all_known, "every letter to be in a ledger", 60.0)
        keys = keys_in(tmp_path / "data" / "gise.sqlite3")
    statuses = letters.statuses()
    assert statuses.keys() == {TAKEN, 503}, "nobody was above capacity"
    assert sorted(key for key in keys if key.startswith("m:")) == sorted(letters.taken)
    proof.tell(letters=people, refused=statuses[503])


@pytest.mark.slow
@pytest.mark.proof("R19")
async def test_two_hundred_webhooks_a_second_are_acknowledged_soon(proof: Proof, tmp_path: Path) -> None:
    """`gise run` as a process of its own, committing to the disk for every answer."""
    seconds = proof.size(5, 120)
    scope = Scope(folder=tmp_path, rounds=1, quick=not proof.full, say=lambda _: None)
    async with site(scope, "load", load.PEOPLE) as place:
        borne = await load.under_load(place, seconds)
    outcome = borne.outcome
    proof.tell(
        seconds=seconds,
        p50_ms=round(outcome.p50, 1),
        p99_ms=round(outcome.p99, 1),
        longest_ms=round(outcome.longest, 1),
        statuses=outcome.statuses,
        cpu_share=round(borne.cpu_share, 2),
    )
    assert outcome.statuses == {TAKEN: int(load.RATE * seconds)}
    assert borne.errors == 0
    assert outcome.p50 <= MIDDLE_MS
    assert outcome.p99 <= P99_MS
    assert outcome.longest < LONGEST_MS


@pytest.mark.slow
@pytest.mark.proof("R19")
async def test_ten_a_second_stand_in_the_group_soon(proof: Proof, tmp_path: Path) -> None:
    """From Meta's webhook to the agents' topics, through everything."""
    said = proof.size(60, 600)
    async with staged(tmp_path) as stage:
        mail = mail_of(stage.world.environment())
        async with Letters(mail=mail, doors=(stage.app.port,), people=10) as letters:
            await letters.write_in_turn(said, RATE_TO_GROUP)
            shown = await stage.world.changes.wait_for(
                partial(_all_shown, stage.world, said), 60.0, what="every word in the group"
            )
            lags = [at - letters.posted[number] for number, at in shown.items()]
    proof.tell(messages=said, p50=round(quantile(lags, 0.5), 2), p95=round(quantile(lags, 0.95), 2))
    assert quantile(lags, 0.95) <= SHOWN_SECONDS


def _all_shown(world: World, said: int) -> dict[int, float]:
    """When each word first stood in the group, by its number; nothing as long as one is missing."""
    shown: dict[int, float] = {}
    for call in world.telegram.calls:
        if call.method == "sendMessage" and call.ok:
            for number in WORD.findall(str(call.params.get("text"))):
                shown.setdefault(int(number), call.at)
    return shown if len(shown) == said else {}
