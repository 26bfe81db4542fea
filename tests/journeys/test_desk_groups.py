"""Several agents' groups: tickets in turn, teams, and answers from wherever the ticket is."""

import pytest

from adapters.sandbox.page.cast import AGENTS, AYSE, DENIZ, ELIF, EMRE, MERT, ZEYNEP
from adapters.sandbox.players import Phone
from adapters.sandbox.world import World
from config.app import App
from tests.journeys.desk_crowd import BILLING, SECOND, Message, posts, shown, thread_of

FIRST_TICKET, SECOND_TICKET = "#2026-000001", "#2026-000002"


@pytest.fixture
async def world(world: World) -> World:
    """A second group for everybody and one of the team that looks after invoices; Mert sits only there."""
    for chat, title in ((SECOND, "Gişe 2"), (BILLING, "Fatura")):
        world.telegram.add_group(chat, title, forum=True, bot_status="administrator")
    for agent in AGENTS:
        world.telegram.join_group(agent.user_id, chat_id=SECOND)
    world.telegram.join_group(MERT.user_id, chat_id=BILLING)
    return world


@pytest.fixture
def extra() -> dict[str, str]:
    return {"GISE_TELEGRAM__MORE_GROUPS": f'[{{"id": {SECOND}}}, {{"id": {BILLING}, "team": "Fatura"}}]'}


def writes(world: World, agent: int, post: Message, text: str) -> None:
    """An agent writes into the topic that post is in."""
    world.telegram.say(agent, text, chat_id=post["chat"]["id"], thread_id=thread_of(post))


async def test_tickets_go_to_the_groups_in_turn_and_are_answered_where_they_are(world: World, app: App) -> None:
    ayse, emre = Phone(world, AYSE.key), Phone(world, EMRE.key)
    ayse.says("Yazıcı çalışmıyor")
    first = await shown(world, world.telegram.group_id, "👤", "Yazıcı çalışmıyor")
    emre.says("Tarayıcı çalışmıyor")
    second = await shown(world, SECOND, "👤", "Tarayıcı çalışmıyor")
    writes(world, ELIF.user_id, second, "Tarayıcıya bakıyoruz")
    await emre.hears("Tarayıcıya bakıyoruz")
    writes(world, DENIZ.user_id, first, "Yazıcıya bakıyoruz")
    await ayse.hears("Yazıcıya bakıyoruz")
    assert not [post for post in posts(world, BILLING) if "çalışmıyor" in post["text"]]
    menus = [name for name in world.telegram.commands_menu() if name.startswith("chat:")]
    assert {str(SECOND), str(BILLING)} <= {name.split(":")[1].partition("/")[0] for name in menus}


async def test_a_team_takes_over_with_a_way_back_and_the_old_topic_says_where_it_went(world: World, app: App) -> None:
    zeynep = Phone(world, ZEYNEP.key)
    zeynep.says("Faturam yanlış")
    old = await shown(world, world.telegram.group_id, "👤", "Faturam yanlış")
    writes(world, ELIF.user_id, old, "/assign FATURA")
    card = await shown(world, BILLING, FIRST_TICKET, "Yeni")
    internal = str(world.telegram.group_id).removeprefix("-100")
    await shown(world, BILLING, f"https://t.me/c/{internal}/{thread_of(old)}")
    pointer = await shown(world, world.telegram.group_id, FIRST_TICKET, "Fatura", "↪")
    assert thread_of(pointer) == thread_of(old)
    zeynep.says("Orada mısınız?")
    new = await shown(world, BILLING, "👤", "Orada mısınız?")
    assert thread_of(new) == thread_of(card)
    writes(world, MERT.user_id, new, "Faturanıza bakıyoruz")
    await zeynep.hears("Faturanıza bakıyoruz")
    writes(world, ELIF.user_id, old, "Bu söz kaybolmasın")
    await shown(world, world.telegram.group_id, FIRST_TICKET, f"/{thread_of(new)}")
    writes(world, MERT.user_id, new, "Son söz")
    await zeynep.hears("Son söz")
    assert not [message for message in zeynep.messages if "kaybolmasın" in message["text"]]
    assert world.telegram.breaches == 0
