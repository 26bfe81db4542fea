"""Tickets: numbers, versions, history and the timers that go with every save."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from tortoise.exceptions import IntegrityError

from bot.domain.people import Conversation
from bot.domain.ticket import SYSTEM, Action, Actor, ActorKind, CloseReason, Priority, Status, Step, Ticket
from bot.domain.timers import TimerKind
from store import db, tickets, timers
from store.errors import Conflict
from store.sql import rows
from tests.store.perseverance import at_last

pytestmark = pytest.mark.usefixtures("database")
NewTicket = Callable[[], Awaitable[Ticket]]
AGENT = Actor(ActorKind.AGENT, 4242, "Deniz")


def _step(ticket: Ticket, after: Status = Status.OPEN) -> Step:
    return Step(
        ticket_id=ticket.id,
        at=5,
        actor=AGENT,
        action=Action.TAKE,
        before=ticket.status,
        after=after,
        reason="çünkü",
        details={"assignee": 4242, "skipped": ("a", "b"), "priority": Priority.HIGH},
    )


async def test_numbers_count_up_within_a_year(ticket: Ticket, new_ticket: NewTicket) -> None:
    assert (ticket.number, ticket.label) == ("2026-000001", "#2026-000001")
    assert (await new_ticket()).number == "2026-000002"
    assert (await tickets.create(replace(ticket, id=0), 2027, SYSTEM)).number == "2027-000001"
    assert (await new_ticket()).number == "2026-000003"


async def test_numbers_have_no_gaps_when_many_create_at_once(new_ticket: NewTicket) -> None:
    created = await asyncio.gather(*(at_last(new_ticket) for _ in range(40)))
    assert sorted(ticket.number for ticket in created) == [f"2026-{number:06d}" for number in range(1, 41)]


async def test_a_ticket_that_was_rolled_back_leaves_no_gap(new_ticket: NewTicket) -> None:
    with pytest.raises(LookupError):
        await _create_and_fail(new_ticket)
    assert (await new_ticket()).number == "2026-000001"
    assert len(await rows("SELECT * FROM history")) == 1


async def _create_and_fail(new_ticket: NewTicket) -> None:
    async with db.transaction():
        await new_ticket()
        raise LookupError


async def test_a_ticket_comes_back_as_it_was_saved(ticket: Ticket, new_ticket: NewTicket) -> None:
    changed = replace(
        ticket,
        status=Status.CLOSED,
        priority=Priority.CRITICAL,
        category="fault",
        subject="Yazıcı",
        answers={"source": "şube"},
        skipped=("scope",),
        intake="type",
        intake_until=1,
        assignee=4242,
        assignee_name="Deniz",
        status_since=2,
        first_response_at=3,
        waiting_since=4,
        closed_at=5,
        close_reason=CloseReason.NO_ANSWER,
        proposal=2,
        reopened=1,
        postponed_until=6,
        postpone_reason="parça",
        engineer="Ege",
        issue_key="DEV-1",
        eta=7,
        follow_up_of=(await new_ticket()).id,
    )
    saved = await tickets.save(changed, None, {})
    assert saved == replace(changed, version=1)
    assert await tickets.get(ticket.id) == saved
    assert await tickets.get(999) is None


async def test_a_stale_save_is_refused_and_changes_nothing(ticket: Ticket) -> None:
    first = await tickets.save(replace(ticket, subject="first"), None, {TimerKind.WAKE: 50})
    with pytest.raises(Conflict):
        await tickets.save(replace(ticket, subject="second"), _step(ticket), {TimerKind.ETA: 60})
    assert await tickets.get(ticket.id) == first
    assert len(await tickets.history(ticket.id)) == 1
    assert await timers.of_ticket(ticket.id) == {TimerKind.WAKE: 50}


async def test_of_many_concurrent_saves_one_wins(ticket: Ticket) -> None:
    attempts = (tickets.save(replace(ticket, assignee=number), None, {}) for number in range(20))
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(result, Ticket) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 19


async def test_a_save_that_breaks_a_reference_is_a_conflict(ticket: Ticket) -> None:
    with pytest.raises(Conflict):
        await tickets.save(replace(ticket, follow_up_of=999), None, {})


async def test_history_begins_with_the_creation_and_keeps_every_step(ticket: Ticket) -> None:
    step = _step(ticket)
    await tickets.save(replace(ticket, status=Status.OPEN), step, {})
    created, taken = await tickets.history(ticket.id)
    assert (created.action, created.before, created.after, created.actor) == (
        Action.CREATE,
        Status.NEW,
        Status.NEW,
        SYSTEM,
    )
    assert taken == replace(step, details={"assignee": 4242, "skipped": ["a", "b"], "priority": "high"})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE history SET reason = 'nothing happened'",
        "DELETE FROM history",
        """INSERT INTO history SELECT * FROM history WHERE true
            ON CONFLICT (id) DO UPDATE SET reason = 'nothing happened'""",
    ],
)
async def test_history_cannot_be_rewritten(ticket: Ticket, change: str) -> None:
    before = await tickets.history(ticket.id)
    with pytest.raises(IntegrityError, match="append-only"):
        await rows(change)
    assert await tickets.history(ticket.id) == before


async def test_a_ticket_is_found_by_its_number_however_it_is_written(ticket: Ticket, new_ticket: NewTicket) -> None:
    await new_ticket()
    newer = await tickets.create(replace(ticket, id=0), 2027, SYSTEM)
    for written in ("2026-000001", "#2026-000001", " 2026-1 "):
        assert await tickets.by_number(written) == ticket
    assert await tickets.by_number("1") == newer
    second = await tickets.by_number("#2")
    assert second is not None
    assert second.number == "2026-000002"


@pytest.mark.parametrize("written", ["", "#", "2026-", "2026-000009", "9", "-1", "1 OR 1=1", "٣", "1" * 30])
@pytest.mark.usefixtures("ticket")
async def test_a_number_nobody_has_finds_nothing(written: str) -> None:
    assert await tickets.by_number(written) is None


async def test_lists_can_be_narrowed_and_paged(new_ticket: NewTicket, conversation: Conversation) -> None:
    made = [await new_ticket() for _ in range(4)]
    closed = await tickets.save(replace(made[0], status=Status.CLOSED, closed_at=9), None, {})
    mine = await tickets.save(replace(made[1], status=Status.OPEN, assignee=4242), None, {})
    assert await tickets.listing() == [made[3], made[2], mine]
    assert await tickets.listing(live_only=False, limit=2, offset=2) == [mine, closed]
    assert await tickets.listing(status=Status.CLOSED) == [closed]
    assert await tickets.listing(assignee=4242) == [mine]
    theirs = conversation.requester.id
    assert await tickets.of_requester(theirs, live_only=True, limit=2) == [made[3], made[2]]
    assert len(await tickets.of_requester(theirs, live_only=False, limit=9)) == 4
    assert await tickets.of_requester(theirs + 1, live_only=False, limit=9) == []
    assert await tickets.live_of(theirs) == [mine, made[2], made[3]]
    assert await tickets.live_of(theirs + 1) == []


async def test_every_status_is_counted(new_ticket: NewTicket) -> None:
    made = [await new_ticket() for _ in range(3)]
    await tickets.save(replace(made[0], status=Status.PENDING), None, {})
    assert await tickets.count_by_status() == dict.fromkeys(Status, 0) | {Status.NEW: 2, Status.PENDING: 1}


async def test_the_ticket_closed_last_is_remembered(new_ticket: NewTicket, conversation: Conversation) -> None:
    assert await tickets.last_closed(conversation.id) is None
    first, second = await new_ticket(), await new_ticket()
    await tickets.save(replace(second, status=Status.CLOSED, closed_at=10), None, {})
    last = await tickets.save(replace(first, status=Status.CLOSED, closed_at=20), None, {})
    assert await tickets.last_closed(conversation.id) == last


async def test_a_new_ticket_can_bring_its_deadlines(conversation: Conversation) -> None:
    draft = Ticket(
        conversation_id=conversation.id, requester_id=conversation.requester.id, created_at=1, status_since=1
    )
    created = await tickets.create(draft, 2026, SYSTEM, {TimerKind.INTAKE_END: 600})
    assert await timers.of_ticket(created.id) == {TimerKind.INTAKE_END: 600}


async def _fire(now: int) -> list[TimerKind]:
    due = await timers.claim("a", now, 1_000, 10)
    for timer in due:
        await timers.fired(timer.id, "a")
    return [timer.kind for timer in due]


async def test_a_save_arms_moves_and_disarms_timers(ticket: Ticket) -> None:
    ticket = await tickets.save(ticket, None, {TimerKind.AUTO_CLOSE: 100, TimerKind.ETA: 50})
    assert await timers.of_ticket(ticket.id) == {TimerKind.AUTO_CLOSE: 100, TimerKind.ETA: 50}
    ticket = await tickets.save(ticket, None, {TimerKind.AUTO_CLOSE: 200})
    assert await timers.of_ticket(ticket.id) == {TimerKind.AUTO_CLOSE: 200}
    assert await _fire(199) == []
    assert await _fire(200) == [TimerKind.AUTO_CLOSE]


async def test_a_fired_timer_stays_fired_until_its_instant_changes(ticket: Ticket) -> None:
    ticket = await tickets.save(ticket, None, {TimerKind.ETA: 50})
    assert await _fire(50) == [TimerKind.ETA]
    ticket = await tickets.save(ticket, None, {TimerKind.ETA: 50, TimerKind.WAKE: 70})
    assert await _fire(60) == []
    ticket = await tickets.save(ticket, None, {TimerKind.ETA: 55})
    assert await _fire(60) == [TimerKind.ETA]
    ticket = await tickets.save(ticket, None, {})
    await tickets.save(ticket, None, {TimerKind.ETA: 55})
    assert await _fire(60) == [TimerKind.ETA]
