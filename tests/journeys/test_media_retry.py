"""A file that cannot be had leaves its name, the reason and a button; one press asks for it anew."""

import pytest

from adapters.sandbox.faults import delay, error
from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Drawn, Phone, Topic, seen
from adapters.sandbox.world import World
from config.app import App
from tests.journeys.agents_desk import opened_ticket, toast
from tests.journeys.customers_phone import later

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256))
GONE = error(404, b"")
DOWN = error(503, b"")
HOUR = 3600.0


@pytest.fixture
def limits() -> bool:
    return False


def files(place: Phone | Topic, name: str = "fatura.pdf") -> list[Drawn]:
    return [message for message in place.messages if message.get("file", {}).get("name") == name]


async def arrives(world: World, place: Phone | Topic, name: str = "fatura.pdf") -> Drawn:
    return (await seen(world, lambda: files(place, name), f"{name} to arrive"))[0]


def sends_invoice(customer: Phone) -> None:
    customer.sends("document", PDF, name="fatura.pdf", mime="application/pdf", caption="Fatura bu")


async def test_a_lost_file_is_named_with_a_button_that_asks_for_it_anew(world: World, app: App, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse, "Fatura açılmıyor")
    world.whatsapp.faults.add("download", GONE, times=2)
    sends_invoice(ayse)
    await desk.shows("Fatura bu", "“fatura.pdf” buraya aktarılamadı", "artık kanalda")
    pressed = desk.presses(ELIF.user_id, "Yeniden dene")
    assert "yeniden isteniyor" in await toast(world, pressed)
    posted = await arrives(world, desk)
    assert "Fatura bu" in (posted.get("reply_to") or {})["text"]
    for _ in range(2):
        assert "Gerek kalmadı" in await toast(world, desk.presses(ELIF.user_id, "Yeniden dene"))
    ayse.says("Gördünüz mü?")
    await desk.shows("Gördünüz mü?")
    assert len(files(desk)) == 1


async def test_pressing_while_it_is_on_its_way_changes_nothing_and_a_new_failure_offers_it_again(
    world: World, app: App, ayse: Phone
) -> None:
    desk = await opened_ticket(world, ayse, "Fatura açılmıyor")
    world.whatsapp.faults.add("download", GONE, times=2)
    sends_invoice(ayse)
    await desk.shows("buraya aktarılamadı")
    world.whatsapp.faults.add("download", delay(0.5))
    world.whatsapp.faults.add("download", GONE, times=2)
    first, second = (desk.presses(ELIF.user_id, "Yeniden dene") for _ in range(2))
    assert "yeniden isteniyor" in await toast(world, first)
    assert "Gerek kalmadı" in await toast(world, second)
    await arrives(world, desk)
    assert len(files(desk)) == 1


async def test_trouble_that_lasts_for_hours_ends_in_a_button_and_delays_no_words(
    world: World, app: App, ayse: Phone
) -> None:
    desk = await opened_ticket(world, ayse, "Fatura açılmıyor")
    world.whatsapp.faults.add("download", DOWN, times=3)
    sends_invoice(ayse)
    on_its_way = await desk.shows("Fatura bu", "dosya yolda")
    await later(world, app, 2 * HOUR + 60)
    failed = await desk.shows("“fatura.pdf” buraya aktarılamadı", "geçici bir sorun")
    assert failed["reply_to"]["text"] == on_its_way["text"]
    assert "Fatura bu" not in failed["text"], "the words stand there already"
    desk.presses(ELIF.user_id, "Yeniden dene")
    await later(world, app, 60)
    posted = await arrives(world, desk)
    assert posted["reply_to"]["text"] == on_its_way["text"]


async def test_a_refused_token_of_whatsapp_does_not_stop_the_agents_group(world: World, app: App, ayse: Phone) -> None:
    """What the origin of a file refuses must neither shut the group's budget nor stop Telegram."""
    desk = await opened_ticket(world, ayse, "Fatura açılmıyor")
    refusal = {"error": {"message": "expired", "type": "OAuthException", "code": 190}}
    world.whatsapp.faults.add("media_url", error(401, refusal), times=1)
    busy = {"error": {"message": "(#130429) slow down", "type": "OAuthException", "code": 130429}}
    world.whatsapp.faults.add("media_url", error(429, busy, {"Retry-After": "600"}), times=1)
    sends_invoice(ayse)
    await desk.shows("Fatura bu", "dosya yolda")
    for words in ("Bir", "İki", "Üç"):
        ayse.says(words)
        await desk.shows("👤", words)
    assert app.outbox.stopped_channels == {}
    await later(world, app, 601)
    await later(world, app, 61)
    await arrives(world, desk)


async def test_an_agents_file_that_cannot_be_fetched_is_told_with_a_button(world: World, app: App, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse, "Kılavuz var mı?")
    world.telegram.faults.add("file", error(404, b""))
    desk.sends(ELIF.user_id, "document", PDF, name="kilavuz.pdf", mime="application/pdf")
    failed = await desk.shows("💔", "Müşteriye ulaşmadı")
    assert failed["buttons"]
    desk.presses(ELIF.user_id, "Yeniden gönder")
    await arrives(world, ayse, "kilavuz.pdf")


async def test_a_customer_learns_that_a_photo_is_too_large_and_nobody_is_offered_to_try_again(
    world: World, app: App, ayse: Phone
) -> None:
    desk = await opened_ticket(world, ayse, "Ekran donuyor")
    ayse.sends("photo", JPEG + bytes(11 * 2**20), name="", mime="image/jpeg", caption="Ekran burada")
    shown = await desk.shows("👤", "Ekran burada", "çok büyük")
    assert not shown.get("buttons")
    await ayse.hears("çok büyük", "12 MB", "10 MB")
