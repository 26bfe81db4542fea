"""What follows when the outside world is not as it was: moved groups, vanished topics, unknown outcomes."""

from collections.abc import Collection
from dataclasses import replace

from bot.crashpoints import reached
from bot.domain.errors import SendError
from bot.domain.ledger import WORDS, Errand, ErrandState
from bot.helpdesk import HelpDesk
from bot.outbox.pacing import backoff_ms
from bot.outbox.wording import BEFORE
from bot.services import delivery, errands
from store import db, desk, outbox
from store.errors import Conflict

NETWORK = "send-error-network"
"""No connection came about: nothing was said to the platform, and nothing is wrong with what was to be said."""

MAX_ATTEMPTS = 8
KEEP_TRYING_MS = 24 * 3_600_000

RECEIPT_WAIT_MS = 45_000
"""Receipts come within seconds; after this long without one the call surely did not arrive."""

LONGEST_WAIT_MS = 30 * 60_000
"""After a long outage of ours webhooks are repeated ever more slowly, so receipts get as long as we were away."""

LEASE_MS = 300_000
"""Longer than fetching and uploading the largest file may take together."""


def worth_a_try(helpdesk: HelpDesk, errand: Errand, error: SendError) -> bool:
    """Words are kept for a day; what only decorates is given up after a few tries."""
    if errand.op in WORDS:
        return helpdesk.now() - errand.ready_at < KEEP_TRYING_MS
    return bool(error.retry_after) or errand.attempts < MAX_ATTEMPTS


async def forget_card(helpdesk: HelpDesk, errand: Errand) -> None:
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
    """No receipt came in time: the message never reached the platform, so it is sent again, ahead of its lane."""
    now = helpdesk.now()
    for errand in await outbox.overdue(receipted_channels(helpdesk), now):
        await outbox.resolve(errand.id, ErrandState.PENDING, now, from_states=(ErrandState.UNCERTAIN,))


@db.whole
async def recover(helpdesk: HelpDesk, *, all_others: bool, busy: Collection[int] = ()) -> int:
    """Errands that were left in `sending`: their outcome is unknown. Returns how many there were."""
    orphans = await outbox.orphans(helpdesk.epoch, helpdesk.now(), all_others=all_others, busy=busy)
    for errand in orphans:
        # An orphan's due time is the end of its lease, which tells when it was claimed.
        await after_unknown(helpdesk, errand, outage=helpdesk.now() - (errand.due_at - LEASE_MS))
    reached("outbox.before_recovery")
    return len(orphans)
