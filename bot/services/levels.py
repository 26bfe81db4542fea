"""Changing service levels while running: a new file, an own closed day; every open ticket's clocks follow."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import structlog

from bot.domain.outgoing import Outgoing
from bot.domain.sla.policy import Sla
from bot.domain.ticket import SYSTEM, Action, Ticket, transition
from bot.domain.when import parse_when
from bot.helpdesk import HelpDesk
from bot.services import clockwork, errands, presence
from bot.services.call import Call
from store import audit, bookmarks, db, levels, tickets, timers

SLICE = 10
"""So many tickets share a commit: messages wait for no more than that."""
_AT = "levels:at"
_KNOWN = "levels:known"
_DAYS = "levels:days"
_OPEN = "levels:open"
_DONE = "levels:done"
TOLD_EVERY = 10_000
"""So many tickets further it is said how many are still to follow."""
CARDS = 100
"""Where more tickets are open, their cards follow with their next change: a group takes twenty writes a minute."""

log = structlog.get_logger(__name__)


async def change(helpdesk: HelpDesk, sla: Sla) -> int:
    """These levels hold from now on; returns how many open tickets follow, in the background."""
    helpdesk.levels.change(sla.closing(await levels.closed_days()))
    return await _begin(helpdesk)


async def closed(helpdesk: HelpDesk, call: Call) -> str:
    """`/closed 2026-10-30 sayım`: nobody works that day; said again, it is opened. `/closed` lists them.

    Files are not read again: that is for `/reload`.
    """
    if not call.argument:
        return await _listed(helpdesk)
    day, reason = _day(helpdesk, call.argument)
    shut = await levels.close_day(day, reason)
    if not shut:
        await levels.open_day(day)
    count = await change(helpdesk, helpdesk.levels.sla)
    await audit.add(at=helpdesk.now(), actor_id=call.agent.id, action="closed" if shut else "opened", new=str(day))
    if shut:
        return helpdesk.desk_text("closed-day-set", day=day.isoformat(), count=count)
    resting = ", ".join(name for name, one in helpdesk.levels.sla.calendars.items() if not one.shifts(day))
    key = "closed-day-rests" if resting else "closed-day-unset"
    return helpdesk.desk_text(key, day=day.isoformat(), count=count, calendars=resting)


async def _listed(helpdesk: HelpDesk) -> str:
    days = await levels.closed_days()
    if not days:
        return helpdesk.desk_text("closed-days-none")
    return "\n".join((helpdesk.desk_text("closed-days"), *(f"{day} {reason}".rstrip() for day, reason in days.items())))


def _day(helpdesk: HelpDesk, argument: str) -> tuple[date, str]:
    """The date the argument begins with, which may be today, and the rest."""
    first, _, rest = argument.partition(" ")
    try:
        return date.fromisoformat(first), rest.strip()
    except ValueError:
        pass
    zone = helpdesk.policies.zone
    instant, reason = parse_when(argument, helpdesk.now(), zone, day_start=time(23, 59))
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(zone).date(), reason


async def settle(helpdesk: HelpDesk) -> None:
    """At a start: take the closed days into account; where files or settings changed, every ticket follows."""
    async with db.transaction():
        await presence.listens(helpdesk)
    helpdesk.levels.sla = helpdesk.levels.load().closing(await levels.closed_days())
    known = (await bookmarks.read(_KNOWN), await bookmarks.read(_DAYS))
    if known == (helpdesk.levels.sla.version, helpdesk.policies.auto_close_days):
        return
    if await levels.live_count():
        await _begin(helpdesk)
    else:
        await _note(helpdesk)


async def _note(helpdesk: HelpDesk) -> None:
    """Every ticket follows these levels and this many days, or soon will."""
    await bookmarks.write(_KNOWN, helpdesk.levels.sla.version)
    await bookmarks.write(_DAYS, helpdesk.policies.auto_close_days)


async def keep_up(helpdesk: HelpDesk) -> None:
    """Another worker may have read the files anew, or been told of a closed day, for which none is read."""
    known = await bookmarks.read(_KNOWN)
    if known == helpdesk.levels.sla.version:
        return
    days = await levels.closed_days()
    ours = helpdesk.levels.sla.closing(days)
    helpdesk.levels.change(ours if ours.version == known else helpdesk.levels.load().closing(days))


async def _begin(helpdesk: HelpDesk) -> int:
    """Let every open ticket be looked at, from the first one on; returns how many there are."""
    await _note(helpdesk)
    await bookmarks.write(_AT, 0)
    await bookmarks.write(_DONE, 0)
    count = await levels.live_count()
    await bookmarks.write(_OPEN, count)
    return count


async def rearm(helpdesk: HelpDesk) -> int:
    """One turn of the scheduler: a slice of the tickets that still follow the old levels; returns how many it had."""
    async with db.transaction():
        at = await bookmarks.read(_AT)
        if (at is None and not helpdesk.levels.former) or not await _up_to_date(helpdesk):
            return 0
        if at is None:
            helpdesk.levels.former = ()
            return 0
        found = await levels.live_after(at, SLICE)
        few = (await bookmarks.read(_OPEN) or 0) <= CARDS
        unknown = not helpdesk.levels.former
        for ticket in found:
            if (await _follow(helpdesk, ticket) or unknown) and few:
                await errands.card(helpdesk, ticket.id)
        if found:
            await bookmarks.write(_AT, found[-1].id)
            await _tell(helpdesk, found)
        else:
            await bookmarks.forget(_AT)
            await _say(helpdesk, "levels-followed")
    return len(found)


async def _follow(helpdesk: HelpDesk, ticket: Ticket) -> bool:
    """Arm the ticket for its new deadlines; the history says so where a promise differs, and so does the answer.

    What comes due next may be the same as before although a later promise is not.
    """
    due = await clockwork.deadlines(helpdesk, ticket)
    if await timers.of_ticket(ticket.id) == due and not await clockwork.promises_differ(helpdesk, ticket):
        return False
    reason = helpdesk.desk_text("history-levels")
    _, step = transition(ticket, Action.SET, actor=SYSTEM, at=helpdesk.now(), reason=reason)
    await tickets.rearm(ticket, step, due)
    return True


async def _up_to_date(helpdesk: HelpDesk) -> bool:
    """Whether our levels are those that hold: another worker may know newer ones, or ours are yet to be committed."""
    return await bookmarks.read(_KNOWN) == helpdesk.levels.sla.version


async def _tell(helpdesk: HelpDesk, followed: Sequence[Ticket]) -> None:
    """Long work shows that it goes on."""
    before = await bookmarks.read(_DONE) or 0
    done = before + len(followed)
    await bookmarks.write(_DONE, done)
    if before // TOLD_EVERY != done // TOLD_EVERY:
        await _say(helpdesk, "levels-following", count=await levels.live_count(followed[-1].id))


async def _say(helpdesk: HelpDesk, key: str, **values: int) -> None:
    text = helpdesk.desk_text(key, **values)
    log.info("service levels changed", **values)
    await errands.to_group(helpdesk, Outgoing(text=text), chat=helpdesk.desk.group)
