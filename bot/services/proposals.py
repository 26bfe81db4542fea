"""Solution proposed: the requester accepts or rejects, and a contradiction keeps the ticket open."""

from dataclasses import replace

from bot.domain.ledger import Urgency, Visibility
from bot.domain.outgoing import Button
from bot.domain.people import Conversation
from bot.domain.press import Press, Verb, encode
from bot.domain.ticket import Action, ActorKind, Status, Ticket
from bot.domain.words import still_failing
from bot.helpdesk import HelpDesk
from bot.services import errands, rights
from bot.services.casework import apply, notify
from store import conversations, messages

CONTRADICTION_MS = 60_000
"""Words this close to an accept count as said with it (PRODUCT.md, contradiction guard)."""
_LOOKED_AT = 10


def awaiting_reason(ticket: Ticket) -> str:
    return f"reason:{ticket.id}"


def buttons(helpdesk: HelpDesk, locale: str, ticket: Ticket, *, accept: Verb = Verb.ACCEPT) -> tuple[Button, ...]:
    """Accept and reject, bound to this very proposal."""
    key = "accept" if accept is Verb.ACCEPT else "accept-anyway"
    return (
        Button(title=helpdesk.text(locale, f"button-{key}"), token=encode(accept, ticket.id, str(ticket.proposal))),
        Button(
            title=helpdesk.text(locale, "button-reject"), token=encode(Verb.REJECT, ticket.id, str(ticket.proposal))
        ),
    )


async def pressed(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, press: Press) -> str:
    """A press on accept or reject; returns the key of the toast. Twice, late or of an older proposal does no harm."""
    if ticket.status is Status.CLOSED:
        return "button-already-closed"
    if press.argument(0) != str(ticket.proposal):
        return "button-old-proposal"
    if ticket.status is not Status.SOLUTION_PROPOSED:
        return "button-proposal-over"
    accepted = press.verb is not Verb.REJECT
    await answered(helpdesk, conversation, ticket, accepted=accepted, sure=press.verb is Verb.ACCEPT_ANYWAY)
    return ""


async def answered(
    helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, *, accepted: bool, sure: bool = False
) -> None:
    if not accepted:
        await _reject(helpdesk, conversation, ticket)
    elif not sure and await _contradicted(helpdesk, ticket):
        await ask_once_more(helpdesk, conversation, ticket)
    else:
        await _accept(helpdesk, conversation, ticket)


async def _accept(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> None:
    ticket = await apply(helpdesk, ticket, Action.ACCEPT, actor=rights.requester(conversation))
    if conversation.ticket_id == ticket.id:
        await conversations.save(replace(conversation, ticket_id=None, awaiting=""))
    await thank(helpdesk, conversation, ticket)


async def thank(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> None:
    """The requester and the desk are told that the solution was accepted."""
    await notify(helpdesk, conversation, "closed-accepted", ticket=ticket, number=ticket.label)
    await errands.line(helpdesk, ticket.id, "desk-accepted", name=conversation.requester.name)


async def _reject(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> None:
    """Back to the same agent at once; the reason follows as the next message."""
    await ask_why(
        helpdesk, conversation, await apply(helpdesk, ticket, Action.REJECT, actor=rights.requester(conversation))
    )


async def ask_why(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> None:
    """The next message of the requester is the reason for a reject."""
    await conversations.save(replace(conversation, ticket_id=ticket.id, awaiting=awaiting_reason(ticket)))
    await notify(helpdesk, conversation, "rejected-ask-reason", ticket=ticket, number=ticket.label)
    key = "desk-rejected-assigned" if ticket.assignee else "desk-rejected"
    name, agent = conversation.requester.name, ticket.assignee_name
    await errands.line(helpdesk, ticket.id, key, urgency=Urgency.WORDS, name=name, agent=agent)


async def reason_given(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> str:
    """The reason for a reject arrived: thank the customer; returns the heading its post gets in the topic."""
    await conversations.save(replace(conversation, awaiting=""))
    await notify(helpdesk, conversation, "reason-noted", ticket=ticket, number=ticket.label)
    return helpdesk.desk_text("desk-reject-reason")


async def _contradicted(helpdesk: HelpDesk, ticket: Ticket) -> bool:
    """Did the requester say, since the proposal and within the last minute, that it still fails?"""
    since = helpdesk.now() - CONTRADICTION_MS
    for message in await messages.of_ticket(ticket.id, limit=_LOOKED_AT, newest_first=True):
        if message.visibility is Visibility.NOTE:
            continue
        if message.author is ActorKind.AGENT or message.at < since:
            return False
        if message.author is ActorKind.REQUESTER and still_failing(message.content.text):
            return True
    return False


async def ask_once_more(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> None:
    """Yes and no at the same time: shall the ticket be closed all the same?"""
    rows = (buttons(helpdesk, conversation.locale, ticket, accept=Verb.ACCEPT_ANYWAY),)
    await notify(helpdesk, conversation, "contradiction", ticket=ticket, rows=rows, number=ticket.label)
    await errands.line(helpdesk, ticket.id, "desk-contradiction", name=conversation.requester.name)
