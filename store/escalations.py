"""Steps of clocks that came due: each once for a ticket, a clock and its round, told one by one or in a digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.sla.alarms import Alarm
from bot.domain.sla.policy import ClockKind, Recipient
from store.models import EscalationRow
from store.sql import changed, rows

_RAISE: Final = """
INSERT INTO escalation (ticket_id, clock, since, step, recipient, due_at, deadline) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (ticket_id, clock, since, step) DO NOTHING RETURNING id"""
_TOLD: Final = "UPDATE escalation SET told = 1 WHERE id = ? AND told = 0 RETURNING id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A step that came due and of which nobody was told yet."""

    id: int
    ticket_id: int
    clock: ClockKind
    recipient: Recipient
    due_at: int
    deadline: int


Round = tuple[ClockKind, int, str]
"""A clock, when this round of it began, and the step."""


async def add(ticket_id: int, alarm: Alarm) -> bool:
    """The step came due; false when it did so before."""
    values = (alarm.clock, alarm.since, alarm.step, alarm.to, alarm.due_at, alarm.deadline)
    return bool(await rows(_RAISE, ticket_id, *values))


async def of_ticket(ticket_id: int) -> set[Round]:
    """Every step of the ticket that came due so far."""
    return {(row.clock, row.since, row.step) for row in await EscalationRow.filter(ticket_id=ticket_id)}


async def untold(limit: int) -> list[Raised]:
    """Steps nobody was told of, the oldest first."""
    found = await EscalationRow.filter(told=False).order_by("due_at", "id").limit(limit)
    return [
        Raised(
            id=row.id,
            ticket_id=row.ticket_id,
            clock=row.clock,
            recipient=row.recipient,
            due_at=row.due_at,
            deadline=row.deadline,
        )
        for row in found
    ]


async def tell(raised: Sequence[Raised]) -> int:
    """Somebody was told of these, or nobody needs to be; returns how many that were."""
    return sum([await changed(_TOLD, one.id) for one in raised])
