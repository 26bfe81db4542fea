"""R11: while the database cannot be used, nothing is acknowledged and nothing is lost; then all is well by itself."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from functools import partial
from pathlib import Path

import pytest

from tests.proofs.alone import MOST_ERRORS, alone
from tests.proofs.letters import TAKEN
from tests.proofs.outage import NORMAL_WITHIN, RATE, Found, Outage, keys_in, lived_through
from tests.proofs.own_postgres import OwnPostgres
from tests.proofs.proof import Proof

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


def told(proof: Proof, found: Found, errors: int) -> None:
    """What holds after every outage, and the figures."""
    assert found.during.get(TAKEN, 0) == 0, "acknowledged while nothing could be stored"
    assert found.held_back > 0, "Telegram had nothing to wait for"
    assert found.normal_after <= NORMAL_WITHIN
    assert found.answered_after <= NORMAL_WITHIN, "an answer waited on after the database was back"
    assert found.growth <= GROWTH
    assert errors <= MOST_ERRORS
    proof.tell(
        written=found.written,
        refused=found.refused,
        held_back=found.held_back,
        first_200_after=round(found.first_taken, 2),
        normal_after=round(found.normal_after, 2),
        answered_after=round(found.answered_after, 2),
        errors=errors,
        growth_mb=round(found.growth / MEGABYTE, 1),
    )


@pytest.mark.proof("R11")
async def test_a_locked_database_delays_everything_and_loses_nothing(proof: Proof, tmp_path: Path) -> None:
    """Another process holds SQLite's lock; ours goes on by itself when it is free."""
    seconds = proof.size(2, 60)
    async with alone(tmp_path, tmp_path / "data") as house:
        locker = Locker(house.file)
        outage = Outage(
            breaks=locker.hold,
            mends=locker.let_go,
            keys=partial(asyncio.to_thread, keys_in, house.file),
            stored=house.reader,
            pid=house.gise.process.pid,
        )
        try:
            found = await lived_through(outage, house.world, house.letters, seconds, proof.size(15, RATE))
        finally:
            await locker.let_go()
    assert found.refused > 0 or seconds < BUSY_SECONDS, "nobody was told to come again"
    told(proof, found, house.errors)


@pytest.mark.proof("R11")
async def test_a_stopped_postgresql_delays_everything_and_loses_nothing(proof: Proof, tmp_path: Path) -> None:
    """The server quits at once and comes back; the application finds it again by itself."""
    async with OwnPostgres() as postgres, alone(tmp_path, tmp_path / "data", postgres.url) as house:
        outage = Outage(
            breaks=postgres.stop,
            mends=postgres.start,
            keys=partial(postgres.values, "SELECT key FROM inbox"),
            pid=house.gise.process.pid,
        )
        found = await lived_through(outage, house.world, house.letters, proof.size(2, 60), proof.size(15, RATE))
    assert postgres.stops == 2
    assert found.refused > 0, "nobody was told to come again"
    told(proof, found, house.errors)
