"""After a start people are heard before the clock: timers wait for what came before them, and for nothing else."""

from dataclasses import dataclass

import pytest

from bot import inbox
from bot.domain.message import Said
from config.listening import ANOTHERS_TURN_SECONDS, PATIENCE_SECONDS, Timekeeper
from tests.builders import AYSE, MEHMET, House, content, new_id


@dataclass
class Reader:
    """Asks Telegram; how far it is, the test says."""

    caught_up: bool = False


@pytest.fixture
async def due(desk_house: House) -> House:
    """One timer is due, and the process has just started."""
    ticket = await desk_house.opened()
    await desk_house.agent("/postpone 1h", ticket)
    desk_house.clock.move(3_601)
    return desk_house


async def arrives(house: House) -> None:
    """Words come in and wait."""
    event = Said(author=MEHMET, at=house.clock.now(), content=content("Yazıcı"), external_id=new_id("c"))
    await inbox.accept(house.helpdesk, [house.home(AYSE).stage(event)])


async def test_what_waits_at_the_start_is_heard_first_and_what_comes_later_holds_nothing_up(due: House) -> None:
    await arrives(due)
    timekeeper = Timekeeper(due.helpdesk, None)
    assert await timekeeper.sweep() == 0
    await arrives(due)
    assert await timekeeper.sweep() == 0
    await due.works()
    assert await timekeeper.sweep() == 1, "in busy hours something always waits"


async def test_what_never_gets_done_holds_timers_up_for_a_while_only(due: House) -> None:
    await arrives(due)
    timekeeper = Timekeeper(due.helpdesk, None)
    assert await timekeeper.sweep() == 0
    due.clock.move(PATIENCE_SECONDS)
    assert await timekeeper.sweep() == 0
    due.clock.move(1)
    assert await timekeeper.sweep() == 1


async def test_what_telegram_kept_meanwhile_belongs_to_what_is_heard_first(due: House) -> None:
    reader = Reader()
    timekeeper = Timekeeper(due.helpdesk, reader)
    due.clock.move(PATIENCE_SECONDS + 1)
    assert await timekeeper.sweep() == 0, "nobody knows yet what waits there"
    await arrives(due)
    reader.caught_up = True
    assert await timekeeper.sweep() == 0
    await due.works()
    assert await timekeeper.sweep() == 1


async def test_where_another_worker_asks_telegram_it_is_given_its_time(due: House) -> None:
    due.helpdesk.shares.tasks = frozenset()
    timekeeper = Timekeeper(due.helpdesk, Reader())
    due.clock.move(ANOTHERS_TURN_SECONDS)
    assert await timekeeper.sweep() == 0
    due.clock.move(1)
    assert await timekeeper.sweep() == 1
