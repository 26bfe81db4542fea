"""Tickets, their history and, in the same commit, their deadlines."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet

from bot.domain.ticket import Action, Actor, Status, Step, Ticket
from bot.domain.timers import TimerKind
from store import fetch
from store.codec import to_json
from store.db import transaction
from store.errors import Conflict
from store.models import HistoryRow, TicketRow
from store.sql import look, rows
from store.ticket_rows import append_step, read_ticket, ticket_values, to_step, to_ticket

_NUMBER: Final = re.compile(r"#?(?:(?P<year>\d{4})-)?(?P<sequence>\d{1,9})", re.ASCII)
_NEXT: Final = """
INSERT INTO counter (year, value) VALUES (?, 1)
ON CONFLICT (year) DO UPDATE SET value = counter.value + 1 RETURNING value"""
_TOUCH: Final = "UPDATE ticket SET version = version + 1 WHERE id = ? AND version = ? RETURNING id"
_GET: Final = "SELECT * FROM ticket WHERE id = ?"
_GET_MANY: Final = "SELECT * FROM ticket WHERE id IN numbers(?)"
_HISTORY: Final = "SELECT * FROM history WHERE ticket_id = ? ORDER BY id"
_BY_STATUS: Final = "SELECT status, count(*) AS amount FROM ticket GROUP BY status"
_DISARM: Final = (
    "DELETE FROM timer WHERE ticket_id = ? AND kind NOT IN (SELECT key FROM entries(?) AS wanted) RETURNING id"
)
_ARM: Final = """
INSERT INTO timer (ticket_id, kind, due_at) SELECT CAST(? AS BIGINT), key, value FROM entries(?) AS wanted WHERE true
ON CONFLICT (ticket_id, kind) DO UPDATE
SET due_at = excluded.due_at, state = 'armed', epoch = '', lease_until = 0, attempts = 0
WHERE timer.due_at <> excluded.due_at RETURNING id"""


async def create(
    ticket: Ticket, year: int, actor: Actor, deadlines: Mapping[TimerKind, int] = MappingProxyType({})
) -> Ticket:
    """Give the ticket its id and the next number of `year`; the history begins with a `CREATE` step."""
    async with transaction():
        sequence = int((await rows(_NEXT, year))[0]["value"])
        numbered = replace(ticket, number=f"{year}-{sequence:06d}")
        row = await TicketRow.create(**ticket_values(numbered), year=year, sequence=sequence)
        created = replace(numbered, id=row.id)
        step = Step(
            ticket_id=created.id,
            at=created.created_at,
            actor=actor,
            action=Action.CREATE,
            before=created.status,
            after=created.status,
        )
        await append_step(step, created.id)
        await _set_timers(created.id, deadlines)
        return created


async def save(ticket: Ticket, step: Step | None, deadlines: Mapping[TimerKind, int]) -> Ticket:
    """Write the ticket, its step and its timers; returns it with the next version.

    A timer whose instant is unchanged keeps its state (a fired one stays fired), a changed one is armed anew, an absent
    one is deleted. Raises `Conflict` when somebody saved the ticket since it was loaded.
    """
    saved = replace(ticket, version=ticket.version + 1)
    async with transaction():
        try:
            matched = await TicketRow.filter(id=ticket.id, version=ticket.version).update(**ticket_values(saved))
        except IntegrityError as error:
            raise Conflict(f"Ticket {ticket.number} does not fit what is stored: {error}") from error
        if not matched:
            raise Conflict(f"Ticket {ticket.number} was changed by somebody else.")
        if step is not None:
            await append_step(step, ticket.id)
        await _set_timers(ticket.id, deadlines)
    return saved


async def rearm(ticket: Ticket, step: Step | None, deadlines: Mapping[TimerKind, int]) -> None:
    """As `save`, for a ticket whose own values stay as they are: only its history and its timers change."""
    async with transaction():
        if not await rows(_TOUCH, ticket.id, ticket.version):
            raise Conflict(f"Ticket {ticket.number} was changed by somebody else.")
        if step is not None:
            await append_step(step, ticket.id)
        await _set_timers(ticket.id, deadlines)


async def get(ticket_id: int) -> Ticket | None:
    found = await rows(_GET, ticket_id)
    return read_ticket(found[0]) if found else None


async def get_many(ticket_ids: Collection[int]) -> dict[int, Ticket]:
    """These tickets by their ids."""
    return {row["id"]: read_ticket(row) for row in await rows(_GET_MANY, to_json(sorted(ticket_ids)))}


async def by_number(number: str) -> Ticket | None:
    """Find `2026-000001`, `#2026-1`, or just `1`, which means the newest year that has it."""
    match = _NUMBER.fullmatch(number.strip())
    if match is None:
        return None
    found = TicketRow.filter(sequence=int(match["sequence"]))
    if match["year"]:
        found = found.filter(year=int(match["year"]))
    return _maybe(await found.order_by("-year").first())


async def history(ticket_id: int) -> list[Step]:
    """All steps, oldest first."""
    return [to_step(row) for row in await fetch.every(HistoryRow, _HISTORY, ticket_id)]


async def of_requester(requester_id: int, *, live_only: bool, limit: int) -> list[Ticket]:
    """The requester's tickets, newest first."""
    found = _live(TicketRow.filter(requester_id=requester_id), live_only=live_only)
    return [to_ticket(row) for row in await found.order_by("-id").limit(limit)]


async def live_of(requester_id: int) -> list[Ticket]:
    """Every ticket of the requester that is not closed, on whatever channel, oldest first."""
    found = _live(TicketRow.filter(requester_id=requester_id), live_only=True)
    return [to_ticket(row) for row in await found.order_by("id")]


async def listing(
    *,
    status: Status | None = None,
    assignee: int | None = None,
    live_only: bool = True,
    limit: int = 20,
    offset: int = 0,
) -> list[Ticket]:
    """A page of tickets, newest first. Asking for a `status` overrules `live_only`."""
    found = TicketRow.filter(status=status) if status else _live(TicketRow.all(), live_only=live_only)
    if assignee is not None:
        found = found.filter(assignee=assignee)
    return [to_ticket(row) for row in await found.order_by("-id").offset(offset).limit(limit)]


async def count_by_status() -> dict[Status, int]:
    """How many tickets stand in each status; every status is there."""
    return dict.fromkeys(Status, 0) | {Status(row["status"]): int(row["amount"]) for row in await look(_BY_STATUS)}


async def last_closed(conversation_id: int) -> Ticket | None:
    """The ticket of this conversation that was closed last."""
    found = TicketRow.filter(conversation_id=conversation_id, status=Status.CLOSED)
    return _maybe(await found.order_by("-closed_at", "-id").first())


def _live(found: QuerySet[TicketRow], *, live_only: bool) -> QuerySet[TicketRow]:
    return found.exclude(status=Status.CLOSED) if live_only else found


def _maybe(row: TicketRow | None) -> Ticket | None:
    return to_ticket(row) if row else None


async def _set_timers(ticket_id: int, deadlines: Mapping[TimerKind, int]) -> None:
    wanted = to_json(deadlines)
    await rows(_DISARM, ticket_id, wanted)
    await rows(_ARM, ticket_id, wanted)
