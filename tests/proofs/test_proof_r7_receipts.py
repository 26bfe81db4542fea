"""R7: receipts in every order and number end as if they had come once and in order."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ledger import Delivery, ErrandState, Op
from bot.domain.message import Receipt, ReceiptStatus
from bot.domain.ticket import Ticket
from store import outbox
from tests.builders import outgoing
from tests.fakes import Call
from tests.proofs import troubles
from tests.proofs.delivering import OK, UNPACED, UNPACED_GROUP, Ending, Stage, on_stage, willing
from tests.proofs.proof import Proof
from tests.services.deliveries import ledger, state

SENT, DELIVERED, READ, FAILED = ReceiptStatus
ARRIVED = {DELIVERED, READ}
UNREACHABLE, SHUT = "131026", "131047"
LONGEST = 6
ORDERS = [order for length in range(1, LONGEST + 1) for order in itertools.product(ReceiptStatus, repeat=length)]
TOGETHER = 200
"""So many answers are out before their receipts come."""


def strongest(order: Iterable[ReceiptStatus]) -> Delivery:
    """What people would say: read beats delivered, both are proof against a failure, which beats a mere `sent`."""
    return Delivery(next(status for status in (READ, DELIVERED, FAILED, SENT) if status in set(order)))


def gone_for_good(order: Iterable[ReceiptStatus]) -> bool:
    """Refused, and never said to have arrived."""
    return FAILED in order and not ARRIVED & {*order}


def told_as_failed(order: Sequence[ReceiptStatus]) -> bool:
    """Refused before it was said to have arrived: after that a refusal is no news for anybody."""
    return next((status is FAILED for status in order if status is not SENT), False)


async def a_talk(stage: Stage) -> Ticket:
    """A ticket whose customer was answered once: what the first answer brings along is over."""
    ticket = await stage.house.opened()
    await answers(stage, ticket, 1)
    return ticket


async def answers(stage: Stage, ticket: Ticket, count: int) -> list[dict[str, Any]]:
    """So many answers of an agent, taken to WhatsApp; their errands."""
    stage.clock.move(2.0)
    for _ in range(count):
        await stage.house.agent("Yanıt", ticket)
    stage.clock.move(count * 6.0)
    await stage.house.deliver()
    sent = (await outgoing(channel="whatsapp", op=Op.SEND))[-count:]
    assert all(errand["message_id"] for errand in sent)
    return sent


def told(stage: Stage, fragment: str) -> int:
    """How many posts in the group contain these words."""
    return sum(fragment in words for words in stage.telegram.said())


async def end_alike(stage: Stage, ticket: Ticket, orders: Sequence[tuple[ReceiptStatus, ...]]) -> Counter[str]:
    """One answer for each order; what they came to."""
    seen = Counter[str]()
    for errand, order in zip(await answers(stage, ticket, len(orders)), orders, strict=True):
        for status in order:
            await stage.house.receipts(status, errand=errand["id"], code=UNREACHABLE if status is FAILED else "")
        message = await ledger(errand)
        assert message.delivery is strongest(order), order
        assert bool(message.failure) is (message.delivery is Delivery.FAILED), order
        assert await state(errand) is (ErrandState.FAILED if gone_for_good(order) else ErrandState.SENT), order
        seen[message.delivery] += 1
    return seen


@pytest.mark.proof("R7")
async def test_receipts_in_any_order_and_number_end_alike(tmp_path: Path, proof: Proof) -> None:
    longest = proof.size(3, LONGEST)
    orders = [order for order in ORDERS if len(order) <= longest]
    async with on_stage(tmp_path, telegram=UNPACED_GROUP, whatsapp=UNPACED, at_once=True) as stage:
        ticket = await a_talk(stage)
        before = len(stage.whatsapp.sent)
        seen = Counter[str]()
        for start in range(0, len(orders), TOGETHER):
            seen += await end_alike(stage, ticket, orders[start : start + TOGETHER])
        await stage.settles()
        assert told(stage, "Müşteriye ulaşmadı") == sum(map(told_as_failed, orders)), "told once each"
        assert len(stage.whatsapp.sent) == before + len(orders), "nothing was sent again"
    assert set(seen) == {"sent", "delivered", "read", "failed"}, "inconclusive"
    proof.tell(orders=len(orders), receipts=sum(map(len, orders)), ends=dict(seen))


@pytest.mark.proof("R7")
async def test_receipts_settle_an_unknown_outcome_in_any_order(tmp_path: Path, proof: Proof) -> None:
    """The call got no answer; whatever comes first, and in whatever order, ends the doubt for good."""
    short = [order for order in ORDERS if len(order) <= 4]
    orders = proof.draw().sample(short, proof.size(40, len(short)))
    async with on_stage(tmp_path, telegram=UNPACED_GROUP, whatsapp=UNPACED, at_once=True) as stage:
        ticket = await a_talk(stage)
        before = len(stage.whatsapp.sent)
        for order in orders:
            stage.whatsapp.judge = unanswered
            errand = (await answers(stage, ticket, 1))[0]
            stage.whatsapp.judge = willing
            assert await state(errand) is ErrandState.UNCERTAIN
            for status in order:
                await stage.house.receipts(status, errand=errand["id"], code=UNREACHABLE if status is FAILED else "")
            assert (await ledger(errand)).delivery is strongest(order), order
        await stage.passes(120, step=30)
        assert len(stage.whatsapp.sent) == before + len(orders), "what was proved is not sent again"
    proof.tell(unknown=len(orders))


OLD = [order for length in range(1, 4) for order in itertools.product((SENT, FAILED), repeat=length) if FAILED in order]


@pytest.mark.proof("R7")
async def test_receipts_of_an_answer_refused_for_a_shut_window_end_parked_in_any_order(
    tmp_path: Path, proof: Proof
) -> None:
    """The customer's next word lets each answer go once, and late news of the first try changes nothing then."""
    draw = proof.draw()
    orders = [draw.choice(OLD) for _ in range(proof.size(20, 400))]
    async with on_stage(tmp_path, telegram=UNPACED_GROUP, whatsapp=UNPACED, at_once=True) as stage:
        ticket = await a_talk(stage)
        for order in orders:
            first = (await answers(stage, ticket, 1))[0]
            late = draw.randrange(order.index(FAILED) + 1, len(order) + 1)
            await refused_late(stage, first, order[:late])
            assert await state(first) is ErrandState.PARKED, order
            assert (await ledger(first)).delivery is Delivery.PARKED, order
            before = len(stage.whatsapp.sent)
            await stage.house.customer("Buradayım")
            await stage.house.deliver()
            await refused_late(stage, first, order[late:])
            assert await state(first) is ErrandState.SENT, order
            await second_try(stage, first)
            assert len(stage.whatsapp.sent) == before + 1, order
            assert (await ledger(first)).delivery is Delivery.READ, order
            assert await state(first) is ErrandState.SENT, order
    proof.tell(shut=len(orders))


@pytest.mark.proof("R7")
async def test_an_answer_that_arrived_is_never_put_aside_or_sent_again_for_a_shut_window(
    tmp_path: Path, proof: Proof
) -> None:
    """Meta says of the same message that it arrived and that the window was shut, in any order."""
    draw = proof.draw()
    mixed = [order for order in ORDERS if len(order) <= 4 and FAILED in order and ARRIVED & {*order}]
    orders = draw.sample(mixed, proof.size(20, len(mixed)))
    async with on_stage(tmp_path, telegram=UNPACED_GROUP, whatsapp=UNPACED, at_once=True) as stage:
        ticket = await a_talk(stage)
        for order in orders:
            errand = (await answers(stage, ticket, 1))[0]
            await refused_late(stage, errand, order)
            before = len(stage.whatsapp.sent)
            await stage.house.customer("Buradayım")
            await stage.house.deliver()
            assert len(stage.whatsapp.sent) == before, order
            assert await state(errand) is ErrandState.SENT, order
            assert (await ledger(errand)).delivery is strongest(order), order
    proof.tell(shut_yet_arrived=len(orders))


async def refused_late(stage: Stage, errand: dict[str, Any], order: Iterable[ReceiptStatus]) -> None:
    """News of the first try, whose id the errand had first."""
    for status in order:
        await receipt(stage, errand, errand["external_id"], status)


async def second_try(stage: Stage, errand: dict[str, Any]) -> None:
    """News of the try that followed the customer's word."""
    found = await outbox.by_id(errand["id"])
    assert found is not None
    for status in (SENT, DELIVERED, READ):
        await receipt(stage, errand, found.external_id, status)


async def receipt(stage: Stage, errand: dict[str, Any], external_id: str, status: ReceiptStatus) -> None:
    code = SHUT if status is FAILED else ""
    news = Receipt(
        external_id=external_id, status=status, at=stage.clock.now(), tracker=str(errand["id"]), error_code=code
    )
    await stage.house.takes_in(stage.whatsapp, news)


def unanswered(call: Call, at: float) -> Ending:
    """Messages arrive, but the answer to the call is lost."""
    return Ending(taken=True, error=troubles.timeout("whatsapp")) if call.verb == "send" else OK
