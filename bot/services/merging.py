"""`/merge` and `/link`: two tickets about the same thing become one, or know of each other.

Only tickets of one conversation become one: an answer goes where its ticket lives, and words must not reach others.
"""

from dataclasses import replace
from typing import Any

from bot.domain.errors import BadInput
from bot.domain.folding import fold
from bot.domain.ledger import Urgency
from bot.domain.outgoing import Outgoing
from bot.domain.people import Conversation
from bot.domain.ticket import Action, ActorKind, CloseReason, Ticket
from bot.helpdesk import HelpDesk
from bot.services import errands, homes, opening, proposals, tags
from bot.services.call import Call
from bot.services.casework import apply, conversation_of, notify
from store import audit, conversations, messages, tickets

MOST_LINKS = 10
_LOOKED_AT = 50


async def goes_on_as(ticket: Ticket) -> Ticket:
    """The ticket that this one went up in, however often.

    That ends: only live tickets are merged, and only into live ones, so each was closed before the one it went up in.
    """
    while ticket.merged_into:
        following = await tickets.by_number(ticket.merged_into)
        if following is None:
            raise LookupError(f"ticket {ticket.id} went up in {ticket.merged_into}, which there is not")
        ticket = following
    return ticket


async def merge(helpdesk: HelpDesk, call: Call) -> str:
    """`/merge #N`: this ticket is closed, and whatever its requester says from now on belongs to #N."""
    before, kept = call.on, await _other(call, "usage-merge")
    _must_fit(before, kept)
    conversation = await conversation_of(kept)
    merged: dict[str, Any] = {"close_reason": CloseReason.MERGED, "merged_into": kept.number}
    gone = await apply(helpdesk, before, Action.CLOSE, actor=call.actor, reason=f"→ {kept.label}", **merged)
    kept = await _take_in(helpdesk, call, conversation, gone, kept)
    await audit.add(
        at=helpdesk.now(),
        actor_id=call.agent.id,
        action="merge",
        ticket_id=gone.id,
        old=before.status.value,
        new=kept.number,
    )
    await _make_current(conversation, gone, kept)
    await notify(helpdesk, conversation, "merged", ticket=kept, number=gone.label, other=kept.label)
    values = {"name": call.agent.name, "subject": gone.subject}
    await _tell(helpdesk, gone, "desk-merged-into", kept, **values)
    await _tell(helpdesk, kept, "desk-merged-here", gone, **values)
    return ""


def _must_fit(gone: Ticket, kept: Ticket) -> None:
    """Raises `BadInput` that says what to do where these two cannot become one."""
    if gone.id == kept.id:
        raise BadInput("merge-itself", number=gone.label)
    for ticket in (gone, kept):
        if ticket.merged_into:
            raise BadInput("merged-already", number=ticket.label, other=ticket.successor)
        if not ticket.live:
            raise BadInput("merge-closed", number=ticket.label)
    if gone.conversation_id != kept.conversation_id:
        raise BadInput("merge-other-requester", number=gone.label, other=kept.label)


async def _take_in(helpdesk: HelpDesk, call: Call, conversation: Conversation, gone: Ticket, kept: Ticket) -> Ticket:
    """The tags come along, as far as there is room. Clocks, priority, key data and agent stay as they are here.

    Words that came while this ticket waited for its requester are an answer here, too: silence must not close it.
    """
    recent = await messages.of_ticket(gone.id, limit=_LOOKED_AT, newest_first=True)
    spoken_at = next((message.at for message in recent if message.author is ActorKind.REQUESTER), 0)
    if spoken_at >= (kept.waiting_since or kept.status_since):
        kept = await opening.note_answer(helpdesk, conversation, kept)
    known = set(map(fold, kept.tags))
    tags_of_both = (*kept.tags, *(tag for tag in gone.tags if fold(tag) not in known))[: tags.MOST]
    changes = {"tags": tags_of_both} if tags_of_both != kept.tags else {}
    return await apply(helpdesk, kept, Action.SET, actor=call.actor, reason=f"← {gone.label}", **changes)


async def _make_current(conversation: Conversation, gone: Ticket, kept: Ticket) -> None:
    """What the requester writes next goes on there, unless they are busy with a third ticket."""
    current = await tickets.get(conversation.ticket_id) if conversation.ticket_id else None
    ticket_id = kept.id if current is None or not current.live else current.id
    awaiting = "" if conversation.awaiting == proposals.awaiting_reason(gone) else conversation.awaiting
    await conversations.save(replace(conversation, ticket_id=ticket_id, awaiting=awaiting))


async def taken_out(helpdesk: HelpDesk, call: Call) -> None:
    """The caller's ticket, merged before, is open again on its own: the ticket it had gone up in says so."""
    kept = await tickets.by_number(call.on.merged_into)
    if kept is not None:
        await apply(helpdesk, kept, Action.SET, actor=call.actor, reason=f"↛ {call.on.label}")
        await _tell(helpdesk, kept, "desk-merge-undone", call.on, name=call.agent.name)


async def link(helpdesk: HelpDesk, call: Call) -> str:
    """`/link #N`: both tickets name each other from now on, whoever their requesters are; these hear nothing."""
    here, there = call.on, await _other(call, "usage-link")
    if here.id == there.id:
        raise BadInput("link-itself", number=here.label)
    if there.number in here.links:
        raise BadInput("linked-already", number=here.label, other=there.label)
    for one, other in ((here, there), (there, here)):
        if len(one.links) >= MOST_LINKS:
            raise BadInput("links-too-many", number=one.label, most=MOST_LINKS)
        links = (*one.links, other.number)
        await apply(helpdesk, one, Action.SET, actor=call.actor, reason=f"↔ {other.label}", links=links)
        await _tell(helpdesk, one, "desk-linked", other, name=call.agent.name, subject=other.subject)
    return ""


async def _other(call: Call, usage: str) -> Ticket:
    """The ticket whose number was typed; words behind it are talk. Raises `BadInput`."""
    given = call.words(usage).split()[0]
    ticket = await tickets.by_number(given)
    if ticket is None:
        raise BadInput("ticket-unknown", given=given)
    return ticket


async def _tell(helpdesk: HelpDesk, ticket: Ticket, key: str, about: Ticket, **values: str) -> None:
    """A line in the ticket's topic about another ticket, and the way there."""
    text = helpdesk.desk_text(key, number=about.label, **values)
    home = await homes.home_of(helpdesk, about.id)
    told = " ".join(filter(None, (text, helpdesk.desk.link(home.chat, home.thread))))
    await errands.to_topic(helpdesk, ticket.id, Outgoing(text=told), urgency=Urgency.WORDS)
