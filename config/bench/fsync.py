"""The door on a disk as slow as most are: an fsync takes 3 ms.

A dozen lines of C, compiled where there is a compiler, stand in front of the system's own calls. A virtual file system
written in Python would do without a compiler, but it needs the interpreter's lock twice in every fsync, and so would
measure that instead.
"""

import asyncio
import shutil
from asyncio.subprocess import DEVNULL
from pathlib import Path

from adapters.sandbox.bench.children import Child
from config.bench.ack import CONNECTIONS, through_door
from config.bench.report import Figure, not_measured, of_rounds
from config.bench.scope import Scope

_SLOW = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
static int slowly(long call, int file) {
    struct timespec rest = {0, 3000000};
    nanosleep(&rest, 0);
    return (int)syscall(call, file);
}
int fsync(int file) { return slowly(SYS_fsync, file); }
int fdatasync(int file) { return slowly(SYS_fdatasync, file); }
"""


async def measured(scope: Scope) -> list[Figure]:
    """Group commit against one insert per request, with the slow disk under both."""
    library = await compiled(scope.folder)
    if library is None:
        why = "there is no C compiler to make fsync slow with"
        return [not_measured(f"fsync.{connections}", why) for connections in CONNECTIONS]
    scope.say("fsync: the door and one insert per request in turn, on a slow disk")
    poster = await Child.start("adapters.sandbox.bench.generator", core=1)
    try:
        return [await _compared(scope, poster, connections, library) for connections in CONNECTIONS]
    finally:
        await poster.close()


async def _compared(scope: Scope, poster: Child, connections: int, library: Path) -> Figure:
    slow = {"LD_PRELOAD": str(library)}
    ratios, doors, singles = [], [], []
    for nth in range(scope.rounds):
        name = f"fsync-{connections}-{nth}"
        single = await through_door(
            scope.folder, poster, "single", connections, scope.size(200, 1_000), f"{name}-s", environment=slow
        )
        ours = await through_door(
            scope.folder, poster, "gise", connections, scope.size(600, 10_000), name, environment=slow
        )
        ratios.append(ours.per_second / single.per_second)
        doors.append(round(ours.per_second))
        singles.append(round(single.per_second))
        scope.say(f"  {connections} connections: {doors[-1]}/s to {singles[-1]}/s")
    return of_rounds(f"fsync.{connections}", ratios, door_per_second=doors, single_per_second=singles)


async def compiled(folder: Path, path: str | None = None) -> Path | None:
    """The library, or `None` where the machine has no compiler on its `path`, or none that can make it."""
    compiler = next(filter(None, (shutil.which(name, path=path) for name in ("cc", "gcc", "clang"))), None)
    if compiler is None:
        return None
    source, library = folder / "slow.c", folder / "slow.so"
    source.write_text(_SLOW, encoding="utf-8")
    making = await asyncio.create_subprocess_exec(
        compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), stdout=DEVNULL, stderr=DEVNULL
    )
    return library if await making.wait() == 0 else None
