"""The agents' group became a supergroup: it goes by another id, and its messages stayed behind."""

from bot.helpdesk import HelpDesk
from bot.services import errands, lanes
from store import db, desk, tickets

_CARDS = 50
"""Cards posted anew at once; older tickets get theirs with their next word."""


async def group_moved(helpdesk: HelpDesk, old: str, new: str) -> None:
    """Follow the group, now and after every later start, and show its live tickets there. Twice does no harm."""
    async with db.transaction():
        if await desk.move_chat(old, new):
            for ticket in await tickets.listing(limit=_CARDS):
                await errands.first_card(helpdesk, ticket.id)
        await desk.readdress(old, new, lanes.desk_place(old), lanes.desk_place(new))
    helpdesk.desk.move_group(old, new)
