"""The door for webhooks: open a second after the start, long before the platforms' clients are loaded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from adapters.telegram.updates import webhook_route
from adapters.web import Health, NotStored, Route, Server, create_web, get, post, serve
from adapters.whatsapp.webhook import challenge, receive
from bot import inbox, measures
from bot.commits import Full
from bot.helpdesk import Bells
from bot.ports import Clock, Item
from config.settings import Settings

_SOON: Final = {"Retry-After": "1"}


class Opening:
    """What `/readyz` says: `starting` until the house behind the door is up, then whatever the house knows."""

    def __init__(self) -> None:
        self.house: Health | None = None

    async def readiness(self) -> tuple[bool, dict[str, object]]:
        """Ready or not, with the reasons."""
        if self.house is None:
            return False, {"degraded": False, "reasons": ["starting"]}
        return await self.house.readiness()


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Stores what the platforms post; `bells` wake the workers once there are some."""

    clock: Clock
    bells: Bells = field(default_factory=Bells)
    health: Opening = field(default_factory=Opening)

    def now(self) -> int:
        return self.clock.now()

    async def accept(self, items: Sequence[Item], cursor: int | None = None) -> None:
        """Store the items of a webhook. Raises `NotStored`, which is a 503: the platforms repeat what got one."""
        del cursor
        try:
            await inbox.accept(self, items)
        except Full:
            raise NotStored(headers=_SOON) from None
        except Exception as error:  # told of where it was committed, once for all that waited
            raise NotStored(headers=_SOON) from error

    async def open(self, settings: Settings) -> Server:
        """Listen. Raises `OSError` when the address cannot be had."""
        site = create_web(self._routes(settings), self.health, measures.exposition)
        return await serve(site, settings.http.host, settings.http.port)

    def _routes(self, settings: Settings) -> list[Route]:
        routes: list[Route] = []
        if settings.whatsapp is not None:
            secret = settings.whatsapp.app_secret.get_secret_value()
            verify = settings.whatsapp.verify_token.get_secret_value()
            routes.append(get("/webhooks/whatsapp", challenge(verify)))
            routes.append(post("/webhooks/whatsapp", receive([secret], self.accept)))
        telegram = settings.telegram
        if telegram.mode == "webhook" and telegram.webhook_secret is not None:
            secret = telegram.webhook_secret.get_secret_value()
            routes.append(post("/webhooks/telegram", webhook_route(secret, self.accept, telegram.bot_id)))
        return routes
