"""Accepting and rejecting: pressed, typed, twice, late, and against one's own words."""

import pytest

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone, Topic, newest_button
from adapters.sandbox.world import World
from config.app import App
from tests.journeys.customers_phone import (
    DAY,
    MINUTE,
    NUMBER,
    SECOND,
    closed,
    heard,
    history_of,
    later,
    opened,
    proposed,
    reply_to,
    status_of,
)

pytestmark = pytest.mark.both_databases

FAILING = "Denedim ama yazıcı hâlâ olmuyor"


async def another(world: World, customer: Phone) -> Topic:
    """A second ticket of the same customer, which is the current one from now on."""
    customer.says("/new")
    await customer.hears("Yeni talebinizi yazın")
    return await opened(world, customer, "Şifremi unuttum", SECOND)


async def test_accepting_twice_closes_once_and_says_so(world: World, customer: Phone) -> None:
    await proposed(world, customer)
    message, button = newest_button(customer.messages, "Kabul")
    customer.presses("Kabul")
    await customer.hears(NUMBER, "kapandı")
    again = customer.does("press", message=message["id"], title=button["title"])
    assert "zaten kapandı" in await reply_to(world, customer, again)
    assert sum("Onayınız için teşekkürler" in text for text in heard(customer)) == 1


async def test_rejecting_twice_asks_for_the_reason_once(world: World, emre: Phone) -> None:
    await proposed(world, emre)
    message, button = newest_button(emre.messages, "Reddet")
    emre.presses("Reddet")
    await emre.hears("Neyin olmadığını")
    again = emre.does("press", message=message["id"], title=button["title"])
    assert "artık yanıt beklemiyor" in await reply_to(world, emre, again)
    assert await status_of(emre) == "İnceleniyor"
    assert sum("Neyin olmadığını" in text for text in heard(emre)) == 1


async def test_the_button_of_an_older_proposal_decides_nothing(world: World, ayse: Phone) -> None:
    desk = await proposed(world, ayse)
    message, button = newest_button(ayse.messages, "Kabul")
    desk.writes(ELIF.user_id, "/propose Sürücüyü yeniden kurun.")
    await ayse.hears("Sürücüyü yeniden kurun.")
    old = ayse.does("press", message=message["id"], title=button["title"])
    assert "son öneriyi" in await reply_to(world, ayse, old)
    assert await status_of(ayse) == "Çözüm önerildi"
    ayse.presses("Kabul")
    await ayse.hears("kapandı")


@pytest.mark.parametrize("word", ["KABUL", "Evet, teşekkürler", "çözüldü"])
async def test_an_accept_may_be_typed(world: World, ayse: Phone, word: str) -> None:
    await proposed(world, ayse)
    ayse.says(word)
    await ayse.hears(NUMBER, "kapandı")


@pytest.mark.parametrize("word", ["HAYIR", "kabul etmiyorum", "hâlâ olmuyor"])
async def test_a_reject_may_be_typed(world: World, zeynep: Phone, word: str) -> None:
    desk = await proposed(world, zeynep)
    zeynep.says(word)
    await zeynep.hears("Neyin olmadığını")
    await desk.shows("reddetti", "Elif")
    assert await status_of(zeynep) == "İnceleniyor"


async def test_yes_to_a_proposal_is_no_answer_to_an_open_question(world: World, ayse: Phone) -> None:
    desk = await opened(world, ayse)
    ayse.says("arıza")
    ayse.says("geç")
    ayse.says("geç")
    await ayse.hears("her seferinde")
    desk.writes(ELIF.user_id, "/propose Kabloyu takın.")
    await ayse.hears("Kabloyu takın.")
    ayse.says("evet")
    await ayse.hears(NUMBER, "kapandı")


async def test_other_words_keep_the_proposal_and_stop_the_auto_close(
    world: World, app: App, zeynep: Phone, john: Phone
) -> None:
    desk = await proposed(world, zeynep)
    zeynep.says("Yarın deneyip size yazacağım")
    await desk.shows("👤", "Yarın deneyip")
    other = await opened(world, john, "My mouse is dead", SECOND)
    other.writes(ELIF.user_id, "/propose Change the battery.")
    await john.hears("Change the battery.")
    await later(world, app, 5 * DAY)
    await john.hears(SECOND, "closed the request")
    assert await status_of(zeynep) == "Çözüm önerildi"
    zeynep.presses("Kabul")
    await zeynep.hears(NUMBER, "kapandı")


@pytest.mark.parametrize("note", ["", "// bu müşteri hep böyle"])
async def test_words_before_an_accept_that_contradict_it_are_asked_about(
    world: World, zeynep: Phone, note: str
) -> None:
    desk = await proposed(world, zeynep)
    zeynep.says(FAILING)
    await desk.shows("👤", FAILING)
    if note:
        written = desk.writes(ELIF.user_id, note)
        await world.changes.wait_for(lambda: desk.message(written)["reactions"], what="the note to be kept")
    zeynep.presses("Kabul et")
    await zeynep.hears(NUMBER, "yine de kapatalım mı")
    await desk.shows("⚠️", "sürdüğünü")
    assert await status_of(zeynep) == "Çözüm önerildi"
    zeynep.presses("Evet, kapatın")
    await zeynep.hears(NUMBER, "kapandı")


async def test_who_is_asked_once_more_may_also_reject(world: World, zeynep: Phone) -> None:
    desk = await proposed(world, zeynep)
    zeynep.says("Kabul ediyorum ama hâlâ olmuyor")
    await zeynep.hears("yine de kapatalım mı")
    await desk.shows("👤", "Kabul ediyorum ama")
    zeynep.presses("Reddet")
    await zeynep.hears("Neyin olmadığını")
    assert await status_of(zeynep) == "İnceleniyor"


async def test_words_right_after_an_accept_take_it_back(world: World, customer: Phone) -> None:
    desk = await proposed(world, customer)
    customer.presses("Kabul et")
    customer.says(FAILING)
    await customer.hears("Onayınız için teşekkürler")
    await customer.hears(NUMBER, "yeniden açıldı")
    await desk.shows("👤", FAILING)
    assert await status_of(customer) == "İnceleniyor"
    assert FAILING in await history_of(desk)


async def test_a_minute_after_an_accept_such_words_are_asked_about(world: World, app: App, ayse: Phone) -> None:
    await closed(world, ayse)
    await later(world, app, MINUTE + 5)
    ayse.says(FAILING)
    await ayse.hears(NUMBER, "kapanmıştı")
    assert await status_of(ayse) == "Kapandı"


async def test_accepting_one_ticket_leaves_the_other_current(world: World, ayse: Phone) -> None:
    await proposed(world, ayse)
    second = await another(world, ayse)
    ayse.presses("Kabul")
    await ayse.hears(NUMBER, "kapandı")
    ayse.says("Kullanıcı adım: ayilmaz")
    await second.shows("👤", "ayilmaz")


async def test_a_reject_is_answered_by_a_reason_even_when_another_ticket_is_current(world: World, ayse: Phone) -> None:
    desk = await proposed(world, ayse)
    await another(world, ayse)
    ayse.presses("Reddet")
    await ayse.hears("Neyin olmadığını")
    ayse.says("Kablo zaten takılı")
    await desk.shows("ret nedeni", "Kablo zaten takılı")
