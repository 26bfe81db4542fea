"""What became of our messages: receipts, parked answers, one-press resend."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import SendError
from bot.domain.ledger import Delivery, ErrandState, LedgerMessage, Op
from bot.domain.message import Person, Receipt, ReceiptStatus
from bot.domain.ticket import Ticket
from bot.inbox import Outcome
from bot.outbox.repairs import send_unreceipted
from store import conversations, messages, outbox, tickets
from store.db import transaction
from tests.builders import AYSE, MEHMET, ZEYNEP, House, counted, outgoing

DELIVERED, READ, FAILED = ReceiptStatus.DELIVERED, ReceiptStatus.READ, ReceiptStatus.FAILED
SHUT = SendError(key="send-error-window", certain=True, retryable=False, window_closed=True)
BLOCKED = SendError(key="send-error-blocked", certain=True, retryable=False)
DAY = 86_400.0


async def answered(desk_house: House, *refusals: SendError, text: str = "Yanıt") -> tuple[Ticket, dict[str, Any]]:
    """A ticket with an answer that was taken to WhatsApp; the answer's errand."""
    ticket = await desk_house.opened()
    desk_house.clock.move(60)
    desk_house.whatsapp.refusals.extend(refusals)
    await desk_house.agent(text, ticket)
    await desk_house.deliver()
    return ticket, (await outgoing(channel="whatsapp", op=Op.SEND))[-1]


async def ledger(errand: dict[str, Any]) -> LedgerMessage:
    message = await messages.get(errand["message_id"])
    assert message is not None
    return message


async def state(errand: dict[str, Any]) -> ErrandState:
    found = await outbox.by_id(errand["id"])
    assert found is not None
    return found.state


async def test_a_failure_is_told_once_however_often_it_is_reported(desk_house: House) -> None:
    _, errand = await answered(desk_house)
    before = len(await outgoing(channel="desk", op=Op.SEND))
    await desk_house.receipts(FAILED, FAILED, FAILED, errand=errand["id"], code="131026")
    assert len(await outgoing(channel="desk", op=Op.SEND)) == before + 1


async def test_a_receipt_is_found_by_its_message_id_too(desk_house: House) -> None:
    _, errand = await answered(desk_house)
    known = (await outgoing(channel="whatsapp", op=Op.SEND))[-1]["external_id"]
    event = Receipt(external_id=known, status=READ, at=desk_house.clock.now())
    await desk_house.takes_in(desk_house.whatsapp, event)
    assert (await ledger(errand)).delivery is Delivery.READ


@pytest.mark.parametrize("tracker", ["", "0", "999999", "²", "-1", "abc", "9" * 40, "1 OR 1=1"])
async def test_a_receipt_of_nothing_changes_nothing(desk_house: House, tracker: str) -> None:
    await answered(desk_house)
    before = await counted()
    event = Receipt(external_id="wamid-unknown", status=READ, at=desk_house.clock.now(), tracker=tracker)
    assert await desk_house.takes_in(desk_house.whatsapp, event) == [Outcome.DONE]
    assert await counted() == before


async def test_a_receipt_of_another_channel_changes_nothing(desk_house: House) -> None:
    _, errand = await answered(desk_house)
    event = Receipt(external_id="x", status=READ, at=desk_house.clock.now(), tracker=str(errand["id"]))
    await desk_house.takes_in(desk_house.telegram, event)
    assert (await ledger(errand)).delivery is Delivery.SENT


async def unknown_at(desk_house: House, who: Person) -> dict[str, Any]:
    """The errand of an answer whose outcome nobody knows."""
    ticket = await desk_house.opened(who=who)
    channel = desk_house.home(who)
    await desk_house.agent("Yanıt", ticket)
    channel.unknown.add(who.keys[0].partition(":")[2])
    await desk_house.deliver()
    channel.unknown.clear()
    return (await outgoing(channel=channel.name, op=Op.SEND))[-1]


async def test_an_unknown_outcome_on_whatsapp_waits_for_the_receipt(desk_house: House) -> None:
    errand = await unknown_at(desk_house, AYSE)
    assert (await state(errand), (await ledger(errand)).delivery) == (ErrandState.UNCERTAIN, Delivery.UNCERTAIN)
    await desk_house.receipts(DELIVERED, errand=errand["id"])
    assert (await state(errand), (await ledger(errand)).delivery) == (ErrandState.SENT, Delivery.DELIVERED)
    assert (await messages.find_post("whatsapp:1", f"wamid-{errand['id']}")) is not None
    desk_house.clock.move(DAY)
    await send_unreceipted(desk_house.helpdesk)
    await desk_house.deliver()
    assert desk_house.whatsapp.said().count("Yanıt") == 1, "what was proved is not sent again"


async def test_an_answer_on_whatsapp_that_no_receipt_proves_is_sent_again(desk_house: House) -> None:
    errand = await unknown_at(desk_house, AYSE)
    desk_house.clock.move(1)
    await desk_house.customer("Orada mısınız?")
    await desk_house.agent("Bir de şu", await desk_house.ticket())
    await send_unreceipted(desk_house.helpdesk)
    await desk_house.deliver()
    assert desk_house.whatsapp.said().count("Yanıt") == 1, "a receipt may still come"
    desk_house.clock.move(60)
    await send_unreceipted(desk_house.helpdesk)
    await desk_house.deliver()
    assert desk_house.whatsapp.said()[-2:] == ["Yanıt", "Bir de şu"], "in its place in the lane"
    assert await state(errand) is ErrandState.SENT


async def looks(desk_house: House, seconds: float) -> None:
    """Time goes by, and the outbox looks after what nobody knows."""
    desk_house.clock.move(seconds)
    await desk_house.deliver()


def asked(desk_house: House, errand: dict[str, Any]) -> int:
    """How many lines in the topic offer to send it again."""
    tokens = [button.token for call in desk_house.telegram.calls for row in call.part.rows for button in row]
    return tokens.count(f"rs:{errand['id']}")


async def test_on_whatsapp_nothing_is_sent_again_while_nothing_is_heard_of_the_platform(desk_house: House) -> None:
    """Our door may be shut, or the subscription gone: silence proves nothing then, and agents decide."""
    errand = await unknown_at(desk_house, AYSE)
    for _ in range(6):
        await looks(desk_house, 50)
    assert desk_house.whatsapp.said().count("Yanıt") == 1
    assert (asked(desk_house, errand), (await ledger(errand)).delivery) == (1, Delivery.UNCERTAIN)
    await desk_house.receipts(DELIVERED, errand=errand["id"])
    assert (await state(errand), (await ledger(errand)).delivery) == (ErrandState.SENT, Delivery.DELIVERED)


async def test_on_whatsapp_nothing_is_sent_again_while_no_receipt_comes_of_others(desk_house: House) -> None:
    """The platform's receipts are late: the words of others go through, and nothing is heard of those, either."""
    errand = await unknown_at(desk_house, AYSE)
    other = await desk_house.opened("Kâğıt bitti", who=MEHMET)
    await desk_house.agent("Getiriyoruz", other)
    await desk_house.agent("Bir de şu", await desk_house.again(await by_number(1)))
    for _ in range(5):
        await looks(desk_house, 50)
    assert desk_house.whatsapp.said(AYSE.phone)[-2:] == ["Yanıt", "Bir de şu"], "the others behind it need not wait"
    assert asked(desk_house, errand) == 1
    await looks(desk_house, 3 * 3600)
    assert asked(desk_house, errand) == 1, "told once"
    await desk_house.receipts(READ, errand=errand["id"])
    assert (await state(errand), (await ledger(errand)).delivery) == (ErrandState.SENT, Delivery.READ)


async def by_number(ticket_id: int) -> Ticket:
    found = await tickets.get(ticket_id)
    assert found is not None
    return found


async def test_on_whatsapp_receipts_of_others_prove_that_a_message_without_one_is_lost(desk_house: House) -> None:
    errand = await unknown_at(desk_house, AYSE)
    other = await desk_house.opened("Kâğıt bitti", who=MEHMET)
    await desk_house.agent("Getiriyoruz", other)
    await looks(desk_house, 10)
    [others] = [one for one in await outgoing(ticket_id=other.id, op=Op.SEND) if "Getiriyoruz" in one["payload"]]
    await looks(desk_house, 50)
    assert desk_house.whatsapp.said().count("Yanıt") == 1
    await desk_house.receipts(DELIVERED, errand=others["id"])
    desk_house.whatsapp.unknown.add(AYSE.phone)
    for again in range(2, 5):
        await looks(desk_house, 10)
        assert desk_house.whatsapp.said().count("Yanıt") == again
        await looks(desk_house, 50)
        assert desk_house.whatsapp.said().count("Yanıt") == again, "each doubt asks for a proof of its own"
        await desk_house.agent("Geldi mi?", other)
        await looks(desk_house, 10)
        newest = [one for one in await outgoing(channel="whatsapp", op=Op.SEND) if "Geldi mi?" in one["payload"]][-1]
        await desk_house.receipts(DELIVERED, errand=newest["id"])
    desk_house.whatsapp.unknown.clear()
    await looks(desk_house, 10)
    assert await state(errand) is ErrandState.SENT


async def test_on_whatsapp_a_mere_sign_of_the_platform_lets_a_message_go_once_more_only(desk_house: House) -> None:
    errand = await unknown_at(desk_house, AYSE)
    desk_house.whatsapp.unknown.add(AYSE.phone)
    for _ in range(20):
        await desk_house.customer("Orada mısınız?")
        await looks(desk_house, 60)
    assert desk_house.whatsapp.said().count("Yanıt") == 2
    assert asked(desk_house, errand) == 1


async def test_an_unknown_outcome_on_telegram_is_shown_with_a_resend(desk_house: House) -> None:
    errand = await unknown_at(desk_house, ZEYNEP)
    await desk_house.deliver()
    line = [call for call in desk_house.telegram.calls if "bilinmiyor" in call.words]
    assert [call.part.rows[0][0].token for call in line] == [f"rs:{errand['id']}"]


async def test_resending_sends_once_more_and_only_once(desk_house: House) -> None:
    errand = await unknown_at(desk_house, ZEYNEP)
    for _ in range(2):
        await desk_house.desk_press(f"rs:{errand['id']}")
    await desk_house.deliver()
    await desk_house.desk_press(f"rs:{errand['id']}")
    await desk_house.deliver()
    assert desk_house.telegram.said("800001").count("Yanıt") == 2
    toasts = [call.text for call in desk_house.telegram.calls if call.verb == "answer" and call.text]
    assert [toast.split()[0] for toast in toasts] == ["Yeniden", "Gerek", "Gerek"]
    assert (await ledger(errand)).delivery is Delivery.SENT


@pytest.mark.parametrize("token", ["rs:0", "rs:999999", "rs:1"])
async def test_there_is_nothing_to_resend_behind_a_made_up_token(desk_house: House, token: str) -> None:
    await answered(desk_house)
    before = desk_house.whatsapp.said()
    await desk_house.desk_press(token)
    await desk_house.deliver()
    assert desk_house.whatsapp.said() == before
    assert desk_house.telegram.calls[-1].verb == "answer"


async def test_a_failure_names_its_reason_in_the_topic(desk_house: House) -> None:
    _, errand = await answered(desk_house, BLOCKED)
    await desk_house.deliver()
    message = await ledger(errand)
    assert (message.delivery, message.failure) == (Delivery.FAILED, "send-error-blocked")
    assert any("engellemiş" in post for post in desk_house.telegram.said())


@pytest.mark.parametrize("late", [False, True], ids=["refused at once", "refused by a receipt"])
async def test_a_shut_window_parks_the_answer_and_any_sign_of_life_lets_it_go(desk_house: House, late: bool) -> None:
    _, errand = await answered(desk_house, *([] if late else [SHUT]))
    if late:
        await desk_house.receipts(FAILED, errand=errand["id"], code="131047")
    assert await state(errand) is ErrandState.PARKED
    await desk_house.deliver()
    assert any("Yanıt saklandı" in post for post in desk_house.telegram.said())
    await desk_house.customer("menü")
    await desk_house.deliver()
    assert await state(errand) is ErrandState.SENT
    assert "Yanıt" in desk_house.whatsapp.said()[-2:]


async def test_only_the_own_conversations_answers_are_let_go(desk_house: House) -> None:
    _, errand = await answered(desk_house, SHUT)
    await desk_house.customer("Merhaba", who=MEHMET)
    assert await state(errand) is ErrandState.PARKED


async def test_after_24_hours_an_answer_is_parked_without_a_call(desk_house: House) -> None:
    ticket = await desk_house.opened()
    desk_house.clock.move(DAY)
    await desk_house.agent("Yanıt", ticket)
    await desk_house.deliver()
    assert "Yanıt" not in desk_house.whatsapp.said()
    assert await state((await outgoing(channel="whatsapp", op=Op.SEND))[-1]) is ErrandState.PARKED


async def test_after_24_hours_a_mere_notice_is_dropped_visibly(desk_house: House) -> None:
    ticket = await desk_house.opened()
    desk_house.clock.move(DAY)
    await desk_house.agent("/take", ticket)
    await desk_house.deliver()
    assert await state((await outgoing(channel="whatsapp", op=Op.SEND))[-1]) is ErrandState.EXPIRED
    assert any("bilgilendirme gönderilmedi" in post for post in desk_house.telegram.said())


async def test_an_answer_on_its_way_lets_a_parked_one_go_first_when_the_window_opens(desk_house: House) -> None:
    ticket = await desk_house.opened()
    desk_house.clock.move(DAY)
    await desk_house.agent("Birinci", ticket)
    await desk_house.deliver()
    await desk_house.agent("İkinci", ticket)
    async with transaction():  # the worker has claimed the second answer and waits for the database
        await desk_house.outbox.claim()
        conversation = await desk_house.conversation()
        await conversations.save(replace(conversation, last_inbound_at=desk_house.clock.now()))
        assert await outbox.release_parked(conversation.id, desk_house.clock.now()) == 1
    await desk_house.deliver()
    assert desk_house.whatsapp.said()[-2:] == ["Birinci", "İkinci"]


async def test_telegram_has_no_window(desk_house: House) -> None:
    ticket = await desk_house.opened(who=ZEYNEP)
    desk_house.clock.move(30 * DAY)
    await desk_house.agent("Yanıt", ticket)
    await desk_house.deliver()
    assert "Yanıt" in desk_house.telegram.said("800001")


async def test_a_long_answer_counts_as_sent_with_its_last_part(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("Uzun bir cümle. " * 600, ticket)
    parts = (await outgoing(channel="whatsapp", op=Op.SEND, ticket_id=ticket.id))[-3:]
    assert len({part["message_id"] for part in parts}) == 1
    desk_house.whatsapp.refusals.append(SendError(key="send-error-rate", certain=True, retryable=True, retry_after=9))
    await desk_house.deliver()
    assert (await ledger(parts[0])).delivery is Delivery.STORED
    desk_house.clock.move(10)
    await desk_house.deliver()
    assert (await ledger(parts[0])).delivery is Delivery.SENT
    assert "".join(desk_house.whatsapp.said(AYSE.phone)[-3:]).count("Uzun bir cümle.") == 600


TROUBLE = SendError(key="send-error-vendor", certain=True, retryable=True, retry_after=5.0)


async def test_a_read_mark_that_is_refused_again_and_again_holds_up_no_answer_and_has_an_end(desk_house: House) -> None:
    ticket = await desk_house.opened()
    desk_house.whatsapp.broken_verbs["read"] = TROUBLE
    await desk_house.agent("Yanıt", ticket)
    await desk_house.deliver()
    await desk_house.agent("Bir de şu", ticket)
    await desk_house.deliver()
    assert desk_house.whatsapp.said()[-2:] == ["Yanıt", "Bir de şu"]
    for _ in range(20):
        await looks(desk_house, 10)
    marks = await outgoing(channel="whatsapp", op=Op.READ)
    assert {ErrandState(mark["state"]) for mark in marks} == {ErrandState.FAILED}


async def test_a_read_mark_that_has_to_wait_for_a_rate_waits(desk_house: House) -> None:
    ticket = await desk_house.opened()
    desk_house.whatsapp.broken_verbs["read"] = replace(TROUBLE, key="send-error-rate")
    await desk_house.agent("Yanıt", ticket)
    for _ in range(20):
        await looks(desk_house, 10)
    desk_house.whatsapp.broken_verbs.clear()
    await looks(desk_house, 10)
    [mark] = await outgoing(channel="whatsapp", op=Op.READ)
    assert mark["state"] == ErrandState.SENT
