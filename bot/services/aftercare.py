"""After closing: thanks change nothing; anything else offers to reopen or to start anew."""

from dataclasses import replace

from bot.domain.folding import squeezed
from bot.domain.ledger import LedgerMessage, Urgency
from bot.domain.message import Content, Kind, Said
from bot.domain.outgoing import Button
from bot.domain.people import Conversation
from bot.domain.press import Press, Verb, encode
from bot.domain.ticket import Action, ActorKind, CloseReason, Ticket
from bot.domain.timers import DAY_MS
from bot.domain.words import is_thanks, still_failing
from bot.helpdesk import HelpDesk
from bot.services import errands, opening, proposals, relay, rights
from bot.services.casework import apply, notify
from store import conversations, messages, tickets

OFFER_AGAIN_MS = DAY_MS
"""So long after an offer its buttons are still at hand, and whoever answers an offer by a machine gets no second."""
_BURST_SIZE = 50


def awaiting_choice(message_id: int) -> str:
    """The conversation was offered to reopen or to start anew because of this message."""
    return f"choice:{message_id}"


async def written(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, said: Said) -> None:
    """A message to a closed ticket: kept there, shown to the agents, answered by what it seems to mean."""
    closed_at = ticket.closed_at or 0
    late = helpdesk.now() - closed_at > helpdesk.policies.reopen_days * DAY_MS
    courtesy = _is_courtesy(said.content)
    if late and not courtesy:
        await opening.open_ticket(helpdesk, conversation, said, follow_up_of=ticket)
        return
    chosen = await _chosen_in_words(helpdesk, conversation, ticket, said.content.text)
    message = await relay.record(helpdesk, conversation, ticket, said)
    if courtesy:
        await relay.to_topic(helpdesk, message)
    elif _contradicts_accept(helpdesk, ticket, said.content.text):
        await reopen(helpdesk, conversation, ticket)
        await relay.to_topic(helpdesk, message)
    elif not chosen:
        await relay.to_topic(helpdesk, message, heading=helpdesk.desk_text("desk-after-closing"))
        await _offer(helpdesk, conversation, ticket, message)


def _is_courtesy(content: Content) -> bool:
    """Thanks, a good sign or a sticker; a file is never just that, whatever its caption says."""
    return content.kind is Kind.STICKER or (content.kind is Kind.TEXT and is_thanks(content.text))


def _contradicts_accept(helpdesk: HelpDesk, ticket: Ticket, text: str) -> bool:
    """ "It still fails", within a minute of an accept, takes the accept back."""
    just_now = helpdesk.now() - (ticket.closed_at or 0) <= proposals.CONTRADICTION_MS
    return ticket.close_reason is CloseReason.ACCEPTED and just_now and still_failing(text)


async def _offer(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, message: LedgerMessage) -> None:
    """Ask once for each closing, which ends whatever was asked before, and once more a day later."""
    asked = await _asked_about(conversation, ticket)
    if asked is not None and message.at - asked.at < OFFER_AGAIN_MS:
        return
    await conversations.save(replace(conversation, awaiting=awaiting_choice(message.id)))
    locale, about = conversation.locale, str(message.id)
    row = (
        Button(title=helpdesk.text(locale, "button-reopen"), token=encode(Verb.REOPEN, ticket.id, about)),
        Button(title=helpdesk.text(locale, "button-new"), token=encode(Verb.NEW_REQUEST, ticket.id, about)),
    )
    await notify(helpdesk, conversation, "offer-reopen", ticket=ticket, rows=(row,), number=ticket.label)


async def _asked_about(conversation: Conversation, ticket: Ticket) -> LedgerMessage | None:
    """The message the customer was last offered the choice for, as long as it is one of this ticket."""
    name, _, message_id = conversation.awaiting.partition(":")
    message = await messages.get(int(message_id)) if name == "choice" else None
    return message if message is not None and message.ticket_id == ticket.id else None


async def _chosen_in_words(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, text: str) -> bool:
    """Whether the customer typed the title of an offered button, which counts as a press."""
    asked = await _asked_about(conversation, ticket)
    titles = {Verb.REOPEN: "button-reopen", Verb.NEW_REQUEST: "button-new"}
    for verb, key in titles.items():
        if asked is not None and squeezed(text) == squeezed(helpdesk.text(conversation.locale, key)):
            await pressed(helpdesk, conversation, ticket, Press(verb, ticket.id, (str(asked.id),)))
            return True
    return False


async def pressed(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, press: Press) -> str:
    """Reopen, or make the words that led here the first message of a new ticket; returns the toast's key."""
    if ticket.live:
        return "button-already-open"
    if press.verb is Verb.REOPEN:
        await reopen(helpdesk, conversation, ticket)
        return ""
    message = await messages.get(press.number(0))
    if message is None or message.ticket_id != ticket.id or message.author is not ActorKind.REQUESTER:
        return "button-old"
    fresh = await opening.create(helpdesk, conversation, message.content)
    for each in await _said_since(message):
        await relay.to_topic(helpdesk, await messages.move(each.id, fresh.id))
    await opening.greet(helpdesk, conversation, fresh)
    await errands.line(helpdesk, ticket.id, "desk-moved-on", name=conversation.requester.name, number=fresh.label)
    return ""


async def _said_since(first: LedgerMessage) -> list[LedgerMessage]:
    """The message and what the customer wrote to the closed ticket after it, oldest first; thanks stay there."""
    recent = reversed(await messages.of_ticket(first.ticket_id, limit=_BURST_SIZE, newest_first=True))
    theirs = [each for each in recent if each.id > first.id and each.author is ActorKind.REQUESTER]
    return [first, *(each for each in theirs if not _is_courtesy(each.content))]


async def reopen(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> Ticket:
    """The requester takes the ticket up again: same number, same agent."""
    actor = rights.requester(conversation)
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
