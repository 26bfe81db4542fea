"""From wall clocks to instants, where a day may have 23 or 25 hours. Instants are epoch milliseconds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Stretch = tuple[int, int]
"""From the first instant to the one behind the last."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WESTERNMOST = timedelta(hours=14)
_EASTERNMOST = timedelta(hours=16)
MINUTES = 24 * 60


def day_of(zone: ZoneInfo, instant: int) -> date:
    """The date on the wall at that instant."""
    return (_EPOCH + timedelta(milliseconds=instant)).astimezone(zone).date()


def whole_day(zone: ZoneInfo, day: date) -> tuple[Stretch, ...]:
    """When the calendars on the wall show that date."""
    return minutes_of(zone, day, 0, MINUTES)


@lru_cache(maxsize=20_000)
def minutes_of(zone: ZoneInfo, day: date, begin: int, end: int) -> tuple[Stretch, ...]:
    """The same of a part of that day, in minutes after midnight; an `end` beyond 24 h is on the next one."""
    midnight = datetime.combine(day, time())
    return instants(zone, midnight + timedelta(minutes=begin), midnight + timedelta(minutes=end))


def instants(zone: ZoneInfo, begin: datetime, end: datetime) -> tuple[Stretch, ...]:
    """When the wall clock reads `begin` or later and less than `end` (both naive), in order.

    A skipped hour is not there, a repeated one counts twice; the stretches may therefore be none, one or two.
    """
    found = []
    for since, until, offset in _offsets(zone, begin - _EASTERNMOST, end + _WESTERNMOST):
        first, last = max(since, begin - offset), min(until, end - offset)
        if first < last:
            found.append((_ms(first), _ms(last)))
    return tuple(found)


def _offsets(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """UTC stretches with one offset each; between two clock changes lie weeks, so there is at most one here."""
    before, after = _offset(zone, since), _offset(zone, until)
    if before == after:
        yield since, until, before
        return
    low, high = since, until
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    yield since, high, before
    yield high, until, after


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta()


def _ms(instant: datetime) -> int:
    return (instant.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
