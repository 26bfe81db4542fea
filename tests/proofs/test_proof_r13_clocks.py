"""R13: random histories under random calendars, against a walker that looks at every minute."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.domain.sla.calendar import Calendar, Holiday, Shift
from bot.domain.sla.clocks import Clock, ClockState, Event, Why, clocks
from bot.domain.sla.policy import ClockKind, Policy, Sla, Target
from bot.domain.ticket import Priority, Status
from tests.proofs.minute_walker import MINUTE_MS, Walk, Wall, walk
from tests.proofs.proof import Proof

HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
ZONES = (
    "Europe/Istanbul",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer time
    "America/Santiago",
    "Asia/Kathmandu",
    "Asia/Beirut",  # clocks change at midnight
    "America/Havana",
    "Africa/Casablanca",  # clocks change around Ramadan
    "Pacific/Chatham",
)
PAUSES = frozenset({Status.PENDING, Status.POSTPONED, Status.SOLUTION_PROPOSED})
LIVE = tuple(status for status in Status if status is not Status.CLOSED)


@cache
def edges(zone: ZoneInfo) -> tuple[int, ...]:
    """Every change of the clocks from 2024 to 2030, to the hour; changes lie days apart."""
    first = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000)
    last = int(datetime(2031, 1, 1, tzinfo=UTC).timestamp() * 1000)

    def offset(instant: int) -> timedelta | None:
        return datetime.fromtimestamp(instant / 1000, zone).utcoffset()

    days = [day for day in range(first, last, DAY_MS) if offset(day) != offset(day + DAY_MS)]
    hours = (at for day in days for at in range(day, day + DAY_MS, HOUR_MS))
    return tuple(at for at in hours if offset(at) != offset(at + HOUR_MS))


def shift(chance: random.Random) -> Shift:
    begin = chance.randrange(0, 24 * 60, 15)
    return Shift(begin, min(begin + chance.randrange(15, 14 * 60, 15), 46 * 60))


def calendar(chance: random.Random, zone: ZoneInfo, around: date) -> Calendar:
    """Up to three intervals a day, some through the night, with holidays, half days, closed and opened days."""
    days = [around + timedelta(days=step) for step in range(-2, 8)]

    def some(share: float) -> list[date]:
        return [day for day in days if chance.random() < share]

    def shifts() -> tuple[Shift, ...]:
        return tuple(sorted((shift(chance) for _ in range(chance.randint(0, 3))), key=lambda one: one.begin))

    return Calendar(
        name="drawn",
        zone=zone,
        week={day: shifts() for day in range(7) if chance.random() < 0.85},
        holidays={day: Holiday("drawn", chance.choice((0, 0, 13 * 60, 12 * 60 + 30))) for day in some(0.15)},
        closed=dict.fromkeys(some(0.05), "drawn"),
        opened={day: shifts() for day in some(0.05)},
    )


def history(chance: random.Random, start: int, span: int) -> list[Event]:
    """A ticket's life at whole minutes: statuses, replies, perhaps closed and opened again, priorities."""
    moments = sorted(chance.randrange(start, start + span, MINUTE_MS) for _ in range(chance.randint(0, 9)))
    events = [Event(at=start, status=Status.NEW, facts={"priority": chance.choice(list(Priority))})]
    for at in moments:
        closed = events[-1].status is Status.CLOSED
        status = chance.choice((Status.CLOSED, Status.OPEN) if closed else (*LIVE, Status.CLOSED))
        reply = status is not Status.CLOSED and chance.random() < 0.3
        facts = {"priority": chance.choice(list(Priority))} if chance.random() < 0.1 else {}
        events.append(Event(at=at, status=status, reply=reply, given=chance.random() < 0.2, facts=facts))
    return events


def levels(chance: random.Random, hours: Calendar) -> Sla:
    def target() -> Target:
        return Target(chance.randint(1, 40 * 60) * MINUTE_MS, chance.choice(("drawn", "drawn", "drawn", "")))

    kinds = (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION, ClockKind.NEXT_UPDATE)
    policy = Policy(
        name="drawn",
        targets={priority: {kind: target() for kind in kinds} for priority in Priority},
        pauses={ClockKind.RESOLUTION: PAUSES, ClockKind.NEXT_UPDATE: PAUSES},
        limits={status: target() for status in LIVE},
    )
    return Sla(default="drawn", policies={"drawn": policy}, calendars={"drawn": hours})


def differences(clock: Clock, events: list[Event], sla: Sla, at: int, wall: Wall) -> list[str]:
    """What the walker says otherwise about this clock."""
    policy = sla.policies["drawn"]
    priority = Priority(next(event.facts["priority"] for event in reversed(events) if "priority" in event.facts))
    limit = clock.kind is ClockKind.STATUS_LIMIT
    target = policy.limits[events[-1].status] if limit else policy.targets[priority][clock.kind]
    now = at if clock.stopped_at is None else clock.stopped_at
    seen = walk(
        events,
        wall if target.calendar else None,
        policy.pauses.get(clock.kind, frozenset()) | {Status.CLOSED},
        target.ms // MINUTE_MS,
        since=clock.started_at,
        now=now,
        until=max(now, clock.deadline or now),
    )
    wrong = segments_wrong(clock, seen)
    if clock.started_at != begun(clock.kind, events):
        wrong.append(f"started {clock.started_at} instead of {begun(clock.kind, events)}")
    if clock.elapsed_ms != seen.worked_by_now * MINUTE_MS:
        wrong.append(f"elapsed {clock.elapsed_ms} instead of {seen.worked_by_now * MINUTE_MS}")
    if clock.deadline != seen.deadline:
        wrong.append(f"deadline {clock.deadline} instead of {seen.deadline}")
    return wrong


def begun(kind: ClockKind, events: list[Event]) -> int:
    """When the clock began, told event by event."""
    start = events[0].at
    for before, event in pairwise(events):
        reopened = before.status is Status.CLOSED and event.status is not Status.CLOSED
        moved = event.status is not before.status or event.given
        if kind is ClockKind.NEXT_UPDATE and (event.reply or reopened):
            start = event.at
        if kind is ClockKind.STATUS_LIMIT and (event.reply or moved):
            start = event.at
    return start


def segments_wrong(clock: Clock, seen: Walk) -> list[str]:
    """Segments touch one another, and what ran and what was paused adds up."""
    lengths: Counter[Why] = Counter()
    for one in clock.segments:
        lengths[one.why] += one.end - one.start
    if any(one.end != following.start for one, following in pairwise(clock.segments)):
        return ["a gap between two segments"]
    if clock.segments and clock.segments[0].start != clock.started_at:
        return ["the first segment is not the beginning"]
    ran, stood = lengths[Why.RUNNING] // MINUTE_MS, lengths[Why.PAUSED] // MINUTE_MS
    if clock.deadline is None and (ran, stood) != (seen.worked, seen.paused):
        return [f"segments add up to {ran} and {stood} paused instead of {seen.worked} and {seen.paused}"]
    if clock.deadline is not None and (clock.segments[-1].end, ran * MINUTE_MS) != (clock.deadline, clock.target_ms):
        return ["the segments do not add up to the deadline"]
    return []


EDGES = tuple((name, at) for name in ZONES for at in edges(ZoneInfo(name)))


def drawn(chance: random.Random, edge: tuple[str, int] | None) -> tuple[list[Event], Sla, int]:
    """A case, around a change of the clocks if one is named."""
    name, middle = edge or (chance.choice(ZONES), chance.randrange(EARLIEST, LATEST, MINUTE_MS))
    zone = ZoneInfo(name)
    start = (middle - chance.randrange(0, 2 * DAY_MS, MINUTE_MS)) // MINUTE_MS * MINUTE_MS
    span = chance.randrange(MINUTE_MS, 3 * DAY_MS, MINUTE_MS)
    sla = levels(chance, calendar(chance, zone, datetime.fromtimestamp(start / 1000, zone).date()))
    return history(chance, start, span), sla, start + span


EARLIEST = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000)
LATEST = int(datetime(2030, 12, 20, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.proof("R13")
def test_every_clock_agrees_with_a_walk_through_every_minute(proof: Proof) -> None:
    """Every other case lies around a change of the clocks, one after the other."""
    chance = proof.draw()
    states: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    cases = proof.size(150, 10_000)
    for case in range(cases):
        events, sla, at = drawn(chance, EDGES[case // 2 % len(EDGES)] if case % 2 else None)
        wall = Wall(sla.calendars["drawn"])
        for clock in clocks(events, sla, at):
            if clock.deadline is not None and clock.deadline > at + 10 * DAY_MS:
                continue  # a walker that follows a deadline for months takes longer than the rest together
            wrong = differences(clock, events, sla, at, wall)
            assert not wrong, (case, clock, wrong)
            states[clock.state] += 1
            kinds[clock.kind] += 1
    proof.tell(cases=cases, clocks=states, kinds=kinds, changes_of_clocks=min(len(EDGES), cases // 2), differences=0)
    assert (set(states), set(kinds)) == (set(ClockState), set(ClockKind))
    assert not proof.full or cases // 2 >= len(EDGES)
