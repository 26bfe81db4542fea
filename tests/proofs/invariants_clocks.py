"""What must hold of clocks: timers that follow from the history, steps told of live tickets, holders who were there."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.sla.alarms import alarms
from bot.domain.sla.happened import events_of
from bot.domain.sla.policy import Recipient
from bot.domain.ticket import Action, Actor, ActorKind, Priority, Status, Step, Ticket
from tests.proofs.invariants_seen import Row, Seen, Witness

NO_NEWS = "henüz yeni bir bilgi yok"
_PLAIN = ("id", "conversation_id", "requester_id", "created_at", "status_since", "intake", "intake_until")
_MOMENTS = ("waiting_since", "postponed_until", "eta")


def ticket_of(row: Row) -> Ticket:
    """As much of a ticket as its deadlines depend on."""
    values: dict[str, Any] = {name: row[name] for name in (*_PLAIN, *_MOMENTS)}
    tags = tuple(json.loads(row["tags"]))
    return Ticket(**values, status=Status(row["status"]), priority=Priority(row["priority"]), tags=tags)


def next_steps(seen: Seen, witness: Witness) -> Mapping[int, int]:
    """When the next step of each ticket's clocks is due, computed anew from its history."""
    over = {(row["ticket_id"], row["clock"], row["since"], row["step"]) for row in seen["escalation"]}
    vips = {requester["id"] for requester in seen["requester"] if requester["vip"]}
    found: dict[int, int] = {}
    for ticket_id, row in seen.tickets.items():
        if row["status"] == Status.CLOSED or not witness.sla.escalates:
            continue
        steps = [_step(one) for one in seen.steps[ticket_id]]
        facts = {"priority": row["priority"], "category": row["category"]}
        history = events_of(ticket_of(row), steps, facts | {"vip": "yes" if row["requester_id"] in vips else "no"})
        for alarm in alarms(history, witness.sla, max(witness.now, history[-1].at)):
            if (ticket_id, alarm.clock, alarm.since, alarm.step) not in over:
                found.setdefault(ticket_id, alarm.due_at)
    return found


def _step(row: Row) -> Step:
    return Step(
        ticket_id=row["ticket_id"],
        at=row["at"],
        actor=Actor(ActorKind(row["actor_kind"])),
        action=Action(row["action"]),
        before=Status(row["before"]),
        after=Status(row["after"]),
        details=json.loads(row["details"]),
    )


def told(seen: Seen, witness: Witness) -> Iterator[str]:
    """No step came due early, and for each honest line a customer got there is a step of its own (I6, I8)."""
    for row in seen["escalation"]:
        if row["due_at"] > witness.now:
            yield f"I8: a step of ticket {row['ticket_id']} came due {row['due_at'] - witness.now} ms early"
    for ticket_id in seen.tickets:
        lines = [row for row in seen.messages.get(ticket_id, []) if _is_no_news(row)]
        steps = [row for row in seen["escalation"] if row["ticket_id"] == ticket_id]
        owed = sum(row["recipient"] == Recipient.REQUESTER and bool(row["told"]) for row in steps)
        if len(lines) > owed:
            yield f"I8: ticket {ticket_id} was told {len(lines)} times that there is no news, for {owed} steps"
        for line in lines:
            if _status_at(seen, ticket_id, line["at"]) == Status.CLOSED:
                yield f"I6: the customer of ticket {ticket_id}, which was closed, was told that there is no news"


def _is_no_news(row: Row) -> bool:
    return row["author"] == ActorKind.SYSTEM and NO_NEWS in row["content"]


def _status_at(seen: Seen, ticket_id: int, at: int) -> str:
    """What the ticket was before whatever else happened at that instant."""
    before = [step["after"] for step in seen.steps[ticket_id] if step["at"] < at]
    return str(before[-1]) if before else Status.NEW


def moved(seen: Seen) -> Iterator[str]:
    """Time gives a ticket only to somebody else, and only once for a step that came due (I8)."""
    for ticket_id, steps in seen.steps.items():
        holder: int | None = None
        given = 0
        for step in steps:
            details = json.loads(step["details"])
            by_time = step["action"] == Action.ASSIGN and step["actor_kind"] == ActorKind.SYSTEM
            given += by_time
            if by_time and details["assignee"] == holder:
                yield f"I8: ticket {ticket_id} was given to agent {holder}, who had it"
            holder = details.get("assignee", holder)
        steps_due = [row for row in seen["escalation"] if row["ticket_id"] == ticket_id]
        if given > sum(row["recipient"] == Recipient.ANOTHER_AGENT for row in steps_due):
            yield f"I8: ticket {ticket_id} went to another agent {given} times"
