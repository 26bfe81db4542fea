"""Whole lanes of plain words in one transaction; every other lane is left to be worked on item by item."""

from collections.abc import Sequence

import structlog

from bot.crashpoints import reached
from bot.domain.errors import Unparsable
from bot.domain.message import Inbound, Said
from bot.helpdesk import HelpDesk
from bot.inbox.outcome import Outcome
from bot.inbox.routing import is_stale
from bot.measures import INBOX_ITEMS
from bot.ports import Channel
from bot.services import plain_words
from bot.services.plain_words import Heard
from store import db, inbox
from store.errors import Conflict, LeaseLost
from store.inbox import InboxRow

Lane = list[InboxRow]

log = structlog.get_logger(__name__)


async def taken_in(helpdesk: HelpDesk, lanes: Sequence[Lane]) -> list[Lane]:
    """Do the lanes that hold nothing but plain words; returns the others. Nobody's trouble is anybody else's."""
    try:
        spoken = [(lane, words) for lane in lanes if (words := _words_of(helpdesk, lane))]
        done = await _committed(helpdesk, spoken) if spoken else []
    except (Conflict, LeaseLost):
        return list(lanes)
    except Exception:
        log.exception("a batch failed; its items are tried one by one", lanes=len(lanes))
        return list(lanes)
    for row in done:
        reached("inbox.committed")
        INBOX_ITEMS.labels(row.channel, Outcome.DONE).inc()
    if done:
        helpdesk.bells.outbox.set()
    finished = {row.id for row in done}
    return [lane for lane in lanes if lane[0].id not in finished]


def _words_of(helpdesk: HelpDesk, lane: Lane) -> list[Heard]:
    """What a lane says, or nothing when any of it may be more than words."""
    channel = helpdesk.channels.get(lane[0].channel)
    if channel is None:
        return []
    found = []
    for row in lane:
        event = _parsed(channel, row.raw)
        if not isinstance(event, Said) or is_stale(helpdesk, event) or not plain_words.look_plain(event):
            return []
        found.append(Heard(row.channel, event))
    return found


def _parsed(channel: Channel, raw: bytes) -> Inbound | None:
    """The event; what cannot be read is told of where items are worked on one by one."""
    try:
        return channel.parse(raw)
    except Unparsable:
        return None


@db.whole
async def _committed(helpdesk: HelpDesk, spoken: Sequence[tuple[Lane, list[Heard]]]) -> list[InboxRow]:
    """Returns the rows that are done."""
    plain = await plain_words.taken_in(helpdesk, [words for _, words in spoken])
    rows = [row for place in plain for row in spoken[place][0]]
    await inbox.finish([row.id for row in rows], helpdesk.epoch, helpdesk.now())
    reached("inbox.before_commit")
    return rows
