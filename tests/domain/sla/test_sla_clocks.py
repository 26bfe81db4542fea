"""Clocks by hand: what starts, pauses, stops and moves each of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.sla.calendar import Calendar, Shift
from bot.domain.sla.clocks import Clock, ClockState, Event, Segment, Why, clocks
from bot.domain.sla.policy import ClockKind, Policy, Rule, Sla, Target
from bot.domain.ticket import Priority, Status

ZONE = ZoneInfo("Europe/Istanbul")
HOUR = 3_600_000
WAITING = frozenset({Status.PENDING, Status.POSTPONED, Status.SOLUTION_PROPOSED})
PLAIN = Policy(
    name="plain",
    targets={
        Priority.MEDIUM: {
            ClockKind.FIRST_RESPONSE: Target(HOUR, "office"),
            ClockKind.RESOLUTION: Target(4 * HOUR, "office"),
            ClockKind.NEXT_UPDATE: Target(2 * HOUR, "office"),
        },
        Priority.CRITICAL: {ClockKind.RESOLUTION: Target(HOUR)},
    },
    pauses={ClockKind.RESOLUTION: WAITING, ClockKind.NEXT_UPDATE: WAITING},
    limits={Status.NEW: Target(HOUR // 2, "office"), Status.OPEN: Target(3 * HOUR, "office")},
)
OFFICE = Calendar(name="office", zone=ZONE, week=dict.fromkeys(range(5), (Shift(540, 1080),)))
NIGHTS = Calendar(name="nights", zone=ZONE, week=dict.fromkeys(range(7), (Shift(1320, 1800),)))
LEVELS = Sla(default="plain", policies={"plain": PLAIN}, calendars={"office": OFFICE, "nights": NIGHTS})


def at(clock: str, day: int = 15) -> int:
    """That time on a day of June 2026; the 15th is a Monday."""
    return int(datetime.fromisoformat(f"2026-06-{day}T{clock}").replace(tzinfo=ZONE).timestamp() * 1000)


def new(clock: str = "09:00", priority: Priority = Priority.MEDIUM) -> Event:
    return Event(at=at(clock), status=Status.NEW, facts={"priority": priority})


def then(clock: str, status: Status = Status.OPEN, *, day: int = 15, reply: bool = False) -> Event:
    return Event(at=at(clock, day), status=status, reply=reply)


def clock_of(kind: ClockKind, history: Sequence[Event], now: int, sla: Sla = LEVELS) -> Clock | None:
    return next((clock for clock in clocks(history, sla, now) if clock.kind is kind), None)


def resolution(history: Sequence[Event], now: int, sla: Sla = LEVELS) -> Clock:
    found = clock_of(ClockKind.RESOLUTION, history, now, sla)
    assert found is not None
    return found


def test_nothing_is_promised_before_the_ticket_exists() -> None:
    assert clocks([new("12:00")], LEVELS, at("11:00")) == ()


def test_the_first_answer_in_time_meets_the_first_response_and_a_late_one_breaks_it() -> None:
    for reply, state in (("10:00", ClockState.MET), ("10:01", ClockState.BROKEN)):
        found = clock_of(ClockKind.FIRST_RESPONSE, [new(), then(reply, reply=True)], at("12:00"))
        assert found is not None
        assert (found.state, found.stopped_at) == (state, at(reply))


def test_taking_a_ticket_is_no_answer() -> None:
    found = clock_of(ClockKind.FIRST_RESPONSE, [new(), then("09:30")], at("09:45"))
    assert found is not None
    assert (found.state, found.deadline) == (ClockState.RUNNING, at("10:00"))


def test_a_deadline_at_the_end_of_the_day_is_that_evening_not_the_next_morning() -> None:
    assert resolution([new("14:00")], at("15:00")).deadline == at("18:00")
    assert resolution([new("14:01")], at("15:00")).deadline == at("09:01", 16)


def test_waiting_for_the_requester_pauses_and_gives_no_deadline_until_it_ends() -> None:
    waits = [new(), then("10:00", Status.PENDING, reply=True)]
    paused = resolution(waits, at("12:00"))
    assert (paused.state, paused.deadline, paused.elapsed_ms) == (ClockState.PAUSED, None, HOUR)
    assert paused.segments[-1] == Segment(at("10:00"), at("12:00"), Why.PAUSED, "pending")
    assert resolution([*waits, then("13:00")], at("13:30")).deadline == at("16:00")


def test_a_rejected_solution_lets_the_clock_go_on_from_where_it_stood() -> None:
    history = [new(), then("11:00", Status.SOLUTION_PROPOSED, reply=True), then("15:00")]
    assert resolution(history, at("15:00")).deadline == at("17:00")


def test_closing_stops_and_reopening_goes_on_without_the_time_between() -> None:
    closed = [new(), then("10:00", Status.CLOSED)]
    assert resolution(closed, at("17:00")).state is ClockState.MET
    reopened = resolution([*closed, then("12:00")], at("12:30"))
    assert (reopened.state, reopened.elapsed_ms, reopened.deadline) == (
        ClockState.RUNNING,
        HOUR + HOUR // 2,
        at("15:00"),
    )


def test_a_broken_promise_stays_broken_while_the_ticket_waits() -> None:
    history = [new(), then("14:00", Status.PENDING, reply=True)]
    assert (resolution(history, at("15:00")).state, resolution(history, at("15:00")).deadline) == (
        ClockState.BROKEN,
        at("13:00"),
    )


def test_a_new_priority_counts_from_the_beginning() -> None:
    raised = [new(), replace(then("09:30"), facts={"priority": "critical"})]
    assert resolution(raised, at("09:40")).deadline == at("10:00")


def test_every_word_of_an_agent_begins_the_next_update_anew_and_before_the_first_there_is_none() -> None:
    assert clock_of(ClockKind.NEXT_UPDATE, [new()], at("09:30")) is None
    history = [new(), then("09:30", reply=True), then("10:30", reply=True)]
    found = clock_of(ClockKind.NEXT_UPDATE, history, at("11:00"))
    assert found is not None
    assert (found.started_at, found.deadline) == (at("10:30"), at("12:30"))


def test_a_status_has_a_limit_that_begins_with_it_or_with_the_last_word() -> None:
    untouched = clock_of(ClockKind.STATUS_LIMIT, [new()], at("09:10"))
    assert untouched is not None
    assert untouched.deadline == at("09:30")
    answered = clock_of(ClockKind.STATUS_LIMIT, [new(), then("09:20"), then("10:00", reply=True)], at("10:10"))
    assert answered is not None
    assert answered.deadline == at("13:00")
    assert clock_of(ClockKind.STATUS_LIMIT, [new(), then("10:00", Status.PENDING)], at("11:00")) is None


def test_a_status_limit_begins_anew_for_whoever_is_given_the_ticket_and_nothing_else_does() -> None:
    history = [new(), then("09:10"), then("09:40", reply=True)]
    given = [*history, replace(then("11:00"), given=True)]
    before, after = ({clock.kind: clock for clock in clocks(one, LEVELS, at("11:30"))} for one in (history, given))
    assert before[ClockKind.STATUS_LIMIT].deadline == at("12:40")
    assert after[ClockKind.STATUS_LIMIT].deadline == at("14:00")
    del before[ClockKind.STATUS_LIMIT], after[ClockKind.STATUS_LIMIT]
    assert before == after


@pytest.mark.parametrize(
    ("merged_at", "state"), [("09:30", ClockState.MET), ("10:00", ClockState.MET), ("10:01", ClockState.BROKEN)]
)
def test_merging_ends_the_clocks_of_the_ticket_that_went_up_in_another_as_closing_does(
    merged_at: str, state: ClockState
) -> None:
    found = clocks([new(), then(merged_at, Status.CLOSED)], LEVELS, at("17:00"))
    assert {clock.kind for clock in found} == {ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION}
    assert [clock.stopped_at for clock in found] == [at(merged_at)] * 2
    assert found[0].state is state


def test_a_merged_ticket_that_is_taken_out_again_goes_on_without_the_time_between() -> None:
    again = resolution([new(), then("10:00", Status.CLOSED), then("15:00")], at("15:30"))
    assert (again.elapsed_ms, again.deadline) == (HOUR + HOUR // 2, at("18:00"))


def test_a_rule_chooses_the_policy_and_a_team_its_own_hours() -> None:
    quick = replace(PLAIN, name="quick", targets={Priority.MEDIUM: {ClockKind.RESOLUTION: Target(HOUR, "office")}})
    rule = Rule({"category": frozenset({"odeme"}), "vip": frozenset({"yes"})}, "quick")
    levels = replace(LEVELS, policies={"plain": PLAIN, "quick": quick}, rules=(rule,), teams={"night": "nights"})
    facts = {"category": "ÖDEME", "vip": "yes", "priority": "medium"}
    assert resolution([replace(new(), facts=facts)], at("09:10"), levels).deadline == at("10:00")
    assert resolution([replace(new(), facts=facts | {"vip": ""})], at("09:10"), levels).deadline == at("13:00")
    assert resolution([replace(new(), facts=facts | {"team": "Night"})], at("09:10"), levels).deadline == at("23:00")


def test_a_calendar_without_hours_never_gives_a_deadline() -> None:
    levels = replace(LEVELS, calendars={"office": replace(OFFICE, week={})})
    assert resolution([new()], at("10:00"), levels).deadline is None
