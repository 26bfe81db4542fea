"""What follows when the outside world is not as it was: moved groups, vanished topics, unknown outcomes."""

from dataclasses import replace

from bot.domain.ledger import Errand, ErrandState, Op
from bot.helpdesk import HelpDesk
from bot.services import delivery, errands
from store import db, desk, outbox

WORDS = frozenset({Op.SEND, Op.ALBUM})
"""Errands that carry somebody's words: doing them twice is seen by people."""


async def move_group(helpdesk: HelpDesk, errand: Errand, new: str) -> None:
    """The agents' group became a supergroup with another id."""
    old = errand.budget.partition(":")[2]
    await desk.move_chat(old, new)
    helpdesk.desk.move_group(old, new)


async def forget_topic(helpdesk: HelpDesk, errand: Errand) -> None:
    """The topic is gone: whatever comes next opens a new one, and the card is posted again."""
    topic = await desk.topic(errand.ticket_id or 0)
    if topic is not None:
        async with db.transaction():
            await desk.save_topic(replace(topic, thread="", card_id=""))
            await errands.first_card(helpdesk, topic.ticket_id)


async def forget_card(helpdesk: HelpDesk, errand: Errand) -> None:
    """Somebody deleted the card: it is posted again."""
    topic = await desk.topic(errand.ticket_id or 0)
    if topic is not None:
        async with db.transaction():
            await desk.save_topic(replace(topic, card_id=""))
            await errands.first_card(helpdesk, topic.ticket_id)


async def after_unknown(helpdesk: HelpDesk, errand: Errand) -> None:
    """An errand just became `uncertain`. Customers' words are shown to the agent, everything else is done again.

    It keeps its place in the lane; words in the agents' group say that they may be there twice.
    """
    if errand.conversation_id is not None and errand.op in WORDS:
        await delivery.uncertain(helpdesk, errand)
        return
    now = helpdesk.now()
    await outbox.resolve(errand.id, ErrandState.PENDING, now, from_states=(ErrandState.UNCERTAIN,))
    if errand.op in WORDS:
        await outbox.set_payload(errand.id, {**errand.payload, "repeated": True}, now)


async def recover(helpdesk: HelpDesk, *, all_others: bool) -> int:
    """Errands that another process left in `sending`: their outcome is unknown. Returns how many there were."""
    async with db.transaction():
        orphans = await outbox.orphans(helpdesk.epoch, helpdesk.now(), all_others=all_others)
        for errand in orphans:
            await after_unknown(helpdesk, errand)
    return len(orphans)
