"""`gise run` as a process of its own: starts, tells how it is, stops in good order, and survives being killed."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from adapters.sandbox.faults import delay
from adapters.sandbox.page.cast import AYSE, ELIF, ZEYNEP
from adapters.sandbox.players import Phone, comes_true, topic, topics
from adapters.sandbox.world import World

GISE = Path(sys.executable).with_name("gise")
NUMBER = "#2026-000001"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
TURNS = 2


@pytest.fixture
def environment(world: World, tmp_path: Path) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    world.whatsapp.webhook_url = f"http://127.0.0.1:{port}/webhooks/whatsapp"
    own = {"GISE_DATA_DIR": str(tmp_path / "data"), "GISE_HTTP__PORT": str(port)}
    return {"PATH": os.environ["PATH"], **world.environment(), **own}


@asynccontextmanager
async def running(environment: dict[str, str], folder: Path) -> AsyncIterator[Process]:
    """`gise run`, ready; whatever happens it is gone afterwards."""
    log = (folder / "gise.log").open("ab")
    process = await asyncio.create_subprocess_exec(GISE, "run", env=environment, cwd=folder, stdout=log, stderr=STDOUT)
    log.close()
    try:
        await comes_true(lambda: is_ready(environment), "gise to be ready", patience=START_SECONDS)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def page(environment: dict[str, str], path: str) -> tuple[int, str]:
    address = f"http://127.0.0.1:{environment['GISE_HTTP__PORT']}{path}"
    async with ClientSession() as http, http.get(address) as answer:
        return answer.status, await answer.text()


async def is_ready(environment: dict[str, str]) -> bool:
    try:
        return (await page(environment, "/readyz"))[0] == 200
    except ClientError:
        return False


def heard(phone: Phone, fragment: str) -> int:
    return sum(fragment in message["text"] for message in phone.messages if not message["out"])


async def test_killed_in_the_middle_it_loses_and_doubles_nothing_and_asked_to_stop_it_finishes(
    world: World, environment: dict[str, str], tmp_path: Path
) -> None:
    ayse, zeynep = Phone(world, AYSE.key), Phone(world, ZEYNEP.key)
    async with running(environment, tmp_path) as process:
        for turn in range(TURNS):
            ayse.says(f"Ayşe {turn}")
            zeynep.says(f"Zeynep {turn}")
        await ayse.hears("Talep numaranız")
        await zeynep.hears("Talep numaranız")
        process.kill()
        await process.wait()
    ayse.says(f"Ayşe {TURNS}")
    zeynep.says(f"Zeynep {TURNS}")
    async with running(environment, tmp_path) as process:
        for phone, who in ((ayse, "Ayşe"), (zeynep, "Zeynep")):
            await (await topic(world, who)).shows(f"{who} {TURNS}")
            await world.whatsapp.settle()
            assert heard(phone, "Talep numaranız") == 1
            all_there_once(world, who)
        assert len(topics(world)) == 2
        await tells_how_it_is(environment)
        await finishes_what_it_has_in_hand(world, ayse, process)


def all_there_once(world: World, who: str) -> None:
    """Every word stands in the person's topic; twice only where the second says that it may be a repetition."""
    texts = [post["text"] for one in topics(world) if who in one["name"] for post in one["messages"]]
    said = [text for text in texts if "👤" in text and NUMBER[:5] not in text]
    for words in (f"{who} {turn}" for turn in range(TURNS + 1)):
        marked = ["🔁" in text for text in said if words in text]
        assert marked, words
        assert marked.count(False) <= 1, words


async def tells_how_it_is(environment: dict[str, str]) -> None:
    assert (await page(environment, "/healthz"))[0] == 200
    assert 'gise_inbox_items_total{channel="whatsapp",outcome="done"}' in (await page(environment, "/metrics"))[1]


async def finishes_what_it_has_in_hand(world: World, customer: Phone, process: Process) -> None:
    """An answer that is on its way when SIGTERM comes arrives once, and the exit is a clean one."""
    world.whatsapp.faults.add("messages", delay(1.0))
    (await topic(world, "Ayşe")).writes(ELIF.user_id, "Hemen bakıyorum")
    await world.changes.wait_for(lambda: not world.telegram.unconfirmed, 10.0, what="the answer to be taken")
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), STOP_SECONDS) == 0
    assert heard(customer, "Hemen bakıyorum") <= 1


@pytest.mark.parametrize(
    ("variable", "value"),
    [("GISE_TELEGRAM__TOKEN", "sihirli sözcük"), ("GISE_AUTO_CLOSE__DAYS", "hiç"), ("GISE_TELEGRAM__MOD", "polling")],
)
async def test_a_configuration_that_cannot_be_used_stops_the_start_and_is_named(
    environment: dict[str, str], tmp_path: Path, variable: str, value: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        GISE, "run", env={**environment, variable: value}, cwd=tmp_path, stdout=PIPE, stderr=STDOUT
    )
    told, _ = await asyncio.wait_for(process.communicate(), START_SECONDS)
    assert process.returncode == 2
    assert variable in told.decode()
    assert not (tmp_path / "data").exists()
