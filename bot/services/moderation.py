"""People who may write but are not listened to."""

from bot.domain.errors import BadInput
from bot.helpdesk import HelpDesk
from bot.services.call import Call
from bot.services.casework import conversation_of
from store import audit, conversations


async def ban(helpdesk: HelpDesk, call: Call) -> str:
    """What this requester writes from now on is kept with the ticket, but shown to nobody and never answered."""
    return await _set(helpdesk, call, banned=True)


async def unban(helpdesk: HelpDesk, call: Call) -> str:
    """Listen to the requester again."""
    return await _set(helpdesk, call, banned=False)


async def _set(helpdesk: HelpDesk, call: Call, *, banned: bool) -> str:
    requester = (await conversation_of(call.on)).requester
    if requester.banned is banned:
        raise BadInput("banned-already" if banned else "not-banned", name=requester.name)
    await conversations.set_banned(requester.id, banned)
    await audit.add(
        at=helpdesk.now(),
        actor_id=call.agent.id,
        action="ban" if banned else "unban",
        ticket_id=call.on.id,
        old=str(requester.banned),
        new=str(banned),
    )
    return helpdesk.desk_text("desk-banned" if banned else "desk-unbanned", name=requester.name)
