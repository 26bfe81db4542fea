"""Service levels for runs in which time moves: short ones, with every kind of step, some in working time."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.domain.sla.calendar import Calendar, Shift
from bot.domain.sla.policy import AutoClose, ClockKind, Escalation, Policy, Presence, Recipient, Rule, Sla, Target
from bot.domain.ticket import Priority, Status
from bot.domain.timers import HOUR_MS

OFFICE = Calendar(
    name="office", zone=ZoneInfo("Europe/Istanbul"), week=dict.fromkeys(range(5), (Shift(540, 720), Shift(780, 1080)))
)
_WAITING = frozenset({Status.PENDING, Status.POSTPONED, Status.SOLUTION_PROPOSED})
_ROWS = (
    (ClockKind.FIRST_RESPONSE, 0.75, Recipient.ASSIGNEE),
    (ClockKind.FIRST_RESPONSE, 1.0, Recipient.LEAD),
    (ClockKind.RESOLUTION, 1.0, Recipient.ADMIN),
    (ClockKind.NEXT_UPDATE, 0.75, Recipient.ASSIGNEE),
    (ClockKind.NEXT_UPDATE, 1.0, Recipient.REQUESTER),
    (ClockKind.STATUS_LIMIT, 0.75, Recipient.ASSIGNEE),
    (ClockKind.STATUS_LIMIT, 1.0, Recipient.ANOTHER_AGENT),
)
_TARGETS = {
    ClockKind.FIRST_RESPONSE: Target(2 * HOUR_MS, "office"),
    ClockKind.RESOLUTION: Target(8 * HOUR_MS, "office"),
    ClockKind.NEXT_UPDATE: Target(3 * HOUR_MS),
}
_SHORT = Policy(
    name="short",
    targets=dict.fromkeys(Priority, _TARGETS),
    pauses={ClockKind.RESOLUTION: _WAITING, ClockKind.NEXT_UPDATE: _WAITING},
    limits={Status.NEW: Target(HOUR_MS), Status.OPEN: Target(5 * HOUR_MS, "office")},
    escalations=tuple(Escalation(clock=clock, share=share, to=to) for clock, share, to in _ROWS),
)
_OF_VIPS = dict.fromkeys(_TARGETS, Target(45 * 60_000))
LEVELS = Sla(
    default="short",
    policies={
        "short": _SHORT,
        "shorter": replace(
            _SHORT, name="shorter", targets=dict.fromkeys(Priority, _OF_VIPS), limits={Status.NEW: Target(HOUR_MS // 2)}
        ),
    },
    rules=(Rule({"vip": frozenset({"yes"})}, "shorter"),),
    calendars={"office": OFFICE},
    auto_close=AutoClose(exempt=frozenset({"keep"})),
    presence=Presence(silence=Target(18 * HOUR_MS, "office")),
)
