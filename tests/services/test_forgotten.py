"""Agents who forget: whose ticket goes to whom, who hears of it, and when it stays where it is."""

import asyncio
import logging
from collections import Counter
from dataclasses import replace

import pytest
from structlog.typing import EventDict

from bot.domain.groups import Group
from bot.domain.message import Person
from bot.domain.people import Role
from bot.domain.sla.policy import ClockKind, Escalation, Policy, Recipient, Sla, Target
from bot.domain.ticket import Action, ActorKind, Priority, Status, Ticket
from bot.services import escalation, upkeep
from bot.shares import OUTBOX
from store import desk, escalations, tickets
from tests.builders import AYSE, BOSS, DENIZ, ELIF, GROUP, MEHMET, House, outgoing

MINUTE, HOUR = 60.0, 3600.0
LIMIT = ClockKind.STATUS_LIMIT
CAN = Person(keys=("tg:900003",), name="Can", username="can")
LEVELS = Sla(
    default="plain",
    policies={
        "plain": Policy(
            name="plain",
            targets={priority: {} for priority in Priority},
            limits={Status.NEW: Target(15 * 60_000), Status.OPEN: Target(2 * 3_600_000)},
            escalations=(
                Escalation(clock=LIMIT, share=0.75, to=Recipient.ASSIGNEE),
                Escalation(clock=LIMIT, to=Recipient.ANOTHER_AGENT),
            ),
        )
    },
)
PEOPLE = ((900_001, ELIF), (900_002, DENIZ), (900_003, CAN), (900_000, BOSS))


@pytest.fixture
async def busy(desk_house: House) -> House:
    """Two agents, a lead (Can) and an admin; new tickets are taken within 15 minutes, open ones answered within 2 h."""
    desk_house.helpdesk.levels.sla = LEVELS
    for number, who in PEOPLE:
        await desk.seen(number, who.name, who.username)
    await desk.set_role(900_003, Role.LEAD)
    return desk_house


async def holder(house: House, ticket: Ticket) -> int | None:
    return (await house.again(ticket)).assignee


async def test_a_new_ticket_that_nobody_takes_is_given_to_somebody_and_the_customer_hears_of_it(busy: House) -> None:
    ticket = await busy.opened()
    assert await busy.waits(14 * MINUTE) == [], "nobody is reminded of a ticket that is nobody's"
    [told] = await busy.waits(MINUTE + 1)
    assert told.startswith(f"🔁 {ticket.label}")
    assert told.endswith("@elif, @can"), "who got it, and the lead"
    after = await busy.again(ticket)
    assert (after.assignee, after.status) == (900_001, Status.OPEN)
    assert "inceleniyor" in busy.whatsapp.said()[-1]


async def test_a_forgotten_ticket_moves_and_both_agents_and_the_lead_are_told_with_the_reason_in_the_history(
    busy: House,
) -> None:
    ticket = await busy.opened()
    await busy.agent("/take", ticket)
    [warning] = await busy.waits(90 * MINUTE + 1)
    assert warning.endswith("@elif")
    [told] = await busy.waits(30 * MINUTE)
    assert told.endswith("@deniz, @elif, @can")
    step = (await tickets.history(ticket.id))[-1]
    assert (step.action, step.actor.kind) == (Action.ASSIGN, ActorKind.SYSTEM)
    assert step.reason == "2 sa boyunca kimse yazmadı"
    assert await holder(busy, ticket) == 900_002


async def test_every_word_of_the_agent_begins_the_limit_anew(busy: House) -> None:
    ticket = await busy.opened()
    await busy.agent("Bakıyorum", ticket)
    for _ in range(4):
        assert await busy.waits(HOUR) == []
        await busy.agent("Hâlâ bakıyorum", ticket)
    assert await holder(busy, ticket) == 900_001


async def test_the_new_holder_has_the_whole_limit(busy: House) -> None:
    ticket = await busy.opened()
    await busy.agent("/take", ticket)
    await busy.waits(2 * HOUR + 1)
    assert await busy.waits(85 * MINUTE) == []
    assert await holder(busy, ticket) == 900_002


async def test_it_does_not_go_round_among_those_who_forgot_it_and_the_lead_is_told_once(busy: House) -> None:
    ticket = await busy.opened()
    await busy.agent("/take", ticket)
    await busy.waits(2 * HOUR + 1)
    told = await busy.waits(2 * HOUR + 1)
    [nobody] = [words for words in told if "boşta kimse yok" in words]
    assert nobody.endswith("@can")
    assert await busy.waits(20 * HOUR) == []
    assert await holder(busy, ticket) == 900_002
    await busy.agent("Bakıyorum", ticket, who=DENIZ)
    await busy.waits(2 * HOUR + 1)
    assert await holder(busy, ticket) == 900_001, "after a word it may go to everybody again"


async def test_whoever_has_least_in_hand_gets_it(busy: House) -> None:
    for who in (ELIF, ELIF, DENIZ):
        other = await busy.opened(who=replace(AYSE, keys=(f"phone:{len(await outgoing()):012d}",)))
        await busy.agent("/take", other, who=who)
        await busy.agent("/postpone 9d", other, who=who)
    ticket = await busy.opened(who=MEHMET)
    await busy.waits(15 * MINUTE + 1)
    assert await holder(busy, ticket) == 900_002


@pytest.mark.parametrize("line", ["/away", "/away 3d"])
async def test_nobody_who_is_away_gets_it(busy: House, line: str) -> None:
    await busy.agent(line, who=ELIF)
    ticket = await busy.opened()
    await busy.waits(15 * MINUTE + 1)
    assert await holder(busy, ticket) == 900_002


async def test_nobody_who_left_or_may_not_gets_it(busy: House) -> None:
    await desk.set_present(900_001, False)
    await desk.set_role(900_002, Role.OWNER)
    ticket = await busy.opened()
    [told] = await busy.waits(15 * MINUTE + 1)
    assert "boşta kimse yok" in told
    assert await holder(busy, ticket) is None


async def test_an_answer_between_the_break_and_its_telling_keeps_the_ticket(busy: House) -> None:
    ticket = await busy.opened()
    await busy.agent("/take", ticket)
    busy.clock.move(2 * HOUR + 1)
    await escalations_only(busy, ticket)
    await busy.agent("Bakıyorum", ticket)
    assert await busy.waits(1) == []
    assert await holder(busy, ticket) == 900_001
    assert await escalations.untold(9) == []


@pytest.mark.both_databases
async def test_of_several_workers_one_tells_and_another_that_tries_at_the_same_time_makes_no_fuss(
    busy: House, log: list[EventDict]
) -> None:
    for number in range(4):
        await busy.agent("/take", await busy.opened(who=replace(AYSE, keys=(f"phone:90000000{number:04d}",))))
    busy.clock.move(2 * HOUR + 1)
    busy.helpdesk.shares.tasks = frozenset({OUTBOX})
    await upkeep.sweep(busy.helpdesk)
    waiting = await escalations.untold(9)
    assert len(waiting) == 8, "who holds the housekeeping tells"
    await asyncio.gather(*(escalation.tell(busy.helpdesk) for _ in range(3)))
    await escalation.tell(busy.helpdesk)
    assert await escalations.untold(9) == []
    assert [entry for entry in log if entry["log_level"] == "error"] == []


async def escalations_only(house: House, ticket: Ticket) -> None:
    """The timer went off, and the process died before anybody was told."""
    await escalation.fired(house.helpdesk, await house.again(ticket), house.clock.now())
    assert len(await escalations.untold(9)) == 2


async def test_waiting_for_the_customer_is_no_forgetting(busy: House) -> None:
    ticket = await busy.opened()
    await busy.agent("/ask Hangi model?", ticket)
    assert await busy.waits(20 * HOUR) == []
    assert await holder(busy, ticket) == 900_001


async def test_a_day_of_downtime_moves_many_and_tells_of_them_in_one_digest(busy: House) -> None:
    found = []
    for number in range(6):
        found.append(await busy.opened(who=replace(AYSE, keys=(f"phone:90000000{number:04d}",))))
        await busy.agent("/take", found[-1])
    told = await busy.waits(24 * HOUR)
    assert len(told) == 1
    lines = told[0].splitlines()
    assert lines[0].startswith("⏱ ")
    assert sum(line.startswith("🔁") for line in lines) == 6
    assert {await holder(busy, ticket) for ticket in found} == {900_002}
    assert len(await outgoing(state="pending")) == 0


async def test_many_that_move_together_are_counted_once_and_spread_evenly(
    busy: House, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.seen(900_004, "Ege", "ege")
    found = []
    for number in range(4):
        found.append(await busy.opened(who=replace(AYSE, keys=(f"phone:90000000{number:04d}",))))
        await busy.agent("/take", found[-1])
    busy.clock.move(2 * HOUR + 1)
    for ticket in found:
        await escalation.fired(busy.helpdesk, await busy.again(ticket), busy.helpdesk.now())
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        await escalation.tell(busy.helpdesk)
    assert sum("AS load FROM ticket" in record.getMessage() for record in caplog.records) == 1
    assert Counter([await holder(busy, ticket) for ticket in found]) == {900_002: 2, 900_004: 2}


async def test_of_a_teams_ticket_only_its_own_agents_are_asked(busy: House) -> None:
    billing = "-1009000000003"
    busy.telegram.groups = (*busy.telegram.groups, Group(chat=billing, team="Fatura"))
    ticket = await busy.opened()
    await desk.set_present(900_002, True, billing)
    await busy.agent("/assign fatura", ticket)
    await busy.waits(15 * MINUTE + 1)
    assert await holder(busy, ticket) == 900_002


async def test_where_there_is_no_other_group_the_admins_are_told_instead(busy: House) -> None:
    policy = replace(LEVELS.policies["plain"], escalations=(Escalation(clock=LIMIT, to=Recipient.NEXT_GROUP),))
    busy.helpdesk.levels.sla = replace(LEVELS, policies={"plain": policy})
    await busy.opened()
    [told] = await busy.waits(15 * MINUTE + 1)
    assert told.endswith("@selin")


async def test_leads_stand_in_for_an_assignee_who_is_away(busy: House) -> None:
    ticket = await busy.opened()
    await busy.agent("/take", ticket)
    await busy.agent("/away", who=ELIF)
    [warning] = await busy.waits(90 * MINUTE + 1)
    assert warning.endswith("@can")


async def test_the_next_group_is_told_with_a_way_to_the_ticket(busy: House) -> None:
    other = "-1009000000004"
    busy.telegram.groups = (*busy.telegram.groups, Group(chat=other, team="Gece"))
    policy = replace(
        LEVELS.policies["plain"], escalations=(Escalation(clock=LIMIT, share=2.0, to=Recipient.NEXT_GROUP),)
    )
    busy.helpdesk.levels.sla = replace(LEVELS, policies={"plain": policy})
    ticket = await busy.opened()
    await busy.waits(30 * MINUTE + 1)
    [told] = [call.words for call in busy.telegram.sent if call.chat == other]
    assert told.startswith(f"🔥 {ticket.label}")
    topic = await desk.topic(ticket.id)
    assert topic is not None
    assert told.endswith(busy.telegram.link(GROUP, topic.thread))
    assert await holder(busy, ticket) is None
