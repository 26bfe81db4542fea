"""Presence: `/away`, `/back`, handing over, and what everybody sees of it."""

from dataclasses import replace

import pytest

from bot.domain.people import Role
from bot.domain.sla.presence import UNTIL_BACK
from bot.domain.ticket import Action, Ticket
from bot.inbox import Outcome
from bot.services import levels, upkeep
from store import desk, tickets
from tests.builders import BOSS, DENIZ, ELIF, GROUP, MEHMET, House, outgoing

DAY = 86_400.0


@pytest.fixture
async def pair(desk_house: House) -> House:
    """Two agents and an admin."""
    for number, who in ((900_001, ELIF), (900_002, DENIZ), (900_000, BOSS)):
        await desk.seen(number, who.name, who.username)
    return desk_house


async def said(house: House) -> str:
    """The last words in the group."""
    await house.settles()
    return house.telegram.said(GROUP)[-1]


async def away_until(agent_id: int) -> int | None:
    found = await desk.agent(agent_id)
    assert found is not None
    return found.away_until


async def card(house: House, ticket: Ticket) -> str:
    """What the ticket's card says now."""
    await house.settles()
    topic = await desk.topic(ticket.id)
    assert topic is not None
    return [call.words for call in house.telegram.calls if call.external_id == topic.card_id][-1]


async def test_away_until_a_time_is_said_and_ends_by_itself(pair: House) -> None:
    await pair.agent("/away 2d", who=ELIF)
    assert await away_until(900_001) == pair.clock.now() + 2 * int(DAY) * 1000
    assert (await said(pair)).startswith("🌙 Elif")
    pair.clock.move(2 * DAY + 1)
    shown = len(pair.telegram.said(GROUP))
    await pair.agent("// yine buradayım", await pair.opened(), who=ELIF)
    await pair.settles()
    assert not [words for words in pair.telegram.said(GROUP)[shown:] if "🌙" in words]


async def test_away_without_a_time_lasts_until_back(pair: House) -> None:
    await pair.agent("/away", who=ELIF)
    assert await away_until(900_001) == UNTIL_BACK
    assert "dönünce haber verecek" in await said(pair)
    await pair.agent("/back", who=ELIF)
    assert await away_until(900_001) is None
    assert await pair.agent("/back", who=ELIF) is Outcome.DONE


async def test_what_is_no_time_is_refused_and_changes_nothing(pair: House) -> None:
    assert await pair.agent("/away birazdan", who=ELIF) is Outcome.REFUSED
    assert await away_until(900_001) is None


async def test_a_word_of_somebody_who_is_away_is_remarked_upon_once_and_ends_nothing(pair: House) -> None:
    ticket = await pair.opened()
    await pair.agent("/away 2d", who=ELIF)
    await pair.settles()
    shown = len(pair.telegram.said(GROUP))
    for words in ("// bir dakika", "/status", "// ve bir şey daha"):
        await pair.agent(words, ticket, who=ELIF)
    await pair.settles()
    [reminder] = [words for words in pair.telegram.said(GROUP)[shown:] if "🌙" in words]
    assert reminder.startswith("🌙 @elif")
    assert await away_until(900_001) is not None
    await pair.agent("/away 3d", who=ELIF)
    await pair.agent("// hâlâ buradayım", ticket, who=ELIF)
    await pair.settles()
    assert sum("/back" in words for words in pair.telegram.said(GROUP)[shown:]) == 2, "a new absence, a new reminder"


async def test_the_reminders_button_brings_whoever_presses_it_back(pair: House) -> None:
    await pair.agent("/away", who=ELIF)
    await pair.desk_press("d:0:back", who=ELIF)
    assert await away_until(900_001) is None
    assert await said(pair) == "☀️ Elif döndü."


async def test_an_agent_who_writes_or_presses_has_been_seen(pair: House) -> None:
    ticket = await pair.opened()
    for act in (pair.agent("// selam", ticket), pair.desk_press(f"d:{ticket.id}:history")):
        pair.clock.move(120)
        await act
        found = await desk.agent(900_001)
        assert found is not None
        assert found.seen_at == pair.clock.now()


@pytest.mark.parametrize(("gap", "shifted"), [(9 * 60.0, 0.0), (DAY, DAY), (30 * DAY, 30 * DAY)])
async def test_a_downtime_is_no_silence_of_the_agents(pair: House, gap: float, shifted: float) -> None:
    await pair.agent("// selam", await pair.opened())
    await upkeep.prune(pair.helpdesk)
    before = await desk.agent(900_001)
    pair.clock.move(gap)
    await levels.settle(pair.helpdesk)
    after = await desk.agent(900_001)
    assert before is not None
    assert after is not None
    assert after.seen_at - before.seen_at == shifted * 1000


@pytest.mark.parametrize("step", [3 * 3600.0, 30 * DAY, -3 * 3600.0, -30 * DAY])
async def test_a_clock_that_jumps_makes_nobody_silent_and_nobody_present(pair: House, step: float) -> None:
    await upkeep.prune(pair.helpdesk)
    await pair.agent("// selam", await pair.opened())
    silent_ms = 0
    for jump in (0.0, step, -step):
        pair.clock.step(jump)
        pair.clock.move(60)
        silent_ms += 60_000
        await upkeep.prune(pair.helpdesk)
        found = await desk.agent(900_001)
        assert found is not None
        assert abs(pair.clock.now() - found.seen_at - silent_ms) <= 120_000


async def test_who_was_heard_of_by_a_wrong_clock_falls_silent_by_the_right_one(pair: House) -> None:
    await upkeep.prune(pair.helpdesk)
    pair.clock.step(30 * DAY)
    await pair.agent("// selam", await pair.opened())
    for jump in (0.0, -30 * DAY, 0.0):
        pair.clock.step(jump)
        pair.clock.move(60)
        await upkeep.prune(pair.helpdesk)
    found = await desk.agent(900_001)
    assert found is not None
    assert 60_000 <= pair.clock.now() - found.seen_at <= 240_000


async def test_going_away_offers_to_hand_over_and_the_button_does_it(pair: House) -> None:
    first, second = await pair.opened(), await pair.opened(who=MEHMET)
    for ticket in (first, second):
        await pair.agent("/take", ticket, who=ELIF)
    await pair.agent("/away 2d", who=ELIF)
    assert "2 açık talep" in await said(pair)
    await pair.desk_press("d:0:handover:900001", who=ELIF)
    told = await said(pair)
    assert f"{first.label} → @deniz" in told
    assert f"{second.label} → @deniz" in told
    for ticket in (first, second):
        assert (await pair.again(ticket)).assignee == 900_002
        step = (await tickets.history(ticket.id))[-1]
        assert (step.action, step.actor.name, step.reason) == (Action.ASSIGN, "Elif", "Elif devretti")
    assert await pair.agent("/handover", who=ELIF) is Outcome.REFUSED, "nothing is left"


async def test_only_a_lead_hands_over_what_others_have(pair: House) -> None:
    ticket = await pair.opened()
    await pair.agent("/take", ticket, who=DENIZ)
    assert await pair.agent("/handover @deniz", who=ELIF) is Outcome.REFUSED
    assert (await pair.again(ticket)).assignee == 900_002
    await desk.set_role(900_001, Role.LEAD)
    await desk.seen(900_003, "Can", "can")
    assert await pair.agent("/handover @deniz", who=ELIF) is Outcome.DONE
    assert (await pair.again(ticket)).assignee == 900_003


async def test_where_nobody_is_free_the_ticket_stays_and_that_is_said(pair: House) -> None:
    ticket = await pair.opened()
    await pair.agent("/take", ticket, who=ELIF)
    await pair.agent("/away", who=DENIZ)
    await pair.agent("/handover", who=ELIF)
    assert f"{ticket.label} → kimse" in (await said(pair)).lower()
    assert (await pair.again(ticket)).assignee == 900_001


async def test_card_and_assignment_say_that_somebody_is_away(pair: House) -> None:
    ticket = await pair.opened()
    await pair.agent("/away 2d", who=DENIZ)
    await pair.agent("/assign @deniz", ticket, who=ELIF)
    assert "🌙 Deniz" in await card(pair, ticket)
    assert [words for words in pair.telegram.said(GROUP) if words.startswith(f"{ticket.label} → 🌙 Deniz")]
    await pair.agent("/back", who=DENIZ)
    assert "🌙" not in await card(pair, ticket)


async def test_a_button_about_no_ticket_opens_no_other_command(pair: House) -> None:
    await pair.opened()
    before = len(await outgoing(channel="whatsapp"))
    for command in ("take", "close:spam", "reply:selam", "ask:x", "tag:keep", ""):
        assert await pair.desk_press(f"d:0:{command}", who=BOSS) is Outcome.REFUSED, command
    assert len(await outgoing(channel="whatsapp")) == before


async def test_an_unknown_name_is_refused(pair: House) -> None:
    for argument in ("@nobody", "900009"):
        assert await pair.agent(f"/handover {argument}", who=BOSS) is Outcome.REFUSED
    twin = replace(DENIZ, keys=("tg:900004",), username="deniz2")
    await desk.seen(900_004, twin.name, twin.username)
    assert await pair.agent("/handover Deniz", who=BOSS) is Outcome.REFUSED
