"""Past tickets with their histories, read beside a running Gişe: strictly read-only, and a few at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.domain.ticket import Action, Actor, ActorKind, Priority, Status, Step, Ticket
from store.codec import mapping_from_json

_TICKETS: Final = """
SELECT ticket.id, number, status, priority, category, answers, ticket.created_at, conversation.channel, requester.vip
FROM ticket JOIN conversation ON conversation.id = ticket.conversation_id
JOIN requester ON requester.id = ticket.requester_id
WHERE ticket.created_at >= ? AND ticket.created_at < ? ORDER BY ticket.id"""
_STEPS: Final = "SELECT at, action, before, after FROM history WHERE ticket_id = ? ORDER BY id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A ticket of the past with what clocks need: its steps, its requester's standing, its channel."""

    ticket: Ticket
    steps: tuple[Step, ...]
    channel: str
    vip: bool


def past(file: Path, since: int, until: int) -> Iterator[Past]:
    """Every ticket created from `since` to before `until` (epoch milliseconds). Raises `sqlite3.Error`."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        for row in connection.execute(_TICKETS, (since, until)):
            ticket = Ticket(
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
            steps = tuple(_step(ticket.id, step) for step in connection.execute(_STEPS, (ticket.id,)))
            yield Past(ticket=ticket, steps=steps, channel=row["channel"], vip=bool(row["vip"]))


def _step(ticket_id: int, row: sqlite3.Row) -> Step:
    return Step(
        ticket_id=ticket_id,
        at=row["at"],
        actor=Actor(ActorKind.SYSTEM),
        action=Action(row["action"]),
        before=Status(row["before"]),
        after=Status(row["after"]),
    )
