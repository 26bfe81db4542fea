"""Presence and clocks in the database: who is there, how much they have, what came due, what is still to come."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.domain.people import Agent
from bot.domain.sla.alarms import Alarm
from bot.domain.sla.policy import ClockKind, Recipient
from bot.domain.ticket import SYSTEM, Action, Status, Ticket, transition
from bot.domain.timers import TimerKind
from store import desk, escalations, presence, tickets, timers
from store.dialect import Dialect
from store.errors import Conflict
from store.sql import rows
from tests.store.conftest import NOW

NewTicket = Callable[[], Awaitable[Ticket]]
MINUTE = 60_000


async def deniz() -> Agent:
    found = await desk.agent(7)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
async def known(database: str) -> None:
    assert database
    await desk.seen(7, "Deniz", "deniz", "-100")


async def test_being_heard_of_is_kept_once_in_a_while() -> None:
    for at, kept in ((NOW, NOW), (NOW + MINUTE, NOW), (NOW + MINUTE + 1, NOW + MINUTE + 1), (NOW, NOW + MINUTE + 1)):
        await presence.spoke(7, at, MINUTE)
        assert (await deniz()).seen_at == kept


async def test_away_is_reminded_of_once_and_once_again_after_it_was_said_again() -> None:
    for until in (NOW + 5, NOW + 9):
        await presence.set_away(7, until)
        away = await deniz()
        assert away.away_until == until
        assert [await presence.remind(away) for _ in range(2)] == [True, False]
    await presence.set_away(7, None)
    assert (await deniz()).away_until is None


async def test_silence_while_nobody_listened_is_taken_off_those_who_were_heard_of() -> None:
    assert await presence.listens(NOW) is None
    assert await presence.listens(NOW + MINUTE) == NOW
    await presence.heard_later(MINUTE, NOW)
    assert (await deniz()).seen_at == 0
    await presence.spoke(7, NOW, MINUTE)
    for gap, now, heard in ((3, NOW + 9, 3), (9, NOW + 9, 9), (99, NOW + 9, 9), (-50, NOW, -41), (-5, NOW - 99, -99)):
        await presence.heard_later(gap, now)
        assert (await deniz()).seen_at == NOW + heard


async def test_members_are_those_who_are_in_that_group_now() -> None:
    await desk.seen(8, "Ege", "", "-100")
    await desk.set_present(8, False, "-100")
    assert await presence.members("-100") == {7}
    assert await presence.members("-200") == set()


async def test_the_load_of_an_agent_is_what_is_not_closed(new_ticket: NewTicket) -> None:
    for status in (Status.OPEN, Status.PENDING, Status.NEW):
        await tickets.save(replace(await new_ticket(), assignee=7, status=status), None, {})
    done, step = transition(replace(await new_ticket(), assignee=7), Action.CLOSE, actor=SYSTEM, at=NOW)
    await tickets.save(done, step, {})
    assert (await presence.load(7), await presence.load(8)) == (3, 0)
    await tickets.save(replace(await new_ticket(), assignee=8), None, {})
    await new_ticket()
    assert await presence.loads() == {7: 3, 8: 1}


@pytest.mark.parametrize("backend", [Dialect.SQLITE], ids=str)
async def test_counting_what_everybody_has_reads_only_what_is_open_and_given() -> None:
    [plan] = await rows(f"EXPLAIN QUERY PLAN {presence.LOADS}")
    assert "ticket_assignee (assignee>?)" in plan["detail"]


async def test_a_step_comes_due_once_for_each_round_and_is_told_once(ticket: Ticket) -> None:
    alarm = Alarm(
        clock=ClockKind.STATUS_LIMIT,
        since=NOW,
        step="1+0",
        to=Recipient.ANOTHER_AGENT,
        due_at=NOW + 9,
        deadline=NOW + 9,
    )
    assert [await escalations.add(ticket.id, alarm) for _ in range(2)] == [True, False]
    assert await escalations.add(ticket.id, replace(alarm, since=NOW + 1, due_at=NOW))
    found = await escalations.untold(9)
    assert [(one.since, one.recipient) for one in found] == [
        (NOW + 1, Recipient.ANOTHER_AGENT),
        (NOW, Recipient.ANOTHER_AGENT),
    ]
    assert [await escalations.told(found[0]) for _ in range(2)] == [True, False]
    assert await escalations.untold(9) == found[1:]
    assert len(await escalations.of_ticket(ticket.id)) == 2


@pytest.mark.parametrize("backend", [Dialect.SQLITE], ids=str)
async def test_looking_for_what_is_untold_reads_nothing_that_was_told() -> None:
    plan = await rows(f"EXPLAIN QUERY PLAN {escalations.UNTOLD}", 9)
    assert "escalation_untold" in plan[0]["detail"]


async def test_what_is_still_to_come_is_listed_by_its_instant(new_ticket: NewTicket) -> None:
    late, soon, other = [await new_ticket() for _ in range(3)]
    for ticket, kind, due in (
        (late, TimerKind.AUTO_CLOSE, 9),
        (soon, TimerKind.AUTO_CLOSE, 5),
        (other, TimerKind.ETA, 1),
    ):
        await tickets.save(ticket, None, {kind: due})
    assert await timers.upcoming(TimerKind.AUTO_CLOSE, 9) == [(soon.id, 5), (late.id, 9)]
    assert await timers.upcoming(TimerKind.AUTO_CLOSE, 1) == [(soon.id, 5)]


async def test_arming_anew_writes_history_and_timers_and_is_refused_to_who_is_late(ticket: Ticket) -> None:
    _, step = transition(ticket, Action.SET, actor=SYSTEM, at=NOW, reason="hizmet süreleri değişti")
    await tickets.rearm(ticket, step, {TimerKind.SLA: NOW + 5})
    assert await timers.of_ticket(ticket.id) == {TimerKind.SLA: NOW + 5}
    assert (await tickets.history(ticket.id))[-1].reason == "hizmet süreleri değişti"
    assert await tickets.get(ticket.id) == replace(ticket, version=ticket.version + 1)
    with pytest.raises(Conflict):
        await tickets.rearm(ticket, step, {})
