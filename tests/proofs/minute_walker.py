"""A brute-force oracle for clocks: looks at every minute and reads what the clock on the wall shows then.

Written apart from `bot.domain.sla`: it takes nothing from there but the words in which cases are told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.domain.sla.calendar import Calendar
from bot.domain.sla.clocks import Event
from bot.domain.ticket import Status

MINUTE_MS = 60_000
QUARTER_MS = 15 * MINUTE_MS
_DAY = 24 * 60


@dataclass(slots=True)
class Walk:
    """Minutes of work until `now` and in all, minutes paused, and the end of the last minute that was needed."""

    worked_by_now: int = 0
    worked: int = 0
    paused: int = 0
    deadline: int | None = None


class Wall:
    """Is anybody at work in a minute? Read off the clock on the wall, a quarter of an hour at a time.

    Clocks change on the quarter of an hour, so that its minutes follow one another on the wall, too.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._days: dict[date, bytes] = {}
        self._quarters: dict[int, bytes] = {}

    def minutes(self, start: int, end: int) -> bytes:
        """A byte for each minute from `start` to `end` (whole minutes): 1 where somebody is at work."""
        first = start - start % QUARTER_MS
        found = b"".join(self._quarter(at) for at in range(first, end, QUARTER_MS))
        skipped = (start - first) // MINUTE_MS
        return found[skipped : skipped + (end - start) // MINUTE_MS]

    def _quarter(self, instant: int) -> bytes:
        if instant not in self._quarters:
            wall = datetime.fromtimestamp(instant // 1000, UTC).astimezone(self._calendar.zone)
            minute = wall.hour * 60 + wall.minute
            self._quarters[instant] = self._day(wall.date())[minute : minute + 15]
        return self._quarters[instant]

    def _day(self, day: date) -> bytes:
        """Every minute of a day as the wall shows them: those of its own shifts, and of the evening's before."""
        if day not in self._days:
            minutes = bytearray(_DAY)
            for days_ago in (0, 1):
                for begin, end in self._shifts_of(day - timedelta(days=days_ago)):
                    for minute in range(begin - days_ago * _DAY, end - days_ago * _DAY):
                        if 0 <= minute < _DAY:
                            minutes[minute] = 1
            self._days[day] = bytes(minutes)
        return self._days[day]

    def _shifts_of(self, day: date) -> list[tuple[int, int]]:
        calendar = self._calendar
        if day in calendar.opened:
            return [(shift.begin, shift.end) for shift in calendar.opened[day]]
        if day in calendar.closed:
            return []
        limit = calendar.holidays[day].until if day in calendar.holidays else 10**6
        return [(shift.begin, min(shift.end, limit)) for shift in calendar.week.get(day.weekday(), ())]


def walk(
    history: Sequence[Event],
    wall: Wall | None,
    pauses: frozenset[Status],
    target: int,
    *,
    since: int,
    now: int,
    until: int,
) -> Walk:
    """Count from `since` to `until` (whole minutes), in statuses that do not pause, what `target` (minutes) needs.

    Without a `wall` somebody is always at work.
    """
    seen = b""
    ends = [event.at for event in history[1:]] + [until]
    for event, end in zip(history, ends, strict=True):
        first, last = max(event.at, since), min(end, until)
        if first >= last:
            continue
        length = (last - first) // MINUTE_MS
        if event.status in pauses:
            seen += b"\2" * length
        else:
            seen += wall.minutes(first, last) if wall is not None else b"\1" * length
    deadline = _nth(seen, target)
    return Walk(
        worked_by_now=seen.count(1, 0, max(0, (now - since) // MINUTE_MS)),
        worked=seen.count(1),
        paused=seen.count(2),
        deadline=None if deadline is None else since + (deadline + 1) * MINUTE_MS,
    )


def _nth(seen: bytes, wanted: int) -> int | None:
    """The index of the minute of work that makes it so many."""
    index = -1
    for _ in range(wanted):
        index = seen.find(1, index + 1)
        if index < 0:
            return None
    return index
