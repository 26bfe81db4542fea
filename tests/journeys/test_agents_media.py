"""Files and places travel both ways: the kind, the name, the words and every byte."""

from urllib.parse import urlsplit

import pytest

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Drawn, Phone, Topic
from adapters.sandbox.world import World
from tests.journeys.agents_desk import answered, heard, opened_ticket, told


@pytest.fixture
def limits() -> bool:
    return False


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256))
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 3
OGG = b"OggS\x00\x02" + bytes(range(200)) + b"OpusHead"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00" + bytes(range(256))
WEBP = b"RIFF\x24\x01\x00\x00WEBPVP8 " + bytes(range(256))
ZIP = b"PK\x03\x04" + bytes(range(256))

# kind, bytes, name, mime; Telegram keeps the names of documents only.
FILES = {
    "photo": (JPEG, "", "image/jpeg"),
    "document": (PDF, "fatura mart.pdf", "application/pdf"),
    "voice": (OGG, "", "audio/ogg"),
    "video": (MP4, "", "video/mp4"),
}


def file_of(world: World, message: Drawn) -> bytes:
    """The bytes of the file that a drawn message shows."""
    _, _, _, channel, file_id = urlsplit(message["file"]["url"]).path.split("/")
    return world.file_bytes(channel, file_id)


async def comes(world: World, place: Phone | Topic, kind: str, count: int = 1) -> list[Drawn]:
    """Wait until so many messages of a kind are there, not written by the place's own people."""

    def shown() -> list[Drawn]:
        return [one for one in place.messages if one.get("kind") == kind and one["author"]["bot"]]

    await world.changes.wait_for(lambda: len(shown()) >= count, 10, what=f"{count} × {kind}")
    return shown()


async def test_agents_files_reach_the_customer_whole(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    for kind, (data, name, mime) in FILES.items():
        desk.sends(ELIF.user_id, kind, data, name=name, mime=mime, caption=f"Buyurun: {kind}")
    for kind, (data, name, _) in FILES.items():
        words = await either.hears(f"Buyurun: {kind}")
        (received,) = await comes(world, either, kind)
        assert file_of(world, received) == data
        assert received["file"]["name"] == name or not name
        # WhatsApp's voice messages have no caption, so the words follow.
        apart = kind == "voice" and either.key.startswith("whatsapp")
        assert words["kind"] == ("text" if apart else kind)


async def test_customers_files_reach_the_topic_whole(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    for kind, (data, name, mime) in FILES.items():
        words = "" if kind == "voice" and either.key.startswith("whatsapp") else f"Bakın: {kind}"
        either.sends(kind, data, name=name, mime=mime, caption=words)
    for kind, (data, name, _) in FILES.items():
        (posted,) = await comes(world, desk, kind)
        assert file_of(world, posted) == data
        assert posted["file"]["name"] == name or not name
        assert "👤" in posted["text"]
        if kind != "voice":
            assert f"Bakın: {kind}" in posted["text"]


async def test_a_first_message_may_be_a_photo(world: World, either: Phone) -> None:
    either.sends("photo", JPEG, name="", mime="image/jpeg", caption="Ekran böyle")
    desk = await opened_ticket_of(world, either)
    (posted,) = await comes(world, desk, "photo")
    assert "Ekran böyle" in posted["text"]
    assert file_of(world, posted) == JPEG
    assert "Ekran böyle" in desk.name


async def opened_ticket_of(world: World, customer: Phone) -> Topic:
    await customer.hears("#2026-000001")
    desk = Topic(world, "#2026-000001")
    await world.changes.wait_for(lambda: "#2026" in repr(world.telegram.topics()), 10, what="the topic")
    return desk


async def test_places_contacts_and_stickers_travel_both_ways(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    desk.does(ELIF.user_id, "send_location", latitude=41.01, longitude=28.97)
    desk.does(ELIF.user_id, "send_contact", phone="+905550000777", name="Servis Usta")
    desk.sends(ELIF.user_id, "sticker", WEBP, name="", mime="image/webp")
    (place,) = await comes(world, either, "location")
    assert (place["location"]["latitude"], place["location"]["longitude"]) == (41.01, 28.97)
    (card,) = await comes(world, either, "contact")
    assert card["contacts"] == [{"name": "Servis Usta", "phone": "+905550000777"}]
    (sticker,) = await comes(world, either, "sticker")
    assert file_of(world, sticker) == WEBP
    either.does("send_location", latitude=39.92, longitude=32.85)
    either.does("send_contact", phone="+905550000888", name="Komşu Bey")
    either.sends("sticker", WEBP, name="", mime="image/webp")
    (place,) = await comes(world, desk, "location")
    assert place["location"]["latitude"] == 39.92
    (card,) = await comes(world, desk, "contact")
    assert card["contacts"][0]["name"] == "Komşu Bey"
    (sticker,) = await comes(world, desk, "sticker")
    assert file_of(world, sticker) == WEBP


async def test_words_too_long_for_a_caption_follow_the_file(world: World, ayse: Phone, zeynep: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    words = "uzun " * 300 + "son"
    desk.sends(ELIF.user_id, "photo", JPEG, name="", mime="image/jpeg", caption=words)
    await ayse.hears(words)
    (photo,) = await comes(world, ayse, "photo")
    assert photo["text"] == ""
    assert ayse.messages[-1]["text"] == words
    hers = await opened_ticket(world, zeynep, "Fatura", "#2026-000002")
    zeynep.sends("photo", JPEG, name="", mime="image/jpeg", caption="ğ" * 1020)
    await hers.shows("👤", "ğ" * 1020)


async def test_a_file_that_whatsapp_refuses_is_explained_to_the_agent(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    sent = desk.sends(ELIF.user_id, "document", ZIP, name="günlük.zip", mime="application/zip", caption="Günlükler")
    await told(world, desk, sent, "Müşteriye ulaşmadı", "bu dosya türünü kanal kabul etmiyor")
    await answered(world, ayse, desk)
    assert "Günlükler" not in heard(ayse)


async def test_a_zip_is_no_trouble_on_telegram(world: World, zeynep: Phone) -> None:
    desk = await opened_ticket(world, zeynep)
    desk.sends(ELIF.user_id, "document", ZIP, name="günlük.zip", mime="application/zip", caption="Günlükler")
    received = await zeynep.hears("Günlükler")
    assert received["file"]["name"] == "günlük.zip"
    assert file_of(world, received) == ZIP


@pytest.mark.parametrize(("kind", "size", "limit"), [("photo", 6, "5 MB"), ("video", 17, "16 MB")])
async def test_a_file_too_large_for_the_channel_is_refused_with_the_limit(
    world: World, ayse: Phone, kind: str, size: int, limit: str
) -> None:
    desk = await opened_ticket(world, ayse)
    data, _, mime = FILES[kind]
    large = desk.sends(ELIF.user_id, kind, data + bytes(size * 2**20), name="", mime=mime, caption=f"Büyük {kind}")
    await told(world, desk, large, "çok büyük", limit)
    await answered(world, ayse, desk)
    assert "Büyük" not in heard(ayse)


async def test_a_customers_file_too_large_to_fetch_is_named_in_the_topic(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    ayse.sends("photo", JPEG + bytes(11 * 2**20), name="", mime="image/jpeg", caption="Ekran burada")
    shown = await desk.shows("👤", "Ekran burada", "“Fotoğraf” buraya aktarılamadı", "çok büyük")
    assert shown["kind"] == "text"
    desk.writes(ELIF.user_id, "Biraz küçültür müsünüz?", reply_to=shown["id"])
    assert (await ayse.hears("küçültür"))["reply_to"]["text"] == "Ekran burada"


async def test_a_telegram_file_too_large_to_download_is_explained_to_the_agent(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    sent = desk.sends(
        ELIF.user_id, "document", PDF + bytes(21 * 2**20), name="kılavuz.pdf", mime="application/pdf", caption="Kılavuz"
    )
    await told(world, desk, sent, "çok büyük", "20 MB")
    await answered(world, ayse, desk)
    assert "Kılavuz" not in heard(ayse)
