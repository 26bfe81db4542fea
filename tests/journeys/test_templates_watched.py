"""WhatsApp's templates under watch: what is paused is not sent, is said once, and works again by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession

from adapters.sandbox.faults import error
from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import General, Phone, Topic, comes_true, seen
from adapters.sandbox.world import World
from bot.domain.ledger import Delivery, LedgerMessage
from config.app import App, opened
from config.settings import Settings
from store import messages
from tests.journeys.customers_phone import history_of, later
from tests.journeys.customers_phone import opened as first_words

NUMBER = "#2026-000001"
DAY = 24 * 3600
ANSWER = "gise_answer_waiting"


@pytest.fixture
def extra() -> dict[str, str]:
    return {
        "GISE_WHATSAPP__TEMPLATE_ANSWER": ANSWER,
        "GISE_WHATSAPP__TEMPLATE_REMINDER": "gise_reminder",
        "GISE_WHATSAPP__TEMPLATE_CLOSED": "gise_closed",
    }


def alarms(world: World, *fragments: str) -> list[str]:
    """Lines in the group's General that contain all fragments."""
    lines = [line for message in General(world).messages for line in message["text"].splitlines()]
    return [line for line in lines if all(fragment in line for fragment in fragments)]


async def alarm(world: World, *fragments: str) -> str:
    return (await seen(world, lambda: alarms(world, *fragments), f"an alarm with {fragments}"))[0]


def asked(world: World, name: str = ANSWER) -> int:
    """How often a template went to Meta."""
    return sum(name in str(call.params) for call in world.whatsapp.calls if call.method == "messages")


async def looked(world: World, since: int = 0, method: str = "message_templates") -> None:
    """Wait until the account was read, past so many calls."""

    def read() -> bool:
        return any(call.method == method for call in world.whatsapp.calls[since:])

    await seen(world, read, "a look at the account")


async def too_late(world: World, customer: Phone, words: str = "Şimdi açılmış olmalı.") -> Topic:
    """An answer that is written after the window has shut."""
    desk = await first_words(world, customer, "VPN açılmıyor")
    await world.whatsapp.settle()
    await pass_a_day(world)
    desk.writes(ELIF.user_id, words)
    return desk


async def pass_a_day(world: World, seconds: float = DAY + 60) -> None:
    """In a real day the account is read 144 times; here once, at its end."""
    calls = len(world.whatsapp.calls)
    world.clock.move(seconds)
    await looked(world, calls)


async def knock() -> LedgerMessage:
    found = [one for one in await messages.of_ticket(1) if one.content.placeholder == "template"]
    return found[-1]


async def readiness(app: App) -> tuple[int, dict[str, Any]]:
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{app.port}/readyz") as answer:
        told: dict[str, Any] = await answer.json()
        return answer.status, told


async def gauge(app: App, purpose: str = "answer", language: str = "tr") -> str:
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{app.port}/metrics") as answer:
        line = f'gise_template_usable{{language="{language}",purpose="{purpose}"}} '
        return next(each.removeprefix(line) for each in (await answer.text()).splitlines() if each.startswith(line))


async def test_a_paused_template_knocks_nowhere_until_it_works_again(world: World, app: App, ayse: Phone) -> None:
    await looked(world)
    world.whatsapp.set_template(ANSWER, "tr", status="PAUSED")
    await alarm(world, "⚠️", ANSWER, "(tr)", "duraklatılmış")
    desk = await too_late(world, ayse)
    line = await desk.shows("Yanıt saklandı", "şablon duraklatılmış")
    assert line["buttons"]
    assert (asked(world), (await knock()).delivery) == (0, Delivery.FAILED)
    desk.presses(ELIF.user_id, "Şablonu gönder")
    await desk.shows("💔", "“Yanıtı göster”", "duraklatılmış")
    assert asked(world) == 0, "what is known to be paused costs no call"
    world.whatsapp.set_template(ANSWER, "tr", status="APPROVED")
    await alarm(world, "✅", ANSWER, "yeniden")
    desk.presses(ELIF.user_id, "Yeniden gönder")
    ayse_sees = await ayse.hears("numaralı talebinize bir yanıtımız var")
    assert ayse_sees["template"]
    ayse.presses("Yanıtı göster")
    await ayse.hears("Şimdi açılmış olmalı.")
    assert (len(alarms(world, "⚠️")), len(alarms(world, "✅"))) == (1, 1)


async def test_a_pause_shows_in_health_and_metrics_without_stopping_the_work(world: World, app: App) -> None:
    await looked(world)
    world.whatsapp.set_template(ANSWER, "tr", status="PAUSED")

    async def told() -> bool:
        return "whatsapp-account: template answer: paused (tr)" in (await readiness(app))[1]["reasons"]

    await later(world, app, 61)
    await comes_true(told, "the pause in /readyz")
    assert (await readiness(app))[0] == 200
    assert (await gauge(app), await gauge(app, "reminder")) == ("0.0", "1.0")


async def test_a_look_at_the_account_finds_what_no_webhook_told(world: World, app: App, ayse: Phone) -> None:
    await looked(world)
    world.whatsapp.set_template("gise_closed", "tr", status="REJECTED", tell=False)
    world.whatsapp.templates.remove("gise_reminder", "tr")
    world.whatsapp.add_template(ANSWER, "tr", "{{1}} için {{2}} yanıt var.", buttons=("Yanıtı göster",))
    await later(world, app, 601)
    await alarm(world, "gise_closed", "reddetmiş")
    await alarm(world, "gise_reminder", "böyle bir şablon yok")
    await alarm(world, ANSWER, "değişkenleri uymuyor")
    posts = [message for message in General(world).messages if "⚠️" in message["text"]]
    assert len(posts) == 1, "what changed at once is one post"
    desk = await too_late(world, ayse)
    await desk.shows("Yanıt saklandı", "değişkenleri uymuyor")
    assert asked(world) == 0


async def test_an_answer_template_without_its_button_is_not_sent(world: World, app: App, ayse: Phone) -> None:
    world.whatsapp.add_template(ANSWER, "tr", "{{1}} için bir yanıtımız var.")
    await later(world, app, 601)
    await alarm(world, ANSWER, "hızlı yanıt düğmesi")
    desk = await too_late(world, ayse)
    await desk.shows("Yanıt saklandı", "hızlı yanıt düğmesi")
    assert asked(world) == 0


@asynccontextmanager
async def running(world: World, settings: Settings) -> AsyncIterator[App]:
    async with opened(settings) as app:
        world.whatsapp.webhook_url = f"http://127.0.0.1:{app.port}/webhooks/whatsapp"
        yield app


async def test_a_restart_does_not_repeat_the_alarm_but_tells_the_recovery(world: World, settings: Settings) -> None:
    world.whatsapp.set_template(ANSWER, "tr", status="PAUSED")
    async with running(world, settings):
        await alarm(world, "⚠️", ANSWER)
    looks = len(world.whatsapp.calls)
    async with running(world, settings) as app:
        await seen(world, lambda: len(world.whatsapp.calls) >= looks + 3, "another look")
        await later(world, app, 601)
        await seen(world, lambda: len(world.whatsapp.calls) >= looks + 6, "and another one")
    world.whatsapp.set_template(ANSWER, "tr", status="APPROVED", tell=False)
    async with running(world, settings):
        await alarm(world, "✅", ANSWER)
    assert (len(alarms(world, "⚠️")), len(alarms(world, "✅"))) == (1, 1)


async def test_a_template_that_meta_refuses_first_is_not_tried_a_second_time(
    world: World, app: App, ayse: Phone
) -> None:
    """The pause comes to light by sending: one attempt, told to the agent and to the group, and remembered."""
    desk = await first_words(world, ayse, "VPN açılmıyor")
    await world.whatsapp.settle()
    await pass_a_day(world)
    world.whatsapp.set_template(ANSWER, "tr", status="PAUSED", tell=False)
    desk.writes(ELIF.user_id, "Şimdi açılmış olmalı.")
    await desk.shows("“Yanıtı göster” düğmeli şablon müşteriye ulaşmadı", "duraklatılmış")
    await alarm(world, "⚠️", ANSWER, "duraklatılmış")
    assert asked(world) == 1
    desk.writes(ELIF.user_id, "Bir de şunu deneyin.")
    await desk.shows("Yanıt saklandı", "şablon duraklatılmış")
    assert asked(world) == 1


async def test_a_pause_that_comes_to_light_by_a_receipt_is_told_and_remembered_too(
    world: World, app: App, ayse: Phone
) -> None:
    desk = await too_late(world, ayse)
    shown = await ayse.hears("bir yanıtımız var")
    world.whatsapp.fail_later(shown["id"], 132015)
    await desk.shows("şablon müşteriye ulaşmadı", "duraklatılmış")
    await alarm(world, "⚠️", ANSWER, "duraklatılmış")
    desk.writes(ELIF.user_id, "Bir de şunu deneyin.")
    await desk.shows("Yanıt saklandı", "şablon duraklatılmış")
    assert asked(world) == 1


async def test_a_paused_reminder_is_skipped_with_its_reason(world: World, app: App, ayse: Phone) -> None:
    desk = await first_words(world, ayse, "VPN açılmıyor")
    desk.writes(ELIF.user_id, "/propose İstemciyi güncelleyin.")
    await ayse.hears("güncelleyin")
    await world.whatsapp.settle()
    world.whatsapp.set_template("gise_reminder", "tr", status="PAUSED")
    await alarm(world, "gise_reminder", "duraklatılmış")
    await pass_a_day(world, 3 * DAY - 300)
    world.clock.move(360)
    await desk.shows("bilgilendirme gönderilmedi", "şablon duraklatılmış")
    assert asked(world, "gise_reminder") == 0
    await world.whatsapp.settle()
    world.clock.move(DAY)
    await ayse.hears("numaralı talebiniz kapatıldı")


async def test_who_speaks_a_language_without_a_template_gets_the_desks_one(world: World, app: App, ayse: Phone) -> None:
    world.whatsapp.templates.remove(ANSWER, "en")
    await later(world, app, 601)
    ayse.says("/language en")
    await ayse.hears("English")
    await too_late(world, ayse)
    assert (await ayse.hears("numaralı talebinize"))["template"]
    assert alarms(world, "⚠️") == []


async def test_quality_and_restrictions_are_told_once_each(world: World, app: App) -> None:
    await looked(world)
    world.whatsapp.set_number(quality="RED", status="FLAGGED")
    world.whatsapp.set_template(ANSWER, "tr", quality="YELLOW")
    world.whatsapp.restrict("ACCOUNT_RESTRICTION")
    await later(world, app, 61)
    await alarm(world, "numaramıza RED")
    await alarm(world, "durumu FLAGGED")
    await alarm(world, ANSWER, "YELLOW")
    await alarm(world, "ACCOUNT_RESTRICTION")
    world.whatsapp.set_number(quality="GREEN", status="CONNECTED", tell=False)
    await later(world, app, 601)
    await alarm(world, "✅", "not düzeldi")
    await alarm(world, "✅", "yeniden bağlı")
    assert len(alarms(world, "⚠️")) == 4


async def test_the_history_shows_the_knock_and_what_meta_counts_it_as(world: World, app: App, ayse: Phone) -> None:
    desk = await too_late(world, ayse)
    await ayse.hears("bir yanıtımız var")
    await world.whatsapp.settle()

    async def counted() -> bool:
        return (await knock()).cost_class == "utility" and (await knock()).delivery is Delivery.DELIVERED

    await comes_true(counted, "the knock's receipt")
    assert f"[🔔 Şablon: {ANSWER}]» [ulaştı · bilgilendirme]" in await history_of(desk)
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{app.port}/metrics") as answer:
        assert 'gise_message_cost_total{class="utility"}' in await answer.text()


async def test_an_account_that_cannot_be_read_changes_nothing(world: World, app: App, ayse: Phone) -> None:
    await looked(world)
    calls = len(world.whatsapp.calls)
    world.whatsapp.faults.add("message_templates", error(500, "<html>"))
    await later(world, app, 601)
    await looked(world, calls, "phone_number")
    desk = await too_late(world, ayse)
    await desk.shows("Yanıt saklandı", "şablon gönderildi")
    assert alarms(world, "⚠️") == []
