"""Clocks, computed from a ticket's history: what ran, what paused it, and when the target is reached."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from bot.domain.sla.calendar import Calendar, Piece, pieces
from bot.domain.sla.policy import ClockKind, Policy, Sla, Target
from bot.domain.ticket import Priority, Status

HORIZON_MS = 5 * 366 * 24 * 3_600_000
"""A deadline farther away than five years is none: a calendar without working time has no other end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of a history. `facts` are values that hold from then on.

    `reply` is an agent's word to the requester, `given` that somebody else became responsible.
    """

    at: int
    status: Status
    reply: bool = False
    given: bool = False
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

    `deadline` is when the target is reached, in the past or in the future; `None` while the clock is paused before it,
    was stopped before it, or has no working time ahead. `paused`: it stands still now, broken or not. `elapsed_ms` is
    the time that counted so far. The segments follow one another from `started_at` to the deadline; without one, to
    where the clock stopped or to now.
    """

    kind: ClockKind
    state: ClockState
    target_ms: int
    started_at: int
    elapsed_ms: int
    deadline: int | None
    stopped_at: int | None
    paused: bool
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


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One clock of a history, ready to be asked; `target_ms` is what was promised."""

    kind: ClockKind
    target_ms: int
    started_at: int
    stopped_at: int | None
    paused: bool
    at: int
    spans: tuple[_Span, ...]
    pauses: frozenset[Status]
    calendar: Calendar | None

    def reached(self, amount_ms: int) -> tuple[tuple[Segment, ...], int | None]:
        """The segments until so much time has counted, and when that is: `None` when it stopped or paused before."""
        end = self.at if self.paused else self.at + HORIZON_MS
        found: list[Segment] = []
        left = amount_ms
        for segment in self._segments(end if self.stopped_at is None else self.stopped_at):
            if segment.why is not Why.RUNNING:
                _append(found, segment)
                continue
            taken = min(left, segment.end - segment.start)
            _append(found, replace(segment, end=segment.start + taken))
            left -= taken
            if left == 0:
                return tuple(found), segment.start + taken
        return tuple(found), None

    def clock(self) -> Clock:
        """The clock as it stands."""
        segments, deadline = self.reached(self.target_ms)
        so_far: list[Segment] = []
        for segment in self._segments(self.at if self.stopped_at is None else self.stopped_at):
            _append(so_far, segment)
        return Clock(
            kind=self.kind,
            state=self._state(deadline),
            target_ms=self.target_ms,
            started_at=self.started_at,
            elapsed_ms=sum(part.end - part.start for part in so_far if part.why is Why.RUNNING),
            deadline=deadline,
            stopped_at=self.stopped_at,
            paused=self.paused,
            segments=tuple(so_far) if deadline is None else segments,
        )

    def _state(self, deadline: int | None) -> ClockState:
        if self.stopped_at is not None:
            return ClockState.BROKEN if deadline is not None and deadline < self.stopped_at else ClockState.MET
        if deadline is not None and deadline <= self.at:
            return ClockState.BROKEN
        return ClockState.PAUSED if self.paused else ClockState.RUNNING

    def _segments(self, end: int) -> Iterator[Segment]:
        """What every stretch was, until then."""
        for span in self.spans:
            last = min(span.end, end)
            if span.start >= last:
                return
            if span.status in self.pauses:
                yield Segment(span.start, last, Why.PAUSED, span.status)
                continue
            for piece in pieces(self.calendar, span.start, last) if self.calendar else [Piece(span.start, last)]:
                yield Segment(piece.start, piece.end, Why(piece.off) if piece.off else Why.RUNNING, piece.name)


def facts_of(history: Sequence[Event]) -> dict[str, str]:
    """What holds in the end."""
    facts: dict[str, str] = {}
    for event in history:
        facts.update(event.facts)
    return facts


def clocks(history: Sequence[Event], sla: Sla, at: int) -> tuple[Clock, ...]:
    """Every clock that was promised, at that instant; see `views`."""
    return tuple(view.clock() for view in views(history, sla, at))


def promised(history: Sequence[Event], sla: Sla, at: int) -> frozenset[tuple[ClockKind, int, int, int | None]]:
    """Kind, start, target and deadline of every clock that is not over, to tell whether the promises are the same."""
    open_ones = (view for view in views(history, sla, at) if view.stopped_at is None)
    return frozenset((one.kind, one.started_at, one.target_ms, one.reached(one.target_ms)[1]) for one in open_ones)


def views(history: Sequence[Event], sla: Sla, at: int) -> Iterator[View]:
    """Every clock that was promised; events after `at` are not known yet.

    `history` is in order and begins with the ticket's creation. Priority, facts and policy as they are now hold from
    the beginning: changing them recomputes everything.
    """
    known = [event for event in history if event.at <= at]
    facts = facts_of(known)
    policy = sla.policy(facts)
    for run in _runs(known) if known else ():
        target = _target(run, policy, facts, known[-1].status)
        if target is not None:
            pauses = policy.pauses.get(run.kind, frozenset()) | {Status.CLOSED}
            yield View(
                kind=run.kind,
                target_ms=target.ms,
                started_at=run.start,
                stopped_at=run.stop,
                paused=run.stop is None and known[-1].status in pauses,
                at=at,
                spans=tuple(_spans(known, run.start, run.stop)),
                pauses=pauses,
                calendar=sla.calendar(target, facts),
            )


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
    given = [event.at for event in known if event.given]
    yield _Run(ClockKind.STATUS_LIMIT, max([_since(known), *replies[-1:], *given[-1:]]))


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


def _spans(known: Sequence[Event], start: int, stop: int | None) -> Iterator[_Span]:
    """Which status held from when to when; the last one for as long as anybody asks."""
    far = known[-1].at + 2 * HORIZON_MS if stop is None else stop
    for status, first, last in _statuses(known, far):
        if max(first, start) < min(last, far):
            yield _Span(max(first, start), min(last, far), status)


def _statuses(known: Sequence[Event], far: int) -> Iterator[tuple[Status, int, int]]:
    """Each status once for as long as it lasted, for a ticket has many more rows of history than changes of it."""
    changes = [known[0], *(after for before, after in pairwise(known) if before.status is not after.status)]
    for event, until in zip(changes, [*(event.at for event in changes[1:]), far], strict=True):
        yield event.status, event.at, until


def _append(found: list[Segment], segment: Segment) -> None:
    """What goes on is one segment, whatever happened to the ticket meanwhile."""
    if found and (found[-1].end, found[-1].why, found[-1].reason) == (segment.start, segment.why, segment.reason):
        found[-1] = Segment(found[-1].start, segment.end, segment.why, segment.reason)
    else:
        found.append(segment)
