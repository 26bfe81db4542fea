"""What customers do by themselves: start, menu, new, tickets, status, language, help."""

import pytest

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone, seen, topic
from adapters.sandbox.world import World
from tests.journeys.customers_phone import NUMBER, SECOND, heard, opened, reply_to, status_of, tickets

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


async def test_start_greets_and_opens_no_ticket(world: World, zeynep: Phone) -> None:
    zeynep.says("/start")
    await zeynep.hears("Merhaba!")
    await opened(world, zeynep)
    assert tickets(world) == 1


@pytest.mark.parametrize("word", ["menu", "MENÜ", "/help", "/yardım"])
async def test_the_menu_opens_by_word_and_by_command_and_makes_no_ticket(world: World, emre: Phone, word: str) -> None:
    emre.says(word)
    await emre.hears("buradan yaz" if word.startswith("/") else "Size nasıl yardım")
    emre.presses("Taleplerim")
    await emre.hears("Henüz bir talebiniz yok")
    emre.presses("Durum")
    await emre.hears("Henüz bir talebiniz yok")
    assert tickets(world) == 0


async def test_an_unknown_command_is_answered_with_what_is_possible(world: World, ayse: Phone) -> None:
    ayse.says("/kahve")
    await ayse.hears("Bu komutu bilmiyoruz")
    ayse.presses("Yeni talep")
    await ayse.hears("Yeni talebinizi yazın")
    await opened(world, ayse)


async def test_new_makes_the_next_message_a_ticket_of_its_own(world: World, zeynep: Phone) -> None:
    first = await opened(world, zeynep)
    zeynep.says("/new")
    await zeynep.hears("Yeni talebinizi yazın")
    second = await opened(world, zeynep, "Şifremi unuttum", SECOND)
    zeynep.says("Kullanıcı adım: ayilmaz")
    await second.shows("👤", "ayilmaz")
    assert not any("Şifremi" in message["text"] or "ayilmaz" in message["text"] for message in first.messages)


async def test_new_with_words_opens_the_ticket_at_once(world: World, ayse: Phone) -> None:
    ayse.says("/new\nKlima su akıtıyor")
    await ayse.hears(NUMBER)
    desk = await topic(world, NUMBER)
    await desk.shows("👤", "Klima su akıtıyor")
    assert not any("/new" in message["text"] for message in desk.messages)


async def test_a_captioned_photo_is_never_lost_to_a_command(world: World, zeynep: Phone) -> None:
    zeynep.sends("photo", JPEG, name="a.jpg", mime="image/jpeg", caption="/status")
    await zeynep.hears(NUMBER)
    first = await topic(world, NUMBER)
    assert (await first.shows("👤", "/status"))["kind"] == "photo"
    zeynep.sends("photo", JPEG, name="b.jpg", mime="image/jpeg", caption="/new Bu da başka")
    await zeynep.hears(SECOND)
    second = await topic(world, SECOND)
    assert (await second.shows("👤", "Bu da başka"))["kind"] == "photo"


async def test_tickets_lists_ones_own_and_a_press_shows_one(world: World, emre: Phone) -> None:
    await opened(world, emre)
    emre.says("/new Şifremi unuttum")
    await emre.hears(SECOND)
    emre.says("/tickets")
    await emre.hears("Talepleriniz", f"{SECOND} · Yeni · Şifremi unuttum", f"{NUMBER} · Yeni · Yazıcı")
    emre.presses(NUMBER)
    await emre.hears(f"{NUMBER} · Yeni", "Yazıcı çalışmıyor", "Açılış:")


async def test_status_tells_ones_own_ticket_and_nobody_elses(world: World, ayse: Phone, zeynep: Phone) -> None:
    await opened(world, ayse, "Maaş bordrom yanlış")
    zeynep.says("/status")
    await zeynep.hears("Henüz bir talebiniz yok")
    for number in (NUMBER, "1", "#2026-1", "2026-000009", "yok"):
        zeynep.says(f"/status {number}")
        await zeynep.hears("Bu numarayla bir talebiniz yok")
    assert not any("bordro" in text for text in heard(zeynep))
    ayse.says("/durum 1")
    await ayse.hears(f"{NUMBER} · Yeni", "Maaş bordrom yanlış")
    ayse.says("/STATUS")
    await ayse.hears(f"{NUMBER} · Yeni")


async def test_the_chosen_language_is_the_language_of_every_later_notice(world: World, customer: Phone) -> None:
    desk = await opened(world, customer)
    customer.says("/language en")
    await customer.hears("From now on we will write to you in English")
    desk.presses(ELIF.user_id, "Üstlen")
    await customer.hears("Your request is in progress")
    customer.says("/language")
    await customer.hears("Which language")
    customer.presses("Türkçe")
    await customer.hears("Bundan sonra size Türkçe")
    assert await status_of(customer) == "İnceleniyor"
    customer.says("/language klingon")
    await customer.hears("Bu dili henüz bilmiyoruz")


async def test_who_speaks_english_is_greeted_in_english(world: World, john: Phone) -> None:
    john.says("/start")
    await john.hears("Hello!")
    john.says("My printer is broken")
    await john.hears(NUMBER, "question", "idea")
    john.presses("Idea")
    await john.hears("Thank you", NUMBER, "Idea")
    desk = await topic(world, NUMBER)
    await desk.shows("Yeni", "Tür: Öneri")


async def test_telegram_is_given_the_customers_commands_in_both_languages(world: World, zeynep: Phone) -> None:
    def menu(language: str) -> dict[str, str]:
        stored = world.telegram.commands_menu().get(f"all_private_chats/{language}", [])
        return {command["command"]: command["description"] for command in stored}

    await seen(world, lambda: menu("en"), "the English menu")
    assert list(menu("tr")) == ["new", "tickets", "status", "language", "help"] == list(menu("en"))
    assert "Taleplerim" in menu("tr")["tickets"]
    assert "My requests" in menu("en")["tickets"]
    assert menu("") == menu("tr")


async def test_a_language_button_works_however_old_it_is(world: World, zeynep: Phone) -> None:
    zeynep.says("/language")
    question = await zeynep.hears("Hangi dilde")
    zeynep.presses("English")
    await zeynep.hears("in English")
    again = zeynep.does("press", message=question["id"], title="Türkçe")
    assert await reply_to(world, zeynep, again) == ""
    await zeynep.hears("size Türkçe")
