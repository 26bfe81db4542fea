"""Deadlines of a ticket, computed from its state alone; the store writes them as timer rows in the same commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ticket import Status, Ticket

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class TimerKind(StrEnum):
    INTAKE_END = "intake_end"
    AUTO_CLOSE_REMINDER = "auto_close_reminder"
    AUTO_CLOSE = "auto_close"
    WAKE = "wake"
    ETA = "eta"
    SLA = "sla"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A due row that was claimed. `attempts` counts the claims, this one included."""

    id: int
    ticket_id: int
    kind: TimerKind
    due_at: int
    attempts: int


def deadlines(ticket: Ticket, *, auto_close_days: int) -> Mapping[TimerKind, int]:
    """The instants at which something is due if nothing happens. Kinds that are absent are disarmed.

    `SLA` is not among them: service levels need the ticket's history, not its state alone (`bot.services.clockwork`).
    """
    if not ticket.live:
        return {}
    due: dict[TimerKind, int] = {}
    if ticket.intake and ticket.intake_until is not None:
        due[TimerKind.INTAKE_END] = ticket.intake_until
    if ticket.waiting_since is not None:
        end = ticket.waiting_since + auto_close_days * DAY_MS
        due[TimerKind.AUTO_CLOSE] = end
        if auto_close_days > 1:
            due[TimerKind.AUTO_CLOSE_REMINDER] = end - DAY_MS
    if ticket.status is Status.POSTPONED and ticket.postponed_until is not None:
        due[TimerKind.WAKE] = ticket.postponed_until
    if ticket.status is Status.IN_DEVELOPMENT and ticket.eta is not None:
        due[TimerKind.ETA] = ticket.eta
    return due
