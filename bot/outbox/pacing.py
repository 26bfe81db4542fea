"""Rates: the platforms' limits as data, kept before the platform has to remind us."""

from collections import deque

import structlog

from bot.domain.channel import Rate
from bot.domain.errors import SendError
from bot.domain.ledger import WORDS, Errand, Op
from bot.helpdesk import HelpDesk
from bot.services.lanes import desk_place

_MINUTE = 60.0
_CARD_WRITES = 2
"""A card is posted into a topic that has to be opened, or edited together with the topic's name."""
_BURST = 10
"""So many writes a minute go out at once; busier groups get an even pace."""
_LOOK_AGAIN = 0.25
_BUCKETS_KEPT = 10_000
_FIRST_CHANNEL_PAUSE = 1.0
_LONGEST_CHANNEL_PAUSE = 60.0
"""Seconds between two tries of a channel that refused us as a whole; each try doubles them."""

_FIRST_PAUSE_MS = 500
_LONGEST_PAUSE_MS = 60_000

log = structlog.get_logger(__name__)


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


def backoff_ms(attempts: int) -> int:
    """How long an errand rests after so many tries: a second, then twice as long each time, a minute at most."""
    return int(min(_LONGEST_PAUSE_MS, _FIRST_PAUSE_MS * 2 ** min(attempts, 10)))


class Pacer:
    """Keeps the rates of people and channels, counts the writes into each agents' group over a sliding minute, and
    remembers the pauses a platform asked for."""

    def __init__(self, helpdesk: HelpDesk) -> None:
        self._clock = helpdesk.clock
        self._channels = helpdesk.channels
        self._buckets: dict[str, Bucket] = {}
        self._reserved: dict[str, dict[int, int]] = {}
        self._next_at: dict[str, float] = {}
        self._limit = helpdesk.desk.capabilities.group_writes_per_minute
        self._writes: dict[str, deque[float]] = {}
        self._shut_until: dict[str, float] = {}
        self._stopped_until: dict[str, float] = {}
        self._channel_pause: dict[str, float] = {}
        self.stopped: dict[str, str] = {}

    def admit(self, errand: Errand) -> float:
        """0 when the errand may go out now, else after how many seconds to ask again."""
        now = self._clock.monotonic()
        if errand.budget:
            return self._reserve(errand, now)
        channel = self._channels.get(errand.channel)
        if channel is None or errand.op not in WORDS:
            return 0.0
        rates = {errand.lane: channel.capabilities.rate_per_person, errand.channel: channel.capabilities.rate}
        return max((self._take(name, rate, now) for name, rate in rates.items() if rate is not None), default=0.0)

    def _reserve(self, errand: Errand, now: float) -> float:
        cost = _CARD_WRITES if errand.op is Op.CARD else 1
        pause = self._pause(errand.budget, now, cost)
        if pause <= 0:
            self._reserved.setdefault(errand.budget, {})[errand.id] = cost
            self._next_at[errand.budget] = now + cost * _MINUTE / self._limit if self._limit else now
        else:
            # Cheaper errands behind it must not eat up the room it waits for.
            self._shut_until[errand.budget] = max(self._shut_until.get(errand.budget, 0.0), now + pause)
        return max(0.0, pause)

    def _take(self, name: str, rate: Rate, now: float) -> float:
        bucket = self._buckets.get(name)
        if bucket is None:
            self._forget_idle(now)
            bucket = self._buckets[name] = Bucket(rate, now)
        return bucket.take(now)

    def _forget_idle(self, now: float) -> None:
        """People who were quiet for long start anew with a full bucket, so theirs need not be kept."""
        if len(self._buckets) > _BUCKETS_KEPT:
            self._buckets = {name: bucket for name, bucket in self._buckets.items() if not bucket.is_full(now)}

    def done(self, errand: Errand) -> None:
        """The errand has ended; what it wrote was counted by `wrote`."""
        self._reserved.get(errand.budget, {}).pop(errand.id, None)

    def is_tight(self, budget: str) -> bool:
        """The group was written to of late: bundle what can be bundled."""
        return bool(self._limit) and len(self._recent(budget, self._clock.monotonic())) >= _BURST

    def _pause(self, budget: str, now: float, cost: int = 1) -> float:
        """Seconds until the next write: none after a quiet time, then an even pace, and never past the limit.

        An even pace serves every topic in turn; bursts would leave the last of them waiting for most of a minute.
        """
        if not self._limit:
            return 0.0
        writes = self._recent(budget, now)
        used = len(writes) + sum(self._reserved.get(budget, {}).values())
        missing = used + cost - self._limit
        if missing > 0:
            return writes[min(missing, len(writes)) - 1] + _MINUTE - now if writes else _LOOK_AGAIN
        if used < _BURST:
            return 0.0
        return max(0.0, self._next_at.get(budget, 0.0) - now)

    def _recent(self, budget: str, now: float) -> deque[float]:
        writes = self._writes.setdefault(budget, deque())
        while writes and writes[0] <= now - _MINUTE:
            writes.popleft()
        return writes

    def wrote(self, chat: str) -> None:
        """One more post, edit or topic call in this group."""
        self._writes.setdefault(desk_place(chat), deque()).append(self._clock.monotonic())

    def obey(self, errand: Errand, seconds: float) -> None:
        """The platform asked for a pause: nothing more of this budget before it is over."""
        if errand.budget:
            self._shut_until[errand.budget] = self._clock.monotonic() + seconds

    def spent(self) -> list[str]:
        """Budgets that must not be used now."""
        now = self._clock.monotonic()
        full = [budget for budget in self._writes if self._pause(budget, now) > 0]
        return [*full, *(budget for budget, until in self._shut_until.items() if until > now)]

    def stop_channel(self, channel: str, error: SendError) -> None:
        """The channel refuses us altogether: keep its queue, try again now and then, let health tell."""
        log.error("channel stopped", channel=channel, error=error.key, code=error.code)
        self.stopped[channel] = error.key
        now = self._clock.monotonic()
        if self._stopped_until.get(channel, 0.0) > now:
            return
        pause = self._channel_pause.get(channel, _FIRST_CHANNEL_PAUSE)
        self._stopped_until[channel] = now + pause
        self._channel_pause[channel] = min(_LONGEST_CHANNEL_PAUSE, 2 * pause)

    def closed_channels(self) -> list[str]:
        now = self._clock.monotonic()
        return [channel for channel, until in self._stopped_until.items() if until > now]

    def works(self, channel: str) -> None:
        """A call went through."""
        self.stopped.pop(channel, None)
        self._stopped_until.pop(channel, None)
        self._channel_pause.pop(channel, None)
