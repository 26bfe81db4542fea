"""A brute-force oracle for clocks: walks minute by minute and reads the clock on the wall each time.

Written apart from `bot.domain.sla`: it takes nothing from there but the words in which cases are told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.sla.calendar import Calendar
from bot.domain.sla.clocks import Event
from bot.domain.ticket import Status

MINUTE_MS = 60_000
QUARTER_MS = 15 * MINUTE_MS


@dataclass(slots=True)
class Walk:
    """Minutes of work until `now` and in all, minutes paused, and the end of the last minute that was needed."""

    worked_by_now: int = 0
    worked: int = 0
    paused: int = 0
    deadline: int | None = None


class Wall:
    """Is anybody at work in the minute that begins at an instant? Answers are kept, because clocks ask for the same."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._known: dict[int, bool] = {}

    def is_open(self, instant: int) -> bool:
        if instant not in self._known:
            quarter = instant - instant % QUARTER_MS
            wall = datetime.fromtimestamp(quarter // 1000, UTC).astimezone(self._calendar.zone).replace(tzinfo=None)
            for step in range(15):  # clocks change on the quarter of an hour
                minute = wall + timedelta(minutes=step)
                opened = any(_shift_covers(self._calendar, minute, days) for days in (0, 1))
                self._known[quarter + step * MINUTE_MS] = opened
        return self._known[instant]


def _shift_covers(calendar: Calendar, wall: datetime, days_ago: int) -> bool:
    """Does a shift that began so many days ago cover this moment on the wall?"""
    day = wall.date() - timedelta(days=days_ago)
    minute = wall.hour * 60 + wall.minute + days_ago * 24 * 60
    shifts, limit = calendar.week.get(day.weekday(), ()), 10**6
    if day in calendar.opened:
        shifts = calendar.opened[day]
    elif day in calendar.closed:
        return False
    elif day in calendar.holidays:
        limit = calendar.holidays[day].until
    return any(shift.begin <= minute < min(shift.end, limit) for shift in shifts)


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
    found = Walk()
    position = 0
    for instant in range(since, until, MINUTE_MS):
        while position + 1 < len(history) and history[position + 1].at <= instant:
            position += 1
        if history[position].status in pauses:
            found.paused += 1
        elif wall is None or wall.is_open(instant):
            found.worked += 1
            found.worked_by_now += instant < now
            if found.worked == target:
                found.deadline = instant + MINUTE_MS
    return found
