"""Knocking: the template whose button opens WhatsApp's window, a message of its own in the ticket's history."""

from dataclasses import dataclass

from bot.domain.account import Fault
from bot.domain.ledger import Delivery, ErrandState, LedgerMessage
from bot.domain.message import Content
from bot.domain.outgoing import Template
from bot.domain.people import Conversation
from bot.domain.press import Verb, encode
from bot.domain.ticket import SYSTEM, Ticket
from bot.helpdesk import HelpDesk
from bot.services import errands, templates
from store import messages, outbox

_PLACEHOLDER = "template"
_LOOKED_AT = 20
_IN_VAIN = (Delivery.FAILED, Delivery.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """What became of it: the text for the agent, the reason in it, and the failed errand a press may send after all."""

    key: str
    reason: str = ""
    failed_id: int = 0


async def knock(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> Knock:
    """Once for all answers that wait; again for a further one only if the last knock was in vain."""
    token = encode(Verb.SHOW_ANSWER, ticket.id)
    template = await templates.chosen(helpdesk, "answer", conversation.locale, ticket.label, button=token)
    if template is None:
        return Knock(key="delivery-parked")
    fault = await templates.fault_of(helpdesk, template)
    errand_id = 0
    if await outbox.parked_of(conversation.id) == 1 or await _was_in_vain(ticket):
        errand_id = await _enqueue(helpdesk, conversation, ticket, template, fault)
    if fault is None:
        return Knock(key="delivery-parked-knocked")
    return Knock(key="delivery-parked-template", reason=helpdesk.desk_text(fault.key), failed_id=errand_id)


async def _was_in_vain(ticket: Ticket) -> bool:
    recent = await messages.of_ticket(ticket.id, limit=_LOOKED_AT, newest_first=True)
    last = next((message for message in recent if message.content.placeholder == _PLACEHOLDER), None)
    return last is not None and last.author is SYSTEM.kind and last.delivery in _IN_VAIN


async def _enqueue(
    helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, template: Template, fault: Fault | None
) -> int:
    """The knock with its row in the ledger; one that cannot go out now has failed from the beginning."""
    message = await messages.add(
        LedgerMessage(
            ticket_id=ticket.id,
            author=SYSTEM.kind,
            content=Content(placeholder=_PLACEHOLDER, detail=template.name),
            at=helpdesk.now(),
            delivery=Delivery.FAILED if fault else Delivery.STORED,
            failure=fault.key if fault else "",
        )
    )
    errand_id = await errands.template_to_customer(
        helpdesk, conversation, template, ticket_id=ticket.id, message_id=message.id
    )
    if fault is not None:
        now, pending = helpdesk.now(), (ErrandState.PENDING,)
        await outbox.resolve(errand_id, ErrandState.FAILED, now, error=fault.key, from_states=pending)
    return errand_id
