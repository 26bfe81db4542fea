"""Four days of silence: the reminder, the end, and everything that must stop it."""

from pathlib import Path

import pytest

from adapters.sandbox.faults import reset_after
from adapters.sandbox.page.cast import ELIF, JOHN, ZEYNEP
from adapters.sandbox.players import Phone, Topic, comes_true, topic
from adapters.sandbox.world import World
from bot.domain.ticket import Action, CloseReason, Status, Ticket
from config.app import App, opened
from config.settings import Settings, load_settings
from store import tickets, timers
from store.sql import rows

pytestmark = pytest.mark.both_databases

NUMBER = "#2026-000001"
HOUR = 3600.0
DAY = 24 * HOUR
MARGIN = 60.0


async def waiting(world: World, customer: Phone, command: str) -> Topic:
    """A ticket whose customer has just been asked or been given a solution."""
    customer.says("Yazıcı çalışmıyor")
    await customer.hears(NUMBER)
    desk = await topic(world, NUMBER)
    desk.writes(ELIF.user_id, f"{command} Kabloyu taktınız mı?")
    await customer.hears("Kabloyu taktınız mı?", "4 gün")
    return desk


def heard(phone: Phone, fragment: str) -> int:
    return sum(fragment in message["text"] for message in phone.messages if not message["out"])


def shown(desk: Topic, fragment: str) -> int:
    return sum(fragment in message["text"] for message in desk.messages)


async def ticket() -> Ticket:
    found = await tickets.by_number(NUMBER)
    assert found is not None
    return found


async def expiries() -> int:
    steps = await tickets.history((await ticket()).id)
    return sum(step.action is Action.EXPIRE for step in steps)


async def swept(app: App) -> None:
    """Wait until nothing is due at the time it is now."""

    async def quiet() -> bool:
        due = await timers.next_due()
        return due is None or due > app.helpdesk.now()

    await comes_true(quiet, "all timers to be dealt with")


@pytest.mark.parametrize("command", ["/propose", "/ask"])
async def test_four_days_of_silence_close_a_ticket_once_and_say_so(
    world: World, app: App, zeynep: Phone, command: str
) -> None:
    desk = await waiting(world, zeynep, command)
    world.clock.move(4 * DAY + MARGIN)
    await zeynep.hears(NUMBER, "4 gün yanıt gelmediği için")
    await desk.shows("⌛", "4 gün")
    world.clock.move(4 * DAY)
    zeynep.says("Merhaba")
    await zeynep.hears("kapanmıştı")
    assert heard(zeynep, "yanıt gelmediği") == 1
    assert heard(zeynep, "Hâlâ yanıtınızı") == 0
    assert await expiries() == 1
    assert (await ticket()).close_reason is CloseReason.NO_ANSWER


async def test_on_whatsapp_the_notice_is_skipped_visibly_because_the_window_is_shut(
    world: World, app: App, ayse: Phone
) -> None:
    desk = await waiting(world, ayse, "/propose")
    world.clock.move(4 * DAY + MARGIN)
    await desk.shows("⌛", "4 gün")
    await desk.shows("bilgilendirme gönderilmedi")
    assert heard(ayse, "yanıt gelmediği") == 0
    assert (await ticket()).close_reason is CloseReason.NO_ANSWER


async def test_the_reminder_comes_once_after_three_days_and_the_end_a_day_later(
    world: World, app: App, zeynep: Phone
) -> None:
    await waiting(world, zeynep, "/propose")
    world.clock.move(3 * DAY + MARGIN)
    await zeynep.hears(NUMBER, "Hâlâ yanıtınızı bekliyoruz")
    assert (await ticket()).status is Status.SOLUTION_PROPOSED
    world.clock.move(12 * HOUR)
    world.clock.move(12 * HOUR)
    await zeynep.hears(NUMBER, "yanıt gelmediği için")
    assert heard(zeynep, "Hâlâ yanıtınızı") == 1


async def test_the_buttons_of_the_reminder_accept_as_the_first_ones_do(world: World, app: App, zeynep: Phone) -> None:
    await waiting(world, zeynep, "/propose")
    world.clock.move(3 * DAY + MARGIN)
    await zeynep.hears("Hâlâ yanıtınızı bekliyoruz")
    zeynep.presses("Kabul")
    await zeynep.hears(NUMBER, "kapandı")
    assert (await ticket()).close_reason is CloseReason.ACCEPTED


@pytest.mark.parametrize("command", ["/propose", "/ask"])
async def test_a_word_of_the_customer_in_between_stops_the_wait(
    world: World, app: App, zeynep: Phone, command: str
) -> None:
    desk = await waiting(world, zeynep, command)
    world.clock.move(3 * DAY + MARGIN)
    await zeynep.hears("Hâlâ yanıtınızı bekliyoruz")
    zeynep.says("Bir bakayım")
    await desk.shows("Bir bakayım")
    world.clock.move(10 * DAY)
    await swept(app)
    assert (await ticket()).live
    assert heard(zeynep, "yanıt gelmediği") == 0


async def test_a_customer_who_answered_while_gise_was_down_for_long_is_not_closed(
    world: World, settings: Settings
) -> None:
    zeynep = Phone(world, ZEYNEP.key)
    async with opened(settings):
        await waiting(world, zeynep, "/ask")
    zeynep.says("Taktım, olmadı")
    world.clock.move(5 * DAY)
    async with opened(settings) as app:
        await (await topic(world, NUMBER)).shows("Taktım, olmadı")
        await swept(app)
        assert (await ticket()).status is Status.OPEN
        assert await expiries() == 0


async def test_an_answer_that_meta_brings_after_the_closing_takes_it_back(world: World, app: App, ayse: Phone) -> None:
    ayse.says("Yazıcı çalışmıyor")
    await ayse.hears(NUMBER)
    desk = await topic(world, NUMBER)
    desk.writes(ELIF.user_id, "/ask Hangi model?")
    await ayse.hears("Hangi model?")
    await world.whatsapp.settle()
    world.whatsapp.webhooks.hold()
    world.clock.move(3.9 * DAY)
    ayse.says("Model 5")
    world.clock.move(0.1 * DAY + MARGIN)
    await desk.shows("⌛", "4 gün")
    world.whatsapp.webhooks.release()
    await desk.shows("↩️", "otomatik kapanmadan önce")
    await desk.shows("Model 5")
    await ayse.hears(NUMBER, "yeniden açıldı")
    assert (await ticket()).status is Status.OPEN


async def test_five_days_of_downtime_are_caught_up_with_once_and_in_order(world: World, settings: Settings) -> None:
    zeynep, john = Phone(world, ZEYNEP.key), Phone(world, JOHN.key)
    async with opened(settings):
        await waiting(world, zeynep, "/propose")
        john.says("It is slow")
        await john.hears("#2026-000002")
        second = await topic(world, "#2026-000002")
        second.writes(ELIF.user_id, "/take")
        second.writes(ELIF.user_id, "/postpone 2d tedarikçi")
        await john.hears("#2026-000002", "postponed")
    world.clock.move(5 * DAY)
    async with opened(settings) as app:
        await zeynep.hears(NUMBER, "yanıt gelmediği için")
        await (await topic(world, "#2026-000002")).shows("⏰", "Elif", "tedarikçi")
        await swept(app)
        assert heard(zeynep, "Hâlâ yanıtınızı") == 0
        assert heard(zeynep, "yanıt gelmediği") == 1
        woken, closed = await _step("2026-000002", Action.WAKE), await _step("2026-000001", Action.EXPIRE)
        assert woken < closed


async def _step(number: str, action: Action) -> int:
    """The place of a step among all steps of all tickets."""
    (row,) = await rows(
        "SELECT history.id FROM history JOIN ticket ON ticket.id = ticket_id WHERE number = ? AND action = ?",
        number,
        action.value,
    )
    return int(row["id"])


async def test_a_restart_in_the_middle_changes_nothing(world: World, settings: Settings) -> None:
    zeynep = Phone(world, ZEYNEP.key)
    async with opened(settings):
        await waiting(world, zeynep, "/propose")
        world.clock.move(3 * DAY + MARGIN)
        await zeynep.hears("Hâlâ yanıtınızı bekliyoruz")
    async with opened(settings) as app:
        await swept(app)
        world.clock.move(DAY)
        await zeynep.hears(NUMBER, "yanıt gelmediği için")
    assert heard(zeynep, "Hâlâ yanıtınızı") == 1
    assert heard(zeynep, "yanıt gelmediği") == 1


async def test_a_postponed_ticket_is_never_closed_by_time(world: World, app: App, zeynep: Phone) -> None:
    desk = await waiting(world, zeynep, "/propose")
    desk.writes(ELIF.user_id, "/postpone 30d parça bekleniyor")
    await zeynep.hears("ertelendi")
    world.clock.move(29 * DAY)
    await swept(app)
    assert (await ticket()).status is Status.POSTPONED
    world.clock.move(DAY + MARGIN)
    await desk.shows("⏰", "Elif", "parça bekleniyor")
    assert (await ticket()).status is Status.OPEN
    assert heard(zeynep, "yanıt gelmediği") == 0


async def test_the_days_can_be_set(world: World, tmp_path: Path) -> None:
    own = {"GISE_DATA_DIR": str(tmp_path / "data"), "GISE_HTTP__PORT": "0", "GISE_AUTO_CLOSE__DAYS": "2"}
    zeynep = Phone(world, ZEYNEP.key)
    async with opened(load_settings(world.environment() | own, None)) as app:
        zeynep.says("Yazıcı çalışmıyor")
        await zeynep.hears(NUMBER)
        (await topic(world, NUMBER)).writes(ELIF.user_id, "/ask Hangi model?")
        await zeynep.hears("Hangi model?", "2 gün")
        world.clock.move(DAY + MARGIN)
        await zeynep.hears("Hâlâ yanıtınızı bekliyoruz")
        await swept(app)
        assert (await ticket()).live
        world.clock.move(DAY)
        await zeynep.hears(NUMBER, "2 gün yanıt gelmediği için")


async def test_an_answer_that_failed_ends_the_wait(world: World, app: App, ayse: Phone) -> None:
    ayse.says("Yazıcı çalışmıyor")
    await ayse.hears(NUMBER)
    desk = await topic(world, NUMBER)
    await world.whatsapp.settle()
    ayse.does("block", on=True)
    desk.writes(ELIF.user_id, "/ask Hangi model?")
    await desk.shows("💔", "ulaşılamıyor")
    await _never_closes(world, app)


async def test_an_answer_that_is_parked_ends_the_wait(world: World, app: App, ayse: Phone) -> None:
    ayse.says("Yazıcı çalışmıyor")
    await ayse.hears(NUMBER)
    desk = await topic(world, NUMBER)
    world.clock.move(25 * HOUR)
    desk.writes(ELIF.user_id, "/ask Hangi model?")
    await desk.shows("😴", "penceresi kapalı")
    await _never_closes(world, app)
    ayse.says("Yeni bir şey var mı?")
    await ayse.hears("Hangi model?")


async def test_an_answer_of_unknown_fate_ends_the_wait_until_it_is_sent_again(
    world: World, app: App, zeynep: Phone
) -> None:
    zeynep.says("Yazıcı çalışmıyor")
    await zeynep.hears(NUMBER)
    desk = await topic(world, NUMBER)
    await desk.shows("👤", "Yazıcı çalışmıyor")
    world.telegram.faults.add("sendMessage", reset_after())
    desk.writes(ELIF.user_id, "/ask Hangi model?")
    await desk.shows("🤔")
    await _never_closes(world, app)
    desk.presses(ELIF.user_id, "Yeniden gönder")
    await world.changes.wait_for(lambda: heard(zeynep, "Hangi model?") == 2, what="the question again")
    await comes_true(_waits, "the wait to begin anew")
    world.clock.move(4 * DAY + MARGIN)
    await zeynep.hears("yanıt gelmediği için")


async def _waits() -> bool:
    return (await ticket()).waiting_since is not None


async def _never_closes(world: World, app: App) -> None:
    world.clock.move(9 * DAY)
    await swept(app)
    assert (await ticket()).status is Status.PENDING
