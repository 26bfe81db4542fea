"""A disk that loses power: what was synced stays, of everything later any part may be there, in any order, torn."""

import hashlib
import random
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.proofs.powerloss import SYNCS, Kind, Step

SECTOR: Final = 512
"""Bytes a disk writes whole or not at all."""

_DELETES: Final = frozenset({Kind.DELETE, Kind.DELETE_FOR_GOOD})
_FRAME_HEADER: Final = 24
"""A frame of the write-ahead log: this header, then a page; bytes 4 to 8 are not zero where a commit ends."""


@dataclass(slots=True)
class Disk:
    """Files as they surely are on the disk, and what was asked since without a sync. `fates` counts what was drawn."""

    surely: dict[str, bytearray] = field(default_factory=dict)
    perhaps: list[Step] = field(default_factory=list)
    fates: Counter[str] = field(default_factory=Counter)

    def does(self, step: Step) -> None:
        """One more step; a sync makes all that was asked of its file certain."""
        if step.kind is Kind.ACKNOWLEDGED:
            return
        self.perhaps.append(step)
        if step.kind in SYNCS:
            self._settle({step.file: len(self.perhaps)})
        if step.kind in {Kind.SYNC_WITH_FOLDER, Kind.DELETE_FOR_GOOD}:
            self._settle({gone.file: place for place, gone in enumerate(self.perhaps, 1) if gone.kind in _DELETES})

    def _settle(self, until: Mapping[str, int]) -> None:
        """What was asked of these files before that place is certain from now on."""
        left = []
        for place, step in enumerate(self.perhaps):
            if place < until.get(step.file, 0):
                _apply(self.surely, step)
            else:
                left.append(step)
        self.perhaps = left

    def after_a_loss(self, chance: random.Random) -> dict[str, bytearray]:
        """The files after a loss of power just now."""
        files = {name: bytearray(content) for name, content in self.surely.items()}
        luck = chance.choice((0.0, 0.5, 0.9, 1.0))
        lost: set[str] = set()
        undeleted: set[str] = set()
        for step in self.perhaps:
            if step.file in undeleted:
                continue  # later steps were asked of a new file of that name, which nobody can find now
            if chance.random() < luck:
                self.fates["reordered"] += step.file in lost
                _apply(files, step)
            elif step.kind is Kind.WRITE and chance.random() < 0.5:
                self.fates["torn"] += 1
                _tear(files, step, chance)
            else:
                self.fates["lost"] += 1
                lost.add(step.file)
                undeleted |= {step.file} if step.kind is Kind.DELETE else set()
        return files


def _apply(files: dict[str, bytearray], step: Step) -> None:
    if step.kind in _DELETES:
        files.pop(step.file, None)
    elif step.kind is Kind.TRUNCATE:
        del files.setdefault(step.file, bytearray())[step.at :]
    elif step.kind is Kind.WRITE:
        _write(files, step.file, step.at, step.data)


def _write(files: dict[str, bytearray], name: str, at: int, data: bytes) -> None:
    """Bytes into their place; a gap before them reads as zeros."""
    content = files.setdefault(name, bytearray())
    content.extend(bytes(max(0, at - len(content))))
    content[at : at + len(data)] = data


def _tear(files: dict[str, bytearray], step: Step, chance: random.Random) -> None:
    """Only some of the sectors that a write touches."""
    edges = [step.at, *range(step.at // SECTOR * SECTOR + SECTOR, step.at + len(step.data), SECTOR)]
    for edge, end in zip(edges, [*edges[1:], step.at + len(step.data)], strict=True):
        if chance.random() < 0.5:
            _write(files, step.file, edge, step.data[edge - step.at : end - step.at])


@dataclass(slots=True)
class Log:
    """How far the database was, as its write-ahead log tells: commits `begun`, `written` whole, and of these `synced`.

    `states` are digests of the whole database after each commit, the empty one first.
    """

    begun: int = 0
    synced: int = 0
    states: list[str] = field(default_factory=lambda: [_digest(b"")])
    _pages: bytearray = field(default_factory=bytearray)
    _frame: bytes = b""

    @property
    def written(self) -> int:
        return len(self.states) - 1

    def follows(self, step: Step) -> None:
        """One more step of the database or its log."""
        if not step.file.endswith("-wal"):
            if step.kind is Kind.WRITE and not step.file.endswith("-journal") and not self.written:
                self.begun = 1  # a new database is one page, written without a log
                self._puts(step.at, step.data)
                self.states.append(_digest(self._pages))
        elif step.kind in SYNCS:
            self.synced = self.written
        elif step.kind is Kind.WRITE and len(step.data) == _FRAME_HEADER:
            self._frame = step.data
            self.begun += self._pages_after() > 0
        elif step.kind is Kind.WRITE and self._frame:
            self._puts((int.from_bytes(self._frame[:4]) - 1) * len(step.data), step.data)
            self._commits(len(step.data))

    def _pages_after(self) -> int:
        """Not 0 in the last frame of a commit: then the size of the database."""
        return int.from_bytes(self._frame[4:8])

    def _puts(self, at: int, data: bytes) -> None:
        self._pages.extend(bytes(max(0, at - len(self._pages))))
        self._pages[at : at + len(data)] = data

    def _commits(self, page: int) -> None:
        pages_after, self._frame = self._pages_after(), b""
        if pages_after:
            del self._pages[pages_after * page :]
            self.states.append(_digest(self._pages))


@dataclass(frozen=True, slots=True)
class Found:
    """What SQLite makes of files: what is wrong with them, a digest of all of it, the keys in the inbox."""

    damage: str
    digest: str
    keys: frozenset[str]


def opened(files: Mapping[str, bytearray], name: str) -> Found:
    """Open the database as the next start would."""
    with TemporaryDirectory() as folder:
        for file, content in files.items():
            Path(folder, file).write_bytes(content)
        return _found(Path(folder, name))


def _found(file: Path) -> Found:
    connection = sqlite3.connect(file)
    try:
        connection.execute("PRAGMA synchronous=OFF")  # the judge's own writing need not be safe
        damage = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        damage += [f"no parent of {row}" for row in connection.execute("PRAGMA foreign_key_check")]
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        keys = [row[0] for row in connection.execute("SELECT key FROM inbox")] if "inbox" in tables else []
        ((pages,),) = connection.execute("PRAGMA page_count")
        return Found("; ".join(damage), _digest(connection.serialize() if pages else b""), frozenset(keys))
    except sqlite3.DatabaseError as error:
        return Found(str(error), "", frozenset())
    finally:
        connection.close()


def _digest(content: bytes | bytearray) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
