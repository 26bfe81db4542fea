"""Sending through the Cloud API: the real pywa client against the sandbox's strict Graph server."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.whatsapp import WhatsAppServer
from adapters.whatsapp.channel import WhatsAppChannel
from bot.domain.account import TemplateReport
from bot.domain.errors import SendError
from bot.domain.fit import fit
from bot.domain.message import Attachment, ContactCard, Kind, Location
from bot.domain.outgoing import Address, Button, LocalFile, Outgoing, Part, Template
from bot.ports import Channel

AYSE, MEHMET = "905550000001", "905550000002"
MEHMETS_ID = "TR.9f3kQ2x7Lm0"
TO_AYSE = Address(chat=AYSE, keys=(f"phone:{AYSE}",))
JPEG, PNG, OGG = b"\xff\xd8\xff\xe0" + b"j" * 64, b"\x89PNG\r\n\x1a\n" + b"p" * 64, b"OggS" + b"o" * 64


@pytest.fixture
async def graph(tmp_path: Path) -> AsyncIterator[WhatsAppServer]:
    server = WhatsAppServer(SandboxClock(tmp_path / "clock"), Changes())
    server.add_contact(AYSE, "Ayşe Yılmaz")
    server.add_contact(MEHMET, "Mehmet Demir", user_id=MEHMETS_ID, username="mehmet", phone_visible=False)
    await server.start()
    server.say(AYSE, "Merhaba")
    server.say(MEHMET, "Selam")
    yield server
    await server.stop()


@pytest.fixture
async def channel(graph: WhatsAppServer) -> AsyncIterator[WhatsAppChannel]:
    channel = WhatsAppChannel(graph.token, graph.phone_number_id, graph.business_account_id, graph.base_url)
    yield channel
    await channel.close()


def a_file(folder: Path, kind: Kind, data: bytes, name: str, mime: str) -> LocalFile:
    path = folder / "stored"
    path.write_bytes(data)
    return LocalFile(kind=kind, name=name, mime=mime, path=path)


def last_shown(graph: WhatsAppServer, wa_id: str = AYSE) -> dict[str, Any]:
    return graph.messages(wa_id)[-1]


def last_request(graph: WhatsAppServer) -> dict[str, Any]:
    return graph.calls[-1].params


def test_it_is_a_channel() -> None:
    channel: Channel = WhatsAppChannel("token", "1")
    assert channel.name == "whatsapp"
    assert channel.capabilities.tracker_echoed


async def test_a_text_reaches_the_phone_and_its_id_comes_back(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    wamid = await channel.send(TO_AYSE, Part(text="Baktık, düzeldi 👍"), tracker="outbox:17")
    shown = last_shown(graph)
    assert (shown["id"], shown["text"]["body"]) == (wamid, "Baktık, düzeldi 👍")
    assert last_request(graph)["biz_opaque_callback_data"] == "outbox:17"


async def test_a_reply_quotes_the_message(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    asked = graph.say(AYSE, "Nerede?")
    await channel.send(TO_AYSE, Part(text="Burada"), reply_to=asked)
    assert last_shown(graph)["context"] == {"id": asked}


@pytest.mark.parametrize("chat", [AYSE, f"+{AYSE}", f"phone:{AYSE}"])
async def test_a_phone_number_is_sent_with_its_plus(graph: WhatsAppServer, channel: WhatsAppChannel, chat: str) -> None:
    await channel.send(Address(chat=chat), Part(text="Merhaba"))
    assert last_request(graph)["to"] == f"+{AYSE}"
    assert "recipient" not in last_request(graph)


@pytest.mark.parametrize("chat", [MEHMETS_ID, f"bsuid:{MEHMETS_ID}"])
async def test_someone_without_a_phone_number_is_reached_by_user_id(
    graph: WhatsAppServer, channel: WhatsAppChannel, chat: str
) -> None:
    wamid = await channel.send(Address(chat=chat), Part(text="Selam"))
    assert last_shown(graph, MEHMET)["id"] == wamid
    assert (last_request(graph)["recipient"], last_request(graph)["recipient_type"]) == (MEHMETS_ID, "individual")
    assert "to" not in last_request(graph)


async def test_buttons_are_shown_and_can_be_pressed(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    rows = ((Button(title="Soru", token="t:1"), Button(title="Fikir", token="t:2")),)
    wamid = await channel.send(TO_AYSE, Part(text="Ne hakkında?", rows=rows))
    buttons = last_shown(graph)["interactive"]["action"]["buttons"]
    assert [button["reply"] for button in buttons] == [{"id": "t:1", "title": "Soru"}, {"id": "t:2", "title": "Fikir"}]
    assert graph.press(AYSE, wamid, title="Fikir")


async def test_a_list_opens_under_its_title(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    rows = ((Button(title="Yazıcı", token="t:1", description="Kâğıt, toner"),), (Button(title="Ağ", token="t:2"),))
    wamid = await channel.send(TO_AYSE, Part(text="Hangisi?", rows=rows, as_list=True, list_title="Seçin"))
    action = last_shown(graph)["interactive"]["action"]
    assert action["button"] == "Seçin"
    assert action["sections"][0]["rows"] == [
        {"id": "t:1", "title": "Yazıcı", "description": "Kâğıt, toner"},
        {"id": "t:2", "title": "Ağ"},
    ]
    assert graph.press(AYSE, wamid, id="t:2")


@pytest.mark.parametrize(("count", "width", "shown_as"), [(3, 20, "button"), (10, 24, "list"), (10, 50, "list")])
async def test_whatever_fits_the_capabilities_is_taken(
    graph: WhatsAppServer, channel: WhatsAppChannel, count: int, width: int, shown_as: str
) -> None:
    buttons = [
        Button(title=f"{n}".ljust(width, "ğ"), token=f"{n}".ljust(200, "t"), description="ş" * 90) for n in range(count)
    ]
    wish = Outgoing(text="söz " * 1500, rows=tuple((button,) for button in buttons), list_title="ü" * 30)
    sent = [await channel.send(TO_AYSE, part) for part in fit(wish, channel.capabilities).parts]
    assert last_shown(graph)["id"] == sent[-1]
    assert last_shown(graph)["interactive"]["type"] == shown_as


@pytest.mark.parametrize(
    ("kind", "data", "name", "mime", "shown_as"),
    [
        (Kind.PHOTO, JPEG, "", "image/jpeg", "image"),
        (Kind.PHOTO, PNG, "", "image/png", "image"),
        (Kind.VIDEO, b"v" * 64, "", "video/mp4", "video"),
        (Kind.ANIMATION, b"v" * 64, "", "video/mp4", "video"),
        (Kind.VIDEO_NOTE, b"v" * 64, "", "video/mp4", "video"),
        (Kind.DOCUMENT, b"%PDF-1.7", "fatura.pdf", "application/pdf", "document"),
        (Kind.DOCUMENT, JPEG, "ekran.jpg", "image/jpeg", "document"),
        (Kind.DOCUMENT, b"a;b\n1;2", "tablo.csv", "text/csv", "document"),
    ],
)
async def test_a_captioned_file_takes_its_best_form(
    graph: WhatsAppServer,
    channel: WhatsAppChannel,
    tmp_path: Path,
    kind: Kind,
    data: bytes,
    name: str,
    mime: str,
    shown_as: str,
) -> None:
    await channel.send(TO_AYSE, Part(text="Buyurun"), file=a_file(tmp_path, kind, data, name, mime))
    shown = last_shown(graph)
    assert shown["type"] == shown_as
    assert shown[shown_as]["caption"] == "Buyurun"
    assert shown[shown_as].get("filename", "") == name
    assert graph.media_bytes(shown[shown_as]["id"]) == data


async def test_a_voice_message_is_played_as_one(
    graph: WhatsAppServer, channel: WhatsAppChannel, tmp_path: Path
) -> None:
    await channel.send(TO_AYSE, Part(), file=a_file(tmp_path, Kind.VOICE, OGG, "", "audio/ogg; codecs=opus"))
    assert last_shown(graph)["audio"]["voice"] is True
    await channel.send(TO_AYSE, Part(), file=a_file(tmp_path, Kind.AUDIO, OGG, "", "audio/ogg"))
    assert "voice" not in last_shown(graph)["audio"]


async def test_a_sticker_stays_a_sticker(graph: WhatsAppServer, channel: WhatsAppChannel, tmp_path: Path) -> None:
    await channel.send(TO_AYSE, Part(), file=a_file(tmp_path, Kind.STICKER, b"RIFF", "", "image/webp"))
    assert last_shown(graph)["type"] == "sticker"


async def test_a_file_meta_already_has_is_not_uploaded_again(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    media_id = graph.media.upload(JPEG, "image/jpeg", "a.jpg")
    await channel.send(TO_AYSE, Part(), file=LocalFile(kind=Kind.PHOTO, name="", mime="image/jpeg", ref=media_id))
    assert [call.method for call in graph.calls] == ["messages"]


async def test_places_and_cards_travel(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    await channel.send(TO_AYSE, Part(location=Location(latitude=41.0, longitude=29.0, title="Depo")))
    assert last_shown(graph)["location"] == {"latitude": 41.0, "longitude": 29.0, "name": "Depo"}
    await channel.send(TO_AYSE, Part(contacts=(ContactCard(name="Ece", phones=("+905550000003",)),)))
    (card,) = last_shown(graph)["contacts"]
    assert (card["name"]["formatted_name"], card["phones"][0]["phone"]) == ("Ece", "+905550000003")


async def test_a_template_opens_a_shut_window(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    graph.add_template("answer_waiting", "tr", "{{1}} için yanıtınız hazır: {{2}}", buttons=("Göster",))
    graph.shut_window(AYSE)
    template = Template(
        name="answer_waiting", language="tr", parameters=("#2026-000001", "iki\n satır"), buttons=("t:9",)
    )
    wamid = await channel.send(TO_AYSE, Part(template=template))
    assert last_shown(graph)["id"] == wamid
    assert graph.press(AYSE, wamid, title="Göster")
    sent = last_request(graph)["template"]["components"]
    assert sent[0]["parameters"][1] == {"type": "text", "text": "iki satır"}
    assert sent[1]["parameters"] == [{"type": "payload", "payload": "t:9"}]


async def test_a_reaction_is_set_and_taken_back(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    said = graph.say(AYSE, "Oldu")
    await channel.react(TO_AYSE, said, "👍")
    assert graph.message(said)["reactions"] == {"business": "👍"}
    await channel.react(TO_AYSE, said, "")
    assert graph.message(said)["reactions"] == {}


async def test_reading_turns_the_ticks_blue(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    said = graph.say(AYSE, "Oldu mu?")
    await channel.mark_read(TO_AYSE, said)
    assert graph.message(said)["status"] == "read"


async def test_what_whatsapp_cannot_do_is_refused_without_a_call(
    graph: WhatsAppServer, channel: WhatsAppChannel, tmp_path: Path
) -> None:
    song = a_file(tmp_path, Kind.AUDIO, OGG, "", "audio/ogg")
    (tmp_path / "large").write_bytes(b"x" * (500 * 1024 + 1))
    large = LocalFile(kind=Kind.STICKER, name="", mime="image/webp", path=tmp_path / "large")
    lost = LocalFile(kind=Kind.PHOTO, name="", mime="image/jpeg", path=tmp_path / "gone")
    nowhere = LocalFile(kind=Kind.PHOTO, name="", mime="image/jpeg")
    photo = Attachment(kind=Kind.PHOTO, ref="1")
    refused = [
        channel.edit(TO_AYSE, "wamid.1", Part(text="x")),
        channel.send_album(TO_AYSE, "x", [song, song]),
        channel.send(TO_AYSE, Part(text="Bir söz"), file=song),
        channel.send(TO_AYSE, Part(), file=large),
        channel.send(TO_AYSE, Part(), file=lost),
        channel.send(TO_AYSE, Part(), file=nowhere),
        channel.send(TO_AYSE, Part(attachment=photo)),
        channel.send(Address(chat=""), Part(text="x")),
    ]
    for call in refused:
        with pytest.raises(SendError) as caught:
            await call
        assert (caught.value.certain, caught.value.retryable) == (True, False)
    await channel.answer_press("", "Tamam")
    assert graph.calls == []


async def test_the_doctor_sees_the_account(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    graph.add_template("answer_waiting", "tr", "{{1}} hazır", category="MARKETING", buttons=("Göster", "Sonra"))
    graph.add_template("refused_one", "tr", "Alın!", status="REJECTED")
    graph.set_template("refused_one", "tr", quality="RED")
    report = await channel.inspect()
    assert (report.phone, report.verified_name, report.quality) == ("+90 850 000 00 01", "Gişe", "GREEN")
    assert report.apps == ("Sandbox",)
    assert (report.status, report.limit, report.examined) == ("CONNECTED", "TIER_2K", True)
    assert report.template("answer_waiting", "tr") == TemplateReport(
        name="answer_waiting",
        language="tr",
        status="APPROVED",
        quality="UNKNOWN",
        category="MARKETING",
        parameters=1,
        quick_replies=2,
    )
    refused = report.template("refused_one", "tr")
    assert refused is not None
    assert (refused.status, refused.quality, refused.parameters) == ("REJECTED", "RED", 0)
