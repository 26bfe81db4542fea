"""What is sent again later, or not at all: corrected words, answers of closed tickets, words to one person."""

from typing import Any

import pytest

from bot.domain.ledger import Delivery, ErrandState, Op
from bot.domain.message import Edited
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.services import addressees
from store import desk
from tests.builders import BOSS, ELIF, GROUP, ZEYNEP, House, content, outgoing
from tests.services.deliveries import BLOCKED, DAY, SHUT, answered, ledger, state

ELIF_ID = 900_001


async def edits(desk_house: House, ticket: Ticket, text: str, external_id: str) -> None:
    place = await desk_house.place(ticket)
    event = Edited(author=ELIF, at=desk_house.clock.now(), desk=place, external_id=external_id, content=content(text))
    await desk_house.takes_in(desk_house.telegram, event)


async def failed_answer(desk_house: House, text: str) -> tuple[Ticket, dict[str, Any]]:
    """An answer that was refused, written as the group's message `mine`."""
    ticket = await desk_house.opened()
    desk_house.whatsapp.broken_verbs["send"] = BLOCKED
    await desk_house.agent(text, ticket, external_id="mine")
    await desk_house.deliver()
    desk_house.whatsapp.broken_verbs.clear()
    errand = (await outgoing(channel="whatsapp", op=Op.SEND))[-1]
    assert (await ledger(errand)).delivery is Delivery.FAILED
    return ticket, errand


@pytest.mark.parametrize("written", ["IBAN 111", "/ask IBAN 111"], ids=["plain", "in a frame of ours"])
async def test_what_was_corrected_goes_out_corrected_when_it_is_sent_again(desk_house: House, written: str) -> None:
    ticket, errand = await failed_answer(desk_house, written)
    first = desk_house.whatsapp.said()[-1]
    await edits(desk_house, ticket, "IBAN 222", "mine")
    await desk_house.desk_press(f"rs:{errand['id']}")
    await desk_house.deliver()
    assert desk_house.whatsapp.said()[-1] == first.replace("IBAN 111", "IBAN 222")
    assert await state(errand) is ErrandState.SENT


async def test_a_second_correction_counts_too(desk_house: House) -> None:
    ticket, errand = await failed_answer(desk_house, "IBAN 111")
    for number in (22, 3333):
        await edits(desk_house, ticket, f"IBAN {number}", "mine")
        desk_house.whatsapp.refusals.append(BLOCKED)
        await desk_house.desk_press(f"rs:{errand['id']}")
        await desk_house.deliver()
        assert desk_house.whatsapp.said()[-1] == f"IBAN {number}"


async def test_corrected_words_in_several_parts_have_to_be_written_anew(desk_house: House) -> None:
    ticket, errand = await failed_answer(desk_house, "IBAN 111 " * 600)
    before = desk_house.whatsapp.said()
    await edits(desk_house, ticket, "IBAN 222 " * 600, "mine")
    await desk_house.desk_press(f"rs:{errand['id']}")
    await desk_house.deliver()
    assert desk_house.whatsapp.said() == before
    assert any("yeni hâlini yazın" in call.text for call in desk_house.telegram.calls if call.verb == "answer")


@pytest.mark.parametrize("reason", ["spam", "by_lead"])
async def test_an_answer_that_waits_for_the_window_ends_with_its_ticket(desk_house: House, reason: str) -> None:
    await desk.seen(ELIF_ID, "Elif", "elif")
    await desk.set_role(ELIF_ID, Role.LEAD)
    ticket, errand = await answered(desk_house, SHUT)
    assert await state(errand) is ErrandState.PARKED
    await desk_house.agent(f"/close {reason}", ticket)
    await desk_house.settles()
    message = await ledger(errand)
    assert (await state(errand), message.delivery) == (ErrandState.EXPIRED, Delivery.EXPIRED)
    assert message.failure == "send-error-closed"
    assert sum("artık kendiliğinden gitmez" in post for post in desk_house.telegram.said(GROUP)) == 1
    desk_house.clock.move(60 * DAY)
    await desk_house.customer("Merhaba")
    await desk_house.settles()
    assert desk_house.whatsapp.said().count("Yanıt") == 1, "the call that was refused"


async def test_another_tickets_answer_goes_on_waiting(desk_house: House) -> None:
    await desk.seen(ELIF_ID, "Elif", "elif")
    await desk.set_role(ELIF_ID, Role.LEAD)
    _, errand = await answered(desk_house, SHUT)
    other = await desk_house.opened("Kâğıt bitti", who=ZEYNEP)
    await desk_house.agent("/close spam", other)
    await desk_house.settles()
    assert await state(errand) is ErrandState.PARKED


async def agent_on_telegram(desk_house: House) -> None:
    """Selin has written to the bot, so direct messages reach her."""
    await desk.seen(900_000, "Selin", "selin")
    await desk_house.customer("/start", BOSS)
    await desk_house.settles()


@pytest.mark.parametrize("unknown", [False, True], ids=["refused", "unknown"])
async def test_an_alarm_that_does_not_reach_an_agent_is_said_in_the_group(desk_house: House, unknown: bool) -> None:
    await agent_on_telegram(desk_house)
    [selin] = [one for one in await desk.agents() if one.id == 900_000]
    if unknown:
        desk_house.telegram.unknown.add("900000")
    else:
        desk_house.telegram.refusals.append(BLOCKED)
    assert await addressees.tell(desk_house.helpdesk, [selin], "⏳ Süre doluyor") == []
    await desk_house.settles()
    told = [post for post in desk_house.telegram.said(GROUP) if "⏳ Süre doluyor" in post]
    assert len(told) == 1
    assert "@selin" in told[0]


async def test_an_answer_of_the_menus_that_is_refused_is_told(desk_house: House) -> None:
    await desk_house.customer("/start", ZEYNEP)
    desk_house.telegram.refusals.append(BLOCKED)
    await desk_house.settles()
    assert any("Zeynep" in post and "özel ileti ulaşmadı" in post for post in desk_house.telegram.said(GROUP))


async def test_a_machine_that_answers_after_a_closing_is_offered_to_reopen_once_a_day(desk_house: House) -> None:
    await desk.seen(ELIF_ID, "Elif", "elif")
    await desk.set_role(ELIF_ID, Role.LEAD)
    ticket = await desk_house.opened()
    await desk_house.agent("/close by_lead", ticket)
    for _ in range(50):
        desk_house.clock.move(90)
        await desk_house.customer("Tatildeyim.")
        await desk_house.settles()
    assert offers(desk_house) == 1
    desk_house.clock.move(DAY)
    await desk_house.customer("Tatildeyim.")
    await desk_house.settles()
    assert offers(desk_house) == 2


def offers(desk_house: House) -> int:
    return sum("kapanmıştı" in words for words in desk_house.whatsapp.said())
