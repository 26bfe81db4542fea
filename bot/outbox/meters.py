"""Measures of rates: a leaky bucket for people, a sliding second for channels, a sliding minute for groups."""

from collections import deque
from collections.abc import Iterable

from bot.domain.channel import Rate

MINUTE = 60.0
_BURST = 10
"""So many writes a minute go out at once; busier groups get an even pace."""
_LOOK_AGAIN = 0.25


class Bucket:
    """A leaky bucket over a monotonic clock, full at the start."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._at = now

    def take(self, now: float) -> float:
        """Take one token; 0 when there was one, else the seconds until there is."""
        self._tokens = min(float(self._rate.burst), self._tokens + (now - self._at) / self._rate.seconds)
        self._at = now
        if self._tokens < 1.0:
            return (1.0 - self._tokens) * self._rate.seconds
        self._tokens -= 1.0
        return 0.0

    def is_full(self, now: float) -> bool:
        return self._tokens + (now - self._at) / self._rate.seconds >= self._rate.burst


class Window:
    """As many as a rate's burst in any stretch of the time it takes to fill up again: 30 in any second."""

    def __init__(self, rate: Rate) -> None:
        self._seconds = rate.seconds * rate.burst
        self._taken: deque[float] = deque(maxlen=rate.burst)
        self._kept = 0
        self._kept_until = 0.0

    def pause(self, now: float, cost: int = 1) -> float:
        """Seconds until there is room for so many more."""
        room = self._taken.maxlen or 0
        missing = len(self._taken) + min(cost, room) - room
        return max(0.0, self._taken[missing - 1] + self._seconds - now) if missing > 0 else 0.0

    def pause_behind(self, now: float) -> float:
        """Seconds until there is room for one more beside what is kept."""
        return self.pause(now, 1 + (self._kept if now < self._kept_until else 0))

    def keep(self, cost: int, now: float) -> None:
        """So many are wanted by somebody who asks again before long, and whom a crowd would always forestall."""
        self._kept, self._kept_until = cost, now + 2 * self._seconds

    def took(self, now: float, cost: int = 1) -> None:
        """So many more."""
        self._taken.extend([now] * cost)


class Meter:
    """What one bot account wrote into one agents' group over the last minute, of `limit` writes (0: no limit)."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._writes: deque[float] = deque()
        self._reserved: dict[int, int] = {}
        self._next_at = 0.0
        self._shut_until = 0.0

    def pause(self, now: float, cost: int = 1) -> float:
        """Seconds until the next write: none after a quiet time, then an even pace, and never past the limit.

        An even pace serves every topic in turn; bursts would leave the last of them waiting for most of a minute.
        """
        return max(0.0, self._shut_until - now, self._pace(now, cost))

    def _pace(self, now: float, cost: int) -> float:
        if not self._limit:
            return 0.0
        used = self.used(now)
        missing = used + cost - self._limit
        if missing > 0:
            written = min(missing, len(self._writes))
            return self._writes[written - 1] + MINUTE - now if written else _LOOK_AGAIN
        return 0.0 if used < _BURST else self._next_at - now

    def used(self, now: float) -> int:
        """Writes of the last minute, and those that are promised."""
        return self._recent(now) + sum(self._reserved.values())

    def is_tight(self, now: float) -> bool:
        """The group was written to of late: bundle what can be bundled."""
        return bool(self._limit) and self._recent(now) >= _BURST

    def reserve(self, errand_id: int, cost: int, now: float) -> None:
        """Promise room to an errand until `release`."""
        self._reserved[errand_id] = cost
        self._next_at = now + cost * MINUTE / self._limit if self._limit else now

    def release(self, errand_id: int) -> None:
        self._reserved.pop(errand_id, None)

    def wrote(self, errand_id: int, cost: int, now: float) -> None:
        """So many writes happened; they come out of what was promised to the errand."""
        self._writes.extend([now] * cost)
        if errand_id in self._reserved:
            self._reserved[errand_id] = max(0, self._reserved[errand_id] - cost)

    def recall(self, writes: Iterable[float]) -> None:
        """Writes that were made before this process, or beside it."""
        self._writes = deque(sorted([*self._writes, *writes]))

    def shut(self, until: float) -> None:
        """Nothing more before that instant: the platform asked for a pause, or a larger errand waits for the room."""
        self._shut_until = max(self._shut_until, until)

    def _recent(self, now: float) -> int:
        while self._writes and self._writes[0] <= now - MINUTE:
            self._writes.popleft()
        return len(self._writes)
