"""What the health checks ask the machine; a test hands in another machine."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.ports import Space
from config.clock import unix_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """`space` of the disk a folder is on; `time` of the machine in unix seconds, whatever a sandbox says."""

    space: Callable[[Path], Space] = shutil.disk_usage
    time: Callable[[], float] = unix_time
