"""A clock that is set back by hours: what waits in the doors goes on, what people wait for keeps its time."""

import pytest

from bot import inbox
from bot.domain.message import Said
from bot.services import upkeep
from bot.services.set_back import LONGEST_LEASE_MS, Setback
from store import inbox as inbox_store
from store import timers
from store.sql import rows
from tests.builders import AYSE, GROUP, House, content, outgoing

BACK = -3 * 3600.0


async def stored(house: House, text: str) -> None:
    """A customer's words at the door, not worked on yet."""
    said = Said(author=AYSE, at=house.clock.now(), content=content(text), external_id=text)
    await inbox.accept(house.helpdesk, [house.whatsapp.stage(said)])


async def claimed(house: House) -> int:
    return len(await inbox_store.claim(house.helpdesk.epoch, house.clock.now(), inbox.LEASE_MS, 9))


@pytest.mark.parametrize("step", [-2.0, BACK, 30 * 8 * BACK])
async def test_words_that_wait_at_the_door_are_worked_on_although_the_clock_was_set_back(
    desk_house: House, step: float
) -> None:
    setback = Setback(desk_house.helpdesk)
    await stored(desk_house, "Yazıcı bozuldu")
    desk_house.clock.step(step)
    assert await claimed(desk_house) == 0
    assert await setback.turn() == 1
    assert await claimed(desk_house) == 1
    assert await setback.turn() == 0


async def test_what_waits_to_go_out_goes_out_although_the_clock_was_set_back(desk_house: House) -> None:
    setback = Setback(desk_house.helpdesk)
    ticket = await desk_house.opened()
    await desk_house.agent("Bakıyorum", ticket)
    desk_house.clock.step(BACK)
    assert await setback.turn() > 0
    await desk_house.settles()
    assert await outgoing(state="pending") == []
    assert any("Bakıyorum" in call.words for call in desk_house.whatsapp.calls)


async def test_a_pause_stays_as_long_as_it_was(desk_house: House) -> None:
    setback = Setback(desk_house.helpdesk)
    await stored(desk_house, "Yazıcı bozuldu")
    desk_house.clock.move(60)
    [row] = await inbox_store.claim(desk_house.helpdesk.epoch, desk_house.clock.now(), inbox.LEASE_MS, 9)
    await inbox_store.retry(row.id, desk_house.helpdesk.epoch, desk_house.clock.now() + 30_000, "busy")
    desk_house.clock.step(BACK)
    await setback.turn()
    desk_house.clock.move(29)
    assert await claimed(desk_house) == 0
    desk_house.clock.move(2)
    assert await claimed(desk_house) == 1


async def test_what_a_dead_worker_claimed_by_the_old_time_is_soon_taken_over(desk_house: House) -> None:
    setback = Setback(desk_house.helpdesk)
    await desk_house.customer("Yazıcı bozuldu")
    desk_house.clock.move(3600)
    due = await timers.claim("dead", desk_house.clock.now(), upkeep.LEASE_MS, 9)
    assert due
    desk_house.clock.step(BACK)
    await setback.turn()
    desk_house.clock.move(LONGEST_LEASE_MS / 1000)
    again = await timers.claim("alive", desk_house.clock.now(), upkeep.LEASE_MS, 9)
    assert [timer.id for timer in again] == [timer.id for timer in due]


async def test_deadlines_keep_their_time_and_a_clock_set_forward_moves_nothing(desk_house: House) -> None:
    setback = Setback(desk_house.helpdesk)
    await desk_house.customer("Yazıcı bozuldu")
    before = await rows("SELECT kind, due_at FROM timer ORDER BY id")
    assert before
    desk_house.clock.step(BACK)
    await setback.turn()
    assert await rows("SELECT kind, due_at FROM timer ORDER BY id") == before
    waiting = await outgoing(state="pending")
    desk_house.clock.step(-BACK)
    assert await setback.turn() == 0
    assert await outgoing(state="pending") == waiting
    assert desk_house.telegram.said(GROUP) == []
