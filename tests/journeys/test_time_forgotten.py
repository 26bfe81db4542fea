"""Agents who forget, promises that break step by step, and a day of downtime, under the levels that ship."""

from contextlib import AsyncExitStack

import pytest

from adapters.sandbox.page.cast import AYSE, DENIZ, ELIF, EMRE, JOHN, MERT, ZEYNEP
from adapters.sandbox.players import Phone, Topic, comes_true, topic
from adapters.sandbox.world import World
from bot.domain.ticket import Action, ActorKind, Ticket
from config.app import App, opened
from config.settings import Settings
from store import desk, escalations, tickets
from tests.journeys.agents_desk import NUMBER
from tests.journeys.desk_crowd import posts, shown

MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def limits() -> bool:
    """These stories are about time, not about the platforms' pace."""
    return False


async def seated(world: World, *names: str) -> None:
    """Agents are known once they have said something; Deniz is the admin."""
    for agent in (DENIZ, ELIF, MERT):
        if agent.name in names:
            world.act({"do": "say", "who": f"telegram:{agent.user_id}", "place": "desk", "text": "/back"})

    async def known() -> bool:
        return {one.name for one in await desk.agents()} >= set(names)

    await comes_true(known, f"{names} to be known")


async def opened_by(world: World, phone: Phone) -> Topic:
    phone.says("Yazıcı çalışmıyor")
    await phone.hears(NUMBER)
    return await topic(world, NUMBER)


async def ticket() -> Ticket:
    found = await tickets.by_number(NUMBER)
    assert found is not None
    return found


async def test_a_ticket_that_nobody_takes_and_then_somebody_forgets_moves_on(
    world: World, app: App, zeynep: Phone
) -> None:
    await seated(world, "Elif", "Mert", "Deniz")
    desk_topic = await opened_by(world, zeynep)
    world.clock.move(15 * MINUTE + 1)
    await desk_topic.shows("🔁", NUMBER, "→ Elif", "@elif", "@deniz")
    await zeynep.hears("inceleniyor")
    world.clock.move(91 * MINUTE)
    await desk_topic.shows("⏳", "Durum sınırı", "@elif")
    world.clock.move(30 * MINUTE)
    await desk_topic.shows("🔁", "Elif → Mert", "@mert", "@elif", "@deniz")
    moved = [step for step in await tickets.history((await ticket()).id) if step.action is Action.ASSIGN]
    assert [(step.actor.kind, step.reason) for step in moved] == [
        (ActorKind.SYSTEM, "15 dk boyunca kimse yazmadı"),
        (ActorKind.SYSTEM, "2 sa boyunca kimse yazmadı"),
    ]
    desk_topic.writes(MERT.user_id, "Hemen bakıyorum")
    await zeynep.hears("Hemen bakıyorum")
    assert (await ticket()).assignee == MERT.user_id


async def test_a_promise_that_breaks_is_told_step_by_step_and_an_answer_ends_it(
    world: World, app: App, zeynep: Phone
) -> None:
    await seated(world, "Elif", "Deniz")
    desk_topic = await opened_by(world, zeynep)
    desk_topic.writes(ELIF.user_id, "/take")
    await zeynep.hears("inceleniyor")
    world.clock.move(3 * HOUR + MINUTE)
    await desk_topic.shows("⏳", "İlk yanıt", "@elif")
    assert not [
        message for message in desk_topic.messages if "🔥" in message["text"] and "İlk yanıt" in message["text"]
    ]
    world.clock.move(HOUR)
    await desk_topic.shows("🔥", "İlk yanıt", "@deniz")
    desk_topic.writes(ELIF.user_id, "Kabloyu kontrol eder misiniz?")
    await zeynep.hears("Kabloyu")
    desk_topic.writes(ELIF.user_id, "/why")
    await desk_topic.shows("İlk yanıt: aşıldı")


async def test_a_day_of_downtime_is_caught_up_with_in_one_digest(world: World, settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(opened(settings))
        world.whatsapp.webhook_url = f"http://127.0.0.1:{app.port}/webhooks/whatsapp"
        await seated(world, "Elif", "Mert", "Deniz")
        for number, customer in enumerate((AYSE, EMRE, ZEYNEP, JOHN), start=1):
            phone = Phone(world, customer.key)
            phone.says("Yazıcı çalışmıyor")
            await phone.hears(f"#2026-{number:06d}")
            await topic(world, f"#2026-{number:06d}")
    world.clock.move(24 * HOUR)
    before = len(posts(world, world.telegram.group_id))
    async with opened(settings) as app:
        digest = await shown(world, world.telegram.group_id, "⏱", "talebin süresi", "#2026-000001", "#2026-000004")

        async def quiet() -> bool:
            return not await escalations.untold(1)

        await comes_true(quiet, "everything to be told")
    lines = digest["text"].splitlines()
    assert len(lines) == len(set(lines)), "nothing is said twice"
    assert sum(line.startswith("🔁") for line in lines) == 4
    told = [post["text"] for post in posts(world, world.telegram.group_id)[before:]]
    assert sum(text.startswith(("⏱", "🔥", "⏳", "🔁")) for text in told) == 1
