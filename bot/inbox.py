"""The door in: raw updates are stored before anyone is told so, then each lane is worked off in order."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import structlog

from bot import commands
from bot.crashpoints import reached
from bot.domain.errors import BadInput, Unparsable
from bot.domain.message import (
    AccountChanged,
    DeskMoved,
    Edited,
    Event,
    IdentityChanged,
    Ignored,
    Inbound,
    MemberChanged,
    Pressed,
    Reachable,
    Reacted,
    Receipt,
    Revoked,
    Said,
)
from bot.domain.outgoing import Outgoing
from bot.domain.timers import DAY_MS
from bot.helpdesk import Bells, HelpDesk
from bot.measures import INBOX_ITEMS
from bot.ports import Channel, Item
from bot.services import account, delivery, errands, moving, presses, replies, requests, rights, roles, upkeep
from bot.services.casework import notify
from store import conversations, db, inbox
from store.errors import Conflict, LeaseLost
from store.inbox import InboxRow

LEASE_MS = 60_000
BATCH = 64
MAX_ATTEMPTS = 6
MOST_PARKED_LINES = 5
"""So many parked items a minute get a line each."""
_FIRST_PAUSE_MS = 500
_IDLE_SECONDS = 1.0
_MINUTE_MS = 60_000

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What became of an item; the label of the metrics."""

    DONE = "done"
    REFUSED = "refused"
    PARKED = "parked"
    RETRIED = "retried"
    LOST = "lease_lost"


class Doorkeeper(Protocol):
    """All that storing needs; at the start the door is open before there is a help desk."""

    @property
    def bells(self) -> Bells: ...

    def now(self) -> int: ...


async def accept(helpdesk: Doorkeeper, items: Sequence[Item], cursor: tuple[str, int] | None = None) -> None:
    """Store raw updates, each once, and return after the commit. Whatever raises here must not be acknowledged."""
    await inbox.append(items, helpdesk.now(), cursor)
    reached("inbox.stored" if cursor is None else "inbox.offset_saved")
    helpdesk.bells.inbox.set()


async def serve(helpdesk: HelpDesk) -> None:
    """Work off the inbox until closing time; what is being worked on is finished first."""
    while not helpdesk.bells.closing.is_set():
        helpdesk.bells.inbox.clear()
        if await _turn(helpdesk) == 0:
            await _rung(helpdesk.bells.inbox)


async def _turn(helpdesk: HelpDesk) -> int:
    """One round. A database that cannot be used for a while ends no worker: claims come back with their lease."""
    try:
        return await drain(helpdesk)
    except Exception:
        log.exception("the inbox stands still")
        return 0


async def _rung(bell: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_IDLE_SECONDS):
            await bell.wait()
    except TimeoutError:
        return


async def drain(helpdesk: HelpDesk) -> int:
    """Claim the next item of every lane and work on them side by side; returns how many there were."""
    rows = await inbox.claim(helpdesk.epoch, helpdesk.now(), LEASE_MS, BATCH)
    async with asyncio.TaskGroup() as group:
        for row in rows:
            group.create_task(work(helpdesk, row), name=f"inbox-{row.id}")
    return len(rows)


async def work(helpdesk: HelpDesk, row: InboxRow) -> Outcome:
    """One item to its end. Nothing one item does can stop another: it is done, retried or parked, and kept."""
    try:
        outcome = await _worked(helpdesk, row)
    except LeaseLost:
        outcome = Outcome.LOST
    INBOX_ITEMS.labels(row.channel, outcome).inc()
    return outcome


async def _worked(helpdesk: HelpDesk, row: InboxRow) -> Outcome:
    reached("inbox.claimed")
    try:
        event = _channel(helpdesk, row).parse(row.raw)
        if _is_stale(helpdesk, event):
            return await _park(helpdesk, row, "stale: older than what we remember", key="inbox-stale")
        return await _once(helpdesk, row, event)
    except Unparsable as error:
        return await _park(helpdesk, row, f"unparsable: {error}")
    except LeaseLost:
        raise
    except Conflict as error:
        return await _again(helpdesk, row, f"conflict: {error}")
    except Exception as error:
        log.exception("inbox item failed", item=row.id, channel=row.channel, attempt=row.attempts)
        return await _again(helpdesk, row, f"{type(error).__name__}: {error}")


def _is_stale(helpdesk: HelpDesk, event: Inbound) -> bool:
    """Said so long ago that its key may be forgotten: no platform repeats itself that late, so this is a replay."""
    return isinstance(event, Event) and 0 < event.at < helpdesk.now() - upkeep.KEEP_DAYS * DAY_MS


def _channel(helpdesk: HelpDesk, row: InboxRow) -> Channel:
    return helpdesk.channels.get(row.channel) or helpdesk.desk


async def _once(helpdesk: HelpDesk, row: InboxRow, event: Inbound) -> Outcome:
    """The use case and the end of its item in one commit; a refusal is a commit of its own."""
    try:
        async with db.transaction():
            await inbox.finish(row.id, helpdesk.epoch, helpdesk.now())
            await route(helpdesk, row.channel, event)
            reached("inbox.before_commit")
        outcome = Outcome.DONE
    except BadInput as error:
        async with db.transaction():
            await inbox.finish(row.id, helpdesk.epoch, helpdesk.now())
            await _refuse(helpdesk, row.channel, event, error)
        outcome = Outcome.REFUSED
    reached("inbox.committed")
    helpdesk.bells.outbox.set()
    return outcome


async def _again(helpdesk: HelpDesk, row: InboxRow, error: str) -> Outcome:
    """Try later, keeping the lane's order; after too many tries the item is parked for a person to look at."""
    if row.attempts >= MAX_ATTEMPTS:
        return await _park(helpdesk, row, error)
    pause = _FIRST_PAUSE_MS * 2 ** (row.attempts - 1)
    await inbox.retry(row.id, helpdesk.epoch, helpdesk.now() + pause, error)
    return Outcome.RETRIED


async def _park(helpdesk: HelpDesk, row: InboxRow, error: str, *, key: str = "inbox-parked") -> Outcome:
    """Out of the lane's way, kept whole, and said aloud in the agents' group; of a flood one alarm tells."""
    log.warning("inbox item parked", item=row.id, channel=row.channel, error=error)
    async with db.transaction():
        await inbox.park(row.id, helpdesk.epoch, error)
        if await inbox.parked_since(helpdesk.now() - _MINUTE_MS, MOST_PARKED_LINES + 1) <= MOST_PARKED_LINES:
            text = helpdesk.desk_text(key, id=str(row.id), channel=row.channel)
            await errands.to_group(helpdesk, Outgoing(text=text), chat=helpdesk.desk.group)
    helpdesk.bells.outbox.set()
    return Outcome.PARKED


async def route(helpdesk: HelpDesk, channel: str, event: Inbound) -> None:
    """To the one use case an event is for."""
    match event:
        case Ignored():
            return
        case Receipt():
            await delivery.record(helpdesk, channel, event)
        case AccountChanged():
            await account.changed(helpdesk, event)
        case Event(desk=None):
            if channel in helpdesk.channels:
                await _from_customer(helpdesk, channel, event)
        case _:
            await _from_desk(helpdesk, event)


async def _from_customer(helpdesk: HelpDesk, channel: str, event: Event) -> None:
    match event:
        case Said():
            await requests.received(helpdesk, channel, event)
        case Edited():
            await requests.edited(helpdesk, channel, event)
        case Revoked():
            await requests.revoked(helpdesk, channel, event)
        case Reacted():
            await requests.reacted(helpdesk, channel, event)
        case Pressed():
            await presses.pressed(helpdesk, channel, event)
        case Reachable():
            await requests.reachable(helpdesk, channel, event)
        case IdentityChanged():
            await requests.identity_changed(helpdesk, channel, event)


async def _from_desk(helpdesk: HelpDesk, event: Event) -> None:
    match event:
        case Said():
            await commands.said(helpdesk, event)
        case Pressed():
            await commands.pressed(helpdesk, event)
        case Edited():
            agent = await rights.acting(helpdesk, event.author, event.desk)
            if agent is not None:
                await replies.edited(helpdesk, agent, event)
        case Reacted():
            if await rights.acting(helpdesk, event.author, event.desk) is not None:
                await replies.reacted(helpdesk, event)
        case MemberChanged():
            await roles.member_changed(event)
        case DeskMoved() if event.desk is not None:
            await moving.group_moved(helpdesk, event.desk.chat, event.new_chat)


async def _refuse(helpdesk: HelpDesk, channel: str, event: Inbound, error: BadInput) -> None:
    """Bad input gets a sentence for the person who can act on it."""
    if not isinstance(event, Said | Pressed):
        return
    if event.desk is not None:
        await commands.refuse(helpdesk, event, error)
        return
    conversation, _ = await conversations.resolve(channel, event.author, helpdesk.now(), helpdesk.policies.locale)
    text = helpdesk.text(conversation.locale, error.key, **error.values)
    if isinstance(event, Pressed) and event.press_id:
        await errands.answer_press(helpdesk, channel, event.press_id, text)
    else:
        await notify(helpdesk, conversation, "plain", text=text)
