"""Due timers: claimed once, claimed again when their owner died, never fired twice."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.domain.ticket import Ticket
from bot.domain.timers import TimerKind
from store import tickets, timers
from store.errors import LeaseLost
from store.sql import rows

NewTicket = Callable[[], Awaitable[Ticket]]
LEASE = 100


@pytest.fixture
async def armed(ticket: Ticket) -> Ticket:
    return await tickets.save(ticket, None, {TimerKind.WAKE: 50, TimerKind.ETA: 40})


async def test_due_timers_are_claimed_oldest_first(armed: Ticket) -> None:
    assert await timers.next_due() == 40
    assert await timers.claim("a", 39, LEASE, 10) == []
    (first,) = await timers.claim("a", 50, LEASE, 1)
    (second,) = await timers.claim("a", 50, LEASE, 10)
    assert [(one.ticket_id, one.kind, one.due_at, one.attempts) for one in (first, second)] == [
        (armed.id, TimerKind.ETA, 40, 1),
        (armed.id, TimerKind.WAKE, 50, 1),
    ]
    assert await timers.claim("b", 50, LEASE, 10) == []


async def test_many_sweepers_share_the_timers(new_ticket: NewTicket) -> None:
    for _ in range(30):
        await tickets.save(await new_ticket(), None, {TimerKind.WAKE: 50})
    claims = await asyncio.gather(*(timers.claim(str(number), 50, LEASE, 4) for number in range(10)))
    taken = [timer.id for claim in claims for timer in claim]
    assert len(taken) == len(set(taken)) == 30


@pytest.mark.usefixtures("armed")
async def test_a_timer_of_a_dead_owner_is_claimed_again_after_its_lease() -> None:
    (lost, _) = await timers.claim("dead", 50, LEASE, 10)
    assert await timers.next_due() == 50 + LEASE
    assert await timers.claim("b", 49 + LEASE, LEASE, 10) == []
    again = await timers.claim("b", 50 + LEASE, LEASE, 10)
    assert [timer.attempts for timer in again] == [2, 2]
    with pytest.raises(LeaseLost):
        await timers.fired(lost.id, "dead")
    with pytest.raises(LeaseLost):
        await timers.again(lost.id, "dead", 60)


async def test_a_fired_timer_is_over(armed: Ticket) -> None:
    for timer in await timers.claim("a", 50, LEASE, 10):
        await timers.fired(timer.id, "a")
        with pytest.raises(LeaseLost):
            await timers.fired(timer.id, "b")
    assert await timers.claim("b", 50 + LEASE, LEASE, 10) == []
    assert await timers.next_due() is None
    assert await timers.of_ticket(armed.id) == {TimerKind.WAKE: 50, TimerKind.ETA: 40}


@pytest.mark.usefixtures("armed")
async def test_a_timer_can_be_put_off() -> None:
    (timer,) = await timers.claim("a", 40, LEASE, 10)
    await timers.again(timer.id, "a", 90)
    assert [one.due_at for one in await timers.claim("a", 90, LEASE, 10)] == [50, 90]


async def test_a_timer_that_its_own_use_case_moved_or_removed_is_left_alone(armed: Ticket) -> None:
    eta, wake = await timers.claim("a", 50, LEASE, 10)
    await tickets.save(armed, None, {TimerKind.ETA: 70})
    await timers.fired(eta.id, "a")
    await timers.fired(wake.id, "a")
    assert await rows("SELECT kind, due_at, state FROM timer") == [{"kind": "eta", "due_at": 70, "state": "armed"}]
