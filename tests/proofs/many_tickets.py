"""A crowd of open tickets, made in the database from one that came through the door."""

from typing import Final

from bot.domain.ticket import Ticket
from store.models import HistoryRow, TicketRow
from store.sql import rows

_NUMBERS: Final = "WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < ?)"
_OWN: Final = {
    "number": "'1999-' || substr('000000' || one.n, -6)",
    "year": "1999",
    "sequence": "one.n",
    "created_at": "created_at + one.n",
}
"""What differs from ticket to ticket."""
_FROM_ONE: Final = "FROM ticket, one WHERE id = ?"
_OF_ALL: Final = "FROM ticket, history AS step WHERE ticket.id >= ? AND step.ticket_id = ? ORDER BY ticket.id, step.id"


async def copied(ticket: Ticket, amount: int) -> int:
    """So many tickets like this one, with its history, a millisecond after one another; returns the first id."""
    first = (await rows("SELECT max(id) + 1 AS id FROM ticket"))[0]["id"]
    columns = [name for name in TicketRow._meta.db_fields if name != "id"]
    values = (_OWN.get(name, name) for name in columns)
    listed = ("INSERT INTO ticket (", ", ".join(columns), ")", _NUMBERS, "SELECT", ", ".join(values), _FROM_ONE)
    await rows(" ".join(listed), amount, ticket.id)
    columns = [name for name in HistoryRow._meta.db_fields if name not in {"id", "ticket_id"}]
    steps = (f"step.{name}" for name in columns)
    copies = ("INSERT INTO history (ticket_id,", ", ".join(columns), ") SELECT ticket.id,", ", ".join(steps), _OF_ALL)
    await rows(" ".join(copies), first, ticket.id)
    return int(first)
