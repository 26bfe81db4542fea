"""What follows when the outside world is not as it was: moved groups, vanished topics, unknown outcomes."""

from collections.abc import Collection
from dataclasses import replace

from bot.crashpoints import reached
from bot.domain.errors import Missing, SendError
from bot.domain.ledger import UNPROVED, WORDS, Errand, ErrandState, Op
from bot.helpdesk import HelpDesk
from bot.outbox.pacing import backoff_ms
from bot.outbox.wording import BEFORE
from bot.services import delivery, errands, fates, moving
from store import db, desk, doubts, outbox, outbox_steps, parts
from store.doubts import News
from store.errors import Conflict

NETWORK = "send-error-network"
"""No connection came about: nothing was said to the platform, and nothing is wrong with what was to be said."""

_RATE = "send-error-rate"
_TROUBLE = "send-error-vendor"
"""The platform answered that it failed: most likely it took nothing."""
MAX_ATTEMPTS = 8
KEEP_TRYING_MS = 24 * 3_600_000

RECEIPT_WAIT_MS = 45_000
"""Receipts come within seconds; after this long without one the call did not arrive, if receipts come at all."""

TELL_AFTER_MS = 220_000
"""Before five minutes are over agents know of a doubt, and can decide themselves."""

HOLD_MS = 2 * 3_600_000
"""While a platform answers with failures only, what nobody knows keeps its place; longer than most outages."""

LOOK_AGAIN_MS = 5_000

LONGEST_WAIT_MS = 30 * 60_000
"""After a long outage of ours webhooks are repeated ever more slowly, so receipts get as long as we were away."""

LEASE_MS = 300_000
"""Longer than fetching and uploading the largest file may take together."""


def worth_a_try(helpdesk: HelpDesk, errand: Errand, error: SendError) -> bool:
    """Words are kept for a day; what only decorates is given up after a few tries, but for a pause asked for a rate."""
    if errand.op in WORDS:
        return helpdesk.now() - errand.ready_at < KEEP_TRYING_MS
    return error.key == _RATE or errand.attempts < MAX_ATTEMPTS


async def mended(helpdesk: HelpDesk, errand: Errand, error: SendError) -> bool:
    """Make what the platform misses anew, where that is possible.

    The agents' group goes by another id: posts follow it, a mark on a message left behind does not.
    """
    if error.moved_to:
        await moving.group_moved(helpdesk, errand.budget.partition(":")[2], error.moved_to)
        return True
    return errand.ticket_id is not None and await _made_anew(helpdesk, errand, error.missing)


async def _made_anew(helpdesk: HelpDesk, errand: Errand, missing: Missing | None) -> bool:
    if missing in {Missing.THREAD, Missing.OPEN_THREAD}:
        return True  # whoever was refused has seen to it
    if missing is Missing.FORUM:
        return not helpdesk.desk.is_forum(errand.budget.partition(":")[2])
    if missing is Missing.MESSAGE and errand.op is Op.CARD:
        await _forget_card(helpdesk, errand)
        return True
    return False


async def _forget_card(helpdesk: HelpDesk, errand: Errand) -> None:
    """Somebody deleted the card: it is posted again."""
    topic = await desk.topic(errand.ticket_id or 0)
    if topic is not None:
        async with db.transaction():
            if await desk.settle_topic(replace(topic, card_id=""), over=topic.thread):
                await errands.first_card(helpdesk, topic.ticket_id)


async def after_unknown(helpdesk: HelpDesk, errand: Errand, *, outage: int = 0) -> None:
    """An errand just became `uncertain`. It keeps its place in the lane, whatever follows.

    Customers' words wait for a receipt where the channel echoes our tracker, and are shown to the agent elsewhere.
    Everything else is done again; words in the agents' group then say that they may be there twice.
    """
    now = helpdesk.now()
    if errand.conversation_id is not None and errand.op in WORDS:
        receipted = errand.channel in receipted_channels(helpdesk)
        if receipted:
            await outbox.await_receipt(errand.id, now + min(LONGEST_WAIT_MS, max(RECEIPT_WAIT_MS, outage)))
            await parts.note(errand.id, {"told": False})
        await delivery.uncertain(helpdesk, errand, told=not receipted)
        return
    await _put_back(errand, now)
    repeated = {"repeated": True, BEFORE: 0} if errand.op in WORDS else {}
    await outbox.set_payload(errand.id, {**errand.payload, **repeated}, now + backoff_ms(errand.attempts))


async def _put_back(errand: Errand, now: int) -> None:
    """Into its place again; where a twin waits already, what can be done once for both is needless."""
    try:
        async with db.transaction():  # what is refused in here must not end the caller's
            await outbox.resolve(errand.id, ErrandState.PENDING, now, from_states=(ErrandState.UNCERTAIN,))
    except Conflict:
        await outbox.resolve(errand.id, ErrandState.EXPIRED, now, from_states=(ErrandState.UNCERTAIN,))


def receipted_channels(helpdesk: HelpDesk) -> list[str]:
    """Channels whose receipts tell what became of an unknown outcome."""
    return [name for name, channel in helpdesk.channels.items() if channel.capabilities.tracker_echoed]


async def send_unreceipted(helpdesk: HelpDesk) -> None:
    """No receipt came in time. Where others come the message is lost, and is sent again, ahead of its lane.

    Where none come at all nobody knows: agents see it and decide, and its lane goes on.
    """
    now = helpdesk.now()
    for errand in await outbox.overdue(receipted_channels(helpdesk), now):
        news = await doubts.news(errand.id, errand.channel, LEASE_MS, now - LOOK_AGAIN_MS)
        if _is_lost(errand, news):
            await _send_again(helpdesk, errand)
        elif now - news.since >= TELL_AFTER_MS and not (news.later and now - news.later < RECEIPT_WAIT_MS):
            await _leave_to_agents(helpdesk, errand, news)
        else:
            await outbox.await_receipt(errand.id, now + LOOK_AGAIN_MS)


def _is_lost(errand: Errand, news: News) -> bool:
    """A receipt of something later says so. That we hear of the platform at all says it once, or of a plain refusal."""
    again = errand.payload.get("again", 0)
    if again >= MAX_ATTEMPTS:
        return False
    if news.later is not None:
        return news.receipted
    return news.heard and (again == 0 or errand.error == _TROUBLE)


@db.whole
async def _send_again(helpdesk: HelpDesk, errand: Errand) -> None:
    if await outbox.resolve(errand.id, ErrandState.PENDING, helpdesk.now(), from_states=(ErrandState.UNCERTAIN,)):
        await parts.note(errand.id, {"again": errand.payload.get("again", 0) + 1})


@db.whole
async def _leave_to_agents(helpdesk: HelpDesk, errand: Errand, news: News) -> None:
    """Told once. Its place is kept only while the platform is in trouble, and nothing gets past it anyway."""
    now, found = helpdesk.now(), await outbox.by_id(errand.id)
    if found is None or found.state is not ErrandState.UNCERTAIN:
        return  # its receipt came just now
    if not errand.payload.get("told"):
        await parts.note(errand.id, {"told": True})
        await delivery.uncertain(helpdesk, errand, told=True)
    in_trouble = errand.error == _TROUBLE and news.later is None
    if not in_trouble or now - news.since >= HOLD_MS:
        doubt = (ErrandState.UNCERTAIN,)
        await outbox.resolve(errand.id, ErrandState.FAILED, now, error=UNPROVED, from_states=doubt)
        await fates.follow(helpdesk, errand)
    else:
        await outbox.await_receipt(errand.id, now + LOOK_AGAIN_MS)


@db.whole
async def recover(helpdesk: HelpDesk, *, all_others: bool, busy: Collection[int] = ()) -> int:
    """Errands that were left in `sending`: their outcome is unknown. Returns how many there were."""
    orphans = await outbox.orphans(helpdesk.epoch, helpdesk.now(), all_others=all_others, busy=busy)
    for errand in orphans:
        # An orphan's due time is the end of its lease, which tells when it was claimed.
        await after_unknown(helpdesk, errand, outage=helpdesk.now() - (errand.due_at - LEASE_MS))
    reached("outbox.before_recovery")
    return len(orphans)


@db.whole
async def take_back(helpdesk: HelpDesk, busy: Collection[int], called: Collection[int]) -> set[int]:
    """Errands of ours that nobody works on wait again; of the `called` among them the outcome is unknown.

    Returns their ids. `busy` are at the head of what is worked on.
    """
    now = helpdesk.now()
    found = await outbox_steps.strays(helpdesk.epoch, busy)
    for errand in found:
        if errand.id in called:
            await outbox.settle(errand.id, helpdesk.epoch, ErrandState.UNCERTAIN, now)
            await after_unknown(helpdesk, errand)
        else:
            await outbox.retry(errand.id, helpdesk.epoch, now, errand.error, tried=False)
    return {errand.id for errand in found}
