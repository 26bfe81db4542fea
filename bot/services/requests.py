"""What a customer says and does: a message finds its ticket, or makes one."""

from dataclasses import replace

from bot.domain.ledger import Urgency
from bot.domain.message import Edited, IdentityChanged, Reachable, Reacted, Revoked, Said
from bot.domain.people import Conversation
from bot.domain.ticket import Status, Ticket
from bot.domain.words import contradicts_itself, is_accept, is_reject, ticket_numbers
from bot.helpdesk import HelpDesk
from bot.services import (
    aftercare,
    afterthoughts,
    crossing,
    delivery,
    errands,
    lanes,
    merging,
    opening,
    proposals,
    questions,
    relay,
    selfservice,
)
from store import conversations, messages, tickets


async def received(helpdesk: HelpDesk, channel: str, said: Said) -> None:
    """One message of a customer, to its end: conversation, window, self-service, then the ticket it belongs to."""
    conversation = await _heard(helpdesk, channel, said)
    place = lanes.customer_place(conversation)
    if await messages.find_post(place, said.external_id):
        return
    await _taken_in(helpdesk, conversation, said)
    await afterthoughts.arrived(helpdesk, channel, place, said.external_id)


async def _taken_in(helpdesk: HelpDesk, conversation: Conversation, said: Said) -> None:
    """New words: kept quietly, answered by self-service, or carried to the ticket they belong to."""
    if conversation.requester.banned:
        await _keep_quietly(helpdesk, conversation, said)
        return
    if said.own_words and selfservice.is_meant(said.content):
        await selfservice.run(helpdesk, conversation, said)
        return
    ticket = await _addressed(conversation, said)
    if ticket is None:
        await opening.open_ticket(helpdesk, conversation, said)
    elif ticket.live:
        await _continue(helpdesk, conversation, ticket, said)
    elif crossing.has_crossed(helpdesk, ticket, said.at):
        await crossing.written(helpdesk, conversation, ticket, said)
    else:
        await aftercare.written(helpdesk, conversation, ticket, said)


async def _heard(helpdesk: HelpDesk, channel: str, said: Said) -> Conversation:
    """The conversation, with WhatsApp's window opened by the provider's own time and parked answers released."""
    conversation, _ = await conversations.resolve(channel, said.author, helpdesk.now(), helpdesk.policies.locale)
    return await delivery.window_opened(helpdesk, conversation, said.at)


async def _addressed(conversation: Conversation, said: Said) -> Ticket | None:
    """The ticket a message belongs to; where that was merged, the one it went up in."""
    found = await _meant(conversation, said)
    return await merging.goes_on_as(found) if found is not None else None


async def _meant(conversation: Conversation, said: Said) -> Ticket | None:
    """The quoted ticket, the one that is named, the current one, the one closed last."""
    if said.reply_to:
        post = await messages.find_post(lanes.customer_place(conversation), said.reply_to)
        if post is not None:
            return await tickets.get(post.ticket_id)
    for number in ticket_numbers(said.content.text):
        named = await tickets.by_number(number)
        if named is not None and named.requester_id == conversation.requester.id:
            return named
    if conversation.awaiting == selfservice.AWAITING_NEW:
        return None
    if conversation.ticket_id is not None:
        return await tickets.get(conversation.ticket_id)
    return await tickets.last_closed(conversation.id)


async def _keep_quietly(helpdesk: HelpDesk, conversation: Conversation, said: Said) -> None:
    """A banned person's words are kept like everybody's; nobody is disturbed by them and nothing is answered."""
    ticket = await _addressed(conversation, said)
    if ticket is None:
        ticket = await opening.create(helpdesk, conversation, said.content, quiet=True)
    await relay.record(helpdesk, conversation, ticket, said)


async def _continue(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, said: Said) -> None:
    """A message in a live ticket: an answer to what we asked, or words for the agent."""
    text = said.content.text.strip() if said.content.attachment is None else ""
    answer = questions.understood(helpdesk, ticket, text)
    if answer is not None:
        message = await relay.record(helpdesk, conversation, ticket, said)
        if questions.also_words(helpdesk, ticket):
            await relay.to_topic(helpdesk, message)
        await questions.take(helpdesk, conversation, ticket, answer)
        return
    if ticket.status is Status.SOLUTION_PROPOSED and (is_accept(text) or is_reject(text)):
        await relay.record(helpdesk, conversation, ticket, said)
        await proposals.answered(helpdesk, conversation, ticket, accepted=is_accept(text))
        return
    heading = ""
    if conversation.awaiting == proposals.awaiting_reason(ticket):
        heading = await proposals.reason_given(helpdesk, conversation, ticket)
    await opening.heard(helpdesk, conversation, ticket, said, heading=heading)
    if ticket.status is Status.SOLUTION_PROPOSED and contradicts_itself(text):
        await proposals.ask_once_more(helpdesk, conversation, await tickets.get(ticket.id) or ticket)
    if questions.is_overtaken(helpdesk, ticket):
        await questions.move_on(helpdesk, conversation, await tickets.get(ticket.id) or ticket)


async def edited(helpdesk: HelpDesk, channel: str, event: Edited) -> None:
    """A changed message; one we never saw (sent before we were there, or still on its way) counts as said now."""
    conversation, _ = await conversations.resolve(channel, event.author, helpdesk.now(), helpdesk.policies.locale)
    if not await relay.edited(helpdesk, conversation, event):
        said = Said(author=event.author, at=event.at, external_id=event.external_id, content=event.content)
        await received(helpdesk, channel, replace(said, own_words=False))
        await relay.edited(helpdesk, conversation, event)


async def revoked(helpdesk: HelpDesk, channel: str, event: Revoked) -> None:
    conversation = await conversations.find(channel, event.author)
    await afterthoughts.revoked(helpdesk, channel, conversation, event)


async def reacted(helpdesk: HelpDesk, channel: str, event: Reacted) -> None:
    """A reaction never opens a ticket; on one of our messages it is shown to the agents."""
    conversation = await conversations.find(channel, event.author)
    await afterthoughts.reacted(helpdesk, channel, conversation, event)


async def reachable(helpdesk: HelpDesk, channel: str, event: Reachable) -> None:
    """The customer blocked or unblocked us; the agents of a live ticket are told once."""
    conversation = await conversations.find(channel, event.author)
    if conversation is None or conversation.reachable == event.reachable:
        return
    await conversations.save(replace(conversation, reachable=event.reachable))
    if conversation.ticket_id is not None:
        key = "desk-unblocked" if event.reachable else "desk-blocked"
        await errands.line(helpdesk, conversation.ticket_id, key, urgency=Urgency.FAILURE)


async def identity_changed(helpdesk: HelpDesk, channel: str, event: IdentityChanged) -> None:
    """The person goes by new ids now: the conversation and its tickets stay theirs."""
    conversation = await conversations.relink(channel, event.old_keys, event.author, helpdesk.now())
    if conversation is not None and conversation.ticket_id is not None:
        await errands.line(helpdesk, conversation.ticket_id, "desk-identity-changed")
