"""What the figures were measured on."""

import os
import platform
import sqlite3
from pathlib import Path
from typing import Any

from adapters.sandbox.bench.stopwatch import Stopwatch, middle

_TRIES = 60


def described(folder: Path) -> dict[str, Any]:
    """The machine as JSON; `fsync_us` is the median of small synced writes into that folder, in microseconds."""
    return {
        "cores": len(cores()),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "fsync_us": round(_fsync_seconds(folder) * 1e6),
    }


def cores() -> list[int]:
    """The processors this process may use."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [*range(os.cpu_count() or 1)]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _fsync_seconds(folder: Path) -> float:
    file = os.open(folder / "fsync", os.O_RDWR | os.O_CREAT, 0o600)
    took = []
    try:
        for _ in range(_TRIES):
            os.pwrite(file, b"x" * 4096, 0)
            watch = Stopwatch()
            os.fdatasync(file)
            took.append(watch.seconds)
    finally:
        os.close(file)
    return middle(took)
