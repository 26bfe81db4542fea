"""What agents write: plain words go out, notes stay inside, edits, reactions and quotes follow."""

import pytest

from adapters.sandbox.page.cast import DENIZ, ELIF
from adapters.sandbox.players import Drawn, General, Phone, Topic
from adapters.sandbox.world import World
from tests.journeys.agents_desk import answered, heard, marked, opened_ticket, told, towards_customers


@pytest.fixture
def limits() -> bool:
    return False


def relayed(desk: Topic, words: str) -> Drawn:
    """The post that shows a customer's words."""
    return next(message for message in desk.messages if message["text"].startswith("👤") and words in message["text"])


async def test_notes_stay_inside_whatever_becomes_of_them(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    quick = desk.writes(ELIF.user_id, "//kanarya-bir")
    desk.writes(ELIF.user_id, "  // kanarya-iki")
    long = desk.writes(ELIF.user_id, "/note kanarya-üç\nikinci satır")
    desk.sends(ELIF.user_id, "document", b"kanarya-dosya", name="kanarya.txt", mime="text/plain", caption="// bize")
    await marked(world, desk, quick, "✍")
    await marked(world, desk, long, "✍")
    desk.does(ELIF.user_id, "edit", message=quick, text="kanarya-dört, artık işaretsiz")
    desk.does(ELIF.user_id, "edit", message=long, text="/note kanarya-beş")
    desk.does(DENIZ.user_id, "react", message=quick, emoji="🔥")
    desk.writes(DENIZ.user_id, "Nota verilen yanıt", reply_to=quick)
    answer = await either.hears("Nota verilen yanıt")
    assert not answer.get("reply_to")
    desk.writes(DENIZ.user_id, "/history")
    await desk.shows("📝 Elif: «kanarya-dört", "📝 Elif: «kanarya-beş»", "📝 Elif: «bize»")
    assert "Nota verilen yanıt" in towards_customers(world)
    assert "kanarya" not in towards_customers(world)
    assert "bize" not in heard(either)


async def test_a_message_in_general_goes_nowhere(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    General(world).writes(ELIF.user_id, "Öğlen kanarya yiyoruz")
    await told(world, General(world), General(world).writes(ELIF.user_id, "/status"), "Talepler")
    await answered(world, either, desk)
    assert "kanarya" not in towards_customers(world)
    assert len(General(world).messages) == 3


async def test_what_cannot_be_carried_is_refused_with_its_name(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    thread = desk.drawn["thread_id"]
    poll = {"poll": {"id": "1", "question": "Pide mi kebap mı?", "options": [{"text": "Pide"}, {"text": "Kebap"}]}}
    world.telegram.send_raw_message(ELIF.user_id, poll, chat_id=world.telegram.group_id, thread_id=thread)
    sentence = await desk.shows("Anket", "müşteriye taşınamıyor")
    assert "lütfen" in sentence["text"]
    await answered(world, either, desk)
    assert "Pide" not in towards_customers(world)


async def test_an_edit_changes_the_answer_on_telegram(world: World, zeynep: Phone) -> None:
    desk = await opened_ticket(world, zeynep)
    written = desk.writes(ELIF.user_id, "Saat üçte arıyoruz")
    await zeynep.hears("Saat üçte")
    desk.does(ELIF.user_id, "edit", message=written, text="Saat dörtte arıyoruz")

    def corrected() -> Drawn | None:
        return next((one for one in zeynep.messages if one["text"] == "Saat dörtte arıyoruz"), None)

    shown = await world.changes.wait_for(corrected, 10, what="the edited answer")
    assert shown is not None
    assert shown["edited"]
    assert "Saat üçte" not in heard(zeynep)


async def test_an_edit_arrives_as_a_correction_on_whatsapp(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    written = desk.writes(ELIF.user_id, "Saat üçte arıyoruz")
    await ayse.hears("Saat üçte")
    desk.does(ELIF.user_id, "edit", message=written, text="Saat dörtte arıyoruz")
    correction = await ayse.hears("Düzeltme: Saat dörtte arıyoruz")
    assert correction["reply_to"]["text"] == "Saat üçte arıyoruz"


async def test_a_caption_is_edited_with_its_file_left_alone(world: World, zeynep: Phone) -> None:
    desk = await opened_ticket(world, zeynep)
    sent = desk.sends(ELIF.user_id, "document", b"a bill", name="fatura.pdf", mime="application/pdf", caption="Mart")
    await zeynep.hears("Mart")
    desk.does(ELIF.user_id, "edit", message=sent, text="Nisan")

    def corrected() -> Drawn | None:
        return next((one for one in zeynep.messages if one["text"] == "Nisan"), None)

    shown = await world.changes.wait_for(corrected, 10, what="the edited caption")
    assert shown is not None
    assert shown["kind"] == "document"


async def test_a_reaction_travels_to_the_customers_message_and_back_off_it(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    post = (await desk.shows("👤", "Yazıcı çalışmıyor"))["id"]

    def reacted() -> list[str]:
        return [reaction["emoji"] for reaction in either.messages[0]["reactions"]]

    desk.does(ELIF.user_id, "react", message=post, emoji="❤")
    await world.changes.wait_for(lambda: reacted() == ["❤"], 10, what="the reaction on the phone")
    desk.does(ELIF.user_id, "react", message=post, emoji="")
    await world.changes.wait_for(lambda: not reacted(), 10, what="the reaction's end")


async def test_a_reply_quotes_the_same_message_on_both_sides(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    either.says("Kırmızı ışık yanıyor")
    await desk.shows("Kırmızı ışık")
    desk.writes(ELIF.user_id, "Hangi ışık?", reply_to=relayed(desk, "Kırmızı ışık")["id"])
    question = await either.hears("Hangi ışık?")
    assert question["reply_to"]["text"] == "Kırmızı ışık yanıyor"
    own = desk.writes(ELIF.user_id, "Üstteki mi?", reply_to=relayed(desk, "Yazıcı çalışmıyor")["id"])
    quoted = await either.hears("Üstteki mi?")
    assert quoted["reply_to"]["text"] == "Yazıcı çalışmıyor"
    either.says("Alttaki", reply_to=quoted["id"])
    answer = await desk.shows("👤", "Alttaki")
    assert answer["reply_to"]["text"] == desk.message(own)["text"]


async def test_long_words_arrive_whole_and_in_order(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    words = " ".join(str(number) for number in range(1000, 1810))
    desk.writes(ELIF.user_id, f"/propose {words}")
    await either.hears("Sorununuz çözüldü mü?")
    desk.writes(ELIF.user_id, f"{words} sonu")
    await either.hears("sonu")
    told_twice = " ".join(heard(either).split())
    assert told_twice.count(words) == 2
    either.says(words[:4090])
    await desk.shows("👤", words[:3000])
    await desk.shows(words[3500:4090])
    either.presses("Kabul")
    await either.hears("kapandı")
