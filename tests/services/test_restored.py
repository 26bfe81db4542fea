"""The first start after a restore: what was held back is shown once, and goes out when an agent says so, once."""

from dataclasses import replace

import pytest

from bot.domain.errors import SendError
from bot.domain.ledger import HELD, Delivery, Errand, Op
from bot.domain.message import Person, ReceiptStatus
from bot.domain.press import Verb, encode
from bot.domain.ticket import Status, Ticket
from bot.domain.timers import TimerKind
from bot.outbox import Outbox, recover
from bot.services import restored, upkeep
from store import bookmarks, holding, messages, outbox, timers
from tests.builders import AYSE, GROUP, ZEYNEP, House, outgoing

DAY = 86_400
WORDS = "Kabloyu takın"
SHUT = SendError(key="send-error-window", certain=True, retryable=False, window_closed=True)
UNKNOWN = SendError(key="send-error-unknown-outcome", certain=False, retryable=True)


async def started_on_a_copy(desk_house: House) -> House:
    """The database as it is now is a copy that was restored: the next process starts on it."""
    await holding.hold(desk_house.clock.now())
    helpdesk = replace(desk_house.helpdesk, epoch="the next process")
    again = replace(desk_house, helpdesk=helpdesk, outbox=Outbox(helpdesk))
    await recover(helpdesk, all_others=True)
    await restored.tell(helpdesk)
    await again.settles()
    return again


async def answered(desk_house: House, who: Person = AYSE) -> Ticket:
    """A ticket with an answer that waits."""
    ticket = await desk_house.opened(who=who)
    await desk_house.settles()
    await desk_house.agent(WORDS, ticket)
    return await desk_house.again(ticket)


async def errand_of(words: str) -> Errand:
    """The errand that carries these words."""
    [row] = [one for one in await outgoing(op=Op.SEND) if words in one["payload"] and one["conversation_id"]]
    found = await outbox.by_id(row["id"])
    assert found is not None
    return found


def heard(house: House, who: Person, words: str = WORDS) -> int:
    return sum(words in said for said in house.home(who).said(who.keys[0].partition(":")[2]))


@pytest.mark.parametrize("who", [AYSE, ZEYNEP], ids=["whatsapp", "telegram"])
async def test_an_answer_that_waited_is_shown_with_its_words_and_goes_out_once_when_pressed(
    desk_house: House, who: Person
) -> None:
    ticket = await answered(desk_house, who)
    house = await started_on_a_copy(desk_house)
    errand = await errand_of(WORDS)
    assert heard(house, who) == 0
    [line] = [words for words in house.telegram.said(GROUP) if "gitmiş olabilir" in words]
    assert WORDS in line
    button = next(call.part.rows[0][0] for call in house.telegram.sent if call.words == line)
    last = (await messages.of_ticket(ticket.id, newest_first=True))[0]
    assert (last.delivery, last.failure) == (Delivery.UNCERTAIN, HELD)
    assert button.token == encode(Verb.RESEND, errand.id)
    for _ in range(2):
        await house.desk_press(button.token)
        await house.settles()
    assert heard(house, who) == 1


async def test_parked_and_unknown_answers_are_held_too_and_nothing_lets_them_go(desk_house: House) -> None:
    ticket = await answered(desk_house)
    desk_house.whatsapp.refusals.append(SHUT)
    await desk_house.deliver()
    await desk_house.agent("Bir de toner", ticket)
    desk_house.whatsapp.refusals.append(UNKNOWN)
    await desk_house.deliver()
    before = len(desk_house.whatsapp.said())
    house = await started_on_a_copy(desk_house)
    house.clock.move(2 * 3600)
    await house.customer("Orada mısınız?")
    await house.settles()
    assert len(house.whatsapp.said()) == before
    assert len([words for words in house.telegram.said(GROUP) if "gitmiş olabilir" in words]) == 2


async def test_a_late_receipt_settles_what_was_held(desk_house: House) -> None:
    ticket = await answered(desk_house)
    house = await started_on_a_copy(desk_house)
    errand = await errand_of(WORDS)
    await house.receipts(ReceiptStatus.DELIVERED, errand=errand.id)
    assert (await messages.of_ticket(ticket.id, newest_first=True))[0].delivery is Delivery.DELIVERED
    line = next(call for call in house.telegram.sent if "gitmiş olabilir" in call.words)
    await house.desk_press(line.part.rows[0][0].token)
    await house.settles()
    assert heard(house, AYSE) == 0
    assert [call.words for call in house.telegram.calls if call.verb == "answer"][-1].startswith("Gerek kalmadı")


async def test_a_post_in_the_group_is_held_with_its_words_and_marked_when_it_is_posted(desk_house: House) -> None:
    await desk_house.opened()
    await desk_house.settles()
    await desk_house.customer("Toner bitti")
    house = await started_on_a_copy(desk_house)
    posted = [words for words in house.telegram.said(GROUP) if "Toner bitti" in words]
    assert len(posted) == 1
    assert "burada zaten duruyor olabilir" in posted[0]
    line = next(call for call in house.telegram.sent if call.words == posted[0])
    await house.desk_press(line.part.rows[0][0].token)
    await house.settles()
    last = house.telegram.said(GROUP)[-1]
    assert last.startswith("🔁 (yinelenmiş olabilir)")
    assert "Toner bitti" in last


async def test_the_group_is_told_once_of_when_the_copy_is_and_of_how_much_was_held(desk_house: House) -> None:
    await answered(desk_house)
    copied_at = desk_house.clock.now() - 600_000
    await bookmarks.write("backup:at", copied_at)
    house = await started_on_a_copy(desk_house)
    told = [words for words in house.telegram.said(GROUP) if "ondan sonra yazılanlar" in words]
    assert len(told) == 1
    assert f"{house.helpdesk.moment('tr', copied_at)} tarihli kopya" in told[0]
    assert "bekleyen 1 ileti" in told[0]
    assert await restored.tell(house.helpdesk) == 0
    await house.settles()
    assert len([words for words in house.telegram.said(GROUP) if "ondan sonra yazılanlar" in words]) == 1


async def test_a_start_without_a_restore_says_nothing(desk_house: House) -> None:
    await answered(desk_house)
    before = len(await outgoing())
    assert await restored.tell(desk_house.helpdesk) == 0
    assert len(await outgoing()) == before


async def test_silence_that_fell_due_meanwhile_closes_nothing_until_an_agent_writes_again(desk_house: House) -> None:
    ticket = await desk_house.opened(who=ZEYNEP)
    await desk_house.agent("/ask Hangi model?", ticket)
    await desk_house.settles()
    desk_house.clock.move(5 * DAY)
    house = await started_on_a_copy(desk_house)
    await upkeep.sweep(house.helpdesk)
    await house.settles()
    assert (await house.again(ticket)).status is Status.PENDING
    assert TimerKind.AUTO_CLOSE not in await timers.of_ticket(ticket.id)
    assert any("sessizlik bu talebi kapatmaz" in words for words in house.telegram.said(GROUP))
    await house.agent("/ask Model neydi?", ticket)
    await house.settles()
    assert TimerKind.AUTO_CLOSE in await timers.of_ticket(ticket.id)


async def test_a_question_that_was_held_waits_for_nobody(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.settles()
    await desk_house.agent("/ask Hangi model?", ticket)
    assert TimerKind.AUTO_CLOSE in await timers.of_ticket(ticket.id)
    await started_on_a_copy(desk_house)
    assert TimerKind.AUTO_CLOSE not in await timers.of_ticket(ticket.id)


async def test_silence_that_is_not_over_goes_on(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/ask Hangi model?", ticket)
    await desk_house.settles()
    await started_on_a_copy(desk_house)
    assert TimerKind.AUTO_CLOSE in await timers.of_ticket(ticket.id)


async def test_a_new_ticket_of_the_copy_still_gets_its_topic(desk_house: House) -> None:
    await desk_house.customer("Yazıcı çalışmıyor")
    house = await started_on_a_copy(desk_house)
    assert len(house.telegram.topics) == 1
    assert any("Yazıcı çalışmıyor" in words and "olabilir" in words for words in house.telegram.said(GROUP))
    assert house.whatsapp.said() == [], "not even the greeting went out again"
