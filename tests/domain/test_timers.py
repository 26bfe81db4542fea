"""Deadlines: what is due, computed from the ticket alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sla.calendar import Calendar, Shift
from bot.domain.sla.policy import NO_PROMISES, AutoClose
from bot.domain.ticket import WAITING, Status, Ticket
from bot.domain.timers import DAY_MS, TimerKind, deadlines

NOW = 1_780_000_000_000
TICKET = Ticket(conversation_id=1, requester_id=1, created_at=NOW, status_since=NOW)
EVERYTHING: dict[str, Any] = {
    "intake": "type",
    "intake_until": NOW + 600_000,
    "waiting_since": NOW,
    "postponed_until": NOW + DAY_MS,
    "eta": NOW + 7 * DAY_MS,
}


ZONE = ZoneInfo("Europe/Istanbul")
OFFICE = Calendar(
    name="office", zone=ZONE, week=dict.fromkeys(range(5), (Shift(540, 1080),)), closed={date(2026, 6, 17): "sayım"}
)


def due(days: int = 4, **fields: Any) -> dict[TimerKind, int]:
    return dict(deadlines(replace(TICKET, **fields), auto_close_days=days))


def silence(rules: AutoClose, since: str, days: int = 4, **fields: Any) -> dict[TimerKind, str]:
    """When silence since then is reminded of and closes, on the wall; in June 2026 the 15th is a Monday."""
    begun = int(datetime.fromisoformat(f"2026-06-{since}").replace(tzinfo=ZONE).timestamp() * 1000)
    ticket = replace(TICKET, **{"status": Status.PENDING, "waiting_since": begun, **fields})
    levels = replace(NO_PROMISES, calendars={"office": OFFICE}, auto_close=rules)
    found = deadlines(ticket, auto_close_days=days, sla=levels)
    return {
        kind: datetime.fromtimestamp(at / 1000, UTC).astimezone(ZONE).strftime("%dT%H:%M") for kind, at in found.items()
    }


def test_a_plain_ticket_has_no_deadline() -> None:
    assert due() == {}


def test_questions_end_at_their_time() -> None:
    assert due(intake="type", intake_until=NOW + 5) == {TimerKind.INTAKE_END: NOW + 5}


def test_questions_that_were_all_answered_have_no_end() -> None:
    assert due(intake="", intake_until=NOW + 5) == {}


@pytest.mark.parametrize("status", WAITING)
def test_silence_closes_after_four_days_and_reminds_a_day_before(status: Status) -> None:
    assert due(status=status, waiting_since=NOW) == {
        TimerKind.AUTO_CLOSE: NOW + 4 * DAY_MS,
        TimerKind.AUTO_CLOSE_REMINDER: NOW + 3 * DAY_MS,
    }


@pytest.mark.parametrize("days", [2, 4, 30])
def test_the_number_of_days_is_a_setting(days: int) -> None:
    found = due(days, status=Status.PENDING, waiting_since=NOW)
    assert found[TimerKind.AUTO_CLOSE] - NOW == days * DAY_MS
    assert found[TimerKind.AUTO_CLOSE] - found[TimerKind.AUTO_CLOSE_REMINDER] == DAY_MS


def test_a_single_day_leaves_no_time_to_remind() -> None:
    assert due(1, status=Status.PENDING, waiting_since=NOW) == {TimerKind.AUTO_CLOSE: NOW + DAY_MS}


@pytest.mark.parametrize(
    ("since", "days", "reminder", "end"),
    [
        ("12T15:00", 4, "18T15:00", "19T15:00"),
        ("13T11:00", 2, "15T11:00", "16T11:00"),
        ("16T23:30", 2, "18T23:30", "19T23:30"),
    ],
    ids=["friday-afternoon-over-a-closed-day", "begun-on-a-saturday", "late-in-the-evening"],
)
def test_working_days_leave_out_weekends_and_closed_days(since: str, days: int, reminder: str, end: str) -> None:
    assert silence(AutoClose(calendar="office"), since, days) == {
        TimerKind.AUTO_CLOSE: end,
        TimerKind.AUTO_CLOSE_REMINDER: reminder,
    }


def test_each_status_may_have_days_of_its_own() -> None:
    rules = AutoClose(days={Status.PENDING: 7})
    assert silence(rules, "01T10:00")[TimerKind.AUTO_CLOSE] == "08T10:00"
    assert silence(rules, "01T10:00", status=Status.SOLUTION_PROPOSED)[TimerKind.AUTO_CLOSE] == "05T10:00"


def test_a_tag_keeps_a_ticket_open_whatever_its_case() -> None:
    rules = AutoClose(exempt=frozenset({"bekle"}))
    assert silence(rules, "01T10:00", tags=("vip", "BEKLE")) == {}
    assert silence(rules, "01T10:00", tags=("vip",)) != {}


def test_a_calendar_without_working_days_closes_after_a_year() -> None:
    levels = replace(NO_PROMISES, calendars={"never": replace(OFFICE, week={})}, auto_close=AutoClose(calendar="never"))
    ticket = replace(TICKET, status=Status.PENDING, waiting_since=NOW)
    assert deadlines(ticket, auto_close_days=4, sla=levels)[TimerKind.AUTO_CLOSE] == NOW + 366 * DAY_MS


def test_the_ball_in_our_court_closes_nothing() -> None:
    assert due(status=Status.PENDING, waiting_since=None) == {}


def test_a_postponed_ticket_wakes() -> None:
    assert due(status=Status.POSTPONED, postponed_until=NOW + 9) == {TimerKind.WAKE: NOW + 9}


def test_an_eta_is_a_reminder_only_in_development() -> None:
    assert due(status=Status.IN_DEVELOPMENT, eta=NOW + 9) == {TimerKind.ETA: NOW + 9}
    assert due(status=Status.OPEN, eta=NOW + 9) == {}


def test_a_closed_ticket_has_no_deadlines_whatever_is_left_in_it() -> None:
    assert due(status=Status.CLOSED, **EVERYTHING) == {}


@given(
    st.sampled_from(Status),
    st.fixed_dictionaries(
        {name: st.sampled_from([value, "" if name == "intake" else None]) for name, value in EVERYTHING.items()}
    ),
    st.integers(1, 60),
)
def test_deadlines_follow_from_the_state_and_from_nothing_else(
    status: Status, fields: dict[str, Any], days: int
) -> None:
    found = due(days, status=status, **fields)
    assert found == due(days, status=status, **fields)
    live = status is not Status.CLOSED
    assert (TimerKind.WAKE in found) is (status is Status.POSTPONED and fields["postponed_until"] is not None)
    assert (TimerKind.ETA in found) is (status is Status.IN_DEVELOPMENT and fields["eta"] is not None)
    assert (TimerKind.AUTO_CLOSE in found) is (live and fields["waiting_since"] is not None)
    assert (TimerKind.AUTO_CLOSE_REMINDER in found) is (TimerKind.AUTO_CLOSE in found and days > 1)
    assert (TimerKind.INTAKE_END in found) is (live and bool(fields["intake"]) and fields["intake_until"] is not None)
