"""The end of WhatsApp's window on the cards: never later than it is, and soon after it has moved or passed."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot import inbox
from bot.domain.message import Said
from bot.domain.ticket import SYSTEM, Ticket
from bot.domain.timers import DAY_MS, HOUR_MS
from bot.services import windows
from store import desk, tickets
from store.sql import rows
from tests.builders import AYSE, MEHMET, ZEYNEP, House, content, new_id, outgoing

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
SHUT = "kapalı; yanıt, müşteri yazınca gider"

Speak = Callable[[House], Awaitable[None]]


async def in_person(house: House) -> None:
    """By the way that can do everything."""
    await house.customer("Bir şey daha")


async def in_the_crowd(house: House) -> None:
    """By the way that takes plain words of many people."""
    event = Said(author=AYSE, at=house.clock.now(), content=content("Bir şey daha"), external_id=new_id("p"))
    await inbox.accept(house.helpdesk, [house.whatsapp.stage(event)._replace(lane=AYSE.keys[0])])
    await inbox.drain(house.helpdesk)


async def by_a_button(house: House) -> None:
    """By a press that means nothing any more."""
    await house.presses("i:1:type:-")


async def shown(house: House, ticket: Ticket) -> str:
    """The window on the ticket's card, as it stands in the group."""
    topic = await desk.topic(ticket.id)
    assert topic is not None
    label = f"{ticket.label} ·"
    cards = [call.words for call in house.telegram.calls if call.thread == topic.thread and label in call.words]
    lines = [line for line in cards[-1].splitlines() if line.startswith("WhatsApp penceresi: ")]
    return lines[0].partition(": ")[2]


def until(house: House, last_words_at: int) -> str:
    return f"en az {house.helpdesk.moment('tr', last_words_at + DAY_MS)} saatine kadar"


def drawn(house: House) -> int:
    return len([call for call in house.telegram.calls if call.verb == "edit"])


async def settled(house: House) -> Ticket:
    ticket = await house.opened()
    await house.settles()
    await windows.look(house.helpdesk)
    return ticket


@pytest.mark.parametrize("speak", [in_person, in_the_crowd, by_a_button])
async def test_words_move_the_end_on_the_card(desk_house: House, speak: Speak) -> None:
    ticket = await settled(desk_house)
    assert await shown(desk_house, ticket) == until(desk_house, desk_house.clock.now())
    desk_house.clock.move(5 * HOUR)
    spoken_at = desk_house.clock.now()
    await speak(desk_house)
    await desk_house.settles()
    assert await shown(desk_house, ticket) == until(desk_house, spoken_at)


@pytest.mark.parametrize("speak", [in_person, in_the_crowd])
async def test_a_busy_day_costs_a_card_an_hour_and_none_promises_too_much(desk_house: House, speak: Speak) -> None:
    ticket = await settled(desk_house)
    before, shown_at = drawn(desk_house), desk_house.clock.now()
    text = await shown(desk_house, ticket)
    for _ in range(100):
        desk_house.clock.move(7 * MINUTE)
        spoken_at = desk_house.clock.now()
        await speak(desk_house)
        await desk_house.settles()
        if await shown(desk_house, ticket) != text:
            text, shown_at = await shown(desk_house, ticket), spoken_at
            assert text == until(desk_house, shown_at)
        assert spoken_at - shown_at < HOUR_MS
    hours = 100 * 7 // 60
    assert hours <= drawn(desk_house) - before <= hours + 1


@pytest.mark.parametrize("speak", [in_person, in_the_crowd])
async def test_a_shut_window_says_so_until_the_customer_writes(desk_house: House, speak: Speak) -> None:
    ticket = await settled(desk_house)
    spoken_at = (await desk_house.conversation()).last_inbound_at or 0
    desk_house.clock.move((spoken_at + DAY_MS - 1 - desk_house.clock.now()) / 1000)
    assert await windows.look(desk_house.helpdesk) == 0
    desk_house.clock.move(0.001)
    assert await windows.look(desk_house.helpdesk) == 1
    await desk_house.settles()
    assert await shown(desk_house, ticket) == SHUT
    await desk_house.waits(HOUR)
    assert await windows.look(desk_house.helpdesk) == 0, "it was said"
    spoken_at = desk_house.clock.now()
    await speak(desk_house)
    await desk_house.settles()
    assert await shown(desk_house, ticket) == until(desk_house, spoken_at)


async def test_every_live_ticket_of_the_conversation_shows_it(desk_house: House) -> None:
    first = await settled(desk_house)
    second = await desk_house.opened("/new Yazıcı hâlâ bozuk")
    await desk_house.settles()
    desk_house.clock.move(5 * HOUR)
    spoken_at = desk_house.clock.now()
    await in_the_crowd(desk_house)
    await desk_house.settles()
    assert [await shown(desk_house, one) for one in (first, second)] == [until(desk_house, spoken_at)] * 2
    desk_house.clock.move(DAY)
    assert await windows.look(desk_house.helpdesk) == 2


async def test_where_there_is_no_window_and_where_the_ticket_is_closed_no_card_is_drawn(desk_house: House) -> None:
    await desk_house.opened(who=ZEYNEP)
    closed = await desk_house.opened(who=MEHMET)
    await rows("UPDATE ticket SET status = 'closed' WHERE id = ?", closed.id)
    await desk_house.settles()
    await windows.look(desk_house.helpdesk)
    before = len(await outgoing(op="card"))
    desk_house.clock.move(5 * HOUR)
    await desk_house.customer("Bir şey daha", ZEYNEP)
    desk_house.clock.move(2 * DAY)
    assert await windows.look(desk_house.helpdesk) == 0
    assert len(await outgoing(op="card")) == before


async def test_after_a_long_pause_only_so_many_cards_are_drawn_at_once(desk_house: House) -> None:
    ticket = await settled(desk_house)
    home = await desk.topic(ticket.id)
    assert home is not None
    draft = replace(ticket, id=0)
    for _ in range(windows.AT_ONCE + 5):
        copy = await tickets.create(draft, 2027, SYSTEM)
        await desk.save_topic(replace(home, ticket_id=copy.id, thread=f"t{copy.id}"))
    desk_house.clock.move(3 * DAY)
    assert await windows.look(desk_house.helpdesk) == windows.AT_ONCE
    assert await windows.look(desk_house.helpdesk) == 0


async def test_hours_begin_at_another_minute_for_everybody(desk_house: House) -> None:
    await settled(desk_house)
    known = await desk_house.conversation()
    assert known.last_inbound_at is not None
    now = known.last_inbound_at
    turns = set()
    for number in range(60):
        one = replace(known, id=number + 1)
        moved = [minute for minute in range(60) if windows.moves(desk_house.helpdesk, one, now + minute * 60_000)]
        turns.add(moved[0] if moved else 60)
    assert len(turns) > 40
