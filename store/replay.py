"""Past tickets with their histories, read beside a running Gişe, and a few at a time."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.ticket import Action, Actor, ActorKind, Priority, Status, Step, Ticket
from store.beside import beside
from store.codec import mapping_from_json, to_json

_AT_ONCE: Final = 500
_TICKETS: Final = """
SELECT ticket.id, number, status, priority, category, answers, ticket.created_at, conversation.channel, requester.vip
FROM ticket JOIN conversation ON conversation.id = ticket.conversation_id
JOIN requester ON requester.id = ticket.requester_id
WHERE ticket.created_at >= ? AND ticket.created_at < ? AND ticket.id > ? ORDER BY ticket.id LIMIT ?"""
_STEPS: Final = """
SELECT ticket_id, at, action, before, after FROM history WHERE ticket_id IN numbers(?) ORDER BY ticket_id, id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A ticket of the past with what clocks need: its steps, its requester's standing, its channel."""

    ticket: Ticket
    steps: tuple[Step, ...]
    channel: str
    vip: bool


async def past(url: str, since: int, until: int) -> AsyncIterator[Past]:
    """Every ticket created from `since` to before `until` (epoch milliseconds). Raises `UnusableDatabase`."""
    last = 0
    async with beside(url) as read:
        while found := await read(_TICKETS, since, until, last, _AT_ONCE):
            last = found[-1]["id"]
            steps: dict[int, list[Step]] = defaultdict(list)
            for row in await read(_STEPS, to_json([ticket["id"] for ticket in found])):
                steps[row["ticket_id"]].append(_step(row))
            for row in found:
                ticket = _ticket(row)
                yield Past(ticket=ticket, steps=tuple(steps[ticket.id]), channel=row["channel"], vip=bool(row["vip"]))


def _ticket(row: Mapping[str, Any]) -> Ticket:
    return Ticket(
        id=row["id"],
        number=row["number"],
        conversation_id=0,
        requester_id=0,
        status=Status(row["status"]),
        priority=Priority(row["priority"]),
        category=row["category"],
        answers=mapping_from_json(row["answers"]),
        created_at=row["created_at"],
        status_since=row["created_at"],
    )


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        ticket_id=row["ticket_id"],
        at=row["at"],
        actor=Actor(ActorKind.SYSTEM),
        action=Action(row["action"]),
        before=Status(row["before"]),
        after=Status(row["after"]),
    )
