"""The life cycle: what every action does in every status, written out apart from the table it checks."""

import itertools
import random
from typing import Any

import pytest

from bot.domain.errors import NotAllowed
from bot.domain.ticket import (
    LIVE,
    TRANSITIONS,
    WAITING,
    Action,
    Actor,
    ActorKind,
    CloseReason,
    Priority,
    Status,
    Step,
    Ticket,
    transition,
)

NOW = 1_780_000_000_000
ELIF = Actor(ActorKind.AGENT, 900_001, "Elif")

# One row an action, one column a status; "." means refused.
STATUSES = ("new", "open", "pending", "postponed", "in_development", "solution_proposed", "closed")
EXPECTED = """
create   .        .        .        .         .              .                 .
take     open     open     pending  postponed in_development solution_proposed .
assign   open     open     pending  postponed in_development solution_proposed .
reply    open     open     pending  postponed in_development solution_proposed .
ask      pending  pending  pending  pending   pending        pending           .
propose  solution_proposed solution_proposed solution_proposed solution_proposed solution_proposed solution_proposed .
postpone postponed postponed postponed postponed postponed postponed .
dev      in_development in_development in_development in_development in_development in_development .
resume   .        .        open     open      open           open              .
wake     .        .        .        open      .              .                 .
answer   new      open     open     open      in_development solution_proposed .
accept   .        .        .        .         .              closed            .
reject   .        .        .        .         .              open              .
withdraw closed   closed   closed   closed    closed         closed            .
expire   .        .        closed   .         .              closed            .
close    closed   closed   closed   closed    closed         closed            .
reopen   .        .        .        .         .              .                 open
set      new      open     pending  postponed in_development solution_proposed closed
"""
TABLE = {
    (status, row.split()[0]): target
    for row in EXPECTED.strip().splitlines()
    for status, target in zip(STATUSES, row.split()[1:], strict=True)
}
PAIRS = list(itertools.product(Status, Action))


def a_ticket(**fields: Any) -> Ticket:
    values: dict[str, Any] = {"id": 7, "number": "2026-000007", "conversation_id": 1, "requester_id": 1}
    return Ticket(**{**values, "created_at": NOW, "status_since": NOW, **fields})


def a_ticket_in(status: Status) -> Ticket:
    """A ticket that came to its status by the book."""
    ticket = a_ticket()
    ways = {
        Status.NEW: (),
        Status.OPEN: (Action.TAKE,),
        Status.PENDING: (Action.ASK,),
        Status.POSTPONED: (Action.POSTPONE,),
        Status.IN_DEVELOPMENT: (Action.DEVELOP,),
        Status.SOLUTION_PROPOSED: (Action.PROPOSE,),
        Status.CLOSED: (Action.PROPOSE, Action.ACCEPT),
    }
    for action in ways[status]:
        ticket, _ = act(ticket, action, NOW)
    return ticket


def act(ticket: Ticket, action: Action, at: int) -> tuple[Ticket, Step]:
    fields: dict[str, Any] = {}
    if action is Action.POSTPONE:
        fields = {"postponed_until": at + 1, "postpone_reason": "tedarikçi"}
    return transition(ticket, action, actor=ELIF, at=at, **fields)


def test_the_written_table_names_every_status_and_every_action() -> None:
    assert {(status.value, action.value) for status, action in PAIRS} == set(TABLE)


@pytest.mark.parametrize(("status", "action"), PAIRS)
def test_every_action_does_in_every_status_what_the_table_says(status: Status, action: Action) -> None:
    ticket = a_ticket_in(status)
    expected = TABLE[status.value, action.value]
    if expected == ".":
        with pytest.raises(NotAllowed) as refusal:
            act(ticket, action, NOW + 1)
        assert refusal.value.key == "not-in-this-status"
        assert refusal.value.values == {"number": "#2026-000007", "status": status, "action": action}
        return
    changed, step = act(ticket, action, NOW + 1)
    assert changed.status == expected
    assert (step.before, step.after, step.action, step.ticket_id) == (status, changed.status, action, 7)
    assert (step.at, step.actor) == (NOW + 1, ELIF)


def test_the_programs_table_holds_nothing_else() -> None:
    listed = {(status.value, action.value): target.value for (status, action), target in TRANSITIONS.items()}
    assert listed == {pair: target for pair, target in TABLE.items() if target != "."}


def test_closed_is_left_only_by_reopening() -> None:
    ways_out = {
        action for (status, action), target in TABLE.items() if status == "closed" and target not in {".", status}
    }
    assert ways_out == {"reopen"}


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Action.ACCEPT, CloseReason.ACCEPTED),
        (Action.EXPIRE, CloseReason.NO_ANSWER),
        (Action.WITHDRAW, CloseReason.WITHDRAWN),
        (Action.CLOSE, CloseReason.BY_LEAD),
    ],
)
def test_every_way_of_closing_has_its_own_reason(action: Action, reason: CloseReason) -> None:
    closed, _ = act(a_ticket_in(Status.SOLUTION_PROPOSED), action, NOW + 5)
    assert (closed.close_reason, closed.closed_at, closed.live) == (reason, NOW + 5, False)


@pytest.mark.parametrize("reason", list(CloseReason))
def test_a_lead_may_name_another_reason(reason: CloseReason) -> None:
    closed, step = transition(a_ticket(), Action.CLOSE, actor=ELIF, at=NOW, reason="çift kayıt", close_reason=reason)
    assert (closed.close_reason, step.reason, step.details) == (reason, "çift kayıt", {"close_reason": reason})


def test_closing_ends_the_questions() -> None:
    closed, _ = act(a_ticket(intake="type", intake_until=NOW + 600_000), Action.CLOSE, NOW + 1)
    assert (closed.intake, closed.intake_until) == ("", None)


def test_reopening_keeps_number_agent_and_count() -> None:
    closed = a_ticket_in(Status.CLOSED)
    again, _ = act(closed, Action.REOPEN, NOW + 9)
    assert (again.number, again.reopened, again.closed_at, again.close_reason) == (closed.number, 1, None, None)
    assert again.status_since == NOW + 9


@pytest.mark.parametrize("action", [Action.REPLY, Action.ASK, Action.PROPOSE])
def test_the_first_answer_of_an_agent_is_the_first_response_for_good(action: Action) -> None:
    answered, _ = act(a_ticket(), action, NOW + 60)
    assert answered.first_response_at == NOW + 60
    assert act(answered, action, NOW + 90)[0].first_response_at == NOW + 60


@pytest.mark.parametrize("action", [a for a in Action if a not in {Action.REPLY, Action.ASK, Action.PROPOSE}])
def test_nothing_else_counts_as_a_response(action: Action) -> None:
    if TABLE["new", action.value] != ".":
        assert act(a_ticket(), action, NOW + 60)[0].first_response_at is None


@pytest.mark.parametrize("status", WAITING)
def test_the_wait_ends_with_the_requesters_words_and_begins_anew_with_ours(status: Status) -> None:
    waiting = a_ticket_in(status)
    assert waiting.waiting_since == NOW
    assert act(waiting, Action.ANSWER, NOW + 1)[0].waiting_since is None
    assert act(waiting, Action.REPLY, NOW + 2)[0].waiting_since == NOW + 2
    assert act(waiting, Action.SET, NOW + 3)[0].waiting_since == NOW


def test_a_status_keeps_its_beginning_while_it_lasts() -> None:
    ticket = a_ticket_in(Status.OPEN)
    assert act(ticket, Action.SET, NOW + 7)[0].status_since == NOW
    assert act(ticket, Action.ASK, NOW + 7)[0].status_since == NOW + 7


def test_a_ticket_is_never_changed_in_place() -> None:
    ticket = a_ticket()
    act(ticket, Action.CLOSE, NOW + 1)
    assert ticket == a_ticket()


def test_what_was_changed_is_in_the_history() -> None:
    changed, step = transition(a_ticket(), Action.SET, actor=ELIF, at=NOW, priority=Priority.HIGH)
    assert (changed.priority, dict(step.details)) == (Priority.HIGH, {"priority": Priority.HIGH})


def is_sound(ticket: Ticket) -> None:
    assert (ticket.closed_at is not None) is (ticket.status is Status.CLOSED)
    assert (ticket.close_reason is not None) is (ticket.status is Status.CLOSED)
    assert ticket.waiting_since is None or ticket.status in WAITING
    assert ticket.postponed_until is None or ticket.status is Status.POSTPONED
    assert not ticket.postpone_reason or ticket.status is Status.POSTPONED
    assert ticket.live is (ticket.status in LIVE)


@pytest.mark.parametrize("seed", range(50))
def test_a_random_walk_of_200_steps_keeps_the_ticket_sound(seed: int) -> None:
    dice = random.Random(seed)
    ticket, history = a_ticket(), list[Step]()
    proposals = reopenings = 0
    for at in range(NOW, NOW + 200):
        action = dice.choice([a for a in Action if TABLE[ticket.status.value, a.value] != "."])
        ticket, step = act(ticket, action, at)
        history.append(step)
        proposals += action is Action.PROPOSE
        reopenings += action is Action.REOPEN
        is_sound(ticket)
        assert (ticket.proposal, ticket.reopened) == (proposals, reopenings)
    assert history[0].before is Status.NEW
    assert all(one.after is following.before for one, following in itertools.pairwise(history))
    assert all(step.after == TABLE[step.before.value, step.action.value] for step in history)
    assert history[-1].after is ticket.status
