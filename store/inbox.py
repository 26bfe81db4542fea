"""The door in: raw updates, stored once, handed out in order within each lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from bot.ports import Item
from bot.shares import SLOTS
from store import bookmarks, bulk, leases
from store.codec import to_json
from store.db import begun_anew, transaction
from store.door import DoorState
from store.errors import LeaseLost
from store.sql import changed, look, rows

ALL_SLOTS: Final = frozenset(range(SLOTS))
LONGEST_RUN: Final = 16
"""So many rows of one lane are handed out at once: a flood is worked off quickly, and still lets others in."""
_LOOKED_AT: Final = 1_000
"""Parked rows have no index by lane; the newest of them are looked through."""

_APPEND: Final = """
INSERT INTO inbox (channel, key, lane, slot, raw, received_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING"""
# The states are named as in the condition of the partial index, or SQLite would not see that it may use it.
_CLAIM: Final = """
WITH head AS MATERIALIZED (
    SELECT min(id) AS id, channel, lane FROM inbox WHERE state IN ('waiting', 'claimed') AND slot IN numbers(?5)
    GROUP BY channel, lane HAVING count(*) FILTER (WHERE state = 'claimed') = 0
), due AS MATERIALIZED (
    SELECT head.id, head.channel, head.lane FROM head JOIN inbox ON inbox.id = head.id
    WHERE inbox.due_at <= ?3 ORDER BY head.id LIMIT ?4
)
UPDATE inbox SET state = 'claimed', epoch = ?1, lease_until = ?2, attempts = attempts + 1
WHERE state = 'waiting' AND id IN (
    SELECT run.id FROM due JOIN inbox AS run ON run.channel = due.channel AND run.lane = due.lane
    WHERE run.state IN ('waiting', 'claimed') AND run.id <= coalesce((
        SELECT last.id FROM inbox AS last
        WHERE last.channel = due.channel AND last.lane = due.lane AND last.state IN ('waiting', 'claimed')
        ORDER BY last.id LIMIT 1 OFFSET ?6
    ), run.id)
    ORDER BY run.id <> due.id, run.id LIMIT ?4
)
RETURNING id, channel, key, lane, raw, received_at, attempts"""
_CLAIM_FENCED: Final = leases.fenced_by_lanes(_CLAIM)
_FINISH: Final = """
UPDATE inbox SET state = 'done', done_at = ?, error = ''
WHERE id IN numbers(?) AND epoch = ? AND state = 'claimed' RETURNING id"""
_RETRY: Final = """
UPDATE inbox SET state = 'waiting', due_at = ?, error = ?, epoch = '', lease_until = 0
WHERE id = ? AND epoch = ? AND state = 'claimed' RETURNING id"""
_GIVE_BACK: Final = """
UPDATE inbox SET state = 'waiting', attempts = attempts - 1, epoch = '', lease_until = 0,
    due_at = coalesce(CAST(? AS BIGINT), due_at)
WHERE id IN numbers(?) AND epoch = ? AND state = 'claimed' RETURNING id"""
_LET_GO: Final = """
UPDATE inbox SET state = 'waiting', attempts = attempts - 1, epoch = '', lease_until = 0
WHERE epoch = ? AND state = 'claimed' RETURNING id"""
_PARK: Final = (
    "UPDATE inbox SET state = 'parked', error = ? WHERE id = ? AND epoch = ? AND state = 'claimed' RETURNING id"
)
_PARKED_SINCE: Final = """
SELECT count(*) AS parked FROM (SELECT received_at FROM inbox WHERE state = 'parked' ORDER BY id DESC LIMIT ?) AS newest
WHERE received_at >= ?"""
_RELEASE_ORPHANS: Final = """
WITH orphan AS MATERIALIZED (
    SELECT id FROM inbox
    WHERE state = 'claimed' AND slot IN numbers(?) AND (epoch <> ? OR lease_until <= ?) skip_locked()
)
UPDATE inbox SET state = 'waiting', attempts = attempts - 1, epoch = '', lease_until = 0
WHERE id IN (SELECT id FROM orphan) RETURNING id"""
_OTHERS: Final = "SELECT DISTINCT slot FROM inbox WHERE state = 'claimed' AND epoch <> ? AND slot IN numbers(?)"
_STATE: Final = """
SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting') AS waiting,
    (SELECT count(*) FROM inbox WHERE state = 'parked') AS parked,
    (SELECT received_at FROM inbox WHERE state = 'waiting' AND due_at <= ? ORDER BY received_at LIMIT 1) AS oldest"""
_UNDER_WAY: Final = "SELECT id FROM inbox WHERE state = 'claimed' AND epoch = ? AND slot IN numbers(?) LIMIT 1"
_BUSY: Final = "SELECT id FROM inbox WHERE state IN ('waiting', 'claimed') LIMIT 1"
_NEWEST: Final = "SELECT max(id) AS newest FROM inbox"
# The plus keeps the primary key out: the few rows that wait are looked through, not the many that are done.
UP_TO: Final = "SELECT id FROM inbox WHERE state IN ('waiting', 'claimed') AND +id <= ? LIMIT 1"
UNREAD: Final = """
SELECT id FROM inbox WHERE channel = ?1 AND lane IN texts(?2) AND state IN ('waiting', 'claimed')
UNION ALL
SELECT id FROM (
    SELECT id, channel, lane, received_at FROM inbox WHERE state = 'parked' ORDER BY id DESC LIMIT ?4
) AS newest
WHERE channel = ?1 AND lane IN texts(?2) AND received_at >= ?3
LIMIT 1"""
_PRUNE: Final = """
DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE state = 'done' AND done_at < ? LIMIT ?) RETURNING id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What one request brought, and when (epoch milliseconds).

    `cursor` is the reader's new position, (name, value); it simply overwrites: a vendor may start counting anew.
    """

    items: tuple[Item, ...]
    at: int
    cursor: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """A claimed update. `attempts` counts the tries, this one included; a claim that was given back was none."""

    id: int
    channel: str
    key: str
    lane: str
    raw: bytes
    received_at: int
    attempts: int


async def append(items: Sequence[Item], now: int, cursor: tuple[str, int] | None = None) -> None:
    """Store one arrival."""
    await store([Arrival(items=tuple(items), at=now, cursor=cursor)])


@begun_anew
async def store(arrivals: Sequence[Arrival]) -> None:
    """Store in one commit what is not there yet, and the readers' positions with it.

    Another worker may be given the same updates at the same time, in another order: then it is begun anew.
    """
    async with transaction():
        await bulk.add(_APPEND, [_values(item, arrival.at) for arrival in arrivals for item in arrival.items])
        for cursor in dict(arrival.cursor for arrival in arrivals if arrival.cursor).items():
            await bookmarks.write(*cursor)


def _values(item: Item, at: int) -> tuple[Any, ...]:
    return (item.channel, item.key, item.lane, slot_of(item.channel, item.lane), item.raw, at, at)


def slot_of(channel: str, lane: str) -> int:
    """The slot of a lane: the same in every process, today and tomorrow."""
    return crc32(f"{channel} {lane}".encode()) % SLOTS


async def cursor(name: str) -> int:
    """The position saved with `append`, 0 if there is none."""
    return await bookmarks.read(name) or 0


async def claim(
    epoch: str, now: int, lease_ms: int, limit: int, slots: frozenset[int] = ALL_SLOTS, *, fenced: bool = False
) -> list[InboxRow]:
    """Take runs from the heads of free lanes that are due, oldest first; a head that waits for a retry shuts its lane.

    Every lane's head goes before any second, so that nobody waits for the end of another one's flood. A lane of which
    anything is claimed is shut too, so whoever holds a run holds the lane. `fenced`: of these slots only those whose
    leases are the claimer's at this moment.
    """
    values = (epoch, now + lease_ms, now, limit, to_json(sorted(slots)), LONGEST_RUN - 1)
    claimed = await rows(_CLAIM_FENCED if fenced else _CLAIM, *values)
    return sorted((InboxRow(**row) for row in claimed), key=lambda row: row.id)


async def finish(row_ids: Sequence[int], epoch: str, now: int) -> None:
    """The rows are done, in the caller's transaction. Raises `LeaseLost` when any of them is not ours any more."""
    if await changed(_FINISH, now, to_json(list(row_ids)), epoch) != len(row_ids):
        raise LeaseLost("An inbox row was taken over by another worker.")


async def give_back(row_ids: Sequence[int], epoch: str, due_at: int | None = None) -> None:
    """Rows nothing was tried with go back behind the one that failed before them, to rest until `due_at`, if given."""
    await rows(_GIVE_BACK, due_at, to_json(list(row_ids)), epoch)


async def let_go(epoch: str) -> int:
    """Give back all that is claimed for this process, which knows that it works on nothing of it."""
    return await changed(_LET_GO, epoch)


async def retry(row_id: int, epoch: str, due_at: int, error: str) -> None:
    """Give the row back until `due_at`; its lane waits for it. Raises `LeaseLost`."""
    await _if_ours(_RETRY, due_at, error, row_id, epoch)


async def park(row_id: int, epoch: str, error: str) -> None:
    """Put the row aside for a human; its lane goes on. Raises `LeaseLost`."""
    await _if_ours(_PARK, error, row_id, epoch)


async def parked_since(instant: int, most: int) -> int:
    """How many of the newest `most` parked rows came at that instant or later."""
    return int((await rows(_PARKED_SINCE, most, instant))[0]["parked"])


async def unread(channel: str, lanes: Sequence[str], since: int) -> bool:
    """Whether something in these lanes waits, is being worked on, or was parked of what came since that instant."""
    return bool(await rows(UNREAD, channel, to_json(list(lanes)), since, _LOOKED_AT))


async def release_orphans(epoch: str, now: int, slots: frozenset[int] = ALL_SLOTS) -> int:
    """Hand back, in these slots of ours, what other epochs claimed and whatever of our own has outlived its lease.

    Rows that a transaction of a dead worker still locks are left out: nobody waits for the dead.
    """
    return await changed(_RELEASE_ORPHANS, to_json(sorted(slots)), epoch, now)


async def claimed_by_others(epoch: str, slots: frozenset[int]) -> frozenset[int]:
    """Those of the slots in which something is in the name of another epoch."""
    return frozenset(row["slot"] for row in await rows(_OTHERS, epoch, to_json(sorted(slots))))


async def under_way(epoch: str, slots: frozenset[int]) -> bool:
    """Whether this process holds anything in these slots."""
    return bool(await rows(_UNDER_WAY, epoch, to_json(sorted(slots))))


async def state(now: int) -> DoorState:
    row = (await look(_STATE, now))[0]
    return DoorState(waiting=row["waiting"], parked=row["parked"], oldest_waiting_at=row["oldest"])


async def idle() -> bool:
    """Whether nothing waits and nothing is being worked on."""
    return not await rows(_BUSY)


async def newest() -> int:
    """The id of what came last, 0 when nothing ever came."""
    return int((await rows(_NEWEST))[0]["newest"] or 0)


async def worked_off(until: int) -> bool:
    """Whether nothing up to that id waits or is being worked on, whatever came after it."""
    return not await rows(UP_TO, until)


async def prune(before: int, limit: int) -> int:
    """Forget up to `limit` rows that were done before that instant; from then on a redelivery counts as new."""
    return await changed(_PRUNE, before, limit)


async def _if_ours(statement: str, *values: Any) -> None:
    if not await changed(statement, *values):
        raise LeaseLost("The inbox row was taken over by another worker.")
