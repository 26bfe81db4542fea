"""Several workers on one database: each holds its fair part of the lanes, and each single task has one holder.

There is no leader. A lease lasts a few seconds and is renewed all the time; whoever dies stops renewing, and the
others share what is left behind.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from bot.helpdesk import HelpDesk
from bot.shares import OUTBOX, SLOTS, TASKS
from store import inbox, leases
from store.address import address_of
from store.errors import UNAVAILABLE

if TYPE_CHECKING:
    from store.announcing import Announcements

LEASE_MS = 6_000
"""A dead worker's part is taken over within this and one beat."""
SURE = 0.75
"""So much of a lease, from the moment its renewal was asked for, may be relied on, whatever the answer took."""
BEAT_SECONDS = 1.0

Recover = Callable[[], Awaitable[object]]

log = structlog.get_logger(__name__)


def _name(slot: int) -> str:
    return f"{leases.LANES}{slot:02d}"


_LANES = {_name(slot): slot for slot in range(SLOTS)}


@dataclass(slots=True)
class Partnership:
    """This process's part. `recover` takes up what the last holder of the outbox left half done."""

    helpdesk: HelpDesk
    recover: Recover
    lease_ms: int = LEASE_MS
    _held: set[str] = field(default_factory=set)
    _unclear: frozenset[int] = frozenset()
    """Slots of ours in which something may still be in the name of whoever had them before."""

    async def join(self) -> None:
        """Take part; nothing is ours before the first beat."""
        self._show(set())
        self.helpdesk.shares.fenced = True
        await leases.name([*_LANES, *TASKS])
        await self.beat()

    async def run(self) -> None:
        """Beat until cancelled. A database that cannot be reached lets the leases run out, and us with them."""
        failing = False
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.beat()
                failing = False
            except Exception:
                if not failing:
                    log.exception("the leases could not be renewed")
                failing = True

    async def end(self) -> None:
        """Let the others have our part at once."""
        self._show(set())
        with suppress(*UNAVAILABLE):  # then the leases end by themselves
            await leases.leave(self.helpdesk.epoch)

    async def beat(self) -> None:
        """Renew what is ours, take what nobody has, and hand over what is too much.

        What was ours without a break counts on at once, whatever goes wrong with the rest. What is taken again after
        a break is new: somebody else may have had it, and died, meanwhile.
        """
        shares, epoch = self.helpdesk.shares, self.helpdesk.epoch
        asked_at = shares.clock()
        workers = await leases.enter(epoch, self.lease_ms)
        held = await leases.renew(epoch, self.lease_ms) & {*_LANES, *TASKS}
        self._show(held & self._held)
        shares.until = asked_at + self.lease_ms * SURE / 1000
        fair = -(-SLOTS // workers)
        held |= await leases.take(_LANES, max(0, fair - len(held & _LANES.keys())), epoch, self.lease_ms)
        held |= await leases.take(TASKS, len(TASKS), epoch, self.lease_ms)
        held -= await self._handed_over(sorted(held & _LANES.keys())[fair:])
        new = held - self._held
        await self._take_up(new, held)
        self._show(held)
        if new:
            self.helpdesk.bells.inbox.set()
            self.helpdesk.bells.outbox.set()

    async def _handed_over(self, surplus: list[str]) -> set[str]:
        """Slots that are too much for us, once nothing of theirs is in our hands; until then no more is taken."""
        leaving = frozenset(_LANES[name] for name in surplus)
        waited_for = self.helpdesk.shares.leaving
        self.helpdesk.shares.leaving = leaving
        if not leaving or not leaving <= waited_for or await inbox.under_way(self.helpdesk.epoch, leaving):
            return set()
        await leases.drop(surplus, self.helpdesk.epoch)
        return set(surplus)

    async def _take_up(self, new: set[str], held: set[str]) -> None:
        """Whatever others left claimed in what is ours now goes on with us; what is locked yet is looked at again."""
        epoch = self.helpdesk.epoch
        before = {_name(slot) for slot in self._unclear} & held
        slots = frozenset(_LANES[name] for name in (new | before) & _LANES.keys())
        if slots:
            await inbox.release_orphans(epoch, self.helpdesk.now(), slots)
            slots = await inbox.claimed_by_others(epoch, slots)
        self._unclear = slots
        if OUTBOX in new:
            await self.recover()

    def _show(self, held: set[str]) -> None:
        if held != self._held:
            log.info("shares of the work", slots=len(held & _LANES.keys()), tasks=sorted(held & set(TASKS)))
        self._held = held
        self.helpdesk.shares.slots = frozenset(_LANES[name] for name in held & _LANES.keys())
        self.helpdesk.shares.tasks = frozenset(held & set(TASKS))


def announcing(helpdesk: HelpDesk, url: str) -> "Announcements":
    """Bells that are heard by the worker whose work it is, and service levels that are read anew by all."""
    from store.announcing import Announcements  # asyncpg is a tenth of a second of a start that may be SQLite's

    bells, shares = helpdesk.bells, helpdesk.shares
    heard = {"inbox": bells.inbox.hear, "outbox": bells.outbox.hear}
    announcements = Announcements(address_of(url).dsn, helpdesk.epoch, lambda what: heard.get(what, lambda: None)())

    def inbox_rung() -> None:
        if len(shares.lanes()) < SLOTS:
            announcements.announce("inbox")

    def outbox_rung() -> None:
        if not shares.holds(OUTBOX):
            announcements.announce("outbox")

    bells.inbox.tell, bells.outbox.tell = inbox_rung, outbox_rung
    return announcements


async def while_held(helpdesk: HelpDesk, task: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do the work whenever the task is ours, and stop at once when it is not any more. Raises what the work raises."""
    doing: asyncio.Task[None] | None = None
    try:
        while True:
            if not helpdesk.shares.holds(task):
                await _stopped(doing)
                doing = None
            elif doing is None:
                doing = asyncio.create_task(work(), name=task)
            elif doing.done():
                return doing.result()
            await asyncio.sleep(BEAT_SECONDS / 4)
    finally:
        await _stopped(doing)


async def _stopped(doing: asyncio.Task[None] | None) -> None:
    if doing is not None:
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
