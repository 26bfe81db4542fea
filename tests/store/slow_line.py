"""A line to the tests' PostgreSQL on which the server's answers can be held back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit, urlunsplit


class SlowLine:
    """`url` is the same database through this line. Answers with these bytes in them wait for `answers`."""

    def __init__(self, url: str, held: bytes) -> None:
        self.url = ""
        self.held = held
        self.answers = asyncio.Event()
        self._server = urlsplit(url)
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, there and back."""
        folder = parse_qs(self._server.query).get("host")
        if folder:
            there = await asyncio.open_unix_connection(f"{folder[0]}/.s.PGSQL.{self._server.port or 5432}")
        else:
            there = await asyncio.open_connection(self._server.hostname, self._server.port or 5432)
        asked, answered = self._passed_on(reader, there[1]), self._answered(there[0], writer)
        self._writers |= {writer, there[1]}
        self._tasks |= {asyncio.create_task(asked), asyncio.create_task(answered)}

    def reached_at(self, port: int) -> None:
        """From now on there is somebody at that port of this machine."""
        user, _, _ = self._server.netloc.rpartition("@")
        self.url = urlunsplit(self._server._replace(netloc=f"{user}@127.0.0.1:{port}", query=""))

    async def cut(self) -> None:
        """Nothing passes any more."""
        for task in self._tasks:
            task.cancel()
        for writer in self._writers:
            writer.close()
        waiting = (*self._tasks, *(writer.wait_closed() for writer in self._writers))
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if self.held in data:
                await self.answers.wait()
            writer.write(data)
        writer.close()

    async def _passed_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()


@asynccontextmanager
async def slow_line(url: str, held: bytes) -> AsyncIterator[SlowLine]:
    """A line to the server of this address."""
    line = SlowLine(url, held)
    async with await asyncio.start_server(line.carry, "127.0.0.1", 0) as server:
        line.reached_at(server.sockets[0].getsockname()[1])
        try:
            yield line
        finally:
            await line.cut()
