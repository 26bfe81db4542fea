"""At the first start after a restore: what was held back is shown, and silence that nobody can judge closes nothing."""

from bot.domain.outgoing import Outgoing
from bot.domain.timers import TimerKind
from bot.helpdesk import HelpDesk
from bot.services import delivery, errands, resending
from store import db, holding, timers

_OF_SILENCE = (TimerKind.AUTO_CLOSE_REMINDER, TimerKind.AUTO_CLOSE)


@db.whole
async def tell(helpdesk: HelpDesk) -> int:
    """Say it once, in each topic and in the group; returns how many messages were held back."""
    restore = await holding.restored()
    if restore is None:
        return 0
    held = await holding.held(restore)
    for errand in held:
        await resending.held(helpdesk, errand)
    for ticket_id in await timers.overdue(_OF_SILENCE, helpdesk.now()):
        await delivery.stop_waiting(helpdesk, ticket_id)
        await errands.line(helpdesk, ticket_id, "desk-restored-waiting")
    outside = sum(errand.ticket_id is None for errand in held)
    text = helpdesk.desk_text("desk-restored", moment=_moment(helpdesk, restore), count=len(held), outside=outside)
    await errands.to_group(helpdesk, Outgoing(text=text), chat=helpdesk.desk.group)
    await holding.told()
    return len(held)


def _moment(helpdesk: HelpDesk, restore: holding.Restored) -> str:
    """When the copy was made, where it says so."""
    return helpdesk.moment(helpdesk.policies.locale, restore.copied_at) if restore.copied_at is not None else "?"
