"""The real pywa client sends every kind of message, and the sandbox refuses what WhatsApp refuses."""

from typing import Any

import httpx
import pytest
from pywa_async.client import WhatsApp
from pywa_async.errors import ExpiredAccessToken, RateLimitHit, TooManyMessages, WhatsAppError
from pywa_async.types.callback import Button, Section, SectionList, SectionRow, URLButton
from pywa_async.types.others import Contact

from adapters.sandbox.faults import error, html_502, reset_after, reset_before
from adapters.sandbox.whatsapp import WhatsAppServer

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32
STRANGER = "905559999999"


def last(server: WhatsAppServer, wa_id: str) -> dict[str, Any]:
    return server.messages(wa_id)[-1]


async def send_raw(server: WhatsAppServer, wa: WhatsApp, **body: Any) -> Any:
    whole = {"messaging_product": "whatsapp"} | body
    return await wa.api.send_raw_request("POST", f"/{server.phone_number_id}/messages", json=whole)


async def test_text_reaches_the_phone_with_its_quote(server: WhatsAppServer, wa: WhatsApp, ayse: str) -> None:
    first = server.messages(ayse)[0]["id"]
    sent = await wa.send_message(f"+{ayse}", "Merhaba Ayşe", reply_to_message_id=first)
    shown = last(server, ayse)
    assert sent.chat.id == ayse
    assert (shown["id"], shown["from"], shown["text"]["body"]) == (sent.id, "business", "Merhaba Ayşe")
    assert shown["context"] == {"id": first}


@pytest.mark.parametrize(
    ("kind", "data", "mime"),
    [
        ("image", PNG, "image/png"),
        ("video", b"video", "video/mp4"),
        ("document", b"%PDF-1.7", "application/pdf"),
        ("audio", b"sound", "audio/mpeg"),
        ("voice", b"OggS", "audio/ogg"),
        ("sticker", b"RIFF", "image/webp"),
    ],
)
async def test_media_reaches_the_phone(
    server: WhatsAppServer, wa: WhatsApp, ayse: str, kind: str, data: bytes, mime: str
) -> None:
    # pywa 4.5 cannot name a document given as bytes by itself.
    named = {"filename": "a.pdf"} if kind == "document" else {}
    await getattr(wa, f"send_{kind}")(ayse, data, mime_type=mime, **named)
    await server.settle()
    shown = last(server, ayse)
    assert shown["type"] == ("audio" if kind == "voice" else kind)
    assert shown["status"] == "delivered"
    assert server.media_bytes(shown[shown["type"]]["id"]) == data
    assert shown[shown["type"]].get("voice", False) == (kind == "voice")


async def test_location_contacts_and_reaction_reach_the_phone(server: WhatsAppServer, wa: WhatsApp, ayse: str) -> None:
    hello = server.messages(ayse)[0]["id"]
    await wa.send_location(ayse, latitude=41.0, longitude=29.0, name="Gişe")
    card = Contact(name=Contact.Name(formatted_name="Destek", first_name="Destek"))
    await wa.send_contact(ayse, contact=card)
    await wa.send_reaction(ayse, emoji="👍", message_id=hello)
    shown = server.messages(ayse)
    assert [message["type"] for message in shown] == ["text", "location", "contacts"]
    assert shown[0]["reactions"] == {"business": "👍"}
    await wa.remove_reaction(ayse, message_id=hello)
    assert server.messages(ayse)[0]["reactions"] == {}


async def test_buttons_list_and_link_reach_the_phone(server: WhatsAppServer, wa: WhatsApp, ayse: str) -> None:
    await wa.send_message(ayse, "Seçin", buttons=[Button("Evet", "y"), Button("Hayır", "n")])
    assert last(server, ayse)["interactive"]["type"] == "button"
    row = SectionRow("Soru", "q", "Bir şey sormak")
    menu = SectionList("Seç", [Section("Tür", [row])])
    await wa.send_message(ayse, "Tür nedir?", buttons=menu, footer="Gişe")
    assert last(server, ayse)["interactive"]["type"] == "list"
    await wa.send_message(ayse, "Durum", buttons=URLButton("Aç", "https://example.org/t/1"))
    assert last(server, ayse)["interactive"]["type"] == "cta_url"


async def test_a_read_mark_and_typing_show_on_the_phone(server: WhatsAppServer, wa: WhatsApp, ayse: str) -> None:
    hello = server.messages(ayse)[0]["id"]
    assert not server.typing(ayse)
    await wa.indicate_typing(hello)
    assert server.messages(ayse)[0]["status"] == "read"
    assert server.typing(ayse)
    server.clock.move(26)
    assert not server.typing(ayse)
    with pytest.raises(WhatsAppError) as refused:
        await wa.mark_message_as_read("wamid.unknown")
    assert refused.value.code == 131009


def buttons(count: int, title: str = "T{}", button_id: str = "id{}") -> dict[str, Any]:
    made = [{"type": "reply", "reply": {"title": title.format(n), "id": button_id.format(n)}} for n in range(count)]
    return {"type": "button", "body": {"text": "b"}, "action": {"buttons": made}}


def rows(sections: list[int], button: str = "b", **row: str) -> dict[str, Any]:
    made = [
        {"title": f"s{s}", "rows": [{"id": f"{s}.{n}", "title": "t"} | row for n in range(count)]}
        for s, count in enumerate(sections)
    ]
    return {"type": "list", "body": {"text": "b"}, "action": {"button": button, "sections": made}}


TOO_MUCH: list[tuple[str, Any, int]] = [
    ("text", {"body": "x" * 4097}, 100),
    ("text", {"body": " "}, 100),
    ("text", None, 131008),
    ("image", {"link": "https://example.org/a.png", "caption": "x" * 1025}, 100),
    ("image", {"id": "123456789"}, 100),
    ("image", {}, 100),
    ("audio", {"link": "https://example.org/a.mp3", "caption": "no"}, 100),
    ("location", {"latitude": 91, "longitude": 0}, 131009),
    ("contacts", [{"name": {"formatted_name": "A"}}], 131009),
    ("reaction", {"message_id": "wamid.x", "emoji": "thumb"}, 131009),
    ("image", {"link": None}, 100),
    ("hologram", {}, 131051),
    ("interactive", buttons(4), 131009),
    ("interactive", buttons(1, title="x" * 21), 131009),
    ("interactive", buttons(2, title="same"), 131009),
    ("interactive", buttons(2, button_id="same"), 131009),
    ("interactive", buttons(1, button_id="x" * 257), 131009),
    ("interactive", buttons(1) | {"body": {"text": "x" * 1025}}, 131009),
    ("interactive", buttons(1) | {"footer": {"text": "x" * 61}}, 131009),
    ("interactive", buttons(1) | {"header": {"type": "text", "text": "x" * 61}}, 131009),
    ("interactive", rows([5, 6]), 131009),
    ("interactive", rows([1] * 11), 131009),
    ("interactive", rows([1], title="x" * 25), 131009),
    ("interactive", rows([1], description="x" * 73), 131009),
    ("interactive", rows([1], id="x" * 201), 131009),
    ("interactive", rows([2], id="same"), 131009),
    ("interactive", rows([1], button="x" * 21), 131009),
    ("interactive", rows([1]) | {"body": {"text": "x" * 4097}}, 131009),
    ("interactive", rows([1]) | {"header": {"type": "image", "image": {"id": "1"}}}, 131009),
    ("interactive", {"type": "carousel"}, 100),
]


@pytest.mark.parametrize(("kind", "payload", "code"), TOO_MUCH)
async def test_a_message_over_the_limits_is_refused(
    server: WhatsAppServer, wa: WhatsApp, ayse: str, kind: str, payload: Any, code: int
) -> None:
    with pytest.raises(WhatsAppError) as refused:
        await send_raw(server, wa, to=ayse, type=kind, **{kind: payload})
    assert refused.value.code == code
    assert refused.value.status_code == 400
    assert len(server.messages(ayse)) == 1


AT_THE_LIMIT: list[tuple[str, Any]] = [
    ("text", {"body": "x" * 4096}),
    ("image", {"link": "https://example.org/a.png", "caption": "x" * 1024}),
    ("interactive", buttons(3, title="x" * 19 + "{}", button_id="x" * 255 + "{}")),
    ("interactive", rows([10], button="x" * 20, title="x" * 24, description="x" * 72)),
    ("interactive", rows([1] * 10) | {"body": {"text": "x" * 4096}}),
]


@pytest.mark.parametrize(("kind", "payload"), AT_THE_LIMIT)
async def test_a_message_at_the_limits_is_sent(
    server: WhatsAppServer, wa: WhatsApp, ayse: str, kind: str, payload: Any
) -> None:
    await send_raw(server, wa, to=ayse, type=kind, biz_opaque_callback_data="x" * 512, **{kind: payload})
    assert last(server, ayse)["type"] == kind


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 100),
        ({"to": "abc"}, 131009),
        ({"to": "905550000001", "recipient_type": "group"}, 131009),
        ({"recipient": "TR.404"}, 131009),
        ({"to": "905550000001", "biz_opaque_callback_data": "x" * 513}, 100),
        ({"to": "905550000001", "context": {"message_id": "42"}}, 131009),
        ({"to": "905550000001", "messaging_product": "pigeon"}, 100),
    ],
)
async def test_a_message_to_nobody_is_refused(
    server: WhatsAppServer, wa: WhatsApp, fields: dict[str, Any], code: int
) -> None:
    with pytest.raises(WhatsAppError) as refused:
        await send_raw(server, wa, type="text", text={"body": "x"}, **fields)
    assert refused.value.code == code


async def test_a_wrong_token_is_refused_with_graphs_body(wa: WhatsApp) -> None:
    wa.token = "EAAWRONG"
    with pytest.raises(ExpiredAccessToken) as refused:
        await wa.get_business_phone_number()
    assert refused.value.status_code == 401
    assert refused.value.type == "OAuthException"
    assert refused.value.fbtrace_id


async def test_what_graph_does_not_know_is_a_missing_object(wa: WhatsApp) -> None:
    for method, path in (("GET", "/12345"), ("POST", "/12345/messages"), ("PUT", "/12345")):
        with pytest.raises(WhatsAppError) as refused:
            await wa.api.send_raw_request(method, path)
        assert (refused.value.code, refused.value.subcode) == (100, 33)


@pytest.mark.parametrize("content", [b"{", b"[]"])
async def test_a_body_that_is_no_object_is_refused(server: WhatsAppServer, wa: WhatsApp, content: bytes) -> None:
    path, headers = f"/{server.phone_number_id}/messages", {"Content-Type": "application/json"}
    with pytest.raises(WhatsAppError) as refused:
        await wa.api.send_raw_request("POST", path, content=content, headers=headers)
    assert (refused.value.status_code, refused.value.code) == (400, 100)


async def test_the_46th_message_in_a_burst_to_one_person_waits_six_seconds(
    server: WhatsAppServer, wa: WhatsApp, ayse: str
) -> None:
    for n in range(45):
        await wa.send_message(ayse, str(n))
    with pytest.raises(TooManyMessages):
        await wa.send_message(ayse, "one too many")
    server.clock.move(6)
    await wa.send_message(ayse, "after a while")
    assert last(server, ayse)["text"]["body"] == "after a while"


async def test_the_81st_message_in_a_second_is_refused(server: WhatsAppServer, wa: WhatsApp) -> None:
    for n in range(80):
        server.rates.count(f"9055500001{n:02}")
    server.add_contact(STRANGER, "Deniz")
    with pytest.raises(RateLimitHit):
        await wa.send_message(STRANGER, "one too many")
    server.limits = False
    await wa.send_message(STRANGER, "limits are off")


async def test_scripted_faults_end_a_call_as_written(server: WhatsAppServer, wa: WhatsApp, ayse: str) -> None:
    server.faults.add("messages", error(500, {"error": {"code": 131000, "message": "oops"}}))
    server.faults.add("messages", html_502())
    server.faults.add("messages", reset_before())
    server.faults.add("messages", reset_after())
    codes = []
    for text in ("a", "b"):
        with pytest.raises(WhatsAppError) as refused:
            await wa.send_message(ayse, text)
        codes.append(refused.value.code)
    assert codes == [131000, 502]
    for text in ("c", "d"):
        with pytest.raises(httpx.TransportError):
            await wa.send_message(ayse, text)
    assert [m["text"]["body"] for m in server.messages(ayse)] == ["Merhaba", "d"]
    assert [(c.method, c.ok, c.params["text"]["body"]) for c in server.calls] == [("messages", True, "d")]
