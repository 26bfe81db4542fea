"""The buttons of a warning, pressed as they stand there: in the topic, in a direct message, in the next group."""

from dataclasses import replace

import pytest

from bot.domain.groups import Group
from bot.domain.message import DeskPlace, Person, Pressed
from bot.domain.people import Role
from bot.domain.sla.policy import ClockKind, Escalation, Policy, Recipient, Sla, Target
from bot.domain.ticket import Action, Priority, Status, Ticket
from bot.inbox import Outcome
from store import desk, tickets
from tests.builders import BOSS, DENIZ, ELIF, GROUP, House, new_id
from tests.fakes import Call

MINUTE = 60.0
FIRST = ClockKind.FIRST_RESPONSE
NIGHT = "-1009000000005"
CAN = Person(keys=("tg:900003",), name="Can", username="can")
PEOPLE = ((900_001, ELIF), (900_002, DENIZ), (900_003, CAN), (900_000, BOSS))


def levels(*escalations: Escalation) -> Sla:
    targets = {FIRST: Target(3_600_000)}
    policy = Policy(name="plain", targets=dict.fromkeys(Priority, targets), escalations=escalations)
    return Sla(default="plain", policies={"plain": policy})


@pytest.fixture
async def warning_house(desk_house: House) -> House:
    """Two agents, a lead (Can) and an admin; the assignee is warned a quarter of an hour before the end."""
    desk_house.helpdesk.levels.sla = levels(Escalation(clock=FIRST, share=0.75, to=Recipient.ASSIGNEE))
    for number, who in PEOPLE:
        await desk.seen(number, who.name, who.username, GROUP)
    await desk.set_role(900_003, Role.LEAD)
    return desk_house


async def warned(house: House, chat: str = GROUP) -> tuple[Ticket, dict[str, str], Call]:
    """A ticket of Elif's and the buttons of the warning in that chat: tokens by command."""
    ticket = await house.opened()
    await house.agent("/take", ticket)
    await house.waits(45 * MINUTE)
    warning = [call for call in house.telegram.sent if call.chat == chat and call.words.startswith(("⏳", "🔥"))][-1]
    buttons = [button for row in warning.part.rows for button in row]
    assert all(len(row) <= 2 for row in warning.part.rows), "more than two lose their words on a phone"
    return await house.again(ticket), {one.token.split(":")[2]: one.token for one in buttons}, warning


async def pressed(house: House, token: str, who: Person, chat: str = "") -> tuple[Outcome, str]:
    """A press in a group, else in the private chat; what became of it and the toast."""
    place = DeskPlace(chat=chat) if chat else None
    event = Pressed(author=who, at=house.clock.now(), desk=place, token=token, press_id=new_id("press"))
    [outcome] = await house.takes_in(house.telegram, event)
    await house.settles()
    [toast] = [call.text for call in house.telegram.calls if call.external_id == event.press_id]
    return outcome, toast


async def holder(house: House, ticket: Ticket) -> str:
    return (await house.again(ticket)).assignee_name


async def test_a_warning_carries_what_can_be_done_about_it(warning_house: House) -> None:
    _, buttons, _ = await warned(warning_house)
    assert set(buttons) == {"take", "assign", "postpone", "why"}


async def test_take_of_a_warning_takes_over_from_whom_it_names_once(warning_house: House) -> None:
    ticket, buttons, _ = await warned(warning_house)
    assert (await pressed(warning_house, buttons["take"], DENIZ, GROUP))[0] is Outcome.DONE
    assert await holder(warning_house, ticket) == "Deniz"
    assert (await pressed(warning_house, buttons["take"], BOSS, GROUP))[0] is Outcome.REFUSED
    assert await holder(warning_house, ticket) == "Deniz"


async def test_assign_of_a_warning_gives_the_ticket_to_whoever_is_free_with_the_least_in_hand(
    warning_house: House,
) -> None:
    for number in (900_004, 900_005):
        await desk.seen(number, f"Ajan {number}", "", GROUP)
    other = await warning_house.opened(who=replace(ELIF, keys=("phone:900000000077",)))
    await warning_house.agent("/take", other, who=DENIZ)
    await warning_house.agent("/away", who=Person(keys=("tg:900004",), name="Ajan 900004"))
    ticket, buttons, _ = await warned(warning_house)
    outcome, toast = await pressed(warning_house, buttons["assign"], BOSS, GROUP)
    assert (outcome, toast) == (Outcome.DONE, "")
    assert await holder(warning_house, ticket) == "Ajan 900005", "Deniz has one, Ajan 900004 is away, Can is a lead"
    assert f"{ticket.label} → Ajan 900005" in warning_house.telegram.said(GROUP)
    step = (await tickets.history(ticket.id))[-1]
    assert (step.action, step.actor.name) == (Action.ASSIGN, "Selin")


async def test_assign_pressed_twice_moves_the_ticket_once(warning_house: House) -> None:
    ticket, buttons, _ = await warned(warning_house)
    await pressed(warning_house, buttons["assign"], BOSS, GROUP)
    outcome, toast = await pressed(warning_house, buttons["assign"], CAN, GROUP)
    assert outcome is Outcome.REFUSED
    assert "Deniz" in toast
    assert await holder(warning_house, ticket) == "Deniz"


async def test_where_nobody_is_free_assign_says_so(warning_house: House) -> None:
    ticket, buttons, _ = await warned(warning_house)
    await warning_house.agent("/away", who=DENIZ)
    outcome, toast = await pressed(warning_house, buttons["assign"], BOSS, GROUP)
    assert outcome is Outcome.REFUSED
    assert "boşta kimse yok" in toast
    assert await holder(warning_house, ticket) == "Elif"


async def test_postpone_and_why_of_a_warning(warning_house: House) -> None:
    ticket, buttons, _ = await warned(warning_house)
    assert (await pressed(warning_house, buttons["why"], ELIF, GROUP))[0] is Outcome.DONE
    assert warning_house.telegram.said(GROUP)[-1].startswith(f"⏱ {ticket.label}")
    assert (await pressed(warning_house, buttons["postpone"], ELIF, GROUP))[0] is Outcome.DONE
    assert (await warning_house.again(ticket)).status is Status.POSTPONED


async def test_assign_typed_takes_the_ticket_from_anybody(warning_house: House) -> None:
    ticket = await warning_house.opened()
    await warning_house.agent("/take", ticket)
    await warning_house.agent("/assign *", ticket, who=BOSS)
    assert await holder(warning_house, ticket) == "Deniz"
    await warning_house.agent("/ata *", ticket, who=BOSS)
    assert await holder(warning_house, ticket) == "Elif"


async def test_a_direct_message_carries_buttons_that_work_there(warning_house: House) -> None:
    await warning_house.customer("/start", who=ELIF)
    ticket, buttons, warning = await warned(warning_house, chat="900001")
    assert warning.chat == "900001"
    assert set(buttons) == {"take", "assign", "postpone"}
    assert await pressed(warning_house, buttons["assign"], ELIF) == (Outcome.DONE, f"{ticket.label} → @deniz")
    assert await holder(warning_house, ticket) == "Deniz"
    assert f"{ticket.label} → @deniz" in warning_house.telegram.said(GROUP), "the topic says it, too"
    outcome, toast = await pressed(warning_house, buttons["take"], ELIF)
    assert (outcome, "Deniz" in toast) == (Outcome.REFUSED, True)
    assert (await pressed(warning_house, buttons["postpone"], ELIF))[0] is Outcome.DONE
    assert (await warning_house.again(ticket)).status is Status.POSTPONED


async def test_a_press_in_private_is_a_sign_of_life_and_makes_nobody_a_member(warning_house: House) -> None:
    """By membership forgotten tickets find their agents; what somebody presses at home says nothing about it."""
    await desk.seen(900_004, "Ece", "ece", NIGHT)
    ticket, buttons, _ = await warned(warning_house)
    warning_house.clock.move(5 * MINUTE)
    at = warning_house.clock.now()
    ece = Person(keys=("tg:900004",), name="Ece", username="ece")
    assert await pressed(warning_house, buttons["take"], ece) == (Outcome.DONE, "👌")
    assert await holder(warning_house, ticket) == "Ece"
    found = await desk.agent(900_004)
    assert found is not None
    assert found.seen_at == at
    assert not await desk.is_member(900_004, GROUP)


@pytest.mark.parametrize("standing", ["unknown", "left", "owner"])
async def test_in_private_a_button_is_nothing_for_those_who_are_no_agents(warning_house: House, standing: str) -> None:
    ticket, buttons, _ = await warned(warning_house)
    who = DENIZ if standing != "unknown" else Person(keys=("tg:900099",), name="Biri")
    await (desk.set_role(900_002, Role.OWNER) if standing == "owner" else desk.set_present(900_002, False))
    history = await tickets.history(ticket.id)
    for token in buttons.values():
        outcome, toast = await pressed(warning_house, token, who)
        assert outcome is Outcome.DONE
        assert toast == "Bu düğme size ait değil."
    assert await tickets.history(ticket.id) == history
    assert await desk.agent(900_099) is None


async def test_in_private_only_the_commands_of_a_warning_can_be_pressed(warning_house: House) -> None:
    ticket, _, _ = await warned(warning_house)
    history = await tickets.history(ticket.id)
    for command in ("close:spam", "reopen", "resume", "priority:high", "role:@elif admin", "history", "tag:keep"):
        await pressed(warning_house, f"d:{ticket.id}:{command}", BOSS)
    assert await tickets.history(ticket.id) == history


async def test_the_next_groups_message_carries_buttons_that_work_there(warning_house: House) -> None:
    house = warning_house
    house.telegram.groups = (*house.telegram.groups, Group(chat=NIGHT, team="Gece"))
    house.helpdesk.levels.sla = levels(Escalation(clock=FIRST, share=0.75, to=Recipient.NEXT_GROUP))
    ticket, buttons, _ = await warned(house, chat=NIGHT)
    assert set(buttons) == {"take", "assign", "postpone"}
    answer = f"{ticket.label} → @deniz"
    assert await pressed(house, buttons["assign"], BOSS, NIGHT) == (Outcome.DONE, answer)
    assert await holder(house, ticket) == "Deniz"
    assert answer in house.telegram.said(GROUP)
    assert answer not in house.telegram.said(NIGHT), "a toast costs no write"
