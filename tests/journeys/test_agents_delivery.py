"""What became of an answer stands on the agent's own message; a failure is a sentence with the reason."""

import pytest

from adapters.sandbox.faults import reset_after
from adapters.sandbox.page.cast import AYSE, ELIF
from adapters.sandbox.players import Phone
from adapters.sandbox.world import World
from tests.journeys.agents_desk import heard, marked, opened_ticket, toast, told


@pytest.fixture
def limits() -> bool:
    return False


def newest_wamid(world: World) -> str:
    """The last message of the business on Ayşe's phone."""
    sent = [one for one in world.whatsapp.messages(AYSE.address) if one["from"] == "business"]
    return str(sent[-1]["id"])


async def test_receipts_move_the_mark_from_sent_to_delivered_to_read(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    world.whatsapp.auto_deliver = False
    written = desk.writes(ELIF.user_id, "Bakıyoruz")
    await ayse.hears("Bakıyoruz")
    await marked(world, desk, written, "🕊")
    world.whatsapp.deliver(newest_wamid(world))
    await marked(world, desk, written, "👍")
    ayse.does("read")
    await marked(world, desk, written, "👀")
    desk.writes(ELIF.user_id, "/history")
    await desk.shows("«Bakıyoruz» [okundu · hizmet]")


async def test_an_answer_on_telegram_is_marked_as_sent(world: World, zeynep: Phone) -> None:
    desk = await opened_ticket(world, zeynep)
    await marked(world, desk, desk.writes(ELIF.user_id, "Bakıyoruz"), "🕊")


async def test_a_late_failure_is_told_with_its_reason_and_can_be_sent_again(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    world.whatsapp.auto_deliver = False
    written = desk.writes(ELIF.user_id, "Kargonuz yolda")
    await ayse.hears("Kargonuz yolda")
    await marked(world, desk, written, "🕊")
    world.whatsapp.fail_later(newest_wamid(world), 131026)
    await told(world, desk, written, "Müşteriye ulaşmadı", "müşteriye bu hesaptan ulaşılamıyor")
    await marked(world, desk, written, "💔")
    assert "Kargonuz yolda" not in heard(ayse)
    world.whatsapp.auto_deliver = True
    assert "Yeniden gönderiliyor" in await toast(world, desk.presses(ELIF.user_id, "Yeniden gönder"))
    await world.changes.wait_for(lambda: "Kargonuz yolda" in heard(ayse), 10, what="the second try")
    await marked(world, desk, written, "👍")
    assert "Gerek kalmadı" in await toast(world, desk.presses(ELIF.user_id, "Yeniden gönder"))
    assert heard(ayse).count("Kargonuz yolda") == 1


async def test_a_customer_who_blocked_the_bot_is_named_as_the_reason(world: World, zeynep: Phone) -> None:
    desk = await opened_ticket(world, zeynep)
    zeynep.does("block", on=True)
    await desk.shows("Müşteri botu engelledi")
    written = desk.writes(ELIF.user_id, "Orada mısınız?")
    await told(world, desk, written, "Müşteriye ulaşmadı", "müşteri bizi engellemiş")
    await marked(world, desk, written, "💔")
    zeynep.does("block", on=False)
    await desk.shows("engeli kaldırdı")
    desk.presses(ELIF.user_id, "Yeniden gönder")
    await zeynep.hears("Orada mısınız?")
    await marked(world, desk, written, "🕊")


async def test_a_blocked_whatsapp_customer_is_a_failure_too(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    ayse.does("block", on=True)
    written = desk.writes(ELIF.user_id, "Orada mısınız?")
    await told(world, desk, written, "Müşteriye ulaşmadı")
    await marked(world, desk, written, "💔")


async def test_an_unknown_outcome_on_telegram_is_shown_with_a_resend(world: World, zeynep: Phone) -> None:
    desk = await opened_ticket(world, zeynep)
    await desk.shows("👤")
    world.telegram.faults.add("sendMessage", reset_after())
    written = desk.writes(ELIF.user_id, "Geldi mi?")
    await told(world, desk, written, "bilinmiyor")
    await marked(world, desk, written, "🤔")
    desk.presses(ELIF.user_id, "Yeniden gönder")
    await marked(world, desk, written, "🕊")
    assert heard(zeynep).count("Geldi mi?") == 2


async def test_an_answer_outside_the_window_waits_and_goes_when_the_customer_writes(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    world.clock.move(25 * 3600)
    written = desk.writes(ELIF.user_id, "Parça geldi")
    await told(world, desk, written, "24 saatlik penceresi kapalı")
    await marked(world, desk, written, "😴")
    ayse.says("Haber var mı?")
    await ayse.hears("Parça geldi")
    await marked(world, desk, written, "👍")
    assert heard(ayse).count("Parça geldi") == 1
