"""What time did to a ticket, told to its agents: in its topic, or as a line of a digest where much comes at once.

A notice may be told of when its fate is known (`outcome`): that it went out, or why it did not.
"""

from collections.abc import Mapping

from bot.domain.ledger import Errand, Urgency
from bot.domain.outgoing import Outgoing
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.services import digests, errands
from bot.services.homes import home_of
from store import tickets

SINGLY = 3
"""So many are told in their own topics; more would eat the group's budget and nobody would read them."""

NO_NEWS = "no-news"
_OUTCOMES: Mapping[str, tuple[str, str]] = {NO_NEWS: ("desk-no-news-told", "desk-no-news-untold")}
"""What agents read of a notice that went out, and of one that did not."""


async def tell(
    helpdesk: HelpDesk,
    ticket: Ticket,
    key: str,
    *,
    gathered: bool,
    urgency: Urgency = Urgency.STATUS,
    **values: str | int,
) -> None:
    """A sentence of ours about the ticket."""
    text = helpdesk.desk_text(key, **values)
    if not gathered:
        await errands.to_topic(helpdesk, ticket.id, Outgoing(text=text), urgency=urgency)
        return
    home = await home_of(helpdesk, ticket.id)
    line = " · ".join(filter(None, (ticket.label, text.strip(), ticket.subject)))
    await digests.to_group(helpdesk, home.chat, line, heading="time-digest")


def outcome(key: str, *, gathered: bool) -> Mapping[str, str | bool]:
    """What a notice carries along, so that agents are told of its fate."""
    return {"key": key, "gathered": gathered}


async def went(helpdesk: HelpDesk, errand: Errand) -> None:
    """The notice is out, if this was the last part of it."""
    if errand.payload.get("parts", [errand.id])[-1] == errand.id:
        await _tell_outcome(helpdesk, errand, 0)


async def did_not(helpdesk: HelpDesk, errand: Errand, reason: str) -> bool:
    """The notice was let go; whether it is one that agents are told of like this."""
    return await _tell_outcome(helpdesk, errand, 1, urgency=Urgency.FAILURE, reason=reason)


async def _tell_outcome(
    helpdesk: HelpDesk, errand: Errand, which: int, *, urgency: Urgency = Urgency.STATUS, **values: str
) -> bool:
    wanted = errand.payload.get("outcome")
    ticket = await tickets.get(errand.ticket_id or 0) if wanted else None
    if ticket is None or wanted is None:
        return False
    key = _OUTCOMES[wanted["key"]][which]
    await tell(helpdesk, ticket, key, gathered=wanted["gathered"], urgency=urgency, **values)
    return True
