"""Every recorded payload through the real endpoints: answered 200, kept, and shown as content or by its name."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from adapters.sandbox.players import comes_true
from adapters.sandbox.world import World
from adapters.whatsapp.split import split
from bot.domain.errors import Unparsable
from bot.domain.ledger import LedgerMessage
from bot.domain.message import Content, Edited, Event, Inbound, Said
from config.app import App, opened
from config.settings import load_settings
from store import inbox, messages
from store.sql import rows

PAYLOADS = Path(__file__).parent.parent / "adapters" / "payloads"
SECRET = "corpus-secret"
COMMANDS = ("/start", "menü")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Both platforms without their rate limits."""
    world = World(tmp_path, limits=False)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def app(world: World, tmp_path: Path) -> AsyncIterator[App]:
    """Gişe with both webhooks open."""
    own = {
        "GISE_DATA_DIR": str(tmp_path / "data"),
        "GISE_HTTP__PORT": "0",
        "GISE_TELEGRAM__MODE": "webhook",
        "GISE_TELEGRAM__WEBHOOK_SECRET": SECRET,
    }
    async with opened(load_settings(world.environment() | own, None)) as app:
        yield app


def telegram_bodies() -> Iterator[bytes]:
    """Each file as an update of its own from a person of its own."""
    for nth, file in enumerate(sorted((PAYLOADS / "telegram").glob("*.json"))):
        raw = file.read_bytes().replace(b"700001", b"%d" % (710_000 + nth))
        try:
            update = json.loads(raw)
        except ValueError:
            yield raw
            continue
        if isinstance(update, dict) and "update_id" in update:
            update["update_id"] = 900_000 + nth
        yield json.dumps(update).encode()


def whatsapp_bodies() -> Iterator[bytes]:
    """Each file with messages and people of its own."""
    for nth, file in enumerate(sorted((PAYLOADS / "whatsapp").glob("*.json"))):
        raw = file.read_bytes().replace(b"wamid.", b"wamid.F%d" % nth)
        yield raw.replace(b"9055500000", b"90555%05d" % nth).replace(b"TR.9000000000", b"TR.9%09d" % nth)


async def settled() -> None:
    await comes_true(inbox.idle, "the inbox to be worked off")


async def in_the_ledger(channel: str, external_id: str) -> LedgerMessage | None:
    found = await rows(
        "SELECT message_id FROM post WHERE external_id = ? AND place LIKE ? || ':%'", external_id, channel
    )
    return await messages.get(found[0]["message_id"]) if found else None


async def lost(app: App, channel: str, events: list[Inbound]) -> list[str]:
    """What customers said that is neither in a ledger nor on its way to the agents."""
    missing = []
    for event in events:
        if isinstance(event, Said | Edited) and event.desk is None and not event.content.text.startswith(COMMANDS):
            message = await in_the_ledger(channel, event.external_id)
            if message is None or not await shown(app, message):
                missing.append(f"{event.external_id}: {event.content}")
    return missing


async def shown(app: App, message: LedgerMessage) -> bool:
    """Whether the errand that brings the message to the topic carries its words, its file or its name."""
    found = await rows(
        "SELECT op, payload FROM outbox WHERE channel = 'desk' AND ticket_id = ? AND op IN ('send', 'album') AND ("
        "message_id = ? OR EXISTS (SELECT 1 FROM json_each(payload, '$.messages') WHERE value = ?))",
        message.ticket_id,
        message.id,
        message.id,
    )
    wanted = json.dumps(named(app, message.content), ensure_ascii=False)[1:-1]
    return any(wanted in row["payload"] or (message.album and row["op"] == "album") for row in found)


def named(app: App, content: Content) -> str:
    """The words that must be seen: the placeholder's name, or the first line of what was written."""
    if content.placeholder:
        return app.helpdesk.desk_text(f"placeholder-{content.placeholder}")
    return content.text.split("\n")[0][:60]


def parsed(app: App, channel: str, raws: list[bytes]) -> tuple[list[Inbound], int]:
    events, unparsable = [], 0
    for raw in raws:
        try:
            events.append(app.helpdesk.channels[channel].parse(raw))
        except Unparsable:
            unparsable += 1
    return events, unparsable


async def kept_whole(app: App, channel: str, raws: list[bytes]) -> None:
    """Nothing waits, only what is unparsable is parked, nothing said is lost, no ticket came of anything else."""
    await settled()
    events, unparsable = parsed(app, channel, raws)
    assert sum(isinstance(event, Event) for event in events) > 40
    assert await lost(app, channel, events) == []
    parked = await rows("SELECT error FROM inbox WHERE state = 'parked'")
    assert [row["error"] for row in parked if not row["error"].startswith("unparsable")] == []
    assert len(parked) == unparsable
    assert await rows("SELECT id FROM inbox WHERE attempts > 1") == []
    speechless = "SELECT number FROM ticket WHERE id NOT IN (SELECT ticket_id FROM message WHERE author = 'requester')"
    assert await rows(speechless) == []


async def test_every_recorded_update_of_telegram_is_kept_and_shown(world: World, app: App) -> None:
    bodies = list(telegram_bodies())
    async with ClientSession(headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}) as http:
        for body in bodies:
            async with http.post(f"http://127.0.0.1:{app.port}/webhooks/telegram", data=body) as answer:
                assert answer.status == 200
    await kept_whole(app, "telegram", bodies)
    assert len(await rows("SELECT id FROM inbox")) == len(bodies)


async def test_every_recorded_webhook_of_whatsapp_is_kept_and_shown(world: World, app: App) -> None:
    raws = []
    async with ClientSession() as http:
        for body in whatsapp_bodies():
            signed = {"X-Hub-Signature-256": world.whatsapp.webhooks.signature(body)}
            async with http.post(f"http://127.0.0.1:{app.port}/webhooks/whatsapp", data=body, headers=signed) as answer:
                assert answer.status == 200
            raws += [item.raw for item in split(body)]
    await kept_whole(app, "whatsapp", raws)
