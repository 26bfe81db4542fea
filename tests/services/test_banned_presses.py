"""Whoever is banned presses in vain."""

import pytest

from bot.domain.ledger import Op
from bot.domain.message import Person
from bot.domain.ticket import Status
from tests.builders import AYSE, BOSS, ZEYNEP, House, counted, outgoing


@pytest.mark.parametrize("who", [AYSE, ZEYNEP], ids=["whatsapp", "telegram"])
async def test_a_banned_customers_press_neither_opens_nor_reopens_anything(desk_house: House, who: Person) -> None:
    ticket = await desk_house.opened(who=who)
    await desk_house.agent("/close bitti", ticket, BOSS)
    await desk_house.customer("Bir sorum daha var", who)
    offered = (await counted())["message"]
    await desk_house.agent("/ban", ticket, BOSS)
    desk_house.clock.move(5)
    before = len(await outgoing(op=Op.SEND))
    for token in (f"n:{ticket.id}:{offered - 1}", f"o:{ticket.id}:{offered - 1}", "m:0:tickets"):
        await desk_house.presses(token, who)
    assert (await desk_house.again(ticket)).status is Status.CLOSED
    assert (await counted())["ticket"] == 1
    assert len(await outgoing(op=Op.SEND)) == before
    answered = [row for row in await outgoing(op=Op.ANSWER) if row["created_at"] == desk_house.clock.now()]
    assert len(answered) == (3 if who is ZEYNEP else 0), "the spinner stops all the same"
