"""The door out: order within a lane, one pending twin, honest outcomes."""

from collections.abc import Callable

import pytest

from bot.domain.ledger import Errand, ErrandState, Op, Urgency
from bot.domain.people import Conversation
from store import outbox
from store.door import DoorState
from store.errors import Conflict, LeaseLost
from store.sql import rows

pytestmark = pytest.mark.usefixtures("database")
Build = Callable[..., Errand]
LEASE = 1_000


async def _sending(errand: Errand, now: int, epoch: str = "a") -> int:
    (errand_id,) = await outbox.add([errand])
    assert [taken.id for taken in await outbox.claim(epoch, now, LEASE, 10)] == [errand_id]
    return errand_id


async def _state_of(errand_id: int) -> ErrandState:
    found = await outbox.by_id(errand_id)
    assert found is not None
    return found.state


async def test_an_errand_comes_back_as_it_was_given(errand: Build, now: int) -> None:
    given = errand(
        payload={"text": "Merhaba 👋", "rows": [[1, None]]},
        budget="group",
        coalesce="card:1",
        expires_at=now + 5,
        op=Op.CARD,
    )
    (errand_id,) = await outbox.add([given])
    found = await outbox.by_id(errand_id)
    assert found is not None
    assert {**_fields(found), "id": 0, "ready_at": 0} == _fields(given)
    assert await outbox.by_id(errand_id + 1) is None


def _fields(errand: Errand) -> dict[str, object]:
    return {name: getattr(errand, name) for name in Errand.__slots__}


async def test_ids_come_in_the_order_of_the_errands(errand: Build) -> None:
    ids = await outbox.add([errand(lane=str(number)) for number in range(5)])
    assert ids == sorted(ids)
    assert len(set(ids)) == 5


async def test_a_lane_is_worked_off_in_order_one_at_a_time(errand: Build, now: int) -> None:
    first, second = await outbox.add([errand(urgency=Urgency.COSMETIC), errand(urgency=Urgency.CUSTOMER)])
    assert [taken.id for taken in await outbox.claim("a", now, LEASE, 10)] == [first]
    assert await outbox.claim("b", now, LEASE, 10) == []
    await outbox.settle(first, "a", ErrandState.SENT, now, external_id="wamid.1")
    (taken,) = await outbox.claim("b", now, LEASE, 10)
    assert (taken.id, taken.state, taken.attempts) == (second, ErrandState.SENDING, 1)


async def test_the_most_urgent_lane_goes_first(errand: Build, now: int) -> None:
    late, soon, later = await outbox.add(
        [
            errand(lane="a", urgency=Urgency.COSMETIC),
            errand(lane="b", urgency=Urgency.CUSTOMER),
            errand(lane="c", urgency=Urgency.CUSTOMER),
        ]
    )
    assert [taken.id for taken in await outbox.claim("a", now, LEASE, 2)] == [soon, later]
    assert [taken.id for taken in await outbox.claim("a", now, LEASE, 2)] == [late]


async def test_an_errand_that_is_not_due_keeps_its_lane_shut(errand: Build, now: int) -> None:
    first, _ = await outbox.add([errand(due_at=now + 10), errand()])
    assert await outbox.claim("a", now + 9, LEASE, 10) == []
    assert await outbox.next_due(now) == now + 10
    assert [taken.id for taken in await outbox.claim("a", now + 10, LEASE, 10)] == [first]
    assert await outbox.next_due(now + 10) is None


async def test_closed_budgets_and_channels_wait(errand: Build, now: int) -> None:
    budgeted, foreign, free = await outbox.add(
        [errand(lane="a", budget="group:1"), errand(lane="b", channel="whatsapp"), errand(lane="c")]
    )
    taken = await outbox.claim("a", now, LEASE, 10, closed_budgets={"group:1"}, closed_channels=["whatsapp"])
    assert [one.id for one in taken] == [free]
    assert [one.id for one in await outbox.claim("a", now, LEASE, 10)] == [budgeted, foreign]


async def test_a_pending_twin_makes_a_second_errand_needless(errand: Build, now: int) -> None:
    (first,) = await outbox.add([errand(op=Op.CARD, coalesce="card:1")])
    needless, other = await outbox.add([errand(op=Op.CARD, coalesce="card:1"), errand()])
    assert needless == first
    assert other > first
    found = await outbox.find_pending("card:1")
    assert found is not None
    assert found.id == first
    await outbox.claim("a", now, LEASE, 10)
    assert await outbox.find_pending("card:1") is None
    (second,) = await outbox.add([errand(op=Op.CARD, coalesce="card:1")])
    assert second > first


async def test_errands_without_a_coalesce_key_never_merge(errand: Build) -> None:
    assert len(set(await outbox.add([errand(), errand()]))) == 2
    assert await outbox.find_pending("") is None


async def test_a_payload_changes_only_while_pending(errand: Build, now: int) -> None:
    (errand_id,) = await outbox.add([errand()])
    assert await outbox.set_payload(errand_id, {"messages": [1, 2]}, now + 5)
    (taken,) = await outbox.claim("a", now + 5, LEASE, 10)
    assert taken.payload == {"messages": [1, 2]}
    assert not await outbox.set_payload(errand_id, {}, now)


async def test_an_outcome_is_recorded_and_found_again(errand: Build, now: int) -> None:
    errand_id = await _sending(errand(), now)
    await outbox.settle(errand_id, "a", ErrandState.SENT, now + 1, external_id="77")
    found = await outbox.by_external("telegram", "77")
    assert found is not None
    assert (found.id, found.state) == (errand_id, ErrandState.SENT)
    assert await outbox.by_external("whatsapp", "77") is None
    assert await outbox.by_external("telegram", "") is None


async def test_whoever_lost_the_lease_changes_nothing(errand: Build, now: int) -> None:
    errand_id = await _sending(errand(), now)
    await outbox.orphans("b", now + LEASE, all_others=False)
    before = await rows("SELECT * FROM outbox")
    with pytest.raises(LeaseLost):
        await outbox.settle(errand_id, "a", ErrandState.SENT, now)
    with pytest.raises(LeaseLost):
        await outbox.retry(errand_id, "a", now, "late")
    assert await rows("SELECT * FROM outbox") == before


async def test_another_epoch_settles_nothing(errand: Build, now: int) -> None:
    errand_id = await _sending(errand(), now)
    with pytest.raises(LeaseLost):
        await outbox.settle(errand_id, "b", ErrandState.SENT, now)


async def test_a_retry_waits_ahead_of_its_lane(errand: Build, now: int) -> None:
    errand_id = await _sending(errand(), now)
    await outbox.add([errand()])
    await outbox.retry(errand_id, "a", now + 50, "429")
    assert await outbox.claim("b", now + 49, LEASE, 10) == []
    (taken,) = await outbox.claim("b", now + 50, LEASE, 10)
    assert (taken.id, taken.attempts, taken.error) == (errand_id, 2, "429")


async def test_a_retry_gives_way_to_the_twin_that_was_queued_meanwhile(errand: Build, now: int) -> None:
    old = await _sending(errand(op=Op.CARD, coalesce="card:1"), now)
    (new,) = await outbox.add([errand(op=Op.CARD, coalesce="card:1")])
    await outbox.retry(old, "a", now, "429")
    assert await _state_of(old) is ErrandState.EXPIRED
    assert [taken.id for taken in await outbox.claim("a", now, LEASE, 10)] == [new]


async def test_later_news_change_only_the_states_they_are_about(errand: Build, now: int) -> None:
    errand_id = await _sending(errand(), now)
    assert not await outbox.resolve(errand_id, ErrandState.SENT, now)
    assert await outbox.resolve(
        errand_id, ErrandState.SENT, now, external_id="5", from_states=(ErrandState.SENDING, ErrandState.UNCERTAIN)
    )
    assert not await outbox.resolve(errand_id, ErrandState.FAILED, now, error="131026")
    assert await outbox.resolve(errand_id, ErrandState.FAILED, now, error="131026", from_states=[ErrandState.SENT])
    found = await outbox.by_external("telegram", "5")
    assert found is not None
    assert (found.state, found.error) == (ErrandState.FAILED, "131026")


async def test_an_agent_sends_an_uncertain_errand_again(errand: Build, now: int) -> None:
    errand_id = await _sending(errand(), now)
    await outbox.settle(errand_id, "a", ErrandState.UNCERTAIN, now, error="timeout")
    assert await outbox.resolve(errand_id, ErrandState.PENDING, now + 9)
    assert (await outbox.state(now + 9)).oldest_waiting_at == now + 9
    assert [taken.id for taken in await outbox.claim("b", now + 9, LEASE, 10)] == [errand_id]


async def test_sending_again_is_refused_while_a_twin_is_pending(errand: Build, now: int) -> None:
    old = await _sending(errand(op=Op.CARD, coalesce="card:1"), now)
    await outbox.settle(old, "a", ErrandState.FAILED, now)
    await outbox.add([errand(op=Op.CARD, coalesce="card:1")])
    with pytest.raises(Conflict):
        await outbox.resolve(old, ErrandState.PENDING, now)
    assert await _state_of(old) is ErrandState.FAILED


async def test_parked_errands_go_when_their_customer_writes(
    errand: Build, now: int, conversation: Conversation
) -> None:
    mine = errand(conversation_id=conversation.id, state=ErrandState.PARKED)
    ids = await outbox.add([mine, mine, errand(state=ErrandState.PARKED)])
    assert await outbox.claim("a", now, LEASE, 10) == []
    assert (await outbox.state(now)).parked == 3
    assert await outbox.release_parked(conversation.id, now + 5) == 2
    assert await outbox.release_parked(conversation.id, now + 5) == 0
    assert [taken.id for taken in await outbox.claim("a", now + 5, LEASE, 10)] == ids[:1]
    assert [await _state_of(one) for one in ids[1:]] == [ErrandState.PENDING, ErrandState.PARKED]


async def test_of_parked_twins_only_the_latest_goes(errand: Build, now: int, conversation: Conversation) -> None:
    parked = errand(conversation_id=conversation.id, state=ErrandState.PARKED, coalesce="edit:1")
    old, new = await outbox.add([parked, parked])
    assert await outbox.release_parked(conversation.id, now) == 1
    assert [await _state_of(old), await _state_of(new)] == [ErrandState.EXPIRED, ErrandState.PENDING]
    (parked_again,) = await outbox.add([parked])
    assert await outbox.release_parked(conversation.id, now) == 0
    assert await _state_of(parked_again) is ErrandState.EXPIRED


async def test_an_older_released_errand_waits_for_the_one_under_way(
    errand: Build, now: int, conversation: Conversation
) -> None:
    (parked,) = await outbox.add([errand(conversation_id=conversation.id, state=ErrandState.PARKED)])
    later = await _sending(errand(), now)
    await outbox.release_parked(conversation.id, now)
    assert await outbox.claim("b", now, LEASE, 10) == []
    await outbox.settle(later, "a", ErrandState.SENT, now)
    assert [taken.id for taken in await outbox.claim("b", now, LEASE, 10)] == [parked]


async def test_what_a_dead_process_was_sending_is_uncertain(errand: Build, now: int) -> None:
    errand_id = await _sending(errand(), now, epoch="old")
    assert await outbox.orphans("old", now + LEASE, all_others=True) == []
    assert await outbox.orphans("new", now + LEASE - 1, all_others=False) == []
    (left,) = await outbox.orphans("new", now, all_others=True)
    assert (left.id, left.state) == (errand_id, ErrandState.UNCERTAIN)


async def test_a_call_that_outlives_its_lease_is_uncertain_even_if_it_is_ours(errand: Build, now: int) -> None:
    errand_id = await _sending(errand(), now)
    assert await outbox.orphans("a", now + LEASE - 1, all_others=False) == []
    (left,) = await outbox.orphans("a", now + LEASE, all_others=False)
    assert left.id == errand_id
    with pytest.raises(LeaseLost):
        await outbox.settle(errand_id, "a", ErrandState.SENT, now)


async def test_expired_errands_are_let_go_and_do_not_block(errand: Build, now: int) -> None:
    gone, kept = await outbox.add([errand(expires_at=now + 10), errand(expires_at=now + 100)])
    assert await outbox.expire(now + 9) == 0
    assert [taken.id for taken in await outbox.claim("a", now + 10, LEASE, 10)] == [kept]
    assert await _state_of(gone) is ErrandState.EXPIRED
    assert await outbox.expire(now + 1_000) == 0


async def test_the_state_counts_since_when_an_errand_could_have_gone(errand: Build, now: int) -> None:
    assert await outbox.state(now) == DoorState(waiting=0, parked=0, oldest_waiting_at=None)
    errand_id = await _sending(errand(created_at=now - 500, due_at=now), now)
    await outbox.retry(errand_id, "a", now + 50, "429")
    assert await outbox.state(now + 49) == DoorState(waiting=1, parked=0, oldest_waiting_at=None)
    assert await outbox.state(now + 50) == DoorState(waiting=1, parked=0, oldest_waiting_at=now)


async def test_pruning_forgets_settled_errands_only_and_never_reuses_an_id(errand: Build, now: int) -> None:
    sent = await _sending(errand(lane="a"), now)
    await outbox.settle(sent, "a", ErrandState.SENT, now + 5)
    unsure = await _sending(errand(lane="b"), now)
    await outbox.settle(unsure, "a", ErrandState.UNCERTAIN, now + 5)
    assert await outbox.prune(now + 5, 10) == 0
    assert await outbox.prune(now + 6, 10) == 1
    assert await outbox.by_id(sent) is None
    assert await _state_of(unsure) is ErrandState.UNCERTAIN
    await rows("DELETE FROM outbox")
    assert (await outbox.add([errand()]))[0] > unsure
