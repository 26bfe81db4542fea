"""The first questions: typed, pressed, paged, skipped, left open."""

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone, newest_button
from adapters.sandbox.world import World
from config.app import App
from tests.journeys.customers_phone import (
    MINUTE,
    NUMBER,
    heard,
    later,
    offers,
    opened,
    press,
    relayed,
    reply_to,
    status_of,
)

TINY_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c63f8cfc0f01f0005000 1ff89993d1d0000000049454e44ae426082".replace(" ", "")
)


async def test_typed_answers_count_and_the_confirmation_names_the_number(world: World, customer: Phone) -> None:
    desk = await opened(world, customer)
    for answer, question in (("ARIZA", "hangi konuda"), ("yazıcıda", "herkeste mi"), ("2", "her seferinde")):
        customer.says(answer)
        await customer.hears(question)
    customer.says("Evet.")
    understood = ("Tür: Arıza", "Kaynak: Yazıcı / tarayıcı", "Kapsam: Sadece bende", "Tekrarlanabiliyor: Evet")
    await customer.hears(NUMBER, *understood)
    await desk.shows("Müşteri:", *understood)


async def test_the_sources_turn_their_pages_there_and_back(world: World, customer: Phone) -> None:
    await opened(world, customer)
    customer.presses("Arıza")
    await customer.hears("hangi konuda")
    first = await offers(world, customer, "Devamı")
    assert first[0] == "Giriş / şifre"
    assert "Önceki" not in first
    customer.presses("Devamı")
    last = await offers(world, customer, "Başka bir şey")
    assert "Devamı" not in last
    customer.presses("Önceki")
    assert await offers(world, customer, "Giriş / şifre") == first
    customer.presses("Devamı")
    await offers(world, customer, "Başka bir şey")
    customer.presses("Başka bir şey")
    await customer.hears("herkeste mi")


async def test_every_question_can_be_skipped_by_button_or_by_word(world: World, emre: Phone) -> None:
    await opened(world, emre)
    emre.says("arıza")
    await emre.hears("hangi konuda")
    emre.presses("Geç")
    await emre.hears("herkeste mi")
    emre.says("GEÇ")
    await emre.hears("her seferinde")
    emre.says("bilmiyorum")
    confirmed = await emre.hears("Teşekkürler", NUMBER, "Tür: Arıza")
    assert "Kapsam" not in confirmed["text"]


async def test_skipping_the_type_ends_the_questions(world: World, ayse: Phone) -> None:
    await opened(world, ayse)
    ayse.says("geç")
    await ayse.hears("Teşekkürler", NUMBER)


async def test_words_that_are_no_answer_reach_the_agent_and_the_question_stays(world: World, ayse: Phone) -> None:
    desk = await opened(world, ayse)
    ayse.says("Bu arada bugün öğlene kadar yazdırmam gereken yüz sayfa var")
    await desk.shows("👤", "yüz sayfa")
    ayse.presses("Öneri")
    await ayse.hears(NUMBER, "Tür: Öneri")


async def test_a_file_sent_meanwhile_belongs_to_the_ticket_even_when_its_caption_answers(
    world: World, emre: Phone
) -> None:
    desk = await opened(world, emre)
    emre.sends("photo", TINY_PNG, name="hata.png", mime="image/png", caption="arıza")
    shown = await desk.shows("👤", "arıza")
    assert shown["kind"] == "photo"
    emre.says("soru")
    await emre.hears(NUMBER, "Tür: Soru")


async def test_after_ten_minutes_words_are_words_and_presses_still_count(
    world: World, app: App, customer: Phone
) -> None:
    desk = await opened(world, customer)
    await later(world, app, 10 * MINUTE + 1)
    customer.says("arıza")
    await desk.shows("👤", "\narıza")
    assert "not ettik" in await reply_to(world, customer, press(customer, "Öneri"))
    await desk.shows(NUMBER, "Tür: Öneri")
    assert not any("hangi konuda" in text for text in heard(customer))


async def test_a_question_left_open_stands_open_on_the_card(world: World, app: App, ayse: Phone) -> None:
    desk = await opened(world, ayse)
    ayse.presses("Arıza")
    await ayse.hears("hangi konuda")
    await later(world, app, 10 * MINUTE + 1)
    await desk.shows("Tür: Arıza", "Kaynak: —", "Kapsam: —")


async def test_pressing_twice_or_late_gets_an_answer_and_changes_nothing(world: World, customer: Phone) -> None:
    await opened(world, customer)
    question, button = newest_button(customer.messages, "Arıza")
    customer.presses("Arıza")
    await customer.hears("hangi konuda")
    again = customer.does("press", message=question["id"], title=button["title"])
    assert "yanıtlamıştınız" in await reply_to(world, customer, again)
    other = customer.does("press", message=question["id"], title="Öneri")
    assert "yanıtlamıştınız" in await reply_to(world, customer, other)
    customer.says("Yazıcı")
    await customer.hears("herkeste mi")
    assert sum("hangi konuda" in text for text in heard(customer)) == 1


async def test_skipping_twice_does_not_ask_the_next_question_twice(world: World, zeynep: Phone) -> None:
    await opened(world, zeynep)
    zeynep.presses("Arıza")
    await zeynep.hears("hangi konuda")
    question, _ = newest_button(zeynep.messages, "Geç")
    zeynep.does("press", message=question["id"], title="Geç")
    await zeynep.hears("herkeste mi")
    again = zeynep.does("press", message=question["id"], title="Geç")
    assert "yanıtlamıştınız" in await reply_to(world, zeynep, again)
    assert await status_of(zeynep) == "Yeni"
    assert sum("herkeste mi" in text for text in heard(zeynep)) == 1


async def test_once_an_agent_asks_short_answers_are_for_the_agent(world: World, ayse: Phone) -> None:
    desk = await opened(world, ayse)
    desk.writes(ELIF.user_id, "/ask Fişi takılı mı?")
    await ayse.hears("Fişi takılı mı?")
    ayse.says("2")
    await desk.shows("👤", "\n2")
    assert await status_of(ayse) == "İnceleniyor"


async def test_an_answer_given_while_agents_talk_is_shown_to_them_as_well(world: World, ayse: Phone) -> None:
    desk = await opened(world, ayse)
    desk.writes(ELIF.user_id, "Bu bir arıza mı?")
    await ayse.hears("Bu bir arıza mı?")
    ayse.says("arıza")
    await ayse.hears("hangi konuda")
    await desk.shows("👤", "\narıza")
    assert len(relayed(desk)) == 2
