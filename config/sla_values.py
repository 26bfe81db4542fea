"""Values of `sla.toml` as people write them; a bad one raises ValueError with an example of a good one."""

import re
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator

from bot.domain.sla.calendar import Shift
from config.holidays import public_holidays

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LENGTH = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?")
_SHIFT = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")
_MINUTE_MS = 60_000


def length(written: object) -> int:
    found = _LENGTH.fullmatch(written) if isinstance(written, str) and written else None
    if found is None or not any(map(int, filter(None, found.groups()))):
        raise ValueError('a length such as "15m", "4h" or "1d12h"')
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * _MINUTE_MS


def _minute(hour: str, minute: str) -> int:
    at = int(hour) * 60 + int(minute)
    if int(minute) > 59 or at > 24 * 60:
        raise ValueError('a time of day such as "09:00"')
    return at


def _shift(written: object) -> Shift:
    found = _SHIFT.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise ValueError('hours such as "09:00-18:00", or "22:00-06:00" for a night')
    begin, end = _minute(found[1], found[2]), _minute(found[3], found[4])
    return Shift(begin, end if end > begin else end + 24 * 60)


def _time_of_day(written: object) -> int:
    found = re.fullmatch(r"(\d{2}):(\d{2})", written) if isinstance(written, str) else None
    if found is None:
        raise ValueError('a time of day such as "13:00"')
    return _minute(found[1], found[2])


def _day(written: object) -> date:
    try:
        return written if isinstance(written, date) else date.fromisoformat(str(written))
    except ValueError:
        raise ValueError('a day such as "2026-10-30"') from None


def _days(written: object) -> tuple[int, ...]:
    first, _, last = str(written).partition("-")
    if first not in _DAYS or (last and last not in _DAYS):
        raise ValueError('days such as "mon" or "mon-fri"')
    begin, end = _DAYS.index(first), _DAYS.index(last or first)
    if end < begin:
        raise ValueError("the earlier day first")
    return tuple(range(begin, end + 1))


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError('a time zone such as "Europe/Istanbul"') from None
    return name


def _country(name: str) -> str:
    public_holidays(name, 0, "")
    return name


Length = Annotated[int, BeforeValidator(length)]
Hours = list[Annotated[Shift, BeforeValidator(_shift)]]
Fact = Literal["priority", "type", "category", "team", "vip", "channel"]
Day = Annotated[date, BeforeValidator(_day)]
Zone = Annotated[str, AfterValidator(_zone)]
Country = Annotated[str, AfterValidator(_country)]
TimeOfDay = Annotated[int, BeforeValidator(_time_of_day)]
Weekdays = Annotated[tuple[int, ...], BeforeValidator(_days)]
