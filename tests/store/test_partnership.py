"""Several workers share the lanes and the single tasks; who dies is replaced, and who was stopped touches nothing."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.ledger import Errand
from bot.inbox.work import drain
from bot.outbox import Outbox
from bot.ports import Item
from bot.shares import OUTBOX, SLOTS, TASKS
from config.partnership import while_held
from store import inbox, leases, outbox
from store.outbox_claim import Turn
from tests.store.conftest import NOW
from tests.store.workers import LONG_MS, SHORT_MS, Worker, settled

pytestmark = pytest.mark.usefixtures("database")


async def test_a_lone_worker_has_everything_from_the_first_beat_on(tmp_path: Path) -> None:
    one = Worker("one", tmp_path)
    await one.part.join()
    assert (len(one.lanes), one.tasks, one.recovered) == (SLOTS, set(TASKS), 1)


@pytest.mark.parametrize("amount", [2, 3, 5])
async def test_workers_share_the_lanes_fairly_and_each_task_has_one_holder(tmp_path: Path, amount: int) -> None:
    workers = [Worker(str(number), tmp_path) for number in range(amount)]
    for worker in workers:
        await worker.part.join()
    await settled(*workers)
    assert sorted(slot for worker in workers for slot in worker.lanes) == [*range(SLOTS)]
    assert max(len(worker.lanes) for worker in workers) <= -(-SLOTS // amount)
    assert sorted(task for worker in workers for task in worker.tasks) == sorted(TASKS)


async def test_a_lane_in_hand_is_not_handed_over_before_it_is_done(tmp_path: Path) -> None:
    one, two = Worker("one", tmp_path), Worker("two", tmp_path)
    await one.part.join()
    items = [Item(channel="whatsapp", key=str(lane), lane=str(lane), raw=b"0") for lane in range(40)]
    await inbox.append(items, NOW)
    held = await inbox.claim("one", NOW, LONG_MS, 100, one.lanes)
    await two.part.join()
    await settled(one, two)
    assert two.lanes == frozenset()
    assert await inbox.claim("two", NOW, LONG_MS, 100, two.lanes) == []
    await inbox.finish([row.id for row in held], "one", NOW)
    await settled(one, two)
    assert len(two.lanes) == SLOTS // 2
    assert not one.lanes & two.lanes


async def test_who_ends_leaves_everything_to_the_others_at_once(tmp_path: Path) -> None:
    one, two = Worker("one", tmp_path), Worker("two", tmp_path)
    for worker in (one, two):
        await worker.part.join()
    await settled(one, two)
    await one.part.end()
    assert (one.lanes, one.tasks) == (frozenset(), set())
    await settled(two)
    assert (len(two.lanes), two.tasks, two.recovered) == (SLOTS, set(TASKS), 1)


async def test_who_dies_is_replaced_when_the_leases_run_out_and_its_claims_come_along(tmp_path: Path) -> None:
    dead, other = Worker("dead", tmp_path, SHORT_MS), Worker("other", tmp_path)
    await dead.part.join()
    await inbox.append([Item(channel="whatsapp", key="1", lane="1", raw=b"0")], NOW)
    [row] = await inbox.claim("dead", NOW, LONG_MS, 1, dead.lanes)
    await other.part.join()
    async with asyncio.timeout(10):
        while len(other.lanes) < SLOTS or other.tasks != set(TASKS):
            await other.part.beat()
    assert other.recovered == 1
    [again] = await inbox.claim("other", NOW, LONG_MS, 1, other.lanes)
    assert (again.id, again.attempts) == (row.id, 1), "a claim that was lost is no try"


async def test_who_was_stopped_for_longer_than_its_leases_touches_nothing(tmp_path: Path) -> None:
    one = Worker("one", tmp_path)
    await one.part.join()
    one.seconds += LONG_MS / 1000
    assert (one.lanes, one.tasks) == (frozenset(), set())
    assert await inbox.claim("one", NOW, LONG_MS, 1, one.lanes) == []
    await one.part.beat()
    assert len(one.lanes) == SLOTS, "nobody took it meanwhile, and it is sure of that again"


async def _all_taken(worker: Worker) -> None:
    async with asyncio.timeout(10):
        while len(worker.lanes) < SLOTS or worker.tasks != set(TASKS):
            await worker.part.beat()


async def test_what_somebody_else_had_meanwhile_is_taken_up_anew(tmp_path: Path) -> None:
    frozen, other = (Worker(name, tmp_path, SHORT_MS) for name in ("frozen", "other"))
    await frozen.part.join()
    await other.part.join()
    await _all_taken(other)
    await inbox.append([Item(channel="whatsapp", key="1", lane="1", raw=b"0")], NOW)
    [row] = await inbox.claim("other", NOW, LONG_MS, 1, other.lanes)
    await leases.name(["later"])
    await leases.take(["later"], 1, "other", SHORT_MS)
    async with asyncio.timeout(10):
        while not await leases.take(["later"], 1, "frozen", LONG_MS):
            pass
    await frozen.part.beat()
    assert (len(frozen.lanes), frozen.tasks) == (SLOTS, set(TASKS))
    assert frozen.recovered == 2, "the other may have died with calls under way"
    assert [again.id for again in await inbox.claim("frozen", NOW, LONG_MS, 1, frozen.lanes)] == [row.id]


async def test_what_is_renewed_counts_on_though_the_rest_goes_wrong(tmp_path: Path) -> None:
    one = Worker("one", tmp_path)
    await one.part.join()
    await leases.drop([OUTBOX], "one")

    async def refused() -> None:
        raise OSError("no database just now")

    one.recovering = refused
    one.seconds += LONG_MS / 1500
    with pytest.raises(OSError, match="just now"):
        await one.part.beat()
    one.seconds += LONG_MS / 1500
    assert (len(one.lanes), one.tasks) == (SLOTS, {*TASKS} - {OUTBOX})
    one.recovering = None
    await one.part.beat()
    assert (one.tasks, one.recovered) == (set(TASKS), 2)


async def test_lanes_that_are_handed_over_are_nobodys_while_other_things_are_taken_up(tmp_path: Path) -> None:
    one, two = Worker("one", tmp_path), Worker("two", tmp_path)
    for worker in (one, two):
        await worker.part.join()
    await one.part.beat()
    await leases.drop([OUTBOX], "one")
    ours: list[int] = []

    async def looked() -> None:
        ours.extend(one.lanes)

    one.recovering = looked
    await one.part.beat()
    assert (len(ours), one.lanes) == (SLOTS // 2, frozenset(ours))


async def test_a_claim_asks_the_lease_and_not_the_memory_of_it(tmp_path: Path, errand: Callable[..., Errand]) -> None:
    """A machine that slept has a clock that slept, too, and so believes in leases that ran out long ago."""
    slept, other = Worker("slept", tmp_path, SHORT_MS), Worker("other", tmp_path)
    await slept.part.join()
    await other.part.join()
    await _all_taken(other)
    await inbox.append([Item(channel="whatsapp", key="1", lane="1", raw=b"0")], NOW)
    await outbox.add([errand()])
    assert (len(slept.lanes), slept.tasks) == (SLOTS, set(TASKS))
    assert await drain(slept.helpdesk) == 0
    assert await Outbox(slept.helpdesk).claim() == 0
    assert await drain(other.helpdesk) == 1
    assert len(await outbox.claim("other", other.helpdesk.now(), LONG_MS, 1, turn=Turn(fenced=True))) == 1


async def test_a_lane_is_claimed_by_the_holder_of_its_slot_only(tmp_path: Path) -> None:
    one, two = Worker("one", tmp_path), Worker("two", tmp_path)
    for worker in (one, two):
        await worker.part.join()
    await settled(one, two)
    await inbox.append([Item(channel="whatsapp", key=str(lane), lane=str(lane), raw=b"0") for lane in range(40)], NOW)
    mine = await inbox.claim("one", NOW, LONG_MS, 100, fenced=True)
    assert {inbox.slot_of("whatsapp", row.lane) for row in mine} == one.lanes
    assert len(mine) + len(await inbox.claim("two", NOW, LONG_MS, 100, fenced=True)) == 40


async def test_a_lease_that_ran_out_and_was_taken_is_not_renewed(tmp_path: Path) -> None:
    await leases.name(["a"])
    assert await leases.take(["a"], 1, "one", SHORT_MS) == {"a"}
    assert await leases.take(["a"], 1, "two", LONG_MS) == set()
    async with asyncio.timeout(10):
        while not await leases.take(["a"], 1, "two", LONG_MS):
            pass
    assert await leases.renew("one", LONG_MS) == set()
    assert await leases.renew("two", LONG_MS) == {"a"}
    await leases.drop(["a"], "one")
    assert await leases.take(["a"], 1, "three", LONG_MS) == set(), "nobody gives away what is another's"


async def test_workers_that_take_at_once_never_take_the_same(tmp_path: Path) -> None:
    names = [f"lease {number}" for number in range(20)]
    await leases.name(names)
    taken = await asyncio.gather(*(leases.take(names, 7, str(number), LONG_MS) for number in range(6)))
    assert sorted(name for one in taken for name in one) == sorted(names)


async def test_work_goes_on_only_while_its_task_is_held(tmp_path: Path) -> None:
    one = Worker("one", tmp_path)
    began, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    one.part._show(set())
    doing = asyncio.create_task(while_held(one.helpdesk, OUTBOX, work))
    await asyncio.sleep(0)
    assert not began.is_set()
    await one.part.join()
    async with asyncio.timeout(10):
        await began.wait()
        one.seconds += LONG_MS / 1000
        await ended.wait()
    doing.cancel()
    await asyncio.gather(doing, return_exceptions=True)
