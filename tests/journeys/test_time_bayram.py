"""A feast with a half day before it: what is promised, and when it is due (Kurban Bayramı 2026: 26 May at 13:00 on)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.sandbox.players import Phone, comes_true, topic
from adapters.sandbox.world import World
from bot.domain.sla.policy import ClockKind
from bot.services import clockwork
from config.app import App
from store import tickets
from tests.journeys.agents_desk import NUMBER

ISTANBUL = ZoneInfo("Europe/Istanbul")
EVE = datetime(2026, 5, 26, 11, 0, tzinfo=ISTANBUL)


@pytest.fixture
def today() -> datetime:
    """The morning of the half day."""
    return EVE


@pytest.mark.parametrize(
    ("hours_later", "promised", "due"),
    [(0.0, "En geç Pazartesi 11:00", "2026-06-01T11:00"), (3.0, "Pazartesi 09:00 itibarıyla", "2026-06-01T13:00")],
    ids=["while-the-half-day-lasts", "after-it"],
)
async def test_the_promise_goes_around_the_feast(
    world: World, app: App, zeynep: Phone, hours_later: float, promised: str, due: str
) -> None:
    world.clock.move(hours_later * 3600)
    await comes_true(lambda: _is_late_enough(app, hours_later), "the application to read the clock")
    zeynep.says("Yazıcı çalışmıyor")
    await zeynep.hears(NUMBER, promised)
    desk = await topic(world, NUMBER)
    found = await tickets.by_number(NUMBER)
    assert found is not None
    clocks = {clock.kind: clock for clock in await clockwork.clocks_of(app.helpdesk, found)}
    deadline = clocks[ClockKind.FIRST_RESPONSE].deadline
    assert deadline is not None
    moment = datetime.fromtimestamp(deadline / 1000, ISTANBUL)
    assert f"{moment:%Y-%m-%dT%H:%M}" == due
    desk.writes(8001002, "/why")
    await desk.shows("tatil: Kurban Bayramı", "mesai dışı")


async def _is_late_enough(app: App, hours: float) -> bool:
    return app.helpdesk.now() >= (EVE.timestamp() + hours * 3600) * 1000
