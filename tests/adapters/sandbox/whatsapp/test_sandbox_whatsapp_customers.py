"""What customers do arrives in Meta's published shapes, with and without a phone number."""

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from pywa_async.client import WhatsApp
from pywa_async.errors import InvalidParameter
from pywa_async.types.callback import Button, Section, SectionList, SectionRow
from pywa_async.types.templates import TemplateLanguage

from adapters.sandbox.whatsapp import WhatsAppServer

if TYPE_CHECKING:
    from tests.adapters.sandbox.whatsapp.conftest import Receiver

DENIZ = "905550000002"


async def arrived(server: WhatsAppServer, receiver: "Receiver") -> dict[str, Any]:
    await server.settle()
    message: dict[str, Any] = receiver.items("messages")[-1]
    return message


async def test_a_text_names_number_user_id_and_time(server: WhatsAppServer, receiver: "Receiver", ayse: str) -> None:
    message = await arrived(server, receiver)
    [value] = receiver.values("messages")
    [contact] = value["contacts"]
    assert value["messaging_product"] == "whatsapp"
    assert value["metadata"]["phone_number_id"] == server.phone_number_id
    assert contact == {"profile": {"name": "Ayşe"}, "wa_id": ayse, "user_id": message["from_user_id"]}
    assert (message["from"], message["type"], message["text"]) == (ayse, "text", {"body": "Merhaba"})
    assert abs(int(message["timestamp"]) - server.clock.now()) < 5


async def test_a_contact_without_a_number_is_known_by_user_id_only(
    server: WhatsAppServer, receiver: "Receiver"
) -> None:
    server.add_contact(DENIZ, "Deniz", user_id="TR.1002", username="deniz", phone_visible=False)
    server.say(DENIZ, "Merhaba")
    message = await arrived(server, receiver)
    [contact] = receiver.values("messages")[0]["contacts"]
    assert contact == {"profile": {"name": "Deniz", "username": "@deniz"}, "user_id": "TR.1002"}
    assert message["from_user_id"] == "TR.1002"
    assert "from" not in message
    assert DENIZ.encode() not in receiver.posts[0][0]


async def test_a_quote_names_the_message_and_its_author(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    sent = await wa.send_message(ayse, "Soru?")
    server.say(ayse, "Yanıt", reply_to=sent.id)
    message = await arrived(server, receiver)
    display = receiver.values("messages")[-1]["metadata"]["display_phone_number"]
    assert message["context"] == {"from": display, "id": sent.id}


@pytest.mark.parametrize("kind", ["image", "video", "audio", "voice", "document", "sticker"])
async def test_a_file_can_be_fetched_by_link_and_by_id(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str, kind: str
) -> None:
    caption = {"caption": "bakın"} if kind in {"image", "video", "document"} else {}
    server.send_file(ayse, kind, b"content", name="dosya.bin", **caption)
    message = await arrived(server, receiver)
    file = message["audio" if kind == "voice" else kind]
    assert file["sha256"] == base64.b64encode(hashlib.sha256(b"content").digest()).decode()
    assert file.get("voice", False) == (kind == "voice")
    assert file.get("caption") == caption.get("caption")
    assert file.get("filename") == ("dosya.bin" if kind == "document" else None)
    assert await wa.get_media_bytes(file["url"]) == b"content"
    assert await wa.get_media_bytes((await wa.get_media_url(file["id"])).url) == b"content"


async def test_a_pressed_button_answers_with_its_id(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    sent = await wa.send_message(ayse, "Oldu mu?", buttons=[Button("Evet", "yes:1"), Button("Hayır", "no:1")])
    server.press(ayse, sent.id, title="Hayır")
    message = await arrived(server, receiver)
    reply = {"id": "no:1", "title": "Hayır"}
    assert message["interactive"] == {"type": "button_reply", "button_reply": reply}
    assert message["context"]["id"] == sent.id
    with pytest.raises(LookupError, match="Evet"):
        server.press(ayse, sent.id, title="Belki")
    with pytest.raises(LookupError):
        server.press(ayse, sent.id)


async def test_a_chosen_row_answers_with_id_title_and_description(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    row = SectionRow("Arıza", "type:fault", "Bir şey bozuk")
    sent = await wa.send_message(ayse, "Tür?", buttons=SectionList("Seç", [Section("Tür", [row])]))
    server.press(ayse, sent.id, id="type:fault")
    message = await arrived(server, receiver)
    reply = {"id": "type:fault", "title": "Arıza", "description": "Bir şey bozuk"}
    assert message["interactive"] == {"type": "list_reply", "list_reply": reply}


async def test_a_templates_button_answers_with_its_payload_and_opens_the_window(
    server: WhatsAppServer, receiver: "Receiver", wa: WhatsApp, ayse: str
) -> None:
    server.shut_window(ayse)
    body = {"type": "body", "parameters": [{"type": "text", "text": "#1"}]}
    sent = await wa.send_template(ayse, "gise_answer_waiting", TemplateLanguage.TURKISH, [body])
    server.press(ayse, sent.id, title="Yanıtı göster")
    message = await arrived(server, receiver)
    assert message["button"] == {"payload": "Yanıtı göster", "text": "Yanıtı göster"}
    assert server.window_open(ayse)


async def test_edits_deletions_and_reactions_point_at_their_message(
    server: WhatsAppServer, receiver: "Receiver", ayse: str
) -> None:
    said = server.say(ayse, "yanlis")
    server.edit(ayse, said, "doğru")
    edited = await arrived(server, receiver)
    text = {"type": "text", "text": {"body": "doğru"}}
    assert edited["edit"] == {"original_message_id": said, "message": text}
    server.react(ayse, said, "👍")
    assert (await arrived(server, receiver))["reaction"] == {"message_id": said, "emoji": "👍"}
    server.react(ayse, said, None)
    assert (await arrived(server, receiver))["reaction"] == {"message_id": said}
    server.revoke(ayse, said)
    assert (await arrived(server, receiver))["revoke"] == {"original_message_id": said}
    shown = server.messages(ayse)[-1]
    assert (shown["text"], shown["edited"], shown["revoked"]) == ({"body": "doğru"}, True, True)


async def test_an_edited_caption_keeps_its_file(server: WhatsAppServer, receiver: "Receiver", ayse: str) -> None:
    sent = server.send_file(ayse, "image", b"picture", caption="eski")
    server.edit(ayse, sent, "yeni")
    edit = (await arrived(server, receiver))["edit"]["message"]
    assert (edit["type"], edit["image"]["caption"]) == ("image", "yeni")
    server.edits_as_unsupported = True
    server.edit(ayse, sent, "en yeni")
    assert (await arrived(server, receiver))["unsupported"] == {"type": "edit"}


async def test_nobody_edits_what_somebody_else_wrote(server: WhatsAppServer, wa: WhatsApp, ayse: str) -> None:
    sent = await wa.send_message(ayse, "a")
    with pytest.raises(LookupError):
        server.edit(ayse, sent.id, "b")
    with pytest.raises(LookupError):
        server.revoke(ayse, sent.id)


async def test_other_kinds_arrive_as_they_are(server: WhatsAppServer, receiver: "Receiver", ayse: str) -> None:
    server.send_location(ayse, 41.0, 29.0, name="Ofis")
    assert (await arrived(server, receiver))["location"]["name"] == "Ofis"
    server.send_contacts(ayse, [{"name": {"formatted_name": "Deniz", "first_name": "Deniz"}}])
    assert (await arrived(server, receiver))["contacts"][0]["name"]["first_name"] == "Deniz"
    server.send_unsupported(ayse, "poll_creation")
    unsupported = await arrived(server, receiver)
    assert (unsupported["errors"][0]["code"], unsupported["type"]) == (131051, "unsupported")


async def test_a_system_notice_has_no_contact_and_opens_no_window(server: WhatsAppServer, receiver: "Receiver") -> None:
    server.add_contact(DENIZ, "Deniz")
    notice = {"body": "User Deniz changed", "wa_id": "905550000003", "type": "user_changed_number"}
    server.send_raw(DENIZ, {"type": "system", "system": notice}, with_contact=False)
    message = await arrived(server, receiver)
    assert message["system"] == notice
    assert "contacts" not in receiver.values("messages")[-1]
    assert not server.window_open(DENIZ)


async def test_somebody_nobody_added_cannot_speak(server: WhatsAppServer) -> None:
    with pytest.raises(LookupError, match="add_contact"):
        server.say("905559999999", "Merhaba")


async def test_a_changed_user_id_voids_the_old_one_but_keeps_the_window(
    server: WhatsAppServer, wa: WhatsApp, ayse: str
) -> None:
    server.add_contact(ayse, "Ayşe", user_id="TR.1")
    server.add_contact(ayse, "Ayşe", user_id="TR.2")
    assert (await wa.send_message("TR.2", "a")).chat.id == "TR.2"
    assert server.window_open(ayse)
    with pytest.raises(InvalidParameter):
        await wa.send_message("TR.1", "b")
