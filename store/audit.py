"""Privileged acts: who did what to what, when. Rows are only ever added."""

from dataclasses import dataclass

from store.models import AuditRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act. `old` and `new` are short values (a role, a status), never a customer's words."""

    at: int
    actor_id: int
    action: str
    ticket_id: int | None
    old: str
    new: str


async def add(
    *, at: int, actor_id: int, action: str, ticket_id: int | None = None, old: str = "", new: str = ""
) -> None:
    await AuditRow.create(at=at, actor_id=actor_id, action=action, ticket_id=ticket_id, old=old, new=new)


async def latest(limit: int) -> list[AuditEntry]:
    """The last acts, newest first."""
    return [
        AuditEntry(
            at=row.at, actor_id=row.actor_id, action=row.action, ticket_id=row.ticket_id, old=row.old, new=row.new
        )
        for row in await AuditRow.all().order_by("-id").limit(limit)
    ]
