"""Floods: everything is stored, little is said."""

from adapters.sandbox.page.cast import DENIZ, ELIF
from adapters.sandbox.players import Phone, Topic, seen, topic
from adapters.sandbox.world import World
from store import messages, tickets

NUMBER = "#2026-000001"


async def _ticket(world: World, customer: Phone) -> Topic:
    customer.says("Merhaba")
    await customer.hears(NUMBER)
    return await topic(world, NUMBER)


async def _stored() -> list[str]:
    ticket = await tickets.by_number(NUMBER)
    assert ticket is not None
    said = await messages.of_ticket(ticket.id, limit=1_000)
    return [message.content.text for message in said if message.author == "requester"]


async def test_a_flood_is_stored_in_order_bundled_and_answered_once(world: World, zeynep: Phone) -> None:
    await _ticket(world, zeynep)
    wanted = [f"mesaj {number}" for number in range(60)]
    for text in wanted:
        zeynep.says(text)
    desk = await topic(world, NUMBER)
    await desk.shows("mesaj 59", within=40.0)
    assert (await _stored())[1:] == wanted
    shown = "\n".join(message["text"] for message in desk.messages)
    places = [shown.index(f"{text}\n") if f"{text}\n" in shown else shown.index(text) for text in wanted]
    assert places == sorted(places)
    assert world.telegram.breaches == 0
    assert len([message for message in zeynep.messages if not message["out"]]) == 1


async def test_an_answer_overtakes_the_flood(world: World, zeynep: Phone) -> None:
    desk = await _ticket(world, zeynep)
    for number in range(40):
        zeynep.says(f"mesaj {number}")
    desk.writes(ELIF.user_id, "Sakin olun, bakıyorum.")
    await zeynep.hears("Sakin olun")


async def test_a_banned_customer_is_kept_but_neither_shown_nor_answered(world: World, zeynep: Phone) -> None:
    desk = await _ticket(world, zeynep)
    desk.writes(DENIZ.user_id, "/ban")
    await desk.shows("susturuldu")
    zeynep.says("Beni duyuyor musunuz?")
    await seen(world, lambda: not world.telegram.unconfirmed, "the message to be fetched")
    desk.writes(DENIZ.user_id, "/unban")
    await desk.shows("yeniden dinleniyor")
    zeynep.says("Şimdi duyuyor musunuz?")
    await desk.shows("Şimdi duyuyor")
    assert "Beni duyuyor musunuz?" in await _stored()
    assert not any("Beni duyuyor" in message["text"] for message in desk.messages)
