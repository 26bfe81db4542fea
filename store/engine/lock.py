"""One process per SQLite file: two writing connections can corrupt a WAL database before SQLite 3.51.3."""

import fcntl
import os
from pathlib import Path

from store.errors import DatabaseInUse


def take_lock(database: Path) -> int:
    """Lock `<database>.lock` for this process and return the descriptor; closing it, or dying, gives it back.

    Raises `DatabaseInUse` when somebody else holds it.
    """
    file = database.with_name(f"{database.name}.lock")
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise DatabaseInUse(f"The database {database} is in use by process {owner}; stop that one first.") from None
    os.truncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor
