"""Reading a point in time out of what an agent types: "2d", "yarın 09:00", "3 gün parça bekleniyor"."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain import calendar_words as known
from bot.domain.errors import BadInput
from bot.domain.reading import Reader
from bot.domain.words import excerpt

FARTHEST_YEARS = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_QUOTE = 60
_AMOUNT = re.compile(r"(\d{1,6}(?:[.,]\d{1,2})?)([a-z]*)")
_COMPOUND = re.compile(r"(?:\d{1,6}(?:[.,]\d{1,2})?[a-z]+){2,}")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})([./])(?P<month>\d{1,2})(?:\2(?P<year>\d{4}|\d{2}))?\.?")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::\d{2})?(am|pm)?")
_HOUR = re.compile(r"(\d{1,2})(am|pm)?")


@dataclass(frozen=True, slots=True)
class _Day:
    """A named day; the next weekday, date or hour moves on by `days` and `months` if it is over already."""

    on: date
    days: int = 0
    months: int = 0

    @property
    def moved_on(self) -> date:
        return _months_later(self.on, self.months) + timedelta(days=self.days)


def parse_when(text: str, now: int, zone: ZoneInfo, *, day_start: time = time(9)) -> tuple[int, str]:
    """The instant (epoch milliseconds) the text begins with, and the rest of the text, which is the reason.

    Days without an hour mean `day_start`; days and weeks are counted on the wall calendar of `zone`, hours and
    minutes as elapsed time. Raises `BadInput`: `when-not-understood`, `when-in-past` or `when-too-far`, with `given`.
    """
    reader = Reader(text)
    here = (_EPOCH + timedelta(milliseconds=now)).astimezone(zone)
    try:
        moment = _length(reader, here) or _named_moment(reader, here, day_start)
        instant = (moment.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1) if moment else None
        farthest = _months_later(here.date(), 12 * FARTHEST_YEARS)
    except OverflowError as error:
        raise BadInput("when-too-far", given=reader.taken, years=FARTHEST_YEARS) from error
    if moment is None or instant is None:
        raise BadInput("when-not-understood", given=excerpt(text, _LONGEST_QUOTE) or "…")
    if instant <= now:
        raise BadInput("when-in-past", given=reader.taken)
    if moment.date() > farthest:
        raise BadInput("when-too-far", given=reader.taken, years=FARTHEST_YEARS)
    return instant, reader.rest


def _length(reader: Reader, here: datetime) -> datetime | None:
    """A length of time from now: "2d", "1g 4s", "3 gün sonra 14:30"."""
    start = reader.at
    reader.take_one_of(known.BEFORE_LENGTH)
    amounts = _amounts(reader)
    if not amounts:
        reader.at = start
        return None
    reader.take_one_of(known.LATER)
    days = amounts.get(known.DAY, 0) + 7 * amounts.get(known.WEEK, 0)
    elapsed = timedelta(days=days % 1, hours=amounts.get(known.HOUR, 0), minutes=amounts.get(known.MINUTE, 0))
    months = int(amounts.get(known.MONTH, 0))
    hour = None if elapsed else _clock(reader, bare=False)
    wall = here
    if hour or months or days >= 1:
        day = _months_later(here.date(), months) + timedelta(days=int(days))
        wall = datetime.combine(day, hour or here.time(), here.tzinfo)
    # Elapsed time is added in UTC: an hour stays an hour on the night the clocks change.
    return (wall.astimezone(UTC) + elapsed).astimezone(here.tzinfo)


def _amounts(reader: Reader) -> dict[int, float]:
    """Amounts by unit, as long as they follow one another and none repeats."""
    amounts: dict[int, float] = {}
    while True:
        start = reader.at
        if amounts:
            reader.take_one_of({"ve", "and"})
        found = _compound(reader) or _amount(reader)
        if not found or found.keys() & amounts.keys():
            reader.at = start
            return amounts
        amounts |= found


def _compound(reader: Reader) -> dict[int, float] | None:
    """Amounts written in one word: `1h30m`."""
    pairs = _AMOUNT.findall(reader.peek()) if _COMPOUND.fullmatch(reader.peek()) else []
    if not pairs or any(unit not in known.UNITS for _, unit in pairs):
        return None
    reader.take()
    return {known.UNITS[unit]: _number(digits) for digits, unit in pairs}


def _amount(reader: Reader) -> dict[int, float] | None:
    """One amount with its unit: `2d`, `2 gün`, `yarım saat`, `half an hour`, `bir buçuk saat`."""
    start = reader.at
    word = reader.take()
    attached = _AMOUNT.fullmatch(word)
    if attached and attached[2] in known.UNITS:
        return {known.UNITS[attached[2]]: _number(attached[1])}
    number = _number(attached[1]) if attached and not attached[2] else known.COUNTS.get(word)
    if number is not None and reader.take_one_of(known.AND_A_HALF):
        number += 0.5
    if word == "half":
        reader.take_one_of({"a", "an"})
    unit = known.UNITS.get(reader.take())
    if number is None or unit is None:
        reader.at = start
        return None
    return {unit: number}


def _number(digits: str) -> float:
    return float(digits.replace(",", "."))


def _named_moment(reader: Reader, here: datetime, day_start: time) -> datetime | None:
    """A named day with or without an hour, or an hour with or without a day."""
    reader.take_one_of(known.BEFORE_DAY)
    named = _day(reader, here.date())
    hour = _hour(reader, bare=named is not None)
    if named is None and hour is not None:
        named = _day(reader, here.date()) or _Day(here.date(), days=1)
    if named is None:
        return None
    moment = datetime.combine(named.on, hour or day_start, here.tzinfo)
    if moment <= here:
        moment = datetime.combine(named.moved_on, hour or day_start, here.tzinfo)
    return moment


def _day(reader: Reader, today: date) -> _Day | None:
    start = reader.at
    next_week = reader.take_one_of(known.NEXT_WEEK)
    weekday = reader.take_one_of(known.WEEKDAYS)
    if next_week and weekday:
        monday = today - timedelta(days=today.weekday())
        return _Day(monday + timedelta(days=7 + known.WEEKDAYS[weekday]))
    if weekday:
        return _Day(today + timedelta(days=(known.WEEKDAYS[weekday] - today.weekday()) % 7), days=7)
    reader.at = start
    relative = reader.take_one_of(known.RELATIVE_DAYS)
    if relative:
        return _Day(today + timedelta(days=known.RELATIVE_DAYS[relative]))
    if reader.take_one_of(known.NEXT_MONTH):
        return _Day(_months_later(today, 1))
    return _written_date(reader, today)


def _written_date(reader: Reader, today: date) -> _Day | None:
    """`2026-12-01`, `1.12.2026`, `1/12`, `1 aralık 2026`, `december 1`."""
    start = reader.at
    first = reader.take()
    found = _ISO.fullmatch(first) or _DAY_FIRST.fullmatch(first)
    if found:
        day, month, year = int(found["day"]), int(found["month"]), found["year"]
    else:
        second = reader.take()
        number, name = (first, second) if second in known.MONTHS else (second, first)
        ordinal = _ORDINAL.fullmatch(number)
        if name not in known.MONTHS or ordinal is None:
            reader.at = start
            return None
        day, month = int(ordinal[1]), known.MONTHS[name]
        year = reader.take() if re.fullmatch(r"20\d\d", reader.peek()) else None
    try:
        if year:
            return _Day(date(int(year) + (2000 if len(year) == 2 else 0), month, day))
        return _Day(date(today.year, month, day), months=12)
    except ValueError:
        reader.at = start
        return None


def _hour(reader: Reader, *, bare: bool) -> time | None:
    """An hour of the day: `09:00`, `saat 9`, `2pm`, `sabah`, `akşam 7'de`; a bare `9` only at the end of the text."""
    part = reader.take_one_of(known.PARTS_OF_DAY)
    clock = _clock(reader, bare=bare or part is not None)
    if part is None:
        return clock
    rough = known.PARTS_OF_DAY[part]
    if clock is None:
        return rough
    return clock.replace(hour=clock.hour + 12) if rough.hour >= 12 > clock.hour else clock


def _clock(reader: Reader, *, bare: bool) -> time | None:
    start = reader.at
    announced = reader.take_one_of(known.AT)
    word = reader.take()
    half = reader.take_one_of({"am", "pm"}) or ""
    found = _CLOCK.fullmatch(word)
    if found:
        hour, minute, half = int(found[1]), int(found[2]), found[3] or half
    else:
        found = _HOUR.fullmatch(word)
        half = (found[2] or half) if found else ""
        if found is None or not (announced or half or (bare and not reader.left)):
            reader.at = start
            return None
        hour, minute = int(found[1]), 0
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        reader.at = start
        return None
    return time(hour, minute)


def _months_later(day: date, months: int) -> date:
    """The same day `months` later, or that month's last day. Raises `OverflowError` beyond the year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        raise OverflowError("beyond the calendar")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
