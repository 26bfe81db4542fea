"""The door in: raw updates, stored once, handed out in order within each lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.ports import Item
from store.db import transaction
from store.door import DoorState
from store.errors import LeaseLost
from store.sql import changed, rows

_ROWS_PER_STATEMENT: Final = 500

_APPEND: Final = (
    "INSERT INTO inbox (channel, key, lane, raw, received_at, due_at) VALUES {} ON CONFLICT DO NOTHING RETURNING id"
)
_SET_CURSOR: Final = (
    "INSERT INTO bookmark (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_CURSOR: Final = "SELECT value FROM bookmark WHERE name = ?"
_CLAIM: Final = """
UPDATE inbox SET state = 'claimed', epoch = ?, lease_until = ?, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM inbox
    WHERE state = 'waiting' AND due_at <= ? AND id IN (
        SELECT min(id) FROM inbox WHERE state IN ('waiting', 'claimed')
        GROUP BY channel, lane HAVING max(state = 'claimed') = 0
    )
    ORDER BY id LIMIT ?
)
RETURNING id, channel, key, lane, raw, received_at, attempts"""
_FINISH: Final = """
UPDATE inbox SET state = 'done', done_at = ?, error = ''
WHERE id = ? AND epoch = ? AND state = 'claimed' RETURNING id"""
_RETRY: Final = """
UPDATE inbox SET state = 'waiting', due_at = ?, error = ?, epoch = '', lease_until = 0
WHERE id = ? AND epoch = ? AND state = 'claimed' RETURNING id"""
_PARK: Final = (
    "UPDATE inbox SET state = 'parked', error = ? WHERE id = ? AND epoch = ? AND state = 'claimed' RETURNING id"
)
_PARKED_SINCE: Final = """
SELECT count(*) AS parked FROM (SELECT received_at FROM inbox WHERE state = 'parked' ORDER BY id DESC LIMIT ?)
WHERE received_at >= ?"""
_RELEASE_ORPHANS: Final = """
UPDATE inbox SET state = 'waiting', epoch = '', lease_until = 0
WHERE state = 'claimed' AND CASE WHEN ? THEN epoch <> ? ELSE lease_until <= ? END RETURNING id"""
_STATE: Final = """
SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting') AS waiting,
    (SELECT count(*) FROM inbox WHERE state = 'parked') AS parked,
    (SELECT received_at FROM inbox WHERE state = 'waiting' AND due_at <= ? ORDER BY received_at LIMIT 1) AS oldest"""
_BUSY: Final = "SELECT id FROM inbox WHERE state IN ('waiting', 'claimed') LIMIT 1"
_PRUNE: Final = """
DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE state = 'done' AND done_at < ? LIMIT ?) RETURNING id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """A claimed update. `attempts` counts the claims, this one included."""

    id: int
    channel: str
    key: str
    lane: str
    raw: bytes
    received_at: int
    attempts: int


async def append(items: Sequence[Item], now: int, cursor: tuple[str, int] | None = None) -> int:
    """Store what is not there yet, and the reader's position with it; returns the number of new rows.

    `cursor` is (name, value) and simply overwrites: a vendor may start counting anew.
    """
    new = 0
    async with transaction():
        for start in range(0, len(items), _ROWS_PER_STATEMENT):
            batch = items[start : start + _ROWS_PER_STATEMENT]
            values: list[Any] = []
            for item in batch:
                values += (item.channel, item.key, item.lane, item.raw, now, now)
            new += await changed(_APPEND.format(", ".join(["(?, ?, ?, ?, ?, ?)"] * len(batch))), *values)
        if cursor is not None:
            await rows(_SET_CURSOR, *cursor)
    return new


async def cursor(name: str) -> int:
    """The position saved with `append`, 0 if there is none."""
    found = await rows(_CURSOR, name)
    return int(found[0]["value"]) if found else 0


async def claim(epoch: str, now: int, lease_ms: int, limit: int) -> list[InboxRow]:
    """Take the head of each free lane that is due, oldest first; a head that waits for a retry keeps its lane shut."""
    claimed = await rows(_CLAIM, epoch, now + lease_ms, now, limit)
    return sorted((InboxRow(**row) for row in claimed), key=lambda row: row.id)


async def finish(row_id: int, epoch: str, now: int) -> None:
    """The row is done, in the caller's transaction. Raises `LeaseLost`."""
    await _if_ours(_FINISH, now, row_id, epoch)


async def retry(row_id: int, epoch: str, due_at: int, error: str) -> None:
    """Give the row back until `due_at`; its lane waits for it. Raises `LeaseLost`."""
    await _if_ours(_RETRY, due_at, error, row_id, epoch)


async def park(row_id: int, epoch: str, error: str) -> None:
    """Put the row aside for a human; its lane goes on. Raises `LeaseLost`."""
    await _if_ours(_PARK, error, row_id, epoch)


async def parked_since(instant: int, most: int) -> int:
    """How many of the newest `most` parked rows came at that instant or later."""
    return int((await rows(_PARKED_SINCE, most, instant))[0]["parked"])


async def release_orphans(epoch: str, now: int, *, all_others: bool) -> int:
    """Hand back all that other epochs claimed (we are alone), or whatever has outlived its lease, our own included."""
    return await changed(_RELEASE_ORPHANS, all_others, epoch, now)


async def state(now: int) -> DoorState:
    row = (await rows(_STATE, now))[0]
    return DoorState(waiting=row["waiting"], parked=row["parked"], oldest_waiting_at=row["oldest"])


async def idle() -> bool:
    """Whether nothing waits and nothing is being worked on."""
    return not await rows(_BUSY)


async def prune(before: int, limit: int) -> int:
    """Forget up to `limit` rows that were done before that instant; from then on a redelivery counts as new."""
    return await changed(_PRUNE, before, limit)


async def _if_ours(statement: str, *values: Any) -> None:
    if not await changed(statement, *values):
        raise LeaseLost("The inbox row was taken over by another worker.")
