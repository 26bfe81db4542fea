"""Answers that cross the auto-close: what was written before it and arrives after it takes the closing back."""

from bot.domain.ledger import Urgency
from bot.domain.message import Said
from bot.domain.people import Conversation
from bot.domain.press import Press, Verb
from bot.domain.ticket import Action, CloseReason, Status, Ticket
from bot.domain.timers import DAY_MS
from bot.domain.words import is_accept, is_reject
from bot.helpdesk import HelpDesk
from bot.services import aftercare, errands, proposals, relay, rights
from bot.services.casework import apply, notify
from store import tickets

REPEATED_MS = 7 * DAY_MS
"""So long Meta repeats what we were not there for, less and less often."""


def has_crossed(helpdesk: HelpDesk, ticket: Ticket, written_at: int) -> bool:
    """Whether silence closed the ticket although this had been written before; platforms tell whole seconds."""
    recent = helpdesk.now() - written_at <= REPEATED_MS
    return ticket.close_reason is CloseReason.NO_ANSWER and recent and 0 < written_at + 999 < (ticket.closed_at or 0)


async def written(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, said: Said) -> None:
    """Words are answered as they would have been in time: a yes closes, a no is asked why, all else is for agents."""
    text = said.content.text.strip() if said.content.attachment is None else ""
    if (is_accept(text) or is_reject(text)) and await _was_proposed(ticket):
        await relay.record(helpdesk, conversation, ticket, said)
        await _decided(helpdesk, conversation, ticket, said.at, accepted=is_accept(text))
        return
    ticket = await _taken_back(helpdesk, conversation, ticket, said.at)
    await notify(helpdesk, conversation, "reopened-in-time", ticket=ticket, number=ticket.label)
    await relay.to_topic(helpdesk, await relay.record(helpdesk, conversation, ticket, said))


async def pressed(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, press: Press, at: int) -> str:
    """A press on accept or reject; returns the key of the toast."""
    if press.argument(0) != str(ticket.proposal):
        return "button-old-proposal"
    if not await _was_proposed(ticket):
        return "button-proposal-over"
    await _decided(helpdesk, conversation, ticket, at, accepted=press.verb is not Verb.REJECT)
    return ""


async def _was_proposed(ticket: Ticket) -> bool:
    """Whether silence met a proposal, and not a question."""
    ends = [step for step in await tickets.history(ticket.id) if step.action is Action.EXPIRE]
    return bool(ends) and ends[-1].before is Status.SOLUTION_PROPOSED


async def _decided(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, at: int, *, accepted: bool) -> None:
    if not accepted:
        await proposals.ask_why(helpdesk, conversation, await _taken_back(helpdesk, conversation, ticket, at))
        return
    actor, accept = rights.requester(conversation), CloseReason.ACCEPTED
    await apply(helpdesk, ticket, Action.SET, actor=actor, reason=_why(helpdesk, at), close_reason=accept)
    await proposals.thank(helpdesk, conversation, ticket)


async def _taken_back(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, at: int) -> Ticket:
    actor = rights.requester(conversation)
    ticket = await apply(helpdesk, ticket, Action.REOPEN, actor=actor, reason=_why(helpdesk, at))
    await aftercare.make_current(conversation, ticket)
    name, moment = conversation.requester.name, helpdesk.moment(helpdesk.policies.locale, at)
    await errands.line(helpdesk, ticket.id, "desk-answer-crossed", urgency=Urgency.WORDS, name=name, at=moment)
    return ticket


def _why(helpdesk: HelpDesk, at: int) -> str:
    return helpdesk.desk_text("history-crossed", at=helpdesk.moment(helpdesk.policies.locale, at))
