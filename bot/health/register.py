"""What is wrong now, since when, and whether people know: one alarm for each trouble, however often it is seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.troubles import KINDS, Grade, Trouble
from bot.measures import TROUBLE

GATHER_MS = 3_000
"""Troubles that come within this time are one message; one that is over by then needs none."""

CALM_MS = 10_000
"""A trouble has to stay away this long to be over. Each relapse doubles it, so that flapping is told once."""

LONGEST_CALM_MS = 600_000
FORGET_MS = 3_600_000
"""After so long without it a trouble that comes back is a new one."""


@dataclass(slots=True)
class _Case:
    """One trouble. `here`: some check sees it now; `told`: people know."""

    since: int
    seen_at: int
    detail: str = ""
    here: bool = True
    told: bool = False
    relapses: int = 0

    @property
    def calm_ms(self) -> int:
        return min(LONGEST_CALM_MS, CALM_MS << min(self.relapses, 10))


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What people should be told now; `healed` with how many milliseconds each trouble lasted."""

    raised: tuple[Trouble, ...] = ()
    healed: tuple[tuple[Trouble, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.raised or self.healed)


class Register:
    """Takes what the checks find. `now` tells the time in epoch milliseconds."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._found: dict[str, Mapping[Trouble, str]] = {}
        self._cases: dict[Trouble, _Case] = {}
        for trouble in Trouble:
            TROUBLE.labels(trouble).set(0)

    @property
    def active(self) -> dict[Trouble, str]:
        """What is wrong now, with details for the operator."""
        return {trouble: case.detail for trouble, case in self._cases.items() if case.here}

    @property
    def is_red(self) -> bool:
        return any(KINDS[trouble].grade is Grade.RED for trouble in self.active)

    def report(self, check: str, found: Mapping[Trouble, str]) -> None:
        """All that one check sees now; what it saw before and does not see any more is over, unless another does."""
        before = self._found.get(check, {})
        self._found[check] = dict(found)
        for trouble in before.keys() | found.keys():
            details = [one[trouble] for one in self._found.values() if trouble in one]
            if details:
                self._seen(trouble, next(filter(None, details), ""))
            else:
                self._gone(trouble)

    def last_seen(self, troubles: frozenset[Trouble]) -> int:
        """When one of these was there last, in epoch milliseconds; 0 for never."""
        cases = [self._cases[trouble] for trouble in troubles if trouble in self._cases]
        return max((self._now() if case.here else case.seen_at for case in cases), default=0)

    def news(self) -> News:
        """What is to be told now; `tell` it, then say so to `know`."""
        now = self._now()
        self._not_after(now)
        untold = [trouble for trouble, case in self._cases.items() if case.here and not case.told]
        untold = [trouble for trouble in untold if not self._explained(trouble)]
        ripe = any(now - self._cases[trouble].since >= GATHER_MS for trouble in untold)
        over = [
            (trouble, case.seen_at - case.since)
            for trouble, case in self._cases.items()
            if case.told and not case.here and now - case.seen_at >= case.calm_ms
        ]
        return News(raised=tuple(untold) if ripe else (), healed=tuple(over))

    def know(self, news: News) -> None:
        """These news have been told."""
        for trouble in news.raised:
            self._cases[trouble].told = True
        for trouble, _ in news.healed:
            self._cases[trouble].told = False

    def _seen(self, trouble: Trouble, detail: str) -> None:
        now = self._now()
        TROUBLE.labels(trouble).set(1)
        case = self._cases.get(trouble)
        if case is None or (not case.told and not case.here and now - case.seen_at > FORGET_MS):
            case = self._cases[trouble] = _Case(since=now, seen_at=now)
        elif not case.here:
            case.relapses += 1
            case.since = case.since if case.told else now
        case.here, case.seen_at, case.detail = True, now, detail

    def _gone(self, trouble: Trouble) -> None:
        TROUBLE.labels(trouble).set(0)
        case = self._cases.get(trouble)
        if case is not None and case.here:
            case.here, case.seen_at = False, self._now()

    def _not_after(self, now: int) -> None:
        """A clock that was set back would keep news from being told until it shows the old time again."""
        for case in self._cases.values():
            case.since, case.seen_at = min(case.since, now), min(case.seen_at, now)

    def _explained(self, trouble: Trouble) -> bool:
        """While its cause lasts, and until the cause is told to be over, this one is no news."""
        cases = [self._cases[cause] for cause in KINDS[trouble].because if cause in self._cases]
        return any(case.here or case.told for case in cases)
