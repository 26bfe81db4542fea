"""What the watch finds at Telegram, and what it puts right at once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.faults import error
from adapters.sandbox.players import comes_true
from adapters.sandbox.telegram import TelegramServer
from adapters.telegram.channel import TelegramChannel
from adapters.telegram.updates import Pace, Poller
from adapters.telegram.watch import TelegramWatch
from bot.domain.errors import SendError
from bot.domain.troubles import Trouble
from bot.ports import Item

ELSEWHERE = "http://127.0.0.1:9/elsewhere"
PACE = Pace(long_poll=5, first_pause=0.01, longest_pause=0.05, idle=0.01)


@dataclass
class Post:
    """A sandbox with our poller at it, and the watch over both."""

    server: TelegramServer
    channel: TelegramChannel
    poller: Poller
    watch: TelegramWatch

    async def webhook(self) -> str:
        return (await self.channel.inspect()).webhook_url

    async def status(self, wanted: str) -> None:
        async def reached() -> bool:
            return self.poller.status == wanted

        await comes_true(reached, f"polling to be {wanted}")


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async def accept(items: Sequence[Item], cursor: int | None = None) -> None:
        """Everything is stored."""

    async def load_offset() -> int:
        return 0

    clock = SandboxClock(tmp_path / "offset")
    async with AsyncExitStack() as stack:
        server = TelegramServer(clock, Changes())
        await server.start()
        stack.push_async_callback(server.stop)
        base, group = server.base_url, str(server.group_id)
        channel = TelegramChannel(server.token, now=lambda: int(clock.now() * 1000), groups=[group], api_base=base)
        stack.push_async_callback(channel.close)
        poller = Poller(
            bot_id=4242, token=server.token, accept=accept, load_offset=load_offset, api_base=base, pace=PACE
        )
        task = asyncio.create_task(poller.run())
        stack.callback(task.cancel)
        watch = TelegramWatch(
            channel,
            poller,
            "",
            point_here=channel.use_polling,
            introduced=lambda: True,
            now=lambda: int(clock.now() * 1000),
        )
        made = Post(server, channel, poller, watch)
        await made.status("ok")
        yield made


async def test_all_is_well(post: Post) -> None:
    assert (await post.watch.polling(), await post.watch.account()) == ({}, {})


async def test_a_webhook_that_keeps_us_from_polling_is_taken_away_as_soon_as_it_is_noticed(post: Post) -> None:
    await post.channel.use_webhook(ELSEWHERE, "a-word")
    await post.status("conflict")
    assert set(await post.watch.polling()) == {Trouble.TELEGRAM_WEBHOOK}
    assert not await post.webhook()
    await post.status("ok")
    await post.watch.polling()
    assert await post.watch.polling() == {}


async def test_a_second_poller_is_noticed_also_between_two_conflicts(post: Post) -> None:
    words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    refusal = error(409, {"ok": False, "error_code": 409, "description": words})
    post.server.faults.add("getUpdates", refusal)
    post.server.queue_update({"poll": {"id": "1"}})

    async def collided() -> bool:
        return post.poller.conflicts == 1 and post.poller.status == "ok"

    await comes_true(collided, "a conflict that is over")
    assert set(await post.watch.polling()) == {Trouble.TELEGRAM_CONFLICT}
    assert await post.watch.polling() == {}


async def test_a_wish_to_wait_tells_nothing_about_the_account(post: Post) -> None:
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 3}}
    post.server.faults.add("getMe", error(429, body))
    with pytest.raises(SendError):
        await post.watch.account()


async def test_a_group_without_the_right_to_topics_is_named(post: Post) -> None:
    post.server.add_user(9001, "Deniz")
    post.server.set_bot_status("member", by=9001)
    [(trouble, told)] = (await post.watch.account()).items()
    assert trouble is Trouble.GROUP_RIGHTS
    assert str(post.server.group_id) in told
