"""The door in, seen from Meta: repeated, reordered, batched and forged webhooks, and ours that were not taken."""

import asyncio
import json
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientSession

from adapters.sandbox.page.cast import AYSE, EMRE
from adapters.sandbox.players import Phone, topic, topics
from adapters.sandbox.world import World
from bot.domain.ticket import ActorKind
from config.app import App, opened
from config.settings import Settings
from store import inbox, messages, tickets
from store.dialect import Dialect
from store.sql import rows

pytestmark = pytest.mark.both_databases

SIGNATURE = "X-Hub-Signature-256"
MEGABYTE = 2**20


def address(app: App) -> str:
    return f"http://127.0.0.1:{app.port}/webhooks/whatsapp"


def posts(world: World, number: str, words: str) -> int:
    """How often the words stand in the ticket's topic, its card and name aside."""
    drawn = next(one for one in topics(world) if number in one["name"])
    return sum(words in message["text"] for message in drawn["messages"] if "👤" in message["text"].split("\n")[0])


def text_body(world: World, words: str, wamid: str, **padding: object) -> bytes:
    """A webhook with one text of Ayşe's, in Meta's shape."""
    message = {"from": AYSE.address, "id": wamid, "timestamp": str(int(world.clock.now())), "type": "text"}
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": world.whatsapp.phone_number_id},
        "contacts": [{"profile": {"name": AYSE.name}, "wa_id": AYSE.address}],
        "messages": [message | {"text": {"body": words}} | padding],
    }
    change = {"field": "messages", "value": value}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}).encode()


async def said_in(number: str) -> list[str]:
    """What the requester said, as the ticket's ledger has it."""
    ticket = await tickets.by_number(number)
    assert ticket is not None
    found = await messages.of_ticket(ticket.id)
    return [one.content.text for one in found if one.author is ActorKind.REQUESTER]


async def test_a_webhook_that_comes_three_times_counts_once(world: World, app: App, ayse: Phone) -> None:
    world.whatsapp.webhooks.duplicate = 2
    ayse.says("Yazıcı bozuk")
    await ayse.hears("#2026-000001")
    desk = await topic(world, "#2026-000001")
    ayse.says("Kâğıt da bitti")
    await desk.shows("Kâğıt da bitti")
    await world.whatsapp.settle()
    assert await said_in("2026-000001") == ["Yazıcı bozuk", "Kâğıt da bitti"]
    assert posts(world, "#2026-000001", "Yazıcı bozuk") == 1
    assert sum("#2026-000001" in message["text"] for message in ayse.messages) == 1
    assert len(await tickets.listing()) == 1


async def test_one_shuffled_batch_of_two_people_reaches_two_tickets_whole(
    world: World, app: App, ayse: Phone, emre: Phone
) -> None:
    hooks = world.whatsapp.webhooks
    hooks.hold()
    hooks.batch = True
    hooks.shuffle(7)
    for turn in range(4):
        ayse.says(f"Ayşe {turn}")
        emre.says(f"Emre {turn}")
    hooks.release()
    await ayse.hears("Talep numaranız")
    await emre.hears("Talep numaranız")
    await world.whatsapp.settle()
    async with asyncio.timeout(10):
        while not await inbox.idle():
            pass
    found = {ticket.conversation_id: await said_in(ticket.number) for ticket in await tickets.listing()}
    assert sorted(map(sorted, found.values())) == [[f"{who} {turn}" for turn in range(4)] for who in ("Ayşe", "Emre")]


@pytest.mark.parametrize("backend", [Dialect.SQLITE])  # PostgreSQL knows a renamed table again
async def test_what_was_not_stored_gets_a_503_and_is_taken_when_it_comes_again(
    world: World, app: App, ayse: Phone
) -> None:
    await rows("ALTER TABLE inbox RENAME TO inbox_away")
    ayse.says("Beni kaybetmeyin")
    await world.changes.wait_for(lambda: any(d.status == 503 for d in world.whatsapp.deliveries), 20.0, what="a 503")
    await rows("ALTER TABLE inbox_away RENAME TO inbox")
    await ayse.hears("#2026-000001")
    await world.whatsapp.settle()
    assert await said_in("2026-000001") == ["Beni kaybetmeyin"]


async def test_words_said_while_gise_is_down_arrive_once_after_the_start(world: World, settings: Settings) -> None:
    ayse, emre = Phone(world, AYSE.key), Phone(world, EMRE.key)
    async with opened(settings) as app:
        world.whatsapp.webhook_url = address(app)
        ayse.says("Birinci")
        await ayse.hears("#2026-000001")
        await world.whatsapp.settle()
    ayse.says("İkinci")
    emre.says("Ben de varım")
    await world.changes.wait_for(lambda: 0 in world.whatsapp.deliveries[-1].attempts, what="an unanswered webhook")
    async with opened(settings) as app:
        world.whatsapp.webhook_url = address(app)
        desk = await topic(world, "#2026-000001")
        await desk.shows("İkinci")
        await emre.hears("#2026-000002")
        await world.whatsapp.settle()
        assert await said_in("2026-000001") == ["Birinci", "İkinci"]
        assert await said_in("2026-000002") == ["Ben de varım"]


FORGED = {
    "missing": [],
    "empty": [""],
    "wrong": ["sha256=" + "0" * 64],
    "sha1": ["sha1=0c1c0e5a2c0d4f6b8a9e7d3f5b1a2c3d4e5f6a7b"],
    "bare": ["0" * 64],
    "non-ascii": ["sha256=ığşç" + "0" * 60],
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_webhook_gets_a_401_and_leaves_no_trace(world: World, app: App, headers: list[str]) -> None:
    await _refused(app, text_body(world, "Sahte", "wamid.F"), headers)


async def test_a_signature_that_stands_there_twice_is_none(world: World, app: App) -> None:
    body = text_body(world, "Sahte", "wamid.F")
    await _refused(app, body, [world.whatsapp.webhooks.signature(body)] * 2)


async def test_a_good_signature_of_other_bytes_is_none(world: World, app: App) -> None:
    signature = world.whatsapp.webhooks.signature(text_body(world, "Gerçek", "wamid.F"))
    await _refused(app, text_body(world, "Sahte", "wamid.F"), [signature])


async def _refused(app: App, body: bytes, headers: list[str]) -> None:
    given = [(SIGNATURE, header) for header in headers]
    async with ClientSession() as http, http.post(address(app), data=body, headers=given) as answer:
        assert answer.status == 401
    assert await rows("SELECT id FROM inbox") == []
    assert await tickets.listing() == []


async def test_the_handshake_answers_only_to_the_verify_token(world: World, app: App) -> None:
    assert await world.whatsapp.verify_webhook()
    assert not await world.whatsapp.webhooks.verify(token="another")
    assert not await world.whatsapp.webhooks.verify(token="ığşç")


async def test_three_megabytes_are_taken_and_five_are_not(world: World, app: App, ayse: Phone) -> None:
    large = text_body(world, "Uzun hikâye", "wamid.L", referral={"body": "x" * 3 * MEGABYTE})
    larger = text_body(world, "Daha uzun", "wamid.M", referral={"body": "x" * 5 * MEGABYTE})
    async with ClientSession() as http:
        for body, expected in ((larger, 413), (large, 200)):
            signed = {SIGNATURE: world.whatsapp.webhooks.signature(body)}
            async with http.post(address(app), data=BytesIO(body), headers=signed) as answer:
                assert answer.status == expected
    await (await topic(world, "#2026-000001")).shows("Uzun hikâye")
    assert await said_in("2026-000001") == ["Uzun hikâye"]
