"""The one way a ticket changes: decide, save with history and timers, refresh the card."""

from collections.abc import Mapping
from typing import Any

from bot.domain.ledger import Delivery, LedgerMessage, Visibility
from bot.domain.message import Content
from bot.domain.outgoing import Button, Outgoing
from bot.domain.people import Conversation
from bot.domain.ticket import SYSTEM, Action, Actor, Ticket, transition
from bot.helpdesk import HelpDesk
from bot.services import clockwork, errands, templates
from store import conversations, messages, tickets


async def apply(
    helpdesk: HelpDesk, ticket: Ticket, action: Action, *, actor: Actor = SYSTEM, reason: str = "", **changes: Any
) -> Ticket:
    """Move the ticket, write one history row and its timers, ask for a fresh card. Raises `NotAllowed`."""
    changed, step = transition(ticket, action, actor=actor, at=helpdesk.now(), reason=reason, **changes)
    saved = await tickets.save(changed, step, await clockwork.deadlines(helpdesk, changed, step))
    await errands.card(helpdesk, ticket.id)
    return saved


async def conversation_of(ticket: Ticket) -> Conversation:
    conversation = await conversations.get(ticket.conversation_id)
    if conversation is None:
        raise LookupError(f"ticket {ticket.id} has no conversation {ticket.conversation_id}")
    return conversation


async def notify(
    helpdesk: HelpDesk,
    conversation: Conversation,
    key: str,
    *,
    ticket: Ticket | None = None,
    rows: tuple[tuple[Button, ...], ...] = (),
    list_title: str = "",
    template: str = "",
    outcome: Mapping[str, str | bool] | None = None,
    **values: str | int,
) -> None:
    """Say something to the customer in their language; with a ticket it becomes part of its chat history.

    `template` is the purpose of the template that stands in for it where a window is shut; `outcome` says that agents
    are told of its fate (`happenings.outcome`).
    """
    text = helpdesk.text(conversation.locale, key, **values)
    message_id = None
    if ticket is not None:
        recorded = await messages.add(
            LedgerMessage(
                ticket_id=ticket.id,
                author=SYSTEM.kind,
                visibility=Visibility.PUBLIC,
                content=Content(text=text),
                at=helpdesk.now(),
                delivery=Delivery.STORED,
            )
        )
        message_id = recorded.id
    await errands.to_customer(
        helpdesk,
        conversation,
        Outgoing(text=text, rows=rows, list_title=list_title),
        ticket_id=ticket.id if ticket else None,
        message_id=message_id,
        notice=outcome or True,
        stand_in=await templates.chosen(helpdesk, template, conversation.locale, ticket.label) if ticket else None,
    )
