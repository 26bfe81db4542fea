"""The platforms' clients. Loading them takes seconds, so nothing that must answer at once imports this."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import structlog

from adapters.telegram.channel import TelegramChannel
from adapters.telegram.updates import Poller
from adapters.whatsapp.channel import WhatsAppChannel
from bot import inbox
from bot.domain.errors import SendError
from bot.helpdesk import HelpDesk
from bot.ports import Channel, Clock, Item
from config.menus import menus
from config.settings import Settings
from store import desk
from store import inbox as inbox_store

INTRODUCTION_PAUSE = 30.0
"""Seconds until Telegram is told again where updates go."""

_LOOK_SECONDS = 5.0
"""How long the start waits for Telegram to tell what the agents' groups are."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Platforms:
    """The vendors' clients; the desk lives in Telegram whether customers do or not."""

    telegram: TelegramChannel
    whatsapp: WhatsAppChannel | None
    channels: dict[str, Channel]


async def connected(settings: Settings, clock: Clock, stack: AsyncExitStack) -> Platforms:
    """Make the clients; they close with the stack."""
    teams = {await desk.newest_chat(chat): team for chat, team in settings.telegram.teams.items()}
    telegram = TelegramChannel(
        settings.telegram.token.get_secret_value(),
        now=clock.now,
        groups=list(teams),
        teams=teams,
        helpers=settings.telegram.helpers,
        api_base=settings.telegram.api_base,
        group_writes_per_minute=settings.telegram.group_writes_per_minute,
    )
    stack.push_async_callback(telegram.close)
    channels: dict[str, Channel] = {telegram.name: telegram} if settings.telegram.customers else {}
    whatsapp = None
    if settings.whatsapp is not None:
        whatsapp = WhatsAppChannel(
            settings.whatsapp.token.get_secret_value(),
            settings.whatsapp.phone_number_id,
            settings.whatsapp.business_account_id or "",
            settings.whatsapp.graph_url,
        )
        stack.push_async_callback(whatsapp.close)
        channels[whatsapp.name] = whatsapp
    await _look_at_the_groups(telegram)
    return Platforms(telegram, whatsapp, channels)


async def _look_at_the_groups(telegram: TelegramChannel) -> None:
    """Forums or plain groups, and our own name. Without an answer we start all the same and assume forums."""
    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            found = await telegram.inspect()
    except (SendError, TimeoutError) as error:
        log.warning("telegram could not be asked about the agents' groups", error=str(error) or type(error).__name__)
        return
    for group in found.groups:
        if group.problem:
            log.warning("an agents' group cannot be seen; run `gise check`", problem=group.problem)


def poller_of(settings: Settings, helpdesk: HelpDesk, telegram: TelegramChannel) -> Poller | None:
    """Who asks Telegram for updates; nobody where Telegram posts them."""
    if settings.telegram.mode != "polling":
        return None
    name = f"telegram:{telegram.bot_id}"

    async def accept(items: Sequence[Item], cursor: int | None = None) -> None:
        await inbox.accept(helpdesk, items, None if cursor is None else (name, cursor))

    async def load_offset() -> int:
        return await inbox_store.cursor(name)

    return Poller(
        bot_id=telegram.bot_id,
        token=settings.telegram.token.get_secret_value(),
        api_base=settings.telegram.api_base,
        accept=accept,
        load_offset=load_offset,
    )


class Introduction:
    """Tells Telegram where updates go and which commands there are; `done` once Telegram has listened."""

    def __init__(self, settings: Settings, telegram: TelegramChannel) -> None:
        self.done = False
        self._settings = settings.telegram
        self._telegram = telegram

    async def run(self, helpdesk: HelpDesk) -> None:
        """Again and again, until it is done."""
        while not self.done:
            try:
                await self.tell_where_updates_go()
                await self._telegram.set_commands(menus(helpdesk.texts))
                self.done = True
            except SendError as error:
                told = f"{error}: {error.detail}"  # which is about ourselves and quotes nobody
                log.warning("telegram did not take the command menus or the webhook", error=told)
                await asyncio.sleep(INTRODUCTION_PAUSE)

    async def tell_where_updates_go(self) -> None:
        """Set the webhook, or take it away where we poll. Raises `SendError`."""
        where = self._settings
        if where.mode == "polling":
            await self._telegram.use_polling()
        elif where.webhook_url and where.webhook_secret:
            await self._telegram.use_webhook(where.webhook_url, where.webhook_secret.get_secret_value())
