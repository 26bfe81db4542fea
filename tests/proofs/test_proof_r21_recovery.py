"""R21: after a kill the door opens within seconds and the work is taken up; a stop in order leaves no doubt."""

import asyncio
import os
import re
import socket
import statistics
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from aiohttp import ClientSession

from adapters.sandbox.chaos.lives import Life, Nursery, listening
from adapters.sandbox.chaos.plan import Person, Plan
from adapters.sandbox.chaos.stage import Stage
from adapters.sandbox.faults import delay
from adapters.sandbox.page.cast import AYSE, EMRE
from adapters.sandbox.players import comes_true
from adapters.sandbox.world import World
from config.app import opened
from config.chaos import PROGRAM
from config.settings import load_settings
from store.sql import rows
from tests.proofs.processes import Gise, born, client, filled, looked_up, message
from tests.proofs.proof import Proof

DOOR_CPU = 3.0
"""Seconds of one processor until the first 200, at the most; where it is idle that is the time on the wall."""

USUAL_DOOR_CPU = 2.0
ORPHANS_SECONDS = 30.0
"""Of one processor too: the machine may be busy with other things."""

STOP_SECONDS = 10.0
UNDER_WAY_SECONDS = 0.3
WORD = re.compile(r"kelime-\d{5}")
WAITING = "SELECT count(*) FROM inbox WHERE state = 'waiting' AND key LIKE 'waiting-%'"
UNDECIDED = "SELECT count(*) FROM outbox WHERE state IN ('sending', 'uncertain')"


@dataclass(slots=True)
class Recoveries:
    """What was measured, and what must be there at the end."""

    walls: list[float]
    cpus: list[float]
    back: list[tuple[float, float]]
    taken: list[str]
    starting: int = 0
    orphans: int = 0


@pytest.mark.proof("R21")
async def test_after_a_kill_webhooks_are_taken_within_seconds_and_nothing_taken_is_lost(
    proof: Proof, tmp_path: Path
) -> None:
    """Thousands of old rows and of waiting ones; killed at any time, first of all while it is still starting."""
    kills, seen, random = proof.size(1, 10), Recoveries([], [], [], []), proof.draw()
    world = World(tmp_path, limits=False)
    await world.start()
    environment = {"PATH": os.environ["PATH"], **world.environment(), "GISE_DATA_DIR": str(tmp_path / "data")}
    environment |= {"GISE_HTTP__PORT": str(_free_port()), "GISE_LOG__LEVEL": "ERROR"}
    file = tmp_path / "data" / "gise.sqlite3"
    async with client() as http, AsyncExitStack() as stack:
        first = await born(environment, tmp_path)
        stack.push_async_callback(first.kill)
        await _take(first, http, environment, seen)
        await first.kill()
        filled(file, proof.size(2_000, 100_000), proof.size(200, 5_000))
        for nth in range(kills):
            life = await born(environment, tmp_path)
            stack.push_async_callback(life.kill)
            await _take(life, http, environment, seen)
            if proof.full and nth % 3:
                await _orphans_come_back(file, life, seen)
                await asyncio.sleep(random.uniform(0, 1.0))
            await life.kill()
    await world.stop()
    stored = [key for (key,) in looked_up(file, "SELECT key FROM inbox WHERE key LIKE 'm:wamid.proof-%'")]
    assert sorted(stored) == sorted(seen.taken)
    assert looked_up(file, "PRAGMA integrity_check") == [("ok",)]
    assert not proof.full or seen.orphans > 0, "nobody died at work"
    _within_bounds(proof, seen)


async def _take(life: Gise, http: ClientSession, environment: dict[str, str], seen: Recoveries) -> None:
    """The first webhook after a start."""
    key, body = message(environment)
    wall, cpu = await life.first_taken(http, body)
    seen.starting += "starting" in (await life.page(http, "/readyz"))[1]
    seen.walls.append(wall)
    seen.cpus.append(cpu)
    seen.taken.append(key)


async def _orphans_come_back(file: Path, life: Gise, seen: Recoveries) -> None:
    """What the dead had claimed when they died is given back by this one, and the work goes on."""
    claims = "SELECT id, epoch FROM inbox WHERE state = 'claimed'"
    dead = set(looked_up(file, claims))
    [[waiting]] = looked_up(file, WAITING)
    while dead & set(looked_up(file, claims)) or looked_up(file, WAITING) == [(waiting,)]:
        assert life.cpu < ORPHANS_SECONDS, "orphans, or the work itself"
        assert life.process.returncode is None
        await asyncio.sleep(0.05)
    seen.orphans += len(dead)
    seen.back.append((life.cpu, time.monotonic() - life.born))


def _within_bounds(proof: Proof, seen: Recoveries) -> None:
    assert seen.starting == len(seen.taken), "the door is open before the house behind it is up"
    assert statistics.median(seen.cpus) <= USUAL_DOOR_CPU
    assert max(seen.cpus) <= DOOR_CPU
    proof.tell(
        starts=len(seen.walls),
        first_200_cpu_p50=round(statistics.median(seen.cpus), 2),
        first_200_cpu_max=round(max(seen.cpus), 2),
        first_200_wall_p50=round(statistics.median(seen.walls), 2),
        first_200_wall_max=round(max(seen.walls), 2),
        orphans=seen.orphans,
        orphans_back_cpu_max=round(max((cpu for cpu, _ in seen.back), default=0.0), 2),
        orphans_back_wall_max=round(max((wall for _, wall in seen.back), default=0.0), 2),
    )


@pytest.mark.proof("R21")
async def test_closing_under_load_leaves_no_outcome_unknown(proof: Proof, tmp_path: Path) -> None:
    """The stop as SIGTERM brings it about, in this process: calls under way come to their end."""
    world = World(tmp_path, limits=False)
    await world.start()
    own = {"GISE_DATA_DIR": str(tmp_path / "data"), "GISE_HTTP__PORT": str(_free_port())}
    own |= {"GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE": "0"}
    world.whatsapp.webhook_url = f"http://127.0.0.1:{own['GISE_HTTP__PORT']}/webhooks/whatsapp"
    world.telegram.faults.add("sendMessage", delay(UNDER_WAY_SECONDS), times=10**6)
    for turn in range(proof.size(2, 20)):
        async with opened(load_settings(world.environment() | own, None)):
            for who in (AYSE, EMRE):
                world.whatsapp.say(who.address, f"kelime-{turn:05d}")
            await comes_true(_under_way, "a call under way")
            began = time.monotonic()
        assert time.monotonic() - began < STOP_SECONDS
        assert looked_up(tmp_path / "data" / "gise.sqlite3", UNDECIDED) == [(0,)]
    await world.stop()
    proof.tell(closings=proof.size(2, 20))


async def _under_way() -> bool:
    return bool(await rows("SELECT id FROM outbox WHERE state = 'sending' AND op IN ('send', 'card')"))


@pytest.mark.slow
@pytest.mark.proof("R21")
async def test_a_stop_under_load_ends_soon_and_leaves_no_outcome_unknown(proof: Proof, tmp_path: Path) -> None:
    """SIGTERM while customers write and posts are on their way; at the end every word stands in the group once."""
    stops = proof.size(2, 50)
    random, took = proof.draw(), list[float]()
    people = [Person(index, "whatsapp", str(905_551_000_000 + index)) for index in range(20)]
    stage = Stage(Plan(seed=proof.seed, contacts=len(people), dropped=0.0, reposts=0.0), people, tmp_path, random)
    async with AsyncExitStack() as stack:
        await stage.start()
        stack.push_async_callback(stage.stop)
        nursery = Nursery(PROGRAM, tmp_path)
        stack.push_async_callback(nursery.close)
        await nursery.open()
        words = 0
        for _ in range(stops):
            life = await nursery.start(stage.environment(""))
            words = await _under_load(stage, life, random, words)
            took.append(await _stopped(life))
            assert looked_up(stage.database, UNDECIDED) == [(0,)]
        life = await nursery.start(stage.environment(""))
        assert await listening(life, stage.port), "before that it has nothing to stop in order"
        await _all_shown_once(stage, words)
        took.append(await _stopped(life))
    proof.tell(stops=len(took), stop_seconds_max=max(took), words=words)


async def _under_load(stage: Stage, life: Life, random: Random, words: int) -> int:
    """Everybody writes; returns once some calls are done and others are on their way."""
    assert await listening(life, stage.port)
    before = len(stage.telegram.calls)
    for person in random.sample(stage.people, 12):
        stage.whatsapp.say(person.address, f"kelime-{words:05d}.")
        words += 1
    wanted = before + random.randint(2, 9)
    await stage.changes.wait_for(lambda: len(stage.telegram.calls) >= wanted, 60.0, what="calls under way")
    return words


async def _stopped(life: Life) -> float:
    """SIGTERM; how many seconds the end took."""
    began = time.monotonic()
    life.stop()
    code = await asyncio.wait_for(asyncio.shield(life.ended), STOP_SECONDS)
    assert code == 0
    return round(time.monotonic() - began, 2)


async def _all_shown_once(stage: Stage, words: int) -> None:
    def shown() -> list[str]:
        posts = [call.params for call in stage.telegram.calls if call.method == "sendMessage" and call.ok]
        texts = [str(post["text"]) for post in posts if post["chat_id"] == stage.telegram.group_id]
        # A ticket's card quotes the first words; it is known by the ticket's number.
        return [found for text in texts if "👤" in text and "#2" not in text for found in WORD.findall(text)]

    await stage.changes.wait_for(lambda: len(set(shown())) == words, 120.0, what="every word in the group")
    assert len(shown()) == words


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
