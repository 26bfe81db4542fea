"""WhatsApp's window is shut: approved templates knock, remind and say good-bye in place of free words."""

import pytest

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone, Topic, seen, topic
from adapters.sandbox.world import World

NUMBER = "#2026-000001"
DAY = 24 * 3600


@pytest.fixture
def extra() -> dict[str, str]:
    return {
        "GISE_WHATSAPP__TEMPLATE_ANSWER": "gise_answer_waiting",
        "GISE_WHATSAPP__TEMPLATE_REMINDER": "gise_reminder",
        "GISE_WHATSAPP__TEMPLATE_CLOSED": "gise_closed",
    }


async def _answered_too_late(world: World, customer: Phone) -> Topic:
    customer.says("VPN açılmıyor")
    await customer.hears(NUMBER)
    desk = await topic(world, NUMBER)
    world.clock.move(DAY + 60)
    desk.writes(ELIF.user_id, "Şimdi açılmış olmalı.")
    desk.writes(ELIF.user_id, "Bakabilir misiniz?")
    return desk


def _templates(customer: Phone) -> list[str]:
    return [message["text"] for message in customer.messages if message.get("template")]


async def test_one_template_knocks_for_all_parked_answers_and_its_button_releases_them(
    world: World, ayse: Phone
) -> None:
    desk = await _answered_too_late(world, ayse)
    knock = await ayse.hears(NUMBER)
    assert knock["template"]
    await desk.shows("Yanıt saklandı", "şablon")
    ayse.presses("Yanıtı göster")
    await ayse.hears("Şimdi açılmış olmalı.")
    await ayse.hears("Bakabilir misiniz?")
    assert len(_templates(ayse)) == 1


async def test_any_message_releases_parked_answers_in_order(world: World, ayse: Phone) -> None:
    await _answered_too_late(world, ayse)
    await ayse.hears(NUMBER)
    ayse.says("Orada mısınız?")
    await ayse.hears("Şimdi açılmış olmalı.")
    await ayse.hears("Bakabilir misiniz?")


async def test_reminder_and_closing_go_out_as_templates(world: World, ayse: Phone) -> None:
    ayse.says("VPN açılmıyor")
    await ayse.hears(NUMBER)
    desk = await topic(world, NUMBER)
    desk.writes(ELIF.user_id, "/propose İstemciyi güncelleyin.")
    await ayse.hears("güncelleyin")
    await world.whatsapp.settle()
    world.clock.move(3 * DAY + 60)
    await seen(world, lambda: len(_templates(ayse)) == 1, "the reminder template")
    await world.whatsapp.settle()
    world.clock.move(DAY)
    await seen(world, lambda: len(_templates(ayse)) == 2, "the closing template")
    await desk.is_called("✅")


async def test_a_refused_template_is_told_to_the_agent(world: World, ayse: Phone) -> None:
    world.whatsapp.add_template("gise_answer_waiting", "tr", "{{1}}", status="PAUSED", buttons=("Yanıtı göster",))
    desk = await _answered_too_late(world, ayse)
    await desk.shows("şablon", "duraklatılmış")
