"""R15: a model walks through the help desk with everybody who may act on it; no step breaks an invariant."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proofs.clocks_in_force import LEVELS
from tests.proofs.model_machine import bench
from tests.proofs.model_rules import WorldActs
from tests.proofs.proof import Proof

WORKERS = 2
STEPS = 200
ENOUGH = 25
"""Kinds of acts that have to occur in any run, however small."""


def walk(start: int, *, steps: int, examples: int, every: int, smallest: bool = True) -> dict[str, dict[str, int]]:
    """Rounds of so many walks of `STEPS` acts until there were so many steps; returns how often each act occurred.

    Every so many steps the invariants are looked at, and at the end of each walk, when all was healed.
    """
    phases = (Phase.generate, Phase.shrink) if smallest else (Phase.generate,)
    usual = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    with TemporaryDirectory() as folder, bench(Path(folder), every) as made:
        WorldActs.bench = made
        for following in count(start):
            run_state_machine_as_test(seed(following)(WorldActs), settings=usual)
            if made.steps >= steps:
                break
        return {"acts": dict(made.acts), "hits": dict(made.hits), "steps": {"all": made.steps}}


# On two cores that others share, 200,000 steps took nine to eleven minutes: the result says how long.
@pytest.mark.proof("R15", seconds=1_200)
def test_no_step_of_the_model_breaks_an_invariant(proof: Proof) -> None:
    wanted = proof.size(150, 200_000)
    first = proof.draw().randrange(2**32)
    starts = [first + 2**32 * number for number in range(proof.size(1, WORKERS))]
    work = partial(walk, steps=wanted // len(starts), examples=proof.size(2, 20), every=proof.size(5, 25))
    if proof.full:
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
            found = list(pool.map(work, starts))
    else:
        found = [work(start) for start in starts]
    acts = {name: sum(one["acts"].get(name, 0) for one in found) for one in found for name in one["acts"]}
    hits = {name: sum(one["hits"].get(name, 0) for one in found) for one in found for name in one["hits"]}
    clocks = {name: hits.pop(name) for name in sorted(hits) if " to " in name}
    steps = sum(one["steps"]["all"] for one in found)
    proof.tell(steps=steps, acts=dict(sorted(acts.items())), faults=dict(sorted(hits.items())), violations=0)
    proof.tell(clocks=clocks)
    assert steps >= wanted, "inconclusive: too few steps"
    assert len(acts) >= ENOUGH, "inconclusive: too few kinds of acts"
    assert len(hits) >= proof.size(3, 12), "inconclusive: too few faults"
    assert len(clocks) >= proof.size(3, len(LEVELS.policies["short"].escalations)), (
        "inconclusive: too few steps of clocks"
    )
