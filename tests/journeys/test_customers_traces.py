"""What customers change afterwards: edits, deletions, reactions, blocking the bot."""

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone
from adapters.sandbox.world import World
from tests.journeys.customers_phone import NUMBER, opened, relayed, status_of, tickets


async def test_an_edit_is_shown_as_an_edit(world: World, ayse: Phone) -> None:
    desk = await opened(world, ayse)
    written = ayse.says("Model adı HL-2053, yanında da bir tarayıcı duruyor")
    await desk.shows("👤", "HL-2053")
    ayse.does("edit", message=written, text="Model adı HL-2035, yanında da bir tarayıcı duruyor")
    await desk.shows("👤", "düzenlendi", "HL-2035")
    assert len(relayed(desk)) == 2


async def test_an_edited_answer_reaches_the_agents_as_words(world: World, ayse: Phone) -> None:
    desk = await opened(world, ayse)
    written = ayse.says("soru")
    await ayse.hears(NUMBER, "Tür: Soru")
    ayse.does("edit", message=written, text="soru değil, öneri aslında")
    await desk.shows("👤", "düzenlendi", "öneri aslında")


async def test_a_deleted_message_is_marked_as_deleted(world: World, emre: Phone) -> None:
    desk = await opened(world, emre)
    written = emre.says("Bu mesajı yanlış kişiye yazmışım, kusura bakmayın")
    await desk.shows("👤", "yanlış kişiye")
    emre.does("revoke", message=written)
    await desk.shows("🗑", "müşteri bu mesajı sildi")
    assert await status_of(emre) == "Yeni"


async def test_a_reaction_is_shown_under_the_message_it_is_about(world: World, zeynep: Phone) -> None:
    desk = await opened(world, zeynep)
    desk.writes(ELIF.user_id, "Bir saate geliyorum.")
    answer = await zeynep.hears("Bir saate geliyorum.")
    zeynep.does("react", message=answer["id"], emoji="❤")
    line = await desk.shows("tepki verdi", "❤")
    assert "Bir saate geliyorum." in line["reply_to"]["text"]
    assert tickets(world) == 1


async def test_a_reaction_as_the_very_first_thing_makes_no_ticket(world: World, ayse: Phone) -> None:
    reaction = {"message_id": "wamid.BEFORE", "emoji": "👍"}
    world.whatsapp.send_raw("905550000101", {"type": "reaction", "reaction": reaction})
    await opened(world, ayse)
    assert tickets(world) == 1


async def test_a_reaction_to_the_greeting_makes_no_ticket(world: World, zeynep: Phone) -> None:
    zeynep.says("/start")
    greeting = await zeynep.hears("Merhaba!")
    zeynep.does("react", message=greeting["id"], emoji="👍")
    await opened(world, zeynep)
    assert tickets(world) == 1


async def test_agents_see_that_the_bot_is_blocked_and_can_send_again_once_it_is_not(
    world: World, zeynep: Phone
) -> None:
    desk = await opened(world, zeynep)
    zeynep.does("block", on=True)
    await desk.shows("🚫", "engelledi")
    desk.writes(ELIF.user_id, "Yarın uğruyoruz.")
    await desk.shows("ulaşmadı", "engellemiş")
    zeynep.does("block", on=False)
    await desk.shows("engeli kaldırdı")
    desk.presses(ELIF.user_id, "Yeniden gönder")
    await zeynep.hears("Yarın uğruyoruz.")
