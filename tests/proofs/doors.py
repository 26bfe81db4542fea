"""The doors in as the proofs meet them: the sandbox's platforms, the unchanged application, one HTTP client."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientSession, TCPConnector

from adapters.sandbox.players import comes_true
from adapters.sandbox.world import World
from adapters.whatsapp.signature import HEADER as SIGNATURE
from config.app import App, opened
from config.settings import load_settings
from store import inbox

WORD = "a-word-between-telegram-and-the-proofs"
"""What Telegram's webhooks carry as proof that they are Telegram's."""
WORD_HEADER = "X-Telegram-Bot-Api-Secret-Token"
TODAY = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
CONNECTIONS = 16
PAYLOADS = Path(__file__).parents[1] / "adapters" / "payloads"

T = TypeVar("T")
Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Both endpoints of a running Gişe. Posts carry the right proof of their sender unless `headers` are given."""

    world: World
    app: App
    http: ClientSession

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.app.port}/webhooks/"

    async def whatsapp(self, body: bytes, headers: Headers | None = None) -> int:
        """POST as Meta; returns the answer's HTTP status."""
        signed = [(SIGNATURE, self.world.whatsapp.webhooks.signature(body))]
        return await self._post("whatsapp", body, signed if headers is None else headers)

    async def telegram(self, body: bytes, headers: Headers | None = None) -> int:
        """POST as Telegram; returns the answer's HTTP status."""
        return await self._post("telegram", body, [(WORD_HEADER, WORD)] if headers is None else headers)

    async def settled(self, patience: float = 60.0) -> None:
        """Wait until every stored update was worked on."""
        await comes_true(inbox.idle, "the inbox to be worked off", patience)

    async def _post(self, door: str, body: bytes, headers: Headers) -> int:
        async with self.http.post(self.address + door, data=BytesIO(body), headers=headers) as answer:
            await answer.read()
            return answer.status


@asynccontextmanager
async def platforms(folder: Path, *, at: datetime = TODAY) -> AsyncIterator[World]:
    """Both platforms without their rate limits, on a fixed day."""
    world = World(folder, limits=False)
    world.clock.move(at.timestamp() - world.clock.now())
    await world.start()
    try:
        yield world
    finally:
        await world.stop()


@asynccontextmanager
async def doors(world: World, folder: Path, *, mode: str = "webhook", **settings: str) -> AsyncIterator[Doors]:
    """Gişe, opened on the data in `folder`; opened again on the same folder it is the same Gişe after a restart."""
    own = {"GISE_DATA_DIR": str(folder / "data"), "GISE_HTTP__PORT": "0", "GISE_TELEGRAM__MODE": mode}
    if mode == "webhook":
        own["GISE_TELEGRAM__WEBHOOK_SECRET"] = WORD
    async with (
        opened(load_settings(world.environment() | own | settings, None)) as app,
        ClientSession(connector=TCPConnector(limit=CONNECTIONS)) as http,
    ):
        yield Doors(world=world, app=app, http=http)


def whatsapp_body(about: str, messages: Iterable[dict[str, Any]], names: dict[str, str] | None = None) -> bytes:
    """One webhook of the phone number id `about` with these messages, and the contacts `names` (wa_id to name)."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": about},
        "contacts": [{"profile": {"name": name}, "wa_id": wa_id} for wa_id, name in (names or {}).items()],
        "messages": list(messages),
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def whatsapp_text(sender: str, wamid: str, at: float, words: str) -> dict[str, Any]:
    """A text message; `at` in seconds."""
    return {"from": sender, "id": wamid, "timestamp": str(int(at)), "type": "text", "text": {"body": words}}


def telegram_text(user_id: int, message_id: int, at: float, words: str) -> dict[str, Any]:
    """An update, still without its number, with a text in a private chat; `at` in seconds."""
    person = {"id": user_id, "is_bot": False, "first_name": f"Kişi {user_id}"}
    chat = {"id": user_id, "type": "private", "first_name": f"Kişi {user_id}"}
    return {"message": {"message_id": message_id, "from": person, "chat": chat, "date": int(at), "text": words}}


def recorded(channel: str) -> dict[str, bytes]:
    """The recorded payloads of a channel by name."""
    return {file.stem: file.read_bytes() for file in sorted((PAYLOADS / channel).glob("*.json"))}


async def all_of(works: Iterable[Coroutine[Any, Any, T]], at_once: int) -> list[T]:
    """Await all, at most so many at a time; the first that fails ends it."""
    slots = asyncio.Semaphore(at_once)

    async def one(work: Coroutine[Any, Any, T]) -> T:
        try:
            async with slots:
                return await work
        finally:
            work.close()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(work)) for work in works]
    return [task.result() for task in tasks]
