"""What a card needs to know, gathered from the store."""

from dataclasses import replace

from bot.cards import Card, card
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.services import clockwork, presence
from bot.services.casework import conversation_of
from store import desk, escalations, tickets

_EARLIER = 6


async def card_of(helpdesk: HelpDesk, ticket: Ticket) -> Card:
    """The ticket's card as it is now."""
    conversation = await conversation_of(ticket)
    theirs = await tickets.of_requester(ticket.requester_id, live_only=False, limit=_EARLIER)
    earlier = tuple(other.label for other in theirs if other.id != ticket.id)
    origin = await tickets.get(ticket.follow_up_of) if ticket.follow_up_of else None
    channel = helpdesk.channels[conversation.channel]
    holder = await desk.agent(ticket.assignee) if ticket.assignee is not None else None
    if holder is not None:
        ticket = replace(ticket, assignee_name=presence.named(helpdesk, holder))
    return card(
        helpdesk,
        ticket,
        conversation,
        window_ms=channel.capabilities.window_ms,
        earlier=earlier,
        follow_up_of=origin.label if origin else "",
        clocks=await clockwork.clocks_of(helpdesk, ticket),
        warned={(kind, since) for kind, since, _ in await escalations.of_ticket(ticket.id)},
    )
