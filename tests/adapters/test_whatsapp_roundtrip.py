"""Our two ends of WhatsApp against the sandbox's: its webhooks into our door, our calls into its Graph API."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.whatsapp import WhatsAppServer
from adapters.web import BODY_LIMIT
from adapters.whatsapp.channel import WhatsAppChannel
from adapters.whatsapp.webhook import challenge, receive
from bot.domain.message import (
    Attachment,
    Edited,
    Event,
    Inbound,
    Kind,
    Pressed,
    Reacted,
    Receipt,
    ReceiptStatus,
    Revoked,
    Said,
)
from bot.domain.outgoing import Address, Button, Part
from bot.ports import Item

AYSE, MEHMET = "905550000001", "905550000002"
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 64


class Inbox:
    """What our door took in, by key, as the inbox table would keep it."""

    def __init__(self) -> None:
        self.rows: dict[str, Item] = {}

    async def accept(self, items: list[Item]) -> None:
        for item in items:
            self.rows.setdefault(item.key, item)

    def told(self, channel: WhatsAppChannel) -> list[Inbound]:
        return [channel.parse(item.raw) for item in self.rows.values()]


@pytest.fixture
async def graph(tmp_path: Path) -> AsyncIterator[WhatsAppServer]:
    server = WhatsAppServer(SandboxClock(tmp_path / "clock"), Changes())
    server.add_contact(AYSE, "Ayşe Yılmaz")
    server.add_contact(MEHMET, "Mehmet Demir", user_id="TR.9f3kQ2x7Lm0", username="mehmet", phone_visible=False)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def inbox(graph: WhatsAppServer) -> AsyncIterator[Inbox]:
    inbox = Inbox()
    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_get("/webhooks/whatsapp", challenge(graph.verify_token))
    app.router.add_post("/webhooks/whatsapp", receive([graph.app_secret], inbox.accept))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    graph.webhook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/whatsapp"
    yield inbox
    await runner.cleanup()


@pytest.fixture
async def channel(graph: WhatsAppServer) -> AsyncIterator[WhatsAppChannel]:
    channel = WhatsAppChannel(graph.token, graph.phone_number_id, graph.business_account_id, graph.base_url)
    yield channel
    await channel.close()


async def test_the_handshake_succeeds(graph: WhatsAppServer, inbox: Inbox) -> None:
    assert await graph.verify_webhook()
    assert inbox.rows == {}


async def test_what_a_customer_does_arrives_as_events(
    graph: WhatsAppServer, inbox: Inbox, channel: WhatsAppChannel
) -> None:
    said = graph.say(MEHMET, "Yazıcı bozuk")
    graph.edit(MEHMET, said, "Yazıcı çok bozuk")
    graph.react(MEHMET, said, "👍")
    graph.react(MEHMET, said, None)
    graph.revoke(MEHMET, said)
    await graph.settle()
    told = inbox.told(channel)
    assert [type(event) for event in told] == [Said, Edited, Reacted, Reacted, Revoked]
    assert {event.author.keys for event in told if isinstance(event, Event)} == {("bsuid:TR.9f3kQ2x7Lm0",)}
    assert [event.external_id for event in told if isinstance(event, Said | Edited | Revoked)] == [said] * 3


async def test_a_press_brings_back_our_token(graph: WhatsAppServer, inbox: Inbox, channel: WhatsAppChannel) -> None:
    graph.say(MEHMET, "Merhaba")
    question = Part(text="Ne hakkında?", rows=((Button(title="Arıza", token="t:4f2a"),),))
    wamid = await channel.send(Address(chat="TR.9f3kQ2x7Lm0"), question)
    graph.press(MEHMET, wamid, title="Arıza")
    await graph.settle()
    (pressed,) = [event for event in inbox.told(channel) if isinstance(event, Pressed)]
    assert (pressed.token, pressed.title, pressed.message_id) == ("t:4f2a", "Arıza", wamid)


async def test_receipts_bring_back_the_tracker(graph: WhatsAppServer, inbox: Inbox, channel: WhatsAppChannel) -> None:
    graph.say(AYSE, "Merhaba")
    wamid = await channel.send(Address(chat=AYSE), Part(text="Selam"), tracker="outbox:17")
    await graph.settle()
    graph.read(AYSE, wamid)
    await graph.settle()
    receipts = [event for event in inbox.told(channel) if isinstance(event, Receipt)]
    assert {(receipt.external_id, receipt.tracker) for receipt in receipts} == {(wamid, "outbox:17")}
    assert {receipt.status for receipt in receipts} == {ReceiptStatus.SENT, ReceiptStatus.DELIVERED, ReceiptStatus.READ}


async def test_a_late_failure_says_why(graph: WhatsAppServer, inbox: Inbox, channel: WhatsAppChannel) -> None:
    graph.say(AYSE, "Merhaba")
    graph.shut_window(AYSE)
    await channel.send(Address(chat=AYSE), Part(text="Selam"), tracker="outbox:18")
    await graph.settle()
    (failed,) = [event for event in inbox.told(channel) if isinstance(event, Receipt)]
    assert (failed.status, failed.tracker) == (ReceiptStatus.FAILED, "outbox:18")
    assert channel.explain(failed.error_code).window_closed


async def test_a_customers_file_can_be_fetched(
    graph: WhatsAppServer, inbox: Inbox, channel: WhatsAppChannel, tmp_path: Path
) -> None:
    graph.send_file(AYSE, "image", PNG, mime="image/png", caption="Ekran")
    await graph.settle()
    (event,) = inbox.told(channel)
    assert isinstance(event, Said)
    assert isinstance(event.content.attachment, Attachment)
    assert (event.content.text, event.content.kind) == ("Ekran", Kind.PHOTO)
    fetched = await channel.fetch(event.content.attachment, tmp_path, channel.capabilities.download)
    assert (fetched.path.read_bytes(), fetched.mime) == (PNG, "image/png")


async def test_doubled_batched_and_shuffled_webhooks_change_nothing(
    graph: WhatsAppServer, inbox: Inbox, channel: WhatsAppChannel
) -> None:
    graph.webhooks.duplicate, graph.webhooks.batch = 3, True
    said = {graph.say(who, f"söz {number}") for number in range(5) for who in (AYSE, MEHMET)}
    await graph.settle()
    events = [event for event in inbox.told(channel) if isinstance(event, Said)]
    assert {event.external_id for event in events} == said
    assert len(events) == len(said)
