"""Tickets and steps as rows, and back."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from bot.domain.ticket import Actor, CloseReason, Priority, Status, Step, Ticket
from store.codec import list_from_json, mapping_from_json, to_json
from store.models import HistoryRow, TicketRow
from store.sql import rows

_LISTS: Final = ("skipped", "tags", "links")
_PLAIN: Final = tuple(field.name for field in fields(Ticket) if field.name not in {"answers", *_LISTS})
_AS_STORED: Final = tuple(name for name in _PLAIN if name not in {"status", "priority", "close_reason"})

_STEP: Final = """
INSERT INTO history (ticket_id, at, actor_kind, actor_id, actor_name, action, before, after, reason, details)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"""


def to_ticket(row: TicketRow) -> Ticket:
    values: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    values |= {name: tuple(getattr(row, name)) for name in _LISTS}
    return Ticket(**values, answers=dict(row.answers))


def read_ticket(row: Mapping[str, Any]) -> Ticket:
    """The ticket of a row as the database says it, without the model in between: it costs more than the query."""
    values: dict[str, Any] = {name: row[name] for name in _AS_STORED}
    values |= {name: tuple(list_from_json(row[name])) for name in _LISTS}
    return Ticket(
        **values,
        status=Status(row["status"]),
        priority=Priority(row["priority"]),
        close_reason=CloseReason(row["close_reason"]) if row["close_reason"] else None,
        answers=mapping_from_json(row["answers"]),
    )


def ticket_values(ticket: Ticket) -> dict[str, Any]:
    """Every column but the id."""
    values = {name: getattr(ticket, name) for name in _PLAIN if name != "id"}
    return values | {"answers": dict(ticket.answers)} | {name: list(getattr(ticket, name)) for name in _LISTS}


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
    moved = (step.action.value, step.before.value, step.after.value, step.reason, to_json(step.details))
    await rows(_STEP, ticket_id, step.at, step.actor.kind.value, step.actor.id, step.actor.name, *moved)
