"""When somebody is to be told about a clock: the steps of a policy, as instants."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.sla.clocks import Event, View, facts_of, views
from bot.domain.sla.policy import ClockKind, Escalation, Recipient, Sla


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One step of one clock. `since` is when the clock started, which tells a later round of it from an earlier one.

    `due_at` is when somebody is to be told, `deadline` the end of what was promised.
    """

    clock: ClockKind
    since: int
    step: str
    to: Recipient
    due_at: int
    deadline: int


def alarms(history: Sequence[Event], sla: Sla, at: int) -> tuple[Alarm, ...]:
    """Every step of every clock that runs at that instant, the earliest first; whether it was told is not known here.

    A clock that is stopped or paused raises no alarm; one that was broken before it went on does.
    """
    policy = sla.policy(facts_of([event for event in history if event.at <= at]))
    found = [
        alarm
        for view in views(history, sla, at)
        if view.stopped_at is None and not view.paused
        for alarm in _steps(view, policy.escalations)
    ]
    return tuple(sorted(found, key=lambda alarm: (alarm.due_at, alarm.clock, alarm.step)))


def _steps(view: View, escalations: Sequence[Escalation]) -> Iterator[Alarm]:
    _, deadline = view.reached(view.target_ms)
    for step in escalations:
        if step.clock is not view.kind or deadline is None:
            continue
        _, due_at = view.reached(round(view.target_ms * step.share) + step.after_ms)
        if due_at is not None:
            yield Alarm(
                clock=view.kind,
                since=view.started_at,
                step=step.step,
                to=step.to,
                due_at=due_at,
                deadline=deadline,
            )
