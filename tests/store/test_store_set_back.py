"""The tables after a clock was set back: what was due by the old time, and claims that would never end."""

from collections.abc import Callable

import pytest

from bot.domain.ledger import Errand, ErrandState
from bot.domain.ticket import Ticket
from bot.domain.timers import TimerKind
from bot.ports import Item
from store import inbox, outbox, set_back, tickets, timers
from store.sql import rows

Build = Callable[..., Errand]
BACK, LEASE, LONGEST = 10_000, 300, 1_000
pytestmark = pytest.mark.usefixtures("database")


async def instants(statement: str) -> list[int]:
    return [row["at"] for row in await rows(statement)]


async def test_what_was_due_by_the_old_time_is_due_as_much_earlier_and_nothing_else_is(
    errand: Build, now: int, ticket: Ticket
) -> None:
    for number, due in enumerate((now, now + 1, now + BACK)):
        await inbox.append([Item(channel="telegram", key=str(number), lane=str(number), raw=b"{}")], due)
    await outbox.add([errand(due_at=due, state=state) for due in (now, now + BACK) for state in ErrandState])
    await tickets.save(ticket, None, {TimerKind.WAKE: now + BACK})
    assert await set_back.follow(now, BACK, LONGEST) == 4
    assert await instants("SELECT due_at AS at FROM inbox ORDER BY id") == [now, now + 1 - BACK, now]
    moved = {"pending", "uncertain"}
    assert {row["state"] for row in await rows("SELECT state FROM outbox WHERE due_at > ?", now)} == {
        state.value for state in ErrandState if state not in moved
    }
    assert await instants("SELECT due_at AS at FROM timer") == [now + BACK]


async def test_claims_end_with_the_longest_lease(errand: Build, now: int, ticket: Ticket) -> None:
    old = now + BACK
    await inbox.append([Item(channel="telegram", key="1", lane="1", raw=b"{}")], now)
    await outbox.add([errand()])
    await tickets.save(ticket, None, {TimerKind.WAKE: now})
    await inbox.claim("a", old, LEASE, 9)
    await outbox.claim("a", old, LEASE, 9)
    await timers.claim("a", old, LEASE, 9)
    assert await set_back.follow(old, BACK, LONGEST) == 0
    assert await set_back.follow(now, BACK, LONGEST) == 3
    leases = """
        SELECT lease_until AS at FROM inbox
        UNION ALL SELECT lease_until FROM outbox
        UNION ALL SELECT lease_until FROM timer
    """
    assert await instants(leases) == [now + LONGEST] * 3
