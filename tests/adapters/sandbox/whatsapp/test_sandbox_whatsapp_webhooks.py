"""Webhooks: signed, redelivered, doubled, batched and shuffled, as Meta does it."""

import asyncio
import hashlib
import hmac
from typing import TYPE_CHECKING

import orjson
import pytest
from pywa_async.client import WhatsApp
from pywa_async.errors import WhatsAppError

from adapters.sandbox.whatsapp import WhatsAppServer

if TYPE_CHECKING:
    from tests.adapters.sandbox.whatsapp.conftest import Receiver

AYSE = "905550000001"


def texts(receiver: "Receiver") -> list[str]:
    return [item["text"]["body"] for item in receiver.items("messages")]


async def test_a_webhook_is_signed_over_its_raw_bytes(server: WhatsAppServer, receiver: "Receiver") -> None:
    server.say(AYSE, "Çok güzel 🙂 a/b")
    await server.settle()
    [(body, signature)] = receiver.posts
    expected = hmac.new(server.app_secret.encode(), body, hashlib.sha256).hexdigest()
    assert signature == f"sha256={expected}"
    assert texts(receiver) == ["Çok güzel 🙂 a/b"]
    # As Meta writes it: a receiver that signs its own serialisation would refuse this body.
    assert b"\\u00c7ok" in body
    assert b"a\\/b" in body


async def test_the_handshake_needs_the_verify_token(server: WhatsAppServer, receiver: "Receiver") -> None:
    assert await server.verify_webhook()
    receiver.verify_token = "another"
    assert not await server.verify_webhook()
    server.webhook_url = "http://127.0.0.1:1/hook"
    assert not await server.verify_webhook()


async def test_a_webhook_comes_again_until_it_is_taken(server: WhatsAppServer, receiver: "Receiver") -> None:
    receiver.answers = [500, 503]
    server.say(AYSE, "bir")
    server.say(AYSE, "iki")
    await server.settle()
    assert sorted(texts(receiver)) == ["bir", "iki"]
    assert sorted(delivery.attempts for delivery in server.deliveries) == [[500, 200], [503, 200]]


async def test_settle_tells_when_a_webhook_is_never_taken(server: WhatsAppServer, receiver: "Receiver") -> None:
    receiver.answers = [500] * 100
    server.say(AYSE, "bir")
    with pytest.raises(TimeoutError, match="webhooks"):
        await server.settle(0.1)
    assert not server.deliveries[0].done


async def test_webhooks_wait_for_an_address(server: WhatsAppServer, receiver: "Receiver") -> None:
    server.webhook_url = ""
    server.say(AYSE, "bir")
    with pytest.raises(TimeoutError):
        await server.settle(0.05)
    server.webhook_url = receiver.url
    await server.settle()
    assert texts(receiver) == ["bir"]


async def test_duplicates_are_the_same_bytes_twice(server: WhatsAppServer, receiver: "Receiver") -> None:
    server.webhooks.duplicate = 1
    server.say(AYSE, "bir")
    await server.settle()
    first, second = receiver.posts
    assert first == second


async def test_a_batch_carries_several_entries_messages_and_statuses(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp
) -> None:
    server.add_contact("905550000002", "Deniz")
    server.webhooks.batch = True
    server.webhooks.hold()
    server.say(AYSE, "bir")
    server.say("905550000002", "iki")
    await wa.send_message(AYSE, "üç")
    await server.changes.wait_for(lambda: server.messages(AYSE)[-1]["status"] == "delivered")
    server.webhooks.release()
    await server.settle()
    [(body, _)] = receiver.posts
    assert len(orjson.loads(body)["entry"]) == 2
    [value] = receiver.values("messages")
    assert [m["text"]["body"] for m in value["messages"]] == ["bir", "iki"]
    assert [c["profile"]["name"] for c in value["contacts"]] == ["Ayşe", "Deniz"]
    [receipts] = receiver.values("statuses")
    assert [s["status"] for s in receipts["statuses"]] == ["sent", "delivered"]


async def test_shuffle_reorders_what_waits_together(server: WhatsAppServer, receiver: "Receiver") -> None:
    server.webhooks.shuffle(seed=4)
    server.webhooks.hold()
    said = [server.say(AYSE, str(n)) for n in range(8)]
    server.webhooks.release()
    await server.settle()
    got = [item["id"] for item in receiver.items("messages")]
    assert sorted(got) == sorted(said)
    assert got != said


async def test_webhooks_keep_their_order_by_default(server: WhatsAppServer, receiver: "Receiver") -> None:
    for n in range(20):
        server.say(AYSE, str(n))
    await server.settle()
    assert texts(receiver) == [str(n) for n in range(20)]


async def test_concurrent_webhooks_all_arrive(server: WhatsAppServer, receiver: "Receiver") -> None:
    server.webhooks.concurrency = 10
    for n in range(50):
        server.say(AYSE, str(n))
    await server.settle()
    assert sorted(texts(receiver), key=int) == [str(n) for n in range(50)]


async def test_subscribing_with_an_address_verifies_it_first(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp
) -> None:
    server.webhook_url = ""
    account = server.business_account_id
    with pytest.raises(WhatsAppError) as refused:
        await wa.api.set_waba_alternate_callback_url(account, receiver.url, "wrong")
    assert refused.value.code == 2200
    assert not server.webhook_url
    await wa.api.set_waba_alternate_callback_url(account, receiver.url, receiver.verify_token)
    assert server.webhook_url == receiver.url


async def test_without_a_subscription_nothing_is_sent(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp
) -> None:
    await wa.api.send_raw_request("DELETE", f"/{server.business_account_id}/subscribed_apps")
    server.say(AYSE, "bir")
    await asyncio.wait_for(server.settle(), 1)
    assert receiver.posts == []
