"""R14: other service levels for a house full of open tickets: all follow, and no message waits for them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from time import process_time

import pytest

from bot.domain.sla.policy import ClockKind, Escalation, Policy, Recipient, Sla, Target
from bot.domain.ticket import Priority
from bot.inbox import Outcome
from bot.services import levels
from store.sql import rows
from tests.builders import BOSS, MEHMET, House
from tests.proofs.many_tickets import copied
from tests.proofs.proof import Proof
from tests.senders import opened_house

PATIENCE = 0.1
"""Seconds of work that a message may have to wait for."""
HOUR = 3_600_000
SHARE_BUSY = 20
"""One in so many turns meets a message."""


def promising(hours: int) -> Sla:
    policy = Policy(
        name="plain",
        targets={priority: {ClockKind.FIRST_RESPONSE: Target(hours * HOUR)} for priority in Priority},
        escalations=(Escalation(clock=ClockKind.FIRST_RESPONSE, to=Recipient.LEAD),),
    )
    return Sla(default="plain", policies={"plain": policy}, version=hours)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(tmp_path) as made:
        made.helpdesk.levels.load = lambda: promising(1)
        await levels.settle(made.helpdesk)
        yield made


async def turn(house: House, *, with_message: bool) -> tuple[int, float]:
    """One turn of the scheduler; how many tickets it had, and how much work a message that came with it waited for."""
    began = process_time()
    if not with_message:
        return await levels.rearm(house.helpdesk), process_time() - began
    done, outcome = await asyncio.gather(levels.rearm(house.helpdesk), house.customer("Bir de bu var", MEHMET))
    assert outcome is Outcome.DONE
    return done, process_time() - began


@pytest.mark.proof("R14")
async def test_every_open_ticket_follows_new_levels_and_no_message_waits_for_that(house: House, proof: Proof) -> None:
    amount = proof.size(1_000, 100_000)
    first = await copied(await house.opened(), amount)
    house.helpdesk.levels.load = lambda: promising(2)
    assert await house.agent("/reload", who=BOSS) is Outcome.DONE
    alone: list[float] = []
    beside: list[float] = []
    turns = 0
    while True:
        turns += 1
        busy = turns % SHARE_BUSY == 0
        done, waited = await turn(house, with_message=busy)
        (beside if busy else alone).append(waited)
        if not done:
            break
    assert turns > amount / levels.SLICE
    wrong = await rows(
        "SELECT count(*) AS wrong FROM ticket LEFT JOIN timer ON timer.ticket_id = ticket.id AND kind = 'sla'"
        " WHERE ticket.id >= ? AND ticket.id < ? AND due_at IS DISTINCT FROM created_at + ?",
        first,
        first + amount,
        2 * HOUR,
    )
    assert wrong[0]["wrong"] == 0
    alone.sort()
    slow = sum(waited > PATIENCE for waited in (*alone, *beside))
    proof.tell(
        tickets=amount,
        slice=levels.SLICE,
        cpu_ms_of_a_slice={"median": round(median(alone) * 1000, 1), "p99": round(alone[-len(alone) // 100] * 1000, 1)},
        cpu_ms_with_a_message=round(median(beside) * 1000, 1),
        slower_than_patience=slow,
    )
    assert slow <= turns // 500, "no more than a machine that is busy with something else explains"
    assert await levels.rearm(house.helpdesk) == 0
    shown = await rows("SELECT count(*) AS cards FROM outbox WHERE op = 'card' AND ticket_id >= ?", first)
    assert shown[0]["cards"] <= levels.CARDS, "nobody reads so many cards, and no group takes them"
