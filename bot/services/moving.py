"""Tickets that go to another group, and groups that go by another id."""

from dataclasses import replace

from bot.domain.ledger import Topic
from bot.helpdesk import HelpDesk
from bot.services import errands, lanes
from store import db, desk

_CARDS = 50
"""Cards posted anew at once; older tickets get theirs with their next word."""


async def group_moved(helpdesk: HelpDesk, old: str, new: str) -> None:
    """A group became a supergroup: it goes by another id, and its messages stayed behind. Twice does no harm.

    Follow it, now and after every later start, and show its live tickets there.
    """
    async with db.transaction():
        if await desk.move_chat(old, new):
            for ticket_id in await desk.tickets_at(new, limit=_CARDS):
                await errands.first_card(helpdesk, ticket_id)
        await desk.readdress(old, new, lanes.desk_place(old), lanes.desk_place(new))
    helpdesk.desk.move_group(old, new)


async def ticket_moved(helpdesk: HelpDesk, left: Topic, chat: str) -> None:
    """The ticket lives in another group from now on: what waits follows it, and its card opens a topic there."""
    await desk.save_topic(replace(left, chat=chat, thread="", card_id="", name=""))
    await desk.redirect(left.ticket_id, lanes.desk_place(chat))
    if left.thread:
        await desk.remember_former(left)
    await errands.first_card(helpdesk, left.ticket_id)
