"""Answers on WhatsApp of which no receipt comes: lost, or is it only that nothing is heard?"""

from bot.domain.ledger import Delivery, ErrandState, Op
from bot.domain.ticket import Ticket
from store import tickets
from tests.builders import AYSE, MEHMET, House, outgoing
from tests.services.deliveries import DELIVERED, READ, asked, ledger, looks, state, unknown_at


async def test_on_whatsapp_nothing_is_sent_again_while_nothing_is_heard_of_the_platform(desk_house: House) -> None:
    """Our door may be shut, or the subscription gone: silence proves nothing then, and agents decide."""
    errand = await unknown_at(desk_house, AYSE)
    for _ in range(6):
        await looks(desk_house, 50)
    assert desk_house.whatsapp.said().count("Yanıt") == 1
    assert (asked(desk_house, errand), (await ledger(errand)).delivery) == (1, Delivery.UNCERTAIN)
    await desk_house.receipts(DELIVERED, errand=errand["id"])
    assert (await state(errand), (await ledger(errand)).delivery) == (ErrandState.SENT, Delivery.DELIVERED)


async def test_on_whatsapp_nothing_is_sent_again_while_no_receipt_comes_of_others(desk_house: House) -> None:
    """The platform's receipts are late: the words of others go through, and nothing is heard of those, either."""
    errand = await unknown_at(desk_house, AYSE)
    other = await desk_house.opened("Kâğıt bitti", who=MEHMET)
    await desk_house.agent("Getiriyoruz", other)
    await desk_house.agent("Bir de şu", await desk_house.again(await by_number(1)))
    for _ in range(5):
        await looks(desk_house, 50)
    assert desk_house.whatsapp.said(AYSE.phone)[-2:] == ["Yanıt", "Bir de şu"], "the others behind it need not wait"
    assert asked(desk_house, errand) == 1
    await looks(desk_house, 3 * 3600)
    assert asked(desk_house, errand) == 1, "told once"
    await desk_house.receipts(READ, errand=errand["id"])
    assert (await state(errand), (await ledger(errand)).delivery) == (ErrandState.SENT, Delivery.READ)


async def by_number(ticket_id: int) -> Ticket:
    found = await tickets.get(ticket_id)
    assert found is not None
    return found


async def test_on_whatsapp_receipts_of_others_prove_that_a_message_without_one_is_lost(desk_house: House) -> None:
    errand = await unknown_at(desk_house, AYSE)
    other = await desk_house.opened("Kâğıt bitti", who=MEHMET)
    await desk_house.agent("Getiriyoruz", other)
    await looks(desk_house, 10)
    [others] = [one for one in await outgoing(ticket_id=other.id, op=Op.SEND) if "Getiriyoruz" in one["payload"]]
    await looks(desk_house, 50)
    assert desk_house.whatsapp.said().count("Yanıt") == 1
    await desk_house.receipts(DELIVERED, errand=others["id"])
    desk_house.whatsapp.unknown.add(AYSE.phone)
    for again in range(2, 5):
        await looks(desk_house, 10)
        assert desk_house.whatsapp.said().count("Yanıt") == again
        await looks(desk_house, 50)
        assert desk_house.whatsapp.said().count("Yanıt") == again, "each doubt asks for a proof of its own"
        await desk_house.agent("Geldi mi?", other)
        await looks(desk_house, 10)
        newest = [one for one in await outgoing(channel="whatsapp", op=Op.SEND) if "Geldi mi?" in one["payload"]][-1]
        await desk_house.receipts(DELIVERED, errand=newest["id"])
    desk_house.whatsapp.unknown.clear()
    await looks(desk_house, 10)
    assert await state(errand) is ErrandState.SENT


async def test_on_whatsapp_a_mere_sign_of_the_platform_lets_a_message_go_once_more_only(desk_house: House) -> None:
    errand = await unknown_at(desk_house, AYSE)
    desk_house.whatsapp.unknown.add(AYSE.phone)
    for _ in range(20):
        await desk_house.customer("Orada mısınız?")
        await looks(desk_house, 60)
    assert desk_house.whatsapp.said().count("Yanıt") == 2
    assert asked(desk_house, errand) == 1
