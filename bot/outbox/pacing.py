"""Rates: the platforms' limits as data, kept before the platform has to remind us."""

from collections import deque

import structlog

from bot.domain.errors import SendError
from bot.domain.ledger import Errand
from bot.helpdesk import HelpDesk
from bot.services.lanes import desk_place

_MINUTE = 60.0
_SPARE = 1
"""Writes kept back: an errand that has to open a topic first makes two calls."""
_FIRST_CHANNEL_PAUSE = 1.0
_LONGEST_CHANNEL_PAUSE = 60.0
"""Seconds between two tries of a channel that refused us as a whole; each try doubles them."""

log = structlog.get_logger(__name__)


class Pacer:
    """Counts the writes into each agents' group over a sliding minute and remembers the pauses we were told to make."""

    def __init__(self, helpdesk: HelpDesk) -> None:
        self._clock = helpdesk.clock
        self._limit = helpdesk.desk.capabilities.group_writes_per_minute
        self._writes: dict[str, deque[float]] = {}
        self._shut_until: dict[str, float] = {}
        self._stopped_until: dict[str, float] = {}
        self._channel_pause: dict[str, float] = {}
        self.stopped: dict[str, str] = {}

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
        full = [budget for budget, writes in self._writes.items() if self._is_full(writes, now)]
        return [*full, *(budget for budget, until in self._shut_until.items() if until > now)]

    def _is_full(self, writes: deque[float], now: float) -> bool:
        while writes and writes[0] <= now - _MINUTE:
            writes.popleft()
        return bool(self._limit) and len(writes) >= self._limit - _SPARE

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
