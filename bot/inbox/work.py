"""Working: claimed updates are done in order within each lane, many lanes side by side."""

import asyncio
from collections.abc import Sequence
from functools import partial

import structlog

from bot.crashpoints import reached
from bot.domain.errors import BadInput, Unparsable
from bot.domain.message import Inbound
from bot.domain.outgoing import Outgoing
from bot.helpdesk import HelpDesk, rung
from bot.inbox import crowd
from bot.inbox.outcome import Outcome
from bot.inbox.routing import is_stale, refuse, route
from bot.measures import INBOX_ITEMS
from bot.ports import Channel
from bot.services import errands
from store import db, inbox
from store.errors import Conflict, LeaseLost, is_unavailable
from store.inbox import InboxRow
from store.patience import until_taken

LEASE_MS = 60_000
BATCH = 128
MAX_ATTEMPTS = 6
RACES_FOR_MS = 5 * 60_000
"""For so long an item may lose races against others for nothing; after that each counts as a failure of its own."""
MOST_PARKED_LINES = 5
"""So many parked items a minute get a line each."""
_FIRST_PAUSE_MS = 500
_MINUTE_MS = 60_000

log = structlog.get_logger(__name__)


async def serve(helpdesk: HelpDesk) -> None:
    """Work off the inbox until closing time; what is being worked on is finished first."""
    found: int | None = 0
    while not helpdesk.bells.closing.is_set():
        helpdesk.bells.inbox.clear()
        found = await _turn(helpdesk, after_failure=found is None)
        if not found:
            await rung(helpdesk.bells.closing if found is None else helpdesk.bells.inbox)


async def _turn(helpdesk: HelpDesk, *, after_failure: bool) -> int | None:
    """One round, `None` where it failed. A database that cannot be used for a while ends no worker.

    A claim may have been made whose answer was lost, so the round after a failure begins with no claim at all.
    """
    try:
        if after_failure:
            await inbox.let_go(helpdesk.epoch)
        return await drain(helpdesk)
    except Exception:
        if not after_failure:
            log.exception("the inbox stands still")
        return None


async def drain(helpdesk: HelpDesk) -> int:
    """Claim what is next in every free lane and work on the lanes side by side; returns how many items there were."""
    shares = helpdesk.shares
    rows = await inbox.claim(helpdesk.epoch, helpdesk.now(), LEASE_MS, BATCH, shares.lanes(), fenced=shares.fenced)
    for _ in rows:
        reached("inbox.claimed")
    lanes = await crowd.taken_in(helpdesk, _lanes(rows)) if rows else []
    async with asyncio.TaskGroup() as group:
        for lane in lanes:
            group.create_task(_along(helpdesk, lane), name=f"inbox-{lane[0].id}")
    return len(rows)


def _lanes(rows: Sequence[InboxRow]) -> list[list[InboxRow]]:
    """The rows of each lane, in their order; the lane whose first has waited longest goes first."""
    lanes: dict[tuple[str, str], list[InboxRow]] = {}
    for row in rows:
        lanes.setdefault((row.channel, row.lane), []).append(row)
    return list(lanes.values())


async def _along(helpdesk: HelpDesk, lane: Sequence[InboxRow]) -> None:
    """One item of a lane after the other; behind one that must be tried again the rest waits."""
    for place, row in enumerate(lane, start=1):
        outcome = await work(helpdesk, row)
        if outcome in {Outcome.RETRIED, Outcome.LOST}:
            await _give_back(helpdesk, lane[place:])
            return
        if outcome is Outcome.DEFERRED:
            await _give_back(helpdesk, lane[place - 1 :], rest=_FIRST_PAUSE_MS)
            return


async def _give_back(helpdesk: HelpDesk, rows: Sequence[InboxRow], *, rest: int = 0) -> None:
    """Nothing was tried with these. Where not even that can be written down, it is said again until it can."""
    if rows:
        due_at = helpdesk.now() + rest if rest else None
        await until_taken(partial(inbox.give_back, [row.id for row in rows], helpdesk.epoch, due_at))


async def work(helpdesk: HelpDesk, row: InboxRow) -> Outcome:
    """One item to its end. Nothing one item does can stop another: it is done, retried or parked, and kept."""
    try:
        outcome = await _worked(helpdesk, row)
    except LeaseLost:
        outcome = Outcome.LOST
    except Exception:  # not even what became of it could be written down
        log.exception("inbox item left as it was", item=row.id, channel=row.channel)
        outcome = Outcome.DEFERRED
    INBOX_ITEMS.labels(row.channel, outcome).inc()
    return outcome


async def _worked(helpdesk: HelpDesk, row: InboxRow) -> Outcome:
    try:
        event = _channel(helpdesk, row).parse(row.raw)
        if is_stale(helpdesk, event):
            return await _park(helpdesk, row, "stale: older than what we remember", key="inbox-stale")
        return await _once(helpdesk, row, event)
    except Unparsable as error:
        return await _park(helpdesk, row, f"unparsable: {error}")
    except LeaseLost:
        raise
    except Conflict as error:
        young = helpdesk.now() - row.received_at < RACES_FOR_MS
        return Outcome.DEFERRED if young else await _again(helpdesk, row, f"conflict: {error}")
    except Exception as error:
        if is_unavailable(error):  # it says nothing about the item, which may wait for as long as it takes
            return Outcome.DEFERRED
        log.exception("inbox item failed", item=row.id, channel=row.channel, attempt=row.attempts)
        return await _again(helpdesk, row, f"{type(error).__name__}: {error}")


def _channel(helpdesk: HelpDesk, row: InboxRow) -> Channel:
    return helpdesk.channels.get(row.channel) or helpdesk.desk


async def _once(helpdesk: HelpDesk, row: InboxRow, event: Inbound) -> Outcome:
    """The use case and the end of its item in one commit; a refusal is a commit of its own."""
    try:
        await _routed(helpdesk, row, event)
        outcome = Outcome.DONE
    except BadInput as error:
        await _refused(helpdesk, row, event, error)
        outcome = Outcome.REFUSED
    reached("inbox.committed")
    helpdesk.bells.outbox.set()
    return outcome


@db.whole
async def _routed(helpdesk: HelpDesk, row: InboxRow, event: Inbound) -> None:
    await inbox.finish([row.id], helpdesk.epoch, helpdesk.now())
    await route(helpdesk, row.channel, event)
    reached("inbox.before_commit")


@db.whole
async def _refused(helpdesk: HelpDesk, row: InboxRow, event: Inbound, error: BadInput) -> None:
    await inbox.finish([row.id], helpdesk.epoch, helpdesk.now())
    await refuse(helpdesk, row.channel, event, error)


async def _again(helpdesk: HelpDesk, row: InboxRow, error: str) -> Outcome:
    """Try later, keeping the lane's order; after too many tries the item is parked for a person to look at."""
    if row.attempts >= MAX_ATTEMPTS:
        return await _park(helpdesk, row, error)
    pause = _FIRST_PAUSE_MS * 2 ** (row.attempts - 1)
    await inbox.retry(row.id, helpdesk.epoch, helpdesk.now() + pause, error)
    return Outcome.RETRIED


@db.whole
async def _park(helpdesk: HelpDesk, row: InboxRow, error: str, *, key: str = "inbox-parked") -> Outcome:
    """Out of the lane's way, kept whole, and said aloud in the agents' group; of a flood one alarm tells."""
    log.warning("inbox item parked", item=row.id, channel=row.channel, error=error)
    await inbox.park(row.id, helpdesk.epoch, error)
    if await inbox.parked_since(helpdesk.now() - _MINUTE_MS, MOST_PARKED_LINES + 1) <= MOST_PARKED_LINES:
        text = helpdesk.desk_text(key, id=str(row.id), channel=row.channel)
        await errands.to_group(helpdesk, Outgoing(text=text), chat=helpdesk.desk.group)
    helpdesk.bells.outbox.set()
    return Outcome.PARKED
