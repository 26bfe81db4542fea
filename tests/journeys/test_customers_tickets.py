"""Which ticket a message belongs to when there are several, and when there is somebody else's."""

from adapters.sandbox.players import Phone, topic
from adapters.sandbox.world import World
from tests.journeys.customers_phone import NUMBER, SECOND, history_of, opened, tickets


async def test_the_second_message_goes_to_the_same_ticket(world: World, emre: Phone) -> None:
    desk = await opened(world, emre)
    emre.says("Bu arada kâğıt da sıkışmış olabilir, emin değilim")
    await desk.shows("👤", "kâğıt")
    assert tickets(world) == 1


async def test_the_older_ticket_is_reached_by_quoting_and_by_its_number(world: World, customer: Phone) -> None:
    first = await opened(world, customer)
    receipt = next(message for message in customer.messages if not message["out"])
    customer.says("/new Şifremi unuttum")
    await customer.hears(SECOND)
    second = await topic(world, SECOND)
    customer.says("Bunu yazıcı için yazıyorum", reply_to=receipt["id"])
    await first.shows("👤", "yazıcı için")
    customer.says(f"{NUMBER} için bir de fotoğraf çekeceğim")
    await first.shows("👤", "fotoğraf")
    customer.says("Kullanıcı adım: ayilmaz")
    await second.shows("👤", "ayilmaz")
    assert "yazıcı için" not in await history_of(second)


async def test_somebody_elses_number_in_a_text_leads_nowhere(world: World, ayse: Phone, zeynep: Phone) -> None:
    theirs = await opened(world, ayse)
    mine = await opened(world, zeynep, f"{NUMBER} ile aynı sorun bizde de var", SECOND)
    zeynep.says(f"Tekrar yazıyorum: {NUMBER} ne durumda?")
    await mine.shows("👤", "ne durumda?")
    assert "aynı sorun" not in await history_of(theirs)
