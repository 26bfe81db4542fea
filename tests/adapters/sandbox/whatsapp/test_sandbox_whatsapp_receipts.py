"""Receipts and the 24 h window: what the business learns of its own messages."""

from typing import TYPE_CHECKING, Any

import pytest
from pywa_async.client import WhatsApp
from pywa_async.errors import ReEngagementMessage
from pywa_async.types.templates import TemplateLanguage

from adapters.sandbox.whatsapp import WhatsAppServer

if TYPE_CHECKING:
    from tests.adapters.sandbox.whatsapp.conftest import Receiver

DAY = 24 * 3600
NUMBER = [{"type": "body", "parameters": [{"type": "text", "text": "#2026-000001"}]}]


def steps(receiver: "Receiver", wamid: str) -> list[str]:
    return [item["status"] for item in receiver.items("statuses") if item["id"] == wamid]


async def send_closed(wa: WhatsApp, to: str) -> Any:
    return await wa.send_template(to, "gise_closed", TemplateLanguage.TURKISH, NUMBER)


async def test_a_message_is_sent_then_delivered_then_read_and_echoes_its_tracker(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    sent = await wa.send_message(ayse, "Merhaba", tracker="outbox:7")
    await server.settle()
    assert steps(receiver, sent.id) == ["sent", "delivered"]
    server.read(ayse, sent.id)
    await server.settle()
    assert steps(receiver, sent.id) == ["sent", "delivered", "read"]
    assert {item["biz_opaque_callback_data"] for item in receiver.items("statuses")} == {"outbox:7"}
    assert server.messages(ayse)[-1]["status"] == "read"


async def test_auto_read_reads_and_an_offline_phone_takes_nothing(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    server.auto_read = True
    seen = await wa.send_message(ayse, "a")
    await server.settle()
    assert steps(receiver, seen.id) == ["sent", "delivered", "read"]
    server.auto_deliver = False
    waiting = await wa.send_message(ayse, "b")
    await server.settle()
    assert steps(receiver, waiting.id) == ["sent"]
    server.deliver(waiting.id)
    server.deliver(waiting.id)
    await server.settle()
    assert steps(receiver, waiting.id) == ["sent", "delivered"]


async def test_a_receipt_has_metas_shape_for_a_number_and_for_a_user_id(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp
) -> None:
    server.add_contact("905550000002", "Deniz", user_id="TR.1002", username="deniz", phone_visible=False)
    server.say("905550000002", "Merhaba")
    by_id = await wa.send_message("TR.1002", "a")
    await server.settle()
    by_number = await wa.send_message("905550000002", "b")
    await server.settle()
    sent, delivered, sent_to_number, _ = receiver.values("statuses")
    assert by_id.chat.id == "TR.1002"
    assert by_number.chat.id == "905550000002"
    assert sent["contacts"] == [{"profile": {"name": "Deniz"}, "user_id": "TR.1002"}]
    assert delivered["contacts"][0]["profile"] == {"name": "Deniz", "username": "@deniz"}
    assert delivered["statuses"][0]["recipient_user_id"] == "TR.1002"
    assert "recipient_id" not in delivered["statuses"][0]
    assert sent_to_number["statuses"][0]["recipient_id"] == "905550000002"
    assert sent_to_number["contacts"][0]["wa_id"] == "905550000002"
    assert "conversation" not in sent["statuses"][0]


async def test_outside_the_window_a_message_is_taken_and_fails_later(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    server.clock.move(DAY - 60)
    assert server.window_open(ayse)
    await wa.send_message(ayse, "just in time")
    server.clock.move(61)
    assert not server.window_open(ayse)
    late = await wa.send_message(ayse, "too late", tracker="outbox:8")
    await server.settle()
    assert steps(receiver, late.id) == ["failed"]
    value = receiver.values("statuses")[-1]
    failed = value["statuses"][0]
    assert "contacts" not in value
    assert "recipient_user_id" not in failed
    assert (failed["recipient_id"], failed["biz_opaque_callback_data"]) == (ayse, "outbox:8")
    assert failed["errors"][0]["code"] == 131047
    assert [m["text"]["body"] for m in server.messages(ayse)] == ["Merhaba", "just in time"]
    assert server.message(late.id)["error"]["code"] == 131047


async def test_the_window_can_refuse_at_once_and_opens_with_the_next_word(
    server: WhatsAppServer, wa: WhatsApp, ayse: str
) -> None:
    server.window_errors = "sync"
    server.shut_window(ayse)
    with pytest.raises(ReEngagementMessage):
        await wa.send_message(ayse, "a")
    server.say(ayse, "Orada mısınız?")
    await wa.send_message(ayse, "b")
    assert server.messages(ayse)[-1]["text"]["body"] == "b"


async def test_a_template_passes_a_shut_window_and_is_billed_there_only(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    await send_closed(wa, ayse)
    await server.settle()
    server.shut_window(ayse)
    await send_closed(wa, ayse)
    await server.settle()
    inside, _, outside, _ = [item["pricing"] for item in receiver.items("statuses")]
    assert (inside["billable"], inside["type"]) == (False, "free_customer_service")
    assert (outside["billable"], outside["type"], outside["category"]) == (True, "regular", "utility")


async def test_strangers_and_blockers_get_nothing(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    to_stranger = await wa.send_message("+905559999999", "a")
    server.block(ayse)
    to_blocker = await wa.send_message(ayse, "b")
    server.unblock(ayse)
    again = await wa.send_message(ayse, "c")
    await server.settle()
    codes = {item["id"]: item["errors"][0]["code"] for item in receiver.items("statuses") if "errors" in item}
    assert codes == {to_stranger.id: 131026, to_blocker.id: 131026}
    assert steps(receiver, again.id) == ["sent", "delivered"]


async def test_a_sent_message_can_fail_later_on_demand(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    server.auto_deliver = False
    sent = await wa.send_message(ayse, "a")
    await server.settle()
    server.fail_later(sent.id, 131049)
    server.deliver(sent.id)
    await server.settle()
    assert steps(receiver, sent.id) == ["sent", "failed"]


async def test_a_reaction_is_only_sent_and_fails_on_nothing(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    good = await wa.send_reaction(ayse, emoji="👍", message_id=server.messages(ayse)[0]["id"])
    lost = await wa.send_reaction(ayse, emoji="👍", message_id="wamid.nothing")
    await server.settle()
    assert steps(receiver, good.id) == ["sent"]
    assert steps(receiver, lost.id) == ["failed"]


async def test_a_voice_message_can_be_played(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    sent = await wa.send_voice(ayse, b"OggS", mime_type="audio/ogg")
    await server.settle()
    server.play(sent.id)
    await server.settle()
    assert steps(receiver, sent.id) == ["sent", "delivered", "played"]
