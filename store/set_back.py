"""Whatever waits in the tables, after the clock was set back: it would lie until the clock shows the old time again."""

from typing import Final

from store.sql import changed

_DUE: Final = (
    "UPDATE inbox SET due_at = due_at - ?2 WHERE state IN ('waiting', 'claimed') AND due_at > ?1 RETURNING id",
    "UPDATE outbox SET due_at = due_at - ?2 WHERE state IN ('pending', 'uncertain') AND due_at > ?1 RETURNING id",
)
_LEASES: Final = (
    "UPDATE inbox SET lease_until = ?1 WHERE state = 'claimed' AND lease_until > ?1 RETURNING id",
    "UPDATE outbox SET lease_until = ?1 WHERE state = 'sending' AND lease_until > ?1 RETURNING id",
    "UPDATE timer SET lease_until = ?1 WHERE state = 'claimed' AND lease_until > ?1 RETURNING id",
)


async def follow(now: int, back_ms: int, longest_lease_ms: int) -> int:
    """What is due later than `now` is due that much earlier, and no claim lasts longer than the longest lease.

    What people wait for (deadlines, answers, the end of a window) stays at its own time. Returns how many rows moved.
    """
    moved = [await changed(due, now, back_ms) for due in _DUE]
    moved += [await changed(lease, now + longest_lease_ms) for lease in _LEASES]
    return sum(moved)
