"""Steps of clocks that came due: each once for a ticket, a clock and its round, told one by one or in a digest."""

from dataclasses import dataclass
from typing import Final

from bot.domain.sla.alarms import Alarm
from bot.domain.sla.policy import ClockKind, Recipient
from store.sql import changed, rows

_RAISE: Final = """
INSERT INTO escalation (ticket_id, clock, since, step, recipient, due_at, deadline) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (ticket_id, clock, since, step) DO NOTHING RETURNING id"""
_OF_TICKET: Final = "SELECT clock, since, step FROM escalation WHERE ticket_id = ?"
# In the words of the index `escalation_untold`: SQLite takes it for no others, and this is asked every second.
UNTOLD: Final = """
SELECT id, ticket_id, clock, since, recipient, due_at, deadline FROM escalation
WHERE NOT told ORDER BY due_at, id LIMIT ?"""
_TOLD: Final = "UPDATE escalation SET told = TRUE WHERE id = ? AND told = FALSE RETURNING id"
_FORGET: Final = "DELETE FROM escalation WHERE id = ? RETURNING id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A step that came due and of which nobody was told yet; `since` is when this round of the clock began."""

    id: int
    ticket_id: int
    clock: ClockKind
    since: int
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
    return {(ClockKind(row["clock"]), row["since"], row["step"]) for row in await rows(_OF_TICKET, ticket_id)}


async def untold(limit: int) -> list[Raised]:
    """Steps nobody was told of, the oldest first."""
    return [
        Raised(**row | {"clock": ClockKind(row["clock"]), "recipient": Recipient(row["recipient"])})
        for row in await rows(UNTOLD, limit)
    ]


async def told(raised: Raised) -> bool:
    """Somebody is told of it in this commit, or nobody needs to be; false when somebody else saw to it before."""
    return bool(await changed(_TOLD, raised.id))


async def forget(raised: Raised) -> None:
    """Nobody is told of it now: it comes due again when its clock goes on, and never when the clock is over."""
    await rows(_FORGET, raised.id)
