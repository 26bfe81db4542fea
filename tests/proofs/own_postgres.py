"""A PostgreSQL of a proof's own, which may be stopped and started as the proof likes."""

import asyncio
import shutil
import signal
import tempfile
from asyncio.subprocess import Process
from pathlib import Path
from typing import Any, Self

import asyncpg

from adapters.sandbox.players import comes_true
from tests import postgres_keeper as keeper

_STARTING_SECONDS = 60.0
_OPTIONS = {
    # A stop, however sudden, is no power failure: what was handed to the system is not lost, so it need not be synced.
    "fsync": "off",
    "synchronous_commit": "on",
    "jit": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "listen_addresses": "",
}


class OwnPostgres:
    """A server in a new folder, reached by a socket there. Use it as a context manager; it runs within."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gise-own-pg-"))
        self._account: dict[str, Any] = {}
        self._binaries = Path()
        self._server: Process | None = None
        self.stops = 0

    @property
    def url(self) -> str:
        return f"postgres://gise@/postgres?host={self._folder}"

    async def __aenter__(self) -> Self:
        self._account = keeper.account_of(self._folder)
        self._binaries = keeper.programs(self._folder)
        await asyncio.to_thread(keeper.initialise, self._binaries, self._folder, self._account)
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        shutil.rmtree(self._folder)

    async def start(self) -> None:
        """Return once it takes connections."""
        options = [f"-c{name}={value}" for name, value in _OPTIONS.items()]
        command = [str(self._binaries / "postgres"), "-D", str(self._folder / "data"), "-k", str(self._folder)]
        with (self._folder / "server.log").open("ab") as log:
            self._server = await asyncio.create_subprocess_exec(
                *command, *options, cwd=self._folder, stdout=log, stderr=log, **self._account
            )
        await comes_true(self._answers, "PostgreSQL to answer", _STARTING_SECONDS)

    async def stop(self) -> None:
        """As `pg_ctl stop -m immediate`: every process quits at once, and the next start recovers from the log."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            await self._server.wait()
            self._server = None
            self.stops += 1

    async def values(self, statement: str) -> list[Any]:
        """The first column of a query."""
        connection = await asyncpg.connect(self.url)
        try:
            return [row[0] for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    async def _answers(self) -> bool:
        try:
            return await self.values("SELECT 1") == [1]
        except (OSError, asyncpg.PostgresError):
            return False
