"""Deadlines: what is due, computed from the ticket alone."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def due(days: int = 4, **fields: Any) -> dict[TimerKind, int]:
    return dict(deadlines(replace(TICKET, **fields), auto_close_days=days))


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
