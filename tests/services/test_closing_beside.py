"""Two workers at the same instant: one takes in a customer's words, the other closes the ticket they go into."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.domain.message import Said
from bot.domain.people import Conversation
from bot.domain.ticket import Status
from bot.services import plain_words, requests
from bot.services.plain_words import Heard
from store import conversations, db
from store.dialect import Dialect
from store.errors import Conflict
from store.sql import rows
from tests.builders import AYSE, BOSS, House, content, new_id

pytestmark = pytest.mark.parametrize("backend", [Dialect.POSTGRES])  # SQLite lets only one write at a time
OF_THE_CUSTOMER = "SELECT id FROM message WHERE author = 'requester'"
TakenIn = Callable[[House, Said], Awaitable[object]]


async def at_once(house: House, said: Said) -> None:
    assert await plain_words.taken_in(house.helpdesk, [[Heard("whatsapp", said)]]) == [0]


async def by_itself(house: House, said: Said) -> None:
    await requests.received(house.helpdesk, "whatsapp", said)


@pytest.mark.parametrize("taken_in", [at_once, by_itself])
async def test_words_of_the_same_second_do_not_slip_past_a_closing(desk_house: House, taken_in: TakenIn) -> None:
    ticket = await desk_house.opened()
    said = Said(author=AYSE, at=desk_house.clock.now(), content=content("Bir şey daha"), external_id=new_id("c"))
    with pytest.raises(Conflict):
        await _taken_in_while_it_closes(desk_house, taken_in, said)
    assert (await desk_house.again(ticket)).status is Status.CLOSED
    assert len(await rows(OF_THE_CUSTOMER)) == 1, "they are taken in anew, and meet a closed ticket"


async def _taken_in_while_it_closes(house: House, taken_in: TakenIn, said: Said) -> None:
    ticket = await house.ticket()
    async with db.transaction():
        await rows("SELECT id FROM ticket")  # what it sees is settled from here on
        await db.spawn(house.agent("/close iş bitti", ticket, BOSS), "another worker")
        await taken_in(house, said)


@pytest.mark.parametrize("taken_in", [at_once, by_itself])
async def test_old_words_say_nothing_about_who_can_be_reached_now(desk_house: House, taken_in: TakenIn) -> None:
    await desk_house.opened()
    known = await desk_house.conversation()
    await conversations.save(replace(known, reachable=False))
    old = Said(author=AYSE, at=desk_house.clock.now() - 60_000, content=content("Eskiden"), external_id=new_id("c"))
    async with db.transaction():
        await taken_in(desk_house, old)
    assert await _kept(desk_house) == (False, known.last_inbound_at)
    new = replace(old, at=desk_house.clock.now() + 1_000, external_id=new_id("c"))
    desk_house.clock.move(1)
    async with db.transaction():
        await taken_in(desk_house, new)
    assert await _kept(desk_house) == (True, desk_house.clock.now())


async def _kept(house: House) -> tuple[bool, int | None]:
    found: Conversation = await house.conversation()
    return found.reachable, found.last_inbound_at
