"""The program under test as a process: started, asked over HTTP, stopped and killed."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import STDOUT, Process
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.sandbox.bench.children import Ended, pin
from adapters.sandbox.bench.stopwatch import Stopwatch, Vitals

HOST = "127.0.0.1"
_START = "import sys; from importlib import import_module as load; getattr(load(sys.argv.pop(1)), sys.argv.pop(1))()"
_GLANCE = 0.005
_PATIENCE = 120.0
_ANSWER_SECONDS = 10.0


@dataclass(slots=True, kw_only=True)
class Program:
    """A process that listens on `port`. `watch` runs since its birth."""

    process: Process
    port: int
    watch: Stopwatch

    @classmethod
    async def start(
        cls, entry: str, argument: str, environment: Mapping[str, str], folder: Path, *, core: int | None = None
    ) -> "Program":
        """Call `module:function` with one argument in a process of its own; `GISE_HTTP__PORT` says where it listens.

        What it says goes into `gise.log` in the folder.
        """
        usual = {name: text for name, text in os.environ.items() if not name.startswith("GISE_")}
        watch = Stopwatch()
        with (folder / "gise.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                _START,
                *entry.split(":"),
                argument,
                env={**usual, **environment},
                cwd=folder,
                stdout=log,
                stderr=STDOUT,
            )
        pin(process.pid, core)
        return cls(process=process, port=int(environment["GISE_HTTP__PORT"]), watch=watch)

    @property
    def vitals(self) -> Vitals:
        return Vitals(self.process.pid)

    async def takes(self, request: bytes) -> float:
        """Send the request until it is answered with 200; seconds since the birth. Raises `Ended`."""
        while await self.asked(request) != 200:
            self._lives()
            await asyncio.sleep(_GLANCE)
        return self.watch.seconds

    async def is_up(self) -> None:
        """Wait until the house behind the door is up, well or not. Raises `Ended`."""
        async with asyncio.timeout(_PATIENCE):
            while b'"ready"' not in (page := await self.page("/readyz")) or b"starting" in page:
                self._lives()
                await asyncio.sleep(0.05)

    async def asked(self, request: bytes) -> int:
        """The status of the answer to a whole HTTP request; 0 where nobody answers."""
        head = await self._answer(request)
        return int(head[9:12]) if head[9:12].isdigit() else 0

    async def page(self, path: str) -> bytes:
        """A page with its head; nothing where nobody answers."""
        return await self._answer(
            f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode(), whole=True
        )

    async def _answer(self, request: bytes, *, whole: bool = False) -> bytes:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_ANSWER_SECONDS):
                reader, writer = await asyncio.open_connection(HOST, self.port)
                try:
                    writer.write(request)
                    await writer.drain()
                    return await reader.read() if whole else await reader.readline()
                finally:
                    writer.close()
        return b""

    def _lives(self) -> None:
        if self.process.returncode is not None:
            raise Ended(f"the program ended with code {self.process.returncode}; its words are in gise.log")

    async def stop(self) -> float:
        """SIGTERM; seconds until it was gone."""
        watch = Stopwatch()
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        await self.process.wait()
        return watch.seconds

    async def kill(self) -> None:
        """SIGKILL."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
