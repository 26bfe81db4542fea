"""What time does: auto-close and its reminder, waking postponed tickets, the end of intake, ETA reminders."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import structlog

from bot.crashpoints import reached
from bot.domain.ledger import Urgency
from bot.domain.ticket import Action, Ticket
from bot.domain.timers import DAY_MS, Timer, TimerKind
from bot.helpdesk import HelpDesk
from bot.services import autoclose, clockwork, escalation, happenings, presence
from bot.services.casework import apply
from bot.shares import HOUSEKEEPING
from store import db, gestures, inbox, outbox, tickets, timers

LEASE_MS = 30_000
BATCH = 500
PRUNED_AT_ONCE = 100
"""Batches: more than the doors take in within a minute, and few enough to end within it."""
KEEP_DAYS = 30
"""Meta repeats for up to 7 days; a month is a safe while longer."""

log = structlog.get_logger(__name__)


async def sweep(helpdesk: HelpDesk) -> int:
    """Claim what is due, oldest first, each timer in a commit of its own; returns how many there were."""
    count, telling = 0, 0
    while due := await timers.claim(helpdesk.epoch, helpdesk.now(), LEASE_MS, BATCH):
        reached("timers.claimed")
        telling += sum(timer.kind in _TELLING for timer in due)
        for timer in due:
            try:
                await fire(helpdesk, timer, gathered=telling > happenings.SINGLY)
            except autoclose.Unheard as unheard:
                log.info("nothing is closed while something is unread", ticket=str(unheard))
            except Exception:
                # The claim lapses with its lease, and the timer is tried again then.
                log.exception("timer failed", timer=timer.id, kind=timer.kind, ticket=timer.ticket_id)
        count += len(due)
        helpdesk.bells.outbox.set()
    if helpdesk.shares.holds(HOUSEKEEPING) and await escalation.tell(helpdesk):
        helpdesk.bells.outbox.set()
    return count


@db.whole
async def fire(helpdesk: HelpDesk, timer: Timer, *, gathered: bool = False) -> None:
    """One claimed timer, in a commit of its own. Raises `LeaseLost` when somebody else took it over meanwhile."""
    await timers.fired(timer.id, helpdesk.epoch)
    await fired(helpdesk, timer, gathered=gathered)
    reached("timers.before_commit")


async def prune(helpdesk: HelpDesk) -> int:
    """Every minute: forget what was worked off long ago, and note that this process listens.

    Keys stay as long as a platform may repeat itself.
    """
    await presence.listens(helpdesk)
    before = helpdesk.now() - KEEP_DAYS * DAY_MS
    return sum([await _forgotten(forget, before) for forget in (inbox.prune, outbox.prune, gestures.prune)])


async def _forgotten(forget: Callable[[int, int], Awaitable[int]], before: int) -> int:
    """Rows of one table, each batch a commit: whoever wants to write comes in between."""
    count = 0
    for _ in range(PRUNED_AT_ONCE):
        batch = await forget(before, BATCH)
        count += batch
        if batch < BATCH:
            break
    return count


async def fired(helpdesk: HelpDesk, timer: Timer, *, gathered: bool = False) -> None:
    """One due timer. The ticket is looked at afresh: a timer is a wake-up, never a decision.

    A setting may have changed since it was armed; then it is armed anew for the instant that holds now.
    """
    ticket = await tickets.get(timer.ticket_id)
    if ticket is None:
        return
    if timer.kind is not TimerKind.SLA and helpdesk.deadlines(ticket).get(timer.kind) != timer.due_at:
        await tickets.rearm(ticket, None, await clockwork.deadlines(helpdesk, ticket))
        return
    if timer.kind is TimerKind.SLA:
        await escalation.fired(helpdesk, ticket, timer.due_at)
    elif timer.kind in _TELLING:
        await _TELLING[timer.kind](helpdesk, ticket, gathered=gathered)
    else:
        await _QUIET[timer.kind](helpdesk, ticket)


async def _end_intake(helpdesk: HelpDesk, ticket: Ticket) -> None:
    """What was not answered stays open; the card says so and agents can fill it in."""
    await apply(helpdesk, ticket, Action.SET, intake="", intake_until=None)


async def _wake(helpdesk: HelpDesk, ticket: Ticket, *, gathered: bool) -> None:
    reason = ticket.postpone_reason
    ticket = await apply(helpdesk, ticket, Action.WAKE)
    about = {"agent": ticket.assignee_name, "reason": reason}
    await happenings.tell(helpdesk, ticket, "desk-woke", gathered=gathered, urgency=Urgency.WORDS, **about)


async def _eta(helpdesk: HelpDesk, ticket: Ticket, *, gathered: bool) -> None:
    """The promised day has come and the ticket is still with engineering."""
    about = {"agent": ticket.assignee_name, "engineer": ticket.engineer, "issue": ticket.issue_key}
    await happenings.tell(helpdesk, ticket, "desk-eta", gathered=gathered, urgency=Urgency.WORDS, **about)


class _Telling(Protocol):
    """What ends in a line for agents, `gathered` in a digest or in the ticket's topic."""

    async def __call__(self, helpdesk: HelpDesk, ticket: Ticket, *, gathered: bool) -> None: ...


_TELLING: Mapping[TimerKind, _Telling] = {
    TimerKind.AUTO_CLOSE: autoclose.close,
    TimerKind.WAKE: _wake,
    TimerKind.ETA: _eta,
}
_QUIET: Mapping[TimerKind, Callable[[HelpDesk, Ticket], Awaitable[None]]] = {
    TimerKind.INTAKE_END: _end_intake,
    TimerKind.AUTO_CLOSE_REMINDER: autoclose.remind,
}
