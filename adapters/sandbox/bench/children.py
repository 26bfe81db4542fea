"""Processes of a benchmark: started, pinned to a processor, asked in lines of JSON, ended."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from adapters.sandbox.bench.machine import cores
from adapters.sandbox.bench.stopwatch import Vitals

_LONGEST_LINE = 2**26
_STOP_SECONDS = 15.0


class Ended(Exception):
    """A process of the benchmark ended by itself; its own words stand above."""


@dataclass(slots=True)
class Child:
    """A Python module as a process; `told` is the line of JSON with which it said that it is ready."""

    process: Process
    told: dict[str, Any]

    @classmethod
    async def start(
        cls, module: str, *arguments: str, environment: Mapping[str, str] | None = None, core: int | None = None
    ) -> Self:
        """Start `python -m module`; `core` is the how-manieth of our processors it may use. Raises `Ended`."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=PIPE,
            stdout=PIPE,
            env={**os.environ, **(environment or {})},
            limit=_LONGEST_LINE,
        )
        pin(process.pid, core)
        child = cls(process, {})
        child.told = await child.hears()
        return child

    @property
    def vitals(self) -> Vitals:
        return Vitals(self.process.pid)

    async def asks(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Write a line of JSON and wait for the answer. Raises `Ended`."""
        if self.process.stdin is not None:
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            await self.process.stdin.drain()
        return await self.hears()

    async def hears(self) -> dict[str, Any]:
        """The next line of JSON. Raises `Ended`."""
        line = await self.process.stdout.readline() if self.process.stdout is not None else b""
        if not line:
            raise Ended(f"a process of the benchmark ended with code {await self.process.wait()}")
        told: dict[str, Any] = json.loads(line)
        return told

    async def close(self) -> None:
        """Its stdin ends, and it should; one that does not is killed."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await self.process.wait()
        self.kill()
        await self.process.wait()

    def kill(self) -> None:
        """SIGKILL, if it still lives."""
        if self.process.returncode is None:
            self.process.kill()


def pin(pid: int, core: int | None) -> None:
    """Keep a process on one processor, where there are several and the system can do that."""
    ours = cores()
    if core is not None and len(ours) > 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, {ours[core % len(ours)]})


def log_of(folder: Path) -> Path:
    """Where the program under test writes what it has to say."""
    return folder / "gise.log"
