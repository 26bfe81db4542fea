"""R11: while the database cannot be used, nothing is acknowledged and nothing is lost; then all is well by itself."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from adapters.sandbox.world import World
from config.app import App, opened
from config.settings import load_settings
from tests.proofs.letters import TAKEN, Letters
from tests.proofs.outage import NORMAL_WITHIN, RATE, Found, Outage, Reader, keys_in, lived_through, mail_of
from tests.proofs.own_postgres import OwnPostgres
from tests.proofs.proof import Proof
from tests.proofs.trouble_scenes import staged

MEGABYTE = 2**20
GROWTH = 50 * MEGABYTE
BUSY_SECONDS = 5.0
"""SQLite waits so long for a lock before a commit fails (`busy_timeout`)."""

_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""


class Locker:
    """Another process that holds SQLite's write lock."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._process: Process | None = None

    async def hold(self) -> None:
        """Return once it has the lock."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _HOLD, str(self._file), stdin=PIPE, stdout=PIPE
        )
        assert self._process.stdout is not None
        assert await self._process.stdout.readline() == b"held\n"

    async def let_go(self) -> None:
        """Return once it is gone."""
        if self._process is not None:
            await self._process.communicate(b"\n")


def told(proof: Proof, found: Found) -> None:
    """What holds after every outage, and the figures."""
    assert found.during.get(TAKEN, 0) == 0, "acknowledged while nothing could be stored"
    assert found.held_back > 0, "Telegram had nothing to wait for"
    assert found.normal_after <= NORMAL_WITHIN
    assert found.answered_after <= NORMAL_WITHIN, "an answer waited on after the database was back"
    assert found.growth <= GROWTH
    proof.tell(
        written=found.written,
        refused=found.refused,
        held_back=found.held_back,
        first_200_after=round(found.first_taken, 2),
        normal_after=round(found.normal_after, 2),
        answered_after=round(found.answered_after, 2),
        growth_mb=round(found.growth / MEGABYTE, 1),
    )


@pytest.mark.proof("R11")
async def test_a_locked_database_delays_everything_and_loses_nothing(proof: Proof, tmp_path: Path) -> None:
    """Another process holds SQLite's lock; the application in this one goes on by itself when it is free."""
    seconds = proof.size(2, 60)
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(staged(tmp_path))
        file = tmp_path / "data" / "gise.sqlite3"
        reader, locker = Reader(file), Locker(file)
        stack.callback(reader.close)
        stack.push_async_callback(locker.let_go)
        mail = mail_of(stage.world.environment())
        letters = await stack.enter_async_context(Letters(mail=mail, doors=(stage.app.port,), stored=reader))
        outage = Outage(
            breaks=locker.hold, mends=locker.let_go, keys=partial(asyncio.to_thread, keys_in, file), stored=reader
        )
        found = await lived_through(outage, stage.world, letters, seconds, proof.size(15, RATE))
    assert found.refused > 0 or seconds < BUSY_SECONDS, "nobody was told to come again"
    told(proof, found)


@pytest.mark.proof("R11")
async def test_a_stopped_postgresql_delays_everything_and_loses_nothing(proof: Proof, tmp_path: Path) -> None:
    """The server quits at once and comes back; the application finds it again by itself."""
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(OwnPostgres())
        world, app = await stack.enter_async_context(on_database(tmp_path, postgres.url))
        mail = mail_of(world.environment())
        letters = await stack.enter_async_context(Letters(mail=mail, doors=(app.port,)))
        keys = partial(postgres.values, "SELECT key FROM inbox")
        outage = Outage(breaks=postgres.stop, mends=postgres.start, keys=keys)
        found = await lived_through(outage, world, letters, proof.size(2, 60), proof.size(15, RATE))
    assert postgres.stops == 2
    assert found.refused > 0, "nobody was told to come again"
    told(proof, found)


@asynccontextmanager
async def on_database(folder: Path, url: str) -> AsyncIterator[tuple[World, App]]:
    """The unchanged application on that database, against the sandbox's platforms."""
    world = World(folder, limits=False)
    await world.start()
    own = {
        "GISE_DATA_DIR": f"{folder}/data",
        "GISE_DATABASE__URL": url,
        "GISE_HTTP__PORT": "0",
        "GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE": "0",
    }
    try:
        async with opened(load_settings(world.environment() | own, None)) as app:
            yield world, app
    finally:
        await world.stop()
