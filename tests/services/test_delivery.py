"""What became of our messages: receipts, parked answers, one-press resend."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.errors import SendError
from bot.domain.ledger import Delivery, ErrandState, Op
from bot.domain.message import Receipt
from bot.inbox import Outcome
from bot.outbox.repairs import send_unreceipted
from bot.services import delivery
from store import conversations, db, messages, outbox
from store.db import transaction
from tests.builders import AYSE, MEHMET, ZEYNEP, House, counted, outgoing
from tests.services.deliveries import (
    BLOCKED,
    DAY,
    DELIVERED,
    FAILED,
    READ,
    SHUT,
    answered,
    ledger,
    looks,
    state,
    unknown_at,
)


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
    desk_house.clock.move(10)
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
    _, errand = await answered(desk_house, None if late else SHUT)
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
    await desk_house.outbox.claim()  # the second answer is on its way
    async with transaction():
        conversation = await desk_house.conversation()
        await conversations.save(replace(conversation, last_inbound_at=desk_house.clock.now()))
        assert await outbox.release_parked(conversation.id, desk_house.clock.now()) == 1
    for _ in range(2):  # where other processes write too, the second may have been put aside for a second
        await looks(desk_house, 2)
    assert desk_house.whatsapp.said()[-2:] == ["Birinci", "İkinci"]


@pytest.mark.both_databases
async def test_an_answer_put_aside_while_the_customer_writes_does_not_stay_behind(desk_house: House) -> None:
    ticket = await desk_house.opened()
    desk_house.clock.move(DAY)
    await desk_house.agent("Yanıt", ticket)
    sending: list[asyncio.Task[None]] = []

    @db.begun_anew
    async def customer_writes() -> None:
        async with transaction():
            conversation = await desk_house.conversation()
            if not sending:
                sending.append(db.spawn(desk_house.deliver(), "sending"))
                if db.shared():  # in one process the sender waits for the end of this anyway
                    await sending[0]
            await delivery.window_opened(desk_house.helpdesk, conversation, desk_house.clock.now())

    await customer_writes()
    await sending[0]
    await looks(desk_house, 2)
    assert desk_house.whatsapp.said()[-1] == "Yanıt"


async def test_words_of_a_little_before_the_try_that_come_in_after_it_let_the_answer_go(desk_house: House) -> None:
    ticket = await desk_house.opened()
    desk_house.clock.move(DAY)
    await desk_house.agent("Yanıt", ticket)
    epoch, now = desk_house.helpdesk.epoch, desk_house.clock.now()
    claimed = await outbox.claim(epoch, now, 60_000, 32)
    [errand] = [one for one in claimed if one.channel == "whatsapp" and one.op is Op.SEND]
    async with transaction():
        await delivery.window_opened(desk_house.helpdesk, await desk_house.conversation(), now - 3_000)
    async with transaction():  # the window was found shut before
        await outbox.settle(errand.id, epoch, ErrandState.PARKED, now)
        await delivery.parked(desk_house.helpdesk, errand, unasked=True)
    await looks(desk_house, 2)
    assert desk_house.whatsapp.said()[-1] == "Yanıt"


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
