"""Tickets and steps as rows, and back."""

from dataclasses import fields
from typing import Any, Final

from bot.domain.ticket import Actor, Step, Ticket
from store.codec import mapping_from_json, to_json
from store.models import HistoryRow, TicketRow

_PLAIN: Final = tuple(field.name for field in fields(Ticket) if field.name not in {"answers", "skipped", "tags"})


def to_ticket(row: TicketRow) -> Ticket:
    values: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return Ticket(**values, answers=dict(row.answers), skipped=tuple(row.skipped), tags=tuple(row.tags))


def ticket_values(ticket: Ticket) -> dict[str, Any]:
    """Every column but the id."""
    values = {name: getattr(ticket, name) for name in _PLAIN if name != "id"}
    return values | {"answers": dict(ticket.answers), "skipped": list(ticket.skipped), "tags": list(ticket.tags)}


def to_step(row: HistoryRow) -> Step:
    return Step(
        ticket_id=row.ticket_id,
        at=row.at,
        actor=Actor(row.actor_kind, row.actor_id, row.actor_name),
        action=row.action,
        before=row.before,
        after=row.after,
        reason=row.reason,
        details=mapping_from_json(row.details),
    )


async def append_step(step: Step, ticket_id: int) -> None:
    await HistoryRow.create(
        ticket_id=ticket_id,
        at=step.at,
        actor_kind=step.actor.kind,
        actor_id=step.actor.id,
        actor_name=step.actor.name,
        action=step.action,
        before=step.before,
        after=step.after,
        reason=step.reason,
        details=to_json(step.details),
    )
