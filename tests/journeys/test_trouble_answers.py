"""Answers that get lost on the way back: who can know whether a message is out, and what is done about it."""

from adapters.sandbox.faults import reset_after, reset_before
from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone, Topic, comes_true, topic, topics
from adapters.sandbox.world import World
from bot.domain.ledger import Delivery
from bot.domain.ticket import ActorKind
from config.app import App
from store import messages

NUMBER = "#2026-000001"
LONG_ENOUGH_FOR_A_RECEIPT = 60.0


async def a_ticket(world: World, customer: Phone) -> Topic:
    customer.says("Yazıcı çalışmıyor")
    await customer.hears(NUMBER)
    desk = await topic(world, NUMBER)
    await desk.shows("👤", "Yazıcı çalışmıyor")
    await world.whatsapp.settle()
    return desk


def heard(phone: Phone, fragment: str) -> int:
    return sum(fragment in message["text"] for message in phone.messages if not message["out"])


def shown(desk: Topic, fragment: str) -> int:
    return sum(fragment in message["text"] for message in desk.messages)


def sent(world: World, fragment: str) -> int:
    """How often the words went to Meta."""
    return sum(fragment in str(call.params) for call in world.whatsapp.calls if call.method == "messages")


async def answer_is(delivery: Delivery) -> None:
    """Wait until the agent's first answer has come to this."""

    async def look() -> bool:
        answers = [one for one in await messages.of_ticket(1) if one.author is ActorKind.AGENT]
        return bool(answers) and answers[0].delivery is delivery

    await comes_true(look, f"the answer to be {delivery}")


async def test_on_telegram_the_agent_sees_the_doubt_and_decides(world: World, app: App, zeynep: Phone) -> None:
    desk = await a_ticket(world, zeynep)
    world.telegram.faults.add("sendMessage", reset_after())
    desk.writes(ELIF.user_id, "Kablo takılı mı?")
    await desk.shows("🤔", "bilinmiyor")
    desk.writes(ELIF.user_id, "Bir de fişe bakın.")
    await zeynep.hears("fişe bakın")
    assert heard(zeynep, "Kablo takılı mı?") == 1
    desk.presses(ELIF.user_id, "Yeniden gönder")
    await world.changes.wait_for(lambda: heard(zeynep, "Kablo takılı mı?") == 2, what="the answer again")
    await pressed_again(world, desk)
    assert heard(zeynep, "Kablo takılı mı?") == 2


async def pressed_again(world: World, desk: Topic) -> None:
    """A second press says that there is no need."""
    query = desk.presses(ELIF.user_id, "Yeniden gönder")["answer"]

    def told() -> bool:
        return "Gerek kalmadı" in world.telegram.answers().get(query, {}).get("text", "")

    await world.changes.wait_for(told, what="the toast of the second press")


async def test_on_whatsapp_the_receipt_tells_and_nothing_is_sent_again(world: World, app: App, ayse: Phone) -> None:
    desk = await a_ticket(world, ayse)
    world.whatsapp.faults.add("messages", reset_after())
    desk.writes(ELIF.user_id, "Kablo takılı mı?")
    await answer_is(Delivery.DELIVERED)
    desk.writes(ELIF.user_id, "Bir de fişe bakın.")
    await ayse.hears("fişe bakın")
    world.clock.move(LONG_ENOUGH_FOR_A_RECEIPT)
    ayse.says("Takılı")
    await desk.shows("Takılı")
    assert sent(world, "Kablo takılı mı?") == 1


async def test_on_whatsapp_what_no_receipt_proves_is_sent_again_in_its_place(
    world: World, app: App, ayse: Phone
) -> None:
    desk = await a_ticket(world, ayse)
    world.whatsapp.faults.add("messages", reset_before())
    desk.writes(ELIF.user_id, "Kablo takılı mı?")
    desk.writes(ELIF.user_id, "Bir de fişe bakın.")
    await answer_is(Delivery.UNCERTAIN)
    ayse.says("Orada mısınız?")
    await desk.shows("Orada mısınız?")
    world.clock.move(LONG_ENOUGH_FOR_A_RECEIPT)
    await ayse.hears("Kablo takılı mı?")
    await ayse.hears("fişe bakın")
    assert heard(ayse, "Kablo takılı mı?") == 1


async def test_into_the_group_it_is_posted_again_with_a_mark(world: World, app: App, zeynep: Phone) -> None:
    desk = await a_ticket(world, zeynep)
    world.telegram.faults.add("sendMessage", reset_after())
    zeynep.says("Bir de kâğıt bitti")
    await desk.shows("🔁", "kâğıt bitti")
    zeynep.says("Sonuncusu")
    await desk.shows("Sonuncusu")
    assert shown(desk, "kâğıt bitti") == 2
    assert shown(desk, "Sonuncusu") == 1


async def test_a_topic_whose_opening_got_no_answer_is_opened_again_with_card_and_words(
    world: World, app: App, zeynep: Phone
) -> None:
    world.telegram.faults.add("createForumTopic", reset_after())
    zeynep.says("Yazıcı çalışmıyor")
    await zeynep.hears(NUMBER)

    def complete() -> bool:
        texts = [" ".join(message["text"] for message in one["messages"]) for one in topics(world)]
        return any(NUMBER in text and "👤" in text for text in texts)

    await world.changes.wait_for(complete, 10.0, what="a topic with card and words")
