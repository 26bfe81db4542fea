"""A plain group of agents that becomes a supergroup, with another id, in the middle of the work."""

from typing import Any

import pytest

from adapters.sandbox.page.cast import AGENTS, DENIZ, ELIF, ZEYNEP
from adapters.sandbox.players import Phone
from adapters.sandbox.world import World
from config.app import opened
from config.settings import Settings

NUMBER = "#2026-000001"
PLAIN, SUPER = -4000000077, -1001000000077


@pytest.fixture
async def world(world: World) -> World:
    """The agents sit in a basic group, which has neither topics nor a lasting id."""
    world.telegram.add_group(PLAIN, "Gişe", bot_status="administrator")
    for agent in AGENTS:
        world.telegram.join_group(agent.user_id, chat_id=PLAIN)
    world.telegram.group_id = PLAIN
    return world


async def shown(world: World, *fragments: str) -> dict[str, Any]:
    """Wait for a post in the group, by the id it has now, that contains all fragments."""

    def found() -> dict[str, Any] | None:
        for message in world.telegram.messages(world.telegram.group_id):
            if all(fragment in message.get("text", "") for fragment in fragments):
                return message
        return None

    return await world.changes.wait_for(found, 10.0, what=f"the group to show {fragments}")


def replies(world: World, post: dict[str, Any], text: str) -> None:
    world.telegram.say(ELIF.user_id, text, chat_id=world.telegram.group_id, reply_to=post["message_id"])


async def test_the_work_goes_on_in_the_new_group_and_after_a_restart_too(world: World, settings: Settings) -> None:
    zeynep = Phone(world, ZEYNEP.key)
    async with opened(settings):
        zeynep.says("Yazıcı çalışmıyor")
        replies(world, await shown(world, "👤", "Yazıcı çalışmıyor"), "Bakıyoruz")
        await zeynep.hears("Bakıyoruz")
        world.telegram.migrate_group(DENIZ.user_id, new_id=SUPER)
        await shown(world, NUMBER, "İnceleniyor")
        zeynep.says("Orada mısınız?")
        replies(world, await shown(world, "👤", "Orada mısınız?"), "Buradayız")
        await zeynep.hears("Buradayız")
    async with opened(settings):
        replies(world, await shown(world, "👤", "Orada mısınız?"), "Yine buradayız")
        await zeynep.hears("Yine buradayız")
    assert not [
        call for call in world.telegram.calls if call.method.startswith("edit") and call.ok and _misplaced(call)
    ]


def _misplaced(call: Any) -> bool:
    """An edit in the new group of a post that is not a card."""
    edited = call.ok and call.method.startswith("edit") and call.params.get("chat_id") == SUPER
    return edited and NUMBER not in str(call.params.get("text"))


async def test_a_group_that_moved_while_gise_was_down_is_found_by_its_first_post(
    world: World, settings: Settings
) -> None:
    zeynep = Phone(world, ZEYNEP.key)
    async with opened(settings):
        zeynep.says("Yazıcı çalışmıyor")
        await shown(world, "👤", "Yazıcı çalışmıyor")
    world.telegram.migrate_group(DENIZ.user_id, new_id=SUPER)
    zeynep.says("Orada mısınız?")
    async with opened(settings):
        replies(world, await shown(world, "👤", "Orada mısınız?"), "Buradayız")
        await zeynep.hears("Buradayız")
