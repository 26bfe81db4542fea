"""Service levels in the database: own closed days, and the tickets that a change of levels has yet to reach."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.domain.ticket import Status, Ticket
from store.models import ClosedDayRow, TicketRow
from store.ticket_rows import to_ticket


async def closed_days() -> Mapping[date, str]:
    """The days on which nobody works, with their reasons."""
    return {date.fromisoformat(row.day): row.reason for row in await ClosedDayRow.all().order_by("day")}


async def close_day(day: date, reason: str) -> bool:
    """Nobody works on that day; false when that was known."""
    _, new = await ClosedDayRow.get_or_create(day=day.isoformat(), defaults={"reason": reason})
    return new


async def open_day(day: date) -> bool:
    """People work on that day after all; false when it was not closed."""
    return bool(await ClosedDayRow.filter(day=day.isoformat()).delete())


async def live_after(ticket_id: int, limit: int) -> Sequence[Ticket]:
    """Tickets that are not closed, by id, those beyond `ticket_id`."""
    found = TicketRow.filter(id__gt=ticket_id).exclude(status=Status.CLOSED).order_by("id").limit(limit)
    return [to_ticket(row) for row in await found]


async def live_count(beyond: int = 0) -> int:
    """How many tickets that are not closed have an id beyond this one."""
    return await TicketRow.filter(id__gt=beyond).exclude(status=Status.CLOSED).count()
