"""Which bot account says what in the agents' groups, and what follows when a helper may not."""

from dataclasses import replace

import structlog

from bot.domain.errors import Reach, SendError
from bot.domain.ledger import Errand, Op
from bot.domain.outgoing import Outgoing
from bot.helpdesk import HelpDesk
from bot.outbox.accounts import MAIN
from bot.outbox.pacing import Pacer, Plan
from bot.outbox.wording import posts_of
from bot.services import errands
from bot.services.lanes import DESK, desk_place
from store import db, desk, messages, outbox
from store.errors import is_away

_CARD_WRITES = 2
"""A card is posted into a topic that has to be opened, or edited together with the topic's name."""
_PLAIN = {"text"}
_BY_MAIN = "by_main"

log = structlog.get_logger(__name__)


async def planned(helpdesk: HelpDesk, errand: Errand) -> tuple[Errand, Plan]:
    """The errand at the expense of the group where its ticket lives now, by whom it can be done, and what it costs.

    Buttons, files, topics and edits of its own posts are the main account's: presses and file ids belong to one bot.
    """
    if errand.channel != DESK or not errand.budget:
        return errand, Plan()
    topic = await desk.topic(errand.ticket_id) if errand.ticket_id is not None else None
    if topic is not None:
        errand = replace(errand, budget=desk_place(topic.chat))
        if not topic.thread and helpdesk.desk.is_forum(topic.chat):
            return errand, Plan(cost=1 + await posts_of(helpdesk, errand) if errand.op is not Op.CARD else _CARD_WRITES)
    return errand, Plan(accounts=await _able(helpdesk, errand), cost=await weight(helpdesk, errand))


async def planned_at_all(helpdesk: HelpDesk, errand: Errand) -> tuple[Errand, Plan]:
    """As planned; where a bug of ours is in the way it is done as anything else is, for others wait behind it."""
    try:
        return await planned(helpdesk, errand)
    except Exception as error:
        if is_away(error):
            raise
        log.exception("outbox errand not planned", errand=errand.id, op=errand.op)
        return errand, Plan()


async def weight(helpdesk: HelpDesk, errand: Errand) -> int:
    """How many of the group's writes it takes."""
    return _CARD_WRITES if errand.op is Op.CARD else await posts_of(helpdesk, errand)


async def _able(helpdesk: HelpDesk, errand: Errand) -> tuple[int, ...]:
    if errand.payload.get(_BY_MAIN):
        return (MAIN,)
    if errand.op is Op.EDIT:
        post = await messages.post_at(errand.budget, errand.payload.get("of") or 0)
        return (post.account if post else MAIN,)
    if errand.op is Op.SEND and set(errand.payload["part"]) == _PLAIN:
        return tuple(helpdesk.desk.accounts)
    return (MAIN,)


def helper_is_refused(account: int, error: SendError) -> bool:
    """The refusal may concern the helper alone: neither a pause, nor a group or topic that is gone for everybody."""
    elsewhere = error.moved_to or error.missing is not None or error.retry_after
    return account != MAIN and error.certain and not elsewhere and (not error.retryable or error.reach is Reach.CHANNEL)


async def leave_to_main(helpdesk: HelpDesk, pacer: Pacer, errand: Errand, account: int, error: SendError) -> None:
    """A helper's refusal gives up no words: the main account says them, and a helper that is shut out is told of once.

    `errand` was just claimed by this process; `error` came from the account's call.
    """
    shut_out = error.reach is not Reach.MESSAGE and pacer.accounts.leave_out(account, errand.budget, error)
    now = helpdesk.now()
    async with db.transaction():
        await outbox.retry(errand.id, helpdesk.epoch, now, error.key)
        await outbox.set_payload(errand.id, {**errand.payload, _BY_MAIN: True}, now)
        if shut_out:
            reason = helpdesk.desk_text("desk-helper-token" if error.reach is Reach.CHANNEL else "desk-helper-absent")
            text = helpdesk.desk_text("desk-helper-out", bot=str(account), reason=reason)
            await errands.to_group(helpdesk, Outgoing(text=text), chat=helpdesk.desk.group)
