"""After closing: thanks change nothing, other words are asked about, and late ones begin a follow-up."""

import pytest

from adapters.sandbox.page.cast import DENIZ, ELIF
from adapters.sandbox.players import Phone, seen, topic
from adapters.sandbox.world import World
from config.app import App
from tests.journeys.customers_phone import (
    DAY,
    NUMBER,
    SECOND,
    closed,
    heard,
    history_of,
    later,
    press,
    proposed,
    relayed,
    reply_to,
    status_of,
    tickets,
)

WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
WORDS = "Bir de toner siparişini soracaktım"


async def test_thanks_thumbs_and_stickers_change_nothing(world: World, ayse: Phone) -> None:
    desk = await closed(world, ayse)
    ayse.says("Çok teşekkürler, elinize sağlık 🙏")
    ayse.says("👍")
    ayse.sends("sticker", WEBP, name="", mime="image/webp")
    await seen(world, lambda: [m for m in desk.messages if m["kind"] == "sticker"], "the sticker in the topic")
    assert await status_of(ayse) == "Kapandı"
    assert not any("kapanmıştı" in text for text in heard(ayse))
    assert tickets(world) == 1


async def test_other_words_can_reopen_the_ticket_which_keeps_its_number(world: World, emre: Phone) -> None:
    desk = await closed(world, emre)
    emre.says(WORDS)
    await emre.hears(NUMBER, "kapanmıştı")
    await desk.shows("👤", WORDS)
    emre.presses("Yeniden aç")
    await emre.hears(NUMBER, "yeniden açıldı")
    assert await status_of(emre) == "İnceleniyor"
    assert "zaten açık" in await reply_to(world, emre, press(emre, "Yeni talep"))
    await desk.shows("Yeniden açılma: 1", "Sorumlu: Elif")
    assert (await history_of(desk)).count(WORDS) == 1
    assert tickets(world) == 1


@pytest.mark.parametrize("limits", [False], ids=["any pace"])
async def test_other_words_can_become_a_new_ticket_and_are_in_no_other(world: World, customer: Phone) -> None:
    desk = await closed(world, customer)
    customer.says(WORDS)
    customer.says("Siyah olandan iki tane lazım")
    await customer.hears(NUMBER, "kapanmıştı")
    await desk.shows("👤", "Siyah olandan")
    customer.presses("Yeni talep")
    await customer.hears(SECOND)
    fresh = await topic(world, SECOND)
    await fresh.shows("👤", "Siyah olandan")
    shown = "\n".join(relayed(fresh))
    assert 0 < shown.index(WORDS) < shown.index("Siyah olandan")
    await desk.shows("⤴️", SECOND)
    assert WORDS not in await history_of(desk)
    assert (await history_of(fresh)).count(WORDS) == 1
    assert sum("kapanmıştı" in text for text in heard(customer)) == 1
    customer.says("Acelesi yok, ay sonuna kadar gelse yeter")
    await fresh.shows("👤", "Acelesi yok")


async def test_the_choice_is_made_once(world: World, zeynep: Phone) -> None:
    await closed(world, zeynep)
    zeynep.says(WORDS)
    offer = await zeynep.hears("kapanmıştı")
    zeynep.presses("Yeni talep")
    await zeynep.hears(SECOND)
    again = zeynep.does("press", message=offer["id"], title="🆕 Yeni talep")
    assert "artık geçerli değil" in await reply_to(world, zeynep, again)
    await topic(world, SECOND)
    assert tickets(world) == 2


async def test_the_choice_may_be_typed(world: World, ayse: Phone) -> None:
    desk = await closed(world, ayse)
    ayse.says(WORDS)
    await ayse.hears("kapanmıştı")
    ayse.says("YENİ TALEP")
    await ayse.hears(SECOND)
    fresh = await topic(world, SECOND)
    await fresh.shows("👤", WORDS)
    assert not any("YENİ TALEP" in text for text in [*relayed(fresh), *relayed(desk)])


async def test_a_file_after_closing_is_never_mere_thanks(world: World, zeynep: Phone) -> None:
    desk = await closed(world, zeynep)
    zeynep.sends("photo", JPEG, name="a.jpg", mime="image/jpeg", caption="teşekkürler")
    await zeynep.hears("kapanmıştı")
    assert (await desk.shows("👤", "teşekkürler"))["kind"] == "photo"


async def test_after_a_week_words_open_a_follow_up_that_points_back(world: World, app: App, emre: Phone) -> None:
    await closed(world, emre)
    await later(world, app, 8 * DAY)
    emre.says("Teşekkürler")
    emre.says(WORDS)
    await emre.hears(NUMBER, "devamı", SECOND)
    follow_up = await topic(world, SECOND)
    assert f"Devamı olduğu talep: {NUMBER}" in follow_up.card["text"]
    await follow_up.shows("👤", WORDS)
    assert not any("Teşekkürler" in text for text in relayed(follow_up))
    assert tickets(world) == 2


async def test_the_closing_text_of_the_auto_close_opens_no_ticket(world: World, app: App, zeynep: Phone) -> None:
    await proposed(world, zeynep)
    await later(world, app, 4 * DAY + 60)
    told = await zeynep.hears(NUMBER, "yanıt gelmediği")
    zeynep.says("tamam", reply_to=told["id"])
    assert await status_of(zeynep) == "Kapandı"
    assert tickets(world) == 1


async def test_a_lead_closing_the_ticket_leaves_the_customer_the_same_choice(world: World, ayse: Phone) -> None:
    desk = await proposed(world, ayse)
    desk.writes(DENIZ.user_id, "/close by_lead")
    await ayse.hears(NUMBER, "kapatıldı")
    ayse.says("Olmadı ki, neden kapattınız?")
    await ayse.hears(NUMBER, "kapanmıştı")
    ayse.presses("Yeniden aç")
    await ayse.hears("yeniden açıldı")
    desk.writes(ELIF.user_id, "Haklısınız, bakıyoruz.")
    await ayse.hears("Haklısınız, bakıyoruz.")
