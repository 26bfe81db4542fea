"""Holding back: what carries words waits for a person, on both databases; the rest goes on or is dropped."""

from collections.abc import Callable

import pytest

from bot.domain.ledger import HELD, Errand, ErrandState, Op
from bot.domain.people import Conversation
from store import holding, outbox
from store.sql import rows
from tests.store.conftest import NewTicket

pytestmark = pytest.mark.usefixtures("database")
Build = Callable[..., Errand]

WORDS = (Op.SEND, Op.ALBUM)
OPEN = (ErrandState.PENDING, ErrandState.SENDING, ErrandState.UNCERTAIN, ErrandState.PARKED)
SETTLED = (ErrandState.SENT, ErrandState.FAILED, ErrandState.EXPIRED)


@pytest.mark.parametrize("op", list(Op))
@pytest.mark.parametrize("state", list(ErrandState))
async def test_words_that_may_be_out_are_held_and_nothing_else(
    errand: Build, now: int, op: Op, state: ErrandState
) -> None:
    [errand_id] = await outbox.add([errand(op=op)])
    await rows("UPDATE outbox SET state = ?, error = 'before' WHERE id = ?", state.value, errand_id)
    held = await holding.hold(now)
    after = await outbox.by_id(errand_id)
    assert after is not None
    if op in WORDS and state in OPEN:
        assert (held, after.state, after.error) == (1, ErrandState.FAILED, HELD)
    elif op is Op.ANSWER and state in OPEN[:3]:
        assert (held, after.state) == (0, ErrandState.EXPIRED)
    else:
        assert (held, after.state, after.error) == (0, state, "before")
    restore = await holding.restored()
    assert restore is not None
    assert [one.id for one in await holding.held(restore)] == ([errand_id] if held else [])


async def test_what_is_held_leaves_neither_by_itself_nor_when_the_customer_writes(
    conversation: Conversation, errand: Build, now: int
) -> None:
    ids = await outbox.add([errand(conversation_id=conversation.id, lane=str(number)) for number in range(4)])
    for errand_id, state in zip(ids, OPEN, strict=True):
        await rows("UPDATE outbox SET state = ? WHERE id = ?", state.value, errand_id)
    assert await holding.hold(now) == len(ids)
    later = now + 10**9
    assert await outbox.release_parked(conversation.id, later) == 0
    assert await outbox.overdue(["telegram"], later) == []
    assert await outbox.orphans("another", later, all_others=True) == []
    assert await outbox.claim("a", later, 1_000, 10, receipted_channels=["telegram"]) == []
    [fresh] = await outbox.add([errand(conversation_id=conversation.id, lane="0")])
    assert [one.id for one in await outbox.claim("a", later, 1_000, 10)] == [fresh], "no lane is shut"


async def test_every_id_and_every_number_begins_behind_a_gap(new_ticket: NewTicket, errand: Build, now: int) -> None:
    before = await new_ticket()
    await holding.hold(now)
    after = await new_ticket()
    assert int(after.number[5:]) == int(before.number[5:]) + holding.NUMBERS_SKIPPED + 1
    assert after.id > holding.IDS_SKIPPED
    assert (await outbox.add([errand()]))[0] > holding.IDS_SKIPPED, "also where there was no row before"


async def test_a_restore_is_told_of_once(now: int) -> None:
    assert await holding.restored() is None
    await holding.hold(now)
    assert await holding.restored() == holding.Restored(at=now, copied_at=None)
    await holding.told()
    assert await holding.restored() is None
