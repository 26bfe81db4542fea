"""Working hours: several intervals a day, overnight shifts, holidays, half days, own closed and open days.

A shift belongs to the day on which it begins: on a closed day none begins, and one that began the evening before runs
to its end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.sla.zones import MINUTES, Stretch, day_of, minutes_of, whole_day

_DAY = timedelta(days=1)


class Off(StrEnum):
    """Why nobody works."""

    OUTSIDE_HOURS = "outside_hours"
    HOLIDAY = "holiday"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Shift:
    """Working time in minutes after midnight; an `end` beyond 24 h is on the next day."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday; a half day works `until` that minute after midnight (0: not at all)."""

    name: str
    until: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When people work. `week` has the shifts of Monday (0) to Sunday (6).

    `opened` days have shifts of their own, whatever else is said of them; then `closed` ones count, with their reason.
    """

    name: str
    zone: ZoneInfo
    week: Mapping[int, tuple[Shift, ...]]
    holidays: Mapping[date, Holiday] = field(default_factory=dict)
    closed: Mapping[date, str] = field(default_factory=dict)
    opened: Mapping[date, tuple[Shift, ...]] = field(default_factory=dict)

    def shifts(self, day: date) -> tuple[Shift, ...]:
        """The shifts that begin on that day."""
        if day in self.opened:
            return self.opened[day]
        if day in self.closed:
            return ()
        shifts = self.week.get(day.weekday(), ())
        holiday = self.holidays.get(day)
        if holiday is None:
            return shifts
        return tuple(Shift(s.begin, min(s.end, holiday.until)) for s in shifts if s.begin < holiday.until)

    def closing(self, days: Mapping[date, str]) -> "Calendar":
        """The same with these days closed, those with shifts of their own as well."""
        opened = {day: shifts for day, shifts in self.opened.items() if day not in days}
        return replace(self, closed={**self.closed, **days}, opened=opened)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time in which one thing holds: work (`off` is None), or why there is none, perhaps by name."""

    start: int
    end: int
    off: Off | None = None
    name: str = ""


def pieces(calendar: Calendar, start: int, end: int) -> Iterator[Piece]:
    """The time from `start` to `end` without a gap: work, and between it why nobody works."""
    at = start
    for begin, stop in working(calendar, start, end):
        yield from _idle(calendar, at, begin)
        yield Piece(begin, stop)
        at = stop
    yield from _idle(calendar, at, end)


def opens_at(calendar: Calendar | None, at: int, *, within_ms: int) -> int | None:
    """The first instant from `at` on at which somebody works; `None` when there is none `within_ms`."""
    if calendar is None:
        return at
    return next((first for first, _ in working(calendar, at, at + within_ms)), None)


def working(calendar: Calendar, start: int, end: int) -> Iterator[Stretch]:
    """Working time between two instants: in order, apart from one another, cut to fit."""
    open_until = begin = None
    for first, last in _shifts(calendar, start, end):
        if begin is not None and open_until is not None and first <= open_until:
            open_until = max(open_until, last)
            continue
        if begin is not None and open_until is not None:
            yield begin, open_until
        begin, open_until = first, last
    if begin is not None and open_until is not None:
        yield begin, open_until


def _shifts(calendar: Calendar, start: int, end: int) -> Iterator[Stretch]:
    """Every shift as instants, by their beginning; an hour that is repeated may put those of two days in turn."""
    day = day_of(calendar.zone, start) - _DAY
    waiting: list[Stretch] = []
    while True:
        for shift in calendar.shifts(day):
            waiting += minutes_of(calendar.zone, day, shift.begin, shift.end)
        day += _DAY
        next_day = _first_instant(calendar.zone, day)
        waiting.sort()
        while waiting and waiting[0][0] < next_day:
            first, last = waiting.pop(0)
            if last > start and first < end:
                yield max(first, start), min(last, end)
        if next_day >= end:
            return


def _idle(calendar: Calendar, start: int, end: int) -> Iterator[Piece]:
    """Why nobody works in a stretch without shifts; what holds for days on end is one piece."""
    last: Piece | None = None
    for piece in _days_off(calendar, start, end):
        if last is not None and (last.off, last.name) == (piece.off, piece.name):
            last = Piece(last.start, piece.end, piece.off, piece.name)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _days_off(calendar: Calendar, start: int, end: int) -> Iterator[Piece]:
    if start >= end:
        return
    day, last = day_of(calendar.zone, start), day_of(calendar.zone, end - 1)
    while day <= last:
        found = [
            Piece(max(first, start), min(stop, end), off, name)
            for begin, until, off, name in _reasons(calendar, day)
            for first, stop in minutes_of(calendar.zone, day, begin, until)
            if stop > start and first < end
        ]
        yield from sorted(found, key=lambda piece: piece.start)
        day += _DAY


def _reasons(calendar: Calendar, day: date) -> list[tuple[int, int, Off, str]]:
    """What a day without work is called, from minute to minute."""
    if day in calendar.opened:
        return [(0, MINUTES, Off.OUTSIDE_HOURS, "")]
    if day in calendar.closed:
        return [(0, MINUTES, Off.CLOSED, calendar.closed[day])]
    holiday = calendar.holidays.get(day)
    if holiday is None:
        return [(0, MINUTES, Off.OUTSIDE_HOURS, "")]
    morning = [(0, holiday.until, Off.OUTSIDE_HOURS, "")] if holiday.until else []
    return [*morning, (holiday.until, MINUTES, Off.HOLIDAY, holiday.name)]


def _first_instant(zone: ZoneInfo, day: date) -> int:
    """The first instant of that date, or of the next one where clocks skip a whole day."""
    while not (found := whole_day(zone, day)):
        day += _DAY
    return found[0][0]
