"""Delivery states: receipts come in any order, once or often."""

import itertools
from collections.abc import Iterable
from functools import reduce
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ledger import HELD, UNPROVED, Delivery, Errand, ErrandState, Op, Urgency, advance, fate, together

SENT, DELIVERED, READ, FAILED = Delivery.SENT, Delivery.DELIVERED, Delivery.READ, Delivery.FAILED
NEWS = (SENT, DELIVERED, READ, FAILED)
OURS = [state for state in Delivery if state is not Delivery.RECEIVED]


def after(news: Iterable[Delivery], start: Delivery = Delivery.STORED) -> Delivery:
    return reduce(advance, news, start)


def strongest(news: Iterable[Delivery]) -> Delivery:
    """What people would say: read beats delivered, both are proof against a failure, which beats a mere `sent`."""
    return next(state for state in (READ, DELIVERED, FAILED, SENT) if state in set(news))


def test_receipts_in_any_order_and_number_end_alike() -> None:
    tried = 0
    for length in range(1, 7):
        for news in itertools.product(NEWS, repeat=length):
            assert after(news) is strongest(news)
            tried += 1
    assert tried >= 1_000


@given(st.lists(st.sampled_from(OURS), min_size=1, max_size=12))
def test_news_never_takes_a_state_back(news: list[Delivery]) -> None:
    seen = list(itertools.accumulate(news, advance, initial=Delivery.STORED))
    for earlier, later in itertools.pairwise(seen):
        assert advance(later, earlier) is later


@pytest.mark.parametrize("start", [Delivery.SENDING, Delivery.PARKED, Delivery.UNCERTAIN])
def test_proof_of_sending_ends_every_doubt(start: Delivery) -> None:
    assert after([SENT], start) is SENT


@pytest.mark.parametrize("news", OURS)
def test_a_message_of_the_requester_stays_received(news: Delivery) -> None:
    assert advance(Delivery.RECEIVED, news) is Delivery.RECEIVED


def test_a_late_sent_never_undoes_read() -> None:
    assert after([READ, SENT, DELIVERED, FAILED]) is READ


def test_urgencies_stand_in_the_order_of_the_product() -> None:
    ordered = [Urgency.CUSTOMER, Urgency.WORDS, Urgency.FAILURE, Urgency.STATUS, Urgency.COSMETIC]
    assert sorted(Urgency) == ordered


def call(state: ErrandState, **fields: Any) -> Errand:
    return Errand(
        channel="whatsapp",
        lane="whatsapp:1",
        op=Op.SEND,
        urgency=Urgency.CUSTOMER,
        created_at=0,
        due_at=0,
        state=state,
        **fields,
    )


@pytest.mark.parametrize("state", ErrandState)
def test_a_receipt_of_its_arrival_is_proof_whatever_else_is_said_of_a_call(state: ErrandState) -> None:
    assert fate(call(state, payload={"receipt": "read"})) is READ


@pytest.mark.parametrize("error", [HELD, UNPROVED])
def test_a_call_that_may_have_gone_out_before_we_gave_it_up_is_uncertain(error: str) -> None:
    assert fate(call(ErrandState.FAILED, error=error)) is Delivery.UNCERTAIN
    assert fate(call(ErrandState.FAILED, error="send-error-blocked")) is FAILED


@given(st.lists(st.sampled_from(ErrandState), min_size=1, max_size=5), st.randoms())
def test_a_message_is_what_the_worst_of_its_calls_is_in_whatever_order_they_are_looked_at(
    states: list[ErrandState], random: Random
) -> None:
    fates = [fate(call(state)) for state in states]
    found = together(fates)
    random.shuffle(fates)
    assert together(fates) is found
    assert found is Delivery.SENDING or found in fates
    assert (found is SENT) is (set(states) == {ErrandState.SENT})


def test_a_message_of_which_some_is_out_and_some_is_not_is_on_its_way() -> None:
    assert together([SENT, Delivery.STORED]) is Delivery.SENDING
    assert together([Delivery.STORED, Delivery.STORED]) is Delivery.STORED
    assert together([READ, DELIVERED]) is DELIVERED
