"""Clocks, computed from a ticket's history: what ran, what paused it, and when the target is reached."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from bot.domain.sla.calendar import Calendar, Piece, pieces, working
from bot.domain.sla.policy import ClockKind, Policy, Sla, Target
from bot.domain.ticket import Priority, Status

HORIZON_MS = 5 * 366 * 24 * 3_600_000
"""A deadline farther away than five years is none: a calendar without working time has no other end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of a history. `reply` is an agent's word to the requester; `facts` are values that hold from then on."""

    at: int
    status: Status
    reply: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BROKEN = "broken"


class Why(StrEnum):
    """What a segment of a clock was: it ran, a status paused it, or nobody was at work."""

    RUNNING = "running"
    PAUSED = "paused"
    OUTSIDE_HOURS = "outside_hours"
    HOLIDAY = "holiday"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Segment:
    """`reason` names the status that paused, or the holiday."""

    start: int
    end: int
    why: Why
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock at one instant.

    `deadline` is when the target is reached, in the past or in the future; `None` while the clock is paused before it.
    `elapsed_ms` is the time that counted so far. The segments follow one another from `started_at` to the deadline, or
    to where the clock was stopped or paused before it.
    """

    kind: ClockKind
    state: ClockState
    target_ms: int
    started_at: int
    elapsed_ms: int
    deadline: int | None
    stopped_at: int | None
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    status: Status


@dataclass(frozen=True, slots=True)
class _Run:
    """From where to where a clock is looked at, and whether it stopped there."""

    kind: ClockKind
    start: int
    stop: int | None = None


def facts_of(history: Sequence[Event]) -> dict[str, str]:
    """What holds in the end."""
    facts: dict[str, str] = {}
    for event in history:
        facts.update(event.facts)
    return facts


def clocks(history: Sequence[Event], sla: Sla, at: int) -> tuple[Clock, ...]:
    """Every clock that was promised, at that instant; later events are not known yet.

    `history` is in order and begins with the ticket's creation. Priority, facts and policy as they are now hold from
    the beginning: changing them recomputes everything.
    """
    known = [event for event in history if event.at <= at]
    if not known:
        return ()
    facts = facts_of(known)
    policy = sla.policy(facts)
    found = (_clock(run, known, sla, policy, facts, at) for run in _runs(known))
    return tuple(clock for clock in found if clock is not None)


def _runs(known: Sequence[Event]) -> Iterator[_Run]:
    """When each clock starts and, where it is over, stops."""
    replies = [event.at for event in known if event.reply]
    closed_at = _closed_at(known)
    answered = replies[0] if replies else closed_at
    yield _Run(ClockKind.FIRST_RESPONSE, known[0].at, answered)
    yield _Run(ClockKind.RESOLUTION, known[0].at, closed_at)
    if closed_at is not None:
        return
    if replies:
        yield _Run(ClockKind.NEXT_UPDATE, max(replies[-1], _last_reopening(known)))
    yield _Run(ClockKind.STATUS_LIMIT, max([_since(known), *replies[-1:]]))


def _closed_at(known: Sequence[Event]) -> int | None:
    return _since(known) if known[-1].status is Status.CLOSED else None


def _since(known: Sequence[Event]) -> int:
    """Since when the status is what it is."""
    since = known[-1].at
    for event in reversed(known):
        if event.status is not known[-1].status:
            break
        since = event.at
    return since


def _last_reopening(known: Sequence[Event]) -> int:
    reopened = [
        after.at
        for before, after in pairwise(known)
        if before.status is Status.CLOSED and after.status is not Status.CLOSED
    ]
    return reopened[-1] if reopened else known[0].at


def _target(run: _Run, policy: Policy, facts: Mapping[str, str], status: Status) -> Target | None:
    if run.kind is ClockKind.STATUS_LIMIT:
        return policy.limits.get(status)
    priority = Priority(facts.get("priority", Priority.MEDIUM))
    return policy.targets.get(priority, {}).get(run.kind)


def _clock(
    run: _Run, known: Sequence[Event], sla: Sla, policy: Policy, facts: Mapping[str, str], at: int
) -> Clock | None:
    target = _target(run, policy, facts, known[-1].status)
    if target is None:
        return None
    calendar = sla.calendar(target, facts)
    pauses = policy.pauses.get(run.kind, frozenset()) | {Status.CLOSED}
    spans = list(_spans(known, run.start, run.stop))
    paused = run.stop is None and known[-1].status in pauses
    end = run.stop if run.stop is not None else (at if paused else at + HORIZON_MS)
    segments, deadline = _segments(spans, pauses, calendar, target.ms, end)
    until = at if run.stop is None else run.stop
    elapsed = sum(_counted(span, calendar, until) for span in spans if span.status not in pauses)
    return Clock(
        kind=run.kind,
        state=_state(deadline, run.stop, at, paused=paused),
        target_ms=target.ms,
        started_at=run.start,
        elapsed_ms=elapsed,
        deadline=deadline,
        stopped_at=run.stop,
        segments=tuple(segments),
    )


def _state(deadline: int | None, stopped_at: int | None, at: int, *, paused: bool) -> ClockState:
    if stopped_at is not None:
        return ClockState.BROKEN if deadline is not None and deadline < stopped_at else ClockState.MET
    if deadline is not None and deadline <= at:
        return ClockState.BROKEN
    return ClockState.PAUSED if paused else ClockState.RUNNING


def _spans(known: Sequence[Event], start: int, stop: int | None) -> Iterator[_Span]:
    """Which status held from when to when; the last one for as long as anybody asks."""
    far = known[-1].at + 2 * HORIZON_MS if stop is None else stop
    for event, following in zip(known, [*(event.at for event in known[1:]), far], strict=True):
        first, last = max(event.at, start), min(following, far)
        if first < last:
            yield _Span(first, last, event.status)


def _counted(span: _Span, calendar: Calendar | None, until: int) -> int:
    end = min(span.end, until)
    if calendar is None:
        return max(0, end - span.start)
    return sum(last - first for first, last in working(calendar, span.start, end)) if end > span.start else 0


def _segments(
    spans: Sequence[_Span], pauses: frozenset[Status], calendar: Calendar | None, target_ms: int, end: int
) -> tuple[list[Segment], int | None]:
    """The segments up to the deadline, if it comes before `end`, and the deadline."""
    found: list[Segment] = []
    left = target_ms
    for span in spans:
        last = min(span.end, end)
        if span.start >= last:
            break
        if span.status in pauses:
            _append(found, Segment(span.start, last, Why.PAUSED, span.status))
            continue
        for piece in pieces(calendar, span.start, last) if calendar else [Piece(span.start, last)]:
            if piece.off is not None:
                _append(found, Segment(piece.start, piece.end, Why(piece.off), piece.name))
                continue
            taken = min(left, piece.end - piece.start)
            _append(found, Segment(piece.start, piece.start + taken, Why.RUNNING))
            left -= taken
            if left == 0:
                return found, piece.start + taken
    return found, None


def _append(found: list[Segment], segment: Segment) -> None:
    """What goes on is one segment, whatever happened to the ticket meanwhile."""
    if found and (found[-1].end, found[-1].why, found[-1].reason) == (segment.start, segment.why, segment.reason):
        found[-1] = Segment(found[-1].start, segment.end, segment.why, segment.reason)
    else:
        found.append(segment)
