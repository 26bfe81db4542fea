"""After closing: thanks change nothing; anything else offers to reopen or to start anew."""

from dataclasses import replace

from bot.domain.ledger import Urgency
from bot.domain.message import Said
from bot.domain.outgoing import Button
from bot.domain.people import Conversation
from bot.domain.press import Press, Verb, encode
from bot.domain.ticket import Action, Actor, ActorKind, CloseReason, Ticket
from bot.domain.timers import DAY_MS
from bot.domain.words import is_thanks, still_failing
from bot.helpdesk import HelpDesk
from bot.services import errands, opening, proposals, relay
from bot.services.casework import apply, notify
from store import conversations, messages, tickets


async def written(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, said: Said) -> None:
    """A message to a closed ticket: kept there, shown to the agents, answered by what it seems to mean."""
    closed_at = ticket.closed_at or 0
    if helpdesk.now() - closed_at > helpdesk.policies.reopen_days * DAY_MS:
        await opening.open_ticket(helpdesk, conversation, said, follow_up_of=ticket)
        return
    text = said.content.text
    message = await relay.record(helpdesk, conversation, ticket, said)
    if is_thanks(text):
        await relay.to_topic(helpdesk, message)
        return
    if _contradicts_accept(helpdesk, ticket, text):
        await reopen(helpdesk, conversation, ticket)
        await relay.to_topic(helpdesk, message)
        return
    await relay.to_topic(helpdesk, message, heading=helpdesk.desk_text("desk-after-closing"))
    await _offer(helpdesk, conversation, ticket, message.id)


def _contradicts_accept(helpdesk: HelpDesk, ticket: Ticket, text: str) -> bool:
    """ "It still fails", within a minute of an accept, takes the accept back."""
    just_now = helpdesk.now() - (ticket.closed_at or 0) <= proposals.CONTRADICTION_MS
    return ticket.close_reason is CloseReason.ACCEPTED and just_now and still_failing(text)


async def _offer(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, message_id: int) -> None:
    locale = conversation.locale
    row = (
        Button(title=helpdesk.text(locale, "button-reopen"), token=encode(Verb.REOPEN, ticket.id, str(message_id))),
        Button(title=helpdesk.text(locale, "button-new"), token=encode(Verb.NEW_REQUEST, ticket.id, str(message_id))),
    )
    await notify(helpdesk, conversation, "offer-reopen", ticket=ticket, rows=(row,), number=ticket.label)


async def pressed(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, press: Press) -> str:
    """Reopen, or make the words that led here the first message of a new ticket; returns the toast's key."""
    if ticket.live:
        return "button-already-open"
    if press.verb is Verb.REOPEN:
        await reopen(helpdesk, conversation, ticket)
        return ""
    message_id = int(press.argument(0)) if press.argument(0).isdigit() else 0
    message = await messages.get(message_id)
    if message is None or message.ticket_id != ticket.id:
        return "button-old"
    fresh = await opening.create(helpdesk, conversation, message.content, follow_up_of=ticket)
    await relay.to_topic(helpdesk, await messages.move(message.id, fresh.id))
    await opening.greet(helpdesk, conversation, fresh)
    return ""


async def reopen(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> Ticket:
    """The requester takes the ticket up again: same number, same agent."""
    actor = Actor(ActorKind.REQUESTER, conversation.requester.id, conversation.requester.name)
    ticket = await apply(helpdesk, ticket, Action.REOPEN, actor=actor)
    await make_current(conversation, ticket)
    await notify(helpdesk, conversation, "reopened", ticket=ticket, number=ticket.label)
    await errands.line(helpdesk, ticket.id, "desk-reopened", urgency=Urgency.WORDS, name=conversation.requester.name)
    return ticket


async def make_current(conversation: Conversation, ticket: Ticket) -> None:
    """A reopened ticket is the current one unless the requester is busy with another."""
    current = await tickets.get(conversation.ticket_id) if conversation.ticket_id else None
    if current is None or not current.live:
        await conversations.save(replace(conversation, ticket_id=ticket.id, awaiting=""))
