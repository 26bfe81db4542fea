"""What tells service levels from others: the file, and what libraries say of the feasts and time zones it names."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from zlib import crc32
from zoneinfo import ZoneInfo

from bot.domain.sla.calendar import Calendar
from config.holidays import FIRST_YEAR, LAST_YEAR

_DAY = 86_400


def version_of(text: bytes, calendars: Mapping[str, Calendar]) -> int:
    """The same in every process and language; another one as soon as any deadline may be another."""
    feasts = {name: sorted((day, one.until) for day, one in made.holidays.items()) for name, made in calendars.items()}
    zones = {name: _rules(made.zone) for name, made in calendars.items()}
    return crc32(repr(sorted((name, feasts[name], zones[name]) for name in calendars)).encode(), crc32(text))


@cache
def _rules(zone: ZoneInfo) -> int:
    """A zone as it is asked here: how far from UTC it is, once a day, over the years of which feasts are known."""
    first, last = (int(datetime(year, 1, 1, 12, tzinfo=UTC).timestamp()) for year in (FIRST_YEAR, LAST_YEAR + 1))
    return crc32(repr([datetime.fromtimestamp(noon, zone).utcoffset() for noon in range(first, last, _DAY)]).encode())
