"""The door in: stored once, in order within a lane, one owner at a time."""

import asyncio

import pytest
from tortoise.exceptions import OperationalError

from bot.ports import Item
from bot.shares import SLOTS
from store import db, inbox
from store.dialect import Dialect
from store.door import DoorState
from store.errors import LeaseLost
from store.sql import rows

pytestmark = pytest.mark.usefixtures("database")
LEASE = 1_000


def _item(key: str, lane: str = "1", channel: str = "telegram", raw: bytes = b"{}") -> Item:
    return Item(channel=channel, key=key, lane=lane, raw=raw)


async def _claim(epoch: str = "a", now: int = 100, limit: int = 10) -> list[str]:
    return [row.key for row in await inbox.claim(epoch, now, LEASE, limit)]


async def _id(key: str) -> int:
    return int((await rows("SELECT id FROM inbox WHERE key = ?", key))[0]["id"])


async def test_an_update_is_stored_once_per_channel() -> None:
    await inbox.append([_item("1"), _item("2"), _item("1", raw=b"again")], 10)
    await inbox.append([_item("2"), _item("2", channel="whatsapp")], 11)
    found = await rows("SELECT channel, key, raw FROM inbox ORDER BY id")
    assert [(row["channel"], row["key"], row["raw"]) for row in found] == [
        ("telegram", "1", b"{}"),
        ("telegram", "2", b"{}"),
        ("whatsapp", "2", b"{}"),
    ]


async def test_large_batches_and_any_bytes_are_stored_in_order() -> None:
    raw = [bytes([number % 256, 0, 255]) for number in range(1_201)]
    items = [_item(str(number), lane=str(number), raw=raw[number]) for number in range(1_201)]
    await inbox.append(items, 10)
    assert [row.raw for row in await inbox.claim("a", 10, LEASE, 2_000)] == raw


async def test_an_empty_batch_only_moves_the_cursor() -> None:
    assert await inbox.cursor("telegram") == 0
    await inbox.append([], 10, ("telegram", 41))
    assert await inbox.cursor("telegram") == 41
    await inbox.append([], 11, ("telegram", 5))
    assert await inbox.cursor("telegram") == 5


async def test_cursor_and_updates_are_one_commit() -> None:
    with pytest.raises(LookupError):
        await _append_and_fail()
    assert await inbox.cursor("telegram") == 0
    assert await _claim() == []


async def _append_and_fail() -> None:
    async with db.transaction():
        await inbox.append([_item("1")], 10, ("telegram", 41))
        raise LookupError


async def test_the_cursor_stays_when_the_updates_cannot_be_stored() -> None:
    await rows("ALTER TABLE inbox RENAME TO inbox_away")
    try:
        with pytest.raises(OperationalError):
            await inbox.append([_item("1")], 10, ("telegram", 41))
        assert await inbox.cursor("telegram") == 0
    finally:
        await rows("ALTER TABLE inbox_away RENAME TO inbox")


async def test_runs_of_free_lanes_are_handed_out_in_order_and_shut_their_lanes() -> None:
    await inbox.append([_item("a1", "a"), _item("b1", "b"), _item("a2", "a"), _item("c1", "a", "whatsapp")], 10)
    assert await _claim(limit=1) == ["a1"]
    assert await _claim() == ["b1", "c1"]
    assert await _claim() == []


async def test_a_flood_in_one_lane_is_handed_out_in_runs() -> None:
    await inbox.append([_item(str(number)) for number in range(inbox.LONGEST_RUN + 1)], 10)
    await inbox.append([_item("b1", "b")], 11)
    assert await _claim(limit=100) == [*map(str, range(inbox.LONGEST_RUN)), "b1"]


async def test_every_lane_gets_on_before_any_gets_far() -> None:
    for lane in ("1", "2"):
        await inbox.append([_item(f"{lane}-{number}", lane) for number in range(inbox.LONGEST_RUN)], 10)
    await inbox.append([_item("late", "3")], 11)
    assert await _claim(limit=4) == ["1-0", "1-1", "2-0", "late"]


async def test_what_is_given_back_waits_behind_the_one_that_failed() -> None:
    await inbox.append([_item("1"), _item("2"), _item("3")], 10)
    first, second, third = await inbox.claim("a", 100, LEASE, 10)
    await inbox.retry(first.id, "a", 200, "vendor away")
    await inbox.give_back([second.id, third.id], "a")
    assert await _claim(now=199) == []
    again = await inbox.claim("a", 200, LEASE, 10)
    assert [(row.key, row.attempts) for row in again] == [("1", 2), ("2", 1), ("3", 1)]


async def test_a_worker_gets_only_the_lanes_of_its_slots() -> None:
    lanes = [str(number) for number in range(100)]
    await inbox.append([_item(lane, lane) for lane in lanes], 10)
    half = frozenset(range(0, SLOTS, 2))
    ours = {row.lane for row in await inbox.claim("a", 100, LEASE, 200, half)}
    assert ours == {lane for lane in lanes if inbox.slot_of("telegram", lane) in half}
    assert 20 < len(ours) < 80
    assert await inbox.release_orphans("b", 101, inbox.ALL_SLOTS - half) == 0
    assert await inbox.release_orphans("b", 101, half) == len(ours)


async def test_a_lane_goes_on_when_its_row_is_done() -> None:
    await inbox.append([_item("1"), _item("2")], 10)
    (row,) = await inbox.claim("a", 100, LEASE, 1)
    assert (row.attempts, row.received_at, row.channel, row.lane) == (1, 10, "telegram", "1")
    await inbox.finish([row.id], "a", 101)
    assert await _claim() == ["2"]


async def test_a_row_waiting_for_its_retry_keeps_the_lane_shut() -> None:
    await inbox.append([_item("1"), _item("2")], 10)
    (row,) = await inbox.claim("a", 100, LEASE, 1)
    await inbox.retry(row.id, "a", 200, "vendor away")
    assert await _claim(now=199) == []
    (again,) = await inbox.claim("b", 200, LEASE, 1)
    assert (again.key, again.attempts) == ("1", 2)


async def test_a_parked_row_is_kept_and_lets_the_lane_go_on() -> None:
    await inbox.append([_item("1"), _item("2")], 10)
    (row,) = await inbox.claim("a", 100, LEASE, 1)
    await inbox.park(row.id, "a", "unparsable")
    assert await _claim() == ["2"]
    assert (await inbox.state(100)).parked == 1


async def test_concurrent_claims_never_hand_out_a_row_twice() -> None:
    await inbox.append([_item(str(number), lane=str(number % 40)) for number in range(200)], 10)
    claims = await asyncio.gather(*(_claim(epoch=str(number), limit=7) for number in range(20)))
    claims.append(await _claim(epoch="the last", limit=200))  # whatever the others left to one another
    taken = [key for claim in claims for key in claim]
    assert len(taken) == len(set(taken)) >= 40


@pytest.mark.parametrize("step", ["finish", "retry", "park"])
async def test_whoever_lost_the_lease_changes_nothing(step: str) -> None:
    await inbox.append([_item("1")], 10)
    (row,) = await inbox.claim("a", 100, LEASE, 1)
    assert await inbox.release_orphans("b", 100) == 1
    assert await _claim("b", now=2_000) == ["1"]
    before = await rows("SELECT * FROM inbox")
    calls = {
        "finish": lambda: inbox.finish([row.id], "a", 2_001),
        "retry": lambda: inbox.retry(row.id, "a", 2_001, "late"),
        "park": lambda: inbox.park(row.id, "a", "late"),
    }
    with pytest.raises(LeaseLost):
        await calls[step]()
    assert await rows("SELECT * FROM inbox") == before


async def test_a_row_is_finished_once() -> None:
    await inbox.append([_item("1")], 10)
    (row,) = await inbox.claim("a", 100, LEASE, 1)
    await inbox.finish([row.id], "a", 101)
    with pytest.raises(LeaseLost):
        await inbox.finish([row.id], "a", 102)


async def test_what_another_worker_left_in_our_slots_comes_back_at_once() -> None:
    await inbox.append([_item("1"), _item("2", lane="2")], 10)
    await _claim("old", now=100, limit=1)
    await _claim("new", now=100)
    assert await inbox.release_orphans("new", 101) == 1
    assert await _claim("new", now=102) == ["1"]


async def test_a_row_of_our_own_that_outlived_its_lease_comes_back_too() -> None:
    await inbox.append([_item("1")], 10)
    (row,) = await inbox.claim("a", 100, LEASE, 1)
    assert await inbox.release_orphans("a", 100) == 0
    assert await inbox.release_orphans("a", 100 + LEASE) == 1
    assert await _claim("a", now=2_000) == ["1"]
    await inbox.finish([row.id], "a", 2_001)
    with pytest.raises(LeaseLost):
        await inbox.finish([row.id], "a", 2_002)


async def test_a_parked_row_put_back_by_hand_waits_for_the_one_under_way() -> None:
    await inbox.append([_item("1"), _item("2")], 10)
    (first,) = await inbox.claim("a", 100, LEASE, 1)
    await inbox.park(first.id, "a", "odd")
    (second,) = await inbox.claim("a", 100, LEASE, 1)
    await rows("UPDATE inbox SET state = 'waiting' WHERE id = ?", first.id)
    assert await _claim() == []
    await inbox.finish([second.id], "a", 101)
    assert await _claim() == ["1"]


async def test_the_state_names_the_oldest_row_that_is_due() -> None:
    assert await inbox.state(100) == DoorState(waiting=0, parked=0, oldest_waiting_at=None)
    await inbox.append([_item("1")], 10)
    await inbox.append([_item("2", lane="2")], 20)
    (row, _) = await inbox.claim("a", 100, LEASE, 2)
    await inbox.retry(row.id, "a", 500, "later")
    assert await inbox.state(499) == DoorState(waiting=1, parked=0, oldest_waiting_at=None)
    assert await inbox.state(500) == DoorState(waiting=1, parked=0, oldest_waiting_at=10)


async def test_unread_is_what_waits_is_worked_on_or_was_parked_since() -> None:
    await inbox.append(
        [_item("old", lane="me"), _item("other", lane="she"), _item("other", lane="me", channel="x")], 10
    )
    assert await inbox.unread("telegram", ["me", "mine"], 0)
    assert await _claim("a", limit=1) == ["old"]
    assert await inbox.unread("telegram", ["mine", "me"], 0), "it is being worked on"
    await inbox.park(await _id("old"), "a", "odd")
    assert await inbox.unread("telegram", ["me"], 10)
    assert not await inbox.unread("telegram", ["me"], 11), "that was before"
    assert not await inbox.unread("telegram", ["mine"], 0)
    await inbox.append([_item("new", lane="me")], 200)
    await inbox.finish([row.id for row in await inbox.claim("a", 200, LEASE, 9)], "a", 200)
    assert not await inbox.unread("telegram", ["me"], 11)


async def test_up_to_a_row_everything_is_worked_off_or_not_whatever_comes_later() -> None:
    assert await inbox.newest() == 0
    assert await inbox.worked_off(0)
    await inbox.append([_item("1")], 10)
    newest = await inbox.newest()
    await inbox.append([_item("2", lane="2")], 11)
    assert not await inbox.worked_off(newest)
    [row] = await inbox.claim("a", 100, LEASE, 1)
    assert not await inbox.worked_off(newest), "it is under way"
    await inbox.finish([row.id], "a", 100)
    assert await inbox.worked_off(newest)
    assert not await inbox.worked_off(await inbox.newest())


@pytest.mark.parametrize("backend", [Dialect.SQLITE], ids=str)
async def test_looking_for_what_came_before_reads_nothing_that_is_done() -> None:
    [plan] = await rows(f"EXPLAIN QUERY PLAN {inbox.UP_TO}", 9)
    assert "SCAN inbox USING" in plan["detail"]
    assert "USING INTEGER PRIMARY KEY" not in plan["detail"]


@pytest.mark.parametrize("backend", [Dialect.SQLITE], ids=str)
async def test_looking_for_the_unread_goes_by_the_lane() -> None:
    plan = [row["detail"] for row in await rows(f"EXPLAIN QUERY PLAN {inbox.UNREAD}", "telegram", '["me"]', 0, 9)]
    assert any("inbox_lanes (channel=? AND lane=?" in line for line in plan)
    assert any("inbox_parked" in line for line in plan)


async def test_pruning_forgets_old_done_rows_only() -> None:
    await inbox.append([_item(key, lane=key) for key in "abcd"], 10)
    taken = await inbox.claim("a", 100, LEASE, 3)
    for row, done_at in zip(taken[:2], (150, 160), strict=True):
        await inbox.finish([row.id], "a", done_at)
    await inbox.park(taken[2].id, "a", "odd")
    assert await inbox.prune(160, 10) == 1
    assert await inbox.prune(10_000, 10) == 1
    assert [row["key"] for row in await rows("SELECT key FROM inbox ORDER BY id")] == ["c", "d"]


async def test_ids_are_not_used_twice_after_pruning() -> None:
    await inbox.append([_item("1")], 10)
    first = await _id("1")
    await rows("DELETE FROM inbox")
    await inbox.append([_item("1")], 10)
    assert await _id("1") > first
