"""After a restore: what may have gone out since the copy was made is held back, and no number is given twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.ledger import HELD, Errand
from store import bookmarks
from store.db import transaction
from store.outbox_rows import to_errand
from store.sql import Dialects, changed, rows

NUMBERS_SKIPPED: Final = 1_000
IDS_SKIPPED: Final = 1_000_000
"""Buttons and receipts of the time that is lost name rows by id; none of them may mean a row that is made later."""

_RESTORED: Final = "restored:at"
_COPIED: Final = "restored:from"
_MADE: Final = "backup:at"
_HOLD: Final = """
UPDATE outbox SET state = 'failed', error = ?1, settled_at = ?2, epoch = '', lease_until = 0
WHERE op IN ('send', 'album') AND state IN ('pending', 'sending', 'uncertain', 'parked') RETURNING id"""
_DROP_ANSWERS: Final = """
UPDATE outbox SET state = 'expired', error = ?1, settled_at = ?2, epoch = '', lease_until = 0
WHERE op = 'answer' AND state IN ('pending', 'sending', 'uncertain') RETURNING id"""
_SKIP_NUMBERS: Final = "UPDATE counter SET value = value + ? RETURNING year"
_COUNT_IDS: Final = Dialects(
    sqlite="""
INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM sqlite_master
WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND name NOT IN (SELECT name FROM sqlite_sequence)""",
    postgres="SELECT 1",
)
_SKIP_IDS: Final = Dialects(
    sqlite="UPDATE sqlite_sequence SET seq = seq + ?",
    postgres="""
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, 0) + CAST(? AS BIGINT))
FROM pg_sequences WHERE schemaname = current_schema()""",
)
_HELD: Final = "SELECT * FROM outbox WHERE state = 'failed' AND error = ? AND settled_at = ? ORDER BY id"


@dataclass(frozen=True, slots=True)
class Restored:
    """That a restore happened and when (epoch milliseconds), and when the copy was made where it says so."""

    at: int
    copied_at: int | None


async def hold(at: int) -> int:
    """Hold back every word that waits, of the open database; returns how many messages that were.

    Whatever waited when the copy was made may be out since: sent now, it would be there twice.
    """
    async with transaction():
        held = await changed(_HOLD, HELD, at)
        await rows(_DROP_ANSWERS, HELD, at)
        await rows(_SKIP_NUMBERS, NUMBERS_SKIPPED)
        await rows(_COUNT_IDS)
        await rows(_SKIP_IDS, IDS_SKIPPED)
        await bookmarks.write(_RESTORED, at)
        made = await bookmarks.read(_MADE)
        await (bookmarks.forget(_COPIED) if made is None else bookmarks.write(_COPIED, made))
    return held


async def restored() -> Restored | None:
    """The restore that nobody was told of yet."""
    at = await bookmarks.read(_RESTORED)
    return Restored(at, await bookmarks.read(_COPIED)) if at is not None else None


async def held(restore: Restored) -> list[Errand]:
    """What was held back by it, oldest first."""
    return list(map(to_errand, await rows(_HELD, HELD, restore.at)))


async def told() -> None:
    """Everybody concerned knows of the restore."""
    await bookmarks.forget(_RESTORED)


def mark_of(at: int) -> Mapping[str, int]:
    """The bookmark by which a copy says when it was made."""
    return {_MADE: at}
