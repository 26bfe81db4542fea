"""`sla.toml` as the domain's policies and calendars. A mistake names the file, the line and what was expected."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

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
from config.sla_names import (
    CalendarName,
    CalendarOrAlways,
    ChannelName,
    Folded,
    Known,
    PolicyName,
    PriorityName,
    TeamName,
    TypeName,
    YesOrNo,
    known,
    once,
)
from config.sla_values import Country, Day, Hours, Length, TimeOfDay, Weekdays, Zone, length
from config.sla_version import version_of


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class _Calendar(_Strict):
    zone: Zone
    hours: dict[Weekdays, Hours]
    holidays: Country = ""
    half_day_until: TimeOfDay = 13 * 60
    closed: list[Day] = []
    open: dict[Day, Hours] = {}

    @field_validator("hours")
    @classmethod
    def _days_are_named_once(cls, hours: dict[tuple[int, ...], list[Shift]]) -> dict[tuple[int, ...], list[Shift]]:
        named = [day for days in hours for day in days]
        if len(named) != len(set(named)):
            raise ValueError("every day of the week only once in hours")
        return hours

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
    calendar: CalendarOrAlways | None = None
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
    calendar: CalendarOrAlways
    critical: _Targets = Field(_Targets(), validation_alias=AliasChoices("critical", "P0"))
    high: _Targets = Field(_Targets(), validation_alias=AliasChoices("high", "P1"))
    medium: _Targets = Field(_Targets(), validation_alias=AliasChoices("medium", "P2"))
    low: _Targets = Field(_Targets(), validation_alias=AliasChoices("low", "P3"))
    pauses: _Pauses = _Pauses()
    limits: dict[Status, Length] = {}
    escalation: list[_Escalation] = []

    def made(self, name: str) -> Policy:
        return Policy(
            name=name,
            targets={priority: self._targets(self._of(priority)) for priority in Priority},
            pauses={kind: frozenset(getattr(self.pauses, kind)) for kind in ClockKind},
            limits={status: Target(ms, self.calendar) for status, ms in self.limits.items()},
            escalations=tuple(row.made() for row in self.escalation),
        )

    def _of(self, priority: Priority) -> _Targets:
        targets: _Targets = getattr(self, priority)
        return targets

    def _targets(self, given: _Targets) -> Mapping[ClockKind, Target]:
        calendar = self.calendar if given.calendar is None else given.calendar
        kinds = (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION, ClockKind.NEXT_UPDATE)
        return {kind: Target(ms, calendar) for kind in kinds if (ms := getattr(given, kind)) is not None}


class _When(_Strict):
    """Values that are left out are not asked about, so what is given must not be empty."""

    priority: Annotated[list[PriorityName], Field(min_length=1)] = []
    type: Annotated[list[TypeName], Field(min_length=1)] = []
    category: Annotated[list[Folded], Field(min_length=1)] = []
    team: Annotated[list[TeamName], Field(min_length=1)] = []
    vip: Annotated[list[YesOrNo], Field(min_length=1)] = []
    channel: Annotated[list[ChannelName], Field(min_length=1)] = []

    @model_validator(mode="after")
    def _something_is_asked(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"at least one of {', '.join(type(self).model_fields)}")
        return self


class _Rule(_Strict):
    when: _When
    policy: PolicyName

    def made(self) -> Rule:
        return Rule({fact: frozenset(values) for fact, values in self.when if values}, self.policy)


class _Team(_Strict):
    calendar: CalendarName


_Days = Annotated[int, Field(ge=1, le=365)]


class _AutoClose(_Strict):
    pending: _Days | None = None
    solution_proposed: _Days | None = None
    calendar: CalendarOrAlways = ""
    exempt: list[Annotated[str, Field(min_length=1)]] = []

    def made(self) -> AutoClose:
        given = {Status.PENDING: self.pending, Status.SOLUTION_PROPOSED: self.solution_proposed}
        return AutoClose(
            days={status: days for status, days in given.items() if days is not None},
            calendar=self.calendar,
            exempt=frozenset(map(fold, self.exempt)),
        )


class _Presence(_Strict):
    silence: Length | None = None
    calendar: CalendarOrAlways = ""


class _Agent(_Strict):
    calendar: CalendarName


class _File(_Strict):
    default: PolicyName
    calendars: dict[str, _Calendar] = {}
    policies: Annotated[dict[str, _Policy], Field(min_length=1)]
    rule: list[_Rule] = []
    teams: dict[TeamName, _Team] = {}
    auto_close: _AutoClose = _AutoClose()
    presence: _Presence = _Presence()
    agents: dict[str, _Agent] = {}

    @model_validator(mode="before")
    @classmethod
    def _names_are_known(cls, file: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        known(info).learn(file)
        return file

    @field_validator("teams", mode="before")
    @classmethod
    def _teams_are_named_once(cls, teams: object) -> object:
        return once(teams, fold)

    @field_validator("agents", mode="before")
    @classmethod
    def _agents_are_named_once(cls, agents: object) -> object:
        return once(agents, _agent)

    def presences(self) -> Presence:
        silence = self.presence.silence
        return Presence(
            silence=None if silence is None else Target(silence, self.presence.calendar),
            hours={_agent(name): agent.calendar for name, agent in self.agents.items()},
        )


def _agent(name: str) -> str:
    return fold(name.removeprefix("@"))


def load_sla(folder: Path | None, locale: str, teams: Collection[str] | None = None) -> Sla:
    """The service levels of `sla.toml` in `folder`, else the shipped ones. Raises `PolicyError`."""
    return read_sla(policy_file(folder, "sla.toml"), locale, teams)


def read_sla(path: Path, locale: str, teams: Collection[str] | None = None) -> Sla:
    """The service levels of this file, holidays named in that language. Raises `PolicyError`.

    With `teams`, those of the settings, it may name no other.
    """
    file = read_policy_file(path, _File, Known(teams))
    calendars = {name: calendar.made(name, locale) for name, calendar in file.calendars.items()}
    return Sla(
        default=file.default,
        policies={name: policy.made(name) for name, policy in file.policies.items()},
        calendars=calendars,
        rules=tuple(rule.made() for rule in file.rule),
        teams={name: team.calendar for name, team in file.teams.items()},
        auto_close=file.auto_close.made(),
        presence=file.presences(),
        version=version_of(path.read_bytes(), calendars),
    )
