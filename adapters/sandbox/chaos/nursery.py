"""A process that has the program's modules loaded and forks a fresh one off whenever it is told to.

Loading the vendors' libraries takes seconds of pure computing, for which two hundred restarts in ten minutes leave no
room; what runs afterwards is the program itself, from its entry on, in a process and an environment of its own.

Arguments: entry (`module:function`), then modules to load. Each line on stdin is a JSON object with `environment`,
`arguments` and `log` (a file for both outputs); the answers are `{"pid": n}` and, after the end, `{"code": n}`.
"""

import gc
import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

_GLANCE_SECONDS = 0.01


def main() -> None:
    """Load, say so, and fork on demand until stdin ends."""
    entry, *modules = sys.argv[1:]
    # Collecting garbage while hundreds of classes are built takes a third of the time and finds nothing.
    gc.disable()
    for module in modules:
        import_module(module)
    module, _, name = entry.partition(":")
    run: Callable[[], object] = getattr(import_module(module), name)
    gc.enable()
    gc.freeze()
    _tell({"ready": True})
    while order := sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            _become(run, json.loads(order))
        _tell({"pid": pid})
        _tell({"code": _end_of(pid)})


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()


def _end_of(pid: int) -> int:
    """Wait for the child; when the other end of stdin is gone there is nobody left to run it for."""
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if select.select([sys.stdin], [], [], _GLANCE_SECONDS)[0]:
            os.kill(pid, signal.SIGKILL)


def _become(run: Callable[[], object], order: dict[str, Any]) -> None:
    """In the child: take on the environment and the outputs, run the program, and leave."""
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["gise", *order["arguments"]]
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    code = 1
    try:
        run()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - a forked child must never return into the nursery's loop
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
