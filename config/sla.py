"""`sla.toml` as the domain's policies and calendars. A mistake names the file, the line and what was expected."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.domain.sla.calendar import Calendar, Shift
from bot.domain.sla.policy import ClockKind, Escalation, Policy, Recipient, Rule, Sla, Target
from bot.domain.ticket import Priority, Status
from config.holidays import public_holidays
from config.policies import policy_file, read_policy_file

ALWAYS = "always"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LENGTH = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?")
_SHIFT = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")
_MINUTE_MS = 60_000


def _length(written: object) -> int:
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


Length = Annotated[int, BeforeValidator(_length)]
Hours = list[Annotated[Shift, BeforeValidator(_shift)]]
Fact = Literal["priority", "type", "category", "team", "vip", "channel"]
Day = Annotated[date, BeforeValidator(_day)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class _Calendar(_Strict):
    zone: Annotated[str, AfterValidator(_zone)]
    hours: dict[Annotated[tuple[int, ...], BeforeValidator(_days)], Hours]
    holidays: Annotated[str, AfterValidator(_country)] = ""
    half_day_until: Annotated[int, BeforeValidator(_time_of_day)] = 13 * 60
    closed: list[Day] = []
    open: dict[Day, Hours] = {}

    @model_validator(mode="after")
    def _days_are_named_once(self) -> Self:
        named = [day for days in self.hours for day in days]
        if len(named) != len(set(named)):
            raise ValueError("every day of the week only once in hours")
        return self

    def made(self, name: str, locale: str) -> Calendar:
        return Calendar(
            name=name,
            zone=ZoneInfo(self.zone),
            week={day: _sorted(shifts) for days, shifts in self.hours.items() for day in days},
            holidays=public_holidays(self.holidays, self.half_day_until, locale),
            closed=dict.fromkeys(self.closed, ""),
            opened={day: _sorted(shifts) for day, shifts in self.open.items()},
        )


def _sorted(shifts: list[Shift]) -> tuple[Shift, ...]:
    return tuple(sorted(shifts, key=lambda shift: shift.begin))


class _Targets(_Strict):
    calendar: str = ""
    first_response: Length | None = None
    resolution: Length | None = None
    next_update: Length | None = None


class _Pauses(_Strict):
    first_response: list[Status] = []
    resolution: list[Status] = []
    next_update: list[Status] = []
    status_limit: list[Status] = []


class _Escalation(_Strict):
    clock: ClockKind
    at: Annotated[str, Field(pattern=r"^(\d{1,3}%|\+.+)$")]
    to: Recipient

    @model_validator(mode="after")
    def _moment_is_readable(self) -> Self:
        self.made()
        return self

    def made(self) -> Escalation:
        if self.at.endswith("%"):
            return Escalation(clock=self.clock, share=int(self.at[:-1]) / 100, to=self.to)
        return Escalation(clock=self.clock, after_ms=_length(self.at[1:]), to=self.to)


class _Policy(_Strict):
    calendar: str
    critical: _Targets = _Targets()
    high: _Targets = _Targets()
    medium: _Targets = _Targets()
    low: _Targets = _Targets()
    pauses: _Pauses = _Pauses()
    limits: dict[Status, Length] = {}
    escalation: list[_Escalation] = []

    def calendars(self) -> set[str]:
        named = {self.calendar, *(self._of(priority).calendar for priority in Priority)}
        return {name for name in named if name not in {"", ALWAYS}}

    def made(self, name: str) -> Policy:
        return Policy(
            name=name,
            targets={priority: self._targets(self._of(priority)) for priority in Priority},
            pauses={kind: frozenset(getattr(self.pauses, kind)) for kind in ClockKind},
            limits={status: Target(ms, _or_always(self.calendar)) for status, ms in self.limits.items()},
            escalations=tuple(row.made() for row in self.escalation),
        )

    def _of(self, priority: Priority) -> _Targets:
        targets: _Targets = getattr(self, priority)
        return targets

    def _targets(self, given: _Targets) -> Mapping[ClockKind, Target]:
        calendar = _or_always(given.calendar or self.calendar)
        kinds = (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION, ClockKind.NEXT_UPDATE)
        return {kind: Target(ms, calendar) for kind in kinds if (ms := getattr(given, kind)) is not None}


def _or_always(name: str) -> str:
    return "" if name == ALWAYS else name


class _Rule(_Strict):
    when: Annotated[
        dict[Literal["priority", "type", "category", "team", "vip", "channel"], list[str]], Field(min_length=1)
    ]
    policy: str


class _Team(_Strict):
    calendar: str


class _File(_Strict):
    default: str
    calendars: dict[str, _Calendar] = {}
    policies: Annotated[dict[str, _Policy], Field(min_length=1)]
    rule: list[_Rule] = []
    teams: dict[str, _Team] = {}

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for policy in (self.default, *(rule.policy for rule in self.rule)):
            if policy not in self.policies:
                raise ValueError(f'a policy of this file ({", ".join(self.policies)}), not "{policy}"')
        named = {name for policy in self.policies.values() for name in policy.calendars()}
        for calendar in sorted(named | {team.calendar for team in self.teams.values()}):
            if calendar not in self.calendars:
                raise ValueError(f'a calendar of this file ({", ".join(self.calendars)}), not "{calendar}"')
        return self


def load_sla(folder: Path | None, locale: str) -> Sla:
    """The service levels of `sla.toml` in `folder`, else the shipped ones. Raises `PolicyError`."""
    return read_sla(policy_file(folder, "sla.toml"), locale)


def read_sla(path: Path, locale: str) -> Sla:
    """The service levels of this file, holidays named in that language. Raises `PolicyError`."""
    file = read_policy_file(path, _File)
    return Sla(
        default=file.default,
        policies={name: policy.made(name) for name, policy in file.policies.items()},
        calendars={name: calendar.made(name, locale) for name, calendar in file.calendars.items()},
        rules=tuple(
            Rule({fact: frozenset(values) for fact, values in rule.when.items()}, rule.policy) for rule in file.rule
        ),
        teams={name: team.calendar for name, team in file.teams.items()},
        version=crc32(path.read_bytes()),
    )
