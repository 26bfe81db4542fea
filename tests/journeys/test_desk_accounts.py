"""A second bot that helps to write: whose posts are whose, and what happens when it may not."""

from typing import Any

import pytest
from aiohttp import ClientSession

from adapters.sandbox.page.cast import DENIZ, ELIF, ZEYNEP
from adapters.sandbox.players import Phone
from adapters.sandbox.world import World
from config.app import App
from tests.journeys.customers_phone import later
from tests.journeys.desk_crowd import Message, posts, shown, thread_of

HELPER = 4343
TOKEN = f"{HELPER}:HELPER"
LOOK = 6.0
"""Seconds after which health has surely looked again."""


@pytest.fixture
async def world(world: World) -> World:
    world.telegram.add_bot(TOKEN)
    return world


@pytest.fixture
def extra() -> dict[str, str]:
    return {"GISE_TELEGRAM__DESK_TOKENS": f'["{TOKEN}"]'}


def by(message: Message) -> int:
    return int(message["from"]["id"])


async def helped(world: World, text: str) -> tuple[Phone, Message]:
    """A customer's first message, and the helper's post that shows it."""
    zeynep = Phone(world, ZEYNEP.key)
    zeynep.says(text)
    return zeynep, await shown(world, world.telegram.group_id, "👤", text)


async def readyz(app: App) -> dict[str, Any]:
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{app.port}/readyz") as answer:
        found: dict[str, Any] = await answer.json(content_type=None)
        return found


async def test_the_helper_posts_words_and_the_main_bot_hears_answers_to_them(world: World, app: App) -> None:
    zeynep, post = await helped(world, "Yazıcı çalışmıyor")
    card = await shown(world, world.telegram.group_id, "#2026-000001", "Yeni")
    assert (by(post), by(card)) == (HELPER, 4242)
    world.telegram.say(
        ELIF.user_id,
        "Bakıyoruz",
        chat_id=world.telegram.group_id,
        thread_id=thread_of(post),
        reply_to=post["message_id"],
    )
    heard = await zeynep.hears("Bakıyoruz")
    assert heard["reply_to"]["text"] == "Yazıcı çalışmıyor"
    world.telegram.react(ELIF.user_id, world.telegram.group_id, post["message_id"], "👍")
    await world.changes.wait_for(
        lambda: any(message.get("reactions") for message in zeynep.messages if message["out"]), 10, what="a reaction"
    )
    assert {call.method for call in world.telegram.helper(HELPER).calls} == {"sendMessage"}
    assert world.telegram.breaches == 0


async def test_an_edit_of_what_the_helper_posted_is_the_helpers(world: World, app: App) -> None:
    zeynep, post = await helped(world, "Yazıcı çalışmıyor")
    said = next(message for message in zeynep.messages if message["text"] == "Yazıcı çalışmıyor")
    zeynep.does("edit", message=said["id"], text="Tarayıcı çalışmıyor")
    edited = await shown(world, world.telegram.group_id, "👤", "Tarayıcı çalışmıyor")
    assert (edited["message_id"], by(edited)) == (post["message_id"], HELPER)


@pytest.mark.parametrize("trouble", ["revoked", "kicked"])
async def test_without_the_helper_the_work_goes_on_with_one_alarm(world: World, app: App, trouble: str) -> None:
    zeynep, _ = await helped(world, "Yazıcı çalışmıyor")
    if trouble == "revoked":
        world.telegram.revoke(HELPER)
    else:
        world.telegram.set_bot_status("kicked", by=DENIZ.user_id, bot_id=HELPER)
    for words in ("Alo?", "Orada mısınız?"):
        zeynep.says(words)
        assert by(await shown(world, world.telegram.group_id, "👤", words)) == 4242
    alarm = await shown(world, world.telegram.group_id, f"bot {HELPER}")
    assert not alarm.get("is_topic_message")
    assert len([post for post in posts(world, world.telegram.group_id) if f"bot {HELPER}" in post["text"]]) == 1
    assert [name for name in app.outbox.troubles if name.startswith(f"bot {HELPER}")]
    await later(world, app, LOOK)
    await app.watch.turn()
    assert "helper-bot" in str(await readyz(app))
