"""The program's processes, one after the other: started, killed, and started again."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adapters.sandbox.chaos.plan import Program

KILLED = -signal.SIGKILL
_LOADING_SECONDS = 120.0
_GLANCE_SECONDS = 0.02


class Unstartable(Exception):
    """The program cannot be started at all, or ends by itself; its log tells why."""


@dataclass(slots=True)
class Life:
    """One process. `ended` holds its exit code, negative for a signal."""

    pid: int
    ended: asyncio.Future[int]
    born: float = field(default_factory=time.monotonic)

    def kill(self) -> None:
        """SIGKILL, if it still lives."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM: let it end in good order."""
        self._signal(signal.SIGTERM)

    def freeze(self) -> None:
        """SIGSTOP: it stands still, with all that it holds."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if nothing had been."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if not self.ended.done():
            os.kill(self.pid, number)


class Nursery:
    """Where processes come from, one at a time."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.log = folder / "log.txt"
        self._program = program
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Load the program's modules. Raises `Unstartable` when that fails."""
        program = self._program
        environment = {name: text for name, text in os.environ.items() if not name.startswith("GISE_")}
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "adapters.sandbox.chaos.nursery",
                program.entry,
                *program.modules,
                cwd=self._folder,
                env=environment | {"PYTHONPATH": str(program.root)},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        async with asyncio.timeout(_LOADING_SECONDS):
            await self._answer()

    async def start(self, environment: Mapping[str, str]) -> Life:
        """A fresh process of the program. The one before must have ended."""
        if self._waiting is not None:
            await self._waiting
        process = self._opened()
        usual = {name: text for name, text in os.environ.items() if not name.startswith("GISE_")}
        order = {
            "environment": {**usual, **environment},
            "arguments": list(self._program.arguments),
            "log": str(self.log),
        }
        if process.stdin is None:
            raise Unstartable("the nursery has no input")
        process.stdin.write(json.dumps(order).encode() + b"\n")
        await process.stdin.drain()
        born = await self._answer()
        life = Life(born["pid"], asyncio.get_running_loop().create_future())
        self._waiting = asyncio.create_task(self._until_the_end(life))
        return life

    async def close(self) -> None:
        """End the nursery, and with it whatever it still runs."""
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)

    async def _until_the_end(self, life: Life) -> None:
        try:
            code = (await self._answer())["code"]
        except Unstartable:
            code = 1
        life.ended.set_result(code)

    def _opened(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise Unstartable("the nursery is not open")
        return self._process

    async def _answer(self) -> dict[str, int]:
        stdout = self._opened().stdout
        line = await stdout.readline() if stdout is not None else b""
        if not line:
            raise Unstartable(f"the program cannot be loaded; see {self.log}")
        answer: dict[str, int] = json.loads(line)
        return answer


async def listening(life: Life, port: int) -> bool:
    """Wait until the process takes connections on the port; False when it ended before."""
    while not life.ended.done():
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(_GLANCE_SECONDS)
            continue
        writer.close()
        await writer.wait_closed()
        return True
    return False
