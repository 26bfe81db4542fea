"""Leases: what exactly one of several workers may do, until an instant that the database's own clock decides."""

from collections.abc import Collection, Sequence
from typing import Final

from store.codec import to_json
from store.sql import Dialects, changed, rows

LANES: Final = "lanes:"
"""With the number of a slot behind it, the name of the lease of that slot's lanes."""
_WORKER: Final = "worker:"
_FORGOTTEN_AFTER_MS: Final = 3_600_000
_LONGEST_MS: Final = 60_000
"""No lease reaches further ahead, unless the database's clock was set back."""
_NOW: Final = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgres": "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
}


def _at_the_databases_time(statement: str) -> Dialects:
    """`{now}` in epoch milliseconds: workers on several machines need not agree about the time."""
    return _each_at_its_time(statement, statement)


def _each_at_its_time(sqlite: str, postgres: str) -> Dialects:
    return Dialects(
        sqlite=sqlite.replace("{now}", _NOW["sqlite"]), postgres=postgres.replace("{now}", _NOW["postgres"])
    )


_HOLDS: Final = "EXISTS (SELECT 1 FROM lease WHERE name = '{name}' AND holder = ?1 AND until > {now})"
_OWN_SLOTS: Final = """(
    SELECT CASE WHEN name LIKE 'lanes:%' THEN CAST(substr(name, 7) AS BIGINT) END FROM lease
    WHERE holder = ?1 AND until > {now}
)"""


def _only_where(claim: str, condition: str) -> str:
    return claim.replace("RETURNING", f"AND {condition} RETURNING")


def fenced_by(name: str, claim: str) -> Dialects:
    """The claim, an UPDATE by epoch `?1`, that takes nothing unless this lease is the claimer's at that moment.

    What the claimer remembers of it may be too old: it may have been stopped after its last look.
    """
    return _at_the_databases_time(_only_where(claim, _HOLDS.replace("{name}", name)))


def fenced_by_lanes(claim: str) -> Dialects:
    """The same for a claim of rows with a `slot`, each of which needs the lease of its own."""
    # As an array PostgreSQL looks once, and not for each row.
    return _each_at_its_time(
        _only_where(claim, f"slot IN {_OWN_SLOTS}"), _only_where(claim, f"slot = ANY (ARRAY {_OWN_SLOTS})")
    )


_NAME: Final = "INSERT INTO lease (name, holder, until) VALUES (?, '', 0) ON CONFLICT (name) DO NOTHING RETURNING name"
_RENEW: Final = _at_the_databases_time("""
UPDATE lease SET until = {now} + CAST(?1 AS BIGINT) WHERE holder = ?2 AND until > {now} RETURNING name""")
_TAKE: Final = _at_the_databases_time("""
WITH free AS MATERIALIZED (
    SELECT name FROM lease WHERE until <= {now} AND name IN texts(?1) ORDER BY name LIMIT ?2 skip_locked()
)
UPDATE lease SET holder = ?3, until = {now} + CAST(?4 AS BIGINT)
WHERE until <= {now} AND name IN (SELECT name FROM free) RETURNING name""")
_HELD: Final = "SELECT name FROM lease WHERE holder = ?"
_DROP: Final = "UPDATE lease SET until = 0 WHERE holder = ? AND name IN texts(?) RETURNING name"
_ENTER: Final = _at_the_databases_time("""
INSERT INTO lease (name, holder, until) VALUES (?1, ?2, {now} + CAST(?3 AS BIGINT))
ON CONFLICT (name) DO UPDATE SET until = excluded.until RETURNING name""")
_ALIVE: Final = _at_the_databases_time(
    "SELECT count(*) AS alive FROM lease WHERE name >= 'worker:' AND name < 'worker;' AND until > {now}"
)
_SHORTEN: Final = _at_the_databases_time("""
UPDATE lease SET until = {now} + CAST(?1 AS BIGINT) WHERE until > {now} + CAST(?2 AS BIGINT) RETURNING name""")
_FORGET: Final = _at_the_databases_time("""
DELETE FROM lease WHERE name >= 'worker:' AND name < 'worker;' AND until < {now} - CAST(? AS BIGINT) RETURNING name""")


async def name(names: Sequence[str]) -> None:
    """See to it that these leases exist, free for whoever takes them first."""
    for one in names:
        await rows(_NAME, one)


async def enter(holder: str, ms: int) -> int:
    """Say that this worker lives for so long at least; returns how many do, itself included.

    Where the database's clock was set back, every lease has so long from now on: who lives renews it, and who died
    does not hold it until the old time comes again.
    """
    await rows(_SHORTEN, ms, _LONGEST_MS)
    await rows(_ENTER, f"{_WORKER}{holder}", holder, ms)
    await changed(_FORGET, _FORGOTTEN_AFTER_MS)
    return int((await rows(_ALIVE))[0]["alive"])


async def leave(holder: str) -> None:
    """This worker ends: others need not wait for its leases to run out."""
    await rows(_DROP, holder, to_json([row["name"] for row in await rows(_HELD, holder)]))


async def renew(holder: str, ms: int) -> set[str]:
    """Hold for so long from now on what is still held; returns the names. What ran out is not among them."""
    return {row["name"] for row in await rows(_RENEW, ms, holder)}


async def take(names: Collection[str], most: int, holder: str, ms: int) -> set[str]:
    """Take up to `most` of these that nobody holds; returns the names."""
    return {row["name"] for row in await rows(_TAKE, to_json(sorted(names)), most, holder, ms)}


async def drop(names: Collection[str], holder: str) -> None:
    """Give these back before their time."""
    await rows(_DROP, holder, to_json(sorted(names)))
