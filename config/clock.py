"""The one place time comes from. In a sandbox a file of seconds moves it."""

import math
import time
from pathlib import Path
from typing import Final

import structlog

_REAL_CLOCK: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_SETTLED_NS = 100_000_000  # a younger file may change again without its stamp changing

log = structlog.get_logger(__name__)


def unix_time() -> float:
    """The machine's own time in unix seconds, which no sandbox moves."""
    return time.time()


class SystemClock:
    """The machine's clock plus an offset: the number of seconds, as text, in `offset_file`.

    The file is read again when it changes. Missing or unreadable, the last good offset stays (at first: zero).
    """

    def __init__(self, offset_file: Path | None = None) -> None:
        self._file = offset_file
        self._offset_ms = 0
        self._stamp: tuple[int, int, int] | None = None
        self._warned = False

    def now(self) -> int:
        """Epoch milliseconds."""
        if self._file is not None:
            # At every call: whoever moves the clock and speaks in the same breath must find us at the new time.
            self._look(self._file)
        return time.time_ns() // 1_000_000 + self._offset_ms

    def monotonic(self) -> float:
        """Seconds that never jump, for measuring durations."""
        return time.monotonic()

    def _look(self, file: Path) -> None:
        try:
            state = file.stat()
            stamp = (state.st_ino, state.st_mtime_ns, state.st_size)
            if stamp == self._stamp:
                return
            self._offset_ms = _milliseconds(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            self._stamp = None
            if not self._warned:
                log.warning("clock offset file is unusable, the last offset stays", file=str(file), error=str(error))
            self._warned = True
            return
        self._warned = False
        self._stamp = stamp if time.time_ns() - state.st_mtime_ns > _SETTLED_NS else None


def _milliseconds(text: str) -> int:
    seconds = float(text)
    if not math.isfinite(seconds):
        raise ValueError(f"{text.strip()} is no number of seconds")
    return round(seconds * 1000)


def real_seconds() -> float:
    """Seconds that no offset touches: leases run by the real time, whatever the help desk's clock says.

    They go on while the machine sleeps, where it can tell: leases do.
    """
    return time.clock_gettime(_REAL_CLOCK)
