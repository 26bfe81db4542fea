"""What is promised to whom: targets by priority, what pauses a clock, limits of statuses, who is told when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from zlib import crc32

from bot.domain.folding import fold
from bot.domain.sla.calendar import Calendar
from bot.domain.ticket import Priority, Status


class ClockKind(StrEnum):
    """`STATUS_LIMIT` is how long a ticket may stay in a status without an agent's word."""

    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"
    NEXT_UPDATE = "next_update"
    STATUS_LIMIT = "status_limit"


class Recipient(StrEnum):
    """Who hears of a step. `REQUESTER` gets an honest line, `ANOTHER_AGENT` gets the ticket itself."""

    ASSIGNEE = "assignee"
    LEAD = "lead"
    ADMIN = "admin"
    NEXT_GROUP = "next_group"
    REQUESTER = "requester"
    ANOTHER_AGENT = "another_agent"


@dataclass(frozen=True, slots=True)
class Target:
    """So many milliseconds of the calendar's working time; without a calendar, around the clock."""

    ms: int
    calendar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """At `share` of the target, or `after_ms` beyond it, tell `to`, in the clock's own time."""

    clock: ClockKind
    share: float = 1.0
    after_ms: int = 0
    to: Recipient

    @property
    def step(self) -> str:
        """The name under which it fires once for a ticket and clock."""
        return f"{self.share:g}+{self.after_ms}:{self.to}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`targets` and `limits` that are absent are not promised; `pauses` are the statuses in which a clock stands."""

    name: str
    targets: Mapping[Priority, Mapping[ClockKind, Target]]
    pauses: Mapping[ClockKind, frozenset[Status]] = field(default_factory=dict)
    limits: Mapping[Status, Target] = field(default_factory=dict)
    escalations: tuple[Escalation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoClose:
    """When a requester's silence closes a ticket.

    `days` are those of a status for which the setting's number does not hold. With a `calendar` they are its working
    days. A ticket with one of the tags `exempt` (folded) is never closed by silence.
    """

    days: Mapping[Status, int] = field(default_factory=dict)
    calendar: str = ""
    exempt: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Who can be given work. Agents silent for longer than `silence` count as away; without it nobody does.

    `hours` are the calendars of agents who do not work all the time, by folded username or numeric id.
    """

    silence: Target | None = None
    hours: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """Tickets whose facts have one of the values (folded), for each name in `when`, are under `policy`."""

    when: Mapping[str, frozenset[str]]
    policy: str

    def fits(self, facts: Mapping[str, str]) -> bool:
        return all(fold(facts.get(name, "")) in values for name, values in self.when.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """All policies and calendars. The first rule that fits decides, else `default`.

    A team's own calendar takes the place of every calendar a policy names, but not of "around the clock"; `teams` are
    named folded. `version` tells these levels from others, in every process the same. `written` is what they were
    before days were closed.
    """

    default: str
    policies: Mapping[str, Policy]
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    teams: Mapping[str, str] = field(default_factory=dict)
    auto_close: AutoClose = AutoClose()
    presence: Presence = Presence()
    version: int = 0
    written: "Sla | None" = None

    @property
    def promises(self) -> bool:
        """Whether any clock runs at all."""
        return any(any(policy.targets.values()) or policy.limits for policy in self.policies.values())

    @property
    def escalates(self) -> bool:
        """Whether anybody is ever told of a clock."""
        return any(policy.escalations for policy in self.policies.values())

    @property
    def asks(self) -> frozenset[str]:
        """The facts that decide about policy or calendar."""
        named = {name for rule in self.rules for name in rule.when}
        return frozenset(named | ({"team"} if self.teams else set()))

    def closing(self, days: Mapping[date, str]) -> "Sla":
        """The levels as written, with these further closed days in every calendar instead of those closed so far."""
        written = self.written or self
        if not days:
            return written
        calendars = {name: one.closing(days) for name, one in written.calendars.items()}
        version = crc32(str(sorted(days)).encode(), written.version)
        return replace(written, calendars=calendars, version=version, written=written)

    def policy(self, facts: Mapping[str, str]) -> Policy:
        """The policy for a ticket with these facts: priority, type, category, team, vip (yes, no), channel."""
        chosen = next((rule.policy for rule in self.rules if rule.fits(facts)), self.default)
        return self.policies[chosen]

    def calendar(self, target: Target, facts: Mapping[str, str]) -> Calendar | None:
        """Whose hours count; `None` means around the clock."""
        if not target.calendar:
            return None
        return self.calendars[self.teams.get(fold(facts.get("team", "")), target.calendar)]


NO_PROMISES = Sla(default="none", policies={"none": Policy(name="none", targets={})})
"""A desk without service levels."""
