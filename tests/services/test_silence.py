"""What time does: auto-close and its reminder, waking, the end of the questions, ETA reminders."""

import pytest

from bot.domain.errors import SendError
from bot.domain.ledger import Delivery, Op
from bot.domain.message import ReceiptStatus
from bot.domain.ticket import Action, ActorKind, CloseReason, Status, Ticket
from bot.domain.timers import DAY_MS
from bot.ports import Item
from bot.services import upkeep
from store import inbox, messages, tickets, timers
from tests.builders import BOSS, House, counted, outgoing

DAY = 86_400.0
BLOCKED = SendError(key="send-error-blocked", certain=True, retryable=False)
SHUT = SendError(key="send-error-window", certain=True, retryable=False, window_closed=True)
UNKNOWN = SendError(key="send-error-unknown-outcome", certain=False, retryable=True)


async def asked(desk_house: House, command: str = "/ask Hangi model?", *refusals: SendError) -> Ticket:
    """A ticket whose question was taken to the channel, which answered as told."""
    ticket = await desk_house.opened()
    desk_house.whatsapp.refused_words.extend(refusals)
    await desk_house.agent(command, ticket)
    await desk_house.deliver()
    return await desk_house.again(ticket)


async def days_go_by(desk_house: House, days: int) -> None:
    """The clock moves day by day, as the scheduler would see it."""
    for _ in range(days):
        desk_house.clock.move(DAY)
        await upkeep.sweep(desk_house.helpdesk)


@pytest.mark.parametrize("command", ["/ask Hangi model?", "/propose Kabloyu takın"])
async def test_four_days_of_silence_close_with_a_reminder_before(desk_house: House, command: str) -> None:
    ticket = await asked(desk_house, command)
    await days_go_by(desk_house, 3)
    assert (await desk_house.again(ticket)).live
    reminders = [m for m in await messages.of_ticket(ticket.id) if "Hâlâ yanıtınızı" in m.content.text]
    assert len(reminders) == 1
    await days_go_by(desk_house, 1)
    closed = await desk_house.again(ticket)
    assert (closed.status, closed.close_reason) == (Status.CLOSED, CloseReason.NO_ANSWER)
    assert (await tickets.history(ticket.id))[-1].actor.kind is ActorKind.SYSTEM
    assert (await desk_house.conversation()).ticket_id is None


async def test_a_minute_too_early_nothing_happens(desk_house: House) -> None:
    ticket = await asked(desk_house)
    desk_house.clock.move(4 * DAY - 60)
    await upkeep.sweep(desk_house.helpdesk)
    assert (await desk_house.again(ticket)).live


async def test_the_reminder_of_a_proposal_carries_its_buttons(desk_house: House) -> None:
    ticket = await asked(desk_house, "/propose Kabloyu takın")
    await days_go_by(desk_house, 3)
    reminder = (await outgoing(channel="whatsapp"))[-1]
    assert f"a:{ticket.id}:1" in reminder["payload"]


async def test_a_desk_that_slept_for_a_week_closes_once_and_does_not_remind(desk_house: House) -> None:
    ticket = await asked(desk_house)
    before = len(await outgoing(channel="whatsapp"))
    desk_house.clock.move(7 * DAY)
    await upkeep.sweep(desk_house.helpdesk)
    await upkeep.sweep(desk_house.helpdesk)
    assert (await desk_house.again(ticket)).close_reason is CloseReason.NO_ANSWER
    assert len(await outgoing(channel="whatsapp")) == before + 1


async def test_the_closing_text_opens_no_ticket(desk_house: House) -> None:
    await asked(desk_house)
    await days_go_by(desk_house, 4)
    await desk_house.deliver()
    assert (await counted())["ticket"] == 1


# What happened before the silence, and whether four days of it close the ticket.
CASES: dict[str, tuple[str, ...]] = {
    "asked": ("ask",),
    "proposed": ("propose",),
    "asked and read": ("ask", "read"),
    "asked and an agent noted something": ("ask", "note"),
    "asked twice": ("ask", "ask"),
    "asked, then an agent added something": ("ask", "reply"),
    "proposed, rejected, proposed again": ("propose", "reject", "propose"),
}
NEVER: dict[str, tuple[str, ...]] = {
    "nobody asked anything": (),
    "answered plainly": ("reply",),
    "asked and answered": ("ask", "customer"),
    "proposed and the customer wrote": ("propose", "customer"),
    "proposed and rejected": ("propose", "reject"),
    "the question failed": ("ask failed",),
    "the proposal failed": ("propose failed",),
    "the question is parked": ("ask parked",),
    "the outcome is unknown": ("ask unknown",),
    "the question never left the house": ("ask stuck",),
    "asked, and a later word failed": ("ask", "reply failed"),
    "accepted but refused by a late receipt": ("ask", "late failure"),
    "postponed": ("ask", "postpone"),
    "in development": ("ask", "dev"),
    "resumed": ("ask", "resume"),
}


async def told(desk_house: House, ticket: Ticket, what: str) -> None:
    command, _, fate = what.partition(" ")
    if fate:
        fates = {"failed": [BLOCKED], "parked": [SHUT], "unknown": [UNKNOWN], "stuck": []}
        desk_house.whatsapp.refused_words.extend(fates.get(fate, []))
    words = {
        "ask": "/ask Hangi model?",
        "propose": "/propose Kabloyu takın",
        "reply": "Bir de şu var",
        "note": "// not",
    }
    errands = await outgoing(channel="whatsapp", op=Op.SEND)
    latest = errands[-1]["id"]
    match command:
        case "customer":
            await desk_house.customer("Şöyle oldu: ekran karardı")
        case "reject":
            await desk_house.presses(f"r:{ticket.id}:{(await desk_house.again(ticket)).proposal}")
        case "read":
            await desk_house.receipts(ReceiptStatus.READ, errand=latest)
        case "late":
            await desk_house.receipts(ReceiptStatus.FAILED, errand=latest, code="131026")
        case "postpone" | "dev" | "resume":
            arguments = {"postpone": "/postpone 20d", "dev": "/dev can ABC-1 20d", "resume": "/resume"}
            await desk_house.agent(arguments[command], ticket)
        case _:
            await desk_house.agent(words[command], ticket)
    if fate != "stuck":
        await desk_house.deliver()


@pytest.mark.parametrize("happened", CASES.values(), ids=CASES)
async def test_silence_of_the_customer_closes(desk_house: House, happened: tuple[str, ...]) -> None:
    ticket = await desk_house.opened()
    for what in happened:
        desk_house.clock.move(90)
        await told(desk_house, ticket, what)
    await days_go_by(desk_house, 4)
    assert (await desk_house.again(ticket)).close_reason is CloseReason.NO_ANSWER


@pytest.mark.parametrize("happened", NEVER.values(), ids=NEVER)
async def test_silence_of_ours_never_closes(desk_house: House, happened: tuple[str, ...]) -> None:
    ticket = await desk_house.opened()
    for what in happened:
        desk_house.clock.move(90)
        await told(desk_house, ticket, what)
    await days_go_by(desk_house, 10)
    assert (await desk_house.again(ticket)).live
    assert not any("Hâlâ yanıtınızı" in m.content.text for m in await messages.of_ticket(ticket.id))


async def delivery_of(message_id: int) -> Delivery:
    message = await messages.get(message_id)
    assert message is not None
    return message.delivery


@pytest.mark.parametrize("fate", ["parked", "unknown", "stuck"])
async def test_the_wait_begins_anew_once_the_question_is_out(desk_house: House, fate: str) -> None:
    ticket = await desk_house.opened()
    desk_house.clock.move(90)
    await told(desk_house, ticket, f"ask {fate}")
    question = (await outgoing(channel="whatsapp", op=Op.SEND))[-1]
    await days_go_by(desk_house, 5)
    await desk_house.presses("m:0:nothing")
    if fate == "unknown":
        await desk_house.desk_press(f"rs:{question['id']}")
    await desk_house.deliver()
    assert await delivery_of(question["message_id"]) is Delivery.SENT
    await days_go_by(desk_house, 3)
    assert (await desk_house.again(ticket)).live
    await days_go_by(desk_house, 1)
    assert (await desk_house.again(ticket)).close_reason is CloseReason.NO_ANSWER


async def test_a_postponed_ticket_wakes_once(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/postpone 2d tedarikçi", ticket)
    await days_go_by(desk_house, 1)
    assert (await desk_house.again(ticket)).status is Status.POSTPONED
    await days_go_by(desk_house, 3)
    woken = await desk_house.again(ticket)
    assert (woken.status, woken.postponed_until, woken.assignee) == (Status.OPEN, None, ticket.assignee)
    actions = [step.action for step in await tickets.history(ticket.id)]
    assert actions.count(Action.WAKE) == 1
    await desk_house.deliver()
    assert any("Erteleme bitti" in post and "tedarikçi" in post for post in desk_house.telegram.said())


async def test_postponing_anew_moves_the_wake(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/postpone 2d", ticket)
    await desk_house.agent("/postpone 6d", ticket)
    await days_go_by(desk_house, 5)
    assert (await desk_house.again(ticket)).status is Status.POSTPONED
    await days_go_by(desk_house, 1)
    assert (await desk_house.again(ticket)).status is Status.OPEN


async def test_unanswered_questions_end_after_ten_minutes_and_stay_open_on_the_card(desk_house: House) -> None:
    await desk_house.customer("Yazıcı çalışmıyor")
    desk_house.clock.move(601)
    await upkeep.sweep(desk_house.helpdesk)
    ticket = await desk_house.ticket()
    assert (ticket.intake, dict(ticket.answers), ticket.skipped) == ("", {}, ())
    await desk_house.customer("arıza")
    assert dict((await desk_house.ticket()).answers) == {}, "typed words belong to the agent from now on"


async def test_an_eta_reminds_the_desk_once(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/dev can ABC-1 2d", ticket)
    await days_go_by(desk_house, 6)
    await desk_house.deliver()
    assert len([post for post in desk_house.telegram.said() if "Tahmini tarih geldi" in post]) == 1
    assert (await desk_house.again(ticket)).status is Status.IN_DEVELOPMENT


async def test_nothing_is_due_after_closing(desk_house: House) -> None:
    ticket = await asked(desk_house)
    await desk_house.agent("/close bitti", ticket, who=BOSS)
    assert await timers.of_ticket(ticket.id) == {}
    before = await counted()
    await days_go_by(desk_house, 10)
    assert await counted() == before


async def test_many_due_tickets_are_closed_in_one_sweep_and_in_order(desk_house: House) -> None:
    closed = []
    for number in range(5):
        desk_house.clock.move(60)
        await desk_house.customer(f"/new Konu {number}")
        ticket = await desk_house.ticket()
        await desk_house.deliver()
        await desk_house.agent("/ask Hangi model?", ticket)
        await desk_house.deliver()
        closed.append(ticket)
    desk_house.clock.move(20 * DAY)
    assert await upkeep.sweep(desk_house.helpdesk) >= 5
    assert [(await desk_house.again(one)).live for one in closed] == [False] * 5


async def test_what_was_worked_off_is_forgotten_after_a_month_and_not_before(desk_house: House) -> None:
    await desk_house.opened()
    desk_house.clock.move(29 * DAY)
    assert await upkeep.prune(desk_house.helpdesk) == 0
    desk_house.clock.move(2 * DAY)
    assert await upkeep.prune(desk_house.helpdesk) > 0
    assert DAY_MS == DAY * 1000


async def test_more_than_one_batch_of_old_rows_goes_in_one_turn(desk_house: House) -> None:
    many = 2 * upkeep.BATCH + 1
    await inbox.append([Item(channel="whatsapp", key=str(key), lane=str(key), raw=b"") for key in range(many)], 1)
    await inbox.finish([row.id for row in await inbox.claim("me", 2, 60_000, many)], "me", 2)
    assert await upkeep.prune(desk_house.helpdesk) == many
