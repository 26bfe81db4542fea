"""Polling: nothing is acknowledged before it is stored, and nothing stops the stream."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.faults import error, html_502, reset_before
from adapters.sandbox.telegram import TelegramServer
from adapters.telegram.lanes import UNPARSED
from adapters.telegram.updates import Pace, Poller
from bot.ports import Item

AYSE = 700001
UNSTORED = "Updates were not stored; they will be asked for again"
PACE = Pace(long_poll=5, first_pause=0.01, longest_pause=0.05, idle=0.01)


@dataclass
class Store:
    """The door behind the adapter: keeps what it is given, and may be told to fail."""

    items: list[Item] = field(default_factory=list)
    cursor: int = 0
    failures: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def accept(self, items: Sequence[Item], cursor: int | None = None) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        async with self.changed:
            known = {item.key for item in self.items}
            self.items += [item for item in items if item.key not in known]
            self.cursor = cursor if cursor is not None else self.cursor
            self.changed.notify_all()

    async def load_offset(self) -> int:
        return self.cursor

    async def has(self, count: int) -> None:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: len(self.items) >= count)

    def texts(self) -> list[str]:
        return [json.loads(item.raw)["message"]["text"] for item in self.items]


@dataclass
class Town:
    server: TelegramServer
    changes: Changes


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    changes = Changes()
    server = TelegramServer(SandboxClock(tmp_path / "offset"), changes)
    server.add_user(AYSE, "Ayşe")
    await server.start()
    yield Town(server, changes)
    await server.stop()


@contextlib.asynccontextmanager
async def polling(base_url: str, store: Store, token: str = "4242:SANDBOX", pace: Pace = PACE) -> AsyncIterator[Poller]:
    poller = Poller(
        bot_id=4242, token=token, accept=store.accept, load_offset=store.load_offset, api_base=base_url, pace=pace
    )
    task = asyncio.create_task(poller.run())
    try:
        yield poller
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            async with asyncio.timeout(1):
                await task


async def test_updates_are_stored_in_order_with_their_lanes_and_the_offset_follows(town: Town) -> None:
    store = Store()
    for text in ("bir", "iki", "üç"):
        town.server.say(AYSE, text)
    async with polling(town.server.base_url, store) as poller:
        await store.has(3)
        town.server.say(AYSE, "dört")
        await store.has(4)
        assert poller.status == "ok"
    assert store.texts() == ["bir", "iki", "üç", "dört"]
    last = json.loads(store.items[-1].raw)["update_id"]
    assert (store.items[-1].key, store.items[-1].lane) == (f"4242:{last}", f"tg:{AYSE}")
    assert store.cursor == last + 1


async def test_nothing_is_acknowledged_before_it_is_stored(town: Town) -> None:
    store = Store(failures=2)
    town.server.say(AYSE, "bir")
    async with polling(town.server.base_url, store):
        await store.has(1)
    polls = [int(call.params["offset"]) for call in town.server.calls if call.method == "getUpdates"]
    assert polls[:3] == [0, 0, 0]
    assert store.texts() == ["bir"]


async def test_what_we_cannot_store_is_asked_for_again_soon_however_long_that_lasts(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(failures=20)
    town.server.say(AYSE, "bir")
    async with polling(town.server.base_url, store, pace=replace(PACE, longest_pause=3_600.0)):
        await store.has(1)
    assert [record.message for record in caplog.records].count(UNSTORED) == 1


async def test_a_restart_goes_on_where_the_stored_offset_is(town: Town) -> None:
    store = Store()
    town.server.say(AYSE, "bir")
    async with polling(town.server.base_url, store):
        await store.has(1)
    town.server.say(AYSE, "iki")
    async with polling(town.server.base_url, store):
        await store.has(2)
    assert store.texts() == ["bir", "iki"]


async def test_trouble_on_the_way_is_weathered(town: Town) -> None:
    store = Store()
    flood = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 0.01}}
    for outcome in (html_502(), reset_before(), error(429, flood), error(200, "not json"), error(200, {"ok": True})):
        town.server.faults.add("getUpdates", outcome)
    town.server.say(AYSE, "bir")
    async with polling(town.server.base_url, store):
        await store.has(1)
    assert store.texts() == ["bir"]


async def test_a_webhook_in_the_way_shows_as_conflict_until_it_is_gone(town: Town) -> None:
    store = Store()
    words = "Conflict: can't use getUpdates method while webhook is active"
    body = {"ok": False, "error_code": 409, "description": words}
    town.server.faults.add("getUpdates", error(409, body), times=20)
    town.server.say(AYSE, "bir")
    async with polling(town.server.base_url, store) as poller:
        await town.changes.wait_for(lambda: poller.status == "conflict")
        assert "webhook" in poller.detail
        await store.has(1)


async def test_a_refused_token_shows_and_is_tried_again(town: Town) -> None:
    store = Store()
    refusal = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    town.server.faults.add("getUpdates", error(401, refusal), times=20)
    town.server.say(AYSE, "bir")
    async with polling(town.server.base_url, store) as poller:
        await town.changes.wait_for(lambda: poller.status == "unauthorized")
        assert not poller.caught_up
        await store.has(1)
        await town.changes.wait_for(lambda: poller.caught_up)


async def test_a_server_that_breaks_off_shows_as_unreachable_and_no_secret_is_told(town: Town) -> None:
    town.server.faults.add("getUpdates", reset_before(), times=100)
    async with polling(town.server.base_url, Store()) as poller:
        await town.changes.wait_for(lambda: poller.status == "unreachable")
        assert "SANDBOX" not in poller.detail


async def test_odd_updates_are_stored_and_hold_nobody_up(town: Town) -> None:
    store = Store()
    half_pair = '{"ok": true, "result": [{"message": 1}, {"update_id": 7, "message": {"text": "\\ud83d"}}, 5]}'
    town.server.faults.add("getUpdates", error(200, half_pair))
    town.server.say(AYSE, "bir")
    async with polling(town.server.base_url, store):
        await store.has(3)
    assert [item.lane for item in store.items] == [UNPARSED, "tg:other", f"tg:{AYSE}"]
    assert store.items[1].key == "4242:7"
