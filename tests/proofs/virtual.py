"""Real doors and real parsers before a house whose clock is moved by hand: days pass without waiting."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from aiohttp import ClientSession

from adapters.telegram.capabilities import CAPABILITIES as TELEGRAM
from adapters.telegram.parse import Parser
from adapters.telegram.updates import webhook_route
from adapters.web import create_web, post, serve
from adapters.whatsapp.limits import CAPABILITIES as WHATSAPP
from adapters.whatsapp.parse import parse
from adapters.whatsapp.signature import HEADER, sign
from adapters.whatsapp.webhook import receive
from bot import inbox
from bot.outbox import Outbox
from bot.ports import Item
from bot.services import upkeep
from store import db
from tests.builders import House, house
from tests.fakes import FakeChannel, FakeDesk, HandClock
from tests.proofs.doors import WORD, WORD_HEADER

APP_SECRET = "an-app-secret-of-the-proofs"
BOT_ID = 4242
PHONE_NUMBER_ID = "100000000000001"
GROUP = "-1001000000001"
"""The agents' group of the recorded payloads."""


class NobodyAsks:
    """Health, of which nothing is proved here."""

    async def readiness(self) -> tuple[bool, dict[str, object]]:
        return True, {}


class Street:
    """A house behind its two doors. `house` and what it listens on live as long as `opened` lasts."""

    def __init__(self, house: House, address: str, http: ClientSession) -> None:
        self.house = house
        self._address = address
        self._http = http

    async def deliver(self, channel: str, body: bytes) -> int:
        """POST as the platform would; returns the HTTP status."""
        proof = (HEADER, sign(APP_SECRET, body)) if channel == "whatsapp" else (WORD_HEADER, WORD)
        async with self._http.post(self._address + channel, data=BytesIO(body), headers=[proof]) as answer:
            return answer.status

    async def works_off(self) -> None:
        """Everything that was delivered, worked on to its end."""
        while await inbox.drain(self.house.helpdesk):
            pass

    async def lets_pass(self, seconds: float) -> None:
        """Time, and what is due by then: timers, sending, forgetting."""
        self.house.clock.move(seconds)
        while await upkeep.sweep(self.house.helpdesk):
            pass
        await self.house.deliver()
        while await upkeep.prune(self.house.helpdesk):
            pass


class Outside:
    """What a restart does not touch: time, and the platforms with the numbers they give to messages."""

    def __init__(self, now: int) -> None:
        self.clock = HandClock(now)
        reader = Parser(bot_id=BOT_ID, groups=[GROUP], now=self.clock.now, username="gise_bot")
        self.telegram = FakeDesk("telegram", TELEGRAM, GROUP, read=reader.parse)
        self.whatsapp = FakeChannel("whatsapp", WHATSAPP, read=lambda raw: parse(raw, PHONE_NUMBER_ID))

    def housed(self, folder: Path) -> House:
        """A house that lives in this world; its database must be open."""
        built = house(folder, telegram=self.telegram)
        channels = {"telegram": self.telegram, "whatsapp": self.whatsapp}
        helpdesk = replace(built.helpdesk, clock=self.clock, channels=channels)
        return replace(built, helpdesk=helpdesk, clock=self.clock, whatsapp=self.whatsapp, outbox=Outbox(helpdesk))


@asynccontextmanager
async def street(folder: Path, outside: Outside) -> AsyncIterator[Street]:
    """Open house and doors on the data in `folder`; again on the same folder it is the same house after a restart."""
    await db.open_database(f"sqlite://{folder}/gise.sqlite3")
    built = outside.housed(folder)

    async def accept(items: Sequence[Item], cursor: int | None = None) -> None:
        await inbox.accept(built.helpdesk, items)

    routes = [
        post("/whatsapp", receive([APP_SECRET], accept)),
        post("/telegram", webhook_route(WORD, accept, BOT_ID)),
    ]
    server = await serve(create_web(routes, NobodyAsks(), bytes), "127.0.0.1", 0)
    try:
        async with ClientSession() as http:
            yield Street(built, f"http://127.0.0.1:{server.port}/", http)
    finally:
        await server.stop()
        await db.close_database()
