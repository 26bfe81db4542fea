"""What time does: auto-close and its reminder, waking postponed tickets, the end of intake, ETA reminders."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import structlog

from bot.crashpoints import reached
from bot.domain.ledger import Delivery, Urgency
from bot.domain.outgoing import Button
from bot.domain.ticket import WAITING, Action, ActorKind, Status, Ticket
from bot.domain.timers import DAY_MS, Timer, TimerKind
from bot.helpdesk import HelpDesk
from bot.services import delivery, errands, escalation, proposals
from bot.services.casework import apply, conversation_of, notify
from store import conversations, db, gestures, inbox, messages, outbox, tickets, timers

LEASE_MS = 30_000
BATCH = 500
KEEP_DAYS = 30
"""Meta repeats for up to 7 days; a month is a safe while longer."""

log = structlog.get_logger(__name__)

_OUT = frozenset({Delivery.SENT, Delivery.DELIVERED, Delivery.READ})


async def sweep(helpdesk: HelpDesk) -> int:
    """Claim what is due, oldest first, each timer in a commit of its own; returns how many there were."""
    count = 0
    while due := await timers.claim(helpdesk.epoch, helpdesk.now(), LEASE_MS, BATCH):
        reached("timers.claimed")
        for timer in due:
            try:
                await _fire(helpdesk, timer)
            except Exception:
                # The claim lapses with its lease, and the timer is tried again then.
                log.exception("timer failed", timer=timer.id, kind=timer.kind, ticket=timer.ticket_id)
        count += len(due)
        helpdesk.bells.outbox.set()
    if await escalation.tell(helpdesk):
        helpdesk.bells.outbox.set()
    return count


async def _fire(helpdesk: HelpDesk, timer: Timer) -> None:
    async with db.transaction():
        await timers.fired(timer.id, helpdesk.epoch)
        await fired(helpdesk, timer)
        reached("timers.before_commit")


async def prune(helpdesk: HelpDesk) -> int:
    """Forget a batch of what was worked off long ago; keys stay as long as a platform may repeat itself."""
    before = helpdesk.now() - KEEP_DAYS * DAY_MS
    pruned = [await forget(before, BATCH) for forget in (inbox.prune, outbox.prune, gestures.prune)]
    return sum(pruned)


async def fired(helpdesk: HelpDesk, timer: Timer) -> None:
    """One due timer. The ticket is looked at afresh: a timer is a wake-up, never a decision."""
    ticket = await tickets.get(timer.ticket_id)
    if ticket is None:
        return
    if timer.kind is not TimerKind.SLA and helpdesk.deadlines(ticket).get(timer.kind) != timer.due_at:
        return
    await _ACTIONS[timer.kind](helpdesk, ticket)


async def _end_intake(helpdesk: HelpDesk, ticket: Ticket) -> None:
    """What was not answered stays open; the card says so and agents can fill it in."""
    await apply(helpdesk, ticket, Action.SET, intake="", intake_until=None)


async def _remind(helpdesk: HelpDesk, ticket: Ticket) -> None:
    """A day before the end; pointless when the end itself is already due."""
    end = helpdesk.deadlines(ticket)[TimerKind.AUTO_CLOSE]
    if end <= helpdesk.now() or not await _silence_is_theirs(ticket):
        return
    conversation = await conversation_of(ticket)
    rows: tuple[tuple[Button, ...], ...] = ()
    if ticket.status is Status.SOLUTION_PROPOSED:
        rows = (proposals.buttons(helpdesk, conversation.locale, ticket),)
    until = helpdesk.moment(conversation.locale, end)
    await notify(
        helpdesk,
        conversation,
        "notice-reminder",
        ticket=ticket,
        rows=rows,
        template="reminder",
        number=ticket.label,
        until=until,
    )


async def _auto_close(helpdesk: HelpDesk, ticket: Ticket) -> None:
    """Four days of the requester's silence, and only of theirs."""
    if not await _silence_is_theirs(ticket):
        await delivery.stop_waiting(helpdesk, ticket.id)
        return
    ticket = await apply(helpdesk, ticket, Action.EXPIRE)
    conversation = await conversation_of(ticket)
    if conversation.ticket_id == ticket.id:
        await conversations.save(replace(conversation, ticket_id=None, awaiting=""))
    days = helpdesk.policies.auto_close_days
    await notify(
        helpdesk, conversation, "closed-no-answer", ticket=ticket, template="closed", number=ticket.label, days=days
    )
    await errands.line(helpdesk, ticket.id, "desk-auto-closed", days=days)


async def _silence_is_theirs(ticket: Ticket) -> bool:
    """Never when the last word is the requester's, or when ours did not reach them."""
    if ticket.status not in WAITING:
        return False
    recent = await messages.of_ticket(ticket.id, limit=20, newest_first=True)
    for message in recent:
        if message.author is ActorKind.REQUESTER:
            return False
        if message.author is ActorKind.AGENT and message.delivery is not Delivery.RECEIVED:
            return message.delivery in _OUT
    return True


async def _wake(helpdesk: HelpDesk, ticket: Ticket) -> None:
    reason = ticket.postpone_reason
    ticket = await apply(helpdesk, ticket, Action.WAKE)
    await errands.line(
        helpdesk, ticket.id, "desk-woke", urgency=Urgency.WORDS, agent=ticket.assignee_name, reason=reason
    )


async def _eta(helpdesk: HelpDesk, ticket: Ticket) -> None:
    """The promised day has come and the ticket is still with engineering."""
    await errands.line(
        helpdesk,
        ticket.id,
        "desk-eta",
        urgency=Urgency.WORDS,
        agent=ticket.assignee_name,
        engineer=ticket.engineer,
        issue=ticket.issue_key,
    )


_ACTIONS: Mapping[TimerKind, Callable[[HelpDesk, Ticket], Awaitable[None]]] = {
    TimerKind.INTAKE_END: _end_intake,
    TimerKind.AUTO_CLOSE_REMINDER: _remind,
    TimerKind.AUTO_CLOSE: _auto_close,
    TimerKind.WAKE: _wake,
    TimerKind.ETA: _eta,
    TimerKind.SLA: escalation.fired,
}
