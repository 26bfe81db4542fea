"""The main job: a chat becomes a ticket, is answered from the group, and is closed by the customer."""

import pytest

from adapters.sandbox.page.cast import DENIZ, ELIF
from adapters.sandbox.players import Phone, Topic, topic
from adapters.sandbox.world import World

pytestmark = pytest.mark.both_databases

NUMBER = "#2026-000001"


async def opened_ticket(world: World, customer: Phone, text: str = "Yazıcı çalışmıyor") -> Topic:
    customer.says(text)
    await customer.hears(NUMBER)
    return await topic(world, NUMBER)


async def test_the_first_message_gets_a_number_and_a_topic_with_a_card(world: World, customer: Phone) -> None:
    desk = await opened_ticket(world, customer)
    assert "Yazıcı çalışmıyor" in desk.name
    assert NUMBER in desk.card["text"]
    assert "Yeni" in desk.card["text"]
    await desk.shows("Yazıcı çalışmıyor", "👤")


async def test_a_fault_is_asked_for_source_scope_and_reproducibility(world: World, customer: Phone) -> None:
    desk = await opened_ticket(world, customer)
    customer.presses("Arıza")
    await customer.hears("Sorun hangi konuda?")
    customer.presses("Yazıcı")
    await customer.hears("herkeste mi")
    customer.presses("Sadece bende")
    await customer.hears("her seferinde")
    customer.presses("Evet")
    await customer.hears(NUMBER, "Yazıcı", "Sadece bende")
    await desk.shows("Tür: Arıza", "Kapsam: Sadece bende", "Tekrarlanabiliyor: Evet")


async def test_an_answer_reaches_the_customer_and_shows_its_delivery(world: World, customer: Phone) -> None:
    desk = await opened_ticket(world, customer)
    written = desk.writes(ELIF.user_id, "Hemen bakıyorum.")
    await customer.hears("Hemen bakıyorum.")
    await world.changes.wait_for(lambda: desk.message(written)["reactions"], what="a delivery mark")
    await desk.is_called("🔧")
    await desk.shows("Sorumlu: Elif")


async def test_a_note_never_reaches_the_customer(world: World, customer: Phone) -> None:
    desk = await opened_ticket(world, customer)
    desk.writes(ELIF.user_id, "// bu müşteri hep aynısını soruyor")
    desk.writes(ELIF.user_id, "/note parolası gizli-kanarya")
    desk.writes(ELIF.user_id, "Bakıyoruz.")
    await customer.hears("Bakıyoruz.")
    said = " ".join(message["text"] for message in customer.messages)
    assert "hep aynısını" not in said
    assert "gizli-kanarya" not in said


async def test_an_accepted_proposal_closes_the_ticket(world: World, customer: Phone) -> None:
    desk = await opened_ticket(world, customer)
    desk.writes(ELIF.user_id, "/propose Kabloyu takıp yeniden deneyin.")
    await customer.hears("Kabloyu takıp", "4 gün")
    customer.presses("Kabul")
    await customer.hears(NUMBER, "kapandı")
    await desk.is_called("✅")
    await desk.shows("Kapandı (çözüm kabul edildi)")


async def test_a_rejected_proposal_asks_why_and_comes_back_to_the_same_agent(world: World, customer: Phone) -> None:
    desk = await opened_ticket(world, customer)
    desk.writes(ELIF.user_id, "/propose Kabloyu takın.")
    await customer.hears("Kabloyu takın.")
    customer.presses("Reddet")
    await customer.hears("Neyin olmadığını")
    customer.says("Kablo zaten takılı")
    await customer.hears("ilettik")
    await desk.shows("ret nedeni", "Kablo zaten takılı")
    await desk.shows("reddetti", "Elif")
    desk.writes(ELIF.user_id, "/propose O hâlde sürücüyü kurun.")
    await customer.hears("sürücüyü kurun")
    customer.presses("Kabul")
    await customer.hears("kapandı")


async def test_a_question_waits_for_the_customer_and_the_answer_reopens(world: World, customer: Phone) -> None:
    desk = await opened_ticket(world, customer)
    desk.writes(DENIZ.user_id, "/ask Hangi model?")
    await customer.hears("Hangi model?", "4 gün")
    await desk.is_called("❓")
    customer.says("HL-2035")
    await desk.shows("HL-2035")
    await desk.is_called("🔧")
