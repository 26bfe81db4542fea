"""Telling other workers on the same PostgreSQL that something waits; whoever misses it looks within a second anyway."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import structlog
from tortoise.exceptions import BaseORMException, DBConnectionError

from store.engine.refusals import translated
from store.engine.session import session

_CHANNEL: Final = "gise"
_TOGETHER_SECONDS: Final = 0.02
"""What happens within this is told once: each NOTIFY holds a lock that every commit of the server needs."""
_PAUSE_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


class Announcements:
    """Speaks and listens on a connection of its own, for a pooled one forgets what it listens to.

    `heard` is called with what others announced; our own words, known by `speaker`, are left out.
    """

    def __init__(self, dsn: str, speaker: str, heard: Callable[[str], None]) -> None:
        self._dsn = dsn
        self._speaker = speaker
        self._heard = heard
        self._waiting: set[str] = set()
        self._something = asyncio.Event()

    def announce(self, what: str) -> None:
        """Soon, together with what else is announced just now."""
        self._waiting.add(what)
        self._something.set()

    async def run(self) -> None:
        """Until cancelled; a connection that is lost is made again."""
        while True:
            try:
                await self._connected()
            except BaseORMException as error:
                log.warning("announcements are off for a moment", error=str(error))
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _connected(self) -> None:
        async with session(self._dsn, application_name="gise announcements") as connection:
            with translated():
                await self._spoken_on(connection)

    async def _spoken_on(self, connection: Any) -> None:
        connection.add_termination_listener(lambda _: self._something.set())
        await connection.add_listener(_CHANNEL, self._received)
        while True:
            await self._something.wait()
            if connection.is_closed():  # who has nothing to say would be deaf from now on
                raise DBConnectionError("The connection that listens was lost.")
            await asyncio.sleep(_TOGETHER_SECONDS)
            self._something.clear()
            for what in sorted(self._waiting):
                self._waiting.discard(what)  # before it is said: meanwhile it may have to be said again
                await connection.execute("SELECT pg_notify($1, $2)", _CHANNEL, f"{self._speaker} {what}")

    def _received(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        speaker, _, what = str(payload).partition(" ")
        if speaker != self._speaker:
            self._heard(what)
