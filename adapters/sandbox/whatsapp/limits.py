"""WhatsApp's sending rates (about-the-platform#rate-limits, throughput), on the sandbox's clock."""

from collections import deque

from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.whatsapp.errors import GraphError

MESSAGES_PER_SECOND = 80
PAIR_BURST = 45
PAIR_SECONDS_PER_MESSAGE = 6.0


class Rates:
    """Counts messages of the whole number, and per recipient as a bucket of 45 that refills one per 6 s."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._recent: deque[float] = deque()
        self._buckets: dict[str, tuple[float, float]] = {}

    def count(self, recipient: str) -> None:
        """Count one message to `recipient`; GraphError 130429 or 131056 when it is one too many."""
        now = self._clock.now()
        while self._recent and now - self._recent[0] >= 1.0:
            self._recent.popleft()
        if len(self._recent) >= MESSAGES_PER_SECOND:
            raise GraphError(130429)
        left, since = self._buckets.get(recipient, (float(PAIR_BURST), now))
        left = min(PAIR_BURST, left + (now - since) / PAIR_SECONDS_PER_MESSAGE)
        if left < 1:
            raise GraphError(131056)
        self._recent.append(now)
        self._buckets[recipient] = (left - 1, now)
