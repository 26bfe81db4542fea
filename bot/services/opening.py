"""Opening a ticket, and taking a customer's words into one."""

from dataclasses import replace

from bot.domain.message import Content, Said
from bot.domain.people import Conversation
from bot.domain.ticket import Action, Status, Ticket
from bot.domain.words import clean_name
from bot.helpdesk import HelpDesk
from bot.services import clockwork, errands, questions, relay, rights
from bot.services.casework import apply
from store import conversations, tickets

_SUBJECT_LENGTH = 60
_SOON_MS = 2 * 3_600_000
"""Up to two hours are told as a length, more as a time of day."""


async def open_ticket(
    helpdesk: HelpDesk, conversation: Conversation, said: Said, *, follow_up_of: Ticket | None = None
) -> Ticket:
    """The first real message: number at once, topic, acknowledgement with the first question."""
    ticket = await create(helpdesk, conversation, said.content, follow_up_of=follow_up_of)
    message = await relay.record(helpdesk, conversation, ticket, said)
    await relay.to_topic(helpdesk, message)
    await greet(helpdesk, conversation, ticket)
    return ticket


async def create(
    helpdesk: HelpDesk,
    conversation: Conversation,
    content: Content,
    *,
    follow_up_of: Ticket | None = None,
    quiet: bool = False,
) -> Ticket:
    """A new ticket that becomes the conversation's current one; unless `quiet`, its card is on the way to the desk."""
    now = helpdesk.now()
    draft = Ticket(
        conversation_id=conversation.id,
        requester_id=conversation.requester.id,
        subject=_subject(helpdesk, content),
        created_at=now,
        status_since=now,
        follow_up_of=follow_up_of.id if follow_up_of else None,
    )
    draft = questions.begin(helpdesk, draft)
    due = await clockwork.deadlines(helpdesk, draft)
    ticket = await tickets.create(draft, helpdesk.year(), rights.requester(conversation), due)
    await conversations.save(replace(conversation, ticket_id=ticket.id, awaiting=""))
    if not quiet:
        await errands.first_card(helpdesk, ticket.id)
    return ticket


async def greet(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> None:
    """The acknowledgement: the number, and the first question in the same message."""
    earlier = await tickets.get(ticket.follow_up_of) if ticket.follow_up_of else None
    key = "ticket-opened" if earlier is None else "ticket-opened-follow-up"
    back = {} if earlier is None else {"earlier": earlier.label}
    opening = helpdesk.text(conversation.locale, key, number=ticket.label, **back)
    promised = await _promise(helpdesk, conversation, ticket)
    await questions.ask(helpdesk, conversation, ticket, opening="\n".join(filter(None, (opening, promised))))


async def _promise(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> str:
    """When the first answer comes, said as people say it; nothing where nothing is promised."""
    promise = await clockwork.promise(helpdesk, ticket)
    locale, now = conversation.locale, helpdesk.now()
    if promise is None:
        return ""
    if promise.opens_at > now:
        return helpdesk.text(locale, "promise-from", opens=helpdesk.soon(promise.opens_at, locale))
    if promise.until - now > _SOON_MS:
        return helpdesk.text(locale, "promise-until", until=helpdesk.soon(promise.until, locale))
    return helpdesk.text(locale, "promise-within", length=helpdesk.length(promise.until - now, locale))


def _subject(helpdesk: HelpDesk, content: Content) -> str:
    """The first words, or the name of what was sent."""
    words = clean_name(content.text, _SUBJECT_LENGTH + 1)
    if not words:
        return helpdesk.desk_text(f"kind-{content.kind.value}")
    return words if len(words) <= _SUBJECT_LENGTH else words[: _SUBJECT_LENGTH - 1].rstrip() + "…"


async def heard(
    helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, said: Said, *, heading: str = ""
) -> None:
    """Words for the agent: recorded, shown in the topic; a waiting or postponed ticket comes back to `open`."""
    ticket = await note_answer(helpdesk, conversation, ticket)
    message = await relay.record(helpdesk, conversation, ticket, said)
    await relay.to_topic(helpdesk, message, heading=heading)


async def note_answer(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> Ticket:
    """The requester has spoken: the ball is the agent's. A row of history only when that changes something."""
    comes_back = ticket.status in {Status.PENDING, Status.POSTPONED}
    if not comes_back and ticket.waiting_since is None:
        return ticket
    return await apply(helpdesk, ticket, Action.ANSWER, actor=rights.requester(conversation))
