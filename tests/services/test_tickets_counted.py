"""How many tickets stand where: told by one worker, and never at the cost of the work."""

from dataclasses import replace

from bot.health import Readiness, Register, Watch
from bot.health.readiness import RARELY
from bot.health.register import News
from bot.measures import REGISTRY
from bot.shares import OUTBOX
from tests.builders import AYSE, MEHMET, House
from tests.fakes import HandClock


class Slow(HandClock):
    """Every look at it takes a tenth of a second, and so does all that is done between two looks."""

    def monotonic(self) -> float:
        self._seconds += 0.1
        return self._seconds


async def nobody(_: News) -> bool:
    return False


def figures(house: House, clock: HandClock) -> Readiness:
    register = Register(clock.now)
    watch = Watch(clock, register, [], nobody)
    return Readiness(replace(house.helpdesk, clock=clock), register, watch)


def shown() -> float | None:
    return REGISTRY.get_sample_value("gise_tickets", {"status": "new"})


async def test_a_count_that_took_a_while_is_not_made_anew_for_a_thousand_times_that(desk_house: House) -> None:
    clock = Slow()
    readiness = figures(desk_house, clock)
    await desk_house.customer("Yazıcı çalışmıyor")
    await readiness.measure()
    await desk_house.customer("Ekran da çalışmıyor", MEHMET)
    for seconds, seen in ((0, 1), (0.09 * RARELY, 1), (0.02 * RARELY, 2)):
        clock.move(seconds)
        await readiness.measure()
        assert shown() == seen


async def test_a_count_that_took_no_time_is_made_each_time(desk_house: House) -> None:
    readiness = figures(desk_house, desk_house.clock)
    for seen, who in enumerate((AYSE, MEHMET), start=1):
        await desk_house.customer("Yazıcı çalışmıyor", who)
        await readiness.measure()
        assert shown() == seen


async def test_only_who_holds_the_housekeeping_tells(desk_house: House) -> None:
    await desk_house.opened()
    readiness = figures(desk_house, desk_house.clock)
    await readiness.measure()
    assert shown() == 1
    desk_house.helpdesk.shares.tasks = frozenset({OUTBOX})
    await readiness.measure()
    assert shown() is None
