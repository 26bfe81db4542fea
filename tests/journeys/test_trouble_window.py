"""WhatsApp's shut window, and customers who cannot be reached."""

import pytest

from adapters.sandbox.faults import error
from adapters.sandbox.page.cast import AYSE, ELIF
from adapters.sandbox.players import Phone, Topic, comes_true, topic
from adapters.sandbox.world import World
from bot.domain.ledger import Delivery
from bot.domain.ticket import ActorKind
from config.app import App, opened
from config.settings import Settings
from store import messages

NUMBER = "#2026-000001"
DAY_AND_AN_HOUR = 25 * 3600.0


async def a_ticket(world: World, customer: Phone) -> Topic:
    customer.says("Yazıcı çalışmıyor")
    await customer.hears(NUMBER)
    desk = await topic(world, NUMBER)
    await desk.shows("👤", "Yazıcı çalışmıyor")
    await world.whatsapp.settle()
    return desk


def heard(phone: Phone, fragment: str) -> int:
    return sum(fragment in message["text"] for message in phone.messages if not message["out"])


def sent(world: World, fragment: str) -> int:
    """How often the words went to Meta."""
    return sum(fragment in str(call.params) for call in world.whatsapp.calls if call.method == "messages")


def shown(desk: Topic, fragment: str) -> int:
    return sum(fragment in message["text"] for message in desk.messages)


async def delivery_of(words: str) -> Delivery:
    found = [one for one in await messages.of_ticket(1) if one.author is ActorKind.AGENT and words in one.content.text]
    return found[0].delivery


async def test_an_answer_after_a_day_waits_for_the_customers_next_word(world: World, app: App, ayse: Phone) -> None:
    desk = await a_ticket(world, ayse)
    world.clock.move(DAY_AND_AN_HOUR)
    written = desk.writes(ELIF.user_id, "Kablo takılı mı?")
    desk.writes(ELIF.user_id, "Bir de fişe bakın.")
    await desk.shows("😴", "müşteri yazınca")
    await world.changes.wait_for(lambda: marks(desk, written) == ["😴"], what="the mark of a kept answer")
    assert sent(world, "Kablo takılı mı?") == 0
    ayse.says("Orada mısınız?")
    await ayse.hears("Kablo takılı mı?")
    await ayse.hears("Bir de fişe bakın.")
    ayse.says("Takılı")
    await desk.shows("Takılı")
    await world.changes.wait_for(lambda: marks(desk, written) == ["👍"], what="the mark of a delivered answer")
    assert sent(world, "Kablo takılı mı?") == sent(world, "fişe bakın") == 1


def marks(desk: Topic, message: object) -> list[str]:
    return [reaction["emoji"] for reaction in desk.message(message)["reactions"]]


@pytest.mark.parametrize("errors", ["late", "sync"])
async def test_a_window_that_only_meta_knows_to_be_shut_parks_just_the_same(
    world: World, app: App, ayse: Phone, errors: str
) -> None:
    desk = await a_ticket(world, ayse)
    world.whatsapp.window_errors = "sync" if errors == "sync" else "late"
    world.act({"do": "fault", "name": "shut_window", "on": True})
    written = desk.writes(ELIF.user_id, "Kablo takılı mı?")
    await desk.shows("😴", "müşteri yazınca")
    await world.changes.wait_for(lambda: marks(desk, written) == ["😴"], what="the mark of a kept answer")
    assert await delivery_of("Kablo") is Delivery.PARKED
    ayse.says("Orada mısınız?")
    await ayse.hears("Kablo takılı mı?")
    await world.whatsapp.settle()
    ayse.says("Takılı")
    await desk.shows("Takılı")
    assert heard(ayse, "Kablo takılı mı?") == 1
    assert shown(desk, "😴") == 1


async def test_a_late_refusal_that_the_customers_word_overtook_sends_the_answer_again(
    world: World, app: App, ayse: Phone
) -> None:
    desk = await a_ticket(world, ayse)
    world.act({"do": "fault", "name": "shut_window", "on": True})
    world.whatsapp.status_delay = 0.5
    desk.writes(ELIF.user_id, "Kablo takılı mı?")
    await world.changes.wait_for(lambda: sent(world, "Kablo takılı mı?") == 1, what="the answer to leave")
    ayse.says("Orada mısınız?")
    await desk.shows("Orada mısınız?")
    await world.changes.wait_for(lambda: sent(world, "Kablo takılı mı?") == 2, what="the answer to leave again")
    await world.whatsapp.settle()
    assert sent(world, "Kablo takılı mı?") == 2
    assert heard(ayse, "Kablo takılı mı?") == 1


async def test_an_answer_that_was_kept_for_days_is_not_given_up_at_the_first_trouble(
    world: World, app: App, ayse: Phone
) -> None:
    desk = await a_ticket(world, ayse)
    world.clock.move(DAY_AND_AN_HOUR)
    desk.writes(ELIF.user_id, "Kablo takılı mı?")
    await desk.shows("😴", "müşteri yazınca")
    world.clock.move(3 * DAY_AND_AN_HOUR)
    limit = {"error": {"message": "(#130429) Rate limit hit", "type": "OAuthException", "code": 130429}}
    world.whatsapp.faults.add("messages", error(400, limit))
    ayse.says("Orada mısınız?")
    await ayse.hears("Kablo takılı mı?")
    assert shown(desk, "💔") == 0


async def test_a_press_opens_the_window_too(world: World, app: App, emre: Phone) -> None:
    desk = await a_ticket(world, emre)
    world.clock.move(DAY_AND_AN_HOUR)
    desk.writes(ELIF.user_id, "Kablo takılı mı?")
    await desk.shows("😴", "müşteri yazınca")
    emre.presses("Arıza")
    await emre.hears("Kablo takılı mı?")
    assert heard(emre, "Kablo takılı mı?") == 1


async def test_what_is_parked_survives_a_restart(world: World, settings: Settings) -> None:
    ayse = Phone(world, AYSE.key)
    async with opened(settings) as app:
        world.whatsapp.webhook_url = f"http://127.0.0.1:{app.port}/webhooks/whatsapp"
        desk = await a_ticket(world, ayse)
        world.clock.move(DAY_AND_AN_HOUR)
        desk.writes(ELIF.user_id, "Kablo takılı mı?")
        await desk.shows("😴", "müşteri yazınca")
    async with opened(settings) as app:
        world.whatsapp.webhook_url = f"http://127.0.0.1:{app.port}/webhooks/whatsapp"
        ayse.says("Orada mısınız?")
        await ayse.hears("Kablo takılı mı?")
        await world.whatsapp.settle()
    assert heard(ayse, "Kablo takılı mı?") == 1


async def test_a_card_says_that_the_window_is_shut_and_open_again(world: World, settings: Settings) -> None:
    ayse = Phone(world, AYSE.key)

    async def on_the_card(desk: Topic, words: str) -> None:
        await world.changes.wait_for(lambda: f"WhatsApp penceresi: {words}" in desk.card["text"], 10, what=words)

    async with opened(settings) as app:
        world.whatsapp.webhook_url = f"http://127.0.0.1:{app.port}/webhooks/whatsapp"
        desk = await a_ticket(world, ayse)
        world.clock.move(DAY_AND_AN_HOUR - 2 * 3600)
        desk.writes(ELIF.user_id, "/postpone 30d")  # nothing else that comes due draws the card now
        await desk.is_called("💤")
        await on_the_card(desk, "en az")
        await world.whatsapp.settle()
        world.clock.move(2 * 3600)
    async with opened(settings) as app:
        world.whatsapp.webhook_url = f"http://127.0.0.1:{app.port}/webhooks/whatsapp"
        await on_the_card(desk, "kapalı")
        ayse.says("Orada mısınız?")
        await on_the_card(desk, "en az")


async def test_a_customer_out_of_reach_is_told_with_a_way_to_send_again(world: World, app: App, ayse: Phone) -> None:
    desk = await a_ticket(world, ayse)
    ayse.does("block", on=True)
    written = desk.writes(ELIF.user_id, "Kablo takılı mı?")
    await desk.shows("💔", "ulaşılamıyor")
    await world.changes.wait_for(lambda: marks(desk, written) == ["💔"], what="the mark of a failed answer")
    ayse.does("block", on=False)
    desk.presses(ELIF.user_id, "Yeniden gönder")
    await ayse.hears("Kablo takılı mı?")

    async def delivered() -> bool:
        return await delivery_of("Kablo") is Delivery.DELIVERED

    await comes_true(delivered, "the answer to be delivered")
    assert heard(ayse, "Kablo takılı mı?") == 1


async def test_a_customer_who_blocks_the_bot_is_told_and_heard_of_again(world: World, app: App, zeynep: Phone) -> None:
    desk = await a_ticket(world, zeynep)
    zeynep.does("block", on=True)
    await desk.shows("🚫")
    desk.writes(ELIF.user_id, "Kablo takılı mı?")
    await desk.shows("💔", "engellemiş")
    zeynep.does("block", on=False)
    await desk.shows("✅", "engeli kaldırdı")
    desk.presses(ELIF.user_id, "Yeniden gönder")
    await zeynep.hears("Kablo takılı mı?")
    assert heard(zeynep, "Kablo takılı mı?") == 1
