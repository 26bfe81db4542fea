"""What a ticket's topic refuses for good is said in the group outside it; what is refused there, too, is let be."""

from bot.domain.errors import SendError
from bot.domain.ledger import Errand, Op
from bot.domain.outgoing import Outgoing
from bot.helpdesk import HelpDesk
from bot.services import errands
from bot.services.lanes import load_part
from store import tickets

_NO_RIGHTS = "send-error-rights"
"""The place takes nothing from us: a topic that somebody closed, say."""


def is_stray(errand: Errand, error: SendError) -> bool:
    """Whether saying why in the topic is no use: nothing may be said there, or it was such a line that was refused."""
    in_topic = errand.conversation_id is None and errand.ticket_id is not None and errand.op is Op.SEND
    return in_topic and (errand.message_id is None or error.key == _NO_RIGHTS)


async def say_outside(helpdesk: HelpDesk, errand: Errand, error: SendError) -> None:
    """The same words and buttons with the ticket's number and the reason; a reply to them finds the ticket."""
    ticket = await tickets.get(errand.ticket_id or 0)
    if ticket is None:
        return
    part = load_part(errand.payload["part"])
    reason = helpdesk.desk_text("delivery-desk-failed", reason=helpdesk.desk_text(error.key))
    text = "\n".join(filter(None, (f"{ticket.label} · {reason}", part.text)))
    chat = errand.budget.partition(":")[2] or helpdesk.desk.group
    await errands.to_group(helpdesk, Outgoing(text=text, rows=part.rows), chat=chat, about=ticket.id)
