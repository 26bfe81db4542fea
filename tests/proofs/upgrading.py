"""A process that brings a database from one schema to the next, or restores a copy, and is killed on the way.

Run as `python -m tests.proofs.upgrading`: each line on stdin is an order (`url`; `steps`: number, name and script of
each, or `restore`: the copy; `after`: kill yourself after so many statements, or `seconds`: be killed after so long, or
neither), each answer `{"code": n}`. One process loads the store, and forks one for every order: loading takes longer
than the work.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store import backup, db
from store.migrations import Migration

_NEVER = 10**6


@dataclass(frozen=True, slots=True)
class Deadly(Migration):
    """A step in which the process dies after so many statements; 0: before the first."""

    after: int

    def statements(self) -> Iterator[str]:
        for count, statement in enumerate(Migration.statements(self)):
            _die_at(count, self.after)
            yield statement
        _die_at(count + 1, self.after)


def _die_at(count: int, after: int) -> None:
    if count == after:
        os.kill(os.getpid(), signal.SIGKILL)


async def done(order: dict[str, Any]) -> None:
    """Restore; or open, which upgrades, and close."""
    if "restore" in order:
        await backup.restore(order["url"], Path(order["restore"]), time.time_ns())
        return
    steps = [Migration(*step) for step in order["steps"]]
    last = steps[-1]
    deadly = Deadly(last.version, last.name, last.script, order.get("after", _NEVER))
    await db.open_database(order["url"], [*steps[:-1], deadly])
    await db.close_database()


def _carried_out(order: dict[str, Any]) -> int:
    """The exit code of a process of its own, negative for a signal."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            asyncio.run(done(order))
            code = 0
        finally:
            os._exit(code)
    if "seconds" in order:
        time.sleep(order["seconds"])
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main() -> None:
    """Carry out orders until stdin ends."""
    sys.stdout.write("{}\n")
    sys.stdout.flush()
    while line := sys.stdin.readline():
        sys.stdout.write(f"{json.dumps({'code': _carried_out(json.loads(line))})}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
