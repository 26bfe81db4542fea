"""Deadlines that are due. They are armed by `store.tickets`, in the same commit as the ticket."""

from collections.abc import Collection
from operator import attrgetter
from typing import Final

from bot.domain.timers import Timer, TimerKind
from store.errors import LeaseLost
from store.models import TimerRow
from store.sql import changed, rows

_CLAIM: Final = """
WITH armed AS MATERIALIZED (
    SELECT id, due_at FROM timer WHERE state = 'armed' AND due_at <= ?2 ORDER BY due_at, id LIMIT ?4 skip_locked()
), lapsed AS MATERIALIZED (
    SELECT id, due_at FROM timer
    WHERE state = 'claimed' AND lease_until <= ?2 ORDER BY due_at, id LIMIT ?4 skip_locked()
)
UPDATE timer SET state = 'claimed', epoch = ?1, lease_until = ?3, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM (SELECT id, due_at FROM armed UNION ALL SELECT id, due_at FROM lapsed) AS due
    ORDER BY due_at, id LIMIT ?4
)
RETURNING id, ticket_id, kind, due_at, attempts"""
_FIRED: Final = "UPDATE timer SET state = 'fired' WHERE id = ? AND epoch = ? AND state = 'claimed' RETURNING id"
_AGAIN: Final = """
UPDATE timer SET state = 'armed', due_at = ?, epoch = '', lease_until = 0
WHERE id = ? AND epoch = ? AND state = 'claimed' RETURNING id"""
_RELEASE: Final = """
UPDATE timer SET state = 'armed', epoch = '', lease_until = 0 WHERE state = 'claimed' AND epoch <> ? RETURNING id"""
_TAKEN: Final = "SELECT id FROM timer WHERE id = ? AND epoch <> ? AND state <> 'armed'"
_NEXT_DUE: Final = """
SELECT min(due) AS due FROM (
    SELECT min(due_at) AS due FROM timer WHERE state = 'armed'
    UNION ALL
    SELECT min(lease_until) AS due FROM timer WHERE state = 'claimed'
) AS soonest"""

_KINDS: Final = {kind.value: kind for kind in TimerKind}
"""Thousands may be due at once, and to call an enumeration takes as long as all the rest of reading a row."""


async def claim(epoch: str, now: int, lease_ms: int, limit: int) -> list[Timer]:
    """Take what is due, oldest first; also what somebody claimed and did not finish within the lease."""
    claimed = await rows(_CLAIM, epoch, now, now + lease_ms, limit)
    timers = [
        Timer(row["id"], row["ticket_id"], _KINDS[row["kind"]], row["due_at"], row["attempts"]) for row in claimed
    ]
    return sorted(timers, key=attrgetter("due_at", "id"))


async def fired(timer_id: int, epoch: str) -> None:
    """The deadline was dealt with. One that the use case itself disarmed or moved is left as it is.

    Raises `LeaseLost` when somebody else claimed or fired it meanwhile.
    """
    if not await changed(_FIRED, timer_id, epoch):
        await _refuse_if_taken(timer_id, epoch)


async def again(timer_id: int, epoch: str, due_at: int) -> None:
    """Try once more at `due_at`. Raises `LeaseLost` as `fired` does."""
    if not await changed(_AGAIN, due_at, timer_id, epoch):
        await _refuse_if_taken(timer_id, epoch)


async def release_orphans(epoch: str) -> int:
    """Arm again what other epochs claimed; for a start, when there is no other process."""
    return await changed(_RELEASE, epoch)


async def next_due() -> int | None:
    """When the next timer is due or a lease ends."""
    due: int | None = (await rows(_NEXT_DUE))[0]["due"]
    return due


async def of_ticket(ticket_id: int) -> dict[TimerKind, int]:
    """The instants of the ticket's timers, fired ones included."""
    return {row.kind: row.due_at for row in await TimerRow.filter(ticket_id=ticket_id)}


async def overdue(kinds: Collection[TimerKind], now: int) -> list[int]:
    """The tickets for which something of these kinds is due."""
    found = TimerRow.filter(kind__in=kinds, due_at__lte=now).exclude(state="fired").order_by("ticket_id")
    return sorted({row.ticket_id for row in await found})


async def upcoming(kind: TimerKind, limit: int) -> list[tuple[int, int]]:
    """The tickets for which something of this kind is still to come, with its instant, the next one first."""
    found = TimerRow.filter(kind=kind, state="armed").order_by("due_at", "id").limit(limit)
    return [(row.ticket_id, row.due_at) for row in await found]


async def _refuse_if_taken(timer_id: int, epoch: str) -> None:
    if await rows(_TAKEN, timer_id, epoch):
        raise LeaseLost("The timer was taken over by another worker.")
