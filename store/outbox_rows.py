"""Errands as rows of the outbox, and back."""

from dataclasses import fields
from typing import Any, Final

from bot.domain.ledger import Errand, ErrandState, Op, Urgency
from store.codec import mapping_from_json, to_json

_AS_THEY_ARE: Final = tuple(
    field.name for field in fields(Errand) if field.name not in {"op", "payload", "urgency", "coalesce", "state"}
)


def to_errand(row: dict[str, Any]) -> Errand:
    values: dict[str, Any] = {name: row[name] for name in _AS_THEY_ARE}
    return Errand(
        **values,
        op=Op(row["op"]),
        payload=mapping_from_json(row["payload"]),
        urgency=Urgency(row["urgency"]),
        coalesce=row["coalesce_key"],
        state=ErrandState(row["state"]),
    )


def to_values(errand: Errand) -> tuple[Any, ...]:
    """A new row: everything but the id, and since when it is ready."""
    return (
        errand.channel,
        errand.lane,
        errand.op.value,
        to_json(errand.payload),
        int(errand.urgency),
        errand.budget,
        errand.coalesce,
        errand.state.value,
        errand.ticket_id,
        errand.conversation_id,
        errand.message_id,
        errand.created_at,
        errand.due_at,
        errand.due_at,
        errand.expires_at,
        errand.attempts,
        errand.external_id,
        errand.error,
    )
