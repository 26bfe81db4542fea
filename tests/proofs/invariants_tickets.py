"""What must hold of tickets: numbers, the current one, the life cycle with its actors, timers, auto-close."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from bot.domain.ledger import Delivery
from bot.domain.ticket import TRANSITIONS, WAITING, Action, ActorKind, Status
from bot.domain.timers import DAY_MS, TimerKind, deadlines
from tests.proofs.invariants_clocks import next_steps, ticket_of
from tests.proofs.invariants_seen import Row, Seen, Witness

_BY: Mapping[Action, frozenset[ActorKind]] = {
    **dict.fromkeys(
        (Action.CREATE, Action.ANSWER, Action.ACCEPT, Action.REJECT, Action.WITHDRAW), frozenset({ActorKind.REQUESTER})
    ),
    **dict.fromkeys((Action.WAKE, Action.EXPIRE), frozenset({ActorKind.SYSTEM})),
    Action.REOPEN: frozenset({ActorKind.REQUESTER, ActorKind.AGENT}),
    Action.ASSIGN: frozenset({ActorKind.AGENT, ActorKind.SYSTEM}),
    Action.SET: frozenset(ActorKind),
}
"""Who may do what; everything else is an agent's."""

_STAYS_FIRED = {TimerKind.AUTO_CLOSE_REMINDER, TimerKind.ETA}
"""Timers that only say something; all others change the ticket, which disarms them."""

_OUT = {Delivery.SENT, Delivery.DELIVERED, Delivery.READ}


def numbers(seen: Seen) -> Iterator[str]:
    """Numbers of a year run from 1 without a gap, and none is given twice."""
    last = {row["year"]: row["value"] for row in seen["counter"]}
    for year in {*last, *(row["year"] for row in seen["ticket"])}:
        given = [row["sequence"] for row in seen["ticket"] if row["year"] == year]
        if sorted(given) != list(range(1, last.get(year, 0) + 1)):
            yield f"I3: numbers of {year} are {given}, the counter stands at {last.get(year)}"
    for row in seen["ticket"]:
        if row["number"] != f"{row['year']}-{row['sequence']:06d}":
            yield f"I3: ticket {row['id']} has the number {row['number']}"


def current_ones(seen: Seen) -> Iterator[str]:
    """A conversation's current ticket is its own and lives; no ticket is without a message."""
    for conversation in seen["conversation"]:
        ticket = seen.tickets.get(conversation["ticket_id"] or 0)
        if ticket is not None and ticket["conversation_id"] != conversation["id"]:
            yield f"I3: the current ticket of conversation {conversation['id']} is another's"
        if ticket is not None and ticket["status"] == Status.CLOSED:
            yield f"I3: the current ticket of conversation {conversation['id']} is closed"
    for ticket_id in seen.tickets:
        if not any(message["author"] == ActorKind.REQUESTER for message in seen.messages.get(ticket_id, [])):
            yield f"I3: ticket {ticket_id} has no word of its requester"


def life_cycle(seen: Seen) -> Iterator[str]:
    """History begins with the creation, every row is a listed transition and follows the one before (I11, I12)."""
    for ticket_id, ticket in seen.tickets.items():
        steps = seen.steps.get(ticket_id, [])
        if not steps or steps[0]["action"] != Action.CREATE or steps[0]["after"] != Status.NEW:
            yield f"I11: the history of ticket {ticket_id} has no beginning"
            continue
        for before, after in pairwise(steps):
            move = (Status(after["before"]), Action(after["action"]))
            if before["after"] != after["before"] or before["at"] > after["at"]:
                yield f"I11: a change of ticket {ticket_id} has no row: {before['after']} → {after['before']}"
            if TRANSITIONS.get(move) != after["after"]:
                yield f"I12: ticket {ticket_id} went {move} → {after['after']}"
        if steps[-1]["after"] != ticket["status"]:
            yield f"I11: ticket {ticket_id} is {ticket['status']}, its history says {steps[-1]['after']}"
        yield from _fields(ticket, steps)


def _fields(ticket: Row, steps: list[Row]) -> Iterator[str]:
    """Columns that follow from the history."""
    closed = ticket["status"] == Status.CLOSED
    if {closed} != {ticket["closed_at"] is not None, ticket["close_reason"] is not None}:
        yield f"I12: ticket {ticket['id']} is {ticket['status']} with {ticket['closed_at']}, {ticket['close_reason']}"
    if ticket["waiting_since"] is not None and ticket["status"] not in WAITING:
        yield f"I12: ticket {ticket['id']} waits in {ticket['status']}"
    if ticket["reopened"] != sum(step["action"] == Action.REOPEN for step in steps):
        yield f"I11: ticket {ticket['id']} counts {ticket['reopened']} reopenings"
    if ticket["proposal"] != sum(step["action"] == Action.PROPOSE for step in steps):
        yield f"I11: ticket {ticket['id']} counts {ticket['proposal']} proposals"


def rights(seen: Seen, witness: Witness) -> Iterator[str]:
    """Whoever moved a ticket could: its own requester, an agent, a lead, or time itself (I11)."""
    known = {row["id"] for row in seen["agent"]}
    for step in seen["history"]:
        action, kind, who = Action(step["action"]), ActorKind(step["actor_kind"]), step["actor_id"]
        allowed = kind in _BY.get(action, {ActorKind.AGENT})
        if kind is ActorKind.REQUESTER:
            allowed = allowed and who == seen.tickets[step["ticket_id"]]["requester_id"]
        elif kind is ActorKind.AGENT:
            leads = who in witness.leads or action is not Action.CLOSE or merges(step)
            allowed = allowed and who in known and leads
        if not allowed:
            yield f"I11: {action} of ticket {step['ticket_id']} by {kind} {who}"


def merges(step: Row) -> bool:
    """Whether a closing is a merging: that names the ticket it goes on as, and any agent may do it."""
    return bool(step["action"] == Action.CLOSE and step["reason"].startswith("→ #"))


def audited(seen: Seen) -> Iterator[str]:
    """Each closing by a lead, merging, ban and VIP has exactly one row in the audit, and nothing else has (I11)."""
    told = Counter(
        (row["ticket_id"], row["at"], row["actor_id"], row["action"])
        for row in seen["audit"]
        if row["action"] in {"close", "merge"}
    )
    done = Counter(
        (step["ticket_id"], step["at"], step["actor_id"], "merge" if merges(step) else "close")
        for step in seen["history"]
        if step["action"] == Action.CLOSE
    )
    if told != done:
        yield f"I11: closings {done - told} lack an audit row, {told - done} have one too many"
    for requester in seen["requester"]:
        yield from _turns(seen, requester, "banned", "ban")
        yield from _turns(seen, requester, "vip", "vip")


def _turns(seen: Seen, requester: Row, mark: str, name: str) -> Iterator[str]:
    """Bans and unbans of a person take turns, and the last one is what counts; so with VIPs."""
    theirs = {ticket_id for ticket_id, row in seen.tickets.items() if row["requester_id"] == requester["id"]}
    both = [name, f"un{name}"]
    turns = [row["action"] for row in seen["audit"] if row["ticket_id"] in theirs and row["action"] in both]
    if turns != both * (len(turns) // 2) + both[:1] * (len(turns) % 2):
        yield f"I11: what was audited of requester {requester['id']} was {turns}"
    if requester[mark] != len(turns) % 2:
        yield f"I11: requester {requester['id']} is {mark} without an audit row, or the other way round"


def timers(seen: Seen, witness: Witness) -> Iterator[str]:
    """The rows are what the deadlines computed anew say; none goes off early, and one that acts is gone then (I8)."""
    steps_due = next_steps(seen, witness)
    rows: dict[int, dict[TimerKind, Row]] = {ticket_id: {} for ticket_id in seen.tickets}
    for row in seen["timer"]:
        rows[row["ticket_id"]][TimerKind(row["kind"])] = row
    for ticket_id, found in rows.items():
        ticket = ticket_of(seen.tickets[ticket_id])
        due = dict(deadlines(ticket, auto_close_days=witness.auto_close_days, sla=witness.sla))
        if ticket_id in steps_due:
            due[TimerKind.SLA] = steps_due[ticket_id]
        armed = {kind: row["due_at"] for kind, row in found.items()}
        if armed != due:
            yield f"I8: ticket {ticket_id} has timers {armed}, due is {due}"
        for kind, row in found.items():
            if row["state"] == "fired" and (kind not in _STAYS_FIRED or row["due_at"] > witness.now):
                yield f"I8: the {kind} of ticket {ticket_id} went off without effect, or early"


def auto_closed(seen: Seen, witness: Witness) -> Iterator[str]:
    """Silence closes only after an agent's word that is days old and was not answered (I7)."""
    for step in seen["history"]:
        if step["action"] != Action.EXPIRE:
            continue
        public = [row for row in _before(seen, step) if row["author"] != ActorKind.SYSTEM]
        last = public[-1] if public else None
        if last is None or last["author"] != ActorKind.AGENT:
            yield f"I7: ticket {step['ticket_id']} was closed over the requester's word"
        elif step["at"] - last["at"] < witness.auto_close_days * DAY_MS:
            yield f"I7: ticket {step['ticket_id']} was closed {step['at'] - last['at']} ms after the agent's word"


def _before(seen: Seen, step: Row) -> list[Row]:
    """The public messages of the ticket before the notice of this step, which was written with it."""
    ledger = seen.messages.get(step["ticket_id"], [])
    own = [row["id"] for row in ledger if row["author"] == ActorKind.SYSTEM and row["at"] == step["at"]]
    return [row for row in ledger if row["visibility"] == "public" and own and row["id"] < own[0]]


def closed_over_undelivered(seen: Seen, since: int) -> Iterator[str]:
    """What silence has just closed (history rows after the id `since`) had our last word delivered (I7)."""
    for step in seen["history"]:
        if step["id"] <= since or step["action"] != Action.EXPIRE:
            continue
        answers = [row for row in _before(seen, step) if row["author"] == ActorKind.AGENT]
        if answers and answers[-1]["delivery"] not in _OUT:
            yield f"I7: ticket {step['ticket_id']} was closed though our word is {answers[-1]['delivery']}"
