"""Teams: handing a ticket to another group, and telling agents where it went."""

from bot.domain import groups
from bot.domain.errors import BadInput, NotAllowed
from bot.domain.ledger import Topic
from bot.domain.message import DeskPlace
from bot.domain.outgoing import Outgoing
from bot.domain.ticket import Action
from bot.helpdesk import HelpDesk
from bot.services import errands, homes, moving
from bot.services.call import Call
from bot.services.casework import apply
from store import desk, tickets


async def assign(helpdesk: HelpDesk, call: Call, team: str) -> str:
    """The ticket goes to the team's group; who is responsible stays so only as a member there."""
    ticket, everywhere = call.on, helpdesk.desk.groups
    left = await homes.home_of(helpdesk, ticket.id)
    if groups.team_at(everywhere, left.chat) == team:
        raise BadInput("already-with-team", number=ticket.label, team=team)
    if not ticket.live:
        raise NotAllowed("not-in-this-status", number=ticket.label, status=ticket.status, action=Action.ASSIGN)
    chat = groups.home(everywhere, ticket.id, team)
    stays = ticket.assignee is not None and await desk.is_member(ticket.assignee, chat)
    await moving.ticket_moved(helpdesk, left, chat)
    nobody = {} if stays else {"assignee": None, "assignee_name": ""}
    await apply(helpdesk, ticket, Action.SET, actor=call.actor, reason=f"→ {team}", **nobody)
    await _tell(helpdesk, call, left, team)
    return ""


async def _tell(helpdesk: HelpDesk, call: Call, left: Topic, team: str) -> None:
    """A way back for the history in the new topic, and where the ticket went in the old one."""
    link = helpdesk.desk.link(left.chat, left.thread)
    if link:
        await errands.line(helpdesk, left.ticket_id, "desk-came-here", name=call.agent.name, link=link)
    if left.thread or left.card_id:
        text = helpdesk.desk_text("desk-went-to", number=call.on.label, team=team)
        await errands.to_group(
            helpdesk,
            Outgoing(text=text),
            chat=left.chat,
            thread=left.thread or None,
            external_reply_to=left.card_id or None,
            about=left.ticket_id,
        )


async def refuse_in_former(helpdesk: HelpDesk, place: DeskPlace) -> None:
    """Words in a topic whose ticket went to another group reach nobody. Raises `BadInput`, so that the agent knows."""
    ticket_id = await desk.former_ticket(place.chat, place.thread) if place.thread else None
    ticket = await tickets.get(ticket_id) if ticket_id is not None else None
    if ticket is None:
        return
    now = await homes.home_of(helpdesk, ticket.id)
    link = helpdesk.desk.link(now.chat, now.thread)
    raise BadInput("ticket-went", number=ticket.label, link=link or helpdesk.desk_text("another-group"))
