"""Silence that closes by the rules of `sla.toml`: days by status, working days, tags, and the lead's list."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.ledger import Delivery
from bot.domain.message import Person
from bot.domain.sla.calendar import Calendar, Shift
from bot.domain.sla.policy import NO_PROMISES, AutoClose
from bot.domain.ticket import Status, Ticket
from bot.inbox import Outcome
from bot.services import levels, upkeep
from store import messages
from store.sql import rows
from tests.builders import AYSE, BOSS, ELIF, GROUP, MEHMET, ZEYNEP, House

DAY = 86_400.0


def ruled(house: House, rules: AutoClose) -> None:
    zone = house.helpdesk.policies.zone
    office = Calendar(name="office", zone=zone, week=dict.fromkeys(range(5), (Shift(540, 1080),)))
    house.helpdesk.levels.sla = replace(NO_PROMISES, calendars={"office": office}, auto_close=rules)


async def asked(house: House, line: str = "/ask Hangi model?", who: Person = AYSE) -> Ticket:
    """A ticket whose customer was asked, and got the question."""
    ticket = await house.opened(who=who)
    await house.agent(line, ticket)
    await house.deliver()
    return await house.again(ticket)


async def passes(house: House, days: float) -> None:
    house.clock.move(days * DAY)
    await upkeep.sweep(house.helpdesk)
    await house.settles()


async def status(house: House, ticket: Ticket) -> Status:
    return (await house.again(ticket)).status


@pytest.mark.parametrize(
    ("line", "days"), [("/ask Hangi model?", 7), ("/propose Kabloyu takın", 2)], ids=["asked", "proposed"]
)
async def test_days_of_a_status_are_announced_and_kept(desk_house: House, line: str, days: int) -> None:
    ruled(desk_house, AutoClose(days={Status.PENDING: 7, Status.SOLUTION_PROPOSED: 2}))
    ticket = await asked(desk_house, line, who=ZEYNEP)
    assert f"({days} gün)" in desk_house.telegram.said(ZEYNEP.keys[0].removeprefix("tg:"))[-1]
    await passes(desk_house, days - 0.1)
    assert await status(desk_house, ticket) is not Status.CLOSED
    await passes(desk_house, 0.2)
    assert await status(desk_house, ticket) is Status.CLOSED
    assert f"{days} gün yanıt gelmediği" in desk_house.telegram.said(ZEYNEP.keys[0].removeprefix("tg:"))[-1]


async def test_working_days_are_said_to_be_such_and_end_on_one(desk_house: House) -> None:
    ruled(desk_house, AutoClose(calendar="office"))
    ticket = await asked(desk_house)
    assert "(4 iş günü)" in desk_house.whatsapp.said()[-1]
    end = (await rows("SELECT due_at FROM timer WHERE kind = 'auto_close'"))[0]["due_at"]
    moment = datetime.fromtimestamp(end / 1000, UTC).astimezone(desk_house.helpdesk.policies.zone)
    assert moment.weekday() < 5
    assert end - (ticket.waiting_since or 0) >= 4 * DAY * 1000


async def test_an_exempt_tag_stops_the_wait_and_taking_it_away_goes_on_with_it(desk_house: House) -> None:
    ruled(desk_house, AutoClose(exempt=frozenset({"keep"})))
    ticket = await asked(desk_house)
    await desk_house.agent("/tag keep", ticket)
    await passes(desk_house, 9)
    assert await status(desk_house, ticket) is Status.PENDING
    await desk_house.agent("/untag keep", ticket)
    await passes(desk_house, 0.01)
    assert await status(desk_house, ticket) is Status.CLOSED


async def test_an_exempt_ticket_announces_no_end(desk_house: House) -> None:
    ruled(desk_house, AutoClose(exempt=frozenset({"keep"})))
    ticket = await desk_house.opened()
    await desk_house.agent("/tag keep", ticket)
    await desk_house.agent("/propose Kabloyu takın", ticket)
    await desk_house.deliver()
    assert "kapatacağız" not in desk_house.whatsapp.said()[-1]
    assert "Kabloyu takın" in desk_house.whatsapp.said()[-1]


async def test_new_rules_move_the_ends_of_tickets_that_wait_already(desk_house: House) -> None:
    ticket = await asked(desk_house)
    longer = replace(NO_PROMISES, version=5, auto_close=AutoClose(days={Status.PENDING: 30}))
    desk_house.helpdesk.levels.load = lambda: longer
    await desk_house.agent("/reload", who=BOSS)
    while await levels.rearm(desk_house.helpdesk):
        pass
    await passes(desk_house, 29)
    assert await status(desk_house, ticket) is Status.PENDING
    await passes(desk_house, 1.1)
    assert await status(desk_house, ticket) is Status.CLOSED


async def listed(house: House) -> str:
    assert await house.agent("/autoclose", who=BOSS) is Outcome.DONE
    await house.settles()
    return house.telegram.said(GROUP)[-1]


async def test_a_lead_sees_what_will_be_closed_and_when_and_nothing_is_closed_by_looking(desk_house: House) -> None:
    ruled(desk_house, AutoClose(exempt=frozenset({"keep"}), days={Status.SOLUTION_PROPOSED: 2}))
    late = await asked(desk_house)
    soon = await asked(desk_house, "/propose Kabloyu takın", who=MEHMET)
    lines = (await listed(desk_house)).splitlines()
    assert [line.split(" · ")[1] for line in lines[1:3]] == [soon.label, late.label]
    assert "/tag keep" in lines[-1]
    assert not any("kapanmayacak" in line for line in lines)
    assert await status(desk_house, soon) is Status.SOLUTION_PROPOSED


async def test_the_list_says_what_will_stay_open_all_the_same(desk_house: House) -> None:
    ticket = await asked(desk_house)
    question = (await messages.of_ticket(ticket.id, limit=9, newest_first=True))[0]
    await messages.set_delivery(question.id, Delivery.UNCERTAIN)
    assert "kapanmayacak" in await listed(desk_house)


async def test_a_button_of_the_list_keeps_a_ticket_open(desk_house: House) -> None:
    ruled(desk_house, AutoClose(exempt=frozenset({"keep"})))
    ticket = await asked(desk_house)
    assert ticket.label in await listed(desk_house)
    await desk_house.desk_press(f"d:{ticket.id}:tag:keep", who=BOSS)
    assert ticket.label not in await listed(desk_house)
    assert (await desk_house.again(ticket)).tags == ("keep",)


async def test_an_empty_list_says_so_and_agents_do_not_see_it(desk_house: House) -> None:
    assert "kapanacak talep yok" in await listed(desk_house)
    assert await desk_house.agent("/autoclose", who=ELIF) is Outcome.REFUSED
