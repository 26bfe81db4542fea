"""The life cycle of a ticket: one table, one pure function. Instants are epoch milliseconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.domain.errors import NotAllowed


class Status(StrEnum):
    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    POSTPONED = "postponed"
    IN_DEVELOPMENT = "in_development"
    SOLUTION_PROPOSED = "solution_proposed"
    CLOSED = "closed"


class Action(StrEnum):
    """What moves a ticket; `ANSWER` is any message of the requester, `REPLY` any plain answer of an agent."""

    CREATE = "create"
    TAKE = "take"
    ASSIGN = "assign"
    REPLY = "reply"
    ASK = "ask"
    PROPOSE = "propose"
    POSTPONE = "postpone"
    DEVELOP = "dev"
    RESUME = "resume"
    WAKE = "wake"
    ANSWER = "answer"
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    CLOSE = "close"
    REOPEN = "reopen"
    SET = "set"


class CloseReason(StrEnum):
    ACCEPTED = "accepted"
    NO_ANSWER = "no_answer"
    WITHDRAWN = "withdrawn"
    ANSWERED_BY_ARTICLE = "answered_by_article"
    MERGED = "merged"
    SPAM = "spam"
    BY_LEAD = "by_lead"


class Priority(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ActorKind(StrEnum):
    REQUESTER = "requester"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an agent's numeric Telegram id, a requester's row id, or the system (0)."""

    kind: ActorKind
    id: int = 0
    name: str = ""


SYSTEM = Actor(ActorKind.SYSTEM)
LIVE = tuple(status for status in Status if status is not Status.CLOSED)
WAITING = (Status.PENDING, Status.SOLUTION_PROPOSED)
"""The statuses in which the requester has the ball and silence closes the ticket in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One request. `number` is `2026-000001`; `answers` holds the key data by question id.

    `intake` is the id of the question that is being asked (empty: nothing is asked any more). `waiting_since` is set
    while the last word is ours and the requester's answer is awaited. `proposal` counts proposals, so that the button
    of an older one is known as such. `merged_into` is the number of the ticket this one went up in, `links` those of
    tickets about the same thing. `version` guards every save.
    """

    id: int = 0
    number: str = ""
    conversation_id: int
    requester_id: int
    status: Status = Status.NEW
    priority: Priority = Priority.MEDIUM
    category: str = ""
    subject: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    intake: str = ""
    intake_until: int | None = None
    assignee: int | None = None
    assignee_name: str = ""
    created_at: int
    status_since: int
    first_response_at: int | None = None
    waiting_since: int | None = None
    closed_at: int | None = None
    close_reason: CloseReason | None = None
    proposal: int = 0
    reopened: int = 0
    postponed_until: int | None = None
    postpone_reason: str = ""
    engineer: str = ""
    issue_key: str = ""
    eta: int | None = None
    follow_up_of: int | None = None
    tags: tuple[str, ...] = ()
    merged_into: str = ""
    links: tuple[str, ...] = ()
    version: int = 0

    @property
    def label(self) -> str:
        """The number as people write it: `#2026-000001`."""
        return f"#{self.number}"

    @property
    def successor(self) -> str:
        """The label of the ticket this one went up in; empty when it went up in none."""
        return f"#{self.merged_into}" if self.merged_into else ""

    @property
    def live(self) -> bool:
        return self.status is not Status.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row of a ticket's history: who, when, from, to, why. `details` are the changed values, ready for JSON."""

    ticket_id: int
    at: int
    actor: Actor
    action: Action
    before: Status
    after: Status
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def _same(action: Action, *statuses: Status) -> dict[tuple[Status, Action], Status]:
    return {(status, action): status for status in statuses}


def _to(target: Status, action: Action, *statuses: Status) -> dict[tuple[Status, Action], Status]:
    return {(status, action): target for status in statuses}


_BUSY = tuple(status for status in LIVE if status is not Status.NEW)

TRANSITIONS: Mapping[tuple[Status, Action], Status] = {
    **_to(Status.OPEN, Action.TAKE, Status.NEW),
    **_same(Action.TAKE, *_BUSY),
    **_to(Status.OPEN, Action.ASSIGN, Status.NEW),
    **_same(Action.ASSIGN, *_BUSY),
    **_to(Status.OPEN, Action.REPLY, Status.NEW),
    **_same(Action.REPLY, *_BUSY),
    **_to(Status.PENDING, Action.ASK, *LIVE),
    **_to(Status.SOLUTION_PROPOSED, Action.PROPOSE, *LIVE),
    **_to(Status.POSTPONED, Action.POSTPONE, *LIVE),
    **_to(Status.IN_DEVELOPMENT, Action.DEVELOP, *LIVE),
    **_to(
        Status.OPEN,
        Action.RESUME,
        Status.PENDING,
        Status.POSTPONED,
        Status.IN_DEVELOPMENT,
        Status.SOLUTION_PROPOSED,
    ),
    **_to(Status.OPEN, Action.WAKE, Status.POSTPONED),
    **_same(Action.ANSWER, Status.NEW, Status.OPEN, Status.IN_DEVELOPMENT, Status.SOLUTION_PROPOSED),
    **_to(Status.OPEN, Action.ANSWER, Status.PENDING, Status.POSTPONED),
    **_to(Status.CLOSED, Action.ACCEPT, Status.SOLUTION_PROPOSED),
    **_to(Status.OPEN, Action.REJECT, Status.SOLUTION_PROPOSED),
    **_to(Status.CLOSED, Action.WITHDRAW, *LIVE),
    **_to(Status.CLOSED, Action.EXPIRE, *WAITING),
    **_to(Status.CLOSED, Action.CLOSE, *LIVE),
    **_to(Status.OPEN, Action.REOPEN, Status.CLOSED),
    **_same(Action.SET, *Status),
}

_CLOSE_REASON: Mapping[Action, CloseReason] = {
    Action.ACCEPT: CloseReason.ACCEPTED,
    Action.EXPIRE: CloseReason.NO_ANSWER,
    Action.WITHDRAW: CloseReason.WITHDRAWN,
    Action.CLOSE: CloseReason.BY_LEAD,
}


def transition(
    ticket: Ticket, action: Action, *, actor: Actor, at: int, reason: str = "", **changes: Any
) -> tuple[Ticket, Step]:
    """Apply `action`; `changes` are further fields it sets. Raises `NotAllowed` where the table is silent."""
    after = TRANSITIONS.get((ticket.status, action))
    if after is None and ticket.merged_into:
        raise NotAllowed("merged-already", number=ticket.label, other=ticket.successor)
    if after is None:
        raise NotAllowed("not-in-this-status", number=ticket.label, status=ticket.status, action=action)
    changed = replace(ticket, status=after, **{**_consequences(ticket, action, after, at), **changes})
    step = Step(
        ticket_id=ticket.id,
        at=at,
        actor=actor,
        action=action,
        before=ticket.status,
        after=after,
        reason=reason,
        details=changes,
    )
    return changed, step


def _consequences(ticket: Ticket, action: Action, after: Status, at: int) -> dict[str, Any]:
    """The fields that follow from the action itself."""
    fields: dict[str, Any] = {}
    if after is not ticket.status:
        fields["status_since"] = at
    if action in {Action.REPLY, Action.ASK, Action.PROPOSE} and ticket.first_response_at is None:
        fields["first_response_at"] = at
    if action in {Action.REPLY, Action.ASK, Action.PROPOSE}:
        fields["waiting_since"] = at if after in WAITING else None
    elif after not in WAITING or action is Action.ANSWER:
        fields["waiting_since"] = None
    if action is Action.PROPOSE:
        fields["proposal"] = ticket.proposal + 1
    if after is Status.CLOSED and action is not Action.SET:
        fields |= {"closed_at": at, "close_reason": _CLOSE_REASON[action], "intake": "", "intake_until": None}
    if action is Action.REOPEN:
        fields |= {"closed_at": None, "close_reason": None, "merged_into": "", "reopened": ticket.reopened + 1}
    if after is not Status.POSTPONED and ticket.status is Status.POSTPONED:
        fields |= {"postponed_until": None, "postpone_reason": ""}
    return fields
