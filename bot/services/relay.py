"""Carrying a customer's message into the ledger and into the ticket's topic."""

from dataclasses import replace

from bot.domain.fit import TooLarge
from bot.domain.ledger import Delivery, LedgerMessage, Urgency
from bot.domain.message import Content, Edited, Said
from bot.domain.outgoing import Button, Outgoing
from bot.domain.people import Conversation
from bot.domain.ticket import ActorKind, Ticket
from bot.domain.words import clean_name
from bot.helpdesk import HelpDesk
from bot.services import albums, errands, lanes
from bot.services.casework import conversation_of, notify
from store import messages, tickets


async def record(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, said: Said) -> LedgerMessage:
    """Write the customer's message into the ticket's ledger and into the message map."""
    place = lanes.customer_place(conversation)
    quoted = await messages.find_post(place, said.reply_to) if said.reply_to else None
    words = as_message(helpdesk, conversation, ticket, said, reply_to=quoted.message_id if quoted else None)
    message = await messages.add(words, attachment_source=conversation.channel)
    await messages.post(place, said.external_id, message.id, ticket.id)
    return message


def as_message(
    helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, said: Said, *, reply_to: int | None = None
) -> LedgerMessage:
    """What a customer said, as a row of the ledger that is yet to be written."""
    return LedgerMessage(
        ticket_id=ticket.id,
        author=ActorKind.REQUESTER,
        author_id=conversation.requester.id,
        author_name=conversation.requester.name,
        content=said.content,
        at=said.at or helpdesk.now(),
        delivery=Delivery.RECEIVED,
        reply_to=reply_to,
        album=said.album or "",
    )


async def to_topic(helpdesk: HelpDesk, message: LedgerMessage, *, heading: str = "") -> None:
    """Show the message to the agents: an album as one post, everything else as it came."""
    if message.album and helpdesk.desk.capabilities.album:
        await albums.to_topic(helpdesk, message.ticket_id, message)
        return
    try:
        await _post(helpdesk, message, shown(helpdesk, message, heading=heading))
    except TooLarge as error:
        await _without_file(helpdesk, message, heading, error)


async def _post(helpdesk: HelpDesk, message: LedgerMessage, outgoing: Outgoing) -> None:
    await errands.to_topic(
        helpdesk,
        message.ticket_id,
        outgoing,
        urgency=Urgency.WORDS,
        message_id=message.id,
        reply_to=message.reply_to,
    )


async def without_file(
    helpdesk: HelpDesk,
    message: LedgerMessage,
    *,
    reason: str,
    rows: tuple[tuple[Button, ...], ...] = (),
    late: bool = False,
) -> None:
    """Show the words of a message whose file turned out not to come along; where it is `late` they stand there."""
    named = helpdesk.desk_text("desk-file-failed", name=_file_name(helpdesk, message), reason=reason)
    if late:
        await _post(helpdesk, replace(message, reply_to=message.id), Outgoing(text=named, rows=rows))
        return
    words = shown(helpdesk, message, heading=named)
    await _post(helpdesk, message, replace(words, attachment=None, rows=rows))


def _file_name(helpdesk: HelpDesk, message: LedgerMessage) -> str:
    file = message.content.attachment.name if message.content.attachment else ""
    return file or helpdesk.desk_text(f"kind-{message.content.kind.value}")


async def _without_file(helpdesk: HelpDesk, message: LedgerMessage, heading: str, error: TooLarge) -> None:
    """The words go on with the file's name in its place."""
    named = helpdesk.desk_text("desk-too-large", **{**error.values, "name": _file_name(helpdesk, message)})
    words = shown(helpdesk, message, heading="\n".join(filter(None, (heading, named))))
    await _post(helpdesk, message, replace(words, attachment=None))
    await tell_too_large(helpdesk, message, error)


async def tell_too_large(helpdesk: HelpDesk, message: LedgerMessage, error: TooLarge) -> None:
    """The customer learns what could be sent instead."""
    ticket = await tickets.get(message.ticket_id)
    if ticket is not None:
        conversation = await conversation_of(ticket)
        told = helpdesk.text(conversation.locale, error.key, **error.values)
        await notify(helpdesk, conversation, "plain", ticket=ticket, text=told)


def shown(helpdesk: HelpDesk, message: LedgerMessage, *, heading: str = "") -> Outgoing:
    """How agents see a customer's message: the name, a heading if there is one, then the words as they are."""
    name = helpdesk.desk_text("desk-from", name=clean_name(message.author_name) or helpdesk.desk_text("somebody"))
    words = words_of(helpdesk, helpdesk.policies.locale, message.content)
    return Outgoing(
        text="\n".join(filter(None, (name, heading, words))),
        attachment=message.content.attachment,
        location=message.content.location,
        contacts=message.content.contacts,
    )


def words_of(helpdesk: HelpDesk, locale: str, content: Content) -> str:
    """The text of a content; what cannot be carried is named, never silently missing."""
    if not content.placeholder:
        return content.text
    key = f"placeholder-{content.placeholder}"
    known = key if helpdesk.texts.has(key) else "placeholder-unsupported"
    named = ": ".join(filter(None, (helpdesk.text(locale, known), content.detail)))
    return "\n".join(filter(None, (f"[{named}]", content.text)))


async def edited(helpdesk: HelpDesk, conversation: Conversation, event: Edited) -> bool:
    """The customer changed a message: the ledger follows, the post in the topic is marked as edited."""
    post = await messages.find_post(lanes.customer_place(conversation), event.external_id)
    if post is None or post.message_id is None:
        return False
    message = await messages.get(post.message_id)
    if message is None:
        return False
    at = event.at or helpdesk.now()
    if message.edited_at is None or at >= message.edited_at:
        changed = await messages.set_content(message.id, _edited_content(message.content, event.content), at)
        heading = helpdesk.desk_text("desk-revoked" if changed.revoked else "desk-edited")
        await errands.edit_in_topic(helpdesk, changed, shown(helpdesk, changed, heading=heading))
    return True


def _edited_content(before: Content, after: Content) -> Content:
    """An edit changes words; the file stays the one we know unless a new one came along."""
    if after.attachment is not None or before.attachment is None:
        return after
    return Content(text=after.text, attachment=before.attachment)
