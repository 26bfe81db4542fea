"""The agents' side: topics, agents, and the audit trail."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from tortoise.exceptions import IntegrityError

from bot.domain.ledger import Errand, ErrandState, Topic
from bot.domain.people import Agent, Role
from bot.domain.ticket import Status, Ticket
from store import audit, desk, outbox, tickets
from store.audit import AuditEntry
from store.errors import Conflict
from store.sql import rows

pytestmark = pytest.mark.usefixtures("database")


async def test_a_topic_is_found_by_ticket_and_by_place(ticket: Ticket) -> None:
    assert await desk.topic(ticket.id) is None
    topic = Topic(ticket_id=ticket.id, chat="-100", thread="5", card_id="6", name="Yeni")
    await desk.save_topic(topic)
    assert await desk.topic(ticket.id) == await desk.topic_at("-100", "5") == topic
    assert await desk.topic_at("-100", "6") is None
    moved = Topic(ticket_id=ticket.id, chat="-100", thread="7", card_id="8", name="Açık")
    await desk.save_topic(moved)
    assert await desk.topic_at("-100", "7") == moved
    assert await desk.topic_at("-100", "5") is None


async def test_in_a_plain_group_a_place_names_no_ticket(
    ticket: Ticket, new_ticket: Callable[[], Awaitable[Ticket]]
) -> None:
    for one in (ticket, await new_ticket()):
        await desk.save_topic(Topic(ticket_id=one.id, chat="-100"))
    assert await desk.topic_at("-100", "") is None


async def test_a_topic_belongs_to_one_ticket(ticket: Ticket, new_ticket: Callable[[], Awaitable[Ticket]]) -> None:
    await desk.save_topic(Topic(ticket_id=ticket.id, chat="-100", thread="5"))
    other = await new_ticket()
    with pytest.raises(IntegrityError):
        await desk.save_topic(Topic(ticket_id=other.id, chat="-100", thread="5"))


async def test_topics_go_along_when_the_group_gets_a_new_id(ticket: Ticket) -> None:
    await desk.save_topic(Topic(ticket_id=ticket.id, chat="-4", thread="5"))
    assert await desk.move_chat("-4", "-100") == 1
    assert await desk.move_chat("-4", "-100") == 0
    assert await desk.topic_at("-100", "5") is not None


async def test_whoever_writes_in_the_group_is_known_and_has_no_role() -> None:
    assert await desk.agent(7) is None
    seen = await desk.seen(7, "Deniz Işık", "deniz")
    assert seen == Agent(id=7, name="Deniz Işık", username="deniz", role=None, present=True)
    assert await desk.agent(7) == seen


async def test_a_known_agent_keeps_role_and_presence_when_seen_again() -> None:
    await desk.seen(7, "Deniz", "deniz")
    await desk.set_role(7, Role.LEAD)
    await desk.set_present(7, False)
    again = await desk.seen(7, "Deniz Işık", "")
    assert again == Agent(id=7, name="Deniz Işık", username="", role=Role.LEAD, present=False)
    await desk.set_role(7, None)
    assert await desk.agent(7) == Agent(id=7, name="Deniz Işık", username="", role=None, present=False)


async def test_a_role_given_in_advance_waits_for_its_owner() -> None:
    await desk.set_role(8, Role.ADMIN)
    given = await desk.agent(8)
    assert given is not None
    assert (given.role, given.present) == (Role.ADMIN, False)
    assert await desk.seen(8, "Ege", "") == Agent(id=8, name="Ege", role=Role.ADMIN, present=True)


async def test_presence_of_strangers_says_nothing() -> None:
    await desk.set_present(9, True)
    assert await desk.agents() == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("@Deniz_Is", [7]),
        ("7", [7]),
        ("DENİZ IŞIK", [7]),
        ("işik", [7]),
        ("deniz", [7, 8]),
        ("Deniz Ak", [8]),
        ("den", []),
        ("@", []),
        ("", []),
    ],
)
async def test_agents_are_found_by_what_people_call_them(wanted: str, found: list[int]) -> None:
    await desk.seen(7, "Deniz Işık", "deniz_is")
    await desk.seen(8, "Deniz Ak", "")
    await desk.seen(9, "Ege", "ege")
    assert sorted(agent.id for agent in await desk.find_agent(wanted)) == found


async def test_agents_are_listed_by_name() -> None:
    for number, name in ((1, "Su"), (2, "Ege")):
        await desk.seen(number, name, "")
    assert [agent.name for agent in await desk.agents()] == ["Ege", "Su"]


async def test_privileged_acts_are_kept_newest_first(ticket: Ticket) -> None:
    await audit.add(at=1, actor_id=7, action="role", old="none", new="lead")
    await audit.add(at=2, actor_id=7, action="close", ticket_id=ticket.id)
    newest, oldest = await audit.latest(10)
    assert newest == AuditEntry(at=2, actor_id=7, action="close", ticket_id=ticket.id, old="", new="")
    assert oldest == AuditEntry(at=1, actor_id=7, action="role", ticket_id=None, old="none", new="lead")
    assert await audit.latest(1) == [newest]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET actor_id = 8",
        "DELETE FROM audit",
        "INSERT INTO audit SELECT * FROM audit WHERE true ON CONFLICT (id) DO UPDATE SET actor_id = 8",
    ],
)
async def test_the_audit_trail_cannot_be_rewritten(change: str) -> None:
    await audit.add(at=1, actor_id=7, action="role", old="none", new="lead")
    before = await audit.latest(10)
    with pytest.raises(IntegrityError, match="append-only"):
        await rows(change)
    assert await audit.latest(10) == before


async def test_a_topics_news_are_kept_only_while_the_ticket_is_in_that_group(ticket: Ticket) -> None:
    await desk.save_topic(Topic(ticket_id=ticket.id, chat="-100"))
    known = Topic(ticket_id=ticket.id, chat="-100", thread="5", card_id="6", name="Yeni")
    assert await desk.settle_topic(known, over="")
    await desk.save_topic(Topic(ticket_id=ticket.id, chat="-200"))
    assert not await desk.settle_topic(Topic(ticket_id=ticket.id, chat="-100", thread="7"), over="")
    assert await desk.topic(ticket.id) == Topic(ticket_id=ticket.id, chat="-200")


async def test_a_topic_that_was_left_remembers_its_ticket(ticket: Ticket) -> None:
    await desk.remember_former(Topic(ticket_id=ticket.id, chat="-100", thread="5"))
    assert await desk.former_ticket("-100", "5") == ticket.id
    assert await desk.former_ticket("-100", "6") is None


async def test_live_tickets_of_a_group_are_found_newest_first(
    ticket: Ticket, new_ticket: Callable[[], Awaitable[Ticket]]
) -> None:
    later, closed, elsewhere = [await new_ticket() for _ in range(3)]
    for one in (ticket, later, closed):
        await desk.save_topic(Topic(ticket_id=one.id, chat="-100"))
    await desk.save_topic(Topic(ticket_id=elsewhere.id, chat="-200"))
    await tickets.save(replace(closed, status=Status.CLOSED), None, {})
    assert await desk.tickets_at("-100", limit=9) == [later.id, ticket.id]
    assert await desk.tickets_at("-100", limit=1) == [later.id]


async def test_what_waits_for_a_ticket_is_redirected_and_nothing_else(
    ticket: Ticket, errand: Callable[..., Errand]
) -> None:
    waiting = errand(channel="desk", lane="1", budget="desk:-100", ticket_id=ticket.id)
    free = errand(channel="desk", lane="2", ticket_id=ticket.id)
    foreign = errand(channel="desk", lane="3", budget="desk:-100")
    done = errand(channel="desk", lane="4", budget="desk:-100", ticket_id=ticket.id, state=ErrandState.SENT)
    ids = await outbox.add([waiting, free, foreign, done])
    assert await desk.redirect(ticket.id, "desk:-200") == 1
    found = [await outbox.by_id(one) for one in ids]
    assert [one.budget for one in found if one] == ["desk:-200", "", "desk:-100", "desk:-100"]


async def test_who_is_in_one_of_several_groups_is_present() -> None:
    for chat in ("-100", "-200"):
        await desk.seen(7, "Deniz", "deniz", chat)
    await desk.set_present(7, False, "-100")
    assert (await desk.agents())[0].present
    assert [await desk.is_member(7, chat) for chat in ("-100", "-200", "-300")] == [False, True, False]
    await desk.set_present(7, False, "-200")
    assert not (await desk.agents())[0].present
    assert not (await desk.seen(7, "Deniz", "deniz", "-200")).present
    await desk.set_present(7, True, "-100")
    assert (await desk.agents())[0].present


async def test_who_left_one_group_and_speaks_up_in_another_is_present() -> None:
    await desk.seen(7, "Deniz", "deniz", "-100")
    await desk.set_present(7, False, "-100")
    assert not (await desk.seen(7, "Deniz", "deniz", "-100")).present
    assert (await desk.seen(7, "Deniz", "deniz", "-200")).present


async def test_who_was_sent_away_from_everywhere_does_not_come_back_by_writing() -> None:
    await desk.seen(7, "Deniz", "deniz", "-100")
    await desk.set_present(7, False)
    assert not (await desk.seen(7, "Deniz", "deniz", "-100")).present
    assert not await desk.is_member(7, "-100")


async def test_members_go_along_when_the_group_gets_a_new_id() -> None:
    await desk.seen(7, "Deniz", "deniz", "-4")
    await desk.move_chat("-4", "-100")
    assert await desk.is_member(7, "-100")


async def test_who_is_met_by_several_workers_at_once_is_known_once_and_the_others_begin_anew() -> None:
    met = await asyncio.gather(
        *(desk.seen(70 + who, "Ege", "ege") for who in range(3) for _ in range(4)), return_exceptions=True
    )
    assert {type(one) for one in met} <= {Agent, Conflict}
    named = await asyncio.gather(*(desk.set_role(80, Role.LEAD) for _ in range(4)), return_exceptions=True)
    assert {type(one) for one in named} <= {type(None), Conflict}
    assert [agent.id for agent in await desk.agents() if agent.id >= 70] == [80, 70, 71, 72]
