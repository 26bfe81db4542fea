"""Days that were named: postponed tickets wake, ETAs are remembered, and the clock is read where it says."""

import pytest

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone, Topic, comes_true, topic
from adapters.sandbox.world import World
from bot.domain.ticket import Action, Status, Ticket
from config.app import App
from store import tickets, timers

NUMBER = "#2026-000001"
HOUR = 3600.0
DAY = 24 * HOUR
MARGIN = 60.0


@pytest.fixture
async def desk(world: World, app: App, zeynep: Phone) -> Topic:
    """Zeynep's ticket, taken by Elif."""
    zeynep.says("Yazıcı çalışmıyor")
    await zeynep.hears(NUMBER)
    desk = await topic(world, NUMBER)
    desk.writes(ELIF.user_id, "/take")
    await zeynep.hears("inceleniyor")
    return desk


async def ticket() -> Ticket:
    found = await tickets.by_number(NUMBER)
    assert found is not None
    return found


async def swept(app: App) -> None:
    """Wait until nothing is due at the time it is now."""

    async def quiet() -> bool:
        due = await timers.next_due()
        return due is None or due > app.helpdesk.now()

    await comes_true(quiet, "all timers to be dealt with")


def shown(desk: Topic, fragment: str) -> int:
    return sum(fragment in message["text"] for message in desk.messages)


async def test_a_postponed_ticket_wakes_in_time_and_tells_its_agent(
    world: World, app: App, zeynep: Phone, desk: Topic
) -> None:
    desk.writes(ELIF.user_id, "/postpone 2d parça bekleniyor")
    await zeynep.hears(NUMBER, "ertelendi")
    world.clock.move(2 * DAY - MARGIN)
    await swept(app)
    assert (await ticket()).status is Status.POSTPONED
    world.clock.move(2 * MARGIN)
    await desk.shows("⏰", "Elif", "parça bekleniyor")
    assert (await ticket()).status is Status.OPEN
    world.clock.move(2 * DAY)
    await swept(app)
    assert shown(desk, "⏰") == 1


async def test_a_postponed_ticket_that_the_customer_woke_does_not_wake_again(
    world: World, app: App, zeynep: Phone, desk: Topic
) -> None:
    desk.writes(ELIF.user_id, "/postpone 2d")
    await zeynep.hears(NUMBER, "ertelendi")
    zeynep.says("Acelem var")
    await desk.shows("Acelem var")
    assert (await ticket()).status is Status.OPEN
    world.clock.move(3 * DAY)
    await swept(app)
    desk.writes(ELIF.user_id, "Hemen bakıyorum")
    await zeynep.hears("Hemen bakıyorum")
    assert shown(desk, "⏰") == 0


async def test_postponing_anew_moves_the_waking(world: World, app: App, zeynep: Phone, desk: Topic) -> None:
    for when in ("1d", "5d"):
        desk.writes(ELIF.user_id, f"/postpone {when}")
        await zeynep.hears(NUMBER, "ertelendi")
    world.clock.move(2 * DAY)
    await swept(app)
    assert (await ticket()).status is Status.POSTPONED
    world.clock.move(3 * DAY + MARGIN)
    await desk.shows("⏰")


async def test_the_day_that_engineering_named_is_remembered_once(
    world: World, app: App, zeynep: Phone, desk: Topic
) -> None:
    desk.writes(ELIF.user_id, "/dev can ABC-123 3d")
    await zeynep.hears(NUMBER, "geliştirme ekibimizde")
    world.clock.move(2 * DAY)
    await swept(app)
    assert shown(desk, "📅") == 0
    world.clock.move(DAY + MARGIN)
    await desk.shows("📅", "can", "ABC-123", "Elif")
    assert (await ticket()).status is Status.IN_DEVELOPMENT
    world.clock.move(9 * DAY)
    await swept(app)
    desk.writes(ELIF.user_id, "/resume")
    await comes_true(_open, "the ticket to be open again")
    assert shown(desk, "📅") == 1


async def _open() -> bool:
    return (await ticket()).status is Status.OPEN


async def test_a_ticket_that_left_engineering_is_not_reminded_of(
    world: World, app: App, zeynep: Phone, desk: Topic
) -> None:
    desk.writes(ELIF.user_id, "/dev can ABC-123 3d")
    await zeynep.hears(NUMBER, "geliştirme ekibimizde")
    desk.writes(ELIF.user_id, "/resume")
    await comes_true(_open, "the ticket to be open again")
    world.clock.move(4 * DAY)
    await swept(app)
    desk.writes(ELIF.user_id, "Hazır")
    await zeynep.hears("Hazır")
    assert shown(desk, "📅") == 0


async def test_on_whatsapp_the_reminder_is_skipped_visibly_and_the_end_comes_all_the_same(
    world: World, app: App, emre: Phone
) -> None:
    emre.says("Fatura yok")
    await emre.hears(NUMBER)
    desk = await topic(world, NUMBER)
    desk.writes(ELIF.user_id, "/ask Hangi ay?")
    await emre.hears("Hangi ay?")
    await world.whatsapp.settle()
    world.clock.move(3 * DAY + MARGIN)
    await desk.shows("bilgilendirme gönderilmedi")
    world.clock.move(DAY)
    await desk.shows("⌛", "4 gün")
    assert not [message for message in emre.messages if "Hâlâ yanıtınızı" in message["text"]]


async def test_the_clock_file_is_read_again_when_it_changes(world: World, app: App, zeynep: Phone, desk: Topic) -> None:
    desk.writes(ELIF.user_id, "/postpone 1h")
    await zeynep.hears(NUMBER, "ertelendi")
    world.clock.offset_file.write_text(f"{world.clock.offset + 7200}\n")
    await desk.shows("⏰")
    (wake,) = [step for step in await tickets.history((await ticket()).id) if step.action is Action.WAKE]
    assert abs(wake.at / 1000 - (world.clock.now() + 7200)) < 30
