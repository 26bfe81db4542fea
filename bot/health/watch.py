"""Looks at each thing when it is due, and has people told what the register finds worth telling."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.domain.errors import SendError
from bot.domain.troubles import Trouble
from bot.health.register import News, Register
from bot.ports import Clock

LOOK_SECONDS = 8.0
"""No look may take longer: the others' findings must not be a minute old because one platform does not answer."""

Findings = Mapping[Trouble, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`look` tells what is wrong, each with details for the operator, every `seconds`. When it raises, its last
    finding stays; `SendError` means that a platform wants to be asked later, anything else is a mistake of ours.

    While something is wrong it looks every `again` seconds, so that healing is seen soon. What is `doubted` counts only
    when the next look finds it, too. `at_once`: it looks at the start already, not only after its interval.
    """

    name: str
    look: Callable[[], Awaitable[Findings]]
    seconds: float
    again: float
    doubted: frozenset[Trouble] = frozenset()
    at_once: bool = True


@dataclass(frozen=True, slots=True)
class _Instant:
    """A moment by both clocks: what the wall shows may jump, what is counted on does not; both in seconds."""

    wall: float
    steady: float

    def later(self, seconds: float) -> "_Instant":
        return _Instant(self.wall + seconds, self.steady + seconds)

    def has_come(self, now: "_Instant") -> bool:
        """By whichever clock says so first: a wall clock that was set back puts no look off."""
        return now.wall >= self.wall or now.steady >= self.steady


class _Turn:
    """One check, and when it is due."""

    def __init__(self, check: Check, now: _Instant) -> None:
        self.check = check
        self._next_at = now if check.at_once else now.later(check.seconds)
        self._found_before: Findings = {}

    def is_due(self, now: _Instant) -> bool:
        return self._next_at.has_come(now)

    async def look(self, now: _Instant) -> Findings:
        """What is wrong, and can be believed."""
        check = self.check
        self._next_at = now.later(check.again)
        async with asyncio.timeout(LOOK_SECONDS):
            found = await check.look()
        if not found:
            self._next_at = now.later(check.seconds)
        before, self._found_before = self._found_before, found
        return {trouble: what for trouble, what in found.items() if trouble in before or trouble not in check.doubted}


class Watch:
    """Runs the checks. `tell` is given the news; where it tells nobody (False) or raises, they stay news."""

    def __init__(
        self, clock: Clock, register: Register, checks: Iterable[Check], tell: Callable[[News], Awaitable[bool]]
    ) -> None:
        self._clock = clock
        self._register = register
        self._turns = [_Turn(check, self._now()) for check in checks]
        self._tell = tell
        self._busy = asyncio.Lock()
        self._turned_at = clock.monotonic()

    @property
    def idle_seconds(self) -> float:
        """How long ago the last turn ended; many seconds mean that nobody looks any more."""
        return self._clock.monotonic() - self._turned_at

    async def turn(self) -> None:
        """Look at what is due, side by side, and tell the news. Raises `ExceptionGroup` for checks that failed."""
        async with self._busy:
            await self._spread()  # before looking again: what put itself right since is told all the same
            now = self._now()
            due = [turn for turn in self._turns if turn.is_due(now)]
            results = await asyncio.gather(*(turn.look(now) for turn in due), return_exceptions=True)
            failures = []
            for turn, found in zip(due, results, strict=True):
                if not isinstance(found, BaseException):
                    self._register.report(turn.check.name, found)
                elif not isinstance(found, SendError):
                    failures.append(found)
            await self._spread()
            self._turned_at = self._clock.monotonic()
        if failures:
            raise BaseExceptionGroup("health checks that could not be made", failures)

    def _now(self) -> _Instant:
        return _Instant(self._clock.now() / 1000, self._clock.monotonic())

    async def _spread(self) -> None:
        news = self._register.news()
        if news and await self._tell(news):
            self._register.know(news)
