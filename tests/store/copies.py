"""Files of SQLite looked at, and spoilt, from outside."""

import sqlite3
from contextlib import closing
from pathlib import Path


def numbers_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [number for (number,) in connection.execute("SELECT number FROM ticket ORDER BY id")]


def size_of(file: Path) -> int:
    return file.stat().st_size


def permissions(file: Path) -> int:
    return file.stat().st_mode & 0o777


def written(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def made_folder(folder: Path) -> None:
    folder.mkdir()


def beside(file: Path) -> set[str]:
    return {path.name for path in file.parent.iterdir()} - {file.name, f"{file.name}.lock"}


def torn(file: Path) -> None:
    """Overwrite the middle of the file."""
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(size // 3)
        opened.write(b"\xaa" * (size // 3))


def orphaned(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE ticket SET requester_id = 77")
