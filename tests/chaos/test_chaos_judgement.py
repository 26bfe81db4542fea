"""What a run calls a miss, and what it calls inconclusive."""

import json
from collections.abc import Sequence

import pytest

from adapters.sandbox.chaos.checks import Finding, disorder
from adapters.sandbox.chaos.plan import Plan, course, nights
from adapters.sandbox.chaos.report import Report, never_fired
from bot.crashpoints import POINTS

PLAN = Plan(seed=7, messages=600, contacts=20, kills=60, points=POINTS)


def report(findings: Sequence[Finding] = (), missing: Sequence[str] = ()) -> Report:
    return Report(plan=PLAN, findings=findings, never_fired=missing, fired={}, points={})


@pytest.mark.parametrize(
    ("made", "verdict", "code"),
    [
        (report(), "passed", 0),
        (report([("telegram shown as uncertain", "A0001-00001")]), "passed", 0),
        (report([("whatsapp lost", "A0001-00001")]), "missed", 1),
        (report([], ["reposts"]), "inconclusive", 3),
        (report([("inbound lost", "K0001-00001")], ["reposts"]), "missed", 1),
    ],
)
def test_the_exit_code_tells_passed_missed_and_inconclusive_apart(made: Report, verdict: str, code: int) -> None:
    assert (made.verdict, made.exit_code) == (verdict, code)


def test_the_result_is_one_json_line_with_seed_counts_and_examples() -> None:
    line = report([("inbound lost", f"K0001-0000{number}") for number in range(7)]).as_json()
    told = json.loads(line)
    assert "\n" not in line
    assert (told["seed"], told["verdict"], told["findings"]) == (7, "missed", {"inbound lost": 7})
    assert told["examples"] == {"inbound lost": [f"K0001-0000{number}" for number in range(5)]}


@pytest.mark.parametrize(
    ("found", "late"),
    [
        (["a", "b", "c"], []),
        (["a", "c"], []),
        (["a", "b", "a", "c"], []),
        (["b", "a", "c"], ["a"]),
        (["c", "a", "b"], ["a", "b"]),
        (["a", "x", "b"], []),
    ],
    ids=["in order", "with a gap", "with a copy", "swapped", "one too early", "with a stranger"],
)
def test_disorder_names_what_stands_before_something_it_should_follow(found: list[str], late: list[str]) -> None:
    assert list(disorder({"": found}, {"": ["a", "b", "c"]})) == late


def test_a_seed_draws_the_same_run_again_and_another_seed_another_one() -> None:
    assert course(PLAN) == course(PLAN)
    assert course(PLAN) != course(Plan(seed=8, messages=600, contacts=20, kills=60, points=POINTS))


def test_a_run_begins_every_conversation_with_the_customer_and_numbers_each_side_without_gaps() -> None:
    drawn = course(PLAN)
    for person in drawn.people:
        lines = [line for line in drawn.lines if line.person == person]
        assert not lines[0].answer
        for answer in (False, True):
            numbers = [line.number for line in lines if line.answer is answer]
            assert numbers == list(range(len(numbers)))


def test_every_death_asked_for_is_in_the_plan_and_comes_in_its_turn() -> None:
    drawn = course(PLAN)
    assert len(drawn.fates) + len(nights(PLAN)) == PLAN.kills
    assert len(drawn.ends) == len(drawn.fates)
    assert list(drawn.ends) == sorted(drawn.ends)


def test_a_fault_that_never_happened_makes_a_run_inconclusive() -> None:
    fired = {"batches": 1, "reposts": 3, "kills at any time": 1, "posts that had to be repeated": 4}
    assert never_fired(PLAN, fired, dict.fromkeys(POINTS[1:], 1)) == [
        "kills at a crash point",
        "dropped answers of telegram",
        "dropped answers of whatsapp",
        f"crash point {POINTS[0]}",
    ]
