"""Telegram's flood limits (core.telegram.org/bots/faq#my-bot-is-hitting-limits)."""

import math
import time
from collections import deque

from adapters.sandbox.telegram.errors import ApiError

PER_GROUP = 20
GROUP_WINDOW = 60.0
PER_BOT = 30
BOT_WINDOW = 1.0


class _Window:
    """At most `room` writes in any `seconds`; real time, for a moved sandbox clock must not refill it."""

    def __init__(self, room: int, seconds: float) -> None:
        self.room = room
        self.seconds = seconds
        self._at: deque[float] = deque()

    def wait(self, weight: int, now: float) -> float:
        """Seconds until so many further writes fit; 0 when they fit now."""
        while self._at and self._at[0] <= now - self.seconds:
            self._at.popleft()
        excess = len(self._at) + min(weight, self.room) - self.room
        return 0.0 if excess <= 0 else self._at[excess - 1] + self.seconds - now

    def add(self, weight: int, now: float) -> None:
        self._at.extend([now] * weight)


class Limits:
    """20 writes a minute into one group (posts, edits, topic calls), 30 a second in all."""

    def __init__(self, *, enforced: bool) -> None:
        self.enforced = enforced
        self.breaches = 0
        self._groups: dict[int, _Window] = {}
        self._bot = _Window(PER_BOT, BOT_WINDOW)

    def spend(self, chat_id: int, weight: int = 1) -> None:
        """Book writes into a chat (an album weighs its items), or raise 429 with `retry_after` in seconds."""
        if not self.enforced:
            return
        windows = [self._bot]
        if chat_id < 0:
            windows.append(self._groups.setdefault(chat_id, _Window(PER_GROUP, GROUP_WINDOW)))
        now = time.monotonic()
        wait = max(window.wait(weight, now) for window in windows)
        if wait > 0:
            self.breaches += 1
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        for window in windows:
            window.add(weight, now)
