"""`gise bench`: measure, tell the figures as a table and as JSON."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
import typer
import uvloop

from adapters.sandbox.bench.machine import described
from config.bench.databases import Databases
from config.bench.report import Figure, Result
from config.bench.scope import Scope

FAILED, MISUSED = 1, 2
ALL = "all"
BENCHES = ("ack", "fsync", "path", "outbox", "timers", "start", "memory", "growth", "load", "workers")
ROUNDS = 5


def run_bench(which: str, *, rounds: int, quick: bool, file: Path | None, postgres: str) -> int:
    """Run one benchmark or all of them; the exit code says whether every promise was kept."""
    if which != ALL and which not in BENCHES:
        typer.echo(f"The benchmarks are {', '.join((*BENCHES, ALL))}; there is no {which!r}.", err=True)
        return MISUSED
    with _in_silence(), tempfile.TemporaryDirectory(prefix="gise-bench-") as folder:
        scope = Scope(folder=Path(folder), rounds=rounds, quick=quick, say=_say, postgres=postgres)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            result = runner.run(measured(scope, BENCHES if which == ALL else (which,)))
    if file is not None:
        file.write_text(f"{result.as_json()}\n", encoding="utf-8")
    typer.echo(result.as_table())
    return FAILED if result.missed and not quick else 0


async def measured(scope: Scope, names: Sequence[str]) -> Result:
    """These benchmarks, one after the other."""
    machine = described(scope.folder)
    if scope.postgres:
        machine["postgresql"] = await Databases(scope, scope.postgres).version()
    figures: list[Figure] = []
    for name in names:
        figures += await import_module(f"config.bench.{name}").measured(scope)
    return Result(machine=machine, figures=figures, quick=scope.quick)


@contextmanager
def _in_silence() -> Iterator[None]:
    """What the program has to say in the middle of a measurement would be measured, too."""
    before = structlog.get_config()
    structlog.configure(processors=[_nothing])
    try:
        yield
    finally:
        structlog.configure(**before)


def _say(words: str) -> None:
    typer.echo(words, err=True)


def _nothing(*_: Any) -> Any:
    raise structlog.DropEvent
