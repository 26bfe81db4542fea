"""The sandbox's one clock: real time plus an offset that people and tests may move."""

import time
from pathlib import Path


class SandboxClock:
    """Tells unix time in seconds; the offset lives in a plain text file that the application re-reads.

    The file holds one number (seconds, may have a fraction). A missing file means offset 0 and is created,
    so whoever is given its path can read it at once. A file without a number raises ValueError.
    """

    def __init__(self, offset_file: Path) -> None:
        self.offset_file = offset_file
        self._offset = float(offset_file.read_text()) if offset_file.exists() else 0.0
        self._write()

    @property
    def offset(self) -> float:
        """Seconds by which the sandbox is ahead of real time."""
        return self._offset

    def now(self) -> float:
        """Unix time in seconds, as everybody in the sandbox sees it."""
        return time.time() + self._offset

    def move(self, seconds: float) -> None:
        """Move the clock by so many seconds (forward if positive) and tell the application's file."""
        self._offset += seconds
        self._write()

    def _write(self) -> None:
        # A reader must never see half a number, so the file is replaced in one step.
        fresh = self.offset_file.with_name(f"{self.offset_file.name}.new")
        fresh.write_text(f"{self._offset!r}\n")
        fresh.replace(self.offset_file)
