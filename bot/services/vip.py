"""`/vip` and `/unvip`: requesters whom the service levels' rules may promise more."""

from bot.domain.errors import BadInput
from bot.domain.ticket import Action
from bot.domain.words import clean_name
from bot.helpdesk import HelpDesk
from bot.services.call import Call
from bot.services.casework import apply, conversation_of
from store import audit, conversations, tickets


async def vip(helpdesk: HelpDesk, call: Call) -> str:
    """`/vip`: the ticket's requester is one; the clocks of everything they have open follow at once."""
    return await _set(helpdesk, call, vip=True)


async def unvip(helpdesk: HelpDesk, call: Call) -> str:
    """`/unvip`: a requester like the others again."""
    return await _set(helpdesk, call, vip=False)


async def _set(helpdesk: HelpDesk, call: Call, *, vip: bool) -> str:
    """One commit: who they are, the audit, and of each ticket history, timers and card."""
    here, requester = call.on, (await conversation_of(call.on)).requester
    name = clean_name(requester.name) or helpdesk.desk_text("somebody")
    if requester.vip is vip:
        raise BadInput("vip-already" if vip else "not-vip", name=name)
    await conversations.set_vip(requester.id, vip)
    await audit.add(
        at=helpdesk.now(),
        actor_id=call.agent.id,
        action="vip" if vip else "unvip",
        ticket_id=here.id,
        old=str(requester.vip),
        new=str(vip),
    )
    live = await tickets.live_of(requester.id)
    reason = helpdesk.desk_text("history-vip" if vip else "history-unvip")
    # The ticket in which it was said tells of it even when it is closed and no clock of its own runs any more.
    for ticket in live if here.live else [*live, here]:
        await apply(helpdesk, ticket, Action.SET, actor=call.actor, reason=reason)
    return helpdesk.desk_text("desk-vip" if vip else "desk-unvip", name=name, count=len(live))
