"""R16: stories of many days in which everything happens at once and whatever can go wrong does; then all heals.

The goal is `SEEDS` stories. One event costs the whole stack some 40 statements and five milliseconds, so that two
cores tell about an eighth of them within `LONGEST`; those after it need time alone: `python -m tests.proofs R16 --seed
N` begins at another seed. The seed that a failure names is repeated in the same way: it is played first, and nothing
follows if it fails.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, repeat
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from structlog.testing import capture_logs

from tests.proofs.proof import Proof
from tests.proofs.simulation_connection import opened
from tests.proofs.simulation_loop import new_loop, number_anew
from tests.proofs.simulation_run import DAYS, Simulation, Story

WORKERS = 2
SEEDS = 5_000
SEEDS_IN_A_SHARE = 10
LONGEST = 520.0
"""Seconds; after so many no story is begun any more, and the result says how many were told."""
EVENTS = 200
QUOTA = 100
"""So often at least each fault and each "sometimes" has to happen in a whole run."""

SOMETIMES = (
    *("refused", "blocked", "rate limit", "unreachable", "lost before", "lost after", "token revoked", "window shut"),
    *("topic gone", "message gone", "not modified", "file failed", "late failure 131026", "late failure 131047"),
    *("whatsapp away", "telegram away", "desk away", "database locked", "not accepted", "killed at work"),
    *(
        "clock outlived a lease",
        "repeated",
        "repeated under another key",
        "brought twice at once",
        "brought as a batch",
        "foreign button",
    ),
    *("ticket: accept", "ticket: reject", "ticket: expire", "ticket: wake", "ticket: reopen", "ticket: close"),
    *("answer: parked", "answer: uncertain", "answer: failed", "answer: read", "errand tried again: sent"),
    *("item put off", "timer spoke", "follow-up ticket", "words of somebody banned", "too old"),
)


def tell(seeds: Sequence[int], events: int, until: float = math.inf) -> list[Story]:
    """Play these seeds one after the other on a database of their own, as long as the machine's clock says so."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_told(seeds, events, until))


async def _told(seeds: Sequence[int], events: int, until: float) -> list[Story]:
    stories = []
    with TemporaryDirectory() as folder, capture_logs() as log:
        async with opened(Path(folder)) as database:
            for seed in seeds:
                if time.monotonic() > until:
                    break
                log.clear()
                number_anew(asyncio.get_running_loop())
                try:
                    stories.append(await Simulation(seed, database, Path(folder), log).told(events))
                except Exception as error:
                    error.add_note(f"seed {seed}")
                    raise
    return stories


def at_once(seeds: Sequence[int], events: int) -> list[Story]:
    """Share the seeds among as many processes as there are cores."""
    until = time.monotonic() + LONGEST
    shares = [seeds[start : start + SEEDS_IN_A_SHARE] for start in range(0, len(seeds), SEEDS_IN_A_SHARE)]
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        return list(chain.from_iterable(pool.map(tell, shares, repeat(events), repeat(until))))


@pytest.mark.proof("R16")
def test_whatever_goes_wrong_all_is_well_in_the_end(proof: Proof) -> None:
    seeds = range(proof.seed, proof.seed + proof.size(4, SEEDS))
    events = proof.size(60, EVENTS)
    stories = tell(seeds[:1], events)
    assert stories[0].violations == [], f"seed {proof.seed}"
    assert tell(seeds[:1], events) == stories, "a seed alone decides, or no failure could be repeated"
    stories += at_once(seeds[1:], events) if proof.full else tell(seeds[1:], events)
    sometimes: Counter[str] = sum((story.sometimes for story in stories), Counter())
    proof.tell(stories=len(stories), events=sum(story.events for story in stories), sometimes=dict(sometimes))
    assert {story.seed: story.violations for story in stories if story.violations} == {}
    assert all(story.events >= events and story.days >= DAYS for story in stories)
    rare = [name for name in SOMETIMES if sometimes[name] < QUOTA]
    assert not proof.full or not rare, f"inconclusive: too rare were {rare}"
    assert sum(sometimes[name] > 0 for name in SOMETIMES) >= len(SOMETIMES) // 2, "inconclusive: too little happened"
