"""Who looks when, what is believed, and what one look cannot do to the others."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from bot.domain.errors import SendError
from bot.domain.troubles import Trouble
from bot.health import Check, Register, Watch
from bot.health.checks import disk_findings, job_findings, stopped_findings
from bot.health.register import News
from scheduler.runner import Success
from tests.fakes import HandClock

MEGABYTE = 2**20


class Looking:
    """A check that finds what it is told to find, and counts."""

    def __init__(self) -> None:
        self.found: Mapping[Trouble, str] = {}
        self.error: Exception | None = None
        self.looks = 0

    async def __call__(self) -> Mapping[Trouble, str]:
        self.looks += 1
        if self.error:
            raise self.error
        return self.found


class Room:
    """A watch of one check, on a clock moved by hand."""

    def __init__(self, doubted: frozenset[Trouble] = frozenset()) -> None:
        self.clock, self.looking = HandClock(), Looking()
        self.register = Register(self.clock.now)
        self.news: list[News] = []
        self.deaf = self.elsewhere = False
        check = Check(name="one", look=self.looking, seconds=60, again=10, doubted=doubted)
        self.watch = Watch(self.clock, self.register, [check], self.tell)

    async def tell(self, news: News) -> bool:
        if self.deaf:
            raise OSError("nobody can be told")
        if self.elsewhere:
            return False
        self.news.append(news)
        return True

    async def after(self, seconds: float) -> set[Trouble]:
        self.clock.move(seconds)
        await self.watch.turn()
        return set(self.register.active)


async def test_it_looks_at_the_start_then_at_its_interval_and_more_often_in_trouble() -> None:
    room = Room()
    await room.after(0)
    await room.after(59)
    assert room.looking.looks == 1
    room.looking.found = {Trouble.CLOCK: "90 s"}
    assert await room.after(1) == {Trouble.CLOCK}
    await room.after(10)
    assert room.looking.looks == 3
    room.looking.found = {}
    assert await room.after(10) == set()
    await room.after(59)
    assert room.looking.looks == 4


async def test_what_is_doubted_counts_when_the_next_look_finds_it_too() -> None:
    room = Room(doubted=frozenset({Trouble.CLOCK}))
    room.looking.found = {Trouble.CLOCK: "90 s", Trouble.DISK_LOW: ""}
    assert await room.after(0) == {Trouble.DISK_LOW}
    assert await room.after(10) == {Trouble.DISK_LOW, Trouble.CLOCK}


@pytest.mark.parametrize("step", [-1, -30, -3 * 3600, -86_400])
async def test_a_clock_that_is_set_back_puts_no_look_off(step: float) -> None:
    room = Room()
    await room.after(0)
    for round_ in range(1, 4):
        await room.after(59)
        room.clock.step(step)
        await room.after(1)
        assert room.looking.looks == 1 + round_


async def test_a_clock_that_is_set_forward_has_a_look_at_once() -> None:
    room = Room()
    await room.after(0)
    room.clock.step(3 * 3600)
    await room.after(0)
    await room.after(59)
    assert room.looking.looks == 2


async def test_a_platform_that_wants_to_be_asked_later_changes_nothing() -> None:
    room = Room()
    room.looking.found = {Trouble.CLOCK: "90 s"}
    await room.after(0)
    room.looking.error = SendError(key="send-error-rate", certain=True, retryable=True, retry_after=5)
    assert await room.after(10) == {Trouble.CLOCK}


async def test_a_check_with_a_mistake_fails_the_job_and_no_other_check() -> None:
    room = Room()
    broken = Looking()
    broken.error = ValueError("a mistake")
    checks = [Check(name=name, look=look, seconds=5, again=5) for name, look in (("b", broken), ("g", room.looking))]
    watch = Watch(room.clock, room.register, checks, room.tell)
    room.looking.found = {Trouble.CLOCK: "90 s"}
    with pytest.raises(ExceptionGroup):
        await watch.turn()
    assert set(room.register.active) == {Trouble.CLOCK}


async def test_news_that_could_not_be_told_are_told_later() -> None:
    room = Room()
    room.looking.found = {Trouble.CLOCK: "90 s"}
    await room.after(0)
    room.deaf = True
    with pytest.raises(OSError, match="nobody can be told"):
        await room.after(10)
    room.deaf = False
    await room.after(1)
    await room.after(10)
    assert [news.raised for news in room.news] == [(Trouble.CLOCK,)]


async def test_a_turn_that_overlaps_another_looks_no_second_time() -> None:
    room = Room()
    await asyncio.gather(room.watch.turn(), room.watch.turn())
    assert room.looking.looks == 1


@dataclass
class Disk:
    """A disk with so many bytes."""

    total: int
    free: int


@pytest.mark.parametrize(
    ("free", "total", "found"),
    [
        (600, 2_000, set()),
        (499, 2_000, {Trouble.DISK_LOW}),
        (4_000, 100_000, {Trouble.DISK_LOW}),
        (99, 2_000, {Trouble.DISK_LOW, Trouble.DISK_FULL}),
    ],
)
def test_a_disk_is_low_by_size_or_share_and_full_by_size(free: int, total: int, found: set[Trouble]) -> None:
    assert set(disk_findings(Disk(total * MEGABYTE, free * MEGABYTE))) == found


@pytest.mark.parametrize(("seconds", "ago", "late"), [(1, 40, False), (1, 50, True), (60, 90, False), (60, 110, True)])
def test_a_job_is_late_once_it_was_not_well_for_its_interval_and_most_of_a_minute(
    seconds: float, ago: float, late: bool
) -> None:
    found = job_findings([Success("timers", seconds, 1_000.0)], 1_000.0 + ago)
    assert (Trouble.JOBS in found) == late


def test_channels_that_refuse_us_are_told_apart() -> None:
    assert set(stopped_findings({"whatsapp": "send-error-auth"})) == {Trouble.WHATSAPP_REFUSED}
    assert set(stopped_findings({"desk": "send-error-auth", "telegram": "x"})) == {Trouble.TELEGRAM_REFUSED}
    assert stopped_findings({}) == {}


async def test_what_another_worker_tells_is_ours_to_tell_once_that_is_our_task() -> None:
    room = Room()
    room.elsewhere = True
    room.looking.found = {Trouble.CLOCK: "90 s"}
    assert await room.after(60) == {Trouble.CLOCK}
    assert room.news == []
    room.elsewhere = False
    await room.after(10)
    assert [set(news.raised) for news in room.news] == [{Trouble.CLOCK}]
