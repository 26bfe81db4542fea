"""Wiring: settings to a running help desk, started in order and stopped in reverse."""

import asyncio
import contextlib
import secrets
import signal
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from adapters.telegram.channel import TelegramChannel
from adapters.telegram.updates import Poller, webhook_route
from adapters.web import Route, Server, create_web, get, post, serve
from adapters.whatsapp.channel import WhatsAppChannel
from adapters.whatsapp.webhook import challenge, receive
from bot import crashpoints, inbox, measures
from bot.domain.errors import SendError
from bot.health import Readiness
from bot.helpdesk import HelpDesk, Levels, Policies
from bot.outbox import Outbox, recover
from bot.ports import Channel, Item
from bot.services import levels, upkeep
from bot.texts import Texts
from config.clock import SystemClock
from config.listening import Timekeeper
from config.menus import menus
from config.policies import SHIPPED, load_intake
from config.settings import Settings
from config.sla import load_sla
from scheduler.jobs import Job
from scheduler.runner import Scheduler
from store import db, desk
from store import inbox as inbox_store
from store import timers as timer_store

DRAIN_SECONDS = 2.5
"""How long the workers, and then the calls under way, may take at a stop that must end within ten seconds."""

INTRODUCTION_PAUSE = 30.0
"""Seconds until Telegram is told again where updates go."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class App:
    """A running help desk. `port` is where its HTTP server listens."""

    helpdesk: HelpDesk
    outbox: Outbox
    server: Server

    @property
    def port(self) -> int:
        return self.server.port


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then drain and stop."""
    stop = asyncio.Event()
    with _signals(stop):
        async with opened(settings) as app:
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
async def opened(settings: Settings) -> AsyncIterator[App]:
    """Open everything in order: database, channels, workers, web, updates, scheduler."""
    if settings.chaos.crash_at:
        crashpoints.arm(settings.chaos.crash_at)
    async with AsyncExitStack() as stack:
        # The database comes first: whatever starts later finds its connection (STACK.md, trap 13).
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        await db.open_database(settings.database_url)
        stack.push_async_callback(db.close_database)
        telegram, channels = await _channels(settings, stack)
        helpdesk = _helpdesk(settings, telegram, channels)
        await levels.settle(helpdesk)
        await _recover(helpdesk)
        outbox = Outbox(helpdesk)
        stack.push_async_callback(_drained, helpdesk, outbox, _workers(helpdesk, outbox))
        poller = _poller(settings, helpdesk, telegram) if settings.telegram.mode == "polling" else None
        health = Readiness(helpdesk, lambda: _troubles(poller, outbox))
        routes = _routes(settings, helpdesk, telegram)
        server = await serve(create_web(routes, health, measures.exposition), settings.http.host, settings.http.port)
        stack.push_async_callback(server.stop)
        await _receive_updates(settings, telegram, poller, helpdesk.texts, stack)
        scheduler = Scheduler(_jobs(helpdesk, outbox, health, Timekeeper(helpdesk, poller)))
        scheduler.start()
        stack.push_async_callback(scheduler.stop)
        yield App(helpdesk, outbox, server)


async def _channels(settings: Settings, stack: AsyncExitStack) -> tuple[TelegramChannel, dict[str, Channel]]:
    """The vendors' clients; the desk lives in Telegram whether customers do or not."""
    clock = _clock(settings)
    telegram = TelegramChannel(
        settings.telegram.token.get_secret_value(),
        now=clock.now,
        groups=[await desk.newest_chat(str(settings.telegram.agent_group_id))],
        api_base=settings.telegram.api_base,
        group_writes_per_minute=settings.telegram.group_writes_per_minute,
    )
    stack.push_async_callback(telegram.close)
    channels: dict[str, Channel] = {telegram.name: telegram} if settings.telegram.customers else {}
    if settings.whatsapp is not None:
        whatsapp = WhatsAppChannel(
            settings.whatsapp.token.get_secret_value(),
            settings.whatsapp.phone_number_id,
            settings.whatsapp.business_account_id or "",
            settings.whatsapp.graph_url,
        )
        stack.push_async_callback(whatsapp.close)
        channels[whatsapp.name] = whatsapp
    await _look_at_the_group(telegram)
    return telegram, channels


async def _look_at_the_group(telegram: TelegramChannel) -> None:
    """Forum or plain group, and our own name. Without an answer we start all the same and assume a forum."""
    try:
        found = await telegram.inspect()
    except SendError as error:
        log.warning("telegram could not be asked about the agents' group", error=str(error))
        return
    for group in found.groups:
        if group.problem:
            log.warning("the agents' group cannot be seen; run `gise check`", problem=group.problem)
        else:
            telegram.has_topics = group.is_forum


def _texts(settings: Settings) -> Texts:
    """The shipped sentences, and the operator's own over them."""
    own = settings.config.dir / "locales" if settings.config.dir else None
    folders = [SHIPPED / "locales", *([own] if own and own.is_dir() else [])]
    return Texts(folders, settings.default_locale)


def _clock(settings: Settings) -> SystemClock:
    return SystemClock(settings.clock.offset_file)


def _helpdesk(settings: Settings, telegram: TelegramChannel, channels: Mapping[str, Channel]) -> HelpDesk:
    policies = Policies(
        locale=settings.default_locale,
        zone=settings.timezone,
        intake=load_intake(settings.config.dir),
        intake_minutes=settings.intake.minutes,
        auto_close_days=settings.auto_close.days,
        reopen_days=settings.reopen.days,
        plain_is_note=settings.desk.plain_is_note,
        require_role=settings.desk.require_role,
        admins=frozenset(settings.admins),
        templates=settings.whatsapp.templates if settings.whatsapp else {},
    )
    files: Path = settings.data_dir / "files"
    files.mkdir(parents=True, exist_ok=True)
    return HelpDesk(
        clock=_clock(settings),
        epoch=secrets.token_hex(8),
        policies=policies,
        texts=_texts(settings),
        channels=channels,
        desk=telegram,
        files=files,
        levels=Levels(load=partial(load_sla, settings.config.dir, settings.default_locale)),
    )


async def _recover(helpdesk: HelpDesk) -> None:
    """What the process before us left half done (SQLite: there is no other process, so all of it is ours)."""
    items = await inbox_store.release_orphans(helpdesk.epoch, helpdesk.now(), all_others=True)
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


def _poller(settings: Settings, helpdesk: HelpDesk, telegram: TelegramChannel) -> Poller:
    cursor = f"telegram:{telegram.bot_id}"

    async def accept(items: Sequence[Item], cursor_value: int | None = None) -> None:
        await inbox.accept(helpdesk, items, None if cursor_value is None else (cursor, cursor_value))

    async def load_offset() -> int:
        return await inbox_store.cursor(cursor)

    return Poller(
        bot_id=telegram.bot_id,
        token=settings.telegram.token.get_secret_value(),
        api_base=settings.telegram.api_base,
        accept=lambda items, cursor=None: accept(items, cursor),
        load_offset=load_offset,
    )


def _troubles(poller: Poller | None, outbox: Outbox) -> dict[str, str]:
    troubles = dict(outbox.stopped_channels)
    if poller is not None and poller.status not in {"ok", "starting"}:
        troubles["telegram updates"] = poller.status
    return troubles


def _routes(settings: Settings, helpdesk: HelpDesk, telegram: TelegramChannel) -> list[Route]:
    async def accept(items: Sequence[Item], cursor: int | None = None) -> None:
        del cursor
        await inbox.accept(helpdesk, items)

    routes: list[Route] = []
    if settings.whatsapp is not None:
        whatsapp = settings.whatsapp
        secret = whatsapp.app_secret.get_secret_value()
        routes.append(get("/webhooks/whatsapp", challenge(whatsapp.verify_token.get_secret_value())))
        routes.append(post("/webhooks/whatsapp", receive([secret], accept)))
    if settings.telegram.mode == "webhook" and settings.telegram.webhook_secret is not None:
        secret = settings.telegram.webhook_secret.get_secret_value()
        routes.append(post("/webhooks/telegram", webhook_route(secret, accept, telegram.bot_id)))
    return routes


async def _receive_updates(
    settings: Settings, telegram: TelegramChannel, poller: Poller | None, texts: Texts, stack: AsyncExitStack
) -> None:
    """Start asking for updates, or have them posted to us; command menus follow in their own time."""
    tasks = [asyncio.create_task(_introduce(settings, telegram, poller, texts), name="telegram-introduction")]
    if poller is not None:
        tasks.append(asyncio.create_task(poller.run(), name="telegram-poller"))
    stack.push_async_callback(_cancelled, tasks)


async def _introduce(settings: Settings, telegram: TelegramChannel, poller: Poller | None, texts: Texts) -> None:
    """Tell Telegram where updates go and which commands there are, again and again until it listens."""
    webhook = settings.telegram if poller is None else None
    while True:
        try:
            if webhook and webhook.webhook_url and webhook.webhook_secret:
                await telegram.use_webhook(webhook.webhook_url, webhook.webhook_secret.get_secret_value())
            elif poller is not None:
                await telegram.use_polling()
            await telegram.set_commands(menus(texts))
        except SendError as error:
            log.warning("telegram did not take the command menus or the webhook", error=str(error))
            await asyncio.sleep(INTRODUCTION_PAUSE)
        else:
            return


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _jobs(helpdesk: HelpDesk, outbox: Outbox, health: Readiness, timekeeper: Timekeeper) -> list[Job]:
    return [
        Job("timers", 1.0, timekeeper.sweep),
        Job("levels", 0.25, lambda: levels.rearm(helpdesk)),
        Job("figures", 5.0, health.measure),
        Job("orphans", 15.0, lambda: _release(helpdesk, outbox)),
        Job("pruning", 60.0, lambda: upkeep.prune(helpdesk)),
    ]


async def _release(helpdesk: HelpDesk, outbox: Outbox) -> None:
    """Rows of workers whose lease ended go back into their lanes."""
    await inbox_store.release_orphans(helpdesk.epoch, helpdesk.now(), all_others=False)
    await outbox.recover()
