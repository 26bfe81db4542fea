"""Deadlines of a ticket, computed from its state alone; the store writes them as timer rows in the same commit."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from bot.domain.folding import fold
from bot.domain.sla.calendar import Calendar
from bot.domain.sla.policy import NO_PROMISES, Sla
from bot.domain.ticket import Status, Ticket

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FARTHEST_DAYS = 366


class TimerKind(StrEnum):
    INTAKE_END = "intake_end"
    AUTO_CLOSE_REMINDER = "auto_close_reminder"
    AUTO_CLOSE = "auto_close"
    WAKE = "wake"
    ETA = "eta"
    SLA = "sla"


class Timer(NamedTuple):
    """A due row that was claimed. `attempts` counts the claims, this one included.

    A tuple, because after a downtime ten thousands of them are due at once.
    """

    id: int
    ticket_id: int
    kind: TimerKind
    due_at: int
    attempts: int


def deadlines(ticket: Ticket, *, auto_close_days: int, sla: Sla = NO_PROMISES) -> Mapping[TimerKind, int]:
    """The instants at which something is due if nothing happens. Kinds that are absent are disarmed.

    `SLA` is not among them: service levels need the ticket's history, not its state alone (`bot.services.clockwork`).
    """
    if not ticket.live:
        return {}
    due: dict[TimerKind, int] = {}
    if ticket.intake and ticket.intake_until is not None:
        due[TimerKind.INTAKE_END] = ticket.intake_until
    if ticket.waiting_since is not None and not is_exempt(ticket, sla):
        due |= _auto_close(ticket.waiting_since, patience(ticket, auto_close_days, sla), sla)
    if ticket.status is Status.POSTPONED and ticket.postponed_until is not None:
        due[TimerKind.WAKE] = ticket.postponed_until
    if ticket.status is Status.IN_DEVELOPMENT and ticket.eta is not None:
        due[TimerKind.ETA] = ticket.eta
    return due


def patience(ticket: Ticket, auto_close_days: int, sla: Sla) -> int:
    """After how many days of the requester's silence a ticket in this status is closed."""
    return sla.auto_close.days.get(ticket.status, auto_close_days)


def is_exempt(ticket: Ticket, sla: Sla) -> bool:
    """Whether a tag keeps silence from closing the ticket."""
    return any(fold(tag) in sla.auto_close.exempt for tag in ticket.tags)


def _auto_close(since: int, days: int, sla: Sla) -> dict[TimerKind, int]:
    """The end, and a day before it, of the same kind of days, the reminder; a single day leaves no time for one."""
    calendar = sla.calendars.get(sla.auto_close.calendar)
    due = {TimerKind.AUTO_CLOSE: _days_later(calendar, since, days)}
    if days > 1:
        due[TimerKind.AUTO_CLOSE_REMINDER] = _days_later(calendar, since, days - 1)
    return due


def _days_later(calendar: Calendar | None, since: int, days: int) -> int:
    """So many days later; with a calendar the same time of day on that working day, if there is one within a year."""
    if calendar is None:
        return since + days * DAY_MS
    begun = (_EPOCH + timedelta(milliseconds=since)).astimezone(calendar.zone)
    ahead = (begun.date() + timedelta(days=step) for step in range(1, _FARTHEST_DAYS))
    found = list(islice((day for day in ahead if calendar.shifts(day)), days))
    if len(found) < days:
        return since + _FARTHEST_DAYS * DAY_MS
    moment = datetime.combine(found[-1], begun.time(), calendar.zone)
    return (moment - _EPOCH) // timedelta(milliseconds=1)
