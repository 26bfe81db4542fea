"""Wiring: settings to a running help desk, started in order and stopped in reverse.

Webhooks are stored from the first second on. What only the work behind the door needs, above all the platforms'
clients, is loaded after that, so this file imports none of it.
"""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import Any

import structlog

from adapters.web import Server
from bot import crashpoints, inbox
from bot.health import Readiness, Register, Watch, pulse
from bot.helpdesk import HelpDesk
from bot.outbox import Outbox, recover
from bot.services import levels, reloading, restored, upkeep, windows
from bot.services.account import AccountWatch
from bot.services.set_back import Setback
from bot.shares import HOUSEKEEPING, POLLER
from config.clock import SystemClock
from config.door import Door
from config.house import furnished
from config.listening import Timekeeper
from config.partnership import Partnership, announcing, while_held
from config.probes import Probes
from config.settings import Settings
from scheduler.jobs import Job
from store import db
from store import inbox as inbox_store
from store import timers as timer_store

DRAIN_SECONDS = 2.5
"""How long the workers, and then the calls under way, may take at a stop that must end within ten seconds."""

_LOADED_LATE = ("adapters.telegram.loading", "config.platforms", "config.watching", "scheduler.runner")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class App:
    """A running help desk. `port` is where its HTTP server listens; `watch` looks after its health."""

    helpdesk: HelpDesk
    outbox: Outbox
    server: Server
    watch: Watch
    register: Register

    @property
    def port(self) -> int:
        return self.server.port


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then drain and stop."""
    stop = asyncio.Event()
    gc.disable()  # until everything is loaded: a million new objects that all stay are not worth looking through
    with _signals(stop):
        async with opened(settings) as app:
            gc.freeze()
            gc.enable()
            log.info("gise is open", port=app.port, whatsapp=settings.whatsapp is not None)
            await stop.wait()
            log.info("gise is closing")


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


@asynccontextmanager
async def opened(settings: Settings, probes: Probes | None = None) -> AsyncIterator[App]:
    """Open everything in order: database, door, platforms, workers, updates, scheduler."""
    if settings.chaos.crash_at:
        crashpoints.arm(settings.chaos.crash_at)
    async with AsyncExitStack() as stack:
        # The database comes first: whatever starts later finds its connection (STACK.md, trap 13).
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        await db.open_database(settings.database_url)
        stack.push_async_callback(db.close_database)
        door = Door(clock=SystemClock(settings.clock.offset_file))
        server = await door.open(settings)
        stack.push_async_callback(server.stop)
        await asyncio.to_thread(_load)
        yield await _furnished(settings, probes or Probes(), door, server, stack)


def _load() -> None:
    """Import what takes long, in a thread of its own: the door answers meanwhile."""
    for module in _LOADED_LATE:
        import_module(module)


async def _furnished(settings: Settings, probes: Probes, door: Door, server: Server, stack: AsyncExitStack) -> App:
    """All that is behind the door."""
    from config import platforms
    from config.watching import Lookout
    from scheduler.runner import Scheduler

    clients = await platforms.connected(settings, door.clock, stack)
    helpdesk = replace(furnished(settings, clients.telegram, clients.channels, door), space=probes.space)
    await reloading.settle(helpdesk)
    outbox = Outbox(helpdesk)
    if db.shared():
        await _join(helpdesk, settings, stack)
    else:
        await _recover(helpdesk)
    await restored.tell(helpdesk)
    stack.push_async_callback(_drained, helpdesk, outbox, _workers(helpdesk, outbox))
    stack.push_async_callback(server.stop)
    poller = platforms.poller_of(settings, helpdesk, clients.telegram)
    introduction = platforms.Introduction(settings, clients.telegram)
    _background(stack, telegram_introduction=introduction.run(helpdesk), pulse=pulse.beat(door.clock))
    if poller is not None:
        _background(stack, telegram_poller=while_held(helpdesk, POLLER, poller.run))
    account = AccountWatch(helpdesk, clients.whatsapp.inspect) if clients.whatsapp else None
    lookout = Lookout(settings, helpdesk, probes, account)
    watch = lookout.watch(
        clients, poller, introduction, stopped=lambda: outbox.troubles, jobs=lambda: scheduler.successes
    )
    health = Readiness(helpdesk, lookout.register, watch)
    door.health.house = health
    timekeeper = Timekeeper(helpdesk, poller)
    jobs = _jobs(helpdesk, outbox, health, watch, timekeeper)
    if account is not None:
        jobs.append(Job("whatsapp account", 1.0, partial(_once, helpdesk, lambda _: account.tick())))
    scheduler = Scheduler(jobs, door.clock.monotonic)
    scheduler.start()
    stack.push_async_callback(scheduler.stop)
    return App(helpdesk, outbox, server, watch, lookout.register)


def _background(stack: AsyncExitStack, **work: Coroutine[Any, Any, None]) -> None:
    """Tasks that run until the house closes, by their names."""
    tasks = [asyncio.create_task(coro, name=name.replace("_", "-")) for name, coro in work.items()]
    stack.push_async_callback(_cancelled, tasks)


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _join(helpdesk: HelpDesk, settings: Settings, stack: AsyncExitStack) -> None:
    """Others may be at work already: take our part, and what they leave behind with it."""
    partnership = Partnership(helpdesk, partial(recover, helpdesk, all_others=True))
    await partnership.join()
    stack.push_async_callback(partnership.end)
    announcements = announcing(helpdesk, settings.database_url)
    _background(stack, partnership=partnership.run(), announcements=announcements.run())


async def _recover(helpdesk: HelpDesk) -> None:
    """What the process before us left half done; there is no other process, so all of it is ours."""
    items = await inbox_store.release_orphans(helpdesk.epoch, helpdesk.now())
    errands = await recover(helpdesk, all_others=True)
    timers = await timer_store.release_orphans(helpdesk.epoch)
    if items or errands or timers:
        log.warning("picked up after an unclean stop", items=items, errands=errands, timers=timers)


def _workers(helpdesk: HelpDesk, outbox: Outbox) -> list[asyncio.Task[None]]:
    return [
        asyncio.create_task(inbox.serve(helpdesk), name="inbox"),
        asyncio.create_task(outbox.serve(), name="outbox"),
    ]


async def _drained(helpdesk: HelpDesk, outbox: Outbox, workers: Sequence[asyncio.Task[None]]) -> None:
    """Finish what is under way; what takes longer is found again by the next start."""
    helpdesk.bells.stop()
    await asyncio.wait(workers, timeout=DRAIN_SECONDS)
    await outbox.stop(DRAIN_SECONDS)
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)


def _jobs(helpdesk: HelpDesk, outbox: Outbox, health: Readiness, watch: Watch, timekeeper: Timekeeper) -> list[Job]:
    setback = Setback(helpdesk)
    return [
        Job("timers", 1.0, timekeeper.sweep),
        Job("health", 1.0, watch.turn),
        Job("other workers' files", 5.0, partial(reloading.keep_up, helpdesk)),
        Job("clock", 1.0, partial(_once, helpdesk, lambda _: setback.turn())),
        Job("levels", 0.25, partial(_once, helpdesk, levels.rearm)),
        Job("figures", 5.0, health.measure),
        Job("orphans", 15.0, lambda: _release(helpdesk, outbox)),
        Job("windows", 60.0, partial(_once, helpdesk, windows.look)),
        Job("pruning", 60.0, partial(_once, helpdesk, upkeep.prune)),
    ]


async def _once(helpdesk: HelpDesk, chore: Callable[[HelpDesk], Awaitable[object]]) -> None:
    """What one of several workers does for all."""
    if helpdesk.shares.holds(HOUSEKEEPING):
        await chore(helpdesk)


async def _release(helpdesk: HelpDesk, outbox: Outbox) -> None:
    """Rows of workers whose lease ended go back into their lanes."""
    await inbox_store.release_orphans(helpdesk.epoch, helpdesk.now(), helpdesk.shares.lanes())
    await outbox.recover()
