"""The proof on a small scale: real processes are killed, answers are dropped, and every message is accounted for."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.sandbox.chaos.control import CONTROLS, broken
from adapters.sandbox.chaos.plan import Plan
from adapters.sandbox.chaos.report import MISSED, Report
from adapters.sandbox.chaos.run import chaos
from bot.crashpoints import POINTS
from config.chaos import PROGRAM

SMALL = Plan(seed=20261122, messages=300, contacts=20, kills=3, dropped=0.02, points=POINTS)

LONGEST = 240
"""Seconds. What a broken program lost is waited for, a minute at a time."""


async def run(plan: Plan, folder: Path, control: str = "") -> Report:
    """One run; what it says on the way ends up in the test's output."""
    program = broken(PROGRAM, control, folder / "copy") if control else PROGRAM
    async with asyncio.timeout(LONGEST):
        return await chaos(plan, program, folder, print)


async def test_three_kills_and_dropped_answers_lose_double_and_hide_nothing(tmp_path: Path) -> None:
    report = await run(SMALL, tmp_path)
    assert (report.verdict, report.exit_code) == ("passed", 0), report.as_json()


@pytest.mark.slow
@pytest.mark.timeout(LONGEST)
async def test_a_program_that_acknowledges_before_it_commits_is_seen_to_lose_messages(tmp_path: Path) -> None:
    plan = replace(SMALL, messages=100, contacts=10, kills=4, channel="whatsapp", points=("inbox.stored",))
    report = await run(plan, tmp_path, "ack-before-commit")
    assert report.verdict == MISSED
    assert "inbound lost" in {name for name, _ in report.findings}


@pytest.mark.slow
@pytest.mark.timeout(LONGEST)
async def test_a_program_that_repeats_what_nobody_knows_of_is_seen_to_double_answers(tmp_path: Path) -> None:
    few = replace(SMALL, messages=100, contacts=10, kills=4, points=("outbox.called",))
    plan = replace(few, channel="telegram", dropped=0.1)
    report = await run(plan, tmp_path, "blind-resend")
    assert report.verdict == MISSED
    assert "telegram doubled" in {name for name, _ in report.findings}


@pytest.mark.parametrize("control", CONTROLS)
def test_every_control_still_fits_the_program(control: str, tmp_path: Path) -> None:
    copy = broken(PROGRAM, control, tmp_path)
    changed = CONTROLS[control].file
    assert (copy.root / changed).read_text(encoding="utf-8") != (PROGRAM.root / changed).read_text(encoding="utf-8")
