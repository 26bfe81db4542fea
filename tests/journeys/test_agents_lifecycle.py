"""Agents move a ticket along its life; the customer hears of it, card and topic follow."""

import pytest

from adapters.sandbox.page.cast import DENIZ, ELIF, MERT
from adapters.sandbox.players import Phone, Topic
from adapters.sandbox.world import World
from tests.journeys.agents_desk import NUMBER, heard, marked, opened_ticket, toast, towards_customers


@pytest.fixture
def limits() -> bool:
    return False


async def shows_on_card(world: World, desk: Topic, *fragments: str) -> None:
    def shown() -> bool:
        return all(fragment in desk.card["text"] for fragment in fragments)

    await world.changes.wait_for(shown, 10, what=f"{fragments} on the card")


def card_buttons(desk: Topic) -> list[str]:
    return [button["title"] for row in desk.card["buttons"] for button in row]


async def test_taking_tells_the_customer_and_names_the_agent_on_the_card(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    assert card_buttons(desk) == ["🙋 Üstlen", "🕘 Geçmiş"]
    taken = desk.writes(ELIF.user_id, "/take")
    await ayse.hears(NUMBER, "inceleniyor")
    await marked(world, desk, taken, "👌")
    await desk.is_called("🔧")
    await shows_on_card(world, desk, "İnceleniyor", "Sorumlu: Elif")
    assert card_buttons(desk) == ["💤 Yarına ertele", "🕘 Geçmiş"]
    desk.writes(ELIF.user_id, "/take")
    await desk.shows("zaten Elif üzerinde")


async def test_the_cards_buttons_do_what_their_commands_do(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    assert await toast(world, desk.presses(MERT.user_id, "Üstlen")) == ""
    await ayse.hears("inceleniyor")
    await shows_on_card(world, desk, "Sorumlu: Mert")
    desk.presses(MERT.user_id, "Yarına ertele")
    await ayse.hears(NUMBER, "ertelendi")
    await desk.is_called("💤")
    desk.presses(MERT.user_id, "Geçmiş")
    await desk.shows("Mert: üstlendi", "Mert: erteledi")
    desk.presses(MERT.user_id, "Devam et")
    await desk.is_called("🔧")


async def test_a_button_that_no_longer_fits_answers_with_a_sentence(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    stale = desk.card["buttons"][0][0]["id"]
    desk.presses(MERT.user_id, "Üstlen")
    await ayse.hears("inceleniyor")
    again = world.telegram.press(MERT.user_id, world.telegram.group_id, desk.card["id"], data=stale)
    assert "zaten Mert üzerinde" in await toast(world, {"answer": again})


async def test_assigning_by_username_name_or_id_needs_somebody_known(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    desk.writes(ELIF.user_id, "/assign @mert")
    await desk.shows("“@mert” adında kimse bulunamadı")
    desk.writes(MERT.user_id, "// buradayım")
    desk.writes(ELIF.user_id, "/assign @Mert")
    await desk.shows(f"{NUMBER} → Mert")
    await ayse.hears("inceleniyor")
    desk.writes(MERT.user_id, "/ata elif")
    await desk.shows(f"{NUMBER} → Elif")
    desk.writes(ELIF.user_id, f"/assign {MERT.user_id}")
    await shows_on_card(world, desk, "Sorumlu: Mert")
    assert heard(ayse).count("inceleniyor") == 1


async def test_postponing_tells_until_when_but_never_why(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    desk.writes(ELIF.user_id, "/postpone yarın 09:00 tedarikçi-kanarya bekleniyor")
    notice = await ayse.hears(NUMBER, "ertelendi", "09:00")
    assert "kanarya" not in notice["text"]
    await desk.shows(f"{NUMBER} ertelendi: yarın 09:00")
    await desk.is_called("💤")
    await shows_on_card(world, desk, "Ertelendi: 16 Haz 2026 09:00")
    assert card_buttons(desk) == ["▶️ Devam et", "🕘 Geçmiş"]
    desk.writes(ELIF.user_id, "/geçmiş")
    await desk.shows("Elif: erteledi → Ertelendi (tedarikçi-kanarya bekleniyor)")
    ayse.says("Beklemeden bir şey sorayım")
    await desk.is_called("🔧")
    assert "kanarya" not in towards_customers(world)


async def test_development_tells_the_expected_day_and_keeps_the_key_inside(world: World, zeynep: Phone) -> None:
    desk = await opened_ticket(world, zeynep)
    desk.writes(ELIF.user_id, "/dev can KANARYA-123 3 gün")
    await zeynep.hears(NUMBER, "geliştirme ekibimizde", "Tahmini tarih")
    await desk.shows("geliştirmede: can, KANARYA-123")
    await desk.is_called("🛠")
    await shows_on_card(world, desk, "Geliştirme aşamasında", "can · KANARYA-123")
    assert card_buttons(desk) == ["▶️ Devam et", "🕘 Geçmiş"]
    assert "KANARYA" not in towards_customers(world)
    desk.writes(ELIF.user_id, "/resume")
    await desk.is_called("🔧")


async def test_a_lead_closes_with_a_reason_and_the_desk_reopens(world: World, zeynep: Phone) -> None:
    desk = await opened_ticket(world, zeynep)
    desk.writes(DENIZ.user_id, "/close telefonda çözüldü, kanarya")
    closing = await zeynep.hears(NUMBER, "kapatıldı")
    assert "kanarya" not in closing["text"]
    await desk.is_called("✅")
    await shows_on_card(world, desk, "Kapandı (ekip lideri kapattı)")
    assert card_buttons(desk) == ["↩️ Yeniden aç", "🕘 Geçmiş"]
    refused = desk.writes(ELIF.user_id, "Bu satır gitmemeli")
    sentence = await desk.shows(f"{NUMBER} kapalı, mesajınız gönderilmedi", "/reopen")
    assert sentence["reply_to"]["text"] == "Bu satır gitmemeli"
    assert desk.message(refused)["reactions"] == []
    desk.presses(ELIF.user_id, "Yeniden aç")
    await zeynep.hears(NUMBER, "yeniden ele alıyoruz")
    desk.writes(ELIF.user_id, "Kaldığımız yerden")
    await zeynep.hears("Kaldığımız yerden")
    assert "gitmemeli" not in towards_customers(world)
    await shows_on_card(world, desk, "İnceleniyor", "Yeniden açılma: 1")


async def test_closing_as_spam_says_nothing_to_the_sender(world: World, zeynep: Phone) -> None:
    desk = await opened_ticket(world, zeynep, "Ucuz kredi!")
    closed = desk.writes(DENIZ.user_id, "/kapat spam")
    await marked(world, desk, closed, "👌")
    await shows_on_card(world, desk, "istenmeyen ileti")
    assert "kapat" not in heard(zeynep)


async def test_a_solution_with_a_photo_as_its_caption_brings_the_buttons(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    photo = b"\xff\xd8\xff\xe0 a picture of a cable"
    desk.sends(ELIF.user_id, "photo", photo, name="kablo.jpg", mime="image/jpeg", caption="/propose Kabloyu takın")
    await either.hears("Kabloyu takın", "4 gün")
    assert any(message["kind"] == "photo" and not message["out"] for message in either.messages)
    either.presses("Kabul")
    await either.hears(NUMBER, "kapandı")
    assert "/propose" not in heard(either)


async def test_a_question_with_a_photo_as_its_caption_is_one_message(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    photo = b"\xff\xd8\xff\xe0 a picture of a label"
    desk.sends(ELIF.user_id, "photo", photo, name="", mime="image/jpeg", caption="/ask Etikette ne yazıyor?")
    question = await either.hears("Etikette ne yazıyor?")
    assert question["kind"] == "photo"
    await desk.is_called("❓")
