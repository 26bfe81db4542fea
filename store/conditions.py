"""How things stand that can go wrong, as last seen: so that a change is told once, also across a restart."""

from dataclasses import dataclass
from typing import Final

from store.sql import rows

_ALL: Final = "SELECT subject, state, since, seen_at FROM condition ORDER BY subject"
_ONE: Final = "SELECT subject, state, since, seen_at FROM condition WHERE subject = ?"
_SAVE: Final = """
INSERT INTO condition (subject, state, since, seen_at) VALUES (?1, ?2, ?3, ?3)
ON CONFLICT (subject) DO UPDATE
SET since = CASE WHEN condition.state = excluded.state THEN condition.since ELSE excluded.since END,
    state = excluded.state, seen_at = excluded.seen_at
RETURNING subject"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`subject` is in this `state` `since` then, and was seen so at `seen_at` for the last time."""

    subject: str
    state: str
    since: int
    seen_at: int


async def known() -> list[Condition]:
    return [Condition(**row) for row in await rows(_ALL)]


async def of(subject: str) -> Condition | None:
    found = await rows(_ONE, subject)
    return Condition(**found[0]) if found else None


async def save(subject: str, state: str, now: int) -> None:
    """Seen in this state at `now`; `since` moves only when the state changes."""
    await rows(_SAVE, subject, state, now)
