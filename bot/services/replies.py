"""What agents write: an answer goes to the customer, a note never leaves the group."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.domain.errors import BadInput, NotAllowed
from bot.domain.fit import TooLarge
from bot.domain.ledger import Delivery, LedgerMessage, Op, Visibility
from bot.domain.message import Content, Edited, Reacted, Said
from bot.domain.outgoing import Outgoing
from bot.domain.people import Agent, Conversation
from bot.domain.ticket import WAITING, Action, ActorKind, Ticket
from bot.domain.words import plainly_begun
from bot.helpdesk import HelpDesk
from bot.services import albums, errands, lanes, relay
from bot.services.casework import apply, conversation_of
from bot.services.rights import actor
from store import messages, tickets

Frame = Callable[[Conversation, Ticket], Outgoing]
"""Makes the message the customer sees out of the ticket as it is after the action."""

NOTE_MARK = "//"
_FINAL = (Delivery.FAILED, Delivery.EXPIRED)


def note_words(text: str) -> str:
    """A note without what marked it as one: `//` or the command in front."""
    words = plainly_begun(text).strip()
    if words.startswith(NOTE_MARK):
        return words.removeprefix(NOTE_MARK).strip()
    return words.partition(" ")[2].strip() if words.startswith("/") else words


async def note(helpdesk: HelpDesk, ticket: Ticket, agent: Agent, said: Said, content: Content) -> None:
    """Keep an internal note with the ticket; nothing is enqueued for the customer."""
    await _record(helpdesk, ticket, agent, said, content, Visibility.NOTE)
    if said.desk is not None:
        await errands.react_in_group(helpdesk, said.desk.chat, said.external_id, "✍")


async def stays_inside(helpdesk: HelpDesk, ticket: Ticket, said: Said) -> bool:
    """Whether unmarked words are a note: an album is one message, in a group without topics so is talk about a note."""
    earlier = await messages.by_album(ticket.id, said.album or "")
    if earlier:
        return earlier[0].visibility is Visibility.NOTE
    quoted = None
    if said.desk is not None and said.desk.thread is None and said.reply_to:
        quoted = await _ours(said.desk.chat, said.reply_to)
    return helpdesk.policies.plain_is_note or (quoted is not None and quoted.visibility is Visibility.NOTE)


async def reply(
    helpdesk: HelpDesk,
    ticket: Ticket,
    agent: Agent,
    said: Said,
    content: Content,
    *,
    action: Action = Action.REPLY,
    frame: Frame | None = None,
) -> Ticket:
    """Send an agent's words to the customer; `frame` dresses them with a sentence of ours and buttons."""
    if ticket.merged_into:
        raise NotAllowed("reply-to-merged", number=ticket.label, other=ticket.successor)
    if not ticket.live:
        raise NotAllowed("reply-to-closed", number=ticket.label)
    conversation = await conversation_of(ticket)
    _sendable(helpdesk, conversation, content)
    ticket = await _take_if_new(helpdesk, ticket, agent, action)
    message = await _record(helpdesk, ticket, agent, said, content, Visibility.PUBLIC)
    if frame is None and message.album and helpdesk.channels[conversation.channel].capabilities.album:
        await albums.to_customer(helpdesk, conversation, message)
    else:
        await _send(helpdesk, conversation, ticket, message, frame)
    await _seen_by_agent(helpdesk, conversation, ticket)
    return ticket


def _sendable(helpdesk: HelpDesk, conversation: Conversation, content: Content) -> None:
    if content.placeholder:
        kind = relay.words_of(helpdesk, helpdesk.policies.locale, Content(placeholder=content.placeholder))
        raise BadInput("reply-not-carried", kind=kind)
    if not (content.text.strip() or content.attachment or content.location or content.contacts):
        raise BadInput("reply-empty")
    file, most = content.attachment, helpdesk.desk.capabilities.download
    if file is not None and (file.size or 0) > most and conversation.channel != helpdesk.desk.name:
        raise TooLarge(file, file.size or 0, most)


async def _take_if_new(helpdesk: HelpDesk, ticket: Ticket, agent: Agent, action: Action) -> Ticket:
    """Whoever answers an unassigned ticket becomes responsible for it.

    History gets a row only for a real change; where clocks run every word is one, because it begins them anew.
    """
    fields: dict[str, Any] = {}
    if ticket.assignee is None:
        fields = {"assignee": agent.id, "assignee_name": agent.name}
    same = action is Action.REPLY and not fields and ticket.first_response_at and ticket.status not in WAITING
    quiet = same and not helpdesk.levels.sla.promises
    return ticket if quiet else await apply(helpdesk, ticket, action, actor=actor(agent), **fields)


async def _send(
    helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, message: LedgerMessage, frame: Frame | None
) -> None:
    words = Outgoing(text=message.content.text) if frame is None else frame(conversation, ticket)
    outgoing = replace(
        words,
        own=message.content.text,
        attachment=message.content.attachment,
        location=message.content.location,
        contacts=message.content.contacts,
    )
    await errands.to_customer(
        helpdesk, conversation, outgoing, ticket_id=ticket.id, message_id=message.id, reply_to=message.reply_to
    )
    await errands.mark(helpdesk, message)


async def _record(
    helpdesk: HelpDesk, ticket: Ticket, agent: Agent, said: Said, content: Content, visibility: Visibility
) -> LedgerMessage:
    """Write an agent's message into the ledger and the message map."""
    place = lanes.desk_place(said.desk.chat) if said.desk else ""
    quoted = await messages.find_post(place, said.reply_to) if said.reply_to else None
    message = await messages.add(
        LedgerMessage(
            ticket_id=ticket.id,
            author=ActorKind.AGENT,
            author_id=agent.id,
            author_name=agent.name,
            visibility=visibility,
            content=content,
            at=said.at or helpdesk.now(),
            delivery=Delivery.STORED if visibility is Visibility.PUBLIC else Delivery.RECEIVED,
            reply_to=quoted.message_id if quoted else None,
            album=said.album or "",
        ),
        attachment_source=helpdesk.desk.name,
    )
    await messages.post(place, said.external_id, message.id, ticket.id)
    return message


async def _seen_by_agent(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> None:
    """An answer proves that the customer's last message was read; say so where the channel can."""
    if not helpdesk.channels[conversation.channel].capabilities.read_marks:
        return
    recent = await messages.of_ticket(ticket.id, limit=10, newest_first=True)
    last = next((message for message in recent if message.author is ActorKind.REQUESTER), None)
    if last is None:
        return
    payload = {"of": last.id}
    await errands.change_at_customer(helpdesk, conversation, Op.READ, payload, ticket_id=ticket.id)


async def edited(helpdesk: HelpDesk, agent: Agent, event: Edited) -> None:
    """An agent's correction follows the message; a note stays a note, and nothing becomes public by an edit."""
    found = await _ours(event.desk.chat if event.desk else "", event.external_id)
    if found is None or found.author is not ActorKind.AGENT:
        return
    ticket = await tickets.get(found.ticket_id)
    if ticket is None:
        return
    public = found.visibility is Visibility.PUBLIC
    if public and plainly_begun(event.content.text).lstrip().startswith((NOTE_MARK, "/")):
        await errands.line(helpdesk, ticket.id, "edit-not-sent", reply_to=found.id, name=agent.name)
        return
    content = replace(found.content, text=event.content.text if public else note_words(event.content.text))
    changed = await messages.set_content(found.id, content, event.at or helpdesk.now())
    if public and found.delivery not in _FINAL:
        await _send_edit(helpdesk, await conversation_of(ticket), ticket, changed)


async def _send_edit(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, message: LedgerMessage) -> None:
    """In place where the channel can edit; elsewhere as a new message that says it is a correction."""
    if helpdesk.channels[conversation.channel].capabilities.edits:
        outgoing = Outgoing(text=message.content.text, attachment=message.content.attachment)
        payload = {"part": lanes.single_part(helpdesk, conversation, outgoing), "of": message.id}
        await errands.change_at_customer(helpdesk, conversation, Op.EDIT, payload, ticket_id=ticket.id)
        return
    text = helpdesk.text(conversation.locale, "correction", text=message.content.text)
    await errands.to_customer(helpdesk, conversation, Outgoing(text=text), ticket_id=ticket.id, reply_to=message.id)


async def reacted(helpdesk: HelpDesk, event: Reacted) -> None:
    """An agent's reaction to a relayed message travels to the customer's message."""
    message = await _ours(event.desk.chat if event.desk else "", event.external_id)
    if message is None or message.author is not ActorKind.REQUESTER:
        return
    ticket = await tickets.get(message.ticket_id)
    if ticket is None:
        return
    conversation = await conversation_of(ticket)
    if helpdesk.channels[conversation.channel].capabilities.reactions:
        payload = {"of": message.id, "emoji": event.emoji}
        await errands.change_at_customer(helpdesk, conversation, Op.REACT, payload, ticket_id=ticket.id)


async def _ours(chat: str, external_id: str) -> LedgerMessage | None:
    post = await messages.find_post(lanes.desk_place(chat), external_id)
    return await messages.get(post.message_id) if post and post.message_id else None
