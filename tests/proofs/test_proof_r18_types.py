"""R18: every kind of update through the real endpoints. What somebody says is seen, and nothing else makes a ticket."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.whatsapp.split import split
from bot.domain.errors import Unparsable
from bot.domain.ledger import LedgerMessage
from bot.domain.message import Content, Edited, Event, Inbound, Said
from config.app import App
from store import messages
from store.sql import rows
from tests.builders import counted
from tests.proofs.corpus import Json, Sample, parts, telegram, whatsapp
from tests.proofs.doors import Doors, doors, platforms
from tests.proofs.proof import Proof

pytestmark = pytest.mark.proof("R18")

COMMANDS = ("/start", "menü")
OURS = "100000000000001"
# What a person sends on Telegram, by the field that carries it. Everything else in a chat is Telegram's own notice.
SPOKEN = """
    text animation audio document live_photo photo sticker story video video_note voice paid_media contact dice game
    poll venue location checklist invoice gift unique_gift gift_upgrade_sent giveaway giveaway_winners passport_data
    successful_payment users_shared user_shared chat_shared web_app_data rich_message hologram
"""
# What Meta sends among the messages without anybody having said something.
# A message in which nothing stands is shown by name: it may hold what Telegram keeps from bots.
UNCLEAR = "nothing_inside"
NEVER_SPOKEN = {"reaction", "revoke", "system", "request_welcome"}
UNSPOKEN = NEVER_SPOKEN | {"button", "interactive"}


def speakers(sample: Sample) -> list[set[str]]:
    """Who says something with it, each by the keys they may be known by; by the platforms' words, not our parser's."""
    if sample.channel == "whatsapp":
        return [
            {f"phone:{message.get('from')}", f"bsuid:{message.get('from_user_id')}"}
            for message, value in parts(sample, "messages")
            if _spoken(message, value)
        ]
    message = _told(sample)
    chat, sender, words = message.get("chat"), message.get("from"), message.get("text")
    if not isinstance(chat, dict) or not isinstance(chat.get("id"), int) or chat.get("type") != "private":
        return []
    person = sender if isinstance(sender, dict) else chat
    command = isinstance(words, str) and words.startswith(COMMANDS)
    if person.get("is_bot") or command or not isinstance(message.get("message_id"), int):
        return []
    return [{f"tg:{person['id']}"}] if set(SPOKEN.split()) & set(message) else []


def _told(sample: Sample) -> Json:
    """Telegram's new message, or nothing."""
    document = sample.document if isinstance(sample.document, dict) else {}
    message = document.get("message")
    return message if isinstance(message, dict) else {}


def silent(sample: Sample) -> bool:
    """Whether nobody says anything with it: reactions, receipts, echoes, notices, changes of the account."""
    if sample.channel == "whatsapp":
        return all(message.get("type") in NEVER_SPOKEN for message, _ in parts(sample, "messages"))
    said = set(SPOKEN.split()) & set(_told(sample))
    return (
        isinstance(sample.document, dict)
        and "edited_message" not in sample.document
        and not said
        and sample.name != UNCLEAR
    )


def people(sample: Sample) -> set[str]:
    """The keys of everybody of this corpus whom the sample names."""
    found = {f"tg:{number}" for number in re.findall(r"\b71\d{4}\b", sample.body.decode(errors="replace"))}
    found |= {f"phone:{number}" for number in re.findall(r"\b90555\d{7}\b", sample.body.decode(errors="replace"))}
    return found | {f"bsuid:{user_id}" for user_id in re.findall(r"TR\.\w+", sample.body.decode(errors="replace"))}


def _spoken(message: Json, value: Json) -> bool:
    """A message with an id and a sender, to our number and to us alone."""
    about = value.get("metadata")
    ours = not isinstance(about, dict) or about.get("phone_number_id") == OURS
    whole = bool(message.get("id")) and bool(message.get("from") or message.get("from_user_id"))
    edit = message.get("type") == "edit" and isinstance(message.get("edit"), dict)
    return ours and whole and not edit and not message.get("group_id") and message.get("type") not in UNSPOKEN


async def in_the_ledger(channel: str, external_id: str) -> LedgerMessage | None:
    found = await rows(
        "SELECT message_id FROM post WHERE external_id = ? AND place LIKE ? || ':%'", external_id, channel
    )
    return await messages.get(found[0]["message_id"]) if found else None


async def lost(app: App, channel: str, events: Sequence[Inbound]) -> list[str]:
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


def parsed(app: App, channel: str, raws: Sequence[bytes]) -> tuple[list[Inbound], int]:
    events, unparsable = [], 0
    for raw in raws:
        try:
            events.append(app.helpdesk.channels[channel].parse(raw))
        except Unparsable:
            unparsable += 1
    return events, unparsable


async def with_tickets(channel: str) -> set[str]:
    """The identity keys of everybody who has a ticket with words of their own in it."""
    found = await rows(
        "SELECT identity.key FROM identity JOIN ticket ON ticket.conversation_id = identity.conversation_id"
        " WHERE identity.channel = ? AND EXISTS (SELECT 1 FROM message"
        " WHERE message.ticket_id = ticket.id AND message.author = 'requester')",
        channel,
    )
    return {row["key"] for row in found}


async def kept_whole(door: Doors, channel: str, samples: Sequence[Sample], raws: Sequence[bytes]) -> tuple[int, int]:
    """Nothing waits, only what is unparsable is parked, nothing said is lost, no ticket came of anything else.

    Returns how many tickets there are, and how many parts were parked.
    """
    await door.settled()
    events, unparsable = parsed(door.app, channel, raws)
    assert sum(isinstance(event, Event) for event in events) > 40
    assert await lost(door.app, channel, events) == []
    parked = await rows("SELECT error FROM inbox WHERE state = 'parked'")
    assert [row["error"] for row in parked if not row["error"].startswith("unparsable")] == []
    assert len(parked) == unparsable
    assert await rows("SELECT id FROM inbox WHERE attempts > 1") == []
    heard = await with_tickets(channel)
    assert [sample.name for sample in samples for keys in speakers(sample) if not heard & keys] == []
    assert [sample.name for sample in samples if silent(sample) and heard & people(sample)] == []
    wordless = "SELECT number FROM ticket WHERE id NOT IN (SELECT ticket_id FROM message WHERE author = 'requester')"
    assert await rows(wordless) == []
    return (await counted())["ticket"], len(parked)


async def test_every_kind_of_update_of_telegram_is_kept_and_shown(tmp_path: Path, proof: Proof) -> None:
    samples = list(telegram())
    async with platforms(tmp_path) as world, doors(world, tmp_path) as door:
        assert {await door.telegram(sample.body) for sample in samples} == {200}
        tickets, parked = await kept_whole(door, "telegram", samples, [sample.body for sample in samples])
        assert len(await rows("SELECT id FROM inbox")) == len(samples)
    proof.tell(
        samples=len(samples),
        spoken=sum(map(len, map(speakers, samples))),
        silent=sum(map(silent, samples)),
        tickets=tickets,
        parked=parked,
    )


async def test_every_kind_of_webhook_of_whatsapp_is_kept_and_shown(tmp_path: Path, proof: Proof) -> None:
    samples = list(whatsapp())
    async with platforms(tmp_path) as world, doors(world, tmp_path) as door:
        assert {await door.whatsapp(sample.body) for sample in samples} == {200}
        raws = [item.raw for sample in samples for item in split(sample.body)]
        tickets, parked = await kept_whole(door, "whatsapp", samples, raws)
    proof.tell(
        samples=len(samples),
        spoken=sum(map(len, map(speakers, samples))),
        silent=sum(map(silent, samples)),
        tickets=tickets,
        parked=parked,
    )
