"""Ways in which the platforms, the machine and the house itself fail, and how each is put right again."""

import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aiohttp import ClientSession

from adapters.sandbox.faults import Outcome, error
from adapters.sandbox.page.cast import AYSE, DENIZ
from adapters.sandbox.players import General, comes_true
from adapters.sandbox.world import World
from bot.domain.troubles import Trouble
from bot.inbox import MOST_PARKED_LINES
from config.app import App, opened
from config.probes import Probes
from config.settings import load_settings
from store.sql import rows

ALWAYS = 10**6
MEGABYTE = 2**20
ROOMY = 100_000 * MEGABYTE
ELSEWHERE = "http://127.0.0.1:9/elsewhere"
SECRET = "the-right-word-of-the-webhook-1234"
UNREADABLE = 8


class Machine:
    """The disk and the clock of the machine, as a scene wants them."""

    def __init__(self) -> None:
        self.free = ROOMY
        self.skew = 0.0

    @property
    def probes(self) -> Probes:
        return Probes(space=self._space, time=lambda: time.time() + self.skew)

    def _space(self, _folder: Path) -> Any:
        return SimpleNamespace(total=2 * ROOMY, free=self.free)


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything a scene may touch."""

    world: World
    app: App
    machine: Machine


Act = Callable[[Stage], Awaitable[None]]


async def _itself(stage: Stage) -> None:
    """Nobody has to do anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`breaks` brings the trouble about, `mends` ends it, which shows `within` so many seconds. `beside`: troubles that
    follow from it and need no alarm."""

    name: str
    trouble: Trouble
    breaks: Act
    mends: Act = _itself
    beside: frozenset[Trouble] = field(default_factory=frozenset)
    within: float = 60.0

    def __str__(self) -> str:
        return self.name


@asynccontextmanager
async def staged(folder: Path, *, webhook: bool = False) -> AsyncIterator[Stage]:
    """The unchanged application against the sandbox's platforms, on a machine of ours."""
    world, machine, port = World(folder, limits=False), Machine(), _free_port()
    await world.start()
    own = {
        "GISE_DATA_DIR": f"{folder}/data",
        "GISE_HTTP__PORT": str(port),
        "GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE": "0",
    }
    if webhook:
        own["GISE_TELEGRAM__MODE"] = "webhook"
        own["GISE_TELEGRAM__WEBHOOK_SECRET"] = SECRET
        own["GISE_TELEGRAM__WEBHOOK_URL"] = _hook(port)
    world.whatsapp.webhook_url = f"http://127.0.0.1:{port}/webhooks/whatsapp"
    try:
        async with opened(load_settings(world.environment() | own, None), machine.probes) as app:
            introduced = world.telegram.commands_menu
            await world.changes.wait_for(introduced, 20.0, what="the command menus")
            yield Stage(world, app, machine)
    finally:
        await world.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _hook(port: int) -> str:
    return f"http://127.0.0.1:{port}/webhooks/telegram"


async def _call(stage: Stage, method: str, **params: str) -> Any:
    """Somebody else uses the bot's token; returns Telegram's result."""
    telegram = stage.world.telegram
    address = f"{telegram.base_url}/bot{telegram.token}/{method}"
    async with ClientSession() as http, http.post(address, data=params) as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["result"]


async def polls_again(stage: Stage) -> None:
    """Wait until the newest of our polls was a good one."""
    calls = stage.world.telegram.calls

    def good() -> bool:
        return next(one.ok for one in reversed(calls) if one.method == "getUpdates")

    await stage.world.changes.wait_for(good, 30.0, what="a poll that goes well")


def telegram_always(outcome: Outcome) -> Act:
    async def breaks(stage: Stage) -> None:
        stage.world.telegram.faults.add("*", outcome, times=ALWAYS)

    return breaks


def whatsapp_always(outcome: Outcome) -> Act:
    async def breaks(stage: Stage) -> None:
        stage.world.whatsapp.faults.add("*", outcome, times=ALWAYS)

    return breaks


async def whatsapp_never(stage: Stage) -> None:
    stage.world.whatsapp.faults.clear()


async def second_poller(stage: Stage) -> None:
    """One call ends our long poll with 409; from then on every poll of ours meets the other."""
    words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    body = {"ok": False, "error_code": 409, "description": words}
    before = len(stage.world.telegram.calls)
    await _call(stage, "getUpdates", timeout="0")
    stage.world.telegram.faults.add("getUpdates", error(409, body), times=ALWAYS)
    calls = stage.world.telegram.calls
    refused = "a poll that is refused"
    await stage.world.changes.wait_for(lambda: any(not one.ok for one in calls[before:]), 10.0, what=refused)


async def poller_left(stage: Stage) -> None:
    stage.world.telegram.faults.clear()
    await polls_again(stage)


async def webhook_while_we_poll(stage: Stage) -> None:
    await _call(stage, "setWebhook", url=ELSEWHERE)


async def taken_back(stage: Stage) -> None:
    """Nobody waits for the next minute: the webhook is gone as soon as it was noticed."""
    assert not (await _call(stage, "getWebhookInfo"))["url"]
    await polls_again(stage)


async def webhook_elsewhere(stage: Stage) -> None:
    await _call(stage, "setWebhook", url=ELSEWHERE)


async def webhook_deleted(stage: Stage) -> None:
    await _call(stage, "deleteWebhook")


async def webhook_with_another_word(stage: Stage) -> None:
    """Our address, somebody else's secret: we refuse every update, and they pile up at Telegram."""
    await _call(stage, "setWebhook", url=_hook(stage.app.port), secret_token="another-word")
    for _ in range(12):
        stage.world.telegram.queue_update({"poll": {"id": "1"}})
    await stage.world.changes.wait_for(lambda: len(stage.world.telegram.unconfirmed) >= 12, 10.0, what="a queue")


async def webhook_with_the_right_word(stage: Stage) -> None:
    await _call(stage, "setWebhook", url=_hook(stage.app.port), secret_token=SECRET)
    await stage.world.changes.wait_for(lambda: not stage.world.telegram.unconfirmed, 10.0, what="an empty queue")


async def unsubscribed(stage: Stage) -> None:
    stage.world.whatsapp.subscribed = False


async def subscribed(stage: Stage) -> None:
    stage.world.whatsapp.subscribed = True


def room(megabytes: int) -> Act:
    async def leaves(stage: Stage) -> None:
        stage.machine.free = megabytes * MEGABYTE

    return leaves


def clock_off_by(seconds: float) -> Act:
    async def turns(stage: Stage) -> None:
        stage.machine.skew = seconds

    return turns


def bot_becomes(status: str) -> Act:
    async def becomes(stage: Stage) -> None:
        stage.world.telegram.set_bot_status(status, by=DENIZ.user_id)

    return becomes


async def database_shut(stage: Stage) -> None:
    """It can be read, and takes no writes; a customer's words meet a 503 and come again."""
    await rows("PRAGMA query_only = ON")
    stage.world.whatsapp.say(AYSE.address, "Beni kaybetmeyin")
    posts = stage.world.whatsapp.deliveries
    await stage.world.changes.wait_for(lambda: any(one.status == 503 for one in posts), 10.0, what="a 503")


async def database_open(stage: Stage) -> None:
    await rows("PRAGMA query_only = OFF")
    await stage.world.whatsapp.settle()


async def unreadable(stage: Stage) -> None:
    """Updates that make no sense come one after the other."""
    for _ in range(UNREADABLE):
        stage.world.telegram.queue_update({"message": "no object"})
    before = (await rows("SELECT count(*) AS n FROM inbox WHERE state = 'parked'"))[0]["n"]

    async def parked() -> bool:
        return bool(
            (await rows("SELECT count(*) AS n FROM inbox WHERE state = 'parked'"))[0]["n"] >= before + UNREADABLE
        )

    await comes_true(parked, "unreadable updates to be parked")


async def told_in_few_lines(stage: Stage) -> None:
    """Each has a line of its own in the group only while they are few."""
    [[parked]] = [row.values() for row in await rows("SELECT count(*) FROM inbox WHERE state = 'parked'")]
    lines = [message for message in General(stage.world).messages if "okunamadı ve saklandı (kayıt" in message["text"]]
    assert 0 < len(lines) * UNREADABLE <= parked * MOST_PARKED_LINES


async def stuck_inbox(stage: Stage) -> None:
    """A worker that never comes back holds a lane, and another update waits behind it."""
    now = stage.app.helpdesk.now()
    statement = (
        "INSERT INTO inbox (channel, key, lane, slot, raw, state, epoch, lease_until, received_at, due_at)"
        " VALUES ('telegram', ?, 'stuck', 0, x'7b7d', ?, 'lost', ?, ?, ?)"
    )
    await rows(statement, "hung", "claimed", 2 * now, now, now)
    await rows(statement, "behind", "waiting", 0, now, now)


async def freed_inbox(stage: Stage) -> None:
    await rows("DELETE FROM inbox WHERE lane = 'stuck'")


async def stuck_outbox(stage: Stage) -> None:
    now = stage.app.helpdesk.now()
    statement = (
        "INSERT INTO outbox (channel, lane, op, payload, urgency, budget, coalesce_key, state, epoch, lease_until,"
        " created_at, due_at, ready_at, attempts, external_id, error)"
        " VALUES ('desk', 'stuck', 'send', '{}', 1, '', '', ?, 'lost', ?, ?, ?, ?, 0, '', '')"
    )
    await rows(statement, "sending", 2 * now, now, now, now)
    await rows(statement, "pending", 0, now, now, now)


async def freed_outbox(stage: Stage) -> None:
    await rows("DELETE FROM outbox WHERE lane = 'stuck'")
