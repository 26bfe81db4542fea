"""`sla.toml` as the domain's policies and calendars. A mistake names the file, the line and what was expected."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self
from zlib import crc32
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.domain.folding import fold
from bot.domain.sla.calendar import Calendar, Shift
from bot.domain.sla.policy import (
    AutoClose,
    ClockKind,
    Escalation,
    Policy,
    Presence,
    Recipient,
    Rule,
    Sla,
    Target,
)
from bot.domain.ticket import Priority, Status
from config.holidays import public_holidays
from config.policies import policy_file, read_policy_file
from config.sla_values import Country, Day, Fact, Hours, Length, TimeOfDay, Weekdays, Zone, length

ALWAYS = "always"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class _Calendar(_Strict):
    zone: Zone
    hours: dict[Weekdays, Hours]
    holidays: Country = ""
    half_day_until: TimeOfDay = 13 * 60
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
        return Escalation(clock=self.clock, after_ms=length(self.at[1:]), to=self.to)


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
    when: Annotated[dict[Fact, list[str]], Field(min_length=1)]
    policy: str


class _Team(_Strict):
    calendar: str


_Days = Annotated[int, Field(ge=1, le=365)]


class _AutoClose(_Strict):
    pending: _Days | None = None
    solution_proposed: _Days | None = None
    calendar: str = ALWAYS
    exempt: list[Annotated[str, Field(min_length=1)]] = []

    def made(self) -> AutoClose:
        given = {Status.PENDING: self.pending, Status.SOLUTION_PROPOSED: self.solution_proposed}
        return AutoClose(
            days={status: days for status, days in given.items() if days is not None},
            calendar=_or_always(self.calendar),
            exempt=frozenset(map(fold, self.exempt)),
        )


class _Presence(_Strict):
    silence: Length | None = None
    calendar: str = ALWAYS


class _Agent(_Strict):
    calendar: str


class _File(_Strict):
    default: str
    calendars: dict[str, _Calendar] = {}
    policies: Annotated[dict[str, _Policy], Field(min_length=1)]
    rule: list[_Rule] = []
    teams: dict[str, _Team] = {}
    auto_close: _AutoClose = _AutoClose()
    presence: _Presence = _Presence()
    agents: dict[str, _Agent] = {}

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for policy in (self.default, *(rule.policy for rule in self.rule)):
            if policy not in self.policies:
                raise ValueError(f'a policy of this file ({", ".join(self.policies)}), not "{policy}"')
        for calendar in sorted(self.calendars_named()):
            if calendar not in self.calendars:
                raise ValueError(f'a calendar of this file ({", ".join(self.calendars)}), not "{calendar}"')
        return self

    def calendars_named(self) -> set[str]:
        """Every calendar something of this file asks for."""
        named = {name for policy in self.policies.values() for name in policy.calendars()}
        named |= {team.calendar for team in self.teams.values()} | {one.calendar for one in self.agents.values()}
        return named | ({self.auto_close.calendar, self.presence.calendar} - {ALWAYS})

    def presences(self) -> Presence:
        silence = self.presence.silence
        return Presence(
            silence=None if silence is None else Target(silence, _or_always(self.presence.calendar)),
            hours={fold(name.removeprefix("@")): agent.calendar for name, agent in self.agents.items()},
        )


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
        auto_close=file.auto_close.made(),
        presence=file.presences(),
        version=crc32(path.read_bytes()),
    )
