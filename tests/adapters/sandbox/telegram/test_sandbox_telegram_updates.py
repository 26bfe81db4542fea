"""getUpdates and the webhook deliver what happened, once confirmed never again, and to one reader at a time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from aiogram.types import Update
from aiohttp import web

from tests.adapters.sandbox.telegram.conftest import AYSE, DENIZ, GROUP, OpenSandbox, Sandbox


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_updates_come_again_until_a_higher_offset_confirms_them(sandbox: Sandbox) -> None:
    sandbox.server.say(AYSE, "bir")
    sandbox.server.say(AYSE, "iki")
    first = await sandbox.updates()
    assert texts(first) == ["/start", "bir", "iki"]
    assert await sandbox.updates() == first
    assert texts(await sandbox.updates(first[0]["update_id"] + 1)) == ["bir", "iki"]
    assert texts(await sandbox.updates(limit=1)) == ["bir"]
    assert await sandbox.updates(first[-1]["update_id"] + 1) == []
    assert sandbox.server.unconfirmed == []


async def test_a_negative_offset_forgets_all_but_the_last(sandbox: Sandbox) -> None:
    for text in ("bir", "iki", "üç"):
        sandbox.server.say(AYSE, text)
    assert texts(await sandbox.updates(-1)) == ["üç"]
    assert texts(await sandbox.updates()) == ["üç"]


async def test_a_long_poll_answers_as_soon_as_something_happens(sandbox: Sandbox) -> None:
    last = (await sandbox.updates())[-1]["update_id"]
    poll = asyncio.create_task(sandbox.updates(last + 1, timeout=30))
    await sandbox.changes.wait_for(lambda: not sandbox.server.unconfirmed, what="the poll's arrival")
    sandbox.server.say(AYSE, "merhaba")
    assert texts(await asyncio.wait_for(poll, 2)) == ["merhaba"]


async def test_a_second_poll_ends_the_first_with_a_conflict(sandbox: Sandbox) -> None:
    last = (await sandbox.updates())[-1]["update_id"]
    first = asyncio.create_task(sandbox.call("getUpdates", offset=last + 1, timeout=30))
    await sandbox.changes.wait_for(lambda: not sandbox.server.unconfirmed, what="the first poll's arrival")
    assert await sandbox.updates(last + 1) == []
    status, body = await asyncio.wait_for(first, 2)
    assert (status, body["error_code"]) == (409, 409)
    assert "terminated by other getUpdates request" in body["description"]


async def test_polling_is_refused_while_a_webhook_is_set(sandbox: Sandbox) -> None:
    await sandbox.bot.set_webhook("https://gise.invalid/hook")
    assert "while webhook is active" in await sandbox.described("getUpdates")
    await sandbox.bot.delete_webhook()
    assert texts(await sandbox.updates()) == ["/start"]


async def test_members_and_reactions_are_told_only_when_asked_for(sandbox: Sandbox) -> None:
    sandbox.server.leave_group(DENIZ)
    sandbox.server.react(AYSE, AYSE, 2, "👍")
    assert [set(update) - {"update_id"} for update in await sandbox.updates()] == [{"message"}]
    await sandbox.updates(allowed_updates=["chat_member", "message_reaction"])
    sandbox.server.join_group(DENIZ)
    sandbox.server.react(AYSE, AYSE, 2, None)
    sandbox.server.say(AYSE, "not asked for any more")
    kinds = [set(update) - {"update_id"} for update in await sandbox.updates()]
    assert kinds == [{"message"}, {"chat_member"}, {"message_reaction"}]


async def test_every_kind_of_update_is_one_aiogram_can_read(sandbox: Sandbox) -> None:
    server = sandbox.server
    await sandbox.updates(allowed_updates=["message", "edited_message", "callback_query", "message_reaction",
                                           "chat_member", "my_chat_member"])  # fmt: skip
    server.add_user(7002, "Can")
    server.join_group(7002)
    written = server.say(AYSE, "bozuldu")
    server.edit(AYSE, AYSE, written["message_id"], "yine bozuldu")
    server.react(AYSE, AYSE, written["message_id"], "👎")
    server.send_location(AYSE, 41.0, 29.0)
    server.send_contact(AYSE, "+905550000009", "Usta")
    for kind in ("photo", "video", "document", "voice", "audio", "animation", "sticker", "video_note"):
        server.send_file(AYSE, kind, b"bytes", name="dosya.bin", caption="" if kind == "sticker" else "bak")
    server.block(AYSE)
    updates = await sandbox.updates()
    read = [Update.model_validate(update) for update in updates]
    assert [update.event_type for update in read] == [
        *("message", "chat_member", "message", "edited_message", "message_reaction"),
        *["message"] * 10,
        "my_chat_member",
    ]
    assert [update.message.content_type for update in read if update.message][2:] == [
        *("location", "contact", "photo", "video", "document", "voice", "audio"),
        *("animation", "sticker", "video_note"),
    ]


async def test_with_privacy_mode_a_plain_member_bot_hears_only_what_is_meant_for_it(
    open_sandbox: OpenSandbox,
) -> None:
    sandbox = await open_sandbox(privacy=True, bot_is_admin=False, forum=False)
    server = sandbox.server
    server.say(DENIZ, "unter uns", chat_id=GROUP)
    server.say(DENIZ, "/take", chat_id=GROUP)
    server.say(DENIZ, "/take@gise_sandbox_bot", chat_id=GROUP)
    server.say(DENIZ, "/take@another_bot", chat_id=GROUP)
    card = await sandbox.bot.send_message(GROUP, "#2026-000001")
    server.say(DENIZ, "geliyorum", chat_id=GROUP, reply_to=card.message_id)
    server.say(DENIZ, "/take", chat_id=GROUP)
    server.say(AYSE, "hepsi", chat_id=AYSE)
    assert texts(await sandbox.updates()) == ["/take@gise_sandbox_bot", "geliyorum", "/take", "hepsi"]


async def test_without_privacy_mode_a_plain_member_bot_hears_words_but_no_reactions(
    open_sandbox: OpenSandbox,
) -> None:
    sandbox = await open_sandbox(bot_is_admin=False)
    await sandbox.updates(allowed_updates=["message", "message_reaction"])
    said = sandbox.server.say(DENIZ, "unter uns", chat_id=GROUP)
    sandbox.server.react(DENIZ, GROUP, said["message_id"], "👍")
    assert [set(update) - {"update_id"} for update in await sandbox.updates()] == [{"message"}]


async def test_an_admin_bot_hears_everything_in_spite_of_privacy_mode(open_sandbox: OpenSandbox) -> None:
    sandbox = await open_sandbox(privacy=True)
    sandbox.server.say(DENIZ, "unter uns", chat_id=GROUP)
    assert texts(await sandbox.updates()) == ["unter uns"]


async def test_a_raw_update_is_queued_as_it_is(sandbox: Sandbox) -> None:
    update_id = sandbox.server.queue_update({"update_id": 1, "tomorrows_invention": {"x": 1}})
    assert (await sandbox.updates(update_id)) == [{"update_id": update_id, "tomorrows_invention": {"x": 1}}]


class Hook:
    """A bot's webhook: keeps what it accepts, refuses as often as it is told to."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.changes = sandbox.changes
        self.refusals = 0
        self.secrets: list[str | None] = []
        self.accepted: list[dict[str, Any]] = []
        self.url = ""

    async def post(self, request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=500)
        self.accepted.append(body)
        self.changes.changed()
        return web.Response()


@pytest.fixture
async def hook(sandbox: Sandbox) -> AsyncIterator[Hook]:
    kept = Hook(sandbox)
    app = web.Application()
    app.router.add_post("/hook", kept.post)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    kept.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield kept
    await runner.cleanup()


async def test_a_webhook_gets_old_and_new_updates_with_the_secret(sandbox: Sandbox, hook: Hook) -> None:
    await sandbox.bot.set_webhook(hook.url, secret_token="s3cret")
    sandbox.server.say(AYSE, "merhaba")
    await sandbox.changes.wait_for(lambda: not sandbox.server.unconfirmed, what="both deliveries")
    assert texts(hook.accepted) == ["/start", "merhaba"]
    assert hook.secrets == ["s3cret", "s3cret"]
    assert (await sandbox.bot.get_webhook_info()).pending_update_count == 0


async def test_a_webhook_update_is_repeated_until_it_is_accepted(sandbox: Sandbox, hook: Hook) -> None:
    hook.refusals = 2
    await sandbox.bot.set_webhook(hook.url)
    await sandbox.changes.wait_for(lambda: not sandbox.server.unconfirmed, what="the delivery")
    assert texts(hook.accepted) == ["/start"]
    assert hook.secrets == [None] * 3
    info = await sandbox.bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"


async def test_without_its_webhook_the_undelivered_waits_for_polling(sandbox: Sandbox, hook: Hook) -> None:
    hook.refusals = 1000
    await sandbox.bot.set_webhook(hook.url)
    await sandbox.changes.wait_for(lambda: len(hook.secrets) > 1, what="two attempts")
    await sandbox.bot.delete_webhook()
    assert texts(await sandbox.updates()) == ["/start"]


@pytest.mark.parametrize(
    ("url", "secret", "why"),
    [
        ("http://gise.invalid/hook", "", "An HTTPS URL must be provided"),
        ("https://gise.invalid/hook", "gişe", "secret token contains unallowed characters"),
    ],
)
async def test_a_bad_webhook_is_refused(sandbox: Sandbox, url: str, secret: str, why: str) -> None:
    assert why in await sandbox.described("setWebhook", url=url, secret_token=secret)


async def test_after_an_outage_delivery_goes_on_where_it_stopped(sandbox: Sandbox, hook: Hook) -> None:
    await sandbox.bot.set_webhook(hook.url)
    await sandbox.changes.wait_for(lambda: not sandbox.server.unconfirmed, what="the first delivery")
    port = int(sandbox.server.base_url.rpartition(":")[2])
    await sandbox.server.stop()
    sandbox.server.say(AYSE, "duyuyor musun?")
    assert len(sandbox.server.unconfirmed) == 1
    await sandbox.server.start(port=port)
    await sandbox.changes.wait_for(lambda: not sandbox.server.unconfirmed, what="the late delivery")
    assert texts(hook.accepted) == ["/start", "duyuyor musun?"]


async def test_a_waiting_poll_does_not_hold_up_the_stop(sandbox: Sandbox) -> None:
    last = (await sandbox.updates())[-1]["update_id"]
    poll = asyncio.create_task(sandbox.updates(last + 1, timeout=30))
    await sandbox.changes.wait_for(lambda: not sandbox.server.unconfirmed, what="the poll's arrival")
    await asyncio.wait_for(sandbox.server.stop(), 0.5)
    assert await poll == []
