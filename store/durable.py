"""Files that only their owner may read, and that are on the disk when we say so."""

import os
from pathlib import Path


def new_private(file: Path) -> None:
    """Make an empty file. Raises `FileExistsError` where there is one."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def synced(file: Path) -> int:
    """See to it that the content is on the disk; returns its size in bytes."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    return file.stat().st_size


def sync_folder(folder: Path) -> None:
    """See to it that the names in it are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
