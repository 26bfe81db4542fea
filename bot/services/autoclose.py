"""Silence that closes: the reminder, the end, and `/autoclose`, which shows what would be closed and when."""

from dataclasses import replace

from bot.domain.ledger import Delivery
from bot.domain.outgoing import Button, Outgoing
from bot.domain.people import Conversation
from bot.domain.press import Verb, encode
from bot.domain.ticket import WAITING, Action, ActorKind, Status, Ticket
from bot.domain.timers import TimerKind
from bot.helpdesk import HelpDesk
from bot.services import delivery, errands, happenings, proposals
from bot.services.call import Call
from bot.services.casework import apply, conversation_of, notify
from store import conversations, inbox, messages, tickets, timers

LISTED = 20
BUTTONS = 6
_A_ROW = 3
_OUT = frozenset({Delivery.SENT, Delivery.DELIVERED, Delivery.READ})


class Unheard(Exception):
    """Something of the requester's was not read yet, or could not be: the timer is looked at again with its lease."""


async def remind(helpdesk: HelpDesk, ticket: Ticket) -> None:
    """A day before the end; pointless when the end itself is already due."""
    end = helpdesk.deadlines(ticket)[TimerKind.AUTO_CLOSE]
    if end <= helpdesk.now() or not await silence_is_theirs(ticket):
        return
    conversation = await conversation_of(ticket)
    await _refuse_if_unread(helpdesk, ticket, conversation)
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


async def close(helpdesk: HelpDesk, ticket: Ticket, *, gathered: bool) -> None:
    """Days of the requester's silence, and only of theirs."""
    if not await silence_is_theirs(ticket):
        await delivery.stop_waiting(helpdesk, ticket.id)
        return
    conversation = await conversation_of(ticket)
    await _refuse_if_unread(helpdesk, ticket, conversation)
    before, ticket = ticket, await apply(helpdesk, ticket, Action.EXPIRE)
    if conversation.ticket_id == ticket.id:
        await conversations.save(replace(conversation, ticket_id=None, awaiting=""))
    days = helpdesk.patience(before, conversation.locale)
    await notify(
        helpdesk, conversation, "closed-no-answer", ticket=ticket, template="closed", number=ticket.label, days=days
    )
    await happenings.tell(helpdesk, ticket, "desk-auto-closed", gathered=gathered, days=helpdesk.patience(before))


async def _refuse_if_unread(helpdesk: HelpDesk, ticket: Ticket, conversation: Conversation) -> None:
    """Whoever has written is not silent, read or not. Raises `Unheard`."""
    channel = helpdesk.channels.get(conversation.channel)
    lanes = channel.lanes(conversation.keys) if channel is not None else []
    if await inbox.unread(conversation.channel, lanes, ticket.waiting_since or 0):
        raise Unheard(ticket.label)


async def silence_is_theirs(ticket: Ticket) -> bool:
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


async def listing(helpdesk: HelpDesk, call: Call) -> str:
    """`/autoclose` (lead): what silence would close and when, the next one first; nothing is closed by looking."""
    waiting = await timers.upcoming(TimerKind.AUTO_CLOSE, LISTED)
    found = [(due, ticket) for ticket_id, due in waiting if (ticket := await tickets.get(ticket_id)) is not None]
    tag = next(iter(sorted(helpdesk.levels.sla.auto_close.exempt)), "")
    hint = helpdesk.desk_text("autoclose-exempt", tag=tag) if tag else helpdesk.desk_text("autoclose-no-exempt")
    if not found:
        return f"{helpdesk.desk_text('autoclose-none')}\n{hint}"
    lines = [await _line(helpdesk, ticket, due) for due, ticket in found]
    text = "\n".join((helpdesk.desk_text("autoclose-list"), *lines, hint))
    rows = _buttons([ticket for _, ticket in found[:BUTTONS]], tag) if tag else ()
    await errands.to_group(helpdesk, Outgoing(text=text, rows=rows), chat=call.place.chat, thread=call.place.thread)
    return ""


async def _line(helpdesk: HelpDesk, ticket: Ticket, due: int) -> str:
    """When, which, and whether anything would keep it open as things are."""
    status = helpdesk.desk_text(f"status-{ticket.status}")
    parts = [helpdesk.soon(due), ticket.label, status, ticket.assignee_name, ticket.subject]
    if not await silence_is_theirs(ticket):
        parts.append(helpdesk.desk_text("autoclose-kept"))
    return " · ".join(filter(None, parts))


def _buttons(found: list[Ticket], tag: str) -> tuple[tuple[Button, ...], ...]:
    """Each keeps one ticket open."""
    buttons = [Button(title=f"📌 {one.label}", token=encode(Verb.DESK, one.id, "tag", tag)) for one in found]
    return tuple(tuple(buttons[start : start + _A_ROW]) for start in range(0, len(buttons), _A_ROW))
